"""A number: as its holder sees it, as staff do, and its whole life."""

from __future__ import annotations

from pydantic import Field, RootModel

from server.pages.answers.packages_told import AgendaTold
from server.pages.answers.parts import Day, Instant, Minutes, Named, PaperState, Part, Service, TicketState, Words


class TicketPaper(Words):
    """What became of the slip, in words for its holder."""

    state: PaperState
    reason: str
    where: str = Field(description="The printer it came from, where it is not the first that was asked")
    where_en: str


class StaffPaper(Words):
    """What became of a paper, and what staff do then."""

    state: PaperState
    reason: str
    reason_en: str
    where: str
    copy_: int = Field(alias="copy", description="1 for the first, 0 where none was asked for")


class TicketView(Part):
    """A number as its holder sees it."""

    id: int
    number: str = Field(description="Such as A012")
    service: Service
    group: Named
    klass: str = Field(alias="class")
    state: TicketState
    issued_at: Instant
    ahead: int = Field(description="How many would be called before")
    estimate_min: Minutes | None
    estimate_at: Instant | None = Field(None, description="About when that is")
    counters: str = Field(description="Which counters call it, in words")
    counters_en: str
    counter: str | None
    print: TicketPaper
    agenda: AgendaTold | None = Field(description="Of a number for several items; null for one of one item")
    place_url: str = Field(
        "", description="At a kiosk: where its holder's telephone finds its place; empty without `[public] url`"
    )


class Finding(Named):
    """A service that may be meant, or a matter that is done elsewhere."""

    code: str = Field(description="Of the service; empty for what the hall does not do")
    said: str = Field(description="The word that fits: the name, an everyday word, a code")
    where: Words | None = Field(description="Where else it is done")


class Findings(Part):
    """What a search found, the best first."""

    query: str
    sure: bool = Field(description="Whether the first is meant beyond doubt and may be preselected")
    hits: list[Finding]


class Undoable(Words):
    until: Instant


class StaffTicket(TicketView):
    """A number as staff see it, with the keys that its state and the person's role allow."""

    day: Day
    today: bool
    state_words: Words
    class_name: str
    class_name_en: str
    counter_name: str | None
    counter_name_en: str | None
    called_at: Instant | None
    ended_at: Instant | None
    calls: int
    passes: int
    slot: Instant | None
    appointment: str
    raised: str = Field(description="Why it was put first; empty for most")
    target: str = Field(description="Who alone may call it: counter:ID, staff:NUMBER, or empty")
    language: str
    large_print: bool
    by_sight: bool = Field(description="听障: called by sight")
    paper: StaffPaper
    lapses_at: Instant | None = Field(description="Until when a passed number may come back")
    can: list[str] = Field(description="Verbs of /tickets/{ticket_id}/…")
    why_not: Words | None = Field(description="Why a passed number may not come back")
    undo: Undoable | None


class Sentence(Words):
    """One thing that happened to a number."""

    seq: int
    at: Instant
    event: str
    who: str
    who_en: str
    counter: str | None
    undone: bool


class Told(Sentence):
    epoch: float = Field(description="`at` as epoch seconds")


class LifeRow(Part):
    """A row of the journal."""

    seq: int
    at: Instant
    event: str
    actor: str
    counter: str | None


class Life(Part):
    ticket: StaffTicket
    lines: list[Told]
    life: list[LifeRow]


class Reprinted(RootModel[Life | TicketView]):
    """For staff its life; at a kiosk what its holder sees."""
