"""What several views ask of the store at one moment, each asked once: counters, who stands there, who waits, how long.

A commit changes what every screen, kiosk, board and console shows. They are made one after the other by the same
thread, so what one has asked serves the next, until the journal or the clock's second moves on.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.domain import estimate, order, position
from server.domain.chain import Row
from server.domain.ticket import Counter, Ticket
from server.verbs import emergency, place
from server.verbs.hub import Hub
from server.verbs.place import lazily
from server.views.tickets import iso

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

    @lazily
    def counters(self) -> dict[str, Counter]:
        """Every counter of the hall's file, by its id."""
        known = self._states
        return {c: known[c] if c in known else Counter(c) for c in self.hall.counters}

    @lazily
    def holding(self) -> Mapping[str, Ticket]:
        """Whom each counter has called or serves."""
        return self.reader.held()

    @lazily
    def waiting(self) -> dict[str, int]:
        """How many wait, by service."""
        return self.reader.waiting_by_service()

    @lazily
    def lines(self) -> Mapping[tuple[str, str], int]:
        """How many wait, by (target, service)."""
        return self.reader.waiting_lines()

    @lazily
    def targets(self) -> set[str]:
        """The lines that somebody waits in."""
        return self.reader.targets_waiting()

    @lazily
    def closures(self) -> dict[str, sqlite3.Row]:
        """What is closed today, by service code; '' is the hall itself."""
        return self.reader.closures(self.day)

    @lazily
    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""
        return self.reader.names()

    def life(self, ticket: int) -> list[Row]:
        """The rows of a number's life, in order."""
        found: list[Row] = self.once(("life", ticket), lambda: self.reader.life_line(ticket))
        return found

    @lazily
    def emergency(self) -> emergency.Emergency | None:
        return emergency.now(self.reader)

    def newcomer(self, services: Sequence[str]) -> dict[str, Any]:
        """What somebody who takes a number for one of these services now is told: how many are before them in the line
        they will stand in, how long it will be, a range in minutes or None, and about when that is.

        Services of one tile may stand in several lines: told is the one with the longest wait, its count beside its
        own wait.
        """
        told = [self._told(line) for line in self.lines_of(services)]
        return max(told, key=lambda one: (one["estimate_min"] or (-1, -1), one["ahead"]))

    def lines_of(self, services: Sequence[str]) -> list[place.Line]:
        """The lines that those who take a number for one of these services now will stand in, each once."""
        codes = tuple(services)

        def make() -> list[place.Line]:
            return [*{line.able: line for line in map(self.line, order.alike(self.profiles, codes))}.values()]

        found: list[place.Line] = self.once(("lines of", codes), make)
        return found

    def line(self, service: str) -> place.Line:
        """The line that somebody who takes a number for a service now will stand in."""
        made: place.Line = self.once(("line of", service), lambda: self._line(service))
        return made

    def _line(self, service: str) -> place.Line:
        ticket = self._newcomer(service)
        able = position.able(self.hall, self.profiles, self._states, self.holding, ticket, self.now)
        return place.Line(self.hall, self.reader, ticket, self.now, able, self.hub.foresight)

    @lazily
    def _newcomer(self) -> Callable[[str], Ticket]:
        return place.newcomers(self.hall, self.reader, self.now)

    @lazily
    def profiles(self) -> tuple[order.Profile, ...]:
        """What each counter calls now."""
        return place.profiles(self.hall, self._states)

    @lazily
    def _states(self) -> Mapping[str, Counter]:
        return self.reader.counters()

    def _told(self, line: place.Line) -> dict[str, Any]:
        told: dict[str, Any] = self.once(("newcomer", line.able), lambda: self._made(line))
        return told

    def _made(self, line: place.Line) -> dict[str, Any]:
        ahead = line.ahead
        wait = line.wait(ahead, self.waiting)
        return {"ahead": ahead, "estimate_min": wait, "estimate_at": iso(self.hall, estimate.clock(self.now, wait))}


def moment(hub: Hub) -> Moment:
    """This thread's moment: a new one once the journal or the second has moved on."""
    key = (id(hub), hub.store.seq, int(hub.now()))
    if getattr(_mine, "key", None) != key:
        _mine.key, _mine.moment = key, Moment(hub)
    found: Moment = _mine.moment
    return found
