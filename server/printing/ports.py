"""What a way to a printer can do, and which one a url names. Every write, read, connect and close has a time limit.

A port raises OSError and nothing else; it decides nothing. The ways themselves: lines.py (tcp, serial, /dev/usb/lp), usb_printer.py, here `paper:`.
A CUPS queue takes whole jobs and no bytes: cups.py.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from printer_profiles import profile as profiles


class Stuck(OSError):
    """The printer takes no more bytes: `accepted` of them had gone out before."""

    def __init__(self, accepted: int) -> None:
        super().__init__(f"took {accepted} bytes and no more")
        self.accepted = accepted


class Port(Protocol):
    """An open way to a printer."""

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        """Send everything. Stuck when no byte goes for `timeout` seconds, or all take longer than `limit`; OSError when the line is gone."""

    def read(self, timeout: float) -> bytes:
        """What has come back; empty when nothing came within `timeout` seconds. OSError when the line is gone."""

    def lines(self) -> int | None:
        """The parallel port's status lines where the way has them (status.parallel reads them), else None."""

    def left(self, seconds: float) -> bool:
        """Whether every byte has left this machine within so many seconds; over TCP: whether the other end has acknowledged them."""

    def close(self) -> None:
        """Let it go, within a second: what has not gone out by then is thrown away, so that it cannot be printed later."""


class KeptPaper:
    """The `paper:` printer: decodes the bytes as a real one would and keeps each slip as a picture in a folder."""

    def __init__(self, profile: str, folder: Path) -> None:
        from printer_profiles.paper import Paper

        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._before = len(list(folder.glob("*.png")))
        self._kept = 0
        self._paper = Paper(profiles.load(profile))
        self._answers = b""

    def write(self, data: bytes, timeout: float, limit: float = math.inf) -> None:
        self._answers += self._paper.feed(data)
        self._keep()

    def read(self, timeout: float) -> bytes:
        answers, self._answers = self._answers, b""
        return answers

    def lines(self) -> int | None:
        return None

    def left(self, seconds: float) -> bool:
        return True

    def close(self) -> None:
        self._paper.idle()
        self._keep()

    def _keep(self) -> None:
        fresh = self._paper.count - self._kept
        for slip in self._paper.slips[-fresh:] if fresh else ():
            self._kept += 1
            (self._folder / f"{self._before + self._kept:05d}.png").write_bytes(slip.png())


def open_port(url: str, profile: str, folder: Path, data: Path) -> Port:
    """The port a printer's url names. `folder` is what relative device paths start from, `data` the hub's folder."""
    if url == "paper:":
        return KeptPaper(profile, data / "paper" / profile)
    if url.startswith("usb:"):
        from server.printing.usb_printer import UsbPrinter

        return UsbPrinter.named(url)
    from server.printing.lines import LpDevice, SerialLine, Tcp

    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return Tcp(parts.hostname or "", parts.port or 9100)
    if parts.scheme == "lp":
        return LpDevice(str(folder / parts.path))
    settings = {"baud": profiles.load(profile).baud} | {key: int(value) for key, value in parse_qsl(parts.query)}
    return SerialLine(str(folder / parts.path), settings)
