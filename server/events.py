"""The vocabulary: what can happen in a hall, in the past tense. The only place where an event gets its name and fields.

An event says what happened and to whom; when (the hub's clock) and by whom stand in the journal's row around it.
Pure data: no clock, no SQL, no Flask. A new field needs a default, because old journal rows do not have it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all: `ticket` (row id) and `counter` (id in config.toml) where the event has one."""

    ticket: int | None = None
    counter: str | None = None

    @property
    def name(self) -> str:
        return type(self).__name__


# --- tickets ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Issued(Event):
    """A number was given out. `rank` is the moment at which it counts as having come (order.py), epoch seconds."""

    day: str
    prefix: str
    number: int
    service: str
    klass: str
    channel: str
    rank: float
    language: str = "zh"
    large_print: bool = False


@dataclass(frozen=True, kw_only=True)
class Called(Event):
    """Called to a counter; `why` is the sentence a manager can show to whoever asks why this one was next."""

    staff: str | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Recalled(Event):
    """Called again, by the same counter."""


@dataclass(frozen=True, kw_only=True)
class Started(Event):
    """到窗: the person is at the counter."""


@dataclass(frozen=True, kw_only=True)
class Finished(Event):
    """办结, with the outcome chosen by the operator."""

    outcome: str


@dataclass(frozen=True, kw_only=True)
class Passed(Event):
    """过号: called and absent."""


@dataclass(frozen=True, kw_only=True)
class Returned(Event):
    """过号受理: taken back into the queue at `rank`."""

    rank: float


@dataclass(frozen=True, kw_only=True)
class Left(Event):
    """弃号: withdrew before the call."""


@dataclass(frozen=True, kw_only=True)
class Expired(Event):
    """Still waiting when the service day turned."""


@dataclass(frozen=True, kw_only=True)
class Imported(Event):
    """A finished visit of another system, whole: the instants are its own, epoch seconds UTC."""

    day: str
    service: str
    klass: str
    staff: str | None
    state: str
    arrived: float
    called: float | None
    last_called: float | None
    started: float | None
    ended: float | None
    calls: int
    outcome: str | None


# --- paper ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PrintQueued(Event):
    """A slip of this ticket is to be printed by the first of `printers` that is ready; `copy` above 1 is a reprint."""

    job: int
    printers: tuple[str, ...]
    copy: int


@dataclass(frozen=True, kw_only=True)
class PrintBegan(Event):
    """Its bytes are about to go out: after this, no second paper without a person's decision."""

    job: int
    printer: str


@dataclass(frozen=True, kw_only=True)
class PrintEnded(Event):
    """What became of it: printed (confirmed), sent (the model can't confirm), failed or unknown, with the reason."""

    job: int
    printer: str | None
    state: str
    reason: str = ""


# --- counters, hall, devices ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CounterOpened(Event):
    """A member of staff logged in at it."""

    staff: str


@dataclass(frozen=True, kw_only=True)
class CounterPaused(Event):
    """暂停服务."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CounterResumed(Event):
    """继续服务."""


@dataclass(frozen=True, kw_only=True)
class CounterClosed(Event):
    """The member of staff logged out."""


@dataclass(frozen=True, kw_only=True)
class DayTurned(Event):
    """A new service day began; `waiting` numbers of the old one expired."""

    day: str
    waiting: int


@dataclass(frozen=True, kw_only=True)
class IssuingChanged(Event):
    """The kiosks began or stopped issuing by the clock."""

    issuing: bool


@dataclass(frozen=True, kw_only=True)
class ClockSet(Event):
    """The machine's clock was found behind the last row by more than the tolerance; epoch seconds."""

    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class DeviceChanged(Event):
    """A printer, board or kiosk is in another state than before."""

    device: str
    state: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitsImported(Event):
    """A file of another system's visits was taken in; its rows precede this one."""

    source: str
    sha256: str
    visits: int


@dataclass(frozen=True, kw_only=True)
class StaffChanged(Event):
    """An account was made or changed; never with a password."""

    staff: str
    name_: str
    role: str


VOCABULARY: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        Issued, Called, Recalled, Started, Finished, Passed, Returned, Left, Expired, Imported,
        PrintQueued, PrintBegan, PrintEnded,
        CounterOpened, CounterPaused, CounterResumed, CounterClosed,
        DayTurned, IssuingChanged, ClockSet, DeviceChanged, VisitsImported, StaffChanged,
    )
}  # fmt: skip


def to_row(event: Event) -> dict[str, Any]:
    """The event's own fields, JSON-able; `ticket` and `counter` have columns of their own."""
    row = asdict(event)
    del row["ticket"], row["counter"]
    return row


def from_row(name: str, ticket: int | None, counter: str | None, data: dict[str, Any]) -> Event:
    """The event of a journal row. Raises KeyError for a name that was never in the vocabulary."""
    kind = VOCABULARY[name]
    known = {f.name for f in fields(kind)}
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
    return kind(ticket=ticket, counter=counter, **values)
