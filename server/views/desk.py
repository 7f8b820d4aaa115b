"""What the guide desk (咨询台) is shown: who was called, who passed, what is wrong, first contacts."""

from __future__ import annotations

from functools import partial
from typing import Any

from config import Hall, Text
from server.domain import worktime
from server.domain.messages import DESK
from server.domain.ticket import Ticket
from server.domain.vocabulary import CONTACT_RESULTS
from server.health import GOOD, Health
from server.store.reader import Reader
from server.verbs.accounts import Staff
from server.verbs.hub import Hub
from server.views import papers
from server.views.agendas import choices
from server.views.kiosk import hall_words, notice
from server.views.messages import messages_view
from server.views.moment import moment
from server.views.screen import counter_tile
from server.views.slots import today_sums
from server.views.tickets import iso, may_raise, paper_words, service_names

SILENT_S = 60.0
"""A kiosk that has not asked for so long is away."""


def desk_view(hub: Hub, health: Health) -> dict[str, Any]:
    """Everything on the desk's overview."""
    hall, reader = hub.hall, hub.read()
    at = moment(hub)
    waiting, day = at.waiting, at.day
    tiles = []
    for counter_id, counter in at.counters.items():
        tiles.append(
            counter_tile(hub, counter, at.holding.get(counter_id))
            | {
                "help": counter.help_at is not None,
                "panic": counter.panic_at is not None,
                "reason": counter.reason,
            }
        )
    lapse = hall.tickets.lapse_min * 60
    return {
        "now": iso(hall, hub.now()),
        "hall": hall_words(hub),
        "notice": notice(hub),
        "counters": tiles,
        "waiting": sum(waiting.values()),
        "groups": [
            {
                **group.text.json("name"),
                "waiting": sum(waiting.get(s, 0) for s in group.services),
                **at.newcomer(group.services),
            }
            for group in hall.groups.values()
        ],
        "booked": at.once("slots", partial(today_sums, hub)),
        "passed": [
            {
                **_short(hall, t),
                "counter": t.counter,
                "at": iso(hall, t.ended_at),
                "lapses_at": iso(hall, (t.ended_at or 0) + lapse),
                "may": t.passes < hall.tickets.max_passes,
            }
            for t in reader.passed(day, hub.now() - lapse)
        ],
        "papers": [{**_short(hall, t), "paper": paper_words(hall, job)} for t, job in reader.spoilt_slips()],
        "slips": papers.at_desk(hub, reader),
        "missed": papers.missed(hub, reader),
        "devices": _trouble(hub, health),
        "contacts": _contacts(hub, reader, day),
        "messages": messages_view(hub, DESK),
        "closed": {code: Text(row["message"], row["message_en"]).json() for code, row in at.closures.items()},
    }


def _short(hall: Hall, ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "number": ticket.label,
        "service": service_names(hall, ticket.service),
        "issued_at": iso(hall, ticket.issued_at),
    }


def _trouble(hub: Hub, health: Health) -> list[dict[str, str]]:
    """The kiosks and printers that do not work."""
    found = []
    for printer in hub.hall.printers:
        word = health.word(printer)
        if word and word.state not in GOOD:
            said = Text(word.text.zh or word.state, word.text.en or word.state)
            found.append({**hub.hall.printer_name(printer).json("name"), **said.json()})
    for name, kiosk in hub.hall.kiosks.items():
        there = health.presence(f"kiosk {name}")
        if not there.connected and hub.now() - (there.seen or health.began) > SILENT_S:
            found.append({**kiosk.text.json("name"), **Text("没有回应", "does not answer").json()})
    return found


def _contacts(hub: Hub, reader: Reader, day: str) -> list[dict[str, Any]]:
    """Today's first contacts, and older ones that are open; the open ones first."""
    start, _ = worktime.day_span(hub.hall, worktime.service_day(hub.hall, hub.now()))
    rows, names = reader.contacts(start), reader.names()
    numbers = reader.numbers_of({row["ticket"] for row in rows if row["ticket"]})
    became = (reader.record_numbered(row["record"]) for row in rows if row["record"])
    page_of = {one.number: f"/registers/{one.register}/{one.id}" for one in became if one}
    shown = [
        {
            "id": row["id"],
            "at": iso(hub.hall, row["at"]),
            "today": row["at"] >= start,
            "staff": names.get(row["staff"], row["staff"]),
            "number": numbers.get(row["ticket"], ""),
            "matter": row["matter"],
            "result": row["result"],
            "led_to": row["led_to"],
            "open": row["closed_at"] is None,
            "note": row["note"],
            "record": row["record"],
            "record_page": page_of.get(row["record"], ""),
        }
        for row in rows
    ]
    return sorted(shown, key=lambda row: not row["open"])


def known(hall: Hall, staff: Staff) -> dict[str, Any]:
    """What does not change while the page is open: the catalogue, the classes, where slips may go, and the reasons."""
    return {
        "groups": [{**group.text.json("name"), "services": group.services} for group in hall.groups.values()],
        "packages": choices(hall),
        "services": [{"code": s.code, **s.text.json("name")} for s in hall.services.values()],
        "classes": [{"id": name, **table.text.json("name")} for name, table in hall.classes.items()],
        "appointment": hall.tickets.appointment_class,
        "help_service": hall.tickets.help_service,
        "printers": [{"id": name, "name": table.name} for name, table in reversed(hall.printers.items())],
        "counters": [{"id": name, **table.text.json("name")} for name, table in hall.counters.items()],
        "raise_reasons": hall.console.raise_reasons,
        "transfer_reasons": hall.console.transfer_reasons,
        "results": [{"id": name, **text.json()} for name, text in CONTACT_RESULTS.items()],
        "returned_after": hall.tickets.returned_after,
        "may_raise": may_raise(hall, staff),
    }
