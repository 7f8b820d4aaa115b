"""The language of second-generation resident-ID card readers (SAM module, "SDT" protocol). Pure bytes; docs/readers.md.

    command  AA AA AA 96 69  LENh LENl  CMD PARA [data]        XOR
    answer   AA AA AA 96 69  LENh LENl  SW1 SW2 SW3 [data]     XOR        XOR over LENh up to the last byte before it

Of a card only its number and kind are ever taken out, and the number goes no further than `seal` and `born`: what
remains of it is an HMAC under the hall's own key and a mask; the date of birth is looked at once. No text of an error
and no repr here holds a byte of a card.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import xor

from config import Text
from intake.signs import line
from kiosk.readers.layouts import BY_LETTER, KIND, Layout

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"

FOUND, OK, NO_CARD, SELECT_FAILED = b"\x00\x00\x9f", b"\x00\x00\x90", b"\x00\x00\x80", b"\x00\x00\x81"
READ_FAILED, BAD_SUM, UNLICENSED = b"\x00\x00\x41", b"\x00\x00\x10", b"\x00\x00\x66"

TEXT, PHOTO = 256, 1024
SHORTEST, LONGEST = 4, 4096
"""A length above that is noise: no answer is so long, with photograph and both fingerprints."""

TRY_AGAIN = Text("没有读出来：请拿起证件，再平放一次。", "Not read: lift the card and lay it flat once more.")
OTHER_CARD = Text(
    "这张卡不是身份证：请换身份证，或到咨询台。",
    "This is no ID card: lay an ID card, or ask at the guide desk.",
)
NO_READER = Text(
    "读卡器没有回答：请到咨询台取号。",
    "The card reader does not answer: ask for a number at the guide desk.",
)


def unknown_kind(letter: str) -> Text:
    """A card that the SAM opened and whose kind is in no table: named by its letter, for whoever is asked."""
    known = letter if letter.isascii() and letter.isalnum() else "?"
    return Text(
        f"本机还不认识这种证件（类别“{known}”）：请到咨询台取号。",
        f"This machine does not know this kind of card yet (kind “{known}”): ask for a number at the guide desk.",
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


def command(cmd: int, para: int) -> bytes:
    """What the kiosk says."""
    checked = b"\x00\x03" + bytes([cmd, para])
    return PREAMBLE + checked + bytes([reduce(xor, checked)])


FIND, SELECT, READ = command(0x20, 0x01), command(0x20, 0x02), command(0x30, 0x01)


@dataclass(frozen=True)
class Answer:
    """A whole answer of a reader whose sum is right. `data` may be a person's: it is in no repr."""

    sw: bytes
    data: bytes = field(default=b"", repr=False)

    def __str__(self) -> str:
        return self.sw.hex(" ") + (f" + {len(self.data)} bytes" if self.data else "")


class Answers:
    """The answers in what a reader sends, out of any pieces. Noise before, between and after is skipped."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[Answer]:
        self._rest += piece
        found = []
        while (body := self._next()) is not None:
            found += [Answer(body[:3], body[3:])] if body else []
        return found

    def _next(self) -> bytes | None:
        """The next body without length and sum, b"" when something was skipped, None when more bytes are needed."""
        start = self._rest.find(PREAMBLE)
        if start < 0:
            self._rest = self._rest[-(len(PREAMBLE) - 1) :]
            return None
        self._rest = self._rest[start:]
        if len(self._rest) < 7:
            return None
        length = int.from_bytes(self._rest[5:7], "big")
        if not SHORTEST <= length <= LONGEST:
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


# --- cards ------------------------------------------------------------------------------------------------------------


class NoNumber(Exception):
    """The text of a card has no number where its kind has it. Says nothing of the card; `text` is for the person."""

    def __init__(self, why: str, text: Text) -> None:
        super().__init__(why)
        self.text = text


@dataclass(frozen=True)
class Card:
    """What is taken out of a card. The number is in no repr; `seal` it and let it go."""

    kind: str
    number: str = field(repr=False)


def card(data: bytes) -> Card:
    """The data of a read answer: two lengths (three with fingerprints), text, photograph. Raises NoNumber."""
    lengths = 6 if len(data) > 4 + TEXT + PHOTO else 4
    if int.from_bytes(data[:2], "big") != TEXT or len(data) < lengths + TEXT:
        raise NoNumber("the answer holds no text of a card", OTHER_CARD)
    text = data[lengths : lengths + TEXT]
    letter = _words(text, KIND)
    layout = BY_LETTER.get(letter)
    if layout is None:
        raise NoNumber("the card is of a kind that is not known here", unknown_kind(letter))
    number = taken(text, layout, "number").upper()
    if not re.fullmatch(layout.number, number, re.ASCII):
        raise NoNumber("there is no number where this kind of card has it", TRY_AGAIN)
    return Card(layout.kind, number)


def taken(text: bytes, layout: Layout, name: str) -> str:
    """One field of the 256 bytes of text, "" where this kind of card has no such field, without what fills it up:
    spaces, full-width spaces, zeros.
    """
    return _words(text, layout.fields[name]) if name in layout.fields else ""


def _words(text: bytes, place: tuple[int, int]) -> str:
    offset, length = place
    return line(text[offset : offset + length].decode("utf-16-le", errors="replace"))


def seal(id_key: bytes, number: str) -> tuple[str, str]:
    """(hash, mask): HMAC-SHA256 of the number under the hall's key, in hex, and 3505**********1234."""
    digest = hmac.new(id_key, number.encode("ascii"), hashlib.sha256).hexdigest()
    return digest, number[:4] + "*" * (len(number) - 8) + number[-4:]


def born(number: str) -> date | None:
    """The date of birth in a number of 18 characters (GB 11643-1999: the 7th to 14th); None where it says none. For
    whoever asks how old somebody is, and for nothing that stays.
    """
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if len(number) == 18 else None
    except ValueError:
        return None
