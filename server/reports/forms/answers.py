"""What a report answers first, as every form prints it: the summary's words, its five figures as cells, the trend as a
sheet. Pure; a report that was kept before there was a summary gets its own, of its own figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config import Text
from server.reports.figures.summary import Report, summary
from server.reports.forms.sheet import Cell, Column, Sheet
from server.reports.period import parse, short

SIGNS = {"better": "✓", "worse": "✗", "same": "＝", "few": "", "none": ""}
"""Beside the words: nothing is said by colour alone."""


@dataclass(frozen=True)
class Answered:
    """One of the five figures: its value, what it was, its change, and what that means."""

    name: Text
    value: Cell
    then: Cell
    change: Cell
    judged: str
    said: Text

    @property
    def verdict(self) -> Text:
        """✓ 变好, ✗ 变差."""
        sign = SIGNS[self.judged]
        return Text(f"{sign} {self.said.zh}".strip(), f"{sign} {self.said.en}".strip())


@dataclass(frozen=True)
class Answers:
    """Three sentences, five figures, up to three things to do: (what, its evidence, the table it is from)."""

    sentences: tuple[Text, ...]
    five: tuple[Answered, ...]
    to_do: tuple[tuple[Text, Text, str], ...]


def answers(report: Report) -> Answers:
    told = report.get("summary") or summary(report)
    return Answers(
        tuple(Text(said["zh"], said["en"]) for said in told["sentences"]),
        tuple(_answered(row) for row in told["five"]),
        tuple(
            (Text(row["zh"], row["en"]), Text(row["evidence"], row["evidence_en"]), row["table"])
            for row in told["to_do"]
        ),
    )


def _answered(row: dict[str, Any]) -> Answered:
    points = row["unit"] == "points"
    change = row["change"]
    return Answered(
        Text(row["zh"], row["en"]),
        Cell(row["value"], row["kind"]),
        Cell(row["then"], row["kind"]),
        Cell(
            change if change is None or points else change / 100, "points" if points else "change", row["arrow"] or ""
        ),
        row["judged"],
        Text(row["said"], row["said_en"]),
    )


def with_unit(cell: Cell) -> Text:
    """A value in a sentence or a tile: with its unit."""
    if cell.kind == "points" and cell:
        return Text(f"{cell}".replace("pp", "个百分点"), f"{cell}")
    unit, unit_en = (" 分", " min") if cell.kind == "minutes" and cell else ("", "")
    return Text(f"{cell}{unit}", f"{cell}{unit_en}")


def trend(report: Report) -> Sheet:
    """The last eight weeks; empty in reports that were kept before there was one."""
    columns = (
        Column("week", "周", "Week", "text"),
        Column("first_day", "自", "From", "date"),
        Column("service_days", "服务日", "Service days", "count"),
        Column("arrivals", "取号", "Arrivals", "count"),
        Column("arrivals_per_day", "每日取号", "Arrivals a day", "number"),
        Column("office_wait", "平均等候（分）", "Mean wait, min", "minutes"),
        Column("within_pledge", "承诺内", "Within pledge", "percent"),
        Column("no_show", "过号率", "Missed", "percent"),
    )
    weeks = report.get("trend", [])
    rows = tuple((short(parse(week["week"])), *(week[column.id] for column in columns[1:])) for week in weeks)
    return Sheet("trend", "近八周", "Eight weeks", columns, rows, keys=tuple(week["week"] for week in weeks))
