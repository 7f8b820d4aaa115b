"""When the hall is open: service days, opening intervals, the length of a wait in office hours, ISO weeks. Pure.

The calendar is data (config.toml's `hours` and the calendar file). A year without a row in the calendar file is said to
be unknown: Monday to Friday then stand in, and reports say so (workdays.md).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config import Hall, HoursTable

CLOSING_KINDS = frozenset({"法定节假日", "临时闭厅", "周末"})
OPENING_KINDS = frozenset({"调休上班", "工作日", "延时服务"})


def service_day(hall: Hall, at: float) -> date:
    """The service day an instant (epoch seconds) belongs to: local date, the day beginning at `day_starts`."""
    local = datetime.fromtimestamp(at, hall.zone)
    return local.date() if local.time() >= hall.hall.day_starts else local.date() - timedelta(days=1)


def has_calendar(hall: Hall, year: int) -> bool:
    """Whether the calendar file knows anything of a year."""
    return any(day.year == year for day in hall.days)


def is_working_day(hall: Hall, day: date) -> bool:
    """Legal working day: the calendar's word, else Monday to Friday. A closed hall (临时闭厅) changes nothing here."""
    row = hall.days.get(day)
    if row and row.kind in ("法定节假日", "周末"):
        return False
    return True if row and row.kind in ("调休上班", "工作日") else day.isoweekday() <= 5


def add_working_days(hall: Hall, start: date, days: int) -> date:
    """The day `days` working days after `start`, counting from the next working day (行政许可法 art. 82)."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(hall, day)
    return day


def _in_season(row: HoursTable, day: date) -> bool:
    today = f"{day:%m-%d}"
    return row.from_ <= today <= row.to if row.from_ <= row.to else today >= row.from_ or today <= row.to


def _row(hall: Hall, day: date, weekday: int) -> HoursTable | None:
    rows = [r for r in hall.hours if weekday in r.days and _in_season(r, day)]
    return rows[-1] if rows else None


def opening(hall: Hall, day: date) -> list[tuple[float, float]]:
    """Opening intervals of a local date, epoch seconds; empty when the hall is closed that day."""
    known = hall.days.get(day)
    if known and known.kind in CLOSING_KINDS:
        return []
    row = _row(hall, day, day.isoweekday())
    if row is None and known and known.kind in OPENING_KINDS:
        row = _row(hall, day, 1)
    if row is None:
        return []
    midnight = datetime(day.year, day.month, day.day, tzinfo=hall.zone)
    return [((midnight + timedelta(minutes=a)).timestamp(), (midnight + timedelta(minutes=b)).timestamp()) for a, b in row.open]


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from one to another, inclusive."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


class OfficeHours:
    """Open time over a span of local dates, quick for tens of thousands of questions.

    A table of the opening intervals' edges with the open seconds up to each; a question is two bisections.
    """

    def __init__(self, hall: Hall, first: date, last: date) -> None:
        self.days = list(days_between(first, last))
        self.service_days = [d for d in self.days if opening(hall, d)]
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._before: list[float] = []
        total = 0.0
        for day in self.days:
            for start, end in opening(hall, day):
                self._starts.append(start)
                self._ends.append(end)
                self._before.append(total)
                total += end - start

    def until(self, at: float) -> float:
        """Open seconds from the first date to an instant."""
        i = bisect_right(self._starts, at) - 1
        return self._before[i] + min(at, self._ends[i]) - self._starts[i] if i >= 0 else 0.0

    def between(self, start: float, end: float) -> float:
        """Length of [start, end] inside the opening intervals, seconds."""
        return self.until(end) - self.until(start) if end > start else 0.0


@dataclass(frozen=True)
class Door:
    """Whether kiosks issue now. `resumes` is the next moment at which counters open, epoch seconds, if known."""

    issuing: bool
    open_now: bool
    resumes: float | None


def door(hall: Hall, now: float) -> Door:
    """Kiosks issue from a little before the day's first opening to a little before its last closing, lunch included."""
    today = datetime.fromtimestamp(now, hall.zone).date()
    intervals = opening(hall, today)
    begin = intervals[0][0] - hall.tickets.issue_before_open_min * 60 if intervals else 0.0
    whole_day = bool(intervals) and intervals[-1][1] - intervals[0][0] >= 86400
    end = intervals[-1][1] - (0 if whole_day else hall.tickets.stop_before_close_min * 60) if intervals else 0.0
    inside = any(a <= now < b for a, b in intervals)
    issuing = hall.tickets.outside_hours == "issue" or (bool(intervals) and begin <= now < end)
    return Door(issuing, inside, None if inside else next_opening(hall, now))


def next_opening(hall: Hall, now: float) -> float | None:
    """The next moment at which the hall opens, within a month."""
    today = datetime.fromtimestamp(now, hall.zone).date()
    starts = (a for d in days_between(today, today + timedelta(days=31)) for a, _ in opening(hall, d))
    return next((a for a in starts if a > now), None)


def week_days(year: int, week: int) -> tuple[date, date]:
    """Monday and Sunday of an ISO week. Raises ValueError for a week that does not exist."""
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
