"""评价: the five levels, and what may be added to the one that was touched, to be chosen or not."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Rating, State
from kiosk.screens import furniture, theme
from kiosk.screens.furniture import MAIN, Foot, Key, Row
from kiosk.screens.layout import Sheet, spread
from kiosk.screens.scene import Pen

LEVEL, OPTION = 14.0, 9.5
"""Least heights of a row, units."""
GOOD = 3
"""基本满意; below it are the levels that somebody looks into."""


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if not isinstance(shown, Rating):
        raise ValueError("the page of a rating needs a number to rate")
    say, left = words.say(state.language), flow.countdown(state, clock)
    furniture.header(pen, sheet, state, now)
    room = furniture.title(pen, sheet, "star", title(shown, state.language), hint(shown, state.language))
    main = (Key("send", say("提交评价"), "check", "strong", MAIN),) if shown.level else ()
    found = rows(shown, state.language)
    for pages in (1, 9):
        area = furniture.above_foot(pen, sheet, state, Foot(left, main, pages=pages), room)
        cut = spread(
            area,
            len(found),
            sheet.gap,
            lambda width: furniture.row_need(pen, found, width),
            1 if sheet.portrait else 2,
            max(sheet.least, sheet.u(OPTION if shown.level else LEVEL)),
        )
        if cut.fits and cut.pages == 1:
            break
    page = cut.page(shown.page)
    cells = cut.cells(area, sheet.gap, max(cut.need, sheet.u(19)))
    for one, rect in zip(found[page * cut.per_page : (page + 1) * cut.per_page], cells, strict=False):
        furniture.row(pen, one, rect)
    furniture.draw_foot(pen, sheet, state, Foot(left, main, pages=cut.pages, page=page))
    furniture.phones(pen, sheet, state)


def rows(shown: Rating, language: str) -> list[Row]:
    say, score = words.say(language), shown.asked.score(shown.level)
    if score is None:
        return [
            Row(f"level:{one.level}", f"face{one.level}", one.text.said(language), _hue(one.level))
            for one in shown.asked.scores
        ]
    found = []
    for one in score.options:
        on, text = one.code in shown.chosen, one.text.said(language)
        spoken = say("{name}：已选").format(name=text) if on else text
        found.append(Row(f"option:{one.code}", f"face{shown.level}", text, _hue(shown.level), on=on, spoken=spoken))
    return found


def _hue(level: int) -> tuple[theme.Colour, theme.Colour]:
    return (theme.TEAL_TINT, theme.TEAL) if level >= GOOD else (theme.AMBER_TINT, theme.HUES["chat"][1])


def title(shown: Rating, language: str) -> str:
    say, score = words.say(language), shown.asked.score(shown.level)
    if score is None:
        return say("{number} 办得怎么样？").format(number=shown.asked.number)
    return score.text.said(language)


def hint(shown: Rating, language: str) -> str:
    say, before = words.say(language), shown.asked.rated
    if shown.level:
        return say("为什么？可以多选，也可以不选，最后点“提交评价”")
    if before:
        return say("您评过“{level}”，还可以追评一次").format(level=before.said(language))
    return say("请点一个等级，接着可以说为什么")


def lines(shown: Rating, language: str) -> list[str]:
    """The page as sentences."""
    say = words.say(language)
    said = say("、").join(one.spoken or one.text for one in rows(shown, language))
    return [title(shown, language), hint(shown, language) + say("。"), said + say("。")]
