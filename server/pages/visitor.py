"""My place: the page that any telephone opens from the code on a slip, with what its holder may do; and how busy it is.

Public: the code is the key. It opens one number of today, and whoever tries others is soon refused. The page says all
without a script; with one it is told of changes. No cookie gives a right here, so no form needs a token against others'
pages.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from config import Text
from server.domain.guesses import Guesses
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.domain.timeline import VISITOR
from server.pages.access import idempotency_key, public, the_hub
from server.pages.openapi import answers
from server.pages.reminding import LONGEST_ADDRESS, Address
from server.pages.telephone import TOO_MANY, Tries, chosen, rendered
from server.verbs import ratings, telephones, visitor
from server.verbs import telephone as presses
from server.verbs.hub import By, Hub, TooOften, Unknown
from server.views import telephone
from server.views.visitor import place_view

api = APIBlueprint("visitor_api", __name__, url_prefix="/api/v1", tag="Visitors 群众")
pages = APIBlueprint("visitor", __name__, enable_openapi=False)


RATED_MOST = 30
"""Ratings from one address in a minute; five for one code."""
RATED_TOO_OFTEN = Text("提交得太快：请一分钟后再试。", "Too many at once: please try again in a minute.")


@contextmanager
def _code_tried(code: str = "") -> Iterator[None]:
    """Around what a code opens: whoever tries codes is soon refused. `code`: where a number's own opens it."""
    tries: Tries = current_app.extensions["guesses"]
    address, minute = request.remote_addr or "", int(time.monotonic() // 60)
    if tries.too_many(address, minute, code):
        raise TooOften(*TOO_MANY)
    try:
        yield
    except Unknown:
        tries.wrong(address, minute, code)
        raise


def _ticket(code: str) -> Ticket:
    """The number of a genuine code, if it is of today."""
    with _code_tried(code):
        return visitor.by_code(the_hub(), code)


@api.get("/places/<code>")
@public
@answers("visitor_told.PlaceView", feed=True)
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
@answers("visitor_told.PlaceView", key=True)
@api.doc(
    summary="What its holder does: let two go first, be on the way, give it back, take the last step back",
    responses={404: "No such code", 409: "Not now, and why", 410: "A number of another day"},
)
def act(code: str, act: str) -> dict[str, Any]:
    hub = the_hub()
    ticket = visitor.ACTS[act](hub, By(VISITOR, idempotency_key()), _ticket(code).id)
    return {"seq": hub.seq, **place_view(hub, ticket)}


@api.post("/places/<code>/telephone")
@public
@api.input(Address)
@answers("visitor_told.PlaceView", key=True)
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
@answers("visitor_told.PlaceView", key=True)
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
@answers("visitor_told.Busy")
@api.doc(summary="How busy the hall is now, for anybody", responses={404: "The hall does not say so ([public].busy)"})
def busy() -> dict[str, Any]:
    return telephone.sheet(the_hub(), "busy").view


# --- pages ------------------------------------------------------------------------------------------------------------


@pages.get("/p/<code>")
@public
def page(code: str) -> str:
    try:
        return _place(_ticket(code), code)
    except visitor.Over:
        return _shown(f"p/{code}")  # what may still be rated


@pages.post("/p/<code>")
@public
def pressed(code: str) -> AnyResponse | tuple[str, int]:
    """A key of the page, as a form sends it; then the page again."""
    ticket, hub = _ticket(code), the_hub()
    try:
        if request.form.get("act", "") in ADDRESS_ACTS:
            _address(ticket)
            return _back(f"p/{code}")
        return _press(f"p/{code}")
    except Unknown:
        raise
    except Refused as refused:
        return _place(_again(hub, ticket), code, refused=refused.text), 409


ADDRESS_ACTS = ("telephone", "erase-telephone")
"""Keys of the hub's own page alone: an address never goes over a relay, which carries the others."""


def _address(ticket: Ticket) -> None:
    """An address is left with a number, or erased."""
    hub, by = the_hub(), By(VISITOR, request.form.get("key", "")[:64] or None)
    if request.form["act"] == "erase-telephone":
        telephones.take_away(hub, by, ticket.id)
        return
    sight = request.form.get("by_sight")
    own, relative = (request.form.get(field, "")[:LONGEST_ADDRESS] for field in ("own", "relative"))
    rate = request.form.get("rate") == "1"
    telephones.give(hub, by, ticket.id, own, relative, None if sight is None else sight == "1", rate)


def _back(path: str) -> AnyResponse:
    return redirect(f"/{path}?lang={chosen()}" if chosen() else f"/{path}", 303)


def _press(path: str) -> AnyResponse:
    """A key of the page at a path; then the page that shows what became of it."""
    fields = _fields()
    to = presses.press(the_hub(), By(VISITOR, request.form.get("key", "")[:64] or None), path, fields)
    return _back(to)


def _fields() -> dict[str, str]:
    return {name: ",".join(request.form.getlist(name))[: presses.LONGEST] for name in presses.FIELDS}


def _place(ticket: Ticket, code: str, **more: Any) -> str:
    hub = the_hub()
    return rendered("place", hub.hall.hall, view=place_view(hub, ticket), feed=f"/api/v1/places/{code}", **more)


@pages.get("/r/<code>")
@public
def rating_page(code: str) -> str:
    """评价 by the code on a slip, for a month; what was written with it stays in the hall."""
    with _code_tried(code):
        return _shown(f"r/{code}")


@pages.post("/r/<code>")
@public
def rated(code: str) -> AnyResponse | tuple[str, int]:
    """A rating, or second thoughts, as the form sends them; then the page again with what was said."""
    hub, by = the_hub(), By(VISITOR, request.form.get("key", "")[:64] or None)
    _not_too_often(code)
    try:
        with _code_tried(code):
            text, phone = (request.form.get(name, "")[:2000] for name in ("text", "phone"))
            presses.rate(hub, by, code, _fields(), ratings.written(text, phone))
    except TooOften:
        raise
    except Refused as refused:
        if isinstance(refused, Unknown):
            raise
        page, view = telephone.sheet(hub, f"r/{code}")
        return rendered(page, hub.hall.hall, view=view, refused=refused.text, typed=text), 409
    return _back(f"r/{code}")


def _not_too_often(code: str) -> None:
    """However good the codes are: so many ratings a minute come from one address, or for one code, and no more. A
    hall's own network is one address, so it is let more than a person could.
    """
    given: Guesses = current_app.extensions["ratings given"]
    minute = int(time.monotonic() // 60)
    for who, weight in ((request.remote_addr or "", 1), (f"code {code[:40]}", 6)):
        if given.too_many(who, minute):
            raise TooOften(*RATED_TOO_OFTEN)
        for _ in range(weight):
            given.wrong(who, minute)


@pages.get("/busy")
@public
def busy_page() -> str:
    return _shown("busy")


@pages.get("/take")
@public
def take_page() -> str:
    return _shown("take")


@pages.post("/take")
@public
def taken() -> AnyResponse | tuple[str, int]:
    return _counted("take")


@pages.get("/here")
@public
def here_page() -> str:
    return _shown("here")


@pages.post("/here")
@public
def arrived() -> AnyResponse | tuple[str, int]:
    return _counted("here")


@pages.get("/n/<code>")
@public
def kept_page(code: str) -> str:
    with _code_tried():
        return _shown(f"n/{code}")


@pages.post("/n/<code>")
@public
def kept_pressed(code: str) -> AnyResponse | tuple[str, int]:
    return _counted(f"n/{code}")


def _counted(path: str) -> AnyResponse | tuple[str, int]:
    """A key whose form holds a code: whoever tries codes is soon refused."""
    try:
        with _code_tried():
            return _press(path)
    except TooOften:
        raise
    except Refused as refused:
        page, view = telephone.sheet(the_hub(), path)
        return rendered(page, the_hub().hall.hall, view=view, refused=refused.text), 409


@pages.get("/privacy")
@public
def privacy_page() -> str:
    return _shown("privacy")


def _shown(path: str) -> str:
    """A page that is the same for everybody."""
    page, view = telephone.sheet(the_hub(), path)
    return rendered(page, the_hub().hall.hall, view=view)
