"""A hub of one's own for tests of devices: real HTTP on a free port, says what it is told to say, and dies on order.

It knows the hub's wire forms (JSON, problem+json, server-sent events, polling) and no queue. Not for production.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DEADLINE_S = 30.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True
    block_on_close = False
    hub: FakeHub

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A line that was cut is no news here; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class FakeHub:
    """`show(path, body)` says what a path shows; `kill()` and `start()` as a power cut; `seen` is what was asked."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.pages: dict[str, dict[str, Any]] = {}
        self.answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}  # (method, path) -> status, body
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []  # method, target, headers, body
        self.seq = 0
        self.room = 100  # streams at once; one more is 503
        self.streams = 0
        self.retry_after = "1"
        self.silent_resume = False  # on Last-Event-ID = newest say nothing but a comment, as a thrifty hub may
        self.line_end = "\n"
        self.mute = False  # accept, and never answer
        self._port = 0
        self._server: _Server | None = None
        self._sockets: set[socket.socket] = set()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.hub = self
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def kill(self) -> None:
        """Close the port and cut every line."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
        with self.changed:
            self.cut()
            self.changed.notify_all()

    def cut(self) -> None:
        """Cut the lines that are open now."""
        for line in list(self._sockets):
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._sockets.discard(line)

    def show(self, path: str, **body: Any) -> None:
        with self.changed:
            self.seq += 1
            self.pages[path] = {"seq": self.seq, **body}
            self.changed.notify_all()

    def wait(self, true: Callable[[], object], what: str = "it") -> None:
        """Wait until something asked of this hub makes `true` true."""
        with self.changed:
            assert self.changed.wait_for(true, DEADLINE_S), f"{what} did not happen in {DEADLINE_S} s"

    def asked(self, method: str, path: str) -> list[tuple[str, dict[str, str], Any]]:
        return [(t, h, b) for m, t, h, b in self.seen if m == method and urlsplit(t).path == "/api/v1" + path]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *args: Any) -> None:
        """Quiet: tests read `seen`."""

    def setup(self) -> None:
        super().setup()
        self.server.hub._sockets.add(self.connection)

    def finish(self) -> None:
        self.server.hub._sockets.discard(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PUT(self) -> None:
        self._answer("PUT")

    def _answer(self, method: str) -> None:
        hub = self.server.hub
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        with hub.changed:
            hub.seen.append((method, self.path, dict(self.headers), body))
            hub.changed.notify_all()
            if hub.mute:
                hub.changed.wait_for(lambda: not hub.mute or hub._server is None)
        url = urlsplit(self.path)
        path = url.path.removeprefix("/api/v1")
        if (method, path) in hub.answers:
            self._json(*hub.answers[method, path])
        elif method != "GET":
            self._json(200, {})
        elif "text/event-stream" in self.headers.get("Accept", ""):
            self._stream(path)
        else:
            self._page(path, parse_qs(url.query).get("since", [""])[0])

    def _page(self, path: str, since: str) -> None:
        page = self.server.hub.pages.get(path)
        if page is None:
            self._json(404, {"title": "Not Found", "status": 404, "detail": f"{path} shows nothing"})
        elif since and int(since) >= page["seq"]:
            self.send_response(204)
            self.end_headers()
        else:
            self._json(200, page)

    def _json(self, status: int, body: dict[str, Any], **headers: str) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, path: str) -> None:
        hub = self.server.hub
        if hub.streams >= hub.room:
            self._json(503, {"title": "Service Unavailable", "status": 503}, Retry_After=hub.retry_after)
            return
        hub.streams += 1
        try:
            self._write_stream(path)
        except OSError:
            self.close_connection = True
        finally:
            with hub.changed:
                hub.streams -= 1
                hub.changed.notify_all()

    def _write_stream(self, path: str) -> None:
        hub, server = self.server.hub, self.server
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        last = self.headers.get("Last-Event-ID", "")
        told = int(last) if last and hub.silent_resume else -1
        self._chunk(": hello\n\n")
        while hub._server is server:
            with hub.changed:
                if hub.pages.get(path, {"seq": -1})["seq"] <= told:
                    hub.changed.wait(0.2)
                page = hub.pages.get(path, {"seq": -1})
            if page["seq"] > told:
                told = page["seq"]
                self._chunk(f"id: {told}\nevent: show\ndata: {json.dumps(page, ensure_ascii=False)}\n\n")
            else:
                self._chunk(": still here\n\n")
        self.close_connection = True

    def _chunk(self, text: str) -> None:
        data = text.replace("\n", self.server.hub.line_end).encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
