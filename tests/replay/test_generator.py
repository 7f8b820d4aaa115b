from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

import config
from replay import generator
from server.domain.visit import outcome
from server.domain.worktime import day_span
from server.reports import recorded_day

HALL = config.load()
MONDAY = date(2026, 11, 23)


def test_the_same_seed_is_the_same_day_and_another_is_not() -> None:
    assert generator.day(HALL, MONDAY, 1) == generator.day(HALL, MONDAY, 1)
    assert generator.day(HALL, MONDAY, 1) != generator.day(HALL, MONDAY, 2)
    assert generator.day(HALL, MONDAY, 1) != generator.day(HALL, date(2026, 11, 24), 1)


def test_a_closed_day_has_no_events() -> None:
    assert generator.day(HALL, date(2026, 10, 1), 1) == []


@pytest.mark.parametrize("seed", range(5))
def test_every_day_is_a_valid_recording_within_the_day(seed: int) -> None:
    events = generator.day(HALL, MONDAY, seed, arrivals=250, counters=("1", "2", "3"))
    assert recorded_day.parse(recorded_day.written(events, HALL.zone), "d.csv", HALL.zone)[1].lines == []
    assert sum(e.event == "arrive" for e in events) == 250


def test_a_day_has_everything_in_it() -> None:
    events = generator.day(HALL, MONDAY, 5, arrivals=260)
    classes = Counter(outcome(v) for v in generator.visits(HALL, events, day_span(HALL, MONDAY)[1]))
    assert set(classes) >= {"F", "P", "X"}
    assert classes["F"] > 130
    assert {e.klass for e in events if e.event == "arrive"} == {"ordinary", "green"}
    assert len({e.service for e in events if e.event == "arrive"}) > 15
