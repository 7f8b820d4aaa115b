"""Requests to the hub, its event lines, and the feed that comes back by itself, against a small real HTTP server."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hub_client import Event, EventLines, HubAway, HubClient, HubRefused
from tests import fake_hub
from tests.waiting import DEADLINE_S


@pytest.fixture
def hub() -> Iterator[fake_hub.FakeHub]:
    hub = fake_hub.FakeHub()
    yield hub
    hub.kill()


@pytest.fixture
def client(hub: fake_hub.FakeHub) -> HubClient:
    return HubClient(hub.url, "secret\n", timeout=DEADLINE_S)


class Follower:
    """Somebody who follows a path in a thread of its own; `next()` is what came, in order."""

    def __init__(self, client: HubClient, path: str) -> None:
        self.stop = threading.Event()
        self.heard: queue.Queue[Any] = queue.Queue()
        self._thread = threading.Thread(target=self._run, args=(client, path), daemon=True)
        self._thread.start()

    def _run(self, client: HubClient, path: str) -> None:
        for shown in client.follow(path, self.stop):
            self.heard.put(shown)
        self.heard.put("ended")

    def next(self) -> Any:
        return self.heard.get(timeout=fake_hub.DEADLINE_S)

    def next_shown(self) -> Any:
        """On a slow machine it is first said to be lost: nothing came within a second."""
        while (shown := self.next()) is None:
            continue
        return shown


@pytest.fixture
def follow(client: HubClient) -> Iterator[Any]:
    followers: list[Follower] = []

    def begin(path: str = "/boards") -> Follower:
        followers.append(Follower(client, path))
        return followers[-1]

    yield begin
    for follower in followers:
        follower.stop.set()


# --- event lines ------------------------------------------------------------------------------------------------------

STREAMS = [
    (b'id: 7\nevent: show\ndata: {"a":1}\n\n', [Event("7", '{"a":1}')]),
    (b"data: one\r\ndata: two\r\n\r\n", [Event("", "one\ntwo")]),
    (b"data: one\rdata: two\r\r", [Event("", "one\ntwo")]),
    (b": still here\n\ndata:no space\n\n", [Event("", "no space")]),
    (b"data:  two spaces\n\n", [Event("", " two spaces")]),
    (b"id: 3\ndata: a\n\ndata: b\n\n", [Event("3", "a"), Event("3", "b")]),
    (b"id: 3\n\nid\ndata: a\n\n", [Event("", "a")]),
    (b"data\ndata\n\n", [Event("", "\n")]),
    (b"\xef\xbb\xbfdata: bom\n\n", [Event("", "bom")]),
    ("data: 请A001到3号窗口\n\n".encode(), [Event("", "请A001到3号窗口")]),
    (b"id: a\0b\nretry: 10\nunknown: x\ndata: x\n\n", [Event("", "x")]),
    (b"data: unfinished\n", []),
    (b"event: show\nid: 9\n\n", []),
    (b"\n\n\n\r\n\r\r", []),
    (b"\xff\xfe\x00garbage\n\n:\n:\n", []),
]


@pytest.mark.parametrize(("wire", "events"), STREAMS)
def test_event_lines_whole_byte_by_byte_and_with_more_behind(wire: bytes, events: list[Event]) -> None:
    assert EventLines().feed(wire) == events
    lines = EventLines()
    assert [e for byte in wire for e in lines.feed(bytes([byte]))] == events
    assert EventLines().feed(wire + b"data: half") == events


def test_a_split_crlf_ends_one_line_only() -> None:
    lines = EventLines()
    assert lines.feed(b"data: a\r") + lines.feed(b"\ndata: b\r") + lines.feed(b"\n") == []
    assert lines.feed(b"\r\n") == [Event("", "a\nb")]


# --- requests ---------------------------------------------------------------------------------------------------------


def test_get_put_and_post_carry_token_and_key(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.show("/boards", boards={})
    hub.answers["POST", "/tickets"] = (201, {"number": "A001"})
    assert client.get("/boards") == {"seq": 1, "boards": {}}
    assert client.post("/tickets", {"service": "办"}, key="k-1") == {"number": "A001"}
    assert client.put("/boards/health", {"boards": {}}) == {}
    [(_, headers, body)] = hub.asked("POST", "/tickets")
    assert (headers["Authorization"], headers["Idempotency-Key"], body) == ("Bearer secret", "k-1", {"service": "办"})


def test_a_refusal_carries_the_problem(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.answers["POST", "/tickets"] = (409, {"title": "Closed", "status": 409, "detail": "opens at 14:30", "more": 1})
    with pytest.raises(HubRefused, match="409: Closed: opens at 14:30") as caught:
        client.post("/tickets", {})
    assert (caught.value.status, caught.value.title, caught.value.problem["more"]) == (409, "Closed", 1)


def test_a_refusal_without_a_problem_still_has_its_status(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.answers["GET", "/x"] = (302, {})
    with pytest.raises(HubRefused) as caught:
        client.get("/x")
    assert caught.value.status == 302


def test_5xx_is_away(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.answers["GET", "/x"] = (500, {})
    with pytest.raises(HubAway, match="answered 500"):
        client.get("/x")


def test_nobody_there_is_away(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.kill()
    with pytest.raises(HubAway, match="cannot be reached"):
        client.get("/boards")


def test_a_mute_hub_is_away_after_the_timeout(hub: fake_hub.FakeHub) -> None:
    hub.mute = True
    with pytest.raises(HubAway, match="did not answer in time"):
        HubClient(hub.url, "t", timeout=0.1).get("/boards")


def test_something_that_is_not_the_hub_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"

        def serve() -> None:
            line, _ = door.accept()
            line.recv(4096)
            line.sendall(page)
            line.close()

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(HubAway, match="no JSON"):
            HubClient(f"http://127.0.0.1:{door.getsockname()[1]}", "t").get("/boards")


def test_one_client_serves_many_threads(hub: fake_hub.FakeHub, client: HubClient) -> None:
    hub.show("/boards", boards={})
    answers: queue.Queue[Any] = queue.Queue()
    for _ in range(16):
        threading.Thread(target=lambda: answers.put(client.get("/boards")["seq"]), daemon=True).start()
    assert [answers.get(timeout=DEADLINE_S) for _ in range(16)] == [1] * 16


# --- following --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_follow_yields_each_change(hub: fake_hub.FakeHub, follow: Any, line_end: str) -> None:
    hub.line_end = line_end
    hub.show("/boards", text="a")
    follower = follow()
    assert follower.next_shown() == {"seq": 1, "text": "a"}
    hub.show("/boards", text="b")
    assert follower.next() == {"seq": 2, "text": "b"}


def test_follow_resumes_where_it_was_after_a_cut(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.show("/boards", text="a")
    follower = follow()
    follower.next_shown()
    hub.cut()
    assert follower.next() is None
    hub.show("/boards", text="b")
    while follower.next_shown()["text"] != "b":
        continue
    assert hub.asked("GET", "/boards")[-1][1]["Last-Event-ID"] in ("1", "2")


def test_a_hub_that_resumes_in_silence_is_asked_and_counts_as_back(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.silent_resume = True
    hub.show("/boards", text="a")
    follower = follow()
    follower.next_shown()
    hub.cut()
    assert follower.next() is None
    assert follower.next_shown() == {"seq": 1, "text": "a"}
    assert any("since=1" in target for target, _, _ in hub.asked("GET", "/boards"))


def test_a_killed_hub_is_said_to_be_lost_every_second_until_it_is_back(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.show("/boards", text="a")
    follower = follow()
    follower.next_shown()
    before = time.monotonic()
    hub.kill()
    assert (follower.next(), follower.next()) == (None, None)
    assert time.monotonic() - before > 0.8
    hub.start()
    hub.show("/boards", text="b")
    while follower.next_shown()["text"] != "b":
        continue


def test_a_hub_that_is_not_there_yet(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.kill()
    follower = follow()
    assert follower.next() is None
    hub.show("/boards", text="a")
    hub.start()
    assert follower.next_shown()["text"] == "a"


def test_a_mute_hub_is_said_to_be_lost_though_the_line_is_open(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.mute = True
    assert follow().next() is None


def test_no_room_for_a_stream_means_polling(hub: fake_hub.FakeHub, follow: Any) -> None:
    hub.room, hub.retry_after = 0, "1"
    hub.show("/boards", text="a")
    follower = follow()
    assert follower.next_shown() == {"seq": 1, "text": "a"}
    hub.show("/boards", text="b")
    assert follower.next() == {"seq": 2, "text": "b"}
    assert any("since=1" in target for target, _, _ in hub.asked("GET", "/boards"))
    hub.room = 1
    hub.wait(lambda: hub.streams == 1, "a stream")
    assert follower.heard.empty() or follower.next()["text"] == "b"


def test_a_wrong_token_is_lost_and_heals(hub: fake_hub.FakeHub, follow: Any, caplog: pytest.LogCaptureFixture) -> None:
    hub.answers["GET", "/boards"] = (401, {"title": "Unauthorized", "status": 401, "detail": "unknown token"})
    hub.show("/boards", text="a")
    follower = follow()
    assert follower.next() is None
    assert "401: Unauthorized: unknown token" in caplog.text
    hub.answers.clear()
    assert follower.next_shown()["text"] == "a"


@pytest.mark.parametrize("state", ["streaming", "mute", "killed"])
def test_follow_ends_at_once_when_told(hub: fake_hub.FakeHub, follow: Any, state: str) -> None:
    hub.mute = state == "mute"
    if state == "killed":
        hub.kill()
    hub.show("/boards", text="a")
    follower = follow()
    follower.next()
    follower.stop.set()
    while follower.next() != "ended":
        continue


def test_heard_at_tells_when_the_hub_was_last_heard(hub: fake_hub.FakeHub, client: HubClient, follow: Any) -> None:
    assert client.heard_at is None
    hub.show("/boards", text="a")
    follower = follow()
    follower.next_shown()
    shown = client.heard_at
    before = time.monotonic()
    hub.kill()
    assert follower.next() is None
    lost = time.monotonic()
    assert shown is not None and client.heard_at is not None and shown < before < client.heard_at < lost, "the cut"
    cut = client.heard_at
    follower.next()
    assert client.heard_at == cut


def test_where_one_machine_does_not_answer_the_other_is_asked_and_an_older_epoch_is_not_believed(
    tmp_path: Path,
) -> None:
    told: dict[str, list[str]] = {"one": [], "two": []}
    epochs = {"one": "1", "two": "2"}

    def machine(name: str, other: Callable[[], str]) -> ThreadingHTTPServer:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told[name].append(self.headers.get("Jiaohao-Epoch", ""))
                body = b'{"machine": "%b"}' % name.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Jiaohao-Epoch", epochs[name])
                self.send_header("Jiaohao-Second", other())
                self.send_header("Jiaohao-Head", f"7 {name}")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        return made

    urls: dict[str, str] = {}
    one, two = machine("one", lambda: urls["two"]), machine("two", lambda: urls["one"])
    urls |= {name: f"http://127.0.0.1:{made.server_port}" for name, made in (("one", one), ("two", two))}
    memory = tmp_path / "hubs"
    client = HubClient(urls["one"], "token", memory=memory)
    assert client.get("/x") == {"machine": "one"} and client.addresses == (urls["one"], urls["two"])
    one.shutdown()
    one.server_close()
    with pytest.raises(HubAway):
        client.get("/x")
    assert client.get("/x") == {"machine": "two"} and client.epoch == 2
    assert client.head == "7 two"
    assert told["two"] == ["1"], "what it knows goes along with each request"
    again = HubClient(urls["one"], "token", memory=memory)
    assert again.url == urls["two"] and again.epoch == 2 and again.head == "7 two"
    assert HubClient(urls["one"], "another", memory=memory).head == "", "of a hall of before, at this address"
    epochs["two"] = "1"
    with pytest.raises(HubAway, match="another machine is the hub now"):
        again.get("/x")
    two.shutdown()
    two.server_close()
