"""Which reports the hub must make by itself now.

Pure: the clock, what was made and where the hall began come as arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from config import Hall
from server.domain import worktime
from server.reports import period as periods
from server.reports.period import Period

FURTHEST_BACK = 370
"""Reports that ended more than so many days ago are not made up: a year of other systems' visits that were imported
is not sent to anybody.
"""
AHEAD_S = 86400.0
"""A report that bears a time later than now by more than this was made by a clock that ran ahead."""
MAILED_WITHIN = 35
"""Reports that ended more than so many days ago are made up, but not mailed."""


def due(hall: Hall, now: float, first_day: str | None, made: Mapping[str, float]) -> list[Period]:
    """The reports to be made now, the oldest first, each once.

    `now`: epoch seconds; `first_day`: service day of the first visit, None before it; `made`: period -> when its newest
    snapshot was made. One that was made `ahead` of now does not count.
    """
    if first_day is None:
        return []
    today = worktime.service_day(hall, now)
    first = max(date.fromisoformat(first_day), today - timedelta(days=FURTHEST_BACK))
    found = [*_since(periods.week_of(first), today), *_since(periods.month(first.year, first.month), today)]
    due_now = [
        p
        for p in found
        if (at := due_at(hall, p)) is not None and at <= now and (p.id not in made or ahead(made[p.id], now))
    ]
    return sorted(due_now, key=lambda p: (p.last, p.first))


def _since(period: Period | None, today: date) -> Iterator[Period]:
    """A period and those after it, as far as they are over."""
    while period and period.last < today:
        yield period
        period = periods.following(period)


def due_at(hall: Hall, period: Period) -> float | None:
    """When a week's or month's report is to be made, epoch seconds; None for never.

    Not before its last service day is over.
    """
    settings = hall.report
    if period.kind == "week" and settings.weekly_at is not None:
        return _not_before(hall, period, period.first + timedelta(days=6 + settings.weekly_on), settings.weekly_at)
    if period.kind == "month" and settings.monthly_at is not None:
        return _not_before(hall, period, period.last + timedelta(days=1), settings.monthly_at)
    return None


def _not_before(hall: Hall, period: Period, day: date, at: time) -> float:
    return max(datetime.combine(day, at, hall.zone).timestamp(), worktime.day_span(hall, period.last)[1])


def ahead(made_at: float, now: float) -> bool:
    """Whether a snapshot bears a time that has not come."""
    return made_at > now + AHEAD_S


def mailed(period: Period, today: date) -> bool:
    """Whether a report is new enough to be mailed by itself."""
    return (today - period.last).days <= MAILED_WITHIN
