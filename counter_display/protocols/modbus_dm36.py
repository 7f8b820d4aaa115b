"""Number boards DM36 and DM56 (Modbus RTU): one ASCII code for each of six digits in the registers 0 to 5.

No time, no retry, no port in it.

Source: lamaplc.com's description of the DM36; docs/protocols/modbus_dm36.md has the byte table.
"""

from __future__ import annotations

from counter_display.protocols import modbus, segments
from counter_display.protocols.language import Fitted, Traits

DIGITS = 6
FIRST_DIGIT = 0
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
    return modbus.write(address, FIRST_DIGIT, list(text.upper().ljust(DIGITS).encode("ascii")))


def show_address(address: int) -> bytes:
    return encode(address, str(address))


def probe(address: int) -> bytes:
    """Reads the first digit."""
    return modbus.read(address, FIRST_DIGIT)


def brightness(address: int, percent: int) -> bytes:
    """No register for it is published: b""."""
    return b""
