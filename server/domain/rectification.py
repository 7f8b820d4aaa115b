"""督查整改: what the district's inspectors found in a hall, as it comes down, and the next step of its record. Pure.

What comes down is how things stand and no order to do anything: all findings of the hall that are not over, by their
number at the district. The hall brings its records to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from server.domain.circular import Circular, Rows
from server.domain.register import LONG_MOST, Record

PART = "findings"
"""Part of the circular that they come down as, and its table. None that anybody drafts (`circular.PARTS`)."""
REGISTER = "district_finding"
SEND_BACK = "send_back"
WHAT_MOST = LONG_MOST
State = Literal["open", "closed", "withdrawn"]


@dataclass(frozen=True)
class Finding:
    """`due`: the day, ISO; `round`: how often the district sent the answer back. `number` is for people, and a district
    that was restored may give one again; `ref` is never given twice, "" of a finding of a version before.
    """

    number: int
    line: str
    what: str
    due: str
    round: int
    state: State
    ref: str = ""


def sent(hall: str, found: list[Finding]) -> Circular:
    """Those of a hall as they go down: the same bytes while nothing is different."""
    rows = {
        str(one.number): {
            "line": one.line,
            "what": one.what,
            "due": one.due,
            "round": one.round,
            "state": one.state,
            **({"ref": one.ref} if one.ref else {}),
        }
        for one in found
    }
    newest = max(one.number for one in found)
    return Circular(
        number=newest, part=PART, place=hall, effective_at=0.0, paper="", note="", rows={PART: rows}
    )  # of no day: a hall's clock may be behind


def read(rows: Rows) -> list[Finding]:
    """What came down. Raises ValueError, TypeError, KeyError for what no district sends."""
    return [_finding(int(number), values) for number, values in rows[PART].items()]


def _finding(number: int, told: Mapping[str, Any] | None) -> Finding:
    if told is None or told["state"] not in get_args(State) or not isinstance(told["round"], int):
        raise ValueError(f"finding {number}: it has other fields")
    return Finding(number, told["line"], told["what"], told["due"], told["round"], told["state"], told.get("ref", ""))


def own(records: Iterable[Record], told: Finding) -> Record | None:
    """The hall's record of a finding: the one of its `ref`, else one of its number and line that was opened by a
    version that knew none.
    """
    mine = [one for one in records if int(one.values["finding"]) == told.number]
    return next(
        (one for one in mine if told.ref and one.values.get("ref") == told.ref),
        next((one for one in mine if not one.values.get("ref") and one.values["line"] == told.line), None),
    )


def step(record: Record | None, told: Finding) -> tuple[str, dict[str, Any]] | None:
    """The move that brings the hall's record to what the district says, with its values; None where there is none."""
    if record is None:
        values = {"finding": told.number, "line": told.line, "due": told.due, "what": told.what}
        values |= {"ref": told.ref} if told.ref else {}
        return ("open", values) if told.state == "open" else None
    if record.over:
        return None
    if told.state != "open":
        return ("close" if told.state == "closed" else "withdraw"), {}
    returned = sum(one.move == SEND_BACK for one in record.moves)
    if record.state == "answered" and told.round > returned:
        return SEND_BACK, {"due": told.due}
    return None
