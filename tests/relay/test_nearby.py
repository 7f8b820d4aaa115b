"""Where a wait is shorter nearby, by made-up halls and their places."""

from __future__ import annotations

from typing import Any

import pytest

from relay.nearby import Busy, elsewhere, km, points, span

AT = {"a": (118.60, 24.90), "b": (118.61, 24.90), "c": (118.70, 24.90)}


def hall(id: str, issuing: bool = True, **waits: int | None) -> Busy:
    """`waits`: the longest of what each group tells, five minutes above the shortest."""
    groups = [
        {"name": name, "name_en": name, "estimate_min": None if most is None else [max(0, most - 5), most]}
        for name, most in waits.items()
    ]
    return Busy(id, {"name": id, "name_en": id}, {"issuing": issuing, "groups": groups})


def found(own: Busy, *others: Busy, at: dict[str, Any] = AT) -> list[tuple[str, str, int]]:
    return [(one.group["name"], one.hall.id, one.minutes[1]) for one in elsewhere(own, others, at)]


def test_the_nearest_with_enough_less_for_the_same_group() -> None:
    own = hall("a", 社保=40, 户籍=12, 税务=None)
    near, far = hall("b", 社保=30, 户籍=5), hall("c", 社保=6, 公积金=1)
    assert found(own, own, near, far) == [("社保", "b", 30)]
    assert found(own, far) == [("社保", "c", 6)]
    assert found(own, hall("b", 社保=31)) == []


def test_who_can_not_be_reached_or_gives_out_no_numbers_is_not_named() -> None:
    own = hall("a", 社保=40)
    assert found(own, Busy("b", {}, None), hall("c", issuing=False, 社保=1), hall("d", 社保=None)) == []
    assert elsewhere(Busy("a", {}, None), [hall("b", 社保=1)], AT) == []


def test_a_hall_without_a_place_comes_last() -> None:
    own = hall("a", 社保=40)
    assert found(own, hall("x", 社保=1), hall("c", 社保=20)) == [("社保", "c", 20)]
    assert elsewhere(own, [hall("x", 社保=1)], AT)[0].km is None


def test_kilometres_by_known_places() -> None:
    assert km((118.60, 24.90), (118.60, 24.90)) == 0
    assert km((116.3914, 39.9075), (121.4747, 31.2304)) == pytest.approx(1068, rel=0.005)  # Beijing – Shanghai


@pytest.mark.parametrize("text", ["", "x", "[a]\nat = 3", "[a]\nat = [1]", "a = 1", "[a]\nat = ['x', 'y']"])
def test_a_file_of_places_that_can_not_be_read_is_none(text: str) -> None:
    assert points(text) == {}


def test_places_and_the_span_of_waits() -> None:
    assert points("[a]\nat = [118.6, 24.9]\n[b]\nnote = 1\n") == {"a": (118.6, 24.9)}
    assert span(hall("a", 甲=5, 乙=None, 丙=20).view or {}) == (0, 20) and span(hall("a", 甲=None).view or {}) is None
