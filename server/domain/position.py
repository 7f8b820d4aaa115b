"""Where a number stands, decided from plain data: which line, how long, at which counters, under which tile. Pure.

The kiosk, the slip, the screen and the API say the same, because all ask `server/views/position.py`, which fetches
what this needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config import Hall, Text
from server.domain import estimate, order, wording
from server.domain.ticket import Counter

ENQUIRIES = Text("综合咨询", "Enquiries")
"""The tile of whatever is in no group."""

RECENT_S = 3 * 3600.0
"""Handling times older than this say nothing of now."""


@dataclass(frozen=True)
class Place:
    """What a holder wants to know. `wait` is a range in minutes, or None when nothing can be said."""

    ahead: int
    wait: tuple[int, int] | None
    counters: Text
    group: Text


def line_of(hall: Hall, service: str) -> tuple[list[str] | None, frozenset[str]]:
    """The services that stand in one line with this one: (only these, or None for all but the excluded ones)."""
    return ([service], frozenset()) if service in hall.reserved else (None, hall.reserved)


def group_of(hall: Hall, service: str) -> Text:
    """The tile a service is under, in Chinese and English: its category, the only thing a slip says of the matter."""
    return next((g.text for g in hall.groups.values() if service in g.services), ENQUIRIES)


def serving(hall: Hall, states: Mapping[str, Counter], service: str) -> list[str]:
    """Ids of the counters a holder of this service's number may be called to; counters set aside for it come alone."""
    profiles = {c: order.profile(hall, states.get(c, Counter(c))) for c in hall.counters}
    named = [c for c, mine in profiles.items() if mine.services is not None and service in mine.services]
    pooled = [c for c, mine in profiles.items() if mine.services is None and hall.counters[c].kind == "general"]
    return named if service in hall.reserved else pooled + [c for c in named if c not in pooled]


def in_words(hall: Hall, counters: Sequence[str]) -> Text:
    """Some counters in words: 1-4号窗口, and Counters 1-4; the guide desk for none."""
    numbered = [c for c in counters if c.isdigit()]
    if not counters:
        return Text("咨询台", "Guide desk")
    if not numbered:
        return Text(
            "、".join(hall.counters[c].name for c in counters), ", ".join(hall.counters[c].name_en for c in counters)
        )
    ids = wording.counters_text(numbered, [], "").replace("、", ", ")
    return Text(wording.counters_text(numbered, []), f"{'Counters' if len(numbered) > 1 else 'Counter'} {ids}")


def wait(
    hall: Hall,
    states: Mapping[str, Counter],
    service: str,
    ahead: int,
    handling: Sequence[float],
    waiting: Mapping[str, int],
    counters: Sequence[str] | None = None,
) -> tuple[int, int] | None:
    """Expected wait of somebody with `ahead` people before them, a range in minutes.

    `handling` are the last handling times in seconds, the newest first; `waiting` says how many wait, by service;
    `counters` are those that serve it, where they are known already.
    """
    at = serving(hall, states, service) if counters is None else counters
    open_now = sum(1 for c in at if c in states and states[c].state == "open")
    return estimate.wait_minutes(ahead, open_now, list(handling), _standard_ahead(hall, waiting, service))


def _standard_ahead(hall: Hall, waiting: Mapping[str, int], service: str) -> float:
    """Standard minutes of those who wait in the same line, on average; what I came for is not what I wait for."""
    reserved = service in hall.reserved
    line = {code: n for code, n in waiting.items() if (code in hall.reserved) == reserved and code in hall.services}
    people = sum(line.values())
    return (
        sum(hall.services[code].standard_min * n for code, n in line.items()) / people
        if people
        else hall.services[service].standard_min
    )
