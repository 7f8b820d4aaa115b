"""How many will come on a day that is still to be, in each half hour, with a range. Pure.

A day's number is that of like days: of its weekday, the newest weighing most, a 调休 day like any working day; by how
much a first day after a closure, a month's first and last days differ is learnt from as many of them as there were.
When in the day they come is as on like days. The range is as wide as forecasts of this kind were wrong before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from server.foresight.ahead import Floats

HALVES = 48
LEAST = 5
"""Days of the past below which nothing is said."""
FADES = 0.8
"""What a like day weighs for each week that it is older."""
LEANS = 3.0
"""A special kind of day is believed as if so many of its kind had been ordinary."""
WIDE = 1.2816
"""Normal deviates to either end of a range that four in five lie in."""
UNSURE = 0.18
"""How wrong a day's number is taken to be before enough is known, as a share of it."""

Season = Literal["", "begins", "ends"]


class Kind(NamedTuple):
    """What is known of a date before it comes. `weekday` 1 Monday to 7 Sunday, 0 a 调休 day; `after`: the first day
    after three without service or more; `month`: one of its first or last three days of service.
    """

    weekday: int
    after: bool = False
    month: Season = ""

    @property
    def special(self) -> tuple[str, ...]:
        return (*(("after",) if self.after else ()), *((self.month,) if self.month else ()))


class Past(NamedTuple):
    """A day that was: who came in each half hour of the day, counted from midnight (48)."""

    day: date
    kind: Kind
    came: Floats


class Forecast(NamedTuple):
    """Of each half hour of a day (48): the mean, and the ends of a range that four in five such half hours lie in;
    `total` the same of the day. `wrong`: how much a day's number is off, as a share of it, before chance.
    """

    mean: Floats
    low: Floats
    high: Floats
    total: tuple[float, float, float]
    wrong: float
    days: int
    """So many days of the past speak."""


def foresee(past: Sequence[Past], day: date, kind: Kind) -> Forecast | None:
    """What is said of a day by those before it; None where there are too few."""
    past = [one for one in past if one.day < day and one.came.sum() > 0]
    if len(past) < LEAST:
        return None
    factors = _factors(past)
    level = _level(past, day, kind, factors)
    total = level * _times(kind, factors)
    wrong = _wrong(past, factors)
    mean = total * _shape(past, day, kind)
    low, high = _range(mean, wrong)
    ends = _range(np.array([total]), wrong)
    return Forecast(mean, low, high, (float(ends[0][0]), total, float(ends[1][0])), wrong, len(past))


def _weights(past: Sequence[Past], day: date, kind: Kind) -> Floats:
    """How much each day says of another: those of its weekday all, other working days a little."""
    found = []
    for one in past:
        workdays = kind.weekday < 6 and one.kind.weekday < 6
        same = one.kind.weekday == kind.weekday or (kind.weekday == 0 and workdays)
        found.append((1.0 if same else 0.05 if workdays else 0.01) * FADES ** ((day - one.day).days / 7))
    return np.array(found)


def _level(past: Sequence[Past], day: date, kind: Kind, factors: Mapping[str, float]) -> float:
    """The number of a day of its weekday, were nothing special about it."""
    totals = np.array([one.came.sum() / _times(one.kind, factors) for one in past])
    return float(np.average(totals, weights=_weights(past, day, kind)))


def _times(kind: Kind, factors: Mapping[str, float]) -> float:
    return float(np.prod([factors.get(one, 1.0) for one in kind.special]))


def _factors(past: Sequence[Past]) -> dict[str, float]:
    """How many times an ordinary day's number comes on a special one, leaning towards once."""
    ratios: dict[str, list[float]] = {}
    for n, one in enumerate(past):
        others = [*past[:n], *past[n + 1 :]]
        usual = float(np.average([o.came.sum() for o in others], weights=_weights(others, one.day, one.kind)))
        for special in one.kind.special:
            ratios.setdefault(special, []).append(float(one.came.sum()) / max(1.0, usual))
    return {special: (sum(found) + LEANS) / (len(found) + LEANS) for special, found in ratios.items()}


def _shape(past: Sequence[Past], day: date, kind: Kind) -> Floats:
    """The share of a day's people that comes in each half hour."""
    shares = np.array([one.came / one.came.sum() for one in past])
    like = _weights(past, day, kind)
    every = shares.mean(axis=0)
    weight = like.sum()
    return np.asarray((like @ shares + 0.5 * every) / (weight + 0.5))


def _wrong(past: Sequence[Past], factors: Mapping[str, float]) -> float:
    """How far a day's number was off what the days before it said, as a share, without what is chance."""
    squares, weight = [UNSURE**2] * 3, 3
    for n in range(LEAST, len(past)):
        one = past[n]
        said = _level(past[:n], one.day, one.kind, factors) * _times(one.kind, factors)
        squares.append(max(0.0, (float(one.came.sum()) - said) ** 2 - said) / max(1.0, said) ** 2)
        weight += 1
    return float(np.sqrt(sum(squares) / weight))


def _range(mean: Floats, wrong: float) -> tuple[Floats, Floats]:
    """Chance (a Poisson's variance) and a wrong number of the day."""
    off = WIDE * np.sqrt(mean + (wrong * mean) ** 2)
    return np.floor(np.maximum(0.0, mean - off)), np.ceil(mean + off)
