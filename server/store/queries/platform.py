"""The city's platform: 预审号, its messages, and cases by its numbers."""

from __future__ import annotations

import sqlite3

from server.domain.platform import Letter, Pretrial
from server.domain.register import Record
from server.store.tables import record_of

_PLATFORM = """json_extract("values", '$.platform')"""


class PlatformQueries:
    conn: sqlite3.Connection

    def pretrial(self, code: str) -> Pretrial | None:
        row = self.conn.execute("SELECT * FROM pretrials WHERE code = ?", (code,)).fetchone()
        return Pretrial(**dict(row)) if row else None

    def has_pretrials(self) -> bool:
        return self.conn.execute("SELECT 1 FROM pretrials LIMIT 1").fetchone() is not None

    def letter(self, id: str) -> Letter | None:
        row = self.conn.execute("SELECT * FROM letters WHERE id = ?", (id,)).fetchone()
        return Letter(**dict(row)) if row else None

    def unmatched(self, limit: int = 100) -> list[Letter]:
        """What nobody here knows what to do with, the first heard first (letters_by_state)."""
        sql = "SELECT * FROM letters WHERE state = 'unmatched' ORDER BY heard_at, id LIMIT ?"
        return [Letter(**dict(row)) for row in self.conn.execute(sql, (limit,))]

    def count_unmatched(self) -> int:
        return int(self.conn.execute("SELECT count(*) FROM letters WHERE state = 'unmatched'").fetchone()[0])

    def newest_letter(self, type: str, subject: str) -> float | None:
        """When the platform said last what was taken of a case (letters_of_subject)."""
        sql = "SELECT max(at) FROM letters WHERE subject = ? AND type = ? AND state <> 'unmatched'"
        found: float | None = self.conn.execute(sql, (subject, type)).fetchone()[0]
        return found

    def record_on_platform(self, register: str, platform: str) -> Record | None:
        """The newest record that has a number of the platform (records_on_platform)."""
        sql = f"SELECT * FROM records WHERE {_PLATFORM} = ? AND register = ? ORDER BY id DESC LIMIT 1"
        row = self.conn.execute(sql, (platform, register)).fetchone()
        return record_of(row) if row else None

    def count_without_number(self, register: str) -> int:
        """Open records that promised their number for later and have none yet (records_by_state)."""
        sql = f"""SELECT count(*) FROM records WHERE register = ? AND closed_at IS NULL AND {_PLATFORM} IS NULL
                  AND json_extract("values", '$.no_platform') = 'later'"""
        return int(self.conn.execute(sql, (register,)).fetchone()[0])

    def device_before(self, device: str, at: float) -> str | None:
        """How a device was at a moment; None where it had not said anything."""
        sql = """SELECT json_extract(data, '$.state') FROM journal WHERE ticket IS NULL AND event = 'DeviceChanged'
                 AND at < ? AND json_extract(data, '$.device') = ? ORDER BY seq DESC LIMIT 1"""
        row = self.conn.execute(sql, (at, device)).fetchone()
        return row[0] if row else None

    def device_changes(self, device: str, since: float) -> list[tuple[float, str]]:
        """(at, state) of a device from a moment on."""
        sql = """SELECT at, json_extract(data, '$.state') FROM journal WHERE ticket IS NULL AND event = 'DeviceChanged'
                 AND at >= ? AND json_extract(data, '$.device') = ? ORDER BY seq"""
        return [(row[0], row[1]) for row in self.conn.execute(sql, (since, device))]

    def devices_after(self, seq: int) -> list[tuple[int, str, str]]:
        """(row, device, state) of each change after a row (journal_of_hall)."""
        sql = """SELECT seq, json_extract(data, '$.device'), json_extract(data, '$.state') FROM journal
                 WHERE ticket IS NULL AND event = 'DeviceChanged' AND seq > ? ORDER BY seq"""
        return [(row[0], row[1], row[2]) for row in self.conn.execute(sql, (seq,))]
