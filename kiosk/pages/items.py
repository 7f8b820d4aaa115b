"""The items of one group: what to bring, how long it takes, and one touch for a number."""

from __future__ import annotations

import re
from datetime import datetime

import words
from kiosk import flow, theme
from kiosk.flow import Asking, Items, State
from kiosk.layout import Sheet, grid, list_shape
from kiosk.pages import furniture
from kiosk.pages.home import pager
from kiosk.scene import Pen, Rect
from kiosk.theme import Colour
from kiosk.view import Group, Service

Badge = tuple[str, Colour, Colour]
BADGE, BRING = 2.3, 2.8


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    group = state.view.group(shown.group) if state.view and isinstance(shown, Items) else None
    if group is None or not isinstance(shown, Items):
        raise ValueError("the items page needs a group of the view")
    furniture.header(pen, sheet, state, now)
    title = Rect(sheet.body.x, sheet.body.y + sheet.u(2), sheet.body.w, sheet.u(11 if sheet.portrait else 9.4))
    _title(pen, sheet, state, group, title)
    foot = sheet.keys
    room = Rect(
        sheet.body.x, title.bottom + sheet.u(1.6), sheet.body.w, foot.y - title.bottom - sheet.u(1.6) - sheet.gap
    )
    stacked = _is_stacked(pen, sheet, group, words.say(state.language))
    columns, rows, pages = list_shape(sheet, room, len(group.services), stacked=stacked)
    page = min(shown.page, pages - 1)
    services = group.services[page * rows * columns : (page + 1) * rows * columns]
    tallest = sheet.u(31 if stacked else 28 if sheet.large else 23)
    room = room.top(min(room.h, rows * tallest + (rows - 1) * sheet.gap))
    for service, rect in zip(services, grid(room, columns, rows, sheet.gap), strict=False):
        _item(pen, sheet, state.language, service, rect, stacked)
    _keys(pen, sheet, state, foot, flow.countdown(state, clock), page, pages)
    furniture.phones(pen, sheet, state)


def _title(pen: Pen, sheet: Sheet, state: State, group: Group, rect: Rect) -> None:
    say = words.say(state.language)
    tint, ink = theme.HUES.get(group.icon, theme.HUES["box"])
    side = round(rect.h * 0.86)
    badge = Rect(rect.x, rect.middle[1] - side // 2, side, side)
    pen.box(badge, tint, 2.4)
    pen.icon(badge.inset(side * 0.2), group.icon, ink)
    waiting = say("等候 {n} 人").format(n=group.waiting) if group.waiting else say("无人等候")
    wait = furniture.wait_text(say, group.estimate_min)
    first, _ = furniture.both(state.language, group.name, group.name_en)
    label = f"{waiting} · {wait}" if wait else waiting
    room = rect.w - side - sheet.u(13) - pen.width(first, theme.HEAD * 0.75, bold=True)
    label = label if pen.width(label, 2.5, bold=True) <= room else wait or waiting
    icon = "clock" if wait and label == wait else "one"
    pill = furniture.pill(pen, rect.right, rect.middle[1], label, icon=icon)
    text = Rect(badge.right + sheet.u(2.2), rect.y, pill.x - badge.right - sheet.u(4), rect.h)
    pen.text(text.top(rect.h * 0.6), first, theme.HEAD, bold=True, smallest=0.5)
    pen.text(text.below(rect.h * 0.6), say("点一下要办的事项，就能取号"), theme.SMALL, colour=pen.quiet, smallest=0.5)


def _item(pen: Pen, sheet: Sheet, language: str, service: Service, rect: Rect, stacked: bool) -> None:
    say, name = words.say(language), f"service:{service.code}"
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 2.4, shadow=not down, edge=theme.TEAL if down else None)
    go = sheet.u(7)
    spot = Rect(rect.right - go - sheet.u(2), rect.middle[1] - go // 2, go, go)
    pen.box(spot, theme.TEAL if down else theme.TEAL_TINT, 3.5)
    pen.icon(spot.inset(go * 0.28), "right", theme.ON_TEAL if down else theme.TEAL_TEXT)
    inner = Rect(rect.x + sheet.u(2.8), rect.y, spot.x - rect.x - sheet.u(4.4), rect.h).inset(0, sheet.u(1.8))
    first, _ = furniture.both(language, service.name, service.name_en)
    place = _stack if stacked else _beside
    place(pen, inner, first, bring_text(service, say), _badges(service, say))
    pen.target(name, rect)


def _beside(pen: Pen, inner: Rect, name: str, bring: str, badges: list[Badge]) -> None:
    """The name above; what to bring, and the badges at its right, below."""
    half = round(inner.h * 0.5)
    pen.text(inner.top(half), name, 4.1, bold=True, lines=2, one_line=0.86, smallest=0.55)
    rest, x = inner.below(half), inner.right
    for label, fill, colour in reversed(badges):
        x = furniture.pill(pen, x, rest.middle[1], label, fill=fill, colour=colour, units=BADGE).x - pen.u(1)
    text = Rect(rest.x, rest.y, x - pen.u(1) - rest.x, rest.h)
    pen.text(text, bring, BRING, colour=pen.quiet, lines=3, one_line=0.86, smallest=0.6)


def _stack(pen: Pen, inner: Rect, name: str, bring: str, badges: list[Badge]) -> None:
    """Name, what to bring, badges: one below the other."""
    used = pen.text(inner.top(inner.h * 0.44), name, 4.2, bold=True, lines=2, valign="top", one_line=0.76, smallest=0.5)
    low = pen.u(4.6 * (1 + (pen.scale - 1) * 0.7))
    top = used.bottom + pen.u(0.5)
    text = Rect(inner.x, top, inner.w, inner.bottom - low - pen.u(0.8) - top)
    pen.text(text, bring, 3.0, colour=pen.quiet, lines=5, valign="top", one_line=0.9, smallest=0.46)
    x = inner.x
    for label, fill, colour in badges:
        wide = min(pen.width(label, BADGE, bold=True) + pen.u(2.8), inner.right - x)
        furniture.pill(pen, x + wide, inner.bottom - low // 2, label, fill=fill, colour=colour, units=BADGE, room=wide)
        x += wide + pen.u(1)


def _is_stacked(pen: Pen, sheet: Sheet, group: Group, say: words.Say) -> bool:
    """Whether badges need a line of their own: always in landscape, and where what to bring takes more than a line."""
    room = sheet.body.w - sheet.u(16)

    def wide(service: Service) -> float:
        badges = sum(pen.width(label, BADGE, bold=True) + pen.u(3.8) for label, _, _ in _badges(service, say))
        return badges + pen.width(bring_text(service, say), BRING) * 0.6

    return not sheet.portrait or any(wide(service) > room for service in group.services)


def _badges(service: Service, say: words.Say) -> list[Badge]:
    found: list[Badge] = []
    if service.promise:
        at_once = service.promise == "即办"
        label = say("当场办结") if at_once else say("承诺{days}").format(days=promise_text(service.promise, say))
        found.append((label, *((theme.TEAL_TINT, theme.TEAL_TEXT) if at_once else ((234, 237, 240), (46, 62, 72)))))
    if service.online in {"是", "部分"}:
        label = say("可网上办") if service.online == "是" else say("部分可网上办")
        found.append((label, (222, 232, 247), (28, 66, 122)))
    return found


def promise_text(promise: str, say: words.Say) -> str:
    """ "7工作日" in the language in use; a promise of another form stays as it is."""
    match = re.fullmatch(r"(\d+)\s*个?工作日", promise)
    return say("{n}个工作日").format(n=match.group(1)) if match else say(promise)


def bring_text(service: Service, say: words.Say) -> str:
    if not service.materials:
        return say("不用带材料")
    return say("请带：{list}").format(list=say("、").join(say(material) for material in service.materials))


def _keys(pen: Pen, sheet: Sheet, state: State, foot: Rect, left: int | None, page: int, pages: int) -> None:
    say = words.say(state.language)
    wide = sheet.u(25 if sheet.large else 22)
    furniture.key(pen, "back", foot.left(wide), say("返回"), icon="left", strong=True)
    start = foot.x + wide + sheet.gap
    short = sheet.portrait and left is not None
    ends = (
        pager(pen, sheet, state.language, foot.after(wide + sheet.gap), page, pages, short=short) - sheet.gap
        if pages > 1
        else foot.right
    )
    if left is not None:
        more = Rect(start, foot.y, min(ends - start, sheet.u(44)), foot.h)
        label = say("还要更多时间（{n}）").format(n=left)
        furniture.key(pen, "more", more, label, icon="clock", units=3.0, warm=True)
