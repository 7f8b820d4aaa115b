"""What a damaged database still proves: rows of the journal read from its bytes, and a new database made of them.

The file is not asked through SQLite, whose first damaged page ends everything: every leaf page of the file, of its log
of writes and of any backup is read for rows of the journal, and the hash chain says which of them are true. A row in
which one bit was flipped is put right where that makes its hash fit. The tables are then rebuilt from the journal. What
is no part of it (accounts, devices, bookings) is copied where SQLite can still read it.

Changes no file that it reads. Format: https://www.sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from config import Text
from server.domain import chain
from server.domain import events as ev
from server.domain.chain import COLUMNS, GENESIS, Row
from server.store import head_file, journal
from server.store.schema import migrations
from server.store.tables import APART, TABLES

PAGE = 4096
"""Bytes of a page, as SQLite makes them unless it is told otherwise."""
LEAF = 0x0D
WAL_HEAD, FRAME_HEAD = 32, 24
FLIPPED = 2000
"""Bytes of a row up to which every single bit is tried."""


# --- bytes -> rows ----------------------------------------------------------------------------------------------------


def pages_of(file: Path) -> tuple[dict[int, bytes], list[bytes]]:
    """(the newest version of each page by its number, every version of all): of the file and its log of writes."""
    content = file.read_bytes() if file.is_file() else b""
    every = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    newest = dict(enumerate(every, start=1))
    log = file.with_name(f"{file.name}-wal")
    frames = log.read_bytes() if log.is_file() else b""
    for at in range(WAL_HEAD, len(frames), FRAME_HEAD + PAGE):
        frame = frames[at : at + FRAME_HEAD + PAGE]
        if len(frame) > FRAME_HEAD:
            newest[struct.unpack_from(">I", frame)[0]] = frame[FRAME_HEAD:]
            every.append(frame[FRAME_HEAD:])
    return newest, every


def rows_of(file: Path) -> Iterator[Row]:
    """Whatever looks like a row of the journal in a database file and in its log; the chain says which are."""
    newest, every = pages_of(file)
    for page in every:
        for begin in (0, 100):  # page 1 has the file's head before its own
            if len(page) > begin + 8 and page[begin] == LEAF:
                yield from _leaf(page, begin, newest)


def _leaf(page: bytes, begin: int, newest: Mapping[int, bytes]) -> Iterator[Row]:
    (cells,) = struct.unpack_from(">H", page, begin + 3)
    for n in range(min(cells, PAGE // 4)):
        try:
            (at,) = struct.unpack_from(">H", page, begin + 8 + 2 * n)
            found = _row(*_cell(page, at, newest))
        except (struct.error, IndexError, ValueError, KeyError):
            continue  # no cell, or none of the journal
        if found:
            yield found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """(value, where it ends)."""
    value = 0
    for n in range(9):
        byte = data[at + n]
        if n == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + n + 1
    raise ValueError


def _cell(page: bytes, at: int, newest: Mapping[int, bytes]) -> tuple[int, bytes]:
    """(rowid, payload) of a cell, with what has run over onto other pages."""
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    most, least = PAGE - 35, (PAGE - 12) * 32 // 255 - 23
    if length <= most:
        return rowid, page[at : at + length]
    if length > 1 << 24:
        raise ValueError
    here = least + (length - least) % (PAGE - 4)
    here = here if here <= most else least
    payload, (following,) = page[at : at + here], struct.unpack_from(">I", page, at + here)
    while following and len(payload) < length:
        over = newest[following]
        (following,) = struct.unpack_from(">I", over)
        payload += over[4:]
    return rowid, payload[:length]


def _row(rowid: int, payload: bytes) -> Row | None:
    """A record of eight columns with a hash at its end."""
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if len(kinds) != 8 or kinds[0] != 0 or kinds[7] != 13 + 2 * 64:
        return None
    values = []
    for kind in kinds:
        value, end = _value(payload, end, kind)
        values.append(value)
    _, when, event, actor, ticket, counter, data, hash = values
    if not isinstance(when, int | float) or not all(isinstance(text, str) for text in (event, actor, data, hash)):
        return None
    return Row(rowid, float(when), event, actor, ticket, counter, data, hash)


def _value(payload: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], at
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    size = (0, 1, 2, 3, 4, 6, 8)[kind] if kind < 7 else (kind - 12) // 2
    part = payload[at : at + size]
    if len(part) < size or kind in (10, 11):
        raise ValueError
    if kind < 7:
        return int.from_bytes(part, "big", signed=True), at + size
    return part if kind % 2 == 0 else part.decode(errors="surrogateescape"), at + size


# --- rows -> what is proven -------------------------------------------------------------------------------------------


@dataclass
class Proven:
    """The chain from its beginning as far as it goes, the row in which a bit was put right, and what lies beyond."""

    rows: list[Row] = field(default_factory=list)
    mended: list[int] = field(default_factory=list)
    beyond: list[Row] = field(default_factory=list)
    """Rows that are there, of which nothing says that they are true: one before them is missing."""


def proven(candidates: Sequence[Row]) -> Proven:
    """What of all that was found the chain proves, from its first row on."""
    by_seq: dict[int, set[Row]] = {}
    for one in candidates:
        by_seq.setdefault(one.seq, set()).add(one)
    found, previous = Proven(), GENESIS
    while here := by_seq.get(len(found.rows) + 1):
        followers = by_seq.get(len(found.rows) + 2, set())
        fitting = [one for one in here if _fits(previous, one)]
        on = [one for one in fitting if any(_fits(one.hash, follower) for follower in followers)]
        row: Row | None = next(iter(on or fitting), None)  # of two that fit, one was never committed
        if row is None:
            mended = next((better for one in here if (better := _mended(previous, one, followers))), None)
            if mended is None:
                break
            found.mended.append(mended.seq)
            row = mended
        found.rows.append(row)
        previous = row.hash
    found.beyond = [next(iter(by_seq[seq])) for seq in sorted(by_seq) if seq > len(found.rows)]
    return found


def _fits(previous: str, row: Row) -> bool:
    try:
        return chain.row_hash(previous, row[:-1]) == row.hash
    except UnicodeEncodeError:
        return False


def _mended(previous: str, row: Row, followers: set[Row]) -> Row | None:
    """The row with one bit put right, or with a hash put right that the row after it proves."""
    for name in ("data", "event", "actor", "counter"):
        text = getattr(row, name)
        raw = text.encode(errors="surrogateescape") if isinstance(text, str) else b""
        for bit in range(8 * len(raw) if len(raw) <= FLIPPED else 0):
            changed = bytearray(raw)
            changed[bit // 8] ^= 1 << bit % 8
            one = Row(**{**row._asdict(), name: changed.decode(errors="surrogateescape")})
            if _fits(previous, one):
                return one
    for bit in range(64):
        (at,) = struct.unpack(">d", struct.pack(">Q", struct.unpack(">Q", struct.pack(">d", row.at))[0] ^ 1 << bit))
        for one in (row._replace(at=at), row._replace(ticket=row.ticket ^ 1 << bit) if row.ticket else row):
            if _fits(previous, one):
                return one
    try:
        one = row._replace(hash=chain.row_hash(previous, row[:-1]))
    except UnicodeEncodeError:
        return None
    return one if any(_fits(one.hash, follower) for follower in followers) else None


# --- what is proven -> a new database ---------------------------------------------------------------------------------


def write(file: Path, found: Proven, old: Path, unseen: int) -> list[Text]:
    """A new database of what is proven, and what could not be saved, a sentence each. `old` is the damaged one.

    `unseen`: rows that were written and of which nothing is left; so many numbers of each letter of the last day are
    passed over, so that none is given out twice.
    """
    said: list[Text] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        migrations.apply(conn)
        conn.execute("BEGIN")
        marks = ", ".join("?" * 8)
        conn.executemany(f"INSERT INTO journal ({COLUMNS}) VALUES ({marks})", found.rows)
        if unread := journal.unread(conn):
            named = ", ".join(f"{name} {count}" for name, count in unread.items())
            said.append(
                Text(
                    f"有{sum(unread.values())}条记录的名称本版本不认识（{named}），已原样保留。",
                    f"{sum(unread.values())} rows have names that this version does not know ({named}); they are kept"
                    " as they are.",
                )
            )
        built = journal.Rebuilt()
        for row in found.rows:
            try:
                journal.apply(built, row)
            except (KeyError, TypeError, ValueError, AssertionError):
                said.append(
                    Text(
                        f"第{row.seq}条记录（{row.event}）无法解读，已原样保留。",
                        f"Row {row.seq} ({row.event}) can't be read; it is kept as it is.",
                    )
                )
        for name, rows in built.tables.items():
            for one in rows.values():
                _insert(conn, name, TABLES[name].dump(one))
        for ticket, life in journal.lives(conn):
            try:
                legs = journal.legs_of_life(life)
            except (KeyError, TypeError, ValueError, AssertionError):
                said.append(
                    Text(
                        f"编号{ticket}的号票的办理经过无法重建，报表不计入。",
                        f"The legs of the ticket with id {ticket} can't be made again; reports lack them.",
                    )
                )
                continue
            for leg in legs:
                _insert(conn, "legs", vars(leg))
        _numbers(conn, built, found.beyond, unseen)
        said += _copied(conn, old)
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    handle = os.open(file, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return said


def _insert(conn: sqlite3.Connection, table: str, values: Mapping[str, object]) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    conn.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})", tuple(values.values()))


def _numbers(conn: sqlite3.Connection, built: journal.Rebuilt, beyond: Sequence[Row], unseen: int) -> None:
    """The highest number given out by day and letter, those of lost rows among them."""
    last = dict(built.numbers)
    for row in beyond:
        if row.event == "Issued":
            try:
                event = row.happened()
            except (KeyError, TypeError, ValueError):
                continue  # not even readable
            if isinstance(event, ev.Issued) and event.drawn:
                key = (event.day, event.prefix)
                last[key] = max(last.get(key, 0), event.number)
    newest = max((day for day, _ in last), default="")
    for (day, prefix), number in last.items():
        given = built.numbers.get((day, prefix), 0)
        number = max(number, given + unseen) if day == newest else number
        _insert(conn, "numbers", {"day": day, "prefix": prefix, "last": number})


def _copied(conn: sqlite3.Connection, old: Path) -> list[Text]:
    """Copy what the journal does not hold; a sentence for each table of which something is lost."""
    said = []
    for table in ("snapshots", *APART):
        known = [row["name"] for row in conn.execute(f"PRAGMA table_info({table})")]
        try:
            with closing(sqlite3.connect(f"{old.resolve().as_uri()}?mode=ro", uri=True)) as source:
                source.text_factory = lambda raw: raw.decode(errors="replace")
                there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}  # fewer in an older version
                columns = [name for name in known if name in there]
                if not columns:
                    continue  # the old one is of a version that had no such table
                listed = ", ".join(f'"{name}"' for name in columns)
                for row in source.execute(f"SELECT {listed} FROM {table} NOT INDEXED"):
                    _insert(conn, table, dict(zip(columns, row, strict=True)))
        except sqlite3.Error:
            said.append(
                LOST_TABLES.get(table, Text(f"表{table}未能全部保存。", f"Not all of the table {table} is saved."))
            )
    return said


LOST_TABLES = {
    "staff": Text(
        "账号未能全部保存：请用 python -m server staff 重新建立。",
        "Not all accounts are saved: make them anew by 'python -m server staff'.",
    ),
    "sessions": Text("登录状态未能保存：请重新登录。", "Logins are not saved: log in again."),
    "devices": Text(
        "设备令牌未能全部保存：主机自己的会重新发放，其他设备请重新启动，再按显示的代码登记。",
        "Not all tokens of devices are saved: the hub makes its own anew; start the others again and enrol them.",
    ),
    "second_factors": Text(
        "两步验证未能全部保存：有的账号只用密码就能登录，请重新设置。",
        "Not all of two-step login is saved: some accounts open by the password alone; set it up anew.",
    ),
    "recovery_codes": Text(
        "恢复码未能全部保存：请取消两步验证再重新设置。",
        "Not all recovery codes are saved: end two-step login and set it up anew.",
    ),
    "punch_keys": Text(
        "打卡的卡片和口令未能全部保存：请重新登记。",
        "Not all cards and PINs to punch with are saved: put them on record anew.",
    ),
    "api_tokens": Text(
        "接口令牌未能全部保存：请重新建立，并交给使用它们的程序。",
        "Not all API tokens are saved: make them anew and give them to the programs that use them.",
    ),
    "bookings": Text("预约未能全部保存：请重新导入。", "Not all bookings are saved: hand them in again."),
    "snapshots": Text(
        "已定稿的报告未能全部保存：请从备份或报告文件夹取回。",
        "Not all kept reports are saved: fetch them from a backup or the folder of reports.",
    ),
}


# --- the whole --------------------------------------------------------------------------------------------------------


@dataclass
class Salvage:
    """What was saved of a hall's database, where the damaged one lies now, and what could not be saved."""

    rows: int
    aside: Path | None
    said: list[Text]


def salvage(database: Path, backups: Sequence[Path], aside: Path) -> Salvage:
    """Put a new database in the place of a damaged one, which goes into the folder `aside` with all that is beside it.

    Nothing is changed where not one row is proven (`rows` 0).
    """
    candidates = [row for file in (database, *backups) for row in rows_of(file)]
    found, outside = proven(candidates), head_file.read(head_file.file_of(database))
    newest = max([outside.seq if outside else 0, *(row.seq for row in found.beyond)])
    lost = max(0, newest - len(found.rows))
    if not found.rows:
        return Salvage(0, None, [])
    new = database.with_name(f"{database.name}.new")
    new.unlink(missing_ok=True)
    source = next((file for file in (database, *backups) if file.is_file()), database)
    unseen = max(0, lost - len(found.beyond))
    said = _told(found, lost, unseen) + write(new, found, source, unseen)
    aside.mkdir()
    for name in ("", "-wal", "-shm", ".head"):
        one = database.with_name(f"{database.name}{name}")
        if one.exists():
            one.rename(aside / one.name)
    new.rename(database)
    last = found.rows[-1]
    outside_again = head_file.HeadFile(head_file.file_of(database))
    outside_again.write(head_file.Head(last.seq, last.at, last.hash))
    outside_again.close()
    handle = os.open(database.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return Salvage(len(found.rows), aside, said)


def _told(found: Proven, lost: int, unseen: int) -> list[Text]:
    said = [
        Text(
            f"第{seq}条记录有一位损坏，已按校验链改正。", f"Row {seq} had a damaged bit, which the chain has put right."
        )
        for seq in found.mended
    ]
    if lost:
        first, last = len(found.rows) + 1, len(found.rows) + lost
        said.append(
            Text(
                f"第{first}至{last}条记录未能保存（{lost}条）。",
                f"Rows {first} to {last} could not be saved ({lost}).",
            )
        )
    if unseen:
        said.append(
            Text(
                f"当天各字头的号码跳过{unseen}个，以免重号。",
                f"{unseen} numbers of each letter of that day are passed over, so that none is given out twice.",
            )
        )
    if found.beyond:
        gaps = sum(b.seq - a.seq > 1 for a, b in pairwise(found.beyond))
        said.append(
            Text(
                f"其后还有{len(found.beyond)}条可读但无法证明的记录（{gaps + 1}段）：有备份时请用 --from 再修复一次。",
                f"{len(found.beyond)} later rows can be read and not proven ({gaps + 1} pieces): with a backup, repair"
                " once more with --from.",
            )
        )
    return said
