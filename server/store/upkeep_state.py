"""The hub's sign of life, and what it knows of its machine, in two small files beside the database.

The sign is one line written in place every few seconds; a hub that starts reads it and knows how long nobody ran.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from config import Hall
from server.domain.upkeep import Absence, Free, Offset, Upkeep
from server.store import secret

log = logging.getLogger(__name__)

WIDE = 32
"""Bytes of a sign: one sector takes it whole or not at all."""


def file_of(hall: Hall) -> Path:
    return hall.data / "upkeep.json"


def read(hall: Hall) -> Upkeep:
    """What is known; a file that can't be read is one that says nothing."""
    try:
        told = json.loads(file_of(hall).read_text(encoding="utf-8"))
        return Upkeep(
            tuple(Absence(*one) for one in told["absences"]),
            tuple(Free(*one) for one in told["free"]),
            tuple(Offset(*one) for one in told["offsets"]),
        )
    except FileNotFoundError:
        return Upkeep()
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s: can't be read: %r; it begins anew", file_of(hall), error)
        return Upkeep()


def write(hall: Hall, kept: Upkeep) -> None:
    told = {"absences": kept.absences, "free": kept.free, "offsets": kept.offsets}
    secret.write(file_of(hall), json.dumps(told))


class Sign:
    """The file of the sign, open for writing."""

    def __init__(self, hall: Hall) -> None:
        file = hall.data / "alive"
        secret.own_file(file)
        self.last = _read(file)
        """(epoch seconds, clean) as it was found; None: there was none."""
        self._handle = os.open(file, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, now: float, *, clean: bool = False) -> None:
        """Into the page cache: a killed hub has left it, a power cut may lose the last half minute's."""
        try:
            os.pwrite(self._handle, f"{now:.3f} {'stopped' if clean else 'runs'}".ljust(WIDE - 1).encode() + b"\n", 0)
        except OSError as error:
            log.error("the sign of life can't be written: %s", error)  # the hall goes on without it

    def close(self) -> None:
        os.close(self._handle)


def _read(file: Path) -> tuple[float, bool] | None:
    words = file.read_text(encoding="ascii", errors="replace").split()
    try:
        return float(words[0]), words[1] == "stopped"
    except (IndexError, ValueError):
        return None
