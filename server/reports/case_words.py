"""What the choices of the register 办件 are called, for whoever prints them: the program's own words, no hall's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from config import ROOT, Text
from server.domain.definition import parse

FILE = ROOT / "server" / "registers" / "case.toml"


@cache
def choices(field: str) -> Mapping[str, Text]:
    """Code -> its words, of a field that is chosen from a list."""
    return parse(FILE.read_bytes(), FILE.name).fields[field].choices
