"""The weeks before the demo's first start, invented, so that its reports have something to say.

Owns no number of today.

Three weeks are imported as another system would have left them. The days since the Monday of last week are played
through the hub with its own order, so that each of their visits has its life, and each call its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random

from config import Hall, HoursTable
from replay import generator
from replay.play import Clock
from replay.recorded_day import Event
from server.domain.rules import Refused
from server.domain.visit import Visit
from server.domain.worktime import day_span, service_day
from server.store.database import Store
from server.verbs import calls, counters, ratings, tickets, visits
from server.verbs.day import tick
from server.verbs.hub import By, Hub

IMPORTED = 21
"""Days before the played ones."""
WEEKEND, WEEKDAY = 35, 80
"""Arrivals of a day."""
OPEN = HoursTable.model_validate({"days": [1, 2, 3, 4, 5, 6, 7], "open": ["08:00-12:00", "14:30-17:30"]})
RATES = 0.6
"""Share of those at a counter with a rater who press a key."""


def invent(hall: Hall, staff: Mapping[str, str], now: float) -> None:
    """Fill the hall's empty store with the past.

    `staff`: counter -> the number of whoever sits there; `now`: epoch seconds.
    """
    today = service_day(hall, now)
    first = today - timedelta(days=today.weekday() + 7)
    people = {counter: staff[counter] for counter, table in hall.counters.items() if table.kind == "general"} or dict(
        staff
    )
    store, clock = Store(hall.data, durable=False), Clock(day_span(hall, first)[0])
    try:
        if store.read().first_day() is not None:
            return
        hub = Hub(_patient(hall), store, clock)
        days = [first + timedelta(days=n) for n in range(-IMPORTED, (today - first).days)]
        visits.import_visits(
            hub, By("import"), list(_visits(hall, people, days[:IMPORTED])), source="demo", sha256="", twins=True
        )
        for day in days[IMPORTED:]:
            _Day(hub, clock, people).play(_events(hall, people, day))
    finally:
        store.close()


def _patient(hall: Hall) -> Hall:
    """The hall without locks on its keys and without printers: what the events say is what is pressed."""
    unlocked = hall.console.model_copy(update={"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0})
    return hall.model_copy(update={"console": unlocked, "printers": {}, "kiosks": {}})


def _events(hall: Hall, people: Mapping[str, str], on: date) -> list[Event]:
    """A day's events at three counters, without the services that only other counters serve."""
    events = generator.day(
        hall.model_copy(update={"hours": [OPEN]}), on, 7, WEEKEND if on.weekday() >= 5 else WEEKDAY, list(people)[:3]
    )
    elsewhere = frozenset[str]().union(
        *(hall.services_of(counter) or () for counter in hall.counters if counter not in people)
    )
    strangers = {event.visit for event in events if event.service in elsewhere}
    return [event for event in events if event.visit not in strangers]


def _visits(hall: Hall, people: Mapping[str, str], days: Sequence[date]) -> Iterator[Visit]:
    for day in days:
        for visit in generator.visits(hall, _events(hall, people, day), day_span(hall, day)[1]):
            yield visit._replace(staff=people[visit.counter]) if visit.counter else visit


class _Day:
    """One day at the counters. The events say when a counter is free; whom it calls then, the hub's order says."""

    def __init__(self, hub: Hub, clock: Clock, people: Mapping[str, str]) -> None:
        self.hub, self.clock, self.people, self.random = hub, clock, people, Random(7)
        self.tickets: dict[str, int] = {}

    def play(self, events: Sequence[Event]) -> None:
        for event in events:
            self.clock.now = event.at
            with suppress(Refused):  # the order took somebody else meanwhile, or nobody was there to be called
                getattr(self, f"_{event.event}")(event)
        for counter, staff in self.people.items():
            counters.close_counter(self.hub, By(staff), counter, release=True)
        self.clock.now = day_span(self.hub.hall, service_day(self.hub.hall, self.clock.now))[1]
        tick(self.hub)

    def _arrive(self, event: Event) -> None:
        self.tickets[event.visit] = tickets.issue(self.hub, By("K1"), event.service, klass=event.klass).id

    def _call(self, event: Event) -> None:
        staff = self.people[event.counter]
        counters.open_counter(self.hub, By(staff), event.counter, staff=staff)
        if self.hub.read().at_counter(event.counter):
            calls.recall(self.hub, By(staff), event.counter)
        else:
            calls.call_next(self.hub, By(staff), event.counter)

    def _start(self, event: Event) -> None:
        calls.start(self.hub, By(self.people[event.counter]), event.counter)

    def _finish(self, event: Event) -> None:
        calls.finish(self.hub, By(self.people[event.counter]), event.counter, event.outcome)
        for rater, table in self.hub.hall.raters.items():
            if table.counter == event.counter and self.random.random() < RATES:
                self.clock.now += 5
                ratings.rate(
                    self.hub,
                    rater,
                    self.random.choices(list(table.levels), [level**3 for level in table.levels.values()])[0],
                )

    def _pass(self, event: Event) -> None:
        calls.pass_(self.hub, By(self.people[event.counter]), event.counter)

    def _leave(self, event: Event) -> None:
        tickets.leave(self.hub, By("K1"), self.tickets.get(event.visit))


def calendar(now: datetime) -> str:
    """A calendar without holidays: one ordinary day of each year is named, so that every year is known."""
    rows = (f"{year}-01-05,调休上班,演示日历,演示数据\n" for year in range(now.year - 1, now.year + 2))
    return "date,kind,name,source_doc\n" + "".join(rows)
