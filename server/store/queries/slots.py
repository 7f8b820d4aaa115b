"""Questions about the hall's own appointments."""

from __future__ import annotations

import sqlite3

from server.domain.slots import Appointment
from server.store.tables import TABLES


class SlotQueries:
    conn: sqlite3.Connection

    def booked_slot(self, appointment: int) -> Appointment | None:
        found = self._appointments("WHERE id = ?", appointment)
        return found[0] if found else None

    def slots_of(self, day: str) -> list[Appointment]:
        """All of a service day by their begin, those of the list behind (appointments_of_day)."""
        return self._appointments("WHERE day = ? ORDER BY start IS NULL, start, id", day)

    def has_slots(self, day: str) -> bool:
        """Whether anything is booked, or waited for, from a service day on."""
        return self.conn.execute("SELECT 1 FROM appointments WHERE day >= ? LIMIT 1", (day,)).fetchone() is not None

    def slots_from(self, day: str, until: str = "9999-12-31") -> list[Appointment]:
        """All from a service day on, up to another one (appointments_of_day)."""
        return self._appointments("WHERE day BETWEEN ? AND ? ORDER BY day, start, id", day, until)

    def slots_of_booker(self, hashed: str) -> list[Appointment]:
        """All that one person has or had, as far as that is still known (bookers_by_hash)."""
        return self._appointments("WHERE id IN (SELECT appointment FROM bookers WHERE hash = ?) ORDER BY id", hashed)

    def booker(self, appointment: int) -> str | None:
        """Whose an appointment is, as a sealed number; None where that is not known."""
        row = self.conn.execute("SELECT hash FROM bookers WHERE appointment = ?", (appointment,)).fetchone()
        return row[0] if row else None

    def slots_listed(self, day: str) -> list[Appointment]:
        """Who waits for a slot from a service day on, or is offered one (appointments_listed)."""
        return self._appointments("WHERE state IN ('listed', 'offered') AND day >= ? ORDER BY id", day)

    def taken(self, plan: str, day: str, now: float, channel: str = "") -> dict[float, int]:
        """Begin of a slot -> how many of its places are taken, offers that still stand among them; with a `channel`,
        those that were booked by that way.
        """
        sql = """SELECT start, count(*) FROM appointments WHERE day = ? AND plan = ? AND start IS NOT NULL
                 AND (state = 'booked' OR (state = 'offered' AND offer_until > ?)) AND ? IN ('', channel)
                 GROUP BY start"""
        return {row[0]: row[1] for row in self.conn.execute(sql, (day, plan, now, channel))}

    def arrived_of(self, day: str) -> dict[str, tuple[int, str]]:
        """Code of an appointment -> (id, state) of the newest number it got when it checked in (tickets_of_day)."""
        sql = "SELECT appointment, id, state FROM tickets WHERE day = ? AND appointment <> '' ORDER BY id"
        return {row[0]: (row[1], row[2]) for row in self.conn.execute(sql, (day,))}

    def _appointments(self, where: str, *values: object) -> list[Appointment]:
        load = TABLES["appointments"].load
        return [load(row) for row in self.conn.execute(f"SELECT * FROM appointments {where}", values)]
