"""What a board of dots shows: characters to light, as its own font would draw them.

Reads no frame and speaks to nobody.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from counter_display.virtual.devices.ear import Sign

ROWS = 16
FINE = 8
FONTS = (  # file, face, size, rows up: what is most legible at 16 dots comes first
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0, 16, 1),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, 15, 4),
)


def lit(shown: list[Sign], columns: int, height: int = ROWS) -> list[str]:
    """As many rows as the board has, a letter for each dot: r, g, y, or a point for dark.

    As wide as the board, or as the text if that is wider.
    """
    width = max(columns, sum(sign.columns for sign in shown)) * 8
    rows = ["" for _ in range(ROWS)]
    for sign in shown:
        for number, row in enumerate(_dots(sign.text)):
            rows[number] += row.replace("#", sign.color[0])
    above = max(0, height - ROWS) // 2
    dark = ["." * width]
    return dark * above + [row.ljust(width, ".") for row in rows] + dark * max(0, height - ROWS - above)


@lru_cache(maxsize=4096)
def _dots(character: str) -> tuple[str, ...]:
    """One character on its cell of 8 or 16 by 16 dots, # for light."""
    cell = _narrow(character) if character.isascii() else _wide(character)
    return tuple("".join("#" if cell.getpixel((x, y)) else "." for x in range(cell.width)) for y in range(ROWS))


def _wide(character: str) -> Image.Image:
    face, rows_up = _face(1)
    cell = Image.new("1", (16, ROWS))
    pen = ImageDraw.Draw(cell)
    pen.fontmode = "1"
    pen.text((round((16 - face.getlength(character)) / 2), -rows_up), character, font=face, fill=1)
    return cell


def _narrow(character: str) -> Image.Image:
    """A letter or digit at most 7 dots wide: drawn large, pressed together, its ink put where it fills half a dot."""
    face, rows_up = _face(FINE)
    large = Image.new("L", (32 * FINE, ROWS * FINE))
    ImageDraw.Draw(large).text((0, -rows_up * FINE), character, font=face, fill=255)
    cell = Image.new("L", (8, ROWS))
    box = large.getbbox()
    if box:
        width = min(7, max(1, round((box[2] - box[0]) / FINE)))
        ink = large.crop((box[0], 0, box[2], ROWS * FINE)).resize((width, ROWS), Image.Resampling.BOX)
        cell.paste(ink, ((8 - width) // 2, 0))
    return cell.point(lambda ink: 255 if ink > 105 else 0)


@lru_cache(maxsize=2)
def _face(times: int) -> tuple[ImageFont.FreeTypeFont, int]:
    """The font at so many times its size, and how many rows it is to be lifted at its own."""
    for file, index, size, rows_up in FONTS:
        if Path(file).exists():
            return ImageFont.truetype(file, size * times, index=index), rows_up
    raise FileNotFoundError("no Chinese font; install fonts-wqy-microhei or fonts-noto-cjk")
