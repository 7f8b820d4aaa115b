"""The virtual printer on a port: one client at a time like a real print server, and a page that shows its paper live.

It moves bytes and obeys; what they mean is paper.py's. Threads: one for the print port, one per request of the page.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import click

from printer_profiles.faults import FAULTS
from printer_profiles.live_page import PAGE
from printer_profiles.paper import ORDERS, Paper
from printer_profiles.profile import ProfileError, load
from printer_profiles.sheet import Sheet

QUIET_S = 0.4  # a host silent so long has finished its slip: what is at the tear bar is torn off
ANSWER_S = 1.0  # a client that takes no answer for so long does not get it
SLOW_BPS = 10  # bytes per second of a slow printer, unless the order says another rate
SHOWN = 20  # newest slips on the page


class Printer:
    """A Paper that several threads may use, and the wire to the client of the moment."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.rate = SLOW_BPS
        self.stopped = False
        self._change = threading.Condition()
        self._client: socket.socket | None = None
        self._listener: socket.socket | None = None
        self._dead: list[socket.socket] = []  # connections that stay open and that nobody reads: half open

    def listen(self, listener: socket.socket) -> None:
        """Clients come in here, unless the power is off."""
        with self._change:
            self._listener = listener

    def connect(self, client: socket.socket) -> None:
        """This client is served from now on."""
        with self._change:
            self._client = client

    def disconnect(self, client: socket.socket) -> None:
        """The client is gone; what it left unfinished is torn off. A half-open connection is kept, unread."""
        with self._change:
            self._client = None
            self.paper.lost()
            if "half_open" in self.paper.faults:
                self._dead.append(client)
            else:
                client.close()

    def feed(self, data: bytes) -> bool:
        """Bytes from the client; the answers go back to it. False: the printer closes the connection here."""
        with self._change:
            after = self.paper.close_after
            self._reply(self.paper.feed(data if after is None else data[:after]))
            if after is None:
                return True
            closes = len(data) >= after
            self.paper.close_after = None if closes else after - len(data)
            return not closes

    def idle(self) -> bool:
        """The client is silent. False: it is served no longer."""
        with self._change:
            self.paper.idle()
            return not self._ends()

    def order(self, name: str, amount: int | None = None, *, on: bool = True) -> None:
        """Change the printer's fate. The amount of "slow" is its rate in bytes per second."""
        with self._change:
            self._reply(self.paper.order(name, amount, on=on))
            if name == "slow":
                self.rate = amount or SLOW_BPS
            self._wires()
            self._change.notify_all()

    def order_for(self, name: str, amount: int | None, seconds: float) -> None:
        """The same, and taken back after a time."""
        self.order(name, amount)
        back = threading.Timer(seconds, self.order, (name,), {"on": False})
        back.daemon = True
        back.start()

    def stop(self) -> None:
        """No more reading."""
        with self._change:
            self.stopped = True
            self._change.notify_all()
            self._bury()

    def may_read(self) -> int:
        """How many bytes may be read now, 0 = none any more; waits while the printer hangs, is full or slow."""
        with self._change:
            self._change.wait_for(lambda: self._ends() or ("hang" not in self.paper.faults and self.paper.room))
            if "slow" in self.paper.faults:
                self._change.wait_for(lambda: self._ends() or "slow" not in self.paper.faults, timeout=1 / self.rate)
            return 0 if self._ends() else 1 if "slow" in self.paper.faults else min(65536, self.paper.room)

    def power(self) -> bool:
        """Wait until the power is on; False when the program ends. A printer without power takes no connection."""
        with self._change:
            self._change.wait_for(lambda: self.stopped or "power_off" not in self.paper.faults)
            return not self.stopped

    def _ends(self) -> bool:
        """The client of the moment is served no longer."""
        return self.stopped or bool(self.paper.faults & {"half_open", "power_off"})

    def _wires(self) -> None:
        """What an order does to the connections."""
        if "half_open" not in self.paper.faults:
            self._bury()
        if "power_off" in self.paper.faults:
            for wire in (self._listener, self._client):
                _shut(wire)

    def _bury(self) -> None:
        while self._dead:
            self._dead.pop().close()

    def look(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        with self._change:
            paper, hanging = self.paper, self.paper.hanging
            slips = paper.slips[: -SHOWN - 1 : -1]
            return {
                "count": paper.count,
                "state": paper.state,
                "faults": sorted(paper.faults),
                "roll_mm": paper.roll_mm,
                "model": paper.profile.name,
                "title": paper.profile.title,
                "waiting": paper.waiting,
                "hanging": hanging and hanging.text(),
                "complaints": paper.complaints[-SHOWN:],
                "slips": [_row(sheet) for sheet in slips],
            }

    def sheet(self, number: int) -> Sheet | None:
        """The slip of that id, if it is still kept."""
        with self._change:
            return next((sheet for sheet in self.paper.slips if sheet.id == number), None)

    def _reply(self, data: bytes) -> None:
        if data and self._client:
            try:
                self._client.sendall(data)
            except OSError:
                print("paper: client does not take its answer; it is lost", file=sys.stderr)


def _shut(wire: socket.socket | None) -> None:
    if wire is not None:
        with contextlib.suppress(OSError):  # it was shut already
            wire.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Order:
    """One order as it comes over HTTP, on standard input or from the command line."""

    name: str
    amount: int | None = None
    on: bool = True
    seconds: float | None = None

    @classmethod
    def read(cls, values: dict[str, Any]) -> Order:
        """From plain values: order, on, seconds, and an amount called amount, mm, bytes or rate. ValueError if wrong."""
        amount = next((values[key] for key in ("amount", "mm", "bytes", "rate") if key in values), None)
        order = cls(values["order"], amount, values.get("on", True), values.get("seconds"))
        if order.name not in ORDERS:
            raise ValueError(f"paper: order '{order.name}' is unknown; known are {', '.join(ORDERS)}")
        if amount is not None and not (type(amount) is int and 1 <= amount <= 1_000_000):
            raise ValueError(f"paper: {amount!r} is no amount; write a whole number from 1 to 1000000")
        if not isinstance(order.on, bool) or not (order.seconds is None or 0 < float(order.seconds) <= 86_400):
            raise ValueError('paper: "on" is true or false, "seconds" is more than 0 and at most 86400')
        return order

    def give(self, printer: Printer) -> None:
        """Have it obeyed."""
        if self.seconds is not None and self.on and self.name in FAULTS:
            printer.order_for(self.name, self.amount, self.seconds)
        else:
            printer.order(self.name, self.amount, on=self.on)


def _row(sheet: Sheet) -> dict[str, Any]:
    return {"id": sheet.id, "png": f"/slips/{sheet.id}.png", "text": sheet.text(), "end": sheet.end}


def print_port(host: str, port: int) -> socket.socket:
    """The listening socket of the printer; those who come while one is served wait in its queue."""
    first = socket.create_server((host, port), backlog=16)
    if port:
        return first
    with first:  # a port that was asked for by number is kept while the power is off
        port = int(first.getsockname()[1])
    return socket.create_server((host, port), backlog=16)


def serve_prints(listener: socket.socket, printer: Printer) -> None:
    """Serve one client after the other until the printer is stopped; without power nobody gets in."""
    printer.listen(listener)
    while printer.power():
        try:
            client, _ = listener.accept()
        except OSError:
            if not _listens_again(listener, printer):
                return
            continue
        client.settimeout(ANSWER_S)
        printer.connect(client)
        _serve(client, printer)
        printer.disconnect(client)


def _listens_again(listener: socket.socket, printer: Printer) -> bool:
    """After the power was off. False: the listener was closed for good."""
    if not printer.power():
        return False
    try:
        listener.listen(16)
    except OSError:
        return False
    return True


def _serve(client: socket.socket, printer: Printer) -> None:
    while not printer.stopped:
        if not select.select([client], [], [], QUIET_S)[0]:
            if not printer.idle():
                return
        elif not ((data := _read(client, printer.may_read())) and printer.feed(data)):
            return


def _read(client: socket.socket, most: int) -> bytes:
    try:
        return client.recv(most)
    except OSError:
        return b""  # reset by the client: the same as its end


class ShowServer(ThreadingHTTPServer):
    """The page's server. It asks no name service for its own name, which takes seconds without a network."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], printer: Printer) -> None:
        self.printer = printer
        self._pictures: dict[int, bytes] = {}
        super().__init__(address, Show)

    def server_bind(self) -> None:
        """Bind, without HTTPServer's getfqdn()."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]

    def picture(self, number: int) -> bytes | None:
        """The PNG of a slip, drawn once."""
        sheet = self.printer.sheet(number)
        if sheet is None:
            return None
        if number not in self._pictures:
            self._pictures[number] = sheet.png()
            for old in [key for key in list(self._pictures) if key <= number - SHOWN]:
                self._pictures.pop(old, None)
        return self._pictures[number]


class Show(BaseHTTPRequestHandler):
    """GET / /state /slips/<id>.png, POST /order. Any page may read it: it is a fake printer on one's own machine."""

    server: ShowServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What there is to see."""
        path = self.path.partition("?")[0]
        if path == "/":
            self._send(200, "text/html; charset=utf-8", PAGE.encode())
        elif path == "/state":
            self._json(200, self.server.printer.look())
        elif path.startswith("/slips/") and (png := self._picture(path)):
            self._send(200, "image/png", png, "max-age=3600")
        else:
            self._json(404, {"error": f"paper: {path} is not here; see /state"})

    def do_POST(self) -> None:
        """An order."""
        try:
            order = Order.read(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0))))
        except (ValueError, TypeError, AttributeError, KeyError):
            order = None
        if self.path != "/order" or order is None:
            known = ", ".join(ORDERS)
            self._json(400, {"error": f'paper: no such order; POST /order {{"order": one of {known}}}'})
            return
        order.give(self.server.printer)
        look = self.server.printer.look()
        self._json(200, {key: look[key] for key in ("state", "faults", "roll_mm")})

    def do_OPTIONS(self) -> None:
        """A browser asks whether it may send an order from another page."""
        self._send(204, "text/plain", b"")

    def _picture(self, path: str) -> bytes | None:
        stem = path.removeprefix("/slips/").removesuffix(".png")
        return self.server.picture(int(stem)) if stem.isascii() and stem.isdigit() and len(stem) < 12 else None

    def _json(self, code: int, value: object) -> None:
        self._send(code, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _send(self, code: int, kind: str, body: bytes, cache: str = "no-store") -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", cache)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Content-Type")
        self.send_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """A page that polls twice a second fills no log."""


T = TypeVar("T")


def _bound(open_: Callable[[], T], what: str, port: int) -> T:
    try:
        return open_()
    except OSError as error:
        click.echo(f"paper: {what} {port}: {os.strerror(error.errno or 0)}; choose another", err=True)
        sys.exit(2)


@click.command(context_settings={"max_content_width": 100})
@click.option("--profile", "model", default="generic-80", show_default=True, help="Model: a file of printer_profiles/.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=9100, show_default=True, help="Port for ESC/POS; 0 = any free one.")
@click.option(
    "--show-port", default=None, type=int, help="Port of the live page.  [default: port + 80; 0 = any free one]"
)
def main(model: str, host: str, port: int, show_port: int | None) -> None:
    """A virtual receipt printer: takes ESC/POS on a TCP port and shows the paper in the browser.

    Prints one line of JSON with its ports when it is ready. Orders: POST /order {"order": "paper_out"} or the page's
    buttons: ok, near_end, paper_out, cover_open, hang, slow, garbage.
    """
    try:
        printer = Printer(Paper(load(model)))
    except ProfileError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    show_port = show_port if show_port is not None else port + 80 if port else 0
    listener = _bound(lambda: print_port(host, port), "--port", port)
    show = _bound(lambda: ShowServer((host, show_port), printer), "--show-port", show_port)
    _run(printer, listener, show)


def _run(printer: Printer, listener: socket.socket, show: ShowServer) -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    threading.Thread(target=serve_prints, args=(listener, printer), daemon=True).start()
    threading.Thread(target=show.serve_forever, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1], "show_port": show.server_address[1]}), flush=True)
    stop.wait()
    printer.stop()
    listener.close()
    show.server_close()
