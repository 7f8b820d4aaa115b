"""What follows from the rows that are kept: legs and roll-ups, made by the hall's own functions. A follower of the
district's journal at its own pace: it may be behind, and may be thrown away and made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from psycopg import Connection

from district import findings, kept_reports
from district.appending import ROW, told_of_reports
from district.rollup import Daily, Weekly, days_of, monday_of, rolled, week
from server.domain import events as ev
from server.domain.chain import Row, canonical
from server.domain.leg import Leg, follow, legs_of

STEP = 5000
"""Rows of one transaction."""


def owed(conn: Connection[Any]) -> list[str]:
    """Halls with rows that are not folded, or a report that is not held against them."""
    found = conn.execute(
        """SELECT id FROM halls WHERE folded < head_seq OR EXISTS (
               SELECT 1 FROM reports WHERE hall = id AND held = '' AND figures IS NOT NULL AND counted <= folded
           ) ORDER BY id"""
    ).fetchall()
    return [hall for (hall,) in found]


def go_on(conn: Connection[Any], hall: str) -> int:
    """Fold some rows of a hall and hold one report; how many rows and reports. What it ended in before is over."""
    moved = fold(conn, hall) + kept_reports.hold_next(conn, hall)
    if moved:
        stopped(conn, hall, "")
    return moved


def stopped(conn: Connection[Any], hall: str, error: str) -> None:
    """Say on the page what kind of error a hall's folding ends in; "" for none."""
    conn.execute("UPDATE halls SET fold_error = %s WHERE id = %s AND fold_error <> %s", (error, hall, error))


def fold(conn: Connection[Any], hall: str) -> int:
    """Go on by at most STEP rows; how many there were."""
    with conn.transaction():
        found = conn.execute("SELECT folded FROM halls WHERE id = %s FOR UPDATE SKIP LOCKED", (hall,)).fetchone()
        if found is None:
            return 0
        rows = [
            Row(*row)
            for row in conn.execute(
                f"SELECT {ROW} FROM journal WHERE hall = %s AND seq > %s ORDER BY seq LIMIT %s", (hall, found[0], STEP)
            )
        ]
        if not rows:
            return 0
        days = _legs(conn, hall, rows)
        findings.folded(conn, hall, rows)
        _days(conn, hall, days)
        conn.execute("UPDATE halls SET folded = %s WHERE id = %s", (rows[-1].seq, hall))
        return len(rows)


def _legs(conn: Connection[Any], hall: str, rows: list[Row]) -> set[str]:
    """Write the legs that the rows change; the days of them."""
    ids = sorted({row.ticket for row in rows if row.ticket is not None})
    kept: dict[int, list[Leg]] = {}
    for ticket, told in conn.execute(
        "SELECT ticket, told FROM legs WHERE hall = %s AND ticket = ANY(%s) ORDER BY ticket, leg", (hall, ids)
    ):
        kept.setdefault(ticket, []).append(Leg(**json.loads(told)))
    days: set[str] = {leg.day for legs in kept.values() for leg in legs}
    changed: set[int] = set()
    for row in rows:
        try:
            event = row.happened()
        except (
            ValueError,
            TypeError,
            KeyError,
        ):  # the chain proves who wrote it, not that it is well written
            _unread(conn, hall, row)
            continue
        if isinstance(event, ev.ImportWithdrawn):
            gone = conn.execute(
                "DELETE FROM legs WHERE hall = %s AND ticket BETWEEN %s AND %s RETURNING day",
                (hall, event.first, event.last),
            ).fetchall()
            days |= {day for (day,) in gone}
            for ticket in [one for one in kept if event.first <= one <= event.last]:
                days |= {leg.day for leg in kept.pop(ticket)}
                changed.discard(ticket)
        elif row.ticket is not None:
            _walk(conn, hall, row, event, kept)
            changed.add(row.ticket)
            days |= {leg.day for leg in kept.get(row.ticket, ())}
    conn.execute("DELETE FROM legs WHERE hall = %s AND ticket = ANY(%s)", (hall, sorted(changed)))
    with conn.cursor() as cursor, cursor.copy("COPY legs (hall, day, ticket, leg, service, told) FROM STDIN") as copy:
        for ticket in sorted(changed):
            for leg in kept.get(ticket, ()):
                copy.write_row((hall, leg.day, ticket, leg.leg, leg.service, canonical(vars(leg))))
    return days


def _unread(conn: Connection[Any], hall: str, row: Row) -> None:
    """A known name whose fields are not its own: kept and counted like an unknown one, and folded after an upgrade."""
    conn.execute(
        """INSERT INTO unread (hall, event, rows, first_seq) VALUES (%s, %s, 1, %s)
           ON CONFLICT (hall, event) DO UPDATE SET rows = unread.rows + 1""",
        (hall, row.event, row.seq),
    )


def _readable(life: Iterable[Row]) -> Iterator[tuple[int, float, ev.Event]]:
    for row in life:
        try:
            yield row.seq, row.at, row.happened()
        except (ValueError, TypeError, KeyError):
            continue  # counted when it came


def _walk(conn: Connection[Any], hall: str, row: Row, event: ev.Event, kept: dict[int, list[Leg]]) -> None:
    """The same two ways as the hall's own: an event changes the last leg, a step taken back has all made anew."""
    assert row.ticket is not None
    if isinstance(event, ev.Undone):
        life = conn.execute(
            f"SELECT {ROW} FROM journal WHERE hall = %s AND ticket = %s AND seq <= %s ORDER BY seq",
            (hall, row.ticket, row.seq),
        ).fetchall()
        kept[row.ticket] = legs_of(_readable(Row(*told) for told in life))
        return
    legs = kept.setdefault(row.ticket, [])
    try:
        changed = follow(legs[-1] if legs else None, event, row.at)
    except (ValueError, TypeError, KeyError, AssertionError, IndexError):  # fields of the right names, and no sense
        _unread(conn, hall, row)
        return
    for leg in changed:
        legs[leg.leg - 1 :] = [leg]


def _days(conn: Connection[Any], hall: str, days: Iterable[str]) -> None:
    """Roll up these days anew."""
    listed = sorted(days)
    conn.execute("DELETE FROM daily WHERE hall = %s AND day = ANY(%s)", (hall, listed))
    legs: dict[str, list[Leg]] = {}
    for day, told in conn.execute(
        "SELECT day, told FROM legs WHERE hall = %s AND day = ANY(%s) ORDER BY day, ticket, leg", (hall, listed)
    ):
        legs.setdefault(day, []).append(Leg(**json.loads(told)))
    for day, ones in legs.items():
        for row in rolled(hall, day, ones):
            _insert(conn, "daily", row)
    for monday in sorted({monday_of(day) for day in listed}):
        _week(conn, hall, monday)


def _week(conn: Connection[Any], hall: str, monday: date) -> None:
    """Sum a week up anew; one without rows is none."""
    conn.execute("DELETE FROM weekly WHERE hall = %s AND monday = %s", (hall, str(monday)))
    found = conn.execute("SELECT * FROM daily WHERE hall = %s AND day = ANY(%s)", (hall, days_of(monday)))
    if rows := [Daily(*row) for row in found.fetchall()]:
        _insert(conn, "weekly", week(hall, str(monday), rows))


def _insert(conn: Connection[Any], table: str, row: Daily | Weekly) -> None:
    values = asdict(row)
    marks = ", ".join("%s" for _ in values)
    conn.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def refold(conn: Connection[Any], hall: str) -> int:
    """Throw away what follows from the rows and make it anew, after an upgrade that reads more names; rows read."""
    with conn.transaction():
        conn.execute("SELECT 1 FROM halls WHERE id = %s FOR UPDATE", (hall,))
        for table in ("legs", "daily", "weekly", "unread", "rectifications"):
            conn.execute(f"DELETE FROM {table} WHERE hall = %s", (hall,))
        conn.execute(
            """INSERT INTO unread SELECT hall, event, count(*), min(seq) FROM journal
               WHERE hall = %s AND NOT event = ANY(%s) GROUP BY hall, event""",
            (hall, [*ev.VOCABULARY]),
        )
        told = conn.execute(
            f"SELECT {ROW} FROM journal WHERE hall = %s AND event = 'ReportMade' ORDER BY seq", (hall,)
        ).fetchall()
        told_of_reports(conn, hall, [Row(*row) for row in told])
        conn.execute("UPDATE reports SET held = '', apart = '[]' WHERE hall = %s", (hall,))
        conn.execute("UPDATE halls SET folded = 0 WHERE id = %s", (hall,))
    total = 0
    while n := fold(conn, hall):
        total += n
    return total
