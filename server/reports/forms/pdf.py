"""The report as PDF: A4, Chinese, page numbers, the hall's name, a place for the seal.

typst lays out; strings and charts are made here.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from config import Text
from server.reports.forms import charts, sheets
from server.reports.forms.answers import answers, with_unit
from server.reports.forms.escape import readable_all
from server.reports.forms.sheet import Sheet, text
from server.reports.forms.titles import compared, days_of, identity, identity_en, title, warnings

FOLDER = Path(__file__).resolve().parent
FIRST = ("long_waits_called", "unmanned")
TABLES = ("service", "counter", "staff", "day", "channel", "outcome", "reason")
REGISTERS = (
    "long_waits_never_served",
    "cases",
    "cases_service",
    "cases_department",
    "late_cases",
    "cases_late_reasons",
    "cases_no_platform",
    "cases_missing",
    "slots",
    "slots_plan",
    "ratings",
    "rating_ways",
    "rating_options",
    "rectification",
    "notices",
    "missing",
    "packages",
    "remote",
    "notifications",
    "waits_told",
    "foreseen_days",
    "foreseen",
    "not_sent",
    "voices",
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
    days, days_en = days_of(report)
    first, drawn = answers(report), charts.charts(report)
    return compiled(
        "paper.typ",
        {
            "hall": report["hall"]["name"],
            "hall_en": report["hall"]["name_en"],
            "banner": banner(report),
            "title": f"{zh} {en}",
            "title_zh": zh,
            "title_en": en,
            "days": f"{days} {days_en}",
            "made": made_at(report),
            "closes": report["identity"]["closes"],
            "identity": identity(report),
            "identity_en": identity_en(report),
            "offending": "、".join(str(row["number"]) for row in report["identity"]["offending"]),
            "warnings": [str(w) for w in warnings(report)],
            "sentences": [told(said) for said in first.sentences],
            "five": [
                {
                    **told(one.name),
                    "value": told(with_unit(one.value)),
                    "judged": one.judged,
                    "verdict": told(one.verdict),
                    "change": with_unit(one.change).zh if one.change else "",
                }
                for one in first.five
            ],
            "to_do": [{"what": told(what), "why": told(why)} for what, why, _ in first.to_do],
            "tiles": [
                {**vars(tile), "cells": [], "value": tile.value, "previous": tile.previous, "last_year": tile.last_year}
                for tile in sheets.tiles(report)
            ],
            "compared": "　".join(map(str, compared(report))),
            "charts": [
                {**told(said), "note": str(charts.NOTES.get(name, "")), "id": name, "svg": drawn[name]}
                for name, said in charts.NAMES.items()
                if name in drawn
            ],
            "first": [laid(made[name], LISTED) for name in FIRST if name in made],
            "tables": [laid(made[name]) for name in ("trend", *TABLES) if name in made],
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


def told(said: Text) -> dict[str, str]:
    return said.json()


def banner(report: dict[str, Any]) -> str:
    return f"{report['hall']['banner']} {report['hall']['banner_en']}".strip()


def made_at(report: dict[str, Any]) -> str:
    made = (
        f"生成 {report['generated_at'][:16].replace('T', ' ')} · 口径第 {report['definition_version']} 版 definitions"
    )
    return f"{made} · 快照第 {report['snapshot']['version']} 版" if "snapshot" in report else made


STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A-2b (ISO 19005-2): fonts and colours inside, so that an archive can show it in thirty years."""
LACKING = "〓"
"""The printers' mark for a character that the case lacks (GETA MARK)."""
COMMON = re.compile("[\u0020-\u007e\u3000-\u3003\u3005-\u301f\uff01-\uff5e\u4e00-\u9fa5]+")
"""What the fonts of a hall's machine have: GB 18030's first twenty thousand."""


def compiled(template: str, data: Mapping[str, Any]) -> bytes:
    """A template of this folder with its data as PDF/A-2b, which must not hold a character that no font has: the mark
    stands for it, and the paper says so.
    """
    import typst

    told = readable_all({**data, "lacking": ""})
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        (folder / template).write_bytes((FOLDER / template).read_bytes())
        try:
            return _set(folder, template, told)
        except typst.TypstError:
            rare = sorted(set(COMMON.sub("", json.dumps(told, ensure_ascii=False))))
            lacking = {char for char in rare if not _has(folder, char)}
            if not lacking:
                raise
            note = f"{LACKING}：本机没有此字的字体 a character that no font here has"
            return _set(folder, template, _without(lacking, {**told, "lacking": note}))


def _set(folder: Path, template: str, data: Any) -> bytes:
    import typst

    (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    made: bytes = typst.compile(str(folder / template), root=str(folder), pdf_standards=[STANDARD])
    return made


def _has(folder: Path, char: str) -> bool:
    """Whether a font has a character, asked as the paper would."""
    import typst

    (folder / "probe.typ").write_text(PROBE, encoding="utf-8")
    (folder / "probe.json").write_text(json.dumps({"char": char}), encoding="utf-8")
    try:
        typst.compile(str(folder / "probe.typ"), root=str(folder), pdf_standards=[STANDARD])
    except typst.TypstError:
        return False
    return True


PROBE = """#set document(title: "probe")
#set text(font: ("Noto Sans CJK SC", "WenQuanYi Micro Hei"))
#json("probe.json").char
"""


def _without(lacking: set[str], value: Any) -> Any:
    """Every text with the mark where a character is lacking; one that only changes another (a mark, a variation) is
    left out.
    """
    if isinstance(value, str):
        return value.translate(
            {ord(char): "" if unicodedata.category(char).startswith("M") else LACKING for char in lacking}
        )
    if isinstance(value, dict):
        return {key: _without(lacking, part) for key, part in value.items()}
    return [_without(lacking, part) for part in value] if isinstance(value, list) else value
