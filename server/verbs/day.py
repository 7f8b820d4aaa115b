"""What is due by the clock: the turn of the service day, kiosks that open and close, moves of registers."""

from __future__ import annotations

from datetime import date, timedelta

from server.domain import events as ev
from server.domain import rating, rules, voices
from server.store.transaction import Turn
from server.verbs import eves, pain_points, records, slots, telephones
from server.verbs.hub import Hub, apart

REMEMBER_REQUESTS_S = 3 * 86400.0


def tick(hub: Hub) -> None:
    """What is due by the clock: the turn of the service day, kiosks opening and closing, old keys forgotten.

    Nothing is, while the clock is in doubt. Each step stands apart: one that is refused keeps none of the others.
    """
    if not hub.certain:
        return
    now = hub.now()
    today = hub.day(now)
    issuing = hub.door(hub.read()).issuing
    turned, changed = hub.read().last_event("DayTurned"), hub.read().last_event("IssuingChanged")
    if turned is None or turned.field("day") != today:
        with apart("the turn of the day"):
            hub.turn(lambda turn: _turn_the_day(hub, turn, today))
        with apart("the erasing of telephones"):
            if telephones.erase_ended(hub) + eves.erase_ended(hub):
                hub.store.sweep()
        with apart("the erasing of records"):
            records.erase_due(hub)
    if hub.timed_on != today:
        with apart("the moves of clocks"):
            records.timed(hub)
        with apart("the list of pain points"):
            pain_points.find(hub)
        with apart("the withdrawal of bookings"):
            slots.withdraw_gone(hub)  # the file may have changed while the hub was away
        hub.timed_on = today  # what was refused is tried again tomorrow, and at the next start
    if changed is None or changed.field("issuing") != issuing:
        with apart("the change of the door"):
            hub.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=issuing), "hub"))
    if hub.hall.slots:
        with apart("the slots"):
            slots.tick(hub)


def _turn_the_day(hub: Hub, turn: Turn, today: str) -> None:
    tickets = turn.unfinished_before(today)
    for ticket in tickets:
        event = rules.day_end(ticket)
        if event:
            turn.record(event, "hub")
    turn.record(ev.DayTurned(day=today, waiting=len(tickets)), "hub")
    turn.forget_requests(turn.now - REMEMBER_REQUESTS_S, turn.now - (rating.LATE_DAYS + 1) * 86400.0)
    turn.forget_holders(today)
    slots.forget(hub, turn)
    turn.forget_notification_counts(today)
    turn.forget_senders(turn.now - voices.KEPT_S)
    turn.forget_unfound((date.fromisoformat(today) - timedelta(days=voices.UNFOUND_DAYS)).isoformat())
    turn.forget_messages()
