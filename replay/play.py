"""Drives a hub through recorded events with a virtual clock, by the same verbs that the API uses.

Owns no truth and no report.

Nothing sleeps here: time is what the next event says. What the hub refuses is kept with its sentence and the day goes
on, as it would in the hall.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config import ClassTable, CounterTable, Hall, HoursTable, Service
from server.domain.rules import Refused
from server.domain.worktime import CLOSING_KINDS, day_span, service_day
from server.reports.recorded_day import Event
from server.store.database import Store
from server.verbs import calls, counters, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub

ACTOR = "replay"
NO_OUTCOME = "其他"


@dataclass
class Clock:
    """The replay's time: epoch seconds, moved by the events."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Played:
    """What became of the events."""

    tickets: int = 0
    called: int = 0
    served: int = 0
    refused: list[str] = field(default_factory=list)


def replay_hall(hall: Hall, events: Sequence[Event]) -> Hall:
    """The hall for a recording: open around the clock on every day, its counters, services and classes those it names.

    No key is locked: what was pressed at the recording's second is pressed here.
    """
    counters = {e.counter for e in events if e.counter}
    services = {e.service for e in events if e.service}
    classes = {e.klass for e in events if e.klass}
    return hall.model_copy(
        update={
            "hours": [HoursTable.model_validate({"days": [1, 2, 3, 4, 5, 6, 7], "open": ["00:00-24:00"]})],
            "days": {day: row for day, row in hall.days.items() if row.kind not in CLOSING_KINDS},
            "counters": {name: _counter(hall, name) for name in sorted(counters)},
            "services": hall.services | {code: _service(hall, code) for code in services - hall.services.keys()},
            "classes": hall.classes | {name: _class(name) for name in classes - hall.classes.keys()},
            "console": hall.console.model_copy(update={"call_lock_s": 0, "next_interval_s": 0, "recall_interval_s": 0}),
            "kiosks": {},
            "printers": {},
            "wires": {},
            "boards": {},
        }
    )


def _counter(hall: Hall, name: str) -> CounterTable:
    """A counter for everything, under the hall's own name for it where there is one."""
    known = hall.counters.get(name)
    names = known.text if known else (f"{name}号窗口", f"Counter {name}")
    return CounterTable.model_validate({"name": names[0], "name_en": names[1]})


def _service(hall: Hall, code: str) -> Service:
    prefix = hall.tickets.default_prefix
    return Service(
        code=code,
        name=code,
        name_en=code,
        prefix=prefix,
        standard_min=5,
        materials=(),
        promise="",
        online="",
        visits="",
    )


def _class(name: str) -> ClassTable:
    return ClassTable.model_validate({"name": name, "name_en": name})


@contextmanager
def hub_in(folder: Path | None, hall: Hall) -> Iterator[tuple[Hub, Clock]]:
    """A hub with a virtual clock in `folder`, or in a temporary folder that is gone afterwards (and without fsyncs)."""
    with tempfile.TemporaryDirectory(prefix="jiaohao-replay-") as throw_away:
        store = Store(folder or Path(throw_away), durable=folder is not None)
        clock = Clock()
        try:
            yield Hub(hall, store, clock), clock
        finally:
            store.close()


def play(
    hub: Hub, clock: Clock, events: Sequence[Event], before: Callable[[Event], None] = lambda event: None
) -> Played:
    """Play the events in their order and let the last service day end. `before` is told of each event.

    The hub ticks before the first event of every minute: whatever falls due by the clock falls due on a whole minute.
    """
    player = _Player(hub)
    ticked = -1
    for event in events:
        before(event)
        clock.now = event.at
        if int(event.at // 60) != ticked:
            ticked = int(event.at // 60)
            tick(hub)
        player.take(event)
    if events:
        clock.now = day_span(hub.hall, service_day(hub.hall, events[-1].at))[1]
        tick(hub)
    return player.played


class _Player:
    """Who has which ticket, and who sits at which counter."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.played = Played()
        self.tickets: dict[str, int] = {}
        self.place: dict[str, str] = {}
        self.staff: dict[str, str] = {}

    def take(self, event: Event) -> None:
        try:
            getattr(self, f"_{event.event}")(event)
        except Refused as refused:
            self.played.refused.append(f"{event.event} of visit {event.visit}: {refused.en}")

    def _arrive(self, event: Event) -> None:
        ticket = tickets.issue(self.hub, By(ACTOR), event.service, klass=event.klass or "ordinary")
        self.tickets[event.visit] = ticket.id
        self.played.tickets += 1

    def _call(self, event: Event) -> None:
        if event.visit in self.place:
            calls.recall(self.hub, By(ACTOR), event.counter)
            return
        self._sit_down(event.counter, event.staff)
        calls.call(self.hub, By(ACTOR), event.counter, self._ticket(event))
        self.place[event.visit] = event.counter
        self.played.called += 1

    def _sit_down(self, counter: str, staff: str) -> None:
        """Whoever calls first opens the counter; another one has it closed and opened anew.."""
        sitting = self.staff.get(counter)
        if sitting is not None and sitting == staff:
            return
        if sitting is not None:
            counters.close_counter(self.hub, By(ACTOR), counter)
        counters.open_counter(self.hub, By(ACTOR), counter, staff=staff)
        self.staff[counter] = staff

    def _start(self, event: Event) -> None:
        calls.start(self.hub, By(ACTOR), self._place(event))

    def _finish(self, event: Event) -> None:
        calls.finish(self.hub, By(ACTOR), self._place(event), event.outcome or NO_OUTCOME)
        self.played.served += 1

    def _pass(self, event: Event) -> None:
        calls.pass_(self.hub, By(ACTOR), self._place(event))

    def _leave(self, event: Event) -> None:
        tickets.leave(self.hub, By(ACTOR), self._ticket(event))

    def _ticket(self, event: Event) -> int:
        if event.visit not in self.tickets:
            raise Refused(f"没有{event.visit}的号。", f"Visit {event.visit} was given no number.")
        return self.tickets[event.visit]

    def _place(self, event: Event) -> str:
        """Where the visit was called to. A visit that was never called must not end the one that now sits there."""
        if event.visit not in self.place:
            raise Refused(f"{event.visit}未被呼叫。", f"Visit {event.visit} was not called.")
        return self.place[event.visit]
