"""The table of docs/figures.md is the program's."""

from __future__ import annotations

import config
from server.domain import indicators


def test_the_page_has_each_indicator_with_its_definition() -> None:
    assert indicators.page() in (config.ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert len({one.id for one in indicators.INDICATORS}) == len(indicators.INDICATORS)
    assert indicators.ratio(0, 0)["share"] is None and indicators.ratio(1, 2)["share"] == 0.5
