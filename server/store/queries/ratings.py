"""好差评: of a round, of days, the bad ones, the rounds nobody has rated."""

from __future__ import annotations

import sqlite3

from server.domain.rating import BAD, Rating
from server.domain.ticket import Ticket
from server.store.rows import rating_row, ticket_of


class RatingQueries:
    conn: sqlite3.Connection

    def rating(self, ticket: int, leg: int) -> Rating | None:
        row = self.conn.execute("SELECT * FROM ratings WHERE ticket = ? AND leg = ?", (ticket, leg)).fetchone()
        return rating_row(row) if row else None

    def ratings(self, first_day: str, last_day: str) -> list[Rating]:
        """The ratings of the service days from one to another, inclusive (ratings_of_day)."""
        sql = "SELECT * FROM ratings WHERE day BETWEEN ? AND ? ORDER BY ticket, leg"
        return [rating_row(r) for r in self.conn.execute(sql, (first_day, last_day))]

    def bad_ratings(self, since: float) -> list[Rating]:
        """差评 since a moment, the newest first (ratings_bad)."""
        sql = f"SELECT * FROM ratings WHERE level <= {BAD} AND at >= ? ORDER BY at DESC"
        return [rating_row(r) for r in self.conn.execute(sql, (since,))]

    def unrated(self, first_day: str, last_day: str, limit: int) -> list[Ticket]:
        """Finished numbers of the service days from one to another whose last round nobody has rated
        (tickets_today).
        """
        sql = """SELECT t.* FROM tickets t WHERE t.day BETWEEN ? AND ? AND t.state = 'finished' AND t.number IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM ratings r WHERE r.ticket = t.id AND r.leg = t.legs) ORDER BY t.id
                     LIMIT ?"""
        return [ticket_of(r) for r in self.conn.execute(sql, (first_day, last_day, limit))]
