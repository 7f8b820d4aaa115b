"""Which version of the pages this hub serves. Browsers ask for the static files by it, so that none mixes two."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOM = Path(__file__).resolve().parent.parent


def _files() -> list[Path]:
    found = [file for part in ("static", "templates/screen") for file in (ROOM / part).rglob("*.*")]
    return sorted([*found, ROOM / "templates" / "base.html"])


def _build() -> str:
    seal = hashlib.sha256()
    for file in _files():
        seal.update(file.relative_to(ROOM).as_posix().encode() + b"\0" + file.read_bytes())
    return seal.hexdigest()[:12]


BUILD = _build()
"""A screen that runs for months loads itself anew when it changes."""
