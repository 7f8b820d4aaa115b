"""The report as a page: what its template shows, and the same as one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.reports.forms import charts, sheets
from server.reports.forms.pdf import REGISTERS
from server.reports.forms.sheet import text
from server.reports.forms.titles import compared, identity, identity_en, title, warnings
from server.reports.snapshot import named

SERVER = Path(__file__).resolve().parent.parent.parent
CUTS = ("service", "category", "counter", "staff", "hour", "weekday", "day", "channel", "klass", "outcome", "reason")
TILE_FIGURES = {
    "arrivals": "arrivals", "finished": "finished", "office_wait.mean": "office_wait", "office_wait.p90": "office_wait", "within_pledge": "late",
    "no_show": "passed", "walk_out": "walk_out", "service_time.mean": "service_time", "on_the_spot": "on_the_spot",
}  # fmt: skip
"""Tile -> the visits it leads to (reports/drill.py)."""


def view(report: dict[str, Any], *, links: bool) -> dict[str, Any]:
    """What manager/report_body.html needs. `links`: whether figures lead to their visits."""
    made = {sheet.id: sheet.chief() for sheet in sheets.sheets(report)}
    return {
        "report": report, "title": title(report),
        "identity": identity(report), "identity_en": identity_en(report), "warnings": warnings(report), "compared": compared(report),
        "tiles": sheets.tiles(report), "tile_figures": TILE_FIGURES, "sheets": made, "charts": charts.charts(report, charts.PAGE), "text": text,
        "cuts": [name for name in CUTS if name in made], "registers": [name for name in REGISTERS if name in made], "drillable": CUTS, "links": links,
        "kept": named(report["snapshot"]) if "snapshot" in report else None,
    }  # fmt: skip


def html(report: dict[str, Any]) -> bytes:
    """One HTML file with its style sheet inside."""
    from jinja2 import Environment, FileSystemLoader

    css = (SERVER / "static" / "hall.css").read_text(encoding="utf-8")
    templates = Environment(loader=FileSystemLoader(SERVER / "templates"), autoescape=True)
    return templates.get_template("manager/report_file.html").render(css=css, **view(report, links=False)).encode()
