"""What a printer's url names, and the ways that are neither a socket nor a serial line."""

from __future__ import annotations

import errno
import os
import pty
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

import config
from printer_profiles.profile import load
from server.domain.print_outcome import outcome
from server.printing.spool.printer import Head, open_printer
from server.printing.transport.cups import CupsQueue
from server.printing.transport.lines import LpDevice, SerialLine, Tcp
from server.printing.transport.opening import KeptPaper, open_port
from server.printing.transport.patience import Patience
from tests.server.printing.fake_printers import PtyPrinter, Talker, TcpPrinter

URL = TypeAdapter(config.PrinterUrl)


@pytest.mark.parametrize(
    "url",
    [
        "paper:",
        "tcp://kiosk-1:9100",
        "tcp://192.168.1.30",
        "serial:/dev/ttyS1",
        "serial:/dev/ttyS1?baud=19200&rtscts=1",
        "serial:var/p?xonxoff=1",
        "lp:/dev/usb/lp0",
        "usb:04b8:0e15",
        "usb:04B8:0E15?serial=J7RF001",
        "cups:receipts",
        "cups://server/receipts",
        "cups://server:631/receipts",
    ],
)
def test_a_printers_address(url: str) -> None:
    assert URL.validate_python(url) == url


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("tcp:9100", "tcp://host:9100"),
        ("usb:epson", "usb:04b8:0e15"),
        ("serial:/dev/ttyS1?speed=9600", "baud=19200"),
        ("lp:", "lp:/dev/usb/lp0"),
        ("serial:/dev/ttyS1?baud=19200&dsrdtr=1", "rtscts=1"),
        ("cups:", "cups:name"),
        ("cups:a b", "cups:name"),
        ("", "paper:"),
        ("paper:x", "paper:"),
        ("tcp://host:0", "no port 0"),
        ("tcp://host:99999", "from 1 to 65535"),
        ("cups://host:70000/q", "from 1 to 65535"),
    ],
)
def test_what_is_no_address_is_told_with_one_that_is(url: str, hint: str) -> None:
    with pytest.raises(ValidationError, match=hint):
        URL.validate_python(url)


def test_each_address_opens_its_own_way(tmp_path: Path) -> None:
    tcp, serial = TcpPrinter(Talker()), PtyPrinter(Talker())
    for url, kind in (
        (f"tcp://127.0.0.1:{tcp.port}", Tcp),
        (f"serial:{serial.device}?baud=9600&rtscts=0", SerialLine),
        (f"lp:{serial.device}", LpDevice),
        ("paper:", KeptPaper),
    ):
        port = open_port(url, "generic-80", tmp_path, tmp_path)
        assert type(port) is kind
        port.close()
    assert isinstance(open_printer("cups:receipts", load("generic-80"), tmp_path, tmp_path), CupsQueue)
    tcp.close()
    serial.close()


@pytest.mark.parametrize(
    "url", ["usb:0000:0000", "serial:none-such", "lp:none-such", "tcp://127.0.0.1:1", "tcp://a..b", "tcp://" + "a" * 70]
)
def test_what_is_not_there_is_an_oserror_with_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"\w{4}"):
        open_port(url, "generic-80", tmp_path, tmp_path)


def test_a_file_is_no_printer_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    (tmp_path / "lp0").write_text("mine")
    with pytest.raises(OSError, match="is no printer"):
        open_port("lp:lp0", "pos-5890", tmp_path, tmp_path)
    assert (tmp_path / "lp0").read_text() == "mine"


@pytest.mark.parametrize("nothing", ["null", "zero"])
def test_what_swallows_everything_is_no_printer(nothing: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="is no printer: it would take everything and print nothing"):
        open_port(f"lp:/dev/{nothing}", "pos-5890", tmp_path, tmp_path)


def test_a_slip_through_the_kernels_printer_device() -> None:
    """A pseudo-terminal in its place: the same reads and writes, and no status lines."""
    printer = PtyPrinter(talker := Talker())
    head = Head(port := LpDevice(printer.device), load("generic-80"), Patience(answer=0.3))
    assert port.lines() is None
    assert head.ready().state == "ready"
    assert outcome(head.print(b"\x1b@" + b"A001\n" * 800)).state == "printed"
    assert b"A001\n" * 800 in talker.got
    head.close()
    printer.close()


def test_a_device_that_is_pulled_out_is_an_oserror() -> None:
    master, slave = pty.openpty()
    port = SerialLine(os.ttyname(slave), {})
    os.close(slave)
    os.close(master)
    with pytest.raises(OSError) as gone:
        port.write(b"A001", 0.5)
    assert gone.value.errno in (errno.EIO, errno.ENXIO)
    port.close()
