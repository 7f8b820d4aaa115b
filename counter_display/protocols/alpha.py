"""Alpha signs (M-Protocol): a text to bytes, and the acknowledgement, if the sign is set to send one.

No time, no retry, no port in it.

    00 x5 01 TYPE ADDR ADDR 02 CMD DATA 03 SUM x4 04        ADDR and SUM are hexadecimal digits; SUM runs from 02 to 03

Source: Alpha Sign Communications Protocol 9708-8061F and open implementations of it; docs/protocols/alpha.md has the
byte table.
"""

from __future__ import annotations

import re

from config import Text
from counter_display.protocols.language import (
    Echo,
    Fitted,
    Reply,
    Traits,
    latin,
    painted,
    refuse_address,
    refuse_too_long,
)

WAKE, HEADER, TEXT, TEXT_END, END = b"\0" * 5, b"\x01", b"\x02", b"\x03", b"\x04"
ALL_TYPES = b"Z"
WRITE_TEXT, FILE = b"A", b"A"
ESCAPE, COLOR = b"\x1b", b"\x1c"
FILL, BOTTOM = b"\x30", b"\x26"
ROTATE, HOLD, FLASH = b"a", b"b", b"c"
COLORS = {"red": b"1", "green": b"2", "yellow": b"8"}
ACCEPTED, REFUSED = 0x06, 0x15
NAK = Text("屏不接受这个数据包", "the sign refused the packet")
LONGEST = 125
"""Letters: what a sign keeps for a file that nobody has given more room."""
TRAITS = Traits(
    longest=LONGEST, addresses=range(256), answers=False, hanzi=False, colors=tuple(COLORS), flashes=True, serial="7E1"
)


def fit(text: str) -> Fitted:
    """ASCII only (请A001到3号窗口: "A001 3"), at most 125 letters, no number cut."""
    whole, missing = latin(text, lambda c: " " <= c <= "~")
    shown = whole
    while len(shown) > LONGEST:
        shown = shown.rpartition(" ")[0]
    return Fitted(shown, missing, whole[len(shown) :].strip())


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
    """The frame that shows `text` in one color, its numbers in another where one is named, still or flashing by itself.

    Address 0 is every sign. ValueError if it was not fitted.
    """
    if not re.fullmatch(r"[ -~]*", text):
        raise ValueError(f"text {text!r}: this sign has ASCII letters only; fit the text first")
    refuse_too_long(len(text), LONGEST)
    stretches = painted(text, color, number_color) or [("", color)]
    told = b"".join(COLOR + COLORS.get(paint, COLORS["red"]) + stretch.encode("ascii") for stretch, paint in stretches)
    return write_text(address, told, FILL, FLASH if effect == "flash" else HOLD)


def write_text(address: int, text: bytes, position: bytes, mode: bytes) -> bytes:
    refuse_address(address, TRAITS.addresses)
    packet = TEXT + WRITE_TEXT + FILE + ESCAPE + position + mode + text + TEXT_END
    return WAKE + HEADER + ALL_TYPES + b"%02X" % address + packet + b"%04X" % (sum(packet) & 0xFFFF) + END


def show_address(address: int) -> bytes:
    return encode(address, f"{address:02X}")


def probe(address: int) -> bytes:
    """Nothing is answered by a sign as it comes: b""."""
    return b""


def brightness(address: int, percent: int) -> bytes:
    """Dimming is a setting of newer signs only: b""."""
    return b""


class Replies:
    """ACK and NAK carry no address: they are of the sign that was told last."""

    def __init__(self) -> None:
        self._echo = Echo()
        self._address = 0

    def sent(self, frame: bytes) -> None:
        self._echo.sent(frame)
        told = re.search(rb"\x01.([0-9A-F]{2})\x02", frame, flags=re.DOTALL)
        self._address = int(told.group(1), 16) if told else 0

    def feed(self, piece: bytes) -> list[Reply]:
        heard = [byte for byte in self._echo.without(piece) if byte in (ACCEPTED, REFUSED)]
        return [Reply(self._address, bytes([byte]), None if byte == ACCEPTED else NAK) for byte in heard]
