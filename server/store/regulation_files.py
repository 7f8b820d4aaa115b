"""The program's own texts of rules, phrases and courses: the files of `server/regulations/`. Decides nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

from config import ROOT, Text
from intake.toml_file import toml
from server.domain.regulations import NOT, PARTS, SAY, Course, Rule

FOLDER = ROOT / "server" / "regulations"


def _file(name: str) -> dict[str, Any]:
    return toml((FOLDER / f"{name}.toml").read_bytes())


@cache
def rules() -> dict[str, Rule]:
    """The seven rules, as samples."""
    return {key: Rule(key, Text(*row["name"]), Text(*row["text"])) for key, row in _file("rules").items()}


@cache
def phrases() -> dict[str, Rule]:
    """文明用语 with their moment, 服务忌语 with what is said instead: as samples, one a line."""
    told = _file("phrases")

    def text(key: str, first: str, rest: str) -> Text:
        marks = (PARTS[key], ": " if key == SAY else " → ")
        zh, en = (
            "\n".join(f"{row[first][n]}{mark}{row[rest][n]}" for row in told[key]) for n, mark in enumerate(marks)
        )
        return Text(zh, en)

    return {
        SAY: Rule(SAY, Text("文明用语", "What to say"), text(SAY, "when", "words")),
        NOT: Rule(NOT, Text("服务忌语", "What not to say"), text(NOT, "words", "instead")),
    }


@cache
def courses() -> dict[str, Course]:
    """Kinds of course."""
    return {key: Course(key, Text(*row["name"]), int(row["months"])) for key, row in _file("courses").items()}


@cache
def formulas() -> tuple[dict[str, int], ...]:
    """Every version of the formula of appraisals, the one in force last."""
    return tuple({part: int(most) for part, most in row.items()} for row in _file("formula")["version"])
