"""What a counter did on a day: each number once, by what became of it here; hours without the pauses."""

from __future__ import annotations

import config
from server.domain import day_close
from server.verbs import papers
from server.verbs.hub import Hub
from tests.conftest import MONDAY_9, HandClock


def facts(hub: Hub, counter: str = "1") -> dict[str, object]:
    job = papers.day_close(hub, papers.Asker("08", ["p80"]), counter)
    return job.facts


def test_a_day_at_a_counter(hub: Hub, clock: HandClock) -> None:
    for service in ("SB01", "MZ04", "SB02", "SB03"):
        hub.issue(service)
    hub.open_counter("1", staff="08", actor="08")
    for outcome in ("现场办结", "受理待办"):
        clock.forward(60)
        hub.call_next("1", actor="08")
        hub.start("1", actor="08")
        hub.finish("1", outcome, actor="08")
    hub.undo(actor="08")
    hub.finish("1", "现场办结", actor="08")
    hub.call_next("1", actor="08")
    hub.pass_("1", actor="08")
    hub.pause("1", "午餐", actor="08")
    clock.forward(600)
    hub.resume("1", actor="08")
    hub.call_next("1", actor="08")
    hub.transfer(None, reason="事项不符", service="YB01", held_by="1", actor="08")
    clock.forward(30)
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
    }


def test_a_number_that_came_back_counts_once_by_its_end(hub: Hub) -> None:
    ticket = hub.issue("SB01")
    hub.open_counter("1", staff="08", actor="08")
    hub.call_next("1", actor="08")
    hub.pass_("1", actor="08")
    hub.call("1", ticket.id, actor="08")
    hub.finish("1", "咨询", actor="08")
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
