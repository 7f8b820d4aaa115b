"""Messages between places of the hall: who reads them, what is refused, and that nothing of them is kept."""

from __future__ import annotations

import pytest

from server.domain.rules import Refused
from server.store import journal
from server.verbs import messages
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.views.messages import messages_view
from tests.conftest import HandClock


@pytest.fixture(autouse=True)
def crew(hub: Hub) -> None:
    hub.turn(lambda turn: turn.put_staff("08", "陈小明", "operator", "x"))


def read(hub: Hub, seat: str) -> list[str]:
    return [one["text"] for one in messages_view(hub, seat)["list"]]


def test_a_message_is_read_where_it_was_sent_and_by_nobody_else(hub: Hub) -> None:
    messages.say(hub, By("50"), "manager", "counter:1", "请协助  2号窗口")
    messages.say(hub, By("50"), "manager", "all", "十分钟后开会")
    assert read(hub, "counter:1") == ["十分钟后开会", "请协助 2号窗口"]
    assert read(hub, "counter:2") == ["十分钟后开会"] and read(hub, "desk") == ["十分钟后开会"]
    assert [one["mine"] for one in messages_view(hub, "manager")["list"]] == [True, True]


@pytest.mark.parametrize(
    "text", ["陈小明的号先办", "找身份证350502199001011234", "打13800138000", "", "   ", "很" * 61]
)
def test_what_may_not_be_said(hub: Hub, text: str) -> None:
    with pytest.raises(Refused):
        messages.say(hub, By("50"), "manager", "desk", text)
    assert read(hub, "desk") == []


@pytest.mark.parametrize("to", ["counter:99", "hall", "", "manager"])
def test_a_place_that_is_none_or_ones_own(hub: Hub, to: str) -> None:
    with pytest.raises(Refused):
        messages.say(hub, By("50"), "manager", to, "请过来")


def test_the_same_press_twice_is_one_message_and_no_row_of_the_journal(hub: Hub) -> None:
    before, nudges = hub.seq, hub.nudges
    for _ in range(2):
        messages.say(hub, By("50", "key-1"), "manager", "desk", "请过来")
    assert read(hub, "desk") == ["请过来"]
    assert hub.seq == before and hub.nudges > nudges  # whoever watches is shown it all the same
    assert journal.verify(hub.read().conn) == []


def test_a_message_is_for_the_day(hub: Hub, clock: HandClock) -> None:
    tick(hub)
    messages.say(hub, By("50"), "manager", "desk", "请过来")
    tick(hub)
    assert read(hub, "desk") == ["请过来"]
    clock.forward(86400)
    tick(hub)
    assert read(hub, "desk") == []
