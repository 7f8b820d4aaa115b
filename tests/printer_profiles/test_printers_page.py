"""docs/printers.md explains every key of a profile with its values, and its table of models says what the files say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from printer_profiles.model_table import escpos_table, table, unconfirmed
from printer_profiles.profile import CHOICES, FOLDER, KEYS, RANGES, SWITCHES, names, sources

PAGE = (Path(__file__).parents[2] / "docs" / "printers.md").read_text(encoding="utf-8")


def values(key: str) -> str:
    """As the page writes them."""
    if key in CHOICES:
        return ", ".join(f"`{choice}`" for choice in CHOICES[key])
    if key in RANGES:
        return "{}–{}".format(*RANGES[key])
    return "true, false" if key in SWITCHES else {"inherits": "a model", "title": "text"}[key]


@pytest.mark.parametrize("key", [*KEYS, "inherits"])
def test_every_key_is_on_the_page_with_its_values(key: str) -> None:
    assert f"| `{key}` | {values(key)} |" in PAGE


def test_the_table_of_models_is_what_the_files_say() -> None:
    assert table() in PAGE, "run: python -m printer_profiles.model_table"
    assert escpos_table() in PAGE, "run: python -m printer_profiles.model_table"


def rows_of_sources() -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", PAGE.partition("## Sources")[2], re.M)


@pytest.mark.parametrize("name", names())
def test_every_fact_of_every_file_has_a_source_or_says_unconfirmed(name: str) -> None:
    known = [*rows_of_sources(), "unconfirmed"]
    for line in (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines():
        fact, _, comment = line.partition("#")
        if "=" in fact and not line.startswith(("title", "inherits")):
            assert any(word in comment for word in known), f"{name}.toml: {line}"
        assert fact.strip() == "" or "=" in fact, f"{name}.toml: one fact a line: {line}"


@pytest.mark.parametrize("source", rows_of_sources())
def test_every_source_is_used(source: str) -> None:
    assert any(source in comment for name in names() for _, comment in sources(name).values())


def test_what_a_generic_file_says_is_a_guess_for_each_model() -> None:
    assert "confirm" in unconfirmed("netum-nt-80")
    assert "confirm" not in unconfirmed("epson-tm-t88v")
    assert "qr" not in unconfirmed("pos-5890")


def test_every_shipped_model_of_the_issue_is_there() -> None:
    assert {
        "epson-tm-t20iii",
        "epson-tm-t88v",
        "xprinter-xp-80c",
        "xprinter-xp-58",
        "gprinter-gp-58",
        "rongta-rp326",
        "zjiang-zj-5870",
        "pos-5890",
        "netum-nt-80",
        "sunmi",
        "generic-80",
        "generic-58",
    } <= set(names())
