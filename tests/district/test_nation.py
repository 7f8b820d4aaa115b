"""Roll-ups and heads above the city, by logical replication between two real databases, one of which is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from district import appending, folding, nation, postgres, servers
from tests.conftest import MONDAY_9
from tests.district.conftest import HALLS, issued, plant
from tests.waiting import until


def city(folder: Path) -> tuple[str, Any]:
    """A city's own PostgreSQL, set to publish."""
    url, server = servers.postgres(folder)
    with postgres.connect(url) as conn:
        with pytest.raises(ValueError, match="wal_level"):
            nation.publish(conn)
        conn.execute("ALTER SYSTEM SET wal_level = 'logical'")
    killed_and_back(server)
    with postgres.connect(url) as conn:
        postgres.prepare(conn, MONDAY_9)
        plant(conn)
        nation.publish(conn)
        nation.publish(conn)
    return url, server


def killed_and_back(server: Any) -> None:
    pid = server.get_pid()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists())
    server.ensure_postgres_running()


def bring(conn: Connection[Any], hall: str, numbers: int, day: str) -> None:
    found = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s", (hall,)).fetchone()
    assert found
    head = appending.Head(*found)
    whole = issued(numbers, head, day)
    ask = appending.Ask(appending.Head(whole[-1].seq, whole[-1].hash), head.hash, tuple(whole))
    assert appending.append(conn, hall, ask, MONDAY_9).kind == "ok"
    folding.fold(conn, hall)


def test_a_city_killed_and_back_is_caught_up_and_no_row_of_a_journal_leaves_it(engine: str, room: Path) -> None:
    url, server = city(room / "city")
    with postgres.connect(engine) as above:
        above.execute("CREATE DATABASE nation")
    of_nation = engine.replace("/postgres?", "/nation?")
    try:
        with postgres.connect(url) as conn:
            for n, hall in enumerate(HALLS):
                bring(conn, hall, 3 + n, "2026-11-23")
        with postgres.connect(of_nation) as above:
            nation.prepare(above)
            nation.subscribe(above, "c350503", url)
            until(lambda: above.execute("SELECT count(*) FROM daily").fetchone() == (3,))
            killed_and_back(server)
            with postgres.connect(url) as conn:
                bring(conn, "h2", 7, "2026-11-24")
                mine = conn.execute("SELECT id, head_seq, head_hash FROM halls ORDER BY id").fetchall()
                daily = conn.execute("SELECT * FROM daily ORDER BY hall, day").fetchall()
            heads = "SELECT id, head_seq, head_hash FROM halls ORDER BY id"
            until(lambda: above.execute(heads).fetchall() == mine)
            until(lambda: above.execute("SELECT * FROM daily ORDER BY hall, day").fetchall() == daily)
            ranked = nation.ranked(above, "2026-11-23", "2026-11-24")
            assert sorted(row[:2] for row in ranked) == [("h1", 3), ("h2", 11), ("h3", 5)]
            assert above.execute("SELECT to_regclass('journal')").fetchone() == (None,)
            above.execute("DROP SUBSCRIPTION city_c350503")
    finally:
        server.cleanup()
        with postgres.connect(engine) as above:
            above.execute("DROP DATABASE IF EXISTS nation WITH (FORCE)")
