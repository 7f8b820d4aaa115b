"""A text message as a GSM modem takes it (3GPP TS 23.040): SMS-SUBMIT in hex, and the status report that comes back.
Pure.

Always UCS2: the text mode of modems loses Chinese. A text longer than 70 UTF-16 units goes out in parts of 67, each
with a header (UDH, 23.040 9.2.3.24.1) by which the telephone puts them together; a rare character counts two units and
is never cut. `counter_display/virtual/devices/gsm.py` reads the same bytes by code of its own.
"""

from __future__ import annotations

from typing import NamedTuple

WHOLE, PART = 70, 67
"""UTF-16 units of a message: 140 octets alone, 134 behind the header of a part."""
MOST_PARTS = 3
"""Parts of one notification: a template that needs more is refused by `config/mistakes.py`."""

SUBMIT, RELATIVE, REPORT, HEADER = 0x01, 0x10, 0x20, 0x40
"""First octet of SMS-SUBMIT: its kind, a relative validity, a status report asked for, a header before the text."""
UCS2 = 0x08
ABROAD, AT_HOME = 0x91, 0x81
"""Type of number: international (with its country's code), or as it is dialled here."""


class Part(NamedTuple):
    """One SMS-SUBMIT. `octets`: what AT+CMGS says, its length without the service centre's address."""

    hex: str
    octets: int


class Report(NamedTuple):
    """A status report: of the message with reference `ref`. `state`: arrived, failed, or waiting: the network goes on
    trying.
    """

    ref: int
    state: str


def units(text: str) -> int:
    """UTF-16 units, as the network counts."""
    return len(text.encode("utf-16-be")) // 2


def parts(text: str) -> list[str]:
    """The text in pieces that each fit one message; one piece where it fits whole."""
    if units(text) <= WHOLE:
        return [text]
    pieces, room = [""], PART
    for sign in text:
        size = units(sign)
        if size > room:
            pieces, room = [*pieces, ""], PART
        pieces[-1] += sign
        room -= size
    return pieces


def submit(number: str, text: str, *, ref: int, valid_min: int, report: bool = True) -> list[Part]:
    """The messages that carry a text to a number, in order.

    `number`: digits, with + where its country is said. `ref` 0 to 255 joins the parts. `valid_min`: so long the network
    tries, in steps of five minutes. Raises ValueError for what is no number.
    """
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 20):
        raise ValueError("not a telephone number")
    pieces = parts(text)
    address = bytes([len(digits), ABROAD if number.startswith("+") else AT_HOME]) + _swapped(digits)
    found = []
    for n, piece in enumerate(pieces, start=1):
        header = bytes([5, 0, 3, ref & 0xFF, len(pieces), n]) if len(pieces) > 1 else b""
        data = header + piece.encode("utf-16-be")
        first = SUBMIT | RELATIVE | (REPORT if report else 0) | (HEADER if header else 0)
        told = bytes([first, 0]) + address + bytes([0, UCS2, _validity(valid_min), len(data)]) + data
        found.append(Part("00" + told.hex().upper(), len(told)))  # 00: the service centre that the SIM knows
    return found


def _swapped(digits: str) -> bytes:
    """Semi-octets: two digits to an octet, the first in its lower half, F fills up."""
    even = digits + "F" * (len(digits) % 2)
    return bytes(int(even[n + 1] + even[n], 16) for n in range(0, len(even), 2))


def _validity(minutes: int) -> int:
    """TP-VP, relative (23.040 9.2.3.12.1): five minutes to twelve hours in steps of five, then half hours to a day."""
    if minutes <= 720:
        return max(0, -(-minutes // 5) - 1)
    return min(143 + -(-(minutes - 720) // 30), 167)


def status_report(hex: str) -> Report | None:
    """What a status report says; None for anything else, as a message that somebody sent to the SIM."""
    try:
        octets = bytes.fromhex(hex)
        told = octets[1 + octets[0] :]
        if told[0] & 0x03 != 0x02:
            return None
        state = told[4 + (told[2] + 1) // 2 + 14]
    except (ValueError, IndexError):
        return None
    kind = "arrived" if state < 0x20 else "waiting" if state < 0x40 else "failed"  # 23.040 9.2.3.15
    return Report(told[1], kind)
