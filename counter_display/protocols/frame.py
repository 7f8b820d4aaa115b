"""Frames as data: a language made of a TOML file, so that a board of another vendor needs no code.

No time, no retry, no port in it.

The file is checked in frame_file.py; docs/protocols/frames.md has every key and an example worked from a manual to
bytes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from config import ConfigError, Text
from config.phrasing import placed
from counter_display.protocols import frame_file
from counter_display.protocols.answers import Between
from counter_display.protocols.frame_file import FrameFile, Part
from counter_display.protocols.frame_parts import CODES, Told, checksum, counted, covered, number, told_bytes, value
from counter_display.protocols.language import (
    COLORS,
    Fitted,
    Reply,
    Traits,
    fitted,
    latin,
    painted,
    refuse_address,
    refuse_too_long,
)
from intake.quantities import Unclear

SUBSTITUTES = {"gbk": "□", "gb2312": "□", "utf-16-be": "□", "utf-16-le": "□", "ascii": "?"}


class Piece(NamedTuple):
    """One part of a made frame: its name, its bytes before escaping and as they go out."""

    name: str
    plain: bytes
    wire: bytes


class Frame:
    """The language of one frame file: what every module of this package has.

    Raises ConfigError for a file with mistakes.
    """

    def __init__(self, file: FrameFile) -> None:
        self.file = file
        self._code = CODES[file.text.coding]
        self._painted = file.text.color != "none"
        self.TRAITS = _traits(file)
        self._try()

    def fit(self, text: str) -> Fitted:
        if self.TRAITS.hanzi:
            return fitted(text, self.TRAITS.longest, lambda c: self._code(c) and self._character(c, "red"))
        shown, missing = latin(text, lambda c: bool(self._code(c)))
        cut = fitted(shown, self.TRAITS.longest, lambda c: self._character(c, "red"))
        return Fitted(cut.text, missing, cut.cut)

    def encode(
        self,
        address: int,
        text: str,
        color: str = "red",
        *,
        columns: int = 16,
        rows: int = 16,
        effect: str = "still",
        number_color: str = "",
    ) -> bytes:
        return _wire(self.pieces("show", Told(address, text, color, effect, 100, columns, rows, number_color)))

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

    def _try(self) -> None:
        """Make every frame with the least and the most it may carry. Raises ConfigError where that does not fit."""
        longest = "0" * (self.TRAITS.longest // max(1, len(self._character("0", "red"))))
        wrong: dict[Text, None] = {}
        for name in self.file.named():
            for address in (self.TRAITS.addresses[0], self.TRAITS.addresses[-1]):
                for told in (Told(address), Told(address, longest, columns=64, rows=64)):
                    try:
                        self.pieces(name, told)
                    except Unclear as error:
                        wrong[placed(f"frames.{name}", Text(error.zh, error.en))] = None
        if wrong:
            raise ConfigError([*wrong])

    def pieces(self, name: str, told: Told) -> list[Piece]:
        """The named frame part by part. Raises Unclear for an address or a text the board cannot have."""
        refuse_address(told.address, self.TRAITS.addresses)
        stretches = painted(told.text, told.color, told.number_color)
        text = b"".join(self._character(c, color) for stretch, color in stretches for c in stretch)
        refuse_too_long(len(text), self.TRAITS.longest)
        items = frame_file.parts(self.file, self.file.named()[name])
        made = [text if item.name == "text" else told_bytes(item, told) for item in items]
        for at, item in enumerate(items):
            if item.field and item.field.counts is not None:
                made[at] = number(item.field, counted(items, made, item.field))
        for at, item in enumerate(items):
            if item.field and item.field.kind:
                made[at] = checksum(item.field, covered(items, made, at))
        return self._escaped(items, made)

    def _character(self, character: str, color: str) -> bytes:
        code = self._code(character) or self._code(SUBSTITUTES[self.file.text.coding])
        if not self._painted:
            return code
        paint = value(self.file.fields["color"], color)
        return paint + code if self.file.text.color == "before each" else code + paint

    def _escaped(self, items: list[Part], made: list[bytes]) -> list[Piece]:
        escape, names = self.file.escape, [item.name for item in items]
        if escape is None or escape.from_ not in names or escape.to not in names:
            return [Piece(item.name, plain, plain) for item, plain in zip(items, made, strict=True)]
        codes = {int(byte, 16): code for byte, code in escape.codes.items()}
        inside = range(names.index(escape.from_), names.index(escape.to) + 1)
        return [
            Piece(name, plain, b"".join(codes.get(byte, bytes([byte])) for byte in plain) if at in inside else plain)
            for at, (name, plain) in enumerate(zip(names, made, strict=True))
        ]

    def address_of(self, frame: bytes) -> int:
        """The address in a frame that this language made: its answer may not name it."""
        for name in self.file.named():
            pieces = self.pieces(name, Told(self.TRAITS.addresses[0]))
            at = next((at for at, piece in enumerate(pieces) if piece.name == "address"), None)
            if at is None or not frame.startswith(pieces[0].wire if pieces[0].name == "" else b""):
                continue
            plain, behind = self._plain(frame), sum(len(piece.plain) for piece in pieces[at:])
            start = (
                len(plain) - behind
                if "text" in [p.name for p in pieces[:at]]
                else sum(len(piece.plain) for piece in pieces[:at])
            )
            digits = plain[start : start + len(pieces[at].plain)]
            field = self.file.fields["address"]
            return next((a for a in self.TRAITS.addresses if number(field, a) == digits), 0)
        return 0

    def _plain(self, frame: bytes) -> bytes:
        back = (
            {code: bytes([int(byte, 16)]) for byte, code in self.file.escape.codes.items()} if self.file.escape else {}
        )
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
    """The language of a frame file. Raises ConfigError with every mistake at once."""
    file = frame_file.load(path)
    try:
        return Frame(file)
    except ConfigError as error:
        raise ConfigError([placed(path.name, one) for one in error.problems]) from None


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
