"""Text to read in peace: headings, points and facts, set at one size into cards and leafed through.

Never shrunk to fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.flow.events import State
from kiosk.screens import furniture, theme
from kiosk.screens.furniture import Foot, Key
from kiosk.screens.layout import LEAST, Sheet
from kiosk.screens.scene import Pen, Rect

SIZE, LABEL, HEADING = 3.6, 3.0, 3.8
CODE = 24.0
"""How wide a QR code is; a telephone reads it from half a metre."""
ROUND = 0.8
"""Free above and below a key in a card."""
NARROW = 44.0
"""Under so many units a label stands above its fact, not beside it; in large print under half as many again."""


@dataclass(frozen=True)
class Block:
    """A `head`ing, or a point with a sign (an icon, or a number to count by) and perhaps a label before it."""

    text: str
    icon: str = ""
    label: str = ""
    head: bool = False
    warm: bool = False
    code: str = ""
    """What stands in a QR code at the left of the text."""
    target: str = ""
    """Of a key across the card, whose word is the text."""

    @property
    def size(self) -> float:
        return HEADING if self.head else SIZE

    @property
    def bold(self) -> bool:
        return self.head or bool(self.label)


Placed = tuple[Block, Rect]


def columns(sheet: Sheet, room: Rect) -> list[Rect]:
    """One card on a tall screen, two on a wide one."""
    if sheet.portrait:
        return [room]
    wide = (room.w - sheet.gap) // 2
    return [room.left(wide), Rect(room.right - wide, room.y, wide, room.h)]


Page = list[list[Placed]]


def page(
    pen: Pen,
    sheet: Sheet,
    state: State,
    room: Rect,
    blocks: list[Block],
    left: int | None,
    wanted: int,
    main: tuple[Key, ...] = (),
) -> None:
    """A page of a document in `room`, above the keys of the page; the keys to leaf take room only where they are."""
    for pages in (1, 9):
        cards = columns(sheet, furniture.above_foot(pen, sheet, state, Foot(left, main, pages=pages), room))
        found = paginate(pen, blocks, cards)
        if len(found) == 1:
            break
    shown = min(wanted, len(found) - 1)
    draw(pen, cards, found[shown])
    furniture.draw_foot(pen, sheet, state, Foot(left, main, pages=len(found), page=shown))


def paginate(pen: Pen, blocks: list[Block], cards: list[Rect]) -> list[Page]:
    """Pages of cards of blocks, each where it goes. No heading is the last of its card, no key the first."""
    insets = [card.inset(pen.u(2 if pen.large else 3), pen.u(1.4 if pen.large else 2)) for card in cards]
    width, deep = insets[0].w, insets[0].h
    pieces = [piece for block in blocks for piece in _pieces(pen, block, width, deep)]
    pages: list[Page] = [[[] for _ in cards]]
    column, y = 0, insets[0].y
    for i, block in enumerate(pieces):
        high = _height(pen, block, width)
        following = pieces[i + 1] if i + 1 < len(pieces) else None
        stays = following is not None and (block.head or bool(following.target))
        need = high + (_height(pen, following, width) if following and stays else 0)
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
        bottom = placed[-1][1].bottom + pen.u(1.4 if pen.large else 2)
        pen.box(card.top(min(card.h, max(bottom - card.y, pen.u(16)))), theme.CARD, 2.8, shadow=True)
        for i, (block, rect) in enumerate(placed):
            if i and not block.head and not block.target and not placed[i - 1][0].head:
                pen.box(Rect(rect.x, rect.y, rect.w, max(1, pen.u(0.16))), theme.RULE)
            _draw(pen, block, rect)


def _beside(pen: Pen, block: Block, width: int) -> bool:
    """Whether a block's label stands at the left of its text."""
    narrow = NARROW * (theme.LARGE_PRINT if pen.large else 1.0)
    return bool(block.label) and width >= pen.u(narrow) and pen.whole(block.label, LABEL, _label_width(pen, width))


def _label_width(pen: Pen, width: int) -> int:
    return round(width * 0.27) - pen.u(1)


def _sign(pen: Pen) -> int:
    return pen.line(LABEL)


def _text_room(pen: Pen, block: Block, width: int) -> tuple[int, int]:
    """(x, width) of a block's text, seen from its left end."""
    x = _sign(pen) + pen.u(1.6) if block.icon else pen.u(CODE + 2) if block.code else 0
    x += round(width * 0.27) if _beside(pen, block, width) else 0
    return x, width - x


def _rows(pen: Pen, block: Block, width: int) -> list[str]:
    return pen.rows(block.text, block.size, _text_room(pen, block, width)[1], bold=block.bold)


def _label_high(pen: Pen, block: Block, width: int) -> int:
    wide = _label_width(pen, width) if _beside(pen, block, width) else _text_room(pen, block, width)[1]
    return pen.high(block.label, LABEL, wide)


def _height(pen: Pen, block: Block, width: int) -> int:
    if block.target:
        return max(60, round(LEAST * pen.unit), pen.line(furniture.LABEL)) + 2 * pen.u(ROUND)
    text, label = pen.line(block.size) * len(_rows(pen, block, width)), _label_high(pen, block, width)
    high = max(text, label) if _beside(pen, block, width) else text + label
    return max(high, pen.u(CODE) if block.code else 0) + pen.u(2)


def _pieces(pen: Pen, block: Block, width: int, deep: int) -> list[Block]:
    """A block that is higher than a whole card, in parts that are not."""
    if _height(pen, block, width) <= deep:
        return [block]
    above = 0 if _beside(pen, block, width) else _label_high(pen, block, width)
    rows, most = _rows(pen, block, width), max(1, (deep - above - pen.u(2)) // pen.line(block.size))
    parts = [rows[i : i + most] for i in range(0, len(rows), most)]
    return [
        replace(block, text=_joined(part), icon=block.icon if i == 0 else "", label=block.label if i == 0 else "")
        for i, part in enumerate(parts)
    ]


def _joined(rows: list[str]) -> str:
    """Lines as one text again: a space only where Latin words meet."""
    text = rows[0]
    for line in rows[1:]:
        text += (" " if text[-1:].isascii() and line[:1].isascii() else "") + line
    return text


def _draw(pen: Pen, block: Block, rect: Rect) -> None:
    if block.target:
        one = Key(block.target, block.text, block.icon, spoken=block.label)
        wide = min(rect.w, furniture.key_width(pen, one))
        furniture.key(pen, one, Rect(rect.right - wide, rect.y, wide, rect.h).inset(0, pen.u(ROUND)))
        return
    x, wide = _text_room(pen, block, rect.w)
    side, beside = _sign(pen), _beside(pen, block, rect.w)
    text_high, label_high = pen.line(block.size) * len(_rows(pen, block, rect.w)), _label_high(pen, block, rect.w)
    high = max(text_high, label_high) if beside else text_high + label_high
    top = rect.y + (rect.h - high) // 2
    first = pen.line(LABEL if block.label and not beside else block.size)
    colour = theme.SIGN if block.warm else theme.TEAL
    if block.icon:
        sign = Rect(rect.x, top + (first - side) // 2, side, side)
        if block.icon.isdigit():
            pen.disc(sign, theme.TEAL_TINT)
            pen.text(sign, block.icon, LABEL, bold=True, colour=theme.TEAL_TEXT, align="centre")
        else:
            pen.icon(sign, block.icon, colour)
    if block.code:
        pen.code(Rect(rect.x, rect.y + (rect.h - pen.u(CODE)) // 2, pen.u(CODE), pen.u(CODE)), block.code)
    if block.label:
        at = Rect(rect.x + (side + pen.u(1.6) if block.icon else 0), top, wide, label_high)
        at = Rect(at.x, top, _label_width(pen, rect.w), high) if beside else at
        pen.text(at, block.label, LABEL, colour=pen.quiet)
    text = Rect(rect.x + x, top + (0 if beside else label_high), wide, high if beside else text_high)
    pen.text(text, block.text, block.size, bold=block.bold, colour=theme.TEAL_DEEP if block.head else theme.INK)
