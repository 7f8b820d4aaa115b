"""A backup as one file: everything that brings the hub back, packed (tar, zstd) and encrypted (age) to a key on paper.

Inside, each file has the path that it gets below the folder it is restored into: config.toml at the top, the files it
names, the hub's folder with the database and the keys. `manifest.json` says what there is, with the sha256 of each.
Without this program: `age -d -i KEYFILE FILE | zstd -d | tar x`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import pyrage
import tomlkit
import zstandard
from pyrage import x25519

from config import Hall, Told, described
from config.tables import TABLES
from intake.toml_file import toml
from server.store import journal, soundness
from server.store.copying import copy_to, pour
from server.store.reader import Reader

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "hall.db"
LEVEL = 3
"""Of zstd: a third of the size at the speed of a disk."""
NAMED = (
    ("hall", "catalogue"),
    ("hall", "catalogue_en"),
    ("hall", "everyday"),
    ("hall", "calendar"),
    ("hall", "power_list"),
    ("hall", "samples"),
    ("slips", "logo"),
    ("voice", "folder"),
    ("screen", "pictures"),
    ("ratings", "photos"),
    ("mail", "password_file"),
    ("platform", "secret_file"),
    ("platform", "ca_file"),
    ("relay", "secret_file"),
    ("relay", "ca_file"),
    ("mail", "ca_file"),
    ("sign_on", "secret_file"),
    ("sign_on", "ca_file"),
    ("backup", "ssh_key"),
    ("backup", "known_hosts"),
)
"""Keys of config.toml that name a file, or a folder of them, which the hub reads."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `at` is the time of the journal's newest row, `made_at` when the backup was begun.

    `data`: the hub's folder below the restored one. `moved`: key of config.toml -> its new value, where the path of the
    old machine leads out of the folder.
    """

    hall: str
    name: str
    made_at: float
    seq: int
    at: float
    hash: str
    data: str
    config: str
    moved: Mapping[str, str]
    files: Mapping[str, str]
    format: int = FORMAT


# --- what belongs to it -----------------------------------------------------------------------------------------------


def named_files(hall: Hall) -> Iterator[tuple[str, Path]]:
    """(key of config.toml, dots between; file or folder): all that the hall's file names and the hub reads."""
    for table, key in NAMED:
        if value := getattr(getattr(hall, table), key):
            yield f"{table}.{key}", hall.folder / value
    for name, screen in hall.screens.items():
        if screen.pictures:
            yield f"screens.{name}.pictures", hall.folder / screen.pictures
    for name, told in hall.webhooks.items():
        for key in ("secret_file", "ca_file"):
            if value := getattr(told, key):
                yield f"webhooks.{name}.{key}", hall.folder / value
    for name, channel in hall.channels.items():
        for key in ("pin_file", "secret_file", "ca_file"):
            if value := getattr(channel, key):
                yield f"channels.{name}.{key}", hall.folder / value
    for kind, devices in (("wires", hall.wires), ("boards", hall.boards)):
        for name, device in devices.items():
            if device.protocol.endswith(".toml"):
                yield f"{kind}.{name}.protocol", hall.folder / device.protocol


def changed_at(hall: Hall) -> float:
    """When the hall's file, or one that it names, was changed last, epoch seconds; what is gone counts for nothing."""
    times = [file.stat().st_mtime for file in (hall.file, *(one for _, one in named_files(hall))) if file.is_file()]
    return max(times, default=0.0)


def _below(folder: Path, path: Path, otherwise: str) -> str:
    """A path as it is below the hall's folder, or another one for what lies elsewhere."""
    whole = Path(os.path.normpath(path))
    return str(PurePosixPath(whole.relative_to(folder))) if whole.is_relative_to(folder) else otherwise


def _contents(hall: Hall, database: Path) -> tuple[dict[str, Path], dict[str, str], str]:
    """(path below the restored folder -> file, moved keys -> new values, where the hub's folder will be)."""
    data = _below(hall.folder, hall.data, "hub-data")
    moved = {} if hall.hub.data == data else {"hub.data": data}
    found = {hall.file.name: hall.file, f"{data}/{DATABASE}": database}
    keys = [*hall.data.glob("*-key"), hall.data / "backup.pub", hall.data / "district.json"]
    keys += [*(hall.data / "tokens").glob("*"), *(hall.data / "tls").glob("*")]
    found |= {f"{data}/{one.relative_to(hall.data)}": one for one in keys if one.is_file()}
    for number, (key, path) in enumerate(named_files(hall), start=1):
        if not path.exists():
            continue  # recordings that a hall has not made, a logo that was taken away: the hub runs without
        to = _below(hall.folder, path, f"elsewhere/{number}-{path.name}")
        if to != str(_value(hall, key)):
            moved[key] = to
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        found |= {to if one == path else f"{to}/{one.relative_to(path)}": one for one in inside}
    return found, moved, data


def _value(hall: Hall, key: str) -> object:
    value: Any = hall
    for step in key.split("."):
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value


# --- to and fro -------------------------------------------------------------------------------------------------------


def _forget_the_day(database: Path) -> None:
    """What is forgotten at the turn of the day (留言) stands in no backup, which is kept for longer."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("PRAGMA secure_delete = ON")
        conn.execute("DELETE FROM messages")


def pack(
    hall: Hall,
    scratch: Path,
    recipients: Sequence[x25519.Recipient],
    made_at: float,
    name: Callable[[int], str],
    *,
    kept: bool = True,
) -> Path:
    """The backup of now, in the empty folder `scratch`; `name(seq)` makes the name of its file. Raises Told.

    `kept=False`: it is for the second machine, which forgets what the hub forgets.
    """
    database = scratch / DATABASE
    copy_to(hall.data / DATABASE, database)
    if kept:
        _forget_the_day(database)
    with soundness.looking(database) as conn:
        seq, at, hash = Reader(conn).head()
    contents, moved, data = _contents(hall, database)
    manifest = Manifest(
        hall=hall.hall.id,
        name=hall.hall.name,
        made_at=made_at,
        seq=seq,
        at=at,
        hash=hash,
        data=data,
        config=hall.file.name,
        moved=moved,
        files={to: _sha256(file) for to, file in contents.items()},
    )
    told = scratch / MANIFEST
    told.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
    packed, sealed = scratch / "packed", scratch / name(seq)
    with (
        packed.open("wb") as out,
        zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(out) as zst,
        tarfile.open(fileobj=zst, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for to, file in {MANIFEST: told, **contents}.items():
            tar.add(file, arcname=to, recursive=False, filter=_nobodys)
    database.unlink()
    try:
        pyrage.encrypt_file(str(packed), str(sealed), list(recipients))
    except OSError as error:
        raise soundness.said(sealed, _numbered(error) or error) from None
    packed.unlink()
    return sealed


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who owned a file on the old machine says nothing on the new one."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def unpack(file: Path, identity: x25519.Identity, into: Path) -> Manifest:
    """Everything of a backup into an empty folder, each file as its hash says. Raises Told, and then the folder holds
    no whole hall.
    """
    packed = into / "packed"
    try:
        pyrage.decrypt_file(str(file), str(packed), [identity])
        with (
            packed.open("rb") as raw,
            zstandard.ZstdDecompressor().stream_reader(raw) as content,
            tarfile.open(fileobj=content, mode="r|") as tar,
        ):
            manifest = _extract(file, tar, into)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise Told(
                f"{file}：这把密钥打不开：请用做这份备份时的那张纸。",
                f"{file}: this key does not open it: take the paper from when this backup was made",
            ) from None
        raise damaged(file) from None
    except OSError as error:
        if numbered := _numbered(error):
            raise soundness.said(Path(error.filename or file), numbered) from None
        raise damaged(file) from None  # what age says of bytes that were changed
    except (zstandard.ZstdError, tarfile.TarError, EOFError, KeyError, TypeError, ValueError):
        raise damaged(file) from None
    finally:
        packed.unlink(missing_ok=True)
    for name, sha256 in manifest.files.items():
        if not (into / name).is_file() or _sha256(into / name) != sha256:
            raise damaged(file)
    return manifest


def _extract(file: Path, tar: tarfile.TarFile, into: Path) -> Manifest:
    """Regular files alone, and only below the folder: whoever sent the file wrote its names."""
    manifest: Manifest | None = None
    for entry in tar:
        path = PurePosixPath(entry.name)
        content = tar.extractfile(entry)
        if content is None or path.is_absolute() or ".." in path.parts:
            raise ValueError(entry.name)
        to = into / path
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            pour(content, out)
        if manifest is None:
            manifest = _manifest(file, to)
    if manifest is None:
        raise ValueError("empty")
    return manifest


def _manifest(file: Path, told: Path) -> Manifest:
    content = json.loads(told.read_text(encoding="utf-8"))
    told.unlink()
    if content["format"] > FORMAT:
        raise Told(
            f"{file}：由更新版本的程序做成：请先安装该版本。",
            f"{file}: was made by a newer version of the program: install that one first",
        )
    return Manifest(**content)


def _numbered(error: OSError) -> OSError | None:
    """The system's own error; pyrage tells its number in the text alone. None: age's word about the content."""
    if error.errno is not None:
        return error
    number = re.search(r"\(os error (\d+)\)", str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else None


def damaged(file: Path) -> Told:
    return Told(
        f"{file}：备份文件已损坏或不完整：请换另一个位置的同一份，或前一天的备份。",
        f"{file}: the backup is damaged or not whole: take the same one from another place, or that of the day before",
    )


def settle(into: Path, manifest: Manifest) -> Path:
    """Put the paths of the new machine into the restored config.toml, its comments kept; that file."""
    file = into / manifest.config
    if manifest.moved:
        text = tomlkit.parse(file.read_text(encoding="utf-8"))
        for key, value in manifest.moved.items():
            *tables, last = key.split(".")
            table: Any = text
            for step in tables:
                table = table[step]
            table[last] = value
        file.write_text(tomlkit.dumps(text), encoding="utf-8")
    return file


def zone_of(file: Path) -> ZoneInfo:
    """The hall's own zone, by its restored file: a bare machine may still be on another one."""
    zone = toml(file.read_bytes()).get("hall", {}).get("timezone")
    return ZoneInfo(zone or described.default_of(TABLES["hall"], "timezone"))


def proven(database: Path, manifest: Manifest) -> list[str]:
    """What is wrong with a restored database: `verify` on it, and its head held against the manifest."""
    with soundness.looking(database) as conn:
        problems, (seq, _, hash) = journal.verify(conn), Reader(conn).head()
    if (seq, hash) != (manifest.seq, manifest.hash):
        problems.append(f"head: row {seq} {hash}, and the backup says row {manifest.seq} {manifest.hash}")
    return problems
