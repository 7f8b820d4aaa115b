"""Dumps as four programs write them: texts with every sign, rows that do not fit, and what is passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.encoding import Unreadable
from intake.sql_dump import tables, text_of

CREATE = """CREATE TABLE `t` (
  `id` int(11) NOT NULL,
  `said` text DEFAULT 'a, (b)',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
"""


def rows(text: str) -> list[dict[str, str | None]]:
    return tables(text, {"t"})["t"].rows


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1,'a; b')", "a; b"),
        ("(1,'it''s')", "it's"),
        (r"(1,'it\'s, \"so\"\n')", 'it\'s, "so"\n'),
        (r"(1,'C:\\')", "C:\\"),
        (r"(1,'\'\'')", "''"),
        ("(1,NULL)", None),
        ("(1,'NULL')", "NULL"),
        ("(1,'')", ""),
        ("(1,'-- no comment /* nor this */')", "-- no comment /* nor this */"),
        ("(1,_binary 'x')", "x"),
        ("(1,-5)", "-5"),
    ],
)
def test_values_of_mysql(values: str, expected: str | None) -> None:
    assert rows(f"{CREATE}INSERT INTO `t` VALUES {values};\nSELECT 1;") == [{"id": "1", "said": expected}]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (r"(1,'C:\')", "C:\\"),
        (r"(1,E'it\'s')", "it's"),
        ("(1, TIMESTAMP '2026-11-20 09:00:00.0')", "2026-11-20 09:00:00.0"),
        (r"(1, STRINGDECODE('\u041f\u0430'))", "Па"),
        ("(1, CAST('x' AS VARCHAR))", "x"),
        ("(1, TRUE)", "TRUE"),
        ("(1, 'x'::text)", "x"),
    ],
)
def test_values_of_the_others(values: str, expected: str) -> None:
    assert rows(f'INSERT INTO "PUBLIC"."T"(ID, SAID) VALUES\n{values};') == [{"id": "1", "said": expected}]


@given(st.lists(st.tuples(st.integers(0), st.text(st.characters(exclude_characters="\0", codec="utf-8")))))
def test_whatever_mysql_quotes_comes_back(found: list[tuple[int, str]]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    text = CREATE + "".join(f"INSERT INTO `t` VALUES ({n},{quoted(said)});\n" for n, said in found)
    assert rows(text) == [{"id": str(n), "said": said} for n, said in found]


def test_copy_blocks() -> None:
    text = (
        "COPY public.t (id, said) FROM stdin;\n1\ta\\tb\\\\c\n2\t\\N\n\\.\nINSERT INTO t (id, said) VALUES (3, 'x');\n"
    )
    assert [row["said"] for row in rows(text)] == ["a\tb\\c", None, "x"]


@pytest.mark.parametrize(
    "text",
    [f"{CREATE}INSERT INTO `t` VALUES (1,'x',2);\n", "COPY t (id, said) FROM stdin;\n1\n\\.\n"],
)
def test_a_row_that_does_not_fit_is_told_with_its_line(text: str) -> None:
    with pytest.raises(Unreadable) as told:
        rows(text)
    assert told.value.line == text.count("\n", 0, text.find("1,'x'" if "'x'" in text else "1\n")) + 1


def test_unwanted_tables_and_other_statements_are_passed_over() -> None:
    text = "DELIMITER $$\nCREATE TRIGGER x BEFORE INSERT ON t BEGIN END $$\nDELIMITER ;\nINSERT INTO u VALUES (1);\n"
    assert tables(text, {"t"}) == {}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_text_of_a_dump(coding: str) -> None:
    assert text_of("INSERT INTO t VALUES ('Наименование');".encode(coding)).endswith("('Наименование');")


def test_a_dump_in_another_encoding_is_told() -> None:
    with pytest.raises(Unreadable) as told:
        text_of("x\nAlvará".encode("latin-1"))
    assert told.value.line == 2 and "dump it again in UTF-8" in told.value.en
