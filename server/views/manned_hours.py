"""窗口在岗与缺员 of a month: who sat at each counter for how long, and when fewer were manned than the hall wants."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config import Hall
from server.domain import attendance, closures, half_days, manned, worktime
from server.domain.attendance import Span, length, within
from server.domain.self_check import least_of
from server.foresight.week import midnight, monday_of
from server.store.reader import Reader
from server.verbs import manning
from server.verbs.half_days import month_named
from server.verbs.hub import Hub
from server.verbs.people import SITTING

HALF_HOUR_S = 1800.0


def staffing_view(hub: Hub, name: str) -> dict[str, Any]:
    """A month such as 2026-11, until now; minutes are whole, and rounded down at the end alone."""
    reader, hall, now = hub.read(), hub.hall, hub.now()
    days = sorted({one.day for one in half_days.month_halves(*month_named(name))})
    opening = _opening(hall, reader, days, now)
    presences = _presences(reader, midnight(hall, days[0]), min(now, midnight(hall, days[-1]) + 86400))
    names = reader.names()
    sat: dict[str, list[Span]] = {counter: [] for counter in hall.counters}
    by: dict[str, dict[str, float]] = {counter: {} for counter in hall.counters}
    for one in presences:
        if one.counter not in sat:
            continue
        inside = half_days.inside(opening, [(one.start, one.end)])
        sat[one.counter].append((one.start, one.end))
        by[one.counter][one.staff] = by[one.counter].get(one.staff, 0.0) + inside
    wanted = [
        manned.Wanted(midnight(hall, day) + start * 60, midnight(hall, day) + end * 60, many)
        for day in days
        for start, end, many in least_of(hall.place.least_manned)
    ]
    groups = [
        (counters, manned.short({one: sat[one] for one in counters if one in sat}, opening, least))
        for counters, least in _of_the_weeks(hall, reader, days).items()
    ]
    whole = manned.short(sat, opening, wanted)
    long, lacking = manned.together(whole, [one for _, several in groups for one in several])
    short = sorted(
        [(one, ()) for one in whole] + [(one, counters) for counters, several in groups for one in several],
        key=lambda pair: (pair[0].start, pair[1]),
    )
    every = length(opening)
    return {
        "month": name,
        "watched": bool(hall.place.least_manned or groups),
        "open_minutes": int(every // 60),
        "counters": [
            {
                "id": counter,
                **hall.counter_name(counter).json("name"),
                "minutes": int(half_days.inside(opening, spans) // 60),
                "share": half_days.inside(opening, spans) / every if every else None,
                "people": [
                    {"staff": {"id": staff, "name": names.get(staff, staff)}, "minutes": int(seconds // 60)}
                    for staff, seconds in sorted(by[counter].items(), key=lambda pair: -pair[1])
                    if seconds >= 60
                ],
            }
            for counter, spans in sat.items()
        ],
        "short": [_span(hall, one, counters) for one, counters in short if one.end - one.start >= 60],
        "short_minutes": int(long // 60),
        "lacking_minutes": int(lacking // 60),
    }


def _opening(hall: Hall, reader: Reader, days: list[date], now: float) -> list[Span]:
    """The opening hours of some days so far, without what was closed."""
    start, end = midnight(hall, days[0]), midnight(hall, days[-1]) + 86400
    shut = sorted(row for name in closures.EVENTS for row in reader.events_between(name, start - 86400, min(now, end)))
    closed = closures.closures(hall, ((row.at, row.happened()) for row in shut))
    every = [span for day in days for span in closures.without(worktime.opening(hall, day), closed)]
    return within(every, start, min(now, end))


def _presences(reader: Reader, start: float, until: float) -> list[attendance.Presence]:
    if until <= start:
        return []
    rows = sorted(row for name in SITTING for row in reader.events_between(name, start - 86400, until))
    return attendance.sittings(((row.at, row.happened()) for row in rows), until)[0]


def _of_the_weeks(hall: Hall, reader: Reader, days: list[date]) -> dict[tuple[str, ...], list[manned.Wanted]]:
    """最少窗口 as it was saved for the weeks of some days: the counters of a line -> how many of them, when."""
    found: dict[tuple[str, ...], list[manned.Wanted]] = {}
    for monday in sorted({monday_of(day) for day in days}):
        for (day, name), halves in manning.least_of(reader, monday).items():
            on = date.fromisoformat(day)
            for minute, many in halves.items() if days[0] <= on <= days[-1] else ():
                start = midnight(hall, on) + minute * 60
                wanted = manned.Wanted(start, start + HALF_HOUR_S, many)
                found.setdefault(tuple(name.split(",")), []).append(wanted)
    return found


def _span(hall: Hall, one: manned.Short, counters: tuple[str, ...]) -> dict[str, Any]:
    start, end = (datetime.fromtimestamp(at, hall.zone) for at in (one.start, one.end))
    return {
        "day": start.date().isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "minutes": int((one.end - one.start) // 60),
        "there": one.there,
        "wanted": one.wanted,
        "counters": [hall.counter_name(counter).json("name") for counter in counters],
    }
