"""容缺: near its limit the hub asks for a reminder, past it the application lapses by itself, and its case with it."""

from __future__ import annotations

from typing import Any

import pytest

from server.store import journal
from server.verbs import calls, cases, counters, records, tickets
from server.verbs.cases import Case
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock

FREE = Who(By("08"), "operator")


@pytest.fixture
def owing(hub: Hub) -> Hub:
    """BJ…-001, accepted on Monday 23 November with 照片 to follow within ten working days: by Monday 7 December."""
    tick(hub)
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    calls.call_next(hub, By("08"), "1")
    values = {"received": ["身份证"], "owed": ["照片"], "platform": "QZ-2026-000123", "delivery": "window"}
    cases.finish(hub, FREE, "1", "受理待办", [], Case(values))
    return hub


def states(hub: Hub) -> list[str]:
    return [record.state for record in hub.read().records_opened("case") + hub.read().records_opened("owing")]


def days(hub: Hub, clock: HandClock, count: int) -> None:
    for _ in range(count):
        clock.forward(86400)
        tick(hub)


def test_what_is_owed_and_does_not_come_lapses_by_itself_the_day_after_with_a_reminder_before(
    owing: Hub, clock: HandClock
) -> None:
    days(owing, clock, 9)  # Wednesday 2 December: three days left
    assert states(owing) == ["accepted", "owed"]
    days(owing, clock, 1)
    assert states(owing) == ["accepted", "soon"], "two of ten days left: somebody has to be reminded"
    days(owing, clock, 4)  # Monday 7 December, the last day
    assert states(owing) == ["accepted", "soon"]
    days(owing, clock, 1)
    assert states(owing) == ["lapsed", "lapsed"]
    case, paper = (owing.read().records_opened(key)[0] for key in ("case", "owing"))
    assert [step.actor for step in paper.moves] == ["08", "hub", "hub"] and case.moves[-1].actor == "hub"
    assert case.kind == "void" and owing.read().due_of(paper.id) is None
    seq = owing.seq
    tick(owing)
    owing.timed_on = ""  # as after a start
    tick(owing)
    assert owing.seq == seq, "what was made once is not made again"
    assert journal.verify(owing.read().conn) == []


def test_what_was_brought_or_reminded_of_is_left_alone(owing: Hub, clock: HandClock) -> None:
    (paper,) = owing.read().records_opened("owing")
    records.move(owing, FREE, paper.id, "remind", {})
    days(owing, clock, 11)
    assert states(owing) == ["accepted", "reminded"], "no reminder after the reminder"
    records.move(owing, FREE, paper.id, "bring", {})
    days(owing, clock, 30)
    assert states(owing) == ["accepted", "brought"]


def test_a_case_that_is_decided_or_over_does_not_lapse(owing: Hub, clock: HandClock) -> None:
    (case,) = owing.read().records_opened("case")
    decided: dict[str, Any] = {"result": "granted", "no_licence": "none_for_it"}
    records.move(owing, FREE, case.id, "decide", decided)
    days(owing, clock, 20)
    assert states(owing) == ["ready", "lapsed"]


def test_a_hub_that_was_off_makes_up_for_it_at_its_start(owing: Hub, clock: HandClock) -> None:
    for _ in range(20):
        clock.forward(86400)
        owing.now()
    assert records.timed(owing) == 1
    assert states(owing) == ["lapsed", "lapsed"], "it is past its limit: no reminder is asked for any more"


def test_a_manager_who_lets_it_lapse_earlier_takes_the_case_with_it(owing: Hub) -> None:
    (paper,) = owing.read().records_opened("owing")
    records.move(owing, Who(By("50"), "manager"), paper.id, "lapse", {})
    assert states(owing) == ["lapsed", "lapsed"]
