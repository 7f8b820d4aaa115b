"""环比 and 同比: the total of a period beside another's. Pure.

Counts and lengths of counters' time are per service day, because periods differ in days; means, medians and rates are
compared as they are. A change is in per cent, of rates in percentage points; no arrow when n < 10 on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from config import Hall
from server.reports.definitions import FIGURES
from server.reports.figures.gathering import Gathered

LEAST = 10
"""No arrow below so many on either side."""
Total = dict[str, Any]


def compared(hall: Hall, now: Gathered, total: Total, then: Gathered, before: Total) -> dict[str, Any]:
    """The total of `now` beside that of `then`.

    `holidays_differ`: the days do not lie alike, so that the change may be theirs.
    """
    days = (len(now.hours.service_days), len(then.hours.service_days))
    marks = [_marks(hall, found) for found in (now, then)]
    return {
        "period": then.period.id,
        "first_day": then.period.first.isoformat(),
        "last_day": then.period.last.isoformat(),
        "service_days": days[1],
        "holidays_differ": marks[0] != marks[1],
        "holidays": marks[1],
        "changes": [
            change
            for figure in FIGURES
            if figure.total
            for change in _changes(figure.id, figure.kind, total[figure.id], before[figure.id], days)
        ],
    }


def _marks(hall: Hall, found: Gathered) -> list[list[Any]]:
    """[place in the period, kind] of every day of which the calendar says something special."""

    def kind(day: date) -> str | None:
        entry = hall.days.get(day)
        return entry.kind if entry and entry.kind not in ("工作日", "周末") else None

    return [[n, kind(day)] for n, day in enumerate(found.hours.days) if kind(day)]


def _changes(id_: str, kind: str, now: Any, then: Any, days: tuple[int, int]) -> Iterator[dict[str, Any]]:
    if kind in ("mix", "spans"):
        return
    if kind == "ratio":
        yield _change(id_, "share", now["share"], then["share"], (now["denominator"], then["denominator"]), points=True)
    elif kind == "spread":
        for part in ("mean", "median", "p90"):
            yield _change(id_, part, now[part], then[part], (now["n"], then["n"]))
    elif kind == "count" or id_ in ("open_time", "pause_time", "busy_time", "tidal_time", "seat_overload"):
        n = (now, then) if kind == "count" else (LEAST, LEAST)
        yield _change(id_, "per_service_day", _per_day(now, days[0]), _per_day(then, days[1]), n)
    elif id_.startswith("per_"):
        yield _change(id_, "per_service_day", _per_day(now, days[0]), _per_day(then, days[1]), (LEAST, LEAST))
    else:
        yield _change(id_, "value", now, then, (LEAST, LEAST))


def _per_day(value: float | None, days: int) -> float | None:
    return None if value is None or not days else round(value / days, 4)


def _change(
    id_: str, part: str, now: float | None, then: float | None, n: tuple[float, float], *, points: bool = False
) -> dict[str, Any]:
    change = None
    if now is not None and then is not None:
        change = round((now - then) * 100, 2) if points else round((now - then) / then * 100, 1) if then else None
    arrow = None if change is None or min(n) < LEAST else "up" if change > 0 else "down" if change < 0 else "same"
    return {
        "figure": id_,
        "part": part,
        "now": now,
        "then": then,
        "change": change,
        "unit": "points" if points else "percent",
        "arrow": arrow,
    }
