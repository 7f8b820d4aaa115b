"""When the hall is open: service days, opening intervals, the length of a wait in office hours, ISO weeks. Pure.

The calendar is data (config.toml's `hours`, `extended` and the calendar file). A year without a row in the calendar
file is said to be unknown: Monday to Friday but for FIXED then stand in, and reports say so (docs/config.md, "The files
it names").
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from config import CalendarDay, ExtendedTable, Hall, HoursTable

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


def _in_season(row: HoursTable | ExtendedTable, day: date) -> bool:
    today = f"{day:%m-%d}"
    return row.from_ <= today <= row.to if row.from_ <= row.to else today >= row.from_ or today <= row.to


def _row(hall: Hall, day: date, weekday: int) -> HoursTable | None:
    rows = [r for r in hall.hours if weekday in r.days and _in_season(r, day)]
    return rows[-1] if rows else None


Span = tuple[float, float]


def opening(hall: Hall, day: date, service: str | None = None) -> list[Span]:
    """Opening intervals of a local date, epoch seconds, extended service among them; empty when the hall is closed
    that day. With a `service` (its code): the intervals in which it is done.
    """
    return [*_opening(hall, day, service if hall.extended else None)]


@lru_cache(4096)
def _opening(hall: Hall, day: date, service: str | None) -> tuple[Span, ...]:
    more = [
        span
        for one in extended(hall, day)
        if service in (None, hall.tickets.help_service) or one.does(service)
        for span in one.spans
    ]
    return (*sorted([*office(hall, day), *more]),) if more else office(hall, day)


@dataclass(frozen=True)
class Extended:
    """延时与周末服务 on one date: its table of the hall's file, and its intervals, epoch seconds, outside the office
    hours and in no other's.
    """

    id: str
    table: ExtendedTable
    spans: tuple[Span, ...]

    @property
    def people(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its counters, and who is on duty there; none: whoever always is."""
        return tuple(self.table.counters), tuple(self.table.staff)

    def does(self, service: str | None) -> bool:
        """Whether a service is done then."""
        return self.table.services == "all" or service in self.table.services


@lru_cache(1024)
def extended(hall: Hall, day: date) -> tuple[Extended, ...]:
    """What of the extended service there is on a local date; none on a holiday or when the hall is closed. A day that
    the calendar calls 延时服务 has those tables that name its weekday, and those without days.
    """
    known = hall.days.get(day)
    if (known and known.kind in ("法定节假日", "临时闭厅")) or _fixed_holiday(hall, day):
        return ()
    found, taken = [], list(office(hall, day))
    for name, table in hall.extended.items():
        named = day.isoweekday() in table.days if table.days else bool(known and known.kind == "延时服务")
        if not named or not _in_season(table, day):
            continue
        spans = [piece for span in _instants(hall, day, table.open) for piece in _outside(span, taken)]
        taken = sorted([*taken, *spans])
        if spans:
            found.append(Extended(name, table, tuple(spans)))
    return tuple(found)


def _outside(span: Span, taken: Sequence[Span]) -> list[Span]:
    """What of a span lies in none of those that are taken, which are in order."""
    start, end = span
    found = []
    for a, b in taken:
        if start < min(a, end):
            found.append((start, min(a, end)))
        start = max(start, b)
    return [*found, (start, end)] if start < end else found


def extended_at(hall: Hall, at: float) -> Extended | None:
    """The extended service that an instant belongs to; None in office hours, and while the hall is closed."""
    if not hall.extended:
        return None
    day = datetime.fromtimestamp(at, hall.zone).date()
    return next((one for one in extended(hall, day) if any(a <= at < b for a, b in one.spans)), None)


def only_extended(hall: Hall, now: float) -> Extended | None:
    """The extended service for which kiosks give out numbers now and for nothing else: it is on, or is the next to
    begin today; None in and between office hours, and after the day's last closing.
    """
    day = service_day(hall, now)
    to_come = min((a for a, b in office(hall, day) if now < b), default=None)
    found = [(a, one) for one in extended(hall, day) for a, b in one.spans if now < b]
    start, one = min(found, key=lambda it: it[0], default=(0.0, None))
    return one if to_come is None or start < to_come else None


def _instants(hall: Hall, day: date, intervals: Sequence[tuple[int, int]]) -> list[Span]:
    """Intervals in minutes of a local date as instants."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=hall.zone)
    return [
        ((midnight + timedelta(minutes=a)).timestamp(), (midnight + timedelta(minutes=b)).timestamp())
        for a, b in intervals
    ]


@lru_cache(1024)
def office(hall: Hall, day: date) -> tuple[Span, ...]:
    """Office hours of a local date, epoch seconds, without any extended service of `[extended.*]`: those that everybody
    has duty in. A day that the calendar alone calls 延时服务 has its weekday's hours, or Monday's, unless a table of
    `[extended.*]` says what is done then.
    """
    known = hall.days.get(day)
    if (known and known.kind in CLOSING_KINDS) or _fixed_holiday(hall, day):
        return ()
    row = _row(hall, day, 1 if known and known.kind == "调休上班" else day.isoweekday())
    if row is None and known and known.kind in OPENING_KINDS:
        row = None if known.kind == "延时服务" and _says_extended(hall, day) else _row(hall, day, 1)
    return () if row is None else tuple(_instants(hall, day, row.open))


def _says_extended(hall: Hall, day: date) -> bool:
    """Whether a table of `[extended.*]` is about this date, which the calendar calls 延时服务."""
    return any(
        (not table.days or day.isoweekday() in table.days) and _in_season(table, day)
        for table in hall.extended.values()
    )


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


def issuing(hall: Hall, now: float, service: str | None = None) -> bool:
    """`door(hall, now).issuing`, and nothing besides: each touch asks for it. With a `service`: whether there is one
    for it, which has hours of its own where there is extended service.
    """
    return _issuing(hall, _reason(hall, opening(hall, service_day(hall, now), service), now))


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
    if last - first < 86400 and now >= stops_at(hall, last):
        return "closing"
    return "open" if any(start <= now < end for start, end in intervals) else "lunch"


def stops_at(hall: Hall, last: float) -> float:
    """When kiosks give no numbers any more before the `last` closing; where they stop by what is foreseen, each service
    stops by itself (`server/verbs/last_number.py`), at the latest at that closing.
    """
    return last - (hall.tickets.stop_before_close_min * 60 if hall.tickets.stop_by == "minutes" else 0)


def next_opening(hall: Hall, now: float) -> float | None:
    """The next moment at which the hall opens, within a month."""
    today = datetime.fromtimestamp(now, hall.zone).date()
    starts = (a for d in days_between(today, today + timedelta(days=31)) for a, _ in opening(hall, d))
    return next((a for a in starts if a > now), None)


def week_days(year: int, week: int) -> tuple[date, date]:
    """Monday and Sunday of an ISO week. Raises ValueError for a week that does not exist."""
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
