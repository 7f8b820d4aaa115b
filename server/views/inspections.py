"""督查: what is not put right yet, devices to be looked at, samples of numbers with their lives, what was exported."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config import Text
from server.domain import events as ev
from server.domain import inspection, timeline
from server.domain.chain import Row
from server.domain.definition import EQUIPMENT
from server.domain.reach import Reach
from server.domain.register import Record
from server.verbs import records
from server.verbs.hub import Hub, Unknown
from server.verbs.inspections import FINDING, lately
from server.views.records import Onlooker, asked_of, line_view, linked, piece_text, value_text
from server.views.tickets import iso

SHOWN_SAMPLES, SHOWN_EXPORTS = 20, 50
LOOKED_AT = timedelta(days=30)
"""A piece that nobody looked at for so long is due for a round."""
ISSUES = {FINDING: ("line", "piece"), EQUIPMENT: ("kind", "fault")}
"""Registers whose open records are issues, and the fields that say what each is."""


def inspections_view(hub: Hub, reach: Reach) -> dict[str, Any]:
    who, reader = Onlooker.now(hub, reach), hub.read()
    pieces = [one for one in _open(hub, reach, EQUIPMENT) if one.state == "good"]
    before = hub.now() - LOOKED_AT.total_seconds()
    issues = [
        one for key in ISSUES for one in _open(hub, reach, key) if one.kind == "open"
    ]  # what works is no issue: it is looked at in a round
    return {
        "issues": sorted((_issue(who, one) for one in issues), key=lambda one: (one["due"] or "~", one["number"])),
        "pieces": len(pieces),
        "rounds": [
            _issue(who, one) for one in sorted(pieces, key=lambda one: one.changed_at) if one.changed_at < before
        ],
        "troubled": _troubled(who),
        "samples": [_drawn(hub, row) for row in reader.last_events("NumbersDrawn", SHOWN_SAMPLES)],
        "exports": [_exported(hub, row) for row in reader.last_events("FileExported", SHOWN_EXPORTS)],
        "most": inspection.NUMBERS_MOST,
        "today": hub.day(hub.now()),
    }


def _open(hub: Hub, reach: Reach, key: str) -> list[Record]:
    made = records.definition(hub, key)
    return hub.read().records_in(key, (*made.states,), asked_of(hub, reach, made=made))


def _issue(who: Onlooker, record: Record) -> dict[str, Any]:
    made = records.definition_of(who.hub, record)
    told = [
        value_text(who, made.fields[name], record.values[name])
        for name in ISSUES[record.register]
        if record.values.get(name)
    ]
    return {
        **line_view(who, record),
        **Text("：".join(one.zh for one in told), ": ".join(one.en for one in told)).json("what"),
        "serious": record.values.get("grade") == "serious",
        "repeated": record.values.get("repeated") is True,
        "age": int((who.hub.now() - record.opened_at) // 86400),
    }


def _troubled(who: Onlooker) -> list[dict[str, Any]]:
    """Pieces of equipment with more than one finding in the last 90 days, the most first."""
    found: dict[str, list[Record]] = {}
    for one in lately(who.hub.read(), who.hub.now()):
        if piece := one.values.get("piece"):
            found.setdefault(str(piece), []).append(one)
    return [
        {
            "number": number,
            "address": linked(who, number),
            **piece_text(who.hub, number).json("what"),
            "findings": len(several),
            "last": iso(who.hub.hall, max(one.opened_at for one in several)),
        }
        for number, several in sorted(found.items(), key=lambda pair: -len(pair[1]))
        if len(several) > 1
    ]


def _drawn(hub: Hub, row: Row) -> dict[str, Any]:
    event = row.happened()
    assert isinstance(event, ev.NumbersDrawn)
    return {
        "row": row.seq,
        "at": iso(hub.hall, row.at),
        "by": _who(hub, row),
        "first": event.first,
        "last": event.last,
        "of": event.of,
        "drawn": len(event.tickets),
        "seed": event.seed,
    }


def _exported(hub: Hub, row: Row) -> dict[str, Any]:
    event = row.happened()
    assert isinstance(event, ev.FileExported)
    at, by = iso(hub.hall, row.at), _who(hub, row)
    return {"row": row.seq, "at": at, "by": by, "file": event.file, "size": event.size, "sha256": event.sha256}


def _who(hub: Hub, row: Row) -> list[str]:
    return list(timeline.who_did(hub.hall, hub.read().names(), row.actor))


def sample_view(hub: Hub, reach: Reach, row: int) -> dict[str, Any]:
    """A sample: each of its numbers with its life, as who asks may be told it. Raises Unknown."""
    reader = hub.read()
    found = reader.event_at(row, "NumbersDrawn")
    if found is None:
        raise Unknown(f"日志第{row}行不是抽查。", f"Row {row} of the journal is no sample.")
    event = found.happened()
    assert isinstance(event, ev.NumbersDrawn)
    names = reader.names()
    return {
        **_drawn(hub, found),
        "numbers": [
            {
                "id": ticket.id,
                "label": ticket.label,
                "day": ticket.day,
                **hub.hall.service_name(ticket.service).json("service"),
                "lines": [
                    {**line, "at": iso(hub.hall, line["at"])}
                    for line in timeline.lines(
                        hub.hall, records.told_of(hub, reach, reader.life_line(ticket.id)), names
                    )
                ],
            }
            for ticket in reader.tickets(event.tickets)
        ],
    }
