"""Questions to the store, and the one way to write into it. Knows SQL and the tables; decides nothing.

`Reader` answers questions, on any connection. `Turn` is a Reader inside the writer's transaction that also records.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from server.domain import events as ev
from server.domain import leg, post
from server.domain.post import Post, Shift, Substitution, post_of
from server.domain.rating import BAD, Rating, rating_of
from server.domain.snapshot import TOLD, Delivery, Snapshot
from server.domain.ticket import Counter, Job, Ticket, evolve, evolve_counter, evolve_job
from server.domain.visit import Visit
from server.store.journal import COLUMNS, GENESIS, Row, canonical, counter_of, job_of, rating_row, row_hash, ticket_of

_LINE = "tickets WHERE state = 'waiting' AND target = ?1"
_HEADS = f"""WITH RECURSIVE
    services(service) AS (
        SELECT min(service) FROM {_LINE}
        UNION ALL SELECT (SELECT min(service) FROM {_LINE} AND service > services.service) FROM services WHERE
            service IS NOT NULL),
    classes(service, klass) AS (
        SELECT service, (SELECT min(klass) FROM {_LINE} AND service = services.service) FROM services WHERE service
            IS NOT NULL
        UNION ALL SELECT service, (SELECT min(klass) FROM {_LINE} AND service = classes.service AND klass >
            classes.klass)
        FROM classes WHERE klass IS NOT NULL)
    SELECT tickets.* FROM classes JOIN tickets ON tickets.id =
        (SELECT id FROM {_LINE} AND service = classes.service AND klass = classes.klass ORDER BY rank, id LIMIT 1)"""
"""A walk over the distinct (service, class) of one line, each found by its place in tickets_heads and not by looking
through it.
"""


def _columns(values: dict[str, object]) -> dict[str, object]:
    """A ticket's fields as the table holds them."""
    return {**values, "items": json.dumps(values["items"], ensure_ascii=False)} if "items" in values else values


def _service_filter(services: Collection[str] | None, excluded: Collection[str]) -> tuple[str, list[str]]:
    if services is not None:
        return f" AND service IN ({','.join('?' * len(services))})", list(services)
    return (f" AND service NOT IN ({','.join('?' * len(excluded))})", list(excluded)) if excluded else ("", [])


def _substitution(row: sqlite3.Row) -> Substitution:
    values = dict(row)
    return Substitution(**{**values, "is_b": bool(values["is_b"])})


class Reader:
    """Named questions, by noun. `conn` has sqlite3.Row rows."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    # tickets

    def ticket(self, ticket_id: int) -> Ticket | None:
        row = self.conn.execute("SELECT * FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
        return ticket_of(row) if row else None

    def by_number(self, day: str, prefix: str, number: int) -> Ticket | None:
        sql = "SELECT * FROM tickets WHERE day = ? AND prefix = ? AND number = ?"
        row = self.conn.execute(sql, (day, prefix, number)).fetchone()
        return ticket_of(row) if row else None

    def at_counter(self, counter: str) -> Ticket | None:
        """The ticket that a counter has called or is serving."""
        sql = "SELECT * FROM tickets WHERE counter = ? AND state IN ('called', 'serving')"
        row = self.conn.execute(sql, (counter,)).fetchone()
        return ticket_of(row) if row else None

    def heads(self, targets: Sequence[str] = ("",)) -> list[Ticket]:
        """The first waiting ticket by rank of each (target, service, class): three steps in the index for each of
        them.
        """
        return [ticket_of(row) for target in targets for row in self.conn.execute(_HEADS, (target,))]

    def waiting(
        self, services: Collection[str] | None = None, excluded: Collection[str] = (), limit: int = 100
    ) -> list[Ticket]:
        """Those waiting, in order of rank."""
        where, values = _service_filter(services, excluded)
        sql = f"SELECT * FROM tickets WHERE state = 'waiting'{where} ORDER BY rank, id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (*values, limit))]

    def waiting_at(
        self, target: str, services: Collection[str] | None, excluded: Collection[str], limit: int
    ) -> list[Ticket]:
        """Those waiting in one line (Ticket.target), in order of rank; who waits for one counter waits there whatever
        the service.
        """
        where, values = ("", []) if target else _service_filter(services, excluded)
        sql = f"SELECT * FROM tickets WHERE state = 'waiting' AND target = ?{where} ORDER BY rank, id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (target, *values, limit))]

    def waiting_count(
        self,
        services: Collection[str] | None = None,
        excluded: Collection[str] = (),
        before: Ticket | None = None,
    ) -> int:
        """How many wait, or how many wait before a ticket."""
        where, values = _service_filter(services, excluded)
        place: list[float] = []
        if before:
            where += " AND (rank, id) < (?, ?)"
            place = [before.rank, before.id]
        sql = f"SELECT count(*) FROM tickets WHERE state = 'waiting'{where}"
        return int(self.conn.execute(sql, (*values, *place)).fetchone()[0])

    def next_in_line(
        self, services: Collection[str] | None, excluded: Collection[str], now: float, limit: int
    ) -> list[Ticket]:
        """The first of the hall's queue, in order of rank; an appointment whose time has not come is not in it."""
        where, values = _service_filter(services, excluded)
        sql = (
            f"SELECT * FROM tickets WHERE state = 'waiting'{where} AND target = '' AND (slot IS NULL OR rank <= ?)"
            " ORDER BY rank, id LIMIT ?"
        )
        return [ticket_of(r) for r in self.conn.execute(sql, (*values, now, limit))]

    def last_in_line(self) -> Ticket | None:
        """The last by rank of those who wait as they came: no appointment, not taken back, moved or raised."""
        sql = (
            "SELECT * FROM tickets WHERE state = 'waiting' AND slot IS NULL AND placed = '' ORDER BY rank DESC, id DESC"
            " LIMIT 1"
        )
        row = self.conn.execute(sql).fetchone()
        return ticket_of(row) if row else None

    def waiting_for(self, target: str) -> list[Ticket]:
        """Those who wait for one counter or member of staff alone."""
        sql = "SELECT * FROM tickets WHERE state = 'waiting' AND target = ? ORDER BY rank, id"
        return [ticket_of(r) for r in self.conn.execute(sql, (target,))]

    def suspended(self) -> list[Ticket]:
        """The suspended numbers, the oldest suspension first."""
        sql = "SELECT * FROM tickets WHERE state = 'suspended' ORDER BY suspended_at, id"
        return [ticket_of(r) for r in self.conn.execute(sql)]

    def of_appointment(self, day: str, appointment: str) -> Ticket | None:
        """The newest ticket an appointment got when it checked in."""
        sql = "SELECT * FROM tickets WHERE day = ? AND appointment = ? AND appointment <> '' ORDER BY id DESC LIMIT 1"
        row = self.conn.execute(sql, (day, appointment)).fetchone()
        return ticket_of(row) if row else None

    def waiting_by_service(self) -> dict[str, int]:
        sql = "SELECT service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY service"
        return {row[0]: row[1] for row in self.conn.execute(sql)}

    def last_called(self, since: float, limit: int, counters: Sequence[str] = ()) -> list[Ticket]:
        """The numbers called most recently, newest first, whatever became of them; to some counters, or to all."""
        where = f"AND counter IN ({','.join('?' * len(counters))})" if counters else ""
        sql = f"SELECT * FROM tickets WHERE last_called_at >= ? {where} ORDER BY last_called_at DESC, id DESC LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (since, *counters, limit))]

    def recent_handling(self, since: float, limit: int = 20) -> list[float]:
        """Handling times (last call to end) of the last finished tickets, seconds."""
        sql = """SELECT max(0, ended_at - last_called_at - away_s) FROM tickets
                 WHERE state = 'finished' AND ended_at >= ? AND last_called_at IS NOT NULL ORDER BY ended_at DESC
                     LIMIT ?"""
        return [row[0] for row in self.conn.execute(sql, (since, limit))]

    def passed(self, day: str, since: float) -> list[Ticket]:
        """Passed numbers that may still come back, newest first."""
        sql = "SELECT * FROM tickets WHERE day = ? AND state = 'passed' AND ended_at >= ? ORDER BY ended_at DESC"
        return [ticket_of(r) for r in self.conn.execute(sql, (day, since))]

    def unfinished_before(self, day: str) -> list[Ticket]:
        """Tickets of earlier service days that are still waiting or called."""
        waiting = "SELECT * FROM tickets WHERE state = 'waiting' AND day < ? ORDER BY id"
        suspended = "SELECT * FROM tickets WHERE state = 'suspended' AND day < ? ORDER BY id"
        called = "SELECT * FROM tickets WHERE state IN ('called') AND counter IS NOT NULL AND day < ? ORDER BY id"
        return [ticket_of(r) for query in (waiting, suspended, called) for r in self.conn.execute(query, (day,))]

    def visits(self, first_day: str, last_day: str) -> list[Visit]:
        """The visits of the service days from one to another, inclusive."""
        sql = """SELECT day, service, klass, channel, counter, staff, state, issued_at, called_at, last_called_at,
                 started_at, ended_at, calls, outcome, away_s, served_s FROM tickets WHERE day BETWEEN ? AND ?"""
        plain = self.conn.cursor()
        plain.row_factory = None
        return list(map(Visit._make, plain.execute(sql, (first_day, last_day))))

    # the console

    def finished_at(self, counter: str, day: str, since: float) -> list[Ticket]:
        """What a counter finished on a service day that began at or after `since`, newest first."""
        sql = """SELECT * FROM tickets WHERE state = 'finished' AND ended_at >= ? AND counter = ? AND day = ? AND
            number IS NOT NULL
                 ORDER BY ended_at DESC"""
        return [ticket_of(r) for r in self.conn.execute(sql, (since, counter, day))]

    # counters, jobs, people, devices

    def counter(self, counter_id: str) -> Counter:
        row = self.conn.execute("SELECT * FROM counters WHERE id = ?", (counter_id,)).fetchone()
        return counter_of(row) if row else Counter(counter_id)

    def counters(self) -> dict[str, Counter]:
        return {row["id"]: counter_of(row) for row in self.conn.execute("SELECT * FROM counters")}

    def counter_of_staff(self, staff: str) -> Counter | None:
        """Where a member of staff sits."""
        return next((c for c in self.counters().values() if c.staff == staff and c.state != "closed"), None)

    def closures(self, day: str) -> dict[str, sqlite3.Row]:
        """What is closed on a service day, by service code; '' is the hall itself."""
        return {row["service"]: row for row in self.conn.execute("SELECT * FROM closures WHERE day = ?", (day,))}

    def booking(self, code: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM bookings WHERE code = ?", (code,)).fetchone()
        return row

    def appointments(self, day: str) -> list[sqlite3.Row]:
        """The appointments of a day by their slot."""
        sql = "SELECT * FROM bookings WHERE kind = 'appointment' AND day = ? ORDER BY slot, code"
        return list(self.conn.execute(sql, (day,)))

    def has_bookings(self) -> bool:
        return self.conn.execute("SELECT 1 FROM bookings LIMIT 1").fetchone() is not None

    def issued_of(self, day: str, services: Collection[str]) -> dict[str, int]:
        """How many numbers of these services a day has seen (tickets_of_day)."""
        sql = (
            f"SELECT service, count(*) FROM tickets WHERE day = ? AND service IN ({','.join('?' * len(services))})"
            " GROUP BY service"
        )
        return {row[0]: row[1] for row in self.conn.execute(sql, (day, *services))} if services else {}

    def held_by(self, day: str, service: str, holder: str) -> list[int]:
        """The tickets of a service that a person has taken today."""
        sql = "SELECT ticket FROM holders WHERE day = ? AND service = ? AND hash = ? ORDER BY ticket"
        return [row[0] for row in self.conn.execute(sql, (day, service, holder))]

    def contact(self, contact: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM contacts WHERE id = ?", (contact,)).fetchone()
        return row

    def contacts(self, since: float) -> list[sqlite3.Row]:
        """First contacts since a moment, and older ones that are still open; the newest first."""
        sql = """SELECT * FROM contacts WHERE at >= ?1
                 UNION SELECT * FROM contacts WHERE closed_at IS NULL ORDER BY id DESC LIMIT 200"""
        return list(self.conn.execute(sql, (since,)))

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

    def journal_of(self, counter: str, since: float) -> list[Row]:
        """What happened at a counter from a moment on (journal_of_counter)."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE counter = ? AND at >= ? ORDER BY at, seq"
        return [Row(*r) for r in self.conn.execute(sql, (counter, since))]

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

    def staff(self, staff_id: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM staff WHERE id = ?", (staff_id,)).fetchone()
        return row

    def session(self, token_hash: str) -> sqlite3.Row | None:
        sql = """SELECT s.staff, s.counter, s.at, s.seen, p.name, p.role FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE token_hash = ? AND p.active"""
        row: sqlite3.Row | None = self.conn.execute(sql, (token_hash,)).fetchone()
        return row

    def sessions(self, began_since: float, seen_since: float) -> set[str]:
        """Those of active accounts that began and were seen since then."""
        sql = """SELECT token_hash FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE s.at >= ? AND s.seen >= ? AND p.active"""
        return {row[0] for row in self.conn.execute(sql, (began_since, seen_since))}

    def device_of_token(self, token_hash: str) -> str | None:
        row = self.conn.execute("SELECT name FROM devices WHERE token_hash = ?", (token_hash,)).fetchone()
        return row[0] if row else None

    def device_names(self) -> set[str]:
        return {row[0] for row in self.conn.execute("SELECT name FROM devices")}

    # the hall's live page

    def longest_waiting(self, limit: int) -> list[Ticket]:
        """Those waiting, the longest in their queue first; an appointment waits from its slot on
        (tickets_waiting_since).
        """
        sql = "SELECT * FROM tickets WHERE state = 'waiting' ORDER BY max(entered_at, coalesce(slot, 0)), id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (limit,))]

    def waiting_since(self, border: float) -> int:
        """How many have waited since a moment or longer (tickets_waiting_since)."""
        sql = "SELECT count(*) FROM tickets WHERE state = 'waiting' AND max(entered_at, coalesce(slot, 0)) <= ?"
        return int(self.conn.execute(sql, (border,)).fetchone()[0])

    def waiting_lines(self) -> dict[tuple[str, str], int]:
        """How many wait by (target, service) (tickets_heads)."""
        sql = "SELECT target, service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY target, service"
        return {(row[0], row[1]): row[2] for row in self.conn.execute(sql)}

    def waiting_order(self, limit: int) -> list[tuple[int, str]]:
        """(id, service) of those waiting, in order of rank (tickets_in_order)."""
        sql = "SELECT id, service FROM tickets WHERE state = 'waiting' ORDER BY rank, id LIMIT ?"
        return [(row[0], row[1]) for row in self.conn.execute(sql, (limit,))]

    def finished_by_counter(self, day: str) -> dict[str | None, int]:
        """What each counter has finished on a service day, other systems' visits left out (tickets_today)."""
        sql = """SELECT counter, count(*) FROM tickets WHERE day = ? AND state = 'finished' AND number IS NOT NULL
            GROUP BY counter"""
        return {row[0]: row[1] for row in self.conn.execute(sql, (day,))}

    def waits(self, day: str, hours: Sequence[tuple[float, float]]) -> tuple[int, int, float]:
        """(numbers given out, of them called, the waits of those within `hours`, seconds) of a service day
        (tickets_today).
        """
        spans = " + ".join(["max(0, min(called_at, ?) - max(issued_at, ?))"] * len(hours)) or "0"
        edges = [edge for start, end in hours for edge in (end, start)]
        sql = (
            f"SELECT count(*), count(called_at), coalesce(sum({spans}), 0) FROM tickets WHERE day = ? AND number IS NOT"
            " NULL"
        )
        row = self.conn.execute(sql, (*edges, day)).fetchone()
        return row[0], row[1], row[2]

    def last_act_of(self, counter: str) -> float | None:
        """When a counter, or somebody at it, did something last (journal_of_counter)."""
        found = self.conn.execute("SELECT max(at) FROM journal WHERE counter = ?", (counter,)).fetchone()[0]
        return None if found is None else float(found)

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
        return [(ticket, job) for job in jobs if job.ticket and (ticket := self.ticket(job.ticket))]

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

    def numbers_of(self, tickets: Collection[int]) -> dict[int, str]:
        """The numbers of some tickets, by their ids."""
        sql = f"SELECT * FROM tickets WHERE id IN ({','.join('?' * len(tickets))})"
        return {row["id"]: ticket_of(row).label for row in self.conn.execute(sql, tuple(tickets))}

    # the journal

    def head(self) -> tuple[int, float, str]:
        """(seq, at, hash) of the newest row."""
        row = self.conn.execute("SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        return (row[0], row[1], row[2]) if row else (0, 0.0, GENESIS)

    def journal(self, since: int, limit: int = 500) -> list[Row]:
        sql = f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
        return [Row(*r) for r in self.conn.execute(sql, (since, limit))]

    def life_line(self, ticket_id: int) -> list[Row]:
        """Everything that happened to one ticket."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket = ? ORDER BY seq"
        return [Row(*r) for r in self.conn.execute(sql, (ticket_id,))]

    def recent(self, since: float) -> Iterator[Row]:
        """The newest rows of the journal back to a moment, or to a clock that was set back; the newest first."""
        for row in self.conn.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq DESC"):
            if row["at"] < since or row["event"] == "ClockSet":
                return
            yield Row(*row)

    def last_event(self, name: str) -> Row | None:
        """The newest row of an event that is about no ticket."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? ORDER BY seq DESC LIMIT 1"
        row = self.conn.execute(sql, (name,)).fetchone()
        return Row(*row) if row else None

    def events_between(self, name: str, start: float, end: float) -> list[Row]:
        """The rows of an event that is about no ticket, from one moment to another."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? AND at >= ? AND at < ? ORDER BY seq"
        return [Row(*r) for r in self.conn.execute(sql, (name, start, end))]

    # ratings and pads

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

    def newest_at(self, counter: str, event: str, since: float) -> Row | None:
        """The newest row of an event at a counter since a moment (journal_of_counter)."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE counter = ? AND at >= ? AND event = ? ORDER BY seq DESC LIMIT 1"
        row = self.conn.execute(sql, (counter, since, event)).fetchone()
        return Row(*row) if row else None

    def emergency(self) -> Row | None:
        """安全疏散: the row that began what takes the place of everything now (journal_of_hall)."""
        sql = f"""SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = 'EmergencyBegan' AND seq >
                  (SELECT coalesce(max(seq), 0) FROM journal WHERE ticket IS NULL AND event = 'EmergencyEnded')
                      ORDER BY seq DESC LIMIT 1"""
        row = self.conn.execute(sql).fetchone()
        return Row(*row) if row else None

    # snapshots of reports

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

    def first_day(self) -> str | None:
        """The service day of the first visit."""
        first: str | None = self.conn.execute("SELECT min(day) FROM legs").fetchone()[0]
        return first

    def legs_between(self, first_day: str, last_day: str, most: int) -> int:
        """How many legs some service days hold, counted up to `most`."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM legs WHERE day BETWEEN ? AND ? LIMIT ?)"
        return int(self.conn.execute(sql, (first_day, last_day, most)).fetchone()[0])

    # people

    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""
        return {row["id"]: row["name"] for row in self.everybody()}

    def everybody(self) -> list[sqlite3.Row]:
        """Every account, in order of staff numbers, without the passwords."""
        return self.conn.execute(
            "SELECT id, name, role, active, failed, locked_until FROM staff ORDER BY id"
        ).fetchall()

    def over_sessions(self, began_before: float, seen_before: float) -> list[sqlite3.Row]:
        """Sessions that are over: too old, idle, ended by us, or of an account that is active no more."""
        sql = """SELECT s.token_hash, s.staff, s.counter, s.seen FROM sessions s LEFT JOIN staff p ON p.id = s.staff
                 WHERE s.at < ? OR s.seen < ? OR NOT coalesce(p.active, 0)"""
        return self.conn.execute(sql, (began_before, seen_before)).fetchall()

    def others_at(self, counter: str, staff: str, began_since: float, seen_since: float) -> bool:
        """Whether the person has a session at the counter that is not over."""
        sql = """SELECT 1 FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE s.counter = ? AND s.staff = ? AND s.at >= ? AND s.seen >= ? AND p.active"""
        return self.conn.execute(sql, (counter, staff, began_since, seen_since)).fetchone() is not None

    def posts(self) -> dict[str, Post]:
        return {row["id"]: Post(**dict(row)) for row in self.conn.execute("SELECT * FROM posts ORDER BY counter, id")}

    def post_at(self, counter: str) -> Post | None:
        row = self.conn.execute("SELECT * FROM posts WHERE counter = ?", (counter,)).fetchone()
        return Post(**dict(row)) if row else None

    def substitution(self, substitution_id: int) -> Substitution | None:
        return self._substitution("id = ?", substitution_id)

    def running_substitution(self, counter: str) -> Substitution | None:
        """Who stands in at a counter now."""
        return self._substitution("counter = ? AND ended IS NULL", counter)

    def _substitution(self, where: str, value: object) -> Substitution | None:
        row = self.conn.execute(
            f"SELECT * FROM substitutions WHERE {where} ORDER BY id DESC LIMIT 1", (value,)
        ).fetchone()
        return _substitution(row) if row else None

    def running_substitutions(self) -> list[Substitution]:
        return [_substitution(r) for r in self.conn.execute("SELECT * FROM substitutions WHERE ended IS NULL")]

    def substitutions(self, limit: int = 100) -> list[Substitution]:
        """Those still to be decided, then the newest others."""
        sql = "SELECT * FROM substitutions ORDER BY state = 'waiting' DESC, id DESC LIMIT ?"
        return [_substitution(r) for r in self.conn.execute(sql, (limit,))]

    def shifts(self, day: str) -> list[Shift]:
        """The roster's words on a day, in the order in which they were said."""
        return [
            Shift(**dict(row)) for row in self.conn.execute("SELECT * FROM roster WHERE day = ? ORDER BY id", (day,))
        ]


class Turn(Reader):
    """One command's share of the writer's transaction: read, decide (elsewhere), record."""

    def __init__(self, conn: sqlite3.Connection, head: tuple[int, float, str], now: float) -> None:
        super().__init__(conn)
        self.seq, self.last_at, self.hash = head
        self.now = now
        self.events: set[str] = set()
        """Names of what was recorded."""

    def record(self, event: ev.Event, actor: str) -> None:
        """Append the event to the journal and let it change the rows it speaks of."""
        fields = (
            self.seq + 1,
            self.now,
            event.name,
            actor,
            event.ticket,
            event.counter,
            canonical(ev.to_row(event)),
        )
        self.hash = row_hash(self.hash, fields)
        self.conn.execute(f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*fields, self.hash))
        self.seq, self.last_at = self.seq + 1, self.now
        self.events.add(event.name)
        if isinstance(event, ev.FirstContactNoted):
            self._note_contact(event, actor)
        elif isinstance(event, ev.PrintQueued | ev.PrintBegan | ev.PrintEnded):
            self._project_job(event)
        elif event.ticket is not None:
            self._project(event)
        elif event.counter is not None:
            after = evolve_counter(self.counter(event.counter), event, self.now)
            self._put("counters", {**asdict(after), "bound": canonical(asdict(after.bound)) if after.bound else None})
        else:
            self._project_hall(event, actor)

    def _project_hall(self, event: ev.Event, actor: str) -> None:
        if isinstance(event, ev.ServiceClosed):
            self._close(event.day, event.service, event.message, event.message_en, "serve", actor)
        elif isinstance(event, ev.HallClosed):
            self._close(event.day, "", event.message, event.message_en, event.waiting, actor)
        elif isinstance(event, ev.ServiceReopened | ev.HallReopened):
            service = event.service if isinstance(event, ev.ServiceReopened) else ""
            self.conn.execute("DELETE FROM closures WHERE day = ? AND service = ?", (event.day, service))
        elif isinstance(event, ev.FirstContactClosed):
            sql = "UPDATE contacts SET closed_at = ?, closed_by = ?, note = ? WHERE id = ?"
            self.conn.execute(sql, (self.now, actor, event.note, event.contact))
        else:
            self._project_people(event, actor)

    def _close(self, day: str, service: str, message: str, message_en: str, waiting: str, actor: str) -> None:
        self._put(
            "closures",
            {
                "day": day,
                "service": service,
                "message": message,
                "message_en": message_en,
                "waiting": waiting,
                "at": self.now,
                "actor": actor,
            },
        )

    def _note_contact(self, event: ev.FirstContactNoted, actor: str) -> None:
        done = self.now if event.result != "passed on" else None
        self._put(
            "contacts",
            {
                "id": event.contact,
                "at": self.now,
                "staff": actor,
                "ticket": event.ticket,
                "matter": event.matter,
                "result": event.result,
                "led_to": event.led_to,
                "closed_at": done,
                "closed_by": actor if done else None,
                "note": "",
            },
        )

    def _project_job(self, event: ev.PrintQueued | ev.PrintBegan | ev.PrintEnded) -> None:
        job = evolve_job(self.job(event.job), event, self.now)
        if job:
            self._put("jobs", {**asdict(job), "printers": json.dumps(job.printers), "facts": canonical(job.facts)})

    def _project(self, event: ev.Event) -> None:
        assert event.ticket is not None
        if isinstance(event, ev.Rated):
            self._put_rating(event)
            return
        before = None if isinstance(event, ev.Issued | ev.Imported) else self.ticket(event.ticket)
        after = evolve(before, event, self.now)
        if after and before is None:
            self._insert("tickets", _columns(asdict(after)))
        elif after and before:
            was, values = asdict(before), asdict(after)
            changed = _columns({k: v for k, v in values.items() if was[k] != v})
            if changed:
                sets = ", ".join(f"{k} = ?" for k in changed)
                self.conn.execute(f"UPDATE tickets SET {sets} WHERE id = ?", (*changed.values(), after.id))
        if after:
            self._walk(event, after.day, after.id)

    def _walk(self, event: ev.Event, day: str, ticket: int) -> None:
        """Write the legs that the event changes or begins; a step taken back has them made anew from the ticket's
        life.
        """
        if isinstance(event, ev.Undone):
            self.conn.execute("DELETE FROM legs WHERE day = ? AND ticket = ?", (day, ticket))
            changed = tuple(leg.legs_of((row.seq, row.at, row.happened()) for row in self.life_line(ticket)))
        else:
            last = self.conn.execute(
                "SELECT * FROM legs WHERE day = ? AND ticket = ? ORDER BY leg DESC LIMIT 1", (day, ticket)
            ).fetchone()
            changed = leg.follow(leg.Leg(**dict(last)) if last else None, event, self.now)
        for one in changed:
            self._put("legs", asdict(one))

    def _put_rating(self, event: ev.Rated) -> None:
        ticket = self.ticket(event.ticket) if event.ticket else None
        if ticket:
            self._put(
                "ratings", {**asdict(made := rating_of(event, ticket, self.now)), "options": json.dumps(made.options)}
            )

    def _insert(self, table: str, values: dict[str, object]) -> None:
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
        self.conn.execute(sql, tuple(values.values()))

    def _put(self, table: str, values: dict[str, object]) -> None:
        sql = f"REPLACE INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
        self.conn.execute(sql, tuple(values.values()))

    def next_id(self, table: str) -> int:
        return int(self.conn.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])

    def next_number(self, day: str, prefix: str) -> int:
        """Take the next number of a prefix and day. Only ever called in the transaction that issues it."""
        sql = """INSERT INTO numbers (day, prefix, last) VALUES (?, ?, 1)
                 ON CONFLICT (day, prefix) DO UPDATE SET last = last + 1 RETURNING last"""
        return int(self.conn.execute(sql, (day, prefix)).fetchone()[0])

    def answered(self, actor: str, key: str) -> sqlite3.Row | None:
        """What was done for this idempotency key before: its fingerprint and ticket."""
        sql = "SELECT fingerprint, ticket FROM requests WHERE actor = ? AND key = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (actor, key)).fetchone()
        return row

    def remember(self, actor: str, key: str, fingerprint: str, ticket: int) -> None:
        self._insert(
            "requests", {"actor": actor, "key": key, "fingerprint": fingerprint, "ticket": ticket, "at": self.now}
        )

    def put_booking(self, code: str, kind: str, day: str, service: str, slot: float | None) -> None:
        self._put("bookings", {"code": code, "kind": kind, "day": day, "service": service, "slot": slot})

    def forget_bookings(self, before: str) -> None:
        """Appointments of days before this one."""
        self.conn.execute("DELETE FROM bookings WHERE kind = 'appointment' AND day < ?", (before,))

    def put_holder(self, ticket: int, day: str, service: str, holder: str, mask: str) -> None:
        self._put("holders", {"ticket": ticket, "day": day, "service": service, "hash": holder, "mask": mask})

    def forget_holders(self, before: str) -> None:
        self.conn.execute("DELETE FROM holders WHERE day < ?", (before,))

    def forget_requests(self, before: float) -> None:
        self.conn.execute("DELETE FROM requests WHERE at < ?", (before,))

    def put_staff(self, staff: str, name: str, role: str, password_hash: str) -> None:
        self._put("staff", {"id": staff, "name": name, "role": role, "password_hash": password_hash})

    def put_session(self, token_hash: str, staff: str, counter: str | None, at: float) -> None:
        self._put("sessions", {"token_hash": token_hash, "staff": staff, "counter": counter, "at": at, "seen": at})

    def drop_session(self, token_hash: str) -> None:
        self.conn.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    def put_printer(self, name: str, memory: dict[str, Any]) -> None:
        self._put("printers", {"name": name, "memory": canonical(memory)})

    def put_delivery(self, delivery: Delivery) -> None:
        self._put("deliveries", asdict(delivery))

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a report for good, and say so in the journal."""
        self._insert("snapshots", asdict(snapshot))
        self.record(ev.ReportMade(**{name: getattr(snapshot, name) for name in TOLD}), snapshot.actor)

    def put_device(self, name: str, token_hash: str) -> None:
        self._put("devices", {"name": name, "token_hash": token_hash})

    # people

    def add_staff(self, staff: str, name: str, role: str, password_hash: str) -> None:
        self._insert("staff", {"id": staff, "name": name, "role": role, "password_hash": password_hash})

    def change_staff(self, staff: str, **columns: object) -> None:
        sets = ", ".join(f"{name} = ?" for name in columns)
        self.conn.execute(f"UPDATE staff SET {sets} WHERE id = ?", (*columns.values(), staff))

    def sign_of(self, token_hash: str) -> None:
        """The person behind a session is there."""
        self.conn.execute("UPDATE sessions SET seen = ? WHERE token_hash = ?", (self.now, token_hash))

    def end_sessions(self, staff: str, but: str | None = None) -> None:
        """End a person's sessions at once; their rows go when the counters are closed."""
        self.conn.execute("UPDATE sessions SET seen = 0 WHERE staff = ? AND token_hash IS NOT ?", (staff, but))

    def end_session(self, token_hash: str) -> None:
        self.conn.execute("UPDATE sessions SET seen = 0 WHERE token_hash = ?", (token_hash,))

    def _project_people(self, event: ev.Event, actor: str) -> None:
        if isinstance(event, ev.PostSet):
            self._put("posts", asdict(post_of(event, self.now)))
        elif isinstance(event, ev.PostEnded):
            self.conn.execute("DELETE FROM posts WHERE id = ?", (event.post,))
        elif isinstance(
            event, ev.SubstitutionBegan | ev.SubstitutionApproved | ev.SubstitutionRefused | ev.SubstitutionEnded
        ):
            after = post.evolve(self.substitution(event.substitution), event, self.now, actor)
            if after:
                self._put("substitutions", asdict(after))
        elif isinstance(event, ev.RosterSet):
            shift = Shift(
                id=self.next_id("roster"),
                day=event.day,
                post=event.post,
                staff=event.staff,
                start=event.start,
                end=event.end,
                reason=event.reason,
            )
            self._insert("roster", {f'"{name}"': value for name, value in asdict(shift).items()})
