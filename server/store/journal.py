"""What the journal says, and where a chain or a table is not as it says.
The chain itself is `server/domain/chain.py`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter
from typing import Any

from server.domain import events as ev
from server.domain.chain import COLUMNS, GENESIS, Row, row_hash
from server.domain.leg import Leg, legs_of
from server.domain.projections import Drop, projected
from server.domain.snapshot import TOLD, Snapshot
from server.domain.ticket import Ticket
from server.store.rows import ticket_of
from server.store.tables import APART, BESIDE, TABLES


class Rebuilt:
    """What the journal alone says there is: by table, by key."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        self.numbers: dict[tuple[str, str], int] = {}

    def row(self, table: str, key: Any) -> Any:
        return self.tables[table].get(key)

    def next_id(self, table: str) -> int:
        return max(self.tables[table], default=0) + 1


def rebuild(rows: Iterator[Row]) -> Rebuilt:
    """Every row that follows from the history, from the history and nothing else."""
    built = Rebuilt()
    for row in rows:
        apply(built, row)
    return built


def apply(built: Rebuilt, row: Row) -> None:
    """Let one row of the history change what there is."""
    event = row.happened()
    for change in projected(event, row.at, row.actor, built):
        if isinstance(change, Drop):
            built.tables[change.table].pop(change.key, None)
        else:
            built.tables[change.table][TABLES[change.table].key_of(change.row)] = change.row
    if isinstance(event, ev.Issued) and event.drawn:
        built.numbers[event.day, event.prefix] = max(event.number, built.numbers.get((event.day, event.prefix), 0))


def rows(conn: sqlite3.Connection, after: int = 0) -> Iterator[Row]:
    for row in conn.execute(f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq", (after,)):
        yield Row(*row)


def verify(conn: sqlite3.Connection) -> list[str]:
    """Every sentence that is wrong with the journal or with the tickets it should explain; empty when all is right."""
    problems: list[str] = []
    readable = True
    previous, expected = GENESIS, 1
    built = Rebuilt()
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
    tables = _differences(conn, built) + _others(conn, built) + _numbers(conn, built)
    return problems + tables + legs + snapshot_problems(conn)


def compared(conn: sqlite3.Connection) -> str:
    """What `verify` has held against the journal, and what it can't, one sentence."""
    counts = {name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in (*TABLES, *BESIDE)}
    rebuilt = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"rebuilt and compared: {rebuilt}; no part of the history: {', '.join(APART)}"


def unread(conn: sqlite3.Connection) -> dict[str, int]:
    """How many rows there are of each name that this version does not know: `verify` checks their hash and no more."""
    counts = conn.execute("SELECT event, count(*) FROM journal GROUP BY event ORDER BY event").fetchall()
    return {name: count for name, count in counts if name not in ev.VOCABULARY}


def lives(conn: sqlite3.Connection) -> Iterator[tuple[int, Iterator[Row]]]:
    """(ticket, its rows) of every ticket, one ticket in memory at a time. Not of those whose import was withdrawn."""
    gone = [
        (event.first, event.last) for event in _of(conn, "ImportWithdrawn") if isinstance(event, ev.ImportWithdrawn)
    ]
    found = conn.execute(f"SELECT {COLUMNS} FROM journal WHERE ticket IS NOT NULL ORDER BY ticket, seq")
    for ticket, rows in groupby((Row(*row) for row in found), itemgetter(4)):
        if not any(first <= ticket <= last for first, last in gone):
            yield ticket, rows


def told_legs(conn: sqlite3.Connection) -> Iterator[tuple[int, list[Leg]]]:
    """(ticket, its legs) of every ticket, from the history and nothing else."""
    for ticket, life in lives(conn):
        yield ticket, legs_of_life(life)


def legs_of_life(life: Iterator[Row]) -> list[Leg]:
    """The legs of one ticket, from its rows. Raises what `happened` does."""
    return legs_of((row.seq, row.at, row.happened()) for row in life)


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
        (event.period, event.version): event for event in _of(conn, "ReportMade") if isinstance(event, ev.ReportMade)
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


def _of(conn: sqlite3.Connection, name: str) -> Iterator[ev.Event]:
    """Every event of a name that is about no ticket, in order."""
    for row in conn.execute(f"SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = ? ORDER BY seq", (name,)):
        yield Row(*row).happened()


def _differences(conn: sqlite3.Connection, built: Rebuilt) -> list[str]:
    """Where the tickets' table says something that the journal does not."""
    found: list[str] = []
    seen = 0
    for ticket in map(ticket_of, conn.execute("SELECT * FROM tickets")):
        seen += 1
        told = built.tables["tickets"].get(ticket.id)
        if told != ticket and len(found) < 20:
            what = f"differs from the journal in {_fields(told, ticket)}" if told else "is not in the journal"
            found.append(f"tickets:{ticket.id}: {ticket.day} {ticket.label} {what}")
    if seen < len(built.tables["tickets"]):
        found.append(
            f"tickets: {len(built.tables['tickets']) - seen} numbers of the journal are missing from the table"
        )
    return found


def _others(conn: sqlite3.Connection, built: Rebuilt) -> list[str]:
    """Where another table that follows from the journal says something that the journal does not."""
    found = []
    for name, told in built.tables.items():
        if name != "tickets":
            table = TABLES[name]
            stored = {table.key_of(row): row for row in map(table.load, conn.execute(f"SELECT * FROM {name}"))}
            keys = sorted({*told, *stored}, key=str)
            found += [f"{name}:{_said(k)}: is not what the journal says" for k in keys if told.get(k) != stored.get(k)]
    return found[:20]


def _said(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _numbers(conn: sqlite3.Connection, built: Rebuilt) -> list[str]:
    """Where a number could be given out twice: the last one remembered is below one that the journal gave."""
    last = {(day, prefix): n for day, prefix, n in conn.execute("SELECT day, prefix, last FROM numbers")}
    return [
        f"numbers:{day} {prefix}: is {last.get((day, prefix), 0)}, but the journal gave {prefix}{told:03d}"
        for (day, prefix), told in sorted(built.numbers.items())
        if last.get((day, prefix), 0) < told
    ][:20]


def _fields(told: Ticket, stored: Ticket) -> str:
    a, b = asdict(told), asdict(stored)
    return ", ".join(f"{k} ({a[k]!r} in the journal, {b[k]!r} in the table)" for k in a if a[k] != b[k])
