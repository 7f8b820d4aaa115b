"""巡查: what a filed visit opens and who answers for it, which findings are repeated ones, samples of numbers, and the
log of what was exported. Nothing follows of a finding by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from server.domain import events as ev
from server.domain import inspection, lot
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import By, Hub
from server.verbs.records import Who

INSPECTION, FINDING = "inspection", "finding"
REPEATED_S = 90 * 86400.0
"""The third finding of one line or piece within so many seconds is a repeated one (docs/inspection.md)."""
THIRD = 3


def _filed(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    """Each line that is not met opens its finding, and each piece of equipment one of its own instead of its line's; in
    the turn of the visit.
    """
    told = record.values
    unmet, serious, absent, pieces = (list(told.get(name) or ()) for name in ("unmet", "serious", "absent", "pieces"))
    of_pieces = {number: _line_of(turn, number) for number in pieces}
    lines = {*unmet, *of_pieces.values()}
    if not set(serious) <= lines or set(absent) & lines:
        raise Refused(
            "严重的要在不合格里勾选，不适用的不能同时不合格。",
            "What is serious is ticked as not met too, and what is not applicable is not.",
        )
    made = records.definition(hub, FINDING)
    plain = [(line, "") for line in unmet if line not in of_pieces.values()]
    for line, piece in [*plain, *((line, number) for number, line in of_pieces.items())]:
        values: dict[str, Any] = {
            "line": line,
            "grade": "serious" if line in serious else "ordinary",
            "source": record.number,
            **({"piece": piece} if piece else {}),
        }
        records.open_in(hub, turn, records.BY_ITSELF, made, [("open", (values, {}))])


def _line_of(turn: Turn, number: str) -> str:
    piece = turn.record_numbered(number)
    return inspection.line_of(str(piece.values.get("kind", ""))) if piece else ""


def _known_of(hub: Hub, turn: Turn, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of a finding that is opened: whether it is a repeated one, and who answers for it."""
    line = str(values.get("line", ""))
    owner = _named(hub, turn, line)
    repeated = earlier(turn, line, turn.now, str(values.get("piece", ""))) >= THIRD - 1
    return {"repeated": repeated, **({"owner": owner} if owner else {})}


def _named(hub: Hub, turn: Turn, line: str) -> str:
    """Who answers for a line; nobody where the hall's file names none, or one who left."""
    staff = inspection.answers(line, hub.hall)
    account = turn.staff(staff) if staff else None
    return staff if account and account["active"] else ""


def earlier(reader: Reader, line: str, now: float, piece: str = "") -> int:
    """Findings of a piece in the last 90 days, or of a line where no piece is named."""
    return sum(one.values.get("piece") == piece if piece else one.values["line"] == line for one in lately(reader, now))


def lately(reader: Reader, now: float) -> list[Record]:
    """The findings of the last 90 days, those that were none left out."""
    found = reader.records_opened(FINDING, now - REPEATED_S, float("inf"), limit=10_000)
    return [one for one in found if one.state != "dropped"]


def draw_numbers(hub: Hub, by: By, first: date, last: date, most: int) -> int:
    """抽查办件: draw of the numbers of some service days, by lot; the row of the draw. Raises Refused."""
    inspection.sampled(first, last, most, date.fromisoformat(hub.day(hub.now())))

    def decide(turn: Turn) -> int:
        known = [(one,) for one in turn.ids_of_days(first.isoformat(), last.isoformat())]
        if not known:
            raise Refused("这些天没有号。", "No numbers were given on these days.")
        seed = turn.hash
        found = tuple(one for (one,) in lot.drawn(seed, known, most))
        event = ev.NumbersDrawn(first=first.isoformat(), last=last.isoformat(), seed=seed, of=len(known), tickets=found)
        turn.record(event, by.actor)
        return turn.seq

    return hub.once(by, decide, lambda turn, row: row, "draw numbers", first.isoformat(), last.isoformat(), most)


def exported(hub: Hub, by: By, file: str, body: bytes) -> bytes:
    """The file as it leaves the hub, once the journal has its name and hash."""
    event = ev.FileExported(file=file, size=len(body), sha256=hashlib.sha256(body).hexdigest())
    hub.act(by, lambda turn: turn.record(event, by.actor))
    return body


records.AFTER[INSPECTION, "file"] = _filed
records.BEFORE[FINDING, "open"] = _known_of
