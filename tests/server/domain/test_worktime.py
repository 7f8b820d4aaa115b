from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from server.domain import worktime
from server.domain.deadline import WorkingDays
from server.domain.worktime import OfficeHours

HALL = config.load()
DAY = timedelta(days=1)


def at(text: str, hall: config.Hall = HALL) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=hall.zone).timestamp()


def with_days(**kinds: str) -> config.Hall:
    """The demo hall with rows of the calendar: d2026_11_23="临时闭厅"."""
    rows = {date(*map(int, name[1:].split("_"))): kind for name, kind in kinds.items()}
    days = {day: config.CalendarDay.model_validate({"date": day, "kind": kind}) for day, kind in rows.items()}
    return HALL.model_copy(update={"days": {**HALL.days, **days}})


def with_hall(hall: config.Hall = HALL, **values: object) -> config.Hall:
    return hall.model_copy(update={"hall": hall.hall.model_copy(update=values)})


def with_hours(*rows: dict[str, object]) -> config.Hall:
    return HALL.model_copy(update={"hours": [config.HoursTable.model_validate(row) for row in rows]})


def shown(hall: config.Hall, day: str) -> list[str]:
    clock = [
        [datetime.fromtimestamp(edge, hall.zone) for edge in span]
        for span in worktime.opening(hall, date.fromisoformat(day))
    ]
    return [f"{start:%H:%M}-{end:%H:%M}" for start, end in clock]


WINTER, SUMMER = ["08:00-12:00", "14:30-17:30"], ["08:00-12:00", "15:00-18:00"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-11-23", WINTER),  # Monday
        ("2026-11-22", []),  # Sunday
        ("2026-05-29", WINTER),
        ("2026-06-01", SUMMER),
        ("2026-09-30", SUMMER),
        ("2026-10-08", WINTER),  # seasons
        ("2026-10-01", []),  # National Day
        ("2026-10-10", WINTER),  # make-up Saturday: Monday's hours
        ("2026-09-20", SUMMER),  # make-up Sunday in the summer season
        ("2027-03-01", WINTER),
        ("2027-03-06", []),  # no calendar: the weekday rows stand in
    ],
)
def test_opening_hours_of_a_date(day: str, hours: list[str]) -> None:
    assert shown(HALL, day) == hours


def test_kinds_of_days() -> None:
    hall = with_days(d2026_11_23="临时闭厅", d2026_11_28="延时服务", d2026_11_29="工作日")
    hall = hall.model_copy(update={"extended": {}})
    assert [shown(hall, f"2026-11-{day}") for day in (23, 28, 29)] == [[], WINTER, WINTER]


def test_extra_service_and_make_up_days_where_saturday_has_a_row() -> None:
    weekdays, saturday = {"days": [1, 2, 3, 4, 5], "open": WINTER}, {"days": [6], "open": ["09:00-11:00"]}
    hall = with_hours(weekdays, saturday)
    days = {date(2026, 11, 28): "延时服务", date(2026, 12, 5): "调休上班"}
    hall = hall.model_copy(
        update={
            "days": {d: config.CalendarDay.model_validate({"date": d, "kind": k}) for d, k in days.items()},
            "extended": {},
        }
    )
    assert shown(hall, "2026-11-28") == ["09:00-11:00"]
    assert shown(hall, "2026-12-05") == WINTER


def test_the_last_matching_row_wins_and_a_season_runs_over_the_new_year() -> None:
    every = {"days": [1, 2, 3, 4, 5, 6, 7], "open": ["08:00-10:00"]}
    cold = {"days": [1, 2, 3, 4, 5, 6, 7], "open": ["09:00-10:00"], "from": "12-15", "to": "01-15"}
    hall = with_hours(every, cold)
    assert [shown(hall, d) for d in ("2027-12-14", "2027-12-31", "2028-01-15", "2028-01-16")] == [
        ["08:00-10:00"],
        ["09:00-10:00"],
        ["09:00-10:00"],
        ["08:00-10:00"],
    ]


def test_years_without_a_calendar() -> None:
    assert [worktime.has_calendar(HALL, year) for year in (2025, 2026, 2027)] == [True, True, False]
    assert worktime.years_without_calendar(HALL, date(2026, 12, 28), date(2027, 1, 3)) == [2027]


def test_the_wait_over_lunch_of_the_worked_check() -> None:
    hours = OfficeHours(HALL, date(2026, 11, 23), date(2026, 11, 29))
    assert hours.open_seconds(at("2026-11-23T11:50"), at("2026-11-23T14:40")) == 20 * 60


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23T08:00", "2026-11-23T17:30", 7),
        ("2026-11-23T12:00", "2026-11-23T14:30", 0),
        ("2026-11-23T17:00", "2026-11-24T09:00", 1.5),
        ("2026-11-23T00:00", "2026-11-30T00:00", 35),
        ("2026-11-23T10:00", "2026-11-23T09:00", 0),  # a clock set back
        ("2026-10-05T00:00", "2026-10-12T00:00", 21),  # W41: three service days
        ("2025-12-29T00:00", "2026-01-05T00:00", 28),  # far outside the table
        ("2026-11-20T17:00", "2026-12-07T08:30", 71),  # over both ends
    ],
)
def test_open_seconds(start: str, end: str, hours: float) -> None:
    table = OfficeHours(HALL, date(2026, 11, 23), date(2026, 11, 29))
    assert table.open_seconds(at(start), at(end)) == hours * 3600


MINUTES = st.integers(min_value=0, max_value=16 * 24 * 60)


@settings(max_examples=60)
@given(MINUTES, MINUTES, st.sampled_from(["2026-09-18", "2026-10-04", "2025-12-27"]))
def test_open_seconds_equal_counting_minutes(start: int, length: int, first: str) -> None:
    base = date.fromisoformat(first)
    begin = at(f"{first}T00:00")
    table = OfficeHours(HALL, base, base + 13 * DAY)
    opened = [span for n in range(40) for span in worktime.opening(HALL, base + n * DAY)]
    low, high = begin + 60 * start, begin + 60 * (start + length)
    plain = sum(max(0.0, min(high, closes) - max(low, opens)) for opens, closes in opened)
    assert table.open_seconds(low, high) == plain


def test_a_hall_open_around_the_clock_has_no_seam_at_midnight() -> None:
    hall = with_hours({"days": [1, 2, 3, 4, 5, 6, 7], "open": ["00:00-24:00"]}).model_copy(update={"days": {}})
    table = OfficeHours(hall, date(2026, 11, 23), date(2026, 11, 23))
    assert table.open_seconds(at("2026-11-23T23:59:59"), at("2026-11-24T00:00:01")) == 2


@pytest.mark.parametrize(
    ("starts", "moment", "day"),
    [
        (time(0), "2026-11-23T00:00:00", "2026-11-23"),
        (time(0), "2026-11-22T23:59:59", "2026-11-22"),
        (time(4), "2026-11-23T03:59:59", "2026-11-22"),
        (time(4), "2026-11-23T04:00:00", "2026-11-23"),
        (time(4), "2027-01-01T01:00:00", "2026-12-31"),
    ],
)
def test_service_day(starts: time, moment: str, day: str) -> None:
    hall = with_hall(day_starts=starts)
    assert worktime.service_day(hall, at(moment)).isoformat() == day
    start, end = worktime.day_span(hall, date.fromisoformat(day))
    assert start <= at(moment) < end


@pytest.mark.parametrize(
    ("year", "week", "monday", "sunday"),
    [
        (2026, 1, "2025-12-29", "2026-01-04"),
        (2026, 53, "2026-12-28", "2027-01-03"),
        (2027, 1, "2027-01-04", "2027-01-10"),
        (2020, 53, "2020-12-28", "2021-01-03"),
    ],
)
def test_weeks_around_the_new_year(year: int, week: int, monday: str, sunday: str) -> None:
    assert [day.isoformat() for day in worktime.week_days(year, week)] == [monday, sunday]


def test_a_year_without_week_53_says_so() -> None:
    with pytest.raises(ValueError, match="week"):
        worktime.week_days(2025, 53)


@pytest.mark.parametrize(("week", "days"), [((2026, 41), 3), ((2026, 40), 3), ((2026, 47), 5)])
def test_service_days_of_a_week(week: tuple[int, int], days: int) -> None:
    assert len(OfficeHours(HALL, *worktime.week_days(*week)).service_days) == days


@pytest.mark.parametrize(
    ("now", "issuing", "reason", "resumes"),
    [
        ("2026-11-23T07:29:59", False, "before", "2026-11-23T08:00"),
        ("2026-11-23T07:30:00", True, "early", "2026-11-23T08:00"),
        ("2026-11-23T08:00:00", True, "open", None),
        ("2026-11-23T12:00:00", True, "lunch", "2026-11-23T14:30"),
        ("2026-11-23T17:19:59", True, "open", None),
        ("2026-11-23T17:20:00", False, "closing", None),
        ("2026-11-23T17:30:00", False, "closed", "2026-11-24T08:00"),
        ("2026-11-27T20:00:00", False, "closed", "2026-11-30T08:00"),
        ("2026-10-01T09:00:00", False, "no_service", "2026-10-08T08:00"),
    ],
)
def test_the_door(now: str, issuing: bool, reason: str, resumes: str | None) -> None:
    door = worktime.door(HALL, at(now))
    assert (door.issuing, door.reason, door.resumes) == (issuing, reason, resumes and at(resumes))


def test_the_door_of_a_holiday_names_it() -> None:
    day = worktime.door(HALL, at("2026-10-01T09:00")).day
    assert day and (day.kind, day.name) == ("法定节假日", "国庆")


@pytest.mark.parametrize(("year", "days"), [(2025, 248), (2026, 248)])
def test_working_days_of_a_year(year: int, days: int) -> None:
    first = date(year, 1, 1)
    assert sum(worktime.is_working_day(HALL, first + timedelta(days=n)) for n in range(365)) == days
    calendar = WorkingDays.of(HALL)
    assert calendar.between(first.toordinal() - 1, date(year, 12, 31).toordinal()) == days


@pytest.mark.parametrize(
    ("start", "due"), [("2025-01-24", "2025-02-07"), ("2026-02-13", "2026-02-27"), ("2026-09-30", "2026-10-13")]
)
def test_five_working_days_later(start: str, due: str) -> None:
    found = WorkingDays.of(HALL).after(date.fromisoformat(start).toordinal(), 5)
    assert date.fromordinal(found).isoformat() == due


def test_a_typhoon_closes_the_hall_and_the_period_runs_on() -> None:
    hall = with_days(d2026_11_24="临时闭厅")
    assert worktime.is_working_day(hall, date(2026, 11, 24))
    assert WorkingDays.of(hall).after(date(2026, 11, 23).toordinal(), 1) == date(2026, 11, 24).toordinal()


# --- extended service -------------------------------------------------------------------------------------------------


def extended(**tables: dict[str, object]) -> config.Hall:
    made = {
        name: config.ExtendedTable.model_validate({"name": name, "name_en": name, **table})
        for name, table in tables.items()
    }
    return HALL.model_copy(update={"extended": made})


SATURDAY: dict[str, object] = {"days": [6], "open": ["09:00-12:00"], "services": ["SB01"], "counters": ["1"]}
EVENING: dict[str, object] = {"days": [1, 2, 3, 4, 5], "open": ["17:00-20:00"], "services": ["SB01", "YB01"]}


def test_extended_service_opens_the_hall_for_its_items_alone() -> None:
    hall = extended(saturday=SATURDAY, evening=EVENING)
    assert shown(hall, "2026-11-28") == ["09:00-12:00"]
    assert worktime.office(hall, date(2026, 11, 28)) == ()
    assert shown(hall, "2026-11-23") == [*WINTER, "17:30-20:00"]  # what lies in office hours is none
    assert shown(hall, "2026-10-03") == []  # a holiday
    saturday = date(2026, 11, 28)
    assert [bool(worktime.opening(hall, saturday, code)) for code in ("SB01", "MZ01", "ZX01")] == [True, False, True]


@pytest.mark.parametrize(
    ("moment", "sb01", "mz01", "only"),
    [
        ("2026-11-28T08:20", False, False, True),  # before
        ("2026-11-28T08:40", True, False, True),  # numbers begin half an hour before
        ("2026-11-28T11:00", True, False, True),
        ("2026-11-28T11:55", False, False, True),  # and end ten minutes before its end
        ("2026-11-23T13:00", True, True, False),  # the break at noon
        ("2026-11-23T17:25", True, False, False),  # office hours end: only for what goes on
        ("2026-11-23T17:31", True, False, True),
        ("2026-11-23T19:55", False, False, True),
        ("2026-11-23T20:01", False, False, False),
    ],
)
def test_numbers_in_extended_service(moment: str, sb01: bool, mz01: bool, only: bool) -> None:
    hall = extended(saturday=SATURDAY, evening=EVENING)
    now = at(moment, hall)
    assert [worktime.issuing(hall, now, code) for code in ("SB01", "MZ01")] == [sb01, mz01]
    assert bool(worktime.only_extended(hall, now)) is only


def test_days_that_the_calendar_calls_extended() -> None:
    told = config.CalendarDay(date=date(2026, 11, 29), kind="延时服务")  # a Sunday
    hall = extended(announced={**SATURDAY, "days": []}, saturday=SATURDAY)
    assert shown(hall, "2026-11-29") == []
    hall = hall.model_copy(update={"days": {**hall.days, told.date: told}})
    assert shown(hall, "2026-11-29") == ["09:00-12:00"]
    assert [one.id for one in worktime.extended(hall, told.date)] == ["announced"]
    assert (
        shown(hall.model_copy(update={"extended": {}}), "2026-11-29") == WINTER
    )  # the whole hall, by the calendar alone


def test_two_extended_services_share_no_minute() -> None:
    hall = extended(first={**SATURDAY, "open": ["09:00-11:00"]}, second={**SATURDAY, "open": ["10:00-12:00"]})
    found = worktime.extended(hall, date(2026, 11, 28))
    assert [round((one.spans[0][1] - one.spans[0][0]) / 60) for one in found] == [120, 60]
