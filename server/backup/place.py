"""What every place for backups can do, and which kind a url of `[backup] to` names. A new kind is a file beside these.

Files are put whole or not at all: under another name first, on the disk, then renamed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from config import Hall, Told

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


def opened(hall: Hall, url: str) -> Place:
    """The place that a url names. Raises PlaceError."""
    kind, _, rest = url.partition(":")
    if kind == "sftp":
        from server.backup.place_sftp import Sftp

        return Sftp.named(url, _file(hall, hall.backup.ssh_key), _file(hall, hall.backup.known_hosts))
    if kind == "stick":
        from server.backup.place_stick import stick

        return stick(rest)
    from server.backup.place_folder import Folder

    return Folder(hall.folder / rest, mounted=kind == "mount")


def _file(hall: Hall, name: str) -> Path | None:
    return hall.folder / name if name else None
