"""What a visitor's telephone is told: the own place, and how busy the hall is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.pages.answers.packages_told import AgendaTold
from server.pages.answers.parts import HallWords, Instant, Minutes, Named, Part, Seq, TicketState, Words

ClockTime = Annotated[str, Field(description="Local time of day", pattern=r"^\d\d:\d\d$")]
Act = Literal["give-way", "on-the-way", "give-back", "undo"]


class LeftAddress(Words):
    field: Literal["own", "relative"]
    masked: str = Field(description="Such as 138****5678; the whole is nowhere given out")


class Reminder(Words):
    """What became of one message."""

    occasion: Literal["near", "called", "missed", "ready"]
    name: str
    name_en: str
    field: Literal["own", "relative"]
    whose: str = Field(description="Whose address, in words")
    whose_en: str
    state: Literal["sent", "arrived", "lost", "failed", "stale", "limited"]


class MayLeave(Part):
    """Which addresses this hall's channels reach; none where the number is over."""

    telephone: bool
    mail: bool


class Reminders(Part):
    """提醒: addresses left with a number, masked, and what became of each message."""

    may: MayLeave
    over: bool = Field(description="The number has ended")
    rate: bool = Field(False, description="Its holder agreed to be asked for a rating by text")
    rate_hours: int = Field(0, description="For so many hours a rating may be answered by text; 0: nobody is asked")
    given: list[LeftAddress]
    by_sight: bool = Field(description="听障: shown longer and blinking instead of the voice at the counter")
    told: list[Reminder]


class PlaceView(Part):
    """A number as its holder's telephone shows it."""

    seq: Seq
    now: Instant | None = None
    number: str
    group: Named | dict[str, str]
    state: TicketState | Literal["near"] = Field(description="near: waiting, with at most two ahead")
    state_words: Words
    ahead: int | None = Field(description="People who are called before; only while it waits")
    wait: str
    wait_en: str
    between: str | None = Field(description="Between which times of day its turn is: 10:20–10:35")
    counters: str
    counters_en: str
    counter: str = Field(description="Where it is called or served, in words; empty for nowhere")
    counter_en: str
    back_until: ClockTime | None = Field(description="Until when a missed number may come back")
    bring: list[Words]
    agenda: AgendaTold | None = Field(None, description="Of a number for several items")
    coming: bool = Field(description="Its holder has said to be on the way")
    may: list[Act] = Field(description="What its holder may do now")
    notice: Words | None
    reminders: Reminders
    rate: str = Field(description="The page where it is rated, or second thoughts are added; empty for none now")


class BusyGroup(Named):
    id: str
    done: bool = Field(description="Whether numbers are given out now for any of its services")
    ahead: int = Field(description="People before somebody who takes a number now")
    estimate_min: Minutes | None
    wait: str
    wait_en: str


class QuietHour(Part):
    day: str = Field(description="YYYY-MM-DD")
    day_words: Words
    begins: str = Field(description="HH:MM")
    ends: str


class Busy(Part):
    """How busy the hall is now."""

    hall: HallWords
    now: Instant
    issuing: bool = Field(description="Whether numbers are given out")
    notice: Words | None
    waiting: int
    remote: bool = Field(description="Whether a place may be taken on the telephone (`/take`)")
    counters_open: int
    groups: list[BusyGroup]
    quiet: list[QuietHour] = Field(description="Of the next seven days the hour in which people usually wait least")
