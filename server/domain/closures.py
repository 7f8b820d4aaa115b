"""临时闭厅: when the hall was closed during its opening hours, by its manager's word, and what is left of them.

Pure; all times epoch seconds.

The calendar closes whole dates (`worktime`); this is what was decided on the day itself (`today.close_hall`). A
closure lasts until the hall was opened again, or to the end of its service day. Whether those waiting were still
served changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from config import Hall
from server.domain import events as ev
from server.domain.attendance import Span, union
from server.domain.worktime import day_span

EVENTS = ("HallClosed", "HallReopened")


def closures(hall: Hall, told: Iterable[tuple[float, ev.Event]]) -> list[Span]:
    """The spans for which the hall was closed, from its events in order."""
    since: dict[str, float] = {}
    found: list[Span] = []
    for at, event in told:
        if isinstance(event, ev.HallClosed):
            since.setdefault(event.day, at)
        elif isinstance(event, ev.HallReopened) and event.day in since:
            found.append((since.pop(event.day), at))
    return union([*found, *((at, day_span(hall, date.fromisoformat(day))[1]) for day, at in since.items())])


def without(opening: Sequence[Span], closed: Iterable[Span]) -> list[Span]:
    """What of the opening intervals lies in no closure."""
    left = list(opening)
    for start, end in closed:
        left = [(a, b) for x, y in left for a, b in ((x, min(y, start)), (max(x, end), y)) if b > a]
    return left
