"""A table that a person may touch: CSV as any program saves it, or XLSX; columns by name, mistakes with their line.

Pure: bytes or text in, rows and mistakes out. Whoever reads a file collects all mistakes and then takes in nothing.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from types import MappingProxyType
from typing import NamedTuple

from intake.encoding import Unreadable, decoded
from intake.signs import BREAK, identifier, line, lines
from intake.spreadsheet import XLS, XLSX, cells_of

LONGEST_CELL = 100_000
"""Characters of one cell, above which a quotation mark was not closed."""
DELIMITERS = ",;\t|，；"
NOTHING = {"NULL", "\\N", "(null)", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00"}
"""How databases write what did not happen."""
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{1,3}")
_FAILED = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|#{2,})")
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"|\'(?=[0-9=+@-])(.*)', re.S)
"""How people keep a spreadsheet from taking zeros away."""


class Mistake(NamedTuple):
    """What is wrong with a table: its line, its column's name or `row`, `header`, `file`, and what to do."""

    line: int
    column: str
    zh: str
    en: str

    @property
    def where(self) -> tuple[str, str]:
        """The column in both languages: its name is one word, the places that are no column have two."""
        zh = re.sub(
            r"^file, column ([0-9]+)$", r"第\1个字", {"row": "整行", "header": "表头"}.get(self.column, self.column)
        )
        return zh, self.column


class Row(NamedTuple):
    """One row: its line, and its cells by column, as one line of text each; `blocks` are the same with line breaks."""

    line: int
    cells: dict[str, str]
    blocks: dict[str, str]


@dataclass
class Table:
    """What a file holds: its rows, which columns of the wanted ones it has, and every mistake in it."""

    rows: list[Row] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)


def read(
    data: bytes | str,
    wanted: Sequence[str],
    needed: Sequence[str],
    *,
    others: bool = False,
    spelt: Mapping[str, str] = MappingProxyType({}),
) -> Table:
    """The rows of a table with these columns, in any order. `needed` columns must be there; with `others` more may
    stand beside them and a row may be short, else that is a mistake. Empty rows are passed over. `spelt`: other
    spellings of columns.
    """
    table = Table()
    try:
        _rows(data, wanted, needed, others, spelt, table)
    except Unreadable as error:
        table.mistakes.append(Mistake(error.line, f"file, column {error.column}", error.zh, error.en))
    return table


def _rows(
    data: bytes | str,
    wanted: Sequence[str],
    needed: Sequence[str],
    others: bool,
    spelt: Mapping[str, str],
    table: Table,
) -> None:
    records = _records(data, (*wanted, *spelt))
    first, header = next(((n, cells) for n, cells in records if any(map(line, cells))), (1, []))
    spellings = {one: column for one, column in spelt.items() if column in wanted}
    said = [_column(cell, (*wanted, *spellings)) for cell in header]
    names = [spellings.get(name, name) for name in said]
    while names and not names[-1]:
        names.pop()
    if not _header(first, names, wanted, needed, others, table):
        return
    places = {column: names.index(column) for column in wanted if column in names}
    table.columns = tuple(places)
    for number, cells in records:
        if any(cell and line(cell) for cell in cells):
            _row(number, cells, names, places, others, table)


def _row(number: int, cells: list[str], names: list[str], places: dict[str, int], others: bool, table: Table) -> None:
    while len(cells) > len(names) and not line(cells[-1]):
        cells.pop()
    wrong = table.mistakes.append
    if len(cells) > len(names) or (len(cells) < len(names) and not others):
        wrong(
            Mistake(
                number,
                "row",
                f"有{len(cells)}格，表头是{len(names)}列：一列一格，含分隔符的格子请加引号。",
                f"{len(cells)} cells under {len(names)} columns; one cell per column, quote a cell with a delimiter",
            )
        )
        return
    if len(cells) == len(names) and all(_column(cell, names) == name for cell, name in zip(cells, names, strict=True)):
        wrong(
            Mistake(
                number,
                "row",
                "这里又是表头，像是两个文件接在一起：请分开导入。",
                "the header once more, it may be two files in one; hand them in one by one",
            )
        )
        return
    blocks = {name: _block(cells[place]) if place < len(cells) else "" for name, place in places.items()}
    found = {name: line(block) for name, block in blocks.items()}
    for name, cell in found.items():
        if (mistake := _spoilt(cell)) or (mistake := _swallowed(blocks[name], names)):
            wrong(Mistake(number, name, *mistake))
    table.rows.append(Row(number, found, blocks))


def _block(cell: str) -> str:
    text = lines(cell)
    if kept := _KEPT_AS_TEXT.fullmatch(text):
        text = kept[1] if kept[1] is not None else kept[2]
    return "" if text in NOTHING else text


def _spoilt(cell: str) -> tuple[str, str] | None:
    """What a spreadsheet did to a cell."""
    if _SCIENTIFIC.fullmatch(cell):
        return (
            f"“{cell}”是科学计数法，后面的位数已经丢了：请把这一列设为文本，重新填写后再存。",
            f"'{cell}' is a number that a spreadsheet shortened; format the column as text and write it again",
        )
    if _FAILED.fullmatch(cell):
        return (f"“{cell}”是公式出错：请改成值。", f"'{cell}' is a formula that failed; write the value")
    return None


def _swallowed(block: str, names: list[str]) -> tuple[str, str] | None:
    """A cell that holds whole rows: its quotation mark was not closed where it should."""
    if len(names) > 2 and any(
        part.count(sign) >= len(names) - 1 for part in block.split("\n")[1:] for sign in DELIMITERS[:4]
    ):
        return ("这一格里有好几行，像是引号没有配对：请补上引号。", "whole rows in one cell; close its quotation mark")
    return None


# --- the header -------------------------------------------------------------------------------------------------------


def _column(cell: str, wanted: Sequence[str]) -> str:
    """The wanted column that a header's cell means, whatever its width, spaces and capitals; else the cell itself."""
    said = identifier(cell)
    spelt = re.sub(r"\s", "", said).casefold()
    return next((column for column in wanted if column.casefold() == spelt), said)


def _header(
    number: int, names: list[str], wanted: Sequence[str], needed: Sequence[str], others: bool, table: Table
) -> bool:
    listed = ",".join(wanted)
    found: list[Mistake] = []
    if not names:
        found.append(
            Mistake(
                number,
                "header",
                f"空文件：第一行写列名 {listed}。",
                f"empty; the first line names the columns: {listed}",
            )
        )
        needed = ()
    for name in dict.fromkeys(names):
        if name not in wanted and not others:
            found.append(Mistake(number, name or "header", *_unknown(name, wanted)))
        elif names.count(name) > 1 and name in wanted:
            found.append(Mistake(number, name, "这一列有两个：请留一个。", "stands twice; keep one of them"))
    for column in needed:
        if column not in names:
            close = difflib.get_close_matches(column, [name for name in names if name not in wanted], n=1)
            meant = (f"“{close[0]}”是不是它？", f" (is '{close[0]}' meant?)") if close else ("", "")
            found.append(
                Mistake(
                    number,
                    column,
                    f"缺这一列：请补上，列名有 {listed}。{meant[0]}",
                    f"missing column; add it, the columns are {listed}{meant[1]}",
                )
            )
    table.mistakes += found
    return not found


def _unknown(column: str, wanted: Sequence[str]) -> tuple[str, str]:
    if not column:
        return "有一列没有列名：请写上，或删去这一列。", "a column without a name; name or remove it"
    close = difflib.get_close_matches(column.lower(), wanted, n=1)
    if close:
        return f"没有这一列，是不是“{close[0]}”？", f"unknown column; did you mean '{close[0]}'?"
    return f"没有这一列，列名有：{'、'.join(wanted)}。", f"unknown column; known: {', '.join(wanted)}"


# --- the file ---------------------------------------------------------------------------------------------------------


def _records(data: bytes | str, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(first line, cells) of every record of a file of any of these forms."""
    if isinstance(data, bytes):
        if data.startswith(XLSX):
            return cells_of(data)
        if data.startswith(XLS):
            raise Unreadable(
                1,
                1,
                "这是旧的“.xls”文件：请另存为“.xlsx”或“CSV UTF-8”。",
                "an old .xls file; save it as .xlsx or as “CSV UTF-8”",
            )
        data = decoded(data)
    text = data.removeprefix("\ufeff")
    if re.match(r"\s*<(?:!doctype|html|\?xml|table)", text, re.I):
        raise Unreadable(
            1,
            1,
            "这是网页，不是表格：请在 Excel 里打开，另存为“.xlsx”或“CSV UTF-8”。",
            "a web page, no table; open it in Excel and save it as .xlsx or as “CSV UTF-8”",
        )
    return _csv(text, wanted)


def _csv(text: str, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    told = re.match(r"\"?sep=(.)\"?(?:\r\n|\n|\r)", text, re.I)
    before = 0
    if told:
        text, before = text[told.end() :], 1
    delimiter = told[1] if told else _delimiter(text, wanted)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                before + begins,
                1,
                "这一行起读不成表格，像是引号没有配对：请补上引号，或去掉多余的引号。",
                f"not CSV from this line on: {error}; close its quotation mark or remove the odd one",
            ) from None
        yield before + begins, cells
        begins = reader.line_num + 1


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The sign by which the first line falls into most of the wanted columns; a comma where none is better."""
    first = next((row for row in BREAK.split(text[: LONGEST_CELL * 2]) if line(row)), "")

    def known(delimiter: str) -> int:
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            return 0
        return sum(_column(cell, wanted) in wanted for cell in cells)

    return max(DELIMITERS, key=known)
