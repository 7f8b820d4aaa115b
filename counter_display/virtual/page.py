"""The page of the virtual devices over HTTP: their picture, their state as JSON, orders to them and fingers on their
keys. Knows no wire's bytes.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from counter_display.virtual.hall import ORDERS, WIRE_ORDERS, Hall

FOLDER = Path(__file__).parent
PAGES = {
    "/": ("glow.html", "text/html"),
    "/glow.js": ("glow.js", "text/javascript"),
    "/lamps.js": ("lamps.js", "text/javascript"),
    "/pads.js": ("pads.js", "text/javascript"),
    "/pads.css": ("pads.css", "text/css"),
}


class Show(ThreadingHTTPServer):
    """The picture of all boards over HTTP. `port` 0 picks a free one."""

    daemon_threads = True
    request_queue_size = 64
    block_on_close = False

    def __init__(self, hall: Hall, port: int = 0, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), _Handler)
        self.hall = hall
        self.port: int = self.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.05,), name="show", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Show

    def log_message(self, *args: Any) -> None:
        """Quiet: a page asks several times a second."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/state":
            since = parse_qs(url.query).get("since", [""])[0]
            self._json(200, self.server.hall.state(int(since) if since.isdigit() else None))
        elif url.path in PAGES:
            name, kind = PAGES[url.path]
            self._send(200, (FOLDER / name).read_bytes(), f"{kind}; charset=utf-8")
        else:
            self._json(
                404,
                {
                    "error": (
                        f"{url.path}: no such page; there are {', '.join(PAGES)}, /state, POST /order and POST /press"
                    )
                },
            )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            said = json.loads(body)
            obey = {"/order": _order, "/press": _press}[urlsplit(self.path).path](self.server.hall, said)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._json(400, {"error": f"not an order ({error}); {HELP}"})
            return
        obey()
        self._json(200, {})

    def do_OPTIONS(self) -> None:
        self._send(204, b"", "text/plain")

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body, ensure_ascii=False).encode(), "application/json")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.end_headers()
        self.wfile.write(data)


HELP = (
    f'POST /order {{"board": "1", "order": "dead"}}: {", ".join(ORDERS)}; {{"wire": "west", "order": "unplug"}}:'
    f' {", ".join(WIRE_ORDERS)}; POST /press {{"pad": "pad 1", "keys": [1, 2, 12]}}'
)


def _order(hall: Hall, said: Any) -> Callable[[], None]:
    """An order to a board, a pad or a wire. Raises KeyError or ValueError."""
    order = said["order"]
    if "wire" in said:
        wire = hall.wires[said["wire"]]
        if order not in WIRE_ORDERS:
            raise ValueError(f"{order!r} is none of {', '.join(WIRE_ORDERS)}")
        return partial(wire.order, order)
    device = said["board"]
    if order not in ORDERS or device not in {**hall.boards, **hall.pads}:
        raise ValueError(f"{device!r}, {order!r}: no such board, or none of {', '.join(ORDERS)}")
    return partial(hall.order, device, order)


def _press(hall: Hall, said: Any) -> Callable[[], None]:
    """A finger on a pad or rater. Raises KeyError or ValueError."""
    pad, keys = hall.pads[said["pad"]], said["keys"]
    if (
        not isinstance(keys, list)
        or not 1 <= len(keys) <= 9
        or not all(isinstance(key, int) and 0 <= key <= 255 for key in keys)
    ):
        raise ValueError("keys are 1 to 9 numbers from 0 to 255")
    return partial(hall.wires[pad.wire].press, pad, *keys)
