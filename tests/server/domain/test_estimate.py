"""How long it will be: a range, from what the hall did today, else from the catalogue; nothing when nothing is
known.
"""

from __future__ import annotations

import pytest

from server.domain.estimate import after, clock, through, wait_minutes


@pytest.mark.parametrize(
    ("ahead", "counters", "free", "recent", "standard", "said"),
    [
        (0, 4, 1, [], 8, (0, 5)),
        (0, 4, 0, [], 20, (0, 10)),  # nobody ahead, but all are busy: 20 min over four, one of them is done in 5
        (8, 4, 1, [], 10, (10, 30)),  # 20 min ± 30 %: 14 to 26, rounded outwards to 5
        (7, 4, 0, [], 10, (10, 30)),
        (2, 4, 3, [], 10, (0, 5)),  # a free counter for everybody
        (8, 4, 1, [300.0] * 5, 10, (5, 15)),  # 10 min by what the last five took
        (8, 4, 1, [300.0] * 4, 10, (10, 30)),  # four are too few
        (99, 1, 0, [600.0] * 20, 10, (700, 1300)),
        (3, 0, 0, [600.0] * 20, 10, None),
    ],
)
def test_a_range(
    ahead: int, counters: int, free: int, recent: list[float], standard: float, said: tuple[int, int] | None
) -> None:
    assert wait_minutes(ahead, counters, free, recent, standard) == said


NINE = 1795395600.0  # 2026-11-23 09:00 in the hall
MORNING, AFTERNOON = (NINE, NINE + 3 * 3600), (NINE + 4.5 * 3600, NINE + 15 * 3600)


@pytest.mark.parametrize(
    ("minute", "work", "said"),
    [
        (0, (10, 20), (10, 20)),
        (170, (0, 5), (0, 5)),
        (170, (5, 15), (5, 105)),  # the longest of it lies behind the lunch break of 90 minutes
        (170, (15, 30), (105, 120)),
        (200, (0, 5), (70, 75)),  # in the break: nobody is called before 13:30
        (-30, (0, 5), (30, 35)),  # before the doors open
        (14 * 60, (60, 90), (60, 90)),  # after closing those who still wait are served on
        (15 * 60, (60, 90), (60, 90)),
    ],
)
def test_a_wait_goes_through_the_break(minute: int, work: tuple[int, int], said: tuple[int, int]) -> None:
    assert through([MORNING, AFTERNOON], NINE + minute * 60, work) == said
    assert through([], NINE + minute * 60, work) == work


def test_seconds_of_work_end_where_the_hall_works() -> None:
    assert after([MORNING, AFTERNOON], MORNING[1] - 60, 60) == MORNING[1]
    assert after([MORNING, AFTERNOON], MORNING[1] - 60, 61) == AFTERNOON[0] + 1


@pytest.mark.parametrize(
    ("wait", "minutes"),
    [((10, 20), 15), ((10, 25), 20), ((95, 125), 110), ((0, 5), None), ((0, 10), None), (None, None)],
)
def test_a_wait_as_a_time_on_the_clock(wait: tuple[int, int] | None, minutes: int | None) -> None:
    """To five minutes, and none for who is called at once."""
    assert clock(NINE + 20, wait) == (None if minutes is None else NINE + minutes * 60)
