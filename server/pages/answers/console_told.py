"""What the console of a counter shows, which every key there answers with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.messages_told import Messages
from server.pages.answers.numbers_told import Sentence
from server.pages.answers.packages_told import AgendaHere, PackageChoice
from server.pages.answers.papers_told import Paper
from server.pages.answers.parts import (
    CounterState,
    HallWords,
    Instant,
    Named,
    Part,
    Seq,
    Service,
    TicketState,
    Tile,
    Words,
)


class StandingIn(Part):
    """代岗: whom the person at a counter stands in for."""

    id: int
    post: str
    for_: str = Field(alias="for")
    is_b: bool
    approved: bool
    state: Literal["waiting", "approved", "refused"]
    reason: str


class CounterHere(Tile):
    """The counter itself."""

    open: CounterState
    staff: str | None
    staff_name: str
    reason: Words
    since: Instant | None
    help_at: Instant | None
    standing_in: StandingIn | None


class Listed(Part):
    """A number as the console lists it."""

    id: int
    number: str
    state: TicketState
    service: Service
    klass: str = Field(alias="class")
    class_name: str
    class_name_en: str
    party: str = Field(description="For whom it is, where that was asked; empty for most")
    party_en: str
    ground: str = Field(description="Why a kiosk gave it its class; empty for most")
    ground_en: str
    issued_at: Instant
    waiting_since: Instant
    ended_at: Instant | None
    slot: Instant | None
    counter: str | None
    target: str
    raised: bool
    suspended: str
    suspended_at: Instant | None
    allowed: list[str]
    language: str
    large_print: bool


class NoticeTold(Part):
    """一次性告知: what a number was told to be missing."""

    service: str
    missing: list[str]
    told: int


class PretrialTold(Words):
    """A 预审号 and how its pre-check ended."""

    code: str
    status: Literal["pending", "passed", "to_complete", "failed"]
    platform: str = Field(description="Its case on the city's platform; empty for none")


class AtCounter(Listed):
    """The number at the counter."""

    standard_min: int | None
    materials: list[str]
    may_follow: list[str] = Field(description="容缺: those of them that may follow, by the item's guide")
    called_at: Instant | None
    started_at: Instant | None
    calls: int
    waited_s: int
    work_since: Instant | None
    served_s: float | None
    coming: bool = Field(description="Its holder has said by telephone to be on the way")
    by_sight: bool = Field(description="听障: called by sight, without the voice")
    asked_after: bool = Field(description="Served so long that finishing was perhaps forgotten")
    why: str = Field(description="Why it was next")
    why_en: str
    notices: list[NoticeTold]
    promise: str
    case: str = Field(description="Number of the case whose result it collects; empty for none")
    pretrial: PretrialTold | None
    agenda: AgendaHere | None = Field(description="Of a number for several items")
    life: list[Sentence]


class FinishedNumber(Listed):
    materials: list[str]
    may_follow: list[str] = Field(description="容缺: those of them that may follow, by the item's guide")
    promise: str
    outcome: Words
    items: list[Service]


class UndoOffer(Words):
    """What 撤销 would take back, and until when."""

    id: int
    number: str
    step: str
    until: Instant


class PadSaid(Words):
    """What a call pad did here last, or why it did not."""

    pad: str
    at: Instant
    done: bool


class Suspension(Words):
    kind: str
    hint: str


class NamedChoice(Named):
    id: str


class CaseChoice(Words):
    value: str


class CaseChoices(Part):
    """What may be chosen when a visit's case is opened, by the fields of its register."""

    applicant: list[CaseChoice]
    no_platform: list[CaseChoice]
    delivery: list[CaseChoice]


class Item(Service):
    """A service that a number can be moved to."""

    group: str
    group_en: str
    closed: bool


class OtherCounter(Named):
    id: str
    state: CounterState
    staff: str | None
    staff_name: str


class ConsoleState(Part):
    """Everything on the console."""

    seq: Seq
    now: Instant
    hall: HallWords
    notice: Words | None
    counter: CounterHere
    ticket: AtCounter | None
    allowed: list[str] = Field(description="Keys that may be pressed now, by their verbs of /counters/{counter_id}/…")
    refusals: dict[str, Words] = Field(description="The other keys, and the sentence each would be refused with")
    primary: str = Field(description="The verb of the key that comes next; empty at a closed counter")
    picks: bool = Field(description="Whether waiting numbers may be called out of turn (指呼)")
    locks: dict[str, Instant] = Field(description="Until when a key waits after a call")
    undo: UndoOffer | None
    pad: PadSaid | None
    unrated: str = Field(description="The number finished a moment ago that was not rated; empty for none")
    waiting: int = Field(description="Whom this counter may call")
    hall_waiting: int
    longest: Instant | None
    pledge_min: int
    next: list[Listed]
    passed: list[Listed]
    suspended: list[Listed]
    finished_today: int
    finished: list[FinishedNumber]
    outcomes: list[Words]
    suspensions: list[Suspension]
    pause_reasons: list[Words]
    transfer_reasons: list[Words]
    bookable: list[str] = Field(description="Service codes whose next visit can be booked on /slots")
    raise_reasons: list[Words]
    refusal_reasons: list[Words]
    pickup_bring: list[Words]
    classes: list[NamedChoice]
    packages: list[PackageChoice]
    case_choices: CaseChoices
    papers: list[Paper]
    messages: Messages
    services: list[Item]
    counters: list[OtherCounter]


class WaitingPage(Part):
    """Who waits for a counter beyond the first of its list."""

    waiting: int
    after: int
    next: list[Listed]


class Pressed(ConsoleState):
    """The console after a key."""

    acted: Listed | None = Field(description="The number that the key was about")


class Helped(Pressed):
    """帮取号: the number stands even if the call is refused."""

    refused: Words | None


class PaperPrinted(Pressed):
    slip: Paper
