"""Which screen there is, opening it, and which way up it hangs. The only module that sets SDL's variables.

A panel that hangs turned, where no desktop turns the picture (KMS), gets its picture turned here, and its touches back.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pygame

log = logging.getLogger(__name__)


def choose(environ: Mapping[str, str], cards: list[Path]) -> str:
    """The video driver: the one asked for in SDL_VIDEODRIVER, x11, wayland, kmsdrm, or dummy (headless)."""
    if environ.get("SDL_VIDEODRIVER"):
        return environ["SDL_VIDEODRIVER"]
    if environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    if environ.get("DISPLAY"):
        return "x11"
    return "kmsdrm" if any(os.access(card, os.R_OK | os.W_OK) for card in cards) else "dummy"


def open_screen(size: tuple[int, int], *, windowed: bool, rotate: int = 0) -> pygame.Surface:
    """The panel's surface.

    `size`, as its person sees it, is that of a headless screen or a window; a full screen has its own.
    """
    size = size if rotate in (0, 180) else (size[1], size[0])
    driver = choose(os.environ, sorted(Path("/dev/dri").glob("card*")))
    os.environ["SDL_VIDEODRIVER"] = driver
    os.environ.setdefault("SDL_VIDEO_ALLOW_SCREENSAVER", "0")
    try:
        pygame.display.init()
    except pygame.error as error:
        log.warning("kiosk: screen %s can't be opened: %s; going on without one", driver, error)
        driver = os.environ["SDL_VIDEODRIVER"] = "dummy"
        pygame.display.init()
    log.info("kiosk: %s", "no screen, drawing headless" if driver == "dummy" else f"screen {driver}")
    pygame.display.set_caption("叫号 Jiaohao")
    if driver == "dummy":
        return pygame.display.set_mode(size)
    if windowed:
        return pygame.display.set_mode(fitting(size, pygame.display.get_desktop_sizes()[0]), pygame.RESIZABLE)
    surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
    pygame.mouse.set_visible(False)
    return surface


def fitting(size: tuple[int, int], desktop: tuple[int, int]) -> tuple[int, int]:
    """A window of this shape that a desktop has room for."""
    scale = min(1.0, 0.9 * desktop[0] / size[0], 0.88 * desktop[1] / size[1])
    return round(size[0] * scale), round(size[1] * scale)


class Glass:
    """A screen and how it hangs: `canvas` is upright and drawn on, `show` brings it to the panel.

    `rotate`: degrees the panel is turned clockwise; `touch`: corrections of its touches.
    """

    def __init__(self, screen: pygame.Surface, rotate: int = 0, touch: Sequence[str] = ()) -> None:
        self.rotate, self.touch = rotate, tuple(touch)
        self.hang(screen)

    def hang(self, screen: pygame.Surface) -> None:
        """Take another screen, or the same in another size."""
        self._screen = screen
        w, h = screen.get_size()
        self.canvas = screen if self.rotate == 0 else pygame.Surface((w, h) if self.rotate == 180 else (h, w))

    @property
    def size(self) -> tuple[int, int]:
        return self.canvas.get_size()

    @property
    def panel(self) -> tuple[int, int]:
        """The size of the panel as it was made."""
        return self._screen.get_size()

    def show(self) -> None:
        if self.rotate:
            self._screen.blit(pygame.transform.rotate(self.canvas, self.rotate), (0, 0))
        pygame.display.flip()

    def finger(self, x: float, y: float) -> tuple[float, float]:
        """Where a touch of the panel is on the canvas, both in fractions."""
        return upright(*corrected(x, y, self.touch), self.rotate)

    def mouse(self, x: float, y: float) -> tuple[float, float]:
        """The same of a mouse, which needs no correction."""
        return upright(x, y, self.rotate)

    def __str__(self) -> str:
        turned = f" · {self.rotate}°" if self.rotate else ""
        return f"{pygame.display.get_driver()} {self.size[0]}×{self.size[1]}{turned}"


def corrected(x: float, y: float, touch: Sequence[str]) -> tuple[float, float]:
    """A touch as a panel means it that has its axes exchanged (`swap`) or the wrong way round (`flip_x`, `flip_y`)."""
    if "swap" in touch:
        x, y = y, x
    return 1 - x if "flip_x" in touch else x, 1 - y if "flip_y" in touch else y


def upright(x: float, y: float, rotate: int) -> tuple[float, float]:
    """A place on a panel that is turned clockwise, as the person before it sees it; in fractions."""
    return {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[rotate]
