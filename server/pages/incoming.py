"""What comes in over HTTP, as it was meant: every text of a body, a form and a query is washed in one place.

A password stays as it was typed. Fields that are looked up (numbers, codes) and days have their types here, for the
models of every page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from flask import Request, abort
from pydantic import AfterValidator, BeforeValidator, Field
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

import words
from intake import quantities, signs

SECRET = frozenset({"password", "old", "new", "again"})
"""Fields that hold a password."""
BLOCKS = frozenset({"detail", "value"})
"""Fields whose line breaks mean something: a device says Chinese, and English on the line below; a key of the hall's
file may hold lines of a slip.
"""
LINES = "lines:"
"""Fields of a form whose names begin so hold several lines."""
DEEPEST = 32
"""No body of ours is nested deeper than four."""


class Incoming(Request):
    """A request whose texts are washed before anybody sees them."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _fields(super().args)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        self.__dict__["form"] = _fields(self.__dict__["form"])

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        return washed(super().get_json(*args, **kwargs))


def _fields(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    return ImmutableMultiDict(
        (name, text if name in SECRET else signs.lines(text) if name.startswith(LINES) else signs.line(text))
        for name, text in fields.items(multi=True)
    )


def washed(value: Any, name: str = "", depth: int = 0) -> Any:
    """A JSON value with each of its texts as one line; 400 for one that is nested beyond all use."""
    if depth > DEEPEST:
        abort(
            400, description="请求嵌套太深：请检查程序。The body is nested too deeply: check the program that sent it."
        )
    if isinstance(value, dict):
        return {key: washed(item, key, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [washed(item, name, depth + 1) for item in value]
    if isinstance(value, str) and name not in SECRET:
        return signs.lines(value) if name in BLOCKS else signs.line(value)
    return value


# --- types of fields --------------------------------------------------------------------------------------------------


def _if_text(read: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    return quantities.day(value if isinstance(value, str) else repr(value))


def _clock(text: str) -> str:
    minutes = quantities.clock(text)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


Identifier = Annotated[str, _if_text(signs.identifier)]
"""A staff number, a ticket's number, a code: full-width signs count as plain ones."""
Whole = Annotated[int, _if_text(signs.identifier)]
"""A whole number, from a form too."""
Day = Annotated[date, BeforeValidator(_day)]
IsoDay = Annotated[str, _if_text(lambda text: quantities.day(text).isoformat() if text else "")]
"""The same as its ISO text; empty for none."""
ClockTime = Annotated[str, _if_text(_clock)]
"""HH:MM, from 00:00 to 24:00."""
Language = Annotated[
    str, Field(pattern=f"^{words.TAG}$"), AfterValidator(lambda tag: words.nearest([tag]) or words.SECOND)
]
"""A kiosk may have a catalog that the hub lacks: its numbers come in all the same, and in English here."""
