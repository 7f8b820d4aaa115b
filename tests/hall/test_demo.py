"""./run demo as a visitor meets it: touch the kiosk, press call-next, watch the number travel; then kill each
program.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import config
from tests import waiting
from tests.navigation import arrives
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.xdist_group("demo")  # one demo at a time: two would want the same ports


def quiet_port() -> int:
    """A free port below those that the system gives to outgoing connections: the demo's others lie beside it, and
    other tests connect.
    """
    for port in range(20000 + os.getpid() % 50 * 20, 22000, 20):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port below 22000")


class Demo:
    """The whole hall as `./run demo` starts it."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--data", str(folder), "--port", str(quiet_port())],
            cwd=config.ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.address, self.printed = "", ""
        while "Ctrl+C" not in self.printed:
            line = self.process.stdout.readline()
            assert line, "the demo ended without an address"
            self.printed += line
            self.address = self.address or (re.search(r"http://\S+", line) or [""])[0]
        self.facts = self.ask(f"{self.address}/facts.json")

    @staticmethod
    def ask(url: str) -> Any:
        with urllib.request.urlopen(url, timeout=DEADLINE_S) as answer:
            return json.load(answer)

    def boards(self) -> dict[str, str]:
        state = self.ask(f"http://127.0.0.1:{self.facts['boards']}/state")
        return {name: board["text"] for name, board in state["boards"].items()}

    def paper(self) -> list[str]:
        state = self.ask(f"http://127.0.0.1:{self.facts['printers'][0]['port']}/state")
        return [slip["text"] for slip in state["slips"]]

    def screen(self) -> Any:
        return self.ask(f"http://127.0.0.1:{self.facts['hub']}/api/v1/screen")

    def child(self, module: str) -> int:
        """The process id of one of the demo's programs."""
        listing = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        ).stdout
        return next(int(line.split()[0]) for line in listing.splitlines() if f"-m {module} " in f"{line} ")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(DEADLINE_S)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    assert demo.stop() == 0


@pytest.fixture(scope="module")
def page(demo: Demo, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(DEADLINE_S * 1000)
    page.goto(demo.address)
    expect(page.frame_locator("#screen").locator("#foot .t")).to_be_visible()
    expect(page.frame_locator("#console").locator("#counter-name")).to_contain_text("1号窗口")
    yield page
    page.close()


until = partial(waiting.until, despite=OSError)
"""What is asked may be starting anew."""


def touch(page: Page, target: list[float]) -> None:
    """A finger on the middle of a target of the kiosk's picture; left, top, right, bottom in fractions of it."""
    page.evaluate("scrollTo(0, 0)")  # another test may have looked at what stands below
    box = page.locator("#kiosk").bounding_box()
    assert box
    left, top, right, bottom = target
    page.mouse.click(box["x"] + (left + right) / 2 * box["width"], box["y"] + (top + bottom) / 2 * box["height"])


def take_a_number(page: Page, demo: Demo) -> str:
    """Touch a tile and then an item, each again a second later when the kiosk was not ready for it, as a person would.

    A finger that never rests takes nothing: the kiosk lets quick touches on one spot pass as a tremble.
    """
    before, slips = demo.screen()["waiting"], len(demo.paper())
    path = {
        "ticket": "home",
        "home": "group:social",
        "items": "service:SB01",
    }  # first from the last one's number back home

    touched = 0.0

    def has_come() -> bool:
        nonlocal touched
        kiosk = demo.ask(f"http://127.0.0.1:{demo.facts['kiosk']}/screen")
        target = kiosk.get("targets", {}).get(path.get(kiosk.get("page"), ""))  # empty before the first picture
        if target and time.monotonic() - touched > 1:
            touch(page, target)
            touched = time.monotonic()
        return bool(demo.screen()["waiting"] == before + 1)

    until(has_come)
    until(lambda: len(demo.paper()) == slips + 1)
    found = re.search(r"\b([A-Z]\d{3,4})\b", demo.paper()[0])
    assert found
    return found[1]


def test_the_number_travels_through_the_hall(page: Page, demo: Demo) -> None:
    number = take_a_number(page, demo)
    assert "鲤城区开元街道便民服务中心" in demo.paper()[0]
    expect(page.locator("#paper img").first).to_be_visible()
    console = page.frame_locator("#console")
    console.locator('[data-verb="call-next"]').click()
    expect(console.locator("#number")).to_have_text(number)
    expect(page.frame_locator("#screen").locator("#calls .newest")).to_contain_text(number)
    expect(page.frame_locator("#screen").locator("#foot")).to_contain_text("到一号窗口办理业务")
    until(lambda: demo.boards()["1"] == f"请{number}到1号窗口")
    console.locator('[data-verb="start"]').click()
    until(lambda: demo.boards()["1"] == f"正在办理 {number}")
    console.locator('[data-verb="finish"]').click()
    console.locator("#outcomes button").first.click()
    until(lambda: demo.boards()["1"] == "1号窗口 综合受理")
    assert [tile["state"] for tile in demo.screen()["counters"]] == ["free"] * 7


def press(demo: Demo, pad: Locator, name: str) -> None:
    """A key of the pad at counter 1, again a second later where the wire's other end was just starting anew."""
    state, pressed = f"http://127.0.0.1:{demo.facts['boards']}/state", 0.0

    def presses() -> int:
        return int(demo.ask(state)["pads"]["pad 1"]["presses"])

    before = presses()

    def has_come() -> bool:
        nonlocal pressed
        if time.monotonic() - pressed > 1:
            pad.get_by_role("button", name=name, exact=False).click()
            pressed = time.monotonic()
        return presses() > before

    until(has_come)


def test_a_visit_by_call_pad_and_a_rating(page: Page, demo: Demo) -> None:
    """Every press goes over the wire, to the hub, and back to the pad, the board, the console and the rater."""
    number = take_a_number(page, demo)
    pad, rater = page.locator("#pads .pad"), page.locator("#pads .rater")
    console = page.frame_locator("#console")
    until(lambda: demo.screen()["counters"][0]["state"] == "free")  # a test before may have killed what it hangs on
    press(demo, pad, "呼叫")
    until(lambda: demo.boards()["1"] == f"请{number}到1号窗口")
    expect(console.locator("#number")).to_have_text(number)
    expect(console.locator("#pad-said")).to_contain_text(f"顺呼 {number}")
    expect(pad.locator("canvas")).to_have_attribute("aria-label", number[1:])
    press(demo, pad, "开始")
    until(lambda: demo.boards()["1"] == f"正在办理 {number}")
    press(demo, pad, "评价")
    expect(rater).to_contain_text("请您评价")
    rater.locator(".face-4").click()
    expect(rater).to_contain_text("谢谢您")
    press(demo, pad, "功能")
    until(lambda: demo.boards()["1"] in ("1号窗口 综合受理", "欢迎光临"))


def test_the_offices_open_beside_the_console(page: Page, demo: Demo) -> None:
    """Each as the one who works there; the console on the page keeps its own member of staff."""
    console = page.frame_locator("#console")
    expect(console.locator("#counter-name")).to_contain_text("1号窗口")
    for place, heading in (("/hall", "大厅实况"), ("/people", "岗位"), ("/reports", "周报")):
        with page.context.expect_page() as opened:
            page.click(f'#offices a[data-then="{place}"]')
        expect(opened.value.locator("main")).to_contain_text(heading)
        opened.value.close()
    console.locator('[data-verb="pause"]').click()
    expect(console.locator("#pause")).to_be_visible()
    page.keyboard.press("Escape")


def test_a_visit_becomes_a_case_that_the_city_knows_and_the_office_has_work(page: Page, demo: Demo) -> None:
    """受理待办 at the counter: the receipt is printed, the platform gives its number, the case waits at 办件."""
    number = take_a_number(page, demo)
    console = page.frame_locator("#console")
    console.locator('[data-verb="call-next"]').click()
    expect(console.locator("#number")).to_have_text(number)
    console.locator('[data-verb="start"]').click()
    console.locator('[data-verb="finish"]').click()
    console.locator("#outcomes button", has_text="受理待办").click()
    console.locator("#slip-parts [name=received]").first.check()
    console.locator("#slip-parts [name=no_platform]").select_option("later")
    console.locator("#slip-print").click()
    expect(console.locator("#number")).to_have_text("—")
    cases = f"http://127.0.0.1:{demo.facts['city']}/cases"

    def accepted() -> list[dict[str, Any]]:  # a test before may have left a case that was done at once
        return [one for one in demo.ask(cases).values() if one["moves"] == ["receive", "accept"]]

    until(accepted)
    assert accepted()[0]["platform"].startswith("350500")
    with page.context.expect_page() as opened:
        page.click('#offices a[data-then="/cases"]')
    expect(opened.value.locator("#lines tbody tr").nth(20)).to_be_visible()
    expect(opened.value.locator("main")).to_contain_text("30天未领")
    opened.value.close()


def test_a_printer_fails_at_a_press_and_is_mended_by_another(page: Page, demo: Demo) -> None:
    state = f"http://127.0.0.1:{demo.facts['printers'][1]['port']}/state"
    button = page.locator('.faults button[data-order="cover_open"]').nth(1)
    for faults, pressed in ((["cover_open"], "true"), ([], "false")):
        button.click()
        until(lambda faults=faults: demo.ask(state)["faults"] == faults)  # type: ignore[misc]
        expect(button).to_have_attribute("aria-pressed", pressed)


@pytest.mark.parametrize(
    "module",
    ["server", "counter_display", "kiosk", "counter_display.virtual", "printer_profiles.virtual", "demo.city"],
)
def test_a_killed_program_is_right_again(page: Page, demo: Demo, module: str) -> None:
    """SIGKILL; the demo starts it again half a second later; a call then reaches the board over the counter."""
    old = demo.child(module)
    os.kill(old, signal.SIGKILL)
    until(lambda: _restarted(demo, module, old))
    until(lambda: demo.screen()["counters"][0]["state"] == "free")
    until(lambda: demo.boards()["1"] in ("1号窗口 综合受理", "欢迎光临"))
    until(lambda: isinstance(demo.paper(), list))


def _restarted(demo: Demo, module: str, old: int) -> bool:
    try:
        return demo.child(module) != old
    except StopIteration:
        return False


def test_a_second_kind_of_board_and_a_pad_and_a_rater(demo: Demo, page: Page) -> None:
    """A rater that nobody asked is answered all the same: the press went over the wire to the hub's program and
    back.
    """
    state = demo.ask(f"http://127.0.0.1:{demo.facts['boards']}/state")
    assert state["boards"]["5"]["language"] == "onbon" and state["boards"]["1"]["language"] == "a090"
    until(lambda: demo.boards()["5"] not in ("", "请听广播"))
    expect(page.locator(".pad canvas")).to_be_visible()
    page.locator(".rater .face-3").click()
    until(lambda: demo.ask(f"http://127.0.0.1:{demo.facts['boards']}/state")["pads"]["rater 1"]["echoed"])


def test_taking_and_calling_stand_on_a_laptops_window_without_scrolling(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate("scrollTo(0, 0)")
    for part in ("#kiosk", "#console", "#screen"):
        page.wait_for_function(  # frames shrink when the browser has told them of the new window
            """(part) => { const box = document.querySelector(part).getBoundingClientRect();
            return box.width > 100 && box.top >= 0 && box.bottom <= 768 && box.right <= 1366; }""",
            arg=part,
        )
    key = page.frame_locator("#console").locator('[data-verb="call-next"]').bounding_box()
    assert key and key["y"] + key["height"] <= 768
    page.set_viewport_size({"width": 1600, "height": 1000})


def test_it_says_how_to_log_in(page: Page, demo: Demo) -> None:
    assert len(demo.facts["crew"]) == 9
    for one in demo.facts["crew"]:
        assert re.search(rf"{one['staff']} +{re.escape(one['password'])} +{one['zh']}", demo.printed)
    page.click("#logins summary")
    expect(page.locator("#logins tbody tr")).to_have_count(9)
    visitor = page.context.browser.new_page()  # type: ignore[union-attr]
    visitor.goto(f"http://127.0.0.1:{demo.facts['hub']}/login")
    manager = next(one for one in demo.facts["crew"] if one["en"] == "Manager")
    visitor.fill("[name=staff]", manager["staff"])
    visitor.fill("[name=password]", manager["password"])
    visitor.click("button.primary")
    arrives(visitor, "/hall$")
    expect(visitor.locator("#counters .post").first).to_be_visible()
    expect(visitor.locator("#opening")).to_be_hidden()
    visitor.close()
    page.click("#logins summary")


def test_nobody_moves_unless_asked(page: Page, demo: Demo) -> None:
    assert demo.facts["moves"] is False
    expect(page.locator("#stream")).to_be_hidden()
    order = urllib.request.Request(f"{demo.address}/stream", b'{"moving": true}')
    with pytest.raises(urllib.error.HTTPError, match="409"):
        urllib.request.urlopen(order, timeout=DEADLINE_S)
    assert demo.ask(f"{demo.address}/stream") == {"moving": False}
