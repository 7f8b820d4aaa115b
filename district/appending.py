"""Rows of a hall are kept where they continue what is kept, and nowhere else. One transaction; knows no NATS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from server.domain import events as ev
from server.domain.chain import GENESIS, Head, Row, goes_on
from server.domain.events import VOCABULARY
from server.domain.uplink import Ask, Reply

ROW = "seq, at, event, actor, ticket, counter, data, hash"


def append(conn: Connection[Any], hall: str, ask: Ask, now: float) -> Reply:
    """Keep what an ask brings and say how far the district is, in one transaction: nothing is committed, nothing is
    answered. Rows that are here already are no fault; whatever contradicts them is kept aside, and overwrites nothing.
    """
    with conn.transaction():
        found = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s FOR UPDATE", (hall,)).fetchone()
        if found is None:
            return Reply("stranger")
        head = Head(*found)
        reply = _judged(conn, hall, head, ask)
        # a hall that has more rows and shows none of them has shown no way out of a trouble either
        shown = bool(ask.rows) or ask.head.seq <= head.seq or reply.kind != "ok"
        if reply.kind == "ok" and (fresh := [row for row in ask.rows if row.seq > head.seq]):
            after = goes_on(head, fresh)
            if after is None:
                reply = Reply("damaged", head, fresh[0].seq)
            else:
                _keep(conn, hall, fresh)
                reply = Reply("ok", after)
        elif reply.kind == "fork":
            _keep_aside(conn, hall, ask.rows, now)
        conn.execute(
            """UPDATE halls SET heard_at = %s, skew_s = %s, version = %s, own_head = %s,
               trouble = CASE WHEN %s THEN %s ELSE trouble END, trouble_at = CASE WHEN %s THEN %s ELSE trouble_at END,
               head_seq = %s, head_hash = %s WHERE id = %s""",
            (
                now,
                ask.sent_at - now if ask.sent_at else None,
                ask.version,
                ask.head.seq,
                shown,
                "" if reply.kind in ("ok", "gap") else reply.kind,
                shown,
                reply.at,
                *(reply.head if reply.kind == "ok" else head),
                hall,
            ),
        )
        return reply


def _judged(conn: Connection[Any], hall: str, head: Head, ask: Ask) -> Reply:
    """Whether the hall's history is the one that is kept, as far as the ask shows it."""
    shown = {0: GENESIS, ask.head.seq: ask.head.hash}
    if ask.rows:
        shown |= {ask.rows[0].seq - 1: ask.before} | {row.seq: row.hash for row in ask.rows}
    known = _hashes(conn, hall, [seq for seq in shown if 0 < seq < head.seq]) | {0: GENESIS, head.seq: head.hash}
    apart = [seq for seq, hash in shown.items() if known.get(seq, hash) != hash]
    if apart:
        return Reply("fork", head, min(apart))
    if ask.head.seq < head.seq:
        return Reply("behind", head)
    if ask.rows and ask.rows[0].seq > head.seq + 1:
        return Reply("gap", head)
    return Reply("ok", head)


def _hashes(conn: Connection[Any], hall: str, seqs: Sequence[int]) -> dict[int, str]:
    if not seqs:
        return {}
    return dict(
        conn.execute("SELECT seq, hash FROM journal WHERE hall = %s AND seq = ANY(%s)", (hall, seqs)).fetchall()
    )


def _keep(conn: Connection[Any], hall: str, rows: Sequence[Row]) -> None:
    with conn.cursor() as cursor, cursor.copy(f"COPY journal (hall, {ROW}, month) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((hall, *row, _month(row.at)))
    for name in {row.event for row in rows} - VOCABULARY.keys():
        mine = [row.seq for row in rows if row.event == name]
        conn.execute(
            """INSERT INTO unread (hall, event, rows, first_seq) VALUES (%s, %s, %s, %s)
               ON CONFLICT (hall, event) DO UPDATE SET rows = unread.rows + excluded.rows""",
            (hall, name, len(mine), mine[0]),
        )
    told_of_reports(conn, hall, [row for row in rows if row.event == "ReportMade"])


def told_of_reports(conn: Connection[Any], hall: str, rows: Sequence[Row]) -> None:
    """Which reports the hall has kept, by its rows: they come after them (kept_reports.py). A row that this version
    can't read is kept like the others and counted by the folding; after an upgrade it tells.
    """
    for row in rows:
        try:
            made = row.happened()
        except (ValueError, TypeError, KeyError):
            continue
        if not (isinstance(made, ev.ReportMade) and _sound(made)):
            continue
        conn.execute(
            """INSERT INTO reports (hall, period, version, seq, sha256, counted) VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT DO NOTHING""",
            (hall, made.period, made.version, row.seq, made.sha256, made.journal_seq),
        )


def _sound(made: ev.ReportMade) -> bool:
    """Whether its fields are of the kinds that they are meant to be: the chain proves who wrote them, and no more."""
    texts, numbers = (made.period, made.sha256), (made.version, made.journal_seq)
    return all(isinstance(one, str) for one in texts) and all(
        isinstance(one, int) and 0 <= one < 1 << 31 for one in numbers
    )


def _month(at: float) -> str:
    """The first day of the row's month, UTC; of a clock that no calendar knows the first of all."""
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-01}"
    except (ValueError, OverflowError, OSError):
        return "1970-01-01"


def _keep_aside(conn: Connection[Any], hall: str, rows: Sequence[Row], now: float) -> None:
    """The rows of another history: once each, those that are in the journal too are not."""
    known = _hashes(conn, hall, [row.seq for row in rows])
    for row in rows:
        if known.get(row.seq) != row.hash:
            conn.execute(
                f"""INSERT INTO aside (hall, incarnation, {ROW}, kept_at)
                    SELECT %s, incarnation, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM halls WHERE id = %s
                    ON CONFLICT DO NOTHING""",
                (hall, *row, now, hall),
            )


def accept(conn: Connection[Any], hall: str, seq: int, now: float) -> Head:
    """A person's decision after a fork: the hall's own history counts from after row `seq` on. What was kept of the
    other one from there on goes aside; the next ask brings the hall's. Raises LookupError for a row that is not kept.
    """
    with conn.transaction():
        if conn.execute("SELECT 1 FROM halls WHERE id = %s FOR UPDATE", (hall,)).fetchone() is None:
            raise LookupError(f"{hall}: no such hall")
        found = (
            [(GENESIS,)]
            if seq == 0
            else conn.execute("SELECT hash FROM journal WHERE hall = %s AND seq = %s", (hall, seq)).fetchall()
        )
        if not found:
            raise LookupError(f"{hall}: row {seq} is not kept")
        conn.execute(
            f"""INSERT INTO aside (hall, incarnation, {ROW}, kept_at)
                SELECT hall, (SELECT incarnation FROM halls WHERE id = %s), {ROW}, %s FROM journal
                WHERE hall = %s AND seq > %s ON CONFLICT DO NOTHING""",
            (hall, now, hall, seq),
        )
        for table in ("journal", "reports"):
            conn.execute(f"DELETE FROM {table} WHERE hall = %s AND seq > %s", (hall, seq))
        for table in ("legs", "daily", "weekly", "unread", "rectifications"):  # all of it is folded anew
            conn.execute(f"DELETE FROM {table} WHERE hall = %s", (hall,))
        conn.execute(
            """INSERT INTO unread SELECT hall, event, count(*), min(seq) FROM journal
               WHERE hall = %s AND NOT event = ANY(%s) GROUP BY hall, event""",
            (hall, [*VOCABULARY]),
        )
        conn.execute(
            """UPDATE halls SET head_seq = %s, head_hash = %s, incarnation = incarnation + 1, folded = 0, trouble = '',
               trouble_at = 0 WHERE id = %s""",
            (seq, found[0][0], hall),
        )
        return Head(seq, found[0][0])


def rows_after(conn: Connection[Any], hall: str, seq: int, most: int) -> list[Row]:
    """What a hall that was restored takes back, in order."""
    found = conn.execute(
        f"SELECT {ROW} FROM journal WHERE hall = %s AND seq > %s ORDER BY seq LIMIT %s", (hall, seq, most)
    ).fetchall()
    return [Row(*row) for row in found]
