"""What a period's report is counted from: the measured visits and legs, the counters' time.

Reads by days; keeps columns only.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from config import Hall
from server.domain import events as ev
from server.domain.attendance import Pause, Presence, sittings
from server.domain.closures import EVENTS as CLOSURES
from server.domain.closures import closures
from server.domain.register import Record
from server.domain.slots import Appointment
from server.domain.worktime import day_span
from server.foresight.week import Leg
from server.reports.figures.counting import Counted, Limits
from server.reports.figures.hours import MARGIN, Hours
from server.reports.figures.measures import WHOLE, Legs, Quality, Row, Visits, Vocabulary, measured
from server.reports.figures.presence import Pieces
from server.reports.figures.queue import Overload, waited_again
from server.reports.period import Period

Told = tuple[float, ev.Event]
"""When, and what."""
SITTING = ("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed")
Suspensions = dict[tuple[int, str], tuple[int, int, int]]
"""(counter's code, kind) -> how many, how many of them are over, and the sum of these, ms."""
ENOUGH = 8_000
"""Rows that are measured at a time: whole days, until there are so many."""
NARROW = frozenset({*(field.name for field in fields(Vocabulary)), "ticket"})
"""Columns of codes, kept as narrow as they are: a hall of thirty thousand services or staff takes four bytes."""
Columns = TypeVar("Columns", Visits, Legs)


class History(Protocol):
    """The questions a report asks of the past; the store answers them (`server.store.history`), or a test."""

    def legs(self, day: str, columns: Sequence[str]) -> Sequence[Row]:
        """Some columns of the legs of a service day, in the order of ticket and leg."""

    def events(self, names: Sequence[str], start: float, end: float) -> list[Told]:
        """What happened to no ticket, by the names of events, from one moment to another, in order."""

    def counters_before(self, at: float) -> list[Told]:
        """How each counter stood at a moment: its last events up to then that say who sat there and whether it was
        paused.
        """

    def devices_before(self, at: float) -> list[Told]:
        """How each device stood at a moment: its last DeviceChanged up to then."""

    def tickets(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """number, day, service, counter, state, arrived, called, of some tickets."""

    def lives(self, ids: Sequence[int]) -> list[tuple[int, int, float, ev.Event]]:
        """(ticket, seq, at, event) of all that happened to some tickets, in order of ticket and seq."""

    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""

    def posts(self) -> list[Told]:
        """The register of posts (PostSet, PostEnded), from its beginning."""

    def shifts(self, first: str, last: str) -> list[dict[str, Any]]:
        """The roster's words on the days from one to another, in order: day, post, staff, start, end (minutes)."""

    def substitutions(self, start: float, end: float) -> list[dict[str, Any]]:
        """Substitutions that began in a span."""

    def contacts(self, start: float, end: float) -> list[dict[str, Any]]:
        """First contacts noted in a span."""

    def spoilt_slips(self, start: float, end: float) -> list[dict[str, Any]]:
        """Print jobs queued in a span that failed, or may have: printer, state."""

    def ratings(self, first: str, last: str) -> Iterable[dict[str, Any]]:
        """Ratings of service days: ticket, service, counter, staff, level, source, is_default, options, second."""

    def invited(self, start: float, end: float) -> Sequence[int]:
        """The tickets whose visitors were asked for a rating."""

    def notices(self, start: float, end: float) -> list[dict[str, Any]]:
        """一次性告知 of a span: ticket, service, missing, staff, told."""

    def checked_in_pretrials(self) -> frozenset[int]:
        """The numbers (ids) that were checked in by a 预审号 of the city's platform."""

    def agendas(self, first: str, last: str) -> list[dict[str, Any]]:
        """Numbers for several items of service days: package, outcomes, saved, state, issued, ended."""

    def first_legs(self, first: str, last: str) -> list[dict[str, Any]]:
        """Of service days with a remote number: day, service, channel, entered, called, ended of each first leg."""

    def came(self, first: str, last: str) -> Sequence[Leg]:
        """Of each number of service days its first leg, in order of the day."""

    def waits_told(self, first: str, last: str) -> list[dict[str, Any]]:
        """What was told of the numbers of service days: service, klass, issued, called (None: never), low, high
        (minutes), source.
        """

    def notifications(self, start: float, end: float) -> list[dict[str, Any]]:
        """提醒 of a span: about, occasion, channel, outcome, parts, arrived (1, 0, None for not known)."""

    def records(self, register: str, start: float, end: float) -> Iterable[Record]:
        """The records of a register that were opened before `end`, and open or moved since `start`."""

    def appointments(self, first: str, last: str) -> list[Appointment]:
        """The hall's own bookings of service days."""

    def checked_in(self, first: str, last: str) -> list[tuple[str, float]]:
        """(code, begin of the slot) of the appointments that checked in on service days."""

    def closures(self, first: str, last: str) -> list[tuple[str, str]]:
        """(day, service) of what was closed by hand; '' is the hall."""


@dataclass
class Gathered:
    """A period, ready to be counted. `counted` is most of its memory, and is let go before another period is read."""

    period: Period
    hours: Hours
    words: Vocabulary
    counted: Counted
    visit_of_leg: Any
    pieces: Pieces
    presences: list[Presence]
    pauses: list[Pause]
    quality: Quality
    suspensions: Suspensions
    overload: Overload
    now: int


def gather(
    hall: Hall,
    period: Period,
    history: History,
    now: float,
    each: Callable[[str], None] = lambda day: None,
    *,
    columns: Sequence[str] = WHOLE,
) -> Gathered:
    """Read a period.

    `now`: epoch seconds, the end of what still goes on; `each` is told every day that is read; `columns`: WHOLE or
    BRIEF.
    """
    start, end = day_span(hall, period.first - MARGIN)[0], day_span(hall, period.last + MARGIN)[1]
    hours = Hours(hall, period.first, period.last, closures(hall, history.events(CLOSURES, start, end)))
    until = min(hours.whole(now), hours.end)
    words, quality, overload = Vocabulary(), Quality(), Overload(hours, hall.report.seats)
    presences, pauses = _sittings(hours, history, until)
    pieces = Pieces(hours, presences, pauses, words.counter, words.staff)
    visits, legs = _Growing(Visits), _Growing(Legs)
    suspensions: Suspensions = {}
    kept = hall.report.kept_is_service
    with _uncollected():
        for days in _by_days(hours, history, columns, each):
            some, their_legs, chunk = measured(
                days, columns, hours, words, max(until, 0), quality, kept_is_service=kept
            )
            their_legs.visit += visits.n
            visits.add(some)
            legs.add(their_legs)
            pieces.add(chunk.busy)
            overload.add(
                chunk.entered,
                chunk.waited_until,
                waited_again(history.lives(chunk.again), hours, until) if overload.seats else (),
            )
            _count(suspensions, chunk.suspensions)
    counted = Counted(visits.whole(), legs.whole(), words, _limits(hall))
    return Gathered(
        period,
        hours,
        words,
        counted,
        counted.legs.visit,
        pieces,
        presences,
        pauses,
        quality,
        suspensions,
        overload,
        until,
    )


def _count(suspensions: Suspensions, told: Iterable[tuple[int, str, int, int | None]]) -> None:
    for counter, kind, begun, until in told:
        n, over, ms = suspensions.get((counter, kind), (0, 0, 0))
        suspensions[counter, kind] = (
            (n + 1, over, ms) if until is None else (n + 1, over + 1, ms + max(0, until - begun))
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: rows are tuples of numbers and words, and it would walk all of them again and
    again.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _sittings(hours: Hours, history: History, until: int) -> tuple[list[Presence], list[Pause]]:
    start, end = (hours.base + at / 1000 for at in (hours.start, until))
    if end <= start:
        return [], []
    return sittings([*history.counters_before(start), *history.events(SITTING, start, end)], end)


def _by_days(
    hours: Hours, history: History, columns: Sequence[str], each: Callable[[str], None]
) -> Iterable[list[tuple[int, Sequence[Row]]]]:
    days: list[tuple[int, Sequence[Row]]] = []
    for place, day in enumerate(hours.days):
        each(day.isoformat())
        if rows := history.legs(day.isoformat(), columns):
            days.append((place, rows))
        if sum(len(rows) for _, rows in days) >= ENOUGH:
            yield days
            days = []
    if days:
        yield days


class _Growing(Generic[Columns]):
    """Columns that chunks are laid one behind the other in; they grow by a quarter, so that little is laid out that
    nobody uses.
    """

    def __init__(self, kind: type[Columns]) -> None:
        self._kind: type[Columns] = kind
        self.n = 0
        self._columns: dict[str, Any] = {}

    def add(self, part: Columns) -> None:
        end = self.n + len(part)
        for column in fields(self._kind):
            values, have = getattr(part, column.name), self._columns.get(column.name)
            if column.name in NARROW:
                values = _narrow(values)
            if have is not None and values.dtype.itemsize > have.dtype.itemsize:
                self._columns[column.name] = have = have.astype(values.dtype)
            if have is None or end > len(have):
                wider = np.empty(end + end // 4, values.dtype if have is None else have.dtype)
                wider[: self.n] = 0 if have is None else have[: self.n]
                self._columns[column.name] = have = wider
            have[self.n : end] = values
        self.n = end

    def whole(self) -> Columns:
        columns = {name: column[: self.n] for name, column in self._columns.items()}
        made: Columns = self._kind(**columns) if columns else self._kind.empty()
        return made


def _narrow(values: Any) -> Any:
    """Whole numbers in two bytes, or four, where all of them fit."""
    most = int(values.max(initial=0))
    return values.astype(np.int16 if most < 2**15 else np.int32 if most < 2**31 else np.int64)


def _limits(hall: Hall) -> Limits:
    def standard(code: str | None) -> int | None:
        service = hall.services.get(code or "")
        return (
            round(hall.report.overtime_factor * service.standard_min * 60_000)
            if service and service.standard_min
            else None
        )

    def instant(code: str | None) -> bool:
        service = hall.services.get(code or "")
        return bool(service and service.promise == "即办")

    minute = 60_000
    return Limits(
        hall.hall.wait_pledge_min * minute,
        hall.report.amber_min * minute,
        hall.report.red_min * minute,
        standard,
        instant,
    )
