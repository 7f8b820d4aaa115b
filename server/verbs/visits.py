"""Finished visits of another system, taken into this hall's history once (`imports.py` takes them out again)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.domain import doubles
from server.domain import events as ev
from server.domain.doubles import Sorted
from server.domain.privacy import named_in
from server.domain.rules import Refused
from server.domain.visit import Visit
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub
from server.verbs.imports import withdrawn


def sort(reader: Reader | None, visits: Sequence[Visit], *, twins: bool = False) -> Sorted:
    """What of some visits is new here; `twins` as in `doubles.sort`. `reader` None: nothing is here yet."""
    days = sorted({visit.day for visit in visits})
    known = reader.imported(days[0], days[-1]) if days and reader else []
    return doubles.sort(visits, known, twins=twins)


def import_visits(hub: Hub, by: By, visits: Sequence[Visit], *, source: str, sha256: str, twins: bool = False) -> int:
    """Take in those of another system's finished visits that are new, and say how many; Refused if none is.

    `twins`: rows that are alike are different people. The same key takes them in once.
    """

    def decide(turn: Turn) -> int:
        found = sort(turn, visits, twins=twins)
        if not found.new:
            raise Refused(*_nothing_new(hub, turn, len(visits), sha256))
        _nobody(turn, visits)
        first = turn.next_id("tickets")
        for ticket, place in enumerate(found.new, start=first):
            turn.record(_imported(ticket, visits[place]), by.actor)
        turn.record(
            ev.VisitsImported(source=source, sha256=sha256, visits=len(found.new), double=len(found.double)), by.actor
        )
        return len(found.new)

    return hub.once(by, decide, lambda turn, count: count, "import", source, sha256, twins)


def _imported(ticket: int, v: Visit) -> ev.Imported:
    return ev.Imported(
        ticket=ticket,
        counter=v.counter,
        day=v.day,
        service=v.service,
        klass=v.klass,
        staff=v.staff,
        state=v.state,
        arrived=v.arrived,
        called=v.called,
        last_called=v.last_called,
        started=v.started,
        ended=v.ended,
        calls=v.calls,
        outcome=v.outcome,
    )


def _nobody(turn: Turn, visits: Sequence[Visit]) -> None:
    """Refused where a code of the file is the name of a member of staff."""
    codes = {code for v in visits for code in (v.service, v.klass, v.counter, v.staff) if code}
    if named := named_in(sorted(codes), lambda: turn.names().values()):
        raise Refused(
            f"文件里有工作人员姓名“{named}”：请改写工号后再导入，记录里只留工号。",
            f"The file names a member of staff, “{named}”: put the staff number in its place, the record keeps numbers"
            " alone.",
        )


def _nothing_new(hub: Hub, turn: Turn, visits: int, sha256: str) -> tuple[str, str]:
    gone = withdrawn(turn)
    for row in turn.events_between("VisitsImported", 0.0, float("inf")):
        if row.field("sha256") == sha256 and row.seq not in gone:
            when = datetime.fromtimestamp(row.at, hub.hall.zone)
            return f"该文件已于{when:%Y-%m-%d %H:%M}导入。", f"This file was imported on {when:%Y-%m-%d %H:%M}."
    return (
        f"文件里的{visits}次来访都已在系统里，没有新的。",
        f"All {visits} visits of the file are here already: nothing is new.",
    )
