"""A virtual printer that several threads may use, and its TCP port: one client at a time like a real print server.

It moves bytes and obeys; what they mean is paper.py's. serial_port.py is its other wire, show_server.py its page,
__main__.py the program.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from polling import readable
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.sheet import Sheet

QUIET_S = 0.4  # a host silent so long has finished its slip: what is at the tear bar is torn off
ANSWER_S = 1.0  # a client that takes no answer for so long does not get it
LATE_MS = 800  # how late the answers of a printer behind a wireless bridge or a print server are, unless the order says
SLOW_BPS = 10  # bytes per second of a slow printer, unless the order says another rate
SHOWN = 20  # newest slips on the page
DEAF = frozenset({"half_open", "power_off"})  # what arrives then is lost


class Wire(Protocol):
    """The way back to the client of the moment."""

    def send(self, data: bytes) -> None: ...  # OSError when it is not taken
    def shut(self) -> None: ...  # cut, as when the power goes


class Printer:
    """A Paper behind a lock, the wire to its client, and those who want to know of each slip.

    ``waits_when_full``: nothing is read while the receive buffer is full (TCP, RTS/CTS); else the surplus is lost.
    """

    def __init__(
        self, paper: Paper, *, waits_when_full: bool = True, on_slip: Callable[[Sheet], None] | None = None
    ) -> None:
        self.paper = paper
        self.rate, self.late_ms = SLOW_BPS, LATE_MS
        self._on_their_way: deque[tuple[Wire, bytes]] = deque()
        self.stopped = False
        self._change = threading.Condition()
        self._wire: Wire | None = None
        self._listener: socket.socket | None = None
        self._dead: list[socket.socket] = []  # connections that stay open and that nobody reads: half open
        self._waits_when_full = waits_when_full
        self._on_slip = on_slip
        self._seen = 0
        self._rows: dict[int, dict[str, Any]] = {}  # of the newest slips: a page asks twice a second

    @property
    def has_client(self) -> bool:
        """Whether somebody holds its line: nobody else is served then."""
        return self._wire is not None

    def listen(self, listener: socket.socket) -> None:
        """Clients come in here, unless the power is off."""
        with self._change:
            self._listener = listener

    def connect(self, wire: Wire) -> None:
        """This client is served from now on."""
        with self._change:
            self._wire = wire

    def disconnect(self, client: socket.socket) -> None:
        """The client is gone; what it left unfinished is torn off. A half-open connection is kept, unread."""
        with self._change:
            self._wire = None
            self.paper.lost()
            self._tell()
            if "half_open" in self.paper.faults:
                self._dead.append(client)
            else:
                client.close()

    def feed(self, data: bytes) -> bool:
        """Bytes from the client; the answers go back to it. False: the printer closes the connection here."""
        with self._change:
            after = self.paper.close_after
            self._reply(self.paper.feed(data if after is None else data[:after]))
            self._tell()
            if after is None:
                return True
            closes = len(data) >= after
            self.paper.close_after = None if closes else after - len(data)
            return not closes

    def idle(self) -> bool:
        """The client is silent. False: it is served no longer."""
        with self._change:
            self.paper.idle()
            self._tell()
            return not self.deaf

    def order(self, name: str, amount: int | None = None, *, on: bool = True) -> None:
        """Change the printer's fate. The amount of "slow" is its rate in bytes per second, of "late" milliseconds."""
        with self._change:
            self._reply(self.paper.order(name, amount, on=on))
            self._tell()
            if name == "slow":
                self.rate = amount or SLOW_BPS
            if name == "late":
                self.late_ms = amount or LATE_MS
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
            self._change.wait_for(lambda: self.deaf or ("hang" not in self.paper.faults and self._room()))
            if "slow" in self.paper.faults:
                self._change.wait_for(lambda: self.deaf or "slow" not in self.paper.faults, timeout=1 / self.rate)
            return 0 if self.deaf else 1 if "slow" in self.paper.faults else min(65536, self._room())

    def power(self) -> bool:
        """Wait until the power is on; False when the program ends. A printer without power takes no connection."""
        with self._change:
            self._change.wait_for(lambda: self.stopped or "power_off" not in self.paper.faults)
            return not self.stopped

    @property
    def deaf(self) -> bool:
        """What arrives is lost: no power, a dead line, or the end of the program."""
        return self.stopped or bool(self.paper.faults & DEAF)

    def look(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        with self._change:
            paper, hanging = self.paper, self.paper.hanging
            newest = paper.slips[: -SHOWN - 1 : -1]
            self._rows = {sheet.id: self._rows.get(sheet.id) or _row(sheet) for sheet in newest}
            return {
                "count": paper.count,
                "state": paper.state,
                "faults": sorted(paper.faults),
                "roll_mm": paper.roll_mm,
                "model": paper.profile.name,
                "title": paper.profile.title,
                "waiting": paper.waiting,
                "buffer": paper.buffer,
                "hanging": hanging and hanging.text(),
                "complaints": paper.complaints[-SHOWN:],
                "events": paper.events[-SHOWN:],
                "slips": list(self._rows.values()),
            }

    def sheet(self, number: int | None) -> Sheet | None:
        """The slip of that id, if it is still kept; None asks for what hangs out of the printer."""
        with self._change:
            if number is None:
                return self.paper.hanging
            return next((sheet for sheet in self.paper.slips if sheet.id == number), None)

    # --- inside, with the lock held ---

    def _room(self) -> int:
        return self.paper.room if self._waits_when_full else 65536

    def _wires(self) -> None:
        """What an order does to the connections."""
        if "half_open" not in self.paper.faults:
            self._bury()
        if "power_off" in self.paper.faults:
            if self._wire:
                self._wire.shut()
            if self._listener:
                _shut(self._listener)

    def _bury(self) -> None:
        while self._dead:
            self._dead.pop().close()

    def _tell(self) -> None:
        """Hand on the slips that are new."""
        new, self._seen = self.paper.count - self._seen, self.paper.count
        if new and self._on_slip:
            for sheet in self.paper.slips[-new:]:
                self._on_slip(sheet)

    def _reply(self, data: bytes) -> None:
        if data and self._wire and "late" in self.paper.faults:
            self._on_their_way.append((self._wire, data))
            arrives = threading.Timer(self.late_ms / 1000, self._arrive)
            arrives.daemon = True
            arrives.start()
        elif data and self._wire:
            _send(self._wire, data)

    def _arrive(self) -> None:
        """The oldest answer on its way; whoever asked may be gone, and then it is lost."""
        with self._change:
            wire, data = self._on_their_way.popleft()
            if wire is self._wire:
                _send(wire, data)


def _send(wire: Wire, data: bytes) -> None:
    try:
        wire.send(data)
    except OSError:
        print("paper: client does not take its answer; it is lost", file=sys.stderr)


class TcpWire:
    """A client on the print port."""

    def __init__(self, client: socket.socket) -> None:
        client.settimeout(ANSWER_S)
        self.send = client.sendall
        self._client = client

    def shut(self) -> None:
        """Cut it."""
        _shut(self._client)


def _shut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was shut already
        wire.shutdown(socket.SHUT_RDWR)


def _row(sheet: Sheet) -> dict[str, Any]:
    about = {"complaints": len(sheet.complaints), "mm": round(sheet.mm), "bytes": len(sheet.raw)}
    return {"id": sheet.id, "png": f"/slips/{sheet.id}.png", "text": sheet.text(), "end": sheet.end, **about}


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
        printer.connect(TcpWire(client))
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
        if not readable(client, seconds=QUIET_S):
            if not printer.idle():
                return
        elif not ((data := _read(client, printer.may_read())) and printer.feed(data)):
            return


def _read(client: socket.socket, most: int) -> bytes:
    try:
        return client.recv(most)
    except OSError:
        return b""  # reset by the client: the same as its end
