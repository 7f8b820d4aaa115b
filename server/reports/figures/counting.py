"""The figures of visits and legs, of all and of each cut, by the definitions of `definitions`. Pure; numbers only.

Visits and legs are measured columns; a row of figures is counted anew for the total and for each group of a cut: a
total is never made from other totals, and never an average from averages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from server.domain.vocabulary import OUTCOMES, text
from server.reports.figures.groups import Column, Sorted, counts, ratio, spread, sums
from server.reports.figures.measures import (
    CLASSES,
    EXPIRED,
    FINISHED,
    LEFT,
    PASSED,
    TRANSFERRED,
    E,
    F,
    Legs,
    P,
    Visits,
    Vocabulary,
    X,
)

ON_THE_SPOT = OUTCOMES["done"].zh
GONE = (PASSED, LEFT, EXPIRED)
DECIDED = tuple(OUTCOMES[code].zh for code in ("done", "accepted", "incomplete", "refused"))
"""Outcomes that 现场办结率 is about (docs/figures.md)."""


@dataclass(frozen=True)
class Limits:
    """The settings of the figures. Times in ms."""

    pledge: int
    amber: int
    red: int
    standard: Callable[[str | None], int | None]
    """Overtime border of a service: factor × standard, ms; None for a service without a standard."""
    instant: Callable[[str | None], bool]
    """Whether a service is promised at once (即办件)."""


class Counted:
    """All visits and legs of a period, sorted once by each measure."""

    def __init__(self, visits: Visits, legs: Legs, words: Vocabulary, limits: Limits) -> None:
        self.visits, self.legs, self.words, self.limits = visits, legs, words, limits
        self.wait, self.office_wait = Sorted(visits.wait), Sorted(visits.office_wait)
        self.never_served, self.whole = Sorted(visits.never_served), Sorted(visits.whole)
        self.leg_wait, self.leg_office = Sorted(legs.wait), Sorted(legs.office_wait)
        self.service_time, self.response = Sorted(legs.service_time), Sorted(legs.response)
        self.closed = visits.state == FINISHED
        self.outcomes = [text(OUTCOMES, name or "").zh for name in words.outcome.listed()]
        self._spot = np.array([name == ON_THE_SPOT for name in self.outcomes] or [False])
        self._decided = np.array([name in DECIDED for name in self.outcomes] or [False])
        services = words.service.listed()
        self._instant = np.array([limits.instant(code) for code in services] or [False])
        borders = np.array([limits.standard(code) or -1 for code in services] or [-1], np.int64)
        border = borders[legs.service]
        self.limited = (border >= 0) & (legs.service_time >= 0)
        self.over = self.limited & (legs.service_time > border)

    # --- visits ---

    def visit_rows(self, keys: Column, groups: int) -> list[dict[str, Any]]:
        """The figures of visits of each group; `keys` has each visit's group."""
        v = self.visits
        kinds = np.bincount(keys.astype(np.int32) * 6 + v.kind, minlength=groups * 6).reshape(groups, 6).tolist()
        arrivals, called = counts(keys, groups), counts(keys, groups, v.called)
        items, recalls = sums(keys, groups, v.items * self.closed), sums(keys, groups, v.recalls)
        two, moved = counts(keys, groups, v.calls >= 2), counts(keys, groups, v.transfers > 0)
        transfers, unmoved = sums(keys, groups, v.transfers), counts(keys, groups, (v.kind == F) & (v.transfers == 0))
        waits, office, never, whole = (
            s.spreads(keys, groups) for s in (self.wait, self.office_wait, self.never_served, self.whole)
        )
        kept, amber, red = (counts(keys, groups, where) for where in self._limits(v.office_wait))
        outcomes = self._outcomes(keys, groups, v.outcome, self.closed, v.service)
        return [
            {
                "arrivals": arrivals[g],
                **dict(zip(CLASSES[:5], kinds[g], strict=False)),
                "called": called[g],
                "items": ratio(items[g], kinds[g][F]),
                "no_show": ratio(kinds[g][P], called[g]),
                "walk_out": ratio(kinds[g][X] + kinds[g][E], arrivals[g]),
                "wait": waits[g],
                "office_wait": office[g],
                "never_served_wait": never[g],
                "within_pledge": ratio(kept[g], called[g]),
                "amber": amber[g],
                "long_waits": red[g],
                "visit_time": whole[g],
                "transfers": transfers[g],
                "transferred": ratio(moved[g], arrivals[g]),
                "one_counter": ratio(unmoved[g], kinds[g][F]),
                "recalls": ratio(recalls[g], called[g]),
                "two_calls": ratio(two[g], called[g]),
                **outcomes[g],
            }
            for g in range(groups)
        ]

    def _limits(self, office: Column) -> tuple[Column, Column, Column]:
        there, limits = office >= 0, self.limits
        return there & (office <= limits.pledge), office > limits.amber, office > limits.red

    def _outcomes(
        self, keys: Column, groups: int, outcome: Column, closed: Column, service: Column
    ) -> list[dict[str, Any]]:
        """on_the_spot, the same of instant services, and the mix, of what was finished."""
        n, keys = max(1, len(self.outcomes)), keys.astype(np.int32)
        mix = np.bincount(keys[closed] * n + outcome[closed], minlength=groups * n).reshape(groups, n)
        instant = closed & self._instant[service]
        small = np.bincount(keys[instant] * n + outcome[instant], minlength=groups * n).reshape(groups, n)
        spot, decided = self._spot, self._decided
        return [
            {
                "on_the_spot": ratio(int(mix[g][spot].sum()), int(mix[g][decided].sum())),
                "on_the_spot_instant": ratio(int(small[g][spot].sum()), int(small[g][decided].sum())),
                "outcomes": _named(self.outcomes, mix[g].tolist()),
            }
            for g in range(groups)
        ]

    # --- legs ---

    def leg_rows(self, keys: Column, groups: int) -> list[dict[str, Any]]:
        """Those figures of each group that are of legs in every cut."""
        served = counts(keys, groups, self.legs.served)
        limited, over = counts(keys, groups, self.limited), counts(keys, groups, self.over)
        responses, services = self.response.spreads(keys, groups), self.service_time.spreads(keys, groups)
        return [
            {
                "served": served[g],
                "response": responses[g],
                "service_time": services[g],
                "overtime": ratio(over[g], limited[g]),
            }
            for g in range(groups)
        ]

    def post_rows(self, keys: Column, groups: int) -> list[dict[str, Any]]:
        """The figures of counters or staff: of the legs that are theirs. Keys below 0 are nobody's."""
        legs = self.legs
        mine = keys >= 0
        there = np.where(mine, keys, 0)
        done, passed = mine & (legs.state == FINISHED), mine & legs.called & ~legs.served & np.isin(legs.state, GONE)

        def number(where: Column) -> list[int]:
            return counts(there, groups, where & mine)

        called, finished, missed, moved = (
            number(legs.called),
            number(done),
            number(passed),
            number(legs.state == TRANSFERRED),
        )
        kept, amber, red = (number(where) for where in self._limits(legs.office_wait))
        waits, office = self.leg_wait.spreads(keys, groups), self.leg_office.spreads(keys, groups)
        recalls, items = sums(there, groups, legs.recalls * mine), sums(there, groups, legs.items * mine)
        useful = number(legs.items > 0)
        two = number(legs.calls >= 2)
        outcomes = self._outcomes(there, groups, legs.outcome, done, legs.service)
        rows = self._leg_rows_of(keys, there, mine, groups)
        return [
            {
                "called": called[g],
                "finished": finished[g],
                "passed": missed[g],
                "items": ratio(items[g], useful[g]),
                "no_show": ratio(missed[g], called[g]),
                "wait": waits[g],
                "office_wait": office[g],
                "within_pledge": ratio(kept[g], office[g]["n"]),
                "amber": amber[g],
                "long_waits": red[g],
                "transfers": moved[g],
                "recalls": ratio(recalls[g], called[g]),
                "two_calls": ratio(two[g], called[g]),
                **outcomes[g],
                **rows[g],
            }
            for g in range(groups)
        ]

    def _leg_rows_of(self, keys: Column, there: Column, mine: Column, groups: int) -> list[dict[str, Any]]:
        if bool(mine.all()):
            return self.leg_rows(there, groups)
        return self.leg_rows(np.where(mine, keys, groups), groups + 1)[:groups]

    # --- the cuts that are of something else ---

    def outcome_rows(self) -> list[dict[str, Any]]:
        """finished and service_time of each outcome, in the order of `outcomes`."""
        n = len(self.outcomes)
        done = self.legs.state == FINISHED
        finished = counts(self.visits.outcome, n, self.closed) if n else []
        services = self.service_time.spreads(np.where(done, self.legs.outcome, n), n + 1) if n else []
        return [
            {"outcome": name, "finished": finished[g], "service_time": services[g]}
            for g, name in enumerate(self.outcomes)
        ]

    def reason_rows(self, visit_of_leg: Column) -> list[dict[str, Any]]:
        """transfers and the one-counter rate of each reason. `visit_of_leg`: place of each leg's visit."""
        reasons = self.words.reason.listed()
        moved = self.legs.state == TRANSFERRED
        of_f = moved & (self.visits.kind[visit_of_leg] == F)
        f = int(np.count_nonzero(self.visits.kind == F))
        rows = []
        for code, reason in enumerate(reasons):
            mine = self.legs.reason == code
            visits = len(np.unique(visit_of_leg[mine & of_f]))
            n = int(np.count_nonzero(mine & moved))
            if n:
                rows.append({"reason": reason, "transfers": n, "one_counter": ratio(f - visits, f)})
        return sorted(rows, key=lambda row: (-int(str(row["transfers"])), str(row["reason"])))

    def general(self, counters: Sequence[str]) -> dict[str, Any]:
        """general_share and general_gap of these counters."""
        codes = [code for code, name in enumerate(self.words.counter.listed()) if name in counters]
        done = self.visits.kind == F
        at = np.isin(self.visits.counter, codes) & done
        n = len(self.words.counter)
        means = (
            [
                mean
                for code, mean in enumerate(self.leg_office.mean(self.legs.counter, n))
                if code in codes and mean is not None
            ]
            if n
            else []
        )
        gap = round((max(means) - min(means)) / 1000, 1) if means else None
        return {"general_share": ratio(int(at.sum()), int(done.sum())), "general_gap": gap}

    def pickup_wait(self, services: frozenset[str]) -> dict[str, Any]:
        codes = [code for code, name in enumerate(self.words.service.listed()) if name in services]
        return spread(self.office_wait.spans[np.isin(self.visits.service[self.office_wait.places], codes)])


def _named(names: Sequence[str], numbers: Sequence[int]) -> dict[str, int]:
    """The counts by name, none of them 0."""
    return {name: n for name, n in zip(names, numbers, strict=False) if n}
