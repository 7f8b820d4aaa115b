"""Files as offices have them: every encoding, TOML of Notepad and of a Chinese keyboard, tables of Excel and WPS."""

from __future__ import annotations

import io
import re
import tomllib
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from config import ROOT
from intake import toml_file
from intake.encoding import Unreadable, decoded, word
from intake.table_file import Table, read
from intake.toml_file import toml, toml_text

TEXT = "编码,名称\nSB01,社会保障卡申领\n"


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-32"])
def test_each_encoding_of_an_office(coding: str) -> None:
    assert decoded(TEXT.encode(coding)) == TEXT


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_its_mark(coding: str) -> None:
    latin = "code,kind,day,time\n"
    assert decoded(latin.encode(coding)) == latin
    assert decoded("\ufeff".encode(coding) + TEXT.encode(coding)) == TEXT


def test_what_looks_like_utf_8_and_is_gbk() -> None:
    assert decoded("kind\n预约\n".encode("gbk")) == "kind\n预约\n"  # these bytes are Ԥ and Լ in UTF-8
    assert decoded("café · 25 °C".encode()) == "café · 25 °C"


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"a\ncaf\xe9", 2, 4),  # Latin-1
        ("臺灣政府網站預約系統".encode("big5"), 1, 1),
        ("社保\n".encode() + "社保".encode("gbk"), 2, 1),  # two files in one
        ("社会保障".encode()[:-1], 1, 6),  # cut off
        (b"a,b\nc\x00,d", 2, 2),
        ("社保".encode("utf-16")[:-1], 1, 2),
    ],
)
def test_what_can_mean_two_things_is_refused_with_its_place(data: bytes, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as refused:
        decoded(data)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.zh and ";" in refused.value.en


@given(st.text(alphabet=st.characters(exclude_characters="\0\ufeff", exclude_categories=("Cs",))))
def test_utf_8_with_a_mark_and_utf_16_are_never_misread(text: str) -> None:
    for coding in ("utf-8-sig", "utf-16"):
        assert decoded(text.encode(coding)) == text


def test_a_token_that_notepad_saved() -> None:
    for coding in ("utf-8", "utf-8-sig", "utf-16"):
        assert word("abc-DEF_1\r\n".encode(coding)) == "abc-DEF_1"


# --- TOML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a = “社保”", {"a": "社保"}),
        ("ａ＝１２\n［ｂ］\nc＝［1，2、3］", {"a": 12, "b": {"c": [1, 2, 3]}}),
        ("a\t=\t1\t# ，“\r\nb = ＂x＂", {"a": 1, "b": "x"}),
        ("a\u3000=\u00a0‘x’\u200b", {"a": "x"}),
        ("a = '''x，\n“y'''\nb = \"“c”，\"", {"a": "x，\n“y", "b": "“c”，"}),
        ('a = "登记\x0b变更"', {"a": "登记 变更"}),
        ("a = [ “x”， “y” ]　＃ z", {"a": ["x", "y"]}),
    ],
)
def test_toml_of_a_chinese_keyboard(text: str, meant: dict[str, Any]) -> None:
    assert toml(text) == meant
    for coding in ("utf-8-sig", "utf-16"):
        assert toml(text.encode(coding)) == meant
    assert toml_text(text).count("\n") == text.count("\n")


def test_toml_in_gbk() -> None:
    assert toml('name = "开元街道"\r\n'.encode("gbk")) == {"name": "开元街道"}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('x = 1\na = "x”', 2, 7),
        ("a = “他说“好””", 1, 5),
        ("a = “c:\\x”", 1, 5),
        ("x = 1\na = [1, 2\nb = 3\n", 2, 5),
        ('a = "x', 1, 5),
        ("x = 1\na：1", 2, 2),
        ("a = 1\na = 2", 2, 6),
        ("a = tru", 1, 5),
        ("键 = 1", 1, 1),
    ],
)
def test_what_is_no_toml_is_refused_with_line_and_column(text: str, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as refused:
        toml(text)
    assert refused.value.line == line and abs(refused.value.column - column) <= 1, refused.value
    assert refused.value.zh and ";" in refused.value.en


@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(st.characters(exclude_categories=("Cs", "Cc")))
    )
)
def test_right_toml_stays_what_it_is(values: dict[str, str]) -> None:
    text = "".join(f"{key} = '''{value.replace(chr(39), '')}'''  # “，\n" for key, value in values.items())
    assert toml(text) == tomllib.loads(toml_text(text)) == tomllib.loads(text)


@given(st.integers(0, 9_000), st.sampled_from("\"'[]{}“”‘’＝#＃\n\\，= a\u3000"), st.integers(1, 3))
def test_what_is_taken_at_once_is_what_it_is_sign_by_sign(at: int, sign: str, times: int) -> None:
    """A piece of the demo's file, with a sign in its middle that may mean something else."""
    whole = (ROOT / "config.toml").read_text(encoding="utf-8")[:9_000]
    text = whole[max(0, at - 700) : at] + sign * times + whole[at : at + 700]

    def read() -> str:
        try:
            return toml_text(text)
        except Unreadable as error:
            return f"{error.line}:{error.column} {error}"

    at_once = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(toml_file, "_RUN", re.compile("[A-Za-z0-9_.=, ]"))
        assert read() == at_once


@given(st.text(st.sampled_from("a=1\"'“”，、[]{}［］#\n \\.")))
def test_any_garbage_is_read_or_refused(text: str) -> None:
    place = (1, 1)
    try:
        toml(text)
    except Unreadable as refused:
        place = (refused.line, refused.column)
    assert 1 <= place[0] <= text.count("\n") + 2 and place[1] >= 1


# --- tables -----------------------------------------------------------------------------------------------------------

COLUMNS, NEEDED = ("code", "name", "when"), ("code", "name")


def table(data: bytes | str, others: bool = False) -> Table:
    return read(data, COLUMNS, NEEDED, others=others)


def cells(data: bytes | str) -> list[tuple[str, ...]]:
    found = table(data)
    assert found.mistakes == []
    return [tuple(row.cells.get(column, "") for column in COLUMNS) for row in found.rows]


@pytest.mark.parametrize("sign", [",", ";", "\t", "，", "|"])
def test_columns_parted_by_any_sign_in_any_order(sign: str) -> None:
    assert cells(sign.join(("when", " Ｎａｍｅ ", "CODE")) + "\r\n" + sign.join(("", "社 保", "1"))) == [
        ("1", "社 保", "")
    ]
    assert cells(f"sep={sign}\r\ncode{sign}name\r\n1{sign}2\r\n") == [("1", "2", "")]


def test_rows_and_columns_that_hold_nothing_are_passed_over() -> None:
    assert cells("\n,,\ncode,name,,\n\n1,2,,\n,,,\n \u200b,,,\n") == [("1", "2", "")]


def test_line_breaks_in_a_cell_are_one_text_or_several_lines() -> None:
    (row,) = table('code,name\n1,"甲\r\n乙\x0b丙"\n').rows
    assert (row.line, row.cells["name"], row.blocks["name"]) == (2, "甲 乙 丙", "甲\n乙\n丙")


def test_what_keeps_zeros_is_no_part_of_a_cell() -> None:
    assert cells('code,name\n"=""0017""",\'0018\n') == [("0017", "0018", "")]


@pytest.mark.parametrize(
    ("text", "line", "column", "en"),
    [
        ("code\n1\n", 1, "name", "missing column"),
        ("code,name,nmae\n", 1, "nmae", "did you mean 'name'"),
        ("code,name,name\n", 1, "name", "stands twice"),
        ("code,name\n1,2,3\n", 2, "row", "3 cells under 2 columns"),
        ("code,name\n1\n", 2, "row", "1 cells under 2 columns"),
        ("code,name\n1,2\n\ufeffcode,name\n1,2\n", 3, "row", "the header once more"),
        ("code,name\n2.02611E+11,2\n", 2, "code", "that a spreadsheet shortened"),
        ("code,name\n1,#REF!\n", 2, "name", "a formula that failed"),
        ('code,name\n1,2\n3,"4\n5,6\n', 3, "file, column 1", "close its quotation mark"),
        ('code,name,when\n1,"2\n3,4,5\n6"\n', 2, "row", "2 cells under 3 columns"),
        ("<html><table>", 1, "file, column 1", "a web page"),
    ],
)
def test_what_is_wrong_with_a_table_has_its_line(text: str, line: int, column: str, en: str) -> None:
    found = [m for m in table(text).mistakes if en in m.en]
    assert (found[0].line, found[0].column) == (line, column)
    assert all(mistake.zh for mistake in found)


def workbook(*rows: tuple[Any, ...], **formats: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for place, form in formats.items():
        sheet[place].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_as_its_csv() -> None:
    data = workbook(
        (" Code", "name", "when", None),
        (17, "甲\n乙", datetime(2026, 11, 23, 9, 5), None),
        (8.0, "丙_x000B_丁", date(2026, 3, 1)),
        (None, None, None),
        ("SB01", 2.5, time(9, 30)),
        A2="0000",
    )
    assert cells(data) == [
        ("0017", "甲 乙", "2026-11-23T09:05:00"),
        ("8", "丙 丁", "2026-03-01"),
        ("SB01", "2.5", "09:30:00"),
    ]


def test_what_a_workbook_hides_is_said() -> None:
    two = Workbook()
    for sheet in (two.active, two.create_sheet()):
        sheet.append(["code", "name"])  # type: ignore[union-attr]
    out = io.BytesIO()
    two.save(out)
    assert "2 sheets hold something" in table(out.getvalue()).mistakes[0].en
    assert "formula without a value" in table(workbook(("code", "name"), (1, "=A2"))).mistakes[0].en
    assert "shortened" in table(workbook(("code", "name"), (202611301234567890, "x"))).mistakes[0].en
    assert "not a readable workbook" in table(workbook(("code", "name"))[:200]).mistakes[0].en
    assert "an old .xls file" in table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest").mistakes[0].en
