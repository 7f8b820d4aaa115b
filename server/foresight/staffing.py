"""The fewest counters in each half hour of a day with which nine in ten wait at most as long as pledged: tried out on
draws of the day as it is foreseen, counter by counter, until one less would break the pledge. Pure.

Whoever comes is called in turn by the counter that is free first; a counter whose half hours are over finishes with its
person. Nobody gives up: what is advised serves everybody. Iterative staffing (Feldman, Mandelbaum, Massey and Whitt
2008) by simulation, since a hall of a few counters with peaks is no Erlang formula's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.foresight.ahead import Floats

Ints = NDArray[np.int64]
HALF_S = 1800.0
DRAWS = 24
SETTLES_S = 15.0
"""Between two people at a counter."""
NEVER = 1e9


class Demand(NamedTuple):
    """One day of one line. `mean` is who comes in each half hour from its opening on; `open` whether the hall calls
    then; `wrong` how much the day's number may be off; `took` handling times, seconds, sorted; `most` its counters.
    """

    mean: Floats
    open: NDArray[np.bool_]
    wrong: float
    took: Floats
    most: int


class Draws(NamedTuple):
    """Possible courses of a day, one a row: when each comes, seconds from the day's first half hour (NEVER: nobody),
    and how long it takes.
    """

    came: Floats
    takes: Floats


class Manning(NamedTuple):
    """Counters in each half hour; `p90_s`: nine in ten of those who come in it wait at most so long; `kept`: whether
    that is within the pledge in all of them, with no more counters than there are.
    """

    counters: Ints
    p90_s: Floats
    kept: bool


def draws(demand: Demand, seed: int = 0) -> Draws:
    """The same demand is drawn alike each time."""
    chance = np.random.default_rng((2008, seed))
    busy = chance.gamma(1 / max(demand.wrong, 1e-3) ** 2, max(demand.wrong, 1e-3) ** 2, DRAWS)
    many = chance.poisson(demand.mean[None, :] * busy[:, None])
    width = int(many.sum(axis=1).max(initial=0))
    came = np.full((DRAWS, width), NEVER)
    for n in range(DRAWS):
        halves = np.repeat(np.arange(len(demand.mean)), many[n])
        came[n, : len(halves)] = np.sort((halves + chance.random(len(halves))) * HALF_S)
    order = chance.integers(0, len(demand.took), (DRAWS, width))
    return Draws(came, demand.took[order] + SETTLES_S)


def waits(days: Sequence[Draws], counters: Ints) -> list[Floats]:
    """The wait of each of those who come on each day, seconds; a row of `counters` for each day: how many are open in
    each half hour. After the last the day's last counters go on until nobody waits.
    """
    rows, width = len(days) * DRAWS, max(one.came.shape[1] for one in days)
    came, takes = np.full((2, rows, width), NEVER)
    for n, one in enumerate(days):
        mine = slice(n * DRAWS, (n + 1) * DRAWS)
        came[mine, : one.came.shape[1]], takes[mine, : one.takes.shape[1]] = one.came, one.takes
    opens = np.repeat(_next_open(counters), DRAWS, axis=0)
    free: Floats = np.repeat(_next_open(counters)[:, :, 0] * HALF_S, DRAWS, axis=0)
    line = np.arange(rows)
    last = counters.shape[1] - 1
    found = np.zeros((rows, width))
    for n in range(width):
        at = came[:, n]
        first = free.argmin(axis=1)
        called = np.maximum(at, free[line, first])
        # a counter that stood idle may have closed meanwhile: whoever is open now calls
        half = np.minimum(called / HALF_S, last).astype(np.int64)
        opening = opens[line, first, half]
        late = opening > half
        if late.any():
            ready = np.maximum(free, at[:, None])
            halves = np.minimum(ready / HALF_S, last).astype(np.int64)
            ready = np.maximum(ready, np.take_along_axis(opens, halves[:, :, None], axis=2)[:, :, 0] * HALF_S)
            first = ready.argmin(axis=1)
            called = ready[line, first]
        found[:, n] = called - at
        done = called + takes[:, n]
        half = np.minimum(done / HALF_S, last).astype(np.int64)
        free[line, first] = np.maximum(done, opens[line, first, half] * HALF_S)
    return [found[n * DRAWS : (n + 1) * DRAWS, : one.came.shape[1]] for n, one in enumerate(days)]


def _next_open(counters: Ints) -> Floats:
    """For each day, counter and half hour: the first half hour from then on in which it is open. Of a day's counters
    the first are open; after the last half hour whoever was.
    """
    days, halves = counters.shape
    most = max(1, int(counters.max()))
    there = counters[:, None, :] > np.arange(most)[None, :, None]
    found = np.full((days, most, halves), NEVER / HALF_S)
    upcoming = np.full((days, most), NEVER / HALF_S)
    for half in range(halves - 1, -1, -1):
        upcoming = np.where(there[:, :, half], float(half), upcoming)
        found[:, :, half] = upcoming
    return found


def by_half(one: Draws, halves: int) -> list[Ints]:
    """For each half hour those who come in it, by their places in a day's draws laid out row by row."""
    half = np.minimum(one.came / HALF_S, halves).astype(np.int64).ravel()
    return [np.flatnonzero(half == n) for n in range(halves)]


def p90s(waited: Floats, who: Sequence[Ints]) -> Floats:
    """Nine in ten of those who come in each half hour wait at most so long, seconds; 0 where nobody comes."""
    flat = waited.ravel()
    found = np.zeros(len(who))
    for n, mine in enumerate(who):
        if len(mine):
            place = int(np.ceil(0.9 * (len(mine) - 1)))
            found[n] = np.partition(flat[mine], place)[place]
    return found


class _Asked:
    """Demands and a pledge, the same where every figure is: what a search found for one holds for the other."""

    __slots__ = ("demands", "digest", "pledge_s")

    def __init__(self, demands: Sequence[Demand], pledge_s: float) -> None:
        self.demands, self.pledge_s = tuple(demands), pledge_s
        found = blake2b(repr(pledge_s).encode())
        for one in self.demands:
            found.update(repr((one.wrong, one.most, len(one.mean), len(one.took))).encode())
            for part in (one.mean, one.open, one.took):
                found.update(part.tobytes())
        self.digest = found.digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.digest == other.digest


def staff(demands: Sequence[Demand], pledge_s: float) -> Sequence[Manning]:
    """The fewest counters of each day, searched once for the same demands: a week's change once a day, as the days do
    that speak of it.
    """
    return _staffed(_Asked(demands, pledge_s))


@lru_cache(16)
def _staffed(asked: _Asked) -> tuple[Manning, ...]:
    return tuple(_searched(asked.demands, asked.pledge_s))


def _searched(demands: Sequence[Demand], pledge_s: float) -> list[Manning]:
    """The fewest counters of each day; all days are of as many half hours. Each begins with the work that comes alone,
    gets one more where the pledge is first broken, and then loses each that alone is not needed.
    """
    days = [draws(one, n) for n, one in enumerate(demands)]
    most = np.array([one.most for one in demands])
    opened = np.array([one.open for one in demands])
    work = np.array([one.mean * (one.took.mean() + SETTLES_S) / HALF_S for one in demands])
    counters = np.where(opened, np.clip(np.round(work), 1, most[:, None]), 0).astype(np.int64)
    halves = counters.shape[1]

    who = [by_half(one, halves) for one in days]

    def tried(wish: Ints) -> Floats:
        return np.array([p90s(waited, mine) for waited, mine in zip(waits(days, wish), who, strict=True)])

    found = tried(counters)
    while True:
        able = (counters < most[:, None]) & opened
        more = np.zeros_like(counters)
        for day in range(len(days)):
            broken = np.flatnonzero(found[day] > pledge_s).tolist()
            where = (_where_it_helps(half, able[day]) for half in broken)
            if (at := next((half for half in where if half is not None), None)) is not None:
                more[day, at] = 1
        if not more.any():
            break
        counters = counters + more
        found = tried(counters)
    best = np.maximum(pledge_s, found.max(axis=1))
    before: Ints | None = None
    while before is None or not (before == counters).all():
        before = counters
        for half in range(halves - 1, -1, -1):
            less = counters.copy()
            less[:, half] = np.where(opened[:, half], np.maximum(1, counters[:, half] - 1), 0)
            if (less == counters).all():
                continue
            then = tried(less)
            fine = then.max(axis=1) <= best
            counters = np.where(fine[:, None], less, counters)
            found = np.where(fine[:, None], then, found)
    return [Manning(c, p, bool((p <= pledge_s).all())) for c, p in zip(counters, found, strict=True)]


NEAR = 3
"""So many half hours before a broken one a counter more is still for its people."""


def _where_it_helps(broken: int, able: NDArray[np.bool_]) -> int | None:
    """The half hour in which one more counter may still be opened for those who come in a broken one: that itself, one
    before it, or one behind it, where their waits would end.
    """
    near = sorted(np.flatnonzero(able).tolist(), key=lambda half: (abs(half - broken), half > broken))
    return next((half for half in near if broken - NEAR <= half <= broken + 2), None)
