"""The boards' program at the hub: what it is told to show, what the keys of pads do, what a rater is answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.store import journal
from server.verbs import counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, write_hall
from tests.server.pages.conftest import Browser, new_key


def two_pads(hall: Any) -> None:
    hall["pads"].append("usb", {"counter": "2", "device": "/dev/input/event9", "keys": "usb", "digits": 0})
    hall["pad_keys"]["wired"]["keys"]["14"] = "finish-next"
    hall["pad_keys"]["wired"]["keys"]["15"] = "help"
    hall["pad_keys"]["wired"]["keys"]["16"] = "transfer counter:2"
    hall["pad_keys"]["wired"]["keys"]["17"] = "finish 咨询"


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, two_pads)


class Wires:
    """The boards' program, as the hub sees it."""

    def __init__(self, app: APIFlask, hub: Hub) -> None:
        self.client, self.hub = app.test_client(), hub
        self.headers = {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'boards').read_text().strip()}"}

    def press(self, keys: str, pad: str = "1", key: str = "") -> Any:
        return self._post(f"pads/{pad}/press", {"keys": keys}, key)

    def rate(self, score: str, rater: str = "1") -> Any:
        return self._post(f"raters/{rater}/rate", {"score": score})

    def _post(self, path: str, body: dict[str, str], key: str = "") -> Any:
        return self.client.post(
            f"/api/v1/boards/{path}", json=body, headers={**self.headers, "Idempotency-Key": key or new_key()}
        ).get_json()

    @property
    def view(self) -> Any:
        return self.client.get("/api/v1/boards", headers=self.headers).get_json()

    @property
    def events(self) -> list[str]:
        return [row.event for row in self.hub.read().journal(0, 10_000)]


@pytest.fixture
def wires(app: APIFlask, hub: Hub, clock: HandClock) -> Wires:
    counters.open_counter(hub, By("08"), "1", staff="08")
    for service in ("SB01", "MZ01", "SB02"):  # A001, S001, A002
        tickets.issue(hub, By("kiosk"), service)
    clock.forward(60)
    return Wires(app, hub)


def test_a_visit_by_pad_alone(wires: Wires, hub: Hub, clock: HandClock) -> None:
    said = []
    for keys in ("0C", "0D", "0A", "0F"):
        clock.forward(20)
        said.append(wires.press(keys))
    assert [(one["done"], one["zh"]) for one in said] == [
        (True, "顺呼 A001"),
        (True, "重呼 A001"),
        (True, "到窗/开始 A001"),
        (True, "办结 A001"),
    ]
    ticket = hub.read().ticket(1)
    assert ticket and (ticket.state, ticket.outcome, ticket.staff, ticket.calls) == ("finished", "done", "08", 2)
    actors = {
        row.actor for row in hub.read().life_line(1) if row.event in ("Called", "Recalled", "Started", "Finished")
    }
    assert actors == {"08"}


VERBS: list[tuple[list[str], str, str]] = [
    (["02 0C"], "指呼 A002", "called"),
    (["0C", "05 0F"], "过号 A001", "passed"),
    (["0C", "06 0F"], "弃号 A001", "left"),
    (["0C", "0A", "00 0F"], "挂起 A001", "suspended"),
    (["0C", "16"], "转移 A001", "waiting"),
    (["0C", "0A", "17"], "办结 A001", "finished"),
    (["0C", "0E"], "撤销 A001", "waiting"),
]


@pytest.mark.parametrize(("presses", "zh", "state"), VERBS, ids=[v[1].split()[0] for v in VERBS])
def test_each_verb(wires: Wires, hub: Hub, clock: HandClock, presses: list[str], zh: str, state: str) -> None:
    counters.open_counter(hub, By("09"), "2", staff="09")
    for keys in presses:
        clock.forward(20)
        said = wires.press(keys)
    assert (said["done"], said["zh"]) == (True, zh), said
    ticket = hub.read().by_number("2026-11-23", "A", int(zh[-3:]))
    assert ticket and ticket.state == state


def test_pause_and_resume_are_one_key(wires: Wires, hub: Hub, clock: HandClock) -> None:
    assert wires.press("12")["zh"] == "暂停"
    counter = hub.read().counter("1")
    assert (counter.state, counter.reason) == ("paused", "短暂离开")
    clock.forward(5)
    assert (wires.press("12")["zh"], hub.read().counter("1").state) == ("继续", "open")


def test_help_and_finish_next(wires: Wires, hub: Hub, clock: HandClock) -> None:
    assert wires.press("15")["zh"] == "求助" and hub.read().counter("1").help_at is not None
    assert wires.press("14")["zh"] == "办结并顺呼 A001"
    clock.forward(20)
    assert wires.press("14")["zh"] == "办结并顺呼 S001"
    assert hub.read().ticket(1).state == "finished"  # type: ignore[union-attr]


REFUSED: list[tuple[list[str], str]] = [
    (["0D"], "1号窗口没有正在办理的号：请先叫号。"),
    (["01 0C"], "1号有A001、S001：请加上字母。"),
    (["09 09 0C"], "今天没有99号。"),
    (["07 0F"], "按键未设置：07 0F。"),
    (["0C", "0A", "0C"], "A001正在办理：请先办结。"),
    (["0C", "09 13"], "没有窗口“9”。"),
    (["0C", "02 13"], "2号窗口未开放：请转到其他窗口或事项。"),
    (["0B"], "没有可以评价的号：请在办理中或刚办结时邀请。"),
]


@pytest.mark.parametrize(("presses", "zh"), REFUSED, ids=[r[1][:12] for r in REFUSED])
def test_a_refusal_is_a_fail_sign_and_stands_in_the_journal(
    wires: Wires, hub: Hub, clock: HandClock, presses: list[str], zh: str
) -> None:
    for keys in presses:
        clock.forward(20)
        before = wires.events
        said = wires.press(keys)
    assert (said["done"], said["zh"]) == (False, zh) and said["en"]
    assert wires.events == [*before, "PadPressed"]


def test_nobody_logged_in(wires: Wires, hub: Hub) -> None:
    counters.close_counter(hub, By("08"), "1")
    assert wires.press("0C")["zh"] == "1号窗口没有人登录：请先在工作台登录。"
    assert wires.press("ENTER", pad="usb")["zh"] == "2号窗口没有人登录：请先在工作台登录。"
    assert journal.verify(hub.read().conn) == []


def test_nobody_waits(wires: Wires, hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("09"), "5", staff="09")
    for ticket in (1, 2, 3):
        tickets.leave(hub, By("08"), ticket)
    assert wires.press("0C")["zh"] == "没有人等候。"


def test_a_trembling_finger_is_one_press_and_a_second_press_later_is_another(
    wires: Wires, hub: Hub, clock: HandClock
) -> None:
    first = wires.press("0C")
    before = wires.events
    clock.forward(0.9)
    assert wires.press("0C") == first and wires.events == before
    clock.forward(0.2)
    assert wires.press("0C")["zh"] == "A001已呼叫，尚未到窗：请先开始或过号。"


def test_a_clock_set_back_swallows_no_press(wires: Wires, clock: HandClock) -> None:
    wires.press("0C")
    clock.forward(20)
    wires.press("0F")
    clock.forward(-3600)
    assert wires.press("0C")["zh"] == "顺呼 S001"


def test_the_same_press_sent_again_is_one(wires: Wires, clock: HandClock) -> None:
    first = wires.press("0C", key="pad-1-press-17")
    before = wires.events
    clock.forward(30)
    assert wires.press("0C", key="pad-1-press-17")["zh"] == first["zh"]
    assert wires.events == before


def test_the_pad_shows_the_number_or_how_many_wait(wires: Wires, clock: HandClock, hub: Hub) -> None:
    assert wires.view["pads"] == {"1": {"digits": "   3"}, "usb": {"digits": ""}}
    wires.press("0C")
    assert wires.view["pads"]["1"] == {"digits": " 001"}
    clock.forward(5)
    wires.press("0F")
    assert wires.view["pads"]["1"] == {"digits": "   2"}
    assert wires.press("08 0F")["digits"] == "21"


def test_the_console_says_what_the_pad_did(wires: Wires, browser: Browser, clock: HandClock) -> None:
    browser.log_in("08", "1")
    wires.press("0C")
    view = browser.client.get("/api/v1/counters/1").get_json()
    assert view["ticket"]["number"] == "A001"
    assert view["pad"] == {
        "pad": "1",
        "at": "2026-11-23T09:01:00+08:00",
        "done": True,
        "zh": "顺呼 A001",
        "en": "Next A001",
    }
    wires.press("07 0F")
    assert browser.client.get("/api/v1/counters/1").get_json()["pad"]["done"] is False
    clock.forward(301)
    wires.press("12", pad="usb")
    assert browser.client.get("/api/v1/counters/1").get_json()["pad"] is None


def test_a_rating_from_invitation_to_the_managers_page(
    wires: Wires, browser: Browser, hub: Hub, clock: HandClock
) -> None:
    browser.log_in("08", "1")
    for keys in ("0C", "0A"):
        clock.forward(10)
        wires.press(keys)
    assert "rate" in browser.client.get("/api/v1/counters/1").get_json()["allowed"]
    assert browser.post("/api/v1/counters/1/rate").get_json()["acted"]["number"] == "A001"
    assert wires.view["raters"]["1"]["ask"].startswith("1.1.")
    assert wires.rate("01") == {"done": True, "level": 2, "zh": "", "en": ""}
    assert wires.rate("04")["zh"] == "这次业务已经评价过，谢谢。" and wires.view["raters"]["1"]["ask"] == ""
    life = browser.client.get("/api/v1/counters/1").get_json()["ticket"]["life"]
    assert "Rated" not in [line["event"] for line in life]  # not before it is closed
    manager = Browser(browser.client.application.test_client())
    manager.log_in("50")
    alerts = manager.client.get("/api/v1/hall").get_json()["alerts"]
    assert [a["zh"] for a in alerts if a["kind"] == "rating"] == [
        "1号窗口的A001收到差评（不满意）：请在1小时内联系本人，并在“差评整改”里登记。"
    ]


def test_the_last_one_was_not_rated_is_said_and_blocks_nothing(
    wires: Wires, browser: Browser, clock: HandClock
) -> None:
    browser.log_in("08", "1")
    wires.press("0C")
    clock.forward(10)
    wires.press("0F")
    view = browser.client.get("/api/v1/counters/1").get_json()
    assert (view["unrated"], "call-next" in view["allowed"]) == ("A001", True)
    wires.rate("04")
    assert browser.client.get("/api/v1/counters/1").get_json()["unrated"] == ""


def test_every_finish_invites_if_the_hall_wants_it(tmp_path: Path, wires: Wires, hub: Hub, clock: HandClock) -> None:
    hub.hall = hub.hall.model_copy(update={"ratings": hub.hall.ratings.model_copy(update={"invite": "finish"})})
    wires.press("0C")
    clock.forward(10)
    wires.press("0F")
    assert wires.view["raters"]["1"]["ask"].startswith("1.1.")


def test_what_is_no_press_and_who_may_not_press(wires: Wires, client: FlaskClient, kiosk: dict[str, str]) -> None:
    def ask(path: str, body: dict[str, str], headers: dict[str, str]) -> int:
        return client.post(
            f"/api/v1/boards/{path}", json=body, headers={"Idempotency-Key": new_key(), **headers}
        ).status_code

    assert ask("pads/9/press", {"keys": "0C"}, wires.headers) == 404
    assert ask("raters/9/rate", {"score": "00"}, wires.headers) == 404
    assert ask("pads/1/press", {"keys": "0c; drop"}, wires.headers) == 422
    assert ask("raters/1/rate", {"score": "5"}, wires.headers) == 422
    assert ask("pads/1/press", {"keys": "0C"}, kiosk) == 403


def test_pads_and_raters_are_on_the_live_page(wires: Wires, browser: Browser) -> None:
    body = {
        "boards": {},
        "pads": {"1": {"state": "ok"}},
        "raters": {"1": {"state": "unreachable", "detail": "线路已拔出。\nThe wire is unplugged."}},
    }
    assert wires.client.put("/api/v1/boards/health", json=body, headers=wires.headers).status_code == 200
    browser.log_in("50")
    view = browser.client.get("/api/v1/hall").get_json()
    assert [a["zh"] for a in view["alerts"] if a["kind"] == "rater"] == ["1号窗口评价器线路不通：请检查转换器和线路。"]
    rater = next(device for device in view["devices"] if device["id"] == "rater 1")
    assert (rater["zh"], rater["en"]) == ("线路已拔出。", "The wire is unplugged.")
