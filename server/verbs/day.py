"""What is due by the clock: the turn of the service day, kiosks that open and close, moves of registers."""

from __future__ import annotations

from server.domain import events as ev
from server.domain import rules
from server.store.transaction import Turn
from server.verbs import records, slots, telephones
from server.verbs.hub import Hub

REMEMBER_REQUESTS_S = 3 * 86400.0


def tick(hub: Hub) -> None:
    """What is due by the clock: the turn of the service day, kiosks opening and closing, old keys forgotten.

    Nothing is, while the clock is in doubt.
    """
    if not hub.certain:
        return
    now = hub.now()
    today = hub.day(now)
    issuing = hub.door(hub.read()).issuing
    turned, changed = hub.read().last_event("DayTurned"), hub.read().last_event("IssuingChanged")
    if turned is None or turned.field("day") != today:
        hub.turn(lambda turn: _turn_the_day(hub, turn, today))
        if telephones.erase_ended(hub):
            hub.store.sweep()
        records.erase_due(hub)
    if hub.timed_on != today:
        records.timed(hub)
        slots.withdraw_gone(hub)  # the file may have changed while the hub was away
        hub.timed_on = today
    if changed is None or changed.field("issuing") != issuing:
        hub.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=issuing), "hub"))
    if hub.hall.slots:
        slots.tick(hub)


def _turn_the_day(hub: Hub, turn: Turn, today: str) -> None:
    tickets = turn.unfinished_before(today)
    for ticket in tickets:
        event = rules.day_end(ticket)
        if event:
            turn.record(event, "hub")
    turn.record(ev.DayTurned(day=today, waiting=len(tickets)), "hub")
    turn.forget_requests(turn.now - REMEMBER_REQUESTS_S)
    turn.forget_holders(today)
    slots.forget(hub, turn)
    turn.forget_notification_counts(today)
    turn.forget_messages()
