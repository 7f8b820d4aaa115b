"""Menus of rows: 办事指南 (the groups), 信息公开 (its chapters), which work while the hub is away; 更多服务, 绿色通道,
一件事一次办 with its questions, and 再加一项.
"""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import (
    Adding,
    Asking,
    Fair,
    ForWhom,
    Guide,
    Other,
    Packages,
    Publication,
    Question,
    State,
)
from kiosk.flow.view import View
from kiosk.screens import document, furniture, home, sentences, theme
from kiosk.screens.document import Block
from kiosk.screens.furniture import Foot, Row
from kiosk.screens.layout import Sheet, spread
from kiosk.screens.scene import Pen

CHAPTERS = {"promise": "check", "phones": "phone", "hours": "clock"}  # the rest is text
ROW = 12.5


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> None:
    view, screen = state.view, state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if view is None:
        raise ValueError("there is nothing to read before the hub has spoken")
    furniture.header(pen, sheet, state, now)
    left = flow.countdown(state, clock)
    match screen:
        case Publication(chapter=chapter) if chapter:
            _chapter(pen, sheet, state, view, screen, left)
        case Guide() | Publication() | Other() | Fair() | ForWhom() | Packages() | Question() | Adding():
            _menu(pen, sheet, state, view, screen, left)
    furniture.phones(pen, sheet, state)


def _menu(
    pen: Pen,
    sheet: Sheet,
    state: State,
    view: View,
    screen: Guide | Publication | Other | Fair | ForWhom | Packages | Question | Adding,
    left: int | None,
) -> None:
    say = words.say(state.language)
    if isinstance(screen, Guide):
        icon, title, hint = "book", say("办事指南"), say("点一类事项，看要带什么、多久办好")
        rows = _groups(view, state.language)
    elif isinstance(screen, Other):
        icon, title, hint = "list", say("更多服务"), say("查事项、领结果、看进度")
        hue = (theme.TEAL_TINT, theme.TEAL)
        fair = sentences.fair_name(view, state.language)
        whom = "" if state.large else sentences.fair_for(view, state.language)  # large print says it on its own page
        rows = [Row("fair", "elder", fair, hue, whom)] if view.classes else []
        rows += [Row(name, sign, label, hue) for name, label, sign in home.ways(view, say)]
    elif isinstance(screen, Fair):
        icon, (title, hint) = "heart", sentences.fair_title(view, state.language)
        rows = _grounds(view, state)
    elif isinstance(screen, ForWhom):
        icon, title, hint = "people", sentences.party_title(say), ""
        rows = [_party(party, sign, say) for party, sign in sentences.PARTIES]
    elif isinstance(screen, Packages):
        icon, title, hint = "family", sentences.packages_name(say), say("点一件，一个号、一张清单，一次办完")
        rows = _packages(view, state.language)
    elif isinstance(screen, Question):
        icon, title, hint, rows = _question(view, screen, state.language)
    elif isinstance(screen, Adding):
        icon, title = "form", say("再加一项") if screen.chosen else say("自己选几件事")
        chosen = [known.text.said(state.language) for code in screen.chosen if (known := view.service(code))]
        hint = sentences.adding_hint(chosen, say)
        rows = _more_items(view, screen, state.language) if screen.group else _groups(view, state.language)
    else:
        icon, title, hint = "board", say("信息公开"), say("这个厅的服务、承诺、时间和电话")
        rows = _chapters(view, state.language)
    room = furniture.title(pen, sheet, icon, title, hint)
    for pages in (1, 9):
        area = furniture.above_foot(pen, sheet, state, Foot(left, pages=pages), room)
        cut = spread(
            area,
            len(rows),
            sheet.gap,
            lambda width: furniture.row_need(pen, rows, width),
            1 if sheet.portrait else 2,
            max(sheet.least, sheet.u(ROW)),
        )
        if cut.fits and cut.pages == 1:
            break
    page = cut.page(0 if isinstance(screen, ForWhom | Question) else screen.page)
    cells = cut.cells(area, sheet.gap, max(cut.need, sheet.u(19)))
    for one, rect in zip(rows[page * cut.per_page : (page + 1) * cut.per_page], cells, strict=False):
        furniture.row(pen, one, rect)
    if not rows:
        pen.text(area, say("这里还没有内容。"), theme.BODY, colour=pen.quiet, align="centre")
    furniture.draw_foot(pen, sheet, state, Foot(left, pages=cut.pages, page=page))


def _groups(view: View, language: str) -> list[Row]:
    say = words.say(language)
    return [
        Row(
            f"group:{group.id}",
            group.icon,
            group.text.said(language),
            theme.hue(group.icon),
            say("{n} 个事项").format(n=len(group.services)),
        )
        for group in view.groups
    ]


def _grounds(view: View, state: State) -> list[Row]:
    """Who may have each class; and for whoever said so by mistake, the ordinary number."""
    say, found = words.say(state.language), []
    for one in view.classes:
        if one.closed:
            hue = (theme.AMBER_TINT, theme.HUES["chat"][1])
            found.append(Row("help", "alert", say("我不确定，请帮我"), hue, one.closed.said(state.language)))
            continue
        name = one.text.said(state.language) if len(view.classes) > 1 else ""
        for ground in one.grounds:
            sign = sentences.GROUND_ICONS.get(ground.id, "heart")
            target = f"ground:{one.id}/{ground.id}"
            found.append(Row(target, sign, ground.text.said(state.language), (theme.TEAL_TINT, theme.TEAL), name))
    if state.klass:
        found.append(Row("ground:", "ticket", say("都不是，取普通号"), theme.SLATE))
    return found


def _packages(view: View, language: str) -> list[Row]:
    """Each with when somebody needs it; and whoever finds none chooses items."""
    say = words.say(language)
    found = [
        Row(
            f"package:{one.id}",
            one.icon or "family",
            one.text.said(language),
            theme.hue(one.icon or "family"),
            one.when.said(language),
        )
        for one in view.packages
    ]
    return [*found, Row("add", "form", say("自己选几件事"), theme.SLATE, say("一个号办几个事项"))]


def _question(view: View, screen: Question, language: str) -> tuple[str, str, str, list[Row]]:
    say, package = words.say(language), view.package(screen.package)
    if package is None:
        raise ValueError("the package is not in the view")
    title = package.questions[screen.at].text.said(language)
    hint = f"{package.text.said(language)} · {sentences.question_hint(screen, len(package.questions), say)}"
    hue = (theme.TEAL_TINT, theme.TEAL)
    rows = [Row("answer:yes", "check", say("是"), hue), Row("answer:no", "cross", say("否"), theme.SLATE)]
    return package.icon or "family", title, hint, rows


def _more_items(view: View, screen: Adding, language: str) -> list[Row]:
    """The items of a group that are not chosen yet; one without numbers today says why."""
    group = view.group(screen.group)
    if group is None:
        raise ValueError("the group is not in the view")
    return [
        Row(
            f"service:{one.code}",
            one.icon or group.icon,
            one.text.said(language),
            theme.SLATE if one.closed else theme.hue(one.icon or group.icon),
            one.closed.said(language) if one.closed else "",
        )
        for one in group.services
        if one.code not in screen.chosen
    ]


def _party(party: str, sign: str, say: words.Say) -> Row:
    name, means = sentences.party_text(party, say)
    return Row(f"party:{party}", sign, name, (theme.TEAL_TINT, theme.TEAL), means)


def _chapters(view: View, language: str) -> list[Row]:
    hue = (theme.TEAL_TINT, theme.TEAL)
    return [
        Row(f"chapter:{one.id}", CHAPTERS.get(one.id, "list"), one.text.said(language), hue) for one in view.publication
    ]


def _chapter(pen: Pen, sheet: Sheet, state: State, view: View, screen: Publication, left: int | None) -> None:
    chapter = view.chapter(screen.chapter)
    if chapter is None:
        raise ValueError("the chapter is not in the view")
    room = furniture.title(pen, sheet, "board", chapter.text.said(state.language))
    blocks = [Block(line.said(state.language)) for line in chapter.lines]
    document.page(pen, sheet, state, room, blocks, left, screen.page)
