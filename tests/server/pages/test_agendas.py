"""Packages by the API: what there is, a number of one at kiosk, desk and counter, its way, its papers, its pages."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from config import ChannelTable
from kiosk.flow.events import AskPlan, LeaveTelephone, RequestTicket
from kiosk.flow.view import Plan, Reminders, Ticket, View
from kiosk.rim.hub_line import request
from server.domain import codes
from server.store import secret
from server.verbs import today
from server.verbs.hub import By, Hub
from tests.server.pages.conftest import Browser, new_key


def test_what_a_kiosk_asks_for_is_what_the_hub_takes(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    """The kiosk's own requests and models, against the hub's own answers."""
    view = View.model_validate(client.get("/api/v1/kiosks/K1", headers=kiosk).get_json())
    assert view.package("birth") and not view.texts, "this hall has no channel"
    path, body = request(AskPlan("k", "birth", ("employed",)), "K1")
    plan = Plan.model_validate(client.post(f"/api/v1{path}", json=body, headers=kiosk).get_json())
    assert [one.code for one in plan.items] == ["WJ01", "YB01", "SB01", "YB03"] and plan.papers
    wish = RequestTicket("WJ01", "k", "zh", False, package="birth", yes=("employed",))
    own = RequestTicket("SB03", "k", "zh", False, items=("SB03", "YB01"))
    for one, name in ((wish, "新生儿出生一件事"), (own, "一号联办2项")):
        path, body = request(one, "K1")
        headers = {**kiosk, "Idempotency-Key": new_key()}
        ticket = Ticket.model_validate(client.post(f"/api/v1{path}", json=body, headers=headers).get_json())
        assert ticket.topic.zh == name
    channels = {"modem": ChannelTable(kind="gsm", port="serial:none")}
    hub.hall = hub.hall.model_copy(update={"channels": channels})
    view = View.model_validate(client.get("/api/v1/kiosks/K1", headers=kiosk).get_json())
    assert view.texts
    path, body = request(LeaveTelephone(ticket.id, "k", telephone="13812345678", by_sight=True), "K1")
    told = client.post(f"/api/v1{path}", json=body, headers={**kiosk, "Idempotency-Key": new_key()}).get_json()
    left = Reminders.model_validate(told)
    assert left.by_sight and [(one.field, one.masked) for one in left.given] == [("own", "138****5678")]


def test_what_there_is_and_what_a_number_would_be(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    today.close_service(hub, By("50"), "YB03", "系统维护")
    told = client.get("/api/v1/packages", headers=kiosk).get_json()["packages"]
    assert [one["id"] for one in told] == [*hub.hall.packages]
    birth = told[0]
    assert birth["questions"][0]["id"] == "employed"
    assert [(one["code"], one["optional"], one["closed"]) for one in birth["items"]] == [
        ("WJ01", False, False),
        ("YB01", False, False),
        ("SB01", False, False),
        ("YB03", True, True),
    ]
    shown = client.get("/api/v1/kiosks/K1", headers=kiosk).get_json()
    assert [one["id"] for one in shown["packages"]] == [*hub.hall.packages]
    plan = client.post("/api/v1/packages/plan", json={"items": ["SB03", "YB01"]}, headers=kiosk).get_json()
    assert plan["name"] == "一号联办2项" and plan["saved"] == 1
    assert [(one["name"], one["note"]) for one in plan["papers"]] == [
        ("身份证", "2项共用"),
        ("户口簿", "用于城乡居民基本养老保险参保登记"),
    ]
    assert client.post("/api/v1/packages/plan", json={}, headers=kiosk).status_code == 422
    assert client.post("/api/v1/packages/plan", json={"package": "wedding"}, headers=kiosk).status_code == 404


def test_a_kiosk_takes_one_number_for_a_package_or_for_several_items(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    def take(**wish: object) -> tuple[int, dict[str, object]]:
        answer = client.post("/api/v1/tickets", json=wish, headers={**kiosk, "Idempotency-Key": new_key()})
        return answer.status_code, answer.get_json()

    status, birth = take(package="birth", yes=["employed"], paper=False)
    assert status == 201 and birth["service"]["code"] == "WJ01"  # type: ignore[index]
    agenda = birth["agenda"]
    assert (agenda["name"], agenda["total"], agenda["next"]) == ("新生儿出生一件事", 4, "WJ01")  # type: ignore[index]
    assert [one["state"] for one in agenda["items"]] == ["ready", "waits", "waits", "ready"]  # type: ignore[index]
    assert take(items=["SB03", "YB01"])[1]["agenda"]["total"] == 2  # type: ignore[index]
    assert take(items=["SB03"])[1]["agenda"] is None, "one item is no agenda"
    assert take(service="SB03", items=["YB01"])[0] == 422
    assert take()[0] == 422
    assert take(package="birth", items=["SB06"])[0] == 409
    today.close_service(hub, By("50"), "SB01", "系统维护")
    status, refused = take(package="birth")
    assert status == 409 and "今天不办：请去掉这一项" in str(refused["detail"])


def test_at_the_counter_two_keys_settle_what_is_done_there(browser: Browser, hub: Hub) -> None:
    browser.log_in("08", "4")
    here = "/api/v1/counters/4"
    taken = browser.post(f"{here}/tickets", {"package": "birth", "yes": ["employed"], "call": True})
    assert taken.status_code == 201
    ticket = taken.get_json()["ticket"]
    assert ticket["agenda"]["here"] == ["WJ01", "YB01", "SB01", "YB03"]
    assert ticket["materials"] == ["双方身份证", "结婚证", "照片", "身份证", "(代办:委托+双方证件)", "病历资料"]
    browser.post(f"{here}/start")
    body = {"outcome": "现场办结", "items": ["WJ01"], "ticket": ticket["id"]}
    some = browser.post(f"{here}/finish", body).get_json()
    assert some["acted"]["state"] == "serving"
    assert [one["said"] for one in some["ticket"]["agenda"]["items"]] == ["现场办结", "可以办", "等前一项", "可以办"]
    wish = {"kind": "notice", "ticket": ticket["id"], "lines": ["照片"]}
    slip = browser.post(f"{here}/slips", wish).get_json()["slip"]
    assert slip["kind"] == "notice"
    job = hub.read().job(slip["job"])
    assert job and job.facts["item"].count("、") == 2, "one notice for the three that are open"
    case = {"received": ["身份证"], "platform": "QZ-2026-1"}
    refused = browser.post(f"{here}/finish", {"outcome": "受理待办", "case": case})
    assert "“生育津贴申领(代收)”的材料一样也没有勾" in refused.get_json()["detail"]
    case["received"] = ["身份证", "病历资料"]
    done = browser.post(f"{here}/finish", {"outcome": "受理待办", "case": case})
    assert done.get_json()["acted"]["state"] == "finished"
    opened = hub.read().records_of_ticket(ticket["id"])
    assert [one.service for one in opened] == ["YB01", "SB01", "YB03"]
    code = codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket["id"])
    page = browser.client.get(f"/p/{code}").get_data(as_text=True)
    assert "<p>新生儿出生一件事</p>" in page and "已办 4/4" in page and len(page) < 30_000


def test_everybody_reads_the_packages(client: FlaskClient, hub: Hub) -> None:
    page = client.get("/guides").get_data(as_text=True)
    for name in hub.hall.packages:
        assert f'href="/guides/packages/{name}"' in page
    assert "<br>" not in page, "a name that fills its line has what is below it on the next one"
    assert 'href="/guides/SB01"' in page and "领取证照" not in page
    whole = client.get("/guides/packages/birth").get_data(as_text=True)
    assert re.search(r"比分开办少带 2 份", whole) and "妈妈有单位交社保吗" in whole
    assert client.get("/guides/packages/wedding").status_code == 404


def test_sensitive_items_are_counted_on_the_telephone_and_not_named(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    headers = {**kiosk, "Idempotency-Key": new_key()}
    ticket = client.post("/api/v1/tickets", json={"package": "veteran"}, headers=headers).get_json()
    code = codes.ticket_code(secret.key(hub.hall, "code").encode(), ticket["id"])
    page = client.get(f"/p/{code}").get_data(as_text=True)
    assert "退役" not in page.replace("卫健退役司法", "") and "一号联办3项" in page and "请带好" not in page
