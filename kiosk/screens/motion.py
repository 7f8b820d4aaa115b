"""What moves: a slide from page to page, paper out of its slot, a ring where a finger came down. Positions only as
functions of time.
"""

from __future__ import annotations

from dataclasses import dataclass

import pygame

from kiosk.screens import theme
from kiosk.screens.draw import Painter
from kiosk.screens.scene import Scene

SLIDE_S = 0.20
PAPER_S = 0.55
SEEN_S = 0.4
"""So long the ring of a touch is seen: also of one that comes too soon, or beside all targets, and does nothing."""


def eased(t: float) -> float:
    """0..1 -> 0..1, quick at first and soft at the end; outside of that the nearest end."""
    t = min(1.0, max(0.0, t))
    return 1 - (1 - t) ** 3


@dataclass
class Stage:
    """The page on screen and the one that it replaces, as pictures. `show` draws the moment `now` (seconds)."""

    painter: Painter
    scene: Scene | None = None
    _page: pygame.Surface | None = None
    _before: pygame.Surface | None = None
    _slide_at: float = -10.0
    _paper_at: float = -10.0
    _way: int = 1
    _seen: tuple[float, float, float] | None = None  # x, y, when

    def touched(self, x: float, y: float, now: float) -> None:
        """A finger came down: the next picture shows it."""
        self._seen = (x, y, now)

    def play(self, scene: Scene, now: float) -> None:
        """Take a new scene. A page with another name slides in; a changed one is simply there."""
        old = self.scene
        moved = old is not None and old.name != scene.name and old.depth != scene.depth and old.size == scene.size
        if moved and old is not None:
            self._before = self._flat(old)
            self._slide_at, self._way = now, 1 if scene.depth > old.depth else -1
        if scene.paper and (old is None or old.paper is None):
            self._paper_at = now + SLIDE_S * 0.7
        self.scene = scene
        self._page = self.painter.background(scene)

    def _flat(self, scene: Scene) -> pygame.Surface:
        page = self._page or self.painter.background(scene)
        if scene.paper:
            self.painter.paper(page, scene.paper, 1.0)
        return page

    def moves(self, now: float) -> bool:
        """Whether the picture of the next moment will be another one."""
        paper = self._has_paper and now < self._paper_at + PAPER_S
        return now < self._slide_at + SLIDE_S or paper or (self._seen is not None and now < self._seen[2] + SEEN_S)

    @property
    def _has_paper(self) -> bool:
        return self.scene is not None and self.scene.paper is not None

    def show(self, surface: pygame.Surface, now: float) -> None:
        """Draw the moment `now` on `surface`, which has the scene's size."""
        self._page_at(surface, now)
        if self._seen is not None:
            x, y, at = self._seen
            if now >= at + SEEN_S:
                self._seen = None
            else:
                draw_seen(surface, x, y, (now - at) / SEEN_S)

    def _page_at(self, surface: pygame.Surface, now: float) -> None:
        scene, page = self.scene, self._page
        if scene is None or page is None:
            return
        t = eased((now - self._slide_at) / SLIDE_S)
        if t >= 1 or self._before is None:
            self._before = None
            surface.blit(page, (0, 0))
            if scene.paper:
                self.painter.paper(surface, scene.paper, eased((now - self._paper_at) / PAPER_S))
            return
        wide, below = scene.size[0], pygame.Rect(0, scene.body, scene.size[0], scene.size[1] - scene.body)
        surface.blit(page, (0, 0), pygame.Rect(0, 0, wide, scene.body))
        shift = round(wide * t)
        surface.blit(self._before, (-shift * self._way, scene.body), below)
        surface.blit(page, ((wide - shift) * self._way, scene.body), below)


def draw_seen(surface: pygame.Surface, x: float, y: float, t: float) -> None:
    """The ring around a touch, `t` (0..1) of its time: dark and light, so that it is seen on any ground."""
    unit = min(surface.get_size()) / 108
    radius, thick = unit * (4 + 3 * eased(t)), max(2, round(unit * 0.9 * (1 - t)))
    for out, colour in ((thick, theme.INK), (0, theme.AMBER)):
        pygame.draw.aacircle(surface, colour, (round(x), round(y)), round(radius) + out, thick)
