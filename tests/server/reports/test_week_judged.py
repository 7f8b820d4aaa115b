"""The week's counters judged: random weeks against plain loops from the words of the definitions."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from server.domain import worktime
from server.foresight import week
from server.reports.definitions import FORESEEN_FIGURES
from server.reports.figures.week_judged import foreseen
from server.reports.forms import registers

HALL = config.load(config.ROOT / "config.toml")
MONDAY = date(2026, 11, 23)
SERVICES = ("SB01", "YB01", "MZ01")


def legs(chance: Random, first: date, days: int, most: int) -> list[week.Leg]:
    found: list[week.Leg] = []
    for n in range(days):
        day = first + timedelta(days=n)
        for begins, ends in worktime.opening(HALL, day):
            for _ in range(chance.randint(0, most)):
                came = chance.uniform(begins, ends)
                found.append((day.isoformat(), chance.choice(SERVICES), "ordinary", came, came + 60, came + 400))
    return found


def sat(chance: Random) -> list[week.Sat]:
    """Counters that open, pause and close on the days of the week, some of them at odd moments."""
    found: list[week.Sat] = []
    for counter in list(HALL.counters)[:3]:
        for n in range(5):
            at = week.midnight(HALL, MONDAY + timedelta(days=n)) + chance.randint(8 * 60, 10 * 60) * 60
            for event in ("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed"):
                found.append((float(at), event, counter))
                at += chance.randint(5, 200) * 60
    return sorted(found)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32))
def test_a_week_is_judged_as_the_definitions_say(seed: int) -> None:
    chance = Random(seed)
    first, last = week.learnt_from(MONDAY, MONDAY)
    before = legs(chance, MONDAY - timedelta(days=21), 21, 8)
    those = legs(chance, MONDAY, 7, 8)
    assert first < MONDAY - timedelta(days=21) and last == MONDAY - timedelta(days=1)
    until = week.midnight(HALL, MONDAY + timedelta(days=3)) + 9 * 3600  # Monday to Wednesday are over
    said = sat(chance)
    spans = week.open_spans(said, week.midnight(HALL, MONDAY), until)
    made = foreseen(week.judged(HALL, before, those, spans, MONDAY, until))

    halves = inside = fewer = came_in_all = 0
    off = advised = had = people = 0.0
    for group in week.plan(HALL, before, {}, MONDAY, MONDAY):
        mine = next(services for counters, services in week.groups(HALL) if counters == group.counters)
        for day in group.days[:3]:
            people += day.total[1]
            for half in day.halves:
                start = week.midnight(HALL, day.day) + half.minute * 60
                came = sum(s in mine and start <= at < start + 1800 for _, s, _, at, _, _ in those)
                minutes = 0
                for counter in group.counters:
                    for m in range(30):  # every span begins and ends on a whole minute
                        words = [e for at, e, c in said if c == counter and at <= start + m * 60]
                        minutes += bool(words) and words[-1] in ("CounterOpened", "CounterResumed")
                halves, came_in_all = halves + 1, came_in_all + came
                inside += half.low <= came <= half.high
                off += abs(came - half.mean)
                advised, had = advised + half.advised / 2, had + minutes / 60
                fewer += minutes / 30 < half.advised - 0.5
    total = made["total"]
    assert set(total) == {one.id for one in FORESEEN_FIGURES}
    assert (total["foreseen_halves"], total["foreseen_people"]) == (halves, round(people))
    assert total["foreseen_came"] == sum(d < "2026-11-26" for d, *_ in those)
    assert (total["foreseen_inside"]["numerator"], total["fewer_open"]["numerator"]) == (inside, fewer)
    assert total["foreseen_off"]["numerator"] == pytest.approx(off, abs=0.06)
    assert total["foreseen_off"]["denominator"] == came_in_all
    assert (total["advised_hours"], total["open_hours"]) == pytest.approx((advised, had), abs=0.06)
    assert [one["day"] for one in made["days"]] == ["2026-11-23", "2026-11-24", "2026-11-25"]


def test_the_sheets_say_it_and_older_reports_have_none() -> None:
    judged = week.Judged(((MONDAY, 80.4, 101.2, 120.0, 97),), 16, 12, 19.4, 97, 30.0, 28.5, 2)
    made: dict[str, Any] = foreseen(judged)
    days, total = registers._foreseen(made)
    assert [str(cell) for cell in days.rows[0]][1:] == ["80", "101", "120", "97"]
    assert [str(row[1]) for row in total.rows] == ["16", "101", "97", "75.0 %", "20.0 %", "30", "28.5", "12.5 %"]
    assert registers._foreseen(None) == registers._foreseen(foreseen(None)) == []
