"""Pages that say one thing: asking, hub away, connecting, closed, no number. Always with what a person can do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import words
from kiosk import flow, theme
from kiosk.flow import State, Trouble
from kiosk.layout import Sheet
from kiosk.pages import furniture
from kiosk.scene import Pen, Rect, Valign


@dataclass(frozen=True)
class Message:
    """What a page says. `detail` is the special case in the hub's words; `keys`: (target, label, icon)."""

    icon: str
    title: str
    text: str
    detail: str = ""
    keys: tuple[tuple[str, str, str], ...] = ()
    warm: bool = True


def message(state: State, clock: float) -> Message:
    """The sentences of the page that is on screen."""
    say = words.say(state.language)
    match flow.face(state):
        case "asking":
            return Message("ticket", say("正在取号，请稍候…"), say("您的这次点击已经收到，不用再点。"), warm=False)
        case "connecting":
            return Message("link", say("正在连接叫号系统…"), say("马上就好，请稍候。也可以到咨询台取号。"), warm=False)
        case "away":
            return Message(
                "link", say("叫号系统暂时连不上"), say("正在重新连接，请稍候。也可以到咨询台，工作人员帮您取号。")
            )
        case "closed":
            notice = state.view.notice.said(state.language) if state.view and state.view.notice else ""
            return Message("moon", notice or say("现在不取号"), say("有问题请到咨询台，或拨打下面的电话。"), warm=False)
    return _trouble(state, say, flow.countdown(state, clock))


def _trouble(state: State, say: words.Say, left: int | None) -> Message:
    home = ("home", say("返回首页") if left is None else say("返回首页（{n}）").format(n=left), "home")
    if isinstance(state.screen, Trouble) and state.screen.kind == "refused":
        return Message(
            "info", say("现在不能取这个号"), say("请到咨询台，工作人员帮您办。"), state.screen.reason, (home,)
        )
    text = say("您的点击没有丢：再试一次不会重复取号。也可以到咨询台，工作人员帮您取号。")
    return Message("link", say("叫号系统没有回答"), text, "", (home, ("again", say("再试一次"), "ticket")))


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    said = message(state, clock)
    furniture.header(pen, sheet, state, now)
    foot = sheet.keys
    body = Rect(sheet.body.x, sheet.body.y, sheet.body.w, foot.y - sheet.body.y)
    wide = min(body.w, sheet.u(100))
    card = body.centred(wide, min(body.h - sheet.u(6), sheet.u(84 if sheet.portrait else 66)))
    pen.box(card, theme.CARD, 3.4, shadow=True)
    _says(pen, sheet, said, card.inset(sheet.u(5), sheet.u(4)))
    _keys(pen, sheet, state, said, foot)
    furniture.phones(pen, sheet, state)


def _says(pen: Pen, sheet: Sheet, said: Message, inner: Rect) -> None:
    side = round(inner.h * 0.34)
    disc = Rect(inner.middle[0] - side // 2, inner.y, side, side)
    tint, ink = (theme.AMBER_TINT, theme.HUES["chat"][1]) if said.warm else (theme.TEAL_TINT, theme.TEAL)
    pen.disc(disc, tint)
    pen.icon(disc.inset(side * 0.26), said.icon, ink)
    rest = inner.below(side + sheet.u(2))
    shares = (0.34, 0.22, 0.44) if said.detail else (0.42 if sheet.portrait else 0.46, 0.0, 0.54)
    y = rest.y
    texts: tuple[tuple[str, float, bool, Valign], ...] = (
        (said.title, 5.6, True, "bottom"),
        (said.detail, 3.4, True, "middle"),
        (said.text, 3.4, False, "top"),
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


def _keys(pen: Pen, sheet: Sheet, state: State, said: Message, foot: Rect) -> None:
    if said.keys:
        wide = min((foot.w - sheet.gap) // 2, sheet.u(46))
        x = foot.middle[0] - (len(said.keys) * (wide + sheet.gap) - sheet.gap) // 2
        for i, (name, label, icon) in enumerate(said.keys):
            rect = Rect(x + i * (wide + sheet.gap), foot.y, wide, foot.h)
            furniture.key(pen, name, rect, label, icon=icon, strong=name == "again" or len(said.keys) == 1)
    elif flow.face(state) in {"closed", "away", "connecting"}:
        wide = min(sheet.u(42), (foot.w - sheet.gap) // 2)
        left = Rect(foot.x, foot.y, wide, foot.h)
        furniture.switches(pen, (left, Rect(left.right + sheet.gap, foot.y, wide, foot.h)), state)
