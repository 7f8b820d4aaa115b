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


def turns(
    seats: Sequence[Seat], before: Sequence[Floats], leaves: float = 0.0, pace: float = 1.0, far_s: float = 0.0
) -> Floats:
    """Seconds until the turn, one for each draw; FOREVER where no counter calls any more.

    `before` are the handling times (sorted, seconds) of each of those who are called before, in their order, at most
    DEEP of them; `far_s` the seconds that those before them take in all, in the mean; `leaves` the share of all of them
    who will have gone; `pace`: so much longer everything takes today.
    """
    free, rests = _beginning(seats, pace)
    if far_s:
        free = _worked_off(free, far_s * pace * (1.0 - leaves), rests)
        begun = free.min()
        rests = [one for one in rests if one.last > begun]
    handlings = _handlings(before, leaves, pace)
    soonest = min((one.soonest for one in rests), default=FOREVER)
    latest = _latest(free, handlings) if soonest < FOREVER else [0.0] * len(handlings)
    if not latest or latest[-1] < soonest:
        return np.asarray(np.minimum(_first_free(free, handlings), FOREVER))
    for takes, late in zip(handlings, latest, strict=True):
        _call(free, takes, rests if late >= soonest else ())
    return np.asarray(np.minimum(free.min(axis=1), FOREVER))


def courses(seats: Sequence[Seat], before: Sequence[Floats], leaves: float = 0.0, pace: float = 1.0) -> Floats:
    """The same for each of those before, and last for whoever stands behind them: a row for each draw."""
    free, rests = _beginning(seats, pace)
    called = np.empty((DRAWS, len(before) + 1))
    for step, takes in enumerate(_handlings(before, leaves, pace)):
        called[:, step] = free.min(axis=1)
        _call(free, takes, rests)
    called[:, -1] = free.min(axis=1)
    return np.minimum(called, FOREVER)


class _Rests(NamedTuple):
    """A span of each counter in which it calls nobody; `soonest`, the first of them begins, `last`, all are over."""

    begins: Floats
    ends: Floats
    soonest: float
    last: float


def _beginning(seats: Sequence[Seat], pace: float) -> tuple[Floats, list[_Rests]]:
    """When each counter is free in each draw, and the spans that are still to come."""
    width = max((len(seat.off) for seat in seats), default=0)
    begins, ends = np.full((2, width, len(seats)), FOREVER)
    free: Floats = np.zeros((DRAWS, len(seats)))
    for n, seat in enumerate(seats):
        for m, (begin, end) in enumerate(seat.off):
            begins[m, n], ends[m, n] = begin, end
        if seat.took is not None:
            free[:, n] = rest(seat.took, seat.since_s / pace, _OFTEN[n % 64]) * pace
    free = np.maximum(free, 0.0)
    for begin, end in zip(begins, ends, strict=True):
        free = np.where((free >= begin) & (free < end), end, free)
    begins[begins <= 0.0] = FOREVER  # behind it already
    last = np.where(begins < FOREVER, ends, 0.0)
    return free, [_Rests(a, b, float(a.min()), float(c.max())) for a, b, c in zip(begins, ends, last, strict=True)]


def _handlings(before: Sequence[Floats], leaves: float, pace: float) -> Floats:
    """How long each of them is at a counter, in each draw; nothing where somebody has gone. A row for each of them."""
    if not before:
        return np.empty((0, DRAWS))
    kinds = [*{id(took): took for took in before}.values()]
    starts = dict(zip(map(id, kinds), np.cumsum([0, *map(len, kinds)]).tolist(), strict=False))
    steps = np.arange(len(before)) % 64
    many, start = np.array([(len(took), starts[id(took)]) for took in before]).T[:, :, np.newaxis]
    found: Floats = np.concatenate(kinds)[(_OFTEN[64 + steps] * many).astype(np.int64) + start]
    found *= pace
    if leaves:
        found[_OFTEN[128 + steps] < leaves] = 0.0
    return found


def _call(free: Floats, takes: Floats, rests: Sequence[_Rests]) -> None:
    """One more is called, in each draw by the counter that is free first."""
    first = free.argmin(axis=1)
    flat, places = free.reshape(-1), _ROWS * free.shape[1] + first
    at = flat.take(places) + takes
    last = at.max() if rests else 0.0
    for one in rests:
        if last >= one.soonest:
            begin, end = one.begins.take(first), one.ends.take(first)
            at = np.where((at >= begin) & (at < end), end, at)
            last = at.max()  # the end of one span may lie in the next: a lunch that goes on when the hall's begins
    flat.put(places, at)


def _latest(free: Floats, handlings: Floats) -> list[float]:
    """After each of those who are called: when anybody up to then will be done at the latest, in whatever draw.
    Whoever is called begins when the mean counter is free or sooner, as long as no counter rests.
    """
    begun = (free.sum(axis=1) + handlings.cumsum(axis=0)) / free.shape[1]
    latest: list[float] = ((begun + np.maximum.accumulate(handlings, axis=0)).max(axis=1) + 1.0).tolist()
    return latest


def _first_free(free: Floats, handlings: Floats) -> Floats:
    """When a counter is free first once all these were called, in each draw. Which counter it is does not matter where
    none of them rests: those of a draw are kept in the order in which they are free, and one that has called is put in
    its place again.
    """
    counters = free.shape[1]
    line: Floats = np.empty((counters + 1, DRAWS))
    line[:counters], line[counters] = np.sort(free.T, axis=0), np.inf
    moved, at = np.empty((counters, DRAWS)), np.empty(DRAWS)
    first, behind, others = line[0], line[1:], line[1:counters]
    new_first, new_others = moved[0], moved[1:]
    for takes in handlings:
        np.add(first, takes, out=at)
        np.minimum(behind, at, out=moved)
        first[:] = new_first
        np.maximum(others, new_others, out=others)
    return np.asarray(first)


def _worked_off(free: Floats, work_s: float, rests: Sequence[_Rests]) -> Floats:
    """The counters after so much work was shared out among them evenly, and none of it in a span in which they rest."""
    share = work_s / free.shape[1]
    worked = free + share
    for begin, end, *_ in rests:
        worked = np.where((free < begin) & (worked >= begin) & (end < FOREVER), worked + (end - begin), worked)
    return np.asarray(worked)
