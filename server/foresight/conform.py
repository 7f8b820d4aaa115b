"""A range that is held to what it says: after each wait that ended, either end moves a little, so that in the long run
one in ten is shorter than the low end and one in ten longer than the high one (Gibbs and Candès 2021).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from math import exp

from server.foresight.correct import FLOOR_S

STEP = 0.02
OUTSIDE = 0.1
FROM_NOW = 0.15
"""No wait is shorter than none: a range that begins at once may be passed at its other end a little more often."""
SIZES = (300.0, 600.0, 1200.0)
"""Short waits and long ones are wrong in their own ways: up to 5 minutes, 10, 20, and more."""
OTHERS = 0.15
"""What a wait of another size moves, of what one of its own does."""
FAR = 2.5
"""Neither end is moved further than this."""


def shown(low: float, high: float) -> tuple[int, int]:
    """A range of seconds as it is shown: minutes, either end to the nearest five, and at least five wide."""
    first = int(low / 300.0 + 0.5) * 5
    return first, max(first + 5, int(high / 300.0 + 0.5) * 5)


@dataclass
class Conform:
    """How far the ends are moved, in logarithms: for each of `SIZES` of a wait its own."""

    low: list[float] = field(default_factory=lambda: [0.0] * (len(SIZES) + 1))
    high: list[float] = field(default_factory=lambda: [0.0] * (len(SIZES) + 1))

    def range(self, low: float, middle: float, high: float) -> tuple[float, float]:
        """The ends as they are told, seconds."""
        size = bisect_right(SIZES, middle)
        told = (FLOOR_S + low) * exp(self.low[size]) - FLOOR_S, (FLOOR_S + high) * exp(self.high[size]) - FLOOR_S
        return min(max(0.0, told[0]), middle), max(told[1], middle)

    def learn(self, told: tuple[float, float], middle: float, waited: float) -> None:
        """What came of a range that was told around a middle, seconds. What is of another size learns a little of it,
        so that what is rare has not stood still.
        """
        below, above = waited < told[0], waited > told[1]
        mine = bisect_right(SIZES, middle)
        for size in range(len(SIZES) + 1):
            step = STEP if size == mine else STEP * OTHERS
            if told[0] > 0:
                self.low[size] = _within(self.low[size] + step * (OUTSIDE - below))
            self.high[size] = _within(self.high[size] + step * (above - (OUTSIDE if told[0] > 0 else FROM_NOW)))


def _within(end: float) -> float:
    return max(-FAR, min(FAR, end))
