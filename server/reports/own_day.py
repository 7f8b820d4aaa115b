"""A day of the hall's own as a recording (docs/replay.md), from the lives of its numbers. Pure.

Of people it holds when they came, for what and in which class: no number, no member of staff, nobody's name. What the
form can't say is said by more visits: whoever is sent on, or comes back to a counter, arrives there anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from server.domain import events as ev
from server.domain.ticket import Ticket, evolve
from server.domain.vocabulary import OUTCOMES, text
from server.reports.recorded_day import TRANSITIONS, Event

Row = tuple[int, int, float, ev.Event]
"""Ticket, place in the journal, when, what."""
AGAIN = ("arrive", "call")
STEPS: Mapping[tuple[str, str], Sequence[str]] = {
    ("", "waiting"): ("arrive",),
    ("waiting", "called"): ("call",),
    ("waiting", "left"): ("leave",),
    ("called", "called"): ("call",),
    ("called", "serving"): ("start",),
    ("called", "finished"): ("finish",),
    ("called", "passed"): ("pass",),
    ("called", "left"): ("pass",),
    ("called", "waiting"): ("finish", "arrive"),
    ("serving", "finished"): ("finish",),
    ("serving", "waiting"): ("finish", "arrive"),
    ("serving", "suspended"): ("finish",),
    ("suspended", "serving"): (*AGAIN, "start"),
    ("suspended", "called"): AGAIN,
    ("suspended", "waiting"): ("arrive",),
    ("passed", "called"): AGAIN,
    ("passed", "waiting"): ("arrive",),
}
"""(state before, state after) -> what the recording says of it; nothing for the rest: nobody comes or goes by it."""


class _Step(NamedTuple):
    at: float
    event: str
    of: Ticket
    seq: int
    """Of the journal: what happened in one second is told in its order."""


def events_of(lives: Iterable[Row]) -> list[Event]:
    """The recording of numbers, each with all that happened to it, in order; whole seconds."""
    steps = [step for _, rows in groupby(lives, key=lambda row: row[0]) for step in _life(list(rows))]
    return _tidied(_named(sorted(steps, key=lambda one: (int(one.at), one.seq))))


def _life(rows: Sequence[Row]) -> Iterator[_Step]:
    undone = {event.of for _, _, _, event in rows if isinstance(event, ev.Undone)}
    before: Ticket | None = None
    for _, seq, at, event in rows:
        if seq in undone or isinstance(event, ev.Undone):
            continue
        after = evolve(before, event, at)
        if isinstance(event, ev.Imported | ev.ServedOffline) and after:
            yield from _afterwards(after, seq, arrived=before is None)
        elif after:
            came = after.issued_at if before is None else at
            for verb in _steps(before, after, event):
                yield _Step(came, verb, after, seq)
        before = after


def _steps(before: Ticket | None, after: Ticket, event: ev.Event) -> Sequence[str]:
    if before is not None and before.state == after.state == "called" and not isinstance(event, ev.Recalled):
        return ()
    if before is not None and before.state == after.state == "waiting" and before.service != after.service:
        return ("leave", "arrive")
    return STEPS.get((before.state if before else "", after.state), ())


def _afterwards(ticket: Ticket, seq: int, *, arrived: bool) -> Iterator[_Step]:
    """What was entered afterwards, or comes from another system: all its instants stand in one row."""
    if arrived:
        yield _Step(ticket.issued_at, "arrive", ticket, seq)
    if ticket.called_at is None or not ticket.counter:
        if ticket.ended_at is not None and ticket.state == "left":
            yield _Step(ticket.ended_at, "leave", ticket, seq)
        return
    yield _Step(ticket.called_at, "call", ticket, seq)
    if ticket.started_at is not None:
        yield _Step(ticket.started_at, "start", ticket, seq)
    if ticket.ended_at is not None:
        yield _Step(ticket.ended_at, "finish" if ticket.state == "finished" else "pass", ticket, seq)


def _named(steps: Iterable[_Step]) -> Iterator[Event]:
    """Each with the number of its visit, 1, 2, 3 … as they arrive."""
    visits: dict[int, str] = {}
    count = 0
    for at, verb, ticket, _ in steps:
        if verb == "arrive":
            count += 1
            visits[ticket.id] = str(count)
        came = verb == "arrive"
        yield Event(
            float(int(at)),
            verb,
            visits.get(ticket.id, ""),
            ticket.service if came else "",
            ticket.klass if came else "",
            "" if came or verb == "leave" else ticket.counter or "",
            "",
            text(OUTCOMES, ticket.outcome).zh if verb == "finish" and ticket.outcome else "",
        )


def _tidied(events: Iterable[Event]) -> list[Event]:
    """Without what the form forbids: a counter that calls while it still has somebody has finished with that one."""
    states: dict[str, str] = {}
    at_counter: dict[str, str] = {}
    found: list[Event] = []
    for event in events:
        after = TRANSITIONS.get((states.get(event.visit, ""), event.event))
        if after is None:
            continue
        held = at_counter.get(event.counter)
        if event.event == "call" and held not in (None, event.visit):
            found.append(Event(event.at, "finish", str(held), counter=event.counter))
            states[str(held)] = "gone"
        if event.event == "call":
            at_counter[event.counter] = event.visit
        if after == "gone":
            at_counter = {counter: visit for counter, visit in at_counter.items() if visit != event.visit}
        states[event.visit] = after
        found.append(event)
    return found
