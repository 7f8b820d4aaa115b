"""考勤 by half days: rows of cells with their verdict, and the same against brute force over random histories."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import half_days as hd
from server.domain.half_days import Away, Cell, Half

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
AM, PM = Half(MONDAY, "am"), Half(MONDAY, "pm")
LATE = 300.0


def at(clock: str, day: date = MONDAY) -> float:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE).timestamp()


def span(start: str, end: str) -> tuple[float, float]:
    return at(start), at(end)


DUE = (span("08:30", "12:00"),)


@pytest.mark.parametrize(
    ("signs", "now", "kind", "late", "early", "said"),
    [
        (("08:25", "12:03"), "18:00", "present", 0, 0, "08:25到，12:03离开"),
        (("08:35", "12:00"), "18:00", "present", 0, 0, "08:35到，12:00离开"),
        (("08:36", "12:00"), "18:00", "late", 6, 0, "08:36到，迟到6分钟"),
        (("08:20", "11:30"), "18:00", "early", 0, 30, "11:30离开，早退30分钟"),
        (("08:40", "11:50"), "18:00", "late", 10, 10, "08:40到，迟到10分钟，早退10分钟"),
        (("08:20",), "18:00", "early", 0, 220, "08:20离开，早退220分钟，只有一次打卡"),
        ((), "18:00", "absent", 0, 0, "没有打卡，也没有登录窗口"),
        ((), "08:34", "pending", 0, 0, "还没有到上班时间"),
        ((), "08:35", "absent", 0, 0, "没有打卡，也没有登录窗口"),
        (("08:20",), "10:00", "present", 0, 0, "08:20到，08:20离开"),
    ],
)
def test_one_verdict_with_its_reason(
    signs: tuple[str, ...], now: str, kind: str, late: int, early: int, said: str
) -> None:
    found = hd.verdict(Cell(AM, DUE, tuple(map(at, signs))), at(now), LATE, ZONE)
    assert (found.kind, found.late, found.early, found.reason.zh) == (kind, late, early, said)


def test_leave_goes_before_signs_and_a_finding_before_leave_and_a_day_off_before_all() -> None:
    there = tuple(map(at, ("08:25", "12:00")))
    leave = ("sick", "QJ20261123-001")
    assert hd.verdict(Cell(AM, DUE, there, leave), at("18:00"), LATE, ZONE).kind == "sick"
    assert hd.verdict(Cell(AM, DUE, (), leave, found="truant"), at("18:00"), LATE, ZONE).kind == "truant"
    off = hd.verdict(Cell(AM, (), there, leave, found="truant", rested="rest"), at("18:00"), LATE, ZONE)
    assert (off.kind, off.reason.zh) == ("none", "按排班休息")


@pytest.mark.parametrize(
    ("away", "signs", "kind"),
    [
        ((("08:00", "12:30"),), (), "out"),
        ((("08:30", "10:00"),), ("10:02", "12:00"), "present"),
        ((("08:30", "10:00"),), ("10:20", "12:00"), "late"),
        ((("11:00", "12:00"),), ("08:30", "11:00"), "present"),
        ((("08:30", "10:00"), ("10:00", "12:00")), (), "out"),
        ((("09:30", "10:00"),), ("08:30", "12:00"), "present"),
        ((("09:30", "10:00"),), (), "absent"),
    ],
)
def test_hours_away_excuse_the_edges(away: tuple[tuple[str, str], ...], signs: tuple[str, ...], kind: str) -> None:
    gone = tuple(Away("out", *span(*one), "WC20261123-001") for one in away)
    assert hd.verdict(Cell(AM, DUE, tuple(map(at, signs)), away=gone), at("18:00"), LATE, ZONE).kind == kind


def test_a_sitting_over_midday_is_a_sign_of_both_halves() -> None:
    day = [span("08:25", "17:40")]
    assert hd.signs(AM, ZONE, [], day) == (at("08:25"), at("13:00"))
    assert hd.signs(PM, ZONE, [at("17:50"), at("07:00")], day) == (at("13:00"), at("17:40"), at("17:50"))


def test_corrections_add_and_strike_and_the_last_one_holds() -> None:
    raw = [(at("08:40") + 20, "08"), (at("12:00"), "08")]
    said = [
        ("08", at("08:40"), True),
        ("08", at("08:25"), False),
        ("09", at("08:25"), False),
        ("09", at("08:25"), True),
    ]
    assert hd.punched(raw, said) == {"08": [at("08:25"), at("12:00")]}


def test_a_cycle_of_days() -> None:
    said = hd.pattern(MONDAY, date(2026, 11, 26), ("work", "am", "rest"))
    assert [said[str(one)] for one in hd.halves_between(AM, Half(date(2026, 11, 26), "pm"))] == [
        *("work", "work"),
        *("work", "rest"),
        *("rest", "rest"),
        *("work", "work"),
    ]


@pytest.mark.parametrize(("text", "half"), [("2026-11-23am", AM), ("2026-11-23", None), ("am", None), ("x-pm", None)])
def test_half_days_are_read_or_refused(text: str, half: Half | None) -> None:
    assert hd.half_of(text) == half


def test_signed_sheet_supplement_and_what_then_stands() -> None:
    halves = (AM, PM)
    late, present = hd.Verdict("late", hd.NOTHING_DUE["rest"], 6), hd.Verdict("present", hd.NOTHING_DUE["rest"])
    before = {"08": ["late", "present"]}
    now = [hd.Line("08", halves, (present, present)), hd.Line("09", halves, (late, present))]
    changed = hd.differences(halves, before, now)
    assert changed == {"08": {str(AM): "present"}, "09": {str(AM): "late", str(PM): "present"}}
    then = hd.with_supplement(halves, before, changed)
    assert then == {"08": ["present", "present"], "09": ["late", "present"]}
    assert hd.differences(halves, then, now) == {}
    assert hd.sealed({"b": 1, "a": [2]}) == hd.sealed({"a": [2], "b": 1}) != hd.sealed({"a": [2], "b": 2})


@pytest.mark.parametrize(
    ("halves", "minutes", "who"),
    [(0, 60, "head"), (1, 121, "centre"), (1, None, "centre"), (2, None, "leader"), (3, None, "main")],
)
def test_the_ladder(halves: int, minutes: int | None, who: str) -> None:
    assert hd.rung(halves, minutes) == who


def test_a_balance_is_the_sum_of_its_entries() -> None:
    told = [hd.Entry(0.0, "08", "annual", many, "", "", "50") for many in (10, -3, 1)]
    assert hd.balances([*told, hd.Entry(0.0, "08", "lieu", 2, "", "", "50")]) == {
        ("08", "annual"): 8,
        ("08", "lieu"): 2,
    }


def test_times_with_fewer_counters_than_wanted() -> None:
    manned = hd.Manning([span("08:30", "12:00"), span("09:00", "11:00")])
    found = manned.short([(span("08:30", "12:00"), 2), (span("12:00", "13:00"), 1)])
    assert [(one.start, one.end, one.wanted, one.there) for one in found] == [
        (*span("08:30", "09:00"), 2, 1),
        (*span("11:00", "12:00"), 2, 1),
        (*span("12:00", "13:00"), 1, 0),
    ]


# --- against brute force: minute by minute, from the words of docs/attendance.md ---

MINUTE = st.integers(7 * 60, 13 * 60 - 1)
SPANS = st.lists(st.tuples(MINUTE, MINUTE).map(sorted).filter(lambda pair: pair[0] < pair[1]), max_size=3)


def slow(due: list[list[int]], signs: set[int], away: list[list[int]], now: int) -> tuple[str, int, int]:
    """Every minute of the half day looked at: the first and last in which the person must be there."""
    first, last = due[0][0], due[-1][1]
    needed = list(range(first, last))
    moved = True
    while moved and needed:  # an absence takes the minutes at an edge of what is left, and none from the middle
        moved = False
        for start, end in away:
            if needed and start <= needed[0] < end:
                needed, moved = [m for m in needed if m >= end], True
            if needed and start <= needed[-1] < end:
                needed, moved = [m for m in needed if m < start], True
    if not needed:
        return "out", 0, 0
    start, end = needed[0], needed[-1] + 1
    if not signs:
        return ("pending" if now < start + 5 else "absent"), 0, 0
    late = min(signs) - start if min(signs) > start + 5 else 0
    early = max(0, end - max(signs)) if now >= end else 0
    return ("late" if late else "early" if early else "present"), late, early


@settings(max_examples=300, deadline=None)
@given(
    due=SPANS.filter(bool).map(sorted).filter(lambda rows: all(a[1] < b[0] for a, b in pairwise(rows))),
    punches=st.sets(MINUTE, max_size=4),
    sittings=SPANS,
    away=SPANS,
    now=MINUTE,
)
def test_a_half_day_is_what_brute_force_says(
    due: list[list[int]], punches: set[int], sittings: list[list[int]], away: list[list[int]], now: int
) -> None:
    midnight = at("00:00")

    def epoch(minute: int) -> float:
        return midnight + minute * 60

    sat = [(epoch(a), epoch(b)) for a, b in sittings]
    cell = Cell(
        AM,
        tuple((epoch(a), epoch(b)) for a, b in due),
        hd.signs(AM, ZONE, [epoch(m) for m in punches], sat),
        away=tuple(Away("out", epoch(a), epoch(b), "WC") for a, b in away),
    )
    found = hd.verdict(cell, epoch(now), LATE, ZONE)
    merged: list[list[int]] = []
    for a, b in sorted(sittings):
        if merged and a <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], b)
        else:
            merged.append([a, b])
    signs = punches | {edge for row in merged for edge in row}
    assert (found.kind, found.late, found.early) == slow(due, signs, away, now)
