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
    known = len(recent_handling_s) >= 5
    each_min = sum(recent_handling_s) / len(recent_handling_s) / 60 if known else standard_min
    middle = max(0, ahead + 1 - free) * each_min / serving
    low, high = int(middle * 0.7 // 5 * 5), int(-(-middle * 1.3 // 5) * 5)
    return (low, max(high, low + 5))
