"""Pages that say one thing: asking, hub away, connecting, closed, no number, a card.

Always with what a person can do now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import (
    Asking,
    CardReading,
    CheckIn,
    Listed,
    LookUp,
    PrintList,
    Reprint,
    RequestTicket,
    State,
    Trouble,
)
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.home import ways
from kiosk.screens.layout import Sheet, grid
from kiosk.screens.scene import Pen, Rect, Valign


@dataclass(frozen=True)
class Message:
    """What a page says. `detail` is the special case in the hub's words; `points` are read one by one."""

    icon: str
    title: str
    text: str
    detail: str = ""
    points: tuple[str, ...] = ()
    keys: tuple[furniture.Key, ...] = ()
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
            return _notice(say)
        case "card":
            return _card(state, say)
        case "list" if isinstance(state.screen, Listed):
            return _list(state.screen, say, state.language)
        case "maintenance":
            return Message("wrench", say("设备维护中"), say("请到咨询台取号，工作人员帮您办。"))
    return _trouble(state, say)


def _asking(state: State, say: words.Say) -> Message:
    wish = state.screen.wish if isinstance(state.screen, Asking) else None
    if isinstance(wish, LookUp):
        return Message("scan", say("正在查询，请稍候…"), say("您的码已经收到，不用再扫。"), warm=False)
    if isinstance(wish, CheckIn):
        return Message("check", say("正在签到，请稍候…"), say("您的这次点击已经收到，不用再点。"), warm=False)
    if isinstance(wish, Reprint):
        return Message("printer", say("正在补打，请稍候…"), say("您的这次点击已经收到，不用再点。"), warm=False)
    if isinstance(wish, PrintList):
        return Message("printer", say("正在打印材料清单，请稍候…"), say("您的这次点击已经收到，不用再点。"), warm=False)
    return Message("ticket", say("正在取号，请稍候…"), say("您的这次点击已经收到，不用再点。"), warm=False)


def _reading(state: State, say: words.Say) -> tuple[furniture.Key, ...]:
    """What can be read although no number can be taken."""
    if state.view is None:
        return ()
    return tuple((name, label, icon, "") for name, label, icon in ways(state.view, say, reading_only=True))


def _notice(say: words.Say) -> Message:
    keys = (("skip", say("不刷证取号"), "ticket", "strong"), ("card", say("同意，刷证取号"), "card", "strong"))
    return Message(
        "card",
        say("刷身份证取号"),
        say("两种都可以，排队先后一样。"),
        points=sentences.notice_lines(say),
        keys=keys,
        warm=False,
    )


def _card(state: State, say: words.Say) -> Message:
    failed = state.screen.failed if isinstance(state.screen, CardReading) else None
    keys = (("skip", say("不刷证取号"), "ticket", "strong"),)
    text = say("放平，不要拿走，听到提示就好了。")
    return Message(
        "card",
        say("请把身份证放在读卡区"),
        text,
        failed.said(state.language) if failed else "",
        keys=keys,
        warm=failed is not None,
    )


def _list(screen: Listed, say: words.Say, language: str) -> Message:
    """What became of the list: take it, or what to do without it."""
    icon, title, text = sentences.list_advice(screen, say, language)
    done = (("home", say("完成，返回首页"), "home", "strong"),)
    return Message(icon, title, text, keys=done, warm=screen.slow or screen.slip.print.state in sentences.NO_PAPER)


def _trouble(state: State, say: words.Say) -> Message:
    trouble = state.screen
    if not isinstance(trouble, Trouble):
        return Message("info", "", "")
    number = isinstance(trouble.wish, RequestTicket)
    if trouble.kind == "refused" and isinstance(trouble.wish, PrintList):
        text = say("可以先用手机拍下要带的材料，或到咨询台，工作人员帮您打印。")
        return Message("printer", say("现在不能打印材料清单"), text, trouble.reason.said(state.language))
    if trouble.kind == "refused":
        title = say("现在不能取这个号") if number else say("现在办不了")
        text = (
            say("可以改天再来、在网上办，或到咨询台，工作人员帮您办。")
            if number
            else say("请到咨询台，工作人员帮您办。")
        )
        return Message("info", title, text, trouble.reason.said(state.language))
    text = (
        say("您的点击没有丢：再试一次不会重复取号。也可以到咨询台，工作人员帮您取号。")
        if number
        else say("没有丢：再试一次就好。也可以到咨询台，工作人员帮您办。")
    )
    return Message("link", say("叫号系统没有回答"), text, keys=(("again", say("再试一次"), "ticket", "strong"),))


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    said = message(state, clock)
    furniture.header(pen, sheet, state, now)
    idle = flow.face(state) in {"closed", "away", "connecting"}
    main = said.keys
    foot_high = (
        furniture.foot_height(sheet, bool(main)) if not idle else 2 * sheet.keys.h + sheet.gap if main else sheet.keys.h
    )
    foot_top = sheet.body.bottom - foot_high - sheet.gap
    body = Rect(sheet.full.x, sheet.full.y, sheet.full.w, foot_top - sheet.full.y)
    wide = min(body.w, sheet.u(120 if said.points else 100))
    deep = 100 if said.points else 84
    card = body.centred(wide, min(body.h - sheet.u(4), sheet.u(deep if sheet.portrait else 66)))
    pen.box(card, theme.CARD, 3.4, shadow=True)
    _says(pen, sheet, said, card.inset(sheet.u(5), sheet.u(4)))
    if idle:
        _idle_keys(pen, sheet, state, main)
    elif flow.face(state) not in {"asking", "maintenance"}:
        screen = state.screen
        out = "home" if isinstance(screen, Trouble) and not isinstance(screen.wish, PrintList) else "back"
        furniture.foot(pen, sheet, state, flow.countdown(state, clock), main, out=out)
    furniture.phones(pen, sheet, state)


def _says(pen: Pen, sheet: Sheet, said: Message, inner: Rect) -> None:
    side = round(inner.h * (0.2 if said.points else 0.32))
    disc = Rect(inner.middle[0] - side // 2, inner.y, side, side)
    tint, ink = (theme.AMBER_TINT, theme.HUES["chat"][1]) if said.warm else (theme.TEAL_TINT, theme.TEAL)
    pen.disc(disc, tint)
    pen.icon(disc.inset(side * 0.26), said.icon, ink)
    rest = inner.below(side + sheet.u(2))
    if said.points:
        _points(pen, sheet, said, rest)
        return
    shares = (0.31, 0.33, 0.36) if said.detail else (0.42 if sheet.portrait else 0.46, 0.0, 0.54)
    y = rest.y
    texts: tuple[tuple[str, float, bool, Valign], ...] = (
        (said.title, 6.2, True, "bottom"),
        (said.detail, 3.9, True, "middle"),
        (said.text, 3.7, False, "top"),
    )
    for share, (text, units, bold, valign) in zip(shares, texts, strict=True):
        high = round(rest.h * share)
        if text:
            pen.text(
                Rect(rest.x, y, rest.w, high).inset(0, sheet.u(1.2)),
                text,
                units,
                bold=bold,
                align="centre",
                lines=4,
                valign=valign,
                one_line=0.85,
                colour=theme.INK if bold else pen.quiet,
                smallest=0.5,
            )
        y += high


def _points(pen: Pen, sheet: Sheet, said: Message, rest: Rect) -> None:
    pen.text(rest.top(rest.h * 0.15), said.title, 5.2, bold=True, align="centre", smallest=0.5)
    part = round(rest.h * 0.68 / len(said.points))
    for i, (text, icon) in enumerate(zip(said.points, ("card", "people", "clock"), strict=True)):
        at = Rect(rest.x, rest.y + round(rest.h * 0.17) + i * part, rest.w, part)
        side = sheet.u(4.4)
        pen.icon(Rect(at.x, at.middle[1] - side // 2, side, side), icon, theme.TEAL)
        pen.text(
            at.after(sheet.u(7)).inset(0, sheet.u(0.6)),
            text,
            3.0 if pen.large else 3.6,
            lines=4,
            one_line=0.9,
            smallest=0.5,
        )
    low = rest.below(rest.h * 0.87)
    pen.text(low, said.text, 3.0, bold=True, colour=theme.TEAL_TEXT, align="centre", lines=2, smallest=0.5)


def _idle_keys(pen: Pen, sheet: Sheet, state: State, main: tuple[furniture.Key, ...]) -> None:
    """Switches at the bottom, and above them what can be read."""
    row, count = sheet.keys, furniture.switch_count(sheet, state)
    furniture.switches(pen, sheet, grid(row, count, 1, sheet.gap), state)
    if main:
        upper = Rect(row.x, row.y - sheet.gap - row.h, row.w, row.h)
        for (name, label, icon, _), rect in zip(main, grid(upper, len(main), 1, sheet.gap), strict=True):
            furniture.key(pen, name, rect, label, icon=icon, strong=True)
