"""A manager's page of imports: tried, taken in, withdrawn; the same by the booking system's door; slots at the desk."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from server.store import journal
from server.verbs import bookings
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock
from tests.server.pages.conftest import Browser, Web, log_in

HEAD = "arrived,service,class,called,started,finished,left,counter,staff\n"
VISIT = "2026-11-23T09:00:00,SB01,,2026-11-23T09:05:00,2026-11-23T09:05:40,2026-11-23T09:12:00,,1,0017\n"
LEFT = "2026-11-23T09:01:00,SB01,green,,,,2026-11-23T09:30:00,,\n"


def handed(text: str, name: str = "v.csv", **more: Any) -> dict[str, Any]:
    return {"name": name, "content": base64.b64encode(text.encode()).decode(), **more}


@pytest.fixture
def manager(browser: Browser, clock: HandClock) -> Browser:
    clock.at = MONDAY_9 + 5 * 86400
    browser.log_in("50")
    return browser


def test_visits_are_tried_taken_in_once_and_withdrawn(manager: Browser, hub: Hub) -> None:
    told = manager.post("/api/v1/imports/visits/check", handed(HEAD + VISIT + LEFT + VISIT)).get_json()
    assert (told["new"], told["double"], told["future"], told["may"]) == (2, 1, 0, True)
    assert told["doubles"] == [{"zh": "第4行：与第2行相同。", "en": "line 4: the same as line 2"}]
    assert hub.read().imported("2026-01-01", "2026-12-31") == []
    taken = manager.post("/api/v1/imports/visits", handed(HEAD + VISIT + LEFT))
    assert (taken.status_code, taken.get_json()["taken"]) == (200, 2)
    again = manager.post("/api/v1/imports/visits", handed(HEAD + LEFT + VISIT))
    assert (again.status_code, "都已在系统里" in again.get_json()["detail"]) == (409, True)
    (one,) = manager.client.get("/api/v1/imports").get_json()["imports"]
    assert (one["kind"], one["source"], one["rows"], one["withdrawn"]) == ("visits", "v.csv", 2, None)
    arrivals = manager.client.get("/api/v1/reports/2026-11-23").get_json()["identity"]
    assert manager.post(f"/api/v1/imports/{one['id']}/withdrawal", {"reason": "错"}).get_json() == {"withdrawn": 2}
    assert manager.client.get("/api/v1/reports/2026-11-23").get_json()["identity"] != arrivals
    assert "已撤回" in manager.client.get("/imports").get_data(as_text=True)
    assert manager.post("/api/v1/imports/1/withdrawal", {"reason": "x"}).status_code == 404
    assert journal.verify(hub.read().conn) == []


def test_a_file_with_a_mistake_brings_nothing(manager: Browser, hub: Hub) -> None:
    bad = manager.post("/api/v1/imports/visits", handed(HEAD + VISIT + VISIT.replace("2026", "2062")))
    assert (bad.status_code, "v.csv:3: arrived: 在将来" in bad.get_json()["detail"]) == (409, True)
    told = manager.post("/api/v1/imports/visits/check", handed(HEAD + VISIT.replace("2026", "2062"))).get_json()
    assert (told["future"], told["may"]) == (1, False)
    assert manager.post("/api/v1/imports/visits/check", {"name": "x", "content": "no base64!"}).status_code == 409
    assert manager.post("/api/v1/imports/people/check", handed("")).status_code == 404
    assert manager.client.get("/api/v1/imports").get_json()["imports"] == []


BOOKED = "code,kind,day,time,service\nYY-0001,appointment,2026-11-30,{},SB01\n"


DUMPS = Path(__file__).parents[2] / "data" / "incumbents"


@pytest.mark.parametrize(
    ("system", "dump"), [("novosga", "novosga.pg.sql"), ("qsystem", "qsystem.mysql.sql"), ("fqm", "fqm.sql")]
)
def test_the_dump_of_another_system_is_tried_and_its_visits_taken_in(
    manager: Browser, hub: Hub, system: str, dump: str
) -> None:
    body = handed((DUMPS / dump).read_text(encoding="utf-8"), dump)
    told = manager.post(f"/api/v1/imports/{system}/check", body).get_json()
    if not told.get("brings"):
        body["unit"] = "1"
        told = manager.post(f"/api/v1/imports/{system}/check", body).get_json()
    assert told["kind"] == system and told["may"] and told["new"] > 0
    assert any(line["zh"].startswith("窗口：新的") for line in told["brings"])
    assert all(line["zh"] and line["en"] for line in (*told["brings"], *told["left"]))
    assert told["difference"].startswith("--- config.toml")
    assert hub.read().imported("2000-01-01", "2030-12-31") == []
    taken = manager.post(f"/api/v1/imports/{system}", body).get_json()
    assert taken["taken"] == told["new"] == len(hub.read().imported("2000-01-01", "2030-12-31"))
    again = manager.post(f"/api/v1/imports/{system}/check", body).get_json()
    assert (again["new"], again["double"], again["may"]) == (0, told["new"] + told["double"], False)


def test_what_is_no_dump_is_said(manager: Browser) -> None:
    answer = manager.post("/api/v1/imports/fqm/check", handed(HEAD + VISIT, "v.csv"))
    assert answer.status_code == 409 and "v.csv" in answer.get_json()["detail"]


def test_bookings_by_the_page_and_by_the_booking_system(manager: Browser, app: APIFlask, hub: Hub) -> None:
    token = (hub.hall.data / "tokens" / "bookings").read_text().strip()
    system, door = {"Authorization": f"Bearer {token}"}, app.test_client()

    def put(text: str, query: str = "") -> Any:
        return door.put(f"/api/v1/bookings{query}", data=text.encode(), headers=system)

    assert put(BOOKED.format("09:30"), "?dry_run=1").get_json() == {"taken": 0, "new": 1, "changed": 0, "double": 0}
    assert put(BOOKED.format("09:30")).get_json() == {"taken": 1, "new": 1, "changed": 0, "double": 0}
    assert put(BOOKED.format("10:00"), "?dry_run=1").get_json()["changed"] == 1
    lunch = put(BOOKED.format("12:50"))
    assert (lunch.status_code, "08:00-12:00" in lunch.get_json()["detail"]) == (400, True)
    assert put(BOOKED.format("12:50"), "?outside_hours=1").status_code == 200
    assert put(BOOKED.format("09:30").replace("2026", "2062")).status_code == 400
    assert put(BOOKED.format("09:30").replace("11-30", "10-09")).status_code == 400
    told = manager.post("/api/v1/imports/bookings/check", handed(BOOKED.format("12:50"))).get_json()
    assert (told["may"], len(told["problems"])) == (False, 1)
    told = manager.post("/api/v1/imports/bookings/check", handed(BOOKED.format("12:55"), outside_hours=True)).get_json()
    assert (told["changed"], told["may"]) == (1, True)
    assert manager.post("/api/v1/imports/bookings", handed(BOOKED.format("10:30"))).get_json()["taken"] == 1
    newest = manager.client.get("/api/v1/imports").get_json()["imports"][0]
    assert manager.post(f"/api/v1/imports/{newest['id']}/withdrawal", {"reason": "错"}).get_json() == {"withdrawn": 1}
    assert bookings.look_up(hub, "YY-0001").kind == "unknown"


@pytest.mark.parametrize(
    ("slot", "status"),
    [
        ("2026-11-23T10:30", 201),
        ("2026-11-23T12:50", 409),
        ("2026-11-23T03:00", 409),
        ("2026-11-22T10:30", 409),
        ("2062-11-23T10:30", 409),
    ],
)
def test_a_slot_at_the_desk(browser: Browser, slot: str, status: int) -> None:
    browser.log_in("30")
    wish = {"service": "SB01", "class": "appointment", "slot": slot, "appointment": "yy－0001"}
    assert browser.post("/api/v1/tickets", wish).status_code == status
    meant = browser.post("/api/v1/tickets", {**wish, "appointment": "YY-0002", "outside_hours": True})
    assert meant.status_code == (201 if slot.startswith("2026-11-23") else 409)


def test_one_appointment_typed_in_two_ways_is_one(browser: Browser) -> None:
    browser.log_in("30")
    wish = {"service": "SB01", "class": "appointment", "slot": "2026-11-23T10:30", "appointment": "yy-0001 "}
    assert browser.post("/api/v1/tickets", wish).status_code == 201
    again = browser.post("/api/v1/tickets", {**wish, "appointment": "ＹＹ-0001"})
    assert (again.status_code, "该预约已签到" in again.get_json()["detail"]) == (409, True)


def test_no_name_of_the_staff_in_journal_log_or_export_after_a_day(
    browser: Browser, client: FlaskClient, kiosk: dict[str, str], hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    """Every account has a name of its own; people work, type names where they can, and are told to write numbers."""
    caplog.set_level(logging.DEBUG)
    names = {"08": "王敏", "09": "欧阳娜", "30": "张伟", "50": "陈静", "60": "Liu Yang"}
    for staff, name in names.items():
        hub.turn(lambda turn, staff=staff, name=name: turn.change_staff(staff, name=name))
    named = []
    browser.log_in("50")
    named += [
        browser.post("/api/v1/hall/close", {"message": "找陈静", "waiting": "serve"}),
        browser.post("/api/v1/services/MZ01/close", {"message": "请找欧阳 娜", "message_en": "Ask Liu Yang"}),
        browser.post("/api/v1/hall/counters/1/bind", {"services": ["SB01"], "reason": "替欧阳娜"}),
        browser.post(
            "/api/v1/people/posts",
            {"post": "p1", "name": "王敏岗", "name_en": "", "counter": "1", "a": "08", "b": "", "reason": "设岗"},
        ),
    ]
    browser.log_in("30")
    named += [
        browser.post("/api/v1/contacts", {"matter": "问张伟", "result": "answered"}),
        browser.post("/api/v1/contacts", {"matter": "社保卡", "result": "led", "led_to": "王敏"}),
    ]
    for touch in range(3):
        client.post(
            "/api/v1/tickets", json={"service": "SB01"}, headers={**kiosk, "Idempotency-Key": f"key-{touch:05d}"}
        )
    browser.log_in("08", "1")
    named.append(browser.post("/api/v1/counters/1/help", {"text": "请陈静来"}))
    done = [
        browser.post(f"/api/v1/counters/1/{verb}", body)
        for verb, body in (
            ("help", {"text": "打印机卡纸"}),
            ("call-next", {}),
            ("start", {}),
            ("suspend", {"kind": "away"}),
            ("call-next", {}),
            ("finish", {"outcome": "done"}),
        )
    ]
    assert [answer.status_code for answer in named] == [409] * len(named), [a.get_json() for a in named]
    assert [answer.get_json()["detail"] for answer in named if "请改写工号" not in answer.get_json()["detail"]] == []
    assert [answer.status_code for answer in done] == [200] * len(done), [a.get_json() for a in done]
    browser.log_in("50")
    export = browser.client.get("/api/v1/journal").get_json()["rows"]
    assert {"Called", "CounterOpened", "Issued", "HelpAsked", "Finished"} <= {row["event"] for row in export}
    told = json.dumps(export, ensure_ascii=False) + "".join(str(tuple(r)) for r in hub.read().journal(0, 10_000))
    for name in names.values():
        assert name not in told and name not in caplog.text, name


def test_the_page_of_imports_in_a_browser(web: Web, page: Page, clock: HandClock) -> None:
    clock.at = MONDAY_9 + 5 * 86400
    log_in(page, web, "50", "")
    page.goto(f"{web.base}/imports")
    page.set_input_files(
        "#file", {"name": "visits.csv", "mimeType": "text/csv", "buffer": (HEAD + VISIT + LEFT + VISIT).encode()}
    )
    page.click("#check")
    page.get_by_text("新的2条，更改0条，重复1条，未来的0条").wait_for()
    page.click("#take")
    page.locator("form.withdraw").wait_for()
    page.fill("form.withdraw [name=reason]", "另一个大厅的")
    page.click("form.withdraw button")
    page.get_by_text("另一个大厅的").wait_for()
    hub = web.app.extensions["hub"]
    assert hub.read().imported("2026-01-01", "2026-12-31") == []
    assert By("50").actor == hub.read().last_event("ImportWithdrawn").actor
