"""Whole visits by ear alone: the keypad's keys in, what is said out. Nothing is known but what was heard."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import config
from config import Text
from kiosk.flow import events, flow
from kiosk.flow.events import Found, ListCame, ListNow, Pressed, PrintCame, Shown, Speak, State, Tick, TicketCame, Touch
from kiosk.flow.view import LookedUp, Slip, Ticket, View, plate_of
from kiosk.screens import picture, samples
from kiosk.screens.fonts import Fonts
from kiosk.screens.spoken import said

SIZE = (1080, 1920)


class Ear:
    """Somebody who sees nothing: presses keys, and keeps what is said. The hub is answered by hand."""

    def __init__(self, hall: config.Hall, fonts: Fonts) -> None:
        self.hall, self.fonts = hall, fonts
        self.state = State(plate_of(hall))
        self.now, self.keys = 100.0, 0
        self.heard: list[str] = []
        self.effects: list[events.Effect] = []
        self.happens(Shown(View.model_validate(samples.view_json(hall, "K1"))))

    def page(self, state: State | None = None) -> Any:
        moment = picture.Moment(samples.NOW, self.now)
        return picture.scene(state or self.state, moment, SIZE, self.fonts.measure)

    def happens(self, event: events.Event, after: float = 2.0) -> str:
        """The words that it brings, "" for silence."""
        self.now += after
        self.state, effects = flow.step(self.state, event, self.now)
        told = [said(effect, self.page(effect.state)) for effect in effects if isinstance(effect, Speak)]
        self.effects += [effect for effect in effects if not isinstance(effect, Speak)]
        assert len(told) <= 1, "the second would silence the first"
        self.heard += told
        return told[0] if told else ""

    def press(self, name: str) -> str:
        self.keys += 1
        return self.happens(Pressed(name, self.page().order, f"k{self.keys}"))

    def find(self, word: str) -> str:
        """Down until the word is heard; each step says its place."""
        count = len(self.page().order)
        for _ in range(count + 1):
            told = self.press("down")
            assert told, "a step of the ring in silence"
            if told.startswith(word):
                return told
        raise AssertionError(f"{word} is not among {self.heard[-count:]}")

    def wish(self) -> Any:
        """What the hub was asked for last."""
        return next(e for e in reversed(self.effects) if not isinstance(e, events.WatchPrint | events.WatchList))

    def taken(self, state: str = "queued", **changes: Any) -> str:
        ticket = Ticket.model_validate(samples.ticket_json(state, **changes))
        return self.happens(TicketCame(self.wish().key, ticket), after=0.1)


@pytest.fixture
def ear(hall: config.Hall, fonts: Fonts) -> Ear:
    return Ear(hall, fonts)


def test_the_first_key_says_how_it_works_the_page_and_where_one_is(ear: Ear) -> None:
    told = ear.press("down")
    assert told.startswith("上下键移动，确定键选中，返回键退回。 您好，请点一下要办的事。")
    assert told.endswith(f"社保医保，等候 3 人，约 10–20 分钟，第1项，共{len(ear.page().order)}项。")


def test_a_number_is_taken(ear: Ear) -> None:
    ear.press("ok")
    told = ear.press("ok")
    assert told.startswith("请点一下要办的事项，就能取号。") and "社会保障卡申领" in told
    assert ear.find("社会保险登记变更/注销").endswith("项。")
    assert ear.press("ok") == "", "the hub answers at once: there is nothing to say yet"
    assert ear.wish().service == "SB02"
    told = ear.taken()
    assert told.startswith("您的号码是 A 0 1 8。") and "前面等候：4 人。" in told and "正在打印，请取走号票" in told
    told = ear.happens(PrintCame(Ticket.model_validate(samples.ticket_json("printed"))))
    assert "请取走号票 请留意大屏和广播叫号" in told
    ear.find("完成，返回首页")
    ear.press("ok")
    assert flow.face(ear.state) == "home" and ear.state.focus is None, "the next person finds a silent kiosk"


def test_waiting_for_the_hub_is_said(ear: Ear) -> None:
    ear.press("ok")
    ear.find("我不确定，请帮我")
    ear.press("ok")
    assert ear.happens(Tick(), after=0.5).startswith("正在取号，请稍候…")
    assert ear.happens(Tick(), after=10).startswith("叫号系统没有回答")
    assert ear.find("再试一次")


def test_an_appointment_checks_in_with_a_code_that_is_typed(ear: Ear) -> None:
    ear.press("ok")
    ear.find("我有预约")
    assert ear.press("ok").startswith("我有预约 请把预约码对准扫码口，或者在这里输入。")
    assert ear.press("7") == "已输入：7"
    assert ear.press("8") == "已输入：7 8"
    assert ear.press("del") == "已输入：7"
    assert ear.press("del") == "已清空"
    ear.find("5，")
    assert ear.press("ok") == "已输入：5"
    ear.find("确定")
    ear.press("ok")
    assert isinstance(ear.wish(), events.LookUp) and ear.wish().code == "5"
    found = LookedUp.model_validate(samples.found_json("appointment"))
    assert ear.happens(Found(ear.wish().key, found), after=0.1).startswith("预约 09:30，请签到。")
    assert ear.find("签到").startswith("签到，第")
    ear.press("ok")
    assert isinstance(ear.wish(), events.CheckIn)
    assert "A 0 1 8" in ear.taken()


def test_a_ticket_that_was_scanned_is_printed_again(ear: Ear) -> None:
    ear.press("down")
    ear.happens(events.Scanned("T-17", "scan"))
    found = LookedUp.model_validate(samples.found_json("ticket"))
    assert ear.happens(Found("scan", found)).startswith("A018 前面还有 4 人")
    ear.find("补打号票")
    ear.press("ok")
    assert isinstance(ear.wish(), events.Reprint)
    assert "A 0 1 8" in ear.taken("queued")


def test_one_more_paper_and_the_number_given_back(ear: Ear) -> None:
    ear.press("ok")
    ear.find("我不确定，请帮我")
    ear.press("ok")
    ear.taken("printed")
    ear.find("再打一张")
    ear.press("ok")
    assert isinstance(ear.wish(), events.PrintAgain)
    assert "A 0 1 8" in ear.taken("printed")
    ear.find("取错了")
    told = ear.press("ok")
    assert told.startswith("要退掉 A018 吗？") and "不退，留着，第1项" in told, "ok once more keeps it"
    ear.find("退掉这个号")
    ear.press("ok")
    assert isinstance(ear.wish(), events.GiveBack)
    gone = Ticket.model_validate({**samples.ticket_json("printed"), "state": "left"})
    assert ear.happens(TicketCame(ear.wish().key, gone), after=0.1).startswith("A018 已经退掉")


def test_what_to_bring_is_heard_and_printed(ear: Ear) -> None:
    ear.press("ok")
    ear.press("ok")
    ear.find("社会保障卡申领(个人社会保险登记) 要带什么")
    told = ear.press("ok")
    assert "请带：身份证" in told and "照片" in told
    ear.find("打印材料清单")
    ear.press("ok")
    assert isinstance(ear.wish(), events.PrintList)
    slip = Slip.model_validate(samples.slip_json("queued"))
    assert ear.happens(ListCame(ear.wish().key, slip), after=0.1).startswith("正在打印材料清单")
    told = ear.happens(ListNow(Slip.model_validate(samples.slip_json("printed"))))
    assert told.startswith("请取走材料清单")


def test_a_card_is_asked_for_and_not_needed(ear: Ear) -> None:
    ear.happens(Shown(View.model_validate(samples.view_json(ear.hall, "K1", quota_per_person=True))))
    ear.press("ok")
    ear.press("ok")
    ear.find("社会保险登记变更/注销")
    assert ear.press("ok").startswith("刷身份证取号 读什么：")
    ear.find("同意，刷证取号")
    assert ear.press("ok").startswith("请把身份证放在读卡区")
    told = ear.happens(events.CardFailed(samples.CARD_FAILED))
    assert told.startswith("没有读到身份证"), "a card that is not read is said by itself"
    ear.find("不刷证取号")
    ear.press("ok")
    assert ear.wish().service == "SB02" and ear.wish().holder is None
    assert "A 0 1 8" in ear.taken()


def test_what_the_hub_refuses_is_heard_with_what_to_do(ear: Ear) -> None:
    ear.press("ok")
    ear.press("ok")
    ear.press("ok")
    why = Text("今天的号已经取完。", "All numbers of today are given out.")
    told = ear.happens(events.TicketFailed(ear.wish().key, refused=True, reason=why), after=0.1)
    assert told.startswith("现在不能取这个号 今天的号已经取完。") and "咨询台" in told
    ear.find("返回首页")
    assert ear.press("ok").startswith("您好")


def test_a_whole_visit_in_english(ear: Ear) -> None:
    ear.press("ok")
    ear.find("English")
    ear.press("ok")
    ear.find("Social & medical insurance, 3 waiting")
    assert ear.press("ok").startswith("Touch an item to take a number.")
    ear.find("Change or cancel social insurance registration,")
    ear.press("ok")
    assert ear.wish().language == "en"
    told = ear.taken("printed")
    assert told.startswith("Your number is A 0 1 8.") and not any("\u4e00" <= sign <= "\u9fff" for sign in told), told


def test_what_the_hall_publishes_is_heard(ear: Ear) -> None:
    ear.press("ok")
    ear.find("信息公开")
    ear.press("ok")
    ear.find("服务承诺")
    assert "等候不超过20分钟" in ear.press("ok")


def test_pages_are_leafed_through(ear: Ear) -> None:
    ear.press("ok")
    ear.press("ok")
    ear.find("下一页")
    ear.press("ok")
    assert ear.state.screen == events.Items("social", 1)
    assert ear.find("上一页")


def test_another_language_and_the_modes_are_said(ear: Ear) -> None:
    ear.press("ok")
    ear.find("English")
    told = ear.press("ok")
    count = len(ear.page().order)
    assert told.startswith("Hello. Please touch what you came for."), "the page in the new language"
    assert told.endswith(f" of {count}.") and told.split(". ")[-1].startswith("中文, "), "the ring stays where it was"
    ear.find("Large print")
    told = ear.press("ok")
    assert ear.state.large and told.endswith(", large print is on."), "the page and, where one stands, how it is now"
    assert ear.find("Normal print").endswith(", large print is on."), "the key is the way back"
    ear.find("Lower keys")
    assert ear.press("ok").endswith(", the keys are low.")


def test_no_paper_is_a_switch_that_says_how_it_stands(ear: Ear) -> None:
    ear.press("ok")
    ear.press("ok")
    assert not ear.find("不打印号票").endswith("已打开。")
    ear.press("ok")
    assert ear.find("不打印号票").endswith("已打开。")
    ear.find("社会保险登记变更/注销")
    ear.press("ok")
    assert ear.wish().paper is False
    assert "请记住号码" in ear.taken("none")
    ear.find("不打印，我记住了")
    ear.press("ok")
    assert ear.state.paper, "the next person gets a slip"


def test_the_last_seconds_are_said_and_more_time_is_a_key(ear: Ear) -> None:
    ear.press("ok")
    ear.press("ok")
    told = ""
    for _ in range(200):
        told = told or ear.happens(Tick(), after=0.5)
    assert told == "20 秒后返回首页。要更多时间，请按上下键。"
    on_screen = ear.state.screen
    assert ear.press("down").endswith("项。"), "and that very key gives it"
    assert [ear.happens(Tick(), after=0.5) for _ in range(100)] == [""] * 100 and ear.state.screen == on_screen


def test_no_key_is_pressed_in_silence(ear: Ear) -> None:
    ear.press("ok")
    at = f"社保医保，等候 3 人，约 10–20 分钟，第1项，共{len(ear.page().order)}项。"
    assert ear.press("7") == at, "a digit is nothing here: where one stands is said again"
    assert ear.press("back") == at, "nor is there a way back from the first page"
    ear.find("我有预约")
    ear.press("ok")
    assert ear.press("del") == "已清空"
    ear.press("back")
    ear.press("ok")
    ear.find("社会保险登记变更/注销")
    ear.press("ok")
    told = ear.happens(Tick(), after=0.5)
    assert told.startswith("正在取号") and ear.press("down") == told, "and while the hub is asked"


def test_a_finger_ends_it_and_without_a_voice_nothing_is_said(ear: Ear) -> None:
    ear.press("ok")
    assert ear.happens(Touch("group:social")) == ""
    ear.state = replace(ear.state, voice=False)
    assert ear.press("down") == "" and ear.press("down") == ""
