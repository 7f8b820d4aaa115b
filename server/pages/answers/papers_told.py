"""Papers, as staff see them."""

from __future__ import annotations

from pydantic import Field

from server.pages.answers.numbers_told import StaffPaper
from server.pages.answers.parts import Instant, Named


class Paper(Named):
    """What it is, of whom, who asked where, and what became of it."""

    job: int
    kind: str
    number: str = Field(description="Empty where it is about no number")
    ticket: int | None
    about: str
    about_en: str
    at: Instant
    who: str
    who_en: str
    paper: StaffPaper
    spoilt: bool
