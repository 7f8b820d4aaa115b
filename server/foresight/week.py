"""最少窗口: who is foreseen to come in a week, the fewest counters that keep the pledge then, and how near it was a
week later. Pure: it reads legs and what counters said, and decides by `arrivals` and `staffing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from config import Hall
from server.domain import worktime
from server.foresight import arrivals, staffing
from server.foresight.ahead import Floats
from server.foresight.arrivals import HALVES, Forecast, Kind, Past
from server.foresight.staffing import HALF_S, Manning
from server.foresight.watch import OWN, SPREAD

BACK_D = 70
"""So many days of the past speak of a week."""
TOOK_D = 28
"""So many of them of how long things take."""
CLOSED_D = 3
EDGE = 3
"""So many service days at a month's ends are a kind of their own."""


Leg = tuple[str, str, str, float, float | None, float | None]
"""Of a number of a service day: day, service, class, came, called, ended; epoch seconds."""
Least = Mapping[tuple[str, str], Mapping[int, int]]
"""What a manager saved: (day, counters joined by commas) -> minute -> counters at least."""


class Half(NamedTuple):
    """A half hour of a day, `minute` its begin. Who is foreseen to come: low, mean, high; counters advised, and saved
    as the least (None: nothing was).
    """

    minute: int
    low: int
    mean: float
    high: int
    advised: int
    p90_s: float
    least: int | None = None


class DayPlan(NamedTuple):
    day: date
    total: tuple[float, float, float]
    halves: tuple[Half, ...]
    kept: bool
    """Whether the pledge is kept with the counters that there are."""


class GroupPlan(NamedTuple):
    """A week of the counters that share their people."""

    counters: tuple[str, ...]
    days: tuple[DayPlan, ...]
    learnt: int
    """So many days of the past speak."""


def monday_of(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


@lru_cache(16)
def groups(hall: Hall) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """The counters that share people, by what they call as their own, and all that they call; no guide desk."""
    found: list[tuple[list[str], set[str]]] = []
    for counter, table in hall.counters.items():
        if table.kind == "guide":
            continue
        named = hall.services_of(counter)
        mine = set(hall.services) - hall.reserved if named is None else set(named)
        joined = [one for one in found if one[1] & mine]
        for one in joined:
            found.remove(one)
        found.append(([*chain(*(one[0] for one in joined)), counter], mine.union(*(one[1] for one in joined))))
    order = list(hall.counters)
    return tuple(
        (tuple(sorted(counters, key=order.index)), frozenset(services))
        for counters, services in sorted(found, key=lambda one: min(map(order.index, one[0])))
    )


def kind_of(hall: Hall, day: date) -> Kind:
    """What is known of a date beforehand."""
    known = hall.days.get(day)
    weekday = 0 if known and known.kind == "调休上班" else day.isoweekday()
    before = [day - timedelta(days=n) for n in range(1, CLOSED_D + 1)]
    after = not any(worktime.opening(hall, one) for one in before)
    return Kind(weekday, after, _season(hall, day))


def _season(hall: Hall, day: date) -> arrivals.Season:
    earlier = _service_days(hall, day.replace(day=1), day - timedelta(days=1))
    if earlier < EDGE:
        return "begins"
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return "ends" if _service_days(hall, day + timedelta(days=1), following - timedelta(days=1)) < EDGE else ""


def _service_days(hall: Hall, first: date, last: date) -> int:
    return sum(bool(worktime.opening(hall, one)) for one in worktime.days_between(first, last))


def learnt_from(monday: date, today: date) -> tuple[date, date]:
    """The first and the last day that speak of the week that begins on `monday`."""
    until = min(monday, today)
    return until - timedelta(days=BACK_D), until - timedelta(days=1)


def plan(hall: Hall, legs: Iterable[Leg], saved: Least, monday: date, today: date) -> list[GroupPlan]:
    """The week that begins on `monday`, by the `legs` of the days that speak of it (`learnt_from`). Groups of which
    too little is known are left out.
    """
    days = [one for one in worktime.days_between(monday, monday + timedelta(days=6)) if worktime.opening(hall, one)]
    came, took = _history(hall, legs, min(monday, today))
    pledge = hall.hall.wait_pledge_min * 60.0
    found = []
    for counters, services in groups(hall):
        past = [Past(day, kind_of(hall, day), _sum(by, services)) for day, by in came.items()]
        said = [(day, one) for day in days if (one := arrivals.foresee(past, day, kind_of(hall, day)))]
        if not said:
            continue
        spans = [_halves(hall, day) for day, _ in said]
        times = _times(hall, took, services)
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        demands = []
        for (_, one), span in zip(said, spans, strict=True):
            is_open = np.zeros(last - first, dtype=bool)
            for half in span[2]:
                is_open[half - first] = True
            mean = _gathered(one.mean, first, is_open)
            demands.append(staffing.Demand(mean, is_open, one.wrong, times, len(counters)))
        manned = staffing.staff(demands, pledge)
        plans = [
            _day_plan(day, one, first, demand, staffed, saved.get((day.isoformat(), ",".join(counters)), {}))
            for (day, one), demand, staffed in zip(said, demands, manned, strict=True)
        ]
        found.append(GroupPlan(counters, tuple(plans), said[0][1].days))
    return found


def _day_plan(
    day: date, one: Forecast, first: int, demand: staffing.Demand, staffed: Manning, saved: Mapping[int, int]
) -> DayPlan:
    halves = []
    for n in np.flatnonzero(demand.open).tolist():
        half = first + n
        halves.append(
            Half(
                half * 30,
                int(one.low[half]),
                round(float(one.mean[half]), 1),
                int(one.high[half]),
                int(staffed.counters[n]),
                float(staffed.p90_s[n]),
                saved.get(half * 30),
            )
        )
    return DayPlan(day, one.total, tuple(halves), staffed.kept)


def _halves(hall: Hall, day: date) -> tuple[int, int, list[int]]:
    """The first half hour of a day in which the hall calls, the one after the last, and all of them."""
    begins = midnight(hall, day)
    inside = [
        n for n in range(HALVES) if any(a < begins + (n + 0.5) * HALF_S < b for a, b in worktime.opening(hall, day))
    ]
    return inside[0], inside[-1] + 1, inside


def _gathered(mean: Floats, first: int, is_open: NDArray[np.bool_]) -> Floats:
    """Who comes while the hall does not call waits for the next half hour in which it does; after the last, in that."""
    found, carried = np.zeros(len(is_open)), float(mean[:first].sum())
    for n in range(len(is_open)):
        carried += float(mean[first + n])
        if is_open[n]:
            found[n], carried = carried, 0.0
    found[np.flatnonzero(is_open)[-1]] += carried + float(mean[first + len(is_open) :].sum())
    return found


def _sum(by_service: Mapping[str, Floats], services: frozenset[str]) -> Floats:
    found = np.zeros(HALVES)
    for service, came in by_service.items():
        if service in services:
            found += came
    return found


def _history(
    hall: Hall, legs: Iterable[Leg], until: date
) -> tuple[dict[date, dict[str, Floats]], dict[str, list[float]]]:
    """Who came in each half hour of the service days before a date, by service; how long they took, seconds."""
    came: dict[date, dict[str, Floats]] = {}
    took: dict[str, list[float]] = defaultdict(list)
    lately = (until - timedelta(days=TOOK_D)).isoformat()
    newest, begins, by_service = "", 0.0, dict[str, Floats]()
    for day, service, _, entered, called, ended in legs:
        if day != newest:
            newest, at = day, date.fromisoformat(day)
            begins, by_service = midnight(hall, at), {}
            came[at] = by_service
        half = int((entered - begins) // HALF_S)
        if 0 <= half < HALVES:
            by_service.setdefault(service, np.zeros(HALVES))[half] += 1
        if called is not None and ended is not None and day >= lately and 0 < ended - called < 4 * 3600:
            took[service].append(ended - called)
    return came, took


def _times(hall: Hall, took: Mapping[str, Sequence[float]], services: frozenset[str]) -> Floats:
    """Handling times of a group's people, as its services are mixed; by the catalogue where too few were seen."""
    seen = np.array([one for service in services for one in took.get(service, ())])
    if len(seen) >= OWN:
        return np.sort(seen)
    standard = np.mean([hall.services[one].standard_min for one in services]) * 60.0
    return np.sort(np.concatenate([standard * np.exp(0.5 * SPREAD - 0.12), seen]))


def midnight(hall: Hall, day: date) -> float:
    """The local midnight at which a date begins, epoch seconds."""
    return datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()


# --- judged afterwards ------------------------------------------------------------------------------------------------


SITTING = ("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed")


Spans = Mapping[str, Sequence[tuple[float, float]]]
"""When each counter was open and not paused, epoch seconds."""
Sat = tuple[float, str, str]
"""(when, event, counter): one of SITTING."""


def open_spans(told: Iterable[Sat], start: float, end: float) -> dict[str, list[tuple[float, float]]]:
    """When each counter was open and not paused between two moments; `told` in the order of time, from a day earlier
    on.
    """
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    begun: dict[str, float] = {}
    for at, event, counter in told:
        since = begun.pop(counter, at)
        if at > max(since, start):
            found[counter].append((max(since, start), at))
        if event in ("CounterOpened", "CounterResumed"):
            begun[counter] = at
    for counter, since in begun.items():
        found[counter].append((max(since, start), end))
    return found


class Judged(NamedTuple):
    """A week against what was foreseen of it, each line of counters by itself. `inside`: half hours whose people came
    within the range; `off`: people, the sum over half hours of how far the mean was off; `came` in them; counter hours
    advised and open; `fewer`: half hours with fewer counters than advised, by half a counter and more.
    """

    days: tuple[tuple[date, float, float, float, int], ...]
    """Each day: foreseen low, mean, high; came."""
    halves: int
    inside: int
    off: float
    came: int
    advised_h: float
    had_h: float
    fewer: int


def judged(
    hall: Hall, before: Iterable[Leg], those: Iterable[Leg], spans: Spans, monday: date, until: float
) -> Judged | None:
    """What was foreseen of a week, made anew from the legs `before` it (`learnt_from`), against `those` of it, on its
    days that are over at a moment; None where nothing is said of it, or none is over. `spans`: `open_spans` of it.
    """
    found = plan(hall, before, {}, monday, monday)
    open_by = _open(hall, spans)
    came: dict[tuple[date, int], Floats] = {}
    for day, service, _, entered, _, _ in those:
        at = date.fromisoformat(day)
        half = int((entered - midnight(hall, at)) // HALF_S)
        for n, (_, services) in enumerate(groups(hall)):
            if service in services and 0 <= half < HALVES:
                came.setdefault((at, n), np.zeros(HALVES))[half] += 1
    names = [counters for counters, _ in groups(hall)]
    days: dict[date, list[float]] = {}
    inside = halves = fewer = 0
    off = advised = had = total = 0.0
    for group in found:
        n = names.index(group.counters)
        for one in group.days:
            if midnight(hall, one.day) + 86400 > until:
                continue
            true = came.get((one.day, n), np.zeros(HALVES))
            sums = days.setdefault(one.day, [0.0, 0.0, 0.0, 0.0])
            for place, value in enumerate((*one.total, float(true.sum()))):
                sums[place] += value
            for told in one.halves:
                many = float(true[told.minute // 30])
                there = sum(open_by.get((c, one.day, told.minute // 30), 0.0) for c in group.counters)
                halves, total = halves + 1, total + many
                inside += told.low <= many <= told.high
                off += abs(many - told.mean)
                advised, had = advised + told.advised / 2, had + there / 2
                fewer += there < told.advised - 0.5
    if not halves:
        return None
    each = tuple((day, a, b, c, int(d)) for day, (a, b, c, d) in sorted(days.items()))
    return Judged(each, halves, inside, off, int(total), advised, had, fewer)


def _open(hall: Hall, spans: Spans) -> dict[tuple[str, date, int], float]:
    """(counter, day, half hour) -> the share of it in which the counter was open and not paused."""
    found: dict[tuple[str, date, int], float] = defaultdict(float)
    for counter, mine in spans.items():
        for at, ended in mine:
            while at < ended:
                day = datetime.fromtimestamp(at, hall.zone).date()
                half = int((at - midnight(hall, day)) // HALF_S)
                upto = min(ended, midnight(hall, day) + (half + 1) * HALF_S)
                found[counter, day, half] += (upto - at) / HALF_S
                at = upto
    return found
