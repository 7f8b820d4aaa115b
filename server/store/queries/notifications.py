"""Whom an address was left for, and what became of notifications."""

from __future__ import annotations

import sqlite3
from typing import cast

from server.domain.notifications import BookingTelephone, Key, Notification, Telephone
from server.domain.register import Record
from server.store.tables import TABLES, record_of


class NotificationQueries:
    conn: sqlite3.Connection

    def telephones(self) -> list[Telephone]:
        """Every number for which there is an address now: those of today that have not ended."""
        load = TABLES["telephones"].load
        return [load(row) for row in self.conn.execute("SELECT * FROM telephones ORDER BY ticket")]

    def telephone(self, ticket: int) -> Telephone | None:
        row = self.conn.execute("SELECT * FROM telephones WHERE ticket = ?", (ticket,)).fetchone()
        return cast(Telephone, TABLES["telephones"].load(row)) if row else None

    def slot_telephones(self) -> list[BookingTelephone]:
        """Every booking for which there is an address now: those that are to come."""
        load = TABLES["slot_telephones"].load
        return [load(row) for row in self.conn.execute("SELECT * FROM slot_telephones ORDER BY appointment")]

    def notification(self, key: Key) -> Notification | None:
        sql = "SELECT * FROM notifications WHERE about = ? AND occasion = ? AND field = ?"
        row = self.conn.execute(sql, key).fetchone()
        return Notification(**dict(row)) if row else None

    def notifications(self, about: str) -> list[Notification]:
        """Those about one thing (the key)."""
        sql = "SELECT * FROM notifications WHERE about = ? ORDER BY at, occasion, field"
        return [Notification(**dict(row)) for row in self.conn.execute(sql, (about,))]

    def notifications_of(self, channel: str, limit: int) -> list[Notification]:
        """A channel's newest, the newest first (notifications_by_channel)."""
        sql = "SELECT * FROM notifications WHERE channel = ? ORDER BY at DESC LIMIT ?"
        return [Notification(**dict(row)) for row in self.conn.execute(sql, (channel, limit))]

    def count_sent_since(self, at: float) -> int:
        """How many went out since a moment (notifications_by_time)."""
        sql = "SELECT count(*) FROM notifications WHERE at >= ? AND outcome = 'sent'"
        return int(self.conn.execute(sql, (at,)).fetchone()[0])

    def sent_to(self, day: str, veiled: str) -> int:
        """How many an address got on a day."""
        sql = "SELECT sent FROM notification_counts WHERE day = ? AND veiled = ?"
        row = self.conn.execute(sql, (day, veiled)).fetchone()
        return int(row[0]) if row else 0

    def ready_cases(self, since: float) -> list[Record]:
        """Cases that can be collected, with a telephone, not announced, changed since a moment (records_by_state)."""
        sql = """SELECT * FROM records WHERE register = 'case' AND state = 'ready' AND closed_at IS NULL
                 AND changed_at >= ? AND json_extract(given, '$.phone') IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM notifications WHERE about = 'record ' || records.id
                                 AND occasion = 'ready')"""
        return [record_of(row) for row in self.conn.execute(sql, (since,))]
