"""The number that was given: on a slip that comes out of a slot, and what to do with the paper or without it."""

from __future__ import annotations

from datetime import datetime

import words
from kiosk.flow import flow
from kiosk.flow.events import State, Ticketed
from kiosk.flow.view import Ticket
from kiosk.screens import furniture, sentences, theme
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Align, Box, Dashes, Paper, Pen, Rect, Teeth
from kiosk.screens.sentences import NO_PAPER


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> Paper:
    screen = state.screen
    if not isinstance(screen, Ticketed):
        raise ValueError("the ticket page needs a ticket")
    furniture.header(pen, sheet, state, now)
    top = sheet.body.bottom - furniture.foot_height(sheet, main=True) - sheet.gap
    body = Rect(sheet.full.x, sheet.full.y, sheet.full.w, top - sheet.full.y)
    if sheet.portrait:
        slip = Rect(
            body.x + sheet.u(5), body.y + sheet.u(14), body.w - sheet.u(10), min(sheet.u(98), round(body.h * 0.66))
        )
        title = Rect(body.x, body.y + sheet.u(2), body.w, sheet.u(10))
        advice = Rect(body.x, slip.bottom + sheet.u(4), body.w, body.bottom - slip.bottom - sheet.u(4))
    else:
        slip = Rect(body.x + sheet.u(3), body.y + sheet.u(4), round(body.w * 0.54), body.h - sheet.u(5))
        title = Rect(slip.right + sheet.u(6), body.y + sheet.u(3), body.right - slip.right - sheet.u(6), sheet.u(12))
        advice = Rect(title.x, title.bottom, title.w, body.bottom - title.bottom)
    _title(pen, sheet, state, screen, title)
    _advice(pen, sheet, state, screen, advice)
    done: furniture.Key = ("home", words.say(state.language)("完成，返回首页"), "home", "strong")
    furniture.foot(pen, sheet, state, flow.countdown(state, clock), (done,), out="")
    furniture.phones(pen, sheet, state)
    return _slip(pen, sheet, state, screen.ticket, slip)


def _title(pen: Pen, sheet: Sheet, state: State, screen: Ticketed, rect: Rect) -> None:
    say = words.say(state.language)
    known = screen.again or screen.ticket.print.state in NO_PAPER
    text = say("这是您的号码") if known else say("取号成功")
    wide = min(pen.width(text, 5.4, bold=True), rect.w - sheet.u(8))
    x = rect.middle[0] - (wide + sheet.u(8)) // 2
    pen.icon(Rect(x, rect.middle[1] - sheet.u(3), sheet.u(6), sheet.u(6)), "check", theme.TEAL)
    pen.text(Rect(x + sheet.u(8), rect.y, wide, rect.h), text, 5.4, bold=True, smallest=0.5)


def _slip(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, slip: Rect) -> Paper:
    """The paper is set with a pen of its own, because it moves."""
    own = Pen(pen.measure, pen.unit, pen.scale)
    teeth = sheet.u(1.2)
    own.box(Rect(slip.x, slip.y - sheet.u(2), slip.w, slip.h + sheet.u(2)), theme.PAPER, 0.6, shadow=True)
    own.parts.append(Teeth(Rect(slip.x, slip.bottom - 1, slip.w, teeth), theme.PAPER))
    inner = slip.inset(sheet.u(4), 0)
    say, y = words.say(state.language), slip.y + round(slip.h * 0.05)
    name = state.plate.text.said(state.language)
    topic = ticket.group or ticket.service
    category = topic.text.said(state.language)
    rows = ((name, 0.075, 2.6, False), (category, 0.11, 4.0, True), (ticket.number, 0.37, theme.HUGE / pen.scale, True))
    for text, part, units, bold in rows:
        high = round(slip.h * part)
        colour = theme.TEAL_DEEP if text == ticket.number else theme.INK
        own.text(Rect(inner.x, y, inner.w, high), text, units, bold=bold, colour=colour, align="centre", smallest=0.4)
        y += high
    y += round(slip.h * 0.015)
    own.parts.append(Dashes(Rect(inner.x, y, inner.w, max(2, sheet.u(0.25))), (196, 190, 178)))
    facts = Rect(inner.x, y + round(slip.h * 0.02), inner.w, slip.bottom - y - round(slip.h * 0.05))
    _facts(own, sheet, sentences.ticket_facts(ticket, say, state.language), facts)
    pen.cut += own.cut
    slot = Rect(slip.x - sheet.u(3), slip.y - sheet.u(1.3), slip.w + sheet.u(6), sheet.u(2.2))
    lid = Box(slot, theme.TEAL_DEEP, sheet.u(1.1))
    return Paper(Rect(slip.x, slip.y, slip.w, slip.h + teeth), tuple(own.parts), (lid,))


def _facts(pen: Pen, sheet: Sheet, rows: list[sentences.Fact], rect: Rect) -> None:
    """A label at the left, what it is at the right, large."""
    high = rect.h // max(1, len(rows))
    for i, (icon, label, value) in enumerate(rows):
        row = Rect(rect.x, rect.y + i * high, rect.w, high)
        pen.icon(Rect(row.x, row.middle[1] - sheet.u(1.5), sheet.u(3), sheet.u(3)), icon, theme.TEAL)
        text = row.after(sheet.u(4.6))
        pen.text(text.left(text.w * 0.36), label, 2.8, colour=pen.quiet, lines=2, smallest=0.6)
        pen.text(text.after(text.w * 0.38), value, 4.0, bold=True, align="right", lines=2, one_line=0.7, smallest=0.5)


def _advice(pen: Pen, sheet: Sheet, state: State, screen: Ticketed, rect: Rect) -> None:
    icon, headline, hint = sentences.ticket_advice(screen, words.say(state.language), state.language)
    warn = screen.ticket.print.state in NO_PAPER or screen.slow or bool(screen.ticket.print.where)
    high = min(rect.h, sheet.u(26 if sheet.portrait else 44))
    card = rect.top(high) if sheet.portrait else rect.centred(rect.w, high)
    fill, edge = (theme.AMBER_TINT, theme.AMBER_EDGE) if warn else (theme.TEAL_TINT, None)
    ink = theme.ON_AMBER if warn else theme.TEAL_DEEP
    pen.box(card, fill, 2.6, edge=edge)
    if sheet.portrait:
        side = sheet.u(10)
        pen.icon(Rect(card.x + sheet.u(4), card.middle[1] - side // 2, side, side), icon, ink)
        text = Rect(card.x + sheet.u(18), card.y, card.w - sheet.u(21), card.h).inset(0, sheet.u(2))
        halves, lines = (text.top(text.h * 0.54), text.below(text.h * 0.54)), 2
    else:
        side = sheet.u(10)
        pen.icon(Rect(card.middle[0] - side // 2, card.y + sheet.u(3.4), side, side), icon, ink)
        text = Rect(card.x, card.y + sheet.u(14), card.w, card.h - sheet.u(15)).inset(sheet.u(2.4), sheet.u(1))
        halves, lines = (text.top(text.h * 0.52), text.below(text.h * 0.52)), 3
    align: Align = "left" if sheet.portrait else "centre"
    pen.text(
        halves[0].inset(0, sheet.u(0.7)),
        headline,
        4.6,
        bold=True,
        colour=ink,
        align=align,
        valign="bottom",
        lines=lines,
        one_line=0.8,
        smallest=0.5,
    )
    pen.text(
        halves[1].inset(0, sheet.u(0.7)),
        hint,
        3.2,
        colour=ink,
        align=align,
        valign="top",
        lines=lines,
        one_line=0.85,
        smallest=0.5,
    )
