"""A register's table as CSV and as an XLSX workbook. Pure; a text is a text, whatever it begins with.

Rows are dicts by column; a text in both languages is a list of the two.
"""

from __future__ import annotations

import csv
import io
from typing import Any

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""A file's ending -> its media type."""
LEADING = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take a cell of a CSV for a formula by."""


def _text(value: Any) -> str:
    both = value if isinstance(value, list) else [value]
    return " ".join(dict.fromkeys(str(one) for one in both))


def as_csv(table: dict[str, Any]) -> bytes:
    """UTF-8 with a byte-order mark, for Excel; a cell that is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([f"{column['name']} {column['name_en']}" for column in table["columns"]])
    for row in table["rows"]:
        cells = [row.get(column["column"]) for column in table["columns"]]
        writer.writerow(
            ["" if cell is None else cell if isinstance(cell, int) else _plain(_text(cell)) for cell in cells]
        )
    return ("\ufeff" + out.getvalue()).encode()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(LEADING) else text


def as_xlsx(table: dict[str, Any]) -> bytes:
    """One sheet, frozen heading, a filter."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#0d5b62", "font_color": "#ffffff", "text_wrap": True})
        sheet = book.add_worksheet(f"{table['name']} {table['month']}"[:31])
        sheet.freeze_panes(1, 1)
        for number, column in enumerate(table["columns"]):
            sheet.write_string(0, number, f"{column['name']}\n{column['name_en']}", head)
            sheet.set_column(number, number, 18)
        for line, row in enumerate(table["rows"], start=1):
            for number, column in enumerate(table["columns"]):
                cell = row.get(column["column"])
                if isinstance(cell, int):
                    sheet.write_number(line, number, cell)
                elif cell is not None:
                    sheet.write_string(line, number, _text(cell))
        sheet.autofilter(0, 0, len(table["rows"]), len(table["columns"]) - 1)
    return out.getvalue()
