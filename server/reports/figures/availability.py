"""Devices over time: up-time inside the opening hours, spans without paper, off line, and other faults. Pure.

A device's state holds from one DeviceChanged to the next. What was not known (before its first word) is neither up nor
down, and is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from server.domain import events as ev
from server.domain.attendance import Span, length, within
from server.reports.figures.groups import ratio

GOOD = frozenset({"ok", "ready", "near_end"})
UNKNOWN = frozenset({"unknown"})
OFFLINE = frozenset({"offline", "unreachable", "silent", "lost"})
LISTED = 20
"""So many spans off line of one device are named, the longest."""


def availability(
    told: Iterable[tuple[float, ev.Event]],
    spoilt: Sequence[dict[str, Any]],
    opening: Sequence[Span],
    start: float,
    until: float,
) -> list[dict[str, Any]]:
    """One row for each device, from its words in order; all times epoch seconds. `opening`: when the hall was open."""
    spans: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    last: dict[str, tuple[str, float]] = {}
    for at, event in told:
        if isinstance(event, ev.DeviceChanged):
            if event.device in last:
                spans[event.device].append((*last[event.device], at))
            last[event.device] = (event.state, at)
    for device, (state, since) in last.items():
        spans[device].append((state, since, until))
    failed: dict[str, int] = defaultdict(int)
    for slip in spoilt:
        if slip["printer"]:
            failed[slip["printer"]] += 1
    inside = within(opening, start, until)
    return [_row(device, spans[device], failed[device], inside, start, until) for device in sorted({*spans, *failed})]


def _row(
    device: str,
    spans: Sequence[tuple[str, float, float]],
    failed: int,
    opening: Sequence[Span],
    start: float,
    until: float,
) -> dict[str, Any]:
    def seconds(*states: str) -> float:
        return sum(length(within(opening, max(a, start), min(b, until))) for state, a, b in spans if state in states)

    def begun(states: Iterable[str]) -> int:
        return sum(state in states and start <= a < until for state, a, _ in spans)

    good = seconds(*GOOD)
    known = seconds(*{state for state, _, _ in spans} - UNKNOWN)
    off = [(a, b) for state, a, b in spans if state in OFFLINE and b > start and a < until]
    faults = {state for state, _, _ in spans} - GOOD - UNKNOWN - OFFLINE - {"paper_out"}
    return {
        "device": device,
        "up": ratio(round(good, 1), round(known, 1)),
        "unknown_s": round(length(opening) - known, 1),
        "paper_outs": begun({"paper_out"}),
        "paper_out_s": round(seconds("paper_out"), 1),
        "offline": begun(OFFLINE),
        "offline_s": round(seconds(*OFFLINE), 1),
        "faults": begun(faults),
        "fault_s": round(seconds(*faults), 1),
        "print_failures": failed,
        "offline_spans": [
            [max(a, start), min(b, until)] for a, b in sorted(off, key=lambda s: (s[0] - s[1], s[0]))[:LISTED]
        ],
    }
