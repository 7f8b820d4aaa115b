"""From a figure to its visits: which tickets are behind a figure of the total or of one row of a cut.

It counts nothing anew.

A visit is shown once, whatever number of its rows matches; the longest come first where the figure is a span. What
visitors said and were told (好差评, 一次性告知) is found in the rows of the store that say it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import NamedTuple

import numpy as np

from config import Hall, Told
from server.domain.worktime import day_span
from server.reports.figures.counting import Counted
from server.reports.figures.cuts import PERIODS
from server.reports.figures.gathering import Gathered, History, gather
from server.reports.figures.groups import Column
from server.reports.figures.visitors import BAD
from server.reports.figures.ways import CUTS, NAMES, OF_LEGS, SAID, WAYS
from server.reports.period import Period, PeriodError, parse


class DrillError(Told):
    """The reader's error: no such figure or cut, in one sentence."""


class Drilled(NamedTuple):
    """The tickets behind a figure, and how many rows of it they are: visits, or legs, ratings and notices of which a
    visit may have several.
    """

    tickets: list[int]
    rows: int


def drill(
    hall: Hall, period: Period, history: History, now: float, figure: str, cut: str = "", key: str = ""
) -> Drilled:
    """The visits behind a figure, all of them, or those of one row of a cut. Reads the period. Raises DrillError."""
    asked(figure, cut)
    if figure in SAID:
        return _said(hall, period, history, figure, cut, key)
    return found_in(hall, gather(hall, to_read(period, cut, key), history, now), figure, cut, key)


def asked(figure: str, cut: str) -> None:
    """Raises DrillError where there is no such figure or cut."""
    if figure not in NAMES:
        raise DrillError(
            f"“{figure}”没有明细：有 {'、'.join(NAMES)}。", f"'{figure}' leads to no visits; known: {', '.join(NAMES)}."
        )
    if cut and cut not in CUTS:
        raise DrillError(
            f"没有“{cut}”这种分项：有 {'、'.join(CUTS)}。", f"There is no cut '{cut}'; known: {', '.join(CUTS)}."
        )


def to_read(period: Period, cut: str, key: str) -> Period:
    """What has to be read for a row: one day of a long period is read alone."""
    with suppress(PeriodError):
        found = parse(key) if cut == "day" else period
        if found.kind == "day" and period.first <= found.first <= period.last:
            return found
    return period


def _said(hall: Hall, period: Period, history: History, figure: str, cut: str, key: str) -> Drilled:
    """Ratings and notices have a service, and a counter and a member of staff; no other cut."""
    if figure in ("notices", "told_again"):
        start, end = day_span(hall, period.first)[0], day_span(hall, period.last)[1]
        rows = [row for row in history.notices(start, end) if figure == "notices" or row["told"] >= 2]
    else:
        rated = history.ratings(period.first.isoformat(), period.last.isoformat())
        rows = [
            row
            for row in rated
            if figure == "ratings" or (row["level"] <= BAD if figure == "bad_ratings" else row["is_default"])
        ]
    mine = [row["ticket"] for row in rows if not cut or (cut in row and (row[cut] or "") == key)]
    return Drilled(list(dict.fromkeys(mine)), len(mine))


def found_in(hall: Hall, found: Gathered, figure: str, cut: str = "", key: str = "") -> Drilled:
    """The visits behind a figure of WAYS, in a period that was read. Raises DrillError."""
    asked(figure, cut)
    way, counted = WAYS[figure], found.counted
    of_visits = way.visits is not None and cut not in OF_LEGS
    where = way.visits if of_visits and way.visits else way.legs
    places: Column = np.flatnonzero(where(counted) & _mine(hall, found, cut, key, legs=not of_visits))
    if way.longest:
        places = places[np.argsort(-_spans(counted, way.longest, of_visits)[places].astype(np.int64), kind="stable")]
    visits = places if of_visits else counted.legs.visit[places]
    return Drilled(list(dict.fromkeys(counted.visits.ticket[visits].tolist())), len(places))


def _spans(counted: Counted, name: str, of_visits: bool) -> Column:
    if of_visits or not hasattr(counted.legs, name):
        spans: Column = getattr(counted.visits, name)
        return spans if of_visits else spans[counted.legs.visit]
    return np.asarray(getattr(counted.legs, name))


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
        letters = [
            hall.services[code].prefix if code in hall.services else ""
            for code in map(str, found.words.service.listed())
        ]
        return np.array([letter == key for letter in letters] or [False])[rows.service]
    if cut == "period":
        return np.asarray(rows.extended == (list(PERIODS).index(key) if key in PERIODS else -1))
    names = getattr(found.words, cut).listed()
    return np.asarray(np.array([(name or "") == key for name in names] or [False])[getattr(rows, cut)])


def _of_days(found: Gathered, key: str, cut: str) -> Column:
    def matches(day: date) -> bool:
        return day.isoformat() == key if cut == "day" else str(day.isoweekday()) == key

    return np.array([matches(day) for day in found.hours.days])
