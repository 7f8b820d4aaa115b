"""The verbs of the hall through the real store: numbers, keys, clocks, days."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

import config
from server.domain import rules
from server.domain.rules import Refused
from server.domain.visit import outcome
from server.reports import period
from server.reports.report import report
from server.store import journal
from server.store.database import Store, StoreBusy
from server.store.history import History
from server.verbs.hub import Closed, Conflict, Hub, Unknown
from tests.conftest import HandClock, write_hall


def sit(hub: Hub, *counters: str) -> None:
    for counter in counters:
        hub.open_counter(counter, staff=f"0{counter}", actor=f"0{counter}")


def test_numbers_begin_at_001_in_each_letter(hub: Hub) -> None:
    assert [hub.issue(s).label for s in ("SB01", "YB01", "JY01", "GA01", "SB02")] == [
        "A001",
        "A002",
        "F001",
        "W001",
        "A003",
    ]


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
        start,
        start + 300,
        start + 320,
        start + 350,
        start + 750,
    )
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


def test_after_a_clock_was_set_back_nobody_overtakes_those_who_wait(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    for hour in (0, -2 * 3600, 60, 60):
        clock.forward(hour)
        hub.issue("SB01")
        hub.issue("SB01", klass="green")
    order = [serve(hub, "1") for _ in range(8)]
    assert [n for n in order if int(n[1:]) % 2] == ["A001", "A003", "A005", "A007"]
    assert [n for n in order if not int(n[1:]) % 2] == ["A002", "A004", "A006", "A008"]
    assert serve(hub, "1") == ""


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


def serve(hub: Hub, counter: str, outcome: str = "咨询") -> str:
    """Call the next and finish it; its number, or "" when nobody waits for the counter."""
    ticket = hub.call_next(counter, actor=counter)
    if ticket:
        hub.finish(counter, outcome, actor=counter)
    return ticket.label if ticket else ""


def test_a_transfer_keeps_or_loses_its_place(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    for service in ("SB01", "SB01", "SB01"):
        hub.issue(service)
        clock.forward(60)
    for keep, follows in ((True, ["A001", "A002", "A003"]), (False, ["A002", "A003", "A001"])):
        ticket = hub.call_next("1", actor="01")
        assert ticket is not None and ticket.label == "A001"
        moved = hub.transfer(ticket.id, service="MZ01", keep=keep, reason="事项不符", actor="01", held_by="1")
        assert (moved.state, moved.service, moved.called_at) == ("waiting", "MZ01", ticket.called_at)
        order = []
        while called := hub.call_next("2", actor="02"):
            order.append(called.label)
            hub.suspend("2", "away", actor="02") if hub.start("2", actor="02") else None
        assert order == follows
        for label in follows:
            found = hub.read().by_number(moved.day, "A", int(label[1:]))
            assert found is not None
            hub.take_back(found.id, actor="desk")


def test_a_transfer_to_one_counter_or_person_is_called_there_and_first_by_rank(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2", "3")
    for _ in range(3):
        hub.issue("SB01")
        clock.forward(60)
    first = hub.call_next("1", actor="01")
    assert first is not None
    hub.transfer(first.id, counter="2", reason="指定人员办理", actor="01", held_by="1")
    assert serve(hub, "1") == "A002"
    assert serve(hub, "2") == "A001"
    third = hub.call_next("1", actor="01")
    assert third is not None
    hub.transfer(third.id, staff="03", reason="指定人员办理", actor="01", held_by="1")
    with pytest.raises(Refused, match="A003已转给工号03：请由其呼叫"):
        hub.call("2", third.id, actor="02")
    hub.close_counter("3", actor="03")
    assert serve(hub, "2") == "A003"


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"counter": "9"}, "没有窗口“9”"),
        ({"counter": "4"}, "窗口4未开放"),
        ({"staff": "77"}, "工号77不在窗口"),
        ({"service": "XX"}, "没有事项“XX”"),
    ],
)
def test_a_transfer_to_nowhere_is_refused_and_changes_nothing(hub: Hub, where: dict[str, str], sentence: str) -> None:
    sit(hub, "1")
    ticket = hub.issue("SB01")
    hub.call_next("1", actor="01")
    with pytest.raises(Refused, match=sentence):
        hub.transfer(ticket.id, reason="事项不符", actor="01", held_by="1", **where)  # type: ignore[arg-type]
    assert hub.read().ticket(ticket.id).state == "called"  # type: ignore[union-attr]


def test_a_console_transfers_only_what_it_holds(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = hub.issue("SB01")
    hub.call_next("1", actor="01")
    with pytest.raises(Refused, match="不在窗口2办理"):
        hub.transfer(ticket.id, service="MZ01", reason="事项不符", actor="02", held_by="2")


def test_a_ticket_transferred_while_it_is_called_ends_in_one_place(hub: Hub) -> None:
    sit(hub, *"1234")
    ids = [hub.issue("SB01").id for _ in range(40)]

    def race(n: int) -> None:
        with contextlib.suppress(Refused):
            if n % 2:
                hub.transfer(ids[n // 2], counter=str(n % 4 + 1), reason="事项不符", actor="desk")
            else:
                hub.call(str(n % 4 + 1), ids[n // 2], actor="x")
                hub.finish(str(n % 4 + 1), "咨询", actor="x")

    with ThreadPoolExecutor(8) as people:
        list(people.map(race, range(80)))
    for ticket in map(hub.read().ticket, ids):
        assert ticket is not None
        held = [c for c in "1234" if (at := hub.read().at_counter(c)) and at.id == ticket.id]
        assert len(held) == (1 if ticket.state in ("called", "serving") else 0)
    assert journal.verify(hub.read().conn) == []


def test_three_kinds_of_suspension(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    suspended = {}
    for kind in rules.SUSPENSIONS:
        suspended[kind] = hub.issue("SB01").id
        hub.call_next("1", actor="01")
        hub.start("1", actor="01")
        clock.forward(60)
        hub.suspend("1", kind, actor="01")
    clock.forward(600)
    for kind in ("kept", "errand"):
        with pytest.raises(Refused, match="请到该窗口办理"):
            hub.resume_ticket("2", suspended[kind], actor="02")
    back = hub.resume_ticket("2", suspended["away"], actor="02")
    assert (back.state, back.counter, back.staff) == ("serving", "2", "02")
    clock.forward(30)
    done = hub.finish("2", "现场办结", actor="02")
    made = report(hub.hall, period.parse(done.day), History(hub.read().conn), hub.now())
    assert [(row["key"], row["service_time"]["n"], row["service_time"]["max"]) for row in made["cuts"]["counter"]] == [
        ("1", 1, 60.0),
        ("2", 1, 30.0),
    ]
    called = hub.call("1", suspended["kept"], actor="01")
    assert (called.state, called.served_s) == ("called", 60.0)
    hub.take_back(suspended["errand"], actor="desk")
    assert [t.id for t in hub.read().waiting()] == [suspended["errand"]]


def test_undo_takes_back_the_last_step_within_a_minute(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    ticket = hub.issue("SB01")
    states = [hub.read().ticket(ticket.id)]
    for act in (
        lambda: hub.call_next("1", actor="01"),
        lambda: hub.start("1", actor="01"),
        lambda: hub.finish("1", "补正", ["SB01", "YB01"], actor="01"),
    ):
        clock.forward(5)
        act()
        states.append(hub.read().ticket(ticket.id))
    for before in reversed(states[:-1]):
        assert hub.undo(actor="01") == before
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        hub.undo(actor="01")
    assert serve(hub, "1") == "A001"
    clock.forward(61)
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        hub.undo(actor="01")
    assert journal.verify(hub.read().conn) == []


def test_undo_is_refused_when_the_world_has_moved_on(hub: Hub) -> None:
    sit(hub, "1", "2")
    first = hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.pass_("1", actor="01")
    hub.take_back(first.id, actor="desk")
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        hub.undo(actor="01")
    hub.call_next("2", actor="02")
    hub.finish("2", "咨询", actor="02")
    hub.issue("SB01")
    hub.call_next("2", actor="02")
    assert hub.undo(actor="02").state == "waiting"
    assert hub.undo(actor="02").state == "called"


def test_undo_of_a_key_is_asked_once(hub: Hub) -> None:
    sit(hub, "1")
    hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.start("1", actor="01")
    assert {hub.undo(actor="01", key="undo-key-1").state for _ in range(3)} == {"called"}


def test_locks_and_least_intervals_are_settings(tmp_path: Path, clock: HandClock) -> None:
    change = {"call_lock_s": 10, "next_interval_s": 3, "recall_interval_s": 5}
    hall = config.load(write_hall(tmp_path, lambda h: h["console"].update(change)))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    sit(hub, "1", "2")
    for _ in range(3):
        hub.issue("SB01")
    hub.call_next("1", actor="01")
    assert serve_refused(lambda: hub.recall("1", actor="01")) == "刚刚呼叫过：请等5秒再按。"
    clock.forward(4)
    assert serve_refused(lambda: hub.pass_("1", actor="01")) == "刚刚呼叫过：请等6秒再按。"
    assert serve_refused(lambda: hub.finish("1", "咨询", actor="01")) == "刚刚呼叫过：请等6秒再按。"
    hub.call_next("2", actor="02")
    hub.start("2", actor="02")
    hub.finish("2", "咨询", actor="02")
    assert serve_refused(lambda: hub.call_next("2", actor="02")) == "刚刚呼叫过：请等3秒再按。"
    clock.forward(6)
    hub.pass_("1", actor="01")
    assert hub.call_next("2", actor="02") is not None
    hub.store.close()


def serve_refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_a_page_behind_the_times_acts_on_nobody_else(hub: Hub) -> None:
    sit(hub, "1")
    first, second = hub.issue("SB01"), hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.pass_("1", actor="01", ticket=first.id)
    hub.call_next("1", actor="01")
    for act in (hub.recall, hub.start, hub.pass_, lambda c, **k: hub.finish(c, "咨询", **k)):
        assert (
            serve_refused(lambda act=act: act("1", actor="01", ticket=first.id))
            == "窗口1现在办理的是A002：请看清后再按。"
        )  # type: ignore[misc]
    assert hub.start("1", actor="01", ticket=second.id).state == "serving"


def test_a_raised_number_is_next(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    for _ in range(3):
        hub.issue("SB01")
        clock.forward(60)
    hub.raise_(3, "孕妇或携幼童", actor="30")
    called = hub.call_next("1", actor="01")
    assert called is not None and (called.label, called.raised) == ("A003", "孕妇或携幼童")
    why = hub.read().life_line(called.id)[-1].happened()
    assert why.why == "经批准优先（孕妇或携幼童），已等候1分钟。"  # type: ignore[attr-defined]


def test_an_appointment_checks_in_once_and_is_called_at_its_slot(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    slot = clock.at + 1800
    booked = hub.issue("SB01", channel="desk", slot=slot, appointment="YY-0007")
    assert booked.klass == "appointment"
    with pytest.raises(Refused, match="该预约已签到，号码A001：不需要再取号"):
        hub.issue("SB01", channel="desk", slot=slot, appointment="YY-0007")
    assert serve(hub, "1") == ""
    with pytest.raises(Refused, match="A001预约在09:30，还未到时段"):
        hub.call("1", booked.id, actor="01")
    clock.forward(1500)
    hub.issue("SB01")
    clock.forward(300)
    assert [serve(hub, "1"), serve(hub, "2")] == ["A001", "A002"]


def test_a_number_passed_three_times_is_over(hub: Hub) -> None:
    sit(hub, "1")
    ticket = hub.issue("SB01")
    for _ in range(3):
        hub.call_next("1", actor="01")
        hub.pass_("1", actor="01")
        if hub.read().ticket(ticket.id).passes < 3:  # type: ignore[union-attr]
            hub.take_back(ticket.id, actor="desk")
    with pytest.raises(Refused, match="A001已过号3次：请取新号"):
        hub.take_back(ticket.id, actor="desk")


def test_ten_thousand_waiting_are_asked_by_the_index_alone(hub: Hub) -> None:
    hub.turn(
        lambda turn: [
            turn.conn.execute(
                "INSERT INTO tickets (id, day, prefix, number, service, klass, channel, language, large_print, state,"
                " issued_at, rank, calls, passes) VALUES (?, '2026-11-23', 'Z', ?, ?, ?, 'kiosk', 'zh', 0, 'waiting',"
                " ?, ?, 0, 0)",
                (n, n, f"S{n % 40:02d}", ("ordinary", "green", "appointment")[n % 3], float(n), float(n)),
            )
            for n in range(1, 10_001)
        ]
    )
    reader = hub.read()
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    reader.conn.set_progress_handler(count, 10)  # the virtual machine's instructions, in tens
    assert len(reader.heads(("", "counter:1", "staff:08"))) == 120
    reader.conn.set_progress_handler(None, 0)
    assert steps * 10 < 120 * 200  # a look through them would take a hundred times as many


def test_a_number_that_comes_back_waits_for_nobody_who_has_gone(hub: Hub) -> None:
    sit(hub, "1", "2", "3")
    for _ in range(2):
        hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.transfer(1, counter="2", reason="需其他窗口办理", actor="01", held_by="1")
    hub.call("2", 1, actor="02")
    hub.pass_("2", actor="02")
    hub.call_next("3", actor="03")
    hub.start("3", actor="03")
    hub.suspend("3", "kept", actor="03")
    for counter in "23":
        hub.close_counter(counter, actor=f"0{counter}")
    assert [hub.take_back(n, actor="desk").target for n in (1, 2)] == ["", ""]


def test_who_moves_takes_those_along_who_wait_for_the_person(hub: Hub) -> None:
    sit(hub, "1", "2")
    for target in ({"staff": "02"}, {"counter": "2"}):
        ticket = hub.issue("SB01")
        hub.transfer(ticket.id, reason="指定人员办理", actor="desk", **target)  # type: ignore[arg-type]
    hub.turn(lambda turn: hub.close_in(turn, "2", "02", "moved"))
    assert [hub.read().ticket(n).target for n in (1, 2)] == ["staff:02", ""]  # type: ignore[union-attr]


def test_a_manager_frees_a_counter_that_was_left_in_the_middle(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.start("1", actor="01")
    hub.close_counter("1", actor="50", release=True)
    assert hub.read().counter("1").state == "closed"
    assert serve(hub, "2") == "A001"
    hub.issue("SB01")
    hub.call_next("2", actor="02")
    hub.start("2", actor="02")
    clock.forward(86400)
    hub.tick()
    hub.close_counter("2", actor="50", release=True)
    assert hub.read().ticket(2).state == "expired"  # type: ignore[union-attr]
    assert journal.verify(hub.read().conn) == []


def test_the_day_turns_again_after_a_clock_that_ran_a_year_ahead(hub: Hub, clock: HandClock) -> None:
    clock.forward(365 * 86400)
    hub.tick()
    clock.forward(-365 * 86400)
    hub.tick()
    ticket = hub.issue("SB01")
    clock.forward(86400)
    hub.tick()
    assert hub.read().ticket(ticket.id).state == "expired"  # type: ignore[union-attr]


def test_a_clock_set_back_locks_no_key(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["console"].update({"call_lock_s": 10})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    sit(hub, "1")
    hub.issue("SB01")
    hub.call_next("1", actor="01")
    clock.forward(-3600)
    assert hub.pass_("1", actor="01").state == "passed"
    hub.store.close()


def test_only_the_counter_that_calls_a_number_gives_it_up(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = hub.issue("SB01")
    hub.call_next("1", actor="01")
    for held_by in ("", "2"):
        with pytest.raises(Refused, match="A001正在窗口1呼叫：请由该窗口处理"):
            hub.leave(ticket.id, actor="02", held_by=held_by)
    assert hub.leave(None, actor="01", held_by="1").state == "left"


def test_undo_takes_back_nobody_elses_step(hub: Hub) -> None:
    sit(hub, "1")
    hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.finish("1", "咨询", actor="01")
    hub.close_counter("1", actor="01")
    hub.open_counter("1", staff="09", actor="09")
    assert serve_refused(lambda: hub.undo(actor="09")).startswith("没有可以撤销的操作")
    assert serve_refused(lambda: hub.undo(actor="01")) == "您已不在窗口1，不能撤销：请到咨询台处理。"


def test_the_keys_of_a_page_left_open_are_refused_once_somebody_else_sits_there(hub: Hub) -> None:
    sit(hub, "1")
    page = hub.seated("1", "01")
    hub.issue("SB01")
    hub.close_counter("1", actor="50")
    hub.open_counter("1", staff="09", actor="09")
    assert serve_refused(lambda: page.call_next("1", actor="01")) == "窗口1现在由09登录：请重新登录。"
    assert hub.call_next("1", actor="09") is not None


def test_called_moved_and_never_come_is_not_served(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = hub.issue("SB01")
    hub.call_next("1", actor="01")
    hub.transfer(ticket.id, counter="2", reason="需其他窗口办理", actor="01", held_by="1")
    hub.call("2", ticket.id, actor="02")
    hub.pass_("2", actor="02")
    assert [outcome(v) for v in hub.store.visits("2026-11-23", "2026-11-23")] == ["P"]


def test_a_move_in_the_queue_does_not_stop_the_clock_of_waiting(hub: Hub, clock: HandClock) -> None:
    sit(hub, "2")
    ticket = hub.issue("SB01")
    clock.forward(2700)
    moved = hub.transfer(ticket.id, counter="2", reason="指定人员办理", actor="desk")
    assert moved.entered_at == ticket.issued_at


def test_one_taken_back_moves_nobody_into_the_future(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    green = hub.issue("SB01", klass="green")
    hub.call_next("1", actor="01")
    hub.pass_("1", actor="01")
    hub.take_back(green.id, actor="desk")
    assert hub.issue("SB01").rank == clock.at


def test_an_appointment_whose_number_is_over_may_check_in_again(hub: Hub, clock: HandClock) -> None:
    first = hub.issue("SB01", channel="desk", slot=clock.at + 600, appointment="YY-0001")
    hub.leave(first.id, actor="desk")
    assert hub.issue("SB01", channel="desk", slot=clock.at + 600, appointment="YY-0001").label == "A002"
    with pytest.raises(Refused, match="预约号要有预约时段"):
        hub.issue("SB01", channel="desk", klass="appointment")


def test_the_same_press_of_pause_is_one(hub: Hub) -> None:
    sit(hub, "1")
    hub.pause("1", "会议", actor="01", key="pause-key-1")
    hub.resume("1", actor="50")
    hub.pause("1", "会议", actor="01", key="pause-key-1")
    assert hub.read().counter("1").state == "open"


def test_a_raised_number_is_first_also_where_others_are_preferred(hub: Hub, clock: HandClock) -> None:
    sit(hub, "6")
    hub.issue("SB01")
    hub.raise_(1, "孕妇或携幼童", actor="30")
    clock.forward(1200)
    hub.issue("SB01", klass="green")
    assert serve(hub, "6") == "A001"
