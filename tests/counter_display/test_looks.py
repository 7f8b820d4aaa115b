"""The page of virtual devices in a browser: every kind is drawn, pads and raters can be pressed, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from counter_display.virtual.hall import Board, Hall, Pad
from counter_display.virtual.page import Show
from counter_display.virtual.wire import VirtualWire
from tests.waiting import DEADLINE_S


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    boards = {
        "1": Board("1号窗口", "west", 1, 16),
        "2": Board("2号窗口", "west", 2, 24, language="onbon", rows=32),
        "3": Board("3号窗口", "west", 3, 6, language="modbus_led485"),
        "4": Board("4号窗口", "line", 0, 20, language="cd5220"),
    }
    pads = {"pad 1": Pad("1号窗口", "west", 21, "pad"), "rater 1": Pad("1号窗口", "west", 21, "rater")}
    hall = Hall(boards, pads)
    wires = [VirtualWire(name, tmp_path / name, hall) for name in ("west", "line")]
    yield hall
    for wire in wires:
        wire.unplug()


@pytest.fixture
def page(hall: Hall, chromium: Browser) -> Iterator[Page]:
    show = Show(hall)
    show.start()
    page = chromium.new_page(viewport={"width": 820, "height": 1180})
    page.set_default_timeout(DEADLINE_S * 1000)
    page.goto(f"http://127.0.0.1:{show.port}/")
    expect(page.locator(".rater")).to_be_visible(timeout=DEADLINE_S * 1000)
    yield page
    page.close()
    show.stop()


def wait(hall: Hall, true: Any) -> None:
    with hall.changed:
        assert hall.changed.wait_for(true, DEADLINE_S), hall.state()


def test_fingers_on_a_pad_and_a_rater(hall: Hall, page: Page) -> None:
    pad = page.locator(".pad")
    for key in ("1", "2", "呼叫"):
        pad.get_by_role("button", name=key, exact=False).first.click()
    wait(hall, lambda: hall.pads["pad 1"].presses == 1)
    page.locator(".rater").get_by_role("button").nth(1).click()
    wait(hall, lambda: hall.pads["rater 1"].score == 3)
    expect(page.locator(".face-3")).to_have_attribute("aria-pressed", "true", timeout=DEADLINE_S * 1000)


def test_orders_are_given_on_the_page(hall: Hall, page: Page) -> None:
    page.locator("#boards select").first.select_option("half")
    wait(hall, lambda: hall.boards["1"].order == "half")
    page.get_by_role("button", name="拔出").first.click()
    wait(hall, lambda: not all(wire.state()["plugged"] for wire in hall.wires.values()))


@pytest.mark.parametrize("width", [420, 820, 1600])
def test_nothing_is_cut(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = (
        "[...document.querySelectorAll('button,select,b')].filter((e) => e.scrollWidth > e.clientWidth + 1 &&"
        " e.clientWidth).map((e) => e.textContent)"
    )
    assert page.evaluate(cut) == []
    assert (
        page.evaluate("[...document.querySelectorAll('#boards canvas')].map((c) => c.width > 100 && c.height > 60)")
        == [True] * 4
    )
