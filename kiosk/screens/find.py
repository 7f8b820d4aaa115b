"""找事项: letters to type a word by its pinyin, and above them what it may mean, or where it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Searching, State
from kiosk.flow.view import Hit, View
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import Foot, Key, Row
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect

LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
COLUMNS = 10
LETTER, TYPED = 4.2, 5.0
FOUND = 12.5
"""Height in units of a line of what was found; as much again where there is room."""


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if state.view is None or not isinstance(shown, Searching):
        raise ValueError("the search needs a view")
    say, foot = words.say(state.language), Foot(flow.countdown(state, clock))
    furniture.header(pen, sheet, state, now)
    if sheet.portrait:
        room = furniture.title(pen, sheet, "search", say("找事项"), sentences.search_hint(say))
        field = room.top(_field_high(pen))
    else:
        row = Rect(sheet.body.x, sheet.body.y + sheet.u(1.2), sheet.body.w, _field_high(pen))
        field = row.after(_name(pen, sheet, row, say))
    room = furniture.above_foot(pen, sheet, state, foot, sheet.body)
    top = field.bottom + sheet.u(1.2)
    pad_high = len(LETTERS) * max(sheet.least, sheet.u(9.4), pen.line(LETTER)) + (len(LETTERS) - 1) * sheet.u(1)
    pad = Rect(room.x, room.bottom - pad_high, room.w, pad_high)
    _field(pen, sheet, shown.text, field, say)
    _found(pen, sheet, state, shown, Rect(room.x, top, room.w, pad.y - sheet.u(1.2) - top))
    _letters(pen, sheet, pad, say)
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)


def _field_high(pen: Pen) -> int:
    return pen.line(TYPED) + pen.u(0.8)


def _name(pen: Pen, sheet: Sheet, row: Rect, say: words.Say) -> int:
    """The page's name at the left of a wide screen's field; what it takes, px."""
    side, wide = row.h, pen.width(say("找事项"), theme.HEAD, bold=True) + 2
    badge = row.left(side)
    pen.box(badge, theme.TEAL_TINT, 2.4)
    pen.icon(badge.inset(side * 0.2), "search", theme.TEAL)
    pen.text(Rect(badge.right + sheet.u(2), row.y, wide, row.h), say("找事项"), theme.HEAD, bold=True)
    return side + sheet.u(2) + wide + sheet.u(3)


def _field(pen: Pen, sheet: Sheet, text: str, rect: Rect, say: words.Say) -> None:
    pen.box(rect, theme.CARD, 2.2, edge=theme.TEAL)
    inner = rect.inset(sheet.u(2.4), sheet.u(0.4))
    if text:
        units = next((size for size in (TYPED, 4.0) if pen.width(text, size, bold=True) <= inner.w), theme.LEAST)
        pen.text(inner, text, units, bold=True, colour=theme.TEAL_DEEP)
    else:
        pen.text(inner, say("请按拼音字母"), theme.BODY, colour=pen.quiet)


def _letters(pen: Pen, sheet: Sheet, pad: Rect, say: words.Say) -> None:
    """As on a telephone; at the end of the last line, everything away and one letter away."""
    cells = grid(pad, COLUMNS, len(LETTERS), sheet.u(1))
    for n, letters in enumerate(LETTERS):
        shift = (cells[1].x - cells[0].x) // 2 if n == 1 else 0
        for letter, cell in zip(letters, cells[n * COLUMNS : (n + 1) * COLUMNS], strict=False):
            _letter(pen, letter, Rect(cell.x + shift, cell.y, cell.w, cell.h))
    furniture.key(pen, Key("key:clear", "", "cross", spoken=say("清空")), cells[-3])
    wide = Rect(cells[-2].x, cells[-2].y, cells[-1].right - cells[-2].x, cells[-1].h)
    furniture.key(pen, Key("key:del", "", "erase", spoken=say("删除")), wide)


def _letter(pen: Pen, letter: str, rect: Rect) -> None:
    name = f"key:{letter}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 1.8, edge=theme.TEAL if down else theme.RULE)
    pen.text(rect, letter, LETTER, bold=True, align="centre")
    pen.target(name, rect, letter)


# --- what was found ---------------------------------------------------------------------------------------------------


def _found(pen: Pen, sheet: Sheet, state: State, shown: Searching, room: Rect) -> None:
    """As many as there is room for, the best first; the help of the staff where nothing was found."""
    say, view = words.say(state.language), state.view
    help_row = Row("help", "chat", say("我不确定，请帮我"), theme.HUES["chat"])
    told = sentences.search_told(shown, say)
    if told:
        offered = [help_row] if view and view.issuing and sentences.found_nothing(shown) else []
        high = _need(pen, sheet, state, offered, room.w) if offered else 0
        text = room.top(pen.high(told, theme.BODY, room.w))
        if text.h + sheet.gap + high > room.h:  # the foot of the page leads to the desk as well
            offered, text = [], room.top(max(text.h, min(room.h, text.h + sheet.gap + high)))
        pen.text(text, told, theme.BODY, colour=pen.quiet, align="centre")
        for row in offered:
            furniture.row(pen, row, Rect(room.x, text.bottom + sheet.gap, room.w, high))
        return
    lines = [_line(hit, state, help_row) for hit in shown.hits]
    shape = max(
        (_shape(pen, sheet, state, lines, room, columns) for columns in ((1,) if sheet.portrait else (1, 2))),
        key=lambda one: (one[0], -one[1]),
    )
    count, columns, rows, high = shape
    high = max(high, min(sheet.u(18), (room.h - (rows - 1) * sheet.gap) // rows))
    cells = grid(room.top(rows * high + (rows - 1) * sheet.gap), columns, rows, sheet.gap)
    for line, rect in zip(lines[:count], cells, strict=False):
        if isinstance(line, Row):
            furniture.row(pen, line, rect)
        else:
            furniture.band(pen, rect, "info", line)


def _shape(
    pen: Pen, sheet: Sheet, state: State, lines: Sequence[Row | str], room: Rect, columns: int
) -> tuple[int, int, int, int]:
    """(how many of the first lines have room, columns, rows, the height of each, px); one at least in one column."""
    width = (room.w - sheet.gap * (columns - 1)) // columns
    best = (1, columns, 1, _need(pen, sheet, state, lines[:1], width)) if columns == 1 else (0, columns, 1, 0)
    for count in range(1, len(lines) + 1):
        rows, high = -(-count // columns), _need(pen, sheet, state, lines[:count], width)
        if rows * high + (rows - 1) * sheet.gap > room.h:
            break
        best = (count, columns, rows, high)
    return best


def _need(pen: Pen, sheet: Sheet, state: State, lines: Sequence[Row | str], width: int) -> int:
    """The height in px that the highest of these lines needs at a width."""
    rows = [furniture.row_need(pen, [line], width) or sheet.height for line in lines if isinstance(line, Row)]
    bands = [furniture.band_high(pen, line, width) for line in lines if isinstance(line, str)]
    return max([sheet.least, *rows, *bands])


def _line(hit: Hit, state: State, help_row: Row) -> Row | str:
    """A row that leads to the service, or the sentence where it is done."""
    language, view = state.language, state.view
    if hit.where:
        return sentences.elsewhere(hit, language)
    if view and hit.code == view.help_service and view.service(hit.code) is None:
        return help_row
    icon = _icon(view, hit.code)
    below = sentences.because(hit, words.say(language), language)
    return Row(f"info:{hit.code}", icon, hit.text.said(language), theme.hue(icon), below)


def _icon(view: View | None, code: str) -> str:
    """The picture of a service, else of its group."""
    for group in view.groups if view else ():
        for service in group.services:
            if service.code == code:
                return service.icon or group.icon
    return "box"
