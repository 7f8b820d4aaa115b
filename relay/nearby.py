"""How busy the halls are beside each other, and where a wait is shorter nearby. Pure.

Where the halls are is data: `places.toml` in the folder of secrets, `[jiangnan]` `at = [118.58, 24.91]` (longitude,
latitude). A hall without a place comes after those with one, by its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

EARTH_KM = 6371.0
LESS_MIN = 10
"""Another hall is named when somebody waits so many minutes less there."""

Point = tuple[float, float]


class Busy(NamedTuple):
    """A hall as it last told; `view`: of its busy page, None while it can't be reached."""

    id: str
    hall: Mapping[str, str]
    view: Mapping[str, Any] | None


class Elsewhere(NamedTuple):
    """A shorter wait: for a group, at a hall, `km` away as the crow flies (None: nobody knows)."""

    group: Mapping[str, Any]
    hall: Busy
    minutes: int
    km: float | None


def points(text: str) -> dict[str, Point]:
    """Hall -> (longitude, latitude). What can't be read is no place: the page goes on without it."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    found = {}
    for name, one in told.items():
        at = one.get("at") if isinstance(one, dict) else None
        if isinstance(at, list) and len(at) == 2 and all(isinstance(n, int | float) for n in at):
            found[name] = (float(at[0]), float(at[1]))
    return found


def km(a: Point, b: Point) -> float:
    """Along the ground, as the crow flies (haversine)."""
    (east, north), (east2, north2) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def span(view: Mapping[str, Any]) -> tuple[int, int] | None:
    """The shortest and the longest wait that somebody would have now, minutes; None where it is not known."""
    waits = [one["estimate_min"] for one in view["groups"] if one.get("estimate_min") is not None]
    return (min(waits), max(waits)) if waits else None


def elsewhere(own: Busy, others: Sequence[Busy], at: Mapping[str, Point]) -> list[Elsewhere]:
    """Of each group of this hall the nearest other hall that has a group of the same name, gives out numbers, and where
    the wait is shorter by enough.
    """
    found = []
    for group in (own.view or {}).get("groups", ()):
        minutes = group.get("estimate_min")
        if minutes is None:
            continue
        places = []
        for other in others:
            theirs = _group(other, group["name"])
            if other.id != own.id and theirs is not None and theirs <= minutes - LESS_MIN:
                away = km(at[own.id], at[other.id]) if own.id in at and other.id in at else None
                places.append(Elsewhere(group, other, theirs, away))
        if places:
            found.append(min(places, key=lambda one: (one.km is None, one.km or 0.0, one.minutes, one.hall.id)))
    return found


def _group(hall: Busy, name: str) -> int | None:
    """The wait of a group by its name, where somebody could take a number for it now."""
    if hall.view is None or not hall.view.get("issuing"):
        return None
    waits = [one.get("estimate_min") for one in hall.view["groups"] if one["name"] == name]
    return waits[0] if waits else None
