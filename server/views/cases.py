"""What the back office is shown of its cases (分类办理), JSON-able: piles by what is to be done, due first, with
the keys of the moves that fit; the day on paper; what a visitor's open cases are at a counter, and how far one is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from config import Text
from server.domain.definition import Definition, MoveTable
from server.domain.reach import Reach, parts_of
from server.domain.register import Record, made_by
from server.domain.slip_facts import NAMES
from server.store.queries.records import Asked
from server.store.reader import Reader
from server.verbs import case_papers, cases, records
from server.verbs.cases import CASE
from server.verbs.hub import Hub, Unknown
from server.views.records import AT_ONCE, Onlooker, asked_of, departments, form_view, line_view, value_text, visits_view
from server.views.tickets import iso


class Pile(NamedTuple):
    """Cases that stand in some states; none: whatever state they are in."""

    name: Text
    states: tuple[str, ...] = ()


PILES = {
    "work": Pile(Text("待办", "To decide"), ("accepted", "reviewing")),
    "desk": Pile(Text("窗口收件", "At the counter"), ("received", "correcting")),
    "paused": Pile(Text("特别程序", "Paused"), ("special",)),
    "ready": Pile(Text("待领", "To be fetched"), ("ready", "posted")),
    "unfetched": Pile(Text("30天未领", "Not fetched for 30 days"), ("ready",)),
    "red": Pile(Text("已超期", "Overdue")),
    "mine": Pile(Text("我的", "Mine")),
}
COMMON = ("decide", "refuse", "resume", "accept", "complete", "deliver")
"""What is done with most cases of a state, so its key is the first; the other moves follow as in the register."""
KEYS = 9
NO_PAPER = Text("没有单据", "No paper")


# --- the back office --------------------------------------------------------------------------------------------------


def office_view(hub: Hub, reach: Reach, which: str, department: str = "", after: int = 0) -> dict[str, Any]:
    """A pile of cases, the first due first, and what can be done with them by key. Raises Unknown."""
    if which not in PILES:
        raise Unknown(f"没有“{which}”这一叠。", f"There is no pile '{which}'.")
    made, who = records.definition(hub, CASE), Onlooker.now(hub, reach)
    asked = asked_of(hub, reach, department=department)
    found = _of_pile(who, asked, which, after)
    shown = found[:AT_ONCE]
    states = {record.state for record in shown}
    return {
        "mark": _mark(who, shown),
        "pile": which,
        "piles": [
            {"pile": name, **pile.name.json("name"), "count": count} for name, pile, count in _counted(who, asked)
        ],
        "owing": hub.read().count_due(cases.OWING, asked=asked),
        "remind": hub.read().states_of(cases.OWING, asked).get("soon", 0),
        "today": who.today.isoformat(),
        "departments": departments(hub, reach),
        "bound": not reach.whole,
        "records": [_line(who, made, record) for record in shown],
        "keys": [
            {"key": n, "move": name, **move.name.json("name")}
            for n, (name, move) in enumerate(_moves(made, states, reach.role), start=1)
        ],
        "untold": sum(1 for record in shown if record.state == "ready" and not cases.since(record, "inform")),
        "next": after + AT_ONCE if len(found) > AT_ONCE else None,
    }


def news_view(hub: Hub, reach: Reach, which: str, department: str = "") -> dict[str, Any]:
    """What tells a page that is open whether its pile is still what it shows. Raises Unknown."""
    view = office_view(hub, reach, which, department)
    return {name: view[name] for name in ("mark", "pile", "piles", "owing", "remind", "today")}


def _mark(who: Onlooker, shown: Sequence[Record]) -> str:
    """Another one whenever a line of the pile is another, or the day."""
    told = f"{who.today} {[(one.id, one.state, one.changed_at, one.owner) for one in shown]}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _of_pile(who: Onlooker, asked: Asked, which: str, after: int = 0, limit: int = AT_ONCE + 1) -> list[Record]:
    reader, states = who.hub.read(), PILES[which].states
    if which == "mine":
        return reader.records_of_owner(CASE, who.staff, asked)
    if which == "unfetched":
        waiting = reader.records_in(CASE, states, asked)
        return [record for record in waiting if cases.unfetched(record, who.hub.now())]
    before = who.today.isoformat() if which == "red" else "~"
    return reader.records_due(CASE, before, limit, after, asked._replace(states=states))


def _counted(who: Onlooker, asked: Asked) -> Iterable[tuple[str, Pile, int]]:
    reader = who.hub.read()
    states = reader.states_of(CASE, asked)
    for name, pile in PILES.items():
        if name == "red":
            yield name, pile, reader.count_due(CASE, who.today.isoformat(), asked)
        elif pile.states and name != "unfetched":
            yield name, pile, sum(states.get(state, 0) for state in pile.states)
        else:
            yield name, pile, len(_of_pile(who, asked, name))


def _moves(made: Definition, states: set[str], role: str) -> list[tuple[str, MoveTable]]:
    """The moves that lead from any of some states, the common ones first; telling is done by paper."""
    able = {name: move for name, move in made.moves.items() if states & {*move.from_} and move.admits(role)}
    ordered = [*(name for name in COMMON if name in able), *(name for name in able if name not in COMMON)]
    return [(name, able[name]) for name in ordered][:KEYS]


def _line(who: Onlooker, made: Definition, record: Record) -> dict[str, Any]:
    told = cases.since(record, "inform")
    accepted = cases.since(record, "accept") or cases.since(record, "accept_owing")
    hall = who.hub.hall
    return {
        **line_view(who, record),
        "accepted": iso(hall, accepted),
        "decided": iso(hall, cases.since(record, cases.DECIDED_BY)),
        "told": iso(hall, told),
        "moves": [name for name, move in made.moves_from(record.state).items() if who.role in move.roles],
    }


# --- the day on paper -------------------------------------------------------------------------------------------------

SECTIONS = {
    "red": Text("已超期", "Overdue"),
    "today": Text("今天到期", "Due today"),
    "amber": Text("临近期限", "Due soon"),
    "other": Text("其他在办", "Others in hand"),
    "paused": Text("暂停计时", "The clock is stopped"),
}
MOST_ON_PAPER = 2000


def day_view(hub: Hub, reach: Reach, department: str = "") -> dict[str, Any]:
    """The list of a day, one part for each department: what is in hand in the back office, the most urgent first."""
    who, made = Onlooker.now(hub, reach), records.definition(hub, CASE)
    asked = asked_of(hub, reach, department=department)
    states = ("accepted", "reviewing", "special")
    found = hub.read().records_due(CASE, limit=MOST_ON_PAPER, asked=asked._replace(states=states))
    parts: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for record in found:
        line = _line(who, made, record)
        for of in parts_of(line["department"]) or [""]:
            if not department or of == department:
                parts.setdefault(of, {name: [] for name in SECTIONS})[_section(line, who.today.isoformat())].append(
                    line
                )
    return {
        "today": who.today.isoformat(),
        "made": iso(hub.hall, hub.now()),
        "departments": departments(hub, reach),
        "department": department,
        "parts": [
            {
                "department": name,
                "count": sum(len(lines) for lines in sections.values()),
                "sections": [
                    {"section": key, **SECTIONS[key].json("name"), "records": lines}
                    for key, lines in sections.items()
                    if lines
                ],
            }
            for name, sections in sorted(parts.items())
        ],
    }


def _section(line: Mapping[str, Any], today: str) -> str:
    if line["colour"] in ("red", "black"):
        return "red"
    if line["due"] is None:
        return "paused"
    return "today" if line["due"] == today else "amber" if line["colour"] == "amber" else "other"


# --- what was late, to be published -----------------------------------------------------------------------------------

LOOKED_BACK_S = 400 * 86400.0
"""A case decided in a month was opened at most so long before; the longest term with its extension is well inside."""


def late_view(hub: Hub, reach: Reach, month: str, department: str = "") -> dict[str, Any]:
    """超期公示: the cases decided late in a month such as 2026-11, each with the reason that was given, of what the
    register calls public and nothing besides. Raises Unknown.
    """
    who, made = Onlooker.now(hub, reach), records.definition(hub, CASE)
    start, end = records.month(hub, month)
    asked = asked_of(hub, reach, department=department)
    found = hub.read().records_opened(CASE, start - LOOKED_BACK_S, end, limit=1_000_000, asked=asked)
    shown = {name: field for name, field in made.fields.items() if field.public and not field.private}
    lines, decided = [], 0
    for record in reversed(found):
        at, told = cases.since(record, cases.DECIDED_BY), record.verdicts.get("promised")
        if at is None or not start <= at < end or told is None:
            continue
        decided += 1
        if told["late"]:
            public = {
                name: value_text(who, field, record.values[name]).json("said")
                for name, field in shown.items()
                if name in record.values
            }
            due = {"due": told["due"], "decided": iso(hub.hall, at), "used": told["used"]}
            lines.append({"number": record.number, **due, "public": public})
    return {
        "month": month,
        "department": department,
        "columns": [{"field": name, **field.name.json("name")} for name, field in shown.items()],
        "records": lines,
        "decided": decided,
        "made": iso(hub.hall, hub.now()),
    }


# --- at a counter and at a kiosk --------------------------------------------------------------------------------------


def visitor_view(hub: Hub, reach: Reach, text: str) -> dict[str, Any]:
    """The open cases of whoever holds a paper, by its code or number: how each stands, what it was told to be missing
    and how often, and the form of each move that can be made now. Raises Unknown, and Elsewhere.
    """
    reader = hub.read()
    found = cases.of_visitor(hub, reader, text)
    if not found:
        raise Unknown("没有找到这个码或编号的办件，请核对。", "There is no case of this code or number: check it.")
    records.in_reach(hub, reach, found[0])
    who = Onlooker.now(hub, reach)
    return {"cases": [_visitors(who, reader, record) for record in found if reach.holds(record, hub.hall.services)]}


def _visitors(who: Onlooker, reader: Reader, record: Record) -> dict[str, Any]:
    hub, made = who.hub, records.definition_of(who.hub, record)
    told = [step for step in record.moves if step.move == "tell"]
    materials = hub.hall.services[record.service].materials if record.service in hub.hall.services else ()
    return {
        **line_view(who, record),
        "visits": visits_view(hub, record),
        "told": len(told),
        "told_at": iso(hub.hall, told[-1].at) if told else None,
        "missing": list(record.values.get("missing", ())),
        "acknowledged": bool(told) and (cases.since(record, "acknowledge") or 0) >= told[-1].at,
        "owed": list(record.values.get("owed", ())),
        "received": list(record.values.get("received", ())),
        "materials": list(materials),
        "moves": [
            form_view(hub, made, name, {**cases.prefilled(record.register, name), **record.values}, who.role)
            for name, move in _moves(made, {record.state}, who.role)
            if not (move.once and record.who_made(name)) and not made_by(record, move, who.staff)
        ],
    }


def slips_view(hub: Hub, reach: Reach, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Cases whose paper is to be printed, each with which that is. Raises Unknown, and Elsewhere."""
    who, reader = Onlooker.now(hub, reach), hub.read()
    found = [records.in_reach(hub, reach, records.known_record(reader, one)) for one in dict.fromkeys(ids)]
    kinds = [(record, case_papers.kind_of(record)) for record in found]
    return [{**line_view(who, record), **(NAMES[kind] if kind else NO_PAPER).json("paper")} for record, kind in kinds]
