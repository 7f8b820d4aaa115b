"""A kiosk's touch without Flask: the one request of which hundreds come at once on a busy morning.

It is no other road than `server/pages/tickets.py`'s: the same token, model, verb and view, with nothing around them.
Whatever is out of the ordinary (no kiosk's token, a wrong body, a refusal, a fault) is left to the application, which
asks all of it again and says what is wrong: a verb that raises has written nothing, and one that was carried out is
answered alike under its key.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any

from orjson import loads

from server.pages import access, headers
from server.pages.incoming import washed
from server.pages.outgoing import json_body
from server.pages.tickets import NewTicket, taken_at
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

PATH = "/api/v1/tickets"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def touches(app: Application, hub: Hub) -> Application:
    """The application; a kiosk's touch is answered before it gets there."""

    def told() -> list[tuple[str, str]]:
        walls = hub.kept("walls", lambda: headers.walls(hub.hall.hub.framed_by))
        return [("Content-Type", "application/json"), *walls.items(), ("Cache-Control", "no-store")]

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "POST":
            answer = _answer(hub, environ)
            if answer is not None:
                environ[access.KNOWN] = True
                start_response("201 CREATED", [("Content-Length", str(len(answer))), *told()])
                return (answer,)
        return app(environ, start_response)

    return application


def _answer(hub: Hub, environ: dict[str, Any]) -> bytes | None:
    """What a kiosk is answered; None where it is the application's to answer."""
    key = access.key_of(environ.get("HTTP_IDEMPOTENCY_KEY", ""))
    length = environ.get("CONTENT_LENGTH") or ""
    if key is None or not length.isdecimal() or int(length) > access.BODY:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)  # for the application, if it is asked
    try:
        kiosk = access.device_of(hub, environ.get("HTTP_AUTHORIZATION", ""))
        if kiosk not in hub.hall.kiosks:
            return None
        told = taken_at(hub, kiosk, key, NewTicket.model_validate(washed(loads(body))))
    except Exception as error:  # said by the application, which meets it again
        log.debug("touch: %r", error)
        return None
    return json_body(told)
