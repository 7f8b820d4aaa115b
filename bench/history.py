"""Ten million past visits with their legs, and the counters' and devices' events of those years, in a file kept under
var/.

Made straight into the tables, deterministic: only what a report reads matters here, not the hash chain. The file's name
carries a hash of what makes it, so that a second run finds it; a change of the schema or of this module makes it anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import config
from server.store import schema
from server.store.database import Store

VISITS, A_DAY, COUNTERS = 10_000_000, 9_400, 60
FIRST = datetime.fromisoformat("2022-10-24T00:00:00+08:00")
"""A Monday; five days a week from then on."""

TICKETS = """
INSERT INTO tickets (id, day, prefix, number, service, klass, channel, language, large_print, state, issued_at,
    rank, counter, staff,
                     called_at, last_called_at, started_at, ended_at, calls, passes, outcome, entered_at, legs,
                         items, served_s)
SELECT i + 1, day, 'A', k + 1, service, klass, channel, 'zh', 0, fate, t, t,
    CASE WHEN called IS NOT NULL THEN '' || counter END,
       CASE WHEN called IS NOT NULL THEN 's' || counter END, called, called + 20 * again,
       CASE WHEN fate = 'finished' THEN called + 20 * again + walk END,
       CASE WHEN fate = 'finished' THEN called + 20 * again + walk + work ELSE c + 120 END,
           CASE WHEN called IS NOT NULL THEN 1 + again ELSE 0 END,
       fate = 'passed', CASE WHEN fate = 'finished' THEN outcome END, t, 1 + moved,
           CASE WHEN fate = 'finished' THEN '["SB01"]' ELSE '[]' END,
       CASE WHEN moved THEN 120.5 END
FROM people
"""

FIRST_LEGS = """
INSERT INTO legs
SELECT day, i + 1, 1, service, klass, channel, CASE WHEN called IS NOT NULL THEN '' || counter END,
    CASE WHEN called IS NOT NULL THEN 's' || counter END,
       t, called, called + 20 * again, CASE WHEN fate = 'finished' THEN called + 20 * again + walk END,
       CASE WHEN moved THEN called + 20 * again + walk + 120.5 WHEN fate = 'finished' THEN called + 20 * again +
           walk + work ELSE c + 120 END,
       CASE WHEN called IS NOT NULL THEN 1 + again ELSE 0 END, CASE WHEN called IS NOT NULL THEN again ELSE 0 END, 0.0,
       CASE WHEN moved THEN 'transferred' ELSE fate END, CASE WHEN fate = 'finished' AND NOT moved THEN outcome END,
       fate = 'finished' AND NOT moved, CASE WHEN moved THEN '事项不符' ELSE '' END,
       CASE WHEN i % 97 = 0 AND fate = 'finished'
            THEN '[["errand", ' || (called + 20 * again + walk + 5) || ',
                ' || (called + 20 * again + walk + 25) || ']]' ELSE '' END
FROM people
"""

SECOND_LEGS = """
INSERT INTO legs
SELECT day, i + 1, 2, 'MZ0' || (4 + i % 5), klass, channel, '' || (1 + counter % 60), 's' || (1 + counter % 60),
    called + 20 * again + walk + 120.5,
       called + 500, called + 500, called + 510, called + 510 + work, 1, 0, 0.0, 'finished', outcome, 1, '', ''
FROM people WHERE moved
"""

COUNTER_EVENTS = (
    (8 * 3600, "CounterOpened"),
    (10 * 3600, "CounterPaused"),
    (10 * 3600 + 600, "CounterResumed"),
    (12 * 3600, "CounterClosed"),
    (14.5 * 3600, "CounterOpened"),
    (17.5 * 3600, "CounterClosed"),
)


def days(visits: int) -> list[str]:
    """The service days of the file, ISO."""
    return [(FIRST + timedelta(days=n // 5 * 7 + n % 5)).date().isoformat() for n in range(-(-visits // A_DAY))]


def build(hall: config.Hall, visits: int) -> None:
    """Fill a hall's own database. Times are whole milliseconds."""
    store = Store(hall.data, durable=False)
    store.close()
    conn = sqlite3.connect(hall.data / "hall.db", isolation_level=None)
    conn.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = MEMORY;"
    )
    indexes = conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'tickets' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        conn.execute(f"DROP INDEX {name}")
    conn.execute("CREATE TEMP TABLE d (dayno INTEGER PRIMARY KEY, day TEXT, eight REAL)")
    eight = [
        (n, day, datetime.fromisoformat(f"{day}T08:00:00+08:00").timestamp()) for n, day in enumerate(days(visits))
    ]
    conn.executemany("INSERT INTO d VALUES (?, ?, ?)", eight)
    conn.execute("BEGIN")
    _people(conn, visits)
    for sql in (TICKETS, FIRST_LEGS, SECOND_LEGS):
        conn.execute(sql)
    _events(conn, visits)
    conn.execute("COMMIT")
    for _, sql in indexes:
        conn.execute(sql)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.close()


def _people(conn: sqlite3.Connection, visits: int) -> None:
    conn.execute(f"""CREATE TEMP TABLE people AS
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {visits} - 1)
        SELECT p.*, CASE WHEN fate IN ('finished', 'passed') THEN t + wait END AS called, t + wait AS c,
               i * 31 % 10 = 0 AND fate = 'finished' AS moved,
               CASE i * 17 % 7 WHEN 0 THEN 'accepted' WHEN 1 THEN 'enquiry' WHEN 2 THEN 'incomplete' ELSE 'done' END AS
                   outcome
        FROM (SELECT i, d.day, i % {A_DAY} AS k, 'SB0' || (1 + i % 8) AS service,
              CASE WHEN i % 29 = 0 THEN 'green' WHEN i % 31 = 0 THEN 'appointment' ELSE 'ordinary' END AS klass,
              CASE WHEN i % 37 = 0 THEN 'desk' ELSE 'kiosk' END AS channel,
                  1 + i * 48271 % 2147483647 % {COUNTERS} AS counter,
              round(d.eight + i % {A_DAY} * 34200.0 / {A_DAY} + i % 1000 / 1000.0, 3) AS t,
                  20 + i * 104729 % 2400 AS wait,
              30 + i % 40 AS walk, 60 + i * 15485863 % 1500 AS work, i * 13 % 50 = 0 AS again,
              CASE WHEN i * 7919 % 1000 < 30 THEN 'left' WHEN i * 7919 % 1000 < 50 THEN 'expired'
                   WHEN i * 7919 % 1000 < 90 THEN 'passed' ELSE 'finished' END AS fate
              FROM n JOIN d ON d.dayno = i / {A_DAY}) p""")


def _events(conn: sqlite3.Connection, visits: int) -> None:
    """Each counter opens, pauses, closes twice a day; each of eight devices fails once a day."""
    rows: list[tuple[float, str, str | None, str]] = []
    for day in days(visits):
        midnight = datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp()
        for second, event in COUNTER_EVENTS:
            for counter in range(1, COUNTERS + 1):
                data = {
                    "CounterOpened": f'{{"staff":"s{counter}"}}',
                    "CounterPaused": '{"reason":"短暂离开"}',
                    "CounterClosed": '{"reason":""}',
                }
                rows.append((midnight + second + counter, event, str(counter), data.get(event, "{}")))
        for device in range(8):
            at = midnight + 36000 + device
            rows += [
                (at, "DeviceChanged", None, f'{{"detail":"","device":"printer {device}","state":"paper_out"}}'),
                (at + 300, "DeviceChanged", None, f'{{"detail":"","device":"printer {device}","state":"ready"}}'),
            ]
    rows.sort()
    seq = conn.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    conn.executemany(
        "INSERT INTO journal (seq, at, event, actor, ticket, counter, data, hash) VALUES (?, ?, ?, 'bench', NULL, ?,"
        " ?, '')",
        ((seq + n, *row) for n, row in enumerate(rows, start=1)),
    )


def key(visits: int) -> str:
    """Names what the file is made of: this module, the schema and the number of visits."""
    made_of = Path(__file__).read_bytes() + Path(schema.__file__).read_bytes() + str(visits).encode()
    return hashlib.sha256(made_of).hexdigest()[:12]
