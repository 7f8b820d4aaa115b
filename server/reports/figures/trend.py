"""The last eight weeks beside each other: how a hall has been doing, whatever the period of the report. Pure."""

from __future__ import annotations

from typing import Any

from server.reports.figures.gathering import Gathered


def week_of_trend(found: Gathered, total: dict[str, Any]) -> dict[str, Any]:
    """One week as it stands in `trend`: means in seconds, shares 0…1, None where nobody was called."""
    days, period = len(found.hours.service_days), found.period
    return {
        "week": period.id,
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "service_days": days,
        "arrivals": total["arrivals"],
        "arrivals_per_day": round(total["arrivals"] / days, 2) if days else None,
        "office_wait": total["office_wait"]["mean"],
        "within_pledge": total["within_pledge"]["share"],
        "no_show": total["no_show"]["share"],
    }
