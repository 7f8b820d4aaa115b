"""Pages that say one thing: asking, hub away, connecting, closed, no number, a card, a number to be given back.

Always with what a person can do now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import (
    Asking,
    AskPlan,
    CardNotice,
    CardReading,
    CheckIn,
    GiveBack,
    GiveRating,
    LeaveTelephone,
    Listed,
    LookUp,
    PrintAgain,
    PrintList,
    Reprint,
    RequestTicket,
    Returned,
    Returning,
    State,
    Trouble,
)
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.furniture import LABEL, MAIN, Foot, Key
from kiosk.screens.home import ways
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen, Rect, Words
from kiosk.screens.theme import Colour


@dataclass(frozen=True)
class Message:
    """What a page says. `detail` is the special case in the hub's words; `points` are read one by one."""

    icon: str
    title: str
    text: str
    detail: str = ""
    points: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    warm: bool = True


def message(state: State, clock: float) -> Message:
    """The sentences of the page that is on screen."""
    say = words.say(state.language)
    match flow.face(state):
        case "asking":
            return _asking(state, say)
        case "connecting":
            return Message("link", say("正在连接叫号系统…"), say("马上就好，请稍候。也可以到咨询台取号。"), warm=False)
        case "away":
            text = say("正在重新连接，请稍候。也可以到咨询台，工作人员帮您取号。")
            return Message("link", say("叫号系统暂时连不上"), text, keys=_reading(state, say))
        case "closed":
            notice = state.view.notice.said(state.language) if state.view and state.view.notice else ""
            text = say("可以先看办事指南，有些事在网上就能办。有问题请到咨询台，或拨打下面的电话。")
            return Message("moon", notice or say("现在不取号"), text, keys=_reading(state, say), warm=False)
        case "notice":
            return _notice(state, say)
        case "card":
            return _card(state, say)
        case "returning" | "returned":
            return _return(state, say)
        case "list" if isinstance(state.screen, Listed):
            return _list(state.screen, say, state.language)
        case "maintenance":
            return Message("wrench", say("设备维护中"), say("请到咨询台取号，工作人员帮您办。"))
    return _trouble(state, say)


def _asking(state: State, say: words.Say) -> Message:
    wish = state.screen.wish if isinstance(state.screen, Asking) else None
    if isinstance(wish, LookUp):
        return Message("scan", say("正在查询，请稍候…"), say("您的码已经收到，不用再扫。"), warm=False)
    touched = say("您的这次点击已经收到，不用再点。")
    if isinstance(wish, CheckIn):
        return Message("check", say("正在签到，请稍候…"), touched, warm=False)
    if isinstance(wish, Reprint | PrintAgain):
        return Message("printer", say("正在补打，请稍候…"), touched, warm=False)
    if isinstance(wish, GiveBack):
        return Message("ticket", say("正在退号，请稍候…"), touched, warm=False)
    if isinstance(wish, AskPlan):
        return Message("list", say("正在核对，请稍候…"), touched, warm=False)
    if isinstance(wish, LeaveTelephone):
        return Message("phone", say("正在登记，请稍候…"), touched, warm=False)
    if isinstance(wish, GiveRating):
        return Message("star", say("正在记下评价，请稍候…"), touched, warm=False)
    if isinstance(wish, PrintList) and wish.booking:
        return Message("printer", say("正在打印预约凭条，请稍候…"), touched, warm=False)
    if isinstance(wish, PrintList):
        return Message("printer", say("正在打印材料清单，请稍候…"), touched, warm=False)
    return Message("ticket", say("正在取号，请稍候…"), touched, warm=False)


def _reading(state: State, say: words.Say) -> tuple[Key, ...]:
    """What can be read although no number can be taken."""
    if state.view is None:
        return ()
    return tuple(Key(name, label, icon, "strong") for name, label, icon in ways(state.view, say, reading_only=True))


def _notice(state: State, say: words.Say) -> Message:
    screen = state.screen
    skip = isinstance(screen, CardNotice) and flow.may_skip_card(state, screen)
    card = Key("card", say("同意，刷证取号"), "card", "strong", LABEL if skip else MAIN)
    ages = [one.from_age for one in state.view.classes if one.from_age and not one.closed] if state.view else []
    return Message(
        "card",
        say("刷身份证取号"),
        say("两种都可以，排队先后一样。") if skip else say("没带身份证的，请到咨询台取号。"),
        points=sentences.notice_lines(say, age=min(ages, default=0)),
        keys=(Key("skip", say("不刷证取号"), "ticket", "strong"), card) if skip else (card,),
        warm=False,
    )


def _card(state: State, say: words.Say) -> Message:
    failed = state.screen.failed if isinstance(state.screen, CardReading) else None
    skip = isinstance(state.screen, CardReading) and flow.may_skip_card(state, state.screen)
    keys = (Key("skip", say("不刷证取号"), "ticket", "strong", MAIN),) if skip else ()
    text = say("放平，不要拿走，听到提示就好了。")
    return Message(
        "card",
        say("请把身份证放在读卡区"),
        text,
        failed.said(state.language) if failed else "",
        keys=keys,
        warm=failed is not None,
    )


def _return(state: State, say: words.Say) -> Message:
    """Asked once more, since what ends can't be taken up again; the key that keeps the number stands where 返回 was."""
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if isinstance(shown, Returning):
        number = shown.origin.ticket.number
        keys = (Key("keep", say("不退，留着"), "check", "strong"), Key("give-back", say("退掉这个号"), "erase", "warm"))
        text = say("退掉以后不再叫这个号，要办事需要重新取号、重新排队。")
        return Message("alert", say("要退掉 {number} 吗？").format(number=number), text, keys=keys)
    number = shown.ticket.number if isinstance(shown, Returned) else ""
    anew = Key("home", say("重新取号"), "ticket", "strong", MAIN)
    text = say("这个号不再叫了，号票可以扔掉。")
    return Message("check", say("{number} 已经退掉").format(number=number), text, keys=(anew,), warm=False)


def _list(screen: Listed, say: words.Say, language: str) -> Message:
    """What became of the list: take it, or what to do without it."""
    icon, title, text = sentences.list_advice(screen, say, language)
    done = (Key("home", say("完成，返回首页"), "home", "strong"),)
    return Message(icon, title, text, keys=done, warm=screen.slow or screen.slip.print.state in sentences.NO_PAPER)


def _trouble(state: State, say: words.Say) -> Message:
    trouble = state.screen
    if not isinstance(trouble, Trouble):
        return Message("info", "", "")
    number = isinstance(trouble.wish, RequestTicket)
    if trouble.kind == "refused" and isinstance(trouble.wish, PrintList) and trouble.wish.booking:
        text = say("请记下预约码，或到咨询台，工作人员帮您打印。")
        return Message("printer", say("现在不能打印预约凭条"), text, trouble.reason.said(state.language))
    if trouble.kind == "refused" and isinstance(trouble.wish, PrintList):
        text = say("可以先用手机拍下要带的材料，或到咨询台，工作人员帮您打印。")
        return Message("printer", say("现在不能打印材料清单"), text, trouble.reason.said(state.language))
    if trouble.kind == "refused" and isinstance(trouble.wish, LeaveTelephone):
        text = say("您的号码仍然有效：请留意大屏和广播叫号，也可以到咨询台。")
        return Message("phone", say("没有登记手机号"), text, trouble.reason.said(state.language))
    if trouble.kind == "refused" and isinstance(trouble.wish, GiveRating):
        text = say("也可以用手机扫号票上的码评价，或把意见投进意见箱。")
        return Message("star", say("没有记下评价"), text, trouble.reason.said(state.language))
    if trouble.kind == "refused":
        title = say("现在不能取这个号") if number else say("现在办不了")
        text = (
            say("可以改天再来、在网上办，或到咨询台，工作人员帮您办。")
            if number
            else say("请到咨询台，工作人员帮您办。")
        )
        anew = (Key("ordinary", say("取普通号"), "ticket", "strong", MAIN),) if _of_class(trouble) else ()
        return Message("info", title, text, trouble.reason.said(state.language), keys=anew)
    text = (
        say("您的点击没有丢：再试一次不会重复取号。也可以到咨询台，工作人员帮您取号。")
        if number
        else say("没有丢：再试一次就好。也可以到咨询台，工作人员帮您办。")
    )
    return Message(
        "link", say("叫号系统没有回答"), text, keys=(Key("again", say("再试一次"), "ticket", "strong", MAIN),)
    )


def _of_class(trouble: Trouble) -> bool:
    """Whether a number of a class was refused: an ordinary one may still be had."""
    return isinstance(trouble.wish, RequestTicket) and bool(trouble.wish.ground)


IDLE = frozenset({"closed", "away", "connecting"})


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    said, face, foot = message(state, clock), flow.face(state), None
    furniture.header(pen, sheet, state, now)
    room, gap = sheet.full, sheet.gap
    if face in IDLE:
        least = max(sheet.least, sheet.u(9.4))
        keys = furniture.block(pen, furniture.switches(sheet, state), room.w, gap, sheet.least, least)
        at = Rect(room.x, room.bottom - keys.high - sheet.u(0.6), room.w, keys.high)
        furniture.draw_block(pen, keys, at, gap)
        if said.keys:
            keys = furniture.block(pen, said.keys, room.w, gap, sheet.least, least)
            at = Rect(room.x, at.y - gap - keys.high, room.w, keys.high)
            furniture.draw_block(pen, keys, at, gap)
        room = Rect(room.x, room.y, room.w, at.y - gap - room.y)
    elif face not in {"asking", "maintenance"}:
        foot = Foot(flow.countdown(state, clock), said.keys, out=_out(state))
        room = furniture.above_foot(pen, sheet, state, foot, room)
    _card_of(pen, sheet, said, room)
    if foot:
        furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)


def _out(state: State) -> str:
    match state.screen:
        case Returned():
            return ""
        case Trouble(wish=PrintList() | PrintAgain() | GiveBack() | AskPlan() | LeaveTelephone()):
            return "back"
        case Trouble():
            return "home"
    return "back"


def _card_of(pen: Pen, sheet: Sheet, said: Message, room: Rect) -> None:
    """A card in the middle of `room`: a picture as large as the words leave it, then the words."""
    wide = min(room.w, sheet.u(150 if sheet.large else 120 if said.points else 104))
    inset = sheet.u(2.4 if sheet.large else 5)
    inner_w = wide - 2 * inset
    points = _points_high(pen, said, inner_w)
    most = room.h - sheet.u(1 if sheet.large else 2)
    for head, tail in _ways_to_say(sheet, said, pen.quiet):
        words_high = pen.stack_high([*head, *tail], inner_w) + points + (sheet.u(1.6) if points else 0)
        if words_high <= most - sheet.u(1.2):
            break
    side = min(sheet.u(20 if not said.points else 12), most - words_high - 2 * inset - sheet.u(1.4))
    shown = side >= sheet.u(6)
    picture = side + sheet.u(1.6) if shown else 0
    high = min(most, max(words_high + picture + 2 * inset, sheet.u(44 if sheet.portrait else 30)))
    card = room.centred(wide, min(most, high))
    if words_high > card.h - sheet.u(1.2):
        pen.cut.append(said.title)
    pen.box(card, theme.CARD, 3.4, shadow=True)
    y = card.y + (card.h - words_high - picture) // 2
    if shown:
        disc = Rect(card.middle[0] - side // 2, y, side, side)
        tint, ink = (theme.AMBER_TINT, theme.HUES["chat"][1]) if said.warm else (theme.TEAL_TINT, theme.TEAL)
        pen.disc(disc, tint)
        pen.icon(disc.inset(side * 0.26), said.icon, ink)
    at = Rect(card.x + inset, y + picture, inner_w, pen.stack_high(head, inner_w))
    pen.stack(at, head, align="centre", valign="top")
    if said.points:
        at = Rect(at.x, at.bottom + sheet.u(1.6), inner_w, points)
        _points(pen, sheet, said, at)
    low = Rect(at.x, at.bottom + sheet.u(1.0), inner_w, pen.stack_high(tail, inner_w))
    pen.stack(low, tail, align="centre", valign="top")


def _ways_to_say(sheet: Sheet, said: Message, quiet: Colour) -> Iterator[tuple[list[Words], list[Words]]]:
    """(head, tail), the best first: a long case in the hub's words stands alone, as it says itself what can be done,
    and is set smaller at last.
    """
    title = Words(said.title, theme.TITLE if sheet.portrait else theme.HEAD, True)
    tail = [Words(said.text, theme.BODY, colour=quiet, gap=1.0)]
    yield [title, Words(said.detail, theme.NAME, True, gap=1.0)], tail
    if said.detail:
        yield [title, Words(said.detail, theme.NAME, True, gap=1.0)], []
        yield [title, Words(said.detail, theme.BODY, True, gap=1.0)], []


POINT = 3.1


def _points_high(pen: Pen, said: Message, width: int) -> int:
    return sum(pen.high(text, POINT, width - pen.u(6)) + pen.u(1.2) for text in said.points)


def _points(pen: Pen, sheet: Sheet, said: Message, rest: Rect) -> None:
    y, side = rest.y, sheet.u(4)
    for text, icon in zip(said.points, ("card", "people", "clock"), strict=True):
        at = Rect(rest.x, y, rest.w, pen.high(text, POINT, rest.w - pen.u(6)))
        pen.icon(Rect(at.x, at.y + (pen.line(POINT) - side) // 2, side, side), icon, theme.TEAL)
        pen.text(at.after(pen.u(6)), text, POINT)
        y = at.bottom + pen.u(1.2)
