"""Tokens of other programs: what each may do is the table of roles; their end is warned of; a key ends one at once."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from server.domain.scopes import SCOPES
from server.pages import roles
from server.verbs.hub import Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, hire_administrator, new_key
from tests.server.pages.test_roles import address


@pytest.fixture
def admin(hub: Hub, browser: Browser) -> Browser:
    hire_administrator(hub)
    browser.log_in("70")
    return browser


def make(admin: Browser, scope: str = "supervisor", *, reads: bool = False, last: str = "2026-12-31") -> dict[str, str]:
    body = {"name": "区数据平台", "scope": scope, "reads": reads, "last": last}
    answer = admin.post("/api/v1/tokens/make", body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {"Authorization": f"Bearer {answer.json['password']}"}


@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_may_what_its_column_of_the_table_says(
    app: APIFlask, hub: Hub, admin: Browser, scope: str, reads: bool
) -> None:
    headers, wrong = make(admin, scope, reads=reads), []
    for line in roles.matrix(app):
        if line.rule is None or line.rule.public:
            continue
        body: dict[str, Any] = {"json": {}} if line.path.startswith("/api/") and line.method != "GET" else {}
        key = {"Idempotency-Key": new_key()}
        answer = app.test_client().open(
            address(app, line), method=line.method, headers=headers | key, buffered=False, **body
        )
        may = line.rule.admits(scope) and (not reads or line.method == "GET")
        if (answer.status_code not in (401, 403) and answer.status_code < 500) is not may:
            wrong.append(f"{line.method} {line.path}: {answer.status_code}, and it {'may' if may else 'may not'}")
        answer.close()
    assert wrong == []


def test_nobody_makes_one_that_makes_accounts(admin: Browser) -> None:
    for scope in ("administrator", "kiosk", "boards", "commands", "nobody", "operator"):
        body = {"name": "x", "scope": scope, "last": "2026-12-31"}
        assert admin.post("/api/v1/tokens/make", body).status_code == 409


@pytest.mark.parametrize("last", ["2026-11-22", "2028-01-01"])
def test_its_last_day_is_within_bounds(admin: Browser, last: str) -> None:
    body = {"name": "x", "scope": "metrics", "last": last}
    assert admin.post("/api/v1/tokens/make", body).status_code == 409


def test_it_ends_with_its_last_day_and_that_is_said_before(
    app: APIFlask, hub: Hub, clock: HandClock, admin: Browser
) -> None:
    headers, client = make(admin, "metrics", last="2026-12-10"), app.test_client()

    def warned() -> list[str]:
        admin.log_in("70")
        hub.wake()
        alerts = admin.client.get("/api/v1/hall").json["alerts"]
        return [one["zh"] for one in alerts if "接口令牌" in one["zh"]]

    def state() -> str:
        found: str = admin.client.get("/api/v1/tokens").json["tokens"][0]["state"]
        return found

    assert client.get("/metrics", headers=headers).status_code == 200 and warned() == [] and state() == "good"
    clock.forward(4 * 86400)  # 27 November
    assert len(warned()) == 1 and "12-10" in warned()[0] and state() == "soon"
    clock.forward(13 * 86400 + 14 * 3600)  # 10 December, 23:00
    assert client.get("/metrics", headers=headers).status_code == 200
    clock.forward(3600)
    assert client.get("/metrics", headers=headers).status_code == 401 and warned() == [] and state() == "over"


def test_a_key_ends_it_at_once(app: APIFlask, hub: Hub, admin: Browser) -> None:
    headers, client = make(admin), app.test_client()
    assert client.get("/api/v1/hall", headers=headers).status_code == 200
    for _ in range(2):
        assert admin.post("/api/v1/tokens/end", {"token": 1}).status_code == 200
    assert client.get("/api/v1/hall", headers=headers).status_code == 401
    assert len(hub.read().events_between("ApiTokenEnded", 0, 1e12)) == 1
    assert admin.post("/api/v1/tokens/end", {"token": 9}).status_code == 404


def test_what_it_does_stands_in_the_journal_under_its_number(app: APIFlask, hub: Hub, admin: Browser) -> None:
    headers = {**make(admin, "manager"), "Idempotency-Key": new_key()}
    answer = app.test_client().post("/api/v1/tickets", json={"service": "SB01"}, headers=headers)
    assert answer.status_code == 201
    assert hub.read().life_line(answer.json["id"])[0].actor == "api-1"
    made = hub.read().last_event("ApiTokenMade")
    assert made and (made.field("scope"), made.field("last")) == ("manager", "2026-12-31")
    dump = "\n".join(hub.read().conn.iterdump())
    assert headers["Authorization"].removeprefix("Bearer ") not in dump


def test_the_page_makes_shows_once_and_ends(admin: Browser) -> None:
    form = {"csrf_token": admin.csrf, "name": "区数据平台", "scope": "follower", "reads": "true", "last": "2026-12-31"}
    shown = admin.client.post("/admin/tokens/make", data=form).get_data(as_text=True)
    assert "jh_" in shown
    page = admin.client.get("/admin/tokens").get_data(as_text=True)
    assert "区数据平台" in page and "jh_" not in page and "跟随，只读" in page
    admin.client.post("/admin/tokens/end", data={"csrf_token": admin.csrf, "token": "1"})
    assert "已停用" in admin.client.get("/admin/tokens").get_data(as_text=True)
