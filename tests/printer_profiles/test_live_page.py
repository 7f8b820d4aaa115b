"""The virtual printer's page in Chromium: paper, bytes by name, complaints that lead to their bytes, switches;
contrast measured.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from printer_profiles.profile import load
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from printer_profiles.virtual.show_server import ShowServer
from tests.server.pages.test_looks import MEASURE
from tests.waiting import DEADLINE_S

DEADLINE_MS = DEADLINE_S * 1000
WELL = b"\x1b@\x1c&" + "取号 A012".encode("gb18030") + b"\n\x1bp\x00\x19\x32\x1bd\x06\x1dV\x01"
WRONG = b"\x1b@" + "你好世界".encode() + b"\n\x1bY\nok\n\x1bd\x06\x1dV\x01"


class Desk:
    """A running printer with its page."""

    def __init__(self) -> None:
        self.printer = Printer(Paper(load("generic-80")))
        self.listener = print_port("127.0.0.1", 0)
        self.show = ShowServer(("127.0.0.1", 0), self.printer, "tcp://127.0.0.1:9100")
        threading.Thread(target=serve_prints, args=(self.listener, self.printer), daemon=True).start()
        self.show.start()

    def send(self, data: bytes) -> None:
        with socket.create_connection(self.listener.getsockname(), timeout=DEADLINE_S) as client:
            client.sendall(data)

    def stop(self) -> None:
        self.printer.stop()
        self.listener.close()
        self.show.stop()


@pytest.fixture
def desk() -> Iterator[Desk]:
    running = Desk()
    yield running
    running.stop()


@pytest.fixture
def page(desk: Desk, chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(DEADLINE_MS)
    page.goto(f"http://127.0.0.1:{desk.show.port}/")
    expect(page.locator("#slip p")).to_contain_text("等待打印", timeout=DEADLINE_MS)
    yield page
    page.close()
    assert errors == []


def test_a_slip_with_its_text_and_every_byte_by_name(desk: Desk, page: Page) -> None:
    desk.send(WELL)
    expect(page.locator("#text")).to_have_text("取号 A012", timeout=DEADLINE_MS)
    expect(page.locator("#slip img")).to_be_visible()
    expect(page.locator("#heard")).to_have_text("钱箱 drawer 0")
    names = page.locator("#steps td.name").all_text_contents()
    assert names == ["ESC @", "FS &", "", "LF", "ESC p", "ESC d", "GS V"]
    assert page.locator("#steps td.hex").nth(1).text_content() == "1C 26"
    expect(page.locator("#wrong")).to_have_text("0")


def test_a_complaint_leads_to_its_bytes_and_an_older_slip_can_be_read(desk: Desk, page: Page) -> None:
    desk.send(WELL)
    desk.send(WRONG)
    expect(page.locator("#wrong")).to_have_text("3", timeout=DEADLINE_MS)
    expect(page.locator("#complaints")).to_contain_text("这是 UTF-8（“你好世界”）")
    page.locator("#complaints button").last.click()
    expect(page.locator("tr.here .hex")).to_have_text("1B 59")
    page.locator("#older button").last.click()
    expect(page.locator("#text")).to_have_text("取号 A012")


def test_switches(desk: Desk, page: Page) -> None:
    for order in ("near_end", "cover_open"):
        page.locator(f'[data-order="{order}"]').click()
        expect(page.locator(f'[data-order="{order}"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#state")).to_contain_text("盖开")
    desk.send(WELL)
    expect(page.locator("#buffer")).to_have_text(f"{len(WELL)} B")
    page.locator('[data-order="cover_open"]').click()
    expect(page.locator("#state")).to_contain_text("纸将尽")
    expect(page.locator("#count")).to_have_text("1")
    page.fill("#paper-roll input", "5000")
    page.locator("#paper-roll button").first.click()
    expect(page.locator("#roll")).to_have_text("5,000 mm")
    page.locator("#ok").click()
    expect(page.locator("#state")).to_contain_text("正常")


@pytest.mark.parametrize("window", [(1366, 768), (820, 1180), (400, 800)])
def test_how_it_looks(desk: Desk, page: Page, window: tuple[int, int]) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    desk.send(WELL)
    desk.send(WRONG)
    expect(page.locator("#wrong")).to_have_text("3", timeout=DEADLINE_MS)
    page.locator('[data-order="overheated"]').click()  # a hot head prints no more of what is on its way
    expect(page.locator("#state")).to_contain_text("过热")
    page.locator("#complaints button").first.click()
    page.wait_for_function("document.getAnimations().length === 0")
    found = page.evaluate(MEASURE)
    assert found["pale"] == []
    assert found["cut"] == []
    assert found["wide"] <= 0
