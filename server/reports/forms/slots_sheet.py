"""预约 of a report as sheets: every figure with its definition, and by plan. Pure; a report of a hall without slots, or
one that was kept before there were such figures, has none of them.
"""

from __future__ import annotations

from typing import Any

from config import Text
from server.reports.definitions import SLOT_FIGURES
from server.reports.forms.sheet import Cell, Column, Sheet

CHIEF = ("slot_places", "slots_booked", "slots_filled", "slots_arrived", "slots_missed", "slots_no_show")
"""The figures of a plan that page and paper have room for."""


def of_slots(report: dict[str, Any]) -> list[Sheet]:
    """Both tables; none where nothing could be booked."""
    told = report.get("booked")
    if not told or not told["plan"]:
        return []
    return [_overview(told["total"]), _plans(told["plan"])]


def _overview(total: dict[str, Any]) -> Sheet:
    columns = (
        Column("figure", "指标", "Figure", "text"),
        Column("value", "本期", "This period", "number"),
        Column("numerator", "分子", "Numerator", "number"),
        Column("denominator", "分母", "Denominator", "number"),
        Column("means", "口径", "Definition", "text"),
    )
    rows = []
    for figure in SLOT_FIGURES:
        value = total[figure.id]
        parts = value if isinstance(value, dict) else {}
        shown = Cell(parts["share"], "percent") if parts else Cell(value, "count")
        means = Text(figure.means_zh, figure.means_en)
        rows.append((Text(figure.zh, figure.en), shown, parts.get("numerator"), parts.get("denominator"), means))
    return Sheet(
        "slots",
        "预约",
        "Bookings",
        columns,
        tuple(rows),
        keys=tuple(figure.id for figure in SLOT_FIGURES),
        note_zh="按时段所在的日期，时段结束后才计；名额按现在的时段设置。",
        note_en="By the day of the slot, once it has ended; places by the slots as they are set now.",
    )


def _plans(rows: list[dict[str, Any]]) -> Sheet:
    columns = [Column("name", "预约项目", "Booked for", "text")]
    columns += [
        Column(figure.id, figure.zh, figure.en, "percent" if figure.kind == "ratio" else "count", figure.id in CHIEF)
        for figure in SLOT_FIGURES
    ]

    def value(found: Any) -> Any:
        return found["share"] if isinstance(found, dict) else found

    return Sheet(
        "slots_plan",
        "预约（按项目）",
        "Bookings by what is booked",
        tuple(columns),
        tuple((Text(row["name"], row["name_en"]), *(value(row[figure.id]) for figure in SLOT_FIGURES)) for row in rows),
        keys=tuple(row["key"] for row in rows),
    )
