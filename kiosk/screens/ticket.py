"""The number that was given: on a slip that comes out of a slot, and what to do with the paper or without it; for a
minute also the keys to give it back and to print it once more.
"""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import Asking, State, Ticketed
from kiosk.flow.view import Ticket
from kiosk.screens import codes, furniture, sentences, theme
from kiosk.screens.furniture import Foot, Key
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Box, Dashes, Paper, Pen, Rect, Teeth, Words
from kiosk.screens.sentences import NO_PAPER

TITLE, ADVICE = 4.8, 4.2


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> Paper:
    screen = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if not isinstance(screen, Ticketed):
        raise ValueError("the ticket page needs a ticket")
    furniture.header(pen, sheet, state, now)
    foot = Foot(flow.countdown(state, clock), keys(screen, words.say(state.language)), out="")
    body = furniture.above_foot(pen, sheet, state, foot, sheet.full)
    title, high = _title_words(screen, state), 0
    if sheet.portrait:
        high = _title_high(pen, sheet, title, body.w)
        advice_high = _advice_high(pen, sheet, screen, state, body.w)
        head = Rect(body.x, body.y + sheet.u(1.2), body.w, high)
        top = head.bottom + sheet.u(3.4)
        room = Rect(body.x + sheet.u(2), top, body.w - sheet.u(4), body.bottom - advice_high - sheet.u(3.4) - top)
        need = _slip_high(pen, sheet, state, screen.ticket, room.w)
        slip = room.top(min(room.h, max(need, sheet.u(84))))
        advice = Rect(body.x, slip.bottom + sheet.u(2.8), body.w, advice_high)
        advice = Rect(advice.x, advice.y, advice.w, min(body.bottom - advice.y, max(advice_high, sheet.u(22))))
    else:
        wide = round(body.w * 0.56)
        slip = Rect(body.x + sheet.u(2), body.y + sheet.u(2.4), wide, body.h - sheet.u(3.4))
        right = Rect(
            slip.right + sheet.u(3.4), body.y + sheet.u(1), body.right - slip.right - sheet.u(3.4), body.h - sheet.u(1)
        )
        high = _title_high(pen, sheet, title, right.w)
        head = right.top(high)
        advice_high = _advice_high(pen, sheet, screen, state, right.w)
        rest = right.below(high + sheet.u(1))
        advice = rest.centred(rest.w, min(rest.h, max(advice_high, sheet.u(36))))
    _title(pen, sheet, title, head)
    _advice(pen, sheet, screen, state, advice)
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)
    return _slip(pen, sheet, state, screen.ticket, slip)


def keys(screen: Ticketed, say: words.Say) -> tuple[Key, ...]:
    """Done, and in the first minute: it was the wrong one, and one more paper."""
    done = say("完成，返回首页") if screen.paper else say("不打印，我记住了")
    found = [Key("home", done, "home" if screen.paper else "check", "strong")]
    if flow.may_print(screen):
        found.insert(0, Key("print", say("再打一张") if screen.paper else say("打印号票"), "printer"))
    if flow.may_return(screen):
        found.insert(0, Key("return", say("取错了"), "erase"))
    return tuple(found)


def _title_words(screen: Ticketed, state: State) -> str:
    say = words.say(state.language)
    known = screen.again or screen.ticket.print.state in NO_PAPER
    return say("这是您的号码") if known else say("取号成功")


def _title_high(pen: Pen, sheet: Sheet, text: str, width: int) -> int:
    return max(sheet.u(6), pen.high(text, TITLE, width - sheet.u(8), bold=True))


def _title(pen: Pen, sheet: Sheet, text: str, rect: Rect) -> None:
    side = sheet.u(5.6)
    rows = pen.rows(text, TITLE, rect.w - sheet.u(8), bold=True)
    wide = max(pen.width(row, TITLE, bold=True) for row in rows) + 2
    x = rect.middle[0] - (wide + sheet.u(7.4)) // 2
    pen.icon(Rect(x, rect.middle[1] - side // 2, side, side), "check", theme.TEAL)
    pen.text(Rect(x + sheet.u(7.4), rect.y, wide, rect.h), text, TITLE, bold=True)


def _slip_words(pen: Pen, sheet: Sheet, state: State, ticket: Ticket) -> list[Words]:
    topic = ticket.group or ticket.service
    name = [] if sheet.large and not sheet.portrait else [Words(state.plate.text.said(state.language), theme.SMALL)]
    return [*name, Words(topic.text.said(state.language), theme.HEAD, True)]


def _slip_high(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, width: int) -> int:
    inner = width - 2 * sheet.u(2.4)
    facts = sentences.ticket_facts(ticket, words.say(state.language), state.language)
    number = round(pen.size(codes.number_units(ticket.number, sheet)) * 1.12)
    head = pen.stack_high(_slip_words(pen, sheet, state, ticket), inner)
    return head + number + codes.facts_height(pen, facts, inner) + sheet.u(5)


def _slip(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, slip: Rect) -> Paper:
    """The paper is set with a pen of its own, because it moves."""
    own = Pen(pen.measure, pen.unit, pen.large, pen.floor)
    teeth = sheet.u(1.2)
    own.box(Rect(slip.x, slip.y - sheet.u(2), slip.w, slip.h + sheet.u(2)), theme.PAPER, 0.6, shadow=True)
    own.parts.append(Teeth(Rect(slip.x, slip.bottom - 1, slip.w, teeth), theme.PAPER))
    inner = slip.inset(sheet.u(2.4), 0)
    head = _slip_words(own, sheet, state, ticket)
    facts = sentences.ticket_facts(ticket, words.say(state.language), state.language)
    units = codes.number_units(ticket.number, sheet)
    number = round(own.size(units) * 1.12)
    head_high, facts_high = own.stack_high(head, inner.w), codes.facts_height(own, facts, inner.w)
    spare = max(0, slip.h - head_high - number - facts_high - sheet.u(5))
    y = slip.y + sheet.u(1.4) + round(spare * 0.2)
    own.stack(Rect(inner.x, y, inner.w, head_high), head, align="centre", valign="top")
    y += head_high + round(spare * 0.15)
    # the figures themselves are lower than their line: it may reach over the rows above and below
    line = own.line(units)
    at = Rect(inner.x, y + (number - line) // 2, inner.w, line)
    own.text(at, ticket.number, units, bold=True, colour=theme.TEAL_DEEP, align="centre")
    y += number + round(spare * 0.15) + sheet.u(0.6)
    own.parts.append(Dashes(Rect(inner.x, y, inner.w, max(2, sheet.u(0.25))), (196, 190, 178)))
    y += sheet.u(0.8)
    codes.fact_rows(own, sheet, facts, Rect(inner.x, y, inner.w, slip.bottom - sheet.u(1) - y), rules=False)
    if y + facts_high > slip.bottom:
        own.cut.append(ticket.number)
    pen.cut += own.cut
    slot = Rect(slip.x - sheet.u(2), slip.y - sheet.u(1.3), slip.w + sheet.u(4), sheet.u(2.2))
    lid = Box(slot, theme.TEAL_DEEP, sheet.u(1.1))
    return Paper(Rect(slip.x, slip.y, slip.w, slip.h + teeth), tuple(own.parts), (lid,))


def _advice_words(screen: Ticketed, state: State) -> tuple[str, list[Words], bool]:
    """(picture, words, whether it is a warning)."""
    icon, headline, hint = sentences.ticket_advice(screen, words.say(state.language), state.language)
    warn = screen.paper and (screen.ticket.print.state in NO_PAPER or screen.slow or bool(screen.ticket.print.where))
    ink = theme.ON_AMBER if warn else theme.TEAL_DEEP
    return icon, [Words(headline, ADVICE, True, ink), Words(hint, theme.SMALL, False, ink, gap=0.5)], warn


def _advice_high(pen: Pen, sheet: Sheet, screen: Ticketed, state: State, width: int) -> int:
    _, said, _ = _advice_words(screen, state)
    if sheet.portrait:
        return max(sheet.u(10), pen.stack_high(said, width - sheet.u(3 + 9 + 3 + 3))) + sheet.u(2.4)
    return pen.stack_high(said, width - 2 * sheet.u(2)) + sheet.u(2.4)


def _advice(pen: Pen, sheet: Sheet, screen: Ticketed, state: State, card: Rect) -> None:
    icon, said, warn = _advice_words(screen, state)
    fill, edge = (theme.AMBER_TINT, theme.AMBER_EDGE) if warn else (theme.TEAL_TINT, None)
    ink = theme.ON_AMBER if warn else theme.TEAL_DEEP
    pen.box(card, fill, 2.6, edge=edge)
    if sheet.portrait:
        side = sheet.u(9)
        pen.icon(Rect(card.x + sheet.u(3), card.middle[1] - side // 2, side, side), icon, ink)
        pen.stack(Rect(card.x + sheet.u(15), card.y, card.w - sheet.u(18), card.h), said)
        return
    inner = card.w - 2 * sheet.u(2)
    high = pen.stack_high(said, inner)
    side = min(sheet.u(9), card.h - high - sheet.u(3))
    shown = side >= sheet.u(4)
    y = card.y + (card.h - high - (side + sheet.u(1) if shown else 0)) // 2
    if shown:
        pen.icon(Rect(card.middle[0] - side // 2, y, side, side), icon, ink)
        y += side + sheet.u(1)
    pen.stack(Rect(card.x + sheet.u(2), y, inner, high), said, align="centre", valign="top")
