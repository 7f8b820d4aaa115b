"""The guide desk (咨询台): its page, what it shows of the hall, the register of first contacts, and a number's life on
paper.
"""

from __future__ import annotations

import re
from typing import Any

import segno
from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, render_template
from pydantic import Field

from server.domain import timeline
from server.domain.reach import Reach
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal
from server.domain.vocabulary import CONTACT_RESULTS
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier
from server.pages.offline import DESK
from server.pages.openapi import answers
from server.pages.tickets import READERS, STAFF
from server.verbs import records, today
from server.verbs.hub import By, Unknown
from server.views.desk import desk_view, known
from server.views.remote import door_view
from server.views.tickets import iso, staff_view

api = APIBlueprint("desk_api", __name__, url_prefix="/api/v1", tag="Guide desk 咨询台")
pages = APIBlueprint("desk", __name__, enable_openapi=False)

PERSONAL = re.compile(r"\d{7,}")
"""A telephone or identity number."""


class Contact(Body):
    """A first contact. `matter` is an item of the catalogue or a few words, never a person's data."""

    matter: str = Field(max_length=60)
    result: str = Field(description=f"One of {', '.join(CONTACT_RESULTS)}", max_length=20)
    led_to: str = Field("", description="The counter or place where the person was led", max_length=60)
    number: Identifier = Field("", description="Today's number of the person, if there is one", max_length=10)


class Note(Body):
    note: str = Field("", max_length=100)
    record: Identifier = Field("", description="Number of the record that it became, as BB20261130-001", max_length=40)


# --- the overview -----------------------------------------------------------------------------------------------------


@api.get("/desk")
@allowed(roles=STAFF)
@answers("live_told.DeskView", feed=True)
@api.doc(summary="What the guide desk shows of the hall; text/event-stream for changes as they happen")
def show() -> Response:
    hub, health = the_hub(), current_app.extensions["health"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def make() -> dict[str, Any]:
        with app.app_context():
            return desk_view(hub, health)

    answer: Response = current_app.extensions["feeds"].answer("desk", make)
    return answer


# --- first contacts ---------------------------------------------------------------------------------------------------


def _impersonal(*texts: str) -> None:
    if any(PERSONAL.search(text) for text in texts):
        raise Refused(
            "请不要登记电话、身份证号等个人信息。", "No telephone or identity numbers here: leave personal data out."
        )
    for text in texts:
        impersonal(text)


@api.post("/contacts")
@allowed(roles=STAFF)
@api.input(Contact)
@answers("live_told.ContactNoted", status=201, key=True)
@api.doc(summary="首问登记 note a first contact", responses={201: "its id"})
def note(json_data: Contact) -> tuple[dict[str, int], int]:
    hub, wish, ticket = the_hub(), json_data, None
    _impersonal(wish.matter, wish.led_to)
    label = wish.number.upper()
    if label:
        match = re.fullmatch(r"([A-Z])([0-9]{1,6})", label)
        ticket = match and hub.read().by_number(hub.day(hub.now()), match[1], int(match[2]))
        if ticket is None:
            raise Unknown(
                f"今天没有{label}号：请核对号码，或留空。",
                f"There is no {label} today: check the number or leave it empty.",
            )
    contact = today.note_contact(
        hub, By(g.actor, idempotency_key()), wish.matter, wish.result, wish.led_to, ticket=ticket.id if ticket else None
    )
    return {"id": contact}, 201


@api.post("/contacts/<int(max=9007199254740991):contact>/close")
@allowed(roles=STAFF)
@api.input(Note)
@answers("live_told.ContactNoted")
@api.doc(summary="The matter of a first contact is done or handed over")
def close(contact: int, json_data: Note) -> dict[str, int]:
    _impersonal(json_data.note)
    today.close_contact(the_hub(), By(g.actor), contact, json_data.note, json_data.record)
    return {"id": contact}


# --- pages ------------------------------------------------------------------------------------------------------------


@pages.get("/desk")
@allowed(roles=STAFF)
def page() -> str:
    hall = the_hub().hall
    return render_template(
        "desk/desk.html",
        hall=hall.hall,
        known=known(hall, g.staff),
        remote=hall.remote.allowed,
        paper=g.staff.role in DESK,
    )


@pages.get("/desk/door")
@allowed(roles=STAFF)
def door() -> str:
    """What is put up at the door for remote numbers; other codes each day."""
    hub = the_hub()
    view = door_view(hub)
    drawn = {
        name: segno.make_qr(view[f"{name}_url"], error="m").svg_data_uri(scale=6, border=2)
        if view[f"{name}_url"]
        else ""
        for name in ("take", "here")
    }
    return render_template(
        "desk/door.html", hall=hub.hall.hall, view=view, take_qr=drawn["take"], here_qr=drawn["here"]
    )


@pages.get("/desk/ticket/<int(max=9007199254740991):ticket_id>")
@allowed(roles=READERS)
def paper(ticket_id: int) -> str:
    """One number's life, to be printed for whoever complains."""
    hub, reader = the_hub(), the_hub().read()
    ticket = reader.ticket(ticket_id)
    if ticket is None:
        abort(404, description="没有这张号票。There is no such ticket.")
    life = records.told_of(hub, Reach(g.actor, g.staff.role, g.staff.department), reader.life_line(ticket_id))
    told = [{**line, "at": iso(hub.hall, line["at"])} for line in timeline.lines(hub.hall, life, reader.names())]
    return render_template(
        "desk/ticket.html",
        hall=hub.hall.hall,
        ticket=staff_view(hub, ticket, g.staff),
        lines=told,
        printed=iso(hub.hall, hub.now()),
        by=timeline.who_did(hub.hall, reader.names(), g.actor),
    )
