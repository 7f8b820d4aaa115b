"""Which way to a printer a url names: lines.py (tcp, serial, /dev/usb/lp), usb.py, and `paper:`, which keeps pictures.

A CUPS queue takes whole jobs and no bytes: cups.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from printer_profiles import profile as profiles
from server.printing.transport.lines import LpDevice, SerialLine, Tcp
from server.printing.transport.patience import PATIENCE
from server.printing.transport.port import Port

REACHED = ("tcp:", "cups://", "paper:")
"""Ways to a printer that any machine of the hall can go; the last keeps pictures on this machine, for trying things
out.
"""


def reached_alone(printers: Iterable[tuple[str, str]]) -> str | None:
    """Which of a kiosk's printers, its names and urls in their order, it prints on without the hub. Pure."""
    return next((name for name, url in printers if url.startswith(REACHED)), None)


class KeptPaper:
    """The `paper:` printer: decodes the bytes as a real one would and keeps each slip as a picture in a folder."""

    def __init__(self, profile: str, folder: Path) -> None:
        from printer_profiles.virtual import picture  # Pillow is loaded only where it draws
        from printer_profiles.virtual.paper import Paper

        self._drawn = picture.png
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
            (self._folder / f"{self._before + self._kept:05d}.png").write_bytes(self._drawn(slip))


def open_port(url: str, profile: str, folder: Path, data: Path, connect_s: float = PATIENCE.connect) -> Port:
    """The port a printer's url names. `folder` is what relative device paths start from, `data` the hub's folder."""
    if url == "paper:":
        return KeptPaper(profile, data / "paper" / profile)
    if url.startswith("usb:"):
        from server.printing.transport.usb import UsbPrinter  # pyusb is loaded only where a url says `usb:`

        return UsbPrinter.named(url)
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return Tcp(parts.hostname or "", parts.port or 9100, connect_s)
    if parts.scheme == "lp":
        return LpDevice(str(folder / parts.path))
    settings = {"baud": profiles.load(profile).baud} | {key: int(value) for key, value in parse_qsl(parts.query)}
    return SerialLine(str(folder / parts.path), settings)
