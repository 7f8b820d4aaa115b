"""The clock of deadlines: the worked rows of its rules, and any case at all against a walk over the days."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from config import Hall
from server.domain import deadline
from server.domain.deadline import Change, Run, WorkingDays, read
from tests.steps import lines_of

WED, DONE = date(2026, 9, 23), date(2026, 12, 31)


@pytest.fixture
def calendar(hall: Hall) -> WorkingDays:
    return WorkingDays.of(hall)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


SPECIAL = (Change(day("09-29"), False), Change(day("10-09"), True))
WITHIN_A_DAY = (Change(day("09-28"), False), Change(day("09-28"), True))


@pytest.mark.parametrize(
    ("start", "term", "changes", "due"),
    [
        ("09-23", 5, (), "10-08"),
        ("09-23", 5, SPECIAL, "10-12"),
        ("09-23", 5, WITHIN_A_DAY, "10-08"),
        ("09-23", 20, (), "10-28"),
        ("09-23", 20, SPECIAL, "11-02"),
        ("10-10", 1, (), "10-12"),
        ("10-11", 1, (), "10-12"),
        ("11-27", 1, (), "11-30"),
        ("11-27", 15, (), "12-18"),
        ("04-28", 10, (), "05-14"),
        ("09-23", 0, (), "09-23"),
    ],
)
def test_the_worked_rows(calendar: WorkingDays, start: str, term: int, changes: tuple[Change, ...], due: str) -> None:
    asked_on = changes[-1].day if changes else day(start)
    assert read(Run(day(start), term, changes), calendar, asked_on).due == day(due)
    assert read(Run(day(start), term, changes), calendar, DONE).due == day(due), "and when it is asked long after"


def test_the_working_is_shown_day_by_day(calendar: WorkingDays) -> None:
    told = deadline.working(deadline.counted(Run(WED, 5), calendar, WED))
    assert told == ("9月24日、28日、29日、30日、10月8日", "24, 28, 29, 30 Sep, 8 Oct")
    told = deadline.working(deadline.counted(Run(WED, 5, SPECIAL), calendar, day("10-09")))
    assert told.zh == "9月24日、28日、10月9日、10日、12日"
    over = deadline.counted(Run(WED, 5, ended=day("09-28")), calendar, DONE)
    assert deadline.working(over).zh == "9月24日、28日"


def test_a_stopped_clock_has_no_due_date_and_says_what_is_left(calendar: WorkingDays) -> None:
    stopped = read(Run(WED, 5, SPECIAL[:1]), calendar, day("10-08"))
    assert (stopped.due, stopped.left, stopped.used, stopped.running) == (None, 3, 2, False)
    assert deadline.said(stopped) == ("暂停中，还剩3个工作日", "Stopped, 3 working days left")


def test_what_was_late_before_it_stopped_stays_late(calendar: WorkingDays) -> None:
    late = read(Run(WED, 1, SPECIAL[:1]), calendar, day("10-08"))
    assert late.due == day("09-24") and late.colour == "red"


@pytest.mark.parametrize(
    ("today", "colour", "left"),
    [("09-23", "green", 5), ("09-29", "green", 2), ("09-30", "amber", 1), ("10-08", "amber", 0), ("10-09", "red", -1)],
)
def test_colours_by_the_day(calendar: WorkingDays, today: str, colour: str, left: int) -> None:
    found = read(Run(WED, 5), calendar, day(today))
    assert (found.colour, found.left) == (colour, left)


def test_past_the_statutory_term_too_is_black(calendar: WorkingDays) -> None:
    law = Run(WED, 7)
    assert [
        read(Run(WED, 5), calendar, day(d), read(law, calendar, day(d))).colour for d in ("10-09", "10-10", "10-12")
    ] == ["red", "red", "black"]


def test_late_is_a_day_and_never_a_time_and_a_sunday_after_the_due_day_is_late(calendar: WorkingDays) -> None:
    friday = Run(day("11-26"), 1, ended=day("11-27"))
    assert not read(friday, calendar, DONE).late
    assert read(Run(day("11-26"), 1, ended=day("11-29")), calendar, DONE).late
    assert read(friday, calendar, DONE).used == 1 and deadline.said(read(friday, calendar, DONE)).zh.endswith("按期")


def test_a_clock_that_ended_while_it_was_stopped_counts_no_day_after(calendar: WorkingDays) -> None:
    assert read(Run(WED, 5, SPECIAL[:1], ended=day("10-09")), calendar, DONE).used == 2


def test_an_extension_leaves_both_dates_visible(calendar: WorkingDays) -> None:
    longer = read(Run(WED, 5, extra=3), calendar, WED)
    assert (longer.first_due, longer.due) == (day("10-08"), day("10-12"))


def test_a_date_of_a_year_without_a_calendar_is_provisional(calendar: WorkingDays) -> None:
    assert not read(Run(day("12-14"), 13), calendar, day("12-14")).provisional
    found = read(Run(day("12-14"), 15), calendar, day("12-14"))
    assert found.provisional and found.due is not None and found.due.year == 2027
    assert "暂定" in deadline.said(found).zh
    gap = WorkingDays((), (2025, 2027, 2028))
    assert [
        gap.unknown(date(y, 12, 31).toordinal(), date(y + 1, 1, 1).toordinal()) for y in (2024, 2025, 2026, 2027)
    ] == [
        False,
        True,
        False,
        False,
    ]
    assert not read(Run(day("12-14"), 40, unit="calendar"), calendar, day("12-14")).provisional


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("7工作日", (7, "working")),
        ("20个工作日", (20, "working")),
        ("30天", (30, "calendar")),
        ("即办", (0, "working")),
        ("当场", (0, "working")),
        ("", None),
        ("尽快", None),
    ],
)
def test_what_a_catalogue_promises(text: str, term: object) -> None:
    assert deadline.term_of(text) == term


# --- any case, against a walk over the days ---------------------------------------------------------------------------


def walked(run: Run, works: dict[date, bool], today: date) -> tuple[int, date | None]:
    """(used, due) day by day, as the rule is told; nothing of the module's arithmetic."""

    def counts(one: date) -> bool:
        return run.unit == "calendar" or works.get(one, one.isoweekday() <= 5)

    last = min(run.ended, today) if run.ended else today
    state, used, due, term = True, 0, None, None if run.term is None else run.term + run.extra
    if term == 0 and not any(c.day == run.start and not c.runs for c in run.changes):
        due = run.start
    one = run.start
    while one <= last:
        for change in run.changes:
            state = change.runs if change.day == one else state
        if one > run.start and state and counts(one):
            used += 1
            due = one if used == term else due
        one += timedelta(days=1)
    if term is not None and due is None and state:
        left, one = term - used, last
        while left > 0:
            one += timedelta(days=1)
            left -= counts(one)
        due = one
    return used, due


def some_case(chance: random.Random) -> tuple[Run, dict[date, bool], date]:
    start = date(2025, 12, 1) + timedelta(days=chance.randrange(400))
    works = {start + timedelta(days=chance.randrange(120)): chance.random() < 0.4 for _ in range(chance.randrange(25))}
    at, runs, changes = start, True, []
    for _ in range(chance.randrange(6)):
        at += timedelta(days=chance.choice((0, 0, 1, 2, 5, 11)))
        runs = not runs
        changes.append(Change(at, runs))
    today = at + timedelta(days=chance.randrange(40))
    ended = at + timedelta(days=chance.randrange(20)) if chance.random() < 0.3 else None
    return (
        Run(
            start,
            chance.choice((None, *range(1, 31))),
            changes,
            ended,
            extra=chance.choice((0, 0, 5)),
            unit=chance.choice(("working", "working", "calendar")),
        ),
        works,
        today,
    )


def test_ten_thousand_cases_are_what_a_walk_over_the_days_finds() -> None:
    chance = random.Random(20260923)
    for number in range(10_000):
        run, works, today = some_case(chance)
        calendar = WorkingDays(works.items(), (2025, 2026, 2027))
        found = read(run, calendar, today)
        assert (found.used, found.due) == walked(run, works, today), (number, run, works, today)
        assert deadline.due_date(run, calendar, today) == found.due
        shown = min(run.ended, today) if run.ended else today
        assert found.late == (found.due is not None and shown > found.due)
        if not found.running and run.ended is None:
            assert found.due is None or found.due < today, "a stopped clock names no date ahead"


@pytest.mark.parametrize("changes", [(), SPECIAL, WITHIN_A_DAY])
@pytest.mark.parametrize("days", [5, 25_000])
def test_a_clock_is_read_by_arithmetic_and_no_day_is_walked(
    calendar: WorkingDays, changes: tuple[Change, ...], days: int
) -> None:
    """So that a list reads thousands of them: what one costs grows with its pauses, and hardly with its days."""
    run, today = Run(WED, days, changes, extra=2), DONE + timedelta(days=2 * days)
    assert lines_of(lambda: read(run, calendar, today)) < 400
