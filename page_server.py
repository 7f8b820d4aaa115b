"""One small HTTP server for the pages of virtual devices, of the kiosk's mirror and of the demo: routes, JSON, files,
errors in a sentence. Knows no device, and is not for the hall's network.

A route is "GET /state", or "GET /slips/" for every path below it. It gets a Request and returns an Answer, or raises
PageError. One thread per request: a route may wait.
"""

from __future__ import annotations

import hashlib
import json
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
JSON = "application/json; charset=utf-8"
LONGEST_BODY = 1 << 20
ANYONE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Expose-Headers": "X-Version",
}
"""Any page may read and order: the demo shows every device from a port of its own."""


class PageError(Exception):
    """A request that gets no page: the status, and a sentence that says what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        super().__init__(sentence)


@dataclass(frozen=True)
class Request:
    """What was asked: the path, the first value of each key of the query, the headers by their small letters."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def number(self, key: str) -> int | None:
        """A whole number of the query; None if there is none."""
        text = self.query.get(key, "")
        return int(text) if text.removeprefix("-").isdecimal() else None

    def json(self) -> Any:
        """The body. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: int = 200
    cache: str = "no-store"
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Request], Answer]
EMPTY = Answer(status=204)


def said(value: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(json.dumps(value, ensure_ascii=False).encode(), JSON, status)


@contextmanager
def understood(sentence: str) -> Iterator[None]:
    """Whatever a wrong body makes of the code that reads it is a 400 with this sentence."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PageError(400, sentence) from error


def files(folder: Path, names: Mapping[str, str]) -> dict[str, Route]:
    """Routes for files: path -> name. A browser keeps them, and asks each time whether they are still the same."""
    return {f"GET {path}": partial(_file, folder / name) for path, name in names.items()}


def _file(path: Path, request: Request) -> Answer:
    body = path.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if request.headers.get("if-none-match") == tag:
        return Answer(status=304, cache="no-cache", headers={"ETag": tag})
    return Answer(body, KINDS[path.suffix], cache="no-cache", headers={"ETag": tag})


class PageServer(ThreadingHTTPServer):
    """Listens from the beginning, answers from `start` to `stop`. `port` 0 picks a free one.

    `anyone`: pages of other ports may read and order too. It asks no name service for its own name, which takes
    seconds without a network.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self, routes: Mapping[str, Route], port: int = 0, host: str = "127.0.0.1", *, anyone: bool = False
    ) -> None:
        self.routes, self.always = dict(routes), ANYONE if anyone else {}
        self._thread: threading.Thread | None = None
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="pages", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Also if it was never started."""
        if self._thread:
            self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """Bind, without HTTPServer's getfqdn()."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.port

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def answer(self, method: str, request: Request) -> Answer:
        """What a route says, or why there is nothing."""
        try:
            return self._route(method, request.path)(request)
        except PageError as error:
            return said({"error": str(error)}, error.status)

    def _route(self, method: str, path: str) -> Route:
        if method == "OPTIONS":
            return lambda request: EMPTY
        above = f"{method} {path[: path.rfind('/') + 1]}"
        found = self.routes.get(f"{method} {path}") or (self.routes.get(above) if above != f"{method} /" else None)
        if found is None:
            raise PageError(404, f"{method} {path}: no such page; there are {', '.join(self.routes)}")
        return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: PageServer

    def log_message(self, *args: Any) -> None:
        """Quiet: a page asks several times a second."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) <= LONGEST_BODY:
            request = Request(url.path, query, headers, self.rfile.read(int(length)))
            self._send(self.server.answer(self.command, request))
        else:
            self.close_connection = True  # whatever comes now is no request
            self._send(said({"error": f"Content-Length {length}: send {LONGEST_BODY} bytes at most"}, 413))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {"Cache-Control": answer.cache, **self.server.always, **answer.headers}
        if answer.status not in (204, 304):
            headers |= {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
