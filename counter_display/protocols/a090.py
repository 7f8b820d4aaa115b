"""Counter strip screen "A0 90" (窗口条屏): text to bytes, and bytes to replies. No time, no retry, no port in it.

    A0 90 ADDR CMD LENh LENl DATA XOR        XOR over ADDR .. end of DATA
    reply:  A0 90 ADDR .. A5 AA

Source: the writer of a working hospital queue system (C++, 2015); docs/protocols/a090.md has the byte table.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from counter_display.protocols.answers import Between
from counter_display.protocols.language import Fitted, Traits, fitted, gbk, painted, refuse_address, refuse_too_long

HEAD = b"\xa0\x90"
SHOW, SHOW_ADDRESS, SET_ADDRESS = 0xA5, 0xA1, 0xA2
REPLY_END = b"\xa5\xaa"
COLORS = {"red": 0, "green": 1, "yellow": 2}
LONGEST_DATA = 254
"""The known writer splits lengths as n / 255 and n % 255, which is n >> 8 and n & 255 only below 255."""
LONGEST_REPLY = 64
"""Bytes after which a reply that does not end is taken for noise. The real length is not published."""
TRAITS = Traits(longest=LONGEST_DATA, addresses=range(256))


def fit(text: str) -> Fitted:
    """`text` without what the board cannot show: no ASCII sign and no two-byte GBK code becomes □; cut at 254 bytes."""
    return fitted(text, LONGEST_DATA, lambda c: gbk(c) and gbk(c) + b"\0")


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
    """The frame that makes board `address` show `text` in one color, its numbers in another where one is named.

    Raises ValueError for a text that was not fitted.
    """
    stretches = painted(text, color, number_color)
    signs = [(gbk(c) or gbk("□")) + bytes([COLORS.get(paint, 0)]) for stretch, paint in stretches for c in stretch]
    return frame(address, SHOW, b"".join(signs))


def show_address(address: int) -> bytes:
    """The frame that makes board `address` show its own address."""
    return frame(address, SHOW_ADDRESS, b"")


def probe(address: int) -> bytes:
    """The board has no silent question: b""."""
    return b""


def brightness(address: int, percent: int) -> bytes:
    """No command for it is published: b""."""
    return b""


def frame(address: int, command: int, data: bytes) -> bytes:
    refuse_address(address, TRAITS.addresses)
    refuse_too_long(len(data), LONGEST_DATA)
    body = bytes([address, command, *divmod(len(data), 256)]) + data
    return HEAD + body + bytes([reduce(xor, body)])


class Replies(Between):
    """Replies out of any pieces of bytes; noise and the adapter's echo are passed over.

    One for each time the port is opened.
    """

    def __init__(self) -> None:
        super().__init__(HEAD, REPLY_END, LONGEST_REPLY, address_at=0)
