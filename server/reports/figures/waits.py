"""What was told of waits, and how much of it came true. Pure.

A row is one number that was told a wait when it was given out: its service, class, when it was given out and first
called (None: never), the range in minutes as it was shown. Only those that were called count: of the others nobody
knows how long it would have been. It came true where the wait, by the clock, lies in the range, its ends included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from config import Hall, Text
from server.reports.figures.groups import ratio

Row = dict[str, Any]


def waits_told(hall: Hall, rows: Sequence[Row], hour_of: Callable[[float], int]) -> Row:
    """{"total", "class", "hour", "service"}; the hour is that of giving out, on the hall's clock."""
    ended = [row for row in rows if row["called"] is not None]
    cuts: dict[str, tuple[Callable[[Row], Any], Callable[[Any], Text]]] = {
        "class": (lambda row: row["klass"], hall.class_name),
        "hour": (lambda row: f"{hour_of(row['issued']):02d}", lambda hour: Text(f"{hour}时", f"{hour}:00")),
        "service": (lambda row: row["service"], lambda code: Text(*hall.service_name(code))),
    }
    made: Row = {"total": _row(ended)}
    for cut, (key_of, name) in cuts.items():
        keys = sorted({key_of(row) for row in ended})
        made[cut] = [
            {"key": key, **name(key).json("name"), **_row([row for row in ended if key_of(row) == key])} for key in keys
        ]
    return made


def _row(rows: Sequence[Row]) -> Row:
    n = len(rows)
    waited = [(row["called"] - row["issued"]) / 60 for row in rows]
    longer = sum(minutes > row["high"] for minutes, row in zip(waited, rows, strict=True))
    shorter = sum(minutes < row["low"] for minutes, row in zip(waited, rows, strict=True))
    return {
        "n": n,
        "came_true": ratio(n - longer - shorter, n),
        "longer": ratio(longer, n),
        "shorter": ratio(shorter, n),
        "width_min": round(sum(row["high"] - row["low"] for row in rows) / n, 1) if n else None,
    }
