"""A sheet as a picture: thermal paper at 8 dots per millimetre, dot by dot as the head burns it. It decodes nothing."""

from __future__ import annotations

import io
import random
from typing import TYPE_CHECKING, cast

from printer_profiles.sheet import BLADE, CELL, HIGH, Align, Band, Cell, Code, End, Gap, Line, Printed, Sheet
from printer_profiles.typeface import cell

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
            x = _start(paper.width, item.columns * CELL, item.align)
            tall = max(one.height for one in item.cells) * HIGH
            for one in item.cells:
                paper.paste(_glyph(one), (x, y + tall - one.height * HIGH))
                x += one.columns * CELL
        case Band():
            picture = _band(item)
            paper.paste(picture, (_start(paper.width, picture.width, item.align), y))
        case Code():
            paper.paste(_code(item), (_start(paper.width, item.dots, item.align), y))


def _start(across: int, wide: int, align: Align) -> int:
    spare = max(0, across - wide)
    return {"left": 0, "centre": spare // 2, "right": spare}[align]


def _glyph(one: Cell) -> Image.Image:
    """The head's own font: one bitmap for every size, enlarged dot by dot, emphasised by a second strike one dot on."""
    dots = cell(one.char, 2 if one.wide else 1).copy()
    if one.bold:
        dots.paste(255, (1, 0), dots.copy())
    if one.underline:
        dots.paste(255, (0, HIGH - 2, dots.width, HIGH))
    if one.invert:
        dots = dots.point(lambda dot: 255 - dot)
    return dots.resize((dots.width * one.width, dots.height * one.height))


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
