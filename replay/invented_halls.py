"""Three halls that never were, for sixty days each: to judge what is told of waits by days that nobody has looked at.

A: five counters for everything, lunch with one on duty, a sixth that opens when it is full. B: 3 + 2 + 2 counters for
their own services, breaks that nobody planned, a counter that is lent. C: four counters and a crowd before closing.
The same kind and seed give the same hall. Besides the events of a recording there are `open` and `close` of counters.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

from server.reports.recorded_day import Event

SERVICES = ("S1", "S2", "S3", "S4", "S5", "S6")
STANDARD_MIN = {"S1": 4.0, "S2": 5.0, "S3": 6.0, "S4": 7.0, "S5": 9.0, "S6": 12.0}
HEAD_START_S = 1200.0
DAY_S = 86400.0
FIRST_DAY = 1767542400.0
"""Midnight of Monday 2026-01-05 in the hall (UTC+8), epoch seconds."""
NO_SHOW, GREEN = 0.05, 0.12
PATIENCE_S = 9000.0
LUNCH = (12.0, 13.5)
OPEN = (9.0, 17.0)


class Kind(NamedTuple):
    """A hall. `counters`: what each calls; `tidal`: that which opens when it is full; `lunch`: who stays; `peaks`:
    (hour, width, weight) of the arrivals; `a_day`: how many come.
    """

    counters: Mapping[str, tuple[str, ...]]
    tidal: str
    lunch: tuple[str, ...]
    peaks: tuple[tuple[float, float, float], ...]
    a_day: int
    breaks: float


ALL = SERVICES
TWO_PEAKS = ((10.2, 0.8, 0.45), (14.8, 0.9, 0.40), (12.6, 1.2, 0.15))
KINDS = {
    "A": Kind({str(n): ALL for n in range(1, 7)}, "6", ("1",), TWO_PEAKS, 325, 0.0),
    "B": Kind(
        {
            **{str(n): ("S1", "S2", "S3") for n in (1, 2, 3)},
            **{str(n): ("S4",) for n in (4, 5)},
            **{str(n): ("S5", "S6") for n in (6, 7)},
            "8": ("S1", "S2", "S3", "S5", "S6"),
        },
        "8",
        ("1", "4", "6"),
        TWO_PEAKS,
        355,
        0.5,
    ),
    "C": Kind(
        {str(n): ALL for n in range(1, 5)},
        "",
        ("1", "2"),
        ((10.0, 0.9, 0.40), (13.8, 0.8, 0.2), (16.0, 0.45, 0.40)),
        245,
        0.0,
    ),
}


@dataclass
class _Day:
    """One day at work."""

    kind: Kind
    random: Random
    midnight: float
    first: int
    speeds: Mapping[str, float]
    pace: float
    events: list[Event] = field(default_factory=list)
    waiting: list[tuple[float, int, str]] = field(default_factory=list)
    """(rank, number, service)"""
    open: set[str] = field(default_factory=set)
    busy: dict[str, int] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    """Counters that close once their person is done."""
    agenda: list[tuple[float, int, str, tuple[str, ...]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def at(self, when: float, what: str, *about: str) -> None:
        heapq.heappush(self.agenda, (when, next(self.order), what, about))

    def said(self, when: float, event: str, visit: str = "", **cells: str) -> None:
        self.events.append(Event(when, event, visit, **cells))

    def work(self) -> list[Event]:
        self._plan()
        while self.agenda:
            when, _, what, about = heapq.heappop(self.agenda)
            getattr(self, f"_{what}")(when, *about)
        return self.events

    def _hour(self, hour: float) -> float:
        return self.midnight + hour * 3600.0

    def _plan(self) -> None:
        kind, random = self.kind, self.random
        for counter in kind.counters:
            if counter == kind.tidal:
                continue
            self.at(self._hour(OPEN[0]) + random.uniform(0, 120), "open", counter)
            if counter not in kind.lunch:
                self.at(self._hour(LUNCH[0]) + random.uniform(-240, 240), "close", counter)
                self.at(self._hour(LUNCH[1]) + random.uniform(-120, 300), "open", counter)
            if random.random() < kind.breaks:
                begins = self._hour(random.uniform(9.7, 16.0))
                if not LUNCH[0] - 0.4 < (begins - self.midnight) / 3600 < LUNCH[1] + 0.1:
                    self.at(begins, "close", counter)
                    self.at(begins + random.uniform(300, 1200), "open", counter)
        self.at(self._hour(OPEN[1]), "end")
        busy_day = random.gammavariate(60, 1 / 60)
        people = int(random.gauss(kind.a_day * busy_day, kind.a_day**0.5))
        weights = [random.uniform(0.85, 1.15) * w for w in (0.24, 0.2, 0.16, 0.18, 0.12, 0.10)]
        for n in range(people):
            hour = self._arrival()
            service = random.choices(SERVICES, weights)[0]
            klass = "green" if random.random() < GREEN else "ordinary"
            self.at(self._hour(hour), "arrive", str(self.first + n), service, klass)

    def _arrival(self) -> float:
        peaks = self.kind.peaks
        while True:
            middle, width, _ = self.random.choices(peaks, [p[2] for p in peaks])[0]
            hour = self.random.gauss(middle, width)
            if OPEN[0] - 0.2 <= hour <= OPEN[1] - 0.17:
                return hour

    # --- what happens ---

    def _open(self, when: float, counter: str) -> None:
        self.leaving.discard(counter)
        if counter not in self.open:
            self.open.add(counter)
            self.said(when, "open", counter=counter)
            self._call(when, counter)

    def _close(self, when: float, counter: str) -> None:
        if counter in self.busy:
            self.leaving.add(counter)
        elif counter in self.open:
            self.open.remove(counter)
            self.said(when, "close", counter=counter)

    def _end(self, when: float) -> None:
        """Whoever has nobody closes; the others once nobody waits for them."""
        for counter in sorted(self.open - {*self.busy}):
            if not self._call(when, counter):
                self._close(when, counter)

    def _arrive(self, when: float, visit: str, service: str, klass: str) -> None:
        self.said(when, "arrive", visit, service=service, klass=klass)
        head = HEAD_START_S if klass == "green" else 0.0
        heapq.heappush(self.waiting, (when - head, int(visit), service))
        self.at(when + 120 + self.random.expovariate(1 / PATIENCE_S), "leave", visit)
        self._tide(when)
        for counter in self.kind.counters:
            if counter in self.open and counter not in self.busy and self._call(when, counter):
                break

    def _leave(self, when: float, visit: str) -> None:
        mine = next((one for one in self.waiting if one[1] == int(visit)), None)
        if mine:
            self.waiting.remove(mine)
            heapq.heapify(self.waiting)
            self.said(when, "leave", visit)

    def _tide(self, when: float) -> None:
        tidal = self.kind.tidal
        hour = (when - self.midnight) / 3600
        mine = [one for one in self.waiting if tidal and one[2] in self.kind.counters[tidal]]
        if tidal and OPEN[0] <= hour < OPEN[1] and len(mine) >= 12 and tidal not in self.open:
            if not LUNCH[0] <= hour < LUNCH[1]:
                self._open(when, tidal)
        elif tidal in self.open and len(mine) <= 4:
            self._close(when, tidal)

    def _call(self, when: float, counter: str) -> bool:
        able = [one for one in self.waiting if one[2] in self.kind.counters[counter]]
        if not able or counter in self.busy or counter not in self.open:
            return False
        mine = min(able)
        self.waiting.remove(mine)
        heapq.heapify(self.waiting)
        _, number, service = mine
        visit = str(number)
        self.busy[counter] = number
        self.said(when, "call", visit, counter=counter, staff=f"S{counter}")
        if self.random.random() < NO_SHOW:
            self.at(when + 90, "done", counter, visit, "pass")
        else:
            takes = STANDARD_MIN[service] * 60 * self.speeds[counter] * self.pace
            takes *= self.random.lognormvariate(-0.18, 0.6)
            self.at(when + self.random.uniform(8, 40) + max(30.0, takes), "done", counter, visit, "finish")
        return True

    def _done(self, when: float, counter: str, visit: str, how: str) -> None:
        self.said(when, how, visit, counter=counter, outcome="现场办结" if how == "finish" else "")
        self.at(when + self.random.uniform(2, 15), "ready", counter)

    def _ready(self, when: float, counter: str) -> None:
        self.busy.pop(counter, None)
        self._tide(when)
        if counter in self.leaving:
            self.leaving.remove(counter)
            self._close(when, counter)
        elif not self._call(when, counter) and when > self._hour(OPEN[1]):
            self._close(when, counter)


def days(kind: str, seed: int, number: int = 60) -> list[list[Event]]:
    """So many workdays of a hall, each in the order of time."""
    random = Random(f"{kind}/{seed}")
    hall = KINDS[kind]
    speeds = {counter: random.lognormvariate(0, 0.12) for counter in hall.counters}
    found: list[list[Event]] = []
    first = 1
    for n in range(number):
        midnight = FIRST_DAY + (n // 5 * 7 + n % 5) * DAY_S
        day = _Day(hall, random, midnight, first, speeds, random.lognormvariate(0, 0.07)).work()
        first += 2000
        found.append(sorted(day, key=lambda event: event.at))
    return found


def lunch(kind: str) -> Mapping[str, Sequence[tuple[float, float]]]:
    """When each counter goes to lunch by the hall's plan, hours of the day."""
    hall = KINDS[kind]
    return {counter: [LUNCH] for counter in hall.counters if counter not in (*hall.lunch, hall.tidal)}


def may_call(kind: str) -> Mapping[str, Sequence[str]]:
    """What each counter calls."""
    return KINDS[kind].counters
