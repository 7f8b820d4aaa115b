"""What several answers have in common: words, names, instants, the numbers and counters that everybody shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[
    str,
    Field(
        description="Local ISO 8601 with its offset",
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$",
        json_schema_extra={"format": "date-time"},
    ),
]
Day = Annotated[str, Field(description="ISO date", pattern=r"^\d{4}-\d\d-\d\d$", json_schema_extra={"format": "date"})]
Minutes = Annotated[list[int], Field(description="From … to, minutes", min_length=2, max_length=2)]
TicketState = Literal["waiting", "called", "serving", "suspended", "finished", "passed", "left", "expired"]
PaperState = Literal["none", "queued", "sending", "printed", "sent", "failed", "unknown"]
"""What became of a paper: sent is as far as a printer without a voice can be asked."""
CounterState = Literal["open", "paused", "closed"]
TileState = Literal["free", "calling", "serving", "paused", "closed"]
Level = Annotated[Literal["", "warn", "bad"], Field(description="A wait against the hall's pledge")]
Seq = Annotated[int, Field(description="The journal's newest row that this shows", ge=0)]


class Part(BaseModel):
    """Read by people who call the API: later versions may add fields, and take none away."""

    model_config = ConfigDict(defer_build=True)


class Words(Part):
    """A sentence in both languages."""

    zh: str
    en: str


class Named(Part):
    name: str
    name_en: str


class Service(Named):
    """An item of the catalogue."""

    code: str


class HallWords(Named):
    sign: str = Field(description="形象标识 over the door; empty: none hangs")
    banner: str
    banner_en: str
    tel_consult: str
    tel_complaint: str


class Tile(Named):
    """A counter and whom it has."""

    id: str
    sign: str | None = Field(description="What its sign says, where that is not its name")
    state: TileState
    number: str = Field(description="Empty for none")


class Line(Named):
    """How many wait for a group of the catalogue, and how long a new number of it would."""

    waiting: int
    ahead: int = Field(description="Of a new number")
    estimate_min: Minutes | None
    estimate_at: Instant | None = Field(None, description="About when that is")


class Closed(Words):
    """Why there are no numbers of a service, or none at all."""


class Problem(Part):
    """An error (RFC 9457). `detail` is one sentence: where, what, what to do."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    detail_en: str = Field("", description="The same in English, where `detail` is Chinese alone")
    errors: list[Mistake] = Field([], description="Each field that is wrong")
    day: Day | None = Field(None, description="A number asked for is none of today; the day that has one")
    seq: int | None = Field(None, description="The newest row here, where a follower of the journal knows more")
    hash: str | None = Field(None, description="Its hash")


class Mistake(Part):
    where: str = Field(description="The field, dots between the steps; `body` for the whole")
    what: str = Field(description="What is wrong with it, in Chinese")
    what_en: str = ""


class Nothing(Part):
    """It was taken, and there is nothing to say."""


Problem.model_rebuild()
