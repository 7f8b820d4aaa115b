"""The line played forward: when is it my turn, if those ahead are called in turn and take as long as such people took?

Each draw is one possible course of the day from now on. The chances are the same numbers for every question, so that
the same hall is told the same, and a wait with one counter more is compared with the one without on equal luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 64
DEEP = 40
"""So many of those ahead are played one by one; whoever stands before them is taken in the mean."""
_CHANCE = np.random.default_rng(1917)
_OFTEN: Floats = np.stack([_CHANCE.permutation((np.arange(DRAWS) + 0.5) / DRAWS) for _ in range(256)])
"""For each step of a play one chance a draw, spread evenly over the draws."""
_ROWS = np.arange(DRAWS)
FOREVER = 1e12


class Seat(NamedTuple):
    """One counter that may call the number. `took` are the handling times of such people as it holds, seconds, sorted;
    None where it holds nobody. `since_s`: so long it has held that person. `off` are the spans in which it calls
    nobody, seconds from now.
    """

    took: Floats | None
    since_s: float = 0.0
    off: tuple[tuple[float, float], ...] = ()


def rest(took: Floats, since_s: float, chance: Floats) -> Floats:
    """How long somebody who has been at a counter for so long will stay, by those who stayed as long at least."""
    longer = took[int(np.searchsorted(took, since_s, "right")) :]
    if len(longer) < 4:  # longer than nearly everybody: who has stayed long stays on for a good part of that
        return np.asarray(-np.log1p(-chance) * max(60.0, 0.35 * since_s))
    return np.asarray(longer[(chance * len(longer)).astype(np.int64)] - since_s)


def turns(seats: Sequence[Seat], before: Sequence[Floats], leaves: float = 0.0, pace: float = 1.0) -> Floats:
    """Seconds until the turn, one for each draw; FOREVER where no counter calls any more.

    `before` are the handling times (sorted, seconds) of each of those who are called before, in their order; `leaves`
    the share of them who will have gone; `pace`: so much longer everything takes today.
    """
    free, begins, ends = _beginning(seats, pace)
    skipped = max(0, len(before) - DEEP)
    if skipped:
        mean = float(np.mean([took.mean() for took in before[:skipped]])) * pace * (1.0 - leaves)
        free = _worked_off(free, skipped * mean, begins, ends)
    for step, took in enumerate(before[skipped:]):
        _one(free, step, took, leaves, pace, begins, ends)
    return np.asarray(np.minimum(free.min(axis=1), FOREVER))


def courses(seats: Sequence[Seat], before: Sequence[Floats], leaves: float = 0.0, pace: float = 1.0) -> Floats:
    """The same for each of those before, and last for whoever stands behind them: a row for each draw."""
    free, begins, ends = _beginning(seats, pace)
    called = np.empty((DRAWS, len(before) + 1))
    for step, took in enumerate(before):
        called[:, step] = free.min(axis=1)
        _one(free, step, took, leaves, pace, begins, ends)
    called[:, -1] = free.min(axis=1)
    return np.minimum(called, FOREVER)


def _beginning(seats: Sequence[Seat], pace: float) -> tuple[Floats, Floats, Floats]:
    """When each counter is free in each draw; when its spans without calls begin, and end."""
    width = max((len(seat.off) for seat in seats), default=0)
    begins, ends = np.full((2, len(seats), width), FOREVER)
    free: Floats = np.zeros((DRAWS, len(seats)))
    for n, seat in enumerate(seats):
        for m, (begin, end) in enumerate(seat.off):
            begins[n, m], ends[n, m] = begin, end
        if seat.took is not None:
            free[:, n] = rest(seat.took, seat.since_s / pace, _OFTEN[n % 64]) * pace
    free = np.maximum(free, 0.0)
    for m in range(width):
        free = np.where((free >= begins[:, m]) & (free < ends[:, m]), ends[:, m], free)
    return free, begins, ends


def _one(free: Floats, step: int, took: Floats, leaves: float, pace: float, begins: Floats, ends: Floats) -> None:
    """One more is called, in each draw by the counter that is free first."""
    takes = took[(_OFTEN[64 + step % 64] * len(took)).astype(np.int64)] * pace
    if leaves:
        takes = np.where(_OFTEN[128 + step % 64] < leaves, 0.0, takes)
    first = free.argmin(axis=1)
    at = free[_ROWS, first] + takes
    for m in range(begins.shape[1]):
        begin, end = begins[first, m], ends[first, m]
        at = np.where((at >= begin) & (at < end), end, at)
    free[_ROWS, first] = at


def _worked_off(free: Floats, work_s: float, begins: Floats, ends: Floats) -> Floats:
    """The counters after so much work was shared out among them evenly, and none of it in a span in which they rest."""
    share = work_s / free.shape[1]
    worked = free + share
    for m in range(begins.shape[1]):
        begin, end = begins[:, m], ends[:, m]
        worked = np.where((free < begin) & (worked >= begin) & (end < FOREVER), worked + (end - begin), worked)
    return np.asarray(worked)
