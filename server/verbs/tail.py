"""The journal's head as devices keep it, held against the journal: so that an end that is lost with the hub's disk, or
an older copy that was brought back, is said and not gone on from in silence.

Kiosks and the boards' program keep the head that the hub's answers tell (`hub_client.py`) and send it with each
request. A device's word stops nothing, since any token could say it; it is recorded, is an alert for the rest of the
day, and no number that may be on somebody's paper is given out again.
"""

from __future__ import annotations

import logging

from server.domain import events as ev
from server.domain import worktime
from server.store.head_file import Head
from server.store.transaction import Turn
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

MOST = 20
"""So many are recorded in a day: a device that babbles fills nothing."""


def day_began(hub: Hub) -> float:
    """When the service day began, epoch seconds."""
    return worktime.day_span(hub.hall, worktime.service_day(hub.hall, hub.now()))[0]


def is_told(hub: Hub, device: str, seq: int) -> bool:
    """Whether there is nothing to look at: it was, in this run, and the device knows of no later row than we."""
    return seq <= hub.store.seq and device in hub.heads_seen


def compared(hub: Hub, device: str, told: Head) -> bool:
    """Hold a device's head against the journal; whether the row is here. What is missing is recorded."""

    def work(turn: Turn) -> bool:
        found = turn.hash_at(told.seq)
        if found == told.hash or not told.seq:
            return True
        since = day_began(hub)
        before = turn.events_between("EndMissed", since, turn.now + 1)
        if len(before) >= MOST or any((one.field("seq"), one.field("hash")) == (told.seq, told.hash) for one in before):
            return False
        known = turn.next_id("tickets") - 1
        newest = turn.ticket(known) if known else None
        missed = ev.EndMissed(
            device=device,
            seq=told.seq,
            written=told.at,
            hash=told.hash,
            rows=max(0, told.seq - turn.seq),
            numbers=max(0, told.numbers - known),
            since=newest.label if newest else "",
        )
        turn.record(missed, device)
        if not before:
            turn.pass_over()
        log.critical(
            "%s knows row %s of the journal, and it is not here: %s are missing", device, told.seq, missed.rows
        )
        return False

    found = hub.turn(work)
    hub.heads_seen.add(device)
    return found
