"""最少窗口: a week's counters as `server/foresight/week.py` foresees them, and how many a manager wants at least.
Fetches what is decided from, and records what was saved.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from config import Hall
from server.domain import events as ev
from server.domain.alerts import Least
from server.domain.rules import Refused
from server.foresight import week
from server.foresight.week import GroupPlan, Judged, midnight, monday_of
from server.store.reader import Reader
from server.verbs.hub import By, Hub


def plan(hall: Hall, reader: Reader, monday: date, today: date) -> list[GroupPlan]:
    """The week that begins on `monday`, by the days that were over before it, and before `today`."""
    first, last = week.learnt_from(monday, today)
    legs = reader.first_legs(first.isoformat(), last.isoformat())
    return week.plan(hall, legs, least_of(reader, monday), monday, today)


def judged(hall: Hall, reader: Reader, monday: date, until: float) -> Judged | None:
    """How near it was what was foreseen of a week, on its days that are over at a moment."""
    first, last = week.learnt_from(monday, monday)
    sunday = monday + timedelta(days=6)
    start, end = midnight(hall, monday), min(until, midnight(hall, sunday + timedelta(days=1)))
    return week.judged(
        hall,
        reader.first_legs(first.isoformat(), last.isoformat()),
        reader.first_legs(monday.isoformat(), sunday.isoformat()),
        open_spans(reader, start, end),
        monday,
        until,
    )


def open_spans(reader: Reader, start: float, end: float) -> dict[str, list[tuple[float, float]]]:
    """When each counter was open and not paused between two moments, epoch seconds."""
    rows = sorted(row for name in week.SITTING for row in reader.events_between(name, start - 86400, end))
    return week.open_spans([(row.at, row.event, row.counter or "") for row in rows], start, end)


def today_of(hub: Hub) -> date:
    return datetime.fromtimestamp(hub.now(), hub.hall.zone).date()


def default_week(hub: Hub) -> date:
    """Next week's Monday."""
    return monday_of(today_of(hub)) + timedelta(days=7)


# --- the least that a manager wants -----------------------------------------------------------------------------------


def set_least(hub: Hub, by: By, monday: date, least: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
    """Save a week's least manning: counters joined by commas -> day -> minute -> counters. What was foreseen and
    advised is kept beside it, so that both can be judged.
    """
    reader, rows = hub.read(), []
    for group in plan(hub.hall, reader, monday, today_of(hub)):
        name = ",".join(group.counters)
        for day in group.days:
            wished = least.get(name, {}).get(day.day.isoformat(), {})
            for half in day.halves:
                many = wished.get(str(half.minute), half.advised if half.least is None else half.least)
                if not 0 <= many <= len(group.counters):
                    raise Refused(
                        f"{day.day}最少窗口要在0到{len(group.counters)}之间：请改写。",
                        f"{day.day}: at least 0 to {len(group.counters)} counters, please.",
                    )
                row = (day.day.isoformat(), name, half.minute, half.low, half.mean, half.high, half.advised, many)
                rows.append(row)
    if not rows:
        raise Refused(
            "这一周还没有预测：数据太少，或大厅不开放。",
            "Nothing is foreseen of this week: too little is known, or it is closed.",
        )
    event = ev.ManningSet(monday=monday.isoformat(), rows=tuple(rows))
    hub.turn(lambda turn: turn.record(event, by.actor))


@lru_cache(8)
def _rows(data: str) -> tuple[str, tuple[tuple[str, str, int, int, float, int, int, int], ...]]:
    read = json.loads(data)
    return read["monday"], tuple(tuple(row) for row in read["rows"])


def saved_rows(reader: Reader, monday: date) -> tuple[tuple[str, str, int, int, float, int, int, int], ...]:
    """What was saved last of a week (`ev.ManningSet.rows`); nothing where nothing was."""
    until = datetime(monday.year, monday.month, monday.day, tzinfo=UTC).timestamp() + 9 * 86400
    for row in reversed(reader.events_between("ManningSet", until - 60 * 86400, until)):
        week, rows = _rows(row.data)
        if week == monday.isoformat():
            return rows
    return ()


def least_of(reader: Reader, monday: date) -> dict[tuple[str, str], dict[int, int]]:
    """(day, counters) -> minute -> the least that was saved."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for day, name, minute, *_, many in saved_rows(reader, monday):
        found[day, name][minute] = many
    return found


def least_now(hall: Hall, reader: Reader, now: float) -> list[Least]:
    """What a manager wants at least in this half hour."""
    at = datetime.fromtimestamp(now, hall.zone)
    minute = (at.hour * 60 + at.minute) // 30 * 30
    since = midnight(hall, at.date()) + minute * 60
    today = at.date().isoformat()
    rows = saved_rows(reader, monday_of(at.date()))
    return [
        Least(tuple(name.split(",")), many, since)
        for day, name, begins, *_, many in rows
        if day == today and begins == minute and many
    ]
