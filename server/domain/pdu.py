"""A text message as a GSM modem takes it (3GPP TS 23.040): SMS-SUBMIT in hex, the status report that comes back, and
the SMS-DELIVER that somebody sent. Pure.

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
ALPHANUMERIC = 0x50
"""Type of number of a sender that is a name and no number (23.040 9.1.2.5)."""
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of 7 bits (3GPP TS 23.038 6.2.1), by code."""
EXTENDED = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
"""After ESC (6.2.1.1)."""
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


class Delivered(NamedTuple):
    """A text that somebody sent to the SIM. `sender`: digits, + in front where the country is said; empty for a sender
    with a name. `stamp`: the service centre's, seven octets in hex. `joined`: (reference, how many parts, which) of a
    part of a long one.
    """

    sender: str
    text: str
    stamp: str
    joined: tuple[int, int, int] | None = None


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


def deliver(hex: str) -> Delivered | None:
    """What an SMS-DELIVER says (23.040 9.2.2.1); None for anything else, and for a body that is no text (8 bits,
    compressed).
    """
    try:
        octets = bytes.fromhex(hex)
        told = octets[1 + octets[0] :]
        if told[0] & 0x03 != 0x00:
            return None
        after = 3 + (told[1] + 1) // 2
        sender = _sender(told[1], told[2], told[3:after])
        coding, stamp, length = told[after + 1], told[after + 2 : after + 9], told[after + 9]
        data = told[after + 10 :]
        header = data[: data[0] + 1] if told[0] & HEADER else b""
        text = _text(_alphabet(coding), data, length, len(header))
    except (ValueError, IndexError):
        return None
    return None if text is None else Delivered(sender, text, stamp.hex(), _joined(header))


def _sender(digits: int, kind: int, octets: bytes) -> str:
    if kind & 0x70 == ALPHANUMERIC:
        return ""
    number = "".join(f"{octet & 0x0F:X}{octet >> 4:X}" for octet in octets)[:digits]
    if not number.isdigit():
        raise ValueError("not a telephone number")
    return ("+" if kind & 0x70 == 0x10 else "") + number


def _alphabet(coding: int) -> str:
    """By TP-DCS (23.038 4): `basic`, `ucs2`, or empty for what is no text."""
    group = coding >> 4
    if group < 0x8:
        return "" if coding & 0x20 else ("basic", "", "ucs2", "")[coding >> 2 & 3]
    if group == 0xF:
        return "" if coding & 0x04 else "basic"
    return {0xC: "basic", 0xD: "basic", 0xE: "ucs2"}.get(group, "")


def _text(alphabet: str, data: bytes, length: int, header: int) -> str | None:
    """`length`: TP-UDL, in septets or octets, the header among them."""
    if alphabet == "ucs2":
        if len(data) < length:
            raise ValueError("ends too early")
        return data[header:length].decode("utf-16-be")
    if alphabet != "basic":
        return None
    bits, skipped = int.from_bytes(data, "little"), -(-header * 8 // 7)
    if len(data) * 8 < length * 7:
        raise ValueError("ends too early")
    return _signs([bits >> 7 * n & 0x7F for n in range(skipped, length)])


def _signs(codes: list[int]) -> str:
    found, escaped = "", False
    for code in codes:
        if escaped:
            found, escaped = found + EXTENDED.get(code, BASIC[code]), False
        elif code == 0x1B:
            escaped = True
        else:
            found += BASIC[code]
    return found


def _joined(header: bytes) -> tuple[int, int, int] | None:
    """By the header's element of a long message (23.040 9.2.3.24.1 and .8): a reference of 8 or 16 bits."""
    at = 1
    while at + 1 < len(header):
        kind, size = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + size]
        if (kind, size) in ((0x00, 3), (0x08, 4)):
            many, which = value[-2], value[-1]
            if not 1 <= which <= many:
                raise ValueError("a part of none")
            return int.from_bytes(value[:-2], "big"), many, which
        at += 2 + size
    return None
