"""One report in every form: the same figures, read back by programs that did not write them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import config
from config import Text
from server.__main__ import main
from server.reports import period
from server.reports.delivery.mail import lines_of
from server.reports.forms import charts, sheets
from server.reports.forms.flat import COLUMNS
from server.reports.forms.make import FORMS, FormFailed, file_name, make
from server.reports.forms.poster import rows as poster_rows
from server.reports.forms.sheet import Cell, read_back, text
from server.reports.forms.titles import warnings
from server.reports.forms.workbook import number_format
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock


@pytest.fixture
def week(hub: Hub, clock: HandClock) -> dict[str, Any]:
    """Monday of 2026-W48: twelve come, eight are served, one is passed, one leaves, two wait."""
    hub.store.turn(lambda turn: turn.put_staff("08", "王敏", "operator", "x"), lambda last: last)
    counters.open_counter(hub, By("08"), "1", staff="08")
    given = [tickets.issue(hub, By("kiosk"), "SB01" if n % 3 else "MZ01") for n in range(12)]
    for n in range(9):
        clock.forward(240)
        calls.call_next(hub, By("08"), "1")
        clock.forward(30)
        if n == 4:
            calls.pass_(hub, By("08"), "1")
            continue
        calls.start(hub, By("08"), "1")
        clock.forward(300)
        calls.finish(hub, By("08"), "1", "现场办结" if n % 2 else "受理待办")
    tickets.leave(hub, By("08"), given[-1].id)
    return made(hub)


def made(hub: Hub, of: str = "2026-W48") -> dict[str, Any]:
    return report(hub.hall, period.parse(of), History(hub.read().conn), hub.now())


def words_of(pdf: bytes) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


# --- sheets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, "minutes", "—"),
        (None, "percent", "—"),
        (0, "count", "0"),
        (12345, "count", "12 345"),
        (90.0, "minutes", "1.5"),
        (0.053191, "percent", "5.3 %"),
        (2.5, "number", "2.5"),
        (3.0, "number", "3"),
        ("2026-11-23T09:05:00+08:00", "time", "2026-11-23 09:05"),
        (Text("窗口", "Counter"), "text", "窗口 Counter"),
    ],
)
def test_how_a_person_reads_a_value(value: Any, kind: Any, said: str) -> None:
    assert text(value, kind) == said


def test_every_sheet_has_a_value_for_each_column(week: dict[str, Any]) -> None:
    for sheet in sheets.sheets(week):
        assert all(len(row) == len(sheet.columns) for row in sheet.rows), sheet.id
        assert sheet.total is None or len(sheet.total) == len(sheet.columns), sheet.id
        assert sheet.zh and sheet.en and all(column.zh and column.en for column in sheet.columns)
        assert len(sheet.chief().columns) <= 14, f"{sheet.id}: too wide for paper"


def test_a_cut_is_the_reports_own_rows(week: dict[str, Any]) -> None:
    sheet = sheets.cut(week, "service")
    place = {column.id: n for n, column in enumerate(sheet.columns)}
    for row, told in zip(sheet.rows, week["cuts"]["service"], strict=True):
        assert (
            row[place["arrivals"]] == told["arrivals"] and row[place["office_wait.p90"]] == told["office_wait"]["p90"]
        )
        assert (
            row[place["no_show"]] == told["no_show"]["share"]
            and row[place["no_show.denominator"]] == told["no_show"]["denominator"]
        )
    assert sheet.total and sheet.total[place["arrivals"]] == 12


def test_the_overview_prints_every_total_with_its_definition(week: dict[str, Any]) -> None:
    sheet = sheets.overview(week)
    told = {str(row[0]).split(" ")[0] for row in sheet.rows}
    assert {"取号", "过号率", "等候", "利用率", "现场办结率"} <= told
    assert all(row[-1] for row in sheet.rows if str(row[0]).startswith("取号 A"))


def test_ten_tiles_with_their_changes(week: dict[str, Any]) -> None:
    tiles = {tile.id: tile for tile in sheets.tiles(week)}
    assert len(tiles) == 10 and tiles["arrivals"].value == "12" and tiles["no_show"].value == "11.1 %"
    assert tiles["office_wait.p90"].value.endswith("(n=9)")  # fewer than ten: n stands beside it
    assert tiles["arrivals"].previous == "—"  # nobody came the week before


def test_changes_as_people_read_them() -> None:
    change = {"change": -12.34, "unit": "percent", "arrow": "down"}
    assert sheets.arrow(change) == "▼ -12.3 %"
    assert sheets.arrow({**change, "unit": "points", "arrow": None, "change": 2.0}) == "+2.0 pp"  # n < 10: no arrow
    assert sheets.arrow(None) == "—" and sheets.arrow({**change, "change": None}) == "—"


# --- forms ------------------------------------------------------------------------------------------------------------


def test_the_workbook_read_by_another_program(week: dict[str, Any], hub: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(week, hub.hall, "xlsx")))
    front = book.worksheets[0]
    assert (
        front["A1"].value == hub.hall.hall.name
        and "取号 12 = 办结 8 + 过号 1 + 弃号 1 + 过期 0 + 未结 2" in front["A5"].value
    )
    page = next(sheet for sheet in book.worksheets if sheet.title.startswith("按事项"))
    heads = [cell.value for cell in page[1]]
    assert page.freeze_panes == "B2" and page.auto_filter.ref
    wait = heads.index("等候 Wo 均值（分）\nWait Wo, mean")
    told = week["cuts"]["service"]
    assert [page.cell(line, wait + 1).value for line in range(2, 2 + len(told))] == [
        pytest.approx(row["office_wait"]["mean"] / 60) for row in told
    ]
    share = heads.index("过号率\nNo-show")
    assert page.cell(2, share + 1).number_format == "0.0%"
    assert [c.title for c in book.worksheets if "Definitions" in c.title] and len(book.worksheets[-1]._charts) == 2


def test_the_lines_of_csv_are_the_reports_values(week: dict[str, Any], hub: Hub) -> None:
    data = make(week, hub.hall, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    by = {(line["cut"], line["key"], line["figure"], line["part"]): line["value"] for line in lines}
    assert by["total", "", "arrivals", ""] == "12" and by["total", "", "no_show", "denominator"] == "9"
    assert float(by["counter", "1", "office_wait", "p90"]) == week["cuts"]["counter"][0]["office_wait"]["p90"]
    assert by["total", "", "pickup_wait", "mean"] == ""  # nobody: not known, never 0
    assert len(by) == len(lines)


def test_the_pdf_has_pages_the_hall_and_a_place_for_the_seal(week: dict[str, Any], hub: Hub) -> None:
    said = words_of(make(week, hub.hall, "pdf"))
    pages = said.rstrip("\f\n").split("\f")
    assert f"第 1 页，共 {len(pages)} 页" in pages[0] and f"第 {len(pages)} 页，共 {len(pages)} 页" in pages[-1]
    assert all(hub.hall.hall.name in page for page in pages)
    assert "取号 12 = 办结 8" in pages[0] and "盖章处" in pages[-1] and "未计的指标" in said and "演示数据" in pages[0]


def test_the_first_column_of_a_wide_table_has_room_on_paper(week: dict[str, Any], hub: Hub) -> None:
    lines = words_of(make(week, hub.hall, "pdf")).splitlines()
    assert any(line.strip().startswith("1 号窗口 Counter 1") and line.count("0") >= 5 for line in lines), (
        "the ratings by counter"
    )


def test_a_report_that_does_not_close_says_so_first(week: dict[str, Any], hub: Hub) -> None:
    week["identity"].update(
        {
            "closes": False,
            "finished": 7,
            "offending": [
                {
                    "ticket": 3,
                    "number": "A003",
                    "arrived": "2026-11-23T09:00:00+08:00",
                    "day": "",
                    "service": "SB01",
                    "counter": "1",
                    "state": "odd",
                }
            ],
        }
    )
    assert "本报告无效" in words_of(make(week, hub.hall, "pdf")).split("\f")[0]
    assert "本报告无效" in make(week, hub.hall, "html").decode()
    front = openpyxl.load_workbook(io.BytesIO(make(week, hub.hall, "xlsx"))).worksheets[0]
    assert front["A5"].value.startswith("本报告无效")


def test_the_file_needs_nothing_else(week: dict[str, Any], hub: Hub) -> None:
    page = make(week, hub.hall, "html").decode()
    assert (
        "<style>" in page
        and "<script" not in page
        and page.count("href=") == page.count('href="#')
        and "src=" not in page
        and "url(" not in page
    )
    assert hub.hall.hall.name in page and page.count("<svg") == len(charts.charts(week)) == 8


def test_the_poster_names_nobody_and_hides_small_numbers_of_sensitive_matters(week: dict[str, Any], hub: Hub) -> None:
    said = words_of(make(week, hub.hall, "poster"))
    assert "\f" not in said.rstrip("\f\n"), "one page"
    assert "王敏" not in said and "MZ01" not in said and hub.hall.hall.tel_complaint in said
    rows = {row[0].split(" ")[0]: row for row in poster_rows(week, hub.hall)}
    assert rows["社会救助"][1].startswith("少于5") and rows["社会救助"][2:] == ["—", "—"]
    assert rows["社保医保"][1] == "不列 not shown"  # twelve came: less eight is four


def test_every_chart_is_whole_and_says_nothing_by_colour_alone(week: dict[str, Any]) -> None:
    for name, svg in charts.charts(week).items():
        tree = ET.fromstring(svg)
        width, height = (float(tree.attrib[key]) for key in ("width", "height"))
        for node in tree.iter():
            if node.tag.endswith("rect"):
                x, y, w, h = (float(node.attrib[key]) for key in ("x", "y", "width", "height"))
                assert x >= 0 and y >= 0 and x + w <= width + 0.2 and y + h <= height + 0.2, name
        assert any(node.tag.endswith("text") for node in tree.iter()), name


@pytest.mark.parametrize(("top", "round_"), [(0, 1), (3, 5), (10, 10), (11, 20), (199, 200), (201, 500), (0.3, 0.5)])
def test_scales_end_at_round_numbers(top: float, round_: float) -> None:
    assert charts.nice(top) == pytest.approx(round_)


def test_an_empty_week_is_a_report_too(hub: Hub) -> None:
    empty = made(hub, "2026-W40")
    for form in FORMS:
        assert make(empty, hub.hall, form)
    assert "—" in sheets.tiles(empty)[2].value


def test_a_period_that_is_not_over_and_a_year_without_calendar_are_said(week: dict[str, Any], hub: Hub) -> None:
    assert "本期尚未结束" in "".join(str(warning) for warning in warnings(week))
    assert "没有 2031 年的日历" in "".join(str(warning) for warning in warnings(made(hub, "2031-W10")))


ODD = "社保\x0b=登记\u200b\u2028\ufffe𠏇 <b>&"
"""A name with Word's soft line break, an invisible one, what XML refuses, a character that no font here has."""


@pytest.mark.parametrize("form", FORMS)
def test_no_character_of_a_name_costs_a_form(week: dict[str, Any], hub: Hub, form: str) -> None:
    for row in (*week["cuts"]["service"], *week["cuts"]["staff"], *week["long_waits"]["called"]["listed"]):
        row["name"] = row["name_en"] = ODD
    content = make(week, hub.hall, form)
    if form == "pdf":
        assert "〓：本机没有此字的字体" in words_of(content).replace("\n", "")
    elif form != "json":
        assert b"\x0b" not in content or form in ("xlsx", "poster")


@pytest.mark.parametrize("form", ["pdf", "poster"])
def test_the_pdf_is_for_the_archive(week: dict[str, Any], hub: Hub, form: str) -> None:
    content = make(week, hub.hall, form)
    told = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", content, re.DOTALL)
    assert (
        told and b"<pdfaid:part>2</pdfaid:part>" in told[0] and b"<pdfaid:conformance>B</pdfaid:conformance>" in told[0]
    )
    fonts = subprocess.run(["pdffonts", "-"], input=content, capture_output=True, check=True).stdout.decode()
    embedded = [line[-25:].split()[0] for line in fonts.splitlines()[2:]]
    assert embedded and set(embedded) == {"yes"}, fonts
    assert b"/OutputIntent" in content and b"/Encrypt" not in content


def test_a_form_that_fails_says_so_in_a_sentence(week: dict[str, Any], hub: Hub) -> None:
    del week["heat"]
    with pytest.raises(FormFailed) as failed:
        make(week, hub.hall, "pdf")
    assert failed.value.text.zh == "PDF 没有做成（KeyError）：其他文件不受影响，请看系统日志。"
    assert make(week, hub.hall, "csv")


def test_every_form_answers_first(week: dict[str, Any], hub: Hub) -> None:
    said = [one["zh"] for one in week["summary"]["sentences"]]
    evidence = week["summary"]["to_do"][0]["evidence"]
    first = words_of(make(week, hub.hall, "pdf")).split("\f")[0]
    page = make(week, hub.hall, "html").decode()
    book = openpyxl.load_workbook(io.BytesIO(make(week, hub.hall, "xlsx")))
    cells = "\n".join(str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line)
    mail = "\n".join(lines_of(week))
    for words in (*said, evidence):
        assert words in page and words in cells and words in mail
    plain = "".join(first.split())
    assert all("".join(words.split()) in plain for words in said[:2]) and "目录" in first
    assert page.index(said[0]) < page.index('class="card contents"') < page.index('id="headline"')


def test_the_workbook_adds_up_and_prints(week: dict[str, Any], hub: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(week, hub.hall, "xlsx")))
    for page in book.worksheets:
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape"), page.title
        assert page.page_setup.fitToHeight == 0 and page.page_setup.fitToWidth in (None, 1)  # 1 unless said
        assert page.sheet_properties.pageSetUpPr.fitToPage
        if page.freeze_panes:
            assert page.print_title_rows == "$1:$1", page.title
        for line in page.iter_rows():
            for cell in line:
                said = str(cell.value).replace(" ", "").rstrip("%").removesuffix("pp").lstrip("▲▼=")
                if cell.data_type == "s" and re.fullmatch(r"[-+]?\d+\.\d+", said):
                    raise AssertionError(f"{page.title} {cell.coordinate}: {cell.value!r} is a text")
    overview = next(page for page in book.worksheets if page.title.startswith("总表"))
    arrivals = next(line for line in overview.iter_rows() if str(line[0].value).startswith("取号 A"))
    assert arrivals[1].value == 12 and arrivals[1].number_format == "#,##0"
    days = next(page for page in book.worksheets if page.title.startswith("按日期"))
    assert days["A2"].value.isoformat() == "2026-11-23T00:00:00" and days["A2"].number_format == "yyyy-mm-dd"


def test_changes_are_numbers_with_their_arrow() -> None:
    up = sheets.change({"change": 12.34, "unit": "percent", "arrow": "up"})
    assert up.value == pytest.approx(0.1234)
    assert number_format(up) == '"▲ "+0.0%;"▲ "-0.0%;"▲ "0.0%'
    few = sheets.change({"change": -2.0, "unit": "points", "arrow": None})
    assert number_format(few) == '+0.0" pp";-0.0" pp";0.0" pp"'


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [
        ("12 345", "count", 12345),
        ("5.3 %", "percent", 0.053),
        ("1.5", "minutes", 90),
        ("—", "count", "—"),
        ("007", "text", "007"),
    ],
)
def test_what_was_printed_is_a_number_again(said: str, kind: Any, value: Any) -> None:
    found = read_back(said, kind)
    assert (pytest.approx(found.value) if isinstance(found, Cell) else found) == value


def test_identifiers_of_the_csv_are_texts_to_any_spreadsheet(week: dict[str, Any], hub: Hub) -> None:
    week["cuts"]["staff"][0].update(key="007", name="=cmd|' /C calc'!A0")
    lines = list(csv.DictReader(io.StringIO(make(week, hub.hall, "csv").decode("utf-8-sig"))))
    mine = next(line for line in lines if line["key"] == "007")
    assert mine["row"] == "staff:007" and mine["name"] == "'=cmd|' /C calc'!A0"
    page = (config.ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    types = "".join(f"| `{name}` | {kind} |\n" for name, kind in COLUMNS.items())
    assert list(lines[0]) == list(COLUMNS) and f"|---|---|\n{types}" in page


# --- the command line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_from_the_command_line(week: dict[str, Any], hub: Hub, hall_file: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / file_name(hub.hall, "2026-W48", form)
    done = CliRunner().invoke(
        main, ["--config", str(hall_file), "report", "--week", "2026-W48", "--format", form, "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    if form == "json":
        assert json.loads(out.read_text())["identity"]["arrivals"] == 12
    assert out.stat().st_size > 1000


def test_mistakes_on_the_command_line(hub: Hub, hall_file: Path) -> None:
    run = CliRunner()
    wrong = run.invoke(main, ["--config", str(hall_file), "report", "--week", "2026-W48", "--format", "doc"])
    assert (
        wrong.exit_code == 1 and "--format: 'doc' is no form; known: json, csv, xlsx, pdf, html, poster" in wrong.output
    )
    assert "no period" in run.invoke(main, ["--config", str(hall_file), "report", "--week", "last"]).output
