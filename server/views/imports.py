"""Imports for a manager: what a file would bring before anything is taken in, and what was taken in, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from config import Hall, Text
from intake.encoding import decoded
from server.domain import events as ev
from server.domain import timeline
from server.domain.chain import Row
from server.domain.visit import Visit
from server.incumbents import taking
from server.incumbents.dumped import opened
from server.incumbents.taking import SYSTEMS
from server.reports import visits_file
from server.store.reader import Reader
from server.verbs import bookings, imports, visits
from server.verbs.hub import Hub
from server.views.tickets import iso

KINDS = {
    "visits": Text("来访", "Visits"),
    "bookings": Text("预约、领件", "Bookings"),
    **{key: Text.same(module.SYSTEM) for key, module in SYSTEMS.items()},
}
"""What a file may be; those of other queue systems are their databases' dumps (docs/import.md)."""
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


def dump_checked(
    hub: Hub, system: str, data: bytes, name: str, *, unit: str = "", twins: bool = False
) -> tuple[dict[str, Any], list[Visit]]:
    """What the dump of another queue system would bring, what of it is left and why, how the hall's files would be
    different; and its visits, which alone are taken in here. Changes nothing. Raises Told for a dump that is none.
    """
    module, hall = SYSTEMS[system], hub.hall
    holding = module.read(opened(data, module.WANTED, name), name, unit)
    found = taking.taken(holding, hall, module.MADE, hub.now())
    here = visits.sort(hub.read(), found.visits, twins=twins)
    text, catalogue = decoded(hall.file.read_bytes()), (hall.folder / hall.hall.catalogue).read_bytes()
    change = taking.change(hall, text, catalogue, found, module.SYSTEM, system, module.MADE)
    services, counters = len(found.matters), len(found.windows)
    brings = [
        Text(f"事项：新的{services}项", f"Services: {services} new"),
        Text(f"窗口：新的{counters}个", f"Counters: {counters} new"),
        Text(
            f"来访：新的{len(here.new)}次，重复{len(here.double)}次",
            f"Visits: {len(here.new)} new, {len(here.double)} double",
        ),
        *holding.said,
    ]
    left = [
        Text(f"{one.what.zh}，{one.rows}条：{one.why.zh}", f"{one.what.en}, {one.rows}: {one.why.en}")
        for one in found.left
    ]
    told = _checked(system, name, len(here.new), 0, [], 0, [])
    more = {
        "brings": [one.json() for one in brings],
        "left": [one.json() for one in left],
        "difference": taking.difference(change, hall) if change else "",
    }
    return {**told, "double": len(here.double), **more}, found.visits


def _checked(
    kind: str, name: str, new: int, changed: int, double: Sequence[Text], future: int, problems: Sequence[str]
) -> dict[str, Any]:
    return {
        "brings": [],
        "left": [],
        "difference": "",
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
