"""What a counter did on a service day, for its 日结小票: numbers, outcomes, hours (docs/figures.md: A, F, P).

Pure: the counter's rows come in.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config import Hall
from server.domain import events as ev
from server.domain.timeline import Happening
from server.domain.vocabulary import OUTCOMES, text

ENDS = (ev.Called, ev.Resumed, ev.Finished, ev.Passed, ev.Left, ev.Transferred, ev.Suspended)
"""What may have become of a number at a counter."""


def facts(
    hall: Hall, counter: str, rows: Sequence[Happening], numbers: Mapping[int, str], day: str, now: float
) -> dict[str, Any]:
    """Facts of slip_facts.py. `rows` are the counter's of the day in order, `numbers` its tickets' by their ids.

    Each number that was called here counts once, by what became of it here last; a step that was undone does not count.
    """
    undone = {event.of for row in rows if isinstance(event := row.happened(), ev.Undone)}
    steps = [(row, row.happened()) for row in rows if row.seq not in undone]
    called = [event.ticket for _, event in steps if isinstance(event, ev.Called | ev.Resumed) and event.ticket]
    ends = {event.ticket: event for _, event in steps if event.ticket in called and isinstance(event, ENDS)}
    finished = [e for e in ends.values() if isinstance(e, ev.Finished)]
    passed = sum(isinstance(e, ev.Passed) for e in ends.values())
    table, (open_s, pause_s) = hall.counters[counter], spans(steps, now)
    logins = [(row.at, event.staff) for row, event in steps if isinstance(event, ev.CounterOpened)]
    return {
        "counter": table.name,
        "counter_en": table.name_en,
        "day": day,
        "staff": list(dict.fromkeys(staff for _, staff in logins)),
        "arrivals": len(ends),
        "finished": len(finished),
        "passed": passed,
        "others": len(ends) - len(finished) - passed,
        "first": numbers.get(called[0], "") if called else "",
        "last": numbers.get(called[-1], "") if called else "",
        "open_s": open_s,
        "pause_s": pause_s,
        "opened": _clock(hall, logins[0][0] if logins else None),
        "closed": _clock(hall, now),
        "outcomes": dict(Tally(text(OUTCOMES, e.outcome).zh for e in finished)),
    }


AFTER: dict[type[ev.Event], str] = {
    ev.CounterOpened: "open",
    ev.CounterResumed: "open",
    ev.CounterPaused: "paused",
    ev.CounterClosed: "closed",
}
"""Event of a counter -> how it is then."""


def spans(steps: Sequence[tuple[Happening, ev.Event]], now: float) -> tuple[float, float]:
    """Seconds open without the pauses, and paused; a counter still open counts until now."""
    spent, state, since = {"open": 0.0, "paused": 0.0, "closed": 0.0}, "closed", now
    for at, after in [*((row.at, AFTER[type(event)]) for row, event in steps if type(event) in AFTER), (now, "closed")]:
        spent[state] += max(0.0, at - since)
        state, since = after, at
    return spent["open"], spent["paused"]


def _clock(hall: Hall, at: float | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"
