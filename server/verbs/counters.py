"""A counter itself: opened, paused, closed, its 日结小票, and its call for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.domain import day_close, rules, slip_facts, target, worktime
from server.domain import events as ev
from server.domain.rules import Refused
from server.domain.vocabulary import COUNTER_CLOSED, TAKEN_OVER
from server.store.transaction import Turn
from server.verbs import jobs
from server.verbs.hub import By, Hub, known_counter


def open_counter(hub: Hub, by: By, counter_id: str, *, staff: str) -> None:
    """A member of staff takes a counter; the same one again changes nothing."""
    known_counter(hub, counter_id)
    hub.turn(lambda turn: open_in(turn, by, counter_id, staff, hub.hall.counter_name), by)


def open_in(turn: Turn, by: By, counter_id: str, staff: str, named: rules.Named) -> bool:
    """`open_counter` within a turn; whether anything changed."""
    counter = turn.counter(counter_id)
    if counter.state != "closed" and counter.staff == staff:
        return False
    if counter.state != "closed":
        zh, en = named(counter_id)
        raise Refused(
            f"{zh}已由{counter.staff}登录：请另选窗口，或在登录页选择原因后接管。",
            f"{en} is taken by {counter.staff}: choose another one, or take it over at the login with a reason.",
        )
    turn.record(ev.CounterOpened(counter=counter_id, staff=staff), by.actor)
    return True


BECOMES = ("stay", "suspend", "pass")
"""What becomes of the number at a counter that is taken over: it goes on there, is suspended with its file, passed."""


def take_over_in(hub: Hub, turn: Turn, counter_id: str, staff: str, reason: str, becomes: str = "stay") -> None:
    """接管: `staff` takes a counter that somebody else has not left. The number there is handled by the rules of any
    other number, and its service is divided between the two.

    Who waits for the other person alone joins the hall's line, as when she or he logs out.
    """
    counter, busy, by = turn.counter(counter_id), turn.at_counter(counter_id), By(staff)
    name = hub.hall.counters[counter_id]
    listed = [TAKEN_OVER.zh, *(zh for zh, _ in hub.hall.people.substitution_reasons)]
    if reason not in listed:
        raise Refused(
            f"{name.name}已由{counter.staff}登录，还没有退出：请选择原因后再登录，即可接管；"
            f"或请工号{counter.staff}先退出，或换一个窗口。",
            f"{name.name_en} is still logged in by {counter.staff}: choose why and log in again to take it over; or"
            f" have {counter.staff} log out, or take another counter.",
        )
    if becomes not in BECOMES:
        raise Refused("请选择窗口上的号怎样处理。", "Choose what becomes of the number at the counter.")
    turn.record(
        ev.CounterTakenOver(counter=counter_id, staff=staff, from_staff=counter.staff or "", reason=reason), staff
    )
    goes_on = False
    if busy and becomes == "pass":
        turn.record(rules.pass_(busy), by.actor)
    elif busy and (becomes == "suspend" or busy.state == "serving"):
        turn.record(rules.suspend(busy, "kept"), by.actor)
        goes_on = becomes == "stay"
    for ticket in turn.waiting_for(target.staff(counter.staff or "")):
        turn.record(rules.transfer(ticket, ticket.service, "", ticket.rank, COUNTER_CLOSED.zh), "hub")
    turn.record(ev.CounterClosed(counter=counter_id, reason="taken over"), staff)
    turn.record(ev.CounterOpened(counter=counter_id, staff=staff), staff)
    if busy and goes_on:
        kept = turn.ticket(busy.id)
        assert kept is not None
        turn.record(rules.resume(kept, turn.counter(counter_id), None, hub.hall.counter_name), by.actor)


def close_counter(hub: Hub, by: By, counter_id: str, *, reason: str = "", release: bool = False) -> None:
    """Whoever sits there leaves.

    Refused while somebody is being called or served, unless `release` puts them back at their place.

    Who waits for this counter or its member of staff alone joins the hall's line.
    """
    known_counter(hub, counter_id)
    hub.act(by, lambda turn: close_in(hub, by, turn, counter_id, reason, release=release), "close", counter_id, reason)


def close_in(hub: Hub, by: By, turn: Turn, counter_id: str, reason: str = "", *, release: bool = False) -> None:
    """`close_counter` within a turn.

    With `console.close_slip` its 日结小票 is printed, whoever closes it, if anybody was called there.
    """
    counter, busy = turn.counter(counter_id), turn.at_counter(counter_id)
    if not release:
        rules.free(busy)
    elif busy:
        turn.record(rules.transfer(busy, busy.service, "", busy.rank, COUNTER_CLOSED.zh), by.actor)
        if busy.day != hub.day(turn.now):
            turn.record(ev.Expired(ticket=busy.id), "hub")
    if counter.state == "closed":
        return
    own = [target.counter(counter_id)] if reason == "moved" else target.called_from(counter_id, counter.staff)[1:]
    for line in own:
        for ticket in turn.waiting_for(line):
            turn.record(rules.transfer(ticket, ticket.service, "", ticket.rank, COUNTER_CLOSED.zh), "hub")
    printers = hub.hall.printers_at(counter_id) if hub.hall.console.close_slip else []
    if printers and (told := _day_close(hub, turn, counter_id))["arrivals"]:
        jobs.queue_slip(hub, by, turn, "dayclose", told, printers, ticket=None)
    turn.record(ev.CounterClosed(counter=counter_id, reason=reason), by.actor)


def queue_day_close(hub: Hub, by: By, turn: Turn, counter_id: str, printers: Sequence[str]) -> int:
    """日结小票 of a counter so far, within a turn: the job's id."""
    return jobs.queue_slip(hub, by, turn, "dayclose", _day_close(hub, turn, counter_id), printers, ticket=None)


HEAD_SIGNS = 8
"""So much of a row's hash stands on the day-close slip: no other row of that number has it by chance."""


def _day_close(hub: Hub, turn: Turn, counter_id: str) -> dict[str, Any]:
    """Its facts for the service day on which something happened there last: a counter may be closed after
    midnight.
    """
    last = turn.last_act_of(counter_id) or turn.now
    start, _ = worktime.day_span(hub.hall, worktime.service_day(hub.hall, last))
    rows = turn.journal_of(counter_id, start)
    numbers = turn.numbers_of({row.ticket for row in rows if row.ticket})
    told = day_close.facts(hub.hall, counter_id, rows, numbers, hub.day(last), turn.now)
    return slip_facts.checked("dayclose", {**told, "head": f"{turn.seq} {turn.hash[:HEAD_SIGNS]}"})


def ask_help(hub: Hub, by: By, counter_id: str, text: str = "") -> None:
    """求助: the manager's page rings; again changes nothing."""
    _help(hub, by, counter_id, False, ev.HelpAsked(counter=counter_id, text=text))


def answer_help(hub: Hub, by: By, counter_id: str) -> None:
    """Somebody went there, or the counter takes it back."""
    _help(hub, by, counter_id, True, ev.HelpAnswered(counter=counter_id))


def _help(hub: Hub, by: By, counter_id: str, asked: bool, event: ev.Event) -> None:
    def decide(turn: Turn) -> None:
        if (turn.counter(counter_id).help_at is not None) == asked:
            turn.record(event, by.actor)

    known_counter(hub, counter_id)
    hub.act(by, decide, event.name, counter_id)


def raise_panic(hub: Hub, by: By, counter_id: str) -> None:
    """静默报警: manager and desk are told, the hall sees and hears nothing; again changes nothing."""
    _panic(hub, by, counter_id, False, ev.PanicRaised(counter=counter_id))


def answer_panic(hub: Hub, by: By, counter_id: str) -> None:
    """Somebody has dealt with it: never the counter itself, where somebody may be made to say so."""
    _panic(hub, by, counter_id, True, ev.PanicAnswered(counter=counter_id))


def _panic(hub: Hub, by: By, counter_id: str, raised: bool, event: ev.Event) -> None:
    def decide(turn: Turn) -> None:
        if (turn.counter(counter_id).panic_at is not None) == raised:
            turn.record(event, by.actor)

    known_counter(hub, counter_id)
    hub.act(by, decide, event.name, counter_id)


def pause(hub: Hub, by: By, counter_id: str, reason: str) -> None:
    _set_pause(hub, by, counter_id, "open", ev.CounterPaused(counter=counter_id, reason=reason))


def resume(hub: Hub, by: By, counter_id: str) -> None:
    _set_pause(hub, by, counter_id, "paused", ev.CounterResumed(counter=counter_id))


def _set_pause(hub: Hub, by: By, counter_id: str, wanted: str, event: ev.Event) -> None:
    def decide(turn: Turn) -> None:
        state = turn.counter(counter_id).state
        if state == "closed":
            rules.may_call(turn.counter(counter_id), None, hub.hall.counter_name)
        if state == wanted:
            turn.record(event, by.actor)

    known_counter(hub, counter_id)
    hub.act(by, decide, event.name, counter_id)
