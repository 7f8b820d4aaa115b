"""A hall as the files that describe it: config.toml and the tables that it names, as bytes.

What stands in them, field by field; whether two are the same; whether they are right.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from config.loading import CATALOGUE, parse
from config.tables import SINGLE, TABLES, Hall
from intake.signs import identifier
from intake.table_file import read
from intake.toml_file import toml

Files = Mapping[str, bytes]
"""Name as config.toml writes it -> content; its own file's name among them."""
Place = tuple[str, str, str]
"""Table, row, key: ("hall", "", "name"), ("counters", "3", "sign"), ("hours", "0", "open"), ("services", "SB01",
"标准分钟"), ("calendar", "2027-01-01", "kind").
"""

NAMED = ("catalogue", "catalogue_en", "everyday", "calendar", "power_list")
"""Keys of [hall] that name tables; those of everyday and power_list may be empty."""
ROWS = {"services": ("catalogue", "事项编码"), "calendar": ("calendar", "date"), "english": ("catalogue_en", "code")}
"""Table of a file -> the key of [hall] that names it, and the column that tells its rows apart."""
COLUMNS = {
    "services": CATALOGUE,
    "calendar": ("date", "kind", "name", "source_doc"),
    "english": ("code", "name_en"),
}


def on_disk(file: Path) -> dict[str, bytes]:
    """The files of a hall as they are now; one that can't be read is missing. Raises OSError for config.toml itself."""
    found = {file.name: file.read_bytes()}
    for name in names(found[file.name]):
        try:
            found[name] = (file.parent / name).read_bytes()
        except OSError:
            continue  # `checked` says so
    return found


def write(files: Files, file: Path) -> None:
    """Put those that differ in place, each whole or not at all, with the rights it had. Raises OSError."""
    for name, content in files.items():
        path = file.parent / name
        if path.exists() and path.read_bytes() == content:
            continue
        beside = path.with_name(f".{path.name}.new")
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o640
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as out:
            os.fchmod(handle, mode)
            out.write(content)
            out.flush()
            os.fsync(handle)
        os.replace(beside, path)


def elsewhere(files: Files, other: Files, file: Path) -> str | None:
    """The first of the files that differ between the two which lies outside of the hall's own folder; None for none."""
    changed = [name for name, content in files.items() if other.get(name) != content]
    home = file.parent.resolve()
    return next((name for name in changed if not (home / name).resolve().is_relative_to(home)), None)


def stamp(file: Path, files: Iterable[str]) -> tuple[tuple[str, int, int], ...]:
    """What changes when somebody saves one of the files: cheap enough to ask every second. Raises OSError."""
    found = [(file.name, os.stat(file))]
    for name in files:
        with suppress(OSError):
            found.append((name, os.stat(file.parent / name)))
    return tuple((name, made.st_mtime_ns, made.st_size) for name, made in found)


def names(text: bytes) -> list[str]:
    """The tables that a config.toml names, as it writes them; none of one that can't be read."""
    try:
        hall = toml(text).get("hall")
    except ValueError:
        return []
    found = [hall.get(key) for key in NAMED] if isinstance(hall, dict) else []
    return [name for name in found if isinstance(name, str) and name]


def version(files: Files) -> str:
    """What tells one description from another: SHA-256 over the files' names and contents, hex."""
    seal = hashlib.sha256()
    for name in sorted(files):
        seal.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return seal.hexdigest()


def checked(files: Files, file: Path) -> Hall:
    """The hall that these files describe, in the place of `file`. Raises ConfigError with every mistake."""
    return parse(files[file.name], name=file.name, folder=file.parent, files=files)


def plain(value: Any) -> Any:
    """A default as a file has it: times and texts written out, nothing as ""."""
    if value is None:
        return ""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def default_of(model: type[BaseModel], key: str) -> Any:
    """What a key of a table is that stands in no file; None where it has to stand there."""
    field = next(f for name, f in model.model_fields.items() if (f.alias or name) == key)
    return None if field.is_required() else plain(field.get_default(call_default_factory=True))


def keys(table: str) -> list[str]:
    """The keys of a table, in the order of its model or of its file."""
    if table in COLUMNS:
        return [column for column in COLUMNS[table] if column != ROWS[table][1]]
    return [field.alias or name for name, field in TABLES[table].model_fields.items()]


def rows_of(files: Files, name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Table -> row -> key -> value, as the files have it, the defaults filled in; a single table has the row "".

    What can't be read is empty. `name`: of the config.toml among the files.
    """
    try:
        raw = toml(files[name])
    except ValueError:
        raw = {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for table, model in TABLES.items():
        had = raw.get(table)
        if table in (*SINGLE, "screen"):
            entries = {"": had if isinstance(had, dict) else {}}
        elif isinstance(had, list):
            entries = {str(n): one for n, one in enumerate(had) if isinstance(one, dict)}
        else:
            entries = {k: v for k, v in had.items() if isinstance(v, dict)} if isinstance(had, dict) else {}
        defaults = {key: default_of(model, key) for key in keys(table)}
        found[table] = {
            row: {key: entry.get(key, default) for key, default in defaults.items()}
            | {key: value for key, value in entry.items() if key not in defaults}
            for row, entry in entries.items()
        }
    hall = raw.get("hall")
    for table, (key, column) in ROWS.items():
        named = hall.get(key) if isinstance(hall, dict) else None
        content = files.get(named) if isinstance(named, str) else None
        read_rows = read(content, COLUMNS[table], (column,), others=True).rows if content else []
        found[table] = {
            identifier(row.cells[column]): {k: row.blocks.get(k, "").replace("\n", "；") for k in keys(table)}
            for row in read_rows
            if row.cells.get(column)
        }
    return found
