"""The hall's live page: who may look and act, what the acts do, what it says, and the page itself in a real
Chromium.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, Route, expect

from server.verbs import calls, counters, emergency, jobs, people, tickets, today
from server.verbs.hub import By, Hub
from server.views.hall import hall_view
from tests.conftest import HandClock
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, log_in, new_key

ACTS: dict[str, dict[str, Any]] = {
    "/api/v1/hall/close": {"message": "台风。", "waiting": "serve"},
    "/api/v1/hall/clock": {"clock": "2026-11-23T09:00:00+08:00"},
    "/api/v1/hall/reopen": {},
    "/api/v1/hall/emergency": {"number": 1},
    "/api/v1/hall/emergency/end": {},
    "/api/v1/services/SB01/close": {"message": "今天停办。"},
    "/api/v1/services/SB01/reopen": {},
    "/api/v1/hall/counters/1/bind": {"services": ["SB01"], "helps": [], "help_after_min": 5, "reason": "高峰"},
    "/api/v1/hall/counters/1/unbind": {},
    "/api/v1/hall/counters/1/pause": {"reason": "午餐"},
    "/api/v1/hall/counters/1/resume": {},
    "/api/v1/hall/counters/1/answer-help": {},
    "/api/v1/hall/counters/1/answer-panic": {},
    "/api/v1/hall/counters/1/close": {},
}


def view(app: APIFlask, hub: Hub) -> dict[str, Any]:
    with app.app_context():
        return hall_view(hub, app.extensions["health"])


def test_an_alert_leads_only_to_pages_that_its_reader_opens(app: APIFlask) -> None:
    """/admin/tokens is the administrator's: a manager who was led there read that it is not for her."""
    told = (Path(str(app.static_folder)) / "hall/alerts.js").read_text(encoding="utf-8")
    rows = re.findall(r'^  \["[^"]+", "(/[^"]+)", "[^"]+", "[^"]+"(?:, "(\w+)")?\],$', told, re.MULTILINE)
    assert len(rows) == told.partition("const ADMIN")[2].partition("];")[0].count("\n  [") >= 5
    for path, role in rows:
        endpoint, _ = app.url_map.bind("").match(path)
        roles = app.view_functions[endpoint].allowed.roles  # type: ignore[attr-defined]
        assert roles == (role,) if role else "manager" in roles, path


def test_what_if_is_asked_by_whoever_may_look(browser: Browser, hub: Hub) -> None:
    hub.foresight.ready = True
    counters.open_counter(hub, By("desk"), "1", staff="90")
    for _ in range(9):
        tickets.issue(hub, By("desk"), "SB01")
    browser.log_in("60")
    client = browser.client
    told = client.get("/api/v1/hall/what-if?what=open&counters=2,3&ends=11:00")
    assert told.status_code == 200 and told.json["p90_min"][1] < told.json["p90_min"][0] and told.json["trust"]["zh"]
    refused = client.get("/api/v1/hall/what-if?what=lunch&counters=1&begins=10:00")
    assert (
        refused.status_code == 409 and "几点回来" in refused.json["detail"] and "are back" in refused.json["detail_en"]
    )
    assert client.get("/api/v1/hall/what-if?what=open&counters=2&ends=25:00").status_code == 422


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "looks", "acts"), [("50", 200, 200), ("60", 200, 403), ("30", 403, 403), ("08", 403, 403)]
)
def test_who_may_look_and_who_may_act(browser: Browser, hub: Hub, staff: str, looks: int, acts: int) -> None:
    counters.open_counter(hub, By("09"), "1", staff="09")
    browser.log_in(staff, "2" if staff == "08" else "")
    assert browser.client.get("/hall").status_code == looks
    assert browser.client.get("/api/v1/hall").status_code == looks
    assert {path: browser.post(path, body).status_code for path, body in ACTS.items()} == dict.fromkeys(ACTS, acts)


def test_nobody_and_no_device_acts(client: FlaskClient, kiosk: dict[str, str]) -> None:
    for path, body in ACTS.items():
        assert client.post(path, json=body).status_code == 401
        assert client.post(path, json=body, headers=kiosk).status_code == 403
    assert client.get("/hall").status_code == 302
    assert client.get("/api/v1/hall").status_code == 401


def test_an_act_needs_its_key_and_the_csrf_token(browser: Browser, hub: Hub) -> None:
    browser.log_in("50")
    for path, body in ACTS.items():
        assert browser.post(path, body, **{"Idempotency-Key": ""}).status_code == 400, path
        assert browser.post(path, body, **{"X-CSRFToken": ""}).status_code == 400, path
    assert hub.read().closures("2026-11-23") == {}


def test_a_supervisor_sees_no_keys(browser: Browser) -> None:
    browser.log_in("60")
    page = browser.client.get("/hall").get_data(as_text=True)
    assert "close-hall" not in page
    assert "只读" in page


# --- what the acts do -------------------------------------------------------------------------------------------------


def test_every_act_is_in_the_journal_with_its_actor(browser: Browser, hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    counters.ask_help(hub, By("08"), "1")
    browser.log_in("50")
    for path, body in ACTS.items():
        assert browser.post(path, body).status_code == 200, path
    mine = [row.event for row in hub.read().journal(0) if row.actor == "50"]
    assert mine == [
        "HallClosed",
        "HallReopened",
        "EmergencyBegan",
        "EmergencyEnded",
        "ServiceClosed",
        "ServiceReopened",
        "CounterBound",
        "CounterUnbound",
        "CounterPaused",
        "CounterResumed",
        "HelpAnswered",
        "CounterClosed",
    ]


def test_a_retry_of_the_same_press_does_nothing_twice(browser: Browser, hub: Hub) -> None:
    browser.log_in("50")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    key = {"Idempotency-Key": new_key()}
    answers = [
        browser.post("/api/v1/hall/close", {"message": "台风。", "waiting": "dismiss", "people": 3}, **key).get_json()
        for _ in range(2)
    ]
    assert [a["dismissed"] for a in answers] == [3, 3]
    assert [row.event for row in hub.read().journal(0)].count("HallClosed") == 1


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("/api/v1/hall/close", {"message": "", "waiting": "serve"}, 409, "请写明告诉群众的话。"),
    ("/api/v1/hall/close", {"message": "台风。", "waiting": "dismiss"}, 409, "请填写将请回的人数，再确认。"),
    (
        "/api/v1/hall/close",
        {"message": "台风。", "waiting": "dismiss", "people": 9},
        409,
        "现在有2人等候或挂起，与您填写的9人不符：请核对后再确认。",
    ),
    ("/api/v1/services/XX99/close", {"message": "停"}, 404, "没有事项“XX99”。"),
    ("/api/v1/hall/counters/1/bind", {"services": ["XX99"], "helps": [], "reason": "高峰"}, 404, "没有事项“XX99”。"),
    ("/api/v1/hall/counters/1/bind", {"services": None, "helps": [], "reason": ""}, 409, "请写明切换业务的原因。"),
    ("/api/v1/hall/counters/99/close", {}, 404, "没有窗口“99”。"),
    ("/api/v1/hall/counters/2/pause", {}, 409, "2号窗口未开放：请先登录开窗。"),
]


@pytest.mark.parametrize(("path", "body", "status", "words"), REFUSALS)
def test_a_refusal_says_what_to_do(
    browser: Browser, hub: Hub, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    browser.log_in("50")
    answer = browser.post(path, body)
    assert (answer.status_code, answer.get_json()["detail"]) == (status, words)
    assert answer.get_json()["detail_en"]


# --- what it says -----------------------------------------------------------------------------------------------------


def test_nothing_yet_and_nobody_look_different(app: APIFlask, hub: Hub) -> None:
    figures = view(app, hub)["figures"]
    assert (figures["waiting"], figures["served"], figures["mean_min"], figures["longest"]) == (0, 0, None, None)


def test_the_figures_are_the_reports(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(600)
    calls.call_next(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "咨询")
    clock.forward(600)
    calls.call_next(hub, By("08"), "1")
    clock.forward(360)
    shown = view(app, hub)
    figures = shown["figures"]
    assert (figures["waiting"], figures["served"], figures["issued"], figures["called"], figures["mean_min"]) == (
        1,
        1,
        3,
        2,
        18.7,  # 10 and 20 min of those called, and 26 so far of the one who still waits
    )
    assert (
        figures["longest"]["number"],
        figures["longest"]["minutes"],
        figures["longest"]["level"],
        figures["over"],
    ) == ("A003", 26, "bad", 1)
    assert (figures["open"], figures["counters"], figures["mean_level"]) == (1, 7, "warn")
    (row,) = shown["waiting"]
    assert (row["number"], row["place"], row["line_zh"], row["group"]["zh"]) == ("A003", 1, "综合", "社保医保")


def test_lunch_is_no_wait(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    clock.forward(2.9 * 3600)  # 11:54
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(2.7 * 3600)  # 14:36
    assert view(app, hub)["figures"]["longest"]["minutes"] == 12


def test_a_counter_says_who_would_be_next_and_why(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    first, second = tickets.issue(hub, By("kiosk"), "SB01"), tickets.issue(hub, By("kiosk"), "MZ01")
    today.bind_counter(hub, By("50"), "1", services=["MZ01"], helps=[], help_after_min=0, reason="高峰")
    card = next(c for c in view(app, hub)["counters"] if c["id"] == "1")
    assert (card["next"]["number"], card["bound"], card["serves"]["zh"]) == (
        second.label,
        True,
        hub.hall.services["MZ01"].name,
    )
    called = calls.call_next(hub, By("08"), "1")
    assert called is not None and called.id == second.id != first.id
    why = next(row.happened() for row in reversed(hub.read().life_line(called.id)) if row.event == "Called")
    assert (card["next"]["zh"], card["next"]["en"]) == (why.why, why.why_en)  # type: ignore[attr-defined]


def test_kiosks_and_screens_tell_what_is_closed(
    app: APIFlask, browser: Browser, client: FlaskClient, hub: Hub, kiosk: dict[str, str]
) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    browser.log_in("50")
    browser.post("/api/v1/services/SB02/close", {"message": "系统维护，今天停办。", "message_en": "Maintenance."})
    tiles = client.get("/api/v1/kiosks/K1", headers=kiosk).get_json()["groups"]
    told = {s["code"]: s["closed"] for g in tiles for s in g["services"] if s["closed"]}
    assert told == {"SB02": {"zh": "系统维护，今天停办。", "en": "Maintenance."}}
    wish = {"Idempotency-Key": new_key()}
    refused = client.post("/api/v1/tickets", json={"service": "SB02"}, headers={**kiosk, **wish})
    assert (refused.status_code, refused.get_json()["detail"]) == (409, "系统维护，今天停办。")
    assert browser.post("/api/v1/tickets", {"service": "SB02"}).get_json()["detail"] == "系统维护，今天停办。"
    browser.post(
        "/api/v1/hall/close",
        {"message": "台风，请改日再来。", "message_en": "Typhoon.", "waiting": "dismiss", "people": 1},
    )
    shown, screen = client.get("/api/v1/kiosks/K1", headers=kiosk).get_json(), client.get("/api/v1/screen").get_json()
    assert shown["issuing"] is False
    assert shown["notice"] == screen["notice"] == {"zh": "台风，请改日再来。", "en": "Typhoon."}
    held = browser.client.get(f"/api/v1/tickets/{ticket.id}").get_json()
    assert (held["state"], held["ahead"], held["estimate_min"]) == ("expired", 0, None)
    boards = client.get(
        "/api/v1/boards",
        headers={"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'boards').read_text().strip()}"},
    )
    assert boards.get_json()["boards"]["1"]["text"] != "停止办公"
    counters.close_counter(hub, By("08"), "1")
    assert view(app, hub)["door"]["closed"]["by"] == "员工50"


def test_a_kiosk_is_there_while_it_asks(
    app: APIFlask, client: FlaskClient, hub: Hub, clock: HandClock, kiosk: dict[str, str]
) -> None:
    def state() -> str:
        return next(str(d["state"]) for d in view(app, hub)["devices"] if d["kind"] == "kiosk")

    assert state() == "unknown"
    feed = client.get("/api/v1/kiosks/K1", headers={**kiosk, "Accept": "text/event-stream"}, buffered=False)
    next(iter(feed.response))
    clock.forward(3600)
    assert state() == "ok"
    feed.close()
    clock.forward(60)
    assert state() == "ok"
    clock.forward(1)
    assert state() == "unknown"
    client.get("/api/v1/kiosks/K1", headers=kiosk).close()
    assert state() == "ok"


def test_somebody_on_duty_and_nobody_there(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    clock.forward(1200)
    unmanned = [a["subject"] for a in view(app, hub)["alerts"] if a["kind"] == "unmanned"]
    assert unmanned == ["counter:1", "counter:2", "counter:3", "counter:4"]


def test_a_post_says_who_should_be_there_and_who_stands_in(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    for post, counter, a in (("P2", "2", "08"), ("P3", "3", "30")):
        people.set_post(hub, By("50"), post, name=post, name_en="", counter=counter, a=a, b=None, reason="设岗")
    hub.turn(lambda turn: people.take_counter(hub, turn, "3", "09", "operator", "请假"))
    clock.forward(601)
    told = {a["kind"]: a for a in view(app, hub)["alerts"] if a["kind"] in ("unmanned", "substitution")}
    assert told["unmanned"]["zh"] == "2号窗口空岗，已10分钟无人登录，当班员工08：请联系本人或安排代岗。"
    assert told["substitution"]["zh"] == "员工09在3号窗口代岗（请假）待审批：请审批。"
    assert [a["subject"] for a in view(app, hub)["alerts"] if a["kind"] == "unmanned"] == ["counter:2"]


def test_spoilt_paper_is_told_until_it_is_printed_again(app: APIFlask, hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01", printers=["p80"])
    job = hub.read().last_job(ticket.id)
    assert job is not None
    jobs.print_ended(hub, job.id, ticket.id, "p80", "failed", "缺纸")

    def paper() -> list[str]:
        return [a["subject"] for a in view(app, hub)["alerts"] if a["kind"] == "paper"]

    assert paper() == [f"ticket:{ticket.id}"]
    tickets.reprint(hub, By("30"), ticket.id, ["p80"])
    assert paper() == []


def test_the_newest_acts_in_words(app: APIFlask, hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    today.close_service(hub, By("50"), "YB02", "停办。", "Closed.")
    closed, called, opened = view(app, hub)["acts"]
    assert (closed["zh"], closed["en"]) == (
        "今天停办“医疗费用手工(零星)报销”：停办。",
        "'Reimburse medical expenses by hand' closed for today: Closed.",
    )
    assert (called["zh"].startswith("1号窗口呼叫："), called["number"], called["who"]) == (True, "A001", "员工08")
    assert (opened["zh"], opened["who"]) == ("1号窗口开窗。", "员工08")


def test_a_busy_hall_is_counted_whole_and_listed_in_part(app: APIFlask, hub: Hub, clock: HandClock) -> None:
    for _ in range(130):
        tickets.issue(hub, By("kiosk"), "SB01")
    shown = view(app, hub)
    assert (shown["figures"]["waiting"], len(shown["waiting"]), shown["going"]) == (130, 100, 130)


def test_its_questions_use_their_indexes(hub: Hub) -> None:
    plans = {
        "tickets_waiting_since": (
            "SELECT * FROM tickets WHERE state = 'waiting' ORDER BY max(entered_at, coalesce(slot, 0)), id LIMIT 9"
        ),
        "tickets_today": (
            "SELECT counter, count(*) FROM tickets WHERE day = 'd' AND state = 'finished' AND number IS NOT NULL GROUP"
            " BY counter"
        ),
        "journal_of_counter": "SELECT max(at) FROM journal WHERE counter = '1'",
        "tickets_callable": (
            "SELECT target, service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY target, service"
        ),
        "tickets_in_order": "SELECT id, service FROM tickets WHERE state = 'waiting' ORDER BY rank, id LIMIT 9",
        "jobs_spoilt": (
            "SELECT j.* FROM jobs j JOIN tickets t ON t.id = j.ticket WHERE j.state IN ('failed', 'unknown') ORDER BY"
            " j.id DESC LIMIT 9"
        ),
    }
    for index, question in plans.items():
        steps = " ".join(row["detail"] for row in hub.read().conn.execute(f"EXPLAIN QUERY PLAN {question}"))
        assert index in steps, steps
        assert "TEMP B-TREE" not in steps, steps


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(page: Page, web: Web) -> Page:
    page.goto(f"{web.base}/login")
    page.fill("[name=staff]", "50")
    page.fill("[name=password]", "pass-50")
    page.click("button.primary")
    arrives(page, "^(?!.*/login)")
    page.goto(f"{web.base}/hall")
    expect(page.locator(".post")).to_have_count(7)
    return page


def test_the_manager_closes_a_service_rebinds_a_counter_and_closes_the_hall(manager: Page, hub: Hub) -> None:
    page = manager
    counters.open_counter(hub, By("08"), "1", staff="08")
    for service in ("SB01", "SB01", "MZ01"):
        tickets.issue(hub, By("kiosk"), service)
    expect(page.locator("#waits tr")).to_have_count(3)
    expect(page.locator("#counter-1 .next")).to_contain_text("A001")

    page.click("#services summary >> nth=0")
    page.click("[data-focus='shut YB02']")
    page.fill("#service-dialog [name=message]", "系统维护，今天停办。")
    page.click("#service-dialog .primary")
    expect(page.locator("#services .told")).to_contain_text("系统维护，今天停办。")
    page.click("[data-focus='open YB02']")
    expect(page.locator("#services .told")).to_have_count(0)

    page.click("[data-focus='bind 1']")
    page.locator("#bind-dialog [name=scope][value=some]").check(force=True)
    page.click("#bind-services summary:has-text('社会救助') button")
    page.click("#bind-dialog .primary")
    assert hub.read().counter("1").bound is None, "a reason is needed"
    page.fill("#bind-dialog [name=reason]", "高峰分流")
    page.click("#bind-dialog .primary")
    expect(page.locator("#counter-1 .chip")).to_contain_text("已切换")
    expect(page.locator("#counter-1 .next")).to_contain_text(hub.read().waiting(["MZ01"])[0].label)

    page.click("#close-hall")
    page.check("#hall-dialog [value=dismiss]")
    expect(page.locator("#effect")).to_contain_text("等候和挂起的 3 人：号码立即作废")
    page.fill("#hall-dialog [name=people]", "2")
    page.click("#hall-dialog .danger")
    expect(page.locator("#hall-dialog .error")).to_contain_text("现在有3人等候或挂起")
    page.fill("#hall-dialog [name=people]", "3")
    page.click("#hall-dialog .danger")
    expect(page.locator("#shut")).to_contain_text("大厅已提前闭厅")
    expect(page.locator("#waits")).to_contain_text("现在没有人等候")
    page.click("[data-focus=reopen]")
    page.click("#ask-go")
    expect(page.locator("#shut")).to_be_hidden()
    assert tickets.issue(hub, By("kiosk"), "SB01").label == "A003"


def test_an_alert_comes_and_goes_by_itself(manager: Page, hub: Hub) -> None:
    page = manager
    year = page.locator("#alerts li", has_text="日历里还没有2027年的放假安排")
    expect(year.locator(".age")).to_contain_text("22 天")
    expect(year.get_by_role("link", name="去导入")).to_have_attribute("href", "/admin/tables/calendar")
    hub.hall.days[date(2027, 1, 1)] = hub.hall.days[date(2026, 1, 1)]
    for counter in hub.hall.counters:
        counters.open_counter(hub, By(f"0{counter}"), counter, staff=f"0{counter}")
    expect(page.locator("#alerts")).to_contain_text("一切正常")
    counters.ask_help(hub, By("08"), "2", "系统打不开")
    expect(page.locator("#alerts")).to_contain_text("2号窗口求助（系统打不开）")
    page.click("#alerts [data-focus='help 2']")
    expect(page.locator("#alerts")).to_contain_text("一切正常")
    assert hub.read().counter("2").help_at is None


def test_the_page_says_that_it_is_old_and_comes_back(manager: Page, web: Web, hub: Hub) -> None:
    page, away = manager, []

    def network(route: Route) -> None:
        if away:
            route.abort()
        elif "event-stream" in route.request.headers.get("accept", ""):
            route.fulfill(status=503)  # all streams are taken: it polls
        else:
            route.continue_()

    page.add_init_script("delete globalThis.SharedWorker")  # what a worker asks for is not routed here
    page.route("**/api/v1/hall*", network)
    page.reload()
    expect(page.locator(".post")).to_have_count(7)
    away.append(True)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator(".post")).to_have_count(7)
    expect(page.locator("#close-hall")).to_be_disabled()
    away.clear()
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#close-hall")).to_be_enabled()
    page.unroute("**/api/v1/hall*")


def test_the_manager_begins_and_ends_an_emergency_on_the_page(page: Page, web: Web, hub: Hub) -> None:
    log_in(page, web, "50", "")
    page.click("#begin-emergency")
    page.click("#emergency-dialog button.danger")
    assert emergency.now(hub.read()) is None, "no text was chosen"
    page.check("#emergency-dialog input[value='2']")
    page.click("#emergency-dialog button.danger")
    expect(page.locator("#emergency")).to_contain_text("请大家留在大厅内")
    on = emergency.now(hub.read())
    assert on and (on.number, on.actor) == (2, "50")
    expect(page.locator("#begin-emergency")).to_be_hidden()
    expect(page.locator("#acts")).to_contain_text("紧急广播：请大家留在大厅内")
    page.click("#emergency button")
    page.click("#ask-dialog button[value=go]")
    expect(page.locator("#emergency")).to_be_hidden()
    assert emergency.now(hub.read()) is None


# --- the clock --------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumped_is_an_alert_with_a_key_and_logs_nobody_out(
    app: APIFlask, hub: Hub, browser: Browser, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.log_in("50")
    for jump in (400 * 86400, -400 * 86400):
        clock.forward(jump)
        monkeypatch.setattr("time.time", clock)  # the cookie's seal carries the time of the machine
        shown = browser.client.get("/api/v1/hall").get_json()
        assert (shown["clock"]["state"], shown["alerts"][0]["kind"], shown["alerts"][0]["level"]) == (
            "step",
            "clock",
            "bad",
        )
        assert "时钟正确请确认" in shown["alerts"][0]["zh"]
        assert browser.post("/api/v1/hall/clock", {"clock": "2031-01-01T00:00:00+08:00"}).status_code == 409
        done = browser.post("/api/v1/hall/clock", {"clock": shown["clock"]["hub"]})
        assert done.status_code == 200 and done.get_json()["clock"]["state"] == "fine"
        assert [a for a in done.get_json()["alerts"] if a["kind"] == "clock"] == []
        assert browser.client.get("/hall").status_code == 200
    assert [row.actor for row in hub.read().events_between("ClockSet", 0, 4e9)] == ["50", "50"]
    assert browser.post("/api/v1/hall/clock", {"clock": "in a year"}).status_code == 422
