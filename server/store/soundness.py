"""What is looked at before a database is opened for writing: whether it is there, whole, and all that was promised.

Changes nothing: a damaged file, and the log of writes beside it, stay as they are for `server/store/salvage.py`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from config import Text, Told
from server.domain import chain
from server.domain import events as ev
from server.domain.chain import GENESIS
from server.domain.ticket import Ticket, evolve
from server.store import head_file, journal
from server.store.reader import Reader
from server.store.rows import ticket_of
from server.store.schema import migrations
from server.store.tables import APART

log = logging.getLogger(__name__)

MAGIC = b"SQLite format 3\0"
LOOKED_THROUGH = 64 << 20
"""A file of up to so many bytes is looked through at the start, page by page and index by index: 0.1 s for 10 000
numbers. A larger one is, while the hub already serves (`Store.look_through`)."""
TAIL = 5000
"""So many of the newest rows have their hashes checked at a start; `verify` checks all."""
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
"""What SQLite answers when the file is not what it wrote."""
REPAIR = "请运行 python -m server repair，或恢复最近的备份。"
REPAIR_EN = "run 'python -m server repair', or restore the last backup"


HOW_TO_COPY = Text(
    "请用 python -m server copy 复制：单独复制 hall.db 会缺少写入日志中的记录。",
    "copy with 'python -m server copy': hall.db alone lacks what is still in its log of writes",
)
UNPROVEN = Text(
    "旁边没有记录末尾的文件，无法证明数据完整。",
    "no head was written down beside it, so nobody can say whether it is the whole",
)
WAL_MODE = 2


def is_copy(file: Path) -> bool:
    """Whether a file was made by `copy`, which leaves no log of writes: it is whole by itself."""
    with file.open("rb") as content:
        return content.read(20)[18:] != bytes((WAL_MODE, WAL_MODE))


class Damaged(Told):
    """The database can't be used until a person has seen to it: a restart would change nothing (deploy/)."""

    status = 4


def is_damage(error: BaseException) -> bool:
    """Whether SQLite says that the file itself is damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, sqlite3.OperationalError)  # Python's own: a text that is none
    return isinstance(error, sqlite3.Error) and code & 0xFF in DAMAGED


def damaged(file: Path, error: BaseException | None = None) -> Damaged:
    """The sentence for a file that SQLite can't read; its own words go into the log."""
    if error is not None:
        log.error("%s: SQLite says: %s", file, error)
    return Damaged(f"{file}：数据库已损坏：{REPAIR}", f"{file}: the database is damaged: {REPAIR_EN}")


def said(file: Path, error: sqlite3.Error | OSError) -> Told:
    """What whoever starts the hub is told when the file can't be opened."""
    if is_damage(error):
        return damaged(file, error)
    log.error("%s: %s", file, error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Told(f"{file}：磁盘已满：请清出空间，再启动。", f"{file}: the disk is full: make room, then start again")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Told(
            f"{file}：被另一个程序占用：请先关闭它。", f"{file}: another program has it open: close that one first"
        )
    return Damaged(
        f"{file}：不能读写：请检查文件权限和磁盘。",
        f"{file}: can't be read or written: look at the rights of the file and its folder, and at the disk",
    )


def beside(file: Path) -> list[str]:
    """What only a hall that has run leaves in the folder of its database."""
    folder = file.parent
    left = [head_file.file_of(file), folder / f"{file.name}-wal", *folder.glob("*-key"), *folder.glob("tokens/*")]
    return [str(one.relative_to(folder)) for one in left if one.is_file() and one.stat().st_size]


def examine(file: Path) -> None:
    """Raise Damaged, with what to do, where the hall must not go on from this file; a new hall has none."""
    try:
        if file.is_dir():
            raise Damaged(
                f"{file}：这是一个文件夹，不是数据库：请把它移走。",
                f"{file}: is a folder and no database: move it away",
            )
        if not file.exists() or file.stat().st_size == 0:
            if left := beside(file):
                raise Damaged(
                    f"{file}：数据库不见了或是空的，而旁边还有{left[0]}：请恢复最近的备份，或运行 python -m server"
                    " repair；要从头开始，请换一个空的数据文件夹。",
                    f"{file}: the database is gone or empty, and {left[0]} is still beside it: restore the last backup,"
                    " or run 'python -m server repair'; to begin anew, choose an empty data folder",
                )
            return
        with file.open("rb") as content:
            if content.read(len(MAGIC)) != MAGIC:
                raise Damaged(f"{file}：不是数据库：{REPAIR}", f"{file}: is not a database: {REPAIR_EN}")
        outside = head_file.read(head_file.file_of(file))
        with looking(file) as conn:
            _whole(file, conn)
            _ours(file, conn)
            _chained(file, conn, outside)
    except (sqlite3.Error, OSError) as error:
        raise said(file, error) from None
    except (TypeError, ValueError, OverflowError) as error:
        raise damaged(file, error) from None  # a value of another kind than its column has


@contextmanager
def looking(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves the file, and its log of writes, as they are."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("BEGIN")
        yield conn


def _whole(file: Path, conn: sqlite3.Connection) -> None:
    if (
        file.stat().st_size <= LOOKED_THROUGH
        and (found := conn.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok"
    ):
        raise damaged(file, sqlite3.DatabaseError(found))


def _ours(file: Path, conn: sqlite3.Connection) -> None:
    if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
        if conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() and not _has_journal(conn):
            raise Damaged(
                f"{file}：是别的程序的数据库：请把它移走。", f"{file}: is another program's database: move it away"
            )
        return
    if newer := sorted(migrations.stored(conn) - {*migrations.made}):
        raise Damaged(
            f"{file}：由更新版本的程序写成（{newer[-1]}）：请安装该版本，或恢复升级前的备份。",
            f"{file}: was written by a newer version of the program ({newer[-1]}): install that one, or restore the"
            " backup from before it",
        )


def _has_journal(conn: sqlite3.Connection) -> bool:
    return conn.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal'").fetchone() is not None


def _chained(file: Path, conn: sqlite3.Connection, outside: head_file.Head | None) -> None:
    if not _has_journal(conn):
        if outside and outside.seq:
            raise damaged(file)
        return
    seq = Reader(conn).head()[0]
    if outside and (lost := lost_tail(conn, outside)):
        raise Damaged(f"{file}：{lost[0]}{REPAIR}", f"{file}: {lost[1]}: {REPAIR_EN}")
    previous, expected = None, max(1, seq - TAIL)
    for row in journal.rows(conn, expected - 1):
        if row.seq != expected or (previous and chain.row_hash(previous, row[:-1]) != row.hash):
            raise Damaged(
                f"{file}：第{row.seq}条记录与前一条对不上，数据已损坏：{REPAIR}",
                f"{file}: row {row.seq} of the journal does not fit the one before it, it is damaged: {REPAIR_EN}",
            )
        previous, expected = row.hash, row.seq + 1
        if row.seq == 1 and chain.row_hash(GENESIS, row[:-1]) != row.hash:
            raise damaged(file)
    if not migrations.due(conn):
        for table in ("counters", *APART):
            conn.execute(f"SELECT * FROM {table}").fetchall()  # whether each text is one
        for number in conn.execute(_UNFINISHED).fetchall():
            if not _as_told(conn, number):
                raise Damaged(
                    f"{file}：号码表与记录不符（第{number['id']}号）：{REPAIR}",
                    f"{file}: number {number['id']} in the table is not what the journal says: {REPAIR_EN}",
                )


_UNFINISHED = "SELECT * FROM tickets WHERE day = (SELECT max(day) FROM tickets) ORDER BY id DESC LIMIT 500"
"""The newest numbers of the newest day: what the hall goes on with."""


def _as_told(conn: sqlite3.Connection, stored: sqlite3.Row) -> bool:
    """Whether a number is what its life in the journal says; one that has no life there is not asked about."""
    told: Ticket | None = None
    for row in Reader(conn).life_line(stored["id"]):
        event = row.happened()
        if isinstance(event, ev.Unread):
            return True  # of another version: `verify` says it
        told = evolve(told, event, row.at)
    return told is None or told == ticket_of(stored)


def lost_tail(conn: sqlite3.Connection, outside: head_file.Head) -> tuple[str, str] | None:
    """How far the journal falls short of the head that was kept outside, or parts from it; None where it doesn't."""
    seq = Reader(conn).head()[0]
    when = f"{datetime.fromtimestamp(outside.at):%Y-%m-%d %H:%M}"
    if seq < outside.seq:
        last = conn.execute("SELECT prefix, number, id FROM tickets ORDER BY id DESC LIMIT 1").fetchone()
        label, given = (f"{last[0]}{last[1] or 0:03d}", int(last[2])) if last else ("—", 0)
        lost = outside.numbers - given  # an older head counts none
        zh, en = (f"，{label}之后缺{lost}个号", f", {lost} numbers since {label} among them") if lost > 0 else ("", "")
        return (
            f"记录停在第{seq}条（最后的号{label}），而主机在{when}已写到第{outside.seq}条，"
            f"缺{outside.seq - seq}条{zh}：",
            f"the journal ends at row {seq} (last number {label}), but the hub had written {outside.seq} rows by"
            f" {when}: {outside.seq - seq} are missing{en}",
        )
    found = conn.execute("SELECT hash FROM journal WHERE seq = ?", (outside.seq,)).fetchone()
    if outside.seq and (found is None or found[0] != outside.hash):
        return (
            f"第{outside.seq}条记录不是主机在{when}写下的那一条：",
            f"row {outside.seq} of the journal is not the one that the hub wrote at {when}",
        )
    return None


def not_there(conn: sqlite3.Connection, told: str) -> Text | None:
    """What is wrong where a row that a day-close slip tells of, `SEQ HASH`, is not in this journal."""
    seq, _, sign = told.strip().partition(" ")
    if not seq.isdecimal() or len(seq) > 18 or not sign.strip():
        return Text(
            f"“{told}”不是日结小票上的记录末尾：应为“12345 9f3a1c20”这样。",
            f"'{told}' is no end of the records as a day-close slip has it; it looks like '12345 9f3a1c20'",
        )
    found = conn.execute("SELECT hash FROM journal WHERE seq = ?", (int(seq),)).fetchone()
    if found and str(found[0]).startswith(sign.strip().lower()):
        return None
    return Text(
        f"小票上的第{seq}条记录不在这里：这个数据库比小票旧，或不是同一个。",
        f"row {seq} of the slip is not here: this database is older than the slip, or another one",
    )
