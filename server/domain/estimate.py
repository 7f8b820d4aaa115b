"""How long will it be: a range in minutes, or nothing when nothing is known. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def wait_minutes(
    ahead: int, serving: int, free: int, recent_handling_s: Sequence[float], standard_min: float
) -> tuple[int, int] | None:
    """Expected wait for whoever has `ahead` people before them, at `serving` open counters of which `free` hold nobody.

    Whoever finds all counters busy waits for one more to be done than there are people ahead. `recent_handling_s` are
    the last handling times of today, seconds; while there are fewer than five the catalogue's standard minutes stand
    in. The range is ±30 %, rounded outwards to 5 minutes. None when no counter is open.
    """
    if serving < 1:
        return None
    middle = turn_min(ahead, serving, free, each_min(recent_handling_s, standard_min))
    low, high = int(middle * 0.7 // 5 * 5), int(-(-middle * 1.3 // 5) * 5)
    return (low, max(high, low + 5))


def each_min(recent_handling_s: Sequence[float], standard_min: float) -> float:
    """Minutes that one number takes: by what was done today, else by the catalogue."""
    return sum(recent_handling_s) / len(recent_handling_s) / 60 if len(recent_handling_s) >= 5 else standard_min


def turn_min(ahead: int, serving: int, free: int, each: float) -> float:
    """Minutes until the turn of whoever has `ahead` people before them: the middle of the range."""
    return max(0, ahead + 1 - free) * each / serving


def through(hours: Sequence[tuple[float, float]], now: float, wait: tuple[int, int]) -> tuple[int, int]:
    """A range of minutes of work as a range on the clock: whoever waits through the lunch break waits so much longer.

    `hours` are the spans of the day in which is called, epoch seconds; the range stays one of 5 minutes.
    """
    low, high = ((after(hours, now, minutes * 60.0) - now) / 60 for minutes in wait)
    return int(low // 5 * 5), int(-(-high // 5) * 5)


def after(hours: Sequence[tuple[float, float]], start: float, seconds: float) -> float:
    """The moment at which so many seconds of `hours` have passed since `start`; beyond the last span time runs on."""
    end = start
    for begin, end in hours:
        at = max(begin, start)
        if at + seconds <= end:
            return at + seconds
        seconds -= max(0.0, end - at)
    return max(start, end) + seconds


def clock(now: float, wait: tuple[int, int] | None) -> float | None:
    """About when the turn comes, to five minutes: the middle of the range; None where it is at once or not known."""
    return None if wait is None or wait[0] <= 0 else round((now + sum(wait) * 30) / 300) * 300.0
