"""The report as an XLSX workbook a manager can work on: a sheet for each table, frozen headings, number formats,
native charts, definitions.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.reports.forms import sheets
from server.reports.forms.sheet import Sheet
from server.reports.forms.titles import identity, title, warnings

FORMATS = {"count": "#,##0", "minutes": "0.0", "percent": "0.0%", "number": "0.##", "time": "yyyy-mm-dd hh:mm"}
WIDEST = 60
OPTIONS = {
    "in_memory": True,
    "default_date_format": FORMATS["time"],
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
"""A text is a text, whatever it begins with: no name of the hall becomes a formula or a link."""


def workbook(report: dict[str, Any]) -> bytes:
    """The workbook.

    Minutes stand as minutes, shares as numbers that Excel shows in per cent; what is not known is an empty cell.
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        zh, en = title(report)
        book.set_properties({"title": f"{zh} {en}", "author": report["hall"]["name"]})
        styles = _styles(book)
        _front(book, styles, report)
        for sheet in sheets.sheets(report):
            _sheet(book, styles, sheet)
        _chart(book, report)
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    styles = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in FORMATS.items()}
    styles["text"] = book.add_format({"valign": "top", "text_wrap": True})
    styles["head"] = book.add_format(
        {
            "bold": True,
            "bg_color": "#0d5b62",
            "font_color": "#ffffff",
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
        }
    )
    styles["title"] = book.add_format({"bold": True, "font_size": 16, "font_color": "#0d5b62"})
    styles["bad"] = book.add_format({"bold": True, "font_color": "#b3261e"})
    styles["soft"] = book.add_format({"font_color": "#586268"})
    for kind in (*FORMATS, "text"):
        form = {"num_format": FORMATS[kind]} if kind in FORMATS else {}
        styles[f"total {kind}"] = book.add_format({"bold": True, "top": 1, "bg_color": "#eef4f4", **form})
    return styles


def _front(book: Any, styles: Mapping[str, Any], report: dict[str, Any]) -> None:
    """The first sheet: whose report, of which days, whether it closes, and the headline figures."""
    page = book.add_worksheet("首页 Front")
    page.hide_gridlines(2)
    page.set_column(0, 0, 34)
    page.set_column(1, 3, 22)
    zh, en = title(report)
    page.write(0, 0, report["hall"]["name"], styles["title"])
    page.write(1, 0, f"{zh}  {en}")
    page.write(
        2,
        0,
        f"{report['first_day']} – {report['last_day']}，服务日 {report['service_days']} 天 service days",
        styles["soft"],
    )
    page.write(3, 0, f"{report['hall']['banner']} {report['hall']['banner_en']}".strip(), styles["bad"])
    closes = report["identity"]["closes"]
    invalid = "" if closes else "本报告无效 This report is invalid: "
    page.write(4, 0, invalid + identity(report), styles["soft" if closes else "bad"])
    for line, warning in enumerate(warnings(report), start=5):
        page.write(line, 0, str(warning), styles["bad"])
    for column, head in enumerate(("指标 Figure", "本期 This period", "环比 Change", "同比 Last year")):
        page.write(8, column, head, styles["head"])
    for line, tile in enumerate(sheets.tiles(report), start=9):
        page.write_row(line, 0, (f"{tile.zh} {tile.en}", tile.value, tile.previous, tile.last_year))


def _sheet(book: Any, styles: Mapping[str, Any], sheet: Sheet) -> None:
    page = book.add_worksheet(_tab(sheet))
    page.freeze_panes(1, 1)
    page.set_row(0, 48)
    for place, column in enumerate(sheet.columns):
        heading = f"{column.zh}{'（分）' if column.kind == 'minutes' and '分' not in column.zh else ''}\n{column.en}"
        longest = max((len(str(row[place] or "")) for row in sheet.rows), default=0)
        width = min(WIDEST, max(10, 1.7 * longest)) if column.kind == "text" else 17 if column.kind == "time" else 11
        page.set_column(place, place, width)
        page.write(0, place, heading, styles["head"])
    for line, row in enumerate(sheet.rows, start=1):
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _cell(page, line, place, value, column.kind, styles[column.kind])
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    if sheet.total:
        for place, (value, column) in enumerate(zip(sheet.total, sheet.columns, strict=True)):
            _cell(page, len(sheet.rows) + 1, place, value, column.kind, styles[f"total {column.kind}"])


def _cell(page: Any, line: int, place: int, value: Any, kind: str, style: Any) -> None:
    if value is None:
        page.write_blank(line, place, None, style)
    elif kind == "minutes":
        page.write_number(line, place, value / 60, style)
    elif kind == "time":
        page.write_datetime(line, place, datetime.fromisoformat(value).replace(tzinfo=None), style)
    elif kind == "text":
        page.write_string(line, place, str(value), style)
    else:
        page.write_number(line, place, value, style)


def _tab(sheet: Sheet) -> str:
    """A tab's name: 31 characters, without what Excel refuses."""
    return "".join(" " if char in "[]:*?/\\" else char for char in f"{sheet.zh.partition('（')[0]} {sheet.en}")[:31]


def _chart(book: Any, report: dict[str, Any]) -> None:
    """Native charts: arrivals and mean wait by hour and by day, on a sheet of their own."""
    page = book.add_worksheet("图 Charts")
    for place, cut in enumerate(("hour", "day")):
        rows = report["cuts"].get(cut)
        if not rows:
            continue
        sheet = sheets.cut(report, cut)
        columns = {column.id: n for n, column in enumerate(sheet.columns)}
        tab, last = _tab(sheet), len(rows)

        def series(name: str, tab: str = tab, last: int = last, columns: dict[str, int] = columns) -> dict[str, Any]:
            return {
                "name": [tab, 0, columns[name]],
                "categories": [tab, 1, 0, last, 0],
                "values": [tab, 1, columns[name], last, columns[name]],
            }

        bars = book.add_chart({"type": "column"})
        bars.add_series({**series("arrivals"), "fill": {"color": "#0d5b62"}, "gap": 60})
        line = book.add_chart({"type": "line"})
        line.add_series(
            {
                **series("office_wait.mean"),
                "y2_axis": True,
                "line": {"color": "#c26a00", "width": 2.25},
                "marker": {"type": "circle"},
            }
        )
        bars.combine(line)
        bars.set_title({"name": f"{sheet.zh} {sheet.en}"})
        bars.set_y_axis({"name": "取号 Arrivals"})
        line.set_y2_axis({"name": "等候均值（分） Mean wait, min"})
        bars.set_size({"width": 900, "height": 360})
        page.insert_chart(1 + 20 * place, 1, bars)
