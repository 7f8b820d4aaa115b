"""What can be read without a number: 办事指南 (the groups) and 信息公开 (its chapters). Works while the hub is away."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Guide, Publication, State
from kiosk.flow.view import View
from kiosk.screens import document, furniture, theme
from kiosk.screens.document import Block
from kiosk.screens.layout import Sheet, grid, list_shape
from kiosk.screens.scene import Pen
from kiosk.screens.theme import Colour

Row = tuple[str, str, str, tuple[Colour, Colour], str]  # target, icon, name, hue, second line
CHAPTERS = {"promise": "check", "phones": "phone", "hours": "clock"}  # the rest is text
ROW = 12.5


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    view, screen = state.view, state.screen
    if view is None:
        raise ValueError("there is nothing to read before the hub has spoken")
    furniture.header(pen, sheet, state, now)
    left = flow.countdown(state, clock)
    match screen:
        case Publication(chapter=chapter) if chapter:
            _chapter(pen, sheet, state, view, screen, left)
        case Guide() | Publication():
            _menu(pen, sheet, state, view, screen, left)
    furniture.phones(pen, sheet, state)


def _menu(pen: Pen, sheet: Sheet, state: State, view: View, screen: Guide | Publication, left: int | None) -> None:
    say = words.say(state.language)
    if isinstance(screen, Guide):
        icon, title, hint = "book", say("办事指南"), say("点一类事项，看要带什么、多久办好")
        rows = _groups(view, state.language)
    else:
        icon, title, hint = "board", say("信息公开"), say("这个厅的服务、承诺、时间和电话")
        rows = _chapters(view, state.language)
    room = furniture.title(pen, sheet, state.language, icon, title, hint)
    room = room.top(sheet.body.bottom - furniture.foot_height(sheet, main=False) - sheet.gap - room.y)
    columns, lines, pages = list_shape(sheet, room, len(rows), ROW * (1.15 if sheet.large else 1))
    columns = min(columns, 2)
    lines, pages = (
        (lines, pages) if columns * lines * pages >= len(rows) else (lines, -(-len(rows) // (columns * lines)))
    )
    page = min(screen.page, pages - 1)
    room = room.top(min(room.h, lines * sheet.u(19) + (lines - 1) * sheet.gap))
    for (name, sign, text, hue, below), rect in zip(
        rows[page * columns * lines : (page + 1) * columns * lines], grid(room, columns, lines, sheet.gap), strict=False
    ):
        furniture.row(pen, sheet, name, rect, sign, text, hue, below)
    if not rows:
        pen.text(room, say("这里还没有内容。"), theme.BODY, colour=pen.quiet, align="centre")
    furniture.foot(pen, sheet, state, left, pages=(page, pages))


def _groups(view: View, language: str) -> list[Row]:
    say = words.say(language)
    return [
        (
            f"group:{group.id}",
            group.icon,
            group.text.said(language),
            theme.HUES.get(group.icon, theme.HUES["box"]),
            say("{n} 个事项").format(n=len(group.services)),
        )
        for group in view.groups
    ]


def _chapters(view: View, language: str) -> list[Row]:
    hue = (theme.TEAL_TINT, theme.TEAL)
    return [
        (f"chapter:{one.id}", CHAPTERS.get(one.id, "list"), one.text.said(language), hue, "")
        for one in view.publication
    ]


def _chapter(pen: Pen, sheet: Sheet, state: State, view: View, screen: Publication, left: int | None) -> None:
    chapter = view.chapter(screen.chapter)
    if chapter is None:
        raise ValueError("the chapter is not in the view")
    room = furniture.title(pen, sheet, state.language, "board", chapter.text.said(state.language))
    room = room.top(sheet.body.bottom - furniture.foot_height(sheet, main=False) - sheet.gap - room.y)
    cards = document.columns(sheet, room)
    pages = document.paginate(pen, [Block(line.said(state.language)) for line in chapter.lines], cards)
    page = min(screen.page, len(pages) - 1)
    document.draw(pen, cards, pages[page])
    furniture.foot(pen, sheet, state, left, pages=(page, len(pages)))
