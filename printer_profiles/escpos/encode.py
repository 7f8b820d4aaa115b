"""Slip + Profile -> ESC/POS bytes, pure. It opens no port and asks no printer. Byte table: docs/protocols/escpos.md.

Commands are python-escpos 3.1's constants. Chinese is our own: ``FS &``, then GBK's two-byte codes of GB18030; a line
with a character outside them goes as a raster band. No real-time command (DLE EOT, DLE ENQ, DLE DC4) can occur in data.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from escpos import constants as escpos  # type: ignore[import-untyped]  # the constants alone: 13 ms, no side effects

from printer_profiles.escpos import drawn
from printer_profiles.escpos import logo as memory
from printer_profiles.profile import Profile
from printer_profiles.slip import QR, Cut, Element, Feed, Logo, Pair, Rule, Slip, Text, clusters, lines, native, width

INITIALISE: bytes = escpos.HW_INIT  # ESC @
CHINESE_ON: bytes = escpos.FS + b"&"
CHINESE_OFF: bytes = escpos.FS + b"."
CHINESE_SIZE: bytes = escpos.FS + b"!"
CODE_PAGE: bytes = escpos.CODEPAGE_CHANGE + b"\0"  # ESC t 0
NEW_LINE: bytes = escpos.CTL_LF
SIZE: bytes = escpos.TXT_SIZE  # GS ! n
BOLD: dict[bool, bytes] = escpos.TXT_STYLE["bold"]  # ESC E n
ALIGN: dict[str, bytes] = escpos.TXT_STYLE["align"]  # ESC a n
FEED_LINES: bytes = escpos.ESC + b"d"
FEED_DOTS: bytes = escpos.ESC + b"J"
LINE_DOTS: bytes = escpos.ESC + b"3"
DOUBLE_LINE = 60  # dots: lines of doubled text, 48 dots high, would touch
DEFAULT_LINE: bytes = escpos.ESC + b"2"
CODE_2D: bytes = escpos.GS + b"(k"
SELECT_QR: bytes = escpos.GS + b"Z\x02"
PRINT_QR: bytes = escpos.ESC + b"Z"
LARGEST_ESC_Z = 8  # dots per module; Zijiang SDK
CUT: dict[str, bytes] = {"partial": escpos.PAPER_PART_CUT, "full": escpos.PAPER_FULL_CUT, "none": b""}
CONFIRM: dict[str, bytes] = {"gs_r": escpos.GS + b"r\x01", "dle_eot": escpos.RT_STATUS + b"\x04", "none": b""}
# what a QR code of version 1, 2, … holds at error correction M (ISO/IEC 18004 table 7), as bytes; a head may need a
# version less
BYTES_IN_QR = (
    14,
    26,
    42,
    62,
    84,
    106,
    122,
    152,
    180,
    213,
    251,
    287,
    331,
    362,
    412,
    450,
    504,
    560,
    624,
    666,
    711,
    779,
    857,
    911,
    997,
    1059,
)
BELOW_LOGO = 12  # dots
CHINESE_SIZES = {0x00: 0x00, 0x11: 0x0C}  # n of GS ! -> n of FS !, which knows no more than double


def encode(slip: Slip, profile: Profile, held: str = "") -> bytes:
    """The slip as the bytes this model prints it by, from ``ESC @`` to the cut. Same input, same bytes.

    ``held`` is the identity of the logo that this printer is known to keep (logo.identity); any other logo is drawn.
    """
    state = _State(profile, held)
    return (
        INITIALISE
        + CODE_PAGE * profile.code_page
        + CHINESE_ON * (profile.chinese == "gb18030" and profile.chinese_mode == "once")
        + b"".join(piece for element in slip for piece in _element(element, profile, state))
    )


def confirm(profile: Profile) -> bytes:
    """What to send behind a slip so that the printer tells it is through; empty where the model can't.

    ``gs_r``: GS r 1, answered in sequence, so behind the cut: printed. ``dle_eot``: DLE EOT 4, answered at once:
    there is paper and life, no more. Answers: status.confirmed().
    """
    return CONFIRM[profile.confirm]


@dataclass
class _State:
    """What the printer has been told since ESC @; a command is sent only where it changes something."""

    profile: Profile
    held: str = ""
    align: str = "left"
    bold: bool = False
    size: int = 0
    chinese_size: int = 0
    airy: bool = False

    def line(self, *, double: bool) -> Iterator[bytes]:
        """Lines of doubled text stand 12 dots apart."""
        if double != self.airy:
            yield LINE_DOTS + bytes([DOUBLE_LINE * self.profile.feed_unit]) if double else DEFAULT_LINE
        self.airy = double

    def become(
        self, align: str, *, bold: bool | None = None, size: int | None = None, chinese: bool = False
    ) -> Iterator[bytes]:
        """``bold`` and ``size`` stay as they are where what follows is not made of characters."""
        if align != self.align:
            yield ALIGN["center" if align == "centre" else align]
        if bold not in (None, self.bold):
            yield BOLD[bool(bold)]
        if size not in (None, self.size):
            yield SIZE + bytes([size or 0])
        if chinese and self.profile.chinese_size == "fs" and size is not None and size != self.chinese_size:
            yield CHINESE_SIZE + bytes([CHINESE_SIZES[size]])
            self.chinese_size = size
        self.align = align
        self.bold = self.bold if bold is None else bold
        self.size = self.size if size is None else size


def _element(element: Element, profile: Profile, state: _State) -> Iterator[bytes]:
    match element:
        case Text() | Pair():
            for line in lines(element, profile.columns):
                yield from _line(line, profile, state)
        case Rule():
            yield from _rule(profile, state)
        case Feed(count):
            yield FEED_LINES + bytes([count])
        case QR():
            yield from _qr(element, profile, state)
        case Logo():
            yield from _logo(element, profile, state)
        case Cut():
            yield from state.line(double=False)
            yield FEED_LINES + bytes([profile.feed_after]) + CUT[profile.cutter]


def _rule(profile: Profile, state: _State) -> Iterator[bytes]:
    """A few characters drawn out to the paper's width: box-drawing strokes, which join (GBK A9A4), or dashes."""
    stroke, most = ("─", 8) if profile.chinese == "gb18030" and profile.chinese_size == "gs" else ("-", 4)
    count = profile.columns // width(stroke)
    wide = next(times for times in range(min(most, profile.largest), 0, -1) if count % times == 0)
    yield from state.line(double=False)
    yield from state.become(state.align, size=(wide - 1) << 4)
    yield _characters(stroke * (count // wide), profile) + NEW_LINE


def _line(line: Text, profile: Profile, state: _State) -> Iterator[bytes]:
    if not line.text.strip(" "):
        yield FEED_LINES + bytes([line.scale])
    elif _printable(line, profile):
        yield from state.line(double=line.scale == 2)
        yield from state.become(
            line.align, bold=line.bold, size=(line.scale - 1) * 0x11, chinese=not line.text.isascii()
        )
        yield _characters(line.text, profile) + NEW_LINE
    elif not profile.raster:
        yield from _line(_within_the_font(line, profile), profile, state)
    else:
        yield from state.become("left")
        yield drawn.line(line, profile)
        if line.scale == 2:
            yield _feed(DOUBLE_LINE - 48, profile)
        if line.scale == 1 and profile.line_dots > 24:
            yield _feed(profile.line_dots - 24, profile)


def _printable(line: Text, profile: Profile) -> bool:
    """Has this model's own font every character of the line, in its size?"""
    if line.scale > profile.largest:
        return False
    if line.text.isascii():
        return True
    sized = profile.chinese_size == "gs" or (line.scale - 1) * 0x11 in CHINESE_SIZES
    known = all(native(character, profile.chinese_font) for character in line.text)
    return profile.chinese == "gb18030" and sized and known


def _within_the_font(line: Text, profile: Profile) -> Text:
    """The line as near as a head comes that prints no pictures: smaller, □ for what its font lacks."""
    text = "".join(
        piece
        if all(native(character, profile.chinese_font) for character in piece)
        else "□" * (width(piece) // 2) or "?"
        for piece in clusters(line.text)
    )
    fits = profile.largest if profile.chinese_size == "gs" or text.isascii() else min(2, profile.largest)
    return replace(line, text=text, scale=min(line.scale, fits))


def _characters(text: str, profile: Profile) -> bytes:
    if profile.chinese_mode == "once":
        return text.encode("gbk")
    runs = ("".join(run).encode("gbk") for _, run in groupby(text, str.isascii))
    return b"".join(run if run.isascii() else CHINESE_ON + run + CHINESE_OFF for run in runs)


def _logo(logo: Logo, profile: Profile, state: _State) -> Iterator[bytes]:
    kept = bool(state.held) and memory.identity(logo, profile) == state.held
    if not kept and not profile.raster:
        return
    yield from state.become("centre")
    if kept:
        yield memory.recall(profile)
    else:
        yield drawn.logo(logo, profile)
    yield _feed(BELOW_LOGO, profile)


def _qr(code: QR, profile: Profile, state: _State) -> Iterator[bytes]:
    """Model 2, error correction M; two empty modules above and below besides the line gap. A head that prints neither
    codes nor pictures prints what the code says.
    """
    if profile.qr == "text":
        yield from _element(Text(code.payload.decode(), "centre"), profile, state)
        return
    matrix = drawn.matrix(code.payload) if profile.qr == "raster" else []
    modules = len(matrix) or 21 + 4 * bisect_left(BYTES_IN_QR, len(code.payload))
    size = max(1, min(code.size, profile.dots // (modules + 4)))
    quiet = _feed(2 * size, profile)
    yield from state.become("centre")
    yield quiet
    if profile.qr == "raster":
        yield drawn.code(matrix, size, profile)
    elif profile.qr == "esc_z":  # version 0: as large as the content needs
        small = bytes([min(size, LARGEST_ESC_Z)])
        yield SELECT_QR + PRINT_QR + b"\0M" + small + len(code.payload).to_bytes(2, "little") + code.payload
    else:
        yield (
            _code_2d(65, b"2\0") + _code_2d(67, bytes([size])) + _code_2d(69, b"1")
        )  # model 2, dots per module, error correction M
        yield _code_2d(80, b"0" + code.payload) + _code_2d(81, b"0")  # store, print
    yield quiet


def _feed(dots: int, profile: Profile) -> bytes:
    return FEED_DOTS + bytes([dots * profile.feed_unit])


def _code_2d(function: int, parameters: bytes) -> bytes:
    body = b"1" + bytes([function]) + parameters  # cn 49 = QR code
    return CODE_2D + len(body).to_bytes(2, "little") + body
