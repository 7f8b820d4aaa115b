"""A demo that runs, before a browser: what pictures are taken with. Owns no picture."""

from __future__ import annotations

import io
import json
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import click
from PIL import Image
from playwright.sync_api import Browser, Page

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
