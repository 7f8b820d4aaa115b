"""The verbs of the hall through the real store: numbers, keys, clocks, days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

import config
from server.hub import Closed, Conflict, Hub, Unknown
from server.rules import Refused
from server.store import journal
from server.store.database import Store, StoreBusy
from tests.conftest import HandClock, write_hall


def sit(hub: Hub, *counters: str) -> None:
    for counter in counters:
        hub.open_counter(counter, staff=f"0{counter}", actor=f"0{counter}")


def test_numbers_begin_at_001_in_each_letter(hub: Hub) -> None:
    assert [hub.issue(s).label for s in ("SB01", "YB01", "JY01", "GA01", "SB02")] == ["A001", "A002", "F001", "W001", "A003"]


def test_after_999_comes_1000(hub: Hub) -> None:
    labels = [hub.issue("SB01").label for _ in range(1001)]
    assert labels[998:] == ["A999", "A1000", "A1001"]


def test_sixteen_kiosks_at_once_share_no_number_and_leave_no_gap(hub: Hub) -> None:
    with ThreadPoolExecutor(16) as kiosks:
        numbers = sorted(kiosks.map(lambda i: hub.issue("SB01", key=f"touch-{i:04d}").number, range(320)))
    assert numbers == list(range(1, 321))


def test_the_same_touch_twice_is_one_ticket_even_at_once(hub: Hub) -> None:
    with ThreadPoolExecutor(8) as touches:
        tickets = set(touches.map(lambda i: hub.issue("SB01", actor="K1", key="one-touch").id, range(40)))
    assert len(tickets) == 1
    assert hub.issue("SB01", actor="K2", key="one-touch").id not in tickets
    with pytest.raises(Conflict):
        hub.issue("SB02", actor="K1", key="one-touch")


def test_fifty_counters_pressing_next_share_nobody_and_skip_nobody(hub: Hub) -> None:
    tickets = [hub.issue("SB01").id for _ in range(30)]
    sit(hub, *"12346")

    def work(counter: str) -> list[int]:
        mine = []
        while ticket := hub.call_next(counter, actor=counter):
            hub.finish(counter, "咨询", actor=counter)
            mine.append(ticket.id)
        return mine

    with ThreadPoolExecutor(5) as counters:
        called = [i for part in counters.map(work, "12346") for i in part]
    assert sorted(called) == tickets


def test_a_whole_visit_and_its_instants(hub: Hub, clock: HandClock) -> None:
    start = clock.at
    sit(hub, "1")
    ticket = hub.issue("SB01")
    clock.forward(300)
    called = hub.call_next("1", actor="01")
    assert called is not None and called.id == ticket.id
    clock.forward(20)
    hub.recall("1", actor="01")
    clock.forward(30)
    hub.start("1", actor="01")
    clock.forward(400)
    done = hub.finish("1", "现场办结", actor="01")
    assert (done.issued_at, done.called_at, done.last_called_at, done.started_at, done.ended_at) == (
        start, start + 300, start + 320, start + 350, start + 750,
    )  # fmt: skip
    assert (done.state, done.calls, done.counter, done.staff, done.outcome) == ("finished", 2, "1", "01", "现场办结")


def test_pick_up_numbers_go_to_the_pick_up_counter_alone(hub: Hub) -> None:
    sit(hub, "1", "5")
    pick_up = hub.issue("LQ01")
    assert hub.call_next("1", actor="01") is None
    called = hub.call_next("5", actor="05")
    assert called is not None and called.id == pick_up.id


def test_a_passed_number_comes_back_after_the_next_two(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    ids = []
    for _ in range(4):
        ids.append(hub.issue("SB01").id)
        clock.forward(1)
    hub.call_next("1", actor="01")
    hub.pass_("1", actor="01")
    hub.take_back(ids[0], actor="desk")
    order = []
    while ticket := hub.call_next("1", actor="01"):
        order.append(ticket.id)
        hub.finish("1", "咨询", actor="01")
    assert order == [ids[1], ids[2], ids[0], ids[3]]


def test_a_counter_is_one_persons(hub: Hub) -> None:
    sit(hub, "1")
    with pytest.raises(Refused, match="已由01登录"):
        hub.open_counter("1", staff="02", actor="02")
    hub.issue("SB01")
    hub.call_next("1", actor="01")
    with pytest.raises(Refused, match="请先开始或过号"):
        hub.close_counter("1", actor="01")


def test_unknown_things_are_refused_in_words(hub: Hub) -> None:
    for attempt in (lambda: hub.issue("XX"), lambda: hub.leave(99, actor="x"), lambda: hub.call_next("99", actor="x")):
        with pytest.raises(Unknown):
            attempt()


def test_a_clock_set_back_a_little_stands_still(hub: Hub, clock: HandClock) -> None:
    first = hub.issue("SB01")
    clock.forward(-120)
    second = hub.issue("SB01")
    assert second.issued_at == first.issued_at
    assert (second.number, second.day) == (2, first.day)


@pytest.mark.parametrize("back", [3600, 86400, 40 * 86400])
def test_a_clock_set_back_loses_and_doubles_nothing_and_is_noted(hub: Hub, clock: HandClock, back: int) -> None:
    before = [hub.issue("SB01") for _ in range(3)]
    clock.forward(-back)
    hub.tick()
    after = [hub.issue("SB01") for _ in range(3)]
    clock.forward(back)
    hub.tick()
    later = [hub.issue("SB01") for _ in range(3)]
    labels = [(t.day, t.label) for t in before + after + later]
    assert len(set(labels)) == 9
    assert [r.happened().before for r in hub.read().events_between("ClockSet", 0, 2e9)] == [before[-1].issued_at]  # type: ignore[attr-defined]
    assert journal.verify(hub.read().conn) == []


def test_midnight_begins_new_numbers_and_ends_the_old_day(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    tickets = [hub.issue("SB01") for _ in range(4)]
    hub.call_next("1", actor="01")
    hub.call_next("2", actor="02")
    hub.start("2", actor="02")
    clock.at = datetime.fromisoformat("2026-11-24T00:00:01+08:00").timestamp()
    hub.tick()
    states = [hub.read().ticket(t.id).state for t in tickets]  # type: ignore[union-attr]
    assert states == ["passed", "serving", "expired", "expired"]
    fresh = hub.issue("SB01")
    assert (fresh.day, fresh.label) == ("2026-11-24", "A001")
    assert hub.finish("2", "现场办结", actor="02").day == "2026-11-23"


def test_a_day_may_begin_later_than_midnight(tmp_path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["hall"].update({"day_starts": "04:00"})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    clock.at = datetime.fromisoformat("2026-11-24T03:59:59+08:00").timestamp()
    assert hub.issue("SB01").day == "2026-11-23"
    clock.forward(1)
    assert (hub.issue("SB01").day, hub.issue("SB01").label) == ("2026-11-24", "A002")
    hub.store.close()


def test_kiosks_stop_outside_hours_and_staff_do_not(tmp_path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["tickets"].update({"outside_hours": "refuse"})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    hub.issue("SB01")
    clock.at = datetime.fromisoformat("2026-11-23T17:21:00+08:00").timestamp()
    with pytest.raises(Closed, match="11月24日 08:00 开始办理"):
        hub.issue("SB01")
    assert hub.issue("SB01", channel="desk", actor="desk").label == "A002"
    clock.at = datetime.fromisoformat("2026-11-23T12:30:00+08:00").timestamp() + 86400
    assert hub.issue("SB01").label == "A001"  # lunch: numbers are given, calls wait
    hub.store.close()


def test_a_second_hub_on_the_same_folder_is_refused(hub: Hub) -> None:
    with pytest.raises(StoreBusy, match="another hub"):
        Store(hub.hall.data)


def test_a_restart_changes_nothing(hall: config.Hall, clock: HandClock) -> None:
    hub = Hub(hall, Store(hall.data), clock)
    hub.issue("SB01", key="touch-1")
    hub.store.close()
    again = Hub(hall, Store(hall.data), clock)
    assert again.issue("SB01", key="touch-1").label == "A001"
    assert again.issue("SB01", key="touch-2").label == "A002"
    assert journal.verify(again.read().conn) == []
    again.store.close()


def test_a_class_that_the_file_no_longer_has_is_still_called(hub: Hub, clock: HandClock) -> None:
    ticket = hub.issue("SB01", klass="green")
    hub.hall.classes.pop("green")
    sit(hub, "1")
    called = hub.call_next("1", actor="01")
    assert called is not None and called.id == ticket.id
