"""What ends is said before it does."""

from __future__ import annotations

from datetime import date

import pytest

import config
from server.domain.ends import ends
from server.domain.worktime import is_working_day, opening


@pytest.mark.parametrize(
    ("day", "found"),
    [
        ("2026-10-31", []),
        ("2026-11-01", [("calendar 2027", "warn")]),
        ("2026-12-31", [("calendar 2027", "warn")]),
        ("2027-01-01", [("calendar 2027", "bad")]),
        ("2027-11-01", [("calendar 2027", "bad"), ("calendar 2028", "warn")]),
    ],
)
def test_a_calendar_that_ends_is_missed_from_november_on(
    hall: config.Hall, day: str, found: list[tuple[str, str]]
) -> None:
    said = ends(hall, date.fromisoformat(day))
    assert [(one.what, one.level) for one in said] == found
    assert all("节假日与调休" in one.text.zh and "Holidays" in one.text.en for one in said)


def test_the_holidays_that_never_move_close_a_hall_without_a_calendar(hall: config.Hall) -> None:
    closed = [date(2027, 1, 1), date(2027, 10, 1)]  # Fridays
    assert [opening(hall, day) for day in closed] == [[], []]
    assert not any(is_working_day(hall, day) for day in closed)
    assert opening(hall, date(2027, 1, 4)) and is_working_day(hall, date(2027, 1, 4))
