"""How bytes reach a printer: tcp, serial, or the paper we keep ourselves. Every write and read has a time limit.

A port raises OSError (serial's own errors are turned into it) and nothing else; it decides nothing.
"""

from __future__ import annotations

import socket
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

CHUNK = 1024


class Port(Protocol):
    """An open way to a printer."""

    def write(self, data: bytes, timeout: float) -> None:
        """Send everything; OSError when the printer does not take a piece within `timeout` seconds."""

    def read(self, timeout: float) -> bytes:
        """What has come back; empty when nothing came within `timeout` seconds. OSError when the line is gone."""

    def close(self) -> None: ...


class Tcp:
    """A printer's own network card, p910nd or ser2net, usually port 9100."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=3)

    def write(self, data: bytes, timeout: float) -> None:
        self._socket.settimeout(timeout)
        for start in range(0, len(data), CHUNK):
            self._socket.sendall(data[start : start + CHUNK])

    def read(self, timeout: float) -> bytes:
        self._socket.settimeout(timeout)
        try:
            data = self._socket.recv(256)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def close(self) -> None:
        self._socket.close()


class SerialLine:
    """RS-232, 8N1; flow control as the url says: rtscts=1 or xonxoff=1."""

    def __init__(self, device: str, settings: dict[str, int]) -> None:
        import serial

        self._errors = (serial.SerialException, termios.error)
        with _as_os_error(self._errors):
            self._line = serial.Serial(
                device, settings.get("baud", 19200), timeout=0.1, write_timeout=10, exclusive=True,
                rtscts=bool(settings.get("rtscts", 0)), xonxoff=bool(settings.get("xonxoff", 0)),
            )  # fmt: skip

    def write(self, data: bytes, timeout: float) -> None:
        with _as_os_error(self._errors):
            self._line.write_timeout = timeout
            for start in range(0, len(data), CHUNK):
                self._line.write(data[start : start + CHUNK])
                self._line.flush()

    def read(self, timeout: float) -> bytes:
        with _as_os_error(self._errors):
            self._line.timeout = timeout
            first = bytes(self._line.read(1))
            return first + bytes(self._line.read(self._line.in_waiting)) if first else b""

    def close(self) -> None:
        with _as_os_error(self._errors):
            self._line.close()


class _as_os_error:
    """termios.error and pyserial's are no OSErrors everywhere: one kind for whoever waits for it."""

    def __init__(self, kinds: tuple[type[Exception], ...]) -> None:
        self._kinds = kinds

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._kinds):
            raise OSError(str(error)) from error


class KeptPaper:
    """The `paper:` printer: decodes the bytes as a real one would and keeps each slip as a picture in a folder."""

    def __init__(self, profile: str, folder: Path) -> None:
        from printer_profiles.paper import Paper
        from printer_profiles.profile import load

        self._folder = folder
        self._paper = Paper(load(profile))
        self._answers = b""

    def write(self, data: bytes, timeout: float) -> None:
        self._answers += self._paper.feed(data)

    def read(self, timeout: float) -> bytes:
        answers, self._answers = self._answers, b""
        return answers

    def close(self) -> None:
        self._paper.idle()
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = len(list(self._folder.glob("*.png")))
        for number, slip in enumerate(self._paper.slips, start=kept + 1):
            (self._folder / f"{number:05d}.png").write_bytes(slip.png())


def open_port(url: str, profile: str, folder: Path, data: Path) -> Port:
    """The port a printer's url names. `folder` is what relative device paths start from, `data` the hub's folder."""
    if url == "paper:":
        return KeptPaper(profile, data / "paper" / profile)
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return Tcp(parts.hostname or "", parts.port or 9100)
    settings = {k: int(v[-1]) for k, v in parse_qs(parts.query).items()}
    return SerialLine(str(folder / parts.path), settings)


def read_until(port: Port, enough: Callable[[bytes], bool], timeout: float) -> bytes:
    """What comes back until it is enough or the time is over, seconds."""
    got, end = b"", time.monotonic() + timeout
    while not enough(got) and (left := end - time.monotonic()) > 0:
        got += port.read(left)
    return got
