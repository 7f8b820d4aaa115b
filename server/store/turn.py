"""Questions to the store, and the one way to write into it. Knows SQL and the tables; decides nothing.

`Reader` answers questions, on any connection. `Turn` is a Reader inside the writer's transaction that also records.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import asdict

from server import events as ev
from server.store.journal import COLUMNS, GENESIS, Row, canonical, row_hash, ticket_of
from server.ticket import Counter, Job, Ticket, evolve, evolve_counter, evolve_job
from server.visit import Visit


def _job(row: sqlite3.Row) -> Job:
    values = dict(row)
    return Job(**{**values, "printers": tuple(json.loads(values["printers"]))})


def _service_filter(services: Collection[str] | None, excluded: Collection[str]) -> tuple[str, list[str]]:
    if services is not None:
        return f" AND service IN ({','.join('?' * len(services))})", list(services)
    return (f" AND service NOT IN ({','.join('?' * len(excluded))})", list(excluded)) if excluded else ("", [])


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

    def classes_waiting(self) -> list[str]:
        """The classes somebody waits in, each found by one step in the index: also one that config.toml no longer has."""
        sql = """WITH RECURSIVE found(klass) AS (
                     SELECT min(klass) FROM tickets WHERE state = 'waiting'
                     UNION ALL
                     SELECT (SELECT min(klass) FROM tickets WHERE state = 'waiting' AND klass > found.klass)
                     FROM found WHERE found.klass IS NOT NULL)
                 SELECT klass FROM found WHERE klass IS NOT NULL"""
        return [row[0] for row in self.conn.execute(sql)]

    def first_of_each_class(self, services: Collection[str] | None, excluded: Collection[str] = ()) -> list[Ticket]:
        """The head of the queue in each class, among `services` (None: all but `excluded`)."""
        heads = []
        for klass in self.classes_waiting():
            if services is None:
                heads.append(self._head(klass, *_service_filter(None, excluded)))
            else:
                heads += [self._head(klass, " AND service = ?", [service]) for service in services]
        return [head for head in heads if head]

    def _head(self, klass: str, where: str, values: list[str]) -> Ticket | None:
        sql = f"SELECT * FROM tickets WHERE state = 'waiting' AND klass = ?{where} ORDER BY rank, id LIMIT 1"
        row = self.conn.execute(sql, (klass, *values)).fetchone()
        return ticket_of(row) if row else None

    def waiting(
        self, services: Collection[str] | None = None, excluded: Collection[str] = (), limit: int = 100
    ) -> list[Ticket]:
        """Those waiting, in order of rank."""
        where, values = _service_filter(services, excluded)
        sql = f"SELECT * FROM tickets WHERE state = 'waiting'{where} ORDER BY rank, id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (*values, limit))]

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

    def waiting_by_service(self) -> dict[str, int]:
        sql = "SELECT service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY service"
        return {row[0]: row[1] for row in self.conn.execute(sql)}

    def last_called(self, since: float, limit: int) -> list[Ticket]:
        """The numbers called most recently, newest first, whatever became of them."""
        sql = "SELECT * FROM tickets WHERE last_called_at >= ? ORDER BY last_called_at DESC, id DESC LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (since, limit))]

    def recent_handling(self, since: float, limit: int = 20) -> list[float]:
        """Handling times (last call to end) of the last finished tickets, seconds."""
        sql = """SELECT max(0, ended_at - last_called_at) FROM tickets
                 WHERE state = 'finished' AND ended_at >= ? AND last_called_at IS NOT NULL ORDER BY ended_at DESC LIMIT ?"""
        return [row[0] for row in self.conn.execute(sql, (since, limit))]

    def passed(self, day: str, since: float) -> list[Ticket]:
        """Passed numbers that may still come back, newest first."""
        sql = "SELECT * FROM tickets WHERE day = ? AND state = 'passed' AND ended_at >= ? ORDER BY ended_at DESC"
        return [ticket_of(r) for r in self.conn.execute(sql, (day, since))]

    def unfinished_before(self, day: str) -> list[Ticket]:
        """Tickets of earlier service days that are still waiting or called."""
        sql = "SELECT * FROM tickets WHERE state = 'waiting' AND day < ? ORDER BY id"
        called = "SELECT * FROM tickets WHERE state IN ('called') AND counter IS NOT NULL AND day < ? ORDER BY id"
        return [ticket_of(r) for query in (sql, called) for r in self.conn.execute(query, (day,))]

    def visits(self, first_day: str, last_day: str) -> list[Visit]:
        """The visits of the service days from one to another, inclusive."""
        sql = """SELECT day, service, klass, channel, counter, staff, state, issued_at, called_at, last_called_at,
                 started_at, ended_at, calls, outcome FROM tickets WHERE day BETWEEN ? AND ?"""
        plain = self.conn.cursor()
        plain.row_factory = None
        return list(map(Visit._make, plain.execute(sql, (first_day, last_day))))

    # counters, jobs, people, devices

    def counter(self, counter_id: str) -> Counter:
        row = self.conn.execute("SELECT * FROM counters WHERE id = ?", (counter_id,)).fetchone()
        return Counter(**dict(row)) if row else Counter(counter_id)

    def counters(self) -> dict[str, Counter]:
        return {row["id"]: Counter(**dict(row)) for row in self.conn.execute("SELECT * FROM counters")}

    def job(self, job_id: int) -> Job | None:
        row = self.conn.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def last_job(self, ticket_id: int) -> Job | None:
        sql = "SELECT * FROM jobs WHERE ticket = ? ORDER BY id DESC LIMIT 1"
        row = self.conn.execute(sql, (ticket_id,)).fetchone()
        return _job(row) if row else None

    def open_jobs(self, limit: int = 50) -> list[Job]:
        """The oldest jobs that are queued or sending."""
        sql = "SELECT * FROM jobs WHERE state IN ('queued', 'sending') ORDER BY id LIMIT ?"
        return [_job(r) for r in self.conn.execute(sql, (limit,))]

    def staff(self, staff_id: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM staff WHERE id = ?", (staff_id,)).fetchone()
        return row

    def session(self, token_hash: str) -> sqlite3.Row | None:
        sql = """SELECT s.staff, s.counter, s.at, p.name, p.role FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE token_hash = ?"""
        row: sqlite3.Row | None = self.conn.execute(sql, (token_hash,)).fetchone()
        return row

    def device_of_token(self, token_hash: str) -> str | None:
        row = self.conn.execute("SELECT name FROM devices WHERE token_hash = ?", (token_hash,)).fetchone()
        return row[0] if row else None

    def device_names(self) -> set[str]:
        return {row[0] for row in self.conn.execute("SELECT name FROM devices")}

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

    def last_event(self, name: str) -> Row | None:
        """The newest row of an event that is about no ticket."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? ORDER BY seq DESC LIMIT 1"
        row = self.conn.execute(sql, (name,)).fetchone()
        return Row(*row) if row else None

    def events_between(self, name: str, start: float, end: float) -> list[Row]:
        """The rows of an event that is about no ticket, from one moment to another."""
        sql = f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? AND at >= ? AND at < ? ORDER BY seq"
        return [Row(*r) for r in self.conn.execute(sql, (name, start, end))]


class Turn(Reader):
    """One command's share of the writer's transaction: read, decide (elsewhere), record."""

    def __init__(self, conn: sqlite3.Connection, head: tuple[int, float, str], now: float) -> None:
        super().__init__(conn)
        self.seq, self.last_at, self.hash = head
        self.now = now

    def record(self, event: ev.Event, actor: str) -> None:
        """Append the event to the journal and let it change the rows it speaks of."""
        fields = (
            self.seq + 1, self.now, event.name, actor, event.ticket, event.counter, canonical(ev.to_row(event)),
        )  # fmt: skip
        self.hash = row_hash(self.hash, fields)
        self.conn.execute(f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*fields, self.hash))
        self.seq, self.last_at = self.seq + 1, self.now
        if event.ticket is not None:
            self._project(event)
        elif event.counter is not None:
            after = evolve_counter(self.counter(event.counter), event, self.now)
            self._put("counters", asdict(after))

    def _project(self, event: ev.Event) -> None:
        if isinstance(event, ev.PrintQueued | ev.PrintBegan | ev.PrintEnded):
            job = evolve_job(self.job(event.job), event, self.now)
            if job:
                self._put("jobs", {**asdict(job), "printers": json.dumps(job.printers)})
            return
        assert event.ticket is not None
        before = None if isinstance(event, ev.Issued | ev.Imported) else self.ticket(event.ticket)
        after = evolve(before, event, self.now)
        if after and before is None:
            self._insert("tickets", asdict(after))
        elif after and before:
            was, values = asdict(before), asdict(after)
            changed = {k: v for k, v in values.items() if was[k] != v}
            if changed:
                sets = ", ".join(f"{k} = ?" for k in changed)
                self.conn.execute(f"UPDATE tickets SET {sets} WHERE id = ?", (*changed.values(), after.id))

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
        self._insert("requests", {"actor": actor, "key": key, "fingerprint": fingerprint, "ticket": ticket, "at": self.now})

    def forget_requests(self, before: float) -> None:
        self.conn.execute("DELETE FROM requests WHERE at < ?", (before,))

    def put_staff(self, staff: str, name: str, role: str, password_hash: str) -> None:
        self._put("staff", {"id": staff, "name": name, "role": role, "password_hash": password_hash})

    def put_session(self, token_hash: str, staff: str, counter: str | None, at: float) -> None:
        self._put("sessions", {"token_hash": token_hash, "staff": staff, "counter": counter, "at": at})

    def drop_session(self, token_hash: str) -> None:
        self.conn.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    def put_device(self, name: str, token_hash: str) -> None:
        self._put("devices", {"name": name, "token_hash": token_hash})
