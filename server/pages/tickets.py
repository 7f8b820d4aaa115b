"""What a ticket says to whoever holds it and to the staff, and what may be done with it: the kiosk's and the guide
desk's shared API.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, abort, g
from pydantic import BaseModel, ConfigDict, Field, model_validator

from config import Hall, Text
from intake.quantities import Unclear, moment
from server.domain import rules
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.domain.worktime import opening, service_day
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier, IsoDay, Language
from server.pages.openapi import answers
from server.pages.problems import problem
from server.verbs import bookings, tickets
from server.verbs.agendas import Several, several
from server.verbs.hub import By, Hub, Unknown
from server.views.tickets import held_view, may_raise, ticket_view, whole

api = APIBlueprint("tickets", __name__, url_prefix="/api/v1/tickets", tag="Tickets 号票")


STAFF = ("operator", "guide", "manager")
READERS = (*STAFF, "supervisor")
LOOKED_BACK_DAYS = 7


ItemCode = Annotated[Identifier, Field(max_length=40)]


class Holder(Body):
    """Whose number it is, without saying who: only where a quota counts persons."""

    hash: str = Field(
        description="HMAC-SHA256 of the card's number with the kiosk's `id_key`, hex", pattern="^[0-9a-f]{64}$"
    )
    mask: str = Field(
        description="Such as 3505**********1234", pattern=r"^[0-9A-Z]{0,6}\*{4,}[0-9A-Z]{0,4}$", max_length=24
    )


class NewTicket(Body):
    """A wish for a number: of a service, of a package or several items, or of a booking that checks in. What is none of
    these is refused: nobody asks for something and gets a number without it.
    """

    model_config = ConfigDict(extra="forbid")

    service: Identifier = Field("", description="Service code of the catalogue", max_length=40)
    package: Identifier = Field("", description="一件事: id of a package, instead of a service", max_length=40)
    yes: list[ItemCode] = Field([], description="Its questions that were answered by yes", max_length=40)
    items: list[ItemCode] = Field(
        [],
        description="Several items in their order, instead of a service; of a package those that are done",
        max_length=40,
    )
    booking: Identifier = Field(
        "",
        description="Code of an appointment or of a result to collect: its number, never a second one",
        max_length=60,
    )
    holder: Holder | None = None
    klass: str = Field(
        "ordinary",
        alias="class",
        description="Class of visitors; at a kiosk only one that the hall offers there (`classes` of its view)",
        max_length=40,
    )
    ground: str = Field(
        "", description="Why a kiosk gives that class: one of its `grounds`, or `age` by the card", max_length=20
    )
    party: str = Field(
        "",
        description="For whom, where the service asks: person 个人, company 企业, agent 代办",
        pattern="^(person|company|agent)?$",
    )
    language: Language = Field("zh", description="Language of the slip's second line")
    large_print: bool = Field(False, description="大字版")
    paper: bool = Field(True, description="不打印: false prints no slip; the holder remembers the number")
    slot: str = Field("", description="Local ISO time of an appointment's slot; staff only", max_length=40)
    appointment: Identifier = Field("", description="The appointment's own number; staff only", max_length=40)
    outside_hours: bool = Field(False, description="A slot at which the hall is closed is meant; staff only")
    printer: str = Field("", description="Where the slip goes, a printer of config.toml; staff only", max_length=40)

    @model_validator(mode="after")
    def something_is_wished(self) -> NewTicket:
        if not (self.service or self.booking or self.package or self.items):
            raise Unclear("“service”“package”“items”“booking”要有一个", "needs service, package, items or booking")
        if self.service and (self.package or self.items):
            raise Unclear("写了“package”或“items”就不写“service”", "package or items take the place of service")
        return self


class Wanted(Body):
    number: Identifier = Field(description="Such as A012", max_length=20)
    day: IsoDay = Field("", description="Another service day, ISO", max_length=10)


class Printing(Body):
    """Where another slip goes; empty: the first printer that is ready."""

    printer: str = Field("", max_length=40)
    code: Identifier = Field(
        "", description="The ticket's own code as it was scanned; a kiosk needs it", max_length=300
    )


class Raising(Body):
    reason: str = Field(description="One of console.raise_reasons, in Chinese", max_length=60)


class Transferring(Body):
    reason: str = Field(description="One of console.transfer_reasons, in Chinese", max_length=60)
    service: Identifier = Field("", description="Service code; empty: as it is", max_length=40)
    counter: Identifier = Field("", description="For this counter alone; empty: for all that serve it", max_length=40)
    keep: bool = Field(True, description="Keep the place, or go to the end of the queue")


def printers_for(hall: Hall, actor: str, wanted: str = "", counter: str | None = None) -> list[str]:
    """Where slips asked for by a kiosk or a member of staff (at a counter) go, the first that is ready; one that was
    chosen alone.
    """
    if actor in hall.kiosks:
        return hall.kiosks[actor].printers
    if wanted and wanted not in hall.printers:
        raise Unknown(f"没有打印机“{wanted}”。", f"There is no printer '{wanted}' in config.toml.")
    return [wanted] if wanted else hall.printers_at(counter)


# --- what staff see of a ticket ---------------------------------------------------------------------------------------


# --- the API ----------------------------------------------------------------------------------------------------------


@api.post("")
@allowed(devices=("kiosk",), roles=STAFF)
@api.input(NewTicket)
@answers("numbers_told.TicketView", status=201, key=True)
@api.doc(summary="Take a number 取号", responses={201: "the ticket", 409: "kiosks do not issue now"})
def take(json_data: NewTicket) -> tuple[dict[str, Any], int]:
    hub, key = the_hub(), idempotency_key()
    if g.staff is None:
        return taken_at(hub, g.actor, key, json_data), 201
    return _taken(hub, By(g.actor, key), json_data, kiosk=False), 201


def taken_at(hub: Hub, kiosk: str, key: str, wish: NewTicket) -> dict[str, Any]:
    """A kiosk's touch: the number, as its holder sees it. Raises Told."""
    _nothing_of_staff(wish)
    return _taken(hub, By(kiosk, key), wish, kiosk=True)


def _taken(hub: Hub, by: By, wish: NewTicket, *, kiosk: bool) -> dict[str, Any]:
    printers = printers_for(hub.hall, by.actor, "" if kiosk else wish.printer)
    if wish.booking:
        _nothing_of_a_booking(wish)
        ticket = bookings.check_in(
            hub,
            by,
            wish.booking,
            language=wish.language,
            large_print=wish.large_print,
            printers=printers,
            paper=wish.paper,
        )
        return held_view(hub, ticket) if kiosk else ticket_view(hub, ticket)
    slot = None if kiosk else slot_of(hub, wish)
    service, agenda = for_items(hub.hall, wish.service, wish.package, wish.yes, wish.items)
    ticket = tickets.issue(
        hub,
        by,
        service,
        klass=wish.klass,
        channel="kiosk" if kiosk else "desk",
        language=wish.language,
        large_print=wish.large_print,
        printers=printers,
        slot=slot,
        appointment="" if slot is None else own_number(wish),
        holder=(wish.holder.hash, wish.holder.mask) if wish.holder else None,
        paper=wish.paper,
        several=agenda,
        ground=wish.ground,
        party=wish.party,
    )
    return held_view(hub, ticket) if kiosk else ticket_view(hub, ticket)


def for_items(
    hall: Hall, service: str, package: str, yes: Sequence[str], items: Sequence[str]
) -> tuple[str, Several | None]:
    """(the item that a number begins with, what else it is for); None for a number of one item."""
    if not package and not items:
        return service, None
    found = several(hall, package, yes, items)
    return found.items[0], found if package or len(found.items) > 1 else None


STAFF_ALONE = {
    "klass": Text("类别", "a class of visitors"),
    "slot": Text("预约时段", "an appointment's slot"),
    "appointment": Text("预约号", "an appointment's number"),
    "printer": Text("打印机", "a printer"),
}
"""What a member of staff alone may wish for."""


def _nothing_of_staff(wish: BaseModel) -> None:
    """Nobody gets something else than was asked for without a word: a kiosk gives numbers without a slot, at its own
    printer, and of a class of its own only to whom it says it is for (`ground`). Raises Refused.
    """
    for name, field in type(wish).model_fields.items():
        if name == "klass" and isinstance(wish, NewTicket) and wish.ground and not wish.booking:
            continue
        if name in STAFF_ALONE and getattr(wish, name) != field.default:
            zh, en = STAFF_ALONE[name]
            raise Refused(
                f"取号机不能指定{zh}：请按普通号取号，或到咨询台办理。",
                f"A kiosk cannot choose {en}: take an ordinary number, or ask at the guide desk.",
            )


def _nothing_of_a_booking(wish: NewTicket) -> None:
    """A booking has its item, class and slot already. Raises Refused."""
    of_items = wish.service or wish.package or wish.items
    if of_items or wish.slot or wish.appointment or wish.klass != "ordinary" or wish.ground or wish.party:
        raise Refused(
            "凭预约取号不能另定事项、类别或时段：请只填预约码。",
            "A booking checks in as it was made, without an item, a class or a slot: send its code alone.",
        )


def slot_of(hub: Hub, wish: NewTicket) -> float | None:
    """The slot of an appointment that checks in, epoch seconds; None for a walk-in. It is of today and has a number.
    One at which the hall is closed is asked about.
    """
    booked = hub.hall.tickets.appointment_class
    if not wish.slot and wish.klass != booked and not wish.appointment.strip():
        return None
    if wish.klass not in ("ordinary", booked):
        zh, en = hub.hall.class_name(booked)
        raise Refused(
            f"有预约时段的号是“{zh}”：请不要另选类别，或按普通号取号。",
            f"A number with a slot is of the class '{en}': choose no other, or leave the slot out.",
        )
    try:
        slot = moment(wish.slot, hub.hall.zone).timestamp()
        today = hub.day(slot) == hub.day(hub.now())
    except (ValueError, OverflowError, OSError):
        raise Refused("请填写预约时段，例如10:30。", "Enter the time of the appointment, such as 10:30.") from None
    if not today:
        raise Refused(
            "预约不是今天的：请按普通号取号，或改日再来。",
            "The appointment is not for today: issue an ordinary number, or come that day.",
        )
    hours = opening(hub.hall, service_day(hub.hall, slot), wish.service)
    if not wish.outside_hours and not any(start <= slot < end for start, end in hours):
        spans = [f"{hub.local(start)}-{hub.local(end)}" for start, end in hours]
        zh, en = "，".join(spans) or "今天不开放", ", ".join(spans) or "closed today"
        raise Refused(
            f"{hub.local(slot)}不在开放时间内（{zh}）：请核对，有意的请勾选“开放时间以外”。",
            f"{hub.local(slot)} is outside the opening hours ({en}): check it, or tick “Outside hours” if it is meant.",
        )
    if not own_number(wish):
        raise Refused(
            "请填写预约号：同一预约只能签到一次。", "Enter the appointment's number: an appointment checks in once."
        )
    return slot


def own_number(wish: NewTicket) -> str:
    """An appointment's number as bookings have it: typed by two people in two ways, it is one and checks in once."""
    return wish.appointment.upper()


@api.get("")
@allowed(roles=READERS)
@api.input(Wanted, location="query")
@answers("numbers_told.Life")
@api.doc(
    summary="A ticket of today by its number, as …/life gives it",
    responses={404: "no such number today; `day` says of which day one is"},
)
def find(query_data: Wanted) -> dict[str, Any] | Response:
    hub, reader = the_hub(), the_hub().read()
    match = re.fullmatch(r"([A-Z])([0-9]{1,6})", query_data.number.upper())
    if match is None:
        raise Refused("请输入号码，例如A012。", "Enter a number such as A012.")
    prefix, number = match[1], int(match[2])
    label, day = f"{prefix}{number:03d}", query_data.day or hub.day(hub.now())
    ticket = reader.by_number(day, prefix, number)
    if ticket:
        return whole(hub, ticket, g.staff)
    if query_data.day:
        raise Unknown(f"{day}没有{label}号。", f"There is no {label} of {day}.")
    today = date.fromisoformat(day)
    for before in (today - timedelta(days=n) for n in range(1, LOOKED_BACK_DAYS + 1)):
        if older := reader.by_number(before.isoformat(), prefix, number):
            zh, en = rules.STATES[older.state]
            return problem(
                404,
                f"No {label} today",
                f"今天没有{label}号；{before.month}月{before.day}日有{label}号（{zh}）。",
                kind="urn:jiaohao:problem:unknown",
                detail_en=f"There is no {label} today; the {label} of {before:%d %B} {en}.",
                day=before.isoformat(),
            )
    raise Unknown(f"今天没有{label}号：请核对号码。", f"There is no {label} today: check the number.")


def _known(ticket_id: int) -> Ticket:
    ticket = the_hub().read().ticket(ticket_id)
    if ticket is None:
        raise Unknown(f"没有编号为{ticket_id}的号票。", f"There is no ticket with id {ticket_id}.")
    return ticket


@api.get("/<int(max=9007199254740991):ticket_id>")
@allowed(devices=("kiosk",), roles=READERS)
@answers("numbers_told.TicketView")
@api.doc(summary="A ticket now: its place in the queue and what became of its paper")
def show(ticket_id: int) -> dict[str, Any]:
    hub, ticket = the_hub(), _known(ticket_id)
    return ticket_view(hub, ticket) if g.staff else held_view(hub, ticket)


@api.get("/<int(max=9007199254740991):ticket_id>/life")
@allowed(roles=READERS)
@answers("numbers_told.Life")
@api.doc(summary="A ticket, everything that happened to it in sentences (`lines`), and the journal's rows (`life`)")
def life(ticket_id: int) -> dict[str, Any]:
    return whole(the_hub(), _known(ticket_id), g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/leave")
@allowed(roles=STAFF)
@answers("numbers_told.Life", key=True)
@api.doc(summary="弃号 the visitor withdrew")
def leave(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    return whole(hub, tickets.leave(hub, By(g.actor, idempotency_key()), ticket_id), g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/take-back")
@allowed(roles=STAFF)
@answers("numbers_told.Life", key=True)
@api.doc(summary="过号受理 a passed number waits again")
def take_back(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    return whole(hub, tickets.take_back(hub, By(g.actor, idempotency_key()), ticket_id), g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/undo")
@allowed(roles=STAFF)
@answers("numbers_told.Life", key=True)
@api.doc(summary="撤销 take one's own last step back")
def undo(ticket_id: int) -> dict[str, Any]:
    hub = the_hub()
    return whole(hub, tickets.undo(hub, By(g.actor, idempotency_key()), ticket=ticket_id), g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/reprint")
@allowed(devices=("kiosk",), roles=STAFF)
@api.input(Printing)
@answers("numbers_told.Reprinted", key=True)
@api.doc(summary="补打 reprint; at a kiosk only for whoever holds the ticket's code")
def reprint(ticket_id: int, json_data: Printing) -> dict[str, Any]:
    hub, holder = the_hub(), g.staff is None
    if holder:
        _nothing_of_staff(json_data)
    if holder and bookings.look_up(hub, json_data.code).ticket != _known(ticket_id):
        abort(403, description="请扫描这张号票上的码。Scan the code on this very ticket.")
    ticket = tickets.reprint(
        hub,
        By(g.actor, idempotency_key()),
        ticket_id,
        printers_for(hub.hall, g.actor, "" if holder else json_data.printer),
    )
    return held_view(hub, ticket) if holder else whole(hub, ticket, g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/raise")
@allowed(roles=STAFF)
@api.input(Raising)
@answers("numbers_told.Life", key=True)
@api.doc(summary="优先 put first, with a reason of the list; for the roles of [console].raise_roles")
def raise_(ticket_id: int, json_data: Raising) -> dict[str, Any]:
    hub = the_hub()
    if not may_raise(hub.hall, g.staff):
        abort(
            403,
            description=(
                "您没有优先的权限：请找咨询台或值班主任。Your role may not put a number first: ask the guide or the"
                " manager."
            ),
        )
    reason = rules.listed(json_data.reason, hub.hall.console.raise_reasons, "优先", "the priority")
    return whole(hub, tickets.raise_(hub, By(g.actor, idempotency_key()), ticket_id, reason), g.staff)


@api.post("/<int(max=9007199254740991):ticket_id>/transfer")
@allowed(roles=STAFF)
@api.input(Transferring)
@answers("numbers_told.Life", key=True)
@api.doc(
    summary="转移 move a waiting number to another service or one counter; what a counter holds is transferred there"
)
def transfer(ticket_id: int, json_data: Transferring) -> dict[str, Any]:
    hub, wish = the_hub(), json_data
    reason = rules.listed(wish.reason, hub.hall.console.transfer_reasons, "转移", "the transfer")
    ticket = _known(ticket_id)
    if ticket.state in ("called", "serving"):
        zh, en = hub.hall.counter_name(ticket.counter or "")
        raise Refused(f"{ticket.label}在{zh}：请由该窗口转移。", f"{ticket.label} is at {en}: it is transferred there.")
    moved = tickets.transfer(
        hub,
        By(g.actor, idempotency_key()),
        ticket_id,
        reason=reason,
        service=wish.service or None,
        counter=wish.counter or None,
        keep=wish.keep,
    )
    return whole(hub, moved, g.staff)
