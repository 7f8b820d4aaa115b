"""Two-step login by its pages: set up with a telephone, asked for at each login, recovery codes, its end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.domain import second_factor
from server.verbs.hub import Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, hire_administrator


def telephone(secret: str, now: float) -> str:
    """What an authenticator shows, by RFC 4226 5.3 and RFC 6238 4.2 in a few lines of this test's own."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(now // 30)), hashlib.sha1)
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def admin(hub: Hub, browser: Browser) -> Browser:
    hire_administrator(hub)
    browser.log_in("70")
    return browser


def set_up(admin: Browser, clock: HandClock) -> tuple[str, list[str]]:
    page = admin.client.get("/me/second").get_data(as_text=True)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page).group(1).replace(" ", "")  # type: ignore[union-attr]
    assert 'src="data:image/svg+xml' in page
    form = {"csrf_token": admin.csrf, "code": telephone(secret, clock())}
    page = admin.client.post("/me/second", data=form).get_data(as_text=True)
    codes = re.findall(r"<code>([a-z2-9-]{14})</code>", page)
    assert len(codes) == 10 and len(set(codes)) == 10
    clock.forward(30)
    return secret, codes


def log_in(client: FlaskClient, password: str = "pass-70") -> tuple[Any, str]:
    page = client.get("/login").get_data(as_text=True)
    csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    form = {"csrf_token": csrf, "staff": "70", "password": password, "counter": ""}
    return client.post("/login", data=form), csrf


def finish(client: FlaskClient, csrf: str, code: str) -> Any:
    return client.post("/login/second", data={"csrf_token": csrf, "code": code})


def test_a_login_asks_for_the_code_and_takes_each_once(admin: Browser, hub: Hub, clock: HandClock) -> None:
    secret, _ = set_up(admin, clock)
    client = admin.client.application.test_client()
    asked, csrf = log_in(client)
    assert asked.status_code == 200 and "验证码" in asked.get_data(as_text=True)
    assert client.get("/hall").status_code == 302, "the password alone opens nothing"
    wrong = finish(client, csrf, "000000")
    assert wrong.status_code == 403 and second_factor.WRONG.zh in wrong.get_data(as_text=True)
    code = telephone(secret, clock())
    assert finish(client, csrf, code).status_code == 302 and client.get("/hall").status_code == 200
    second = admin.client.application.test_client()
    _, csrf = log_in(second)
    assert finish(second, csrf, code).status_code == 403, "somebody who read it over a shoulder"
    clock.forward(30)
    assert finish(second, csrf, telephone(secret, clock())).status_code == 302


def test_a_wrong_password_never_asks_for_a_code(admin: Browser, clock: HandClock) -> None:
    set_up(admin, clock)
    refused, _ = log_in(admin.client.application.test_client(), "wrong-password")
    assert refused.status_code == 403 and "验证码" not in refused.get_data(as_text=True)


def test_wrong_codes_lock_as_wrong_passwords_do(admin: Browser, hub: Hub, clock: HandClock) -> None:
    secret, _ = set_up(admin, clock)
    client = admin.client.application.test_client()
    _, csrf = log_in(client)
    for _ in range(hub.hall.people.lock_after):
        answer = finish(client, csrf, "000000")
    assert "账号锁定至" in answer.get_data(as_text=True)
    assert finish(client, csrf, telephone(secret, clock())).status_code == 403


def test_a_recovery_code_opens_once(admin: Browser, hub: Hub, clock: HandClock) -> None:
    _, codes = set_up(admin, clock)
    for code, status in ((codes[0], 302), (codes[0], 403), (codes[1].upper().replace("-", " "), 302)):
        client = admin.client.application.test_client()
        _, csrf = log_in(client)
        assert finish(client, csrf, code).status_code == status
    assert hub.read().recovery_codes_left("70") == 8
    assert len(hub.read().events_between("RecoveryCodeUsed", 0, 1e12)) == 2


def test_the_database_alone_holds_neither_secret_nor_codes(admin: Browser, hub: Hub, clock: HandClock) -> None:
    secret, codes = set_up(admin, clock)
    dump = "\n".join(hub.read().conn.iterdump())
    assert secret not in dump and not any(code in dump or code.replace("-", "") in dump for code in codes)


def test_half_a_login_is_forgotten_after_five_minutes(admin: Browser, clock: HandClock) -> None:
    secret, _ = set_up(admin, clock)
    client = admin.client.application.test_client()
    _, csrf = log_in(client)
    clock.forward(301)
    late = finish(client, csrf, telephone(secret, clock()))
    assert late.status_code == 403 and "登录已超时" in late.get_data(as_text=True)
    assert finish(admin.client.application.test_client(), csrf, "1").status_code == 400, "without the cookie, nothing"


def test_a_code_that_is_wrong_sets_nothing_up(admin: Browser, hub: Hub) -> None:
    admin.client.get("/me/second")
    answer = admin.client.post("/me/second", data={"csrf_token": admin.csrf, "code": "123456"})
    assert answer.status_code == 409 and hub.read().second_factor("70") is None


def test_it_is_ended_by_its_owner_with_a_code_or_by_an_administrator(
    admin: Browser, hub: Hub, clock: HandClock
) -> None:
    secret, _ = set_up(admin, clock)
    form = {"csrf_token": admin.csrf, "code": "000000"}
    assert admin.client.post("/me/second/end", data=form).status_code == 409 and hub.read().second_factor("70")
    form["code"] = telephone(secret, clock())
    assert admin.client.post("/me/second/end", data=form).status_code == 302
    assert hub.read().second_factor("70") is None and hub.read().recovery_codes_left("70") == 0
    set_up(admin, clock)
    assert admin.client.get("/api/v1/people/accounts").json["accounts"][-1]["two_steps"] is True
    assert admin.post("/api/v1/people/accounts/second-factor/end", {"staff": "70"}).status_code == 200
    ended = hub.read().events_between("SecondFactorEnded", 0, 1e12)
    assert [row.actor for row in ended] == ["70", "70"]


def test_it_is_for_managers_and_administrators(browser: Browser) -> None:
    browser.log_in("60")
    assert browser.client.get("/me/second").status_code == 403
    assert "两步验证" not in browser.client.get("/me").get_data(as_text=True)
    browser.log_in("50")
    assert browser.client.get("/me/second").status_code == 200
