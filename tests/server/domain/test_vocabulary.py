"""Words that are kept as codes: read from rows of any version, taken from people in either form, shown as words."""

from __future__ import annotations

import json

import pytest

from config import Text
from server.domain import events as ev
from server.domain import vocabulary
from server.domain.vocabulary import CONTACT_RESULTS, OUTCOMES, RATING_SOURCES, SUSPENSIONS

TABLES = (OUTCOMES, SUSPENSIONS, CONTACT_RESULTS, RATING_SOURCES)


@pytest.mark.parametrize("table", TABLES)
def test_a_word_and_its_code_are_one(table: dict[str, Text]) -> None:
    assert len({text.zh for text in table.values()}) == len({text.en for text in table.values()}) == len(table)
    for code, text in table.items():
        assert vocabulary.code(table, text.zh) == vocabulary.code(table, code) == code
        assert vocabulary.text(table, text.zh) == vocabulary.text(table, code) == text


def test_what_no_table_knows_stays_as_it_is() -> None:
    assert vocabulary.code(OUTCOMES, "转办") == "转办"
    assert vocabulary.text(OUTCOMES, "转办") == Text("转办", "转办")


ROWS = [
    ("Finished", {"outcome": "现场办结"}, "outcome", "done"),
    ("Finished", {"outcome": "done", "items": ["SB01"]}, "outcome", "done"),
    ("Finished", {"outcome": "转办"}, "outcome", "转办"),
    ("Rated", {"leg": 1, "level": 5, "source": "二维码"}, "source", "code"),
    ("Rated", {"leg": 1, "level": 2, "source": "意见箱", "options": ["207"]}, "options", ("207",)),
    ("Rated", {"leg": 1, "level": 5, "source": "rater"}, "source", "rater"),
]


@pytest.mark.parametrize(("event", "data", "field", "wanted"), ROWS)
def test_rows_of_every_version_are_read_as_codes(event: str, data: dict[str, object], field: str, wanted: str) -> None:
    assert getattr(ev.from_row(event, 1, "3", data), field) == wanted


def test_a_new_row_holds_the_code() -> None:
    row = ev.to_row(ev.Finished(ticket=1, counter="3", outcome="受理待办"))
    assert json.dumps(row, ensure_ascii=False) == '{"outcome": "accepted", "items": []}'


@pytest.mark.parametrize(
    ("reason", "said"),
    [("午餐", Text("午餐", "Lunch")), ("窗口关闭", Text("窗口关闭", "counter closed")), ("停电", Text("停电", "停电"))],
)
def test_a_reason_is_the_halls_or_ours_or_as_it_was_written(reason: str, said: Text) -> None:
    assert vocabulary.reason_text(reason, [Text("午餐", "Lunch")]) == said
