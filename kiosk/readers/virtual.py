"""A scanner and an ID-card reader on pseudo-terminals that behave as real ones do, with a page to scan and to lay
cards.

    python -m kiosk.readers.virtual --scanner var/wires/scanner --card var/wires/card --show-port 9182

The kiosk opens them like real ones: `scanner = "serial:var/wires/scanner"`. Nothing here touches a real device.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click

from consoles import any_console
from kiosk.readers.virtual_cards import CARDS, KINDS, Card, text
from page_server import Answer, PageServer, Request, said, understood
from polling import readable

HEAD = bytes.fromhex("aa aa aa 96 69")
LENGTHS = bytes.fromhex("01 00 04 00")  # of the text and of the photograph
PHOTO = bytes(1024)
LONGEST_COMMAND = 512  # bytes; what announces more is noise
ENDINGS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}
ORDERS = ("ok", "silent", "garbage")
GARBAGE = bytes.fromhex("00 ff aa aa aa 96 69 00 08 00 00 9f 00 00 00 00 98 aa 96 69")  # the sum of this one is wrong


def framed(said: str, data: bytes = b"") -> bytes:
    """A reader's answer: three bytes of state in hex, data, behind the length and before the sum of both."""
    body = bytes.fromhex(said) + data
    counted = struct.pack(">H", len(body) + 1) + body
    total = 0
    for byte in counted:
        total ^= byte
    return HEAD + counted + bytes([total])


@dataclass
class SamReader:
    """The reader's side of the conversation: bytes in, bytes out. A card that was read is asleep until it is lifted."""

    card: Card | None = None
    order: str = "ok"
    asleep: bool = False
    selected: bool = False
    commands: list[str] = field(default_factory=list)
    _rest: bytes = b""

    def lay(self, card: Card | None) -> None:
        self.card, self.asleep, self.selected = card, False, False

    def hear(self, piece: bytes) -> bytes:
        """What is answered to these bytes. A command whose sum is wrong is answered by silence."""
        said, self._rest = b"", self._rest + piece
        while (start := self._rest.find(HEAD)) >= 0 and len(self._rest) >= start + 7:
            end = start + 7 + struct.unpack_from(">H", self._rest, start + 5)[0]
            if end - start - 7 > LONGEST_COMMAND:
                self._rest = self._rest[start + 1 :]
                continue
            if len(self._rest) < end:
                break
            command, total = self._rest[start + 7 : end], 0
            for byte in self._rest[start + 5 : end]:
                total ^= byte
            self._rest = self._rest[end if total == 0 else start + 1 :]
            said += self._answer(command[:2]) if total == 0 and len(command) > 2 else b""
        return said

    def _answer(self, name: bytes) -> bytes:
        self.commands = [*self.commands[-99:], name.hex(" ")]
        if self.order != "ok":
            return GARBAGE if self.order == "garbage" else b""
        match name:
            case b"\x20\x01":
                there = self.card is not None and not self.asleep
                self.selected = False
                return framed("00 00 9f", bytes(4)) if there else framed("00 00 80")
            case b"\x20\x02":
                self.selected = self.card is not None and self.card.kind != "other" and not self.asleep
                self.asleep = self.asleep or not self.selected
                return framed("00 00 90", bytes(8)) if self.selected else framed("00 00 81")
            case b"\x30\x01":
                return self._read()
            case b"\x12\xff":
                return framed("00 00 90", bytes(16))
        return framed("00 00 21")

    def _read(self) -> bytes:
        readable = self.selected and self.card is not None and self.card.kind in KINDS
        self.asleep, self.selected = True, False
        if not readable or self.card is None:
            return framed("00 00 41")
        return framed("00 00 90", LENGTHS + text(self.card.kind, self.card.number) + PHOTO)


class Terminal:
    """A pseudo-terminal under a device's name. `hear` gets what the kiosk writes and says what comes back."""

    def __init__(self, device: Path, hear: Callable[[bytes], bytes] | None = None) -> None:
        self.device, self._hear = device, hear
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.pty = os.ttyname(self._slave)
        self._stopped = threading.Event()
        try:
            link(device, self.pty)
        except OSError:
            self._hang_up()
            raise
        self._thread = threading.Thread(target=self._run, name=f"virtual {device.name}", daemon=True)
        self._thread.start()

    def send(self, data: bytes, *, piece: int = 0) -> None:
        """To the kiosk, at once or `piece` bytes at a time; what nobody reads is lost, as on a wire."""
        for at in range(0, len(data), piece or len(data) or 1):
            try:
                os.write(self._master, data[at : at + (piece or len(data))])
            except BlockingIOError:
                return

    def unplug(self) -> None:
        self._stopped.set()
        self._thread.join(2)
        if self.device.is_symlink() and os.readlink(self.device) == self.pty:
            self.device.unlink()
        self._hang_up()

    def _hang_up(self) -> None:
        os.close(self._master)
        os.close(self._slave)

    def _run(self) -> None:
        while not self._stopped.is_set():
            piece = os.read(self._master, 4096) if readable(self._master, seconds=0.05) else b""
            if piece and self._hear:
                self.send(self._hear(piece))


def link(device: Path, pty: str) -> None:
    """Make `device` a link to a pseudo-terminal; only a link to one, or a dead one, is replaced."""
    if device.is_symlink() and device.exists() and not str(device.resolve()).startswith("/dev/pts/"):
        raise FileExistsError(f"{device}: leads to a real device; give the virtual reader another path")
    if device.exists() and not device.is_symlink():
        raise FileExistsError(f"{device}: is a real device or file; give the virtual reader another path")
    device.parent.mkdir(parents=True, exist_ok=True)
    new = device.with_name(f".{device.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(pty)
    new.replace(device)


class Desk:
    """Both devices: what the page, the demo and tests do with them. Either may be absent."""

    def __init__(self, scanner: Path | None, card: Path | None) -> None:
        self.sam = SamReader()
        self.scanner = Terminal(scanner) if scanner else None
        self.reader = Terminal(card, self.sam.hear) if card else None
        self.scanned: list[str] = []
        self._lay = 0

    def scan(self, code: str, ending: str = "crlf", prefix: str = "") -> None:
        if self.scanner is None:
            raise ValueError("there is no scanner; start with --scanner PATH")
        self.scanned = [*self.scanned[-19:], code]
        self.scanner.send((prefix + code).encode() + ENDINGS[ending])

    def lay(self, card: str, seconds: float = 0.0) -> None:
        """Lay one of CARDS on the reader, "" to lift it; with `seconds` it is lifted by itself."""
        self.sam.lay(CARDS[card] if card else None)
        self._lay += 1
        if seconds:
            timer = threading.Timer(seconds, self._lift, (self._lay,))
            timer.daemon = True
            timer.start()

    def _lift(self, lay: int) -> None:
        if lay == self._lay:
            self.sam.lay(None)

    def state(self) -> dict[str, Any]:
        lying = next((name for name, card in CARDS.items() if card is self.sam.card), "")
        return {"card": lying, "order": self.sam.order, "scanned": self.scanned[-5:], "at": time.time()}

    def obey(self, path: str, wish: dict[str, Any]) -> None:
        """One order of the page. Raises ValueError, KeyError or TypeError for one that is none."""
        if path == "/scan":
            self.scan(str(wish["code"])[:400], str(wish.get("ending", "crlf")), str(wish.get("prefix", "")))
        elif path == "/card":
            self.lay(str(wish["card"]), float(wish.get("seconds", 0)))
        elif path == "/order" and wish["order"] in ORDERS:
            self.sam.order = wish["order"]
        else:
            raise ValueError(f"{path}: not an order")

    def unplug(self) -> None:
        for terminal in (self.scanner, self.reader):
            if terminal:
                terminal.unplug()


class Show(PageServer):
    """State and orders over HTTP, on the loopback address only. The demo's page is their picture."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        orders = {f"POST {path}": partial(_obey, desk) for path in ("/scan", "/card", "/order")}
        super().__init__({"GET /state": lambda request: said(desk.state()), **orders}, port, anyone=True)


def _obey(desk: Desk, request: Request) -> Answer:
    with understood(HELP):
        desk.obey(request.path, request.json())
    return said({})


HELP = (
    f'not an order; POST /scan {{"code": "A001"}}, /card {{"card": "{" | ".join(CARDS)} | "}},'
    ' /order {"order": "silent"}'
)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--scanner",
    type=click.Path(path_type=Path),
    help="Where the scanner is plugged in: a path that becomes a pseudo-terminal.",
)
@click.option("--card", type=click.Path(path_type=Path), help="The same of the ID-card reader.")
@click.option("--show-port", default=9182, show_default=True, help="Port for orders and state; 0 picks one.")
def main(scanner: Path | None, card: Path | None, show_port: int) -> None:
    """A virtual scanner and a virtual ID-card reader.

    Prints one line of JSON when ready: {"show_port": 9182, "scanner": "/dev/pts/3", "card": "/dev/pts/4"}. Runs until
    SIGTERM.
    """
    try:
        desk = Desk(scanner, card)
        show = Show(desk, show_port)
    except OSError as error:
        click.echo(f"kiosk.readers.virtual: {error}", err=True)
        sys.exit(2)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    show.start()
    ready = {
        "show_port": show.port,
        **{name: t.pty for name, t in (("scanner", desk.scanner), ("card", desk.reader)) if t},
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    stop.wait()
    desk.unplug()
    show.stop()


if __name__ == "__main__":
    any_console()
    main()
