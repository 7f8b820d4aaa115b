"""How busy the halls are beside each other, and where a wait is shorter nearby. Pure.

Where the halls are is data: `places.toml` in the folder of secrets, `[jiangnan]` `at = [118.58, 24.91]` (longitude,
latitude), and what they are called beside each other, whatever they say themselves: `name`, `name_en`. A hall without a
place comes after those with one, by its name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from config import Text

EARTH_KM = 6371.0
LESS_MIN = 10
"""Another hall is named when somebody waits so many minutes less there."""

Point = tuple[float, float]


class Busy(NamedTuple):
    """A hall as it last told; `view`: of its busy page, None while it can't be reached. `silent_s`: so long it has not
    been heard, None where it never was.
    """

    id: str
    hall: Mapping[str, str]
    view: Mapping[str, Any] | None
    silent_s: float | None = None


class Elsewhere(NamedTuple):
    """A shorter wait, from so many minutes to so many: for a group, at a hall, `km` away as the crow flies (None:
    nobody knows).
    """

    group: Mapping[str, Any]
    hall: Busy
    minutes: tuple[int, int]
    km: float | None


def _read(text: str) -> dict[str, Any]:
    try:
        return {name: one for name, one in tomllib.loads(text).items() if isinstance(one, dict)}
    except tomllib.TOMLDecodeError:
        return {}


def names(text: str) -> dict[str, dict[str, str]]:
    """Hall -> `name` and `name_en`, where the file has them."""
    found = {}
    for id, one in _read(text).items():
        name, name_en = one.get("name"), one.get("name_en")
        if isinstance(name, str) and name:
            found[id] = {"name": name, "name_en": name_en if isinstance(name_en, str) and name_en else name}
    return found


def last_heard(silent_s: float | None) -> Text:
    """Since when a hall that can't be reached is silent, in words."""
    if silent_s is None:
        return Text("中转启动以来没有联系上", "not heard since this service was started")
    minutes = max(1, round(silent_s / 60))
    if minutes < 60:
        return Text(f"最后一次联系是 {minutes} 分钟前", f"last heard {minutes} min ago")
    if minutes < 48 * 60:
        return Text(f"最后一次联系是 {minutes // 60} 小时前", f"last heard {minutes // 60} h ago")
    return Text(f"最后一次联系是 {minutes // 1440} 天前", f"last heard {minutes // 1440} days ago")


def points(text: str) -> dict[str, Point]:
    """Hall -> (longitude, latitude). What can't be read is no place: the page goes on without it."""
    found = {}
    for name, one in _read(text).items():
        at = one.get("at")
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
    waits = [found for one in view["groups"] if (found := _wait(one)) is not None]
    return (min(low for low, _ in waits), max(high for _, high in waits)) if waits else None


def _wait(group: Mapping[str, Any]) -> tuple[int, int] | None:
    """A group's wait as its hall tells it: from so many minutes to so many."""
    told = group.get("estimate_min")
    return None if told is None else (int(told[0]), int(told[1]))


def elsewhere(own: Busy, others: Sequence[Busy], at: Mapping[str, Point]) -> list[Elsewhere]:
    """Of each group of this hall the nearest other hall that has a group of the same name, gives out numbers, and where
    the wait is shorter by enough: the longest of what is told there, against the longest here.
    """
    found = []
    for group in (own.view or {}).get("groups", ()):
        here = _wait(group)
        if here is None:
            continue
        places = []
        for other in others:
            theirs = _group(other, group["name"])
            if other.id != own.id and theirs is not None and theirs[1] <= here[1] - LESS_MIN:
                away = km(at[own.id], at[other.id]) if own.id in at and other.id in at else None
                places.append(Elsewhere(group, other, theirs, away))
        if places:
            found.append(min(places, key=lambda one: (one.km is None, one.km or 0.0, one.minutes[1], one.hall.id)))
    return found


def _group(hall: Busy, name: str) -> tuple[int, int] | None:
    """The wait of a group by its name, where somebody could take a number for it now."""
    if hall.view is None or not hall.view.get("issuing"):
        return None
    return next((_wait(one) for one in hall.view["groups"] if one["name"] == name), None)
