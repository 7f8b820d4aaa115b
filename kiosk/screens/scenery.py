"""The picture of a hall above a lowered page: counters, people waiting, a screen. Simple shapes, no text."""

from __future__ import annotations

from kiosk.screens import theme
from kiosk.screens.scene import Pen, Rect

WALL: theme.Colour = (232, 240, 238)
FLOOR: theme.Colour = (240, 234, 220)
DESK: theme.Colour = (196, 168, 126)
DESK_TOP: theme.Colour = (170, 140, 98)
SEATS = ((44, 92, 158), (176, 103, 12), (9, 104, 112), (184, 66, 58), (112, 72, 152), (74, 116, 46))


def hall(pen: Pen, rect: Rect) -> None:
    """The whole picture in `rect`, about twice as wide as high."""

    def part(x: float, y: float, w: float, h: float) -> Rect:
        """Of a field of 200 × 100."""
        return Rect(
            rect.x + round(rect.w * x / 200),
            rect.y + round(rect.h * y / 100),
            round(rect.w * w / 200),
            round(rect.h * h / 100),
        )

    pen.box(rect, WALL, 3)
    pen.box(part(0, 66, 200, 34), FLOOR, 3)
    screen = part(74, 6, 52, 20)
    pen.box(screen, theme.TEAL_DEEP, 1.2)
    pen.icon(screen.inset(screen.w * 0.32, screen.h * 0.12), "ticket", theme.AMBER)
    for i in range(4):
        x = 10 + i * 48
        _person(pen, part(x + 11, 30, 14, 24), SEATS[(i + 2) % len(SEATS)])
        pen.box(part(x, 50, 36, 4), DESK_TOP, 0.4)
        pen.box(part(x + 1, 54, 34, 14), DESK, 0.4)
    for i in range(6):
        x = 12 + i * 31
        _person(pen, part(x, 66, 15, 26), SEATS[i])
        pen.box(part(x - 2, 88, 19, 5), theme.SLATE[1], 0.8)


def _person(pen: Pen, rect: Rect, colour: theme.Colour) -> None:
    head = min(rect.w * 0.62, rect.h * 0.42)
    pen.disc(Rect(round(rect.middle[0] - head / 2), rect.y, round(head), round(head)), (214, 176, 142))
    body = Rect(rect.x, round(rect.y + head), rect.w, round(rect.h - head))
    pen.box(body, colour, rect.w / pen.unit * 0.42)
