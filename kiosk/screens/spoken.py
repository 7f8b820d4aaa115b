"""What is said aloud: a page when somebody presses 听, and each step of whoever walks by the keypad. Pure.

The same facts as on screen, in sentences.
"""

from __future__ import annotations

from dataclasses import replace

import words
from kiosk.flow import flow
from kiosk.flow.events import (
    Adding,
    Asking,
    CardNotice,
    CardReading,
    Entering,
    Fair,
    ForWhom,
    Item,
    Items,
    Lodging,
    LongWait,
    Other,
    Packages,
    Planned,
    Publication,
    Question,
    Rating,
    Result,
    Sample,
    Searching,
    Speak,
    State,
    Texting,
    Ticketed,
)
from kiosk.flow.view import Ticket
from kiosk.screens import form_sample, home, judging, lodging, long_wait, message, planned, sentences, texting
from kiosk.screens.scene import Scene


def said(asked: Speak, page: Scene) -> str:
    """What is said of a page, drawn as `page`: the whole of it, or what the keypad has just done."""
    state, say = asked.state, words.say(asked.state.language)
    match asked.what:
        case "typed":
            screen = state.screen
            if isinstance(screen, Texting):
                return texting.typed(screen, say)
            code = screen.code if isinstance(screen, Entering) else screen.text if isinstance(screen, Searching) else ""
            return _spelled(code, say) or say("已清空")
        case "found":
            return (
                " ".join(sentences.found_lines(state.screen, state.language))
                if isinstance(state.screen, Searching)
                else ""
            )
        case "ring":
            return ring(page, state)
        case "left":
            return _left(state, asked.now)
    texts = [say("上下键移动，确定键选中，返回键退回。")] if asked.first else []
    return " ".join(text for text in (*texts, spoken(state, asked.now), ring(page, state)) if text)


def ring(page: Scene, state: State) -> str:
    """The target that the keypad's ring stands on, with its place; "" without a ring."""
    say, target = words.say(state.language), page.focused(state.focus)
    if target is None:
        return ""
    place = say("第{n}项，共{all}项").format(n=page.order.index(target.name) + 1, all=len(page.order))
    switches = {
        "large": (state.large, say("现在是大字版")),  # the key's own word is then the way back
        "low": (state.low, say("现在是低位")),
        "paper": (not state.paper, say("已打开")),
    }
    on, state_now = switches.get(target.name, (False, ""))
    return f"{target.label}{say('，')}{place}{say('，') + state_now if on else ''}{say('。')}"


def spoken(state: State, now: float) -> str:
    """The text of the page on screen in the language in use; ends with the seconds that are left, once they count."""
    return " ".join(text for text in (*_said(state, now), _left(state, now)) if text)


def _left(state: State, now: float) -> str:
    left = flow.countdown(state, now)
    if left is None:
        return ""
    say = words.say(state.language)
    if state.focus is not None:  # each step of the ring gives all the time again
        return say("{n} 秒后返回首页。要更多时间，请按上下键。").format(n=left)
    return say("{n} 秒后返回首页。要更多时间，请点“还要更多时间”。").format(n=left)


def _said(state: State, now: float) -> list[str]:
    say, view, screen = words.say(state.language), state.view, state.screen
    face = "asking" if isinstance(screen, Asking) else flow.face(state)
    if face == "home" and view:
        names = [sentences.group_line(group, state.language) for group in view.groups]
        fair = say("{who}可以走{name}。").format(
            who=sentences.fair_for(view, state.language), name=sentences.fair_name(view, state.language)
        )
        offered = [fair] if view.classes and not state.klass else []
        return [say("您好，请点一下要办的事。"), *names, *offered, say("不确定的，请点“我不确定，请帮我”。")]
    match screen:
        case Items() if view and (group := view.group(screen.group)):
            names = [service.text.said(state.language) for service in group.services]
            ask = say("请点一下事项，看要带什么。") if screen.guide else say("请点一下要办的事项，就能取号。")
            return [ask, say("、").join(names)]
        case Item() if view and (service := view.service(screen.code)):
            return sentences.item_lines(service, state.language)
        case Sample() if view:
            return form_sample.lines(view, screen, state.language)
        case Other() if view:
            first = [sentences.fair_name(view, state.language)] if view.classes else []
            return [say("更多服务"), say("、").join([*first, *(label for _, label, _ in home.ways(view, say))])]
        case Publication(chapter=chapter) if view:
            found = view.chapter(chapter)
            lines = found.lines if found else ()
            titles = [one.text.said(state.language) for one in ([found] if found else view.publication)]
            return [*titles, *(line.said(state.language) for line in lines)]
        case Entering():
            return [
                sentences.entering_title(screen, say),
                sentences.entering_hint(screen, say),
                _spelled(screen.code, say),
            ]
        case Searching():
            return sentences.search_lines(screen, state.language)
        case Result():
            return [screen.found.text.said(state.language)]
        case Ticketed():
            return ticket_lines(screen, say, state.language)
        case CardReading(failed=failed) if failed:
            return [failed.said(state.language), _without_card(state, say)]
        case Fair() if view:
            closed = [one.closed.said(state.language) for one in view.classes if one.closed]
            return [*sentences.fair_title(view, state.language), *closed, sentences.fair_for(view, state.language)]
        case Packages() if view:
            names = [
                f"{one.text.said(state.language)}{say('。')}{one.when.said(state.language)}" for one in view.packages
            ]
            return [sentences.packages_name(say) + say("。"), *names]
        case Question(package=id, at=at) if view and (package := view.package(id)):
            return [package.text.said(state.language) + say("。"), package.questions[at].text.said(state.language)]
        case Adding(chosen=chosen, group=group) if view:
            known = [one.text.said(state.language) for code in chosen if (one := view.service(code))]
            listed = view.group(group)
            names = [one.text.said(state.language) for one in (listed.services if listed else view.groups)]
            return [sentences.adding_hint(known, say) + say("。"), say("、").join(names)]
        case Planned() if view:
            return planned.lines(view, screen, state.language)
        case Texting():
            return texting.lines(screen, say)
        case Rating():
            return judging.lines(screen, state.language)
        case ForWhom():
            return [sentences.party_title(say), *(sentences.party_text(one, say)[0] for one, _ in sentences.PARTIES)]
        case Lodging() if view:
            return lodging.lines(view, say)
        case LongWait() if view and (service := view.service(screen.service)):
            return long_wait.lines(view, service, say)
    if face == "guide" and view:
        return [
            say("办事指南。请点一类事项，看要带什么。"),
            *(group.text.said(state.language) for group in view.groups),
        ]
    if face == "notice":
        told = message.message(state, now)
        return [told.title, *told.points, _without_card(state, say)]
    if face == "card":
        return [say("请把身份证放在读卡区"), _without_card(state, say)]
    if isinstance(screen, Asking):
        state = replace(state, screen=replace(screen, patient=True))
    shown = message.message(state, now)
    return [shown.title, shown.detail, shown.text]


def _without_card(state: State, say: words.Say) -> str:
    screen = state.screen
    may = isinstance(screen, CardNotice | CardReading) and flow.may_skip_card(state, screen)
    return say("也可以不刷证取号。") if may else say("没带身份证的，请到咨询台取号。")


def _spelled(code: str, say: words.Say) -> str:
    return say("已输入：{code}").format(code=" ".join(code)) if code else ""


def ticket_lines(screen: Ticketed, say: words.Say, language: str) -> list[str]:
    """The number sign by sign, then how it stands, then what to do."""
    ticket: Ticket = screen.ticket
    number = say("您的号码是 {number}。").format(number=" ".join(ticket.number))
    facts = [
        f"{label}：{value}。" if language == "zh" else f"{label}: {value}."
        for _, label, value in sentences.ticket_facts(ticket, say, language)
    ]
    _, headline, hint = sentences.ticket_advice(screen, say, language)
    left = sentences.texted(screen, say, aloud=True)
    hint = left + say("。") if left else hint
    code = [sentences.code_words(ticket, say)[0] + say("。")] if ticket.place_url else []
    return [number, *facts, headline, hint, *code]
