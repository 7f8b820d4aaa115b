"""Webhooks: the catalogue and its schemas, who is told what, a receiver that checks every signature by other hands, and
the page where a message is sent again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import config
from config import Told, WebhookTable
from config.tables import WEBHOOKS
from server.domain import events as ev
from server.domain import webhooks
from server.domain.events import VOCABULARY
from server.domain.webhooks import KINDS
from server.outbound import signature, to_webhooks
from server.outbound.deliverer import Deliverer
from server.pages.answers.webhooks_told import section
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import write_hall
from tests.server.outbound.receiver import Receiver, listening

EVERY = WebhookTable(url="http://127.0.0.1:1/x", secret_file="s")


def test_the_types_of_the_config_are_those_of_the_catalogue() -> None:
    assert {*WEBHOOKS} == {*KINDS} and len(WEBHOOKS) == len({*WEBHOOKS})
    assert {kind.event for kind in KINDS.values()} <= {*VOCABULARY}
    assert len({kind.event for kind in KINDS.values()}) == len(KINDS)


def test_no_message_says_who() -> None:
    personal = {"staff", "from_staff", "why", "reason", "message", "detail", "note", "options"}
    assert [type for type, kind in KINDS.items() if personal & {*kind.data}] == []


def test_each_type_says_only_what_its_event_has() -> None:
    shared = {"ticket", "number", "service", "class", "counter", "appointment"}
    for type, kind in KINDS.items():
        known = {one.name for one in fields(VOCABULARY[kind.event])}
        assert {*kind.data} - shared <= known, type


def test_the_page_has_each_type() -> None:
    page = (config.ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z.]+)` \| .*? \| (.*?) \|$", page, re.M))
    assert {type: ", ".join(f"`{name}`" for name in kind.data) or "–" for type, kind in KINDS.items()} == rows


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["*"], {*KINDS}),
        (["ticket.called"], {"ticket.called"}),
        (["hall.*", "day.turned"], {"hall.closed", "hall.reopened", "day.turned"}),
        (["ticket"], set()),
        ([], set()),
    ],
)
def test_wanted(asked: list[str], expected: set[str]) -> None:
    assert webhooks.wanted(asked) == expected


def test_only_of_these_services_and_counters(hub: Hub) -> None:
    first = tickets.issue(hub, By("kiosk"), "SB01")
    called = ev.Called(ticket=first.id, counter="1")
    for more, told in (
        ({}, True),
        ({"services": ["SB01"]}, True),
        ({"services": ["YB01"]}, False),
        ({"counters": ["1"]}, True),
        ({"counters": ["2"]}, False),
        ({"events": ["counter.*"]}, False),
    ):
        found = webhooks.message(called, first, EVERY.model_copy(update=more))
        assert (found is not None) is told, more
    link = ev.DeviceChanged(device="link crm", state="error")
    assert webhooks.message(link, None, EVERY) is None
    assert webhooks.message(ev.DeviceChanged(device="p80", state="ok"), None, EVERY) == (
        "device.changed",
        {"device": "p80", "state": "ok"},
    )


@pytest.fixture
def receiver(hub: Hub, tmp_path: Path) -> Iterator[Receiver]:
    secret = signature.fresh()
    (tmp_path / "crm.secret").write_text(secret)
    with listening(secret) as found:
        table = EVERY.model_copy(update={"url": found.url, "secret_file": str(tmp_path / "crm.secret")})
        hub.hall = hub.hall.model_copy(update={"webhooks": {"crm": table, "off": WebhookTable()}})
        yield found


def test_a_day_is_told_in_order_signed_and_as_the_document_says(hub: Hub, receiver: Receiver) -> None:
    (to,) = to_webhooks.destinations(hub)
    deliverer = Deliverer(hub, to)
    assert deliverer.round() is None and receiver.got == []
    counters.open_counter(hub, By("08"), "1", staff="08")
    number = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.start(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "现场办结")
    assert deliverer.round() is None
    told = [got.told for got in receiver.got]
    assert [one["type"] for one in told] == [
        *("counter.opened", "ticket.issued", "ticket.called", "ticket.started", "ticket.finished")
    ]
    seqs = [one["seq"] for one in told]
    assert all(got.signed for got in receiver.got) and seqs == sorted(seqs)
    assert told[2]["data"] == {
        **{"ticket": number.id, "number": number.label, "service": "SB01", "class": "ordinary", "counter": "1"}
    }
    for one in told:
        schema = section()[one["type"]]["post"]["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator(schema).validate(one)
        assert {*one["data"]} <= {*KINDS[one["type"]].data}
    assert "08" not in str([one["data"] for one in told])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"url": "https://x.example/a"}, "webhooks.crm.secret_file"),
        ({"url": "nowhere", "secret_file": "s"}, "webhooks.crm.url"),
        ({"events": ["ticket.caled"]}, "ticket.called"),
        ({"services": ["SB99"]}, "webhooks.crm.services"),
        ({"counters": ["99"]}, "webhooks.crm.counters"),
    ],
)
def test_mistakes_of_the_config(tmp_path: Path, table: dict[str, object], said: str) -> None:
    file = write_hall(tmp_path, lambda hall: hall["webhooks"].update({"crm": table}))
    with pytest.raises(Told) as error:
        config.load(file)
    assert said in error.value.text.zh and said in error.value.text.en


def test_the_citys_name_is_not_a_webhooks(tmp_path: Path) -> None:
    file = write_hall(tmp_path, lambda hall: hall["webhooks"].update({"platform": {}}))
    with pytest.raises(Told) as error:
        config.load(file)
    assert "choose another" in error.value.text.en
