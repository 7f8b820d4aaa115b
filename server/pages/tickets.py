"""What a ticket says to whoever holds it, and the ways to get one: the kiosk's and the guide desk's shared API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import g
from pydantic import BaseModel, Field

from config import Hall
from server import estimate, wording
from server.hub import Hub, Unknown
from server.pages.access import allowed, idempotency_key, the_hub
from server.store.turn import Reader
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


def group_of(hall: Hall, service: str) -> tuple[str, str]:
    """The tile a service is under: its category, the only thing a slip says of the matter."""
    group = next((g for g in hall.groups.values() if service in g.services), None)
    return (group.name, group.name_en) if group else ("综合咨询", "Enquiries")


def counters_serving(hall: Hall, service: str) -> list[str]:
    """Ids of the counters a holder of this service's number may be called to; counters set aside for it come alone."""
    named = [c for c in hall.counters if service in (hall.services_of(c) or ())]
    pooled = [c for c in hall.counters if hall.services_of(c) is None and hall.counters[c].kind == "general"]
    return named if service in hall.reserved else pooled + [c for c in named if c not in pooled]


def queue_of(hall: Hall, service: str) -> tuple[list[str] | None, frozenset[str]]:
    """The services that stand in one line with this one: (only these, or None for all but the excluded ones)."""
    return ([service], frozenset()) if service in hall.reserved else (None, hall.reserved)


def expected(hub: Hub, reader: Reader, service: str, ahead: int) -> list[int] | None:
    """Expected wait as [low, high] minutes."""
    hall = hub.hall
    states = reader.counters()
    serving = sum(1 for c in counters_serving(hall, service) if c in states and states[c].state == "open")
    recent = reader.recent_handling(hub.now() - 3 * 3600)
    wait = estimate.wait_minutes(ahead, serving, recent, _standard_ahead(hall, reader, service))
    return list(wait) if wait else None


def _standard_ahead(hall: Hall, reader: Reader, service: str) -> float:
    """Standard minutes of those who wait in the same line, on average; what I came for is not what I wait for."""
    reserved = service in hall.reserved
    line = {code: n for code, n in reader.waiting_by_service().items() if (code in hall.reserved) == reserved and code in hall.services}
    people = sum(line.values())
    return sum(hall.services[code].standard_min * n for code, n in line.items()) / people if people else hall.services[service].standard_min


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
    services, excluded = queue_of(hall, ticket.service)
    ahead = reader.waiting_count(services, excluded, before=ticket) if ticket.state == "waiting" else 0
    name, name_en = group_of(hall, ticket.service)
    counters = counters_serving(hall, ticket.service) if ticket.service in hall.services else []
    numbered = [c for c in counters if c.isdigit()] or counters
    names = [hall.counters[c].name for c in numbered]
    names_en = [hall.counters[c].name_en for c in numbered]
    return {
        "id": ticket.id,
        "number": ticket.label,
        "service": service_names(hall, ticket.service),
        "group": {"name": name, "name_en": name_en},
        "class": ticket.klass,
        "state": ticket.state,
        "issued_at": iso(hall, ticket.issued_at),
        "ahead": ahead,
        "estimate_min": expected(hub, reader, ticket.service, ahead) if ticket.state == "waiting" else None,
        "counters": wording.counters_text(numbered, names),
        "counters_en": ("Counters " if len(numbered) > 1 else "Counter ") + wording.counters_text(numbered, names_en, "").replace("、", ", ")
        if numbered and numbered[0].isdigit() else ", ".join(names_en),
        "counter": ticket.counter,
        "print": paper_of(reader.last_job(ticket.id)),
    }  # fmt: skip


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
