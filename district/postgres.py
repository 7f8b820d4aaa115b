"""The district's PostgreSQL: its schema, its months, and the session of somebody who may see a part of the tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

SCHEMA = Path(__file__).with_name("schema.sql")
AHEAD = 3
"""Months that are made before their rows come."""


def connect(url: str) -> Connection[Any]:
    """A connection that commits each transaction block by itself."""
    return psycopg.connect(url, autocommit=True)


def prepare(conn: Connection[Any], now: float) -> None:
    """The schema as this version wants it, and the next months of the journal."""
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(42)")  # two programs that start at once
        conn.execute(SCHEMA.read_text(encoding="utf-8"))
    months(conn, now)


def months(conn: Connection[Any], now: float) -> None:
    """Partitions for this month and those to come; rows of older ones that lie in the default one stay there."""
    first = datetime.fromtimestamp(now, UTC)
    for n in range(AHEAD):
        here, there = (_month(first.year, first.month + n + k) for k in (0, 1))
        taken = conn.execute("SELECT 1 FROM journal_other WHERE month = %s LIMIT 1", (here,)).fetchone()
        if taken is None:
            with conn.transaction():
                conn.execute(
                    f"CREATE TABLE IF NOT EXISTS journal_{here:%Y_%m} PARTITION OF journal"
                    f" FOR VALUES FROM ('{here:%Y-%m-%d}') TO ('{there:%Y-%m-%d}')"
                )


def _month(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)


ROLES = {"manager": "district_pages", "inspector": "district_inspectors"}
"""Of a person -> of her session."""


@contextmanager
def seen_by(
    conn: Connection[Any], place: str, role: str = "manager", name: str = "", subject: str = ""
) -> Iterator[Connection[Any]]:
    """A transaction that sees a place of the tree, what is below it and nothing else, and may do what a role may:
    row-level security and grants decide. `name`: in which alone it notes exports; `subject` of `people.Person`.
    """
    with as_role(conn, ROLES[role], place, name, subject):
        yield conn


@contextmanager
def as_role(conn: Connection[Any], role: str, place: str, name: str, subject: str) -> Iterator[None]:
    """A transaction of somebody, in a role of the database."""
    with conn.transaction():
        conn.execute(
            """SELECT set_config('district.place', %s, true), set_config('district.name', %s, true),
                      set_config('district.subject', %s, true)""",
            (place, name, subject),
        )
        conn.execute(f"SET LOCAL ROLE {role}")
        yield
