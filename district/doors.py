"""The doors of the district: where people log in, by an own account or the directory, and where a hall enrols."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

import openid
from config import Text
from district import identity, people, postgres
from district.sessions import Sessions
from district.settings import SignOn

log = logging.getLogger(__name__)

OFTEN = Text("试的次数太多：请十分钟后再试。", "Too many tries: wait ten minutes.")
WRONG = Text("姓名或密码不对：请再输入一次。", "Wrong name or password: type them again.")
AWAY = Text(
    "统一登录现在连不上：请用本平台的账号登录，或稍后再试。",
    "The directory can't be reached: log in with an account of this page, or try later.",
)

Page = AnyResponse | tuple[str, int] | str


def enrolling(
    app: Flask, sessions: Sessions, city: str, nats: str, signers: Sequence[str], enrolled: Callable[[], None]
) -> None:
    """Where a hall brings its code and its key."""

    @app.post("/enrol")
    def enrol() -> tuple[Response, int]:
        told = request.get_json(silent=True)
        code, public = (told.get("code"), told.get("key")) if isinstance(told, dict) else (None, None)
        if sessions.braked():
            return jsonify(detail=f"{OFTEN.zh}{OFTEN.en}"), 429
        if not isinstance(code, str) or not isinstance(public, str):
            return jsonify(detail="要有code和key。Needs code and key."), 400
        try:
            with postgres.connect(sessions.dsn) as conn:
                hall = identity.enrol(conn, code, public, sessions.clock())
        except identity.Unknown:
            sessions.missed()
            return jsonify(detail="代码已过期或不对：请向区里要新的。The code is over: ask for a new one."), 403
        enrolled()
        return jsonify(city=city, hall=hall, nats=nats, signers=[*signers]), 200


def entering(app: Flask, sessions: Sessions, table: SignOn, directory: openid.Directory | None) -> None:
    """Where people come in and go out."""

    def form(trouble: Text | None = None, status: int = 200) -> tuple[str, int]:
        return render_template("enter.html", trouble=trouble, directory=table if directory else None), status

    def the_directory() -> openid.Directory:
        if directory is None:
            abort(404)
        return directory

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Page:
        if request.method == "GET":
            return form()
        if sessions.braked():
            return form(OFTEN, 429)
        name = request.form.get("name", "")
        with postgres.connect(sessions.dsn) as conn:
            known = people.proved(conn, name, request.form.get("password", ""))
        if not known:
            sessions.missed()
            return form(WRONG, 403)
        sessions.begin(name)
        return redirect("/", 303)

    @app.get("/login/directory")
    def to_directory() -> Page:
        """Send the browser to the directory; where that is away, say so and offer the own login."""
        try:
            asked = the_directory().begin()
        except openid.Away as away:
            return refused(away)
        session["asked"] = vars(asked)
        return redirect(asked.url)

    @app.get("/login/directory/back")
    def back() -> Page:
        kept: Any = session.get("asked")
        if not isinstance(kept, dict):  # asks the directory nothing and is not counted: anybody can do it
            return refused(openid.Away(*openid.UNTRUE))
        if sessions.braked():
            return form(OFTEN, 429)
        session.pop("asked")
        try:
            claims = the_directory().finish(openid.Asked(**kept), request.url)
            with postgres.connect(sessions.dsn) as conn:
                who = people.vouched(conn, claims, table, sessions.clock())
        except openid.Away as away:
            sessions.missed()
            return refused(away)
        except people.NotHere as error:
            sessions.missed()
            return form(error.text, 403)
        sessions.begin(who.name)
        return redirect("/", 303)

    @app.post("/login/directory/out")
    def out() -> AnyResponse:
        """The directory itself says that somebody is logged out (OpenID Connect Back-Channel Logout 1.0). Its
        signature guards it: no brake, by which somebody could keep it out.
        """
        try:
            claims = the_directory().logged_out(request.form.get("logout_token", ""))
        except openid.Away as away:
            log.warning("the directory: %s", away.__cause__ or away)
            abort(400)
        with postgres.connect(sessions.dsn) as conn:
            people.logged_out(conn, claims, sessions.clock())
        return Response(status=200)

    @app.post("/logout")
    def logout() -> AnyResponse:
        session.clear()
        return redirect(url_for("login"), 303)

    def refused(away: openid.Away) -> Page:
        log.warning("the directory: %s", away.__cause__ or away)
        return form(AWAY, 503) if away.text == openid.AWAY else form(away.text, 403)
