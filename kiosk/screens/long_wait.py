"""Before a long wait: a number now, an appointment, or online; the two others with a code for the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import LongWait, State
from kiosk.flow.view import Service, View
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import Foot
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen, Rect, Words

CODE = 20.0
"""How wide a code is, in units: 5 cm on a panel of 21.5 inches, which a telephone reads from 40 cm and more."""


@dataclass(frozen=True)
class Way:
    """One of the ways: with a `name` it is touched, with a `code` it is scanned."""

    icon: str
    title: str
    below: str
    name: str = ""
    code: str = ""


def ways(view: View, service: Service, say: words.Say, *, online: bool) -> list[Way]:
    """The ways there are, the number first. `online`: whether it may be chosen instead of a number."""
    group = next(g for g in view.groups if service in g.services)
    found = [Way("ticket", say("现在取号"), sentences.ahead_text(say, group), name="wait")]
    if service.booking:
        title = sentences.book_text(service, say, view.now.tzinfo, view.now.date())
        found.append(Way("calendar", title, say("用手机扫码，约好时间再来"), code=service.booking.url))
    if flow.goes_online(service):
        below = say("用手机扫码，网上就能办，不用等")
        if service.online != flow.ONLINE:
            below = say("用手机扫码，部分可以网上办")
        found.append(Way("screen", say("网上办"), below, "online" if online else "", service.guide.url))
    return found


def lines(view: View, service: Service, say: words.Say) -> list[str]:
    """The page as sentences."""
    title = sentences.wait_title(view.wait_of(service.code) or 0, say) + say("。")
    told = [f"{way.title}{say('：')}{way.below}{say('。')}" for way in ways(view, service, say, online=False)]
    return [title, sentences.wait_hint(service, say), *told]


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    view, screen = state.view, state.screen
    service = view.service(screen.service) if view and isinstance(screen, LongWait) else None
    if view is None or service is None or not isinstance(screen, LongWait):
        raise ValueError("the page of a long wait needs an item of the view")
    say = words.say(state.language)
    furniture.header(pen, sheet, state, now)
    title = sentences.wait_title(view.wait_of(service.code) or 0, say)
    room = furniture.title(
        pen, sheet, "clock", title, sentences.wait_hint(service, say), hue=(theme.AMBER_TINT, theme.SIGN)
    )
    foot = Foot(flow.countdown(state, clock))
    room = furniture.above_foot(pen, sheet, state, foot, room)
    found = ways(view, service, say, online=flow.may_go_online(state, screen))
    draw_ways(pen, sheet, found, room)
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)


def draw_ways(pen: Pen, sheet: Sheet, found: Sequence[Way], room: Rect) -> None:
    for way, rect in zip(found, _cells(pen, sheet, found, room), strict=True):
        _draw(pen, sheet, way, rect)


def _cells(pen: Pen, sheet: Sheet, found: Sequence[Way], room: Rect) -> list[Rect]:
    """One below the other, each as high as it must be, what is left shared; on a wide screen side by side."""
    gap = sheet.gap
    if not sheet.portrait:
        wide = (room.w - gap * (len(found) - 1)) // len(found)
        return [Rect(room.x + i * (wide + gap), room.y, wide, room.h) for i in range(len(found))]
    need = [_high(pen, sheet, way, room.w) for way in found]
    spare = max(0, room.h - sum(need) - gap * (len(found) - 1))
    each = min(spare // len(found), sheet.u(10))
    cells, y = [], room.y
    for high in need:
        cells.append(Rect(room.x, y, room.w, high + each))
        y += high + each + gap
    return cells


def _said(pen: Pen, way: Way) -> list[Words]:
    return [Words(way.title, theme.HEAD, True), Words(way.below, theme.SMALL, colour=pen.quiet, gap=0.3)]


def _sides(pen: Pen, sheet: Sheet, way: Way) -> tuple[int, int, int]:
    """(left, right, side of the picture) of the words of a way in a row, px."""
    side = sheet.u(8)
    right = sheet.u(CODE + 3) if way.code else sheet.u(8 if way.name else 2.4)
    return sheet.u(2.4) + side + sheet.u(2), right, side


def _high(pen: Pen, sheet: Sheet, way: Way, width: int) -> int:
    left, right, side = _sides(pen, sheet, way)
    return max(side, pen.stack_high(_said(pen, way), width - left - right), sheet.u(CODE) if way.code else 0) + sheet.u(
        2
    )


def _draw(pen: Pen, sheet: Sheet, way: Way, rect: Rect) -> None:
    down = bool(way.name) and pen.pressed == way.name
    fill = theme.PRESSED if down else theme.CARD
    pen.box(rect, fill, 2.8, shadow=bool(way.name) and not down, edge=theme.TEAL if way.name else theme.RULE)
    if way.name:
        pen.target(way.name, rect, f"{way.title} {way.below}")
    if sheet.portrait:
        _row(pen, sheet, way, rect)
    else:
        _column(pen, sheet, way, rect)


def _row(pen: Pen, sheet: Sheet, way: Way, rect: Rect) -> None:
    left, right, side = _sides(pen, sheet, way)
    badge = Rect(rect.x + sheet.u(2.4), rect.middle[1] - side // 2, side, side)
    _badge(pen, way, badge)
    pen.stack(Rect(rect.x + left, rect.y, rect.w - left - right, rect.h), _said(pen, way))
    if way.code:
        code = sheet.u(CODE)
        pen.code(Rect(rect.right - code - sheet.u(1.5), rect.middle[1] - code // 2, code, code), way.code)
    elif way.name:
        go = sheet.u(4.4)
        pen.icon(Rect(rect.right - go - sheet.u(2), rect.middle[1] - go // 2, go, go), "right", theme.TEAL_TEXT)


def _column(pen: Pen, sheet: Sheet, way: Way, rect: Rect) -> None:
    inner = rect.inset(sheet.u(1.6), sheet.u(1))
    said, code = _said(pen, way), sheet.u(CODE)
    if way.code and code + sheet.u(1) + pen.stack_high(said, inner.w) > inner.h:
        said = said[:1]  # the code says the rest
    high = pen.stack_high(said, inner.w)
    picture = code if way.code else min(sheet.u(16), inner.h - high - sheet.u(1))
    y = inner.y + max(0, inner.h - picture - sheet.u(1) - high) // 2
    if way.code:
        pen.code(Rect(inner.middle[0] - code // 2, y, code, code), way.code)
    elif picture >= sheet.u(6):
        _badge(pen, way, Rect(inner.middle[0] - picture // 2, y, picture, picture))
    pen.stack(Rect(inner.x, y + picture + sheet.u(1), inner.w, high), said, align="centre", valign="top")


def _badge(pen: Pen, way: Way, badge: Rect) -> None:
    pen.box(badge, theme.TEAL_TINT, 2.4)
    pen.icon(badge.inset(badge.w * 0.2), way.icon, theme.TEAL)
