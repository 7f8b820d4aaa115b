"""What this hall has learnt of its waits, shared by all who ask and the one who feeds it. Records nothing; what was
told first is kept here until `server/foreseer.py` has recorded it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from config import Hall
from server.foresight.conform import shown
from server.foresight.rest_of_day import Trust, trust
from server.foresight.seer import Seer, Sight, Told
from server.foresight.watch import Watch
from server.foresight.what_if import Difference, closed, opened

log = logging.getLogger(__name__)

KEPT = 2000
"""Newest answers, and newest numbers, that are kept."""


class Kept(NamedTuple):
    """What a number was told when it was new."""

    minutes: tuple[int, int]
    told: Told


class Foresight:
    """`ready` once what happened has been read: until then the plain formula speaks (`server/domain/estimate.py`)."""

    def __init__(self) -> None:
        self.seer = Seer()
        self.ready = False
        self.lock = threading.Lock()
        """Held by whoever asks or feeds the seer: a millisecond."""
        self._said: dict[Hashable, Told | None] = {}
        self._first: dict[int, Kept] = {}
        self._trusted: tuple[Hashable, Trust | None] | None = None
        self._changed: dict[Hashable, Difference | None] = {}

    def tell(self, key: Hashable, sight: Callable[[], Sight]) -> Told | None:
        """What is said to who stands before what `key` stands for; asked anew, the same. None where it can't be worked
        out: the plain formula speaks then, and no number waits for that.
        """
        found = self._said.get(key)
        if found is not None:
            return found
        try:
            before = sight()  # asks the store, and holds up nobody
            with self.lock:
                seen = self.seer.see(before)
                told = None if seen is None else self.seer.tell(seen)
                self._said[key] = told
                if len(self._said) > KEPT:
                    del self._said[next(iter(self._said))]
        except sqlite3.Error:  # the plain formula would fare no better
            raise
        except Exception:
            log.exception("a wait can't be foreseen; the plain formula speaks")
            return None
        return told

    def changed(
        self, key: Hashable, sight: Callable[[], Sight], counter: str, opens: bool, pledge_s: float
    ) -> Difference | None:
        """What one more open counter, or one less, would change; asked anew within seconds, the same."""
        if key not in self._changed:
            try:
                before = sight()
                with self.lock:
                    services = before.services
                    waits = self.seer.watch.waiting.values()
                    came = sorted(one.came for one in waits if services is None or one.service in services)
                    waited = [max(0.0, before.now - at) for at in came]
                    found = (opened if opens else closed)(self.seer, before, waited, counter, pledge_s)
                    self._changed[key] = found
                    if len(self._changed) > KEPT:
                        del self._changed[next(iter(self._changed))]
                return found
            except sqlite3.Error:
                raise
            except Exception:
                log.exception("what a counter would change can't be foreseen")
                return None
        return self._changed[key]

    def trusted(self, watch: Watch, may: Mapping[str, Sequence[str]], *, weekend: bool) -> Trust | None:
        """How near a play comes to the past days of a kind: worked out once a day."""
        key = watch.midnight, len(watch.days), weekend
        if self._trusted is None or self._trusted[0] != key:
            self._trusted = key, trust(watch, may, weekend=weekend)
        return self._trusted[1]

    def first(self, ticket: int, tell: Callable[[], Told | None]) -> Kept | None:
        """What a new number is told: what whoever asked first was told."""
        found = self.told_to(ticket)
        if found is None:
            told = tell()
            if told is None:
                return None
            found = Kept(shown(told.low, told.high), told)
            with self.lock:
                found = self._first.setdefault(ticket, found)
                if len(self._first) > KEPT:
                    del self._first[next(iter(self._first))]
        return found

    def told_to(self, ticket: int) -> Kept | None:
        """What was told of a new number; None while nobody has asked."""
        return self._first.get(ticket)


def is_weekend(hall: Hall, day: date) -> bool:
    """Whether a day's counters are open as on weekends: 调休 makes a working day of one."""
    known = hall.days.get(day)
    return day.isoweekday() > 5 and not (known and known.kind == "调休上班")
