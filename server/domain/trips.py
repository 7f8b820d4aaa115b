"""一趟: how often a person came to the hall for one matter, against what its guide promises. Pure.

It follows from the moves and is typed by nobody: every number at whose counter a move was made counts once, the number
that the record came of among them; a move for which somebody has to be there, made without a number, counts its day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from server.domain.register import Record, Step

HANDED, WINDOW = "handed", "window"
COMES = ("receive", "complete", "deliver", "bring")
"""Moves for which a person stands at the counter; 送达 only where it is handed out there."""


def trips(record: Record, owing: Iterable[Record], day: Callable[[float], date]) -> int:
    """Visits of a case so far. `owing`: its 容缺补交, since who brings what was owed comes once more."""
    steps = [*record.moves, *(step for one in owing for step in one.moves[1:])]
    numbers = {step.visit for step in steps if step.visit is not None}
    days = {day(step.at) for step in steps if step.visit is not None}
    if record.ticket is not None:
        numbers.add(record.ticket)
        days.add(day(record.opened_at))
    return len(numbers) + len({day(step.at) for step in steps if _comes(record, step)} - days)


def _comes(record: Record, step: Step) -> bool:
    return step.move in COMES and not (step.move == "deliver" and record.values.get(HANDED) != WINDOW)


def promised(visits: str) -> int | None:
    """最多跑几趟 of a guide as a number; None where it promises none."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[次趟]?\s*", visits)
    return int(found[1]) if found else None
