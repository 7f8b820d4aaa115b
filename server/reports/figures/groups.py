"""Counts and distributions of groups, exact, out of columns. Pure; knows no figure.

Median and p90 by nearest rank: x[ceil(p·n)] of the sorted values, counting from 1, in whole numbers so that rounding
costs no rank. Sums are whole milliseconds, so that a mean is rounded once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]

NOTHING: dict[str, Any] = {"n": 0, "mean": None, "median": None, "p90": None, "max": None}


class Sorted:
    """One column of spans (ms, -1 where there is none), sorted once and cut as often as wanted."""

    def __init__(self, spans: Column) -> None:
        there = np.flatnonzero(spans >= 0).astype(np.int32)
        self.places = there[np.argsort(spans[there])]
        self.spans = spans[self.places]

    def spread(self) -> dict[str, Any]:
        """Over all: n, and mean, median, p90, max in seconds."""
        return spread(self.spans)

    def spreads(self, keys: Column, groups: int) -> list[dict[str, Any]]:
        """The same of each group; `keys` has the group of each row of the column, below 0 for none."""
        mine = keys[self.places]
        order = np.argsort(mine.astype(np.int16), kind="stable") if groups < 2**15 else np.argsort(mine, kind="stable")
        spans, mine = self.spans[order], mine[order]
        edges = np.searchsorted(mine, np.arange(groups + 1))
        return [spread(spans[edges[g] : edges[g + 1]]) for g in range(groups)]

    def above(self, limit: int) -> Column:
        """The places of the rows above a limit, the longest first."""
        return self.places[np.searchsorted(self.spans, limit, side="right") :][::-1]

    def mean(self, keys: Column, groups: int) -> list[float | None]:
        """The mean of each group, ms."""
        mine = keys[self.places]
        n = np.bincount(mine, minlength=groups)
        total = np.bincount(mine, weights=self.spans, minlength=groups)
        return [float(t / k) if k else None for t, k in zip(total.tolist(), n.tolist(), strict=True)]


def spread(spans: Column) -> dict[str, Any]:
    """Of sorted spans in ms: seconds, to a tenth."""
    n = len(spans)
    if not n:
        return dict(NOTHING)
    return {
        "n": n,
        "mean": seconds(int(spans.sum(dtype=np.int64)) / n),
        "median": seconds(spans[(n + 1) // 2 - 1]),
        "p90": seconds(spans[(9 * n + 9) // 10 - 1]),
        "max": seconds(spans[-1]),
    }


def seconds(ms: Any) -> float:
    return round(float(ms) / 1000, 1)


def ratio(numerator: float, denominator: float) -> dict[str, Any]:
    """A share with its two numbers; None over nothing."""
    return {
        "numerator": numerator,
        "denominator": denominator,
        "share": round(numerator / denominator, 6) if denominator else None,
    }


def counts(keys: Column, groups: int, where: Column | None = None) -> list[int]:
    """How many rows of each group."""
    mine = keys if where is None else keys[where]
    found: list[int] = np.bincount(mine, minlength=groups).tolist()
    return found


def sums(keys: Column, groups: int, values: Column) -> list[int]:
    """The sum of whole numbers of each group."""
    return [int(total) for total in np.bincount(keys, weights=values, minlength=groups)]
