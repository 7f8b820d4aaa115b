"""The drawing of where halls lie: true to scale, north up, each name beside its mark and over no other."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest

from district.scatter import KM_A_DEGREE, MARK, Drawing, Line, Spot, drawn

LINES = (
    Line("开元街道便民服务中心", 16),
    Line("Kaiyuan Street Service Centre", 12),
    Line("请留意 look here · 12人", 13),
)


def spot(id: str, longitude: float, latitude: float, first: int = 0) -> Spot:
    return Spot(id, longitude, latitude, LINES, first)


def boxes(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    """Of each name."""
    found = []
    for mark in drawing.marks:
        if mark.name:
            wide = max(line.width for _, line in mark.name.lines)
            left = mark.name.x - {"start": 0.0, "middle": wide / 2, "end": wide}[mark.name.anchor]
            (first, top), (last, _) = mark.name.lines[0], mark.name.lines[-1]
            found.append((left, first - top.size, left + wide, last))
    return found


def test_north_is_up_east_is_right_and_all_is_true_to_scale() -> None:
    made = drawn([spot("a", 118.60, 24.90), spot("b", 118.60, 24.95), spot("c", 118.65, 24.90)], 900, 500)
    a, b, c = made.marks
    assert b.y < a.y and b.x == pytest.approx(a.x) and c.x > a.x and c.y == pytest.approx(a.y)
    km, pixels = made.bar
    assert (a.y - b.y) * km / pixels == pytest.approx(0.05 * KM_A_DEGREE)
    assert (c.x - a.x) * km / pixels == pytest.approx(0.05 * KM_A_DEGREE * math.cos(math.radians(24.925)))


@pytest.mark.parametrize("size", [(1232.0, 520.0), (342.0, 460.0)])
@pytest.mark.parametrize("halls", [1, 2, 8, 60])
def test_no_name_stands_over_another_or_over_a_mark_or_outside(size: tuple[float, float], halls: int) -> None:
    chance = random.Random(halls)
    spots = [spot(f"h{n}", 118.5 + chance.random() / 5, 24.8 + chance.random() / 5, n % 3) for n in range(halls)]
    made = drawn(spots, *size)
    names = boxes(made)
    assert [mark.id for mark in made.marks] == [one.id for one in spots] and names
    for left, top, right, bottom in names:
        assert left >= 0 and right <= size[0] and top >= 0 and bottom <= size[1]
        for mark in made.marks:
            beside = mark.x + MARK <= left or right <= mark.x - MARK
            assert beside or mark.y + MARK <= top or bottom <= mark.y - MARK
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in combinations(names, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1


def test_halls_in_one_house_are_drawn_and_the_first_has_its_name() -> None:
    made = drawn([spot("a", 118.6, 24.9, 1), spot("b", 118.6, 24.9)], 342, 460)
    assert [(mark.x, mark.y) for mark in made.marks] == [(171, 230)] * 2 and made.marks[1].name
