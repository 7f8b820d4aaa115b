"""Records that came after a backup, as small files: rows of the journal, and what stands beside it.

A piece holds the rows from its first one on, at most `MOST`, and is put again with each new one until it is full. So no
place needs to append to anything, and each file is whole. Restored in their order they bring the hall from the backup
to its last seconds.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyrage
import zstandard
from pyrage import x25519

from server.domain import chain
from server.domain.chain import COLUMNS, Row
from server.store import soundness
from server.store.reader import Reader
from server.store.schema import migrations
from server.store.transaction import Turn

FORMAT = 1
MOST = 500
BYTES = "b64"
"""Names the bytes of a column in a piece, as base64: `{"b64": "…"}`."""
WHOLE = (
    "staff",
    "devices",
    "second_factors",
    "recovery_codes",
    "punch_keys",
    "api_tokens",
    "opening_list",
    "printers",
    "deliveries",
    "bookings",
    "holders",
    "bookers",
    "links",
    "letters",
    "pretrials",
    "config_drafts",
    "private_keys",
    "private_fields",
    "notification_counts",
)
"""Tables apart from the journal that a piece holds as they are now; logins end with the old machine, messages with the
day: a piece is kept for longer. Earlier descriptions of the hall (`config_versions`) are in the nightly backup.
"""


# --- made of a hub that runs ------------------------------------------------------------------------------------------


def content(conn: sqlite3.Connection, hall: str, first: int, before: str) -> tuple[dict[str, Any], list[Row]]:
    """The piece that begins with row `first`, `before` being the hash of the row before it; all of one moment."""
    conn.execute("BEGIN")
    try:
        rows = [
            Row(*row)
            for row in conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?", (first, MOST))
        ]
        since = rows[0].at if rows else 0.0
        kept = [_kept(conn, row) for row in rows if row.event == "ReportMade"]
        return {
            "format": FORMAT,
            "hall": hall,
            "first": first,
            "before": before,
            "rows": rows,
            "tables": {name: _rows(conn, f"SELECT * FROM {name}") for name in WHOLE},
            "requests": _rows(conn, "SELECT * FROM requests WHERE at >= ?", since),
            "snapshots": [one for one in kept if one],
        }, rows
    finally:
        conn.execute("COMMIT")


def _rows(conn: sqlite3.Connection, sql: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(sql, values)]


def _kept(conn: sqlite3.Connection, row: Row) -> dict[str, Any] | None:
    """The kept report that a row tells of; its bytes as base64."""
    period, version = row.field("period"), row.field("version")
    found = conn.execute("SELECT * FROM snapshots WHERE period = ? AND version = ?", (period, version)).fetchone()
    return {**dict(found), "packed": base64.b64encode(found["packed"]).decode()} if found else None


def sealed(told: dict[str, Any], recipient: x25519.Recipient) -> bytes:
    """The bytes of a piece's file."""
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_boxed).encode()
    content: bytes = pyrage.encrypt(zstandard.compress(plain, 3), [recipient])
    return content


def _boxed(value: object) -> dict[str, str]:
    """What JSON has no word for: the bytes of a column. Raises TypeError for anything else."""
    if not isinstance(value, bytes):
        raise TypeError(f"a piece holds no {type(value).__name__}")
    return {BYTES: base64.b64encode(value).decode()}


def _unboxed(value: Any) -> Any:
    return base64.b64decode(value[BYTES]) if isinstance(value, dict) else value


# --- laid over a backup -----------------------------------------------------------------------------------------------


def opened(file: Path, identity: x25519.Identity) -> dict[str, Any] | None:
    """What a piece holds; None for one that is damaged, of another key or of a newer version."""
    try:
        plain = zstandard.decompress(pyrage.decrypt(file.read_bytes(), [identity]))
        told: dict[str, Any] = json.loads(plain)
    except (OSError, pyrage.DecryptError, zstandard.ZstdError, ValueError):
        return None
    return told if told.get("format") == FORMAT else None


def lay_over(database: Path, pieces: Iterable[dict[str, Any]]) -> int:
    """Append the rows that go on from the database's newest one, and rebuild what follows from them; how many there
    were. Where the chain ends, or a piece is of a hall that went another way, it stops.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrations.apply(conn)
        conn.execute("BEGIN IMMEDIATE")
        began = Reader(conn).head()
        turn, newest = Turn(conn, began, began[1]), None
        for piece in pieces:
            fresh = [row for row in (Row(*one) for one in piece["rows"]) if row.seq > turn.seq]
            if fresh and (fresh[0].seq != turn.seq + 1 or not _goes_on(turn, fresh[0])):
                continue
            for row in fresh:
                turn.replay(row)
            if fresh:
                _beside(conn, piece)
                newest = piece
        for name, rows in newest["tables"].items() if newest else ():
            conn.execute(f"DELETE FROM {_known(conn, name)}")
            for one in rows:
                _put(conn, name, one)
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return turn.seq - began[0]


def _goes_on(turn: Turn, row: Row) -> bool:
    return chain.row_hash(turn.hash, row[:-1]) == row.hash


def _beside(conn: sqlite3.Connection, piece: dict[str, Any]) -> None:
    for one in piece["requests"]:
        _put(conn, "requests", one)
    for one in piece["snapshots"]:
        found = conn.execute(
            "SELECT 1 FROM snapshots WHERE period = ? AND version = ?", (one["period"], one["version"])
        ).fetchone()
        if found is None:
            _put(conn, "snapshots", {**one, "packed": base64.b64decode(one["packed"])})


def _known(conn: sqlite3.Connection, table: str) -> str:
    if table not in WHOLE:
        raise soundness.Damaged(f"{table}：备份里有未知的表。", f"{table}: the backup holds a table that is unknown")
    return table


def _put(conn: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    """A row by its columns' names; a column that this version has no more is left out."""
    there = {row["name"] for row in conn.execute(f"PRAGMA table_info({table})")}
    kept = {name: _unboxed(value) for name, value in values.items() if name in there}
    columns = ", ".join(f'"{name}"' for name in kept)
    marks = ", ".join("?" * len(kept))
    conn.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", tuple(kept.values()))
