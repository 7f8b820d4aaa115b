"""A sheet as a picture: thermal paper at 8 dots per millimetre, dot by dot as the head burns it. It decodes nothing."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, cast

from printer_profiles.virtual.sheet import (
    BLADE,
    HIGH,
    SMALL,
    SMALL_HIGH,
    Align,
    Band,
    Bars,
    Cell,
    Code,
    End,
    Gap,
    Label,
    Line,
    Printed,
    Sheet,
    Strip,
    columns,
)
from printer_profiles.virtual.typeface import BASELINE, DARK, cell, face

if TYPE_CHECKING:
    from PIL import Image

DOTS_PER_MM = 8
PAPER = (251, 250, 246)
INK = (42, 41, 46)
CURL = 26  # dots at either side where the paper turns away from the light
EDGE = 8  # dots that an edge may lose
BELOW = 24  # dots left below the print at least


def png(sheet: Sheet) -> bytes:
    """The sheet as PNG with a transparent surround; its width is the paper's, ``paper_mm`` x 8 pixels."""
    dots = burnt(sheet)
    paper = _blank_paper(sheet.profile.paper_mm * DOTS_PER_MM, dots.height)
    paper.paste(INK, ((paper.width - dots.width) // 2, 0), dots)
    paper.putalpha(_outline(paper.width, paper.height, sheet))
    stream = io.BytesIO()
    paper.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def burnt(sheet: Sheet) -> Image.Image:
    """What the head burnt, mode "1" (255 = black), printable width: from one cut to the next, bit for bit.

    A sheet begins with the way from the head to the blade, as the blade cuts behind what was printed last.
    """
    from PIL import Image

    fed = 0 if sheet.end == "broken" else BLADE  # what was fed past the head only to bring the print to the blade
    height = max(BLADE + sum(item.dots for item in sheet.items) - fed, _print_end(sheet.items) + BELOW)
    paper = Image.new("1", (sheet.profile.dots, height))
    y = BLADE
    for item in sheet.items:
        _burn(paper, item, y)
        y += item.dots
    return paper


def _print_end(items: tuple[Printed, ...]) -> int:
    y = end = BLADE
    for item in items:
        y += item.dots
        end = end if isinstance(item, Gap) else y
    return end


def _burn(paper: Image.Image, item: Printed, y: int) -> None:
    match item:
        case Line():
            picture = _line(item)
        case Band():
            picture = _band(item)
        case Code():
            picture = _code(item)
        case Bars():
            picture = _bars(item)
        case Label():
            picture = _frame(item)
        case Gap():
            return
    left, right = item.margin
    across = paper.width - left - right
    x = left + _start(across, picture.width, item.align)
    paper.paste(picture.crop((0, 0, min(picture.width, across), picture.height)), (x, y))


def _start(across: int, wide: int, align: Align) -> int:
    spare = max(0, across - wide)
    return {"left": 0, "centre": spare // 2, "right": spare}[align]


def _line(item: Line) -> Image.Image:
    """The characters on one base line; what was printed twice in one place is burnt twice."""
    from PIL import Image

    picture = Image.new("1", (max(1, item.wide), max(1, item.high)))
    for x, one in item.placed:
        dots = _glyph(one) if isinstance(one, Cell) else _strip(one)
        picture.paste(255, (x, item.high - dots.height), dots)
    return picture.transpose(Image.Transpose.ROTATE_180) if item.upside else picture


def _strip(one: Strip) -> Image.Image:
    from PIL import Image

    across = (one.wide + 7) // 8
    picture = Image.frombytes("1", (across * 8, len(one.rows) // across), one.rows).crop(
        (0, 0, one.wide, len(one.rows) // across)
    )
    return picture.resize(one.size)


def _glyph(one: Cell) -> Image.Image:
    """The head's own font: one bitmap for every size, enlarged dot by dot, emphasised by a second strike one dot on."""
    from PIL import Image

    dots = _small(one.char) if one.small and not one.wide else cell(one.char, 2 if one.wide else 1).copy()
    if one.bold:
        dots.paste(255, (1, 0), dots.copy())
    if one.underline:
        dots.paste(255, (0, dots.height - 2, dots.width, dots.height))
    if one.invert:
        dots = dots.point(lambda dot: 255 - dot)
    dots = dots.resize((dots.width * one.width, dots.height * one.height))
    return dots.transpose(Image.Transpose.ROTATE_270) if one.turned else dots


def _small(char: str) -> Image.Image:
    """Font B: 9 x 17."""
    from PIL import Image, ImageDraw

    grey = Image.new("L", (SMALL, SMALL_HIGH), 0)
    font = face(SMALL_HIGH)
    ImageDraw.Draw(grey).text(
        (round((SMALL - font.getlength(char)) / 2), round(SMALL_HIGH * BASELINE)),
        char,
        fill=255,
        font=font,
        anchor="ls",
    )
    return grey.point(lambda dark: 255 * (dark >= DARK), "1")


def _band(item: Band) -> Image.Image:
    from PIL import Image

    wide, high = item.across * 8, len(item.rows) // item.across
    picture = Image.frombytes("1", (wide, high), item.rows)
    return picture.resize((wide * item.zoom[0], high * item.zoom[1]))


def _code(item: Code) -> Image.Image:
    from PIL import Image

    side = len(item.modules)
    small = Image.frombytes("L", (side, side), b"".join(item.modules)).point(lambda module: 255 * (module & 1), "1")
    return small.resize((item.dots, item.dots))


def _bars(item: Bars) -> Image.Image:
    """The bars, and what is written above or below them."""
    from PIL import Image, ImageDraw

    picture = Image.new("1", (item.wide, item.dots))
    line = SMALL_HIGH if item.small else HIGH
    top = line if item.written in ("above", "both") else 0
    draw, x = ImageDraw.Draw(picture), 0
    for at, run in enumerate(item.runs):
        if at % 2 == 0:
            draw.rectangle((x, top, x + run - 1, top + item.high - 1), fill=255)
        x += run
    text = _words(item.data, small=item.small)
    places = {"": (), "above": (0,), "below": (top + item.high,), "both": (0, top + item.high)}[item.written]
    for y in places:
        picture.paste(text, ((item.wide - text.width) // 2, y))
    return picture


def _words(text: str, *, small: bool) -> Image.Image:
    line = Line(tuple(Cell(char, small=small, wide=columns(char) == 2) for char in text), "left", HIGH)
    return _line(line)


def _frame(item: Label) -> Image.Image:
    from PIL import Image, ImageDraw

    words = _words(item.text[:40], small=False)
    picture = Image.new("1", (words.width + 24, item.dots))
    ImageDraw.Draw(picture).rectangle((0, 0, picture.width - 1, item.dots - 1), outline=255, width=2)
    picture.paste(words, (12, 12))
    return picture


def _blank_paper(wide: int, high: int) -> Image.Image:
    from PIL import Image

    row = Image.new("RGB", (wide, 1))
    for x in range(wide):
        shade = max(0.0, 1 - min(x, wide - 1 - x) / CURL) ** 2 * 0.07
        row.putpixel((x, 0), cast("tuple[int, int, int]", tuple(round(part * (1 - shade)) for part in PAPER)))
    return row.resize((wide, high))


def _outline(wide: int, high: int, sheet: Sheet) -> Image.Image:
    """The sheet's shape: how the one before it was parted above, how it was parted itself below."""
    from PIL import Image, ImageDraw

    above: End = "torn" if sheet.profile.cutter == "none" else "full"
    top = [(x, bite) for x, bite in _edge(wide, above, sheet.id - 1)]
    bottom = [(x, high - 1 - bite) for x, bite in _edge(wide, sheet.end, sheet.id)]
    outline = Image.new("L", (wide, high), 0)
    ImageDraw.Draw(outline).polygon([*top, *reversed(bottom)], fill=255)
    return outline


def _edge(wide: int, end: End, seed: int) -> list[tuple[int, int]]:
    """The edge from left to right as (x, dots missing): teeth of a tear bar, a cutter's bridge, a rough tear."""
    if end == "torn":
        return [*((x, EDGE // 2 * (x // 6 % 2)) for x in range(0, wide, 6)), (wide - 1, 0)]
    if end == "broken":
        rough = random.Random(seed)
        return [*((x, rough.randint(0, EDGE)) for x in range(0, wide, 9)), (wide - 1, EDGE // 2)]
    if end == "partial":
        middle = wide // 2
        return [(0, 3), (middle - 7, 3), (middle - 5, 0), (middle, 1), (middle + 5, 0), (middle + 7, 3), (wide - 1, 3)]
    return [(0, 0), (wide - 1, 0)]
