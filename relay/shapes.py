"""What a hall's word has to be before it stands on a page beside other halls' words: one of another version, or with a
fault, is a hall that can't be reached, and breaks the page for nobody else. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field, ValidationError


class _Item(BaseModel):
    code: str
    name: str
    name_en: str


class _Items(BaseModel):
    services: list[_Item]


class _Group(BaseModel):
    id: str
    name: str
    name_en: str
    estimate_min: tuple[int, int] | None = None


class _Busy(BaseModel):
    issuing: bool
    waiting: int
    counters_open: int
    groups: list[_Group]


class _Words(BaseModel):
    zh: str
    en: str


class _Slot(BaseModel):
    start: str
    time: str
    free: int = Field(ge=0)


class _Day(_Words):
    day: str
    slots: list[_Slot]
    may_wait: bool = False


class _Move(BaseModel):
    term_s: float
    code: str
    may: bool
    days: list[_Day]


class _Lease(BaseModel):
    term_s: float
    asks_number: bool
    days: list[_Day]
    rules: list[_Words]
    bring: list[_Words]


class _Matter(BaseModel):
    number: str
    name: str
    name_en: str
    state: str
    state_en: str
    lodged: str
    due: str | None
    late: bool
    provisional: bool
    answered: bool


SHAPES: Mapping[str, type[BaseModel]] = {
    "items": _Items,
    "busy": _Busy,
    "lease": _Lease,
    "move": _Move,
    "matter": _Matter,
}
"""Page, or key that asks -> what of its view these pages read; whatever else it has is let be."""


def fits(page: str, view: Mapping[str, Any]) -> bool:
    """Whether a view can be shown beside others."""
    try:
        SHAPES[page].model_validate(view)
    except ValidationError:
        return False
    return True
