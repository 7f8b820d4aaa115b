"""找事项: letters to type a word by its pinyin, and above them what it may mean, or where it is done."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Searching, State
from kiosk.flow.view import Hit, View
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
COLUMNS = 10
ROW = 12.5
"""Height of a line of what was found, in units; as much again where there is room."""


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if state.view is None or not isinstance(shown, Searching):
        raise ValueError("the search needs a view")
    say = words.say(state.language)
    furniture.header(pen, sheet, state, now)
    ends = sheet.body.bottom - furniture.foot_height(sheet, main=False) - sheet.gap
    pad_high = 3 * max(sheet.least, sheet.u(9.4)) + 2 * sheet.u(1)
    if sheet.portrait:
        room = furniture.title(pen, sheet, state.language, "search", say("找事项"), sentences.search_hint(say))
        field = room.top(sheet.u(10))
        room = room.below(field.h + sheet.u(1.6))
    else:
        row = Rect(sheet.body.x, sheet.body.y + sheet.u(2), sheet.body.w, sheet.u(9.4))
        name = row.left(row.w * 0.3)
        badge = name.left(row.h)
        pen.box(badge, theme.TEAL_TINT, 2.4)
        pen.icon(badge.inset(row.h * 0.2), "search", theme.TEAL)
        pen.text(name.after(row.h + sheet.u(2)), say("找事项"), theme.HEAD, bold=True, smallest=0.5)
        field = row.after(name.w + sheet.gap)
        room = Rect(row.x, row.bottom + sheet.u(1.6), row.w, sheet.body.bottom - row.bottom - sheet.u(1.6))
    pad = Rect(room.x, ends - pad_high, room.w, pad_high)
    _field(pen, sheet, shown.text, field, say)
    _keys(pen, sheet, pad)
    _found(pen, sheet, state, shown, Rect(room.x, room.y, room.w, pad.y - sheet.u(1.6) - room.y))
    furniture.foot(pen, sheet, state, flow.countdown(state, clock))
    furniture.phones(pen, sheet, state)


def _field(pen: Pen, sheet: Sheet, text: str, rect: Rect, say: words.Say) -> None:
    pen.box(rect, theme.CARD, 2.2, edge=theme.TEAL)
    inner = rect.inset(sheet.u(2.4), sheet.u(1))
    if text:
        pen.text(inner, text, 6.0 / pen.scale, bold=True, colour=theme.TEAL_DEEP, smallest=0.25)
    else:
        pen.text(inner, say("请按拼音字母"), 3.2, colour=pen.quiet, smallest=0.5)


def _keys(pen: Pen, sheet: Sheet, pad: Rect) -> None:
    """As on a telephone; at the end of the last line, everything away and one letter away."""
    cells = grid(pad, COLUMNS, len(ROWS), sheet.u(1))
    for n, letters in enumerate(ROWS):
        shift = (cells[1].x - cells[0].x) // 2 if n == 1 else 0
        for letter, cell in zip(letters, cells[n * COLUMNS : (n + 1) * COLUMNS], strict=False):
            _key(pen, letter, Rect(cell.x + shift, cell.y, cell.w, cell.h))
    furniture.key(pen, "key:clear", cells[-3], "", icon="cross")
    wide = Rect(cells[-2].x, cells[-2].y, cells[-1].right - cells[-2].x, cells[-1].h)
    furniture.key(pen, "key:del", wide, "", icon="erase")


def _key(pen: Pen, letter: str, rect: Rect) -> None:
    name = f"key:{letter}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 1.8, edge=theme.TEAL if down else theme.RULE)
    pen.text(rect, letter, 4.8 / pen.scale**0.5, bold=True, align="centre")
    pen.target(name, rect)


def _found(pen: Pen, sheet: Sheet, state: State, shown: Searching, room: Rect) -> None:
    """As many as there is room for, the best first; the help of the staff where nothing was found."""
    say, view = words.say(state.language), state.view
    columns = 1 if sheet.portrait else 2
    least = sheet.u(ROW * (1.1 if sheet.large else 1))
    count = max(1, (room.h + sheet.gap) // (least + sheet.gap))
    told = sentences.search_told(shown, say)
    hits = shown.hits[: count * columns]
    if told:
        line = room.top(min(room.h, sheet.u(20) if sheet.portrait else least))
        pen.text(line, told, 3.4, colour=pen.quiet, lines=3, one_line=0.9, smallest=0.5, align="centre")
        room = room.below(line.h + sheet.gap) if sheet.portrait else room
        if sheet.portrait and sentences.found_nothing(shown) and view and view.issuing and room.h >= least:
            _help(pen, sheet, room.top(least), say)
        return
    high = min(sheet.u(18), (room.h - (count - 1) * sheet.gap) // count)
    cells = grid(room.top(count * high + (count - 1) * sheet.gap), columns, count, sheet.gap)
    for hit, rect in zip(hits, cells, strict=False):
        _hit(pen, sheet, state, hit, rect)


def _hit(pen: Pen, sheet: Sheet, state: State, hit: Hit, rect: Rect) -> None:
    language, view = state.language, state.view
    say = words.say(language)
    if hit.where:
        furniture.band(pen, rect, "info", sentences.elsewhere(hit, language))
    elif view and hit.code == view.help_service and view.service(hit.code) is None:
        _help(pen, sheet, rect, say)
    else:
        icon = _group_icon(view, hit.code)
        below = sentences.because(hit, say, language)
        hue = theme.HUES.get(icon, theme.HUES["box"])
        furniture.row(pen, sheet, f"info:{hit.code}", rect, icon, hit.text.said(language), hue, below)


def _help(pen: Pen, sheet: Sheet, rect: Rect, say: words.Say) -> None:
    furniture.row(pen, sheet, "help", rect, "chat", say("我不确定，请帮我"), theme.HUES["chat"])


def _group_icon(view: View | None, code: str) -> str:
    return next((g.icon for g in view.groups for s in g.services if s.code == code), "box") if view else "box"
