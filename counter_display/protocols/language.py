"""What every board's language says of itself and has in common: traits, characters, fitting, the adapter's echo.

Makes no frame.

The whole interface is written down in `counter_display/protocols/__init__.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from config import Text
from intake.quantities import Unclear

SUBSTITUTE = "□"
NUMBER = "[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]"
"""A letter or digit of a ticket, narrow or full-width."""
NUMBERS = "[A-Za-zＡ-Ｚａ-ｚ]*[0-9０-９]+"
NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width signs -> ASCII. Nothing else is translated: ① behind A001 must not become another digit of it."""
COLORS = ("red", "green", "yellow")


class Traits(NamedTuple):
    """What a language and its boards can do. Sizes in bytes of text on the wire, times in seconds."""

    longest: int
    """Bytes of text a frame carries at most, colors counted; `fit` keeps to it."""
    addresses: range
    """Addresses a board may have; range(1) for a language that knows none (one board on a wire)."""
    answers: bool = True
    """Whether a board answers each frame. If not, nobody can tell whether it is there."""
    hanzi: bool = True
    """Whether it has Chinese characters; if not, only ASCII texts ("A001", "A001 TO 3") make sense."""
    colors: tuple[str, ...] = COLORS
    """Colors it tells apart; any other is sent as the first. None for a board that glows in its own."""
    flashes: bool = False
    """Whether `encode(..., effect="flash")` makes the board flash by itself; else text and blank are sent in turn."""
    brightness: bool = False
    """Whether `brightness` makes a frame; else it makes nothing. A board may forget its text by it: show it again."""
    serial: str = "8N1"
    """Bits, parity and stop bits on a serial line, as its boards come from the factory."""
    gap_characters: float = 0.0
    """Silence that must be kept before a frame, in characters of wire time (Modbus RTU: 3.5)."""


class Fitted(NamedTuple):
    """A text as the board can show it; `missing` are the characters it has none for, `cut` is what was too long."""

    text: str
    missing: str
    cut: str


class Reply(NamedTuple):
    """An answer: from which address, what it carried, and why the board refused (None if it did not).

    `absent`: a gateway answered for a board that is not there, which is no answer of the board.
    """

    address: int
    body: bytes
    refused: Text | None = None
    absent: bool = False


def gbk(character: str) -> bytes:
    """One printable ASCII byte or two bytes of GBK; nothing for a character the boards do not have."""
    if " " <= character <= "~":
        return character.encode("ascii")
    try:
        code = character.encode("gbk")
    except UnicodeEncodeError:
        return b""
    return code if len(code) == 2 else b""


def fitted(text: str, longest: int, code: Callable[[str], bytes], substitute: str = SUBSTITUTE) -> Fitted:
    """`text` with the substitute for what has no code, cut at `longest` bytes: between characters, and never inside a
    number.
    """
    shown = "".join(c if code(c) else substitute for c in text)
    missing = "".join(c for c in text if not code(c))
    room = longest
    for end, character in enumerate(shown):
        room -= len(code(character))
        if room < 0:
            whole = _before_a_number(shown, end)
            return Fitted(shown[:whole], missing, text[whole:])
    return Fitted(shown, missing, "")


def _before_a_number(text: str, end: int) -> int:
    """`end`, or where the number begins that it would cut: half a ticket is another ticket."""
    if not re.match(NUMBER, text[end]):
        return end
    run = re.search(f"{NUMBER}*$", text[:end])
    return run.start() if run else end


def painted(text: str, color: str, number_color: str = "") -> list[tuple[str, str]]:
    """The text in stretches of one color: its numbers (A001, 3) in their own, where they have one."""
    if not number_color:
        return [(text, color)] if text else []
    stretches = re.split(f"({NUMBERS})", text)
    return [(stretch, number_color if at % 2 else color) for at, stretch in enumerate(stretches) if stretch]


def latin(text: str, known: Callable[[str], bool]) -> tuple[str, str]:
    """What a board without Chinese shows of a text, and what it is a pity to miss.

    请A001到3号窗口 becomes "A001 3", A001→3 too: what is left out parts what stood around it. Of a text without a
    number nothing is left: all of it is missing.
    """
    plain = text.translate(NARROW)
    shown = " ".join("".join(c if known(c) else " " for c in plain).split())
    return shown, "".join(c for c in plain if not known(c) and (not shown or not _hanzi(c)))


def _hanzi(character: str) -> bool:
    return "\u3000" <= character <= "\u9fff"


def refuse_too_long(size: int, longest: int) -> None:
    """Raise Unclear if a text does not fit: a codec never cuts by itself."""
    if size > longest:
        raise Unclear(
            f"文字有{size}个字节，一帧最多{longest}个：请先缩短。",
            f"text: {size} bytes, a frame carries {longest} at most; fit the text first",
        )


def refuse_address(address: int, addresses: range) -> None:
    if address not in addresses:
        raise Unclear(
            f"地址{address}：窗口屏的地址是{addresses[0]}到{addresses[-1]}，请改正。",
            f"address {address}: a board's address is {addresses[0]} to {addresses[-1]}",
        )


class Echo:
    """An adapter may echo what was written: after `sent(frame)` those very bytes are taken out of what comes, once."""

    def __init__(self) -> None:
        self._frame = b""
        self._heard = 0

    def sent(self, frame: bytes) -> None:
        self._frame, self._heard = frame, 0

    def without(self, piece: bytes) -> bytes:
        for index, byte in enumerate(piece):
            if self._heard == len(self._frame):
                return piece[index:]
            if byte != self._frame[self._heard]:
                held, self._frame = self._frame[: self._heard], b""
                self._heard = 0
                return held + piece[index:]
            self._heard += 1
        return b""
