"""Another hall comes into force: who is told follows it at once, each message once and by one alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import WebhookTable
from server.domain import events as ev
from server.domain.outbound import Link
from server.domain.platform import LINK
from server.outbound import signature
from server.outbound.tellers import Tellers
from server.store.transaction import Turn
from server.verbs import counters, links, tickets
from server.verbs.hub import By, Hub
from tests.server.outbound.receiver import Receiver, listening
from tests.waiting import until


@pytest.fixture
def secret(tmp_path: Path) -> str:
    made = signature.fresh()
    (tmp_path / "crm.secret").write_text(made)
    return made


@pytest.fixture
def tellers(hub: Hub) -> Iterator[Tellers]:
    tellers = Tellers(hub)
    tellers.start()
    yield tellers
    tellers.stop()


def table(tmp_path: Path, receiver: Receiver) -> WebhookTable:
    return WebhookTable(url=receiver.url, secret_file=str(tmp_path / "crm.secret"), events=["ticket.issued"])


def go_on(hub: Hub, **webhooks: WebhookTable) -> None:
    def noted(turn: Turn) -> None:
        turn.record(ev.ConfigChanged(before="a", after="b", why="试"), "70")

    hub.change_hall(hub.hall.model_copy(update={"webhooks": webhooks}), noted)


def issue(hub: Hub) -> int:
    """Give out a number; which."""
    return tickets.issue(hub, By("kiosk"), "SB01").id


def told(receiver: Receiver) -> list[int]:
    return [got.told["data"]["ticket"] for got in receiver.got]


def test_a_webhook_follows_the_hall(hub: Hub, tellers: Tellers, tmp_path: Path, secret: str) -> None:
    issue(hub)
    with listening(secret) as first, listening(secret) as second:
        go_on(hub, crm=table(tmp_path, first))
        until(lambda: hub.read().link("crm") is not None)
        one = issue(hub)
        first.wait_for(1)
        until(lambda: hub.read().link("crm").sent == 1)  # type: ignore[union-attr]
        go_on(hub, crm=table(tmp_path, second))
        two = issue(hub)
        second.wait_for(1)
        until(lambda: hub.read().link("crm").sent == 2)  # type: ignore[union-attr]
        go_on(hub)
        issue(hub)
        until(lambda: not any(one.name == "outbound crm" for one in threading.enumerate()))
        assert (told(first), told(second)) == ([one], [two])
        assert all(got.signed for got in second.got)
        until(lambda: hub.read().link("crm") is None)  # where it stood goes with it
        assert hub.read().sendings("crm") == []


def test_what_was_taken_out_while_the_hub_was_away_is_forgotten_at_its_start(hub: Hub) -> None:
    for name in ("gone", LINK):
        links.keep(hub, Link(destination=name, url="", seq=0))
    started = Tellers(hub)
    started.start()
    started.stop()
    assert [one.destination for one in hub.read().links()] == [LINK]


def test_one_whose_table_is_the_same_is_left_alone(hub: Hub, tellers: Tellers, tmp_path: Path, secret: str) -> None:
    with listening(secret) as receiver:
        go_on(hub, crm=table(tmp_path, receiver))
        before = tellers._running["crm"][1]
        go_on(hub, crm=table(tmp_path, receiver), off=WebhookTable())
        assert [teller for _, teller in tellers._running.values()] == [before] and before._thread.is_alive()


def test_one_that_hangs_keeps_no_change_waiting_and_the_next_goes_on(
    hub: Hub, tellers: Tellers, tmp_path: Path, secret: str
) -> None:
    with listening(secret) as slow, listening(secret) as second:
        slow.hold.clear()
        go_on(hub, crm=table(tmp_path, slow))
        until(lambda: hub.read().link("crm") is not None)
        one = issue(hub)
        slow.wait_for(1)
        go_on(hub, crm=table(tmp_path, second))
        second.wait_for(1)
        assert told(second) == [one], "what was cut is told by the next"


def test_more_kinds_of_events_are_told_from_then_on(hub: Hub, tellers: Tellers, tmp_path: Path, secret: str) -> None:
    """What it did not ask for until now is over."""
    with listening(secret) as receiver:
        few = table(tmp_path, receiver).model_copy(update={"events": ["counter.opened"]})
        go_on(hub, crm=few)
        until(lambda: hub.read().link("crm") is not None)
        issue(hub)
        counters.open_counter(hub, By("08"), "1", staff="08")
        receiver.wait_for(1)
        issue(hub)
        counters.close_counter(hub, By("08"), "1")
        counters.open_counter(hub, By("08"), "1", staff="08")
        receiver.wait_for(2)
        go_on(hub, crm=few.model_copy(update={"events": ["ticket.issued"]}))
        last = issue(hub)
        assert receiver.wait_for(3)[2].told["data"]["ticket"] == last
