"""一趟: how often somebody came for a matter follows from the moves, in numbers and in days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.register import Record, Step
from server.domain.trips import trips

DAY = date(2026, 11, 23).toordinal()


def record(*moves: tuple[int, str, int | None], ticket: int | None = None, **values: Any) -> Record:
    """Moves as (day, move, number at whose counter)."""
    steps = tuple(Step(float(day), move, "", "08", {}, visit) for day, move, visit in moves)
    return Record(
        id=1, register="case", version=1, number="BJ1", state="", kind="open", ticket=ticket, service="SB01",
        owner="08", opened_at=steps[0].at, changed_at=0.0, values=values, moves=steps,
    )  # fmt: skip


def day(at: float) -> date:
    return date.fromordinal(DAY + int(at))


@pytest.mark.parametrize(
    ("came", "made"),
    [
        (record((0, "receive", None), ticket=7), 1),
        (record((0, "receive", None), (0, "complete", 7), ticket=7), 1),
        (record((0, "receive", None), (0, "complete", 8), ticket=7), 2),  # a second number on one day
        (record((0, "receive", None), (3, "complete", None), (3, "accept", None), ticket=7), 2),
        (record((0, "receive", None), (3, "complete", 8), (3, "complete", None), ticket=7), 2),
        (record((0, "receive", None), (2, "special", None), (9, "decide", None), ticket=7), 1),
        (record((0, "receive", None), (9, "deliver", None), ticket=7, handed="window"), 2),
        (record((0, "receive", None), (9, "deliver", 9), ticket=7, handed="window"), 2),
        (record((0, "receive", None), (9, "deliver", None), ticket=7, handed="post"), 1),
        (record((0, "receive", None), (0, "deliver", None), ticket=7, handed="window"), 1),
        (record((0, "receive", None)), 1),
        (record((0, "receive", None), (0, "complete", None), (1, "complete", None)), 2),
    ],
)
def test_visits_of_a_case(came: Record, made: int) -> None:
    assert trips(came, [], day) == made


def test_who_brings_what_was_owed_comes_once_more() -> None:
    case = record((0, "receive", None), ticket=7)
    owing = record((0, "owe", None), (4, "bring", None), ticket=7)
    assert trips(case, [owing], day) == 2
    assert trips(case, [record((0, "owe", None), (4, "bring", 9), (4, "remind", None), ticket=7)], day) == 2
    assert trips(case, [record((0, "owe", None), (4, "lapse", None), ticket=7)], day) == 1
