"""The database file: one process, one writer. Opens, locks, migrates, and lets turns happen one after another.

A writer thread puts whatever has queued up into one BEGIN IMMEDIATE transaction, a savepoint for each turn: a turn is
answered only after the commit that holds it is on the disk. Readers have a connection per thread.
"""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import re
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from config import Text, Told
from server.domain.alerts import Level
from server.domain.projections import Drop, Put
from server.store import head_file, secret, soundness
from server.store.head_file import Head, HeadFile
from server.store.reader import Reader
from server.store.schema import migrations
from server.store.shipping import Batch, Shipping, keep_mark, mark_of
from server.store.standing import Present, Standing, moves, standing
from server.store.transaction import Turn
from server.store.turnstile import Turnstile

log = logging.getLogger(__name__)
T = TypeVar("T")
C = TypeVar("C", bound=sqlite3.Connection)
BATCH = 64
TURN_UNDONE = "ROLLBACK TO turn", "RELEASE turn"
BATCH_UNDONE = ("ROLLBACK",)
"""How what a turn wrote is taken back: among others to its savepoint, alone with all of the transaction."""
READER_CACHE_KB = 512
WRITES = re.compile(r'\b(?:INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
"""INSERT and REPLACE INTO, UPDATE, DELETE FROM; what follows DO UPDATE is SET, the name of no table."""
WAL_KEPT, WAL_EMPTIED, WAL_LONG = 4 << 20, 8 << 20, 32 << 20
"""Bytes of the log of writes: what is left of it once all of it is in the file; from where on it is emptied; from where
on it is an alert, and whoever keeps it from being emptied is interrupted."""
READ_S = 5.0
DISK_LOW = 512 << 20
"""Bytes free on the disk, below which it is an alert; a busy day writes a tenth of that."""
DISK_FULL = 32 << 20
RESERVE = 8 << 20
"""Bytes that a running hub holds for a full disk: some hundred numbers with their calls."""


class CutOff(Told):
    """Nothing can be written: the second machine may have taken over, and nobody answers who would know."""

    status = 3


UNWRITABLE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


def unwritable(error: BaseException) -> bool:
    """Whether nothing can be written just now, and what is there may still be read: a full or failing disk, the pair
    with the second machine cut.
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in UNWRITABLE
    return isinstance(error, OSError | CutOff)


class StoreBusy(Told):
    """Another process has this data folder."""

    status = 3


class _Writing(sqlite3.Connection):
    """The writer's connection: notes which tables its statements write to."""

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self.written: set[str] = set()

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self.written.update(_written_to(sql))
        return super().execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        self.written.update(_written_to(sql))
        return super().executemany(sql, *values)


@lru_cache(1000)
def _written_to(sql: str) -> tuple[str, ...]:
    """The tables that a statement writes to."""
    return tuple(WRITES.findall(sql))


@dataclass
class _Wish:
    work: Callable[[Turn], Any]
    clock: Callable[[float], float]
    answer: Future[Any]


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, for reports and checks beside a running hub.

    As long as it looks at one moment the log of writes can't be emptied: where that has grown to WAL_LONG, whoever has
    looked for READ_S already is interrupted (sqlite3.OperationalError).
    """
    conn = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    conn.row_factory = sqlite3.Row
    began, log = time.monotonic(), wal_of(path)
    conn.set_progress_handler(lambda: time.monotonic() - began > READ_S and size(log) > WAL_LONG, 20_000)
    return conn


def wal_of(path: Path) -> Path:
    """The log of writes of a database."""
    return path.with_name(f"{path.name}-wal")


def size(file: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


class Store:
    """The hall's database in `folder`. Raises Told where the hall can't go on from what is there.

    `durable=False` skips the fsyncs and the look at what is there: only for throw-away replays. `examined=False` skips
    the look alone: only for histories that are made up without a chain. `followed`: a second machine may hold a copy
    that goes on from here; without it that copy is one no more, and is made anew.
    """

    def __init__(self, folder: Path, *, durable: bool = True, examined: bool = True, followed: bool = False) -> None:
        self._followed = followed
        self.path = folder / "hall.db"
        self._lock = take_lock(folder)
        try:
            self._open(durable, examined)
        except BaseException:
            os.close(self._lock)
            raise

    def _open(self, durable: bool, examined: bool) -> None:
        if examined and durable:
            soundness.examine(self.path)
        secret.own_file(self.path)
        for beside in ("hall.db-wal", "hall.db-shm", "hall.db.head"):  # SQLite makes them with the mode of the database
            if self.path.with_name(beside).exists():
                secret.own_file(self.path.with_name(beside))
        self._durable = durable
        self._local = threading.local()
        self._readers: dict[threading.Thread, sqlite3.Connection] = {}
        self._readers_lock = threading.Lock()
        self._wishes: queue.SimpleQueue[_Wish | None] = queue.SimpleQueue()
        self.turnstile = Turnstile()
        """The writer's turns go through it, and whoever asks much and wants no time lost by it."""
        try:
            self._conn = self._opened(_Writing)
            self._conn.execute("PRAGMA temp_store = MEMORY")  # a turn's savepoint would make a file for each turn
            migrations.apply(self._conn)
            if not self._followed:
                self._conn.execute("DELETE FROM second_marks")
            self._head = Reader(self._conn).head()
            self._numbers = self._known_numbers()
            self._standing = standing(Reader(self._conn))
            self._head_file = HeadFile(head_file.file_of(self.path), durable=durable)
            self._head_file.write(self._outside())
        except (sqlite3.Error, OSError) as error:
            raise soundness.said(self.path, error) from None
        self.injury: Told | None = None
        """Why the hub must stop: the file was found to be damaged while it ran."""
        self._shipping: Shipping | None = None
        self.swept = True
        """Whether the last `sweep` was done to its end."""
        self.on_commit: Callable[[int, Collection[str]], None] = lambda seq, events: None
        """Told after each commit that recorded anything: the journal's newest row, and the names of the new events."""
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()

    def _connect(self, statements: int) -> sqlite3.Connection:
        return self._opened(sqlite3.Connection, statements)

    def _opened(self, kind: type[C], statements: int = 512) -> C:
        conn: C = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=statements, factory=kind
        )
        conn.row_factory = sqlite3.Row
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA busy_timeout = 5000")
        conn.execute(f"PRAGMA journal_size_limit = {WAL_KEPT}")
        conn.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only forgotten
        return conn

    def close(self) -> None:
        """Finish the turns under way, then let go of the file.

        A thread that goes on reading is interrupted and keeps its connection until it ends: a connection that is closed
        under somebody's statement takes the whole process along (CPython asks the closed one how it went).
        """
        self._wishes.put(None)
        self._writer.join()
        with self._readers_lock:
            for thread, conn in self._readers.items():
                if thread is threading.current_thread() or not thread.is_alive():
                    conn.close()
                else:
                    conn.interrupt()
            self._readers.clear()
        try:
            self._conn.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchone()  # the last to close does it, whoever that is
        except sqlite3.Error as error:
            self.met(error)
        self._conn.close()
        self._head_file.write(self._outside())
        self._head_file.close()
        os.close(self._lock)

    @property
    def _reserve(self) -> Path:
        return self.path.with_name("reserve")

    def keep_reserve(self) -> None:
        """Hold some room, which is given up when the disk is full: logins, calls and numbers go on while it is made."""
        if self._durable and not self._reserve.exists() and shutil.disk_usage(self.path.parent).free > DISK_LOW:
            handle = os.open(self._reserve, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.posix_fallocate(handle, 0, RESERVE)
            finally:
                os.close(handle)

    def _outside(self) -> Head:
        """The head as it is kept outside."""
        return Head(*self._head, self._numbers)

    def _known_numbers(self) -> int:
        """Of how many numbers the hall knows. By the writer's thread, or while there is none."""
        return int(self._conn.execute("SELECT coalesce(max(id), 0) FROM tickets").fetchone()[0])

    def keep_head(self) -> None:
        """The newest row's number and hash on to the disk beside the database; by whoever has time, now and then."""
        self._head_file.keep()

    def met(self, error: BaseException) -> None:
        """Somebody's statement failed: where the file itself is damaged, `injury` says so from then on."""
        if self.injury is None and soundness.is_damage(error):
            self.injury = soundness.damaged(self.path, error)

    def checkpoint(self) -> None:
        """Empty the log of writes once it is long; a reader in the way is not waited for. By whoever has time."""
        if size(wal_of(self.path)) < WAL_EMPTIED:
            return
        with closing(self._connect(statements=1)) as conn:
            conn.execute("PRAGMA busy_timeout = 20")
            try:
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                log.info("%s: the log of writes is not emptied yet: %s", self.path, error)

    def troubles(self) -> list[tuple[str, Level, Text]]:
        """What is wrong with the file or its disk now: which, how bad, and what to do."""
        found: list[tuple[str, Level, Text]] = []
        if self.injury:
            found.append(("file", "bad", self.injury.text))
        free, long = shutil.disk_usage(self.path.parent).free, size(wal_of(self.path))
        if free < DISK_LOW:
            mb = free >> 20
            found.append(
                (
                    "disk",
                    "bad" if free < DISK_FULL else "warn",
                    Text(
                        f"主机磁盘只剩{mb} MB：请清理旧文件或换大磁盘，磁盘满了就不能取号、叫号。",
                        f"{mb} MB are left on the hub's disk: remove old files; nothing can be issued or called once it"
                        " is full.",
                    ),
                )
            )
        if long > WAL_LONG:
            found.append(
                (
                    "log",
                    "warn",
                    Text(
                        f"数据库写入日志已有{long >> 20} MB，有程序一直在读取：请关闭在主机上查看数据库的程序。",
                        f"The database's log of writes has {long >> 20} MB, since some program keeps reading: close"
                        " what looks at the database on the hub's machine.",
                    ),
                )
            )
        return found

    def look_through(self) -> None:
        """The look at every page that a start has no time for in a large file."""
        if self.path.stat().st_size <= soundness.LOOKED_THROUGH:
            return
        try:
            with soundness.looking(self.path) as conn:
                found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                self.injury = soundness.damaged(self.path, sqlite3.DatabaseError(found))
        except sqlite3.Error as error:
            self.met(error)

    @property
    def head(self) -> Head:
        """The newest durable row, and how many numbers are known: what devices keep for us."""
        return self._outside()

    @property
    def seq(self) -> int:
        """Number of the newest durable row of the journal."""
        return self._head[0]

    @property
    def last_at(self) -> float:
        """Time of the newest durable row, epoch seconds; 0 while there is none."""
        return self._head[1]

    def read(self) -> Reader:
        """This thread's reader; it sees everything committed. It keeps little: the file's pages are the system's to
        keep, once for all threads.
        """
        if not hasattr(self._local, "reader"):
            conn = self._connect(statements=128)
            conn.execute("PRAGMA query_only = ON")
            conn.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
            self._local.reader = Present(Reader(conn), lambda: self._standing)
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
        answer: T = self.turnstile.outside(wish.answer.result)
        return answer

    def ship(self, offer: Callable[[Batch], None] | None) -> str:
        """From now on `offer` is told each commit before it is one, and raises CutOff where there must be none; None:
        nobody is told any more. The mark of what is committed.
        """

        def work(turn: Turn) -> str:
            if self._shipping is not None:
                self._shipping.end()
            if offer and not mark_of(self._conn):
                keep_mark(self._conn, secrets.token_hex(16))
            if not offer:
                self._conn.execute("DELETE FROM second_marks")
            self._shipping = Shipping(self._conn, offer) if offer else None
            return mark_of(self._conn)

        return self.turn(work, lambda last: last)

    @property
    def shipped(self) -> str:
        """The mark of the newest commit that is one; "" while nobody is told of them."""
        return self._shipping.mark if self._shipping is not None else ""

    def sweep(self, patience_ms: int = 5000) -> bool:
        """Let nothing that was erased stand in the write-ahead log: all of it into the file, the log cut to nothing.

        False where somebody still reads an older state, for longer than `patience_ms`: again later.
        """
        conn = self._connect(statements=1)
        try:
            conn.execute(f"PRAGMA busy_timeout = {patience_ms}")
            self.swept = not conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            conn.close()
        return self.swept

    def answers(self, seconds: float) -> bool:
        """Whether the writer carries out a turn that does nothing within so many seconds: it lives, and the file lets
        it write.
        """
        if self.injury or not self._writer.is_alive():
            return False
        wish = _Wish(lambda turn: None, lambda last: last, Future())
        self._wishes.put(wish)
        try:
            wish.answer.result(seconds)
        except (TimeoutError, sqlite3.Error):
            return False
        return True

    # --- the writer's thread ---

    def _write(self) -> None:
        while wish := self._wishes.get():
            self._commit([wish])

    def _queued(self, batch: list[_Wish]) -> None:
        """Add to the batch whatever has queued up."""
        while len(batch) < BATCH and not self._wishes.empty():
            following = self._wishes.get()
            if following is None:
                self._wishes.put(None)
                break
            batch.append(following)

    def _give_up_reserve(self) -> bool:
        """Make room on a full disk; False where that was done before."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        log.error("the disk is full: the hall goes on with the last %s MB, make room", RESERVE >> 20)
        return True

    def _commit(self, batch: list[_Wish]) -> None:
        newest, done = self._head, []
        events: set[str] = set()
        changes: list[Put | Drop] = []
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            self.turnstile.enter(first=True)
            try:
                self._queued(batch)
                undo = BATCH_UNDONE if len(batch) == 1 else TURN_UNDONE
                for wish in batch:
                    newest, outcome = self._carry_out(wish, newest, events, changes, undo)
                    done.append((wish, outcome))
                numbers = self._known_numbers() if "tickets" in self._conn.written else self._numbers
            finally:
                self.turnstile.leave()
            if self._conn.in_transaction:  # the only turn was not taken back
                if self._shipping is not None:
                    self._shipping.before_commit(self._head[0], newest[0])
                self._conn.execute("COMMIT")
                if self._shipping is not None:
                    self._shipping.committed()
        except CutOff as error:
            self._conn.execute("ROLLBACK")
            for wish in batch:
                wish.answer.set_exception(error)
            return
        except (sqlite3.Error, OSError) as error:  # OSError: the pair with the second machine could not be written down
            self.met(error)
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL and self._give_up_reserve():
                self._commit(batch)
                return
            for wish in batch:
                wish.answer.set_exception(error)
            return
        touched, self._conn.written = self._conn.written | events, set()
        if changes or touched:  # before the head: who knows of the newest row finds all that it has moved
            self._standing = self._after(moves(changes), touched)
        moved, self._head, self._numbers = newest[0] != self._head[0], newest, numbers
        if moved:
            self._head_file.write(
                self._outside()
            )  # some microseconds: whatever is answered is in it, also after a kill
        for wish, outcome in done:
            if isinstance(outcome, BaseException):
                wish.answer.set_exception(outcome)
            else:
                wish.answer.set_result(outcome)
        if moved:
            self.on_commit(newest[0], events)

    def _after(self, moved: list[Put] | None, touched: Collection[str]) -> Standing:
        """Who stands where after a commit."""
        return standing(Reader(self._conn)) if moved is None else self._standing.after(moved, touched)

    def _carry_out(
        self,
        wish: _Wish,
        head: tuple[int, float, str],
        events: set[str],
        changes: list[Put | Drop],
        undo: tuple[str, ...],
    ) -> tuple[tuple[int, float, str], Any]:
        """One turn: what it gave or raised, and the journal's head after it. Adds to `events` and `changes`. Where it
        raises, `undo` takes back what it wrote: TURN_UNDONE to its own savepoint, BATCH_UNDONE where it is alone.
        """
        shared = undo is TURN_UNDONE
        if shared:
            self._conn.execute("SAVEPOINT turn")
        try:
            turn = Turn(self._conn, head, wish.clock(head[1]))
            outcome = wish.work(turn)
        except (sqlite3.OperationalError, sqlite3.InternalError):
            raise  # the disk or the file: nothing of this batch can be trusted
        except sqlite3.DatabaseError as error:
            if soundness.is_damage(error):
                raise
            self._take_back(undo)
            return head, error
        except Exception as error:
            self._take_back(undo)
            return head, error
        if not self._conn.in_transaction:  # SQLite took it back by itself, and the work did not mind
            raise sqlite3.OperationalError("the transaction was rolled back while a turn was carried out")
        if shared:
            self._conn.execute("RELEASE turn")
        events |= turn.events
        changes += turn.changes
        return (turn.seq, turn.last_at, turn.hash), outcome

    def _take_back(self, undo: tuple[str, ...]) -> None:
        for sql in undo:
            self._conn.execute(sql)


def take_lock(folder: Path) -> int:
    try:
        secret.own_folder(folder)
        secret.own_file(folder / "lock")
        handle = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise soundness.said(folder, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pid = os.read(handle, 20).decode(errors="replace").strip() or "?"
        os.close(handle)
        raise StoreBusy(f"{folder}: another hub (process {pid}) has this folder; stop that one first") from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle
