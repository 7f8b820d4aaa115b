"""The typefaces of the paper: where the Chinese fonts are, and one cell of print as dots. It knows no ESC/POS."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFont

# (file, its Simplified Chinese face with half-width Latin): Debian fonts-noto-cjk, fonts-wqy-microhei, fonts-wqy-zenhei
FACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7),  # Noto Sans Mono CJK SC
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 1),  # WenQuanYi Micro Hei Mono
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 1),  # WenQuanYi Zen Hei Mono
)
DARK = 112  # of 255: a dot at least this dark is printed; chosen by eye, thin strokes stay whole
BASELINE = 0.86  # of the cell's height, from the top; Noto's square descends 0.12: g and y stay whole


class NoTypeface(Exception):
    """No Chinese font on this machine; the message says what to install."""


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """The Simplified Chinese face at ``size`` dots."""
    from PIL import ImageFont

    for path, index in FACES:
        if Path(path).exists():
            return ImageFont.truetype(path, size, index=index)
    raise NoTypeface("typeface: no Chinese font found; install fonts-noto-cjk or fonts-wqy-microhei")


@lru_cache(maxsize=4096)
def cell(character: str, columns: int, scale: int = 1) -> Image.Image:
    """One character (with its marks) black (255) on 0, mode "1": 12 x columns x scale wide, 24 x scale high."""
    from PIL import Image, ImageDraw

    wide, high = 12 * columns * scale, 24 * scale
    font = face(high)
    grey = Image.new("L", (wide, high), 0)
    inset = (wide - font.getlength(character)) / 2
    ImageDraw.Draw(grey).text((round(inset), round(high * BASELINE)), character, fill=255, font=font, anchor="ls")
    return grey.point(lambda dark: 255 * (dark >= DARK), "1")
