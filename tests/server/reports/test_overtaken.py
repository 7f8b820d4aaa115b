"""What remote numbers cost those in the hall: random days against a plain loop from the words of the definitions."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.reports import period
from server.reports.definitions import REMOTE_FIGURES
from server.reports.figures.overtaken import overtaken
from server.reports.forms import registers
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock


def plainly(rows: list[dict[str, Any]]) -> dict[str, Any]:
    arrived, first, added = 0, set(), []
    for walk_in in rows:
        if walk_in["channel"] in ("kiosk", "desk") and walk_in["entered"] is not None:
            minutes, passed = 0.0, False
            for n, remote in enumerate(rows):
                same = (remote["day"], remote["service"]) == (walk_in["day"], walk_in["service"])
                if remote["channel"] != "remote" or remote["entered"] is None or remote["called"] is None or not same:
                    continue
                came_later = remote["entered"] > walk_in["entered"]
                gone = walk_in["called"] if walk_in["called"] is not None else walk_in["ended"]
                still_waited = gone is None or gone > remote["called"]
                if came_later and still_waited:
                    passed = True
                    first.add(n)
                    minutes += 0 if remote["ended"] is None else max(0.0, remote["ended"] - remote["called"])
            if passed:
                added.append(minutes)
    arrived = sum(row["channel"] == "remote" and row["entered"] is not None for row in rows)
    return {
        "arrived": arrived,
        "first": len(first),
        "passed": len(added),
        "mean": round(sum(added) / len(added), 1) if added else None,
    }


@given(st.integers(0, 2**32), st.integers(0, 40))
def test_every_figure_is_what_its_words_say(seed: int, n: int) -> None:
    chance = Random(seed)
    rows = []
    for _ in range(n):
        entered = None if chance.random() < 0.1 else float(chance.randint(0, 200))
        called = None if chance.random() < 0.3 else (entered or 0.0) + chance.randint(0, 100)
        ended = None if chance.random() < 0.2 else (called or entered or 0.0) + chance.randint(0, 50)
        rows.append(
            {
                "day": chance.choice(["2026-11-23", "2026-11-24"]),
                "service": chance.choice(["SB01", "MZ01"]),
                "channel": chance.choice(["kiosk", "desk", "remote", "remote", "appointment"]),
                "entered": entered,
                "called": called,
                "ended": ended,
            }
        )
    made, plain = overtaken(rows)["total"], plainly(rows)
    assert {
        "arrived": made["remote_arrived"],
        "first": made["remote_first"],
        "passed": made["remote_passed"],
        "mean": made["remote_added"]["mean"],
    } == plain
    assert {*made} == {one.id for one in REMOTE_FIGURES}


def test_of_the_real_hub_nobody_is_passed_but_by_a_raised_number(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    clock.forward(60)
    sofa = tickets.issue(hub, By("visitor"), "SB01", channel="remote", paper=False)
    tickets.raise_(hub, By("50"), sofa.id, reason="老弱病残孕")
    first = calls.call_next(hub, By("08"), "1")
    assert first and first.id == sofa.id
    clock.forward(300)
    calls.finish(hub, By("08"), "1", "现场办结")
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now(), compare=False)
    total = made["remote"]["total"]
    assert (total["remote_arrived"], total["remote_first"], total["remote_passed"]) == (1, 1, 2)
    assert total["remote_added"]["mean"] == 300.0
    assert "remote" in {sheet.id for sheet in registers.visitors(made)}
