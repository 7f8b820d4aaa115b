"""The messages of today as each place reads them: what was written to it, to all, and by it."""

from __future__ import annotations

from typing import Any

from config import Hall
from server.domain import messages
from server.verbs.hub import Hub
from server.views.moment import moment
from server.views.tickets import iso

SHOWN = 6


def messages_view(hub: Hub, seat: str) -> dict[str, Any]:
    """The newest first, and whom this place can write to."""
    hall = hub.hall
    found = [one for one in hub.read().messages() if seat in (one.sender, one.to) or one.to == messages.ALL]
    names = moment(hub).names
    return {
        "seat": seat,
        "list": [
            {
                "id": one.id,
                "at": iso(hall, one.at),
                "mine": one.sender == seat,
                **messages.place_name(hall, one.sender).json("sender"),
                **messages.place_name(hall, one.to).json("to"),
                "staff": names.get(one.staff, one.staff),
                "reply": one.sender,
                "text": one.text,
            }
            for one in found[:SHOWN]
        ],
        "places": hub.kept(("places but", seat), lambda: _places(hub.hall, seat)),
    }


def _places(hall: Hall, seat: str) -> list[dict[str, str]]:
    return [
        {"id": place, **messages.place_name(hall, place).json()} for place in messages.places(hall) if place != seat
    ]
