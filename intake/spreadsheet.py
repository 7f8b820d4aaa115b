"""The cells of an Excel workbook (XLSX) as the texts that its CSV would have had, with nothing rounded or lost. Pure.

The one sheet that holds something is read; a formula counts as the value that the program saved with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from intake.encoding import Unreadable

XLSX, XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_BYTES = 256 << 20
"""Unpacked: a hall's year of visits is a tenth of it, and a packed file can hold any number of zeros."""
MOST_DIGITS = 15
"""A spreadsheet keeps no more: the rest of a longer number are zeros that nobody wrote."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def cells_of(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row from 1, its cells) of every row. Raises Unreadable."""
    from openpyxl import load_workbook  # 0.2 s that only a workbook costs

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_BYTES:
                raise Unreadable(1, 1, "文件太大：请分成几个。", "too large; make it several files")
            formulas = any(b"<f" in packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/sheet"))
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        meant = load_workbook(io.BytesIO(data), read_only=True) if formulas else book
    except Unreadable:
        raise
    except Exception as error:  # what openpyxl and zipfile raise on damage is not listed anywhere
        raise Unreadable(
            1,
            1,
            "这个 Excel 文件打不开：请重新另存为“.xlsx”，或另存为“CSV UTF-8”。",
            f"not a readable workbook ({type(error).__name__}); save it as .xlsx again, or as “CSV UTF-8”",
        ) from None
    filled = [
        sheet.title
        for sheet in book.worksheets
        if any(any(c.value is not None for c in row) for row in sheet.iter_rows())
    ]
    if len(filled) > 1:
        raise Unreadable(
            1,
            1,
            f"有{len(filled)}张工作表有内容（{'、'.join(filled)}）：请只留要导入的一张。",
            f"{len(filled)} sheets hold something ({', '.join(filled)}); keep the one that is meant",
        )
    for title in filled:
        for number, (row, behind) in enumerate(zip(book[title].iter_rows(), meant[title].iter_rows(), strict=True), 1):
            yield (
                number,
                [_text(cell, also, number, n) for n, (cell, also) in enumerate(zip(row, behind, strict=False), 1)],
            )


def _text(cell: Any, behind: Any, row: int, column: int) -> str:
    value = cell.value
    if value is None:
        if isinstance(behind.value, str) and behind.value.startswith("="):
            raise Unreadable(
                row,
                column,
                "公式没有算出的值：请在 Excel 里打开并保存一次，或粘贴为数值。",
                "a formula without a value; open and save it in Excel once, or paste it as a value",
            )
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    return _when(value) if isinstance(value, datetime | date | time | timedelta) else _unescaped(str(value))


def _number(value: float, form: str) -> str:
    """As it is shown where zeros stand before it ("0000"), else whole or with its decimals."""
    if abs(value) >= 10**MOST_DIGITS:
        return f"{value:E}"
    if value != int(value):
        return repr(value)
    return str(int(value)).zfill(len(form) if re.fullmatch("0+", form) else 0)


def _when(value: datetime | date | time | timedelta) -> str:
    """ISO 8601 to the second: a day's fraction in floating point is a few microseconds off."""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, time):
        near = datetime.combine(date(2000, 1, 1), value) + timedelta(microseconds=500_000)
        return f"{near:%H:%M:%S}"
    if isinstance(value, datetime):
        near = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return near.date().isoformat() if near.time() == time() else near.isoformat()
    return value.isoformat()


def _unescaped(text: str) -> str:
    """Control signs stand as _x000B_ in a workbook's texts."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
