"""The first page: what people come for, as tiles, a tile for those who don't know, and a quiet row of other ways."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import words
from kiosk.flow.events import Asking, Home, State
from kiosk.flow.view import Group, View
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.layout import Sheet, grid, tile_shape
from kiosk.screens.scene import Align, Pen, Rect


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    view = state.view
    if view is None:
        raise ValueError("the home page needs a view")
    furniture.header(pen, sheet, state, now)
    (_tall if sheet.portrait else _wide)(pen, sheet, state, view, now)
    furniture.phones(pen, sheet, state)


def _tall(pen: Pen, sheet: Sheet, state: State, view: View, now: datetime) -> None:
    """One column: greeting, tiles, help, other ways, switches. Lowered, the greeting stands alone above."""
    low = sheet.lowered
    if low:
        _welcome(pen, sheet, state, view, now)
        room = sheet.body
    else:
        room = _notices(pen, sheet, _greeting(pen, sheet, sheet.body, state.language, now), view, state.language)
    high = max(sheet.least, sheet.u(9.4)) if low else sheet.keys.h
    gap = sheet.u(1.6) if low else sheet.gap
    foot = Rect(room.x, room.bottom - high - sheet.u(0.6), room.w, high)
    furniture.switches(pen, sheet, grid(foot, furniture.switch_count(sheet, state), 1, sheet.gap), state)
    ways = Rect(foot.x, foot.y - gap - sheet.u(0.4) - high, foot.w, high)
    _ways(pen, sheet, state, view, ways)
    help_high = sheet.u((14 if sheet.large else 12) if low else (20 if sheet.large else 17))
    help_at = Rect(room.x, ways.y - gap - help_high, room.w, help_high)
    _help(pen, sheet, state, help_at)
    _tiles(pen, sheet, state, view, Rect(room.x, room.y, room.w, help_at.y - gap - room.y))


def _wide(pen: Pen, sheet: Sheet, state: State, view: View, now: datetime) -> None:
    """Tiles and other ways at the left; help and switches in a column at the right."""
    aside = sheet.aside
    left = Rect(sheet.body.x, sheet.body.y, aside.x - sheet.gap - sheet.body.x, sheet.body.h)
    room = _notices(pen, sheet, _greeting(pen, sheet, left, state.language, now), view, state.language)
    high = max(sheet.least, sheet.u(11 if sheet.large else 9.4))
    count = furniture.switch_count(sheet, state)
    tall = high * count + sheet.gap * (count - 1)
    keys = Rect(aside.x, aside.bottom - tall - sheet.u(0.6), aside.w, tall)
    furniture.switches(pen, sheet, grid(keys, 1, count, sheet.gap), state)
    _help(pen, sheet, state, Rect(aside.x, aside.y, aside.w, keys.y - sheet.gap - aside.y))
    ways = Rect(room.x, keys.bottom - high, room.w, high)
    _ways(pen, sheet, state, view, ways)
    _tiles(pen, sheet, state, view, Rect(room.x, room.y, room.w, ways.y - sheet.gap - room.y))


# --- what is read -----------------------------------------------------------------------------------------------------


def _hello(language: str, now: datetime) -> tuple[str, str]:
    say = words.say(language)
    hello = say("上午好") if now.hour < 12 else say("下午好")
    return say("{hello}，请问您来办什么事？").format(hello=hello), say("点一下要办的事，马上拿号。不用证件，不用手机。")


def _greeting(pen: Pen, sheet: Sheet, room: Rect, language: str, now: datetime) -> Rect:
    text, hint = _hello(language, now)
    if sheet.portrait:
        room = room.below(sheet.u(3))
        pen.text(room.top(sheet.u(8.5)), text, theme.TITLE, bold=True, smallest=0.5)
        pen.text(room.below(sheet.u(8.5)).top(sheet.u(5)), hint, theme.BODY, colour=pen.quiet, smallest=0.5)
        return room.below(sheet.u(15.5))
    room = room.below(sheet.u(1.6))
    pen.text(room.top(sheet.u(6.4)), text, 4.6, bold=True, smallest=0.5)
    pen.text(room.below(sheet.u(6.2)).top(sheet.u(4)), hint, 2.4, colour=pen.quiet, smallest=0.5)
    return room.below(sheet.u(12 if sheet.large else 11.4))


def _welcome(pen: Pen, sheet: Sheet, state: State, view: View, now: datetime) -> None:
    """The upper part of a lowered page: large, and nothing to touch."""
    say, place = words.say(state.language), sheet.panel.inset(sheet.u(2), sheet.u(2))
    notices = _notice_lines(view, state.language, say)
    high = sheet.u(9.4 if sheet.large else 7.6)
    for icon, text in notices:
        furniture.band(pen, place.top(high), icon, text)
        place = place.below(high + sheet.gap)
    text, hint = _hello(state.language, now)
    side = min(sheet.u(15), round(place.h * 0.3))
    badge = Rect(place.middle[0] - side // 2, place.y + round(place.h * 0.06), side, side)
    pen.box(badge, theme.TEAL_TINT, 4)
    pen.icon(badge.inset(side * 0.2), "plate", theme.TEAL)
    rest = Rect(place.x, badge.bottom + sheet.u(2), place.w, place.bottom - badge.bottom - sheet.u(3))
    pen.text(rest.top(rest.h * 0.5), text, 6.6, bold=True, align="centre", lines=2, one_line=0.85, smallest=0.5)
    waiting = sentences.waiting_text(say, view.waiting)
    if view.counters_open:
        waiting += " · " + say("{n} 个窗口在办理").format(n=view.counters_open)
    lower = rest.below(rest.h * 0.5)
    pen.text(lower.top(lower.h * 0.56), hint, 3.2, colour=pen.quiet, align="centre", lines=2, smallest=0.5)
    pen.text(lower.below(lower.h * 0.6), waiting, 3.0, bold=True, colour=theme.TEAL_TEXT, align="centre", smallest=0.5)


def _notice_lines(view: View, language: str, say: words.Say) -> list[tuple[str, str]]:
    """(icon, sentence), at most two: what the hall says, and that there may be no paper."""
    found = [("info", view.notice.said(language))] if view.notice else []
    if not view.printer.prints:
        found.append(("printer", say("暂时不能打印号票。号码会显示在屏幕上，请记住或拍照。")))
    return found


def _notices(pen: Pen, sheet: Sheet, room: Rect, view: View, language: str) -> Rect:
    lines = _notice_lines(view, language, words.say(language))
    if not lines:
        return room
    if sheet.portrait:
        for icon, text in lines:
            high = sheet.u(9.4 if sheet.large else 7.2)
            furniture.band(pen, room.top(high), icon, text)
            room = room.below(high + sheet.gap)
        return room
    high = sheet.u(9 if sheet.large else 7.4)  # beside each other: the tiles below need the height
    for (icon, text), rect in zip(lines, grid(room.top(high), len(lines), 1, sheet.u(1.4)), strict=True):
        furniture.band(pen, rect, icon, text, units=2.5)
    return room.below(high + sheet.u(1.4))


# --- what is touched --------------------------------------------------------------------------------------------------


def _tiles(pen: Pen, sheet: Sheet, state: State, view: View, room: Rect) -> None:
    columns, rows = tile_shape(sheet, room, len(view.groups))
    if columns * rows < len(view.groups):
        arrows = Rect(room.x, room.bottom - sheet.least, room.w, sheet.least)
        room = Rect(room.x, room.y, room.w, arrows.y - sheet.u(1.4) - room.y)
        columns, rows = tile_shape(sheet, room, len(view.groups))
    per_page = columns * rows
    pages = max(1, ceil(len(view.groups) / per_page))
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    page = min(shown.page, pages - 1) if isinstance(shown, Home) else 0
    if pages > 1:
        furniture.pager(pen, sheet, state.language, arrows, page, pages)
    gap = sheet.u(1.6) if sheet.lowered else sheet.gap
    for group, rect in zip(
        view.groups[page * per_page : (page + 1) * per_page], grid(room, columns, rows, gap), strict=False
    ):
        (_tile if rect.h > sheet.u(24 if sheet.large else 21.5) else _low_tile)(pen, sheet, state.language, group, rect)


def _tile(pen: Pen, sheet: Sheet, language: str, group: Group, rect: Rect) -> None:
    """Picture and pill above, the names, the wait below."""
    say, name = words.say(language), f"group:{group.id}"
    inner = _tile_box(pen, sheet, name, rect)
    tint, ink = theme.HUES.get(group.icon, theme.HUES["box"])
    side = min(sheet.u(10.4), round(inner.h * 0.36))
    badge = Rect(inner.x, inner.y, side, side)
    pen.box(badge, tint, 2.6)
    pen.icon(badge.inset(side * 0.2), group.icon, ink)
    room = inner.w - side - sheet.u(1)
    icon = "one" if room >= sheet.u(22 if sheet.large else 18.5) else ""
    furniture.pill(pen, inner.right, badge.middle[1], sentences.waiting_text(say, group.waiting), icon=icon, room=room)
    foot = Rect(inner.x, inner.bottom - sheet.u(4.4), inner.w, sheet.u(4.4))
    names = Rect(inner.x, badge.bottom + sheet.u(0.6), inner.w, foot.y - badge.bottom - sheet.u(1))
    first, second = sentences.both(language, group.text)
    if names.h < sheet.u(11 if sheet.large else 8.4):
        second = ""  # a notice takes the room: one name, well readable, rather than two small ones
    upper = round(names.h * (0.64 if second else 1))
    size = theme.HEAD if language == "zh" else 4.0
    pen.text(names.top(upper), first, size, bold=True, lines=2, valign="bottom" if second else "middle", smallest=0.5)
    if second:
        pen.text(names.below(upper), second, 2.2, colour=pen.quiet, lines=2, valign="top", smallest=0.6)
    estimate = sentences.wait_text(say, group.estimate_min)
    if estimate:
        clock = Rect(foot.x, foot.middle[1] - sheet.u(1.25), sheet.u(2.5), sheet.u(2.5))
        pen.icon(clock, "clock", ink)
        pen.text(foot.after(sheet.u(3.5)), estimate, 2.5, colour=pen.quiet, smallest=0.6)


def _low_tile(pen: Pen, sheet: Sheet, language: str, group: Group, rect: Rect) -> None:
    """Where a tile is flat: the picture at the left of the name, or small at the left of the wait if it is narrow
    too.
    """
    say, name = words.say(language), f"group:{group.id}"
    inner = _tile_box(pen, sheet, name, rect)
    tint, ink = theme.HUES.get(group.icon, theme.HUES["box"])
    narrow = rect.w < sheet.u(40)
    side = sheet.u(3.4) if narrow else min(sheet.u(8), round(inner.h * 0.7))
    text = inner if narrow else inner.after(side + sheet.u(1.6))
    upper, lower = text.top(text.h * 0.56), text.below(text.h * 0.58)
    if narrow:
        pen.icon(Rect(lower.x, lower.middle[1] - side // 2, side, side), group.icon, ink)
        lower = lower.after(side + sheet.u(1))
    else:
        badge = Rect(inner.x, inner.middle[1] - side // 2, side, side)
        pen.box(badge, tint, 2.2)
        pen.icon(badge.inset(side * 0.2), group.icon, ink)
    first = group.text.said(language)
    parts = (sentences.waiting_text(say, group.waiting), sentences.wait_text(say, group.estimate_min))
    pen.text(upper, first, 4.2, bold=True, lines=2, one_line=0.8, smallest=0.5)
    wait = " · ".join(part for part in parts if part)
    pen.text(lower, wait, 2.5, colour=pen.quiet, lines=2, one_line=0.8, smallest=0.55)


def _tile_box(pen: Pen, sheet: Sheet, name: str, rect: Rect) -> Rect:
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 3.0, shadow=not down, edge=theme.TEAL if down else None)
    pen.target(name, rect)
    return rect.inset(sheet.u(2.8), sheet.u(2.6)) if rect.h > sheet.u(20) else rect.inset(sheet.u(1.8), sheet.u(1))


def _help(pen: Pen, sheet: Sheet, state: State, rect: Rect) -> None:
    say, down = words.say(state.language), pen.pressed == "help"
    light, dark = (theme.AMBER_PRESSED, theme.AMBER_PRESSED) if down else theme.AMBER_FADE
    pen.box(rect, light, 3.0, shadow=not down, fade=dark)
    title, hint = say("我不确定，请帮我"), say("点这里取咨询号，工作人员帮您办")
    ink = theme.HUES["chat"][1]
    tall = rect.h >= rect.w
    align: Align = "centre" if tall else "left"
    if tall:
        side = min(sheet.u(11), round(rect.h * 0.3))
        badge = Rect(rect.middle[0] - side // 2, rect.y + round(rect.h * 0.08), side, side)
        text = Rect(rect.x, badge.bottom, rect.w, rect.bottom - badge.bottom).inset(sheet.u(2), sheet.u(1.6))
    else:
        side = min(sheet.u(11), round(rect.h * 0.66))
        badge = Rect(rect.x + sheet.u(2.8), rect.middle[1] - side // 2, side, side)
        go = min(sheet.u(8), round(rect.h * 0.5))
        spot = Rect(rect.right - go - sheet.u(2.4), rect.middle[1] - go // 2, go, go)
        if rect.w > sheet.u(50):
            pen.disc(spot, theme.ICE)
            pen.icon(spot.inset(go * 0.28), "right", ink)
        ends = spot.x if rect.w > sheet.u(50) else rect.right
        text = Rect(badge.right + sheet.u(2), rect.y, ends - badge.right - sheet.u(4), rect.h).inset(0, sheet.u(1.8))
    pen.box(badge, theme.ICE, 2.8)
    pen.icon(badge.inset(side * 0.18), "chat", ink)
    lines = 3 if tall else 1
    upper = text.top(text.h * 0.56)
    pen.text(
        upper, title, theme.HEAD, bold=True, colour=theme.ON_AMBER, align=align, lines=lines, one_line=0.9, smallest=0.5
    )
    lower = text.below(upper.h)
    pen.text(lower, hint, 2.7, colour=theme.ON_AMBER, align=align, lines=lines + 1, one_line=0.85, smallest=0.5)
    pen.target("help", rect)


def ways(view: View | None, say: words.Say, *, reading_only: bool = False) -> list[tuple[str, str, str]]:
    """(target, label, icon) of the other things to do here; only those to read where no number is given."""
    found = [("guide", say("办事指南"), "book"), ("publication", say("信息公开"), "board")]
    if reading_only or view is None:
        return found
    codes = [("pickup", say("我要领件"), "pickup")] if view.pickup else []
    codes += [("progress", say("办件进度"), "list")] if view.cases else []
    return codes + ([("booked", say("我有预约"), "calendar")] if view.bookings else []) + found


def _ways(pen: Pen, sheet: Sheet, state: State, view: View, rect: Rect) -> None:
    """One calm band with thin lines between its keys: there for those who look for it."""
    found = ways(view, words.say(state.language))
    pen.box(rect, theme.BAND, 2.4)
    cells = grid(rect, len(found), 1, 0)
    units = 3.0 if state.language == "zh" else 2.2 if sheet.large else 2.6
    for i, ((name, label, icon), cell) in enumerate(zip(found, cells, strict=True)):
        if pen.pressed == name:
            pen.box(cell.inset(sheet.u(0.5)), theme.PRESSED, 2.0)
        if i:
            pen.box(
                Rect(cell.x, cell.y + round(cell.h * 0.24), max(2, sheet.u(0.2)), round(cell.h * 0.52)), theme.RULE_DARK
            )
        side = min(sheet.u(3.6), round(cell.h * 0.42))
        wide = min(pen.width(label, units, bold=True), cell.w - side - sheet.u(3.4))
        x = cell.x + (cell.w - side - sheet.u(1.2) - wide) // 2
        pen.icon(Rect(x, cell.middle[1] - side // 2, side, side), icon, theme.TEAL)
        text = Rect(x + side + sheet.u(1.2), cell.y, wide + 2, cell.h)
        pen.text(text, label, units, bold=True, colour=theme.TEAL_TEXT, lines=2, one_line=0.88, smallest=0.5)
        pen.target(name, cell)
