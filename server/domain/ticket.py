"""A ticket, a counter and a print job as the store keeps them, and how each event changes them.

Pure. The hub writes rows with these functions, and a rebuild from the journal reads them with the same ones:
what is not decided here cannot be rebuilt. Times are epoch seconds UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from server.domain import events as ev


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One number of one service day. `number` is None for visits of another system."""

    id: int
    day: str
    prefix: str
    number: int | None
    service: str
    klass: str
    channel: str
    language: str = "zh"
    large_print: bool = False
    state: str = "waiting"
    issued_at: float
    rank: float
    counter: str | None = None
    staff: str | None = None
    called_at: float | None = None
    last_called_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    calls: int = 0
    passes: int = 0
    outcome: str | None = None
    entered_at: float = 0.0
    """When it entered the queue it is or was last in: its issue, or a transfer."""
    slot: float | None = None
    appointment: str = ""
    target: str = ""
    """Who alone may call it: `counter:ID`, `staff:NUMBER`, or empty for whoever serves its service."""
    placed: str = ""
    """How it got its place in the queue: empty for its issue, returned, transferred or raised; what held its head start
    back (`overtaking.Place`).
    """
    raised: str = ""
    """Why it was put to the head of the queue; empty for most."""
    legs: int = 1
    recalls: int = 0
    """Recalls since it was last called anew."""
    suspended: str = ""
    """Kind of the suspension while it is suspended."""
    suspended_at: float | None = None
    away_s: float = 0.0
    """Suspended spans since `started_at`, seconds: not service."""
    served_s: float | None = None
    """Service before the present leg, seconds; None when there was none."""
    items: tuple[str, ...] = ()
    """Service codes of what was done, as the operator said at 办结; of a number for several items those settled so
    far.
    """
    ground: str = ""
    """Why a kiosk gave it its class (vocabulary.GROUNDS_SAID); empty for most."""
    party: str = ""
    """For whom it is (vocabulary.PARTIES); empty where nobody asked."""
    by_sight: bool = False
    """听障: it is called by sight, shown longer and blinking."""

    @property
    def label(self) -> str:
        """What is printed, shown and spoken: A001, and A1000 after A999."""
        return "" if self.number is None else f"{self.prefix}{self.number:03d}"


@dataclass(frozen=True)
class Binding:
    """窗口业务切换. `services` None: all; `helps` None: all."""

    services: tuple[str, ...] | None
    helps: tuple[str, ...] | None
    help_after_min: int


@dataclass(frozen=True)
class Skills:
    """What a member of staff can do, wherever she or he sits. `services` are codes, None for every one; `languages`
    those spoken besides Chinese, as numbers bear them ("en").
    """

    staff: str
    services: tuple[str, ...] | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counter:
    """A counter of the hall now. `state` is closed, open or paused; what it serves is the ticket that points at it."""

    id: str
    state: str = "closed"
    staff: str | None = None
    since: float | None = None
    reason: str = ""
    bound: Binding | None = None
    """What it serves instead of config.toml's services."""
    help_at: float | None = None
    """When it called the manager, while nobody has answered."""
    help_text: str = ""
    panic_at: float | None = None
    """When it raised the silent alarm, while nobody has answered."""
    skills: Skills | None = field(default=None, compare=False)
    """What whoever sits there can do; None: nothing is said of her or him. No part of the row: the store joins it."""


@dataclass(frozen=True)
class Job:
    """One slip on its way to paper: queued, sending, printed, sent, failed or unknown."""

    id: int
    ticket: int | None
    printers: tuple[str, ...]
    copy: int
    state: str
    queued_at: float
    changed_at: float
    printer: str | None = None
    reason: str = ""
    kind: str = "ticket"
    facts: dict[str, Any] = field(default_factory=dict)
    """What it is made of besides its ticket, as it was when it was queued (slip_facts.py)."""


def service_seconds(ticket: Ticket, until: float) -> float | None:
    """Service of the present leg until a moment, seconds; where the start key was not used it begins at the last
    call.
    """
    begun = ticket.last_called_at if ticket.started_at is None else ticket.started_at
    if begun is None or ticket.state not in ("called", "serving", "suspended"):
        return None
    end = until if ticket.suspended_at is None else ticket.suspended_at
    return max(0.0, end - begun - ticket.away_s)


def _leg_over(ticket: Ticket, at: float) -> Ticket:
    """The ticket with the service it has had so far put aside, about to be queued or called anew."""
    spent = service_seconds(ticket, at) if ticket.state != "called" else None  # called and never come: no service
    served = ticket.served_s if spent is None else (ticket.served_s or 0.0) + spent
    return replace(ticket, served_s=served, started_at=None, suspended="", suspended_at=None, away_s=0.0)


def evolve(ticket: Ticket | None, event: ev.Event, at: float) -> Ticket | None:
    """The ticket after the event; None while no event has made one."""
    if isinstance(event, ev.Issued):
        assert event.ticket is not None
        return Ticket(
            id=event.ticket,
            day=event.day,
            prefix=event.prefix,
            number=event.number,
            service=event.service,
            klass=event.klass,
            channel=event.channel,
            language=event.language,
            large_print=event.large_print,
            issued_at=at if event.taken is None else event.taken,
            rank=event.rank,
            entered_at=at if event.taken is None else event.taken,
            slot=event.slot,
            appointment=event.appointment,
            ground=event.ground,
            party=event.party,
            placed=event.placed,
        )
    if isinstance(event, ev.Imported):
        assert event.ticket is not None
        return Ticket(
            id=event.ticket,
            day=event.day,
            prefix="",
            number=None,
            service=event.service,
            klass=event.klass,
            channel="import",
            state=event.state,
            issued_at=event.arrived,
            rank=event.arrived,
            counter=event.counter,
            staff=event.staff,
            called_at=event.called,
            last_called_at=event.last_called,
            started_at=event.started,
            ended_at=event.ended,
            calls=event.calls,
            outcome=event.outcome,
            entered_at=event.arrived,
        )
    if ticket is None:
        return None
    change = _CHANGES.get(type(event))
    return change(ticket, event, at) if change else ticket


def _called(ticket: Ticket, event: ev.Called, at: float) -> Ticket:
    if ticket.state == "suspended":
        ticket = _leg_over(ticket, at)
    first = at if ticket.called_at is None else ticket.called_at
    return replace(
        ticket,
        state="called",
        counter=event.counter,
        staff=event.staff,
        called_at=first,
        last_called_at=at,
        ended_at=None,
        calls=ticket.calls + 1,
        recalls=0,
        placed="",
    )


def _resumed(ticket: Ticket, event: ev.Resumed, at: float) -> Ticket:
    away = ticket.away_s + max(0.0, at - (ticket.suspended_at if ticket.suspended_at is not None else at))
    return replace(
        ticket,
        state="serving",
        counter=event.counter,
        staff=event.staff or ticket.staff,
        suspended="",
        suspended_at=None,
        away_s=away,
    )


def _returned(ticket: Ticket, event: ev.Returned, at: float) -> Ticket:
    if ticket.state == "suspended":
        ticket = _leg_over(ticket, at)
    return replace(
        ticket, state="waiting", ended_at=None, rank=event.rank, target=event.target, placed="returned", raised=""
    )


def _transferred(ticket: Ticket, event: ev.Transferred, at: float) -> Ticket:
    waits, kept = ticket.state == "waiting", event.rank == ticket.rank
    return replace(
        _leg_over(ticket, at),
        state="waiting",
        service=event.service,
        target=event.target,
        rank=event.rank,
        entered_at=ticket.entered_at if waits else at,
        ended_at=None,
        legs=ticket.legs if waits else ticket.legs + 1,
        placed=ticket.placed if waits and kept else "transferred",
        raised=ticket.raised if kept else "",
    )


def _undone(ticket: Ticket, event: ev.Undone, at: float) -> Ticket:
    back: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in event.back.items()}
    return replace(ticket, **back)


def _served_offline(ticket: Ticket, event: ev.ServedOffline, at: float) -> Ticket:
    return replace(
        ticket,
        state=event.state,
        counter=event.counter,
        staff=event.staff,
        called_at=event.called,
        last_called_at=event.called,
        ended_at=event.ended,
        calls=1 if event.called is not None else 0,
        passes=ticket.passes + (event.state == "passed"),
        outcome=event.outcome,
        items=(ticket.service,) if event.state == "finished" else (),
    )


_CHANGES: dict[type[ev.Event], Callable[[Ticket, Any, float], Ticket]] = {
    ev.Called: _called,
    ev.Recalled: lambda t, e, at: replace(t, last_called_at=at, calls=t.calls + 1, recalls=t.recalls + 1),
    ev.Started: lambda t, e, at: replace(t, state="serving", started_at=at),
    ev.Suspended: lambda t, e, at: replace(t, state="suspended", suspended=e.kind, suspended_at=at),
    ev.Resumed: _resumed,
    ev.Transferred: _transferred,
    ev.GaveWay: lambda t, e, at: replace(t, rank=e.rank, placed="gave way"),
    ev.OnTheWay: lambda t, e, at: t,
    ev.Raised: lambda t, e, at: replace(t, rank=e.rank, raised=e.reason, placed="raised"),
    ev.ItemSettled: lambda t, e, at: replace(t, items=tuple(dict.fromkeys((*t.items, e.service)))),
    ev.Finished: lambda t, e, at: replace(
        t, state="finished", ended_at=at, outcome=e.outcome, items=e.items or (t.service,)
    ),
    ev.Passed: lambda t, e, at: replace(t, state="passed", ended_at=at, passes=t.passes + 1),
    ev.Returned: _returned,
    ev.Left: lambda t, e, at: replace(t, state="left", ended_at=at),
    ev.Expired: lambda t, e, at: replace(t, state="expired", ended_at=at),
    ev.ServedOffline: _served_offline,
    ev.Undone: _undone,
    ev.BySightSet: lambda t, e, at: replace(t, by_sight=e.by_sight),
}
"""What each event makes of a ticket; an event that is not here leaves it as it is."""


def evolve_counter(counter: Counter, event: ev.Event, at: float) -> Counter:
    """The counter after the event."""
    if isinstance(event, ev.CounterOpened):
        return Counter(counter.id, "open", event.staff, at, bound=counter.bound, panic_at=counter.panic_at)
    if isinstance(event, ev.CounterPaused):
        return replace(counter, state="paused", since=at, reason=event.reason)
    if isinstance(event, ev.CounterResumed):
        return replace(counter, state="open", since=at, reason="")
    if isinstance(event, ev.CounterClosed):
        return Counter(counter.id, "closed", None, at, bound=counter.bound, panic_at=counter.panic_at)
    if isinstance(event, ev.CounterBound):
        return replace(counter, bound=Binding(event.services, event.helps, event.help_after_min))
    if isinstance(event, ev.CounterUnbound):
        return replace(counter, bound=None)
    if isinstance(event, ev.HelpAsked):
        return replace(counter, help_at=at, help_text=event.text)
    if isinstance(event, ev.HelpAnswered):
        return replace(counter, help_at=None, help_text="")
    if isinstance(event, ev.PanicRaised):
        return replace(counter, panic_at=at)
    if isinstance(event, ev.PanicAnswered):
        return replace(counter, panic_at=None)
    return counter


def evolve_job(job: Job | None, event: ev.Event, at: float) -> Job | None:
    """The print job after the event."""
    if isinstance(event, ev.PrintQueued):
        return Job(
            event.job, event.ticket, event.printers, event.copy, "queued", at, at, kind=event.kind, facts=event.facts
        )
    if job is None:
        return None
    if isinstance(event, ev.PrintBegan):
        return replace(job, state="sending", printer=event.printer, changed_at=at)
    if isinstance(event, ev.PrintEnded):
        return replace(job, state=event.state, printer=event.printer or job.printer, reason=event.reason, changed_at=at)
    return job
