"""堵点清单: what of a week's counts is a pain point. Pure: counts in, findings out; nobody is named.

Each threshold is the house's own [d] and says how often something has to come back within a week before people have to
talk about it at the meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LEAST = {
    "materials": 5,
    "refusals": 3,
    "ratings": 3,
    "waits": 10,
    "complaints": 2,
    "unsolved": 2,
    "searches": 3,
}
"""Kind -> times in one week from which it stands on the list."""
LONG_WAIT_S = 1800.0
MOST = 12
"""Findings of one kind: the list is for a meeting of an hour."""


@dataclass(frozen=True, order=True)
class Pain:
    """One finding: of which kind, about which service ("" for none) or word, how often in the week."""

    category: str
    service: str
    word: str
    count: int

    @property
    def subject(self) -> tuple[str, str, str]:
        """What makes it the same one week after week."""
        return self.category, self.service, self.word


def found(by_service: Mapping[str, Mapping[str, int]], words: Iterable[tuple[str, int]]) -> list[Pain]:
    """The pain points of a week, the most frequent of each kind first. `by_service`: kind -> service -> times."""
    listed = []
    for category, counts in by_service.items():
        often = [Pain(category, service, "", n) for service, n in counts.items() if n >= LEAST[category]]
        listed += sorted(often, key=lambda one: (-one.count, one.service))[:MOST]
    often = [Pain("searches", "", word, n) for word, n in whole(words) if n >= LEAST["searches"]]
    return listed + often[:MOST]


def whole(words: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """The words without those that were only typed on the way to a longer one: 养狗 on the way to 养狗证."""
    known = sorted(words, key=lambda one: (-one[1], one[0]))
    return [
        (word, n)
        for word, n in known
        if not any(other != word and other.startswith(word) and many >= n for other, many in known)
    ]


def last_week(today: date) -> tuple[date, date]:
    """Monday and Sunday of the week before that of a day."""
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)
