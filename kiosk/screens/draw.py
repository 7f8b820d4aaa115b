"""Scenes as pixels: the only module that knows how a rounded box, its shadow or a line of text is drawn.

Everything that is costly is kept: boxes by size and colour, texts and icons by size. A whole 1080 × 1920 picture from
kept parts takes a few milliseconds.
"""

from __future__ import annotations

from functools import lru_cache

import pygame
import segno

from kiosk.flow.events import Pixels
from kiosk.screens import icons, theme
from kiosk.screens.fonts import Fonts
from kiosk.screens.scene import Box, Code, Dashes, Icon, Image, Line, Paper, Part, Rect, Ring, Ripples, Scene, Teeth
from kiosk.screens.theme import Colour

FINE = 4


class Painter:
    """Draws scenes with one set of fonts."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self._icon = lru_cache(maxsize=120)(icons.picture)
        self._box = lru_cache(maxsize=40)(rounded)
        self._code = lru_cache(maxsize=20)(code_picture)
        self._image = lru_cache(maxsize=2)(image_picture)
        self._shadow = lru_cache(maxsize=16)(soft_shadow)

    def picture(self, scene: Scene) -> pygame.Surface:
        """The whole scene, its paper fully out, on a surface of its own."""
        surface = self.background(scene)
        if scene.paper:
            self.paper(surface, scene.paper, 1.0)
        return surface

    def background(self, scene: Scene) -> pygame.Surface:
        """The scene without its paper."""
        surface = pygame.Surface(scene.size)
        surface.fill(theme.GROUND)
        self.parts(surface, scene.parts)
        return surface

    def paper(self, surface: pygame.Surface, paper: Paper, out: float) -> None:
        """The slip, `out` (0..1) of its way out of the slot."""
        hidden = round(paper.rect.h * (1 - out))
        surface.set_clip(pygame.Rect(paper.rect.x - 60, paper.rect.y, paper.rect.w + 120, paper.rect.h + 80))
        self.parts(surface, paper.parts, dy=-hidden)
        surface.set_clip(None)
        self.parts(surface, paper.slot)

    def parts(self, surface: pygame.Surface, parts: tuple[Part, ...], dy: int = 0) -> None:
        for part in parts:
            match part:
                case Box():
                    self._draw_box(surface, part, dy)
                case Line():
                    self._draw_line(surface, part, dy)
                case Icon(rect, name, colour):
                    surface.blit(self._icon(name, min(rect.w, rect.h), colour), (rect.x, rect.y + dy))
                case Code(rect, text):
                    surface.blit(self._code(text, min(rect.w, rect.h)), (rect.x, rect.y + dy))
                case Image(rect, pixels, top, rows):
                    surface.blit(self._image(pixels, top, rows, rect.w, rect.h), (rect.x, rect.y + dy))
                case Ripples(rect, colour):
                    _draw_ripples(surface, rect, colour)
                case Dashes(rect, colour):
                    for x in range(rect.x, rect.right, rect.h * 5):
                        surface.fill(colour, (x, rect.y + dy, min(rect.h * 3, rect.right - x), rect.h))
                case Teeth(rect, colour):
                    _draw_teeth(surface, rect, colour, dy)
                case Ring():
                    _draw_ring(surface, part, dy)

    def _draw_box(self, surface: pygame.Surface, box: Box, dy: int) -> None:
        x, y, w, h = box.rect
        if box.shadow:
            spread = max(6, round(min(surface.get_size()) * 0.016))
            surface.blit(self._shadow(w, h, box.radius, spread), (x - 2 * spread, y + dy - 2 * spread + spread // 2))
        if box.radius == 0 and box.fade is None:
            surface.fill(box.fill, (x, y + dy, w, h))
        else:
            surface.blit(self._box(w, h, box.radius, box.fill, box.fade), (x, y + dy))
        if box.edge:
            thin = max(2, round(min(surface.get_size()) / 540))
            inner = self._box(w - 2 * thin, h - 2 * thin, max(0, box.radius - thin), box.fill, box.fade)
            surface.blit(self._box(w, h, box.radius, box.edge, None), (x, y + dy))
            surface.blit(inner, (x + thin, y + dy + thin))

    def _draw_line(self, surface: pygame.Surface, line: Line, dy: int) -> None:
        picture, dx, up = self.fonts.render(line.text, line.size, line.bold, line.colour)
        baseline = line.rect.y + (line.rect.h - line.size) / 2 + 0.88 * line.size
        surface.blit(picture, (line.rect.x + dx, round(baseline) + up + dy))


def code_picture(text: str, side: int) -> pygame.Surface:
    """A QR code on white, `side` px square: black modules of whole pixels, four of them around it left white."""
    rows = list(segno.make(text, error="l", boost_error=True, micro=False).matrix_iter(border=4))
    module = max(1, side // len(rows))
    surface = pygame.Surface((side, side))
    surface.fill((255, 255, 255))
    edge = (side - module * len(rows)) // 2
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                surface.fill((0, 0, 0), (edge + x * module, edge + y * module, module, module))
    return surface


def image_picture(pixels: Pixels, top: int, rows: int, w: int, h: int) -> pygame.Surface:
    """Some rows of a picture, `w` × `h` px large."""
    made = pygame.image.frombuffer(pixels.rgb, (pixels.width, pixels.height), "RGB")
    return pygame.transform.smoothscale(made.subsurface((0, top, pixels.width, rows)), (w, h))


# --- shapes -----------------------------------------------------------------------------------------------------------


def _corner(radius: int) -> pygame.Surface:
    """A white disc with soft edges, twice the radius wide."""
    big = pygame.Surface((2 * radius * FINE, 2 * radius * FINE), pygame.SRCALPHA)
    big.fill((255, 255, 255, 0))
    pygame.draw.circle(big, (255, 255, 255, 255), (radius * FINE, radius * FINE), radius * FINE)
    return pygame.transform.smoothscale(big, (2 * radius, 2 * radius))


def _mask(w: int, h: int, radius: int) -> pygame.Surface:
    radius = max(0, min(radius, w // 2, h // 2))
    mask = pygame.Surface((w, h), pygame.SRCALPHA)
    mask.fill((255, 255, 255, 255))
    if radius:
        disc = _corner(radius)
        for x, u in ((0, 0), (w - radius, radius)):
            for y, v in ((0, 0), (h - radius, radius)):
                mask.fill((0, 0, 0, 0), (x, y, radius, radius))
                mask.blit(disc, (x, y), (u, v, radius, radius))
    return mask


def rounded(w: int, h: int, radius: int, fill: Colour, fade: Colour | None) -> pygame.Surface:
    """A rounded box, one colour or fading downwards into another."""
    w, h = max(1, w), max(1, h)
    surface = pygame.Surface((w, h), pygame.SRCALPHA)
    if fade is None:
        surface.fill((*fill, 255))
    else:
        for y in range(h):
            t = y / max(1, h - 1)
            surface.fill([round(a + (b - a) * t) for a, b in zip(fill, fade, strict=True)], (0, y, w, 1))
    if radius:
        surface.blit(_mask(w, h, radius), (0, 0), special_flags=pygame.BLEND_RGBA_MIN)
    return surface


def soft_shadow(w: int, h: int, radius: int, spread: int) -> pygame.Surface:
    """The shadow of a box, `2 * spread` larger on each side."""
    w, h = max(1, w), max(1, h)
    room = pygame.Surface((w + 4 * spread, h + 4 * spread), pygame.SRCALPHA)
    room.fill((30, 58, 62, 0))
    dark = rounded(w, h, radius, (30, 58, 62), None)
    dark.set_alpha(44)
    room.blit(dark, (2 * spread, 2 * spread))
    return pygame.transform.gaussian_blur(room, spread)


def _draw_ripples(surface: pygame.Surface, rect: Rect, colour: Colour) -> None:
    """Rings in the upper right of the header, like a voice that carries."""
    surface.set_clip(pygame.Rect(rect))
    for i in range(1, 7):
        pygame.draw.aacircle(
            surface, colour, (rect.right - rect.h // 3, rect.bottom), round(rect.h * 0.36 * i), max(2, rect.h // 60)
        )
    surface.set_clip(None)


def _draw_ring(surface: pygame.Surface, ring: Ring, dy: int) -> None:
    thick = max(3, round(min(surface.get_size()) / 180))
    for out, colour in ((2 * thick, theme.INK), (thick, theme.AMBER)):
        rect = pygame.Rect(ring.rect).move(0, dy).inflate(2 * out, 2 * out)
        pygame.draw.rect(surface, colour, rect, thick, ring.radius + out)


def _draw_teeth(surface: pygame.Surface, rect: Rect, colour: Colour, dy: int) -> None:
    count = max(1, rect.w // (2 * rect.h))
    width = rect.w / count
    for i in range(count):
        left = rect.x + i * width
        top, tip = rect.y + dy, rect.bottom + dy
        points = [(round(left), top), (round(left + width), top), (round(left + width / 2), tip)]
        pygame.draw.polygon(surface, colour, points)
        pygame.draw.aalines(surface, colour, True, points)
