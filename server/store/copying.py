"""Whole copies of the database, and a new one in the place of a damaged one: what a technician does by hand."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from config import Text, Told
from server.store import soundness
from server.store.database import take_lock
from server.store.reader import Reader
from server.store.salvage import PAGE, salvage

STEP = 2 << 20
"""Bytes that are copied at once, and put on the disk before the next: a hub that commits meanwhile never waits behind
a heap of them."""
REST_S = 0.5


def settle(handle: int) -> None:
    """Put what was written on the disk, and rest as long as that took: a hub finds the disk free half of the time."""
    began = time.monotonic()
    os.fdatasync(handle)
    time.sleep(min(time.monotonic() - began, REST_S))


def pour(source: IO[bytes], target: IO[bytes]) -> None:
    """All of a file into another one, on the disk, at the pace that a hub beside it bears."""
    while part := source.read(STEP):
        target.write(part)
        target.flush()
        settle(target.fileno())


def copy_to(database: Path, target: Path) -> int:
    """A copy of everything that is durable now; how many rows of the journal it holds. Raises Told."""
    if not database.is_file():
        raise Told(f"{database}：还没有数据库。", f"{database}: no database yet; start the hub once")
    if target.exists():
        raise Told(f"{target}：文件已存在：请换一个名字。", f"{target}: exists already: choose another name")
    new = target.with_name(f"{target.name}.new")
    try:
        new.unlink(missing_ok=True)
        with soundness.looking(database) as source, closing(sqlite3.connect(new, isolation_level=None)) as made:
            source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # from here on it sees one moment only
            made.execute("PRAGMA synchronous = OFF")
            written = os.open(new, os.O_RDWR)
            try:
                source.backup(made, pages=STEP // PAGE, progress=lambda *_: settle(written))
            finally:
                os.close(written)
            made.execute("PRAGMA journal_mode = DELETE")
            made.row_factory = sqlite3.Row
            rows = Reader(made).head()[0]
            if made.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise soundness.damaged(database)
        handle = os.open(new, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        new.rename(target)
    except sqlite3.Error as error:
        raise soundness.said(database, error) from None
    except OSError as error:
        raise soundness.said(target, error) from None
    return rows


def repair(folder: Path, backups: Sequence[Path], stamp: str) -> list[Text]:
    """Salvage the database of a folder, whose hub must not run; what was done and what could not be, a sentence each.

    Raises Told where nothing can be salvaged. `stamp` names the folder that the damaged file goes into.
    """
    database = folder / "hall.db"
    if not folder.is_dir():
        raise Told(f"{folder}：没有这个文件夹。", f"{folder}: there is no such folder")
    lock = take_lock(folder)
    try:
        if database.is_dir():
            soundness.examine(database)
        done = salvage(database, backups, folder / f"damaged-{stamp}")
    except (sqlite3.Error, OSError) as error:
        raise soundness.said(database, error) from None
    finally:
        os.close(lock)
    if not done.rows:
        raise soundness.Damaged(
            f"{database}：没有能够证明的记录，什么都没有改动：请恢复最近的备份。",
            f"{database}: not one row is proven, nothing was changed: restore the last backup",
        )
    return [
        Text(
            f"{database}：保存了{done.rows}条记录，原来的文件在{done.aside}。",
            f"{database}: {done.rows} rows are saved; what was there before is in {done.aside}",
        ),
        *done.said,
    ]
