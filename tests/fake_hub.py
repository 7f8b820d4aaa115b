"""A hub of one's own for tests of devices: real HTTP on a free port, says what it is told to say, and dies on order.

It knows the hub's wire forms (JSON, problem+json, server-sent events, polling) and no queue; `KiosksHub` answers a
kiosk's wishes besides. Not for production.
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

from kiosk.screens import samples
from tests.conftest import free_port
from tests.waiting import DEADLINE_S

Answer = tuple[int, dict[str, Any]] | bytes | None
"""Status and body, a file's bytes, or no answer at all: the line is cut."""

NOTHING = 404, {"title": "no such path"}


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

    def __init__(self, port: int = 0, secret: str = "", **pages: dict[str, Any]) -> None:
        self.changed = threading.Condition()
        self.secret = secret  # the token that it knows; "": whoever comes
        self.pages = pages  # by path, shown from the first moment on
        self.answers: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}  # (method, path) -> status, body
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []  # method, target, headers, body
        self.seq = max((page["seq"] for page in pages.values()), default=0)
        self.room = 100  # streams at once; one more is 503
        self.streams = 0
        self.retry_after = "1"
        self.silent_resume = False  # on Last-Event-ID = newest say nothing but a comment, as a thrifty hub may
        self.line_end = "\n"
        self.mute = False  # accept, and never answer
        self._port = port or free_port()
        self._server: _Server | None = None
        self._sockets: set[socket.socket] = set()
        self.start()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.hub = self
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

    def reply(self, method: str, path: str, query: dict[str, list[str]], key: str, body: Any) -> Answer:
        """What is asked beside the pages that are shown; `key`: the idempotency key."""
        if answer := self.answers.get((method, path)):
            return answer
        nothing = {"title": "Not Found", "status": 404, "detail": f"{path} shows nothing"}
        return (404, nothing) if method == "GET" else (200, {})

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
        path, query = url.path.removeprefix("/api/v1"), parse_qs(url.query)
        streams = method == "GET" and "text/event-stream" in self.headers.get("Accept", "")
        if hub.secret and self.headers.get("Authorization") != f"Bearer {hub.secret}":
            self._json(401, {"title": "unknown token"})
        elif (method, path) in hub.answers or not (streams or (method == "GET" and path in hub.pages)):
            self._replied(hub.reply(method, path, query, self.headers.get("Idempotency-Key", ""), body))
        elif streams:
            self._stream(path)
        else:
            self._page(hub.pages[path], query.get("since", [""])[0])

    def _page(self, page: dict[str, Any], since: str) -> None:
        if since and int(since) >= page["seq"]:
            self.send_response(204)
            self.end_headers()
        else:
            self._json(200, page)

    def _replied(self, answer: Answer) -> None:
        match answer:
            case None:
                self.close_connection = True
            case bytes():
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            case status, body:
                self._json(status, body)

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


class KiosksHub(FakeHub):
    """The hub of the kiosk K1: its view, numbers by idempotency key, codes in `codes`.

    `swallow`: that many wishes are obeyed but not answered. `refuse`: problem+json for every wish of a number.
    """

    KIOSK = "/kiosks/K1"

    def __init__(self, view: dict[str, Any], port: int = 0) -> None:
        self.wishes: list[tuple[str, dict[str, Any]]] = []  # each of a number: (key, body)
        self.tickets: dict[str, dict[str, Any]] = {}  # by key
        self.print_states = ["printed"]  # what each look at a ticket says, the last one for ever
        self.lists: dict[str, dict[str, Any]] = {}  # jobs of lists, by key
        self.codes: dict[str, dict[str, Any]] = {}  # what a look-up answers, by code
        self.hits: dict[str, list[dict[str, Any]]] = {}  # what a search finds, by what is typed
        self.files: dict[str, bytes] = {}  # what it serves of guides, by path
        self.fetched: list[str] = []  # of these, each that was asked for
        self.searched: list[str] = []
        self.paths: list[str] = []  # of every POST but those of offline numbers
        self.config: dict[str, Any] = {}  # what it starts by; {}: a hub that does not tell
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.swallow = 0
        super().__init__(port, "secret", **{self.KIOSK: view})

    @property
    def view(self) -> dict[str, Any]:
        return self.pages[self.KIOSK]

    def change(self, **changes: Any) -> None:
        """Another view, this much of it changed."""
        self.show(self.KIOSK, **{**self.view, **changes, "seq": self.seq + 1})

    def reply(self, method: str, path: str, query: dict[str, list[str]], key: str, body: Any) -> Answer:
        with self.changed:
            match method:
                case "GET":
                    answer = self._told(path, query)
                case "POST":
                    answer = self._done(path, key, body)
                case _:  # a pulse, a head: not for this one
                    answer = NOTHING
            self.changed.notify_all()
        return answer

    def _told(self, path: str, query: dict[str, list[str]]) -> Answer:
        if path == "/search":
            self.searched.append(query["q"][0])
            return 200, {"query": query["q"][0], "sure": False, "hits": self.hits.get(query["q"][0], [])}
        if path == "/config":
            return (200, self.config) if self.config else NOTHING
        if path.startswith("/guides/"):
            self.fetched.append(path)
            return self.files.get(path) or NOTHING
        if path.startswith(f"{self.KIOSK}/lists/"):
            return 200, samples.slip_json(self._printed(), job=int(path.rpartition("/")[2]))
        ticket = next((one for one in self.tickets.values() if path == f"/tickets/{one['id']}"), None)
        if ticket is None:
            return NOTHING
        return 200, {**ticket, "print": {"state": self._printed(), "zh": "", "en": ""}}

    def _done(self, path: str, key: str, body: Any) -> Answer:
        if path.endswith("/offline"):  # it leases no numbers
            return NOTHING
        self.paths.append(path)
        if path.endswith("/look-up"):
            return 200, self.codes.get(body["code"], samples.found_json("unknown"))
        if path.endswith("/lists"):
            made = samples.slip_json("queued", job=31 + len(self.lists), service=body["service"])
            return 201, self.lists.setdefault(key, made)
        if path.startswith(f"{self.KIOSK}/tickets/"):
            *_, number, verb = path.split("/")
            ticket = next(one for one in self.tickets.values() if number == str(one["id"]))
            return 200, {**ticket, "state": "left" if verb == "give-back" else "waiting"}
        if path.startswith("/second/"):  # it is alone
            return NOTHING
        return self.refuse or self._issued(key, body)

    def _issued(self, key: str, body: dict[str, Any]) -> Answer:
        self.wishes.append((key, body))
        number = len(self.tickets) + 1
        ticket = self.tickets.setdefault(key, samples.ticket_json("queued", id=number, number=f"A{number:03}"))
        if self.swallow:
            self.swallow -= 1
            return None
        return 201, ticket

    def _printed(self) -> str:
        return self.print_states.pop(0) if len(self.print_states) > 1 else self.print_states[0]
