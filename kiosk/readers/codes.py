"""The bytes of a barcode or QR scanner as codes. Pure: bytes and pauses in, texts out; docs/readers.md has the table.

A code ends with CR, LF or CRLF, or, from a scanner without a suffix, with a pause. An AIM symbology identifier before
it (``]Q1``) is not part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PAUSE_S = 0.12
"""Silence that ends a code without a suffix: 9600 baud brings a byte each millisecond, USB gathers 16 of them."""
LONGEST = 512
"""More than that without an end is noise and is forgotten."""
AGAIN_S = 2.0

_AIM = re.compile(r"\][A-Za-z][0-9A-Fa-f]")
_END = re.compile(rb"[\r\n\x03\x04]")


def text_of(raw: bytes) -> str:
    """One code without its AIM prefix and control characters; "" for what is no text, or too long for a code."""
    if len(raw) > LONGEST:
        return ""
    text = "".join(char for char in _decoded(raw).removeprefix("\ufeff") if char.isprintable()).strip()
    found = _AIM.match(text)
    return text[found.end() :] if found else text


def _decoded(raw: bytes) -> str:
    """UTF-8, else GB18030.

    Two Hanzi of GB18030 may look like UTF-8 letters that no code here has (U+0080 to U+07FF).
    """
    found = []
    for charset in ("utf-8", "gb18030"):
        try:
            found.append(raw.decode(charset))
        except UnicodeDecodeError:
            continue
    likely = (text for text in found if not any("\x80" <= char < "\u0800" for char in text))
    return next(likely, found[0] if found else "")


class Codes:
    """What is on the line: `feed` with each piece that comes, `pause` when nothing has come for `PAUSE_S`."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        *ended, rest = _END.split(self._rest + piece)
        self._rest = rest[: LONGEST + 1]
        return [text for raw in ended if (text := text_of(raw))]

    def pause(self) -> list[str]:
        raw, self._rest = self._rest, b""
        return [text] if (text := text_of(raw)) else []


@dataclass
class Once:
    """Lets a code pass once: the same one again within 2 s of its last sight is a scanner that goes on looking."""

    seen: dict[str, float] = field(default_factory=dict)

    def passes(self, text: str, now: float) -> bool:
        new = now - self.seen.get(text, now - AGAIN_S) >= AGAIN_S
        self.seen = {code: at for code, at in self.seen.items() if now - at < AGAIN_S} | {text: now}
        return new
