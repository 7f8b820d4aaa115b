"""考勤月表 as a workbook and as PDF, A3 or A4 across: a line a person, two cells a day, sums, signatures. Pure."""

from __future__ import annotations

import io
from typing import Any, Literal

from server.reports.forms.pdf import compiled

Paper = Literal["a3", "a4"]
SIGNATURES = (
    ("制表", "Made by"),
    ("中心主任", "Head of the centre"),
    ("分管领导", "Leader in charge"),
    ("日期", "Date"),
)
EXCEL = {"a3": 8, "a4": 9}


def title(view: dict[str, Any]) -> str:
    year, month = view["month"].split("-")
    return f"{view['hall']}{year}年{int(month)}月考勤表"


def _marks(view: dict[str, Any]) -> list[dict[str, Any]]:
    """Each line with the marks and sums that stand: those signed where the month is, else those of now."""
    if view["frozen"]:
        return list(view["frozen"])
    return [{**line, "marks": [cell["mark"] for cell in line["cells"]]} for line in view["lines"]]


def state(view: dict[str, Any]) -> str:
    """Whether it is signed, and by which hash."""
    if not view["signed"]:
        return "未签署 not signed"
    return "　".join(
        f"{'签署' if one['sequel'] == 0 else '补充' + str(one['sequel'])} {one['at'][:10]} {one['by']['name']}"
        f" sha256 {one['sha256'][:16]}…"
        for one in view["signed"]
    )


def legend(view: dict[str, Any]) -> str:
    return "　".join(f"{one['mark']} {one['name']} {one['name_en']}" for one in view["legend"] if one["mark"])


def pdf(view: dict[str, Any], paper: Paper) -> bytes:
    """PDF/A-2b; `paper`: a3 or a4, across."""
    return compiled(
        "month_sheet.typ",
        {
            "paper": paper,
            "title": title(view),
            "title_en": f"{view['hall_en']} — attendance {view['month']}",
            "banner": view["banner"],
            "days": [day[8:] for day in view["days"]],
            "heads": [[head["name"], head["name_en"]] for head in view["heads"]],
            "lines": [
                {
                    "name": line["staff"]["name"],
                    "id": line["staff"]["id"],
                    "am": line["marks"][::2],
                    "pm": line["marks"][1::2],
                    "sums": [str(line["sums"][head["id"]]) for head in view["heads"]],
                }
                for line in _marks(view)
            ],
            "legend": legend(view),
            "state": state(view),
            "changed": [
                f"{one['staff']['name']} {one['when']}：{one['now']} {one['now_en']}" for one in view["changed"]
            ],
            "signatures": [list(one) for one in SIGNATURES],
            "made": view["made"],
        },
    )


def xlsx(view: dict[str, Any], paper: Paper) -> bytes:
    """A workbook of one sheet, numbers as numbers, set up for the paper."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(f"考勤 {view['month']}")
        big = book.add_format({"bold": True, "font_size": 16})
        head = book.add_format({"bold": True, "bg_color": "#0d5b62", "font_color": "#ffffff", "text_wrap": True})
        cell = book.add_format({"align": "center", "border": 1})
        number = book.add_format({"border": 1, "num_format": "0"})
        name = book.add_format({"border": 1, "valign": "vcenter"})
        sheet.set_paper(EXCEL[paper])
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.freeze_panes(3, 3)
        sheet.write_string(0, 0, title(view), big)
        sheet.write_string(1, 0, f"{view['banner']} {state(view)}".strip())
        days = view["days"]
        for place, text in enumerate(["姓名\nName", "工号\nNo.", "半天\nHalf", *(day[8:] for day in days)]):
            sheet.write_string(2, place, text, head)
        for place, one in enumerate(view["heads"], start=3 + len(days)):
            sheet.write_string(2, place, f"{one['name']}\n{one['name_en']}", head)
        sheet.set_row(2, 48)
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 2, 6)
        sheet.set_column(3, 2 + len(days), 3)
        line = 3
        for told in _marks(view):
            sheet.merge_range(line, 0, line + 1, 0, told["staff"]["name"], name)
            sheet.merge_range(line, 1, line + 1, 1, told["staff"]["id"], name)
            for offset, half in enumerate(("上", "下")):
                sheet.write_string(line + offset, 2, half, cell)
                for place, mark in enumerate(told["marks"][offset::2], start=3):
                    sheet.write_string(line + offset, place, mark, cell)
            for place, one in enumerate(view["heads"], start=3 + len(days)):
                sheet.merge_range(line, place, line + 1, place, told["sums"][one["id"]], number)
            line += 2
        sheet.write_string(line + 1, 0, legend(view))
        for place, (zh, en) in enumerate(SIGNATURES):
            sheet.write_string(line + 3, 3 + place * 9, f"{zh} {en}：")
    return out.getvalue()
