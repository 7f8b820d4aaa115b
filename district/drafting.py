"""A draft as somebody writes it: a piece of a hall's config.toml, or a table as CSV, becomes rows; and what is
different from an older one. Pure.
"""

from __future__ import annotations

from datetime import date, time
from typing import Any

from config import Text, Told
from config.described import COLUMNS, ROWS
from config.tables import SINGLE
from intake.encoding import Unreadable
from intake.signs import identifier
from intake.table_file import read as read_table
from intake.toml_file import toml
from server.domain import circular
from server.domain.circular import PARTS, Rows

REMOVE = "remove"
"""Key of a draft: rows that go, as "table.row"."""


def rows_of(part: str, text: str) -> Rows:
    """The rows of a draft. Raises Told with every mistake."""
    if part not in PARTS:
        raise Told(f"没有“{part}”这一类。", f"There is no part '{part}'.")
    first = text.lstrip("\ufeff").lstrip().split("\n", 1)[0]
    columns = [cell.strip().strip('"') for cell in first.replace("，", ",").split(",")]
    table = circular.table_of(part, columns)
    found = _table(table, text, columns) if table else _toml(text)
    if problems := circular.problems(part, found):
        raise Told("".join(one.zh for one in problems), " ".join(one.en for one in problems))
    return found


def _table(table: str, text: str, columns: list[str]) -> Rows:
    key = ROWS[table][1]
    made = read_table(text, COLUMNS[table], (key,), others=True)
    if made.mistakes:
        raise Told(
            "".join(f"第{one.line}行：{one.zh}" for one in made.mistakes[:5]),
            " ".join(f"Line {one.line}: {one.en}" for one in made.mistakes[:5]),
        )
    may = PARTS_OF[table]
    return {
        table: {
            identifier(row.cells[key]): {
                column: row.blocks.get(column, "").replace("\n", "；") for column in columns if column in may
            }
            for row in made.rows
            if row.cells.get(key)
        }
    }


PARTS_OF = {table: set(keys) for _, tables in PARTS.values() for table, keys in tables.items()}


def _toml(text: str) -> Rows:
    try:
        told = toml(text)
    except Unreadable as error:
        raise Told(*_unreadable(error)) from None
    gone = told.pop(REMOVE, [])
    made: dict[str, dict[str, dict[str, Any] | None]] = {}
    for table, value in told.items():
        if not isinstance(value, dict):
            raise Told(f"{table}：要写成一个表，如[{table}.X]。", f"{table}: is a table, as [{table}.X].")
        entries = {"": value} if table in SINGLE else value
        if not all(isinstance(one, dict) for one in entries.values()):
            raise Told(f"[{table}]：每行要有名称，如[{table}.X]。", f"[{table}]: each row has a name, as [{table}.X].")
        made[table] = {row: _plain(one) for row, one in entries.items()}
    for one in gone if isinstance(gone, list) else [gone]:
        table, dot, row = str(one).partition(".")
        if not dot or not row:
            raise Told(f'{REMOVE}：要写成["表.行"]。', f'{REMOVE}: is written ["table.row"].')
        made.setdefault(table, {})[row] = None
    return made


def _unreadable(error: Unreadable) -> Text:
    where = getattr(error, "line", 0)
    return Text(f"第{where}行：{error.zh}", f"Line {where}: {error.en}")


def _plain(value: Any) -> Any:
    """As JSON has it: days and times as a hall's file writes them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def difference(older: Rows, newer: Rows) -> list[tuple[str, Any, Any]]:
    """(table.row.key, before, after) of what is not the same; a row that goes is one line."""
    found: list[tuple[str, Any, Any]] = []
    for table in dict.fromkeys([*older, *newer]):
        was, now = older.get(table, {}), newer.get(table, {})
        for row in dict.fromkeys([*was, *now]):
            where = f"{table}.{row}" if row else table
            before, after = was.get(row), now.get(row)
            if after is None:
                if before is not None or row not in was:
                    found.append((where, before, None))
                continue
            before = before or {}
            for key in dict.fromkeys([*before, *after]):
                if before.get(key) != after.get(key):
                    found.append((f"{where}.{key}", before.get(key), after.get(key)))
    return found
