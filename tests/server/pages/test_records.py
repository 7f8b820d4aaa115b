"""The registers as their readers use them: lists, one record, a form per move, ledger and export; pages and JSON."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from apiflask import APIFlask
from openpyxl import load_workbook

from server.verbs import records
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser

API = "/api/v1/registers"
RECEIVE = {"service": "SB01", "applicant": "person", "received": ["身份证"], "phone": "13900008888"}
ACCEPT = {"platform": "QZ-2026-000123", "delivery": "window"}
DECIDE = {"result": "granted", "no_licence": "none_for_it"}
DAY = 86400.0


@pytest.fixture
def operator(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("08", "1")
    return browser


@pytest.fixture
def manager(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("50")
    return browser


def opened(browser: Browser, *more: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    moves = [{"move": move, "values": values} for move, values in (("receive", RECEIVE), *more)]
    answer = browser.post(f"{API}/case/records", {"moves": moves})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def page(browser: Browser, path: str) -> str:
    answer = browser.client.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def form(browser: Browser, path: str, **fields: Any) -> str:
    data = {"csrf_token": browser.csrf, **fields}
    return str(browser.client.post(path, data=data, follow_redirects=True).text)


def test_a_case_over_the_api(operator: Browser, clock: HandClock) -> None:
    case = opened(operator)
    path = f"{API}/case/records/{case['id']}"
    assert (case["number"], case["state"], case["kind"]) == ("BJ20261123-001", "received", "open")
    assert case["due"] == "2026-11-30" and case["due_said"] == "2026-11-30到期，还剩5个工作日"
    assert [move["move"] for move in case["moves"]] == ["tell", "accept", "accept_owing", "propose", "withdraw"]
    moved = operator.post(f"{path}/moves", {"move": "accept", "values": ACCEPT}).json
    assert [clock["clock"] for clock in moved["clocks"]] == ["tell", "promised", "statutory"]
    assert moved["clocks"][1]["working"].startswith("11月24日、25日、26日")
    refused = operator.post(f"{path}/moves", {"move": "deliver", "values": {"handed": "window"}})
    assert refused.status_code == 409 and "现在可以" in refused.json["detail"] and "can." in refused.json["detail_en"]
    fixed = operator.post(f"{path}/corrections", {"field": "applicant", "value": "company", "reason": "选错"}).json
    assert fixed["life"][-1]["values"][0]["said"] == "个人 → 企业"
    assert operator.client.get(f"{API}/owing/records/{case['id']}").status_code == 404


def test_what_is_private_is_shown_to_those_who_work_on_it_and_in_no_list(operator: Browser, app: APIFlask) -> None:
    case = opened(operator)
    mine = operator.client.get(f"{API}/case/records/{case['id']}").json
    assert {v["field"]: v["said"] for v in mine["values"]}["phone"] == "13900008888"
    supervisor = Browser(app.test_client())
    supervisor.log_in("60")
    theirs = supervisor.client.get(f"{API}/case/records/{case['id']}").text
    lists = "".join(operator.client.get(f"{API}/case/records?list={one}").text for one in ("due", "mine", "all"))
    files = [operator.client.get(f"/registers/case/ledger/2026-11.{form}").data for form in ("csv", "xlsx")]
    assert "13900008888" not in theirs + lists and all(b"13900008888" not in file for file in files)
    assert "Given, not shown" in theirs


def test_the_lists(operator: Browser, clock: HandClock) -> None:
    first, late = opened(operator), opened(operator, ("accept", ACCEPT))
    clock.forward(8 * DAY)
    operator.log_in("08", "1")
    newest = opened(operator)

    def numbers(query: str) -> list[int]:
        return [one["id"] for one in operator.client.get(f"{API}/case/records?{query}").json["records"]]

    assert numbers("list=due") == [first["id"], late["id"], newest["id"]]
    assert numbers("list=red") == [first["id"]]
    assert numbers("list=all") == [newest["id"], late["id"], first["id"]]
    assert numbers("list=mine") == [first["id"], late["id"], newest["id"]]
    assert numbers("list=due&state=accepted") == [late["id"]]
    assert numbers("list=due&department=医保") == []
    clock.forward(30 * DAY)
    operator.log_in("08", "1")
    assert numbers("list=still") == [first["id"], late["id"]]
    assert operator.client.get(f"{API}/case/records?list=odd").status_code == 404
    index = next(one for one in operator.client.get(API).json["registers"] if one["key"] == "case")
    assert (index["open"], index["overdue"]) == (3, 3)


def test_several_at_once(operator: Browser) -> None:
    two = [opened(operator, ("accept", ACCEPT))["id"] for _ in range(2)]
    shown = page(operator, f"/registers/case/several?move=decide&record={two[0]}&record={two[1]}")
    assert re.search(r"BJ20261123-001</b>.*社会保障卡申领.*、<b.*>BJ20261123-002</b>", shown), "which, and what about"
    told = form(operator, "/registers/case/several/decide", record=two, **{f"f.{k}": v for k, v in DECIDE.items()})
    assert "已办2件" in told
    assert operator.post(f"{API}/case/moves", {"records": two, "move": "decide", "values": DECIDE}).status_code == 409
    assert "请先勾选" in operator.client.get("/registers/case/several?move=decide", follow_redirects=True).text
    assert operator.client.get("/registers/%0D%0A/several").status_code == 404
    sent = operator.client.post("/registers/case/new/%0D%0A", data={"press_key": "k" * 32, "csrf_token": operator.csrf})
    assert sent.status_code == 404


def test_a_case_by_the_forms_alone_pressed_twice_is_one(operator: Browser, hub: Hub) -> None:
    shown = page(operator, "/registers/case/new/receive?service=SB01")
    assert 'value="身份证"' in shown
    key = re.search(r'press_key" value="([^"]+)"', shown)[1]  # type: ignore[index]
    fields = {f"f.{name}": value for name, value in RECEIVE.items()}
    for _ in range(2):
        told = form(operator, "/registers/case/new/receive", press_key=key, **fields)
        assert "BJ20261123-001" in told
    assert hub.read().last_numbered("BJ20261123-") == 1
    assert "还缺" in form(operator, "/registers/case/1/move/accept", **{"f.delivery": "window"})
    assert "BJ20261123-001：受理。" in form(
        operator, "/registers/case/1/move/accept", **{f"f.{k}": v for k, v in ACCEPT.items()}
    )
    assert "请填整数" in form(operator, "/registers/case/1/move/extend", **{"f.extra_days": "三"})
    told = form(operator, "/registers/case/1/correct", field="delivery", reason="改邮寄", **{"delivery.value": "post"})
    assert "已更正" in told and "邮政速递" in told
    assert "个人 → 企业" in form(
        operator, "/registers/case/1/correct", field="applicant", reason="选错", **{"applicant.value": "company"}
    )


def test_the_second_signature_is_asked_of_another_person(operator: Browser, app: APIFlask) -> None:
    case = opened(operator, ("propose", {"reasons": "powers", "basis": "licensing"}))
    assert case["moves"] == [] and [other["zh"] for other in case["others"]] == ["不予受理", "退回收件"]
    assert "要由另一个人办" in page(operator, f"/registers/case/{case['id']}")
    other = Browser(app.test_client())
    other.log_in("09", "2")
    done = other.post(f"{API}/case/records/{case['id']}/moves", {"move": "refuse", "values": {}}).json
    assert done["state"] == "refused"


def test_the_month_on_paper_and_as_a_file(operator: Browser, manager: Browser) -> None:
    opened(operator, ("accept", ACCEPT), ("decide", DECIDE), ("deliver", {"handed": "window"}))
    shown = page(manager, "/registers/case/ledger/2026-11")
    assert "负责人" in shown and "BJ20261123-001" in shown and "共 1 件" in shown
    rows = list(csv.DictReader(io.StringIO(page(manager, "/registers/case/ledger/2026-11.csv").removeprefix("\ufeff"))))
    assert rows[0]["编号 Number"] == "BJ20261123-001" and rows[0]["办理结果 Result"] == "准予 Granted"
    assert rows[0]["承诺时限超期 Promised, late"] == "否 No" and rows[0]["承诺时限用时 Promised, used"] == "0"
    book = load_workbook(io.BytesIO(manager.client.get("/registers/case/ledger/2026-11.xlsx").data))
    sheet = book.worksheets[0]
    assert (sheet["A2"].value, sheet.freeze_panes) == ("BJ20261123-001", "B2")
    assert manager.client.get("/registers/case/ledger/2026-13").status_code == 404
    assert "这个月没有记录" in page(manager, "/registers/case/ledger/2026-10")


def test_what_is_erased_is_proved(operator: Browser, manager: Browser) -> None:
    case = opened(operator)
    assert operator.post(f"{API}/case/records/{case['id']}/erasure").status_code == 403
    assert "个人信息已删除" in form(manager, f"/registers/case/{case['id']}/erase")
    shown = page(manager, "/registers/erased")
    assert "联系电话" in shown and "本人要求" in shown and "已查" in shown and "仍有残留" not in shown
    assert manager.post(f"{API}/case/records/{case['id']}/erasure").status_code == 409


def test_a_number_leads_to_its_record(operator: Browser) -> None:
    case = opened(operator)
    answer = operator.client.get(f"/registers?number={case['number'].lower()}")
    assert answer.headers["Location"] == f"/registers/case/{case['id']}"
    assert "请核对编号" in page(operator, "/registers?number=BJ20200101-001")


def test_what_the_calendar_moved_is_a_list(operator: Browser, hub: Hub) -> None:
    records.recompute(hub)
    case = records.open_record(hub, Who(By("08"), "operator"), "case", [("receive", RECEIVE)])
    hub.turn(lambda turn: turn.put_due(case.id, "case", "2026-11-30", "{}", '{"tell":"2026-11-27"}'))
    assert "2026-11-27" in page(operator, "/registers/case?list=moved")


@pytest.mark.parametrize("staff", ["08", "30", "50", "60"])
def test_every_page_opens_for_everybody_who_may(app: APIFlask, hub: Hub, operator: Browser, staff: str) -> None:
    case, reader = opened(operator, ("accept", ACCEPT)), Browser(app.test_client())
    reader.log_in(staff)
    for path in ("", "/case", "/owing", f"/case/{case['id']}", "/case/ledger/2026-11", "/case/new/receive"):
        assert "BJ20261123-001" in page(reader, f"/registers{path}") or path not in ("/case", f"/case/{case['id']}")


# --- accounts of a department -----------------------------------------------------------------------------------------


@pytest.fixture
def of_health(app: APIFlask, hub: Hub) -> Browser:
    """09, whose account is of 医保."""
    hub.turn(lambda turn: turn.change_staff("09", department="医保"))
    browser = Browser(app.test_client())
    browser.log_in("09", "2")
    return browser


def test_an_account_of_a_department_sees_and_moves_its_own_alone(operator: Browser, of_health: Browser) -> None:
    theirs = opened(operator, ("accept", ACCEPT))
    receive = {**RECEIVE, "service": "YB02", "received": ["病历"]}
    moves = [{"move": "receive", "values": receive}, {"move": "accept", "values": ACCEPT}]
    ours = operator.post(f"{API}/case/records", {"moves": moves}).json
    for which in ("due", "all", "red", "still", "moved", "mine"):
        found = of_health.client.get(f"{API}/case/records?list={which}").json
        assert [one["id"] for one in found["records"]] == ([ours["id"]] if which in ("due", "all") else []), which
        assert found["departments"] == ["医保"]
    counts = {one["key"]: one["open"] for one in of_health.client.get(API).json["registers"]}
    assert counts["case"] == 1
    month = of_health.client.get(f"{API}/case/ledger/2026-11").json
    assert [row["number"] for row in month["rows"]] == [ours["number"]]
    assert theirs["number"] not in page(of_health, "/registers/case/ledger/2026-11.csv")
    path = f"{API}/case/records/{theirs['id']}"
    for answer in (
        of_health.client.get(path),
        of_health.client.get(f"/registers/case/{theirs['id']}"),
        of_health.post(f"{path}/moves", {"move": "decide", "values": DECIDE}),
        of_health.post(f"{path}/corrections", {"field": "applicant", "value": "company", "reason": "x"}),
        of_health.post(
            f"{API}/case/moves", {"records": [ours["id"], theirs["id"]], "move": "decide", "values": DECIDE}
        ),
    ):
        assert answer.status_code == 403
    refused = of_health.client.get(path).json
    assert refused["detail"] == f"{theirs['number']}是“人社”的件，您的账号只办“医保”的。" and refused["detail_en"]
    done = of_health.post(f"{API}/case/records/{ours['id']}/moves", {"move": "decide", "values": DECIDE})
    assert done.json["state"] == "ready"


def test_what_was_handed_over_to_a_person_is_in_reach(operator: Browser, of_health: Browser) -> None:
    case = opened(operator, ("accept", ACCEPT), ("hand_over", {"owner": "09"}))
    mine = of_health.client.get(f"{API}/case/records?list=mine").json["records"]
    assert [one["id"] for one in mine] == [case["id"]]
    assert of_health.client.get(f"/registers/case/{case['id']}").status_code == 200


def test_a_list_of_a_department_or_a_state_is_whole_however_many_stand_before_it(operator: Browser, hub: Hub) -> None:
    who = Who(By("08"), "operator")
    for _ in range(210):
        records.open_record(hub, who, "case", [("receive", RECEIVE)])
    last = {**RECEIVE, "service": "YB02", "received": ["病历"]}
    records.open_record(hub, who, "case", [("receive", last), ("accept", ACCEPT)])
    for query in ("department=医保", "state=accepted"):
        found = operator.client.get(f"{API}/case/records?list=due&{query}").json
        assert [one["number"] for one in found["records"]] == ["BJ20261123-211"], query
