"""A CSV file of another system: its columns by name, its times, and every problem with its line. Opens no file.

A problem is one line, `FILE:LINE: column: what; what to do`. Whoever reads a file collects all of them and then takes
in nothing.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

LISTED = 50
"""So many problems are printed; the rest are counted."""

ROW_LIMIT = 100_000
"""Characters of one cell, above which a quotation mark was not closed."""


_ODD = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Problems:
    """What is wrong with a file, in the order of its lines."""

    name: str
    lines: list[str] = field(default_factory=list)

    def add(self, line: int, column: str, what: str) -> None:
        self.lines.append(f"{self.name}:{line}: {column}: {what}")

    def listing(self) -> list[str]:
        """What is printed: the first 50, and how many more."""
        more = len(self.lines) - LISTED
        return self.lines[:LISTED] + ([f"{self.name}: and {more} more problems; mend these first"] if more > 0 else [])


def decoded(data: bytes, problems: Problems) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; empty, with a problem, for any other encoding."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(line, "file", "not UTF-8; save it as “CSV UTF-8” (a Chinese Excel writes GBK otherwise)")
        return ""


def rows(
    text: str, wanted: Sequence[str], needed: Sequence[str], problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells in the order of `wanted`) of every row that has the header's width; empty lines are passed over.

    `needed` columns must stand in the header, the others of `wanted` count as empty; any further column is a problem.
    """
    csv.field_size_limit(ROW_LIMIT)
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not _header(header, wanted, needed, problems):
            return
        places = [header.index(column) if column in header else -1 for column in wanted]
        for cells in reader:
            if any(map(_ODD.search, cells)):
                problems.add(reader.line_num, "row", "an unprintable character or a line break in a cell; remove it")
            elif len(cells) == len(header):
                yield reader.line_num, [cells[place].strip() if place >= 0 else "" for place in places]
            elif any(cells):
                what = f"{len(cells)} cells under {len(header)} columns; one cell per column, quote a cell with a comma"
                problems.add(reader.line_num, "row", what)
    except csv.Error as error:
        problems.add(reader.line_num, "row", f"not CSV: {error}; close its quotation mark or remove the odd character")


def _header(header: list[str], wanted: Sequence[str], needed: Sequence[str], problems: Problems) -> bool:
    before = len(problems.lines)
    if not any(header):
        problems.add(1, "header", f"empty; the first line names the columns: {','.join(wanted)}")
        return False
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        problems.add(1, "header", "not separated by commas; save the file as CSV with commas")
        return False
    for column in sorted(set(header), key=header.index):
        if column not in wanted:
            problems.add(1, column or "header", _unknown(column, wanted))
        elif header.count(column) > 1:
            problems.add(1, column, "stands twice; keep one of them")
    for column in needed:
        if column not in header:
            problems.add(1, column, f"missing column; add it, the columns are {','.join(wanted)}")
    return len(problems.lines) == before


def _unknown(column: str, wanted: Sequence[str]) -> str:
    if not column:
        return "a column without a name; name or remove it"
    close = difflib.get_close_matches(column.lower(), wanted, n=1)
    return f"unknown column; did you mean '{close[0]}'?" if close else f"unknown column; known: {', '.join(wanted)}"


def instant(cell: str, zone: ZoneInfo) -> float | None:
    """Epoch seconds of an ISO 8601 date and time, local unless it carries an offset; None when it can't be read."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    if len(cell) < len("1999-02-01T00:11") or not 1970 <= moment.year < 3000:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


UNREADABLE = "is not a time; write it like 1999-02-01T00:11:46"
