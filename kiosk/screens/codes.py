"""Codes: scanning or typing one, and what it turned out to be."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Entering, Result, State
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect

CHARS = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-"
COLUMNS, ROWS = 10, 4  # a line of digits, the alphabet, and at the end 删除 and a double 确定


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
    icon = {"booked": "calendar", "pickup": "pickup", "progress": "list"}[shown.purpose]
    title, hint = sentences.entering_title(shown, say), sentences.entering_hint(shown, say)
    main: tuple[furniture.Key, ...] = ()
    if shown.purpose == "pickup" and state.view and state.view.pickup:
        main = (("number", say("没有码，直接取号"), "ticket", "strong"),)
    ends = sheet.body.bottom - furniture.foot_height(sheet, bool(main)) - sheet.gap
    if sheet.portrait:
        room = furniture.title(pen, sheet, state.language, icon, title, "" if not sheet.lowered else hint)
        if not sheet.lowered:
            scan = room.top(sheet.u(24))
            _scan(pen, sheet, scan, hint)
            room = room.below(scan.h + sheet.gap)
        field = room.top(sheet.u(11 if sheet.lowered else 14))
        pad = Rect(room.x, field.bottom + sheet.u(1.6), room.w, ends - field.bottom - sheet.u(1.6))
        pad = pad.top(min(pad.h, sheet.u(64)))
    else:
        room = furniture.title(pen, sheet, state.language, icon, title)
        room = room.top(ends - room.y)
        pad_wide = max(COLUMNS * sheet.least + (COLUMNS - 1) * sheet.u(1), round(room.w * 0.62))
        wide = room.w - pad_wide - sheet.gap
        _scan(pen, sheet, room.left(wide), hint)
        right = Rect(room.right - pad_wide, room.y, pad_wide, room.h)
        field = right.top(sheet.u(13))
        pad = right.below(field.h + sheet.u(1.6))
    _field(pen, sheet, shown.code, field, say)
    cells = grid(pad, COLUMNS, ROWS, sheet.u(1))
    for char, rect in zip(CHARS, cells, strict=False):
        _pad_key(pen, char, rect)
    furniture.key(pen, "key:del", cells[-3], "", icon="erase")
    ok = Rect(cells[-2].x, cells[-2].y, cells[-1].right - cells[-2].x, cells[-1].h)
    furniture.key(pen, "key:ok", ok, say("确定"), strong=True)
    furniture.foot(pen, sheet, state, left, main)


def _scan(pen: Pen, sheet: Sheet, rect: Rect, hint: str) -> None:
    """How to hold the code to the scanner."""
    pen.box(rect, theme.TEAL_TINT, 2.8)
    wide = rect.w > rect.h * 1.8
    side = min(sheet.u(15), round(rect.h * (0.66 if wide else 0.4)))
    if wide:
        spot = Rect(rect.x + sheet.u(4), rect.middle[1] - side // 2, side, side)
        text = Rect(spot.right + sheet.u(3), rect.y, rect.right - spot.right - sheet.u(6), rect.h).inset(
            0, sheet.u(1.5)
        )
    else:
        spot = Rect(rect.middle[0] - side // 2, rect.y + round(rect.h * 0.09), side, side)
        text = Rect(rect.x, spot.bottom + sheet.u(1), rect.w, rect.bottom - spot.bottom - sheet.u(2)).inset(
            sheet.u(2.4), 0
        )
    pen.icon(spot, "scan", theme.TEAL)
    pen.text(
        text,
        hint,
        4.2,
        bold=True,
        colour=theme.TEAL_DEEP,
        align="left" if wide else "centre",
        lines=5,
        one_line=0.95,
        smallest=0.5,
    )


def _field(pen: Pen, sheet: Sheet, code: str, rect: Rect, say: words.Say) -> None:
    pen.box(rect, theme.CARD, 2.2, edge=theme.TEAL)
    inner = rect.inset(sheet.u(2.4), sheet.u(1))
    if code:
        pen.text(inner, code, 7.0 / pen.scale, bold=True, colour=theme.TEAL_DEEP, align="centre", smallest=0.25)
    else:
        pen.text(inner, say("在这里输入码"), 3.2, colour=pen.quiet, align="centre", smallest=0.5)


def _pad_key(pen: Pen, char: str, rect: Rect) -> None:
    name = f"key:{char}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 1.8, edge=theme.TEAL if down else theme.RULE)
    ink = theme.TEAL_TEXT if char.isdigit() else theme.INK
    pen.text(rect, char, 4.8 / pen.scale**0.5, bold=True, colour=ink, align="centre")
    pen.target(name, rect)


def _result(pen: Pen, sheet: Sheet, state: State, shown: Result, now: datetime, left: int | None) -> None:
    say, found = words.say(state.language), shown.found
    main = keys(shown, say)
    ends = sheet.full.bottom - furniture.foot_height(sheet, bool(main)) - sheet.gap
    area = sheet.full.top(ends - sheet.full.y).inset(0, sheet.u(2.4))
    facts = sentences.result_facts(found, state.language, now.tzinfo)
    if found.ticket and found.kind == "ticket":
        facts += sentences.ticket_facts(found.ticket, say, state.language)
    row = sheet.u(14 if sheet.portrait else 10.5)
    head = sheet.u((56 if found.ticket else 44) if sheet.portrait else (36 if found.ticket else 32))
    card = area.centred(min(area.w, sheet.u(120)), min(area.h, head + len(facts) * row + sheet.u(6)))
    pen.box(card, theme.CARD, 3.4, shadow=True)
    inner = card.inset(sheet.u(4), sheet.u(3))
    head = min(head, round(inner.h * (0.56 if facts else 1)))
    _says(pen, sheet, shown, inner.top(head), state.language)
    fact_rows(pen, sheet, facts, inner.below(head))
    furniture.foot(pen, sheet, state, left, main, out="home")


def _says(pen: Pen, sheet: Sheet, shown: Result, rect: Rect, language: str) -> None:
    """The number, or a picture of what the code is; under it the hub's sentence."""
    found = shown.found
    if found.ticket:
        upper = rect.top(rect.h * 0.62)
        number = found.ticket.number
        pen.text(upper, number, 20 / pen.scale, bold=True, colour=theme.TEAL_DEEP, align="centre", smallest=0.3)
    else:
        upper = rect.top(rect.h * 0.5)
        badge = upper.centred(round(upper.h * 0.86), round(upper.h * 0.86))
        good = found.may_check_in or found.kind == "case"
        tint, ink = (theme.TEAL_TINT, theme.TEAL) if good else (theme.AMBER_TINT, theme.HUES["chat"][1])
        pen.disc(badge, tint)
        icon = {"appointment": "calendar", "pickup": "pickup", "case": "list"}.get(found.kind, "info")
        pen.icon(badge.inset(badge.w * 0.24), icon, ink)
    text = rect.below(upper.h).inset(0, sheet.u(1))
    pen.text(text, found.text.said(language), 5.0, bold=True, align="centre", lines=4, one_line=0.85, smallest=0.45)


def keys(shown: Result, say: words.Say) -> tuple[furniture.Key, ...]:
    """How to go on from what a code is."""
    found = shown.found
    if found.may_check_in:
        label = say("签到取件") if found.kind == "pickup" else say("签到")
        return (("checkin", label, "check", "strong"),)
    if found.may_reprint and found.ticket:
        return (("reprint", say("补打号票"), "printer", "strong"),)
    return ()


def fact_rows(pen: Pen, sheet: Sheet, facts: list[sentences.Fact], rect: Rect) -> None:
    """Labels at the left, what it is at the right, large, with thin lines between."""
    high = rect.h // max(1, len(facts))
    for i, (icon, label, value) in enumerate(facts):
        row = Rect(rect.x, rect.y + i * high, rect.w, high)
        pen.box(Rect(row.x, row.y, row.w, max(1, sheet.u(0.16))), theme.RULE)
        pen.icon(Rect(row.x, row.middle[1] - sheet.u(1.6), sheet.u(3.2), sheet.u(3.2)), icon, theme.TEAL)
        text = row.after(sheet.u(5)).inset(0, sheet.u(0.6))
        pen.text(text.left(text.w * 0.3), label, 2.8, colour=pen.quiet, lines=2, smallest=0.6)
        pen.text(text.after(text.w * 0.32), value, 4.0, bold=True, align="right", lines=3, one_line=0.8, smallest=0.5)
