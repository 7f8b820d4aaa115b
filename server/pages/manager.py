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
from server.reports import weekly
from server.store.journal import Row

api = APIBlueprint("manager_api", __name__, url_prefix="/api/v1", tag="Manager 管理")
pages = APIBlueprint("manager", __name__, enable_openapi=False)

READERS = ("manager", "supervisor")


def week_report(week: str) -> dict[str, Any]:
    hub = the_hub()
    try:
        visits = hub.read().visits(*weekly.days_of(week))
    except weekly.WeekError as error:
        abort(404, description=str(error))
    return weekly.report(hub.hall, week, visits, hub.now())


@api.get("/reports/weekly/<week>")
@allowed(roles=READERS)
@api.doc(summary="The weekly report of an ISO week, such as 2026-W47")
def report_json(week: str) -> dict[str, Any]:
    return week_report(week)


@pages.get("/reports")
@allowed(roles=READERS)
def latest() -> AnyResponse:
    hub = the_hub()
    return redirect(f"/reports/{weekly.week_of(worktime.service_day(hub.hall, hub.now()))}")


@pages.get("/reports/<week>")
@allowed(roles=READERS)
def report_page(week: str) -> str:
    return render_template("manager/report.html", report=week_report(week), hall=the_hub().hall.hall)


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
