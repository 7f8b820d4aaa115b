"""The kiosk's decisions, as lists of steps: what happens, and what is on screen then."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
import words
from config import Text
from kiosk.flow import events, flow
from kiosk.flow.events import (
    CardFailed,
    CardLaid,
    CheckIn,
    Found,
    HubLost,
    ListCame,
    ListNow,
    LookUp,
    LookUpFailed,
    Maintenance,
    Pressed,
    PrintCame,
    PrintList,
    ReadCard,
    Reprint,
    RequestTicket,
    Scanned,
    Search,
    SearchCame,
    Searching,
    Shown,
    Speak,
    State,
    TellOnline,
    Tick,
    TicketCame,
    TicketFailed,
    Touch,
    WatchList,
    WatchPrint,
)
from kiosk.flow.view import Hit, LookedUp, Print, Slip, Ticket, View, plate_of
from kiosk.screens import picture, samples, sentences
from kiosk.screens.fonts import Fonts
from kiosk.screens.spoken import spoken

ASKED = RequestTicket("SB01", "k1", "zh", False)


class Walk:
    """A kiosk, a clock and a memory of its effects."""

    def __init__(self, hall: config.Hall) -> None:
        self.hall = hall
        self.state = State(plate_of(hall))
        self.now = 100.0
        self.effects: list[events.Effect] = []

    def does(self, event: events.Event, after: float = 1.0) -> str:
        """The page on screen, `after` seconds later, when `event` has happened."""
        self.now += after
        self.state, effects = flow.step(self.state, event, self.now)
        self.effects += effects
        return flow.face(self.state)

    def view(self, **changes: Any) -> View:
        return View.model_validate(samples.view_json(self.hall, "K1", **changes))


def found(kind: str = "ticket", state: str = "ready", **changes: Any) -> LookedUp:
    return LookedUp.model_validate(samples.found_json(kind, state, **changes))


def ticket(state: str = "queued", **changes: Any) -> Ticket:
    return Ticket.model_validate(samples.ticket_json(state, **changes))


def slip(state: str = "queued", **changes: Any) -> Slip:
    return Slip.model_validate(samples.slip_json(state, **changes))


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
    reason = Text("今天的号已经取完", "No numbers left today")
    assert asking.does(TicketFailed("k1", refused=True, reason=reason)) == "trouble"
    assert isinstance(asking.state.screen, events.Trouble) and asking.state.screen.reason == reason
    asking.does(Touch("again", "k2"))
    assert asking.effects == [ASKED]


def test_the_items_page_goes_home_after_a_countdown(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert flow.countdown(walk.state, walk.now) is None
    walk.does(Tick(), after=flow.ITEMS_STAY - 10.5)
    assert flow.countdown(walk.state, walk.now) == 11
    walk.does(Touch("more"), after=0.5)
    assert flow.countdown(walk.state, walk.now) is None, "a minute more than there was"
    assert walk.does(Tick(), after=10 + flow.MORE - 1) == "items"
    assert walk.does(Tick(), after=1.1) == "home"


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
    assert walk.state.screen == events.Items("social", 1)


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


def test_a_group_that_is_not_there_is_not_entered(walk: Walk) -> None:
    assert walk.does(Touch("group:none")) == "home"


def test_a_number_on_its_way_survives_the_end_of_its_group(asking: Walk) -> None:
    assert asking.does(Shown(asking.view(groups=[])), after=0.1) == "asking"
    assert asking.does(TicketCame("k1", ticket("printed"))) == "ticket"


def test_a_slow_printer_is_noticed_and_forgiven(asking: Walk) -> None:
    asking.does(TicketCame("k1", ticket("queued")))
    asking.does(Tick(), after=flow.SLOW_PRINT)
    assert isinstance(asking.state.screen, events.Ticketed) and asking.state.screen.slow
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


# --- an item before anybody queues ------------------------------------------------------------------------------------


def test_what_to_bring_can_be_read_before_a_number_is_taken(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    assert walk.does(Touch("info:SB01")) == "item"
    assert walk.does(Touch("back")) == "items"
    walk.does(Touch("info:SB01"))
    assert walk.does(Touch("take", "k1")) == "item"
    assert walk.effects == [ASKED]
    assert walk.does(TicketCame("k1", ticket("printed"))) == "ticket"


def closed_view(walk: Walk) -> View:
    groups = samples.view_json(walk.hall, "K1")["groups"]
    groups[0]["services"][0]["closed"] = {"zh": "今天的号已取完", "en": "Sold out"}
    return walk.view(groups=groups)


def test_an_item_without_numbers_today_shows_why_and_takes_none(walk: Walk) -> None:
    walk.does(Shown(closed_view(walk)))
    walk.does(Touch("group:social"))
    assert walk.does(Touch("service:SB01", "k1")) == "item"
    assert walk.does(Touch("take", "k2")) == "item"
    assert walk.effects == []


def test_the_guide_takes_no_number_from_its_lists(walk: Walk) -> None:
    assert walk.does(Touch("guide")) == "guide"
    assert walk.does(Touch("group:social")) == "items"
    assert walk.does(Touch("service:SB01", "k1")) == "item"
    assert [walk.does(Touch("back")) for _ in range(3)] == ["items", "guide", "home"]
    assert walk.effects == []


def test_the_other_ways_are_a_page_where_the_first_has_no_room(walk: Walk) -> None:
    assert walk.does(Touch("other")) == "other"
    assert walk.does(Touch("search")) == "search"
    assert [walk.does(Touch(name)) for name in ("back", "other", "guide", "back")] == ["home", "other", "guide", "home"]
    walk.does(Touch("other"))
    assert walk.does(Touch("group:social")) == "other" and walk.effects == []


def test_what_the_hall_makes_public_is_read_chapter_by_chapter(walk: Walk) -> None:
    assert walk.does(Touch("publication")) == "publication"
    walk.does(Touch("chapter:items"))
    walk.does(Touch("page:1"))
    assert walk.state.screen == events.Publication("items", 1)
    walk.does(Touch("back"))
    assert walk.state.screen == events.Publication()
    assert walk.does(Touch("chapter:none")) == "publication"
    assert walk.state.screen == events.Publication()


def test_guide_and_publication_stay_while_the_hub_is_away_and_outside_hours(walk: Walk) -> None:
    walk.does(HubLost())
    assert walk.does(Tick(), after=4) == "away"
    assert walk.does(Touch("guide")) == "guide"
    walk.does(Touch("group:social"))
    assert walk.does(Touch("service:SB01", "k")) == "item"
    walk.does(Shown(walk.view(issuing=False)))
    assert flow.face(walk.state) == "item", "somebody reads it"
    walk.does(Touch("home"))
    assert flow.face(walk.state) == "closed"
    assert walk.does(Touch("publication")) == "publication"


# --- what to bring, on paper ------------------------------------------------------------------------------------------

LIST = PrintList("SB01", "k1", "zh", False)


@pytest.fixture
def reading(walk: Walk) -> Walk:
    walk.does(Touch("guide"))
    walk.does(Touch("group:social"))
    assert walk.does(Touch("service:SB01", "k0")) == "item"
    return walk


def test_the_list_of_an_item_is_one_touch_from_its_page(reading: Walk) -> None:
    assert reading.does(Touch("list", "k1")) == "item"
    assert reading.effects == [LIST]
    assert reading.does(ListCame("k1", slip("queued")), after=0.2) == "list"
    assert reading.effects == [LIST, WatchList(31)]
    assert reading.does(ListNow(slip("printed"))) == "list"
    assert reading.does(Touch("back"), after=flow.READ) == "item"
    assert reading.effects[-1] == WatchPrint(None)


def test_a_trembling_tap_prints_no_list(reading: Walk) -> None:
    assert reading.does(Touch("list", "k1"), after=flow.CALM - 0.1) == "item"
    assert reading.effects == []


def test_a_printed_list_goes_by_itself_and_one_that_failed_stays(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    reading.does(ListCame("k1", slip("queued")))
    reading.does(ListNow(slip("failed")))
    assert reading.does(Tick(), after=flow.TICKET_STAY + 1) == "list"
    assert reading.does(Tick(), after=flow.FAILED_STAY) == "home"


def test_a_list_from_another_printer_says_where_it_is(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    reading.does(
        ListCame("k1", Slip(job=1, print=Print(state="printed", where="咨询台打印机", where_en="Guide desk printer")))
    )
    assert isinstance(reading.state.screen, events.Listed)
    assert sentences.list_advice(reading.state.screen, words.say("zh"), "zh")[1] == "请到“咨询台打印机”取清单"
    assert (
        sentences.list_advice(reading.state.screen, words.say("en"), "en")[1] == "Your list is at: Guide desk printer"
    )


def test_a_slow_list_is_noticed(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    reading.does(ListCame("k1", slip("queued")))
    reading.does(Tick(), after=flow.SLOW_PRINT)
    assert isinstance(reading.state.screen, events.Listed) and reading.state.screen.slow
    reading.does(ListNow(slip("sent")))
    assert isinstance(reading.state.screen, events.Listed) and not reading.state.screen.slow


def test_a_refused_list_says_why_and_leads_back_to_the_item(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    why = Text("刚才打印的清单比较多", "Many lists")
    assert reading.does(TicketFailed("k1", refused=True, reason=why)) == "trouble"
    assert reading.does(Touch("back")) == "item"


def test_a_list_without_an_answer_is_asked_for_with_the_same_key(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    reading.does(TicketFailed("k1"))
    reading.does(Tick(), after=0.6)
    assert reading.effects == [LIST, LIST]


@pytest.mark.parametrize("changes", [{"lists": False}, {"printer": samples.PRINTER_OUT}], ids=["not here", "no paper"])
def test_without_a_printer_no_list_is_offered(reading: Walk, changes: dict[str, Any]) -> None:
    reading.does(Shown(reading.view(**changes)))
    assert reading.does(Touch("list", "k1")) == "item"
    assert reading.effects == []


def test_a_list_is_offered_when_the_hall_is_closed_but_not_while_the_hub_is_away(reading: Walk) -> None:
    reading.does(Shown(reading.view(issuing=False)))
    assert flow.may_list(reading.state)
    reading.does(HubLost())
    reading.does(Tick(), after=4)
    assert reading.does(Touch("list", "k1")) == "item"
    assert reading.effects == []


def test_an_answer_about_a_list_is_no_ticket_and_no_other_list(reading: Walk) -> None:
    reading.does(Touch("list", "k1"))
    reading.does(TicketCame("k1", ticket("printed")), after=0.1)
    assert flow.face(reading.state) == "item"
    reading.does(ListCame("k1", slip("queued")))
    before = reading.state
    reading.does(ListNow(slip("printed", job=99)))
    assert reading.state is before


# --- codes ------------------------------------------------------------------------------------------------------------


def test_a_scanned_appointment_is_checked_in_once(walk: Walk) -> None:
    assert walk.does(Scanned(" YY1 ", "k1")) == "asking"
    assert walk.does(Found("k1", found("appointment"))) == "result"
    walk.does(Touch("checkin", "k2"))
    assert walk.effects == [LookUp("YY1", "k1"), CheckIn("YY1", "k2", "zh", False)]
    assert walk.does(TicketCame("k2", ticket("printed"))) == "ticket"


@pytest.mark.parametrize("state", ["checked_in", "other_day", "closed"])
def test_an_appointment_that_cannot_be_checked_in_asks_for_nothing(walk: Walk, state: str) -> None:
    walk.does(Scanned("YY1", "k1"))
    walk.does(Found("k1", found("appointment", state)))
    assert walk.does(Touch("checkin", "k2")) == "result"
    assert walk.effects == [LookUp("YY1", "k1")]


def test_a_code_is_typed_and_corrected(walk: Walk) -> None:
    assert walk.does(Touch("booked")) == "enter"
    for char in ("a", "B", "1", "-", "del"):
        walk.does(Touch(f"key:{char}"), after=0.1)
    assert walk.state.screen == events.Entering("booked", "AB1")
    assert walk.does(Touch("key:ok", "k1")) == "enter"
    assert walk.effects == [LookUp("AB1", "k1")]


def test_a_receipts_code_tells_how_far_the_case_is_and_asks_for_nothing(walk: Walk) -> None:
    assert walk.does(Touch("progress")) == "enter"
    assert walk.state.screen == events.Entering("progress")
    walk.does(Scanned("R1C-7QF2HM", "k1"))
    assert walk.does(Found("k1", found("case"))) == "result"
    assert isinstance(walk.state.screen, events.Result) and walk.state.screen.found.case is not None
    walk.does(Touch("checkin", "k2"))
    assert walk.effects == [LookUp("R1C-7QF2HM", "k1")]


def test_a_hall_without_cases_offers_no_progress(walk: Walk) -> None:
    walk.does(Shown(walk.view(cases=False)))
    assert walk.does(Touch("progress")) == "home"


def test_an_empty_code_is_not_looked_up(walk: Walk) -> None:
    walk.does(Touch("booked"))
    walk.does(Touch("key:ok", "k1"))
    walk.does(Scanned("  ", "k2"))
    assert walk.effects == []


def test_a_scanned_ticket_shows_its_place_and_is_printed_again(walk: Walk) -> None:
    walk.does(Scanned("T-1", "k1"))
    assert walk.does(Found("k1", found("ticket"))) == "result"
    walk.does(Touch("reprint", "k2"))
    assert walk.effects[-1] == Reprint(17, "T-1", "k2")
    assert walk.does(TicketCame("k2", ticket("printed"))) == "ticket"
    assert isinstance(walk.state.screen, events.Ticketed) and walk.state.screen.again


def test_a_ticket_that_may_not_be_reprinted_is_not(walk: Walk) -> None:
    walk.does(Scanned("T-1", "k1"))
    walk.does(Found("k1", found("ticket", may_reprint=False)))
    walk.does(Touch("reprint", "k2"))
    assert walk.effects == [LookUp("T-1", "k1")]


def test_somebody_without_a_pickup_code_takes_a_number(walk: Walk) -> None:
    assert walk.does(Touch("pickup")) == "enter"
    walk.does(Touch("number", "k1"))
    assert walk.effects == [RequestTicket("LQ01", "k1", "zh", False)]


def test_a_pickup_is_checked_in(walk: Walk) -> None:
    walk.does(Touch("pickup"))
    walk.does(Scanned("LQ9", "k1"))
    walk.does(Found("k1", found("pickup")))
    walk.does(Touch("checkin", "k2"))
    assert walk.effects == [LookUp("LQ9", "k1"), CheckIn("LQ9", "k2", "zh", False)]


def test_a_second_scan_while_one_is_looked_up_is_not_a_second_request(walk: Walk) -> None:
    walk.does(Scanned("T-1", "k1"))
    walk.does(Scanned("T-1", "k2"))
    assert walk.effects == [LookUp("T-1", "k1")]


def test_a_lost_look_up_is_repeated_and_then_explained(walk: Walk) -> None:
    walk.does(Scanned("T-1", "k1"))
    walk.does(LookUpFailed("k1"))
    walk.does(Tick(), after=0.6)
    assert walk.effects == [LookUp("T-1", "k1")] * 2
    assert walk.does(Tick(), after=9) == "trouble"
    assert walk.does(Touch("again", "k2")) == "asking"
    assert walk.effects == [LookUp("T-1", "k1")] * 3
    assert walk.does(Found("k1", found("unknown"))) == "result"


def test_a_refused_check_in_says_why(walk: Walk) -> None:
    walk.does(Scanned("YY1", "k1"))
    walk.does(Found("k1", found("appointment")))
    walk.does(Touch("checkin", "k2"))
    assert walk.does(TicketFailed("k2", refused=True, reason=Text("已签到：A018", "A018"))) == "trouble"


def test_an_answer_to_a_look_up_is_no_ticket(walk: Walk) -> None:
    walk.does(Scanned("T-1", "k1"))
    assert walk.does(TicketCame("k1", ticket("printed"))) == "asking"


# --- the card ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def counted(walk: Walk) -> Walk:
    """A hall that counts numbers per person; somebody wants one."""
    walk.does(Shown(walk.view(quota_per_person=True)))
    walk.does(Touch("group:social"))
    assert walk.does(Touch("service:SB01", "k1")) == "notice"
    return walk


def test_a_card_is_read_only_after_the_notice(counted: Walk) -> None:
    assert counted.effects == []
    assert counted.does(CardLaid("ab", "3505**********1234", "k")) == "notice"
    assert counted.does(Touch("card")) == "card"
    assert counted.does(CardLaid("ab", "3505**********1234", "k2")) == "asking"
    wish = RequestTicket("SB01", "k2", "zh", False, ("ab", "3505**********1234"))
    assert counted.effects == [ReadCard(on=True), ReadCard(on=False), wish]


@pytest.mark.parametrize("first", [(), ("card",)])
def test_a_number_without_a_card_is_always_offered(counted: Walk, first: tuple[str, ...]) -> None:
    for target in first:
        counted.does(Touch(target))
    counted.does(Touch("skip", "k2"))
    assert counted.effects[-1] == RequestTicket("SB01", "k2", "zh", False)


def test_a_card_that_cannot_be_read_says_so_and_goes_on(counted: Walk) -> None:
    counted.does(Touch("card"))
    assert counted.does(CardFailed(Text("没有读到", "Not read"))) == "card"
    assert isinstance(counted.state.screen, events.CardReading) and counted.state.screen.failed
    assert counted.does(Touch("back")) == "items"
    assert counted.effects == [ReadCard(on=True), ReadCard(on=False)]


def test_the_reader_is_off_when_the_person_has_gone(counted: Walk) -> None:
    counted.does(Touch("card"))
    assert counted.does(Tick(), after=flow.CARD_STAY + 1) == "home"
    assert counted.effects[-1] == ReadCard(on=False)


def test_only_items_that_count_persons_ask_for_a_card(walk: Walk) -> None:
    groups = samples.view_json(walk.hall, "K1")["groups"]
    for service in groups[0]["services"]:
        service["per_person"] = service["code"] == "SB02"
    walk.does(Shown(walk.view(quota_per_person=True, groups=groups)))
    walk.does(Touch("group:social"))
    walk.does(Touch("service:SB01", "k1"))
    assert walk.effects == [ASKED]


def test_help_never_asks_for_a_card(walk: Walk) -> None:
    walk.does(Shown(walk.view(quota_per_person=True)))
    walk.does(Touch("help", "k1"))
    assert walk.effects == [RequestTicket("ZX01", "k1", "zh", False)]


# --- keypad, voice, low layout, technician ----------------------------------------------------------------------------


def test_a_keypad_goes_over_the_targets_and_touches_one(walk: Walk) -> None:
    targets = ("group:social", "group:civil", "help")
    walk.does(Pressed("down", targets))
    assert walk.state.focus == "group:social", "the first press only shows the ring"
    walk.does(Pressed("down", targets))
    walk.does(Pressed("left", targets))
    walk.does(Pressed("up", targets))
    assert walk.state.focus == "help"
    walk.does(Pressed("right", targets))
    assert walk.does(Pressed("ok", targets, "k1")) == "items"
    assert walk.state.focus == "", "the ring is on the next page as well"
    assert walk.does(Pressed("back")) == "home"
    walk.does(Touch("group:social"))
    assert walk.state.focus is None, "a finger needs no ring"


def test_a_keypad_types_a_code(walk: Walk) -> None:
    walk.does(Touch("booked"))
    for name in ("7", "8", "del", "9"):
        walk.does(Pressed(name), after=0.05)
    assert walk.state.screen == events.Entering("booked", "79")


def test_digits_elsewhere_do_nothing(walk: Walk) -> None:
    before = walk.state
    walk.does(Pressed("7"))
    assert walk.state is before


def test_a_page_is_said_aloud(walk: Walk) -> None:
    walk.does(Touch("voice"))
    walk.does(Pressed("voice"))
    first, second = walk.effects
    assert isinstance(first, Speak) and isinstance(second, Speak)
    assert "社保医保" in spoken(first.state, first.now) and first.state.language == "zh"


def test_the_lowered_layout_ends_with_its_person(walk: Walk) -> None:
    walk.does(Touch("low"))
    assert walk.state.low
    walk.does(Tick(), after=flow.HOME_STAY)
    assert not walk.state.low


def test_in_large_print_no_page_goes_within_a_minute(asking: Walk) -> None:
    asking.does(TicketCame("k1", ticket("printed")))
    asking.does(Touch("large"))
    assert asking.does(Tick(), after=59) == "ticket"
    assert asking.does(Tick(), after=2) == "home"


def test_a_slow_second_tap_takes_no_number_and_hurries_none_away(walk: Walk) -> None:
    assert walk.does(Touch("group:social")) == "items"
    assert walk.does(Touch("service:SB01", "k1"), after=0.6) == "items"
    assert walk.effects == []
    assert walk.does(Touch("service:SB01", "k1"), after=0.3) == "items"
    walk.does(TicketCame("k1", ticket("printed")))
    assert walk.does(Touch("home"), after=1.4) == "ticket"
    assert walk.does(Touch("home"), after=0.2) == "home"


def test_the_next_person_finds_chinese_and_normal_print(asking: Walk) -> None:
    asking.does(Touch("language"))
    asking.does(TicketCame("k1", ticket("printed")))
    asking.does(Touch("large"))
    asking.does(Touch("home"), after=2)
    assert (asking.state.language, asking.state.large, asking.state.low) == ("zh", False, False)


def test_the_technician_comes_and_goes(walk: Walk) -> None:
    assert walk.does(Maintenance(open=True)) == "maintenance"
    assert walk.does(Touch("group:social", "k")) == "maintenance"
    assert walk.does(Scanned("T-1", "k")) == "maintenance"
    assert walk.does(Maintenance(open=False)) == "home"
    assert walk.effects == []


def test_the_technician_waits_for_a_number_on_its_way(asking: Walk) -> None:
    assert asking.does(Maintenance(open=True)) == "items"


# --- whatever happens -------------------------------------------------------------------------------------------------

TARGETS = (
    "group:social",
    "group:none",
    "service:SB01",
    "service:none",
    "info:SB01",
    "take",
    "help",
    "pickup",
    "booked",
    "progress",
    "number",
    "other",
    "guide",
    "publication",
    "chapter:items",
    "card",
    "skip",
    "checkin",
    "list",
    "reprint",
    "again",
    "page:1",
    "back",
    "home",
    "more",
    "voice",
    "language",
    "large",
    "low",
    "key:A",
    "key:7",
    "key:del",
    "key:ok",
    "",
    "unheard:of",
)


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[str, Any, float]]:
    kinds = st.sampled_from(
        ["touch"] * 6
        + [
            "press",
            "scan",
            "laid",
            "cardfail",
            "tick",
            "shown",
            "closed",
            "quota",
            "lost",
            "ticket",
            "list",
            "listnow",
            "found",
            "refused",
            "nothing",
            "print",
            "open",
            "close",
        ]
    )
    one = st.tuples(kinds, st.integers(0, 10_000), st.sampled_from([0.05, 0.4, 1.0, 5.0, 30.0, 130.0]))
    return draw(st.lists(one, max_size=40))


def happens(walk: Walk, kind: str, n: int, key: str) -> events.Event:
    """An event of a kind; answers are answers to what is being asked."""
    screen = walk.state.screen
    asked = screen.wish.key if isinstance(screen, events.Asking | events.Trouble) else "nobody"
    states = ("early", "ready", "late", "checked_in", "other_day")
    match kind:
        case "touch":
            return Touch(TARGETS[n % len(TARGETS)], key)
        case "press":
            names = ("up", "down", "ok", "back", "home", "voice", "7", "del")
            return Pressed(names[n % len(names)], TARGETS[: 1 + n % 5], key)
        case "scan":
            return Scanned("YY1", key)
        case "laid":
            return CardLaid("ab", "3505**********1234", key)
        case "cardfail":
            return CardFailed(Text("没有读到", "Not read"))
        case "shown":
            return Shown(walk.view())
        case "closed":
            return Shown(walk.view(issuing=False, groups=[]))
        case "quota":
            return Shown(walk.view(quota_per_person=True))
        case "lost":
            return HubLost()
        case "ticket":
            return TicketCame(asked, ticket("queued"))
        case "list":
            return ListCame(asked, slip("queued"))
        case "listnow":
            return ListNow(slip(("printed", "failed", "unknown")[n % 3]))
        case "found":
            return Found(asked, found(("ticket", "appointment", "pickup", "unknown")[n % 4], states[n % 5]))
        case "refused":
            return TicketFailed(asked, refused=True, reason=Text("不行", "No"))
        case "nothing":
            return LookUpFailed(asked)
        case "print":
            return PrintCame(ticket(("printed", "failed", "unknown")[n % 3]))
        case "open" | "close":
            return Maintenance(open=kind == "open")
    return Tick()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=happenings())
def test_whatever_happens_one_key_is_one_request_and_everybody_gets_home(
    hall: config.Hall, fonts: Fonts, happened: list[tuple[str, Any, float]]
) -> None:
    walk = Walk(hall)
    wishes: dict[str, events.Wish] = {}
    for i, (kind, n, after) in enumerate(happened):
        before = walk.state.screen
        seen = len(walk.effects)
        walk.does(happens(walk, kind, n, f"k{i}"), after)
        for effect in walk.effects[seen:]:
            if isinstance(effect, RequestTicket | CheckIn | Reprint | LookUp | PrintList):
                assert wishes.setdefault(effect.key, effect) == effect, "one key, one wish"
        if isinstance(before, events.Asking) and isinstance(walk.state.screen, events.Asking):
            assert before.wish == walk.state.screen.wish, "nothing overtakes a number on its way"
    assert spoken(walk.state, walk.now)
    if isinstance(walk.state.screen, events.Asking):
        walk.does(Tick(), after=flow.GIVE_UP + 1)
    walk.does(Maintenance(open=False))
    scene = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), fonts.measure)
    names = {target.name for target in scene.targets}
    assert isinstance(walk.state.screen, events.Home) or names & {"home", "back"}, "a way home"
    for _ in range(4):
        walk.does(Touch("back"))
    assert isinstance(walk.state.screen, events.Home)


# --- 找事项 -----------------------------------------------------------------------------------------------------------


def hits(walk: Walk, *found: str) -> tuple[Hit, ...]:
    return samples.hits(walk.view(), *found)


def spell(walk: Walk, letters: str) -> None:
    for letter in letters:
        walk.does(Touch(f"key:{letter}"), after=0.1)


def test_a_word_spelt_in_letters_leads_to_its_number(walk: Walk) -> None:
    assert walk.does(Touch("search")) == "search"
    spell(walk, "db")
    assert walk.effects == [Search("d"), Search("db")]
    walk.does(SearchCame("db", hits(walk, "MZ01", "YB05")), after=0.1)
    assert walk.does(Touch("info:MZ01")) == "item"
    assert walk.does(Touch("take", "k1")) == "item"
    assert walk.effects[-1] == RequestTicket("MZ01", "k1", "zh", False)
    assert walk.does(TicketCame("k1", ticket("printed")), after=0.1) == "ticket"


def test_back_from_an_item_stands_what_was_found(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "db")
    walk.does(SearchCame("db", hits(walk, "MZ01")))
    walk.does(Touch("info:MZ01"))
    assert walk.does(Touch("back")) == "search"
    assert walk.state.screen == Searching("db", hits(walk, "MZ01"), "db")
    assert walk.does(Touch("back")) == "home"


def test_an_answer_to_other_letters_is_not_shown(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "dbq")
    before = walk.state
    walk.does(SearchCame("db", hits(walk, "MZ01")))
    assert walk.state is before
    walk.does(Touch("home"))
    assert walk.does(SearchCame("dbq", hits(walk, "MZ01"))) == "home"


def test_letters_are_taken_away_and_an_empty_field_asks_nothing(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "dia")
    walk.does(Touch("key:del"))
    assert walk.effects[-1] == Search("di")
    walk.does(Touch("key:clear"))
    assert walk.state.screen == Searching() and walk.effects[-1] == Search("di")
    walk.does(Touch("key:del"))
    spell(walk, "x" * 40)
    assert len(walk.state.screen.text) == flow.TEXT_MOST  # type: ignore[union-attr]


def test_what_this_kiosk_has_no_tile_for_is_left_out_but_for_help_and_places(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "x")
    found = hits(walk, "NONE", "ZX01", "户口→派出所", "SB01")
    walk.does(SearchCame("x", found))
    assert walk.state.screen == Searching("x", found[1:], "x")
    walk.does(Touch("help", "k1"))
    assert walk.effects[-1] == RequestTicket("ZX01", "k1", "zh", False)


def test_a_hub_that_does_not_answer_a_search_is_told(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "x")
    walk.does(SearchCame("x", None))
    assert "现在不能查找" in spoken(walk.state, walk.now)
    spell(walk, "y")
    walk.does(SearchCame("xy", ()))
    assert "没有找到" in spoken(walk.state, walk.now)


def test_a_search_by_keypad_and_by_ear(walk: Walk) -> None:
    """The ring reaches every result; digits and letters of a keyboard spell; 听 says what may be meant."""
    walk.does(Touch("search"))
    for key in "80":
        walk.does(Pressed(key))
    assert walk.effects == [Search("8"), Search("80")]
    walk.does(SearchCame("80", hits(walk, "MZ06", "户口→派出所户籍窗口")))
    scene = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), Fonts().measure)
    assert scene.order[0] == "info:MZ06"
    walk.does(Pressed("down", scene.order))
    assert walk.does(Pressed("ok", scene.order)) == "item"
    walk.does(Pressed("back"))
    said = spoken(walk.state, walk.now)
    assert "已输入：8 0" in said and "高龄津贴" in said and "户口：本厅不办，请到派出所户籍窗口。" in said


def test_a_search_goes_home_by_itself(walk: Walk) -> None:
    walk.does(Touch("search"))
    spell(walk, "d")
    assert walk.does(Tick(), after=flow.ENTER_STAY - 1) == "search"
    assert walk.does(Tick(), after=1.1) == "home"


# --- 网上办理 ---------------------------------------------------------------------------------------------------------


def test_what_can_be_done_online_says_so_before_a_number_is_taken_and_both_are_counted(walk: Walk) -> None:
    walk.does(Touch("group:social"))
    before = walk.state
    touch = Touch("info:SB01", "k1")
    assert walk.does(touch) == "item"
    assert flow.offered(before, touch, walk.state) == TellOnline("SB01", "k1")
    page = walk.state
    walk.does(Touch("large"))
    assert flow.offered(page, Touch("large", "k2"), walk.state) is None, "it is the same page"
    assert walk.does(Touch("online", "k3"), after=flow.CALM) == "result"
    assert walk.effects == [TellOnline("SB01", "k3", taken=True)]
    assert walk.does(Tick(), after=flow.LARGE_LEAST + 1) == "home"


@pytest.mark.parametrize("online", ["否", "部分", ""])
def test_what_needs_the_counter_is_not_offered_online(walk: Walk, online: str) -> None:
    groups = samples.view_json(walk.hall, "K1")["groups"]
    groups[0]["services"][0]["online"] = online
    walk.does(Shown(walk.view(groups=groups)))
    walk.does(Touch("group:social"))
    before, touch = walk.state, Touch("info:SB01", "k1")
    walk.does(touch)
    assert flow.offered(before, touch, walk.state) is None
    assert walk.does(Touch("online", "k2"), after=flow.CALM) == "item" and walk.effects == []


def test_whoever_reads_the_guide_is_not_counted(walk: Walk) -> None:
    walk.does(Touch("guide"))
    walk.does(Touch("group:social"))
    before, touch = walk.state, Touch("service:SB01", "k1")
    assert walk.does(touch) == "item"
    assert flow.offered(before, touch, walk.state) is None


def test_without_numbers_no_word_turns_anybody_away(walk: Walk) -> None:
    walk.does(Shown(closed_view(walk)))
    walk.does(Touch("group:social"))
    before, touch = walk.state, Touch("info:SB01", "k1")
    walk.does(touch)
    assert flow.offered(before, touch, walk.state) is None
