"""A mistake that pydantic found, as one sentence: what is wrong, and what would be right. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from config.line_numbers import Key
from config.tables import SINGLE, TABLES, Hall


def path_of(raw: Any, location: tuple[str | int, ...]) -> Key:
    """pydantic's location without the names of union branches, which no line of the file carries."""
    path: list[str | int] = []
    node = raw
    for step in location:
        if isinstance(node, dict) and isinstance(step, str):
            path.append(step)
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            path.append(step)
            node = node[step] if step < len(node) else None
    return tuple(path)


def _model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The table a key stands in: hall.name is one step below its table, counters.3.name and hours.0.days two."""
    if len(path) == 1:
        return Hall
    table = TABLES.get(str(path[0]))
    return table if len(path) == (2 if path[0] in SINGLE else 3) else None


def unknown(key: str, model: type[BaseModel] | None) -> str:
    known = [f.alias or n for n, f in model.model_fields.items() if not f.exclude] if model else []
    close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"unknown key; did you mean '{close[0]}'?" if close else f"unknown key; known here: {', '.join(known)}"


def message(
    error: Any,
    model_at: Callable[[tuple[str | int, ...]], type[BaseModel] | None] = _model_at,
    page: str = "docs/config.md",
) -> str:
    """One mistake as a sentence. `model_at`: the table that a place of the file is; `page`: where its keys are told."""
    location, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown(str(location[-1]), model_at(location))
    if kind == "missing":
        return f"missing; add it, see {page}"
    if kind == "literal_error":
        close = difflib.get_close_matches(str(error["input"]), re.findall(r"'([^']*)'", context["expected"]), n=1)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        return f"{error['input']!r} is not one of {context['expected']}{hint}"
    if kind == "value_error":
        return f"{error['input']!r}: {context['error']}"
    return f"{error['input']!r}: {error['msg'][0].lower()}{error['msg'][1:]}"
