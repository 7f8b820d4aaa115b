"""Numbers that are given out while nobody hears the hub: who may use which, and when they were really taken. Pure.

A device's *book* is the file in which it notes what it gave out (`kiosk/rim/kept_book.py`). It has blocks of numbers of
each letter, its own for as long as its lease lasts. Which blocks a device can ever have follows from its place, and
from nothing that a hub could forget; so no two give out one number, and neither does the hub. A block is the same on
each day: a day's end changes nothing. Paper (docs/offline.md) is a book without a device.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from config.kiosk_places import PLACES, places
from server.domain.events import NumbersLeased

SIZE = 40
"""Numbers of a block."""
__all__ = ["PLACES", "places"]  # so many blocks, one of each place, are a round
FIRST = 601
"""Numbers of a letter from here on are given out without the hub."""
ROUNDS = (FIRST, *range(3001, 9400, PLACES * SIZE))
"""Where each round of a letter's blocks begins. Their numbers are never the hub's own: a letter that comes so far goes
on behind them, first between the first round and the others.
"""
MOST = len(ROUNDS) * SIZE
"""Numbers of a letter that a place has."""
DAYS = 3
"""A lease holds to the end of the service day so many days ahead; each meeting begins it anew."""
LATEST_DAYS = 31
"""A book of which nothing was ever entered is found so many days later at most: nothing in it is older."""
PAPER = "paper"
"""The book of the numbers that are written by hand."""
SKEW_S = 2.0
"""A device's clock that differs by less is right: an answer takes its time."""
CHANNEL, BY_HAND = "offline", "paper"
CODES = "offline codes"
"""What the codes of these papers open is remembered under this name, beside the keys of the touches; no actor has
it.
"""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Numbers `first` to `last` of a letter are a book's up to the service day `until`, ISO."""

    prefix: str
    first: int
    last: int
    book: str
    device: str
    epoch: int
    until: str


@dataclass(frozen=True, kw_only=True)
class Book:
    """How far a device's book has been entered: the newest of its lines, and when that was taken (epoch seconds)."""

    book: str
    device: str
    last: int
    at: float


class Span(NamedTuple):
    """Numbers of a letter."""

    prefix: str
    first: int
    last: int


class Asks(NamedTuple):
    """A device and its book: its place (`places`; None where it has none), the letters that the hall has, what it
    believes to hold already, how many of a letter it used today.
    """

    device: str
    book: str
    place: int | None
    prefixes: Collection[str] = ()
    holds: Sequence[Span] = ()
    used: Mapping[str, int] = {}


def believable(holds: Iterable[Span], place: int | None) -> list[Span]:
    """Of the blocks that a device says to hold, those that a hub may have granted: of its own place, each once. A
    kiosk's word for the hub's own row, another's place or a million numbers is no lease.
    """
    return sorted({one for one in holds if one in _dealt(one.prefix, place)})


def lease(known: Sequence[Block], asks: Asks, epoch: int, today: date) -> NumbersLeased | None:
    """What a device is granted; None where it has it already.

    A block that it holds and this hub has never heard of came from a hub whose last rows were lost: it is taken over
    unless somebody else has it. A fresh block is the next of the device's own place that nobody is known to have (an
    older version dealt blocks by their order, and they stay whose they are).
    """
    until = (today + timedelta(days=DAYS)).isoformat()
    live = [one for one in known if one.until >= today.isoformat()]
    over = tuple((one.prefix, one.first) for one in known if one not in live)
    mine = [Span(one.prefix, one.first, one.last) for one in live if one.book == asks.book]
    others = [Span(one.prefix, one.first, one.last) for one in live if one.book != asks.book]
    adopted = [
        one
        for one in believable(asks.holds, asks.place)
        if one.prefix in asks.prefixes and not _meets(one, [*mine, *others])
    ]
    held, fresh = [*mine, *adopted], []
    for prefix in sorted(asks.prefixes):
        free = sum(s.last - s.first + 1 for s in held if s.prefix == prefix) - asks.used.get(prefix, 0)
        if free < SIZE / 2:
            left = (one for one in _dealt(prefix, asks.place) if not _meets(one, [*held, *others]))
            fresh += [one for one in [next(left, None)] if one]
    current = [one for one in live if one.book == asks.book and (one.until, one.epoch) == (until, epoch)]
    if not adopted and not fresh and len(current) == len(mine):
        return None
    return NumbersLeased(
        device=asks.device,
        book=asks.book,
        epoch=epoch,
        until=until,
        blocks=tuple((*one,) for one in (*held, *fresh)),
        over=over,
    )


def whose(number: int, prefix: str, spans: Iterable[Span]) -> bool:
    """Whether a number is of one of some blocks."""
    return any(s.prefix == prefix and s.first <= number <= s.last for s in spans)


def credited(known: Sequence[Block], asks: Asks, *, over: bool) -> list[Span]:
    """The blocks of which a book's numbers may be: its own and its device's, and those that it says to hold and a hub
    may have granted, unless somebody else has them. `over`: of a day that is over, on which somebody may have had a
    block that is another's by now.
    """
    mine = [Span(b.prefix, b.first, b.last) for b in known if b.book == asks.book or b.device == asks.device]
    others = [Span(one.prefix, one.first, one.last) for one in known if (one.prefix, one.first, one.last) not in mine]
    return mine + [one for one in believable(asks.holds, asks.place) if over or not _meets(one, others)]


def _dealt(prefix: str, place: int | None) -> Iterator[Span]:
    """All blocks of a place."""
    for begins in ROUNDS if place is not None else ():
        first = begins + SIZE * (place or 0)
        yield Span(prefix, first, first + SIZE - 1)


def _meets(one: Span, others: Iterable[Span]) -> bool:
    return any(o.prefix == one.prefix and one.first <= o.last and o.first <= one.last for o in others)


def times(told: Sequence[float], said: float, now: float, since: float) -> list[float]:
    """When numbers were taken by the hub's clock, epoch seconds: `told` by a device whose clock `said` this when the
    hub's was at `now`.

    The order of the book stays whatever the clock did, and nothing was taken before `since`, which the device had heard
    of the hub or of which the book was entered already, or after now.
    """
    shift, found = now - said, []
    shift = 0.0 if abs(shift) < SKEW_S else shift
    for at in told:
        since = min(max(at + shift, since), now)
        found.append(round(since, 3))
    return found


def beyond(number: int, blocks: Iterable[Block]) -> int:
    """The next number of a letter from here on that the hub may give out itself: it is in no place, nor in any of the
    letter's `blocks` that are known.
    """
    rounds = ((begins, begins + PLACES * SIZE - 1) for begins in ROUNDS)
    for first, last in sorted((*rounds, *((one.first, one.last) for one in blocks))):
        if first <= number <= last:
            number = last + 1
    return number
