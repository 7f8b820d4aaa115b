"""The web application over a test hub, with a kiosk's token and people who can log in: by Flask's client, and in a
real Chromium.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from server.app import create_app
from server.pages import access
from server.serve import web_server
from server.verbs.hub import Hub
from tests.conftest import CHEAP, free_port
from tests.server.pages.holding import Held
from tests.waiting import DEADLINE_S

POLICY = "Content Security Policy"
"""What Chromium says of a page that does what its headers forbid."""
_keys = itertools.count(1)
ROLES = {"08": "operator", "09": "operator", "30": "guide", "50": "manager", "60": "supervisor"}
STAFF = [(staff, role, CHEAP.hash(f"pass-{staff}")) for staff, role in ROLES.items()]
"""Accounts whose passwords are cheap to check: what a real one costs is argon2's own affair."""


def hire(hub: Hub) -> None:
    for staff, role, hashed in STAFF:
        hub.store.turn(lambda turn, row=(staff, f"员工{staff}", role, hashed): turn.put_staff(*row), lambda last: last)


def hire_administrator(hub: Hub) -> None:
    """70, where a test needs everybody's rights."""
    hub.turn(lambda turn: turn.put_staff("70", "员工70", "administrator", CHEAP.hash("pass-70")))


def new_key() -> str:
    return f"key-{next(_keys):08d}"


class Browser:
    """A member of staff at a page: logs in, presses keys, sends what a browser would send."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.csrf = ""

    def log_in(self, staff: str, counter: str = "") -> Any:
        page = self.client.get("/login").get_data(as_text=True)
        self.csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
        form = {"csrf_token": self.csrf, "staff": staff, "password": f"pass-{staff}", "counter": counter}
        answer = self.client.post("/login", data=form)
        page = self.client.get("/login").get_data(as_text=True)
        self.csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
        return answer

    def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.post(
            path, json=body or {}, headers={"X-CSRFToken": self.csrf, "Idempotency-Key": new_key(), **headers}
        )


@pytest.fixture
def held(app: APIFlask) -> Held:
    """What the application answered so far that its document does not say."""
    found: Held = app.extensions["held"]
    return found


@pytest.fixture
def app(hub: Hub) -> Iterator[APIFlask]:
    access.give_tokens(hub)
    hire(hub)
    app = create_app(hub, login_limit=1000)
    app.extensions["held"] = held = Held(app)
    yield app
    assert held.wrong == [], "answers that /api/v1/openapi.json does not declare"


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def kiosk(hub: Hub) -> dict[str, str]:
    """Headers of kiosk K1."""
    return {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'K1').read_text().strip()}"}


class Web:
    """The application behind waitress on a port of its own; can go away and come back."""

    def __init__(self, hub: Hub) -> None:
        self.port, self.app = free_port(), create_app(hub, login_limit=1000)
        self.held = Held(self.app, later=True)
        self.start()
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = web_server(
            self.app, "127.0.0.1", self.port, 400, longest_body=partial(access.longest_body, self.app)
        )
        self.closed = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.server.run()
        except OSError:
            if not self.closed:  # its select() was waiting on what was closed
                raise

    def stop(self) -> None:
        self.closed = True
        self.server.task_dispatcher.shutdown(timeout=1)
        self.server.close()


@pytest.fixture
def web(hub: Hub) -> Iterator[Web]:
    hire(hub)
    web = Web(hub)
    yield web
    hub.stop()
    web.stop()
    assert web.held.wrong == [], "answers that /api/v1/openapi.json does not declare"


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(DEADLINE_S * 1000)  # what a broken page is given up after, and no measure
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: page.errors.append(said.text) if POLICY in said.text else None)  # type: ignore[attr-defined]
    yield page
    assert page.errors == []  # type: ignore[attr-defined]
    context.close()


def module(page: Page, name: str) -> None:
    """Makes a module of the open page the page's `module`: the very one that runs there."""
    page.evaluate(
        """async (name) => { const { src } = document.querySelector("script[type=module]");
        window.module = await import(new URL(name, src)); }""",
        name,
    )


def let_in(page: Page, web: Web, staff: str, counter: str) -> None:
    """The page's browser has the cookie of somebody who logged in; what the login page looks like is another test's."""
    client = web.app.test_client()
    assert Browser(client).log_in(staff, counter).status_code == 302
    for cookie in client._cookies.values():  # Flask's client names no other way to all of them
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": web.base, "httpOnly": True}])


def log_in(page: Page, web: Web, staff: str, counter: str) -> None:
    let_in(page, web, staff, counter)
    page.goto(f"{web.base}{'/counter' if counter else '/hall'}")
