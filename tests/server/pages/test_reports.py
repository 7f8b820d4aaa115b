"""Reports in the browser: a period and its neighbours, its files, and who may read them."""

from __future__ import annotations

import html
import re
from datetime import datetime

import pytest
from apiflask import APIFlask

from server.domain.visit import Visit
from server.reports import period
from server.reports.delivery.workshop import Workshop
from server.verbs import calls, counters, snapshots, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser
from tests.waiting import DEADLINE_S


@pytest.fixture
def manager(browser: Browser, hub: Hub) -> Browser:
    tickets.issue(hub, By("kiosk"), "SB01")
    browser.log_in("50")
    return browser


@pytest.fixture
def workshop(app: APIFlask) -> Workshop:
    found: Workshop = app.extensions["workshop"]
    return found


def test_from_week_to_week(manager: Browser) -> None:
    assert manager.client.get("/reports").headers["Location"] == "/reports/2026-W47"  # the last that is over
    page = manager.client.get("/reports/2026-W48").get_data(as_text=True)
    for way in (
        "/reports/2026-W47",
        "/reports/2026-W49",
        "/reports/2026-11",
        "/reports/2026-Q4",
        "/reports/2026",
        "/reports/2026-11-23",
    ):
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


BEGINNINGS = {
    "pdf": b"%PDF",
    "xlsx": b"PK",
    "csv": b"\xef\xbb\xbf",
    "html": b"<!doctype",
    "json": b"{",
    "poster": b"%PDF",
}


@pytest.mark.parametrize(("form", "begins"), BEGINNINGS.items())
def test_files(manager: Browser, form: str, begins: bytes) -> None:
    answer = manager.client.get(f"/reports/2026-W48/file/{form}")
    assert answer.status_code == 200 and answer.data.startswith(begins)
    assert "licheng-kaiyuan-2026-W48" in answer.headers["Content-Disposition"]


def test_no_such_file(manager: Browser) -> None:
    answer = manager.client.get("/reports/2026-W48/file/doc")
    assert (
        answer.status_code == 404
        and "没有“doc”这种文件，有：json、csv、xlsx、pdf、html、poster。" in answer.get_data(as_text=True)
    )


def test_an_operator_reads_no_report(browser: Browser) -> None:
    browser.log_in("08", "1")
    assert browser.client.get("/reports/2026-W48/file/pdf").status_code == 403


def test_from_a_figure_to_a_visit_to_the_reason_of_its_call(manager: Browser, hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08"), "1")
    page = manager.client.get("/reports/2026-W48").get_data(as_text=True)
    assert (
        "/reports/2026-W48/visits?figure=arrivals" in page
        and "/reports/2026-W48/visits?cut=service&amp;key=SB01" in page
    )
    visits = manager.client.get("/reports/2026-W48/visits?figure=arrivals&cut=service&key=SB01").get_data(as_text=True)
    assert "1 次来访" in visits and "A001" in visits and 'href="/desk/ticket/1"' in visits
    life = manager.client.get("/desk/ticket/1").get_data(as_text=True)
    assert (
        hub.read().life_line(1)[-1].event == "Called" and hub.read().life_line(1)[-1].ticket == 1 and "呼叫：" in life
    )
    for wrong in ("figure=waiting", "cut=room&key=1"):
        assert manager.client.get(f"/reports/2026-W48/visits?{wrong}").status_code == 404


def test_every_figure_of_the_page_leads_on(manager: Browser, hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "现场办结")
    page = manager.client.get("/reports/2026-W48").get_data(as_text=True)
    ways = {html.unescape(way) for way in re.findall(r'href="(/reports/2026-W48/visits[^"]*|#counter)"', page)}
    assert (
        "#counter" in ways
        and "/reports/2026-W48/visits?figure=served" in ways
        and "/reports/2026-W48/visits?figure=two_calls" in ways
    )
    assert {
        "/reports/2026-W48/visits?figure=one_counter",
        "/reports/2026-W48/visits?figure=amber",
        "/reports/2026-W48/visits?figure=ratings",
        "/reports/2026-W48/visits?figure=notices",
        "/reports/2026-W48/visits?figure=finished&cut=outcome&key=%E7%8E%B0%E5%9C%BA%E5%8A%9E%E7%BB%93",
        "/reports/2026-W48/visits?figure=without_outcome",
    } <= ways
    for way in ways - {"#counter"}:
        assert manager.client.get(way).status_code == 200, way


def test_the_visits_of_a_long_period_are_found_in_a_process_of_their_own_within_a_limit(
    manager: Browser, workshop: Workshop
) -> None:
    workshop.at_once_legs = 0
    assert "1 次来访" in manager.client.get("/reports/2026/visits?figure=arrivals").get_data(as_text=True)
    workshop.drill_limit_s = 0.0
    late = manager.client.get("/reports/2026/visits?figure=arrivals", headers={"Accept": "text/html"})
    assert late.status_code == 503 and "这段时间太长，一分钟内查不完" in late.get_data(as_text=True)
    workshop.stop()
    assert manager.client.get("/reports/2026/visits?figure=open").status_code == 503


def test_visits_of_a_kept_report_say_what_is_different_today(
    manager: Browser, hub: Hub, workshop: Workshop, clock: HandClock
) -> None:
    clock.forward(8 * 86400)
    tick(hub)
    manager.log_in("50")
    snapshots.keep(hub, period.parse("2026-W48"), workshop.at_once(period.parse("2026-W48")))
    asked = "/reports/2026-W48/visits?figure=arrivals&cut=service&key=SB01"
    assert "快照第 1 版" not in manager.client.get(asked).get_data(as_text=True)
    at = datetime.fromisoformat("2026-11-24T09:00:00+08:00").timestamp()
    import_visits(
        hub,
        By("test"),
        [Visit("2026-11-24", "SB01", "ordinary", "kiosk", None, None, "left", at, None, None, None, at + 60, 0, None)],
        source="x.csv",
        sha256="1",
    )
    assert "快照第 1 版为 1，现在的数据为 2" in manager.client.get(asked).get_data(as_text=True)


def test_a_program_gets_the_files_by_the_api(manager: Browser, workshop: Workshop) -> None:
    """The page's address of a file and the API's give the same; a long one is being made there too."""
    for form, kind in (("csv", "text/csv"), ("poster", "application/pdf"), ("xlsx", "application/vnd.openxml")):
        answer = manager.client.get(f"/api/v1/reports/2026-W48/files/{form}")
        assert (answer.status_code, answer.content_type.startswith(kind)) == (200, True)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    for form in ("json", "docx"):
        assert manager.client.get(f"/api/v1/reports/2026-W48/files/{form}").status_code == 404
    workshop.at_once_legs = 0
    assert manager.client.get("/api/v1/reports/2026/files/csv").status_code == 202
    job = workshop.job(period.parse("2026"))
    assert job and job.ended.wait(DEADLINE_S)
    assert manager.client.get("/api/v1/reports/2026/files/csv").status_code == 200
