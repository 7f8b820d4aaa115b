"""Short messages between manager, desk and counters; each page reads its own in its feed."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

from server.domain import messages as places
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.openapi import answers
from server.verbs import messages
from server.verbs.hub import By
from server.views.messages import messages_view

api = APIBlueprint("messages_api", __name__, url_prefix="/api/v1", tag="Messages 留言")

STAFF = ("operator", "guide", "manager")


class Say(Body):
    to: Identifier = Field(description="manager, desk, all, or counter:ID", max_length=50)
    text: str = Field(description="What is said; nothing personal", max_length=500)
    at_desk: bool = Field(False, description="From the guide desk's page, wherever the person is logged in")


@api.post("/messages")
@allowed(roles=STAFF)
@api.input(Say)
@answers("messages_told.Messages", key=True)
@api.doc(summary="留言 a few words to the manager, the desk, a counter or all; forgotten at the end of the day")
def write(json_data: Say) -> dict[str, Any]:
    hub, staff = the_hub(), g.staff
    seat = places.DESK if json_data.at_desk else places.seat_of(staff.role, staff.counter)
    messages.say(hub, By(g.actor, idempotency_key()), seat, json_data.to, json_data.text)
    return messages_view(hub, seat)
