"""投诉举报, 业务咨询, 办不成事, 建议, 帮代办 on anybody's telephone: `/voice` to lodge one, `/v` to read its answer by
number and code, without an account; and the receipt at a desk.

Public: the code is the key. Whoever tries codes is soon refused, by address and by number; whoever lodges too many is
told what to do instead. No cookie gives a right here, and all of it works without a script.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import abort, current_app, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from server.domain import voices as bounds
from server.domain.guesses import Guesses, network
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.timeline import VISITOR
from server.pages import photographs
from server.pages.access import allowed, longer_body, public, the_hub
from server.pages.records import ID, READERS, form_key, reach, sent_values, who_asks
from server.pages.telephone import chosen, rendered
from server.pages.tickets import STAFF, printers_for
from server.verbs import cases, records, visitor, voices
from server.verbs.hub import By, Unknown
from server.views.voices import choices_view, code_of, desk_view, form_view, meeting_view, voice_view

pages = APIBlueprint("voices", __name__, enable_openapi=False)
desk = APIBlueprint("voices_desk", __name__, enable_openapi=False)

Found = TypeVar("Found")
FORMS = 30
"""Forms from one address in a minute, right or wrong: photographs are work."""
TOO_MANY = "操作太频繁：请一分钟后再试。Too many at once: try again in a minute."


def _slowly(what: str, of: str) -> None:
    """429 for whoever has done too much of it in this minute."""
    limit: Guesses = current_app.extensions[what]
    minute = int(time.monotonic() // 60)
    if limit.too_many(of, minute):
        abort(429, description=TOO_MANY)


def _wrong(what: str, of: str) -> None:
    limit: Guesses = current_app.extensions[what]
    limit.wrong(of, int(time.monotonic() // 60))


def _tried(find: Callable[[], Found], meant: int | None = None) -> Found:
    """What a code opens. Whoever tries codes is soon refused, and so are wrong ones of one record, `meant`, from
    wherever and by whichever door; the right one is not, or strangers could shut its holder out.
    """
    address = request.remote_addr or ""
    _slowly("guesses", address)
    try:
        return find()
    except Unknown:
        _wrong("guesses", address)
        if meant is not None:
            _slowly("voice_guesses", str(meant))
            _wrong("voice_guesses", str(meant))
        raise


def _of_code(code: str) -> Record:
    hub, reader = the_hub(), the_hub().read()
    return _tried(lambda: voices.by_code(hub, reader, code), voices.meant_by_code(reader, code))


def _lang() -> str:
    return f"?lang={chosen()}" if chosen() else ""


def _page(template: str, **more: Any) -> str:
    return rendered(template, the_hub().hall.hall, **more)


@pages.get("/voice")
@public
def choose_page() -> str:
    return _page("voices", view=choices_view(the_hub()))


@pages.get("/voice/<key>")
@public
def form_page(key: str) -> str:
    return _page("voice_form", view=form_view(the_hub(), voices.known(the_hub(), key)), sent={})


@pages.post("/voice/<key>")
@public
@longer_body(photographs.BODY)
def lodge_form(key: str) -> AnyResponse | tuple[str, int]:
    hub = the_hub()
    _slowly("voice_forms", request.remote_addr or "")
    _wrong("voice_forms", request.remote_addr or "")
    made = voices.known(hub, key)
    slip = request.form.get("slip", "")[:40].strip()
    try:
        ticket = _tried(lambda: visitor.by_code(hub, slip)).id if slip else None
        values = sent_values(made, bounds.asked_of_public(made, bounds.opening(made)))
        told = {name: value for name, value in values.items() if value not in (None, "", [])}
        record = voices.lodge(hub, By(VISITOR, _key()), key, told, network(request.remote_addr or ""), ticket)
    except Refused as refused:
        view = form_view(hub, made)
        asks = bool(slip) or isinstance(refused, bounds.Full)
        pictures = any(one.filename for one in request.files.values())
        page = _page(
            "voice_form", view=view, sent=request.form, refused=refused.text, slip=asks, pictures_again=pictures
        )
        return page, _status(refused)
    return redirect(f"/v/{code_of(hub, record)}{_lang()}", 303)


def _status(refused: Refused) -> int:
    return 503 if isinstance(refused, photographs.Busy) else 409


def _key() -> str | None:
    key = request.form.get("key", "")[:64]
    return key if len(key) >= 8 else None


@pages.get("/v")
@public
def look_page() -> str:
    return _page("voice_look", number=request.args.get("number", "")[:20])


@pages.post("/v")
@public
def look_form() -> AnyResponse | tuple[str, int]:
    hub, reader = the_hub(), the_hub().read()
    number, code = (request.form.get(name, "")[:40].strip() for name in ("number", "code"))
    try:
        meant = voices.meant_by_number(reader, number)
        record = _tried(lambda: voices.by_number(hub, reader, number, code), meant)
    except Unknown as unknown:
        return _page("voice_look", number=number, refused=unknown.text), 404
    if record.register == cases.CASE:  # told no more than a kiosk tells, and at no address of its own
        return _page("voice_look", number=record.number, told=cases.progress_of(hub, record).sentence), 200
    return redirect(f"/v/{code_of(hub, record)}{_lang()}", 303)


@pages.get("/v/<code>")
@public
def read_page(code: str) -> str:
    return _page("voice", view=voice_view(the_hub(), _of_code(code)))


@pages.post("/v/<code>")
@public
def act_form(code: str) -> AnyResponse | tuple[str, int]:
    """What whoever holds the receipt says to the answer."""
    hub, record = the_hub(), _of_code(code)
    made, move = records.definition_of(hub, record), request.form.get("move", "")[:40]
    try:
        if move not in made.moves:
            raise Refused("没有这一步：请从页面上选。", "There is no such step: choose one of the page.")
        values = sent_values(made, bounds.asked_of_public(made, move))
        told = {name: value for name, value in values.items() if value not in (None, "", [])}
        voices.act(hub, By(VISITOR, _key()), record, move, told)
    except Refused as refused:
        return _page("voice", view=voice_view(hub, _of_code(code)), refused=refused.text), _status(refused)
    return redirect(f"/v/{code}{_lang()}", 303)


# --- at a desk --------------------------------------------------------------------------------------------------------


@desk.get("/voices")
@allowed(roles=READERS)
def desk_page() -> str:
    hub = the_hub()
    view = desk_view(hub, reach(), mine=request.args.get("list") == "mine")
    return render_template("voices/waiting.html", hall=hub.hall.hall, role=g.staff.role, view=view)


@desk.get("/voices/meeting")
@allowed(roles=READERS)
def meeting_page() -> str:
    """堵点清单 on paper for the meeting."""
    hub = the_hub()
    return render_template(
        "voices/meeting.html", hall=hub.hall.hall, role=g.staff.role, view=meeting_view(hub, reach())
    )


@desk.post(f"/registers/<key>/<{ID}>/receipt")
@allowed(roles=STAFF)
def receipt_form(key: str, record: int) -> AnyResponse:
    hub = the_hub()
    try:
        printers = printers_for(hub.hall, g.actor, "", g.staff.counter)
        voices.receipt(hub, who_asks(form_key()), record, printers)
    except Refused as refused:
        flash(refused.text, "error")  # type: ignore[arg-type]
    else:
        flash(("回执正在打印。", "The receipt is being printed."), "done")  # type: ignore[arg-type]
    return redirect(f"/registers/{key}/{record}")
