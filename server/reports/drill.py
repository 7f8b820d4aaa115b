"""From a figure to its visits: which tickets are behind a figure of the total or of one row of a cut. Pure; it counts nothing anew.

A visit is shown once, whatever number of its legs matches; the longest come first where the figure is a span.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from config import Hall
from server.reports.figures import GONE, ON_THE_SPOT, Counted
from server.reports.gathering import Gathered
from server.reports.groups import Column
from server.reports.measures import EXPIRED, FINISHED, LEFT, OPEN, TRANSFERRED, UNCLASSED, E, F, P, X

Where = Callable[[Counted], Column]


class DrillError(ValueError):
    """The reader's error: no such figure or cut, in one sentence."""


class Way(NamedTuple):
    """How a figure leads to its visits: its name, which rows of visits and legs it is about, and by what the longest come first."""

    zh: str
    en: str
    visits: Where | None
    """None: a figure of legs alone."""
    legs: Where
    """The same for a counter, a member of staff or a reason, whose figures are of legs."""
    longest: str = ""


def _outcome(c: Counted) -> Column:
    return np.array([name == ON_THE_SPOT for name in c.outcomes] or [False])


WAYS: dict[str, Way] = {
    "arrivals": Way("全部来访", "All visits", lambda c: np.ones(len(c.visits), bool), lambda c: np.ones(len(c.legs), bool)),
    "finished": Way("办结", "Served", lambda c: c.visits.kind == F, lambda c: c.legs.state == FINISHED),
    "passed": Way("过号", "Passed", lambda c: c.visits.kind == P, lambda c: c.legs.called & ~c.legs.served & np.isin(c.legs.state, GONE)),
    "walk_out": Way("弃号、过期", "Left or expired", lambda c: (c.visits.kind == X) | (c.visits.kind == E),
                    lambda c: ~c.legs.called & np.isin(c.legs.state, (LEFT, EXPIRED))),
    "open": Way("未结", "Open", lambda c: c.visits.kind == OPEN, lambda c: c.legs.state < FINISHED),
    "unclassed": Way("不属于任何一类", "Fit no class", lambda c: c.visits.kind == UNCLASSED, lambda c: c.visits.kind[c.legs.visit] == UNCLASSED),
    "office_wait": Way("等候最久", "Longest waits", lambda c: c.visits.office_wait >= 0, lambda c: c.legs.office_wait >= 0, "office_wait"),
    "late": Way("超出承诺", "Beyond the pledge", lambda c: c.visits.office_wait > c.limits.pledge,
                lambda c: c.legs.office_wait > c.limits.pledge, "office_wait"),
    "long_waits": Way("超时等待", "Long waits", lambda c: c.visits.office_wait > c.limits.red, lambda c: c.legs.office_wait > c.limits.red, "office_wait"),
    "service_time": Way("办理最久", "Longest services", None, lambda c: c.legs.service_time >= 0, "service_time"),
    "overtime": Way("办理超时", "Service overtime", None, lambda c: c.over, "service_time"),
    "response": Way("响应最久", "Slowest to come", None, lambda c: c.legs.response >= 0, "response"),
    "recalls": Way("重呼", "Recalled", lambda c: c.visits.recalls > 0, lambda c: c.legs.recalls > 0),
    "transfers": Way("转移", "Transferred", lambda c: c.visits.transfers > 0, lambda c: c.legs.state == TRANSFERRED),
    "on_the_spot": Way("现场办结", "Done on the spot", lambda c: c.closed & _outcome(c)[c.visits.outcome],
                       lambda c: (c.legs.state == FINISHED) & _outcome(c)[c.legs.outcome]),
}  # fmt: skip
OF_LEGS = ("counter", "staff", "reason")
CUTS = ("service", "category", "klass", "channel", "hour", "weekday", "day", "outcome", *OF_LEGS)


def drill(hall: Hall, found: Gathered, figure: str, cut: str = "", key: str = "") -> list[int]:
    """The tickets behind a figure, all of them, or those of one row of a cut. Raises DrillError."""
    way = WAYS.get(figure)
    if way is None:
        raise DrillError(f"“{figure}”没有明细：有 {'、'.join(WAYS)}。 '{figure}' leads to no visits; known: {', '.join(WAYS)}.")
    if cut and cut not in CUTS:
        raise DrillError(f"没有“{cut}”这种分项：有 {'、'.join(CUTS)}。 There is no cut '{cut}'; known: {', '.join(CUTS)}.")
    counted, of_visits = found.counted, way.visits is not None and cut not in OF_LEGS
    rows: Any = counted.visits if of_visits else counted.legs
    where = way.visits if of_visits and way.visits else way.legs
    places: Column = np.flatnonzero(where(counted) & _mine(hall, found, cut, key, legs=not of_visits))
    if way.longest:
        places = places[np.argsort(-getattr(rows, way.longest)[places].astype(np.int64), kind="stable")]
    visits = places if of_visits else counted.legs.visit[places]
    return list(dict.fromkeys(counted.visits.ticket[visits].tolist()))


def _mine(hall: Hall, found: Gathered, cut: str, key: str, *, legs: bool) -> Column:
    """Which rows belong to a key of a cut; a key that nobody has belongs to none."""
    rows = found.counted.legs if legs else found.counted.visits
    if not cut:
        return np.ones(len(rows), bool)
    if cut == "hour":
        return np.asarray(rows.hour == (int(key) if key.isdigit() else -1))
    if cut in ("day", "weekday"):
        return np.asarray(_of_days(found, key, cut)[rows.day])
    if cut == "category":
        letters = [hall.services[code].prefix if code in hall.services else "" for code in map(str, found.words.service.listed())]
        return np.array([letter == key for letter in letters] or [False])[rows.service]
    names = getattr(found.words, cut).listed()
    return np.asarray(np.array([(name or "") == key for name in names] or [False])[getattr(rows, cut)])


def _of_days(found: Gathered, key: str, cut: str) -> Column:
    def matches(day: date) -> bool:
        return day.isoformat() == key if cut == "day" else str(day.isoweekday()) == key

    return np.array([matches(day) for day in found.hours.days])
