"""Numbers that are given out while nobody hears the hub: who may use which, and when they were really taken. Pure.

A device's *book* is the file in which it notes what it gave out (`kiosk/rim/kept_book.py`). It has blocks of numbers of
each letter, its own for as long as its lease lasts, so that no two give out one number and neither does the hub. A
block is the same on each day: a day's end changes nothing. Paper (docs/offline.md) is a book without a device.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from server.domain.events import NumbersLeased

FIRST = 601
"""Numbers of a letter from here on are given out without the hub; a letter that comes so far passes over the blocks."""
SIZE = 40
"""Numbers of a block."""
MOST = 10 * SIZE
"""So many numbers of a letter may a device say that it holds; no lease that was lost had more."""
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
    """A device that wants its numbers: its book, what it believes to hold already, how many of a letter it used today;
    `devices`: so many may ask; `last`: the last number of a letter that the hub took from its own row today.
    """

    device: str
    book: str
    prefixes: Collection[str]
    holds: Sequence[Span] = ()
    used: Mapping[str, int] = {}
    devices: int = 1
    last: Mapping[str, int] = {}


def believable(holds: Iterable[Span]) -> list[Span]:
    """Of the blocks that a device says to hold, those that a hub may have granted: from FIRST on, none larger than a
    block, no two that meet, and not more than MOST numbers of a letter. A kiosk's word for the hub's own row, or for a
    million numbers, is no lease.
    """
    found: list[Span] = []
    for one in holds:
        many = sum(s.last - s.first + 1 for s in found if s.prefix == one.prefix)
        size = one.last - one.first + 1
        if one.first >= FIRST and 0 < size <= SIZE and many + size <= MOST and not _meets(one, found):
            found.append(one)
    return found


def lease(known: Sequence[Block], asks: Asks, epoch: int, today: date) -> NumbersLeased | None:
    """What a device is granted; None where it has it already.

    A block that it holds and this hub has never heard of came from a hub whose last rows were lost: it is taken over
    unless somebody else has it. For the same reason the first lease of an epoch leaves room for one block more of each
    device. A fresh block begins behind whatever the hub has given out itself.
    """
    until = (today + timedelta(days=DAYS)).isoformat()
    live = [one for one in known if one.until >= today.isoformat()]
    over = tuple((one.prefix, one.first) for one in known if one not in live)
    mine = [Span(one.prefix, one.first, one.last) for one in live if one.book == asks.book]
    others = [Span(one.prefix, one.first, one.last) for one in live if one.book != asks.book]
    adopted = [
        one for one in believable(asks.holds) if one.prefix in asks.prefixes and not _meets(one, [*mine, *others])
    ]
    room = SIZE * asks.devices if epoch > max((one.epoch for one in known), default=0) else 0
    held, fresh = [*mine, *adopted], []
    for prefix in sorted(asks.prefixes):
        free = sum(s.last - s.first + 1 for s in held if s.prefix == prefix) - asks.used.get(prefix, 0)
        if free < SIZE / 2:
            taken = (s.last + 1 for s in (*held, *others) if s.prefix == prefix)
            first = max([FIRST, asks.last.get(prefix, 0) + 1, *taken]) + room
            fresh.append(Span(prefix, first, first + SIZE - 1))
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


def credited(known: Sequence[Block], book: str, device: str, holds: Sequence[Span], *, over: bool) -> list[Span]:
    """The blocks of which a book's numbers may be: its own and its device's, and those that it says to hold and a hub
    may have granted, unless somebody else has them. `over`: of a day that is over, on which somebody may have had a
    block that is another's by now.
    """
    mine = [Span(one.prefix, one.first, one.last) for one in known if one.book == book or one.device == device]
    others = [Span(one.prefix, one.first, one.last) for one in known if (one.prefix, one.first, one.last) not in mine]
    return mine + [one for one in believable(holds) if over or not _meets(one, others)]


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
    """The next number of a letter from here on that is in none of its blocks."""
    for one in sorted(blocks, key=lambda block: block.first):
        if one.first <= number <= one.last:
            number = one.last + 1
    return number
