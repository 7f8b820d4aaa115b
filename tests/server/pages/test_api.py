"""The API: who may ask what, errors in one shape, one touch one ticket, feeds that resume."""

from __future__ import annotations

import json
import re
import threading
from functools import partial
from itertools import islice
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from server.app import create_app
from server.domain import codes
from server.domain import events as ev
from server.pages.feeds import Places
from server.pages.login import Failures
from server.store import secret
from server.verbs import accounts, calls, counters, jobs, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, new_key

PROBLEM = "application/problem+json"


def take(client: FlaskClient, kiosk: dict[str, str], service: str = "SB01", key: str = "") -> Any:
    return client.post(
        "/api/v1/tickets", json={"service": service}, headers={**kiosk, "Idempotency-Key": key or new_key()}
    )


def test_a_kiosk_takes_a_number(client: FlaskClient, kiosk: dict[str, str]) -> None:
    take(client, kiosk)
    answer = take(client, kiosk, "MZ01")
    assert answer.status_code == 201
    body = answer.get_json()
    assert (body["number"], body["ahead"], body["state"], body["group"]["name"]) == ("S001", 1, "waiting", "社会救助")
    assert body["print"]["state"] == "queued"
    assert client.get(f"/api/v1/tickets/{body['id']}", headers=kiosk).get_json()["number"] == "S001"


def test_the_same_touch_twice_is_one_ticket(client: FlaskClient, kiosk: dict[str, str]) -> None:
    first, second = (take(client, kiosk, key="the-same-touch").get_json() for _ in range(2))
    assert first["id"] == second["id"]
    assert take(client, kiosk, "SB02", key="the-same-touch").status_code == 422


def test_the_kiosks_word_that_it_can_be_done_online_is_counted_shown_and_taken(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    def tell(service: str, *, taken: bool = False, key: str = "", at: str = "K1") -> Any:
        body, headers = {"service": service, "taken": taken}, {**kiosk, "Idempotency-Key": key or new_key()}
        return client.post(f"/api/v1/kiosks/{at}/online", json=body, headers=headers)

    assert [tell("SB01", key="the-same-touch").status_code for _ in range(2)] == [200, 200]
    assert tell("SB01", taken=True).status_code == 200
    assert tell("MZ01").status_code == 409, "partly online: the counter is needed"
    assert tell("XX99").status_code == 404
    told = [row.happened() for row in hub.read().journal(0) if row.event == "OnlineTold"]
    assert [(event.service, event.taken) for event in told] == [("SB01", False), ("SB01", True)]


def own(client: FlaskClient, kiosk: dict[str, str], ticket: int, verb: str, key: str = "", at: str = "K1") -> Any:
    headers = {**kiosk, "Idempotency-Key": key or new_key()}
    return client.post(f"/api/v1/kiosks/{at}/tickets/{ticket}/{verb}", headers=headers)


def test_a_number_that_was_a_mistake_is_given_back_at_its_kiosk_within_a_minute(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    mine, late = (take(client, kiosk).get_json()["id"] for _ in range(2))
    clock.forward(59)
    answers = [own(client, kiosk, mine, "give-back", "the-same-touch") for _ in range(2)]
    assert [(a.status_code, a.get_json()["state"]) for a in answers] == [(200, "left"), (200, "left")]
    assert [row.event for row in hub.read().life_line(mine)].count("Left") == 1, "the same touch twice is once"
    assert own(client, kiosk, mine, "give-back").status_code == 409, "it has ended"
    clock.forward(2)
    answer = own(client, kiosk, late, "give-back")
    assert answer.status_code == 409 and "超过1分钟" in answer.get_json()["detail"]
    again = own(client, kiosk, mine, "give-back", "the-same-touch")
    assert again.get_json()["state"] == "left", "an answer that was lost comes again"


def test_a_number_that_has_been_called_is_not_given_back(
    client: FlaskClient, kiosk: dict[str, str], browser: Browser
) -> None:
    ticket = take(client, kiosk).get_json()["id"]
    browser.log_in("08", "1")
    assert browser.post("/api/v1/counters/1/call-next").status_code == 200
    answer = own(client, kiosk, ticket, "give-back")
    assert answer.status_code == 409 and "1号窗口" in answer.get_json()["detail"]


def test_one_more_paper_at_the_kiosk_and_none_without_end(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    ticket = take(client, kiosk).get_json()["id"]
    assert own(client, kiosk, ticket, "print").status_code == 409, "the first is still on its way"
    copies = []
    for _ in range(3):
        job = hub.read().last_job(ticket)
        assert job is not None
        copies.append(job.copy)
        jobs.print_ended(hub, job.id, ticket, "p80", "printed")
        answer = own(client, kiosk, ticket, "print")
    assert copies == [1, 2, 3] and answer.status_code == 409 and "已经打印3张" in answer.get_json()["detail"]
    other = take(client, kiosk).get_json()["id"]
    clock.forward(61)
    assert own(client, kiosk, other, "print").status_code == 409


def test_whoever_remembers_the_number_gets_no_paper_and_may_still_have_it(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub
) -> None:
    body = client.post(
        "/api/v1/tickets", json={"service": "SB01", "paper": False}, headers={**kiosk, "Idempotency-Key": new_key()}
    ).get_json()
    assert body["print"]["state"] == "none" and hub.read().last_job(body["id"]) is None
    assert own(client, kiosk, body["id"], "print").get_json()["print"]["state"] == "queued"


def test_only_the_kiosk_that_gave_a_number_out_may_do_so(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    mine = take(client, kiosk).get_json()["id"]
    desk = tickets.issue(hub, By("08", new_key()), "SB01", channel="desk").id
    for verb in ("give-back", "print"):
        assert own(client, kiosk, desk, verb).status_code == 403
        assert own(client, kiosk, 999, verb).status_code == 404
        assert own(client, kiosk, mine, verb, at="K2").status_code in (403, 404)
        assert own(client, {}, mine, verb).status_code == 401
    assert client.post(f"/api/v1/kiosks/K1/tickets/{mine}/print", headers=kiosk).status_code == 400, "it needs its key"


STAFF_ALONE = [
    ({"class": "green"}, "类别"),
    ({"class": "appointment"}, "类别"),
    ({"class": "none-such"}, "类别"),
    ({"slot": "2026-11-23T10:30"}, "预约时段"),
    ({"appointment": "Y1"}, "预约号"),
    ({"printer": "p58"}, "打印机"),
]


@pytest.mark.parametrize(("wish", "what"), STAFF_ALONE)
def test_a_kiosk_is_told_what_it_may_not_give(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, wish: dict[str, str], what: str
) -> None:
    def asked(body: dict[str, str]) -> Any:
        return client.post("/api/v1/tickets", json=body, headers={**kiosk, "Idempotency-Key": new_key()})

    for of in ({"service": "SB01"}, {"booking": "YY-0001"}):
        answer = asked({**of, **wish})
        told = answer.get_json()
        assert (answer.status_code, answer.content_type, told["detail"]) == (
            409,
            PROBLEM,
            f"取号机不能指定{what}：请按普通号取号，或到咨询台办理。",
        )
    assert hub.read().ticket(1) is None
    assert asked({"service": "SB01", "class": "ordinary"}).get_json()["class"] == "ordinary"
    if "printer" in wish:
        ours = {"headers": {**kiosk, "Idempotency-Key": new_key()}, "json": wish}
        assert client.post("/api/v1/tickets/1/reprint", **ours).get_json()["detail"].startswith("取号机不能指定打印机")


MIXED = [
    {"booking": "YY-0001", "service": "SB01"},
    {"booking": "YY-0001", "class": "green"},
    {"booking": "YY-0001", "slot": "2026-11-23T10:30"},
    {"service": "SB01", "class": "green", "slot": "2026-11-23T10:30", "appointment": "Y1"},
    {"service": "SB01", "appointment": "Y1"},
]


@pytest.mark.parametrize("wish", MIXED)
def test_staff_too_get_what_they_ask_for_or_a_word(browser: Browser, hub: Hub, wish: dict[str, str]) -> None:
    browser.log_in("30")
    answer = browser.post("/api/v1/tickets", wish)
    assert answer.status_code == 409 and answer.get_json()["detail"].startswith(
        ("凭预约取号", "有预约时段的号", "请填写预约时段")
    )
    assert hub.read().ticket(1) is None


REFUSED = [
    ("post", "/api/v1/tickets", {"service": "SB01"}, {}, 401),
    ("post", "/api/v1/tickets", {"service": "SB01"}, {"Authorization": "Bearer wrong"}, 401),
    ("post", "/api/v1/tickets", {"service": "XX"}, "K1", 404),
    ("post", "/api/v1/tickets", {"service": 3}, "K1", 422),
    ("post", "/api/v1/tickets", {}, "K1", 422),
    ("post", "/api/v1/tickets", {"service": "SB01", "language": "?"}, "K1", 422),
    ("get", "/api/v1/tickets/999", None, "K1", 404),
    ("get", "/api/v1/kiosks/K9", None, "K1", 404),
    ("get", "/api/v1/nothing", None, {}, 404),
    ("delete", "/api/v1/tickets", None, {}, 405),
    ("get", "/api/v1/reports/2026-W47", None, "K1", 403),
    ("get", "/api/v1/journal", None, {}, 401),
    ("post", "/api/v1/counters/1/call-next", {}, "K1", 403),
    ("put", "/api/v1/boards/health", {"boards": {"1": {"state": "fine"}}}, "boards", 422),
    ("put", "/api/v1/boards/health", {}, "K1", 403),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), REFUSED)
def test_every_error_is_a_problem(
    client: FlaskClient, hub: Hub, method: str, path: str, body: Any, headers: Any, status: int
) -> None:
    if isinstance(headers, str):
        headers = {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / headers).read_text().strip()}"}
    headers = {**headers, "Idempotency-Key": new_key()}
    answer = client.open(path, method=method.upper(), json=body, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    problem = answer.get_json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert problem["detail"]


def test_a_body_that_is_no_json_and_a_missing_key(client: FlaskClient, kiosk: dict[str, str]) -> None:
    bad = client.post(
        "/api/v1/tickets", data="{", content_type="application/json", headers={**kiosk, "Idempotency-Key": new_key()}
    )
    assert (bad.status_code, bad.content_type) == (400, PROBLEM)
    without = client.post("/api/v1/tickets", json={"service": "SB01"}, headers=kiosk)
    assert (without.status_code, without.content_type) == (400, PROBLEM)
    assert "Idempotency-Key" in without.get_json()["detail"]


def test_a_visit_at_the_console(browser: Browser, client: FlaskClient, kiosk: dict[str, str]) -> None:
    take(client, kiosk)
    assert browser.log_in("08", "1").headers["Location"] == "/counter"
    called = browser.post("/api/v1/counters/1/call-next").get_json()
    assert called["acted"]["number"] == "A001"
    assert called["ticket"]["why"].startswith("按取号先后轮到")
    twice = browser.post("/api/v1/counters/1/call-next")
    assert (twice.status_code, twice.get_json()["detail"]) == (409, "A001已呼叫，尚未到窗：请先开始或过号。")
    assert browser.post("/api/v1/counters/1/start").get_json()["ticket"]["state"] == "serving"
    assert browser.post("/api/v1/counters/1/finish", {"outcome": "现场办结"}).get_json()["ticket"] is None
    assert browser.post("/api/v1/counters/1/call-next").get_json()["acted"] is None


def test_a_press_of_a_key_needs_its_csrf_token_and_its_counter(browser: Browser) -> None:
    browser.log_in("08", "1")
    assert browser.post("/api/v1/counters/1/call-next", **{"X-CSRFToken": "wrong"}).status_code == 400
    assert browser.post("/api/v1/counters/2/call-next").status_code == 403


def test_wrong_password_and_taken_counter(app: APIFlask) -> None:
    first, second = Browser(app.test_client()), Browser(app.test_client())
    first.log_in("08", "1")
    assert "已由08登录" in second.log_in("09", "1").get_data(as_text=True)
    page = second.client.get("/login").get_data(as_text=True)
    token = page.partition('csrf-token" content="')[2].partition('"')[0]
    wrong = second.client.post("/login", data={"csrf_token": token, "staff": "09", "password": "no", "counter": ""})
    assert (wrong.status_code, "工号或密码不对" in wrong.get_data(as_text=True)) == (403, True)


def test_logging_in_may_be_tried_so_often_and_no_more(hub: Hub) -> None:
    app = create_app(hub, login_limit=3)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = Browser(app.test_client())
    answers = [browser.log_in("nobody") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429, 429]
    assert "登录失败次数太多" in answers[-1].get_data(as_text=True)


def test_a_minute_of_failed_logins_is_counted_and_not_read_off_the_clock() -> None:
    seconds = HandClock(1000.0)
    failures = Failures(3, seconds)
    for _ in range(3):
        assert failures.wait_s("a") == 0
        failures.count("a")
    assert (failures.wait_s("a"), failures.wait_s("b")) == (60, 0)
    seconds.forward(59)
    failures.count("b")
    assert failures.wait_s("a") == 1
    seconds.forward(1)
    assert failures.wait_s("a") == 0
    failures.count("c")
    assert set(failures._known) == {"b", "c"}, "what is over is forgotten"


def test_logins_that_succeed_are_not_counted(hub: Hub) -> None:
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-08")
    app = create_app(hub, login_limit=3)
    app.config["WTF_CSRF_ENABLED"] = False
    browser = Browser(app.test_client())
    assert [browser.log_in("08", "1").status_code for _ in range(6)] == [302] * 6


READ_BY = [
    ("/api/v1/reports/2026-W48", {"50", "60"}),
    ("/reports/2026-W48", {"50", "60"}),
    ("/api/v1/journal", {"50", "60"}),
    ("/api/v1/counters/1", {"08", "30", "50"}),
    ("/api/v1/devices", {"08", "30", "50", "60"}),
]


@pytest.mark.parametrize(("path", "readers"), READ_BY)
@pytest.mark.parametrize("staff", ["08", "30", "50", "60"])
def test_roles(browser: Browser, path: str, readers: set[str], staff: str) -> None:
    browser.log_in(staff)
    assert browser.client.get(path).status_code == (200 if staff in readers else 403)


def test_no_week_like_that(browser: Browser) -> None:
    browser.log_in("50")
    assert browser.client.get("/api/v1/reports/2026-W54").status_code == 404


def messages(answer: Any) -> Any:
    """The parsed server-sent events of a streamed answer."""
    for chunk in answer.response:
        text = chunk.decode() if isinstance(chunk, bytes) else chunk
        if not text.startswith(":"):
            yield {k: v for k, _, v in (line.partition(": ") for line in text.splitlines() if line)}


def test_a_feed_shows_at_once_and_at_each_change(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    stream = messages(client.get("/api/v1/screen", headers={"Accept": "text/event-stream"}, buffered=False))
    first = next(stream)
    assert json.loads(first["data"])["waits"][0]["ahead"] == 0
    threading.Timer(0.05, tickets.issue, args=(hub, By("kiosk"), "SB01")).start()
    second = next(stream)
    assert json.loads(second["data"])["waits"][0]["ahead"] == 1
    assert int(second["id"]) > int(first["id"])


def test_the_journal_resumes_after_the_last_event(browser: Browser, hub: Hub) -> None:
    for _ in range(5):
        tickets.issue(hub, By("kiosk"), "SB01")
    browser.log_in("50")
    answer = browser.client.get(
        "/api/v1/journal", headers={"Accept": "text/event-stream", "Last-Event-ID": str(hub.seq - 3)}, buffered=False
    )
    assert [int(m["id"]) for m in islice(messages(answer), 3)] == [hub.seq - 2, hub.seq - 1, hub.seq]
    rows = browser.client.get(f"/api/v1/journal?since={hub.seq - 1}").get_json()["rows"]
    assert [row["seq"] for row in rows] == [hub.seq]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_a_follower_that_knows_more_than_a_restored_hub_is_told_so(browser: Browser, hub: Hub, accept: str) -> None:
    tickets.issue(hub, By("kiosk"), "SB01")
    browser.log_in("50")
    seq, _, head = hub.read().head()
    get = partial(browser.client.get, buffered=False)
    for query, headers in (
        (f"?since={seq + 1}", {}),
        (f"?since={10**30}", {}),
        (f"?since={seq}&hash={'0' * 64}", {}),
        (f"?since={seq - 1}&hash={head}", {}),
        ("", {"Last-Event-ID": str(seq + 7)}),
    ):
        answer = get(f"/api/v1/journal{query}", headers={"Accept": accept, **headers})
        assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
        said = answer.get_json()
        assert (said["type"], said["seq"], said["hash"]) == ("urn:jiaohao:problem:another-journal", seq, head)
        assert "不是同一份" in said["detail"] and "begin anew" in said["detail_en"]
    for query in (f"?since={seq}", f"?since={seq}&hash={head}", "?since=0", f"?since=0&hash={'0' * 64}", "?since=-5"):
        answer = get(f"/api/v1/journal{query}&beat", headers={"Accept": accept})  # the sooner it says something
        assert answer.status_code == 200
        answer.close()


def test_a_screen_that_knows_more_than_a_restored_hub_is_shown_the_hall(client: FlaskClient, hub: Hub) -> None:
    shown = client.get("/api/v1/screen").get_json()
    assert client.get(f"/api/v1/screen?since={shown['seq']}").status_code == 204
    assert client.get(f"/api/v1/screen?since={shown['seq'] + 500}").get_json()["seq"] == hub.seq


def test_rows_that_this_version_does_not_know_go_on_to_whoever_follows(browser: Browser, hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    for about in ({}, {"ticket": ticket.id}, {"counter": "1"}):
        hub.turn(lambda turn, about=about: turn.record(ev.Unread(called="DroneSeen", **about), "50"))
    browser.log_in("50")
    rows = browser.client.get("/api/v1/journal").get_json()["rows"]
    assert [row["known"] for row in rows[-4:] if row["event"] == "DroneSeen"] == [False] * 3
    assert all(row["known"] for row in rows if row["event"] != "DroneSeen")
    stream = browser.client.get("/api/v1/journal", headers={"Accept": "text/event-stream"}, buffered=False)
    assert sum(m["event"] == "DroneSeen" for m in islice(messages(stream), len(rows))) == 3
    life = browser.client.get(f"/api/v1/tickets/{ticket.id}/life").get_json()
    assert life["lines"][-1]["zh"] == "本版本不认识的记录“DroneSeen”。"
    for path in ("hall", "screen", "desk", "counters/1", "reports/2026-W48", "reports/2026-11-23"):
        assert browser.client.get(f"/api/v1/{path}").status_code == 200, path
    for path in ("hall", "people", "people/attendance", "people/register", f"desk/ticket/{ticket.id}"):
        assert browser.client.get(f"/{path}").status_code == 200, path


def test_half_of_the_public_streams_is_the_most_that_one_address_has() -> None:
    places = Places(4, 1)
    taken = [places.take("10.0.0.7", known=False) for _ in range(3)]
    assert [one is not None for one in taken] == [True, True, False]
    assert places.take("10.0.0.8", known=False) and places.take("127.0.0.1", known=False)
    assert places.take("10.0.0.9", known=False) is None and places.held == 4
    kept = places.take("10.0.0.7", known=True)
    assert kept and places.take("10.0.0.7", known=True) is None, "the place that no stranger takes is taken"
    for give_back in (taken[0], kept):
        assert give_back
        give_back()
    assert places.held == 3 and places.take("10.0.0.7", known=False) and places.take("10.0.0.7", known=False) is None
    assert places.take("10.0.0.7", known=True)


def test_streams_are_capped_and_polling_goes_on(hub: Hub, app: APIFlask) -> None:
    app.extensions["feeds"].__init__(hub, 1)
    client = app.test_client()
    first = client.get("/api/v1/screen", headers={"Accept": "text/event-stream"}, buffered=False)
    full = client.get("/api/v1/screen", headers={"Accept": "text/event-stream"})
    assert (full.status_code, full.headers["Retry-After"]) == (503, "2")
    shown = client.get("/api/v1/screen").get_json()
    assert client.get(f"/api/v1/screen?since={shown['seq']}").status_code == 204
    tickets.issue(hub, By("kiosk"), "SB01")
    assert client.get(f"/api/v1/screen?since={shown['seq']}").get_json()["waits"][0]["ahead"] == 1
    first.close()
    assert client.get("/api/v1/screen", headers={"Accept": "text/event-stream"}, buffered=False).status_code == 200


def test_openapi_and_its_page_are_served_without_the_internet(client: FlaskClient) -> None:
    spec = client.get("/api/v1/openapi.json").get_json()
    assert {"/api/v1/tickets", "/api/v1/boards", "/api/v1/counters/{counter_id}/call-next"} <= spec["paths"].keys()
    page = client.get("/api/docs").get_data(as_text=True)
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    assert "/api/v1/tickets" in page


def test_every_page_speaks_no_other_host(browser: Browser) -> None:
    browser.log_in("50", "1")
    for path in ("/login", "/counter", "/screen", "/reports/2026-W48"):
        page = browser.client.get(path).get_data(as_text=True)
        assert page
        assert "//" not in page.replace("http://www.w3.org", "").replace("https://www.w3.org", ""), path


def test_the_board_gets_what_to_show_and_tells_how_it_is(client: FlaskClient, hub: Hub) -> None:
    token = {"Authorization": f"Bearer {(hub.hall.data / 'tokens' / 'boards').read_text().strip()}"}
    counters.open_counter(hub, By("08"), "3", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "3")
    view = client.get("/api/v1/boards", headers=token).get_json()
    shown = view["boards"]
    assert shown["3"] == {
        "text": "请A001到3号窗口",
        "more": [],
        "seconds": 0,
        "effect": "flash",
        "color": "red",
        "number_color": "",
        "call": 1,
        "light": None,
    }
    assert (shown["1"]["text"], shown["1"]["light"]) == ("停止办公", 100)
    assert (view["pads"], view["raters"]) == ({"1": {"digits": "    "}}, {"1": {"ask": ""}})
    assert (
        client.put(
            "/api/v1/boards/health", json={"boards": {"3": {"state": "unreachable", "detail": "x"}}}, headers=token
        ).status_code
        == 200
    )
    assert hub.read().last_event("DeviceChanged").happened().device == "board 3"  # type: ignore[union-attr]


def test_every_text_is_washed_at_the_door(browser: Browser, hub: Hub) -> None:
    browser.log_in("08", "1")
    taken = browser.post("/api/v1/counters/1/tickets", {"service": "ＳＢ０１\u200b"}).get_json()
    number = taken["acted"]["number"]
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    called = browser.post("/api/v1/counters/1/call", {"number": f" {wide}\u00ad"})
    assert called.status_code == 200 and called.get_json()["acted"]["number"] == number
    browser.post("/api/v1/counters/1/help", {"text": "请\u200b来\x0b一下\r\n"})
    assert hub.read().last_event("HelpAsked").happened().text == "请来 一下"  # type: ignore[union-attr]
    body: Any = "x"
    for _ in range(200):
        body = [body]
    assert browser.post("/api/v1/counters/1/help", {"text": body}).status_code == 400


def test_digits_of_any_width_find_a_number(browser: Browser, hub: Hub) -> None:
    ticket = tickets.issue(hub, By("08"), "SB01", channel="desk")
    browser.log_in("08", "1")
    assert browser.post("/api/v1/counters/1/call", {"number": "００１"}).get_json()["acted"]["number"] == ticket.label
    assert (
        browser.client.get("/api/v1/tickets", query_string={"number": "Ａ００１"}).get_json()["ticket"]["number"]
        == "A001"
    )


def test_a_password_is_taken_as_it_was_typed(client: FlaskClient, hub: Hub) -> None:
    accounts.put(hub, By("administrator"), "31", "甲", "operator", "ｐ\u200b ")
    page = client.get("/login").get_data(as_text=True)
    csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    form = {"csrf_token": csrf, "staff": "３１", "password": "ｐ\u200b ", "counter": ""}
    assert client.post("/login", data={**form, "password": "p"}).status_code == 403
    assert client.post("/login", data=form).status_code == 302


def test_a_code_at_a_kiosk(client: FlaskClient, kiosk: dict[str, str], hub: Hub) -> None:
    def ask(path: str, body: dict, method: str = "post") -> Any:
        return getattr(client, method)(path, json=body, headers={**kiosk, "Idempotency-Key": new_key()})

    booking = (hub.hall.data / "tokens" / "bookings").read_text().strip()
    csv = "code,kind,day,time,service\nYY-0001,appointment,2026-11-23,09:30,SB01\n"
    assert client.put("/api/v1/bookings", data=csv, headers=kiosk).status_code == 403
    taken = client.put("/api/v1/bookings", data=csv, headers={"Authorization": f"Bearer {booking}"}).json
    assert taken == {"taken": 1, "new": 1, "changed": 0, "double": 0}
    wrong = client.put("/api/v1/bookings", data="code,kind\n", headers={"Authorization": f"Bearer {booking}"})
    assert wrong.status_code == 400 and "缺这一列" in wrong.json["detail"]

    found = ask("/api/v1/kiosks/K1/look-up", {"code": "yy-0001"}).json
    assert (found["kind"], found["state"], found["booking"]["slot"]) == (
        "appointment",
        "early",
        "2026-11-23T09:30:00+08:00",
    )
    ticket = ask("/api/v1/tickets", {"booking": "YY-0001"})
    assert (ticket.status_code, ticket.json["number"], ticket.json["class"]) == (201, "A001", "appointment")
    again = ask("/api/v1/tickets", {"booking": "YY-0001"})
    assert (again.status_code, again.json["detail"]) == (409, "该预约已签到，号码A001：不需要再取号。")

    code = codes.ticket_code(secret.key(hub.hall, "code").encode(), 1)
    found = ask("/api/v1/kiosks/K1/look-up", {"code": f"http://hall/t/{code}"}).json
    assert (found["kind"], found["ticket"]["number"], found["may_reprint"]) == ("ticket", "A001", True)
    jobs.print_ended(hub, 1, 1, "p80", "printed")
    assert ask("/api/v1/tickets/1/reprint", {"code": "T1-000000"}).status_code == 403
    assert ask("/api/v1/tickets/1/reprint", {"code": code}).json["print"]["state"] == "queued"
    assert ask("/api/v1/kiosks/K1/alive", {}, "put").status_code == 200

    view = client.get("/api/v1/kiosks/K1", headers=kiosk).json
    assert (view["bookings"], view["pickup"]["code"], len(view["id_key"])) == (True, "LQ01", 128)
    assert {p["id"] for p in view["publication"]} >= {"notice", "promises", "hours", "items", "phones"}


def test_a_manager_sees_a_kiosk_but_not_its_key(browser: Browser) -> None:
    browser.log_in("50")
    assert "id_key" not in browser.client.get("/api/v1/kiosks/K1").json
    assert browser.post("/api/v1/kiosks/K1/look-up", {"code": "A001"}).status_code == 403


@pytest.mark.parametrize(
    "then", ["//evil.com", "/\\evil.com", "/\t/evil.com", "/\n/evil.com", "http://evil.com", "/ok\r\nX: y"]
)
def test_after_a_login_nobody_is_led_elsewhere(app: APIFlask, then: str) -> None:
    client = app.test_client()
    token = re.search(r'csrf-token" content="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert token
    form = {"csrf_token": token[1], "staff": "50", "password": "pass-50", "counter": "", "then": then}
    answer = client.post("/login", data=form)
    assert (answer.status_code, answer.location) == (302, "/hall")


def test_a_poll_hears_what_time_alone_changes(browser: Browser, hub: Hub, clock: HandClock) -> None:
    browser.log_in("50")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    first = browser.client.get("/api/v1/hall")
    seq, tag = first.json["seq"], first.headers["X-Content-Tag"]
    assert browser.client.get(f"/api/v1/hall?since={seq}&tag={tag}").status_code == 204
    clock.forward(3000)
    browser.client.application.extensions["feeds"]._made.clear()
    assert browser.client.get(f"/api/v1/hall?since={seq}&tag={tag}").status_code == 200


def test_a_kiosk_gives_out_so_many_a_minute_and_the_same_touch_again_is_no_new_one(
    client: FlaskClient, kiosk: dict[str, str], hub: Hub, clock: HandClock
) -> None:
    slow = hub.hall.kiosks["K1"].model_copy(update={"tickets_per_min": 3})
    hub.hall = hub.hall.model_copy(update={"kiosks": {"K1": slow}})
    taken = [take(client, kiosk, key=f"touch-no-{n}") for n in range(4)]
    assert [answer.status_code for answer in taken] == [201, 201, 201, 429]
    problem = taken[-1].get_json()
    assert problem["detail"] == "取号太快：本机一分钟最多取3个号，请稍等再取，或到咨询台。"
    assert problem["detail_en"].startswith("Too many numbers at once: this kiosk gives out 3 a minute.")
    assert take(client, kiosk, key="touch-no-2").get_json()["id"] == taken[2].get_json()["id"]
    clock.forward(60)
    assert take(client, kiosk).status_code == 201
    clock.forward(-3600)  # a clock that was set back stops nobody
    assert take(client, kiosk).status_code == 201
