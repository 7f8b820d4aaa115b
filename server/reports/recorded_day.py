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

from config import Text
from intake.quantities import Unclear, moment
from server.reports.columns import Problems, rows
from server.reports.forms.escape import harmless

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
            problems.add(line, column, what.zh, what.en)
        events.append(event)
    if not events and not problems.lines:
        problems.add(1, "file", "没有事件：表头下面一行一个事件。", "no events; put one row per event under the header")
    return ([] if problems.lines else events), problems


Wrong = tuple[str, Text]
"""What is wrong with a row: its column, and what to do."""
STATES = {
    "": ("还没到", "has not arrived"),
    "waiting": ("在等候", "is waiting"),
    "called": ("已被叫到", "is called"),
    "served": ("正在办理", "is served"),
    "gone": ("已结束", "is over"),
}
"""How it stands with a visit, Chinese and English."""


class _Checked:
    """What the rows so far have said of each visit and counter."""

    def __init__(self) -> None:
        self.last_at = float("-inf")
        self.states: dict[str, str] = {}
        self.place: dict[str, str] = {}
        self.busy: dict[str, str] = {}

    def wrong(self, event: Event) -> list[Wrong]:
        found: list[Wrong] = []
        if event.at < self.last_at:
            what = Text("早于上一行：请按时间排列。", "earlier than the row above; put the rows in the order of time")
            found.append(("at", what))
        self.last_at = max(self.last_at, event.at)
        if event.event not in EVENTS:
            known = Text(
                f"没有“{event.event}”这种事件，有：{'、'.join(EVENTS)}。",
                f"'{event.event}' is no event; known: {', '.join(EVENTS)}",
            )
            return [*found, ("event", known)]
        if not event.visit:
            return [*found, ("visit", Text("空着：请写是哪次来访。", "empty; name the visit"))]
        state = self.states.get(event.visit, "")
        if (state, event.event) not in TRANSITIONS:
            zh, en = STATES[state]
            what = Text(
                f"“{event.event}”，但来访{event.visit}{zh}：请改正事件或来访。",
                f"'{event.event}', but visit {event.visit} {en}; correct the event or the visit",
            )
            return [*found, ("event", what)]
        found += self._cells(event, state)
        self._take_in(event, TRANSITIONS[state, event.event])
        return found

    def _cells(self, event: Event, state: str) -> list[Wrong]:
        if event.event == "arrive":
            needed = Text("空着：请写办什么事项。", "empty; say what the visit came for")
            return [] if event.service else [("service", needed)]
        place = self.place.get(event.visit, "")
        if event.event == "call" and not event.counter:
            return [("counter", Text("空着：请写哪个窗口叫号。", "empty; say which counter calls"))]
        if event.event == "call" and self.busy.get(event.counter, event.visit) != event.visit:
            holds = self.busy[event.counter]
            what = Text(
                f"{event.counter}号窗口还有来访{holds}：请先写它办结或过号。",
                f"{event.counter} still holds visit {holds}; finish or pass that one first",
            )
            return [("counter", what)]
        if state in ("called", "served") and event.counter not in ("", place):
            what = Text(
                f"来访{event.visit}在{place}号窗口：请改正窗口，或空着。",
                f"visit {event.visit} is at counter {place}; correct the counter or leave it empty",
            )
            return [("counter", what)]
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
    writer.writerows([local(event.at, zone), *map(harmless, event[1:])] for event in events)
    return out.getvalue()


def local(at: float, zone: ZoneInfo) -> str:
    """ISO 8601 local time, to the second where the instant is a whole one."""
    moment = datetime.fromtimestamp(round(at, 3), zone).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
