"""Invents hall days that look real: two peaks, classes, a catalogue's mix, no-shows and walk-outs.

The same seed, the same day.

The queue is its own plain one (longest wait first, the priority class with a head start), so that a day can be compared
with what the hub makes of it. Nobody is invented by name.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from config import Hall
from server.domain import vocabulary
from server.domain.visit import Visit
from server.domain.worktime import opening, service_day
from server.reports.recorded_day import Event

CLASSES = {"ordinary": 88, "green": 12}
HEAD_START_S = 1200
OUTCOMES = {"现场办结": 70, "受理待办": 18, "咨询": 6, "补正": 4, "不予受理": 2}
NO_SHOW = 0.05
PATIENCE_MEAN_S = 5400
NO_START_KEY = 0.04
"""Share of the served for whom nobody pressed the start key."""
BEFORE_CLOSE_S = 900
"""Nobody comes in the last minutes; who still waits at the end of the day expires."""


class _Person(NamedTuple):
    arrived: int
    visit: str
    service: str
    klass: str
    patience: int
    standard_s: int


def day(
    hall: Hall, on: date, seed: int, arrivals: int = 170, counters: Sequence[str] = ("1", "2", "3", "4")
) -> list[Event]:
    """The events of a day of about a hall's size; empty when the hall is closed on it. Times are whole seconds."""
    intervals = [(int(start), int(end)) for start, end in opening(hall, on)]
    if not intervals:
        return []
    random = Random(f"{seed}/{on.isoformat()}/{arrivals}")
    people = _people(hall, random, intervals, arrivals)
    events = list(_served(random, intervals, people, counters))
    return [event for _, _, event in sorted((e.at, n, e) for n, e in enumerate(events))]


def _people(hall: Hall, random: Random, intervals: list[tuple[int, int]], arrivals: int) -> list[_Person]:
    codes = list(hall.services)
    weights = [1 / (place + 2) for place in range(len(codes))]
    moments = sorted(_moment(random, intervals) for _ in range(arrivals))
    return [
        _Person(
            at,
            f"v{number}",
            code := random.choices(codes, weights)[0],
            _one_of(random, CLASSES),
            int(random.expovariate(1 / PATIENCE_MEAN_S)) + 60,
            60 * hall.services[code].standard_min,
        )
        for number, at in enumerate(moments, start=1)
    ]


def _one_of(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _moment(random: Random, intervals: list[tuple[int, int]]) -> int:
    """Most come in the second quarter of an interval, and some through lunch."""
    lengths = [end - start for start, end in intervals]
    start, end = random.choices(intervals, lengths)[0]
    if random.random() < 0.03:
        return random.randint(intervals[0][0], intervals[-1][1] - BEFORE_CLOSE_S)
    return start + int(random.betavariate(1.8, 2.8) * (end - start - BEFORE_CLOSE_S))


def _served(
    random: Random, intervals: list[tuple[int, int]], people: list[_Person], counters: Sequence[str]
) -> Iterator[Event]:
    """One pooled queue before the counters. Each counter takes the next one when it is free and the hall is open."""
    for person in people:
        yield Event(float(person.arrived), "arrive", person.visit, person.service, person.klass)
    free = [(intervals[0][0], number) for number in range(len(counters))]
    waiting: list[tuple[int, int]] = []
    coming = 0
    while free:
        now, number = heapq.heappop(free)
        opens = _open_from(now, intervals)
        if opens is None:
            continue
        if opens > now:
            heapq.heappush(free, (opens, number))
            continue
        while coming < len(people) and people[coming].arrived <= now:
            head_start = HEAD_START_S if people[coming].klass == "green" else 0
            heapq.heappush(waiting, (people[coming].arrived - head_start, coming))
            coming += 1
        while waiting and _gone(people[waiting[0][1]], now):
            yield _leave(people[heapq.heappop(waiting)[1]])
        if waiting:
            person = people[heapq.heappop(waiting)[1]]
            done = yield from _at_counter(random, now, person, counters[number])
            heapq.heappush(free, (done, number))
        elif coming < len(people):
            heapq.heappush(free, (people[coming].arrived, number))
    rest = [people[index] for _, index in waiting] + people[coming:]
    yield from (_leave(person) for person in rest if _gone(person, intervals[-1][1]))


def _open_from(now: int, intervals: list[tuple[int, int]]) -> int | None:
    return next((max(start, now) for start, end in intervals if now < end), None)


def _gone(person: _Person, now: int) -> bool:
    return person.arrived + person.patience < now


def _leave(person: _Person) -> Event:
    return Event(float(person.arrived + person.patience), "leave", person.visit)


def _at_counter(random: Random, now: int, person: _Person, counter: str) -> Generator[Event, None, int]:
    """Called, perhaps again, then served or passed. Gives the second after which the counter is free."""
    staff = f"S{counter}"
    yield Event(float(now), "call", person.visit, counter=counter, staff=staff)
    if random.random() < NO_SHOW:
        yield Event(float(now + 40), "call", person.visit, counter=counter, staff=staff)
        yield Event(float(now + 90), "pass", person.visit, counter=counter)
        return now + 91
    begun = now + random.randint(8, 45)
    if random.random() >= NO_START_KEY:
        yield Event(float(begun), "start", person.visit, counter=counter)
    done = begun + max(30, int(person.standard_s * random.lognormvariate(-0.15, 0.5)))
    yield Event(float(done), "finish", person.visit, counter=counter, outcome=_one_of(random, OUTCOMES))
    return done + random.randint(2, 15)


ENDS = {"finish": "finished", "pass": "passed", "leave": "left"}


def visits(hall: Hall, events: Sequence[Event], ends: float) -> list[Visit]:
    """The visits of played events, folded by hand: for tests and benches that need many and no hub.

    `ends`: day's end.
    """
    found: dict[str, Visit] = {}
    for e in events:
        if e.event == "arrive":
            today = service_day(hall, e.at).isoformat()
            found[e.visit] = Visit(
                today,
                e.service,
                e.klass or "ordinary",
                "kiosk",
                None,
                None,
                "waiting",
                e.at,
                None,
                None,
                None,
                None,
                0,
                None,
            )
        else:
            found[e.visit] = _after(found[e.visit], e)
    return [v._replace(state="expired", ended=ends) if v.state == "waiting" else v for v in found.values()]


def _after(v: Visit, e: Event) -> Visit:
    if e.event == "call":
        first = e.at if v.called is None else v.called
        return v._replace(
            state="called", called=first, last_called=e.at, counter=e.counter, staff=e.staff, calls=v.calls + 1
        )
    if e.event == "start":
        return v._replace(state="serving", started=e.at)
    return v._replace(state=ENDS[e.event], ended=e.at, outcome=vocabulary.code(vocabulary.OUTCOMES, e.outcome) or None)
