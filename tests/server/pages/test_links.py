"""What other systems are told, on the page of health: a link's log, and one message sent again; and in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from openapi_spec_validator import validate

from config import WebhookTable
from server.domain.webhooks import KINDS
from server.outbound import signature, to_webhooks
from server.outbound.deliverer import Deliverer
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.server.outbound.receiver import Receiver, listening


@pytest.fixture
def receiver(hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    secret = signature.fresh()
    (tmp_path / "crm.secret").write_text(secret)
    with listening(secret) as found:
        table = WebhookTable(url=found.url, secret_file=str(tmp_path / "crm.secret"))
        hub.hall = hub.hall.model_copy(update={"webhooks": {"crm": table}})
        yield found


def test_the_document_has_them(app: APIFlask) -> None:
    told = app.test_client().get("/api/v1/openapi.json").get_json()
    assert told["openapi"].startswith("3.1") and {*told["webhooks"]} == {*KINDS}
    validate(told)


def test_one_is_sent_again_from_the_page(hub: Hub, app: APIFlask, browser: Any, receiver: Receiver) -> None:
    (to,) = to_webhooks.destinations(hub)
    deliverer = Deliverer(hub, to)
    deliverer.round()
    tickets.issue(hub, By("kiosk"), "SB01")
    receiver.says = [(422, {})]
    deliverer.round()
    browser.log_in("50")
    page = browser.client.get("/hall/health").get_data(as_text=True)
    assert "ticket.issued" in page and "重新发送" in page and "最近的推送" in page and "对方不接收" in page
    seq = receiver.got[0].told["seq"]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    sent = browser.client.post("/hall/health/links/crm/again", data={"csrf_token": token[1], "seq": seq})
    assert sent.status_code in (200, 302, 303)
    deliverer.round()
    assert [got.told["seq"] for got in receiver.got] == [seq, seq] and receiver.got[0].id == receiver.got[1].id
    page = browser.client.get("/hall/health").get_data(as_text=True)
    assert "已送达" in page
