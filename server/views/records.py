"""What is shown of registers (台账) and their records, JSON-able: lists, one record with its life, the form of each
move, a month's ledger. A list shows nothing private; a record shows it to those who may make a move of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import words
from config import Text
from server.domain import deadline, register, voices
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.deadline import COLOURS, Reading
from server.domain.definition import ABOUT, DISTRICT, EQUIPMENT, OVER, STATE_KINDS, Definition, FieldTable
from server.domain.reach import Reach, departments_of, services_of
from server.domain.register import OWED, OWNER, SERVICE, SEVERITY, Record, made_by
from server.domain.vocabulary import CONTACT_RESULTS
from server.store.queries.records import Asked
from server.verbs import records
from server.verbs.cases import CASE, prefilled, visits_of
from server.verbs.hub import Hub, Unknown
from server.verbs.liability import LIABILITY
from server.views.tickets import iso

LISTS = {
    "due": Text("先到期的", "Due first"),
    "mine": Text("我的", "Mine"),
    "red": Text("已超期", "Overdue"),
    "still": Text("30天未动", "Still for 30 days"),
    "all": Text("全部", "All"),
    "moved": Text("日历变动", "Moved by the calendar"),
}
NAMED_BY = {EQUIPMENT: ("finding", "piece"), "inspection": ("finding", "source")}
"""Register -> another and its link, whose records stand at the one that they name."""
AT_ONCE = 200
"""Rows of one page of a list."""
YES_NO = {True: Text("是", "Yes"), False: Text("否", "No")}
NOBODY = {"": "—", "hub": "—", register.VISITOR: "群众", DISTRICT: "区里"}
"""Who has a record that nobody has taken, and who makes a move on the public page."""
STILL_S = 30 * 86400.0
"""A record with which nothing was done for so long is on a list of its own: results that nobody fetched among them."""


@dataclass(frozen=True)
class Onlooker:
    """Who reads, when: names of staff, today, whose records are in reach, the role that decides what is private."""

    hub: Hub
    names: Mapping[str, str]
    today: date
    reach: Reach

    @classmethod
    def now(cls, hub: Hub, reach: Reach) -> Onlooker:
        return cls(hub, hub.read().names(), records.ground(hub).day(hub.now()), reach)

    @property
    def staff(self) -> str:
        return self.reach.staff

    @property
    def role(self) -> str:
        return self.reach.role

    def person(self, staff: str) -> dict[str, str]:
        if staff in NOBODY:
            return {"id": "", "name": NOBODY[staff]}
        return {"id": staff, "name": self.names.get(staff, staff)}


# --- registers and their lists ----------------------------------------------------------------------------------------


def asked_of(hub: Hub, reach: Reach, *, department: str = "", state: str = "", made: Definition | None = None) -> Asked:
    """What a list is asked for: what is in reach, of that department, in that state; of a register that keeps anything
    close (`made`) nothing that is not for this person.
    """
    close = made is not None and ABOUT in made.fields
    held = made is not None and reach.held(made)
    services = hub.hall.services
    return Asked(
        reach.services(services),
        reach.staff,
        services_of(services, department) if department else None,
        (state,) if state else (),
        hidden_from=reach.staff if close else "",
        told_in=register.told_in(made) if made and close else (),
        held_by=reach.staff if held else "",
    )


def index_view(hub: Hub, reach: Reach) -> list[dict[str, Any]]:
    """Each register: how many are open, due today, overdue, and in which states they stand."""
    reader, today = hub.read(), records.ground(hub).day(hub.now())
    found = []
    for key, made in records.registers(hub).current.items():
        asked = asked_of(hub, reach, made=made)
        states = reader.states_of(key, asked)
        if asked.held_by and not states and not opens(made, reach.role):
            continue  # nothing of it is this person's
        found.append(
            {
                "key": key,
                **made.name.json("name"),
                "open": sum(states.values()),
                "overdue": reader.count_due(key, today.isoformat(), asked),
                "due_today": reader.count_due(key, (today + timedelta(days=1)).isoformat(), asked)
                - reader.count_due(key, today.isoformat(), asked),
                "states": [
                    {"state": state, **table.name.json("name"), "kind": table.kind, "open": states.get(state, 0)}
                    for state, table in made.states.items()
                    if table.kind in ("open", "waiting")
                ],
            }
        )
    return found


def opens(made: Definition, role: str) -> bool:
    """Whether a role may put anything on record in a register."""
    return made.worked_by(role, [None])


def definition_view(hub: Hub, key: str, role: str) -> dict[str, Any]:
    """A register: its states, its fields, what opens a record of it, and which move needs what."""
    made = records.definition(hub, key)
    return {
        "key": key,
        "version": made.version,
        **made.name.json("name"),
        "states": [{"state": s, **table.name.json("name"), "kind": table.kind} for s, table in made.states.items()],
        "fields": [field_view(hub, made, name, "") for name in made.fields],
        "opens": [form_view(hub, made, name, {}, role) for name in made.moves_from(None)],
        "moves": [
            {
                "move": name,
                **move.name.json("name"),
                "from": move.from_,
                "to": move.to,
                "roles": move.roles,
                "needs": move.needed,
                "may": move.may,
            }
            for name, move in made.moves.items()
        ],
    }


def list_view(
    hub: Hub, key: str, which: str, reach: Reach, *, department: str = "", state: str = "", after: int = 0
) -> dict[str, Any]:
    """A list of a register: due first, mine, overdue, all (the newest first), moved by the calendar."""
    made, reader = records.definition(hub, key), hub.read()
    if which not in LISTS:
        raise Unknown(
            f"没有列表“{which}”：{'、'.join(LISTS)}。", f"There is no list '{which}': one of {', '.join(LISTS)}."
        )
    who, was = Onlooker.now(hub, reach), {}
    asked = asked_of(hub, reach, department=department, state=state, made=made)
    if which == "mine":
        found = reader.records_of_owner(key, who.staff, asked)
    elif which == "red":
        found = reader.records_due(key, who.today.isoformat(), AT_ONCE, after, asked)
    elif which == "all":
        found = reader.records_opened(key, limit=AT_ONCE, after=after, asked=asked)
    elif which == "still":
        found = reader.records_still(key, hub.now() - STILL_S, asked)
    elif which == "moved":
        moved = reader.records_moved(key, asked)
        found, was = [record for record, _ in moved], {record.id: records.moved_from(text) for record, text in moved}
    else:
        found = reader.records_due(key, limit=AT_ONCE, after=after, asked=asked)
    if which in ("due", "mine", "red"):
        found = sorted(found, key=lambda record: not stands_first(made, record))
    lines = [{**line_view(who, record), "was": was.get(record.id)} for record in found]
    return {
        "key": key,
        **made.name.json("name"),
        "list": which,
        "today": who.today.isoformat(),
        "records": lines,
        "next": after + AT_ONCE if len(found) >= AT_ONCE and which in ("due", "red", "all") else None,
        "departments": departments(hub, reach),
    }


def stands_first(made: Definition, record: Record) -> bool:
    """Whether a record is served before others by a choice of its own (`first` of a field)."""
    return any(record.values.get(name) in field.first for name, field in made.fields.items() if field.first)


def department_of(hub: Hub, record: Record) -> str:
    """Whose the service is; empty for a service that the catalogue has no more."""
    known = hub.hall.services.get(record.service)
    return known.department if known else ""


def departments(hub: Hub, reach: Reach) -> list[str]:
    """Those that somebody may choose of."""
    return departments_of(hub.hall.services) if reach.whole else [reach.department]


def line_view(who: Onlooker, record: Record) -> dict[str, Any]:
    """A record as a line of a list: nothing private."""
    hub, made = who.hub, records.definition_of(who.hub, record)
    readings = register.clocks(made, record, records.ground(hub), who.today)
    first = register.foremost(made, readings)
    shown = readings[first] if first else None
    colour = max((r.colour for r in readings.values() if not r.ended), key=SEVERITY.index, default="green")
    table = made.states[record.state]
    return {
        "id": record.id,
        "register": record.register,
        "number": record.number,
        "state": record.state,
        **table.name.json("state_name"),
        "kind": record.kind,
        **STATE_KINDS[record.kind].json("kind_name"),
        "service": {"code": record.service, **hub.hall.service_name(record.service).json("name")}
        if record.service
        else None,
        **_what(who, made, record).json("what"),
        "department": department_of(hub, record),
        "owner": who.person(record.owner),
        "opened": iso(hub.hall, record.opened_at),
        "changed": iso(hub.hall, record.changed_at),
        "closed": iso(hub.hall, record.closed_at),
        "due": shown.due.isoformat() if shown and shown.due else None,
        "left": shown.left if shown else None,
        "clock": made.clocks[first].name.json() if first else None,
        **(_said(made, record, first, shown) if first and shown else Text("", "")).json("due_said"),
        "colour": colour,
        **COLOURS[colour].json("colour_name"),
        "late": [name for name, verdict in record.verdicts.items() if verdict["late"]],
    }


def _what(who: Onlooker, made: Definition, record: Record) -> Text:
    """What a record of no service is: the first thing that is chosen when one is opened, such as a finding's line."""
    if record.service:
        return Text("", "")
    for move in made.moves_from(None).values():
        for name in move.asked:
            if made.fields[name].kind in ("choice", "staff") and record.values.get(name):
                return value_text(who, made.fields[name], record.values[name])
    return Text("", "")


def _said(made: Definition, record: Record, clock: str, reading: Reading) -> Text:
    return deadline.said(reading, register.unit_of(made, record, clock))


# --- one record -------------------------------------------------------------------------------------------------------


def record_view(hub: Hub, record: Record, reach: Reach) -> dict[str, Any]:
    """One record with its clocks, its values, its whole life, and a form for each move that can be made now."""
    who, made = Onlooker.now(hub, reach), records.definition_of(hub, record)
    staff, role = who.staff, who.role
    hidden = records.private_values(hub, record) if record.given and reach.reads(record, made) else {}
    on = records.ground(hub)
    runs = register.runs(made, record.moves, on)
    clocks = [
        {
            "clock": name,
            **made.clocks[name].name.json("name"),
            **_said(made, record, name, reading).json("said"),
            "used": reading.used,
            "left": reading.left,
            "due": reading.due.isoformat() if reading.due else None,
            "first_due": reading.first_due.isoformat() if reading.first_due else None,
            "colour": reading.colour,
            **COLOURS[reading.colour].json("colour_name"),
            "running": reading.running,
            "ended": reading.ended,
            "provisional": reading.provisional,
            **deadline.working(deadline.counted(runs[name], on.calendar, who.today)).json("working"),
        }
        for name, reading in register.clocks(made, record, on, who.today).items()
    ]
    moves = made.moves_from(record.state)
    return {
        **line_view(who, record),
        "register_name": made.name.zh,
        "register_name_en": made.name.en,
        "ticket": record.ticket,
        "receipt": bool(voices.opening(made)),
        "bundle": record.register == LIABILITY,
        "visits": visits_view(hub, record),
        "contacts": [_contact(who, row) for row in hub.read().contacts_of_record(record.number)],
        "erased": iso(hub.hall, record.erased_at),
        "clocks": clocks,
        "values": [_shown(who, made, record, name, hidden) for name in made.fields if _has(record, name)],
        "named_by": [line_view(who, one) for one in _naming(who, record)],
        "life": life_view(who, record),
        "moves": [
            form_view(hub, made, name, {**usual(made, staff), **record.values}, role)
            for name, move in moves.items()
            if move.admits(role)
            and not (move.once and record.who_made(name))
            and not made_by(record, move, staff)
            and not register.concerning(record.values.get(ABOUT), move, staff)
        ],
        "others": [move.name.json() for move in moves.values() if made_by(record, move, staff) and role in move.roles],
        "correctable": [
            field_view(hub, made, name, record.service)
            for name in made.fields
            if _has(record, name) and name not in made.of_district and register.may_correct(record, staff, role)
        ],
        "erasable": bool(record.given) and record.values.get(ABOUT) != staff,
    }


def _naming(who: Onlooker, record: Record) -> list[Record]:
    """The records that name this one by a link and that are for this person's eyes, the newest first."""
    if record.register not in NAMED_BY:
        return []
    register_, field = NAMED_BY[record.register]
    reader = who.hub.read()
    found = [records.known_record(reader, one) for one in reader.records_naming(register_, field, record.number)]
    return [one for one in found[::-1] if who.reach.sees(one, records.definition_of(who.hub, one))]


def linked(who: Onlooker, number: str) -> str:
    """The address of a record that another names; empty where it is not for this person's eyes."""
    found = who.hub.read().record_numbered(number)
    sees = found is not None and who.reach.sees(found, records.definition_of(who.hub, found))
    return f"/registers/{found.register}/{found.id}" if found and sees else ""


def _contact(who: Onlooker, row: Any) -> dict[str, Any]:
    """首问 that became this record: who was asked first, and where it led."""
    return {
        "at": iso(who.hub.hall, row["at"]),
        "by": who.person(row["staff"]),
        "matter": row["matter"],
        "led_to": row["led_to"],
        **CONTACT_RESULTS[row["result"]].json("result"),
    }


def life_view(who: Onlooker, record: Record) -> list[dict[str, Any]]:
    """All that happened to a record, in order; what is private is said to have been given, no more."""
    made = records.definition_of(who.hub, record)
    return [_step(who, made, row) for row in who.hub.read().life_of_record(record)]


def usual(made: Definition, staff: str) -> dict[str, Any]:
    """What the form of a move says before anybody has, in a register of the public's: the easy grade, and that whoever
    looks has it. It stands there to be read and changed.
    """
    if not voices.opening(made):
        return {}
    grade = made.fields.get("grade")
    return {OWNER: staff, **({"grade": next(iter(grade.choices))} if grade else {})}


def visits_view(hub: Hub, record: Record) -> dict[str, Any] | None:
    """一趟: how often somebody came for a case, against what its guide promises; None for other registers."""
    if record.register != CASE:
        return None
    made, most = visits_of(hub, hub.read(), record)
    zh, en = f"到厅{made}次", f"{made} {'visit' if made == 1 else 'visits'}"
    over = most is not None and made > most
    if over:
        zh, en = f"{zh}，超过承诺的{most}次", f"{en}, more than the {most} promised"
    elif most is not None:
        zh, en = f"{zh}，承诺最多{most}次", f"{en}, {most} promised at most"
    return {"made": made, "promised": most, "over": over, **Text(zh, en).json("said")}


def _has(record: Record, name: str) -> bool:
    return name in record.values or name in record.given


def _shown(who: Onlooker, made: Definition, record: Record, name: str, hidden: Mapping[str, str]) -> dict[str, Any]:
    field = made.fields[name]
    pictures = photographs(hidden.get(name, "")) if field.kind == "photos" else []
    if pictures:
        said = Text(f"{len(pictures)}张", str(len(pictures)))
    elif field.private:
        said = Text.same(hidden[name]) if name in hidden else Text("已填写，不显示", "Given, not shown")
    else:
        said = value_text(who, field, record.values[name])
    return {
        "field": name,
        **field.name.json("name"),
        **said.json("said"),
        "private": field.private,
        "photographs": pictures,
        "address": linked(who, str(record.values[name])) if field.kind == "link" and name in record.values else "",
    }


def photographs(kept: str) -> list[str]:
    """What a field of photographs holds, each as an address that a page shows by itself."""
    return [f"data:image/jpeg;base64,{one}" for one in kept.split("\n") if one]


def value_text(who: Onlooker, field: FieldTable, value: Any) -> Text:
    """A value as people read it; what no list knows any more is its own code."""
    hall = who.hub.hall
    if value is None:
        return Text("—", "–")
    if field.kind == "choice":
        return field.choices.get(str(value), Text.same(str(value)))
    if field.of == EQUIPMENT:
        told = [piece_text(who.hub, one) for one in (value if isinstance(value, list) else [value])]
        return Text("、".join(one.zh for one in told), ", ".join(one.en for one in told))
    if field.kind == "checklist":
        told = [
            hall.service_name(str(one)) if field.of == "services" else field.choices.get(str(one), _material(str(one)))
            for one in value
        ]
        return Text("、".join(one.zh for one in told) or "—", ", ".join(one.en for one in told) or "–")
    if field.kind == "yes/no":
        return YES_NO[bool(value)]
    if field.kind == "service":
        return hall.service_name(str(value))
    if field.kind == "counter":
        return hall.counter_name(str(value))
    if field.kind == "staff":
        return Text.same(f"{who.names.get(str(value), '')} {value}".strip())
    return Text.same(str(value))


def piece_text(hub: Hub, number: str) -> Text:
    """A piece of equipment as people read it: what it is, where it stands, its number."""
    found = hub.read().record_numbered(number)
    if found is None:
        return Text.same(number)
    return _piece(hub, found)


def _piece(hub: Hub, piece: Record) -> Text:
    fields, told = records.definition_of(hub, piece).fields, piece.values
    kind = fields["kind"].choices.get(str(told.get("kind")), Text.same(""))
    counter, where = told.get("counter"), fields["where"].choices.get(str(told.get("where")), Text.same(""))
    place = hub.hall.counter_name(str(counter)) if counter else where
    return Text(f"{kind.zh}（{place.zh}）{piece.number}", f"{kind.en} ({place.en}) {piece.number}")


def _step(who: Onlooker, made: Definition, row: Row) -> dict[str, Any]:
    """One row of a record's life: what happened, in a sentence, with the values that were given."""
    event, values = row.happened(), []
    if isinstance(event, ev.RecordOpened | ev.RecordMoved):
        said = made.moves[event.move].name
        values = [
            {**made.fields[name].name.json("name"), **value_text(who, made.fields[name], value).json("said")}
            for name, value in event.values.items()
            if name in made.fields
        ] + [
            {**made.fields[name].name.json("name"), **Text("已填写，不显示", "Given, not shown").json("said")}
            for name in event.given
            if name in made.fields
        ]
    elif isinstance(event, ev.RecordCorrected):
        field = made.fields[event.field]
        told = (
            Text("旧值和新值不显示", "Old and new are not shown")
            if event.sealed
            else Text(
                f"{value_text(who, field, event.old).zh} → {value_text(who, field, event.new).zh}",
                f"{value_text(who, field, event.old).en} → {value_text(who, field, event.new).en}",
            )
        )
        said = Text(f"更正“{field.name.zh}”：{event.reason}", f"Corrected '{field.name.en}': {event.reason}")
        values = [{**field.name.json("name"), **told.json("said")}]
    else:
        assert isinstance(event, ev.RecordErased)
        names = [made.fields[name].name for name in event.fields if name in made.fields]
        why = (
            Text("保存期满", "kept long enough") if event.reason == records.BY_TERM else Text("本人要求", "by request")
        )
        said = Text(
            f"删除个人信息（{why.zh}）：{'、'.join(name.zh for name in names)}",
            f"Personal data erased ({why.en}): {', '.join(name.en for name in names)}",
        )
    return {
        "seq": row.seq,
        "at": iso(who.hub.hall, row.at),
        "by": who.person(row.actor),
        **said.json("said"),
        "values": values,
    }


# --- forms ------------------------------------------------------------------------------------------------------------


def form_view(hub: Hub, made: Definition, name: str, values: Mapping[str, Any], role: str) -> dict[str, Any]:
    """The form of a move: its fields in order, those that are needed, and of which groups one is enough."""
    move = made.moves[name]
    needed = {one[0] for one in move.needed if len(one) == 1}
    either = {field: n for n, one in enumerate(move.needed) if len(one) > 1 for field in one}
    return {
        "move": name,
        **move.name.json("name"),
        "to": made.states[move.to].name.json(),
        "may": move.admits(role),
        "fields": [
            {
                **field_view(hub, made, field, str(values.get(SERVICE, ""))),
                "needed": field in needed,
                "either": either.get(field),
                "late_only": field in move.late_needs,
                "value": None if field in made.private else values.get(field),
            }
            for field in move.asked
        ],
    }


def field_view(hub: Hub, made: Definition, name: str, service: str = "") -> dict[str, Any]:
    field = made.fields[name]
    return {
        "field": name,
        **field.name.json("name"),
        "kind": field.kind,
        "private": field.private,
        "options": _options(hub, name, field, service),
        "of": field.of,
        "pattern": field.pattern,
    }


def _options(hub: Hub, name: str, field: FieldTable, service: str) -> list[dict[str, str]] | None:
    hall = hub.hall
    if field.of == EQUIPMENT:
        made = records.definition(hub, EQUIPMENT)
        pieces = hub.read().records_in(EQUIPMENT, tuple(s for s, one in made.states.items() if one.kind not in OVER))
        return [{"value": one.number, **_piece(hub, one).json("name")} for one in pieces]
    if field.kind == "choice" or (field.kind == "checklist" and not field.of):
        return [{"value": key, **name.json("name")} for key, name in field.choices.items()]
    if field.kind == "checklist" and field.of == "services":
        return [{"value": code, **one.text.json("name")} for code, one in hall.services.items()]
    if field.kind == "checklist":
        known = hall.services.get(service)
        listed = () if known is None else known.may_follow if name == OWED else known.materials
        return [{"value": one, **_material(one).json("name")} for one in listed]
    if field.kind == "service":
        return [{"value": code, **one.text.json("name")} for code, one in hall.services.items()]
    if field.kind == "counter":
        return [{"value": code, **one.text.json("name")} for code, one in hall.counters.items()]
    if field.kind == "staff":
        return [
            {"value": row["id"], **Text.same(f"{row['name']} {row['id']}").json("name")}
            for row in hub.read().everybody()
            if row["active"]
        ]
    return None


def several_view(hub: Hub, key: str, move: str, ids: Sequence[int], reach: Reach) -> dict[str, Any]:
    """The form of a move with several records at once, filled in as far as it is common to them; where to type first.

    Raises Unknown.
    """
    made = records.definition(hub, key)
    if move not in made.moves:
        raise Unknown(f"没有“{move}”这一步。", f"There is no move '{move}'.")
    found = [records.known_record(hub.read(), one) for one in ids]
    services = {record.service for record in found}
    values = {**prefilled(key, move), **({SERVICE: next(iter(services))} if len(services) == 1 else {})}
    form, on = form_view(hub, made, move, values, reach.role), records.ground(hub)
    today = on.day(hub.now())
    late = any(register.ends_late(made, move, register.clocks(made, record, on, today)) for record in found)
    form["fields"] = [
        {**field, "needed": field["needed"] or field["late_only"], "late_only": False}
        for field in form["fields"]
        if late or not field["late_only"]
    ]
    return {
        "key": key,
        **made.name.json("name"),
        "form": form,
        "late": late,
        "focus": _first_empty(form["fields"]),
        "records": [
            {
                "id": record.id,
                "number": record.number,
                **(hub.hall.service_name(record.service) if record.service else Text("", "")).json("service"),
            }
            for record in found
        ],
    }


def _first_empty(fields: Sequence[Mapping[str, Any]]) -> str:
    """The first field that has to be filled in and is not; of several of which one is enough, none is needed any more
    once one is. Empty: nothing is left to type.
    """
    done = {field["either"] for field in fields if field["either"] is not None and field["value"]}
    return next(
        (
            field["field"]
            for field in fields
            if not field["value"] and (field["needed"] or (field["either"] is not None and field["either"] not in done))
        ),
        "",
    )


# --- a month on paper, and as a table ---------------------------------------------------------------------------------


def columns(made: Definition) -> list[tuple[str, Text]]:
    """What is exported of a register: nothing private."""
    fixed = {
        "number": Text("编号", "Number"),
        "state": Text("状态", "State"),
        "opened": Text("开立", "Opened"),
        "closed": Text("办结", "Closed"),
        OWNER: Text("经办人", "Handled by"),
    }
    fields = {name: field.name for name, field in made.fields.items() if not field.private and name not in fixed}
    clocks = {
        f"{name}.{part}": Text(f"{clock.name.zh}{said.zh}", f"{clock.name.en}, {said.en}")
        for name, clock in made.clocks.items()
        for part, said in (
            ("due", Text("到期日", "due")),
            ("used", Text("用时", "used")),
            ("late", Text("超期", "late")),
        )
    }
    return [*fixed.items(), *fields.items(), *clocks.items()]


def paper_view(table: dict[str, Any], made: Definition) -> dict[str, Any]:
    """The table as one sheet of A4 holds it: of the fields those that figures are split by, of the clocks the promises,
    and of both what any record has. The whole of it is in the files.
    """
    kept = {"number", "state", "opened", "closed", OWNER} | {name for name, field in made.fields.items() if field.cut}
    kept |= {f"{name}.{part}" for name, clock in made.clocks.items() if not clock.law_of for part in ("due", "late")}
    used = {column for row in table["rows"] for column, cell in row.items() if cell is not None}
    shown = [one for one in table["columns"] if one["column"] in kept & used]
    return {**table, "columns": shown}


def table_view(hub: Hub, key: str, month: str, reach: Reach) -> dict[str, Any]:
    """The records that were opened in a month, in order, as a table."""
    made = records.definition(hub, key)
    start, end = records.month(hub, month)
    who = Onlooker.now(hub, reach)
    found = hub.read().records_opened(key, start, end, limit=100_000, asked=asked_of(hub, reach, made=made))[::-1]
    return {
        "key": key,
        **made.name.json("name"),
        "month": month,
        "columns": [{"column": name, **said.json("name")} for name, said in columns(made)],
        "rows": [_cells(who, record) for record in found],
        "made": iso(hub.hall, hub.now()),
    }


def _cells(who: Onlooker, record: Record) -> dict[str, Any]:
    """One record as a row: numbers and yes/no as they are, the rest as people read it, both languages."""
    made = records.definition_of(who.hub, record)
    cells: dict[str, Any] = {
        "number": record.number,
        "state": list(made.states[record.state].name),
        "opened": iso(who.hub.hall, record.opened_at),
        "closed": iso(who.hub.hall, record.closed_at),
        OWNER: who.person(record.owner)["name"],
    }
    for name, value in record.values.items():
        field = made.fields.get(name)
        if field and not field.private and name not in cells:
            cells[name] = value if field.kind == "number" else list(value_text(who, field, value))
    for name, reading in register.clocks(made, record, records.ground(who.hub), who.today).items():
        told = record.verdicts.get(name) if reading.ended else None
        due = told["due"] if told else reading.due.isoformat() if reading.due else None
        cells |= {
            f"{name}.due": due,
            f"{name}.used": told["used"] if told else reading.used,
            f"{name}.late": list(YES_NO[told["late"] if told else reading.late]),
        }
    return cells


def erased_view(hub: Hub, reach: Reach) -> list[dict[str, Any]]:
    """What was erased, the newest first, and whether anything of it is left."""
    reader, found = hub.read(), []
    for row in reader.erasures():
        event = row.happened()
        assert isinstance(event, ev.RecordErased)
        record = records.known_record(reader, event.record)
        made = records.definition_of(hub, record)
        if not reach.holds(record, hub.hall.services) or not reach.sees(record, made):
            continue
        names = [made.fields[name].name for name in event.fields if name in made.fields]
        kept = reader.private(record.id)
        left = {*(kept[1] if kept else {})} & {*event.fields}
        found.append(
            {
                "seq": row.seq,
                "at": iso(hub.hall, row.at),
                "number": record.number,
                "fields": "、".join(name.zh for name in names),
                "fields_en": ", ".join(name.en for name in names),
                "by_request": event.reason == records.BY_REQUEST,
                "gone": not left and (bool(record.given) or kept is None),
            }
        )
    return found


def _material(name: str) -> Text:
    """A paper as the catalogue calls it, in English where its words have it."""
    return Text(name, words.say("en")(name) if name else "")
