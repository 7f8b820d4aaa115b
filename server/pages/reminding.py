"""提醒 by whoever has a number in hand: the address that somebody leaves with it at a kiosk, the desk or a counter.

What is typed is answered masked, and stands in no answer, log or address of a page.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import g
from pydantic import Field

from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.openapi import answers
from server.verbs import telephones
from server.verbs.hub import By, known_ticket
from server.views.visitor import reminders_view

api = APIBlueprint("reminding", __name__, url_prefix="/api/v1/tickets", tag="Tickets 号票")

STAFF = ("operator", "guide", "manager")
LONGEST_ADDRESS = 200
TICKET = "/<int(max=9007199254740991):ticket_id>/telephone"


class Address(Body):
    """Where somebody wants to be told; what is empty or left out stays as it was."""

    telephone: str = Field(
        "", description="Mobile number, or an e-mail address where the hall mails", max_length=LONGEST_ADDRESS
    )
    relative: str = Field("", description="The same of a relative who comes along", max_length=LONGEST_ADDRESS)
    by_sight: bool | None = Field(None, description="听障: called by sight, shown longer and blinking")
    rate: bool = Field(False, description="Its holder agrees to be asked for a rating by text once it is done")

    @property
    def said(self) -> tuple[str, str, bool | None, bool]:
        return self.telephone, self.relative, self.by_sight, self.rate


@api.get(TICKET)
@allowed(devices=("kiosk",), roles=STAFF)
@answers("visitor_told.Reminders")
@api.doc(summary="提醒: what was left with a number, masked, and what became of each message")
def show(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    return reminders_view(hub, known_ticket(hub.read(), ticket_id))


@api.post(TICKET)
@allowed(devices=("kiosk",), roles=STAFF)
@api.input(Address)
@answers("visitor_told.Reminders", key=True)
@api.doc(
    summary="提醒: leave a telephone with a number, a relative's too, or have it called by sight",
    responses={409: "Nothing of this hall reaches it, or the number is over"},
)
def leave(ticket_id: int, json_data: Address) -> dict[str, Any]:
    hub = the_hub()
    ticket = telephones.give(hub, By(g.actor, idempotency_key()), ticket_id, *json_data.said)
    return reminders_view(hub, ticket)


@api.post(f"{TICKET}/erase")
@allowed(devices=("kiosk",), roles=STAFF)
@answers("visitor_told.Reminders", key=True)
@api.doc(summary="Erase at once what was left for notifications", responses={409: "There is none"})
def erase(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    return reminders_view(hub, telephones.take_away(hub, By(g.actor, idempotency_key()), ticket_id))
