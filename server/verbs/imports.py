"""What another system handed in, as a whole: which hand-ins there were, and a wrong one withdrawn.

The rows of a withdrawn one stay in the journal, and `verify` reads them; tables and figures are as if they never were.
"""

from __future__ import annotations

from typing import NamedTuple

from server.domain import events as ev
from server.domain.chain import Row
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown

TAKEN = ("VisitsImported", "BookingsTaken")
WITHDRAWN = ("ImportWithdrawn", "BookingsWithdrawn")


class HandIn(NamedTuple):
    """One import: the row that ended it, and the one that withdrew it, if one did."""

    row: Row
    gone: Row | None


def hand_ins(reader: Reader) -> list[HandIn]:
    """Every import, the newest first."""
    gone = {row.field("of"): row for name in WITHDRAWN for row in reader.events_between(name, 0.0, float("inf"))}
    taken = [row for name in TAKEN for row in reader.events_between(name, 0.0, float("inf"))]
    return [HandIn(row, gone.get(row.seq)) for row in sorted(taken, reverse=True)]


def withdrawn(reader: Reader) -> set[int]:
    """The rows whose import was withdrawn."""
    return {hand_in.row.seq for hand_in in hand_ins(reader) if hand_in.gone}


def withdraw(hub: Hub, by: By, of: int, reason: str) -> int:
    """撤回: what row `of` of the journal took in, visits or bookings, counts no more; how many they were.

    Refused without a reason, and for what was withdrawn before.
    """

    def decide(turn: Turn) -> int:
        row = next((row for row in turn.journal(of - 1, 1) if row.seq == of), None)
        event = row.happened() if row else None
        if not isinstance(event, ev.VisitsImported | ev.BookingsTaken):
            raise Unknown(f"没有第{of}号导入。", f"There is no import {of}.")
        if of in withdrawn(turn):
            raise Refused(f"第{of}号导入已经撤回。", f"Import {of} has been withdrawn already.")
        if not reason.strip():
            raise Refused("请写明撤回的原因。", "Say why it is withdrawn.")
        if isinstance(event, ev.BookingsTaken):
            count = turn.drop_bookings(of)
            turn.record(ev.BookingsWithdrawn(of=of, bookings=count, reason=reason.strip()), by.actor)
            return count
        first, last = turn.imported_by(of, event.visits)
        turn.record(
            ev.ImportWithdrawn(of=of, first=first, last=last, visits=event.visits, reason=reason.strip()), by.actor
        )
        return event.visits

    return hub.once(by, decide, lambda turn, count: count, "withdraw import", of, reason)
