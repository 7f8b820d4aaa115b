"""Appointments and results to be collected: taken in whole or not at all, checked in once, ranked by their slot."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

import config
from server.domain import codes
from server.domain.publication import pages
from server.domain.rules import Refused
from server.store import journal, secret
from server.store.database import Store
from server.verbs import bookings, calls, counters, tickets, today
from server.verbs.day import tick
from server.verbs.hub import By, Closed, Hub, Unknown
from server.verbs.place import place_of
from tests.conftest import HandClock, write_hall

FILE = """code,kind,day,time,service
YY-0001,appointment,2026-11-23,09:30,SB01
YY-0002,appointment,2026-11-24,09:30,SB01
YY-0003,appointment,2026-11-23,08:30,SB01
LQ-7,pickup,,,LQ01
LQ-8,pickup,2026-11-25,,LQ01
"""


@pytest.fixture
def booked(hub: Hub) -> Hub:
    found, problems = bookings.read(FILE.encode(), hub.hall, "bookings.csv")
    assert problems == []
    assert bookings.take(hub, By("bookings"), found, source="bookings.csv") == 5
    return hub


def check_in(hub: Hub, code: str, key: str | None = None) -> str:
    return bookings.check_in(hub, By("K1", key), code, language="zh", large_print=False, printers=()).label


def words(hub: Hub, code: str) -> tuple[str, str | None, str]:
    found = bookings.look_up(hub, code)
    return found.kind, found.state, found.text.zh


@pytest.mark.parametrize(
    ("code", "kind", "state", "zh"),
    [
        ("yy-0001 ", "appointment", "early", "您预约的是09:30：现在签到，到时段就叫号。"),
        ("YY-0002", "appointment", "other_day", "预约在11月24日 09:30：请在当天来。"),
        ("YY-0003", "appointment", "late", "已过预约时间08:30：签到后按现在到达排队。"),
        ("LQ-7", "pickup", "ready", "可以领取：请取号，听到叫号后到出件窗口。"),
        ("LQ-8", "pickup", "other_day", "预约在11月25日：请在当天来。"),
        ("nothing", "unknown", None, "没有找到这个码：请再试一次，或到咨询台。"),
    ],
)
def test_what_a_code_is(booked: Hub, code: str, kind: str, state: str | None, zh: str) -> None:
    assert words(booked, code) == (kind, state, zh)


def test_an_appointment_checks_in_once_at_its_place(booked: Hub, clock: HandClock) -> None:
    hub = booked
    assert check_in(hub, "yy-0001", "touch-0001") == check_in(hub, "yy-0001", "touch-0001") == "A001"
    with pytest.raises(Refused, match="该预约已签到，号码A001：不需要再取号"):
        check_in(hub, "YY-0001", "touch-0002")
    assert words(hub, "YY-0001") == ("appointment", "checked_in", "已签到，号码A001，不需要再取号。")
    ticket = hub.read().by_number("2026-11-23", "A", 1)
    assert ticket is not None
    assert (ticket.klass, ticket.channel, ticket.slot) == ("appointment", "appointment", clock.at + 1800)
    with pytest.raises(Refused, match="请在当天来"):
        check_in(hub, "YY-0002")
    with pytest.raises(Unknown, match="没有找到这个码"):
        check_in(hub, "YY-9999")
    assert journal.verify(hub.read().conn) == []


def test_a_number_that_was_given_back_leaves_its_code_free(booked: Hub) -> None:
    assert check_in(booked, "LQ-7") == "L001"
    number = booked.read().by_number("2026-11-23", "L", 1)
    assert number is not None
    tickets.give_back(booked, By("K1"), number.id)
    assert words(booked, "LQ-7")[:2] == ("pickup", "ready")
    assert check_in(booked, "LQ-7") == "L002"
    assert words(booked, "LQ-7")[1] == "checked_in"


def test_a_result_is_collected_at_the_pick_up_counter(booked: Hub) -> None:
    assert check_in(booked, "LQ-7") == "L001"
    with pytest.raises(Refused, match="已签到，号码L001"):
        check_in(booked, "LQ-7")


def test_a_closed_service_takes_no_check_in(booked: Hub) -> None:
    today.close_service(booked, By("50"), "SB01", "系统维护，今天不办理。", "Maintenance, not today.")
    assert words(booked, "YY-0001") == ("appointment", "closed", "系统维护，今天不办理。")
    with pytest.raises(Closed, match="系统维护"):
        check_in(booked, "YY-0001")


def test_the_life_of_a_ticket_in_the_words_of_its_code(hub: Hub, clock: HandClock) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    code = codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket.id)
    said = [words(hub, code)[2]]
    counters.open_counter(hub, By("08"), "3", staff="08")
    calls.call(hub, By("08"), "3", ticket.id)
    said.append(words(hub, code)[2])
    calls.pass_(hub, By("08"), "3")
    said.append(words(hub, code)[2])
    clock.forward(86400)
    tick(hub)
    said.append(words(hub, code)[2])
    assert said == [
        "A002前面还有1人，请留意广播和屏幕。",
        "请A002到3号窗口。",
        "A002已过号：请到咨询台受理。",
        "A002是2026-11-23的号，今天无效：请重新取号。",
    ]


MISTAKES = [
    (
        "YY,appointment,2026-11-23,09:30,SB01",
        "b.csv:2: code: 4 to 40 letters, digits and hyphens; as the holder's code says",
    ),
    ("YY-1,party,2026-11-23,09:30,SB01", "b.csv:2: kind: 'party' is no kind; appointment or pickup"),
    (
        "YY-1,appointment,2026-11-23,9h,SB01",
        "b.csv:2: time: '9h' is no time of day; write it like 09:30",
    ),
    (
        "YY-1,appointment,2026-11-23,,SB01",
        "b.csv:2: time: an appointment needs its day and time; write 2026-11-24 and 09:30",
    ),
    ("YY-1,appointment,2026-11-23,09:30+00:00,SB01", "b.csv:2: time: '09:30+00:00' is no time of day; write it"),
    ("YY-1,appointment,2026-W48-1,09:30,SB01", "b.csv:2: day: '2026-W48-1' is no date; write it like"),
    ("2.02611E+11,appointment,2026-11-23,09:30,SB01", "b.csv:2: code: '2.02611E+11' is a number that a spreadsheet"),
    ("YY-1,appointment,2026-11-23,09:30,XX", "b.csv:2: service: 'XX' is no service of the catalogue"),
    ("LQ-1,pickup,tomorrow,,LQ01", "b.csv:2: day: 'tomorrow' is no date; write it like"),
    (
        "YY-1,appointment,2026-11-23,09:30,SB01\nyy-1,appointment,2026-11-23,10:30,SB01",
        "b.csv:3: code: YY-1 stands twice; give each booking its own",
    ),
]


@pytest.mark.parametrize(("line", "sentence"), MISTAKES)
def test_a_wrong_file_is_refused_whole_with_its_line(hub: Hub, line: str, sentence: str) -> None:
    found, problems = bookings.read(f"code,kind,day,time,service\n{line}\n".encode(), hub.hall, "b.csv")
    place, _, english = sentence.rpartition(": ")
    assert found == [] and problems[0].startswith(f"{place}: ") and english in problems[0]


@pytest.mark.parametrize(
    ("row", "code", "day", "time"),
    [
        ("YY-0001,预约,2026/11/30,9:30,SB01", "YY-0001", "2026-11-30", "2026-11-30T09:30"),
        ("ＹＹ－０００１,appointment,2026年11月30日,０９：３０,ＳＢ０１", "YY-0001", "2026-11-30", "2026-11-30T09:30"),
        ("yy-0001\u200b,appointment,20261130,09:30:00,SB01\u00a0", "YY-0001", "2026-11-30", "2026-11-30T09:30"),
        ("YY-0006,appointment,2026-11-30,24:00,SB01", "YY-0006", "2026-12-01", "2026-12-01T00:00"),
    ],
)
def test_a_file_as_an_office_has_it_is_read_as_it_is_meant(hub: Hub, row: str, code: str, day: str, time: str) -> None:
    for coding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        if coding == "gb18030" and "\u200b" in row:
            continue
        data = f"code,kind,day,time,service\r\n{row}\r\n,,,,\r\n".encode(coding)
        (booking,), problems = bookings.read(data, hub.hall, "b.csv")
        assert problems == []
        slot = datetime.fromisoformat(time).replace(tzinfo=hub.hall.zone).timestamp()
        assert (booking.code, booking.day, booking.slot, booking.service) == (code, day, slot, "SB01")


@pytest.mark.parametrize("code", ["ＹＹ－０００１", "yy-0001\u200b", "ＹＹ-0001\r\n"])
def test_a_code_is_known_in_any_width(booked: Hub, code: str) -> None:
    assert words(booked, code)[:2] == ("appointment", "early")


def test_the_newest_word_counts_and_old_days_are_forgotten(booked: Hub, clock: HandClock) -> None:
    clock.forward(86400)
    again, _ = bookings.read(
        b"code,kind,day,time,service\nYY-0002,appointment,2026-11-24,11:00,MZ04\n", booked.hall, "b"
    )
    bookings.take(booked, By("bookings"), again, source="b")
    assert words(booked, "YY-0001")[0] == "unknown"
    assert words(booked, "YY-0002") == ("appointment", "early", "您预约的是11:00：现在签到，到时段就叫号。")


def test_a_quota_of_the_day_and_of_a_person(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(
        write_hall(
            tmp_path,
            lambda h: h["quotas"].update(
                {"SB01": {"per_day": 2, "per_person": 0}, "MZ01": {"per_day": 0, "per_person": 1}}
            ),
        )
    )
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    tick(hub)
    me, other = ("a" * 64, "3505**********1234"), ("b" * 64, "3505**********5678")
    tickets.issue(hub, By("kiosk"), "SB01")
    tickets.issue(hub, By("kiosk"), "SB01")
    with pytest.raises(Closed, match="今天该事项的号已取完"):
        tickets.issue(hub, By("kiosk"), "SB01")
    assert tickets.issue(hub, By("kiosk"), "MZ01", holder=me).label == "S001"
    with pytest.raises(Refused, match="您今天已取过该事项的号S001"):
        tickets.issue(hub, By("kiosk"), "MZ01", holder=me)
    mistake = hub.read().by_number("2026-11-23", "S", 1)
    assert mistake is not None
    tickets.leave(hub, By("30"), mistake.id)
    assert tickets.issue(hub, By("kiosk"), "MZ01", holder=me).label == "S002", "what was given up is nobody's to use"
    with pytest.raises(Refused, match="您今天已取过该事项的号S002"):
        tickets.issue(hub, By("kiosk"), "MZ01", holder=me)
    assert [
        tickets.issue(hub, By("kiosk"), "MZ01", holder=other).label,
        tickets.issue(hub, By("kiosk"), "MZ01").label,
    ] == ["S003", "S004"]
    clock.forward(86400)
    tick(hub)
    assert hub.read().conn.execute("SELECT count(*) FROM holders").fetchone()[0] == 0
    assert tickets.issue(hub, By("kiosk"), "MZ01", holder=me).label == "S001"
    assert me[0] not in "".join(row.data for row in hub.read().journal(0, 1000))
    hub.store.close()


def test_a_code_is_checked_in_without_a_card(booked: Hub) -> None:
    hub = booked
    table = config.QuotaTable.model_validate({"per_person": 1, "card": "needed"})
    hub.hall = hub.hall.model_copy(update={"quotas": {"LQ01": table, "SB01": table}})
    assert [check_in(hub, "LQ-7"), check_in(hub, "YY-0001")] == ["L001", "A001"]
    with pytest.raises(Refused, match="已签到，号码L001"):
        check_in(hub, "LQ-7")
    for service in ("LQ01", "SB01"):
        with pytest.raises(Refused, match="要刷身份证"):
            tickets.issue(hub, By("K1"), service)


def fill_up(hub: Hub) -> Closed:
    """Issue until the kiosk says that the day is full."""
    for _ in range(60):
        try:
            tickets.issue(hub, By("kiosk"), "SB01")
        except Closed as closed:
            return closed
    raise AssertionError("sixty numbers half an hour before closing")


def test_kiosks_stop_when_those_waiting_fill_the_day(tmp_path: Path, clock: HandClock) -> None:
    hall = config.load(write_hall(tmp_path, lambda h: h["tickets"].update({"outside_hours": "refuse"})))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    clock.at = datetime.fromisoformat("2026-11-23T17:00:00+08:00").timestamp()
    counters.open_counter(hub, By("08"), "1", staff="08")
    assert "号已取完" in str(fill_up(hub))
    last = hub.read().waiting()[-1]
    place = place_of(hall, hub.read(), last, clock.at)
    assert place.ahead > 2
    assert tickets.issue(hub, By("kiosk"), "SB01", channel="desk").label
    hub.store.close()


def test_what_is_public_comes_from_the_file_and_the_catalogue() -> None:
    found = {page.id: page for page in pages(config.load(), {})}
    assert list(found) == ["notice", "promises", "hours", "extended", "items", "phones"], (
        "no list is shown that nobody approved"
    )
    assert found["items"].title.zh == "本厅办理的事项" and found["items"].lines[0] == ("共41项", "41 items")
    assert ("周一至周五 08:00-12:00，14:30-17:30", "Mon to Fri 08:00-12:00, 14:30-17:30") in found["hours"].lines
    assert all(zh and en for page in found.values() for zh, en in page.lines)
