"""评价 at the kiosk: the code of a number that is done, five levels, what may be added; by hand, key and ear."""

from __future__ import annotations

import config
from config import Text
from kiosk.flow import events, flow
from kiosk.flow.events import Found, GiveRating, Pressed, Rating, RatingTaken, Scanned, Speak, TicketFailed
from kiosk.flow.view import LookedUp
from kiosk.rim.hub_line import request
from kiosk.screens import picture, samples
from kiosk.screens.fonts import Fonts
from kiosk.screens.spoken import said
from tests.kiosk.test_several_flow import Walk

CODE = "T1C-7QF2HM"


def scanned(walk: Walk, **changes: object) -> str:
    walk.does(Scanned(CODE, "scan"))
    found = {**samples.found_json("ticket"), "rating": {**samples.rating_json(), **changes}}
    return walk.does(Found("scan", LookedUp.model_validate(found)))


def test_a_slip_is_scanned_a_level_touched_options_added_and_sent(hall: config.Hall) -> None:
    walk = Walk(hall)
    assert scanned(walk) == "rating"
    assert walk.goes("option:214", "send") == "rating", "no level was touched"
    assert walk.goes("level:2") == "reasons"
    assert walk.goes("option:214", "option:210", "option:214", "option:510") == "reasons"
    assert isinstance(walk.state.screen, Rating) and walk.state.screen.chosen == ("210",), (
        "twice is not; not of its level"
    )
    walk.goes("send")
    wish = walk.wish()
    assert isinstance(wish, GiveRating) and wish == GiveRating(CODE, 2, ("210",), wish.key)
    assert request(wish, "K1") == ("/kiosks/K1/ratings", {"code": CODE, "level": 2, "options": ("210",)})
    assert walk.does(RatingTaken("another's")) != "result"
    assert walk.does(RatingTaken(wish.key)) == "result"
    assert walk.goes("home") == "home"
    assert CODE not in repr(wish), "the code opens something, so no log has it"


def test_a_level_is_changed_and_whoever_rates_nothing_goes_home(hall: config.Hall) -> None:
    walk = Walk(hall)
    scanned(walk)
    walk.goes("level:2", "option:210")
    assert walk.goes("back") == "rating"
    walk.goes("level:5")
    assert isinstance(walk.state.screen, Rating) and (walk.state.screen.level, walk.state.screen.chosen) == (5, ())
    assert [walk.goes("back"), walk.goes("back")] == ["rating", "home"]
    assert not any(isinstance(one, GiveRating) for one in walk.effects)


def test_a_code_is_typed_and_a_number_that_may_not_be_rated_is_said_as_before(hall: config.Hall) -> None:
    walk = Walk(hall)
    assert walk.goes("rate") == "enter"
    walk.goes("key:T", "key:1", "key:ok")
    wish = walk.wish()
    assert isinstance(wish, events.LookUp) and wish.code == "T1"
    assert walk.does(Found(wish.key, LookedUp.model_validate(samples.found_json("ticket")))) == "result"


def test_a_refusal_says_why_and_a_lost_answer_asks_again_with_the_same_key(hall: config.Hall) -> None:
    walk = Walk(hall)
    scanned(walk)
    walk.goes("level:4", "send")
    wish = walk.wish()
    assert isinstance(wish, GiveRating)
    walk.does(TicketFailed(wish.key))
    walk.does(events.Tick(), 1.0)
    assert [one for one in walk.effects if isinstance(one, GiveRating)] == [wish, wish]
    why = Text("已经追评过，谢谢。", "Second thoughts were added already, thank you.")
    assert walk.does(TicketFailed(wish.key, refused=True, reason=why)) == "trouble"
    assert flow.face(walk.state) == "trouble" and walk.goes("home") == "home"


def test_it_is_done_by_ear_and_what_was_chosen_is_said(hall: config.Hall, fonts: Fonts) -> None:
    walk = Walk(hall)
    scanned(walk, rated={"zh": "满意", "en": "Satisfied"})

    def presses(name: str) -> str:
        targets = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), fonts.measure).order
        before = len(walk.effects)
        walk.does(Pressed(name, targets, f"p{len(walk.effects)}"))
        told = [one for one in walk.effects[before:] if isinstance(one, Speak)]
        drawn = picture.scene(walk.state, picture.Moment(samples.NOW, walk.now), (1080, 1920), fonts.measure)
        return " ".join(said(one, drawn) for one in told)

    first = presses("down")
    assert "您评过“满意”，还可以追评一次" in first and "非常不满意" in first
    assert presses("down").startswith("满意，第2项")
    assert presses("ok") and getattr(walk.state.screen, "level", 0) == 4
    presses("back")
    for _ in range(3):
        presses("down")
    presses("ok")
    assert getattr(walk.state.screen, "level", 0) == 2
    assert presses("ok").startswith("没有提供材料样本：已选，第1项")
    assert presses("ok").startswith("没有提供材料样本，第1项")


def test_whoever_walks_away_after_a_level_has_given_it(hall: config.Hall) -> None:
    walk = Walk(hall)
    scanned(walk)
    assert walk.does(events.Tick(), 500.0) == "home", "no level: nothing is given"
    scanned(walk)
    walk.goes("level:5", "option:510")
    assert walk.does(events.Tick(), 500.0) == "asking"
    wish = walk.wish()
    assert isinstance(wish, GiveRating) and (wish.level, wish.options) == (5, ("510",)) and wish.key
    assert walk.does(RatingTaken(wish.key)) == "result"
    assert walk.does(events.Tick(), 500.0) == "home"
