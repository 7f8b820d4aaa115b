"""One hall, then eight, then all; one refusal stops it; which circulars stand for a hall."""

from __future__ import annotations

import pytest

from district.staging import Published, State, Step, said_of, standing, step, wave

MANY = tuple(f"h{n}" for n in range(20))
PATH = ("qu", "north", "h1")


def one(
    number: int = 1, at: float = 100.0, state: State = "published", stage: int = 0, place: str = "qu",
    order: tuple[str, ...] = MANY,
) -> Published:  # fmt: skip
    return Published(number, place, "promises", at, state, stage, order, f"sha{number}")


@pytest.mark.parametrize(
    ("stage", "order", "halls"),
    [(0, MANY, 1), (1, MANY, 8), (2, MANY, 20), (0, MANY[:1], 1), (1, MANY[:5], 5), (1, MANY[:8], 8)],
)
def test_one_then_eight_then_all(stage: int, order: tuple[str, ...], halls: int) -> None:
    assert len(wave(one(stage=stage, order=order))) == halls


def test_it_goes_on_when_each_that_has_it_has_taken_it() -> None:
    assert step(one(at=200), {}, 100) == Step(0)
    assert step(one(at=200), {(1, "h0"): "fits"}, 100) == Step(1)
    assert step(one(at=100), {(1, "h0"): "fits"}, 100) == Step(0), "its day has come: not before it is in force"
    assert step(one(at=100), {(1, "h0"): "applied"}, 100) == Step(1)
    eight = {(1, f"h{n}"): "applied" for n in range(8)}
    assert step(one(stage=1), eight, 100) == Step(2)
    assert step(one(stage=1), eight | {(1, "h3"): "held"}, 100) == Step(1)


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_one_refusal_stops_it(stage: int) -> None:
    assert step(one(stage=stage), {(1, "h0"): "refused"}, 100) == Step(stage, "h0")


def test_a_hall_is_told_the_newest_in_force_and_those_to_come() -> None:
    old, new, later = one(1, 50, stage=2), one(2, 90, stage=2), one(3, 200, stage=2)
    elsewhere = one(4, 90, stage=2, place="south")
    found = standing([old, new, later, elsewhere], "h1", PATH, {}, 100)
    assert [(told.number, depth) for told, depth in found] == [(2, 0), (3, 0)]
    refused = standing([old, new, later], "h1", PATH, {(2, "h1"): "refused"}, 100)
    assert [told.number for told, _ in refused] == [1, 3], "the one before it counts"


def test_what_was_stopped_stays_where_it_is_in_force_and_nowhere_else() -> None:
    stopped = one(state="stopped", stage=1)
    assert standing([stopped], "h1", PATH, {(1, "h1"): "applied"}, 100) == [(stopped, 0)]
    assert standing([stopped], "h1", PATH, {(1, "h1"): "fits"}, 100) == []
    assert standing([one(state="withdrawn", stage=2)], "h1", PATH, {}, 100) == []


def test_a_hall_that_came_later_has_what_is_everywhere() -> None:
    new = ("qu", "north", "new")
    assert standing([one(stage=1)], "new", new, {}, 100) == []
    assert standing([one(stage=2)], "new", new, {}, 100) == [(one(stage=2), 0)]


def test_what_the_page_says_of_each_hall() -> None:
    told = one()
    assert said_of(told, "h0", ("qu", "h0"), {}, [1]) == "sent"
    assert said_of(told, "h0", ("qu", "h0"), {}, [2]) == "passed over"
    assert said_of(told, "h1", PATH, {}, []) == "waits"
    assert said_of(told, "h0", ("qu", "h0"), {(1, "h0"): "held"}, [1]) == "held"
    assert said_of(one(place="south"), "h1", PATH, {}, []) == "not for it"
    assert said_of(one(state="stopped"), "h1", PATH, {(1, "h1"): "fits"}, []) == "stopped"
    assert said_of(one(state="stopped"), "h1", PATH, {(1, "h1"): "applied"}, []) == "applied"
