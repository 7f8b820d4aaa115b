"""The store itself: how it lets go of the file."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from server.domain.events import CounterPaused
from server.domain.rules import Refused
from server.store.database import Store, _written_to
from server.store.journal import verify
from server.store.standing import Present
from server.store.transaction import Turn
from tests.waiting import DEADLINE_S, until

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_thread_that_reads_on_is_interrupted_and_not_torn_away(tmp_path: Path) -> None:
    store, said = Store(tmp_path), list[str]()
    reading = [threading.Event() for _ in range(4)]

    def read(mine: threading.Event) -> None:
        conn = store.read().conn
        conn.set_progress_handler(mine.set, 1000)
        try:
            conn.execute(ENDLESS).fetchone()
        except sqlite3.Error as error:
            said.append(str(error))

    threads = [threading.Thread(target=read, args=(one,), daemon=True) for one in reading]
    for thread in threads:
        thread.start()
    assert all(one.wait(DEADLINE_S) for one in reading)
    store.close()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert said == ["interrupted"] * 4


def test_who_closes_last_leaves_no_log(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.read().head()
    store.close()
    assert [file.name for file in tmp_path.glob("*-wal")] == []


def test_what_seldom_changes_is_asked_for_again_once_it_has_changed(tmp_path: Path) -> None:
    store, asked = Store(tmp_path), list[str]()
    reader = store.read()
    reader.conn.set_trace_callback(asked.append)

    def put(name: str) -> None:
        store.turn(lambda turn: turn.put_staff("08", name, "operator", ""), lambda last: 1.0)

    put("王一")
    assert [reader.names(), reader.names()] == [{"08": "王一"}] * 2
    assert len(asked) == 1
    store.turn(lambda turn: turn.put_message("08", "counter:1", "all", "开会"), lambda last: 2.0)
    assert reader.names() == {"08": "王一"}
    assert len(asked) == 1, "another table has changed"
    put("王二")
    assert reader.names() == {"08": "王二"}
    store.close()


@pytest.mark.parametrize("together", [1, 5])
def test_a_turn_that_raises_leaves_nothing_and_the_others_stay(tmp_path: Path, together: int) -> None:
    """Alone in its transaction, and among others."""
    store, inside, go_on = Store(tmp_path), threading.Event(), threading.Event()

    def first(turn: Turn) -> None:
        inside.set()
        go_on.wait(DEADLINE_S)

    def put(turn: Turn, n: int) -> None:
        turn.put_staff(f"0{n}", f"王{n}", "operator", "")
        turn.record(CounterPaused(counter="1", reason="喝水"), "hub")
        if not n:
            raise Refused("不行。", "No.")

    with ThreadPoolExecutor() as pool:
        ahead = pool.submit(store.turn, first, lambda last: 1.0)
        assert inside.wait(DEADLINE_S)
        waiting = [pool.submit(store.turn, partial(put, n=n), lambda last: 2.0) for n in range(together)]
        until(lambda: store._wishes.qsize() == together)
        go_on.set()
        ahead.result(DEADLINE_S)
        raised = [type(one.exception(DEADLINE_S)) for one in waiting]
    assert raised == [Refused] + [type(None)] * (together - 1)
    store.turn(partial(put, n=9), lambda last: 3.0)
    assert sorted(store.read().names()) == [*(f"0{n}" for n in range(1, together)), "09"]
    assert verify(store.read().conn) == [] and store.seq == together
    store.close()


def test_a_turn_whose_transaction_is_gone_is_not_answered_as_done(tmp_path: Path) -> None:
    """On some errors SQLite rolls back by itself; work may swallow such an error."""
    store, told = Store(tmp_path), list[int]()
    store.on_commit = lambda seq, events: told.append(seq)

    def lost(turn: Turn) -> str:
        turn.record(CounterPaused(counter="1", reason="喝水"), "hub")
        turn.conn.execute("ROLLBACK")
        return "done"

    before = store.seq
    with pytest.raises(sqlite3.OperationalError, match="rolled back"):
        store.turn(lost, lambda last: 1.0)
    assert store.seq == before and not told
    store.turn(lambda turn: turn.record(CounterPaused(counter="1", reason="喝水"), "hub"), lambda last: 2.0)
    assert store.seq == before + 1 and verify(store.read().conn) == [], "and the next one goes on from there"
    store.close()


def test_an_answer_that_was_asked_for_before_a_commit_is_not_kept_beyond_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    reader = store.read()

    def put(name: str) -> None:
        store.turn(lambda turn: turn.put_staff("08", name, "operator", ""), lambda last: 1.0)

    def slow() -> dict[str, str]:
        found = reader.names()
        put("王二")
        return found

    put("王一")
    assert isinstance(reader, Present)
    assert reader._kept("names", "slowly", slow) == {"08": "王一"}
    assert reader._kept("names", "slowly", reader.names) == {"08": "王二"}
    store.close()


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM staff", ()),
        ('INSERT INTO staff ("id") VALUES (?) ON CONFLICT (id) DO UPDATE SET id = 1', ("staff",)),
        ("REPLACE INTO sessions VALUES (?)", ("sessions",)),
        ("INSERT OR IGNORE INTO opening_list VALUES (?)", ("opening_list",)),
        ("UPDATE sessions SET seen = 0", ("sessions",)),
        ("UPDATE OR REPLACE staff SET id = 1", ("staff",)),
        ("DELETE FROM messages", ("messages",)),
    ],
)
def test_which_table_a_statement_writes_to(sql: str, tables: tuple[str, ...]) -> None:
    assert set(_written_to(sql)) - {"SET"} == set(tables)
