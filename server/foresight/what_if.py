"""What would become of those who wait, and of whoever comes now, if another counter were open from now on, or one
closed. Pure.

Both courses are played on the same luck (`ahead.py`), so that what differs is the counter alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from server.foresight import ahead
from server.foresight.ahead import Floats
from server.foresight.seer import Seer, Sight
from server.foresight.watch import SPREAD

MOST = 120
"""A longer line is played in so many blocks."""


class Difference(NamedTuple):
    """`p90_s`: nine in ten of whoever comes now wait at most so long, as it is and with the change; at least
    `ahead.FOREVER` where nobody would call them. `fewer`: so many fewer of those who wait, and of whoever comes now,
    pass the pledge in the mean; below zero, more.
    """

    p90_s: tuple[float, float]
    fewer: float

    @property
    def ends(self) -> bool:
        """Whether nobody would call from the line any more."""
        return self.p90_s[1] >= ahead.FOREVER


def opened(seer: Seer, sight: Sight, waited_s: Sequence[float], counter: str, pledge_s: float) -> Difference | None:
    """What one more open counter changes for a line. `sight` is a newcomer's, `waited_s` how long those before it have
    waited, in their order. None where nothing can be said of it as it is.
    """
    return _between(
        seer, sight, sight._replace(open={*sight.open, counter}, stays=frozenset({counter})), waited_s, pledge_s
    )


def closed(seer: Seer, sight: Sight, waited_s: Sequence[float], counter: str, pledge_s: float) -> Difference | None:
    """What changes for a line if one of its open counters called nobody from now on, for the rest of the day."""
    left = [one for one in sight.counters if one != counter]
    return _between(seer, sight, sight._replace(counters=left), waited_s, pledge_s)


def _between(seer: Seer, sight: Sight, changed: Sight, waited_s: Sequence[float], pledge_s: float) -> Difference | None:
    before, after = _course(seer, sight), _course(seer, changed)
    if before is None:
        return None
    if after is None:
        after = np.full_like(before, ahead.FOREVER)
    waited = np.array([*waited_s[: before.shape[1] - 1], 0.0])
    waited = np.pad(waited, (before.shape[1] - len(waited), 0))
    over = [float(((course + waited) > pledge_s).sum(axis=1).mean()) for course in (before, after)]
    first, then = (float(np.quantile(course[:, -1], 0.9)) for course in (before, after))
    return Difference((first, then), over[0] - over[1])


def _course(seer: Seer, sight: Sight) -> Floats | None:
    """When each is called, seconds from now: a row for each draw, a column for each of the line, the newcomer last."""
    seats = [seat for seat in (seer.seat(one, sight) for one in sight.counters) if seat]
    if not seats:
        return None
    watch, people = seer.watch, len(sight.before)
    line, leaves = [watch.took(service) for service in sight.before], watch.gives_up(sight.now)
    if people <= MOST:
        return ahead.courses(seats, line, leaves, watch.pace)
    size = -(-people // MOST)
    blocks = [_together(line[n : n + size], 1.0 - leaves) for n in range(0, people, size)]
    begun = ahead.courses(seats, blocks, 0.0, watch.pace)
    at = np.arange(people + 1) / size
    at[-1] = len(blocks)
    return np.stack([np.interp(at, np.arange(len(blocks) + 1), row) for row in begun])


def _together(line: Sequence[Floats], stay: float) -> Floats:
    """Handling times of some who are called one after the other, as of one: their sum, and its spread."""
    mean = sum(float(took.mean()) for took in line) * stay
    spread = sum(float(took.var()) for took in line) ** 0.5
    return np.asarray(np.maximum(0.0, mean + spread * SPREAD))
