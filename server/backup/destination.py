"""What every place for backups can do, whichever kind it is. A new kind is a file beside these, and a line of
`server/backup/places.py`.

Files are put whole or not at all: under another name first, on the disk, then renamed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from config import Told

PART = ".part"
"""Ends the name of a file that is not whole yet."""


class PlaceError(Told):
    """Why a place can't be used now, and what to do: a dead, full or missing one."""


class Place(Protocol):
    """Raises PlaceError wherever the place does not do what it is asked."""

    def names(self) -> list[str]:
        """The files there."""

    def put(self, file: Path, name: str) -> None:
        """A whole file, under this name; what had the name is replaced. On the medium when this returns."""

    def get(self, name: str, file: Path) -> None:
        """What is really there, not what this machine remembers of it."""

    def remove(self, name: str) -> None: ...

    def free(self) -> int | None:
        """Bytes free there; None where the place does not say."""
