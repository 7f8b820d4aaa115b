"""The hash chain of the journal: how a row's hash is made, and where a chain is broken.

hash(row) = sha256(previous hash + canonical JSON of [seq, at, event, actor, ticket, counter, data]); the first row's
previous hash is 64 zeros. Canonical JSON: sorted keys, no spaces, UTF-8, as json.dumps writes it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from server.domain import events as ev
from server.domain.leg import Leg, legs_of
from server.domain.rating import Rating, rating_of
from server.domain.snapshot import TOLD, Snapshot
from server.domain.ticket import Binding, Counter, Job, Ticket, evolve, evolve_counter, evolve_job

GENESIS = "0" * 64
COLUMNS = "seq, at, event, actor, ticket, counter, data, hash"


class Row(NamedTuple):
    """One line of the history."""

    seq: int
    at: float
    event: str
    actor: str
    ticket: int | None
    counter: str | None
    data: str
    hash: str

    def happened(self) -> ev.Event:
        return ev.from_row(self.event, self.ticket, self.counter, json.loads(self.data))


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def row_hash(previous: str, fields: tuple[Any, ...]) -> str:
    """Hash of a row from the hash before it and its seven fields."""
    return hashlib.sha256((previous + canonical(list(fields))).encode()).hexdigest()


class Rebuilt(NamedTuple):
    """What the journal alone says there is."""

    tickets: dict[int, Ticket]
    counters: dict[str, Counter]
    jobs: dict[int, Job]
    ratings: dict[tuple[int, int], Rating]


def rebuild(rows: Iterator[Row]) -> Rebuilt:
    """Every ticket, counter, print job and rating, from the history and nothing else."""
    built = Rebuilt({}, {}, {}, {})
    for row in rows:
        apply(built, row)
    return built


def apply(built: Rebuilt, row: Row) -> None:
    """Let one row of the history change what there is."""
    event = row.happened()
    if event.ticket is not None:
        ticket = evolve(built.tickets.get(event.ticket), event, row.at)
        if ticket:
            built.tickets[event.ticket] = ticket
    if event.counter is not None and event.ticket is None:
        counter = built.counters.get(event.counter) or Counter(event.counter)
        built.counters[event.counter] = evolve_counter(counter, event, row.at)
    if isinstance(event, ev.PrintQueued | ev.PrintBegan | ev.PrintEnded):
        job = evolve_job(built.jobs.get(event.job), event, row.at)
        if job:
            built.jobs[event.job] = job
    if isinstance(event, ev.Rated) and event.ticket in built.tickets:
        built.ratings[event.ticket, event.leg] = rating_of(event, built.tickets[event.ticket], row.at)


def rows(conn: sqlite3.Connection, after: int = 0) -> Iterator[Row]:
    for row in conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq", (after,)):
        yield Row(*row)


def verify(conn: sqlite3.Connection) -> list[str]:
    """Every sentence that is wrong with the journal or with the tickets it should explain; empty when all is right."""
    problems: list[str] = []
    readable = True
    previous, expected = GENESIS, 1
    built = Rebuilt({}, {}, {}, {})
    for row in rows(conn):
        if row.seq != expected:
            problems.append(f"journal:{expected}: row missing; the next one is {row.seq}")
        elif row_hash(previous, row[:-1]) != row.hash:
            problems.append(
                f"journal:{row.seq}: {row.event}: hash does not fit; this row or the one before it was changed"
            )
        try:
            apply(built, row)
        except (KeyError, TypeError, ValueError, AssertionError) as error:
            problems.append(f"journal:{row.seq}: {row.event}: cannot be read: {error!r}")
            readable = False
        previous, expected = row.hash, row.seq + 1
        if len(problems) >= 20:
            return [*problems, "… stopped after 20 problems"]
    legs = leg_problems(conn) if readable else ["legs: not compared, because a row of the journal cannot be read"]
    return problems + _differences(conn, built) + _others(conn, built) + legs + snapshot_problems(conn)


def told_legs(conn: sqlite3.Connection) -> Iterator[tuple[int, list[Leg]]]:
    """(ticket, its legs) of every ticket, from the history and nothing else, one ticket in memory at a time."""
    found = conn.execute(f"SELECT {COLUMNS} FROM journal WHERE ticket IS NOT NULL ORDER BY ticket, seq")
    for ticket, rows in groupby((Row(*row) for row in found), itemgetter(4)):
        yield ticket, legs_of((row.seq, row.at, row.happened()) for row in rows)


def leg_problems(conn: sqlite3.Connection) -> list[str]:
    """Where the table of legs says something that the journal does not."""
    found: list[str] = []
    seen = 0
    for ticket, told in told_legs(conn):
        rows = (
            conn.execute("SELECT * FROM legs WHERE day = ? AND ticket = ? ORDER BY leg", (told[0].day, ticket))
            if told
            else ()
        )
        stored = [Leg(**dict(row)) for row in rows]
        seen += len(stored)
        if stored != told and len(found) < 20:
            found.append(
                f"legs:{ticket}: are not what the journal says; {len(stored)} in the table, {len(told)} in the journal"
            )
    total = conn.execute("SELECT count(*) FROM legs").fetchone()[0]
    return found if total == seen else [*found, f"legs: {total - seen} rows belong to no ticket of the journal"]


def snapshot_problems(conn: sqlite3.Connection) -> list[str]:
    """Where the snapshots of reports are not what the journal says was made, or not what their own hash says."""
    told: dict[tuple[str, int], ev.ReportMade | None] = {
        (event.period, event.version): event
        for row in _made(conn)
        if isinstance(event := row.happened(), ev.ReportMade)
    }
    found: list[str] = []
    for row in conn.execute("SELECT * FROM snapshots ORDER BY period, version"):
        made = Snapshot(**dict(row))
        made_so, name = told.pop((made.period, made.version), None), f"snapshots:{made.period} version {made.version}"
        found += [f"{name}: {problem}" for problem in made.problems()]
        if made_so is None:
            found.append(f"{name}: is not in the journal")
        elif any(getattr(made, key) != getattr(made_so, key) for key in TOLD):
            found.append(f"{name}: is not what the journal says was made")
        counted_from = conn.execute("SELECT hash FROM journal WHERE seq = ?", (made.journal_seq,)).fetchone()
        if (counted_from[0] if counted_from else GENESIS) != made.journal_hash:
            found.append(f"{name}: row {made.journal_seq} of the journal is not the one it was counted from")
    return found + [
        f"snapshots:{period} version {version}: was made and is missing" for period, version in sorted(told)
    ]


def _made(conn: sqlite3.Connection) -> Iterator[Row]:
    for row in conn.execute(
        f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = 'ReportMade' ORDER BY seq"
    ):
        yield Row(*row)


def _differences(conn: sqlite3.Connection, built: Rebuilt) -> list[str]:
    """Where the tickets' table says something that the journal does not."""
    found: list[str] = []
    seen = 0
    for ticket in map(ticket_of, conn.execute("SELECT * FROM tickets")):
        seen += 1
        told = built.tickets.get(ticket.id)
        if told != ticket and len(found) < 20:
            what = f"differs from the journal in {_fields(told, ticket)}" if told else "is not in the journal"
            found.append(f"tickets:{ticket.id}: {ticket.day} {ticket.label} {what}")
    if seen < len(built.tickets):
        found.append(f"tickets: {len(built.tickets) - seen} numbers of the journal are missing from the table")
    return found


def _others(conn: sqlite3.Connection, built: Rebuilt) -> list[str]:
    """Where the counters', jobs' and ratings' tables say something that the journal does not."""
    found = []
    counters = {c.id: c for c in map(counter_of, conn.execute("SELECT * FROM counters"))}
    jobs = {j.id: j for j in map(job_of, conn.execute("SELECT * FROM jobs"))}
    ratings = {(r.ticket, r.leg): r for r in map(rating_row, conn.execute("SELECT * FROM ratings"))}
    tables: tuple[tuple[str, Mapping[Any, Any], Mapping[Any, Any]], ...] = (
        ("counters", built.counters, counters),
        ("jobs", built.jobs, jobs),
        ("ratings", built.ratings, ratings),
    )
    for name, told, stored in tables:
        keys = sorted({*told, *stored}, key=str)
        found += [f"{name}:{key}: is not what the journal says" for key in keys if told.get(key) != stored.get(key)]
    return found[:20]


def _fields(told: Ticket, stored: Ticket) -> str:
    a, b = asdict(told), asdict(stored)
    return ", ".join(f"{k} ({a[k]!r} in the journal, {b[k]!r} in the table)" for k in a if a[k] != b[k])


def ticket_of(row: sqlite3.Row) -> Ticket:
    """A row of the tickets' table as the ticket it is."""
    values = dict(row)
    return Ticket(**{**values, "large_print": bool(values["large_print"]), "items": tuple(json.loads(values["items"]))})


def counter_of(row: sqlite3.Row) -> Counter:
    """A row of the counters' table as the counter it is."""
    values = dict(row)
    if bound := values["bound"]:
        told = json.loads(bound)
        lists = {k: None if told[k] is None else tuple(told[k]) for k in ("services", "helps")}
        values["bound"] = Binding(**lists, help_after_min=told["help_after_min"])
    return Counter(**values)


def job_of(row: sqlite3.Row) -> Job:
    """A row of the jobs' table as the job it is."""
    values = dict(row)
    return Job(**{**values, "printers": tuple(json.loads(values["printers"])), "facts": json.loads(values["facts"])})


def rating_row(row: sqlite3.Row) -> Rating:
    """A row of the ratings' table as the rating it is."""
    values = dict(row)
    return Rating(
        **{**values, "is_default": bool(values["is_default"]), "options": tuple(json.loads(values["options"]))}
    )
