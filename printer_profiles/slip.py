"""What a slip is, how its texts fall into lines. It knows half columns and refuses to know bytes, dots or printers.

One half column is one GBK byte: ASCII takes one, a Hanzi or full-width sign two (docs/protocols/escpos.md).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

Align = Literal["left", "centre", "right"]
WIDEST_LOGO, HIGHEST_LOGO = 384, 120  # dots
LONGEST_QR = 1000  # bytes of UTF-8: beyond it a code is too dense for a 58 mm roll


@dataclass(frozen=True)
class Text:
    """A paragraph; long text is wrapped, never cut. ``scale`` 1 to 8 enlarges width and height alike."""

    text: str
    align: Align = "left"
    bold: bool = False
    scale: int = 1

    def __post_init__(self) -> None:
        if self.align not in ("left", "centre", "right"):
            raise ValueError(f"slip: align {self.align!r}; write left, centre or right")
        if not 1 <= self.scale <= 8:
            raise ValueError(f"slip: scale {self.scale}; a printer has 1 to 8")


@dataclass(frozen=True)
class Pair:
    """One line with a left and a right part; two lines where they do not fit side by side."""

    left: str
    right: str


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Feed:
    """So many empty lines."""

    lines: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.lines <= 255:
            raise ValueError(f"slip: feed of {self.lines} lines; a printer takes 0 to 255")


@dataclass(frozen=True)
class QR:
    """A centred QR code of ``data`` as UTF-8; ``size`` = dots per module, smaller where the paper is too narrow."""

    data: str
    size: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.size <= 16:
            raise ValueError(f"slip: QR size {self.size}; a printer has 1 to 16")
        if not 0 < len(self.payload) <= LONGEST_QR:
            raise ValueError(f"slip: a QR code holds 1 to {LONGEST_QR} bytes; shorten its text")

    @property
    def payload(self) -> bytes:
        """What the code holds: the text as UTF-8, without line breaks and what no printer may get."""
        return clean(self.data).replace("\n", "").encode()


@dataclass(frozen=True)
class Logo:
    """A centred picture of black dots: ``rows`` of ``across`` bytes each, highest bit left, 1 = black
    (printer_profiles/escpos/logo.py reads one from a PNG).
    """

    rows: bytes
    across: int

    def __post_init__(self) -> None:
        if (
            not 1 <= self.across <= WIDEST_LOGO // 8
            or len(self.rows) % self.across
            or not 1 <= self.high <= HIGHEST_LOGO
        ):
            raise ValueError(f"slip: a logo has 8 to {WIDEST_LOGO} dots in width and 1 to {HIGHEST_LOGO} in height")

    @property
    def high(self) -> int:
        """Its rows."""
        return len(self.rows) // self.across


@dataclass(frozen=True)
class Cut:
    """The end of a slip: cut, or fed to the tear bar where there is no cutter."""


Element = Text | Pair | Rule | Feed | QR | Logo | Cut
Slip = tuple[Element, ...]

OPENING = frozenset("([{（［｛〔【〖《〈「『“‘¥￥$＄")
CLOSING = frozenset(")]}）］｝〕】〗》〉」』”’、，。．：；！？,.:;!?%％‰°℃·")
TWINS = frozenset("…—")  # written twice, never parted


@lru_cache(maxsize=8192)
def native(character: str, font: Literal["gbk", "gb2312"] = "gbk") -> bool:
    """Has this one character a code in a printer's font: one byte of ASCII or two of GBK? `gb2312`: of those only the
    ones that GB2312 has in the same place (not 玥 喆 镕 堃 ㎡).

    Only GBK proper (GB 18030's two-byte zones without the user-defined ones): devices differ on everything else.
    """
    try:
        code = character.encode("gbk")
        if font == "gb2312":
            code.decode("gb2312")  # the code, not the character: Python names A1A4 and A1AA otherwise in the two
    except UnicodeError:
        return False
    return len(code) == (1 if character.isascii() else 2)


def width(text: str) -> int:
    """Half columns of a text without line breaks: its GBK bytes; what GBK lacks counts by its East Asian width."""
    return sum(map(_width, text))


@lru_cache(maxsize=8192)
def _width(character: str) -> int:
    if character.isascii():
        return 1
    if native(character):
        return 2
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clusters(text: str) -> list[str]:
    """The text in pieces that are drawn as one: a character with the marks, joiners and joined characters behind it."""
    if 0 not in map(_width, text):  # nothing joins: so it is with nearly all that is printed
        return list(text)
    found: list[str] = []
    for character in text:
        if found and (_width(character) == 0 or found[-1].endswith("\u200d")):
            found[-1] = unicodedata.normalize("NFC", found[-1] + character)
        else:
            found.append(character)
    return found


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    """The text without what no printer may get: controls and invisible marks go, breaks become LF, half pairs □."""
    return "".join(clusters("".join(map(_clean, text.replace("\r\n", "\n")))))


@lru_cache(maxsize=8192)
def _clean(character: str) -> str:
    if character in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    if character == "\t" or (character != "\u3000" and unicodedata.category(character) == "Zs"):
        return " "
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "□"
    return "" if kind == "Cc" or (kind == "Cf" and character != "\u200d") else character


def wrap(text: str, columns: int) -> list[str]:
    """The text in lines of at most ``columns`` half columns, at least one, no character lost but spaces at a break.

    A break may fall between Hanzi, never inside an ASCII word that fits on a line, before closing or after opening
    punctuation where that can be avoided.
    """
    return [*_wrapped(text, columns)]


@lru_cache(maxsize=1024)
def _wrapped(text: str, columns: int) -> tuple[str, ...]:
    """Slips say the same again and again; only numbers, times and codes differ."""
    paragraphs = clean(text).split("\n")
    return tuple(line for paragraph in paragraphs for line in _wrap(clusters(paragraph), max(columns, 2)))


def _wrap(pieces: list[str], columns: int) -> list[str]:
    lines: list[str] = []
    while sum(map(width, pieces)) > columns:
        end = _break(pieces, columns)
        lines.append("".join(pieces[:end]).rstrip(" \u3000"))
        while end < len(pieces) and pieces[end] == " ":
            end += 1
        pieces = pieces[end:]
    return [*lines, "".join(pieces)] if pieces or not lines else lines


def _break(pieces: list[str], columns: int) -> int:
    """How many pieces go on this line: the last good place, else the last that parts only a word, else the brim."""
    used = brim = 0
    for piece in pieces:
        used += width(piece)
        if used > columns and piece != " ":
            break
        brim += 1
    brim = max(brim, 1)
    for good in (_may_part, _spares_punctuation):
        for end in range(brim, 0, -1):
            after = next((piece for piece in pieces[end:] if piece != " "), None)
            if after is None or good(pieces[end - 1], after):
                return end
    return brim


def _may_part(before: str, after: str) -> bool:
    return _spares_punctuation(before, after) and not (_in_word(before) and _in_word(after))


def _spares_punctuation(before: str, after: str) -> bool:
    return after[0] not in CLOSING and before not in OPENING and not (before == after and before in TWINS)


def _in_word(piece: str) -> bool:
    first = piece[0]
    return first != " " and (first.isascii() or (first < "\u2e80" and unicodedata.category(first).startswith("L")))


def lines(element: Text | Pair, columns: int) -> list[Text]:
    """The element as printed lines, each of them within ``columns`` (half columns at scale 1)."""
    if isinstance(element, Text):
        return [replace(element, text=line) for line in wrap(element.text, columns // element.scale)]
    left, right = (clean(part).replace("\n", " ") for part in (element.left, element.right))
    gap = columns - width(left) - width(right)
    if gap >= 1:
        return [Text(left + " " * gap + right)]
    return [Text(line) for line in wrap(left, columns)] + [Text(line, "right") for line in wrap(right, columns)]
