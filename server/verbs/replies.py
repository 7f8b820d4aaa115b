"""What people answer by text message, as verbs of the hall: a rating, or no message more.

The sender is matched to the addresses that lie sealed now, each opened for the comparison; of a sender that nobody left
here nothing is kept, nor of what was written. Neither is logged, and the journal has neither.
"""

from __future__ import annotations

from server.domain import notifications, rating, reply
from server.domain.notifications import Key, Telephone, of_ticket
from server.domain.register import VISITOR
from server.domain.rules import Refused
from server.store import private
from server.store.reader import Reader
from server.verbs import eves, ratings, telephones
from server.verbs.hub import By, Hub, apart, known_ticket

SOURCE = "sms"
THOUGHTS_S = 600.0
"""So long after a rating another level from the same telephone is its second thoughts (追评), unless another question
was asked since. Known from memory alone, by the veiled address: the telephone itself is erased with the rating.
"""


def take(hub: Hub, id: str, sender: str, text: str) -> int | None:
    """Do what somebody wrote. `id`: the same where it is handed on twice. The number whose holder was asked and whose
    answer says no level, or not of which of several numbers: it is told so once (`notifications.OCCASIONS`); else None.
    """
    try:
        address = notifications.address(sender)
    except Refused:
        return None  # a service's short number, or one from abroad: nobody left it here
    by = By(VISITOR, private.veiled(telephones.key_of(hub), f"reply {id}"))
    if reply.read(text).kind == "stop":
        _stop(hub, by, address)
        return None
    reader, now, veil = hub.read(), hub.now(), telephones.veil(hub, address)
    hub.rated_by_text = {one: kept for one, kept in hub.rated_by_text.items() if 0 <= now - kept[1] < THOUGHTS_S}
    asked = _asked(hub, reader, address)
    lately = hub.rated_by_text.get(veil)
    labels: dict[str, list[int]] = {}
    for ticket in {*asked, *([lately[0]] if lately else [])}:
        labels.setdefault(known_ticket(reader, ticket).label, []).append(ticket)
    named, rest = reply.of_number(text, labels)
    said = reply.read(rest)
    if named:
        meant = labels[named]
    elif lately and all(at <= lately[1] for at in asked.values()):
        meant = [lately[0]]
    else:
        meant = [*asked]
    if len(meant) != 1 or said.kind == "unclear":
        open_ones = [one for one in meant if one in asked]
        return max(open_ones, key=lambda one: (asked[one], one)) if open_ones else None
    (ticket,) = meant
    rated = reader.rating(ticket, known_ticket(reader, ticket).legs)
    if rated and not rated.is_default and (rated.level == said.level or rated.source != SOURCE):
        return None  # the same once more, or rated another way meanwhile
    phone = address if said.level <= rating.BAD else ""
    with apart("a rating by text message"):
        ratings.give(hub, by, ticket, said.level, SOURCE, (), ratings.Written(said.text, phone))
        hub.rated_by_text[veil] = lately if lately and lately[0] == ticket else (ticket, now)
    return None


def _asked(hub: Hub, reader: Reader, address: str) -> dict[int, float]:
    """The numbers whose holder was asked at this address and has not answered, and when each was asked."""
    found = {}
    for one in reader.telephones():
        question = reader.notification(Key(of_ticket(one.ticket), "rate", "own")) if one.rate else None
        with apart("a telephone that an answer is compared with"):
            if question and _is(hub, one, "own", address) and telephones.to_be_rated(hub, reader, one, hub.now()):
                found[one.ticket] = question.at
    return found


def _is(hub: Hub, one: Telephone, field: str, address: str) -> bool:
    return telephones.opened(hub, one.ticket, field) == address


def _stop(hub: Hub, by: By, address: str) -> None:
    """Erase this address wherever it lies; a relative's wish leaves the own one, and the other way round."""
    reader = hub.read()
    for one in reader.telephones():
        for field in telephones.fields_of(one):
            with apart("a telephone whose holder wants no message more"):
                if _is(hub, one, field, address):
                    telephones.take_field(hub, by._replace(key=f"{by.key} {one.ticket} {field}"), one.ticket, field)
    for booking in reader.slot_telephones():
        with apart("a booking whose holder wants no message more"):
            if eves.opened(hub, booking.appointment) == address:
                eves.take_away(hub, by._replace(key=f"{by.key} b{booking.appointment}"), booking.appointment)
    hub.store.sweep()
