"""A hall's own kept report held against the hall's rows: what of it the district keeps, the same figures counted anew
by the hall's own functions, and where the two differ. Pure.

Counted anew is what follows from the rows alone. What depends on the hall's opening hours, its catalogue or its roster
(waits within opening hours, overtime, attendance) is the hall's word, proven by the sha256 in its journal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from server.domain import events as ev
from server.domain.leg import Leg
from server.reports.figures.counting import Counted, Limits
from server.reports.figures.hours import NEVER, Ints
from server.reports.figures.measures import CLASSES, WHOLE, Quality, Vocabulary, measured
from server.reports.figures.visitors import Rated, rated_total

COMPARED = (
    *("arrivals", *CLASSES[:5], "called", "no_show", "walk_out", "wait", "visit_time", "transfers", "transferred"),
    *("one_counter", "recalls", "two_calls", "on_the_spot", "outcomes", "served", "response", "service_time"),
)
"""Figures of docs/figures.md that the rows alone give."""
OF_RATINGS = ("n", "active", "default", "levels", "satisfied", "satisfied_with_defaults", "bad")
FIGURES = {
    "identity": ("arrivals", "closes"),
    "waits_told": ("n", "came_true"),
    "attendance": ("duties", "attended", "late", "early", "absent"),
    "cases": ("cases_received", "accepted_cases", "decided_cases", "late_cases", "overdue_cases"),
}
"""Section -> what of its total is kept as the hall says it."""
VOICE = ("key", "received", "answered", "done", "open", "on_time", "upheld", "satisfied")
MOST = 20
"""So many differences are named."""

Figures = dict[str, Any]


class Apart(NamedTuple):
    """A figure that the report and the rows do not have alike. `where`: total, 2026-11-23, SB01, ratings."""

    where: str
    figure: str
    report: Any
    rows: Any


def excerpt(report: Mapping[str, Any]) -> Figures:
    """What is kept of a week's report: its figures by their ids. Nobody's name: those of staff stay in the hall. Raises
    KeyError, TypeError, ValueError, AttributeError for what is none.
    """
    monday = date.fromisoformat(report["first_day"])
    if f"{monday:%G-W%V}" != report["period"] or monday.weekday():
        raise ValueError(f"{report['period']} does not begin on {monday}")
    made: Figures = {
        "first_day": str(monday),
        "last_day": str(monday + timedelta(days=6)),
        "timezone": ZoneInfo(report["hall"]["timezone"]).key,
        "kept_is_service": bool(report["settings"]["kept_is_service"]),
        "definition_version": str(report["definition_version"]),
        "total": _some(report["total"], (*COMPARED, "office_wait", "within_pledge", "per_thousand")),
        "day": {row["key"]: _some(row, COMPARED) for row in report["cuts"]["day"]},
        "service": {row["key"]: _some(row, COMPARED) for row in report["cuts"]["service"]},
        "ratings": _some(report["ratings"]["total"], OF_RATINGS),
        "voices": [_some(row, VOICE) for row in report["voices"]],
        **{
            name: _some(section.get("total", section), keys)
            for name, keys in FIGURES.items()
            for section in (report.get(name, {}),)
        },
    }
    voiced = [(row["received"], row["on_time"]["numerator"], row["on_time"]["denominator"]) for row in made["voices"]]
    if "indicators" in report:
        made["indicators"] = _indicators(report["indicators"])
    made["voiced"] = dict(zip(("received", "on_time", "answered"), map(sum, zip(*voiced, strict=True)), strict=False))
    _only_numbers({key: made[key] for key in ("total", "day", "service", "ratings", "voiced", *FIGURES)})
    _only_numbers(made.get("indicators", {}).get("values"))
    return made


def _indicators(told: Mapping[str, Any]) -> Figures:
    """绩效指标 (S38): of which month, and each as its number or [numerator, denominator]."""
    return {
        "month": f"{date.fromisoformat(told['month'] + '-01'):%Y-%m}",
        "made": datetime.fromisoformat(told["made"]).isoformat(),
        "definition_version": str(told["definition_version"]),
        "values": {
            str(one["id"]): one["count"] if one["kind"] == "count" else [one["numerator"], one["denominator"]]
            for one in told["indicators"]
        },
    }


def _only_numbers(told: Any) -> None:
    """A hall's word is shown on a page of all halls. Raises TypeError for what is no number in it."""
    if isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            _only_numbers(one)
    elif told is not None and not (isinstance(told, int | float) and math.isfinite(told)):
        raise TypeError(f"{told!r} is no figure")


def _some(row: Mapping[str, Any], keys: Sequence[str]) -> Figures:
    return {key: row[key] for key in keys if key in row}


class RoundTheClock:
    """For measuring where nobody knows when the hall was open: waits within opening hours are not told of it."""

    def __init__(self, first: str, zone: ZoneInfo) -> None:
        self._base = datetime.fromisoformat(first).replace(tzinfo=zone).timestamp()

    def whole(self, at: float) -> int:
        return round((at - self._base) * 1000)

    def instants(self, column: Any) -> Ints:
        seconds = np.array(column, np.float64)
        there = ~np.isnan(seconds)
        found = np.full(len(seconds), NEVER, np.int64)
        found[there] = np.rint((seconds[there] - self._base) * 1000).astype(np.int64)
        return found

    def open_between(self, start: Ints, end: Ints) -> Ints:
        return np.asarray(np.maximum(end - start, 0))

    def local_hour(self, at: Ints) -> npt.NDArray[np.int8]:
        return np.zeros(len(at), np.int8)

    def of_extended(self, at: Ints) -> npt.NDArray[np.bool_]:
        return np.zeros(len(at), bool)


def counted(legs: Sequence[Leg], rated: Iterable[ev.Rated], kept: Figures) -> Figures:
    """The same figures out of the rows: the legs of a week, those of one ticket beside each other and in order, and the
    last rating of each round; `kept`: the excerpt, for its dates and settings.
    """
    days: dict[str, list[Leg]] = {}
    for leg in sorted(legs, key=lambda one: (one.day, one.ticket, one.leg)):
        days.setdefault(leg.day, []).append(leg)
    found = _of_legs(days, kept) if days else {"total": {}, "day": {}, "service": {}}
    rows = [
        {
            "service": "",
            "counter": one.counter,
            "staff": one.staff,
            "level": one.level,
            "source": one.source,
            "is_default": one.default,
            "ticket": one.ticket,
            "options": (),
            "second": None,
        }
        for one in rated
    ]
    total = rated_total(Rated(rows), found["total"].get("finished", 0))
    return found | {"ratings": _some(total, OF_RATINGS)}


def _of_legs(days: Mapping[str, Sequence[Leg]], kept: Figures) -> Figures:
    clock, words = RoundTheClock(kept["first_day"], ZoneInfo(kept["timezone"])), Vocabulary()
    fields = attrgetter(*WHOLE)
    told = [(place, [fields(leg) for leg in legs]) for place, legs in enumerate(days.values())]
    visits, measures, _ = measured(
        told, WHOLE, clock, words, 0, Quality(), kept_is_service=bool(kept["kept_is_service"])
    )
    of = Counted(visits, measures, words, Limits(0, 0, 0, lambda _: None, lambda _: False))

    def rows(of_visits: npt.NDArray[Any], of_legs: npt.NDArray[Any], names: Sequence[str | None]) -> Figures:
        n = len(names)
        both = zip(names, of.visit_rows(of_visits, n), of.leg_rows(of_legs, n), strict=True)
        return {str(name): _some(one | other, COMPARED) for name, one, other in both}

    nought = np.zeros(len(visits), np.int16), np.zeros(len(measures), np.int16)
    return {
        "total": rows(*nought, ["total"])["total"],
        "day": rows(visits.day, measures.day, list(days)),
        "service": rows(visits.service, measures.service, words.service.listed()),
    }


def differences(kept: Figures, ours: Figures) -> list[Apart]:
    """Where an excerpt says something that the rows do not, at most MOST. A day or service in which nothing happened is
    the same as none.
    """
    found = _apart("total", kept["total"] if kept["total"].get("arrivals") else {}, ours["total"])
    for cut in ("day", "service"):
        theirs, mine = _lively(kept[cut]), _lively(ours[cut])
        for key in sorted(theirs.keys() | mine.keys()):
            found += _apart(key, theirs.get(key, {}), mine.get(key, {}))
    return (found + _apart("ratings", kept["ratings"], ours["ratings"]))[:MOST]


def _lively(rows: Mapping[str, Figures]) -> dict[str, Figures]:
    return {key: row for key, row in rows.items() if row.get("arrivals") or row.get("served")}


def _apart(where: str, theirs: Figures, mine: Figures) -> list[Apart]:
    keys = [key for key in (*COMPARED, *OF_RATINGS) if key in theirs or key in mine]
    return [Apart(where, key, theirs.get(key), mine.get(key)) for key in keys if theirs.get(key) != mine.get(key)]
