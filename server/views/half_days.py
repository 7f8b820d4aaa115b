"""考勤月表, the roster of half days, punches, the leave ledger: what their pages and files show, JSON-able."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from server.domain import half_days as rules
from server.domain.half_days import VERDICTS, Half, balances
from server.verbs import half_days, leave
from server.verbs.hub import Hub
from server.views.tickets import iso

SUMS = ("due", "kept", *(kind for kind in VERDICTS if kind not in ("none", "pending", "present")))
MINUTES = ("late_min", "early_min", "extended_min", "overtime_min")
SUM_NAMES = {
    "due": ("应出勤", "Due"),
    "kept": ("实出勤", "Kept"),
    "late_min": ("迟到分钟", "Late, min"),
    "early_min": ("早退分钟", "Early, min"),
    "extended_min": ("延时服务分钟", "Extended, min"),
    "overtime_min": ("加班分钟", "Overtime, min"),
}


def legend() -> list[dict[str, str]]:
    """Every verdict, its mark and its names."""
    return [{"kind": kind, "mark": mark, **text.json("name")} for kind, (text, mark) in VERDICTS.items()]


def heads() -> list[dict[str, str]]:
    """The sums at the end of a line, in order."""
    names = {**{kind: (text.zh, text.en) for kind, (text, _) in VERDICTS.items()}, **SUM_NAMES}
    return [{"id": one, "name": names[one][0], "name_en": names[one][1]} for one in (*SUMS, *MINUTES)]


def month_view(hub: Hub, name: str) -> dict[str, Any]:
    """A month: a line for each person, two cells a day; what was signed of it, and what has changed since."""
    reader, now = hub.read(), hub.now()
    known, names = half_days.month(hub, reader, name, now), reader.names()
    lines = []
    for staff, line in sorted(known.lines.items()):
        sums = line.sums
        lines.append(
            {
                "staff": {"id": staff, "name": names.get(staff, staff)},
                "cells": [
                    {"half": str(one), "kind": found.kind, "mark": found.mark, **found.reason.json("why")}
                    for one, found in zip(known.halves, line.verdicts, strict=True)
                ],
                "sums": sums,
                "share": rules.share(sums),
            }
        )
    return {
        "month": name,
        "days": sorted({one.day.isoformat() for one in known.halves}),
        "over": known.over,
        "lines": lines,
        "signed": [
            {
                "sequel": one.sequel,
                "at": iso(hub.hall, one.at),
                "by": {"id": one.by, "name": names.get(one.by, one.by)},
                "sha256": one.sha256,
            }
            for one in known.signed
        ],
        "changed": _changed(known.changed, names),
        "frozen": _frozen(known, names) if known.signed else [],
    }


def _changed(changed: dict[str, dict[str, str]], names: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for staff, cells in changed.items():
        for text, kind in cells.items():
            half = rules.half_of(text)
            assert half
            told = {"staff": {"id": staff, "name": names.get(staff, staff)}, "half": text, "kind": kind}
            found.append({**told, **half.text.json("when"), **VERDICTS[kind][0].json("now")})
    return found


def _frozen(known: half_days.Month, names: dict[str, str]) -> list[dict[str, Any]]:
    """The sheet as it stands signed, with the sums of whatever signed each line last."""
    standing = half_days.standing(known.halves, known.signed)
    sums = {staff: found for one in known.signed for staff, found in one.sums.items()}
    return [
        {
            "staff": {"id": staff, "name": names.get(staff, staff)},
            "marks": [VERDICTS[kind][1] for kind in marks],
            "sums": sums[staff],
        }
        for staff, marks in sorted(standing.items())
    ]


def today_view(hub: Hub, staff: str) -> dict[str, Any]:
    """A person's own day: both halves so far, punches, what is left of leave."""
    day = date.fromisoformat(hub.day(hub.now()))
    halves = (Half(day, "am"), Half(day, "pm"))
    reader, now = hub.read(), hub.now()
    line = half_days.sheet(hub, reader, halves, now).get(staff)
    cells = zip(halves, line.verdicts, strict=True) if line else ()
    left = balances(leave.entries(reader))
    start = rules.span_of(halves[0], hub.hall.zone)[0]
    return {
        "day": day.isoformat(),
        "halves": [
            {
                "half": one.half,
                **rules.HALF_NAMES[one.half].json("name"),
                "kind": found.kind,
                **VERDICTS[found.kind][0].json("said"),
                **found.reason.json("why"),
            }
            for one, found in cells
        ],
        "punches": [
            iso(hub.hall, row.at)
            for row in reader.events_between("Punched", start, now + 1)
            if row.field("staff") == staff
        ],
        "left": [
            {"kind": kind, **text.json("name"), "halves": left.get((staff, kind), 0)}
            for kind, text in leave.KINDS.items()
        ],
        "keys": sorted(reader.punch_kinds(staff)),
    }


def ledger_view(hub: Hub) -> dict[str, Any]:
    """假期账: what everybody has left, and the entries, the newest first."""
    reader = hub.read()
    told, names = leave.entries(reader), reader.names()
    left = balances(told)
    people = sorted({staff for staff, _ in left})
    return {
        "left": [
            {
                "staff": {"id": staff, "name": names.get(staff, staff)},
                **{kind: left.get((staff, kind), 0) for kind in leave.KINDS},
            }
            for staff in people
        ],
        "entries": [
            {
                "at": iso(hub.hall, one.at),
                "staff": {"id": one.staff, "name": names.get(one.staff, one.staff)},
                **leave.KINDS[one.kind].json("kind"),
                "halves": one.halves,
                "reason": one.reason,
                "source": one.source,
                "by": {"id": one.by, "name": names.get(one.by, one.by)},
            }
            for one in told[::-1][:300]
        ],
    }


def paper(hub: Hub, name: str) -> dict[str, Any]:
    """A month's sheet as its files need it."""
    view = month_view(hub, name)
    made = datetime.fromtimestamp(hub.now(), hub.hall.zone)
    return {
        **view,
        "hall": hub.hall.hall.name,
        "hall_en": hub.hall.hall.name_en,
        "banner": f"{hub.hall.hall.banner} {hub.hall.hall.banner_en}".strip(),
        "heads": heads(),
        "legend": legend(),
        "made": f"{made:%Y-%m-%d %H:%M}",
    }
