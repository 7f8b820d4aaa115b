"""What every server of a visitor's pages does alike, the hub and the relay: the language, the template, and an end to
guessing codes. No cookie gives a right here, so no form needs a token against others' pages.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from flask import render_template, request

import words
from config import Text
from server.domain import codes
from server.pages.tongue import known, tongue

GUESSES = 20
"""Codes that open nothing, from one network in a minute; then even a right one must wait."""
GUESSES_A_DAY = 100
"""The same in a day. A code's seal has 30 bits: ten networks need 2^30 / 2 / 1000 days, which is 1470 years, for an
even chance of one answer; ten thousand still one and a half (tests/server/pages/test_telephone.py works it out).
"""
EARLY = 100
"""The same of offline slips, which their holders scan before the number is entered: many of them may stand behind one
address, and a page cannot tell them from guesses. Whoever has too many waits with such codes alone.
"""
EARLY_A_DAY = 1000
DAY_MIN = 24 * 60
REMEMBERED = 10_000
"""Networks whose guesses are remembered at most."""
TOO_MANY = Text(
    "试的次数太多：请过一会儿再扫，一直不行请到咨询台。",
    "Too many tries: scan again in a while, or come to the guide desk.",
)


def network(address: str) -> str:
    """Whose address it is: an IPv6 subscriber has a whole /64, and would be as many senders as there are addresses."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class Guesses:
    """Wrong codes of each network in the running minute, and in the running day where `a_day` bounds them."""

    def __init__(self, most: int = GUESSES, a_day: int | None = None) -> None:
        self._most, self._a_day = most, a_day
        self._wrong: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    def _so_far(self, address: str, minute: int) -> tuple[int, int]:
        """(in this minute, in this day)."""
        at, lately, today = self._wrong.get(network(address), (minute, 0, 0))
        return lately if at == minute else 0, today if at // DAY_MIN == minute // DAY_MIN else 0

    def too_many(self, address: str, minute: int) -> bool:
        lately, today = self._so_far(address, minute)
        return lately >= self._most or (self._a_day is not None and today >= self._a_day)

    def wrong(self, address: str, minute: int) -> None:
        lately, today = self._so_far(address, minute)
        self._wrong[network(address)] = (minute, lately + 1, today + 1)
        self._wrong.move_to_end(network(address))
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)


class Tries:
    """Codes that opened nothing, those of offline slips apart. `code`: it, or the path that ends in it; what is none
    counts with all others.
    """

    def __init__(self) -> None:
        self._wrong, self._early = Guesses(a_day=GUESSES_A_DAY), Guesses(EARLY, EARLY_A_DAY)

    def _like(self, code: str) -> Guesses:
        return self._early if codes.offline_code_in(code) else self._wrong

    def too_many(self, address: str, minute: int, code: str = "") -> bool:
        return self._like(code).too_many(address, minute)

    def wrong(self, address: str, minute: int, code: str = "") -> None:
        self._like(code).wrong(address, minute)


def chosen() -> str:
    """The language that the address or the form asks for; "" for none."""
    return known(request.values.get("lang", ""))


def translated(zh: Any, en: Any, lang: str) -> Any:
    """What a template shows of a pair in the visitor's language."""
    return zh if lang == words.SOURCE else en if lang == words.SECOND else words.translated(str(zh), str(en), lang)


SPOKEN = {"translated": translated, "tag": words.tag, "languages": words.languages, "language_name": words.name}
"""What the templates of `visitor/` call, of the hub and of the relay."""


def rendered(page: str, hall: Any, **more: Any) -> str:
    """A page of `server/templates/visitor/` in the visitor's language; `hall` has its names, banner and telephone."""
    lang = chosen() or tongue(request.path, (tag for tag, quality in request.accept_languages if quality))
    usual: Mapping[str, Any] = {
        "asks": "" if lang == words.SOURCE else f"?lang={lang}",
        "door": request.values.get("door", "")[:12],
        "picked": request.values.get("service", "")[:40],
        "wanted": request.values.get("code", "")[:40],
        "refused": None,
        "typed": "",
        "key": secrets.token_hex(8),
        "age": 0,
        "home": "",
        "relayed": False,
        "elsewhere": (),
    }
    return render_template(f"visitor/{page}.html", hall=hall, lang=lang, **{**usual, **more})
