"""A CUPS queue by IPP, against a false CUPS on a real port: the best that is said is "sent"."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tomlkit

import config
from kiosk.flow.offline import Given
from kiosk.rim.own_printer import OwnPrinter
from server.domain.print_outcome import outcome
from server.printing.transport import cups
from server.printing.transport.cups import (
    ABORTED,
    CANCELLED,
    COMPLETED,
    ENUM,
    INTEGER,
    KEYWORD,
    PENDING,
    PROCESSING,
    STOPPED,
    URI,
    CupsQueue,
    decode,
    encode,
)
from server.printing.transport.patience import Patience
from tests.conftest import MONDAY_9, write_hall
from tests.waiting import DEADLINE_S


class FalseCups(ThreadingHTTPServer):
    """Jobs go through `states`, the last one stays; `reasons` and `printer` are the printer's.

    `jobs` holds what was printed, raw.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.states = [COMPLETED]
        self.reasons, self.printer, self.refuses = ["none"], 3, 0
        self.device = "usb://POS/80"
        self.jobs: list[bytes] = []
        self.cancelled = False
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def queue(self) -> str:
        return f"//127.0.0.1:{self.server_address[1]}/receipts"


class Answer(BaseHTTPRequestHandler):
    server: FalseCups

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = struct.unpack(">H", body[2:4])[0]
        found = self._answer(operation, body)
        attributes = b"".join(
            struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value
            for tag, name, value in found
        )
        said = (
            struct.pack(">HHI", 0x0200, self.server.refuses, 1)
            + b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8\x02"
            + attributes
            + b"\x03"
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _answer(self, operation: int, body: bytes) -> list[cups.Attribute]:
        if operation == cups.PRINT:
            assert b"application/vnd.cups-raw" in body and b"/printers/receipts" in body
            self.server.jobs.append(body.split(b"\x03", 1)[1])
            return [(INTEGER, "job-id", struct.pack(">i", 42))]
        if operation == cups.CANCEL:
            self.server.cancelled = True
            self.server.states = [CANCELLED]
        if operation == cups.JOB:
            state = self.server.states.pop(0) if len(self.server.states) > 1 else self.server.states[0]
            return [(ENUM, "job-state", struct.pack(">i", state))]
        reasons = [
            (KEYWORD, "" if n else "printer-state-reasons", reason.encode())
            for n, reason in enumerate(self.server.reasons)
        ]
        uri = (URI, "device-uri", self.server.device.encode())
        return [(ENUM, "printer-state", struct.pack(">i", self.server.printer)), *reasons, uri]

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[FalseCups]:
    server = FalseCups()
    yield server
    server.shutdown()
    server.server_close()


def test_a_request_byte_for_byte() -> None:
    """Worked out from RFC 8010, 3.1: version, operation, request id, group 1, tag, name length, name, value length,
    value …, end, data.
    """
    wanted = (
        bytes.fromhex("0200 0002 00000001 01 47 0012")
        + b"attributes-charset"
        + bytes.fromhex("0005")
        + b"utf-8"
        + bytes.fromhex("48 001b")
        + b"attributes-natural-language"
        + bytes.fromhex("0002")
        + b"en"
        + bytes.fromhex("21 0006")
        + b"job-id"
        + bytes.fromhex("0004 0000002a 03")
        + b"slip"
    )
    assert encode(0x0002, [(INTEGER, "job-id", b"\0\0\0\x2a")], b"slip") == wanted


@pytest.mark.parametrize(
    "garbage", [b"", b"\x02\x00", b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47\xff\xff", b"HTTP/1.1 400"]
)
def test_garbage_is_no_answer(garbage: bytes) -> None:
    with pytest.raises(OSError):
        decode(garbage)


@pytest.mark.parametrize(
    ("states", "became"),
    [
        ([COMPLETED], "sent"),
        ([PENDING, PROCESSING, COMPLETED], "sent"),
        ([PROCESSING, STOPPED], "unknown"),
        ([PROCESSING], "unknown"),
        ([PENDING], "failed"),
        ([ABORTED], "unknown"),
        ([CANCELLED], "unknown"),
        ([PROCESSING, CANCELLED], "unknown"),
    ],
)
def test_what_cups_says_of_a_job(server: FalseCups, states: list[int], became: str) -> None:
    server.states = states
    ends = states[-1] in (COMPLETED, ABORTED, CANCELLED)
    queue = CupsQueue(server.queue, Patience(confirm=DEADLINE_S if ends else 0.8))
    assert outcome(queue.print(b"\x1b@A001")).state == became
    assert server.jobs == [b"\x1b@A001"]
    assert server.cancelled is (became in ("unknown", "failed") and states[-1] in (PENDING, PROCESSING, STOPPED))


def test_a_kiosk_that_is_alone_prints_at_the_queue_of_another_machine(server: FalseCups, tmp_path: Path) -> None:
    """A queue of the hub's own machine is passed over (docs/offline.md)."""

    def queues(hall: tomlkit.TOMLDocument) -> None:
        hall["printers"]["p80"]["url"], hall["printers"]["p58"]["url"] = "cups:receipts", f"cups:{server.queue}"
        hall["kiosks"]["K1"]["printers"] = ["p80", "p58"]

    own = OwnPrinter(config.load(write_hall(tmp_path, queues)), "K1", tmp_path)
    given = Given(line=1, day="2026-11-23", prefix="A", number=641, service="SB01", at=MONDAY_9, wish="key-1")
    assert own.number(given).state == "sent"
    assert len(server.jobs) == 1 and b"641" in server.jobs[0]


@pytest.mark.parametrize(
    ("reasons", "printer", "state"),
    [
        (["none"], 3, "ready"),
        (["none"], 4, "ready"),
        (["media-empty-error", "cups-waiting-for-job-completed"], 5, "paper_out"),
        (["door-open-report"], 5, "cover_open"),
        (["media-low-warning"], 3, "near_end"),
        (["none"], 5, "offline"),
        (["offline-report"], 4, "offline"),
    ],
)
def test_what_cups_says_of_the_printer(server: FalseCups, reasons: list[str], printer: int, state: str) -> None:
    server.reasons, server.printer = reasons, printer
    assert CupsQueue(server.queue).ready().state == state


def test_a_queue_that_ends_in_a_file_prints_nothing(server: FalseCups) -> None:
    server.printer, server.reasons, server.device = 3, ["none"], "file:///dev/null"
    assert CupsQueue(server.queue).look().state == "offline"


def test_a_queue_that_is_not_there_has_printed_nothing(server: FalseCups) -> None:
    server.refuses = 0x0406
    queue = CupsQueue(server.queue)
    assert outcome(queue.print(b"A001")).state == "failed"
    with pytest.raises(OSError, match="queue of that name"):
        queue.look()


def test_no_cups_at_all() -> None:
    assert outcome(CupsQueue("//127.0.0.1:1/receipts").print(b"A001")).state == "failed"
