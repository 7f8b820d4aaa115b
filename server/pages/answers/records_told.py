"""Registers (台账) and their records: what each is, its lists, one record with its life, a month as a table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.pages.answers.parts import Day, Instant, Named, Part, Service, Words

StateKind = Literal["open", "waiting", "done", "void"]
Colour = Annotated[
    Literal["green", "amber", "red", "black"],
    Field(description="In time, due soon, overdue, past the statutory term too"),
]
Value = bool | int | str | list[str] | None
Cell = int | str | Annotated[list[str], Field(description="Chinese, English", min_length=2, max_length=2)] | None


class StateNamed(Named):
    state: str
    kind: StateKind = Field(description="open: we must act; waiting: somebody outside must; done and void: over")


class StateCount(StateNamed):
    open: int = Field(description="Records in it")


class RegisterCount(Named):
    """A register, and how it stands."""

    key: str
    open: int
    overdue: int
    due_today: int
    states: list[StateCount] = Field(description="Those in which a record is not over")


class RegisterCounts(Part):
    registers: list[RegisterCount]


class FieldOption(Named):
    value: str


class FieldTold(Named):
    """A field of a register."""

    field: str
    kind: str
    private: bool = Field(description="Sealed, and never in the journal")
    options: list[FieldOption] | None = Field(description="What may be chosen; null where it is written")
    of: str = Field(description="What is chosen of: materials, services, equipment; empty for its own choices")
    pattern: str = Field(description="Regular expression of the whole text; empty for none")


class FormField(FieldTold):
    needed: bool
    either: int | None = Field(description="Of the fields with the same number one is enough")
    late_only: bool = Field(description="Needed only where the move ends a clock that is overdue")
    value: Value


class MoveForm(Named):
    """A move, and what it asks for, in order."""

    move: str
    to: Words = Field(description="Name of the state that it leads to")
    may: bool = Field(description="Whether the reader's role may make it")
    fields: list[FormField]


class MoveTold(Named):
    move: str
    from_: list[str] = Field(alias="from", description="States; none: it opens a record")
    to: str
    roles: list[str]
    needs: list[list[str]] = Field(description="Of each group one field is enough")
    may: list[str]


class RegisterTold(Named):
    """What a register is."""

    key: str
    version: int
    states: list[StateNamed]
    fields: list[FieldTold]
    opens: list[MoveForm]
    moves: list[MoveTold]


class StaffNamed(Part):
    id: str
    name: str


class RecordLine(Part):
    """A record in a list: nothing private."""

    id: int
    register_: str = Field(alias="register")
    number: str
    state: str
    state_name: str
    state_name_en: str
    kind: StateKind
    kind_name: str
    kind_name_en: str
    service: Service | None
    department: str
    owner: StaffNamed
    opened: Instant
    changed: Instant
    closed: Instant | None
    due: Day | None = Field(description="Of the clock that matters most; null while it is stopped")
    left: int | None = Field(description="Days; negative past the due date")
    clock: Words | None = Field(description="Which clock that is")
    what: str = Field(description="Of no service: what was chosen first when it was opened")
    what_en: str
    due_said: str
    due_said_en: str
    colour: Colour
    colour_name: str
    colour_name_en: str
    late: list[str] = Field(description="Clocks that ended too late")


class ListedRecord(RecordLine):
    was: dict[str, Day | None] | None = Field(description="List moved: due dates by clock before the calendar changed")


class RecordList(Named):
    key: str
    list_: Literal["due", "mine", "red", "still", "all", "moved"] = Field(alias="list")
    today: Day
    records: list[ListedRecord]
    next: int | None = Field(description="`after` of the next page; null for none")
    departments: list[str]


class ClockRead(Named):
    """What a clock shows; days are of its unit."""

    clock: str
    said: str
    said_en: str
    used: int
    left: int | None
    due: Day | None
    first_due: Day | None = Field(description="Before it was extended")
    colour: Colour
    colour_name: str
    colour_name_en: str
    running: bool
    ended: bool
    provisional: bool = Field(description="It needs a year of which the calendar knows nothing")
    working: str = Field(description="The days that were counted")
    working_en: str


class ValueSaid(Named):
    said: str
    said_en: str


class FieldValue(ValueSaid):
    field: str
    private: bool
    photographs: list[str] = Field(description="Of a field of photographs, each as a `data:` address")
    address: str = Field(description="Of a link, the page of what it names; empty where that is not for who asks")


class LifeStep(Part):
    """What happened to a record."""

    seq: int
    at: Instant
    by: StaffNamed
    said: str
    said_en: str
    values: list[ValueSaid]


class VisitsMade(Part):
    """一趟: how often somebody came for a case."""

    made: int
    promised: int | None = Field(description="By the guide, at most; null where it promises nothing")
    over: bool
    said: str
    said_en: str


class ContactThatBecame(Part):
    """首问: who was asked first, and where it led."""

    at: Instant
    by: StaffNamed
    matter: str
    led_to: str
    result: str
    result_en: str


class RecordTold(RecordLine):
    """One record, and what can be done with it now."""

    register_name: str
    register_name_en: str
    ticket: int | None
    receipt: bool = Field(description="回执 can be printed of it")
    bundle: bool = Field(description="It can be exported as a signed bundle")
    visits: VisitsMade | None = Field(None, description="Of a case")
    contacts: list[ContactThatBecame] = Field(description="首问 that became it")
    erased: Instant | None = Field(description="When what was private was erased")
    clocks: list[ClockRead]
    values: list[FieldValue]
    named_by: list[RecordLine] = Field(description="Records that name it: findings at a piece of equipment, at a visit")
    life: list[LifeStep]
    moves: list[MoveForm]
    others: list[Words] = Field(description="Moves that another person must make")
    correctable: list[FieldTold] = Field(description="None where it is another person's to correct")
    erasable: bool = Field(description="Something private is in it, and it is not about who asks")


class VisitorsCase(RecordLine):
    """An open case of a visitor, or what came of the same visit."""

    visits: VisitsMade | None = Field(None, description="None of 容缺补交")
    told: int = Field(description="How often it was told what is missing")
    told_at: Instant | None
    missing: list[str] = Field(description="What it was told then")
    acknowledged: bool = Field(description="The last notice was signed for, or read on the telephone")
    owed: list[str] = Field(description="容缺: papers that may follow")
    received: list[str]
    materials: list[str] = Field(description="All that the service asks for")
    moves: list[MoveForm]


class VisitorsCases(Part):
    cases: list[VisitorsCase] = Field(description="That of the code first")


class PileTold(Named):
    pile: str
    count: int


class OfficeNews(Part):
    """Whether a pile of cases is still the one that a page shows: `mark` is another when a line of it is."""

    seq: int = Field(description="Row of the journal that it is as of")
    mark: str
    pile: str
    piles: list[PileTold]
    owing: int = Field(description="容缺补交 that are open")
    remind: int = Field(description="Those of them whose limit is near and of which nobody reminded")
    today: Day


class RecordsMoved(Part):
    moved: int


class RecordErasure(Part):
    id: int


class LedgerColumn(Named):
    column: str


class LedgerTable(Named):
    """The records opened in a month."""

    key: str
    month: str
    columns: list[LedgerColumn]
    rows: list[dict[str, Cell]] = Field(description="Cells by column; what a record does not have is not there")
    made: Instant
