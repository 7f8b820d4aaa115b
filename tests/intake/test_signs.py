"""Text as it was meant: by hand, each sign that offices have left in a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.signs import identifier, line, lines, listed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("社会\u00ad保障", "社会保障"),  # soft hyphen
        ("社会\u200b保\u200d障\ufeff", "社会保障"),  # zero width
        ("登记\x0b变更", "登记 变更"),  # Word's soft line break
        ("登记\r\n变更\n", "登记 变更"),  # Alt+Enter
        ("a\u00a0b\u2003c\td", "a b c d"),
        ("张\u3000三", "张\u3000三"),
        ("\u202e社保\u202c\x00\x07", "社保"),
        ("\u3164", ""),
        ("ＡＢＣ：１", "ＡＢＣ：１"),  # a name may mean its width
        ("䶮𠮷", "䶮𠮷"),  # rare hanzi stay
    ],
)
def test_one_line_of_what_was_meant(typed: str, meant: str) -> None:
    assert line(typed) == meant


def test_lines_stay_lines_where_they_mean_something() -> None:
    assert lines(" 中文\u200b \r\nEnglish\x0b") == "中文\nEnglish"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ａ０１２", "A012"),
        (" ＹＹ－０００１\u200b", "YY-0001"),
        ("YY—0001", "YY-0001"),
        ("０８", "08"),
        ("SB01 ", "SB01"),
    ],
)
def test_an_identifier_has_one_spelling(typed: str, meant: str) -> None:
    assert identifier(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("身份证；照片", ("身份证", "照片")),
        ("身份证;照片、户口簿", ("身份证", "照片", "户口簿")),
        ("1.身份证\n2.户口簿\r\n3.照片", ("1.身份证", "2.户口簿", "3.照片")),
        ("1、身份证；2、照片", ("1、身份证", "2、照片")),
        ("证明（结婚证、离婚证;任一）；照片；", ("证明（结婚证、离婚证;任一）", "照片")),
        ("", ()),
    ],
)
def test_several_things_in_one_text(typed: str, meant: tuple[str, ...]) -> None:
    assert listed(typed) == meant


@given(st.text())
def test_washing_again_changes_nothing_and_leaves_nothing_unseen(text: str) -> None:
    once = line(text)
    assert line(once) == once and identifier(identifier(text)) == identifier(text)
    assert not set(once) & set("\n\r\t\x0b\u200b\u00ad\ufeff\u2028\0")
