"""What is written about each key, made from its Field: the rows of docs/config.md, the comments of config.toml and of
config/starter.toml. So the sentence of a key stands once. Reads no hall; `./run docs` writes what is made here.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from pydantic.fields import FieldInfo

from config.tables import TABLES

HEADER = "| key | default | meaning |\n|---|---|---|\n"
COLUMN = 44
"""Where comments begin in a hall's file, if the value leaves room."""
_ENTRY = re.compile(r"""(?P<key>[a-z_]+) = (?P<value>(?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'#])*)(?P<comment>#.*)?$""")


def keys(table: str) -> dict[str, FieldInfo]:
    """Key as it is written in the file -> its field."""
    return {field.alias or name: field for name, field in TABLES[table].model_fields.items() if not field.exclude}


def written(text: str) -> str:
    """docs/config.md with the rows of each section made anew; whatever else stands there is left as it is."""
    for table in TABLES:
        before, heading, section = text.partition(f"\n## {table}\n")
        start, header, rest = section.partition(HEADER)
        _, blank, after = rest.partition("\n\n")
        text = before + heading + start + header + _rows(table) + blank + after
    return text


def _rows(table: str) -> str:
    return "\n".join(
        f"| `{key}` | {_default(field)} | {_linked(field.description or '')} |" for key, field in keys(table).items()
    )


def _linked(sentence: str) -> str:
    return re.sub(r"docs/([\w-]+)\.md", r"[\1](\1.md)", sentence)


def _default(field: FieldInfo) -> str:
    return "required" if field.is_required() else _told(field.get_default(call_default_factory=True))


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list | tuple) and value and isinstance(value[0], tuple):
        return "、".join(str(pair[0]) for pair in value)
    if isinstance(value, list | tuple) and value:
        return ", ".join(f"`{item}`" for item in value)
    if value is None or value == "" or value == [] or value == {}:
        return "empty"
    return (
        f"`{value:%H:%M}`" if isinstance(value, time) else f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
    )


def commented(text: str) -> str:
    """A hall's file with the sentence of each key behind the first line that has it, and no other word behind any."""
    table, told, made = "", set(), []
    for line in text.splitlines():
        if header := re.match(r"\[+([a-z_]+)", line):
            table = header.group(1)
        elif table in TABLES and (entry := _ENTRY.match(line)):
            start = f"{entry['key']} = {entry['value'].rstrip()}"
            field = None if (table, entry["key"]) in told else keys(table).get(entry["key"])
            told.add((table, entry["key"]))
            line = f"{_padded(start)}# {field.description}" if field else start
        made.append(line)
    return "\n".join(made) + "\n"


def _padded(start: str) -> str:
    """Hanzi are as wide as two letters, so that comments stand below each other in an editor."""
    wide = sum(1 for character in start if ord(character) >= 0x2E80)
    return start + " " * max(2, COLUMN - len(start) - wide)
