"""What whoever holds a number does with it by telephone: lets two go first, is on the way, gives it back; each may be
taken back for a while. Each is one durable turn, and the journal says that it was the visitor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from server.domain import events as ev
from server.domain import rules
from server.domain.chain import Row
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.domain.timeline import VISITOR
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import place, tickets
from server.verbs.hub import By, Hub, Unknown, known_ticket
from server.verbs.paper_codes import ticket_of_code, unknown

UNDO_S = 120.0
"""So long a visitor may take the last step back: a page is read slower than a key is pressed."""


class Over(Refused):
    """What a code opened is over: it was of another day."""


def by_code(hub: Hub, code: str) -> Ticket:
    """The number of today that a code on paper opens. Raises Unknown, Over."""
    ticket_id = ticket_of_code(hub, hub.read(), code)
    ticket = None if ticket_id is None else hub.read().ticket(ticket_id)
    if ticket is None:
        raise Unknown(*unknown(code))
    if ticket.day != hub.day(hub.now()):
        raise Over("这不是今天的号：请取新号。", "This number was of another day: please take a new one.")
    return ticket


def give_way(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """让号: the next two go first."""

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _of_today(hub, turn, ticket)
        return rules.give_way(ticket, turn.tickets(behind(hub, turn, ticket, turn.now)))

    return tickets.on_ticket(hub, by, ticket_id, decide, "give way")


def behind(hub: Hub, reader: Reader, ticket: Ticket, now: float) -> list[int]:
    """Who of its line is called after a number that waits, in that order, by their ids; nobody where it does not."""
    if ticket.state != "waiting" or ticket.service not in hub.hall.services:
        return []
    before = {*place.line_of(hub.hall, reader, ticket, now).ids()}
    return [one for one in tickets.ids_in_line(hub, reader, ticket, now) if one not in before]


def somebody_behind(hub: Hub, reader: Reader, ticket: Ticket, now: float, ahead: int) -> bool:
    """Whether `behind` finds anybody, `ahead` being called before the number: a count says so nearly always, where two
    lists of a whole hall would have to be made.
    """
    if ticket.state != "waiting" or ticket.service not in hub.hall.services:
        return False
    last = place.newcomer(hub.hall, reader, ticket.service, now)
    everybody = place.line_of(hub.hall, reader, replace(last, target=ticket.target), now).ahead
    return everybody > ahead + 1 or bool(behind(hub, reader, ticket, now))


def on_the_way(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """正在赶来: the counter sees it."""

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _of_today(hub, turn, ticket)
        return rules.on_the_way(ticket)

    return tickets.on_ticket(hub, by, ticket_id, decide, "on the way")


def give_back(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """退号: it ends as 弃号. One that a counter has called is that counter's to end."""

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _of_today(hub, turn, ticket)
        return rules.leave(ticket, hub.hall.counter_name)

    return tickets.on_ticket(hub, by, ticket_id, decide, "give back by telephone")


def undo(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """Take the visitor's own last step back, while nothing has followed it."""

    def decide(turn: Turn) -> Ticket:
        ticket = known_ticket(turn, ticket_id)
        found = last_step(turn, ticket, turn.now)
        if found is None:
            raise Refused(
                f"没有可以撤销的操作：{round(UNDO_S / 60)}分钟内、之后号码没有变化才能撤销。",
                f"Nothing to take back: only within {round(UNDO_S / 60)} min, and while nothing has followed.",
            )
        step, before = found
        back = replace(before, target=tickets.target_back(turn, before))
        named = hub.hall.counter_name
        turn.record(rules.undo(ticket, back, step.event, step.seq, by.actor, None, None, named), by.actor)
        return ticket

    return hub.about(by, decide, "undo by telephone", ticket_id)


ACTS: dict[str, Callable[[Hub, By, int], Ticket]] = {
    "give-way": give_way,
    "on-the-way": on_the_way,
    "give-back": give_back,
    "undo": undo,
}
"""The keys of the page; the rating has a page of its own."""


def press(hub: Hub, by: By, ticket_id: int, act: str) -> Ticket:
    """A key of the page, as a form sends it: here, or by way of the relay. Raises Unknown for one that there is not."""
    if act not in ACTS:
        raise Unknown("没有这个按键：请回到上一页。", "There is no such key: go back.")
    return ACTS[act](hub, by, ticket_id)


def last_step(reader: Reader, ticket: Ticket, now: float) -> tuple[Row, Ticket] | None:
    """The visitor's step that may be taken back now, and the number before it."""
    life = reader.life_line(ticket.id)
    undone = {row.field("of") for row in life if row.event == "Undone"}
    steps = [row for row in life if row.event not in {*rules.BESIDE, "Undone"} and row.seq not in undone]
    last = steps[-1] if steps else None
    if last is None or last.actor != VISITOR or last.event not in rules.UNDOABLE or now - last.at > UNDO_S:
        return None
    before = tickets.before_step(life, last, undone)
    return (last, before) if before else None


def _of_today(hub: Hub, turn: Turn, ticket: Ticket) -> None:
    if ticket.day != hub.day(turn.now):
        raise Unknown(f"{ticket.label}不是今天的号。", f"{ticket.label} is not a number of today.")
