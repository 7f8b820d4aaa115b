"""Halls beside each other, fairly: the same services, and no hall shamed by chance. Pure.

Indirect standardisation: how many of a hall's visits would have waited too long if each of its services waited as it
does in all halls together; the funnel's limits are Byar's for a Poisson count (Breslow & Day 1987, vol. II, p. 69).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from district.rollup import Weekly, quantile, week

Z95, Z998 = 1.96, 3.09


@dataclass(frozen=True)
class Standing:
    """A hall in a span of days. `long`: visits that waited over LONG_S; `expected`: how many its mix of services would
    have; `verdict`: "", or better, worse (beyond 95 %), much_better, much_worse (beyond 99.8 %).
    """

    hall: str
    days: int
    visits: int
    waited: int
    mean_s: float | None
    p90_s: float | None
    long: int
    expected: float
    per_thousand: float | None
    """Visits for each 1 000 residents; None where their number is not known."""
    verdict: str

    @property
    def ratio(self) -> float | None:
        """Observed to expected; 1 is as everywhere."""
        return self.long / self.expected if self.expected else None


def standings(
    weeks: Iterable[Weekly], residents: Mapping[str, int], everywhere: Mapping[str, tuple[int, int]]
) -> list[Standing]:
    """One for each hall of `residents`, in its order; of a hall without a week all is zero. `everywhere`: service ->
    (waits that are known, those over LONG_S) in all halls of the district, also those that are not listed.
    """
    of = {one.hall: one for one in weeks}
    shares = {service: long / n for service, (n, long) in everywhere.items() if n}
    return [_standing(of.get(hall) or week(hall, "", ()), shares, n) for hall, n in residents.items()]


def _standing(one: Weekly, shares: Mapping[str, float], residents: int) -> Standing:
    expected = sum(n * shares.get(service, 0.0) for service, n in zip(one.services, one.their_waited, strict=True))
    return Standing(
        one.hall,
        one.days,
        one.visits,
        one.waited,
        one.wait_s / one.waited if one.waited else None,
        quantile(one.waits, 0.9),
        one.long,
        expected,
        1000 * one.visits / residents if residents else None,
        verdict(one.long, expected),
    )


def verdict(observed: int, expected: float) -> str:
    """Whether a count is one that chance does not make of what is expected."""
    for limit, word in ((Z998, "much_"), (Z95, "")):
        low, high = limits(expected, limit)
        if observed < low:
            return f"{word}better"
        if observed > high:
            return f"{word}worse"
    return ""


def limits(expected: float, z: float) -> tuple[float, float]:
    """Between which counts chance leaves a Poisson variable of this mean. Nothing is expected of nobody."""
    if expected <= 0:
        return 0.0, 0.0
    low = expected * max(0.0, 1 - 1 / (9 * expected) - z / (3 * sqrt(expected))) ** 3
    above = expected + 1
    return low, above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3
