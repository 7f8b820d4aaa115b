"""The guide desk (导服): its page, what it shows of the hall, the register of first contacts, and a number's life on paper."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, render_template
from pydantic import BaseModel, Field

from config import Hall
from server import life, rules, today, worktime
from server.health import GOOD, Health
from server.hub import Hub, Unknown
from server.pages import papers
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.kiosk import hall_words, notice
from server.pages.screen import counter_tile
from server.pages.tickets import READERS, STAFF, iso, may_raise, paper_words, service_names, staff_view
from server.place import expected, line_of
from server.rules import Refused
from server.slip_facts import impersonal
from server.store.turn import Reader
from server.ticket import Counter, Ticket

api = APIBlueprint("desk_api", __name__, url_prefix="/api/v1", tag="Guide desk 导服")
pages = APIBlueprint("desk", __name__, enable_openapi=False)

SILENT_S = 60.0
"""A kiosk that has not asked for so long is away."""
PERSONAL = re.compile(r"\d{7,}")
"""A telephone or identity number."""


class Contact(BaseModel):
    """A first contact. `matter` is an item of the catalogue or a few words, never a person's data."""

    matter: str = Field(max_length=60)
    result: str = Field(description=f"One of {', '.join(rules.CONTACT_RESULTS)}", max_length=20)
    led_to: str = Field("", description="The counter or place where the person was led", max_length=60)
    number: str = Field("", description="Today's number of the person, if there is one", max_length=10)


class Note(BaseModel):
    note: str = Field("", max_length=100)


# --- the overview -----------------------------------------------------------------------------------------------------


def desk_view(hub: Hub, health: Health) -> dict[str, Any]:
    """Everything on the desk's overview."""
    hall, reader = hub.hall, hub.read()
    counters, waiting, day = reader.counters(), reader.waiting_by_service(), hub.day(hub.now())
    tiles = []
    for counter_id in hall.counters:
        counter = counters.get(counter_id, Counter(counter_id))
        tiles.append(counter_tile(hub, counter, reader.at_counter(counter_id)) | {"help": counter.help_at is not None, "reason": counter.reason})
    lapse = hall.tickets.lapse_min * 60
    return {
        "now": iso(hall, hub.now()), "hall": hall_words(hub), "notice": notice(hub), "counters": tiles, "waiting": sum(waiting.values()),
        "groups": [
            {"name": group.name, "name_en": group.name_en, "waiting": sum(waiting.get(s, 0) for s in group.services),
             "estimate_min": expected(hall, reader, group.services[0], reader.waiting_count(*line_of(hall, group.services[0])), hub.now())}
            for group in hall.groups.values()
        ],
        "passed": [
            {**_short(hall, t), "counter": t.counter, "at": iso(hall, t.ended_at), "lapses_at": iso(hall, (t.ended_at or 0) + lapse),
             "may": t.passes < hall.tickets.max_passes}
            for t in reader.passed(day, hub.now() - lapse)
        ],
        "papers": [{**_short(hall, t), "paper": paper_words(hall, job)} for t, job in reader.spoilt_slips()],
        "slips": papers.at_desk(hub, reader), "missed": papers.missed(hub, reader),
        "devices": _trouble(hub, health),
        "contacts": _contacts(hub, reader, day),
        "closed": {code: {"zh": row["message"], "en": row["message_en"]} for code, row in reader.closures(day).items()},
    }  # fmt: skip


def _short(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    return {"id": ticket.id, "number": ticket.label, "service": service_names(hall, ticket.service), "issued_at": iso(hall, ticket.issued_at)}


def _trouble(hub: Hub, health: Health) -> list[dict[str, str]]:
    """The kiosks and printers that do not work."""
    found = []
    for printer in hub.hall.printers:
        word, (name, name_en) = health.word(printer), hub.hall.printer_name(printer)
        if word and word.state not in GOOD:
            found.append({"name": name, "name_en": name_en, "zh": word.zh or word.state, "en": word.en or word.state})
    for name, kiosk in hub.hall.kiosks.items():
        there = health.presence(f"kiosk {name}")
        if not there.connected and hub.now() - (there.seen or health.began) > SILENT_S:
            found.append({"name": kiosk.name, "name_en": kiosk.name_en, "zh": "没有回应", "en": "does not answer"})
    return found


def _contacts(hub: Hub, reader: Reader, day: str) -> list[dict[str, Any]]:
    """Today's first contacts, and older ones that are open; the open ones first."""
    start, _ = worktime.day_span(hub.hall, worktime.service_day(hub.hall, hub.now()))
    rows, names = reader.contacts(start), reader.names()
    numbers = reader.numbers_of({row["ticket"] for row in rows if row["ticket"]})
    shown = [
        {"id": row["id"], "at": iso(hub.hall, row["at"]), "today": row["at"] >= start, "staff": names.get(row["staff"], row["staff"]),
         "number": numbers.get(row["ticket"], ""), "matter": row["matter"], "result": row["result"], "led_to": row["led_to"],
         "open": row["closed_at"] is None, "note": row["note"]}
        for row in rows
    ]  # fmt: skip
    return sorted(shown, key=lambda row: not row["open"])


@api.get("/desk")
@allowed(roles=STAFF)
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
        raise Refused("请不要登记电话、身份证号等个人信息。", "No telephone or identity numbers here: leave personal data out.")
    for text in texts:
        impersonal(text)


@api.post("/contacts")
@allowed(roles=STAFF)
@api.input(Contact)
@api.doc(summary="首问登记 note a first contact", responses={201: "its id"})
def note(json_data: Contact) -> tuple[dict[str, int], int]:
    hub, wish, ticket = the_hub(), json_data, None
    _impersonal(wish.matter, wish.led_to)
    label = wish.number.strip().upper()
    if label:
        match = re.fullmatch(r"([A-Z])([0-9]{1,6})", label)
        ticket = match and hub.read().by_number(hub.day(hub.now()), match[1], int(match[2]))
        if ticket is None:
            raise Unknown(f"今天没有{label}号：请核对号码，或留空。", f"There is no {label} today: check the number or leave it empty.")
    contact = today.note_contact(
        hub, wish.matter, wish.result, wish.led_to, ticket=ticket.id if ticket else None, actor=g.actor, key=idempotency_key()
    )
    return {"id": contact}, 201


@api.post("/contacts/<int(max=9007199254740991):contact>/close")
@allowed(roles=STAFF)
@api.input(Note)
@api.doc(summary="The matter of a first contact is done or handed over")
def close(contact: int, json_data: Note) -> dict[str, int]:
    _impersonal(json_data.note)
    today.close_contact(the_hub(), contact, json_data.note, actor=g.actor)
    return {"id": contact}


# --- pages ------------------------------------------------------------------------------------------------------------


@pages.get("/desk")
@allowed(roles=STAFF)
def page() -> str:
    return render_template("desk/desk.html", hall=the_hub().hall.hall, known=known(the_hub().hall))


def known(hall: Hall) -> dict[str, Any]:
    """What does not change while the page is open: the catalogue, the classes, where slips may go, and the reasons."""
    return {
        "groups": [{"name": group.name, "name_en": group.name_en, "services": group.services} for group in hall.groups.values()],
        "services": [{"code": s.code, "name": s.name, "name_en": s.name_en} for s in hall.services.values()],
        "classes": [{"id": name, "name": table.name, "name_en": table.name_en} for name, table in hall.classes.items()],
        "appointment": hall.tickets.appointment_class, "help_service": hall.tickets.help_service,
        "printers": [{"id": name, "name": table.name} for name, table in reversed(hall.printers.items())],
        "counters": [{"id": name, "name": table.name, "name_en": table.name_en} for name, table in hall.counters.items()],
        "raise_reasons": hall.console.raise_reasons, "transfer_reasons": hall.console.transfer_reasons,
        "results": [{"id": name, "zh": zh, "en": en} for name, (zh, en) in rules.CONTACT_RESULTS.items()],
        "returned_after": hall.tickets.returned_after, "may_raise": may_raise(hall, g.staff),
    }  # fmt: skip


@pages.get("/desk/ticket/<int(max=9007199254740991):ticket_id>")
@allowed(roles=READERS)
def paper(ticket_id: int) -> str:
    """One number's life, to be printed for whoever complains."""
    hub, reader = the_hub(), the_hub().read()
    ticket = reader.ticket(ticket_id)
    if ticket is None:
        abort(404, description="没有这张号票。There is no such ticket.")
    told = [{**line, "at": iso(hub.hall, line["at"])} for line in life.lines(hub.hall, reader.life_line(ticket_id), reader.names())]
    return render_template(
        "desk/ticket.html", hall=hub.hall.hall, ticket=staff_view(hub, ticket, g.staff), lines=told, printed=iso(hub.hall, hub.now()),
        by=life.who_did(hub.hall, reader.names(), g.actor),
    )  # fmt: skip
