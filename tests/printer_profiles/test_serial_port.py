"""The virtual printer on a pseudo-terminal: wire time, flow control, a line that breaks, a link that is not
overwritten.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from printer_profiles.profile import load
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer
from printer_profiles.virtual.serial_port import SerialPort, link
from tests.waiting import DEADLINE_S


class Line:
    """A printer on a pseudo-terminal, and the host's end of it."""

    def __init__(self, folder: Path, baud: int = 115_200, flow: str = "rtscts", buffer: int = 4096) -> None:
        paper = Paper(load("generic-80"), buffer=buffer, xonxoff=flow == "xonxoff")
        self.printer = Printer(paper, waits_when_full=flow == "rtscts")
        self.link = folder / "printer"
        self.port = SerialPort(self.printer, baud, self.link)
        self.thread = threading.Thread(target=self.port.run, daemon=True)
        self.thread.start()

    def open(self) -> serial.Serial:
        return serial.Serial(str(self.link), 115_200, timeout=DEADLINE_S, write_timeout=DEADLINE_S)

    def stop(self) -> None:
        self.printer.stop()
        self.thread.join(DEADLINE_S)
        self.port.unplug()
        assert not self.thread.is_alive()


@contextlib.contextmanager
def running(*arguments: object, **more: object) -> Iterator[Line]:
    line = Line(*arguments, **more)  # type: ignore[arg-type]
    try:
        yield line
    finally:
        line.stop()


def test_a_slip_and_its_confirmation(tmp_path: Path) -> None:
    with running(tmp_path) as line, line.open() as host:
        host.write(b"\x10\x04\x01\x1b@A012\n\x1bd\x06\x1dV\x01\x1dr\x01")
        assert host.read(2) == b"\x16\x00"
        assert line.printer.look()["slips"][0]["text"] == "A012"
    assert not line.link.exists()


def test_bytes_take_their_time_on_the_wire(tmp_path: Path) -> None:
    with running(tmp_path, baud=4800) as line, line.open() as host:
        begun = time.monotonic()
        host.write(b"A" * 477 + b"\x1dr\x01")
        assert host.read(1) == b"\x00"
        assert time.monotonic() - begun > 0.9  # 480 bytes of ten bits


def test_xoff_when_the_buffer_is_nearly_full_and_xon_afterwards(tmp_path: Path) -> None:
    with running(tmp_path, flow="xonxoff", buffer=1024) as line, line.open() as host:
        line.printer.order("paper_out")
        host.write(b"A\n" * 450)
        assert host.read(1) == b"\x13"
        line.printer.order("ok")
        assert host.read(1) == b"\x11"


def test_hardware_flow_control_holds_the_host_back_and_loses_nothing(tmp_path: Path) -> None:
    with running(tmp_path, buffer=1024, baud=1_000_000) as line, line.open() as host:
        host.write_timeout = 0.5
        line.printer.order("cover_open")
        with pytest.raises(serial.SerialTimeoutException):
            host.write(b"A\n" * 50_000)  # the terminal's own buffer takes some too
        line.printer.order("ok")
        host.write_timeout = DEADLINE_S
        host.write(b"\x1bd\x06\x1dV\x01\x1dr\x01")
        assert host.read(1) == b"\x00"
        assert line.printer.paper.complaints == []


def test_a_line_that_breaks_comes_back_under_its_name(tmp_path: Path) -> None:
    with running(tmp_path) as line:
        line.printer.order("close_mid_job", 3)
        old = os.readlink(line.link)
        with line.open() as host:
            host.write(b"ABCDEF")
            end = time.monotonic() + DEADLINE_S
            with contextlib.suppress(serial.SerialException, OSError):
                while time.monotonic() < end and not host.read(1):
                    pass
        while not line.link.is_symlink() or not line.link.exists():
            assert time.monotonic() < end
        with line.open() as host:
            host.write(b"\x10\x04\x04")
            assert host.read(1) == b"\x12"
        assert line.link.is_symlink()
        assert old.startswith("/dev/pts/")


def test_without_power_what_is_sent_is_lost(tmp_path: Path) -> None:
    with running(tmp_path) as line, line.open() as host:
        line.printer.order("power_off")
        host.write(b"lost\n")
        end = time.monotonic() + DEADLINE_S
        while line.port.heard < 5:
            assert time.monotonic() < end
        line.printer.order("power_on")
        host.write(b"kept\n\x1dr\x01")
        assert host.read(1) == b"\x00"
        assert line.printer.look()["hanging"] == "kept"


def test_a_link_overwrites_nothing_real(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileExistsError, match="is there and no link to a pseudo-terminal"):
        link(tmp_path / "file", "/dev/pts/99")
    (tmp_path / "old").symlink_to("/dev/pts/99")
    link(tmp_path / "old", "/dev/pts/98")
    assert os.readlink(tmp_path / "old") == "/dev/pts/98"
