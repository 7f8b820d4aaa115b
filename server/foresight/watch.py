"""What happened in the hall lately, folded step by step: who waits, who is where, how long things took, which counters
are usually open when. The same fold serves a hub and a recording.

It knows numbers, services and counters, and nothing of a person.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from server.foresight.ahead import FOREVER, Floats
from server.foresight.rehearsal import Day, Visit

KEPT = 240
"""Handling times that are kept of a service."""
OWN = 20
"""From so many on a service's own times speak for it."""
PAUSE_S = 900.0
"""A counter that calls nobody for longer was away."""
SLOTS = 96
"""Quarters of an hour of a day."""
DAY_S, EPOCHS = 86400, 3
"""A day, seconds, and the weekday of the first one of the epoch, a Thursday."""
USUAL = 0.25
"""Weight of the newest day in what is usual."""


PAST = 20
"""Newest days that are kept whole, without a name or a number: when somebody came for what."""


class Past(NamedTuple):
    """A day that is over, as it was. `began`: its midnight, epoch seconds; `waited`: the seconds of each first wait
    that ended in a call.
    """

    began: float
    weekend: bool
    day: Day
    waited: tuple[float, ...]


class Waits(NamedTuple):
    """Somebody who waits. Times epoch seconds."""

    service: str
    klass: str
    came: float


class Held(NamedTuple):
    """Whom a counter holds since when."""

    id: int
    service: str
    since: float


class Usual(NamedTuple):
    """What is known of the waits of those who came in an hour of the day: their mean, seconds, of so many."""

    mean: float = 0.0
    number: int = 0

    def and_one(self, waited: float) -> Usual:
        """With one more; the newest four hundred count about alike."""
        return Usual(self.mean + (waited - self.mean) / min(self.number + 1, 400), self.number + 1)


class Wait(NamedTuple):
    """A wait that ended in a call."""

    service: str
    called: float
    waited: float


@dataclass
class Watch:
    """`standard` are the catalogue's minutes by service: they stand in until enough was seen. `midnight` is the local
    midnight of the day that is folded, epoch seconds.
    """

    standard: Mapping[str, float] = field(default_factory=dict)
    midnight: float = 0.0
    waiting: dict[int, Waits] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    open: dict[str, float] = field(default_factory=dict)
    waits: deque[Wait] = field(default_factory=lambda: deque(maxlen=60))
    ends: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=200))
    """When waits ended, and whether in a call (or by giving up)."""
    usual: dict[tuple[str, bool], Floats] = field(default_factory=dict)
    """(counter, weekend) -> for each quarter of an hour the share of days on which it was open."""
    today: dict[str, Floats] = field(default_factory=dict)
    lunch: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """(begin, end) of each counter's lunch as it is planned, hours of the day: it stands in until a day was seen."""
    by_hour: list[Usual] = field(default_factory=lambda: [Usual()] * 24)
    """How long those waited who came from 0 to 1, from 1 to 2 ..."""
    by_weekday: list[list[Usual]] = field(default_factory=lambda: [[Usual()] * 24 for _ in range(7)])
    """The same of each weekday, Monday first."""
    pace: float = 1.0
    """How much longer things take today than they did, the newest counting most."""
    visits: dict[int, Visit] = field(default_factory=dict)
    """Of today, by number."""
    days: deque[Past] = field(default_factory=lambda: deque(maxlen=PAST))
    """Those before it, the newest last."""
    _spans: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    _freed: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Counter -> whom it had last, and until when."""
    _waited: list[float] = field(default_factory=list)
    _took: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=KEPT)))
    _sorted: dict[str, tuple[Floats, float]] = field(default_factory=dict)
    _changes: dict[tuple[str, bool], list[tuple[int, bool]]] = field(default_factory=dict)

    # --- what happens ---

    def plan(self, standard: Mapping[str, float], lunch: Mapping[str, Sequence[tuple[float, float]]]) -> None:
        """The hall's file, at first or anew."""
        self.standard, self.lunch = standard, lunch
        self._sorted.clear()

    def came(self, id: int, service: str, klass: str, at: float, rank: float | None = None) -> None:
        """`rank`: as when it counts as having come, epoch seconds; its class may have a head start."""
        self.waiting[id] = Waits(service, klass, at)
        self.visits[id] = Visit(at, at if rank is None else rank, service)

    def called(self, id: int, counter: str, at: float, service: str = "") -> float | None:
        """The seconds that a number has waited; None where its wait had ended before (it came back for `service`)."""
        found = self.waiting.pop(id, None)
        self._paused(counter, found.came if found else at, at)
        if found is None:
            self.held[counter] = Held(id, service, at)
            return None
        self.held[counter] = Held(id, found.service, at)
        waited = max(0.0, at - found.came)
        self._waited.append(waited)
        self.waits.append(Wait(found.service, at, waited))
        self.ends.append((at, True))
        hour = int((found.came - self.midnight) // 3600)
        if 0 <= hour < 24:
            for hours in (self.by_hour, self.by_weekday[self.weekday]):
                hours[hour] = hours[hour].and_one(waited)
        return waited

    def _paused(self, counter: str, came: float, at: float) -> None:
        """A counter that called nobody for a while, though whoever it calls now was waiting already, was at work with
        its last person for so much longer, as far as a day that is played again goes.
        """
        last, freed = self._freed.pop(counter, (0, at))
        visit = self.visits.get(last)
        if visit and visit.took is not None and came <= freed and at - freed <= PAUSE_S:
            self.visits[last] = visit._replace(took=visit.took + at - freed)

    def freed(self, counter: str, at: float) -> None:
        """A counter has nobody any more: the person is done, sent on, or did not come."""
        found = self.held.pop(counter, None)
        if found is None:
            return
        self._freed[counter] = found.id, at
        took = at - found.since
        if 0.0 < took < 4 * 3600.0:
            visit = self.visits.get(found.id)
            if visit and visit.took is None:
                self.visits[found.id] = visit._replace(took=took)
            mean = self.mean(found.service)
            self.pace += 0.06 * (min(4.0, took / max(1.0, mean)) - self.pace)
            mine = self._took[found.service]
            mine.append(took)
            if len(mine) > OWN:  # else it stands in for others too
                del self._sorted[found.service]
            else:
                self._sorted.clear()

    def left(self, id: int, at: float) -> None:
        if self.waiting.pop(id, None):
            self.ends.append((at, False))
            if id in self.visits:
                self.visits[id] = self.visits[id]._replace(left=at)

    def opened(self, counter: str, at: float) -> None:
        self.open.setdefault(counter, at)

    def closed(self, counter: str, at: float) -> None:
        began = self.open.pop(counter, None)
        self._freed.pop(counter, None)
        if began is not None:
            self._note(counter, began, at)

    def turned(self, midnight: float, weekend: bool, at: float) -> None:
        """A day is over: what was open when is remembered, and the next begins at `midnight`. `weekend`: of the day
        that ends.
        """
        for counter, began in self.open.items():
            self._note(counter, began, at)
        if self.today:
            for counter in {*self.today, *(c for c, of in self.usual if of == weekend)}:
                new = self.today.get(counter, np.zeros(SLOTS))
                old = self.usual.get((counter, weekend))
                self.usual[counter, weekend] = new if old is None else old + USUAL * (new - old)
        if self.visits and self._spans:
            spans = {counter: tuple(mine) for counter, mine in self._spans.items()}
            self.days.append(Past(self.midnight, weekend, Day([*self.visits.values()], spans), tuple(self._waited)))
        self._changes.clear()
        self._spans.clear()
        self._waited.clear()
        self.visits.clear()
        self._freed.clear()
        self.today, self.open, self.held, self.waiting = {}, {}, {}, {}
        self.waits.clear()
        self.ends.clear()
        self.midnight, self.pace = midnight, 1.0 + 0.3 * (self.pace - 1.0)

    def _note(self, counter: str, began: float, ended: float) -> None:
        if ended > began:
            self._spans[counter].append((began, ended))
        day = self.today.setdefault(counter, np.zeros(SLOTS))
        first, last = ((at - self.midnight) / 900.0 for at in (began, ended))
        middle = np.arange(SLOTS) + 0.5
        day[(middle >= first) & (middle < last)] = 1.0

    # --- what is asked ---

    @property
    def weekday(self) -> int:
        """Of the day that is folded, Monday 0: noon of a local day is in the same day of UTC up to twelve hours off."""
        return (int(self.midnight + DAY_S / 2) // DAY_S + EPOCHS) % 7

    def copied(self) -> Watch:
        """What is known of days and of handling times, as it is now: for a question that takes longer."""
        return replace(
            self,
            usual={**self.usual},
            today={**self.today},
            visits={**self.visits},
            days=self.days.copy(),
            _took=defaultdict(deque, {service: kept.copy() for service, kept in self._took.items()}),
            _sorted={**self._sorted},
            _changes={**self._changes},
        )

    def took(self, service: str) -> Floats:
        """Handling times of a service, seconds, sorted: those seen, else those of all services by its standard minutes,
        else what the catalogue says, with the spread that such times have.
        """
        return self._known(service)[0]

    def mean(self, service: str) -> float:
        """Their mean."""
        return self._known(service)[1]

    def _known(self, service: str) -> tuple[Floats, float]:
        found = self._sorted.get(service)
        if found is None:
            times = self._times(service)
            found = self._sorted[service] = times, float(times.mean())
        return found

    def _times(self, service: str) -> Floats:
        mine = self._took.get(service, ())
        if len(mine) >= OWN:
            return np.sort(np.array(mine))
        standard = self.standard.get(service, 8.0) * 60.0
        others = [took / self.standard.get(code, 8.0) for code, kept in self._took.items() for took in kept][-KEPT:]
        if len(others) >= OWN:
            like = np.array(others) * self.standard.get(service, 8.0)
        else:
            like = standard * np.exp(0.5 * SPREAD - 0.12)
        return np.sort(np.concatenate([like, np.array(mine, dtype=np.float64)]))

    def off(self, counter: str, is_open: bool, now: float, weekend: bool) -> tuple[tuple[float, float], ...]:
        """When a counter will be closed as it usually is, seconds from now: what changes from now on is as on other
        days, and how it is now holds until it changes.
        """
        changes = self._changes_of(counter, weekend) or self._planned(counter, is_open)
        found: list[tuple[float, float]] = []
        begun = None if is_open else 0.0
        for slot, opens in changes:
            at = self.midnight + slot * 900.0 - now
            if at <= 0:
                continue
            if opens and begun is not None:
                found.append((begun, at))
                begun = None
            elif not opens and begun is None:
                begun = at
        # it closes for the day in the end: who waits then is served to the end by whoever is there
        return (*found, (0.0, FOREVER)) if begun == 0.0 else tuple(found)

    def _changes_of(self, counter: str, weekend: bool) -> list[tuple[int, bool]]:
        found = self._changes.get((counter, weekend))
        if found is None:
            usual = self.usual.get((counter, weekend))
            there = np.zeros(SLOTS, dtype=bool) if usual is None else usual >= 0.5
            found = [(n, bool(there[n])) for n in range(1, SLOTS) if there[n] != there[n - 1]]
            self._changes[counter, weekend] = found
        return found

    def _planned(self, counter: str, is_open: bool) -> list[tuple[int, bool]]:
        """The lunch of a counter that is at work today and of which no day was seen."""
        if not (is_open or counter in self.today):
            return []
        lunch = self.lunch.get(counter, ())
        return [change for a, b in lunch for change in ((round(a * 4), False), (round(b * 4), True))]

    def lately(self, services: Collection[str] | None) -> list[float]:
        """How long those waited who were called last in a line, the newest first, at most ten."""
        found: list[float] = []
        for wait in reversed(self.waits):
            if services is None or wait.service in services:
                found.append(wait.waited)
                if len(found) == 10:
                    break
        return found

    def head(self, services: Collection[str] | None, now: float) -> float | None:
        """How long the one has waited who has waited longest in a line; 0 where the clock was set back since."""
        came = [w.came for w in self.waiting.values() if services is None or w.service in services]
        return max(0.0, now - min(came)) if came else None

    def gives_up(self, now: float) -> float:
        """The share of the waits of the last hour that ended by giving up."""
        ends = [called for at, called in self.ends if at > now - 3600.0]
        return (len(ends) - sum(ends)) / (len(ends) + 10.0)


def _normal(n: int) -> Floats:
    """So many quantiles of the normal distribution, by a rational formula good to 0.0005 (Abramowitz and Stegun
    26.2.23).
    """
    p = (np.arange(n) + 0.5) / n
    t = np.sqrt(-2.0 * np.log(np.minimum(p, 1 - p)))
    tail = t - (2.515517 + 0.802853 * t + 0.010328 * t**2) / (1 + 1.432788 * t + 0.189269 * t**2 + 0.001308 * t**3)
    return np.asarray(np.where(p < 0.5, -tail, tail))


SPREAD = _normal(40)
