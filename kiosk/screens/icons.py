"""The pictures of the kiosk, drawn here as simple shapes on a field of 100 × 100. No image files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin

import pygame

from kiosk.screens.theme import Colour

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
        x, y = (sum(w * p[i] for w, p in zip(k, (a, b, c, d), strict=True)) for i in (0, 1))
        return x, y

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


def _pension(p: Pencil) -> None:
    """Coins that pile up, and a clock."""
    for i, high in enumerate((86, 70, 54)):
        p.block(6, high, 46, 12, 6)
        if i:
            p.block(6, high + 12, 46, 3, 1, wipe=True)
    p.disc(68, 34, 28)
    p.disc(68, 34, 20, wipe=True)
    p.stroke([(68, 20), (68, 36), (79, 42)], 7)


def _medical(p: Pencil) -> None:
    """A first-aid case."""
    p.block(34, 10, 32, 22, 8)
    p.block(42, 18, 16, 14, 3, wipe=True)
    p.block(8, 26, 84, 64, 10)
    p.block(43, 38, 14, 40, 3, wipe=True)
    p.block(30, 51, 40, 14, 3, wipe=True)


def _baby(p: Pencil) -> None:
    """A pram."""
    p.shape([*arc(50, 46, 36, 180, 360), (86, 58), (14, 58)])
    p.shape([(50, 46), *arc(50, 46, 38, 270, 330)], wipe=True)
    p.shape([(14, 58), (86, 58), (70, 76), (30, 76)])
    p.stroke([(86, 56), (94, 34)], 7)
    for x in (32, 68):
        p.disc(x, 86, 9)
        p.disc(x, 86, 3.5, wipe=True)


def _house(p: Pencil) -> None:
    p.shape([(50, 8), (96, 50), (84, 50), (84, 92), (16, 92), (16, 50), (4, 50)])
    p.block(42, 60, 16, 32, 2, wipe=True)
    p.block(24, 56, 12, 12, 2, wipe=True)
    p.block(64, 56, 12, 12, 2, wipe=True)


def _star(p: Pencil) -> None:
    """A star of five points, as on a veteran's card."""
    p.shape([(50 + r * sin(i * pi / 5), 50 - r * cos(i * pi / 5)) for i, r in enumerate((46, 18) * 5)])


def _scales(p: Pencil) -> None:
    """Law."""
    p.block(46, 14, 8, 70, 3)
    p.block(26, 84, 48, 9, 3)
    p.stroke([(18, 24), (82, 24)], 7)
    p.disc(50, 14, 7)
    for x in (18, 82):
        p.stroke([(x, 26), (x - 13, 56)], 3.5)
        p.stroke([(x, 26), (x + 13, 56)], 3.5)
        p.shape(arc(x, 56, 17, 0, 180))


def _school(p: Pencil) -> None:
    """A square academic cap."""
    p.shape([(50, 16), (98, 38), (50, 60), (2, 38)])
    p.shape([(22, 52), (50, 66), (78, 52), (78, 70), *bezier((78, 70), (64, 86), (36, 86), (22, 70))])
    p.stroke([(90, 42), (90, 70)], 5)
    p.disc(90, 74, 6)


def _candle(p: Pencil) -> None:
    """For the dead."""
    p.shape([*bezier((50, 4), (66, 22), (62, 38), (50, 38)), *bezier((50, 38), (38, 38), (34, 22), (50, 4))])
    p.block(38, 44, 24, 44, 4)
    p.block(22, 86, 56, 8, 4)


def _flag(p: Pencil) -> None:
    p.block(14, 6, 9, 88, 4)
    p.shape([(23, 12), *bezier((23, 12), (48, 2), (62, 24), (90, 14)), *bezier((90, 54), (62, 64), (48, 42), (23, 52))])


def _elder(p: Pencil) -> None:
    """Somebody bent over a stick."""
    p.disc(52, 18, 13)
    p.stroke([(46, 38), (34, 60), (36, 88)], 15)
    p.stroke([(38, 62), (52, 74), (54, 90)], 13)
    p.stroke([(48, 40), (60, 54), (74, 54)], 10)
    p.stroke([*arc(79, 54, 6, 180, 360), (85, 92)], 6)


def _bowl(p: Pencil) -> None:
    """Rice and chopsticks: what one lives on."""
    p.shape(arc(44, 50, 30, 180, 360))
    p.shape([(6, 52), (88, 52), *bezier((88, 52), (86, 76), (72, 86), (62, 86)), (32, 86), (20, 82), (8, 64)])
    p.block(30, 84, 34, 9, 3)
    p.stroke([(58, 40), (88, 6)], 6)
    p.stroke([(68, 44), (97, 16)], 6)
    p.block(4, 49, 88, 4, wipe=True)


def _key(p: Pencil) -> None:
    """A flat's."""
    p.disc(30, 34, 25)
    p.disc(30, 34, 11, wipe=True)
    p.stroke([(46, 50), (88, 92)], 12)
    p.stroke([(68, 72), (80, 60)], 10)
    p.stroke([(82, 86), (93, 75)], 10)


def _umbrella(p: Pencil) -> None:
    """An insurance."""
    p.shape(arc(50, 54, 44, 180, 360))
    for x in (17, 39, 61, 83):
        p.shape(arc(x, 56, 11, 180, 360), wipe=True)
    p.stroke([(50, 6), (50, 80), *arc(40, 80, 10, 0, 180)], 7)


def _form(p: Pencil) -> None:
    """A paper that is filled in."""
    p.block(12, 6, 60, 88, 8)
    for y, w in ((24, 40), (40, 40), (56, 24)):
        p.block(22, y, w, 7, 3, wipe=True)
    p.stroke([(52, 80), (90, 38)], 24, wipe=True)
    p.stroke([(56, 76), (88, 40)], 12)
    p.shape([(45, 90), (50, 70), (62, 81)])


def _family(p: Pencil) -> None:
    _person(p, 26, 26, 0.95)
    _person(p, 74, 26, 0.95)
    p.disc(50, 54, 17, wipe=True)
    p.disc(50, 96, 27, wipe=True)
    _person(p, 50, 54, 0.72)
    p.block(0, 92, 100, 8, wipe=True)


def _child(p: Pencil) -> None:
    """A child with its arms up."""
    p.disc(50, 26, 17)
    p.stroke([(16, 34), (38, 54), (62, 54), (84, 34)], 11)
    p.shape([(34, 52), (66, 52), (72, 76), (28, 76)])
    p.stroke([(41, 76), (41, 91)], 11)
    p.stroke([(59, 76), (59, 91)], 11)


def _pregnant(p: Pencil) -> None:
    """A woman with child, seen from her side."""
    p.disc(42, 17, 13)
    p.shape([*bezier((34, 34), (30, 60), (32, 74), (34, 92)), *bezier((58, 92), (60, 80), (58, 72), (60, 68)),
             *bezier((60, 68), (82, 62), (72, 44), (54, 42)), (52, 34)])  # fmt: skip
    p.disc(60, 57, 17)


def _pin(p: Pencil) -> None:
    """A place on a map: somewhere else."""
    p.shape(
        [
            *arc(50, 38, 32, 150, 390),
            *bezier((78, 54), (72, 68), (60, 82), (50, 96)),
            *bezier((50, 96), (40, 82), (28, 68), (22, 54)),
        ]
    )
    p.disc(50, 38, 13, wipe=True)


def _money(p: Pencil) -> None:
    """A coin with its sign."""
    p.disc(50, 50, 45)
    p.disc(50, 50, 38, wipe=True)
    p.disc(50, 50, 34)
    p.stroke([(34, 28), (50, 48), (66, 28)], 7, wipe=True)
    p.stroke([(50, 48), (50, 76)], 7, wipe=True)
    p.stroke([(36, 52), (64, 52)], 6, wipe=True)
    p.stroke([(36, 64), (64, 64)], 6, wipe=True)


def _swap(p: Pencil) -> None:
    """From here to there, the old for the new."""
    p.stroke([(10, 34), (74, 34)], 11)
    p.shape([(66, 12), (96, 34), (66, 56)])
    p.stroke([(90, 70), (26, 70)], 11)
    p.shape([(34, 48), (4, 70), (34, 92)])


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


def _face(p: Pencil, mouth: list[Point]) -> None:
    p.disc(50, 50, 47)
    for x in (34, 66):
        p.disc(x, 40, 6.5, wipe=True)
    p.stroke(mouth, 7, wipe=True)


def _face5(p: Pencil) -> None:
    _face(p, arc(50, 50, 25, 10, 170))
    p.shape(arc(50, 50, 25, 10, 170), wipe=True)


def _face4(p: Pencil) -> None:
    _face(p, arc(50, 46, 26, 25, 155))


def _face3(p: Pencil) -> None:
    _face(p, [(32, 67), (68, 67)])


def _face2(p: Pencil) -> None:
    _face(p, arc(50, 92, 26, 220, 320))


def _face1(p: Pencil) -> None:
    _face(p, arc(50, 85, 24, 200, 340))


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


def _calendar(p: Pencil) -> None:
    p.block(10, 16, 80, 76, 12)
    p.block(19, 38, 62, 45, 5, wipe=True)
    p.block(26, 5, 11, 22, 5)
    p.block(63, 5, 11, 22, 5)
    p.stroke([(33, 60), (45, 72), (68, 49)], 9)


def _pickup(p: Pencil) -> None:
    """A finished paper over an open hand."""
    p.block(28, 4, 44, 50, 6)
    p.stroke([(39, 28), (47, 37), (62, 20)], 7, wipe=True)
    p.stroke([(8, 62), (26, 62), (40, 74), (64, 74)], 12)
    p.stroke([(64, 74), (90, 58)], 12)
    p.shape([(8, 70), (30, 70), (44, 80), (66, 82), (94, 62), (94, 70), (68, 94), (8, 94)])


def _book(p: Pencil) -> None:
    left = [
        (50, 22),
        *bezier((50, 22), (38, 12), (20, 12), (6, 14)),
        (6, 82),
        *bezier((6, 82), (22, 80), (38, 82), (50, 91)),
    ]
    p.shape(left)
    p.shape([(100 - x, y) for x, y in left])
    p.block(47, 22, 6, 72, wipe=True)
    for y in (34, 48, 62):
        p.stroke([(17, y - 2), (36, y + 2)], 5, wipe=True)
        p.stroke([(83, y - 2), (64, y + 2)], 5, wipe=True)


def _board(p: Pencil) -> None:
    """A notice on a board with two feet."""
    p.block(6, 10, 88, 62, 9)
    p.block(15, 19, 70, 44, 3, wipe=True)
    for y, w in ((28, 50), (39, 50), (50, 30)):
        p.block(25, y - 3, w, 6, 3)
    p.stroke([(28, 72), (20, 92)], 9)
    p.stroke([(72, 72), (80, 92)], 9)


def _voice(p: Pencil) -> None:
    p.shape([(6, 36), (24, 36), (48, 14), (48, 86), (24, 64), (6, 64)])
    p.stroke(arc(46, 50, 21, -48, 48), 8)
    p.stroke(arc(46, 50, 39, -52, 52), 8)


def _low(p: Pencil) -> None:
    """A wheelchair from the side."""
    p.disc(40, 12, 10)
    p.stroke([(40, 30), (43, 58), (66, 58), (76, 84)], 10)
    p.stroke([(42, 42), (62, 42)], 8)
    p.stroke([(76, 84), (87, 80)], 8)
    p.stroke(arc(42, 68, 24, 20, 235, 40), 8)


def _scan(p: Pencil) -> None:
    for x, dx in ((8, 1), (92, -1)):
        for y, dy in ((14, 1), (86, -1)):
            p.stroke([(x + 22 * dx, y), (x, y), (x, y + 20 * dy)], 8)
    for x, w in ((24, 7), (37, 4), (47, 9), (62, 4), (71, 7)):
        p.block(x, 30, w, 40, 1)


def _search(p: Pencil) -> None:
    p.disc(42, 42, 36)
    p.disc(42, 42, 24, wipe=True)
    p.stroke([(68, 68), (90, 90)], 15)


def _cross(p: Pencil) -> None:
    p.stroke([(18, 18), (82, 82)], 13)
    p.stroke([(82, 18), (18, 82)], 13)


def _card(p: Pencil) -> None:
    p.block(4, 18, 92, 64, 10)
    p.disc(30, 41, 10, wipe=True)
    p.shape([*arc(30, 70, 17, 180, 360), (47, 71), (13, 71)], wipe=True)
    for y, w in ((34, 30), (47, 30), (60, 20)):
        p.block(56, y - 3, w, 7, 3, wipe=True)


def _list(p: Pencil) -> None:
    p.block(14, 6, 72, 88, 9)
    for y in (28, 50, 72):
        p.disc(30, y, 6, wipe=True)
        p.block(43, y - 4, 31, 8, 4, wipe=True)


def _erase(p: Pencil) -> None:
    p.shape([(4, 50), (32, 18), (90, 18), (95, 23), (95, 77), (90, 82), (32, 82)])
    p.stroke([(48, 36), (76, 64)], 8, wipe=True)
    p.stroke([(76, 36), (48, 64)], 8, wipe=True)


def _screen(p: Pencil) -> None:
    """Something that can be done online."""
    p.block(6, 12, 88, 60, 9)
    p.block(15, 21, 70, 42, 3, wipe=True)
    p.block(40, 70, 20, 14)
    p.block(26, 82, 48, 9, 4)
    p.stroke([(36, 42), (46, 52), (65, 32)], 8)


def _seal(p: Pencil) -> None:
    """A rule: what an item rests on."""
    p.block(10, 6, 66, 88, 8)
    for y, w in ((24, 42), (38, 42), (52, 24)):
        p.block(22, y - 3, w, 7, 3, wipe=True)
    p.disc(72, 72, 25, wipe=True)
    p.disc(72, 72, 20)
    p.disc(72, 72, 8, wipe=True)


def _coin(p: Pencil) -> None:
    p.disc(50, 50, 46)
    p.disc(50, 50, 37, wipe=True)
    p.stroke([(34, 26), (50, 46), (66, 26)], 8)
    p.stroke([(50, 46), (50, 78)], 8)
    p.stroke([(35, 50), (65, 50)], 7)
    p.stroke([(35, 63), (65, 63)], 7)


def _steps(p: Pencil) -> None:
    """How often somebody must come: footprints."""
    for x, y in ((30, 58), (70, 34)):
        p.disc(x, y - 18, 13)
        p.shape([(x - 13, y - 18), (x + 13, y - 18), (x + 9, y + 6), (x - 9, y + 6)])
        p.disc(x, y + 20, 9)


def _wrench(p: Pencil) -> None:
    p.stroke([(20, 82), (62, 40)], 18)
    p.disc(68, 32, 26)
    p.shape([(68, 32), (74, 0), (104, 26)], wipe=True)
    p.disc(72, 28, 9, wipe=True)


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
    "pension": _pension,
    "medical": _medical,
    "baby": _baby,
    "house": _house,
    "star": _star,
    "scales": _scales,
    "school": _school,
    "candle": _candle,
    "flag": _flag,
    "elder": _elder,
    "bowl": _bowl,
    "key": _key,
    "umbrella": _umbrella,
    "form": _form,
    "family": _family,
    "child": _child,
    "pregnant": _pregnant,
    "pin": _pin,
    "money": _money,
    "swap": _swap,
    "one": _one,
    "clock": _clock,
    "check": _check,
    "alert": _alert,
    "info": _info,
    **{"face1": _face1, "face2": _face2, "face3": _face3, "face4": _face4, "face5": _face5},
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
    "calendar": _calendar,
    "pickup": _pickup,
    "book": _book,
    "board": _board,
    "voice": _voice,
    "low": _low,
    "wheelchair": _low,
    "scan": _scan,
    "search": _search,
    "cross": _cross,
    "card": _card,
    "list": _list,
    "erase": _erase,
    "screen": _screen,
    "seal": _seal,
    "coin": _coin,
    "steps": _steps,
    "wrench": _wrench,
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
