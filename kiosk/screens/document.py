"""Text to read in peace: headings, points and facts, set at one size into cards and leafed through.

Never shrunk to fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.screens import theme
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import LEADING, Pen, Rect, wrap

SIZE, LABEL, HEADING = 3.3, 2.7, 3.7
GROWN = (1.3, 1.15, 1.0)  # a short text is set larger, as long as it stays on one page


@dataclass(frozen=True)
class Block:
    """A `head`ing, or a point with a sign (an icon, or a number to count by) and perhaps a label before it."""

    text: str
    icon: str = ""
    label: str = ""
    head: bool = False
    warm: bool = False
    grow: float = 1.0

    @property
    def size(self) -> float:
        return (HEADING if self.head else SIZE) * self.grow


Placed = tuple[Block, Rect]


def columns(sheet: Sheet, room: Rect) -> list[Rect]:
    """One card on a tall screen, two on a wide one."""
    if sheet.portrait:
        return [room]
    wide = (room.w - sheet.gap) // 2
    return [room.left(wide), Rect(room.right - wide, room.y, wide, room.h)]


Page = list[list[Placed]]


def paginate(pen: Pen, blocks: list[Block], cards: list[Rect]) -> list[Page]:
    """Pages of cards of blocks, each where it goes: as large as one page allows, else several at the usual size."""
    for grow in GROWN:
        pages = _fill(pen, [replace(block, grow=grow) for block in blocks], cards)
        if len(pages) == 1:
            break
    return pages


def _fill(pen: Pen, blocks: list[Block], cards: list[Rect]) -> list[Page]:
    """A heading is never the last of its card."""
    insets = [card.inset(pen.u(3), pen.u(2)) for card in cards]
    width, deep = insets[0].w, insets[0].h
    pieces = [piece for block in blocks for piece in _pieces(pen, block, width, deep)]
    pages: list[Page] = [[[] for _ in cards]]
    column, y = 0, insets[0].y
    for i, block in enumerate(pieces):
        high = _height(pen, block, width)
        need = high + (_height(pen, pieces[i + 1], width) if block.head and i + 1 < len(pieces) else 0)
        if y + need > insets[column].bottom and pages[-1][column]:
            column, y = column + 1, insets[0].y
            if column == len(cards):
                pages.append([[] for _ in cards])
                column = 0
        pages[-1][column].append((block, Rect(insets[column].x, y, width, high)))
        y += high
    return pages


def draw(pen: Pen, cards: list[Rect], page: Page) -> None:
    for card, placed in zip(cards, page, strict=True):
        if not placed:
            continue
        bottom = placed[-1][1].bottom + pen.u(2)
        pen.box(card.top(min(card.h, max(bottom - card.y, pen.u(16)))), theme.CARD, 2.8, shadow=True)
        for i, (block, rect) in enumerate(placed):
            if i and not block.head and not placed[i - 1][0].head:
                pen.box(Rect(rect.x, rect.y, rect.w, max(1, pen.u(0.16))), theme.RULE)
            _draw(pen, block, rect)


def _text_room(pen: Pen, block: Block, width: int) -> tuple[int, int]:
    """(x, width) of a block's text, seen from its left end."""
    sign = pen.u(5.4 * block.grow) if block.icon else 0
    label = round(width * 0.27) if block.label else 0
    return sign + label, width - sign - label


def _rows(pen: Pen, block: Block, width: int) -> list[str]:
    size = pen.size(block.size)
    _, wide = _text_room(pen, block, width)
    return wrap(block.text, wide, lambda piece: pen.measure(piece, size, block.head))


def _height(pen: Pen, block: Block, width: int) -> int:
    size = pen.size(block.size)
    return round(size * LEADING) * len(_rows(pen, block, width)) + pen.u(2.2 * block.grow)


def _pieces(pen: Pen, block: Block, width: int, deep: int) -> list[Block]:
    """A block that is higher than a whole card, in parts that are not."""
    rows, most = (
        _rows(pen, block, width),
        max(1, (deep - pen.u(2.2 * block.grow)) // round(pen.size(block.size) * LEADING)),
    )
    if len(rows) <= most:
        return [block]
    parts = [rows[i : i + most] for i in range(0, len(rows), most)]
    return [replace(block, text=_joined(part), icon=block.icon if i == 0 else "") for i, part in enumerate(parts)]


def _joined(rows: list[str]) -> str:
    """Lines as one text again: a space only where Latin words meet."""
    text = rows[0]
    for line in rows[1:]:
        text += (" " if text[-1:].isascii() and line[:1].isascii() else "") + line
    return text


def _draw(pen: Pen, block: Block, rect: Rect) -> None:
    x, wide = _text_room(pen, block, rect.w)
    side = pen.u(3.4 * block.grow)
    line = round(pen.size(block.size) * LEADING)
    top = rect.y + (rect.h - line * len(_rows(pen, block, rect.w))) // 2
    colour = theme.SIGN if block.warm else theme.TEAL
    if block.icon:
        sign = Rect(rect.x, top + (line - side) // 2, side, side)
        if block.icon.isdigit():
            pen.disc(sign.inset(-pen.u(0.3)), theme.TEAL_TINT)
            pen.text(
                sign.inset(-pen.u(0.3)),
                block.icon,
                2.2 * block.grow / pen.scale,
                bold=True,
                colour=theme.TEAL_TEXT,
                align="centre",
                smallest=0.5,
            )
        else:
            pen.icon(sign, block.icon, colour)
    if block.label:
        at = Rect(rect.x + x - round(rect.w * 0.27), rect.y, round(rect.w * 0.27) - pen.u(1), rect.h)
        pen.text(at, block.label, LABEL * block.grow, colour=pen.quiet, lines=3, one_line=0.85, smallest=0.5)
    text = Rect(rect.x + x, rect.y, wide, rect.h)
    pen.text(
        text,
        block.text,
        block.size,
        bold=block.head or bool(block.label),
        colour=theme.TEAL_DEEP if block.head else theme.INK,
        lines=99,
        one_line=1.0,
        smallest=0.55,
    )
