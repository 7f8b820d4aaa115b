"""What a program says on a console of another encoding (GBK, ASCII): what the console knows, and never a traceback."""

from __future__ import annotations

import io
import sys


def any_console() -> None:
    """Let a sign that the console does not know be shown as \\uXXXX. The first thing that every program does."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
