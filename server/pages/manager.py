"""For the manager: the journal as a feed that resumes row by row, and the devices."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, json, request

from server.domain.chain import Row
from server.domain.events import VOCABULARY
from server.pages.access import allowed, the_hub
from server.pages.feeds import message
from server.pages.openapi import STREAM, WHOLE, answers
from server.pages.problems import problem
from server.streams import News
from server.verbs.hub import Hub
from server.views.tickets import iso

api = APIBlueprint("manager_api", __name__, url_prefix="/api/v1", tag="Manager 管理")

READERS = ("manager", "supervisor")
PAGE = 500
"""Rows at once."""
AFTER = {
    "since": (WHOLE, "The newest row that is known"),
    "header:Last-Event-ID": (WHOLE, "The same, as a browser's EventSource says it"),
}


def _row(hub: Hub, row: Row) -> dict[str, Any]:
    """A row as a follower gets it. `known` false: of a name that this version does not know; it goes on as it is."""
    return {
        **row._asdict(),
        "data": json.loads(row.data),
        "at": row.at,
        "local": iso(hub.hall, row.at),
        "known": row.event in VOCABULARY,
    }


@api.get("/journal")
@allowed(devices=("follower",), roles=READERS)
@answers("live_told.Journal", media=(STREAM,), query=AFTER)
@api.doc(
    summary=(
        "The journal after `since` (or Last-Event-ID): JSON, at most 500 rows, or text/event-stream. `hash`: that of"
        " the row `since`, if the follower has it"
    ),
    responses={409: "the follower has rows that this hub does not: `seq` and `hash` are the newest here"},
)
def journal() -> Response | dict[str, Any]:
    hub = the_hub()
    since = max(0, request.args.get("since", request.headers.get("Last-Event-ID", 0, type=int), type=int))
    if not hub.read().reaches(since, request.args.get("hash")):
        return _elsewhere(hub, since)
    if "text/event-stream" in request.headers.get("Accept", ""):
        stream: Response = current_app.extensions["feeds"].stream(_Rows(hub), since)
        return stream
    rows = [_row(hub, row) for row in hub.read().journal(since, PAGE)]
    return {"seq": hub.seq, "rows": rows}


def _elsewhere(hub: Hub, since: int) -> Response:
    """A follower that knows more than this hub, which was restored from a backup: to wait would be to wait for ever."""
    seq, _, head = hub.read().head()
    return problem(
        409,
        "The journal here is another one",
        f"这里的记录到第{seq}行为止，与您手中第{since}行之前的记录不是同一份（可能恢复过备份）：请与管理人员核对后从头取。",
        detail_en=(
            f"The journal here ends at row {seq} and is not the one that your row {since} is of; it may have been"
            " restored from a backup. Compare, and begin anew."
        ),
        kind="urn:jiaohao:problem:another-journal",
        seq=seq,
        hash=head,
    )


class _Rows:
    """The journal as a source of streams; the cursor is the number of the last row that was sent."""

    name, urgent = "journal", False
    calm = deaf = frozenset[str]()

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def news(self, cursor: int) -> News:
        rows = self._hub.read().journal(cursor, PAGE)
        told = [message(row.seq, row.event, json.dumps(_row(self._hub, row), ensure_ascii=False)) for row in rows]
        return News(rows[-1].seq if rows else cursor, b"".join(told), len(rows) == PAGE)


@api.get("/devices")
@allowed(roles=("manager", "supervisor", "operator", "guide"))
@answers("devices_told.Devices")
@api.doc(summary="How printers and boards are")
def devices() -> dict[str, Any]:
    return {"devices": current_app.extensions["health"].all()}
