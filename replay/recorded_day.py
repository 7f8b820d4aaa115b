"""A recorded day: what happened in a hall, event by event, as CSV.

Checks and writes that form; knows no file and no hub.

The form is `docs/replay.md`: rows in the order of time, `at,event,visit,service,class,counter,staff,outcome`. `visit`
is any name that ties the events of one visit together. All problems of a file are found at once.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intake.quantities import Unclear, moment
from server.reports.columns import Problems, rows

COLUMNS = ("at", "event", "visit", "service", "class", "counter", "staff", "outcome")
NEEDED = ("at", "event", "visit")

TRANSITIONS = {
    ("", "arrive"): "waiting",
    ("waiting", "call"): "called",
    ("waiting", "leave"): "gone",
    ("called", "call"): "called",
    ("called", "start"): "served",
    ("called", "pass"): "gone",
    ("called", "finish"): "gone",
    ("served", "finish"): "gone",
}
"""(state of the visit, event) -> state after it. A second call by the same counter is a recall."""

EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))


class Event(NamedTuple):
    """One row. `at` is epoch seconds; cells that do not apply are empty."""

    at: float
    event: str
    visit: str
    service: str = ""
    klass: str = ""
    counter: str = ""
    staff: str = ""
    outcome: str = ""


def parse(text: str, name: str, zone: ZoneInfo) -> tuple[list[Event], Problems]:
    """The events of a file called `name`; none as soon as there is a problem."""
    problems = Problems(name)
    hall = _Checked()
    events: list[Event] = []
    for line, cells in rows(text, COLUMNS, NEEDED, problems):
        try:
            at = moment(cells[0], zone).timestamp()
        except Unclear as unclear:
            problems.add(line, "at", unclear.zh, unclear.en)
            continue
        event = Event(at, *cells[1:])
        for column, what in hall.wrong(event):
            problems.add(line, column, what)
        events.append(event)
    if not events and not problems.lines:
        problems.add(1, "file", "no events; put one row per event under the header")
    return ([] if problems.lines else events), problems


class _Checked:
    """What the rows so far have said of each visit and counter."""

    def __init__(self) -> None:
        self.last_at = float("-inf")
        self.states: dict[str, str] = {}
        self.place: dict[str, str] = {}
        self.busy: dict[str, str] = {}

    def wrong(self, event: Event) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if event.at < self.last_at:
            found.append(("at", "earlier than the row above; put the rows in the order of time"))
        self.last_at = max(self.last_at, event.at)
        if event.event not in EVENTS:
            return [*found, ("event", f"'{event.event}' is no event; known: {', '.join(EVENTS)}")]
        if not event.visit:
            return [*found, ("visit", "empty; name the visit")]
        state = self.states.get(event.visit, "")
        if (state, event.event) not in TRANSITIONS:
            is_now = {"": "has not arrived", "gone": "is over"}.get(state, f"is {state}")
            what = f"'{event.event}', but visit {event.visit} {is_now}; correct the event or the visit"
            return [*found, ("event", what)]
        found += self._cells(event, state)
        self._take_in(event, TRANSITIONS[state, event.event])
        return found

    def _cells(self, event: Event, state: str) -> list[tuple[str, str]]:
        if event.event == "arrive":
            return [] if event.service else [("service", "empty; say what the visit came for")]
        place = self.place.get(event.visit, "")
        if event.event == "call" and not event.counter:
            return [("counter", "empty; say which counter calls")]
        if event.event == "call" and self.busy.get(event.counter, event.visit) != event.visit:
            holds = self.busy[event.counter]
            return [("counter", f"{event.counter} still holds visit {holds}; finish or pass that one first")]
        if state in ("called", "served") and event.counter not in ("", place):
            return [("counter", f"visit {event.visit} is at counter {place}; correct the counter or leave it empty")]
        return []

    def _take_in(self, event: Event, state: str) -> None:
        self.states[event.visit] = state
        if event.event == "call":
            self.place[event.visit] = event.counter
            self.busy[event.counter] = event.visit
        elif state == "gone" and self.busy.get(self.place.get(event.visit, "")) == event.visit:
            del self.busy[self.place[event.visit]]


def written(events: Iterable[Event], zone: ZoneInfo) -> str:
    """The file of these events; times local to the zone."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([local(event.at, zone), *event[1:]] for event in events)
    return out.getvalue()


def local(at: float, zone: ZoneInfo) -> str:
    """ISO 8601 local time, to the second where the instant is a whole one."""
    moment = datetime.fromtimestamp(round(at, 3), zone).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
