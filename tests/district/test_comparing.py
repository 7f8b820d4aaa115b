"""Halls are compared by the same services, and a small one is not shamed by chance."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from district import comparing
from district.comparing import Standing, limits, verdict
from district.rollup import BINS, EDGES_S, LONG_S, Daily, Weekly, week


def day(hall: str, service: str, waited: int, long: int) -> Daily:
    waits = [0] * BINS
    waits[0], waits[EDGES_S.index(LONG_S) + 1] = waited - long, long
    return Daily(hall, "2026-11-23", service, waited, waited, 0, 0, waited, 60.0 * waited, waits)


def weeks(*rows: Daily) -> list[Weekly]:
    halls = dict.fromkeys(row.hall for row in rows)
    return [week(hall, "2026-11-23", [row for row in rows if row.hall == hall]) for hall in halls]


def standings(all_of_them: list[Weekly], residents: dict[str, int]) -> list[Standing]:
    waited: Counter[str] = Counter()
    long: Counter[str] = Counter()
    for one in all_of_them:
        waited.update(dict(zip(one.services, one.their_waited, strict=True)))
        long.update(dict(zip(one.services, one.their_long, strict=True)))
    return comparing.standings(all_of_them, residents, {service: (n, long[service]) for service, n in waited.items()})


def test_a_hall_with_the_slow_service_is_not_worse_for_it() -> None:
    rows = [day("a", "fast", 900, 9), day("a", "slow", 100, 50), day("b", "fast", 100, 1), day("b", "slow", 900, 450)]
    a, b = standings(weeks(*rows), {"a": 1000, "b": 0})
    assert (a.long, b.long) == (59, 451) and a.ratio == b.ratio == pytest.approx(1.0)
    assert a.verdict == b.verdict == "" and (a.per_thousand, b.per_thousand) == (1000, None)


def test_three_of_five_in_a_small_hall_say_nothing_and_300_of_500_much() -> None:
    much = standings(weeks(day("big", "x", 10_000, 2000), day("h", "x", 500, 300)), {"h": 0})
    few = standings(weeks(day("big", "x", 10_000, 2000), day("h", "x", 5, 3)), {"h": 0})
    assert (much[0].verdict, few[0].verdict) == ("much_worse", "")


def test_a_hall_that_said_nothing_stands_there_with_nothing() -> None:
    (one,) = standings([], {"h": 5})
    assert (one.days, one.visits, one.p90_s, one.ratio, one.verdict) == (0, 0, None, None, "")


@pytest.mark.parametrize("expected", [0.5, 3, 20, 400])
def test_chance_crosses_the_limits_as_seldom_as_they_say(expected: float) -> None:
    """By the Poisson distribution itself."""
    low, high = limits(expected, 1.96)
    of = [math.exp(-expected + k * math.log(expected) - math.lgamma(k + 1)) for k in range(int(expected * 4) + 40)]
    outside = sum(p for k, p in enumerate(of) if verdict(k, expected))
    assert low < expected < high and outside < 0.055
