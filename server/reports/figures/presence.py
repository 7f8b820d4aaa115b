"""Counters over time: open O, paused Z, busy B, cut into pieces that each lie in one local hour. Pure.

A piece is a stretch of somebody's sitting at a counter inside the opening hours. What was busy is added chunk by chunk;
every cut is a sum over pieces.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from server.domain.attendance import Pause, Presence
from server.reports.figures.hours import Hours, Ints
from server.reports.figures.measures import Names

HOUR = 3_600_000


@dataclass
class Stretch:
    """A pause inside O, ms: whole lengths for the count of long ones."""

    counter: str
    staff: str
    reason: str
    ms: int


class Pieces:
    """O, Z and B of a report's service days. `busy` grows with `add`."""

    def __init__(
        self, hours: Hours, presences: Iterable[Presence], pauses: Iterable[Pause], counters: Names, staff: Names
    ) -> None:
        self.hours = hours
        self._spans = [(max(int(a), hours.start), min(int(b), hours.end)) for a, b in hours.spans.tolist()]
        self._spans = [(a, b) for a, b in self._spans if b > a]
        self._ends = [b for _, b in self._spans]
        found = [
            (counters.code(p.counter), staff.code(p.staff), a, b)
            for p in presences
            for a, b in self._inside(hours.whole(p.start), hours.whole(p.end))
        ]
        pieces = np.array([(c, s, a, b) for c, s, a, b in found for a, b in by_hour(a, b)], np.int64).reshape(-1, 4)
        pieces = pieces[np.argsort(pieces[:, 2], kind="stable")]
        self.counter, self.staff, self.start, self.end = (np.ascontiguousarray(pieces[:, n]) for n in range(4))
        self.hour = hours.local_hour(self.start)
        self.day = hours.day_index(self.start)
        self.open = self.end - self.start
        rows = list(pauses)
        spans = [(counters.code(p.counter), hours.whole(p.start), hours.whole(p.end)) for p in rows]
        self.paused = overlap(self.counter, self.start, self.end, np.array(spans, np.int64).reshape(-1, 3))
        self.busy = np.zeros(len(self.start), np.int64)
        self.pauses = [
            Stretch(p.counter, p.staff, p.reason, ms)
            for p, ms in zip(rows, self._open_parts(rows), strict=True)
            if ms > 0
        ]

    def _inside(self, start: int, end: int) -> Iterable[tuple[int, int]]:
        """The parts of [start, end) inside the opening hours."""
        place = bisect_right(self._ends, start)
        while place < len(self._spans) and self._spans[place][0] < end:
            yield max(start, self._spans[place][0]), min(end, self._spans[place][1])
            place += 1

    def _open_parts(self, pauses: Iterable[Pause]) -> list[int]:
        """How much of each pause lies inside the opening hours: whoever pauses sits there."""
        return [sum(b - a for a, b in self._inside(self.hours.whole(p.start), self.hours.whole(p.end))) for p in pauses]

    def add(self, busy: Ints) -> None:
        """Let handlings (counter's code, begin, end) of one chunk count."""
        if not len(busy) or not len(self.start):
            return
        first = int(np.searchsorted(self.start, busy[:, 1].min() - HOUR, side="left"))
        last = int(np.searchsorted(self.start, busy[:, 2].max(), side="right"))
        part = slice(first, last)
        self.busy[part] += overlap(self.counter[part], self.start[part], self.end[part], busy)

    def sums(self, keys: Ints, groups: int) -> list[tuple[int, int, int]]:
        """(O, Z, B) ms of each group of pieces."""
        columns = [
            [int(total) for total in np.bincount(keys, weights=values, minlength=groups)]
            for values in (self.open, self.paused, self.busy)
        ]
        return list(zip(*columns, strict=True))

    def total(self) -> tuple[int, int, int]:
        """(O, Z, B) ms."""
        return int(self.open.sum()), int(self.paused.sum()), int(self.busy.sum())


def by_hour(start: int, end: int) -> Iterable[tuple[int, int]]:
    """Split at the full hours; the base of all times is a local midnight."""
    while start < end:
        border = min(end, (start // HOUR + 1) * HOUR)
        yield start, border
        start = border


def overlap(codes: Ints, start: Ints, end: Ints, spans: Ints) -> Ints:
    """For each piece the summed length of the `spans` (code, from, until) of its code inside it; exact.

    With all spans moved onto one line, code by code, the length of spans before t is Σ(t - from) - Σ(t - until) over
    those that began and ended before it: two bisections and two running sums.
    """
    if not len(spans) or not len(codes):
        return np.zeros(len(codes), np.int64)
    origin = min(int(start.min()), int(spans[:, 1].min()))
    reach = max(int(end.max()), int(spans[:, 2].max())) - origin + 1
    begun = np.sort(spans[:, 0] * reach + spans[:, 1] - origin)
    over = np.sort(spans[:, 0] * reach + spans[:, 2] - origin)
    begun_sum, over_sum = (np.concatenate([[0], np.cumsum(edge)]) for edge in (begun, over))

    def before(at: Ints) -> Ints:
        at = codes * reach + at - origin
        i, j = np.searchsorted(begun, at, side="right"), np.searchsorted(over, at, side="right")
        return np.asarray((at * i - begun_sum[i]) - (at * j - over_sum[j]))

    return np.asarray(before(end) - before(start))
