"""The small page server: routes, files that a browser keeps, and a sentence for whatever is wrong."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from page_server import EMPTY, Answer, PageError, PageServer, Request, files, said, understood
from tests.conftest import free_port
from tests.waiting import DEADLINE_S


def _refuse(request: Request) -> Answer:
    raise PageError(409, f"{request.path}: not today")


def _double(request: Request) -> Answer:
    with understood('send {"n": 2}'):
        number = request.json()["n"] * 2
    return said(number)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PageServer]:
    (tmp_path / "a.html").write_text("<p>甲", encoding="utf-8")
    routes = {
        **files(tmp_path, {"/": "a.html"}),
        "GET /since": lambda request: said([request.number("n"), request.headers["host"]]),
        "GET /slips/": lambda request: Answer(request.path.encode()),
        "GET /no": _refuse,
        "GET /nothing": lambda request: EMPTY,
        "POST /double": _double,
    }
    server = PageServer(routes, anyone=True)
    server.start()
    yield server
    server.stop()


def ask(
    server: PageServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_S)
    line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer.status, dict(answer.headers), answer.read()


def test_a_file_is_kept_until_it_is_another(server: PageServer, tmp_path: Path) -> None:
    status, headers, body = ask(server, "GET", "/?v=1")
    assert (status, headers["Content-Type"], body.decode()) == (200, "text/html; charset=utf-8", "<p>甲")
    status, kept, body = ask(server, "GET", "/", If_None_Match=headers["ETag"])
    assert (status, body, kept["ETag"], kept["Cache-Control"]) == (304, b"", headers["ETag"], "no-cache")
    (tmp_path / "a.html").write_text("<p>乙", encoding="utf-8")
    assert ask(server, "GET", "/", If_None_Match=headers["ETag"])[::2] == (200, "<p>乙".encode())


@pytest.mark.parametrize(("query", "number"), [("", None), ("?n=12", 12), ("?n=-1", -1), ("?n=x", None), ("?n=", None)])
def test_a_number_of_the_query(server: PageServer, query: str, number: int | None) -> None:
    status, headers, body = ask(server, "GET", f"/since{query}")
    assert (status, json.loads(body)) == (200, [number, f"127.0.0.1:{server.port}"])
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "sentence"),
    [
        ("GET", "/far", None, 404, "GET /far: no such page; there are GET /, GET /since, GET /slips/"),
        ("POST", "/since", b"", 404, "POST /since: no such page"),
        ("GET", "/slips", None, 404, "GET /slips: no such page"),
        ("GET", "/../page_server.py", None, 404, "no such page"),
        ("GET", "/no", None, 409, "/no: not today"),
        *(
            ("POST", "/double", body, 400, 'send {"n": 2}')
            for body in (b"", b"{", b"[]", b"{}", b'{"n": null}', b"\xff")
        ),
        ("POST", "/double", b" " * ((1 << 20) + 1), 413, "send 1048576 bytes at most"),
    ],
)
def test_what_is_wrong_is_said(
    server: PageServer, method: str, path: str, body: bytes | None, status: int, sentence: str
) -> None:
    try:
        got, _, said = ask(server, method, path, body)
    except OSError:
        assert status == 413  # it did not wait for the end of so much
        return
    assert got == status and sentence in json.loads(said)["error"]


def test_a_path_below_a_route_a_body_and_nothing(server: PageServer) -> None:
    assert ask(server, "GET", "/slips/9.txt")[2] == b"/slips/9.txt"
    assert ask(server, "POST", "/double", b'{"n": 21}')[2] == b"42"
    status, headers, body = ask(server, "GET", "/nothing")
    assert (status, body) == (204, b"") and "Content-Length" not in headers


def test_other_pages_may_ask_only_where_anyone_may(server: PageServer) -> None:
    status, headers, _ = ask(server, "OPTIONS", "/double", Origin="http://127.0.0.1:1")
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "*")
    closed = PageServer({})
    closed.start()
    assert "Access-Control-Allow-Origin" not in ask(closed, "OPTIONS", "/")[1]
    closed.stop()


def test_its_port_is_free_again_also_if_it_never_began() -> None:
    port = free_port()
    never = PageServer({}, port)
    with pytest.raises(OSError):
        PageServer({}, port)
    never.stop()
    PageServer({}, port).stop()


def test_a_length_that_is_none(server: PageServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE_S) as line:
        line.sendall(b"POST /double HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")
        answer = line.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 ") and b"Content-Length -5" in answer
