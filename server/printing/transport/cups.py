"""A CUPS queue: a slip as one raw job over IPP, and what CUPS says became of it.

No byte of the printer's comes back: never "printed".

Just enough of IPP/2.0 (RFC 8010, 8011) for four questions; no pycups, no lp. The queue should be raw: `lpadmin -p
NAME -m raw`, `-o job-sheets=none`.
"""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Iterator
from typing import Any

import urllib3

from printer_profiles.escpos.status import UNKNOWN, Status
from server.domain.print_outcome import Sent
from server.printing.transport.patience import PATIENCE, Patience

PRINT, CANCEL, JOB, PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
PENDING, HELD, PROCESSING, STOPPED, CANCELLED, ABORTED, COMPLETED = range(3, 10)
INTEGER, ENUM, KEYWORD, URI, CHARSET, LANGUAGE, MIME, NAME, BOOLEAN = (
    0x21,
    0x23,
    0x44,
    0x45,
    0x47,
    0x48,
    0x49,
    0x42,
    0x22,
)
ANSWER_S, POLL_S = 5.0, 0.25
REASONS: dict[str, str] = {
    "media-empty": "paper_out",
    "media-needed": "paper_out",
    "media-low": "near_end",
    "media-jam": "failed",
    "cover-open": "cover_open",
    "door-open": "cover_open",
    "interlock-open": "cover_open",
    "offline": "offline",
    "shutdown": "offline",
    "timed-out": "offline",
    "paused": "offline",
    "fuser-over-temp": "hot",
}
"""printer-state-reasons (RFC 8011, 5.4.12; without -report, -warning, -error) -> field of Status."""


class Refused(OSError):
    """CUPS has taken nothing."""


Attribute = tuple[int, str, bytes]


def encode(operation: int, attributes: list[Attribute], data: bytes = b"") -> bytes:
    """An IPP request; the charset and the language stand before the attributes, as they must."""
    both = [(CHARSET, "attributes-charset", b"utf-8"), (LANGUAGE, "attributes-natural-language", b"en"), *attributes]
    body = b"".join(
        struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(value)) + value
        for tag, name, value in both
    )
    return struct.pack(">HHI", 0x0200, operation, 1) + b"\x01" + body + b"\x03" + data


def decode(answer: bytes) -> tuple[int, dict[str, list[int | str]]]:
    """An IPP answer: (status code, attribute name -> its values). OSError for what is none."""
    try:
        code = struct.unpack(">HHI", answer[:8])[1]
        found: dict[str, list[int | str]] = {}
        name = ""
        for tag, its_name, value in _attributes(answer[8:]):
            name = its_name or name
            number = tag in (INTEGER, ENUM, BOOLEAN)
            found.setdefault(name, []).append(
                int.from_bytes(value, "big", signed=True) if number else value.decode("utf-8", "replace")
            )
        return code, found
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise OSError(f"no IPP answer: {error}") from error


def _attributes(data: bytes) -> Iterator[Attribute]:
    at = 0
    while data[at] != 0x03:
        tag, at = data[at], at + 1
        if tag < 0x10:
            continue  # the next group
        (length,) = struct.unpack_from(">H", data, at)
        name, at = data[at + 2 : at + 2 + length].decode(), at + 2 + length
        (length,) = struct.unpack_from(">H", data, at)
        yield tag, name, data[at + 2 : at + 2 + length]
        at += 2 + length


class CupsQueue:
    """`cups:NAME` is a queue of this machine, `cups://host:631/NAME` of another."""

    def __init__(self, name: str, patience: Patience = PATIENCE) -> None:
        found = re.fullmatch(r"(?://([^/:]*)(?::(\d+))?/)?(.+)", name)
        host, port, queue = (
            (found[1] or "localhost", found[2] or "631", found[3]) if found else ("localhost", "631", name)
        )
        self._url = f"http://{host}:{port}/printers/{queue}"
        self._uri = f"ipp://{host}:{port}/printers/{queue}".encode()
        self._patience = patience
        waits = urllib3.Timeout(connect=patience.connect, read=ANSWER_S + patience.answer)
        self._http = urllib3.PoolManager(timeout=waits, retries=False)

    def ready(self) -> Status:
        return self.look()

    def look(self) -> Status:
        """What CUPS says of the printer; what CUPS does not know, nobody does."""
        wanted = [
            (KEYWORD, "requested-attributes", b"printer-state"),
            *[(KEYWORD, "", n) for n in (b"printer-state-reasons", b"printer-is-accepting-jobs", b"device-uri")],
        ]
        said = self._ask(PRINTER, wanted)
        told = {
            field for reason in said.get("printer-state-reasons", []) if (field := REASONS.get(_plain(str(reason))))
        }
        nowhere = any(str(uri).startswith("file:") for uri in said.get("device-uri", []))  # takes all, prints nothing
        stopped = nowhere or said.get("printer-state") == [5] or said.get("printer-is-accepting-jobs") == [0]
        status = Status(known=True, offline=stopped and not told)
        return Status(**{**vars(status), **dict.fromkeys(told, True)})

    def listen(self) -> Status | None:
        return None

    def print(self, slip: bytes) -> Sent:
        """Hand it over and follow it; a job that CUPS has not begun in time is cancelled, and then certainly on no
        paper.
        """
        try:
            job = self._ask(
                PRINT, [(NAME, "job-name", b"slip"), (MIME, "document-format", b"application/vnd.cups-raw")], slip
            )["job-id"][0]
        except Refused as error:
            return Sent(len(slip), 0, None, Status(offline=True), str(error))
        except (OSError, KeyError) as error:
            return Sent(len(slip), 1, False, gone=str(error))
        try:
            return self._follow(int(job), len(slip))
        except OSError as error:
            return Sent(len(slip), 1, False, gone=str(error))

    def keep(self, picture: bytes) -> bool:
        return False

    def close(self) -> None:
        self._http.clear()

    def _follow(self, job: int, total: int) -> Sent:
        end, begun = time.monotonic() + self._patience.confirm, False
        state = PENDING
        while time.monotonic() < end and state not in (CANCELLED, ABORTED, COMPLETED):
            state = self._state(job)
            begun = begun or state in (
                PROCESSING,
                STOPPED,
                CANCELLED,
                ABORTED,
            )  # somebody else's cancelling: who knows when
            if state < CANCELLED:
                time.sleep(POLL_S)
        if state == COMPLETED:
            return Sent(total, total, None)
        if state < CANCELLED:
            self._ask(CANCEL, [(INTEGER, "job-id", struct.pack(">i", job))])
            begun = begun or self._state(job) == COMPLETED
        heard = self.look()
        return Sent(total, total if begun else 0, False, heard if heard.faulty else UNKNOWN)

    def _state(self, job: int) -> int:
        said = self._ask(
            JOB, [(INTEGER, "job-id", struct.pack(">i", job)), (KEYWORD, "requested-attributes", b"job-state")]
        )
        return int(said["job-state"][0]) if "job-state" in said else ABORTED

    def _ask(self, operation: int, attributes: list[Attribute], data: bytes = b"") -> dict[str, list[int | str]]:
        user = (NAME, "requesting-user-name", b"jiaohao")
        wanted: list[Any] = [(URI, "printer-uri", self._uri)]
        ordered = [a for a in attributes if a[1] == "job-id"] + [user] + [a for a in attributes if a[1] != "job-id"]
        try:
            answer = self._http.request(
                "POST",
                self._url,
                body=encode(operation, wanted + ordered, data),
                headers={"Content-Type": "application/ipp"},
            )
        except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
            raise Refused(f"CUPS: {error}") from error
        except urllib3.exceptions.HTTPError as error:
            raise OSError(f"CUPS: {error}") from error
        if answer.status != 200:
            raise Refused(f"CUPS: answered {answer.status}; is there a queue of that name?")
        code, said = decode(answer.data)
        if code >= 0x0400:
            raise Refused(f"CUPS: refused with {code:04x}; is there a queue of that name, and is it raw?")
        return said


def _plain(reason: str) -> str:
    return re.sub(r"-(report|warning|error)$", "", reason)
