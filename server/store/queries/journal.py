"""The history: row by row, of one number, of one counter, the newest of an event."""

from __future__ import annotations

import sqlite3

from server.domain.chain import COLUMNS, GENESIS, Row

_CLOCK_SET = "(SELECT coalesce(max(seq), 0) FROM journal WHERE ticket IS NULL AND event = 'ClockSet')"
"""The newest row that says the clock was set back: what is before it may be later by the clock."""


class JournalQueries:
    conn: sqlite3.Connection

    def head(self) -> tuple[int, float, str]:
        """(seq, at, hash) of the newest row."""
        row = self.conn.execute("SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1], row[2]) if row else (0, 0.0, GENESIS)

    def reaches(self, seq: int, told: str | None = None) -> bool:
        """Whether this journal has row `seq` (0: the beginning of every one), and with the hash `told` where there is
        one.
        """
        if not 0 < seq <= self.head()[0]:
            return seq == 0 and told in (None, GENESIS)
        row = self.conn.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        return row is not None and told in (None, row[0])

    def hash_of(self, seq: int) -> str | None:
        """Hash of a row, and of the beginning for 0; None for a row that there is not."""
        row = self.conn.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        return row[0] if row else GENESIS if seq == 0 else None

    def journal(self, since: int, limit: int = 500) -> list[Row]:
        sql = f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
        return [Row(*r) for r in self.conn.execute(sql, (since, limit))]

    def first_since(self, at: float) -> int:
        """The row from which on all are of `at` or later, as far as the clock was not set back: found by halves."""
        low, high = 1, self.head()[0] + 1
        while low < high:
            middle = (low + high) // 2
            row = self.conn.execute("SELECT at FROM journal WHERE seq = ?", (middle,)).fetchone()
            low, high = (middle + 1, high) if row is not None and row[0] < at else (low, middle)
        return low

    def imported_by(self, seq: int, visits: int) -> tuple[int, int]:
        """The first and the last ticket that a row `VisitsImported` took in: those of the rows just before it."""
        sql = "SELECT min(ticket), max(ticket) FROM journal WHERE seq >= ? AND seq < ? AND event = 'Imported'"
        first, last = self.conn.execute(sql, (seq - visits, seq)).fetchone()
        return first, last

    def life_line(self, ticket_id: int) -> list[Row]:
        """Everything that happened to one ticket."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket = ? ORDER BY seq"
        return [Row(*r) for r in self.conn.execute(sql, (ticket_id,))]

    def recent(self, since: float, most: int = -1) -> list[Row]:
        """The newest rows of the journal back to a moment, or to a clock that was set back, at most so many (-1: all);
        the newest first. Whole: a question half answered holds an older state for all that is asked meanwhile.
        """
        found = []
        for row in self.conn.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq DESC LIMIT ?", (most,)):
            if row["at"] < since or row["event"] == "ClockSet":
                break
            found.append(Row(*row))
        return found

    def steps_of(self, actor: str, since: float, most: int = -1, after: int = 0) -> list[Row]:
        """What a person did to numbers back to a moment, or to a clock that was set back, newest first, at most so many
        (-1: all) after the first few (journal_of_actor).
        """
        sql = f"""SELECT {COLUMNS} FROM journal WHERE actor = ? AND ticket IS NOT NULL AND at >= ? AND seq >
                  {_CLOCK_SET} ORDER BY at DESC, seq DESC LIMIT ? OFFSET ?"""
        return [Row(*row) for row in self.conn.execute(sql, (actor, since, most, after))]

    def called_at(self, counter: str, since: float) -> float | None:
        """When a counter last called, since a moment and since the clock was set back (journal_of_counter)."""
        sql = f"""SELECT at FROM journal WHERE counter = ? AND at >= ? AND event = 'Called' AND seq > {_CLOCK_SET}
                  ORDER BY at DESC LIMIT 1"""
        row = self.conn.execute(sql, (counter, since)).fetchone()
        return None if row is None else float(row[0])

    def hash_at(self, seq: int) -> str:
        """The hash of a row of the journal; empty where there is none."""
        row = self.conn.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
        return str(row[0]) if row else ""

    def last_event(self, name: str) -> Row | None:
        """The newest row of an event that is about no ticket."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? ORDER BY seq DESC LIMIT 1"
        row = self.conn.execute(sql, (name,)).fetchone()
        return Row(*row) if row else None

    def event_at(self, seq: int, name: str) -> Row | None:
        """The row of an event by its number."""
        row = self.conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq = ? AND event = ?", (seq, name)).fetchone()
        return Row(*row) if row else None

    def last_events(self, name: str, limit: int) -> list[Row]:
        """The newest rows of an event that is about no ticket, the newest first (journal_of_hall)."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? ORDER BY seq DESC LIMIT ?"
        return [Row(*r) for r in self.conn.execute(sql, (name, limit))]

    def events_between(self, name: str, start: float, end: float) -> list[Row]:
        """The rows of an event that is about no ticket, from one moment to another."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? AND at >= ? AND at < ? ORDER BY seq"
        return [Row(*r) for r in self.conn.execute(sql, (name, start, end))]

    def journal_of(self, counter: str, since: float) -> list[Row]:
        """What happened at a counter from a moment on (journal_of_counter)."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE counter = ? AND at >= ? ORDER BY at, seq"
        return [Row(*r) for r in self.conn.execute(sql, (counter, since))]

    def last_act_of(self, counter: str) -> float | None:
        """When a counter, or somebody at it, did something last (journal_of_counter)."""
        found = self.conn.execute("SELECT max(at) FROM journal WHERE counter = ?", (counter,)).fetchone()[0]
        return None if found is None else float(found)

    def newest_at(self, counter: str, event: str, since: float) -> Row | None:
        """The newest row of an event at a counter since a moment and since the clock was set back
        (journal_of_counter).
        """
        sql = f"""SELECT {COLUMNS} FROM journal WHERE counter = ? AND at >= ? AND event = ? AND seq > {_CLOCK_SET}
                  ORDER BY at DESC, seq DESC LIMIT 1"""
        row = self.conn.execute(sql, (counter, since, event)).fetchone()
        return Row(*row) if row else None

    def emergency(self) -> Row | None:
        """安全疏散: the row that began what takes the place of everything now (journal_of_hall)."""
        sql = f"""SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = 'EmergencyBegan' AND seq >
                  (SELECT coalesce(max(seq), 0) FROM journal WHERE ticket IS NULL AND event = 'EmergencyEnded')
                      ORDER BY seq DESC LIMIT 1"""
        row = self.conn.execute(sql).fetchone()
        return Row(*row) if row else None
