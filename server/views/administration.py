"""What the administration shows: the tables of the hall's files as forms, the draft in words, what waits, what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import words
from config import Text, described
from config.described import ROWS
from config.fields import Cell, FormField, boxes, fields, value
from config.labels import PARTS, ROW_NAMES, TITLES, part
from config.tables import BOARD_STATES, SINGLE
from intake import signs
from server.domain import changes
from server.domain.chain import canonical
from server.domain.timeline import who_did
from server.domain.worktime import has_calendar
from server.store.queries.descriptions import Draft
from server.verbs import configuration
from server.verbs.configuration import Wanted
from server.verbs.hub import Hub
from server.views.tickets import iso
from slip_forms import FORMS

GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("大厅与时间", "Hall and hours"), ("hall", "place", "hours", "extended", "calendar", "publications")),
    (
        Text("事项", "Services"),
        ("services", "english", "groups", "quotas", "slots", "classes", "registers", "guides", "packages"),
    ),
    (Text("窗口与叫号", "Counters and calling"), ("counters", "tickets", "console", "people", "ratings")),
    (Text("取号机与单据", "Kiosks and slips"), ("kiosks", "printers", "slips", "forms")),
    (Text("屏幕与广播", "Screens and voice"), ("boards", "board_texts", "screen", "screens", "zones", "voice")),
    (Text("线路、叫号器、评价器", "Wires, pads, raters"), ("wires", "pads", "pad_keys", "raters")),
    (
        Text("主机", "Hub"),
        ("report", "hub", "public", "remote", "sign_on", "mail", "backup", "platform", "relay", "webhooks"),
    ),
    (Text("提醒", "Notifications"), ("messages", "channels")),
)
"""The tables as the administration lists them."""
HOW = {
    "applied": Text("生效", "Applied"),
    "scheduled": Text("按时生效", "At its moment"),
    "rolled back": Text("退回", "Gone back"),
    "district": Text("区里下发", "Sent down by the district"),
    "file": Text("采用文件", "File taken"),
    "start": Text("启动", "Start"),
}
IDS = {
    "counters": Text("窗口编号", "Counter's id"),
    "services": Text("事项编码", "Code"),
    "english": Text("事项编码", "Code"),
    "quotas": Text("事项编码", "Code"),
    "calendar": Text("日期", "Date"),
    "forms": Text("单据种类", "Kind of slip"),
    "registers": Text("台账", "Register"),
    "board_texts": Text("状态", "State"),
}
"""What tells the rows of a table apart; of others it is an id of letters, digits and hyphens."""


def is_single(table: str) -> bool:
    """Whether a table has no rows."""
    return table in (*SINGLE, "screen")


def draft_now(hub: Hub) -> tuple[Draft | None, Wanted]:
    """The draft that is being written, and what it would make of the hall."""
    draft = configuration.open_draft(hub.read())
    return draft, configuration.wanted(hub, draft.edits if draft else [])


def state(hub: Hub) -> dict[str, Any]:
    """The draft, what waits for its moment, edits by hand, the versions there were."""
    draft, found = draft_now(hub)
    reader, hand = hub.read(), configuration.by_hand(hub)
    names = reader.names()
    kept = reader.descriptions()
    year = int(hub.day(hub.now())[:4])
    return {
        "version": described.version(configuration.in_force(hub)),
        "draft": {
            "id": draft.id,
            "version": described.version(found.files),
            "at": iso(hub.hall, draft.at),
            **_who(hub, names, draft.actor),
            **_told(hub, found),
        }
        if draft
        else None,
        "waiting": [
            {
                "id": one.id,
                "starts_at": iso(hub.hall, one.starts_at),
                "why": one.why,
                **_who(hub, names, one.actor),
                **Text(*one.problem).json("problem"),
                **_told(hub, configuration.wanted(hub, one.edits)),
            }
            for one in reader.drafts()
            if one.starts_at is not None
        ],
        "by_hand": None if hand is None else _told(hub, hand),
        "versions": [
            {
                "id": one.id,
                "version": one.version,
                "at": iso(hub.hall, one.at),
                "why": one.why,
                **HOW[one.how].json("how"),
                **_who(hub, names, one.actor),
                "now": place == 0,
            }
            for place, one in enumerate(kept)
        ],
        "calendar": [{"year": one, "known": has_calendar(hub.hall, one)} for one in (year, year + 1)],
    }


def _who(hub: Hub, names: Mapping[str, str], actor: str) -> dict[str, str]:
    return Text(*who_did(hub.hall, names, actor)).json("who")


def _told(hub: Hub, found: Wanted) -> dict[str, Any]:
    """A description that is not in force: its differences, its mistakes, what needs a restart."""
    return {
        "changes": [
            {
                "table": change.table,
                "row": change.row,
                "key": change.key,
                **changes.sentence(change, found.rows).json(),
            }
            for change in found.changes
        ],
        "mistakes": [wrong(found, key, text) for key, text in found.mistakes],
        "restarts": [one.json() for one in changes.restarts(hub.hall, found.hall)] if found.hall else [],
    }


def wrong(found: Wanted, at: Sequence[str | int], text: Text) -> dict[str, Any]:
    """A mistake: its key in the file, the form that it stands in and what that calls it, and the sentence."""
    table, row, key = [*map(str, at), "", "", ""][:3]
    if table not in TITLES:
        return {"where": ".".join(map(str, at)), "table": "", "row": "", **Text("", "").json("place"), **text.json()}
    if is_single(table):
        row, key = "", row
    told = {"where": ".".join(map(str, at)), "table": table, "row": row}
    return {**told, **changes.place(table, row, key, found.rows).json("place"), **text.json()}


def table_view(hub: Hub, table: str) -> dict[str, Any]:
    """The rows of a table as the draft has them; `at` is the row's id."""
    _, found = draft_now(hub)
    touched = {(change.table, change.row) for change in found.changes}
    wrong = {str(key[1]) for key, _ in found.mistakes if len(key) > 1 and key[0] == table}
    return {
        "table": table,
        **TITLES[table].json("title"),
        "single": is_single(table),
        "rows": [
            {
                "at": row,
                **_name(found, table, row, values).json("name"),
                "changed": (table, row) in touched,
                "wrong": row in wrong,
            }
            for row, values in found.rows.get(table, {}).items()
        ],
        "id_is": IDS.get(table, Text("编号", "Id")).json(),
        "lists_order": table == "hours",
        "choices": [{"value": value, **text.json()} for value, text in _new_ids(found, table)],
    }


def _new_ids(found: Wanted, table: str) -> list[tuple[str, Text]]:
    """The ids that a new row may have, where they are words of the program or rows of another table."""
    have = found.rows.get(table, {})
    if table == "forms":
        return [(kind, ROW_NAMES[kind]) for kind in FORMS if kind not in have]
    if table == "board_texts":
        return [(one, ROW_NAMES[one]) for one in BOARD_STATES if one not in have]
    if table in ("quotas", "english", "guides"):
        services = found.rows.get("services", {})
        return [(c, _name(found, "services", c, values)) for c, values in services.items() if c not in have]
    return []


def unsealed(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is read: secrets that stand in it are empty."""
    return {key: "" if (table, key) in changes.SEALED else value for key, value in values.items()}


def form_view(hub: Hub, table: str, row: str, *, new: bool = False) -> dict[str, Any] | None:
    """The form of one row as the draft has it, each mistake at its field; None for a row that there is not."""
    _, found = draft_now(hub)
    known = found.rows.get(table, {}).get(row)
    if known is None and not new:
        return None
    before = configuration.rows(hub).get(table, {}).get(row)
    values = unsealed(table, known or {})
    told = _mistakes(found, table, row)
    asked = [_explained(_named(found, row, field)) for field in fields(table)]
    return {
        "table": table,
        "row": row,
        "new": new,
        **_name(found, table, row, known).json("name"),
        "fields": [
            {
                "field": field,
                "seen": mark(field, values.get(field.key)),
                "boxes": boxes(field, values.get(field.key, field.default if field.default is not None else "")),
                "all": values.get(field.key, field.default) == "all",
                "mistakes": [text.json() for key, text in told if key == field.key],
                "changed": before is not None and before.get(field.key) != (known or {}).get(field.key),
                "administrators": table in changes.ADMINISTRATORS or (table, field.key) in changes.ADMINISTRATORS_KEYS,
                "choices": [_choices(found, cell) for cell in field.cells],
            }
            for field in asked
        ],
        "mistakes": [text.json() for key, text in told if key not in {field.key for field in fields(table)}],
    }


def mark(field: FormField, stored: Any) -> str:
    """What tells a value of a key from another, as its form would say it; None for one that is left out."""
    told = field.default if stored is None else stored
    said = told if told == "all" else value(field, boxes(field, "" if told is None else told))
    return sha256(canonical(said).encode()).hexdigest()[:16]


def _named(found: Wanted, row: str, field: FormField) -> FormField:
    """The materials of a guide are those of its service in the catalogue: chosen, not typed."""
    listed = found.rows.get("services", {}).get(row, {}).get("申请材料", "")
    if (field.table, field.key) != ("guides", "materials") or not listed:
        return field
    chosen = tuple((one, Text(one, words.say("en")(one))) for one in signs.listed(listed))
    return field._replace(cells=(field.cells[0]._replace(kind="choice", choices=chosen), *field.cells[1:]))


def _explained(field: FormField) -> FormField:
    if (field.table, field.key) not in changes.SEALED:
        return field
    more = Text("已经设了的不显示，留空就不变。", "One that is set is not shown; empty leaves it.")
    return field._replace(help=Text(f"{field.help.zh}{more.zh}", f"{field.help.en} {more.en}".strip()))


def _mistakes(found: Wanted, table: str, row: str) -> list[tuple[str, Text]]:
    """(key, sentence) of each mistake of one row; of a table of a CSV those of its file."""
    if table in ROWS:
        named = ROWS[table][0]
        return [("", text) for key, text in found.mistakes if key == ("hall", named)]
    steps = (table,) if is_single(table) else (table, row)
    told = []
    for key, text in found.mistakes:
        path = tuple(map(str, key))
        if path[: len(steps)] == steps:
            at, *inside = path[len(steps) :] or ("",)
            told.append((at, _within(table, at, inside, text)))
    return told


def _within(table: str, key: str, inside: Sequence[str], text: Text) -> Text:
    """A mistake of a table within the table with which of its rows and which box it is."""
    if not inside or (table, key) not in PARTS:
        return text
    row = (
        Text(f"第{int(inside[0]) + 1}行", f"Row {int(inside[0]) + 1}") if inside[0].isdigit() else Text.same(inside[0])
    )
    names = [row, *(part(table, key, one) for one in inside[1:2])]
    return Text(
        f"{' · '.join(one.zh for one in names)}：{text.zh}", f"{' · '.join(one.en for one in names)}: {text.en}"
    )


def _name(found: Wanted, table: str, row: str, values: Mapping[str, Any] | None) -> Text:
    return changes.name_of(table, row, found.rows, values)


def _choices(found: Wanted, cell: Cell) -> list[tuple[str, Text]]:
    """What a box may hold: words of the program, or rows of another table."""
    if cell.refers:
        rows = found.rows.get(cell.refers, {})
        return [(row, _name(found, cell.refers, row, values)) for row, values in rows.items()]
    return [*cell.choices]


def field_of(table: str, key: str) -> FormField | None:
    return next((field for field in fields(table) if field.key == key), None)
