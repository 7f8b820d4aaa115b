"""Logging in at a counter, and out again."""

from __future__ import annotations

import re
from functools import cached_property
from math import ceil
from time import time
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from server.domain.rules import Refused
from server.domain.vocabulary import TAKEN_OVER
from server.pages import access
from server.pages.access import csrf, public, the_hub, who
from server.verbs.accounts import Staff

pages = APIBlueprint("login", __name__, enable_openapi=False)


class Failures:
    """Failed logins by address, in memory: who guesses passwords waits, who logs in does not."""

    def __init__(self, limit: str) -> None:
        self._limit = limit

    @cached_property
    def _counted(self) -> tuple[Any, Any]:
        from limits import parse  # 60 ms that only a failure costs
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return FixedWindowRateLimiter(MemoryStorage()), parse(self._limit)

    def count(self, address: str) -> None:
        counted, limit = self._counted
        counted.hit(limit, address)

    def wait_s(self, address: str) -> int:
        """Seconds until another try is looked at; 0: now."""
        if "_counted" not in self.__dict__:
            return 0
        counted, limit = self._counted
        if counted.test(limit, address):
            return 0
        return max(1, ceil(float(counted.get_window_stats(limit, address).reset_time) - time()))


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
    except Refused as error:
        failures.count(address)
        return _form(error, 403)
    home = home_of(who())
    return redirect(home if _then() in ("", "/", "/counter") else _then())


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
