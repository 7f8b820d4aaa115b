"""What a rater tablet at a counter shows: who works there, and the question while a visitor is asked. JSON-able.

The clerk is shown as people in the hall are told: by name and staff number (亮身份), nothing else of the account.
"""

from __future__ import annotations

from typing import Any

from server.domain.rating import LEVELS
from server.domain.rating_options import of_level
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
        "staff": {"id": staff, "name": at.names.get(staff, "")} if staff else None,
        "ask": asked.prompt if asked else "",
        "until": iso(hub.hall, asked.until) if asked else None,
        "pictures": pictures.names(hub.hall, hub.hall.screen),
        "build": BUILD,
    }


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
