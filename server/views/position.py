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
    ahead = reader.waiting_count(*position.line_of(hall, ticket.service), before=ticket) if waits else 0
    wait = expected(hall, reader, ticket.service, ahead, now) if waits else None
    words = position.in_words(hall, counters_serving(hall, reader, ticket.service))
    return Place(ahead, wait, words, position.group_of(hall, ticket.service))


def counters_serving(hall: Hall, reader: Reader, service: str) -> list[str]:
    """Ids of the counters a holder of this service's number may be called to."""
    return position.serving(hall, reader.counters(), service)


def expected(hall: Hall, reader: Reader, service: str, ahead: int, now: float) -> tuple[int, int] | None:
    """Expected wait of somebody with `ahead` people before them, a range in minutes."""
    handling = reader.recent_handling(now - position.RECENT_S)
    return position.wait(hall, reader.counters(), service, ahead, handling, reader.waiting_by_service())
