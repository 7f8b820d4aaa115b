"""In which language a page opens: what was chosen under 显示 or by `?lang=`, else the browser's. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import words

COOKIE = "jiaohao-lang"
"""Where a browser keeps a third language for the pages that the hub makes (server/static/prefs.js); of Chinese and
English every page has both.
"""


def known(lang: str) -> str:
    """A language that an address, a form or a cookie asks for; "" for one that nobody has."""
    return lang if lang in words.languages() else ""


def tongue(path: str, wished: Iterable[str]) -> str:
    """`zh`, `en`, another language with a catalog, or `both`, of the languages a browser asks for, the dearest first
    (RFC 9110, 12.5.4).

    A hall screen speaks to everybody. Who reads none of them reads English; who says nothing, as a program, Chinese.
    """
    if path == "/screen" or path.startswith("/screen/"):
        return "both"
    names = [tag.partition(";")[0] for tag in wished]
    return words.nearest(names) or ("en" if any(name not in ("", "*") for name in names) else "zh")
