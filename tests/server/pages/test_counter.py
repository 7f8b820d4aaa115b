"""The counter's console: every key of the API with its refusals and repeats, and the page by keyboard alone in a real
Chromium.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from apiflask import APIFlask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Route, expect

import config
from server.health import Health
from server.store.database import Store
from server.verbs import accounts, counters, messages, people, tickets
from server.verbs.hub import By, Hub
from server.views.desk import desk_view
from server.views.hall import hall_view
from server.views.screen import screen_view
from server.voice.outputs import Stage
from tests.conftest import HandClock, write_hall
from tests.hub_process import HubProcess
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, log_in, new_key


def slow(hall: tomlkit.TOMLDocument) -> None:
    hall["console"].update({"call_lock_s": 10, "next_interval_s": 2, "recall_interval_s": 5})  # type: ignore[union-attr]


def everybody_raises(hall: tomlkit.TOMLDocument) -> None:
    hall["console"]["raise_roles"] = ["operator"]  # type: ignore[index]


@pytest.fixture
def hall_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The hall of every test here; `@with_hall(change)` changes it."""
    return write_hall(tmp_path, getattr(request, "param", lambda hall: None))


def with_hall(change: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("hall_file", [change], indirect=True, ids=[change.__name__])


class Console:
    """Counter 1 with 08 at it: `press` is one key press, its answer the console's new view or the problem."""

    def __init__(self, browser: Browser, counter: str = "1", staff: str = "08") -> None:
        self.browser, self.base = browser, f"/api/v1/counters/{counter}"
        browser.log_in(staff, counter)

    def press(self, verb: str, key: str = "", **body: Any) -> Any:
        return self.browser.post(f"{self.base}/{verb}", body, **{"Idempotency-Key": key or new_key()}).get_json()

    @property
    def view(self) -> Any:
        return self.browser.client.get(self.base).get_json()


@pytest.fixture
def console(browser: Browser, hub: Hub) -> Console:
    for service in ("SB01", "MZ01", "SB02"):  # A001, S001, A002
        tickets.issue(hub, By("kiosk"), service, channel="kiosk")
    return Console(browser)


def events(hub: Hub) -> list[str]:
    return [row.event for row in hub.read().journal(0, 10_000)]


# --- the view -------------------------------------------------------------------------------------


def test_the_view_of_a_free_counter(console: Console, hub: Hub, clock: HandClock) -> None:
    clock.forward(600)
    view = console.view
    assert (view["ticket"], view["waiting"], view["hall_waiting"], view["longest"]) == (
        None,
        3,
        3,
        "2026-11-23T09:00:00+08:00",
    )
    assert [t["number"] for t in view["next"]] == ["A001", "S001", "A002"]
    assert view["counter"]["staff_name"] == "员工08"
    assert {"call-next", "call", "pause", "help", "tickets"} <= set(view["allowed"])
    assert view["refusals"]["finish"] == {
        "zh": "1号窗口没有正在办理的号：请先叫号。",
        "en": "Counter 1 holds no number: call one first.",
    }
    assert len(view["outcomes"]) == 8 and view["outcomes"][0] == {"zh": "现场办结", "en": "Done"}


def test_the_view_of_a_number_being_served(console: Console, clock: HandClock) -> None:
    clock.forward(120)
    console.press("call-next")
    clock.forward(30)
    view = console.press("start")
    ticket = view["ticket"]
    assert (ticket["number"], ticket["state"], ticket["waited_s"], ticket["standard_min"]) == (
        "A001",
        "serving",
        120,
        8,
    )
    assert ticket["materials"][0] == "身份证"
    assert ticket["work_since"] == "2026-11-23T09:02:30.000+08:00"
    assert "已等候2分钟" in ticket["why"] and "waited 2 min" in ticket["why_en"]
    assert [line["event"] for line in ticket["life"]] == ["Issued", "Called", "Started"]
    assert view["refusals"]["pass"]["zh"].startswith("A001正在办理，不能过号")
    assert {"finish", "transfer", "suspend"} <= set(view["allowed"])


def test_who_waits_is_who_this_counter_may_call_in_its_own_order(browser: Browser, hub: Hub, clock: HandClock) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    tickets.issue(hub, By("kiosk"), "MZ01")  # counter 4 prefers social assistance
    tickets.issue(hub, By("kiosk"), "LQ01")  # pick-up is counter 5's alone
    console = Console(browser, "4")
    assert [t["number"] for t in console.view["next"]] == ["S001", "A001"]
    assert (console.view["waiting"], console.view["hall_waiting"]) == (2, 3)
    pickup = Console(Browser(browser.client.application.test_client()), "5", "09")
    assert [t["number"] for t in pickup.view["next"]] == ["L001"]
    clock.forward(21 * 60)  # it helps from 20 minutes on
    assert [t["number"] for t in pickup.press("help")["next"]] == ["A001", "S001", "L001"]


def test_who_stands_in_is_said(console: Console, hub: Hub) -> None:
    assert console.view["counter"]["standing_in"] is None
    people.set_post(
        hub, By("50"), "zh2", name="综合二岗", name_en="General 2", counter="2", a="09", b="50", reason="设岗"
    )
    hub.turn(lambda turn: people.take_counter(hub, turn, "2", "50", "manager", "请假"))
    shown = console.browser.client.get("/api/v1/counters/2").get_json()["counter"]["standing_in"]
    assert (shown["for"], shown["is_b"], shown["approved"]) == ("员工09", True, False)


def test_only_who_sits_there_presses_its_keys(console: Console) -> None:
    answer = console.browser.post("/api/v1/counters/2/call-next")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        403,
        "您登录的不是2号窗口：请退出后在登录页选2号窗口再按。",
    )
    assert answer.get_json()["detail_en"].startswith("You are not logged in at Counter 2: log out and choose")
    assert console.browser.post("/api/v1/counters/99/call-next").status_code == 404


# --- the keys -------------------------------------------------------------------------------------


def test_a_visit_with_every_step(console: Console, hub: Hub) -> None:
    assert console.press("call-next")["acted"]["number"] == "A001"
    assert console.press("recall")["ticket"]["calls"] == 2
    assert console.press("start")["ticket"]["state"] == "serving"
    view = console.press("suspend", kind="kept")
    assert (view["ticket"], [(t["number"], t["suspended"]) for t in view["suspended"]]) == (None, [("A001", "kept")])
    assert console.press("resume-ticket", ticket=1)["ticket"]["number"] == "A001"
    view = console.press("finish", outcome="受理待办", items=["SB01", "YB02"])
    assert view["finished_today"] == 1
    assert [i["code"] for i in view["finished"][0]["items"]] == ["SB01", "YB02"]
    assert view["finished"][0]["outcome"] == {"zh": "受理待办", "en": "Accepted"}


@pytest.mark.parametrize(
    ("verb", "body", "detail"),
    [
        ("recall", {}, "1号窗口没有正在办理的号：请先叫号。"),
        ("start", {}, "1号窗口没有正在办理的号：请先叫号。"),
        ("pass", {}, "1号窗口没有正在办理的号：请先叫号。"),
        ("finish", {"outcome": "现场办结"}, "1号窗口没有正在办理的号：请先叫号。"),
        ("suspend", {"kind": "kept"}, "1号窗口没有正在办理的号：请先叫号。"),
        ("transfer", {"service": "SB02", "reason": "事项不符"}, "1号窗口没有正在办理的号：请先叫号。"),
        ("transfer", {"ticket": 1, "service": "SB02", "reason": "事项不符"}, "A001不在1号窗口办理，不能转移。"),
        ("leave", {}, "1号窗口没有正在办理的号：请先叫号。"),
        ("leave", {"ticket": "A009"}, "今天没有A009号。"),
        ("take-back", {"ticket": 1}, "A001等候中，不能过号受理；可以：呼叫、优先、转移、弃号。"),
        ("resume-ticket", {"ticket": "A001"}, "A001等候中，不能恢复办理；可以：呼叫、优先、转移、弃号。"),
        ("raise", {"ticket": 1, "reason": "老年人"}, "没有“优先”的权限：请按“求助”或找咨询台。"),
        ("call", {"number": "A777"}, "今天没有A777号。"),
        ("call", {"number": "777"}, "今天没有777号。"),
        ("call", {"number": "1"}, "1号有A001、S001：请加上字母。"),
        ("undo", {}, "没有可以撤销的操作：只能撤销本人60秒内的最后一步，之后没有别人再操作。"),
        ("undo", {"ticket": 2}, "没有可以撤销的操作：只能撤销本人60秒内的最后一步，之后没有别人再操作。"),
        ("tickets", {"service": "XX99"}, "没有事项“XX99”。"),
        ("reprint", {"ticket": 999}, "没有第999号记录。"),
    ],
)
def test_a_refusal_is_a_sentence_in_both_languages(
    console: Console, hub: Hub, verb: str, body: dict[str, Any], detail: str
) -> None:
    before = hub.seq
    answer = console.press(verb, **body)
    assert answer["detail"] == detail
    assert answer["detail_en"] and answer["status"] in (403, 404, 409)
    assert hub.seq == before


REPEATED = [
    ("call-next", [], {}),
    ("call", [], {"number": "S001"}),
    ("call", [], {"number": "2"}),
    ("recall", ["call-next"], {}),
    ("start", ["call-next"], {}),
    ("pass", ["call-next"], {}),
    ("finish", ["call-next"], {"outcome": "咨询"}),
    ("suspend", ["call-next", "start"], {"kind": "away"}),
    ("transfer", ["call-next"], {"ticket": 1, "service": "SB02", "keep": False, "reason": "事项不符"}),
    ("leave", ["call-next"], {"ticket": 1}),
    ("take-back", ["call-next", "pass"], {"ticket": "A001"}),
    ("undo", ["call-next"], {}),
    ("reprint", [], {"ticket": 1}),
    ("tickets", [], {"service": "SB03", "call": True}),
    ("pause", [], {"reason": "午餐"}),
    ("resume", ["pause"], {}),
    ("help", [], {}),
    ("help-answered", ["help"], {}),
]


@pytest.mark.parametrize(
    ("verb", "before", "body"), REPEATED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_same_press_twice_is_one_step(
    console: Console, hub: Hub, verb: str, before: list[str], body: dict[str, Any]
) -> None:
    for earlier in before:
        console.press(earlier)
    first = console.press(verb, key="one-and-the-same-press", **body)
    assert "seq" in first, first
    told = hub.seq
    second = console.press(verb, key="one-and-the-same-press", **body)
    assert (second["acted"] or {}).get("id") == (first["acted"] or {}).get("id")
    assert hub.seq == told


def test_an_answer_is_never_older_than_what_its_key_did(console: Console, hub: Hub) -> None:
    assert console.view["ticket"] is None
    hub.store.on_commit = lambda seq, events: None  # whoever follows is not told yet
    assert console.press("call-next")["ticket"]["number"] == "A001"
    assert console.press("start")["ticket"]["state"] == "serving"


def test_digits_alone_call_the_only_number_that_has_them(console: Console) -> None:
    assert console.press("call", number="2")["ticket"]["number"] == "A002"


def test_transfer_to_a_service_a_counter_and_a_colleague(console: Console, hub: Hub) -> None:
    counters.open_counter(hub, By("09"), "2", staff="09")
    assert console.view["counters"] == [
        {"id": "2", "name": "2号窗口", "name_en": "Counter 2", "state": "open", "staff": "09", "staff_name": "员工09"}
    ]
    for number, to in (
        ("A001", {"service": "YB02", "keep": False}),
        ("S001", {"counter": "2"}),
        ("A002", {"staff": "09"}),
    ):
        console.press("call", number=number)
        assert console.press("transfer", reason="需其他窗口办理", **to)["ticket"] is None
    waiting = {t.label: (t.service, t.target) for t in hub.read().waiting()}
    assert waiting == {"A001": ("YB02", ""), "S001": ("MZ01", "counter:2"), "A002": ("SB02", "staff:09")}
    assert [t["number"] for t in console.view["next"]] == ["A001"]


def test_passed_numbers_are_one_tap_away_for_a_while(console: Console, clock: HandClock) -> None:
    for _ in range(2):
        console.press("call-next")
        clock.forward(1)
        console.press("pass")
    assert [t["number"] for t in console.view["passed"]] == ["S001", "A001"]
    assert {"take back", "call"} <= set(console.view["passed"][0]["allowed"])
    view = console.press("take-back", ticket=1)
    assert [t["number"] for t in view["next"]] == ["A002", "A001"]
    clock.forward(31 * 60)
    assert console.press("help")["passed"] == []


def test_raising_is_a_permission(console: Console, app: APIFlask) -> None:
    assert "raise" not in console.view["allowed"]
    manager = Console(Browser(app.test_client()), "2", "50")
    assert "raise" in manager.view["allowed"]
    view = manager.press("raise", ticket="A002", reason="老年人")
    assert view["next"][0]["number"] == "A002" and view["next"][0]["raised"]
    assert (view["undo"]["zh"], view["undo"]["en"]) == ("优先 A002", "raise A002")
    view = manager.press("undo", ticket=view["undo"]["id"])
    assert [t["number"] for t in view["next"]] == ["A001", "S001", "A002"]


@with_hall(everybody_raises)
def test_the_roles_that_raise_are_a_setting(console: Console) -> None:
    assert console.press("raise", ticket=3, reason="老年人")["next"][0]["number"] == "A002"


def test_what_would_be_undone_and_until_when(console: Console, clock: HandClock) -> None:
    assert console.view["undo"] is None
    console.press("call-next")
    view = console.press("finish", outcome="其他")
    assert (view["undo"]["step"], view["undo"]["zh"], view["undo"]["until"]) == (
        "Finished",
        "办结 A001",
        "2026-11-23T09:01:00.000+08:00",
    )
    view = console.press("undo")
    assert (view["ticket"]["state"], view["undo"]["zh"]) == ("called", "呼叫 A001")
    clock.forward(61)
    assert console.press("help")["undo"] is None


def test_a_call_that_was_recalled_is_not_offered_to_undo(console: Console) -> None:
    console.press("call-next")
    assert console.press("recall")["undo"] is None


def test_pause_help_and_back(console: Console) -> None:
    view = console.press("pause", reason="午餐")
    assert (view["counter"]["open"], view["counter"]["reason"]) == ("paused", {"zh": "午餐", "en": "Lunch"})
    assert view["refusals"]["call-next"]["zh"] == "1号窗口已暂停：请先按“继续”。"
    assert "resume" in view["allowed"]
    assert console.press("resume")["counter"]["open"] == "open"
    assert console.press("help")["counter"]["help_at"] == "2026-11-23T09:00:00+08:00"
    assert console.press("help-answered")["counter"]["help_at"] is None


def test_a_number_for_a_person_called_at_once_or_not(console: Console) -> None:
    taken = console.browser.post("/api/v1/counters/1/tickets", {"service": "SB03", "class": "green", "language": "en"})
    assert (taken.status_code, taken.get_json()["acted"]["number"], taken.get_json()["ticket"]) == (201, "A003", None)
    assert console.press("tickets", service="SB03", call=True)["ticket"]["number"] == "A004"
    refused = console.press(
        "tickets", service="SB03", call=True
    )  # A004 is still here: the number stands, the call does not
    assert (refused["acted"]["number"], refused["refused"]["zh"]) == ("A005", "A004已呼叫，尚未到窗：请先开始或过号。")


@with_hall(slow)
def test_locks_are_instants_and_the_hub_keeps_them(console: Console, clock: HandClock) -> None:
    view = console.press("call-next")
    assert view["locks"] == {
        "finish": "2026-11-23T09:00:10.000+08:00",
        "pass": "2026-11-23T09:00:10.000+08:00",
        "recall": "2026-11-23T09:00:05.000+08:00",
        "call-next": "2026-11-23T09:00:02.000+08:00",
    }
    assert console.press("pass")["detail"] == "刚刚呼叫过：请等10秒再按。"
    clock.forward(10)
    assert console.view["locks"] == {} or console.press("help")["locks"] == {}
    assert console.press("pass")["passed"][0]["number"] == "A001"


# --- the page -------------------------------------------------------------------------------------


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def test_a_whole_visit_with_every_hot_key(page: Page, web: Web, hub: Hub, clock: HandClock) -> None:
    for service in ("SB01", "SB02", "SB03", "SB04"):
        tickets.issue(hub, By("kiosk"), service)
        clock.forward(1)
    log_in(page, web, "08", "1")
    number, state, news = page.locator("#number"), page.locator("#counter-state"), page.locator("#news")
    expect(page.locator("#waiting")).to_have_text("4")
    keys(page, "F2")
    expect(number).to_have_text("A001")
    keys(page, "F3")
    expect(page.locator("#marks")).to_contain_text("已呼 2 次")
    keys(page, "F4")
    expect(state).to_contain_text("办理中")
    keys(page, "F8", "2")
    expect(page.locator("#suspended")).to_contain_text("A001")
    keys(page, "Shift+F8", "1")
    expect(number).to_have_text("A001")
    expect(state).to_contain_text("办理中")
    keys(page, "F7")
    page.keyboard.type("YB02")
    keys(page, "Enter")
    expect(page.locator("#transfer-reasons button").first).to_be_focused()
    keys(page, "0", "1")
    expect(news).to_contain_text("A001已转移。")
    keys(page, "F2")
    expect(number).to_have_text("A002")
    keys(page, "F5", "+")
    page.keyboard.type("养老")
    keys(page, "ArrowDown", "ArrowDown", "Enter")
    expect(page.locator("#outcomes button").first).to_be_focused()
    keys(page, "3", "2", "Enter")  # 补正 ticks what is missing
    expect(page.locator("#finished")).to_contain_text("补正")
    keys(page, "Control+z")
    expect(number).to_have_text("A002")
    keys(page, "F5", "Shift+Digit2", "1")  # finish with its case, and call the next
    page.fill("#slip-platform", "QZ-2026-000123")
    keys(page, "Enter")
    expect(number).to_have_text("A003")
    keys(page, "F6")
    expect(page.locator("#passed")).to_contain_text("A003")
    keys(page, "Shift+F6", "1")
    expect(news).to_contain_text("A003已重新排入队列。")
    keys(page, "Shift+F4")
    page.keyboard.type("mz01")
    keys(page, "Enter")
    expect(page.locator("#wish-class input:checked")).to_be_focused()
    keys(page, "Shift+Enter")
    expect(page.locator("#number")).to_have_text("S001")
    keys(page, "Shift+F3")
    expect(page.locator("#refusal, #news").locator("visible=true")).to_contain_text("S001")
    keys(page, "Shift+F7", "1")
    expect(news).to_contain_text("S001已弃号。")
    keys(page, "F12")
    expect(page.locator("#helping")).to_be_visible()
    keys(page, "F12")
    expect(page.locator("#helping")).to_be_hidden()
    keys(page, "F9", "2")
    expect(page.locator("#matter")).to_contain_text("已暂停：午餐")
    keys(page, "F9")
    expect(state).to_contain_text("空闲")
    page.keyboard.type("a4")
    keys(page, "Enter")
    expect(number).to_have_text("A004")
    told = events(hub)
    assert {
        "Recalled",
        "Suspended",
        "Resumed",
        "Transferred",
        "Finished",
        "Undone",
        "Passed",
        "Returned",
        "Left",
        "HelpAsked",
        "CounterPaused",
    } <= set(told)
    transferred = hub.read().ticket(1)
    assert transferred and (transferred.service, transferred.rank > 1795395600.0 - 1) == ("YB02", True)


def test_a_refused_hot_key_says_why_and_the_next_key_clears_it(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    for key in ("F3", "F4", "F5", "F6", "F7", "F8"):
        keys(page, key)
        expect(page.locator("#refusal")).to_contain_text("1号窗口没有正在办理的号：请先叫号。")
        expect(page.locator("dialog[open]")).to_have_count(0)
    keys(page, "F2")
    expect(page.locator("#number")).to_have_text("A001")
    expect(page.locator("#refusal")).to_be_hidden()
    keys(page, "F2")
    expect(page.locator("#refusal")).to_contain_text("A001已呼叫，尚未到窗：请先开始或过号。")
    assert hub.read().waiting_count() == 0
    expect(page.locator('[data-verb="raise"]')).to_be_hidden()
    keys(page, "Shift+F9")
    expect(page.locator("#refusal")).to_contain_text("没有“优先”的权限")


def test_two_quick_presses_call_one_person(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    pressed = """() => {
      const f2 = () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "F2", bubbles: true,
        cancelable: true }));
      f2(); f2();
      return document.querySelector('[data-verb="call-next"]').getAttribute("aria-busy");
    }"""
    assert page.evaluate(pressed) == "true"  # felt in the same frame
    expect(page.locator("#number")).to_have_text("A001")
    keys(page, "F2")
    expect(page.locator("#refusal")).to_be_visible()
    assert hub.read().waiting_count() == 2


def test_a_press_while_the_feed_is_ahead_of_the_answer_is_refused_in_words(page: Page, web: Web, hub: Hub) -> None:
    """The feed may show the number before the key's answer comes: pressed once more it calls nobody, and says so."""
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    held: list[tuple[Route, Any]] = []
    page.route("**/call-next", lambda route: held.append((route, route.fetch())))
    keys(page, "F2")
    expect(page.locator("#number")).to_have_text("A001")
    expect(page.locator('[data-verb="call-next"]')).to_have_attribute("aria-busy", "true")  # not answered yet
    keys(page, "F2")
    expect(page.locator("#refusal")).to_contain_text("A001")
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(page.locator('[data-verb="call-next"]')).to_have_attribute("aria-busy", "false")
    expect(page.locator("#refusal")).to_be_visible()
    assert hub.read().waiting_count() == 2 and events(hub).count("Called") == 1


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(2):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("2")
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        sent.append(route.request.headers["idempotency-key"])
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/call-next", lose_the_first_answer)
    with page.expect_response("**/call-next"):  # the feed may show the number before the second answer comes
        keys(page, "F2")
    expect(page.locator('[data-verb="call-next"]')).to_have_attribute("aria-busy", "false")
    expect(page.locator("#number")).to_have_text("A001")
    expect(page.locator("#refusal")).to_be_hidden()
    assert sent[0] == sent[1]
    assert (events(hub).count("Called"), hub.read().waiting_count()) == (1, 1)


def test_the_hub_is_killed_while_a_key_is_pressed_and_comes_back(page: Page, tmp_path: Path) -> None:
    process = HubProcess(tmp_path)
    hall = config.load(process.file)
    before = Hub(hall, Store(hall.data))
    accounts.put(before, By("administrator"), "08", "王敏", "operator", "pass-08")
    for _ in range(2):
        tickets.issue(before, By("kiosk"), "SB01", channel="desk")
    before.store.close()
    process.start()
    page.goto(f"http://127.0.0.1:{process.port}/login")
    page.fill("[name=staff]", "08")
    page.fill("[name=password]", "pass-08")
    page.select_option("[name=counter]", "1")
    page.click("button.primary")
    expect(page.locator("#waiting")).to_have_text("2")
    now = page.evaluate("Date.now()") / 1000
    page.clock.set_fixed_time(now)  # a press has a patience of its own, and a hub may start more slowly
    process.kill()
    keys(page, "F2")
    expect(page.locator('[data-verb="call-next"]')).to_have_attribute("aria-busy", "true")
    expect(page.locator("#number")).to_have_text("—")  # nothing is shown before the hub has said it
    expect(page.locator("#sending")).to_be_visible()
    expect(page.locator("#lost")).to_be_visible()
    process.start()
    expect(page.locator("#number")).to_have_text("A001")
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#sending")).to_be_hidden()
    expect(page.locator("#waiting")).to_have_text("1")
    process.kill()


@with_hall(slow)
def test_a_locked_key_counts_down_and_comes_free_by_itself(page: Page, web: Web, hub: Hub, clock: HandClock) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    page.clock.install()
    page.goto(f"{web.base}/counter")
    expect(page.locator("#waiting")).to_have_text("1")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)  # ten seconds are ten seconds on a slow machine, too
    keys(page, "F2")
    passing = page.locator('[data-verb="pass"]')
    expect(passing.locator("kbd")).to_have_text("10 s")
    expect(passing).to_be_disabled()
    keys(page, "F5")
    expect(page.locator("#refusal")).to_contain_text("请等")
    page.clock.run_for(4000)  # the hub's clock stands still: the page counts by itself
    expect(passing.locator("kbd")).to_have_text(re.compile("^[456] s$"))
    clock.forward(11)
    page.clock.run_for(7000)
    expect(passing).to_be_enabled()
    expect(passing.locator("kbd")).to_have_text("F6")
    keys(page, "F6")
    expect(page.locator("#passed")).to_contain_text("A001")


@with_hall(everybody_raises)
def test_raising_by_keyboard(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    expect(page.locator('[data-verb="raise"]')).to_be_visible()
    keys(page, "Shift+F9", "3", "1")
    expect(page.locator("#next li").first).to_contain_text("A003")


def test_escape_closes_and_the_focus_returns(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    keys(page, "F2")
    expect(page.locator("#number")).to_have_text("A001")
    page.locator('[data-verb="transfer"]').focus()
    keys(page, "F7", "F7")
    expect(page.locator('#transfer-kind input[value="counter"]')).to_be_checked()
    keys(page, "F2", "F5")  # swallowed: a dialog is open
    expect(page.locator("dialog[open]")).to_have_count(1)
    keys(page, "Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator('[data-verb="transfer"]')).to_be_focused()


def test_what_was_received_is_ticked_and_stays_on_this_machine(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "YB02")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    keys(page, "F2")
    page.get_by_label("诊断证明").check()
    page.reload()
    expect(page.get_by_label("诊断证明")).to_be_checked()
    expect(page.get_by_label("病历", exact=True)).not_to_be_checked()


def test_finishing_and_calling_the_next_is_a_choice_that_is_remembered(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("3")
    keys(page, "F2")
    expect(page.locator("#number")).to_have_text("A001")
    keys(page, "F5")
    page.locator("#then-next").check()
    keys(page, "1")
    expect(page.locator("#number")).to_have_text("A002")
    keys(page, "F5", "1")
    expect(page.locator("#number")).to_have_text("A003")
    page.reload()
    expect(page.locator("#number")).to_have_text("A003")
    keys(page, "F5")
    expect(page.locator("#then-next")).to_be_checked()


def test_the_main_keys_stay_in_sight_in_large_type_and_on_a_tablet(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "YB02")
    log_in(page, web, "08", "1")
    expect(page.locator("#waiting")).to_have_text("1")
    keys(page, "F2")
    expect(page.locator("#number")).to_have_text("A001")
    for width, height, size in (
        (1366, 768, "normal"),
        (1366, 768, "large"),
        (820, 1180, "normal"),
        (820, 1180, "large"),
    ):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("size => prefer({ size })", size)
        for button in page.locator(".keys button:visible").all():
            box = button.bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= height and box["x"] + box["width"] <= width
            assert box["height"] >= (44 if width > 1000 else 56)


# --- the ninth, the one key, and what nobody in the hall notices ------------------------------------------------------


def test_who_waits_beyond_the_list_is_seen(console: Console, hub: Hub) -> None:
    for _ in range(30):
        tickets.issue(hub, By("kiosk"), "SB01")
    view = console.view
    assert (len(view["next"]), view["waiting"]) == (8, 33)
    more = console.browser.client.get(f"{console.base}/waiting?after=8").get_json()
    assert (more["waiting"], more["after"], len(more["next"])) == (33, 8, 20)
    rest = console.browser.client.get(f"{console.base}/waiting?after=28").get_json()
    seen = [t["number"] for t in [*view["next"], *more["next"], *rest["next"]]]
    assert len(seen) == len({*seen}) == 33


def test_each_state_has_one_primary_key(console: Console) -> None:
    assert console.view["primary"] == "call-next"
    assert console.press("call-next")["primary"] == "start"
    assert console.press("start")["primary"] == "finish"
    assert console.press("finish", outcome="done")["primary"] == "call-next"
    assert console.press("pause", reason="午餐")["primary"] == "resume"


def guides_pick(hall: tomlkit.TOMLDocument) -> None:
    hall["console"]["call_roles"] = ["guide"]  # type: ignore[index]


@with_hall(guides_pick)
def test_calling_out_of_turn_is_a_permission(console: Console, hub: Hub) -> None:
    """Of a number that waits, however it is asked for; who was passed or suspended comes back by it as before."""
    said = "没有“指呼”等候号的权限：A002轮到时按“顺呼”会叫到；确需提前请按“求助”或找咨询台。"
    assert console.press("call", number="A002")["detail"] == said
    taken = console.press("tickets", service="SB01", call=True)
    assert taken["acted"]["state"] == "waiting" and taken["refused"]["zh"].startswith("没有“指呼”等候号的权限")
    assert console.press("call-next")["acted"]["number"] == "A001"
    console.press("pass")
    assert console.press("call", number="A001")["acted"]["state"] == "called"


def test_a_silent_alarm_is_told_to_manager_and_desk_and_to_nobody_else(console: Console, hub: Hub) -> None:
    screen = screen_view(hub, Stage(hub.wake))
    before = console.view
    shown = console.press("panic")
    assert console.press("panic")["seq"] == shown["seq"]
    assert events(hub).count("PanicRaised") == 1
    differs = {key for key in before if before[key] != shown.get(key)} - {"now", "seq"}
    assert differs == set()  # nothing of it stands on the console either
    assert {**screen_view(hub, Stage(hub.wake)), "now": ""} == {**screen, "now": ""}
    assert desk_view(hub, Health(lambda *_: None, hub.now))["counters"][0]["panic"] is True
    alarms = [a for a in hall_view(hub, Health(lambda *_: None, hub.now))["alerts"] if a["kind"] == "panic"]
    assert [(a["counter"], a["level"]) for a in alarms] == [("1", "bad")]
    counters.answer_panic(hub, By("50"), "1")
    assert hub.read().counter("1").panic_at is None


def test_what_is_written_to_a_counter_is_read_there_alone(app: APIFlask, hub: Hub) -> None:
    def read(staff: str, counter: str, path: str) -> list[str]:
        browser = Browser(app.test_client())
        browser.log_in(staff, counter)
        return [one["text"] for one in browser.client.get(f"/api/v1/{path}").get_json()["messages"]["list"]]

    messages.say(hub, By("50"), "manager", "counter:1", "请协助2号窗口")
    messages.say(hub, By("30"), "desk", "manager", "有人来访")
    messages.say(hub, By("50"), "manager", "all", "四点开会")
    assert read("08", "1", "counters/1") == ["四点开会", "请协助2号窗口"]
    assert read("09", "2", "counters/1") == ["四点开会"]
    assert read("60", "", "hall") == ["四点开会"]
    assert len(read("50", "", "hall")) == 3


def test_the_console_works_at_once_after_a_take_over(
    page: Page, web: Web, hub: Hub, clock: HandClock, chromium: Chromium
) -> None:
    """B opens the counter that A never left, with A's number at it; A's page says that it is no longer hers."""
    context = chromium.new_context(locale="zh-CN")
    old = context.new_page()
    log_in(old, web, "08", "1")
    tickets.issue(hub, By("K1"), "SB01")
    second = tickets.issue(hub, By("K1"), "SB01")
    old.keyboard.press("F2")
    expect(old.locator("#number")).to_have_text("A001")
    page.goto(f"{web.base}/login")
    page.fill("[name=staff]", "09")
    page.fill("[name=password]", "pass-09")
    page.select_option("[name=counter]", "1")
    page.click("form details summary")
    page.select_option("[name=reason]", "上一位未退出")
    page.click("button.primary")
    arrives(page, "/counter$")
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.press("F4")
    expect(page.locator('[data-verb="finish"]')).to_be_enabled()
    page.keyboard.press("F5")
    page.locator("#outcomes button").first.click()
    expect(page.locator("#number")).to_have_text("—")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text(second.label)
    now = hub.read().counter("1")
    assert now.staff == "09"
    before = hub.seq
    old.bring_to_front()
    old.keyboard.press("F3")
    expect(old.locator("body")).to_contain_text(re.compile("登录|接管|退出"))
    assert not [row for row in hub.read().journal(before) if row.actor == "08" and row.event == "Recalled"]
    context.close()
