"""Forms of a hall with sixty counters and two hundred services, whose names are what no name should be; and of a
poster that gives nobody away.
"""

from __future__ import annotations

import copy
import csv
import io
import re
import subprocess
from datetime import datetime
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import Text
from server.reports import period
from server.reports.definitions import CASE_FIGURES, FIGURES, SLOT_FIGURES
from server.reports.forms import sheets
from server.reports.forms.make import make
from server.reports.forms.poster import rows as poster_rows
from server.reports.forms.sheet import Cell
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    '#set page(paper: "a3")',
    "$x^2$",
    "*粗*",
    "_斜_",
    "<b>&amp;",
    "a\\b",
    "“引号”'\"",
    "`#v(1fr)`",
    "]#",
    "//",
    "http://example.org/",
    "用" * 60,
    "Very " * 30 + "long",
    "~ -- ---",
    "@ref <label>",
)


@pytest.fixture
def big(hub: Hub, clock: HandClock) -> dict[str, Any]:
    """A report with many rows of every kind, some of them of nothing."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    for code in ("SB01", "MZ01", "JY01"):
        tickets.issue(hub, By("kiosk"), code)
        calls.call_next(hub, By("08"), "1")
        clock.forward(100.5)
        calls.finish(hub, By("08"), "1", "现场办结")
    tickets.issue(hub, By("kiosk"), "SB01")
    made = report(hub.hall, period.parse("2026-W48"), History(hub.read().conn), hub.now())
    chance = Random(1)
    for cut, n in (("service", 200), ("counter", 60), ("staff", 60)):
        rows = made["cuts"][cut]
        made["cuts"][cut] = [
            _row(copy.deepcopy(chance.choice(rows)), f"{cut}{i}", HOSTILE[i % len(HOSTILE)], chance) for i in range(n)
        ]
    made["hall"].update(name=HOSTILE[0], name_en=HOSTILE[5])
    for change in made["comparison"]["previous"]["changes"]:
        change.update(change=0.0, arrow="same")
    made["pauses"]["reasons"] = [{"reason": name, "reason_en": name, "n": 1, "s": 61.5, "long": 0} for name in HOSTILE]
    return made


def _row(row: dict[str, Any], key: str, name: str, chance: Random) -> dict[str, Any]:
    row.update(key=key, name=name, name_en=name)
    for figure, value in row.items():
        if isinstance(value, dict) and "mean" in value:
            row[figure] = {
                part: None if part != "n" and chance.random() < 0.2 else round(chance.uniform(0, 9000), 1)
                for part in value
            }
    return row


def test_every_cell_of_the_workbook_is_the_report_s_and_none_is_a_formula(big: dict[str, Any], hub: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(big, hub.hall, "xlsx")))
    assert [
        cell.coordinate
        for page in book.worksheets
        for line in page.iter_rows()
        for cell in line
        if cell.data_type in "fe"
    ] == []
    links = [cell.hyperlink for page in book.worksheets for line in page.iter_rows() for cell in line if cell.hyperlink]
    assert len(links) == len(book.worksheets) - 1 and not any(link.target for link in links), "the contents, no other"
    assert book.worksheets[0]["A1"].value == "=1+1"
    cells = 0
    for sheet, page in zip(sheets.sheets(big), book.worksheets[1:], strict=False):
        lines = [*sheet.rows, *([sheet.total] if sheet.total else [])]
        for line, row in enumerate(lines, start=2):
            for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True), start=1):
                read = page.cell(line, place).value
                if value is None:
                    assert read is None
                elif isinstance(value, Cell):
                    assert read == (
                        pytest.approx(value.value / 60 if value.kind == "minutes" else value.value) if value else None
                    )
                elif column.kind == "text" or isinstance(value, Text):
                    assert read == (str(value) or None)
                elif column.kind in ("time", "date"):
                    assert read == datetime.fromisoformat(value).replace(tzinfo=None)
                else:
                    assert read == pytest.approx(value / 60 if column.kind == "minutes" else value)
                cells += 1
    assert cells > 10_000


def test_every_line_of_csv_is_the_report_s(big: dict[str, Any], hub: Hub) -> None:
    read = {}
    for line in csv.DictReader(io.StringIO(make(big, hub.hall, "csv").decode("utf-8-sig"))):
        read[line["cut"], line["key"], line["figure"], line["part"]] = line["value"]
    expected = {}
    rows = [
        ("total", "", big["total"]),
        *((cut, "" if row["key"] is None else str(row["key"]), row) for cut, of in big["cuts"].items() for row in of),
    ]
    told = big["cases"]
    rows += [
        ("cases", "", told["total"]),
        *((f"cases_{cut}", row["key"], row) for cut in ("service", "department") for row in told[cut]),
    ]
    told = big["booked"]
    rows += [("booked", "", told["total"])] if told["plan"] else []
    rows += [(f"booked_{cut}", row["key"], row) for cut in ("plan", "day") for row in told[cut] if told["plan"]]
    for cut, key, row in rows:
        for figure in {"cases": CASE_FIGURES, "booked": SLOT_FIGURES}.get(cut.partition("_")[0], FIGURES):
            value = row.get(figure.id)
            if figure.id not in row:
                continue
            for part, inner in value.items() if isinstance(value, dict) else [("", value)]:
                for name, number in inner.items() if isinstance(inner, dict) else [("", inner)]:
                    expected[cut, key, figure.id, f"{part} {name}".strip()] = "" if number is None else str(number)
    assert read == expected and len(read) > 10_000


@pytest.mark.parametrize("form", ["pdf", "poster"])
def test_paper_takes_any_name_as_text(big: dict[str, Any], hub: Hub, form: str) -> None:
    made = make(big, hub.hall, form)
    said = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    pages = said.rstrip("\f\n").split("\f")
    if form == "poster":
        assert len(pages) == 1
        return
    assert [re.search(r"第 (\d+) 页，共 (\d+) 页", page).groups() for page in pages] == [
        (str(n), str(len(pages))) for n in range(1, len(pages) + 1)
    ]  # type: ignore[union-attr]
    flat = re.sub(r"\s", "", said)
    for name in HOSTILE:
        if len(name) < 20:
            assert re.sub(r"\s", "", name) in flat, name
    sizes = subprocess.run(
        ["pdfinfo", "-f", "1", "-l", str(len(pages)), "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    assert {tuple(sorted(float(x) for x in found)) for found in re.findall(r"size:\s+([\d.]+) x ([\d.]+)", sizes)} == {
        (595.276, 841.89)
    }


def test_the_page_in_one_file_takes_any_name_as_text(big: dict[str, Any], hub: Hub) -> None:
    page = make(big, hub.hall, "html").decode()
    assert "<b>&amp;" not in page.replace("&lt;b&gt;&amp;amp;", "") and "&lt;b&gt;&amp;amp;" in page


# --- the poster -------------------------------------------------------------------------------------------------------

HALL = config.load()


@given(st.lists(st.integers(0, 30), min_size=len(HALL.groups), max_size=len(HALL.groups)))
def test_no_small_number_of_the_poster_can_be_had_by_subtraction(arrivals: list[int]) -> None:
    groups = list(HALL.groups.values())
    few, sensitive = HALL.report.small_cell, set(HALL.report.sensitive_services)
    wait, spot = {"n": 1, "mean": 60.0}, {"numerator": 1, "denominator": 1}
    told = [
        {"key": group.services[0], "arrivals": n, "office_wait": wait, "on_the_spot": spot}
        for group, n in zip(groups, arrivals, strict=True)
    ]
    rows = poster_rows({"cuts": {"service": told}}, HALL)
    hidden = [n for n, row in enumerate(rows) if not row[1].isdigit()]
    small = [n for n, group in enumerate(groups) if arrivals[n] < few and sensitive & set(group.services)]
    assert set(small) <= set(hidden) and all(rows[n][2:] == ["—", "—"] for n in hidden)
    assert all(row[1] == str(n) for row, n in zip(rows, arrivals, strict=True) if row[1].isdigit())
    left = sum(arrivals) - sum(arrivals[n] for n in range(len(rows)) if n not in hidden)
    others = [n for n in range(len(rows)) if n not in small and arrivals[n]]
    if sum(arrivals[n] for n in small) and others:
        assert left >= few or set(others) <= set(hidden)
        assert set(hidden) - set(small)  # what is left over is not the small numbers' alone
