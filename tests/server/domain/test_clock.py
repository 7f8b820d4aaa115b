"""The clock may be believed, or the hall goes on by its count and asks."""

from __future__ import annotations

from datetime import datetime

import pytest

import config
from server.domain.clock import EARLIEST, Known, Verdict, judge, sentence
from tests.conftest import MONDAY_9

RUNS = Known(MONDAY_9, 50.0, sure=True)
STARTS = Known(MONDAY_9, 50.0)


@pytest.mark.parametrize("off", [0.0, 299.0, -299.0])
@pytest.mark.parametrize("known", [RUNS, STARTS])
def test_a_clock_put_right_by_a_little_is_believed(hall: config.Hall, known: Known, off: float) -> None:
    assert judge(hall, known, MONDAY_9 + 60 + off, 110.0) == Verdict("fine", MONDAY_9 + 60 + off, MONDAY_9 + 60 + off)


@pytest.mark.parametrize("off", [301.0, -301.0, 365 * 86400.0, -MONDAY_9])
def test_a_jump_while_the_hub_runs_leaves_the_count(hall: config.Hall, off: float) -> None:
    found = judge(hall, RUNS, MONDAY_9 + 60 + off, 110.0)
    assert found == ("step", MONDAY_9 + 60, MONDAY_9 + 60 + off)


@pytest.mark.parametrize(
    ("off", "kind"),
    [(-301.0, "asks"), (301.0, "fine"), (86400.0, "fine"), (25 * 3600.0, "asks"), (365 * 86400.0, "asks")],
)
def test_at_a_start_the_newest_row_is_the_measure(hall: config.Hall, off: float, kind: str) -> None:
    assert judge(hall, STARTS, MONDAY_9 + off, 50.0).kind == kind


def test_a_long_holiday_is_no_jump(hall: config.Hall) -> None:
    """国庆 2026: closed from 1 to 7 October; whoever comes back on the 8th is asked nothing."""
    eve = datetime.fromisoformat("2026-09-30T17:30:00+08:00").timestamp()
    back = datetime.fromisoformat("2026-10-08T08:20:00+08:00").timestamp()
    assert judge(hall, Known(eve), back, 0.0).kind == "fine"
    assert judge(hall, Known(eve), back + 86400, 0.0).kind == "asks"


def test_an_empty_journal_has_only_the_years_before_this_program(hall: config.Hall) -> None:
    assert judge(hall, Known(0.0), 0.0, 0.0).kind == "asks"
    assert judge(hall, Known(0.0), EARLIEST, 0.0).kind == "fine"


def test_a_clock_without_a_count_may_move_by_weeks_and_not_by_a_year(hall: config.Hall) -> None:
    replayed = Known(MONDAY_9, sure=True, counted=False)
    kinds = [judge(hall, replayed, MONDAY_9 + days * 86400, 0.0).kind for days in (14, -1, 365, -40)]
    assert kinds == ["fine", "fine", "step", "step"]


def test_each_doubt_has_its_sentence_with_both_times(hall: config.Hall) -> None:
    step, start = judge(hall, RUNS, MONDAY_9 - 86400, 50.0), judge(hall, STARTS, 0.0, 50.0)
    assert sentence(hall, judge(hall, RUNS, MONDAY_9, 50.0)) == ("", "")
    assert sentence(hall, step).zh == (
        "主机时钟跳到了2026-11-22 09:00，大厅暂按2026-11-23 09:00继续：时钟正确请确认，不正确请校准主机时间。"
    )
    assert "1970-01-01 08:00" in sentence(hall, start).en and "2026-11-23 09:00" in sentence(hall, start).en
    assert "can't be right" in sentence(hall, judge(hall, Known(0.0), 0.0, 0.0)).en
