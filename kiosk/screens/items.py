"""The items of one group: one touch for a number, and beside it the way to what to bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Items, State
from kiosk.flow.view import Group, Service
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import Foot, Pill
from kiosk.screens.layout import Sheet, spread
from kiosk.screens.scene import Pen, Rect, Words

PICTURE = 8.6


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    group = state.view.group(shown.group) if state.view and isinstance(shown, Items) else None
    if group is None or not isinstance(shown, Items):
        raise ValueError("the items page needs a group of the view")
    furniture.header(pen, sheet, state, now)
    room = _title(pen, sheet, state, group, shown.guide)
    main = () if shown.guide else (furniture.paperless(state),)
    left = flow.countdown(state, clock)
    cards = [_card(pen, sheet, state.language, service, group, shown.guide) for service in group.services]

    def need(width: int) -> int | None:
        found = [_need(pen, sheet, one, width) for one in cards]
        return None if any(one is None for one in found) else max((one or 0 for one in found), default=0)

    most, least = (1 if sheet.portrait else 3), max(sheet.least, sheet.u(12))
    foot = Foot(left, main)
    for pages in (1, 9):  # the keys to leaf take room only where there are pages
        foot = Foot(left, main, pages=pages)
        area = furniture.above_foot(pen, sheet, state, foot, room)
        cut = spread(area, len(cards), sheet.gap, need, most, least)
        if cut.fits and cut.pages == 1:
            break
    page = cut.page(shown.page)
    tallest = max(cut.need, sheet.u(30 if not sheet.portrait else 21))
    cells = cut.cells(area, sheet.gap, tallest)
    for one, rect in zip(cards[page * cut.per_page : (page + 1) * cut.per_page], cells, strict=False):
        _draw(pen, sheet, one, rect)
    furniture.draw_foot(pen, sheet, state, Foot(left, main, pages=cut.pages, page=page))
    furniture.phones(pen, sheet, state)


def _title(pen: Pen, sheet: Sheet, state: State, group: Group, guide: bool) -> Rect:
    say = words.say(state.language)
    name, hue = group.text.said(state.language), theme.hue(group.icon)
    if guide:
        return furniture.title(pen, sheet, group.icon, name, say("点一个事项，看要带什么、多久办好"), hue=hue)
    hint = say("点一下事项就取号；点“要带什么”先看清楚")
    if state.klass and state.view and (of := state.view.klass(state.klass)):
        chosen = say("{name}：已选").format(name=of.text.said(state.language))
        hint = chosen if sheet.large else _two(chosen, hint, state.language)  # in large print its words cost cards
    waiting = sentences.ahead_text(say, group)
    wait = sentences.wait_text(say, group.estimate_min)
    label = f"{waiting} · {wait}" if wait else waiting
    if not label:
        return furniture.title(pen, sheet, group.icon, name, hint, hue=hue)
    if sheet.lowered or sheet.large:
        return furniture.title(pen, sheet, group.icon, name, _two(label, hint, state.language), hue=hue)
    room = sheet.body.w - sheet.u(16) - pen.width(name, theme.HEAD, bold=True)
    found = next(
        (
            one
            for one in (Pill(label, icon="one"), Pill(waiting, icon="one"))
            if furniture.pill_size(pen, one)[0] <= room
        ),
        None,
    )
    if found is None:
        return furniture.title(pen, sheet, group.icon, name, _two(label, hint, state.language), hue=hue)
    wide, high = furniture.pill_size(pen, found)
    room_left = furniture.title(pen, sheet, group.icon, name, hint, hue=hue, right=wide + sheet.u(2))
    furniture.pill(pen, found, sheet.body.right - wide, (sheet.body.y + room_left.y - high) // 2)
    return room_left


def _two(first: str, second: str, language: str) -> str:
    return f"{first}。{second}" if language == "zh" else f"{first}. {second}"


# --- cards ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Card:
    """An item: touched, it gives a number (in the guide it leads on); at its right end, what to bring."""

    service: Service
    icon: str
    name: str
    below: str
    pills: tuple[Pill, ...]
    info: str  # the word of the key at the right end; "" in the guide
    shut: bool
    label: str


def _card(pen: Pen, sheet: Sheet, language: str, service: Service, group: Group, guide: bool) -> _Card:
    say, shut = words.say(language), service.closed is not None and not guide
    name = service.text.said(language)
    if shut and service.closed:
        below = "" if sheet.large else service.closed.said(language)  # large print says why on the item's own page
        pills: tuple[Pill, ...] = (Pill(say("现在不办理"), theme.AMBER_TINT, theme.ON_AMBER),)
        label = say("，").join((name, say("现在不办理")))
    else:
        pills = () if sheet.large else _pills(service, say)  # large print has them on the item's own page
        below, label = sentences.bring_short(service, say, 13 if sheet.large else 20), name
        if service.late and not guide:
            pills = (Pill(say("多半来不及"), theme.AMBER_TINT, theme.ON_AMBER), *pills)
            label = say("，").join((name, say("多半来不及")))
    return _Card(service, service.icon or group.icon, name, below, pills, "" if guide else say("要带什么"), shut, label)


def _pills(service: Service, say: words.Say) -> tuple[Pill, ...]:
    found: list[Pill] = []
    if service.promise:
        at_once = service.promise == "即办"
        label = (
            say("当场办结") if at_once else say("承诺{days}").format(days=sentences.promise_text(service.promise, say))
        )
        found.append(Pill(label, *((theme.TEAL_TINT, theme.TEAL_TEXT) if at_once else theme.SLATE)))
    if service.online in {"是", "部分"}:
        label = say("可网上办") if service.online == "是" else say("部分可网上办")
        found.append(Pill(label, *theme.BLUE))
    return tuple(found)


def _said(pen: Pen, one: _Card) -> list[Words]:
    return [Words(one.name, theme.NAME, True), Words(one.below, theme.SMALL, colour=pen.quiet, gap=0.3)]


def _info_width(pen: Pen, sheet: Sheet, one: _Card) -> int:
    """The key 要带什么 at the right end, in two lines; the arrow of the guide."""
    if not one.info:
        return sheet.u(8)
    half = (pen.width(one.info, theme.SMALL, bold=True) + 1) // 2
    wide = half if not one.info.isascii() else max(pen.width(word, theme.SMALL, bold=True) for word in one.info.split())
    return max(sheet.least, sheet.u(12), wide + sheet.u(2.4))


def _text_width(pen: Pen, sheet: Sheet, one: _Card, width: int) -> int:
    return width - _info_width(pen, sheet, one) - sheet.u(2 + PICTURE + 1.8 + 1)


def _need(pen: Pen, sheet: Sheet, one: _Card, width: int) -> int | None:
    inner, found = _text_width(pen, sheet, one, width), _said(pen, one)
    if inner <= 0 or not all(pen.whole(text.text, text.units, inner, bold=text.bold) for text in found):
        return None
    if any(furniture.pill_size(pen, pill)[0] > inner for pill in one.pills):
        return None
    pills = furniture.pills_high(pen, one.pills, inner)
    info = sheet.u(4.4) + pen.high(one.info, theme.SMALL, _info_width(pen, sheet, one) - sheet.u(1.6), bold=True)
    return max(pen.stack_high(found, inner) + (pills + sheet.u(0.7) if pills else 0), info) + sheet.u(2.2)


def _draw(pen: Pen, sheet: Sheet, one: _Card, rect: Rect) -> None:
    name = f"service:{one.service.code}"
    down = pen.pressed == name
    fill = theme.PRESSED if down else theme.SHUT if one.shut else theme.CARD
    edge = theme.TEAL if down else theme.RULE_DARK if one.shut else None
    pen.box(rect, fill, 2.4, shadow=not down and not one.shut, edge=edge)
    side = _info_width(pen, sheet, one)
    end, main = Rect(rect.right - side, rect.y, side, rect.h), rect.left(rect.w - side)
    pen.target(name, main if one.info else rect, one.label)
    if one.info:
        _info_key(pen, sheet, one, end)
    else:
        pen.icon(end.centred(sheet.u(4.4), sheet.u(4.4)), "right", theme.TEAL_TEXT)
    picture = sheet.u(PICTURE)
    badge = Rect(rect.x + sheet.u(2), rect.middle[1] - picture // 2, picture, picture)
    tint, ink = theme.hue(one.icon)
    pen.box(badge, tint, 2.0)
    pen.icon(badge.inset(picture * 0.14), one.icon, ink)
    text = Rect(badge.right + sheet.u(1.8), rect.y, _text_width(pen, sheet, one, rect.w), rect.h)
    pills = furniture.pills_high(pen, one.pills, text.w)
    high = pen.stack_high(_said(pen, one), text.w)
    top = rect.y + (rect.h - high - (pills + sheet.u(0.7) if pills else 0)) // 2
    pen.stack(Rect(text.x, top, text.w, high), _said(pen, one), valign="top")
    furniture.pills(pen, one.pills, Rect(text.x, top + high + sheet.u(0.7), text.w, pills))


def _info_key(pen: Pen, sheet: Sheet, one: _Card, rect: Rect) -> None:
    name = f"info:{one.service.code}"
    pen.box(Rect(rect.x, rect.y + round(rect.h * 0.16), max(2, sheet.u(0.2)), round(rect.h * 0.68)), theme.RULE)
    if pen.pressed == name:
        pen.box(rect.inset(sheet.u(0.6)), theme.PRESSED, 2.0)
    side, room = sheet.u(3.8), rect.w - sheet.u(1.6)
    high = pen.high(one.info, theme.SMALL, room, bold=True)
    y = rect.middle[1] - (side + sheet.u(0.4) + high) // 2
    pen.icon(Rect(rect.middle[0] - side // 2, y, side, side), "list", theme.TEAL)
    text = Rect(rect.x + sheet.u(0.8), y + side + sheet.u(0.4), room, high)
    pen.text(text, one.info, theme.SMALL, bold=True, colour=theme.TEAL_TEXT, align="centre", valign="top")
    pen.target(name, rect, f"{one.name} {one.info}")
