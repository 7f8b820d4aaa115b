"""Where things are: one geometry for portrait and landscape, from 768 px of the shorter side up. Rects only; no words,
no colours.

The unit is a 108th of the shorter side. A target is at least `LEAST` units high and wide: 20 mm on a 1080 × 1920 panel
of 21.5 inches (4.0 px/mm) and on a 17-inch 1280 × 1024 one (3.8 px/mm), and never under 60 px.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from kiosk.screens.scene import Rect

LEAST = 8.2
MARGIN = 4.0
GAP = 2.2
LOW = 0.55  # of the height of a tall screen: what a hand reaches from a wheelchair


@dataclass(frozen=True)
class Sheet:
    """A screen of some size, cut into its bands. `head`, `tel`: heights of header and telephone line, px."""

    width: int
    height: int
    large: bool = False
    low: bool = False  # every target in the lower part, for somebody who sits; only a tall screen needs that
    head: int = 0
    tel: int = 0

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / 108

    @property
    def portrait(self) -> bool:
        return self.height > self.width

    @property
    def least(self) -> int:
        """The smallest side of a target, in px."""
        return max(60, round(LEAST * self.unit))

    def u(self, units: float) -> int:
        return round(units * self.unit)

    @property
    def gap(self) -> int:
        return self.u(1.6 if self.large else GAP)

    @property
    def header(self) -> Rect:
        return Rect(0, 0, self.width, self.head)

    @property
    def lowered(self) -> bool:
        return self.low and self.portrait

    @property
    def full(self) -> Rect:
        """Between header and telephone line, inside the margins. A lowered page has that line below the header: what
        is only read leaves the lower part to what is touched."""
        top, margin = self.header.bottom + (self.tel if self.lowered else 0), self.u(MARGIN)
        return Rect(
            margin, top, self.width - 2 * margin, self.height - top - (0 if self.lowered else self.tel) - self.u(1)
        )

    @property
    def body(self) -> Rect:
        """The part of `full` where targets may be."""
        return self.full.below(self.panel.h)

    @property
    def panel(self) -> Rect:
        """Above `body`: to be read, not touched. Nothing but on a lowered page."""
        return self.full.top(max(0, round(self.height * (1 - LOW)) + 1 - self.full.y) if self.lowered else 0)

    @property
    def phones(self) -> Rect:
        y = self.header.bottom if self.lowered else self.height - self.tel
        return Rect(self.u(MARGIN), y, self.width - 2 * self.u(MARGIN), self.tel)


def grid(area: Rect, columns: int, rows: int, gap: int) -> list[Rect]:
    """Equal cells, row by row; the last pixel of rounding goes into the gaps."""
    w, h = (area.w - gap * (columns - 1)) / columns, (area.h - gap * (rows - 1)) / rows
    return [
        Rect(round(area.x + c * (w + gap)), round(area.y + r * (h + gap)), int(w), int(h))
        for r in range(rows)
        for c in range(columns)
    ]


Need = Callable[[int], int | None]
"""The height in px that the highest of some cards needs at a width in px; None where a word of one doesn't fit."""


@dataclass(frozen=True)
class Spread:
    """Cards of one size over pages. `fits`: whether each has the height it needs."""

    columns: int
    rows: int
    pages: int
    need: int
    kept: int
    fits: bool

    @property
    def per_page(self) -> int:
        return self.columns * self.rows - self.kept

    def page(self, wanted: int) -> int:
        return max(0, min(wanted, self.pages - 1))

    def cells(self, room: Rect, gap: int, most: int) -> list[Rect]:
        """Where the cards are: as high as `room` allows, up to `most` px."""
        high = min(most, (room.h - gap * (self.rows - 1)) // self.rows)
        return grid(room.top(high * self.rows + gap * (self.rows - 1)), self.columns, self.rows, gap)


def spread(room: Rect, count: int, gap: int, need: Need, most_columns: int, least: int, *, kept: int = 0) -> Spread:
    """As few pages as possible, evenly filled; among those the widest cards. Text that needs more room gets fewer
    cards on a page, all of one size. `kept`: cells at the end of each page that are for something else.
    """
    found: list[Spread] = []
    for columns in range(1, most_columns + 1):
        asked = need((room.w - gap * (columns - 1)) // columns)
        if asked is None and columns > 1:
            continue
        high = max(asked or least, least)
        fit = (room.h + gap) // (high + gap)
        most = columns * max(1, fit) - kept
        pages = max(1, ceil(count / max(1, most)))
        rows = max(1, ceil((ceil(count / pages) + kept) / columns))
        found.append(Spread(columns, rows, pages, high, kept, fit > 0 and most > 0 and asked is not None))
    return min(found, key=lambda one: (not one.fits, one.pages, one.columns))
