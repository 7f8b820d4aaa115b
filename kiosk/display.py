"""Which screen there is, and opening it: a real one, or none (headless). The only module that sets SDL's variables."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
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


def open_screen(size: tuple[int, int], *, windowed: bool) -> pygame.Surface:
    """The surface to draw on. `size` is that of a headless screen or a window; a full screen has its own."""
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
