"""Where things are: one geometry for portrait and landscape, from 1024×768 up. Rects only; no words, no colours.

The unit is a 108th of the shorter side. A target is at least `LEAST` units high and wide: 20 mm on a 1080 × 1920 panel
of 21.5 inches (4.0 px/mm) and on a 17-inch 1280 × 1024 one (3.8 px/mm), and never under 60 px.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from kiosk.screens.scene import Rect

LEAST = 8.2
MARGIN = 4.0
GAP = 2.2
LOW = 0.55  # of the height of a tall screen: what a hand reaches from a wheelchair


@dataclass(frozen=True)
class Sheet:
    """A screen of some size, cut into its bands."""

    width: int
    height: int
    large: bool = False
    low: bool = False  # every target in the lower part, for somebody who sits; only a tall screen needs that

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
        return self.u(GAP)

    @property
    def header(self) -> Rect:
        return Rect(0, 0, self.width, self.u(20 if self.portrait else 13))

    @property
    def lowered(self) -> bool:
        return self.low and self.portrait

    @property
    def full(self) -> Rect:
        """Between header and the telephone line, inside the margins."""
        top, margin = self.header.bottom, self.u(MARGIN)
        return Rect(margin, top, self.width - 2 * margin, self.height - top - self.phones.h - self.u(1))

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
        high = self.u(7.4 if self.large else 6.4)
        return Rect(self.u(MARGIN), self.height - high, self.width - 2 * self.u(MARGIN), high)

    @property
    def aside(self) -> Rect:
        """Landscape only: the column at the right, for help and the switches."""
        wide = self.u(31 if self.width > 1.3 * self.height else 28)
        return Rect(self.body.right - wide, self.body.y + self.u(3), wide, self.body.h - self.u(3))

    @property
    def keys(self) -> Rect:
        """The row of keys at the bottom, in reach from a wheelchair."""
        high = max(self.least, self.u(11 if self.large else 10))
        return Rect(self.body.x, self.body.bottom - high - self.u(0.6), self.body.w, high)


def grid(area: Rect, columns: int, rows: int, gap: int) -> list[Rect]:
    """Equal cells, row by row; the last pixel of rounding goes into the gaps."""
    w, h = (area.w - gap * (columns - 1)) / columns, (area.h - gap * (rows - 1)) / rows
    return [
        Rect(round(area.x + c * (w + gap)), round(area.y + r * (h + gap)), int(w), int(h))
        for r in range(rows)
        for c in range(columns)
    ]


def tile_shape(sheet: Sheet, room: Rect, count: int) -> tuple[int, int]:
    """(columns, rows) of tiles in `room`: all on one page up to eight on a tall screen, six on a wide one."""
    columns = 2 if room.w < sheet.u(85) or sheet.portrait or count <= 4 else 3
    least = sheet.u(15 if sheet.large else 12.5)
    most = min(4 if sheet.portrait else 2 if columns == 3 else 3, max(1, (room.h + sheet.gap) // (least + sheet.gap)))
    return columns, max(1, min(most, ceil(count / columns)))


def list_shape(sheet: Sheet, room: Rect, count: int, least: float) -> tuple[int, int, int]:
    """(columns, rows per page, pages) of a list, spread evenly over the pages; `least` is a row's height in units."""
    columns = 1 if sheet.portrait else 3 if room.w > sheet.u(160) and not sheet.large else 2
    fit = max(1, (room.h + sheet.gap) // (sheet.u(least) + sheet.gap))
    pages = max(1, ceil(count / (fit * columns)))
    return columns, max(1, ceil(count / (pages * columns))) if pages > 1 else fit, pages
