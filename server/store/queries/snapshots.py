"""Reports that were kept, and what is still to be done with them."""

from __future__ import annotations

import sqlite3

from server.domain.snapshot import Delivery, Snapshot


class SnapshotQueries:
    conn: sqlite3.Connection

    def snapshot(self, period: str, version: int | None = None) -> Snapshot | None:
        """A version of a period's report, or the newest."""
        sql = (
            "SELECT * FROM snapshots WHERE period = ? AND version = coalesce(?, version) ORDER BY version DESC LIMIT 1"
        )
        row = self.conn.execute(sql, (period, version)).fetchone()
        return Snapshot(**dict(row)) if row else None

    def snapshots(self, period: str | None = None) -> list[Snapshot]:
        """Every version of a period's report, or of all, without what is in them; the oldest first."""
        columns = ", ".join(field for field in Snapshot.__dataclass_fields__ if field != "packed")
        sql = f"SELECT {columns} FROM snapshots WHERE period = coalesce(?, period) ORDER BY made_at, period, version"
        return [Snapshot(**dict(row), packed=b"") for row in self.conn.execute(sql, (period,))]

    def deliveries(self, period: str | None = None, version: int | None = None) -> list[Delivery]:
        """What was done, or is to do, with the snapshots of a period, or of all."""
        sql = (
            "SELECT * FROM deliveries WHERE period = coalesce(?, period) AND version = coalesce(?, version) ORDER BY"
            " queued_at, period, version, way"
        )
        return [Delivery(**dict(row)) for row in self.conn.execute(sql, (period, version))]

    def open_deliveries(self) -> list[Delivery]:
        """What is still to do, the next one first (deliveries_open)."""
        sql = "SELECT * FROM deliveries WHERE done_at IS NULL ORDER BY next_at, period, version, way"
        return [Delivery(**dict(row)) for row in self.conn.execute(sql)]
