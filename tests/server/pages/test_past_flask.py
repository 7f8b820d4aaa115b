"""A touch and a counter's key without Flask are answered as by the application, and whatever is out of the ordinary is
left to it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import Client
from werkzeug.wrappers import Response

from server.pages import counter
from server.pages.access import give_token
from server.pages.answers.console_told import Helped, Pressed
from server.pages.answers.numbers_told import TicketView
from server.pages.past_flask import past_flask
from server.store import journal
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, write_hall
from tests.server.pages.conftest import Browser, new_key

AFAR = {"REMOTE_ADDR": "10.0.0.7"}
"""Another machine."""


class Both:
    """The two ways, and how often the application was asked."""

    def __init__(self, app: APIFlask, headers: dict[str, str]) -> None:
        self.asked, self.headers = 0, headers
        self.long = app.test_client()

        def counted(environ: Any, start_response: Any) -> Any:
            self.asked += 1
            return app(environ, start_response)

        self.short = Client(past_flask(app, counted), use_cookies=False)

    def press(self, body: Any, key: str = "", **headers: str) -> Any:
        return self.send("/api/v1/tickets", body, {**self.headers, "Idempotency-Key": key or new_key(), **headers})

    def send(self, path: str, body: Any, headers: dict[str, str], **more: Any) -> Any:
        told = {"data": json.dumps(body), "content_type": "application/json", **more}
        return self.short.post(path, headers=headers, **told)


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    """Operators may put a number first: every key is pressed."""
    return write_hall(tmp_path, lambda hall: hall["console"].update({"raise_roles": ["operator"]}))  # type: ignore[union-attr]


@pytest.fixture
def both(app: APIFlask, kiosk: dict[str, str]) -> Both:
    return Both(app, kiosk)


def alike(text: str) -> Any:
    """An answer without what each number has of its own."""
    body = json.loads(text)
    return {name: value for name, value in body.items() if name not in ("id", "number", "issued_at", "ahead")}


# --- a kiosk's touch --------------------------------------------------------------------------------------------------


def test_a_touch_is_answered_as_the_application_answers_it(both: Both, hub: Hub) -> None:
    wishes: list[dict[str, Any]] = [{"service": "SB01"}, {"service": " SB01 ", "language": "en"}]
    wishes += [{"service": "MZ01", "paper": False, "large_print": True}]
    for wish in wishes:
        short = both.press(wish)
        assert both.asked == 0
        long = both.long.post("/api/v1/tickets", json=wish, headers={**both.headers, "Idempotency-Key": new_key()})
        assert short.status == long.status == "201 CREATED"
        assert alike(short.get_data(as_text=True)) == alike(long.get_data(as_text=True))
        TicketView.model_validate_json(short.get_data(), strict=True, extra="forbid", by_alias=True)
        own = {"Content-Length": str(len(short.get_data())), "Jiaohao-Head": short.headers["Jiaohao-Head"]}
        assert dict(short.headers) == {**dict(long.headers), **own}
    assert journal.verify(hub.read().conn) == []


def test_the_same_touch_is_one_number_whichever_way_it_comes(both: Both) -> None:
    first, again = both.press({"service": "SB01"}, "the-same-touch"), both.press({"service": "SB01"}, "the-same-touch")
    long = both.long.post(
        "/api/v1/tickets",
        json={"service": "SB01"},
        headers={**both.headers, "Idempotency-Key": "the-same-touch"},
    )
    assert first.get_data() == again.get_data() == long.get_data()


@pytest.mark.parametrize(
    ("body", "changed", "status"),
    [
        ({"service": "??"}, {}, 404),
        ({"service": 5}, {}, 422),
        ([], {}, 422),
        ({"service": "SB01", "class": "elderly"}, {}, 409),
        ({"service": "SB01", "unheard_of": 1}, {}, 422),
        ({"service": "SB01"}, {"Authorization": "Bearer nonsense"}, 401),
        ({"service": "SB01"}, {"Authorization": ""}, 401),
        ({"service": "SB01"}, {"Idempotency-Key": "short"}, 400),
    ],
)
def test_what_is_refused_is_refused_by_the_application(
    both: Both, hub: Hub, body: Any, changed: dict[str, str], status: int
) -> None:
    before = hub.seq
    answer = both.press(body, **changed)
    assert answer.status_code == status
    if status != 201:
        assert both.asked == 1 and hub.seq == before
        assert answer.mimetype == "application/problem+json" and json.loads(answer.get_data())["detail"]


def test_another_device_takes_no_number(both: Both, hub: Hub) -> None:
    token = (hub.hall.data / "tokens" / "boards").read_text().strip()
    assert both.press({"service": "SB01"}, Authorization=f"Bearer {token}").status_code == 403


def test_a_token_that_was_given_anew_voids_the_old_one(both: Both, hub: Hub, client: FlaskClient) -> None:
    assert both.press({"service": "SB01"}).status_code == 201
    file = give_token(hub, "K1")
    assert both.press({"service": "SB01"}).status_code == 401
    assert both.press({"service": "SB01"}, Authorization=f"Bearer {file.read_text().strip()}").status_code == 201


def test_over_a_line_that_should_be_encrypted_nothing_is_answered_past_flask(
    app: APIFlask, hub: Hub, kiosk: dict[str, str]
) -> None:
    app.config["SEALED"], before = True, hub.seq
    short = Client(past_flask(app, Response("left to the application", 599)))
    asked = {"json": {"service": "SB01"}, "headers": {**kiosk, "Idempotency-Key": new_key()}, "environ_base": AFAR}
    assert (short.post("/api/v1/tickets", **asked).status_code, hub.seq) == (599, before)
    https = short.post("/api/v1/tickets", **asked, base_url="https://hall")
    assert (https.status_code, https.headers["Strict-Transport-Security"]) == (201, "max-age=2592000")


# --- a counter's key --------------------------------------------------------------------------------------------------


class Counter(Both):
    """Somebody at counter 1."""

    def __init__(self, app: APIFlask, browser: Browser) -> None:
        browser.log_in("08", "1")
        cookies = browser.client._cookies.values()
        super().__init__(app, {"X-CSRFToken": browser.csrf, "Cookie": "; ".join(f"{c.key}={c.value}" for c in cookies)})
        self.browser = browser

    def key(self, verb: str, body: Any = None, at: str = "1", **more: Any) -> Any:
        headers = {**self.headers, "Idempotency-Key": new_key(), **more.pop("headers", {})}
        told = {name: value for name, value in headers.items() if value}
        return self.send(f"/api/v1/counters/{at}/{verb}", {} if body is None else body, told, **more)


@pytest.fixture
def seat(app: APIFlask, browser: Browser, hub: Hub) -> Counter:
    for service in ("SB01", "MZ01", "SB02", "SB01", "SB01"):  # A001, S001, A002, A003, A004
        tickets.issue(hub, By("kiosk"), service, channel="kiosk")
    return Counter(app, browser)


def shown(answer: Any) -> Any:
    return {name: value for name, value in json.loads(answer.get_data()).items() if name != "now"}


DAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("pause", {"reason": "午餐"}),
    ("resume", {}),
    ("call-next", {}),
    ("recall", {}),
    ("start", {}),
    ("suspend", {"kind": "away"}),
    ("resume-ticket", {"ticket": "Ａ001"}),
    ("finish", {"outcome": "现场办结"}),
    ("rate", {}),
    ("unsolved", {}),
    ("undo", {}),
    ("transfer", {"reason": "事项不符", "service": "MZ01"}),
    ("call", {"number": "S001"}),
    ("pass", {}),
    ("take-back", {"ticket": "S001"}),
    ("raise", {"ticket": "S001", "reason": "老年人"}),
    ("reprint", {"ticket": "S001"}),
    ("leave", {"ticket": "S001"}),
    ("tickets", {"service": "SB01", "call": True}),
    ("help", {"text": "来人"}),
    ("help-answered", {}),
    ("panic", {}),
)
"""Every key, each where it may be pressed."""


def test_every_key_is_answered_as_the_application_answers_it(seat: Counter, hub: Hub) -> None:
    assert {verb for verb, _ in DAY} == set(counter.KEYS)
    for verb, body in DAY:
        key, before = {"Idempotency-Key": new_key()}, hub.seq
        short = seat.key(verb, body, headers=key)
        assert (seat.asked, short.status_code) == (0, counter.KEYS[verb].status), (verb, short.get_data(as_text=True))
        written = hub.seq
        long = seat.browser.post(f"/api/v1/counters/1/{verb}", body, **key)
        assert written > before and hub.seq == written, verb  # the same press: done once
        assert (short.status, shown(short)) == (long.status, shown(long))
        model = Helped if verb == "tickets" else Pressed
        model.model_validate_json(short.get_data(), strict=True, extra="forbid", by_alias=True)
        assert dict(short.headers) == {**dict(long.headers), "Content-Length": str(len(short.get_data()))}
    assert journal.verify(hub.read().conn) == []


@pytest.mark.parametrize(
    ("verb", "body", "changed", "status"),
    [
        ("call-next", {}, {"X-CSRFToken": ""}, 400),
        ("call-next", {}, {"X-CSRFToken": "forged"}, 400),
        ("call-next", {}, {"X-CSRFToken": "假"}, 400),
        ("call-next", {}, {"Cookie": ""}, 401),
        ("call-next", {}, {"Cookie": "jiaohao-demo=forged"}, 401),
        ("call-next", {}, {"Idempotency-Key": "short"}, 400),
        ("call-next", {}, {"Authorization": "Bearer jh-nonsense"}, 200),
        ("finish", {}, {}, 422),
        ("finish", [], {}, 422),
        ("finish", {"outcome": "现场办结"}, {}, 409),
        ("call", {"number": "Z999"}, {}, 404),
        ("call", {"number": "not a number"}, {}, 422),
        ("unheard-of", {}, {}, 404),
    ],
)
def test_what_is_wrong_with_a_key_is_said_by_the_application(
    seat: Counter, hub: Hub, verb: str, body: Any, changed: dict[str, str], status: int
) -> None:
    before = hub.seq
    answer = seat.key(verb, body, headers={name: text.encode().decode("latin-1") for name, text in changed.items()})
    assert (answer.status_code, seat.asked) == (status, 1)
    assert status == 200 or hub.seq == before


def test_only_who_sits_there_presses_its_keys(seat: Counter, hub: Hub) -> None:
    elsewhere, nowhere, before = seat.key("call-next", at="2"), seat.key("call-next", at="99"), hub.seq
    assert (elsewhere.status_code, nowhere.status_code, seat.asked, hub.seq) == (403, 404, 2, before)
    problem = json.loads(elsewhere.get_data())
    assert problem["title"] == "Forbidden" and "您登录的不是2号窗口" in problem["detail"] and problem["detail_en"]


def test_a_csrf_token_of_another_login_presses_nothing(seat: Counter, app: APIFlask, hub: Hub) -> None:
    other = Browser(app.test_client())
    other.log_in("09", "2")
    before = hub.seq
    assert seat.key("call-next", headers={"X-CSRFToken": other.csrf}).status_code == 400
    assert (seat.asked, hub.seq) == (1, before)


def test_a_login_that_is_over_presses_nothing(seat: Counter, hub: Hub, clock: HandClock) -> None:
    assert seat.key("call-next").status_code == 200
    clock.forward(hub.hall.people.idle_min * 60 + 1)
    assert (seat.key("recall").status_code, seat.asked) == (401, 1)


def test_a_key_is_a_sign_of_the_person(seat: Counter, hub: Hub, clock: HandClock) -> None:
    for _ in range(3):
        clock.forward(hub.hall.people.idle_min * 60 - 60)
        assert seat.key("panic").status_code == 200
    assert seat.asked == 0


def test_a_key_from_another_machine_comes_by_https_from_a_page_of_ours(seat: Counter, hub: Hub) -> None:
    before = hub.seq
    assert seat.key("call-next", environ_base=AFAR).status_code == 403  # in clear
    far = {"environ_base": AFAR, "base_url": "https://hall"}
    assert seat.key("call-next", **far).status_code == 400
    assert seat.key("call-next", **far, headers={"Referer": "https://elsewhere/counter"}).status_code == 400
    assert (seat.asked, hub.seq) == (3, before)
    assert seat.key("call-next", **far, headers={"Referer": "https://hall/counter"}).status_code == 200
    assert seat.asked == 3
