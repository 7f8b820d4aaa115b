"""The program's registers that anybody may lodge something in, for their figures: by their files, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from server.domain.definition import Definition, parse
from server.domain.voices import opening
from server.reports.case_words import FILE


@cache
def voice_registers() -> Mapping[str, Definition]:
    found = (parse(file.read_bytes(), file.name) for file in sorted(FILE.parent.glob("*.toml")))
    return {made.key: made for made in found if opening(made)}
