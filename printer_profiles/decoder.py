"""ESC/POS bytes in any pieces -> what is on the paper. It shares no line with encode.py and opens no port.

Each command is a row of commands.py: its two bytes, the method here that carries it out, how many parameters it has.
What it does not know or can't show becomes a complaint; nothing is eaten in silence.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from printer_profiles.commands import COMMANDS, QR_FUNCTIONS
from printer_profiles.profile import Profile
from printer_profiles.sheet import BLADE, CELL, HIGH, Align, Band, Cell, Code, End, Gap, Line, Printed

NUL, HT, LF, CR = 0x00, 0x09, 0x0A, 0x0D
DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
MISSING = "□"  # what a head prints for a code its font lacks

Command = Generator[int, bytes, None]  # yields how many bytes it wants next, is sent exactly these


class Host(Protocol):
    """What the decoder tells its printer."""

    @property
    def stopped(self) -> bool: ...  # nothing may be printed now: out of paper, cover open …
    def finished(self, end: End, items: tuple[Printed, ...]) -> None: ...  # a sheet has left the printer
    def moved(self, dots: int) -> None: ...  # so much paper went
    def asked(self, n: int) -> None: ...  # GS r n
    def automatic(self, n: int) -> None: ...  # GS a n


@dataclass
class _Style:
    """What ESC @ resets. Chinese characters have their own size: GS ! sets both, ESC ! and FS ! one each."""

    align: Align = "left"
    size: tuple[int, int] = (1, 1)
    chinese_size: tuple[int, int] = (1, 1)
    bold: bool = False
    underline: bool = False
    invert: bool = False
    chinese: bool = False
    line_dots: int = 30
    qr_size: int = 3
    qr_error: str = "l"
    qr_data: bytes = b""


class Decoder:
    """A print head with its paper. ``feed`` it bytes; ``items`` is what hangs out of the printer since the last cut."""

    def __init__(self, profile: Profile, host: Host) -> None:
        self.profile = profile
        self.complaints: list[str] = []
        self.events: list[str] = []  # what a person would hear: drawer, buzzer
        self.items: list[Printed] = []
        self.fed = 0  # dots of blank paper since the last print
        self._host = host
        self._cells: list[Cell] = []
        self._taken = 0
        self._now = b""  # the command being carried out
        self._style = _Style(line_dots=profile.line_dots)
        self.restart()

    def restart(self) -> None:
        """Forget an unfinished command."""
        self._buffer = bytearray()
        self._parser = self._parse()
        self._wanted = next(self._parser)

    def feed(self, data: bytes) -> bytes:
        """Carry out these bytes; a command that is not complete waits for the rest.

        Between two commands the printer may come to a stop; what was not carried out by then is given back.
        """
        self._buffer += data
        at = 0
        while len(self._buffer) - at >= self._wanted:
            chunk = bytes(self._buffer[at : at + self._wanted])
            at += len(chunk)
            self._taken += len(chunk)
            self._wanted = self._parser.send(chunk)
            if self._between and self._host.stopped:
                rest = bytes(self._buffer[at:])
                self._buffer.clear()
                return rest
        del self._buffer[:at]
        return b""

    @property
    def holds(self) -> tuple[Printed, ...]:
        """What is printed since the last cut, the unprinted line included; empty if nothing but blank paper."""
        held = (*self.items, *([self._line(0)] if self._cells else []))
        return held if any(not isinstance(item, Gap) for item in held) else ()

    @property
    def at_bar(self) -> bool:
        """No cutter, and all that is printed has been fed to the tear bar."""
        return self.profile.cutter == "none" and bool(self.holds) and not self._cells and self.fed >= BLADE

    def roll_ends(self) -> None:
        """The end of the old roll falls out; a line that was not printed yet comes on the new one."""
        cells, self._cells = self._cells, []
        self.part("broken")
        self._cells = cells

    def part(self, end: End) -> None:
        """The paper is cut or torn here, whatever is on it."""
        self._print_line()
        if self.holds:
            self._host.finished(end, self.holds)
        self.items, self.fed = [], 0

    # --- the parser ---

    def _parse(self) -> Command:
        while True:
            self._between = True
            first = (yield 1)[0]
            self._between = False
            if first in (DLE, ESC, FS, GS):
                yield from self._command(first)
            elif first >= 0x20:
                yield from self._character(first)
            else:
                self._control(first)

    def _command(self, first: int) -> Command:
        second = (yield 1)[0]
        self._now = bytes((first, second))
        if self._now not in COMMANDS:
            self._complain("unknown command")
            return
        name, count = COMMANDS[self._now]
        parameters = (yield count) if count else b""
        self._now += parameters
        more = getattr(self, name)(*parameters)
        if more is not None:
            yield from more

    def _data(self, count: int) -> Generator[int, bytes, bytes]:
        data = (yield count) if count else b""
        if any(sequence in data for sequence in REAL_TIME):
            self._complain("a real-time command (10 04, 10 05, 10 14) inside data; printers answer it")
        return data

    def reset(self) -> None:
        """Power was off: the unfinished command, the unprinted line and every setting are gone."""
        self.restart()
        self.forget_line()
        self._style = _Style(line_dots=self.profile.line_dots)

    def forget_line(self) -> None:
        """Throw away the line that was not printed."""
        self._cells = []

    def complain(self, what: str) -> None:
        """Of something that is no command's fault."""
        self._now = b""
        self._complain(what)

    def _complain(self, what: str) -> None:
        command = f"{self._now.hex(' ').upper()}: " if self._now else ""
        self.complaints.append(f"byte {self._taken}: {command}{what}")

    # --- characters ---

    def _control(self, byte: int) -> None:
        self._now = bytes((byte,))
        if byte == LF:
            self._print_line() if self._cells else self._blank(self._style.line_dots)
        elif byte == HT:
            used = sum(cell.columns for cell in self._cells)
            for _ in range(8 - used % 8):
                self._put(" ")
        elif byte not in (NUL, CR):
            self._complain("a control character that means nothing here")

    def _character(self, first: int) -> Command:
        self._now = bytes((first,))
        if first < 0x7F:
            self._put(chr(first))
        elif first in (0x7F, 0x80, 0xFF) and self._style.chinese:
            self._complain("no GB18030 code begins so")
            self._put(MISSING, wide=True)
        elif self._style.chinese:
            yield from self._double(first)
        else:
            self._complain("outside ASCII and not in Chinese mode; send FS & (1C 26) first")
            self._put(bytes((first,)).decode("cp437"))

    def _double(self, first: int) -> Command:
        self._now += yield 1
        if 0x30 <= self._now[1] <= 0x39:
            self._now += yield 2
            self._complain("a four-byte code; few heads have a font for it")
            self._put(MISSING, wide=True)
            return
        try:
            self._put(self._now.decode("gb18030"), wide=True)
        except UnicodeDecodeError:
            self._complain("no GB18030 code")
            self._put(MISSING, wide=True)

    def _put(self, char: str, *, wide: bool = False) -> None:
        style = self._style
        width, height = style.chinese_size if wide else style.size
        cell = Cell(char, wide, width, height, style.bold, style.underline, style.invert)
        if self._cells and self._used() + cell.columns * CELL > self.profile.dots:
            self._print_line()
        self._cells.append(cell)

    def _used(self) -> int:
        return sum(cell.columns for cell in self._cells) * CELL

    # --- paper ---

    def _line(self, feed: int) -> Line:
        tall = max(cell.height for cell in self._cells) * HIGH
        return Line(tuple(self._cells), self._style.align, max(tall, feed))

    def _print_line(self, feed: int | None = None) -> None:
        if not self._cells:
            return
        line = self._line(self._style.line_dots if feed is None else feed)
        self.items.append(line)
        self._host.moved(line.dots)
        self.fed = line.dots - self._line(0).dots
        self._cells = []

    def _blank(self, dots: int) -> None:
        if dots:
            self.items.append(Gap(dots))
            self._host.moved(dots)
            self.fed += dots

    def _image(self, item: Band | Code) -> None:
        if self._cells:
            self._complain("an image in the middle of a line; end the line first")
            self._print_line()
        self.items.append(item)
        self._host.moved(item.dots)
        self.fed = 0

    # --- commands; each is named in commands.py ---

    def unshown(self, *_: int) -> None:
        self._complain("understood, but not shown on this paper")

    def already_answered(self, n: int) -> None:
        """DLE EOT n was obeyed when it arrived."""

    def pulse(self, function: int) -> Command | None:
        """DLE DC4 was obeyed when it arrived."""
        return self._skip({1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get(function, 0))

    def _skip(self, count: int) -> Command:
        if count:
            yield count

    def initialise(self) -> None:
        if self._cells:
            self._complain("throws away a line that was not printed")
        if self.at_bar:
            self.part("torn")
        self._cells, self._style = [], _Style(line_dots=self.profile.line_dots)

    def mode(self, n: int) -> None:
        self._style.size = (2 if n & 0x20 else 1, 2 if n & 0x10 else 1)
        self._style.bold, self._style.underline = bool(n & 0x08), bool(n & 0x80)
        if n & 0x01:
            self._complain("font B is shown as font A")

    def chinese_mode(self, n: int) -> None:
        self._style.chinese_size = (2 if n & 0x04 else 1, 2 if n & 0x08 else 1)
        self._style.underline = bool(n & 0x80)

    def chinese_double(self, n: int) -> None:
        self._style.chinese_size = (2, 2) if n & 1 else (1, 1)

    def size(self, n: int) -> None:
        self._style.size = self._style.chinese_size = ((n >> 4 & 7) + 1, (n & 7) + 1)
        if n & 0x88:
            self._complain("sizes go from 1 to 8")

    def underline(self, n: int) -> None:
        self._style.underline = n in (1, 2, 0x31, 0x32)

    def bold(self, n: int) -> None:
        self._style.bold = bool(n & 1)

    def invert(self, n: int) -> None:
        self._style.invert = bool(n & 1)

    def font(self, n: int) -> None:
        if n not in (0, 0x30):
            self._complain("font B is shown as font A")

    def code_page(self, n: int) -> None:
        if n:
            self._complain("a code page other than 0 is not shown")

    def align(self, n: int) -> None:
        places: dict[int, Align] = {0: "left", 1: "centre", 2: "right", 0x30: "left", 0x31: "centre", 0x32: "right"}
        if n not in places:
            self._complain("alignment is 0, 1 or 2")
        elif self._cells:
            self._complain("ignored: alignment counts only at the beginning of a line")
        else:
            self._style.align = places[n]

    def chinese_on(self) -> None:
        if self.profile.chinese == "raster":
            self._complain("this model has no Chinese font")
        else:
            self._style.chinese = True

    def chinese_off(self) -> None:
        self._style.chinese = False

    def default_spacing(self) -> None:
        self._style.line_dots = self.profile.line_dots

    def spacing(self, n: int) -> None:
        self._style.line_dots = n

    def feed_lines(self, n: int) -> None:
        if self._cells:
            self._print_line()
            n -= 1
        self._blank(max(n, 0) * self._style.line_dots)

    def feed_dots(self, n: int) -> None:
        self._print_line(n) if self._cells else self._blank(n)

    def drawer(self, *n: int) -> None:
        self.events.append(f"drawer {n[0] & 1}")

    def buzzer(self, times: int, length: int) -> None:
        self.events.append(f"buzzer {times} x {length}")

    def tabs(self) -> Command:
        while (yield 1)[0]:
            pass
        self._complain("tab stops stay at every 8 columns")

    def column_image(self, m: int, low: int, high: int) -> Command:
        yield from self._data((low + 256 * high) * (3 if m in (32, 33) else 1))
        self._complain("column images are not shown; use GS v 0")

    def bar_code(self, m: int) -> Command:
        if m >= 65:
            yield from self._skip((yield 1)[0])
        else:
            while (yield 1)[0]:
                pass
        self._complain("bar codes are not shown")

    def raster(self, zero: int, m: int, x_low: int, x_high: int, y_low: int, y_high: int) -> Command:
        across, down = x_low + 256 * x_high, y_low + 256 * y_high
        rows = yield from self._data(across * down)
        if zero != 0x30 or m not in (0, 1, 2, 3, 0x30, 0x31, 0x32, 0x33) or not rows:
            self._complain("a raster is GS v 0, mode 0 to 3, at least one byte wide and one row high")
            return
        zoom = (1 + (m & 1), 1 + (m >> 1 & 1))
        if across * 8 * zoom[0] > self.profile.dots:
            self._complain(f"{across * 8 * zoom[0]} dots wide on {self.profile.dots}; the rest is cut off")
        self._image(Band(rows, across, self._style.align, zoom))

    def extended(self, letter: int, low: int, high: int) -> Command:
        body = yield from self._data(low + 256 * high)
        if letter != 0x6B or len(body) < 2 or body[0] != 0x31 or body[1] not in QR_FUNCTIONS:
            self._complain("understood as GS ( and skipped")
            return
        getattr(self, QR_FUNCTIONS[body[1]])(body[2:])

    def qr_model(self, values: bytes) -> None:
        if values[:1] != b"2":
            self._complain("QR codes are shown as model 2")

    def qr_size(self, values: bytes) -> None:
        if len(values) == 1 and 1 <= values[0] <= 16:
            self._style.qr_size = values[0]
        else:
            self._complain("a QR module has 1 to 16 dots")

    def qr_error(self, values: bytes) -> None:
        if len(values) == 1 and 48 <= values[0] <= 51:
            self._style.qr_error = "lmqh"[values[0] - 48]
        else:
            self._complain("QR error correction is 48 to 51")

    def qr_store(self, values: bytes) -> None:
        if values[:1] == b"0" and len(values) > 1:
            self._style.qr_data = values[1:]
        else:
            self._complain("a QR code is stored by 80 48 and at least one byte")

    def qr_print(self, values: bytes) -> None:
        if values != b"0" or not self._style.qr_data:
            self._complain("nothing stored to print as a QR code")
            return
        if self.profile.qr != "native":
            self._complain("this model prints no QR codes; send a raster")
            return
        code = _qr_code(self._style)
        if code is None or code.dots > self.profile.dots:
            self._complain("the QR code does not fit the paper; printers print nothing then")
        else:
            self._image(code)

    def cut(self, m: int) -> Command | None:
        if m in (65, 66):
            return self._feed_and_cut(m)
        if m not in (0, 1, 48, 49):
            self._complain("a cut is 0, 1, 65 or 66")
            return None
        self._cut("full" if m in (0, 48) else "partial")
        return None

    def _feed_and_cut(self, m: int) -> Command:
        n = (yield 1)[0]
        self._print_line()
        self._blank(max(0, BLADE - self.fed) + n)
        self._cut("full" if m == 65 else "partial")

    def _cut(self, end: End) -> None:
        self._print_line()
        if self.profile.cutter == "none":
            self._complain("this model has no cutter")
            return
        if self.holds and self.fed < BLADE:
            self._complain(f"cuts through the print; feed {BLADE - self.fed} dots more first, or use GS V 66")
        self.part(end)

    def ask(self, n: int) -> None:
        if self.at_bar:
            self.part("torn")
        self._host.asked(n)
        if n not in (1, 2, 49, 50):
            self._complain("GS r is answered for 1 and 2")

    def automatic(self, n: int) -> None:
        self._host.automatic(n)


def _qr_code(style: _Style) -> Code | None:
    import segno

    try:
        symbol = segno.make_qr(style.qr_data, error=style.qr_error, boost_error=False)
    except segno.DataOverflowError:
        return None
    return Code(style.qr_data, style.qr_size, style.qr_error, style.align, tuple(bytes(row) for row in symbol.matrix))
