"""Codes: scanning or typing one, and what it turned out to be."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Entering, Result, State
from kiosk.flow.flow import CODE_MOST
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import MAIN, Foot, Key
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect, Words

CHARS = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
COLUMNS, ROWS = 10, 4  # a line of digits, the alphabet, and at the end 删除 and a double 确定
CHAR = 4.0
CODES = ((10, 4.6), (22, 4.0), (99, 3.2))
"""(most signs, their size in units): a long code is smaller, in two lines, the same in every mode."""


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    furniture.header(pen, sheet, state, now)
    left = flow.countdown(state, clock)
    if isinstance(shown, Entering):
        _entering(pen, sheet, state, shown, left)
    elif isinstance(shown, Result):
        _result(pen, sheet, state, shown, now, left)
    furniture.phones(pen, sheet, state)


def _entering(pen: Pen, sheet: Sheet, state: State, shown: Entering, left: int | None) -> None:
    say = words.say(state.language)
    icon = {"booked": "calendar", "pickup": "pickup", "progress": "list", "rate": "star"}[shown.purpose]
    title, hint = sentences.entering_title(shown, say), sentences.entering_hint(shown, say)
    main: tuple[Key, ...] = ()
    if shown.purpose == "pickup" and state.view and state.view.pickup:
        main = (Key("number", say("没有码，直接取号"), "ticket", "strong", MAIN),)
    foot = Foot(left, main)
    plain = sheet.lowered or (sheet.large and not sheet.portrait)  # the hint stands with the title: no picture of it
    if plain and main:
        hint = sentences.entering_hint(shown, say, short=True)
    gap = sheet.u(0.6 if plain else 1)
    room = furniture.title(pen, sheet, icon, title, hint if plain else "", hint_units=HINT)
    room = furniture.above_foot(pen, sheet, state, foot, room)
    if plain:
        pad = room
    elif sheet.portrait:
        scan = room.top(_scan_high(pen, sheet, hint, room.w))
        _scan(pen, sheet, scan, hint)
        pad = room.below(scan.h + sheet.gap)
    else:
        pad_wide = max(COLUMNS * sheet.least + (COLUMNS - 1) * gap, round(room.w * 0.58))
        _scan(pen, sheet, room.left(room.w - pad_wide - sheet.gap), hint)
        pad = Rect(room.right - pad_wide, room.y, pad_wide, room.h)
    field = pad.top(_field_high(pen, sheet, pad.w))
    pad = pad.below(field.h + gap)
    pad = pad.top(min(pad.h, sheet.u(64)))
    _field(pen, sheet, shown.code, field, say)
    cells = grid(pad, COLUMNS, ROWS, gap)
    for char, rect in zip(CHARS, cells, strict=False):
        _pad_key(pen, char, rect)
    furniture.key(pen, Key("key:del", "", "erase", spoken=say("删除")), cells[-3])
    ok = Rect(cells[-2].x, cells[-2].y, cells[-1].right - cells[-2].x, cells[-1].h)
    furniture.key(pen, Key("key:ok", say("确定"), look="strong"), ok)
    furniture.draw_foot(pen, sheet, state, foot)


HINT = 3.2


def _scan_parts(sheet: Sheet, width: int, high: int) -> tuple[bool, int]:
    """(whether the picture stands at the left, its side)."""
    wide = width > sheet.u(80)
    return wide, sheet.u(13) if wide else min(sheet.u(15), round(high * 0.3))


def _scan_high(pen: Pen, sheet: Sheet, hint: str, width: int) -> int:
    text = pen.high(hint, HINT, width - sheet.u(3 + 13 + 3 + 3), bold=True)
    return max(sheet.u(18), text + sheet.u(4))


def _scan(pen: Pen, sheet: Sheet, rect: Rect, hint: str) -> None:
    """How to hold the code to the scanner."""
    pen.box(rect, theme.TEAL_TINT, 2.8)
    wide, side = _scan_parts(sheet, rect.w, rect.h)
    if wide:
        spot = Rect(rect.x + sheet.u(3), rect.middle[1] - side // 2, side, side)
        text = Rect(spot.right + sheet.u(3), rect.y, rect.right - spot.right - sheet.u(6), rect.h)
    else:
        inner = rect.w - 2 * sheet.u(2)
        high = pen.high(hint, HINT, inner, bold=True)
        side = min(side, rect.h - high - sheet.u(3))
        y = rect.y + (rect.h - high - side - sheet.u(1)) // 2
        spot = Rect(rect.middle[0] - side // 2, y, side, side)
        text = Rect(rect.x + sheet.u(2), spot.bottom + sheet.u(1), inner, high)
    if side >= sheet.u(5):
        pen.icon(spot, "scan", theme.TEAL)
    else:
        text = rect.inset(sheet.u(2), 0)
    align = "left" if wide else "centre"
    pen.text(text, hint, HINT, bold=True, colour=theme.TEAL_DEEP, align=align)  # type: ignore[arg-type]


def _field_high(pen: Pen, sheet: Sheet, width: int) -> int:
    """Room for the longest code."""
    inner = width - 2 * sheet.u(1.6)
    lines = (
        (units, ceil(pen.width("8" * min(most, CODE_MOST), units, bold=True) * 1.1 / inner)) for most, units in CODES
    )
    return max(pen.line(units) * count for units, count in lines) + sheet.u(0.8)


def _field(pen: Pen, sheet: Sheet, code: str, rect: Rect, say: words.Say) -> None:
    pen.box(rect, theme.CARD, 2.2, edge=theme.TEAL)
    inner = rect.inset(sheet.u(1.6), sheet.u(0.4))
    if code:
        units = next(units for most, units in CODES if len(code) <= most)
        pen.text(inner, code, units, bold=True, colour=theme.TEAL_DEEP, align="centre")
    else:
        pen.text(inner, say("在这里输入码"), theme.BODY, colour=pen.quiet, align="centre")


def _pad_key(pen: Pen, char: str, rect: Rect) -> None:
    name = f"key:{char}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 1.8, edge=theme.TEAL if down else theme.RULE)
    ink = theme.TEAL_TEXT if char.isdigit() else theme.INK
    pen.text(rect, char, CHAR, bold=True, colour=ink, align="centre")
    pen.target(name, rect, char)


def number_units(number: str, sheet: Sheet) -> float:
    """The size of a number that stands alone, such that large print still fits its page."""
    return min(19.0 if sheet.portrait else 14.0, (95 if sheet.portrait else 56) / max(1, len(number)))


def _result(pen: Pen, sheet: Sheet, state: State, shown: Result, now: datetime, left: int | None) -> None:
    """A picture of what the code is, or the number; the hub's sentence; the facts. On a wide screen side by side."""
    say, found = words.say(state.language), shown.found
    foot = Foot(left, keys(state, shown), out="home")
    area = furniture.above_foot(pen, sheet, state, foot, sheet.full).inset(0, sheet.u(1))
    facts = sentences.result_facts(found, state.language, now.tzinfo)
    if found.ticket and found.kind == "ticket":
        facts += sentences.ticket_facts(found.ticket, say, state.language)
    wide = area.w if sheet.large or (facts and not sheet.portrait) else min(area.w, sheet.u(120))
    inset = sheet.u(2.4 if sheet.large else 4)
    inner_w = wide - 2 * inset
    split = bool(facts) and not sheet.portrait
    left_w = round(inner_w * 0.46) if split else inner_w
    right_w = inner_w - left_w - sheet.u(3) if split else inner_w
    said = Words(found.text.said(state.language), theme.HEAD, True)
    text_high = pen.stack_high([said], left_w)
    facts_high = facts_height(pen, facts, right_w)
    number = found.ticket.number if found.ticket else ""
    units = number_units(number, sheet)
    most = area.h - 2 * inset
    spare = most - text_high - (0 if split else facts_high + sheet.u(1))
    picture = round(pen.size(units) * 1.15) if number else max(0, min(sheet.u(20), spare - sheet.u(1.4)))
    head = picture + sheet.u(1.4) + text_high
    inner_h = max(head, facts_high) if split else head + (sheet.u(1) + facts_high if facts else 0)
    card = area.centred(wide, min(area.h, max(inner_h + 2 * inset, sheet.u(40))))
    pen.box(card, theme.CARD, 3.4, shadow=True)
    top = card.y + (card.h - (head if split else inner_h)) // 2
    at = Rect(card.x + inset, top, left_w, picture)
    if number:
        line = at.centred(left_w, pen.line(units))
        pen.text(line, number, units, bold=True, colour=theme.TEAL_DEEP, align="centre")
    elif picture >= sheet.u(6):
        _sign(
            pen,
            found.kind,
            at.centred(picture, picture),
            good=found.may_check_in or found.kind in ("case", "online", "rated"),
        )
    text = Rect(at.x, at.bottom + sheet.u(1.4), left_w, text_high)
    pen.stack(text, [said], align="centre", valign="top")
    if split:
        rows = Rect(at.x + left_w + sheet.u(3), card.y + (card.h - facts_high) // 2, right_w, facts_high)
    else:
        rows = Rect(at.x, text.bottom + sheet.u(1), right_w, facts_high)
    fact_rows(pen, sheet, facts, rows)
    furniture.draw_foot(pen, sheet, state, foot)


def _sign(pen: Pen, kind: str, badge: Rect, *, good: bool) -> None:
    tint, ink = (theme.TEAL_TINT, theme.TEAL) if good else (theme.AMBER_TINT, theme.HUES["chat"][1])
    pen.disc(badge, tint)
    icons = {"appointment": "calendar", "pickup": "pickup", "pretrial": "list", "case": "list", "online": "screen"}
    icons["rated"] = "check"
    icon = icons.get(kind, "info")
    pen.icon(badge.inset(badge.w * 0.24), icon, ink)


def keys(state: State, shown: Result) -> tuple[Key, ...]:
    """How to go on from what a code is."""
    say, found = words.say(state.language), shown.found
    slip = (Key("slip", say("打印预约凭条"), "printer"),) if found.may_slip and flow.may_list(state) else ()
    if found.may_check_in:
        label = say("签到领件") if found.kind == "pickup" else say("签到")
        return (*slip, Key("checkin", label, "check", "strong", MAIN))
    if slip:
        return slip
    if found.may_reprint and found.ticket:
        return (Key("reprint", say("补打号票"), "printer", "strong", MAIN),)
    return ()


FACT = 3.6


def _beside(pen: Pen, fact: sentences.Fact, width: int) -> int:
    """The width of a fact's label where the value stands at its right; 0 where it stands below, because that is lower
    or a word would break.
    """
    _, label, value = fact
    room = width - pen.u(FACT_SIGN)
    most = round(room * 0.42)
    wide = min(most, pen.width(label, theme.SMALL) + 2)
    rest = room - wide - pen.u(1)
    if not pen.whole(label, theme.SMALL, wide) or not pen.whole(value, FACT, rest, bold=True):
        return 0
    beside = max(pen.high(label, theme.SMALL, wide), pen.high(value, FACT, rest, bold=True))
    below = pen.high(label, theme.SMALL, room) + pen.high(value, FACT, room, bold=True)
    return wide if beside <= below else 0


FACT_SIGN = 4.6


def _fact_high(pen: Pen, fact: sentences.Fact, width: int) -> int:
    _, label, value = fact
    room = width - pen.u(FACT_SIGN)
    if wide := _beside(pen, fact, width):
        return max(pen.high(label, theme.SMALL, wide), pen.high(value, FACT, room - wide - pen.u(1), bold=True))
    return pen.high(label, theme.SMALL, room) + pen.high(value, FACT, room, bold=True)


def facts_height(pen: Pen, facts: list[sentences.Fact], width: int) -> int:
    """How high `fact_rows` are, px."""
    return sum(_fact_high(pen, fact, width) + pen.u(1.2) for fact in facts)


def fact_rows(pen: Pen, sheet: Sheet, facts: list[sentences.Fact], rect: Rect, *, rules: bool = True) -> None:
    """Labels at the left, what it is at the right, large, with thin lines between; spread over `rect`."""
    spare = (rect.h - facts_height(pen, facts, rect.w)) // max(1, len(facts))
    if spare < 0:
        pen.cut += [value for _, _, value in facts]
    y, side = rect.y, sheet.u(4.0 if sheet.large else 3.2)
    for i, fact in enumerate(facts):
        icon, label, value = fact
        high = _fact_high(pen, fact, rect.w) + pen.u(1.2) + max(0, spare)
        row = Rect(rect.x, y, rect.w, high)
        if rules and i:
            pen.box(Rect(row.x, row.y, row.w, max(1, sheet.u(0.16))), theme.RULE)
        pen.icon(Rect(row.x, row.middle[1] - side // 2, side, side), icon, theme.TEAL)
        at = row.after(pen.u(FACT_SIGN))
        if wide := _beside(pen, fact, rect.w):
            pen.text(at.left(wide), label, theme.SMALL, colour=pen.quiet)
            pen.text(at.after(wide + pen.u(1)), value, FACT, bold=True, align="right")
        else:
            pen.stack(at, [Words(label, theme.SMALL, colour=pen.quiet), Words(value, FACT, True)])
        y += high
