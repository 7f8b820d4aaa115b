"""The virtual boards: pseudo-terminals in place of serial adapters, and a page that shows each board as it would glow.

    python -m counter_display.virtual --config config.toml --show-port 9181

Every wire of the hall's file whose url is `serial:` gets its boards; nothing here touches a real device.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click

import config
from counter_display.virtual_wire import Board, Hall, VirtualWire

FOLDER = Path(__file__).parent
PAGES = {"/": ("glow.html", "text/html"), "/glow.js": ("glow.js", "text/javascript")}
ORDERS = ("ok", "dead", "noise")


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
            self._json(404, {"error": f"{url.path}: no such page; there are /, /state, /glow.js and POST /order"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            asked = json.loads(body)
            board, order = str(asked["board"]), asked["order"]
        except (ValueError, KeyError, TypeError):
            board, order = "", ""
        if urlsplit(self.path).path != "/order" or board not in self.server.hall.boards or order not in ORDERS:
            self._json(400, {"error": 'not an order; POST /order {"board": "1", "order": "dead"}: ok, dead or noise'})
            return
        self.server.hall.order(board, order)
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


def virtual_hall(hall: config.Hall) -> Hall:
    """The boards of a hall that hang on serial lines, dark."""
    serial = {name for name, wire in hall.wires.items() if wire.url.startswith("serial:")}
    return Hall({
        board_id: Board(hall.counters[board.counter].name, board.wire, board.address, board.columns)
        for board_id, board in hall.boards.items() if board.wire in serial
    })  # fmt: skip


def plug_in(hall: config.Hall, shown: Hall) -> dict[str, VirtualWire]:
    """A pseudo-terminal for each serial wire. Raises OSError if a real device is in the place."""
    wires: dict[str, VirtualWire] = {}
    try:
        for name, wire in hall.wires.items():
            if wire.url.startswith("serial:"):
                path, _, query = wire.url.removeprefix("serial:").partition("?")
                baud = int(parse_qs(query).get("baud", ["9600"])[0])
                wires[name] = VirtualWire(name, hall.folder / path, shown, baud=baud)
    except (OSError, ValueError):
        unplug(wires)
        raise
    return wires


def unplug(wires: dict[str, VirtualWire]) -> None:
    for wire in wires.values():
        wire.unplug()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "path", default=str(config.ROOT / "config.toml"), show_default="config.toml", help="The hall's file.")
@click.option("--show-port", default=9181, show_default=True, help="Port of the page that shows the boards; 0 picks one.")
def main(path: str, show_port: int) -> None:
    """Virtual LED boards on pseudo-terminals, and a page that shows how they glow.

    Prints one line of JSON when ready: {"show_port": 9181, "wires": {"west": "/dev/pts/3"}}. Runs until SIGTERM.
    """
    try:
        hall = config.load(path)
        shown = virtual_hall(hall)
        show = Show(shown, show_port)
        wires = plug_in(hall, shown)
    except (config.ConfigError, OSError, ValueError, OverflowError) as error:
        click.echo(f"{error}" if isinstance(error, config.ConfigError) else f"counter_display.virtual: {error}", err=True)
        sys.exit(2)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show.start()
    ready = {"show_port": show.port, "wires": {name: wire.pty for name, wire in wires.items()}}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    stop.wait()
    unplug(wires)
    show.shutdown()


if __name__ == "__main__":
    main()
