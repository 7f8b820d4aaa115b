"""Every figure of a report, by the definitions of `docs/figures.md`. Pure: plain visits in; no clock, store or words.

`figures(visits, hours, definitions)` measures all visits of a period once and counts the total and each cut from
those measures: a total is never made from other totals, and never an average from averages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import fsum
from typing import Literal, TypeVar

from server.visit import Visit
from server.worktime import OfficeHours, years_without_calendar

DEFINITION_VERSION = "1"

Key = TypeVar("Key")
Outcome = Literal["F", "P", "X", "E", "open", "?"]
"""Class of a visit: finished, passed, left, expired, open; "?" fits none, and then the identity does not close."""


_CLASSES: tuple[Outcome, ...] = ("F", "P", "X", "E", "open")


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
    """S over F: end − start of the last leg, without suspended spans, and the service of the legs before it."""
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


_Columns = tuple[list[Outcome], list[float | None], list[float | None], list[float | None], list[float | None]]
"""The visits, measured: class, W, Wo, S, R; None where a figure does not apply. Columns, because there are many rows."""


def outcome(visit: Visit) -> Outcome:
    """The one class of a visit, decided by its history from the top down (`figures.md` section 3)."""
    if visit.state == "finished":
        return "F"
    if visit.state in ("waiting", "called", "serving", "suspended"):
        return "open"
    if visit.state not in ("passed", "left", "expired"):
        return "?"
    if visit.started is not None or visit.served is not None:
        return "F"
    if visit.called is not None:
        return "P"
    return {"left": "X", "expired": "E", "passed": "?"}[visit.state]  # type: ignore[return-value]


def figures(visits: Sequence[Visit], hours: OfficeHours, definitions: Definitions) -> Figures:
    """All figures of `visits`, which are those whose service day lies in the range of `hours`."""
    columns, pledge = _measured(visits, hours.open_seconds), definitions.pledge_s
    return Figures(
        total=_row(columns, pledge),
        by_service=_cut((visit.service for visit in visits), columns, pledge),
        by_counter=_cut((visit.counter or None for visit in visits), columns, pledge),
        by_hour=_cut(_hours_of_arrival(visits, hours), columns, pledge),
        quality=_quality(visits, columns, hours),
        definitions=definitions,
    )


def _measured(visits: Sequence[Visit], open_seconds: Callable[[float, float], float]) -> _Columns:
    waits: list[float | None] = []
    office_waits: list[float | None] = []
    services: list[float | None] = []
    responses: list[float | None] = []
    for _, _, _, _, _, _, state, arrived, called, last_called, started, ended, _, _, away, served in visits:
        waits.append(None if called is None else called - arrived)
        office_waits.append(None if called is None else open_seconds(arrived, called))
        begun = last_called if started is None else started
        over = state == "finished"
        services.append(ended - begun - away + (served or 0.0) if over and begun is not None and ended is not None else None)
        responses.append(started - last_called if over and started is not None and last_called is not None else None)
    return [outcome(visit) for visit in visits], waits, office_waits, services, responses


def _cut(keys: Iterable[Key], columns: _Columns, pledge: float) -> dict[Key, Row]:
    groups: dict[Key, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        groups[key].append(place)
    return {key: _row(_those(columns, places), pledge) for key, places in groups.items()}


def _those(columns: _Columns, places: list[int]) -> _Columns:
    kinds, waits, office_waits, services, responses = columns
    return (
        [kinds[p] for p in places], [waits[p] for p in places], [office_waits[p] for p in places],
        [services[p] for p in places], [responses[p] for p in places],
    )  # fmt: skip


def _row(columns: _Columns, pledge: float) -> Row:
    kinds, waits, office_waits, services, responses = columns
    arrivals, called = len(kinds), len(kinds) - waits.count(None)
    finished, passed, left, expired, still_open = (kinds.count(kind) for kind in _CLASSES)
    office = _sorted(office_waits)
    return Row(
        arrivals, finished, passed, left, expired, still_open, called,
        wait=_spread(_sorted(waits)),
        office_wait=_spread(office),
        service_time=_spread(_sorted(services)),
        response=_spread(_sorted(responses)),
        no_show=Ratio(passed, called),
        walk_out=Ratio(left + expired, arrivals),
        within_pledge=Ratio(bisect_right(office, pledge), called),
    )  # fmt: skip


def _sorted(column: Iterable[float | None]) -> list[float]:
    """The spans that apply, in order; a negative one (a clock set back) counts as 0."""
    spans = sorted([span for span in column if span is not None])
    below = bisect_left(spans, 0.0)
    spans[:below] = [0.0] * below
    return spans


def _spread(spans: list[float]) -> Spread:
    """Of sorted spans. Nearest rank: x[ceil(p·n)] counting from 1, in whole numbers so that rounding costs no rank."""
    n = len(spans)
    if not n:
        return Spread(0)
    return Spread(n, fsum(spans) / n, spans[(n + 1) // 2 - 1], spans[(9 * n + 9) // 10 - 1], spans[-1])


def _hours_of_arrival(visits: Sequence[Visit], hours: OfficeHours) -> list[int]:
    """Local hours. Every zone is offset by whole quarters of an hour, so that each quarter is looked up once."""
    quarters = [int(visit.arrived // 900) for visit in visits]
    known = {quarter: datetime.fromtimestamp(quarter * 900, hours.hall.zone).hour for quarter in set(quarters)}
    return [known[quarter] for quarter in quarters]


def _quality(visits: Sequence[Visit], columns: _Columns, hours: OfficeHours) -> Quality:
    finished = [visit for visit in visits if visit.state == "finished"]
    kinds, waits, _, services, responses = columns
    timed = len(services) - services.count(None)
    return Quality(
        open=kinds.count("open"),
        unclassed=[visit for visit, kind in zip(visits, kinds, strict=True) if kind == "?"] if "?" in kinds else [],
        without_outcome=sum([not visit.outcome for visit in finished]),
        lost_after_service=kinds.count("F") - len(finished),
        assumed_start=Ratio(sum([_start_assumed(visit) for visit in finished]), timed),
        without_service_time=len(finished) - timed,
        clamped=sum([span is not None and span < 0 for column in (waits, services, responses) for span in column]),
        imported=sum([visit.channel == "import" for visit in visits]),
        days_without_calendar=_days_without_calendar(hours),
    )


def _start_assumed(visit: Visit) -> bool:
    return visit.started is None and visit.last_called is not None and visit.ended is not None


def _days_without_calendar(hours: OfficeHours) -> list[str]:
    unknown = years_without_calendar(hours.hall, hours.first_day, hours.last_day)
    return [day.isoformat() for day in hours.days if day.year in unknown]
