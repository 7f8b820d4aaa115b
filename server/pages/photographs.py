"""Photographs that somebody sends with a form: checked, turned upright, shrunk, and rid of all that is not the picture.

What comes out is JPEG in base64, each on a line, as a field of kind `photos` holds it. The picture is drawn anew, so
place, time, telephone and every other mark of the file (EXIF, XMP, comments) are gone with the file.
"""

from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.datastructures import FileStorage

from server.domain.register import PHOTOS_MOST
from server.domain.rules import Refused

if TYPE_CHECKING:
    from PIL import Image

EACH = 12 << 20
"""Bytes of one file: a telephone's photograph is 2 to 8 MB."""
BODY = PHOTOS_MOST * EACH + (1 << 18)
PIXELS = 50_000_000
"""Of one picture, by what its head says, before any of it is drawn: 48 megapixels are a telephone's most."""
DRAWN = 12_500_000
"""Pixels that are held in memory at a time: a JPEG of one scan is drawn smaller than it is, all else at its size."""
SCANS = 40
"""Of one JPEG: a progressive one has some ten, and each goes over the whole picture again."""
SIDE, QUALITY = 1280, 72
"""The longer side in pixels, and the JPEG's quality: a sign is still read, and three are some 500 kB."""
FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""EXIF's orientation, and the name of what puts it upright (`PIL.Image.Transpose`)."""
WAIT_S = 5.0
WAITING = 4
"""So long a picture waits for the one before it, and so many requests do: the hub's other threads call numbers."""
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_drawing, _waiting = threading.Lock(), threading.BoundedSemaphore(WAITING)


class Busy(Refused):
    """Others' pictures are drawn at the moment; the same again in a minute."""


def taken(files: Sequence[FileStorage]) -> str:
    """What a form's files are kept as; empty for none. Raises Refused, Busy."""
    sent = [file for file in files if file.filename]
    if len(sent) > PHOTOS_MOST:
        raise Refused(f"照片最多{PHOTOS_MOST}张：请去掉几张。", f"At most {PHOTOS_MOST} photographs: leave some out.")
    return "\n".join(shrunk(file.stream.read(EACH + 1)) for file in sent)


def shrunk(data: bytes) -> str:
    """One photograph, drawn anew, one at a time in the whole hub. Raises Refused for what is none, Busy."""
    if len(data) > EACH:
        raise Refused("照片太大：每张不超过12 MB。", "A photograph is too large: 12 MB at most.")
    with _in_turn():
        try:
            plain = _plain(data)
        except Refused:
            raise
        except Exception:  # a damaged file ends in whatever its decoder ran into: struct.error, TypeError, MemoryError
            raise Refused(
                "这不是照片，或文件已损坏：请换一张。",
                "That is no photograph, or it is damaged: send another one (JPG, PNG).",
            ) from None
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return base64.b64encode(out.getvalue()).decode()


@contextmanager
def _in_turn() -> Iterator[None]:
    busy = Busy(
        "现在传照片的人多：请一分钟后再提交，或先不附照片。",
        "Many photographs are being sent: send it again in a minute, or without them for now.",
    )
    if not _waiting.acquire(blocking=False):
        raise busy
    try:
        if not _drawing.acquire(timeout=WAIT_S):
            raise busy
        try:
            yield
        finally:
            _drawing.release()
    finally:
        _waiting.release()


def _plain(data: bytes) -> Image.Image:
    """The picture upright on white, no longer than `SIDE`; its size is looked at before any of it is drawn."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > PIXELS:
            raise _too_large()
        if picture.format == "JPEG":
            scans = _scans(data)
            if len(scans) > SCANS:
                raise _too_large()
            if scans == [len(picture.getbands())]:  # else libjpeg holds the whole, however small it is drawn
                picture.draft("RGB", (SIDE, SIDE))
        if picture.width * picture.height > DRAWN:
            raise _too_large()
        turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
        picture.thumbnail((SIDE, SIDE))
        seen = picture.convert("RGBA")
    upright = seen if turn is None else seen.transpose(Image.Transpose[turn])
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    return plain


def _too_large() -> Refused:
    return Refused(
        "照片太大（像素太多）：请用手机相机重新拍一张，或截一张屏再传。",
        "A photograph has too many pixels: take it anew with the telephone's camera, or send a screenshot of it.",
    )


def _scans(data: bytes) -> list[int]:
    """The channels of each scan of a JPEG, by its markers alone (ITU T.81, B.1.1.3 and B.2.3)."""
    found: list[int] = []
    at = 2
    while (marker := _MARKER.search(data, at)) is not None and marker[0] != b"\xff\xd9" and len(found) <= SCANS:
        at = marker.start() + 2
        if marker[0] == b"\xff\xda":
            found.append(data[at + 2])
        at += int.from_bytes(data[at : at + 2], "big")
    return found
