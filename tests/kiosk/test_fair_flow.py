"""Fair ways in at the kiosk: the green channel, for whom, before a long wait, and the card that is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import config
from kiosk.flow import events, flow
from kiosk.flow.events import CardLaid, ReadCard, RequestTicket, Shown, State, TellOnline, Tick, TicketFailed, Touch
from kiosk.flow.view import View, plate_of
from kiosk.readers import sdt
from kiosk.rim.hub_line import request
from kiosk.screens import picture, samples
from kiosk.screens.fonts import Fonts
from kiosk.screens.scene import Code
from kiosk.screens.spoken import spoken

TODAY = samples.NOW.date()


class Walk:
    """A kiosk whose view may be changed item by item."""

    def __init__(self, hall: config.Hall, item: dict[str, Any] | None = None, **view: Any) -> None:
        told = samples.view_json(hall, "K1", **view)
        for group in told["groups"]:
            for service in group["services"]:
                service |= (item or {}) if service["code"] == "SB01" else {}
            group["estimate_min"] = [40, 50]
        self.state = State(plate_of(hall))
        self.now = 100.0
        self.effects: list[events.Effect] = []
        self.does(Shown(View.model_validate(told)))

    def does(self, event: events.Event, after: float = 2.0) -> str:
        self.now += after
        before = self.state
        self.state, effects = flow.step(before, event, self.now)
        self.effects += effects
        if word := flow.offered(before, event, self.state):
            self.effects.append(word)
        return flow.face(self.state)

    def goes(self, *targets: str) -> str:
        return [self.does(Touch(target, f"k{i}")) for i, target in enumerate(targets)][-1]


def test_who_says_so_gets_the_class_and_the_next_person_does_not(hall: config.Hall) -> None:
    walk = Walk(hall, long_wait_min=0)
    assert walk.goes("fair") == "fair"
    assert walk.goes("ground:green/elder") == "home"
    walk.goes("group:social", "service:SB01")
    wish = walk.effects[-1]
    assert isinstance(wish, RequestTicket) and (wish.klass, wish.ground) == ("green", "elder")
    assert request(wish, "K1")[1] == {
        "service": "SB01", "language": "zh", "large_print": False, "class": "green", "ground": "elder",
    }  # fmt: skip
    walk = Walk(hall)
    walk.goes("fair", "ground:green/military")
    assert walk.does(Tick(), after=500) == "home" and walk.state.klass == ""


def test_it_may_be_taken_back_and_nothing_else_is_granted(hall: config.Hall) -> None:
    walk = Walk(hall)
    walk.goes("fair", "ground:green/elder", "fair")
    assert walk.goes("ground:") == "home" and (walk.state.klass, walk.state.ground) == ("", "")
    walk.goes("fair")
    for wrong in ("ground:green/ill", "ground:vip/elder", "ground:ordinary/"):
        assert walk.goes(wrong) == "fair" and walk.state.klass == ""
    assert Walk(hall, classes=[]).goes("fair") == "home"


def test_a_refused_class_leads_to_an_ordinary_number_with_one_touch(hall: config.Hall) -> None:
    walk = Walk(hall, long_wait_min=0)
    walk.goes("fair", "ground:green/elder", "group:social", "service:SB01")
    asked_for = walk.effects[-1]
    assert isinstance(asked_for, RequestTicket)
    assert walk.does(TicketFailed(asked_for.key, refused=True, reason=samples.CLASS_GIVEN)) == "trouble"
    assert walk.goes("ordinary") == "asking"
    again = walk.effects[-1]
    assert isinstance(again, RequestTicket) and (again.klass, again.ground) == ("ordinary", "")


@pytest.mark.parametrize(
    ("number", "years"),
    [
        ("350502196611231234", 60),  # sixty today
        ("350502196611241234", 59),  # tomorrow
        ("350502194702301234", None),  # no such day
        ("CHE350019000101", None),  # the old card of foreigners has 15 signs
        ("350502202702011234", None),  # not born yet
    ],
)
def test_the_age_that_a_card_says(number: str, years: int | None) -> None:
    assert flow.age(sdt.born(number), TODAY) == years


@pytest.mark.parametrize(("born", "klass"), [(date(1966, 11, 23), "green"), (date(1966, 11, 24), "ordinary")])
def test_a_laid_card_gives_the_class_from_the_age_on_and_its_date_stays_nowhere(
    hall: config.Hall, born: date, klass: str
) -> None:
    walk = Walk(hall, {"per_person": True}, long_wait_min=0)
    assert walk.goes("group:social", "service:SB01", "card") == "card"
    event = CardLaid("ab", "3505**********1234", "k", born)
    assert walk.does(event) == "asking"
    wish = next(one for one in walk.effects if isinstance(one, RequestTicket))
    assert (wish.klass, wish.ground) == (klass, "age" if klass == "green" else "")
    assert "1966" not in repr((event, walk.state, walk.effects))


def test_a_class_that_is_given_out_is_not_pressed_on_an_old_person(hall: config.Hall) -> None:
    closed = samples.view_json(hall, "K1")["classes"]
    closed[0]["closed"] = samples.CLASS_GIVEN.json()
    walk = Walk(hall, {"per_person": True}, long_wait_min=0, classes=closed)
    walk.goes("group:social", "service:SB01", "card")
    walk.does(CardLaid("ab", "3505**********1234", "k", date(1940, 1, 1)))
    wish = next(one for one in walk.effects if isinstance(one, RequestTicket))
    assert wish.klass == "ordinary"
    assert walk.state.view and samples.CLASS_GIVEN.zh in spoken(
        State(walk.state.plate, events.Fair(), walk.state.view, "up"), 0.0
    )


def test_without_a_card_there_is_no_number_where_one_is_needed(hall: config.Hall) -> None:
    walk = Walk(hall, {"per_person": True, "card_needed": True}, long_wait_min=0)
    assert walk.goes("group:social", "service:SB01") == "notice"
    assert "也可以不刷证" not in spoken(walk.state, walk.now)
    assert walk.goes("skip") == "notice"
    assert walk.goes("card", "skip") == "card"
    assert walk.effects == [ReadCard(on=True)]
    free = Walk(hall, {"per_person": True}, long_wait_min=0)
    assert free.goes("group:social", "service:SB01", "skip") == "asking"


@pytest.mark.parametrize("party", flow.PARTIES)
def test_for_whom_is_asked_in_one_touch_and_goes_with_the_number(hall: config.Hall, party: str) -> None:
    walk = Walk(hall, {"ask_party": True}, long_wait_min=0)
    assert walk.goes("group:social", "service:SB01") == "party"
    assert walk.goes("party:nobody") == "party"
    assert walk.goes(f"party:{party}") == "asking"
    wish = walk.effects[-1]
    assert isinstance(wish, RequestTicket) and wish.party == party
    assert request(wish, "K1")[1]["party"] == party
    counted = Walk(hall, {"ask_party": True, "per_person": True}, long_wait_min=0)
    assert counted.goes("group:social", "service:SB01", f"party:{party}", "card") == "card"
    counted.does(CardLaid("ab", "3505**********1234", "k"))
    wish = next(one for one in counted.effects if isinstance(one, RequestTicket))
    assert wish.party == party, "the card comes after it, and it is not lost"


ONLINE = {"online": "是", "guide": {"url": "https://zwfw.fujian.gov.cn/"}}
BOOKED = {"online": "否", "booking": {"url": "http://10.0.0.5:8000/book", "slot": "2026-11-23T15:00:00+08:00"}}


@pytest.mark.parametrize(
    ("item", "limit", "page"),
    [
        (ONLINE, 30, "wait"),
        (BOOKED, 45, "wait"),
        (ONLINE, 46, "items"),  # 40 to 50 minutes are 45
        (ONLINE, 0, "items"),
        ({"online": "否"}, 30, "items"),  # nothing else to offer
        ({"online": "是", "guide": {"url": ""}}, 30, "items"),
    ],
)
def test_before_a_long_wait_the_other_ways_are_offered(
    hall: config.Hall, item: dict[str, Any], limit: int, page: str
) -> None:
    walk = Walk(hall, item, long_wait_min=limit)
    assert walk.goes("group:social", "service:SB01") == page


def test_a_long_wait_leads_to_a_number_or_online_and_is_counted_once(hall: config.Hall) -> None:
    walk = Walk(hall, ONLINE, long_wait_min=30)
    walk.goes("group:social", "service:SB01")
    assert walk.effects == [TellOnline("SB01", "k1")]
    assert "约等 45 分钟" in spoken(walk.state, walk.now)
    assert walk.goes("back") == "items"
    assert walk.goes("service:SB01", "wait") == "asking"
    assert isinstance(walk.effects[-1], RequestTicket)
    walk = Walk(hall, ONLINE, long_wait_min=30)
    assert walk.goes("group:social", "service:SB01", "online") == "result"
    assert walk.effects[-1] == TellOnline("SB01", "k2", taken=True)
    green = Walk(hall, ONLINE, long_wait_min=30)
    green.goes("fair", "ground:green/elder")
    assert green.goes("group:social", "service:SB01") == "items", "nobody knows that wait"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_of_a_long_wait_says_the_time_and_shows_both_codes(
    hall: config.Hall, fonts: Fonts, language: str
) -> None:
    state = samples.states(hall, "K1", language=language, large=False)["wait"]
    scene = picture.scene(state, picture.Moment(samples.NOW, 0.0), (1080, 1920), fonts.measure)
    codes = [part for part in scene.parts if isinstance(part, Code)]
    assert [code.text.rpartition("/")[2][:4] for code in codes] == ["SB01", ""]
    assert "15:00" in spoken(state, 0.0)


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1280, 1024), (800, 1280)])
@pytest.mark.parametrize("large", [False, True])
def test_the_code_of_ones_place_is_large_enough_for_a_telephone_at_40_cm(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], large: bool
) -> None:
    """A telephone reads a code from ten times its width: 4 cm, which are a seventh of the shorter side of a panel of
    21.5 inches.
    """
    for name in ("ticket-code", "ticket-code-failed", "ticket-code-fair"):
        state = samples.states(hall, "K1", language="zh", large=large)[name]
        scene = picture.scene(state, picture.Moment(samples.NOW, 0.0), size, fonts.measure)
        (code,) = [part for part in scene.parts if isinstance(part, Code)]
        assert min(code.rect.w, code.rect.h) >= min(size) * 0.18
        assert code.text == "http://192.168.100.10:8000/p/T1C-7QF2HM"
        assert not any(
            target.rect.x < code.rect.right and code.rect.x < target.rect.right
            and target.rect.y < code.rect.bottom and code.rect.y < target.rect.bottom
            for target in scene.targets
        )  # fmt: skip
    bare = samples.states(hall, "K1", language="zh", large=large)["ticket-printed"]
    scene = picture.scene(bare, picture.Moment(samples.NOW, 0.0), size, fonts.measure)
    assert not [part for part in scene.parts if isinstance(part, Code)]


def pages_of(state: State, size: tuple[int, int], fonts: Fonts) -> int:
    """How many pages the tiles of the first page take."""
    n = 1
    while True:
        shown = replace(state, screen=events.Home(n - 1))
        scene = picture.scene(shown, picture.Moment(samples.NOW, 0.0), size, fonts.measure)
        assert not scene.cut
        assert not shown.view or not shown.view.classes or {"fair", "other"} & {target.name for target in scene.targets}
        if f"page:{n}" not in scene.order:
            return n
        n += 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 1024), (1024, 768), (800, 1280)])
def test_the_first_page_has_no_more_pages_than_without_the_green_channel(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], language: str
) -> None:
    states = samples.states(hall, "K1", language=language, large=True)
    without = states["home"].view
    assert without
    bare = replace(states["home"], view=without.model_copy(update={"classes": ()}))
    few = pages_of(bare, size, fonts)
    for name in ("home", "home-fair"):
        assert pages_of(states[name], size, fonts) <= few


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_complaints_and_ideas_are_lodged_is_shown_and_said(hall: config.Hall, language: str) -> None:
    """With a code only where a telephone reaches the page; the desk and the number to call always."""
    for url in ("http://192.168.100.10:8000/voice", ""):
        walk = Walk(hall, lodge=url)
        walk.state = replace(walk.state, language=language)
        assert walk.goes("lodge") == "lodge"
        scene = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), Fonts().measure)
        assert [part.text for part in scene.parts if isinstance(part, Code)] == ([url] if url else [])
        said = spoken(walk.state, walk.now)
        assert hall.hall.tel_complaint in said and ("咨询台" in said if language == "zh" else "desk" in said)
        assert walk.goes("back") == "home"
    walk.goes("other")
    assert walk.goes("lodge") == "lodge" and walk.effects == []
