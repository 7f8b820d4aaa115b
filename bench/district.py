"""``./run bench district``: rows that a district commits and proves in a second, over its own bytes, beside PostgreSQL
taking the same rows without a question; and a month of one hall caught up.

Both on this machine, in one run, one connection each: the ratio travels, the figures do not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg import Connection

from consoles import any_console
from district import appending, nation, postgres, views
from district.servers import postgres as engine
from server.domain import events as ev
from server.domain.chain import Head, Row, canonical, row_hash
from server.domain.uplink import MOST_ROWS, Ask, packed, unpacked

MONTH = 60_000
"""Rows of a month of a hall: 300 tickets a day, nine rows each."""
NOW = 1795395600.0


def history(rows: int) -> list[Row]:
    """A chain of numbers given out."""
    made, head = [], Head()
    for seq in range(1, rows + 1):
        event = ev.Issued(
            ticket=seq,
            counter=None,
            day="2026-11-23",
            prefix="A",
            number=seq,
            service="SB01",
            klass="ordinary",
            channel="kiosk",
            rank=NOW + seq,
        )
        fields = (seq, NOW + seq, event.name, "kiosk-1", seq, None, canonical(ev.to_row(event)))
        made.append(Row(*fields, row_hash(head.hash, fields)))
        head = Head(seq, made[-1].hash)
    return made


def asks(rows: list[Row]) -> list[bytes]:
    """A month as a hall sends it."""
    head = Head(rows[-1].seq, rows[-1].hash)
    parts = [rows[at : at + MOST_ROWS] for at in range(0, len(rows), MOST_ROWS)]
    before = ["0" * 64, *(part[-1].hash for part in parts)]
    return [packed(Ask(head, was, tuple(part), "bench", NOW)) for was, part in zip(before, parts, strict=False)]


def settled(conn: Connection[Any], halls: int, services: int) -> None:
    """A week of roll-ups of so many halls."""
    conn.execute("TRUNCATE daily, weekly, reports, legs, halls, places CASCADE")
    conn.execute("INSERT INTO places (id, kind, name) VALUES ('qu', 'district', 'qu')")
    conn.execute(
        "INSERT INTO places (id, kind, parent, name) SELECT 'h' || n, 'hall', 'qu', 'h' FROM generate_series(1, %s) n",
        (halls,),
    )
    conn.execute("INSERT INTO halls (id, heard_at) SELECT id, %s FROM places WHERE kind = 'hall'", (NOW,))
    conn.execute(
        """INSERT INTO daily SELECT 'h' || n, to_char(date '2026-11-23' + d, 'YYYY-MM-DD'), 'S' || s, 40, 30, 5, 5, 40,
             40 * (300 + (n * 7919 + s * 104729) %% 1200), array_fill(1, ARRAY[24]), 30, 9000
           FROM generate_series(1, %s) n, generate_series(0, 6) d, generate_series(1, %s) s""",
        (halls, services),
    )
    conn.execute(
        """INSERT INTO weekly SELECT 'h' || n, '2026-11-23', 7, 280 * %s, 280 * %s, 280 * 900.0 * %s,
             array_fill(%s, ARRAY[24]), (SELECT array_agg('S' || s ORDER BY s) FROM generate_series(1, %s) s),
             array_fill(280, ARRAY[%s]), array_fill(77, ARRAY[%s]) FROM generate_series(1, %s) n""",
        (*([services] * 3), 7 * services, *([services] * 3), halls),
    )
    conn.execute("ANALYZE daily, weekly")


def half(work: Callable[[], object], times: int = 9) -> float:
    """Milliseconds, the middle of some times."""
    return sorted(seconds(work) for _ in range(times))[times // 2] * 1000


def shown(conn: Connection[Any], halls: int) -> tuple[float, float]:
    """(the page's data, its SQL alone), milliseconds."""
    settled(conn, halls, 12)

    def page() -> None:
        with postgres.seen_by(conn, "qu"):
            views.overview(conn, {}, date(2026, 11, 23), NOW)

    def bare() -> None:
        with postgres.seen_by(conn, "qu"):
            conn.execute("SELECT * FROM weekly WHERE monday = '2026-11-23'").fetchall()

    return half(page), half(bare)


def seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def main() -> None:
    rows = history(MONTH)
    sent = asks(rows)
    with TemporaryDirectory() as folder:
        url, server = engine(Path(folder) / "data")
        with postgres.connect(url) as conn:
            postgres.prepare(conn, NOW)
            conn.execute("INSERT INTO places (id, kind, name) VALUES ('h', 'hall', 'h'), ('bare', 'hall', 'bare')")
            conn.execute("INSERT INTO halls (id) VALUES ('h')")

            def bare() -> None:
                for at in range(0, len(rows), MOST_ROWS):
                    copied = f"COPY journal (hall, {appending.ROW}, month) FROM STDIN"
                    with conn.transaction(), conn.cursor() as cursor, cursor.copy(copied) as copy:
                        for row in rows[at : at + MOST_ROWS]:
                            copy.write_row(("bare", *row, "2026-11-01"))

            def proven() -> None:
                for one in sent:
                    assert appending.append(conn, "h", unpacked(one), NOW).kind == "ok"

            limit, ours = seconds(bare), seconds(proven)
            kept = conn.execute("SELECT count(*) FROM journal WHERE hall = 'h'").fetchone()
            assert kept == (MONTH,)
            few, many = shown(conn, 8), shown(conn, 200)
            settled(conn, 40_000, 3)
            nation_ms = half(lambda: nation.ranked(conn, "2026-11-23", "2026-11-29"), 3)
        server.cleanup()
    print(f"bytes a row on the wire: {sum(map(len, sent)) / MONTH:.0f}")
    print(f"PostgreSQL alone, COPY of {MOST_ROWS} rows a commit: {MONTH / limit:,.0f} rows/s")
    print(f"unpacked, chain checked, committed: {MONTH / ours:,.0f} rows/s; a month of a hall in {ours:.1f} s")
    print(f"page of a week, 8 halls: {few[0]:.1f} ms, {few[0] / few[1]:.1f} of its SQL; 200 halls: {many[0]:.0f} ms")
    print(f"a week of 40 000 halls ranked: {nation_ms:.0f} ms")
    print(f"district: {limit / ours:.2f} of what PostgreSQL alone takes")


if __name__ == "__main__":
    any_console()
    main()
