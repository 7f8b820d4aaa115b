"""Imports for a manager: what a file would bring before anything is taken in, and what was taken in, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from config import Hall, Text
from server.domain import events as ev
from server.domain import timeline
from server.reports import visits_file
from server.store.reader import Reader
from server.store.rows import Row
from server.verbs import bookings, imports, visits
from server.verbs.hub import Hub
from server.views.tickets import iso

KINDS = {"visits": Text("来访", "Visits"), "bookings": Text("预约、领件", "Bookings")}
LISTED = 50
"""So many doubles are named; the rest are counted."""


def visits_checked(
    hall: Hall, reader: Reader | None, data: bytes, name: str, now: float, *, twins: bool = False
) -> dict[str, Any]:
    """What a file of visits would bring; `reader` None: a hall without a past. Changes nothing."""
    found = visits_file.looked_through(data, hall, name=name, now=now)
    here = visits.sort(reader, found.visits, twins=twins)
    double = [
        Text(f"第{found.lines[place]}行：已在系统里。", f"line {found.lines[place]}: here already")
        if like is None
        else Text(
            f"第{found.lines[place]}行：与第{found.lines[like]}行相同。",
            f"line {found.lines[place]}: the same as line {found.lines[like]}",
        )
        for place, like in here.double
    ]
    return _checked("visits", name, len(here.new), 0, double, found.future, found.problems)


def bookings_checked(hub: Hub, data: bytes, name: str, *, outside_hours: bool = False) -> dict[str, Any]:
    """What a file of bookings would bring. Changes nothing."""
    found, problems = bookings.read(data, hub.hall, name, now=hub.now(), outside_hours=outside_hours)
    here = bookings.sort(hub.read(), found)
    double = [Text(f"{code}：已在系统里。", f"{code}: here already") for code in here.double]
    return _checked("bookings", name, len(here.new), len(here.changed), double, 0, problems)


def _checked(
    kind: str, name: str, new: int, changed: int, double: Sequence[Text], future: int, problems: Sequence[str]
) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "new": new,
        "changed": changed,
        "double": len(double),
        "doubles": [text.json() for text in double[:LISTED]],
        "future": future,
        "problems": list(problems),
        "may": not problems and new + changed > 0,
    }


def hand_ins(hub: Hub) -> list[dict[str, Any]]:
    """Every import, the newest first, and how each was withdrawn, if it was."""
    reader = hub.read()
    names = reader.names()

    def said(row: Row) -> dict[str, Any]:
        return {"at": iso(hub.hall, row.at), **timeline.who_did(hub.hall, names, row.actor).json("who")}

    lines = []
    for row, gone in imports.hand_ins(reader):
        event = row.happened()
        assert isinstance(event, ev.VisitsImported | ev.BookingsTaken)
        kind = "visits" if isinstance(event, ev.VisitsImported) else "bookings"
        lines.append(
            {
                "id": row.seq,
                "kind": kind,
                **KINDS[kind].json("kind_name"),
                "source": event.source,
                "rows": event.visits if isinstance(event, ev.VisitsImported) else event.bookings,
                "double": event.double,
                **said(row),
                "withdrawn": {**said(gone), "reason": gone.field("reason")} if gone else None,
            }
        )
    return lines
