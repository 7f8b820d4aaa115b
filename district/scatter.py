"""Where the halls lie, as a plain drawing: marks by their coordinates, north up, true to scale, and what names fit.
Pure; no map of anybody else's is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

KM_A_DEGREE = 111.32
MARGIN, MARK, GAP = 36.0, 11.0, 6.0
"""Around the drawing; half the size of a mark; from a mark to its name. Pixels, as all below."""
BAR_WIDE, BAR_HIGH, LINE = 110.0, 46.0, 1.2
"""What the scale takes at least; from one line to the next, in heights of a line."""
NARROWEST = 0.004
"""Degrees that the drawing has at least: halls in one building are not blown up to a map."""
BARS_KM = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)


class Line(NamedTuple):
    """One line of a name, and its height."""

    text: str
    size: float

    @property
    def width(self) -> float:
        """As a browser will have it, and rather more: a Chinese sign is square, another one half of that or so."""
        return self.size * sum(1.0 if ord(sign) > 0x2E7F else 0.58 for sign in self.text)


class Spot(NamedTuple):
    """A hall to be drawn. `first`: the lower, the sooner its name is placed."""

    id: str
    longitude: float
    latitude: float
    lines: tuple[Line, ...]
    first: int = 0


class Name(NamedTuple):
    """Where a name stands. `anchor`: start, middle or end of each line is at `x`; `lines`: (base line, which)."""

    anchor: str
    x: float
    lines: tuple[tuple[float, Line], ...]


class Mark(NamedTuple):
    """A hall as it is drawn; without a name where none fits."""

    id: str
    x: float
    y: float
    name: Name | None


class Drawing(NamedTuple):
    """`bar`: (kilometres, pixels) of the scale, which stands at the lower left."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    bar: tuple[float, float]


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    anchor: str = "start"

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def drawn(spots: Sequence[Spot], width: float, height: float) -> Drawing:
    """The halls within so many pixels; of at least one hall."""
    south, north = (pick(spot.latitude for spot in spots) for pick in (min, max))
    narrowing = math.cos(math.radians((south + north) / 2))
    xs = [spot.longitude * narrowing for spot in spots]
    west, east = min(xs), max(xs)
    across, along = max(east - west, NARROWEST), max(north - south, NARROWEST)
    scale = min((width - 2 * MARGIN) / across, (height - 2 * MARGIN) / along)
    middle = (west + east) / 2, (south + north) / 2
    at = [
        (width / 2 + (x - middle[0]) * scale, height / 2 - (spot.latitude - middle[1]) * scale)
        for x, spot in zip(xs, spots, strict=True)
    ]
    bar = _bar(scale, width)
    taken = [_Box(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in at]
    taken.append(_Box(0, height - BAR_HIGH, max(bar[1] + 2 * GAP, BAR_WIDE), height))
    names: dict[str, Name] = {}
    for spot, (x, y) in sorted(zip(spots, at, strict=True), key=lambda one: (one[0].first, one[0].id)):
        boxes = _boxes(spot.lines, x, y)
        box = next((one for one in boxes if _free(one, taken, width, height)), None)
        if box is not None:
            taken.append(box)
            names[spot.id] = _within(box, spot.lines)
    marks = tuple(Mark(spot.id, x, y, names.get(spot.id)) for spot, (x, y) in zip(spots, at, strict=True))
    return Drawing(width, height, marks, bar)


def _boxes(lines: Sequence[Line], x: float, y: float) -> list[_Box]:
    """Where a name may stand: right of its mark, left, there a little higher or lower, below, above."""
    wide, high = max(line.width for line in lines), sum(line.size for line in lines) * LINE
    away = MARK + GAP
    beside = [
        box
        for middle in (y, y + high / 3, y - high / 3)
        for box in (
            _Box(x + away, middle - high / 2, x + away + wide, middle + high / 2),
            _Box(x - away - wide, middle - high / 2, x - away, middle + high / 2, "end"),
        )
    ]
    tops = (y + away, y - away - high)
    return [*beside, *(_Box(x - wide / 2, top, x + wide / 2, top + high, "middle") for top in tops)]


def _free(box: _Box, taken: Sequence[_Box], width: float, height: float) -> bool:
    within = box.left >= 0 and box.top >= 0 and box.right <= width and box.bottom <= height
    return within and not any(box.meets(other) for other in taken)


def _within(box: _Box, lines: Sequence[Line]) -> Name:
    y, made = box.top, []
    for line in lines:
        y += line.size * LINE
        made.append((y - line.size * 0.25, line))
    x = {"start": box.left, "end": box.right}.get(box.anchor, (box.left + box.right) / 2)
    return Name(box.anchor, x, tuple(made))


def _bar(scale: float, width: float) -> tuple[float, float]:
    """The longest round length within a third of the width."""
    pixels = scale / KM_A_DEGREE
    km = max((one for one in BARS_KM if one * pixels <= width / 3), default=BARS_KM[0])
    return km, km * pixels
