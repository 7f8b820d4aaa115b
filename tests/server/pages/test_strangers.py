"""Strangers at the door: lines that say nothing, bodies that are too large, headers that claim another address."""

from __future__ import annotations

import http.client
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from server.pages import access
from server.serve import BODY, UNREAD_S, Line, to_close, web_server
from tests.conftest import free_port
from tests.server.pages.conftest import Web, hire
from tests.waiting import DEADLINE_S, until


class Serve:
    """Serves an application with these bounds; its port."""

    def __init__(self) -> None:
        self.servers: dict[int, Any] = {}

    def __call__(self, app: Any, **bounds: Any) -> int:
        port = free_port()
        self.servers[port] = web_server(app, "127.0.0.1", port, **{"connections": 20, **bounds})
        threading.Thread(target=self.servers[port].run, daemon=True).start()
        return port

    def waiting(self, port: int) -> list[int]:
        """How many bytes wait to go out, of each open line."""
        return [one.total_outbufs_len for one in list(self.servers[port].active_channels.values())]


@pytest.fixture
def serve() -> Iterator[Serve]:
    begin = Serve()
    yield begin
    for server in begin.servers.values():
        server.task_dispatcher.shutdown(timeout=1)
        server.trigger.pull_trigger(server.asyncore.close_all)


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = json.dumps([environ["REMOTE_ADDR"], environ.get("HTTP_X_FORWARDED_FOR")]).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def ask(port: int, headers: dict[str, str] | None = None, source: str = "127.0.0.1") -> Any:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S, source_address=(source, 0))
    try:
        line.request("GET", "/", headers=headers or {})
        return json.loads(line.getresponse().read())
    finally:
        line.close()


@pytest.fixture
def many_files() -> Iterator[None]:
    """A thousand lines have two ends each here."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(4096, before[0]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("first_words", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
@pytest.mark.parametrize("source", ["127.0.0.1", "127.0.0.9"])
def test_many_lines_that_say_nothing_shut_nobody_out(serve: Serve, first_words: bytes, source: str) -> None:
    port = serve(hello)
    lines = []
    for _ in range(1000):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(first_words)
        lines.append(line)
    assert [ask(port, source=source)[0] for _ in range(5)] == [source] * 5
    for line in lines:
        line.close()


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("FIRST_S", b""),
        ("HEAD_S", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "),
        ("BODY_S", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"),
        ("KEPT_S", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ],
)
def test_a_line_that_is_slow_with_its_next_words_is_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, bound: str, words: bytes
) -> None:
    """Each bound by itself, the others far away; a line that speaks is served."""
    for name in ("FIRST_S", "HEAD_S", "BODY_S", "KEPT_S"):
        monkeypatch.setattr(f"server.serve.{name}", 0.1 if name == bound else DEADLINE_S * 100)
    port = serve(hello)
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as slow:
        slow.sendall(words)
        heard = b""
        while piece := slow.recv(4096):
            heard += piece
    assert (b"200 OK" in heard) == (bound == "KEPT_S")
    assert ask(port)[0] == "127.0.0.1"


@pytest.mark.parametrize("pieces", [1, 2])
def test_a_line_whose_answer_is_not_read_is_closed(serve: Serve, monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    """Long before that, whoever reads on slowly goes on; of an answer longer than waitress takes at once the thread
    that makes it comes free, too.
    """
    passed = [0.0]
    monkeypatch.setattr("server.serve.time", SimpleNamespace(monotonic=lambda: passed[0] + 1000.0, time=time.time))
    piece = b"x" * (32 << 20)

    def long(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/":
            return hello(environ, start_response)
        start_response("200 OK", [("Content-Length", str(pieces * len(piece)))])
        return [piece] * pieces

    port = serve(long, threads=1)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        line.settimeout(DEADLINE_S)
        line.connect(("127.0.0.1", port))
        line.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: sum(serve.waiting(port)) >= 16 << 20)
        heard = 0
        for _ in range(3):
            passed[0] += 0.9 * UNREAD_S
            (before,) = serve.waiting(port)
            while serve.waiting(port) == [before]:
                heard += len(line.recv(1 << 16))
        assert len(serve.waiting(port)) == 1

        def closed() -> bool:
            passed[0] += UNREAD_S / 4
            return not serve.waiting(port)

        until(closed, "it is closed")
        assert ask(port)[0] == "127.0.0.1"
        with suppress(ConnectionResetError):
            while got := line.recv(1 << 16):
                heard += len(got)
    assert heard < pieces * len(piece)


def test_many_lines_whose_answers_are_not_read_shut_nobody_out(serve: Serve) -> None:
    """Before a minute is over: a place is given up at once, though nothing can be written there."""
    piece = b"x" * (16 << 20)

    def long(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/":
            return hello(environ, start_response)
        start_response("200 OK", [("Content-Length", str(len(piece)))])
        return [piece]

    port = serve(long, connections=4)
    channels = serve.servers[port].active_channels
    with ExitStack() as lines:
        for _ in range(8):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            line.connect(("127.0.0.1", port))
            line.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            own = line.getsockname()
            until(lambda own=own: any(c.addr == own and c.served for c in list(channels.values())))
        assert ask(port)[0] == "127.0.0.1"


def test_who_gives_up_a_place_when_all_are_taken() -> None:
    def line(address: str, since: float, known: bool = False, idle: bool = True) -> Line:
        return Line(address, known, idle, since)

    attack = [line("a", 5), line("a", 4), line("a", 6)]
    assert to_close([line("b", 1), *attack]) == 2
    assert to_close([line("k", 0, known=True)] * 9 + [line("b", 7)]) == 9
    assert to_close([line("k", 3, known=True), line("b", 1, idle=False)]) == 0
    assert to_close([line("b", 1, idle=False)]) is None


def test_a_proxy_is_believed_only_where_it_is_named(serve: Serve) -> None:
    claim = {"X-Forwarded-For": "10.1.2.3"}
    assert ask(serve(hello), claim) == ["127.0.0.1", None]
    assert ask(serve(hello, proxies=lambda: ["127.0.0.5"]), claim) == ["127.0.0.1", None]
    port = serve(hello, proxies=lambda: ["127.0.0.1"])
    assert ask(port, claim)[0] == "10.1.2.3"
    assert ask(port, {"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})[0] == "10.1.2.3"
    assert ask(port, claim, source="127.0.0.2")[0] == "127.0.0.2"


def send(web: Web, path: str, head: str, body: bytes = b"") -> tuple[int, bytes]:
    with socket.create_connection(("127.0.0.1", web.port), timeout=DEADLINE_S) as line:
        line.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + body)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read()


TOO_LONG = f"Content-Length: {900_000_000}\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize("path", ["/login", "/api/v1/bookings", "/api/v1/tickets", "/nowhere"])
def test_a_large_body_of_a_stranger_is_refused_before_it_is_there(web: Web, path: str) -> None:
    access.give_tokens(web.app.extensions["hub"])
    status, said = send(web, path, TOO_LONG)
    assert (status, json.loads(said)["detail"]) == (413, "内容太大，没有接收：请减小后再发。")
    chunk = b"%x\r\n%b\r\n" % (BODY + 1, b"x" * (BODY + 1))
    assert send(web, path, CHUNKED, chunk * 3)[0] == 413
    wrong = "Authorization: Bearer wrong\r\nCookie: session=wrong\r\n"
    assert send(web, path, TOO_LONG + wrong)[0] == 413


def test_who_hands_in_bookings_may_send_more_and_not_without_end(web: Web) -> None:
    hub = web.app.extensions["hub"]
    hire(hub)
    access.give_tokens(hub)
    token = (hub.hall.data / "tokens" / "bookings").read_text().strip()
    head = f"Authorization: Bearer {token}\r\n"
    body = b"code,kind,day,time,service\r\n" + b"\r\n" * BODY
    assert send(web, "/api/v1/bookings", f"{head}Content-Length: {len(body)}\r\n", body)[0] == 200
    assert send(web, "/api/v1/bookings", head + TOO_LONG)[0] == 413
    assert send(web, "/api/v1/tickets", head + TOO_LONG)[0] == 413
