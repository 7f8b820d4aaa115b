"""The back office's page as its people use it: piles, keys, the day on paper, pick-up notices; a visitor's cases at a
counter, and how far a case is at a kiosk.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server.verbs import calls, cases, counters, records, tickets
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, log_in, new_key

WHO = Who(By("08"), "operator")
RECEIVE = {"service": "SB01", "applicant": "person", "received": ["身份证"], "phone": "13900008888"}
ACCEPT = {"platform": "QZ-2026-000123", "delivery": "window"}
DECIDE = {"result": "granted", "no_licence": "none_for_it"}
DAY = 86400.0


@pytest.fixture
def operator(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("08")
    return browser


def opened(hub: Hub, *moves: tuple[str, dict[str, Any]], **values: Any) -> int:
    return records.open_record(hub, WHO, "case", [("receive", {**RECEIVE, **values}), *moves]).id


def of_health(hub: Hub, *moves: tuple[str, dict[str, Any]]) -> int:
    return opened(hub, *moves, service="YB02", received=["病历"])


def numbers(text: str) -> list[str]:
    return re.findall(r'class="line" href="/registers/case/\d+">(BJ[0-9-]+)<', text)


def page_of(browser: Browser, path: str) -> str:
    answer = browser.client.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_what_is_due_first_stands_first_and_each_case_in_its_pile(
    operator: Browser, hub: Hub, clock: HandClock
) -> None:
    opened(hub)
    slow = of_health(hub, ("accept", ACCEPT))
    quick = opened(hub, ("accept", ACCEPT))
    opened(hub, ("accept", ACCEPT), ("special", {"procedure": "hearing", "basis": "licensing"}))
    opened(hub, ("accept", ACCEPT), ("decide", DECIDE))
    assert slow < quick
    assert numbers(page_of(operator, "/cases")) == ["BJ20261123-003", "BJ20261123-002"]
    for pile, number in (("desk", "001"), ("paused", "004"), ("ready", "005")):
        assert numbers(page_of(operator, f"/cases?pile={pile}")) == [f"BJ20261123-{number}"], pile
    assert len(numbers(page_of(operator, "/cases?pile=mine"))) == 5
    assert numbers(page_of(operator, "/cases?department=医保")) == ["BJ20261123-002"]
    assert numbers(page_of(operator, "/cases?pile=unfetched")) == []
    clock.forward(31 * DAY)
    operator.log_in("08")
    assert numbers(page_of(operator, "/cases?pile=unfetched")) == ["BJ20261123-005"]
    assert "BJ20261123-003" in page_of(operator, "/cases?pile=red")
    assert operator.client.get("/cases?pile=odd").status_code == 404


def test_a_department_has_its_own_page_and_day(operator: Browser, app: APIFlask, hub: Hub) -> None:
    opened(hub, ("accept", ACCEPT))
    of_health(hub, ("accept", ACCEPT))
    hub.turn(lambda turn: turn.change_staff("09", department="医保"))
    theirs = Browser(app.test_client())
    theirs.log_in("09")
    assert theirs.client.get("/").headers["Location"] == "/cases"
    shown = page_of(theirs, "/cases")
    assert numbers(shown) == ["BJ20261123-002"] and 'name="department"' not in shown
    day = page_of(theirs, "/cases/day")
    assert "BJ20261123-002" in day and "BJ20261123-001" not in day
    whole = page_of(operator, "/cases/day")
    assert "BJ20261123-001" in whole and "BJ20261123-002" in whole and "今日办理情况" in whole
    assert "13900008888" not in shown + day + whole
    refused = theirs.client.get("/cases/slips?record=1")
    assert refused.status_code == 403


def test_several_are_decided_from_the_page_and_the_way_leads_back(operator: Browser, hub: Hub) -> None:
    two = [opened(hub, ("accept", ACCEPT)) for _ in range(2)]
    shown = page_of(
        operator, f"/registers/case/several?back=/cases?pile=work&move=decide&record={two[0]}&record={two[1]}"
    )
    assert "社会保障卡申领" in shown, "what it is about is read before Enter"
    assert 'value="granted" selected' in shown and 'value="none_for_it" selected' in shown, (
        "the common answer stands there"
    )
    assert re.search(r'<button class="primary" autofocus>', shown) and "超期原因" not in shown
    sent = {f"f.{name}": value for name, value in DECIDE.items()}
    form = {"csrf_token": operator.csrf, "record": two, "back": "/cases?pile=work", **sent}
    answer = operator.client.post("/registers/case/several/decide", data=form)
    assert answer.headers["Location"] == "/cases?pile=work"
    assert [records.known_record(hub.read(), one).state for one in two] == ["ready", "ready"]
    answer = operator.client.post("/registers/case/several/decide", data={**form, "back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/registers/case"


def test_what_is_overdue_asks_why_first(operator: Browser, hub: Hub, clock: HandClock) -> None:
    late = opened(hub, ("accept", ACCEPT))
    clock.forward(30 * DAY)
    operator.log_in("08")
    shown = page_of(operator, f"/registers/case/several?move=decide&record={late}")
    assert "其中有已超期的" in shown
    assert re.search(r'<select name="f.late_reason" id="f.late_reason" required autofocus>', shown)


def test_pick_up_notices_of_what_is_ready(operator: Browser, hub: Hub) -> None:
    case = opened(hub, ("accept", ACCEPT), ("decide", DECIDE))
    assert "BJ20261123-001" in page_of(operator, f"/cases/slips?record={case}")
    assert operator.client.get("/cases/slips?back=/cases?pile=ready").headers["Location"] == "/cases?pile=ready"
    form = {"csrf_token": operator.csrf, "record": case, "press_key": "k" * 32}
    for _ in range(2):
        shown = operator.client.post("/cases/slips", data=form, follow_redirects=True).text
        assert "单据正在打印：1张。" in shown
    assert len([row for row in hub.read().journal(0) if row.event == "PrintQueued"]) == 1
    other = opened(hub)
    shown = operator.client.post(
        "/cases/slips", data={**form, "record": other, "press_key": "l" * 32}, follow_redirects=True
    ).text
    assert "没有要打印的单据" in shown


# --- at a counter -----------------------------------------------------------------------------------------------------


def look_up(browser: Browser, code: str) -> Any:
    return browser.post("/api/v1/cases/look-up", {"code": code})


def test_a_code_shows_the_visitors_cases_and_what_a_second_notice_would_repeat(operator: Browser, hub: Hub) -> None:
    case = opened(hub, ("tell", {"missing": ["照片"]}))
    record = records.known_record(hub.read(), case)
    (found,) = look_up(operator, cases.code_of(hub, record)).json["cases"]
    assert (found["number"], found["told"], found["missing"], found["acknowledged"]) == (
        record.number,
        1,
        ["照片"],
        False,
    )
    assert [move["move"] for move in found["moves"]][:2] == ["complete", "acknowledge"]
    records.move(hub, WHO, case, "acknowledge", {"acknowledged": "phone"})
    (found,) = look_up(operator, record.number).json["cases"]
    assert found["acknowledged"] is True
    assert look_up(operator, "R1-000000").status_code == 404
    assert "13900008888" not in look_up(operator, record.number).text


def test_a_new_notice_has_to_be_acknowledged_anew(operator: Browser, hub: Hub, clock: HandClock) -> None:
    case = opened(hub, ("tell", {"missing": ["照片"]}), ("acknowledge", {"acknowledged": "signed"}))
    clock.forward(60)
    records.move(hub, WHO, case, "complete", {})
    records.move(hub, WHO, case, "tell", {"missing": ["身份证"]})
    (found,) = look_up(operator, records.known_record(hub.read(), case).number).json["cases"]
    assert (found["told"], found["acknowledged"]) == (2, False)


def test_a_department_is_shown_no_others_case_by_its_code(app: APIFlask, operator: Browser, hub: Hub) -> None:
    case = records.known_record(hub.read(), opened(hub))
    hub.turn(lambda turn: turn.change_staff("09", department="医保"))
    theirs = Browser(app.test_client())
    theirs.log_in("09")
    assert look_up(theirs, cases.code_of(hub, case)).status_code == 403


# --- at a kiosk -------------------------------------------------------------------------------------------------------


def test_a_kiosk_says_how_far_a_case_is_and_nothing_of_whose_it_is(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    case = records.known_record(hub.read(), opened(hub, ("accept", ACCEPT)))
    headers = {**kiosk, "Idempotency-Key": new_key()}
    code = cases.code_of(hub, case)
    told = client.post("/api/v1/kiosks/K1/look-up", json={"code": code}, headers=headers)
    assert told.json["kind"] == "case" and told.json["case"]["due"] == "2026-12-02"
    assert told.json["zh"] == "BJ20261123-001已受理，正在办理，承诺12月2日前办结。"
    for word in ("13900008888", "社会保障卡", "SB01", "08", "QZ-2026"):
        assert word not in told.text.replace("BJ20261123", "").replace("2026-12-02", ""), word
    records.move(hub, WHO, case.id, "decide", DECIDE)
    told = client.post("/api/v1/kiosks/K1/look-up", json={"code": code}, headers=headers).json
    assert (told["kind"], told["state"], told["booking"]["service"]["code"]) == ("pickup", "ready", "LQ01")
    taken = client.post("/api/v1/tickets", json={"booking": code}, headers={**kiosk, "Idempotency-Key": new_key()})
    assert taken.status_code == 201 and taken.json["service"]["code"] == "LQ01"
    told = client.post("/api/v1/kiosks/K1/look-up", json={"code": code}, headers=headers).json
    assert told["state"] == "checked_in" and told["ticket"]["number"] == taken.json["number"]


# --- in a browser -----------------------------------------------------------------------------------------------------


def test_two_keystrokes_decide_what_is_due_first_and_space_takes_several(page: Page, web: Web, hub: Hub) -> None:
    ids = [opened(hub, ("accept", ACCEPT)) for _ in range(3)]
    hub.turn(lambda turn: turn.change_staff("08", department="人社"))
    page.goto(f"{web.base}/login")
    page.fill("[name=staff]", "08")
    page.fill("[name=password]", "pass-08")
    page.click("button.primary")
    page.goto(f"{web.base}/cases")
    expect(page.locator("#lines tr.at")).to_contain_text("BJ20261123-001")
    page.keyboard.press("1")
    arrives(page, "/registers/case/several")
    expect(page.locator("form.sheet button.primary")).to_be_focused()
    page.keyboard.press("Enter")
    arrives(page, r"/cases\?pile=work$")
    expect(page.locator(".alert.good")).to_contain_text("已办1件")
    page.keyboard.press(" ")
    page.keyboard.press(" ")
    page.keyboard.press("1")
    arrives(page, "/registers/case/several")
    expect(page.locator("form.sheet button.primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".alert.good")).to_contain_text("已办2件")
    assert {records.known_record(hub.read(), one).state for one in ids} == {"ready"}
    page.goto(f"{web.base}/cases?pile=ready")
    page.keyboard.press("p")
    arrives(page, "/cases/slips")
    page.keyboard.press("Escape")
    arrives(page, r"/cases\?pile=ready$")


def test_a_scan_at_the_console_shows_the_case_and_its_digit_completes_it(page: Page, web: Web, hub: Hub) -> None:
    case = records.known_record(hub.read(), opened(hub, ("tell", {"missing": ["照片"]})))
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    log_in(page, web, "08", "1")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.type(cases.code_of(hub, case))
    page.keyboard.press("Enter")
    expect(page.locator("#cases-list")).to_contain_text("已告知一次")
    page.keyboard.press("Escape")
    page.keyboard.press("F11")
    expect(page.locator("#slip-warning")).to_contain_text("记为重复告知")
    expect(page.locator("#slip-number")).to_have_value(case.number)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+F10")
    page.keyboard.type(case.number)
    page.keyboard.press("Enter")
    page.locator("#cases-list button").first.wait_for()
    page.keyboard.press("1")
    expect(page.locator("#news")).to_contain_text("收件")
    assert records.known_record(hub.read(), case.id).state == "received"


def test_补正_and_容缺_have_keys_at_the_console(page: Page, web: Web, hub: Hub) -> None:
    for _ in range(2):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    log_in(page, web, "08", "1")
    counters_ready(hub)
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.press("F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    page.keyboard.press("F5")
    page.locator("#outcomes button", has_text="补正").click()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#news")).to_contain_text("A001已办结")
    (first,) = hub.read().records_of_ticket(1)
    assert (first.state, first.values["missing"]) == ("correcting", ["照片"])
    calls.call_next(hub, By("08"), "1")
    expect(page.locator("#number")).to_have_text("A002")
    page.keyboard.press("F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    page.keyboard.press("F5")
    page.locator("#outcomes button", has_text="受理待办").click()
    page.keyboard.press("1")
    page.keyboard.press("Shift+Digit2")
    expect(page.locator("#slip-parts [name=owed]:checked")).to_have_value("照片")
    page.locator("#slip-platform").fill("QZ-2026-000124")
    page.keyboard.press("Enter")
    expect(page.locator("#news")).to_contain_text("A002已办结")
    case, owing = hub.read().records_of_ticket(2)
    assert case.values["owed"] == ["照片"] and owing.register == "owing"


TYPED_BY_A_SCANNER = """number => { let at = performance.now() + 1000; for (const key of number) {
    const event = new KeyboardEvent("keydown", { key, code: `Digit${key}`, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: at += 5 });
    document.activeElement.dispatchEvent(event); } }"""
"""A second after the last key, one each 5 ms, however slowly the machine goes."""


def test_a_platform_number_is_scanned_while_the_ticks_have_the_focus(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    log_in(page, web, "08", "1")
    counters_ready(hub)
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.press("F4")
    expect(page.locator("#counter-state")).to_contain_text("办理中")
    page.keyboard.press("F5")
    page.locator("#outcomes button", has_text="受理待办").click()
    page.keyboard.press("1")
    expect(page.locator("#slip-parts [name=received]:checked")).to_have_count(1)
    page.evaluate(TYPED_BY_A_SCANNER, "22123")
    page.keyboard.type("456")
    expect(page.locator("#slip-platform")).to_have_value("22123456")
    expect(page.locator("#slip-parts [name=received]:checked")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#news")).to_contain_text("A001已办结")
    (case,) = hub.read().records_of_ticket(1)
    assert (case.values["platform"], case.values["received"]) == ("22123456", ["身份证"])


def counters_ready(hub: Hub) -> None:
    """A001 is called at counter 1."""
    assert hub.read().counter("1").state == "open" and counters
    calls.call_next(hub, By("08"), "1")


def test_the_desk_gives_the_number_of_a_ready_result_by_its_code_and_says_how_far_another_is(
    page: Page, web: Web, hub: Hub
) -> None:
    case = records.known_record(hub.read(), opened(hub, ("accept", ACCEPT)))
    log_in(page, web, "50", "")
    page.goto(f"{web.base}/desk")
    page.fill("#wanted", cases.code_of(hub, case))
    page.press("#wanted", "Enter")
    expect(page.locator("body")).to_contain_text("BJ20261123-001已受理，正在办理，承诺12月2日前办结。")
    records.move(hub, WHO, case.id, "decide", DECIDE)
    page.fill("#wanted", cases.code_of(hub, case).lower())
    page.press("#wanted", "Enter")
    expect(page.locator("#issued")).to_be_visible()
    number = hub.read().of_appointment("2026-11-23", case.number)
    assert number is not None and number.service == "LQ01"


def test_what_was_late_is_published_with_its_reason_and_nothing_private(
    operator: Browser, hub: Hub, clock: HandClock
) -> None:
    late, good = opened(hub, ("accept", ACCEPT)), opened(hub, ("accept", ACCEPT), ("decide", DECIDE))
    clock.forward(30 * DAY)
    records.move(hub, WHO, late, "decide", {**DECIDE, "late_reason": "staff"})
    operator.log_in("08")
    november, december = (page_of(operator, f"/cases/late/2026-{month}") for month in (11, 12))
    assert "没有超期办结的件" in november and "本月办结 1 件，其中超期 0 件" in november
    assert "BJ20261123-001" in december and "人手不足" in december and "2026-12-02" in december
    for hidden in ("13900008888", "QZ-2026", "窗口领取", records.known_record(hub.read(), good).number):
        assert hidden not in december
    assert operator.client.get("/cases/late/2026-13").status_code == 404


def test_the_back_offices_page_is_live_and_keeps_what_was_ticked(page: Page, web: Web, hub: Hub) -> None:
    first, second = (opened(hub, ("accept", ACCEPT)) for _ in range(2))
    page.goto(f"{web.base}/login")
    page.fill("[name=staff]", "08")
    page.fill("[name=password]", "pass-08")
    page.click("button.primary")
    page.goto(f"{web.base}/cases")
    rows = page.locator("#lines tbody tr")
    expect(rows).to_have_count(2)
    page.locator(f"input[value='{second}']").check()
    page.keyboard.press("ArrowDown")
    third = opened(hub, ("accept", ACCEPT))
    expect(rows).to_have_count(3)
    expect(page.locator(f"input[value='{second}']")).to_be_checked()
    expect(page.locator(f"input[value='{third}']")).not_to_be_checked()
    expect(page.locator("tr.at input")).to_have_value(str(second))
    records.move(hub, WHO, first, "decide", DECIDE)
    expect(rows).to_have_count(2)
    expect(page.locator("nav.tabs a", has_text="待领").locator("b")).to_have_text("1")
    page.keyboard.press("1")
    arrives(page, "/registers/case/several")
    assert f"record={second}" in page.url and f"record={third}" not in page.url


def test_the_news_of_a_pile_are_of_whoever_asks(operator: Browser, app: APIFlask, hub: Hub) -> None:
    opened(hub, ("accept", ACCEPT))
    told = operator.client.get("/api/v1/cases/office?pile=work").get_json()
    assert {one["pile"]: one["count"] for one in told["piles"]}["work"] == 1 and told["remind"] == 0
    of_health(hub, ("accept", ACCEPT))
    again = operator.client.get("/api/v1/cases/office?pile=work").get_json()
    assert again["mark"] != told["mark"]
    narrow = operator.client.get("/api/v1/cases/office?pile=work&department=医保").get_json()
    assert {one["pile"]: one["count"] for one in narrow["piles"]}["work"] == 1
    assert operator.client.get("/api/v1/cases/office?pile=nothing").status_code == 404
    assert operator.client.get("/api/v1/cases/office?department=没有").status_code == 404


def test_done_on_the_spot_is_a_case_by_the_finish_key_alone(page: Page, web: Web, hub: Hub) -> None:
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    log_in(page, web, "08", "1")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.press("F5")
    expect(page.locator("#outcomes button").first).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#finished")).to_contain_text("现场办结")
    (case,) = hub.read().records_opened("case")
    assert (case.state, case.service, case.values["no_platform"]) == ("delivered", "SB01", "at_once")


def test_what_is_done_for_the_case_that_was_scanned_opens_no_second_one_and_counts_as_a_visit(
    page: Page, web: Web, hub: Hub
) -> None:
    case = records.known_record(hub.read(), opened(hub, ("tell", {"missing": ["照片"]})))
    number = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    log_in(page, web, "08", "1")
    page.keyboard.press("F2")
    expect(page.locator("#number")).to_have_text("A001")
    page.keyboard.type(case.number)
    page.keyboard.press("Enter")
    expect(page.locator("#cases-list")).to_contain_text("到厅1次，承诺最多1次")
    page.locator("#cases-list button").first.wait_for()
    page.keyboard.press("1")
    expect(page.locator("#cases-list")).to_contain_text("受理")
    page.keyboard.press("Escape")
    page.keyboard.press("F5")
    expect(page.locator("#outcomes button").first).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#finished")).to_contain_text("现场办结")
    (same,) = hub.read().records_opened("case")
    assert same.id == case.id and same.moves[-1].visit == number.id
