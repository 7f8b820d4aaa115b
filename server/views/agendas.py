"""一件事一次办 as people are shown it: the packages there are, and how far a number for several items is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import words
from config import Hall, PackageTable, Text
from server.domain import agenda as agendas
from server.domain import vocabulary
from server.domain.agenda import Agenda
from server.domain.position import serving
from server.domain.ticket import Counter, Ticket
from server.domain.vocabulary import OUTCOMES
from server.verbs.agendas import Several, services
from server.verbs.agendas import here as here_of
from server.verbs.hub import Hub
from server.verbs.last_number import any_too_late
from server.verbs.place import profiles

STATES = {
    "settled": Text("已办", "Done"),
    "ready": Text("可以办", "Can be done"),
    "waits": Text("等前一项", "Waits for another item"),
    "hindered": Text("前一项没有办成，这次办不了", "Not this time: an item before it was not granted"),
}
"""States of an item (`server/domain/agenda.py`)."""


def name_of(hall: Hall, package: str, items: Sequence[str]) -> Text:
    """What a number for several items is called: its package, or how many they are."""
    known = hall.packages.get(package)
    return known.text if known else Text(f"一号联办{len(items)}项", f"{len(items)} items with one number")


def papers_told(hall: Hall, codes: Sequence[str]) -> list[dict[str, Any]]:
    """One list of what to bring, each with for what."""
    say = words.say("en")
    return [
        {
            **Text(one.name, say(one.name)).json("name"),
            **agendas.paper_note(one, hall.service_name).json("note"),
            "services": list(one.services),
            "originals": one.originals,
            "copies": one.copies,
        }
        for one in agendas.papers(services(hall, codes))
    ]


def agenda_told(hub: Hub, agenda: Agenda | None, *, hidden: Collection[str] = ()) -> dict[str, Any] | None:
    """How far a number for several items is; None for a number of one item. Of `hidden` items only that there is one is
    said, and no package that has one is named.
    """
    if agenda is None:
        return None
    hall, following = hub.hall, agendas.next_item(agenda)
    package = "" if {*agenda.services} & {*hidden} else agenda.package
    return {
        "package": package,
        **name_of(hall, package, agenda.services).json("name"),
        "done": len(agenda.settled),
        "total": len(agenda.items),
        "next": following,
        "items": [_item(hub, agenda, one, one.service == following, hidden) for one in agenda.items],
    }


def _item(hub: Hub, agenda: Agenda, step: agendas.Step, following: bool, hidden: Collection[str]) -> dict[str, Any]:
    state = agendas.state(agenda, step.service)
    name = Text("一项", "One item") if step.service in hidden else hub.hall.service_name(step.service)
    outcome = vocabulary.text(OUTCOMES, step.outcome) if step.outcome else STATES[state]
    where = (
        hub.hall.counter_name(step.counter)
        if step.counter
        else serving(hub.hall, profiles(hub.hall, hub.read().counters()), step.service)
    )
    return {
        "code": step.service,
        **name.json("name"),
        "state": state,
        "next": following,
        "outcome": step.outcome,
        **outcome.json("said"),
        **where.json("counters"),
    }


def at_counter(hub: Hub, counter: Counter, ticket: Ticket, agenda: Agenda | None) -> dict[str, Any] | None:
    """The same at a counter that has the number, with the items that it does now."""
    told = agenda_told(hub, agenda)
    if told is None or agenda is None:
        return None
    return {**told, "here": here_of(hub.hall, counter, agenda, ticket)}


# --- packages ---------------------------------------------------------------------------------------------------------


def choices(hall: Hall) -> list[dict[str, Any]]:
    """The packages as whoever takes a number for somebody chooses them."""
    return [
        {
            "id": name,
            **one.text.json("name"),
            "questions": [{"id": key, **asked.question.json()} for key, asked in one.ask.items()],
            "items": list(one.items),
        }
        for name, one in hall.packages.items()
    ]


def packages_told(hub: Hub, shut: Collection[str] = ()) -> list[dict[str, Any]]:
    """Every package of the hall, for whoever takes numbers: its questions, its items, one list of what to bring."""
    told: list[dict[str, Any]] = hub.kept(
        ("packages", frozenset(shut)),
        lambda: [package_told(hub.hall, name, one, shut) for name, one in hub.hall.packages.items()],
    )
    return told


def package_told(hall: Hall, name: str, table: PackageTable, shut: Collection[str] = ()) -> dict[str, Any]:
    every = [code for code in table.items if code in hall.services]
    return {
        "id": name,
        **table.text.json("name"),
        **table.occasion.json("occasion"),
        "icon": table.icon,
        "questions": [{"id": key, **one.question.json(), "items": list(one.items)} for key, one in table.ask.items()],
        "items": [
            {
                "code": code,
                **hall.service_name(code).json("name"),
                "optional": code in table.optional,
                "after": list(table.after.get(code, ())),
                "closed": code in shut,
                "promise": hall.services[code].promise,
            }
            for code in every
        ],
        "papers": papers_told(hall, every),
        "saved": agendas.saved(services(hall, every)),
    }


def planned(hub: Hub, wish: Several) -> dict[str, Any]:
    """What a number for these items would be: before it is taken."""
    hall = hub.hall
    late = any_too_late(hub, hub.read(), wish.items) if hub.door(hub.read()).issuing else None
    return {
        "package": wish.package,
        **name_of(hall, wish.package, wish.items).json("name"),
        "items": [{"code": code, **hall.service_name(code).json("name")} for code in wish.items],
        "papers": papers_told(hall, wish.items),
        "saved": agendas.saved(services(hall, wish.items)),
        "late": late.json() if late else None,
    }
