"""Keys the hub makes for itself, once, beside its database. Nobody types them, nothing prints them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from config import Hall


def write(file: Path, text: str) -> None:
    """A file that only its owner reads, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
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
        write(file, secrets.token_urlsafe(48))
    return file.read_text().strip()


def known(hall: Hall, name: str) -> str:
    """The key of this name if it was ever made; empty otherwise, and nothing is written."""
    file = hall.data / f"{name}-key"
    return file.read_text().strip() if file.exists() else ""
