"""The journal's newest row, written down once more beside the database: so that a lost or rolled-back tail is noticed.

Two places of one sector each, written in turn, each with a checksum of its own: a torn write spoils one of them only.
The row is on the disk before it is written here, so this file is never ahead of what was promised.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from pathlib import Path
from typing import NamedTuple

log = logging.getLogger(__name__)

SECTOR = 512


class Head(NamedTuple):
    """(seq, at, hash) of a row; `at` epoch seconds. `numbers`: how many the hall knew of by then, -1 for not told."""

    seq: int
    at: float
    hash: str
    numbers: int = -1


def file_of(database: Path) -> Path:
    """Where the head of a database is written: beside it."""
    return database.with_name(f"{database.name}.head")


def read(file: Path) -> Head | None:
    """The newest head that is whole; None where there is none. Raises OSError where the file can't be read."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    found = [_parsed(content[at : at + SECTOR]) for at in range(0, len(content), SECTOR)]
    return max((head for head in found if head), default=None)


def said(head: Head) -> str:
    """A head in one line, as devices keep it."""
    return f"{head.seq} {head.at!r} {head.hash}" + (f" {head.numbers}" if head.numbers >= 0 else "")


def heard(line: str) -> Head | None:
    """What a line of `said` tells; None for anything else, however long or odd."""
    found = _SAID.fullmatch(line)
    return Head(int(found[1]), float(found[2]), found[3], int(found[4] or -1)) if found else None


_SAID = re.compile(r"(\d{1,15}) (\d{1,11}(?:\.\d{1,6})?) ([0-9a-f]{64})(?: (\d{1,12}))?", re.ASCII)


def _line(head: Head) -> str:
    line = said(head)
    return f"{line} {hashlib.sha256(line.encode()).hexdigest()[:16]}\n"


def _parsed(sector: bytes) -> Head | None:
    words = sector.decode("ascii", "replace").split()
    try:
        head = Head(int(words[0]), float(words[1]), words[2], *(int(one) for one in words[3:-1]))
    except (IndexError, TypeError, ValueError):
        return None
    return head if _line(head).split() == words else None


class HeadFile:
    """The file, open for writing. `durable=False` never waits for the disk."""

    def __init__(self, file: Path, *, durable: bool = True) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        self._durable, self._turn, self._kept = durable, 0, True

    def write(self, head: Head) -> None:
        """Into the page cache: a killed hub has it, a power cut may lose the last minute's."""
        line = _line(head).encode().ljust(SECTOR - 1) + b"\n"
        try:
            os.pwrite(self._handle, line, self._turn * SECTOR)
        except OSError as error:
            log.error("the head beside the database can't be written: %s", error)  # the row itself is safe
        self._turn, self._kept = 1 - self._turn, False

    def keep(self) -> None:
        """On to the disk."""
        if self._durable and not self._kept:
            self._kept = True
            os.fdatasync(self._handle)

    def close(self) -> None:
        self.keep()
        os.close(self._handle)
