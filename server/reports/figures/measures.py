"""Rows of the table of legs, measured: columns of classes, codes and spans, small enough to keep for a year. Pure.

A chunk is the legs of whole service days in the order of the table. Its spans are measured once; every figure and every
cut is counted from these columns. Spans are whole milliseconds; -1 where a figure does not apply.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from itertools import count
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from server.reports.figures.hours import NEVER, Ints

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Spans = npt.NDArray[np.int32]
Row = tuple[Any, ...]
"""A row of the table of legs: the columns asked for, in that order."""

BRIEF = (
    "ticket",
    "leg",
    "service",
    "counter",
    "entered",
    "called",
    "last_called",
    "started",
    "ended",
    "calls",
    "recalls",
    "away",
    "state",
    "outcome",
    "items",
    "suspends",
)
"""Fields of `server.domain.leg.Leg` that a total is counted from."""
WHOLE = (*BRIEF, "klass", "channel", "party", "staff", "reason")
"""Those that every cut is counted from."""

CLASSES = ("finished", "passed", "left", "expired", "open", "unclassed")
"""Classes of a visit (docs/figures.md, "Classes"). `unclassed` fits none, and then the identity does not close."""
F, P, X, E, OPEN, UNCLASSED = range(6)
LONGEST = 2**31 - 1
"""No span is longer: 24 days; what is, a clock that jumped, counts as this and is counted in `clamped`."""

STATES = ("waiting", "called", "serving", "suspended", "finished", "passed", "left", "expired", "transferred", "handed")
WAITING, CALLED, SERVING, SUSPENDED, FINISHED, PASSED, LEFT, EXPIRED, TRANSFERRED, HANDED = range(10)


class Clock(Protocol):
    """What measuring asks of a span of dates: `hours.Hours` of a hall, or of who does not know its hours."""

    def instants(self, column: Any) -> Ints:
        """A column of epoch seconds or None as milliseconds; None is NEVER."""

    def whole(self, at: float) -> int:
        """An instant, epoch seconds, in milliseconds."""

    def open_between(self, start: Ints, end: Ints) -> Ints:
        """Length of [start, end] in which the hall was open, ms."""

    def local_hour(self, at: Ints) -> npt.NDArray[np.int8]:
        """Local hour, 0 to 23."""

    def of_extended(self, at: Ints) -> npt.NDArray[np.bool_]:
        """Whether each instant belongs to extended service."""


class Names:
    """The texts of a column, each with a number; None has one too."""

    def __init__(self, known: Sequence[str | None] = ()) -> None:
        self._codes: defaultdict[str | None, int] = defaultdict(count().__next__)
        for name in known:
            self._codes[name]

    def codes(self, column: Sequence[str | None]) -> Codes:
        return np.fromiter(map(self._codes.__getitem__, column), np.int32, len(column))

    def code(self, name: str | None) -> int:
        return self._codes[name]

    def __len__(self) -> int:
        return len(self._codes)

    def listed(self) -> list[str | None]:
        return list(self._codes)


@dataclass
class Vocabulary:
    """The texts of all columns."""

    service: Names = field(default_factory=Names)
    klass: Names = field(default_factory=Names)
    channel: Names = field(default_factory=Names)
    party: Names = field(default_factory=Names)
    counter: Names = field(default_factory=Names)
    staff: Names = field(default_factory=Names)
    state: Names = field(default_factory=lambda: Names(STATES))
    outcome: Names = field(default_factory=Names)
    reason: Names = field(default_factory=Names)


@dataclass
class Visits:
    """One row for each ticket."""

    ticket: Ints
    day: npt.NDArray[np.int16]
    hour: npt.NDArray[np.int8]
    service: Codes
    """Of the first leg: what it was taken for, or moved to before any call."""
    klass: Codes
    channel: Codes
    party: Codes
    extended: npt.NDArray[np.int8]
    """1 of a number that was taken in extended service, or for it."""
    kind: npt.NDArray[np.int8]
    """Place in CLASSES."""
    called: Mask
    """C: called at least once."""
    wait: Spans
    office_wait: Spans
    never_served: Spans
    """Wo up to the first call or the end, of P, X and E."""
    whole: Spans
    """V of F that finished: last end - arrival."""
    calls: npt.NDArray[np.int16]
    recalls: npt.NDArray[np.int16]
    transfers: npt.NDArray[np.int16]
    items: npt.NDArray[np.int16]
    outcome: Codes
    state: Codes
    counter: Codes
    """Of the last leg."""

    def __len__(self) -> int:
        return len(self.ticket)

    @classmethod
    def empty(cls) -> Visits:
        return cls(
            **{column.name: np.zeros(0, bool if column.name == "called" else np.int64) for column in fields(cls)}
        )


@dataclass
class Legs:
    """One row for each leg; day, hour, class, channel, party and extended are the visit's."""

    visit: Codes
    """Place of its visit."""
    day: npt.NDArray[np.int16]
    hour: npt.NDArray[np.int8]
    service: Codes
    klass: Codes
    channel: Codes
    party: Codes
    extended: npt.NDArray[np.int8]
    counter: Codes
    staff: Codes
    reason: Codes
    outcome: Codes
    state: Codes
    called: Mask
    served: Mask
    suspended: Mask
    """Suspended at least once."""
    calls: npt.NDArray[np.int16]
    recalls: npt.NDArray[np.int16]
    items: npt.NDArray[np.int16]
    wait: Spans
    office_wait: Spans
    service_time: Spans
    response: Spans

    def __len__(self) -> int:
        return len(self.day)

    @classmethod
    def empty(cls) -> Legs:
        return cls(
            **{
                column.name: np.zeros(0, bool if column.name in ("called", "served", "suspended") else np.int64)
                for column in fields(cls)
            }
        )


@dataclass
class Quality:
    """What was odd while measuring."""

    clamped: int = 0
    assumed_start: int = 0
    timed: int = 0
    without_service_time: int = 0
    lost_after_service: int = 0
    lost_after_transfer: int = 0
    without_outcome: int = 0
    imported: int = 0


@dataclass
class Chunk:
    """The legs of some service days as instants, for whoever needs the moments themselves."""

    entered: Ints
    waited_until: Ints
    """First call, or the end of a leg that was never called, or now."""
    busy: Ints
    """(counter's code, begin, end) of each handling, without suspended spans, shape (n, 3)."""
    suspensions: list[tuple[int, str, int, int | None]]
    """(counter's code, kind, from, until) ms."""
    again: list[int]
    """Tickets of legs that may have waited again after a no-show: called more than once, or called and then without a
    call in the queue.
    """


def measured(
    days: Sequence[tuple[int, Sequence[Row]]],
    columns: Sequence[str],
    hours: Clock,
    words: Vocabulary,
    now: int,
    quality: Quality,
    *,
    kept_is_service: bool = False,
) -> tuple[Visits, Legs, Chunk]:
    """The legs of whole service days: (place of the day, its rows of `columns`, which are BRIEF or WHOLE).

    Without a column all have None.

    `now`: the end of what is still going on, ms since the base of `hours`.
    """
    told = _columns(days, columns)
    leg = np.array(told["leg"], np.int32)
    first = np.flatnonzero(leg == 1)
    last = np.append(first[1:], len(leg)) - 1
    visit = np.cumsum(leg == 1, dtype=np.int32) - 1
    ticket = np.array(told["ticket"], np.int64)
    day = np.repeat(np.array([place for place, _ in days], np.int16), [len(rows) for _, rows in days])
    entered, called, last_called, started, ended = (
        hours.instants(told[c]) for c in ("entered", "called", "last_called", "started", "ended")
    )
    away = np.rint(np.array(told["away"], np.float64) * 1000).astype(np.int64)
    if kept_is_service:
        _without_kept(away, told["suspends"], told["ended"])
    calls, recalls, items = (np.array(told[c], np.int16) for c in ("calls", "recalls", "items"))
    state, outcome, service, counter, klass, channel, party, staff, reason = (
        getattr(words, c).codes(told[c]) if c in told else np.full(len(leg), getattr(words, c).code(None), np.int32)
        for c in ("state", "outcome", "service", "counter", "klass", "channel", "party", "staff", "reason")
    )
    outcome[outcome == words.outcome.code(None)] = words.outcome.code("")

    was_called, was_started = called != NEVER, started != NEVER
    served = was_started | (state == FINISHED)
    begun = np.where(was_started, started, last_called)
    over = (state == FINISHED) | (((state == TRANSFERRED) | (state == HANDED)) & was_started)
    timed = over & (begun != NEVER) & (ended != NEVER)

    def span(where: Mask, start: Ints, end: Ints, less: Ints | int = 0) -> Spans:
        length = np.where(where, end - start - less, 0)
        quality.clamped += int(np.count_nonzero(length < 0)) + int(np.count_nonzero(length > LONGEST))
        return np.where(where, np.clip(length, 0, LONGEST), -1).astype(np.int32)

    def office(where: Mask, start: Ints, end: Ints) -> Spans:
        found = np.full(len(where), -1, np.int32)
        places = np.flatnonzero(where)
        found[places] = np.minimum(hours.open_between(start[places], end[places]), LONGEST)
        return found

    queued = was_called & (entered != NEVER)
    leg_wait, leg_office = span(queued, entered, called), office(queued, entered, called)
    legs = Legs(
        visit=visit,
        day=day,
        hour=hours.local_hour(entered[first])[visit],
        service=service,
        klass=klass,
        channel=channel,
        party=party,
        extended=hours.of_extended(entered[first]).astype(np.int8)[visit],
        counter=counter,
        staff=staff,
        reason=reason,
        outcome=outcome,
        state=state,
        called=was_called,
        served=served,
        suspended=np.fromiter(map(bool, told["suspends"]), bool, len(leg)),
        calls=calls,
        recalls=recalls,
        items=items,
        wait=leg_wait,
        office_wait=leg_office,
        service_time=span(timed, begun, ended, away),
        response=span(timed & was_started & (last_called != NEVER), last_called, started),
    )

    ever_called, ever_served = np.logical_or.reduceat(was_called, first), np.logical_or.reduceat(served, first)
    kind = _classes(state[last], ever_called, ever_served)
    arrived, done = entered[first], ended[last]
    unserved = (kind == P) | (kind == X) | (kind == E)
    until = np.where(called[first] != NEVER, called[first], done)
    finished = state[last] == FINISHED
    transfers = np.add.reduceat((state == TRANSFERRED).astype(np.int16), first)
    visits = Visits(
        ticket=ticket[first],
        day=day[first],
        hour=legs.hour[first],
        service=service[first],
        klass=klass[first],
        channel=channel[first],
        party=party[first],
        extended=legs.extended[first],
        kind=kind,
        called=ever_called,
        wait=leg_wait[first],
        office_wait=leg_office[first],
        never_served=office(unserved & (until != NEVER), arrived, until),
        whole=span(finished & (done != NEVER), arrived, done),
        calls=np.add.reduceat(calls, first),
        recalls=np.add.reduceat(recalls, first),
        transfers=transfers,
        items=np.add.reduceat(items, first),
        outcome=outcome[last],
        state=state[last],
        counter=counter[last],
    )
    lost = (kind == F) & ~finished
    quality.assumed_start += int(np.count_nonzero(timed & ~was_started))
    quality.timed += int(np.count_nonzero(timed))
    quality.without_service_time += int(np.count_nonzero((state == FINISHED) & ~timed))
    quality.lost_after_service += int(np.count_nonzero(lost))
    quality.lost_after_transfer += int(np.count_nonzero(lost & (transfers > 0)))
    quality.without_outcome += int(np.count_nonzero(finished & (outcome[last] == words.outcome.code(""))))
    quality.imported += int(np.count_nonzero(channel[first] == words.channel.code("import")))
    begin = np.where(last_called == NEVER, started, last_called)
    again = was_called & ((calls - recalls > 1) | (state == WAITING) | (state == LEFT) | (state == EXPIRED))
    chunk = _chunk(hours, entered, called, begin, ended, served, counter, told["suspends"], now, kept_is_service)
    chunk.again = ticket[again].tolist()
    return visits, legs, chunk


def _without_kept(away: Ints, suspends: Sequence[str], ended: Sequence[float | None]) -> None:
    """Take the spans of files kept at the counter out of the time away: they count as service then, but for one that
    ended the leg.
    """
    for n in [n for n, text in enumerate(suspends) if text]:
        spans = [(a, b) for kind, a, b in json.loads(suspends[n]) if kind == "kept" and b is not None]
        away[n] -= sum(round(b * 1000) - round(a * 1000) for a, b in spans if ended[n] is None or b <= ended[n])


def _columns(days: Sequence[tuple[int, Sequence[Row]]], columns: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Rows turned into columns; a day alone, as a large hall has it, is not copied."""
    parts: list[dict[str, Sequence[Any]]] = [
        dict(zip(columns, zip(*rows, strict=True), strict=True)) for _, rows in days
    ]
    return (
        parts[0]
        if len(parts) == 1
        else {column: [value for part in parts for value in part[column]] for column in columns}
    )


def _classes(state: Codes, called: Mask, served: Mask) -> npt.NDArray[np.int8]:
    """The one class of each visit, decided by its history from the top down (docs/figures.md, "Classes")."""
    kind = np.full(len(state), UNCLASSED, np.int8)
    kind[state == EXPIRED] = E
    kind[state == LEFT] = X
    ended = (state == PASSED) | (state == LEFT) | (state == EXPIRED)
    kind[ended & called] = P
    kind[ended & served] = F
    kind[state <= SUSPENDED] = OPEN
    kind[state == FINISHED] = F
    return kind


def _chunk(
    hours: Clock,
    entered: Ints,
    called: Ints,
    begin: Ints,
    ended: Ints,
    served: Mask,
    counter: Codes,
    suspends: Sequence[str],
    now: int,
    kept_is_service: bool,
) -> Chunk:
    end = np.where(ended == NEVER, now, ended)
    handled = served & (begin != NEVER)
    pieces: list[tuple[int, int, int]] = []
    told: list[tuple[int, str, int, int | None]] = []
    for n in [n for n, text in enumerate(suspends) if text]:
        spans = [
            (kind, hours.whole(a), None if b is None else hours.whole(b)) for kind, a, b in json.loads(suspends[n])
        ]
        told += [(int(counter[n]), *span) for span in spans]
        if handled[n]:
            handled[n] = False
            out = [span for span in spans if span[0] != "kept"] if kept_is_service else spans
            pieces += [(int(counter[n]), a, b) for a, b in _without(int(begin[n]), int(end[n]), out)]
    whole = np.stack([counter[handled].astype(np.int64), begin[handled], end[handled]], axis=1)
    busy = np.concatenate([whole, np.array(pieces, np.int64).reshape(-1, 3)])
    return Chunk(entered, np.where(called == NEVER, end, called), busy[busy[:, 2] > busy[:, 1]], told, [])


def _without(begin: int, end: int, spans: Sequence[tuple[str, int, int | None]]) -> list[tuple[int, int]]:
    """What of [begin, end] lies outside the suspended spans."""
    pieces = []
    for _, start, until in spans:
        pieces.append((begin, min(start, end)))
        begin = max(begin, end if until is None else until)
    return [*pieces, (begin, end)]
