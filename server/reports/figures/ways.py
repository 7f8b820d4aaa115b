"""The visits behind each figure: which rows of visits and legs it is about, and how many of them a report says there
are. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from config import Text
from server.reports.figures.counting import GONE, ON_THE_SPOT, Counted
from server.reports.figures.groups import Column
from server.reports.figures.measures import EXPIRED, FINISHED, LEFT, OPEN, TRANSFERRED, UNCLASSED, E, F, P, X

Where = Callable[[Counted], Column]
Number = Callable[[dict[str, Any]], int]


class Way(NamedTuple):
    """How a figure leads to its visits: its name, which rows of visits and legs it is about, and by what the longest
    come first.
    """

    zh: str
    en: str
    visits: Where | None
    """None: a figure of legs alone."""
    legs: Where
    """The same for a counter, a member of staff or a reason, whose figures are of legs."""
    longest: str = ""


def _outcome(c: Counted) -> Column:
    return np.array([name == ON_THE_SPOT for name in c.outcomes] or [False])


def _instant(c: Counted, service: Column) -> Column:
    return np.array([c.limits.instant(code) for code in c.words.service.listed()] or [False])[service]


def _of_visits(where: Where) -> Where:
    """Legs of the visits."""
    return lambda c: np.asarray(where(c)[c.legs.visit])


def _never(c: Counted) -> Column:
    return np.asarray(c.visits.never_served >= 0)


def _unmoved(c: Counted) -> Column:
    return np.asarray((c.visits.kind == F) & (c.visits.transfers == 0))


def _lost(c: Counted) -> Column:
    return np.asarray((c.visits.kind == F) & ~c.closed)


def _no_outcome(c: Counted) -> Column:
    return np.asarray(c.closed & np.array([not name for name in c.outcomes] or [False])[c.visits.outcome])


WAYS: dict[str, Way] = {
    "arrivals": Way(
        "全部来访", "All visits", lambda c: np.ones(len(c.visits), bool), lambda c: np.ones(len(c.legs), bool)
    ),
    "finished": Way("办结", "Served", lambda c: c.visits.kind == F, lambda c: c.legs.state == FINISHED),
    "passed": Way(
        "过号",
        "Passed",
        lambda c: c.visits.kind == P,
        lambda c: c.legs.called & ~c.legs.served & np.isin(c.legs.state, GONE),
    ),
    "called": Way("叫过", "Called", lambda c: c.visits.called, lambda c: c.legs.called),
    "left": Way("弃号", "Left", lambda c: c.visits.kind == X, lambda c: ~c.legs.called & (c.legs.state == LEFT)),
    "expired": Way(
        "过期", "Expired", lambda c: c.visits.kind == E, lambda c: ~c.legs.called & (c.legs.state == EXPIRED)
    ),
    "served": Way("办理过", "Served legs", None, lambda c: c.legs.served),
    "walk_out": Way(
        "弃号、过期",
        "Left or expired",
        lambda c: (c.visits.kind == X) | (c.visits.kind == E),
        lambda c: ~c.legs.called & np.isin(c.legs.state, (LEFT, EXPIRED)),
    ),
    "open": Way("未结", "Open", lambda c: c.visits.kind == OPEN, lambda c: c.legs.state < FINISHED),
    "unclassed": Way(
        "不属于任何一类",
        "Fit no class",
        lambda c: c.visits.kind == UNCLASSED,
        lambda c: c.visits.kind[c.legs.visit] == UNCLASSED,
    ),
    "office_wait": Way(
        "等候最久",
        "Longest waits",
        lambda c: c.visits.office_wait >= 0,
        lambda c: c.legs.office_wait >= 0,
        "office_wait",
    ),
    "amber": Way(
        "等候偏长",
        "Amber waits",
        lambda c: c.visits.office_wait > c.limits.amber,
        lambda c: c.legs.office_wait > c.limits.amber,
        "office_wait",
    ),
    "never_served_wait": Way(
        "未办而等候最久", "Longest waits of those never served", _never, _of_visits(_never), "never_served"
    ),
    "late": Way(
        "超出承诺",
        "Beyond the pledge",
        lambda c: c.visits.office_wait > c.limits.pledge,
        lambda c: c.legs.office_wait > c.limits.pledge,
        "office_wait",
    ),
    "long_waits": Way(
        "超时等待",
        "Long waits",
        lambda c: c.visits.office_wait > c.limits.red,
        lambda c: c.legs.office_wait > c.limits.red,
        "office_wait",
    ),
    "service_time": Way("办理最久", "Longest services", None, lambda c: c.legs.service_time >= 0, "service_time"),
    "overtime": Way("办理超时", "Service overtime", None, lambda c: c.over, "service_time"),
    "response": Way("响应最久", "Slowest to come", None, lambda c: c.legs.response >= 0, "response"),
    "visit_time": Way(
        "全程最久", "Longest visits", lambda c: c.visits.whole >= 0, _of_visits(lambda c: c.visits.whole >= 0), "whole"
    ),
    "two_calls": Way("叫两次以上", "Two calls or more", lambda c: c.visits.calls >= 2, lambda c: c.legs.calls >= 2),
    "suspends": Way("挂起过", "Suspended", None, lambda c: c.legs.suspended),
    "recalls": Way("重呼", "Recalled", lambda c: c.visits.recalls > 0, lambda c: c.legs.recalls > 0),
    "transfers": Way("转移", "Transferred", lambda c: c.visits.transfers > 0, lambda c: c.legs.state == TRANSFERRED),
    "one_counter": Way("一窗办结", "Done at one counter", _unmoved, _of_visits(_unmoved)),
    "lost_after_service": Way("办理后流失", "Lost after service", _lost, _of_visits(_lost)),
    "without_outcome": Way("办结而无结果", "Finished without an outcome", _no_outcome, _of_visits(_no_outcome)),
    "on_the_spot_instant": Way(
        "即办件现场办结",
        "Instant items done on the spot",
        lambda c: c.closed & _outcome(c)[c.visits.outcome] & _instant(c, c.visits.service),
        lambda c: (c.legs.state == FINISHED) & _outcome(c)[c.legs.outcome] & _instant(c, c.legs.service),
    ),
    "on_the_spot": Way(
        "现场办结",
        "Done on the spot",
        lambda c: c.closed & _outcome(c)[c.visits.outcome],
        lambda c: (c.legs.state == FINISHED) & _outcome(c)[c.legs.outcome],
    ),
}
OF_LEGS = ("counter", "staff", "reason")
CUTS = ("service", "category", "klass", "channel", "party", "period", "hour", "weekday", "day", "outcome", *OF_LEGS)


STANDS_AT = {
    "within_pledge": "late",
    "no_show": "passed",
    "items": "finished",
    "transferred": "transfers",
    "wait": "office_wait",
    "outcomes": "finished",
}
"""Figures that lead to the visits of another."""
SAID: dict[str, Text] = {
    "ratings": Text("评价过", "Rated"),
    "bad_ratings": Text("差评", "Bad ratings"),
    "default_ratings": Text("默认评价", "Ratings by default"),
    "notices": Text("一次性告知过", "Told what is missing"),
    "told_again": Text("重复告知", "Told twice or more"),
}
"""What stands in rows of the store."""
NAMES = {**{id: (way.zh, way.en) for id, way in WAYS.items()}, **SAID}


def way_of(figure: str) -> str | None:
    """To which visits a figure of the report leads; None where it counts no visits."""
    found = STANDS_AT.get(figure, figure)
    return found if found in NAMES else None


def said(report: dict[str, Any], figure: str, cut: str, key: str) -> int | None:
    """How many rows (`Drilled.rows`) a report says are behind a figure; None where it says no such number."""
    if figure in SAID or cut in ("reason", "outcome"):
        return None
    rows = (
        [report["total"]]
        if not cut
        else [row for row in report["cuts"].get(cut, []) if str("" if row["key"] is None else row["key"]) == key]
    )
    row = rows[0] if rows else None
    count = COUNTS_OF_LEGS.get(figure) if cut in OF_LEGS else COUNTS.get(figure)
    return count(row) if row is not None and count else None


def _number(id: str, part: str = "") -> Number:
    return lambda row: row[id][part] if part else row[id]


COUNTS: dict[str, Number] = {
    **{
        id: _number(id)
        for id in (
            "arrivals",
            "finished",
            "passed",
            "left",
            "expired",
            "open",
            "called",
            "served",
            "amber",
            "long_waits",
        )
    },
    **{id: _number(id, "n") for id in ("office_wait", "never_served_wait", "service_time", "response", "visit_time")},
    **{
        id: _number(id, "numerator")
        for id in ("overtime", "two_calls", "one_counter", "on_the_spot", "on_the_spot_instant")
    },
    "walk_out": lambda row: row["left"] + row["expired"],
    "transfers": _number("transferred", "numerator"),
    "late": lambda row: row["office_wait"]["n"] - row["within_pledge"]["numerator"],
}
"""How many visits stand behind a figure, by the report itself."""
COUNTS_OF_LEGS = {
    **{
        id: COUNTS[id]
        for id in (
            "finished",
            "passed",
            "called",
            "served",
            "amber",
            "long_waits",
            "office_wait",
            "service_time",
            "response",
            "overtime",
            "two_calls",
            "on_the_spot",
            "on_the_spot_instant",
            "late",
        )
    },
    "transfers": _number("transfers"),
}
"""The same of a counter or a member of staff: legs."""
