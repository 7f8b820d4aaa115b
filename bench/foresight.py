"""`python -m bench.foresight [SEED…]`: the goals of docs/foresight.md on whole invented halls that nobody tuned by.

Sixty days of each kind and seed, judged on the last twenty; a model of the wrong hall; the first days without any
history; what an issue and a night cost; weeks foreseen and staffed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from consoles import any_console
from replay import foretold, invented_halls
from server.foresight import arrivals, staffing
from server.foresight.correct import fit
from server.foresight.seer import Seer
from server.foresight.watch import Watch
from server.reports.recorded_day import Event


def course(kind: str, seed: int, days: int = 60, seer: Seer | None = None, learns: bool = True) -> foretold.Course:
    seer = seer or Seer(Watch(standard=invented_halls.STANDARD_MIN))
    seer.watch.lunch = invented_halls.lunch(kind)
    made = foretold.Course(seer, invented_halls.may_call(kind), learns=learns)
    for number, events in enumerate(invented_halls.days(kind, seed, days)):
        made.day(number, events)
    return made


def said(label: str, judged: foretold.Judged) -> None:
    parts = " ".join(f"{name} {share:.0%}" for name, (share, _) in judged.parts.items())
    print(
        f"{label:22} MAE {judged.mae:4.0f} bias {judged.bias:+4.0f} ratio {judged.ratio:.2f} worst {judged.worst:.2f} "
        f"covered {judged.covered:.1%} ({judged.width_min:.1f} min) shown {judged.shown:.1%} "
        f"({judged.shown_width_min:.1f}) longer {judged.longer:.1%} | {parts}",
        flush=True,
    )


def week(kind: str, seed: int) -> None:
    """Weeks foreseen on the weekend before, and one of them staffed."""
    past = [_past(n, events) for n, events in enumerate(invented_halls.days(kind, seed))]
    inside, days = [], []
    for n in range(20, 60):
        told = arrivals.foresee(past[: n - n % 5], past[n].day, past[n].kind)
        assert told
        some = told.mean > 1
        inside += ((past[n].came >= told.low) & (past[n].came <= told.high))[some].tolist()
        days.append(told.total[0] <= past[n].came.sum() <= told.total[2])
    took = np.sort(np.random.default_rng(seed).lognormal(5.9, 0.6, 240))
    demands = []
    for one in past[40:45]:
        told = arrivals.foresee(past[:40], one.day, one.kind)
        assert told
        mean = np.concatenate([[told.mean[:19].sum()], told.mean[19:34]])
        demands.append(staffing.Demand(mean, np.ones(16, dtype=bool), told.wrong, took, 12))
    drawn = [staffing.draws(one, n) for n, one in enumerate(demands)]
    began = time.process_time()
    staffing.waits(drawn, np.full((5, 16), 6))
    once = time.process_time() - began
    began = time.process_time()
    staffing.staff(demands, 1200.0)
    found = time.process_time() - began
    print(
        f"{kind}{seed} weeks: {np.mean(inside):.1%} of half hours and {np.mean(days):.1%} of days in their range;"
        f" a week played {1000 * once:.0f} ms, staffed {found:.2f} s",
        flush=True,
    )


def _past(n: int, events: Sequence[Event]) -> arrivals.Past:
    midnight = invented_halls.FIRST_DAY + (n // 5 * 7 + n % 5) * invented_halls.DAY_S
    came = np.zeros(arrivals.HALVES)
    for event in events:
        if event.event == "arrive":
            came[int((event.at - midnight) // staffing.HALF_S)] += 1
    return arrivals.Past(date(2026, 1, 5) + timedelta(days=n // 5 * 7 + n % 5), arrivals.Kind(n % 5 + 1), came)


def main(seeds: Sequence[int] = (1,)) -> None:
    models = {}
    for kind in invented_halls.KINDS:
        for seed in seeds:
            began = time.process_time()
            made = course(kind, seed)
            each = 1000 * (time.process_time() - began) / len(made.waits)
            models[kind] = made.seer.model
            judged = [one for one in made.waits if one.day >= 40]
            said(f"{kind}{seed}", foretold.judge(judged))
            print(f"   last numbers: {foretold.promises(judged, invented_halls.OPEN[1])}", flush=True)
            said(f"{kind}{seed} first three days", foretold.judge([one for one in made.waits if one.day < 3]))
            print(f"   {each:.2f} ms of processor time a wait, all told", flush=True)
            week(kind, seed)
    for kind, other in (("A", "B"), ("B", "A"), ("C", "A")):
        seer = Seer(Watch(standard=invented_halls.STANDARD_MIN), model=replace(models[other]))
        made = course(kind, seeds[0], 30, seer, learns=False)
        said(f"{kind} by a model of {other}", foretold.judge([one for one in made.waits if one.day >= 10]))
    rows = [*made.seer.rows]
    many = [*(rows * (100_000 // len(rows) + 1))][:100_000]
    began = time.process_time()
    fit([row for row, _, _ in many], [play for _, play, _ in many], [waited for _, _, waited in many])
    print(f"a night of {len(many)} waits: {time.process_time() - began:.2f} s of processor time")
    asked = []
    for _ in range(200):
        began = time.process_time()
        made.seer.tell(made.waits[-1].told.seen)
        asked.append(time.process_time() - began)
    print(f"told from what is seen: {1000 * float(np.median(asked)):.2f} ms")


if __name__ == "__main__":
    any_console()
    main([int(one) for one in sys.argv[1:]] or (1,))
