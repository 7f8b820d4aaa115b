"""What a ticket says to whoever holds it, and the ways to get one: the kiosk's and the guide desk's shared API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g
from pydantic import BaseModel, Field

from config import Hall
from server.hub import Hub, Unknown
from server.pages.access import allowed, idempotency_key, the_hub
from server.place import place_of
from server.ticket import Job, Ticket

api = APIBlueprint("tickets", __name__, url_prefix="/api/v1/tickets", tag="Tickets 号票")

PRINT_STATES = {
    "none": ("", ""),
    "queued": ("正在打印", "Printing"),
    "sending": ("正在打印", "Printing"),
    "printed": ("请取走号票", "Please take your ticket"),
    "sent": ("请取走号票", "Please take your ticket"),
    "failed": ("号票没有打印出来：请记住号码，到咨询台补打", "Your ticket was not printed: remember the number and ask at the guide desk"),
    "unknown": ("号票可能没有打印完整：请记住号码，到咨询台补打", "Your ticket may be incomplete: remember the number and ask at the guide desk"),
}


class NewTicket(BaseModel):
    """A wish for a number."""

    service: str = Field(description="Service code of the catalogue", max_length=40)
    klass: str = Field("ordinary", alias="class", description="Class of visitors; staff only", max_length=40)
    language: str = Field("zh", description="zh or en: language of the slip's second line", pattern="^(zh|en)$")
    large_print: bool = Field(False, description="大字版")


def iso(hall: Hall, at: float | None) -> str | None:
    """An instant as local ISO 8601 with its offset."""
    return None if at is None else datetime.fromtimestamp(at, hall.zone).isoformat(timespec="seconds")


def paper_of(job: Job | None) -> dict[str, str]:
    state = job.state if job else "none"
    zh, en = PRINT_STATES[state]
    return {"state": state, "zh": zh, "en": en, "reason": job.reason if job else ""}


def service_names(hall: Hall, code: str) -> dict[str, str]:
    known = hall.services.get(code)
    return {"code": code, "name": known.name if known else code, "name_en": known.name_en if known else code}


def ticket_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A ticket as its holder sees it."""
    hall, reader = hub.hall, hub.read()
    place = place_of(hall, reader, ticket, hub.now())
    return {
        "id": ticket.id,
        "number": ticket.label,
        "service": service_names(hall, ticket.service),
        "group": {"name": place.group, "name_en": place.group_en},
        "class": ticket.klass,
        "state": ticket.state,
        "issued_at": iso(hall, ticket.issued_at),
        "ahead": place.ahead,
        "estimate_min": place.wait,
        "counters": place.counters,
        "counters_en": place.counters_en,
        "counter": ticket.counter,
        "print": paper_of(reader.last_job(ticket.id)),
    }


def printers_for(hall: Hall, actor: str) -> list[str]:
    """Where slips asked for by a kiosk or a member of staff go, the first that is ready."""
    if actor in hall.kiosks:
        return hall.kiosks[actor].printers
    return list(reversed(hall.printers))


@api.post("")
@allowed(devices=True, roles=("operator", "guide", "manager"))
@api.input(NewTicket)
@api.doc(summary="Take a number 取号", responses={201: "the ticket", 409: "kiosks do not issue now"})
def take(json_data: NewTicket) -> tuple[dict[str, Any], int]:
    hub = the_hub()
    kiosk = g.actor in hub.hall.kiosks
    ticket = hub.issue(
        json_data.service, klass="ordinary" if kiosk else json_data.klass, channel="kiosk" if kiosk else "desk",
        actor=g.actor, key=idempotency_key(), language=json_data.language, large_print=json_data.large_print,
        printers=printers_for(hub.hall, g.actor),
    )  # fmt: skip
    return ticket_view(hub, ticket), 201


def _known(ticket_id: int) -> Ticket:
    ticket = the_hub().read().ticket(ticket_id)
    if ticket is None:
        raise Unknown(f"没有编号为{ticket_id}的号票。", f"There is no ticket with id {ticket_id}.")
    return ticket


@api.get("/<int(max=9007199254740991):ticket_id>")
@allowed(devices=True, roles=("operator", "guide", "manager", "supervisor"))
@api.doc(summary="A ticket now: its place in the queue and what became of its paper")
def show(ticket_id: int) -> dict[str, Any]:
    return ticket_view(the_hub(), _known(ticket_id))


@api.get("/<int(max=9007199254740991):ticket_id>/life")
@allowed(roles=("operator", "guide", "manager", "supervisor"))
@api.doc(summary="Everything that happened to a ticket")
def life(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    rows = [
        {"seq": r.seq, "at": iso(hub.hall, r.at), "event": r.event, "actor": r.actor, "counter": r.counter}
        for r in hub.read().life_line(_known(ticket_id).id)
    ]
    return {"ticket": ticket_view(hub, _known(ticket_id)), "life": rows}


@api.post("/<int(max=9007199254740991):ticket_id>/<any('leave', 'take-back', 'reprint'):verb>")
@allowed(roles=("operator", "guide", "manager"))
@api.doc(summary="弃号 leave, 过号受理 take-back, 补打 reprint")
def act(ticket_id: int, verb: str) -> dict[str, Any]:
    hub, key = the_hub(), idempotency_key()
    if verb == "leave":
        ticket = hub.leave(ticket_id, actor=g.actor, key=key)
    elif verb == "take-back":
        ticket = hub.take_back(ticket_id, actor=g.actor, key=key)
    else:
        ticket = hub.reprint(ticket_id, printers_for(hub.hall, g.actor), actor=g.actor, key=key)
    return ticket_view(hub, ticket)
