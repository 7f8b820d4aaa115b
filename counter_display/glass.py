"""What a board's 16 rows of dots show: frames off the wire to light. The independent reader; it shares no code with any encoder.

Written from devices.md 3.1 alone, so that a mistake of the encoder is seen here as a wrong text or a complaint.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

ROWS = 16
FINE = 8
COLORS = ("red", "green", "yellow")
FONTS = (  # file, face, size, rows up: what is most legible at 16 dots comes first
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0, 16, 1),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, 15, 4),
)


class Sign(NamedTuple):
    """One character as the frame carries it, with its own color."""

    text: str
    color: str

    @property
    def columns(self) -> int:
        """Half characters of 8 dots."""
        return 1 if self.text.isascii() else 2


class Frame(NamedTuple):
    """One whole frame with a right checksum, and its bytes."""

    address: int
    command: int
    data: bytes
    raw: bytes


class Frames:
    """Frames out of single bytes off the wire, as a board's own processor would see them. `complaints` collects what was wrong."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.complaints: list[tuple[str, bytes]] = []

    def byte(self, value: int) -> Frame | None:
        got = self._bytes
        got.append(value)
        if (len(got) == 1 and got[0] != 0xA0) or (len(got) == 2 and got[1] != 0x90):
            self.broken_off("no head A0 90")
            if value == 0xA0:
                got.append(value)
            return None
        if len(got) < 6 or len(got) < 7 + got[4] * 256 + got[5]:
            return None
        raw = bytes(got)
        got.clear()
        return self._checked(raw)

    def broken_off(self, why: str = "broken off") -> None:
        """The line went silent, or this cannot become a frame."""
        if self._bytes:
            self.complaints.append((why, bytes(self._bytes)))
        self._bytes.clear()

    def _checked(self, raw: bytes) -> Frame | None:
        check = 0
        for value in raw[2:-1]:
            check ^= value
        if check != raw[-1]:
            self.complaints.append((f"checksum {raw[-1]:02x} should be {check:02x}", raw))
            return None
        if len(raw) > 6 + 254 + 1:
            self.complaints.append(("more than 254 bytes of data", raw))
        return Frame(raw[2], raw[3], raw[6:-1], raw)


def signs(data: bytes) -> tuple[list[Sign], list[str]]:
    """The characters of a show frame, and what is wrong with them."""
    found: list[Sign] = []
    wrong: list[str] = []
    at = 0
    while at < len(data):
        size = 1 if data[at] < 0x80 else 2
        code, color = data[at : at + size], data[at + size : at + size + 1]
        at += size + 1
        try:
            text = code.decode("gbk")
        except UnicodeDecodeError:
            text = "?"
        if not color or len(text) != 1 or (text == "?" and code != b"?") or text < " " or text == "\x7f":
            wrong.append(f"character {code.hex()} is none, or is cut off")
        elif color[0] >= len(COLORS):
            wrong.append(f"color {color[0]} of {text} is none of 0, 1, 2")
        else:
            found.append(Sign(text, COLORS[color[0]]))
    return found, wrong


def lit(shown: list[Sign], columns: int) -> list[str]:
    """16 rows, a letter for each dot: r, g, y, or a point for dark. As wide as the board, or as the text if that is wider."""
    width = max(columns, sum(sign.columns for sign in shown)) * 8
    rows = ["" for _ in range(ROWS)]
    for sign in shown:
        for number, row in enumerate(_dots(sign.text)):
            rows[number] += row.replace("#", sign.color[0])
    return [row.ljust(width, ".") for row in rows]


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
