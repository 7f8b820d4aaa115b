"""Links to other systems, and what became of each message to them."""

from __future__ import annotations

import sqlite3

from server.domain.chain import COLUMNS, Row
from server.domain.outbound import Link, Sending


class OutboundQueries:
    conn: sqlite3.Connection

    def links(self) -> list[Link]:
        return [Link(**dict(row)) for row in self.conn.execute("SELECT * FROM links ORDER BY destination")]

    def link(self, destination: str) -> Link | None:
        row = self.conn.execute("SELECT * FROM links WHERE destination = ?", (destination,)).fetchone()
        return Link(**dict(row)) if row else None

    def sendings(self, destination: str, limit: int = 200, state: str | None = None) -> list[Sending]:
        """The newest first (the key, sendings_by_state)."""
        sql = (
            "SELECT * FROM sendings WHERE destination = ? AND state = ? ORDER BY seq DESC LIMIT ?"
            if state
            else "SELECT * FROM sendings WHERE destination = ? ORDER BY seq DESC LIMIT ?"
        )
        values = (destination, state, limit) if state else (destination, limit)
        return [Sending(**dict(row)) for row in self.conn.execute(sql, values)]

    def sending(self, destination: str, seq: int) -> Sending | None:
        sql = "SELECT * FROM sendings WHERE destination = ? AND seq = ?"
        row = self.conn.execute(sql, (destination, seq)).fetchone()
        return Sending(**dict(row)) if row else None

    def count_sendings(self, destination: str, state: str) -> int:
        sql = "SELECT count(*) FROM sendings WHERE destination = ? AND state = ?"
        return int(self.conn.execute(sql, (destination, state)).fetchone()[0])

    def journal_row(self, seq: int) -> Row | None:
        row = self.conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ?", (seq,)).fetchone()
        return Row(*row) if row else None
