"""Texts that a form can't hold, and cells that a spreadsheet would take for a formula."""

from __future__ import annotations

from typing import Any

import pytest

from server.reports.forms.escape import harmless, readable


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("社保\x0b登记", "社保 登记"),
        ("a\r\n\tb", "a b"),
        ("行\u2028列\x85", "行 列 "),
        ("零\u200b宽\u00ad\ufeff", "零宽"),
        ("反\u202e转", "反转"),
        ("\x00\x07\ud800\uffff", ""),
        ("玥喆镕堃𠏇", "玥喆镕堃𠏇"),
        ("plain", "plain"),
    ],
)
def test_what_a_form_can_hold(said: str, left: str) -> None:
    assert readable(said) == left


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＋1+1",
        "－1＋1",
        "＠A",
        " =1",
        "\u200b=1",
    ],
)
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", [-3, -0.5, None, "-3", "-0.5", "+7", "1-2", "007", "社保", "", "a=b", "—"])
def test_numbers_and_names_stay(cell: Any) -> None:
    assert harmless(cell) == cell
