"""Understaffed hours, by hand and against counting minute by minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.domain.manned import Short, Wanted, short, together

SPAN = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(lambda pair: (float(pair[0]), float(sum(pair))))
SPANS = st.lists(SPAN, max_size=4)


def test_lunch_with_one_of_two() -> None:
    sat = {"1": [(0.0, 50.0)], "2": [(0.0, 10.0), (30.0, 50.0)]}
    assert short(sat, [(0.0, 40.0)], [Wanted(5.0, 40.0, 2)]) == [Short(10.0, 30.0, 1, 2)]
    assert short(sat, [(0.0, 40.0)], []) == []
    assert short({}, [(0.0, 4.0)], [Wanted(0.0, 9.0, 1)]) == [Short(0.0, 4.0, 0, 1)]


@given(st.dictionaries(st.sampled_from("123"), SPANS), SPANS, st.lists(st.tuples(SPAN, st.integers(0, 3)), max_size=3))
def test_as_counted_minute_by_minute(
    sat: dict[str, list[tuple[float, float]]],
    opening: list[tuple[float, float]],
    least: list[tuple[tuple[float, float], int]],
) -> None:
    found = short(sat, opening, [Wanted(*span, many) for span, many in least])
    for minute in range(60):
        there = sum(any(a <= minute < b for a, b in spans) for spans in sat.values())
        many = max((many for (a, b), many in least if a <= minute < b), default=0)
        lacks = any(a <= minute < b for a, b in opening) and there < many
        assert [(one.there, one.wanted) for one in found if one.start <= minute < one.end] == [(there, many)] * lacks


def test_what_two_words_want_at_once_counts_once_and_by_the_more() -> None:
    hall = [Short(0, 100, 1, 2)]
    groups = [Short(50, 150, 0, 2), Short(60, 80, 0, 1)]
    # 0-50: 1; 50-60: 2; 60-80: 3; 80-150: 2
    assert together(hall, groups) == (150, 50 + 20 + 60 + 140)
    assert together([], []) == (0, 0)
