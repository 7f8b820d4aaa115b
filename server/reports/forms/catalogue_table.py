"""A table of texts as CSV and as an XLSX workbook that come back as they went: header and cells unchanged. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from server.reports.forms.escape import harmless

FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def made(header: Sequence[str], rows: Sequence[Sequence[str]], form: str, name: str = "事项清单") -> bytes:
    """Of one of FORMATS."""
    return as_xlsx(header, rows, name) if form == "xlsx" else as_csv(header, rows)


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with a byte-order mark, for Excel; what it would take for a formula has an apostrophe, which the
    reader takes off again.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(header: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> bytes:
    """One sheet of texts, its heading frozen."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, head)
            sheet.set_column(column, column, 24 if title in ("事项名称", "申请材料", "依据", "备注") else 11)
        for line, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                sheet.write_string(line, column, text, cell)
    return out.getvalue()
