"""One backup: made, put to every place, read back, restored into a scratch folder, verified, and its head held against
the journal. Only then does it count. Runs in a process of its own, so that no call waits for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pyrage import x25519

from config import Hall, Text, Told
from server.backup import paper_key, parcel
from server.backup.destination import PlaceError
from server.backup.places import opened
from server.domain.alerts import NOTHING
from server.domain.backups import Place, backup_name, named, removable
from server.store import backup_state, soundness
from server.store.database import DISK_LOW

SCRATCH = "backup-"
"""Begins the name of the scratch folder beside the database."""


def run(hall: Hall, urls: Sequence[str], clock: Callable[[], float]) -> list[tuple[str, Text, bool]]:
    """Save the hall to these places: for each (url, what became of it, whether it is good). What became of them is kept
    for the live page. Raises Told where no backup can be made at all.
    """
    began = clock()
    with _alone(hall), _scratch(hall) as scratch:
        known = replace(backup_state.read(hall), tried_at=began, problem=NOTHING)
        backup_state.write(hall, known)
        try:
            made, manifest_seq, once = _made(hall, scratch, began)
            kb = made.stat().st_size >> 10
        except Told as error:
            backup_state.write(hall, replace(known, problem=error.text))
            raise
        proof, results = "", list[tuple[str, Text, bool]]()
        for url in urls:
            before = known.place(url)
            try:
                proof = _saved(hall, url, made, once, scratch, proof)
                now = Place(url, began, clock(), made.name, manifest_seq)
                said = Text(
                    f"{named(url)}：已保存、恢复并验证，共{manifest_seq}条记录（{kb} KB）。",
                    f"{named(url)}: saved, restored and verified, {manifest_seq} rows ({kb} KB).",
                )
            except Told as error:
                since = before.problem_since if before.problem.zh else clock()
                now = replace(before, problem=error.text, problem_since=since)
                said = error.text
            results.append((url, said, not now.problem.zh))
            known = replace(known, places={**known.places, url: now})
            backup_state.write(hall, known)
        return results


def _made(hall: Hall, scratch: Path, began: float) -> tuple[Path, int, x25519.Identity]:
    """(the file, the journal's newest row in it, a key for this run alone).

    The key on paper is not here to prove that the file opens. So it is encrypted to a second key, too, which lives in
    this process's memory and dies with it.
    """
    recipient, once = paper_key.recipient(hall), paper_key.make()
    database = hall.data / parcel.DATABASE
    if not database.is_file():
        raise Told(f"{database}：还没有数据库：请先启动一次主机。", f"{database}: no database yet: start the hub once")
    _room(hall, database)
    found: list[int] = []

    def name(seq: int) -> str:
        found.append(seq)
        return backup_name(hall, began, seq)

    folder = scratch / "made"
    folder.mkdir()
    made = parcel.pack(hall, folder, [recipient, once.to_public()], began, name)
    return made, found[0], once


def _room(hall: Hall, database: Path) -> None:
    """A backup must never be what fills the hub's own disk: a copy, the packed file, what is restored to test it."""
    log = database.with_name(f"{database.name}-wal")
    wanted = 3 * (database.stat().st_size + (log.stat().st_size if log.exists() else 0)) + DISK_LOW
    if (free := shutil.disk_usage(hall.data).free) < wanted:
        raise Told(
            f"主机磁盘剩余{free >> 20} MB，做备份并验证要{wanted >> 20} MB：请清理磁盘。",
            f"{free >> 20} MB are left on the hub's disk, to make and test a backup takes {wanted >> 20} MB: make room",
        )


def _saved(hall: Hall, url: str, made: Path, once: x25519.Identity, scratch: Path, proof: str) -> str:
    """Put it to a place and prove what is there; the sha256 of what was proven. The same bytes prove the same."""
    place = opened(hall, url)
    free, size = place.free(), made.stat().st_size
    if free is not None and free < size + (1 << 20):
        raise PlaceError(
            f"{named(url)}只剩{free >> 20} MB，备份有{(size >> 20) + 1} MB：请清出空间。",
            f"{free >> 20} MB are left at {named(url)}, the backup has {(size >> 20) + 1} MB: make room",
        )
    place.put(made, made.name)
    back = scratch / "back"
    try:
        place.get(made.name, back)
        with back.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        if sha256 != proof:
            _prove(hall, back, once, scratch)
    except Told:
        place.remove(made.name)
        raise
    finally:
        back.unlink(missing_ok=True)
    for name in removable(hall, place.names()):
        place.remove(name)
    return sha256


def _prove(hall: Hall, back: Path, once: x25519.Identity, scratch: Path) -> None:
    """Restore into the scratch folder, verify, and hold the head against the journal of the hub that runs."""
    folder = scratch / "restored"
    folder.mkdir()
    try:
        manifest = parcel.unpack(back, once, folder)
        problems = parcel.proven(folder / manifest.data / parcel.DATABASE, manifest)
        with soundness.looking(hall.data / parcel.DATABASE) as conn:
            row = conn.execute("SELECT hash FROM journal WHERE seq = ?", (manifest.seq,)).fetchone()
        if manifest.seq and (row is None or row[0] != manifest.hash):
            problems.append(f"head: row {manifest.seq} is not the one in the journal")
    except sqlite3.Error as error:
        problems = [str(error)]
    finally:
        shutil.rmtree(folder)
    if problems:
        raise Told(
            "备份恢复后验证不通过：请技术员核对数据库。",
            f"the backup was restored and is not right ({problems[0]}): look at the database by 'python -m server"
            " verify'",
        )


@contextmanager
def _alone(hall: Hall) -> Iterator[None]:
    """One backup at a time."""
    handle = os.open(hall.data / "backup.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise Told("另一个备份正在进行：请等它结束。", "another backup is under way: wait for it to end") from None
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _scratch(hall: Hall) -> Iterator[Path]:
    """An empty folder beside the database that nobody else reads; what a killed backup left goes first."""
    for old in hall.data.glob(f"{SCRATCH}*"):
        if old.is_dir():
            shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=hall.data))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
