"""What a picture consists of, and a pen that sets text into boxes. No pygame: a width comes from a `Measure`.

A scene is plain data that can be compared, tested for overlaps and contrast, and drawn by `draw`. Text is never cut
and never shrunk: it wraps, and whoever lays out a page asks first how high it will be (`Pen.high`). What doesn't fit is
named in `Scene.cut`, and a test says that is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import ceil
from typing import Literal, NamedTuple

from kiosk.flow.events import Pixels
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


@dataclass(frozen=True)
class Code:
    """A QR code of a text, as large as whole modules allow in `rect`, in the middle of its quiet zone."""

    rect: Rect
    text: str


@dataclass(frozen=True)
class Image:
    """So many rows of a picture from `top` on, which fill `rect`; that has their shape (`shaped`)."""

    rect: Rect
    pixels: Pixels
    top: int
    rows: int


Part = Box | Line | Icon | Ripples | Dashes | Teeth | Ring | Code | Image


MOST_ENLARGED = 3.0
"""A small picture is not drawn larger than that: its dots would be all one saw."""


def shaped(room: Rect, width: int, height: int) -> Rect:
    """The largest rect of a picture's shape in the middle of `room`."""
    scale = min(room.w / width, room.h / height, MOST_ENLARGED)
    return room.centred(min(room.w, max(1, round(width * scale))), min(room.h, max(1, round(height * scale))))


@dataclass(frozen=True)
class Paper:
    """A slip that slides out of a slot at the top of `rect`; `slot` is drawn over it."""

    rect: Rect
    parts: tuple[Part, ...]
    slot: tuple[Part, ...]


@dataclass(frozen=True)
class Target:
    """A place for a finger; `label` is what the voice says when the keypad's ring stands on it."""

    name: str
    rect: Rect
    label: str = ""


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

    @cached_property  # the ring and the ear ask for it at each target
    def order(self) -> tuple[str, ...]:
        """The names of the targets as one reads: line by line, from the left."""
        rows: list[list[Target]] = []
        for target in sorted(self.targets, key=lambda t: t.rect.middle[1]):
            if rows and target.rect.middle[1] < rows[-1][0].rect.y + rows[-1][0].rect.h * 0.75:
                rows[-1].append(target)
            else:
                rows.append([target])
        return tuple(target.name for row in rows for target in sorted(row, key=lambda t: t.rect.x))

    def focused(self, focus: str | None) -> Target | None:
        """The target with the keypad's ring: the one it stands on, else the first."""
        if focus is None or not self.targets:
            return None
        on = focus if focus in self.order else self.order[0]
        return next(target for target in self.targets if target.name == on)

    def target_at(self, x: float, y: float) -> str | None:
        return next((target.name for target in reversed(self.targets) if target.rect.holds(x, y)), None)


# --- text -------------------------------------------------------------------------------------------------------------

_CLOSERS = "，。；：、！？）》」』】〕·,.;:!?)%…”’"
_OPENERS = "（《「『【〔(“‘"
_TOKEN = re.compile(r"\s+|[A-Za-z0-9][A-Za-z0-9'’\-–.:]*[/&]?|.")


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
    """Two lines that part after a comma or stop, or before a bracket, the evenest such pair; [] if there is none."""
    pairs = [
        ("".join(found[: i + 1]), "".join(found[i + 1 :]).lstrip())
        for i in range(len(found) - 1)
        if found[i][-1] in "，。；：、" or found[i + 1][0] in _OPENERS
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
LINES_KEPT = 5_000
"""Texts whose lines are remembered: those of a hall's catalogue in both languages, and the width of each tile."""


@dataclass(frozen=True)
class Words:
    """A text of a stack: its size in units, its colour (None: ink), `gap` units above it."""

    text: str
    units: float
    bold: bool = False
    colour: Colour | None = None
    gap: float = 0.0


@dataclass
class Pen:
    """Collects the parts of a scene. `unit` in px; `pressed` is the target under the finger.

    `large`: 大字版, every text `theme.LARGE_PRINT` times as large and at least `floor` px.
    """

    measure: Measure
    unit: float
    large: bool = False
    floor: int = 0
    pressed: str | None = None
    parts: list[Part] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    @property
    def quiet(self) -> Colour:
        return theme.QUIET_LARGE if self.large else theme.QUIET

    def u(self, units: float) -> int:
        return round(units * self.unit)

    def sign(self, units: float) -> int:
        """px of a small picture that stands beside a text: it grows with it."""
        return round(units * self.unit * (theme.LARGE_PRINT if self.large else 1.0))

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

    def code(self, rect: Rect, text: str) -> None:
        self.parts.append(Code(rect, text))

    def image(self, rect: Rect, pixels: Pixels, top: int, rows: int) -> None:
        self.parts.append(Image(rect, pixels, top, rows))

    def target(self, name: str, rect: Rect, label: str) -> None:
        self.targets.append(Target(name, rect, label))

    # --- sizes --------------------------------------------------------------------------------------------------------

    def size(self, units: float) -> int:
        """px of a text: never under `theme.LEAST` units, in large print as `large` says."""
        standard = ceil(max(units, theme.LEAST) * self.unit)
        return max(ceil(standard * theme.LARGE_PRINT), self.floor) if self.large else standard

    def line(self, units: float) -> int:
        """The height of one line, px."""
        return round(self.size(units) * LEADING)

    def width(self, text: str, units: float, *, bold: bool = False) -> int:
        return self.measure(text, self.size(units), bold)

    def rows(self, text: str, units: float, width: int, *, bold: bool = False) -> list[str]:
        """The lines of a text; a word wider than `width` is broken between its letters."""
        return list(lines(text, self.size(units), width, bold, self.measure)) if text else []

    def high(self, text: str, units: float, width: int, *, bold: bool = False) -> int:
        """How high a text is in a column of this width, px; 0 for none."""
        return len(self.rows(text, units, width, bold=bold)) * self.line(units)

    def whole(self, text: str, units: float, width: int, *, bold: bool = False) -> bool:
        """Whether each of its words fits into one line of this width."""
        return all(self.width(token, units, bold=bold) <= width for token in tokens(text) if not token.isspace())

    def stack_high(self, words: Sequence[Words], width: int) -> int:
        return sum(
            self.high(one.text, one.units, width, bold=one.bold) + (self.u(one.gap) if i else 0)
            for i, one in enumerate(words)
            if one.text
        )

    # --- setting ------------------------------------------------------------------------------------------------------

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
    ) -> Rect:
        """Set a text into `rect`, in as many lines as it takes. Returns the rect that it really takes."""
        rows, size, height = self.rows(text, units, rect.w, bold=bold), self.size(units), self.line(units)
        spare = rect.h - height * len(rows)
        if spare < -2 or any(self.measure(row, size, bold) > rect.w for row in rows):
            self.cut.append(text)
        y = rect.y + {"top": 0, "middle": spare // 2, "bottom": spare}[valign]
        used = []
        for row in rows:
            w = self.measure(row, size, bold)
            x = rect.x + {"left": 0, "centre": (rect.w - w) // 2, "right": rect.w - w}[align]
            used.append(Rect(x, y, w, height))
            self.parts.append(Line(used[-1], row, size, bold, colour))
            y += height
        if not used:
            return rect.top(0)
        left = min(r.x for r in used)
        return Rect(left, used[0].y, max(r.right for r in used) - left, used[-1].bottom - used[0].y)

    def stack(self, rect: Rect, words: Sequence[Words], *, align: Align = "left", valign: Valign = "middle") -> Rect:
        """Texts one below the other, together at the top, in the middle or at the bottom of `rect`."""
        words = [one for one in words if one.text]
        height = self.stack_high(words, rect.w)
        if height > rect.h + 2:
            self.cut.append(words[0].text)
        y = rect.y + {"top": 0, "middle": (rect.h - height) // 2, "bottom": rect.h - height}[valign]
        top = y
        for i, one in enumerate(words):
            y += self.u(one.gap) if i else 0
            at = Rect(rect.x, y, rect.w, self.high(one.text, one.units, rect.w, bold=one.bold))
            colour = theme.INK if one.colour is None else one.colour
            self.text(at, one.text, one.units, bold=one.bold, colour=colour, align=align, valign="top")
            y = at.bottom
        return Rect(rect.x, top, rect.w, height)


@lru_cache(LINES_KEPT)
def lines(text: str, size: int, width: int, bold: bool, measure: Measure) -> tuple[str, ...]:
    """The lines of a text in a column. A picture asks for most of its texts many times, the next one for the same."""

    def wide(piece: str) -> int:
        return measure(piece, size, bold)

    return tuple(wrap(broken(text, width, wide), width, wide))


def broken(text: str, width: int, measure: Callable[[str], int]) -> str:
    """The text with a space in each word that is wider than `width`, as often as that is needed."""
    found = []
    for token in tokens(text):
        while measure(token) > width and len(token) > 1:
            fits = next((n for n in range(len(token) - 1, 1, -1) if measure(token[:n]) <= width), 1)
            found.append(token[:fits] + " ")
            token = token[fits:]
        found.append(token)
    return "".join(found)
