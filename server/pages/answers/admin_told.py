"""The hall's description, as the administration and the devices are told of it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from server.pages.answers.parts import Instant, Part, Words


class Changed(Words):
    """One difference, in words."""

    table: str
    row: str = Field(description="Empty for a table without rows")
    key: str = Field(description="Empty for the row as a whole")


class Wrong(Words):
    """A mistake, as the hub's start would tell it."""

    where: str = Field(description="Key of the hall's file, dots between the steps; empty for none")
    table: str = Field(description="The table it stands in; empty for none")
    row: str = Field(description="Its row; empty for a table without")
    place: str = Field(description="Where that is, as the forms call it")
    place_en: str


class Told(Part):
    changes: list[Changed]
    mistakes: list[Wrong]
    restarts: list[Words] = Field(description="What comes into force only when the hub starts again")


class Draft(Told):
    """Changes that are not in force."""

    id: int
    version: str = Field(
        description="What it would make of the hall's files; say it as `seen`, and nothing else is meant"
    )
    at: Instant
    who: str
    who_en: str


class Waiting(Told):
    """Changes that come into force at their moment."""

    id: int
    starts_at: Instant
    why: str
    who: str
    who_en: str
    problem: str = Field(description="Why they are not in force though their moment is over; tried again")
    problem_en: str


class Version(Part):
    id: int
    version: str = Field(description="SHA-256 over the files")
    at: Instant
    why: str
    how: str
    how_en: str
    who: str
    who_en: str
    now: bool


class Year(Part):
    year: int
    known: bool = Field(description="Whether the calendar knows its holidays")


class Description(Part):
    """What is in force, what is being changed, what waits, what was."""

    version: str = Field(description="SHA-256 over the files in force")
    draft: Draft | None
    waiting: list[Waiting]
    by_hand: Told | None = Field(description="What somebody has edited in the files since; null for nothing")
    versions: list[Version]
    calendar: list[Year]


class TableRows(Part):
    """One table as the draft has it."""

    table: str
    rows: dict[str, dict[str, Any]] = Field(description="Row (empty for a table without) -> key -> value")
    mistakes: list[Wrong]


class DeviceFiles(Part):
    """What a device starts by."""

    version: str = Field(description="It changes with the description")
    name: str = Field(description="Of the hall's file among `files`")
    device: str = Field(description="Who asks: a kiosk's id, or boards")
    files: dict[str, str] = Field(description="Name -> content, base64; none where the device has these")
