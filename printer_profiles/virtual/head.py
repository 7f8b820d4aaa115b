"""The print head with its paper: styles, the line that is being filled, what hangs out of the printer.

It parses no bytes.

The functions of text.py, graphics.py, symbols.py and answers.py work on a Head; decoder.py feeds them. Sources of every
command: docs/protocols/escpos.md.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Protocol

from printer_profiles.profile import Profile
from printer_profiles.virtual.codepages import PAGES
from printer_profiles.virtual.sheet import (
    BLADE,
    CELL,
    SMALL,
    Align,
    Band,
    Bars,
    Cell,
    Code,
    Complaint,
    End,
    Gap,
    Label,
    Line,
    Margin,
    Printed,
    Strip,
)

MISSING = "□"  # what a head prints for a code its font lacks
DPI = 203
MUCH = 1 << 20  # a command that announces more data than this has probably lost its way

Command = Generator[int, bytes, None]  # yields how many bytes it wants next, is sent exactly these
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


def visible(char: str) -> str:
    """The character, or what a head prints for one that has no shape."""
    return char if char.isprintable() or char == "\u3000" else " " if char.isspace() else MISSING


class Host(Protocol):
    """What the head tells its printer."""

    @property
    def stopped(self) -> bool: ...  # nothing may be printed now: out of paper, cover open …
    def finished(self, end: End, items: tuple[Printed, ...]) -> None: ...  # a sheet has left the printer
    def moved(self, dots: int) -> None: ...  # so much paper went
    def asked(self, n: int) -> None: ...  # GS r n
    def automatic(self, n: int) -> None: ...  # GS a n
    def reply(self, data: bytes) -> None: ...  # any other answer, in its turn


@dataclass(frozen=True)
class Picture:
    """A bit image that was stored: rows of whole bytes, how many dots of them are meant, how much it is enlarged."""

    rows: bytes
    wide: int
    zoom: tuple[int, int] = (1, 1)


@dataclass
class Style:
    """What ESC @ resets. Chinese characters have their own size: GS ! sets both, ESC ! and FS ! one each."""

    line_dots: int
    align: Align = "left"
    size: tuple[int, int] = (1, 1)
    chinese_size: tuple[int, int] = (1, 1)
    small: bool = False
    bold: bool = False
    underline: bool = False
    chinese_underline: bool = False
    invert: bool = False
    turned: bool = False
    upside: bool = False
    space: int = 0
    chinese_space: int = 0
    chinese: bool = False
    utf8: bool = False
    page: int = 0
    region: int = 0
    margin_left: int = 0
    area: int | None = None
    tabs: tuple[int, ...] = tuple(range(8 * CELL, 256 * CELL, 8 * CELL))
    units: tuple[int, int] = (DPI, DPI)
    page_mode: bool = False
    bar_high: int = 162
    bar_wide: int = 3
    bar_written: int = 0
    bar_small: bool = False
    qr_model: int = 50
    qr_size: int = 3
    qr_error: str = "l"
    kind_2d: int | None = None  # GS Z
    stored: dict[int, bytes] = field(default_factory=dict)  # GS ( k: kind of symbol -> its data
    graphic: Picture | None = None  # GS ( L 112: in the print buffer
    downloaded: dict[bytes, Picture] = field(default_factory=dict)
    image: Picture | None = None  # GS *


class Head:
    """One print head. ``items`` is what hangs out of the printer since the last cut."""

    def __init__(self, profile: Profile, host: Host, *, chinese: bool) -> None:
        self.profile = profile
        self.host = host
        self.complaints: list[Complaint] = []
        self.events: list[str] = []  # what a person would hear: drawer, buzzer
        self.items: list[Printed] = []
        self.fed = 0  # dots of blank paper since the last print
        self.taken = 0  # bytes carried out
        self.now = b""  # the command being carried out
        self.selected = True  # ESC =
        self.nv: dict[bytes, Picture] = {}  # pictures that stay without power, by key
        self.cells: list[Cell | Strip] = []
        self.x = 0  # dots from the left edge of the print area
        self._moved_x = False
        self._starts_chinese = chinese
        self.pages = dict(profile.code_pages) or PAGES  # ESC t n -> the page's name
        self.style = self.new_style()

    def new_style(self) -> Style:
        """Everything as after power on."""
        chinese = self._starts_chinese and self.profile.chinese != "raster"
        return Style(line_dots=self.profile.line_dots, chinese=chinese, units=self.default_units)

    @property
    def default_units(self) -> tuple[int, int]:
        """Motion units in an inch, across and down, as after power on: Epson's go down by half dots."""
        return DPI, DPI * self.profile.feed_unit

    def complain(self, zh: str, en: str) -> None:
        """Note what a real printer might not understand, at the place where the bytes are now."""
        self.complain_of(self.taken, self.now, zh, en)

    def complain_of(self, at: int, command: bytes, zh: str, en: str) -> None:
        """The same of bytes that came before: the first ``at`` of all, ``command`` the last of them."""
        self.complaints.append(Complaint(at, command, zh, en))

    def data(self, count: int) -> Generator[int, bytes, bytes]:
        """The data of a command; what is a real-time command in it is obeyed by printers, and complained of here."""
        if count > MUCH:
            self.complain(
                f"指令说后面有 {count} 字节数据，多半是长度写错了",
                f"announces {count} bytes of data; its length is probably wrong",
            )
        found = (yield count) if count else b""
        self.check_real_time(found)
        return found

    def keeps(self, way: str) -> None:
        """Complain if this model is not known to keep pictures in this way."""
        if self.profile.logo != way:
            self.complain(
                "型号资料没说它能这样存图，真机可能不打印",
                "this model is not known to keep pictures this way; it may print nothing",
            )

    def check_real_time(self, found: bytes) -> None:
        """Complain of a real-time command inside another one."""
        if any(sequence in found for sequence in REAL_TIME):
            self.complain(
                "数据里含有实时指令，打印机会执行它",
                "a real-time command (10 04, 10 05, 10 14) inside data; printers answer it",
            )

    # --- places ---

    @property
    def margin(self) -> Margin:
        """Dots left and right of the print area."""
        left = min(self.style.margin_left, self.profile.dots - CELL)
        area = self.profile.dots - left if self.style.area is None else min(self.style.area, self.profile.dots - left)
        return left, self.profile.dots - left - area

    @property
    def area(self) -> int:
        """Dots of the print area."""
        left, right = self.margin
        return self.profile.dots - left - right

    def across(self, n: int) -> int:
        """Horizontal motion units in dots."""
        return n * DPI // self.style.units[0]

    def down(self, n: int) -> int:
        """Vertical motion units in dots."""
        return n * DPI // self.style.units[1]

    def move(self, x: int) -> None:
        """Go to a place on the line."""
        self.x, self._moved_x = x, True

    # --- characters ---

    def put(self, char: str, *, wide: bool = False) -> None:
        """A character in the style of the moment."""
        style = self.style
        char = visible(char)
        width, height = style.chinese_size if wide else style.size
        underline = style.chinese_underline if wide else style.underline
        space = (style.chinese_space if wide else style.space) * width
        small = style.small and not wide
        self._add(Cell(char, wide, width, height, style.bold, underline, style.invert, small, style.turned, space))

    def strip(self, rows: bytes, wide: int, zoom: tuple[int, int]) -> None:
        """A bit image within the line."""
        self._add(Strip(rows, wide, zoom))

    def _add(self, cell: Cell | Strip) -> None:
        if self.cells and self.x + cell.size[0] > self.area:
            self.print_line()
        if self._moved_x:
            cell, self._moved_x = replace(cell, at=self.x), False
        self.cells.append(cell)
        self.x += cell.dots

    @property
    def column(self) -> int:
        """Dots of an ASCII cell now, with the space right of it."""
        return ((SMALL if self.style.small else CELL) + self.style.space) * self.style.size[0]

    # --- paper ---

    def _line(self, feed: int) -> Line:
        line = Line(tuple(self.cells), self.style.align, 0, self.margin, self.style.upside)
        return replace(line, dots=max(line.high, feed))

    def print_line(self, feed: int | None = None) -> None:
        """Print what stands in the line, if anything does, and feed to the next."""
        if self.cells:
            line = self._line(self.style.line_dots if feed is None else feed)
            self.items.append(line)
            self.fed = line.dots - line.high
            self.forget_line()
            self.host.moved(line.dots)
        self.forget_line()

    def forget_line(self) -> None:
        """Throw away the line that was not printed."""
        self.cells, self.x, self._moved_x = [], 0, False

    def blank(self, dots: int) -> None:
        """Feed without printing."""
        if dots > 0:
            self.items.append(Gap(dots))
            self.fed += dots
            self.host.moved(dots)

    def image(self, item: Band | Code | Bars | Label) -> None:
        """Something that has the paper's width for itself."""
        if self.cells:
            self.complain(
                "图像或条码放在了一行文字中间，请先换行", "an image in the middle of a line; end the line first"
            )
            self.print_line()
        self.items.append(replace(item, margin=self.margin))
        self.fed = 0
        self.host.moved(item.dots)

    def picture(self, picture: Picture) -> None:
        """A stored bit image."""
        if picture.wide * picture.zoom[0] > self.area:
            self.complain(
                f"图像宽 {picture.wide * picture.zoom[0]} 点，纸上只有 {self.area} 点，多出的部分不打印",
                f"{picture.wide * picture.zoom[0]} dots wide on {self.area}; the rest is cut off",
            )
        self.image(Band(picture.rows, (picture.wide + 7) // 8, self.style.align, picture.zoom))

    @property
    def holds(self) -> tuple[Printed, ...]:
        """What is printed since the last cut, the unprinted line included; empty if nothing but blank paper."""
        held = (*self.items, *([self._line(0)] if self.cells else []))
        return held if any(not isinstance(item, Gap) for item in held) else ()

    @property
    def at_bar(self) -> bool:
        """No cutter, and all that is printed has been fed to the tear bar."""
        return self.profile.cutter == "none" and bool(self.holds) and not self.cells and self.fed >= BLADE

    def part(self, end: End) -> None:
        """The paper is cut or torn here, whatever is on it."""
        self.print_line()
        held, self.items, self.fed = self.holds, [], 0
        if held:
            self.host.finished(end, held)

    def roll_ends(self) -> None:
        """The end of the old roll falls out; a line that was not printed yet comes on the new one."""
        kept = self.cells, self.x, self._moved_x
        self.forget_line()
        self.part("broken")
        self.cells, self.x, self._moved_x = kept

    def cut(self, end: End) -> None:
        """GS V and its cousins."""
        self.print_line()
        if self.profile.cutter == "none":
            self.complain("这个型号没有切刀", "this model has no cutter")
            return
        if self.holds and self.fed < BLADE:
            missing = BLADE - self.fed
            self.complain(
                f"会切到字上：先多走 {missing} 点纸，或用 GS V 66",
                f"cuts through the print; feed {missing} dots more first, or use GS V 66",
            )
        self.part(end)
