"""What every server of a visitor's pages does alike, the hub and the relay: the language, the template, and an end to
guessing codes. No cookie gives a right here, so no form needs a token against others' pages.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import render_template, request

import words
from config import Text
from server.domain import codes
from server.domain.guesses import GUESSES_A_DAY, Guesses
from server.pages.tongue import known, tongue

EARLY = 100
"""The same of offline slips, which their holders scan before the number is entered: many of them may stand behind one
address, and a page cannot tell them from guesses. Whoever has too many waits with such codes alone.
"""
EARLY_A_DAY = 1000
TOO_MANY = Text(
    "试的次数太多：请过一会儿再扫，一直不行请到咨询台。",
    "Too many tries: scan again in a while, or come to the guide desk.",
)


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


def asked() -> Mapping[str, str]:
    """What the address and the form say; of no page of ours the address alone: nobody reads what was sent there."""
    return request.args if request.url_rule is None else request.values


def chosen() -> str:
    """The language that the address or the form asks for; "" for none."""
    return known(asked().get("lang", ""))


def translated(zh: Any, en: Any, lang: str) -> Any:
    """What a template shows of a pair in the visitor's language."""
    return zh if lang == words.SOURCE else en if lang == words.SECOND else words.translated(str(zh), str(en), lang)


SPOKEN = {"translated": translated, "tag": words.tag, "languages": words.languages, "language_name": words.name}
"""What the templates of `visitor/` call, of the hub and of the relay."""


def rendered(page: str, hall: Any, **more: Any) -> str:
    """A page of `server/templates/visitor/` in the visitor's language; `hall` has its names, banner and telephone."""
    lang = chosen() or tongue(request.path, (tag for tag, quality in request.accept_languages if quality))
    wish = asked()
    usual: Mapping[str, Any] = {
        "asks": "" if lang == words.SOURCE else f"?lang={lang}",
        "door": wish.get("door", "")[:12],
        "picked": wish.get("service", "")[:40],
        "wanted": wish.get("code", "")[:40],
        "refused": None,
        "typed": "",
        "key": secrets.token_hex(8),
        "age": 0,
        "home": "",
        "keeps": "",
        "relayed": False,
        "elsewhere": (),
    }
    return render_template(f"visitor/{page}.html", hall=hall, lang=lang, **{**usual, **more})
