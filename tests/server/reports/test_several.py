"""Numbers for several items of random days, each figure against a plain loop from the words of its definition."""

from __future__ import annotations

from random import Random
from statistics import median_low
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import config
from server.reports import period
from server.reports.definitions import PACKAGE_FIGURES
from server.reports.figures.several import several
from server.reports.forms import registers
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.agendas import several as wished
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

HALL = config.load(config.ROOT / "config.toml")


def plainly(rows: list[dict[str, Any]]) -> dict[str, Any]:
    taken = finished = one_visit = items = saved = 0
    spans = []
    for row in rows:
        taken += 1
        if row["state"] == "finished":
            finished += 1
            saved += row["saved"]
            spans.append(row["ended"] - row["issued"])
            good = True
            for outcome in row["outcomes"]:
                items += outcome != ""
                good = good and outcome in ("done", "accepted", "collected")
            one_visit += good
    return {
        "taken": taken,
        "finished": finished,
        "one_visit": (one_visit, finished),
        "items": (items, finished),
        "saved": saved,
        "mean": round(sum(spans) / len(spans), 1) if spans else None,
        "median": float(median_low(sorted(spans))) if spans else None,
    }


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "taken": row["package_taken"],
        "finished": row["package_finished"],
        "one_visit": (row["package_one_visit"]["numerator"], row["package_one_visit"]["denominator"]),
        "items": (row["package_items"]["numerator"], row["package_items"]["denominator"]),
        "saved": row["package_saved"],
        "mean": row["package_time"]["mean"],
        "median": row["package_time"]["median"],
    }


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_every_figure_is_what_its_words_say(seed: int, n: int) -> None:
    chance = Random(seed)
    rows = []
    for _ in range(n):
        state = chance.choice(["finished", "finished", "waiting", "left", "expired", "serving"])
        issued = float(chance.randint(0, 40000))
        outcomes = [
            chance.choice(["", "done", "accepted", "refused", "collected"]) for _ in range(chance.randint(1, 5))
        ]
        rows.append(
            {
                "package": chance.choice(["birth", "moving", "gone for good", ""]),
                "outcomes": outcomes,
                "saved": chance.randint(0, 4),
                "state": state,
                "issued": issued,
                "ended": issued + chance.randint(0, 9000) if state in ("finished", "left", "expired") else None,
            }
        )
    made = several(HALL, rows)
    assert told(made["total"]) == plainly(rows)
    assert {row["key"] for row in made["package"]} == {row["package"] for row in rows}
    for row in made["package"]:
        assert told(row) == plainly([one for one in rows if one["package"] == row["key"]])
        assert set(row) - {"key", "name", "name_en"} == set(made["total"]) == {one.id for one in PACKAGE_FIGURES}


def test_a_day_of_the_hall_and_its_table(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    wish = wished(hub.hall, "birth")
    tickets.issue(hub, By("K1"), wish.items[0], several=wish)
    tickets.issue(hub, By("K1"), "SB03", several=wished(hub.hall, items=["SB03", "YB01"]))
    tickets.issue(hub, By("K1"), "SB01")
    clock.forward(600)
    calls.call_next(hub, By("08"), "1")
    clock.forward(300)
    calls.finish(hub, By("08"), "1", "现场办结")
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now(), compare=False)["packages"]
    (birth, chosen) = made["package"]
    assert (birth["name"], chosen["name"], chosen["package_finished"]) == ("新生儿出生一件事", "自选多项", 0)
    assert (birth["package_time"]["mean"], birth["package_items"]["share"], birth["package_saved"]) == (900.0, 3.0, 2)
    sheet = registers._packages(made)[0]
    assert [row[0].zh for row in sheet.rows] == ["合计", "新生儿出生一件事", "自选多项"]
    assert registers._packages({**made, "package": []}) == registers._packages(None) == []
