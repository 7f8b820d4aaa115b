"""The line played forward: what must be so whatever the chances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.foresight import ahead as line
from server.foresight.ahead import DEEP, FOREVER, Floats, Seat, rest, turns

TEN = np.full(50, 600.0)
SPREAD = np.sort(np.random.default_rng(3).lognormal(6.0, 0.6, 200))


def of_all(seats: list[Seat], before: list[Floats]) -> Floats:
    """Those far ahead in the mean."""
    return turns(seats, before[-DEEP:], far_s=sum(float(one.mean()) for one in before[:-DEEP]))


def middle(seats: list[Seat], ahead: int) -> float:
    return float(np.median(of_all(seats, [TEN] * ahead)))


@pytest.mark.parametrize(
    ("seats", "ahead", "seconds"),
    [
        ([Seat(None)], 0, 0),  # it stands idle
        ([Seat(None), Seat(TEN, 0.0)], 0, 0),
        ([Seat(TEN, 0.0)], 0, 600),  # nobody ahead, but it is busy
        ([Seat(TEN, 400.0)], 0, 200),
        ([Seat(None)], 3, 1800),
        ([Seat(None), Seat(None)], 3, 600),
        ([Seat(None), Seat(None)], 4, 1200),
        ([Seat(None, 0.0, ((0.0, 3600.0),))], 0, 3600),  # lunch
        ([Seat(None, 0.0, ((700.0, 4300.0),))], 2, 4300),  # the second of them ends in the break
        ([Seat(None, 0.0, ((500.0, 3600.0), (2000.0, 7200.0)))], 1, 7200),  # its lunch runs into the hall's
        ([Seat(None, 0.0, ((0.0, FOREVER),)), Seat(TEN, 0.0)], 2, 1800),
        ([Seat(None)], 100, 60000),  # those far ahead in the mean
    ],
)
def test_a_turn(seats: list[Seat], ahead: int, seconds: float) -> None:
    assert middle(seats, ahead) == pytest.approx(seconds, abs=1.0)


@given(st.integers(1, 6), st.integers(0, 60), st.floats(0, 2000))
def test_more_ahead_is_later_and_more_counters_are_sooner(counters: int, ahead: int, since: float) -> None:
    seats = [Seat(SPREAD, since) for _ in range(counters)]
    here = np.quantile(of_all(seats, [SPREAD] * ahead), (0.1, 0.5, 0.9))
    assert (np.diff(here) >= 0).all() and (here >= 0).all()
    later = np.quantile(of_all(seats, [SPREAD] * (ahead + 1)), (0.1, 0.5, 0.9))
    assert (later >= here - 1.0).all()
    sooner = np.median(of_all([*seats, Seat(None)], [SPREAD] * ahead))
    assert sooner <= here[1] + 1.0


@given(st.floats(0, 1e5))
def test_the_rest_of_a_visit_is_of_those_that_were_as_long(since: float) -> None:
    left = rest(SPREAD, since, (np.arange(64) + 0.5) / 64)
    assert (left >= 0).all() and np.isfinite(left).all()
    if (since < SPREAD).sum() >= 4:
        assert (left <= SPREAD[-1] - since).all()


def test_the_same_question_has_the_same_answer() -> None:
    seats = [Seat(SPREAD, 100.0), Seat(SPREAD, 900.0)]
    assert (turns(seats, [SPREAD] * 7) == turns(seats, [SPREAD] * 7)).all()


def one_by_one(seats: list[Seat], before: list[Floats], leaves: float, pace: float) -> Floats:
    """The same as `turns`, by the words of it: each is called by the counter that is free first, draw for draw."""
    free, rests = line._beginning(seats, pace)
    handlings = line._handlings(before, leaves, pace)
    for draw, mine in enumerate(free):
        for takes in handlings[:, draw]:
            counter = int(mine.argmin())
            mine[counter] += takes
            for span in rests:
                if span.begins[counter] <= mine[counter] < span.ends[counter]:
                    mine[counter] = span.ends[counter]
    return np.minimum(free.min(axis=1), FOREVER)


@st.composite
def counters(draw: st.DrawFn) -> Seat:
    edges = sorted(draw(st.lists(st.floats(0, 2e4), max_size=4, unique=True)))
    off = tuple(zip(edges[::2], edges[1::2], strict=False))
    return Seat(draw(st.sampled_from([None, TEN, SPREAD])), draw(st.floats(0, 2000)), off)


@given(
    st.lists(counters(), min_size=1, max_size=6),
    st.lists(st.sampled_from([TEN, SPREAD]), max_size=DEEP),
    st.sampled_from([0.0, 0.2]),
    st.floats(0.5, 2.0),
)
def test_a_turn_is_that_of_each_called_one_by_one(
    seats: list[Seat], before: list[Floats], leaves: float, pace: float
) -> None:
    assert (turns(seats, before, leaves, pace) == one_by_one(seats, before, leaves, pace)).all()
