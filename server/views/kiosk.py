"""What a kiosk shows: tiles, how many wait, whether numbers are given out, and how its printer is."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config import GROUNDS, Hall, Service, Text
from printer_profiles.escpos import logo
from server.domain import guide, item_lists, notifications, slots, worktime
from server.domain.item_lists import InForce
from server.domain.publication import pages
from server.health import Health
from server.verbs import emergency, last_number, tickets
from server.verbs import item_lists as lists_of
from server.verbs.cases import CASE
from server.verbs.hub import Hub
from server.verbs.tickets import SOLD_OUT
from server.views.agendas import packages_told
from server.views.moment import moment
from server.views.slots import reached
from server.views.tickets import iso, service_names

log = logging.getLogger(__name__)


def hall_words(hub: Hub) -> dict[str, str]:
    hall = hub.hall.hall
    return {
        **hub.hall.plate.json("name"),
        "sign": hub.hall.place.sign,
        "banner": hall.banner,
        "banner_en": hall.banner_en,
        "tel_consult": hall.tel_consult,
        "tel_complaint": hall.tel_complaint,
    }


def _logo(hall: Hall) -> dict[str, Any] | None:
    """The logo of the slips in black dots, as a kiosk draws it; None where the hall has none, or its file is none."""
    if not hall.slips.logo:
        return None
    try:
        picture = logo.load(hall.folder / hall.slips.logo)
    except logo.LogoError as error:
        log.warning("slips.logo: %s; shown without", error.en)
        return None
    return {"across": picture.across, "rows": base64.b64encode(picture.rows).decode()}


def notice(hub: Hub) -> dict[str, str] | None:
    """What everybody must know, why nobody is called now, or why no number is given out; None when all is as usual."""
    door, on = hub.door(hub.read()), emergency.now(hub.read())
    if on:
        return on.text.json()
    if not door.issuing:
        return hub.why_closed(hub.read()).json()
    if (one := worktime.only_extended(hub.hall, hub.now())) and one.table.services != "all":
        return Text(
            f"“{one.table.name}”时段，只办部分事项。", f"{one.table.name_en}: some of our services only."
        ).json()
    if door.open_now or not door.resumes:
        return None
    at = datetime.fromtimestamp(door.resumes, hub.hall.zone)
    return Text(
        f"现在是休息时间，可以取号，{at:%H:%M} 开始叫号。", f"Break: take a number now, calls begin at {at:%H:%M}."
    ).json()


def kiosk_view(hub: Hub, kiosk_id: str, health: Health) -> dict[str, Any]:
    """Everything on a kiosk's home screen."""
    hall, reader, at = hub.hall, hub.read(), moment(hub)
    lists = lists_of.today(hub)
    kiosk = hall.kiosks[kiosk_id]
    waiting, shut = at.waiting, shut_now(hub)
    counted, late = _counted(hub), last_number.late_items(hub, hub.now())
    groups = [
        {
            **said,
            "waiting": sum(waiting.get(s["code"], 0) for s in said["services"]),
            **at.newcomer(open_of(said["services"], shut)),
            "services": [
                {**s, "closed": shut.get(s["code"]), "late": late[s["code"]].json() if s["code"] in late else None}
                for s in said["services"]
            ]
            if shut or late
            else said["services"],
        }
        for said in hub.latest(("groups", *lists.values()), lambda: _groups(hub.hall, lists, _counted(hub)))
    ]
    return {
        "now": iso(hall, hub.now()),
        "hall": {**hall_words(hub), "logo": hub.kept("logo", lambda: _logo(hub.hall))},
        "kiosk": {"id": kiosk_id, **kiosk.text.json("name")},
        "issuing": hub.door(reader).issuing,
        "notice": notice(hub),
        "waiting": sum(waiting.values()),
        "groups": groups,
        "packages": packages_told(hub, shut),
        "texts": notifications.offered(hall)["telephone"],
        "lodge": f"{hall.public.url}/voice" if reached(hall) else "",
        "help_service": hall.tickets.help_service,
        "printer": _best_printer(health, kiosk.printers),
        "bookings": reader.has_bookings() or reader.has_pretrials() or reader.has_slots(at.day),
        "pickup": _pickup(hub),
        "cases": reader.has_records(CASE),
        "publication": hub.latest(("publication", *lists.values()), lambda: _publication(hub.hall, lists)),
        "counters_open": sum(1 for c in at.counters.values() if c.state == "open"),
        "quota_per_person": bool(counted),
        "classes": _offered(hub),
        "long_wait_min": hall.tickets.long_wait_min,
        "lists": kiosk.lists_per_10_min > 0,
    }


def _publication(hall: Hall, lists: Mapping[str, InForce]) -> list[dict[str, Any]]:
    return [
        {"id": p.id, **p.title.json("title"), "lines": [text.json() for text in p.lines]} for p in pages(hall, lists)
    ]


def _offered(hub: Hub) -> list[dict[str, Any]]:
    """The classes that kiosks offer (绿色通道): to whom, from which age by the card, and why not any more today."""
    reader, day = hub.read(), hub.day(hub.now())
    found = []
    for name, table in hub.hall.offered_classes.items():
        closed = tickets.all_given(hub.hall, reader, day, name)
        found.append(
            {
                "id": name,
                **table.text.json("name"),
                "grounds": [{"id": code, **GROUNDS[code].json("name")} for code in table.grounds],
                "from_age": table.from_age,
                "closed": closed.json() if closed else None,
            }
        )
    return found


def _counted(hub: Hub) -> set[str]:
    """The services whose numbers are counted by person."""
    found: set[str] = hub.kept("counted", lambda: {code for code, one in hub.hall.quotas.items() if one.per_person})
    return found


def open_of(services: list[dict[str, Any]], shut: Mapping[str, Any]) -> list[str]:
    """The codes that a number may be taken for: a wait for what is closed misleads; all where all are."""
    codes = [s["code"] for s in services]
    return [code for code in codes if code not in shut] or codes


def _groups(hall: Hall, lists: Mapping[str, InForce], counted: set[str]) -> list[dict[str, Any]]:
    """The tiles with their items, as the hall's file has them: those of the 进驻 list in force. A tile without any is
    left out.
    """
    may = item_lists.shown(hall, lists)
    tiles = [
        {
            "id": group_id,
            **group.text.json("name"),
            "icon": group.icon,
            "services": [
                service_view(hall, lists, may[code], code in counted) for code in group.services if code in may
            ],
        }
        for group_id, group in hall.groups.items()
    ]
    return [tile for tile in tiles if tile["services"]]


def service_view(hall: Hall, lists: Mapping[str, InForce], s: Service, per_person: bool) -> dict[str, Any]:
    """An item as everybody may read it."""
    return {
        "code": s.code,
        **s.text.json("name"),
        "icon": s.icon,
        "materials": list(s.materials),
        "promise": s.promise,
        "online": s.online,
        "visits": item_lists.visits(lists, s),
        "basis": s.basis,
        "legal": s.legal,
        "fee": s.fee,
        "department": s.department,
        "in_person": s.in_person,
        "closed": None,
        "late": None,
        "per_person": per_person,
        "card_needed": hall.quotas[s.code].card == "needed" if s.code in hall.quotas else False,
        "ask_party": s.code in hall.tickets.ask_party,
        "booking": _booking(hall, s.code),
        "guide": _guide(hall, s),
    }


def _booking(hall: Hall, code: str) -> dict[str, Any] | None:
    """Where a telephone books an item; None where it is not booked, or no telephone reaches the page. Which slot is the
    next stands on the page: this is kept while the hall's file stays, and a slot is taken at any moment.
    """
    if not hall.public.booking or not reached(hall) or not slots.plans_of(hall, code):
        return None
    return {"url": f"{hall.public.url}/book/{code}", "slot": None}


def _guide(hall: Hall, s: Service) -> dict[str, Any]:
    """What its row of the catalogue has no room for; `notes` and `samples` stand beside `materials`, one each."""
    told = s.guide
    return {
        "conditions": [one.json() for one in told.conditions],
        "steps": [{**one.name.json("name"), **one.does.json("does")} for one in told.steps],
        "notes": [guide.note(told.materials.get(name)).json() for name in s.materials],
        "samples": [one.sample if (one := told.materials.get(name)) else "" for name in s.materials],
        "faq": [{**one.ask.json("ask"), **one.answer.json("answer")} for one in told.faq],
        "result": told.result.json() if told.result else None,
        "decides": guide.decides(s).json(),
        "url": hall.guide_url(s.code),
    }


def shut_now(hub: Hub) -> dict[str, dict[str, str]]:
    """The services without numbers now, and what people are told: closed for today, or all given out."""
    reader, day = hub.read(), hub.day(hub.now())
    found = {code: SOLD_OUT.json() for code in tickets.sold_out(hub, reader, day)}
    for code in hub.hall.services if worktime.only_extended(hub.hall, hub.now()) else ():
        if other := tickets.not_now(hub.hall, hub.now(), code):
            found[code] = other.json()
    shut = moment(hub).closures.items()
    return found | {code: Text(row["message"], row["message_en"]).json() for code, row in shut}


def _pickup(hub: Hub) -> dict[str, str] | None:
    """The service behind 我要领件: the first that a pick-up counter keeps for itself."""
    code = next(iter(sorted(hub.hall.reserved)), None)
    return service_names(hub.hall, code) if code else None


def _best_printer(health: Health, names: list[str]) -> dict[str, str]:
    """The first printer that can print speaks for the kiosk; with none, the first one's trouble."""
    states = [health.of(name) for name in names]
    good = next((s for s in states if s["state"] in ("ready", "near_end")), None)
    return good or states[0]
