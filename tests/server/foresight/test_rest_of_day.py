"""The rest of a day with other counters: worked out by hand where everybody takes ten minutes."""

from __future__ import annotations

import pytest

from server.foresight.rehearsal import Day, Visit
from server.foresight.rest_of_day import Change, Scene, outcome, trust
from server.foresight.watch import Past, Watch

HOUR = 3600.0
DAY = 86400.0


def watch(*came: float, others: int = 0) -> Watch:
    """A hall that has seen one day on which people came at these seconds after midnight, ten minutes each."""
    made = Watch(midnight=DAY)
    for n in range(30):
        made.held.clear()
        made.came(n, "S", "ordinary", n * 700.0)
        made.called(n, "1", n * 700.0)
        made.freed("1", n * 700.0 + 600.0)
    made.visits.clear()
    visits = [Visit(at, at, "S", took=600.0) for at in came]
    made.days.append(Past(0.0, False, Day(visits, {"1": ((9 * HOUR, 17 * HOUR),)}), (0.0,) * len(came)))
    return made


def scene(waiting: int, *, hour: float = 10.0, open: str = "1") -> Scene:
    now = DAY + hour * HOUR
    line = [Visit(now - 60.0 * (waiting - n), now - 60.0 * (waiting - n), "S") for n in range(waiting)]
    may = {counter: ("S",) for counter in "12"}
    return Scene(
        now, DAY + 17 * HOUR, line, frozenset(open), {}, may, ((DAY + 9 * HOUR, DAY + 17 * HOUR),), weekend=False
    )


def change(what: str, counters: str, begins: float, ends: float = 17.0) -> Change:
    return Change(what, frozenset(counters), DAY + begins * HOUR, DAY + ends * HOUR)  # type: ignore[arg-type]


def test_one_counter_more_until_eleven() -> None:
    found = outcome(watch(), scene(6), change("open", "2", 10.0, 11.0), 1800.0)
    # they have waited 6, 5 ... 1 min; alone they are called after 0, 10 ... 50 min; together after 0, 0, 10, 10, 20, 20
    assert found.p90_s == pytest.approx((51 * 60.0, 22 * 60.0), abs=1)
    assert found.fewer == pytest.approx(3.0) and found.people == 6 and found.until == DAY + 11 * HOUR
    assert found.uncalled == (0.0, 0.0)


def test_a_long_line_is_answered_too() -> None:
    found = outcome(watch(), scene(400, hour=9.0), change("open", "2", 9.0), 1800.0)
    assert found.p90_s[1] == float("inf") and found.uncalled[0] > found.uncalled[1] > 0


def test_a_lunch_is_shifted_and_who_comes_meanwhile_counts() -> None:
    usual = watch(12 * HOUR + 1200, 12 * HOUR + 1260)
    usual.lunch = {"1": [(12.0, 13.0)]}
    later = outcome(usual, scene(0, hour=11.0), change("lunch", "1", 12.5, 13.5), 1800.0)
    # both come at 12:20 and 12:21, and are usually called at 13:00 and 13:10; now at 12:20 and, after lunch, at 13:30
    assert later.people == 2 and later.p90_s == pytest.approx((49 * 60.0, 69 * 60.0), abs=1)
    assert later.fewer == pytest.approx(1.0)
    # an afternoon's pause in the file of a day is no lunch: what is not touched stays
    none = outcome(usual, scene(0, hour=11.0), change("lunch", "2", 12.5, 13.5), 1800.0)
    assert none.p90_s[0] == none.p90_s[1] and none.fewer == 0


def test_a_counter_that_closes_leaves_the_last_uncalled() -> None:
    found = outcome(watch(11 * HOUR), scene(3), change("close", "1", 10.0), 1800.0)
    assert found.p90_s[1] == float("inf") and found.uncalled == (0.0, 4.0)


def test_an_early_end_says_who_comes_in_vain_and_who_is_not_called() -> None:
    found = outcome(watch(11 * HOUR, 15 * HOUR, 16 * HOUR), scene(0), change("end", "", 14.0), 1800.0)
    assert found.turned_away == 2 and found.uncalled == (0.0, 0.0)
    nobody = outcome(watch(), scene(9, hour=13.0), change("end", "", 14.0), 1800.0)
    assert nobody.uncalled == (0.0, 3.0)


def test_a_busy_day_goes_on_busy() -> None:
    made = watch(*(9 * HOUR + 60 * n for n in range(40)), *(15 * HOUR + 60 * n for n in range(40)))
    for n in range(90):
        made.came(1000 + n, "S", "ordinary", DAY + 9 * HOUR)
    found = outcome(made, scene(0, hour=12.0), change("close", "2", 12.0), 1800.0)
    assert found.people == 80, "twice as many came so far, twice as many are to come"


def test_past_days_played_with_their_own_counters_say_how_near_that_comes() -> None:
    made = watch(9 * HOUR, 9 * HOUR + 1, 9 * HOUR + 2)
    told = trust(made, {"1": ("S",)}, weekend=False)
    assert told and told.days == 1 and told.was_s == 0.0 and told.played_s == pytest.approx(1198.0)
    assert trust(made, {"1": ("S",)}, weekend=True) is None


def test_a_day_that_is_over_is_kept_as_it_was() -> None:
    made = Watch(midnight=0.0)
    made.opened("1", 9 * HOUR)
    made.came(1, "S", "green", 9 * HOUR, 9 * HOUR - 1200)
    made.called(1, "1", 9 * HOUR + 30)
    made.freed("1", 9 * HOUR + 330)
    made.came(2, "S", "ordinary", 10 * HOUR)
    made.left(2, 10 * HOUR + 900)
    made.turned(DAY, False, 17 * HOUR)
    (past,) = made.days
    assert past.waited == (30.0,) and past.day.open == {"1": ((9 * HOUR, 17 * HOUR),)}
    assert [*past.day.visits] == [
        Visit(9 * HOUR, 9 * HOUR - 1200, "S", took=300.0),
        Visit(10 * HOUR, 10 * HOUR, "S", left=10 * HOUR + 900),
    ]
    assert not made.visits
