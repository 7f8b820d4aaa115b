"""Spans of time that a report is about: a day, an ISO week, a month, a quarter, a year, any range; and what each is
compared with. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config import Told
from intake.signs import identifier

Kind = Literal["day", "week", "month", "quarter", "year", "range"]
LONGEST = 3 * 366
"""Days of the longest range."""


class PeriodError(Told):
    """The reader's error: no such period, in one sentence."""


@dataclass(frozen=True)
class Period:
    """Service days from `first` to `last`, inclusive.

    `id` is how it is written: 2026-W47, 2026-11-25, 2026-11, 2026-Q4, 2026, a..b.
    """

    kind: Kind
    id: str
    first: date
    last: date


def parse(text: str) -> Period:
    """A period from how it is written. Raises PeriodError."""
    text = identifier(text)
    for kind, pattern in _FORMS.items():
        match = re.fullmatch(pattern, text, re.ASCII)
        if match:
            try:
                found = _MAKE[kind](*match.groups())
                if found.first.year >= 1970 and found.last.year < 3000:
                    return found
                raise ValueError(text)
            except (ValueError, OverflowError):
                raise PeriodError(
                    f"没有“{text}”这段时间：请另选。", f"There is no '{text}': choose another one."
                ) from None
    raise PeriodError(
        f"“{text}”不是时间段：请写成 2026-W47、2026-11-25、2026-11、2026-Q4、2026 或 2026-11-01..2026-11-25。",
        f"'{text}' is no period: write it like 2026-W47, 2026-11-25, 2026-11, 2026-Q4, 2026 or 2026-11-01..2026-11-25.",
    )


def day(of: date) -> Period:
    return Period("day", of.isoformat(), of, of)


def week(year: int, number: int) -> Period:
    """An ISO week; around 1 January its year is not the calendar's. Raises ValueError where there is none."""
    if not 1 <= year <= 9998:
        raise ValueError(year)
    return Period(
        "week",
        f"{year:04d}-W{number:02d}",
        date.fromisocalendar(year, number, 1),
        date.fromisocalendar(year, number, 7),
    )


def week_of(of: date) -> Period:
    year, number, _ = of.isocalendar()
    return week(year, number)


def month(year: int, number: int) -> Period:
    return Period("month", f"{year:04d}-{number:02d}", date(year, number, 1), _end_of_month(year, number))


def quarter(year: int, number: int) -> Period:
    return Period("quarter", f"{year:04d}-Q{number}", date(year, 3 * number - 2, 1), _end_of_month(year, 3 * number))


def year(number: int) -> Period:
    return Period("year", f"{number:04d}", date(number, 1, 1), date(number, 12, 31))


def span(first: date, last: date) -> Period:
    if not 0 <= (last - first).days < LONGEST:
        raise ValueError(last)
    return Period("range", f"{first.isoformat()}..{last.isoformat()}", first, last)


def previous(period: Period) -> Period | None:
    """环比: the day, ISO week, month, quarter, year, or as long a range, before this one."""
    try:
        before = period.first - timedelta(days=1)
        if period.kind == "week":
            return week_of(before)
        if period.kind == "month":
            return month(before.year, before.month)
        if period.kind == "quarter":
            return quarter(before.year, (before.month + 2) // 3)
        if period.kind == "year":
            return year(before.year)
        return day(before) if period.kind == "day" else span(before - (period.last - period.first), before)
    except (ValueError, OverflowError):
        return None


def following(period: Period) -> Period | None:
    """The day, ISO week, month, quarter, year, or as long a range, after this one."""
    try:
        after = period.last + timedelta(days=1)
        if period.kind == "week":
            return week_of(after)
        if period.kind == "month":
            return month(after.year, after.month)
        if period.kind == "quarter":
            return quarter(after.year, (after.month + 2) // 3)
        if period.kind == "year":
            return year(after.year)
        return day(after) if period.kind == "day" else span(after, after + (period.last - period.first))
    except (ValueError, OverflowError):
        return None


def last_year(period: Period) -> Period | None:
    """同比: the same ISO week number (for a day, its weekday too), month, quarter or year of last year; None where
    there is none (week 53).
    """
    try:
        iso_year, number, weekday = period.first.isocalendar()
        if period.kind == "week":
            return week(iso_year - 1, number)
        if period.kind == "day":
            return day(date.fromisocalendar(iso_year - 1, number, weekday))
        before = period.first.year - 1
        if period.kind == "month":
            return month(before, period.first.month)
        if period.kind == "quarter":
            return quarter(before, (period.first.month + 2) // 3)
        return (
            year(before) if period.kind == "year" else span(_a_year_before(period.first), _a_year_before(period.last))
        )
    except (ValueError, OverflowError):
        return None


def _a_year_before(of: date) -> date:
    return date(of.year - 1, of.month, min(of.day, _end_of_month(of.year - 1, of.month).day))


def _end_of_month(year_: int, number: int) -> date:
    following = date(year_ + number // 12, number % 12 + 1, 1)
    return following - timedelta(days=1)


_FORMS: dict[Kind, str] = {
    "week": r"(\d{4})-W(\d{2})",
    "day": r"(\d{4}-\d{2}-\d{2})",
    "month": r"(\d{4})-(\d{2})",
    "quarter": r"(\d{4})-Q([1-4])",
    "year": r"(\d{4})",
    "range": r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})",
}
_MAKE: dict[Kind, Callable[..., Period]] = {
    "week": lambda y, w: week(int(y), int(w)),
    "day": lambda d: day(date.fromisoformat(d)),
    "month": lambda y, m: month(int(y), int(m)),
    "quarter": lambda y, q: quarter(int(y), int(q)),
    "year": lambda y: year(int(y)),
    "range": lambda a, b: span(date.fromisoformat(a), date.fromisoformat(b)),
}
