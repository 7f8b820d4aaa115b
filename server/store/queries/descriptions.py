"""How the hall was described, and the drafts of its next description."""

from __future__ import annotations

import base64
import sqlite3
import zlib
from collections.abc import Mapping
from typing import NamedTuple

import orjson


class Kept(NamedTuple):
    """A description that was in force from `at` on; without its files."""

    id: int
    version: str
    at: float
    actor: str
    why: str
    how: str


class Draft(NamedTuple):
    """Changes that are not in force: `edits` as [table, row, key, value]; `starts_at` None while it is written."""

    id: int
    at: float
    actor: str
    edits: list[list[object]]
    why: str
    starts_at: float | None
    problem: tuple[str, str]


class DescriptionQueries:
    conn: sqlite3.Connection

    def descriptions(self, limit: int = 50) -> list[Kept]:
        """The newest first."""
        sql = "SELECT id, version, at, actor, why, how FROM config_versions ORDER BY id DESC LIMIT ?"
        return [Kept(*row) for row in self.conn.execute(sql, (limit,))]

    def description_files(self, id: int) -> dict[str, bytes] | None:
        row = self.conn.execute("SELECT files FROM config_versions WHERE id = ?", (id,)).fetchone()
        return unpacked(row[0]) if row else None

    def drafts(self) -> list[Draft]:
        """The one that is being written first, then by their moments."""
        sql = """SELECT id, at, actor, edits, why, starts_at, problem FROM config_drafts
                 ORDER BY starts_at IS NOT NULL, starts_at, id"""
        return [
            Draft(
                row["id"], row["at"], row["actor"], orjson.loads(row["edits"]), row["why"], row["starts_at"],
                tuple(orjson.loads(row["problem"])) if row["problem"] else ("", ""),
            )
            for row in self.conn.execute(sql)
        ]  # fmt: skip


def packed(files: Mapping[str, bytes]) -> bytes:
    return zlib.compress(orjson.dumps({name: base64.b64encode(content).decode() for name, content in files.items()}))


def unpacked(box: bytes) -> dict[str, bytes]:
    return {name: base64.b64decode(content) for name, content in orjson.loads(zlib.decompress(box)).items()}
