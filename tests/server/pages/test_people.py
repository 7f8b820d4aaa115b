"""The pages and the JSON of people and posts, as their readers use them: log in, read, press, read again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from server.verbs import accounts, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.server.pages.conftest import Browser, Web, log_in

POST = {
    "post": "p1",
    "name": "综合一岗",
    "name_en": "General 1",
    "counter": "1",
    "a": "08",
    "b": "09",
    "reason": "设岗",
}
API = "/api/v1/people"


@pytest.fixture
def manager(app: APIFlask) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in("50")
    return browser


@pytest.fixture
def administrator(app: APIFlask, hub: Hub) -> Browser:
    accounts.put(hub, By("administrator"), "90", "系统管理员", "administrator", "pass-90")
    browser = Browser(app.test_client())
    browser.log_in("90")
    return browser


def form(browser: Browser, path: str, **fields: str) -> str:
    """Send a form as a browser without JavaScript would; the page after the redirect."""
    answer: str = browser.client.post(
        path, data={"csrf_token": browser.csrf, **fields}, follow_redirects=True
    ).get_data(as_text=True)
    return answer


def enter(client: FlaskClient, staff: str, counter: str, reason: str = "", password: str = "") -> Any:
    page = client.get("/login").get_data(as_text=True)
    csrf = re.search(r'csrf-token" content="([^"]+)"', page).group(1)  # type: ignore[union-attr]
    form = {
        "csrf_token": csrf,
        "staff": staff,
        "password": password or f"pass-{staff}",
        "counter": counter,
        "reason": reason,
    }
    return client.post("/login", data=form)


def test_a_post_by_its_form_and_the_register(manager: Browser) -> None:
    page = form(manager, "/people/posts", **POST)
    assert "岗位“综合一岗”已登记。" in page and "员工08" in page
    page = form(manager, "/people/posts", **{**POST, "b": "", "reason": "09调出"})
    register = manager.client.get("/people/register").get_data(as_text=True)
    assert register.index("09调出") < register.index("设岗")
    lines = manager.client.get(f"{API}/register").get_json()["register"]
    assert [(line["kind"], line["by"]["id"], line["reason"]) for line in lines] == [
        ("调岗", "50", "09调出"),
        ("设岗", "50", "设岗"),
    ]
    assert (lines[0]["before"]["b"]["id"], lines[0]["after"]["b"], lines[1]["before"]) == ("09", None, None)


def test_a_refusal_and_a_gap_in_a_form_are_said_on_the_page(manager: Browser) -> None:
    assert "没有工号“99”或账号已停用" in form(manager, "/people/posts", **{**POST, "a": "99"})
    assert "没有填好：reason" in form(manager, "/people/posts", **{**POST, "reason": " "})


def test_a_rotation_by_its_form(manager: Browser) -> None:
    form(manager, "/people/posts", **POST)
    form(manager, "/people/posts", **{**POST, "post": "p2", "counter": "2", "a": "30", "b": ""})
    page = form(
        manager,
        "/people/rotation",
        **{"posts.p1.a": "30", "posts.p1.b": "09", "posts.p2.a": "08", "posts.p2.b": "", "reason": "季度轮岗"},
    )
    assert "轮岗已登记。" in page
    assert [post["a"]["id"] for post in manager.client.get(API).get_json()["posts"]] == ["30", "08"]


def test_a_substitution_from_the_login_to_the_approval(app: APIFlask, manager: Browser) -> None:
    form(manager, "/people/posts", **POST)
    client = app.test_client()
    refused = enter(client, "09", "1")
    assert refused.status_code == 403 and "请选择代岗原因后再登录" in refused.get_data(as_text=True)
    assert enter(client, "09", "1", "请假").headers["Location"] == "/counter"
    page = manager.client.get("/people").get_data(as_text=True)
    assert "待审批的代岗" in page and re.search("代</span>.*员工08</span>.*B岗", page)
    assert "代岗已批准。" in form(manager, "/people/substitutions", substitution="1", approve="true", note="好")
    shown = manager.client.get(API).get_json()
    assert (shown["posts"][0]["standing_in"]["approved"], shown["substitutions"][0]["decided_by"]["id"]) == (True, "50")


def test_the_login_page_asks_for_a_reason_only_in_a_hall_with_posts(client: FlaskClient, manager: Browser) -> None:
    assert "代岗原因" not in client.get("/login").get_data(as_text=True)
    form(manager, "/people/posts", **POST)
    assert "代岗原因" in client.get("/login").get_data(as_text=True)


def test_attendance_and_roster_of_a_day(manager: Browser, hub: Hub, clock: HandClock) -> None:
    clock.at -= 7200  # 07:00
    manager.log_in("50")
    form(manager, "/people/posts", **POST)
    clock.forward(3600 + 600)
    counters.open_counter(hub, By("08"), "1", staff="08")
    clock.forward(3000)
    manager.log_in("50")
    first = manager.client.get(f"{API}/attendance/2026-11-23").get_json()["duties"][0]
    assert {k: first[k] for k in ("late_min", "duty_min", "present_min", "unmanned_min", "absent", "share")} == {
        "late_min": 10,
        "duty_min": 60,
        "present_min": 50,
        "unmanned_min": 10,
        "absent": False,
        "share": 0.8333,
    }
    page = form(
        manager, "/people/roster", day="2026-11-24", post="p1", staff="30", start="08:00", end="12:00", reason="08请假"
    )
    assert "2026-11-24的排班已登记。" in page and 'value="2026-11-24"' in page and "08请假" in page
    assert "没有填好：start" in form(
        manager, "/people/roster", day="2026-11-24", post="p1", start="8", end="12:00", reason="x"
    )
    assert manager.client.get("/people/attendance?day=soon").status_code == 404


def test_the_supervisor_reads_and_presses_nothing(app: APIFlask, manager: Browser) -> None:
    form(manager, "/people/posts", **POST)
    browser = Browser(app.test_client())
    browser.log_in("60")
    for path in ("/people", "/people/attendance", "/people/register"):
        page = browser.client.get(path)
        assert page.status_code == 200
        assert 'action="/people/' not in page.get_data(as_text=True).replace('action="/people/attendance"', "")
    assert browser.client.get("/people/accounts").status_code == 403


def test_commands_as_json_say_the_same_and_twice_is_once(manager: Browser, hub: Hub) -> None:
    for _ in range(2):
        assert manager.post(f"{API}/posts", POST).get_json()["zh"] == "岗位“综合一岗”已登记。"
    assert len(hub.read().events_between("PostSet", 0, 2e9)) == 1
    assert manager.post(f"{API}/posts", {**POST, "a": "99"}).status_code == 409
    assert manager.post(f"{API}/posts/end", {"post": "p9", "reason": "x"}).status_code == 404
    assert manager.post(f"{API}/posts", {"post": "p1"}).status_code == 422
    assert (
        manager.post(
            f"{API}/roster", {"day": "2026-11-23", "post": "p1", "start": "25:00", "end": "26:00", "reason": "x"}
        ).status_code
        == 422
    )


# --- accounts ---


def test_the_administrator_makes_an_account_and_its_password_is_shown_once(
    administrator: Browser, app: APIFlask
) -> None:
    page = form(administrator, "/people/accounts", staff="21", name="新人", role="operator", department="民政")
    password = re.search(r"<code>([^<]+)</code>", page).group(1)  # type: ignore[union-attr]
    assert password not in administrator.client.get("/people/accounts").get_data(as_text=True)
    assert enter(app.test_client(), "21", "2", password=password).status_code == 302
    assert "工号21的账号已更改。" in form(
        administrator, "/people/accounts/change", staff="21", name="新人", role="guide", active="false"
    )
    assert enter(app.test_client(), "21", "2", password=password).status_code == 403


def test_a_deactivated_person_is_out_at_the_next_click(administrator: Browser, browser: Browser) -> None:
    browser.log_in("08", "1")
    form(administrator, "/people/accounts/change", staff="08", name="员工08", role="operator", active="false")
    assert browser.post("/api/v1/counters/1/call-next").status_code == 401
    assert browser.client.get("/me").headers["Location"].startswith("/login")


def test_a_manager_sees_who_is_locked_and_unlocks(app: APIFlask, manager: Browser) -> None:
    client = app.test_client()
    for _ in range(5):
        enter(client, "08", "", password="wrong")
    assert "锁定至 09:15" in enter(client, "08", "").get_data(as_text=True)
    assert "锁定至 09:15" in manager.client.get("/people/accounts").get_data(as_text=True)
    assert "新账号" not in manager.client.get("/people/accounts").get_data(as_text=True)
    assert "工号08已解锁。" in form(manager, "/people/accounts/unlock", staff="08")
    assert enter(client, "08", "").status_code == 302


def test_the_last_administrator_stays(administrator: Browser) -> None:
    assert "这是最后一个系统管理员" in form(
        administrator, "/people/accounts/change", staff="90", name="系统管理员", role="operator", active="true"
    )


def test_ones_own_password(browser: Browser, app: APIFlask) -> None:
    browser.log_in("08")
    assert "两次输入的新密码不一样" in form(browser, "/me", old="pass-08", new="a-longer-one", again="another-one")
    assert "原密码不对。" in form(browser, "/me", old="wrong", new="a-longer-one", again="a-longer-one")
    assert "密码已更改。" in form(browser, "/me", old="pass-08", new="a-longer-one", again="a-longer-one")
    assert browser.client.get("/me").status_code == 200
    assert enter(app.test_client(), "08", "", password="a-longer-one").status_code == 302


# --- sessions ---


def test_a_sign_of_the_person_keeps_the_session_and_a_live_feed_does_not(
    browser: Browser, clock: HandClock, hub: Hub
) -> None:
    browser.log_in("08", "1")
    clock.forward(3000)
    assert browser.post("/api/v1/session/alive").get_json() == {"idle_min": 60}
    clock.forward(3000)
    assert browser.client.get("/api/v1/counters/1").status_code == 200
    clock.forward(601)
    assert browser.client.get("/api/v1/counters/1").status_code == 401
    accounts.tick(hub)
    assert hub.read().counter("1").state == "closed"


def test_a_live_feed_ends_with_the_login_behind_it(administrator: Browser, browser: Browser, hub: Hub) -> None:
    browser.log_in("08", "1")
    feed = iter(
        browser.client.get("/api/v1/counters/1", headers={"Accept": "text/event-stream"}, buffered=False).response
    )
    assert b"event: show" in next(feed)
    form(administrator, "/people/accounts/change", staff="08", name="员工08", role="operator", active="false")
    tickets.issue(hub, By("kiosk"), "SB01")
    with pytest.raises(StopIteration):
        next(feed)


def test_the_token_is_another_after_each_login(browser: Browser, hub: Hub) -> None:
    tokens = set()
    for _ in range(2):
        browser.log_in("08")
        with browser.client.session_transaction() as cookie:
            tokens.add(cookie["token"])
    first, second = (
        accounts.session(hub, accounts.digest(token))
        for token in sorted(tokens, key=lambda t: bool(accounts.session(hub, accounts.digest(t))))
    )
    assert first is None and second is not None


def test_the_cookie_is_for_this_site_and_not_for_scripts(client: FlaskClient) -> None:
    cookie = enter(client, "08", "").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_second_login_in_the_same_browser_leaves_the_first_counter(browser: Browser, hub: Hub) -> None:
    browser.log_in("08", "1")
    browser.log_in("08", "2")
    assert (hub.read().counter("1").state, hub.read().counter("2").state) == ("closed", "open")


def test_the_page_gives_a_sign_when_the_mouse_moves_and_at_most_once_a_minute(page: Page, web: Web) -> None:
    signs: list[int] = []
    page.on("response", lambda answer: signs.append(answer.status) if answer.url.endswith("/session/alive") else None)
    page.clock.install()
    log_in(page, web, "50", "")
    page.goto(f"{web.base}/people")
    page.mouse.move(10, 10)
    page.clock.fast_forward(61_000)
    assert signs == []
    with page.expect_response("**/session/alive"):
        page.mouse.move(20, 20)
    page.mouse.move(30, 30)
    page.clock.fast_forward(61_000)
    with page.expect_response("**/session/alive"):
        page.keyboard.press("Shift")
    assert signs == [200, 200]
