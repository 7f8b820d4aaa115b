"""The hall's own pictures and films for the quiet minutes of its screens: which there are, and where each lies."""

from __future__ import annotations

import time
from pathlib import Path

from config import Hall, SightTable

KINDS = (".jpg", ".jpeg", ".png", ".webp", ".mp4", ".webm")
LOOK_S = 30.0
"""The folder is looked at again after this."""
_seen: dict[Path, tuple[float, list[str]]] = {}


def names(hall: Hall, sight: SightTable) -> list[str]:
    """File names, in order; none where there is no folder or nothing in it that a browser shows."""
    if not sight.pictures:
        return []
    folder = hall.folder / sight.pictures
    looked, found = _seen.get(folder, (-LOOK_S, []))
    if time.monotonic() - looked > LOOK_S:
        there = folder.iterdir() if folder.is_dir() else ()
        found = sorted(file.name for file in there if file.suffix.lower() in KINDS and file.is_file())
        _seen[folder] = (time.monotonic(), found)
    return found


def path(hall: Hall, sight: SightTable, name: str) -> Path | None:
    """Where a file lies whose name is one of `names`; None for any other, however it is written."""
    return (hall.folder / sight.pictures / name).resolve() if name in names(hall, sight) else None
