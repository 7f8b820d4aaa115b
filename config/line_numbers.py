"""In which line of config.toml a key stands. Pure; it knows no table."""

from __future__ import annotations

import re

Key = tuple[str | int, ...]


_HEADER = re.compile(r"\s*\[(\[)?\s*([^\]]+?)\s*\]")
_ENTRY = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+")


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def line_numbers(text: str) -> dict[Key, int]:
    """Key path -> line. A value that runs over several lines is found at its key."""
    lines: dict[Key, int] = {}
    table: Key = ()
    counts: dict[Key, int] = {}
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = re.sub(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|#.*", lambda m: "" if m.group().startswith("#") else "_", line)
        if depth == 0 and (header := _HEADER.match(line)):
            table = tuple(_parts(header.group(2)))
            if header.group(1):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            for end in range(1, len(table) + 1):
                lines.setdefault(table[:end], number)
            continue
        if depth == 0 and (entry := _ENTRY.match(line)):
            path = table
            for part in _parts(entry.group(1)):
                path = (*path, part)
                lines.setdefault(path, number)
        depth = max(0, depth + bare.count("[") - bare.count("]")) if "=" in bare or depth else 0
    return lines


def line_of(lines: dict[Key, int], key: Key) -> int:
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)
