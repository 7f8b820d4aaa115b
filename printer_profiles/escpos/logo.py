"""The hall's logo: a PNG -> Logo, and the bytes that keep it in a printer's memory.

It knows no slip and opens no printer.

``store`` is sent once, apart from any slip; whoever sent it and saw it confirmed remembers ``identity`` for that
printer and hands it to ``encode(slip, profile, held=…)``, which then prints the logo from memory. Anything else held,
or nothing: a raster.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from intake.quantities import Unclear
from printer_profiles.profile import Profile
from printer_profiles.slip import HIGHEST_LOGO, WIDEST_LOGO, Logo

GS_L = b"\x1d(L"  # GS ( L pL pH, the data's length in two bytes
FS_Q = b"\x1cq"  # FS q n: n pictures, which replace all that were there
KEY = b"JH"  # the picture's name in a memory that has names, two characters of 20 to 7E
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


class LogoError(Unclear):
    """A technician's error: what is wrong with the picture and what would be right, one sentence."""


def load(path: Path) -> Logo:
    """The logo in a picture file (PNG): black where it is darker than mid grey and not transparent.

    Raises LogoError.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            picture = file.convert("RGBA")
    except FileNotFoundError:
        raise LogoError(
            f"{path}: 没有这个文件：请写一个PNG文件的路径。", f"{path}: no such file; write the path of a PNG"
        ) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise LogoError(
            f"{path}: 不是读得出的图片：请另存为PNG。", f"{path}: no picture that can be read; save it as PNG"
        ) from None
    if picture.width > WIDEST_LOGO or picture.height > HIGHEST_LOGO:
        size, most = f"{picture.width} x {picture.height}", f"{WIDEST_LOGO} x {HIGHEST_LOGO}"
        raise LogoError(
            f"{path}: {size}点，徽标最多{most}：请缩小。",
            f"{path}: {size} dots; a logo has at most {most}, make it smaller",
        )
    paper = Image.new("RGBA", (-(-picture.width // 8) * 8, picture.height), "white")
    paper.alpha_composite(picture, ((paper.width - picture.width) // 2, 0))
    dots = paper.convert("L").point(lambda light: 255 * (light < 128), "1")
    if dots.getbbox() is None:
        raise LogoError(
            f"{path}: 里面没有黑色：请把徽标画成白底黑图。",
            f"{path}: nothing black in it; draw the logo black on white",
        )
    return Logo(dots.tobytes(), dots.width // 8)


def store(logo: Logo, profile: Profile) -> bytes:
    """The bytes that keep the logo in the printer's memory, for good; empty where the model can't.

    Send nothing behind them until the printer answers again, or for 10 s: after FS q a head starts anew and forgets
    what it holds unread.
    """
    if profile.logo == "gs_l":
        return _store_by_name(logo)
    return _store_by_place(logo) if profile.logo == "fs_q" else b""


def recall(profile: Profile) -> bytes:
    """The bytes that print the picture kept by ``store``."""
    return GS_L + b"\x06\x00\x30\x45" + KEY + b"\x01\x01" if profile.logo == "gs_l" else b"\x1cp\x01\x00"


def identity(logo: Logo, profile: Profile) -> str:
    """What to remember of a printer that holds this logo: 16 hex digits, the same for ever; empty where the model
    can't.
    """
    data = store(logo, profile)
    return hashlib.sha256(profile.name.encode() + b"\n" + data).hexdigest()[:16] if data else ""


def _store_by_name(logo: Logo) -> bytes:
    """GS ( L, function 67: name, one colour, width in dots, height, then rows of dots."""
    size = (logo.across * 8).to_bytes(2, "little") + logo.high.to_bytes(2, "little")
    body = b"\x30\x43\x30" + KEY + b"\x01" + size + b"\x31" + harmless(logo.rows)
    data = GS_L + len(body).to_bytes(2, "little") + body
    if any(pair in data for pair in REAL_TIME):  # the length itself, 0410: one white row more
        return _store_by_name(Logo(logo.rows + bytes(logo.across), logo.across))
    return data


def _store_by_place(logo: Logo) -> bytes:
    """FS q: width and height in bytes, then columns of dots from above, the left one first."""
    tall = -(-logo.high // 8)
    rows = logo.rows + bytes(logo.across * (tall * 8 - logo.high))
    columns = bytes(_column(rows, logo.across, x, y) for x in range(logo.across * 8) for y in range(tall))
    return FS_Q + b"\x01" + logo.across.to_bytes(2, "little") + tall.to_bytes(2, "little") + harmless(columns)


def _column(rows: bytes, across: int, x: int, y: int) -> int:
    """Eight dots under each other, the highest bit above."""
    return sum((rows[(8 * y + bit) * across + x // 8] >> (7 - x % 8) & 1) << (7 - bit) for bit in range(8))


def harmless(dots: bytes) -> bytes:
    """Picture data without DLE EOT, DLE ENQ, DLE DC4, which a printer obeys inside data: their lone dot gets a
    neighbour (10 -> 18).
    """
    for pair in REAL_TIME:
        dots = dots.replace(pair, b"\x18" + pair[1:])
    return dots
