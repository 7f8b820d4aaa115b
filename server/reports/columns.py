"""The rows of another system's file, CSV or XLSX: its columns by name, and every problem with its line. Opens no file.

A problem is one line, `FILE:LINE: column: what, what to do`, Chinese and English. Whoever reads a file collects all of
them and then takes in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from intake import table_file

LISTED = 50
"""So many problems are printed; the rest are counted."""


@dataclass
class Problems:
    """What is wrong with a file, in the order of its lines."""

    name: str
    lines: list[str] = field(default_factory=list)

    def add(self, line: int, column: str, zh: str, en: str) -> None:
        """What is wrong and what to do, in both languages."""
        self.lines.append(f"{self.name}:{line}: {column}: {zh} {en}")

    def listing(self) -> list[str]:
        """What is printed: the first 50, and how many more."""
        more = len(self.lines) - LISTED
        rest = f"{self.name}: 另有{more}处问题，请先改好这些。 and {more} more problems; mend these first"
        return self.lines[:LISTED] + ([rest] if more > 0 else [])


def rows(
    data: bytes | str, wanted: Sequence[str], needed: Sequence[str], problems: Problems
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells in the order of `wanted`) of every row of a file; empty rows are passed over.

    `needed` columns must stand in the header, the others of `wanted` count as empty; any further column is a problem.
    """
    table = table_file.read(data, wanted, needed)
    for mistake in table.mistakes:
        problems.add(*mistake)
    for row in table.rows:
        yield row.line, [row.cells.get(column, "") for column in wanted]
