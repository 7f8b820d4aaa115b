"""办件: a visit becomes a case by the finish key: opened, accepted, its 受理凭证 printed, in the turn of 办结."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.domain import slip_facts, vocabulary
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store.transaction import Turn
from server.verbs import calls, jobs, records
from server.verbs.hub import By, Hub
from server.verbs.records import Who

CASE = "case"
ACCEPTED, DONE, INCOMPLETE = "accepted", "done", "incomplete"
"""The outcomes that a case comes of: 受理待办 goes on in the back office, 现场办结 is all of it in one press, 补正
waits for what was told to be missing.
"""
RECEIVES = ("applicant", "received", "phone", "note")
ACCEPTS = ("platform", "no_platform", "delivery", "owed", "owner", "visits")
DECIDES = ("result", "licence", "no_licence")


@dataclass(frozen=True)
class Case:
    """What the counter says of it; fields as in the register. `printers`: where the receipt goes, none for no paper."""

    values: Mapping[str, Any]
    printers: Sequence[str] = ()
    mode: Mapping[str, Any] = field(default_factory=dict)


def moves_of(outcome: str, service: str, values: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The moves of a press: 收件, 受理 (容缺受理 where papers are owed), 办结 and 送达 too of what is done; or 补正."""

    def of(*names: str) -> dict[str, Any]:
        return {name: values[name] for name in names if values.get(name) not in (None, "", [])}

    received = ("receive", {"service": service, "applicant": "person", **of(*RECEIVES)})
    if outcome == INCOMPLETE:
        return [received, ("tell", of("missing"))]
    accept = "accept_owing" if values.get("owed") else "accept"
    wish: list[tuple[str, dict[str, Any]]] = [
        received,
        (accept, of(*(name for name in ACCEPTS if name != "owed" or accept == "accept_owing"))),
    ]
    if outcome == DONE:
        decided = {"result": "granted", **of(*DECIDES)}
        if "licence" not in decided:
            decided = {"no_licence": "none_for_it", **decided}
        wish += [("decide", decided), ("deliver", {"handed": values.get("delivery", "window")})]
    return wish


def finish(
    hub: Hub,
    who: Who,
    counter_id: str,
    outcome: str,
    items: Sequence[str],
    case: Case,
    *,
    ticket: int | None = None,
) -> Ticket:
    """办结 with a case: both, or neither. Raises Refused for an outcome that no case comes of."""
    code = vocabulary.code(vocabulary.OUTCOMES, outcome)
    if code not in (ACCEPTED, DONE, INCOMPLETE):
        raise Refused(
            "只有“受理待办”“现场办结”和“补正”才立件。",
            "A case comes only of what was accepted, done on the spot, or to be completed.",
        )
    if odd := sorted({*case.values} - {*RECEIVES, *ACCEPTS, *DECIDES, "missing"}):
        raise Refused(f"立件不填“{odd[0]}”。", f"A case does not ask for '{odd[0]}' here.")
    made = records.definition(hub, CASE)

    def do(turn: Turn, before: Ticket) -> None:
        service = items[0] if items else before.service
        wishes = [(move, records.split(made, values)) for move, values in moves_of(code, service, case.values)]
        record = records.open_in(hub, turn, who, made, wishes, ticket=before.id, counter=counter_id)
        if case.values.get("owed"):
            owing = records.definition(hub, "owing")
            owed = {"case": record.number, "service": service, "owed": list(case.values["owed"])}
            records.open_in(hub, turn, who, owing, [("owe", (owed, {}))], ticket=before.id, counter=counter_id)
        if case.printers and code == ACCEPTED:
            _receipt(hub, turn, who.by, before, record, case)

    veiled = records.veiled_values(hub, made, case.values)
    after = calls.After(do, ("case", veiled, list(case.printers)))
    return calls.finish(hub, who.by, counter_id, outcome, items, ticket=ticket, after=after)


def _receipt(hub: Hub, turn: Turn, by: By, ticket: Ticket, record: Record, case: Case) -> None:
    """受理凭证 with the case's number, what was received, and what is promised."""
    name = hub.hall.service_name(record.service)
    known = hub.hall.services.get(record.service)
    facts = {
        **name.json("item"),
        "service": record.service,
        "case": record.number,
        "received": list(record.values.get("received", [])),
        "promise": known.promise if known else "",
        "staff": by.actor,
        **case.mode,
    }
    told = slip_facts.checked("receipt", {key: value for key, value in facts.items() if value not in ("", [])})
    jobs.queue_slip(hub, by, turn, "receipt", told, case.printers, ticket=ticket.id)
