"""What is pressed on a page of a telephone, by the page's path: the verb that it is, whoever brings it, the hub's own
page or the relay.
"""

from __future__ import annotations

from collections.abc import Mapping

import words
from intake import quantities
from intake.quantities import Unclear
from server.domain import codes, rating_options
from server.domain.rules import Refused
from server.domain.slots import Appointment
from server.domain.ticket import Ticket
from server.store import secret
from server.verbs import ratings, remote, slots, visitor
from server.verbs.hub import By, Hub, Unknown

FIELDS = ("act", "level", "options", "service", "door", "code", "lang", "start", "list", "holder", "number")
"""Fields of the forms; anything else that a form brings is not read. `list`: the day of a waiting list. None of them
says who a person is: `holder` is a sealed mobile number, `number` a receipt's. What is ticked (`options`) is joined by
commas.
"""
LONGEST = 64


def press(hub: Hub, by: By, path: str, fields: Mapping[str, str]) -> str:
    """Carry it out; the path of the page that shows what became of it. Raises Refused."""
    kind, _, code = path.partition("/")
    act = fields.get("act", "")
    if kind == "p":
        visitor.press(hub, by, visitor.by_code(hub, code).id, act)
        return path
    if kind == "r":
        rate(hub, by, code, fields)
        return path
    if path == "take":
        made = remote.take(hub, by, fields.get("service", ""), fields.get("door", ""), _language(fields))
        return f"n/{remote.code(hub, made)}"
    if path == "book":
        return f"b/{slots.code_of(hub.hall, book(hub, by, fields).id)}"
    if kind == "b":
        booking = slots.by_code(hub, hub.read(), code)
        if booking is None:
            raise Unknown(*slots.NO_SUCH)
        if act == "change":
            slots.change(hub, by, booking.id, _start(hub, fields), outside=True)
            return path
        if act in ("cancel", "accept"):
            (slots.cancel if act == "cancel" else slots.accept)(hub, by, booking.id)
            return path
    if path == "here":
        one = remote.by_code(hub, fields.get("code", ""))
        return place(hub, remote.arrive(hub, by, one, shown=fields.get("door", "")))
    if kind == "n":
        one = remote.by_code(hub, code)
        if act == "here":
            return place(hub, remote.arrive(hub, by, one, shown=fields.get("door", "")))
        if act in ("renew", "leave"):
            (remote.renew if act == "renew" else remote.leave)(hub, by, one.id)
            return path
    raise Unknown("没有这个按键：请回到上一页。", "There is no such key: go back.")


def book(hub: Hub, by: By, fields: Mapping[str, str]) -> Appointment:
    """A leased place, sold at the one address of all halls, or one on the list of a day that is full; the hall's own
    row is the sale. Raises Refused.
    """
    service, language, holder = fields.get("service", ""), _language(fields), fields.get("holder", "")
    holder = slots.sealed_again(hub.hall, holder) if holder else ""
    if day := fields.get("list", ""):
        try:
            listed = quantities.day(day)
        except Unclear as unclear:
            raise Refused(unclear.zh, unclear.en) from None
        return slots.wait_for(hub, by, service, listed, channel="district", language=language, holder=holder)
    start = _start(hub, fields)
    return slots.book(hub, by, service, start, channel="district", language=language, holder=holder)


def _start(hub: Hub, fields: Mapping[str, str]) -> float:
    try:
        return quantities.moment(fields.get("start", ""), hub.hall.zone).timestamp()
    except Unclear as unclear:
        raise Refused(unclear.zh, unclear.en) from None


def _language(fields: Mapping[str, str]) -> str:
    return fields["lang"] if fields.get("lang") in words.languages() else words.SOURCE


def rate(
    hub: Hub, by: By, code: str, fields: Mapping[str, str], written: ratings.Written = ratings.NOTHING_WRITTEN
) -> None:
    """评价 by a number's code. Of what is ticked the chosen level's counts: a form without a script shows all five in
    turn.
    """
    told = fields.get("level", "")
    level = int(told) if told.isascii() and told.isdigit() else 0
    options = [one for one in fields.get("options", "").split(",") if one in rating_options.of_level(level)]
    ratings.give(hub, by, ratings.by_code(hub, code).id, level, "code", options, written)


def place(hub: Hub, ticket: Ticket) -> str:
    """The page of a number."""
    return f"p/{codes.ticket_code(secret.key(hub.hall, 'code').encode(), ticket.id)}"
