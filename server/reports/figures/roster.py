"""考勤 of a period: how each duty was kept, summed by member of staff.

Pure; a duty is judged by `server.domain.attendance`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from config import Hall
from server.domain import attendance
from server.domain import events as ev
from server.domain.attendance import Kept, Pause, Presence
from server.reports.figures.groups import ratio
from server.reports.figures.hours import Hours

Told = tuple[float, ev.Event]


def kept(
    hall: Hall,
    hours: Hours,
    posts: Sequence[Told],
    shifts: Iterable[dict[str, Any]],
    presences: Iterable[Presence],
    pauses: Iterable[Pause],
    now: float,
) -> list[tuple[str, Kept]]:
    """(day, how it was kept) of every duty that began before `now`."""
    versions = attendance.versions(posts, max(now, hours.base + hours.end / 1000))
    words: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for shift in shifts:
        words[shift["day"]].append(shift)
    there, breaks = _by_place(hours, presences), _by_place(hours, pauses)
    found = []
    for day in hours.service_days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()
        changes = [
            attendance.Change(s["post"], s["staff"], midnight + s["start"] * 60, midnight + s["end"] * 60)
            for s in words[day.isoformat()]
        ]
        opened, extra = hours.on_duty(day)
        for duty in attendance.duties(versions, opened, changes, extra):
            if duty.start < now:
                place = (day.toordinal(), duty.counter)
                people = hall.people
                judged = attendance.judge(
                    duty, there[place], breaks[place], now, people.late_min * 60, people.absent_min * 60
                )
                found.append((day.isoformat(), judged))
    return found


def _by_place(hours: Hours, spans: Iterable[Any]) -> defaultdict[tuple[int, str], list[Any]]:
    """Presences or pauses by the local date and counter they touch."""
    found: defaultdict[tuple[int, str], list[Any]] = defaultdict(list)
    for span in spans:
        first, last = (datetime.fromtimestamp(at, hours.hall.zone).date() for at in (span.start, span.end))
        day = max(first, hours.first)
        while day <= min(last, hours.last):
            found[day.toordinal(), span.counter].append(span)
            day += timedelta(days=1)
    return found


def attendance_rows(duties: Sequence[tuple[str, Kept]], names: dict[str, str]) -> dict[str, Any]:
    """{"total", "staff": rows, "unmanned": the longest stretches}; seconds, shares with their numbers."""
    people: dict[str, list[Kept]] = defaultdict(list)
    for _, duty in duties:
        people[duty.duty.staff].append(duty)
    unmanned = sorted(
        ((day, k) for day, k in duties if k.absent or k.unmanned >= 60), key=lambda pair: -pair[1].unmanned
    )
    return {
        "total": _sum([k for _, k in duties]),
        "staff": [{"staff": staff, "name": names.get(staff, staff), **_sum(people[staff])} for staff in sorted(people)],
        "unmanned": [
            {
                "day": day,
                "counter": k.duty.counter,
                "post": k.duty.post,
                "staff": k.duty.staff,
                "name": names.get(k.duty.staff, k.duty.staff),
                "start": k.duty.start,
                "end": k.duty.end,
                "unmanned_s": round(k.unmanned, 1),
                "absent": k.absent,
            }
            for day, k in unmanned[:50]
        ],
    }


def _sum(duties: Sequence[Kept]) -> dict[str, Any]:
    absent = sum(k.absent for k in duties)
    length = sum(k.length for k in duties)
    return {
        "duties": len(duties),
        "attended": ratio(len(duties) - absent, len(duties)),
        "late": sum(k.late > 0 for k in duties),
        "early": sum(k.early > 0 for k in duties),
        "absent": absent,
        "at_post": ratio(round(sum(k.own for k in duties), 1), round(length, 1)),
        "unmanned_s": round(sum(k.unmanned for k in duties), 1),
        "b_s": round(sum(k.b for k in duties), 1),
        "paused_s": round(sum(k.paused for k in duties), 1),
    }
