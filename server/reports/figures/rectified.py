"""差评整改 of a period: how many bad ratings came, were reached within the hour, valid, rectified in time. Pure.

Everything is read from the moves of the records up to the end of the period, so that a report of a week is the same
whenever it is made. A bad rating is valid from the day it was found so, until an appeal is upheld.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from server.domain.alerts import CONTACT_S
from server.domain.deadline import Run, Unit, WorkingDays, due_date
from server.domain.register import Record, Step
from server.reports.figures.groups import ratio

Row = dict[str, Any]
FOUND = ("valid", "refute")
DAYS: tuple[int, Unit] = (10, "working")
"""Of a record that says nothing of its own term (docs/wording.md 7.4)."""


class Span(NamedTuple):
    """[start, end) of the period up to now, epoch seconds, and its days; `today`: the day on which it ends."""

    start: float
    end: float
    first: date
    today: date

    def has(self, at: float | None) -> bool:
        return at is not None and self.start <= at < self.end


class _One(NamedTuple):
    """A record as it stood at the end of the period; None for what had not happened."""

    opened: float
    contacted: float | None
    unfounded: float | None
    found: float | None
    due: date | None
    rectified: float | None
    called_back: float | None


def rectification(records: Iterable[Record], calendar: WorkingDays, day: Callable[[float], date], span: Span) -> Row:
    """{"received", "contacted", "valid", "unfounded", "rectified", "on_time", "called_back", "overdue"}.

    `rectified`: of those found valid in the period; `on_time`: of those due in it; `called_back`: of those rectified
    in it; `overdue`: valid, past their day and not rectified when it ended.
    """
    known = [_read(record, calendar, day, span) for record in records if record.opened_at < span.end]
    received = [one for one in known if span.has(one.opened)]
    valid = [one for one in known if one.found is not None and one.unfounded is None]
    due = [one for one in valid if one.due is not None and span.first <= one.due <= span.today]
    mended = [one for one in valid if span.has(one.rectified)]
    return {
        "received": len(received),
        "contacted": ratio(sum(_within(one) for one in received), len(received)),
        "unfounded": sum(span.has(one.unfounded) for one in known),
        "valid": sum(span.has(one.found) for one in valid),
        "rectified": ratio(
            sum(one.rectified is not None for one in valid if span.has(one.found)),
            sum(span.has(one.found) for one in valid),
        ),
        "on_time": ratio(sum(_in_time(one, day) for one in due), len(due)),
        "called_back": ratio(sum(one.called_back is not None for one in mended), len(mended)),
        "overdue": sum(one.rectified is None and one.due is not None and one.due < span.today for one in valid),
    }


def _within(one: _One) -> bool:
    return one.contacted is not None and one.contacted - one.opened <= CONTACT_S


def _in_time(one: _One, day: Callable[[float], date]) -> bool:
    return one.rectified is not None and one.due is not None and day(one.rectified) <= one.due


def _read(record: Record, calendar: WorkingDays, day: Callable[[float], date], span: Span) -> _One:
    steps = [step for step in record.moves if step.at < span.end]
    found = _first(steps, *FOUND)
    unfounded = next((step.at for step in steps if step.state == "unfounded"), None)
    rectified, back = _first(steps, "rectified"), _first(steps, "call_back")
    due = None
    if found is not None:
        term, unit = found.terms.get("rectify") or DAYS
        extra = sum(int(step.terms.get("rectify", 0)) for step in steps if step.move == "extend")
        run = Run(day(found.at), term, [], None, extra, unit, None)
        due = due_date(run, calendar, day(found.at))
    contact = _first(steps, "contact")
    return _One(
        record.opened_at,
        contact.at if contact else None,
        unfounded,
        found.at if found else None,
        due,
        rectified.at if rectified else None,
        back.at if back else None,
    )


def _first(steps: Sequence[Step], *moves: str) -> Step | None:
    return next((step for step in steps if step.move in moves), None)
