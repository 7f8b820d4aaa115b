"""A week that is still to be: who will come, and the fewest counters with which the pledge is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from server.foresight import staffing
from server.foresight.arrivals import HALVES, Kind, Past, foresee
from server.foresight.staffing import DRAWS, Demand, Draws, staff, waits

MONDAY = date(2026, 3, 2)
A_DAY = {1: 300, 2: 200, 3: 200, 4: 200, 5: 150}


def weeks(number: int, seed: int = 1, ends: float = 1.0) -> list[Past]:
    """Workdays with a number by weekday, in two peaks; the last days of a month `ends` times as many."""
    chance = np.random.default_rng(seed)
    shape = np.zeros(HALVES)
    shape[18:34] = [1, 3, 5, 6, 5, 4, 1, 1, 2, 4, 5, 5, 4, 3, 2, 1]
    found = []
    for n in range(number * 5):
        day = MONDAY + timedelta(days=n // 5 * 7 + n % 5)
        end = n % 20 > 16
        kind = Kind(day.isoweekday(), month="ends" if end else "")
        mean = A_DAY[day.isoweekday()] * (ends if end else 1.0) * shape / shape.sum()
        found.append(Past(day, kind, chance.poisson(mean).astype(float)))
    return found


def test_of_too_few_days_nothing_is_said() -> None:
    past = weeks(1)
    assert foresee(past[:4], past[4].day, past[4].kind) is None
    assert foresee(past, past[4].day, past[4].kind) is None  # the day itself is no past of its own
    assert foresee(past, MONDAY + timedelta(days=7), Kind(1)) is not None


def test_a_weekday_is_like_its_own_and_a_shifted_day_like_any_working_day() -> None:
    past, after = weeks(8), MONDAY + timedelta(days=56)
    monday, shifted = foresee(past, after, Kind(1)), foresee(past, after + timedelta(days=5), Kind(0))
    assert monday and monday.total[1] == pytest.approx(300, rel=0.08)
    assert shifted and shifted.total[1] == pytest.approx(210, rel=0.08)
    assert monday.mean[21] > 3 * monday.mean[24] and monday.mean[:18].sum() == 0.0


def test_the_end_of_a_month_is_learnt_and_leans_towards_an_ordinary_day() -> None:
    past, after = weeks(12, ends=1.5), MONDAY + timedelta(days=84 + 2)
    plain, end = foresee(past, after, Kind(3)), foresee(past, after, Kind(3, month="ends"))
    assert plain and end and 1.15 < end.total[1] / plain.total[1] < 1.5


def test_four_in_five_half_hours_lie_in_the_range() -> None:
    past = weeks(16)
    inside, days = [], []
    for one in past[40:]:
        told = foresee([p for p in past if p.day < one.day - timedelta(days=one.day.weekday())], one.day, one.kind)
        assert told
        some = told.mean > 1
        inside += ((one.came >= told.low) & (one.came <= told.high))[some].tolist()
        days.append(told.total[0] <= one.came.sum() <= told.total[2])
    assert 0.75 < np.mean(inside) < 0.97 and np.mean(days) > 0.75


def one_course(*came: float, takes: float = 600.0) -> Draws:
    return Draws(np.tile(np.array(came), (DRAWS, 1)), np.full((DRAWS, len(came)), takes))


@pytest.mark.parametrize(
    ("counters", "expected"),
    [
        ([1, 2], [0.0, 590.0, 1180.0, 10.0]),
        ([2, 1], [0.0, 0.0, 580.0, 0.0]),
        ([0, 1], [1800.0, 2390.0, 2980.0, 1810.0]),
    ],
)
def test_waits_are_those_of_the_counters_that_are_open(counters: list[int], expected: list[float]) -> None:
    (found,) = waits([one_course(0.0, 10.0, 20.0, 1790.0)], np.array([counters]))
    assert found[0].tolist() == pytest.approx(expected)


def test_an_idle_counter_that_has_closed_calls_nobody() -> None:
    (found,) = waits([one_course(0.0, 1810.0, 1820.0)], np.array([[2, 1]]))
    assert found[0].tolist() == pytest.approx([0.0, 0.0, 590.0])


TOOK = np.sort(np.random.default_rng(3).lognormal(6.0, 0.5, 200))


def demand(*mean: float, most: int = 12) -> Demand:
    return Demand(np.array(mean), np.ones(len(mean), dtype=bool), 0.15, TOOK, most)


def test_the_pledge_is_kept_and_with_one_counter_less_somewhere_it_is_not() -> None:
    one = demand(4, 12, 20, 14, 6, 3)
    (found,) = staff([one], 1200.0)
    assert found.kept and found.p90_s.max() <= 1200.0
    drawn = [staffing.draws(one, 0)]
    who = staffing.by_half(drawn[0], 6)
    peak = int(found.counters.argmax())
    less = found.counters.copy()
    less[peak - 1 : peak + 1] -= 1
    (waited,) = waits(drawn, less[None, :])
    assert staffing.p90s(waited, who).max() > 1200.0


def test_with_too_few_counters_all_of_them_are_open_where_it_is_full_and_the_pledge_is_not_kept() -> None:
    (found,) = staff([demand(4, 12, 20, 14, 6, 3, most=3)], 1200.0)
    assert not found.kept and found.counters.max() == 3
    assert staff([demand(4, 12, 20, 14, 6, 3, most=3)], 1200.0)[0].counters.tolist() == found.counters.tolist()


def test_a_shut_half_hour_has_no_counter() -> None:
    one = demand(4, 0, 8)._replace(open=np.array([True, False, True]))
    (found,) = staff([one], 1200.0)
    assert found.counters[1] == 0 and found.counters[0] >= 1


def test_the_same_week_is_searched_once() -> None:
    def asked(pledge_s: float, many: float = 6.0) -> Sequence[staffing.Manning]:
        mean, took = np.full(8, many), np.full(240, 480.0)
        return staff([Demand(mean, np.ones(8, dtype=bool), 0.1, took, 4)], pledge_s)

    first = asked(1200.0)
    assert asked(1200.0) is first and asked(600.0) is not first and asked(1200.0, 6.5) is not first
