"""The virtual printer over real sockets: jobs, status, orders, clients that die or wait, the page, and a clean stop."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import config
from printer_profiles.escpos.encode import confirm, encode
from printer_profiles.escpos.status import STATUS_REQUESTS, Inbox, confirmed, status
from printer_profiles.profile import load
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from printer_profiles.virtual.show_server import ShowServer
from server.printing.slips.samples import sample
from tests.waiting import DEADLINE_S

TICKET_80, TICKET_58 = (sample(config.load(), "ticket", load(model)) for model in ("generic-80", "generic-58"))


class Bench:
    """A running virtual printer and what a test does with it."""

    def __init__(self, model: str) -> None:
        self.printer = Printer(Paper(load(model)))
        self.listener = print_port("127.0.0.1", 0)
        self.show = ShowServer(("127.0.0.1", 0), self.printer)
        self.thread = threading.Thread(target=serve_prints, args=(self.listener, self.printer), daemon=True)
        self.thread.start()
        self.show.start()

    def client(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname(), timeout=DEADLINE_S)

    def get(self, path: str) -> tuple[str, bytes]:
        with urllib.request.urlopen(self.url(path), timeout=DEADLINE_S) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            return answer.headers["Content-Type"], answer.read()

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.get("/state")[1])
        return found

    def order(self, order: object, **more: object) -> None:
        body = json.dumps({"order": order, **more}).encode()
        urllib.request.urlopen(urllib.request.Request(self.url("/order"), body), timeout=DEADLINE_S).close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.show.port}{path}"

    def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + DEADLINE_S
        while not is_so(state := self.state()):
            assert time.monotonic() < end, state
        return state

    def stop(self) -> None:
        self.printer.stop()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.show.stop()
        self.thread.join(DEADLINE_S)
        assert not self.thread.is_alive()


@pytest.fixture(params=["generic-80"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    running = Bench(request.param)
    yield running
    running.stop()


def ask(client: socket.socket) -> str:
    """The state as a transport would find it: one request, one answer."""
    inbox = Inbox()
    answers: dict[int, int | None] = {}
    for n, request in STATUS_REQUESTS.items():
        inbox.forget()
        client.sendall(request)
        inbox.feed(client.recv(64))
        answers[n] = inbox.real_time[0] if inbox.real_time and not inbox.garbage else None
    return status(answers).state


def test_a_ticket_is_printed_and_confirmed(bench: Bench) -> None:
    profile = load("generic-80")
    with bench.client() as client:
        assert ask(client) == "ready"
        client.sendall(encode(TICKET_80, profile) + confirm(profile))
        assert confirmed(client.recv(1)[0]).state == "ready"
        state = bench.state()
    assert (state["count"], state["state"], state["complaints"]) == (1, "ok", [])
    assert "A012" in state["slips"][0]["text"]
    kind, png = bench.get(state["slips"][0]["png"])
    assert (kind, png[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("bench", ["generic-58"], indirect=True)
def test_a_58_mm_ticket_is_torn_off_and_confirmed(bench: Bench) -> None:
    profile = load("generic-58")
    with bench.client() as client:
        client.sendall(encode(TICKET_58, profile) + confirm(profile))
        assert client.recv(1) == b"\x00"
    assert [slip["end"] for slip in bench.state()["slips"]] == ["torn"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("paper_out", "paper_out"),
        ("cover_open", "cover_open"),
        ("near_end", "near_end"),
        ("garbage", "unknown"),
        ("ok", "ready"),
    ],
)
def test_orders_are_seen_in_the_status(bench: Bench, order: str, found: str) -> None:
    with bench.client() as client:
        bench.order(order)
        assert ask(client) == found


def test_a_hanging_printer_is_silent_until_it_is_mended(bench: Bench) -> None:
    with bench.client() as client:
        bench.order("hang")
        client.sendall(STATUS_REQUESTS[1])
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(DEADLINE_S)
        bench.order("ok")
        assert client.recv(1) == b"\x16"


def test_a_slow_printer_takes_its_time(bench: Bench) -> None:
    with bench.client() as client:
        bench.order("slow", rate=50)
        begun = time.monotonic()
        client.sendall(b"\x1b@ABCDEFGHIJ\x1dr\x01")
        assert client.recv(1) == b"\x00"
    assert time.monotonic() - begun > 15 / 50 * 0.8


def test_late_answers_come_in_their_order_and_late(bench: Bench) -> None:
    with bench.client() as client:
        bench.order("late", ms=300)
        begun = time.monotonic()
        client.sendall(b"\x10\x04\x01")
        client.sendall(b"\x10\x04\x02")
        assert client.recv(1) == b"\x16" and time.monotonic() - begun >= 0.3
        assert client.recv(1) == b"\x12"


def test_a_client_that_dies_leaves_a_torn_slip_and_the_next_is_served(bench: Bench) -> None:
    whole = encode(TICKET_80, load("generic-80"))
    with bench.client() as client:
        client.sendall(whole[:150])
    with bench.client() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # closing resets
        client.sendall(whole)
        bench.until(lambda state: state["count"] == 2)
    with bench.client() as client:
        assert ask(client) == "ready"
    assert [slip["end"] for slip in bench.state()["slips"]] == ["partial", "broken"]


def test_the_second_client_waits(bench: Bench) -> None:
    with bench.client() as first, bench.client() as second:
        second.sendall(STATUS_REQUESTS[1])
        assert ask(first) == "ready"
        second.settimeout(0.1)
        with pytest.raises(TimeoutError):
            second.recv(1)
        first.close()
        second.settimeout(DEADLINE_S)
        assert second.recv(1) == b"\x16"


def test_the_page_and_its_errors(bench: Bench) -> None:
    kind, page = bench.get("/")
    assert kind.startswith("text/html")
    assert "虚拟打印机" in page.decode()
    for path in ("/slips/99.png", "/slips/x.png", "/slips/-1.png", "/nothing"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            bench.get(path)
        assert caught.value.code == 404
        caught.value.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"order": "burn"}',
        b'{"order": "slow", "rate": 0}',
        b'{"order": ["ok"]}',
        b'{"order": "roll", "mm": "long"}',
        b'{"order": "ok", "on": 1}',
        b'{"order": "hang", "seconds": -1}',
        b'{"order": "hang", "seconds": [1]}',
    ],
)
def test_a_wrong_order_is_refused(bench: Bench, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(bench.url("/order"), body), timeout=DEADLINE_S)
    assert caught.value.code == 400
    assert b"paper: no such order" in caught.value.read()
    caught.value.close()


def test_only_the_last_twenty_are_shown_newest_first(bench: Bench) -> None:
    with bench.client() as client:
        client.sendall(b"".join(b"%d\n\x1bd\x06\x1dV\x01" % n for n in range(25)) + b"\x1dr\x01")
        client.recv(1)
    state = bench.state()
    assert state["count"] == 25
    assert [slip["id"] for slip in state["slips"]] == list(range(25, 5, -1))


# --- faults of the wire ---


def test_the_connection_is_closed_in_mid_job_and_what_came_is_on_paper(bench: Bench) -> None:
    whole = encode(TICKET_80, load("generic-80"))
    bench.order("close_mid_job", bytes=150)
    with bench.client() as client:
        client.sendall(whole)
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
    bench.until(lambda state: state["count"] == 1)
    with bench.client() as client:  # once only
        client.sendall(whole + b"\x1dr\x01")
        assert client.recv(1) == b"\x00"
    assert [slip["end"] for slip in bench.state()["slips"]] == ["partial", "broken"]


def test_a_half_open_connection_stays_and_says_nothing(bench: Bench) -> None:
    with bench.client() as old, bench.client() as new:
        assert ask(old) == "ready"
        bench.order("half_open")
        for client in (old, new):
            client.sendall(b"lost\n" + STATUS_REQUESTS[1])
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):
                client.recv(1)
        bench.order("ok")
        for client in (old, new):
            client.settimeout(DEADLINE_S)
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
    with bench.client() as client:
        client.sendall(b"A\n\x1bd\x06\x1dV\x01\x1dr\x01")
        assert client.recv(1) == b"\x00"
    assert [slip["text"] for slip in bench.state()["slips"]] == ["A"]


def test_without_power_nobody_is_connected(bench: Bench) -> None:
    with bench.client() as client:
        client.sendall(b"half\n\x10\x04\x01")
        assert client.recv(1) == b"\x16"
        bench.order("power_off")
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        bench.client()
    assert bench.state()["state"] == "power_off"
    bench.order("power_on")
    end = time.monotonic() + DEADLINE_S
    while True:
        with contextlib.suppress(ConnectionRefusedError), bench.client() as client:
            assert ask(client) == "ready"
            break
        assert time.monotonic() < end


def test_a_fault_for_some_time_and_several_at_once(bench: Bench) -> None:
    bench.order("near_end")
    bench.order("overheated", seconds=DEADLINE_S)
    assert bench.state()["faults"] == ["near_end", "overheated"]
    bench.order("overheated", seconds=0.1)
    bench.until(lambda state: state["faults"] == ["near_end"])
    bench.order("cover_open")
    bench.order("near_end", on=False)
    assert bench.state()["faults"] == ["cover_open"]
    bench.order("roll", mm=3000)
    assert bench.state()["roll_mm"] == 3000


# --- as a program ---


def run(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "printer_profiles.virtual", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_says_its_ports_prints_and_stops_cleanly(sign: signal.Signals) -> None:
    with run("--profile", "generic-58", "--port", "0") as program:
        assert program.stdout
        ports = json.loads(program.stdout.readline())
        with socket.create_connection(("127.0.0.1", ports["port"]), timeout=DEADLINE_S) as client:
            client.sendall(b"\x10\x04\x04")
            assert client.recv(1) == b"\x12"
            with urllib.request.urlopen(f"http://127.0.0.1:{ports['show_port']}/state", timeout=DEADLINE_S) as answer:
                assert json.load(answer)["model"] == "generic-58"
            program.send_signal(sign)
            assert program.wait(DEADLINE_S) == 0


def test_a_wrong_model_is_one_clear_line() -> None:
    with run("--profile", "generic-8", "--port", "0") as program:
        _, errors = program.communicate(timeout=DEADLINE_S)
    assert program.returncode == 2
    assert errors == (
        "printer_profiles: 没有型号“generic-8”，是不是“generic-80”？ printer_profiles: no model 'generic-8';"
        " did you mean 'generic-80'?\n"
    )


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run("--port", str(port), "--show-port", "0") as program:
            _, errors = program.communicate(timeout=DEADLINE_S)
    assert program.returncode == 2
    assert errors == f"paper: --host 127.0.0.1 --port {port}: Address already in use; choose another\n"


def test_help() -> None:
    with run("--help") as program:
        output, _ = program.communicate(timeout=DEADLINE_S)
    assert program.returncode == 0
    assert "paper_out" in output
    assert "--show-port" in output
