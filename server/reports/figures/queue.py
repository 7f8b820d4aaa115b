"""How many waited at once, against the seats of the waiting area: the time with more waiting than seats, by local
hour. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from server.domain import events as ev
from server.reports.figures.hours import NEVER, Hours, Ints

HOUR = 3_600_000


class Overload:
    """Grows chunk by chunk; a chunk is whole service days, and nobody waits from one into the next."""

    def __init__(self, hours: Hours, seats: int) -> None:
        self._hours, self.seats = hours, seats
        self.by_hour = np.zeros(24, np.int64)
        """ms with more waiting than seats, by local hour."""

    def add(self, entered: Ints, until: Ints, more: Sequence[tuple[int, int]] = ()) -> None:
        """Legs that began to wait at `entered` and waited until their first call, or until they went; and the waits
        of those who came back.
        """
        if not self.seats:
            return
        spans = np.concatenate([np.stack([entered, until], axis=1), np.array(more, np.int64).reshape(-1, 2)])
        spans = spans[(spans[:, 0] != NEVER) & (spans[:, 1] > spans[:, 0])]
        if not len(spans):
            return
        start, end = spans[:, 0], spans[:, 1]
        borders = np.arange(int(start.min()) // HOUR, int(end.max()) // HOUR + 1) * HOUR
        at = np.concatenate([start, end, borders])
        change = np.concatenate(
            [np.ones(len(start), np.int64), -np.ones(len(end), np.int64), np.zeros(len(borders), np.int64)]
        )
        order = np.argsort(at, kind="stable")
        at, waiting = at[order], np.cumsum(change[order])
        over = np.flatnonzero(waiting[:-1] > self.seats)
        lengths = at[over + 1] - at[over]
        self.by_hour += np.bincount(self._hours.local_hour(at[over]), weights=lengths, minlength=24).astype(np.int64)


def waited_again(lives: Iterable[tuple[int, int, float, ev.Event]], hours: Hours, now: int) -> list[tuple[int, int]]:
    """The waits after a no-show (过号受理): from each return of one who was passed to the next call, or the end; ms.

    Whoever comes back after a suspension begins a leg, and waits with it.
    """
    rows = list(lives)
    undone = {event.of for _, _, _, event in rows if isinstance(event, ev.Undone)}
    passed: set[int] = set()
    since: dict[int, int] = {}
    found = []
    for ticket, seq, at, event in rows:
        if seq in undone:
            continue
        if isinstance(event, ev.Returned) and ticket in passed:
            since[ticket] = hours.whole(at)
        elif isinstance(event, ev.Called | ev.Left | ev.Expired) and ticket in since:
            found.append((since.pop(ticket), hours.whole(at)))
        if isinstance(event, ev.Passed | ev.Returned | ev.Called):
            (passed.add if isinstance(event, ev.Passed) else passed.discard)(ticket)
    return [*found, *((start, now) for start in since.values())]
