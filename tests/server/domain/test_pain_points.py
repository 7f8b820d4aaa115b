"""What of a week's counts is a pain point."""

from __future__ import annotations

from datetime import date

from server.domain import pain_points
from server.domain.pain_points import LEAST, MOST, Pain, found, last_week, whole


def test_what_comes_often_enough_is_one_and_the_most_frequent_stands_first() -> None:
    counts = {"materials": {"SB01": LEAST["materials"], "SB02": LEAST["materials"] - 1, "SB03": 9}}
    assert found(counts, []) == [Pain("materials", "SB03", "", 9), Pain("materials", "SB01", "", 5)]


def test_no_kind_fills_the_list() -> None:
    many = {f"S{n:03d}": 20 for n in range(50)}
    assert len(found({"waits": many}, [])) == MOST


def test_every_kind_has_its_threshold() -> None:
    assert all(found({kind: {"SB01": n}}, []) for kind, n in LEAST.items() if kind != "searches")
    assert not any(found({kind: {"SB01": n - 1}}, []) for kind, n in LEAST.items() if kind != "searches")


def test_words_on_the_way_to_a_longer_one_are_left_out() -> None:
    assert whole([("养狗", 4), ("养狗证", 4), ("养", 9)]) == [("养", 9), ("养狗证", 4)]


def test_the_week_before() -> None:
    monday, sunday = date(2026, 11, 16), date(2026, 11, 22)
    assert last_week(date(2026, 11, 23)) == last_week(date(2026, 11, 29)) == (monday, sunday)
    assert pain_points.last_week(date(2026, 11, 30))[0] == date(2026, 11, 23)
