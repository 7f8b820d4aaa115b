"""一件事一次办: packages, and how far a number for several items is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.parts import Named, Part, Service, Words


class AgendaItem(Service):
    """One item of a number."""

    state: Literal["settled", "ready", "waits", "hindered"] = Field(
        description="waits: for an item that is open; hindered: one before it was not granted"
    )
    next: bool = Field(description="The number goes on for it")
    outcome: str = Field(description="Code of its outcome; empty while it is open")
    said: str = Field(description="Its outcome, or why it is open, in words")
    said_en: str
    counters: str = Field(description="Where it was done, or who does it, in words")
    counters_en: str


class AgendaTold(Named):
    """How far a number for several items is."""

    package: str = Field(description="Id of the package; empty for items that were chosen one by one")
    done: int
    total: int
    next: str = Field(description="Code of the item that comes next; empty when nothing is left for this visit")
    items: list[AgendaItem]


class AgendaHere(AgendaTold):
    here: list[str] = Field(description="Items that this counter does now: what 办结 settles when none is named")


class PaperTold(Named):
    """A material, once."""

    note: str = Field(description="How it is brought, and for which item, in words")
    note_en: str
    services: list[str] = Field(description="Items that need it")
    originals: int = Field(description="Of all items together; 0 where the guides do not say")
    copies: int


class PackageQuestion(Words):
    """A yes keeps its items, a no leaves them out."""

    id: str
    items: list[str]


class PackageAsked(Words):
    id: str


class PackageChoice(Named):
    """A package as whoever takes a number for somebody chooses it."""

    id: str
    questions: list[PackageAsked]
    items: list[str]


class PackageItem(Service):
    optional: bool = Field(description="Whether it depends on a question")
    after: list[str] = Field(description="What is settled before it")
    closed: bool = Field(description="Whether it has no numbers today")
    promise: str


class PackageTold(Named):
    id: str
    occasion: str
    occasion_en: str
    icon: str
    questions: list[PackageQuestion]
    items: list[PackageItem]
    papers: list[PaperTold] = Field(description="What to bring where every item is done")
    saved: int = Field(description="Papers that are brought once instead of once for each item")


class PackagesTold(Part):
    packages: list[PackageTold]


class PlannedNumber(Named):
    """What a number for these items would be."""

    package: str
    items: list[Service]
    papers: list[PaperTold]
    saved: int
    late: Words | None = Field(description="Why the turn of one of them would come after closing")
