"""The forms by their names: which there are, how a report becomes one, and what a browser is told it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from config import Hall
from server.reports.forms.flat import flat
from server.reports.forms.html import html
from server.reports.forms.pdf import pdf
from server.reports.forms.poster import poster
from server.reports.forms.workbook import workbook


class Form(NamedTuple):
    """How a form is made, its media type, and the end of its file's name."""

    make: Callable[[dict[str, Any], Hall], bytes]
    kind: str
    end: str


def _json(report: dict[str, Any], hall: Hall) -> bytes:
    return (json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode()


FORMS: dict[str, Form] = {
    "json": Form(_json, "application/json", ".json"),
    "csv": Form(lambda report, hall: flat(report), "text/csv; charset=utf-8", ".csv"),
    "xlsx": Form(
        lambda report, hall: workbook(report),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
    ),
    "pdf": Form(lambda report, hall: pdf(report), "application/pdf", ".pdf"),
    "html": Form(lambda report, hall: html(report), "text/html; charset=utf-8", ".html"),
    "poster": Form(poster, "application/pdf", "-poster.pdf"),
}
"""By the name that --format and the address of a file take."""


def make(report: dict[str, Any], hall: Hall, form: str) -> bytes:
    """The report in a form of FORMS."""
    return FORMS[form].make(report, hall)


def file_name(hall: Hall, period: str, form: str) -> str:
    """licheng-kaiyuan-2026-W47.pdf"""
    return f"{hall.hall.id}-{period}{FORMS[form].end}"
