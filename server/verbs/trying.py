"""Other rules of order tried on the days that were: who would have waited how much longer or shorter, by class. Fetches
the days; `server/foresight/rehearsal.py` plays them. Nothing is recorded, nobody's place changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from config import Hall
from server.domain import order, overtaking
from server.domain.overtaking import Limits
from server.domain.ticket import Counter
from server.foresight.ahead import Floats
from server.foresight.rehearsal import Day, Felt, Rule, Visit, by_class, felt
from server.foresight.watch import SPREAD
from server.foresight.week import midnight
from server.store.reader import Reader
from server.verbs.manning import open_spans

BACK_D = 28


@dataclass(frozen=True)
class Wish:
    """A rule as somebody asks for it: minutes of head start by class, the limits, and after how many minutes of
    waiting counters help that help at all.
    """

    head_start_min: Mapping[str, int]
    limits: Limits
    help_after_min: int | None = None
    """None: as each counter's own."""


class Tried(NamedTuple):
    """By class, `""` everybody: as it was, as it is when played by the hall's own rule, and by the tried one."""

    days: int
    was: Mapping[str, Felt]
    own: Mapping[str, Felt]
    tried: Mapping[str, Felt]


def own_wish(hall: Hall) -> Wish:
    return Wish(dict(order.head_starts(hall)), overtaking.limits(hall))


def helps_at_all(hall: Hall) -> list[int]:
    """Minutes after which each counter helps that does."""
    mine = [order.profile(hall, Counter(c)) for c in hall.counters]
    return [round(one.help_after_s / 60) for one in mine if one.helps != frozenset()]


def rule_of(hall: Hall, wish: Wish) -> Rule:
    helps = {}
    for counter in hall.counters:
        mine = order.profile(hall, Counter(counter))
        others = [s for s in hall.services if mine.may_help(s) and not mine.own(s)]
        if mine.helps != frozenset() and others:
            after = mine.help_after_s if wish.help_after_min is None else wish.help_after_min * 60.0
            helps[counter] = (others, after)
    return Rule({klass: minutes * 60.0 for klass, minutes in wish.head_start_min.items()}, wish.limits, helps)


def tried(hall: Hall, reader: Reader, wish: Wish, now: float) -> Tried | None:
    """The last four weeks by another rule; None where nobody came in them."""
    today = datetime.fromtimestamp(now, hall.zone).date()
    days, took, waited = _days(hall, reader, today - timedelta(days=BACK_D), today - timedelta(days=1))
    if not days:
        return None
    pledge = hall.hall.wait_pledge_min * 60.0
    may = {}
    for counter in hall.counters:
        mine = order.profile(hall, Counter(counter))
        may[counter] = [service for service in hall.services if mine.own(service)]

    def times(service: str) -> Floats:
        seen = took.get(service)
        known = hall.services.get(service)
        standard = (known.standard_min if known else 8) * 60.0
        return np.sort(np.array(seen)) if seen else np.sort(standard * np.exp(0.5 * SPREAD - 0.12))

    was = {klass: felt(found, pledge) for klass, found in waited.items()}
    own = by_class(days, may, times, rule_of(hall, own_wish(hall)), pledge)
    return Tried(len(days), was, own, by_class(days, may, times, rule_of(hall, wish), pledge))


def _days(
    hall: Hall, reader: Reader, first: date, last: date
) -> tuple[list[Day], Mapping[str, list[float]], Mapping[str, list[float]]]:
    """The service days on which somebody came and the journal says which counters were open, as it does not of visits
    that were imported; handling times by service; waits by class on those days as they were, seconds.
    """
    by_day: dict[str, list[Visit]] = defaultdict(list)
    waited: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    took: dict[str, list[float]] = defaultdict(list)
    for day, service, klass, came, called, ended in reader.first_legs(first.isoformat(), last.isoformat()):
        held = ended - called if called is not None and ended is not None else None
        left = ended if called is None and ended is not None else float("inf")
        by_day[day].append(Visit(came, came, service, left, held, klass))
        if held is not None:
            took[service].append(held)
        by_class = waited[day]
        if called is not None:
            by_class[klass].append(called - came)
            by_class[""].append(called - came)
    found, was = [], defaultdict[str, list[float]](list)
    for day, visits in by_day.items():
        start = midnight(hall, date.fromisoformat(day))
        spans = open_spans(reader, start, start + 86400)
        known = {counter: tuple(mine) for counter, mine in spans.items() if counter in hall.counters}
        if known:
            found.append(Day(visits, known))
            for klass, waits in waited[day].items():
                was[klass] += waits
    return found, took, was
