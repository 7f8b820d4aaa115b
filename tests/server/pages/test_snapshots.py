"""Snapshots in the browser: the newest one is shown, a difference is said loudly, a manager corrects, a long report
shows how far it is.
"""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from config import Text
from server.domain.snapshot import Delivery
from server.reports import period, reporter
from server.reports.delivery.workshop import Workshop
from server.verbs import snapshots
from server.verbs.hub import Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, Web, log_in
from tests.server.verbs.test_snapshots import WEEK, a_week, counted, late_import
from tests.waiting import DEADLINE_S

AT = "/reports/2026-W48"
API = "/api/v1/reports/2026-W48"


@pytest.fixture
def over(hub: Hub, clock: HandClock) -> Hub:
    a_week(hub, clock)
    return hub


@pytest.fixture
def workshop(app: APIFlask) -> Any:
    shop: Workshop = app.extensions["workshop"]
    yield shop
    shop.stop()


def shown(browser: Browser, path: str = AT) -> str:
    answer = browser.client.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_from_the_first_word_to_the_correction(over: Hub, browser: Browser) -> None:
    browser.log_in("50")
    assert "尚未定稿" in shown(browser)
    assert browser.post(f"{API}/snapshots").status_code == 201
    page = shown(browser)
    assert "快照第 1 版" in page and "没有差别" in page and "员工50" in page and "没有改动" not in page
    late_import(over)
    page = shown(browser)
    assert "处与本版不同" in page and "取号 A" in page and "更正为第 2 版" in page
    assert browser.post(f"{API}/snapshots").get_json()["detail"] == "请写明更正的原因。"
    assert browser.post(f"{API}/snapshots", {"reason": "补录"}).get_json()["version"] == 2
    page = shown(browser)
    assert "快照第 2 版" in page and "补录" in page and "没有差别" in page and "上一版以来的更正" in page
    assert "这是旧版" in shown(browser, f"{AT}?version=1")
    assert "按现在的数据计算" in shown(browser, f"{AT}?live=1")
    assert browser.client.get(f"{AT}?version=3").status_code == 404


def test_the_same_press_twice_is_one_correction(over: Hub, browser: Browser) -> None:
    browser.log_in("50")
    snapshots.keep(over, WEEK, counted(over))
    late_import(over)
    same = {"Idempotency-Key": "the-same-press"}
    answers = [browser.post(f"{API}/snapshots", {"reason": "补录"}, **same).get_json() for _ in range(2)]
    assert answers[0] == answers[1] and len(over.read().snapshots()) == 2
    assert browser.post(f"{API}/snapshots", {"reason": "没有别的"}).status_code == 409


def test_files_and_json_are_those_of_the_snapshot(over: Hub, browser: Browser) -> None:
    browser.log_in("50")
    kept = snapshots.keep(over, WEEK, counted(over))
    late_import(over)
    told, live = browser.client.get(API).get_json(), browser.client.get(f"{API}?live=1").get_json()
    assert (told["total"]["arrivals"], told["snapshot"]["sha256"]) == (3, kept.sha256)
    assert live["total"]["arrivals"] == 4 and "snapshot" not in live
    assert "快照第 1 版" in shown(browser, f"{AT}/file/html")
    browser.post(f"{API}/snapshots", {"reason": "补录"})
    assert "licheng-kaiyuan-2026-W48-v2.csv" in browser.client.get(f"{AT}/file/csv").headers["Content-Disposition"]
    assert (
        "licheng-kaiyuan-2026-W48.csv" in browser.client.get(f"{AT}/file/csv?version=1").headers["Content-Disposition"]
    )


def test_who_may_correct(over: Hub, browser: Browser) -> None:
    browser.log_in("60")
    assert ">定稿</span>" not in shown(browser)
    assert browser.post(f"{API}/snapshots").status_code == 403
    browser.log_in("08", "2")
    assert browser.post(f"{API}/snapshots").status_code == 403
    browser.log_in("50")
    assert (
        browser.client.post(f"{API}/snapshots", json={}, headers={"Idempotency-Key": "without-csrf"}).status_code == 400
    )
    assert browser.client.post(f"{API}/snapshots", json={}, headers={"X-CSRFToken": browser.csrf}).status_code == 400
    assert over.read().snapshots() == []


def test_a_week_that_is_not_over(hub: Hub, browser: Browser) -> None:
    browser.log_in("50")
    assert "本期结束后才会定稿" in shown(browser)
    assert browser.post(f"{API}/snapshots").status_code == 409


def test_a_changed_snapshot_is_not_shown(over: Hub, browser: Browser) -> None:
    snapshots.keep(over, WEEK, counted(over))
    over.turn(lambda turn: turn.conn.execute("DROP TRIGGER snapshots_are_never_changed"))
    over.turn(lambda turn: turn.conn.execute("UPDATE snapshots SET packed = zeroblob(5)"))
    browser.log_in("50")
    assert "已被改动" in shown(browser)


def test_what_was_not_delivered_is_said_here_and_on_the_live_page(over: Hub, browser: Browser) -> None:
    kept = snapshots.keep(over, WEEK, counted(over))
    delivery = Delivery(kept.period, 1, "mail", over.now(), next_at=over.now())
    over.turn(lambda turn: turn.put_delivery(delivery))
    snapshots.settle(
        over,
        delivery,
        Text("邮件服务器 x:25 没有收下，请核对邮件设置（550）。", "mail: x:25: did not take it; check [mail] (550)."),
    )
    browser.log_in("50")
    page = shown(browser)
    assert "没有收下" in page and "现在再试" in page
    alerts = browser.client.get("/api/v1/hall").get_json()["alerts"]
    assert [a["zh"] for a in alerts if a["kind"] == "report"] == [
        "报告 2026-W48：邮件服务器 x:25 没有收下，请核对邮件设置（550）。"
    ]
    assert browser.post(f"{API}/deliveries").status_code == 200
    assert over.read().open_deliveries()[0].next_at == over.now()


def test_a_long_report_is_made_elsewhere(over: Hub, browser: Browser, workshop: Workshop) -> None:
    browser.log_in("50")
    workshop.at_once_legs = 0
    assert "正在计算" in shown(browser)
    job = workshop.job(WEEK)
    assert job is not None and job.ended.wait(DEADLINE_S)
    assert browser.client.get(f"{API}/making").get_json()["state"] == "done"
    page = shown(browser)
    assert "尚未定稿" in page and "重新计算" in page
    assert browser.client.get(f"{AT}/file/csv?live=1").status_code == 200
    assert browser.post(f"{API}/snapshots").status_code == 201
    assert browser.post(f"{API}/making").status_code == 202
    assert browser.client.get(f"{AT}/file/csv?live=1").status_code == 302
    assert browser.client.get(f"{API}?live=1").status_code == 202
    assert "快照第 1 版" in shown(browser) and "还没有与现在的数据核对" in shown(browser)
    assert browser.post(f"{API}/snapshots", {"reason": "早了"}).status_code == 409


def test_pressed_in_a_browser(page: Page, web: Web, hub: Hub, clock: HandClock) -> None:
    a_week(hub, clock)
    snapshots.keep(hub, WEEK, reporter.counted(hub.hall, period.parse("2026-W48"), hub.store.path, hub.now()))
    late_import(hub)
    log_in(page, web, "50", "")
    page.goto(web.base + AT)
    expect(page.locator(".alert[role=alert]", has_text="处与本版不同")).to_be_visible()
    page.get_by_text("看差别").click()
    page.fill("#keep [name=reason]", "补录一天的数据")
    page.click("#keep button")
    expect(page.locator("#snapshot-title")).to_contain_text("快照第 2 版")
    expect(page.locator(".snapshot .alert.good")).to_contain_text("没有差别")


def test_the_progress_page_becomes_the_report(page: Page, web: Web, hub: Hub, clock: HandClock) -> None:
    a_week(hub, clock)
    shop: Workshop = web.app.extensions["workshop"]
    shop.at_once_legs = 0
    log_in(page, web, "50", "")
    first = page.goto(web.base + AT)
    assert first and 'id="making"' in first.text(), "made elsewhere; it may be done before a browser has drawn that"
    expect(page.locator("#snapshot-title")).to_contain_text("尚未定稿")
    shop.stop()
