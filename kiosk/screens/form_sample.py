"""看样张: how a material looks when it is filled in, as large as the page allows; or that it can't be had, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from math import ceil

import words
from kiosk.flow import flow
from kiosk.flow.events import Sample, State
from kiosk.flow.view import View
from kiosk.screens import furniture, theme
from kiosk.screens.furniture import MAIN, Foot, Key
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import MOST_ENLARGED, Pen, Rect, Words, shaped

FRAME = 1.0
NEARLY_WHOLE = 0.8
"""A part that shows so much of a picture is not worth a page."""
SHARED = 0.1
"""So much of a part stands in the one before as well: a line that is cut by one is whole in the other."""


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown, view = state.screen, state.view
    if view is None or not isinstance(shown, Sample):
        raise ValueError("the page of a sample needs one and the view")
    say = words.say(state.language)
    furniture.header(pen, sheet, state, now)
    main = (Key("again", say("再试一次"), "swap", "strong", MAIN),) if shown.lost else ()
    foot, hint = Foot(flow.countdown(state, clock), main, pages=2), say("样张，供填写时参考")
    room = furniture.title(pen, sheet, "form", material(view, shown, state.language), hint)
    room = furniture.above_foot(pen, sheet, state, foot, room)
    frame, found = sheet.u(FRAME), 1
    if shown.picture:
        inner, picture = room.inset(frame), shown.picture
        cut = pages(inner, picture.width, picture.height)
        found, (top, rows) = len(cut), cut[min(shown.page, len(cut) - 1)]
        at = shaped(inner, picture.width, rows)
        pen.box(at.inset(-frame), theme.CARD, FRAME, shadow=True)
        pen.image(at, picture, top, rows)
    else:
        pen.stack(room, [Words(told(shown, say), theme.HEAD, colour=pen.quiet)], align="centre")
    foot = replace(foot, pages=found, page=min(shown.page, found - 1))
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)


def pages(room: Rect, width: int, height: int) -> list[tuple[int, int]]:
    """(first row, rows) of each page: the whole picture, then where that is small its parts as wide as the room, each
    with some of the one before.
    """
    wide = min(room.w / width, MOST_ENLARGED)
    rows = int(room.h / wide)
    if rows >= height * NEARLY_WHOLE:
        return [(0, height)]
    count = ceil((height - rows) / (rows * (1 - SHARED))) + 1
    return [(0, height), *((round(i * (height - rows) / (count - 1)), rows) for i in range(count))]


def material(view: View, shown: Sample, language: str) -> str:
    service = view.service(shown.code)
    return words.say(language)(service.materials[shown.at]) if service else ""


def told(shown: Sample, say: words.Say) -> str:
    """What stands where the picture is not."""
    return say("样张现在看不了。请再试一次，或到咨询台问一问。") if shown.lost else say("正在取样张，请稍等。")


def lines(view: View, shown: Sample, language: str) -> list[str]:
    """The page as sentences: a picture cannot be said, only what it is of."""
    say = words.say(language)
    name = say("样张：{material}").format(material=material(view, shown, language)) + say("。")
    return [name, say("屏幕上是样张，看不清的请到咨询台。") if shown.picture else told(shown, say)]
