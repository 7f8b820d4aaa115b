"""The virtual printer on a pseudo-terminal: bytes at the speed of a serial line, with its flow control.

It decodes nothing.

The slave end stays open here: like a real printer on RS-232 it does not notice that a host has gone.
"""

from __future__ import annotations

import contextlib
import os
import time
import tty
from pathlib import Path

from polling import readable
from printer_profiles.virtual.print_server import QUIET_S, Printer

PIECE_S = 0.02  # so many seconds of wire are read at once


class SerialPort:
    """A pseudo-terminal, linked at ``link`` if one is given.

    ``run()`` serves it until the printer is stopped; then ``unplug()``.
    """

    def __init__(self, printer: Printer, baud: int, link: Path | None) -> None:
        self._printer, self._link = printer, link
        self._byte_s = 10 / baud  # 8N1
        self._free_at = 0.0
        self.heard = 0  # bytes that came over the wire
        self._open()

    def run(self) -> None:
        """Serve until the printer is stopped."""
        self._printer.connect(self)
        while not self._printer.stopped:
            if not readable(self._master, seconds=QUIET_S):
                self._printer.idle()
            elif not self._hear():
                self.unplug()
                self._open()

    def send(self, data: bytes) -> None:
        """Answers, in wire time."""
        time.sleep(len(data) * self._byte_s)
        os.write(self._master, data)

    def shut(self) -> None:
        """The printer's power goes; the adapter at the host stays."""

    def unplug(self) -> None:
        """The adapter is pulled out: the name goes, and whoever has it open is hung up."""
        if self._link and self._link.is_symlink() and os.readlink(self._link) == self.name:
            self._link.unlink()
        for end in (self._master, self._slave):
            with contextlib.suppress(OSError):  # closed already
                os.close(end)

    def _open(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)
        if self._link:
            link(self._link, self.name)

    def _hear(self) -> bool:
        """Take what the wire brings in a moment. False: the printer breaks the line here."""
        most = self._printer.may_read()
        data = self._read(min(most, max(1, int(PIECE_S / self._byte_s))) if most else 4096)
        self._free_at = max(self._free_at, time.monotonic()) + len(data) * self._byte_s
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        self.heard += len(data)
        return not data or not most or self._printer.feed(data)

    def _read(self, most: int) -> bytes:
        try:
            return os.read(self._master, most)
        except BlockingIOError:
            return b""


def link(path: Path, name: str) -> None:
    """Make ``path`` a link to a pseudo-terminal.

    Only an old link to one, or a dead link, is replaced; else FileExistsError.
    """
    old = os.readlink(path) if path.is_symlink() else ""
    if path.exists() and not (old.startswith("/dev/pts/")):
        raise FileExistsError(f"{path}: is there and no link to a pseudo-terminal; give another path")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(name)
    new.replace(path)
