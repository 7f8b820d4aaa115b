"""What a picture consists of, and a pen that sets text into boxes. No pygame: a width comes from a `Measure`.

A scene is plain data that can be compared, tested for overlaps and contrast, and drawn by `draw`. Text is never cut:
it wraps, then shrinks down to a limit; what still doesn't fit is named in `Scene.cut`, and a test says that is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from kiosk.screens import theme
from kiosk.screens.theme import Colour

Measure = Callable[[str, int, bool], int]  # (text, size in px, bold) -> advance width in px


class Rect(NamedTuple):
    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.w // 2, self.y + self.h // 2

    def inset(self, dx: float, dy: float | None = None) -> Rect:
        dy = dx if dy is None else dy
        return Rect(round(self.x + dx), round(self.y + dy), round(self.w - 2 * dx), round(self.h - 2 * dy))

    def top(self, h: float) -> Rect:
        return Rect(self.x, self.y, self.w, round(h))

    def below(self, h: float) -> Rect:
        return Rect(self.x, self.y + round(h), self.w, self.h - round(h))

    def left(self, w: float) -> Rect:
        return Rect(self.x, self.y, round(w), self.h)

    def after(self, w: float) -> Rect:
        return Rect(self.x + round(w), self.y, self.w - round(w), self.h)

    def centred(self, w: float, h: float) -> Rect:
        x, y = self.middle
        return Rect(round(x - w / 2), round(y - h / 2), round(w), round(h))

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom


@dataclass(frozen=True)
class Box:
    """A rounded rectangle; `fade` is the colour at its bottom, `edge` the colour of a thin border."""

    rect: Rect
    fill: Colour
    radius: int = 0
    shadow: bool = False
    edge: Colour | None = None
    fade: Colour | None = None


@dataclass(frozen=True)
class Line:
    """One line of text; `rect` is as wide as its advance and as high as its line."""

    rect: Rect
    text: str
    size: int
    bold: bool
    colour: Colour


@dataclass(frozen=True)
class Icon:
    rect: Rect
    name: str
    colour: Colour


@dataclass(frozen=True)
class Ripples:
    """The quiet arcs in the header."""

    rect: Rect
    colour: Colour


@dataclass(frozen=True)
class Dashes:
    """A dashed line, as where paper is torn."""

    rect: Rect
    colour: Colour


@dataclass(frozen=True)
class Teeth:
    """A row of small triangles, the cut edge of paper."""

    rect: Rect
    colour: Colour


@dataclass(frozen=True)
class Ring:
    """The keypad's mark around the target that ok would touch: two thick lines, dark and light."""

    rect: Rect
    radius: int


Part = Box | Line | Icon | Ripples | Dashes | Teeth | Ring


@dataclass(frozen=True)
class Paper:
    """A slip that slides out of a slot at the top of `rect`; `slot` is drawn over it."""

    rect: Rect
    parts: tuple[Part, ...]
    slot: tuple[Part, ...]


@dataclass(frozen=True)
class Target:
    """A place for a finger."""

    name: str
    rect: Rect


@dataclass(frozen=True)
class Scene:
    """A whole picture. `name` and `depth` tell a move from a change; above `body` nothing slides."""

    size: tuple[int, int]
    name: str
    depth: float
    body: int
    parts: tuple[Part, ...]
    targets: tuple[Target, ...]
    paper: Paper | None = None
    cut: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the targets as one reads: line by line, from the left."""
        rows: list[list[Target]] = []
        for target in sorted(self.targets, key=lambda t: t.rect.middle[1]):
            if rows and target.rect.middle[1] < rows[-1][0].rect.y + rows[-1][0].rect.h * 0.75:
                rows[-1].append(target)
            else:
                rows.append([target])
        return tuple(target.name for row in rows for target in sorted(row, key=lambda t: t.rect.x))

    def target_at(self, x: float, y: float) -> str | None:
        return next((target.name for target in reversed(self.targets) if target.rect.holds(x, y)), None)


# --- text -------------------------------------------------------------------------------------------------------------

_CLOSERS = "，。；：、！？）》」』】〕·,.;:!?)%…”’"
_OPENERS = "（《「『【〔(“‘"
_TOKEN = re.compile(r"\s+|[A-Za-z0-9][A-Za-z0-9'’\-–.]*[/&]?|.")


def tokens(text: str) -> list[str]:
    """Where a line may break: between Hanzi and at spaces, never before a closing or after an opening mark."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if found and (token in _CLOSERS or found[-1][-1] in _OPENERS) and not found[-1].isspace():
            found[-1] += token
        else:
            found.append(token)
    return found


def wrap(text: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """Greedy lines no wider than `width` where that is possible, evened out so that no lonely word remains."""
    pieces = [(token, measure(token)) for token in tokens(text)]
    lines = _fill(pieces, width)
    if len(lines) > 1:
        low, high = max(w for _, w in pieces), width
        while high - low > 2:
            middle = (low + high) // 2
            low, high = (low, middle) if len(_fill(pieces, middle)) <= len(lines) else (middle, high)
        lines = _at_a_mark([token for token, _ in pieces], width, measure) or _fill(pieces, high)
    return lines


def _at_a_mark(found: list[str], width: int, measure: Callable[[str], int]) -> list[str]:
    """Two lines that part after a comma or stop, the evenest such pair; [] if there is none."""
    pairs = [
        ("".join(found[: i + 1]), "".join(found[i + 1 :]).lstrip())
        for i in range(len(found) - 1)
        if found[i][-1] in "，。；："
    ]
    fits = [
        pair
        for pair in pairs
        if max(map(measure, pair)) <= width and min(map(measure, pair)) * 3 >= max(map(measure, pair))
    ]
    return list(min(fits, key=lambda pair: max(map(measure, pair)))) if fits else []


def _fill(pieces: list[tuple[str, int]], width: int) -> list[str]:
    lines, line, used = [], "", 0
    for token, w in pieces:
        if line and used + w > width and not token.isspace():
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not token.isspace():
            line, used = line + token, used + w
    return [*lines, line.rstrip()]


Align = Literal["left", "centre", "right"]
Valign = Literal["top", "middle", "bottom"]
LEADING = 1.32


@dataclass
class Pen:
    """Collects the parts of a scene. `unit` in px; `scale` of all text; `pressed` is the target under the finger."""

    measure: Measure
    unit: float
    scale: float = 1.0
    pressed: str | None = None
    parts: list[Part] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    @property
    def large(self) -> bool:
        return self.scale > 1

    @property
    def quiet(self) -> Colour:
        return theme.QUIET_LARGE if self.large else theme.QUIET

    def u(self, units: float) -> int:
        return round(units * self.unit)

    def box(
        self,
        rect: Rect,
        fill: Colour,
        radius: float = 0,
        *,
        shadow: bool = False,
        edge: Colour | None = None,
        fade: Colour | None = None,
    ) -> None:
        self.parts.append(Box(rect, fill, self.u(radius), shadow, edge, fade))

    def disc(self, rect: Rect, fill: Colour) -> None:
        self.parts.append(Box(rect, fill, min(rect.w, rect.h) // 2))

    def icon(self, rect: Rect, name: str, colour: Colour) -> None:
        self.parts.append(Icon(rect, name, colour))

    def target(self, name: str, rect: Rect) -> None:
        self.targets.append(Target(name, rect))

    def size(self, units: float) -> int:
        return max(8, round(units * self.scale * self.unit))

    def width(self, text: str, units: float, *, bold: bool = False) -> int:
        return self.measure(text, self.size(units), bold)

    def text(
        self,
        rect: Rect,
        text: str,
        units: float,
        *,
        bold: bool = False,
        colour: Colour = theme.INK,
        align: Align = "left",
        valign: Valign = "middle",
        lines: int = 1,
        one_line: float = 0.8,
        smallest: float = 0.6,
    ) -> Rect:
        """Set a text into `rect`: one line down to `one_line` of its size, else up to `lines`, down to `smallest`.

        Returns the rect that the text really takes.
        """
        nominal = self.size(units)
        size, rows = self._fit(rect, text, nominal, bold, lines, one_line, smallest)
        height = round(size * LEADING)
        spare = rect.h - height * len(rows)
        y = rect.y + {"top": 0, "middle": spare // 2, "bottom": spare}[valign]
        used = []
        for row in rows:
            w = self.measure(row, size, bold)
            x = rect.x + {"left": 0, "centre": (rect.w - w) // 2, "right": rect.w - w}[align]
            used.append(Rect(x, y, w, height))
            self.parts.append(Line(used[-1], row, size, bold, colour))
            y += height
        left = min(r.x for r in used)
        return Rect(left, used[0].y, max(r.right for r in used) - left, used[-1].bottom - used[0].y)

    def _fit(
        self, rect: Rect, text: str, nominal: int, bold: bool, lines: int, one_line: float, smallest: float
    ) -> tuple[int, list[str]]:
        least = max(1, round(nominal * (one_line if lines > 1 else smallest)))
        for size in range(nominal, least - 1, -1):
            if self.measure(text, size, bold) <= rect.w and round(size * LEADING) <= rect.h:
                return size, [text]
        for size in range(nominal, round(nominal * smallest) - 1, -1):
            rows = wrap(text, rect.w, lambda piece, size=size: self.measure(piece, size, bold))  # type: ignore[misc]
            tall = round(size * LEADING) * len(rows)
            if len(rows) <= lines and tall <= rect.h and all(self.measure(r, size, bold) <= rect.w for r in rows):
                return size, rows
        self.cut.append(text)
        return round(nominal * smallest), [text]
