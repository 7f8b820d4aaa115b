"""The report as an XLSX workbook a manager can work on and print: a sheet for each table, numbers as numbers in every
one, frozen headings, native charts of those cells, definitions.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from config import Text
from server.reports.forms import sheets
from server.reports.forms.answers import answers
from server.reports.forms.sheet import ARROWS, Cell, Column, Sheet
from server.reports.forms.titles import days_of, identity, identity_en, title, warnings

SIGNED = "+0.0{0};-0.0{0};0.0{0}"
FORMATS = {
    "count": "#,##0",
    "minutes": "0.0",
    "percent": "0.0%",
    "number": "0.##",
    "time": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
    "change": SIGNED.format("%"),
    "points": SIGNED.format('" pp"'),
}
WIDEST = 60
A4 = 9
OPTIONS = {
    "in_memory": True,
    "default_date_format": FORMATS["time"],
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": True,
}
"""A text is a text, whatever it begins with: no name of the hall becomes a formula or a link."""


def workbook(report: dict[str, Any]) -> bytes:
    """The workbook.

    Minutes stand as minutes, shares as numbers that Excel shows in per cent, times as times; what is not known is an
    empty cell. Codes and numbers of staff are texts. Columns that paper has no room for are folded (＋ above them).
    """
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        zh, en = title(report)
        book.set_properties({"title": f"{zh} {en}", "author": report["hall"]["name"]})
        styles = Styles(book)
        made = sheets.sheets(report)
        _front(book, styles, report, made)
        for sheet in made:
            _sheet(book, styles, report, sheet)
        _charts(book, report, made)
    return out.getvalue()


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Any] = {}
        self.head = book.add_format(
            {
                "bold": True,
                "bg_color": "#0d5b62",
                "font_color": "#ffffff",
                "text_wrap": True,
                "valign": "vcenter",
                "align": "center",
            }
        )
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#0d5b62"})
        self.heading = book.add_format({"bold": True, "font_size": 12, "font_color": "#0d5b62"})
        self.bad = book.add_format({"bold": True, "font_color": "#b3261e", "text_wrap": True, "valign": "top"})
        self.good = book.add_format({"bold": True, "font_color": "#2e7d4f", "valign": "top"})
        self.soft = book.add_format({"font_color": "#586268", "text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0d5b62", "underline": 1})

    def of(self, form: str, *, total: bool = False) -> Any:
        """A number format, or "text"."""
        key = (form, "total" if total else "")
        if key not in self._made:
            kind: dict[str, Any] = {"text_wrap": True, "num_format": "@"} if form == "text" else {"num_format": form}
            line = {"bold": True, "top": 1, "bg_color": "#eef4f4"} if total else {}
            self._made[key] = self._book.add_format({"valign": "top", **kind, **line})
        return self._made[key]


def number_format(cell: Cell) -> str:
    """How a spreadsheet shows a cell whose column has different kinds: with its unit, so that it stays a number."""
    form = FORMATS.get(cell.kind, "text")
    if cell.kind in ("change", "points"):
        sign = ARROWS.get(cell.arrow, "")
        return ";".join(f'"{sign}"{part}' for part in form.split(";")) if sign else form
    if cell.per_day:
        return f'{form}"/日"'
    return f'{form}" (n={cell.few})"' if cell.few is not None else form


def _paper(page: Any, report: dict[str, Any], *, heads: bool) -> None:
    """A4 across, as wide as the paper, headings again on each page, whose report and which page at the foot."""
    page.set_paper(A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    if heads:
        page.repeat_rows(0)
    name = f"{report['hall']['name']} {title(report).zh}".replace("&", "&&")
    page.set_footer(f"&L&8{name[:200]}&C&8&A&R&8第 &P 页，共 &N 页")


def _front(book: Any, styles: Styles, report: dict[str, Any], made: list[Sheet]) -> None:
    """The first sheet: whose report, of which days, whether it closes, what happened, and where the rest is."""
    page = book.add_worksheet("首页 Front")
    page.hide_gridlines(2)
    page.set_column(0, 0, 40)
    page.set_column(1, 4, 22)
    _paper(page, report, heads=False)
    zh, en = title(report)
    days, days_en = days_of(report)
    page.write_string(0, 0, report["hall"]["name"], styles.title)
    page.write_string(1, 0, f"{zh}  {en}")
    page.write_string(2, 0, f"{days} {days_en}")
    page.write_string(3, 0, f"{report['hall']['banner']} {report['hall']['banner_en']}".strip())
    closes = report["identity"]["closes"]
    invalid = "" if closes else "本报告无效 This report is invalid: "
    page.write_string(4, 0, invalid + identity(report), None if closes else styles.bad)
    page.write_string(5, 0, identity_en(report))
    line = 6
    for warning in warnings(report):
        page.write_string(line, 0, str(warning))
        line += 1
    line = _answers(page, styles, report, line + 1)
    line = _headlines(page, styles, report, line + 1)
    page.write_string(line + 1, 0, "目录 Contents", styles.heading)
    for place, tab in enumerate((*map(_tab, made), CHARTS), start=line + 2):
        page.write_url(place, 0, f"internal:'{tab}'!A1", styles.link, tab)


def _answers(page: Any, styles: Styles, report: dict[str, Any], line: int) -> int:
    """Three sentences, five figures judged, three things to do."""
    first = answers(report)
    page.write_string(line, 0, "发生了什么 What happened", styles.heading)
    for said in first.sentences:
        line += 1
        page.merge_range(line, 0, line, 4, "", styles.of("text"))
        page.write_string(line, 0, f"{said.zh}\n{said.en}", styles.of("text"))
        page.set_row(line, 32)
    line += 2
    heads = ("五项指标 Five figures", "本期 This period", "上期 Before", "变化 Change", "好坏 Better or worse")
    for column, head in enumerate(heads):
        page.write_string(line, column, head, styles.head)
    for one in first.five:
        line += 1
        unit = ("（分）", ", min") if one.value.kind == "minutes" else ("", "")
        page.write_string(line, 0, f"{one.name.zh}{unit[0]} {one.name.en}{unit[1]}", styles.of("text"))
        for column, cell in enumerate((one.value, one.then, one.change), start=1):
            _cell(page, styles, (line, column), cell, "text")
        verdict = {"better": styles.good, "worse": styles.bad}.get(one.judged, styles.of("text"))
        page.write_string(line, 4, str(one.verdict), verdict)
    line += 2
    page.write_string(line, 0, "要做的三件事 Three things to do", styles.heading)
    for n, (what, why, _) in enumerate(first.to_do, start=1):
        line += 1
        page.write_string(line, 0, f"{n}. {what.zh}\n{what.en}", styles.of("text"))
        page.merge_range(line, 1, line, 4, "", styles.of("text"))
        page.write_string(line, 1, f"{why.zh}\n{why.en}", styles.of("text"))
        page.set_row(line, 48)
    return line + 1


def _headlines(page: Any, styles: Styles, report: dict[str, Any], line: int) -> int:
    for column, head in enumerate(("指标 Figure", "本期 This period", "环比 Change", "同比 Last year")):
        page.write_string(line, column, head, styles.head)
    for tile in sheets.tiles(report):
        line += 1
        page.write_string(line, 0, f"{tile.zh} {tile.en}", styles.of("text"))
        for column, cell in enumerate(tile.cells, start=1):
            _cell(page, styles, (line, column), cell, "text")
    return line + 1


def _sheet(book: Any, styles: Styles, report: dict[str, Any], sheet: Sheet) -> None:
    page = book.add_worksheet(_tab(sheet))
    page.freeze_panes(1, 1)
    page.set_row(0, 48)
    _paper(page, report, heads=True)
    for place, column in enumerate(sheet.columns):
        folded = {} if column.chief else {"level": 1, "hidden": True}
        page.set_column(place, place, _width(sheet, place, column), None, folded)
        page.write_string(0, place, _heading(column), styles.head)
    for line, row in enumerate(sheet.rows, start=1):
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _cell(page, styles, (line, place), value, column.kind)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    if sheet.total:
        for place, (value, column) in enumerate(zip(sheet.total, sheet.columns, strict=True)):
            _cell(page, styles, (len(sheet.rows) + 1, place), value, column.kind, total=True)


def _heading(column: Column) -> str:
    return f"{column.zh}{'（分）' if column.kind == 'minutes' and '分' not in column.zh else ''}\n{column.en}"


def _width(sheet: Sheet, place: int, column: Column) -> float:
    if column.kind == "text":
        longest = max((len(str(row[place] or "")) for row in sheet.rows), default=0)
        return min(WIDEST, max(10, 1.7 * longest))
    return 17 if column.kind == "time" else 12 if column.kind == "date" else 11


def _cell(page: Any, styles: Styles, at: tuple[int, int], value: Any, kind: str, *, total: bool = False) -> None:
    form = FORMATS.get(kind, "text")
    if isinstance(value, Cell):
        value, kind, form = value.value, value.kind, number_format(value)
    style = styles.of(form, total=total)
    if value is None or value == "":
        page.write_blank(*at, None, style)
    elif kind == "text" or isinstance(value, Text):
        page.write_string(*at, str(value), styles.of("text", total=total))
    elif kind == "time":
        page.write_datetime(*at, datetime.fromisoformat(value).replace(tzinfo=None), style)
    elif kind == "date":
        page.write_datetime(*at, date.fromisoformat(value), style)
    else:
        page.write_number(*at, value / 60 if kind == "minutes" else value, style)


CHARTS = "图 Charts"


def _tab(sheet: Sheet) -> str:
    """A tab's name: 31 characters, without what Excel refuses."""
    return "".join(" " if char in "[]:*?/\\'" else char for char in f"{sheet.zh.partition('（')[0]} {sheet.en}")[:31]


def _charts(book: Any, report: dict[str, Any], made: list[Sheet]) -> None:
    """Native charts of cells, arrivals and mean wait: by hour and by day on a sheet of their own, by week beside the
    trend.
    """
    page = book.add_worksheet(CHARTS)
    _paper(page, report, heads=False)
    shown = {sheet.id: sheet for sheet in made if sheet.id in ("hour", "day", "trend")}
    for place, sheet in enumerate(shown[id] for id in ("hour", "day") if id in shown):
        page.insert_chart(1 + 20 * place, 1, _chart(book, sheet, "office_wait.mean"))
    if weeks := shown.get("trend"):
        there = book.get_worksheet_by_name(_tab(weeks))
        there.insert_chart(len(weeks.rows) + 3, 0, _chart(book, weeks, "office_wait"))


def _chart(book: Any, sheet: Sheet, wait: str) -> Any:
    columns = {column.id: n for n, column in enumerate(sheet.columns)}
    tab, last = _tab(sheet), len(sheet.rows)

    def series(name: str) -> dict[str, Any]:
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
            **series(wait),
            "y2_axis": True,
            "line": {"color": "#c26a00", "width": 2.25},
            "marker": {"type": "circle"},
        }
    )
    bars.combine(line)
    bars.set_title({"name": f"{sheet.zh} {sheet.en}"})
    bars.set_x_axis({"text_axis": True, "num_format": "mm-dd"})
    bars.set_y_axis({"name": "取号 Arrivals"})
    line.set_y2_axis({"name": "等候均值（分） Mean wait, min"})
    bars.set_size({"width": 900, "height": 360})
    return bars
