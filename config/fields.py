"""How each key of a hall's files is asked for in a form, made from the models that read it, and the form's answer made
into what stands in the file. Pure; there is no second description of a key.

What somebody typed that is no number goes into the file as it is: the checker says what is wrong with it.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config import described
from config.labels import LABELS, label, part, word
from config.tables import ICONS, TABLES, CalendarDay
from config.text import Text
from config.values import OpenInterval

REFERS: dict[tuple[str, str], str] = {
    ("tickets", "help_service"): "services",
    ("tickets", "appointment_class"): "classes",
    ("tickets", "ask_party"): "services",
    ("report", "sensitive_services"): "services",
    ("extended", "services"): "services",
    ("extended", "counters"): "counters",
    ("slips", "hide_item"): "services",
    ("slips", "hide_group"): "services",
    ("groups", "services"): "services",
    ("packages", "items"): "services",
    ("slots", "services"): "services",
    ("slots", "group"): "groups",
    ("counters", "services"): "services",
    ("counters", "prefers_services"): "services",
    ("counters", "prefers_classes"): "classes",
    ("counters", "helps"): "services",
    ("counters", "printers"): "printers",
    ("kiosks", "printers"): "printers",
    ("boards", "counter"): "counters",
    ("boards", "wire"): "wires",
    ("pads", "counter"): "counters",
    ("pads", "wire"): "wires",
    ("raters", "counter"): "counters",
    ("raters", "wire"): "wires",
    ("zones", "counters"): "counters",
    ("screens", "counters"): "counters",
    ("screens", "groups"): "groups",
    ("screens", "zone"): "zones",
}
"""Keys whose values are rows of another table (`config/mistakes.py` refuses others)."""
IN_ORDER = ("touch", "grounds")
"""Lists of words whose order counts."""
OF_WEEKDAYS = (("hours", "days"), ("extended", "days"), ("slots", "days"))
"""Lists of ISO weekdays: ticked, and numbers in the file."""
LINE = "\n"
LANGUAGES = (("中文", "in Chinese"), ("英文", "in English"))
LONG = (("guides", "conditions"),)
"""Lists of sentences, not of names."""


class Cell(NamedTuple):
    """One box of a field. `kind`: text, long, number, time, choice, refer, lines (a list, one a line), ticks, maybe
    (yes, no, or nothing said).
    """

    kind: str
    choices: tuple[tuple[str, Text], ...] = ()
    """Value and what it is called."""
    refers: str = ""
    """The table whose rows may be chosen."""
    low: float | None = None
    high: float | None = None
    whole: bool = True
    name: Text = Text("", "")
    key: str = ""
    """Of a table within the table: the key it holds; "" for the name of an entry."""
    pair: bool = False
    """It is the Chinese or the English of that key."""
    default: Any = None
    needed: bool = False


MAYBE = Cell("maybe", (("", Text("没有写", "Not said")), ("true", Text("是", "Yes")), ("false", Text("否", "No"))))
TICK = Cell("maybe", (("", Text("否", "No")), ("true", Text("是", "Yes"))))


class FormField(NamedTuple):
    """One key. `shape`: one, switch, ticks, rows (a list), map (a table of names), pair (a list of two), tables (a list
    of tables), named (tables by a name).
    """

    table: str
    key: str
    shape: str
    cells: tuple[Cell, ...]
    needed: bool
    text: Text
    help: Text
    default: Any = None
    may_be_all: bool = False
    """Instead of a list the word "all"."""


def fields(table: str) -> list[FormField]:
    """The form of one table of a hall's files, in the order of its model."""
    if table in described.COLUMNS:
        return [_column(table, key) for key in described.keys(table)]
    return [_field(table, info.alias or name, info) for name, info in TABLES[table].model_fields.items()]


def _field(table: str, key: str, info: FieldInfo) -> FormField:
    kind = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    shape, cells, may_be_all = _shape(table, key, kind)
    help = Text(LABELS[table][key][2], info.description or "")
    default = described.default_of(TABLES[table], key)
    return FormField(table, key, shape, cells, info.is_required(), label(table, key), help, default, may_be_all)


def _column(table: str, key: str) -> FormField:
    """A column of a CSV that config.toml names."""
    choices: tuple[str, ...] = ()
    if (table, key) == ("calendar", "kind"):
        choices = get_args(CalendarDay.model_fields["kind"].annotation)
    if (table, key) == ("services", "图标"):
        choices = ("", *ICONS)
    if key.startswith("是否"):
        choices = ("", "是", "否")
    cell = _choice(table, key, choices) if choices else Cell("text")
    needed = key in ("kind", "事项名称", "标准分钟", "name_en")
    return FormField(table, key, "one", (cell,), needed, label(table, key), Text(LABELS[table][key][2], ""), "")


def _shape(table: str, key: str, kind: Any) -> tuple[str, tuple[Cell, ...], bool]:
    bare, _ = _bare(kind)
    origin, inside = get_origin(bare), get_args(bare)
    refers = REFERS.get((table, key), "")
    if origin in (Union, types.UnionType):
        rest = [one for one in inside if one is not type(None) and get_origin(one) is not Literal]
        if rest[0] is bool and type(None) in inside:
            return "one", (MAYBE,), False
        shape, cells, _ = _shape(table, key, rest[0])
        return shape, cells, any(get_origin(one) is Literal for one in inside)
    if bare is bool:
        return "switch", (Cell("text"),), False
    if origin is tuple:
        return "pair", tuple(_cell(table, key, one) for one in inside), False
    if bare is Text:
        return "pair", (Cell("text", name=Text("中文", "Chinese")), Cell("text", name=Text("英文", "English"))), False
    if origin in (list, dict) and (model := _table_in(inside[-1])):
        named = (Cell("text", name=part(table, key, ""), needed=True),) if origin is dict else ()
        return "named" if named else "tables", (*named, *_parts(table, key, model)), False
    if origin is list:
        return _list(table, key, inside[0], refers), _list_cells(table, key, inside[0], refers), False
    if origin is dict:
        name = _cell(table, key, inside[0])._replace(name=Text("名称", "Name"))
        return "map", (name, *_list_cells(table, key, inside[1], "")), False
    return "one", (Cell("refer", refers=refers) if refers else _cell(table, key, kind),), False


def _table_in(kind: Any) -> type[BaseModel] | None:
    bare, _ = _bare(kind)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else None


def _parts(table: str, key: str, model: type[BaseModel]) -> tuple[Cell, ...]:
    """The boxes of a table within the table, in the order of its model."""
    made: list[Cell] = []
    for name, info in model.model_fields.items():
        kind = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        bare, _ = _bare(kind)
        inside = get_args(bare) if get_origin(bare) in (Union, types.UnionType) else (bare,)
        said = part(table, key, name)
        default = None if info.is_required() else info.default
        if bool in inside:
            cells = [MAYBE if type(None) in inside else TICK]
        elif get_origin(bare) is list:
            cells = [Cell("lines")]
        elif any(_bare(one)[0] is Text for one in inside):
            cells = [
                Cell("long", pair=True, name=Text(f"{said.zh}（{zh}）", f"{said.en}, {en}")) for zh, en in LANGUAGES
            ]
        else:
            cells = [_cell(table, name, kind)]
        made += [
            one._replace(key=name, name=one.name if one.pair else said, default=default, needed=info.is_required())
            for one in cells
        ]
    return tuple(made)


def _list(table: str, key: str, kind: Any, refers: str) -> str:
    bare, _ = _bare(kind)
    words = get_origin(bare) is Literal or (table, key) in OF_WEEKDAYS
    return "ticks" if words and key not in IN_ORDER else "rows"


def _list_cells(table: str, key: str, kind: Any, refers: str) -> tuple[Cell, ...]:
    """The boxes of one entry of a list."""
    if refers:
        return (Cell("refer", refers=refers),)
    if (table, key) in OF_WEEKDAYS:
        return (_choice(table, key, tuple("1234567")),)
    if (table, key) == ("forms", "texts"):
        names = (Text("中文", "Chinese"), Text("英文", "English"), Text("样式", "Style"))
        return tuple(Cell("lines_text" if n < 2 else "text", name=name) for n, name in enumerate(names))
    bare, _ = _bare(kind)
    if bare is Text:
        box = "long" if (table, key) in LONG else "text"
        return (Cell(box, name=Text("中文", "Chinese")), Cell(box, name=Text("英文", "English")))
    if get_origin(bare) is tuple and kind != OpenInterval:
        return tuple(_cell(table, key, one) for one in get_args(bare))
    if get_origin(bare) is list:
        (one,) = get_args(bare)
        inner, _ = _bare(one)
        if get_origin(inner) is Literal:
            return (_cell(table, key, one)._replace(kind="ticks"),)
        return (Cell("lines"),)
    return (_cell(table, key, kind),)


def _cell(table: str, key: str, kind: Any) -> Cell:
    bare, bounds = _bare(kind)
    if get_origin(bare) is Literal:
        return _choice(table, key, tuple(str(one) for one in get_args(bare)))
    if bare is time:
        return Cell("time")
    if bare in (int, float):
        low = next((getattr(one, "ge", None) or getattr(one, "gt", None) for one in bounds if _is_low(one)), None)
        high = next((getattr(one, "le", None) for one in bounds if isinstance(one, annotated_types.Le)), None)
        if (table, key) == ("report", "weekly_on"):
            return _choice(table, key, tuple("1234567"))
        return Cell("number", low=0 if low is None else low, high=high, whole=bare is int)
    return Cell("text")


def _is_low(bound: Any) -> bool:
    return isinstance(bound, annotated_types.Ge | annotated_types.Gt)


def _choice(table: str, key: str, values: Sequence[str]) -> Cell:
    return Cell("choice", tuple((one, word(table, key, one)) for one in values))


def _bare(kind: Any) -> tuple[Any, list[Any]]:
    """A type without what is said of it, and that."""
    if get_origin(kind) is not Annotated:
        return kind, []
    bare, *said = get_args(kind)
    flat: list[Any] = []
    for one in said:
        flat += one.metadata if isinstance(one, FieldInfo) else [one]
    return bare, flat


# --- what stands in the file, as the boxes of a form, and back --------------------------------------------------------


def boxes(field: FormField, value: Any) -> list[list[str]]:
    """What the boxes hold: a row for each entry; one row for what is no list."""
    if field.shape == "tables":
        return [_table_boxes(field.cells, one) for one in value] if isinstance(value, list | tuple) else []
    if field.shape == "named":
        entries = value.items() if isinstance(value, Mapping) else []
        return [[str(name), *_table_boxes(field.cells[1:], one)] for name, one in entries]
    if field.shape in ("one", "switch"):
        return [[_box(value)]]
    if field.shape == "pair":
        return [[_box(one) for one in value]] if isinstance(value, list | tuple) else [[_box(value), ""]]
    if field.shape == "map":
        entries = value.items() if isinstance(value, Mapping) else []
        return [[str(name), *_entry(field.cells[1:], one)] for name, one in entries]
    return [_entry(field.cells, one) for one in value] if isinstance(value, list | tuple) else []


def _entry(cells: Sequence[Cell], value: Any) -> list[str]:
    if len(cells) == 1:
        if cells[0].kind in ("lines", "ticks") and isinstance(value, list | tuple):
            return [LINE.join(map(_box, value))]
        return [_box(value)]
    told = [_box(one) for one in value] if isinstance(value, list | tuple) else [_box(value)]
    return [*told, *[""] * (len(cells) - len(told))]


def _table_boxes(cells: Sequence[Cell], told: Any) -> list[str]:
    """A table within the table; what says no more than the default is left empty."""
    told, made, sides = told if isinstance(told, Mapping) else {}, [], dict[str, int]()
    for cell in cells:
        one = told.get(cell.key)
        if cell.pair:
            side = sides[cell.key] = sides.get(cell.key, -1) + 1
            one = one[side] if isinstance(one, list | tuple) and len(one) > side else "" if side else one
            one = "" if isinstance(one, list | tuple) else one
        (box,) = _entry((cell,), one)
        made.append("" if one == cell.default and not cell.needed else box)
    return made


def _box(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def value(field: FormField, rows: Sequence[Sequence[str]], *, all_of_them: bool = False) -> Any:
    """What a form's boxes say, as it stands in the file. Empty rows of a list are none."""
    if field.may_be_all and all_of_them:
        return "all"
    rows = [[_plain(one) for one in row] for row in rows]
    if field.shape == "switch":
        return bool(rows) and rows[0][0] == "true"
    if field.shape == "tables":
        return [_table_of(field.cells, row) for row in rows if any(row)]
    if field.shape == "named":
        return {row[0]: _table_of(field.cells[1:], row[1:]) for row in rows if any(row)}
    if field.shape == "one":
        return _typed(field.cells[0], rows[0][0] if rows else "", field)
    if field.shape == "pair" and not field.needed and not any(rows[0] if rows else ()):
        return field.default
    if field.shape == "pair":
        return [_typed(cell, one, field) for cell, one in zip(field.cells, rows[0], strict=True)] if rows else []
    if field.shape == "ticks":
        numbers = (field.table, field.key) in OF_WEEKDAYS
        return [int(row[0]) if numbers and row[0].isdigit() else row[0] for row in rows if row[0]]
    filled = [row for row in rows if any(row)]
    if field.shape == "map":
        return {row[0]: _told(field, field.cells[1:], row[1:]) for row in filled}
    return [_told(field, field.cells, row) for row in filled]


def _table_of(cells: Sequence[Cell], row: Sequence[str]) -> dict[str, Any]:
    """A table within the table from its boxes: what is left empty is left out of it."""
    made: dict[str, Any] = {}
    for cell, one in zip(cells, row, strict=True):
        if cell.pair:
            made.setdefault(cell.key, []).append(one.replace(LINE, " "))
        elif one or cell.needed:
            made[cell.key] = [part for part in one.split(LINE) if part] if cell.kind == "lines" else _typed(cell, one)
    left = {cell.key for cell in cells if cell.pair and not cell.needed and not any(made[cell.key])}
    return {key: one for key, one in made.items() if key not in left}


def _told(field: FormField, cells: Sequence[Cell], row: Sequence[str]) -> Any:
    if len(cells) == 1:
        if cells[0].kind in ("lines", "ticks"):
            return [one for one in row[0].split(LINE) if one]
        return _typed(cells[0], row[0], field)
    told = [_typed(cell, one, field) for cell, one in zip(cells, row, strict=True)]
    while len(told) > 2 and told[-1] == "":
        told.pop()
    return told


def _typed(cell: Cell, text: str, field: FormField | None = None) -> Any:
    """A number as a number, as far as it is one."""
    if cell.kind == "maybe":
        return None if not text else text == "true"
    if cell.kind == "long":
        return text.replace(LINE, " ")
    default = field.default if field else cell.default
    number = cell.kind == "number" or (cell.kind == "choice" and default is not None and isinstance(default, int))
    if not number or (field and field.table in described.COLUMNS):
        return text
    try:
        return int(text) if cell.whole or cell.kind == "choice" or text.isdigit() else float(text)
    except ValueError:
        return text


def _plain(text: str) -> str:
    return text.replace("\r\n", LINE).strip()


def said(field: FormField | None, value: Any) -> Text:
    """A value in a sentence."""
    if value in (None, "", [], {}):
        return Text("（空）", "(empty)")
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, Mapping):
        told = [said(field, one) for one in value.values()]
        pairs = [(name, one) for name, one in zip(value, told, strict=True)]
        return Text("；".join(f"{n}：{t.zh}" for n, t in pairs), "; ".join(f"{n}: {t.en}" for n, t in pairs))
    if isinstance(value, list | tuple):
        told = [said(field, one) for one in value]
        return Text("、".join(t.zh for t in told), ", ".join(t.en for t in told))
    if value == "all":
        return Text("全部", "all")
    if field and any(cell.kind in ("choice", "ticks") for cell in field.cells):
        return word(field.table, field.key, str(value))
    return Text.same(str(value))
