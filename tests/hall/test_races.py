"""Fifty counters press their keys at the same moment over HTTP: nobody is called twice, nobody is skipped, nothing is
half done.
"""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import config
from server.app import create_app
from server.serve import web_server
from server.store import journal
from server.store.database import Store
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.conftest import CHEAP, free_port, write_hall
from tests.waiting import DEADLINE_S

COUNTERS = [str(n) for n in range(1, 51)]


@dataclass
class Seat:
    """A console at a counter: its keep-alive line to the hub, its cookie and token."""

    counter: str
    line: http.client.HTTPConnection
    headers: dict[str, str]

    def press(self, verb: str, key: str, **body: Any) -> tuple[int, dict[str, Any]]:
        path = f"/api/v1/counters/{self.counter}/{verb}"
        self.line.request(
            "POST", path, json.dumps(body), {**self.headers, "Content-Type": "application/json", "Idempotency-Key": key}
        )
        answer = self.line.getresponse()
        return answer.status, json.loads(answer.read())


def fifty(hall: Any) -> None:
    counter = hall["counters"]["1"]
    hall["extended"] = {}  # it names counters
    hall["counters"] = {n: {**counter, "name": f"{n}号窗口", "name_en": f"Counter {n}"} for n in COUNTERS}
    hall["boards"] = {}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hall = config.load(write_hall(tmp_path, fifty))
    hub = Hub(hall, Store(hall.data, durable=False))
    yield hub
    hub.stop()
    hub.store.close()


@pytest.fixture
def seats(hub: Hub) -> Iterator[list[Seat]]:
    hashed = CHEAP.hash("secret-pass")
    hub.store.turn(
        lambda turn: [turn.put_staff(f"9{n}", f"员工{n}", "operator", hashed) for n in COUNTERS], lambda last: last
    )
    app, port = create_app(hub, login_limit=10000), free_port()
    server = web_server(app, "127.0.0.1", port, 400)
    threading.Thread(target=server.run, daemon=True).start()
    seats = [seat(app.test_client(), port, n) for n in COUNTERS]
    yield seats
    for one in seats:
        one.line.close()
    server.task_dispatcher.shutdown(timeout=1)
    server.close()


def seat(client: Any, port: int, counter: str) -> Seat:
    def token() -> str:
        found = re.search(r'csrf-token" content="([^"]+)"', client.get("/login").get_data(as_text=True))
        assert found
        return found[1]

    form = {"csrf_token": token(), "staff": f"9{counter}", "password": "secret-pass", "counter": counter}
    assert client.post("/login", data=form).status_code == 302
    csrf = token()
    cookie = "; ".join(f"{c.key}={c.value}" for c in client._cookies.values())
    return Seat(
        counter,
        http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S),
        {"Cookie": cookie, "X-CSRFToken": csrf},
    )


def at_once(seats: list[Seat], press: Callable[[Seat], Any]) -> list[Any]:
    """Every seat's answer, all pressing when the last is ready."""
    ready = threading.Barrier(len(seats))

    def one(at: Seat) -> Any:
        ready.wait()
        return press(at)

    with ThreadPoolExecutor(len(seats)) as people:
        return list(people.map(one, seats))


def test_fifty_counters_press_next_at_once(hub: Hub, seats: list[Seat]) -> None:
    waiting = [tickets.issue(hub, By("kiosk"), "SB01", channel="desk").label for _ in range(80)]
    answers = at_once(seats, lambda s: s.press("call-next", f"press-one-{s.counter}"))
    called = [body["acted"]["number"] for status, body in answers if status == 200]
    assert sorted(called) == waiting[:50]

    again = at_once(seats, lambda s: s.press("call-next", f"press-one-{s.counter}"))  # the same press, sent again
    assert [body["acted"]["number"] for _, body in again] == called
    assert {status for status, _ in at_once(seats, lambda s: s.press("call-next", f"press-two-{s.counter}"))} == {409}
    assert hub.read().waiting_count() == 30
    assert journal.verify(hub.read().conn) == []


def test_transfers_and_calls_at_once_leave_each_ticket_in_one_place(hub: Hub, seats: list[Seat]) -> None:
    for _ in range(50):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    at_once(seats, lambda s: s.press("call-next", f"press-one-{s.counter}"))

    def move_or_call(s: Seat) -> int:
        target = COUNTERS[(int(s.counter) * 7) % 50]
        return s.press("transfer", f"press-move-{s.counter}", counter=target, keep=True, reason="需其他窗口办理")[0]

    assert set(at_once(seats, move_or_call)) == {200}
    found = at_once(seats, lambda s: s.press("call-next", f"press-two-{s.counter}"))
    numbers = [body["acted"]["number"] for status, body in found if status == 200 and body["acted"]]
    assert len(numbers) == len(set(numbers))
    held = [hub.read().at_counter(c) for c in COUNTERS]
    assert sorted(t.label for t in held if t) == sorted(numbers)
    assert len(numbers) + hub.read().waiting_count() == 50
    assert journal.verify(hub.read().conn) == []
