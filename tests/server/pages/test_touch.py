"""A kiosk's touch without the application is answered as by it, and whatever is out of the ordinary is left to it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import Client

from server.pages.access import give_token
from server.pages.answers.numbers_told import TicketView
from server.pages.touch import touches
from server.store import journal
from server.verbs.hub import Hub
from tests.server.pages.conftest import new_key


class Both:
    """The two ways, and how often the application was asked."""

    def __init__(self, app: APIFlask, hub: Hub, headers: dict[str, str]) -> None:
        self.asked, self.headers = 0, headers
        self.long = app.test_client()

        def counted(environ: Any, start_response: Any) -> Any:
            self.asked += 1
            return app(environ, start_response)

        self.short = Client(touches(counted, hub))

    def press(self, body: Any, key: str = "", **headers: str) -> Any:
        told = {**self.headers, "Idempotency-Key": key or new_key(), **headers}
        return self.short.post("/api/v1/tickets", data=json.dumps(body), headers=told, content_type="application/json")


@pytest.fixture
def both(app: APIFlask, hub: Hub, kiosk: dict[str, str]) -> Both:
    return Both(app, hub, kiosk)


def alike(text: str) -> Any:
    """An answer without what each number has of its own."""
    body = json.loads(text)
    return {name: value for name, value in body.items() if name not in ("id", "number", "issued_at", "ahead")}


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
        assert dict(short.headers) == {**dict(long.headers), "Content-Length": str(len(short.get_data()))}
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
        ({"service": "SB01", "unheard_of": 1}, {}, 201),
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
