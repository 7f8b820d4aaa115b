"""A device asks for a code, an administrator types it, the device gets its token once; and the page of all devices."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from config import Text
from server.domain import enrolment
from server.pages import access
from server.printing.probe import examination
from server.printing.probe.examination import Examination
from server.printing.spool.spool import Examining
from server.verbs import enrolment as verbs
from server.verbs.enrolment import Reception
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.navigation import arrives
from tests.server.pages.conftest import Browser, Web, hire_administrator


@pytest.fixture
def ticking(app: APIFlask) -> HandClock:
    """The seconds that codes are counted in."""
    clock = HandClock(0.0)
    app.extensions["reception"] = Reception(clock)
    return clock


@pytest.fixture
def admin(hub: Hub, browser: Browser) -> Browser:
    hire_administrator(hub)
    browser.log_in("70")
    return browser


def ask(client: FlaskClient, kind: str = "kiosk", address: str = "10.0.0.9") -> dict[str, Any]:
    body = {"kind": kind, "version": "1.2"}
    answer = client.post("/api/v1/devices/codes", json=body, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def became(client: FlaskClient, code: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/v1/devices/codes/became", json={"secret": code["secret"]}).json
    return found


def enrol(admin: Browser, code: str, what: str, label: str = "") -> Any:
    return admin.post("/api/v1/devices/enrol", {"code": code, "what": what, "label": label})


def status(app: APIFlask, token: str, path: str = "/api/v1/devices/me") -> int:
    return app.test_client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_kiosk_is_enrolled_and_gets_its_token_once(
    app: APIFlask, hub: Hub, client: FlaskClient, admin: Browser, kiosk: dict[str, str], ticking: HandClock
) -> None:
    old = kiosk["Authorization"].removeprefix("Bearer ")
    code = ask(client)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{6}", code["code"]) and code["lasts_s"] == 600
    assert code["url"] == f"{hub.hall.hub.url}/admin/devices?code={code['code']}"
    assert became(client, code)["state"] == "waiting"
    assert enrol(admin, code["shown"].lower(), "kiosk:K1", "东门").status_code == 200
    granted = became(client, code)
    assert (granted["state"], granted["device"], granted["kind"]) == ("granted", "K1", "kiosk")
    assert became(client, code) == {"state": "over"}, "a token is handed out once"
    assert status(app, granted["token"]) == 200 and status(app, granted["token"], "/api/v1/kiosks/K1") == 200
    assert status(app, old) == 401, "the token that the kiosk had before is void"
    assert not (hub.hall.data / "tokens" / "K1").exists()
    row = hub.read().last_event("DeviceEnrolled")
    assert row and (row.actor, row.field("device"), row.field("place")) == ("70", "K1", "K1")
    stored = "\n".join(hub.store.read().conn.iterdump())
    assert granted["token"] not in stored and code["secret"] not in stored and code["code"] not in stored


def test_the_next_start_makes_no_token_for_what_has_its_own_or_lost_it(
    app: APIFlask, hub: Hub, client: FlaskClient, admin: Browser, ticking: HandClock
) -> None:
    code = ask(client)
    enrol(admin, code["code"], "kiosk:K1")
    token = became(client, code)["token"]
    assert access.give_tokens(hub) == [] and status(app, token) == 200
    admin.post("/api/v1/devices/end", {"device": "K1"})
    admin.post("/api/v1/devices/end", {"device": "boards"})
    assert access.give_tokens(hub) == [] and status(app, token) == 401
    assert not (hub.hall.data / "tokens" / "boards").exists()


def test_a_code_ends_after_ten_minutes_and_is_nobodys_then(
    client: FlaskClient, admin: Browser, ticking: HandClock
) -> None:
    code = ask(client)
    ticking.forward(600)
    assert became(client, code) == {"state": "over"}
    refused = enrol(admin, code["code"], "kiosk:K1")
    assert refused.status_code == 409 and refused.json["detail"] == enrolment.OVER.zh


def test_who_asks_too_often_is_told_to_wait(client: FlaskClient, ticking: HandClock) -> None:
    body = {"kind": "kiosk"}
    for _ in range(8):
        ask(client)
    answer = client.post("/api/v1/devices/codes", json=body, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert (answer.status_code, answer.json["detail"]) == (429, enrolment.OFTEN.zh)
    ask(client, address="10.0.0.10")
    ticking.forward(600)
    ask(client)
    assert client.post("/api/v1/devices/codes", json={"kind": "toaster"}).status_code == 409


def test_a_device_that_asks_too_fast_is_told_to_ask_slower(client: FlaskClient, ticking: HandClock) -> None:
    code = ask(client)
    assert [became(client, code)["state"] for _ in range(2)] == ["waiting", "slower"]
    ticking.forward(2)
    assert became(client, code)["state"] == "waiting"


def test_only_the_device_itself_fetches_its_token(
    app: APIFlask, client: FlaskClient, admin: Browser, ticking: HandClock
) -> None:
    code, other = ask(client), ask(client, address="10.0.0.10")
    enrol(admin, code["code"], "kiosk:K1")
    assert became(client, other)["state"] == "waiting"
    assert became(client, {"secret": code["code"] * 6})["state"] == "over"
    assert became(client, code)["state"] == "granted"


def test_a_code_makes_one_device_whoever_types_it_too(
    app: APIFlask, hub: Hub, client: FlaskClient, admin: Browser, ticking: HandClock
) -> None:
    reception, code = app.extensions["reception"], ask(client)
    one = reception.find(code["code"], "70")
    reception.claim(one)
    assert enrol(admin, code["code"], "kiosk:K1").status_code == 409
    assert hub.read().last_event("DeviceEnrolled") is None and became(client, code)["state"] == "waiting"
    reception.settle(one, None)
    assert enrol(admin, code["code"], "kiosk:K1").status_code == 200


def test_codes_can_not_be_guessed_in_a_row(client: FlaskClient, admin: Browser, ticking: HandClock) -> None:
    code = ask(client)
    for _ in range(10):
        assert enrol(admin, "ZZZZZZ", "kiosk:K1").status_code == 409
    assert enrol(admin, code["code"], "kiosk:K1").json["detail"] == enrolment.GUESSED.zh
    ticking.forward(60)
    assert enrol(admin, code["code"], "kiosk:K1").status_code == 200


@pytest.mark.parametrize(
    ("asks", "what"), [("kiosk", "boards:"), ("kiosk", "screen:"), ("boards", "kiosk:K1"), ("browser", "kiosk:K1")]
)
def test_nothing_becomes_what_it_is_not(
    client: FlaskClient, admin: Browser, ticking: HandClock, asks: str, what: str
) -> None:
    code = ask(client, asks)
    assert enrol(admin, code["code"], what).status_code == 409
    assert became(client, code)["state"] == "waiting"


@pytest.mark.parametrize("what", ["kiosk:K9", "kiosk:", "tablet:99"])
def test_no_device_stands_where_there_is_no_place(
    hub: Hub, client: FlaskClient, admin: Browser, ticking: HandClock, what: str
) -> None:
    code = ask(client, "kiosk" if what.startswith("kiosk") else "browser")
    assert enrol(admin, code["code"], what).status_code == 409
    assert hub.read().last_event("DeviceEnrolled") is None


def test_a_television_gets_a_cookie_that_no_script_reads_and_its_page(
    app: APIFlask, hub: Hub, client: FlaskClient, admin: Browser, ticking: HandClock
) -> None:
    area = next(iter(hub.hall.screens))
    television = app.test_client()
    assert "enrol.js" in television.get("/enrol").get_data(as_text=True)
    code = ask(television, "browser")
    assert "<svg" in television.get(f"/enrol/{code['code']}.svg").get_data(as_text=True)
    enrol(admin, code["code"], f"screen:{area}")
    answer = television.post("/api/v1/devices/codes/became", json={"secret": code["secret"]})
    assert answer.json["token"] == "" and answer.json["home"] == f"/screen/{area}"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert television.get("/api/v1/devices/me").json["device"] == "screen-1"
    assert television.get("/enrol").headers["Location"] == f"/screen/{area}"
    assert television.get("/hall").headers["Location"].startswith("/login"), "a person logs in there as anywhere"
    assert television.get("/api/v1/kiosks/K1").status_code == 403
    second = ask(client, "browser", "10.0.0.10")
    enrol(admin, second["code"], "screen:")
    assert became(client, second)["device"] == "screen-2"


def test_a_locked_device_is_shut_out_until_it_is_unlocked(
    app: APIFlask, hub: Hub, admin: Browser, kiosk: dict[str, str], client: FlaskClient
) -> None:
    def get() -> int:
        return client.get("/api/v1/kiosks/K1", headers=kiosk).status_code

    admin.post("/api/v1/devices/lock", {"device": "K1"})
    admin.post("/api/v1/devices/lock", {"device": "K1"})
    assert get() == 403
    admin.post("/api/v1/devices/unlock", {"device": "K1"})
    assert get() == 200
    names = [row.event for row in hub.read().events_between("DeviceLocked", 0, 1e12)]
    assert names == ["DeviceLocked"], "the same press again records nothing"


def test_a_lock_and_an_end_cut_the_live_feed(
    app: APIFlask, hub: Hub, admin: Browser, kiosk: dict[str, str], client: FlaskClient
) -> None:
    assert "device K1" in verbs.sessions(hub)
    admin.post("/api/v1/devices/lock", {"device": "K1"})
    assert "device K1" not in verbs.sessions(hub)
    admin.post("/api/v1/devices/unlock", {"device": "K1"})
    admin.post("/api/v1/devices/end", {"device": "K1"})
    assert "device K1" not in verbs.sessions(hub)


def test_a_name_stands_on_the_page_and_not_in_the_journal(hub: Hub, admin: Browser) -> None:
    admin.post("/api/v1/devices/rename", {"device": "K1", "label": "王工的取号机"})
    page = admin.client.get("/admin/devices").get_data(as_text=True)
    assert "王工的取号机" in page
    assert "王工" not in json.dumps([row[6] for row in hub.read().conn.execute("SELECT * FROM journal")])
    assert admin.post("/api/v1/devices/rename", {"device": "K77", "label": "x"}).status_code == 404


def test_last_contact_version_and_breaks_are_shown(
    app: APIFlask, hub: Hub, clock: HandClock, admin: Browser, kiosk: dict[str, str], client: FlaskClient
) -> None:
    def k1() -> dict[str, Any]:
        known = admin.client.get("/api/v1/devices/known").json["devices"]
        return next(one for one in known if one["device"] == "K1")

    assert (k1()["state"], k1()["seen"]) == ("never", None)
    agent = {**kiosk, "User-Agent": "jiaohao/1.4.2 (kiosk)"}
    stream = client.get("/api/v1/kiosks/K1", headers={**agent, "Accept": "text/event-stream"}, buffered=False)
    assert (k1()["state"], k1()["version"], k1()["disconnections"]) == ("here", "1.4.2", 0)
    stream.close()
    assert k1()["disconnections"] == 1
    clock.forward(61)
    assert k1()["state"] == "away"
    clock.forward(86400)
    admin.log_in("70")
    assert k1()["disconnections"] == 0, "of today alone"
    verbs.seen(hub, app.extensions["contacts"].take_fresh())
    assert app.extensions["contacts"].take_fresh() == {}
    row = hub.read().device("K1")
    assert row and row["version"] == "1.4.2" and row["seen_at"]


def test_a_manager_looks_and_an_administrator_acts(client: FlaskClient, browser: Browser, ticking: HandClock) -> None:
    browser.log_in("50")
    page = browser.client.get("/admin/devices").get_data(as_text=True)
    assert "全部设备" in page and "登记新设备" not in page
    assert enrol(browser, ask(client)["code"], "kiosk:K1").status_code == 403


def test_the_page_asks_before_it_enrols(hub: Hub, client: FlaskClient, admin: Browser, ticking: HandClock) -> None:
    code = ask(client)
    page = admin.client.get(f"/admin/devices?code={code['code']}").get_data(as_text=True)
    assert code["shown"] in page and "10.0.0.9" in page and 'value="kiosk:K1"' in page
    form = {"csrf_token": admin.csrf, "code": code["code"], "what": "kiosk:K1", "label": ""}
    assert admin.client.post("/admin/devices/enrol", data=form).headers["Location"] == "/admin/devices"
    assert became(client, code)["state"] == "granted"
    wrong = admin.client.get("/admin/devices?code=ZZZZZZ").get_data(as_text=True)
    assert enrolment.OVER.zh in wrong


class Heads:
    """What the spool of a running hub gives the page, without its threads."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.found: dict[str, Any] = {}

    def examine(self, name: str) -> None:
        self.asked.append(name)
        self.found[name] = Examining()

    def examined(self, name: str) -> Any:
        return self.found.get(name)


def test_a_manager_has_a_printer_checked_by_whoever_has_its_port(app: APIFlask, hub: Hub, browser: Browser) -> None:
    browser.log_in("50")
    assert browser.post("/api/v1/devices/check", {"printer": "p80"}).status_code == 409, "no spool runs here"
    app.extensions["spool"] = heads = Heads()
    assert browser.post("/api/v1/devices/check", {"printer": "p99"}).status_code == 404
    assert browser.post("/api/v1/devices/check", {"printer": "p80"}).status_code == 200 and heads.asked == ["p80"]
    page = browser.client.get("/admin/devices/check").get_data(as_text=True)
    assert "正在检查" in page and 'http-equiv="refresh"' in page
    said = Text("打印机确认：已打印。", "Confirmed by the printer: printed.")
    change = Text("GS a 没有应答：把 asb 改为 false。", "No answer to GS a: say asb = false.")
    heads.found["p80"] = Examination(
        0, said, page=examination.Page(900, 140.0, 1.5, 1.1), changes=(change,), guessed=("asb",)
    )
    page = browser.client.get("/admin/devices/check").get_data(as_text=True)
    assert said.zh in page and change.zh in page and "http-equiv" not in page
    told = browser.client.get("/api/v1/devices/checks").json["printers"]
    assert [one["state"] for one in told if one["id"] == "p80"] == ["good"]


def test_a_wire_is_checked_by_the_boards_program(app: APIFlask, hub: Hub, browser: Browser) -> None:
    wire = next(iter(hub.hall.wires))
    boards = {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'boards').read_text().strip()}"}
    program = app.test_client()

    def asked() -> dict[str, Any]:
        found: dict[str, Any] = program.get("/api/v1/boards", headers=boards).json["examine"]
        return found

    browser.log_in("50")
    assert asked() == {}
    browser.post("/api/v1/devices/check", {"wire": wire, "every": True})
    order = asked()[wire]
    assert order["every"] is True
    browser.post("/api/v1/devices/check", {"wire": wire})
    assert asked()[wire] == order, "one that is under way stays the one"
    body = {
        "wire": wire,
        "order": order["order"],
        "found": [["共找到3块屏。", "Found 3 boards."]],
        "lines": "[boards.x]",
    }
    program.put("/api/v1/boards/examined", json={**body, "order": 1}, headers=boards)
    assert asked()[wire] == order, "what nobody waits for is not kept"
    assert program.put("/api/v1/boards/examined", json=body, headers=boards).status_code == 200
    page = browser.client.get("/admin/devices/check").get_data(as_text=True)
    assert asked() == {} and "共找到3块屏。" in page and "[boards.x]" in page
    assert browser.post("/api/v1/devices/check", {"wire": "none"}).status_code == 404


def test_a_television_shows_its_code_and_then_its_screen(page: Page, web: Web, hub: Hub) -> None:
    page.goto(f"{web.base}/enrol")
    expect(page.locator("#qr")).to_be_visible()
    letters = page.locator("#letters").inner_text()
    assert re.fullmatch(r"[A-Z]{3}-[A-Z]{3}", letters)
    area = next(iter(hub.hall.screens))
    verbs.enrol(hub, web.app.extensions["reception"], By("70"), letters, "screen", area, "东墙")
    arrives(page, rf"/screen/{area}$")
    (cookie,) = [one for one in page.context.cookies() if one["name"].startswith("jiaohao-device-")]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    expect(page.locator("#calls")).to_be_attached()
    page.goto(f"{web.base}/enrol")
    arrives(page, rf"/screen/{area}$")
    contacts = web.app.extensions["contacts"]
    assert contacts.of("screen-1").seen is not None
