"""The district's web: the pages of the halls that somebody may see. Who sees what, PostgreSQL decides."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, redirect, render_template, request
from psycopg import Connection
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

import openid
import words
from config import Text
from district import circular_pages, doors, finding_pages, identity, metrics, postgres, sampling, views
from district.people import Person
from district.rollup import monday_of
from district.sessions import Sessions
from district.settings import SignOn
from server.domain.uplink import Live

AGAIN = 303
"""Of a redirect after a form."""
REFUSED = {
    403: Text("您的账号不能这样做。", "Your account may not do this."),
    404: Text("没有这一页，或您看不到它。", "There is no such page, or you may not see it."),
}


def other() -> str:
    """The language beside Chinese: English, or another that a browser asks for and somebody has translated."""
    found = words.nearest(tag for tag, quality in request.accept_languages if quality)
    return found if found in words.further() else words.SECOND


def create_app(
    dsn: str,
    city: str,
    nats: str,
    key: bytes,
    lives: Callable[[], Mapping[str, tuple[Live, float]]],
    enrolled: Callable[[], None],
    clock: Callable[[], float] = time.time,
    token: str = "",
    signers: Sequence[str] = (),
    sign_on: tuple[SignOn, Path, str] | None = None,
) -> Flask:
    """`lives`: how the halls are; `enrolled`: called when keys have changed, so that NATS knows; `token`: of
    /metrics, "" where nobody may; `signers`: public keys that sign what goes down; `sign_on`: the directory, the
    folder of its files, the address of these pages.
    """
    app = Flask("district", root_path=str(Path(__file__).parent))
    app.secret_key = key
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",  # a directory sends the browser back from elsewhere
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=sign_on is not None and sign_on[2].startswith("https://"),
        MAX_CONTENT_LENGTH=1 << 16,
    )
    app.jinja_env.globals.update(other=other, in_other=lambda zh, en: words.translated(str(zh), str(en), other()))
    sessions = Sessions(dsn, clock)
    table, folder, page = sign_on or (SignOn(), Path(), "")
    back = f"{page.rstrip('/')}/login/directory/back"
    doors.entering(app, sessions, table, openid.Directory(table, folder, back) if table.issuer else None)
    doors.enrolling(app, sessions, city, nats, signers, enrolled)
    circular_pages.add(app, sessions)
    finding_pages.add(app, sessions)

    def noted(conn: Connection[Any], who: Person, what: str, told: bytes) -> None:
        """Who took what out of here, with the hash of the file as she has it: in the transaction that read it."""
        row = (clock(), who.name, who.place, what, hashlib.sha256(told).hexdigest())
        conn.execute("INSERT INTO exports (at, who, place, what, sha256) VALUES (%s, %s, %s, %s, %s)", row)

    def file(told: bytes, name: str, kind: str) -> Response:
        answer = Response(told, mimetype=kind)
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
        return answer

    @app.before_request
    def own_forms_only() -> None:
        """A form on somebody else's page changes nothing here; programs say nothing of whence they come."""
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            abort(403)

    @app.after_request
    def walls(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; form-action 'self'"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.errorhandler(401)
    def stranger(_: Exception) -> AnyResponse:
        return redirect("/login", AGAIN)

    @app.errorhandler(403)
    @app.errorhandler(404)
    def refused(error: HTTPException) -> tuple[str, int]:
        assert error.code is not None
        return render_template("refused.html", trouble=REFUSED[error.code]), error.code

    def week(default: bool = False) -> date:
        """The Monday that is asked for."""
        try:
            told = request.args.get("week", "")
            return views.last_monday(clock()) if default and not told else monday_of(told)
        except ValueError:
            abort(404)

    @app.get("/")
    def overview() -> str:
        who, monday = sessions.person(), week(default=True)
        with sessions.seen(who) as conn:
            shown = views.overview(conn, lives(), monday, clock())
        maps = views.maps(shown["halls"], lambda zh, en: words.translated(zh, en, other()))
        return render_template("halls.html", who=who, states=views.STATES, maps=maps, **shown)

    @app.get("/export.csv")
    def export() -> Response:
        who, monday = sessions.person(), week()
        with sessions.seen(who) as conn:
            told = f"\ufeff{views.sheet(conn, monday)}".encode()
            noted(conn, who, f"daily {monday}", told)
        return file(told, f"district-{monday}.csv", "text/csv")

    def of_month(conn: Connection[Any]) -> dict[str, Any]:
        try:
            return views.indicators(conn, request.args.get("month", f"{views.last_monday(clock()):%Y-%m}"))
        except ValueError:
            abort(404)

    @app.get("/indicators")
    def indicators() -> str:
        who = sessions.person()
        with sessions.seen(who) as conn:
            return render_template("indicators.html", who=who, **of_month(conn))

    @app.get("/indicators.csv")
    def indicators_file() -> Response:
        who = sessions.person()
        with sessions.seen(who) as conn:
            shown = of_month(conn)
            told = f"\ufeff{views.indicator_sheet(shown)}".encode()
            noted(conn, who, f"indicators {shown['month']:%Y-%m}", told)
        return file(told, f"indicators-{shown['month']:%Y-%m}.csv", "text/csv")

    def drawn() -> tuple[Person, dict[str, Any], bytes, date]:
        """A sample as it is asked for, and its file: noted, since whoever sees its rows has them."""
        who, monday, told = sessions.person("inspector"), week(), request.args
        try:
            most, row = int(told.get("most", "10")), int(told.get("row", "0"))
            if not 0 < most <= sampling.MOST or not 0 <= row < 1 << 62:
                raise ValueError("out of bounds")
            with sessions.seen(who) as conn:
                made = sampling.sample(conn, told.get("hall", ""), monday, most, row)
                text = json.dumps(made, ensure_ascii=False, indent=1).encode()
                noted(conn, who, f"sample {made['hall']} {monday} row {made['seed']['row']}", text)
        except (ValueError, LookupError):
            abort(404)
        return who, made, text, monday

    @app.get("/sample")
    def sample() -> str:
        who, made, text, monday = drawn()
        shown = views.sample(made)
        return render_template("sample.html", who=who, monday=monday, sha256=hashlib.sha256(text).hexdigest(), **shown)

    @app.get("/sample.json")
    def sample_file() -> Response:
        _who, made, text, monday = drawn()
        return file(text, f"sample-{made['hall']}-{monday}.json", "application/json")

    @app.get("/exports")
    def exports() -> str:
        who = sessions.person("inspector")
        with sessions.seen(who) as conn:
            return render_template("exports.html", who=who, exports=views.exports(conn))

    @app.get("/keys")
    def keys() -> str:
        who = sessions.person("manager")
        with sessions.seen(who) as conn:
            return render_template("keys.html", who=who, halls=views.keys(conn, clock()), given=None)

    @app.post("/keys/<hall>/code")
    def code(hall: str) -> str:
        """A one-time code, shown once."""
        who = sessions.person("manager")
        with sessions.seen(who) as conn:
            try:
                given = identity.code(conn, hall, clock())
            except identity.Unknown:
                abort(404)
            return render_template("keys.html", who=who, halls=views.keys(conn, clock()), given=(hall, given))

    @app.post("/keys/<hall>/revoke")
    def revoke(hall: str) -> AnyResponse:
        with sessions.seen(sessions.person("manager")) as conn:
            try:
                identity.revoke(conn, hall, clock())
            except identity.Unknown:
                abort(404)
        enrolled()
        return redirect("/keys", AGAIN)

    @app.get("/metrics")
    def figures() -> Response:
        if not token or not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return Response("a token is needed: Authorization: Bearer …\n", 403, mimetype="text/plain")
        with postgres.connect(dsn) as conn:
            return Response(metrics.metrics(conn, lives(), clock()), mimetype="text/plain; version=0.0.4")

    return app
