"""The keys by which staff print a paper: at the console, at the desk, and 补打 of any. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, g
from pydantic import Field

import words
from server.domain.rules import Refused
from server.domain.slip_facts import NAMES
from server.domain.ticket import Job
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.counter import Id, done, own
from server.pages.incoming import Identifier, Whole
from server.pages.openapi import answers
from server.pages.tickets import STAFF, printers_for
from server.verbs import jobs, papers
from server.verbs.hub import By, Hub, known_job, known_ticket
from server.verbs.papers import Asker
from server.views.papers import view

api = APIBlueprint("slips", __name__, url_prefix="/api/v1", tag="Papers 单据")

Code = Annotated[Identifier, Field(max_length=40)]
Line = Annotated[str, Field(max_length=120)]


class Wish(Body):
    """A paper. What a kind does not need is left out."""

    kind: str = Field(description=f"One of {', '.join(NAMES)}", max_length=20)
    ticket: Id | None = Field(None, description="The number it is about; for materials it may be left out")
    services: list[Code] = Field(
        [], description="Items by their service codes; none for those of the number", max_length=20
    )
    lines: list[Line] = Field(
        [], description="What is missing, was received or is to be brought, or the reasons: one each", max_length=40
    )
    note: str = Field("", description="A notice's reason", max_length=200)
    number: Identifier = Field(
        "", description="Case, pick-up number or booking code; of a notice the case it is about", max_length=40
    )
    when: str = Field("", description="When to collect", max_length=60)
    contact: Whole | None = Field(None, description="First contact of a referral", ge=1, le=2**53 - 1)
    language: str | None = Field(
        None,
        description="zh, or en for English lines too; left out: as the number it is about",
        pattern=words.pattern(),
    )
    large_print: bool | None = Field(None, description="大字版; left out: as the number it is about")
    printer: str = Field("", description="A printer of config.toml; empty: the first that is ready", max_length=40)


class Again(Body):
    printer: str = Field("", max_length=40)


# --- keys -----------------------------------------------------------------------------------------


def _asker(hub: Hub, by: By, wish: Wish, counter: str | None) -> Asker:
    printers = printers_for(hub.hall, by.actor, wish.printer, counter)
    return Asker(by, printers, wish.language, wish.large_print)


def _ticket(wish: Wish) -> int:
    if wish.ticket is None:
        raise Refused("请先叫号：这张单据要写明是哪个号。", "Call a number first: this paper is about one.")
    return wish.ticket


def _items(hub: Hub, wish: Wish) -> list[str]:
    """The items of a paper; without any those of its number."""
    ticket = None if wish.ticket is None else known_ticket(hub.read(), wish.ticket)
    codes = wish.services or (list(ticket.items) or [ticket.service] if ticket else [])
    if not codes:
        raise Refused("请选择事项。", "Choose an item.")
    return codes


def _about(hub: Hub, wish: Wish) -> tuple[str, list[str]]:
    """The item of a list or a notice, and those on the same paper; of a number for several all that are open."""
    planned = None if wish.services or wish.ticket is None else hub.read().agenda(wish.ticket)
    open_ = [one.service for one in planned.items if not one.outcome] if planned else []
    first, *others = open_ or _items(hub, wish)
    return first, others


def _materials(hub: Hub, who: Asker, counter: str, wish: Wish) -> Job:
    first, others = _about(hub, wish)
    return papers.materials(hub, who, first, also=others, ticket=wish.ticket)


def _notice(hub: Hub, who: Asker, counter: str, wish: Wish) -> Job:
    ticket = _ticket(wish)
    first, others = _about(hub, wish)
    return papers.notice(
        hub,
        who,
        counter,
        ticket,
        first,
        wish.lines,
        wish.note,
        also=others,
        case=wish.number.strip(),
        role=g.staff.role,
        department=g.staff.department,
    )


Print = Callable[[Hub, Asker, str, Wish], Job]
CONSOLE: dict[str, Print] = {
    "materials": _materials,
    "notice": _notice,
    "receipt": lambda hub, who, c, w: papers.receipt(hub, who, c, _ticket(w), _items(hub, w), w.lines, w.number),
    "refusal": lambda hub, who, c, w: papers.refusal(hub, who, c, _ticket(w), _items(hub, w), w.lines),
    "pickup": lambda hub, who, c, w: papers.pickup(hub, who, c, _ticket(w), _items(hub, w), w.number, w.when, w.lines),
    "dayclose": lambda hub, who, c, w: papers.day_close(hub, who, c),
    "referral": lambda hub, who, c, w: papers.referral(hub, who, w.contact or 0),
    "booking": lambda hub, who, c, w: papers.booking(hub, who, w.number),
}
DESK: dict[str, Print] = {
    "materials": CONSOLE["materials"],
    "referral": CONSOLE["referral"],
    "booking": CONSOLE["booking"],
}
"""What each place prints."""


def _wished(keys: dict[str, Print], kind: str) -> Print:
    if kind not in keys:
        names = [NAMES[one] for one in keys]
        raise Refused(
            f"这里不能打印“{NAMES[kind][0] if kind in NAMES else kind}”：可以打印{'、'.join(zh for zh, _ in names)}。",
            f"'{kind}' is not printed here; here are: {', '.join(en for _, en in names)}.",
        )
    return keys[kind]


@api.post("/counters/<counter_id>/slips")
@allowed(roles=STAFF)
@api.input(Wish)
@answers("console_told.PaperPrinted", key=True)
@api.doc(
    summary=(
        "一次性告知单 notice, 受理凭证 receipt, 不予受理告知书 refusal, 领件通知单 pickup, 材料清单 materials, 日结小票"
        " dayclose, 引导单 referral, 预约凭条 booking"
    )
)
def at_console(counter_id: str, json_data: Wish) -> Response:
    """The console as it is then; `slip` is the paper."""
    hub, by = own(counter_id)
    job = _wished(CONSOLE, json_data.kind)(hub, _asker(hub, by, json_data, counter_id), counter_id, json_data)
    return done(counter_id, slip=view(hub, hub.read(), job))


@api.post("/slips")
@allowed(roles=STAFF)
@api.input(Wish)
@answers("papers_told.Paper", status=201, key=True)
@api.doc(
    summary="At the desk: 材料清单 materials of an item, 引导单 referral of a first contact, 预约凭条 booking",
    responses={201: "the paper"},
)
def ask(json_data: Wish) -> tuple[dict[str, Any], int]:
    hub, by = the_hub(), By(g.staff.id, idempotency_key())
    job = _wished(DESK, json_data.kind)(hub, _asker(hub, by, json_data, g.staff.counter), "", json_data)
    return view(hub, hub.read(), job), 201


@api.get("/slips/<int(max=9007199254740991):job>")
@allowed(roles=STAFF)
@answers("papers_told.Paper")
@api.doc(summary="A paper now: what became of it")
def show(job: int) -> dict[str, Any]:
    hub = the_hub()
    return view(hub, hub.read(), known_job(hub.read(), job))


@api.post("/slips/<int(max=9007199254740991):job>/reprint")
@allowed(roles=STAFF)
@api.input(Again)
@answers("papers_told.Paper", status=201, key=True)
@api.doc(summary="补打 the same paper once more, marked and counted", responses={201: "the new paper"})
def reprint(job: int, json_data: Again) -> tuple[dict[str, Any], int]:
    hub, staff = the_hub(), g.staff
    again = jobs.reprint_slip(
        hub, By(staff.id, idempotency_key()), job, printers_for(hub.hall, staff.id, json_data.printer, staff.counter)
    )
    return view(hub, hub.read(), again), 201
