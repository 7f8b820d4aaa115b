"""Counter strip screen "A0 90" (窗口条屏): text to bytes, and bytes to replies. No time, no retry, no port in it.

    A0 90 ADDR CMD LENh LENl DATA XOR        XOR over ADDR .. end of DATA
    reply:  A0 90 ADDR .. A5 AA

Source: the writer of a working hospital queue system (C++, 2015); docs/protocols/a090.md has the byte table.
"""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import NamedTuple

HEAD = b"\xa0\x90"
SHOW, SHOW_ADDRESS = 0xA5, 0xA1
REPLY_END = b"\xa5\xaa"
COLORS = {"red": 0, "green": 1, "yellow": 2}
LONGEST_DATA = 254
"""The known writer splits lengths as n / 255 and n % 255, which is n >> 8 and n & 255 only below 255."""
LONGEST_REPLY = 64
"""Bytes after which a reply that does not end is taken for noise. The real length is not published."""
SUBSTITUTE = "□"


class Fitted(NamedTuple):
    """A text as the board can show it; `missing` are the characters it has none for, `cut` is what was too long."""

    text: str
    missing: str
    cut: str


class Reply(NamedTuple):
    """A board's answer: from which address, and what stood between it and the end."""

    address: int
    body: bytes


def fit(text: str) -> Fitted:
    """`text` without what the board cannot show: no ASCII sign and no two-byte GBK code becomes □; cut at 254 bytes."""
    shown = "".join(c if _code(c) else SUBSTITUTE for c in text)
    room = LONGEST_DATA
    for end, character in enumerate(shown):
        room -= len(_code(character)) + 1
        if room < 0:
            return Fitted(shown[:end], _missing(text), text[end:])
    return Fitted(shown, _missing(text), "")


def encode(address: int, text: str, color: str = "red") -> bytes:
    """The frame that makes board `address` (0-255) show `text` in one color (red, green, yellow)."""
    paint = bytes([COLORS[color]])
    return frame(address, SHOW, b"".join(_code(c) + paint for c in fit(text).text))


def show_address(address: int) -> bytes:
    """The frame that makes board `address` show its own address."""
    return frame(address, SHOW_ADDRESS, b"")


def frame(address: int, command: int, data: bytes) -> bytes:
    if not 0 <= address <= 255:
        raise ValueError(f"address {address}: a board's address is 0 to 255")
    if len(data) > LONGEST_DATA:
        raise ValueError(f"{len(data)} bytes of data: a frame carries {LONGEST_DATA} at most")
    body = bytes([address, command, *divmod(len(data), 256)]) + data
    return HEAD + body + bytes([reduce(xor, body)])


def _missing(text: str) -> str:
    return "".join(c for c in text if not _code(c))


def _code(character: str) -> bytes:
    """One printable ASCII byte or two bytes of GBK; nothing for a character the board does not have."""
    if " " <= character <= "~":
        return character.encode("ascii")
    try:
        code = character.encode("gbk")
    except UnicodeEncodeError:
        return b""
    return code if len(code) == 2 else b""


class Replies:
    """Replies out of any pieces of bytes; noise is passed over. One per wire.

    An adapter may echo what was written: `sent(frame)` makes those very bytes be skipped, once. Where a reply begins
    and another head comes before its end, the later head counts: the earlier one was broken off.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._echo = b""
        self._echoed = 0

    def sent(self, frame: bytes) -> None:
        """A frame goes out: whatever came before is not an answer to it."""
        self._rest, self._echo, self._echoed = b"", frame, 0

    def feed(self, piece: bytes) -> list[Reply]:
        self._rest += self._without_echo(piece)
        found: list[Reply] = []
        start = 0
        while (end := self._rest.find(REPLY_END, start)) >= 0:
            head = self._rest.rfind(HEAD, 0, end)
            if head >= 0 and head + 2 == end:
                start = end + 1  # this A5 is the address
                continue
            if head >= 0:
                found.append(Reply(self._rest[head + 2], self._rest[head + 3 : end]))
            self._rest, start = self._rest[end + len(REPLY_END) :], 0
        self._rest = self._rest[-LONGEST_REPLY:]
        return found

    def _without_echo(self, piece: bytes) -> bytes:
        for index, byte in enumerate(piece):
            if self._echoed == len(self._echo):
                return piece[index:]
            if byte != self._echo[self._echoed]:
                held, self._echo = self._echo[: self._echoed], b""
                self._echoed = 0
                return held + piece[index:]
            self._echoed += 1
        return b""
