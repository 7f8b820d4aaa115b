"""What a counter did on a day: each number once, by what became of it here; hours without the pauses."""

from __future__ import annotations

import config
from server.domain import day_close
from server.verbs import calls, counters, papers, tickets
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock


def facts(hub: Hub, counter: str = "1") -> dict[str, object]:
    job = papers.day_close(hub, papers.Asker(By("08"), ["p80"]), counter)
    return job.facts


def test_a_day_at_a_counter(hub: Hub, clock: HandClock) -> None:
    for service in ("SB01", "MZ04", "SB02", "SB03"):
        tickets.issue(hub, By("kiosk"), service)
    counters.open_counter(hub, By("08"), "1", staff="08")
    for outcome in ("现场办结", "受理待办"):
        clock.forward(60)
        calls.call_next(hub, By("08"), "1")
        calls.start(hub, By("08"), "1")
        calls.finish(hub, By("08"), "1", outcome)
    tickets.undo(hub, By("08"))
    calls.finish(hub, By("08"), "1", "现场办结")
    calls.call_next(hub, By("08"), "1")
    calls.pass_(hub, By("08"), "1")
    counters.pause(hub, By("08"), "1", "午餐")
    clock.forward(600)
    counters.resume(hub, By("08"), "1")
    calls.call_next(hub, By("08"), "1")
    tickets.transfer(hub, By("08"), None, reason="事项不符", service="YB01", held_by="1")
    clock.forward(30)
    seq, before = hub.seq, hub.read().head()[2]
    assert facts(hub) == {
        "counter": "1号窗口",
        "counter_en": "Counter 1",
        "day": "2026-11-23",
        "staff": ["08"],
        "arrivals": 4,
        "finished": 2,
        "passed": 1,
        "others": 1,
        "first": "A001",
        "last": "A003",
        "open_s": 150.0,
        "pause_s": 600.0,
        "opened": "09:00",
        "closed": "09:12",
        "outcomes": {"现场办结": 2},
        "head": f"{seq} {before[:8]}",
    }


def test_a_number_that_came_back_counts_once_by_its_end(hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08"), "1")
    calls.pass_(hub, By("08"), "1")
    calls.call(hub, By("08"), "1", ticket.id)
    calls.finish(hub, By("08"), "1", "咨询")
    found = facts(hub)
    assert (found["arrivals"], found["finished"], found["passed"], found["others"]) == (1, 1, 0, 0)


def test_a_counter_where_nobody_sat(hall: config.Hall) -> None:
    found = day_close.facts(hall, "2", [], {}, "2026-11-23", MONDAY_9)
    assert (found["arrivals"], found["first"], found["opened"], found["closed"], found["open_s"]) == (
        0,
        "",
        "",
        "09:00",
        0.0,
    )
