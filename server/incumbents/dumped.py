"""What the dump of another queue system holds, in this hall's words; and how a dump is opened. Runs no SQL of it.

A reader (`server/incumbents/novosga.py` and its neighbours) makes a `Holding` of the tables of a dump; what of it is
taken, and what not, is `server/incumbents/taking.py`'s.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from config import Text, Told
from intake.encoding import Unreadable
from intake.signs import identifier, line
from intake.sql_dump import Cell, Table, tables, text_of
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal

SQLITE, GZIP = b"SQLite format 3\0", b"\x1f\x8b"
_NUMBER = re.compile(r"[A-Za-z]{0,3}[0-9]{1,10}")
"""A login that is a staff number and nobody's name."""


class Matter(NamedTuple):
    """A service there: its id, its name, the letter of its numbers, whether people may still choose it."""

    id: str
    name: str
    prefix: str
    active: bool = True


class Window(NamedTuple):
    """A counter there: what it is called by, its name if that is more, its services by id; None: all of them."""

    number: str
    name: str = ""
    services: tuple[str, ...] | None = None


class Person(NamedTuple):
    """A member of staff there: the number that visits name here, the name, whether they are still there."""

    number: str
    name: str
    active: bool = True


class Stay(NamedTuple):
    """A visit there: where it stands in the dump, its service's id, and the cells of `docs/import.md` but `service`."""

    where: str
    matter: str
    cells: dict[str, str]


class Left(NamedTuple):
    """What is not taken, how many of it, and why."""

    what: Text
    rows: int
    why: Text


@dataclass
class Holding:
    """All that a dump says of a hall."""

    system: str
    matters: list[Matter] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    said: list[Text] = field(default_factory=list)
    """What was concluded where the dump does not say it."""


def opened(data: bytes, wanted: set[str], name: str) -> dict[str, Table]:
    """The wanted tables of a dump: SQL text, the same packed by gzip, or an SQLite file. Raises Told."""
    try:
        if data.startswith(GZIP):
            data = gzip.decompress(data)
        found = _of_sqlite(data, wanted) if data.startswith(SQLITE) else tables(text_of(data), wanted)
    except Unreadable as error:
        raise Told(f"{name}:{error.line}: {error.zh}", f"{name}:{error.line}: {error.en}") from None
    except (OSError, EOFError, sqlite3.Error) as error:
        raise Told(
            f"{name}：读不了，{error}：请重新导出。", f"{name}: cannot be read, {error}; dump it again"
        ) from None
    return found


def _of_sqlite(data: bytes, wanted: set[str]) -> dict[str, Table]:
    conn = sqlite3.connect(":memory:")
    try:
        conn.deserialize(data)
        found: dict[str, Table] = {}
        for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name.lower() in wanted:
                rows = conn.execute(f'SELECT * FROM "{name.replace(chr(34), chr(34) * 2)}"')
                columns = [column[0].lower() for column in rows.description]
                found[name.lower()] = Table(columns, [dict(zip(columns, map(_cell, row), strict=True)) for row in rows])
        return found
    finally:
        conn.close()


def _cell(value: object) -> Cell:
    return None if value is None else value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


# --- cells ------------------------------------------------------------------------------------------------------------


def needed(found: Mapping[str, Table], names: tuple[str, ...], system: str, name: str) -> None:
    """Told where a dump lacks what every database of this system has."""
    missing = [one for one in names if one not in found]
    if missing:
        listed = "、".join(missing)
        raise Told(
            f"{name}：没有表 {listed}，不像 {system} 的完整导出：请导出整个数据库。",
            f"{name}: no table {', '.join(missing)}, so no whole dump of {system}; dump the whole database",
        )


def told(row: Mapping[str, Cell], *columns: str) -> str:
    """The first of these columns that a row has, washed; empty for NULL."""
    return next((line(value) for column in columns if (value := row.get(column))), "")


def yes(value: Cell) -> bool:
    """Whether a cell means yes, in any of the dialects."""
    return (value or "").strip().lower() in ("1", "t", "true", "b'1'", "y")


def instant(value: Cell, *, utc: bool = False) -> str:
    """A point in time as `docs/import.md` wants it; `utc`: it was stored in UTC. 0000-00-00 is nothing."""
    text = line(value or "")
    text = re.sub(r"(\d{2}:\d{2}:\d{2})\.\d+", r"\1", text).replace(" ", "T")
    text = re.sub(r"([+-]\d{2})$", r"\1:00", text) if "T" in text else text
    if not text or text.startswith("0000-00-00"):
        return ""
    return f"{text}Z" if utc and not re.search(r"(?:Z|[+-]\d{2}:?\d{2})$", text) else text


def letter(prefix: str) -> str:
    """The capital Latin letter that a sign begins with, or none: А may be Cyrillic."""
    found = re.match(r"[A-Z]", identifier(prefix).upper())
    return found[0] if found and found[0].isascii() else ""


def number_of(login: str, made: str) -> str:
    """A login that is a number, else one made of its id there: a name would stand in the journal for ever."""
    login = identifier(login)
    return login if _NUMBER.fullmatch(login) and nobodys(login) else made


def nobodys(text: str) -> bool:
    """Whether no identity or mobile number stands in a text."""
    try:
        impersonal(text)
    except Refused:
        return False
    return True


def counted(found: Mapping[str, Table], table: str) -> int:
    return len(found[table].rows) if table in found else 0


PASSWORDS = Text("密码、邮箱和登录令牌", "passwords, mail addresses and login tokens")
NEVER = Text("密码从不接收：这里的账号另发新密码。", "never taken: accounts here get a new password")
PERSONAL = Text("来访人的姓名、证件和备注", "visitors' names, papers and remarks")
NOT_KEPT = Text("个人信息，来访记录里不保存。", "personal; no record of a visit keeps it here")
