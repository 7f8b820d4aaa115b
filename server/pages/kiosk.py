"""The routes of a kiosk: its view as a feed, test page, 材料清单, and looking a code up. Shows what views say."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g
from pydantic import Field

from config import Text
from server.domain.offline import Span
from server.domain.ticket import Job
from server.health import Health
from server.pages.access import allowed, idempotency_key, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Identifier, Language
from server.pages.openapi import answers
from server.pages.rate import GivenLevel
from server.pages.tickets import ItemCode
from server.store import secret
from server.verbs import bookings, diversion, offline, papers, ratings, tickets
from server.verbs.hub import By, known_job, known_ticket
from server.views.kiosk import kiosk_view
from server.views.offline import lease_view
from server.views.rate import rating_of
from server.views.tickets import held_view, iso, paper_of, service_names

BATCH = 200
"""So many lines of a book come at once."""

api = APIBlueprint("kiosk", __name__, url_prefix="/api/v1/kiosks", tag="Kiosks 取号机")


class Code(Body):
    code: Identifier = Field(description="As it was scanned or typed", min_length=1, max_length=300)


def _known(kiosk_id: str) -> None:
    if kiosk_id not in the_hub().hall.kiosks:
        abort(404, description=f"没有取号机“{kiosk_id}”。There is no kiosk '{kiosk_id}' in config.toml.")


def _own(kiosk_id: str) -> None:
    """Only the kiosk itself."""
    _known(kiosk_id)
    if g.actor != kiosk_id:
        abort(403, description="这不是本机的令牌。This token is another device's.")


@api.get("/<kiosk_id>")
@allowed(devices=("kiosk",), roles=("manager",))
@answers("devices_told.KioskView", feed=True)
@api.doc(
    summary="What the kiosk shows; text/event-stream for changes as they happen. `id_key` only for the kiosk itself"
)
def show(kiosk_id: str) -> Response:
    hub = the_hub()
    (_known if g.staff else _own)(kiosk_id)
    health: Health = current_app.extensions["health"]
    itself = g.actor == kiosk_id

    def make() -> dict[str, Any]:
        seal = {"id_key": secret.key(hub.hall, "identity").encode().hex()} if itself else {}
        return kiosk_view(hub, kiosk_id, health) | seal

    answer: Response = current_app.extensions["feeds"].answer(
        f"kiosk {kiosk_id}" if itself else f"kiosk {kiosk_id} looked at", make
    )
    if itself:
        answer.call_on_close(current_app.extensions["health"].attend(f"kiosk {kiosk_id}"))
    return answer


@api.put("/<kiosk_id>/alive")
@allowed(devices=("kiosk",))
@answers("parts.Nothing")
@api.doc(summary="The kiosk's program runs; said every 15 s")
def alive(kiosk_id: str) -> dict[str, Any]:
    _own(kiosk_id)
    current_app.extensions["health"].seen(f"kiosk {kiosk_id}")
    return {}


@api.post("/<kiosk_id>/test-page")
@allowed(devices=("kiosk",))
@answers("parts.Nothing", key=True)
@api.doc(summary="A test page on the kiosk's first printer, for the technician who stands there")
def test_page(kiosk_id: str) -> dict[str, Any]:
    _own(kiosk_id)
    idempotency_key()
    spool = current_app.extensions.get("spool")
    if spool is None:
        abort(503, description="打印服务没有运行。The printers' threads do not run here.")
    spool.print_test_page(the_hub().hall.kiosks[kiosk_id].printers[0])
    return {}


class Listing(Body):
    service: Identifier = Field(description="Service code of the catalogue", max_length=40)
    also: list[ItemCode] = Field([], description="Further items: one list of all without doubles", max_length=20)
    language: Language = "zh"
    large_print: bool = False


@api.post("/<kiosk_id>/lists")
@allowed(devices=("kiosk",))
@api.input(Listing)
@answers("devices_told.MaterialsList", status=201, key=True)
@api.doc(
    summary="Print what an item needs (材料清单), within lists_per_10_min",
    responses={201: "the paper: its job, and what became of it"},
)
def print_list(kiosk_id: str, json_data: Listing) -> tuple[dict[str, Any], int]:
    _own(kiosk_id)
    hub, wish = the_hub(), json_data
    asker = papers.Asker(
        By(kiosk_id, idempotency_key()), hub.hall.kiosks[kiosk_id].printers, wish.language, wish.large_print
    )
    return _list(papers.materials(hub, asker, wish.service, also=wish.also)), 201


class BookingSlip(Body):
    code: Identifier = Field(description="The booking's code as it was scanned or typed", max_length=60)
    language: Language = "zh"
    large_print: bool = False


@api.post("/<kiosk_id>/bookings")
@allowed(devices=("kiosk",))
@api.input(BookingSlip)
@answers("devices_told.MaterialsList", status=201, key=True)
@api.doc(
    summary="Print a booking that is to come (预约凭条), within lists_per_10_min",
    responses={201: "the paper: its job, and what became of it", 409: "It is over, cancelled or on the waiting list"},
)
def print_booking(kiosk_id: str, json_data: BookingSlip) -> tuple[dict[str, Any], int]:
    _own(kiosk_id)
    hub, wish = the_hub(), json_data
    by, kiosk = By(kiosk_id, idempotency_key()), hub.hall.kiosks[kiosk_id]
    asker = papers.Asker(by, kiosk.printers, wish.language, wish.large_print)
    return _list(papers.booking(hub, asker, wish.code)), 201


@api.get("/<kiosk_id>/lists/<int(max=9007199254740991):job>")
@allowed(devices=("kiosk",))
@answers("devices_told.MaterialsList")
@api.doc(summary="What became of a list")
def show_list(kiosk_id: str, job: int) -> dict[str, Any]:
    _own(kiosk_id)
    found = known_job(the_hub().read(), job)
    if found.kind not in papers.OF_A_KIOSK:
        abort(404, description="没有这张材料清单。There is no such list.")
    return _list(found)


def _list(job: Job) -> dict[str, Any]:
    return {"job": job.id, "print": {**paper_of(the_hub().hall, job), **Text("", "").json()}}


class OfflineTaken(Body):
    """A line of the kiosk's book: a number that it gave out without the hub."""

    line: int = Field(ge=1, le=2**53)
    prefix: str = Field(pattern="^[A-Z]$")
    number: int = Field(ge=1, le=999_999)
    service: Identifier = Field(max_length=40)
    at: float = Field(description="When, epoch seconds by the kiosk's clock", ge=0, le=1e11)
    wish: str = Field("", description="The idempotency key of the touch", max_length=100)
    klass: Identifier = Field("ordinary", max_length=40)
    ground: Identifier = Field("", max_length=40)
    party: Identifier = Field("", max_length=40)
    language: Language = "zh"
    large_print: bool = False
    back: bool = Field(False, description="It was given back at once")


class OfflineHeld(Body):
    prefix: str = Field(pattern="^[A-Z]$")
    first: int = Field(ge=1, le=999_999)
    last: int = Field(ge=1, le=999_999)


class OfflineBook(Body):
    book: str = Field(description="The kiosk's own file, by an id that it made up", min_length=8, max_length=60)
    clock: float = Field(description="What the kiosk takes for the hub's time, epoch seconds", ge=0, le=1e11)
    heard: float = Field(0.0, description="When it last heard the hub, epoch seconds", ge=0, le=1e11)
    unread: int = Field(0, description="So many lines of the book before this one can't be read", ge=0, le=10**6)
    holds: list[OfflineHeld] = Field([], description="The blocks that it believes to have", max_length=200)
    entered: int = Field(0, description="Up to this line the hub had said that all is entered", ge=0, le=2**53)
    taken: list[OfflineTaken] = Field([], description="What the hub may not have, in order", max_length=BATCH)


@api.post("/<kiosk_id>/offline")
@allowed(devices=("kiosk",))
@api.input(OfflineBook)
@answers("devices_told.OfflineLease")
@api.doc(
    summary="脱机号 enter what the kiosk gave out without the hub, each line once however often it is sent, and begin"
    " its lease of numbers anew"
)
def meet(kiosk_id: str, json_data: OfflineBook) -> dict[str, Any]:
    _own(kiosk_id)
    hub, told = the_hub(), json_data
    meeting = offline.Meeting(
        told.book,
        told.clock,
        told.heard,
        [Span(one.prefix, one.first, one.last) for one in told.holds],
        [offline.Taken(**one.model_dump()) for one in told.taken],
        told.unread,
        told.entered,
    )
    return lease_view(hub, kiosk_id, offline.meet(hub, By(kiosk_id), meeting))


class Online(Body):
    service: Identifier = Field(description="Service code of the catalogue", max_length=40)
    taken: bool = Field(False, description="Somebody chose to do it online; else the word was only shown")


@api.post("/<kiosk_id>/online")
@allowed(devices=("kiosk",))
@api.input(Online)
@answers("parts.Nothing", key=True)
@api.doc(summary="网上办理 count that a service's page said so before a number was taken, or that somebody chose it")
def told_online(kiosk_id: str, json_data: Online) -> dict[str, Any]:
    _own(kiosk_id)
    diversion.told_online(the_hub(), By(kiosk_id, idempotency_key()), json_data.service, taken=json_data.taken)
    return {}


@api.post("/<kiosk_id>/tickets/<int(max=9007199254740991):ticket_id>/give-back")
@allowed(devices=("kiosk",))
@answers("numbers_told.TicketView", key=True)
@api.doc(
    summary="取错了 give a number back that this kiosk gave out a minute ago at most; it ends as 弃号",
    responses={403: "another kiosk's number", 409: "too late, or called already"},
)
def give_back(kiosk_id: str, ticket_id: int) -> dict[str, Any]:
    _given_out_here(kiosk_id, ticket_id)
    hub = the_hub()
    return held_view(hub, tickets.give_back(hub, By(kiosk_id, idempotency_key()), ticket_id))


@api.post("/<kiosk_id>/tickets/<int(max=9007199254740991):ticket_id>/print")
@allowed(devices=("kiosk",))
@answers("numbers_told.TicketView", key=True)
@api.doc(
    summary="再打一张 print a number once more that this kiosk gave out a minute ago at most",
    responses={403: "another kiosk's number", 409: "too late, printing, or printed often enough"},
)
def print_again(kiosk_id: str, ticket_id: int) -> dict[str, Any]:
    _given_out_here(kiosk_id, ticket_id)
    hub = the_hub()
    printers = hub.hall.kiosks[kiosk_id].printers
    return held_view(hub, tickets.own_again(hub, By(kiosk_id, idempotency_key()), ticket_id, printers))


def _given_out_here(kiosk_id: str, ticket_id: int) -> None:
    _own(kiosk_id)
    reader = the_hub().read()
    born = next(iter(reader.life_line(known_ticket(reader, ticket_id).id)), None)
    if born is None or born.actor != kiosk_id:
        abort(403, description="这个号不是本机取的：请到咨询台。This number was not taken here: ask at the guide desk.")


class KioskRating(GivenLevel):
    """A visitor's answer at the kiosk."""

    code: Identifier = Field(description="The number's code as it was scanned or typed", min_length=1, max_length=300)


@api.post("/<kiosk_id>/ratings")
@allowed(devices=("kiosk",))
@api.input(KioskRating)
@answers("parts.Nothing", key=True)
@api.doc(
    summary="评价 a number that is done, by its code: the first is the rating, the second its second thoughts (追评)",
    responses={404: "No such number", 409: "It cannot be rated now, or was rated twice"},
)
def rate(kiosk_id: str, json_data: KioskRating) -> dict[str, Any]:
    _own(kiosk_id)
    hub, by = the_hub(), By(kiosk_id, idempotency_key())
    ticket = ratings.by_code(hub, json_data.code)
    ratings.give(hub, by, ticket.id, json_data.level, "kiosk", json_data.options)
    return {}


@api.post("/<kiosk_id>/look-up")
@allowed(devices=("kiosk",))
@api.input(Code)
@answers("devices_told.LookedUp")
@api.doc(summary="What a scanned or typed code is: a ticket, an appointment, a result to collect, how far a case is")
def look_up(kiosk_id: str, json_data: Code) -> dict[str, Any]:
    _own(kiosk_id)
    hub = the_hub()
    found = bookings.look_up(hub, json_data.code)
    booking = found.booking and {
        "code": found.booking.code,
        "service": service_names(hub.hall, found.booking.service),
        "slot": iso(hub.hall, found.booking.slot),
    }
    ticket = found.ticket and held_view(hub, found.ticket)
    today = found.ticket is not None and found.ticket.day == hub.day(hub.now())
    return {
        "kind": found.kind,
        **found.text.json(),
        "booking": booking,
        "state": found.state,
        "case": found.case
        and {
            "number": found.case.number,
            "step": found.case.step.json(),
            "due": found.case.due.isoformat() if found.case.due else None,
        },
        "ticket": ticket,
        "rating": rating_of(hub, found.ticket) if found.ticket else None,
        "may_slip": found.kind == "appointment" and papers.has_slip(hub, json_data.code),
        "may_reprint": (
            today
            and found.ticket is not None
            and found.ticket.state in ("waiting", "called", "serving", "passed", "suspended")
        ),
    }
