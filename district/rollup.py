"""Legs of a hall's day -> one row for each service: what a district compares and what crosses the city's edge. Pure.

Definitions are those of docs/figures.md: a visit is counted under the service of its first leg; its wait is from
arrival to first call (Wo), of visits that were called.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from server.domain.leg import Leg

EDGES_S = (
    *(60, 120, 180, 240, 300, 420, 540, 660, 780, 900, 1200, 1500, 1800, 2100, 2400),
    *(2700, 3000, 3600, 4200, 4800, 5400, 7200, 10800),
)
"""Upper edges of the first 23 bins of waits, seconds; the last bin has none."""
BINS = len(EDGES_S) + 1
LONG_S = 1800
"""A wait that is too long: half an hour; one of the edges."""


@dataclass
class Daily:
    """One service of one day of one hall."""

    hall: str
    day: str
    service: str
    visits: int = 0
    finished: int = 0
    passed: int = 0
    away: int = 0
    """Left, or expired."""
    waited: int = 0
    wait_s: float = 0.0
    waits: list[int] = field(default_factory=lambda: [0] * BINS)
    served: int = 0
    service_s: float = 0.0


def monday_of(text: str) -> date:
    """The Monday of the week of a day (ISO). Raises ValueError."""
    day = date.fromisoformat(text)
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[str]:
    """The seven days of a week, ISO."""
    return [str(monday + timedelta(days=n)) for n in range(7)]


@dataclass(frozen=True)
class Weekly:
    """A hall's week, from its Daily rows: what a page of many halls reads of each. `services`, `their_waited` and
    `their_long` (of those with a wait, over LONG_S) are beside each other.
    """

    hall: str
    monday: str
    days: int
    visits: int
    waited: int
    wait_s: float
    waits: list[int]
    services: list[str]
    their_waited: list[int]
    their_long: list[int]

    @property
    def long(self) -> int:
        return sum(self.their_long)


def week(hall: str, monday: str, rows: Sequence[Daily]) -> Weekly:
    """The sum of a hall's Daily rows of one week."""
    services = sorted({row.service for row in rows})
    of = {service: [row for row in rows if row.service == service] for service in services}
    return Weekly(
        hall,
        monday,
        len({row.day for row in rows}),
        sum(row.visits for row in rows),
        sum(row.waited for row in rows),
        sum(row.wait_s for row in rows),
        [sum(column) for column in zip(*(row.waits for row in rows), strict=True)] if rows else [0] * BINS,
        services,
        [sum(row.waited for row in of[service]) for service in services],
        [sum(map(long_of, of[service])) for service in services],
    )


def long_of(row: Daily) -> int:
    """Visits of a row that waited over LONG_S."""
    return sum(row.waits[EDGES_S.index(LONG_S) + 1 :])


def rolled(hall: str, day: str, legs: Iterable[Leg]) -> list[Daily]:
    """By service; `legs` are all of the day, those of one ticket beside each other and in order."""
    found: dict[str, Daily] = {}
    for _, visit in groupby(legs, lambda leg: leg.ticket):
        _count(found, hall, day, list(visit))
    return [found[service] for service in sorted(found)]


def _count(found: dict[str, Daily], hall: str, day: str, visit: Sequence[Leg]) -> None:
    first, last = visit[0], visit[-1]
    row = found.setdefault(first.service, Daily(hall, day, first.service))
    row.visits += 1
    row.finished += last.state == "finished"
    row.passed += last.state == "passed"
    row.away += last.state in ("left", "expired")
    if first.called is not None and first.entered is not None:
        wait = max(0.0, first.called - first.entered)
        row.waited += 1
        row.wait_s += wait
        row.waits[bisect_right(EDGES_S, wait)] += 1
    for leg in visit:
        if leg.started is not None and leg.ended is not None and leg.state in ("finished", "transferred", "handed"):
            row.served += 1
            row.service_s += max(0.0, leg.ended - leg.started - leg.away)


def quantile(waits: Sequence[int], share: float) -> float | None:
    """The wait in seconds that `share` of the visits do not exceed, within its bin by straight line; None: nobody."""
    total = sum(waits)
    if not total:
        return None
    wanted, low, seen = share * total, 0.0, 0
    for n, high in zip(waits, (*EDGES_S, 2 * EDGES_S[-1]), strict=True):
        if n and seen + n >= wanted:
            return low + (high - low) * max(0.0, wanted - seen) / n
        seen, low = seen + n, float(high)
    return float(2 * EDGES_S[-1])
