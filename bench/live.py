"""A hall alive, to be measured: the real hub, its 2 printers, 7 boards, 4 consoles, a kiosk and a screen, all
following; and the floor beside it.

Everybody who only listens is in one process (bench/followers.py); the boards' own program drives virtual boards where
it is asked for.
"""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import config
from bench.board import program
from bench.hall import free_port, token, write_hall
from bench.load import Line, Request, request
from server.store.database import Store
from server.verbs import tickets
from server.verbs.accounts import put
from server.verbs.day import tick
from server.verbs.hub import By, Hub

PASSWORD = "bench-bench"
CONSOLES = ("1", "2", "3", "4")


class Followers:
    """The process of bench/followers.py, spoken to."""

    def __init__(self, stack: ExitStack, printers: int = 2) -> None:
        command = [sys.executable, "-m", "bench.followers", str(printers)]
        self._process = subprocess.Popen(
            command, cwd=config.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        stack.callback(_end, self._process)
        self.pid = self._process.pid
        self.printers: list[int] = self._heard()["printers"]

    def ask(self, do: str, **more: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("bench: the followers ended; their words are above")
        return json.loads(line)


@dataclass
class Live:
    """A hub at work. `seats`: counter -> the headers of whoever is logged in there."""

    hall: config.Hall
    pid: int
    followers: Followers
    seats: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.hall.hub.listen

    def line(self) -> Line:
        return Line(self.address)

    def issue(self, service: str = "SB01") -> Request:
        """A touch at the kiosk."""
        return request("POST", "/api/v1/tickets", token(self.hall, "K1"), {"service": service})

    def key(self, counter: str, verb: str, **body: Any) -> Request:
        """A key at a counter."""
        return request("POST", f"/api/v1/counters/{counter}/{verb}", self.seats[counter], body)

    def quiet(self) -> None:
        """Wait until everything is printed."""
        quiet(self.hall.data / "hall.db")


def unprinted(file: Path) -> int:
    """How many slips are open. The floor's table has the same words."""
    conn = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    found: int = conn.execute("SELECT count(*) FROM jobs WHERE state IN ('queued', 'sending')").fetchone()[0]
    conn.close()
    return found


def quiet(file: Path, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while unprinted(file):
        if time.monotonic() > end:
            raise RuntimeError("bench: the slips are not printed within the time")
        time.sleep(0.02)
    time.sleep(0.1)


@contextmanager
def live(
    at: Path,
    *,
    waiting: int = 0,
    queued: int = 0,
    counters: int = 0,
    screens: int = 1,
    boards: bool = False,
    printers: bool = True,
    settings: Callable[[Any], None] = lambda hall: None,
) -> Iterator[Live]:
    """A hall in a folder of its own with so many people `waiting`, of them `queued` with an open slip.

    `counters`: so many instead of the hall's own, each with its console; `boards`: their own program with virtual
    boards, else one more stream; without `printers` nobody is at their addresses.
    """
    at.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        followers = Followers(stack)

        def change(hall: Any) -> None:
            for name, port in zip(("p80", "p58"), followers.printers, strict=True):
                hall["printers"][name]["url"] = f"tcp://127.0.0.1:{port if printers else free_port()}"
            for name in hall["wires"]:
                hall["wires"][name]["url"] = f"serial:{at}/wires/{name}?baud=9600"
            hall["console"].update({"next_interval_s": 0, "call_lock_s": 0})
            hall["people"]["idle_min"] = 1440
            hall["hub"]["max_streams"] = max(200, screens + counters + 10)
            if counters:
                _counters(hall, counters)
            settings(hall)

        file = write_hall(at, change)
        hall = config.load(file)
        seats = list(hall.counters) if counters else CONSOLES
        prepare(hall, seats, waiting, queued)
        one = Live(
            hall, start(stack, "server", ["--config", str(file)], hall.hub.listen, "/static/mark.svg").pid, followers
        )
        one.seats = {counter: sit(hall, counter, n) for n, counter in enumerate(seats, 1)}
        if boards:
            _boards(stack, file)
        _everybody(one, screens, boards)
        if printers:
            _printer_ready(one)
        yield one


def _counters(hall: Any, count: int) -> None:
    hall["extended"] = {}  # it names counters
    hall["counters"] = {
        str(n): {"name": f"{n}号窗口", "name_en": f"Counter {n}", "sign": "综合受理"} for n in range(1, count + 1)
    }
    for table in ("boards", "pads", "raters", "screens", "zones", "wires"):  # they name counters of the whole hall
        hall.pop(table, None)


def prepare(hall: config.Hall, seats: Any, waiting: int, queued: int) -> None:
    """Accounts, and the people who wait, before the hub starts; without the fsyncs, since nothing of it is measured."""
    hub = Hub(hall, Store(hall.data, durable=False))
    tick(hub)
    for counter in seats:
        put(hub, By("administrator"), f"s{counter}", f"S {counter}", "operator", PASSWORD)
    services = cycle(s for s in hall.services if s not in hall.reserved and s not in hall.quotas)
    for n, service in enumerate(islice(services, waiting)):
        tickets.issue(hub, By("kiosk"), service, channel="desk", printers=("p80", "p58") if n < queued else ())
    hub.store.close()


def start(stack: ExitStack, module: str, arguments: list[str], address: str, path: str) -> subprocess.Popen[Any]:
    """A server as a process of its own, answering."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=config.ROOT, stderr=subprocess.DEVNULL)
    stack.callback(_end, process)
    end = time.monotonic() + 90  # of a machine that others use as well
    while not answers(address, path):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"bench: {module} did not come up; start it alone to see why")
        time.sleep(0.002)
    return process


def answers(address: str, path: str) -> bool:
    line = http.client.HTTPConnection(address, timeout=30)
    try:
        line.request("GET", path)
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def sit(hall: config.Hall, counter: str, n: int) -> dict[str, str]:
    """Log in at a counter as a browser would, from an address of its own since tries are counted by address; the
    headers of each key then.
    """
    line = http.client.HTTPConnection(hall.hub.listen, timeout=30, source_address=(f"127.0.1.{n}", 0))

    def said(method: str, path: str, cookie: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        headers = {"Cookie": cookie} | ({"Content-Type": "application/x-www-form-urlencoded"} if form else {})
        line.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
        answer = line.getresponse()
        page = answer.read().decode()
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        return (answer.getheader("Set-Cookie") or cookie).partition(";")[0], found[1] if found else ""

    cookie, csrf = said("GET", "/login", "")
    cookie, _ = said(
        "POST", "/login", cookie, {"csrf_token": csrf, "staff": f"s{counter}", "password": PASSWORD, "counter": counter}
    )
    cookie, csrf = said("GET", "/counter", cookie)
    line.close()
    return {"Cookie": cookie, "X-CSRFToken": csrf, "Content-Type": "application/json"}


def _boards(stack: ExitStack, file: Path) -> None:
    virtual = stack.enter_context(program("counter_display.virtual", "--config", str(file), "--show-port", "0"))
    stack.callback(virtual.terminate)
    assert virtual.stdout is not None
    virtual.stdout.readline()
    boards = stack.enter_context(program("counter_display", "--config", str(file)))
    stack.callback(boards.terminate)


def _everybody(one: Live, screens: int, boards: bool) -> None:
    streams = [("/api/v1/kiosks/K1", token(one.hall, "K1"))] + [("/api/v1/screen", {})] * screens
    streams += [(f"/api/v1/counters/{counter}?beat", headers) for counter, headers in one.seats.items()]
    streams += [] if boards else [("/api/v1/boards", token(one.hall, "boards"))]
    one.followers.ask("follow", address=one.address, streams=streams)


def _printer_ready(one: Live) -> None:
    line, asked, end = one.line(), request("GET", "/api/v1/kiosks/K1", token(one.hall, "K1")), time.monotonic() + 20
    while json.loads(line.ask(asked()))["printer"]["state"] != "ready":
        if time.monotonic() > end:
            raise RuntimeError("bench: the printer did not become ready")
        time.sleep(0.1)
    time.sleep(0.5)


@dataclass
class Floor:
    """The floor at work, with printers of its own."""

    address: str
    pid: int
    file: Path

    def line(self) -> Line:
        return Line(self.address)

    def issue(self) -> Request:
        return request("POST", "/api/v1/tickets", {"Content-Type": "application/json"}, {"service": "SB01"})

    def quiet(self) -> None:
        quiet(self.file)


@contextmanager
def floor(at: Path) -> Iterator[Floor]:
    with ExitStack() as stack:
        printers, port = Followers(stack).printers, free_port()
        address = f"127.0.0.1:{port}"
        pid = start(stack, "bench.floor", [str(at), str(port), *map(str, printers)], address, "/trivial").pid
        yield Floor(address, pid, at / "floor.db")


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    process.wait(10)
