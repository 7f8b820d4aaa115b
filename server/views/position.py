"""Where a number stands now: what `server/domain/position.py` says of it, with what the store knows."""

from __future__ import annotations

from config import Hall
from server.domain import position
from server.domain.position import Place
from server.domain.ticket import Ticket
from server.store.reader import Reader


def place_of(hall: Hall, reader: Reader, ticket: Ticket, now: float) -> Place:
    """The place of a ticket now; nobody is before one that does not wait."""
    waits = ticket.state == "waiting" and ticket.service in hall.services
    states = reader.counters()
    serving = position.serving(hall, states, ticket.service)
    ahead, wait = 0, None
    if waits:
        ahead = reader.waiting_count(*position.line_of(hall, ticket.service), before=ticket)
        handling = reader.recent_handling(now - position.RECENT_S)
        wait = position.wait(hall, states, ticket.service, ahead, handling, reader.waiting_by_service(), serving)
    return Place(ahead, wait, position.in_words(hall, serving), position.group_of(hall, ticket.service))
