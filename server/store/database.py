"""The database file: one process, one writer. Opens, locks, migrates, and lets turns happen one after another.

A writer thread puts whatever has queued up into one BEGIN IMMEDIATE transaction, a savepoint for each turn: a turn is
answered only after the commit that holds it is on the disk. Readers have a connection per thread.
"""

from __future__ import annotations

import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from config import Told
from server.store.reader import Reader
from server.store.schema import migrations
from server.store.transaction import Turn

T = TypeVar("T")
BATCH = 64
READER_CACHE_KB = 512


class StoreBusy(Told):
    """Another process has this data folder."""

    status = 3


@dataclass
class _Wish:
    work: Callable[[Turn], Any]
    clock: Callable[[float], float]
    answer: Future[Any]


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, for reports and checks beside a running hub."""
    conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    conn.row_factory = sqlite3.Row
    return conn


class Store:
    """The hall's database in `folder`. `durable=False` skips the fsyncs: only for throw-away replays."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "hall.db"
        self._lock = _take_lock(folder)
        self._durable = durable
        self._local = threading.local()
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._readers_lock = threading.Lock()
        self._wishes: queue.SimpleQueue[_Wish | None] = queue.SimpleQueue()
        self._conn = self._connect()
        migrations.apply(Database(self._conn))
        self._head = Reader(self._conn).head()
        self.swept = True
        """Whether the last `sweep` was done to its end."""
        self.on_commit: Callable[[int, Collection[str]], None] = lambda seq, events: None
        """Told after each commit that recorded anything: the journal's newest row, and the names of the new events."""
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()

    def _connect(self, statements: int = 512) -> sqlite3.Connection:
        conn = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, cached_statements=statements)
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA busy_timeout = 5000")
        conn.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only forgotten
        return conn

    def close(self) -> None:
        """Finish the turns under way, then let go of the file."""
        self._wishes.put(None)
        self._writer.join()
        for conn in [*self._readers.values(), self._conn]:
            conn.close()
        os.close(self._lock)

    @property
    def seq(self) -> int:
        """Number of the newest durable row of the journal."""
        return self._head[0]

    def read(self) -> Reader:
        """This thread's reader; it sees everything committed. It keeps little: the file's pages are the system's to
        keep, once for all threads.
        """
        if not hasattr(self._local, "reader"):
            conn = self._connect(statements=128)
            conn.execute("PRAGMA query_only = ON")
            conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
            self._local.reader = Reader(conn)
            with self._readers_lock:
                for thread in [t for t in self._readers if not t.is_alive()]:
                    self._readers.pop(thread).close()
                self._readers[threading.current_thread()] = conn
        reader: Reader = self._local.reader
        return reader

    def visits(self, first_day: str, last_day: str) -> list[Any]:
        return self.read().visits(first_day, last_day)

    def turn(self, work: Callable[[Turn], T], clock: Callable[[float], float]) -> T:
        """Read, decide and record in one durable transaction; raises what `work` raises, and then nothing was written.

        `clock` gets the time of the newest row and gives the time of this turn, epoch seconds.
        """
        wish = _Wish(work, clock, Future())
        self._wishes.put(wish)
        answer: T = wish.answer.result()
        return answer

    def sweep(self) -> bool:
        """Let nothing that was erased stand in the write-ahead log: all of it into the file, the log cut to nothing.

        False where somebody still reads an older state: again later.
        """
        conn = self._connect()
        try:
            self.swept = not conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            conn.close()
        return self.swept

    # --- the writer's thread ---

    def _write(self) -> None:
        while wish := self._wishes.get():
            batch = [wish]
            while len(batch) < BATCH and not self._wishes.empty():
                following = self._wishes.get()
                if following is None:
                    self._wishes.put(None)
                    break
                batch.append(following)
            self._commit(batch)

    def _commit(self, batch: list[_Wish]) -> None:
        head, done = self._head, []
        events: set[str] = set()
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            for wish in batch:
                head, outcome = self._carry_out(wish, head, events)
                done.append((wish, outcome))
            self._conn.execute("COMMIT")
        except sqlite3.Error as error:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            for wish in batch:
                wish.answer.set_exception(error)
            return
        moved, self._head = head[0] != self._head[0], head
        for wish, outcome in done:
            if isinstance(outcome, BaseException):
                wish.answer.set_exception(outcome)
            else:
                wish.answer.set_result(outcome)
        if moved:
            self.on_commit(head[0], events)

    def _carry_out(
        self, wish: _Wish, head: tuple[int, float, str], events: set[str]
    ) -> tuple[tuple[int, float, str], Any]:
        """One turn in its savepoint: what it gave or raised, and the journal's head after it. Adds to `events`."""
        self._conn.execute("SAVEPOINT turn")
        try:
            turn = Turn(self._conn, head, wish.clock(head[1]))
            outcome = wish.work(turn)
        except sqlite3.OperationalError:
            raise  # the disk or the file: nothing of this batch can be trusted
        except Exception as error:
            self._conn.execute("ROLLBACK TO turn")
            self._conn.execute("RELEASE turn")
            return head, error
        self._conn.execute("RELEASE turn")
        events |= turn.events
        return (turn.seq, turn.last_at, turn.hash), outcome


def _take_lock(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pid = os.read(handle, 20).decode(errors="replace").strip() or "?"
        os.close(handle)
        raise StoreBusy(f"{folder}: another hub (process {pid}) has this folder; stop that one first") from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle
