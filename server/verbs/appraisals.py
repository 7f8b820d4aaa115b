"""考核 as a register: a card that its formula does not allow is refused in its turn. Gives no points itself."""

from __future__ import annotations

from server.domain import appraisal
from server.domain.register import Record
from server.store.regulation_files import formulas
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import Hub
from server.verbs.records import Who

APPRAISAL = "appraisal"


def _allowed(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    appraisal.allowed(formulas(), record.values)


def _proposed(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    appraisal.in_force(formulas(), record.values)
    _allowed(hub, turn, who, record)


records.AFTER[APPRAISAL, "propose"] = _proposed
records.AFTER[APPRAISAL, "review"] = _allowed
