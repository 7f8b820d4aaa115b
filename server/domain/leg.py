"""Legs: the passages of one number from a queue to a counter, and how each event changes them.

Refuses to know the store.

Pure. A visit is all legs of one ticket. A new leg begins with a transfer, when a suspended number is called or taken
back anew, and when another counter or member of staff takes it over: so a leg has one counter and one member of
staff, and its service is theirs. The hub writes the legs in the transaction of the event; `legs_of` makes the same
from the journal. Times are epoch seconds UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from server.domain import events as ev


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One leg; `None` is an instant that did not happen."""

    day: str
    ticket: int
    leg: int
    """1, 2, 3 … within the ticket."""
    service: str
    klass: str
    channel: str
    counter: str | None = None
    """Of the last call of the leg, or that took the number over."""
    staff: str | None = None
    entered: float | None
    """Entered the queue: issue, transfer, taken back after a suspension; None for a leg that began at a counter."""
    called: float | None = None
    """Tc1: first call of the leg."""
    last_called: float | None = None
    """Tcl: last call before service."""
    started: float | None = None
    """Ts: the start key, or the take-over; None where the key was not used."""
    ended: float | None = None
    """Te: end of the leg."""
    calls: int = 0
    recalls: int = 0
    away: float = 0.0
    """Suspended spans inside [started, ended], seconds."""
    state: str = "waiting"
    """As the ticket's; or transferred, or handed (called, taken back or taken over while suspended)."""
    outcome: str | None = None
    items: int = 0
    """Items done in it (一号多办); of a number for several items those alone that this counter settled."""
    reason: str = ""
    """Of the transfer that ended it."""
    suspends: str = ""
    """JSON [[kind, from, until or null], …]; empty for most."""
    party: str = ""
    """For whom the number is (vocabulary.PARTIES); empty where nobody asked."""


OVER = frozenset({"finished", "passed", "left", "expired", "transferred", "handed"})
"""States of a leg that is over; a passed one may live again."""


def follow(last: Leg | None, event: ev.Event, at: float) -> tuple[Leg, ...]:
    """The legs that an event changes or begins, given the ticket's last leg; () where it changes none.

    Not for Undone.
    """
    if isinstance(event, ev.Issued):
        assert event.ticket is not None
        return (
            Leg(
                day=event.day,
                ticket=event.ticket,
                leg=1,
                service=event.service,
                klass=event.klass,
                channel=event.channel,
                entered=at if event.taken is None else event.taken,
                party=event.party,
            ),
        )
    if isinstance(event, ev.Imported):
        return (_imported(event),)
    change = _CHANGES.get(type(event))
    return change(last, event, at) if change and last else ()


def legs_of(rows: Iterable[tuple[int, float, ev.Event]]) -> list[Leg]:
    """The legs of one ticket from its rows (seq, at, event) in order, without the steps that were taken back."""
    rows = list(rows)
    undone = {event.of for _, _, event in rows if isinstance(event, ev.Undone)}
    found: list[Leg] = []
    for seq, at, event in rows:
        if seq not in undone:
            for leg in follow(found[-1] if found else None, event, at):
                found[leg.leg - 1 :] = [leg]
    return found


def _imported(event: ev.Imported) -> Leg:
    assert event.ticket is not None
    return Leg(
        day=event.day,
        ticket=event.ticket,
        leg=1,
        service=event.service,
        klass=event.klass,
        channel="import",
        counter=event.counter,
        staff=event.staff,
        entered=event.arrived,
        called=event.called,
        last_called=event.last_called,
        started=event.started,
        ended=event.ended,
        calls=event.calls,
        recalls=max(0, event.calls - 1),
        state=event.state,
        outcome=event.outcome,
        items=1 if event.state == "finished" else 0,
    )


def _next(leg: Leg, **fields: Any) -> Leg:
    return Leg(
        day=leg.day,
        ticket=leg.ticket,
        leg=leg.leg + 1,
        service=leg.service,
        klass=leg.klass,
        channel=leg.channel,
        party=leg.party,
        **fields,
    )


def _handed(leg: Leg, at: float) -> Leg:
    """A suspended leg whose number goes on elsewhere: its service ended when it was suspended."""
    spans = json.loads(leg.suspends)
    begun = spans[-1][1]
    return replace(leg, state="handed", ended=begun, suspends=_spans(spans, at))


def _spans(spans: list[list[Any]], until: float) -> str:
    spans[-1][2] = until
    return json.dumps(spans, ensure_ascii=False)


def _called(leg: Leg, event: ev.Called, at: float) -> tuple[Leg, ...]:
    if leg.state == "suspended":
        begun = _next(
            leg,
            counter=event.counter,
            staff=event.staff,
            entered=None,
            called=at,
            last_called=at,
            calls=1,
            state="called",
        )
        return _handed(leg, at), begun
    first = at if leg.called is None else leg.called
    return (
        replace(
            leg,
            state="called",
            counter=event.counter,
            staff=event.staff,
            called=first,
            last_called=at,
            ended=None,
            calls=leg.calls + 1,
        ),
    )


def _resumed(leg: Leg, event: ev.Resumed, at: float) -> tuple[Leg, ...]:
    if leg.state != "suspended":
        return ()
    if (event.counter, event.staff or leg.staff) != (leg.counter, leg.staff):
        return _handed(leg, at), _next(
            leg, counter=event.counter, staff=event.staff or leg.staff, entered=None, started=at, state="serving"
        )
    spans = json.loads(leg.suspends)
    away = leg.away + max(0.0, at - spans[-1][1])
    return (replace(leg, state="serving", away=away, suspends=_spans(spans, at)),)


def _suspended(leg: Leg, event: ev.Suspended, at: float) -> tuple[Leg, ...]:
    spans = [*json.loads(leg.suspends or "[]"), [event.kind, at, None]]
    return (replace(leg, state="suspended", suspends=json.dumps(spans, ensure_ascii=False)),)


def _returned(leg: Leg, event: ev.Returned, at: float) -> tuple[Leg, ...]:
    if leg.state == "suspended":
        return _handed(leg, at), _next(leg, entered=at)
    return (replace(leg, state="waiting", ended=None),)


def _transferred(leg: Leg, event: ev.Transferred, at: float) -> tuple[Leg, ...]:
    """One who has not been called yet only waits for something else: no new leg."""
    if leg.state == "waiting":
        return (replace(leg, service=event.service),)
    return replace(leg, state="transferred", ended=at, reason=event.reason), replace(
        _next(leg, entered=at), service=event.service
    )


def _ended(state: str) -> Callable[[Leg, Any, float], tuple[Leg, ...]]:
    def end(leg: Leg, event: Any, at: float) -> tuple[Leg, ...]:
        spans = _spans(json.loads(leg.suspends), at) if leg.state == "suspended" else leg.suspends
        return (replace(leg, state=state, ended=at, suspends=spans),)

    return end


def _finished(leg: Leg, event: ev.Finished, at: float) -> tuple[Leg, ...]:
    """The event of a number for several items names those of every counter: each was counted when it was settled."""
    return (replace(leg, state="finished", ended=at, outcome=event.outcome, items=leg.items or len(event.items) or 1),)


def _served_offline(leg: Leg, event: ev.ServedOffline, at: float) -> tuple[Leg, ...]:
    served = replace(
        leg,
        state=event.state,
        counter=event.counter,
        staff=event.staff,
        called=event.called,
        last_called=event.called,
        ended=event.ended,
        calls=1 if event.called is not None else 0,
        outcome=event.outcome,
        items=1 if event.state == "finished" else 0,
    )
    return (served,)


_CHANGES: dict[type[ev.Event], Callable[[Leg, Any, float], tuple[Leg, ...]]] = {
    ev.Called: _called,
    ev.Recalled: lambda leg, e, at: (replace(leg, last_called=at, calls=leg.calls + 1, recalls=leg.recalls + 1),),
    ev.Started: lambda leg, e, at: (replace(leg, state="serving", started=at),),
    ev.ItemSettled: lambda leg, e, at: (replace(leg, items=leg.items + 1),),
    ev.Suspended: _suspended,
    ev.Resumed: _resumed,
    ev.Transferred: _transferred,
    ev.Returned: _returned,
    ev.Finished: _finished,
    ev.Passed: _ended("passed"),
    ev.Left: _ended("left"),
    ev.Expired: _ended("expired"),
    ev.ServedOffline: _served_offline,
}
"""What each event makes of the last leg; an event that is not here changes no leg."""
