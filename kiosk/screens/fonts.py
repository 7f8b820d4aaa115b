"""The fonts of the kiosk: finds one with Hanzi in two weights, measures and renders. Never falls back to boxes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pygame.freetype

from config import Told
from kiosk.screens.theme import Colour

NOTO = Path("/usr/share/fonts/opentype/noto")
WENQUANYI = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")


class Face(NamedTuple):
    """A font file and the face in it. `embolden`: there is no bold cut, so one is made."""

    path: Path
    number: int
    embolden: bool = False


# Debian fonts-noto-cjk: face 2 of the collections is "Noto Sans CJK SC". Debian fonts-wqy-microhei: one weight only.
CHOICES: tuple[tuple[Face, Face], ...] = (
    (Face(NOTO / "NotoSansCJK-Regular.ttc", 2), Face(NOTO / "NotoSansCJK-Bold.ttc", 2)),
    (Face(WENQUANYI, 0), Face(WENQUANYI, 0, embolden=True)),
)


class NoFont(Told):
    """For the installer: there is no font with Chinese characters."""

    status = 2


def find(choices: Sequence[tuple[Face, Face]] = CHOICES) -> tuple[Face, Face]:
    """(regular, bold) of the first pair whose files are both there; NoFont names the package to install."""
    for pair in choices:
        if all(face.path.is_file() for face in pair):
            return pair
    raise NoFont("kiosk: no font with Chinese characters; install the Debian package fonts-noto-cjk")


class Fonts:
    """Widths and pictures of single lines. For one thread only, like all of pygame.freetype."""

    def __init__(self, pair: tuple[Face, Face] | None = None) -> None:
        pygame.freetype.init()
        regular, bold = pair or find()
        self._fonts = {False: _open(regular), True: _open(bold)}
        self._advance = lru_cache(maxsize=20_000)(self._advance_of)
        self.measure = lru_cache(maxsize=20_000)(self._measure)
        self.render = lru_cache(maxsize=400)(self._render)

    def _measure(self, text: str, size: int, bold: bool) -> int:
        """The advance width in px, rounded up. A page asks for that of most words hundreds of times."""
        return round(sum(self._advance(char, size, bold) for char in text) + 0.49)

    def _advance_of(self, char: str, size: int, bold: bool) -> float:
        (metrics,) = self._fonts[bold].get_metrics(char, size)
        return metrics[4] if metrics else float(size)

    def _render(self, text: str, size: int, bold: bool, colour: Colour) -> tuple[pygame.Surface, int, int]:
        """(picture, dx, dy): where its left top corner lies, seen from the start of the base line."""
        surface, box = self._fonts[bold].render(text, colour, size=size)
        return surface, box.x, -box.y


def _open(face: Face) -> pygame.freetype.Font:
    font = pygame.freetype.Font(str(face.path), font_index=face.number)
    font.strong = face.embolden
    return font
