"""The paper a person holds: what was printed on one sheet, in order, as text or as a picture. It knows no bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from printer_profiles.profile import Profile

CELL = 12  # dots of an ASCII cell in font A; a Hanzi has two
HIGH = 24  # dots of both in height
BLADE = 100  # dots from the print head to the blade or tear bar (12.5 mm); unconfirmed, differs by model

Align = Literal["left", "centre", "right"]
End = Literal[
    "full", "partial", "torn", "broken"
]  # cut, cut but for a bridge, torn at the bar, torn off an unfinished job


@dataclass(frozen=True)
class Cell:
    """One printed character; width and height are multiples of the font's cell, a wide one has two half columns."""

    char: str
    wide: bool = False
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    invert: bool = False

    @property
    def columns(self) -> int:
        """Half columns it takes."""
        return self.width * (2 if self.wide else 1)


@dataclass(frozen=True)
class Line:
    """A printed line of characters, and how far the paper went for it, in dots."""

    cells: tuple[Cell, ...]
    align: Align
    dots: int

    @property
    def text(self) -> str:
        """Its characters, without the alignment."""
        return "".join(cell.char for cell in self.cells)

    @property
    def columns(self) -> int:
        """Half columns it takes."""
        return sum(cell.columns for cell in self.cells)


@dataclass(frozen=True)
class Band:
    """A raster bit for bit: rows of ``across`` bytes, highest bit left, 1 = black, enlarged by ``zoom`` (x, y)."""

    rows: bytes
    across: int
    align: Align
    zoom: tuple[int, int] = (1, 1)

    @property
    def dots(self) -> int:
        """Its height on paper."""
        return len(self.rows) // self.across * self.zoom[1]


@dataclass(frozen=True)
class Code:
    """A QR code as it was stored and printed; ``modules`` are its rows, one byte 0 or 1 each, without a quiet zone."""

    data: bytes
    size: int
    error: str
    align: Align
    modules: tuple[bytes, ...]

    @property
    def dots(self) -> int:
        """Its width and height on paper."""
        return len(self.modules) * self.size


@dataclass(frozen=True)
class Gap:
    """Paper fed without print, in dots."""

    dots: int


Printed = Line | Band | Code | Gap


@dataclass(frozen=True)
class Sheet:
    """A piece of paper that has left the printer; ``id`` counts from 1."""

    id: int
    items: tuple[Printed, ...]
    end: End
    profile: Profile

    def text(self) -> str:
        """What is to be read on it: a row per printed line, aligned by spaces; raster and QR codes in brackets."""
        rows = [row for item in self.items for row in _rows(item, self.profile)]
        return "\n".join(rows).strip("\n")

    def png(self) -> bytes:
        """A picture of it, 8 dots per millimetre."""
        from printer_profiles.picture import png

        return png(self)


def _rows(item: Printed, profile: Profile) -> list[str]:
    match item:
        case Gap(dots):
            return [""] * (dots // profile.line_dots)
        case Line():
            ruled = len(set(item.text)) == 1 and item.text[0] in "-=_─━*"  # a line across the paper is as long as it is wide
            text = "".join(cell.char * (cell.width if ruled else 1) for cell in item.cells)
            return [_aligned(text, item.columns, item.align, profile)]
        case Code():
            return [_aligned(f"[QR {item.data.decode('utf-8', 'replace')}]", item.dots // CELL, item.align, profile)]
        case Band():
            return [_aligned(f"[raster {item.across * 8 * item.zoom[0]}x{item.dots}]", 0, "left", profile)]


def _aligned(text: str, columns: int, align: Align, profile: Profile) -> str:
    spare = max(0, profile.columns - columns)
    return (" " * {"left": 0, "centre": spare // 2, "right": spare}[align] + text).rstrip()
