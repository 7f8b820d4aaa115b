"""The pages' own code: what the linter (biome.json) cannot know of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import config

STATIC = config.ROOT / "server" / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
SHEETS = sorted(STATIC.rglob("*.css"))
TEMPLATES = sorted((config.ROOT / "server" / "templates").rglob("*.html"))
CLASSIC = {STATIC / "prefs.js", STATIC / "visitor.js", STATIC / "words.js"}
"""Not modules: run before the first paint, so that no page flashes in the wrong theme; for telephones without them; and
before a page is put together in a third language."""


def bare(file: Path) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)


def imported(script: Path) -> set[Path]:
    found = re.findall(r'^import [^;]*?from "(.+?)";', script.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(name.startswith((".", "..")) for name in found), "only a relative name carries the version of the pages"
    return {(script.parent / name).resolve() for name in found}


@pytest.mark.parametrize("file", [*SCRIPTS, *SHEETS], ids=lambda file: str(file.relative_to(STATIC)))
def test_a_file_shows_one_thing(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 300


def test_one_module_sends_commands_and_one_opens_streams() -> None:
    def who(words: str) -> list[str]:
        return [str(script.relative_to(STATIC)) for script in SCRIPTS if words in script.read_text(encoding="utf-8")]

    assert who("new EventSource") == ["feed.js", "visitor.js"]
    assert who("Idempotency-Key") == ["press.js"]
    assert who('method: "POST"') == [
        "alive.js",
        "draft.js",
        "enrol.js",
        "press.js",
    ]
    assert who("fetch(") == [
        "alive.js",
        "draft.js",
        "enrol.js",
        "feed.js",
        "office.js",
        "press.js",
    ]


def test_every_script_is_asked_for_and_modules_as_modules() -> None:
    asked: set[Path] = set()
    for template in TEMPLATES:
        for kind, name in re.findall(
            r"""<script( type="module")? src="\{\{ url_for\('static', filename='(.+?)'\) \}\}"></script>""",
            template.read_text(encoding="utf-8"),
        ):
            asked.add(STATIC / name)
            assert bool(kind) == (STATIC / name not in CLASSIC), f"{template.name}: {name}"
    reached = set(asked)
    while more := {name for script in reached for name in imported(script)} - reached:
        reached |= more
    assert sorted(reached) == SCRIPTS


def test_every_sheet_is_a_part_of_the_one() -> None:
    parts = re.findall(r'@import "(.+?)";', bare(STATIC / "hall.css"))
    assert sorted([STATIC / name for name in parts] + [STATIC / "hall.css", STATIC / "visitor.css"]) == SHEETS


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_property_twice_in_a_rule(sheet: Path) -> None:
    """But one after the other, as a value that older browsers understand and its better."""
    for rule in re.findall(r"\{([^{}]*)\}", bare(sheet)):
        names = [line.partition(":")[0].strip() for line in rule.split(";") if ":" in line]
        for n, name in enumerate(names):
            assert name not in names[n + 2 :], rule.strip()


def test_every_token_that_is_used_is_made() -> None:
    text = "".join(bare(sheet) for sheet in SHEETS)
    made = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    others = "".join(file.read_text(encoding="utf-8") for file in [*SCRIPTS, *TEMPLATES])
    handed = set(re.findall(r"(--[a-z0-9-]+)", others))
    for name, instead in re.findall(r"var\((--[a-z0-9-]+)(,)?", text):
        assert name in made | handed or instead, name
