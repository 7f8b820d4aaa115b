"""Several items with one number at the kiosk (一件事一次办, 再加一项), and a telephone that is left with a number."""

from __future__ import annotations

import pytest

import config
from config import Text
from kiosk.flow import events, flow, mobile
from kiosk.flow.events import (
    Adding,
    AskPlan,
    CardLaid,
    Found,
    LeaveTelephone,
    ListCame,
    PlanCame,
    Planned,
    Pressed,
    PrintList,
    RequestTicket,
    Scanned,
    Shown,
    Speak,
    State,
    TelephoneLeft,
    Texting,
    Tick,
    TicketCame,
    Ticketed,
    TicketFailed,
    Touch,
)
from kiosk.flow.view import Left, LookedUp, Reminders, Slip, Ticket, View, plate_of
from kiosk.rim.hub_line import request
from kiosk.screens import message, picture, samples, texting
from kiosk.screens.fonts import Fonts
from kiosk.screens.spoken import said

MOBILE = "13800135678"


class Walk:
    """A kiosk before the demo hall; the hub is answered by hand."""

    def __init__(self, hall: config.Hall, **view: object) -> None:
        self.hall, self.now = hall, 100.0
        self.told = {**samples.view_json(hall, "K1", long_wait_min=0), **view}
        self.state = State(plate_of(hall))
        self.effects: list[events.Effect] = []
        self.does(Shown(View.model_validate(self.told)))

    def does(self, event: events.Event, after: float = 2.0) -> str:
        self.now += after
        self.state, effects = flow.step(self.state, event, self.now)
        self.effects += effects
        return flow.face(self.state)

    def goes(self, *targets: str) -> str:
        return [self.does(Touch(target, f"k{len(self.effects)}-{i}")) for i, target in enumerate(targets)][-1]

    def wish(self) -> events.Effect:
        return [one for one in self.effects if isinstance(one, events.Wish)][-1]

    def planned(self, *codes: str, package: str = "") -> str:
        wish = self.wish()
        assert isinstance(wish, AskPlan)
        return self.does(PlanCame(wish.key, samples.plan_of(self.hall, Text("某事", "Some"), *codes, package=package)))

    def ticket(self) -> None:
        wish = self.wish()
        assert isinstance(wish, RequestTicket)
        self.does(TicketCame(wish.key, Ticket.model_validate(samples.ticket_json("printed"))))


def test_a_package_asks_its_questions_shows_what_it_would_be_and_takes_one_number(hall: config.Hall) -> None:
    walk = Walk(hall)
    assert walk.goes("packages") == "packages"
    assert walk.goes("package:birth") == "question"
    walk.goes("answer:yes")
    wish = walk.wish()
    assert isinstance(wish, AskPlan) and request(wish, "K1") == (
        "/packages/plan", {"package": "birth", "yes": ("employed",), "items": ()},
    )  # fmt: skip
    assert walk.planned("WJ01", "YB01", "SB01", "YB03", package="birth") == "planned"
    walk.goes("take")
    taken = walk.wish()
    assert isinstance(taken, RequestTicket) and request(taken, "K1") == (
        "/tickets", {"language": "zh", "large_print": False, "package": "birth", "yes": ("employed",)},
    )  # fmt: skip
    walk.ticket()
    assert isinstance(walk.state.screen, Ticketed)


def test_a_no_and_the_way_back_ask_anew(hall: config.Hall) -> None:
    walk = Walk(hall)
    walk.goes("packages", "package:birth", "answer:no")
    wish = walk.wish()
    assert isinstance(wish, AskPlan) and wish.yes == ()
    walk.planned("WJ01", "YB01", "SB01", package="birth")
    assert walk.goes("back") == "question" and walk.goes("back") == "packages" and walk.goes("back") == "home"


def test_items_are_added_one_by_one_and_the_last_is_taken_off_by_going_back(hall: config.Hall) -> None:
    walk = Walk(hall)
    walk.goes("group:civil", "info:MZ01")
    assert walk.goes("add") == "adding" and walk.goes("group:social") == "adding"
    walk.goes("service:YB01")
    wish = walk.wish()
    assert isinstance(wish, AskPlan) and wish.items == ("MZ01", "YB01")
    assert walk.planned("MZ01", "YB01") == "planned"
    walk.goes("add", "group:social", "service:SB02")
    wish = walk.wish()
    assert isinstance(wish, AskPlan) and wish.items == ("MZ01", "YB01", "SB02")
    walk.planned("MZ01", "YB01", "SB02")
    assert walk.goes("back") == "adding"
    assert isinstance(walk.state.screen, Adding) and walk.state.screen.chosen == ("MZ01", "YB01")
    walk.goes("service:SB02")
    walk.planned("MZ01", "YB01", "SB02")
    walk.goes("take")
    taken = walk.wish()
    assert isinstance(taken, RequestTicket)
    assert request(taken, "K1")[1] == {"language": "zh", "large_print": False, "items": ("MZ01", "YB01", "SB02")}


def test_an_item_without_numbers_today_is_left_out_with_one_touch(hall: config.Hall) -> None:
    walk = Walk(hall)
    for group in walk.told["groups"]:
        for service in group["services"]:
            if service["code"] == "YB01":
                service["closed"] = samples.CLASS_GIVEN.json()
    walk.does(Shown(View.model_validate(walk.told)))
    walk.goes("packages", "package:birth", "answer:no")
    walk.planned("WJ01", "YB01", "SB01", package="birth")
    assert walk.goes("take") == "planned"
    walk.goes("drop")
    wish = walk.wish()
    assert isinstance(wish, AskPlan) and (wish.package, wish.items) == ("birth", ("WJ01", "SB01"))
    walk.planned("WJ01", "SB01", package="birth")
    walk.goes("take")
    taken = walk.wish()
    assert isinstance(taken, RequestTicket) and request(taken, "K1")[1]["items"] == ("WJ01", "SB01")


def test_a_card_is_asked_for_where_any_of_the_items_counts_persons(hall: config.Hall) -> None:
    walk = Walk(hall)
    for group in walk.told["groups"]:
        for service in group["services"]:
            service |= {"per_person": True, "card_needed": True} if service["code"] == "SB01" else {}
    walk.does(Shown(View.model_validate(walk.told)))
    walk.goes("packages", "package:birth", "answer:no")
    walk.planned("WJ01", "YB01", "SB01", package="birth")
    assert walk.goes("take") == "notice" and walk.goes("skip") == "notice"
    assert walk.goes("card") == "card"
    walk.does(CardLaid("ab" * 32, "3505**********1234", "k"))
    taken = walk.wish()
    assert isinstance(taken, RequestTicket)
    assert (taken.package, taken.holder) == ("birth", ("ab" * 32, "3505**********1234"))


def test_without_packages_or_numbers_there_is_no_such_page(hall: config.Hall) -> None:
    assert Walk(hall, packages=[]).goes("packages") == "home"
    walk = Walk(hall)
    walk.goes("packages", "package:birth")
    walk.does(Shown(View.model_validate({**walk.told, "packages": []})))
    assert flow.face(walk.state) == "home"
    walk = Walk(hall)
    walk.goes("packages", "add")
    assert walk.does(Shown(View.model_validate({**walk.told, "issuing": False}))) == "closed"


def test_a_refused_plan_leads_back_to_what_was_chosen(hall: config.Hall) -> None:
    walk = Walk(hall)
    walk.goes("packages", "package:birth", "answer:no")
    wish = walk.wish()
    assert isinstance(wish, AskPlan)
    walk.does(TicketFailed(wish.key, refused=True, reason=Text("没有。", "None.")))
    assert walk.goes("back") == "question"


# --- a telephone ------------------------------------------------------------------------------------------------------


def number_taken(hall: config.Hall, **view: object) -> Walk:
    walk = Walk(hall, **view)
    walk.goes("group:civil", "service:MZ01")
    walk.ticket()
    return walk


def test_a_telephone_is_left_and_nothing_of_it_stands_anywhere(hall: config.Hall) -> None:
    walk = number_taken(hall)
    assert walk.goes("text") == "texting"
    walk.goes(*(f"key:{digit}" for digit in MOBILE))
    assert MOBILE[3:] not in repr(walk.state)
    walk.goes("key:ok")
    wish = walk.wish()
    assert isinstance(wish, LeaveTelephone) and MOBILE not in repr((wish, walk.state))
    assert request(wish, "K1") == ("/tickets/17/telephone", {"telephone": MOBILE, "relative": ""})
    own = Reminders(given=(Left(field="own", masked="138****5678"),))
    walk.does(TelephoneLeft(wish.key, own))
    assert isinstance(walk.state.screen, Ticketed) and walk.state.screen.left == own.given
    walk.goes("text")
    assert isinstance(walk.state.screen, Texting) and walk.state.screen.relative and not walk.state.screen.digits
    walk.goes(*(f"key:{digit}" for digit in MOBILE), "key:ok")
    wish = walk.wish()
    assert isinstance(wish, LeaveTelephone) and (wish.telephone, wish.relative) == ("", MOBILE)
    both = Reminders(given=(*own.given, Left(field="relative", masked="138****5678")))
    walk.does(TelephoneLeft(wish.key, both))
    assert walk.goes("text") == "ticket"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [("", "none"), ("2", "begins"), ("12345678901", "begins"), ("138", "short"), ("1380013567", "short"), (MOBILE, "")],
)
def test_what_is_plainly_wrong_is_said_and_nothing_is_asked(hall: config.Hall, typed: str, wrong: str) -> None:
    walk = number_taken(hall)
    before = len([one for one in walk.effects if isinstance(one, LeaveTelephone)])
    walk.goes("text", *(f"key:{digit}" for digit in typed), "key:ok")
    asked = [one for one in walk.effects if isinstance(one, LeaveTelephone)]
    if not wrong:
        assert len(asked) == before + 1
        return
    assert asked == [] and isinstance(walk.state.screen, Texting) and walk.state.screen.wrong == wrong
    walk.goes("key:del")
    assert isinstance(walk.state.screen, Texting) and walk.state.screen.wrong == ""


def test_silence_forgets_what_was_typed(hall: config.Hall) -> None:
    walk = number_taken(hall)
    walk.goes("text", *(f"key:{digit}" for digit in MOBILE))
    assert walk.does(Tick(), after=500) == "home"
    assert not any(isinstance(one, LeaveTelephone) for one in walk.effects)


def test_who_hears_nothing_needs_no_telephone(hall: config.Hall) -> None:
    walk = number_taken(hall)
    walk.goes("text", "sight", "key:ok")
    wish = walk.wish()
    assert isinstance(wish, LeaveTelephone)
    assert request(wish, "K1")[1] == {"telephone": "", "relative": "", "by_sight": True}
    walk.does(TelephoneLeft(wish.key, Reminders(by_sight=True)))
    assert isinstance(walk.state.screen, Ticketed) and walk.state.screen.by_sight


def test_it_is_offered_only_where_messages_are_sent_and_for_a_number_of_now(hall: config.Hall) -> None:
    assert number_taken(hall, texts=False).goes("text") == "ticket"
    walk = number_taken(hall)
    walk.state = flow.step(walk.state, Tick(), walk.now)[0]
    assert isinstance(walk.state.screen, Ticketed) and mobile.may_leave(walk.state, walk.state.screen)
    assert not mobile.may_leave(walk.state, Ticketed(walk.state.screen.ticket))


def test_masked_after_the_third_digit() -> None:
    assert [mobile.masked(MOBILE[:n]) for n in (0, 3, 4, 11)] == ["", "138", "138•", "138••••••••"]


def test_by_ear_it_is_said_how_much_is_typed_and_never_what(hall: config.Hall, fonts: Fonts) -> None:
    walk = number_taken(hall)
    walk.does(Pressed("down", ("text",), "k"))
    walk.goes("text")
    walk.does(Pressed("down", ("key:1",), "k"))
    walk.effects.clear()
    for digit in MOBILE[:5]:
        walk.does(Pressed(digit, ("key:1",), "k"))
    spoken = [one for one in walk.effects if isinstance(one, Speak)]
    page = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), fonts.measure)
    heard = [said(one, page) for one in spoken]
    assert heard[-1] == "已输入 5 位，共 11 位。" and not any("138" in one or "1 3 8" in one for one in heard)


def test_each_key_of_the_pad_is_said_in_reading_order(hall: config.Hall, fonts: Fonts) -> None:
    state = samples.states(hall, "K1", language="zh", large=False)["texting"]
    page = picture.scene(state, picture.Moment(samples.NOW, 0.0), (1080, 1920), fonts.measure)
    labels = [next(one.label for one in page.targets if one.name == name) for name in page.order]
    assert labels[:12] == [*"123456789", "删除", "0", "确定"]
    assert texting.DIGIT * 10 >= 30 and all(labels)


def test_the_page_of_a_plan_says_each_paper_once(hall: config.Hall, fonts: Fonts) -> None:
    state = samples.states(hall, "K1", language="zh", large=False)["planned-own"]
    assert isinstance(state.screen, Planned)
    page = picture.scene(state, picture.Moment(samples.NOW, 0.0), (1080, 1920), fonts.measure)
    read = said(Speak(state, 0.0), page)
    assert read.count("身份证（2项共用）") == 1 and "少带 2 份材料" in read


# --- a booking on paper -----------------------------------------------------------------------------------------------


def test_a_booking_to_come_is_printed_from_its_page(hall: config.Hall) -> None:
    walk, code = Walk(hall), "B4D-2MK7QX"
    walk.does(Scanned(code, "scan"))
    walk.does(Found("scan", LookedUp.model_validate(samples.found_json("appointment", "other_day", may_slip=True))))
    assert walk.goes("slip") == "result"
    wish = walk.wish()
    assert isinstance(wish, PrintList) and code not in repr(wish)
    assert request(wish, "K1") == ("/kiosks/K1/bookings", {"code": code, "language": "zh", "large_print": False})
    assert walk.does(ListCame(wish.key, Slip.model_validate(samples.slip_json()))) == "list"
    assert message.message(walk.state, walk.now).title == "请取走预约凭条"
    assert walk.goes("back") == "result"
    walk = Walk(hall, printer=samples.PRINTER_OUT)
    walk.does(Scanned(code, "scan"))
    walk.does(Found("scan", LookedUp.model_validate(samples.found_json("appointment", "other_day", may_slip=True))))
    assert walk.goes("slip") == "result" and not isinstance(walk.wish(), PrintList)
