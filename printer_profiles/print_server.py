"""The virtual printer on a port: one client at a time like a real print server, and a page that shows its paper live.

It moves bytes and obeys; what they mean is paper.py's. Threads: one for the print port, one per request of the page.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

import click

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

    def connect(self, client: socket.socket) -> None:
        """This client is served from now on."""
        with self._change:
            self._client = client

    def disconnect(self) -> None:
        """The client is gone; what it left unfinished is torn off."""
        with self._change:
            self._client = None
            self.paper.lost()

    def feed(self, data: bytes) -> None:
        """Bytes from the client; the answers go back to it."""
        with self._change:
            self._reply(self.paper.feed(data))

    def idle(self) -> None:
        """The client is silent."""
        with self._change:
            self.paper.idle()

    def order(self, name: str, rate: int) -> None:
        """Change the printer's fate."""
        with self._change:
            self._reply(self.paper.order(name))
            self.rate = rate
            self._change.notify_all()

    def stop(self) -> None:
        """No more reading."""
        with self._change:
            self.stopped = True
            self._change.notify_all()

    def may_read(self) -> int:
        """How many bytes may be read now, 0 = stopped; waits while the printer hangs and between a slow one's bytes."""
        with self._change:
            self._change.wait_for(lambda: self.stopped or self.paper.state != "hang")
            if self.paper.state == "slow":
                self._change.wait_for(lambda: self.stopped or self.paper.state != "slow", timeout=1 / self.rate)
            return 0 if self.stopped else 1 if self.paper.state == "slow" else 65536

    def look(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        with self._change:
            paper, hanging = self.paper, self.paper.hanging
            slips = paper.slips[: -SHOWN - 1 : -1]
            return {
                "count": paper.count,
                "state": paper.state,
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


def _row(sheet: Sheet) -> dict[str, Any]:
    return {"id": sheet.id, "png": f"/slips/{sheet.id}.png", "text": sheet.text(), "end": sheet.end}


def print_port(host: str, port: int) -> socket.socket:
    """The listening socket of the printer; those who come while one is served wait in its queue."""
    return socket.create_server((host, port), backlog=16)


def serve_prints(listener: socket.socket, printer: Printer) -> None:
    """Serve one client after the other until the listener is closed."""
    while not printer.stopped:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # closed: the printer is being switched off
        with client:
            client.settimeout(ANSWER_S)
            printer.connect(client)
            _serve(client, printer)
            printer.disconnect()


def _serve(client: socket.socket, printer: Printer) -> None:
    while not printer.stopped:
        if not select.select([client], [], [], QUIET_S)[0]:
            printer.idle()
        elif data := _read(client, printer.may_read()):
            printer.feed(data)
        else:
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
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            order, rate = body["order"], body.get("rate", SLOW_BPS)
        except (ValueError, KeyError, TypeError, AttributeError):
            order, rate = None, SLOW_BPS
        if self.path != "/order" or order not in ORDERS or type(rate) is not int or not 1 <= rate <= 1_000_000:
            known = ", ".join(ORDERS)
            self._json(400, {"error": f'paper: no such order; POST /order {{"order": one of {known}}}'})
            return
        self.server.printer.order(order, rate)
        self._json(200, {"state": order})

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
