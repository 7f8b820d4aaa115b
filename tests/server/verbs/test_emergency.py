"""安全疏散: begins, is replaced, ends; stands in the journal; on boards and kiosks, and nothing of the queues is
touched.
"""

from __future__ import annotations

import pytest

from server.domain.rules import Refused
from server.store import journal
from server.verbs import calls, counters, emergency, tickets
from server.verbs.hub import By, Hub
from server.views.boards import boards_view
from server.views.kiosk import notice

LEAVE, STAY = range(1, 3)


def rows(hub: Hub) -> list[str]:
    return [row.event for row in hub.read().journal(0) if row.event.startswith("Emergency")]


def test_it_is_on_until_it_is_ended_and_the_same_again_is_nothing_new(hub: Hub) -> None:
    assert emergency.now(hub.read()) is None
    emergency.end(hub, By("50"))
    emergency.begin(hub, By("50"), LEAVE)
    emergency.begin(hub, By("50", "another press"), LEAVE)
    on = emergency.now(hub.read())
    assert on and (on.number, on.actor, on.at, on.text.zh) == (LEAVE, "50", hub.now(), hub.hall.voice.emergencies[0][0])
    emergency.begin(hub, By("50"), STAY)
    on = emergency.now(hub.read())
    assert on and on.number == STAY
    emergency.end(hub, By("50"))
    emergency.end(hub, By("50"))
    assert emergency.now(hub.read()) is None
    assert rows(hub) == ["EmergencyBegan", "EmergencyBegan", "EmergencyEnded"]
    assert journal.verify(hub.store.read().conn) == []


@pytest.mark.parametrize("number", [0, 3])
def test_only_a_text_of_the_hall_can_be_chosen(hub: Hub, number: int) -> None:
    with pytest.raises(Refused, match="请选择要播出的话"):
        emergency.begin(hub, By("50"), number)


def test_every_board_and_kiosk_shows_it_and_then_what_it_showed_before(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "3")
    before = boards_view(hub)
    emergency.begin(hub, By("50"), LEAVE)
    during = boards_view(hub)["boards"]
    zh = hub.hall.voice.emergencies[0][0]
    assert {(b["text"], b["effect"], b["color"], b["seconds"]) for b in during.values()} == {(zh, "scroll", "red", 0)}
    assert all(during[board]["call"] != before["boards"][board]["call"] for board in during)
    assert notice(hub) == {"zh": zh, "en": hub.hall.voice.emergencies[0][1]}
    assert hub.read().at_counter("3")
    emergency.end(hub, By("50"))
    assert boards_view(hub) == before and notice(hub) is None
