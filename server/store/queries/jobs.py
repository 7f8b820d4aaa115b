"""Slips on their way to paper, and what is remembered of printers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

from server.domain.chain import COLUMNS, Row, canonical
from server.domain.ticket import Job, Ticket
from server.store.rows import job_of, ticket_of


class JobQueries:
    conn: sqlite3.Connection

    def job(self, job_id: int) -> Job | None:
        row = self.conn.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return job_of(row) if row else None

    def last_job(self, ticket_id: int) -> Job | None:
        sql = "SELECT * FROM jobs WHERE ticket = ? AND kind = 'ticket' ORDER BY id DESC LIMIT 1"
        row = self.conn.execute(sql, (ticket_id,)).fetchone()
        return job_of(row) if row else None

    def printer(self, name: str) -> dict[str, Any]:
        """What is remembered of a printer, as it was put; empty at first."""
        row = self.conn.execute("SELECT memory FROM printers WHERE name = ?", (name,)).fetchone()
        return json.loads(row["memory"]) if row else {}

    def newest_of(self, job: Job) -> Job:
        """The newest paper of the same slip: a number's own, or one of the same facts."""
        sql = "SELECT * FROM jobs WHERE id >= ? AND kind = ? AND ticket IS ? AND facts = ? ORDER BY id DESC LIMIT 1"
        return job_of(self.conn.execute(sql, (job.id, job.kind, job.ticket, canonical(job.facts))).fetchone())

    def asked_at(self, counter: str, since: float) -> list[Row]:
        """The rows in which whoever sits at a counter asked for a paper, the newest first (journal_of_counter)."""
        sql = (
            f"SELECT {COLUMNS} FROM journal WHERE counter = ? AND at >= ? AND event = 'PrintQueued' ORDER BY at DESC,"
            " seq DESC"
        )
        return [Row(*r) for r in self.conn.execute(sql, (counter, since))]

    def papers_since(self, since: float) -> list[Job]:
        """The slips other than a number's own that were asked for from a moment on, the newest first."""
        found = []
        for row in self.conn.execute("SELECT * FROM jobs ORDER BY id DESC"):
            if row["queued_at"] < since:
                break
            if row["kind"] not in ("ticket", "test"):
                found.append(job_of(row))
        return found

    def asked(self, job: Job) -> Row | None:
        """The row in which a paper was asked for."""
        where, value = (
            ("ticket = ?", job.ticket) if job.ticket is not None else ("ticket IS NULL AND at = ?", job.queued_at)
        )
        sql = (
            f"SELECT {COLUMNS} FROM journal WHERE {where} AND event = 'PrintQueued' AND json_extract(data, '$.job') = ?"
        )
        row = self.conn.execute(sql, (value, job.id)).fetchone()
        return Row(*row) if row else None

    def open_jobs(self, limit: int = 50) -> list[Job]:
        """The oldest jobs that are queued or sending."""
        sql = "SELECT * FROM jobs WHERE state IN ('queued', 'sending') ORDER BY id LIMIT ?"
        return [job_of(r) for r in self.conn.execute(sql, (limit,))]

    def printer_groups(self) -> list[tuple[str, ...]]:
        """The printers, each group once, for which any job is queued: a walk over the groups (jobs_next)."""
        sql = """WITH RECURSIVE groups(printers) AS (
                     SELECT min(printers) FROM jobs WHERE state = 'queued'
                     UNION ALL SELECT (SELECT min(printers) FROM jobs WHERE state = 'queued' AND printers > g.printers)
                     FROM groups g WHERE g.printers IS NOT NULL)
                 SELECT printers FROM groups WHERE printers IS NOT NULL"""
        return [tuple(json.loads(row[0])) for row in self.conn.execute(sql)]

    def next_job(self, printers: Sequence[str], besides: Collection[int]) -> int | None:
        """The oldest queued job for exactly these printers, some few left out (jobs_next)."""
        sql = f"""SELECT id FROM jobs WHERE state = 'queued' AND printers = ?
                  AND id NOT IN ({",".join("?" * len(besides))}) ORDER BY id LIMIT 1"""
        row = self.conn.execute(sql, (json.dumps(list(printers)), *besides)).fetchone()
        return row[0] if row else None

    def spoilt_slips(self, limit: int = 20) -> list[tuple[Ticket, Job]]:
        """Numbers that wait without paper: their last slip failed or may be incomplete; the newest first
        (jobs_spoilt).
        """
        sql = """SELECT j.* FROM jobs j JOIN tickets t ON t.id = j.ticket WHERE j.state IN ('failed',
            'unknown') AND t.state = 'waiting'
                 AND j.kind = 'ticket' AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.ticket = j.ticket AND l.kind =
                     'ticket' AND l.id > j.id)
                 ORDER BY j.id DESC LIMIT ?"""
        jobs = [job_of(row) for row in self.conn.execute(sql, (limit,))]
        one = "SELECT * FROM tickets WHERE id = ?"
        return [(ticket_of(self.conn.execute(one, (job.ticket,)).fetchone()), job) for job in jobs]

    def spoilt_papers(self, since: float, limit: int = 20) -> list[Job]:
        """Slips other than a number's own that failed or may be incomplete and were not printed again, the newest
        first (jobs_spoilt).
        """
        sql = """SELECT j.* FROM jobs j WHERE j.state IN ('failed', 'unknown') AND j.kind NOT IN ('ticket',
            'test') AND j.queued_at >= ?
                 AND NOT EXISTS (SELECT 1 FROM jobs l WHERE l.id > j.id AND l.kind = j.kind AND l.ticket IS
                     j.ticket AND l.facts = j.facts)
                 ORDER BY j.id DESC LIMIT ?"""
        return [job_of(row) for row in self.conn.execute(sql, (since, limit))]
