"""The last number of a day is given by what is foreseen: nobody waits for a turn that comes after closing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import tomlkit

import config
from server.foreseer import Foreseer
from server.foresight.promise import ENOUGH, keeps, quietest
from server.foresight.seer import Seer, Sight
from server.foresight.watch import Watch
from server.health import Health
from server.verbs import calls, counters, remote, tickets
from server.verbs.agendas import Several
from server.verbs.hub import By, Closed, Hub
from server.verbs.last_number import SAME_S, any_too_late, late_items, too_late
from server.views.agendas import planned
from server.views.kiosk import kiosk_view
from tests.conftest import HandClock, new_store, write_hall
from tests.server.pages.conftest import new_key
from tests.waiting import DEADLINE_S

KIOSK, DESK = By("K1"), By("desk")


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-11-23T{text}:00+08:00").timestamp()


@pytest.fixture
def late(tmp_path: Path, clock: HandClock) -> Iterator[Hub]:
    """A hall that closes at 17:30, one counter open, as it is at 16:30."""

    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["tickets"].update({"outside_hours": "refuse", "stop_by": "foreseen"})

    hall = config.load(write_hall(tmp_path, change))
    hub = Hub(hall, new_store(hall.data), clock)
    clock.at = at("16:30")
    counters.open_counter(hub, DESK, "1", staff="90")
    yield hub
    hub.stop()
    hub.store.close()


@pytest.fixture
def foreseer(late: Hub) -> Iterator[Foreseer]:
    made = Foreseer(late)
    made.start()
    assert made.started.wait(DEADLINE_S)
    yield made
    made.stop()


def fill_up(hub: Hub, service: str = "SB01") -> Closed:
    for _ in range(40):
        try:
            tickets.issue(hub, KIOSK, service, paper=False)
        except Closed as closed:
            return closed
    raise AssertionError("forty numbers for one counter in the last hour")


@pytest.mark.parametrize("foreseen", [True, False])
def test_a_kiosk_promises_no_turn_after_closing_and_says_when_instead(
    late: Hub, foreseen: bool, request: pytest.FixtureRequest
) -> None:
    if foreseen:
        request.getfixturevalue("foreseer")
    said = fill_up(late)
    given = len(late.read().waiting())
    assert 2 <= given <= 12
    assert "17:30下班前轮不到" in said.args[0] and "可以预约11月24日09:00" in said.args[0]
    assert "after we close at 17:30" in said.en and "You can book 24 November at 09:00" in said.en
    assert tickets.issue(late, DESK, "SB01", channel="desk").label, "the desk may"


def test_whose_counter_is_free_gets_a_number_to_the_last_minute(
    late: Hub, foreseer: Foreseer, clock: HandClock
) -> None:
    clock.at = at("17:29")
    mine = tickets.issue(late, KIOSK, "SB01", paper=False)
    called = calls.call_next(late, DESK, "1")
    assert called and called.id == mine.id
    with pytest.raises(Closed, match="今天多半办不上"):
        tickets.issue(late, KIOSK, "SB01", paper=False)


def test_a_number_given_once_is_given_again_to_the_same_wish(late: Hub, foreseer: Foreseer) -> None:
    wish = By("K1", new_key())
    first = tickets.issue(late, wish, "SB01", paper=False)
    fill_up(late)
    assert tickets.issue(late, wish, "SB01", paper=False).id == first.id


def test_with_no_counter_open_the_minutes_of_the_file_hold(late: Hub, foreseer: Foreseer, clock: HandClock) -> None:
    counters.close_counter(late, DESK, "1")
    clock.at = at("17:19")
    assert too_late(late, late.read(), "SB01") is None
    clock.at = at("17:21")
    assert too_late(late, late.read(), "SB01")


def test_a_telephone_counts_with_the_way(late: Hub, foreseer: Foreseer) -> None:
    allowed = late.hall.remote.model_copy(update={"allowed": True, "keep_min": 59})
    late.hall = late.hall.model_copy(update={"remote": allowed})
    tickets.issue(late, DESK, "SB01", channel="desk")
    assert too_late(late, late.read(), "SB01") is None
    with pytest.raises(Closed, match="今天多半办不上"):
        remote.take(late, By("visitor", new_key()), "SB01", remote.door_code(late, "take"))


def test_a_class_with_a_head_start_is_judged_by_its_own_place(late: Hub, foreseer: Foreseer) -> None:
    fill_up(late)
    assert too_late(late, late.read(), "SB01") and too_late(late, late.read(), "SB01", "green") is None


def test_before_lunch_the_afternoon_is_offered_where_the_hall_wants_it(
    late: Hub, foreseer: Foreseer, clock: HandClock
) -> None:
    clock.at = at("11:15")
    for _ in range(4):
        tickets.issue(late, KIOSK, "SB01", paper=False)  # not wanted: their turn is in the afternoon
    rules = late.hall.tickets.model_copy(update={"stop_before_lunch": True})
    late.hall = late.hall.model_copy(update={"tickets": rules})
    said = fill_up(late)
    assert "12:00午休前轮不到" in said.args[0] and "12:00起取下午的号，14:30起办理" in said.args[0]
    assert "可以预约11月23日14:30" in said.args[0] and "before" not in said.en
    assert "Numbers for the afternoon from 12:00 on, served from 14:30" in said.en
    assert tickets.issue(late, DESK, "SB01", channel="desk").label, "the desk may"
    clock.at = at("12:05")
    assert too_late(late, late.read(), "SB01") is None


def test_of_several_items_the_last_has_to_be_called_in_time_too(late: Hub, foreseer: Foreseer) -> None:
    late_items = ["SB01", "YB01"]
    assert any_too_late(late, late.read(), late_items) is None
    while too_late(late, late.read(), "SB01") is None and any_too_late(late, late.read(), late_items) is None:
        tickets.issue(late, DESK, "SB01", channel="desk")
    assert too_late(late, late.read(), "SB01") is None and any_too_late(late, late.read(), late_items)


def test_a_hall_of_minutes_is_as_before(late: Hub) -> None:
    rules = late.hall.tickets.model_copy(update={"stop_by": "minutes"})
    late.hall = late.hall.model_copy(update={"tickets": rules})
    assert too_late(late, late.read(), "SB01") is None and "号已取完" in str(fill_up(late))


def test_the_quiet_hour_is_that_of_the_shortest_waits() -> None:
    watch = Watch(midnight=0.0)
    for n in range(ENOUGH):
        for hour, waited in ((9, 900.0), (10, 1500.0), (14, 300.0), (18, 10.0)):
            came = hour * 3600.0 + n
            watch.came(n, "S", "ordinary", came)
            watch.called(n, "1", came + waited)
    assert quietest(watch, 0, [(9.0, 12.0), (13.5, 17.5)]) == 14
    assert quietest(watch, 0, [(9.0, 12.0)]) == 9
    assert quietest(watch, 0, [(9.0, 10.0)]) is None, "one hour is no choice"
    assert quietest(Watch(), 0, [(9.0, 17.0)]) is None


def test_a_weekday_has_its_own_quiet_hour_as_soon_as_enough_is_known_of_all_its_hours() -> None:
    monday, tuesday = (datetime(2026, 11, day, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() for day in (23, 24))
    watch = Watch()
    for midnight, waits in ((monday, (100.0, 900.0)), (tuesday, (900.0, 300.0))):
        watch.turned(midnight, False, midnight)
        for n in range(ENOUGH):
            for hour, waited in zip((9, 10), waits, strict=True):
                watch.came(n, "S", "ordinary", midnight + hour * 3600.0 + n)
                watch.called(n, "1", midnight + hour * 3600.0 + n + waited)
    hours = [(9.0, 11.0)]
    assert [quietest(watch, weekday, hours) for weekday in range(3)] == [9, 10, 9]
    assert quietest(watch, 1, [(8.0, 11.0)]) == 9, "of 8 o'clock nothing is known on a Tuesday: all days speak"


def test_a_promise_is_kept_by_the_upper_end_or_a_free_counter() -> None:
    seer = Seer(Watch(standard={"S": 10.0}))
    free = seer.see(Sight(0.0, [], ["1"], None, "S", open={"1"}))
    busy = seer.see(Sight(0.0, ["S"] * 3, ["1"], None, "S", open={"1"}, held={"1": ("S", 0.0)}))
    assert free and busy and keeps(seer.tell(free), 0.0)
    early = seer.tell(busy)
    assert not keeps(early, 1.2 * early.high), "who has seen nothing yet promises less"
    told = early._replace(ended=5000)
    assert not keeps(told, told.high) and keeps(told, 1.2 * told.high)


def test_a_hall_that_never_stops_has_no_last_number(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="没有最后一个号"):
        config.load(write_hall(tmp_path, lambda hall: hall["tickets"].update({"stop_by": "foreseen"})))


def test_it_is_said_before_an_item_is_chosen_which_comes_too_late(
    late: Hub, foreseer: Foreseer, clock: HandClock
) -> None:
    assert late_items(late, clock.at) == {}
    said = fill_up(late)
    clock.at += SAME_S
    found = late_items(late, clock.at)
    assert found["SB01"].zh == said.args[0]
    view = kiosk_view(late, "K1", Health(lambda device, state, why: None, late.now))
    shown = {one["code"]: one["late"] for group in view["groups"] for one in group["services"]}
    assert shown["SB01"] == found["SB01"].json()
    plan = planned(late, Several(items=("SB01", "YB01")))
    assert plan["late"] and "17:30" in plan["late"]["zh"]


def test_hours_before_closing_nobody_is_asked(late: Hub, foreseer: Foreseer, clock: HandClock) -> None:
    fill_up(late)
    clock.at = at("13:00")
    assert late_items(late, clock.at) == {}
