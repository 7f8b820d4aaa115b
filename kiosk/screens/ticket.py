"""The number that was given: on a slip that comes out of a slot, and what to do with the paper or without it; for a
minute also the keys to give it back and to print it once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import words
from kiosk.flow import flow, mobile
from kiosk.flow.events import Asking, State, Ticketed
from kiosk.flow.view import Ticket
from kiosk.screens import codes, furniture, sentences, theme
from kiosk.screens.furniture import Foot, Key
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Box, Dashes, Paper, Pen, Rect, Teeth, Words
from kiosk.screens.sentences import NO_PAPER

TITLE, ADVICE = 4.8, 4.0


def draw(pen: Pen, sheet: Sheet, state: State, now: datetime, clock: float) -> Paper:
    screen = state.screen.origin if isinstance(state.screen, Asking) else state.screen
    if not isinstance(screen, Ticketed):
        raise ValueError("the ticket page needs a ticket")
    furniture.header(pen, sheet, state, now)
    foot = Foot(flow.countdown(state, clock), keys(state, screen), out="")
    body = furniture.above_foot(pen, sheet, state, foot, sheet.full)
    title = _title_words(screen, state)
    broad = sheet.large and not sheet.portrait  # slip over the whole width, what to do below it
    if screen.ticket.place_url:
        body = _code(pen, sheet, state, screen.ticket, body)
    if broad or sheet.portrait:
        high = 0 if broad else _title_high(pen, sheet, title, body.w)
        advice_high = _advice_high(pen, sheet, screen, state, body.w)
        head = Rect(body.x, body.y + sheet.u(1.2), body.w, high)
        top = head.bottom + sheet.u(1.4 if broad else 3.2)
        ends = body.bottom - advice_high - sheet.u(2 if sheet.large else 3.4)
        room = Rect(body.x + sheet.u(2), top, body.w - sheet.u(4), ends - top)
        if high and _laid(pen, sheet, state, screen.ticket, room).high > room.h - sheet.u(SLIP_PAD):
            room = Rect(room.x, room.y - high, room.w, room.h + high)  # the number needs the title's place
            high = 0
        slip = room.top(min(room.h, sheet.u(108)))
        advice = Rect(body.x, slip.bottom + sheet.u(1.6 if sheet.large else 2.8), body.w, 0)
        advice = advice.top(min(body.bottom - advice.y, max(advice_high, sheet.u(24))))
    else:
        wide = round(body.w * 0.56)
        slip = Rect(body.x + sheet.u(2), body.y + sheet.u(2.4), wide, body.h - sheet.u(3.4))
        x = slip.right + sheet.u(3.4)
        right = Rect(x, body.y + sheet.u(1), body.right - x, body.h - sheet.u(1))
        high = _title_high(pen, sheet, title, right.w)
        head = right.top(high)
        advice_high = _advice_high(pen, sheet, screen, state, right.w)
        rest = right.below(high + sheet.u(1))
        advice = rest.centred(rest.w, min(rest.h, max(advice_high, sheet.u(36))))
    if high:
        _title(pen, sheet, title, head)
    _advice(pen, sheet, screen, state, advice)
    furniture.draw_foot(pen, sheet, state, foot)
    furniture.phones(pen, sheet, state)
    return _slip(pen, sheet, state, screen.ticket, slip)


CODE = 20.0
"""How wide the code for a telephone is, in units: 5 cm on a panel of 21.5 inches, which is read from 40 cm and more."""


def _code_words(state: State, ticket: Ticket) -> list[Words]:
    headline, hint = sentences.code_words(ticket, words.say(state.language))
    return [
        Words(headline, theme.NAME, True, theme.TEAL_DEEP),
        Words(hint, theme.SMALL, colour=theme.TEAL_TEXT, gap=0.3),
    ]


def _code(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, body: Rect) -> Rect:
    """The code of its place with what it does: below the slip on a tall screen, else a column at the right end. What is
    left of `body`.
    """
    side, said, url = sheet.u(CODE), _code_words(state, ticket), ticket.place_url
    if sheet.portrait:
        text = body.w - side - sheet.u(7)
        said = said if pen.stack_high(said, text) <= side else said[:1]
        high = max(side, pen.stack_high(said, text)) + sheet.u(2)
        card = Rect(body.x, body.bottom - high, body.w, high)
        pen.box(card, theme.CARD, 2.6, edge=theme.RULE)
        pen.code(Rect(card.x + sheet.u(1.5), card.middle[1] - side // 2, side, side), url)
        pen.stack(Rect(card.x + side + sheet.u(4), card.y, text, card.h), said)
        return Rect(body.x, body.y, body.w, body.h - high - sheet.u(0.6))
    wide = side + sheet.u(4)
    card = Rect(body.right - wide, body.y + sheet.u(1.2), wide, body.h - sheet.u(1.2))
    room = card.w - sheet.u(2)
    said = said if side + pen.stack_high(said, room) + sheet.u(4) <= card.h else said[:1]
    high = side + sheet.u(1) + pen.stack_high(said, room)
    pen.box(card, theme.CARD, 2.6, edge=theme.RULE)
    y = card.y + max(sheet.u(1), (card.h - high) // 2)
    pen.code(Rect(card.middle[0] - side // 2, y, side, side), url)
    at = Rect(card.x + sheet.u(1), y + side + sheet.u(1), room, pen.stack_high(said, room))
    pen.stack(at, said, align="centre", valign="top")
    return Rect(body.x, body.y, body.w - wide - sheet.gap, body.h)


def keys(state: State, screen: Ticketed) -> tuple[Key, ...]:
    """Done, and in the first minute: it was the wrong one, one more paper, and a telephone to be told by."""
    say = words.say(state.language)
    done = say("完成，返回首页") if screen.paper else say("不打印，我记住了")
    found = [Key("home", done, "home" if screen.paper else "check", "strong")]
    if flow.may_print(screen):
        found.insert(0, Key("print", say("再打一张") if screen.paper else say("打印号票"), "printer"))
    if flow.may_return(screen):
        found.insert(0, Key("return", say("取错了"), "erase"))
    if mobile.may_leave(state, screen):
        found.insert(0, Key("text", say("再加家人手机") if screen.left else say("短信告诉我"), "phone"))
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


@dataclass(frozen=True)
class _Laid:
    """What of a slip is shown: the words above the number, the facts, how wide number and facts are; all in px."""

    head: tuple[Words, ...]
    facts: tuple[sentences.Fact, ...]
    left: int
    right: int
    split: bool
    head_high: int
    number: int
    number_wide: int
    facts_high: int

    @property
    def high(self) -> int:
        upper = self.head_high + self.number
        return max(upper, self.facts_high) if self.split else upper + self.facts_high


def _laid(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, slip: Rect) -> _Laid:
    """Everything if there is room; else without the hall's name, then without what it is for: the number matters. In
    large print on a wide screen the facts stand beside the number. Beside a code, which tells them too, some of the
    facts may have to go.
    """
    inner, room = slip.w - 2 * sheet.u(2.4), slip.h - sheet.u(SLIP_PAD)
    name = Words(state.plate.text.said(state.language), theme.SMALL)
    shown = ticket.topic.said(state.language)
    if state.view and (of := state.view.klass(ticket.klass)):
        shown = f"{shown} · {of.text.said(state.language)}"
    what = Words(shown, theme.HEAD if sheet.portrait else theme.SMALL, True, gap=0.2)
    short = sheet.large and not sheet.portrait  # beside the number there is room for the wait alone
    every = tuple(sentences.ticket_facts(ticket, words.say(state.language), state.language, short=short))
    units = codes.number_units(ticket.number, sheet)
    number, wide = round(pen.size(units) * 1.12), pen.width(ticket.number, units, bold=True)
    heads: tuple[tuple[Words, ...], ...] = ((name, what), (what,), ())[1 if short else 0 :]
    laid = []
    for facts in (every, every[:1], ()) if ticket.place_url else (every,):
        split = short and bool(facts or not ticket.place_url)
        left = round(inner * 0.47) if split else inner
        right = inner - left - sheet.u(3) if split else inner
        deep = codes.facts_height(pen, list(facts), right)
        laid += [
            _Laid(head, facts, left, right, split, pen.stack_high(head, left), number, wide, deep) for head in heads
        ]
    return next((one for one in laid if one.high <= room and one.number_wide <= one.left), laid[-1])


SLIP_PAD = 3.6


def _slip(pen: Pen, sheet: Sheet, state: State, ticket: Ticket, slip: Rect) -> Paper:
    """The paper is set with a pen of its own, because it moves."""
    own = Pen(pen.measure, pen.unit, pen.large, pen.floor)
    teeth = sheet.u(1.2)
    own.box(Rect(slip.x, slip.y - sheet.u(2), slip.w, slip.h + sheet.u(2)), theme.PAPER, 0.6, shadow=True)
    own.parts.append(Teeth(Rect(slip.x, slip.bottom - 1, slip.w, teeth), theme.PAPER))
    laid = _laid(own, sheet, state, ticket, slip)
    inner = slip.inset(sheet.u(2.4), 0)
    facts = list(laid.facts)
    units = codes.number_units(ticket.number, sheet)
    upper = laid.head_high + laid.number
    spare = max(0, slip.h - sheet.u(SLIP_PAD) - (upper if laid.split else laid.high))
    part = round(spare * (0.5 if laid.split else 0.2))
    y = slip.y + sheet.u(1.4) + part
    own.stack(Rect(inner.x, y, laid.left, laid.head_high), laid.head, align="centre", valign="top")
    y += laid.head_high + (0 if laid.split else part // 2)
    # the figures themselves are lower than their line: it may reach over the rows above and below
    at = Rect(inner.x, y + (laid.number - own.line(units)) // 2, laid.left, own.line(units))
    own.text(at, ticket.number, units, bold=True, colour=theme.TEAL_DEEP, align="centre")
    thin = max(2, sheet.u(0.25))
    if laid.split:
        rows = Rect(inner.right - laid.right, slip.y + sheet.u(1.4), laid.right, slip.h - sheet.u(SLIP_PAD - 1))
    else:
        y += laid.number + part // 2
        if facts:
            own.parts.append(Dashes(Rect(inner.x, y, inner.w, thin), (196, 190, 178)))
        rows = Rect(inner.x, y + sheet.u(0.8), inner.w, slip.bottom - sheet.u(0.6) - y - sheet.u(0.8))
    codes.fact_rows(own, sheet, facts, rows, rules=False)
    if laid.high > slip.h - sheet.u(SLIP_PAD):
        own.cut.append(ticket.number)
    pen.cut += own.cut
    slot = Rect(slip.x - sheet.u(2), slip.y - sheet.u(1.3), slip.w + sheet.u(4), sheet.u(2.2))
    lid = Box(slot, theme.TEAL_DEEP, sheet.u(1.1))
    return Paper(Rect(slip.x, slip.y, slip.w, slip.h + teeth), tuple(own.parts), (lid,))


def _advice_words(screen: Ticketed, state: State) -> tuple[str, list[Words], bool]:
    """(picture, words, whether it is a warning)."""
    say = words.say(state.language)
    icon, headline, hint = sentences.ticket_advice(screen, say, state.language)
    hint = sentences.texted(screen, say) or hint
    warn = screen.paper and (screen.ticket.print.state in NO_PAPER or screen.slow or bool(screen.ticket.print.where))
    ink = theme.ON_AMBER if warn else theme.TEAL_DEEP
    return icon, [Words(headline, ADVICE, True, ink), Words(hint, theme.SMALL, False, ink, gap=0.5)], warn


def _advice_flat(sheet: Sheet) -> tuple[bool, int]:
    """(whether the picture stands at the left, its side in px; 0 for none)."""
    if sheet.large and not sheet.portrait:
        return True, 0
    return sheet.portrait, sheet.u(8 if sheet.large else 9)


def _advice_high(pen: Pen, sheet: Sheet, screen: Ticketed, state: State, width: int) -> int:
    _, said, _ = _advice_words(screen, state)
    flat, side = _advice_flat(sheet)
    if flat:
        return max(side, pen.stack_high(said, width - (side + sheet.u(3) if side else 0) - sheet.u(5))) + sheet.u(1.6)
    return pen.stack_high(said, width - 2 * sheet.u(2)) + sheet.u(2.4)


def _advice(pen: Pen, sheet: Sheet, screen: Ticketed, state: State, card: Rect) -> None:
    icon, said, warn = _advice_words(screen, state)
    fill, edge = (theme.AMBER_TINT, theme.AMBER_EDGE) if warn else (theme.TEAL_TINT, None)
    ink = theme.ON_AMBER if warn else theme.TEAL_DEEP
    pen.box(card, fill, 2.6, edge=edge)
    flat, side = _advice_flat(sheet)
    if flat:
        left = sheet.u(2.5) + (side + sheet.u(3) if side else 0)
        if side:
            pen.icon(Rect(card.x + sheet.u(3), card.middle[1] - side // 2, side, side), icon, ink)
        text = Rect(card.x + left, card.y, card.w - left - sheet.u(2.5), card.h)
        pen.stack(text, said, align="left" if side else "centre")
        return
    inner = card.w - 2 * sheet.u(2)
    high = pen.stack_high(said, inner)
    side = min(side, card.h - high - sheet.u(3))
    shown = side >= sheet.u(4)
    y = card.y + (card.h - high - (side + sheet.u(1) if shown else 0)) // 2
    if shown:
        pen.icon(Rect(card.middle[0] - side // 2, y, side, side), icon, ink)
        y += side + sheet.u(1)
    pen.stack(Rect(card.x + sheet.u(2), y, inner, high), said, align="centre", valign="top")
