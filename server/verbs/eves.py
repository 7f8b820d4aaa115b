"""The eve of a booking (提醒), and a slot that is kept for who waits: an address left with it on its page, taken
away, erased when the booking is over.

It lies sealed as that of a number does (`telephones.py`); who carries the message opens it, and nobody else.
"""

from __future__ import annotations

from server.domain import events as ev
from server.domain import notifications
from server.domain.notifications import BookingTelephone
from server.domain.rules import Refused
from server.domain.slots import Appointment
from server.store import private
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import slots
from server.verbs.hub import By, Hub, Unknown
from server.verbs.telephones import erase_over, key_of, place_of_booking

FIELD = "own"
WAITS = ("listed", "offered")
"""States of a booking that has no slot of its own yet."""


def may_be_told(hub: Hub, reader: Reader, booking: Appointment, now: float) -> bool:
    """Whether an address can be left with a booking: the hall tells of it, and it is not too late for that."""
    table, waits = hub.hall.messages, booking.state in WAITS
    sends = any(notifications.offered(hub.hall).values()) and notifications.wanted(table, "offer" if waits else "eve")
    if not sends or over(hub, reader, booking, now):
        return False
    return waits or now < notifications.eve_of(hub.hall, booking.start or 0.0)


def over(hub: Hub, reader: Reader, booking: Appointment | None, now: float) -> bool:
    """Whether nobody has to be told of it any more: cancelled, checked in, its time has begun, or its day is over."""
    if booking is not None and booking.state in WAITS:
        return booking.day < hub.day(now)
    if booking is None or booking.state != "booked" or booking.start is None or now >= booking.start:
        return True
    return reader.of_appointment(booking.day, slots.code_of(hub.hall, booking.id)) is not None


def give(hub: Hub, by: By, appointment: int, typed: str) -> Appointment:
    """Leave an address with a booking, in place of the one before. Raises Refused for one that nothing reaches, or
    where it is too late.
    """
    address = notifications.address(typed)
    notifications.reachable(hub.hall, address)

    def decide(turn: Turn) -> int:
        if not may_be_told(hub, turn, _known(turn, appointment), turn.now):
            raise Refused("这个预约不能再设提醒。", "No reminder can be set for this booking any more.")
        key, place = private.fresh(), place_of_booking(appointment)
        boxes = private.boxes(key, place, {FIELD: address})
        turn.put_private(place, private.wrapped(key_of(hub), place, key), boxes)
        turn.record(ev.SlotTelephoneGiven(appointment=appointment, given=private.seals(key, boxes)), by.actor)
        return appointment

    return hub.once(by, decide, _known, "telephone of a booking", appointment, private.veiled(key_of(hub), address))


def take_away(hub: Hub, by: By, appointment: int) -> Appointment:
    """Erase what was left with a booking: the person wishes it."""

    def decide(turn: Turn) -> int:
        found = next((one for one in turn.slot_telephones() if one.appointment == appointment), None)
        if found is None:
            raise Refused("没有可删除的联系方式。", "There is no address to erase.")
        _erase(turn, found, by.actor, notifications.REQUEST)
        return appointment

    done = hub.once(by, decide, _known, "erase the telephone of a booking", appointment)
    hub.store.sweep()
    return done


def _known(reader: Reader, appointment: int) -> Appointment:
    found = reader.booked_slot(appointment)
    if found is None:
        raise Unknown(*slots.NO_SUCH)
    return found


def opened(hub: Hub, appointment: int) -> str | None:
    """The address in the open, for whoever is about to send to it and for nobody else; None once it is erased."""
    place = place_of_booking(appointment)
    kept = hub.read().private(place)
    return private.values(private.unwrapped(key_of(hub), place, kept[0]), place, kept[1])[FIELD] if kept else None


def mask(hub: Hub, appointment: int) -> str:
    """The address as its holder sees it, 138****5678; empty where there is none."""
    found = opened(hub, appointment)
    return notifications.masked(found) if found else ""


def _ended(hub: Hub, reader: Reader, now: float) -> list[BookingTelephone]:
    return [one for one in reader.slot_telephones() if over(hub, reader, reader.booked_slot(one.appointment), now)]


def erase_ended(hub: Hub) -> int:
    """Erase the addresses of the bookings that are over; how many."""
    return erase_over(hub, _ended, _erase)


def _erase(turn: Turn, one: BookingTelephone, actor: str, reason: str) -> None:
    turn.drop_private(place_of_booking(one.appointment))
    fields = tuple(sorted(one.given))
    turn.record(ev.SlotTelephoneErased(appointment=one.appointment, fields=fields, reason=reason), actor)
