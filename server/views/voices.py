"""What the public page shows of a complaint, a question, an order for help: its form, and how it stands for whoever
holds the receipt. The text that was lodged is never shown again, nor a name of the staff.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from config import Text
from server.domain import codes, voices
from server.domain.definition import OVER, Definition
from server.domain.reach import Reach
from server.domain.register import VISITOR, Record
from server.store import secret
from server.verbs import pain_points, records
from server.verbs.hub import Hub
from server.verbs.liability import LIABILITY
from server.verbs.voices import next_due, public
from server.views.records import Onlooker, asked_of, field_view, line_view, opens, stands_first
from server.views.tickets import iso

SAID = {
    "complaint": Text("对人、对事不满意", "Something or somebody was not right"),
    "inquiry": Text("有事想问清楚", "You want to know something"),
    "unsolved": Text("来了没办成", "You came, and it could not be done"),
    "suggestion": Text("有好主意", "You have an idea"),
    "errand": Text("来不了，要人帮办、代办或上门", "You can't come, or need somebody to help"),
}
"""What each is for, in people's own words; a register of a hall's own has its name alone."""


def choices_view(hub: Hub) -> dict[str, Any]:
    """The registers that anybody may lodge something in, the usual ones first."""
    found = public(hub)
    order = [*(key for key in SAID if key in found), *(key for key in found if key not in SAID)]
    return {
        "kinds": [
            {"key": key, **found[key].name.json("name"), **SAID.get(key, Text("", "")).json("said")} for key in order
        ],
    }


def form_view(hub: Hub, made: Definition) -> dict[str, Any]:
    """The form of one: category first, the text last but for how to reach the person."""
    move = voices.opening(made)
    needed = {one for some in made.moves[move].needed for one in some}
    asked = voices.asked_of_public(made, move)
    return {
        "key": made.key,
        **made.name.json("name"),
        **SAID.get(made.key, Text("", "")).json("said"),
        "fields": [{**field_view(hub, made, name), "needed": name in needed} for name in asked],
        "keep_days": max((made.fields[name].keep_days or 0 for name in asked), default=0),
    }


def code_of(hub: Hub, record: Record) -> str:
    return codes.record_code(secret.key(hub.hall, "code").encode(), record.id)


def voice_view(hub: Hub, record: Record) -> dict[str, Any]:
    """How one stands for whoever holds its receipt: number, kind, state, when it is answered, the answer, what may be
    said to it. Nothing of what was lodged besides its category.
    """
    made = records.definition_of(hub, record)
    told = [name for name, field in made.fields.items() if field.told and name in record.given]
    hidden = records.private_values(hub, record) if told else {}
    waits = made.states[record.state].kind == "open" and not told
    clock, due = (next_due(hub, record, hub.now()) if waits else None) or (Text("", ""), None)
    kinds = made.fields["category"].choices if "category" in made.fields else {}
    return {
        "number": record.number,
        "code": code_of(hub, record),
        **made.name.json("name"),
        **kinds.get(str(record.values.get("category")), Text("", "")).json("category"),
        **made.states[record.state].name.json("state"),
        "over": record.kind in OVER,
        "lodged": iso(hub.hall, record.opened_at),
        **clock.json("clock"),
        "due": due.isoformat() if due else None,
        "answers": [{**made.fields[name].name.json("name"), "said": hidden[name]} for name in told if name in hidden],
        "acts": [
            {
                "move": name,
                **move.name.json("name"),
                "fields": [
                    {**field_view(hub, made, one), "needed": any(one in some for some in move.needed)}
                    for one in voices.asked_of_public(made, name)
                ],
            }
            for name, move in made.moves_from(record.state).items()
            if VISITOR in move.roles and not (move.once and record.who_made(name))
        ],
    }


# --- the desk ---------------------------------------------------------------------------------------------------------

AT_ONCE = 100
KEYS = 9
"""Rows that a digit opens."""


def desk_view(hub: Hub, reach: Reach, *, mine: bool = False) -> dict[str, Any]:
    """What waits for us in all these registers, the first due first; and the day in numbers. Nothing private."""
    who, reader = Onlooker.now(hub, reach), hub.read()
    today = who.today.isoformat()
    start = datetime(who.today.year, who.today.month, who.today.day, tzinfo=hub.hall.zone).timestamp()
    found, sums = [], []
    for key, made in {**public(hub), **_inner(hub)}.items():
        asked = asked_of(hub, reach, made=made)
        if asked.held_by and not opens(made, reach.role) and not reader.states_of(key, asked):
            continue
        due = reader.records_due(key, limit=AT_ONCE, asked=asked)
        waits = [one for one in due if one.kind == "open" and (not mine or one.owner == who.staff)]
        found += [(not stands_first(made, one), one) for one in waits]
        counted = reader.count_day(key, start)
        states = reader.states_of(key, asked)
        sums.append(
            {
                "key": key,
                **made.name.json("name"),
                **counted,
                "open": sum(states.values()),
                "overdue": reader.count_due(key, today, asked),
                "nobodys": sum(not one.owner for one in due),
            }
        )
    lines = [{**_line(who, one), "first": not behind} for behind, one in found]
    lines.sort(key=lambda line: (line["due"] or "~", not line["first"], line["number"]))
    return {
        "today": today,
        "made": iso(hub.hall, hub.now()),
        "mine": mine,
        "contacts": sum(row["closed_at"] is None for row in reader.contacts(hub.now())),
        "records": [{**line, "key": n if n <= KEYS else None} for n, line in enumerate(lines[:AT_ONCE], 1)],
        "sums": sums,
    }


def _inner(hub: Hub) -> dict[str, Definition]:
    current = records.registers(hub).current
    return {key: current[key] for key in (LIABILITY, pain_points.REGISTER) if key in current}


def _line(who: Onlooker, record: Record) -> dict[str, Any]:
    made = records.definition_of(who.hub, record)
    kinds = made.fields["category"].choices if "category" in made.fields else {}
    able = [name for name, move in made.moves_from(record.state).items() if move.admits(who.role)]
    return {
        **line_view(who, record),
        **made.name.json("register_name"),
        **kinds.get(str(record.values.get("category")), Text("", "")).json("category"),
        "do": able[0] if able else "",
    }


# --- the meeting ------------------------------------------------------------------------------------------------------

CLOSED_SHOWN_S = 7 * 86_400.0


def meeting_view(hub: Hub, reach: Reach) -> dict[str, Any]:
    """堵点清单: every pain point that is open, the oldest first, and what was closed within the week.

    The words that nothing was found for stand on it though they are private fields: it is about them.
    """
    who, reader, made = Onlooker.now(hub, reach), hub.read(), records.definition(hub, pain_points.REGISTER)
    listed = reader.records_open(pain_points.REGISTER)
    closed = reader.records_closed_since(pain_points.REGISTER, hub.now() - CLOSED_SHOWN_S)
    weeks = [str(one.values["week"]) for one in listed]
    return {
        "week": max(weeks, default=""),
        "made": iso(hub.hall, hub.now()),
        "today": who.today.isoformat(),
        "records": [_pain(who, made, one) for one in listed],
        "closed": [_pain(who, made, one) for one in closed],
    }


def _pain(who: Onlooker, made: Definition, record: Record) -> dict[str, Any]:
    values = record.values
    subject = (
        who.hub.hall.service_name(record.service)
        if record.service
        else Text.same(pain_points.word(who.hub, record) or "—")
    )
    solved = made.fields["solved"].choices.get(str(values.get("solved")), Text("", ""))
    day = date.fromisoformat(str(values["week"]))
    return {
        **_line(who, record),
        **subject.json("subject"),
        "count": values["count"],
        "weeks": values.get("weeks", 1),
        "week": values["week"],
        "report": f"{day.isocalendar()[0]}-W{day.isocalendar()[1]:02d}",
        "until": values.get("until"),
        **solved.json("solved"),
    }
