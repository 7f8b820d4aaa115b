"""What is said of a wait: the play of the line, corrected, with a range that has been true, by whoever has earned to
speak. `Seer` is all that one hall has learnt so far.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple

import numpy as np

from server.foresight import ahead
from server.foresight.ahead import Floats, Seat
from server.foresight.conform import Conform
from server.foresight.correct import FLOOR_S, MOST, PLAIN, Model, Seen, features, fit, line_of
from server.foresight.guard import Guard
from server.foresight.watch import Watch


class Sight(NamedTuple):
    """What somebody stands before: who is called before them, and by whom. Times epoch seconds."""

    now: float
    before: Sequence[str]
    """The services of those who are called before them, in their order."""
    counters: Sequence[str]
    """Those that may call them, open ones and those that will be."""
    services: Collection[str] | None
    """What those call; None for everything."""
    service: str
    first: bool = False
    """Whether their class has a head start."""
    open: Collection[str] = ()
    """Those of them that are open."""
    held: Mapping[str, tuple[str, float]] = {}
    """Whom each of them holds: what for, and since when."""
    hours: tuple[tuple[float, float], ...] = ()
    """The spans in which the hall calls today; none: at any time."""
    weekend: bool = False
    stays: frozenset[str] = frozenset()
    """Counters that stay open, whatever is usual."""


class Told(NamedTuple):
    """A wait as it is told, seconds; `source`, of guard.SOURCES, counted most. `each`: what each would have said."""

    low: float
    middle: float
    high: float
    source: str
    seen: Seen
    each: Mapping[str, float]
    ended: int = 0
    """So many waits had ended by then."""


class Tested(NamedTuple):
    """Mean errors of a back-test, seconds: the model, the play as it is, the line."""

    model: float
    play: float
    line: float


@dataclass
class Seer:
    watch: Watch = field(default_factory=Watch)
    model: Model = PLAIN
    conform: Conform = field(default_factory=Conform)
    guard: Guard = field(default_factory=Guard)
    rows: deque[tuple[Floats, tuple[float, float, float], float]] = field(default_factory=lambda: deque(maxlen=MOST))
    """What the next night learns from: features, play, seconds waited."""

    def see(self, sight: Sight) -> Seen | None:
        """What is known of a wait; None where no counter will ever call."""
        watch, now = self.watch, sight.now
        seats = [seat for seat in (self.seat(one, sight) for one in sight.counters) if seat]
        serving = [c for c in sight.counters if c in sight.open]
        if not seats:
            return None
        free = sum(c not in sight.held for c in serving)
        leaving = watch.gives_up(now)
        people = Counter(sight.before or (sight.service,))
        far, near = sight.before[: -ahead.DEEP], sight.before[-ahead.DEEP :]
        far_s = sum(n * watch.mean(service) for service, n in Counter(far).items())
        course = ahead.turns(seats, [watch.took(service) for service in near], leaving, watch.pace, far_s)
        low, middle, high = _tenths(np.sort(course))
        mean = sum(n * watch.mean(service) for service, n in people.items()) / people.total()
        most = 8 * 3600.0
        return Seen(
            (min(most, float(low)), min(most, float(middle)), min(most, float(high))),
            max(0, len(sight.before) + 1 - free) * mean / max(1, len(serving)),
            watch.head(sight.services, now),
            tuple(watch.lately(sight.services)),
            len(sight.before),
            len(serving),
            free,
            sight.first,
            leaving,
            watch.pace,
            (now - watch.midnight) / 3600.0,
            (sight.hours[-1][1] - now) / 3600.0 if sight.hours else 4.0,
        )

    def seat(self, counter: str, sight: Sight) -> Seat | None:
        """A counter as it is before somebody; None where it will not open."""
        watch = self.watch
        is_open = counter in sight.open
        off = () if counter in sight.stays else watch.off(counter, is_open, sight.now, sight.weekend)
        if not is_open and off[0][1] >= ahead.FOREVER:
            return None
        off = _and_closed(off, sight.hours, sight.now)
        held = sight.held.get(counter)
        if held is None:
            return Seat(None, 0.0, off)
        service, since = held
        return Seat(watch.took(service), max(0.0, sight.now - since), off)

    def tell(self, seen: Seen) -> Told:
        """What is said."""
        row = features(seen)
        low, middle, high = self.model.quantiles(row, seen)
        each = {
            "model": middle,
            "play": seen.play[1],
            "line": seen.line,
            "head": seen.line if seen.head is None else seen.head,
        }
        said = self.guard.middle(each)
        ratio = (FLOOR_S + said) / (FLOOR_S + middle)
        low, high = (max(0.0, (FLOOR_S + one) * ratio - FLOOR_S) for one in (low, high))
        told = self.conform.range(low, said, high)
        return Told(told[0], said, told[1], self.guard.speaks, seen, each, self.guard.count)

    def learn(self, told: Told, waited: float) -> None:
        """What came true of what was told, seconds."""
        self.conform.learn((told.low, told.high), told.middle, waited)
        self.guard.learn(dict(told.each), waited)
        self.rows.append((features(told.seen), told.seen.play, waited))

    def night(self) -> Model:
        """Learn from all that is kept: the model of tomorrow."""
        self.model = fit(*self._columns())
        return self.model

    def back_test(self) -> Tested | None:
        """Learnt from all but the newest fifth of what is kept, and asked about that; None where that is too little."""
        rows, plays, waited = self._columns()
        cut = len(rows) * 4 // 5
        model = fit(rows[:cut], plays[:cut], waited[:cut])
        if model is PLAIN:
            return None
        errors = [
            (
                abs(model.middle(rows[n], plays[n][1]) - waited[n]),
                abs(plays[n][1] - waited[n]),
                abs(line_of(rows[n], plays[n][1]) - waited[n]),
            )
            for n in range(cut, len(rows))
        ]
        return Tested(*(round(fmean(one), 1) for one in zip(*errors, strict=True)))

    def _columns(self) -> tuple[Sequence[Floats], Sequence[tuple[float, float, float]], Sequence[float]]:
        return tuple(zip(*self.rows, strict=True)) if self.rows else ((), (), ())  # type: ignore[return-value]


def _tenths(course: Floats) -> tuple[float, float, float]:
    """A tenth, half and nine tenths of the draws, sorted, end below: linear between them as by `numpy.quantile`, which
    takes longer for so few than all the rest.
    """
    rank = (len(course) - 1) * np.array((0.1, 0.5, 0.9))
    below = rank.astype(np.int64)
    low, middle, high = (course[below] + (course[below + 1] - course[below]) * (rank - below)).tolist()
    return low, middle, high


def _and_closed(
    off: tuple[tuple[float, float], ...], hours: tuple[tuple[float, float], ...], now: float
) -> tuple[tuple[float, float], ...]:
    """Spans without calls, with those between the spans of the hall's hours; after the last of them it goes on."""
    if not hours:
        return off
    gaps = [(0.0, hours[0][0] - now)] if now < hours[0][0] else []
    gaps += [(max(0.0, a - now), b - now) for (_, a), (b, _) in itertools.pairwise(hours) if b > now]
    return tuple(sorted((*off, *gaps)))
