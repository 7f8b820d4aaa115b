"""Sample pictures of forms: fetched from the hub, made small enough to be kept, and only the last few of them.

Asked from the thread of the line to the hub alone; a picture that cannot be had is None and a line in the log.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from urllib.parse import quote

from PIL import Image, ImageOps

from hub_client import HubAway, HubClient, HubRefused
from kiosk.flow.events import Pixels

log = logging.getLogger(__name__)

MOST_BYTES = 8 << 20
MOST_PIXELS = 24_000_000
"""An A4 page of 400 dots per inch has 15 million; a picture of more is not unfolded."""
SIDE = 1600
"""The longer side of what is kept, px: 7 MB at most."""
KEPT = 3
STAY_S = 600.0
"""So long a picture is not fetched again; a hall changes its samples under the same name."""


class SamplePictures:
    def __init__(self, client: HubClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._kept: dict[tuple[str, str], tuple[float, Pixels]] = {}  # the one used last is the last

    def get(self, service: str, name: str) -> Pixels | None:
        """An item's sample picture; an older one is better than none while the hub is away."""
        now, kept = self._clock(), self._kept.pop((service, name), None)
        if kept is None or now - kept[0] >= STAY_S:
            try:
                kept = now, pixels(self._client.file(f"/guides/{quote(service)}/samples/{quote(name)}", MOST_BYTES))
            except HubAway as error:
                log.warning("kiosk: no sample %s of %s: %s", name, service, error)
            except (HubRefused, NotAPicture) as error:
                log.warning("kiosk: no sample %s of %s: %s", name, service, error)
                kept = None
        if kept:
            self._kept[service, name] = kept
            for oldest in list(self._kept)[:-KEPT]:
                del self._kept[oldest]
        return kept and kept[1]


class NotAPicture(ValueError):
    """Neither PNG nor JPEG, broken, or too large."""


def pixels(data: bytes) -> Pixels:
    """A PNG or JPEG upright, on white, at most `SIDE` px. Raises NotAPicture."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture(f"it has {image.width} × {image.height} px, at most {MOST_PIXELS} are shown")
            image.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:  # as Pillow says that a file is broken
        raise NotAPicture(f"it can't be read ({type(error).__name__})") from error
    if upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    if upright.mode == "RGBA":
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright)
    return Pixels(upright.width, upright.height, upright.convert("RGB").tobytes())
