"""What a number for several items would be, before it is taken: the items in their order, one list of what to bring."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow, together
from kiosk.flow.events import Asking, Planned, State
from kiosk.flow.view import View
from kiosk.screens import document, furniture, theme
from kiosk.screens.document import Block
from kiosk.screens.furniture import MAIN, Key
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown, view = state.screen.origin if isinstance(state.screen, Asking) else state.screen, state.view
    if view is None or not isinstance(shown, Planned):
        raise ValueError("the page of a plan needs a plan and the view")
    say = words.say(state.language)
    package = view.package(shown.plan.package)
    icon = package.icon if package and package.icon else "list"
    furniture.header(pen, sheet, state, now)
    hint = say("{n} 件事，一个号，材料只备一份").format(n=len(shown.plan.items))
    room = furniture.title(pen, sheet, icon, shown.plan.text.said(state.language), hint, hue=theme.hue(icon))
    left = flow.countdown(state, clock)
    document.page(pen, sheet, state, room, blocks(view, shown, state.language), left, shown.page, _keys(state, shown))
    furniture.phones(pen, sheet, state)


def _keys(state: State, shown: Planned) -> tuple[Key, ...]:
    say, view = words.say(state.language), state.view
    if view is None or state.link != "up":
        return ()
    found = [furniture.paperless(state)]
    if together.may_add(shown):
        found.append(Key("add", say("再加一项"), "form"))
    if together.may_take(view, shown):
        found.append(Key("take", say("取号"), "ticket", "strong", MAIN))
    elif together.open_items(view, shown.plan):
        found.append(Key("drop", say("去掉不能办的"), "erase", "strong"))
    return tuple(found)


def blocks(view: View, shown: Planned, language: str) -> list[Block]:
    """What cannot be done today, or comes too late, the items in order, then what to bring once for all of them."""
    say, found = words.say(language), []
    for code in together.closed_items(view, shown.plan):
        known = view.service(code)
        why = known.closed.said(language) if known and known.closed else ""
        name = known.text.said(language) if known else code
        found.append(Block(f"{name}{say('。')}{why}", "alert", warm=True))
    if shown.plan.late:
        found.append(Block(shown.plan.late.said(language), "alert", warm=True))
    found.append(Block(say("这次办这些"), head=True))
    found += [Block(one.text.said(language), str(i)) for i, one in enumerate(shown.plan.items, 1)]
    found.append(Block(say("请带这些"), head=True))
    found += [Block(one, "check") for one in papers(shown, language)] or [Block(say("不用带材料"), "check")]
    if shown.plan.saved:
        found.append(Block(say("比一件一件办少带 {n} 份材料。").format(n=shown.plan.saved), "heart"))
    return found


def papers(shown: Planned, language: str) -> list[str]:
    """Each material once, with how it is brought and for what."""
    marks = ("（", "）") if language == words.SOURCE else (" (", ")")
    return [
        f"{one.text.said(language)}{marks[0]}{note}{marks[1]}"
        if (note := one.how.said(language))
        else one.text.said(language)
        for one in shown.plan.papers
    ]


def lines(view: View, shown: Planned, language: str) -> list[str]:
    """The page as sentences."""
    say = words.say(language)
    told = [
        one.text if one.icon.isalpha() or one.head else f"{one.icon} {one.text}"
        for one in blocks(view, shown, language)
    ]
    return [
        shown.plan.text.said(language) + say("。"),
        *(one if one.endswith(say("。")) else one + say("。") for one in told),
    ]
