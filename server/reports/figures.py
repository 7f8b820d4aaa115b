"""Every figure of a report, by the definitions of `docs/figures.md`. Decides over plain visits; no clock, no store, no words.

`figures(visits, hours, definitions)` takes all visits of a period once, lays them out as columns, and counts each cut from
those columns: a total is never made from other totals, and never an average from averages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import fsum
from typing import Literal, NamedTuple

from server.visit import Visit
from server.worktime import OfficeHours, has_calendar

DEFINITION_VERSION = "1"

Outcome = Literal["F", "P", "X", "E", "open", "?"]
"""Class of a visit: finished, passed, left, expired, open; "?" is a visit that fits none, and an identity that does not close."""


@dataclass(frozen=True)
class Definitions:
    """The settings of a report."""

    pledge_s: float
    """Promised longest office-hours wait, seconds."""
    version: str = DEFINITION_VERSION


@dataclass(frozen=True)
class Spread:
    """A distribution in seconds; the four figures are None for n = 0. Median and p90 by nearest rank."""

    n: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class Ratio:
    """A share with its two numbers; None for a denominator of 0."""

    numerator: int
    denominator: int

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Row:
    """The figures of one set of visits: of all, or of one service, counter or hour."""

    arrivals: int
    finished: int
    passed: int
    left: int
    expired: int
    open: int
    called: int
    """C: called at least once."""
    wait: Spread
    """W over C: first call − arrival."""
    office_wait: Spread
    """Wo over C: the part of W inside opening hours."""
    service_time: Spread
    """S over F: end − start."""
    response: Spread
    """R over F where the start key was used: start − last call."""
    no_show: Ratio
    """过号率 P / C."""
    walk_out: Ratio
    """弃号率 (X + E) / A."""
    within_pledge: Ratio
    """C with Wo ≤ the pledge / C."""

    @property
    def closes(self) -> bool:
        return self.arrivals == self.finished + self.passed + self.left + self.expired + self.open


@dataclass(frozen=True)
class Quality:
    """What the report does not know; always printed."""

    open: int
    unclassed: list[Visit] = field(default_factory=list)
    """Visits that fit no class: why the identity does not close."""
    without_outcome: int = 0
    """Finished, outcome not recorded."""
    lost_after_service: int = 0
    """Served, but left, passed or expired afterwards: in F, outside S."""
    assumed_start: Ratio = Ratio(0, 0)
    """Finished visits where Ts = Tcl was assumed / finished visits with a service time."""
    without_service_time: int = 0
    """Finished visits without a start, a call or an end: outside S."""
    clamped: int = 0
    """Spans that were negative (a clock set back) and count as 0."""
    imported: int = 0
    """Visits of another system."""
    days_without_calendar: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    total: Row
    by_service: dict[str, Row]
    by_counter: dict[str | None, Row]
    """None: visits without a counter."""
    by_hour: dict[int, Row]
    """Local hour of arrival."""
    quality: Quality
    definitions: Definitions


class _Line(NamedTuple):
    """One visit, measured. A figure that does not apply is None."""

    outcome: Outcome
    wait: float | None
    office_wait: float | None
    service_time: float | None
    response: float | None


def outcome(visit: Visit) -> Outcome:
    """The one class of a visit, decided by its history from the top down (`figures.md` section 3)."""
    if visit.state == "finished":
        return "F"
    if visit.state in ("waiting", "called", "serving"):
        return "open"
    if visit.state not in ("passed", "left", "expired"):
        return "?"
    if visit.started is not None:
        return "F"
    if visit.called is not None:
        return "P"
    return {"left": "X", "expired": "E", "passed": "?"}[visit.state]  # type: ignore[return-value]


def figures(visits: Sequence[Visit], hours: OfficeHours, definitions: Definitions) -> Figures:
    """All figures of `visits`, which are those whose service day lies in the range of `hours`."""
    lines = [_measured(visit, hours.open_seconds) for visit in visits]
    pledge = definitions.pledge_s
    return Figures(
        total=_row(lines, pledge),
        by_service=_cut((visit.service for visit in visits), lines, pledge),
        by_counter=_cut((visit.counter or None for visit in visits), lines, pledge),
        by_hour=_cut(_hours_of_arrival(visits, hours), lines, pledge),
        quality=_quality(visits, lines, hours),
        definitions=definitions,
    )


def _measured(visit: Visit, open_seconds: Callable[[float, float], float]) -> _Line:
    arrived, called, last_called, started, ended = visit[7:12]
    kind = outcome(visit)
    wait = office = service = response = None
    if called is not None:
        wait = called - arrived
        office = open_seconds(arrived, called)
    if visit.state == "finished":
        begun = last_called if started is None else started
        if begun is not None and ended is not None:
            service = ended - begun
        if started is not None and last_called is not None:
            response = started - last_called
    return _Line(kind, wait, office, service, response)


def _cut[K](keys: Iterable[K], lines: list[_Line], pledge: float) -> dict[K, Row]:
    groups: dict[K, list[_Line]] = {}
    for key, line in zip(keys, lines, strict=True):
        groups.setdefault(key, []).append(line)
    return {key: _row(group, pledge) for key, group in groups.items()}
