"""What is due when: a table of clocks, and what the hub makes by itself at each."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

import config
from server.reports import due, period

HALL = config.load()


def hall(**report: object) -> config.Hall:
    return HALL.model_copy(update={"report": HALL.report.model_copy(update=report)})


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=HALL.zone).timestamp()


def due_at(now: str, first: str | None, made: dict[str, str] | None = None, **report: object) -> list[str]:
    return [p.id for p in due.due(hall(**report), at(now), first, {p: at(when) for p, when in (made or {}).items()})]


@pytest.mark.parametrize(
    ("now", "first", "made", "expected"),
    [
        ("2026-11-23T07:29", "2026-11-16", {}, []),
        ("2026-11-23T07:30", "2026-11-16", {}, ["2026-W47"]),
        ("2026-11-23T07:30", "2026-11-16", {"2026-W47": "2026-11-23T07:30"}, []),
        ("2026-11-29T23:59", "2026-11-16", {}, ["2026-W47"]),  # made up within the week
        ("2026-11-23T12:00", None, {}, []),  # nobody has ever come
        ("2026-11-23T12:00", "2026-11-23", {}, []),  # the first day of all
        (
            "2026-11-23T09:00",
            "2026-11-04",
            {"2026-W46": "2026-11-16T07:30"},
            ["2026-W45", "2026-W47"],
        ),  # missed Mondays, each once
        ("2026-01-05T07:30", "2025-12-29", {}, ["2026-W01"]),  # the ISO year is not the calendar's
        ("2027-01-04T07:30", "2026-12-28", {}, ["2026-W53"]),
        ("2027-01-11T07:30", "2026-12-28", {"2026-W53": "2027-01-04T07:30"}, ["2027-W01"]),
        ("2026-10-05T07:30", "2026-09-28", {}, ["2026-W40"]),  # a Monday within the National Day holiday
        ("2026-11-18T12:00", "2026-11-16", {"2026-W47": "2026-11-23T07:30"}, []),  # the clock was set back
        ("2026-11-16T08:00", "2026-11-09", {"2026-W46": "2026-11-16T09:00"}, []),  # by an hour: it is made already
        (
            "2026-11-23T07:30",
            "2026-11-16",
            {"2026-W47": "2035-01-01T00:00"},
            ["2026-W47"],
        ),  # made by a clock that ran ahead
        ("1970-01-05T07:30", "2026-11-16", {}, []),  # a clock without a battery
    ],
)
def test_weeks(now: str, first: str | None, made: dict[str, str], expected: list[str]) -> None:
    assert due_at(now, first, made) == expected


def test_as_the_file_wishes() -> None:
    assert due_at("2026-11-24T18:00", "2026-11-16", weekly_on=2, weekly_at=time(18)) == ["2026-W47"]
    assert due_at("2026-11-24T17:59", "2026-11-16", weekly_on=2, weekly_at=time(18)) == []
    assert due_at("2026-11-29T18:00", "2026-11-16", weekly_on=7, weekly_at=time(18)) == ["2026-W47"]
    assert due_at("2026-11-23T07:30", "2026-11-16", weekly_at=None) == []
    assert due_at("2026-12-01T06:00", "2026-11-28", weekly_at=None, monthly_at=time(6)) == ["2026-11"]
    assert due_at(
        "2026-12-01T06:00", "2026-10-28", {"2026-10": "2026-11-01T06:00"}, weekly_at=None, monthly_at=time(6)
    ) == ["2026-11"]
    assert due_at("2026-12-01T08:00", "2026-11-23", monthly_at=time(6)) == ["2026-W48", "2026-11"]


def test_not_before_the_last_service_day_is_over() -> None:
    night = hall(weekly_at=time(0, 30))
    night = night.model_copy(update={"hall": night.hall.model_copy(update={"day_starts": time(4)})})
    assert due.due(night, at("2026-11-23T03:59"), "2026-11-16", {}) == []
    assert [p.id for p in due.due(night, at("2026-11-23T04:00"), "2026-11-16", {})] == ["2026-W47"]


def test_no_further_back_than_a_year() -> None:
    found = due_at("2026-11-23T08:00", "2016-01-01")
    assert (found[0], found[-1], len(found)) == ("2025-W47", "2026-W47", 53)
    assert len(set(found)) == len(found)


def test_no_summer_time_shifts_it() -> None:
    for month in range(1, 13):
        made = due.due_at(HALL, period.week_of(date(2026, month, 10)))
        assert made is not None
        assert datetime.fromtimestamp(made, HALL.zone).strftime("%u %H:%M") == "1 07:30"


def test_only_new_ones_are_mailed() -> None:
    week = period.parse("2026-W47")
    assert due.mailed(week, date(2026, 12, 27))
    assert not due.mailed(week, date(2026, 12, 28))
