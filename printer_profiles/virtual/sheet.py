"""The paper a person holds: what was printed on one sheet, in order, as text or as a picture. It knows no command."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from printer_profiles.profile import Profile

CELL = 12  # dots of an ASCII cell in font A; a Hanzi has two
HIGH = 24  # dots of both in height
SMALL, SMALL_HIGH = 9, 17  # an ASCII cell in font B
BLADE = 100  # dots from the print head to the blade or tear bar (12.5 mm); unconfirmed, differs by model

Align = Literal["left", "centre", "right"]
End = Literal[
    "full", "partial", "torn", "broken"
]  # cut, cut but for a bridge, torn at the bar, torn off an unfinished job
Margin = tuple[int, int]  # dots left and right of the print area


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
    small: bool = False  # font B
    turned: bool = False  # by 90 degrees clockwise
    space: int = 0  # dots right of it
    at: int | None = None  # dots from the left edge of the print area; None = behind the one before

    @property
    def columns(self) -> int:
        """Half columns it takes."""
        return self.width * (2 if self.wide else 1)

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and down, without the space right of it."""
        across = (2 * CELL if self.wide else SMALL if self.small else CELL) * self.width
        down = (SMALL_HIGH if self.small and not self.wide else HIGH) * self.height
        return (down, across) if self.turned else (across, down)

    @property
    def dots(self) -> int:
        """Dots from its left edge to the next one's."""
        return self.size[0] + self.space


@dataclass(frozen=True)
class Strip:
    """A bit image within a line (ESC *): rows of whole bytes, ``wide`` dots of them meant, enlarged by ``zoom`` (x,
    y).
    """

    rows: bytes
    wide: int
    zoom: tuple[int, int] = (1, 1)
    at: int | None = None
    char: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and down."""
        across = (self.wide + 7) // 8
        return self.wide * self.zoom[0], (len(self.rows) // across * self.zoom[1]) if across else 0

    @property
    def dots(self) -> int:
        """Dots from its left edge to what follows."""
        return self.size[0]


@dataclass(frozen=True)
class Line:
    """A printed line of characters, and how far the paper went for it, in dots."""

    cells: tuple[Cell | Strip, ...]
    align: Align
    dots: int
    margin: Margin = (0, 0)
    upside: bool = False  # printed upside down

    @property
    def text(self) -> str:
        """Its characters, without the alignment."""
        return "".join(cell.char for cell in self.cells)

    @property
    def placed(self) -> list[tuple[int, Cell | Strip]]:
        """Each with its place: dots from where the line begins."""
        x, found = 0, []
        for cell in self.cells:
            x = x if cell.at is None else cell.at
            found.append((x, cell))
            x += cell.dots
        return found

    @property
    def wide(self) -> int:
        """Dots from its beginning to its end."""
        return max((x + cell.dots for x, cell in self.placed), default=0)

    @property
    def high(self) -> int:
        """Dots of its highest character."""
        return max((cell.size[1] for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        """Half columns it takes."""
        return -(-self.wide // CELL)


@dataclass(frozen=True)
class Band:
    """A raster bit for bit: rows of ``across`` bytes, highest bit left, 1 = black, enlarged by ``zoom`` (x, y)."""

    rows: bytes
    across: int
    align: Align
    zoom: tuple[int, int] = (1, 1)
    margin: Margin = (0, 0)

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
    margin: Margin = (0, 0)

    @property
    def dots(self) -> int:
        """Its width and height on paper."""
        return len(self.modules) * self.size


@dataclass(frozen=True)
class Bars:
    """A bar code: dots of bar, gap, bar … from the left, its height, and where its characters stand."""

    system: str
    data: str  # what is written beside it, check digit and all
    runs: tuple[int, ...]
    high: int
    align: Align
    written: Literal["", "above", "below", "both"] = ""
    small: bool = False  # written in font B
    margin: Margin = (0, 0)

    @property
    def dots(self) -> int:
        """Its height on paper."""
        lines = {"": 0, "both": 2}.get(self.written, 1)
        return self.high + lines * (SMALL_HIGH if self.small else HIGH)

    @property
    def wide(self) -> int:
        """Its width on paper."""
        return sum(self.runs)


@dataclass(frozen=True)
class Label:
    """Where a real head prints a symbol that this one does not draw: a frame with its name, never something like it."""

    text: str
    align: Align
    dots: int = 48
    margin: Margin = (0, 0)


@dataclass(frozen=True)
class Gap:
    """Paper fed without print, in dots."""

    dots: int


Printed = Line | Band | Code | Bars | Label | Gap


@dataclass(frozen=True)
class Step:
    """One command or run of text as it came: where it begins in all that was received, its bytes, what it is called."""

    at: int
    raw: bytes
    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Complaint:
    """What a real printer might not understand: where, the command's bytes, and why."""

    at: int  # bytes received up to there
    command: bytes
    zh: str
    en: str

    def __str__(self) -> str:
        command = f"{self.command[:16].hex(' ').upper()}: " if self.command else ""
        return f"byte {self.at}: {command}{self.zh} {self.en}"


@dataclass(frozen=True)
class Sheet:
    """A piece of paper that has left the printer; ``id`` counts from 1."""

    id: int
    items: tuple[Printed, ...]
    end: End
    profile: Profile
    steps: tuple[Step, ...] = field(default=(), compare=False, repr=False)
    complaints: tuple[Complaint, ...] = field(default=(), compare=False, repr=False)

    @property
    def raw(self) -> bytes:
        """The bytes that made it."""
        return b"".join(step.raw for step in self.steps)

    @property
    def mm(self) -> float:
        """How much paper it took, at 8 dots per millimetre."""
        return sum(item.dots for item in self.items) / 8

    def text(self) -> str:
        """What is to be read on it: a row per printed line, aligned by spaces; raster and codes in brackets."""
        rows = [row for item in self.items for row in _rows(item, self.profile)]
        return "\n".join(rows).strip("\n")


def _rows(item: Printed, profile: Profile) -> list[str]:
    match item:
        case Gap(dots):
            return [""] * (dots // profile.line_dots)
        case Line():
            return [_line(item, profile)]
        case Code():
            return [_aligned(f"[QR {readable(item.data)}]", item.dots, item, profile)]
        case Bars():
            return [_aligned(f"[{item.system} {item.data}]", item.wide, item, profile)]
        case Label():
            return [_aligned(f"[{item.text}]", 0, item, profile)]
        case Band():
            return [f"[raster {item.across * 8 * item.zoom[0]}x{item.dots}]"]


def _line(item: Line, profile: Profile) -> str:
    if (
        item.text and len(set(item.text)) == 1 and item.text[0] in "-=_─━*"
    ):  # a line across the paper is as long as it is wide
        return _aligned("".join(cell.char * getattr(cell, "width", 1) for cell in item.cells), item.wide, item, profile)
    text = ""
    for x, cell in item.placed:
        if cell.at is not None:
            text = text.ljust(x // CELL - columns(text) + len(text))
        text += cell.char if isinstance(cell, Cell) else f"[image {cell.size[0]}x{cell.size[1]}]"
    return _aligned(text, item.wide, item, profile)


def columns(text: str) -> int:
    """Half columns of a text at normal size."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def readable(data: bytes) -> str:
    """Text as a person meant it, whichever way it was coded; bytes in hex where it is none."""
    for coding in ("utf-8", "gb18030"):
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    return data.hex(" ")


def _aligned(text: str, dots: int, item: Line | Code | Bars | Label, profile: Profile) -> str:
    left, right = item.margin
    spare = max(0, profile.columns - (left + right) // CELL - -(-dots // CELL))
    return (" " * (left // CELL + {"left": 0, "centre": spare // 2, "right": spare}[item.align]) + text).rstrip()
