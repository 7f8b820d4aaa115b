"""办件: a visit becomes a case by the finish key: opened, accepted, its 受理凭证 printed, in the turn of 办结.

A result that is ready is told of by 领件通知单, and found again by the code of either paper (统一出件).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from config import Service
from intake.signs import identifier
from server.domain import agenda, codes, register, slip_facts, trips, vocabulary
from server.domain.progress import Progress, progress
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import calls, jobs, papers, records
from server.verbs.hub import By, Hub
from server.verbs.paper_codes import ticket_of_code
from server.verbs.records import Who

CASE, OWING = "case", "owing"
READY, POSTED = "ready", "posted"
DECIDED_BY = "decide"
UNFETCHED_DAYS = 30
"""A result that lies so long is on a list; it stays ready."""
PREFILLED: Mapping[str, Mapping[str, Any]] = {
    DECIDED_BY: {"result": "granted", "no_licence": "none_for_it"},
    "accept": {"delivery": "window"},
    "accept_owing": {"delivery": "window"},
    "deliver": {"handed": "window"},
    "inform": {"informed": "phone"},
    "acknowledge": {"acknowledged": "signed"},
}
"""Move -> what its form says before anybody has: the common answer, which stands there to be read and changed."""
ACCEPTED, DONE, INCOMPLETE = "accepted", "done", "incomplete"
"""The outcomes that a case comes of: 受理待办 goes on in the back office, 现场办结 is all of it in one press, 补正
waits for what was told to be missing.
"""
LATER = "later"
"""Why one has none yet: it is entered when the platform has given it."""
AT_ONCE = "at_once"
"""Why a case has no platform number: it was done on the spot, and nobody was asked for one."""
RECEIVES = ("applicant", "received", "replaced", "phone", "note")
ACCEPTS = ("platform", "no_platform", "delivery", "owed", "owner")
DECIDES = ("result", "licence", "no_licence")


def prefilled(register: str, move: str) -> Mapping[str, Any]:
    """What a form says before anybody has; nothing for other registers."""
    return PREFILLED.get(move, {}) if register == CASE else {}


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
        decided = {**PREFILLED[DECIDED_BY], **of(*DECIDES)}
        if "licence" in decided and "no_licence" not in values:
            del decided["no_licence"]
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
    """办结 with a case: both, or neither. 现场办结 has one for each matter that was done, of which nothing more is
    asked (即办件). Raises Refused for an outcome that no case comes of.
    """
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
        settled = _settled_now(turn, before, code)
        done = items or settled or [before.service]
        if code == DONE:
            for n, one in enumerate(_matters(hub, who, turn, before, done)):
                _open(at_once(hub.hall.services[one], case.values if n == 0 else {}), one, turn, before)
            return
        if not settled:
            told = [_one(case.values, done[0], turn, before)]
        else:
            matters = _matters(hub, who, turn, before, settled)
            shares = [(one, _share(hub.hall.services[one], case.values, n)) for n, one in enumerate(matters)]
            told = [_one(said, one, turn, before) for one, said in shares if code != INCOMPLETE or said.get("missing")]
        if case.printers and code == INCOMPLETE:
            before_told = {one for given in papers.notices(turn, before.id) for one in (given.service, *given.services)}
            if fresh := [one for one in told if one.service not in before_told]:
                papers.notice_of_cases(hub, turn, papers.Asker(who.by, case.printers), counter_id, before, fresh)
        if case.printers and code == ACCEPTED:
            for record in told:
                _receipt(hub, turn, who.by, before, record, case)

    def _one(values: Mapping[str, Any], service: str, turn: Turn, before: Ticket) -> Record:
        record = _open(values, service, turn, before)
        if values.get("owed"):
            owing = records.definition(hub, OWING)
            owed = {"case": record.number, "service": service, "owed": list(values["owed"])}
            records.open_in(hub, turn, who, owing, [("owe", (owed, {}))], ticket=before.id, counter=counter_id)
        return record

    def _open(values: Mapping[str, Any], service: str, turn: Turn, before: Ticket) -> Record:
        wishes = [(move, records.split(made, said)) for move, said in moves_of(code, service, values)]
        return records.open_in(hub, turn, who, made, wishes, ticket=before.id, counter=counter_id)

    veiled = records.veiled_values(hub, made, case.values)
    after = calls.After(do, ("case", veiled, list(case.printers)))
    return calls.finish(hub, who.by, counter_id, outcome, items, ticket=ticket, after=after)


def at_once(service: Service, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the case of a matter done on the spot says where nobody was asked: all that the guide asks for was there,
    its result was handed out here, and no number of the platform was entered.
    """
    said = {name: value for name, value in values.items() if value not in (None, "", [])}
    given = {} if "platform" in said or "no_platform" in said else {"no_platform": AT_ONCE}
    return {"received": list(service.materials), "delivery": "window", **given, **said}


def _settled_now(turn: Turn, ticket: Ticket, outcome: str) -> list[str]:
    """The items of a number for several that got this outcome in this turn, in order."""
    planned = turn.agenda(ticket.id)
    items = planned.items if planned else ()
    return [one.service for one in items if one.at == turn.now and one.outcome == outcome]


def _share(service: Service, values: Mapping[str, Any], nth: int) -> dict[str, Any]:
    """What was said at one press about several items, as far as it is this one's: of the papers its own, the platform's
    number the first one's alone, since the platform has one for each. Where nobody was asked: all that the guide asks
    for was there, and its number is entered later.
    """
    told = {**values}
    for name in ("received", "missing", "owed", "replaced"):
        if name in told:
            ticked = {agenda.same(one) for one in told[name]}
            told[name] = [one for one in service.materials if ticked & {*map(agenda.same, (one, *one.split("/")))}]
    if "received" in told and not told["received"] and not told.get("missing"):
        raise Refused(
            f"“{service.name}”的材料一样也没有勾：请勾选收到的，或先不办这一项。",
            f"Nothing of what “{service.name_en}” needs is ticked: tick what was received, or leave the item for now.",
        )
    if (nth and told.pop("platform", None)) or not (told.get("platform") or told.get("no_platform")):
        told["no_platform"] = LATER
    return {"received": list(service.materials), "delivery": "window", **told}


def _matters(hub: Hub, who: Who, turn: Turn, ticket: Ticket, items: Sequence[str]) -> list[str]:
    """The services among what was done that are matters (a term is promised), once each, and have no case of this visit
    yet; none for a role that accepts no case.
    """
    accept = records.definition(hub, CASE).moves["accept"]
    if who.role not in (*accept.roles, "administrator"):
        return []
    open_ = {one.service for one in turn.records_of_ticket(ticket.id) if one.register == CASE and one.kind != "void"}
    services = hub.hall.services
    return [one for one in dict.fromkeys(items) if one not in open_ and one in services and services[one].promise]


def _lapsed(hub: Hub, turn: Turn, who: Who, owing: Record) -> None:
    """What was owed did not come: the case that waited for it lapses with it. One that is decided or over stays."""
    case = turn.record_numbered(str(owing.values.get("case", "")))
    if case and "lapse" in records.definition_of(hub, case).moves_from(case.state):
        records.move_in(hub, turn, replace(who, role="administrator", department=""), case, "lapse", {}, {})


records.AFTER[OWING, "lapse"] = _lapsed


def _receipt(hub: Hub, turn: Turn, by: By, ticket: Ticket, record: Record, case: Case) -> None:
    """受理凭证 with the case's number, what was received, and what is promised."""
    facts = {
        **hub.hall.service_name(record.service).json("item"),
        "service": record.service,
        "case": record.number,
        **accepted(hub, turn, record),
        "staff": by.actor,
        **case.mode,
    }
    told = slip_facts.checked("receipt", {key: value for key, value in facts.items() if value not in ("", [])})
    jobs.queue_slip(hub, by, turn, "receipt", told, case.printers, ticket=ticket.id)


def accepted(hub: Hub, reader: Reader, record: Record) -> dict[str, Any]:
    """What a 受理凭证 says of its case: what was received, what may follow, the promise, and the day it comes due; none
    while the calendar of that year is not known, since a paper is not taken back.
    """
    known, on = hub.hall.services.get(record.service), records.ground(hub)
    reading = register.clocks(records.definition_of(hub, record), record, on, on.day(hub.now())).get("promised")
    return {
        "received": list(record.values.get("received", [])),
        **(owed(reader, record) if record.values.get("owed") else {}),
        "promise": known.promise if known else "",
        "due": reading.due.isoformat() if reading and reading.due and not reading.provisional else "",
    }


# --- 统一出件: a result that is ready ---------------------------------------------------------------------------------


def owed(reader: Reader, record: Record) -> dict[str, Any]:
    """What may follow of a case, and until when (容缺补交); nothing where nothing is owed any more."""
    others = reader.records_of_ticket(record.ticket) if record.ticket is not None else []
    for one in others:
        if one.register == OWING and one.values.get("case") == record.number and not one.over:
            due = reader.due_of(one.id)
            return {"owed": list(one.values["owed"]), "owed_by": due["due"] if due else ""}
    return {}


def visits_of(hub: Hub, reader: Reader, record: Record) -> tuple[int, int | None]:
    """(how often somebody came for a case, how often its guide promises at most; None where it promises nothing)."""
    others = reader.records_of_ticket(record.ticket) if record.ticket is not None else []
    owing = [one for one in others if one.register == OWING and one.values.get("case") == record.number]
    known = hub.hall.services.get(record.service)
    return trips.trips(record, owing, records.ground(hub).day), trips.promised(known.visits) if known else None


def since(record: Record, move: str) -> float | None:
    """When a move was made last, epoch seconds."""
    return next((step.at for step in reversed(record.moves) if step.move == move), None)


def unfetched(record: Record, now: float) -> bool:
    """Whether a result waits to be fetched for too long; what was told or corrected meanwhile moves nothing."""
    at = since(record, DECIDED_BY)
    return record.state == READY and at is not None and now - at >= UNFETCHED_DAYS * 86400.0


# --- found again by the code on its paper -----------------------------------------------------------------------------


def code_of(hub: Hub, record: Record) -> str:
    return codes.record_code(secret.key(hub.hall, "code").encode(), record.id)


def by_code(hub: Hub, reader: Reader, text: str) -> Record | None:
    """The case of a receipt's or pick-up notice's code, as it was scanned or typed; None for anything else."""
    found = codes.record_of(secret.key(hub.hall, "code").encode(), text)
    record = reader.record_by_id(found) if found is not None else None
    return record if record and record.register == CASE else None


def numbered(reader: Reader, text: str) -> Record | None:
    """The case of a number that may be said aloud; only for staff."""
    record = reader.record_numbered(identifier(text).upper())
    return record if record and record.register == CASE else None


def of_visitor(hub: Hub, reader: Reader, text: str) -> list[Record]:
    """What is open of whoever holds a paper: the case of its code or number first, then what else came of the same
    visit, 容缺补交 among it. A number's own slip (T…) has what came of that visit.
    """
    first = by_code(hub, reader, text) or numbered(reader, text)
    ticket = first.ticket if first else ticket_of_code(hub, reader, text)
    others = reader.records_of_ticket(ticket) if ticket is not None else []
    return [*([first] if first else []), *(one for one in others if not one.over and (not first or one.id != first.id))]


def progress_of(hub: Hub, record: Record) -> Progress:
    """How far a case is today."""
    on = records.ground(hub)
    return progress(records.definition_of(hub, record), record, on, on.day(hub.now()))
