"""How far a head start reaches: at most so many in a row, nobody overtaken more often than the hall allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import overtaking
from server.domain.overtaking import InLine, Limits, Place, place

HEAD_S = 1200.0


def plain(id: int, rank: float) -> InLine:
    return InLine(id, rank, False)


def early(id: int, rank: float) -> InLine:
    return InLine(id, rank, True)


O3 = [plain(1, 100.0), plain(2, 200.0), plain(3, 300.0)]

CASES = [
    ("no limits", O3, [], Limits(), Place(50.0)),
    ("the first two pass", O3, [], Limits(2), Place(50.0)),
    ("a row of two is full", [early(4, 10.0), early(5, 20.0), *O3], [], Limits(2), Place(100.0, "in a row 2")),
    ("those called last count", [early(5, 20.0), *O3], [early(4, 10.0)], Limits(2), Place(100.0, "in a row 2")),
    ("a plain one was called since", [early(5, 20.0), *O3], [plain(9, 1.0), early(4, 1.0)], Limits(2), Place(50.0)),
    (
        "row after row",
        [early(4, 10.0), O3[0], early(5, 100.0), O3[1], O3[2]],
        [],
        Limits(1),
        Place(200.0, "in a row 1"),
    ),
    ("nobody waits behind", [early(4, 10.0), early(5, 20.0)], [], Limits(2), Place(50.0)),
    ("overtaken often enough", [early(4, 10.0), *O3], [early(5, 5.0)], Limits(0, 2), Place(300.0, "overtaken 2")),
    ("not yet", [early(4, 10.0), *O3], [], Limits(0, 2), Place(50.0)),
    (
        "who has a slot is no overtaker and not protected",
        [InLine(4, 10.0, True, True), *O3, InLine(0, 400.0, False, True)],
        [InLine(5, 0.0, True, True)],
        Limits(0, 1),
        Place(50.0),
    ),
    ("the stricter one counts", [early(4, 10.0), *O3], [], Limits(1, 1), Place(300.0, "overtaken 1")),
]


@pytest.mark.parametrize(("line", "called", "limits", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_places(line: list[InLine], called: list[InLine], limits: Limits, expected: Place) -> None:
    assert place(50.0, line, called, limits) == expected


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 400), st.booleans()), max_size=40),
    st.integers(0, 3),
    st.integers(0, 4),
)
def test_no_row_is_longer_and_nobody_is_overtaken_more_often(
    days: list[tuple[bool, int, bool]], in_a_row: int, most: int
) -> None:
    """People come one after the other, some with a head start, and some calls are made in between."""
    limits, now = Limits(in_a_row, most), 0.0
    line: list[InLine] = []
    called: list[InLine] = []
    for id, (starts, gap, call) in enumerate(days):
        now += gap
        found = place(now - HEAD_S, line, called[::-1], limits) if starts else Place(now)
        line = sorted([*line, InLine(id, found.rank, starts)], key=lambda one: (one.rank, one.id))
        if call:
            called.append(line.pop(0))
    course = [*called, *line]
    for n, mine in enumerate(course):
        assert not most or sum(one.starts and one.id > mine.id for one in course[:n]) <= most
        row = 0
        while row < n and course[n - 1 - row].starts:
            row += 1
        passers = [one for one in course[n - row : n] if one.id > mine.id]
        assert not in_a_row or mine.starts or not passers or row <= in_a_row


def test_what_held_a_number_back_is_read_from_its_ticket() -> None:
    assert overtaking.held_by("in a row 2") == ("in a row", 2)
    assert overtaking.held_by("returned") is None and overtaking.held_by("") is None
