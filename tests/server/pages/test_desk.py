"""The guide desk: finding, bringing back, issuing for somebody, the papers that failed, first contacts; by the API
and by keyboard.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

import config
from server.store.database import Store
from server.verbs import accounts, calls, counters, jobs, tickets, today, voices
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.hub_process import HubProcess
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, new_key
from tests.server.pages.test_looks import Look, wrong_looks

PROBLEM = "application/problem+json"


@pytest.fixture
def guide(browser: Browser) -> Browser:
    browser.log_in("30")
    return browser


def passed(hub: Hub) -> int:
    """A001 was called to counter 3 and nobody came; A002 to A004 wait, one a second."""
    ids = []
    for _ in range(4):
        ids.append(tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",)).id)
        hub._clock.forward(1)  # type: ignore[attr-defined]
    counters.open_counter(hub, By("08"), "3", staff="08")
    calls.call_next(hub, By("08"), "3")
    calls.pass_(hub, By("08"), "3")
    return ids[0]


def fail_paper(hub: Hub, ticket: int, state: str = "failed", reason: str = "缺纸") -> None:
    job = hub.read().last_job(ticket)
    assert job is not None
    jobs.print_began(hub, job.id, ticket, "p80")
    jobs.print_ended(hub, job.id, ticket, "p80", state, reason)


# --- the API ----------------------------------------------------------------------------------------------------------


def test_a_number_is_found_with_its_life_and_its_keys(guide: Browser, hub: Hub) -> None:
    passed(hub)
    for asked in ("A001", "a001", " a1 "):
        body = guide.client.get("/api/v1/tickets", query_string={"number": asked}).get_json()
        assert (body["ticket"]["number"], body["ticket"]["state"], body["ticket"]["can"]) == (
            "A001",
            "passed",
            ["take-back", "leave"],
        )
    assert body["lines"][-1]["zh"] == "过号：3号窗口共呼叫1次，没有人到窗。"
    assert [row["event"] for row in body["life"]] == ["Issued", "PrintQueued", "Called", "Passed"]
    waiting = guide.client.get("/api/v1/tickets?number=A003").get_json()["ticket"]
    assert (waiting["ahead"], waiting["can"], waiting["paper"]["zh"]) == (1, ["raise", "transfer", "leave"], "正在打印")


def test_a_number_that_is_not_there(guide: Browser, hub: Hub, clock: HandClock) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(2 * 86400)
    tick(hub)
    guide.log_in("30")
    answer = guide.client.get("/api/v1/tickets?number=A001")
    assert (answer.status_code, answer.content_type, answer.get_json()["day"]) == (404, PROBLEM, "2026-11-23")
    assert answer.get_json()["detail"] == "今天没有A001号；11月23日有A001号（已过期）。"
    older = guide.client.get("/api/v1/tickets?number=A001&day=2026-11-23").get_json()
    assert (older["ticket"]["today"], older["ticket"]["can"]) == (False, [])
    for query, status, zh in [
        ("number=A002", 404, "今天没有A002号：请核对号码。"),
        ("number=A002&day=2026-11-23", 404, "2026-11-23没有A002号。"),
        ("number=王", 409, "请输入号码，例如A012。"),
        ("", 422, "number"),
    ]:
        answer = guide.client.get(f"/api/v1/tickets?{query}")
        assert answer.status_code == status, query
        assert zh in answer.get_json()["detail"]


def test_bringing_back_says_where_it_stands_and_can_be_undone(guide: Browser, hub: Hub, clock: HandClock) -> None:
    ticket = passed(hub)
    body = guide.post(f"/api/v1/tickets/{ticket}/take-back").get_json()
    assert (body["ticket"]["state"], body["ticket"]["ahead"]) == ("waiting", 2)
    assert body["ticket"]["undo"]["zh"] == "过号受理"
    assert (
        guide.post("/api/v1/contacts", {"matter": "问几点轮到", "result": "answered", "number": "A001"}).status_code
        == 201
    )
    assert guide.post(f"/api/v1/tickets/{ticket}/undo").get_json()["ticket"]["state"] == "passed"
    nothing = guide.post(f"/api/v1/tickets/{ticket}/undo")
    assert (nothing.status_code, "没有可以撤销" in nothing.get_json()["detail"]) == (409, True)
    clock.forward(1801)
    late = guide.client.get(f"/api/v1/tickets/{ticket}/life").get_json()["ticket"]
    assert (late["can"], late["why_not"]["zh"]) == (["leave"], "A001过号已超过30分钟：请取新号。")
    assert guide.post(f"/api/v1/tickets/{ticket}/take-back").status_code == 409


def test_putting_first_is_for_some_and_for_a_reason_of_the_list(guide: Browser, browser: Browser, hub: Hub) -> None:
    ticket = [tickets.issue(hub, By("kiosk"), "SB01").id for _ in range(3)][2]
    assert (
        guide.post(f"/api/v1/tickets/{ticket}/raise", {"reason": "他等急了"}).get_json()["detail"]
        == "请从清单中选择优先的原因。"
    )
    assert guide.post(f"/api/v1/tickets/{ticket}/raise", {"reason": "老年人"}).get_json()["ticket"]["ahead"] == 0
    browser.log_in("08")
    assert "raise" not in browser.client.get("/api/v1/tickets?number=A002").get_json()["ticket"]["can"]
    assert browser.post(f"/api/v1/tickets/{ticket}/raise", {"reason": "老年人"}).status_code == 403


def test_a_transfer_moves_who_waits_and_not_whom_a_counter_holds(guide: Browser, hub: Hub) -> None:
    first, second = tickets.issue(hub, By("kiosk"), "SB01").id, tickets.issue(hub, By("kiosk"), "SB01").id
    moved = guide.post(
        f"/api/v1/tickets/{second}/transfer", {"service": "YB02", "reason": "事项不符", "keep": False}
    ).get_json()
    assert (moved["ticket"]["service"]["code"], moved["ticket"]["number"]) == ("YB02", "A002")
    assert guide.post(f"/api/v1/tickets/{second}/transfer", {"service": "SB02", "reason": "想换"}).status_code == 409
    closed = guide.post(f"/api/v1/tickets/{second}/transfer", {"counter": "3", "reason": "事项不符"})
    assert "3号窗口未开放" in closed.get_json()["detail"]
    counters.open_counter(hub, By("08"), "3", staff="08")
    calls.call_next(hub, By("08"), "3")
    held = guide.post(f"/api/v1/tickets/{first}/transfer", {"service": "YB02", "reason": "事项不符"})
    assert (held.status_code, held.get_json()["detail"]) == (409, "A001在3号窗口：请由该窗口转移。")


def test_an_appointment_checks_in_once(guide: Browser, hub: Hub) -> None:
    wish = {"service": "SB01", "class": "appointment", "slot": "2026-11-23T10:30", "appointment": "Y-17"}
    first = guide.post("/api/v1/tickets", wish)
    assert (first.status_code, first.get_json()["class"]) == (201, "appointment")
    again = guide.post("/api/v1/tickets", wish)
    assert (again.status_code, again.get_json()["detail"]) == (409, "该预约已签到，号码A001：不需要再取号。")
    seen = guide.client.get("/api/v1/tickets?number=A001").get_json()["ticket"]
    assert (seen["slot"], seen["appointment"]) == ("2026-11-23T10:30:00+08:00", "Y-17")
    for change, zh in [
        ({"slot": ""}, "请填写预约时段"),
        ({"slot": "soon"}, "请填写预约时段"),
        ({"slot": "2026-11-24T10:30"}, "预约不是今天的"),
        ({"slot": "9999-12-31T23:59-12:00"}, "预约"),
        ({"appointment": " "}, "请填写预约号"),
    ]:
        refused = guide.post("/api/v1/tickets", wish | change)
        assert (refused.status_code, zh in refused.get_json()["detail"]) == (409, True), change


def test_the_slip_goes_where_the_guide_says(guide: Browser, hub: Hub) -> None:
    made = guide.post("/api/v1/tickets", {"service": "SB01", "printer": "p80", "large_print": True}).get_json()
    assert hub.read().last_job(made["id"]).printers == ("p80",)  # type: ignore[union-attr]
    assert guide.post("/api/v1/tickets", {"service": "SB01", "printer": "p99"}).status_code == 404
    fail_paper(hub, made["id"])
    body = guide.post(f"/api/v1/tickets/{made['id']}/reprint", {"printer": "p58"}).get_json()
    assert hub.read().last_job(made["id"]).printers == ("p58",)  # type: ignore[union-attr]
    assert (body["ticket"]["paper"]["copy"], "reprint" in body["ticket"]["can"]) == (2, False)


def test_a_kiosk_stays_a_kiosk(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    def ask(wish: dict[str, str]) -> Any:
        return client.post("/api/v1/tickets", json=wish, headers={**kiosk, "Idempotency-Key": new_key()})

    wish = {"service": "SB01", "class": "green", "slot": "soon", "appointment": "Y-1", "printer": "p99"}
    assert ask(wish).status_code == 409 and hub.read().ticket(1) is None
    made = ask({"service": "SB01"})
    assert (made.status_code, made.get_json()["class"]) == (201, "ordinary")
    ticket = hub.read().ticket(made.get_json()["id"])
    assert ticket is not None
    assert (ticket.slot, ticket.appointment, ticket.channel) == (None, "", "kiosk")
    assert hub.read().last_job(ticket.id).printers == ("p80", "p58")  # type: ignore[union-attr]


def test_the_overview(guide: Browser, hub: Hub) -> None:
    passed(hub)
    fail_paper(hub, 2)
    fail_paper(hub, 3, "unknown", "")
    view = guide.client.get("/api/v1/desk").get_json()
    assert [(one["number"], one["may"]) for one in view["passed"]] == [("A001", True)]
    assert view["passed"][0]["lapses_at"] == "2026-11-23T09:30:04+08:00"
    assert [(one["number"], one["paper"]["state"], one["paper"]["reason"]) for one in view["papers"]] == [
        ("A003", "unknown", ""),
        ("A002", "failed", "缺纸"),
    ]
    assert {one["id"]: one["state"] for one in view["counters"]}["3"] == "free"
    assert (view["waiting"], view["groups"][0]["waiting"], view["devices"]) == (3, 3, [])


def test_devices_in_trouble_are_named(guide: Browser, hub: Hub, clock: HandClock) -> None:
    guide.client.application.extensions["health"].heard("p80", "paper_out", "缺纸", "out of paper")
    clock.forward(120)
    view = guide.client.get("/api/v1/desk").get_json()
    assert {(one["name_en"], one["en"]) for one in view["devices"]} == {
        ("Kiosk printer", "out of paper"),
        ("Kiosk 1", "does not answer"),
    }


def test_whoever_waits_is_told_where_another_printer_took_over(guide: Browser, kiosk: dict[str, str], hub: Hub) -> None:
    number = tickets.issue(hub, By("kiosk"), "SB01", channel="kiosk", printers=["p80", "p58"]).id
    job = hub.read().last_job(number)
    assert job and job.printers == ("p80", "p58")
    jobs.print_began(hub, job.id, number, "p58")
    jobs.print_ended(hub, job.id, number, "p58", "printed")
    told = guide.client.get(f"/api/v1/tickets/{number}", headers=kiosk).get_json()["print"]
    assert (told["zh"], told["where_en"]) == ("请到“咨询台打印机（58毫米）”取号票", "Guide desk printer")
    jobs.print_ended(hub, job.id, number, "p80", "printed")
    assert guide.client.get(f"/api/v1/tickets/{number}", headers=kiosk).get_json()["print"]["zh"] == "请取走号票"


def test_first_contacts_open_ones_first_and_without_persons(guide: Browser, hub: Hub) -> None:
    def note(**content: Any) -> Any:
        return guide.post("/api/v1/contacts", content)

    tickets.issue(hub, By("kiosk"), "SB01")
    first = note(matter="灵活就业补贴", result="passed on", led_to="就业科").get_json()["id"]
    assert note(matter="养老认证", result="led", led_to="3号窗口", number="a001").status_code == 201
    for content, status, zh in [
        ({"matter": "电话13800001111", "result": "answered"}, 409, "请不要登记电话"),
        ({"matter": "问路", "result": "led"}, 409, "请写明引导"),
        ({"matter": " ", "result": "answered"}, 409, "请写明群众问的事项"),
        ({"matter": "问路", "result": "x"}, 409, "请选择首问结果"),
        ({"matter": "问路", "result": "answered", "number": "A077"}, 404, "今天没有A077号"),
    ]:
        refused = note(**content)
        assert (refused.status_code, zh in refused.get_json()["detail"]) == (status, True), content
    listed = guide.client.get("/api/v1/desk").get_json()["contacts"]
    assert [(one["matter"], one["open"], one["number"]) for one in listed] == [
        ("灵活就业补贴", True, ""),
        ("养老认证", False, "A001"),
    ]
    assert guide.post(f"/api/v1/contacts/{first}/close", {"note": "已回电13800001111"}).status_code == 409
    note = {"note": "就业科已答复"}
    unknown = guide.post(f"/api/v1/contacts/{first}/close", {**note, "record": "ZX20260101-001"})
    assert unknown.status_code == 404 and "没有编号为“ZX20260101-001”的登记" in unknown.get_json()["detail"]
    lodged = voices.lodge(hub, By("visitor"), "suggestion", {"category": "other", "text": "放把椅子"}, "10.0.0.1")
    named = guide.post(f"/api/v1/contacts/{first}/close", {**note, "record": f" {lodged.number.lower()}"})
    assert named.status_code == 200
    closed = guide.client.get("/api/v1/desk").get_json()["contacts"][1]
    assert (closed["record"], closed["record_page"]) == (lodged.number, f"/registers/suggestion/{lodged.id}")
    assert (closed["open"], closed["note"]) == (False, "就业科已答复")
    page = guide.client.get(closed["record_page"]).text
    assert "首问：" in page and "灵活就业补贴 → 就业科" in page
    assert guide.post("/api/v1/contacts/99/close").status_code == 404


WHO_MAY = [
    ("get", "/desk", {"08", "30", "50"}),
    ("get", "/api/v1/desk", {"08", "30", "50"}),
    ("get", "/api/v1/tickets?number=A001", {"08", "30", "50", "60"}),
    ("get", "/desk/ticket/1", {"08", "30", "50", "60"}),
    ("post", "/api/v1/tickets/1/leave", {"08", "30", "50"}),
    ("post", "/api/v1/contacts", {"08", "30", "50"}),
]


@pytest.mark.parametrize("staff", ["08", "30", "50", "60"])
def test_who_may(browser: Browser, hub: Hub, staff: str) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    browser.log_in(staff)
    for method, path, may in WHO_MAY:
        answer = (
            browser.client.get(path)
            if method == "get"
            else browser.post(path, {"matter": "问路", "result": "answered"})
        )
        assert (answer.status_code < 300) == (staff in may), path


def test_the_life_on_paper(browser: Browser, hub: Hub) -> None:
    ticket = passed(hub)
    browser.log_in("60")
    page = browser.client.get(f"/desk/ticket/{ticket}").get_data(as_text=True)
    assert "3号窗口呼叫" in page
    assert "过号：3号窗口共呼叫1次" in page
    assert browser.client.get("/desk/ticket/99").status_code == 404


# --- the page, by keyboard --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(page: Page, web: Web) -> Page:
    page.goto(f"{web.base}/login?then=/desk")
    page.fill("[name=staff]", "30")
    page.fill("[name=password]", "pass-30")
    page.keyboard.press("Enter")
    arrives(page, "/desk$")
    expect(page.locator("#wanted")).to_be_focused()
    return page


def test_find_bring_back_undo_and_reprint_by_keyboard(desk: Page, hub: Hub) -> None:
    ticket = passed(hub)
    fail_paper(hub, ticket)
    expect(desk.locator("#passed")).to_contain_text("A001")
    desk.keyboard.type("a001")
    desk.keyboard.press("Enter")
    expect(desk.locator("#number")).to_have_text("A001")
    expect(desk.locator("#found .facts")).to_contain_text("没有打印出来：请补打")
    desk.keyboard.press("F8")
    expect(desk.locator("#toast")).to_contain_text("A001 已受理：排在接下来2位之后，前面还有2人。")
    expect(desk.locator("#found .timeline")).to_contain_text("过号受理")
    expect(desk.locator("#papers")).to_contain_text("A001")
    desk.keyboard.press("F6")
    expect(desk.locator("#papers-card")).to_be_hidden()
    desk.keyboard.press("Control+z")
    expect(desk.locator("#found .badge")).to_contain_text("已过号")
    expect(desk.locator("#wanted")).to_be_focused()
    states = [row.event for row in hub.read().life_line(ticket)]
    assert states[-3:] == ["Returned", "PrintQueued", "Undone"]


def test_issue_for_somebody_by_digits_and_by_name(desk: Page, hub: Hub) -> None:
    desk.keyboard.press("F3")
    desk.keyboard.press("1")
    desk.keyboard.press("2")
    expect(desk.locator("#issued .number")).to_have_text("A001")
    desk.keyboard.type("最低生活")
    expect(desk.locator("#choices [aria-current]")).to_contain_text("最低生活")
    desk.keyboard.press("Enter")
    expect(desk.locator("#issued .number")).not_to_have_text("A001")
    expect(desk.locator("#wanted")).to_have_value("")
    desk.locator("#klass label", has_text="预约").click()
    desk.fill("#slot-time", "10:30")
    desk.fill("#appointment", "Y-1")
    desk.locator("#wanted").focus()
    desk.keyboard.type("sb03")
    desk.keyboard.press("Enter")
    expect(desk.locator("#issued .number")).to_have_text("A002")
    tickets = [hub.read().ticket(n) for n in (1, 2, 3)]
    assert [(t.service, t.klass, t.channel) for t in tickets if t] == [
        ("SB02", "ordinary", "desk"),
        ("MZ01", "ordinary", "desk"),
        ("SB03", "appointment", "desk"),
    ]


def test_first_contact_by_keyboard(desk: Page, hub: Hub) -> None:
    desk.keyboard.press("F4")
    desk.keyboard.type("灵活就业补贴")
    desk.locator("#results label", has_text="转送").click()
    desk.fill("#led-to", "就业科")
    desk.keyboard.press("Enter")
    expect(desk.locator("#contacts")).to_contain_text("灵活就业补贴")
    desk.locator("#contacts button", has_text="关闭").click()
    desk.keyboard.type("已答复")
    desk.keyboard.press("Enter")
    expect(desk.locator("#contacts")).to_contain_text("已答复")
    assert hub.read().contact(1)["closed_by"] == "30"  # type: ignore[index]


def test_lines_that_wait_alike_are_one(desk: Page, hub: Hub) -> None:
    for counter, staff in (("1", "08"), ("2", "09")):
        counters.open_counter(hub, By(staff), counter, staff=staff)
    tickets.issue(hub, By("kiosk"), "SB01")
    line = desk.locator("#groups-now li")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("所有事项")
    expect(line).to_contain_text("1人")


def test_a_double_press_brings_back_once(desk: Page, hub: Hub) -> None:
    ticket = passed(hub)
    desk.locator("#passed [data-todo=take-back]").dblclick()
    expect(desk.locator("#passed")).to_contain_text("没有过号的人")
    assert [row.event for row in hub.read().life_line(ticket)].count("Returned") == 1
    expect(desk.locator("#refusal")).to_be_hidden()


def test_a_hub_that_goes_away_is_said_and_the_page_comes_back_by_itself(page: Page, tmp_path: Path) -> None:
    process = HubProcess(tmp_path)
    hub = Hub(config.load(process.file), Store(config.load(process.file).data))
    accounts.put(hub, By("administrator"), "30", "张伟", "guide", "pass-30")
    hub.store.close()
    process.start()
    page.goto(f"http://127.0.0.1:{process.port}/login")
    page.fill("[name=staff]", "30")
    page.fill("[name=password]", "pass-30")
    page.click("button.primary")
    arrives(page, "/desk$")
    expect(page.locator("#lost")).to_be_hidden()
    process.process.send_signal(signal.SIGSTOP)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("main.old")).to_be_visible()
    process.process.send_signal(signal.SIGCONT)
    expect(page.locator("#lost")).to_be_hidden()
    process.kill()


def test_every_panel_in_every_theme_size_and_language(desk: Page, web: Web, hub: Hub) -> None:
    ticket = passed(hub)
    fail_paper(hub, ticket, reason="打印机缺纸，请换上新纸卷并合上盖子。")
    fail_paper(hub, 2, "unknown", "打印途中连接中断：timed out")
    today.note_contact(hub, By("30"), "灵活就业补贴", "passed on", "就业科")
    web.app.extensions["health"].heard("p80", "paper_out", "缺纸", "out of paper")
    expect(desk.locator("#devices li")).to_have_count(1)
    desk.keyboard.type("A001")
    desk.keyboard.press("Enter")
    expect(desk.locator("#number")).to_have_text("A001")
    look = Look("/desk")
    assert wrong_looks(desk, look) == []
    desk.keyboard.press("F9")
    desk.keyboard.press("F3")
    desk.keyboard.press("1")
    desk.keyboard.press("1")
    expect(desk.locator("#issued .number")).to_have_text("A005")
    desk.keyboard.press("F3")
    desk.keyboard.press("F3")
    expect(desk.locator("#slot")).to_be_visible()
    assert wrong_looks(desk, look) == []
    desk.keyboard.press("F4")
    expect(desk.locator("#contacts")).to_contain_text("灵活就业补贴")
    assert wrong_looks(desk, look) == []


def test_a_transfer_and_a_priority_are_asked_for(desk: Page, hub: Hub) -> None:
    passed(hub)
    desk.keyboard.type("A004")
    desk.keyboard.press("Enter")
    expect(desk.locator("#number")).to_have_text("A004")
    desk.keyboard.press("F9")
    desk.keyboard.press("Space")
    desk.keyboard.press("Enter")
    expect(desk.locator("#toast")).to_contain_text("A004 已排到最前。")
    desk.keyboard.press("F7")
    desk.select_option("#ask [name=service]", "YB02")
    desk.locator("#ask label", has_text="事项不符").click()
    desk.keyboard.press("Enter")
    expect(desk.locator("#found .timeline")).to_contain_text("保留原次序（事项不符）")
    assert hub.read().ticket(4).raised == "老年人"  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(1366, 768), (820, 1180)])
def test_targets_are_big_and_inside(desk: Page, hub: Hub, size: tuple[int, int]) -> None:
    passed(hub)
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    desk.keyboard.type("A002")
    desk.keyboard.press("Enter")
    expect(desk.locator("#number")).to_have_text("A002")
    for key in desk.locator(".modes button, .actions button:visible, .todo button:visible").all():
        box = key.bounding_box()
        assert box is not None
        assert box["height"] >= 43.9, key.inner_text()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    assert re.match(r"A002", desk.locator("#number").inner_text())
