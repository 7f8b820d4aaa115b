"""Opening hours over many instants at once: the vectors of `worktime.OfficeHours`. Pure; knows no visit.

All times here are whole milliseconds since the first local midnight laid out (`base`), so that every sum is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from config import Hall
from server.domain.attendance import Extra, Span, union, within
from server.domain.closures import without
from server.domain.worktime import OfficeHours, day_span, extended, office, opening

Ints = npt.NDArray[np.int64]
NEVER = np.int64(-(2**62))
"""An instant that did not happen."""
MARGIN = timedelta(days=2)
ONE_DAY = timedelta(days=1)
QUARTER = 900_000


class Hours:
    """The opening intervals of a span of dates, and two days around it, without those for which the hall was `closed`
    early (epoch seconds).
    """

    def __init__(self, hall: Hall, first: date, last: date, closed: Sequence[Span] = ()) -> None:
        self.hall, self.first, self.last = hall, first, last
        self.office, self.closed = OfficeHours(hall, first, last), closed
        self.days = self.office.days
        self.service_days = [day for day in self.days if self.opening(day)]
        self.base = datetime(first.year, first.month, first.day, tzinfo=hall.zone).timestamp()
        self.start, self.end = self.whole(day_span(hall, first)[0]), self.whole(day_span(hall, last)[1])
        """The span of the service days, [start, end)."""
        around = [first - MARGIN + timedelta(days=n) for n in range((last - first).days + 1 + 2 * MARGIN.days)]
        spans = [(self.whole(a), self.whole(b)) for day in around for a, b in self.opening(day)]
        edges = [edge for span in spans for edge in span]
        self.spans = np.array(spans, np.int64).reshape(-1, 2)
        """[start, end) of each opening interval."""
        self._day_starts = np.array([self.whole(day_span(hall, day)[0]) for day in self.days], np.int64)
        self._edges = np.array([*edges, 2**62], np.int64)
        lengths = np.zeros(len(edges), np.int64)
        lengths[1::2] = self.spans[:, 1] - self.spans[:, 0]
        self._open = np.cumsum(lengths)
        self._around = (
            self.whole(_midnight(hall, around[0])),
            self.whole(_midnight(hall, around[-1] + timedelta(days=1))),
        )

    def opening(self, day: date) -> list[Span]:
        """When the hall was open on a local date, epoch seconds."""
        return without(opening(self.hall, day), self.closed)

    def on_duty(self, day: date) -> tuple[list[Span], list[Extra]]:
        """The office hours of a local date, and the extended service besides, epoch seconds."""
        extra = (Extra(tuple(without(one.spans, self.closed)), *one.people) for one in extended(self.hall, day))
        return without(office(self.hall, day), self.closed), list(extra)

    def of_extended(self, at: Ints) -> npt.NDArray[np.bool_]:
        """Whether each instant belongs to extended service: to its interval, or to the time before it when the day's
        earlier ones are over; after a day's last interval to that one. A day that the calendar alone calls 延时服务
        is extended as a whole.
        """
        spans = self._extended
        if not len(spans):
            return np.zeros(len(at), bool)
        place = np.searchsorted(spans[:, 0], at, side="right") - 1
        return np.asarray((place >= 0) & (at < spans[np.maximum(place, 0), 1]))

    @cached_property
    def _extended(self) -> Ints:
        """[start, end) of what belongs to extended service, in order."""
        found = []
        for day in [self.first - timedelta(days=1), *self.days, self.last + timedelta(days=1)]:
            known, whole = self.hall.days.get(day), (_midnight(self.hall, day), _midnight(self.hall, day + ONE_DAY))
            mine = [span for one in extended(self.hall, day) for span in one.spans]
            if not mine and known and known.kind == "延时服务":
                found.append(whole)
                continue
            intervals = opening(self.hall, day)
            ends = [whole[0], *(end for _, end in intervals[:-1]), whole[1]]
            found += [edges for edges, span in zip(pairwise(ends), intervals, strict=False) if span in mine]
        return np.array([(self.whole(a), self.whole(b)) for a, b in found], np.int64).reshape(-1, 2)

    def shut(self) -> list[Span]:
        """What of the service days' opening hours was cut out, epoch seconds."""
        start, end = self.base + self.start / 1000, self.base + self.end / 1000
        around = [*self.days, self.last + timedelta(days=1)]
        planned = union(span for day in around for span in within(opening(self.hall, day), start, end))
        return union(part for a, b in self.closed for part in within(planned, a, b))

    def whole(self, at: float) -> int:
        """An instant, epoch seconds, in milliseconds since `base`."""
        return round((at - self.base) * 1000)

    def instants(self, column: Any) -> Ints:
        """A column of epoch seconds or None as milliseconds; None is NEVER."""
        seconds = np.array(column, np.float64)
        missing = np.isnan(seconds)
        seconds[missing] = self.base
        whole = np.rint((seconds - self.base) * 1000).astype(np.int64)
        whole[missing] = NEVER
        return whole

    def open_between(self, start: Ints, end: Ints) -> Ints:
        """Length of [start, end] inside the opening intervals; 0 where it ends before it starts."""
        found = np.maximum(self._until(end) - self._until(start), 0)
        for place in np.flatnonzero((start < self._around[0]) | (end > self._around[1])):
            a, b = (float(self.base + int(t[place]) / 1000) for t in (start, end))
            shut = sum(self.office.open_seconds(max(a, x), min(b, y)) for x, y in self.closed)
            found[place] = round((self.office.open_seconds(a, b) - shut) * 1000)
        return np.asarray(found)

    def day_index(self, at: Ints) -> Ints:
        """The service day an instant lies in, counted from the first; -1 before it."""
        return np.asarray(np.searchsorted(self._day_starts, at, side="right") - 1)

    def _until(self, at: Ints) -> Ints:
        edge = np.searchsorted(self._edges, at, side="right")
        before = np.maximum(edge - 1, 0)
        total = np.where(edge > 0, self._open[before] if len(self._open) else 0, 0)
        return np.where(edge % 2 == 1, total + at - self._edges[before], total).astype(np.int64)

    def local_hour(self, at: Ints) -> npt.NDArray[np.int8]:
        """Local hour, 0 to 23.

        Every zone is offset by whole quarters of an hour, so that each quarter is looked up once.
        """
        if not len(at):
            return np.zeros(0, np.int8)
        quarter = at // QUARTER
        least = int(quarter.min())
        known = np.zeros(int(quarter.max()) - least + 1, np.int8)
        there = np.flatnonzero(np.bincount(quarter - least))
        known[there] = [datetime.fromtimestamp(self.base + (least + int(q)) * 900, self.hall.zone).hour for q in there]
        return np.asarray(known[quarter - least])


def _midnight(hall: Hall, day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()
