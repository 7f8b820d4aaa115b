"""Live streams over real sockets: they leave the web server, cost no thread, wait for nobody, and end when all ends."""

from __future__ import annotations

import gc
import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pytest
from waitress import wasyncore

from server.app import create_app
from server.pages.manager import PAGE
from server.serve import web_server
from server.streams import Beat, Live, News, Streams, _Audience
from server.verbs import accounts, counters, tickets
from server.verbs.hub import By, Hub
from tests.hub_process import HubProcess
from tests.waiting import DEADLINE_S, until


class Web:
    """The hub's pages on a real port."""

    def __init__(self, hub: Hub) -> None:
        self.app = create_app(hub)
        self.server = web_server(self.app, "127.0.0.1", 0, 400)
        self.port = int(self.server.effective_port)
        threading.Thread(target=self.server.run, daemon=True).start()

    def stream(self, path: str = "/api/v1/screen", **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        line.request("GET", path, headers={"Accept": "text/event-stream", **headers})
        return line.getresponse()

    def bare(self) -> socket.socket:
        """A stream whose bytes nobody reads."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S)
        line.sendall(b"GET /api/v1/screen HTTP/1.0\r\nHost: hall\r\nAccept: text/event-stream\r\n\r\n")
        return line

    def stop(self) -> None:
        self.server.task_dispatcher.shutdown(timeout=0.5)
        self.server.trigger.pull_trigger(lambda: wasyncore.close_all(self.server._map))


@pytest.fixture
def web(hub: Hub) -> Iterator[Web]:
    web = Web(hub)
    yield web
    hub.stop()
    web.app.extensions["feeds"].join(DEADLINE_S)
    web.stop()


def message(stream: http.client.HTTPResponse) -> dict[str, str]:
    """The next one that shows something."""
    found: dict[str, str] = {}
    while line := stream.readline().decode().rstrip("\n"):
        name, _, value = line.partition(": ")
        found[name] = value
    return found


def waiting(stream: http.client.HTTPResponse) -> int:
    return int(json.loads(message(stream)["data"])["waiting"])


def test_a_stream_leaves_the_web_server_and_goes_on(web: Web, hub: Hub) -> None:
    stream = web.stream()
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert (stream.headers["Transfer-Encoding"], stream.headers["Cache-Control"]) == ("chunked", "no-store")
    assert waiting(stream) == 0
    assert not web.server.active_channels
    tickets.issue(hub, By("kiosk"), "SB01")
    assert waiting(stream) == 1
    assert web.stream("/api/v1/openapi.json").status == 200


def test_two_hundred_screens_cost_one_thread_and_all_see_it(web: Web, hub: Hub) -> None:
    before = threading.active_count()
    screens = [web.stream() for _ in range(200)]
    assert [waiting(screen) for screen in screens] == [0] * 200
    assert threading.active_count() <= before + 1
    assert web.stream().status == 503
    tickets.issue(hub, By("kiosk"), "SB01")
    assert [waiting(screen) for screen in screens] == [1] * 200


def test_whoever_has_gone_gives_up_the_place(web: Web) -> None:
    screens = [web.bare() for _ in range(200)]
    until(lambda: web.stream().status == 503)
    for screen in screens:
        screen.close()
    until(lambda: web.stream().status == 200)


def test_a_question_without_a_body_takes_no_place(web: Web) -> None:
    for _ in range(201):
        line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=DEADLINE_S)
        line.request("HEAD", "/api/v1/screen", headers={"Accept": "text/event-stream"})
        assert line.getresponse().status == 200
        line.close()


def test_the_end_of_the_hub_ends_every_stream_at_once(web: Web, hub: Hub) -> None:
    screens = [web.stream() for _ in range(50)]
    for screen in screens:
        waiting(screen)
    hub.stop()
    assert [screen.read() for screen in screens] == [b""] * 50, "a whole answer, not a broken one"
    late = web.stream()
    assert late.read() == b""


def test_the_journal_comes_whole_however_long(web: Web, hub: Hub) -> None:
    for _ in range(PAGE + 100):
        counters.ask_help(hub, By("08"), "1")
        counters.answer_help(hub, By("08"), "1")
    accounts.put(hub, By("administrator"), "50", "员工50", "manager", "long enough 1")
    client = web.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").get_data(as_text=True))
    assert token
    client.post("/login", data={"csrf_token": token[1], "staff": "50", "password": "long enough 1"})
    (cookie,) = (f"{c.key}={c.value}" for c in [client.get_cookie(web.app.config["SESSION_COOKIE_NAME"])] if c)
    stream = web.stream("/api/v1/journal", Cookie=cookie)
    assert [int(message(stream)["id"]) for _ in range(hub.seq)] == list(range(1, hub.seq + 1))


def test_sigterm_ends_a_hub_with_streams_within_its_time(tmp_path) -> None:
    hub = HubProcess(tmp_path)
    hub.start()
    lines = [http.client.HTTPConnection("127.0.0.1", hub.port, timeout=DEADLINE_S) for _ in range(8)]
    for line in lines:
        line.request("GET", "/api/v1/screen", headers={"Accept": "text/event-stream"})
        assert line.getresponse().readline().startswith(b"id: ")
    hub.process.send_signal(signal.SIGTERM)
    assert hub.process.wait(DEADLINE_S) == 0


# --- the thread alone -------------------------------------------------------------------------------------------------


class Number:
    """A source that shows a number, and takes its time to know it."""

    name = "number"

    def __init__(self, *, urgent: bool = False, size: int = 1, takes: float = 0.0) -> None:
        self.urgent, self.shown, self.made = urgent, 0, 0
        self.calm, self.deaf = frozenset({"Calm"}), frozenset({"Unheard"})
        self._size, self._takes = size, takes

    def news(self, cursor: int | None) -> News:
        self.made += 1
        time.sleep(self._takes)
        return News(self.shown, b"" if cursor == self.shown else b"%d" % self.shown + b"." * self._size + b"\n\n")


class Room:
    """The thread with listeners at socket pairs."""

    def __init__(self, stuck: float = 20.0) -> None:
        self.sessions: set[str] = set()
        self.over = False
        self.ended: list[Live] = []
        self.streams = Streams(lambda: self.sessions, lambda: self.over, stuck)

    def listen(self, source: Any, session: str = "", every: float = 60.0) -> socket.socket:
        ear, mouth = socket.socketpair()
        ear.settimeout(DEADLINE_S)
        live = Live(self.streams, source, Beat(b"beat\n\n", every), None, lambda: self.ended.append(live))
        live.session = session
        live.leave(mouth, b"", False)
        return ear

    def show(self, source: Number, number: int) -> None:
        source.shown = number
        self.streams.change()


@pytest.fixture
def room() -> Iterator[Callable[..., Room]]:
    rooms: list[Room] = []

    def make(**how: float) -> Room:
        rooms.append(Room(**how))
        return rooms[-1]

    yield make
    for one in rooms:
        one.over = True
        one.streams.change()
        one.streams.join(DEADLINE_S)


def heard(ear: socket.socket) -> bytes:
    """The next message, and nothing of what is behind it."""
    data = b""
    while not data.endswith(b"\n\n"):
        there = ear.recv(1 << 16, socket.MSG_PEEK)
        assert there, "the stream ended"
        end = (data[-1:] + there).find(b"\n\n")
        data += ear.recv(len(there) if end < 0 else end + 2 - len(data[-1:]))
    return data


def test_what_is_new_is_made_once_for_all(room: Callable[..., Room]) -> None:
    here, number = room(), Number(takes=0.01)
    ears = [here.listen(number) for _ in range(20)]
    assert {heard(ear) for ear in ears} == {b"0.\n\n"}
    made = number.made
    here.show(number, 1)
    assert {heard(ear) for ear in ears} == {b"1.\n\n"}
    assert number.made <= made + 2


def test_what_a_source_is_deaf_to_asks_it_nothing(room: Callable[..., Room]) -> None:
    here, number = room(), Number()
    deaf, other = here.listen(number), Number()
    other.name = "other"
    other.deaf = frozenset()
    ear = here.listen(other)
    heard(deaf), heard(ear)
    made = number.made
    other.shown = 1
    here.streams.change({"Unheard"})
    assert heard(ear) == b"1.\n\n" and number.made == made
    number.shown = 2
    here.streams.change({"Unheard", "Heard"})
    assert heard(deaf) == b"2.\n\n"


def test_what_is_nothing_to_anybody_wakes_nobody(room: Callable[..., Room]) -> None:
    here, number = room(), Number()
    deaf = here.listen(number)
    heard(deaf)
    here.streams.change({"Unheard"})
    assert not here.streams._happened
    other = Number()
    other.name, other.deaf = "other", frozenset()
    ear = here.listen(other)
    heard(ear)
    other.shown = 1
    here.streams.change({"Unheard"})
    assert heard(ear) == b"1.\n\n"
    ear.close()
    until(lambda: here.streams.count == 1)
    here.streams.change({"Unheard"})
    assert not here.streams._happened


def test_a_source_that_costs_much_is_asked_seldom(room: Callable[..., Room]) -> None:
    here, number = room(), Number(takes=0.02)
    ear = here.listen(number)
    heard(ear)
    began, made = time.monotonic(), number.made
    for n in range(1, 500):
        here.show(number, n)
        time.sleep(0.002)
    more = number.made - made  # counted before the time is taken: neither stands still
    assert more <= (time.monotonic() - began) / 0.2 + 2, "a tenth of a core"
    while heard(ear) != b"499.\n\n":
        continue


@pytest.mark.parametrize(
    ("events", "rest"),
    [({"Calm"}, 0.2), ({"Calm", "Unheard"}, 0.2), ({"Loud"}, 0.06), ({"Calm", "Loud"}, 0.06), ({"anything"}, 0.06)],
)
def test_an_urgent_source_rests_ten_times_for_what_is_calm_and_three_times_for_the_rest(
    events: set[str], rest: float
) -> None:
    audience = _Audience(Number(urgent=True), told=100.0, cost=0.02)
    assert Streams._due(audience, frozenset(events), 0.0, 100.0) == pytest.approx(100.0 + rest)


def test_whoever_does_not_read_holds_up_nobody_and_is_dropped(room: Callable[..., Room]) -> None:
    here, number = room(stuck=DEADLINE_S), Number(urgent=True, size=300_000)
    deaf, ear = here.listen(number), here.listen(number)
    heard(ear)
    for n in range(1, 40):
        here.show(number, n)
        assert heard(ear).startswith(b"%d." % n)
    assert here.ended == []
    here.streams._stuck = 0.0  # from now on whoever has not read is dropped; the other one has
    until(lambda: len(here.ended) == 1)
    here.streams._stuck = DEADLINE_S
    here.show(number, 99)
    assert heard(ear).startswith(b"99.")
    deaf.close()


def test_whoever_reads_slowly_gets_the_newest(room: Callable[..., Room]) -> None:
    here, number = room(), Number(urgent=True, size=1_000_000)
    slow, ear = here.listen(number), here.listen(number)
    heard(ear)
    for n in range(1, 6):
        here.show(number, n)
        assert heard(ear).startswith(b"%d." % n)
    assert [heard(slow)[:2] for _ in range(2)] == [b"0.", b"5."], "not what was shown meanwhile"


def test_a_stream_ends_with_its_login_at_the_latest_at_the_next_beat(room: Callable[..., Room]) -> None:
    here, number = room(), Number()
    here.sessions = {"a", "b"}
    one, other = here.listen(number, "a", 0.2), here.listen(number, "b", 0.2)
    assert heard(one) == heard(other) == b"0.\n\n"
    here.sessions = {"b"}
    while said := one.recv(100):  # to its end, at the latest at a beat
        assert set(said.split(b"\n\n")) == {b"beat", b""}
    assert heard(other) == b"beat\n\n"
    until(lambda: len(here.ended) == 1)


def test_a_source_that_fails_ends_its_streams_and_no_others(room: Callable[..., Room]) -> None:
    class Broken(Number):
        name = "broken"

        def news(self, cursor: int | None) -> News:
            raise ValueError("on purpose")

    here, number = room(), Number()
    ear = here.listen(number)
    heard(ear)
    assert here.listen(Broken()).recv(100) == b""
    here.show(number, 1)
    assert heard(ear) == b"1.\n\n"


def test_streams_that_nobody_holds_any_more_keep_no_file_open() -> None:
    made = [Streams(set, lambda: True) for _ in range(30)]
    bells = [os.fstat(one._bell.fileno()) for one in made]
    ours = {(one.st_dev, one.st_ino) for one in bells}

    def still_open() -> int:
        """Of these alone: other threads of this process open and close files, too."""
        found = set()
        for number in os.listdir("/proc/self/fd"):
            with suppress(OSError):  # closed meanwhile
                one = os.fstat(int(number))
                found.add((one.st_dev, one.st_ino))
        return len(ours & found)

    assert still_open() == 30
    made.clear()
    gc.collect()
    assert still_open() == 0


def test_a_server_that_was_closed_writes_into_nobody_elses_file(tmp_path: Path) -> None:
    """A thread that is still answering pulls the trigger by the number of a pipe that another file may have by now."""
    gc.collect()  # what others have left gives its numbers back before, not between
    server = web_server(lambda environ, start: [], "127.0.0.1", 0, connections=10)
    numbers = {*server.trigger._fds}
    server.task_dispatcher.shutdown()
    server.close()
    files: list[IO[bytes]] = []
    while not numbers & {one.fileno() for one in files}:  # until one of them has the number
        assert len(files) < 1000
        files.append((tmp_path / str(len(files))).open("wb+"))
    server.pull_trigger()
    for one in files:
        one.close()
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b""] * len(files)
