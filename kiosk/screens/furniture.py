"""What stands on every page: header, telephone line, keys, pills, bands, cards. Places them; decides nothing."""

from __future__ import annotations

import base64
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import words
from config import Text
from kiosk.flow.events import Pixels, State
from kiosk.flow.view import Logo
from kiosk.screens import scenery, theme
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect, Ripples, Words
from kiosk.screens.sentences import both, date_line
from kiosk.screens.theme import Colour

NAME, NAME_WIDE, CLOCK, DATE = 3.8, 3.2, 5.4, 3.0
LABEL, MAIN = 3.4, 3.6
PAD = 1.3
"""Units between a key's edge and its word."""


def framed(pen: Pen, sheet: Sheet, state: State, now: datetime, *, phones: bool) -> Sheet:
    """The sheet with its header and telephone line as high as their texts."""
    head = _header(None, pen, sheet, state, now)
    return replace(sheet, head=head, tel=_phones(None, pen, sheet, state) if phones else 0)


# --- header and telephone line ----------------------------------------------------------------------------------------


def header(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    """The sign over the door, the clock, and the banner of a demonstration."""
    _header(pen, pen, sheet, state, now)


def _header(draw: Pen | None, pen: Pen, sheet: Sheet, state: State, now: datetime) -> int:
    """Draws on `draw`, if there is one; how high the header is, px. Tall ones have banner and date in a row below."""
    tall, large = sheet.portrait, sheet.large
    side = 0 if large else sheet.u(10 if tall else 8.4)
    room = Rect(sheet.u(4), 0, sheet.width - sheet.u(8), 0)
    clock, date = f"{now:%H:%M}", date_line(state.language, now)
    units = NAME if tall else NAME_WIDE
    quiet = theme.ON_TEAL if large else theme.ON_TEAL_QUIET
    banner = Text(state.plate.banner, state.plate.banner_en).said(state.language)
    pill_w, pill_h = pen.width(banner, DATE, bold=True) + sheet.u(3), round(pen.line(DATE) * 1.1)
    pill_w = pill_w if banner else 0
    date_w, clock_w = pen.width(date, DATE) + 2, pen.width(clock, CLOCK, bold=True) + 2
    stood = [Words(clock, CLOCK, True, theme.ON_TEAL)]
    if not tall and not large:
        stood.append(Words(date, DATE, False, quiet))
    below = banner and large and not tall  # where the words are large, the banner stands under the clock
    right = max(clock_w, date_w if len(stood) > 1 else 0, pill_w if below else 0)
    logo = logo_pixels(state.plate.logo) if state.plate.logo and side else None
    badge_w = min(round(side * logo.width / logo.height), side * 3) if logo else side
    x = room.x + (badge_w + sheet.u(2.2) if side else 0)
    ends = room.right - right - sheet.u(2) - (pill_w + sheet.u(2) if banner and not tall and not below else 0)
    first, second = both(state.language, state.plate.text)
    names = [Words(first, units, True, theme.ON_TEAL)]
    if state.plate.sign and not large:  # 形象标识, as it hangs over the door
        names.insert(0, Words(state.plate.sign, DATE, False, theme.ON_TEAL_QUIET))
    if second and not large:
        names.append(Words(second, DATE, False, theme.ON_TEAL_QUIET))
    watch = pen.stack_high(stood, right) + (pill_h if below else 0)
    upper = max(side, pen.stack_high(names, ends - x), watch)
    lower = pill_h if tall else 0
    pad = sheet.u(1.2 if large else 1.6)
    high = pad + upper + (sheet.u(0.8) + lower if lower else 0) + pad
    if draw is None:
        return high
    band = Rect(0, 0, sheet.width, high)
    draw.box(band, theme.TEAL, fade=theme.TEAL_DEEP)
    draw.parts.append(Ripples(band, (16, 96, 104)))
    row = Rect(room.x, pad, room.w, upper)
    if side:
        badge = Rect(row.x, row.middle[1] - side // 2, badge_w, side)
        if logo:  # the hall's own, as on its slips
            draw.box(badge, (255, 255, 255), 1.2)
            within = badge.inset(side * 0.08)
            high = min(within.h, round(within.w * logo.height / logo.width))
            wide = round(high * logo.width / logo.height)
            spot = Rect(within.middle[0] - wide // 2, within.middle[1] - high // 2, wide, high)
            draw.image(spot, logo, 0, logo.height)
        else:
            draw.box(badge, theme.AMBER, 2.4)
            draw.icon(badge.inset(side * 0.2), "plate", theme.TEAL_DEEP)
    draw.stack(Rect(x, row.y, ends - x, row.h), names)
    at = Rect(row.right - right, row.y, right, row.h - (pill_h if below else 0))
    draw.stack(at, stood, align="right")
    low = Rect(room.x, row.bottom + sheet.u(0.8), room.w, lower)
    if banner:
        if tall:
            spot = Rect(low.x, low.y, pill_w, pill_h)
        elif below:
            spot = Rect(row.right - pill_w, row.bottom - pill_h, pill_w, pill_h)
        else:
            spot = Rect(ends + sheet.u(2), row.middle[1] - pill_h // 2, pill_w, pill_h)
        draw.box(spot, theme.AMBER, 2.1)
        draw.text(spot, banner, DATE, bold=True, colour=theme.ON_AMBER, align="centre")
    if tall and pill_w + date_w + sheet.u(2) <= low.w:
        draw.text(Rect(low.right - date_w, low.y, date_w, low.h), date, DATE, colour=quiet, align="right")
    return high


@lru_cache(2)
def logo_pixels(logo: Logo) -> Pixels | None:
    """The hall's logo as it is drawn, black on white; None for dots that are none."""
    try:
        rows = base64.b64decode(logo.rows, validate=True)
    except ValueError:
        return None
    if logo.across < 1 or not rows or len(rows) % logo.across:
        return None
    dots = b"".join(_EIGHT_DOTS[byte] for byte in rows)
    return Pixels(logo.across * 8, len(rows) // logo.across, dots)


_EIGHT_DOTS = [
    b"".join(b"\0\0\0" if byte & 0x80 >> bit else b"\xff\xff\xff" for bit in range(8)) for byte in range(256)
]


def phones(pen: Pen, sheet: Sheet, state: State) -> None:
    """The two telephone numbers, and which kiosk this is. Nothing where the sheet has no such line."""
    if sheet.tel:
        _phones(pen, pen, sheet, state)


def _phones(draw: Pen | None, pen: Pen, sheet: Sheet, state: State) -> int:
    say, rect = words.say(state.language), sheet.phones
    numbers = [
        say("业务咨询 {number}").format(number=state.plate.tel_consult),
        say("投诉举报 {number}").format(number=state.plate.tel_complaint),
    ]
    line, sign, gap = pen.line(theme.SMALL), pen.sign(4), sheet.u(4)
    each = [pen.width(number, theme.SMALL) + 2 for number in numbers]
    room = rect.w - sign
    one = sum(each) + gap <= room
    high = line * (1 if one else 2) + sheet.u(1.8)
    if draw is None:
        return high
    edge = rect.bottom - 1 if sheet.lowered else rect.y
    draw.box(Rect(rect.x, edge, rect.w, max(1, sheet.u(0.2))), theme.RULE)
    side = pen.sign(2.6)
    draw.icon(Rect(rect.x, rect.middle[1] - side // 2, side, side), "phone", theme.TEAL_TEXT)
    x, y = rect.x + sign, rect.middle[1] - line * (1 if one else 2) // 2
    for number, wide in zip(numbers, each, strict=True):
        draw.text(Rect(x, y, wide, line), number, theme.SMALL, colour=pen.quiet)
        x, y = (x + wide + gap, y) if one else (x, y + line)
    name = state.view.kiosk.text.said(state.language) if state.view else ""
    wide = pen.width(name, theme.SMALL) + 2
    if name and one and not sheet.large and x + wide <= rect.right:
        draw.text(Rect(rect.right - wide, y, wide, line), name, theme.SMALL, colour=pen.quiet, align="right")
    return high


# --- keys -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A key: its target, its word, its picture. `look`: white "", teal "strong", amber "warm", "on" a switch that is
    set. `after`: the picture stands after the word. `spoken`: what is said where the word is only a picture."""

    name: str
    label: str
    icon: str = ""
    look: str = ""
    units: float = LABEL
    after: bool = False
    spoken: str = ""


def key(pen: Pen, one: Key, rect: Rect) -> None:
    """The picture beside the word, or above it, or left out: whatever lets the word be whole and in one size."""
    fill, edge, colour = _key_colours(pen.pressed == one.name, one.look)
    pen.box(rect, fill, 2.2, shadow=pen.pressed != one.name, edge=edge)
    room, side, gap = rect.inset(pen.u(PAD), pen.u(0.4)), _side(pen, one), pen.u(1.2)
    wide = pen.width(one.label, one.units, bold=True) + 2 if one.label else 0
    line = pen.line(one.units)
    pen.target(one.name, rect, one.spoken or one.label)
    if not one.label:
        pen.icon(room.centred(side, side), one.icon, colour)
    elif one.icon and side + gap + wide <= room.w:
        x = rect.middle[0] - (side + gap + wide) // 2
        pen.icon(Rect(x + wide + gap if one.after else x, rect.middle[1] - side // 2, side, side), one.icon, colour)
        text = Rect(x if one.after else x + side + gap, room.y, wide, room.h)
        pen.text(text, one.label, one.units, bold=True, colour=colour)
    elif one.icon and wide <= room.w and side + line <= room.h:
        y = rect.middle[1] - (side + line) // 2
        pen.icon(Rect(rect.middle[0] - side // 2, y, side, side), one.icon, colour)
        text = Rect(room.x, y + side, room.w, line)
        pen.text(text, one.label, one.units, bold=True, colour=colour, align="centre")
    else:
        pen.text(room, one.label, one.units, bold=True, colour=colour, align="centre")


def _side(pen: Pen, one: Key) -> int:
    return pen.u(4.4 if pen.large or not one.label else 3.8)


def key_width(pen: Pen, one: Key) -> int:
    """What a key needs in one line with its picture, px."""
    side = _side(pen, one) if one.icon else 0
    wide = pen.width(one.label, one.units, bold=True) + 2 if one.label else 0
    return side + (pen.u(1.2) if side and wide else 0) + wide + 2 * pen.u(PAD) + 2


SHORT = 3
"""Hanzi of a word that is never set in two lines."""


def key_least(pen: Pen, one: Key, lines: int) -> int:
    """The narrowest that a key may be with its word in so many lines and no picture, px."""
    if not one.label or (len(one.label) <= SHORT and not one.label.isascii()):
        return key_width(pen, replace(one, icon="" if one.label else one.icon))
    wide = max(pen.width(token, one.units, bold=True) for token in one.label.split() or [one.label])
    whole = pen.width(one.label, one.units, bold=True)
    if one.label.isascii():
        found = _first(range(wide, whole + 3, 2), lambda w: len(pen.rows(one.label, one.units, w, bold=True)) <= lines)
    else:
        step = max(1, pen.size(one.units) // 4)
        found = _first(range(step, whole + step + 3, step), lambda w: _fits(pen, one, w, lines))
    return found + 2 * pen.u(PAD)


def _first(widths: range, fits: Callable[[int], bool]) -> int:
    """The narrowest that fits, as does every wider one."""
    return widths[bisect_left(widths, True, key=fits)]


def _fits(pen: Pen, one: Key, width: int, lines: int) -> bool:
    whole = pen.whole(one.label, one.units, width, bold=True)
    return whole and len(pen.rows(one.label, one.units, width, bold=True)) <= lines


def key_high(pen: Pen, one: Key, width: int) -> int:
    """How high a key of this width is at least, px."""
    if not one.label or key_width(pen, one) <= width:
        return pen.line(one.units) + 2 * pen.u(PAD)
    return pen.high(one.label, one.units, width - 2 * pen.u(PAD), bold=True) + 2 * pen.u(0.8)


def widths(pen: Pen, keys: Sequence[Key], room: int, gap: int, least: int) -> list[int] | None:
    """A width for each key of a row, one line each if that fits, else the long ones in two; None if neither fits."""
    room -= gap * (len(keys) - 1)
    found = [max(least, key_width(pen, one)) for one in keys]
    if sum(found) <= room:
        return found
    for lines in (2, 3):
        narrow = [max(least, key_least(pen, one, lines)) for one in keys]
        if sum(narrow) <= room:
            spare = room - sum(narrow)
            wish = [max(0, a - b) for a, b in zip(found, narrow, strict=True)]
            return [
                n + round(spare * w / max(1, sum(wish)) - 0.5) if w else n for n, w in zip(narrow, wish, strict=True)
            ]
    return None


def key_rows(pen: Pen, keys: Sequence[Key], room: int, gap: int, least: int, lines: int = 2) -> list[Sequence[Key]]:
    """Keys of one kind in as few rows of equal cells as they fit into, each word in so many lines at most."""
    for columns in range(len(keys), 1, -1):
        cell = (room - gap * (columns - 1)) // columns
        rows = [keys[i : i + columns] for i in range(0, len(keys), columns)]
        if (
            cell >= least
            and all(_fits(pen, one, cell - 2 * pen.u(PAD), lines) for one in keys)
            and len(rows[-1]) * 2 >= columns
        ):
            return rows
    return [[one] for one in keys]


def rows_high(pen: Pen, rows: Sequence[Sequence[Key]], room: int, gap: int, least: int) -> int:
    return row_high(pen, rows, room, gap, least) * len(rows) + gap * (len(rows) - 1)


def row_high(pen: Pen, rows: Sequence[Sequence[Key]], room: int, gap: int, least: int) -> int:
    """The height of each of these rows, px: room for the word, and for its picture above it where it is narrow."""
    high = least
    for row in rows:
        cell = (room - gap * (len(row) - 1)) // len(row)
        for one in row:
            wide = key_width(pen, one) <= cell
            whole = len(pen.rows(one.label, one.units, cell - 2 * pen.u(PAD), bold=True)) == 1
            above = _side(pen, one) + pen.line(one.units) + pen.u(1.2) if one.icon and whole and not wide else 0
            high = max(high, key_high(pen, one, cell), above)
    return high


def draw_rows(pen: Pen, rows: Sequence[Sequence[Key]], area: Rect, gap: int) -> None:
    for row, line in zip(rows, grid(area, 1, len(rows), gap), strict=True):
        for one, rect in zip(row, grid(line, len(row), 1, gap), strict=True):
            key(pen, one, rect)


@dataclass(frozen=True)
class Block:
    """Keys of one kind in rows; `each`: the widths of the keys of a single row that are not equal."""

    rows: Sequence[Sequence[Key]]
    high: int
    each: tuple[int, ...] = ()


def block(pen: Pen, keys: Sequence[Key], room: int, gap: int, least: int, high: int) -> Block:
    """In one row, if need be of unequal keys; else in several. `high`: the least height of a row."""
    rows = key_rows(pen, keys, room, gap, least)
    if len(rows) > 1 and (each := widths(pen, keys, room, gap, least)):
        deep = max(key_high(pen, one, wide) for one, wide in zip(keys, each, strict=True))
        spare = (room - sum(each) - gap * (len(keys) - 1)) // len(keys)
        return Block([keys], max(high, deep), tuple(wide + spare for wide in each))
    return Block(rows, rows_high(pen, rows, room, gap, high))


def draw_block(pen: Pen, found: Block, area: Rect, gap: int) -> None:
    if not found.each:
        draw_rows(pen, found.rows, area, gap)
        return
    x = area.x
    for one, wide in zip(found.rows[0], found.each, strict=True):
        key(pen, one, Rect(x, area.y, wide, area.h))
        x += wide + gap


def _key_colours(pressed: bool, look: str) -> tuple[Colour, Colour | None, Colour]:
    if look == "strong":
        return (theme.TEAL_DEEP if pressed else theme.TEAL), None, theme.ON_TEAL
    if look == "warm":
        return (theme.AMBER_PRESSED if pressed else theme.AMBER), None, theme.ON_AMBER
    if look == "on":
        return theme.TEAL_TINT, theme.TEAL, theme.TEAL_TEXT
    return (theme.PRESSED if pressed else theme.CARD), theme.RULE, theme.TEAL_TEXT


def switches(sheet: Sheet, state: State) -> list[Key]:
    """The keys 中文/English, 大字版, 听 (where there is a voice) and 低位 (tall screens only)."""
    say = words.say(state.language)
    found = [
        Key("language", words.name(words.after(state.language)), "globe"),
        Key("large", say("标准字") if state.large else say("大字版"), "text", "on" if state.large else ""),
    ]
    if state.voice:
        found.append(Key("voice", say("听"), "voice"))
    if sheet.portrait:
        found.append(Key("low", say("高位") if state.low else say("低位"), "low", "on" if state.low else ""))
    return found


def paperless(state: State) -> Key:
    """The switch 不打印号票."""
    return Key("paper", words.say(state.language)("不打印号票"), "camera", "" if state.paper else "on")


# --- the keys at the foot of a page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Foot:
    """The keys of a page: out of it, on with it (`main`), leaf through it (page, pages), hear it, and more time.

    `out`: "back", "home", or "" where a key of `main` leads out. `left`: seconds until home, when they count; the place
    of 还要更多时间 is kept free before that, so that nothing moves under a finger.
    """

    left: int | None
    main: tuple[Key, ...] = ()
    out: str = "back"
    pages: int = 1
    page: int = 0


@dataclass(frozen=True)
class _Plan:
    rows: tuple[tuple[tuple[Key, int], ...], ...]  # (key, its width), from the top
    high: int


def _plan(pen: Pen, sheet: Sheet, state: State, foot: Foot) -> _Plan:
    say, room, gap = words.say(state.language), sheet.body.w, sheet.gap
    low: list[Key] = []
    if foot.out:
        label = say("返回") if foot.out == "back" else say("返回首页")
        low.append(Key(foot.out, label, "left" if foot.out == "back" else "home"))
    if state.voice:
        low.append(Key("voice", say("听"), "voice"))
    more = Key("more", say("还要更多时间（{n}）").format(n=20 if foot.left is None else foot.left), "clock", "warm")
    numbers = pager_width(pen, sheet, foot.pages)
    rows: list[tuple[list[Key], int]] = [([*low, more], numbers)]
    if foot.main:
        together = [*low, more, *foot.main]
        wide = not sheet.portrait and widths(pen, together, room - numbers, gap, sheet.least)
        rows = [(together, numbers)] if wide else [(list(foot.main), 0), ([*low, more], numbers)]
    placed = [(keys, _widths(pen, sheet, keys, room - after)) for keys, after in rows]
    high = max(
        sheet.u(10),
        *(key_high(pen, one, wide) for keys, each in placed for one, wide in zip(keys, each, strict=True)),
    )
    return _Plan(tuple(tuple(zip(keys, each, strict=True)) for keys, each in placed), high)


def _widths(pen: Pen, sheet: Sheet, keys: list[Key], room: int) -> list[int]:
    found = widths(pen, keys, room, sheet.gap, sheet.least)
    return found or [(room - sheet.gap * (len(keys) - 1)) // len(keys)] * len(keys)


def foot_height(pen: Pen, sheet: Sheet, state: State, foot: Foot) -> int:
    """How high the keys of `draw_foot` are, with the air below them."""
    plan = _plan(pen, sheet, state, foot)
    return plan.high * len(plan.rows) + sheet.gap * (len(plan.rows) - 1) + sheet.u(0.6)


def above_foot(pen: Pen, sheet: Sheet, state: State, foot: Foot, room: Rect) -> Rect:
    """What of `room` is above the foot and its gap."""
    bottom = sheet.body.bottom - foot_height(pen, sheet, state, foot) - sheet.gap
    return Rect(room.x, room.y, room.w, bottom - room.y)


def draw_foot(pen: Pen, sheet: Sheet, state: State, foot: Foot) -> None:
    plan, gap, body = _plan(pen, sheet, state, foot), sheet.gap, sheet.body
    y = body.bottom - sheet.u(0.6) - plan.high * len(plan.rows) - gap * (len(plan.rows) - 1)
    for i, row in enumerate(plan.rows):
        last, main = i == len(plan.rows) - 1, len(plan.rows) > 1 and i == 0
        spare = body.w - sum(wide for _, wide in row) - gap * (len(row) - 1)
        spare -= pager_width(pen, sheet, foot.pages) if last else 0
        grows = [one for one, _ in row if one in foot.main and one.name != "paper"]
        x = body.x
        for one, wide in row:
            wide += spare // len(grows) if one in grows and spare > 0 and (main or len(row) > len(foot.main)) else 0
            if one.name != "more" or foot.left is not None:
                key(pen, one, Rect(x, y, wide, plan.high))
            x += wide + gap
        if last and foot.pages > 1:
            pager(pen, sheet, state.language, Rect(body.x, y, body.w, plan.high), foot.page, foot.pages, short=True)
        y += plan.high + gap


def pager_width(pen: Pen, sheet: Sheet, pages: int) -> int:
    """What a short pager takes of a row, with the gap before it; 0 where there is one page."""
    return 2 * max(sheet.least, sheet.u(10)) + _number_width(pen, pages) + sheet.gap if pages > 1 else 0


def _number_width(pen: Pen, pages: int) -> int:
    return pen.width("88/88" if pages > 9 else "8/8", theme.SMALL, bold=True) + pen.u(1.6)


def pager(pen: Pen, sheet: Sheet, language: str, rect: Rect, page: int, pages: int, *, short: bool = False) -> None:
    """Back and forth at the right end of `rect`; a key only where there is a page. `short`: arrows without words."""
    say = words.say(language)
    number = _number_width(pen, pages)
    sooner = Key(f"page:{page - 1}", "" if short else say("上一页"), "left", spoken=say("上一页"))
    later = Key(f"page:{page + 1}", "" if short else say("下一页"), "right", after=True, spoken=say("下一页"))
    wide = max(sheet.least, sheet.u(10)) if short else max(key_width(pen, one) for one in (sooner, later))
    wide = min(wide, (rect.w - number) // 2)
    x = rect.right - 2 * wide - number
    if page > 0:
        key(pen, sooner, Rect(x, rect.y, wide, rect.h))
    if page < pages - 1:
        key(pen, later, Rect(rect.right - wide, rect.y, wide, rect.h))
    at = Rect(x + wide, rect.y, number, rect.h)
    pen.text(at, f"{page + 1}/{pages}", theme.SMALL, bold=True, align="centre", colour=pen.quiet)


# --- signs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pill:
    """A small rounded label; no finger needs it."""

    label: str
    fill: Colour = theme.TEAL_TINT
    colour: Colour = theme.TEAL_TEXT
    icon: str = ""


def pill_size(pen: Pen, one: Pill) -> tuple[int, int]:
    side = pen.sign(3.0) if one.icon else 0
    high = pen.line(theme.SMALL) + pen.u(0.6)
    return pen.width(one.label, theme.SMALL, bold=True) + side + pen.u(2.8) + 2, high


def pill(pen: Pen, one: Pill, x: int, y: int) -> Rect:
    wide, high = pill_size(pen, one)
    rect = Rect(x, y, wide, high)
    pen.box(rect, one.fill, 2.2)
    side = pen.sign(2.2) if one.icon else 0
    if one.icon:
        pen.icon(Rect(x + pen.u(1.4), rect.middle[1] - side // 2, side, side), one.icon, one.colour)
    start = x + pen.u(1.3) + (pen.sign(3.0) if one.icon else 0)
    text = Rect(start, y, rect.right - start - pen.u(1.2), high)
    pen.text(text, one.label, theme.SMALL, bold=True, colour=one.colour, align="centre")
    return rect


def pills_high(pen: Pen, found: Sequence[Pill], width: int) -> int:
    """How high these are in rows of this width."""
    if not found:
        return 0
    rows, x, gap = 1, 0, pen.u(1)
    for one in found:
        wide = pill_size(pen, one)[0]
        if x and x + wide > width:
            rows, x = rows + 1, 0
        x += wide + gap
    return rows * pill_size(pen, found[0])[1] + (rows - 1) * pen.u(0.6)


def pills(pen: Pen, found: Sequence[Pill], rect: Rect) -> None:
    x, y, gap = rect.x, rect.y, pen.u(1)
    for one in found:
        wide, high = pill_size(pen, one)
        if x > rect.x and x + wide > rect.right:
            x, y = rect.x, y + high + pen.u(0.6)
        pill(pen, one, x, y)
        x += wide + gap


BAND_SIGN = 7.6  # units that the sign of a band takes


def band_high(pen: Pen, text: str, width: int) -> int:
    return max(pen.u(7), pen.high(text, theme.SMALL, width - pen.u(BAND_SIGN + 2), bold=True) + pen.u(1.6))


def band(pen: Pen, rect: Rect, icon: str, text: str) -> None:
    """A sentence that matters now, on a warm ground with a sign (never colour alone)."""
    pen.box(rect, theme.AMBER_TINT, 2.0, edge=theme.AMBER_EDGE)
    side = pen.u(4)
    pen.icon(Rect(rect.x + pen.u(2), rect.middle[1] - side // 2, side, side), icon, theme.SIGN)
    at = Rect(rect.x + pen.u(BAND_SIGN), rect.y, rect.w - pen.u(BAND_SIGN + 2), rect.h)
    pen.text(at, text, theme.SMALL, bold=True, colour=theme.ON_AMBER)


def title(
    pen: Pen,
    sheet: Sheet,
    icon: str,
    text: str,
    hint: str = "",
    *,
    hue: tuple[Colour, Colour] = (theme.TEAL_TINT, theme.TEAL),
    right: int = 0,
    hint_units: float = theme.SMALL,
) -> Rect:
    """The sign of a page and its name; what is left of the page below it. On a lowered page it stands above.

    `right`: px at the right end of the title that something else takes.
    """
    tint, ink = hue
    said = [Words(text, theme.HEAD, True), Words(hint, hint_units, colour=pen.quiet, gap=0.4)]
    if sheet.lowered:
        panel(pen, sheet, said)
        return sheet.body
    side = sheet.u(9 if sheet.portrait else 8)
    x = sheet.body.x + side + sheet.u(2.2)
    room = sheet.body.right - right - x
    high = max(side, pen.stack_high(said, room)) + sheet.u(0.6)
    row = Rect(sheet.body.x, sheet.body.y + sheet.u(2 if sheet.portrait else 1.4), sheet.body.w, high)
    badge = Rect(row.x, row.middle[1] - side // 2, side, side)
    pen.box(badge, tint, 2.4)
    pen.icon(badge.inset(side * 0.2), icon, ink)
    pen.stack(Rect(x, row.y, room, row.h), said)
    top = row.bottom + sheet.u(1.0 if sheet.large else 1.4)
    return Rect(sheet.body.x, top, sheet.body.w, sheet.body.bottom - top)


def panel(pen: Pen, sheet: Sheet, said: Sequence[Words]) -> None:
    """The upper part of a lowered page, which no hand needs to reach: a picture of the hall, and words below it."""
    place = sheet.panel.inset(sheet.u(2), sheet.u(1 if sheet.large else 2))
    said = [one for one in said if one.text]
    while len(said) > 1 and pen.stack_high(said, place.w) > place.h:
        said = said[:-1]  # the last matters least
    high = pen.stack_high(said, place.w)
    room = Rect(place.x, place.y, place.w, place.h - high - sheet.u(1))
    if room.h >= sheet.u(16):
        scenery.hall(pen, room.centred(min(room.w, room.h * 2.1), min(room.h, room.w / 2.1)))
    pen.stack(Rect(place.x, place.bottom - high - 2, place.w, high + 2), said, align="centre", valign="bottom")


# --- cards that lead on -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A wide card with a picture, a name, a second line and an arrow: it leads on. `spoken`: what is said where that is
    more than its name.
    """

    name: str
    icon: str
    text: str
    hue: tuple[Colour, Colour]
    below: str = ""
    on: bool | None = None
    """Of a card that is chosen or not, and leads nowhere."""
    spoken: str = ""


def _row_words(pen: Pen, one: Row) -> list[Words]:
    return [Words(one.text, theme.NAME, True), Words(one.below, theme.SMALL, colour=pen.quiet, gap=0.2)]


def _row_sides(pen: Pen) -> tuple[int, int]:
    """(left, right) of a row's words, px."""
    return pen.u(2.2 + 8 + 2.2), pen.u(2 + 4.4 + 1.4)


def row_need(pen: Pen, found: Sequence[Row], width: int) -> int | None:
    """`layout.Need` of these rows."""
    room = width - sum(_row_sides(pen))
    if room <= 0 or not all(pen.whole(one.text, theme.NAME, room, bold=True) for one in found):
        return None
    return max((pen.stack_high(_row_words(pen, one), room) for one in found), default=0) + pen.u(2.4)


def row(pen: Pen, one: Row, rect: Rect) -> None:
    down = pen.pressed == one.name
    fill = theme.PRESSED if down else theme.TEAL_TINT if one.on else theme.CARD
    pen.box(rect, fill, 2.6, shadow=not down, edge=theme.TEAL if down or one.on else None)
    side = min(pen.u(8), round(rect.h * 0.72))
    left, right = _row_sides(pen)
    badge = Rect(rect.x + pen.u(2.2) + (pen.u(8) - side) // 2, rect.middle[1] - side // 2, side, side)
    pen.box(badge, one.hue[0], 2.4)
    pen.icon(badge.inset(side * 0.2), one.icon, one.hue[1])
    go = pen.u(4.4)
    if one.on is not False:
        sign = "check" if one.on else "right"
        pen.icon(Rect(rect.right - go - pen.u(2), rect.middle[1] - go // 2, go, go), sign, theme.TEAL_TEXT)
    at = Rect(rect.x + left, rect.y, rect.w - left - right, rect.h)
    pen.stack(at, _row_words(pen, one))
    pen.target(one.name, rect, one.spoken or one.text)
