"""The codes that stand on paper, or on a telephone: of a ticket on its slip, of a record on its receipt, of a booking
on its page, of a place that is kept for whoever is on the way. Who scans one learns of that one, and nothing of any
other. Pure.

A letter (`T`, `R`, `B`, `N`) + the id + `-` + six signs of a keyed hash (30 bits), in Crockford's base 32 (no I, L, O,
U):
T1C8-9XK3MZ. A number that a kiosk gave out alone has no id yet, and the kiosk no key of the hall: its code is `K` + the
number + `-` + thirty bits of a hash of the touch's idempotency key, which nobody knows but the two: KA641-7QF2HM.

A scanner may send a code alone or at the end of an address; small letters and the signs that are read as others are
taken as meant.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from intake.signs import identifier

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_CODE = re.compile(r"(?:^|/)([TRBNK])([0-9A-Z]{1,12})-([0-9A-Z]{6})$")


def _base32(number: int) -> str:
    signs = ""
    while number:
        signs, number = SIGNS[number % 32] + signs, number // 32
    return signs or "0"


def _seal(key: bytes, what: str) -> str:
    return _signs(hmac.digest(key, what.encode(), "sha256"))


def _signs(digest: bytes) -> str:
    """The first thirty bits."""
    return _base32(int.from_bytes(digest[:4], "big") >> 2).rjust(6, "0")


def ticket_code(key: bytes, ticket: int) -> str:
    return f"T{_base32(ticket)}-{_seal(key, str(ticket))}"


def record_code(key: bytes, record: int) -> str:
    return f"R{_base32(record)}-{_seal(key, f'record {record}')}"


def booking_code(key: bytes, appointment: int) -> str:
    return f"B{_base32(appointment)}-{_seal(key, f'booking {appointment}')}"


def booking_of(key: bytes, text: str) -> int | None:
    """The id of the hall's own appointment of a genuine code; None for anything else."""
    return _genuine("B", "booking ", key, text)


def offline_code(label: str, wish: str) -> str:
    """Of a number that a kiosk gave out alone; '' where the touch had no key."""
    return f"K{label}-{_signs(hashlib.sha256(f'offline {label} {wish}'.encode()).digest())}" if wish else ""


def offline_code_in(text: str) -> str:
    """The code of a number given out alone, as `offline_code` writes it, whoever's it is; '' for anything else."""
    match = _CODE.search(identifier(text).upper())
    if match is None or match[1] != "K":
        return ""
    letter, number = match[2][0], match[2][1:].translate(_READ_AS)
    return f"K{letter}{number}-{match[3].translate(_READ_AS)}" if number.isdecimal() else ""


def remote_code(key: bytes, remote: int) -> str:
    return f"N{_base32(remote)}-{_seal(key, f'remote {remote}')}"


def remote_of(key: bytes, text: str) -> int | None:
    """The id of the place taken outside of a genuine code; None for anything else."""
    return _genuine("N", "remote ", key, text)


def of_the_day(key: bytes, what: str, day: str) -> str:
    """Six digits that hold for a service day: what is shown at the hall alone, for whoever stands there to type."""
    whole = hmac.new(key, f"{what} {day}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(whole[:8], 'big') % 1_000_000:06d}"


def ticket_of(key: bytes, text: str) -> int | None:
    """The ticket's id of a genuine code; None for anything else."""
    return _genuine("T", "", key, text)


def record_of(key: bytes, text: str) -> int | None:
    """The record's id of a genuine code; None for anything else."""
    return _genuine("R", "record ", key, text)


def claimed_booking(text: str) -> int | None:
    """The id that a code of a booking claims, its seal not looked at: for what was checked in long ago, by code."""
    return _claimed("B", text)


def claimed_record(text: str) -> int | None:
    """The id that a code of a record claims, its seal not looked at: whose code somebody tries."""
    return _claimed("R", text)


def _claimed(letter: str, text: str) -> int | None:
    match = _CODE.search(identifier(text).upper())
    return _number(match[2]) if match is not None and match[1] == letter else None


def _number(signs: str) -> int:
    number = 0
    for sign in signs.translate(_READ_AS):
        number = number * 32 + SIGNS.index(sign)
    return number


def _genuine(letter: str, sealed_as: str, key: bytes, text: str) -> int | None:
    match = _CODE.search(identifier(text).upper())
    if match is None or match[1] != letter:
        return None
    number = _number(match[2])
    return number if hmac.compare_digest(match[3].translate(_READ_AS), _seal(key, f"{sealed_as}{number}")) else None


def like_a_slip(text: str) -> bool:
    """Whether a code has the form of a slip's, genuine or not: a booking with such a one would be taken for a slip."""
    match = _CODE.search(identifier(text).upper())
    return match is not None and match[1] not in "BK"  # other systems' codes begin so; only our own seal makes one ours
