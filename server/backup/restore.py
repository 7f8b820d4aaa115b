"""A hall brought back on a bare machine from one file and the key on paper: `python -m server restore`.

It changes nothing but the folder it is told, which must be empty, and leaves nothing there that is not proven whole.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pyrage import x25519

from config import Text, Told
from server.backup import parcel, pieces
from server.domain.backups import backups_of, pieces_of
from server.store import head_file, soundness
from server.store.reader import Reader


def restore(file: Path, identity: x25519.Identity, into: Path, skip: int = 0) -> tuple[Path, list[Text]]:
    """The hall of a backup, and the records that lie beside it, into an empty folder: (its config.toml, what was done,
    a sentence each). `skip`: so many numbers of each letter of the last day are passed over. Raises Told.
    """
    if not file.is_file():
        raise Told(f"{file}：没有这个文件。", f"{file}: there is no such file")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Told(f"{into}：不是空文件夹：请换一个。", f"{into}: is no empty folder: choose another one")
    made = not into.exists()
    try:
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _restored(file, identity, into, skip)
    except BaseException as error:
        _clear(into, made)
        if isinstance(error, OSError | sqlite3.Error):
            raise soundness.said(into, error) from None
        raise


def _clear(into: Path, made: bool) -> None:
    for one in [*into.iterdir()] if into.is_dir() else ():
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    if made and into.is_dir():
        into.rmdir()


def _restored(file: Path, identity: x25519.Identity, into: Path, skip: int) -> tuple[Path, list[Text]]:
    manifest = parcel.unpack(file, identity, into)
    config = parcel.settle(into, manifest)
    database = into / manifest.data / parcel.DATABASE
    soundness.examine(database)
    if problems := parcel.proven(database, manifest):
        raise Told(f"{file}：恢复后验证不通过：{problems[0]}", f"{file}: restored, it is not right: {problems[0]}")
    zone = parcel.zone_of(config)
    made_at = datetime.fromtimestamp(manifest.made_at, zone)
    said = [
        Text(
            f"{manifest.name}：{made_at:%Y-%m-%d %H:%M}的备份，共{manifest.seq}条记录。",
            f"{manifest.name}: backup of {made_at:%Y-%m-%d %H:%M}, {manifest.seq} rows.",
        )
    ]
    unread: list[str] = []
    after = pieces.lay_over(database, _beside(file, manifest, identity, unread))
    if after:
        said.append(
            Text(f"其后又恢复了{after}条记录。", f"{after} rows that came after it are restored, too."),
        )
    for name in unread:
        said.append(
            Text(
                f"{name}不能读取，其中的记录没有恢复：另一个位置可能有完好的一份。",
                f"{name} can't be read, what it holds is not restored: another place may have a good one.",
            )
        )
    if skip:
        with closing(sqlite3.connect(database)) as conn, conn:
            conn.execute(
                "UPDATE numbers SET last = last + ? WHERE day = (SELECT max(day) FROM numbers)",
                (skip,),
            )
        said.append(
            Text(f"当天各字头的号码跳过{skip}个。", f"{skip} numbers of each letter of that day are passed over.")
        )
    with soundness.looking(database) as conn:
        newest = Reader(conn).head()
    outside = head_file.HeadFile(head_file.file_of(database))
    outside.write(head_file.Head(*newest))
    outside.close()
    whole = replace(manifest, seq=newest[0], hash=newest[2])
    if after and (problems := parcel.proven(database, whole)):
        raise Told(f"{file}：恢复后验证不通过：{problems[0]}", f"{file}: restored, it is not right: {problems[0]}")
    last = f"{datetime.fromtimestamp(newest[1], zone):%Y-%m-%d %H:%M:%S}"
    said.append(
        Text(
            f"已验证：到第{newest[0]}条记录（{last}）完整。启动：python -m server --config {config}",
            f"Verified: whole up to row {newest[0]} of {last}. Start it: python -m server --config {config}",
        )
    )
    return config, said


def _beside(
    file: Path, manifest: parcel.Manifest, identity: x25519.Identity, unread: list[str]
) -> Iterator[dict[str, Any]]:
    """The pieces that lie in the folder of the backup, in order, one in memory at a time; names of others to `unread`.

    One that ends before the backup is not looked into.
    """
    found = pieces_of(manifest.hall, (one.name for one in file.parent.iterdir()))
    for piece in found:
        if piece.first + pieces.MOST <= manifest.seq:
            continue
        told = pieces.opened(file.parent / piece.name, identity)
        if told is None:
            unread.append(piece.name)
        else:
            yield told


def newest_of(folder: Path, hall: str = "") -> Path:
    """The newest backup in a folder. Raises Told where there is none, or halls share it and none is named."""
    names = [one.name for one in folder.iterdir()]
    halls = {name.rsplit("-", 3)[0] for name in names if name.endswith(".tar.zst.age")}
    found = [one for known in halls if not hall or known == hall for one in backups_of(known, names)]
    if not found:
        raise Told(f"{folder}：这里没有备份。", f"{folder}: there is no backup here")
    if len({known for known in halls if backups_of(known, names)}) > 1 and not hall:
        raise Told(
            f"{folder}：有几个大厅的备份：请写出其中一个文件。",
            f"{folder}: holds backups of several halls: name one file",
        )
    return folder / max(found).name
