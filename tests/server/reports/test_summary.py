"""What a report answers first: its words, its judgement, what is to be done; worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.reports import period
from server.reports.figures.summary import Slot, crowded, judge, one_more, to_do
from server.views.calendar import calendar


@pytest.mark.parametrize(
    ("change", "good", "judged"),
    [
        ({"change": -12.0, "unit": "percent", "arrow": "down"}, "down", "better"),
        ({"change": 12.0, "unit": "percent", "arrow": "up"}, "down", "worse"),
        ({"change": 2.0, "unit": "points", "arrow": "up"}, "up", "better"),
        ({"change": -2.0, "unit": "points", "arrow": "down"}, "up", "worse"),
        ({"change": 4.9, "unit": "percent", "arrow": "up"}, "down", "same"),
        ({"change": 0.9, "unit": "points", "arrow": "up"}, "up", "same"),
        ({"change": 90.0, "unit": "percent", "arrow": None}, "down", "few"),
        ({"change": None, "unit": "percent", "arrow": None}, "down", "none"),
        (None, "up", "none"),
    ],
)
def test_more_is_not_better(change: Any, good: str, judged: str) -> None:
    assert judge(change, good) == judged


def test_one_more_counter_by_hand() -> None:
    assert one_more(44, 3, 120) == 18  # 44 × 3 = 132 minutes of counters in front, less 60, shared by 4
    assert one_more(10, 1, 60) == 0


def a_report(**of: Any) -> dict[str, Any]:
    """Tuesday and Wednesday from 15 to 17 wait 44 minutes at 3 counters; all else is quiet."""
    day = {"service_days": 1, "arrivals": [9.0, 10.0, 10.0], "office_wait": [300.0, 2640.0, 2640.0]}
    days = [{"weekday": n, "open_counters": [3.0, 3.0, 3.0], **day} for n in (2, 3)]
    quiet = {
        "weekday": 4,
        "service_days": 1,
        "arrivals": [9.0] * 3,
        "office_wait": [300.0] * 3,
        "open_counters": [3.0] * 3,
    }
    made: dict[str, Any] = {
        "kind": "week",
        "settings": {"amber_min": 15, "red_min": 30, "long_pause_min": 15},
        "heat": {"hours": [14, 15, 16], "weekdays": [*days, quiet]},
        "total": {
            "office_wait": {"mean": 600.0},
            "no_show": {"share": 0.05},
            "transfers": 0,
            "finished": 100,
        },
        "cuts": {"service": [], "reason": [], "hour": [], "counter": []},
        "notices": {"n": 30, "missing": [{"material": "户口簿", "n": 23}]},
        "attendance": {"total": {}, "unmanned": []},
        "pauses": {"reasons": []},
        "devices": [],
        "ratings": {"total": {"bad": 0}},
        "quality": {"without_outcome": 40},
    }
    return {**made, **of}


def test_neighbouring_hours_and_weekdays_alike_are_one() -> None:
    assert crowded(a_report()) == [Slot((2, 3), 15, 16, 44.0, 3.0, 40.0)]


def test_three_things_with_their_evidence_the_dearest_first() -> None:
    found = to_do(a_report())
    assert [doing.id for doing in found] == ["one_more", "materials", "no_outcome"]
    assert found[0].what.zh == "周二、三 15–17 点加开 1 窗"
    assert found[0].evidence.zh == "周二、三 15–17 点平均等 44 分，当时开 3 窗：加开 1 窗约降到 18 分"
    assert "about 18 min" in found[0].evidence.en and "Tue, Wed 15:00–17:00" in found[0].evidence.en
    assert "缺“户口簿”的 23 次" in found[1].evidence.zh


def test_a_quiet_hall_is_not_told_to_do_anything() -> None:
    quiet = a_report(
        heat={"hours": [], "weekdays": []}, notices={"n": 0, "missing": []}, quality={"without_outcome": 0}
    )
    assert to_do(quiet) == []


@pytest.mark.parametrize(
    ("counter", "zh", "en"),
    [("desk", "咨询台", "Guide desk"), ("3", "3号窗口", "Counter 3"), ("old", "“old”窗口", "Counter old")],
)
def test_an_unmanned_counter_is_called_by_its_name(counter: str, zh: str, en: str) -> None:
    span = {"day": "2026-11-18", "counter": counter, "unmanned_s": 3600.0, "start": "2026-11-18T14:05:00+08:00"}
    kept = {"total": {"unmanned_s": 3600.0}, "unmanned": [span]}
    cuts = {
        "service": [],
        "reason": [],
        "hour": [],
        "counter": [{"key": "desk", "name": "咨询台", "name_en": "Guide desk"}],
    }
    found = {
        doing.id: doing for doing in to_do(a_report(attendance=kept, cuts=cuts, heat={"hours": [], "weekdays": []}))
    }
    assert found["unmanned"].evidence.zh.endswith(f"14:05 起，{zh}")
    assert found["unmanned"].evidence.en.endswith(f"14:05, {en}")


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        ("2026-W47", "2026年第47周（11月16–22日）", "Week 47 of 2026 (16–22 November)"),
        ("2026-W49", "2026年第49周（11月30日–12月6日）", "Week 49 of 2026 (30 November – 6 December)"),
        (
            "2026-W01",
            "2026年第1周（2025年12月29日–2026年1月4日）",
            "Week 1 of 2026 (29 December 2025 – 4 January 2026)",
        ),
        ("2026-11-25", "2026年11月25日（周三）", "Wednesday, 25 November 2026"),
        ("2026-11", "2026年11月", "November 2026"),
        ("2026-Q4", "2026年第4季度", "Quarter 4 of 2026"),
        ("2026", "2026年", "2026"),
        ("2026-11-01..2026-11-25", "2026年11月1日–2026年11月25日", "1 November 2026 – 25 November 2026"),
    ],
)
def test_periods_as_people_say_them(id: str, zh: str, en: str) -> None:
    assert period.called(period.parse(id)) == (zh, en)


def test_the_trend_ends_with_the_period() -> None:
    weeks = period.trend(period.parse("2026-W02"))
    assert [week.id for week in weeks[::7]] == ["2025-W47", "2026-W02"] and len(weeks) == 8
    assert len(period.read(period.parse("2026-W47"))) == 9  # itself, seven before, and a year ago


def test_a_month_to_choose_from() -> None:
    shown = calendar(period.parse("2026-11"), period.parse("2026-W47"), date(2026, 11, 25), {"2026-W46"})
    assert [line["week"]["id"] for line in shown["weeks"]] == [f"2026-W{n}" for n in range(44, 49)] + [None]
    assert [line["week"]["kept"] for line in shown["weeks"]][2] and shown["weeks"][3]["week"]["chosen"]
    assert shown["weeks"][4]["days"][3]["id"] is None and (shown["before"], shown["after"]) == ("2026-10", None)
