"""The verbs of the hall through the real store: numbers, keys, clocks, days."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

import config
from config import Text
from server.domain import events as ev
from server.domain import rules
from server.domain.rules import Refused
from server.domain.visit import outcome
from server.domain.vocabulary import SUSPENSIONS
from server.reports import period
from server.reports.report import report
from server.store import journal
from server.store.database import Store, StoreBusy
from server.store.history import History
from server.store.transaction import Turn
from server.verbs import accounts, calls, counters, ratings, second_factor, tickets
from server.verbs.accounts import digest
from server.verbs.day import tick
from server.verbs.hub import By, Closed, Conflict, Hub, Unknown
from tests.conftest import MONDAY_9, HandClock, write_hall


def sit(hub: Hub, *ids: str) -> None:
    for counter in ids:
        counters.open_counter(hub, By(f"0{counter}"), counter, staff=f"0{counter}")


def test_numbers_begin_at_001_in_each_letter(hub: Hub) -> None:
    assert [tickets.issue(hub, By("kiosk"), s).label for s in ("SB01", "YB01", "JY01", "GA01", "SB02")] == [
        "A001",
        "A002",
        "F001",
        "W001",
        "A003",
    ]


def test_behind_the_numbers_of_kiosks_a_number_has_four_digits(hub: Hub) -> None:
    """Those from 601 to 1400 are for paper and for kiosks that are alone (docs/offline.md)."""
    labels = [tickets.issue(hub, By("kiosk"), "SB01").label for _ in range(602)]
    assert labels[598:] == ["A599", "A600", "A1401", "A1402"]


def test_sixteen_kiosks_at_once_share_no_number_and_leave_no_gap(hub: Hub) -> None:
    with ThreadPoolExecutor(16) as kiosks:
        numbers = sorted(
            kiosks.map(lambda i: tickets.issue(hub, By("kiosk", f"touch-{i:04d}"), "SB01").number, range(320))
        )
    assert numbers == list(range(1, 321))


def test_the_same_touch_twice_is_one_ticket_even_at_once(hub: Hub) -> None:
    with ThreadPoolExecutor(8) as touches:
        given = set(touches.map(lambda i: tickets.issue(hub, By("K1", "one-touch"), "SB01").id, range(40)))
    assert len(given) == 1
    assert tickets.issue(hub, By("K2", "one-touch"), "SB01").id not in given
    with pytest.raises(Conflict):
        tickets.issue(hub, By("K1", "one-touch"), "SB02")


def test_fifty_counters_pressing_next_share_nobody_and_skip_nobody(hub: Hub) -> None:
    given = [tickets.issue(hub, By("kiosk"), "SB01").id for _ in range(30)]
    sit(hub, *"12346")

    def work(counter: str) -> list[int]:
        mine = []
        while ticket := calls.call_next(hub, By(counter), counter):
            calls.finish(hub, By(counter), counter, "咨询")
            mine.append(ticket.id)
        return mine

    with ThreadPoolExecutor(5) as places:
        called = [i for part in places.map(work, "12346") for i in part]
    assert sorted(called) == given


def test_a_whole_visit_and_its_instants(hub: Hub, clock: HandClock) -> None:
    start = clock.at
    sit(hub, "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(300)
    called = calls.call_next(hub, By("01"), "1")
    assert called is not None and called.id == ticket.id
    clock.forward(20)
    calls.recall(hub, By("01"), "1")
    clock.forward(30)
    calls.start(hub, By("01"), "1")
    clock.forward(400)
    done = calls.finish(hub, By("01"), "1", "现场办结")
    assert (done.issued_at, done.called_at, done.last_called_at, done.started_at, done.ended_at) == (
        start,
        start + 300,
        start + 320,
        start + 350,
        start + 750,
    )
    assert (done.state, done.calls, done.counter, done.staff, done.outcome) == ("finished", 2, "1", "01", "done")


def test_pick_up_numbers_go_to_the_pick_up_counter_alone(hub: Hub) -> None:
    sit(hub, "1", "5")
    pick_up = tickets.issue(hub, By("kiosk"), "LQ01")
    assert calls.call_next(hub, By("01"), "1") is None
    called = calls.call_next(hub, By("05"), "5")
    assert called is not None and called.id == pick_up.id


def test_a_passed_number_comes_back_after_the_next_two(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    ids = []
    for _ in range(4):
        ids.append(tickets.issue(hub, By("kiosk"), "SB01").id)
        clock.forward(1)
    calls.call_next(hub, By("01"), "1")
    calls.pass_(hub, By("01"), "1")
    tickets.take_back(hub, By("desk"), ids[0])
    order = []
    while ticket := calls.call_next(hub, By("01"), "1"):
        order.append(ticket.id)
        calls.finish(hub, By("01"), "1", "咨询")
    assert order == [ids[1], ids[2], ids[0], ids[3]]


def test_a_counter_is_one_persons(hub: Hub) -> None:
    sit(hub, "1")
    with pytest.raises(Refused, match="已由01登录"):
        counters.open_counter(hub, By("02"), "1", staff="02")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    with pytest.raises(Refused, match="请先开始或过号"):
        counters.close_counter(hub, By("01"), "1")


def test_unknown_things_are_refused_in_words(hub: Hub) -> None:
    for attempt in (
        lambda: tickets.issue(hub, By("kiosk"), "XX"),
        lambda: tickets.leave(hub, By("x"), 99),
        lambda: calls.call_next(hub, By("x"), "99"),
    ):
        with pytest.raises(Unknown):
            attempt()


def test_a_clock_set_back_a_little_stands_still(hub: Hub, clock: HandClock) -> None:
    first = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(-120)
    second = tickets.issue(hub, By("kiosk"), "SB01")
    assert second.issued_at == first.issued_at
    assert (second.number, second.day) == (2, first.day)


@pytest.mark.parametrize("back", [3600, 86400])
def test_a_clock_set_back_loses_and_doubles_nothing_and_is_noted(hub: Hub, clock: HandClock, back: int) -> None:
    before = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    clock.forward(-back)
    tick(hub)
    after = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    clock.forward(back)
    tick(hub)
    later = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    labels = [(t.day, t.label) for t in before + after + later]
    assert len(set(labels)) == 9
    assert [r.happened().before for r in hub.read().events_between("ClockSet", 0, 2e9)] == [before[-1].issued_at]  # type: ignore[attr-defined]
    assert journal.verify(hub.read().conn) == []


def test_a_clock_set_back_by_weeks_is_noted_once_confirmed(hub: Hub, clock: HandClock) -> None:
    back = 40 * 86400
    before = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    clock.forward(-back)
    tick(hub)
    held = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    assert {t.issued_at for t in held} == {before[-1].issued_at}
    hub.confirm_clock(By("50"), clock.at)
    tick(hub)
    after = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(3)]
    assert {t.issued_at for t in after} == {clock.at}
    labels = [(t.day, t.label) for t in before + held + after]
    assert len(set(labels)) == 9
    assert [r.happened().before for r in hub.read().events_between("ClockSet", 0, 2e9)][:1] == [before[-1].issued_at]  # type: ignore[attr-defined]
    assert journal.verify(hub.read().conn) == []


class Counted(HandClock):
    """A clock and a count of seconds: `pass_` moves both, `forward` sets the clock alone."""

    def __init__(self, at: float = MONDAY_9) -> None:
        super().__init__(at)
        self.seconds = 1000.0

    def pass_(self, seconds: float) -> None:
        self.at += seconds
        self.seconds += seconds

    def hub(self, hall: config.Hall) -> Hub:
        return Hub(hall, Store(hall.data, durable=False), self, lambda: self.seconds)


@pytest.mark.parametrize("jump", [365 * 86400, 10 * 3600, 301, -301, -3600, -MONDAY_9])
def test_a_jump_of_the_clock_ends_nothing_and_the_hall_goes_on(hall: config.Hall, jump: float) -> None:
    clock = Counted()
    hub = clock.hub(hall)
    tick(hub)
    waiting = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(jump)
    for _ in range(2):
        clock.pass_(1)
        tick(hub)
        accounts.tick(hub)
        ratings.give_defaults(hub)
    assert hub.read().ticket(waiting.id).state == "waiting"  # type: ignore[union-attr]
    second = tickets.issue(hub, By("kiosk"), "SB01")
    assert (second.day, second.label, second.issued_at) == (waiting.day, "A002", MONDAY_9 + 2)
    assert hub.clock().kind == "step"
    clock.forward(-jump)
    assert hub.clock().fine and tickets.issue(hub, By("kiosk"), "SB01").issued_at == MONDAY_9 + 2
    assert hub.read().events_between("ClockSet", 0, 4e9) == []
    hub.store.close()


@pytest.mark.parametrize("jump", [365 * 86400.0, -7200.0])
def test_whoever_is_logged_in_stays_so_when_the_clock_is_confirmed(hall: config.Hall, jump: float) -> None:
    clock = Counted()
    hub = clock.hub(hall)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    token = digest(accounts.log_in(hub, "08", "pass-word-08", "1"))
    clock.forward(jump)
    accounts.tick(hub)
    assert accounts.session(hub, token) and accounts.sessions(hub) == {token}
    with pytest.raises(Refused, match="时钟又变了"):
        hub.confirm_clock(By("50"), MONDAY_9)
    hub.confirm_clock(By("50"), clock.at)
    accounts.tick(hub)
    assert accounts.session(hub, token) and hub.read().counter("1").state == "open"
    assert hub.now() == clock.at and [row.actor for row in hub.read().events_between("ClockSet", 0, 4e9)] == ["50"]
    hub.confirm_clock(By("50"), clock.at)
    assert len(hub.read().events_between("ClockSet", 0, 4e9)) == 1
    clock.pass_(hall.people.session_hours * 3600 + 1)
    assert accounts.session(hub, token) is None
    hub.store.close()


@pytest.mark.parametrize("start", [MONDAY_9 - 3600, MONDAY_9 + 2 * 86400, MONDAY_9 + 400 * 86400])
def test_who_logs_in_at_a_doubtful_start_stays_so_when_the_clock_is_confirmed(hall: config.Hall, start: float) -> None:
    hub = Counted().hub(hall)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    before = digest(accounts.log_in(hub, "08", "pass-word-08", "1"))
    hub.store.close()
    clock = Counted(start)
    hub = clock.hub(hall)
    clock.pass_(30.0)
    since = digest(accounts.log_in(hub, "08", "pass-word-08", "2"))
    hub.confirm_clock(By("50"), clock.at)
    accounts.tick(hub)
    assert accounts.session(hub, since)
    assert bool(accounts.session(hub, before)) == (start < MONDAY_9)  # it was off so long that a log-in is over
    clock.pass_(hall.people.session_hours * 3600 + 1)
    assert accounts.session(hub, since) is None
    hub.store.close()


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("start", [MONDAY_9 - 3600, MONDAY_9 + 400 * 86400])
def test_who_confirms_the_clock_by_a_login_in_memory_stays_in(
    hall: config.Hall, start: float, written: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Counted().hub(hall)
    accounts.put(hub, By("administrator"), "50", "林芳", "manager", "pass-word-50")
    hub.store.close()
    clock = Counted(start)
    hub = clock.hub(hall)
    clock.pass_(30.0)

    def full(*_: Any) -> None:
        raise OSError(28, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(hub, "turn", full)
        token = digest(accounts.log_in(hub, "50", "pass-word-50", None))
    if written:
        accounts.tick(hub)
        assert not hub.unwritten.any, "doubt about the clock holds nothing back"
    assert not hub.certain and accounts.session(hub, token)
    hub.confirm_clock(By("50"), clock.at)
    assert hub.certain and accounts.session(hub, token)
    accounts.tick(hub)
    assert accounts.sessions(hub) == {token} and not hub.unwritten.any
    clock.pass_(hall.people.session_hours * 3600 + 1)
    assert accounts.session(hub, token) is None
    hub.store.close()


@pytest.mark.parametrize("jump", [30 * 86400.0, -3600.0, 400 * 86400.0])
@pytest.mark.parametrize("at_start", [True, False])
@pytest.mark.parametrize("clock_is_right", [True, False])
def test_a_code_of_the_telephone_logs_in_whichever_of_hall_and_clock_is_right(
    hall: config.Hall, jump: float, at_start: bool, clock_is_right: bool
) -> None:
    """Whoever has to confirm the clock must get in."""
    hub = Counted().hub(hall)
    accounts.put(hub, By("administrator"), "50", "林芳", "manager", "pass-word-50")
    own = second_factor.fresh()
    second_factor.set_up(hub, "50", own, pyotp.TOTP(own).at(int(MONDAY_9)))
    if at_start:
        hub.store.close()
        hub = (clock := Counted(MONDAY_9 + jump)).hub(hall)
    else:
        hub.store.close()
        hub = (clock := Counted()).hub(hall)
        clock.forward(jump)
    clock.pass_(90.0)
    right = clock.at if clock_is_right else hub.now()
    code = pyotp.TOTP(own).at(int(right))
    if right < MONDAY_9:
        with pytest.raises(Refused, match="验证码不对"):  # older than one that was used: a recovery code stands in
            accounts.log_in(hub, "50", "pass-word-50", None, code=code)
    else:
        assert accounts.log_in(hub, "50", "pass-word-50", None, code=code)
    hub.store.close()


@pytest.mark.parametrize("jump", [400 * 86400.0, -400 * 86400.0])
@pytest.mark.parametrize("at_start", [True, False])
def test_a_lock_lasts_as_long_as_it_would_whatever_the_clock_was_set_to(
    hall: config.Hall, jump: float, at_start: bool
) -> None:
    hub = Counted().hub(hall)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    hub.store.close()
    clock = Counted(MONDAY_9 + (jump if at_start else 0.0))
    hub = clock.hub(hall)
    clock.pass_(30.0)
    for _ in range(hall.people.lock_after):
        with pytest.raises(Refused):
            accounts.log_in(hub, "08", "wrong", None)
    clock.forward(0.0 if at_start else jump)
    hub.confirm_clock(By("50"), clock.at)
    clock.pass_(hall.people.lock_min * 60 - 2)
    with pytest.raises(Refused, match="锁定至"):
        accounts.log_in(hub, "08", "pass-word-08", None)
    clock.pass_(3)
    assert accounts.log_in(hub, "08", "pass-word-08", None)
    hub.store.close()


@pytest.mark.parametrize("start", [0.0, MONDAY_9 - 3600, MONDAY_9 + 2 * 86400, MONDAY_9 + 400 * 86400])
def test_a_hub_that_starts_at_a_time_that_may_be_wrong_gives_no_number_until_it_is_confirmed_or_right(
    hall: config.Hall, start: float
) -> None:
    first = Counted()
    hub = first.hub(hall)
    tick(hub)
    waiting = tickets.issue(hub, By("kiosk"), "SB01")
    hub.store.close()
    clock = Counted(start)
    hub = clock.hub(hall)
    tick(hub)
    for channel in ("kiosk", "desk"):
        with pytest.raises(Closed, match="主机时钟有误，暂停取号"):
            tickets.issue(hub, By("x"), "SB01", channel=channel)
    assert not hub.door(hub.read()).issuing and "时钟" in hub.why_closed(hub.read()).zh
    assert hub.read().ticket(waiting.id).state == "waiting"  # type: ignore[union-attr]
    rows = hub.store.seq
    clock.at = MONDAY_9 + 60
    assert tickets.issue(hub, By("kiosk"), "SB01").label == "A002" and hub.store.seq > rows
    hub.store.close()
    clock = Counted(start)
    hub = clock.hub(hall)
    hub.confirm_clock(By("50"), start)
    assert tickets.issue(hub, By("kiosk"), "SB01").issued_at == start
    assert journal.verify(hub.read().conn) == []
    hub.store.close()


def test_a_hub_that_was_off_over_night_or_the_weekend_asks_nobody(hall: config.Hall) -> None:
    friday = datetime.fromisoformat("2026-11-27T17:40:00+08:00").timestamp()
    for closed, opened in ((MONDAY_9 + 8.7 * 3600, MONDAY_9 + 23 * 3600), (friday, friday + 62 * 3600)):
        hub = Counted(closed).hub(hall)
        tick(hub)
        hub.confirm_clock(By("50"), closed)
        hub.store.close()
        hub = Counted(opened).hub(hall)
        assert hub.clock().fine
        tick(hub)
        hub.store.close()


def test_a_new_hall_of_1970_gives_no_number(hall: config.Hall) -> None:
    clock = Counted(3600.0)
    hub = clock.hub(hall)
    with pytest.raises(Closed, match="主机时钟有误"):
        tickets.issue(hub, By("kiosk"), "SB01")
    clock.at = MONDAY_9
    assert tickets.issue(hub, By("kiosk"), "SB01").label == "A001"
    hub.store.close()


def test_after_a_clock_was_set_back_nobody_overtakes_those_who_wait(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    for hour in (0, -2 * 3600, 60, 60):
        clock.forward(hour)
        tickets.issue(hub, By("kiosk"), "SB01")
        tickets.issue(hub, By("kiosk"), "SB01", klass="green")
    order = [serve(hub, "1") for _ in range(8)]
    assert [n for n in order if int(n[1:]) % 2] == ["A001", "A003", "A005", "A007"]
    assert [n for n in order if not int(n[1:]) % 2] == ["A002", "A004", "A006", "A008"]
    assert serve(hub, "1") == ""


def test_midnight_begins_new_numbers_and_ends_the_old_day(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    given = [tickets.issue(hub, By("kiosk"), "SB01") for _ in range(4)]
    calls.call_next(hub, By("01"), "1")
    calls.call_next(hub, By("02"), "2")
    calls.start(hub, By("02"), "2")
    clock.at = datetime.fromisoformat("2026-11-24T00:00:01+08:00").timestamp()
    tick(hub)
    states = [hub.read().ticket(t.id).state for t in given]  # type: ignore[union-attr]
    assert states == ["passed", "serving", "expired", "expired"]
    fresh = tickets.issue(hub, By("kiosk"), "SB01")
    assert (fresh.day, fresh.label) == ("2026-11-24", "A001")
    assert calls.finish(hub, By("02"), "2", "现场办结").day == "2026-11-23"


def test_a_day_may_begin_later_than_midnight(tmp_path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["hall"].update({"day_starts": "04:00"})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    clock.at = datetime.fromisoformat("2026-11-24T03:59:59+08:00").timestamp()
    assert tickets.issue(hub, By("kiosk"), "SB01").day == "2026-11-23"
    clock.forward(1)
    assert (tickets.issue(hub, By("kiosk"), "SB01").day, tickets.issue(hub, By("kiosk"), "SB01").label) == (
        "2026-11-24",
        "A002",
    )
    hub.store.close()


def test_kiosks_stop_outside_hours_and_staff_do_not(tmp_path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["tickets"].update({"outside_hours": "refuse"})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.at = datetime.fromisoformat("2026-11-23T17:21:00+08:00").timestamp()
    with pytest.raises(Closed, match="11月24日 08:00 开始办理"):
        tickets.issue(hub, By("kiosk"), "SB01")
    assert tickets.issue(hub, By("desk"), "SB01", channel="desk").label == "A002"
    clock.at = datetime.fromisoformat("2026-11-23T12:30:00+08:00").timestamp() + 86400
    assert tickets.issue(hub, By("kiosk"), "SB01").label == "A001"  # lunch: numbers are given, calls wait
    hub.store.close()


def test_a_second_hub_on_the_same_folder_is_refused(hub: Hub) -> None:
    with pytest.raises(StoreBusy, match="another hub"):
        Store(hub.hall.data)


def test_a_restart_changes_nothing(hall: config.Hall, clock: HandClock) -> None:
    hub = Hub(hall, Store(hall.data), clock)
    tickets.issue(hub, By("kiosk", "touch-1"), "SB01")
    hub.store.close()
    again = Hub(hall, Store(hall.data), clock)
    assert tickets.issue(again, By("kiosk", "touch-1"), "SB01").label == "A001"
    assert tickets.issue(again, By("kiosk", "touch-2"), "SB01").label == "A002"
    assert journal.verify(again.read().conn) == []
    again.store.close()


def test_a_class_that_the_file_no_longer_has_is_still_called(hub: Hub, clock: HandClock) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01", klass="green")
    hub.hall.classes.pop("green")
    sit(hub, "1")
    called = calls.call_next(hub, By("01"), "1")
    assert called is not None and called.id == ticket.id


def serve(hub: Hub, counter: str, outcome: str = "咨询") -> str:
    """Call the next and finish it; its number, or "" when nobody waits for the counter."""
    ticket = calls.call_next(hub, By(counter), counter)
    if ticket:
        calls.finish(hub, By(counter), counter, outcome)
    return ticket.label if ticket else ""


def test_a_transfer_keeps_or_loses_its_place(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    for service in ("SB01", "SB01", "SB01"):
        tickets.issue(hub, By("kiosk"), service)
        clock.forward(60)
    for keep, follows in ((True, ["A001", "A002", "A003"]), (False, ["A002", "A003", "A001"])):
        ticket = calls.call_next(hub, By("01"), "1")
        assert ticket is not None and ticket.label == "A001"
        moved = tickets.transfer(hub, By("01"), ticket.id, service="MZ01", keep=keep, reason="事项不符", held_by="1")
        assert (moved.state, moved.service, moved.called_at) == ("waiting", "MZ01", ticket.called_at)
        order = []
        while called := calls.call_next(hub, By("02"), "2"):
            order.append(called.label)
            calls.suspend(hub, By("02"), "2", "away") if calls.start(hub, By("02"), "2") else None
        assert order == follows
        for label in follows:
            found = hub.read().by_number(moved.day, "A", int(label[1:]))
            assert found is not None
            tickets.take_back(hub, By("desk"), found.id)


def test_a_transfer_to_one_counter_or_person_is_called_there_and_first_by_rank(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2", "3")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
        clock.forward(60)
    first = calls.call_next(hub, By("01"), "1")
    assert first is not None
    tickets.transfer(hub, By("01"), first.id, counter="2", reason="指定人员办理", held_by="1")
    assert serve(hub, "1") == "A002"
    assert serve(hub, "2") == "A001"
    third = calls.call_next(hub, By("01"), "1")
    assert third is not None
    tickets.transfer(hub, By("01"), third.id, staff="03", reason="指定人员办理", held_by="1")
    with pytest.raises(Refused, match="A003已转给工号03：请由其呼叫"):
        calls.call(hub, By("02"), "2", third.id)
    counters.close_counter(hub, By("03"), "3")
    assert serve(hub, "2") == "A003"


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"counter": "9"}, "没有窗口“9”"),
        ({"counter": "4"}, "4号窗口未开放"),
        ({"staff": "77"}, "工号77不在窗口"),
        ({"service": "XX"}, "没有事项“XX”"),
    ],
)
def test_a_transfer_to_nowhere_is_refused_and_changes_nothing(hub: Hub, where: dict[str, str], sentence: str) -> None:
    sit(hub, "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    with pytest.raises(Refused, match=sentence):
        tickets.transfer(hub, By("01"), ticket.id, reason="事项不符", held_by="1", **where)  # type: ignore[arg-type]
    assert hub.read().ticket(ticket.id).state == "called"  # type: ignore[union-attr]


def test_a_console_transfers_only_what_it_holds(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    with pytest.raises(Refused, match="不在2号窗口办理"):
        tickets.transfer(hub, By("02"), ticket.id, service="MZ01", reason="事项不符", held_by="2")


def test_a_ticket_transferred_while_it_is_called_ends_in_one_place(hub: Hub) -> None:
    sit(hub, *"1234")
    ids = [tickets.issue(hub, By("kiosk"), "SB01").id for _ in range(40)]

    def race(n: int) -> None:
        with contextlib.suppress(Refused):
            if n % 2:
                tickets.transfer(hub, By("desk"), ids[n // 2], counter=str(n % 4 + 1), reason="事项不符")
            else:
                calls.call(hub, By("x"), str(n % 4 + 1), ids[n // 2])
                calls.finish(hub, By("x"), str(n % 4 + 1), "咨询")

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
    for kind in SUSPENSIONS:
        suspended[kind] = tickets.issue(hub, By("kiosk"), "SB01").id
        calls.call_next(hub, By("01"), "1")
        calls.start(hub, By("01"), "1")
        clock.forward(60)
        calls.suspend(hub, By("01"), "1", kind)
    clock.forward(600)
    for kind in ("kept", "errand"):
        with pytest.raises(Refused, match="请到那里办理"):
            calls.resume_ticket(hub, By("02"), "2", suspended[kind])
    back = calls.resume_ticket(hub, By("02"), "2", suspended["away"])
    assert (back.state, back.counter, back.staff) == ("serving", "2", "02")
    clock.forward(30)
    done = calls.finish(hub, By("02"), "2", "现场办结")
    made = report(hub.hall, period.parse(done.day), History(hub.read().conn), hub.now())
    assert [(row["key"], row["service_time"]["n"], row["service_time"]["max"]) for row in made["cuts"]["counter"]] == [
        ("1", 1, 60.0),
        ("2", 1, 30.0),
    ]
    called = calls.call(hub, By("01"), "1", suspended["kept"])
    assert (called.state, called.served_s) == ("called", 60.0)
    tickets.take_back(hub, By("desk"), suspended["errand"])
    assert [t.id for t in hub.read().waiting()] == [suspended["errand"]]


def test_undo_takes_back_the_last_step_within_a_minute(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    states = [hub.read().ticket(ticket.id)]
    for act in (
        lambda: calls.call_next(hub, By("01"), "1"),
        lambda: calls.start(hub, By("01"), "1"),
        lambda: calls.finish(hub, By("01"), "1", "补正", ["SB01", "YB01"]),
    ):
        clock.forward(5)
        act()
        states.append(hub.read().ticket(ticket.id))
    for before in reversed(states[:-1]):
        assert tickets.undo(hub, By("01")) == before
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        tickets.undo(hub, By("01"))
    assert serve(hub, "1") == "A001"
    clock.forward(61)
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        tickets.undo(hub, By("01"))
    assert journal.verify(hub.read().conn) == []


def test_undo_is_refused_when_the_world_has_moved_on(hub: Hub) -> None:
    sit(hub, "1", "2")
    first = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.pass_(hub, By("01"), "1")
    tickets.take_back(hub, By("desk"), first.id)
    with pytest.raises(Refused, match="没有可以撤销的操作"):
        tickets.undo(hub, By("01"))
    calls.call_next(hub, By("02"), "2")
    calls.finish(hub, By("02"), "2", "咨询")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("02"), "2")
    assert tickets.undo(hub, By("02")).state == "waiting"
    assert tickets.undo(hub, By("02")).state == "called"


def test_undo_of_a_key_is_asked_once(hub: Hub) -> None:
    sit(hub, "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.start(hub, By("01"), "1")
    assert {tickets.undo(hub, By("01", "undo-key-1")).state for _ in range(3)} == {"called"}


def test_locks_and_least_intervals_are_settings(tmp_path: Path, clock: HandClock) -> None:
    change = {"call_lock_s": 10, "next_interval_s": 3, "recall_interval_s": 5}
    hall = config.load(write_hall(tmp_path, lambda h: h["console"].update(change)))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    sit(hub, "1", "2")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    assert serve_refused(lambda: calls.recall(hub, By("01"), "1")) == "刚刚呼叫过：请等5秒再按。"
    clock.forward(4)
    assert serve_refused(lambda: calls.pass_(hub, By("01"), "1")) == "刚刚呼叫过：请等6秒再按。"
    assert serve_refused(lambda: calls.finish(hub, By("01"), "1", "咨询")) == "刚刚呼叫过：请等6秒再按。"
    calls.call_next(hub, By("02"), "2")
    calls.start(hub, By("02"), "2")
    calls.finish(hub, By("02"), "2", "咨询")
    assert serve_refused(lambda: calls.call_next(hub, By("02"), "2")) == "刚刚呼叫过：请等3秒再按。"
    clock.forward(6)
    calls.pass_(hub, By("01"), "1")
    assert calls.call_next(hub, By("02"), "2") is not None
    hub.store.close()


def serve_refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_a_page_behind_the_times_acts_on_nobody_else(hub: Hub) -> None:
    sit(hub, "1")
    first, second = tickets.issue(hub, By("kiosk"), "SB01"), tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.pass_(hub, By("01"), "1", ticket=first.id)
    calls.call_next(hub, By("01"), "1")
    for act in (calls.recall, calls.start, calls.pass_, lambda h, by, c, **k: calls.finish(h, by, c, "咨询", **k)):
        assert (
            serve_refused(lambda act=act: act(hub, By("01"), "1", ticket=first.id))
            == "1号窗口现在办理的是A002：请看清后再按。"
        )  # type: ignore[misc]
    assert calls.start(hub, By("01"), "1", ticket=second.id).state == "serving"


def test_a_raised_number_is_next(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
        clock.forward(60)
    tickets.raise_(hub, By("30"), 3, "孕妇或携幼童")
    called = calls.call_next(hub, By("01"), "1")
    assert called is not None and (called.label, called.raised) == ("A003", "孕妇或携幼童")
    why = hub.read().life_line(called.id)[-1].happened()
    assert why.why == "经批准优先（孕妇或携幼童），已等候1分钟。"  # type: ignore[attr-defined]


def test_an_appointment_checks_in_once_and_is_called_at_its_slot(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    slot = clock.at + 1800
    booked = tickets.issue(hub, By("kiosk"), "SB01", channel="desk", slot=slot, appointment="YY-0007")
    assert booked.klass == "appointment"
    with pytest.raises(Refused, match="该预约已签到，号码A001：不需要再取号"):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk", slot=slot, appointment="YY-0007")
    assert serve(hub, "1") == ""
    with pytest.raises(Refused, match="A001预约在09:30，还未到时段"):
        calls.call(hub, By("01"), "1", booked.id)
    clock.forward(1500)
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(300)
    assert [serve(hub, "1"), serve(hub, "2")] == ["A001", "A002"]


def test_a_number_passed_three_times_is_over(hub: Hub) -> None:
    sit(hub, "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    for _ in range(3):
        calls.call_next(hub, By("01"), "1")
        calls.pass_(hub, By("01"), "1")
        if hub.read().ticket(ticket.id).passes < 3:  # type: ignore[union-attr]
            tickets.take_back(hub, By("desk"), ticket.id)
    with pytest.raises(Refused, match="A001已过号3次：请取新号"):
        tickets.take_back(hub, By("desk"), ticket.id)


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
        tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    tickets.transfer(hub, By("01"), 1, counter="2", reason="需其他窗口办理", held_by="1")
    calls.call(hub, By("02"), "2", 1)
    calls.pass_(hub, By("02"), "2")
    calls.call_next(hub, By("03"), "3")
    calls.start(hub, By("03"), "3")
    calls.suspend(hub, By("03"), "3", "kept")
    for counter in "23":
        counters.close_counter(hub, By(f"0{counter}"), counter)
    assert [tickets.take_back(hub, By("desk"), n).target for n in (1, 2)] == ["", ""]


def test_who_moves_takes_those_along_who_wait_for_the_person(hub: Hub) -> None:
    sit(hub, "1", "2")
    for target in ({"staff": "02"}, {"counter": "2"}):
        ticket = tickets.issue(hub, By("kiosk"), "SB01")
        tickets.transfer(hub, By("desk"), ticket.id, reason="指定人员办理", **target)  # type: ignore[arg-type]
    hub.turn(lambda turn: counters.close_in(hub, By("02"), turn, "2", "moved"))
    assert [hub.read().ticket(n).target for n in (1, 2)] == ["staff:02", ""]  # type: ignore[union-attr]


def test_a_manager_frees_a_counter_that_was_left_in_the_middle(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1", "2")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.start(hub, By("01"), "1")
    counters.close_counter(hub, By("50"), "1", release=True)
    assert hub.read().counter("1").state == "closed"
    assert serve(hub, "2") == "A001"
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("02"), "2")
    calls.start(hub, By("02"), "2")
    clock.forward(86400)
    tick(hub)
    counters.close_counter(hub, By("50"), "2", release=True)
    assert hub.read().ticket(2).state == "expired"  # type: ignore[union-attr]
    assert journal.verify(hub.read().conn) == []


def test_the_day_turns_again_after_a_clock_that_ran_a_year_ahead(hub: Hub, clock: HandClock) -> None:
    clock.forward(365 * 86400)
    tick(hub)
    clock.forward(-365 * 86400)
    tick(hub)
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(86400)
    tick(hub)
    assert hub.read().ticket(ticket.id).state == "expired"  # type: ignore[union-attr]


def test_a_clock_set_back_locks_no_key(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["console"].update({"call_lock_s": 10})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    sit(hub, "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    clock.forward(-3600)
    assert calls.pass_(hub, By("01"), "1").state == "passed"
    hub.store.close()


def test_only_the_counter_that_calls_a_number_gives_it_up(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    for held_by in ("", "2"):
        with pytest.raises(Refused, match="A001正在1号窗口呼叫：请由该窗口处理"):
            tickets.leave(hub, By("02"), ticket.id, held_by=held_by)
    assert tickets.leave(hub, By("01"), None, held_by="1").state == "left"


def test_undo_takes_back_nobody_elses_step(hub: Hub) -> None:
    sit(hub, "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.finish(hub, By("01"), "1", "咨询")
    counters.close_counter(hub, By("01"), "1")
    counters.open_counter(hub, By("09"), "1", staff="09")
    assert serve_refused(lambda: tickets.undo(hub, By("09"))).startswith("没有可以撤销的操作")
    assert serve_refused(lambda: tickets.undo(hub, By("01"))) == "您已不在1号窗口，不能撤销：请到咨询台处理。"


def test_the_keys_of_a_page_left_open_are_refused_once_somebody_else_sits_there(hub: Hub) -> None:
    sit(hub, "1")
    page = By("01", seat=("1", "01"))
    tickets.issue(hub, By("kiosk"), "SB01")
    counters.close_counter(hub, By("50"), "1")
    counters.open_counter(hub, By("09"), "1", staff="09")
    assert serve_refused(lambda: calls.call_next(hub, page, "1")) == (
        "1号窗口现在由09登录：请重新登录，选择别的窗口，或选择原因接管。"
    )
    assert calls.call_next(hub, By("09"), "1") is not None


def test_called_moved_and_never_come_is_not_served(hub: Hub) -> None:
    sit(hub, "1", "2")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    tickets.transfer(hub, By("01"), ticket.id, counter="2", reason="需其他窗口办理", held_by="1")
    calls.call(hub, By("02"), "2", ticket.id)
    calls.pass_(hub, By("02"), "2")
    assert [outcome(v) for v in hub.store.visits("2026-11-23", "2026-11-23")] == ["P"]


def test_a_move_in_the_queue_does_not_stop_the_clock_of_waiting(hub: Hub, clock: HandClock) -> None:
    sit(hub, "2")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(2700)
    moved = tickets.transfer(hub, By("desk"), ticket.id, counter="2", reason="指定人员办理")
    assert moved.entered_at == ticket.issued_at


def test_one_taken_back_moves_nobody_into_the_future(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    green = tickets.issue(hub, By("kiosk"), "SB01", klass="green")
    calls.call_next(hub, By("01"), "1")
    calls.pass_(hub, By("01"), "1")
    tickets.take_back(hub, By("desk"), green.id)
    assert tickets.issue(hub, By("kiosk"), "SB01").rank == clock.at


def test_an_appointment_whose_number_is_over_may_check_in_again(hub: Hub, clock: HandClock) -> None:
    first = tickets.issue(hub, By("kiosk"), "SB01", channel="desk", slot=clock.at + 600, appointment="YY-0001")
    tickets.leave(hub, By("desk"), first.id)
    assert (
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk", slot=clock.at + 600, appointment="YY-0001").label
        == "A002"
    )
    with pytest.raises(Refused, match="预约号要有预约时段"):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk", klass="appointment")


def test_the_same_press_of_pause_is_one(hub: Hub) -> None:
    sit(hub, "1")
    counters.pause(hub, By("01", "pause-key-1"), "1", "会议")
    counters.resume(hub, By("50"), "1")
    counters.pause(hub, By("01", "pause-key-1"), "1", "会议")
    assert hub.read().counter("1").state == "open"


def test_a_raised_number_is_first_also_where_others_are_preferred(hub: Hub, clock: HandClock) -> None:
    sit(hub, "6")
    tickets.issue(hub, By("kiosk"), "SB01")
    tickets.raise_(hub, By("30"), 1, "孕妇或携幼童")
    clock.forward(1200)
    tickets.issue(hub, By("kiosk"), "SB01", klass="green")
    assert serve(hub, "6") == "A001"


def test_a_turn_sees_at_once_what_it_has_recorded(hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01", channel="kiosk")

    def work(turn: Turn) -> tuple[Any, ...]:
        before = turn.counter("1").state, turn.at_counter("1")
        turn.record(ev.CounterOpened(counter="1", staff="08"), "08")
        opened = turn.counter("1").staff, turn.at_counter("1")
        turn.record(rules.call(ticket, turn.counter("1"), None, Text("顺呼", "In turn"), hub.hall.counter_name), "08")
        held = turn.at_counter("1")
        return *before, *opened, held and held.id

    assert hub.turn(work) == ("closed", None, "08", None, ticket.id)
