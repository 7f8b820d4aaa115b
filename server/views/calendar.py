"""A month to choose a report from: its weeks down, its days across, each a way to its report. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from server.reports import period as periods
from server.reports.period import Period


def calendar(month: Period, chosen: Period, today: date, kept: Collection[str]) -> dict[str, Any]:
    """{"month", "before", "after", "weeks"}: a week has `week` and seven `days`.

    Each way has `id` (None: it has not begun), `said`, `chosen` and `kept` (a snapshot is there); a day `inside` the
    month or not.
    """

    def way(of: Period) -> dict[str, Any]:
        begun = of.first <= today
        return {
            "id": of.id if begun else None,
            "said": periods.short(of),
            "called": periods.called(of),
            "chosen": of.id == chosen.id or (of.kind == "day" and chosen.first <= of.first <= chosen.last),
            "kept": of.id in kept,
        }

    weeks = []
    week: Period | None = periods.week_of(month.first)
    while week and week.first <= month.last:
        days = [week.first + timedelta(days=n) for n in range(7)]
        weeks.append(
            {
                "week": way(week),
                "days": [
                    {**way(periods.day(d)), "number": d.day, "inside": month.first <= d <= month.last} for d in days
                ],
            }
        )
        week = periods.following(week)
    before, after = periods.previous(month), periods.following(month)
    return {
        "month": way(month),
        "before": before.id if before else None,
        "after": after.id if after and after.first <= today else None,
        "weeks": weeks,
    }
