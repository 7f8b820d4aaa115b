"""The requests that come by the dozen at once, answered without Flask: a kiosk's touch, and the keys of the counters.

It is no other road than that of `server/pages/tickets.py` and `server/pages/counter.py`: the same token or session,
model, verb and view, with nothing around them. Whatever is out of the ordinary (no such token, a wrong body, a refusal,
a fault) is left to the application, which asks all of it again and says what is wrong: a verb that raises has written
nothing, and one that was carried out is answered alike under its key.
"""

from __future__ import annotations

import io
import logging
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from apiflask import APIFlask
from orjson import loads

from server.domain.private_line import refusal, stays_here
from server.pages import access, counter, headers
from server.pages.authority import REMEMBERED
from server.pages.incoming import washed
from server.pages.outgoing import json_body
from server.pages.tickets import NewTicket, taken_at
from server.store import head_file
from server.store.database import CutOff
from server.verbs import tail
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

TOUCH = "/api/v1/tickets"
KEYS = "/api/v1/counters/"
NEXT = "/api/v1/second/next"
HEAD, LONG = "HTTP_JIAOHAO_HEAD", 200
KEEPERS = ("kiosk", "boards")
"""Who keeps the journal's head for the hub."""
DIGITS = 9
"""An epoch of more of them is none."""
RULE = access.Rule(roles=counter.STAFF)
WORDS = {200: "200 OK", 201: "201 CREATED"}

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Answer(NamedTuple):
    """`by_cookie`: it differs by who is logged in, which a cache must know."""

    status: int
    body: bytes
    by_cookie: bool = False


def past_flask(app: APIFlask, application: Application | None = None) -> Application:
    """The application of WSGI (another one in its place where a test counts); what can be is answered before it."""
    hub: Hub = app.extensions["hub"]
    rest = application or app

    def asked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if hub.pair is not None:
            _look_at_epoch(hub, environ)
        if HEAD in environ:
            _look_at_head(hub, environ)
        answer = _answer(app, environ) if environ["REQUEST_METHOD"] == "POST" else None
        if answer is None:
            return rest(environ, start_response)
        environ[access.KNOWN] = True
        told = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
        told |= hub.kept("walls", lambda: headers.walls(hub.hall.hub.framed_by))
        told["Cache-Control"] = "no-store"
        if hub.pair is not None:
            told |= hub.pair.headers()
        if "HTTP_AUTHORIZATION" in environ:
            told["Jiaohao-Head"] = head_file.said(hub.store.head)
        if answer.by_cookie:
            told["Vary"] = "Cookie"
        if environ["wsgi.url_scheme"] == "https":
            told |= REMEMBERED
        start_response(WORDS[answer.status], [*told.items()])
        return (answer.body,)

    return asked


def _look_at_epoch(hub: Hub, environ: dict[str, Any]) -> None:
    """A device that knows a hub of a higher epoch has the second machine asked. A stranger's word is none."""
    seen = environ.get("HTTP_JIAOHAO_EPOCH", "")
    if not seen.isdecimal() or len(seen) > DIGITS or int(seen) <= hub.pair.epoch:
        return
    if access.device_of(hub, environ.get("HTTP_AUTHORIZATION", "")) is not None:
        hub.pair.hinted(int(seen))


def _look_at_head(hub: Hub, environ: dict[str, Any]) -> None:
    """A kiosk or the boards' program says which row of the journal it knows; before its request is answered."""
    told = head_file.heard(environ[HEAD]) if len(environ[HEAD]) < LONG else None
    epoch = environ.get("HTTP_JIAOHAO_EPOCH", "")
    behind = hub.pair is not None and epoch.isdecimal() and len(epoch) <= DIGITS and int(epoch) > hub.pair.epoch
    if told is None or behind:  # of a hub that is another machine by now
        return
    device = access.device_of(hub, environ.get("HTTP_AUTHORIZATION", ""))
    if device is None or access.kind_of(hub.hall, device) not in KEEPERS or tail.is_told(hub, device, told.seq):
        return
    try:
        tail.compared(hub, device, told)
    except (CutOff, sqlite3.Error) as error:  # with the next request
        log.error("the journal's end is not compared with what %s knows: %s", device, error)


def _answer(app: APIFlask, environ: dict[str, Any]) -> Answer | None:
    """None where it is the application's to answer."""
    path: str = environ["PATH_INFO"]
    if path == NEXT:
        return _next(app, environ)
    if path != TOUCH and not path.startswith(KEYS):
        return None
    key = access.key_of(environ.get("HTTP_IDEMPOTENCY_KEY", ""))
    length = environ.get("CONTENT_LENGTH") or ""
    if key is None or not length.isdecimal() or int(length) > access.BODY or _to_https(app, environ):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)  # for the application, if it is asked
    hub: Hub = app.extensions["hub"]
    try:
        with hub.store.turnstile:
            if path == TOUCH:
                return _touch(app, environ, key, body)
            return _press(app, environ, key, body)
    except Exception as error:  # said by the application, which meets it again
        log.debug("%s past Flask: %r", path, error)
        return None


def _to_https(app: APIFlask, environ: dict[str, Any]) -> bool:
    """Whether it came in clear from another machine where it should not: `server/pages/authority.py` sends it away."""
    in_clear = app.config["SEALED"] and environ["wsgi.url_scheme"] != "https"
    return in_clear and not stays_here(environ.get("REMOTE_ADDR", ""))


def _next(app: APIFlask, environ: dict[str, Any]) -> Answer | None:
    """The second machine asks, once for each commit that it holds."""
    hub: Hub = app.extensions["hub"]
    line = environ["wsgi.url_scheme"] == "https", environ.get("REMOTE_ADDR", "")
    length = environ.get("CONTENT_LENGTH") or ""
    if hub.pair is None or not length.isdecimal() or int(length) > access.BODY or refusal(hub.hall, *line):
        return None
    if access.device_of(hub, environ.get("HTTP_AUTHORIZATION", "")) != "second":
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        return Answer(200, hub.pair.next_for(loads(body)))
    except (KeyError, TypeError, ValueError) as error:
        log.debug("%s past Flask: %r", NEXT, error)
        return None


def _touch(app: APIFlask, environ: dict[str, Any], key: str, body: bytes) -> Answer | None:
    hub: Hub = app.extensions["hub"]
    kiosk = access.device_of(hub, environ.get("HTTP_AUTHORIZATION", ""))
    if kiosk not in hub.hall.kiosks:
        return None
    return Answer(201, json_body(taken_at(hub, kiosk, key, NewTicket.model_validate(washed(loads(body))))))


def _press(app: APIFlask, environ: dict[str, Any], key: str, body: bytes) -> Answer | None:
    counter_id, _, verb = environ["PATH_INFO"].removeprefix(KEYS).partition("/")
    pressed = counter.KEYS.get(verb)
    if pressed is None or not environ.get("CONTENT_TYPE", "").startswith("application/json"):
        return None
    staff = access.presser(app, RULE, environ)
    if staff is None:
        return None
    seat = counter.seated(app.extensions["hub"], counter_id, staff, lambda: key)
    wish = pressed.wish.model_validate(washed(loads(body))) if pressed.wish else None
    return Answer(pressed.status, pressed.press(seat, wish, app.extensions["feeds"]), by_cookie=True)
