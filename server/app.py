"""create_app(): wires the pages to a hub. Owns no rule, no text and no state."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from apiflask import APIFlask
from flask import Flask, Response, render_template, request
from flask.json.provider import JSONProvider
from flask.sessions import SecureCookieSessionInterface

from server.health import Health
from server.pages import (
    access,
    accounts,
    boards,
    bookings,
    counter,
    desk,
    hall,
    imports,
    kiosk,
    login,
    manager,
    messages,
    people,
    problems,
    reports,
    screen,
    slips,
    static,
    tickets,
)
from server.pages.feeds import Feeds
from server.reports.delivery.workshop import Workshop
from server.store import secret
from server.verbs import devices
from server.verbs.hub import Hub
from server.voice.outputs import Stage

PARTS = (
    tickets.api,
    slips.api,
    kiosk.api,
    boards.api,
    screen.api,
    screen.pages,
    counter.api,
    counter.pages,
    login.pages,
    manager.api,
    reports.api,
    reports.pages,
    imports.api,
    imports.pages,
    hall.api,
    hall.pages,
    people.api,
    people.pages,
    accounts.api,
    accounts.pages,
    desk.api,
    desk.pages,
    bookings.api,
    messages.api,
)


def _other(value: object) -> object:
    """What orjson does not know: a named tuple, such as a Text, is a list as everywhere else."""
    return list(value) if isinstance(value, tuple) else str(value)


class StaffSessions(SecureCookieSessionInterface):
    """Sessions of staff by cookie. Devices bring a token and no cookie: for them nothing is unsealed."""

    def open_session(self, app: Flask, request: Any) -> Any:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class QuickJson(JSONProvider):
    """JSON by orjson: a console is 15 kB, and a counter's key should not wait for its making."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=_other, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        data = self._prepare_response_obj(args, kwargs)
        body = orjson.dumps(data, default=_other, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE)
        return Response(body, mimetype="application/json")


def create_app(hub: Hub, *, login_limit: str = "20 per minute") -> APIFlask:
    """The hub's web application. `login_limit` is how many may fail at one address, in `limits`' notation."""
    app = APIFlask(
        __name__,
        title="Jiaohao 叫号",
        version="1",
        docs_path=None,
        spec_path="/api/v1/openapi.json",
        static_folder="static",
    )
    app.config.update(
        SECRET_KEY=secret.key(hub.hall, "cookie"),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME=f"jiaohao-{hub.hall.hall.id}",
        MAX_CONTENT_LENGTH=1 << 20,
        TEMPLATES_AUTO_RELOAD=False,
        SPEC_FORMAT="json",
    )
    app.json = QuickJson(app)
    app.session_interface = StaffSessions()
    app.extensions["hub"] = hub
    app.extensions["health"] = Health(partial(devices.device_changed, hub), hub.now)
    app.extensions["feeds"] = Feeds(hub, hub.hall.hub.max_streams)
    app.extensions["stage"] = Stage(hub.wake)
    app.extensions["workshop"] = Workshop(hub)
    access.csrf.init_app(app)
    app.extensions["login_failures"] = login.Failures(login_limit)
    for part in PARTS:
        app.register_blueprint(part)
    problems.install(app)
    static.install(app)
    _describe_security(app)

    @app.get("/api/docs")
    @app.doc(hide=True)
    @access.public
    def docs() -> str:
        return render_template("docs.html", spec=app.spec, hall=hub.hall.hall)

    access.public(app.view_functions["openapi.spec"])

    @app.context_processor
    def session_words() -> dict[str, Any]:
        return {"staff_now": access.who() if request.endpoint != "static" else None}

    @app.after_request
    def careful(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def _describe_security(app: APIFlask) -> None:
    app.security_schemes = {
        "device": {"type": "http", "scheme": "bearer", "description": "A device's token: <data>/tokens/<device>"},
        "staff": {
            "type": "apiKey",
            "in": "cookie",
            "name": app.config["SESSION_COOKIE_NAME"],
            "description": "Log in at /login; commands carry X-CSRFToken",
        },
    }

    @app.spec_processor
    def problems_everywhere(spec: Any) -> Any:
        for path in spec["paths"].values():
            for operation in (o for name, o in path.items() if name in ("get", "post", "put", "patch", "delete")):
                operation["responses"]["default"] = {
                    "description": "A problem (RFC 9457)",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                operation["security"] = [{"device": []}, {"staff": []}]
        spec["components"].setdefault("schemas", {})["Problem"] = {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                k: {"type": "integer" if k == "status" else "string"}
                for k in ("type", "title", "status", "detail", "instance")
            },
        }
        return spec
