"""One item before anybody queues (一次性告知): what to bring and how, how long, what it costs, who may apply, the way
goes; keys for the number and for the list on paper, a code for the telephone.
"""

from __future__ import annotations

import re
from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, Item, State
from kiosk.flow.view import Guide, Service
from kiosk.screens import document, furniture, sentences, theme
from kiosk.screens.document import Block
from kiosk.screens.furniture import MAIN, Key
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Pen


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    shown = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    service = state.view.service(shown.code) if state.view and isinstance(shown, Item) else None
    group = next((g for g in state.view.groups if service in g.services), None) if state.view else None
    if service is None or not isinstance(shown, Item):
        raise ValueError("the page of an item needs an item of the view")
    say = words.say(state.language)
    icon = service.icon or (group.icon if group else "list")
    furniture.header(pen, sheet, state, now)
    room = furniture.title(pen, sheet, icon, service.text.said(state.language), hue=theme.hue(icon))
    main: tuple[Key, ...] = ()
    if flow.may_issue(state, service) and state.link in ("up", "offline"):
        main = (furniture.paperless(state), Key("take", say("取号"), "ticket", "strong", MAIN))
        # who may do it at home need not add to it here, and alone a kiosk gives one item a number
        if not flow.may_go_online(state, shown) and state.link == "up":
            main = (*main[:1], Key("add", say("再加一项"), "form"), *main[1:])
    if flow.may_go_online(state, shown) and state.link == "up":
        main = (*main[:1], Key("online", say("改网上办"), "screen"), *main[1:])
    if flow.may_list(state):
        main = (*main[:1], Key("list", say("打印材料清单"), "printer"), *main[1:])
    document.page(
        pen, sheet, state, room, blocks(service, say, state.language), flow.countdown(state, clock), shown.page, main
    )
    furniture.phones(pen, sheet, state)


SENTENCE_END = re.compile(r"(?<=。)|(?<=[a-z0-9]\.) ")


def _point(text: str) -> str:
    """A text that begins a line of its own: English words in a sentence are small, there they are not."""
    return text[:1].upper() + text[1:]


def blocks(service: Service, say: words.Say, language: str) -> list[Block]:
    """Why there is no number today, what to bring one by one, the facts, then its guide."""
    found: list[Block] = []
    if service.closed:
        found.append(
            Block(say("今天不能取这个号：{why}").format(why=service.closed.said(language)), "alert", warm=True)
        )
        found.append(Block(say("可以改天再来，或到咨询台问一问。"), "info"))
    elif service.late:
        why, *instead = [one for one in SENTENCE_END.split(service.late.said(language)) if one]
        found.append(Block(why, "alert", warm=True))
        found += [Block(one, "info") for one in instead]  # a page of large print turns between them
    found.append(Block(say("请带这些"), head=True))
    brought = [_point(one) for one in sentences.brought(service, say, language)]
    for i, text in enumerate(brought):
        found.append(Block(text, str(i + 1)))
        if i < len(service.guide.samples) and service.guide.samples[i]:
            heard = say("看样张：{material}").format(material=say(service.materials[i]))
            found.append(Block(say("看样张"), "search", label=heard, target=f"sample:{i}"))
    found += [] if brought else [Block(say("不用带材料"), "check")]
    found.append(Block(say("办这件事"), head=True))
    found += [Block(value, icon, label) for icon, label, value in sentences.item_facts(service, say, language)]
    return found + guide(service.guide, say, language)


def guide(told: Guide, say: words.Say, language: str) -> list[Block]:
    """The chapters of its guide that the hall has written, and the code of the whole guide."""
    found: list[Block] = []
    if told.conditions:
        found.append(Block(say("受理条件"), head=True))
        found += [Block(one.said(language), "check") for one in told.conditions]
    if told.steps:
        found.append(Block(say("办理流程"), head=True))
        found += [Block(one.said(language), str(i)) for i, one in enumerate(told.steps, 1)]
    if told.faq:
        found.append(Block(say("常见问题"), head=True))
        found += [Block(one.said(language), "chat") for one in told.faq]
    if told.url:
        found.append(Block(say("手机上看"), head=True))
        found.append(Block(say("用手机扫这个码，看网上的办事指南。"), code=told.url))
    return found
