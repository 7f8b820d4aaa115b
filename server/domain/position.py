"""Where a number stands, decided from plain data: in which line, how long, at which counters, under which tile. Pure.

The kiosk, the slip, the screen and the API say the same, because all ask `server/verbs/place.py`, which fetches what
this needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from config import Hall, Text
from server.domain import estimate, order, wording, worktime
from server.domain.order import Profile
from server.domain.ticket import Counter, Ticket

ENQUIRIES = Text("综合咨询", "Enquiries")
"""The tile of whatever is in no group."""

GUIDE_DESK = Text("咨询台", "Guide desk")
"""Where somebody is sent whom no counter calls."""

RECENT_S = 3 * 3600.0
"""Handling times older than this say nothing of now."""


@dataclass(frozen=True)
class Place:
    """What a holder wants to know. `wait` is a range in minutes, `at` about when that is, epoch seconds; None when
    nothing can be said.
    """

    ahead: int
    wait: tuple[int, int] | None
    counters: Text
    group: Text
    at: float | None = None


@dataclass(frozen=True)
class Able:
    """The counters that may call a number, in the order in which they would: the free ones first, then by the file."""

    profiles: tuple[Profile, ...]
    open: int
    """How many of them are open: all, or none, and then they are those that might if they were."""
    free: int
    """How many of them are open and hold nobody."""
    might: tuple[Profile, ...] = ()
    """All that may call it, open or not."""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Asked for whenever something is kept by who may call."""
        return hash((self.profiles, self.open, self.free, self.might))

    @property
    def services(self) -> frozenset[str] | None:
        """What they call as their own, None for everything that is not reserved."""
        kinds = [mine.services for mine in self.profiles]
        return None if not kinds or None in kinds else frozenset().union(*(kind or () for kind in kinds))


def able(
    hall: Hall,
    profiles: Sequence[Profile],
    states: Mapping[str, Counter],
    busy: Collection[str],
    ticket: Ticket,
    now: float,
) -> Able:
    """The counters that may call a waiting number once its time has come: the open ones; while none of those is open,
    all that might. `profiles` say what each calls, `busy` are the ids of counters that hold somebody.
    """
    early, starts = early_s(hall), order.head_starts(hall)
    at = order.callable_from(ticket, now, early)
    might = [mine for mine in profiles if order.may_call(ticket, mine, starts, at, early)]
    there = [mine for mine in might if mine.counter in states and states[mine.counter].state == "open"]
    free = sum(mine.counter not in busy for mine in there)
    return Able(tuple(sorted(there or might, key=lambda mine: mine.counter in busy)), len(there), free, tuple(might))


def early_s(hall: Hall) -> float:
    """How long before its slot an appointment may be called, seconds."""
    return hall.tickets.appointment_early_min * 60.0


@lru_cache(4096)
def group_of(hall: Hall, service: str) -> Text:
    """The tile a service is under, in Chinese and English: its category, the only thing a slip says of the matter."""
    return next((g.text for g in hall.groups.values() if service in g.services), ENQUIRIES)


@lru_cache(4096)
def serving(hall: Hall, profiles: tuple[Profile, ...], service: str) -> Text:
    """The counters a holder of this service's number may be called to, in words; counters set aside for it come
    alone.
    """
    named = [mine.counter for mine in profiles if mine.services is not None and service in mine.services]
    pooled = [
        mine.counter for mine in profiles if mine.services is None and hall.counters[mine.counter].kind == "general"
    ]
    return in_words(hall, named if service in hall.reserved else pooled + [c for c in named if c not in pooled])


def in_words(hall: Hall, counters: Sequence[str]) -> Text:
    """Some counters in words: 1-4号窗口, and Counters 1-4; the guide desk for none."""
    numbered = [c for c in counters if c.isdigit()]
    if not counters:
        return GUIDE_DESK
    if not numbered:
        return Text(
            "、".join(hall.counters[c].name for c in counters), ", ".join(hall.counters[c].name_en for c in counters)
        )
    ids = wording.counters_text(numbered, [], "").replace("、", ", ")
    return Text(wording.counters_text(numbered, []), f"{'Counters' if len(numbered) > 1 else 'Counter'} {ids}")


def wait(
    hall: Hall,
    counters: Able,
    service: str,
    ahead: int,
    handling: Sequence[float],
    waiting: Mapping[str, int],
    now: float,
) -> tuple[int, int] | None:
    """Expected wait of somebody with `ahead` people before them, a range in minutes on the clock, breaks included.

    `counters` are those that may call this number; `handling` the last handling times of what those call, in seconds,
    the newest first; `waiting` says how many wait, by service.
    """
    standard = standard_ahead(hall, counters.services, waiting, service)
    work = estimate.wait_minutes(ahead, counters.open, counters.free, handling, standard)
    return work and estimate.through(worktime.waiting_hours(hall, now), now, work)


def standard_ahead(hall: Hall, services: frozenset[str] | None, waiting: Mapping[str, int], service: str) -> float:
    """Standard minutes of those who wait in the same line, on average; what I came for is not what I wait for."""
    mine = (lambda code: code not in hall.reserved) if services is None else services.__contains__
    line = {code: n for code, n in waiting.items() if code in hall.services and mine(code)}
    people = sum(line.values())
    return (
        sum(hall.services[code].standard_min * n for code, n in line.items()) / people
        if people
        else hall.services[service].standard_min
    )
