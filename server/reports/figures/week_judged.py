"""下周窗口, judged when the week is over: who was foreseen and who came, counters advised and open, by
`FORESEEN_FIGURES` of `definitions`. Pure.
"""

from __future__ import annotations

from typing import Any

from server.foresight.week import Judged
from server.reports.figures.groups import ratio

Row = dict[str, Any]


def foreseen(judged: Judged | None) -> Row:
    """{"total", "days"}; both empty where nothing was foreseen, or no day is over."""
    if judged is None:
        return {"total": {}, "days": []}
    days: list[Row] = [
        {"day": day.isoformat(), "low": round(low), "mean": round(mean), "high": round(high), "came": came}
        for day, low, mean, high, came in judged.days
    ]
    total = {
        "foreseen_halves": judged.halves,
        "foreseen_people": round(sum(mean for _, _, mean, _, _ in judged.days)),
        "foreseen_came": sum(one["came"] for one in days),
        "foreseen_inside": ratio(judged.inside, judged.halves),
        "foreseen_off": ratio(round(judged.off, 1), judged.came),
        "advised_hours": round(judged.advised_h, 1),
        "open_hours": round(judged.had_h, 1),
        "fewer_open": ratio(judged.fewer, judged.halves),
    }
    return {"total": total, "days": days}
