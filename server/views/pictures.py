"""The hall's own pictures: for the quiet minutes of its screens, and of the clerks at its counters."""

from __future__ import annotations

import time
from pathlib import Path

from config import Hall, SightTable

STILLS = (".jpg", ".jpeg", ".png", ".webp")
KINDS = (*STILLS, ".mp4", ".webm")
LOOK_S = 30.0
"""The folder is looked at again after this."""
_seen: dict[Path, tuple[float, list[str]]] = {}


def names(hall: Hall, sight: SightTable) -> list[str]:
    """File names, in order; none where there is no folder or nothing in it that a browser shows."""
    return _listed(hall.folder / sight.pictures) if sight.pictures else []


def _listed(folder: Path) -> list[str]:
    looked, found = _seen.get(folder, (-LOOK_S, []))
    if time.monotonic() - looked > LOOK_S:
        there = folder.iterdir() if folder.is_dir() else ()
        found = sorted(file.name for file in there if file.suffix.lower() in KINDS and file.is_file())
        _seen[folder] = (time.monotonic(), found)
    return found


def path(hall: Hall, sight: SightTable, name: str) -> Path | None:
    """Where a file lies whose name is one of `names`; None for any other, however it is written."""
    return (hall.folder / sight.pictures / name).resolve() if name in names(hall, sight) else None


def of_staff(hall: Hall, staff: str) -> Path | None:
    """Where the photograph of a member of staff lies, a file named by the staff number; None where there is none."""
    if not hall.ratings.photos:
        return None
    folder = hall.folder / hall.ratings.photos
    found = (Path(name) for name in _listed(folder))
    return next((folder / one for one in found if one.stem == staff and one.suffix.lower() in STILLS), None)
