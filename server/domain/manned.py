"""在岗与缺员: when fewer counters were manned than the hall wants at that time of the day. Pure; epoch seconds.

Manned as the live alert has it (`alerts`): somebody is logged in, pauses included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from server.domain.attendance import Span


class Wanted(NamedTuple):
    """So many counters at least from `start` to `end`; of several at once the most counts."""

    start: float
    end: float
    many: int


class Short(NamedTuple):
    """An unbroken time with the same too few counters."""

    start: float
    end: float
    there: int
    wanted: int

    @property
    def lacking(self) -> float:
        """Seconds of counters that were not there."""
        return (self.end - self.start) * (self.wanted - self.there)


def together(hall: Iterable[Short], groups: Iterable[Short]) -> tuple[float, float]:
    """Seconds in which too few were there by either word, and seconds of counters that were not: at each moment what
    the hall lacks, or what its groups lack together, whichever is more.
    """
    whole, parts = list(hall), list(groups)
    cuts = sorted({at for one in (*whole, *parts) for at in (one.start, one.end)})
    long = lacking = 0.0
    for start, end in pairwise(cuts):
        many = max(
            sum(one.wanted - one.there for one in some if one.start <= start < one.end) for some in (whole, parts)
        )
        if many:
            long += end - start
            lacking += (end - start) * many
    return long, lacking


def short(sat: Mapping[str, Sequence[Span]], opening: Iterable[Span], wanted: Iterable[Wanted]) -> list[Short]:
    """When too few were there while the hall was open; `sat`: counter -> when somebody was logged in."""
    opened, least = list(opening), list(wanted)
    spans = [span for each in sat.values() for span in each]
    cuts = sorted({at for span in (*opened, *((one.start, one.end) for one in least), *spans) for at in span})
    found: list[Short] = []
    for start, end in pairwise(cuts):
        if not any(a <= start < b for a, b in opened):
            continue
        many = max((one.many for one in least if one.start <= start < one.end), default=0)
        there = sum(any(a <= start < b for a, b in each) for each in sat.values())
        if there >= many:
            continue
        last = found[-1] if found else None
        if last and (last.end, last.there, last.wanted) == (start, there, many):
            found[-1] = last._replace(end=end)
        else:
            found.append(Short(start, end, there, many))
    return found
