"""In which language a page opens: the browser's, until somebody chooses another under 显示. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def tongue(path: str, wished: Iterable[str]) -> str:
    """`zh`, `en` or `both`, of the languages a browser asks for, the dearest first (RFC 9110, 12.5.4).

    A hall screen speaks to everybody. Who reads neither reads English; who says nothing, as a program, Chinese.
    """
    if path == "/screen" or path.startswith("/screen/"):
        return "both"
    names = [tag.replace("_", "-").partition("-")[0].lower() for tag in wished]
    known = next((name for name in names if name in ("zh", "en")), "")
    return known or ("en" if any(name not in ("", "*") for name in names) else "zh")
