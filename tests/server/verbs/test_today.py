"""What the manager decides for today, through the real store: who is called, what is refused, what the report says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.rules import Refused
from server.reports import period
from server.reports.report import report
from server.store import journal
from server.store.history import History
from server.verbs import calls, counters, tickets, today
from server.verbs.day import tick
from server.verbs.hub import By, Closed, Hub, Unknown
from tests.conftest import HandClock

DAY = date(2026, 11, 23)


def sit(hub: Hub, *ids: str) -> None:
    for counter in ids:
        counters.open_counter(hub, By(f"0{counter}"), counter, staff=f"0{counter}")


def bind(
    hub: Hub, counter: str, services: list[str] | None, helps: list[str] | None = None, after: int = 0, **more: Any
) -> None:
    today.bind_counter(
        hub,
        By("50", more.pop("key", None)),
        counter,
        services=services,
        helps=helps if helps is not None else [],
        help_after_min=after,
        reason="高峰",
        **more,
    )


def figures_of(hub: Hub) -> dict[str, Any]:
    made = report(hub.hall, period.parse(DAY.isoformat()), History(hub.read().conn), hub.now())
    assert made["identity"]["closes"]
    return made["identity"]  # type: ignore[no-any-return]


def whole(hub: Hub) -> bool:
    return journal.verify(hub.read().conn) == []


# --- counters ---------------------------------------------------------------------------------------------------------


def test_a_rebound_counter_calls_others_from_its_next_call_on(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    first, second = tickets.issue(hub, By("kiosk"), "SB01"), tickets.issue(hub, By("kiosk"), "MZ01")
    bind(hub, "1", ["MZ01"])
    assert calls.call_next(hub, By("01"), "1") == hub.read().ticket(second.id)
    calls.finish(hub, By("01"), "1", "咨询")
    assert calls.call_next(hub, By("01"), "1") is None
    today.unbind_counter(hub, By("50"), "1")
    called = calls.call_next(hub, By("01"), "1")
    assert called is not None and called.id == first.id
    assert whole(hub)


def test_a_rebound_counter_helps_once_somebody_has_waited(hub: Hub, clock: HandClock) -> None:
    sit(hub, "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    bind(hub, "1", ["MZ01"], ["SB01"], 15)
    assert calls.call_next(hub, By("01"), "1") is None
    clock.forward(15 * 60)
    called = calls.call_next(hub, By("01"), "1")
    assert called is not None and called.id == ticket.id


def test_a_pickup_counter_may_take_everything_and_a_general_one_the_pickup(hub: Hub) -> None:
    sit(hub, "1", "5")
    pickup, general = tickets.issue(hub, By("kiosk"), "LQ01"), tickets.issue(hub, By("kiosk"), "SB01")
    with pytest.raises(Refused, match="“领取证照、办理结果\\(领件\\)”就没有窗口办理了"):
        bind(hub, "5", None)
    bind(hub, "1", ["LQ01"])
    bind(hub, "5", None)
    assert calls.call_next(hub, By("05"), "5").id == general.id  # type: ignore[union-attr]
    assert calls.call_next(hub, By("01"), "1").id == pickup.id  # type: ignore[union-attr]


def test_a_binding_outlives_the_one_who_sits_there(hub: Hub) -> None:
    sit(hub, "1")
    bind(hub, "1", ["MZ01"])
    counters.close_counter(hub, By("01"), "1")
    sit(hub, "1")
    assert hub.read().counter("1").bound is not None


@pytest.mark.parametrize(
    ("wish", "error", "words"),
    [
        ({"services": ["SB01"], "reason": " "}, Refused, "原因"),
        ({"services": ["XX99"]}, Unknown, "XX99"),
        ({"services": []}, Refused, "至少选择一项"),
        ({"services": None, "counter": "99"}, Unknown, "99"),
    ],
)
def test_a_binding_that_cannot_be(hub: Hub, wish: dict[str, Any], error: type[Refused], words: str) -> None:
    asked = {"services": None, "helps": [], "help_after_min": 0, "reason": "高峰", **wish}
    with pytest.raises(error, match=words):
        today.bind_counter(hub, By("50"), asked.pop("counter", "1"), **asked)
    assert hub.read().counter("1").bound is None


def test_the_same_press_twice_binds_once(hub: Hub) -> None:
    for _ in range(2):
        bind(hub, "1", ["MZ01"], key="one-press")
    assert [r.event for r in hub.read().journal(0)].count("CounterBound") == 1
    for _ in range(2):
        today.unbind_counter(hub, By("50"), "1")
    assert [r.event for r in hub.read().journal(0)].count("CounterUnbound") == 1


# --- services ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["kiosk", "desk"])
def test_a_closed_service_refuses_everybody_with_its_message(hub: Hub, channel: str) -> None:
    sit(hub, "1")
    before = tickets.issue(hub, By("kiosk"), "YB02")
    today.close_service(hub, By("50"), "YB02", "系统维护，今天停办。", "Closed for maintenance.")
    with pytest.raises(Closed, match="系统维护，今天停办。") as refused:
        tickets.issue(hub, By("kiosk"), "YB02", channel=channel)
    assert refused.value.en == "Closed for maintenance."
    assert tickets.issue(hub, By("kiosk"), "YB01", channel=channel)
    assert calls.call_next(hub, By("01"), "1").id == before.id  # type: ignore[union-attr]
    today.reopen_service(hub, By("50"), "YB02")
    assert tickets.issue(hub, By("kiosk"), "YB02", channel=channel)
    assert whole(hub)


def test_a_closure_is_for_its_day_alone(hub: Hub, clock: HandClock) -> None:
    today.close_service(hub, By("50"), "YB02", "今天停办。")
    today.close_hall(hub, By("50"), "台风。", waiting="serve")
    clock.forward(86400)
    tick(hub)
    assert tickets.issue(hub, By("kiosk"), "YB02")


def test_a_message_is_needed_and_the_service_known(hub: Hub) -> None:
    with pytest.raises(Refused, match="告诉群众"):
        today.close_service(hub, By("50"), "YB02", "  ")
    with pytest.raises(Unknown, match="XX99"):
        today.close_service(hub, By("50"), "XX99", "停办")
    with pytest.raises(Unknown, match="XX99"):
        today.reopen_service(hub, By("50"), "XX99")
    assert hub.read().last_event("ServiceClosed") is None


# --- the hall ---------------------------------------------------------------------------------------------------------


def three_waiting_one_served(hub: Hub) -> None:
    sit(hub, "1", "2")
    for _ in range(5):
        tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("01"), "1")
    calls.call_next(hub, By("02"), "2")
    calls.pass_(hub, By("02"), "2")


@pytest.mark.parametrize("channel", ["kiosk", "desk"])
def test_a_typhoon_with_those_waiting_still_served(hub: Hub, channel: str) -> None:
    three_waiting_one_served(hub)
    assert today.close_hall(hub, By("50"), "台风，停止取号。", "Typhoon.", waiting="serve") == 0
    with pytest.raises(Closed, match="台风，停止取号。"):
        tickets.issue(hub, By("kiosk"), "SB01", channel=channel)
    calls.finish(hub, By("01"), "1", "咨询")
    assert calls.call_next(hub, By("01"), "1")
    assert hub.read().waiting_count() == 2
    assert whole(hub)


def test_a_typhoon_that_sends_those_waiting_home(hub: Hub, clock: HandClock) -> None:
    three_waiting_one_served(hub)
    assert today.close_hall(hub, By("50"), "台风，请改日再来。", waiting="dismiss", people=3) == 3
    assert hub.read().waiting_count() == 0
    calls.finish(hub, By("01"), "1", "咨询")
    row = figures_of(hub)
    assert tuple(row[key] for key in ("arrivals", "finished", "passed", "left", "expired", "open")) == (
        5,
        1,
        1,
        0,
        3,
        0,
    )
    assert whole(hub)
    clock.forward(86400)
    tick(hub)
    assert figures_of(hub)["closes"]


def test_those_who_are_suspended_or_came_back_go_too_and_the_classes_stay_right(hub: Hub) -> None:
    three_waiting_one_served(hub)
    calls.start(hub, By("01"), "1")
    calls.suspend(hub, By("01"), "1", "kept")
    passed = next(t for t in hub.read().passed("2026-11-23", 0))
    tickets.take_back(hub, By("30"), passed.id)
    assert today.close_hall(hub, By("50"), "台风。", waiting="dismiss", people=5) == 5
    row = figures_of(hub)
    assert (row["finished"], row["passed"], row["expired"]) == (1, 1, 3)
    assert whole(hub)


def test_nobody_is_sent_home_unseen(hub: Hub) -> None:
    three_waiting_one_served(hub)
    with pytest.raises(Refused, match="现在有3人等候或挂起，与您填写的2人不符"):
        today.close_hall(hub, By("50"), "台风。", waiting="dismiss", people=2)
    assert hub.read().waiting_count() == 3
    assert hub.read().closures("2026-11-23") == {}


def test_the_same_press_twice_closes_once_and_counts_alike(hub: Hub) -> None:
    three_waiting_one_served(hub)
    ended = [today.close_hall(hub, By("50", "one-press"), "台风。", waiting="dismiss", people=3) for _ in range(2)]
    assert ended == [3, 3]
    assert [r.event for r in hub.read().journal(0)].count("HallClosed") == 1


def test_a_hall_reopens_and_what_ended_stays_so(hub: Hub) -> None:
    three_waiting_one_served(hub)
    today.close_hall(hub, By("50"), "台风。", waiting="dismiss")
    for _ in range(2):
        today.reopen_hall(hub, By("50"))
    assert [r.event for r in hub.read().journal(0)].count("HallReopened") == 1
    assert tickets.issue(hub, By("kiosk"), "SB01").label == "A006"
    assert hub.read().waiting_count() == 1


def test_a_hall_is_closed_with_a_message_and_a_decision(hub: Hub) -> None:
    with pytest.raises(Refused, match="告诉群众"):
        today.close_hall(hub, By("50"), "", waiting="serve")
    with pytest.raises(Refused, match="继续办理还是改日"):
        today.close_hall(hub, By("50"), "台风。", waiting="")
