"""A district for tests: PostgreSQL from PyPI, once for the worker; each test gets a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from district import postgres, servers
from server.domain import events as ev
from server.domain.chain import GENESIS, Head, Row, canonical, row_hash
from server.domain.uplink import Ask
from tests.conftest import MONDAY_9


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker has the engine, so that it is started once."""
    for item in items:
        if "district" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("district"))


NUMBER = count()
TREE = (
    ("qu", "district", None),
    ("north", "street", "qu"),
    ("south", "street", "qu"),
    ("h1", "hall", "north"),
    ("h2", "hall", "north"),
    ("h3", "hall", "south"),
    ("c1", "community", "h1"),
)
HALLS = ("h1", "h2", "h3")


@pytest.fixture(scope="session")
def room() -> Iterator[Path]:
    """A folder for PostgreSQL, which root has run by a user of its own who has to come there."""
    with TemporaryDirectory(prefix="district-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def engine(room: Path) -> Iterator[str]:
    url, server = servers.postgres(room / "data")
    yield url
    server.cleanup()


@pytest.fixture
def dsn(engine: str) -> Iterator[str]:
    """An empty database with the schema and a tree of three halls."""
    name = f"test_{os.getpid()}_{next(NUMBER)}"
    with postgres.connect(engine) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    url = make_conninfo(engine, dbname=name)
    with postgres.connect(url) as conn:
        postgres.prepare(conn, MONDAY_9)
        plant(conn)
    yield url
    with postgres.connect(engine) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def plant(conn: Connection[Any]) -> None:
    """The tree of tests."""
    for id, kind, parent in TREE:
        conn.execute("INSERT INTO places (id, kind, parent, name) VALUES (%s, %s, %s, %s)", (id, kind, parent, id))
    for id in HALLS:
        conn.execute("INSERT INTO halls (id) VALUES (%s)", (id,))


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection[Any]]:
    with postgres.connect(dsn) as conn:
        yield conn


def chained(events: list[ev.Event], head: Head | None = None, at: float = MONDAY_9) -> list[Row]:
    """Rows that continue a head, a second apart."""
    rows: list[Row] = []
    seq, previous = head or Head()
    for n, event in enumerate(events):
        fields = (seq + n + 1, at + n, event.name, "kiosk", event.ticket, event.counter, canonical(ev.to_row(event)))
        rows.append(Row(*fields, row_hash(previous, fields)))
        previous = rows[-1].hash
    return rows


def asked(rows: list[Row], of: list[Row], first: int | None = None) -> Ask:
    """The ask that brings `rows` of a hall whose whole history is `of`."""
    head = Head(of[-1].seq, of[-1].hash) if of else Head()
    at = (rows[0].seq if rows else 1) if first is None else first
    before = of[at - 2].hash if at > 1 else GENESIS
    return Ask(head, before, tuple(rows), "test", MONDAY_9)


def issued(numbers: int, head: Head | None = None, day: str = "2026-11-23") -> list[Row]:
    """So many numbers, as a kiosk gives them out."""
    begin = head.seq if head else 0
    return chained(
        [
            ev.Issued(
                ticket=begin + n + 1,
                counter=None,
                day=day,
                prefix="A",
                number=begin + n + 1,
                service="01",
                klass="normal",
                channel="kiosk",
                rank=MONDAY_9 + n,
            )
            for n in range(numbers)
        ],
        head,
    )
