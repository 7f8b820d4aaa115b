"""What a browser of another machine meets that comes in clear, and the page that brings the hall's authority to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from flask.testing import FlaskClient

import config
from server import certificate
from server.app import create_app
from server.domain import changes
from server.health import Health
from server.pages import access
from server.store.database import Store
from server.verbs.hub import Hub
from server.views.condition import technical
from server.views.hall import Look
from tests.conftest import HandClock, write_hall
from tests.server.pages.conftest import Browser, hire

FOREIGN = {"REMOTE_ADDR": "192.168.7.20"}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    hubs = []

    def begin(**wished: Any) -> Hub:
        hall = config.load(write_hall(tmp_path, lambda hall: hall["hub"].update(wished)))
        hub = Hub(hall, Store(hall.data, durable=False), HandClock(time.time()))
        access.give_tokens(hub)
        hire(hub)
        hubs.append(hub)
        return hub

    yield begin
    for hub in hubs:
        hub.stop()
        hub.store.close()


def client_of(hub: Hub) -> FlaskClient:
    return create_app(hub, login_limit=1000).test_client()


def test_no_password_is_asked_for_over_a_line_that_others_can_read(opened: Any) -> None:
    hub = opened()
    client = client_of(hub)
    for answer in (
        client.get("/login", environ_base=FOREIGN, headers={"Accept": "text/html"}),
        client.post("/login", environ_base=FOREIGN, headers={"Accept": "text/html"}),
    ):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403 and "不能登录" in page and "./run certificate" in page
        assert 'type="password"' not in page
    assert client.get("/login").status_code == 200
    assert client.get("/login", environ_base=FOREIGN, base_url="https://hub.hall.lan").status_code == 200


def test_a_login_made_elsewhere_is_worth_nothing_in_clear(opened: Any) -> None:
    hub = opened()
    browser = Browser(client_of(hub))
    assert browser.log_in("50").status_code == 302
    assert browser.client.get("/hall").status_code == 200
    for path in ("/hall", "/people", "/api/v1/hall", "/me"):
        assert browser.client.get(path, environ_base=FOREIGN).status_code == 403, path
    said = browser.client.get("/api/v1/hall", environ_base=FOREIGN).json
    assert said["type"] == "urn:jiaohao:problem:in-clear" and "https://" in said["detail_en"]
    token = {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'commands').read_text().strip()}"}
    wish = {"staff": "71", "name": "新", "role": "operator", "password": "long-enough-71"}
    assert browser.client.put("/api/v1/accounts", json=wish, headers=token, environ_base=FOREIGN).status_code == 403
    assert browser.client.put("/api/v1/accounts", json=wish, headers=token).status_code == 200


def test_a_hall_that_wants_it_so_lets_them_in_and_its_live_page_says_it(opened: Any) -> None:
    hub = opened(insecure="yes")
    assert client_of(hub).get("/login", environ_base=FOREIGN).status_code == 200
    said = [one for one in technical(Look(hub, Health(lambda *_: None, hub.now))) if one.kind == "certificate"]
    assert [one.level for one in said] == ["warn"] and 'insecure = "yes"' in said[0].text.zh
    browser = Browser(client_of(hub))
    browser.log_in("50")
    live = browser.client.get("/api/v1/hall").json
    assert 'insecure = "yes"' in str(live["alerts"])
    assert "insecure" in browser.client.get("/hall/health").get_data(as_text=True)


def test_the_page_brings_the_authority_and_its_fingerprint(opened: Any) -> None:
    hub = opened(https=True, listen="0.0.0.0:8000", url="https://192.168.7.10:8000")
    certificate.keep(hub.hall, time.time())
    root = certificate.authority(hub.hall)
    assert root
    client = client_of(hub)
    page = client.get("/authority", environ_base=FOREIGN).get_data(as_text=True)
    shown = "".join(line for line in certificate.fingerprint(root).replace(":", " "))
    assert all(shown[start : start + 23] in page for start in range(0, len(shown), 24))
    for system in ("Windows", "银河麒麟", "UOS", "Android"):
        assert system in page
    got = client.get("/authority/jiaohao.crt", environ_base=FOREIGN)
    assert got.mimetype == "application/x-x509-ca-cert" and x509.load_der_x509_certificate(got.data) == root
    browser = Browser(client)
    browser.log_in("50")
    assert "证书到期" in browser.client.get("/hall/health").get_data(as_text=True)


def test_https_that_is_switched_on_while_the_hub_runs_sends_nobody_away(opened: Any) -> None:
    hub = opened()
    app = create_app(hub)
    client = app.test_client()
    before, hub.hall = hub.hall, hub.hall.model_copy(update={"hub": hub.hall.hub.model_copy(update={"https": True})})
    assert client.get("/screens", environ_base=FOREIGN).status_code == 200
    assert client.get("/login", environ_base=FOREIGN).status_code != 308
    assert any("hub" in one.en.lower() and "start" in one.en for one in changes.restarts(before, hub.hall))
    app.config["SEALED"] = True
    assert client.get("/screens", environ_base=FOREIGN).status_code == 200, "a television believes no authority"
    assert client.get("/login", environ_base=FOREIGN).status_code == 308


def test_a_hall_without_one_says_so(opened: Any) -> None:
    client = client_of(opened())
    assert "还没有加密" in client.get("/authority").get_data(as_text=True)
    assert client.get("/authority/jiaohao.crt").status_code == 404


def test_a_certificate_that_cannot_be_read_is_red_and_the_page_is_still_made(opened: Any) -> None:
    hub = opened(https=True)
    hub.hall.data.joinpath("tls").mkdir()
    hub.hall.data.joinpath("tls", "hub.pem").write_text("broken")
    said = [one for one in technical(Look(hub, Health(lambda *_: None, hub.now))) if one.kind == "certificate"]
    assert [(one.level, one.subject) for one in said] == [("bad", "certificate:renewal")]
