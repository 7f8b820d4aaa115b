"""Which screen there is, opening it, and which way up it hangs. The only module that sets SDL's variables.

A panel that hangs turned, where no desktop turns the picture (KMS), gets its picture turned here, and its touches back.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pygame

from config import Text, Told

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


HEADLESS = frozenset({"dummy", "offscreen"})
"""SDL's drivers that draw into nothing."""


class NoScreen(Told):
    """Nobody could see what is drawn."""


def open_screen(size: tuple[int, int], *, windowed: bool, rotate: int = 0, headless: bool = False) -> pygame.Surface:
    """The panel's surface.

    `size`, as its person sees it, is that of a headless screen or a window; a full screen has its own. `headless`:
    somebody looks at a picture without a screen (--show-port). Else there is a real screen, or NoScreen: a kiosk that
    drew into nothing would call itself well for ever.
    """
    size = size if rotate in (0, 180) else (size[1], size[0])
    asked = bool(os.environ.get("SDL_VIDEODRIVER"))
    driver = choose(os.environ, sorted(Path("/dev/dri").glob("card*")))
    os.environ["SDL_VIDEODRIVER"] = driver
    os.environ.setdefault("SDL_VIDEO_ALLOW_SCREENSAVER", "0")
    if driver in HEADLESS and not headless:
        raise NoScreen(*without_a_screen(driver, asked))
    try:
        pygame.display.init()
        surface = _surface(size, windowed)
    except pygame.error as error:
        pygame.display.quit()
        raise NoScreen(*refused(driver, str(error))) from error
    real = pygame.display.get_driver()
    if (real in HEADLESS and not headless) or 0 in surface.get_size():
        pygame.display.quit()
        raise NoScreen(*refused(driver, f"SDL: {real}"))
    log.info("kiosk: %s", "no screen, drawing headless" if real in HEADLESS else f"screen {real}")
    return surface


def _surface(size: tuple[int, int], windowed: bool) -> pygame.Surface:
    pygame.display.set_caption("叫号 Jiaohao")
    if pygame.display.get_driver() in HEADLESS:
        return pygame.display.set_mode(size)
    if windowed:
        return pygame.display.set_mode(fitting(size, pygame.display.get_desktop_sizes()[0]), pygame.RESIZABLE)
    surface = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
    pygame.mouse.set_visible(False)
    return surface


def without_a_screen(driver: str, asked: bool) -> Text:
    """Why there is none to open."""
    if asked:
        return Text(
            f"取号机：SDL_VIDEODRIVER={driver} 不显示任何东西：请去掉它，或加 --show-port 在浏览器里看",
            f"kiosk: SDL_VIDEODRIVER={driver} shows nothing; leave it out, or look at it by --show-port",
        )
    return Text(
        "取号机：没有找到屏幕（没有 Wayland、X11，也没有本用户能打开的显卡）：请检查显示器和 video、render 用户组",
        "kiosk: no screen found (no Wayland, no X11, no graphics card that this user may open); check the panel and the"
        " groups video and render",
    )


def refused(driver: str, why: str) -> Text:
    """A screen that is there, or was named, and can't be opened."""
    return Text(
        f"取号机：屏幕 {driver} 打不开：请检查显示器的电源和连线，再重新启动（{why}）",
        f"kiosk: screen {driver} can't be opened; check the panel's power and cable, then start again ({why})",
    )


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
