"""Reports in the browser: a period and its neighbours, its files, and who may read them."""

from __future__ import annotations

import pytest

from server.hub import Hub
from tests.server.pages.conftest import Browser


@pytest.fixture
def manager(browser: Browser, hub: Hub) -> Browser:
    hub.issue("SB01")
    browser.log_in("50")
    return browser


def test_from_week_to_week(manager: Browser) -> None:
    assert manager.client.get("/reports").headers["Location"] == "/reports/2026-W48"
    page = manager.client.get("/reports/2026-W48").get_data(as_text=True)
    for way in ("/reports/2026-W47", "/reports/2026-W49", "/reports/2026-11", "/reports/2026-Q4", "/reports/2026", "/reports/2026-11-23"):
        assert f'href="{way}"' in page
    assert manager.client.get("/reports?period=2026-Q4").headers["Location"] == "/reports/2026-Q4"


@pytest.mark.parametrize("period", ["2026-11-23", "2026-11", "2026-Q4", "2026", "2026-11-01..2026-11-25", "2026-W53"])
def test_any_period(manager: Browser, period: str) -> None:
    answer = manager.client.get(f"/reports/{period}")
    assert answer.status_code == 200 and period in answer.get_data(as_text=True)


@pytest.mark.parametrize("period", ["2026-W54", "2026-13", "yesterday", "2026-11-25..2026-11-01"])
def test_no_such_period(manager: Browser, period: str) -> None:
    answer = manager.client.get(f"/reports/{period}")
    assert answer.status_code == 404 and period in answer.get_data(as_text=True)


BEGINNINGS = {"pdf": b"%PDF", "xlsx": b"PK", "csv": b"\xef\xbb\xbf", "html": b"<!doctype", "json": b"{", "poster": b"%PDF"}


@pytest.mark.parametrize(("form", "begins"), BEGINNINGS.items())
def test_files(manager: Browser, form: str, begins: bytes) -> None:
    answer = manager.client.get(f"/reports/2026-W48/file/{form}")
    assert answer.status_code == 200 and answer.data.startswith(begins)
    assert "licheng-kaiyuan-2026-W48" in answer.headers["Content-Disposition"]


def test_no_such_file(manager: Browser) -> None:
    answer = manager.client.get("/reports/2026-W48/file/doc")
    assert answer.status_code == 404 and "没有“doc”这种文件，有：json、csv、xlsx、pdf、html、poster。" in answer.get_data(as_text=True)


def test_an_operator_reads_no_report(browser: Browser) -> None:
    browser.log_in("08", "1")
    assert browser.client.get("/reports/2026-W48/file/pdf").status_code == 403


def test_from_a_figure_to_a_visit_to_the_reason_of_its_call(manager: Browser, hub: Hub) -> None:
    hub.open_counter("1", staff="08", actor="08")
    hub.call_next("1", actor="08")
    page = manager.client.get("/reports/2026-W48").get_data(as_text=True)
    assert "/reports/2026-W48/visits?figure=arrivals" in page and "/reports/2026-W48/visits?cut=service&amp;key=SB01" in page
    visits = manager.client.get("/reports/2026-W48/visits?figure=arrivals&cut=service&key=SB01").get_data(as_text=True)
    assert "1 次来访" in visits and "A001" in visits and 'href="/desk/ticket/1"' in visits
    life = manager.client.get("/desk/ticket/1").get_data(as_text=True)
    assert hub.read().life_line(1)[-1].event == "Called" and hub.read().life_line(1)[-1].ticket == 1 and "呼叫：" in life
    for wrong in ("figure=waiting", "cut=room&key=1"):
        assert manager.client.get(f"/reports/2026-W48/visits?{wrong}").status_code == 404
