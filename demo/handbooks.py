"""The pictures of the handbooks (帮助), taken from a demo at work and from a hall on its first day: part of
``./run pictures``. Owns no text.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import urllib3
from PIL import Image
from playwright.sync_api import Page

import config
from demo.camera import SETTLED_MS, Hall, save
from demo.hall import free_port

FOLDER = config.ROOT / "server" / "static" / "help"
SCREEN = (1366, 768)


def take(hall: Hall, out: Path = FOLDER) -> None:
    """All of them, small, into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    hub = hall.facts["hub"]
    for service in ("SB01", "MZ04", "JY01", "SB02", "YB01"):
        hall.take(service)
    _kiosk(hall, out)
    desk = hall.page(hall.at(hub, "/desk"), SCREEN, "desk")
    desk.keyboard.type("A001")
    desk.keyboard.press("Enter")
    _keep(desk, out / "number-found.png", 900)
    console = hall.page(hall.at(hub, "/counter"), SCREEN, "3")
    for verb in ("call-next", "start"):
        key = console.locator(f'[data-verb="{verb}"]')
        if key.is_enabled():
            key.click()
            console.wait_for_timeout(1200)
    _keep(console, out / "console.png", 900)
    console.keyboard.press("F5")
    _keep(console, out / "finish.png", 760)
    console.keyboard.press("Escape")
    hall.order(0, "paper_out")
    hall.take("SB03")
    live = hall.page(hall.at(hub, "/hall"), SCREEN, "manager")
    _keep(live, out / "live-now.png", 900)
    live.click("#close-hall")
    _keep(live, out / "close.png", 760)
    live.keyboard.press("Escape")
    for path, name in (("/inspection", "findings"), ("/registers/inspection/new/file", "visit")):
        _keep(hall.page(hall.at(hub, path), (1024, 768), "manager"), out / f"{name}.png", 760)
    _keep(hall.page(hall.at(hall.facts["boards"]), (1366, 700)), out / "boards-wired.png", 760)
    _first_day(hall, out / "first-day.png")


def _keep(page: Page, file: Path, width: int) -> None:
    page.evaluate("typeof prefer === 'function' && prefer({ lang: 'zh' })")
    page.wait_for_timeout(SETTLED_MS)
    save(Image.open(io.BytesIO(page.screenshot())), file, width)


def _kiosk(hall: Hall, out: Path) -> None:
    """Home, the items of a tile, a number."""
    port = hall.facts["kiosk"]
    page = hall.page(hall.at(port), (540, 960))
    seen = [_shot(page)]
    for target in ("group:social", "service:SB01"):
        _touch(hall, page, target)
        seen.append(_shot(page))
    sheet = Image.new("RGB", (540 * 3 + 60, 960), "#ffffff")
    for n, picture in enumerate(seen):
        sheet.paste(picture, (n * 570, 0))
    save(sheet, out / "three-touches.png", 900)


def _touch(hall: Hall, page: Page, target: str) -> None:
    left, top, right, bottom = hall.ask(hall.at(hall.facts["kiosk"], "/screen"))["targets"][target]
    page.mouse.click((left + right) / 2 * 540, (top + bottom) / 2 * 960)
    page.wait_for_timeout(SETTLED_MS)


def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _first_day(hall: Hall, file: Path) -> None:
    """The live page of a hall that `init` has just founded."""
    port = free_port(8300, set())
    with tempfile.TemporaryDirectory() as folder:
        secret, own = Path(folder) / "secret", Path(folder) / "hall.toml"
        secret.write_text("the-first-day\n", encoding="utf-8")
        words = ["--name", "东海街道便民服务中心", "--name-en", "Donghai Street Service Centre"]
        words += ["--tel-consult", "0595-00000001", "--tel-complaint", "0595-00000002", "--yes"]
        words += ["--listen", f"127.0.0.1:{port}", "--data", "var"]
        run = [sys.executable, "-m", "server"]
        subprocess.run(
            [*run, "init", "--out", str(own), *words, "--password-file", str(secret)], cwd=config.ROOT, check=True
        )
        with subprocess.Popen([*run, "--config", str(own)], cwd=config.ROOT, stderr=subprocess.DEVNULL) as hub:
            try:
                _answers(f"http://127.0.0.1:{port}/login")
                page = hall.browser.new_page(viewport={"width": SCREEN[0], "height": SCREEN[1]})
                page.goto(f"http://127.0.0.1:{port}/login")
                page.fill("[name=staff]", "admin")
                page.fill("[name=password]", "the-first-day")
                page.click("button.primary")
                page.wait_for_url("**/hall")
                _keep(page, file, 900)
            finally:
                hub.terminate()


def _answers(url: str) -> Any:
    """Until the hub answers. Raises urllib3's error after 20 s."""
    end = time.monotonic() + 20
    while True:
        try:
            return urllib3.request("GET", url, timeout=2, retries=False)
        except urllib3.exceptions.HTTPError:
            if time.monotonic() > end:
                raise
