"""责任追究: a file is opened, in the same turn, by an upheld complaint, a valid bad rating or a case decided late. It
is only opened: what follows of it is decided by people (`server/registers/liability.toml`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.domain.definition import ABOUT
from server.domain.register import Record
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import Hub
from server.verbs.records import Who

LIABILITY = "liability"
UPHELD = ("upheld", "partly")


def open_in(hub: Hub, turn: Turn, who: Who, source: Record, basis: str) -> Record | None:
    """Open the file of a record, within its turn; None where there is one of it already, whatever became of that."""
    made = records.definition(hub, LIABILITY)
    if turn.records_naming(LIABILITY, "source", source.number):
        return None
    told: dict[str, Any] = {"basis": basis, "source": source.number, "owner": ""}
    if source.values.get(ABOUT):
        told[ABOUT] = source.values[ABOUT]
    if source.service:
        told["service"] = source.service
    by_itself = replace(who, by=records.BY_ITSELF.by, role=records.BY_ITSELF.role, department="")
    return records.open_in(hub, turn, by_itself, made, [("open", (told, {}))], ticket=source.ticket)


def _complaint(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    if record.values.get("finding") in UPHELD:
        open_in(hub, turn, who, record, "complaint")


def _late_case(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    if record.verdicts.get("promised", {}).get("late"):
        open_in(hub, turn, who, record, "late_case")


def _bad_rating(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    open_in(hub, turn, who, record, "bad_rating")


records.AFTER["complaint", "answer"] = _complaint
records.AFTER["bad_rating", "valid"] = _bad_rating
records.AFTER["bad_rating", "refute"] = _bad_rating
records.AFTER["case", "decide"] = _late_case
