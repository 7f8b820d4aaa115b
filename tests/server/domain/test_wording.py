"""The texts of docs/wording.md: numbers as they are read."""

from __future__ import annotations

import pytest

from server.domain import wording

CARDINALS = [
    (3, "三"),
    (10, "十"),
    (12, "十二"),
    (20, "二十"),
    (22, "二十二"),
    (100, "一百"),
    (101, "一百零一"),
    (110, "一百一十"),
    (999, "九百九十九"),
]


@pytest.mark.parametrize(("n", "read"), CARDINALS)
def test_a_counter_is_a_cardinal(n: int, read: str) -> None:
    assert wording.cardinal(n) == read


def test_counters_text() -> None:
    assert wording.counters_text(["1", "2", "3", "4"], []) == "1-4号窗口"
    assert wording.counters_text(["1", "3", "4", "12"], []) == "1、3-4、12号窗口"
    assert wording.counters_text(["desk"], ["咨询台"]) == "咨询台"
