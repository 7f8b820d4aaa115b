"""What may be given out without the hub, and how far the books of it are entered."""

from __future__ import annotations

import sqlite3

from server.domain.offline import Block


class OfflineQueries:
    conn: sqlite3.Connection

    def offline_blocks(self, prefix: str = "") -> list[Block]:
        """Of a letter, or all; those whose lease has ended among them until the next lease is granted."""
        sql = "SELECT * FROM offline_blocks WHERE ? IN ('', prefix) ORDER BY prefix, first"
        return [Block(**dict(row)) for row in self.conn.execute(sql, (prefix,))]

    def offline_given(self, day: str, prefix: str, first: int, last: int) -> list[int]:
        """Which of some numbers were given out on a day, by whomever, in order."""
        sql = "SELECT number FROM tickets WHERE day = ? AND prefix = ? AND number BETWEEN ? AND ? ORDER BY number"
        return [row[0] for row in self.conn.execute(sql, (day, prefix, first, last))]
