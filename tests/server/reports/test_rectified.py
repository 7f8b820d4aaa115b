"""差评整改 held against a slow, obvious count made from the words of docs/figures.md: day by day, step by step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from server.domain.deadline import WorkingDays
from server.domain.register import Record, Step
from server.domain.worktime import is_working_day
from server.reports.figures.groups import ratio
from server.reports.figures.rectified import Span, rectification

HALL = config.load()
DAY = 86400.0
MONDAY = date(2026, 9, 7)
"""The holidays of October lie behind it."""
PLAIN = date(2026, 11, 2)


def at(day: date, hour: float = 0.0) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=HALL.zone).timestamp() + hour * 3600


def day_of(moment: float) -> date:
    return datetime.fromtimestamp(moment, HALL.zone).date()


def record(n: int, steps: list[Step]) -> Record:
    return Record(
        id=n,
        register="bad_rating",
        version=1,
        number=f"CP{n}",
        state=steps[-1].state,
        kind="open",
        ticket=n,
        service="SB01",
        owner="hub",
        opened_at=steps[0].at,
        changed_at=steps[-1].at,
        moves=tuple(steps),
    )


def life(chance: Random, n: int) -> Record:
    """Any life that the register allows, at any pace."""
    moment = at(MONDAY + timedelta(days=chance.randint(0, 40)), chance.uniform(9, 17))
    steps: list[Step] = []

    def step(move: str, state: str, **terms: Any) -> None:
        nonlocal moment
        steps.append(Step(moment, move, state, "50", terms))
        moment += chance.choice([600, 3000, 3600, 4000, DAY, 5 * DAY, 14 * DAY, 16 * DAY])

    step("open", "verifying")
    for move, state, chances in (
        ("contact", "verifying", 0.7),
        ("claim_unfounded", "reviewing", 0.3),
        ("valid", "valid", 0.9),
        ("start", "rectifying", 0.9),
    ):
        if chance.random() > chances:
            continue
        if move == "claim_unfounded":
            step(move, state)
            if chance.random() < 0.5:
                step("unfounded", "unfounded")
                return record(n, steps)
            step("refute", "valid", rectify=[10, "working"])
            continue
        if move == "valid" and any(one.move == "refute" for one in steps):
            continue
        step(move, state, **({"rectify": [10, "working"]} if move == "valid" else {}))
    if not any(one.move in ("valid", "refute") for one in steps):
        return record(n, steps)
    if chance.random() < 0.3:
        step("extend", "rectifying", rectify=chance.randint(1, 5))
    if chance.random() < 0.2:
        step("appeal", "appealed")
        step("uphold", "unfounded")
        return record(n, steps)
    if chance.random() < 0.7:
        step("rectified", "rectified")
        if chance.random() < 0.7:
            step("call_back", "called_back")
    return record(n, steps)


def due_of(found: date, days: int) -> date:
    """Walks the calendar, a day at a time."""
    while days:
        found += timedelta(days=1)
        days -= is_working_day(HALL, found)
    return found


def counted(records: list[Record], first: date, last: date, now: float) -> dict[str, Any]:
    start, end = at(first), min(now, at(last) + DAY)
    today = min(last, day_of(now))
    n = dict.fromkeys(
        ("received", "contacted", "unfounded", "valid", "mended", "due", "on_time", "done", "back", "over"), 0
    )
    for one in records:
        seen = [step for step in one.moves if step.at < end]
        if not seen:
            continue
        when = {}
        for step in seen:
            when.setdefault(step.move, step.at)
        refuted = "unfounded" in [step.state for step in seen]
        came = start <= when["open"]
        n["received"] += came
        n["contacted"] += came and when.get("contact", 1e12) - when["open"] <= 3600
        n["unfounded"] += any(step.state == "unfounded" and step.at >= start for step in seen)
        found = when.get("valid", when.get("refute"))
        if found is None or refuted:
            continue
        extra = sum(step.terms["rectify"] for step in seen if step.move == "extend")
        due = due_of(day_of(found), 10 + extra)
        mended = when.get("rectified")
        if found >= start:
            n["valid"] += 1
            n["mended"] += mended is not None
        if first <= due <= today:
            n["due"] += 1
            n["on_time"] += mended is not None and day_of(mended) <= due
        if mended is not None and mended >= start:
            n["done"] += 1
            n["back"] += "call_back" in when
        n["over"] += mended is None and due < today
    return {
        "received": n["received"],
        "contacted": ratio(n["contacted"], n["received"]),
        "unfounded": n["unfounded"],
        "valid": n["valid"],
        "rectified": ratio(n["mended"], n["valid"]),
        "on_time": ratio(n["on_time"], n["due"]),
        "called_back": ratio(n["back"], n["done"]),
        "overdue": n["over"],
    }


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_every_figure_of_made_up_records(seed: int, n: int) -> None:
    chance = Random(seed)
    made = [life(chance, i) for i in range(n)]
    first = MONDAY + timedelta(days=7 * chance.randint(0, 8))
    last = first + timedelta(days=chance.choice([6, 27]))
    now = at(first, chance.choice([30, 100, 24 * 60]))
    span = Span(at(first), min(now, at(last) + DAY), first, min(last, day_of(now)))
    assert rectification(made, WorkingDays.of(HALL), day_of, span) == counted(made, first, last, now)


@pytest.mark.parametrize(("days_later", "in_time"), [(14, 1), (15, 0)])
def test_ten_working_days_are_two_weeks_without_a_holiday(days_later: int, in_time: int) -> None:
    found = at(PLAIN, 10)
    one = record(
        1,
        [
            Step(found, "open", "verifying", "hub", {}),
            Step(found, "valid", "valid", "50", {"rectify": [10, "working"]}),
            Step(found + days_later * DAY, "rectified", "rectified", "09", {}),
        ],
    )
    last = PLAIN + timedelta(days=27)
    told = rectification([one], WorkingDays.of(HALL), day_of, Span(at(PLAIN), at(last) + DAY, PLAIN, last))
    assert told["on_time"] == ratio(in_time, 1) and told["rectified"] == ratio(1, 1)
