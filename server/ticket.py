"""A ticket, a counter and a print job as the store keeps them, and how each event changes them.

Pure. The hub writes rows with these functions, and a rebuild from the journal reads them with the same ones:
what is not decided here cannot be rebuilt. Times are epoch seconds UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server import events as ev


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

    @property
    def label(self) -> str:
        """What is printed, shown and spoken: A001, and A1000 after A999."""
        return "" if self.number is None else f"{self.prefix}{self.number:03d}"


@dataclass(frozen=True)
class Counter:
    """A counter of the hall now. `state` is closed, open or paused; what it serves is the ticket that points at it."""

    id: str
    state: str = "closed"
    staff: str | None = None
    since: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Job:
    """One slip on its way to paper: queued, sending, printed, sent, failed or unknown."""

    id: int
    ticket: int
    printers: tuple[str, ...]
    copy: int
    state: str
    queued_at: float
    changed_at: float
    printer: str | None = None
    reason: str = ""


def evolve(ticket: Ticket | None, event: ev.Event, at: float) -> Ticket | None:
    """The ticket after the event; None while no event has made one."""
    if isinstance(event, ev.Issued):
        assert event.ticket is not None
        return Ticket(
            id=event.ticket, day=event.day, prefix=event.prefix, number=event.number, service=event.service,
            klass=event.klass, channel=event.channel, language=event.language, large_print=event.large_print,
            issued_at=at, rank=event.rank,
        )  # fmt: skip
    if isinstance(event, ev.Imported):
        assert event.ticket is not None
        return Ticket(
            id=event.ticket, day=event.day, prefix="", number=None, service=event.service, klass=event.klass,
            channel="import", state=event.state, issued_at=event.arrived, rank=event.arrived, counter=event.counter,
            staff=event.staff, called_at=event.called, last_called_at=event.last_called, started_at=event.started,
            ended_at=event.ended, calls=event.calls, outcome=event.outcome,
        )  # fmt: skip
    if ticket is None:
        return None
    if isinstance(event, ev.Called):
        first = at if ticket.called_at is None else ticket.called_at
        return replace(ticket, state="called", counter=event.counter, staff=event.staff, called_at=first,
                       last_called_at=at, ended_at=None, calls=ticket.calls + 1)  # fmt: skip
    if isinstance(event, ev.Recalled):
        return replace(ticket, last_called_at=at, calls=ticket.calls + 1)
    if isinstance(event, ev.Started):
        return replace(ticket, state="serving", started_at=at)
    if isinstance(event, ev.Finished):
        return replace(ticket, state="finished", ended_at=at, outcome=event.outcome)
    if isinstance(event, ev.Passed):
        return replace(ticket, state="passed", ended_at=at, passes=ticket.passes + 1)
    if isinstance(event, ev.Returned):
        return replace(ticket, state="waiting", ended_at=None, rank=event.rank)
    if isinstance(event, ev.Left):
        return replace(ticket, state="left", ended_at=at)
    if isinstance(event, ev.Expired):
        return replace(ticket, state="expired", ended_at=at)
    return ticket


def evolve_counter(counter: Counter, event: ev.Event, at: float) -> Counter:
    """The counter after the event."""
    if isinstance(event, ev.CounterOpened):
        return Counter(counter.id, "open", event.staff, at)
    if isinstance(event, ev.CounterPaused):
        return replace(counter, state="paused", since=at, reason=event.reason)
    if isinstance(event, ev.CounterResumed):
        return replace(counter, state="open", since=at, reason="")
    if isinstance(event, ev.CounterClosed):
        return Counter(counter.id, "closed", None, at)
    return counter


def evolve_job(job: Job | None, event: ev.Event, at: float) -> Job | None:
    """The print job after the event."""
    if isinstance(event, ev.PrintQueued):
        assert event.ticket is not None
        return Job(event.job, event.ticket, event.printers, event.copy, "queued", at, at)
    if job is None:
        return None
    if isinstance(event, ev.PrintBegan):
        return replace(job, state="sending", printer=event.printer, changed_at=at)
    if isinstance(event, ev.PrintEnded):
        return replace(job, state=event.state, printer=event.printer or job.printer, reason=event.reason, changed_at=at)
    return job
