"""Edits of a hall's files: one value, one row. config.toml keeps its comments, its order and whatever nobody touched; a
CSV keeps its other columns. Pure: files in, files out. Whether the result is right is for `described.checked`.
"""

from __future__ import annotations

import csv
import pickle
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from copy import deepcopy
from functools import lru_cache
from io import StringIO
from typing import Any, NamedTuple

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Item, Table

from config.described import COLUMNS, ROWS, Files
from config.labels import label
from config.tables import SINGLE
from config.text import Told
from intake.encoding import decoded
from intake.spreadsheet import XLSX


class Edit(NamedTuple):
    """One change. `key` "" is the row: `value` a dict of its keys for a new one, None to take it away. A key whose
    `value` is None is left out, and has its default.
    """

    table: str
    row: str
    key: str
    value: Any


class NotEdited(Told):
    """The files can't take the edit: what is in the way, and what to do."""


def edited(files: Files, name: str, edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files after some edits, in their order. `name`: of the config.toml among them. Raises NotEdited."""
    made = dict(files)
    for edit in edits:
        if edit.table in ROWS:
            file = _named(made, name, edit.table)
            made[file] = _csv(made.get(file, b""), edit)
        else:
            made[name] = _toml(made[name], edit)
    return made


def _named(files: Files, name: str, table: str) -> str:
    key = ROWS[table][0]
    try:
        named = tomllib.loads(decoded(files[name])).get("hall", {}).get(key)
    except ValueError:
        named = None
    if not isinstance(named, str) or not named:
        raise NotEdited(
            f"“大厅 · {label('hall', key).zh}”空着：请先写上文件名。",
            f"hall.{key} is empty: name the file there first",
        )
    return named


# --- config.toml ------------------------------------------------------------------------------------------------------


def _toml(data: bytes, edit: Edit) -> bytes:
    text = decoded(data)
    try:
        wanted, document = pickle.loads(_read(text))
    except (ValueError, TOMLKitError):
        raise NotEdited(
            "配置文件现在读不了：请先在文件里改好错处。",
            "config.toml can't be read as TOML now: mend it in the file first",
        ) from None
    if edit.key or edit.table in SINGLE or edit.table == "screen":
        made = _value(document, wanted, edit)
    else:
        made = _row(text, document, wanted, edit)
    return made.encode()


@lru_cache(8)
def _read(text: str) -> bytes:
    """A file as plain tables, and with its comments: read once, as a draft is made anew for each look at it."""
    return pickle.dumps((tomllib.loads(text), tomlkit.parse(text)))


def _value(document: tomlkit.TOMLDocument, wanted: dict[str, Any], edit: Edit) -> str:
    table, row, key, value = edit
    if table not in document:
        document[table] = tomlkit.table(is_super_table=bool(row))
    home: Any = document[table]
    if row:
        home = _entry(home, row)
    if value is None:
        home.pop(key, None)
    elif key in home:
        _replace(home, key, value)
    else:
        _append(home, key, _item(value))
    return tomlkit.dumps(document)


def _entry(home: Any, row: str) -> Any:
    try:
        return home[int(row)] if isinstance(home, AoT | list) else home[row]
    except (KeyError, IndexError, ValueError):
        raise NotEdited(f"没有“{row}”：它已被删除。", f"there is no '{row}': it was taken away") from None


def _replace(home: Any, key: str, value: Any) -> None:
    """A new value; its comment stays in its column."""
    old = home[key]
    before = _width(old.as_string()) if isinstance(old, Item) else 0
    home[key] = _item(value)
    new = home[key]
    if isinstance(new, Item) and new.trivia.comment:
        column = before + len(new.trivia.comment_ws) - _width(new.as_string())
        new.trivia.comment_ws = " " * max(2, column)


def _append(home: Any, key: str, item: Item) -> None:
    """Behind the last value of a table: what stands below it are the comments of the next one."""
    if not isinstance(home, Table) or isinstance(home, InlineTable):
        home[key] = item
        return
    names = [name.key for name, value in home.value.body if name is not None and not isinstance(value, Table | AoT)]
    if names:
        home.value._insert_after(names[-1], key, item)
    else:
        home[key] = item


def _item(value: Any) -> Item:
    """A value as one line of TOML."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, one in value.items():
            table.append(key, _item(one))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for one in value:
            array.append(_item(one))
        return array
    made: Item = tomlkit.item(value)
    return made


def _width(text: str) -> int:
    """Columns of a text in a terminal: a Hanzi has two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


_HEADER = re.compile(r"^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}")


def _row(text: str, document: tomlkit.TOMLDocument, wanted: dict[str, Any], edit: Edit) -> str:
    """A row more or less, by its lines: the comments before the next table are the next table's. Where a file is
    written otherwise than by headers, tomlkit does it.
    """
    table, row, _, value = edit
    goal = deepcopy(wanted)
    listed = isinstance(goal.get(table), list) or table == "hours"
    if value is None:
        had = goal.get(table, [] if listed else {})
        if listed and row.isdigit() and int(row) < len(had):
            del had[int(row)]
        elif not listed and row in had:
            del had[row]
        else:
            raise NotEdited(f"没有“{row}”：它已被删除。", f"there is no '{row}': it was taken away")
        made = _without(text, table, row, listed)
    else:
        if listed:
            goal.setdefault(table, []).append(value)
        elif row in goal.setdefault(table, {}):
            raise NotEdited(f"“{row}”已有：请另取一个编号。", f"'{row}' is there already: take another id")
        else:
            goal[table][row] = value
        made = _with(text, table, row, value, listed)
    if made is not None and _same(made, goal):
        return made
    home: Any = document.setdefault(table, tomlkit.aot() if listed else tomlkit.table(is_super_table=True))
    if value is None:
        del home[int(row) if listed else row]
    elif listed:
        home.append(tomlkit.item(value))
    else:
        home[row] = tomlkit.item(value)
    return tomlkit.dumps(document)


def _same(text: str, goal: dict[str, Any]) -> bool:
    try:
        found = tomllib.loads(text)
    except ValueError:
        return False
    return {k: v for k, v in found.items() if v != {}} == {k: v for k, v in goal.items() if v not in ({}, [])}


def _blocks(lines: list[str], table: str) -> list[tuple[str, int, int]]:
    """(row, first line, line behind) of each `[table.row]` or `[[table]]`; the comments before a header are not its."""
    heads = [(n, found[1]) for n, text in enumerate(lines) if (found := _HEADER.match(text))]
    found_blocks = []
    count = -1
    for place, (start, name) in enumerate(heads):
        parts = [part.strip().strip("\"'") for part in name.split(".")]
        if parts[0] != table:
            continue
        end = heads[place + 1][0] if place + 1 < len(heads) else len(lines)
        while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
            end -= 1
        count += len(parts) == 1
        found_blocks.append((parts[1] if len(parts) > 1 else str(count), start, end))
    return found_blocks


def _without(text: str, table: str, row: str, listed: bool) -> str | None:
    lines = text.splitlines(keepends=True)
    mine = [(start, end) for name, start, end in _blocks(lines, table) if name == row]
    if not mine:
        return None
    for start, end in reversed(mine):
        while end < len(lines) and not lines[end].strip():
            end += 1
        del lines[start:end]
    return "".join(lines)


def _with(text: str, table: str, row: str, value: dict[str, Any], listed: bool) -> str | None:
    lines = text.splitlines(keepends=True)
    header = f"[[{table}]]" if listed else f"[{table}.{_key(row)}]"
    made = [f"{header}\n", *(f"{_key(key)} = {_item(one).as_string()}\n" for key, one in value.items())]
    blocks = _blocks(lines, table)
    at = blocks[-1][2] if blocks else len(lines)
    if at == len(lines) and lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return "".join([*lines[:at], "\n", *made, *lines[at:]])


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else tomlkit.item(name).as_string()


# --- the tables that it names -----------------------------------------------------------------------------------------


def _csv(data: bytes, edit: Edit) -> bytes:
    """The CSV with one cell or row changed, as UTF-8; a byte-order mark and the line ends stay."""
    if data.startswith(XLSX):
        raise NotEdited(
            "这个表是XLSX：请先另存为“CSV UTF-8”，并在“大厅”里改成新文件名。",
            "this table is an XLSX: save it as “CSV UTF-8” and write that name into [hall] first",
        )
    text = decoded(data)
    ends = "\r\n" if "\r\n" in text else "\n"
    column = ROWS[edit.table][1]
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))) if text.strip() else []
    head = rows[0] if rows else [*COLUMNS[edit.table]]
    if column not in head:
        raise NotEdited(
            f"表头里没有“{column}”：请在文件里补上这一列。",
            f"the header has no '{column}': add that column in the file",
        )
    body, at = rows[1:], head.index(column)
    mine = next((row for row in body if len(row) > at and row[at].strip() == edit.row), None)
    if edit.key == "" and edit.value is None:
        if mine is None:
            raise NotEdited(f"没有“{edit.row}”：它已被删除。", f"there is no '{edit.row}': it was taken away")
        body.remove(mine)
    else:
        values = edit.value if edit.key == "" else {edit.key: "" if edit.value is None else edit.value}
        for key in values:
            if key not in head:
                head = [*head, key]
        if mine is None:
            mine = [edit.row if name == column else "" for name in head]
            body.append(mine)
        mine += [""] * (len(head) - len(mine))
        for key, value in values.items():
            mine[head.index(key)] = str(value)
        if edit.table == "calendar":
            body.sort(key=lambda row: row[at] if len(row) > at else "")
    out = StringIO(newline="")
    csv.writer(out, lineterminator=ends).writerows([head, *body])
    return (b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b"") + out.getvalue().encode()
