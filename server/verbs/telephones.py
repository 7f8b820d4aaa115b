"""Addresses for notifications (提醒): left with a number, taken away, erased when it ends or, where its holder agreed
to be asked for a rating by text, once that is settled; and that one is called by sight.

An address lies sealed beside the chain under a key of its own number (`server/store/private.py`); the journal has the
seal. Erasing destroys the key and the row. Nothing here gives an address but to whoever carries a message (`opened`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from config import Text
from server.domain import events as ev
from server.domain import notifications
from server.domain.notifications import Key, Telephone
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import private, secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown, known_ticket

Left = TypeVar("Left")
"""Whose address it is: a number's, a booking's."""
OVER = Text("号码已结束，不能再设提醒。", "This number is over: no notifications can be set for it.")


def key_of(hub: Hub) -> str:
    """The hall's own key for what is private."""
    found: str = hub.kept("private key", lambda: secret.key(hub.hall, private.KEY))
    return found


BOOKINGS = 1 << 52
"""From minus this on down lie the fields of bookings; no number's id is as large."""


def place_of_booking(appointment: int) -> int:
    return -(BOOKINGS + appointment)


def _place(ticket: int) -> int:
    """Where a number's fields lie among those of records: below zero, where no record is."""
    return -ticket


def give(
    hub: Hub,
    by: By,
    ticket_id: int,
    own: str = "",
    relative: str = "",
    by_sight: bool | None = None,
    rate: bool = False,
) -> Ticket:
    """Leave an address, a relative's too, or say that the number is called by sight; what is empty stays as it was.
    `rate`: whoever leaves the own one agrees to be asked for a rating by text.

    Raises Refused for an address that nothing of this hall reaches, or a number that is over.
    """
    typed = {"own": own.strip(), "relative": relative.strip()}
    given = {field: notifications.address(text) for field, text in typed.items() if text}
    for one in given.values():
        notifications.reachable(hub.hall, one)

    def decide(turn: Turn) -> Ticket:
        ticket = known_ticket(turn, ticket_id)
        if not given and by_sight is None:
            raise Refused("请填手机号码。", "Enter a mobile number.")
        _not_over(hub, turn, ticket)
        if given:
            asks = rate and notifications.asks_rating(hub.hall) and not notifications.is_mail(given.get("own", "@"))
            _keep(hub, turn, by, ticket, given, asks=asks)
        if by_sight is not None and by_sight != ticket.by_sight:
            turn.record(ev.BySightSet(ticket=ticket.id, by_sight=by_sight), by.actor)
        return ticket

    veiled = {field: private.veiled(key_of(hub), one) for field, one in given.items()}
    return hub.about(by, decide, "telephone", ticket_id, veiled, by_sight, *([rate] if rate else []))


def _not_over(hub: Hub, turn: Turn, ticket: Ticket) -> None:
    if ticket.day != hub.day(turn.now):
        raise Unknown(f"{ticket.label}不是今天的号。", f"{ticket.label} is not a number of today.")
    if notifications.over(ticket, turn.now, hub.hall.tickets.lapse_min * 60):
        raise Refused(*OVER)


def _keep(hub: Hub, turn: Turn, by: By, ticket: Ticket, given: Mapping[str, str], *, asks: bool) -> None:
    """Seal it anew, by a key that is new too, with what was there before; another own address is agreed of anew."""
    found = turn.telephone(ticket.id)
    rate = asks if "own" in given else bool(found and found.rate)
    _seal(hub, turn, by, ticket.id, {**_opened(hub, turn, ticket.id), **given}, rate)


def _seal(hub: Hub, turn: Turn, by: By, ticket: int, whole: Mapping[str, str], rate: bool) -> None:
    key, place = private.fresh(), _place(ticket)
    boxes = private.boxes(key, place, whole)
    turn.put_private(place, private.wrapped(key_of(hub), place, key), boxes)
    turn.record(ev.TelephoneGiven(ticket=ticket, given=private.seals(key, boxes), rate=rate), by.actor)


def _opened(hub: Hub, reader: Reader, ticket: int) -> dict[str, str]:
    kept = reader.private(_place(ticket))
    if kept is None:
        return {}
    return private.values(private.unwrapped(key_of(hub), _place(ticket), kept[0]), _place(ticket), kept[1])


def opened(hub: Hub, ticket: int, field: str) -> str | None:
    """An address in the open, for whoever is about to send to it and for nobody else; None once it is erased."""
    return _opened(hub, hub.read(), ticket).get(field)


def masks(hub: Hub, ticket: int) -> dict[str, str]:
    """Field -> its address as anybody may see it: 138****5678."""
    return {field: notifications.masked(one) for field, one in _opened(hub, hub.read(), ticket).items()}


def take_away(hub: Hub, by: By, ticket_id: int) -> Ticket:
    """Erase what was left with a number: the person wishes it."""

    def decide(turn: Turn) -> Ticket:
        ticket, found = known_ticket(turn, ticket_id), turn.telephone(ticket_id)
        if found is None:
            raise Refused("没有可删除的联系方式。", "There is no address to erase.")
        _erase(turn, found, by.actor, notifications.REQUEST)
        return ticket

    done = hub.about(by, decide, "erase telephone", ticket_id)
    hub.store.sweep()
    return done


def take_field(hub: Hub, by: By, ticket_id: int, field: str) -> Ticket:
    """Erase one address of a number: whoever has it wishes no message more. The other one stays."""

    def decide(turn: Turn) -> Ticket:
        ticket, found = known_ticket(turn, ticket_id), turn.telephone(ticket_id)
        if found is not None and field in found.given:
            rest = {name: one for name, one in _opened(hub, turn, ticket_id).items() if name != field}
            _erase(turn, found, by.actor, notifications.REQUEST)
            if rest:
                _seal(hub, turn, by, ticket_id, rest, found.rate and "own" in rest)
        return ticket

    return hub.about(by, decide, "erase a telephone", ticket_id, field)


def to_be_rated(hub: Hub, reader: Reader, telephone: Telephone, now: float) -> bool:
    """Whether its holder agreed to be asked for a rating by text, and has not rated: asked, or still to be asked."""
    ticket = reader.ticket(telephone.ticket) if telephone.rate and "own" in telephone.given else None
    if ticket is None or ticket.state != "finished":
        return False
    asked = reader.notification(Key(notifications.of_ticket(ticket.id), "rate", "own"))
    if not notifications.to_be_rated(hub.hall, ticket, asked, now):
        return False
    rated = reader.rating(ticket.id, ticket.legs)
    return rated is None or rated.is_default


def ended(hub: Hub, reader: Reader, now: float) -> list[Telephone]:
    """Those whose number is over, and settled."""
    lapse_s, today, found = hub.hall.tickets.lapse_min * 60, hub.day(now), []
    for one in reader.telephones():
        ticket = reader.ticket(one.ticket)
        gone = ticket is None or ticket.day != today or notifications.over(ticket, now, lapse_s)
        if gone and not to_be_rated(hub, reader, one, now):
            found.append(one)
    return found


def erase_ended(hub: Hub) -> int:
    """Erase the addresses of the numbers that are over and settled; how many numbers."""
    return erase_over(hub, ended, _erase)


def erase_over(
    hub: Hub,
    over: Callable[[Hub, Reader, float], Sequence[Left]],
    erase: Callable[[Turn, Left, str, str], None],
) -> int:
    """Erase what nobody needs any more, in one turn; how many. The file holds nothing of it afterwards, once
    `hub.store.sweep` has been called.
    """
    if not over(hub, hub.read(), hub.now()):
        return 0

    def work(turn: Turn) -> int:
        found = over(hub, turn, turn.now)
        for one in found:
            erase(turn, one, "hub", notifications.ENDED)
        return len(found)

    return hub.turn(work)


def _erase(turn: Turn, telephone: Telephone, actor: str, reason: str) -> None:
    turn.drop_private(_place(telephone.ticket))
    fields = tuple(sorted(telephone.given))
    turn.record(ev.TelephoneErased(ticket=telephone.ticket, fields=fields, reason=reason), actor)


def sealed_problems(reader: Reader, key: str) -> list[str]:
    """Where an address is not what the journal has the seal of: changed, missing, or still there after it went.

    `key`: the hall's own.
    """
    found, known = [], {_place(one.ticket): one.given for one in reader.telephones()}
    known |= {place_of_booking(one.appointment): one.given for one in reader.slot_telephones()}
    for place in sorted({*known, *(place for place in reader.private_places() if place < 0)}, reverse=True):
        kept, given = reader.private(place), known.get(place, {})
        name = f"telephones:{-place}" if -place < BOOKINGS else f"slot_telephones:{-place - BOOKINGS}"
        try:
            opened = private.unwrapped(key, place, kept[0]) if kept else b""
        except private.Sealed as error:
            found.append(f"{name}: its key: {error}")
            continue
        if (private.seals(opened, kept[1]) if kept else {}) != given:
            found.append(f"{name}: its addresses are not those that the journal has the seals of")
    return found


# --- what became of a message -----------------------------------------------------------------------------------------


def note(hub: Hub, event: ev.Notified, veiled: str = "") -> None:
    """A message is settled: said in the journal, and counted for its address (`veil`) where it went out."""

    def work(turn: Turn) -> None:
        turn.record(event, "hub")
        if veiled and event.outcome == "sent":
            turn.count_notification(hub.day(turn.now), veiled)

    hub.turn(work)


def note_arrival(hub: Hub, event: ev.NotificationArrived) -> None:
    """The network says whether it arrived."""
    hub.turn(partial(_arrival, event))


def _arrival(event: ev.NotificationArrived, turn: Turn) -> None:
    turn.record(event, "hub")


def veil(hub: Hub, address: str) -> str:
    """What stands for an address where the messages of a day are counted."""
    return private.veiled(key_of(hub), f"address {address}")


def fields_of(telephone: Telephone) -> Sequence[str]:
    """Whose addresses there are, the own one first."""
    return [field for field in notifications.FIELDS if field in telephone.given]
