"""The items of one group: one touch for a number, and beside it the way to what to bring."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Items, State
from kiosk.flow.view import Group, Service
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.layout import Sheet, grid, list_shape
from kiosk.screens.scene import Pen, Rect
from kiosk.screens.theme import Colour

Badge = tuple[str, Colour, Colour]
BADGE, BRING = 2.3, 2.8


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    group = state.view.group(shown.group) if state.view and isinstance(shown, Items) else None
    if group is None or not isinstance(shown, Items):
        raise ValueError("the items page needs a group of the view")
    furniture.header(pen, sheet, state, now)
    room = _title(pen, sheet, state, group, shown.guide)
    room = Rect(room.x, room.y, room.w, room.h - furniture.foot_height(sheet, main=False) - sheet.gap)
    stacked = not sheet.portrait
    columns, rows, pages = list_shape(sheet, room, len(group.services), _least(sheet, stacked))
    page = min(shown.page, pages - 1)
    services = group.services[page * rows * columns : (page + 1) * rows * columns]
    tallest = sheet.u(31 if stacked else 28 if sheet.large else 23)
    room = room.top(min(room.h, rows * tallest + (rows - 1) * sheet.gap))
    for service, rect in zip(services, grid(room, columns, rows, sheet.gap), strict=False):
        _item(pen, sheet, state.language, service, rect, stacked, shown.guide)
    furniture.foot(pen, sheet, state, flow.countdown(state, clock), pages=(page, pages))
    furniture.phones(pen, sheet, state)


def _least(sheet: Sheet, stacked: bool) -> float:
    """How high a row is at least, in units."""
    if stacked:
        return 26 if sheet.large else 24.5
    return 21 if sheet.large else 17


def _title(pen: Pen, sheet: Sheet, state: State, group: Group, guide: bool) -> Rect:
    say = words.say(state.language)
    hue = theme.HUES.get(group.icon, theme.HUES["box"])
    name = group.text.said(state.language)
    if guide:
        hint = say("点一个事项，看要带什么、多久办好")
        return furniture.title(pen, sheet, state.language, group.icon, name, hint, hue=hue)
    hint = say("点一下事项就取号；点“要带什么”先看清楚")
    waiting = sentences.ahead_text(say, group)
    wait = sentences.wait_text(say, group.estimate_min)
    label = f"{waiting} · {wait}" if wait else waiting
    if sheet.lowered:
        return furniture.title(
            pen,
            sheet,
            state.language,
            group.icon,
            name,
            f"{label}。{hint}" if state.language == "zh" else f"{label}. {hint}",
            hue=hue,
        )
    room = sheet.body.w - sheet.u(13) - pen.width(name, theme.HEAD * 0.75, bold=True)
    spare = sheet.u(26 if sheet.portrait and sheet.large else 7)  # large and tall: the line below needs the room
    label = label if pen.width(label, 2.5, bold=True) + spare <= room else waiting
    middle = sheet.body.y + sheet.u(2) + sheet.u(11 if sheet.portrait else 9.4) // 2
    pill = furniture.pill(pen, sheet.body.right, middle - (sheet.u(1.8) if sheet.portrait else 0), label, icon="one")
    return furniture.title(
        pen, sheet, state.language, group.icon, name, hint, hue=hue, right=sheet.body.right - pill.x + sheet.u(2)
    )


def _item(pen: Pen, sheet: Sheet, language: str, service: Service, rect: Rect, stacked: bool, guide: bool) -> None:
    """A card: touched, it gives a number (in the guide it leads on); at its right end, what to bring."""
    say, name = words.say(language), f"service:{service.code}"
    down, shut = pen.pressed == name, service.closed is not None and not guide
    fill = theme.PRESSED if down else theme.SHUT if shut else theme.CARD
    pen.box(
        rect, fill, 2.4, shadow=not down and not shut, edge=theme.TEAL if down else theme.RULE_DARK if shut else None
    )
    side = max(sheet.least, sheet.u(14 if sheet.large or language == "en" else 12.5))
    end = Rect(rect.right - side, rect.y, side, rect.h)
    main = rect.left(rect.w - side)
    if guide:
        go = sheet.u(5)
        pen.icon(end.centred(go, go), "right", theme.TEAL_TEXT)
        pen.target(name, rect)
    else:
        _info_key(pen, sheet, say, f"info:{service.code}", end)
        pen.target(name, main)
    inner = Rect(rect.x + sheet.u(2.6), rect.y, main.w - sheet.u(3.8), rect.h).inset(0, sheet.u(1.6))
    first = service.text.said(language)
    if shut and service.closed:
        second, badges = service.closed.said(language), [(say("今天不办理"), theme.AMBER_TINT, theme.ON_AMBER)]
    else:
        second, badges = sentences.bring_short(service, say), _badges(service, say)
    wide = sum(pen.width(label, BADGE, bold=True) + pen.u(3.8) for label, _, _ in badges)
    place = _stack if stacked or wide + pen.width(second, BRING) * 0.6 > inner.w else _beside
    place(pen, inner, first, second, badges)


def _info_key(pen: Pen, sheet: Sheet, say: words.Say, name: str, rect: Rect) -> None:
    down = pen.pressed == name
    pen.box(Rect(rect.x, rect.y + round(rect.h * 0.16), max(2, sheet.u(0.2)), round(rect.h * 0.68)), theme.RULE)
    if down:
        pen.box(rect.inset(sheet.u(0.6)), theme.PRESSED, 2.0)
    side = min(sheet.u(4), round(rect.h * 0.28))
    icon = Rect(rect.middle[0] - side // 2, rect.middle[1] - side - sheet.u(0.2), side, side)
    pen.icon(icon, "list", theme.TEAL)
    text = Rect(
        rect.x + sheet.u(0.8), icon.bottom + sheet.u(0.4), rect.w - sheet.u(1.4), rect.bottom - icon.bottom - sheet.u(1)
    )
    pen.text(
        text,
        say("要带什么"),
        2.3,
        bold=True,
        colour=theme.TEAL_TEXT,
        align="centre",
        valign="top",
        lines=2,
        one_line=0.85,
        smallest=0.65,
    )
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
    used = pen.text(inner.top(inner.h * 0.44), name, 4.1, bold=True, lines=2, valign="top", one_line=0.76, smallest=0.5)
    low = pen.u(4.6 * (1 + (pen.scale - 1) * 0.7))
    top = used.bottom + pen.u(0.4)
    text = Rect(inner.x, top, inner.w, inner.bottom - low - pen.u(0.6) - top)
    pen.text(text, bring, 2.8, colour=pen.quiet, lines=5, valign="top", one_line=0.9, smallest=0.46)
    x = inner.x
    for label, fill, colour in badges:
        wide = min(pen.width(label, BADGE, bold=True) + pen.u(2.8), inner.right - x)
        if wide - pen.u(2.5) < pen.width(label, BADGE, bold=True) * 0.75:
            break
        furniture.pill(pen, x + wide, inner.bottom - low // 2, label, fill=fill, colour=colour, units=BADGE, room=wide)
        x += wide + pen.u(1)


def _badges(service: Service, say: words.Say) -> list[Badge]:
    found: list[Badge] = []
    if service.promise:
        at_once = service.promise == "即办"
        label = (
            say("当场办结") if at_once else say("承诺{days}").format(days=sentences.promise_text(service.promise, say))
        )
        found.append((label, *((theme.TEAL_TINT, theme.TEAL_TEXT) if at_once else theme.SLATE)))
    if service.online in {"是", "部分"}:
        label = say("可网上办") if service.online == "是" else say("部分可网上办")
        found.append((label, *theme.BLUE))
    return found
