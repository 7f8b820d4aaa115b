"""What a rater tablet at a counter shows: who works there, and the question while a visitor is asked. JSON-able.

The clerk is shown as people in the hall are told (亮身份): by name, staff number and the photograph that the hall has,
nothing else of the account.
"""

from __future__ import annotations

from typing import Any

from server.domain.rating import LATE_DAYS, LEVELS, may_be_rated
from server.domain.rating_options import of_level
from server.domain.ticket import Ticket
from server.verbs import ratings
from server.verbs.hub import Hub
from server.views import pictures
from server.views.build import BUILD
from server.views.kiosk import hall_words
from server.views.moment import moment
from server.views.tickets import iso


def rate_view(hub: Hub, counter_id: str) -> dict[str, Any]:
    """The counter's clerk, whether it is open, and what is asked now: `ask` names the round, "" for none; `until` when
    the question goes.
    """
    reader, at = hub.read(), moment(hub)
    counter, asked = at.counters[counter_id], ratings.question(hub, reader, counter_id)
    staff = counter.staff if counter.state != "closed" else None
    return {
        "now": iso(hub.hall, hub.now()),
        "hall": hall_words(hub),
        "counter": counter_id,
        **hub.hall.counter_name(counter_id).json("counter_name"),
        "state": counter.state,
        "staff": _clerk(hub, staff, at.names.get(staff, "")) if staff else None,
        "ask": asked.prompt if asked else "",
        "until": iso(hub.hall, asked.until) if asked else None,
        "pictures": pictures.names(hub.hall, hub.hall.screen),
        "build": BUILD,
    }


def _clerk(hub: Hub, staff: str, name: str) -> dict[str, Any]:
    return {"id": staff, "name": name, "photo": pictures.of_staff(hub.hall, staff) is not None}


def rating_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """What whoever holds a number may rate by its code: `ask` is first (not rated yet), second (追评) or "" (no more);
    `rated` what was said. No name of anybody.
    """
    rated = hub.read().rating(ticket.id, ticket.legs)
    given = None if rated is None or rated.is_default else rated
    may = may_be_rated(ticket, ratings.today(hub), rated)
    return {
        "number": ticket.label,
        "day": ticket.day,
        "code": ratings.code_of(hub, ticket),
        "ask": "" if not may else "second" if given else "first",
        "rated": LEVELS[given.level].json() if given else None,
        "second": LEVELS[given.second].json() if given and given.second else None,
        "days": LATE_DAYS,
        "scores": levels(),
    }


def rating_of(hub: Hub, ticket: Ticket) -> dict[str, Any] | None:
    """What a kiosk shows whoever holds a number that may be rated now; None where it may not (any more)."""
    view = rating_view(hub, ticket)
    return {name: view[name] for name in ("number", "rated", "scores")} if view["ask"] else None


def levels() -> list[dict[str, Any]]:
    """The five, from the best, each with what may be added to it."""
    return [
        {
            "level": level,
            **words.json(),
            "options": [{"code": code, **text.json()} for code, text in of_level(level).items()],
        }
        for level, words in LEVELS.items()
    ]
