"""What stands on every page: header, telephone line, keys, pills, bands. Places them; decides nothing."""

from __future__ import annotations

from datetime import datetime

import words
from config import Text
from kiosk.flow.events import State
from kiosk.screens import theme
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen, Rect, Ripples, Valign
from kiosk.screens.sentences import both, date_line
from kiosk.screens.theme import Colour


def header(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    """The sign over the door, the clock, and the banner of a demonstration."""
    band = sheet.header
    pen.box(band, theme.TEAL, fade=theme.TEAL_DEEP)
    pen.parts.append(Ripples(band, (16, 96, 104)))
    side = sheet.u(10.5 if sheet.portrait else 8.4)
    row = Rect(sheet.u(4), 0, sheet.width - sheet.u(8), sheet.u(14.5) if sheet.portrait else band.h)
    badge = Rect(row.x, row.y + (row.h - side) // 2 + sheet.u(0.8 if sheet.portrait else 0), side, side)
    pen.box(badge, theme.AMBER, 2.4)
    pen.icon(badge.inset(side * 0.2), "plate", theme.TEAL_DEEP)
    clock = Rect(row.right - sheet.u(20), badge.y, sheet.u(20), badge.h)
    _clock(pen, clock, state.language, now)
    name = Rect(badge.right + sheet.u(2.2), badge.y, clock.x - badge.right - sheet.u(3.4), badge.h)
    if not sheet.portrait:
        name = _banner(pen, sheet, state, Rect(name.x, band.y, name.w, band.h), right=True) or name
        name = Rect(name.x, badge.y, name.w, badge.h)
    else:
        _banner(pen, sheet, state, Rect(name.x, badge.bottom, name.w, band.bottom - badge.bottom), right=False)
    first, second = both(state.language, state.plate.text)
    large = sheet.large
    pen.text(name.top(name.h * 0.6), first, 3.6 if large else 4.2, bold=True, colour=theme.ON_TEAL, smallest=0.5)
    if second:
        quiet = theme.ON_TEAL if large else theme.ON_TEAL_QUIET
        pen.text(name.below(name.h * 0.6), second, 1.9 if large else 2.2, colour=quiet, smallest=0.5)


def _clock(pen: Pen, rect: Rect, language: str, now: datetime) -> None:
    line = date_line(language, now)
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
    first = Text(state.plate.banner, state.plate.banner_en).said(state.language)
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
    name = state.view.kiosk.text.said(state.language) if state.view else ""
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
    on: bool = False,
) -> None:
    """A key with a word and a picture: white, or teal (`strong`), or amber (`warm`). `on`: it is a switch, and set."""
    fill, edge, colour = _key_colours(pen.pressed == name, strong, warm)
    if on:
        fill, edge = theme.TEAL_TINT, theme.TEAL
    pen.box(rect, fill, 2.2, shadow=pen.pressed != name, edge=edge)
    side = min(round(rect.h * 0.4), pen.u(4)) if icon else 0
    gap = pen.u(1.3) if icon and label else 0
    room = rect.w - pen.u(2.6) - side - gap
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
    pen.icon(Rect(rect.x + pen.u(2), rect.middle[1] - side // 2, side, side), icon, theme.SIGN)
    words_at = Rect(rect.x + pen.u(2) + side + pen.u(1.6), rect.y, rect.w - side - pen.u(5.6), rect.h)
    pen.text(words_at, text, units, bold=True, colour=theme.ON_AMBER, lines=3, one_line=0.85, smallest=0.55)


def switches(pen: Pen, sheet: Sheet, rects: list[Rect], state: State) -> None:
    """The keys 中文/English, 大字版, 听 (where there is a voice) and 低位 (tall screens only): as many as
    `switch_count` says.
    """
    say = words.say(state.language)
    key(pen, "language", rects[0], "中文" if state.language == "en" else "English", icon="globe")
    key(pen, "large", rects[1], say("标准字") if state.large else say("大字版"), icon="text", on=state.large)
    if state.voice:
        key(pen, "voice", rects[2], say("听"), icon="voice")
    if sheet.portrait:
        key(pen, "low", rects[-1], say("高位") if state.low else say("低位"), icon="low", on=state.low)


def switch_count(sheet: Sheet, state: State) -> int:
    return 2 + state.voice + sheet.portrait


def title(
    pen: Pen,
    sheet: Sheet,
    language: str,
    icon: str,
    text: str,
    hint: str = "",
    *,
    hue: tuple[Colour, Colour] = (theme.TEAL_TINT, theme.TEAL),
    right: int = 0,
) -> Rect:
    """The sign of a page and its name; what is left of the page below it. On a lowered page it stands above.

    `right`: px at the right end of the title that something else takes.
    """
    tint, ink = hue
    if sheet.lowered:
        place = sheet.panel.inset(sheet.u(2), sheet.u(3))
        side = min(sheet.u(20), round(place.h * 0.4))
        badge = Rect(place.middle[0] - side // 2, place.y + round(place.h * 0.1), side, side)
        pen.box(badge, tint, 4)
        pen.icon(badge.inset(side * 0.2), icon, ink)
        words_at = Rect(place.x, badge.bottom + sheet.u(2), place.w, place.bottom - badge.bottom - sheet.u(2))
        upper = words_at.top(words_at.h * (0.55 if hint else 1))
        sits: Valign = "bottom" if hint else "middle"
        pen.text(upper, text, theme.TITLE, bold=True, align="centre", lines=2, valign=sits, smallest=0.5)
        if hint:
            pen.text(
                words_at.below(upper.h),
                hint,
                theme.BODY,
                colour=pen.quiet,
                align="centre",
                lines=3,
                one_line=0.95,
                valign="top",
                smallest=0.5,
            )
        return sheet.body
    row = Rect(sheet.body.x, sheet.body.y + sheet.u(2), sheet.body.w, sheet.u(11 if sheet.portrait else 9.4))
    side = round(row.h * 0.86)
    badge = Rect(row.x, row.middle[1] - side // 2, side, side)
    pen.box(badge, tint, 2.4)
    pen.icon(badge.inset(side * 0.2), icon, ink)
    at = Rect(badge.right + sheet.u(2.2), row.y, row.right - right - badge.right - sheet.u(2.2), row.h)
    upper = at.top(at.h * (0.58 if hint else 1))
    pen.text(upper, text, theme.HEAD, bold=True, lines=1 if hint else 2, smallest=0.42)
    if hint:
        pen.text(at.below(upper.h), hint, theme.SMALL, colour=pen.quiet, lines=2, one_line=0.8, smallest=0.5)
    return Rect(sheet.body.x, row.bottom + sheet.u(1.6), sheet.body.w, sheet.body.bottom - row.bottom - sheet.u(1.6))


Key = tuple[str, str, str, str]  # target, label, icon, look ("", "strong", "warm")


def foot_height(sheet: Sheet, main: bool) -> int:
    """How high the keys of `foot` are: two rows on a tall screen where there is a key to go on with."""
    rows = 2 if main and sheet.portrait else 1
    return sheet.keys.h * rows + sheet.gap * (rows - 1) + sheet.u(0.6)


def foot(
    pen: Pen,
    sheet: Sheet,
    state: State,
    left: int | None,
    main: tuple[Key, ...] = (),
    *,
    out: str = "back",
    pages: tuple[int, int] | None = None,
) -> None:
    """The keys of a page: out of it, on with it (`main`), leaf through it (page, pages), hear it, and more time.

    `out`: "back", "home", or "" where a key of `main` leads out. `left`: seconds until home, when they count.
    """
    say, row = words.say(state.language), sheet.keys
    label = say("返回") if out == "back" else say("返回首页")
    wide = sheet.u((24 if out == "home" and state.language == "zh" else 20) if sheet.large or out == "home" else 18)
    x, ends = row.x, row.right
    if out:
        key(pen, out, row.left(wide), label, icon="left" if out == "back" else "home")
        x += wide + sheet.gap
    if pages and pages[1] > 1:
        ends = pager(pen, sheet, state.language, Rect(x, row.y, ends - x, row.h), *pages, short=True) - sheet.gap
    ear = max(sheet.least, sheet.u(14 if state.language == "zh" else 19))
    if state.voice:
        key(pen, "voice", Rect(x, row.y, ear, row.h), say("听"), icon="voice")
        x += ear + sheet.gap
    upper = Rect(row.x, row.y - sheet.gap - row.h, row.w, row.h)
    if left is not None:
        most = sheet.u(36 if sheet.portrait else 33)
        more = Rect(x, row.y, min(ends - x, most), row.h)
        key(
            pen,
            "more",
            more,
            say("还要更多时间（{n}）").format(n=left),
            icon="clock" if more.w > sheet.u(24) else "",
            units=3.0,
            warm=True,
        )
        x = more.right + sheet.gap
    if main:
        room = upper if sheet.portrait else Rect(x, row.y, ends - x, row.h)
        each = (room.w - sheet.gap * (len(main) - 1)) // len(main)
        each = each if sheet.portrait else min(each, sheet.u(64))
        start = room.right - each * len(main) - sheet.gap * (len(main) - 1)
        for i, (name, text, icon, look) in enumerate(main):
            at = Rect(start + i * (each + sheet.gap), room.y, each, room.h)
            icon = icon if at.w > sheet.u(22) else ""
            key(pen, name, at, text, icon=icon, strong=look == "strong", warm=look == "warm", units=4.0)


def pager(pen: Pen, sheet: Sheet, language: str, rect: Rect, page: int, pages: int, *, short: bool = False) -> int:
    """Back and forth at the right end of `rect`; a key only where there is a page. `short`: arrows without words.

    Returns where it begins, in px.
    """
    say = words.say(language)
    number_wide = sheet.u(8)
    wide = max(sheet.least, rect.h) if short else min(sheet.u(27 if sheet.large else 22), (rect.w - number_wide) // 2)
    later = Rect(rect.right - wide, rect.y, wide, rect.h)
    sooner = Rect(later.x - number_wide - wide, rect.y, wide, rect.h)
    if page > 0:
        key(pen, f"page:{page - 1}", sooner, "" if short else say("上一页"), icon="left")
    if page < pages - 1:
        key(pen, f"page:{page + 1}", later, "" if short else say("下一页"), icon="right", after=True)
    number = Rect(sooner.right, rect.y, number_wide, rect.h)
    pen.text(number, f"{page + 1}/{pages}", 3.0, bold=True, align="centre", colour=pen.quiet, smallest=0.5)
    return sooner.x


def row(
    pen: Pen, sheet: Sheet, name: str, rect: Rect, icon: str, text: str, hue: tuple[Colour, Colour], below: str = ""
) -> None:
    """A wide card with a picture, a name, and an arrow: it leads on."""
    down = pen.pressed == name
    pen.box(rect, theme.PRESSED if down else theme.CARD, 2.6, shadow=not down, edge=theme.TEAL if down else None)
    side = min(sheet.u(9), round(rect.h * 0.66))
    badge = Rect(rect.x + sheet.u(2.4), rect.middle[1] - side // 2, side, side)
    pen.box(badge, hue[0], 2.4)
    pen.icon(badge.inset(side * 0.2), icon, hue[1])
    go = sheet.u(5)
    spot = Rect(rect.right - go - sheet.u(2), rect.middle[1] - go // 2, go, go)
    pen.icon(spot.inset(go * 0.14), "right", theme.TEAL_TEXT)
    at = Rect(badge.right + sheet.u(2.2), rect.y, spot.x - badge.right - sheet.u(3.4), rect.h).inset(0, sheet.u(1.2))
    upper = at.top(at.h * (0.6 if below else 1))
    pen.text(upper, text, 4.0, bold=True, lines=2, one_line=0.85, smallest=0.5, valign="bottom" if below else "middle")
    if below:
        pen.text(at.below(upper.h), below, 2.5, colour=pen.quiet, lines=2, one_line=0.85, smallest=0.5, valign="top")
    pen.target(name, rect)
