"""A small hub for the kiosk's tests, on the standard library alone: it can be told to misbehave."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from kiosk.screens import samples

API = "/api/v1"


class SmallHub(ThreadingHTTPServer):
    """One kiosk's view over SSE, tickets by idempotency key, codes in `codes`.

    `swallow`: that many POSTs are obeyed but not answered. `refuse`: problem+json for every wish of a number.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, view: dict[str, Any], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), SmallHubPage)
        self.view = view
        self.news = threading.Condition()
        self.asked: list[tuple[str, dict[str, Any]]] = []  # every POST: (key, body)
        self.tickets: dict[str, dict[str, Any]] = {}  # by key
        self.print_states = ["printed"]  # what each look at a ticket says, the last one for ever
        self.lists: dict[str, dict[str, Any]] = {}  # jobs of lists, by key
        self.codes: dict[str, dict[str, Any]] = {}  # what a look-up answers, by code
        self.hits: dict[str, list[dict[str, Any]]] = {}  # what a search finds, by what is typed
        self.searched: list[str] = []
        self.paths: list[str] = []  # of every POST
        self.config: dict[str, Any] = {}  # what it starts by; {}: a hub that does not tell
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.swallow = 0
        self.closing = False
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def close(self) -> None:
        with self.news:
            self.closing = True
            self.news.notify_all()
        self.shutdown()
        self.server_close()

    def show(self, **changes: Any) -> None:
        with self.news:
            self.view = {**self.view, **changes, "seq": self.view["seq"] + 1}
            self.news.notify_all()

    def issue(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        with self.news:
            self.asked.append((key, body))
            number = len(self.tickets) + 1
            ticket = samples.ticket_json("queued", id=number, number=f"A{number:03}")
            found = self.tickets.setdefault(key, ticket)
            self.news.notify_all()
            return found

    def wait_for(self, what: Any, timeout: float = 5.0) -> None:
        with self.news:
            assert self.news.wait_for(what, timeout), f"did not happen within {timeout} s"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A kiosk that is stopped breaks its connections: that is no news."""


class SmallHubPage(BaseHTTPRequestHandler):
    server: SmallHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.removeprefix(API).partition("?")[0]
        if self.server.closing:  # a connection that was left open is gone as well
            self.close_connection = True
        elif self.headers.get("Authorization") != "Bearer secret":
            self._json(401, {"title": "unknown token"})
        elif path == "/kiosks/K1" and "event-stream" in self.headers.get("Accept", ""):
            self._stream()
        elif path == "/kiosks/K1":
            self._json(200, self.server.view)
        elif path == "/search":
            asked = parse_qs(self.path.partition("?")[2])["q"][0]
            with self.server.news:
                self.server.searched.append(asked)
                self.server.news.notify_all()
            self._json(200, {"query": asked, "sure": False, "hits": self.server.hits.get(asked, [])})
        elif path == "/config":
            self._json(*((200, self.server.config) if self.server.config else (404, {"title": "no such path"})))
        elif path.startswith("/kiosks/K1/lists/"):
            self._json(200, samples.slip_json(self._state(), job=int(path.rpartition("/")[2])))
        else:
            state = self._state()
            ticket = next(t for t in self.server.tickets.values() if path == f"/tickets/{t['id']}")
            self._json(200, {**ticket, "print": {"state": state, "zh": "", "en": ""}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.removeprefix(API)
        with self.server.news:
            self.server.paths.append(path)
        if path.endswith("/look-up"):
            self._json(200, self.server.codes.get(body["code"], samples.found_json("unknown")))
            return
        if path.endswith("/lists"):
            with self.server.news:
                jobs = self.server.lists
                made = jobs.setdefault(
                    self.headers["Idempotency-Key"],
                    samples.slip_json("queued", job=31 + len(jobs), service=body["service"]),
                )
                self.server.news.notify_all()
            self._json(201, made)
            return
        if path.startswith("/kiosks/K1/tickets/"):
            *_, number, verb = path.split("/")
            ticket = next(t for t in self.server.tickets.values() if number == str(t["id"]))
            self._json(200, {**ticket, "state": "left" if verb == "give-back" else "waiting"})
            return
        if self.server.refuse:
            self._json(*self.server.refuse)
            return
        ticket = self.server.issue(self.headers["Idempotency-Key"], body)
        if self.server.swallow > 0:
            self.server.swallow -= 1
            self.close_connection = True
        else:
            self._json(201, ticket)

    def _state(self) -> str:
        states = self.server.print_states
        return states.pop(0) if len(states) > 1 else states[0]

    def _json(self, status: int, data: dict[str, Any]) -> None:
        body = json.dumps(data, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.close_connection = True
        sent = None
        while not self.server.closing:
            view = self.server.view
            if view["seq"] != sent:
                sent = view["seq"]
                self.wfile.write(f"id: {sent}\nevent: show\ndata: {json.dumps(view)}\n\n".encode())
                self.wfile.flush()
            with self.server.news:
                if not self.server.closing and self.server.view["seq"] == sent:
                    self.server.news.wait(1.0)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""
