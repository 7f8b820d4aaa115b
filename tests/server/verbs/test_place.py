"""Told k before you, exactly k are called before you: on any hall, whatever the counters call and whoever waits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from server.domain import events as ev
from server.domain.ticket import Ticket
from server.health import Health
from server.store.database import Store
from server.verbs import calls, counters, tickets, visitor
from server.verbs.hub import By, Hub
from server.verbs.place import line_of, made_up, place_of
from server.views.hall import hall_view
from server.views.moment import moment
from tests.conftest import HandClock, write_hall

DESK = By("desk")
SERVICES = ["SB01", "YB01", "MZ01"]


def with_counters(tables: dict[str, dict[str, Any]]) -> Any:
    """A hall of these counters alone; what is not said is an ordinary counter for everything."""

    def change(hall: Any) -> None:
        kept = {id: hall["counters"][id] for id in ("desk",)}
        plain = {"sign": "综合受理", "kind": "general", "services": "all"}
        names = {id: {"name": f"{id}号窗口", "name_en": f"Counter {id}"} for id in tables}
        hall["extended"] = {}  # it names counters
        hall["counters"] = {id: names[id] | plain | table for id, table in tables.items()} | kept
        for devices in ("boards", "pads", "raters", "screens", "zones", "posts"):
            hall.pop(devices, None)

    return change


@contextmanager
def hall_of(tables: dict[str, dict[str, Any]], in_a_row: int = 0, most: int = 0) -> Iterator[tuple[Hub, HandClock]]:
    with tempfile.TemporaryDirectory() as folder:
        hall = config.load(write_hall(Path(folder), with_counters(tables)))
        limits = {"in_a_row": in_a_row, "overtaken_at_most": most}
        hall = hall.model_copy(update={"tickets": hall.tickets.model_copy(update=limits)})
        clock = HandClock()
        hub = Hub(hall, Store(hall.data, durable=False), clock)
        try:
            if tables is SKILLED:
                hub.turn(lambda turn: [turn.record(can, "50") for can in SKILLS])
            for id in tables:
                counters.open_counter(hub, DESK, id, staff=f"9{id}")
            yield hub, clock
        finally:
            hub.stop()
            hub.store.close()


def called_before(hub: Hub, ticket: Ticket) -> int:
    """The counters that may call it take turns until it is called; how many were called before."""
    able = [mine.counter for mine in line_of(hub.hall, hub.read(), ticket, hub.now()).able.profiles]
    for n in range(1000):
        counter = able[n % len(able)]
        if hub.read().at_counter(counter):
            calls.finish(hub, DESK, counter, outcome="done")
        called = calls.call_next(hub, DESK, counter)
        assert called is not None
        if called.id == ticket.id:
            return n
    raise AssertionError("it was never called")


POOLED: dict[str, dict[str, Any]] = {"1": {}, "2": {}, "3": {}}
SPECIALISED = {"1": {"services": ["SB01"]}, "2": {"services": ["YB01"]}, "3": {"services": ["YB01", "MZ01"]}}
TIDAL = {"1": {"services": ["SB01"]}, "2": {"services": ["YB01", "MZ01"], "helps": "all", "help_after_min": 10}}
NAMED = {"1": {}, "2": {"prefers_services": ["MZ01"], "prefer_min": 30}, "3": {"prefers_classes": ["green"]}}
SKILLED: dict[str, dict[str, Any]] = {"1": {}, "2": {}, "3": {"prefers_services": ["MZ01"], "prefer_min": 15}}
SKILLS = [
    ev.SkillsSet(staff="92", services=None, languages=("en",), reason="x"),
    ev.SkillsSet(staff="93", services=("SB01", "MZ01"), languages=("en", "sgn"), reason="x"),
]

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["issue", "issue", "issue", "green", "slot", "wait", "call", "back", "raise", "to counter", "to service"]
        ),
        st.sampled_from(SERVICES),
        st.integers(0, 20),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(
    st.sampled_from([POOLED, SPECIALISED, TIDAL, NAMED, SKILLED]),
    st.sampled_from([(0, 0), (0, 0), (1, 0), (2, 1), (0, 2)]),
    steps,
    st.integers(0, 30),
)
def test_told_k_ahead_exactly_k_are_called_before(
    tables: dict[str, dict[str, Any]], limits: tuple[int, int], happened: list[tuple[str, str, int]], which: int
) -> None:
    with hall_of(tables, *limits) as (hub, clock):
        for step in happened:
            play(hub, clock, *step)
        issued = tickets.issue(hub, DESK, "SB01")
        early = hub.hall.tickets.appointment_early_min * 60
        waiting = [t for t in hub.read().waiting() if t.slot is None or hub.now() >= t.slot - early or t.raised]
        chosen = (waiting or [issued])[which % len(waiting or [issued])]
        told = place_of(hub.hall, hub.read(), chosen, hub.now()).ahead
        behind = visitor.behind(hub, hub.read(), chosen, hub.now())
        assert visitor.somebody_behind(hub, hub.read(), chosen, hub.now(), told) == bool(behind)
        assert called_before(hub, chosen) == told


def play(hub: Hub, clock: HandClock, step: str, service: str, n: int) -> None:
    waiting = hub.read().waiting()
    mine = waiting[n % len(waiting)] if waiting else None
    counter = list(hub.hall.counters)[n % 2]
    match step:
        case "issue" | "green":
            klass, language = "green" if step == "green" else "ordinary", "en" if n % 3 == 0 else "zh"
            tickets.issue(hub, DESK, service, klass=klass, language=language)
        case "slot":
            tickets.issue(hub, DESK, service, slot=hub.now() + (n - 10) * 120, appointment=f"B{hub.seq}")
        case "wait":
            clock.forward(n * 60)
        case "call" if hub.read().at_counter(counter) is None:
            calls.call_next(hub, DESK, counter)
        case "back" if hub.read().at_counter(counter):
            passed = calls.pass_(hub, DESK, counter)
            tickets.take_back(hub, DESK, passed.id)
        case "raise" if mine:
            tickets.raise_(hub, DESK, mine.id, "老年人")
        case "to service" if mine and mine.service != service:
            tickets.transfer(hub, DESK, mine.id, reason="x", service=service)
        case "to counter" if mine and mine.target != f"counter:{counter}":
            tickets.transfer(hub, DESK, mine.id, reason="x", counter=counter)


def brought(hub: Hub, kind: str) -> Ticket:
    """A number of some kind, as it waits."""
    if kind == "appointment":
        return tickets.issue(hub, DESK, "YB01", slot=hub.now(), appointment="B1")
    mine = tickets.issue(hub, DESK, "YB01", klass="green" if kind == "green" else "ordinary")
    match kind:
        case "transferred":
            return tickets.transfer(hub, DESK, mine.id, reason="x", service="MZ01")
        case "sent to a counter":
            return tickets.transfer(hub, DESK, mine.id, reason="x", counter="2")
        case "raised":
            return tickets.raise_(hub, DESK, mine.id, "老年人")
        case "returned":
            called = calls.call_next(hub, DESK, "2")
            assert called
            return tickets.take_back(hub, DESK, calls.pass_(hub, DESK, "2").id)
    return mine


@pytest.mark.parametrize("tables", [POOLED, SPECIALISED, TIDAL], ids=["pooled", "specialised", "tidal"])
@pytest.mark.parametrize(
    "kind", ["ordinary", "green", "appointment", "transferred", "sent to a counter", "raised", "returned"]
)
def test_a_number_of_each_kind_is_told_how_many_are_called_before_it(
    tables: dict[str, dict[str, Any]], kind: str
) -> None:
    with hall_of(tables) as (hub, clock):
        for service in SERVICES * 2:
            tickets.issue(hub, DESK, service)
            clock.forward(60)
        mine = brought(hub, kind)
        for service in SERVICES * 2:
            clock.forward(60)
            tickets.issue(hub, DESK, service, klass="green" if service == "MZ01" else "ordinary")
        told = place_of(hub.hall, hub.read(), mine, hub.now()).ahead
        assert called_before(hub, mine) == told


def called_in_turn(hub: Hub, calls_made: int) -> list[tuple[str, str]]:
    """(number, why) of the next calls at counter 1."""
    found = []
    for _n in range(calls_made):
        called = calls.call_next(hub, DESK, "1")
        assert called
        why = next(row.happened() for row in hub.read().journal(0, 1000)[::-1] if row.event == "Called")
        assert isinstance(why, ev.Called)
        found.append((called.label, why.why))
        calls.finish(hub, DESK, "1", outcome="done")
    return found


def test_two_to_one_is_two_priority_numbers_and_then_the_next_who_waits() -> None:
    with hall_of({"1": {}}, in_a_row=2) as (hub, clock):
        for klass in ("ordinary", "ordinary", "green", "green", "green"):
            ticket = tickets.issue(hub, DESK, "SB01", klass=klass)
            clock.forward(60)
        assert place_of(hub.hall, hub.read(), ticket, hub.now()).ahead == 3
        told = called_in_turn(hub, 5)
        assert [label[-1] for label, _ in told] == ["3", "4", "1", "5", "2"]
        assert told[2][1] == "优先号最多连叫2个，轮到下一位，已等候5分钟。"
        assert told[3][1] == "优先类别提前20分钟计，已等候1分钟，因此先于更早的A002。"


def test_a_row_is_of_one_line_whatever_others_call_meanwhile() -> None:
    with hall_of({"1": {"services": ["SB01"]}, "2": {"services": ["YB01"]}}, in_a_row=2) as (hub, clock):
        for service, klass in (("SB01", "green"), ("SB01", "green"), ("YB01", "ordinary"), ("YB01", "ordinary")):
            tickets.issue(hub, DESK, service, klass=klass)
            clock.forward(30)
        for counter in ("1", "1", "2", "2"):
            calls.call_next(hub, DESK, counter)
            calls.finish(hub, DESK, counter, outcome="done")
            clock.forward(30)
        plain = tickets.issue(hub, DESK, "SB01")
        clock.forward(30)
        third = tickets.issue(hub, DESK, "SB01", klass="green")
        assert [label for label, _ in called_in_turn(hub, 2)] == [plain.label, third.label]


def test_who_has_been_overtaken_often_enough_is_next() -> None:
    with hall_of({"1": {}}, most=1) as (hub, clock):
        for klass in ("ordinary", "green", "green"):
            tickets.issue(hub, DESK, "SB01", klass=klass)
            clock.forward(60)
        told = called_in_turn(hub, 3)
        assert [label[-1] for label, _ in told] == ["2", "1", "3"]
        assert told[1][1] == "已让1个后到的优先号先办，不再让，已等候3分钟。"


def test_whose_counter_stands_idle_has_nobody_ahead_and_no_wait() -> None:
    with hall_of({"1": {"services": ["SB01"]}, "2": {"services": ["YB01"]}}) as (hub, _):
        for _n in range(10):
            tickets.issue(hub, DESK, "YB01")
        mine = tickets.issue(hub, DESK, "SB01")
        place = place_of(hub.hall, hub.read(), mine, hub.now())
        assert (place.ahead, place.wait) == (0, (0, 5))
        kiosk = moment(hub).newcomer(["SB01"])
        assert (kiosk["ahead"], moment(hub).newcomer(["YB01"])["ahead"]) == (1, 10)
        both = moment(hub).newcomer(["SB01", "YB01"])  # a tile of two lines tells one of them whole: the longer
        assert both == moment(hub).newcomer(["YB01"]) and both["estimate_min"] > kiosk["estimate_min"]


def test_nobody_ahead_but_all_counters_busy_is_a_wait() -> None:
    with hall_of({"1": {}}) as (hub, _):
        tickets.issue(hub, DESK, "SB01")
        calls.call_next(hub, DESK, "1")
        mine = tickets.issue(hub, DESK, "SB01")
        place = place_of(hub.hall, hub.read(), mine, hub.now())
        assert place.ahead == 0 and place.wait is not None and place.wait[1] > 5


def test_a_number_taken_back_goes_behind_the_next_of_its_own_line() -> None:
    with hall_of({"1": {"services": ["SB01"]}, "2": {"services": ["YB01"]}}) as (hub, clock):
        tickets.issue(hub, DESK, "SB01")
        mine = calls.call_next(hub, DESK, "1")
        assert mine
        for _n in range(5):
            clock.forward(60)
            tickets.issue(hub, DESK, "YB01")
        for _n in range(5):
            clock.forward(60)
            tickets.issue(hub, DESK, "SB01")
        calls.pass_(hub, DESK, "1")
        back = tickets.take_back(hub, DESK, mine.id)
        assert place_of(hub.hall, hub.read(), back, hub.now()).ahead == hub.hall.tickets.returned_after


def test_an_appointment_before_its_time_counts_whom_it_will_find() -> None:
    with hall_of({"1": {}}) as (hub, _):
        early = hub.hall.tickets.appointment_early_min * 60
        mine = tickets.issue(hub, DESK, "SB01", slot=hub.now() + early + 1800, appointment="B1")
        tickets.issue(hub, DESK, "SB01")
        assert place_of(hub.hall, hub.read(), mine, hub.now()).ahead == 1


def test_with_no_counter_open_the_line_is_that_of_the_counters_that_might() -> None:
    with hall_of({"1": {"services": ["SB01"]}, "2": {"services": ["YB01"]}}) as (hub, _):
        for id in ("1", "2"):
            counters.close_counter(hub, DESK, id)
        for service in ("SB01", "YB01", "YB01"):
            tickets.issue(hub, DESK, service)
        mine = tickets.issue(hub, DESK, "SB01")
        place = place_of(hub.hall, hub.read(), mine, hub.now())
        assert (place.ahead, place.wait) == (1, None)


def test_an_appointment_before_its_time_hides_nobody_behind_it() -> None:
    with hall_of({"1": {}}) as (hub, clock):
        due = tickets.issue(hub, DESK, "SB01", slot=hub.now(), appointment="B1")
        calls.call_next(hub, DESK, "1")
        calls.pass_(hub, DESK, "1")
        early = hub.hall.tickets.appointment_early_min * 60
        clock.forward(1200)
        back = tickets.take_back(hub, DESK, due.id)
        later = tickets.issue(hub, DESK, "SB01", slot=hub.now() + early + 60, appointment="B2")
        hub.store.turn(
            lambda turn: turn.conn.execute("UPDATE tickets SET rank = ? WHERE id = ?", (back.rank - 1, later.id)),
            lambda last: last,
        )
        called = calls.call_next(hub, DESK, "1")
        assert called is not None and called.id == back.id


def shown(hub: Hub) -> dict[str, Any]:
    """The live page."""
    return hall_view(hub, Health(lambda *_: None, hub.now))


def idle(hub: Hub) -> list[str]:
    return [alert["zh"] for alert in shown(hub)["alerts"] if alert["kind"] == "idle"]


def test_the_live_page_looks_past_an_appointment_before_its_time() -> None:
    """Behind it somebody may be called: that is who is next, and for whom the counter stands idle."""
    with hall_of({"1": {}}) as (hub, clock):
        early = hub.hall.tickets.appointment_early_min * 60
        due = tickets.issue(hub, DESK, "SB01", slot=hub.now(), appointment="B1")
        later = tickets.issue(hub, DESK, "SB01", slot=hub.now() + early + 3600, appointment="B2")
        hub.store.turn(
            lambda turn: turn.conn.execute("UPDATE tickets SET rank = ? WHERE id = ?", (due.rank - 1, later.id)),
            lambda last: last,
        )
        clock.forward(180)
        assert [card["next"]["id"] for card in shown(hub)["counters"] if card["next"]] == [due.id]
        assert idle(hub) == ["1号窗口空闲3分钟未叫号，有1人等候可由它办理：请提醒叫号。"]
        calls.call_next(hub, DESK, "1")
        calls.finish(hub, DESK, "1", outcome="done")
        clock.forward(180)
        assert idle(hub) == [] and not any(card["next"] for card in shown(hub)["counters"])
        clock.forward(3600 - 360 + early)
        assert idle(hub) == []  # its slot begins: from now on it waits
        clock.forward(180)
        assert [card["next"]["id"] for card in shown(hub)["counters"] if card["next"]] == [later.id]
        assert idle(hub)


def test_the_live_page_looks_past_one_who_was_raised_to_whom_a_counter_helps() -> None:
    """Who has just come and goes first is helped later than who has waited behind it all the time."""
    tables = {"1": {"services": ["YB01"]}, "2": {"services": ["SB01"], "helps": "all", "help_after_min": 10}}
    with hall_of(tables) as (hub, clock):
        behind = tickets.issue(hub, DESK, "YB01")
        clock.forward(780)
        raised = tickets.raise_(hub, DESK, tickets.issue(hub, DESK, "YB01").id, "老年人")
        nexts = {card["id"]: card["next"]["id"] for card in shown(hub)["counters"] if card["next"]}
        assert nexts == {"1": raised.id, "2": behind.id}
        assert any("2号窗口空闲" in said for said in idle(hub))
        called = calls.call_next(hub, DESK, "2")
        assert called is not None and called.id == behind.id


@given(st.dictionaries(st.sampled_from("ABCDE"), st.integers(1, 40), min_size=1), st.integers(0, 90))
def test_those_ahead_are_made_up_as_the_whole_line_is(people: dict[str, int], ahead: int) -> None:
    line = [service for service, n in sorted(people.items()) for _ in range(n)]
    assert made_up(people, ahead) == [line[(n * len(line)) // ahead] for n in range(ahead)]
