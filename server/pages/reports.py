"""Reports: the page of a period with its ways to others, its files, and JSON."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server import reporter, rules, worktime
from server.hub import Hub
from server.pages.access import allowed, the_hub
from server.pages.manager import READERS
from server.pages.tickets import iso
from server.reports import period as periods
from server.reports.cuts import name_of
from server.reports.definitions import CUTS
from server.reports.drill import WAYS, DrillError, drill
from server.reports.forms.html import view
from server.reports.forms.make import FORMS, file_name, make
from server.reports.gathering import gather
from server.store.history import History

api = APIBlueprint("reports_api", __name__, url_prefix="/api/v1", tag="Manager 管理")
pages = APIBlueprint("reports", __name__, enable_openapi=False)


def _period(text: str) -> periods.Period:
    try:
        return periods.parse(text)
    except periods.PeriodError as error:
        abort(404, description=str(error))


def report_of(period: periods.Period) -> dict[str, Any]:
    hub = the_hub()
    return reporter.make(hub.hall, period, hub.store.path, hub.now())


@api.get("/reports/<period>")
@allowed(roles=READERS)
@api.doc(summary="The report of a period: an ISO week such as 2026-W47, a day, month, quarter, year, or FIRST..LAST")
def report_json(period: str) -> dict[str, Any]:
    return report_of(_period(period))


@pages.get("/reports")
@allowed(roles=READERS)
def latest() -> AnyResponse:
    """This week's report, or the one that is asked for in the form."""
    hub = the_hub()
    asked = request.args.get("period", "")
    found = _period(asked) if asked else periods.week_of(worktime.service_day(hub.hall, hub.now()))
    return redirect(f"/reports/{found.id}")


@pages.get("/reports/<period>")
@allowed(roles=READERS)
def report_page(period: str) -> str:
    asked = _period(period)
    return render_template("manager/report.html", hall=the_hub().hall.hall, **view(report_of(asked), links=True), **_ways(asked))


@pages.get("/reports/<period>/file/<form>")
@allowed(roles=READERS)
def report_file(period: str, form: str) -> Response:
    if form not in FORMS:
        abort(404, description=f"没有“{form}”这种文件，有：{'、'.join(FORMS)}。 There is no form '{form}'; known: {', '.join(FORMS)}.")
    asked, hall = _period(period), the_hub().hall
    made = make(report_of(asked), hall, form)
    return Response(made, content_type=FORMS[form].kind, headers={"Content-Disposition": f'attachment; filename="{file_name(hall, asked.id, form)}"'})


SHOWN = 200
"""So many visits are listed; the CSV and the journal have them all."""


@pages.get("/reports/<period>/visits")
@allowed(roles=READERS)
def visits_page(period: str) -> str:
    """The visits behind a figure: of the whole period, or of one row of a cut. From here each leads to its life, and to why it was called then."""
    asked, hub = _period(period), the_hub()
    figure, cut, key = (request.args.get(name, default) for name, default in (("figure", "arrivals"), ("cut", ""), ("key", "")))
    history = History(hub.read().conn)
    try:
        found = drill(hub.hall, gather(hub.hall, asked, history, hub.now()), figure, cut, key)
    except DrillError as error:
        abort(404, description=str(error))
    rows = [{"ticket": ticket, **told} for ticket, told in history.tickets(found[:SHOWN]).items()]
    return render_template(
        "manager/visits.html", hall=hub.hall.hall, period=asked.id, figure=figure, ways=WAYS, cut=cut, key=key, cut_words=CUTS.get(cut),
        name=name_of(hub.hall, cut, key, history.names()), n=len(found), shown=SHOWN, rows=[_visit(hub, row) for row in rows],
    )  # fmt: skip


def _visit(hub: Hub, row: dict[str, Any]) -> dict[str, Any]:
    name, name_en = hub.hall.service_name(row["service"])
    state, state_en = rules.STATES[row["state"]]
    return {**row, "name": name, "name_en": name_en, "state_zh": state, "state_en": state_en, "arrived": iso(hub.hall, row["arrived"]),
            "called": iso(hub.hall, row["called"]), "wait_s": None if row["called"] is None else row["called"] - row["arrived"]}  # fmt: skip


def _ways(period: periods.Period) -> dict[str, Any]:
    """Where one goes from a report: the period before and after, and the longer and shorter ones around its first day."""
    first = period.first
    around = [
        (periods.day(first), "日报", "Day"), (periods.week_of(first), "周报", "Week"), (periods.month(first.year, first.month), "月报", "Month"),
        (periods.quarter(first.year, (first.month + 2) // 3), "季报", "Quarter"), (periods.year(first.year), "年报", "Year"),
    ]  # fmt: skip
    before, after = periods.previous(period), periods.following(period)
    others = [(other.id, zh, en) for other, zh, en in around if other.kind != period.kind]
    return {"previous": before.id if before else None, "following": after.id if after else None, "others": others}
