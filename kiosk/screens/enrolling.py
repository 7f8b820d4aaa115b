"""The page of a kiosk that has no token yet: its code, large, in both languages at once. Pure.

Whoever stands before it may be the technician with a telephone or a visitor who wants a number, so it tells both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import words
from applicant import Now
from config import Text
from kiosk.flow.events import State
from kiosk.flow.view import Plate
from kiosk.screens import furniture, theme
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Measure, Pen, Rect, Scene, Words

LETTERS, SMALLEST = 17.0, 9.0
"""Units of the code, the shorter side of the screen being 108: read from the door."""
ENGLISH = "en"
QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""

Matrix = Sequence[Sequence[int]]


def _both(text: str) -> Text:
    return Text(text, words.say(ENGLISH)(text))


def sentences(now: Now) -> tuple[Text, Text]:
    """(title, what to do) of this moment."""
    say = words.say(words.SOURCE)  # marks what is to be translated
    if now.kind == "refused":
        return _both(say("登记这台取号机")), Text(*now.trouble)
    if now.kind == "away" and now.code is None:
        return _both(say("叫号系统暂时连不上")), _both(say("正在重试，请检查网线，或看主机是否已启动。"))
    if now.code is None:
        return _both(say("正在连接叫号系统…")), Text("", "")
    return _both(say("登记这台取号机")), _both(say("请系统管理员用手机扫二维码，或打开下面的网页，输入这六个字母。"))


def scene(now: Now, matrix: Matrix, plate: Plate, at: datetime, size: tuple[int, int], measure: Measure) -> Scene:
    """The page. `matrix`: the modules of the QR code, empty for none."""
    pen, state = Pen(measure, min(size) / 108), State(plate)
    sheet = furniture.framed(pen, Sheet(*size), state, at, phones=True)
    furniture.header(pen, sheet, state, at)
    furniture.phones(pen, sheet, state)
    title, text = sentences(now)
    say = words.say(words.SOURCE)
    room = sheet.full.inset(0, sheet.u(2))
    pen.box(room, theme.CARD, 3.4, shadow=True)
    inner = room.inset(sheet.u(5), sheet.u(4))
    visitor = _both(say("本机还不能取号，请到咨询台取号。"))
    foot = [Words(visitor.zh, theme.BODY, True, theme.ON_AMBER), Words(visitor.en, theme.SMALL, False, theme.ON_AMBER)]
    band = Rect(inner.x, 0, inner.w, pen.stack_high(foot, inner.w - sheet.u(4)) + sheet.u(3))
    band = Rect(band.x, inner.bottom - band.h, band.w, band.h)
    pen.box(band, theme.AMBER_TINT, 2.4)
    pen.stack(band.inset(sheet.u(2), sheet.u(1.5)), foot, align="centre")
    _middle(pen, sheet, Rect(inner.x, inner.y, inner.w, band.y - inner.y - sheet.u(3)), now, matrix, title, text)
    return Scene(size, "enrolling", 0, sheet.header.bottom, tuple(pen.parts), (), None, tuple(pen.cut))


def _middle(pen: Pen, sheet: Sheet, room: Rect, now: Now, matrix: Matrix, title: Text, text: Text) -> None:
    """Title and letters, the code beside or below them, and what to do."""
    code = now.code if matrix else None
    side = min(room.w, round(room.h * 0.42)) if sheet.portrait else min(room.h, round(room.w * 0.36))
    column = room if sheet.portrait or not code else Rect(room.x, room.y, room.w - side - sheet.u(4), room.h)
    head = [Words(title.zh, theme.TITLE, True), Words(title.en, theme.BODY, colour=pen.quiet, gap=0.4)]
    units = min(LETTERS, LETTERS * column.w / max(1, pen.width(code.shown, LETTERS, bold=True))) if code else 0
    tail = [Words(text.zh, theme.BODY, gap=1.6), Words(text.en, theme.SMALL, colour=pen.quiet, gap=0.4)]
    tail += [Words(code.page, theme.BODY, True, theme.TEAL_TEXT, gap=0.8)] if code else []

    def letters() -> list[Words]:
        return [Words(code.shown, units * 0.98, True, theme.TEAL, gap=1.0)] if code else []

    while units > SMALLEST and pen.stack_high([*head, *letters(), *tail], column.w) > column.h:
        units -= 0.5  # a low wide screen: the letters leave room for what to do
    if not sheet.portrait or not code:
        pen.stack(column, [*head, *letters(), *tail], align="centre")
        if code:
            _code(pen, Rect(room.right - side, room.middle[1] - side // 2, side, side), matrix)
        return
    used = pen.stack(column, [*head, *letters()], align="centre", valign="top")
    low = pen.stack_high(tail, column.w)
    pen.stack(Rect(column.x, column.bottom - low, column.w, low), tail, align="centre")
    between = Rect(column.x, used.bottom, column.w, column.bottom - low - used.bottom)
    side = min(side, between.h - sheet.u(3))
    _code(pen, between.centred(side, side), matrix)


def _code(pen: Pen, at: Rect, matrix: Matrix) -> None:
    """The modules, dark ones beside each other as one bar, each a whole number of px."""
    module = at.w // (len(matrix) + 2 * QUIET_ZONE)
    whole = module * (len(matrix) + 2 * QUIET_ZONE)
    x, y = at.x + (at.w - whole) // 2, at.y + (at.h - whole) // 2
    pen.box(Rect(x, y, whole, whole), (255, 255, 255))
    for r, row in enumerate(matrix):
        start = None
        for c, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = c
            elif not dark and start is not None:
                left = x + (start + QUIET_ZONE) * module
                pen.box(Rect(left, y + (r + QUIET_ZONE) * module, (c - start) * module, module), (0, 0, 0))
                start = None
