"""A week's counters, from what the hub has seen to what a manager saves; other rules tried on what was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

import config
from server.domain import events as ev
from server.domain.overtaking import Limits
from server.domain.rules import Refused
from server.foresight import week
from server.health import Health
from server.pages.people import LeastWish
from server.verbs import calls, counters, manning, tickets, trying
from server.verbs.hub import By, Hub
from server.views.hall import hall_view
from server.views.people import rules_view, week_view
from tests.conftest import HandClock

DESK = By("desk")
DAYS = 6


@pytest.fixture
def seen(hub: Hub, clock: HandClock) -> Hub:
    """Six working days on which eight people came, one in four with a head start, to counter 1 and nobody else."""
    day, done = datetime.fromtimestamp(clock.at, hub.hall.zone).date(), 0
    while done < DAYS:
        clock.at = week.midnight(hub.hall, day) + 9 * 3600
        if week.kind_of(hub.hall, day).weekday < 6 and week._service_days(hub.hall, day, day):
            _work(hub, clock)
            done += 1
        day += timedelta(days=1)
    clock.at = week.midnight(hub.hall, day) + 9 * 3600
    return hub


def _work(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, DESK, "1", staff="08")
    for n in range(8):
        tickets.issue(hub, DESK, "SB01", klass="green" if n % 4 == 3 else "ordinary")
        clock.forward(60)
    for _n in range(8):
        calls.call_next(hub, DESK, "1")
        clock.forward(400)
        calls.finish(hub, DESK, "1", outcome="done")
    counters.close_counter(hub, DESK, "1")


def test_groups_are_the_counters_that_share_people(hall: config.Hall) -> None:
    found = week.groups(hall)
    everybody = [c for counters, _ in found for c in counters]
    assert sorted(everybody) == sorted(c for c, table in hall.counters.items() if table.kind != "guide")
    for n, (_, services) in enumerate(found):
        assert all(not services & others for _, others in found[n + 1 :])


def test_what_is_known_of_a_date(hall: config.Hall) -> None:
    first = date(2026, 11, 2)
    assert week.kind_of(hall, first) == (1, False, "begins")
    assert week.kind_of(hall, date(2026, 11, 30)).month == "ends"
    assert week.kind_of(hall, date(2026, 11, 18)) == (3, False, "")
    assert week.kind_of(hall, date(2026, 10, 8)).after  # the first after the national holidays
    assert week.kind_of(hall, date(2026, 2, 28)).weekday == 0  # 调休上班


def test_a_week_is_foreseen_saved_watched_and_judged(seen: Hub, clock: HandClock) -> None:
    hub, today = seen, datetime.fromtimestamp(clock.at, seen.hall.zone).date()
    monday = manning.default_week(hub)
    view = week_view(hub, monday)
    group = next(g for g in view["groups"] if "1" in g["counters"])
    assert 5 < group["days"][0]["people"][1] < 11 and group["learnt_days"] == DAYS
    nine = next(half for half in group["days"][0]["halves"] if half["at"] == "09:00")
    assert nine["people"][0] <= 8 <= nine["people"][2] and nine["advised"] >= 1 and not group["saved"]

    name, day = ",".join(group["counters"]), group["days"][0]["day"]
    manning.set_least(hub, By("50"), monday, {name: {day: {"540": 3}}})
    saved = next(g for g in week_view(hub, monday)["groups"] if "1" in g["counters"])
    assert saved["saved"] and [h["least"] for h in saved["days"][0]["halves"] if h["at"] == "09:00"] == [3]
    row = hub.read().last_event("ManningSet")
    assert row and isinstance(row.happened(), ev.ManningSet)
    with pytest.raises(Refused, match=r"最少窗口要在0到\d+之间"):
        manning.set_least(hub, By("50"), monday, {name: {day: {"540": 99}}})

    clock.at = week.midnight(hub.hall, date.fromisoformat(day)) + 9 * 3600 + 60
    counters.open_counter(hub, DESK, "1", staff="08")
    assert not [
        a for a in hall_view(hub, Health(lambda *_: None, hub.now))["alerts"] if a["kind"] == "manning"
    ]  # who comes from a break is on the way
    clock.forward(300)
    (told,) = [a for a in hall_view(hub, Health(lambda *_: None, hub.now))["alerts"] if a["kind"] == "manning"]
    assert told["zh"].startswith("现在应至少开3个窗口，只开了1个：请从")

    judged = manning.judged(hub.hall, hub.read(), week.monday_of(today), clock.at)
    assert judged is None or judged.halves > 0


def test_of_a_hall_that_knows_nothing_nothing_is_saved(hub: Hub) -> None:
    monday = manning.default_week(hub)
    assert week_view(hub, monday)["groups"] == [] and manning.least_now(hub.hall, hub.read(), hub.now()) == []
    with pytest.raises(Refused, match="还没有预测"):
        manning.set_least(hub, By("50"), monday, {})
    assert LeastWish(monday=monday, least={"1": {"2026-12-07": {"540": 2}}}).least["1"]["2026-12-07"]["540"] == 2


def test_a_week_that_is_over_is_judged_by_what_was_known_before_it(seen: Hub, clock: HandClock) -> None:
    hub = seen
    monday = manning.default_week(hub)
    clock.at = week.midnight(hub.hall, monday) + 9 * 3600
    _work(hub, clock)
    clock.at = week.midnight(hub.hall, monday) + 86400 + 60
    judged = manning.judged(hub.hall, hub.read(), monday, clock.at)
    assert judged and [(day, came) for day, _, _, _, came in judged.days] == [(monday, 8)]
    assert (
        judged.had_h == pytest.approx((8 * 460) / 3600, abs=0.05)
        and 0 <= judged.inside <= judged.halves
        and judged.came == 8
    )


def test_another_rule_is_tried_on_the_last_weeks_and_changes_nothing(seen: Hub) -> None:
    hub, before = seen, seen.seq
    own = trying.own_wish(hub.hall)
    same = rules_view(hub, own)
    assert same["days"] == DAYS and all(one["own"] == one["tried"] for one in same["classes"])
    green = next(one for one in same["classes"] if one["id"] == "green")
    none = rules_view(hub, trying.Wish({klass: 0 for klass in own.head_start_min}, Limits()))
    later = next(one for one in none["classes"] if one["id"] == "green")
    assert later["tried"]["mean_min"] > green["own"]["mean_min"] == later["own"]["mean_min"]
    assert green["was"]["people"] == DAYS * 2 and same["classes"][-1]["id"] == "" and hub.seq == before


def test_days_of_which_nobody_knows_when_counters_were_open_are_not_tried(
    seen: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As visits that were imported: who is called by nobody in the play would make every rule look good."""
    known, first = manning.open_spans, week.midnight(seen.hall, date.fromisoformat(seen.read().first_day() or ""))
    monkeypatch.setattr(
        trying, "open_spans", lambda reader, start, end: {} if start == first else known(reader, start, end)
    )
    (everybody,) = [one for one in rules_view(seen, trying.own_wish(seen.hall))["classes"] if one["id"] == ""]
    assert everybody["was"]["people"] == everybody["own"]["people"] == (DAYS - 1) * 8
