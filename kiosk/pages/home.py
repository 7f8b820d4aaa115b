"""The first page: what people come for, as tiles, and a tile for those who don't know."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import words
from kiosk import theme
from kiosk.flow import Home, State
from kiosk.layout import Sheet, grid, home_shape
from kiosk.pages import furniture
from kiosk.scene import Pen, Rect
from kiosk.view import Group, View


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    view = state.view
    if view is None:
        raise ValueError("the home page needs a view")
    say = words.say(state.language)
    furniture.header(pen, sheet, state, now)
    room = (
        sheet.body
        if sheet.portrait
        else Rect(sheet.body.x, sheet.body.y, sheet.aside.x - sheet.gap - sheet.body.x, sheet.body.h)
    )
    room = _greeting(pen, sheet, room, state.language, now)
    for icon, text in _notices(view, state.language, say):
        high = sheet.u((9.4 if sheet.large else 7.2) if sheet.portrait else (6.8 if sheet.large else 6.0))
        furniture.band(pen, room.top(high), icon, text, units=3.0 if sheet.portrait else 2.5)
        room = room.below(high + sheet.gap)
    if sheet.portrait:
        foot = sheet.keys
        help_high = sheet.u(21 if sheet.large else 18)
        help_at = Rect(room.x, foot.y - sheet.gap - help_high, room.w, help_high)
        room = Rect(room.x, room.y, room.w, help_at.y - sheet.gap - room.y)
        several = len(view.groups) > 8
        wide = sheet.u(24) if several else (foot.w - sheet.gap) // 2
        switches = (Rect(foot.x, foot.y, wide, foot.h), Rect(foot.x + wide + sheet.gap, foot.y, wide, foot.h))
        arrows = Rect(switches[1].right + sheet.gap, foot.y, foot.right - switches[1].right - sheet.gap, foot.h)
    else:
        high = max(sheet.least, sheet.u(12 if sheet.large else 10))
        aside = sheet.aside
        low = Rect(aside.x, aside.bottom - high - sheet.u(0.6), aside.w, high)
        switches = (Rect(low.x, low.y - high - sheet.gap, low.w, high), low)
        help_at = Rect(aside.x, aside.y, aside.w, switches[0].y - sheet.gap - aside.y)
        arrows = Rect(room.x, low.y, room.w, high)
    _tiles(pen, sheet, state, view, room, arrows)
    _help(pen, sheet, state, view, help_at)
    furniture.switches(pen, switches, state)
    furniture.phones(pen, sheet, state)


def _greeting(pen: Pen, sheet: Sheet, room: Rect, language: str, now: datetime) -> Rect:
    say = words.say(language)
    hello = say("上午好") if now.hour < 12 else say("下午好")
    text = say("{hello}，请问您来办什么事？").format(hello=hello)
    hint = say("点一下要办的事，马上拿号。不用证件，不用手机。")
    if sheet.portrait:
        room = room.below(sheet.u(3))
        pen.text(room.top(sheet.u(8.5)), text, theme.TITLE, bold=True, smallest=0.5)
        pen.text(room.below(sheet.u(8.5)).top(sheet.u(5)), hint, theme.BODY, colour=pen.quiet, smallest=0.5)
        return room.below(sheet.u(15.5))
    room = room.below(sheet.u(1.6))
    pen.text(room.top(sheet.u(6.4)), text, 4.6, bold=True, smallest=0.5)
    pen.text(room.below(sheet.u(6.2)).top(sheet.u(4)), hint, 2.4, colour=pen.quiet, smallest=0.5)
    return Rect(room.x, room.y + sheet.u(11.6), room.w, room.h - sheet.u(12.2))


def _notices(view: View, language: str, say: words.Say) -> list[tuple[str, str]]:
    """(icon, sentence), at most two: what the hall says, and that there may be no paper."""
    found = [("info", view.notice.said(language))] if view.notice else []
    if not view.printer.prints:
        found.append(("printer", say("暂时不能打印号票。号码会显示在屏幕上，请记住或拍照。")))
    return found


def _tiles(pen: Pen, sheet: Sheet, state: State, view: View, room: Rect, arrows: Rect) -> None:
    columns, rows = home_shape(sheet, len(view.groups))
    per_page = columns * rows
    pages = max(1, ceil(len(view.groups) / per_page))
    page = min(state.screen.page, pages - 1) if isinstance(state.screen, Home) else 0
    if pages > 1:
        if not sheet.portrait:
            room = Rect(room.x, room.y, room.w, arrows.y - sheet.gap - room.y)
        pager(pen, sheet, state.language, arrows, page, pages)
    shown = view.groups[page * per_page : (page + 1) * per_page]
    for group, rect in zip(shown, grid(room, columns, rows, sheet.gap), strict=False):
        _tile(pen, sheet, state.language, group, rect)


def pager(pen: Pen, sheet: Sheet, language: str, rect: Rect, page: int, pages: int, *, short: bool = False) -> int:
    """Back and forth at the right end of `rect`; a key only where there is a page. `short`: arrows without words.

    Returns where it begins, in px.
    """
    say = words.say(language)
    number_wide = sheet.u(9)
    wide = rect.h if short else min(sheet.u(27 if sheet.large else 22), (rect.w - number_wide) // 2)
    later = Rect(rect.right - wide, rect.y, wide, rect.h)
    sooner = Rect(later.x - number_wide - wide, rect.y, wide, rect.h)
    if page > 0:
        furniture.key(pen, f"page:{page - 1}", sooner, "" if short else say("上一页"), icon="left")
    if page < pages - 1:
        furniture.key(pen, f"page:{page + 1}", later, "" if short else say("下一页"), icon="right", after=True)
    number = Rect(sooner.right, rect.y, number_wide, rect.h)
    pen.text(number, f"{page + 1}/{pages}", 3.2, bold=True, align="centre", colour=pen.quiet, smallest=0.5)
    return sooner.x


def _tile(pen: Pen, sheet: Sheet, language: str, group: Group, rect: Rect) -> None:
    say, name = words.say(language), f"group:{group.id}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 3.0, shadow=not down, edge=theme.TEAL if down else None)
    inner = rect.inset(sheet.u(2.8), sheet.u(2.6))
    tint, ink = theme.HUES.get(group.icon, theme.HUES["box"])
    side = min(sheet.u(10.4), round(inner.h * 0.36))
    badge = Rect(inner.x, inner.y, side, side)
    pen.box(badge, tint, 2.6)
    pen.icon(badge.inset(side * 0.2), group.icon, ink)
    waiting = say("等候 {n} 人").format(n=group.waiting) if group.waiting else say("无人等候")
    room = inner.w - side - sheet.u(1)
    icon = "one" if room >= sheet.u(22 if sheet.large else 18.5) else ""
    furniture.pill(pen, inner.right, badge.middle[1], waiting, icon=icon, room=room)
    foot = Rect(inner.x, inner.bottom - sheet.u(4.4), inner.w, sheet.u(4.4))
    names = Rect(inner.x, badge.bottom + sheet.u(0.6), inner.w, foot.y - badge.bottom - sheet.u(1))
    first, second = furniture.both(language, group.name, group.name_en)
    if names.h < sheet.u(11 if sheet.large else 8.4):
        second = ""  # a notice takes the room: one name, well readable, rather than two small ones
    upper = round(names.h * (0.64 if second else 1))
    pen.text(
        names.top(upper),
        first,
        theme.HEAD if language == "zh" else 4.0,
        bold=True,
        lines=2,
        valign="bottom" if second else "middle",
        smallest=0.5,
        one_line=0.8,
    )
    if second:
        pen.text(names.below(upper), second, 2.2, colour=pen.quiet, lines=2, valign="top", smallest=0.6)
    estimate = furniture.wait_text(say, group.estimate_min)
    if estimate:
        clock = Rect(foot.x, foot.middle[1] - sheet.u(1.25), sheet.u(2.5), sheet.u(2.5))
        pen.icon(clock, "clock", ink)
        pen.text(foot.after(sheet.u(3.5)), estimate, 2.5, colour=pen.quiet, smallest=0.6)
    pen.target(name, rect)


def _help(pen: Pen, sheet: Sheet, state: State, view: View, rect: Rect) -> None:
    say, down = words.say(state.language), pen.pressed == "help"
    pen.box(
        rect,
        theme.AMBER_PRESSED if down else (250, 190, 96),
        3.0,
        shadow=not down,
        fade=theme.AMBER_PRESSED if down else (242, 170, 66),
    )
    title, hint = say("我不确定，请帮我"), say("点这里取咨询号，工作人员帮您办")
    other = "Not sure? We will help you" if state.language == "zh" else "我不确定，请帮我"
    side = sheet.u(11)
    if rect.w > rect.h:
        badge = Rect(rect.x + sheet.u(2.8), rect.middle[1] - side // 2, side, side)
        text = Rect(badge.right + sheet.u(2.6), rect.y, rect.right - badge.right - sheet.u(5.2), rect.h).inset(
            0, sheet.u(2)
        )
        align = "left"
    else:
        side = min(side, round(rect.h * 0.3))
        badge = Rect(rect.middle[0] - side // 2, rect.y + round(rect.h * 0.08), side, side)
        text = Rect(rect.x, badge.bottom, rect.w, rect.bottom - badge.bottom).inset(sheet.u(2), sheet.u(1.6))
        align = "centre"
    pen.box(badge, (255, 244, 224), 2.8)
    pen.icon(badge.inset(side * 0.18), "chat", theme.HUES["chat"][1])
    tall = align == "centre"
    parts = (0.46, 0.32, 0.22) if tall else (0.5, 0.27, 0.23)
    if not tall:
        go = sheet.u(9)
        spot = Rect(rect.right - go - sheet.u(3), rect.middle[1] - go // 2, go, go)
        pen.disc(spot, (255, 244, 224))
        pen.icon(spot.inset(go * 0.28), "right", theme.HUES["chat"][1])
        text = Rect(text.x, text.y, spot.x - text.x - sheet.u(2), text.h)
    y = text.y
    for part, words_, units, bold in zip(
        parts, (title, hint, other), (theme.HEAD, 2.7, 2.2), (True, False, False), strict=True
    ):
        high = round(text.h * part)
        pen.text(
            Rect(text.x, y, text.w, high),
            words_,
            units,
            bold=bold,
            colour=theme.ON_AMBER,
            align="centre" if tall else "left",
            lines=3 if tall else 1,
            one_line=0.9,
            smallest=0.5,
        )
        y += high
    pen.target("help", rect)
