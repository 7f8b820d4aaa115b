"""What the voice says next: the calls in their order, the newest word on a number, nothing stale, never a backlog."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from server.domain import announcer
from server.domain.announcer import Call, Notice, Saying
from server.domain.ticket import Ticket
from tests.conftest import MONDAY_9, write_hall

HALL = config.load()


def ticket(id: int = 1, *, counter: str = "3", calls: int = 1, at: float = 100.0, **more: object) -> Ticket:
    return Ticket(
        id=id,
        day="2026-11-23",
        prefix="A",
        number=11 + id,
        service="SB01",
        klass="ordinary",
        channel="kiosk",
        state="called",
        issued_at=0.0,
        rank=0.0,
        counter=counter,
        calls=calls,
        last_called_at=at,
        **more,
    )  # type: ignore[arg-type]


def call(*args: object, **more: object) -> Call:
    found = announcer.call(HALL, ticket(*args, **more))  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("counter", "more", "kind"),
    [
        ("3", {}, "call"),
        ("3", {"recalls": 1, "calls": 2}, "recall"),
        ("5", {}, "pickup"),
        ("3", {"legs": 2}, "transfer"),
        ("3", {"served_s": 60.0}, "transfer"),
        ("5", {"recalls": 1}, "recall"),
    ],
)
def test_what_is_said_of_a_call(counter: str, more: dict[str, object], kind: str) -> None:
    assert call(counter=counter, **more).saying.kind == kind


def test_who_is_at_no_counter_is_not_called() -> None:
    assert announcer.call(HALL, replace(ticket(), state="serving")) is None
    assert announcer.call(HALL, replace(ticket(), counter="gone")) is None


def test_calls_are_said_in_their_order_and_the_newest_word_on_a_number_wins() -> None:
    queue: tuple[announcer.Item, ...] = ()
    for item in (call(1, counter="1"), call(2, counter="2"), call(1, counter="1", calls=2, recalls=1, at=105.0)):
        queue = announcer.heard(queue, item)
    called = {1: ticket(1, counter="1", calls=2, recalls=1, at=105.0), 2: ticket(2, counter="2")}
    first, queue = announcer.next_up(queue, 106.0, called)
    second, queue = announcer.next_up(queue, 106.0, called)
    assert isinstance(first, Call) and isinstance(second, Call)
    assert (first.ticket, second.ticket, second.saying.kind, queue) == (2, 1, "recall", ())


@pytest.mark.parametrize(
    ("now", "called", "gone"),
    [
        (101.0, {1: ticket()}, False),
        (101.0, {}, True),  # at the counter already, passed, or taken back
        (101.0, {1: ticket(counter="4")}, True),  # called elsewhere since
        (101.0, {1: ticket(calls=2)}, True),  # there is a newer call of it
        (189.0, {1: ticket()}, False),
        (191.0, {1: ticket()}, True),
    ],
)
def test_stale_calls_are_dropped(now: float, called: dict[int, Ticket], gone: bool) -> None:
    assert announcer.stale(call(), now, called) is gone
    assert announcer.next_up((call(),), now, called) == ((None, ()) if gone else (call(), ()))


def test_a_recall_is_stale_after_twenty_seconds() -> None:
    again = ticket(calls=2, recalls=1)
    assert not announcer.stale(call(calls=2, recalls=1), 119.0, {1: again})
    assert announcer.stale(call(calls=2, recalls=1), 121.0, {1: again})


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=30))
def test_nothing_is_said_twice_and_nobody_called_is_left_out(presses: list[tuple[int, int]]) -> None:
    queue: tuple[announcer.Item, ...] = ()
    called: dict[int, Ticket] = {}
    for id, calls in presses:
        called[id] = ticket(id, calls=calls)
        queue = announcer.heard(queue, call(id, calls=calls))
    said = []
    while (found := announcer.next_up(queue, 101.0, called))[0] is not None:
        item, queue = found
        assert isinstance(item, Call)
        said.append(item.ticket)
    assert sorted(said) == sorted(called)


def test_languages_in_turn() -> None:
    zone = HALL.zones["hall"]
    assert announcer.turns(call(), zone, 0) == ["cmn", "en", "cmn"]
    assert announcer.turns(call(), zone, announcer.CROWDED) == ["cmn", "en"]
    assert announcer.turns(Notice(0.0, Saying("opening")), zone, 0) == ["cmn", "en"]
    assert announcer.turns(call(), zone.model_copy(update={"languages": ["nan"], "repeats": 3}), 0) == ["nan"] * 3


def test_a_zone_hears_its_counters() -> None:
    zone = HALL.zones["hall"]
    assert announcer.listens(zone, "3")
    assert not announcer.listens(zone.model_copy(update={"counters": ["1", "2"]}), "3")


def test_loudness_by_the_time_of_day() -> None:
    zone = HALL.zones["hall"].model_copy(
        update={"soft": [(9 * 60, 10 * 60)], "soft_volume": 40, "quiet": [(10 * 60, 11 * 60)], "volume": 90}
    )
    assert [announcer.loudness(zone, HALL, MONDAY_9 + hours * 3600) for hours in (-1, 0, 1, 2)] == [90, 40, 0, 90]


def test_the_texts_of_a_day_come_at_their_minute() -> None:
    day = announcer.notices_of(HALL, date(2026, 11, 23))
    told = [(f"{datetime.fromtimestamp(n.at, HALL.zone):%H:%M}", n.saying.kind, n.saying.minute) for n in day]
    assert told == [("08:00", "opening", 0), ("11:50", "noon", 720), ("17:10", "closing", 1040)]
    assert announcer.notices_of(HALL, date(2026, 11, 22)) == []  # a Sunday
    assert [n.saying.kind for n in announcer.notices(HALL, MONDAY_9, MONDAY_9 + 3 * 3600)] == ["noon"]
    assert announcer.notices(HALL, day[1].at, day[1].at) == [] and announcer.notices(
        HALL, day[1].at - 1, day[1].at
    ) == [day[1]]


def test_a_hall_may_say_nothing_but_calls(tmp_path: object) -> None:
    hall = config.load(write_hall(tmp_path, lambda raw: raw["voice"].update({"notices": False})))  # type: ignore[arg-type]
    assert announcer.notices_of(hall, date(2026, 11, 23)) == []


def test_a_text_that_nobody_heard_in_time_is_dropped() -> None:
    notice = Notice(100.0, Saying("noon", minute=720))
    assert not announcer.stale(notice, 150.0, {}) and announcer.stale(notice, 161.0, {})
