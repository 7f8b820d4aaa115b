"""What a ticket says to whoever holds it and to the staff, and what may be done with it: the kiosk's and the guide desk's shared API."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, g
from pydantic import BaseModel, Field, model_validator

from config import Hall
from server import bookings, rules
from server import life as lives
from server.hub import Hub, Unknown
from server.pages.access import Staff, allowed, idempotency_key, the_hub
from server.pages.problems import problem
from server.place import place_of
from server.rules import Refused
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

PAPER = {
    "none": ("没有打印号票", "No slip was asked for"),
    "queued": ("正在打印", "Being printed"),
    "sending": ("正在打印", "Being printed"),
    "printed": ("已打印", "Printed"),
    "sent": ("已送到打印机：请看一眼出票口", "Sent to the printer: look whether it came out"),
    "failed": ("没有打印出来：请补打", "Not printed: reprint it"),
    "unknown": ("不能确定是否打印完整：请看打出来的纸，不完整就补打", "May be incomplete: look at the paper and reprint it if it is"),
}
"""What staff are told of a slip, and what to do."""

STAFF = ("operator", "guide", "manager")
READERS = (*STAFF, "supervisor")
PAPER_HELPS = ("waiting", "called", "serving", "suspended", "passed")
"""States in which another slip is of use."""
LOOKED_BACK_DAYS = 7


class Holder(BaseModel):
    """Whose number it is, without saying who: only where a quota counts persons."""

    hash: str = Field(description="HMAC-SHA256 of the card's number with the kiosk's `id_key`, hex", pattern="^[0-9a-f]{64}$")
    mask: str = Field(description="Such as 3505**********1234", pattern=r"^[0-9A-Z]{0,6}\*{4,}[0-9A-Z]{0,4}$", max_length=24)


class NewTicket(BaseModel):
    """A wish for a number: of a service, or of a booking that checks in."""

    service: str = Field("", description="Service code of the catalogue", max_length=40)
    booking: str = Field("", description="Code of an appointment or of a result to collect: its number, never a second one", max_length=60)
    holder: Holder | None = None
    klass: str = Field("ordinary", alias="class", description="Class of visitors; staff only", max_length=40)
    language: str = Field("zh", description="zh or en: language of the slip's second line", pattern="^(zh|en)$")
    large_print: bool = Field(False, description="大字版")
    slot: str = Field("", description="Local ISO time of an appointment's slot; staff only", max_length=40)
    appointment: str = Field("", description="The appointment's own number; staff only", max_length=40)
    printer: str = Field("", description="Where the slip goes, a printer of config.toml; staff only", max_length=40)

    @model_validator(mode="after")
    def something_is_wished(self) -> NewTicket:
        if not self.service and not self.booking:
            raise ValueError("service or booking: one of them is needed")
        return self


class Wanted(BaseModel):
    number: str = Field(description="Such as A012", max_length=20)
    day: str = Field("", description="Another service day, ISO", max_length=10)


class Printing(BaseModel):
    """Where another slip goes; empty: the first printer that is ready."""

    printer: str = Field("", max_length=40)
    code: str = Field("", description="The ticket's own code as it was scanned; a kiosk needs it", max_length=300)


class Raising(BaseModel):
    reason: str = Field(description="One of console.raise_reasons, in Chinese", max_length=60)


class Transferring(BaseModel):
    reason: str = Field(description="One of console.transfer_reasons, in Chinese", max_length=60)
    service: str = Field("", description="Service code; empty: as it is", max_length=40)
    counter: str = Field("", description="For this counter alone; empty: for all that serve it", max_length=40)
    keep: bool = Field(True, description="Keep the place, or go to the end of the queue")


def iso(hall: Hall, at: float | None) -> str | None:
    """An instant as local ISO 8601 with its offset."""
    return None if at is None else datetime.fromtimestamp(at, hall.zone).isoformat(timespec="seconds")


def elsewhere(hall: Hall, job: Job | None) -> tuple[str, str]:
    """The printer from which a paper came, where it is not the first that was asked for it: people have to be told where to go. Else empty."""
    if job is None or job.state not in ("printed", "sent") or job.printer is None or job.printer == next(iter(job.printers), job.printer):
        return "", ""
    return hall.printer_name(job.printer)


def paper_of(hall: Hall, job: Job | None) -> dict[str, str]:
    state, (where, where_en) = job.state if job else "none", elsewhere(hall, job)
    zh, en = (f"请到“{where}”取号票", f"Your ticket is at: {where_en}") if where else PRINT_STATES[state]
    return {"state": state, "zh": zh, "en": en, "reason": job.reason if job else "", "where": where, "where_en": where_en}


def service_names(hall: Hall, code: str) -> dict[str, str]:
    name, name_en = hall.service_name(code)
    return {"code": code, "name": name, "name_en": name_en}


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
        "print": paper_of(hall, reader.last_job(ticket.id)),
    }


def printers_for(hall: Hall, actor: str, wanted: str = "", counter: str | None = None) -> list[str]:
    """Where slips asked for by a kiosk or a member of staff (at a counter) go, the first that is ready; one that was chosen alone."""
    if actor in hall.kiosks:
        return hall.kiosks[actor].printers
    if wanted and wanted not in hall.printers:
        raise Unknown(f"没有打印机“{wanted}”。", f"There is no printer '{wanted}' in config.toml.")
    return [wanted] if wanted else hall.printers_at(counter)


# --- what staff see of a ticket ---------------------------------------------------------------------------------------


def staff_view(hub: Hub, ticket: Ticket, staff: Staff | None) -> dict[str, Any]:
    """A ticket as the guide desk sees it, with the keys that its state and the person's role allow."""
    hall, reader = hub.hall, hub.read()
    klass, counter = hall.classes.get(ticket.klass), hall.counters.get(ticket.counter or "")
    job, (zh, en) = reader.last_job(ticket.id), rules.STATES[ticket.state]
    back = ticket.ended_at + hall.tickets.lapse_min * 60 if ticket.state == "passed" and ticket.ended_at is not None else None
    return {
        **ticket_view(hub, ticket), "day": ticket.day, "today": ticket.day == hub.day(hub.now()),
        "state_words": {"zh": zh, "en": en}, "class_name": klass.name if klass else ticket.klass,
        "class_name_en": klass.name_en if klass else ticket.klass,
        "counter_name": counter.name if counter else ticket.counter, "counter_name_en": counter.name_en if counter else ticket.counter,
        "called_at": iso(hall, ticket.last_called_at), "ended_at": iso(hall, ticket.ended_at), "calls": ticket.calls, "passes": ticket.passes,
        "slot": iso(hall, ticket.slot), "appointment": ticket.appointment, "raised": ticket.raised, "target": ticket.target,
        "language": ticket.language, "large_print": ticket.large_print,
        "paper": paper_words(hub.hall, job), "lapses_at": iso(hall, back), **keys_of(hub, ticket, job, staff),
    }  # fmt: skip


def paper_words(hall: Hall, job: Job | None) -> dict[str, Any]:
    """What became of a slip, for staff."""
    state, (where, where_en) = job.state if job else "none", elsewhere(hall, job)
    zh, en = (f"已在“{where}”打出：请到那里取", f"Printed elsewhere, fetch it there: {where_en}") if where else PAPER[state]
    why, why_en = lives.paper_reason(job.reason if job else "")
    return {"state": state, "zh": zh, "en": en, "reason": why, "reason_en": why_en, "where": where, "copy": job.copy if job else 0}


def keys_of(hub: Hub, ticket: Ticket, job: Job | None, staff: Staff | None) -> dict[str, Any]:
    """The verbs that the desk offers, and the sentence where a passed number may not come back."""
    if staff is None or staff.role == "supervisor" or ticket.day != hub.day(hub.now()):
        return {"can": [], "why_not": None, "undo": None}
    possible, refused = rules.allowed(ticket), None
    can = ["reprint"] if ticket.state in PAPER_HELPS and (job is None or job.state not in ("queued", "sending")) else []
    if "take back" in possible:
        try:
            rules.not_lapsed(ticket, hub.now(), hub.hall.tickets.lapse_min, hub.hall.tickets.max_passes)
            can.append("take-back")
        except Refused as error:
            refused = {"zh": str(error), "en": error.en}
    can += ["raise"] if "raise" in possible and may_raise(hub.hall, staff) else []
    can += ["transfer"] if ticket.state == "waiting" else []
    can += ["leave"] if "leave" in possible else []
    last = hub.last_step(hub.read(), staff.id, hub.now())
    step = last[0] if last and last[0].ticket == ticket.id else None
    undo = step and {"until": iso(hub.hall, step.at + hub.hall.console.undo_s), **_key_of(step.event)}
    return {"can": [*can, "undo"] if undo else can, "why_not": refused, "undo": undo}


def _key_of(event: str) -> dict[str, str]:
    return next(({"zh": zh, "en": done} for zh, _, done in rules.VERBS.values() if done == event), {"zh": event, "en": event})


def may_raise(hall: Hall, staff: Staff) -> bool:
    try:
        rules.may_raise(staff.role, hall.console.raise_roles)
    except Refused:
        return False
    return True


def whole(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A ticket, its life in sentences, and the rows of the journal behind them."""
    reader = hub.read()
    rows = reader.life_line(ticket.id)
    told = [{**line, "at": iso(hub.hall, line["at"]), "epoch": line["at"]} for line in lives.lines(hub.hall, rows, reader.names())]
    raw = [{"seq": r.seq, "at": iso(hub.hall, r.at), "event": r.event, "actor": r.actor, "counter": r.counter} for r in rows]
    return {"ticket": staff_view(hub, ticket, g.staff), "lines": told, "life": raw}


# --- the API ----------------------------------------------------------------------------------------------------------


@api.post("")
@allowed(devices=True, roles=STAFF)
@api.input(NewTicket)
@api.doc(summary="Take a number 取号", responses={201: "the ticket", 409: "kiosks do not issue now"})
def take(json_data: NewTicket) -> tuple[dict[str, Any], int]:
    hub, wish = the_hub(), json_data
    kiosk = g.staff is None
    if wish.booking:
        ticket = bookings.check_in(
            hub, wish.booking, actor=g.actor, key=idempotency_key(), language=wish.language, large_print=wish.large_print,
            printers=printers_for(hub.hall, g.actor, "" if kiosk else wish.printer),
        )  # fmt: skip
        return ticket_view(hub, ticket), 201
    slot = None if kiosk else slot_of(hub, wish)
    ticket = hub.issue(
        wish.service, klass="ordinary" if kiosk else wish.klass, channel="kiosk" if kiosk else "desk",
        actor=g.actor, key=idempotency_key(), language=wish.language, large_print=wish.large_print,
        printers=printers_for(hub.hall, g.actor, "" if kiosk else wish.printer), slot=slot,
        appointment="" if slot is None else wish.appointment.strip(),
        holder=(wish.holder.hash, wish.holder.mask) if wish.holder else None,
    )  # fmt: skip
    return ticket_view(hub, ticket), 201


def slot_of(hub: Hub, wish: NewTicket) -> float | None:
    """The slot of an appointment that checks in, epoch seconds; None for a walk-in. It is of today and has a number."""
    if not wish.slot and wish.klass != hub.hall.tickets.appointment_class:
        return None
    try:
        at = datetime.fromisoformat(wish.slot)
        slot = (at if at.tzinfo else at.replace(tzinfo=hub.hall.zone)).timestamp()
        today = hub.day(slot) == hub.day(hub.now())
    except (ValueError, OverflowError, OSError):
        raise Refused("请填写预约时段，例如10:30。", "Enter the time of the appointment, such as 10:30.") from None
    if not today:
        raise Refused("预约不是今天的：请按普通号取号，或改日再来。", "The appointment is not for today: issue an ordinary number, or come that day.")
    if not wish.appointment.strip():
        raise Refused("请填写预约号：同一预约只能签到一次。", "Enter the appointment's number: an appointment checks in once.")
    return slot


@api.get("")
@allowed(roles=READERS)
@api.input(Wanted, location="query")
@api.doc(summary="A ticket of today by its number, as …/life gives it", responses={404: "no such number today; `day` says of which day one is"})
def find(query_data: Wanted) -> dict[str, Any] | Response:
    hub, reader = the_hub(), the_hub().read()
    match = re.fullmatch(r"([A-Z])([0-9]{1,6})", query_data.number.strip().upper())
    if match is None:
        raise Refused("请输入号码，例如A012。", "Enter a number such as A012.")
    prefix, number = match[1], int(match[2])
    label, day = f"{prefix}{number:03d}", query_data.day or hub.day(hub.now())
    ticket = reader.by_number(day, prefix, number)
    if ticket:
        return whole(hub, ticket)
    if query_data.day:
        raise Unknown(f"{day}没有{label}号。", f"There is no {label} of {day}.")
    today = date.fromisoformat(day)
    for before in (today - timedelta(days=n) for n in range(1, LOOKED_BACK_DAYS + 1)):
        if older := reader.by_number(before.isoformat(), prefix, number):
            zh, en = rules.STATES[older.state]
            return problem(
                404, f"No {label} today", f"今天没有{label}号；{before.month}月{before.day}日有{label}号（{zh}）。", kind="urn:jiaohao:problem:unknown",
                detail_en=f"There is no {label} today; the {label} of {before:%d %B} {en}.", day=before.isoformat(),
            )  # fmt: skip
    raise Unknown(f"今天没有{label}号：请核对号码。", f"There is no {label} today: check the number.")


def _known(ticket_id: int) -> Ticket:
    ticket = the_hub().read().ticket(ticket_id)
    if ticket is None:
        raise Unknown(f"没有编号为{ticket_id}的号票。", f"There is no ticket with id {ticket_id}.")
    return ticket


@api.get("/<int(max=9007199254740991):ticket_id>")
@allowed(devices=True, roles=READERS)
@api.doc(summary="A ticket now: its place in the queue and what became of its paper")
def show(ticket_id: int) -> dict[str, Any]:
    return ticket_view(the_hub(), _known(ticket_id))


@api.get("/<int(max=9007199254740991):ticket_id>/life")
@allowed(roles=READERS)
@api.doc(summary="A ticket, everything that happened to it in sentences (`lines`), and the journal's rows (`life`)")
def life(ticket_id: int) -> dict[str, Any]:
    return whole(the_hub(), _known(ticket_id))


@api.post("/<int(max=9007199254740991):ticket_id>/<any('leave', 'take-back', 'undo'):verb>")
@allowed(roles=STAFF)
@api.doc(summary="弃号 leave, 过号受理 take-back, 撤销 undo one's own last step")
def act(ticket_id: int, verb: str) -> dict[str, Any]:
    hub = the_hub()
    if verb == "undo":
        return whole(hub, hub.undo(actor=g.actor, key=idempotency_key(), ticket=ticket_id))
    keys = {"leave": hub.leave, "take-back": hub.take_back}
    return whole(hub, keys[verb](ticket_id, actor=g.actor, key=idempotency_key()))


@api.post("/<int(max=9007199254740991):ticket_id>/reprint")
@allowed(devices=True, roles=STAFF)
@api.input(Printing)
@api.doc(summary="补打 reprint; at a kiosk only for whoever holds the ticket's code")
def reprint(ticket_id: int, json_data: Printing) -> dict[str, Any]:
    hub, holder = the_hub(), g.staff is None
    if holder and bookings.look_up(hub, json_data.code).ticket != _known(ticket_id):
        abort(403, description="请扫描这张号票上的码。Scan the code on this very ticket.")
    ticket = hub.reprint(ticket_id, printers_for(hub.hall, g.actor, "" if holder else json_data.printer), actor=g.actor, key=idempotency_key())
    return ticket_view(hub, ticket) if holder else whole(hub, ticket)


@api.post("/<int(max=9007199254740991):ticket_id>/raise")
@allowed(roles=STAFF)
@api.input(Raising)
@api.doc(summary="优先 put first, with a reason of the list; for the roles of [console].raise_roles")
def raise_(ticket_id: int, json_data: Raising) -> dict[str, Any]:
    hub = the_hub()
    if not may_raise(hub.hall, g.staff):
        abort(403, description="您没有优先的权限：请找导服或值班主任。Your role may not put a number first: ask the guide or the manager.")
    reason = rules.listed(json_data.reason, hub.hall.console.raise_reasons, "优先", "the priority")
    return whole(hub, hub.raise_(ticket_id, reason, actor=g.actor, key=idempotency_key()))


@api.post("/<int(max=9007199254740991):ticket_id>/transfer")
@allowed(roles=STAFF)
@api.input(Transferring)
@api.doc(summary="转移 move a waiting number to another service or one counter; what a counter holds is transferred there")
def transfer(ticket_id: int, json_data: Transferring) -> dict[str, Any]:
    hub, wish = the_hub(), json_data
    reason = rules.listed(wish.reason, hub.hall.console.transfer_reasons, "转移", "the transfer")
    ticket = _known(ticket_id)
    if ticket.state in ("called", "serving"):
        raise Refused(
            f"{ticket.label}在窗口{ticket.counter}：请由该窗口转移。", f"{ticket.label} is at counter {ticket.counter}: it is transferred there."
        )
    moved = hub.transfer(
        ticket_id, reason=reason, service=wish.service or None, counter=wish.counter or None, keep=wish.keep, actor=g.actor, key=idempotency_key()
    )
    return whole(hub, moved)
