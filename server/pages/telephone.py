"""What every server of a visitor's pages does alike, the hub and the relay: the language, the template, and an end to
guessing codes. No cookie gives a right here, so no form needs a token against others' pages.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from config import Text
from server.pages.tongue import tongue

GUESSES = 20
"""Codes that open nothing, from one address in a minute; then even a right one must wait."""
REMEMBERED = 10_000
"""Addresses whose guesses are remembered at most."""
TOO_MANY = Text("试的次数太多：请一分钟后再扫。", "Too many tries: scan again in a minute.")


class Guesses:
    """Wrong codes of each address in the running minute."""

    def __init__(self, most: int = GUESSES) -> None:
        self._most = most
        self._wrong: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def too_many(self, address: str, minute: int) -> bool:
        at, wrong = self._wrong.get(address, (minute, 0))
        return at == minute and wrong >= self._most

    def wrong(self, address: str, minute: int) -> None:
        at, wrong = self._wrong.pop(address, (minute, 0))
        self._wrong[address] = (minute, wrong + 1 if at == minute else 1)
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)


def chosen() -> str:
    """The language that the address or the form asks for; "" for none."""
    lang = request.values.get("lang", "")
    return lang if lang in ("zh", "en") else ""


def rendered(page: str, hall: Any, **more: Any) -> str:
    """A page of `server/templates/visitor/` in the visitor's language; `hall` has its names, banner and telephone."""
    lang = chosen() or tongue(request.path, (tag for tag, quality in request.accept_languages if quality))
    known: Mapping[str, Any] = {
        "door": request.values.get("door", "")[:12],
        "picked": request.values.get("service", "")[:40],
        "wanted": request.values.get("code", "")[:40],
        "refused": None,
        "key": secrets.token_hex(8),
        "age": 0,
        "home": "",
        "relayed": False,
    }
    return render_template(f"visitor/{page}.html", hall=hall, lang=lang, **{**known, **more})
