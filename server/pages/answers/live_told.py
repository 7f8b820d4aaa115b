"""The live page (实时大厅), which every act of the manager answers with, and the guide desk."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.messages_told import Messages
from server.pages.answers.numbers_told import StaffPaper
from server.pages.answers.papers_told import Paper
from server.pages.answers.parts import (
    Closed,
    HallWords,
    Instant,
    Level,
    Line,
    Named,
    Part,
    Seq,
    Service,
    Tile,
    Words,
)
from server.pages.answers.slots_told import SlotSums


class ClosedHall(Closed):
    waiting: str
    at: Instant
    by: str


class Door(Part):
    """Whether numbers are given out, whether the hall is open, and why not."""

    issuing: bool
    open: bool
    reason: str
    closed: ClosedHall | None


class Emergency(Words):
    at: Instant
    by: str


class Waiting(Part):
    """Somebody who waits."""

    id: int
    number: str
    service: Service
    group: Words
    klass: str = Field(alias="class")
    class_zh: str
    class_en: str
    issued_at: Instant
    minutes: int
    raised: str
    level: Level


class InLine(Waiting):
    place: int | None = Field(description="In the line; null beyond what is counted")
    line_zh: str
    line_en: str


class Figures(Part):
    """Today so far."""

    waiting: int
    over: int = Field(description="Wait longer than the pledge")
    issued: int
    called: int
    served: int
    pledge_min: int
    longest: Waiting | None
    mean_min: float | None
    mean_level: Level
    open: int
    paused: int
    counters: int


class Alert(Words):
    """One thing to act on."""

    kind: str
    level: str
    subject: str = Field(description="what:which, such as counter:2")
    since: Instant
    counter: str | None
    ticket: int | None


class Holding(Part):
    """Whom a counter has."""

    id: int
    service: Service
    from_: Instant | None = Field(alias="from")
    standard_min: int | None


class NextOne(Words):
    """Whom it would call next, and why."""

    id: int
    number: str


class HelpCall(Part):
    at: Instant
    text: str


class Card(Tile):
    """A counter on the live page."""

    kind: str
    staff: str | None
    since: Instant | None
    reason: Words
    done: int
    ticket: Holding | None
    next: NextOne | None
    serves: Words
    usual: Words
    bound: bool
    services: list[str] | None = Field(description="Codes; null: all")
    helps: list[str] | None
    help_after_min: int
    if_opened: Words | None = Field(None, description="What opening it now would change; null: it is open, or nothing")
    if_closed: Words | None = Field(None, description="What closing it now would change; null: not open, or no line")
    help: HelpCall | None


class ServiceLine(Service):
    waiting: int
    closed: Closed | None


class ServiceGroup(Words):
    services: list[ServiceLine]


class HallDevice(Named, Words):
    id: str
    kind: str
    state: str
    since: Instant
    silent: bool


class Act(Words):
    """What somebody did."""

    seq: int
    at: Instant
    who: str
    who_en: str
    undone: bool
    ticket: int | None
    number: str


class OpeningStep(Words):
    """A line of 开厅清单: what a new hall still lacks."""

    id: str
    todo: str
    todo_en: str
    link: str = Field(description="Where it is done or looked at; empty where that is on no page")


class ClockStands(Part):
    """Whether the hub's clock is believed, and what it shows."""

    state: Literal["fine", "step", "asks"]
    hub: Instant


class IfView(Words):
    """What a change would make of the rest of the day."""

    p90_min: list[int | None] = Field(
        description="Nine in ten wait at most so long, as it is and with the change; null: over a tenth are not called"
    )
    fewer: int = Field(description="So many fewer over the pledge; below zero, more")
    people: int = Field(description="Who wait now or come while it lasts")
    trust: Words = Field(description="How near such a play comes to past days")


class LiveView(Part):
    seq: Seq
    now: Instant
    clock: ClockStands
    hall: HallWords
    door: Door
    emergency: Emergency | None
    figures: Figures
    booked: SlotSums | None = Field(description="Today's bookings of the hall's own; null: it has no slots")
    alerts: list[Alert]
    waiting: list[InLine]
    going: int = Field(description="Whom a closing hall would send home")
    counters: list[Card]
    groups: list[ServiceGroup]
    devices: list[HallDevice]
    opening_list: list[OpeningStep] = Field(description="Empty once all is done, or the list was put away")
    acts: list[Act]
    messages: Messages


class ClosedView(LiveView):
    dismissed: int = Field(description="How many numbers ended")


# --- guide desk -------------------------------------------------------------------------------------------------------


class DeskTile(Tile):
    help: bool
    panic: bool = Field(description="It raised the silent alarm")
    reason: str


class Short(Part):
    """A number, briefly."""

    id: int
    number: str
    service: Service
    issued_at: Instant


class PassedNumber(Short):
    counter: str | None
    at: Instant | None
    lapses_at: Instant
    may: bool = Field(description="Whether it may come back")


class SpoiltSlip(Short):
    paper: StaffPaper


class Trouble(Named, Words):
    """A device that does not work."""


class FirstContact(Part):
    """首问."""

    id: int
    at: Instant
    today: bool
    staff: str
    number: str
    matter: str
    result: str
    led_to: str
    open: bool
    note: str
    record: str = Field("", description="Number of the record that it became")
    record_page: str = Field("", description="Its page")


class DeskView(Part):
    seq: Seq
    now: Instant
    hall: HallWords
    notice: Words | None
    counters: list[DeskTile]
    waiting: int
    groups: list[Line]
    passed: list[PassedNumber]
    papers: list[SpoiltSlip]
    slips: list[Paper]
    missed: list[Paper]
    booked: SlotSums | None = Field(description="Today's bookings of the hall's own; null: it has no slots")
    devices: list[Trouble]
    contacts: list[FirstContact]
    messages: Messages
    closed: dict[str, Closed]


class ContactNoted(Part):
    id: int


# --- bookings, journal ------------------------------------------------------------------------------------------------


class BookingsTaken(Part):
    taken: int
    new: int
    changed: int
    double: int


class FileChecked(Part):
    """What a file would bring, and every mistake in it."""

    kind: Literal["visits", "bookings", "novosga", "qsystem", "fqm"]
    name: str
    brings: list[Words] = Field(description="Of another system's dump: what it holds for this hall")
    left: list[Words] = Field(description="Of a dump: what is not taken, how much, and why")
    difference: str = Field(description="Of a dump: how the hall's files would differ; the command line writes them")
    new: int
    changed: int
    double: int = Field(description="How many are here already; the first of them are `doubles`")
    doubles: list[Words]
    future: int
    problems: list[str]
    may: bool = Field(description="Whether it can be taken in")


class FileTaken(FileChecked):
    taken: int


class Withdrawn(Part):
    withdrawn: int


class DidSo(Part):
    at: Instant
    who: str
    who_en: str


class TakenBack(DidSo):
    reason: str


class HandIn(DidSo):
    id: int
    kind: Literal["visits", "bookings"]
    kind_name: str
    kind_name_en: str
    source: str
    rows: int
    double: int
    withdrawn: TakenBack | None


class HandIns(Part):
    imports: list[HandIn]


class Appointment(Part):
    code: str
    slot: Instant | None
    service: Service
    number: str | None = Field(description="Once it has checked in")


class Bookings(Part):
    bookings: list[Appointment]


class JournalRow(Part):
    """One row; `hash` is over it and the row before."""

    seq: int
    at: float = Field(description="Epoch seconds")
    local: Instant
    event: str
    actor: str
    ticket: int | None
    counter: str | None
    data: dict[str, object]
    known: bool = Field(description="Whether this version knows events of that name")
    hash: str


class Journal(Part):
    seq: Seq
    rows: list[JournalRow]


class Tallied(Part):
    """What of a tally sheet was entered."""

    served: int = Field(description="Numbers that were served")
    made: int = Field(description="Numbers that had been written by hand")
