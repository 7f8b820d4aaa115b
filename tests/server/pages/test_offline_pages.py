"""The routes of a hall without its hub: a kiosk's meeting, the paper, and the tally sheet afterwards."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock
from tests.server.pages.conftest import Browser, Web, let_in


def met(client: FlaskClient, kiosk: dict[str, str], *taken: dict[str, Any]) -> dict[str, Any]:
    body = {"book": "book-one", "clock": MONDAY_9 + 60, "heard": MONDAY_9, "taken": list(taken)}
    answer = client.post("/api/v1/kiosks/K1/offline", json=body, headers=kiosk)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def test_a_kiosk_has_its_lease_and_its_book_is_entered(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    lease = met(client, kiosk)
    assert {"prefix": "A", "first": 641, "last": 680} in lease["blocks"] and lease["until"] == "2026-11-26"
    assert lease["services"]["SB01"]["prefix"] == "A" and lease["hours"] and lease["shut"] is None
    clock.forward(60)
    given = {"line": 1, "prefix": "A", "number": 641, "service": "SB01", "at": MONDAY_9 + 30, "wish": "w"}
    assert met(client, kiosk, given)["entered"] == 1 and met(client, kiosk, given)["entered"] == 1
    assert hub.read().waiting_count() == 1
    assert met(client, kiosk)["paper"]["lines"][0]["numbers"] == ["A641"]
    elsewhere = client.post("/api/v1/kiosks/K2/offline", json={"book": "book-two", "clock": MONDAY_9}, headers=kiosk)
    assert elsewhere.status_code in (403, 404), "a book is its own kiosk's"


def test_a_language_of_the_kiosk_alone_keeps_no_number_out(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    met(client, kiosk)
    given = {"prefix": "A", "service": "SB01", "at": MONDAY_9, "wish": "w"}
    ours, theirs = {**given, "line": 1, "number": 641}, {**given, "line": 2, "number": 642, "language": "mn"}
    assert met(client, kiosk, ours, theirs)["entered"] == 2
    wish = {"service": "SB01", "language": "bo_CN", "paper": False}
    asked = client.post("/api/v1/tickets", json=wish, headers={**kiosk, "Idempotency-Key": "a-touch-of-mn"})
    assert asked.status_code == 201, asked.text
    waiting = [hub.read().ticket(one) for one in (1, 2, asked.get_json()["id"])]
    assert [one and one.language for one in waiting] == ["zh", "en", "en"]
    broken = {"service": "SB01", "language": "<b>"}
    refused = client.post("/api/v1/tickets", json=broken, headers={**kiosk, "Idempotency-Key": "another-touch"})
    assert refused.status_code == 422


def test_the_paper_and_the_tally_sheet(browser: Browser, hub: Hub, clock: HandClock) -> None:
    ticket = tickets.issue(hub, By("K1"), "SB01", paper=False)
    browser.log_in("30")
    page = browser.client.get("/desk/paper").get_data(as_text=True)
    assert ticket.label in page and "A601" in page and "手写号登记表" in page
    assert "停机补录" in browser.client.get("/desk/entry").get_data(as_text=True)
    clock.forward(3600)
    rows = [{"number": ticket.label, "counter": "1", "called": "0910", "ended": "9:20", "end": "done"}]
    wrong = [*rows, {"number": "A9", "counter": "1", "ended": "0920", "end": "done"}]
    refused = browser.post("/api/v1/offline/tally", {"rows": wrong})
    assert refused.status_code == 409 and "第2行A9" in refused.get_json()["detail"]
    for ended, said in (("99", "“99”不是时间：请写四位数，如0935。"), ("0960", "“0960”不是时间"), ("9 点", "不是时间")):
        refused = browser.post("/api/v1/offline/tally", {"rows": [{**rows[0], "ended": ended}]})
        assert refused.status_code == 409 and f"第1行{ticket.label}：" in refused.get_json()["detail"]
        assert said in refused.get_json()["detail"]
    rows[0]["ended"] = "９：20"
    done = browser.post("/api/v1/offline/tally", {"rows": rows})
    assert done.get_json() == {"served": 1, "made": 0}
    found = hub.read().ticket(ticket.id)
    assert found and (found.state, found.called_at, found.ended_at) == ("finished", MONDAY_9 + 600, MONDAY_9 + 1200)


def test_a_tally_sheet_is_typed_as_it_was_written(page: Page, web: Web, hub: Hub, clock: HandClock) -> None:
    """In the order of the sheet's columns; item and time of coming are asked of a number by hand alone."""
    listed = tickets.issue(hub, By("K1"), "SB01", paper=False)
    let_in(page, web, "30", "")
    page.goto(f"{web.base}/desk/paper")
    expect(page.locator("main")).to_contain_text("2026-11-23 09:00")
    clock.forward(3600)
    page.goto(f"{web.base}/desk/entry")
    focused = page.locator(":focus")

    def typed(*cells: str) -> None:
        for text in cells:
            page.keyboard.type(text)
            page.keyboard.press("Tab")

    typed(listed.label.lower())
    expect(focused).to_have_attribute("name", "counter")
    focused.select_option("1")
    typed("", "0910", "0920")
    page.keyboard.press("Enter")
    typed("A601")
    expect(focused).to_have_attribute("name", "service")
    assert {one.get_attribute("data-prefix") for one in focused.locator("option:not([hidden])").all()[1:]} == {"A"}
    focused.select_option("SB01")
    typed("", "0905", "", "0921", "0930")
    page.locator("button.primary").click()
    expect(page.locator("#done")).to_contain_text("已补录2个号，其中手写号1个。")
    by_hand = hub.read().by_number(listed.day, "A", 601)
    assert by_hand and (by_hand.counter, by_hand.issued_at, by_hand.called_at) == ("1", MONDAY_9 + 300, MONDAY_9 + 1260)
