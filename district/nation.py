"""Above the city: roll-ups and heads go to a nation's database by PostgreSQL's own logical replication, rows do not.

A city publishes, the nation subscribes to each. Ids of halls begin with the code of their 区 (GB/T 2260), so that no
two cities have the same.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

PUBLICATION = "rollups"
LEVEL = "logical"
"""What `wal_level` has to be in a city."""
TABLES = """
CREATE TABLE IF NOT EXISTS halls (
    id text PRIMARY KEY,
    head_seq bigint NOT NULL,
    head_hash text NOT NULL,
    incarnation integer NOT NULL,
    heard_at double precision,
    own_head bigint NOT NULL,
    trouble text NOT NULL
);
CREATE TABLE IF NOT EXISTS daily (
    hall text NOT NULL,
    day text NOT NULL,
    service text NOT NULL,
    visits integer NOT NULL,
    finished integer NOT NULL,
    passed integer NOT NULL,
    away integer NOT NULL,
    waited integer NOT NULL,
    wait_s double precision NOT NULL,
    waits integer[] NOT NULL,
    served integer NOT NULL,
    service_s double precision NOT NULL,
    PRIMARY KEY (hall, day, service)
);
CREATE INDEX IF NOT EXISTS daily_day ON daily (day, hall);
"""
SHARED = "id, head_seq, head_hash, incarnation, heard_at, own_head, trouble"
"""Of a hall; its key and its code stay in the city."""
RANKED = """
    SELECT hall, sum(visits)::bigint, sum(waited)::bigint, sum(wait_s) / nullif(sum(waited), 0) AS mean_s,
           rank() OVER (ORDER BY sum(wait_s) / nullif(sum(waited), 0) NULLS LAST)
    FROM daily WHERE day BETWEEN %s AND %s GROUP BY hall ORDER BY mean_s NULLS LAST
"""


def publish(conn: Connection[Any]) -> None:
    """In a city: what the nation may have. Raises ValueError where PostgreSQL was not set for it."""
    level = conn.execute("SHOW wal_level").fetchone()
    if level != (LEVEL,):
        raise ValueError(f"wal_level is {level[0] if level else '?'}: set it to {LEVEL} and start PostgreSQL again")
    there = conn.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", (PUBLICATION,)).fetchone()
    if there is None:
        conn.execute(f"CREATE PUBLICATION {PUBLICATION} FOR TABLE daily, halls ({SHARED})")


def prepare(conn: Connection[Any]) -> None:
    """In the nation's database: the tables."""
    conn.execute(TABLES)


def subscribe(conn: Connection[Any], city: str, dsn: str) -> None:
    """In the nation's database: follow a city from its beginning."""
    name = sql.Identifier(f"city_{city}")
    conn.execute(
        sql.SQL("CREATE SUBSCRIPTION {} CONNECTION {} PUBLICATION {}").format(
            name, sql.Literal(dsn), sql.Identifier(PUBLICATION)
        )
    )


def ranked(conn: Connection[Any], first: str, last: str) -> list[tuple[str, int, int, float | None, int]]:
    """(hall, visits, visits with a wait, mean wait in seconds, rank) of the days from `first` to `last`."""
    return conn.execute(RANKED, (first, last)).fetchall()
