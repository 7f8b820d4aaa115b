"""The role matrix: every route says who may use it, and every route is tried as everybody.

New routes are tried by themselves.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask import session
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import Rule as UrlRule

import config
from config import PROGRAMS
from server.pages import access
from server.pages.access import Rule
from server.pages.roles import IDENTITIES, Line, matrix, table
from server.verbs.accounts import ROLES, digest
from server.verbs.hub import Hub

FILL = {"IntegerConverter": 987654, "AnyConverter": None, "UnicodeConverter": "none-such", "PathConverter": "none-such"}
"""What stands for a route's arguments: nothing that exists, so that a command let in does nothing."""
DEVICES = {"kiosk": "K1", "screen": "screen-1", "tablet": "tablet-1", **{program: program for program in PROGRAMS}}
CSRF = "a-token-of-this-test"


def address(app: APIFlask, line: Line) -> str:
    route: UrlRule = next(r for r in app.url_map.iter_rules(line.endpoint) if r.rule == line.path)
    values: dict[str, Any] = {}
    for name, converter in route._converters.items():
        filled = FILL[type(converter).__name__]
        values[name] = filled if filled is not None else sorted(converter.items)[0]  # type: ignore[attr-defined]
    built = route.build(values)
    assert built is not None
    return str(built[1])


class Somebody:
    """One of IDENTITIES at the door of every route, each time freshly logged in at a counter of her or his own."""

    def __init__(self, app: APIFlask, hub: Hub, identity: str) -> None:
        self.app, self.hub, self.identity = app, hub, identity
        self.headers = (
            {"Authorization": f"Bearer {access.give_token(hub, DEVICES[identity]).read_text().strip()}"}
            if identity in access.KINDS
            else {}
        )
        if identity in ROLES:
            self.counter = list(hub.hall.counters)[ROLES.index(identity)]
            hub.turn(lambda turn: turn.put_staff(f"r-{identity}", identity, identity, "no password"))

    def ask(self, line: Line, *, csrf: bool = True) -> tuple[int, str, str]:
        """Status, place it redirects to, and text."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = CSRF
            if self.identity in ROLES:
                cookie["token"] = self.identity
                row = (digest(self.identity), f"r-{self.identity}", self.counter, self.hub.now())
                self.hub.turn(lambda turn: turn.put_session(*row))
        headers = dict(self.headers)
        with self.app.test_request_context():
            session["csrf_token"] = CSRF
            if csrf:
                headers["X-CSRFToken"] = generate_csrf()
        body: dict[str, Any] = {"json": {}} if line.path.startswith("/api/") and line.method != "GET" else {}
        answer = client.open(address(self.app, line), method=line.method, headers=headers, buffered=False, **body)
        status, place = answer.status_code, answer.headers.get("Location", "")
        text = answer.get_data(as_text=True) if status == 400 else ""
        answer.close()
        return status, place, text


@pytest.fixture
def lines(app: APIFlask) -> list[Line]:
    return matrix(app)


def test_every_route_says_who_may_use_it(app: APIFlask, lines: list[Line]) -> None:
    silent = [f"{line.method} {line.path} ({line.endpoint})" for line in lines if not isinstance(line.rule, Rule)]
    assert not silent, f"no rule: put @allowed(…) or @public of server/pages/access.py on these views: {silent}"


@pytest.mark.parametrize("identity", IDENTITIES)
def test_every_route_as(app: APIFlask, hub: Hub, lines: list[Line], identity: str) -> None:
    somebody, wrong = Somebody(app, hub, identity), []
    for line in lines:
        if line.rule is None:
            continue
        status, place, _ = somebody.ask(line)
        if line.rule.admits(identity):
            refused = not line.rule.public and (status in (401, 403) or place.startswith("/login"))
            right = status < 500 and not refused
            expected = "let in"
        elif identity == "nobody":
            program = line.path.startswith(("/api/", "/metrics"))
            right = status == 401 if program else status == 302 and place.startswith("/login")
            expected = "401" if program else "to the login page"
        else:
            right, expected = status == 403, "403"
        if not right:
            wrong.append(f"{line.method} {line.path}: expected {expected}, answered {status} {place}")
    assert not wrong, f"as {identity}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("identity", ROLES)
def test_no_command_of_a_person_without_the_csrf_token(
    app: APIFlask, hub: Hub, lines: list[Line], identity: str
) -> None:
    somebody, wrong = Somebody(app, hub, identity), []
    for line in lines:
        admitted = line.rule is not None and line.rule.roles and line.rule.admits(identity)
        if line.method != "GET" and (admitted or line.path in ("/login", "/logout")):
            status, _, text = somebody.ask(line, csrf=False)
            if status != 400 or "CSRF" not in text:
                wrong.append(f"{line.method} {line.path}: answered {status} {text[:80]}")
    assert not wrong, f"as {identity}:\n" + "\n".join(wrong)


def test_the_page_holds_the_matrix(app: APIFlask) -> None:
    page = (config.ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    written = re.search(r"(?ms)^\| route .*?\n(?=\n|\Z)", page)
    made = table(app)
    assert written is not None and written.group(0) == made, (
        f"docs/roles.md: put this table there (python -m server roles):\n\n{made}"
    )


def test_a_token_opens_what_its_kind_may_and_one_without_a_device_nothing(app: APIFlask, hub: Hub) -> None:
    def status(name: str, method: str, path: str) -> int:
        token = hub.hall.data / "tokens" / name
        headers = {"Authorization": f"Bearer {token.read_text().strip()}"}
        return app.test_client().open(path, method=method, headers=headers, json={}).status_code

    assert status("K1", "GET", "/api/v1/kiosks/K1") == 200
    assert status("boards", "GET", "/api/v1/boards") == 200
    assert {status(name, "GET", "/api/v1/kiosks/K1") for name in ("boards", "bookings")} == {403}
    assert {status(name, "POST", "/api/v1/tickets") for name in ("boards", "bookings")} == {403}
    assert {status(name, "PUT", "/api/v1/bookings") for name in ("K1", "boards")} == {403}
    assert {status(name, "GET", "/api/v1/boards") for name in ("K1", "bookings")} == {403}
    access.give_token(hub, "K9")  # of a kiosk that is no more
    assert status("K9", "GET", "/api/v1/kiosks/K1") == 401


def test_a_kiosk_is_shown_its_own_and_no_other(app: APIFlask, hub: Hub, kiosk: dict[str, str]) -> None:
    hub.hall = hub.hall.model_copy(update={"kiosks": {**hub.hall.kiosks, "K2": hub.hall.kiosks["K1"]}})
    answers = [app.test_client().get(f"/api/v1/kiosks/{name}", headers=kiosk).status_code for name in ("K1", "K2")]
    assert answers == [200, 403]


def test_a_follower_has_a_token_only_where_somebody_asked_for_it(app: APIFlask, hub: Hub) -> None:
    assert not (hub.hall.data / "tokens" / "follower").exists()
    headers = {"Authorization": f"Bearer {access.give_token(hub, 'follower').read_text().strip()}"}
    assert app.test_client().get("/api/v1/journal", headers=headers).json["rows"]  # type: ignore[index]
