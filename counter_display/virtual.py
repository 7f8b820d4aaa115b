"""The virtual boards, pads and raters: pseudo-terminals in place of serial adapters, and a page that shows each as it would glow.

    python -m counter_display.virtual --config config.toml --show-port 9181

Every wire of the hall's file whose url is `serial:` or a socket of this machine gets its boards, pads and raters; nothing here
touches a real device.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click

import config
from counter_display.virtual_hall import ORDERS, WIRE_ORDERS, Board, Hall, Pad
from counter_display.virtual_speech import VirtualSpeech
from counter_display.virtual_wire import EARS, VirtualWire

FOLDER = Path(__file__).parent
PAGES = {
    "/": ("glow.html", "text/html"), "/glow.js": ("glow.js", "text/javascript"), "/lamps.js": ("lamps.js", "text/javascript"),
    "/pads.js": ("pads.js", "text/javascript"), "/pads.css": ("pads.css", "text/css"),
}  # fmt: skip


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
            self._json(404, {"error": f"{url.path}: no such page; there are {', '.join(PAGES)}, /state, POST /order and POST /press"})

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
    f'POST /order {{"board": "1", "order": "dead"}}: {", ".join(ORDERS)}; {{"wire": "west", "order": "unplug"}}: {", ".join(WIRE_ORDERS)}; '
    'POST /press {"pad": "pad 1", "keys": [1, 2, 12]}'
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
    if not isinstance(keys, list) or not 1 <= len(keys) <= 9 or not all(isinstance(key, int) and 0 <= key <= 255 for key in keys):
        raise ValueError("keys are 1 to 9 numbers from 0 to 255")
    return partial(hall.wires[pad.wire].press, pad, *keys)


def virtual_hall(hall: config.Hall) -> Hall:
    """The boards, pads and raters of a hall that hang on virtual wires, dark. Raises ValueError for a language no virtual board speaks."""
    wires = {name: wire for name, wire in hall.wires.items() if _at(wire.url, hall.folder) is not None}
    boards = {
        board_id: Board(
            hall.counters[board.counter].name, board.wire, board.address, board.columns,
            language=board.protocol or wires[board.wire].protocol, rows=board.rows,
        )
        for board_id, board in hall.boards.items() if board.wire in wires
    }  # fmt: skip
    odd = {board.language for board in boards.values()} - set(EARS)
    if odd:
        raise ValueError(f"no virtual board speaks {', '.join(sorted(odd))}; there are {', '.join(EARS)}")
    pads = {f"pad {n}": Pad(hall.counters[p.counter].name, p.wire, p.address, "pad", p.digits) for n, p in hall.pads.items() if p.wire in wires}
    raters = {f"rater {n}": Pad(hall.counters[r.counter].name, r.wire, r.address, "rater") for n, r in hall.raters.items() if r.wire in wires}
    return Hall(boards, {**pads, **raters})


def _at(url: str, folder: Path) -> Path | int | None:
    """Where a virtual wire takes the place of a real one: a device's path, or a TCP port of this machine; None for elsewhere."""
    if url.startswith("serial:"):
        return folder / url.removeprefix("serial:").partition("?")[0]
    parts = urlsplit(url)
    return parts.port if parts.scheme == "socket" and parts.hostname in ("127.0.0.1", "localhost") else None


def plug_in(hall: config.Hall, shown: Hall) -> dict[str, VirtualWire]:
    """A pseudo-terminal for each serial wire, a TCP port for each socket of this machine. Raises OSError if a real device is in the place."""
    wires: dict[str, VirtualWire] = {}
    try:
        for name, wire in hall.wires.items():
            at = _at(wire.url, hall.folder)
            if at is not None:
                baud = int(parse_qs(wire.url.partition("?")[2]).get("baud", ["9600"])[0])
                wires[name] = VirtualWire(name, at, shown, baud=baud)
    except (OSError, ValueError):
        unplug(wires)
        raise
    return wires


def voices(hall: config.Hall, shown: Hall) -> dict[str, VirtualSpeech]:
    """A speech module for each zone that has one on a serial line. Raises OSError if a real device is in the place."""
    found: dict[str, VirtualSpeech] = {}
    for name, zone in hall.zones.items():
        at = _at(zone.output, hall.folder) if zone.engine in ("syn6288", "xfs5152") else None
        if isinstance(at, Path):
            found[name] = VirtualSpeech(zone.name, zone.engine, at, shown)
    return found


def unplug(wires: Mapping[str, VirtualWire | VirtualSpeech]) -> None:
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
        modules = voices(hall, shown)
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
    unplug({**wires, **{f"voice {name}": module for name, module in modules.items()}})
    show.shutdown()


if __name__ == "__main__":
    main()
