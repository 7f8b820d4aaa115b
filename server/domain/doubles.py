"""Rows that another system sends, and sends again: which are new, which are here already. Pure; reads no file.

A visit's identity is what it says: its service, class, counter, staff and instants. So a file that was saved again, or
an export that overlaps the last one, brings nothing twice. A spreadsheet takes leading zeros from a staff number and
the seconds from every instant: neither makes another visit of it.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from server.domain.visit import Visit

Key = tuple[object, ...]


class Double(NamedTuple):
    """Row `place` of what came in is here already: as row `like` of the same (None: it was taken in before)."""

    place: int
    like: int | None


class Sorted(NamedTuple):
    """What came in, by its places from 0."""

    new: list[int]
    double: list[Double]


def sort(visits: Sequence[Visit], known: Iterable[Visit], *, twins: bool = False) -> Sorted:
    """What of `visits` is new beside those that are here, `known`.

    `twins`: rows that are alike within `visits` are different people, as many as there are; else the first one counts.
    """
    known = list(known)
    here, of_minutes = Tally(map(key, known)), {key(_in_minutes(visit)) for visit in known}
    cut, told = _whole(visits) or _whole(known), set(here)
    first: dict[Key, int] = {}
    new, double = [], []
    for place, visit in enumerate(visits):
        it = key(visit)
        if here[it]:
            double.append(Double(place, None))
            here[it] -= twins
        elif it in first and not twins:
            double.append(Double(place, first[it]))
        elif cut and it not in told and it not in first and key(_in_minutes(visit)) in of_minutes:
            double.append(Double(place, None))
        else:
            first.setdefault(it, place)
            new.append(place)
    return Sorted(new, double)


def key(visit: Visit) -> Key:
    """What makes a visit this one and no other."""
    staff = visit.staff.lstrip("0") if visit.staff else None
    return (visit.day, visit.service, visit.klass, visit.counter, staff, visit.state, *_instants(visit))


def _instants(visit: Visit) -> tuple[float | None, ...]:
    return (visit.arrived, visit.called, visit.started, visit.ended)


def _whole(visits: Sequence[Visit]) -> bool:
    """Whether no visit tells a second: a spreadsheet cut them, or whoever sent them never had any."""
    return bool(visits) and all(at is None or at % 60 == 0 for visit in visits for at in _instants(visit))


def _in_minutes(visit: Visit) -> Visit:
    arrived, called, started, ended = (None if at is None else at // 60 * 60 for at in _instants(visit))
    assert arrived is not None
    return visit._replace(arrived=arrived, called=called, started=started, ended=ended)
