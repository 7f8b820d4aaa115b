"""The hall's own appointments over HTTP: `/book` and `/b/<code>` for any telephone, `/slots` for staff, and the API.

Public: what is free says nothing of anybody, and the code of a booking is the key to it. Whoever tries codes is soon
refused, and so is whoever books by the dozen. No cookie gives a right on the public pages; all of them work without a
script.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from intake import quantities
from intake.quantities import Unclear
from server.domain import notifications, scopes
from server.domain.rules import Refused
from server.domain.slots import Appointment
from server.domain.timeline import VISITOR
from server.outbound import signature
from server.pages.access import allowed, idempotency_key, kind_of, public, the_hub
from server.pages.bodies import Body
from server.pages.incoming import Day, Identifier, Language
from server.pages.openapi import answers
from server.pages.reminding import LONGEST_ADDRESS
from server.pages.telephone import chosen as chosen_tongue
from server.pages.telephone import rendered
from server.pages.tickets import printers_for
from server.verbs import eves, papers, slots, telephone
from server.verbs.hub import By, Hub, Unknown
from server.verbs.papers import Asker
from server.views.slots import booking_view, calendar_file, day_view, days_view, picture, plans_view

log = logging.getLogger(__name__)

api = APIBlueprint("slots_api", __name__, url_prefix="/api/v1", tag="Slots 预约时段")
desk = APIBlueprint("slots_desk", __name__, url_prefix="/api/v1/appointments", tag="Slots 预约时段")
pages = APIBlueprint("slots", __name__, enable_openapi=False)
plan = APIBlueprint("slots_plan", __name__, enable_openapi=False)

STAFF = ("operator", "guide", "manager")
MARKED = scopes.actor(0).rstrip("0")
"""How the names of other programs begin that come with a token of their own."""
BOOKINGS = 30
"""Forms of the public pages from one address in a minute; a hall's Wi-Fi is one address."""
LOOKS = 600
"""Pages and answers that are worked out for one address in a minute."""

ACTS: dict[str, Callable[[Hub, By, int], Appointment]] = {"cancel": slots.cancel, "accept": slots.accept}


# --- who comes too often ----------------------------------------------------------------------------------------------


def _slowly(what: str) -> None:
    """429 for an address that has sent, or asked for, too much in this minute."""
    limit, minute = current_app.extensions[what], int(time.monotonic() // 60)
    address = request.remote_addr or ""
    if limit.too_many(address, minute):
        abort(429, description="操作太频繁：请一分钟后再试。Too many at once: try again in a minute.")
    limit.wrong(address, minute)


def _booking(code: str) -> Appointment:
    """The booking of a genuine code."""
    hub, guesses = the_hub(), current_app.extensions["guesses"]
    address, minute = request.remote_addr or "", int(time.monotonic() // 60)
    if guesses.too_many(address, minute):
        abort(429, description="试的次数太多：请一分钟后再试。Too many tries: try again in a minute.")
    found = slots.by_code(hub, hub.read(), code)
    if found is None:
        guesses.wrong(address, minute)
        abort(404, description=f"{slots.NO_SUCH.zh}{slots.NO_SUCH.en}")
    return found


def _booked_here(service: str) -> str:
    if not any(service == one["code"] for shown in plans_view(the_hub()) for one in shown["services"]):
        abort(404, description="这个事项没有预约：请直接来取号。This item is not booked: come and take a number.")
    return service


def _open() -> Hub:
    """404 where nobody may book by himself."""
    hub = the_hub()
    if not hub.hall.public.booking or not hub.hall.slots:
        abort(
            404, description="本厅没有网上预约：请直接来取号。This hall takes no bookings here: come and take a number."
        )
    return hub


# --- the public API ---------------------------------------------------------------------------------------------------


class SlotsAsked(Body):
    day: Day | None = Field(None, description="Whose slots to show; else the first day with a place")


@api.get("/slots")
@public
@answers("slots_told.PlansOffered")
@api.doc(summary="What may be booked: the plans of the hall with their items and rules")
def plans() -> dict[str, Any]:
    _slowly("slot_looks")
    return {"plans": plans_view(the_hub())}


@api.get("/slots/<service>")
@public
@api.input(SlotsAsked, location="query")
@answers("slots_told.DaysOffered")
@api.doc(
    summary="The days on which an item may be booked, and the free slots of one of them",
    responses={404: "It is not booked", 429: "Too many from this address in a minute"},
)
def free(service: str, query_data: SlotsAsked) -> dict[str, Any]:
    _slowly("slot_looks")
    return days_view(the_hub(), _booked_here(service), query_data.day)


class BookingChange(Body):
    start: str = Field(
        description="Begin of another slot, as `slots` of /api/v1/slots/<service> says it", max_length=40
    )


@api.get("/appointments/<code>")
@public
@answers("slots_told.Booked")
@api.doc(summary="A booking by its code", responses={404: "No such code", 429: "Too many wrong codes"})
def show(code: str) -> dict[str, Any]:
    return booking_view(the_hub(), _booking(code))


@api.post("/appointments/<code>/<any('cancel','accept'):act>")
@public
@answers("slots_told.Booked", key=True)
@api.doc(
    summary="What its holder does: cancel it, or accept what is offered from the waiting list",
    responses={404: "No such code", 409: "Not now, and why"},
)
def act(code: str, act: str) -> dict[str, Any]:
    hub = the_hub()
    return booking_view(hub, ACTS[act](hub, By(VISITOR, idempotency_key()), _booking(code).id))


@api.post("/appointments/<code>/change")
@public
@api.input(BookingChange)
@answers("slots_told.Booked", key=True)
@api.doc(
    summary="Another slot under the same code: taken first, then the old one is freed, in one turn",
    responses={404: "No such code", 409: "Not now, and why"},
)
def change(code: str, json_data: BookingChange) -> dict[str, Any]:
    hub, booking = the_hub(), _booking(code)
    return booking_view(hub, slots.change(hub, By(VISITOR, idempotency_key()), booking.id, _start(json_data.start)))


def _start(text: str) -> float:
    try:
        return quantities.moment(text, the_hub().hall.zone).timestamp()
    except Unclear as unclear:
        raise Refused(unclear.zh, unclear.en) from None


# --- booked for somebody ----------------------------------------------------------------------------------------------


class BookingWish(Body):
    """A slot, or a place on the waiting list of a day that is full."""

    service: Identifier = Field(description="Service code of the catalogue", max_length=40)
    start: str = Field("", description="Begin of the slot; empty: onto the list of `day`", max_length=40)
    day: Day | None = Field(None, description="Of the waiting list")
    telephone: Identifier = Field(
        "", description="Mobile number of whom it is for: it is sealed at once and not kept", max_length=20
    )
    holder: Identifier = Field(
        "", description="Kiosks: the keyed hash of an identity card, in place of a number", max_length=64
    )
    language: Language = "zh"
    remind: str = Field(
        "",
        description="提醒: mobile number, or an e-mail address where the hall mails, told on the eve; sealed, erased"
        " when the booking is over",
        max_length=LONGEST_ADDRESS,
    )
    at_counter: bool = Field(False, description="Staff: the next visit of whoever sits at the counter")


@desk.post("")
@allowed(devices=("kiosk", "bookings"), roles=STAFF)
@desk.input(BookingWish)
@answers("slots_told.Booked", status=201, key=True)
@desk.doc(
    summary="Book a slot, or wait for one: kiosks, booking systems, staff. Two never get one place",
    responses={409: "Taken, or not to be booked, and why"},
)
def book(json_data: BookingWish) -> tuple[dict[str, Any], int]:
    hub, wish = the_hub(), json_data
    if wish.remind:
        notifications.reachable(hub.hall, notifications.address(wish.remind))  # before anything is booked
    channel = _way(hub, wish.at_counter)
    holder = _sealed(hub, wish.telephone) if wish.telephone else ""
    if not holder and wish.holder and channel == "kiosk":
        holder = f"card {wish.holder}"
    by = By(g.actor, idempotency_key())
    made = _made(hub, by, wish.service, wish.start, wish.day, channel=channel, language=wish.language, holder=holder)
    if wish.remind:
        made = eves.give(hub, by._replace(key=f"{by.key} remind" if by.key else None), made.id, wish.remind)
    return booking_view(hub, made), 201


def _sealed(hub: Hub, telephone: str) -> str:
    """A mobile number as it is counted here and at the relay."""
    relay, secrets = hub.hall.relay, list[bytes]()
    if relay.url:
        try:
            secrets = signature.read(hub.hall.folder / relay.secret_file)
        except signature.NoSecret as error:  # then nothing comes from the relay either; here it counts apart meanwhile
            log.warning("a number is sealed without the relay's secret: %s", error)
    return slots.seal_of(hub, telephone, secrets)


def _way(hub: Hub, at_counter: bool = False) -> str:
    """By which way in whoever asks books: a value of `slots.Channel`."""
    if kind_of(hub.hall, g.actor) == "kiosk":
        return "kiosk"
    if g.staff is None or g.actor.startswith(MARKED):
        return "api"
    return "console" if at_counter else "desk"


def _made(hub: Hub, by: By, service: str, start: str, day: date | None, **more: Any) -> Appointment:
    if start:
        return slots.book(hub, by, service, _start(start), **more)
    if day is None:
        raise Refused("请选时段，或选候补的日期。", "Choose a slot, or the day of the waiting list.")
    return slots.wait_for(hub, by, service, day, **more)


@desk.get("")
@allowed(roles=(*STAFF, "supervisor"))
@desk.input(SlotsAsked, location="query")
@answers("slots_told.SlotDay")
@desk.doc(summary="The plan of a day: who is booked, has arrived, is missing, by slot; and each booking by its code")
def day(query_data: SlotsAsked) -> dict[str, Any]:
    hub = the_hub()
    return day_view(hub, query_data.day or date.fromisoformat(hub.day(hub.now())))


def _page(page: str, **more: Any) -> str:
    return rendered(page, the_hub().hall.hall, **more)


# --- the public pages -------------------------------------------------------------------------------------------------


@pages.get("/book")
@public
def items() -> str:
    hub = _open()
    _slowly("slot_looks")
    return _page("book", view={"plans": plans_view(hub)})


@pages.get("/book/<service>")
@public
def choose(service: str) -> str:
    _open()
    _slowly("slot_looks")
    return _choosing(_booked_here(service))


@pages.post("/book/<service>")
@public
def booked(service: str) -> AnyResponse | tuple[str, int]:
    hub = _open()
    _slowly("slot_forms")
    _booked_here(service)
    by = By(VISITOR, request.form.get("key", "")[:64] or None)
    try:
        number = request.form.get("telephone", "")
        holder = _sealed(hub, number) if number else ""
        wish = {"channel": "page", "language": chosen_tongue() or "zh", "holder": holder}
        made = _made(hub, by, service, request.form.get("start", ""), _day(request.form.get("list", "")), **wish)
    except Refused as refused:
        return _choosing(service, refused.text), 409
    code = slots.code_of(hub.hall, made.id)
    return redirect(url_for("slots.page", code=code, lang=chosen_tongue() or None), 303)


def _day(text: str) -> date | None:
    try:
        return quantities.day(text) if text else None
    except Unclear:
        return None


def _choosing(service: str, refused: Text | None = None, booking: dict[str, Any] | None = None) -> str:
    """Days and times of an item; with a time chosen, what is left to say, once more where that was refused and the time
    is still free.
    """
    view = days_view(the_hub(), service, _day(request.values.get("day", "")))
    at = request.values.get("at", "")
    picked = view["day"] is not None and view["day"] == request.values.get("day", "")
    chosen = next((one for one in view["slots"] if one["time"] == at and one["free"]), None) if picked else None
    waits = picked and view["may_wait"] and bool(request.values.get("wait"))
    base = f"/b/{booking['code']}/change" if booking else f"/book/{service}"
    more = {
        "chosen": chosen,
        "day_chosen": picked,
        "waits": waits,
        "booking": booking,
        "base": base,
        "key": secrets.token_hex(8),
    }
    return _page("slots", view=view, refused=refused, **more)


@pages.get("/b/<code>")
@public
def page(code: str) -> str:
    return _shown(_booking(code), None)


def _shown(booking: Appointment, refused: Text | None) -> str:
    hub = the_hub()
    view = booking_view(hub, booking)
    code = picture(hub.hall, view["code"])
    here = hub.read().of_appointment(booking.day, view["code"]) if booking.day == hub.day(hub.now()) else None
    place = telephone.place(hub, here) if here else ""
    return _page("booking", view=view, picture=code, key=secrets.token_hex(8), refused=refused, place=place)


@pages.post("/b/<code>")
@public
def pressed(code: str) -> AnyResponse | tuple[str, int]:
    """A key of the page, as a form sends it: a mail scanner that follows links cancels nothing."""
    _slowly("slot_forms")
    hub, booking, wish = the_hub(), _booking(code), request.form.get("act", "")
    if wish not in ACTS and wish not in ("telephone", "erase-telephone"):
        abort(400, description="没有这个按键：请回到上一页。There is no such key: go back.")
    try:
        by = By(VISITOR, request.form.get("key", "")[:64] or None)
        if wish == "telephone":
            eves.give(hub, by, booking.id, request.form.get("telephone", "")[:LONGEST_ADDRESS])
        else:
            {**ACTS, "erase-telephone": eves.take_away}[wish](hub, by, booking.id)
    except Refused as refused:
        return _shown(_booking(code), refused.text), 409
    return redirect(url_for("slots.page", code=code, lang=chosen_tongue() or None), 303)


@pages.get("/b/<code>/change")
@public
def other(code: str) -> str:
    booking = _booking(code)
    _slowly("slot_looks")
    return _choosing(booking.service, booking=booking_view(the_hub(), booking))


@pages.post("/b/<code>/change")
@public
def changed(code: str) -> AnyResponse | tuple[str, int]:
    _slowly("slot_forms")
    hub, booking = the_hub(), _booking(code)
    by = By(VISITOR, request.form.get("key", "")[:64] or None)
    try:
        slots.change(hub, by, booking.id, _start(request.form.get("start", "")))
    except Refused as refused:
        return _choosing(booking.service, refused.text, booking_view(hub, booking)), 409
    return redirect(url_for("slots.page", code=code, lang=chosen_tongue() or None), 303)


@pages.get("/b/<code>/calendar.ics")
@public
def calendar(code: str) -> Response:
    hub, booking = the_hub(), _booking(code)
    if booking.start is None:
        abort(404, description="还在候补，没有时段。It is on the waiting list and has no slot.")
    headers = {"Content-Disposition": 'attachment; filename="booking.ics"'}
    return Response(
        calendar_file(hub, booking, chosen_tongue()), content_type="text/calendar; charset=utf-8", headers=headers
    )


# --- staff ------------------------------------------------------------------------------------------------------------


@plan.get("/slots")
@allowed(roles=(*STAFF, "supervisor"))
def of_day() -> str:
    """The plan of a day; with `service`, the slots in which somebody may be booked."""
    return _of_day()


@plan.post("/slots")
@allowed(roles=STAFF)
def booked_at_desk() -> AnyResponse | tuple[str, int]:
    hub, form = the_hub(), request.form
    by = By(g.actor, form.get("key", "")[:64] or None)
    number, service = form.get("telephone", ""), form.get("service", "")
    try:
        holder = _sealed(hub, number) if number else ""
        way = {"channel": _way(hub, bool(form.get("at_counter"))), "language": form.get("language", "zh")}
        made = _made(hub, by, service, form.get("start", ""), _day(form.get("list", "")), holder=holder, **way)
    except Refused as refused:
        return _of_day(refused.text), 409
    code = slots.code_of(hub.hall, made.id)
    return redirect(url_for("slots_plan.of_day", day=made.day, made=code), 303)


@plan.post("/slots/slip")
@allowed(roles=STAFF)
def slip_at_desk() -> AnyResponse | tuple[str, int]:
    """预约凭条 of a booking, at the printer of whoever asks."""
    hub, form = the_hub(), request.form
    by, code = By(g.actor, form.get("key", "")[:64] or None), form.get("made", "")[:60]
    try:
        papers.booking(hub, Asker(by, printers_for(hub.hall, g.actor, counter=g.staff.counter)), code)
    except (Refused, Unknown) as refused:
        return _of_day(refused.text), 409
    return redirect(url_for("slots_plan.of_day", day=form.get("day", ""), made=code, printed=1), 303)


@plan.post("/slots/remind")
@allowed(roles=STAFF)
def remind_at_desk() -> AnyResponse | tuple[str, int]:
    """前一天提醒: whoever is booked for says a number at the desk, as on the booking's own page."""
    hub, form = the_hub(), request.form
    by, code = By(g.actor, form.get("key", "")[:64] or None), form.get("made", "")[:60]
    try:
        made = slots.by_code(hub, hub.read(), code)
        if made is None:
            raise Unknown(*slots.NO_SUCH)
        if form.get("act") == "erase":
            eves.take_away(hub, by, made.id)
        else:
            eves.give(hub, by, made.id, form.get("remind", "")[:LONGEST_ADDRESS])
    except (Refused, Unknown) as refused:
        return _of_day(refused.text), 409
    return redirect(url_for("slots_plan.of_day", day=form.get("day", ""), made=code), 303)


def _of_day(refused: Text | None = None) -> str:
    hub, asked = the_hub(), request.values
    offers, service = plans_view(hub), asked.get("service", "")
    known = any(service == one["code"] for shown in offers for one in shown["services"])
    may = g.staff.role != "supervisor"
    made = slots.by_code(hub, hub.read(), asked.get("made", ""))
    booking = booking_view(hub, made) if made else None
    return render_template(
        "desk/slots_of_day.html",
        hall=hub.hall.hall,
        view=day_view(hub, _day(asked.get("day", "")) or date.fromisoformat(hub.day(hub.now()))),
        plans=offers if may else [],
        choice=days_view(hub, service, _day(asked.get("on", ""))) if may and known else None,
        not_booked=bool(service) and not known,
        made=booking,
        picture=picture(hub.hall, booking["code"]) if booking else "",
        printed=bool(asked.get("printed")),
        may_print=may and made is not None and made.state == "booked",
        at_counter=bool(asked.get("at_counter")),
        key=secrets.token_hex(8),
        refused=refused,
    )
