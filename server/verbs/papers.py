"""Papers that a person asks for besides the number's own: who may have which, and the facts that each is made of.

Verbs beside the hub's own, each one durable turn. What a slip looks like is printing's, which keys there are is the
pages'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from config import CounterTable, Hall, Service
from server.domain import agenda, item_lists, rules, slip_facts
from server.domain import slots as slot_rules
from server.domain.chain import Row
from server.domain.events import NoticeIssued, PrintQueued
from server.domain.guide import on_paper
from server.domain.position import serving
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.slots import Appointment
from server.domain.ticket import Job, Ticket
from server.store.transaction import Turn
from server.verbs import counters, jobs, records, slots
from server.verbs import item_lists as lists_of
from server.verbs.hub import By, Hub, Unknown, known_job, known_ticket
from server.verbs.place import profiles

LISTS_S = 600.0
"""A kiosk's limit of lists is over so long."""
REMEMBERED_S = 1800.0
"""A paper that was asked for is shown so long where it was asked for."""
MISSED_S = 3600.0
"""A paper that nobody holds is looked after so long: whoever waited for it has gone by then."""


@dataclass(frozen=True)
class Asker:
    """Who presses: a member of staff or a kiosk, with the printers in reach; one `key`, one paper."""

    by: By
    printers: Sequence[str]
    language: str | None = None
    large_print: bool | None = None
    """How it is printed; None: as the number that it is about."""

    @property
    def mode(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in (("language", self.language), ("large_print", self.large_print))
            if value is not None
        }


def _service(hub: Hub, code: str) -> Service:
    found = hub.hall.services.get(code)
    if found is None:
        raise Unknown(f"没有事项“{code}”。", f"There is no service '{code}' in the catalogue.")
    return found


def _item(hub: Hub, codes: Sequence[str]) -> dict[str, Any]:
    """The items of a paper by their names, and the code of the first."""
    found = [_service(hub, code) for code in codes]
    return {
        "service": found[0].code,
        "item": "、".join(s.name for s in found),
        "item_en": "; ".join(s.name_en for s in found),
    }


def _told(**facts: Any) -> dict[str, Any]:
    """Without what the hall or the operator left empty."""
    return {name: value for name, value in facts.items() if value not in ("", [])}


def _lines(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _print(
    hub: Hub,
    asker: Asker,
    kind: str,
    facts: Mapping[str, Any],
    ticket_id: int | None = None,
    may: Callable[[Turn, Ticket | None], None] = lambda turn, t: None,
) -> Job:
    """One paper, if `may` does not refuse it within the turn."""
    told = slip_facts.checked(kind, facts)

    def decide(turn: Turn) -> int:
        may(turn, None if ticket_id is None else known_ticket(turn, ticket_id))
        return jobs.queue_slip(hub, asker.by, turn, kind, told, asker.printers, ticket=ticket_id)

    return hub.once(asker.by, decide, known_job, "print", kind, told, ticket_id)


# --- what an item needs -----------------------------------------------------------------------------------------------


def materials(hub: Hub, asker: Asker, code: str, *, also: Sequence[str] = (), ticket: int | None = None) -> Job:
    """材料清单 of an item, or with `also` one list of several without doubles. A kiosk prints so many in ten minutes:
    nobody empties a roll for fun.
    """
    service = _service(hub, code)
    facts = _told(
        basis=service.basis,
        legal=service.legal,
        promise=service.promise,
        fee=service.fee,
        department=service.department,
        visits=item_lists.visits(lists_of.today(hub), service),
        in_person=service.in_person,
        online=service.online,
        **asker.mode,
    )
    kiosk = hub.hall.kiosks.get(asker.by.actor)

    def may(turn: Turn, _: Ticket | None) -> None:
        if kiosk:
            _within_limit(turn, asker.by.actor, kiosk.lists_per_10_min)

    if also:
        told = {**_item(hub, [code, *also]), **_of_several(hub, [code, *also]), **asker.mode}
    else:
        told = {**_item(hub, [code]), "materials": list(service.materials), **on_paper(service), **facts}
    return _print(hub, asker, "materials", told, ticket, may)


def _of_several(hub: Hub, codes: Sequence[str]) -> dict[str, list[str]]:
    """The papers of several items, once each, and beside each for what it is."""
    papers = agenda.papers([_service(hub, code) for code in codes])
    notes = [agenda.paper_note(one, hub.hall.service_name) for one in papers]
    return {
        "materials": [one.name for one in papers],
        "notes": [one.zh for one in notes],
        "notes_en": [one.en for one in notes],
    }


def _within_limit(turn: Turn, kiosk: str, limit: int) -> None:
    printed = [row.at for row in turn.recent(turn.now - LISTS_S) if row.actor == kiosk and _is_list(row.happened())]
    if len(printed) >= limit:
        minutes = 1 if not limit else max(1, round((printed[limit - 1] + LISTS_S - turn.now) / 60))
        raise Refused(
            f"刚才打印的清单比较多：请过{minutes}分钟再打印。",
            f"Many lists were printed just now: try again in {minutes} min.",
        )


def _is_list(event: object) -> bool:
    return isinstance(event, PrintQueued) and event.kind in OF_A_KIOSK


OF_A_KIOSK = ("materials", "booking")
"""Kinds that anybody prints at a kiosk, within its limit."""


def has_slip(hub: Hub, code: str) -> bool:
    """Whether `booking` would print it."""
    return _is_to_come(hub, slots.by_code(hub, hub.read(), code), hub.now())


def _is_to_come(hub: Hub, one: Appointment | None, now: float) -> bool:
    return one is not None and one.state == "booked" and slot_rules.to_come(one, hub.day(now), now)


def booking(hub: Hub, asker: Asker, code: str) -> Job:
    """预约凭条 of a booking that is still to come: when, where, what to bring, its code. Raises Unknown, Refused."""
    found = slots.by_code(hub, hub.read(), code)
    if found is None:
        raise Unknown(*slots.NO_SUCH)
    kiosk, day = hub.hall.kiosks.get(asker.by.actor), date.fromisoformat(found.day)
    places = serving(hub.hall, profiles(hub.hall, hub.read().counters()), found.service)
    service = hub.hall.services.get(found.service)
    hidden = found.service in hub.hall.slips.hide_item
    clock = "" if found.start is None else hub.local(found.start)
    facts = {
        "booking": found.id,
        "service": found.service,
        **hub.hall.service_name(found.service).json("item"),
        "slot": f"{day.month}月{day.day}日 周{'一二三四五六日'[day.weekday()]} {clock}",
        "slot_en": f"{day:%a} {day.day} {day:%b}, {clock}",
        **places.json("where"),
        **_told(materials=list(service.materials) if service and not hidden else []),
        **asker.mode,
    }

    def may(turn: Turn, _: Ticket | None) -> None:
        if not _is_to_come(hub, turn.booked_slot(found.id), turn.now):
            raise Refused(
                "这个预约已经过去、取消或还在候补：没有凭条可打。",
                "This booking is over, cancelled or on the waiting list: there is no slip of it.",
            )
        if kiosk:
            _within_limit(turn, asker.by.actor, kiosk.lists_per_10_min)

    return _print(hub, asker, "booking", facts, None, may)


# --- about a number at a counter ------------------------------------------------------------------


def notice(
    hub: Hub,
    asker: Asker,
    counter: str,
    ticket_id: int,
    code: str,
    missing: Sequence[str],
    reason: str = "",
    *,
    also: Sequence[str] = (),
    case: str = "",
    role: str = "operator",
    department: str = "",
) -> Job:
    """一次性告知单: what is missing, told once. `also`: further items of the same number, on the same paper.

    It stands in the number's life; a second one for the same item is counted as a repeat. `case`: the matter it is
    about, whatever number the visitor has today; a second one for that needs a reason before it is printed.
    """
    codes, lines, why = [code, *also], _lines(missing), reason.strip()
    facts = {
        **_item(hub, codes),
        "missing": lines,
        "staff": asker.by.actor,
        **_told(basis="" if also else _service(hub, code).basis, reason=why, case=case.strip().upper(), **asker.mode),
    }
    told = slip_facts.checked("notice", facts)

    def decide(turn: Turn) -> int:
        ticket = known_ticket(turn, ticket_id)
        matter = records.told_in(hub, turn, records.Who(asker.by, role, department), case, lines, why) if case else 0
        return _notice_in(hub, turn, asker, counter, ticket, told, codes, earlier=matter)

    return hub.once(asker.by, decide, known_job, "notice", counter, told, ticket_id, *([case] if case else []))


def _notice_in(
    hub: Hub,
    turn: Turn,
    asker: Asker,
    counter: str,
    ticket: Ticket,
    told: Mapping[str, Any],
    codes: Sequence[str] = (),
    *,
    earlier: int = 0,
) -> int:
    """A notice on record and on paper, within a turn; the job's id."""
    given = rules.notice(
        ticket,
        counter,
        told["service"],
        told["missing"],
        notices(turn, ticket.id),
        named=hub.hall.counter_name,
        staff=asker.by.actor,
        job=turn.next_id("jobs"),
        reason=told.get("reason", ""),
        earlier=earlier,
        services=codes if len(codes) > 1 else (),
    )
    turn.record(given, asker.by.actor)
    return jobs.queue_slip(hub, asker.by, turn, "notice", told, asker.printers, ticket=ticket.id)


def notice_of_cases(hub: Hub, turn: Turn, asker: Asker, counter: str, ticket: Ticket, cases: Sequence[Record]) -> None:
    """One 一次性告知单 of the cases that are opened in this turn, by the number `ticket` as it was before it was
    finished.
    """
    codes = [case.service for case in cases]
    alone = cases[0] if len(cases) == 1 else None
    more = {"basis": _service(hub, alone.service).basis, "case": alone.number} if alone else {}
    facts = {
        **_item(hub, codes),
        "missing": _lines([one for case in cases for one in case.values.get("missing", ())]),
        "staff": asker.by.actor,
        **_told(**more, **asker.mode),
    }
    _notice_in(hub, turn, asker, counter, ticket, slip_facts.checked("notice", facts), codes)


def notices(reader: Any, ticket_id: int) -> list[NoticeIssued]:
    """What a number was told to be missing, in order."""
    return notices_in(reader.life_line(ticket_id))


def notices_in(life: Sequence[Row]) -> list[NoticeIssued]:
    """What was told to be missing, of the rows of a number's life."""
    told = (row.happened() for row in life if row.event == "NoticeIssued")
    return [event for event in told if isinstance(event, NoticeIssued)]


def receipt(
    hub: Hub,
    asker: Asker,
    counter: str,
    ticket_id: int,
    codes: Sequence[str],
    received: Sequence[str] = (),
    case: str = "",
) -> Job:
    """受理凭证 of the items accepted, with what was received."""
    promise = _service(hub, codes[0]).promise if len(codes) == 1 else ""
    facts = _told(case=case.strip(), received=_lines(received), promise=promise, **asker.mode)
    return _print(
        hub,
        asker,
        "receipt",
        {**_item(hub, codes), "staff": asker.by.actor, **facts},
        ticket_id,
        _handled(hub, counter),
    )


def refusal(hub: Hub, asker: Asker, counter: str, ticket_id: int, codes: Sequence[str], reasons: Sequence[str]) -> Job:
    """不予受理告知书, with its reasons and the rights that the law gives."""
    lines = _lines(reasons)
    if not lines:
        raise Refused("请选择或写明不予受理的理由。", "Choose or write why it is not accepted.")
    facts = _told(basis=_service(hub, codes[0]).basis, **asker.mode)
    return _print(
        hub,
        asker,
        "refusal",
        {**_item(hub, codes), "reasons": lines, "staff": asker.by.actor, **facts},
        ticket_id,
        _handled(hub, counter),
    )


def pickup(
    hub: Hub,
    asker: Asker,
    counter: str,
    ticket_id: int,
    codes: Sequence[str],
    collect: str,
    when: str,
    bring: Sequence[str],
) -> Job:
    """领件通知单: where, when and with what to collect the result, under which number."""
    if not collect.strip() or not when.strip():
        raise Refused("请填写领件号和领取时间。", "Enter the pick-up number and when to come.")
    places = pickup_places(hub.hall) or [hub.hall.counters[counter]]
    facts = {
        "collect": collect.strip(),
        "when": when.strip(),
        "when_en": "",
        "bring": _lines(bring),
        "where": "、".join(t.name for t in places),
        "where_en": ", ".join(t.name_en for t in places),
        **asker.mode,
    }
    return _print(hub, asker, "pickup", {**_item(hub, codes), **facts}, ticket_id, _handled(hub, counter))


def pickup_places(hall: Hall) -> list[CounterTable]:
    """Where results are handed out."""
    return [table for table in hall.counters.values() if table.kind == "pickup"]


def _handled(hub: Hub, counter: str) -> Callable[[Turn, Ticket | None], None]:
    def may(turn: Turn, ticket: Ticket | None) -> None:
        assert ticket is not None
        rules.handled(ticket, counter, hub.day(turn.now), hub.hall.counter_name)

    return may


# --- without a number -------------------------------------------------------------------------------------------------


def referral(hub: Hub, asker: Asker, contact_id: int) -> Job:
    """引导单 of a first contact that was led or passed on."""
    contact = hub.read().contact(contact_id)
    if contact is None:
        raise Unknown(f"没有第{contact_id}号首问登记。", f"There is no first contact with id {contact_id}.")
    if not contact["led_to"]:
        raise Refused("这次首问没有引导到别处，不用引导单。", "Nobody was led anywhere: there is nothing to print.")
    target = next(
        (table.name_en for table in hub.hall.counters.values() if table.name == contact["led_to"]), contact["led_to"]
    )
    facts = {
        "matter": contact["matter"],
        "target": contact["led_to"],
        "target_en": target,
        "guide": contact["staff"],
        "contact": contact_id,
    }
    return _print(hub, asker, "referral", {**facts, **asker.mode}, contact["ticket"])


def day_close(hub: Hub, asker: Asker, counter: str) -> Job:
    """日结小票 of a counter for the service day so far."""

    def decide(turn: Turn) -> int:
        return counters.queue_day_close(hub, asker.by, turn, counter, asker.printers)

    return hub.once(asker.by, decide, known_job, "day close", counter)
