"""How many waited at once, against the seats of the waiting area: the time with more waiting than seats, by local hour. Pure."""

from __future__ import annotations

import numpy as np

from server.reports.hours import NEVER, Hours, Ints

HOUR = 3_600_000


class Overload:
    """Grows chunk by chunk; a chunk is whole service days, and nobody waits from one into the next."""

    def __init__(self, hours: Hours, seats: int) -> None:
        self._hours, self.seats = hours, seats
        self.by_hour = np.zeros(24, np.int64)
        """ms with more waiting than seats, by local hour."""

    def add(self, entered: Ints, until: Ints) -> None:
        """Legs that began to wait at `entered` and waited until their first call, or until they went."""
        waited = (entered != NEVER) & (until > entered)
        if not self.seats or not waited.any():
            return
        start, end = entered[waited], until[waited]
        borders = np.arange(int(start.min()) // HOUR, int(end.max()) // HOUR + 1) * HOUR
        at = np.concatenate([start, end, borders])
        change = np.concatenate([np.ones(len(start), np.int64), -np.ones(len(end), np.int64), np.zeros(len(borders), np.int64)])
        order = np.argsort(at, kind="stable")
        at, waiting = at[order], np.cumsum(change[order])
        over = np.flatnonzero(waiting[:-1] > self.seats)
        lengths = at[over + 1] - at[over]
        self.by_hour += np.bincount(self._hours.local_hour(at[over]), weights=lengths, minlength=24).astype(np.int64)
