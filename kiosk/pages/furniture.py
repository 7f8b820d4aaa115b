"""What stands on every page: header, telephone line, keys, pills, bands. Places them; decides nothing."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk import theme
from kiosk.flow import State
from kiosk.layout import Sheet
from kiosk.scene import Pen, Rect, Ripples
from kiosk.theme import Colour

WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


def both(language: str, zh: str, en: str) -> tuple[str, str]:
    """(first, second): the language in use first; no second line where there is no other text."""
    return (en, zh) if language == "en" and en else (zh, en)


def wait_text(say: words.Say, estimate: tuple[int, int] | None) -> str:
    """A wait in minutes as a person would say it; "" when nobody knows."""
    if estimate is None:
        return ""
    low, high = estimate
    if high <= 0:
        return say("很快就到")
    if low <= 0:
        return say("{n} 分钟以内").format(n=high)
    return say("约 {n} 分钟").format(n=low) if low == high else say("约 {low}–{high} 分钟").format(low=low, high=high)


def header(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    """The sign over the door, the clock, and the banner of a demonstration."""
    say, band = words.say(state.language), sheet.header
    pen.box(band, theme.TEAL, fade=theme.TEAL_DEEP)
    pen.parts.append(Ripples(band, (16, 96, 104)))
    side = sheet.u(10.5 if sheet.portrait else 8.4)
    row = Rect(sheet.u(4), 0, sheet.width - sheet.u(8), sheet.u(14.5) if sheet.portrait else band.h)
    badge = Rect(row.x, row.y + (row.h - side) // 2 + sheet.u(0.8 if sheet.portrait else 0), side, side)
    pen.box(badge, theme.AMBER, 2.4)
    pen.icon(badge.inset(side * 0.2), "plate", theme.TEAL_DEEP)
    clock = Rect(row.right - sheet.u(20), badge.y, sheet.u(20), badge.h)
    _clock(pen, clock, state.language, say, now)
    name = Rect(badge.right + sheet.u(2.2), badge.y, clock.x - badge.right - sheet.u(3.4), badge.h)
    if not sheet.portrait:
        name = _banner(pen, sheet, state, Rect(name.x, band.y, name.w, band.h), right=True) or name
        name = Rect(name.x, badge.y, name.w, badge.h)
    else:
        _banner(pen, sheet, state, Rect(name.x, badge.bottom, name.w, band.bottom - badge.bottom), right=False)
    first, second = both(state.language, state.plate.name, state.plate.name_en)
    large = sheet.large
    pen.text(name.top(name.h * 0.6), first, 3.6 if large else 4.2, bold=True, colour=theme.ON_TEAL, smallest=0.5)
    if second:
        quiet = theme.ON_TEAL if large else theme.ON_TEAL_QUIET
        pen.text(name.below(name.h * 0.6), second, 1.9 if large else 2.2, colour=quiet, smallest=0.5)


def _clock(pen: Pen, rect: Rect, language: str, say: words.Say, now: datetime) -> None:
    date = say("{month}月{day}日").format(month=now.month, day=now.day, month_name=now.strftime("%b"))
    line = f"{date} {say(WEEKDAYS[now.weekday()])}"
    quiet = theme.ON_TEAL if pen.large else theme.ON_TEAL_QUIET
    pen.text(
        rect.top(rect.h * 0.64),
        f"{now:%H:%M}",
        5.0 if pen.large else 5.6,
        bold=True,
        colour=theme.ON_TEAL,
        align="right",
        smallest=0.5,
    )
    pen.text(rect.below(rect.h * 0.64), line, 1.9 if pen.large else 2.2, colour=quiet, align="right", smallest=0.5)


def _banner(pen: Pen, sheet: Sheet, state: State, room: Rect, *, right: bool) -> Rect | None:
    """The pill 演示数据; returns what it leaves of `room`, or None where there is no banner."""
    first, _ = both(state.language, state.plate.banner, state.plate.banner_en)
    if not first:
        return None
    units = 1.9 if pen.large else 2.2
    wide, high = pen.width(first, units, bold=True) + sheet.u(3), sheet.u(4.2)
    x = room.right - wide if right else room.x
    rect = Rect(x, room.middle[1] - high // 2, wide, high)
    pen.box(rect, theme.AMBER, 2.1)
    pen.text(rect.inset(sheet.u(1.4), 0), first, units, bold=True, colour=theme.ON_AMBER, align="centre")
    return Rect(room.x, room.y, room.w - wide - sheet.u(2), room.h)


def phones(pen: Pen, sheet: Sheet, state: State) -> None:
    """The two telephone numbers, and which kiosk this is."""
    say, rect = words.say(state.language), sheet.phones
    pen.box(Rect(rect.x, rect.y, rect.w, max(1, sheet.u(0.2))), theme.RULE)
    consult = say("业务咨询 {number}").format(number=state.plate.tel_consult)
    complaint = say("投诉举报 {number}").format(number=state.plate.tel_complaint)
    icon = Rect(rect.x, rect.middle[1] - sheet.u(1.3), sheet.u(2.6), sheet.u(2.6))
    pen.icon(icon, "phone", theme.TEAL_TEXT)
    room = rect.after(sheet.u(4))
    name = both(state.language, state.view.kiosk.name, state.view.kiosk.name_en)[0] if state.view else ""
    wide = pen.width(name, 2.2) + sheet.u(2) if name and not sheet.large else 0
    pen.text(Rect(room.x, room.y, room.w - wide, room.h), f"{consult}     {complaint}", 2.4, colour=pen.quiet)
    if wide:
        pen.text(room, name, 2.2, colour=pen.quiet, align="right")


def key(
    pen: Pen,
    name: str,
    rect: Rect,
    label: str,
    *,
    icon: str = "",
    after: bool = False,
    units: float = 3.4,
    strong: bool = False,
    warm: bool = False,
) -> None:
    """A key with a word and a picture: white, or teal (`strong`), or amber (`warm`)."""
    fill, edge, colour = _key_colours(pen.pressed == name, strong, warm)
    pen.box(rect, fill, 2.2, shadow=pen.pressed != name, edge=edge)
    side = min(round(rect.h * 0.4), pen.u(4)) if icon else 0
    gap = pen.u(1.3) if icon and label else 0
    room = rect.w - pen.u(4.2) - side - gap
    wide = min(room, pen.width(label, units, bold=True)) if label else 0
    x = rect.x + (rect.w - side - gap - wide) // 2
    if icon:
        spot = Rect(x + wide + gap if after else x, rect.middle[1] - side // 2, side, side)
        pen.icon(spot, icon, colour)
    if label:
        text = Rect(x if after else x + side + gap, rect.y, wide + 2, rect.h)
        pen.text(text, label, units, bold=True, colour=colour, align="centre", lines=2, one_line=0.7, smallest=0.5)
    pen.target(name, rect)


def _key_colours(pressed: bool, strong: bool, warm: bool) -> tuple[Colour, Colour | None, Colour]:
    if strong:
        return (theme.TEAL_DEEP if pressed else theme.TEAL), None, theme.ON_TEAL
    if warm:
        return (theme.AMBER_PRESSED if pressed else theme.AMBER), None, theme.ON_AMBER
    return (theme.PRESSED if pressed else theme.CARD), theme.RULE, theme.TEAL_TEXT


def pill(
    pen: Pen,
    right: int,
    middle: int,
    label: str,
    *,
    icon: str = "",
    fill: Colour = theme.TEAL_TINT,
    colour: Colour = theme.TEAL_TEXT,
    units: float = 2.5,
    room: int = 10_000,
) -> Rect:
    """A small rounded label that ends at `right`; no finger needs it."""
    high = pen.u(4.6 * (1 + (pen.scale - 1) * 0.7))
    icon = icon if pen.width(label, units, bold=True) * 0.85 + pen.u(5.9) <= room else ""
    side, gap = (pen.u(2.3), pen.u(0.8)) if icon else (0, 0)
    wide = min(room, pen.width(label, units, bold=True) + side + gap + pen.u(2.8))
    rect = Rect(right - wide, middle - high // 2, wide, high)
    pen.box(rect, fill, 2.3)
    if icon:
        pen.icon(Rect(rect.x + pen.u(1.4), middle - side // 2, side, side), icon, colour)
    text = Rect(rect.x + pen.u(1.3) + side + gap, rect.y, rect.w - pen.u(2.5) - side - gap, rect.h)
    pen.text(text, label, units, bold=True, colour=colour, align="centre", smallest=0.5)
    return rect


def band(pen: Pen, rect: Rect, icon: str, text: str, *, units: float = 3.0) -> None:
    """A sentence that matters now, on a warm ground with a sign (never colour alone)."""
    pen.box(rect, theme.AMBER_TINT, 2.0, edge=theme.AMBER_EDGE)
    side = pen.u(4)
    pen.icon(Rect(rect.x + pen.u(2), rect.middle[1] - side // 2, side, side), icon, (168, 92, 8))
    words_at = Rect(rect.x + pen.u(2) + side + pen.u(1.6), rect.y, rect.w - side - pen.u(5.6), rect.h)
    pen.text(words_at, text, units, bold=True, colour=theme.ON_AMBER, lines=2, one_line=0.85, smallest=0.55)


def switches(pen: Pen, rects: tuple[Rect, Rect], state: State) -> None:
    """The two keys 中文/English and 大字版."""
    say = words.say(state.language)
    key(pen, "language", rects[0], "中文" if state.language == "en" else "English", icon="globe")
    key(pen, "large", rects[1], say("标准字") if state.large else say("大字版"), icon="text")
