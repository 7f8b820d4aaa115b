"""The report as PDF: A4, Chinese, page numbers, the hall's name, a place for the seal.

typst lays out; strings and charts are made here.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.domain.snapshot import named
from server.reports.forms import charts, sheets
from server.reports.forms.sheet import Sheet, text
from server.reports.forms.titles import compared, identity, identity_en, title, warnings

FOLDER = Path(__file__).resolve().parent
FIRST = ("long_waits_called", "unmanned")
TABLES = ("service", "counter", "staff", "day", "channel", "outcome", "reason")
REGISTERS = (
    "long_waits_never_served",
    "ratings",
    "notices",
    "missing",
    "pauses",
    "staff_pauses",
    "attendance",
    "devices",
    "contacts",
    "substitutions",
    "corrections",
)
ANNEX = ("overview", "quality", "not_measured")
LISTED = 10
"""Lines of a list on the first page; the rest is in the annex of the page and the workbook."""


def pdf(report: dict[str, Any]) -> bytes:
    """The PDF of a report."""
    made = {sheet.id: sheet.chief() for sheet in sheets.sheets(report)}
    zh, en = title(report)
    return compiled(
        "paper.typ",
        {
            "hall": report["hall"]["name"],
            "hall_en": report["hall"]["name_en"],
            "banner": banner(report),
            "title": f"{zh} {en}",
            "title_zh": zh,
            "title_en": en,
            "days": f"{report['first_day']} – {report['last_day']}　服务日 {report['service_days']} 天 service days",
            "made": made_at(report),
            "closes": report["identity"]["closes"],
            "identity": identity(report),
            "identity_en": identity_en(report),
            "offending": "、".join(str(row["number"]) for row in report["identity"]["offending"]),
            "warnings": [str(w) for w in warnings(report)],
            "tiles": [vars(tile) for tile in sheets.tiles(report)],
            "compared": "　".join(map(str, compared(report))),
            "charts": charts.charts(report),
            "first": [laid(made[name], LISTED) for name in FIRST if name in made],
            "tables": [laid(made[name]) for name in TABLES if name in made],
            "registers": [laid(made[name]) for name in REGISTERS if name in made],
            "annex": [laid(made[name]) for name in ANNEX],
        },
    )


def laid(sheet: Sheet, most: int = 10_000) -> dict[str, Any]:
    """A sheet as the strings that typst sets."""

    def row(values: tuple[Any, ...]) -> list[str]:
        return [text(value, column.kind) for value, column in zip(values, sheet.columns, strict=True)]

    wide = [n for n, column in enumerate(sheet.columns) if column.id in ("means", "why")]
    return {
        **sheet.text.json(),
        "note": f"{sheet.note_zh} {sheet.note_en}".strip(),
        "kinds": [column.kind for column in sheet.columns],
        "wide": wide,
        "heads": [[column.zh, column.en] for column in sheet.columns],
        "rows": [row(values) for values in sheet.rows[:most]],
        "total": row(sheet.total) if sheet.total else [],
    }


def banner(report: dict[str, Any]) -> str:
    return f"{report['hall']['banner']} {report['hall']['banner_en']}".strip()


def made_at(report: dict[str, Any]) -> str:
    made = (
        f"生成 {report['generated_at'][:16].replace('T', ' ')} · 口径第 {report['definition_version']} 版 definitions"
    )
    return f"{made} · {named(report['snapshot'])[0]}" if "snapshot" in report else made


def compiled(template: str, data: Mapping[str, Any]) -> bytes:
    """A template of this folder with its data as PDF."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / template).write_bytes((FOLDER / template).read_bytes())
        (Path(folder) / "report.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        made: bytes = typst.compile(str(Path(folder) / template), root=folder)
    return made
