"""The rows of an SQL dump, as mysqldump, pg_dump, H2's SCRIPT and `sqlite3 .dump` write it. Pure; runs no SQL.

It reads what such a dump is made of: CREATE TABLE for the order of the columns, INSERT … VALUES, and COPY … FROM stdin.
Everything else (keys, triggers, views) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from intake.encoding import MARKS, Unreadable

Cell = str | None
"""A value as it is written, without its quotation marks; None is NULL."""

_TOKEN = re.compile(
    r"""
    (?P<pass>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<text>'(?:[^']|'')*')
  | (?P<name>`(?:[^`]|``)*`|"(?:[^"]|"")*"|\[[^\]\n]*\])
  | (?P<sign>[(),;])
  | (?P<word>(?:(?!--|/\*)[^\s(),;'"`])+)
    """,
    re.X | re.S,
)
_ESCAPING = re.compile(_TOKEN.pattern.replace(r"'(?:[^']|'')*'", r"'(?:[^'\\]|''|\\.)*'"), re.X | re.S)
"""The same where a backslash in a text escapes: MySQL, and E'…' of PostgreSQL."""
_MYSQL = re.compile(r"-- (?:MySQL|MariaDB) dump|ENGINE\s*=|/\*!\d{5}", re.I)
_COPY = re.compile(r"COPY\s+(?P<table>[^\s(]+)\s*(?:\((?P<columns>[^)]*)\))?\s*FROM\s+stdin\b[^;]*;[^\n]*\n", re.I)
_NO_COLUMNS = ("primary", "unique", "key", "index", "constraint", "foreign", "check", "fulltext", "spatial", "exclude")
_MYSQL_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "", "Z": ""}
_COPY_SIGNS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}


@dataclass
class Table:
    """A table of a dump: its columns in their order, and its rows."""

    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Cell]] = field(default_factory=list)


def text_of(data: bytes) -> str:
    """The text of a dump: UTF-8, which all these programs write, or by its mark. Raises Unreadable."""
    for mark, coding in MARKS:
        if data.startswith(mark):
            return data.decode(coding, "replace").removeprefix("\ufeff")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(
            data.count(b"\n", 0, error.start) + 1,
            1,
            "不是 UTF-8：请用 UTF-8 编码重新导出。",
            "no UTF-8; dump it again in UTF-8",
        ) from None


def tables(text: str, wanted: set[str]) -> dict[str, Table]:
    """The tables of these names (lower case, without their schema) that a dump has; columns are lower case too.

    Raises Unreadable at a row that does not fit its table.
    """
    found: dict[str, Table] = {}
    token = _ESCAPING if _MYSQL.search(text[:20_000]) else _TOKEN
    at = 0
    while at < len(text):
        begin = _passed(text, at)
        if copy := _COPY.match(text, begin):
            at = _copy(text, copy, found, wanted)
            continue
        words, at = _statement(text, begin, token)
        _read(words, found, wanted, partial(_line, text, begin))
    return found


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _passed(text: str, at: int) -> int:
    """Behind white space and comments."""
    while (match := _TOKEN.match(text, at)) and match["pass"]:
        at = match.end()
    return at


Token = tuple[str, str]
"""(kind, text): text, name, sign or word."""


def _statement(text: str, at: int, token: re.Pattern[str]) -> tuple[list[Token], int]:
    """The words of a statement and where the next begins."""
    words: list[Token] = []
    while at < len(text):
        match = token.match(text, at)
        if words and words[-1] == ("word", "E") and text.startswith("'", at):
            match = _ESCAPING.match(text, at)
        if match is None:  # a mark of no SQL: passed over
            at += 1
            continue
        at = match.end()
        kind = match.lastgroup or "pass"
        if kind == "pass":
            continue
        if match[0] == ";":
            break
        words.append((kind, _plain(kind, match[0], escaping=token is _ESCAPING or words[-1:] == [("word", "E")])))
    return words, at


def _plain(kind: str, said: str, *, escaping: bool) -> str:
    if kind == "text":
        inner = said[1:-1]
        if escaping and "\\" in inner:
            return re.sub(r"''|\\(.)", lambda m: _MYSQL_SIGNS.get(m[1], m[1]) if m[1] else "'", inner, flags=re.S)
        return inner.replace("''", "'")
    if kind == "name":
        return said[1:-1].replace(said[-1] * 2, said[-1])
    return said


def _read(words: list[Token], found: dict[str, Table], wanted: set[str], line: Callable[[], int]) -> None:
    if len(words) < 3:
        return
    first, second = (said.upper() for _, said in words[:2])
    if first == "CREATE" and any(said.upper() == "TABLE" for _, said in words[:5]):
        _create(words, found, wanted)
    elif first in ("INSERT", "REPLACE") and second in ("INTO", "IGNORE"):
        at = next((n for n, (_, said) in enumerate(words) if said.upper() == "VALUES"), None)
        if at is not None:
            _insert(words, at, found, wanted, line)


def _name(words: list[Token], before: int) -> str:
    """The last part of a name that ends before a place: `qsystem`.`clients`, public.clients."""
    return words[before - 1][1].rpartition(".")[2].strip('"').lower()


def _create(words: list[Token], found: dict[str, Table], wanted: set[str]) -> None:
    at = next((n for n, word in enumerate(words) if word == ("sign", "(")), 0)
    name = _name(words, at)
    if not at or name not in wanted:
        return
    columns, depth, begins = [], 0, True
    for kind, said in words[at:]:
        if (kind, said) == ("sign", "("):
            depth += 1
        elif (kind, said) == ("sign", ")"):
            depth -= 1
        elif (kind, said) == ("sign", ","):
            begins = depth == 1
        elif begins and depth == 1:
            begins = False
            if kind == "name" or said.lower() not in _NO_COLUMNS:
                columns.append(said.lower())
    found.setdefault(name, Table()).columns = columns


def _insert(
    words: list[Token], values: int, found: dict[str, Table], wanted: set[str], line: Callable[[], int]
) -> None:
    bracket = next((n for n, word in enumerate(words[:values]) if word == ("sign", "(")), values)
    name = _name(words, bracket)
    if name not in wanted:
        return
    table = found.setdefault(name, Table())
    columns = [said.lower() for kind, said in words[bracket:values] if kind != "sign"] or table.columns
    for cells in _rows(words[values + 1 :]):
        _fits(name, columns, cells, line)
        table.rows.append(dict(zip(columns, cells, strict=True)))


def _rows(words: list[Token]) -> Iterator[list[Cell]]:
    """Each bracket of VALUES (…), (…)."""
    depth, cells, value = 0, list[Cell](), list[Token]()
    for word in words:
        if word == ("sign", "("):
            depth += 1
            if depth == 1:
                cells, value = [], []
                continue
        elif word == ("sign", ")"):
            depth -= 1
            if depth == 0:
                yield [*cells, _value(value)]
                continue
        elif word == ("sign", ",") and depth == 1:
            cells.append(_value(value))
            value = []
            continue
        if depth:
            value.append(word)


def _value(words: list[Token]) -> Cell:
    """What an expression of a dump stands for: 'x', _binary 'x', TIMESTAMP 'x', STRINGDECODE('x'), CAST(x AS …), -1."""
    texts = [said for kind, said in words if kind == "text"]
    if texts:
        called = any(kind == "word" and said.upper() == "STRINGDECODE" for kind, said in words)
        return _java(texts[0]) if called else texts[0]
    said = next((said for kind, said in words if kind == "word" and said.upper() != "CAST"), "NULL")
    return None if said.upper() in ("NULL", "DEFAULT") else said.partition("::")[0]


def _java(text: str) -> str:
    """The escapes of H2's STRINGDECODE."""
    signs = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))",
        lambda m: chr(int(m[1], 16)) if m[1] else signs.get(m[2], m[2]),
        text,
        flags=re.S,
    )


def _copy(text: str, copy: re.Match[str], found: dict[str, Table], wanted: set[str]) -> int:
    """The rows of a COPY block of pg_dump; where the next statement begins."""
    end = text.find("\n\\.", copy.end() - 1)
    if end < 0:
        end = len(text)
    name = copy["table"].rpartition(".")[2].strip('"').lower()
    if name in wanted:
        table = found.setdefault(name, Table())
        columns = [one.strip().strip('"').lower() for one in (copy["columns"] or "").split(",") if one.strip()]
        columns = columns or table.columns
        at = copy.end()
        for row in text[copy.end() : end].split("\n"):
            cells = [None if cell == "\\N" else _unescaped(cell) for cell in row.rstrip("\r").split("\t")]
            if row:
                _fits(name, columns, cells, partial(_line, text, at))
                table.rows.append(dict(zip(columns, cells, strict=True)))
            at += len(row) + 1
    behind = text.find("\n", end + 1)
    return len(text) if behind < 0 else behind + 1


def _unescaped(cell: str) -> str:
    return re.sub(r"\\(.)", lambda m: _COPY_SIGNS.get(m[1], m[1]), cell) if "\\" in cell else cell


def _fits(name: str, columns: list[str], cells: list[Cell], line: Callable[[], int]) -> None:
    if len(columns) != len(cells):
        raise Unreadable(
            line(),
            1,
            f"表“{name}”有{len(columns)}列，这里却是{len(cells)}个值：文件可能不完整，请重新导出。",
            f"{len(cells)} values for the {len(columns)} columns of {name}; the file may be cut off, dump it again",
        )
