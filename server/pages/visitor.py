"""My place: the page that any telephone opens from the code on a slip, with what its holder may do; and how busy it is.

Public: the code is the key. It opens one number of today, and whoever tries others is soon refused. The page says all
without a script; with one it is told of changes. No cookie gives a right here, so no form needs a token against others'
pages.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.domain import codes
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.domain.timeline import VISITOR
from server.pages.access import idempotency_key, public, the_hub
from server.pages.answers.visitor_told import Busy, PlaceView
from server.pages.openapi import answers
from server.pages.reminding import LONGEST_ADDRESS, Address
from server.pages.tongue import tongue
from server.store import secret
from server.verbs import telephones, visitor
from server.verbs.hub import By, Hub
from server.views.visitor import busy_view, place_view

api = APIBlueprint("visitor_api", __name__, url_prefix="/api/v1", tag="Visitors 群众")
pages = APIBlueprint("visitor", __name__, enable_openapi=False)

GUESSES = 20
"""Codes that open nothing, from one address in a minute; then even a right one must wait."""
REMEMBERED = 10_000
"""Addresses whose guesses are remembered at most."""

ACTS: dict[str, Callable[[Hub, By, int], Ticket]] = {
    "give-way": visitor.give_way,
    "on-the-way": visitor.on_the_way,
    "give-back": visitor.give_back,
    "undo": visitor.undo,
}


class Guesses:
    """Wrong codes of each address in the running minute."""

    def __init__(self, most: int = GUESSES) -> None:
        self._most = most
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def too_many(self, address: str, minute: int) -> bool:
        at, wrong = self._wrong.get(address, (minute, 0))
        return at == minute and wrong >= self._most

    def wrong(self, address: str, minute: int) -> None:
        at, wrong = self._wrong.pop(address, (minute, 0))
        self._wrong[address] = (minute, wrong + 1 if at == minute else 1)
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)


def _ticket(code: str) -> Ticket:
    """The number of a genuine code, if it is of today."""
    hub, guesses = the_hub(), current_app.extensions["guesses"]
    address, minute = request.remote_addr or "", int(time.monotonic() // 60)
    if guesses.too_many(address, minute):
        abort(429, description="试的次数太多：请一分钟后再扫。Too many tries: scan again in a minute.")
    ticket_id = codes.ticket_of(secret.key(hub.hall, "code").encode(), code)
    ticket = None if ticket_id is None else hub.read().ticket(ticket_id)
    if ticket is None:
        guesses.wrong(address, minute)
        abort(
            404,
            description="没有这个号：请再扫一次号票上的码。There is no such number: scan your slip once more.",
        )
    if ticket.day != hub.day(hub.now()):
        abort(410, description="这不是今天的号：请取新号。This number was of another day: please take a new one.")
    return ticket


@api.get("/places/<code>")
@public
@answers(PlaceView, feed=True)
@api.doc(
    summary="Somebody's own number, by the code on the slip; text/event-stream for changes as they happen",
    responses={404: "No such code", 410: "A number of another day", 429: "Too many wrong codes from this address"},
)
def show(code: str) -> Response:
    ticket = _ticket(code)
    answer: Response = current_app.extensions["feeds"].place(ticket.id)
    return answer


def _again(hub: Hub, ticket: Ticket) -> Ticket:
    return hub.read().ticket(ticket.id) or ticket


@api.post("/places/<code>/<any('give-way','on-the-way','give-back','undo'):act>")
@public
@answers(PlaceView, key=True)
@api.doc(
    summary="What its holder does: let two go first, be on the way, give it back, take the last step back",
    responses={404: "No such code", 409: "Not now, and why", 410: "A number of another day"},
)
def act(code: str, act: str) -> dict[str, Any]:
    hub = the_hub()
    ticket = ACTS[act](hub, By(VISITOR, idempotency_key()), _ticket(code).id)
    return {"seq": hub.seq, **place_view(hub, ticket)}


@api.post("/places/<code>/telephone")
@public
@api.input(Address)
@answers(PlaceView, key=True)
@api.doc(
    summary="提醒: its holder leaves a telephone or mail address, a relative's too, or is called by sight",
    responses={404: "No such code", 409: "Nothing of this hall reaches it, and what to do", 410: "Of another day"},
)
def leave_address(code: str, json_data: Address) -> dict[str, Any]:
    hub = the_hub()
    ticket = telephones.give(hub, By(VISITOR, idempotency_key()), _ticket(code).id, *json_data.said)
    return {"seq": hub.seq, **place_view(hub, ticket)}


@api.post("/places/<code>/telephone/erase")
@public
@answers(PlaceView, key=True)
@api.doc(
    summary="Erase at once what was left for notifications",
    responses={404: "No such code", 409: "There is none", 410: "A number of another day"},
)
def erase_address(code: str) -> dict[str, Any]:
    hub = the_hub()
    ticket = telephones.take_away(hub, By(VISITOR, idempotency_key()), _ticket(code).id)
    return {"seq": hub.seq, **place_view(hub, ticket)}


@api.get("/busy")
@public
@answers(Busy)
@api.doc(summary="How busy the hall is now, for anybody", responses={404: "The hall does not say so ([public].busy)"})
def busy() -> dict[str, Any]:
    return busy_view(_told_to_all())


def _told_to_all() -> Hub:
    hub = the_hub()
    if not hub.hall.public.busy:
        abort(404, description="本厅不公布等候情况。This hall does not publish how busy it is.")
    return hub


# --- pages ------------------------------------------------------------------------------------------------------------


@pages.get("/p/<code>")
@public
def page(code: str) -> str:
    ticket, hub = _ticket(code), the_hub()
    return _page("place", view=place_view(hub, ticket), code=code, key=secrets.token_hex(8), refused=None)


@pages.post("/p/<code>")
@public
def pressed(code: str) -> AnyResponse | tuple[str, int]:
    """A key of the page, as a form sends it; then the page again."""
    ticket, hub = _ticket(code), the_hub()
    act, by = request.form.get("act", ""), By(VISITOR, request.form.get("key", "")[:64] or None)
    try:
        if act == "rate":
            level = request.form.get("level", "")
            visitor.rate(hub, by, ticket.id, int(level) if level.isascii() and level.isdigit() else 0)
        elif act == "telephone":
            sight = request.form.get("by_sight")
            by_sight = None if sight is None else sight == "1"
            own, relative = (request.form.get(field, "")[:LONGEST_ADDRESS] for field in ("own", "relative"))
            telephones.give(hub, by, ticket.id, own, relative, by_sight)
        elif act == "erase-telephone":
            telephones.take_away(hub, by, ticket.id)
        elif act in ACTS:
            ACTS[act](hub, by, ticket.id)
        else:
            abort(400, description="没有这个按键：请回到上一页。There is no such key: go back.")
    except Refused as refused:
        again = place_view(hub, _again(hub, ticket))
        return _page("place", view=again, code=code, key=secrets.token_hex(8), refused=refused.text), 409
    return redirect(url_for("visitor.page", code=code, lang=_chosen() or None), 303)


@pages.get("/busy")
@public
def busy_page() -> str:
    return _page("busy", view=busy_view(_told_to_all()))


def _chosen() -> str:
    lang = request.values.get("lang", "")
    return lang if lang in ("zh", "en") else ""


def _page(template: str, **more: Any) -> str:
    lang = _chosen() or tongue(request.path, (tag for tag, quality in request.accept_languages if quality))
    return render_template(f"visitor/{template}.html", hall=the_hub().hall.hall, lang=lang, **more)
