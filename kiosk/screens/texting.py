"""快到时短信告诉我: a telephone number is typed on large keys, masked after its third digit."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow, mobile
from kiosk.flow.events import Asking, State, Texting
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import Foot, Key
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect, Words

DIGIT = 5.0
FIELD = 5.0
HINT = 3.0
WRONG = 3.2


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if not isinstance(shown, Texting):
        raise ValueError("the page of a telephone number needs one that is typed")
    say = words.say(state.language)
    furniture.header(pen, sheet, state, now)
    title, hint = sentences.texting_title(shown, say), sentences.texting_hint(say)
    broad = sheet.large and not sheet.portrait  # its words would cost the keys their room: they are said at the ticket
    room = furniture.title(pen, sheet, "phone", title, "" if broad else hint)
    foot = Foot(flow.countdown(state, clock), (_sight(shown, say),))
    room = furniture.above_foot(pen, sheet, state, foot, room)
    if sheet.portrait:
        told = _told_high(pen, sheet, shown, say, room.w)
        field = room.top(_field_high(pen, sheet))
        below = Rect(room.x, field.bottom + sheet.u(0.8), room.w, told)
        pad = Rect(room.x, below.bottom + sheet.gap, room.w, room.bottom - below.bottom - sheet.gap)
    else:
        wide = round(room.w * 0.5)
        pad = Rect(room.right - wide, room.y, wide, room.h)
        side = room.left(room.w - wide - sheet.gap)
        told = min(_told_high(pen, sheet, shown, say, side.w), max(0, side.h - _field_high(pen, sheet) - sheet.u(0.8)))
        field = side.top(_field_high(pen, sheet))
        below = Rect(side.x, field.bottom + sheet.u(0.8), side.w, told)
    _field(pen, shown, field, say)
    _told(pen, sheet, shown, below, say)
    _pad(pen, sheet, pad.top(min(pad.h, sheet.u(72))), say)
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)


def _sight(shown: Texting, say: words.Say) -> Key:
    on = shown.by_sight or shown.origin.by_sight
    return Key("sight", say("听不见，叫号时请闪屏"), "check" if on else "screen", "on" if on else "")


def _field_high(pen: Pen, sheet: Sheet) -> int:
    return pen.line(FIELD) + sheet.u(2)


def _field(pen: Pen, shown: Texting, rect: Rect, say: words.Say) -> None:
    wrong = bool(shown.wrong)
    pen.box(rect, theme.CARD, 2.2, edge=theme.AMBER_EDGE if wrong else theme.TEAL)
    inner = rect.inset(pen.u(1.2), pen.u(0.4))
    if not shown.digits:
        pen.text(inner, say("请输入手机号"), theme.BODY, colour=pen.quiet, align="centre")
        return
    typed = mobile.masked(shown.digits)
    pen.text(inner, typed, FIELD, bold=True, colour=theme.TEAL_DEEP, align="centre")


def _told_words(shown: Texting, say: words.Say) -> list[Words]:
    """What is wrong with it, or how much is left to type and what becomes of it."""
    if shown.wrong:
        return [Words(sentences.telephone_wrong(shown, say), WRONG, True, theme.ON_AMBER)]
    return [Words(sentences.telephone_kept(say), HINT, colour=theme.TEAL_TEXT)]


def _told_high(pen: Pen, sheet: Sheet, shown: Texting, say: words.Say, width: int) -> int:
    """Room for whatever may be said there, so that no key moves under a finger."""
    inner = width - 2 * sheet.u(1.6)
    wrong = [Words(text, WRONG, True) for text in sentences.telephone_wrongs(say)]
    return max(pen.stack_high([one], inner) for one in (*wrong, *_told_words(shown, say))) + sheet.u(1.2)


def _told(pen: Pen, sheet: Sheet, shown: Texting, rect: Rect, say: words.Say) -> None:
    said = _told_words(shown, say)
    inner = rect.inset(sheet.u(1.6), 0)
    if pen.stack_high(said, inner.w) > rect.h:
        return
    if shown.wrong:
        pen.box(rect, theme.AMBER_TINT, 2.0, edge=theme.AMBER_EDGE)
    pen.stack(inner, said, align="centre")


def _pad(pen: Pen, sheet: Sheet, pad: Rect, say: words.Say) -> None:
    """As on a telephone; where the room is too low for four rows, in three."""
    gap = sheet.u(1.2)
    tall = (pad.h - 3 * gap) // 4 >= max(sheet.least, pen.line(DIGIT))
    order, columns = ("123456789<0>", 3) if tall else ("123<4560789>", 4)
    for char, rect in zip(order, grid(pad, columns, len(order) // columns, gap), strict=True):
        if char == "<":
            furniture.key(pen, Key("key:del", "", "erase", spoken=say("删除")), rect)
        elif char == ">":
            furniture.key(pen, Key("key:ok", say("确定"), look="strong"), rect)
        else:
            _digit(pen, char, rect)


def _digit(pen: Pen, char: str, rect: Rect) -> None:
    name = f"key:{char}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 2.2, shadow=not down, edge=theme.TEAL if down else theme.RULE)
    pen.text(rect, char, DIGIT, bold=True, colour=theme.TEAL_TEXT, align="centre")
    pen.target(name, rect, char)


def lines(shown: Texting, say: words.Say) -> list[str]:
    """The page as sentences; a number that is typed is never said, only how much of it there is."""
    wrong = [sentences.telephone_wrong(shown, say)] if shown.wrong else []
    return [sentences.texting_title(shown, say) + say("。"), *wrong, sentences.texting_hint(say), typed(shown, say)]


def typed(shown: Texting, say: words.Say) -> str:
    if not shown.digits:
        return say("已清空")
    return say("已输入 {n} 位，共 {all} 位。").format(n=len(shown.digits), all=mobile.DIGITS)
