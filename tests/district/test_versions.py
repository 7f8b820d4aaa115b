"""Journals as earlier versions wrote them (tests/data/journals): a district keeps, proves and counts each."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from district import appending, folding
from server.domain.chain import Head, Row
from server.domain.uplink import MOST_ROWS, Ask
from tests.conftest import MONDAY_9
from tests.district.record import FOLDER

RECORDED = sorted(FOLDER.glob("*.jsonl.gz"))


def test_there_are_three_versions_at_least() -> None:
    assert len(RECORDED) >= 3


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.name.partition(".")[0])
def test_a_journal_of_an_earlier_version_is_read_whole(conn: Connection[Any], file: Path) -> None:
    header, *lines = gzip.decompress(file.read_bytes()).decode().split("\n")
    rows, before = [Row(*json.loads(line)) for line in lines], Head(*json.loads(header)["before"])
    conn.execute("UPDATE halls SET head_seq = %s, head_hash = %s, folded = %s WHERE id = 'h1'", (*before, before.seq))
    newest = Head(rows[-1].seq, rows[-1].hash)
    for at in range(0, len(rows), MOST_ROWS):
        last = rows[at - 1].hash if at else before.hash
        ask = Ask(newest, last, tuple(rows[at : at + MOST_ROWS]), "old", MONDAY_9)
        assert appending.append(conn, "h1", ask, MONDAY_9).kind == "ok"
    while folding.fold(conn, "h1"):
        pass
    events = Counter(row.event for row in rows)
    assert conn.execute("SELECT count(*) FROM unread").fetchone() == (0,)
    visits = conn.execute("SELECT sum(visits), sum(finished), sum(served) FROM daily").fetchone()
    assert visits and visits[0] == events["Issued"] + events["Imported"] > 100 and visits[1] > 50 and visits[2] > 50
    daily = conn.execute("SELECT * FROM daily ORDER BY hall, day, service").fetchall()
    assert folding.refold(conn, "h1") == len(rows)
    assert conn.execute("SELECT * FROM daily ORDER BY hall, day, service").fetchall() == daily
