"""What the play of the line misses, learnt by night from what came true: three quantiles of a wait, linear in the
logarithms of what was known when it was told. Ridge pulls towards the play itself, so that little is said by little.

Refitting is a few matrix products: the same rows give the same coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean
from typing import NamedTuple

import numpy as np

from server.foresight.ahead import Floats

QUANTILES = (0.1, 0.5, 0.9)
FLOOR_S = 30.0
"""Added before a logarithm is taken: whether somebody waits 2 or 4 seconds is the same to everybody."""
LEAST = 300
"""Fewer waits than this teach nothing yet."""
MOST = 6_000
"""Newest waits that a night learns from."""
RIDGE = 25.0
ROUNDS = 8

NAMES = (
    "one",
    "play10",
    "play50",
    "play90",
    "line",
    "head",
    "last",
    "last3",
    "last10",
    "ahead",
    "counters",
    "free",
    "first",
    "leaving",
    "pace",
    "over10",
    "over20",
    "over40",
    "to_close",
    *(f"half_hour_{n}" for n in range(24)),
)
"""What the features are, in their order; half hours of the day from 07:00 on."""


class Seen(NamedTuple):
    """What was known when a wait was told. Seconds, but where it says otherwise; None where nobody was there to see."""

    play: tuple[float, float, float]
    """The 10, 50 and 90 per cent quantiles of the play."""
    line: float
    """(ahead + 1 - free) x the mean handling time / open counters."""
    head: float | None
    lately: tuple[float, ...]
    ahead: int
    counters: int
    free: int
    first: bool
    """Whether its class has a head start."""
    leaving: float
    pace: float
    hour: float
    """Of the day."""
    to_close: float = 4.0
    """Hours until the hall closes for the day."""


def features(seen: Seen) -> Floats:
    """The row of a model for what was seen, in the order of `NAMES`."""
    low, middle, high = (log(FLOOR_S + one) for one in seen.play)

    def of(seconds: float | None) -> float:
        return 0.0 if seconds is None else log(FLOOR_S + max(0.0, seconds)) - middle

    lately = seen.lately
    half = int((seen.hour - 7.0) * 2)
    row = np.zeros(len(NAMES))
    row[:19] = (
        1.0,
        low - middle,
        (middle - 6.5) / 2,
        high - middle,
        of(seen.line),
        of(seen.head),
        of(lately[0] if lately else None),
        of(fmean(lately[:3]) if lately else None),
        of(fmean(lately) if lately else None),
        float(np.log1p(seen.ahead)) / 2,
        float(np.log1p(seen.counters)) / 2,
        float(seen.free > 0 and seen.ahead == 0),
        float(seen.first),
        seen.leaving,
        float(np.log(max(0.2, seen.pace))),
        max(0.0, middle - 6.4),
        max(0.0, middle - 7.1),
        max(0.0, middle - 7.8),
        max(0.0, 2.0 - max(0.0, seen.to_close)) / 2,
    )
    if 0 <= half < 24:
        row[19 + half] = 0.5
    return row


@dataclass(frozen=True)
class Model:
    """Coefficients of the three quantiles, one row each, to be added to the play's own logarithms."""

    coefficients: tuple[tuple[float, ...], ...]
    waits: int = 0
    """How many it was learnt from."""

    def quantiles(self, row: Floats, seen: Seen) -> tuple[float, float, float]:
        """Seconds, in order."""
        logs = np.asarray(self.coefficients) @ row + np.log(FLOOR_S + np.asarray(seen.play))
        low, middle, high = np.sort(np.exp(np.minimum(logs, 12.0)) - FLOOR_S)
        return max(0.0, float(low)), max(0.0, float(middle)), max(0.0, float(high))

    def middle(self, row: Floats, play_s: float) -> float:
        """The middle one alone, seconds."""
        return max(0.0, float(np.exp(np.asarray(self.coefficients[1]) @ row + log(FLOOR_S + play_s))) - FLOOR_S)


def line_of(row: Floats, play_s: float) -> float:
    """`Seen.line` of a row of features, seconds."""
    return float(np.exp(row[NAMES.index("line")] + log(FLOOR_S + play_s))) - FLOOR_S


PLAIN = Model(tuple((0.0,) * len(NAMES) for _ in QUANTILES))
"""The play as it is."""


def fit(rows: Sequence[Floats], plays: Sequence[tuple[float, float, float]], waited: Sequence[float]) -> Model:
    """The model of so many waits, seconds; the play as it is where they are too few."""
    if len(rows) < LEAST:
        return PLAIN
    x = np.asarray(rows[-MOST:])
    play = np.log(FLOOR_S + np.asarray(plays[-MOST:]))
    true = np.log(FLOOR_S + np.asarray(waited[-MOST:]))
    age = np.arange(len(x))[::-1] / 4000.0
    weight = np.exp(-age) * np.exp(0.75 * (play[:, 1] - 6.5))  # long waits weigh as they hurt
    weight /= weight.mean()
    found = [_quantile(x, true - play[:, n], weight, tau) for n, tau in enumerate(QUANTILES)]
    return Model(tuple(tuple(round(float(one), 6) for one in row) for row in found), len(x))


def _quantile(x: Floats, y: Floats, weight: Floats, tau: float) -> Floats:
    """A linear quantile by reweighted least squares."""
    pull = np.eye(x.shape[1]) * RIDGE
    pull[0, 0] = 0.1
    beta: Floats = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        rest = y - x @ beta
        w = weight * np.where(rest > 0, tau, 1 - tau) / np.maximum(np.abs(rest), 0.03)
        w /= w.mean()
        xw = x * w[:, None]
        beta = np.asarray(np.linalg.solve(xw.T @ x + pull, xw.T @ y), np.float64)
    return np.asarray(beta)
