"""Slips: widths, breaks and what is kept out of a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer_profiles.slip import CLOSING, QR, Feed, Pair, Text, clean, lines, native, width, wrap

WIDTHS = [
    ("A012", 4),
    ("请A001到3号窗口", 15),
    ("→！", 4),
    ("①", 2),
    ("é", 2),  # GBK A8A6
    ("𠮷", 2),  # no GBK, wide
    ("ç", 1),  # no GBK, narrow
    ("", 0),
]

WRAPS = [
    ("", 10, [""]),
    ("你好", 4, ["你好"]),
    ("你好吗", 4, ["你好", "吗"]),
    ("你好，吗", 4, ["你", "好，", "吗"]),  # no line begins with a comma
    ("（一）二", 4, ["（一", "）二"]),  # where it can't be avoided
    ("办理（一）", 6, ["办理", "（一）"]),  # no line ends with an opening bracket
    ("电话0595-12345678", 16, ["电话", "0595-12345678"]),  # a number stays whole
    ("call 0595-12345678 now", 14, ["call", "0595-12345678", "now"]),
    ("0595-12345678", 8, ["0595-123", "45678"]),  # too long for any line
    ("a  b", 10, ["a  b"]),  # spaces inside stay
    ("一 二", 4, ["一", "二"]),  # the space at a break goes
    ("一\n\n二", 4, ["一", "", "二"]),
    ("好……吧", 4, ["好", "……", "吧"]),
    ("ABCD，", 4, ["ABC", "D，"]),  # rather a parted word than a comma at the beginning
]


@pytest.mark.parametrize(("text", "columns"), WIDTHS)
def test_width_is_gbk_bytes(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(("text", "columns", "expected"), WRAPS)
def test_wrap(text: str, columns: int, expected: list[str]) -> None:
    assert wrap(text, columns) == expected


@given(st.text(), st.integers(4, 48))
def test_no_character_is_lost_and_no_line_too_long(text: str, columns: int) -> None:
    rows = wrap(text, columns)
    assert rows
    assert all(width(row) <= columns or len(row) == 1 for row in rows if not has_cluster(row))
    assert "".join(rows).replace(" ", "").replace("\u3000", "") == squeezed(text)


def has_cluster(row: str) -> bool:
    return any(width(char) == 0 for char in row)


def squeezed(text: str) -> str:
    return clean(text).replace("\n", "").replace(" ", "").replace("\u3000", "")


@given(st.text(alphabet="一二三。，、A1（）", min_size=1), st.integers(8, 20))
def test_no_line_begins_with_closing_punctuation_where_it_can_be_avoided(text: str, columns: int) -> None:
    rows = wrap(text, columns)
    for before, row in pairwise(rows):
        if row and row[0] in CLOSING:
            inside = before + row[0]
            assert all(after in CLOSING or first == "（" for first, after in pairwise(inside)), "it could be avoided"


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("A\x1b@B", "A@B"),
        ("a\x10\x04\x01b", "ab"),
        ("一\r\n二", "一\n二"),
        ("a\tb\xa0c", "a b c"),
        ("\ud800", "□"),
        ("e\u0301", "é"),
        ("\ufeff零\u200b宽\u202e", "零宽"),
    ],
)
def test_what_no_printer_may_get_is_kept_out(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@pytest.mark.parametrize("char", "你，。！①￥〇→é—·")
def test_a_gbk_head_has(char: str) -> None:
    assert native(char)


@pytest.mark.parametrize("char", "𠮷龦😀€㐀ç\ue000")
def test_a_gbk_head_lacks(char: str) -> None:
    assert not native(char)


def test_a_pair_stands_side_by_side_or_below() -> None:
    assert lines(Pair("左", "右"), 8) == [Text("左    右")]
    assert lines(Pair("左左左", "右右"), 8) == [Text("左左左"), Text("右右", "right")]


def test_large_text_has_fewer_columns() -> None:
    assert [line.text for line in lines(Text("A012A012", scale=6), 32)] == ["A012A", "012"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Text("a", scale=9),
        lambda: Text("a", align="middle"),  # type: ignore[arg-type]
        lambda: Feed(256),
        lambda: QR(""),
        lambda: QR("\x10\n"),
        lambda: QR("a" * 1001),
        lambda: QR("a", size=17),
    ],
)
def test_an_impossible_element_is_refused_when_it_is_made(make: object) -> None:
    with pytest.raises(ValueError, match="slip: "):
        make()  # type: ignore[operator]
