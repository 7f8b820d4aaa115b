"""The hall's own appointments: booked, changed, cancelled, waited for, offered. `server/domain/slots.py` decides.

Whether a place is free is asked in the turn that takes it, so that two never get one. Whom a booking is for is known
only as a sealed number, kept beside the journal for as long as it counts.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any

from config import Hall, Text
from server.domain import codes, slots, worktime
from server.domain import events as ev
from server.domain.rules import Refused
from server.domain.slots import Appointment, Past, Slot
from server.store import secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Closed, Hub, Unknown

ASKED = ("page", "kiosk", "api", "district")
"""Ways in on which a plan with `per_person` needs to know who it is; staff look at the person."""
NO_SUCH = Text("没有这个预约：请核对预约码。", "There is no such booking: check the code.")


# --- codes and persons ------------------------------------------------------------------------------------------------


def code_of(hall: Hall, appointment: int) -> str:
    """What its holder shows and types."""
    return codes.booking_code(_key(hall, "code"), appointment)


@lru_cache(16)
def _key(hall: Hall, name: str) -> bytes:
    """A key of the hall, read once: the day's plan asks for each of its bookings."""
    return secret.key(hall, name).encode()


def by_code(hub: Hub, reader: Reader, text: str) -> Appointment | None:
    """The booking of a genuine code as it was scanned or typed."""
    number = codes.booking_of(_key(hub.hall, "code"), text)
    return None if number is None else reader.booked_slot(number)


def sealed_number(hall: Hall, telephone: str, relay: bytes | None = None) -> str:
    """What stands for a mobile number: an HMAC under a key of the hall. With the secret of a `relay` it is sealed first
    as that one does it, so that one person is one, wherever the number was typed. Raises Refused for what is none.
    """
    if relay:
        return sealed_again(hall, slots.sealed_outside(relay, telephone))
    return _sealed(hall, slots.mobile_number(telephone))


def seal_of(hub: Hub, telephone: str, relay: Sequence[bytes]) -> str:
    """The seal by which somebody is counted: one under which a booking of theirs is known already, with any secret of
    the `relay` (two while it is changed) or from before there was one; else with the first. Raises Refused.
    """
    seals = [sealed_number(hub.hall, telephone, secret) for secret in (*relay, None)]
    reader = hub.read()
    return next((seal for seal in seals if reader.slots_of_booker(seal)), seals[0])


def sealed_again(hall: Hall, seal: str) -> str:
    """The same for one that the relay has sealed already: the number itself never comes. Raises Refused for none."""
    if not re.fullmatch(r"[0-9a-f]{64}", seal):
        raise Refused(*slots.NO_MOBILE)
    return _sealed(hall, f"district {seal}")


def _sealed(hall: Hall, what: str) -> str:
    return hmac.new(_key(hall, "booking"), what.encode(), hashlib.sha256).hexdigest()


def past_of(hub: Hub, reader: Reader, plan: str, holder: str, now: float) -> Past:
    """What somebody has booked in a plan, and has missed in the hall."""
    if not holder:
        return Past()
    mine = reader.slots_of_booker(holder)
    today = hub.day(now)
    still = [one for one in mine if one.plan == plan and slots.to_come(one, today, now)]
    missed = [one.start for one in mine if one.start is not None and _missed(hub, reader, one, now)]
    return Past(len([one for one in still if not _arrived(hub, reader, one)]), missed)


def _arrived(hub: Hub, reader: Reader, booking: Appointment) -> bool:
    return reader.of_appointment(booking.day, code_of(hub.hall, booking.id)) is not None


def _missed(hub: Hub, reader: Reader, booking: Appointment, now: float) -> bool:
    """Nobody misses a day on which the hall, or the item, was closed."""
    if slots.coming(booking, _arrived(hub, reader, booking), now) != "missed":
        return False
    shut = reader.closures(booking.day)
    return "" not in shut and booking.service not in shut


# --- what is free -----------------------------------------------------------------------------------------------------


def free_on(hub: Hub, reader: Reader, plan: str, day: date, now: float, service: str | None = None) -> list[Slot]:
    """The slots of a date that may be booked now, with what is taken of each; none where the hall's day is closed. With
    a `service`, those in which it is done.
    """
    found = slots.offered(hub.hall, plan, day, now, {}, service)
    if not found or "" in reader.closures(service_day_of(hub, found[0].start)):
        return []
    taken = reader.taken(plan, service_day_of(hub, found[0].start), now)
    return [one._replace(taken=taken.get(one.start, 0)) for one in found]


def service_day_of(hub: Hub, start: float) -> str:
    return worktime.service_day(hub.hall, start).isoformat()


def free_for(hub: Hub, reader: Reader, service: str, day: date, now: float) -> list[Slot]:
    """The same for an item, of all plans in which it may be booked, by their begin."""
    if service in reader.closures(day.isoformat()):
        return []
    plans = slots.plans_of(hub.hall, service)
    found = (one for plan in plans for one in free_on(hub, reader, plan, day, now, service))
    return sorted(found, key=lambda one: one.start)


def list_for(hub: Hub, reader: Reader, service: str, day: date, now: float, *, by_district: bool = False) -> str | None:
    """The plan on whose waiting list somebody may go for a day; None where there is none, or none is needed.
    `by_district`: of the plans that lease places to it.
    """
    free = free_for(hub, reader, service, day, now)
    if not free or any(one.free for one in free):
        return None
    waiting = reader.slots_listed(day.isoformat())
    for plan in dict.fromkeys(one.plan for one in free):
        if by_district and not hub.hall.slots[plan].district:
            continue
        if sum(one.plan == plan and one.day == day.isoformat() for one in waiting) < hub.hall.slots[plan].waiting_list:
            return plan
    return None


def leased_for(hub: Hub, reader: Reader, service: str, now: float) -> list[Slot]:
    """What the district may sell of an item now, full slots too, by their begin: the hall's word, good for `TERM_S`."""
    found = []
    for plan in slots.plans_of(hub.hall, service):
        if not hub.hall.slots[plan].district:
            continue
        for day in slots.days_of(hub.hall, plan, now, service):
            there = free_on(hub, reader, plan, day, now, service)
            if not there or service in reader.closures(day.isoformat()):
                continue
            sold = reader.taken(plan, service_day_of(hub, there[0].start), now, "district")
            found += [slots.leased(hub.hall, one, sold.get(one.start, 0)) for one in there]
    return sorted(found, key=lambda one: one.start)


def _choose(hub: Hub, turn: Turn, service: str, start: float, now: float, *, by_district: bool = False) -> Slot:
    """The first plan of an item with a free place then. Raises Refused with why there is none."""
    day = service_day_of(hub, start)
    _not_closed(turn, service, day)
    why = Refused(*slots.NOT_OFFERED)
    for plan in slots.plans_of(hub.hall, service):
        try:
            taken = turn.taken(plan, day, now).get(start, 0)
            sold = turn.taken(plan, day, now, "district").get(start, 0) if by_district else None
            return slots.choose(hub.hall, plan, start, now, taken, service, sold)
        except Refused as refused:
            if refused.text == slots.FULL:
                why = refused
    raise why


def _not_closed(turn: Turn, service: str, day: str) -> None:
    """Raises Closed, with what people are told, where an item or the hall is closed on a service day."""
    shut = turn.closures(day)
    if closed := shut.get(service) or shut.get(""):
        raise Closed(closed["message"], closed["message_en"])


# --- verbs ------------------------------------------------------------------------------------------------------------


def _known(turn: Reader, appointment: int) -> Appointment:
    found = turn.booked_slot(appointment)
    if found is None:
        raise Unknown(*NO_SUCH)
    return found


def _serves(hub: Hub, service: str) -> None:
    if not slots.plans_of(hub.hall, service):
        raise Unknown("这个事项没有预约：请直接来取号。", "This item is not booked: come and take a number.")


def _may(hub: Hub, turn: Turn, plan: str, channel: str, holder: str) -> None:
    if hub.hall.slots[plan].per_person and channel in ASKED and not holder:
        raise Refused(
            "请填手机号：只用来限制每人预约数，不保存号码。也可以到咨询台预约。",
            "Type a mobile number: it only limits how much one person books and is not kept. The guide desk books too.",
        )
    slots.may_book(hub.hall, plan, past_of(hub, turn, plan, holder, turn.now), turn.now)


def _once(hub: Hub, by: By, decide: Callable[[Turn], int], *request: Any) -> Appointment:
    if not hub.certain:
        raise Closed(*hub.why_closed(hub.read()))
    return hub.once(by, decide, _known, *request)


def book(
    hub: Hub, by: By, service: str, start: float, *, channel: slots.Channel, language: str = "zh", holder: str = ""
) -> Appointment:
    """预约: a place in the slot of an item that begins at `start`, epoch seconds.

    `holder` is a sealed number (`sealed_number`, or a card's keyed hash of a kiosk); empty where nobody was asked.
    Raises Refused with what to do, Unknown for an item that is not booked.
    """
    _serves(hub, service)

    def decide(turn: Turn) -> int:
        slot = _choose(hub, turn, service, start, turn.now, by_district=channel == "district")
        _may(hub, turn, slot.plan, channel, holder)
        made = turn.next_id("appointments")
        booked = ev.SlotBooked(
            appointment=made,
            plan=slot.plan,
            service=service,
            day=service_day_of(hub, start),
            start=start,
            minutes=hub.hall.slots[slot.plan].minutes,
            channel=channel,
            language=language,
        )
        turn.record(booked, by.actor)
        if holder:
            turn.put_booker(made, holder, booked.day)
        return made

    return _once(hub, by, decide, "book", service, start, channel, language, holder)


def wait_for(
    hub: Hub, by: By, service: str, day: date, *, channel: slots.Channel, language: str = "zh", holder: str = ""
) -> Appointment:
    """候补: onto the waiting list of a day whose slots are all taken."""
    _serves(hub, service)

    def decide(turn: Turn) -> int:
        plan = list_for(hub, turn, service, day, turn.now, by_district=channel == "district")
        if plan is None:
            free = any(one.free for one in free_for(hub, turn, service, day, turn.now))
            raise Refused(*(slots.ROOM_LEFT if free else slots.NO_LIST))
        _may(hub, turn, plan, channel, holder)
        made = turn.next_id("appointments")
        listed = ev.SlotListed(
            appointment=made,
            plan=plan,
            service=service,
            day=day.isoformat(),
            minutes=hub.hall.slots[plan].minutes,
            channel=channel,
            language=language,
        )
        turn.record(listed, by.actor)
        if holder:
            turn.put_booker(made, holder, listed.day)
        return made

    return _once(hub, by, decide, "wait for a slot", service, day.isoformat(), channel, language, holder)


def change(hub: Hub, by: By, appointment: int, start: float, *, outside: bool = False) -> Appointment:
    """改期: another slot of the same item under the same code, taken before the old one is freed, in one turn.
    `outside`: at the relay, where a leased place is moved to a leased one alone.
    """

    def decide(turn: Turn) -> int:
        booking = _known(turn, appointment)
        if booking.state not in ("booked", "withdrawn"):
            raise Refused(*_NOT_NOW[booking.state])
        if booking.state == "booked":
            _still(hub, turn, booking)
            if booking.start == start:
                return appointment
        leased = outside and booking.channel == "district"
        slot = _choose(hub, turn, booking.service, start, turn.now, by_district=leased)
        if booking.state == "withdrawn":
            slots.may_take_up(hub.hall, booking, turn.now)
        if booking.state == "withdrawn" or slot.plan != booking.plan:  # else it is counted already
            holder = turn.booker(appointment) or ""
            slots.may_book(hub.hall, slot.plan, past_of(hub, turn, slot.plan, holder, turn.now), turn.now)
        moved = ev.SlotChanged(
            appointment=appointment,
            plan=slot.plan,
            day=service_day_of(hub, start),
            start=start,
            minutes=hub.hall.slots[slot.plan].minutes,
        )
        turn.record(moved, by.actor)
        _move_booker(turn, appointment, moved.day)
        _offer(hub, turn, booking.plan, booking.day)
        return appointment

    return _once(hub, by, decide, "change a booking", appointment, start)


def _move_booker(turn: Turn, appointment: int, day: str) -> None:
    if held := turn.booker(appointment):
        turn.put_booker(appointment, held, day)


def cancel(hub: Hub, by: By, appointment: int) -> Appointment:
    """取消, by whoever booked, until it begins; never a miss. Its place goes to the next on the list."""

    def decide(turn: Turn) -> int:
        booking = _known(turn, appointment)
        if booking.state not in slots.OPEN:
            raise Refused(*_NOT_NOW[booking.state])
        if booking.state == "booked":
            _still(hub, turn, booking)
        _drop(hub, turn, booking, by, by_hall=False)
        return appointment

    return _once(hub, by, decide, "cancel a booking", appointment)


def _drop(hub: Hub, turn: Turn, booking: Appointment, by: By, *, by_hall: bool, reason: str = "") -> None:
    turn.record(ev.SlotCancelled(appointment=booking.id, by_hall=by_hall, reason=reason), by.actor)
    if not by_hall:
        turn.drop_booker(booking.id)
        _offer(hub, turn, booking.plan, booking.day)


def accept(hub: Hub, by: By, appointment: int) -> Appointment:
    """What was offered from the list is taken."""

    def decide(turn: Turn) -> int:
        booking = _known(turn, appointment)
        if booking.state != "offered" or not booking.holds(turn.now) or booking.start is None:
            raise Refused(
                "保留的时段已过期或已被取消：您仍在候补，有空位会再保留。",
                "What was kept for you has lapsed: you are still on the list, and the next free slot is kept again.",
            )
        _not_closed(turn, booking.service, booking.day)  # perhaps only since it was offered
        taken = ev.SlotBooked(
            appointment=appointment,
            plan=booking.plan,
            service=booking.service,
            day=booking.day,
            start=booking.start,
            minutes=booking.minutes,
            channel=booking.channel,
            language=booking.language,
        )
        turn.record(taken, by.actor)
        return appointment

    return _once(hub, by, decide, "accept a slot", appointment)


_NOT_NOW = {
    "cancelled": Text("这个预约已经取消：请另外预约。", "This booking was cancelled: book another one."),
    "withdrawn": Text(
        "这个时段已被大厅取消：请改期，或直接来取号。",
        "The hall has withdrawn this slot: choose another one, or come and take a number.",
    ),
    "listed": Text("还在候补，没有时段可改。", "It is on the waiting list: there is no slot to change."),
    "offered": Text("请先接受保留的时段，或取消候补。", "Take the slot that is kept for you first, or cancel."),
}


def _still(hub: Hub, turn: Turn, booking: Appointment) -> None:
    """Refused once it was checked in, or has begun."""
    if _arrived(hub, turn, booking):
        raise Refused("已经签到取号，预约不能再改。", "It has checked in and has its number: it can't be changed.")
    if booking.start is not None and turn.now >= booking.start:
        raise Refused(
            "时段已经开始，不能再改：请到大厅签到，或直接取号。",
            "Its time has begun and it can't be changed: come and check in, or take a number.",
        )


# --- by the clock, and by the hall ------------------------------------------------------------------------------------


def _offer(hub: Hub, turn: Turn, plan: str, day: str) -> None:
    """Free places of a day go to its list, as long as there are both."""
    while found := _next(hub, turn, plan, day, turn.now):
        one, slot, until = found
        minutes = hub.hall.slots[plan].minutes
        turn.record(
            ev.SlotOffered(appointment=one.id, plan=plan, start=slot.start, minutes=minutes, until=until), "hub"
        )


def _next(hub: Hub, reader: Reader, plan: str, day: str, now: float) -> tuple[Appointment, Slot, float] | None:
    """Whom of a day's list a free place is offered, which, and until when; nobody whose item is closed that day: they
    would come for nothing.
    """
    if plan not in hub.hall.slots or not hub.hall.slots[plan].waiting_list:
        return None
    shut = reader.closures(day)
    listed = [one for one in reader.slots_listed(day) if one.day == day and one.plan == plan]
    waiting = [one for one in listed if not one.holds(now) and one.service not in shut]
    if not waiting:
        return None
    free = [one for one in free_on(hub, reader, plan, date.fromisoformat(day), now) if one.free]
    return slots.next_offer(hub.hall, plan, waiting, free, now, reader.taken(plan, day, now, "district"))


def tick(hub: Hub) -> None:
    """What is due by the clock: an offer that lapsed, or a place that came free, goes to the next on the list."""
    now = hub.now()
    reader, today = hub.read(), hub.day(now)
    waiting = [one for one in reader.slots_listed(today) if not one.holds(now)]
    for plan, day in dict.fromkeys((one.plan, one.day) for one in waiting):
        if _next(hub, reader, plan, day, now):
            hub.turn(partial(_next_in_turn, hub, plan, day))


def _next_in_turn(hub: Hub, plan: str, day: str, turn: Turn) -> None:
    _offer(hub, turn, plan, day)


def withdraw_gone(hub: Hub) -> int:
    """改期: what was booked on a day or for an item that the hall has no more is withdrawn; how many. It is no miss,
    and the page of the booking says so.
    """

    def decide(turn: Turn) -> int:
        gone = [
            one
            for one in turn.slots_from(hub.day(turn.now))
            if one.state in slots.OPEN and not slots.stands(hub.hall, one)
        ]
        for one in gone:
            _drop(hub, turn, one, By("hub"), by_hall=True)
        return len(gone)

    reader = hub.read()
    still = [one for one in reader.slots_from(hub.day(hub.now())) if one.state in slots.OPEN]
    return hub.turn(decide) if any(not slots.stands(hub.hall, one) for one in still) else 0


def forget(hub: Hub, turn: Turn) -> None:
    """Whose bookings they were, once no rule asks any more: after `miss_days`, or when the day is over."""
    days = max((one.miss_days for one in hub.hall.slots.values() if one.misses), default=0)
    today = date.fromisoformat(hub.day(turn.now))
    turn.forget_bookers((today - timedelta(days=days)).isoformat())
