"""远程取号: what remote numbers cost those who came to the hall, by `REMOTE_FIGURES` of `definitions`. Pure.

A row is the first leg of one number: day, service, channel, when it entered the queue (a remote one: arrived), was
called first and left that counter, epoch seconds or None.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from server.reports.figures.groups import spread

Row = dict[str, Any]
DOOR = ("kiosk", "desk")
"""Channels of whoever came without anything before."""


def overtaken(told: Sequence[Row]) -> dict[str, Any]:
    """{"total"}: the figures of all services and days together."""
    lines: dict[tuple[str, str], list[Row]] = {}
    for row in told:
        if row["entered"] is not None:
            lines.setdefault((row["day"], row["service"]), []).append(row)
    arrived, first, waits = 0, 0, []
    for line in lines.values():
        remote = [row for row in line if row["channel"] == "remote"]
        door = [row for row in line if row["channel"] in DOOR] if remote else []
        arrived += len(remote)
        before = [[one for one in remote if _passes(one, row)] for row in door]
        first += len({id(one) for passed in before for one in passed})
        waits += [sum(map(_at_counter, passed)) for passed in before if passed]
    spans = np.array(sorted(waits), np.int64)
    return {
        "total": {
            "remote_arrived": arrived,
            "remote_first": first,
            "remote_passed": len(waits),
            "remote_added": spread(spans),
        }
    }


def _passes(remote: Row, walk_in: Row) -> bool:
    """Whether it arrived later, and was called while the other, who was there, had not been."""
    called = remote["called"]
    if called is None or not walk_in["entered"] < remote["entered"]:
        return False
    until = walk_in["called"] if walk_in["called"] is not None else walk_in["ended"]
    return until is None or until > called


def _at_counter(row: Row) -> int:
    """ms from the call to the end there; 0 while that is not known."""
    return 0 if row["ended"] is None else max(0, round((row["ended"] - row["called"]) * 1000))
