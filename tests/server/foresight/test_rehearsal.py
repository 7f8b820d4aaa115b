"""A day played again: by hand where everybody takes ten minutes, and against the days of an invented hall."""

from __future__ import annotations

import numpy as np
import pytest

from replay import foretold, invented_halls
from server.domain.overtaking import Limits
from server.foresight.ahead import Floats
from server.foresight.rehearsal import Day, Rule, Visit, by_class, calls, waits
from server.foresight.seer import Seer
from server.foresight.watch import PAUSE_S, Watch


def ten(_: str) -> Floats:
    return np.array([600.0])


BOTH = {"1": ("S", "T"), "2": ("S",)}


def test_who_came_is_called_by_rank_by_whoever_is_there() -> None:
    visits = [Visit(0.0, 0.0, "S"), Visit(10.0, 10.0, "S"), Visit(20.0, 20.0, "S"), Visit(30.0, -900.0, "T")]
    one = {"1": ((0.0, 9000.0),)}
    # at 0, then the one with a head start at 600, then 1200 and 1800
    assert waits(Day(visits, one), BOTH, ten).tolist() == [0.0, 570.0, 1190.0, 1780.0]
    two = one | {"2": ((0.0, 9000.0),)}
    assert waits(Day(visits, two), BOTH, ten).tolist() == [0.0, 0.0, 570.0, 590.0]


def test_who_was_served_takes_as_long_again() -> None:
    visits = [Visit(0.0, 0.0, "S", took=90.0), Visit(10.0, 10.0, "S", took=60.0), Visit(20.0, 20.0, "S")]
    assert waits(Day(visits, {"1": ((0.0, 9000.0),)}), BOTH, ten).tolist() == [0.0, 80.0, 130.0]


def test_a_counter_that_rests_calls_nobody_and_who_has_left_is_not_called() -> None:
    visits = [
        Visit(0.0, 0.0, "S"),
        Visit(10.0, 10.0, "S", left=700.0),
        Visit(20.0, 20.0, "S"),
        Visit(5000.0, 5000.0, "S"),
    ]
    rests = {"1": ((0.0, 300.0), (1000.0, 2000.0))}
    assert waits(Day(visits, rests), BOTH, ten).tolist() == [0.0, 980.0]
    assert waits(Day(visits, {}), BOTH, ten).tolist() == []


def test_the_same_luck_is_the_same_day_and_less_counters_are_longer_waits() -> None:
    visits = [Visit(60.0 * n, 60.0 * n, "S") for n in range(60)]
    took = lambda _: np.array([60.0, 120.0, 300.0])  # noqa: E731
    two = Day(visits, {"1": ((0.0, 9e4),), "2": ((0.0, 9e4),)})
    assert waits(two, BOTH, took, 3).tolist() == waits(two, BOTH, took, 3).tolist()
    assert waits(Day(visits, {"1": ((0.0, 9e4),)}), BOTH, took).mean() > 2 * waits(two, BOTH, took).mean()


@pytest.mark.parametrize("kind", ["A", "C"])
def test_unchanged_counters_give_the_p90_that_was(kind: str) -> None:
    course = foretold.Course(
        Seer(Watch(standard=invented_halls.STANDARD_MIN)), invented_halls.may_call(kind), learns=False
    )
    played = invented_halls.days(kind, 11, 16)
    rehearsed = foretold.rehearsed(course, played, since=6)
    assert rehearsed.p90_s == pytest.approx(rehearsed.was_s, rel=0.1) and rehearsed.days == 10


HEAD = {"green": 1200.0, "ordinary": 0.0}


def mixed() -> Day:
    """Somebody each minute at one counter that takes ten; every second of them with a head start, from the third on."""
    visits = [
        Visit(60.0 * n, 60.0 * n, "S", took=600.0, klass="green" if n > 2 and n % 2 else "ordinary") for n in range(12)
    ]
    return Day(visits, {"1": ((0.0, 9e4),)})


def called(day: Day, rule: Rule) -> list[int]:
    return [call.visit for call in calls(day, {"1": ("S",)}, ten, rule=rule)]


def test_a_rule_is_tried_with_its_limits() -> None:
    assert called(mixed(), Rule({}))[:4] == [0, 1, 2, 3]
    assert called(mixed(), Rule(HEAD)) == [0, 3, 5, 7, 9, 11, 1, 2, 4, 6, 8, 10]
    assert called(mixed(), Rule(HEAD, Limits(in_a_row=1)))[:6] == [0, 3, 1, 5, 2, 7]
    assert called(mixed(), Rule(HEAD, Limits(overtaken=2)))[:6] == [0, 3, 5, 1, 2, 7]


def test_a_counter_helps_once_somebody_has_waited_so_long() -> None:
    visits = [Visit(0.0, 0.0, "S", took=3000.0), Visit(10.0, 10.0, "S", took=60.0)]
    day = Day(visits, {"1": ((0.0, 9e4),), "2": ((0.0, 9e4),)})
    may = {"1": ("S",), "2": ("T",)}
    assert [c.at for c in calls(day, may, ten, rule=Rule({}))] == [0.0, 3000.0]
    assert [c.at for c in calls(day, may, ten, rule=Rule({}, helps={"2": (("S",), 900.0)}))] == [0.0, 910.0]


def test_who_gains_and_who_loses_by_a_rule() -> None:
    plain = by_class([mixed()], {"1": ("S",)}, ten, Rule({}), 1200.0)
    ahead = by_class([mixed()], {"1": ("S",)}, ten, Rule(HEAD), 1200.0)
    assert ahead["green"].mean_s < plain["green"].mean_s and ahead["ordinary"].mean_s > plain["ordinary"].mean_s
    assert plain[""].people == 12 and plain[""].mean_s == ahead[""].mean_s


def test_a_counter_that_paused_while_somebody_waited_had_its_last_person_for_so_long() -> None:
    watch = Watch()
    watch.opened("1", 0.0)
    for id, came in ((1, 0.0), (2, 10.0), (3, 1000.0)):
        watch.came(id, "SB01", "ordinary", came)
    watch.called(1, "1", 20.0)
    watch.freed("1", 320.0)
    watch.called(2, "1", 440.0)
    watch.freed("1", 640.0)
    watch.called(3, "1", 1010.0)
    assert [watch.visits[id].took for id in (1, 2)] == [420.0, 200.0], "the second pause was for want of people"
    watch.freed("1", 1100.0)
    watch.came(4, "SB01", "ordinary", 1050.0)
    watch.called(4, "1", 1100.0 + PAUSE_S + 1)
    assert watch.visits[3].took == 90.0, "who calls nobody for so long is away"
