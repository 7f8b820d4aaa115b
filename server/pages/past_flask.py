"""The requests that come by the dozen at once, answered without Flask: a kiosk's touch, and the keys of the counters.

It is no other road than that of `server/pages/tickets.py` and `server/pages/counter.py`: the same token or session,
model, verb and view, with nothing around them. Whatever is out of the ordinary (no such token, a wrong body, a refusal,
a fault) is left to the application, which asks all of it again and says what is wrong: a verb that raises has written
nothing, and one that was carried out is answered alike under its key.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from apiflask import APIFlask
from orjson import loads

from server.domain.private_line import stays_here
from server.pages import access, counter, headers
from server.pages.authority import REMEMBERED
from server.pages.incoming import washed
from server.pages.outgoing import json_body
from server.pages.tickets import NewTicket, taken_at
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

TOUCH = "/api/v1/tickets"
KEYS = "/api/v1/counters/"
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
        answer = _answer(app, environ) if environ["REQUEST_METHOD"] == "POST" else None
        if answer is None:
            return rest(environ, start_response)
        environ[access.KNOWN] = True
        told = {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
        told |= hub.kept("walls", lambda: headers.walls(hub.hall.hub.framed_by))
        told["Cache-Control"] = "no-store"
        if answer.by_cookie:
            told["Vary"] = "Cookie"
        if environ["wsgi.url_scheme"] == "https":
            told |= REMEMBERED
        start_response(WORDS[answer.status], [*told.items()])
        return (answer.body,)

    return asked


def _answer(app: APIFlask, environ: dict[str, Any]) -> Answer | None:
    """None where it is the application's to answer."""
    path: str = environ["PATH_INFO"]
    if path != TOUCH and not path.startswith(KEYS):
        return None
    key = access.key_of(environ.get("HTTP_IDEMPOTENCY_KEY", ""))
    length = environ.get("CONTENT_LENGTH") or ""
    if key is None or not length.isdecimal() or int(length) > access.BODY or _to_https(app, environ):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)  # for the application, if it is asked
    try:
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
