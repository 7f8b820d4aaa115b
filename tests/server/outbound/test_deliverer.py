"""Rows of the journal to another system: in order, at least once, whatever it does, and nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain import outbound
from server.domain.chain import Row
from server.domain.outbound import Message
from server.health import Health
from server.outbound import signature
from server.outbound.deliverer import Deliverer, Destination
from server.outbound.sending import Post
from server.verbs import links, tickets
from server.verbs.devices import device_changed
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.server.outbound.receiver import Receiver, listening
from tests.waiting import DEADLINE_S, until

SECRET = signature.fresh()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(SECRET) as found:
        yield found


@pytest.fixture
def to(tmp_path: Path, receiver: Receiver) -> Destination:
    (tmp_path / "secret").write_text(SECRET)
    return Destination(
        "city", receiver.url, tmp_path / "secret", what=told, events=frozenset({"Issued"}), also={"X-Hall": "1"}
    )


def told(row: Row) -> Message | None:
    number = row.field("number")
    return Message("ticket.issued", {"number": number}) if number % 5 else None


def issue(hub: Hub, many: int = 1) -> None:
    service = next(iter(hub.hall.services))
    for _ in range(many):
        tickets.issue(hub, By("test"), service, channel="desk", language="zh", large_print=False, printers=())


def numbers(receiver: Receiver) -> list[int]:
    return [got.told["data"]["number"] for got in receiver.got]


def test_only_what_comes_after_it_began_is_told_in_order_and_signed(
    hub: Hub, to: Destination, receiver: Receiver
) -> None:
    issue(hub, 3)
    deliverer = Deliverer(hub, to)
    assert deliverer.round() is None and not receiver.got
    issue(hub, 4)
    assert deliverer.round() is None
    assert numbers(receiver) == [4, 6, 7]  # the fifth is none of theirs
    first = receiver.got[0]
    assert first.signed and first.headers["x-hall"] == "1" and first.told["type"] == "ticket.issued"
    assert first.told["timestamp"].startswith("2026-11-23T09:00:00") and first.told["hall"] == hub.hall.hall.id
    link = hub.read().link("city")
    assert link and link.sent == 3 and link.state == "up"
    assert [one.state for one in hub.read().sendings("city")] == ["sent"] * 3


def test_a_restart_goes_on_where_it_was(hub: Hub, to: Destination, receiver: Receiver) -> None:
    Deliverer(hub, to).round()
    issue(hub, 2)
    Deliverer(hub, to).round()
    issue(hub, 1)
    Deliverer(hub, to).round()
    assert numbers(receiver) == [1, 2, 3]


def test_what_fails_is_tried_again_with_the_same_id_and_holds_the_line(
    hub: Hub, to: Destination, receiver: Receiver, clock: HandClock
) -> None:
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 2)
    receiver.says = [(503, {}), (500, {}), (429, {"Retry-After": "700"})]
    assert deliverer.round() == pytest.approx(5, abs=0.1) and len(receiver.got) == 1
    assert deliverer.round() == pytest.approx(5, abs=0.1) and len(receiver.got) == 1, "not before its time"
    clock.forward(5)
    assert deliverer.round() == pytest.approx(30, abs=0.1)
    clock.forward(30)
    assert deliverer.round() == pytest.approx(700, abs=0.1)
    assert hub.read().sendings("city")[0].state == "waiting"
    clock.forward(701)
    assert deliverer.round() is None
    assert numbers(receiver) == [1, 1, 1, 1, 2] and len({got.id for got in receiver.got}) == 2
    assert [(one.state, one.tries) for one in hub.read().sendings("city")] == [("sent", 1), ("sent", 4)]


def test_what_is_refused_for_good_is_put_aside_and_sent_again_by_wish(
    hub: Hub, to: Destination, receiver: Receiver
) -> None:
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 2)
    receiver.says = [(422, {})]
    assert deliverer.round() is None and numbers(receiver) == [1, 2]
    refused = hub.read().sendings("city", state="refused")
    assert len(refused) == 1 and "重新发送" in refused[0].zh and refused[0].status == 422
    links.send_again(hub, "city", refused[0].seq)
    assert deliverer.round() is None
    assert numbers(receiver) == [1, 2, 1] and receiver.got[2].id == receiver.got[0].id
    assert hub.read().count_sendings("city", "sent") == 2 and hub.read().count_sendings("city", "again") == 0


def test_a_receiver_that_is_gone_gets_nothing_until_it_is_resumed(
    hub: Hub, to: Destination, receiver: Receiver
) -> None:
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 2)
    receiver.says = [(410, {})]
    assert deliverer.round() is None and deliverer.round() is None and len(receiver.got) == 1
    links.resume(hub, "city")
    assert deliverer.round() is None and numbers(receiver) == [1, 1, 2]


def test_a_redirect_is_not_followed(hub: Hub, to: Destination, receiver: Receiver) -> None:
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 1)
    receiver.says = [(307, {"Location": receiver.url})]
    assert deliverer.round() and len(receiver.got) == 1
    link = hub.read().link("city")
    assert link and link.status == 307 and "最终地址" in link.zh


def test_one_that_drips_is_cut_and_one_that_is_not_there_is_said(hub: Hub, to: Destination, receiver: Receiver) -> None:
    deliverer = Deliverer(hub, to, post=Post(whole_s=0.3))
    deliverer.round()
    issue(hub, 1)
    receiver.drips = True  # without an end: a round that ends was cut
    assert deliverer.round()
    link = hub.read().link("city")
    assert link and link.status == 0 and link.tries == 1 and "没有回应" in link.zh


def test_nobody_waits_for_one_that_hangs_and_a_stop_cuts_it(hub: Hub, to: Destination, receiver: Receiver) -> None:
    deliverer = Deliverer(hub, to, post=Post(whole_s=DEADLINE_S))
    deliverer.round()
    receiver.hold.clear()
    deliverer.start()
    issue(hub, 1)
    receiver.wait_for(1)
    issue(hub, 20)  # each of them would wait for the one that hangs
    assert len(receiver.got) == 1
    deliverer.stop()
    until(lambda: not any(t.name == "outbound city" for t in threading.enumerate()))
    link = hub.read().link("city")
    assert link and link.sent == 0 and link.tries == 0, "what we cut ourselves is no failure of theirs"
    receiver.hold.set()
    after = Deliverer(hub, to)
    after.round()
    assert numbers(receiver)[0] == numbers(receiver)[1] == 1


def test_it_follows_by_itself_and_says_how_the_link_is(hub: Hub, to: Destination, receiver: Receiver) -> None:
    said: list[tuple[str, str]] = []
    health = Health(lambda device, state, detail: said.append((device, state)), hub.now)
    deliverer = Deliverer(hub, to, health)
    deliverer.round()
    deliverer.start()
    issue(hub, 3)
    receiver.wait_for(3)
    deliverer.stop()
    assert said == [("link city", "ok")] and health.of("link city")["state"] == "ok"


def test_a_silent_link_says_ping_and_a_dead_one_is_noticed(hub: Hub, to: Destination, receiver: Receiver) -> None:
    from dataclasses import replace

    health = Health(lambda device, state, detail: device_changed(hub, device, state, detail), hub.now)
    deliverer = Deliverer(hub, replace(to, beat_s=60.0), health)
    assert deliverer.round() == 60.0
    assert [got.told["type"] for got in receiver.got] == ["ping"] and receiver.got[0].signed
    issue(hub, 1)
    assert 0 < (deliverer.round() or 0) <= 60 and len(receiver.got) == 2, "a message is a beat, too"
    dead = Deliverer(hub, replace(to, beat_s=60.0, url="http://127.0.0.1:9/"), health)
    assert dead.round() == pytest.approx(5, abs=0.1)
    assert health.of("link city")["state"] == "error"
    link = hub.read().link("city")
    assert link and link.state == "down" and "拒绝连接" in link.zh and "refuses" in link.en


def test_a_missing_secret_is_said_and_costs_no_message(hub: Hub, to: Destination, receiver: Receiver) -> None:
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 1)
    to.secret.unlink()
    assert deliverer.round() == pytest.approx(5, abs=0.1)
    link = hub.read().link("city")
    assert link and "密钥" in link.zh and not receiver.got


def test_a_cursor_beyond_the_journal_goes_back_to_its_end(hub: Hub, to: Destination, receiver: Receiver) -> None:
    links.keep(hub, outbound.Link(destination="city", url=to.url, seq=10_000))
    deliverer = Deliverer(hub, to)
    deliverer.round()
    issue(hub, 1)
    deliverer.round()
    assert numbers(receiver) == [1]
