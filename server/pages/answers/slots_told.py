"""What is told of the hall's own appointments: what may be booked, one booking, the plan of a day."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.pages.answers.parts import Day, Instant, Named, Part, Service, Words
from server.pages.answers.visitor_told import ClockTime

Standing = Literal["to come", "late", "arrived", "missed", "listed", "offered", "cancelled", "withdrawn"]
Way = Literal["page", "kiosk", "desk", "console", "api", "district"]


class PlanOffered(Named):
    plan: str = Field(description="A table of [slots]")
    services: list[Service]
    rules: list[Words] = Field(description="Who may book, until when, and what follows from not coming")


class PlansOffered(Part):
    """What may be booked."""

    plans: list[PlanOffered]


class DayOffered(Words):
    day: Day
    free: int = Field(description="Places that are left", ge=0)


class SlotOffered(Part):
    start: Instant
    time: ClockTime
    until: ClockTime
    plan: str
    free: int = Field(ge=0)


class DaysOffered(Part):
    """The days on which an item may be booked, and the slots of one of them."""

    service: Service
    days: list[DayOffered]
    day: Day | None = Field(description="The day that was asked for, or the first with a place; null: none is left")
    day_words: Words | None
    slots: list[SlotOffered] = Field(description="Of `day`, full ones too")
    may_wait: bool = Field(description="The day is full and has a waiting list with room")
    asks_number: bool = Field(description="A mobile number, or a card's sealed one, is needed")
    rules: list[Words]
    bring: list[Words]
    now: Instant


class EveReminder(Part):
    """提醒 on the day before."""

    may: bool = Field(description="Whether a telephone may be left with it now")
    masked: str = Field(description="The one that was, as 138****5678; empty for none")


class Booked(Part):
    """A booking as whoever has its code sees it."""

    code: str
    address: str = Field(description="What its QR code holds")
    service: Service
    state: Standing
    state_words: Words
    number: str | None = Field(description="Today's number, once it has checked in")
    day: Day
    day_words: Words
    start: Instant | None
    time: ClockTime | None
    until: ClockTime | None
    offer_until: ClockTime | None = Field(description="While it is offered: until when the slot is kept")
    offer_words: Words | None = Field(description="The same, with its day where that is another one")
    offer_min: int | None = Field(description="While it waits: for how many minutes a slot will be kept")
    ahead: int | None = Field(description="On the waiting list: how many come before")
    may: list[Literal["change", "cancel", "accept"]]
    reminder: EveReminder
    rules: list[Words]
    bring: list[Words]
    now: Instant


class SlotSums(Part):
    booked: int = Field(ge=0)
    arrived: int = Field(ge=0)
    missing: int = Field(description="Their time has begun, and they have not checked in", ge=0)
    waiting_list: int = Field(ge=0)


class SlotOfDay(SlotSums, Named):
    start: Instant
    time: ClockTime
    plan: str
    capacity: int = Field(description="Places that may be booked", ge=0)


class BookingOfDay(Part):
    code: str
    service: Service
    start: Instant | None
    time: ClockTime | None
    state: Standing
    state_words: Words
    channel: Way
    number: str | None


class SlotDay(SlotSums):
    """The plan of a day."""

    day: Day
    day_words: Words
    slots: list[SlotOfDay]
    bookings: list[BookingOfDay]
