"""Imports: taken in once, whatever comes again; withdrawn as a whole, and no figure counts them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.domain.rules import Refused
from server.reports import period, report, visits_file
from server.store import journal
from server.store.history import History
from server.verbs import accounts, bookings, imports, tickets, visits
from server.verbs.hub import By, Hub, Unknown
from tests.conftest import MONDAY_9, HandClock

HEAD = "arrived,service,class,called,started,finished,left,counter,staff\n"
ROWS = [
    "2026-11-23T09:00:00,SB01,,2026-11-23T09:05:00,2026-11-23T09:05:40,2026-11-23T09:12:00,,1,0017\n",
    "2026-11-23T09:01:00,SB01,green,,,,2026-11-23T09:30:00,,\n",
    "2026-11-23T09:02:00,MZ04,,2026-11-23T09:12:00,2026-11-23T09:13:00,2026-11-23T09:20:00,,2,0018\n",
]
LATER = "2026-11-24T09:02:00,MZ04,,2026-11-24T09:12:00,2026-11-24T09:13:00,2026-11-24T09:20:00,,2,0018\n"
SATURDAY = MONDAY_9 + 5 * 86400


@pytest.fixture
def hub_later(hub: Hub, clock: HandClock) -> Hub:
    clock.at = SATURDAY
    return hub


def take(hub: Hub, *rows: str, name: str = "v.csv", **how: Any) -> int:
    found, problems = visits_file.read((HEAD + "".join(rows)).encode(), hub.hall, name=name, now=hub.now())
    assert problems == []
    return visits.import_visits(hub, By("import"), found, source=name, sha256=str(hash(rows)), **how)


def figures(hub: Hub) -> dict[str, Any]:
    made = report.report(hub.hall, period.parse("2026-W48"), History(hub.read().conn), hub.now())
    return {key: made[key] for key in ("identity", "totals", "cuts", "quality") if key in made}


def says(line: str, problem: str) -> bool:
    """Whether a mistake stands at its place and says this in English, and something in Chinese before it."""
    place, english = re.match(r"(\w+:\d+: \w+: )(.*)", problem).groups()  # type: ignore[union-attr]
    zh, _, en = line.removeprefix(place).rpartition("。 ")
    return line.startswith(place) and re.search("[\u4e00-\u9fff]", zh) is not None and en.startswith(english)


def newest(hub: Hub, name: str = "VisitsImported") -> int:
    row = hub.read().last_event(name)
    assert row is not None
    return row.seq


def test_the_same_again_saved_again_and_an_overlapping_export(hub_later: Hub) -> None:
    hub = hub_later
    assert take(hub, *ROWS) == 3
    before = figures(hub)
    with pytest.raises(Refused, match="已于2026-11-28 09:00导入"):
        take(hub, *ROWS)
    with pytest.raises(Refused, match="3次来访都已在系统里"):
        take(hub, *(row.replace("0017", "17").replace("0018", "18") for row in ROWS))
    assert figures(hub) == before
    assert take(hub, *ROWS, LATER) == 1
    assert take(hub, ROWS[0].replace("09:12:00", "09:13:00"), ROWS[0], ROWS[0].replace("09:12:00", "09:13:00")) == 1
    told = [row.happened() for row in hub.read().events_between("VisitsImported", 0, float("inf"))]
    assert [(event.visits, event.double) for event in told] == [(3, 0), (1, 3), (1, 2)]  # type: ignore[attr-defined]
    assert journal.verify(hub.read().conn) == []


def test_an_import_is_withdrawn_as_a_whole_and_no_figure_counts_it(hub_later: Hub) -> None:
    hub = hub_later
    take(hub, LATER)
    before, rows = figures(hub), hub.seq
    take(hub, *ROWS)
    wrong = newest(hub)
    assert figures(hub) != before
    assert imports.withdraw(hub, By("50", "withdraw-1"), wrong, "另一个大厅的文件") == 3
    assert imports.withdraw(hub, By("50", "withdraw-1"), wrong, "另一个大厅的文件") == 3  # the same press
    assert figures(hub) == before
    assert journal.verify(hub.read().conn) == []
    assert [row.event for row in hub.read().journal(rows)] == ["Imported"] * 3 + ["VisitsImported", "ImportWithdrawn"]
    hand_ins = imports.hand_ins(hub.read())
    assert [(h.row.seq == wrong, h.gone is not None) for h in hand_ins] == [(True, True), (False, False)]
    with pytest.raises(Refused, match="已经撤回"):
        imports.withdraw(hub, By("50"), wrong, "again")
    ticket = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    assert hub.read().life_line(ticket.id)[0].event == "Issued"  # no number of a withdrawn visit is used again
    assert take(hub, *ROWS) == 3
    assert journal.verify(hub.read().conn) == []


def test_what_cannot_be_withdrawn(hub_later: Hub) -> None:
    take(hub_later, *ROWS)
    with pytest.raises(Refused, match="请写明撤回的原因"):
        imports.withdraw(hub_later, By("50"), newest(hub_later), " ")
    for row in (1, hub_later.seq + 1):
        with pytest.raises(Unknown):
            imports.withdraw(hub_later, By("50"), row, "x")


def test_an_import_of_a_version_before_can_be_withdrawn(hub_later: Hub) -> None:
    """Its rows have neither `double` nor anything that says which visits are its own: they are those just before it."""
    hub = hub_later
    take(hub, LATER)
    take(hub, *ROWS)
    imports.withdraw(hub, By("50"), [h.row.seq for h in imports.hand_ins(hub.read())][1], "x")
    assert [visit.day for visit in hub.read().imported("2026-11-01", "2026-11-30")] == ["2026-11-23"] * 3


def test_a_name_of_the_staff_does_not_come_in_by_a_file(hub_later: Hub) -> None:
    accounts.put(hub_later, By("administrator"), "17", "Zhang San", "operator", "long enough 1")
    accounts.put(hub_later, By("administrator"), "18", "王敏", "operator", "long enough 1")
    for name in ("张三", "Zhang San", "13800138000"):
        _, problems = visits_file.read((HEAD + ROWS[0].replace("0017", name)).encode(), hub_later.hall, name="v")
        assert says(problems[0], "v:2: staff: ")
    with pytest.raises(Refused, match="文件里有工作人员姓名“王敏”"):
        take(hub_later, ROWS[0].replace(",1,", ",王敏,"))
    with pytest.raises(Refused, match="王敏"):
        take(hub_later, ROWS[0], name="王敏.csv")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (ROWS[0].replace("2026", "2062"), "v:2: arrived: lies in the future"),
        ("2026-11-28T08:59:00,SB01,,,,,2026-11-28T09:30:00,,\n", "v:2: left: lies in the future"),
        ("2026-11-28T08:00:00,SB01,,,,,2026-11-28T08:30:00,,\n", "v:2: arrived: its day is not over"),
        ("2026-11-28T08:00:00,SB01,,,,,,,\n", "v:2: arrived: its day is not over"),
        ("1970-01-01T08:00:00,SB01,,,,,,,\n", "v:2: arrived: before 1980"),
        ("1970-01-01 00:00:00,SB01,,,,,,,\n", "v:2: arrived: before 1980"),
        ("1969-12-31 23:00:00,SB01,,,,,,,\n", "v:2: arrived: '1969-12-31' is no date"),
    ],
)
def test_a_date_that_cannot_be(hub_later: Hub, row: str, problem: str) -> None:
    found, problems = visits_file.read((HEAD + row).encode(), hub_later.hall, name="v", now=hub_later.now())
    assert found == [] and says(problems[0], problem)


# --- bookings ---------------------------------------------------------------------------------------------------------

BOOKED = "code,kind,day,time,service\n"


def booked(hub: Hub, *rows: str, outside_hours: bool = False) -> tuple[list[bookings.Booking], list[str]]:
    text = BOOKED + "".join(f"{row}\n" for row in rows)
    return bookings.read(text.encode(), hub.hall, "b", now=hub.now(), outside_hours=outside_hours)


def test_bookings_again_leave_no_trace_and_a_hand_in_is_withdrawn_as_a_whole(hub: Hub) -> None:
    first, problems = booked(hub, "YY-0001,appointment,2026-11-23,09:30,SB01", "LQ-7,pickup,,,LQ01")
    assert problems == [] and bookings.take(hub, By("bookings"), first, source="b") == 2
    seq = hub.seq
    assert bookings.take(hub, By("bookings"), first, source="b") == 2
    assert hub.seq == seq
    second, _ = booked(
        hub,
        "YY-0001,appointment,2026-11-23,10:30,SB01",
        "YY-0002,appointment,2026-11-23,09:30,SB01",
        "LQ-7,pickup,,,LQ01",
    )
    assert bookings.sort(hub.read(), second) == (["YY-0002"], ["YY-0001"], ["LQ-7"])
    bookings.take(hub, By("bookings"), second, source="b")
    assert imports.withdraw(hub, By("50"), newest(hub, "BookingsTaken"), "错误的文件") == 2
    assert [bookings.look_up(hub, code).kind for code in ("YY-0001", "YY-0002", "LQ-7")] == [
        "unknown",
        "unknown",
        "pickup",
    ]
    assert bookings.take(hub, By("bookings"), first, source="b") == 2
    assert bookings.look_up(hub, "YY-0001").kind == "appointment"
    assert journal.verify(hub.read().conn) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            "YY-0002,appointment,2026-11-30,12:50,SB01",
            "b:2: time: 2026-11-30 12:50: the hall is open 08:00-12:00, 14:30-17:30",
        ),
        ("YY-0002,appointment,2026-11-30,12:00,SB01", "b:2: time: 2026-11-30 12:00: the hall is open"),
        ("YY-0002,appointment,2026-11-29,09:30,SB01", "b:2: time: 2026-11-29 09:30: the hall is closed that day"),
        ("YY-0002,appointment,2026-11-30,03:00,SB01", "b:2: time: "),
        ("YY-0004,appointment,2026-10-01,09:30,SB01", "b:2: day: 2026-10-01 is over; leave out days gone by"),
        ("YY-0004,appointment,2026-11-22,09:30,SB01", "b:2: day: 2026-11-22 is over"),
        ("YY-0005,appointment,2062-11-30,09:30,SB01", "b:2: day: 2062-11-30 is more than a year ahead"),
        ("LQ-0005,pickup,2062-11-30,,LQ01", "b:2: day: 2062-11-30 is more than a year ahead"),
        ("13800138000,appointment,2026-11-30,09:30,SB01", "b:2: code: an identity or mobile number"),
        ("35052119900101123X,pickup,,,LQ01", "b:2: code: an identity or mobile number"),
        ("１３８００１３８０００,appointment,2026-11-30,09:30,SB01", "b:2: code: an identity or mobile number"),
        ("T1C8-9XK3MZ,appointment,2026-11-30,09:30,SB01", "b:2: code: has the form of a slip's own code"),
        ("ｔ1c8－9xk3mz,appointment,2026-11-30,09:30,SB01", "b:2: code: has the form of a slip's own code"),
    ],
)
def test_a_booking_that_cannot_be_or_is_asked_about(hub: Hub, row: str, problem: str) -> None:
    found, problems = booked(hub, row)
    assert found == [] and says(problems[0], problem)
    meant, still = booked(hub, row, outside_hours=True)
    assert bool(meant) == problems[0].startswith("b:2: time: ") and bool(still) != bool(meant)


def test_a_day_is_kept_as_a_date_whatever_form_it_came_in(hub: Hub) -> None:
    found, problems = booked(
        hub,
        "YY-0001,appointment,2026/11/23,9:30,SB01",
        "YY-0002,预约,2026年11月23日,０９：３０,SB01",
        "LQ-7,pickup,20261125,,LQ01",
    )
    assert problems == []
    assert [booking.day for booking in found] == ["2026-11-23", "2026-11-23", "2026-11-25"]
    bookings.take(hub, By("bookings"), found, source="b")
    assert bookings.look_up(hub, "YY-0001").state == "early"


# --- the cases of offices ---------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_is_new_double_and_of_the_future(hub_later: Hub) -> None:
    from server.views.imports import visits_checked

    take(hub_later, ROWS[1])
    text = HEAD + "".join([*ROWS, ROWS[0]])
    told = visits_checked(hub_later.hall, hub_later.read(), text.encode(), "v.csv", hub_later.now())
    assert (told["new"], told["double"], told["future"], told["problems"], told["may"]) == (2, 2, 0, [], True)
    assert [line["zh"] for line in told["doubles"]] == ["第3行：已在系统里。", "第5行：与第2行相同。"]
    text += ROWS[0].replace("2026", "2062")
    told = visits_checked(hub_later.hall, hub_later.read(), text.encode(), "v.csv", hub_later.now())
    assert (told["new"], told["double"], told["future"], told["may"]) == (2, 2, 1, False)
    assert told["problems"] == [
        "v.csv:6: arrived: 在将来：请核对日期，或写出此文件的机器的时钟。"
        " lies in the future; correct the date, or the clock of whoever wrote it"
    ]
    assert len(hub_later.read().imported("2026-11-01", "2026-11-30")) == 1
