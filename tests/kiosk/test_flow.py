"""The kiosk's decisions, as lists of steps: what happens, and what is on screen then."""

from __future__ import annotations

from typing import Any

import pytest

import config
from kiosk import flow, samples
from kiosk.flow import (
    HubLost,
    PrintCame,
    RequestTicket,
    Shown,
    State,
    Tick,
    TicketCame,
    TicketFailed,
    Touch,
    WatchPrint,
)
from kiosk.view import Ticket, View, plate_of

ASKED = RequestTicket("SB01", "k1", "zh", False)


class Walk:
    """A kiosk, a clock and a memory of its effects."""

    def __init__(self, hall: config.Hall) -> None:
        self.hall = hall
        self.state = State(plate_of(hall))
        self.now = 100.0
        self.effects: list[flow.Effect] = []

    def does(self, event: flow.Event, after: float = 1.0) -> str:
        """The page on screen, `after` seconds later, when `event` has happened."""
        self.now += after
        self.state, effects = flow.step(self.state, event, self.now)
        self.effects += effects
        return flow.face(self.state)

    def view(self, **changes: Any) -> View:
        return View.model_validate(samples.view_json(self.hall, "K1", **changes))


def ticket(state: str = "queued", **changes: Any) -> Ticket:
    return Ticket.model_validate(samples.ticket_json(state, **changes))


@pytest.fixture
def walk(hall: config.Hall) -> Walk:
    walk = Walk(hall)
    walk.does(Shown(walk.view()))
    return walk


@pytest.fixture
def asking(walk: Walk) -> Walk:
    walk.does(Touch("group:social"))
    walk.does(Touch("service:SB01", "k1"))
    return walk


def test_two_touches_from_home_to_paper(walk: Walk) -> None:
    assert walk.does(Touch("group:social")) == "items"
    assert walk.does(Touch("service:SB01", "k1")) == "items"
    assert walk.effects == [ASKED]
    assert walk.does(TicketCame("k1", ticket("queued")), after=0.1) == "ticket"
    assert walk.effects == [ASKED, WatchPrint(17)]
    assert walk.does(PrintCame(ticket("printed"))) == "ticket"
    assert walk.does(Tick(), after=flow.TICKET_STAY - 1) == "ticket"
    assert walk.does(Tick(), after=1.1) == "home"
    assert walk.effects[-1] == WatchPrint(None)


def test_help_takes_a_number_with_one_touch(walk: Walk) -> None:
    walk.does(Touch("help", "k1"))
    assert walk.effects == [RequestTicket("ZX01", "k1", "zh", False)]


def test_a_touch_while_a_number_is_asked_for_does_nothing(asking: Walk) -> None:
    before = asking.state
    asking.does(Touch("service:SB02", "k2"))
    asking.does(Touch("back"))
    assert asking.state is before
    assert asking.effects == [ASKED]


def test_a_trembling_second_tap_takes_no_number(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert walk.does(Touch("service:SB01", "k1"), after=0.2) == "items"
    assert walk.effects == []


def test_a_slow_answer_is_explained(asking: Walk) -> None:
    assert asking.does(Tick(), after=0.3) == "items"
    assert asking.does(Tick(), after=0.2) == "asking"


def test_an_unanswered_request_is_repeated_with_the_same_key(asking: Walk) -> None:
    asking.does(TicketFailed("k1"), after=3)
    asking.does(Tick(), after=0.4)
    assert asking.effects == [ASKED]
    asking.does(Tick(), after=0.2)
    asking.does(Tick(), after=0.2)
    assert asking.effects == [ASKED, ASKED]
    assert asking.does(TicketCame("k1", ticket("printed"))) == "ticket"


def test_after_ten_seconds_the_kiosk_says_that_the_hub_is_away(asking: Walk) -> None:
    assert asking.does(Tick(), after=9.9) == "asking"
    assert asking.does(Tick(), after=0.2) == "trouble"
    assert asking.does(Touch("again", "another")) == "asking"
    assert asking.effects == [ASKED, ASKED], "the same touch keeps its key"


def test_an_answer_that_comes_too_late_is_still_shown(asking: Walk) -> None:
    asking.does(Tick(), after=11)
    assert asking.does(TicketCame("k1", ticket("printed"))) == "ticket"


def test_an_answer_for_somebody_who_has_gone_is_not_shown_to_the_next(asking: Walk) -> None:
    asking.does(Tick(), after=11)
    asking.does(Touch("home"))
    assert asking.does(TicketCame("k1", ticket("printed"))) == "home"


def test_a_refusal_gives_the_reason_and_is_not_repeated(asking: Walk) -> None:
    assert asking.does(TicketFailed("k1", refused=True, reason="今天的号已经取完")) == "trouble"
    assert isinstance(asking.state.screen, flow.Trouble) and asking.state.screen.reason == "今天的号已经取完"
    asking.does(Touch("again", "k2"))
    assert asking.effects == [ASKED]


def test_the_items_page_goes_home_after_a_countdown(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert flow.countdown(walk.state, walk.now) is None
    walk.does(Tick(), after=flow.ITEMS_STAY - 10.5)
    assert flow.countdown(walk.state, walk.now) == 11
    walk.does(Touch("more"))
    assert flow.countdown(walk.state, walk.now) is None
    assert walk.does(Tick(), after=flow.ITEMS_STAY) == "home"


def test_large_print_has_more_time(walk: Walk) -> None:
    walk.does(Touch("large"))
    walk.does(Touch("group:social"))
    assert walk.does(Tick(), after=flow.ITEMS_STAY + 1) == "items"


def test_the_next_person_finds_chinese_in_normal_size(walk: Walk) -> None:
    walk.does(Touch("language"))
    walk.does(Touch("large"))
    assert (walk.state.language, walk.state.large) == ("en", True)
    walk.does(Tick(), after=flow.HOME_STAY * 1.5)
    assert (walk.state.language, walk.state.large) == ("zh", False)


def test_language_and_large_print_go_with_the_request(walk: Walk) -> None:
    walk.does(Touch("language"))
    walk.does(Touch("large"))
    walk.does(Touch("help", "k1"))
    assert walk.effects == [RequestTicket("ZX01", "k1", "en", True)]


def test_pages_are_turned(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    walk.does(Touch("page:1"))
    assert walk.state.screen == flow.Items("social", 1)


def test_before_the_hub_is_heard_it_is_connecting(hall: config.Hall) -> None:
    walk = Walk(hall)
    assert walk.does(Tick()) == "connecting"
    assert walk.does(HubLost()) == "connecting"
    assert walk.does(Tick(), after=20) == "connecting"
    assert walk.does(Shown(walk.view())) == "home"


def test_a_lost_hub_is_told_after_a_moment_and_forgotten_when_it_is_back(walk: Walk) -> None:
    assert walk.does(HubLost()) == "home"
    assert walk.does(Tick(), after=2.9) == "home"
    assert walk.does(HubLost(), after=0) == "home"
    assert walk.does(Tick(), after=0.2) == "away"
    assert walk.does(Shown(walk.view())) == "home"


def test_a_closed_hall_says_so_on_every_page_before_a_number(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert walk.does(Shown(walk.view(issuing=False, notice=samples.CLOSED))) == "closed"
    assert walk.does(Touch("group:social")) == "closed"


def test_a_group_that_is_gone_leads_home(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert walk.does(Shown(walk.view(groups=samples.view_json(walk.hall, "K1")["groups"][1:]))) == "home"


def test_a_slow_printer_is_noticed_and_forgiven(asking: Walk) -> None:
    asking.does(TicketCame("k1", ticket("queued")))
    asking.does(Tick(), after=flow.SLOW_PRINT)
    assert isinstance(asking.state.screen, flow.Ticketed) and asking.state.screen.slow
    asking.does(PrintCame(ticket("printed")))
    assert not asking.state.screen.slow


@pytest.mark.parametrize("state", ["failed", "unknown", "none"])
def test_without_paper_the_number_stays_long(asking: Walk, state: str) -> None:
    asking.does(TicketCame("k1", ticket("queued")))
    asking.does(PrintCame(ticket(state)))
    assert asking.does(Tick(), after=flow.FAILED_STAY - 1) == "ticket"
    assert asking.does(Tick(), after=2) == "home"


def test_news_of_another_ticket_changes_nothing(asking: Walk) -> None:
    asking.does(TicketCame("k1", ticket("queued")))
    before = asking.state
    asking.does(PrintCame(ticket("failed", id=99)))
    assert asking.state is before


def test_idle_ticks_leave_the_same_object(walk: Walk) -> None:
    before = walk.state
    for _ in range(100):
        walk.does(Tick())
    assert walk.state is before
