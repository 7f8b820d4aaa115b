"""The web application over a test hub, with a kiosk's token and people who can log in."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from server.app import create_app
from server.hub import Hub
from server.pages import access

_keys = itertools.count(1)
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ROLES = {"08": "operator", "09": "operator", "30": "guide", "50": "manager", "60": "supervisor"}
STAFF = [(staff, role, _cheap.hash(f"pass-{staff}")) for staff, role in ROLES.items()]
"""Accounts whose passwords are cheap to check: what a real one costs is argon2's own affair."""


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
        return self.client.post(path, json=body or {}, headers={"X-CSRFToken": self.csrf, "Idempotency-Key": new_key(), **headers})


@pytest.fixture
def app(hub: Hub) -> APIFlask:
    access.give_tokens(hub)
    for staff, role, hashed in STAFF:
        hub.store.turn(lambda turn, row=(staff, f"员工{staff}", role, hashed): turn.put_staff(*row), lambda last: last)
    return create_app(hub, login_limit="1000 per minute")


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
