"""The report as CSV: one line for each value, so that any program can take it. With a byte-order mark, for Excel.

A spreadsheet that opens it guesses types: `row` is a text to each of them, so that staff 007 and counter 1-2 stay what
they are; whoever imports takes the types of `COLUMNS`. No cell is a formula. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from server.reports.definitions import CASE_CUTS, CASE_FIGURES, CUTS, FIGURES, SLOT_FIGURES, Figure
from server.reports.forms.escape import harmless

COLUMNS = {
    "period": "text",
    "cut": "text",
    "key": "text",
    "name": "text",
    "figure": "text",
    "part": "text",
    "value": "number",
    "unit": "text",
    "figure_zh": "text",
    "figure_en": "text",
    "row": "text",
}
"""The columns in their order, and as what each is imported."""
FIGURES_OF = {"cases": CASE_FIGURES, "booked": SLOT_FIGURES}
UNITS = {"count": "", "seconds": "s", "number": "", "spread": "s", "ratio": "", "mix": "", "spans": "", "days": "d"}


def flat(report: dict[str, Any]) -> bytes:
    """UTF-8 with a mark; a value that is not known is empty, never 0."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for cut, key, name, row in _rows(report):
        for figure in FIGURES_OF.get(cut.partition("_")[0], FIGURES):
            if figure.id in row:
                for part, value, unit in _values(figure, row[figure.id]):
                    shown = "" if value is None else value
                    cells = (report["period"], cut, "" if key is None else key, name, figure.id, part, shown, unit)
                    told = (*cells, figure.zh, figure.en, f"{cut}:{'' if key is None else key}")
                    writer.writerow(map(harmless, told))
    return ("\ufeff" + out.getvalue()).encode()


def _rows(report: dict[str, Any]) -> Iterator[tuple[str, Any, str, dict[str, Any]]]:
    yield "total", "", "", report["total"]
    for cut in CUTS:
        for row in report["cuts"].get(cut, []):
            yield cut, row["key"], row["name"], row
    if told := report.get("cases"):
        yield "cases", "", "", told["total"]
        for cut in CASE_CUTS:
            for row in told[cut]:
                yield f"cases_{cut}", row["key"], row["name"], row
    if (told := report.get("booked")) and told["plan"]:
        yield "booked", "", "", told["total"]
        for cut in ("plan", "day"):
            for row in told[cut]:
                yield f"booked_{cut}", row["key"], row["name"], row


def _values(figure: Figure, value: Any) -> Iterator[tuple[str, Any, str]]:
    unit = UNITS[figure.kind]
    if not isinstance(value, dict):
        yield "", value, unit
        return
    for part, inner in value.items():
        if isinstance(inner, dict):
            yield from ((f"{part} {name}", found, "s" if name == "mean" else "") for name, found in inner.items())
        else:
            yield part, inner, "" if part == "n" else unit
