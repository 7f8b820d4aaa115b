"""For the manager: the weekly report as page and JSON, the journal as a feed that resumes row by row, the devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, json, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server import worktime
from server.hub import Hub
from server.pages.access import allowed, the_hub
from server.pages.feeds import STILL_HERE, message
from server.pages.tickets import iso
from server.reports import period as periods
from server.reports.report import report
from server.store.history import History
from server.store.journal import Row

api = APIBlueprint("manager_api", __name__, url_prefix="/api/v1", tag="Manager 管理")
pages = APIBlueprint("manager", __name__, enable_openapi=False)

READERS = ("manager", "supervisor")


def report_of(period: str) -> dict[str, Any]:
    hub = the_hub()
    try:
        asked = periods.parse(period)
    except periods.PeriodError as error:
        abort(404, description=str(error))
    return report(hub.hall, asked, History(hub.read().conn), hub.now())


@api.get("/reports/<period>")
@allowed(roles=READERS)
@api.doc(summary="The report of a period: an ISO week such as 2026-W47, a day, month, quarter, year, or FIRST..LAST")
def report_json(period: str) -> dict[str, Any]:
    return report_of(period)


@pages.get("/reports")
@allowed(roles=READERS)
def latest() -> AnyResponse:
    hub = the_hub()
    return redirect(f"/reports/{periods.week_of(worktime.service_day(hub.hall, hub.now())).id}")


@pages.get("/reports/<period>")
@allowed(roles=READERS)
def report_page(period: str) -> str:
    return render_template("manager/report.html", report=report_of(period), hall=the_hub().hall.hall)


def _row(hub: Hub, row: Row) -> dict[str, Any]:
    return {**row._asdict(), "data": json.loads(row.data), "at": row.at, "local": iso(hub.hall, row.at)}


@api.get("/journal")
@allowed(roles=READERS)
@api.doc(summary="The journal after `since` (or Last-Event-ID): JSON, at most 500 rows, or text/event-stream")
def journal() -> Response | dict[str, Any]:
    hub = the_hub()
    asked = request.args.get("since", request.headers.get("Last-Event-ID", 0, type=int), type=int)
    since = min(max(asked, 0), hub.seq)
    if "text/event-stream" in request.headers.get("Accept", ""):
        stream: Response = current_app.extensions["feeds"].stream(_follow(hub, since))
        return stream
    rows = [_row(hub, row) for row in hub.read().journal(since)]
    return {"seq": hub.seq, "rows": rows}


def _follow(hub: Hub, since: int) -> Iterator[str]:
    while not hub.stopping:
        rows = hub.read().journal(since)
        for row in rows:
            yield message(row.seq, row.event, json.dumps(_row(hub, row), ensure_ascii=False))
        since = rows[-1].seq if rows else since
        if not rows:
            yield STILL_HERE[0]
        hub.wait(since, STILL_HERE[1])


@api.get("/devices")
@allowed(roles=("manager", "supervisor", "operator", "guide"))
@api.doc(summary="How printers and boards are")
def devices() -> dict[str, Any]:
    return {"devices": current_app.extensions["health"].all()}
