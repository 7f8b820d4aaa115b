"""The weekly report: an ISO week's visits -> one JSON-able dict, which the page prints. `docs/figures.md` has its keys.

Pure: whoever calls it fetches the visits of `days_of(week)` and says what time it is. It frames the figures (hall,
week, names, the identity in words) and computes none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from config import Hall
from server.reports.figures import Definitions, Figures, Quality, Ratio, Row, Spread, figures
from server.visit import Visit
from server.worktime import OfficeHours, opening, week_days

NAMED = 20
"""So many visits are named when the identity does not close."""


class WeekError(ValueError):
    """The reader's error: no such week, in one sentence."""


def days_of(week: str) -> tuple[str, str]:
    """"2026-W47" -> its Monday and Sunday, ISO dates: the arguments of `store.visits`. Raises WeekError."""
    first, last = _dates(week)
    return first.isoformat(), last.isoformat()


def week_of(day: date) -> str:
    """The ISO week of a date, "2026-W47"; around 1 January its year is not the calendar's."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _dates(week: str) -> tuple[date, date]:
    match = re.fullmatch(r"(\d{4})-W(\d{2})", week, re.ASCII)
    if not match:
        raise WeekError(f"“{week}”不是周次：请写成 2026-W47。 '{week}' is not a week: write it like 2026-W47.")
    try:
        return week_days(int(match[1]), int(match[2]))
    except ValueError:
        raise WeekError(
            f"{match[1]}年没有第{match[2]}周：请另选一周。 {match[1]} has no week {match[2]}: choose another one."
        ) from None


def report(hall: Hall, week: str, visits: Sequence[Visit], generated_at: float) -> dict[str, Any]:
    """The report of an ISO week. `visits`: all of its service days; `generated_at`: epoch seconds. Raises WeekError.

    Times are seconds rounded to a tenth, shares are 0…1; a figure over nothing is None.
    """
    first, last = _dates(week)
    hours = OfficeHours(hall, first, last)
    result = figures(visits, hours, Definitions(pledge_s=hall.hall.wait_pledge_min * 60))
    return {
        "kind": "weekly", "definition_version": result.definitions.version, "week": week,
        "first_day": first.isoformat(), "last_day": last.isoformat(),
        "generated_at": datetime.fromtimestamp(generated_at, hall.zone).isoformat(timespec="seconds"),
        "hall": hall.hall.model_dump(include={"id", "name", "name_en", "banner", "banner_en", "timezone"}),
        "pledge_min": hall.hall.wait_pledge_min,
        "days": [_day(hall, day) for day in hours.days],
        "service_days": len(hours.service_days),
        "identity": _identity(hall, result),
        "total": _row(result.total),
        "by_service": [{**_service(hall, code), **_row(row)} for code, row in sorted(result.by_service.items())],
        "by_counter": [{**_counter(hall, code), **_row(result.by_counter[code])} for code in _in_order(result)],
        "by_hour": [{"hour": hour, **_row(row)} for hour, row in sorted(result.by_hour.items())],
        "quality": _quality(result.quality),
    }  # fmt: skip


def _day(hall: Hall, day: date) -> dict[str, Any]:
    entry, intervals = hall.days.get(day), opening(hall, day)
    return {
        "date": day.isoformat(), "weekday": day.isoweekday(), "service_day": bool(intervals),
        "open_s": sum(end - start for start, end in intervals),
        "kind": entry.kind if entry else None, "name": entry.name if entry else "",
    }  # fmt: skip


def _identity(hall: Hall, result: Figures) -> dict[str, Any]:
    row, closes = result.total, result.total.closes
    text = (
        f"A {row.arrivals} {'=' if closes else '≠'} F {row.finished} + P {row.passed} + X {row.left}"
        f" + E {row.expired} + open {row.open}"
    )
    return {
        "arrivals": row.arrivals, "finished": row.finished, "passed": row.passed, "left": row.left,
        "expired": row.expired, "open": row.open, "called": row.called, "closes": closes, "text": text,
        "offending": [_named(hall, visit) for visit in result.quality.unclassed[:NAMED]],
    }  # fmt: skip


def _named(hall: Hall, visit: Visit) -> dict[str, Any]:
    arrived = datetime.fromtimestamp(visit.arrived, hall.zone).isoformat(timespec="seconds")
    return {"arrived": arrived, "service": visit.service, "counter": visit.counter, "state": visit.state}


def _row(row: Row) -> dict[str, Any]:
    return {
        "arrivals": row.arrivals, "finished": row.finished, "passed": row.passed, "left": row.left,
        "expired": row.expired, "open": row.open, "called": row.called,
        "wait": _spread(row.wait), "office_wait": _spread(row.office_wait),
        "service_time": _spread(row.service_time), "response": _spread(row.response),
        "no_show": _ratio(row.no_show), "walk_out": _ratio(row.walk_out), "within_pledge": _ratio(row.within_pledge),
    }  # fmt: skip


def _spread(spread: Spread) -> dict[str, Any]:
    spans = {"mean": spread.mean, "median": spread.median, "p90": spread.p90, "max": spread.max}
    return {"n": spread.n, **{name: None if s is None else round(s, 1) for name, s in spans.items()}}


def _ratio(ratio: Ratio) -> dict[str, Any]:
    share = None if ratio.share is None else round(ratio.share, 6)
    return {"numerator": ratio.numerator, "denominator": ratio.denominator, "share": share}


def _service(hall: Hall, code: str) -> dict[str, Any]:
    name, name_en = hall.service_name(code)
    return {"service": code, "name": name, "name_en": name_en}


def _counter(hall: Hall, code: str | None) -> dict[str, Any]:
    known = hall.counters.get(code) if code else None
    name, name_en = (known.name, known.name_en) if known else (code, code) if code else ("无窗口", "No counter")
    return {"counter": code, "name": name, "name_en": name_en}


def _in_order(result: Figures) -> list[str | None]:
    """Counters as people count them (2 before 10), those with a word after them, no counter last."""
    return sorted(result.by_counter, key=lambda c: (c is None, not (c or "").isdigit(), len(c or ""), c or ""))


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "open": quality.open, "unclassed": len(quality.unclassed), "without_outcome": quality.without_outcome,
        "lost_after_service": quality.lost_after_service, "assumed_start": _ratio(quality.assumed_start),
        "without_service_time": quality.without_service_time, "clamped": quality.clamped,
        "imported": quality.imported, "days_without_calendar": quality.days_without_calendar,
    }  # fmt: skip
