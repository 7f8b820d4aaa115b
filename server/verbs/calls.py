"""Whom a counter calls, and what becomes of whom it called: 顺呼, 指呼, 重呼, 到窗, 办结, 过号, 挂起."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from config import Text
from server.domain import events as ev
from server.domain import order, overtaking, rules
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store.transaction import Turn
from server.verbs import agendas
from server.verbs.hub import By, Hub, known_counter, known_ticket
from server.verbs.tickets import on_ticket

BY_NUMBER = {
    "waiting": Text("窗口指定呼叫（指呼），不按排队顺序。", "Called by its number at the counter, out of turn."),
    "suspended": Text("挂起后由窗口叫回。", "Suspended before, called back by the counter."),
    "passed": Text("过号后由窗口直接受理（指呼）。", "Passed before, taken by the counter at once."),
}
"""Why a number was called by hand, by the state it was in."""


class After(NamedTuple):
    """What is done besides in the turn of a verb: `do(turn, the ticket as it was before)`."""

    do: Callable[[Turn, Ticket], None]
    wish: tuple[Any, ...]


class _NobodyWaits(Exception):
    """Ends a call's turn with nothing written."""


def call_next(hub: Hub, by: By, counter_id: str) -> Ticket | None:
    """顺呼. None when nobody waits for this counter."""
    known_counter(hub, counter_id)

    def decide(turn: Turn) -> Ticket:
        counter, settings = turn.counter(counter_id), hub.hall.tickets
        rules.may_call(counter, turn.at_counter(counter_id), hub.hall.counter_name)
        rules.pace(_called_before(hub, turn, counter_id), turn.now, hub.hall.console.next_interval_s)
        mine = order.profile(hub.hall, counter)
        rule = order.head_starts(hub.hall), turn.now, settings.appointment_early_min * 60.0
        first = turn.first_callable(mine, *rule, 1)
        if not first:
            raise _NobodyWaits
        # the first of each line says whom the call passes by
        alone = order.needs_nobody_else(first[0], mine, rule[0], any(overtaking.limits(hub.hall)))
        heads = [] if alone else turn.heads(mine.targets, mine.prefers_languages, *rule[1:])
        choice = order.choose([*{t.id: t for t in (*heads, *first)}.values()], mine, *rule)
        if choice is None:
            raise _NobodyWaits
        return _call(hub, by, turn, choice.ticket, counter_id, choice.why)

    try:
        return hub.about(by, decide, "call next", counter_id)
    except _NobodyWaits:
        return None


def _called_before(hub: Hub, turn: Turn, counter_id: str) -> float | None:
    """When a counter last called, if that is so lately that it matters."""
    return turn.called_at(counter_id, turn.now - hub.hall.console.next_interval_s)


def call(hub: Hub, by: By, counter_id: str, ticket_id: int) -> Ticket:
    """指呼: this number now, out of turn; the journal says so."""
    known_counter(hub, counter_id)
    settings = hub.hall.tickets

    def decide(turn: Turn) -> Ticket:
        ticket = known_ticket(turn, ticket_id)
        if row := turn.staff(by.actor):
            rules.may_pick(row["role"], hub.hall.console.call_roles, ticket)
        rules.not_lapsed(ticket, turn.now, settings.lapse_min, settings.max_passes)
        rules.due(ticket, turn.now, settings.appointment_early_min, hub.local(ticket.slot))
        return _call(hub, by, turn, ticket, counter_id, BY_NUMBER.get(ticket.state, BY_NUMBER["waiting"]))

    return hub.about(by, decide, "call", counter_id, ticket_id)


def _call(hub: Hub, by: By, turn: Turn, ticket: Ticket, counter_id: str, why: Text) -> Ticket:
    counter = turn.counter(counter_id)
    called = rules.call(ticket, counter, turn.at_counter(counter_id), why, hub.hall.counter_name)
    turn.record(called, by.actor)
    return ticket


def recall(hub: Hub, by: By, counter_id: str, *, ticket: int | None = None) -> Ticket:
    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        rules.pace(
            ticket.last_called_at if ticket.state == "called" else None, turn.now, hub.hall.console.recall_interval_s
        )
        return rules.recall(ticket)

    return _at_counter(hub, by, counter_id, decide, "recall", expected=ticket)


def start(hub: Hub, by: By, counter_id: str, *, ticket: int | None = None) -> Ticket:
    return _at_counter(hub, by, counter_id, lambda turn, t: rules.start(t), "start", expected=ticket)


def finish(
    hub: Hub,
    by: By,
    counter_id: str,
    outcome: str,
    items: Sequence[str] = (),
    *,
    ticket: int | None = None,
    after: After | None = None,
) -> Ticket:
    """办结 with its outcome; `items` are the service codes done, none for the ticket's own. Of a number for several
    items those that this counter does: it goes on by itself to whoever does the next (`server/verbs/agendas.py`).

    `after`: what is done besides in the same turn (a case opened), and what of it the idempotency key stands for.
    """

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _locked(hub, turn, ticket)
        if planned := turn.agenda(ticket.id):
            return agendas.settle(hub, by, turn, ticket, planned, outcome, items)
        return rules.finish(ticket, outcome, items, hub.hall.services)

    verb = ["finish", outcome, list(items), *(after.wish if after else ())]
    return _at_counter(hub, by, counter_id, decide, *verb, expected=ticket, after=after)


def pass_(hub: Hub, by: By, counter_id: str, *, ticket: int | None = None) -> Ticket:
    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        _locked(hub, turn, ticket)
        return rules.pass_(ticket)

    return _at_counter(hub, by, counter_id, decide, "pass", expected=ticket)


def _locked(hub: Hub, turn: Turn, ticket: Ticket) -> None:
    rules.pace(ticket.last_called_at if ticket.state == "called" else None, turn.now, hub.hall.console.call_lock_s)


def suspend(hub: Hub, by: By, counter_id: str, kind: str, *, ticket: int | None = None) -> Ticket:
    """挂起; the counter is free to call others."""
    return _at_counter(hub, by, counter_id, lambda turn, t: rules.suspend(t, kind), "suspend", kind, expected=ticket)


def resume_ticket(hub: Hub, by: By, counter_id: str, ticket_id: int) -> Ticket:
    """恢复: a suspended person is back at the counter; nobody is called."""
    known_counter(hub, counter_id)

    def decide(turn: Turn, ticket: Ticket) -> ev.Event:
        return rules.resume(ticket, turn.counter(counter_id), turn.at_counter(counter_id), hub.hall.counter_name)

    return on_ticket(hub, by, ticket_id, decide, "resume", counter_id)


def _at_counter(
    hub: Hub,
    by: By,
    counter_id: str,
    decide: Callable[[Turn, Ticket], ev.Event],
    *verb: Any,
    expected: int | None,
    after: After | None = None,
) -> Ticket:
    """A verb on whom the counter holds; `expected` is the ticket its page shows, so that a page behind the times
    acts on nobody else.
    """
    known_counter(hub, counter_id)

    def work(turn: Turn) -> Ticket:
        ticket = rules.at_counter(turn.counter(counter_id), turn.at_counter(counter_id), hub.hall.counter_name)
        if expected not in (None, ticket.id):
            zh, en = hub.hall.counter_name(counter_id)
            raise Refused(
                f"{zh}现在办理的是{ticket.label}：请看清后再按。",
                f"{en} now holds {ticket.label}: look and press again.",
            )
        turn.record(decide(turn, ticket), by.actor)
        if after:
            after.do(turn, ticket)
        return ticket

    return hub.about(by, work, *verb, counter_id)
