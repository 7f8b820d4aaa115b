"""docs/printers.md explains every key of a profile, with its values."""

from __future__ import annotations

from pathlib import Path

import pytest

from printer_profiles.profile import CHOICES, KEYS, RANGES, SWITCHES

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
