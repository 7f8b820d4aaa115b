"""What people lodge by themselves: on the public page, without an account; and the receipt that they are given.

A record is one of a register (`server/verbs/records.py`); here are the bounds, the code that opens its answer, and the
words that the search did not find.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from config import Text
from intake.signs import identifier
from server.domain import codes, register, voices
from server.domain.clock import TOLERANCE_S
from server.domain.definition import Definition
from server.domain.register import VISITOR, Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import private, secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import jobs, pain_points, ratings, records
from server.verbs.cases import CASE
from server.verbs.hub import By, Hub, Unknown, known_counter
from server.verbs.records import Who

RECEIPT, UNSOLVED = "voice", "unsolved"
REFUSED = ("reviewing", "refused")
"""States of a case that was refused at a counter, or is about to be."""
NO_SUCH = Unknown("没有这个编号和码：请核对回执。", "There is no such number and code: check your receipt.")


def public(hub: Hub) -> dict[str, Definition]:
    """The registers that anybody may lodge something in."""
    return {key: made for key, made in records.registers(hub).current.items() if voices.opening(made)}


def known(hub: Hub, key: str) -> Definition:
    """Raises Unknown."""
    made = public(hub).get(key)
    if made is None:
        raise Unknown("没有这个地址：可能写错了。", "There is no such address: it may be wrong.")
    return made


def _mark(hub: Hub, what: str) -> str:
    return private.veiled(secret.key(hub.hall, private.KEY), f"sender {what}")


def lodge(hub: Hub, by: By, key: str, values: Mapping[str, Any], address: str, ticket: int | None = None) -> Record:
    """Lodge one on the public page. `address`: from where, and `ticket`: the number of today whose code came with it,
    both kept as HMACs alone: the record is not the visit's. Raises Refused, Full.
    """
    made = known(hub, key)
    move = voices.opening(made)
    if odd := sorted({*values} - {*voices.asked_of_public(made, move)}):
        raise Refused(f"这里不填“{odd[0]}”。", f"'{odd[0]}' is not asked for here.")
    told = {**values, **({"channel": "page"} if "channel" in made.moves[move].asked else {})}
    wish = (move, records.split(made, told))
    phone = re.sub(r"[ -]", "", wish[1][1].get("phone", ""))
    marks = [_mark(hub, f"address {address}"), *([_mark(hub, f"phone {phone}")] if phone else [])]
    slip = [_mark(hub, f"ticket {ticket}")] if ticket is not None else []
    who = Who(by, VISITOR)

    def decide(turn: Turn) -> int:
        hour = turn.now - voices.HOUR_S, turn.now + TOLERANCE_S  # none of a clock that was ahead
        counts = [(turn.sent_since(*hour, mark), turn.open_of(mark)) for mark in marks]
        with_slip = turn.sent_since(*hour, slip[0]) if slip else None
        voices.bounded(counts[0], counts[1] if phone else (0, 0), turn.lodged_since(*hour, key), with_slip)
        record = records.open_in(hub, turn, who, made, [wish]).id
        for mark in [*marks, *slip]:
            turn.note_sender(record, mark)
        return record

    asked = records.veiled_values(hub, made, told)
    return hub.once(by, decide, records.known_record, "lodge", key, asked)


def open_here(hub: Hub, who: Who, key: str, move: str, values: Mapping[str, Any], printers: Sequence[str]) -> Record:
    """One of the staff opens a record, of any register; where the move hands out a receipt (`slip`), it is printed by
    itself. Raises Refused.
    """
    made = records.definition(hub, key)

    def hand_out(turn: Turn, record: Record) -> None:
        if made.moves[move].slip == RECEIPT and printers:
            _receipt_in(hub, turn, who, record, printers, "zh")

    return records.open_record(hub, who, key, [(move, values)], then=hand_out)


def act(hub: Hub, by: By, record: Record, move: str, values: Mapping[str, Any]) -> Record:
    """A move of whoever holds the receipt: how the answer is, once more, call it off. Raises Refused."""
    return records.move(hub, Who(by, VISITOR), record.id, move, values)


def by_code(hub: Hub, reader: Reader, text: str) -> Record:
    """What a code on a receipt opens. Raises Unknown, for a case's code too: that has pages of its own."""
    found = codes.record_of(secret.key(hub.hall, "code").encode(), text)
    record = reader.record_by_id(found) if found is not None else None
    if record is None or record.register not in public(hub):
        raise NO_SUCH
    return record


def meant_by_code(reader: Reader, text: str) -> int | None:
    """The record that a code means, genuine or not, however it is spelled; None where there is none."""
    claimed = codes.claimed_record(text)
    return claimed if claimed is not None and reader.record_by_id(claimed) is not None else None


def meant_by_number(reader: Reader, number: str) -> int | None:
    """The record that a number means, however it is spelled; None where there is none."""
    record = reader.record_numbered(identifier(number).upper())
    return record.id if record is not None else None


def by_number(hub: Hub, reader: Reader, number: str, code: str) -> Record:
    """What a number and the six signs of its code open, or the whole code: one that was lodged, or a case, of which its
    holder is told how far it is. Raises Unknown.
    """
    record = reader.record_numbered(identifier(number).upper())
    if record is None:
        raise NO_SUCH
    key = secret.key(hub.hall, "code").encode()
    own = codes.record_code(key, record.id)
    signs = identifier(code).upper().replace("-", "").replace(" ", "")
    genuine = codes.record_of(key, f"{own.partition('-')[0]}-{signs[-6:]}") == record.id
    if not genuine or record.register not in {CASE, *public(hub)}:
        raise NO_SUCH
    return record


def next_due(hub: Hub, record: Record, now: float) -> tuple[Text, date] | None:
    """The clock of a record that is due first, by its own name, and its date. A complaint is first to be taken, and
    only then has a day by which it is answered: nobody is promised the one for the other. None while the holidays of
    that year are not known: a day is promised on paper.
    """
    made, on = records.definition_of(hub, record), records.ground(hub)
    readings = register.clocks(made, record, on, on.day(now))
    first = register.foremost(made, readings)
    due = readings[first].due if first and not record.over and not readings[first].provisional else None
    return (made.clocks[first].name, due) if first and due else None


def receipt(hub: Hub, who: Who, record: int, printers: Sequence[str], language: str = "zh") -> int:
    """Print its 回执: number, kind, due date, code, the two telephones; never the text, nor a name. The job's id."""

    def decide(turn: Turn) -> int:
        one = records.in_reach(hub, who.reach, records.known_record(turn, record))
        return _receipt_in(hub, turn, who, one, printers, language)

    return hub.once(who.by, decide, lambda turn, job: job, "receipt", record, list(printers))


def _receipt_in(hub: Hub, turn: Turn, who: Who, one: Record, printers: Sequence[str], language: str) -> int:
    """`receipt` within a turn."""
    made = records.definition_of(hub, one)
    if not voices.opening(made):
        raise Refused(f"{made.name.zh}没有回执。", f"There is no receipt of '{made.name.en}'.")
    category = made.fields["category"].choices[str(one.values["category"])]
    clock, due = next_due(hub, one, turn.now) or (Text("", ""), None)
    facts = {
        **made.name.json("what"),
        **category.json("category"),
        "case": one.number,
        **clock.json("clock"),
        "due": due.isoformat() if due else "",
        "language": language,
    }
    told = {name: value for name, value in facts.items() if value}
    return jobs.queue_slip(hub, who.by, turn, RECEIPT, told, printers, ticket=one.ticket)


def at_counter(hub: Hub, who: Who, counter_id: str, printers: Sequence[str]) -> Ticket:
    """办不成事 at a counter, in one press: of whoever is served there, or was finished a moment ago; the refusal that
    was made of the visit is linked (否定报备), and the receipt is printed. Raises Refused where nobody is meant.
    """
    known_counter(hub, counter_id)
    made = records.definition(hub, UNSOLVED)

    def decide(turn: Turn) -> Ticket:
        ticket = ratings.round_at(hub, turn, counter_id)
        if ticket is None:
            raise Refused(
                "窗口没有刚办过的号：请在群众诉求里登记。",
                "Nobody was served here a moment ago: put it on record on the page of voices.",
            )
        others = turn.records_of_ticket(ticket.id)
        if there := next((one for one in others if one.register == UNSOLVED and not one.over), None):
            raise Refused(
                f"{ticket.label}已登记：{there.number}。", f"{ticket.label} is on record already: {there.number}."
            )
        refused = next((one.number for one in others if one.register == "case" and one.state in REFUSED), None)
        told = {
            "category": "refused" if refused or ticket.outcome == "refused" else "other",
            "channel": "counter",
            "counter": counter_id,
            "service": ticket.service,
            **({"case": refused} if refused else {}),
        }
        values: dict[str, Any] = {name: one for name, one in told.items() if _taken(hub, name, one)}
        hidden: dict[str, str] = {}
        wish = (voices.opening(made), (values, hidden))
        record = records.open_in(hub, turn, who, made, [wish], ticket=ticket.id, counter=counter_id)
        if printers:
            _receipt_in(hub, turn, who, record, printers, ticket.language)
        return ticket

    return hub.about(who.by, decide, "unsolved", counter_id)


def _taken(hub: Hub, name: str, value: str) -> bool:
    """A service that the catalogue has no more is left out."""
    return name != "service" or value in hub.hall.services


# --- what the search did not find -------------------------------------------------------------------------------------


def not_found(hub: Hub, query: str, occasion: str) -> None:
    """A search found nothing. `occasion`: the screen or address that asked; it and the word are kept as HMACs, the word
    itself from the third occasion on (docs/decisions.md). One that names somebody of the staff is not kept at all.
    """
    word = voices.keepable(query)
    if not word or not hub.certain:
        return
    mark, hour = _mark(hub, f"word {word}"), int(hub.now() // voices.HOUR_S)
    reader, asked = hub.read(), _mark(hub, f"occasion {occasion} {hour}")
    if reader.has_unfound(mark, asked) or not pain_points.names_nobody(reader, word):
        return
    hub.turn(partial(_unfound, hub, mark, asked, word))


def _unfound(hub: Hub, mark: str, asked: str, word: str, turn: Turn) -> None:
    said = word if turn.occasions(mark) + 1 >= voices.OCCASIONS else ""
    turn.note_unfound(mark, asked, hub.day(turn.now), said)
