"""Heat maps: weekday × local hour, per service day of that weekday: arrivals, mean wait, open counters. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from server.reports.figures.gathering import Gathered
from server.reports.figures.hours import Hours
from server.reports.figures.presence import by_hour


def heat(found: Gathered) -> dict[str, Any]:
    """{"hours": [...], "weekdays": [{"weekday", "service_days", "arrivals", "office_wait", "open_counters"}]}; None
    where there is nothing to say.
    """
    hours, visits, pieces = found.hours, found.counted.visits, found.pieces
    weekday = np.array([day.weekday() for day in hours.days], np.int64)
    cells = weekday[visits.day] * 24 + visits.hour
    arrivals = np.bincount(cells, minlength=168)
    waits = found.counted.office_wait.mean(cells, 168)
    staffed = np.bincount(weekday[pieces.day] * 24 + pieces.hour, weights=pieces.open, minlength=168)
    opened = _open(hours, weekday)
    days = np.bincount([day.weekday() for day in hours.service_days], minlength=7).tolist()
    shown = [hour for hour in range(24) if arrivals[hour::24].any() or opened[hour::24].any()]

    def row(of: int) -> dict[str, Any]:
        places = [of * 24 + hour for hour in shown]
        return {
            "weekday": of + 1,
            "service_days": days[of],
            "arrivals": [round(int(arrivals[p]) / days[of], 2) if days[of] else None for p in places],
            "office_wait": [None if waits[p] is None else round(waits[p] / 1000, 1) for p in places],  # type: ignore[operator]
            "open_counters": [round(float(staffed[p] / opened[p]), 2) if opened[p] else None for p in places],
        }

    return {
        "hours": shown,
        "weekdays": [row(of) for of in range(7) if days[of] or arrivals[of * 24 : of * 24 + 24].any()],
    }


def _open(hours: Hours, weekday: Any) -> Any:
    """ms for which the hall was open in each cell."""
    inside = [(max(a, hours.start), min(b, hours.end)) for a, b in hours.spans.tolist()]
    parts = np.array([part for a, b in inside if b > a for part in by_hour(a, b)], np.int64).reshape(-1, 2)
    cells = weekday[hours.day_index(parts[:, 0])] * 24 + hours.local_hour(parts[:, 0])
    return np.bincount(cells, weights=parts[:, 1] - parts[:, 0], minlength=168)
