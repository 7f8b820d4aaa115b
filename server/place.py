"""Where a number stands: which line, how many before it, how long, at which counters, under which tile.

Reads the store through a Reader; decides with `estimate` and `wording`. The kiosk, the slip, the screen and the API say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from config import Hall
from server import estimate, order, wording
from server.store.turn import Reader
from server.ticket import Counter, Ticket

RECENT_S = 3 * 3600.0
"""Handling times older than this say nothing of now."""


@dataclass(frozen=True)
class Place:
    """What a holder wants to know. `wait` is a range in minutes, or None when nothing can be said."""

    ahead: int
    wait: tuple[int, int] | None
    counters: str
    counters_en: str
    group: str
    group_en: str


def place_of(hall: Hall, reader: Reader, ticket: Ticket, now: float) -> Place:
    """The place of a ticket now; nobody is before one that does not wait."""
    waits = ticket.state == "waiting" and ticket.service in hall.services
    ahead = reader.waiting_count(*line_of(hall, ticket.service), before=ticket) if waits else 0
    wait = expected(hall, reader, ticket.service, ahead, now) if waits else None
    return Place(ahead, wait, *_counters(hall, reader, ticket.service), *group_of(hall, ticket.service))


def group_of(hall: Hall, service: str) -> tuple[str, str]:
    """The tile a service is under, in Chinese and English: its category, the only thing a slip says of the matter."""
    group = next((g for g in hall.groups.values() if service in g.services), None)
    return (group.name, group.name_en) if group else ("综合咨询", "Enquiries")


def counters_serving(hall: Hall, reader: Reader, service: str) -> list[str]:
    """Ids of the counters a holder of this service's number may be called to; counters set aside for it come alone."""
    states = reader.counters()
    profiles = {c: order.profile(hall, states.get(c, Counter(c))) for c in hall.counters}
    named = [c for c, mine in profiles.items() if mine.services is not None and service in mine.services]
    pooled = [c for c, mine in profiles.items() if mine.services is None and hall.counters[c].kind == "general"]
    return named if service in hall.reserved else pooled + [c for c in named if c not in pooled]


def _counters(hall: Hall, reader: Reader, service: str) -> tuple[str, str]:
    """The counters in words: 1-4号窗口, and Counters 1-4."""
    serving = counters_serving(hall, reader, service)
    numbered = [c for c in serving if c.isdigit()]
    if not serving:
        return "咨询台", "Guide desk"
    if not numbered:
        return "、".join(hall.counters[c].name for c in serving), ", ".join(hall.counters[c].name_en for c in serving)
    ids = wording.counters_text(numbered, [], "").replace("、", ", ")
    return wording.counters_text(numbered, []), f"{'Counters' if len(numbered) > 1 else 'Counter'} {ids}"


def line_of(hall: Hall, service: str) -> tuple[list[str] | None, frozenset[str]]:
    """The services that stand in one line with this one: (only these, or None for all but the excluded ones)."""
    return ([service], frozenset()) if service in hall.reserved else (None, hall.reserved)


def expected(hall: Hall, reader: Reader, service: str, ahead: int, now: float) -> tuple[int, int] | None:
    """Expected wait of somebody with `ahead` people before them, a range in minutes."""
    states = reader.counters()
    serving = sum(1 for c in counters_serving(hall, reader, service) if c in states and states[c].state == "open")
    return estimate.wait_minutes(ahead, serving, reader.recent_handling(now - RECENT_S), _standard_ahead(hall, reader, service))


def _standard_ahead(hall: Hall, reader: Reader, service: str) -> float:
    """Standard minutes of those who wait in the same line, on average; what I came for is not what I wait for."""
    reserved = service in hall.reserved
    line = {code: n for code, n in reader.waiting_by_service().items() if (code in hall.reserved) == reserved and code in hall.services}
    people = sum(line.values())
    return sum(hall.services[code].standard_min * n for code, n in line.items()) / people if people else hall.services[service].standard_min
