"""Whether a number can be promised before the hall closes, and when it is quiet instead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from server.foresight.seer import Told
from server.foresight.watch import Watch

MARGIN = 1.1
"""The upper end of a range is passed by one in ten; so much more of it, close to the end of a day, by one in a hundred
of those whom it lets in (docs/foresight.md has the figures of invented halls).
"""
UNSURE, SURE = 0.35, 400.0
"""And more while the hub knows little: so much at first, a third of it once so many waits have ended."""
ENOUGH = 20
"""Waits of an hour of the day from which it is known how long they are."""


def keeps(told: Told, left_s: float) -> bool:
    """Whether the turn comes within so many seconds even if the wait is longer than most. Whoever finds a counter free
    is called at once.
    """
    margin = MARGIN + UNSURE * exp(-told.ended / SURE)
    return (told.seen.free > 0 and told.seen.ahead == 0) or told.high * margin <= left_s


def quietest(watch: Watch, weekday: int, spans: Sequence[tuple[float, float]]) -> int | None:
    """The hour of the day (9: from 9 to 10) in which whoever came waited least, on days of that weekday (Monday 0), or
    on all days where little is known of it; `spans` are the hours of that day, as hours of the day. None where there
    is no choice yet.
    """
    inside = [hour for hour in range(24) if any(a <= hour and hour + 1 <= b for a, b in spans)]
    for usual in (watch.by_weekday[weekday], watch.by_hour):
        known = {hour: usual[hour].mean for hour in inside if usual[hour].number >= ENOUGH}
        if len(known) > 1 and (len(known) == len(inside) or usual is watch.by_hour):
            return min(known, key=lambda hour: (known[hour], hour))
    return None
