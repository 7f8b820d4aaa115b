"""A handbook as data: its texts from the file of its name, its pictures by name. Knows no page and no paper."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config import Text

FOLDER = Path(__file__).resolve().parent
NAMES = ("kiosk", "counter", "manager", "inspector", "technician")
OF_ROLE = {
    "operator": "counter",
    "guide": "kiosk",
    "manager": "manager",
    "supervisor": "inspector",
    "administrator": "technician",
}
"""Role -> the handbook that ? opens."""
HEADS = {
    "day": Text("一天怎么过", "How a day goes"),
    "things": Text("常做的十件事", "Ten things one does"),
    "faults": Text("出了状况怎么办", "When something goes wrong"),
}


@dataclass(frozen=True)
class Row:
    """What it is, and what to do."""

    what: Text
    how: Text


@dataclass(frozen=True)
class Handbook:
    """Two pages: the first with a picture, the day and ten things, the second with a picture and what goes wrong."""

    name: str
    title: Text
    lead: Text
    picture: str
    caption: Text
    day: tuple[Text, ...]
    things: tuple[Row, ...]
    second: str
    second_caption: Text
    faults: tuple[Row, ...]
    remember: Text


@cache
def handbook(name: str) -> Handbook:
    """One of NAMES. Raises KeyError for another."""
    if name not in NAMES:
        raise KeyError(name)
    raw: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Handbook(
        name,
        Text(*raw["title"]),
        Text(*raw["lead"]),
        raw["picture"],
        Text(*raw["caption"]),
        tuple(Text(*pair) for pair in raw["day"]),
        tuple(_row(line) for line in raw["things"]),
        raw["second"],
        Text(*raw["second_caption"]),
        tuple(_row(line) for line in raw["faults"]),
        Text(*raw["remember"]),
    )


def _row(line: list[str]) -> Row:
    zh, how_zh, en, how_en = line
    return Row(Text(zh, en), Text(how_zh, how_en))
