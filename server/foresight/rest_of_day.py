"""What would become of the rest of a day if a counter opened, closed or went to lunch, or the hall ended early. Pure.

Those who wait now and those who came at this time on past days, each past day one course, are played through the rule
of rank (`rehearsal.py`), once with the counters as they usually are and once with the change, on the same luck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from server.foresight.ahead import FOREVER, Floats, rest
from server.foresight.rehearsal import Day, Spans, Visit, calls, waits
from server.foresight.watch import Past, Watch

COURSES = 16
"""So many courses are played at least, whatever is known of past days."""
TRUSTED = 10
"""Newest days that are played again to see how near that comes."""
ENDS_S = 3 * 3600.0
"""So long after its closing a hall serves those who wait, at most."""
MIDDAY = (10.5 * 3600.0, 14.5 * 3600.0)
"""A pause that touches this part of the day, seconds after midnight, is a lunch."""

What = Literal["open", "lunch", "close", "end"]


class Scene(NamedTuple):
    """A hall now. Times epoch seconds; `weekend`: whether its counters are open as on weekends."""

    now: float
    closes: float
    line: Sequence[Visit]
    """Who waits."""
    open: frozenset[str]
    held: Mapping[str, tuple[str, float]]
    """Whom each counter holds: what for, and since when."""
    may: Mapping[str, Sequence[str]]
    """What each counter calls."""
    hours: Spans
    weekend: bool
    service: Callable[[str], str] = str
    """What somebody in a line of `line` and `may` comes for, where those name more than the service."""


class Change(NamedTuple):
    """open: these counters call from now until then. lunch: they pause from `begins` to `ends` instead of when they
    usually do. close: they call nobody from `begins` on. end: nobody comes or is called from `begins` on. Epoch
    seconds.
    """

    what: What
    counters: frozenset[str]
    begins: float
    ends: float


class Outcome(NamedTuple):
    """Of those who wait now or come until `until`: nine in ten wait at most so long, seconds, as it is and with the
    change (infinite where more than one in ten are never called); so many fewer pass the pledge; so many are not called
    at all; so many would have come and find the hall closed. Means over the courses. `days`: past days they are of.
    """

    until: float
    people: float
    p90_s: tuple[float, float]
    fewer: float
    uncalled: tuple[float, float]
    turned_away: float
    days: int


class Trust(NamedTuple):
    """Days played again with their own counters: nine in ten waited at most `was_s`, and `played_s` when played."""

    days: int
    was_s: float
    played_s: float


def outcome(watch: Watch, scene: Scene, change: Change, pledge_s: float) -> Outcome:
    """What a change makes of the rest of the day."""
    usual = {counter: _usual(watch, scene, counter) for counter in scene.may}
    changed = {counter: _changed(spans, change, counter, watch.midnight) for counter, spans in usual.items()}
    until = min(scene.closes, change.ends) if change.what in ("open", "lunch") else scene.closes
    past = [one for one in watch.days if one.weekend == scene.weekend]
    coming = [_coming(watch, scene, one) for one in past] or [[]]
    took = lambda line: watch.took(scene.service(line))  # noqa: E731
    found: list[tuple[Floats, Floats]] = []
    away: list[int] = []
    for draw in range(max(COURSES, len(coming))):
        visits = [*scene.line, *coming[draw % len(coming)]]
        resting = {counter: _rest(watch, scene, counter, draw) for counter in scene.held if counter in usual}
        late = [change.what == "end" and one.came >= change.begins for one in visits]
        away.append(sum(late))
        stay = [one for one, gone in zip(visits, late, strict=True) if not gone]
        asked = np.array([one.came <= until for one in stay], dtype=bool)
        courses = [
            _waits(Day(stay, _after(spans, resting)), scene.may, took, draw)[asked] for spans in (usual, changed)
        ]
        found.append((courses[0], courses[1]))
    both = [np.concatenate([one[n] for one in found]) for n in (0, 1)]
    known = [one[~np.isnan(one)] for one in both]
    return Outcome(
        until,
        len(both[0]) / len(found),
        (_p90(known[0]), _p90(known[1])),
        float((known[0] > pledge_s).sum() - (known[1] > pledge_s).sum()) / len(found),
        (float(np.isinf(known[0]).sum()) / len(found), float(np.isinf(known[1]).sum()) / len(found)),
        sum(away) / len(away),
        len(past),
    )


def trust(watch: Watch, may: Mapping[str, Sequence[str]], *, weekend: bool) -> Trust | None:
    """How near the play comes to the last days of this kind; None while none is over."""
    past = [one for one in watch.days if one.weekend == weekend and one.waited][-TRUSTED:]
    if not past:
        return None
    again = [waits(one.day, may, watch.took, draw) for draw, one in enumerate(past)]
    return Trust(len(past), _p90(np.concatenate([one.waited for one in past])), _p90(np.concatenate(again)))


def _p90(waited: Floats) -> float:
    return float(np.quantile(waited, 0.9, method="higher")) if len(waited) else 0.0


def _waits(day: Day, may: Mapping[str, Sequence[str]], took: Callable[[str], Floats], draw: int) -> Floats:
    """The wait of each who came; infinite who is never called, nan who has gone before."""
    found = np.array([np.inf if one.left == float("inf") else np.nan for one in day.visits])
    for visit, at, _ in calls(day, may, took, draw):
        found[visit] = at - day.visits[visit].came
    return found


def _coming(watch: Watch, scene: Scene, past: Past) -> list[Visit]:
    """Who came on a past day after this time of the day, moved to today; as many more or fewer as have come so far."""
    moved = watch.midnight - past.began
    before = sum(one.came + moved <= scene.now for one in past.day.visits)
    busy = min(2.0, max(0.5, (len(watch.visits) + 10.0) / (before + 10.0)))
    found, owed = [], 0.5
    for one in past.day.visits:
        if one.came + moved > scene.now:
            owed += busy
            for _ in range(int(owed)):
                found.append(one._replace(came=one.came + moved, rank=one.rank + moved, left=one.left + moved))
            owed -= int(owed)
    return found


def _usual(watch: Watch, scene: Scene, counter: str) -> Spans:
    """When a counter calls from now on, as on other days."""
    off = watch.off(counter, counter in scene.open, scene.now, scene.weekend)
    spans: Spans = ((scene.now, scene.closes + ENDS_S),)
    for begin, end in off:
        spans = _cut(spans, scene.now + begin, scene.now + end if end < FOREVER else scene.closes + ENDS_S)
    for (_, begin), (end, _) in zip(scene.hours, scene.hours[1:], strict=False):
        spans = _cut(spans, begin, end)
    return spans


def _changed(spans: Spans, change: Change, counter: str, midnight: float) -> Spans:
    if change.what == "end":
        return _cut(spans, change.begins, float("inf"))
    if counter not in change.counters:
        return spans
    if change.what == "close":
        return _cut(spans, change.begins, float("inf"))
    if change.what == "open":
        return ((change.begins, change.ends), *_cut(spans, 0.0, change.ends))
    whole = [*spans[:1]]
    for span in spans[1:]:  # the usual lunch is worked
        last = whole[-1]
        if last[1] - midnight < MIDDAY[1] and span[0] - midnight > MIDDAY[0]:
            whole[-1] = last[0], span[1]
        else:
            whole.append(span)
    return _cut(tuple(whole), change.begins, change.ends)


def _rest(watch: Watch, scene: Scene, counter: str, draw: int) -> float:
    """When a counter is done with whom it holds, epoch seconds."""
    service, since = scene.held[counter]
    chance = np.random.default_rng((2011, draw, *counter.encode())).random(1)
    return scene.now + float(rest(watch.took(scene.service(service)), scene.now - since, chance)[0])


def _after(spans: Mapping[str, Spans], done: Mapping[str, float]) -> dict[str, Spans]:
    """The same without the time in which whoever is at a counter is still served."""
    return {c: _cut(mine, 0.0, done[c]) if c in done else mine for c, mine in spans.items()}


def _cut(spans: Spans, begin: float, end: float) -> Spans:
    """Spans without what lies between two moments."""
    found: list[tuple[float, float]] = []
    for a, b in spans:
        found += [one for one in ((a, min(b, begin)), (max(a, end), b)) if one[0] < one[1]]
    return tuple(found)
