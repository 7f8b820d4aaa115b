"""One item before anybody queues (一次性告知): what to bring, how long, what it costs, keys for the number and for
the list on paper.
"""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Item, State
from kiosk.flow.view import Service
from kiosk.screens import document, furniture, sentences, theme
from kiosk.screens.document import Block
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen, Rect


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    service = state.view.service(shown.code) if state.view and isinstance(shown, Item) else None
    group = next((g for g in state.view.groups if service in g.services), None) if state.view else None
    if service is None or not isinstance(shown, Item):
        raise ValueError("the page of an item needs an item of the view")
    say, icon = words.say(state.language), group.icon if group else "list"
    furniture.header(pen, sheet, state, now)
    hue = theme.HUES.get(icon, theme.HUES["box"])
    beside = flow.may_list(state) and not sheet.portrait  # a wide page has no room for it in the foot
    wide = sheet.u(44 if sheet.large else 36) if beside else 0
    name = service.text.said(state.language)
    room = furniture.title(pen, sheet, state.language, icon, name, hue=hue, right=wide and wide + sheet.gap)
    if beside:
        at = Rect(sheet.body.right - wide, sheet.body.y + sheet.u(2), wide, sheet.u(9.4))
        furniture.key(pen, "list", at, say("打印材料清单"), icon="printer", units=3.6)
    issues = flow.may_issue(state, service) and state.link == "up"
    main: tuple[furniture.Key, ...] = (("take", say("取号"), "ticket", "strong"),) if issues else ()
    if flow.may_list(state) and not beside:
        main = (("list", say("打印材料清单"), "printer", ""), *main)
    ends = sheet.body.bottom - furniture.foot_height(sheet, bool(main)) - sheet.gap
    cards = document.columns(sheet, room.top(ends - room.y))
    pages = document.paginate(pen, blocks(service, say, state.language), cards)
    page = min(shown.page, len(pages) - 1)
    document.draw(pen, cards, pages[page])
    furniture.foot(pen, sheet, state, flow.countdown(state, clock), main, pages=(page, len(pages)))
    furniture.phones(pen, sheet, state)


def blocks(service: Service, say: words.Say, language: str) -> list[Block]:
    """Why there is no number today, what to bring one by one, then the facts."""
    found: list[Block] = []
    if service.closed:
        found.append(
            Block(say("今天不能取这个号：{why}").format(why=service.closed.said(language)), "alert", warm=True)
        )
        found.append(Block(say("可以改天再来，或到咨询台问一问。"), "info"))
    materials = [say(material) for material in service.materials]
    found.append(Block(say("请带这些"), head=True))
    found += [Block(text, str(i)) for i, text in enumerate(materials, 1)] or [Block(say("不用带材料"), "check")]
    found.append(Block(say("办这件事"), head=True))
    return found + [Block(value, icon, label) for icon, label, value in sentences.item_facts(service, say)]
