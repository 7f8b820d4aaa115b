"""投诉、建议、办不成事: a code for the telephone where one reaches the hub's page, the desk, and the number to call."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import State
from kiosk.flow.view import View
from kiosk.screens import furniture
from kiosk.screens.furniture import Foot
from kiosk.screens.layout import Sheet
from kiosk.screens.long_wait import Way, draw_ways
from kiosk.screens.scene import Pen


def ways(view: View, say: words.Say) -> list[Way]:
    """Where it is lodged: by telephone where that is possible, at the desk, by calling."""
    scan = Way("scan", say("手机扫码"), say("写下来，凭编号查答复"), code=view.lodge)
    desk = Way("people", say("到咨询台"), say("当面说，帮您登记，给您回执"))
    call = Way("phone", say("打电话"), say("投诉举报 {number}").format(number=view.hall.tel_complaint))
    return [*([scan] if view.lodge else []), desk, call]


def title(say: words.Say) -> str:
    return say("投诉、建议、办不成事")


def hint(say: words.Say) -> str:
    return say("哪一种都有答复")


def lines(view: View, say: words.Say) -> list[str]:
    """The page as sentences."""
    told = [f"{way.title}{say('：')}{way.below}{say('。')}" for way in ways(view, say)]
    return [title(say) + say("。"), hint(say) + say("。"), *told]


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    view, say = state.view, words.say(state.language)
    if view is None:
        raise ValueError("nothing is known of where things are lodged before the hub has spoken")
    furniture.header(pen, sheet, state, now)
    room = furniture.title(pen, sheet, "chat", title(say), hint(say))
    foot = Foot(flow.countdown(state, clock))
    draw_ways(pen, sheet, ways(view, say), furniture.above_foot(pen, sheet, state, foot, room))
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)
