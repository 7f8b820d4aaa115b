"""What of an import is new: a visit's identity is what it says, whatever a spreadsheet did to the file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.doubles import Double, sort
from server.domain.visit import Visit
from tests.conftest import MONDAY_9


def visit(arrived: float = 0.0, called: float | None = 300.0, **other: Any) -> Visit:
    at = None if called is None else MONDAY_9 + called
    fields: dict[str, Any] = {
        "day": "2026-11-23",
        "service": "SB01",
        "klass": "ordinary",
        "channel": "import",
        "counter": "1",
        "staff": "0017",
        "state": "passed",
        "started": None,
        "ended": at,
        "calls": 1,
        "outcome": None,
    }
    return Visit(**{**fields, **other}, arrived=MONDAY_9 + arrived, called=at, last_called=at)


A, B, C = visit(), visit(61.0, 345.0), visit(120.0, 600.0)


def test_a_file_taken_in_again_brings_nothing_and_an_overlap_only_its_end() -> None:
    assert sort([A, B], []).new == [0, 1]
    assert sort([A, B], [A, B]) == ([], [Double(0, None), Double(1, None)])
    assert sort([A, B, C], [A, B]) == ([2], [Double(0, None), Double(1, None)])


def test_rows_alike_within_a_file_are_one_visit_unless_they_are_said_to_be_twins() -> None:
    assert sort([A, B, A], []) == ([0, 1], [Double(2, 0)])
    assert sort([A, B, A], [], twins=True) == ([0, 1, 2], [])
    assert sort([A, A, A], [A, A], twins=True) == ([2], [Double(0, None), Double(1, None)])


def test_a_spreadsheet_takes_zeros_and_seconds_and_makes_no_other_visit() -> None:
    cut = visit(60.0, 300.0, staff="17")
    assert sort([A._replace(staff="17")], [A]).new == []
    assert sort([cut], [B]).new == []
    assert sort([B], [cut]).new == []
    assert sort([B, visit(70.0, 346.0)], [visit(75.0, 347.0)]).new == [0, 1]  # all with seconds: all of them different


@pytest.mark.parametrize(
    "other",
    [
        {"service": "MZ01"},
        {"klass": "green"},
        {"counter": "2"},
        {"staff": "0018"},
        {"state": "left"},
        {"called": 360.0},
    ],
)
def test_whatever_a_row_says_makes_it_another(other: dict[str, Any]) -> None:
    assert sort([visit(**other)], [A]).new == [0]


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_taken_in_piece_by_piece_in_any_way_there_is_each_visit_once(first: list[int], second: list[int]) -> None:
    here: list[Visit] = []
    for piece in (first, second, first + second):
        visits = [visit(60.0 * minute, 60.0 * minute + 90.0) for minute in piece]
        here += [visits[place] for place in sort(visits, here).new]
    assert sorted(v.arrived for v in here) == [MONDAY_9 + 60.0 * minute for minute in sorted({*first, *second})]
