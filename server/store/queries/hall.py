"""Counters, what is closed today, bookings, first contacts, devices."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from server.domain.remote import Remote
from server.domain.ticket import Counter
from server.store.rows import counter_of, remote_of

_COUNTERS = """SELECT counters.*, skills.staff AS skilled, skills.services AS can, skills.languages AS speaks
               FROM counters LEFT JOIN skills ON skills.staff = counters.staff"""
"""The counters with what whoever sits there can do."""


class Device(NamedTuple):
    """Whose a token is, and whether it counts: a lock and an end are epoch seconds."""

    name: str
    token_hash: str
    locked_at: float | None = None
    ended_at: float | None = None


class HallQueries:
    conn: sqlite3.Connection

    def counter(self, counter_id: str) -> Counter:
        row = self.conn.execute(f"{_COUNTERS} WHERE counters.id = ?", (counter_id,)).fetchone()
        return counter_of(row) if row else Counter(counter_id)

    def counters(self) -> Mapping[str, Counter]:
        return {row["id"]: counter_of(row) for row in self.conn.execute(_COUNTERS)}

    def counter_of_staff(self, staff: str) -> Counter | None:
        """Where a member of staff sits."""
        return next((c for c in self.counters().values() if c.staff == staff and c.state != "closed"), None)

    def closures(self, day: str) -> dict[str, sqlite3.Row]:
        """What is closed on a service day, by service code; '' is the hall itself."""
        return {row["service"]: row for row in self.conn.execute("SELECT * FROM closures WHERE day = ?", (day,))}

    def booking(self, code: str) -> sqlite3.Row | None:
        sql = "SELECT code, kind, day, service, slot FROM bookings WHERE code = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (code,)).fetchone()
        return row

    def appointments(self, day: str) -> list[sqlite3.Row]:
        """The appointments of a day by their slot."""
        sql = "SELECT * FROM bookings WHERE kind = 'appointment' AND day = ? ORDER BY slot, code"
        return list(self.conn.execute(sql, (day,)))

    def remote(self, id: int) -> Remote | None:
        """A place that was taken outside."""
        row = self.conn.execute("SELECT * FROM remotes WHERE id = ?", (id,)).fetchone()
        return remote_of(row) if row else None

    def remotes(self, day: str) -> list[Remote]:
        """Those of a day, the newest first."""
        rows = self.conn.execute("SELECT * FROM remotes WHERE day = ? ORDER BY id DESC", (day,))
        return [remote_of(row) for row in rows]

    def given_since(self, day: str, service: str, since: float) -> tuple[int, int]:
        """(numbers of a service given out at the door, places of it taken outside) since a moment of a day."""
        door = """SELECT count(*) FROM tickets WHERE day = ? AND service = ? AND issued_at >= ?
                  AND channel NOT IN ('remote', 'import')"""
        outside = "SELECT count(*) FROM remotes WHERE day = ? AND service = ? AND taken_at >= ?"
        asked = (day, service, since)
        return self.conn.execute(door, asked).fetchone()[0], self.conn.execute(outside, asked).fetchone()[0]

    def has_bookings(self) -> bool:
        return self.conn.execute("SELECT 1 FROM bookings LIMIT 1").fetchone() is not None

    def contact(self, contact: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM contacts WHERE id = ?", (contact,)).fetchone()
        return row

    def contacts(self, since: float) -> list[sqlite3.Row]:
        """First contacts since a moment, and older ones that are still open; the newest first."""
        sql = """SELECT * FROM contacts WHERE at >= ?1
                 UNION SELECT * FROM contacts WHERE closed_at IS NULL ORDER BY id DESC LIMIT 200"""
        return list(self.conn.execute(sql, (since,)))

    def contacts_of_record(self, number: str) -> list[sqlite3.Row]:
        """First contacts that became a record, in order."""
        return self.conn.execute("SELECT * FROM contacts WHERE record = ? ORDER BY id", (number,)).fetchall()

    def tokens(self) -> Mapping[str, Device]:
        """sha256 of a token -> the device whose it is."""
        sql = "SELECT name, token_hash, locked_at, ended_at FROM devices"
        return {row["token_hash"]: Device(*row) for row in self.conn.execute(sql)}

    def devices(self) -> list[sqlite3.Row]:
        """Every device with a token, in order of their names."""
        return self.conn.execute("SELECT * FROM devices ORDER BY name").fetchall()

    def device(self, name: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM devices WHERE name = ?", (name,)).fetchone()
        return row

    def device_of_token(self, token_hash: str) -> Device | None:
        """The device whose token it is; one that is locked or whose token was ended says so."""
        sql = "SELECT name, token_hash, locked_at, ended_at FROM devices WHERE token_hash = ?"
        row = self.conn.execute(sql, (token_hash,)).fetchone()
        return Device(*row) if row else None

    def ticked_steps(self) -> set[str]:
        """Steps of 开厅清单 that are done for good."""
        return {row[0] for row in self.conn.execute("SELECT step FROM opening_list")}

    def device_names(self) -> set[str]:
        return {row[0] for row in self.conn.execute("SELECT name FROM devices")}
