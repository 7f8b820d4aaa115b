"""A recording judged: what would have been told of each wait, by us and by the plain ways, against what came true.

The fold is the hub's own (`server/foresight/watch.py`); the line of a number is who came before it by rank among those
whom its counters call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from server.foresight import rehearsal
from server.foresight.ahead import Floats
from server.foresight.conform import shown
from server.foresight.promise import keeps
from server.foresight.seer import Seer, Sight, Told
from server.foresight.watch import PAUSE_S
from server.reports.recorded_day import Event

HEAD_START_S = 1200.0
SEEN_S = 1800.0
"""A counter of a recording that does not say when it is open is open while it called or held somebody so lately."""


class Wait(NamedTuple):
    """One wait that ended in a call: what was told of it, what the plain ways would have, what came true. Seconds."""

    day: int
    at: float
    klass: str
    service: str
    waited: float
    told: Told
    formula: float
    """ahead x the mean of the last twenty handling times / open counters: the formula of before."""
    last: float
    """LES: the wait of whoever was called last."""
    head: float
    """HOL: how long the first has waited."""


@dataclass
class Course:
    """Days in their order through one seer. `may` is what each counter calls; None: what it has been seen to call."""

    seer: Seer
    may: Mapping[str, Sequence[str]] | None = None
    midnight: Callable[[float], float] = lambda at: at - (at + 28800.0) % 86400.0
    learns: bool = True
    waits: list[Wait] = field(default_factory=list)
    _told: dict[str, tuple[float, str, str, Told | None, float, float, float]] = field(default_factory=dict)
    _rank: dict[int, tuple[float, int, str]] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)
    _at: dict[str, str] = field(default_factory=dict)
    _skills: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _seen: dict[str, float] = field(default_factory=dict)
    _handling: list[float] = field(default_factory=list)
    _says_open: bool = False
    _called_at: dict[str, float] = field(default_factory=dict)

    def day(self, number: int, events: Sequence[Event]) -> None:
        """One day; the night after it learns."""
        watch = self.seer.watch
        watch.midnight = self.midnight(events[0].at)
        self._called_at = {e.visit: e.at for e in reversed(events) if e.event == "call"}
        for event in events:
            getattr(self, f"_{event.event}")(event, number)
        self._rank.clear()
        self._told.clear()
        self._at.clear()
        self._seen.clear()
        self._handling.clear()
        watch.turned(watch.midnight + 86400.0, False, events[-1].at)
        if self.learns:
            self.seer.night()

    def _open(self, event: Event, _: int) -> None:
        self._says_open = True
        self.seer.watch.opened(event.counter, event.at)

    def _close(self, event: Event, _: int) -> None:
        self.seer.watch.closed(event.counter, event.at)

    def _able(self, service: str) -> list[str]:
        if self.may is not None:
            return [c for c, services in self.may.items() if service in services]
        return [c for c in self._seen if not self._skills[c] or service in self._skills[c] or len(self._skills) < 2]

    def _arrive(self, event: Event, number: int) -> None:
        watch, now = self.seer.watch, event.at
        if not self._says_open:
            for counter, at in list(self._seen.items()):
                if now - at > SEEN_S and counter not in watch.held:
                    watch.closed(counter, now)
                    del self._seen[counter]
        able = self._able(event.service)
        queued = self._says_open or self._called_at.get(event.visit, now + 1.0) > now
        if not self._says_open and queued:  # who is not called at once finds nobody who could: the rest have gone
            able = [c for c in able if c in watch.held] or able
        called = {s for c in able for s in (self.may[c] if self.may is not None else self._skills[c])}
        first = event.klass == "green"
        id = self._ids.setdefault(event.visit, len(self._ids) + 1)
        rank = (now - (HEAD_START_S if first else 0.0), id, event.service)
        before = sorted(one for one in self._rank.values() if one[:2] < rank[:2] and one[2] in called)
        held = {counter: (one.service, one.since) for counter, one in watch.held.items()}
        sight = Sight(now, [one[2] for one in before], able, called, event.service, first, watch.open, held)
        seen = self.seer.see(sight)
        told = self.seer.tell(seen) if seen and queued else None
        serving = sum(c in watch.open for c in able)
        mean = np.mean(self._handling[-20:]) if len(self._handling) >= 5 else 60 * watch.standard.get(event.service, 8)
        formula = len(before) * float(mean) / serving if serving else float("nan")
        lately, head = watch.lately(called), watch.head(called, now)
        self._told[event.visit] = (
            now,
            event.service,
            event.klass,
            told,
            formula,
            lately[0] if lately else 0.0,
            head or 0.0,
        )
        watch.came(id, event.service, event.klass, now, rank[0])
        self._rank[id] = rank

    def _call(self, event: Event, number: int) -> None:
        if event.visit in self._at:
            return
        id = self._ids[event.visit]
        counter = event.counter
        service = self._rank.pop(id)[2]
        self._skills[counter].add(service)
        self._at[event.visit] = counter
        watch = self.seer.watch
        watch.freed(counter, event.at)
        if not self._says_open:
            self._seen[counter] = event.at
            watch.opened(counter, event.at)
        waited = watch.called(id, counter, event.at)
        at, service, klass, told, formula, last, head = self._told.pop(event.visit)
        if waited is None or told is None:
            return
        self.waits.append(Wait(number, at, klass, service, waited, told, formula, last, head))
        self.seer.learn(told, waited)

    def _start(self, event: Event, _: int) -> None:
        """The start key says nothing that the call has not said."""

    def _finish(self, event: Event, _: int) -> None:
        counter = self._at.pop(event.visit)
        held = self.seer.watch.held.get(counter)
        if held:
            self._handling.append(event.at - held.since)
        self.seer.watch.freed(counter, event.at)
        if counter in self._seen:
            self._seen[counter] = event.at

    _pass = _finish

    def _leave(self, event: Event, _: int) -> None:
        id = self._ids[event.visit]
        if self._rank.pop(id, None):
            self.seer.watch.left(id, event.at)
        self._told.pop(event.visit, None)


def by_day(events: Sequence[Event], midnight: Callable[[float], float]) -> list[list[Event]]:
    """A recording cut into days, a visit whole in the day of its arrival; who sat at the counter, where that is named,
    stands for it: staff change desks, and what is quick or slow is the person.
    """
    day_of: dict[str, float] = {}
    found: dict[float, list[Event]] = defaultdict(list)
    sat: dict[str, str] = {}
    for event in events:
        if event.event == "arrive":
            day_of[event.visit] = midnight(event.at)
        if event.event == "call":
            sat.setdefault(event.visit, event.staff or event.counter)
        found[day_of[event.visit]].append(event._replace(counter=sat.get(event.visit, "")))
    return [day for _, day in sorted(found.items())]


class Rehearsed(NamedTuple):
    """Days played again with their own counters (`server/foresight/rehearsal.py`): nine in ten waited at most `was_s`
    seconds, and `p90_s` when played; `off_s`: how far the two are apart on one day, in the mean.
    """

    days: int
    was_s: float
    p90_s: float
    off_s: float


def rehearsed(course: Course, played: Sequence[Sequence[Event]], since: int) -> Rehearsed:
    """Days of a hall that says when counters are open, each played again from `since` on by what was known before it,
    then folded into the course.
    """
    assert course.may is not None
    was, again, off = [], [], []
    for number, events in enumerate(played):
        if number >= since:
            true = _waits_of(events)
            mine = rehearsal.waits(_day_of(events), course.may, course.seer.watch.took, number)
            was.append(true)
            again.append(mine)
            off.append(abs(float(np.quantile(true, 0.9)) - float(np.quantile(mine, 0.9))))
        course.day(number, events)
    first, then = (float(np.quantile(np.concatenate(waits), 0.9)) for waits in (was, again))
    return Rehearsed(len(was), first, then, float(np.mean(off)))


def _waits_of(events: Sequence[Event]) -> Floats:
    came = {event.visit: event.at for event in events if event.event == "arrive"}
    return np.array([event.at - came[event.visit] for event in events if event.event == "call"])


def _day_of(events: Sequence[Event]) -> rehearsal.Day:
    left = {event.visit: event.at for event in events if event.event == "leave"}
    called = {event.visit: event.at for event in events if event.event == "call"}
    took = _took(events, called)
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    begun: dict[str, float] = {}
    visits = []
    for event in events:
        if event.event == "open":
            begun[event.counter] = event.at
        elif event.event == "close":
            spans[event.counter].append((begun.pop(event.counter), event.at))
        elif event.event == "arrive":
            rank = event.at - (HEAD_START_S if event.klass == "green" else 0.0)
            gone = left.get(event.visit, float("inf"))
            visits.append(rehearsal.Visit(event.at, rank, event.service, gone, took.get(event.visit)))
    return rehearsal.Day(visits, {counter: tuple(mine) for counter, mine in spans.items()})


def _took(events: Sequence[Event], called: Mapping[str, float]) -> dict[str, float]:
    """How long each had a counter; until its next call, where whoever was called then had waited already
    (`server/foresight/watch.py` does the same).
    """
    came = {event.visit: event.at for event in events if event.event == "arrive"}
    took: dict[str, float] = {}
    freed: dict[str, tuple[str, float]] = {}
    for event in events:
        if event.event in ("finish", "pass"):
            took[event.visit] = event.at - called[event.visit]
            freed[event.counter] = event.visit, event.at
        elif event.event == "close":
            freed.pop(event.counter, None)
        elif event.event == "call" and event.counter in freed:
            last, at = freed.pop(event.counter)
            if came[event.visit] <= at and event.at - at <= PAUSE_S:
                took[last] += event.at - at
    return took


LATE_H = 2.0
"""Promises are judged by those who came so many hours before closing, or later."""


class Promises(NamedTuple):
    """Of those who came late in the day and were called: how many had a number promised, how many of these were called
    after closing all the same, how many were sent away and would have been called in time.
    """

    came: int
    promised: int
    broken: int
    in_vain: int


def promises(waits: Sequence[Wait], closes: float) -> Promises:
    """What would have become of the last numbers of a hall that closes at that hour of the day, had they been given
    out by what was foreseen (`server/foresight/promise.py`).
    """
    late = [(one, (closes - one.told.seen.hour) * 3600.0) for one in waits]
    late = [(one, left) for one, left in late if 0 < left <= LATE_H * 3600.0]
    kept = [(keeps(one.told, left), one.waited <= left) for one, left in late]
    return Promises(len(kept), sum(p for p, _ in kept), kept.count((True, False)), kept.count((False, True)))


def table(waits: Sequence[Wait], days: int, closes: float | None = None) -> list[str]:
    """What `./run foresight` prints: errors in seconds, shares of those that were called; promises too where it is
    known at which hour the hall `closes`.
    """
    if not waits:
        return ["no wait ended in a call"]
    true = _column(waits, lambda one: one.waited)
    ours, head = (_column(waits, of) for of in (lambda one: one.told.middle, lambda one: one.head))
    told = {
        "ours": ours,
        "the play alone": _column(waits, lambda one: one.told.seen.play[1]),
        "people ahead x mean / open": _column(waits, lambda one: one.formula),
        "(ahead + 1 - free) x mean / open (QL)": _column(waits, lambda one: one.told.seen.line),
        "head of the line (HOL)": head,
        "last who was called (LES)": _column(waits, lambda one: one.last),
    }
    lines = [f"{len(waits)} waits of the last {days} days; mean {true.mean():.0f} s", "", "told by  MAE s  bias s"]
    for name, column in told.items():
        known = ~np.isnan(column)
        error = (column - true)[known]
        lines.append(f"{name:38} {np.abs(error).mean():7.0f} {error.mean():+7.0f}")
    judged = judge(waits)
    lines += [
        "",
        f"covered {judged.covered:.1%}, {judged.width_min:.1f} min wide; "
        f"as shown, in steps of 5 min: {judged.shown:.1%}, {judged.shown_width_min:.1f} min wide; "
        f"{judged.longer:.1%} waited longer than was shown",
        "covered by: " + ", ".join(f"{name} {share:.1%} ({n})" for name, (share, n) in judged.parts.items()),
        f"worst day: {judged.worst:.2f} x head of the line; MAE {judged.ratio:.2f} x people ahead x mean / open",
    ]
    if closes is not None:
        last = promises(waits, closes)
        broken, in_vain = last.broken / max(1, last.promised), last.in_vain / max(1, last.came)
        lines.append(
            f"last numbers: of {last.came} who came in the last {LATE_H:.0f} hours {last.promised} were promised;"
            f" broken {broken:.2%}; sent away in vain {in_vain:.1%}"
        )
    spoke = [one.told.source for one in waits]
    lines.append("spoke: " + ", ".join(f"{source} {spoke.count(source)}" for source in dict.fromkeys(spoke)))
    return lines


class Judged(NamedTuple):
    """Of the middle: `ratio` of its MAE to the formula's, `worst` day to HOL. Of the range: what it covers."""

    mae: float
    bias: float
    ratio: float
    worst: float
    covered: float
    width_min: float
    shown: float
    shown_width_min: float
    longer: float
    parts: Mapping[str, tuple[float, int]]


def judge(waits: Sequence[Wait]) -> Judged:
    """What came of what was told."""
    true, ours = _column(waits, lambda one: one.waited), _column(waits, lambda one: one.told.middle)
    head, formula = _column(waits, lambda one: one.head), _column(waits, lambda one: one.formula)
    low, high = _column(waits, lambda one: one.told.low), _column(waits, lambda one: one.told.high)
    inside = (true >= low) & (true <= high)
    steps = [shown(one.told.low, one.told.high) for one in waits]
    first, last = np.array([s[0] * 60.0 for s in steps]), np.array([s[1] * 60.0 for s in steps])
    known, day = ~np.isnan(formula), np.array([one.day for one in waits])
    hour = np.array([one.told.seen.hour for one in waits])
    green = np.array([one.klass == "green" for one in waits])
    parts = {
        "ordinary": ~green,
        "green": green,
        "before 13:00": hour < 13,
        "after": hour >= 13,
        "0-5 min": ours < 300,
        "5-10": (ours >= 300) & (ours < 600),
        "10-20": (ours >= 600) & (ours < 1200),
        "over 20": ours >= 1200,
    }
    error = np.abs(ours - true)
    return Judged(
        float(error.mean()),
        float((ours - true).mean()),
        float(error[known].mean() / np.abs(formula - true)[known].mean()),
        max(float(error[day == d].mean() / max(1.0, np.abs(head - true)[day == d].mean())) for d in set(day.tolist())),
        float(inside.mean()),
        float((high - low).mean() / 60),
        float(((true >= first) & (true <= last)).mean()),
        float((last - first).mean() / 60),
        float((true > last).mean()),
        {name: (float(inside[mask].mean()), int(mask.sum())) for name, mask in parts.items() if mask.any()},
    )


def _column(waits: Sequence[Wait], of: Callable[[Wait], float]) -> Floats:
    return np.array([of(one) for one in waits])
