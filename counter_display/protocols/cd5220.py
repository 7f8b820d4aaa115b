"""Line displays CD5220 (VFD of 2 lines by 20 letters): text to bytes. It never answers.

No time, no retry, no port in it.

    1B 51 41 <20 letters> 0D   upper line        1B 51 42 <20 letters> 0D   lower line

Source: the CD5220 and XP8200 manuals; docs/protocols/cd5220.md has the byte table.
"""

from __future__ import annotations

import re

from counter_display.protocols.language import Fitted, Reply, Traits, latin, refuse_address, refuse_too_long

ESCAPE, CLEAR, END = b"\x1b", b"\x0c", b"\r"
UPPER, LOWER = ESCAPE + b"QA", ESCAPE + b"QB"
BRIGHTNESS = ESCAPE + b"*"
LEVELS = 4
WIDTH = 20
TRAITS = Traits(longest=2 * WIDTH, addresses=range(1), answers=False, hanzi=False, colors=(), brightness=True)


def fit(text: str) -> Fitted:
    """At most two lines of 20 letters, a line feed between them; ASCII only, broken between words, a word that does
    not fit left out.
    """
    parts = [latin(part, lambda c: " " <= c <= "~") for part in text.split("\n")]
    lines, cut = _lines(" \n ".join(shown for shown, _ in parts).split(" "))
    return Fitted("\n".join(lines).rstrip("\n"), "".join(missing for _, missing in parts), cut)


def _lines(words: list[str]) -> tuple[list[str], str]:
    """Two lines of whole words, and the words that found no room."""
    lines, left = ["", ""], [word for word in words if word]
    for number in (0, 1):
        while left and left[0] != "\n" and len(f"{lines[number]} {left[0]}".strip()) <= WIDTH:
            lines[number] = f"{lines[number]} {left.pop(0)}".strip()
        if left and left[0] == "\n":
            left.pop(0)
    return lines, " ".join(word for word in left if word != "\n")


def encode(
    address: int,
    text: str,
    color: str = "red",
    *,
    columns: int = 16,
    rows: int = 16,
    effect: str = "still",
    number_color: str = "",
) -> bytes:
    """Both lines. The display has no address: 0. Raises ValueError for a text that was not fitted."""
    refuse_address(address, TRAITS.addresses)
    upper, _, lower = text.partition("\n")
    if not re.fullmatch(r"[ -~]*", upper + lower):
        raise ValueError(f"text {text!r}: this display has ASCII letters only; fit the text first")
    refuse_too_long(max(len(upper), len(lower)), WIDTH)
    return UPPER + upper.ljust(WIDTH).encode("ascii") + END + LOWER + lower.ljust(WIDTH).encode("ascii") + END


def show_address(address: int) -> bytes:
    return encode(address, f"DISPLAY {address}")


def probe(address: int) -> bytes:
    """Nothing makes it answer: b""."""
    return b""


def brightness(address: int, percent: int) -> bytes:
    """One of four levels. Only a cleared display takes it, so it is dark afterwards: show the text again."""
    refuse_address(address, TRAITS.addresses)
    level = min(LEVELS, max(1, -(-percent * LEVELS // 100)))
    return CLEAR + BRIGHTNESS + bytes([level])


class Replies:
    """There are none: whatever comes is noise or echo."""

    def sent(self, frame: bytes) -> None:
        """Nothing is expected."""

    def feed(self, piece: bytes) -> list[Reply]:
        return []
