"""Keys the hub makes for itself, once, beside its database, and that nobody else on the machine reads them or it.

Nobody types them, nothing prints them. Modes are set, whatever the umask of the shell that started the hub is.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path

from config import Hall
from intake.encoding import word

STANDING = ("code", "booking", "private", "punch")
"""Keys under which something stands in the data or is in people's hands. A hub makes them at its start: one made when
it is first asked for would be missing in a second machine's copy of before, and after a take-over be another.
"""
_MAKING = threading.Lock()


def own_folder(folder: Path) -> None:
    """Make a folder that only its owner enters; one that stands open from before is closed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def own_file(file: Path) -> None:
    """Make a file that only its owner reads, empty if there was none; one that stands open from before is closed."""
    if not file.exists():  # one that is there is not opened: to close it would let go of SQLite's locks on it
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)


def write(file: Path, text: str) -> None:
    """A file that only its owner reads, whole or not at all."""
    own_folder(file.parent)
    new = file.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    os.replace(new, file)


def key(hall: Hall, name: str) -> str:
    """The key of this name: `<data>/<name>-key`, made when it is first asked for."""
    file = hall.data / f"{name}-key"
    if not file.exists():
        with _MAKING:  # two who ask first at once get one key
            if not file.exists():
                write(file, secrets.token_urlsafe(48))
    own_file(file)
    return word(file.read_bytes())


def standing(hall: Hall) -> None:
    """Make what is missing of `STANDING`."""
    for name in STANDING:
        key(hall, name)


def known(hall: Hall, name: str) -> str:
    """The key of this name if it was ever made; empty otherwise, and nothing is written."""
    file = hall.data / f"{name}-key"
    return word(file.read_bytes()) if file.exists() else ""
