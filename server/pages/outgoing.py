"""What goes out over HTTP as JSON, whichever way it goes."""

from __future__ import annotations

from typing import Any

import orjson

OPTIONS = orjson.OPT_NON_STR_KEYS


def json_text(value: Any) -> str:
    return orjson.dumps(value, default=_other, option=OPTIONS).decode()


def json_body(value: Any) -> bytes:
    """An answer's body: a console is 15 kB, and a counter's key should not wait for its making."""
    return orjson.dumps(value, default=_other, option=OPTIONS | orjson.OPT_APPEND_NEWLINE)


def _other(value: object) -> object:
    """What orjson does not know: a named tuple, such as a Text, is a list as everywhere else."""
    return list(value) if isinstance(value, tuple) else str(value)
