"""Slips as print jobs: asked for, asked for again, begun, ended; what is remembered of a printer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.domain import events as ev
from server.domain import slip_facts
from server.domain.rules import Refused
from server.domain.ticket import Job
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, known_job, known_ticket


def queue_ticket(hub: Hub, by: By, turn: Turn, ticket: int, printers: Sequence[str], copy: int) -> None:
    if printers:
        queue_slip(hub, by, turn, "ticket", {}, printers, ticket=ticket, copy=copy)


def queue_slip(
    hub: Hub,
    by: By,
    turn: Turn,
    kind: str,
    told: Mapping[str, Any],
    printers: Sequence[str],
    *,
    ticket: int | None,
    copy: int = 1,
) -> int:
    """`print_slip` within a turn, of facts that were checked: the job's id."""
    if not printers:
        raise Refused("没有可用的打印机。", "There is no printer to print it on.")
    job, here = turn.next_id("jobs"), None if by.actor in hub.hall.kiosks else turn.counter_of_staff(by.actor)
    turn.record(
        ev.PrintQueued(
            ticket=ticket,
            counter=here.id if here else None,
            job=job,
            printers=tuple(printers),
            copy=copy,
            kind=kind,
            facts=dict(told),
        ),
        by.actor,
    )
    return job


def print_slip(
    hub: Hub, by: By, kind: str, facts: Mapping[str, Any], printers: Sequence[str], *, ticket: int | None = None
) -> Job:
    """Queue a slip of any kind but the ticket's own; `facts` as server/domain/slip_facts.py says.

    Refused where no printer is named.

    `ticket` is the number it belongs to, if any: then it stands in that number's life. Follow the job with
    `read().job(id)`.
    """
    if kind == "ticket":
        raise ValueError("slip: a ticket is printed by issue() and reprint()")
    told = slip_facts.checked(kind, facts)

    def decide(turn: Turn) -> int:
        if ticket is not None:
            known_ticket(turn, ticket)
        return queue_slip(hub, by, turn, kind, told, printers, ticket=ticket)

    return hub.once(by, decide, known_job, "print", kind, told, ticket)


def reprint_slip(hub: Hub, by: By, job_id: int, printers: Sequence[str]) -> Job:
    """补打 of a slip of any kind: the same facts, marked and counted."""

    def decide(turn: Turn) -> int:
        job = turn.newest_of(known_job(turn, job_id))
        if job.state in ("queued", "sending"):
            zh, en = slip_facts.NAMES[job.kind]
            raise Refused(f"{zh}正在打印，请稍候。", f"{en}: it is being printed; wait a moment.")
        return queue_slip(hub, by, turn, job.kind, job.facts, printers, ticket=job.ticket, copy=job.copy + 1)

    return hub.once(by, decide, known_job, "reprint slip", job_id)


def print_began(hub: Hub, job: int, ticket: int | None, printer: str) -> None:
    hub.turn(lambda turn: turn.record(ev.PrintBegan(ticket=ticket, job=job, printer=printer), printer))


def print_ended(
    hub: Hub,
    job: int,
    ticket: int | None,
    printer: str | None,
    state: str,
    reason: str = "",
    memory: dict[str, Any] | None = None,
) -> None:
    """What became of a slip; with it, in the same turn, what is to be remembered of its printer (`keep_printer`)."""
    event = ev.PrintEnded(ticket=ticket, job=job, printer=printer, state=state, reason=reason)

    def decide(turn: Turn) -> None:
        turn.record(event, printer or "spool")
        if printer and memory is not None:
            turn.put_printer(printer, memory)

    hub.turn(decide)


def keep_printer(hub: Hub, name: str, memory: dict[str, Any]) -> None:
    """What is to be remembered of a printer, plain values; no part of the history."""
    hub.turn(lambda turn: turn.put_printer(name, memory))
