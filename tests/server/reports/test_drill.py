"""From a figure to its visits: the number of visits behind a figure is the figure, of the total and of every row of
every cut.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from server.domain.rules import Refused
from server.reports import period
from server.reports.definitions import FIGURES
from server.reports.drill import Drilled, DrillError, drill, found_in
from server.reports.figures.gathering import Gathered, gather
from server.reports.figures.ways import COUNTS, COUNTS_OF_LEGS, CUTS, WAYS, said, way_of
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

SERVICES = ("SB01", "MZ01", "JY01", "LQ01")


@pytest.fixture
def history(hub: Hub, clock: HandClock) -> Hub:
    """Two days of everything, by the hub's own verbs."""
    chance = random.Random(5)
    for _ in range(2):
        for counter in ("1", "2"):
            counters.open_counter(hub, By(f"s{counter}"), counter, staff=f"s{counter}")
        for _ in range(140):
            clock.forward(chance.choice((20, 60, 240)))
            counter = chance.choice(("1", "2"))
            try:
                _something(hub, chance, counter)
            except Refused:
                continue
        clock.forward(24 * 3600 - 140 * 60)
        tick(hub)
    return hub


def _something(hub: Hub, chance: random.Random, counter: str) -> None:
    at, who = hub.read().at_counter(counter), f"s{counter}"
    if at is None or chance.random() < 0.35:
        tickets.issue(hub, By("kiosk"), chance.choice(SERVICES), channel=chance.choice(("kiosk", "desk")))
        if at is None:
            calls.call_next(hub, By(who), counter)
    elif at.state == "called":
        deed = chance.choice(("start", "start", "pass", "recall"))
        {"start": calls.start, "pass": calls.pass_, "recall": calls.recall}[deed](hub, By(who), counter)
    elif chance.random() < 0.2:
        tickets.transfer(hub, By(who), at.id, service=chance.choice(SERVICES), reason="事项不符", held_by=counter)
    else:
        calls.finish(hub, By(who), counter, chance.choice(("现场办结", "受理待办", "咨询")))


def both(hub: Hub) -> tuple[dict[str, Any], Gathered]:
    asked, past = period.parse("2026-W48"), History(hub.read().conn)
    return report(hub.hall, asked, past, hub.now(), compare=False), gather(hub.hall, asked, past, hub.now())


def test_as_many_visits_as_the_figure_says(history: Hub) -> None:
    told, found = both(history)
    compared = 0
    for figure in COUNTS:
        assert found_in(history.hall, found, figure).rows == said(told, figure, "", ""), figure
        for cut in ("service", "category", "klass", "channel", "hour", "weekday", "day"):
            for row in told["cuts"][cut]:
                assert found_in(history.hall, found, figure, cut, str(row["key"])).rows == said(
                    told, figure, cut, str(row["key"])
                ), (figure, cut, row["key"])
                compared += 1
    assert compared > 200 and told["total"]["transferred"]["numerator"] > 3 and told["total"]["passed"] > 3


def test_counters_and_staff_lead_to_the_visits_of_their_legs(history: Hub) -> None:
    told, found = both(history)
    for figure in COUNTS_OF_LEGS:
        for cut in ("counter", "staff"):
            for row in told["cuts"][cut]:
                drilled = found_in(history.hall, found, figure, cut, row["key"] or "")
                assert drilled.rows == said(told, figure, cut, row["key"] or ""), (figure, cut, row["key"])
                assert len(drilled.tickets) <= drilled.rows  # a visit passed twice at one counter is one visit


def test_every_figure_that_counts_visits_leads_to_them() -> None:
    without = {figure.id for figure in FIGURES if way_of(figure.id) is None}
    assert without == {
        "pickup_wait",
        "open_time",
        "pause_time",
        "long_pauses",
        "busy_time",
        "utilisation",
        "idle",
        "demand_load",
        "tidal_time",
        "general_share",
        "general_gap",
        "seat_overload",
        "per_thousand",
        "per_counter",
    }


def test_one_day_of_a_long_period_is_read_alone(history: Hub) -> None:
    past, read = History(history.read().conn), []
    legs = past.legs
    past.legs = lambda day, columns: (read.append(day), legs(day, columns))[1]  # type: ignore[method-assign]
    monday = drill(history.hall, period.parse("2026"), past, history.now(), "arrivals", "day", "2026-11-23")
    assert read == ["2026-11-23"] and len(monday.tickets) > 20
    assert drill(
        history.hall, period.parse("2026-W48"), past, history.now(), "arrivals", "day", "2026-11-30"
    ) == Drilled([], 0)


def test_the_longest_come_first(history: Hub) -> None:
    told, found = both(history)
    longest = found_in(history.hall, found, "office_wait").tickets
    assert longest[0] == (told["long_waits"]["called"]["listed"] or [{"ticket": longest[0]}])[0]["ticket"]
    waits = dict(zip(found.counted.visits.ticket.tolist(), found.counted.visits.office_wait.tolist(), strict=True))
    spans = [waits[ticket] for ticket in longest]
    assert spans == sorted(spans, reverse=True) and len(spans) > 20
    assert len(set(longest)) == len(longest)


def test_a_key_that_nobody_has_leads_to_nobody(hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    _, found = both(hub)
    led = {
        (figure, cut): found_in(hub.hall, found, figure, cut, "no such key").tickets
        for figure in WAYS
        for cut in ("", *CUTS)
    }
    assert {way for way, given in led.items() if given} == {("arrivals", ""), ("open", "")}


def test_mistakes_are_sentences(hub: Hub) -> None:
    _, found = both(hub)
    with pytest.raises(DrillError, match="“waiting”没有明细：有 arrivals、finished"):
        found_in(hub.hall, found, "waiting")
    with pytest.raises(DrillError, match="没有“room”这种分项：有 service"):
        found_in(hub.hall, found, "arrivals", "room", "1")
