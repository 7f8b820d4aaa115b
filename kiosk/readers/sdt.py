"""The language of second-generation resident-ID card readers (SAM module, "SDT" protocol). Pure bytes; docs/readers.md.

    command  AA AA AA 96 69  LENh LENl  CMD PARA [data]        XOR
    answer   AA AA AA 96 69  LENh LENl  SW1 SW2 SW3 [data]     XOR        XOR over LENh up to the last byte before it

Of a card only its number and kind are ever taken out, and the number goes no further than `seal`: what remains of it
is an HMAC under the hall's own key and a mask. No text of an error and no repr here holds a byte of a card.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from functools import reduce
from operator import xor

from config import Text
from intake.signs import line

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"

FOUND, OK, NO_CARD, SELECT_FAILED = b"\x00\x00\x9f", b"\x00\x00\x90", b"\x00\x00\x80", b"\x00\x00\x81"
READ_FAILED, BAD_SUM, UNLICENSED = b"\x00\x00\x41", b"\x00\x00\x10", b"\x00\x00\x66"

FIELDS = (  # of the 256 bytes of text: name, offset, bytes; UTF-16LE, filled with spaces
    ("name", 0, 30),
    ("sex", 30, 2),
    ("nation", 32, 4),
    ("birth", 36, 16),
    ("address", 52, 70),
    ("number", 122, 36),
    ("issuer", 158, 30),
    ("from", 188, 16),
    ("to", 204, 16),
    ("pass_number", 220, 18),
    ("issue_count", 238, 4),
    ("kind", 248, 2),
)
TEXT, PHOTO = 256, 1024
LONGEST = 4096
"""A length above that is noise: no answer is so long, with photograph and both fingerprints."""

KINDS = {"": "resident", "J": "permit", "I": "foreigner"}
_NUMBERS = {"resident": (18, r"\d{17}[\dX]"), "permit": (18, r"\d{17}[\dX]"), "foreigner": (15, r"[A-Z]{3}\d{12}")}

TRY_AGAIN = Text("没有读出来：请拿起证件，再平放一次。", "Not read: lift the card and lay it flat once more.")
OTHER_CARD = Text(
    "这张卡不是身份证：请换身份证，或选“不刷证取号”。",
    "This is no ID card: lay an ID card, or take a number without one.",
)
NO_READER = Text(
    "读卡器没有回答：请选“不刷证取号”，或到咨询台。",
    "The card reader does not answer: take a number without a card, or ask at the desk.",
)
SENTENCES: dict[bytes, Text] = {
    SELECT_FAILED: OTHER_CARD,
    READ_FAILED: TRY_AGAIN,
    BAD_SUM: TRY_AGAIN,
    UNLICENSED: NO_READER,
    b"\x00\x00\x31": OTHER_CARD,
    b"\x00\x00\x32": OTHER_CARD,
}
"""What an answer that is no success means for the person at the kiosk: Chinese, English."""


def sentence(sw: bytes) -> Text:
    return SENTENCES.get(sw, TRY_AGAIN)


# --- frames -----------------------------------------------------------------------------------------------------------


def _frame(body: bytes) -> bytes:
    checked = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + checked + bytes([reduce(xor, checked)])


def command(cmd: int, para: int, data: bytes = b"") -> bytes:
    """What the kiosk says."""
    return _frame(bytes([cmd, para]) + data)


def answer(sw: bytes, data: bytes = b"") -> bytes:
    """What a reader says."""
    return _frame(sw + data)


FIND, SELECT, READ = command(0x20, 0x01), command(0x20, 0x02), command(0x30, 0x01)


@dataclass(frozen=True)
class Answer:
    """A whole answer of a reader whose sum is right. `data` may be a person's: it is in no repr."""

    sw: bytes
    data: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        return self.sw.hex(" ") + (f" + {len(self.data)} bytes" if self.data else "")


class Frames:
    """Frames out of any pieces of bytes: bodies without length and sum. Noise before, between and after is skipped."""

    def __init__(self, least: int) -> None:
        self._least = least  # of a body, its sum included
        self._rest = b""

    def feed(self, piece: bytes) -> list[bytes]:
        self._rest += piece
        found = []
        while (body := self._next()) is not None:
            found += [body] if body else []
        return found

    def _next(self) -> bytes | None:
        """The next body, b"" when something was skipped, None when more bytes are needed."""
        start = self._rest.find(PREAMBLE)
        if start < 0:
            self._rest = self._rest[-(len(PREAMBLE) - 1) :]
            return None
        self._rest = self._rest[start:]
        if len(self._rest) < 7:
            return None
        length = int.from_bytes(self._rest[5:7], "big")
        if not self._least <= length <= LONGEST:
            self._rest = self._rest[1:]
            return b""
        if len(self._rest) < 7 + length:
            return None
        checked = self._rest[5 : 7 + length]
        if reduce(xor, checked):
            self._rest = self._rest[1:]
            return b""
        self._rest = self._rest[7 + length :]
        return checked[2:-1]

    def forget(self) -> None:
        """What has come so far was broken off."""
        self._rest = b""


class Answers:
    """The answers in what a reader sends."""

    def __init__(self) -> None:
        self._frames = Frames(least=4)

    def feed(self, piece: bytes) -> list[Answer]:
        return [Answer(body[:3], body[3:]) for body in self._frames.feed(piece)]

    def forget(self) -> None:
        self._frames.forget()


# --- cards ------------------------------------------------------------------------------------------------------------


class NoNumber(Exception):
    """The text of a card has no number where its kind has it. Says nothing of the card."""


@dataclass(frozen=True)
class Card:
    """What is taken out of a card. The number is in no repr; `seal` it and let it go."""

    kind: str
    number: str = field(repr=False)


def card(data: bytes) -> Card:
    """The data of a read answer: two lengths (three with fingerprints), text, photograph. Raises NoNumber."""
    lengths = 6 if len(data) > 4 + TEXT + PHOTO else 4
    if int.from_bytes(data[:2], "big") != TEXT or len(data) < lengths + TEXT:
        raise NoNumber("the answer holds no text of a card")
    text = data[lengths : lengths + TEXT]
    kind = KINDS.get(taken(text, "kind"))
    if kind is None:
        raise NoNumber("the card is of an unknown kind")
    digits, pattern = _NUMBERS[kind]
    number = taken(text, "number")[:digits]
    if not re.fullmatch(pattern, number):
        raise NoNumber("there is no number where this kind of card has it")
    return Card(kind, number)


def taken(text: bytes, name: str) -> str:
    """One field of the 256 bytes of text."""
    offset, length = next((offset, length) for known, offset, length in FIELDS if known == name)
    return line(text[offset : offset + length].decode("utf-16-le", errors="replace"))


def seal(id_key: bytes, number: str) -> tuple[str, str]:
    """(hash, mask): HMAC-SHA256 of the number under the hall's key, in hex, and 3505**********1234."""
    digest = hmac.new(id_key, number.encode("ascii"), hashlib.sha256).hexdigest()
    return digest, number[:4] + "*" * (len(number) - 8) + number[-4:]
