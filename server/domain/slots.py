"""The hall's own appointments (预约): which slots there are, how many people each holds, what is free, and what becomes
of a booking. Pure.

Slots are worked out from `[slots]`, the hours and the calendar, and stored nowhere: a holiday, a make-up day or another
season moves them by itself. `offered` is the only answer to "is it free?": the page, the desk, the kiosk and the
booking itself ask it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from config import Hall, SlotsTable, Text
from server.domain import events as ev
from server.domain import notifications
from server.domain.rules import Refused
from server.domain.worktime import days_between, extended_at, opening, service_day

State = Literal["booked", "listed", "offered", "cancelled", "withdrawn"]
OPEN: tuple[State, ...] = ("booked", "listed", "offered")
"""What is still to come of it."""
HOLDING: tuple[State, ...] = ("booked", "offered")
"""It has a place in a slot; an offer until it ends."""
Channel = Literal["page", "kiosk", "desk", "console", "api", "district"]
"""Which way it was booked; `vocabulary` of the figures and the journal. `district`: at the one address of all halls."""


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """One booking as it stands now: a fold of its events. Who it is for stands nowhere in it.

    `start` is epoch seconds, None while it waits on the list of `day`. `changes` counts up with each event: the
    SEQUENCE of its calendar file.
    """

    id: int
    plan: str
    """A table of [slots]."""
    service: str
    day: str
    """Service day, ISO."""
    start: float | None
    minutes: int
    state: State
    channel: str
    language: str
    made_at: float
    changed_at: float
    changes: int = 0
    offer_until: float | None = None
    """While it is offered: until when the slot is kept, epoch seconds."""
    was_listed: bool = False

    @property
    def end(self) -> float:
        return (self.start or 0.0) + self.minutes * 60

    def holds(self, now: float) -> bool:
        """Whether it takes a place in its slot."""
        return self.state == "booked" or (self.state == "offered" and (self.offer_until or 0.0) > now)


def evolve(before: Appointment | None, event: ev.Event, at: float) -> Appointment | None:
    """A booking after an event; None where the event is of none that is known."""
    match event:
        case ev.SlotBooked() if before is None:
            return Appointment(
                id=event.appointment,
                plan=event.plan,
                service=event.service,
                day=event.day,
                start=event.start,
                minutes=event.minutes,
                state="booked",
                channel=event.channel,
                language=event.language,
                made_at=at,
                changed_at=at,
            )
        case ev.SlotListed():
            return Appointment(
                id=event.appointment,
                plan=event.plan,
                service=event.service,
                day=event.day,
                start=None,
                minutes=event.minutes,
                state="listed",
                channel=event.channel,
                language=event.language,
                made_at=at,
                changed_at=at,
                was_listed=True,
            )
    if before is None:
        return None
    again = replace(before, changed_at=at, changes=before.changes + 1)
    match event:
        case ev.SlotBooked() | ev.SlotChanged():
            again = replace(again, plan=event.plan, day=event.day, start=event.start, minutes=event.minutes)
            return replace(again, state="booked", offer_until=None)
        case ev.SlotOffered():
            again = replace(again, plan=event.plan, start=event.start, minutes=event.minutes)
            return replace(again, state="offered", offer_until=event.until)
        case ev.SlotCancelled():
            return replace(again, state="withdrawn" if event.by_hall else "cancelled", offer_until=None)
    return None


# --- what there is ----------------------------------------------------------------------------------------------------


class Slot(NamedTuple):
    """One time of a plan. `capacity` people, `taken` of it; epoch seconds."""

    plan: str
    start: float
    end: float
    capacity: int
    taken: int = 0

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)


def booked_services(hall: Hall, plan: str) -> tuple[str, ...]:
    """The items that may be booked in a plan, in the order of the file, each once; those of the catalogue alone."""
    table = hall.slots[plan]
    group = hall.groups[table.group].services if table.group in hall.groups else ()
    return tuple(dict.fromkeys(code for code in (*table.services, *group) if code in hall.services))


def plans_of(hall: Hall, service: str) -> tuple[str, ...]:
    """The plans in which an item may be booked."""
    return tuple(plan for plan in hall.slots if service in booked_services(hall, plan))


def counters_for(hall: Hall, plan: str, at: float | None = None) -> int:
    """How many counters serve an item of the plan, as the hall's file has them; of those that are on duty `at` an
    instant of extended service, where the file names them.
    """
    wanted = frozenset(booked_services(hall, plan))
    one = None if at is None else extended_at(hall, at)
    on_duty = one.table.counters if one else []
    found = 0
    for counter in on_duty or hall.counters:
        serves = hall.services_of(counter)
        found += bool(wanted - hall.reserved if serves is None else wanted & serves)
    return found


def capacity(hall: Hall, plan: str, at: float | None = None) -> int:
    """How many people one slot of a plan holds: the number of the file, or the counters that serve its items less the
    share that is kept for walk-ins; one at least where any counter serves them and not all is kept. `at`: when it
    begins, epoch seconds; in extended service fewer counters may be on duty.
    """
    table = hall.slots[plan]
    if table.capacity:
        return table.capacity
    counters = counters_for(hall, plan, at)
    if not counters or table.walk_in_share == 100:
        return 0
    return max(1, counters * (100 - table.walk_in_share) // 100)


def _in_season(table: SlotsTable, day: date) -> bool:
    today = f"{day:%m-%d}"
    if table.from_ <= table.to:
        return table.from_ <= today <= table.to
    return today >= table.from_ or today <= table.to


def _weekday(hall: Hall, day: date) -> int:
    """A make-up day is worked as a Monday, as its hours are (`worktime.opening`)."""
    known = hall.days.get(day)
    return 1 if known and known.kind == "调休上班" else day.isoweekday()


@lru_cache(4096)
def of_day(hall: Hall, plan: str, day: date) -> tuple[Slot, ...]:
    """The slots of a plan on a date, whatever was booked: inside its times, and the hours of one of its items."""
    return tuple(_of_day(hall, plan, day))


def _of_day(hall: Hall, plan: str, day: date) -> Iterator[Slot]:
    table = hall.slots[plan]
    if day in table.closed or not _in_season(table, day) or _weekday(hall, day) not in table.days:
        return
    items = booked_services(hall, plan)
    midnight = datetime(day.year, day.month, day.day, tzinfo=hall.zone)
    for first, last in table.times:
        for minute in range(first, last - table.minutes + 1, table.minutes):
            start = (midnight + timedelta(minutes=minute)).timestamp()
            slot = Slot(plan, start, start + table.minutes * 60, capacity(hall, plan, start))
            if slot.capacity and any(done_in(hall, code, slot) for code in items):
                yield slot


def done_in(hall: Hall, service: str, slot: Slot) -> bool:
    """Whether an item is done throughout a slot: extended service may have some items alone, and who booked another
    would be refused a number.
    """
    day = datetime.fromtimestamp(slot.start, hall.zone).date()
    return any(opens <= slot.start and slot.end <= closes for opens, closes in opening(hall, day, service))


def horizon(hall: Hall, plan: str, now: float) -> tuple[date, date]:
    """From which date to which a plan may be booked now; a new day comes when the service day turns."""
    today = service_day(hall, now)
    return today, today + timedelta(days=hall.slots[plan].horizon_days)


def offered(
    hall: Hall, plan: str, day: date, now: float, taken: Mapping[float, int], service: str | None = None
) -> list[Slot]:
    """The slots of a date that may be booked now, full ones too; with a `service`, those in which it is done. `taken`:
    begin of a slot -> places taken in it.
    """
    return [one._replace(taken=taken.get(one.start, 0)) for one in _open(hall, plan, day, now, service)]


def _open(hall: Hall, plan: str, day: date, now: float, service: str | None = None) -> list[Slot]:
    """The slots of a date between lead time and horizon; with a `service`, those in which it is done."""
    first, last = horizon(hall, plan, now)
    if not first <= day <= last:
        return []
    soonest = now + hall.slots[plan].lead_min * 60
    return [
        one
        for one in of_day(hall, plan, day)
        if one.start >= soonest and (service is None or done_in(hall, service, one))
    ]


def days_of(hall: Hall, plan: str, now: float, service: str | None = None) -> list[date]:
    """The dates on which a plan has a slot that may be booked now, full or not; with a `service`, one for it."""
    return [day for day in days_between(*horizon(hall, plan, now)) if _open(hall, plan, day, now, service)]


def slot_at(hall: Hall, plan: str, start: float) -> Slot | None:
    """The slot of a plan that begins then, whether it may be booked now or not."""
    if plan not in hall.slots:
        return None
    day = datetime.fromtimestamp(start, hall.zone).date()
    return next((one for one in of_day(hall, plan, day) if one.start == start), None)


def stands(hall: Hall, booking: Appointment) -> bool:
    """Whether the hall still has what was booked: a plan that was changed keeps its bookings while the hall is open and
    does the item then; a holiday or a blackout day does not, nor extended service without the item.
    """
    table = hall.slots.get(booking.plan)
    day = date.fromisoformat(booking.day)
    if booking.service not in hall.services or (table is not None and day in table.closed):
        return False
    hours = opening(hall, day, booking.service)
    if booking.start is None:
        return bool(hours)
    return any(opens <= booking.start < closes for opens, closes in hours)


# --- who may ----------------------------------------------------------------------------------------------------------


NO_MOBILE = Text("手机号是11位数字：请核对后再填。", "A mobile number has 11 digits: check it and type it once more.")


def mobile_number(text: str) -> str:
    """A mobile number as it is sealed, however it was typed. Raises Refused for what is none."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not re.fullmatch(r"1[3-9][0-9]{9}", plain):
        raise Refused(*NO_MOBILE)
    return plain


def sealed_outside(secret: bytes, text: str) -> str:
    """What a relay tells its hall of a mobile number: an HMAC under the secret of both. Raises Refused for none."""
    return hmac.new(secret, f"holder {mobile_number(text)}".encode(), hashlib.sha256).hexdigest()


class Past(NamedTuple):
    """What is known of one person, by the sealed number: bookings still open, and when missed ones began."""

    open: int = 0
    missed: Sequence[float] = ()


FULL = Text(
    "这个时段刚刚约满：请另选一个时段。",
    "This slot has just been taken: choose another one.",
)
NOT_OFFERED = Text(
    "这个时段现在不能预约：请从列出的时段里选。",
    "This slot can't be booked now: choose one of those listed.",
)
NO_LIST = Text(
    "这一天没有候补，或候补已满：请另选一天，也可以当天来取号。",
    "There is no waiting list for this day, or it is full: choose another day, or come and take a number.",
)
ROOM_LEFT = Text(
    "这一天还有空的时段：请直接预约。",
    "There are still free slots on this day: book one of them.",
)


def misses_end(table: SlotsTable, missed: Iterable[float], now: float) -> float | None:
    """Until when somebody who missed bookings can't book ahead, epoch seconds; None for who can.

    With `misses` within `miss_days` of each other the pause of `pause_days` begins at the last of them.
    """
    if not table.misses:
        return None
    times = sorted(missed)
    end = None
    for n in range(table.misses - 1, len(times)):
        if times[n] - times[n - table.misses + 1] <= table.miss_days * 86400:
            end = times[n] + table.pause_days * 86400
    return end if end is not None and end > now else None


def may_book(hall: Hall, plan: str, past: Past, now: float) -> None:
    """Raises Refused for a person who has what the plan allows, or has missed too often; a number on the day is always
    to be had.
    """
    table = hall.slots[plan]
    if table.per_person and past.open >= table.per_person:
        raise Refused(
            f"您已有{past.open}个预约：请先办理或取消，再约新的。",
            f"You have {past.open} booked already: come to it, or cancel it, before you book another.",
        )
    if until := misses_end(table, past.missed, now):
        day = datetime.fromtimestamp(until, hall.zone)
        raise Refused(
            f"您{table.miss_days}天内有{table.misses}次预约没有来，{day.month}月{day.day}日以前不能再预约；现场取号不受影响。",
            f"You missed {table.misses} bookings within {table.miss_days} days and can't book before {day:%d %B}; "
            "you may come and take a number at any time.",
        )


TAKEN_UP_DAYS = 7
"""So many days after its day a booking that the hall withdrew can still be moved; afterwards it is over."""


def may_take_up(hall: Hall, booking: Appointment, now: float) -> None:
    """Raises Refused for a withdrawn booking that nobody has moved for long."""
    last = date.fromisoformat(booking.day) + timedelta(days=TAKEN_UP_DAYS)
    if service_day(hall, now) > last:
        raise Refused(
            f"这个预约在{last.month}月{last.day}日以后不能再改：请另外预约，或直接来取号。",
            f"This booking could be moved until {last:%d %B}: book another one, or come and take a number.",
        )


TERM_S = 60.0
"""What the hall said of its leased places holds for so long after it was heard, and not a second more."""


def leased(hall: Hall, slot: Slot, sold: int) -> Slot:
    """The part of a slot that is the district's: at most `district` places of the plan, of which `sold` are taken
    already, and never more than is free in the hall. Pure: the sale and what is shown ask it alike.
    """
    free = max(0, min(slot.free, hall.slots[slot.plan].district - sold))
    return slot._replace(capacity=sold + free, taken=sold)


def choose(
    hall: Hall,
    plan: str,
    start: float,
    now: float,
    taken: int,
    service: str | None = None,
    sold: int | None = None,
) -> Slot:
    """The slot that begins then, if it may be booked now, for a `service` if one is named, and has a place. `sold`: how
    many of `taken` were booked by the district, for one that is booked there. Raises Refused.
    """
    day = datetime.fromtimestamp(start, hall.zone).date()
    there = next((one for one in _open(hall, plan, day, now, service) if one.start == start), None)
    if there is None or (sold is not None and not hall.slots[plan].district):
        raise Refused(*NOT_OFFERED)
    found = there._replace(taken=taken)
    if not (found if sold is None else leased(hall, found, sold)).free:
        raise Refused(*FULL)
    return found


def next_offer(
    hall: Hall,
    plan: str,
    waiting: Sequence[Appointment],
    free: Sequence[Slot],
    now: float,
    sold: Mapping[float, int] = MappingProxyType({}),
) -> tuple[Appointment, Slot, float] | None:
    """Whom of the list of a day a free slot is offered, and until when: the longest waiting first, the earliest slot
    in which the item is done; who let an offer lapse comes behind those who have waited since then. Who waits by the
    district is offered no more of a slot than is leased to it: `sold`, by begin, is what it has.

    No offer reaches into its slot's lead time, so that nobody is told of one that can't be come to. What comes free at
    night, when the hall sends nothing, is kept into the morning: nobody loses a turn asleep.
    """
    table = hall.slots[plan]
    for slot in sorted(free, key=lambda one: one.start):
        until = min(notifications.sends_from(hall, now) + table.offer_min * 60, slot.start - table.lead_min * 60)
        leased = sold.get(slot.start, 0) < table.district
        may = [one for one in waiting if done_in(hall, one.service, slot) and (leased or one.channel != "district")]
        if slot.free and until > now and may:
            return min(may, key=lambda one: (one.changed_at, one.id)), slot, until
    return None


def to_come(booking: Appointment, today: str, now: float) -> bool:
    """Whether something is still open of it: its slot has not ended, or it waits on the list of a day to come."""
    if booking.state == "booked":
        return now < booking.end
    return booking.state in OPEN and booking.day >= today


Coming = Literal["to come", "arrived", "late", "missed", "listed", "offered", "cancelled", "withdrawn"]


def coming(booking: Appointment, arrived: bool, now: float) -> Coming:
    """How a booking stands on its day: late from its begin, missed once its slot has ended and nobody came."""
    if arrived:
        return "arrived"
    if booking.state == "offered" and not booking.holds(now):
        return "listed"
    if booking.state != "booked" or booking.start is None:
        return booking.state if booking.state != "booked" else "to come"
    if now >= booking.end:
        return "missed"
    return "late" if now >= booking.start else "to come"


def explained(table: SlotsTable) -> list[Text]:
    """The rules of a plan in words, for whoever books: who may, until when, and what follows from not coming."""
    found = []
    if table.per_person:
        found.append(
            Text(
                f"每人同时最多{table.per_person}个预约。", f"At most {table.per_person} booked at once for one person."
            )
        )
    found.append(
        Text(
            "时段开始前都可以改期或取消，不算爽约。", "It may be changed or cancelled until it begins; that is no miss."
        )
    )
    if table.misses:
        found.append(
            Text(
                f"{table.miss_days}天内{table.misses}次没有来也没有取消，{table.pause_days}天内不能预约；现场取号不受影响。",
                f"Whoever misses {table.misses} within {table.miss_days} days without cancelling can't book for "
                f"{table.pause_days} days; taking a number at the hall is always possible.",
            )
        )
    return found
