"""The virtual printer: ESC/POS bytes in any pieces -> the paper a person would hold. It shares no line with encode.py.

``Paper`` decodes, keeps the slips, answers status requests and obeys orders such as "paper_out". It opens no port, has
no clock and draws no picture: that is print_server.py and picture.py. ``python -m printer_profiles.paper --help``.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Literal

from printer_profiles.profile import Profile

HT, LF, FF, CR, CAN = 0x09, 0x0A, 0x0C, 0x0D, 0x18
DLE, EOT, ENQ, DC4 = 0x10, 0x04, 0x05, 0x14
ESC, FS, GS = 0x1B, 0x1C, 0x1D

CELL = 12  # dots of an ASCII cell in font A; a Hanzi has two
HIGH = 24  # dots of both in height
BLADE = 100  # dots from the print head to the blade or tear bar (12.5 mm); unconfirmed, differs by model
MISSING = "□"

Align = Literal["left", "centre", "right"]
ORDERS = ("ok", "near_end", "paper_out", "cover_open", "hang", "slow", "garbage")
GARBAGE = b"\xff\x00\x55\xaa"  # what a printer at the wrong speed answers
STOPPED = ("paper_out", "cover_open", "hang")  # states in which nothing is printed


@dataclass(frozen=True)
class Cell:
    """One printed character; width and height are multiples of the font's cell."""

    char: str
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    invert: bool = False

    @property
    def columns(self) -> int:
        """Half columns it takes."""
        return self.width * (1 if ord(self.char[0]) < 0x100 else 2)


@dataclass(frozen=True)
class Line:
    """A printed line of characters and how far the paper went for it, in dots."""

    cells: tuple[Cell, ...]
    align: Align
    dots: int

    @property
    def text(self) -> str:
        return "".join(cell.char for cell in self.cells)


@dataclass(frozen=True)
class Band:
    """A raster bit for bit: rows of ``across`` bytes, most significant bit left, 1 = black; zoomed by (x, y)."""

    rows: bytes
    across: int
    align: Align
    zoom: tuple[int, int] = (1, 1)

    @property
    def dots(self) -> int:
        return len(self.rows) // self.across * self.zoom[1]


@dataclass(frozen=True)
class Code:
    """A QR code as stored and printed: its bytes, dots per module, error correction, and its modules row by row."""

    data: bytes
    size: int
    error: str
    align: Align
    modules: tuple[bytes, ...]

    @property
    def dots(self) -> int:
        return len(self.modules) * self.size


@dataclass(frozen=True)
class Gap:
    """Paper fed without print, in dots."""

    dots: int


Printed = Line | Band | Code | Gap


@dataclass(frozen=True)
class Sheet:
    """A piece of paper that has left the printer. ``end``: cut (full), partial, torn (at the bar), broken (job not finished)."""

    id: int
    items: tuple[Printed, ...]
    end: Literal["full", "partial", "torn", "broken"]
    profile: Profile
    lead: int = 0  # blank dots above the first print: the way from the head to the blade

    def text(self) -> str:
        """What is to be read on it: one row per printed line, aligned by spaces; a raster and a QR code in brackets."""
        rows = [row for item in self.items for row in _rows(item, self.profile)]
        return "\n".join(rows).strip("\n")

    def png(self) -> bytes:
        """A picture of it, 8 dots per millimetre."""
        from printer_profiles.picture import png

        return png(self)


def _rows(item: Printed, profile: Profile) -> list[str]:
    if isinstance(item, Gap):
        return [""] * (item.dots // profile.line_dots)
    if isinstance(item, Line):
        wide = [cell.char * cell.width if cell.char in "-=_─━*" else cell.char for cell in item.cells]
        return [_aligned("".join(wide), sum(cell.columns for cell in item.cells), item.align, profile)]
    if isinstance(item, Code):
        label = f"[QR {item.data.decode('utf-8', 'replace')}]"
        return [_aligned(label, len(item.modules) * item.size // CELL, item.align, profile)]
    return [f"[raster {item.across * 8 * item.zoom[0]}x{item.dots}]"]


def _aligned(text: str, columns: int, align: Align, profile: Profile) -> str:
    spare = max(0, profile.columns - columns)
    return (" " * {"left": 0, "centre": spare // 2, "right": spare}[align] + text).rstrip()


@dataclass
class _Style:
    """What ESC @ resets."""

    align: Align = "left"
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    invert: bool = False
    chinese: bool = False
    line_dots: int = 30
    qr_size: int = 3
    qr_error: str = "l"
    qr_data: bytes = b""


Parser = Generator[int, bytes, None]
Command = Generator[int, bytes, None]


@dataclass
class Paper:
    """A virtual printer of one model. Feed it bytes and orders; it returns what the printer would send back."""

    profile: Profile
    state: str = "ok"
    sheets: list[Sheet] = field(default_factory=list)  # oldest first
    complaints: list[str] = field(default_factory=list)  # what a real printer might not understand, in order
    keep: int = 1000  # sheets and complaints kept; the oldest are thrown away
    printed: int = 0  # sheets ever

    def __post_init__(self) -> None:
        self._style = _Style(line_dots=self.profile.line_dots)
        self._items: list[Printed] = []
        self._cells: list[Cell] = []
        self._fed = 0  # dots since the last print
        self._backlog: deque[int] = deque()
        self._answers = bytearray()
        self._automatic = False
        self._seen = b""  # the last two bytes received, for real-time commands
        self._taken = 0  # bytes executed, for complaints
        self._at_bar = False
        self._restart()

    # --- what a person and a host do with it ---

    @property
    def slips(self) -> tuple[Sheet, ...]:
        """The finished pieces of paper, oldest first."""
        return tuple(self.sheets)

    @property
    def busy(self) -> int:
        """Bytes received and not yet executed."""
        return len(self._backlog)

    @property
    def pending(self) -> Sheet | None:
        """What hangs out of the printer, not yet cut; None if nothing does."""
        items = (*self._items, *([self._line()] if self._cells else []))
        return self._sheet(items, "broken") if any(not isinstance(item, Gap) for item in items) else None

    def feed(self, data: bytes) -> bytes:
        """Take bytes from the host, in any pieces; returns what the printer answers."""
        for byte in data:
            self._listen(byte)
        self._backlog.extend(data)
        self._run()
        return self._drain()

    def order(self, name: str) -> bytes:
        """Change the printer's fate: one of ORDERS. Returns what it then sends (ASB, answers of waiting commands)."""
        if name not in ORDERS:
            raise ValueError(f"paper: order '{name}' is unknown; known are {', '.join(ORDERS)}")
        if self.state == "paper_out" and name != "paper_out":
            self.tear()
        self.state = name
        if self._automatic and name != "hang":
            self._answers += self._asb()
        self._run()
        return self._drain()

    def idle(self) -> None:
        """The host is silent or gone: a slip that was fed to the tear bar is taken by its person."""
        if self._at_bar and not self._cells:
            self._finish("torn")

    def lost(self) -> None:
        """The host went away: an unfinished command is dropped, an unfinished slip torn off and kept as broken."""
        self.idle()
        if self.state in STOPPED:
            return
        self._restart()
        self.tear()

    def tear(self) -> None:
        """Somebody tears off what hangs out; it shows as a broken slip."""
        if self.pending:
            self._end_line()
            self._finish("broken")

    # --- reception: real-time commands are obeyed as they arrive, even inside data ---

    def _listen(self, byte: int) -> None:
        if self._seen == bytes((DLE, EOT)) and self.state != "hang" and self.profile.status:
            self._answers += GARBAGE if self.state == "garbage" else self._real_time(byte)
        self._seen = (self._seen + bytes((byte,)))[-2:]

    def _real_time(self, n: int) -> bytes:
        stopped = self.state in STOPPED
        out, open_, low = self.state == "paper_out", self.state == "cover_open", self.state in ("near_end", "paper_out")
        bits = {1: 0x08 * stopped, 2: 0x04 * open_ | 0x20 * out, 3: 0, 4: 0x0C * low | 0x60 * out}
        return bytes((0x12 | bits[n] | (0x04 if n == 1 else 0),)) if n in bits else b""

    def _asb(self) -> bytes:
        stopped, out = self.state in STOPPED, self.state == "paper_out"
        low = self.state in ("near_end", "paper_out")
        return bytes((0x14 | 0x08 * stopped | 0x20 * (self.state == "cover_open"), 0, 0x03 * low | 0x0C * out, 0x0F))

    def _drain(self) -> bytes:
        answers, self._answers = bytes(self._answers), bytearray()
        return answers

    # --- execution: one byte after the other through the parser, as many as each command wants ---

    def _run(self) -> None:
        while self.state not in STOPPED and len(self._backlog) >= self._wanted:
            chunk = bytes(self._backlog.popleft() for _ in range(self._wanted))
            self._taken += len(chunk)
            self._wanted = self._parser.send(chunk)

    def _restart(self) -> None:
        self._backlog.clear()
        self._parser: Parser = self._parse()
        self._wanted = next(self._parser)

    def _parse(self) -> Parser:
        while True:
            first = (yield 1)[0]
            if first >= 0x20 and first != 0x7F:
                yield from self._character(first)
            elif first in TABLES:
                yield from self._command(first)
            else:
                self._control(first)

    def _command(self, first: int) -> Command:
        second = (yield 1)[0]
        name = TABLES[first].get(second)
        if name is None:
            self._complain(f"unknown command {first:02X} {second:02X}")
            return
        yield from getattr(self, name)()

    def _complain(self, what: str) -> None:
        self.complaints.append(f"byte {self._taken}: {what}")
        del self.complaints[: -self.keep]

    def _control(self, byte: int) -> None:
        match byte:
            case 0x0A:  # LF
                self._end_line(always=True)
            case 0x0D | 0x00:  # CR and NUL: ignored by default
                pass
            case 0x09:  # HT: next multiple of 8 columns
                used = sum(cell.columns for cell in self._cells)
                for _ in range(8 - used % 8):
                    self._put(" ")
            case _:
                self._complain(f"control {byte:02X} means nothing here")

    def _character(self, first: int) -> Command:
        if first < 0x80:
            self._put(chr(first))
        elif not self._style.chinese:
            self._complain(f"byte {first:02X} outside Chinese mode; send FS & (1C 26) first")
            self._put(bytes((first,)).decode("cp437"), half=True)
        elif first in (0x80, 0xFF):
            self._complain(f"byte {first:02X} begins no GB18030 code")
            self._put(MISSING)
        else:
            yield from self._double(first)

    def _double(self, first: int) -> Command:
        second = (yield 1)[0]
        code = bytes((first, second))
        if 0x30 <= second <= 0x39:
            code += yield 2
            self._complain(f"four-byte code {code.hex(' ').upper()}; few heads have a font for it")
            self._put(MISSING)
            return
        try:
            self._put(code.decode("gb18030"))
        except UnicodeDecodeError:
            self._complain(f"{code.hex(' ').upper()} is no GB18030 code")
            self._put(MISSING)

    def _put(self, char: str, *, half: bool = False) -> None:
        style = self._style
        if half and ord(char) > 0xFF:
            char = "?"
        cell = Cell(char, style.width, style.height, style.bold, style.underline, style.invert)
        if (sum(c.columns for c in self._cells) + cell.columns) * CELL > self.profile.dots:
            self._end_line()
        if self._at_bar and not self._cells:
            self._at_bar = False
        self._cells.append(cell)
