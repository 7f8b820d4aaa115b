"""What we draw because a printer can't: lines outside its font, QR codes, logos -> GS v 0 bands.

It knows no slip and asks no printer.

A line is drawn in its place across the paper, for ESC a left: it stands with its neighbours even where ESC a does not
move a raster. Codes and logos are sent alone, for ESC a centre: half the bytes, and on such a head they merely stand
on the left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from printer_profiles.escpos.logo import harmless
from printer_profiles.profile import Profile
from printer_profiles.slip import Logo, Text, clusters, width

if TYPE_CHECKING:
    from PIL import Image

RASTER = b"\x1dv0\x00"  # GS v 0, dot by dot; then the width in bytes and the height in rows, two bytes each
CELL, HIGH = 12, 24  # dots of a half column


def line(text: Text, profile: Profile) -> bytes:
    """The line in the columns a printer's own font would have taken."""
    from PIL import Image

    from printer_profiles.virtual.typeface import cell

    spare = profile.dots - width(text.text) * text.scale * CELL
    x = {"left": 0, "centre": spare // 2, "right": spare}[text.align]
    band = Image.new("1", (profile.dots, HIGH * text.scale))
    for piece in clusters(text.text):
        if columns := width(piece):
            band.paste(cell(piece, columns, text.scale), (x, 0))
            x += CELL * columns * text.scale
    if text.bold:
        band.paste(255, (1, 0), band.copy())
    box = band.getbbox()
    return _bands(band.crop((0, 0, box[2] if box else 8, band.height)), profile)


def matrix(payload: bytes) -> Sequence[bytearray]:
    """The modules of a QR code, error correction M, a byte 0 or 1 each, without a quiet zone."""
    import segno

    return segno.make_qr(payload, error="m", boost_error=False).matrix


def code(matrix: Sequence[bytearray], size: int, profile: Profile) -> bytes:
    """A QR code of ``matrix``, ``size`` dots per module."""
    from PIL import Image

    side = len(matrix)
    small = Image.frombytes("L", (side, side), b"".join(matrix)).point(lambda module: 255 * module, "1")
    return _bands(small.resize((side * size, side * size)), profile)


def logo(picture: Logo, profile: Profile) -> bytes:
    """The logo; made narrower where the paper is."""
    from PIL import Image

    dots = Image.frombytes("1", (picture.across * 8, picture.high), picture.rows)
    if dots.width > profile.dots:
        dots = dots.resize((profile.dots, max(1, dots.height * profile.dots // dots.width)))
    return _bands(dots, profile)


def _bands(picture: Image.Image, profile: Profile) -> bytes:
    """The picture in bands of at most ``band_rows`` rows of whole bytes."""
    picture = picture.crop((0, 0, -(-picture.width // 8) * 8, picture.height))
    across = picture.width // 8
    rows = picture.tobytes()
    bands = [rows[at : at + across * profile.band_rows] for at in range(0, len(rows), across * profile.band_rows)]
    return b"".join(RASTER + _two(across) + _two(len(band) // across) + harmless(band) for band in bands)


def _two(number: int) -> bytes:
    return number.to_bytes(2, "little")
