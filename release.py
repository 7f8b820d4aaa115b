"""Which state of the program this is: what hub, kiosks and boards say of themselves, so that a difference shows."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@cache
def version() -> str:
    """The VERSION file of an installation, else the commit of a working copy; "?" for neither."""
    file = ROOT / "VERSION"
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return "?"
    return done.stdout.strip()
