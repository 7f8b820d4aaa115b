"""An end of the journal that only a device still knows."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from server.pages.access import give_token
from server.pages.past_flask import past_flask
from server.store import head_file, journal
from server.store.head_file import Head
from server.verbs import tail, tickets
from server.verbs.hub import By, Hub
from server.views.offline import missed_ends

HASH = "ab" * 32


def said(hub: Hub) -> list[str]:
    return [text.zh for _, _, text in missed_ends(hub, hub.read(), tail.day_began(hub))]


def test_what_is_here_is_no_news(hub: Hub) -> None:
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    kept = hub.store.head
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    before = hub.store.seq
    assert tail.compared(hub, "K1", kept) and tail.compared(hub, "K2", Head(0, 0.0, HASH))
    assert hub.store.seq == before and tail.is_told(hub, "K1", kept.seq) and not tail.is_told(hub, "K1", before + 1)


def test_a_lost_end_is_named_and_its_numbers_are_not_given_again(hub: Hub) -> None:
    first = tickets.issue(hub, By("K1"), "SB01", paper=False)
    seq = hub.store.seq
    lost = Head(seq + 44, hub.now(), HASH, hub.store.head.numbers + 43)
    for device in ("K1", "boards", "K1"):
        assert not tail.compared(hub, device, lost)
    rows = hub.read().events_between("EndMissed", 0.0, float("inf"))
    assert [(row.field("device"), row.field("rows"), row.field("numbers")) for row in rows] == [("K1", 44, 43)]
    (sentence,) = said(hub)
    assert f"缺44条，{first.label}之后缺43个号" in sentence and "：请" in sentence
    assert tickets.issue(hub, By("K1"), "SB01", paper=False).number == first.number + 51
    assert journal.verify(hub.read().conn) == []


def test_another_row_in_its_place_is_said_and_a_babbling_device_fills_nothing(hub: Hub) -> None:
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    assert not tail.compared(hub, "K1", Head(1, hub.now(), HASH, 1))
    assert "换成了别的" in said(hub)[0]
    for n in range(2 * tail.MOST):
        tail.compared(hub, "K1", Head(1000 + n, hub.now(), HASH))
    assert len(hub.read().events_between("EndMissed", 0.0, float("inf"))) == tail.MOST


def test_it_is_compared_with_a_devices_first_request_and_each_answer_tells_the_newest(app: APIFlask, hub: Hub) -> None:
    asked, answered = past_flask(app), dict[str, str]()

    def ask(authorization: str, head: str) -> None:
        with app.test_request_context("/api/v1/kiosks/K1/alive", method="PUT", json={}) as context:
            told = {"HTTP_AUTHORIZATION": authorization, "HTTP_JIAOHAO_HEAD": head}
            answered.clear()
            b"".join(asked({**context.request.environ, **told}, lambda _, fields: answered.update(fields)))

    def found() -> list[Any]:
        return hub.read().events_between("EndMissed", 0.0, float("inf"))

    kiosk = f"Bearer {give_token(hub, 'K1').read_text().strip()}"
    tickets.issue(hub, By("K1"), "SB01", paper=False)
    lost = head_file.said(Head(hub.store.seq + 5, hub.now(), HASH, 7))
    for odd in ("x", "9" * 500, f"{10**14} 1 {HASH[:-1]}", "", "-1 0 x"):
        ask(kiosk, odd)
    ask("Bearer stranger", lost)
    assert not found(), "a stranger's word is none"
    ask(kiosk, lost)
    assert len(found()) == 1
    assert head_file.heard(answered["Jiaohao-Head"]) == hub.store.head
