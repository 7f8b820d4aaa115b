"""Frames as data: a language made of a TOML file, so that a board of another vendor needs no code. No time, no retry, no port in it.

The file is checked in frame_file.py; docs/protocols/frames.md has every key and an example worked from a manual to bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from counter_display.protocols import frame_file
from counter_display.protocols.answers import Between
from counter_display.protocols.checksums import CRC16, SUMS, Crc16
from counter_display.protocols.frame_file import FieldTable, FrameFile, Part
from counter_display.protocols.language import (
    COLORS,
    Fitted,
    Reply,
    Traits,
    fitted,
    gbk,
    latin,
    refuse_address,
    refuse_too_long,
)

SUBSTITUTES = {"gbk": "□", "gb2312": "□", "utf-16-be": "□", "utf-16-le": "□", "ascii": "?"}


class Piece(NamedTuple):
    """One part of a made frame: its name, its bytes before escaping and as they go out."""

    name: str
    plain: bytes
    wire: bytes


class Told(NamedTuple):
    """What is told with one frame."""

    address: int = 0
    text: str = ""
    color: str = "red"
    effect: str = "still"
    percent: int = 100
    columns: int = 16
    rows: int = 16


class Frame:
    """The language of one frame file: what every module of this package has. Raises FrameError for a file with mistakes."""

    def __init__(self, file: FrameFile) -> None:
        self.file = file
        self._code = CODES[file.text.coding]
        self._painted = file.text.color != "none"
        self.TRAITS = _traits(file)

    def fit(self, text: str) -> Fitted:
        if self.TRAITS.hanzi:
            return fitted(text, self.TRAITS.longest, lambda c: self._code(c) and self._character(c, "red"))
        shown, missing = latin(text, lambda c: bool(self._code(c)))
        cut = fitted(shown, self.TRAITS.longest, lambda c: self._character(c, "red"))
        return Fitted(cut.text, missing, cut.cut)

    def encode(self, address: int, text: str, color: str = "red", *, columns: int = 16, rows: int = 16, effect: str = "still") -> bytes:
        return _wire(self.pieces("show", Told(address, text, color, effect, 100, columns, rows)))

    def show_address(self, address: int) -> bytes:
        if not self.file.frames.show_address:
            return self.encode(address, str(address))
        return _wire(self.pieces("show_address", Told(address)))

    def probe(self, address: int) -> bytes:
        return _wire(self.pieces("probe", Told(address))) if self.file.frames.probe else b""

    def brightness(self, address: int, percent: int) -> bytes:
        return _wire(self.pieces("brightness", Told(address, percent=percent))) if self.file.frames.brightness else b""

    def Replies(self) -> Answers:
        return Answers(self)

    def pieces(self, name: str, told: Told) -> list[Piece]:
        """The named frame part by part. Raises ValueError for an address or a text the board cannot have."""
        refuse_address(told.address, self.TRAITS.addresses)
        text = b"".join(self._character(c, told.color) for c in told.text)
        refuse_too_long(len(text), self.TRAITS.longest)
        items = frame_file.parts(self.file, self.file.named()[name])
        made = [text if item.name == "text" else _told(item, told) for item in items]
        for number, item in enumerate(items):
            if item.field and item.field.counts is not None:
                made[number] = _number(item.field, _counted(items, made, item.field))
        for number, item in enumerate(items):
            if item.field and item.field.kind:
                made[number] = _checksum(item.field, _covered(items, made, number))
        return self._escaped(items, made)

    def _character(self, character: str, color: str) -> bytes:
        code = self._code(character) or self._code(SUBSTITUTES[self.file.text.coding])
        if not self._painted:
            return code
        paint = _value(self.file.fields["color"], color)
        return paint + code if self.file.text.color == "before each" else code + paint

    def _escaped(self, items: list[Part], made: list[bytes]) -> list[Piece]:
        escape, names = self.file.escape, [item.name for item in items]
        if escape is None or escape.from_ not in names or escape.to not in names:
            return [Piece(item.name, plain, plain) for item, plain in zip(items, made, strict=True)]
        codes = {int(byte, 16): code for byte, code in escape.codes.items()}
        inside = range(names.index(escape.from_), names.index(escape.to) + 1)
        return [
            Piece(name, plain, b"".join(codes.get(byte, bytes([byte])) for byte in plain) if number in inside else plain)
            for number, (name, plain) in enumerate(zip(names, made, strict=True))
        ]

    def address_of(self, frame: bytes) -> int:
        """The address in a frame that this language made: its answer may not name it."""
        for name in self.file.named():
            pieces = self.pieces(name, Told(self.TRAITS.addresses[0]))
            at = next((number for number, piece in enumerate(pieces) if piece.name == "address"), None)
            if at is None or not frame.startswith(pieces[0].wire if pieces[0].name == "" else b""):
                continue
            plain, behind = self._plain(frame), sum(len(piece.plain) for piece in pieces[at:])
            start = len(plain) - behind if "text" in [p.name for p in pieces[:at]] else sum(len(piece.plain) for piece in pieces[:at])
            digits = plain[start : start + len(pieces[at].plain)]
            field = self.file.fields["address"]
            return next((a for a in self.TRAITS.addresses if _number(field, a) == digits), 0)
        return 0

    def _plain(self, frame: bytes) -> bytes:
        back = {code: bytes([int(byte, 16)]) for byte, code in self.file.escape.codes.items()} if self.file.escape else {}
        found = b"|".join(re.escape(code) for code in back)
        return re.sub(found, lambda match: back[match.group()], frame, flags=re.DOTALL) if back else frame


class Answers(Between):
    """What its boards answer, as the file describes it; nothing if it does not."""

    def __init__(self, frame: Frame) -> None:
        answer = frame.file.answer
        self._frame, self._silent = frame, answer is None
        shape = answer or frame_file.AnswerTable.model_validate({"ends": "00"})
        super().__init__(shape.begins, shape.ends, shape.longest, shape.address_at)

    def sent(self, frame: bytes) -> None:
        super().sent(frame)
        if self._address_at is None:
            self.asked = self._frame.address_of(frame)

    def feed(self, piece: bytes) -> list[Reply]:
        return [] if self._silent else super().feed(piece)


def load(path: Path) -> Frame:
    """The language of a frame file. Raises FrameError with every mistake at once."""
    return Frame(frame_file.load(path))


def _traits(file: FrameFile) -> Traits:
    color = file.fields.get("color")
    effect = file.fields.get("effect")
    addressed = "address" in file.frames.show
    return Traits(
        longest=file.text.longest,
        addresses=range(file.addresses[0], file.addresses[1] + 1) if addressed else range(1),
        answers=file.answer is not None,
        hanzi=file.text.coding != "ascii",
        colors=tuple(c for c in COLORS if color and color.values and c in color.values),
        flashes=bool(effect and effect.values and "flash" in effect.values),
        brightness=bool(file.frames.brightness),
        serial=file.serial,
        gap_characters=file.gap_characters,
    )


def _wire(pieces: list[Piece]) -> bytes:
    return b"".join(piece.wire for piece in pieces)


def _told(item: Part, told: Told) -> bytes:
    """The bytes of an item that stands for itself; as many zero bytes for one that depends on others."""
    field = item.field
    if field is None:
        return item.plain
    if field.bytes is not None:
        return field.bytes
    if field.ascii is not None:
        return field.ascii.encode("ascii")
    if field.values is not None:
        return _value(field, told.color if item.name == "color" else told.effect)
    if field.levels is not None:
        return field.levels[min(len(field.levels) - 1, max(0, told.percent) * len(field.levels) // 101)]
    if field.value is not None:
        return _number(field, field.value)
    return _number(field, getattr(told, item.name)) if item.name in frame_file.NUMBERS else bytes(_width(field))


def _value(field: FieldTable, word: str) -> bytes:
    assert field.values is not None
    return field.values.get(word, next(iter(field.values.values())))


def _number(field: FieldTable, number: int) -> bytes:
    number += field.plus
    if field.as_ == "binary":
        return number.to_bytes(field.width, field.order)
    return f"{number:0{field.width}{'X' if field.as_ == 'hex' else 'd'}}".encode("ascii")


def _width(field: FieldTable) -> int:
    if not field.kind:
        return field.width
    size = 1 if field.kind in ("sum8", "xor8") else 2
    return size if field.as_ == "binary" else 2 * size


def _counted(items: list[Part], made: list[bytes], field: FieldTable) -> int:
    return sum(len(plain) for item, plain in zip(items, made, strict=True) if item.name in (field.counts or ()))


def _span(items: list[Part], first: str, last: str, end: int) -> tuple[int, int]:
    """From one named item to another, both included; without a name from the beginning, and to `end`."""
    names = [item.name for item in items]
    return (names.index(first) if first and first in names else 0), (names.index(last) + 1 if last and last in names else end)


def _covered(items: list[Part], made: list[bytes], number: int) -> bytes:
    field = items[number].field
    assert field is not None
    first, last = _span(items, field.from_, field.to, number)
    return b"".join(made[first:last]) + field.extra


def _checksum(field: FieldTable, data: bytes) -> bytes:
    kind = str(field.kind)
    own = Crc16(field.polynomial, field.initial, field.reflected, field.final_xor)
    value = SUMS[kind](data) if kind in SUMS else CRC16.get(kind, own).of(data)
    width = _width(field)
    return value.to_bytes(width, field.order) if field.as_ == "binary" else f"{value:0{width}X}".encode("ascii")


def _coded(coding: str) -> Callable[[str], bytes]:
    def code(character: str) -> bytes:
        if not character.isprintable():
            return b""
        try:
            return character.encode(coding)
        except UnicodeEncodeError:
            return b""

    return code


def _short(code: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Two bytes at most: a board has no character with more."""
    return lambda character: found if len(found := code(character)) <= 2 else b""


CODES: dict[str, Callable[[str], bytes]] = {
    "gbk": gbk,
    "gb2312": _short(_coded("gb2312")),
    "ascii": _short(_coded("ascii")),
    "utf-16-be": _short(_coded("utf-16-be")),
    "utf-16-le": _short(_coded("utf-16-le")),
}
