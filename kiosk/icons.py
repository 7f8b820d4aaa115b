"""The pictures of the kiosk, drawn here as simple shapes on a field of 100 × 100. No image files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

import pygame

from kiosk.theme import Colour

CLEAR = (0, 0, 0, 0)
FINE = 4  # drawn so many times larger, then smoothed down

Point = tuple[float, float]


class Pencil:
    """Shapes in fields of 100 × 100 on a surface of any size. `wipe` draws with nothing, to cut holes."""

    def __init__(self, side: int, colour: Colour) -> None:
        self.surface = pygame.Surface((side, side), pygame.SRCALPHA)
        self._scale = side / 100
        self._colour = colour

    def _ink(self, wipe: bool) -> tuple[int, ...]:
        return CLEAR if wipe else self._colour

    def disc(self, x: float, y: float, r: float, *, wipe: bool = False) -> None:
        k = self._scale
        pygame.draw.circle(self.surface, self._ink(wipe), (x * k, y * k), r * k)

    def shape(self, points: list[Point], *, wipe: bool = False) -> None:
        pygame.draw.polygon(self.surface, self._ink(wipe), [(x * self._scale, y * self._scale) for x, y in points])

    def block(self, x: float, y: float, w: float, h: float, r: float = 0, *, wipe: bool = False) -> None:
        k = self._scale
        rect = pygame.Rect(round(x * k), round(y * k), round(w * k), round(h * k))
        pygame.draw.rect(self.surface, self._ink(wipe), rect, border_radius=round(r * k))

    def stroke(self, points: list[Point], width: float, *, wipe: bool = False) -> None:
        """A line with round ends and corners."""
        for (x1, y1), (x2, y2) in pairwise(points):
            length = max(0.001, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
            nx, ny = -(y2 - y1) / length * width / 2, (x2 - x1) / length * width / 2
            self.shape([(x1 + nx, y1 + ny), (x2 + nx, y2 + ny), (x2 - nx, y2 - ny), (x1 - nx, y1 - ny)], wipe=wipe)
        for x, y in points:
            self.disc(x, y, width / 2, wipe=wipe)


def arc(x: float, y: float, r: float, start: float, end: float, steps: int = 24) -> list[Point]:
    """Points on a circle, from `start` to `end` in degrees, clockwise from the right."""
    angles = [(start + (end - start) * i / steps) * pi / 180 for i in range(steps + 1)]
    return [(x + r * cos(a), y + r * sin(a)) for a in angles]


def bezier(a: Point, b: Point, c: Point, d: Point, steps: int = 20) -> list[Point]:
    def at(t: float) -> Point:
        s = 1 - t
        k = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
        return tuple(sum(w * p[i] for w, p in zip(k, (a, b, c, d), strict=True)) for i in (0, 1))  # type: ignore[return-value]

    return [at(i / steps) for i in range(steps + 1)]


def _shield(p: Pencil) -> None:
    right = [*bezier((50, 6), (62, 14), (76, 18), (88, 18)), *bezier((88, 18), (90, 56), (78, 82), (50, 95))]
    p.shape([*right, *[(100 - x, y) for x, y in reversed(right)]])
    p.block(44, 33, 12, 40, 4, wipe=True)
    p.block(30, 47, 40, 12, 4, wipe=True)


def _person(p: Pencil, x: float, y: float, size: float) -> None:
    p.disc(x, y, 15 * size)
    p.shape(
        [*arc(x, y + 48 * size, 28 * size, 180, 360), (x + 28 * size, y + 56 * size), (x - 28 * size, y + 56 * size)]
    )


def _people(p: Pencil) -> None:
    _person(p, 24, 36, 0.86)
    _person(p, 76, 36, 0.86)
    p.disc(50, 30, 23, wipe=True)
    p.disc(50, 84, 38, wipe=True)
    _person(p, 50, 30, 1.12)
    p.block(0, 90, 100, 10, wipe=True)


def _work(p: Pencil) -> None:
    p.block(34, 12, 32, 24, 8)
    p.block(42, 20, 16, 16, 3, wipe=True)
    p.block(8, 27, 84, 60, 11)
    p.block(8, 54, 34, 6, wipe=True)
    p.block(58, 54, 34, 6, wipe=True)
    p.block(43, 49, 14, 16, 4)


def _heart(p: Pencil) -> None:
    left = [*bezier((50, 90), (14, 66), (4, 48), (6, 34)), *bezier((6, 34), (9, 8), (40, 4), (50, 28))]
    p.shape([*left, *[(100 - x, y) for x, y in reversed(left)]])
    p.stroke([(14, 50), (36, 50), (43, 36), (54, 64), (61, 50), (86, 50)], 6, wipe=True)


def _hand(p: Pencil) -> None:
    heart = [*bezier((52, 46), (32, 33), (28, 22), (33, 13)), *bezier((33, 13), (38, 4), (48, 7), (52, 16))]
    p.shape([*heart, *[(104 - x, y) for x, y in reversed(heart)]])
    p.block(4, 54, 15, 38, 4)
    p.shape(
        [
            (24, 58),
            *bezier((24, 58), (36, 50), (44, 54), (54, 60)),
            *bezier((54, 60), (66, 58), (66, 70), (54, 69)),
            (46, 69),
            (58, 73),
            *bezier((58, 73), (70, 68), (80, 60), (90, 54)),
            *bezier((90, 54), (99, 54), (97, 62), (92, 67)),
            *bezier((92, 67), (76, 82), (64, 92), (54, 90)),
            (24, 84),
        ]
    )


def _box(p: Pencil) -> None:
    p.shape([(50, 4), (95, 42), (86, 51), (50, 20), (14, 51), (5, 42)])
    p.block(72, 10, 12, 26, 3)
    p.shape([(50, 28), (83, 56), (83, 88), (79, 92), (21, 92), (17, 88), (17, 56)])
    p.block(41, 58, 18, 40, 4, wipe=True)


def _chat(p: Pencil) -> None:
    p.block(5, 12, 90, 62, 20)
    p.shape([(24, 66), (52, 70), (24, 94)])
    for x in (29, 50, 71):
        p.disc(x, 43, 6.6, wipe=True)


def _one(p: Pencil) -> None:
    _person(p, 50, 28, 1.2)
    p.block(0, 92, 100, 8, wipe=True)


def _clock(p: Pencil) -> None:
    p.disc(50, 50, 44)
    p.disc(50, 50, 34, wipe=True)
    p.stroke([(50, 27), (50, 52), (66, 62)], 9)


def _check(p: Pencil) -> None:
    p.disc(50, 50, 47)
    p.stroke([(28, 52), (44, 68), (73, 35)], 11, wipe=True)


def _alert(p: Pencil) -> None:
    p.disc(50, 50, 47)
    p.block(44, 22, 12, 36, 6, wipe=True)
    p.disc(50, 72, 7, wipe=True)


def _info(p: Pencil) -> None:
    p.disc(50, 50, 47)
    p.disc(50, 29, 7, wipe=True)
    p.block(44, 42, 12, 36, 6, wipe=True)


def _printer(p: Pencil) -> None:
    p.block(24, 8, 52, 24, 5)
    p.block(6, 28, 88, 44, 10)
    p.block(22, 52, 56, 44, 5)
    p.block(29, 59, 42, 30, 2, wipe=True)
    p.block(36, 65, 28, 5, 2)
    p.block(36, 76, 20, 5, 2)
    p.disc(80, 41, 5, wipe=True)


def _camera(p: Pencil) -> None:
    p.block(32, 14, 36, 24, 8)
    p.block(5, 26, 90, 60, 12)
    p.disc(50, 55, 22, wipe=True)
    p.disc(50, 55, 13)


def _down(p: Pencil) -> None:
    p.stroke([(50, 12), (50, 82)], 13)
    p.stroke([(20, 54), (50, 84), (80, 54)], 13)


def _left(p: Pencil) -> None:
    p.stroke([(62, 16), (28, 50), (62, 84)], 13)


def _right(p: Pencil) -> None:
    p.stroke([(38, 16), (72, 50), (38, 84)], 13)


def _home(p: Pencil) -> None:
    p.shape([(50, 8), (94, 46), (86, 55), (50, 24), (14, 55), (6, 46)])
    p.shape([(50, 32), (82, 58), (82, 90), (60, 90), (60, 64), (40, 64), (40, 90), (18, 90), (18, 58)])


def _phone(p: Pencil) -> None:
    p.stroke(bezier((22, 18), (22, 54), (46, 78), (82, 78)), 17)
    p.stroke([(18, 16), (31, 34)], 20)
    p.stroke([(66, 69), (84, 82)], 20)


def _globe(p: Pencil) -> None:
    p.disc(50, 50, 46)
    p.disc(50, 50, 38, wipe=True)
    p.stroke([(8, 50), (92, 50)], 7)
    p.stroke([(50, 8), (50, 92)], 7)
    for side in (-1, 1):
        p.stroke([(50 + side * abs(x - 50) * 0.5, y) for x, y in arc(50, 50, 42, -90, 90)], 7)


def _ticket(p: Pencil) -> None:
    p.block(22, 6, 56, 80, 7)
    for x in (30, 43, 56, 69):
        p.shape([(x - 8, 88), (x, 78), (x + 8, 88)], wipe=True)
    p.block(34, 20, 32, 16, 3, wipe=True)
    p.block(34, 46, 32, 6, 3, wipe=True)
    p.block(34, 60, 20, 6, 3, wipe=True)


def _moon(p: Pencil) -> None:
    p.disc(48, 52, 42)
    p.disc(68, 38, 36, wipe=True)


def _link(p: Pencil) -> None:
    for r in (44, 29):
        p.stroke(arc(50, 74, r + 10, 222, 318), 10)
    p.stroke(arc(50, 74, 20, 222, 318), 10)
    p.disc(50, 78, 8)


def _text(p: Pencil) -> None:
    p.stroke([(8, 84), (34, 18), (60, 84)], 11)
    p.stroke([(19, 62), (49, 62)], 10)
    p.stroke([(80, 36), (80, 72)], 9)
    p.stroke([(62, 54), (98, 54)], 9)


def _counter(p: Pencil) -> None:
    _person(p, 50, 26, 1.0)
    p.block(0, 62, 100, 38, wipe=True)
    p.block(4, 66, 92, 12, 4)
    p.block(12, 74, 76, 20, 3)


def _plate(p: Pencil) -> None:
    """The sign of the product: a called number, a speech mark with a ticket's teeth."""
    p.block(6, 8, 88, 66, 18)
    p.shape([(22, 66), (50, 70), (22, 95)])
    p.block(24, 24, 34, 10, 5, wipe=True)
    p.block(24, 46, 52, 10, 5, wipe=True)
    p.disc(71, 29, 6, wipe=True)


DRAWINGS: dict[str, Callable[[Pencil], None]] = {
    "shield": _shield,
    "people": _people,
    "work": _work,
    "heart": _heart,
    "hand": _hand,
    "box": _box,
    "chat": _chat,
    "one": _one,
    "clock": _clock,
    "check": _check,
    "alert": _alert,
    "info": _info,
    "printer": _printer,
    "camera": _camera,
    "down": _down,
    "left": _left,
    "right": _right,
    "home": _home,
    "phone": _phone,
    "globe": _globe,
    "ticket": _ticket,
    "moon": _moon,
    "link": _link,
    "text": _text,
    "counter": _counter,
    "plate": _plate,
}


def picture(name: str, side: int, colour: Colour) -> pygame.Surface:
    """An icon as a surface with alpha, `side` px square. The colour is everywhere, so that edges don't darken."""
    pencil = Pencil(side * FINE, colour)
    DRAWINGS[name](pencil)
    mask = pygame.transform.smoothscale(pencil.surface, (side, side))
    flat = pygame.Surface((side, side), pygame.SRCALPHA)
    flat.fill((*colour, 255))
    alpha = pygame.Surface((side, side), pygame.SRCALPHA)
    alpha.fill((255, 255, 255, 0))
    alpha.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_ADD)
    flat.blit(alpha, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    return flat
