from __future__ import annotations

import math
import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from server.reports.figures import Definitions, Figures, Spread, figures, outcome
from server.visit import Visit
from server.worktime import OfficeHours

HALL = config.load()
HOURS = OfficeHours(HALL, date(2026, 11, 23), date(2026, 11, 29))
EIGHT = datetime(2026, 11, 23, 8, tzinfo=HALL.zone).timestamp()


def visit(
    state: str, *, arrived: float = 0, called: float | None = None, started: float | None = None, ended: float | None = None,
    last: float | None = None, service: str = "SB01", counter: str | None = None, outcome: str | None = "现场办结",
) -> Visit:  # fmt: skip
    """Minutes after eight on a Monday."""
    last = called if last is None else last
    moments = [None if m is None else EIGHT + 60 * m for m in (arrived, called, last, started, ended)]
    return Visit("2026-11-23", service, "ordinary", "kiosk", counter, None, state, moments[0] or 0.0, *moments[1:],
                 0 if called is None else 1, outcome)  # fmt: skip


def of(visits: list[Visit], pledge_min: float = 20) -> Figures:
    return figures(visits, HOURS, Definitions(pledge_s=60 * pledge_min))


def waits(*minutes: float) -> list[Visit]:
    return [visit("finished", called=m, started=m, ended=m + 1) for m in minutes]


# --- worked checks of figures.md section 9 ---


def test_a_wait_over_lunch() -> None:
    total = of([visit("finished", arrived=230, called=400, started=400, ended=405)]).total  # 11:50, 14:40
    assert (total.wait.mean, total.office_wait.mean) == (170 * 60, 20 * 60)


def test_waits_of_one_to_ten_minutes() -> None:
    wait = of(waits(*range(10, 0, -1))).total.wait
    assert (wait.n, wait.mean, wait.median, wait.p90, wait.max) == (10, 330, 5 * 60, 9 * 60, 600)


def test_waits_of_three_and_eight_minutes() -> None:
    assert of(waits(8, 3)).total.wait.median == 3 * 60


def test_the_identity_and_its_rates() -> None:
    kinds = [("F", 88, visit("finished", called=1, started=1, ended=2)), ("P", 5, visit("passed", called=1, ended=2)),
             ("X", 2, visit("left", ended=2)), ("E", 3, visit("expired", ended=2)), ("open", 1, visit("serving", called=1)),
             ("open", 1, visit("waiting"))]  # fmt: skip
    total = of([v for _, n, v in kinds for _ in range(n)]).total
    assert (total.arrivals, total.finished, total.passed, total.left, total.expired, total.open) == (100, 88, 5, 2, 3, 2)
    assert total.closes
    assert total.called == 94
    assert [round(100 * (r.share or 0), 1) for r in (total.no_show, total.walk_out)] == [5.3, 5.0]


# --- classes ---


@pytest.mark.parametrize(
    ("one", "klass"),
    [
        (visit("finished", called=1, ended=2), "F"),
        (visit("finished", started=1, ended=2), "F"),  # walked up without a call
        (visit("passed", called=1, ended=2), "P"),
        (visit("left", called=1, ended=2), "P"),  # taken back after a call, then left
        (visit("expired", called=1, ended=2), "P"),  # taken back, still waiting when the day closed
        (visit("left", ended=2), "X"),
        (visit("expired", ended=2), "E"),
        (visit("waiting"), "open"), (visit("waiting", called=1), "open"),
        (visit("called", called=1), "open"), (visit("serving", called=1, started=2), "open"), (visit("suspended", called=1, started=2), "open"),
        (visit("left", called=1, started=2, ended=3), "F"),  # served, then lost
        (visit("passed", ended=2), "?"), (visit("vanished"), "?"),
    ],
)  # fmt: skip
def test_the_class_of_a_visit(one: Visit, klass: str) -> None:
    assert outcome(one) == klass


def test_an_identity_that_does_not_close_names_the_visits() -> None:
    odd = visit("vanished")
    result = of([odd, visit("waiting")])
    assert not result.total.closes
    assert result.quality.unclassed == [odd]


# --- spans ---


def test_service_time_counts_from_the_last_call_where_the_start_key_was_not_used() -> None:
    result = of([visit("finished", called=1, last=3, ended=8), visit("finished", called=1, last=3, started=4, ended=8)])
    assert (result.total.service_time.max, result.total.service_time.median) == (5 * 60, 4 * 60)
    assert (result.total.response.n, result.total.response.mean) == (1, 60)
    assert (result.quality.assumed_start.numerator, result.quality.assumed_start.denominator) == (1, 2)


def test_a_recall_does_not_restart_the_wait() -> None:
    assert of([visit("finished", called=5, last=30, started=31, ended=40)]).total.wait.mean == 300


def test_a_clock_set_back_counts_as_nothing_and_is_said() -> None:
    result = of([visit("finished", arrived=10, called=9, started=8, ended=7)])
    assert (result.total.wait.mean, result.total.service_time.mean, result.total.response.mean) == (0, 0, 0)
    assert (result.total.office_wait.mean, result.quality.clamped) == (0, 3)


def test_nothing_is_none_and_never_zero() -> None:
    total = of([]).total
    assert total.wait == Spread(0)
    assert (total.wait.mean, total.no_show.share, total.walk_out.share, total.within_pledge.share) == (None, None, None, None)
    assert total.closes


def test_the_pledge_is_kept_at_its_very_end() -> None:
    total = of(waits(19, 20, 20.5)).total
    assert (total.within_pledge.numerator, total.within_pledge.denominator) == (2, 3)


def test_visits_without_a_counter_have_a_row_of_their_own() -> None:
    result = of([visit("left", ended=3), visit("finished", called=1, ended=2, counter="2"), visit("finished", ended=2, counter="")])
    assert {key: row.arrivals for key, row in result.by_counter.items()} == {None: 2, "2": 1}


def test_quality_of_what_is_missing() -> None:
    result = of([visit("finished", called=1, ended=2, outcome=None), visit("finished", ended=2), visit("left", started=1, ended=2)])
    quality = result.quality
    assert (quality.without_outcome, quality.without_service_time, quality.lost_after_service) == (1, 1, 1)
    assert result.total.closes


def test_days_of_a_year_without_calendar_are_named() -> None:
    result = figures([], OfficeHours(HALL, date(2026, 12, 28), date(2027, 1, 3)), Definitions(pledge_s=0))
    assert result.quality.days_without_calendar == ["2027-01-01", "2027-01-02", "2027-01-03"]


# --- against a plain computation ---


@st.composite
def any_visit(draw: st.DrawFn) -> Visit:
    start = EIGHT + draw(st.integers(0, 5 * 86400)) + draw(st.sampled_from([0.0, 0.5, 0.001]))
    steps = [start + d for d in sorted(draw(st.lists(st.integers(0, 20000), min_size=4, max_size=4)))]
    called = steps[0] if draw(st.booleans()) else None
    started = steps[2] if called is not None and draw(st.booleans()) else None
    state = draw(st.sampled_from(["finished", "passed", "left", "expired", "waiting"]))
    return Visit("2026-11-23", draw(st.sampled_from(["A", "B"])), "ordinary", "kiosk", draw(st.sampled_from([None, "1", "2"])), None,
                 state, start, called, called if called is None else steps[1], started, steps[3], 1, "现场办结")  # fmt: skip


def plain_spread(values: list[float]) -> tuple[float, ...] | None:
    if not values:
        return None
    ordered = sorted(values)
    ranks = [ordered[math.ceil(len(ordered) * part / 10) - 1] for part in (5, 9)]
    return (math.fsum(ordered) / len(ordered), *ranks, ordered[-1])


@settings(max_examples=80, deadline=None)
@given(st.lists(any_visit(), max_size=60))
def test_every_cut_equals_a_plain_computation(visits: list[Visit]) -> None:
    result = of(visits)
    hour = {n: datetime.fromtimestamp(v.arrived, HALL.zone).hour for n, v in enumerate(visits)}
    cuts = [({"": result.total}, lambda n, v: ""), (result.by_service, lambda n, v: v.service),
            (result.by_counter, lambda n, v: v.counter), (result.by_hour, lambda n, v: hour[n])]  # fmt: skip
    for rows, key in cuts:
        assert sum(row.arrivals for row in rows.values()) == len(visits)  # type: ignore[attr-defined]
        for name, row in rows.items():  # type: ignore[attr-defined]
            mine = [v for n, v in enumerate(visits) if key(n, v) == name]  # type: ignore[no-untyped-call]
            wait = [v.called - v.arrived for v in mine if v.called is not None]
            work = [v.ended - (v.started or v.last_called) for v in mine if v.state == "finished" and v.called]
            assert (row.arrivals, row.called) == (len(mine), len(wait))
            assert row.left == len([v for v in mine if v.state == "left" and v.called is None])
            assert row.closes == (not [v for v in mine if v.state == "passed" and v.called is None])
            for spread, values in ((row.wait, wait), (row.service_time, work)):
                got = None if spread.n == 0 else (spread.mean, spread.median, spread.p90, spread.max)
                assert got == plain_spread(values)


def test_a_busy_week_is_quick() -> None:
    visits = [visit("finished", arrived=n % 500, called=n % 500 + n % 77, started=n % 500 + 90, ended=n % 500 + 99, counter=str(n % 6))
              for n in range(10_000)]  # fmt: skip
    began = time.process_time()
    of(visits)
    assert time.process_time() - began < 1.0
