"""Logging in at a counter, and out again."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

from apiflask import APIBlueprint
from flask import abort, current_app, redirect, render_template, request, session
from werkzeug.wrappers import Response

from server.domain import sign_on
from server.domain.rules import Refused
from server.domain.vocabulary import TAKEN_OVER
from server.pages import access
from server.pages.access import csrf, public, the_hub, who
from server.verbs import accounts
from server.verbs.accounts import CodeNeeded, Staff

if TYPE_CHECKING:
    import openid  # a sixteenth of what the hub imports, which only a hall with a directory needs: see below

log = logging.getLogger(__name__)

WINDOW_S = 60.0

pages = APIBlueprint("login", __name__, enable_openapi=False)


class Failures:
    """Failed logins by address, in memory: who guesses passwords waits, who logs in does not. So many of one address in
    a minute; `count` gives seconds that no setting of the clock touches.
    """

    def __init__(self, limit: int, count: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._count = limit, count
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, int]] = {}

    def count(self, address: str) -> None:
        with self._lock:
            now = self._count()
            self._known = {one: kept for one, kept in self._known.items() if now - kept[0] < WINDOW_S}
            began, failed = self._known.get(address, (now, 0))
            self._known[address] = began, failed + 1

    def wait_s(self, address: str) -> int:
        """Seconds until another try is looked at; 0: now."""
        began, failed = self._known.get(address, (0.0, 0))
        left = began + WINDOW_S - self._count()
        return ceil(left) if failed >= self._limit and left > 0 else 0


def _too_often(seconds: int) -> Refused:
    return Refused(
        f"登录失败次数太多：请{seconds}秒后再试，忘记密码请找管理员。",
        f"Too many failed logins: try again in {seconds} s, or ask an administrator for a new password.",
    )


def _form(error: Refused | None = None, status: int = 200) -> tuple[str, int]:
    hub = the_hub()
    states = hub.read().counters()
    counters = [
        (c, t.name, t.name_en, c in states and states[c].state != "closed") for c, t in hub.hall.counters.items()
    ]
    page = render_template(
        "login/login.html",
        error=error,
        counters=counters,
        hall=hub.hall.hall,
        then=_then(),
        form=request.form,
        taken=any(staff for _, _, _, staff in counters),
        directory=hub.hall.sign_on if hub.hall.sign_on.issuer else None,
        posts=bool(hub.read().posts()),
        reasons=hub.hall.people.substitution_reasons,
        not_left=TAKEN_OVER,
    )
    return page, status


def _then() -> str:
    """Where to go afterwards: only a path of ours."""
    then = request.values.get("then", "")
    return then.rstrip("?") if re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", then) else ""


def home_of(staff: Staff | None) -> str:
    """The page of a member of staff: the console at a counter, a department's cases, else what the role is for."""
    if staff is None:
        return "/login"
    if staff.department and not staff.counter:
        return "/cases"
    return "/counter" if staff.counter else "/desk" if staff.role in ("operator", "guide") else "/hall"


@pages.get("/login")
@public
def page() -> tuple[str, int] | Response:
    access.need_private_line()
    return _form()


@pages.post("/login")
@public
def enter() -> tuple[str, int] | Response:
    access.need_private_line()
    csrf.protect()
    form, failures = request.form, current_app.extensions["login_failures"]
    counter, address = form.get("counter") or None, access.address()
    if wait := failures.wait_s(address):
        return _form(_too_often(wait), 429)
    try:
        if counter and counter not in the_hub().hall.counters:
            raise Refused("没有这个窗口。", "There is no such counter.")
        access.log_in(
            form.get("staff", ""),
            form.get("password", ""),
            counter,
            form.get("reason", ""),
            form.get("becomes", "") or "stay",
        )
    except CodeNeeded:
        wish = {name: form.get(name, "") for name in ("staff", "counter", "reason", "becomes")}
        _keep_half("password", **wish)
        return _second()
    except Refused as error:
        failures.count(address)
        return _form(error, 403)
    return _in()


def _in() -> Response:
    home = home_of(who())
    return redirect(home if _then() in ("", "/", "/counter") else _then())


# --- the second step: a code, or, of whom the directory vouches for, the counter --------------------------------------


HALF_S = 300.0
"""A login that is half done is forgotten after so long."""


def _keep_half(proved: str, **wish: str) -> None:
    """In the browser's cookie, which the hub has sealed."""
    session["half"] = {"proved": proved, "at": the_hub().now(), "then": _then(), **wish}


def _half() -> dict[str, Any] | None:
    half = session.get("half")
    good = isinstance(half, dict) and abs(the_hub().now() - float(half.get("at", 0.0))) < HALF_S
    return half if good else None


def _second(error: Refused | None = None, status: int = 200) -> tuple[str, int]:
    half, hub = _half() or {}, the_hub()
    states = hub.read().counters()
    page = render_template(
        "login/second.html",
        error=error,
        hall=hub.hall.hall,
        half=half,
        then=half.get("then", ""),
        counters=[
            (c, t.name, t.name_en, c in states and states[c].state != "closed") for c, t in hub.hall.counters.items()
        ],
        reasons=hub.hall.people.substitution_reasons,
        not_left=TAKEN_OVER,
        form=request.form,
    )
    return page, status


@pages.post("/login/second")
@public
def second() -> tuple[str, int] | Response:
    access.need_private_line()
    csrf.protect()
    half, form, failures, address = _half(), request.form, current_app.extensions["login_failures"], access.address()
    if half is None:
        session.pop("half", None)
        return _form(Refused("登录已超时：请重新登录。", "The login took too long: begin again."), 403)
    if wait := failures.wait_s(address):
        return _form(_too_often(wait), 429)
    wish = {**half, **form} if half["proved"] == "directory" else half
    counter = wish.get("counter") or None
    try:
        if counter and counter not in the_hub().hall.counters:
            raise Refused("没有这个窗口。", "There is no such counter.")
        access.log_in(
            half["staff"],
            "",
            counter,
            wish.get("reason", ""),
            wish.get("becomes", "") or "stay",
            code=form.get("code", ""),
            proved=half["proved"],
        )
    except Refused as error:
        failures.count(address)
        return _second(error, 403)
    return _in()


def _directory() -> openid.Directory:
    """Kept, so that it is asked about itself once."""
    import openid

    hub = the_hub()
    if not hub.hall.sign_on.issuer:
        abort(404, description="本厅没有统一登录。This hall has no directory.")
    back = f"{hub.hall.hub.url}/login/directory/back"
    kept: openid.Directory | None = current_app.extensions.get("directory")
    if kept is None or (kept.table, kept.back) != (hub.hall.sign_on, back):
        kept = openid.Directory(hub.hall.sign_on, hub.hall.folder, back)
        current_app.extensions["directory"] = kept
    return kept


@pages.get("/login/directory")
@public
def to_directory() -> tuple[str, int] | Response:
    """Send the browser to the directory; where that is away, say so and offer the own login."""
    import openid

    access.need_private_line()
    try:
        asked = _directory().begin()
    except openid.Away as away:
        log.warning("the directory: %s", away.__cause__ or away)
        return _form(Refused(*away.text), 503)
    session["asked"] = {**vars(asked), "then": _then()}
    return redirect(asked.url)


@pages.get("/login/directory/back")
@public
def from_directory() -> tuple[str, int] | Response:
    """The browser comes back: who it is, and the counter is chosen next."""
    import openid

    access.need_private_line()
    failures, address = current_app.extensions["login_failures"], access.address()
    if wait := failures.wait_s(address):
        return _form(_too_often(wait), 429)
    kept = session.pop("asked", None)
    try:
        if not isinstance(kept, dict):
            raise openid.Away(*openid.UNTRUE)
        then = str(kept.pop("then", ""))
        claims = _directory().finish(openid.Asked(**kept), request.url)
        known = sign_on.known(claims, the_hub().hall.sign_on)
        staff = accounts.vouched(the_hub(), known)
    except openid.Away as away:
        log.warning("the directory: %s", away.__cause__ or away)
        failures.count(address)
        return _form(Refused(*away.text), 503 if away.text == openid.AWAY else 403)
    except Refused as error:
        failures.count(address)
        return _form(error, 403)
    session["half"] = {"proved": "directory", "at": the_hub().now(), "then": then, "staff": staff, "name": known.name}
    return _second()


@pages.get("/")
@public
def front() -> Response:
    return redirect(home_of(who()))


@pages.post("/logout")
@public
def leave() -> Response:
    csrf.protect()
    access.log_out()
    return redirect("/login")
