"""Another system that is told of what happened: takes POSTs, answers as a test says, checks the signature by itself.

Shares no code with what it checks: the signature is worked out from the spec's own words.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.waiting import DEADLINE_S


class Got(NamedTuple):
    """One POST: `signed` where one of its signatures is right."""

    headers: dict[str, str]
    body: bytes
    signed: bool

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver:
    """`says`: what the next ones are answered (status, headers); then 200. `hold`: none is answered until it is set."""

    def __init__(self, secret: str) -> None:
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.says: list[tuple[int, dict[str, str]]] = []
        self.answer = b"{}"
        self.got: list[Got] = []
        self.hold = threading.Event()
        self.hold.set()
        self.drips = False
        self.url = ""
        self._came = threading.Condition()

    def take(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
        right = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        with self._came:
            self.got.append(Got(headers, body, f"v1,{right}" in headers["webhook-signature"].split()))
            self._came.notify_all()
        return self.says.pop(0) if self.says else (200, {})

    def wait_for(self, many: int, seconds: float = DEADLINE_S) -> list[Got]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.got) >= many, seconds), f"{len(self.got)} of {many} came"
            return list(self.got)


@contextmanager
def listening(secret: str) -> Iterator[Receiver]:
    receiver = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, more = receiver.take({k.lower(): v for k, v in self.headers.items()}, body)
            receiver.hold.wait(DEADLINE_S)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if receiver.drips:
                self.end_headers()
                for _ in range(200):  # never a whole answer, always a sign of life
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    if stopping.wait(0.05):
                        return
                return
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *said: object) -> None:
            pass

    stopping = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up is no error here
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/told?by=hall"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        stopping.set()
        receiver.hold.set()
        server.shutdown()
        server.server_close()
