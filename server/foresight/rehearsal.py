"""A day that was, played again with counters as they were or as they might have been: who would have waited how long.
Pure. Whoever came comes again at the same moment, and whoever left leaves if not called by then; whoever was served
takes as long at the counter as it did, and of who was not that is drawn from what such people took before that day.
Another rule can be tried on it: other head starts, their limits (`server/domain/overtaking.py`, the hub's own), and
when a counter helps others (潮汐).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from server.domain.overtaking import InLine, Limits, place
from server.foresight.ahead import Floats

Spans = tuple[tuple[float, float], ...]


class Visit(NamedTuple):
    """Somebody who came. Times epoch seconds; `rank`: its place in the line; `left`: when it would give up; `took`: how
    long it was at the counter, seconds, None for who never was; `klass` matters where a rule is tried alone.
    """

    came: float
    rank: float
    service: str
    left: float = float("inf")
    took: float | None = None
    klass: str = ""


class Day(NamedTuple):
    """Who came, and when each counter was open."""

    visits: Sequence[Visit]
    open: Mapping[str, Spans]


class Rule(NamedTuple):
    """Who is next, as far as it is tried: head starts by class, seconds; their limits; who helps whom: counter ->
    (services, after how many seconds of waiting).
    """

    head_s: Mapping[str, float]
    limits: Limits = Limits()
    helps: Mapping[str, tuple[Sequence[str], float]] = {}


class Call(NamedTuple):
    """Who was called when: `visit` its place in `Day.visits`; epoch seconds."""

    visit: int
    at: float
    counter: str


def waits(day: Day, may: Mapping[str, Sequence[str]], took: Callable[[str], Floats], draw: int = 0) -> Floats:
    """The waits of those who are called, seconds, in the order of their calls."""
    return np.array([call.at - day.visits[call.visit].came for call in calls(day, may, took, draw)])


def calls(
    day: Day,
    may: Mapping[str, Sequence[str]],
    took: Callable[[str], Floats],
    draw: int = 0,
    rule: Rule | None = None,
) -> list[Call]:
    """The calls of a day in their order. `may` is what each counter calls, `took` handling times by service, seconds;
    the same `draw` is the same luck. With a `rule` a visit's rank is what that gives it, else its own.
    """
    return _Course(day, may, took, draw, rule).played()


class _Course:
    def __init__(
        self,
        day: Day,
        may: Mapping[str, Sequence[str]],
        took: Callable[[str], Floats],
        draw: int,
        rule: Rule | None,
    ) -> None:
        self.day, self.may, self.rule = day, may, rule
        self.chance = np.random.default_rng((1917, draw)).random(len(day.visits)).tolist()
        self.times = {service: took(service) for service in {visit.service for visit in day.visits}}
        self.lines: dict[str, list[tuple[float, int]]] = {service: [] for service in self.times}
        order = sorted(range(len(day.visits)), key=lambda n: day.visits[n].came)
        self.number = {n: place for place, n in enumerate(order)}
        """In the order in which they come: of equal ranks the earlier goes first."""
        self.order, self.coming = order, order[::-1]
        self.called: list[InLine] = []
        self.found: list[Call] = []

    def played(self) -> list[Call]:
        day, coming = self.day, self.coming
        counters = [(spans[0][0], counter, 0) for counter, spans in day.open.items() if spans]
        heapq.heapify(counters)
        while counters:
            now, counter, span = heapq.heappop(counters)
            while coming and day.visits[coming[-1]].came <= now:
                self._comes(coming.pop())
            spans = day.open[counter]
            if now >= spans[span][1]:
                if span + 1 < len(spans):
                    heapq.heappush(counters, (max(now, spans[span + 1][0]), counter, span + 1))
                continue
            mine = self._next(counter, now)
            if mine is not None:
                heapq.heappush(counters, (now + self._call(mine, counter, now), counter, span))
            elif (wakes := self._wakes(counter, now)) is not None:
                heapq.heappush(counters, (wakes, counter, span))
        return self.found

    def _comes(self, mine: int) -> None:
        visit, rank = self.day.visits[mine], self.day.visits[mine].rank
        if self.rule:
            head = self.rule.head_s.get(visit.klass, 0.0)
            rank = visit.came - head
            if head and any(self.rule.limits):
                rank = self._placed(visit, rank)
        heapq.heappush(self.lines[visit.service], (rank, self.number[mine]))

    def _placed(self, visit: Visit, rank: float) -> float:
        """As the hub does (`server/verbs/place.py`): in the line of the counters that call its service."""
        assert self.rule
        scope = {s for services in self.may.values() if visit.service in services for s in services if s in self.lines}
        line = sorted(one for service in scope for one in self.lines[service])
        seen = [self._seen(number, at) for at, number in line if self._visit(number).left > visit.came]
        gone = [one for one in reversed(self.called) if self._visit(one.id).service in scope]
        return place(rank, seen, gone, self.rule.limits).rank

    def _visit(self, number: int) -> Visit:
        return self.day.visits[self.order[number]]

    def _seen(self, number: int, rank: float) -> InLine:
        assert self.rule
        return InLine(number, rank, self.rule.head_s.get(self._visit(number).klass, 0.0) > 0)

    def _call(self, mine: int, counter: str, now: float) -> float:
        """How long it takes."""
        visit = self.day.visits[mine]
        self.found.append(Call(mine, now, counter))
        if self.rule:
            self.called.append(self._seen(self.number[mine], visit.came))
        like = self.times[visit.service]
        return float(like[int(self.chance[mine] * len(like))]) if visit.took is None else visit.took

    def _next(self, counter: str, now: float) -> int | None:
        """Who is called: the first by rank that has not left, of its own and of those it helps by now."""
        full = [line for service in self.may[counter] if (line := self._line(service, now))]
        services, after = self._helped(counter)
        for service in services:
            line = self._line(service, now)
            if line and now - self._visit(line[0][1]).came >= after:
                full.append(line)
        return self.order[heapq.heappop(min(full, key=lambda line: line[0]))[1]] if full else None

    def _line(self, service: str, now: float) -> list[tuple[float, int]]:
        """The line of a service, without those at its head who have left."""
        line = self.lines.get(service, [])
        while line and self._visit(line[0][1]).left <= now:
            heapq.heappop(line)
        return line

    def _helped(self, counter: str) -> tuple[Sequence[str], float]:
        return self.rule.helps.get(counter, ((), 0.0)) if self.rule else ((), 0.0)

    def _wakes(self, counter: str, now: float) -> float | None:
        """When a counter that has nobody to call looks again: somebody comes, or has waited long enough for it."""
        services, after = self._helped(counter)
        ripe = [self._visit(self.lines[s][0][1]).came + after for s in services if self.lines.get(s)]
        moments = [at for at in ripe if at > now]
        if self.coming:
            moments.append(self.day.visits[self.coming[-1]].came)
        return min(moments, default=None)


class Felt(NamedTuple):
    """What those of a class waited: so many, their mean, what nine in ten waited at most, the longest, seconds; the
    share that waited longer than pledged.
    """

    people: int
    mean_s: float
    p90_s: float
    longest_s: float
    over: float


def felt(waits_s: Sequence[float], pledge_s: float) -> Felt:
    if not waits_s:
        return Felt(0, 0.0, 0.0, 0.0, 0.0)
    found = np.array(waits_s)
    share = float((found > pledge_s).mean())
    return Felt(len(found), float(found.mean()), float(np.quantile(found, 0.9)), float(found.max()), share)


def by_class(
    days: Sequence[Day],
    may: Mapping[str, Sequence[str]],
    took: Callable[[str], Floats],
    rule: Rule,
    pledge_s: float,
) -> dict[str, Felt]:
    """Days played by a rule: what each class waited, and `""` everybody. The same luck for every rule."""
    waited: dict[str, list[float]] = defaultdict(list)
    for number, day in enumerate(days):
        for call in calls(day, may, took, number, rule):
            visit = day.visits[call.visit]
            waited[visit.klass].append(call.at - visit.came)
            waited[""].append(call.at - visit.came)
    return {klass: felt(found, pledge_s) for klass, found in waited.items()}
