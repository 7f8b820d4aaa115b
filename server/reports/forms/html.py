"""The report as a page: what its template shows, and the same as one file that needs nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import words
from config import Text
from server.domain.snapshot import named
from server.reports.figures import casework
from server.reports.figures.ways import way_of
from server.reports.forms import charts, sheets
from server.reports.forms.answers import answers, with_unit
from server.reports.forms.escape import readable_all
from server.reports.forms.pdf import FIRST, REGISTERS
from server.reports.forms.sheet import Sheet, text
from server.reports.forms.titles import compared, identity, identity_en, title, warnings

SERVER = Path(__file__).resolve().parent.parent.parent
CUTS = (
    *("service", "category", "counter", "staff", "hour", "weekday", "day", "channel", "klass", "party", "period"),
    *("outcome", "reason"),
)
HEADLINE = Text("十项指标", "Ten figures")
COUNTERS_TIME = (
    "open_time",
    "pause_time",
    "long_pauses",
    "busy_time",
    "utilisation",
    "idle",
    "tidal_time",
    "per_counter",
    "general_share",
    "general_gap",
)
"""Figures that lead to the table of counters: no visits stand behind them."""
OF_QUALITY = {
    "open": "open",
    "unclassed": "unclassed",
    "without_outcome": "without_outcome",
    "lost_after_service": "lost_after_service",
}
"""Lines of the data quality that lead to visits."""


def view(report: dict[str, Any], *, links: bool) -> dict[str, Any]:
    """What server/templates/manager/report_body.html needs. `links`: whether figures lead to their visits."""
    report = readable_all(report)
    made = {sheet.id: sheet.chief() for sheet in sheets.sheets(report)}
    drawn = charts.charts(report, charts.PAGE)
    cuts, registers = ([name for name in names if name in made] for names in (CUTS, REGISTERS))
    tables = [*FIRST, *cuts, *registers, "overview", "quality", "not_measured"]
    return {
        "answers": answers(report),
        "with_unit": with_unit,
        "trend": made.get("trend"),
        "contents": [
            ("headline", HEADLINE),
            *((f"chart-{name}", said) for name, said in charts.NAMES.items() if name in drawn),
            *((id, made[id].text) for id in tables),
        ],
        "chart_names": charts.NAMES,
        "notes": charts.NOTES,
        "report": report,
        "title": title(report),
        "identity": identity(report),
        "identity_en": identity_en(report),
        "warnings": warnings(report),
        "compared": compared(report),
        "tiles": sheets.tiles(report),
        "sheets": made,
        "charts": drawn,
        "text": text,
        "cuts": cuts,
        "registers": registers,
        "links": links,
        "to": lambda sheet, place: to(report, sheet, place) if links else "",
        "tile_to": lambda tile: figure_to(report, tile.id.partition(".")[0]) if links else "",
        "kept": named(report["snapshot"]) if "snapshot" in report else None,
    }


def figure_to(report: dict[str, Any], figure: str) -> str:
    """Where a figure of the total leads: to its visits, to the counters, or nowhere."""
    way = way_of(figure)
    return visits(report, figure=way) if way else "#counter" if figure in COUNTERS_TIME else ""


def to(report: dict[str, Any], sheet: Sheet, place: int) -> str:
    """Where a row of a sheet leads."""
    if not sheet.keys:
        return ""
    key = sheet.keys[place]
    match sheet.id:
        case "long_waits_called" | "long_waits_never_served":
            return f"/desk/ticket/{key}"
        case "overview":
            return figure_to(report, key.partition(".")[0])
        case "quality":
            return visits(report, figure=OF_QUALITY[key]) if key in OF_QUALITY else ""
        case "late_cases":
            return f"/registers/case/{key}"
        case "cases":
            return cases(report, figure=way) if (way := casework.way_of(key)) else ""
        case "cases_service" | "cases_department":
            return cases(report, figure="accepted_cases", cut=sheet.id.removeprefix("cases_"), key=key)
        case "ratings" | "notices":
            return visits(report, figure=sheet.id, cut=key[0], key=key[1] or "")
        case "outcome":
            return (
                visits(report, figure="finished", cut="outcome", key=key)
                if key
                else visits(report, figure="without_outcome")
            )
    return visits(report, cut=sheet.id, key="" if key is None else key) if sheet.id in CUTS else ""


def visits(report: dict[str, Any], **asked: Any) -> str:
    query = {name: value for name, value in asked.items() if value != "" or asked.get("cut")}
    return f"/reports/{report['period']}/visits?{urlencode(query)}"


def cases(report: dict[str, Any], **asked: Any) -> str:
    return f"/reports/{report['period']}/cases?{urlencode(asked)}"


def style_sheets() -> list[Path]:
    """The parts of server/static/hall.css in its order."""
    index = SERVER / "static" / "hall.css"
    return [index.parent / name for name in re.findall(r'@import "(.+?)";', index.read_text(encoding="utf-8"))]


def html(report: dict[str, Any]) -> bytes:
    """One HTML file with its style sheet inside."""
    from jinja2 import Environment, FileSystemLoader

    css = "".join(sheet.read_text(encoding="utf-8") for sheet in style_sheets())
    templates = Environment(loader=FileSystemLoader(SERVER / "templates"), autoescape=True)
    templates.globals |= {
        "in_second": lambda zh, en: en,
        "second_tag": lambda: words.tag(words.SECOND),
    }  # of nobody's browser
    return templates.get_template("manager/report_file.html").render(css=css, **view(report, links=False)).encode()
