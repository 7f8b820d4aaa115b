"""Reports: the page of a period with its ways to others, its files, and JSON."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, redirect, render_template, request
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from server.domain import rules, worktime
from server.domain.rules import Refused
from server.domain.snapshot import Delivery, Snapshot
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.manager import READERS
from server.pages.openapi import WHOLE, answers
from server.pages.people import MANAGERS
from server.reports import period as periods
from server.reports.case_words import choices
from server.reports.definitions import CASE_CUTS, CUTS
from server.reports.delivery.workshop import Job, NotMade, Workshop
from server.reports.drill import Drilled, DrillError
from server.reports.figures import casework
from server.reports.figures.cuts import name_of
from server.reports.figures.ways import NAMES, said
from server.reports.forms.html import view
from server.reports.forms.make import FORMS, FormFailed, file_name, make
from server.reports.report import facts_of
from server.store.history import History
from server.verbs import snapshots
from server.verbs.hub import By, Hub
from server.verbs.inspections import exported
from server.views.calendar import calendar
from server.views.indicators import with_indicators
from server.views.tickets import iso

api = APIBlueprint("reports_api", __name__, url_prefix="/api/v1", tag="Manager 管理")
pages = APIBlueprint("reports", __name__, enable_openapi=False)

VERSIONS = {
    "version": (WHOLE, "A version that was kept, from 1"),
    "live": ({"type": "string"}, "With any value: as it is counted now, though one was kept"),
}
FILES = tuple(sorted({form.kind.partition(";")[0] for form in FORMS.values()} - {"application/json"}))
"""What a report's files are; as JSON it is an operation of its own."""


def _period(text: str) -> periods.Period:
    try:
        return periods.parse(text)
    except periods.PeriodError as error:
        abort(404, description=str(error.text))


def _workshop() -> Workshop:
    found: Workshop = current_app.extensions["workshop"]
    return found


def _kept(period: periods.Period) -> Snapshot | None:
    """The version that is asked for, or the newest; None for today's count, and where nothing was kept."""
    version = _version()
    found = None if "live" in request.args else the_hub().read().snapshot(period.id, version)
    if found is None and version is not None:
        abort(404, description=f"{period.id}没有第{version}版。 There is no version {version} of {period.id}.")
    return found


def _version() -> int | None:
    """The version that is asked for; what can be none is unknown, never the newest in its place."""
    text = request.args.get("version")
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text):
        abort(404, description=f"没有第“{text[:20]}”版：版本是1、2……。 '{text[:20]}' is no version: they are 1, 2, ….")
    return int(text)


def _report(period: periods.Period, kept: Snapshot | None) -> dict[str, Any] | None:
    """As it was kept, or counted now; None while it is being made. A version that somebody changed is not shown."""
    if kept and not kept.problems():
        return snapshots.told(the_hub().hall, kept)
    made = _workshop().ready(period)
    return made.report if made else None


@api.get("/reports/<period>")
@allowed(roles=READERS)
@answers("reports_told.Report", also={202: "reports_told.Making"}, query=VERSIONS)
@api.doc(
    summary=(
        "The report of a period: an ISO week such as 2026-W47, a day, month, quarter, year, or FIRST..LAST. One that"
        " was kept is given as it was kept (`snapshot`), or with ?live counted now; ?version=N gives a version. 202"
        " while a long one is being made"
    )
)
def report_json(period: str) -> Any:
    asked = _period(period)
    found = _report(asked, _kept(asked))
    return found if found is not None else (_progress(_workshop().begin(asked)), 202, {"Retry-After": "2"})


@api.get("/reports/<period>/making")
@allowed(roles=READERS)
@answers("reports_told.Making")
@api.doc(summary="How far the making of a long report is")
def progress(period: str) -> dict[str, Any]:
    job = _workshop().job(_period(period))
    return _progress(job) if job else {"state": "none"}


@api.post("/reports/<period>/making")
@allowed(roles=READERS)
@answers("reports_told.Making", status=202, key=True)
@api.doc(summary="重新计算 have a long report made, or made again")
def make_again(period: str) -> Any:
    idempotency_key()
    return _progress(_workshop().begin(_period(period), again=True)), 202


def _progress(job: Job) -> dict[str, Any]:
    zh, en = job.problem or ("", "")
    return {
        "period": job.period.id,
        "state": job.state,
        "days": job.days,
        "of": job.of,
        "day": job.day,
        "problem": zh,
        "problem_en": en,
    }


class Correction(Body):
    reason: str = Field("", description="Why it is corrected; may be empty for the first version", max_length=200)


@api.post("/reports/<period>/snapshots")
@allowed(roles=MANAGERS)
@api.input(Correction)
@answers("reports_told.KeptVersion", status=201, key=True)
@api.doc(summary="Keep today's count: the first version of a period that is over, or a correction as its next one")
def correct(period: str, json_data: Correction) -> Any:
    asked, hub = _period(period), the_hub()
    made = _workshop().ready(asked)
    if made is None:
        raise Refused(
            "这份报告很长：请先打开“现在的数据”，算完后再定稿。",
            "This report is long: open today's count first, and keep it when it is made.",
        )
    whole = with_indicators(hub, asked, made)
    kept = snapshots.correct(hub, By(g.actor, idempotency_key()), asked, whole, json_data.reason)
    return {"period": kept.period, "version": kept.version, "sha256": kept.sha256}, 201


@api.post("/reports/<period>/deliveries")
@allowed(roles=MANAGERS)
@answers("reports_told.Tried", key=True)
@api.doc(summary="再试 try what could not be put into the folder or mailed, within half a minute")
def deliver_again(period: str) -> dict[str, Any]:
    idempotency_key()
    snapshots.again(the_hub(), _period(period).id)
    return {"done": True}


@pages.get("/reports")
@allowed(roles=READERS)
def latest() -> AnyResponse:
    """The last week that is over, or what the calendar's form asks for: a day and the kind of the period around it."""
    asked, on = request.args.get("period", ""), request.args.get("on", "")
    if asked:
        return redirect(f"/reports/{_period(asked).id}")
    kind = request.args.get("kind", "week")
    found = periods.around(_period(on).first).get(kind) if on else _last_week()
    if found is None:
        abort(404, description=f"没有“{kind}”这种报告。 There is no report of the kind '{kind}'.")
    return redirect(f"/reports/{found.id}")


def _last_week() -> periods.Period:
    """The last ISO week whose service days are over."""
    today = worktime.service_day(the_hub().hall, the_hub().now())
    return periods.week_of(today - timedelta(days=7))


@pages.get("/reports/<period>")
@allowed(roles=READERS)
def report_page(period: str) -> str:
    asked = _period(period)
    kept = _kept(asked)
    found = _report(asked, kept)
    if found is None:
        failed = (job := _workshop().job(asked)) is not None and job.state == "failed"
        job = job if job and failed else _workshop().begin(asked)
        return render_template(
            "manager/making.html", hall=the_hub().hall.hall, period=asked, job=_progress(job), **_ways(asked)
        )
    return render_template(
        "manager/report.html",
        hall=the_hub().hall.hall,
        panel=_panel(asked, kept),
        **view(found, links=True),
        **_ways(asked),
    )


def _panel(period: periods.Period, kept: Snapshot | None) -> dict[str, Any]:
    """What the page says of the snapshot beside the figures."""
    hub = the_hub()
    reader, names = hub.read(), hub.read().names()
    versions = reader.snapshots(period.id)
    newest = bool(kept and kept.version == versions[-1].version)
    made = _workshop().ready(period) if kept and newest else None
    job = _workshop().job(period)
    return {
        "kept": kept,
        "broken": bool(kept and kept.problems()),
        "by": _who(names, kept.actor) if kept else None,
        "versions": [v.version for v in versions],
        "made_at": iso(hub.hall, round(kept.made_at)) if kept else None,
        "newest": newest,
        "over": snapshots.over(hub, period),
        "compared": made is not None,
        "changes": snapshots.changes(kept, made) if kept and made and not kept.problems() else [],
        "late": snapshots.late(kept, made) if kept and made and not kept.problems() else 0,
        "long": job is not None and kept is None,
        "may": g.staff.role in (*MANAGERS, "administrator"),
        "deliveries": [
            _delivery(hub, d) for d in reader.deliveries(period.id) if d.version in (0, kept.version if kept else 0)
        ],
    }


def _who(names: dict[str, str], actor: str) -> Text:
    return Text("系统自动", "the hub") if actor == snapshots.BY_ITSELF else Text.same(names.get(actor, actor))


def _delivery(hub: Hub, delivery: Delivery) -> dict[str, Any]:
    return {
        "way": delivery.way,
        "said": _ways_of(delivery.way),
        "done": iso(hub.hall, delivery.done_at),
        "problem": delivery.problem,
        "problem_en": delivery.problem_en,
        "next": hub.local(delivery.next_at),
    }


def _ways_of(way: str) -> Text:
    where, _, form = way.partition(":")
    name = FORMS[form].name if form in FORMS else Text("", "Files")
    if where == "mail":
        return Text(f"{name.zh}已寄出邮件", f"{name.en} mailed" if form else "Mailed")
    return Text(f"{name.zh}已放入文件夹", f"{name.en} put into the folder")


@pages.get("/reports/<period>/file/<form>")
@allowed(roles=READERS)
def report_file(period: str, form: str) -> AnyResponse:
    asked = _period(period)
    return _file(asked, form) or redirect(f"/reports/{asked.id}?live=1")


@api.get("/reports/<period>/files/<form>")
@allowed(roles=READERS)
@answers(None, media=FILES, also={202: "reports_told.Making"}, query=VERSIONS)
@api.doc(summary="The report as a file: csv, xlsx, pdf, html, poster; 202 while a long one is being made")
def as_file(period: str, form: str) -> Any:
    asked = _period(period)
    if form == "json":
        abort(404, description=f"请用“/api/v1/reports/{asked.id}”。As JSON it is /api/v1/reports/{asked.id}.")
    return _file(asked, form) or (_progress(_workshop().begin(asked)), 202, {"Retry-After": "2"})


def _file(asked: periods.Period, form: str) -> Response | None:
    """None while it is being made."""
    if form not in FORMS:
        abort(
            404,
            description=(
                f"没有“{form}”这种文件，有：{'、'.join(FORMS)}。 There is no form '{form}'; known: {', '.join(FORMS)}."
            ),
        )
    hall, kept = the_hub().hall, _kept(asked)
    found = _report(asked, kept)
    if found is None:
        return None
    name = file_name(hall, snapshots.file_stem(kept) if kept else asked.id, form)
    try:
        content = make(found, hall, form)
    except FormFailed as error:
        raise NotMade(*error.text) from None
    return Response(
        exported(the_hub(), By(g.actor), name, content),
        content_type=FORMS[form].kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


SHOWN = 200
"""So many visits are listed; the CSV and the journal have them all."""


@pages.get("/reports/<period>/visits")
@allowed(roles=READERS)
def visits_page(period: str) -> str:
    """The visits behind a figure: of the whole period, or of one row of a cut.

    From here each leads to its life, and to why it was called then.
    """
    asked, hub = _period(period), the_hub()
    figure, cut, key = (
        request.args.get(name, default) for name, default in (("figure", "arrivals"), ("cut", ""), ("key", ""))
    )
    history = History(hub.read().conn)
    try:
        found = _workshop().visits(asked, figure, cut, key)
    except DrillError as error:
        abort(404, description=str(error.text))
    rows = [{"ticket": ticket, **told} for ticket, told in history.tickets(found.tickets[:SHOWN]).items()]
    return render_template(
        "manager/visits.html",
        hall=hub.hall.hall,
        period=asked.id,
        called=periods.called(asked),
        figure=figure,
        ways=NAMES,
        cut=cut,
        key=key,
        cut_words=CUTS.get(cut),
        name=name_of(hub.hall, cut, key, history.names()),
        n=len(found.tickets),
        shown=SHOWN,
        rows=[_visit(hub, row) for row in rows],
        legs=found.rows,
        kept=_kept_number(asked, found, figure, cut, key),
    )


@pages.get("/reports/<period>/cases")
@allowed(roles=READERS)
def cases_page(period: str) -> str:
    """The cases behind a figure of 办件: of the whole period, or of one service or department. Nothing private."""
    asked, hub = _period(period), the_hub()
    figure, cut, key = (
        request.args.get(name, default) for name, default in (("figure", "accepted_cases"), ("cut", ""), ("key", ""))
    )
    if figure not in casework.WAYS or cut not in ("", *CASE_CUTS):
        ways = "、".join(casework.WAYS)
        abort(404, description=f"“{figure}”没有办件明细：有 {ways}。 '{figure}' leads to no cases; known: {ways}.")
    told, span = facts_of(hub.hall, asked, History(hub.read().conn), hub.now())
    found = casework.found(told, span, figure, cut, key)
    return render_template(
        "manager/case_list.html",
        hall=hub.hall.hall,
        period=asked.id,
        called=periods.called(asked),
        figure=figure,
        ways=casework.WAYS,
        counts={way: len(casework.found(told, span, way, cut, key)) for way in casework.WAYS},
        cut=cut,
        key=key,
        name=hub.hall.service_name(key) if cut == "service" else Text.same(key),
        shown=SHOWN,
        rows=[_case(hub, fact) for fact in found[:SHOWN]],
    )


def _case(hub: Hub, fact: casework.Fact) -> dict[str, Any]:
    def day(at: float | None) -> str | None:
        told = iso(hub.hall, at)
        return told[:10] if told else None

    late = choices("late_reason").get(fact.late_reason, Text.same(fact.late_reason))
    return {
        "id": fact.id,
        "number": fact.number,
        **hub.hall.service_name(fact.service).json("name"),
        "department": "、".join(fact.departments),
        "accepted": day(fact.accepted),
        "due": fact.due.isoformat() if fact.due else None,
        "decided": day(fact.decided),
        "used": fact.used if fact.decided else None,
        "visits": fact.visits,
        "late": late if fact.late_reason else None,
    }


def _kept_number(period: periods.Period, found: Drilled, figure: str, cut: str, key: str) -> dict[str, int] | None:
    """What the newest snapshot says of a figure whose visits are others today."""
    kept = the_hub().read().snapshot(period.id)
    number = said(kept.report(), figure, cut, key) if kept and not kept.problems() else None
    return {"version": kept.version, "number": number} if kept and number is not None and number != found.rows else None


def _visit(hub: Hub, row: dict[str, Any]) -> dict[str, Any]:
    name, name_en = hub.hall.service_name(row["service"])
    state, state_en = rules.STATES[row["state"]]
    return {
        **row,
        "name": name,
        "name_en": name_en,
        "state_zh": state,
        "state_en": state_en,
        "arrived": iso(hub.hall, row["arrived"]),
        "called": iso(hub.hall, row["called"]),
        "wait_s": None if row["called"] is None else row["called"] - row["arrived"],
    }


def _ways(period: periods.Period) -> dict[str, Any]:
    """Where one goes from a report: the period before and after, the longer and shorter ones around its first day (the
    last week that is over, where that day's is not), and the months of the calendar.
    """
    hub = the_hub()
    today = worktime.service_day(hub.hall, hub.now())
    around = periods.around(period.first)
    if around["week"].last >= today:
        around["week"] = _last_week()
    shown = request.args.get("month", "")
    month = periods.parse(shown) if _is_month(shown) else around["month"]
    return {
        "called": periods.called(period),
        "previous": _way(periods.previous(period)),
        "following": _way(periods.following(period)),
        "others": [
            (around[kind].id, zh, en, periods.called(around[kind]))
            for kind, (zh, en) in KINDS.items()
            if kind != period.kind
        ],
        "kinds": KINDS,
        "calendar": calendar(month, period, today, {kept.period for kept in hub.read().snapshots()}),
    }


KINDS = {
    "day": Text("日报", "Day"),
    "week": Text("周报", "Week"),
    "month": Text("月报", "Month"),
    "quarter": Text("季报", "Quarter"),
    "year": Text("年报", "Year"),
}


def _is_month(text: str) -> bool:
    try:
        return periods.parse(text).kind == "month"
    except periods.PeriodError:
        return False


def _way(period: periods.Period | None) -> dict[str, Any] | None:
    return {"id": period.id, "short": periods.short(period), "called": periods.called(period)} if period else None
