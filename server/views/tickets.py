"""What is shown of one number: to whoever holds it, to staff, and of its paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config import Hall, Text
from server.domain import codes, rules
from server.domain import timeline as lives
from server.domain.reach import Reach
from server.domain.rules import Refused
from server.domain.ticket import Job, Ticket
from server.store import secret
from server.verbs import records, tickets
from server.verbs.accounts import Staff
from server.verbs.hub import Hub
from server.verbs.place import place_of
from server.views.agendas import agenda_told

PRINT_STATES = {
    "none": Text("", ""),
    "queued": Text("正在打印", "Printing"),
    "sending": Text("正在打印", "Printing"),
    "printed": Text("请取走号票", "Please take your ticket"),
    "sent": Text("请取走号票", "Please take your ticket"),
    "failed": Text(
        "号票没有打印出来：请记住号码，到咨询台补打",
        "Your ticket was not printed: remember the number and ask at the guide desk",
    ),
    "unknown": Text(
        "号票可能没有打印完整：请记住号码，到咨询台补打",
        "Your ticket may be incomplete: remember the number and ask at the guide desk",
    ),
}

PAPER = {
    "none": Text("没有打印号票", "No slip was asked for"),
    "queued": Text("正在打印", "Being printed"),
    "sending": Text("正在打印", "Being printed"),
    "printed": Text("已打印", "Printed"),
    "sent": Text("已送到打印机：请看一眼出票口", "Sent to the printer: look whether it came out"),
    "failed": Text("没有打印出来：请补打", "Not printed: reprint it"),
    "unknown": Text(
        "不能确定是否打印完整：请看打出来的纸，不完整就补打",
        "May be incomplete: look at the paper and reprint it if it is",
    ),
}
"""What staff are told of a slip, and what to do."""

PAPER_HELPS = ("waiting", "called", "serving", "suspended", "passed")
"""States in which another slip is of use."""


def iso(hall: Hall, at: float | None) -> str | None:
    """An instant as local ISO 8601 with its offset."""
    return None if at is None else datetime.fromtimestamp(at, hall.zone).isoformat(timespec="seconds")


def elsewhere(hall: Hall, job: Job | None) -> Text:
    """The printer from which a paper came, where it is not the first that was asked for it: people have to be told
    where to go. Else empty.
    """
    if (
        job is None
        or job.state not in ("printed", "sent")
        or job.printer is None
        or job.printer == next(iter(job.printers), job.printer)
    ):
        return Text("", "")
    return hall.printer_name(job.printer)


def paper_of(hall: Hall, job: Job | None) -> dict[str, str]:
    state, where = job.state if job else "none", elsewhere(hall, job)
    said = Text(f"请到“{where.zh}”取号票", f"Your ticket is at: {where.en}") if where.zh else PRINT_STATES[state]
    return {"state": state, **said.json(), "reason": job.reason if job else "", **where.json("where")}


def service_names(hall: Hall, code: str) -> dict[str, str]:
    return {"code": code, **hall.service_name(code).json("name")}


def ticket_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A ticket as its holder sees it."""
    hall, reader = hub.hall, hub.read()
    place = place_of(hall, reader, ticket, hub.now(), hub.foresight)
    return {
        "id": ticket.id,
        "number": ticket.label,
        "service": service_names(hall, ticket.service),
        "group": place.group.json("name"),
        "class": ticket.klass,
        "state": ticket.state,
        "issued_at": iso(hall, ticket.issued_at),
        "ahead": place.ahead,
        "estimate_min": place.wait,
        "estimate_at": iso(hall, place.at),
        **place.counters.json("counters"),
        "counter": ticket.counter,
        "print": paper_of(hall, reader.last_job(ticket.id)),
        "agenda": agenda_told(hub, reader.agenda(ticket.id)),
    }


def held_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A ticket for the kiosk before which its holder stands: with the address of its place for a telephone, which is no
    business of staff, since it also rates.
    """
    url = hub.hall.public.url
    seal: bytes = hub.kept("seal of codes", lambda: secret.key(hub.hall, "code").encode())
    return {**ticket_view(hub, ticket), "place_url": f"{url}/p/{codes.ticket_code(seal, ticket.id)}" if url else ""}


def staff_view(hub: Hub, ticket: Ticket, staff: Staff | None) -> dict[str, Any]:
    """A ticket as the guide desk sees it, with the keys that its state and the person's role allow."""
    hall, reader = hub.hall, hub.read()
    job, counter = reader.last_job(ticket.id), hall.counters.get(ticket.counter or "")
    back = (
        ticket.ended_at + hall.tickets.lapse_min * 60
        if ticket.state == "passed" and ticket.ended_at is not None
        else None
    )
    return {
        **ticket_view(hub, ticket),
        "day": ticket.day,
        "today": ticket.day == hub.day(hub.now()),
        "state_words": rules.STATES[ticket.state].json(),
        **hall.class_name(ticket.klass).json("class_name"),
        "counter_name": counter.name if counter else ticket.counter,
        "counter_name_en": counter.name_en if counter else ticket.counter,
        "called_at": iso(hall, ticket.last_called_at),
        "ended_at": iso(hall, ticket.ended_at),
        "calls": ticket.calls,
        "passes": ticket.passes,
        "slot": iso(hall, ticket.slot),
        "appointment": ticket.appointment,
        "raised": ticket.raised,
        "target": ticket.target,
        "language": ticket.language,
        "large_print": ticket.large_print,
        "by_sight": ticket.by_sight,
        "paper": paper_words(hub.hall, job),
        "lapses_at": iso(hall, back),
        **keys_of(hub, ticket, job, staff),
    }


def paper_words(hall: Hall, job: Job | None) -> dict[str, Any]:
    """What became of a slip, for staff."""
    state, where = job.state if job else "none", elsewhere(hall, job)
    there = Text(f"已在“{where.zh}”打出：请到那里取", f"Printed elsewhere, fetch it there: {where.en}")
    return {
        "state": state,
        **(there if where.zh else PAPER[state]).json(),
        **lives.paper_reason(job.reason if job else "").json("reason"),
        "where": where.zh,
        "copy": job.copy if job else 0,
    }


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
            refused = error.text.json()
    can += ["raise"] if "raise" in possible and may_raise(hub.hall, staff) else []
    can += ["transfer"] if ticket.state == "waiting" else []
    can += ["leave"] if "leave" in possible else []
    last = tickets.last_step(hub, hub.read(), staff.id, hub.now())
    step = last[0] if last and last[0].ticket == ticket.id else None
    undo = step and {"until": iso(hub.hall, step.at + hub.hall.console.undo_s), **_key_of(step.event)}
    return {"can": [*can, "undo"] if undo else can, "why_not": refused, "undo": undo}


def _key_of(event: str) -> dict[str, str]:
    found = next((Text(zh, done) for zh, _, done in rules.VERBS.values() if done == event), Text.same(event))
    return found.json()


def may_raise(hall: Hall, staff: Staff) -> bool:
    try:
        rules.may_raise(staff.role, hall.console.raise_roles)
    except Refused:
        return False
    return True


def whole(hub: Hub, ticket: Ticket, staff: Staff | None) -> dict[str, Any]:
    """A ticket for whoever of the staff asks, its life in sentences, and the rows of the journal behind them."""
    reader = hub.read()
    reach = Reach(staff.id, staff.role, staff.department) if staff else None
    rows = records.told_of(hub, reach, reader.life_line(ticket.id))
    told = [
        {**line, "at": iso(hub.hall, line["at"]), "epoch": line["at"]}
        for line in lives.lines(hub.hall, rows, reader.names())
    ]
    raw = [
        {"seq": r.seq, "at": iso(hub.hall, r.at), "event": r.event, "actor": r.actor, "counter": r.counter}
        for r in rows
    ]
    return {"ticket": staff_view(hub, ticket, staff), "lines": told, "life": raw}
