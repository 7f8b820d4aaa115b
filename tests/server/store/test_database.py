"""The store itself: how it lets go of the file."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from server.store.database import Store

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
    assert all(one.wait(60) for one in reading)
    store.close()
    for thread in threads:
        thread.join(60)
    assert said == ["interrupted"] * 4


def test_who_closes_last_leaves_no_log(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.read().head()
    store.close()
    assert [file.name for file in tmp_path.glob("*-wal")] == []
