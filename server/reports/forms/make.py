"""The forms by their names: which there are, how a report becomes one, and what a browser is told it is.

Each is made by itself, of texts that every form can hold; one that can't be made says so and harms no other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from config import Hall, Text, Told
from server.reports.forms.escape import readable_all
from server.reports.forms.flat import flat
from server.reports.forms.html import html
from server.reports.forms.pdf import pdf
from server.reports.forms.poster import poster
from server.reports.forms.workbook import workbook

log = logging.getLogger(__name__)


class FormFailed(Told):
    """A form of a report could not be made; the others can."""


class Form(NamedTuple):
    """How a form is made, its media type, the end of its file's name, and what people call it."""

    make: Callable[[dict[str, Any], Hall], bytes]
    kind: str
    end: str
    name: Text


def _json(report: dict[str, Any], hall: Hall) -> bytes:
    return (json.dumps(report, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


FORMS: dict[str, Form] = {
    "json": Form(_json, "application/json", ".json", Text.same("JSON")),
    "csv": Form(lambda report, hall: flat(report), "text/csv; charset=utf-8", ".csv", Text.same("CSV")),
    "xlsx": Form(
        lambda report, hall: workbook(report),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        Text.same("Excel"),
    ),
    "pdf": Form(lambda report, hall: pdf(report), "application/pdf", ".pdf", Text.same("PDF")),
    "html": Form(lambda report, hall: html(report), "text/html; charset=utf-8", ".html", Text.same("HTML")),
    "poster": Form(poster, "application/pdf", "-poster.pdf", Text("公开海报", "Public poster")),
}
"""By the name that --format and the address of a file take."""


def make(report: dict[str, Any], hall: Hall, form: str) -> bytes:
    """The report in a form of FORMS. Raises FormFailed, whatever went wrong in it."""
    said = FORMS[form].name
    try:
        return FORMS[form].make(report if form == "json" else readable_all(report), hall)
    except Exception as error:
        log.exception("report %s: the form %s was not made", report["period"], form)
        raise FormFailed(
            f"{said.zh} 没有做成（{_why(error)}）：其他文件不受影响，请看系统日志。",
            f"{said.en} was not made ({_why(error)}): the other files are not concerned; see the log.",
        ) from error


def _why(error: Exception) -> str:
    """A name for the log's reader: the library's own sentence stands there."""
    return type(error).__name__


def file_name(hall: Hall, period: str, form: str) -> str:
    """licheng-kaiyuan-2026-W47.pdf"""
    return f"{hall.hall.id}-{period}{FORMS[form].end}"
