"""A period's report, how far a long one is, and what is kept. docs/figures.md says what each figure means."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from server.pages.answers.parts import Day, Instant, Part, Words

Figures = Annotated[
    dict[str, Any], Field(description="Figures by their ids, as `definitions` has them; seconds, shares 0…1")
]
Rows = Annotated[list[dict[str, Any]], Field(description="One row each, as docs/figures.md has its keys")]


class ReportHall(Part):
    id: str
    name: str
    name_en: str
    banner: str
    banner_en: str
    timezone: str


class ReportDay(Part):
    date: Day
    weekday: int
    service_day: bool
    open_s: float
    kind: str | None
    name: str


class Identity(Part):
    """Everybody who came was served, passed, left, expired or is still there: whether that closes."""

    arrivals: int
    finished: int
    passed: int
    left: int
    expired: int
    open: int
    called: int
    closes: bool
    text: str
    offending: Rows


class Comparison(Part):
    previous: dict[str, Any] | None
    last_year: dict[str, Any] | None


class LongWaits(Part):
    n: int
    listed: Rows


class LongWaitKinds(Part):
    called: LongWaits
    never_served: LongWaits


class Ratings(Part):
    """好差评."""

    total: Figures
    service: Rows
    counter: Rows
    staff: Rows
    sources: Rows
    options: Rows = Field([], description="How often each option of the national list was ticked; none in old reports")
    second: int = Field(0, description="追评: how many were thought of again")


class Casework(Part):
    """办件 of the period."""

    total: Figures
    service: Rows
    department: Rows
    late: Rows
    missing: Rows
    reasons: dict[str, Rows] = Field(description="What the mixes are of, in words")


class Kept(Part):
    """Which version of a kept report this is."""

    version: int
    sha256: str
    journal_seq: int
    journal_hash: str
    reason: str
    made_at: str
    by: str


class Definitions(Part):
    figures: Rows
    cuts: Rows
    quality: Rows


class JudgedFigure(Words):
    """One of the five figures, and whether its change is for the better."""

    figure: str
    part: str
    kind: str
    value: float | None
    n: int
    good: str | None
    then: float | None
    change: float | None
    unit: str | None
    arrow: str | None
    judged: str
    said: str
    said_en: str


class ToDo(Words):
    """Something to do, with its evidence and the table that it is from."""

    id: str
    evidence: str
    evidence_en: str
    table: str
    weight: float


class Summary(Part):
    """What a report answers first."""

    sentences: list[Words]
    five: list[JudgedFigure]
    to_do: list[ToDo]


class TrendWeek(Part):
    """One of the last eight weeks: means in seconds, shares from 0 to 1, none where nobody was called."""

    week: str
    first_day: Day
    last_day: Day
    service_days: int
    arrivals: int
    arrivals_per_day: float | None
    office_wait: float | None
    within_pledge: float | None
    no_show: float | None


class Report(Part):
    kind: str
    period: str
    definition_version: str
    first_day: Day
    last_day: Day
    generated_at: Instant
    until: Instant
    hall: ReportHall
    pledge_min: int
    settings: dict[str, Any]
    days: list[ReportDay]
    service_days: int
    identity: Identity
    total: Figures
    cuts: dict[str, Rows]
    heat: dict[str, Any]
    comparison: Comparison
    long_waits: LongWaitKinds
    pauses: dict[str, Rows]
    attendance: dict[str, Any]
    devices: Rows
    contacts: dict[str, Any]
    substitutions: dict[str, Any]
    ratings: Ratings
    rectification: dict[str, Any] = Field({}, description="差评整改; empty: kept before there was such a register")
    notices: dict[str, Any]
    packages: dict[str, Any] = Field({}, description="一件事一次办: numbers for several items")
    booked: dict[str, Any] = Field({}, description="预约: the hall's own slots and what became of them")
    remote: dict[str, Any] = Field({}, description="远程取号: what remote numbers cost those who came to the hall")
    waits_told: dict[str, Any] = Field({}, description="What was told of waits, and how much of it came true")
    foreseen: dict[str, Any] = Field({}, description="下周窗口 judged: people foreseen, counters advised; what was")
    notifications: dict[str, Any] = Field({}, description="提醒: messages to telephones, by occasion and channel")
    voices: Rows = Field([], description="投诉, 咨询, 办不成事, 建议, 帮代办: one row for each; small cells are null")
    cases: Casework | None = Field(None, description="None: kept before there were figures of cases")
    quality: dict[str, Any]
    not_measured: Rows
    definitions: Definitions
    snapshot: Kept | None = None
    summary: Summary
    trend: list[TrendWeek]


class Making(Part):
    """How far the making of a long report is; `none` when nobody asked for it."""

    state: Literal["none", "waiting", "making", "done", "failed"]
    period: str = ""
    days: int = 0
    of: int = 0
    day: str = ""
    problem: str = ""
    problem_en: str = ""


class KeptVersion(Part):
    period: str
    version: int
    sha256: str


class Tried(Part):
    done: bool
