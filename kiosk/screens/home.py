"""The first page: what people come for, as tiles, a tile for those who don't know, and a quiet row of other ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow.events import Asking, Home, State
from kiosk.flow.view import View
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import Key, Pill
from kiosk.screens.layout import Sheet, Spread, grid, spread
from kiosk.screens.scene import Pen, Rect, Words

WAY = 3.0


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime) -> None:
    view = state.view
    if view is None:
        raise ValueError("the home page needs a view")
    furniture.header(pen, sheet, state, now)
    room = sheet.body
    if sheet.lowered:
        say = words.say(state.language)
        waiting = sentences.waiting_text(say, view.waiting)
        if view.counters_open:
            waiting += " · " + say("{n} 个窗口在办理").format(n=view.counters_open)
        notices = [
            Words(text, theme.SMALL, True, theme.ON_AMBER) for _, text in _notice_lines(view, state.language, say)
        ]
        greeting = _greeting(pen, state.language, now)
        said = [*notices, *greeting] if notices and sheet.large else [*greeting, *notices]
        last = [Words(waiting, theme.SMALL, True, theme.TEAL_TEXT, gap=0.4)] if waiting else []
        furniture.panel(pen, sheet, [*said, *last])
    said, area, plan = _chosen(pen, sheet, state, view, room, now)
    if said:
        top = room.y + sheet.u(2 if sheet.portrait else 1.2)
        pen.stack(Rect(room.x, top, room.w, pen.stack_high(said, room.w)), said, valign="top")
    if not sheet.lowered:
        _notices(pen, sheet, _below(pen, sheet, room, said), view, state.language)
    if plan:
        _tall(pen, sheet, state, plan)
    else:
        _wide(pen, sheet, state, view, area)
    furniture.phones(pen, sheet, state)


def _tops(pen: Pen, sheet: Sheet, state: State, view: View, now: datetime) -> list[list[Words]]:
    """What may stand above the tiles, the best first: where words are large the tiles may need the room."""
    if sheet.lowered:
        return [[]]
    said = _greeting(pen, state.language, now)
    if not sheet.large:
        return [said]
    if _notice_lines(view, state.language, words.say(state.language)):
        return [[]]
    return [said, said[1:], []] if sheet.portrait else [said[1:]]


def _below(pen: Pen, sheet: Sheet, room: Rect, said: list[Words]) -> Rect:
    if sheet.lowered:
        return room
    high = pen.stack_high(said, room.w)
    tall = sheet.portrait
    return room.below(sheet.u(2 if tall else 1.2) + (high + sheet.u(1.6 if tall else 1.2) if high else 0))


def _topped(pen: Pen, sheet: Sheet, state: State, view: View, room: Rect, said: list[Words]) -> Rect:
    """What is left of `room` below the greeting and the notices."""
    room = _below(pen, sheet, room, said)
    if sheet.lowered:
        return room
    return _notices(Pen(pen.measure, pen.unit, pen.large, pen.floor), sheet, room, view, state.language)


@dataclass(frozen=True)
class _Tall:
    """One column: tiles, help and the green channel, other ways, switches. `fair`: the green channel's tile beside
    help; None where it is a key among the ways, because its tile would cost more pages. `other`: where the ways are one
    key, beside the keys of the pages, because their band would cost more pages.
    """

    tiles: _Tiling
    helps: Rect
    fair: Rect | None
    ways: tuple[Sequence[Sequence[Key]], Rect] | None
    keys: tuple[furniture.Block, Rect]
    other: tuple[furniture.Block, Rect] | None = None

    @property
    def cost(self) -> tuple[bool, int]:
        """The less the better."""
        return not self.tiles.cut.fits, self.tiles.cut.pages


def _chosen(
    pen: Pen, sheet: Sheet, state: State, view: View, room: Rect, now: datetime
) -> tuple[list[Words], Rect, _Tall | None]:
    """(what stands above the tiles, their room, the plan of a tall screen): with large words the fewest pages."""
    found = []
    for said in _tops(pen, sheet, state, view, now):
        area = _topped(pen, sheet, state, view, room, said)
        if not sheet.portrait:
            return said, area, None
        for shown in ("tile", "short", "key") if view.classes else ("",):
            calm = _tall_plan(pen, sheet, state, view, area, shown, lines=1)  # each of the ways with its picture
            banded = _tall_plan(pen, sheet, state, view, area, shown)
            folded = _tall_plan(pen, sheet, state, view, area, shown, fold=True)
            if sheet.large:
                found += [(said, area, banded), (said, area, folded)]
            else:
                banded = calm if calm.tiles.cut.fits and calm.tiles.cut.pages == 1 else banded
                found += [(said, area, banded if banded.tiles.cut.fits else folded)]
    return min(found, key=lambda one: one[2].cost)


def _tall_plan(
    pen: Pen,
    sheet: Sheet,
    state: State,
    view: View,
    room: Rect,
    fair: str,
    *,
    fold: bool = False,
    lines: int = 2,
) -> _Tall:
    """`fair`: the green channel is a "tile", a "short" one without whom it is for, a "key", or there is none ("").
    `lines`: the most that a word of the ways may have.
    """
    gap, say, least = sheet.gap, words.say(state.language), max(sheet.least, sheet.u(9.4))
    keys = furniture.block(pen, furniture.switches(sheet, state), room.w, gap, sheet.least, least)
    foot = Rect(room.x, room.bottom - keys.high - sheet.u(0.6), room.w, keys.high)
    keyed = [_fair_key(state, view)] if fair == "key" else []
    rows = furniture.key_rows(pen, [*keyed, *_way_keys(view, say)], room.w, 0, sheet.least, lines)
    deep = 0 if fold else furniture.rows_high(pen, rows, room.w, 0, least)
    ends = foot.y - gap - (deep + gap if deep else 0)
    fair_wide = _fair_width(pen, sheet, state, view, room.w) if fair in ("tile", "short") else 0
    help_wide = room.w - (fair_wide + gap if fair_wide else 0)
    help_high = _help_high(pen, sheet, state, help_wide)
    if fair_wide:
        help_high = max(help_high, _fair_high(pen, sheet, state, view, fair_wide, short=fair == "short"))
    helps = Rect(room.x, ends - help_high, help_wide, help_high)
    tile = Rect(room.right - fair_wide, helps.y, fair_wide, help_high) if fair_wide else None
    area = Rect(room.x, room.y, room.w, helps.y - gap - room.y)
    if not fold:
        ways_at = Rect(room.x, foot.y - gap - deep, room.w, deep)
        tiles = _planned(pen, sheet, _entries(view, state.language), area)
        return _Tall(tiles, helps, tile, (rows, ways_at), (keys, foot))
    others = [*keyed, _other_key(say)]
    wide = room.w - furniture.pager_width(pen, sheet, 9)
    found = furniture.block(pen, others, wide, gap, sheet.least, least)
    line = Rect(room.x, area.bottom - found.high, room.w, found.high)
    area = Rect(area.x, area.y, area.w, line.y - gap - area.y)
    tiles = _planned(pen, sheet, _entries(view, state.language), area, arrows=line)
    return _Tall(tiles, helps, tile, None, (keys, foot), (found, line.left(wide)))


def _tall(pen: Pen, sheet: Sheet, state: State, plan: _Tall) -> None:
    furniture.draw_block(pen, *plan.keys, sheet.gap)
    if plan.ways:
        _ways(pen, sheet, *plan.ways)
    if plan.other:
        furniture.draw_block(pen, *plan.other, sheet.gap)
    _help(pen, sheet, state, plan.helps)
    if plan.fair and state.view:
        _fair(pen, sheet, state, state.view, plan.fair)
    _tiles(pen, sheet, state, plan.tiles)


def _wide(pen: Pen, sheet: Sheet, state: State, view: View, room: Rect) -> None:
    """Tiles and other ways at the left; help and switches in a column at the right."""
    gap, say = sheet.gap, words.say(state.language)
    aside = sheet.u(31 if sheet.width > 1.3 * sheet.height else 28)
    keys = [[one] for one in furniture.switches(sheet, state)]
    column = Rect(room.right - aside, room.y, aside, room.h - sheet.u(0.6))
    high = furniture.rows_high(pen, keys, aside, gap, max(sheet.least, sheet.u(9.4)))
    helps = Rect(column.x, column.y, column.w, column.h - high - gap)
    left = Rect(room.x, room.y, room.w - aside - gap, column.h)
    tile = None
    if view.classes:
        for short in (False, True):
            deep = _fair_high(pen, sheet, state, view, aside, short=short)
            if tile is None and _help_stands(pen, sheet, state, aside, helps.h - deep - gap):
                helps = Rect(helps.x, helps.y, helps.w, helps.h - deep - gap)
                tile = Rect(helps.x, helps.bottom + gap, helps.w, deep)
    keyed = [_fair_key(state, view)] if view.classes and not tile else []
    rows = furniture.key_rows(pen, [*keyed, *_way_keys(view, say)], left.w, 0, sheet.least)
    deep = furniture.rows_high(pen, rows, left.w, 0, max(sheet.least, sheet.u(9.4)))
    area = Rect(left.x, left.y, left.w, left.h - deep - gap)
    plan = _planned(pen, sheet, _entries(view, state.language), area)
    if sheet.large or not plan.cut.fits or not _help_stands(pen, sheet, state, aside, helps.h):
        _broad(pen, sheet, state, view, room)
        return
    furniture.draw_rows(pen, keys, Rect(column.x, column.bottom - high, column.w, high), gap)
    _help(pen, sheet, state, helps)
    if tile:
        _fair(pen, sheet, state, view, tile)
    _ways(pen, sheet, rows, Rect(left.x, left.bottom - deep, left.w, deep))
    _tiles(pen, sheet, state, plan)


def _broad(pen: Pen, sheet: Sheet, state: State, view: View, room: Rect) -> None:
    """Where words are large and the screen is low: help is the last tile of each page, and the ways are one key if they
    don't fit beside the switches.
    """
    gap = sheet.gap
    found = [_broad_plan(pen, sheet, state, view, room, fair) for fair in (FAIR_BROAD if view.classes else ("",))]
    foot, keys, each, plan, _ = min(found, key=lambda one: (not one[3].cut.fits, not one[4], one[3].cut.pages))
    x = foot.x
    for one, wide in zip(keys, each, strict=True):
        furniture.key(pen, one, Rect(x, foot.y, wide, foot.h))
        x += wide + gap
    _tiles(pen, sheet, state, plan)


FAIR_BROAD = ("key", "tile", "other")
"""How the green channel may stand on a low screen with large words, the best first."""


def _broad_plan(
    pen: Pen, sheet: Sheet, state: State, view: View, room: Rect, fair: str
) -> tuple[Rect, list[Key], list[int], _Tiling, bool]:
    """(the foot, its keys, their widths, the tiles, whether no word of a key is broken). `fair`: the green channel is a
    "key" of the foot, or shares help's "tile", or is named by the key to the "other" ways; "" for none.
    """
    gap, say = sheet.gap, words.say(state.language)
    switches, ways_ = furniture.switches(sheet, state), _way_keys(view, say)
    keyed = [_fair_key(state, view)] if fair == "key" else []
    pager = furniture.pager_width(pen, sheet, 9)
    keys = [*keyed, *switches, *ways_]
    each = None if fair == "other" else furniture.widths(pen, keys, room.w - pager, gap, sheet.least)
    if each is None:
        other = _other_key(say)
        if fair == "other":
            name = sentences.fair_name(view, state.language)
            other = Key("other", say("{name}等").format(name=name), "check" if state.klass else "elder")
        keys = [*keyed, *switches, other]
        each = furniture.widths(pen, keys, room.w - pager, gap, sheet.least)
    unbroken = each is not None
    each = each or [(room.w - pager - gap * (len(keys) - 1)) // len(keys)] * len(keys)
    high = max(sheet.u(10), *(furniture.key_high(pen, one, wide) for one, wide in zip(keys, each, strict=True)))
    foot = Rect(room.x, room.bottom - high - sheet.u(0.6), room.w, high)
    area = Rect(room.x, room.y, room.w, foot.y - gap - room.y)
    entries = _entries(view, state.language)
    tiles = _planned(pen, sheet, entries, area, helps=state, arrows=foot, shared=fair == "tile")
    return foot, keys, each, tiles, unbroken


def _other_key(say: words.Say) -> Key:
    return Key("other", say("更多服务"), "list")


def _way_keys(view: View, say: words.Say) -> list[Key]:
    return [Key(name, label, icon, units=WAY) for name, label, icon in ways(view, say)]


# --- what is read -----------------------------------------------------------------------------------------------------


def _greeting(pen: Pen, language: str, now: datetime) -> list[Words]:
    say = words.say(language)
    hello = say("上午好") if now.hour < 12 else say("下午好")
    return [
        Words(say("{hello}，请问您来办什么事？").format(hello=hello), theme.TITLE, True),
        Words(say("点一下要办的事，马上拿号。不用证件，不用手机。"), theme.SMALL, colour=pen.quiet, gap=0.3),
    ]


def _notice_lines(view: View, language: str, say: words.Say) -> list[tuple[str, str]]:
    """(icon, sentence), at most two: what the hall says, and that there may be no paper."""
    found = [("info", view.notice.said(language))] if view.notice else []
    if not view.printer.prints:
        found.append(("printer", say("暂时不能打印号票。号码会显示在屏幕上，请记住或拍照。")))
    return found


def crowded(sheet: Sheet, state: State) -> bool:
    """Whether large print needs the place of the telephone line: on a wide screen, and below notices."""
    return not sheet.portrait or (
        state.view is not None and bool(_notice_lines(state.view, words.SOURCE, words.say(words.SOURCE)))
    )


def _notices(pen: Pen, sheet: Sheet, room: Rect, view: View, language: str) -> Rect:
    """Bands, on a wide screen beside each other: the tiles below need the height."""
    lines = _notice_lines(view, language, words.say(language))
    if not lines:
        return room
    gap, columns = sheet.u(1.4), 1 if sheet.portrait else len(lines)
    each = (room.w - gap * (columns - 1)) // columns
    high = max(furniture.band_high(pen, text, each) for _, text in lines)
    rows = len(lines) // columns
    area = room.top(high * rows + gap * (rows - 1))
    for (icon, text), rect in zip(lines, grid(area, columns, rows, gap), strict=True):
        furniture.band(pen, rect, icon, text)
    return room.below(area.h + gap)


# --- what is touched --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """A tile: a group, or one of the other ways. `wait`: how many wait, and how long; "" where nobody does."""

    name: str
    icon: str
    first: str
    second: str
    people: str
    wait: str
    label: str


def _entries(view: View, language: str) -> list[_Entry]:
    say = words.say(language)
    found = []
    for group in view.groups:
        first, second = sentences.both(language, group.text)
        people, wait = sentences.ahead_text(say, group), sentences.wait_text(say, group.estimate_min)
        label = sentences.group_label(group, language)
        found.append(_Entry(f"group:{group.id}", group.icon, first, second, people, wait, label))
    return found


@dataclass(frozen=True)
class _Form:
    """A way to draw a tile: how high it must be at a width (None: a word doesn't fit), and its parts; its picture is
    `grow` px larger than it need be.
    """

    need: Callable[[Pen, _Entry, int], int | None]
    draw: Callable[[Pen, _Entry, Rect, int], None]


@dataclass(frozen=True)
class _Tiling:
    """Tiles of one size and form over pages. `arrows`: where the keys of the pages are, `short` beside other keys;
    `helps`: help's words.
    """

    entries: list[_Entry]
    form: _Form
    area: Rect
    cut: Spread
    arrows: Rect
    helps: State | None
    short: bool
    shared: bool = False
    """Whether the green channel stands in help's tile."""


def _planned(
    pen: Pen,
    sheet: Sheet,
    entries: list[_Entry],
    room: Rect,
    *,
    helps: State | None = None,
    arrows: Rect | None = None,
    shared: bool = False,
) -> _Tiling:
    """Pictures above the names if that leaves all on one page, else beside; then over pages. `arrows`: a row that has
    room for their keys; without one they get a row of their own. `helps`: the last tile of a page is help's.
    """
    gap, most, least = sheet.gap, 2 if sheet.portrait else 3, max(sheet.least, sheet.u(12))
    high = max(sheet.least, pen.line(furniture.LABEL) + 2 * pen.u(furniture.PAD))
    own = Rect(room.x, room.bottom - high, room.w, high)
    shorter = room if arrows else Rect(room.x, room.y, room.w, own.y - gap - room.y)

    def laid(form: _Form, area: Rect) -> _Tiling:
        def need(width: int) -> int | None:
            found = [form.need(pen, one, width) for one in entries]
            found += [_last_high(pen, sheet, helps, width, shared=shared)] if helps else []
            return None if any(one is None for one in found) else max((one or 0 for one in found), default=0)

        cut = spread(area, len(entries), gap, need, most, least, kept=1 if helps else 0)
        return _Tiling(entries, form, area, cut, arrows or own, helps, arrows is not None, shared)

    one_page = (laid(form, room) for form in (_UPRIGHT, _FLAT))
    found = next((plan for plan in one_page if plan.cut.fits and plan.cut.pages == 1), None)
    if found:
        return found
    several = [laid(form, shorter) for form in (_UPRIGHT, _FLAT, _PLAIN)]
    return min(several, key=lambda plan: (not plan.cut.fits, plan.cut.pages))


def _tiles(pen: Pen, sheet: Sheet, state: State, plan: _Tiling) -> None:
    cut = plan.cut
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    page = cut.page(shown.page if isinstance(shown, Home) else 0)
    if cut.pages > 1:
        furniture.pager(pen, sheet, state.language, plan.arrows, page, cut.pages, short=plan.short)
    cells = cut.cells(plan.area, sheet.gap, max(cut.need, sheet.u(40)))
    here = plan.entries[page * cut.per_page : (page + 1) * cut.per_page]
    grow = _growth(pen, plan.entries, cells[0], cells[0].h - cut.need)
    for one, rect in zip(here, cells, strict=False):
        down = pen.pressed == one.name
        pen.box(rect, theme.PRESSED if down else theme.CARD, 3.0, shadow=not down, edge=theme.TEAL if down else None)
        pen.target(one.name, rect, one.label)
        plan.form.draw(pen, one, rect, grow)
    if plan.helps and plan.shared and plan.helps.view:
        helps, fair = _shared(sheet, cells[-1])
        _help(pen, sheet, plan.helps, helps, short=True)
        _fair(pen, sheet, plan.helps, plan.helps.view, fair)
    elif plan.helps:
        _help(pen, sheet, plan.helps, cells[-1])


def _shared(sheet: Sheet, cell: Rect) -> tuple[Rect, Rect]:
    """Help and the green channel beside each other in one cell."""
    wide = round((cell.w - sheet.gap) * 0.56)
    return cell.left(wide), cell.after(wide + sheet.gap)


def _last_high(pen: Pen, sheet: Sheet, state: State, width: int, *, shared: bool) -> int:
    """What the last tile of a page needs: help's, or that and the green channel's."""
    if not shared or state.view is None:
        return _help_high(pen, sheet, state, width)
    helps, fair = _shared(sheet, Rect(0, 0, width, 0))
    beside = _fair_high(pen, sheet, state, state.view, fair.w, short=True)
    return max(_help_high(pen, sheet, state, helps.w, short=True), beside)


def _growth(pen: Pen, entries: list[_Entry], cell: Rect, spare: int) -> int:
    """How much larger an upright tile's picture may be, px: the same on every tile, beside the widest pill."""
    pills = max((furniture.pill_size(pen, Pill(one.people, icon="one"))[0] for one in entries if one.people), default=0)
    beside = cell.w - 2 * pen.u(2.4) - pen.u(UP + 1) - pills
    return max(0, min(round(spare * 0.6), pen.u(UP_MOST - UP), beside))


def _names(pen: Pen, one: _Entry, *, second: bool) -> list[Words]:
    return [
        Words(one.first, theme.HEAD, True),
        Words(one.second if second else "", theme.SMALL, colour=pen.quiet, gap=0.2),
    ]


def _said(pen: Pen, one: _Entry, width: int) -> list[Words]:
    """Name and wait; how many and how long on one line only if they fit."""
    joined = " · ".join(part for part in (one.people, one.wait) if part)
    parts = [joined] if pen.width(joined, theme.SMALL) <= width else [one.people, one.wait]
    return [
        Words(one.first, theme.HEAD, True),
        *(Words(part, theme.SMALL, colour=pen.quiet, gap=0.4 if i == 0 else 0.0) for i, part in enumerate(parts)),
    ]


def _whole(pen: Pen, found: list[Words], width: int) -> bool:
    return width > 0 and all(pen.whole(one.text, one.units, width, bold=one.bold) for one in found)


UP, UP_MOST = 9.6, 16.0  # side of an upright tile's picture, in units: for those who can't read, as large as may be
SIDE = 8.0  # and of a flat one's


def _upright_need(pen: Pen, one: _Entry, width: int) -> int | None:
    inner = width - 2 * pen.u(2.4)
    names = _names(pen, one, second=not pen.large)
    pill = furniture.pill_size(pen, Pill(one.people, icon="one"))[0] if one.people else 0
    if width < pen.u(30) or not _whole(pen, names, inner) or pen.u(UP + 1) + pill > inner:
        return None
    foot = pen.high(one.wait, theme.SMALL, inner - pen.sign(3.6)) + pen.u(0.6) if one.wait else 0
    return pen.u(UP) + pen.u(0.8) + pen.stack_high(names, inner) + foot + 2 * pen.u(1.8)


def _upright(pen: Pen, one: _Entry, rect: Rect, grow: int) -> None:
    """Picture and pill above, the names, the wait below."""
    inner = rect.inset(pen.u(2.4), pen.u(1.8))
    tint, ink = theme.hue(one.icon)
    side = pen.u(UP) + grow
    badge = Rect(inner.x, inner.y, side, side)
    pen.box(badge, tint, 2.6)
    pen.icon(badge.inset(side * 0.2), one.icon, ink)
    if one.people:
        pill = Pill(one.people, icon="one")
        wide, high = furniture.pill_size(pen, pill)
        furniture.pill(pen, pill, inner.right - wide, badge.y + (pen.u(UP) - high) // 2)
    deep, clock = pen.high(one.wait, theme.SMALL, inner.w - pen.sign(3.6)), pen.sign(2.6)
    foot = Rect(inner.x, inner.bottom - deep, inner.w, deep)
    if one.wait:
        pen.icon(Rect(foot.x, foot.y + (pen.line(theme.SMALL) - clock) // 2, clock, clock), "clock", ink)
        pen.text(foot.after(pen.sign(3.6)), one.wait, theme.SMALL, colour=pen.quiet)
    names = Rect(inner.x, badge.bottom + pen.u(0.4), inner.w, foot.y - badge.bottom - pen.u(0.6))
    pen.stack(names, _names(pen, one, second=not pen.large))


def _flat_need(pen: Pen, one: _Entry, width: int) -> int | None:
    inner = width - 2 * pen.u(2.4) - pen.u(SIDE + 1.8)
    said = _said(pen, one, inner)
    return (
        max(pen.u(SIDE), pen.stack_high(said, inner)) + 2 * pen.u(0.8 if pen.large else 1.2)
        if _whole(pen, said, inner)
        else None
    )


def _flat(pen: Pen, one: _Entry, rect: Rect, _grow: int) -> None:
    """The picture at the left of the name and the wait."""
    inner = rect.inset(pen.u(2.4), pen.u(0.6))
    tint, ink = theme.hue(one.icon)
    side = pen.u(SIDE)
    badge = Rect(inner.x, inner.middle[1] - side // 2, side, side)
    pen.box(badge, tint, 2.2)
    pen.icon(badge.inset(side * 0.2), one.icon, ink)
    text = inner.after(side + pen.u(1.8))
    pen.stack(text, _said(pen, one, text.w))


def _plain_need(pen: Pen, one: _Entry, width: int) -> int | None:
    inner = width - 2 * pen.u(1.6)
    said = _said(pen, one, inner)
    return pen.stack_high(said, inner) + pen.u(5.4) + 2 * pen.u(1.2) if _whole(pen, said, inner) else None


def _plain(pen: Pen, one: _Entry, rect: Rect, _grow: int) -> None:
    """Where a tile is narrow: a small picture above the words."""
    inner = rect.inset(pen.u(1.6), pen.u(1.0))
    pen.icon(Rect(inner.x, inner.y, pen.u(5), pen.u(5)), one.icon, theme.hue(one.icon)[1])
    pen.stack(inner.below(pen.u(5.4)), _said(pen, one, inner.w))


_UPRIGHT, _FLAT, _PLAIN = (_Form(_upright_need, _upright), _Form(_flat_need, _flat), _Form(_plain_need, _plain))


# --- help, and the other ways -----------------------------------------------------------------------------------------


def _help_words(state: State) -> list[Words]:
    say = words.say(state.language)
    return [
        Words(say("我不确定，请帮我"), theme.HEAD, True, theme.ON_AMBER),
        Words(say("点这里取咨询号，工作人员帮您办"), theme.SMALL, False, theme.ON_AMBER, gap=0.3),
    ]


def _help_sides(pen: Pen, sheet: Sheet, width: int) -> tuple[int, int, int]:
    """(left, right, side of the picture) of the words of a flat help tile, px."""
    side = sheet.u(9)
    arrow = sheet.u(12) if width > sheet.u(70) and not sheet.large else sheet.u(2.4)
    return sheet.u(2.6) + side + sheet.u(2.2), arrow, side


def _help_high(pen: Pen, sheet: Sheet, state: State, width: int, *, short: bool = False) -> int:
    left, right, side = _help_sides(pen, sheet, width)
    said = _help_words(state)[: 1 if short else None]
    return max(side, pen.stack_high(said, width - left - right)) + sheet.u(1.6 if sheet.large else 3)


def _help(pen: Pen, sheet: Sheet, state: State, rect: Rect, *, short: bool = False) -> None:
    """`short`: without its second line."""
    down, said = pen.pressed == "help", _help_words(state)[: 1 if short else None]
    light, dark = (theme.AMBER_PRESSED, theme.AMBER_PRESSED) if down else theme.AMBER_FADE
    pen.box(rect, light, 3.0, shadow=not down, fade=dark)
    pen.target("help", rect, said[0].text)
    ink = theme.HUES["chat"][1]
    upright = rect.h >= UPRIGHT * rect.w
    if upright:
        high = pen.stack_high(said, rect.w - 2 * sheet.u(2))
        side = min(sheet.u(11), rect.h - high - sheet.u(4))
        top = rect.y + (rect.h - side - high - sheet.u(1.6)) // 2
        badge = Rect(rect.middle[0] - side // 2, top, side, side)
        text = Rect(rect.x + sheet.u(2), badge.bottom + sheet.u(1.6), rect.w - 2 * sheet.u(2), high)
    else:
        left, right, side = _help_sides(pen, sheet, rect.w)
        badge = Rect(rect.x + sheet.u(2.6), rect.middle[1] - side // 2, side, side)
        if right > sheet.u(3):
            go = sheet.u(7)
            spot = Rect(rect.right - go - sheet.u(2.4), rect.middle[1] - go // 2, go, go)
            pen.disc(spot, theme.ICE)
            pen.icon(spot.inset(go * 0.28), "right", ink)
        text = Rect(rect.x + left, rect.y, rect.w - left - right, rect.h)
    pen.box(badge, theme.ICE, 2.8)
    pen.icon(badge.inset(side * 0.18), "chat", ink)
    pen.stack(text, said, align="centre" if upright else "left")


UPRIGHT = 0.9
"""So high for its width help has its picture above its words."""


def _help_stands(pen: Pen, sheet: Sheet, state: State, width: int, high: int) -> bool:
    """Whether help's upright tile has room for its words and its picture."""
    return pen.stack_high(_help_words(state), width - sheet.u(4)) + sheet.u(14) <= high and high >= UPRIGHT * width


def _fair_key(state: State, view: View) -> Key:
    """The green channel as a key among others."""
    name = sentences.fair_name(view, state.language)
    return Key(
        "fair", name, "check" if state.klass else "elder", "on" if state.klass else "", spoken=_fair_spoken(state, view)
    )


def _fair_spoken(state: State, view: View) -> str:
    return say_all(state.language, [one.text for one in _fair_words(state, view)])


def say_all(language: str, texts: Sequence[str]) -> str:
    """Texts as one is said."""
    return words.say(language)("，").join(text for text in texts if text)


def _fair_words(state: State, view: View) -> list[Words]:
    """Name and whom it is for; once it was chosen, what is next. The name has the size of a key's word: where a tile
    would cost a page it is one.
    """
    say, name = words.say(state.language), sentences.fair_name(view, state.language)
    if state.klass:
        ink = theme.ON_TEAL
        return [
            Words(say("{name}：已选").format(name=name), theme.BODY, True, ink),
            Words(say("请点要办的事"), theme.SMALL, False, ink, gap=0.2),
        ]
    return [
        Words(name, theme.BODY, True, theme.TEAL_TEXT),
        Words(sentences.fair_for(view, state.language), theme.SMALL, colour=theme.TEAL_TEXT, gap=0.2),
    ]


FAIR_SIGN = 5.2


def _fair_signs(view: View) -> list[str]:
    return list(
        dict.fromkeys(sentences.GROUND_ICONS.get(ground.id, "heart") for one in view.classes for ground in one.grounds)
    )


def _fair_width(pen: Pen, sheet: Sheet, state: State, view: View, room: int) -> int:
    """What help's words leave of a row in one line each, and two fifths of it at least, px."""
    left, right, _ = _help_sides(pen, sheet, round(room / 2))
    title = _help_words(state)[0]
    helps = left + right + pen.width(title.text, title.units, bold=True) + 4
    return max(round(room * 0.4), min(round(room * 0.5), room - sheet.gap - helps))


def _fair_high(pen: Pen, sheet: Sheet, state: State, view: View, width: int, *, short: bool = False) -> int:
    said = _fair_words(state, view)[: 1 if short else None]
    return sheet.u(FAIR_SIGN + 0.6) + pen.stack_high(said, width - 2 * sheet.u(2)) + sheet.u(1.2 if short else 2.4)


def _fair(pen: Pen, sheet: Sheet, state: State, view: View, rect: Rect) -> None:
    """绿色通道: a picture of each for whom it is, its name, and who they are; once chosen, that it is."""
    down, chosen = pen.pressed == "fair", bool(state.klass)
    fill = theme.PRESSED if down else theme.TEAL if chosen else theme.TEAL_TINT
    pen.box(rect, fill, 3.0, shadow=not down, edge=theme.TEAL)
    pen.target("fair", rect, _fair_spoken(state, view))
    said, inner = _fair_words(state, view), rect.inset(sheet.u(2), 0)
    if sheet.u(FAIR_SIGN + 0.6) + pen.stack_high(said, inner.w) > rect.h - sheet.u(1.6):
        said = said[:1]
    side, gap, signs = sheet.u(FAIR_SIGN), sheet.u(1.2), ["check"] if chosen else _fair_signs(view)
    signs = signs[: max(1, (inner.w + gap) // (side + gap))]
    high = side + sheet.u(0.6) + pen.stack_high(said, inner.w)
    x = inner.middle[0] - (side * len(signs) + gap * (len(signs) - 1)) // 2
    y = rect.y + (rect.h - high) // 2
    for sign in signs:
        pen.icon(Rect(x, y, side, side), sign, theme.ON_TEAL if chosen and not down else theme.TEAL)
        x += side + gap
    at = Rect(inner.x, y + side + sheet.u(0.6), inner.w, high - side - sheet.u(0.6))
    pen.stack(at, said, align="centre", valign="top")


def ways(view: View | None, say: words.Say, *, reading_only: bool = False) -> list[tuple[str, str, str]]:
    """(target, label, icon) of the other things to do here; only those to read where no number is given."""
    found = [("guide", say("办事指南"), "book"), ("publication", say("信息公开"), "board")]
    if reading_only or view is None:
        return found
    codes = [("pickup", say("我要领件"), "pickup")] if view.pickup else []
    progress = [("progress", say("办件进度"), "list")] if view.cases else []
    booked = [("booked", say("我有预约"), "calendar")] if view.bookings else []
    rate = [("rate", say("评价服务"), "star")] if view.rates else []
    packages = [("packages", sentences.packages_name(say), "family")] if view.packages else []
    lodge = ("lodge", say("投诉建议"), "chat")
    return [*packages, ("search", say("找事项"), "search"), *codes, *progress, *booked, *rate, *found, lodge]


def _ways(pen: Pen, sheet: Sheet, rows: Sequence[Sequence[Key]], rect: Rect) -> None:
    """One calm band with thin lines between its keys: there for those who look for it."""
    pen.box(rect, theme.BAND, 2.4)
    thin = max(2, sheet.u(0.2))
    for line, row in zip(grid(rect, 1, len(rows), 0), rows, strict=True):
        if line.y > rect.y:
            pen.box(Rect(line.x + sheet.u(3), line.y, line.w - sheet.u(6), thin), theme.RULE_DARK)
        for i, (one, cell) in enumerate(zip(row, grid(line, len(row), 1, 0), strict=True)):
            if i:
                pen.box(Rect(cell.x, cell.y + round(cell.h * 0.24), thin, round(cell.h * 0.52)), theme.RULE_DARK)
            _way(pen, one, cell)


def _way(pen: Pen, one: Key, cell: Rect) -> None:
    if pen.pressed == one.name or one.look == "on":
        fill = theme.PRESSED if pen.pressed == one.name else theme.TEAL_TINT
        pen.box(cell.inset(pen.u(0.5)), fill, 2.0, edge=theme.TEAL if one.look == "on" else None)
    side, gap, room = pen.u(3.6), pen.u(1.1), cell.inset(pen.u(furniture.PAD), 0)
    wide, line = pen.width(one.label, one.units, bold=True) + 2, pen.line(one.units)
    pen.target(one.name, cell, one.label)
    if side + gap + wide <= room.w:
        x = cell.middle[0] - (side + gap + wide) // 2
        pen.icon(Rect(x, cell.middle[1] - side // 2, side, side), one.icon, theme.TEAL)
        text = Rect(x + side + gap, cell.y, wide, cell.h)
        pen.text(text, one.label, one.units, bold=True, colour=theme.TEAL_TEXT)
        return
    if wide <= room.w and side + line <= cell.h:
        y = cell.middle[1] - (side + line) // 2
        pen.icon(Rect(cell.middle[0] - side // 2, y, side, side), one.icon, theme.TEAL)
        room = Rect(room.x, y + side, room.w, line)
    pen.text(room, one.label, one.units, bold=True, colour=theme.TEAL_TEXT, align="centre")
