"""Which kind of place a url of `[backup] to` names."""

from __future__ import annotations

from pathlib import Path

from config import Hall
from server.backup.destination import Place
from server.backup.place_folder import Folder
from server.backup.place_sftp import Sftp
from server.backup.place_stick import stick


def opened(hall: Hall, url: str) -> Place:
    """The place that a url names. Raises PlaceError."""
    kind, _, rest = url.partition(":")
    if kind == "sftp":
        return Sftp.named(url, _file(hall, hall.backup.ssh_key), _file(hall, hall.backup.known_hosts))
    if kind == "stick":
        return stick(rest)
    return Folder(hall.folder / rest, mounted=kind == "mount")


def _file(hall: Hall, name: str) -> Path | None:
    return hall.folder / name if name else None
