"""办件 of a report as sheets: every figure with its definition, by service and department, what was late and why, what
was missing most. Pure; a report that was kept before there were such figures has none of them.
"""

from __future__ import annotations

from typing import Any

from config import Text
from server.reports.definitions import CASE_CUTS, CASE_FIGURES, CUTS, PER_VISIT, Figure, of_cases
from server.reports.forms.sheet import TOTAL, Cell, Column, Kind, Sheet, table

CHIEF = ("accepted_cases", "decided_cases", "on_time", "early", "late_cases", "days_used", "on_platform", "visits_kept")
"""The figures of a cut that page and paper have room for; XLSX and CSV have them all."""
PARTS = {"mean": ("平均", "mean"), "median": ("中位", "median"), "p90": ("九成内", "p90"), "max": ("最长", "max")}
UNITS: dict[str, Kind] = {"count": "count", "days": "number"}
DEPARTMENT = Text("部门", "Department")


def applications(report: dict[str, Any]) -> list[Sheet]:
    """Every table of cases; none where the report has no figures of them."""
    told = report.get("cases")
    if not told:
        return []
    return [
        _overview(told["total"]),
        *(_cut(told, cut) for cut in CASE_CUTS if told[cut]),
        _late(told["late"]),
        *(_reasons(told["reasons"][figure.id], figure) for figure in CASE_FIGURES if figure.kind == "mix"),
        table(
            "cases_missing",
            "办件最常缺的材料",
            "Materials that cases lacked most",
            [("material", "材料", "Material", "text"), ("n", "件数", "Cases", "count")],
            told["missing"],
        ),
    ]


def shown(figure: Figure, row: dict[str, Any]) -> Cell:
    """A figure's value as a person reads it: of days the mean, of a mix how many in all."""
    value = row.get(figure.id)
    if value is None:
        return Cell(None, "text")
    if figure.kind == "ratio":
        return Cell(value["share"], "number" if figure.id in PER_VISIT else "percent")
    if figure.kind == "days":
        return Cell(value["mean"], "number")
    return Cell(sum(value.values()) if figure.kind == "mix" else value, "count")


def _overview(total: dict[str, Any]) -> Sheet:
    columns = (
        Column("figure", "指标", "Figure", "text"),
        Column("value", "本期", "This period", "number"),
        Column("numerator", "分子", "Numerator", "number"),
        Column("denominator", "分母、件数", "Denominator, cases", "number"),
        Column("p90", "九成内", "p90", "number"),
        Column("max", "最长", "Longest", "number"),
        Column("means", "口径", "Definition", "text"),
    )
    rows = []
    for figure in CASE_FIGURES:
        if figure.kind == "mix":
            continue
        value = total.get(figure.id)
        parts = value if isinstance(value, dict) else {}
        of = (parts.get("numerator"), parts.get("denominator", parts.get("n")), parts.get("p90"), parts.get("max"))
        means = Text(figure.means_zh, figure.means_en)
        rows.append((Text(figure.zh, figure.en), shown(figure, total), *of, means))
    keys = tuple(figure.id for figure in CASE_FIGURES if figure.kind != "mix")
    return Sheet(
        "cases",
        "办件",
        "Cases",
        columns,
        tuple(rows),
        keys=keys,
        note_zh="从收件到送达；撤回的不计。",
        note_en="From application to delivery; what was withdrawn does not count.",
    )


def _cut(told: dict[str, Any], cut: str) -> Sheet:
    name = Text(*CUTS[cut][:2]) if cut in CUTS else DEPARTMENT
    rows, columns = told[cut], [Column("name", name.zh, name.en, "text")]
    values: list[list[Any]] = [[Text(row["name"], row["name_en"]) for row in rows]]
    total: list[Any] = [TOTAL]
    for figure in of_cases(cut):
        for column, part in _columns(figure):
            columns.append(column)
            values.append([_got(row.get(figure.id), part) for row in rows])
            total.append(_got(told["total"].get(figure.id), part))
    return Sheet(
        f"cases_{cut}",
        f"办件（按{name.zh}）",
        f"Cases by {name.en.lower()}",
        tuple(columns),
        tuple(zip(*values, strict=True)),
        tuple(total),
        tuple(row["key"] for row in rows),
        *(
            ("一个事项有几个部门的，各部门各计一次。", "A matter of several departments counts with each.")
            if cut != "service"
            else ("", "")
        ),
    )


def _columns(figure: Figure) -> list[tuple[Column, str]]:
    zh, en, chief = figure.zh, figure.en, figure.id in CHIEF
    if figure.kind == "ratio":
        kind: Kind = "number" if figure.id in PER_VISIT else "percent"
        return [
            (Column(figure.id, zh, en, kind, chief), "share"),
            (Column(f"{figure.id}.numerator", f"{zh} 分子", f"{en}, numerator", "number", False), "numerator"),
            (Column(f"{figure.id}.denominator", f"{zh} 分母", f"{en}, denominator", "number", False), "denominator"),
        ]
    if figure.kind == "days":
        return [
            (
                Column(f"{figure.id}.{part}", f"{zh} {said}", f"{en}, {said_en}", "number", chief and part == "mean"),
                part,
            )
            for part, (said, said_en) in PARTS.items()
        ]
    return [(Column(figure.id, zh, en, "count", chief), "")] if figure.kind == "count" else []


def _got(value: Any, part: str) -> Any:
    return value if not part or value is None else value[part]


def _late(rows: list[dict[str, Any]]) -> Sheet:
    columns = (
        Column("number", "编号", "Number", "text"),
        Column("name", "事项", "Service", "text"),
        Column("due", "承诺到期", "Promised by", "date"),
        Column("decided", "办结", "Decided", "date"),
        Column("days_used", "用时（工作日）", "Working days used", "count"),
        Column("reason", "原因", "Reason", "text"),
    )
    return Sheet(
        "late_cases",
        "超期办结清单",
        "Decided late",
        columns,
        tuple(
            (
                row["number"],
                Text(row["name"], row["name_en"]),
                row["due"],
                row["decided"],
                row["days_used"],
                Text(row["reason_name"], row["reason_name_en"]),
            )
            for row in rows
        ),
        keys=tuple(row["record"] for row in rows),
    )


def _reasons(rows: list[dict[str, Any]], figure: Figure) -> Sheet:
    columns = (Column("reason", "原因", "Reason", "text"), Column("n", "件数", "Cases", "count"))
    named = tuple((Text(row["name"] or "未填", row["name_en"] or "not given"), row["n"]) for row in rows)
    return Sheet(f"cases_{figure.id}", figure.zh, figure.en, columns, named)
