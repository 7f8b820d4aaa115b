"""What several views ask of the store at one moment, each asked once: counters, who stands there, who waits, how long.

A commit changes what every screen, kiosk, board and console shows. They are made one after the other by the same
thread, so what one has asked serves the next, until the journal or the clock's second moves on.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

from server.domain import position
from server.domain.ticket import Counter, Ticket
from server.verbs import emergency, place
from server.verbs.hub import Hub

_mine = threading.local()


class Moment:
    """One hall as the store has it at journal row `seq`; every answer is fetched when it is first asked for."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.hall, self.reader = hub, hub.hall, hub.read()
        self.now = hub.now()
        self.day = hub.day(self.now)
        self._kept: dict[Any, Any] = {}

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """A part of a view that is the same for all who look at this moment."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @cached_property
    def counters(self) -> dict[str, Counter]:
        """Every counter of the hall's file, by its id."""
        known = self.reader.counters()
        return {c: known.get(c, Counter(c)) for c in self.hall.counters}

    @cached_property
    def holding(self) -> dict[str, Ticket]:
        """Whom each counter has called or serves."""
        return self.reader.held()

    @cached_property
    def waiting(self) -> dict[str, int]:
        """How many wait, by service."""
        return self.reader.waiting_by_service()

    @cached_property
    def lines(self) -> dict[tuple[str, str], int]:
        """How many wait, by (target, service)."""
        return self.reader.waiting_lines()

    @cached_property
    def targets(self) -> set[str]:
        """The lines that somebody waits in."""
        return self.reader.targets_waiting()

    @cached_property
    def closures(self) -> dict[str, sqlite3.Row]:
        """What is closed today, by service code; '' is the hall itself."""
        return self.reader.closures(self.day)

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""
        return self.reader.names()

    @cached_property
    def emergency(self) -> emergency.Emergency | None:
        return emergency.now(self.reader)

    def line(self, service: str) -> frozenset[str]:
        """The counters that would call somebody who takes a number for a service now: their line."""
        return frozenset(mine.counter for mine in self._line(service).able.profiles)

    def newcomer(self, service: str) -> dict[str, Any]:
        """What somebody who takes a number for a service now is told: how many are before them, and how long it will
        be, a range in minutes or None.
        """
        line = self._line(service)
        told: dict[str, Any] = self.once(("newcomer", line.able), lambda: self._told(line))
        return told

    def _line(self, service: str) -> place.Line:
        return place.Line(self.hall, self.reader, *self.once(("line", service), lambda: self._found(service)))

    def _found(self, service: str) -> tuple[Ticket, float, position.Able]:
        ticket = place.newcomer(self.hall, self.reader, service, self.now)
        return ticket, self.now, position.able(self.hall, self.counters, self.holding, ticket, self.now)

    def _told(self, line: place.Line) -> dict[str, Any]:
        ahead = line.ahead
        return {"ahead": ahead, "estimate_min": line.wait(ahead, self.waiting)}


def moment(hub: Hub) -> Moment:
    """This thread's moment: a new one once the journal or the second has moved on."""
    key = (id(hub), hub.store.seq, int(hub.now()))
    if getattr(_mine, "key", None) != key:
        _mine.key, _mine.moment = key, Moment(hub)
    found: Moment = _mine.moment
    return found
