"""Spans of time that a report is about: a day, an ISO week, a month, a quarter, a year, any range; and what each is
compared with. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config import Text, Told
from intake.signs import identifier

Kind = Literal["day", "week", "month", "quarter", "year", "range"]
TREND = 8
"""Weeks of the trend."""
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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


def around(of: date) -> dict[str, Period]:
    """The day, ISO week, month, quarter and year in which a day lies, by their kinds."""
    return {
        "day": day(of),
        "week": week_of(of),
        "month": month(of.year, of.month),
        "quarter": quarter(of.year, (of.month + 2) // 3),
        "year": year(of.year),
    }


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


def trend(period: Period) -> list[Period]:
    """The ISO weeks up to the end of a period, the oldest first: eight, or fewer at the beginning of time."""
    weeks: list[Period] = []
    week: Period | None = week_of(period.last)
    while week and len(weeks) < TREND:
        weeks.insert(0, week)
        week = previous(week)
    return weeks


def read(period: Period) -> list[Period]:
    """All that a report of a period is counted from, each once: itself, what it is compared with, the trend."""
    compared = [other for other in (previous(period), last_year(period)) if other]
    return list({one.id: one for one in (period, *compared, *trend(period))}.values())


def covered(some: Iterable[Period]) -> list[tuple[date, date]]:
    """The days of some periods as spans that do not overlap, in order."""
    spans: list[tuple[date, date]] = []
    for one in sorted(some, key=lambda period: period.first):
        if spans and one.first <= spans[-1][1] + timedelta(days=1):
            spans[-1] = (spans[-1][0], max(spans[-1][1], one.last))
        else:
            spans.append((one.first, one.last))
    return spans


def called(period: Period) -> Text:
    """What people call it: 2026年第47周（11月16–22日）."""
    first, last = period.first, period.last
    days, days_en = _days(first, last)
    match period.kind:
        case "day":
            return Text(
                f"{first.year}年{days}（周{'一二三四五六日'[first.weekday()]}）",
                f"{WEEKDAYS[first.weekday()]}, {days_en} {first.year}",
            )
        case "week":
            year_, number, _ = first.isocalendar()
            return Text(f"{year_}年第{number}周（{days}）", f"Week {number} of {year_} ({days_en})")
        case "month":
            return Text(f"{first.year}年{first.month}月", f"{MONTHS[first.month - 1]} {first.year}")
        case "quarter":
            number = (first.month + 2) // 3
            return Text(f"{first.year}年第{number}季度", f"Quarter {number} of {first.year}")
        case "year":
            return Text(f"{first.year}年", f"{first.year}")
    return Text(
        f"{first.year}年{first.month}月{first.day}日–{last.year}年{last.month}月{last.day}日",
        f"{first.day} {MONTHS[first.month - 1]} {first.year} – {last.day} {MONTHS[last.month - 1]} {last.year}",
    )


def short(period: Period) -> Text:
    """The same where there is little room and the year is plain: 第47周."""
    zh, en = called(period)
    if period.kind == "week":
        number = period.first.isocalendar().week
        return Text(f"第{number}周", f"Week {number}")
    return Text(zh.split("（")[0], en)


def _days(first: date, last: date) -> Text:
    """11月16–22日; with the years where they differ."""
    one, one_en = f"{first.month}月{first.day}日", f"{first.day} {MONTHS[first.month - 1]}"
    if first == last:
        return Text(one, one_en)
    if (first.year, first.month) == (last.year, last.month):
        return Text(f"{first.month}月{first.day}–{last.day}日", f"{first.day}–{last.day} {MONTHS[first.month - 1]}")
    other, other_en = f"{last.month}月{last.day}日", f"{last.day} {MONTHS[last.month - 1]}"
    if first.year == last.year:
        return Text(f"{one}–{other}", f"{one_en} – {other_en}")
    return Text(f"{first.year}年{one}–{last.year}年{other}", f"{one_en} {first.year} – {other_en} {last.year}")


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
