"""What an inspector of the demo photographed, drawn: a kiosk out of order, a counter that nobody has cleared, an empty
water cooler. Each is named after the piece or the line that it is about; no file is over 30 kB, and no person is on it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageFilter

from server.pages import photographs

SIZE = (960, 720)
WALL, FLOOR, LINE = "#d9dcd3", "#a8a196", "#6d706b"
Draw = ImageDraw.ImageDraw


def taken(*names: str) -> str:
    """The photographs as a record's field holds them."""
    return "\n".join(photographs.shrunk(png(name)) for name in names)


def png(name: str) -> bytes:
    """One photograph, as a telephone would hand it in."""
    picture = Image.new("RGB", SIZE, WALL)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 540, 960, 720), FLOOR)
    for x in range(-600, 1600, 150):
        draw.line((480 + (x - 480) // 2, 540, x, 720), LINE, 2)
    for y in (580, 640):
        draw.line((0, y, 960, y), LINE, 2)
    SCENES[name](draw)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.2)).save(out, "PNG")
    return out.getvalue()


def _kiosk(draw: Draw) -> None:
    """Dark, with a sheet of paper over its screen, and a slip that hangs out of its mouth."""
    draw.polygon(((330, 660), (650, 660), (620, 600), (360, 600)), "#3c4a4d")
    draw.rounded_rectangle((360, 90, 620, 620), 18, "#24545a")
    draw.rectangle((385, 125, 595, 420), "#15191a")
    draw.polygon(((430, 200), (560, 190), (566, 330), (436, 342)), "#f2efe2")
    draw.line((450, 225, 545, 216), "#b3261e", 10)
    for y in (250, 272, 294, 316):
        draw.line((452, y + 3, 530 + y % 4 * 8, y - 4), LINE, 4)
    draw.rectangle((430, 470, 550, 484), "#0c0f10")
    draw.polygon(((448, 480), (520, 480), (534, 560), (476, 588), (456, 540)), "#f7f5ee", LINE)
    draw.ellipse((580, 455, 596, 471), "#b3261e")


def _order(draw: Draw) -> None:
    """Heaps of files, a mug and a tangle of cable on a counter."""
    draw.rectangle((0, 430, 960, 470), "#c49a6c")
    draw.rectangle((0, 470, 960, 720), "#8c6a45")
    for x, y, width, colour in (
        (70, 396, 250, "#f2efe2"), (88, 366, 240, "#e3d9b8"), (60, 336, 250, "#f7f5ee"), (96, 306, 225, "#9fb7c9"),
        (74, 276, 246, "#f2efe2"), (600, 400, 210, "#f7f5ee"), (580, 372, 230, "#d7b9b4"), (612, 344, 214, "#f2efe2"),
    ):  # fmt: skip
        draw.polygon(((x, y), (x + width, y - 8), (x + width, y + 22), (x, y + 30)), colour, LINE)
    draw.rounded_rectangle((410, 330, 490, 430), 10, "#3b6ea5")
    draw.arc((470, 350, 520, 405), 270, 90, "#3b6ea5", 12)
    for left, top in ((500, 400), (530, 410), (515, 392)):
        draw.arc((left, top, left + 90, top + 50), 20, 320, "#1d1f20", 6)
    draw.polygon(((330, 440), (400, 434), (420, 520), (350, 528)), "#f7f5ee", LINE)


def _water(draw: Draw) -> None:
    """A cooler without its bottle, a puddle before it."""
    draw.ellipse((310, 610, 700, 680), "#7f8f98")
    draw.rounded_rectangle((390, 250, 570, 640), 12, "#eef0ef", LINE, 3)
    draw.ellipse((420, 232, 540, 268), "#4b5357")
    draw.rectangle((415, 340, 545, 430), "#23292b")
    draw.rectangle((440, 340, 462, 372), "#b3261e")
    draw.rectangle((498, 340, 520, 372), "#3b6ea5")
    draw.rounded_rectangle((640, 470, 760, 640), 30, "#bcd6e6", LINE, 3)
    draw.rectangle((680, 440, 720, 474), "#bcd6e6", LINE)


SCENES: Mapping[str, Callable[[Draw], None]] = {"kiosk": _kiosk, "order": _order, "water": _water}
