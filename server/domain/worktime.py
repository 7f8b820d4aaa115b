"""When the hall is open: service days, opening intervals, the length of a wait in office hours, ISO weeks. Pure.

The calendar is data (config.toml's `hours` and the calendar file). A year without a row in the calendar file is said to
be unknown: Monday to Friday but for FIXED then stand in, and reports say so (docs/config.md, "The files it names").
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from config import CalendarDay, Hall, HoursTable

CLOSING_KINDS = frozenset({"法定节假日", "临时闭厅", "周末"})
OPENING_KINDS = frozenset({"调休上班", "工作日", "延时服务"})


FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""(month, day) of the holidays whose dates never move (全国年节及纪念日放假办法, State Council order 795 of 2024,
art. 2): they close a hall whose calendar says nothing of the year."""


def service_day(hall: Hall, at: float) -> date:
    """The service day an instant (epoch seconds) belongs to: local date, the day beginning at `day_starts`."""
    local = datetime.fromtimestamp(at, hall.zone)
    return local.date() if local.time() >= hall.hall.day_starts else local.date() - timedelta(days=1)


def has_calendar(hall: Hall, year: int) -> bool:
    """Whether the calendar file knows anything of a year."""
    return any(day.year == year for day in hall.days)


def years_without_calendar(hall: Hall, first: date, last: date) -> list[int]:
    """The years between two dates of which the calendar file knows nothing: reports and due dates say so."""
    known = {day.year for day in hall.days}
    return [year for year in range(first.year, last.year + 1) if year not in known]


@lru_cache(64)
def day_span(hall: Hall, day: date) -> tuple[float, float]:
    """[start, end) of a service day, epoch seconds."""
    start, end = (datetime.combine(d, hall.hall.day_starts, hall.zone) for d in (day, day + timedelta(days=1)))
    return start.timestamp(), end.timestamp()


def _fixed_holiday(hall: Hall, day: date) -> bool:
    return (day.month, day.day) in FIXED and not has_calendar(hall, day.year)


def is_working_day(hall: Hall, day: date) -> bool:
    """Legal working day: the calendar's word, else Monday to Friday. A closed hall (临时闭厅) changes nothing here."""
    if _fixed_holiday(hall, day):
        return False
    row = hall.days.get(day)
    if row and row.kind in ("法定节假日", "周末"):
        return False
    return True if row and row.kind in ("调休上班", "工作日") else day.isoweekday() <= 5


def _in_season(row: HoursTable, day: date) -> bool:
    today = f"{day:%m-%d}"
    return row.from_ <= today <= row.to if row.from_ <= row.to else today >= row.from_ or today <= row.to


def _row(hall: Hall, day: date, weekday: int) -> HoursTable | None:
    rows = [r for r in hall.hours if weekday in r.days and _in_season(r, day)]
    return rows[-1] if rows else None


def opening(hall: Hall, day: date) -> list[tuple[float, float]]:
    """Opening intervals of a local date, epoch seconds; empty when the hall is closed that day."""
    return [*_opening(hall, day)]


@lru_cache(1024)
def _opening(hall: Hall, day: date) -> tuple[tuple[float, float], ...]:
    known = hall.days.get(day)
    if (known and known.kind in CLOSING_KINDS) or _fixed_holiday(hall, day):
        return ()
    row = _row(hall, day, 1 if known and known.kind == "调休上班" else day.isoweekday())
    if row is None and known and known.kind in OPENING_KINDS:
        row = _row(hall, day, 1)
    if row is None:
        return ()
    midnight = datetime(day.year, day.month, day.day, tzinfo=hall.zone)
    edges = [[(midnight + timedelta(minutes=edge)).timestamp() for edge in interval] for interval in row.open]
    return tuple((start, end) for start, end in edges)


def counting(intervals: Sequence[tuple[float, float]], day: tuple[float, float]) -> list[tuple[float, float]]:
    """The spans of a service day in which waiting counts: opening hours, the last of them open-ended while people
    still wait.

    On a day without hours the whole day counts: whoever is there waits.
    """
    return [*intervals[:-1], (intervals[-1][0], day[1])] if intervals else [day]


def waiting_hours(hall: Hall, at: float) -> list[tuple[float, float]]:
    """`counting` of the service day that an instant belongs to."""
    day = service_day(hall, at)
    return counting(opening(hall, day), day_span(hall, day))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from one to another, inclusive."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


class OfficeHours:
    """Open time over a span of local dates, quick for tens of thousands of questions.

    The open seconds up to an instant are a curve of straight pieces, laid out edge by edge for the dates asked for and
    a day around them; a question is one or two bisections. An interval that reaches further has the rest laid out anew.
    """

    def __init__(self, hall: Hall, first: date, last: date) -> None:
        self.hall, self.first_day, self.last_day = hall, first, last
        self.days = list(days_between(first, last))
        self.service_days = [d for d in self.days if opening(hall, d)]
        around = timedelta(days=1)
        self._begin, self._end = _midnight(hall, first - around), _midnight(hall, last + 2 * around)
        self._edges: list[float] = []
        self._open: list[float] = []
        total = 0.0
        for day in days_between(first - around, last + around):
            for start, end in opening(hall, day):
                self._edges += (start, end)
                self._open += (total, total + end - start)
                total += end - start
        self._edges.append(float("inf"))

    def open_seconds(self, start: float, end: float) -> float:
        """Length of [start, end] inside the opening intervals, seconds; 0 where it ends before it starts."""
        if end <= start:
            return 0.0
        if start < self._begin or end > self._end:
            first, last = (datetime.fromtimestamp(at, self.hall.zone).date() for at in (start, end))
            return OfficeHours(self.hall, first, last).open_seconds(start, end)
        edge = bisect_right(self._edges, start)
        if end <= self._edges[edge]:
            return end - start if edge & 1 else 0.0
        return self._until(end, bisect_right(self._edges, end)) - self._until(start, edge)

    def _until(self, at: float, edge: int) -> float:
        if edge == 0:
            return 0.0
        return self._open[edge - 1] + (at - self._edges[edge - 1] if edge & 1 else 0.0)


def _midnight(hall: Hall, day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()


Reason = Literal["open", "early", "lunch", "before", "closing", "closed", "no_service"]


@dataclass(frozen=True)
class Door:
    """Whether kiosks issue now. `resumes` is the next moment at which counters open, epoch seconds, if known.

    `reason`, issuing: open, early (before the first opening), lunch (between two intervals); not issuing: before (too
    early), closing (shortly before the last closing), closed (after it), no_service (no hours today). `day` is the
    calendar's row of today: the kind and name of a holiday or closure.
    """

    issuing: bool
    open_now: bool
    resumes: float | None
    reason: Reason
    day: CalendarDay | None


def door(hall: Hall, now: float) -> Door:
    """Kiosks issue from a little before the day's first opening to a little before its last closing, lunch included."""
    today = service_day(hall, now)
    reason = _reason(hall, opening(hall, today), now)
    inside = any(start <= now < end for start, end in opening(hall, datetime.fromtimestamp(now, hall.zone).date()))
    resumes = None if inside else next_opening(hall, now)
    return Door(_issuing(hall, reason), inside, resumes, reason, hall.days.get(today))


def issuing(hall: Hall, now: float) -> bool:
    """`door(hall, now).issuing`, and nothing besides: each touch asks for it."""
    return _issuing(hall, _reason(hall, opening(hall, service_day(hall, now)), now))


def _issuing(hall: Hall, reason: Reason) -> bool:
    return hall.tickets.outside_hours == "issue" or reason in ("open", "early", "lunch")


def _reason(hall: Hall, intervals: list[tuple[float, float]], now: float) -> Reason:
    """A hall that never closes within the day (00:00-24:00) issues to its end."""
    if not intervals:
        return "no_service"
    first, last = intervals[0][0], intervals[-1][1]
    if now < first:
        return "early" if now >= first - hall.tickets.issue_before_open_min * 60 else "before"
    if now >= last:
        return "closed"
    if last - first < 86400 and now >= last - hall.tickets.stop_before_close_min * 60:
        return "closing"
    return "open" if any(start <= now < end for start, end in intervals) else "lunch"


def next_opening(hall: Hall, now: float) -> float | None:
    """The next moment at which the hall opens, within a month."""
    today = datetime.fromtimestamp(now, hall.zone).date()
    starts = (a for d in days_between(today, today + timedelta(days=31)) for a, _ in opening(hall, d))
    return next((a for a in starts if a > now), None)


def week_days(year: int, week: int) -> tuple[date, date]:
    """Monday and Sunday of an ISO week. Raises ValueError for a week that does not exist."""
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
