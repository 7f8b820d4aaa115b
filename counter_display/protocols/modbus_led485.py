"""Number boards LED-485-xxx (Modbus RTU): a text of six digits as ASCII in the registers 0070, 0071 and 0072.

No time, no retry, no port in it.

Source: the makers' set-up tool and factory test (armfly and its relatives); docs/protocols/modbus_led485.md has the
byte table.
"""

from __future__ import annotations

import struct

from counter_display.protocols import modbus, segments
from counter_display.protocols.language import Fitted, Traits

DIGITS = 6
TEXT, ADDRESS = 0x0070, 0x0002
TRAITS = Traits(
    longest=DIGITS, addresses=modbus.ADDRESSES, hanzi=False, colors=(), gap_characters=modbus.SILENCE_CHARACTERS
)
Replies = modbus.Replies


def fit(text: str) -> Fitted:
    """The number in `text`, as far as seven segments can show it."""
    return segments.fit(text, DIGITS)


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
    """The frame that shows `text` from the left, the rest dark. Raises ValueError for a text that was not fitted."""
    segments.refuse(text, DIGITS)
    return modbus.write(address, TEXT, struct.unpack(">3H", text.upper().ljust(DIGITS).encode("ascii")))


def show_address(address: int) -> bytes:
    return encode(address, str(address))


def probe(address: int) -> bytes:
    """Reads the register that holds its address."""
    return modbus.read(address, ADDRESS)


def brightness(address: int, percent: int) -> bytes:
    """No register for it is published: b""."""
    return b""
