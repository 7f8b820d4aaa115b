"""create_app(): wires the pages to a hub. Owns no rule, no text and no state."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache, partial
from typing import Any

import orjson
from apiflask import APIFlask
from flask import Flask, Response, render_template, request
from flask.json.provider import JSONProvider
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.routing import Rule

import words
from config import Hall
from server.domain.guesses import Guesses
from server.health import Contacts, Health, WireChecks
from server.pages import (
    access,
    accounts,
    admin,
    admin_api,
    agendas,
    api_tokens,
    appraisals,
    authority,
    boards,
    bookings,
    cases,
    catalogue,
    condition,
    counter,
    desk,
    devices_admin,
    half_days,
    hall,
    hall_file,
    headers,
    help,
    imports,
    indicators,
    inspections,
    kiosk,
    languages,
    login,
    manager,
    messages,
    offline,
    openapi,
    people,
    platform,
    problems,
    rate,
    ratings,
    regulations,
    rehearsing,
    reminding,
    reports,
    screen,
    search,
    second,
    slips,
    slots,
    static,
    tickets,
    visitor,
    voices,
)
from server.pages import (
    records as records_pages,
)
from server.pages.feeds import Feeds
from server.pages.incoming import Incoming
from server.pages.outgoing import json_body, json_text
from server.pages.telephone import Tries
from server.printing.slips.of_number import logo_of
from server.rehearser import Rehearser
from server.reports.delivery.workshop import Workshop
from server.store import head_file, register_files, secret
from server.verbs import devices, guide_versions, records
from server.verbs import slots as slot_verbs
from server.verbs.enrolment import Reception
from server.verbs.hub import Hub
from server.voice import zones
from server.voice.outputs import Stage

PARTS = (
    half_days.api,
    half_days.pages,
    hall_file.api,
    indicators.api,
    indicators.pages,
    inspections.pages,
    appraisals.pages,
    hall_file.pages,
    regulations.api,
    regulations.pages,
    tickets.api,
    agendas.api,
    reminding.api,
    slips.api,
    kiosk.api,
    boards.api,
    rate.api,
    rate.pages,
    screen.api,
    screen.pages,
    search.api,
    counter.api,
    counter.pages,
    login.pages,
    authority.pages,
    manager.api,
    reports.api,
    reports.pages,
    imports.api,
    imports.pages,
    hall.api,
    hall.pages,
    people.api,
    people.pages,
    rehearsing.api,
    rehearsing.pages,
    accounts.api,
    accounts.pages,
    desk.api,
    desk.pages,
    offline.api,
    offline.pages,
    bookings.api,
    messages.api,
    records_pages.api,
    records_pages.pages,
    ratings.pages,
    cases.api,
    cases.pages,
    catalogue.api,
    catalogue.pages,
    catalogue.guides,
    condition.api,
    condition.pages,
    second.api,
    second.pages,
    platform.api,
    platform.pages,
    api_tokens.api,
    api_tokens.forms,
    api_tokens.pages,
    devices_admin.api,
    devices_admin.forms,
    devices_admin.pages,
    help.pages,
    visitor.api,
    visitor.pages,
    slots.api,
    slots.desk,
    slots.pages,
    slots.plan,
    voices.pages,
    voices.desk,
    admin.pages,
    admin_api.api,
)


class StaffSessions(SecureCookieSessionInterface):
    """Sessions of staff by cookie. Devices bring a token and no cookie: for them nothing is unsealed.

    A session ends where the store says so. The time in the cookie's seal is not looked at: a clock that was set would
    make every cookie void. So what a seal holds never changes, and a key at a counter does not unseal it anew.
    """

    def __init__(self) -> None:
        self._unsealed = lru_cache(1024)(self._unseal)

    def _unseal(self, app: Flask, sealed: str) -> dict[str, Any]:
        seal = self.get_signing_serializer(app)
        found: dict[str, Any] = seal.loads(sealed) if seal else {}
        return found

    def unsealed(self, app: Flask, sealed: str) -> dict[str, Any]:
        """What a cookie holds, nothing where it is none of ours. Whoever gets it does not change it."""
        try:
            return self._unsealed(app, sealed) if sealed else {}
        except BadSignature:
            return {}

    def open_session(self, app: Flask, request: Any) -> Any:
        return self.session_class(deepcopy(self.unsealed(app, request.cookies.get(self.get_cookie_name(app)) or "")))

    def get_cookie_secure(self, app: Flask) -> bool:
        """A login that came by HTTPS never leaves a browser without it."""
        return request.is_secure

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        if session or session.modified or session.accessed:
            super().save_session(app, session, response)


class QuickJson(JSONProvider):
    """JSON by orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return json_text(obj)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        return Response(json_body(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


class LateRule(Rule):
    """A route whose way back, from an endpoint to its address, is worked out when it is first asked for. werkzeug
    compiles both of all routes at the start, a tenth of a second, and few are ever asked.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        compiled = super()._compile_builder

        def build(_rule: Rule, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(compiled(append_unknown).__get__(self, None))
            return made[0](**values)

        return build


class Site(APIFlask):
    """Views are plain functions: nobody looks at each request whether one is a coroutine. The description of the API
    takes most of a second to make: it is made once, and not for each stranger who opens its page.
    """

    url_rule_class = LateRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def _get_spec(self, spec_format: str | None = None, force_update: bool = False) -> dict[str, Any] | str:
        """Of this hall, whose ids are its examples. Both pages of it ask here."""

        def make() -> dict[str, Any] | str:
            assert self.spec_callback  # server/pages/openapi.py
            return self.spec_callback(self._generate_spec().to_dict())

        hub: Hub = self.extensions["hub"]
        made: dict[str, Any] | str = hub.kept("openapi", make)
        return made


def _follow_hall(hub: Hub, before: Hall, now: Hall) -> None:
    """Other guides are a version of theirs; new kiosks get their tokens; a new calendar moves what is due."""
    guide_versions.take_note(hub)
    access.give_tokens(hub)
    records.recompute(hub)
    slot_verbs.withdraw_gone(hub)


def create_app(hub: Hub, *, login_limit: int = 20) -> APIFlask:
    """The hub's web application. `login_limit` is how many may fail at one address in a minute."""
    app = Site(
        __name__,
        title="Jiaohao 叫号",
        version="1",
        docs_path=None,
        spec_path="/api/v1/openapi.json",
        static_folder="static",
    )
    app.config.update(
        SECRET_KEY=secret.key(hub.hall, "cookie"),
        OPENAPI_VERSION="3.1.0",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME=f"jiaohao-{hub.hall.hall.id}",
        MAX_CONTENT_LENGTH=access.BODY,
        TEMPLATES_AUTO_RELOAD=False,
        SPEC_FORMAT="json",
        SEALED=False,  # whether the server answers https itself; who starts it says so
    )
    app.json = QuickJson(app)
    app.request_class = Incoming
    app.session_interface = StaffSessions()
    app.extensions["hub"] = hub
    app.extensions["health"] = Health(partial(devices.device_changed, hub), hub.now, hub.counted)
    hub.on_shift.append(app.extensions["health"].shift)
    app.extensions["contacts"] = Contacts(hub.now, lambda: hub.day(hub.now()))
    app.extensions["reception"] = Reception()
    app.extensions["wire_checks"] = WireChecks(hub.now)
    app.extensions["feeds"] = feeds = Feeds(hub, hub.hall.hub.max_streams)
    app.extensions["guesses"] = Tries()
    app.extensions["ratings given"] = Guesses(visitor.RATED_MOST)
    app.extensions["slot_forms"] = Guesses(slots.BOOKINGS)
    app.extensions["voice_forms"] = Guesses(voices.FORMS)
    app.extensions["voice_guesses"] = Guesses()
    app.extensions["slot_looks"] = Guesses(slots.LOOKS)
    hub.on_hall += [feeds.follow_hall, partial(_follow_hall, hub)]
    hub.fits += [zones.check, logo_of, register_files.read]
    app.extensions["stage"] = Stage(hub.wake)
    app.extensions["workshop"] = Workshop(hub)
    app.extensions["rehearser"] = Rehearser(hub)
    app.before_request(access.bound_body)
    access.csrf.init_app(app)
    app.extensions["login_failures"] = login.Failures(login_limit)
    for part in PARTS:
        app.register_blueprint(part)
    problems.install(app)
    static.install(app)
    languages.install(app)
    authority.install(app)
    openapi.install(app)

    @app.get("/api/docs")
    @app.doc(hide=True)
    @access.public
    def docs() -> str:
        return render_template("docs.html", spec=app.spec, hall=hub.hall.hall)

    access.public(app.view_functions["openapi.spec"])
    app.jinja_env.globals["in_english"] = in_english

    @app.context_processor
    def session_words() -> dict[str, Any]:
        known: dict[str, Any] = {
            "staff_now": None,
            "language_now": languages.language_now(),
        }
        try:
            return known | {"staff_now": access.who() if request.endpoint != "static" else None}
        except sqlite3.Error:  # the page that says so is made all the same
            return known

    @app.after_request
    def careful(response: Response) -> Response:
        response.headers.extend(hub.kept("walls", lambda: headers.walls(hub.hall.hub.framed_by)))
        if hub.pair is not None:
            response.headers.extend(hub.pair.headers())
            if hub.pair.second:  # a page asks there once this hub is gone (server/static/feed.js)
                response.headers["Content-Security-Policy"] += f"; connect-src 'self' {hub.pair.second}"
        if "Authorization" in request.headers:
            response.headers["Jiaohao-Head"] = head_file.said(hub.store.head)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app


def in_english(text: str) -> str:
    """A word of the catalogue of services in English, e.g. a department; as it is where the catalog has none."""
    return words.say("en")(text) if text else ""
