"""What each commit changes, as the second machine needs it, and how that machine puts it into its own database.

A batch is one commit: its rows of the journal, and of each table beside the journal the rows that it touched, as they
are afterwards. Triggers of the writer's own connection note which those are; they are in no file, and gone with it.
Each batch has a mark, a hash over the mark before it and the batch, which both databases keep in the same transaction:
with the journal's own chain it proves that the two are one.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from server.domain.chain import COLUMNS, Row
from server.store.tables import APART, BESIDE
from server.store.transaction import Turn

CARRIED = tuple(sorted({*APART, *BESIDE} - {"legs", "second_marks"}))
"""Tables that no row of the journal rebuilds. `legs` follow from it, the mark is each database's own."""
PRIVATE = frozenset(("private_keys", "private_fields", "holders", "bookers", "messages", "letters", "punch_keys"))
"""Tables of which a row that goes, or gives way to another, must stand nowhere any more (`Store.sweep`)."""
BYTES = "b64"


class Batch(NamedTuple):
    """One commit. `body`: JSON, as it goes over the line."""

    base: str
    mark: str
    seq: int
    body: bytes


class Shipping:
    """The writer's side. `offer` is told each batch before it is committed, and raises what is to stop it."""

    def __init__(self, conn: sqlite3.Connection, offer: Callable[[Batch], None]) -> None:
        self._conn, self._offer = conn, offer
        self._keys = {table: _key(conn, table) for table in CARRIED}
        self.mark = mark_of(conn)
        self._next = self.mark
        _watch(conn, self._keys)

    def before_commit(self, before: int, after: int) -> None:
        """Rows `before` + 1 to `after` of the journal are about to be committed. In the writer's transaction."""
        touched = self._conn.execute("SELECT DISTINCT name, key FROM temp.touched ORDER BY name, key").fetchall()
        if not touched and before == after:
            self._next = self.mark
            return
        self._conn.execute("DELETE FROM temp.touched")
        rows = self._conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq", (before,)).fetchall()
        beside = [(name, orjson.loads(key), self._row(name, orjson.loads(key))) for name, key in touched]
        body = orjson.dumps({"rows": [list(row) for row in rows], "beside": beside}, default=_boxed)
        self._next = marked(self.mark, body)
        keep_mark(self._conn, self._next)
        self._offer(Batch(self.mark, self._next, after, body))

    def committed(self) -> None:
        self.mark = self._next

    def end(self) -> None:
        """No more is noted: by the writer's thread, outside of a transaction."""
        for trigger in _triggers(self._conn):
            self._conn.execute(f"DROP TRIGGER temp.{trigger}")
        self._conn.execute("DROP TABLE temp.touched")

    def _row(self, table: str, key: list[Any]) -> dict[str, Any] | None:
        found = self._conn.execute(f"SELECT * FROM {table} WHERE {_where(self._keys[table])}", key).fetchone()
        return dict(found) if found else None


def mark_of(conn: sqlite3.Connection) -> str:
    """The mark of the newest batch; "" where none was ever made."""
    found = conn.execute("SELECT mark FROM second_marks").fetchone()
    return found[0] if found else ""


def keep_mark(conn: sqlite3.Connection, mark: str) -> None:
    conn.execute("REPLACE INTO second_marks (id, mark) VALUES (1, ?)", (mark,))


def marked(base: str, body: bytes) -> str:
    return hashlib.sha256(base.encode() + body).hexdigest()


def lay(turn: Turn, base: str, mark: str, body: bytes) -> bool:
    """Put a batch into this database; whether something private went. Raises ValueError where it does not go on from
    what is here.
    """
    if mark_of(turn.conn) != base or marked(base, body) != mark:
        raise ValueError("the batch does not continue this database")
    told, gone = orjson.loads(body), False
    turn.conn.execute("PRAGMA defer_foreign_keys = ON")
    for values in told["rows"]:
        turn.replay(Row(*values))
    beside = told["beside"]
    if unknown := {table for table, _, _ in beside} - {*CARRIED}:
        raise ValueError(f"{', '.join(sorted(unknown))}: no table beside the journal")
    for table, key, _ in beside:  # all of them before any comes: what is unique may have gone from one row to another
        was = turn.conn.execute(f"DELETE FROM {table} WHERE {_where(_key(turn.conn, table))}", key).rowcount
        gone = gone or (was > 0 and table in PRIVATE)
    for table, _, row in beside:
        if row is not None:
            columns = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            turn.conn.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", [_unboxed(value) for value in row.values()]
            )
    keep_mark(turn.conn, mark)
    return gone


def only_the_chain(database: Path) -> None:
    """Leave a database that is only looked at any more the history, and nothing that stands beside it: no account, no
    hash, nothing private. Nobody else may have it open.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("PRAGMA secure_delete = ON")
        kept = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        conn.execute("BEGIN IMMEDIATE")
        for table in kept & {*CARRIED}:
            conn.execute(f"DELETE FROM {table}")
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _key(conn: sqlite3.Connection, table: str) -> list[str]:
    """The columns of a table's primary key; its rowid where it has none."""
    found = sorted((row["pk"], row["name"]) for row in conn.execute(f"PRAGMA table_info({table})") if row["pk"])
    return [name for _, name in found] or ["rowid"]


def _where(names: list[str]) -> str:
    return " AND ".join(f'"{name}" = ?' if name != "rowid" else "rowid = ?" for name in names)


def _watch(conn: sqlite3.Connection, keys: dict[str, list[str]]) -> None:
    conn.execute("CREATE TEMP TABLE touched (name TEXT, key TEXT)")
    conn.execute("PRAGMA recursive_triggers = ON")  # a REPLACE that takes a row away says so
    for table, names in keys.items():
        for verb, sides in (("INSERT", ("new",)), ("DELETE", ("old",)), ("UPDATE", ("old", "new"))):
            notes = " ".join(
                f"INSERT INTO touched VALUES ('{table}', json_array({', '.join(f'{side}.{_q(n)}' for n in names)}));"
                for side in sides
            )
            conn.execute(f"CREATE TEMP TRIGGER touched_{table}_{verb} AFTER {verb} ON main.{table} BEGIN {notes} END")


def _q(name: str) -> str:
    return name if name == "rowid" else f'"{name}"'


def _triggers(conn: sqlite3.Connection) -> list[str]:
    found = conn.execute("SELECT name FROM temp.sqlite_master WHERE type = 'trigger' AND name LIKE 'touched_%'")
    return [row[0] for row in found]


def _boxed(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"a batch holds no {type(value).__name__}")
    return {BYTES: base64.b64encode(value).decode()}


def _unboxed(value: Any) -> Any:
    return base64.b64decode(value[BYTES]) if isinstance(value, dict) else value
