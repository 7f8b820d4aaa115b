"""Appointments of the hall's own: two never get one place, a code goes on, a list is served, nothing personal stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import tomlkit

import config
from printer_profiles import profile as profiles
from printer_profiles.slip import QR
from server.domain import events as ev
from server.domain import slots as decided
from server.domain.rules import Refused
from server.printing.slips import filling
from server.store import journal
from server.store.database import Store
from server.verbs import bookings, day, papers, slots
from server.verbs.hub import By, Closed, Hub, Unknown
from server.verbs.papers import Asker
from tests.conftest import HandClock, write_hall

TUESDAY = date(2026, 11, 24)
NINE = 1795395600.0 + 86400
"""Tuesday 09:00; tests begin on Monday 09:00."""
TWENTY = 1200.0
MOBILE, OTHER = "13800138000", "13900139000"


def planned(hall: tomlkit.TOMLDocument, **changed: object) -> None:
    plan = {"name": "社保", "name_en": "Insurance", "services": ["SB01"], "times": ["09:00-10:00"], "minutes": 20}
    hall["slots"] = {"p": {**plan, "capacity": 1, "waiting_list": 2, "offer_min": 60, **changed}}


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, planned)


def book(hub: Hub, start: float = NINE, mobile: str = "", key: str | None = None, channel: str = "desk") -> int:
    holder = slots.sealed_number(hub.hall, mobile) if mobile else ""
    return slots.book(hub, By("visitor", key), "SB01", start, channel=channel, holder=holder).id  # type: ignore[arg-type]


def wait(hub: Hub, mobile: str = "") -> int:
    holder = slots.sealed_number(hub.hall, mobile) if mobile else ""
    return slots.wait_for(hub, By("visitor"), "SB01", TUESDAY, channel="desk", holder=holder).id


def state(hub: Hub, appointment: int) -> str:
    found = hub.read().booked_slot(appointment)
    assert found is not None
    return found.state


def free(hub: Hub) -> list[int]:
    return [one.free for one in slots.free_for(hub, hub.read(), "SB01", TUESDAY, hub.now())]


def test_a_place_is_taken_once_and_a_touch_said_twice_books_once(hub: Hub) -> None:
    assert free(hub) == [1, 1, 1]
    assert book(hub, key="touch-0001") == book(hub, key="touch-0001") == 1
    assert free(hub) == [0, 1, 1]
    with pytest.raises(Refused, match="刚刚约满"):
        book(hub, key="touch-0002")
    with pytest.raises(Refused, match="不能预约"):
        book(hub, NINE + 1)
    with pytest.raises(Unknown, match="这个事项没有预约"):
        slots.book(hub, By("visitor"), "MZ04", NINE, channel="page")
    assert journal.verify(hub.read().conn) == []


def test_change_keeps_the_code_and_frees_the_old_place_in_one_turn(hub: Hub) -> None:
    mine = book(hub)
    code = slots.code_of(hub.hall, mine)
    moved = slots.change(hub, By("visitor"), mine, NINE + TWENTY)
    assert (moved.start, moved.changes, slots.code_of(hub.hall, moved.id)) == (NINE + TWENTY, 1, code)
    assert free(hub) == [1, 0, 1]
    other = book(hub)
    with pytest.raises(Refused, match="刚刚约满"):
        slots.change(hub, By("visitor"), mine, NINE)
    assert state(hub, mine) == "booked" and free(hub) == [0, 0, 1], "what can't be changed stays as it was"
    slots.cancel(hub, By("visitor"), other)
    with pytest.raises(Refused, match="已经取消"):
        slots.cancel(hub, By("visitor"), other)
    with pytest.raises(Refused, match="已经取消"):
        slots.change(hub, By("visitor"), other, NINE)
    assert free(hub) == [1, 0, 1]
    assert journal.verify(hub.read().conn) == []


def test_the_list_is_offered_what_is_freed_and_an_offer_lapses(hub: Hub, clock: HandClock) -> None:
    with pytest.raises(Refused, match="还有空的时段"):
        wait(hub)
    taken = [book(hub, NINE + n * TWENTY) for n in range(3)]
    first, second = wait(hub), wait(hub)
    with pytest.raises(Refused, match="没有候补，或候补已满"):
        wait(hub)
    clock.forward(1)
    slots.cancel(hub, By("visitor"), taken[1])
    offered = hub.read().booked_slot(first)
    assert offered and (offered.state, offered.start, offered.offer_until) == (
        "offered",
        NINE + TWENTY,
        clock.at + 3600,
    )
    with pytest.raises(Refused, match="刚刚约满"):
        book(hub, NINE + TWENTY)
    clock.forward(3600)
    day.tick(hub)
    assert state(hub, second) == "offered", "the next one's turn"
    with pytest.raises(Refused, match="您仍在候补"):
        slots.accept(hub, By("visitor"), first)
    assert slots.accept(hub, By("visitor"), second).state == "booked"
    assert free(hub) == [0, 0, 0]
    slots.cancel(hub, By("visitor"), taken[0])
    assert hub.read().booked_slot(first).start == NINE, "still on the list"  # type: ignore[union-attr]
    assert journal.verify(hub.read().conn) == []


def _item_closed(service: str) -> ev.Event:
    return ev.ServiceClosed(day=TUESDAY.isoformat(), service=service, message="系统停机", message_en="System down")


def test_nobody_is_offered_a_place_of_an_item_that_is_closed(tmp_path: Path, clock: HandClock) -> None:
    """They would come for nothing; whoever waits for another item of the plan has the place instead."""
    hall = config.load(write_hall(tmp_path, lambda file: planned(file, services=["SB01", "SB02"])))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    day.tick(hub)
    taken = [book(hub, NINE + n * TWENTY) for n in range(3)]
    first = wait(hub)
    clock.forward(1)
    second = slots.wait_for(hub, By("visitor"), "SB02", TUESDAY, channel="desk").id
    hub.turn(lambda turn: turn.record(_item_closed("SB01"), "50"))
    slots.cancel(hub, By("visitor"), taken[0])
    assert (state(hub, first), state(hub, second)) == ("listed", "offered")
    slots.cancel(hub, By("visitor"), taken[1])
    day.tick(hub)
    assert state(hub, first) == "listed", "a place is free, and nobody to have it"
    hub.turn(lambda turn: turn.record(_item_closed("SB02"), "50"))
    with pytest.raises(Closed, match="系统停机"):
        slots.accept(hub, By("visitor"), second)
    assert state(hub, second) == "offered"
    hub.turn(lambda turn: turn.record(ev.ServiceReopened(day=TUESDAY.isoformat(), service="SB01"), "50"))
    day.tick(hub)
    assert state(hub, first) == "offered", "it goes on where it was"
    assert slots.accept(hub, By("visitor"), first).state == "booked"
    hub.store.close()


def test_a_hall_that_was_closed_since_an_offer_gives_nothing_away(hub: Hub, clock: HandClock) -> None:
    taken = [book(hub, NINE + n * TWENTY) for n in range(3)]
    mine = wait(hub)
    slots.cancel(hub, By("visitor"), taken[0])
    hub.turn(lambda turn: turn.record(_closed(TUESDAY.isoformat()), "50"))
    with pytest.raises(Closed, match="停电"):
        slots.accept(hub, By("visitor"), mine)


def test_a_slot_in_extended_service_is_for_its_items_alone(tmp_path: Path, clock: HandClock) -> None:
    """A number is refused then to whoever has another item: neither the page nor a booking gives one of its slots."""

    def change(file: tomlkit.TOMLDocument) -> None:
        planned(file, services=["SB01", "MZ01"], days=[1, 2, 3, 4, 5, 6])
        table = {"name": "周六", "name_en": "Saturdays", "days": [6], "open": ["09:00-12:00"], "services": ["MZ01"]}
        file["extended"] = {"saturdays": table}

    hall = config.load(write_hall(tmp_path, change))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    day.tick(hub)
    saturday, nine = date(2026, 11, 28), NINE + 4 * 86400
    for code, there in (("MZ01", 3), ("SB01", 0)):
        assert len(slots.free_for(hub, hub.read(), code, saturday, hub.now())) == there
    with pytest.raises(Refused, match="不能预约"):
        book(hub, nine)
    assert slots.book(hub, By("visitor"), "MZ01", nine, channel="desk").start == nine
    with pytest.raises(Refused, match="不能预约"):
        book(hub, nine)  # full, but that would say that another day may have room
    hub.store.close()


def test_a_booking_checks_in_as_any_other_and_once(hub: Hub, clock: HandClock) -> None:
    mine, gone = book(hub), book(hub, NINE + TWENTY)
    code = slots.code_of(hub.hall, mine)
    found = bookings.look_up(hub, code)
    assert (found.kind, found.state) == ("appointment", "other_day")
    clock.at = NINE - 600
    day.tick(hub)
    slots.cancel(hub, By("visitor"), gone)
    assert bookings.look_up(hub, f"http://hall.example/b/{code}").state == "early"
    ticket = bookings.check_in(hub, By("K1"), code, language="zh", large_print=False, printers=())
    assert (ticket.slot, ticket.klass, ticket.channel) == (NINE, "appointment", "appointment")
    assert bookings.look_up(hub, code).state == "checked_in"
    with pytest.raises(Refused, match="不需要再取号"):
        bookings.check_in(hub, By("K1"), code, language="zh", large_print=False, printers=())
    with pytest.raises(Refused, match="已经签到取号"):
        slots.cancel(hub, By("visitor"), mine)
    lost = slots.code_of(hub.hall, gone)
    assert "已经取消" in bookings.look_up(hub, lost).text.zh
    with pytest.raises(Refused, match="已经取消"):
        bookings.check_in(hub, By("K1"), lost, language="zh", large_print=False, printers=())
    forged = code.partition("-")[0] + "-" + lost.partition("-")[2]
    assert bookings.look_up(hub, forged).kind == "unknown"


def test_a_person_has_one_open_and_pauses_after_misses(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda file: planned(file, misses=2, pause_days=30, capacity=9)))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    day.tick(hub)
    with pytest.raises(Refused, match="请填手机号"):
        book(hub, channel="page")
    book(hub, mobile="+86 138-0013-8000")
    with pytest.raises(Refused, match="已有1个预约"):
        book(hub, NINE + TWENTY, "１３８００１３８０００")
    book(hub, mobile=OTHER)
    clock.at = NINE + 3600
    assert book(hub, NINE + 86400, MOBILE), "one miss has no effect"
    clock.at = NINE + 86400 + 3600
    with pytest.raises(Refused, match="12月25日以前不能再预约；现场取号不受影响"):
        book(hub, NINE + 2 * 86400, MOBILE)
    assert book(hub, NINE + 2 * 86400, OTHER)
    book(hub, NINE + 2 * 86400)  # staff see the person
    hub.store.close()


def test_nothing_personal_stands_in_the_journal_and_what_is_sealed_is_forgotten(hub: Hub, clock: HandClock) -> None:
    mine = book(hub, mobile=MOBILE)
    sealed = slots.sealed_number(hub.hall, MOBILE)
    assert hub.read().booker(mine) == sealed
    told = "".join(str(tuple(row)) for row in hub.read().conn.execute("SELECT * FROM journal"))
    assert MOBILE not in told and sealed not in told
    for _ in range(14):
        clock.forward(7 * 86400)
        day.tick(hub)
    assert hub.read().booker(mine) is None and state(hub, mine) == "booked"
    for wrong in ("12345", "23800138000", "138001380001", "手机"):
        with pytest.raises(Refused, match="11位"):
            slots.sealed_number(hub.hall, wrong)


def test_who_is_known_by_an_older_secret_of_the_relay_or_by_none_stays_the_same_person(hub: Hub) -> None:
    first, second = b"first" * 8, b"second" * 6
    book(hub, mobile=MOBILE)
    plain = slots.sealed_number(hub.hall, MOBILE)
    assert slots.seal_of(hub, MOBILE, []) == slots.seal_of(hub, MOBILE, [first]) == plain, "from before the relay"
    known = slots.seal_of(hub, OTHER, [first])
    assert known == slots.sealed_number(hub.hall, OTHER, first) != plain
    slots.book(hub, By("visitor"), "SB01", NINE + TWENTY, channel="desk", holder=known)
    assert slots.seal_of(hub, OTHER, [second, first]) == known
    assert slots.seal_of(hub, OTHER, [second]) == slots.sealed_number(hub.hall, OTHER, second), "a new person"


def test_a_closed_day_is_withdrawn_and_never_a_miss(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, planned))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    mine, later = book(hub), book(hub, NINE + 86400)
    (tmp_path / "other").mkdir()
    other = config.load(write_hall(tmp_path / "other", lambda file: planned(file, closed=["2026-11-24"])))
    hub.change_hall(other, lambda turn: None)
    day.tick(hub)  # the first of the day, as after a start
    assert slots.withdraw_gone(hub) == 0
    assert (state(hub, mine), state(hub, later)) == ("withdrawn", "booked")
    with pytest.raises(Refused, match="请改期"):
        slots.cancel(hub, By("visitor"), mine)
    assert slots.change(hub, By("visitor"), mine, NINE + 86400 + TWENTY).state == "booked"
    hub.turn(lambda turn: turn.record(_closed("2026-11-25"), "50"))
    with pytest.raises(Closed):
        book(hub, NINE + 86400 + 2 * TWENTY)
    clock.at = NINE + 2 * 86400
    holder = slots.sealed_number(hub.hall, MOBILE)
    hub.turn(lambda turn: turn.put_booker(later, holder, "2026-11-25"))
    assert slots.past_of(hub, hub.read(), "p", holder, clock.at) == decided.Past(0, [])
    assert journal.verify(hub.read().conn) == []
    hub.store.close()


def test_a_withdrawn_booking_is_moved_for_a_week_and_within_the_limits(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda file: planned(file, per_person=1)))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    mine, late = book(hub, mobile=MOBILE), book(hub, NINE + TWENTY, OTHER)
    shut = config.load(write_hall(tmp_path, lambda file: planned(file, per_person=1, closed=["2026-11-24"])))
    hub.change_hall(shut, lambda turn: None)
    slots.withdraw_gone(hub)
    wednesday = NINE + 86400
    other = book(hub, wednesday, MOBILE)
    with pytest.raises(Refused, match="您已有1个预约"):
        slots.change(hub, By("visitor"), mine, wednesday + TWENTY)
    slots.cancel(hub, By("visitor"), other)
    assert slots.change(hub, By("visitor"), mine, wednesday + TWENTY).state == "booked"
    clock.at = NINE + 8 * 86400
    with pytest.raises(Refused, match="12月1日以后不能再改"):
        slots.change(hub, By("visitor"), late, NINE + 9 * 86400)
    hub.store.close()


def _closed(on: str) -> ev.Event:
    return ev.HallClosed(day=on, message="停电", message_en="No power", waiting="dismiss")


def test_a_booking_to_come_has_its_slip_and_the_journal_no_code(hub: Hub, clock: HandClock) -> None:
    mine = book(hub)
    code = slots.code_of(hub.hall, mine)
    job = papers.booking(hub, Asker(By("31"), ["p80"], large_print=True), code)
    assert job.kind == "booking" and job.ticket is None
    facts = job.facts
    assert (facts["booking"], facts["slot"], facts["slot_en"]) == (mine, "11月24日 周二 09:00", "Tue 24 Nov, 09:00")
    assert "身份证" in facts["materials"] and facts["where"].endswith("窗口")
    printed = filling.slip_for(hub.hall, hub.read(), job, "p80", profiles.load("generic-80"), hub.now())
    assert any(isinstance(one, QR) and one.data.endswith(code) for one in printed)
    assert code not in repr([tuple(row) for row in hub.read().conn.execute("SELECT * FROM journal")])
    with pytest.raises(Unknown):
        papers.booking(hub, Asker(By("31"), ["p80"]), "B1-AAAAAA")
    kiosk = Asker(By("K1"), ["p80"])
    for _ in range(hub.hall.kiosks["K1"].lists_per_10_min):
        papers.booking(hub, kiosk, code)
    with pytest.raises(Refused, match="分钟再打印"):
        papers.booking(hub, kiosk, code)
    slots.cancel(hub, By("visitor"), mine)
    with pytest.raises(Refused, match="没有凭条可打"):
        papers.booking(hub, Asker(By("31"), ["p80"]), code)
