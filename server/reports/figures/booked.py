"""预约: what became of the hall's own slots in a period, by `SLOT_FIGURES` of `definitions`. Pure.

A booking counts on the day of its slot, once the slot has ended; a slot counts by the plans of the hall's file as it is
now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from config import Hall, Text
from server.domain import slots
from server.domain.slots import Appointment, Slot
from server.reports.figures.groups import ratio

Row = dict[str, Any]


class Known(NamedTuple):
    """What the history says of the days of a period."""

    bookings: Sequence[Appointment]
    arrived: Collection[int]
    """Bookings that checked in."""
    shut: Collection[tuple[str, str]]
    """(day, service) that was closed by hand; '' is the hall."""


def booked(hall: Hall, known: Known, days: Iterable[date], until: float) -> dict[str, Any]:
    """The figures in all, by plan and by day; only plans and days with a slot or a booking. `until`: epoch seconds."""
    there = [
        (day.isoformat(), slot)
        for day in days
        for plan in hall.slots
        for slot in slots.of_day(hall, plan, day)
        if slot.end <= until
    ]
    over = [one for one in known.bookings if one.start is None or one.end <= until]
    plans = [*hall.slots, *sorted({one.plan for one in over} - set(hall.slots))]
    dates = sorted({day for day, _ in there} | {one.day for one in over})

    def row(plan: str | None = None, day: str | None = None) -> Row:
        return _row(
            hall,
            [slot for on, slot in there if plan in (None, slot.plan) and day in (None, on)],
            [one for one in over if plan in (None, one.plan) and day in (None, one.day)],
            known,
        )

    def named(plan: str) -> dict[str, str]:
        table = hall.slots.get(plan)
        return (table.text if table else Text.same(plan)).json("name")

    by_plan = [{"key": plan, **named(plan), **row(plan)} for plan in plans]
    return {
        "total": row(),
        "plan": [one for one in by_plan if one["slot_places"] or one["slots_booked"] or one["slots_listed"]],
        "day": [{"key": day, **Text.same(day).json("name"), **row(day=day)} for day in dates],
    }


def _row(hall: Hall, there: Sequence[Slot], bookings: Sequence[Appointment], known: Known) -> Row:
    held = [one for one in bookings if one.state == "booked"]
    arrived = [one for one in held if one.id in known.arrived]
    absent = [one for one in held if one.id not in known.arrived]
    missed = [one for one in absent if not {(one.day, ""), (one.day, one.service)} & set(known.shut)]
    places = sum(slot.capacity for slot in there)
    room = sum(slots.counters_for(hall, slot.plan) for slot in there)
    return {
        "slot_places": places,
        "slots_booked": len(held),
        "slots_filled": ratio(len(held), places),
        "slots_of_counters": ratio(len(held), room),
        "slots_arrived": len(arrived),
        "slots_missed": len(missed),
        "slots_no_show": ratio(len(missed), len(arrived) + len(missed)),
        "slots_cancelled": sum(one.state == "cancelled" for one in bookings),
        "slots_withdrawn": sum(one.state == "withdrawn" for one in bookings),
        "slots_listed": sum(one.was_listed for one in bookings),
        "from_the_list": sum(one.was_listed and one.state == "booked" for one in bookings),
    }
