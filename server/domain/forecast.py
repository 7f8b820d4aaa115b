"""What becomes of a line if nothing changes, and what would keep the pledge: who will wait how long, how many more
counters until when, whether the day can be finished. Pure; the wait is `server/domain/estimate.py`'s, as everywhere.

A line is worked off by its open counters at the pace of today; whoever comes later stands behind those who wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from server.domain import estimate
from server.domain.ticket import Ticket


@dataclass(frozen=True)
class Queue:
    """One line: those whom the same counters call."""

    services: tuple[str, ...]
    """What its people wait for, codes."""
    waiting: int
    serving: int
    """Open counters that call from it."""
    free: int
    """How many of them hold nobody."""
    each_min: float
    """What one number takes, minutes."""
    could: tuple[str, ...] = ()
    """Counters that could call from it if they were open: the paused ones first."""
    coming_per_min: float = 0.0
    """How many have come in a minute of late."""
    first: Sequence[Ticket] = field(default=())
    """Those who wait, in the order in which they are called; the first hundred of them are enough."""

    def with_more(self, counters: int) -> Queue:
        """The line with so many more open counters, which hold nobody."""
        return replace(self, serving=self.serving + counters, free=self.free + counters)

    def turn_min(self, ahead: int) -> float:
        """Minutes until the turn of whoever has so many before them."""
        return estimate.turn_min(ahead, self.serving, self.free, self.each_min)

    @property
    def newcomer_min(self) -> float:
        """What somebody who comes now will wait."""
        return self.turn_min(self.waiting)

    @property
    def done_min(self) -> float:
        """Minutes until the last of those who wait now is served."""
        return self.turn_min(self.waiting - 1) + self.each_min


class Relief(NamedTuple):
    """So many more counters would do, for so many minutes (None: to the end of the day); `wait_min` is the wait of a
    newcomer then.
    """

    counters: int
    wait_min: float
    for_min: float | None


def worst_min(queue: Queue, pledge_min: float, waited_min: Sequence[float] = ()) -> float:
    """The longest wait there will be: a newcomer's, or that of one of those who wait in order and have waited so many
    minutes already. Whoever is over the pledge already can be kept from it no more, and does not count.
    """
    waits = (waited + queue.turn_min(n) for n, waited in enumerate(waited_min) if waited <= pledge_min)
    return max([queue.newcomer_min, *waits])


def relief(queue: Queue, pledge_min: float, waited_min: Sequence[float] = ()) -> Relief | None:
    """The fewest more counters with which the pledge is kept; None where none is needed, or all that could open are not
    enough.

    They are needed until the line is so short that the counters that are open now keep the pledge alone.
    """
    if worst_min(queue, pledge_min, waited_min) <= pledge_min:
        return None
    for more in range(1, len(queue.could) + 1):
        better = queue.with_more(more)
        if worst_min(better, pledge_min, waited_min) <= pledge_min:
            return Relief(more, better.newcomer_min, _needed_min(queue, more, pledge_min))
    return None


def _needed_min(queue: Queue, more: int, pledge_min: float) -> float | None:
    """How long `more` counters are needed; None where without them the line would grow again."""
    alone = queue.serving / queue.each_min
    if queue.coming_per_min >= alone:
        return None
    holds = max(0, int(pledge_min * alone) - 1)
    return max(0.0, queue.waiting - holds) / (alone + more / queue.each_min - queue.coming_per_min)


def to_finish(queue: Queue, left_min: float) -> int | None:
    """The fewest more counters with which all who wait now are served within the minutes that are left; 0 where none is
    needed, None where all that could open are not enough.
    """
    able = range(len(queue.could) + 1)
    return next((more for more in able if queue.with_more(more).done_min <= left_min), None)


def served_by(queue: Queue, left_min: float) -> int:
    """How many of those who wait are served within the minutes that are left."""
    return next((n for n in range(queue.waiting) if queue.turn_min(n) + queue.each_min > left_min), queue.waiting)
