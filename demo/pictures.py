"""``./run pictures``: the pictures of the README and of docs/, taken from a demo at work. Owns no page and no program.

Needs Chromium. Each picture is what a browser of the given size shows; none is retouched.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

import config
from consoles import any_console

WISHES = (
    "SB01",
    "MZ04",
    "JY01",
    "SB02",
    "YB01",
    "WJ01",
    "MZ01",
    "SB01",
    "TY01",
    "ZF01",
    "SB03",
    "YB02",
    "LQ01",
    "CL01",
    "SB04",
    "JY02",
)
SETTLED_MS = 2500
"""Milliseconds until a page has drawn what its feed says, and slips have come out."""


class Hall:
    """A demo that runs, and a browser before it."""

    def __init__(self, address: str, data: Path, browser: Browser, out: Path) -> None:
        self.address, self.browser, self.out = address, browser, out
        with urllib.request.urlopen(f"{address}/facts.json", timeout=20) as answer:
            self.facts = json.load(answer)
        self.token = (data / "hall" / "tokens" / "K1").read_text(encoding="utf-8").strip()

    def at(self, port: int, path: str = "/") -> str:
        return f"http://127.0.0.1:{port}{path}"

    def ask(self, url: str) -> Any:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)

    def take(self, service: str) -> None:
        """A number, as the kiosk's program takes it."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        body = json.dumps({"service": service}).encode()
        with urllib.request.urlopen(
            urllib.request.Request(self.at(self.facts["hub"], "/api/v1/tickets"), body, headers), timeout=20
        ):
            pass

    def order(self, printer: int, order: str) -> None:
        """Something that happens to a printer, as its page's buttons make it happen."""
        port, body = self.facts["printers"][printer]["port"], json.dumps({"order": order, "on": True}).encode()
        with urllib.request.urlopen(self.at(port, "/order"), body, timeout=20):
            pass

    def page(self, url: str, size: tuple[int, int], who: str = "") -> Page:
        page = self.browser.new_page(viewport={"width": size[0], "height": size[1]})
        if who:
            page.goto(f"{self.address}/enter?as={who}")
        page.goto(url)
        page.wait_for_timeout(SETTLED_MS)
        return page

    def keep(self, page: Page, name: str, width: int) -> None:
        save(Image.open(io.BytesIO(page.screenshot())), self.out / f"{name}.png", width)


def save(picture: Image.Image, file: Path, width: int) -> None:
    """As wide as the README shows it, in 256 colours, chosen well."""
    small = picture.convert("RGB").resize(
        (width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS
    )
    small.quantize(256, kmeans=3, dither=Image.Dither.NONE).save(file, optimize=True)
    click.echo(file)


def work(hall: Hall) -> Page:
    """Numbers are taken, four counters call, two serve; the first counter's page, which goes on."""
    for service in WISHES:
        hall.take(service)
    pages = []
    for counter, keys in (("4", ["F2", "F4"]), ("6", ["F2"]), ("2", ["F2", "F4"]), ("1", ["F2", "F4"])):
        page = hall.page(hall.at(hall.facts["hub"], "/counter"), (1366, 768), counter)
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(1000)
        pages.append(page)
    return pages[-1]


def kiosk(hall: Hall) -> None:
    """Home, the items of a tile, and a number, side by side."""
    port, seen = hall.facts["kiosk"], []
    page = hall.page(hall.at(port), (540, 960))
    for target in ("", "group:social", "service:SB01"):
        if target:
            left, top, right, bottom = hall.ask(hall.at(port, "/screen"))["targets"][target]
            page.mouse.click((left + right) / 2 * 540, (top + bottom) / 2 * 960)
            page.wait_for_timeout(SETTLED_MS)
        seen.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    sheet = Image.new("RGB", (540 * 3 + 40, 960), "#8a9294")
    for n, picture in enumerate(seen):
        sheet.paste(picture, (n * 560, 0))
    save(sheet, hall.out / "kiosk.png", 1100)


def ticket(hall: Hall) -> None:
    printer = hall.facts["printers"][0]["port"]
    slip = hall.ask(hall.at(printer, "/state"))["slips"][0]
    with urllib.request.urlopen(hall.at(printer, slip["png"]), timeout=20) as answer:
        save(Image.open(io.BytesIO(answer.read())), hall.out / "ticket.png", 426)


def take_all(hall: Hall) -> None:
    hub = hall.facts["hub"]
    counter = work(hall)
    hall.order(1, "near_end")
    kiosk(hall)
    ticket(hall)
    hall.keep(counter, "counter", 1100)
    looks: list[tuple[str, str, tuple[int, int], str, int]] = [
        ("screen", hall.at(hub, "/screen"), (1920, 1080), "", 1280),
        ("live", hall.at(hub, "/hall"), (1366, 768), "manager", 1100),
        ("report", hall.at(hub, f"/reports/{last_week(hall)}"), (1366, 1500), "manager", 1100),
        ("boards", hall.at(hall.facts["boards"]), (1366, 980), "", 1100),
        ("demo", hall.address, (1600, 1000), "", 1200),
    ]
    for name, url, size, who, width in looks:
        hall.keep(hall.page(url, size, who), name, width)
    desk = hall.page(hall.at(hub, "/desk"), (1366, 768), "desk")
    desk.keyboard.type("A001")
    desk.keyboard.press("Enter")
    desk.wait_for_timeout(SETTLED_MS)
    hall.keep(desk, "desk", 1100)


def last_week(hall: Hall) -> str:
    """The ISO week before the hall's."""
    from datetime import datetime, timedelta

    from server.reports import period

    now = datetime.fromisoformat(hall.ask(hall.at(hall.facts["hub"], "/api/v1/screen"))["now"])
    return period.week_of(now.date() - timedelta(days=7)).id


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=config.ROOT / "docs" / "pictures",
    show_default="docs/pictures",
    help="Folder of the pictures.",
)
@click.option("--chromium", default=shutil.which("chromium") or "chromium", help="The browser.", show_default=True)
def main(out: Path, chromium: str) -> None:
    """Take the pictures of the README and of docs/ from a demo at work."""
    data = config.ROOT / "var" / "pictures"
    out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "demo", "--fresh", "--data", str(data), "--port", "8200"]
    with (
        subprocess.Popen(command, cwd=config.ROOT, stdout=subprocess.PIPE, text=True) as demo,
        sync_playwright() as playwright,
    ):
        try:
            address = _address(demo.stdout.readline if demo.stdout else str)
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            take_all(Hall(address, data, browser, out))
            browser.close()
        finally:
            demo.terminate()


def _address(line: Callable[[], str]) -> str:
    while said := line():
        if found := re.search(r"http://\S+", said):
            return found[0]
    raise click.ClickException("the demo ended without an address")


if __name__ == "__main__":
    any_console()
    main(prog_name="./run pictures")
