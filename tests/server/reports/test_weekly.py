from __future__ import annotations

import json
import re
from datetime import date, datetime

import pytest

import config
from server.reports import weekly
from server.visit import Visit

HALL = config.load()
NOW = datetime(2026, 11, 30, 9, tzinfo=HALL.zone).timestamp()
NINE = datetime(2026, 11, 23, 9, tzinfo=HALL.zone).timestamp()


def seen(service: str = "SB01", counter: str | None = "1", wait: float = 90.04) -> Visit:
    called = NINE + wait
    return Visit("2026-11-23", service, "ordinary", "kiosk", counter, "s", "finished", NINE, called, called, called + 10,
                 called + 70, 1, "现场办结")  # fmt: skip


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ("2026-W48", ("2026-11-23", "2026-11-29")), ("2026-W01", ("2025-12-29", "2026-01-04")),
        ("2026-W53", ("2026-12-28", "2027-01-03")), ("2027-W01", ("2027-01-04", "2027-01-10")),
    ],
)  # fmt: skip
def test_the_days_of_a_week(week: str, days: tuple[str, str]) -> None:
    assert weekly.days_of(week) == days
    assert weekly.week_of(date.fromisoformat(days[0])) == weekly.week_of(date.fromisoformat(days[1])) == week


@pytest.mark.parametrize("week", ["", "2026", "2026-W", "2026-47", "2026-W7", "2026-W00", "2026-W54", "2025-W53", "0000-W01", "２０２６-W47", "last\n"])
def test_a_bad_week_is_one_clear_sentence(week: str) -> None:
    with pytest.raises(weekly.WeekError) as error:
        weekly.days_of(week)
    assert re.search("write it like 2026-W47|choose another one", str(error.value))
    assert "\n" not in str(error.value).replace(week, "")


def test_the_report_is_json_with_seconds_to_a_tenth() -> None:
    report = weekly.report(HALL, "2026-W48", [seen(), seen(wait=100)], NOW)
    assert json.loads(json.dumps(report)) == report
    assert report["total"]["wait"] == {"n": 2, "mean": 95.0, "median": 90.0, "p90": 100.0, "max": 100.0}
    assert report["total"]["service_time"]["mean"] == 60.0
    assert report["identity"]["text"] == "A 2 = F 2 + P 0 + X 0 + E 0 + open 0"
    assert (report["generated_at"], report["service_days"], report["definition_version"]) == ("2026-11-30T09:00:00+08:00", 5, "1")


def test_names_of_what_the_hall_does_not_know_and_the_order_of_counters() -> None:
    report = weekly.report(HALL, "2026-W48", [seen("OLD9", c) for c in ("10", None, "desk", "2")], NOW)
    assert [row["counter"] for row in report["by_counter"]] == ["2", "10", "desk", None]
    assert [row["name"] for row in report["by_counter"]] == ["2号窗口", "10", "咨询台", "无窗口"]
    assert report["by_service"][0]["name"] == "OLD9"


def test_an_empty_week_has_dashes_and_a_closing_identity() -> None:
    report = weekly.report(HALL, "2027-W20", [], NOW)
    assert report["total"]["wait"]["mean"] is report["total"]["no_show"]["share"] is None
    assert report["identity"]["closes"]
    assert len(report["quality"]["days_without_calendar"]) == 7


def test_an_invalid_report_names_its_visits() -> None:
    report = weekly.report(HALL, "2026-W48", [seen()._replace(state="vanished")], NOW)
    assert report["identity"]["closes"] is False
    assert report["identity"]["offending"] == [
        {"arrived": "2026-11-23T09:00:00+08:00", "service": "SB01", "counter": "1", "state": "vanished"}
    ]


def test_the_week_of_a_holiday_shows_which_days_were_open() -> None:
    report = weekly.report(HALL, "2026-W41", [], NOW)
    assert [day["service_day"] for day in report["days"]] == [False, False, False, True, True, True, False]
    assert report["days"][5] == {"date": "2026-10-10", "weekday": 6, "service_day": True, "open_s": 25200.0,
                                 "kind": "调休上班", "name": report["days"][5]["name"]}  # fmt: skip


def test_every_key_is_documented() -> None:
    text = (config.ROOT / "docs/figures.md").read_text(encoding="utf-8")
    report = weekly.report(HALL, "2026-W48", [seen()], NOW)

    def keys(node: object) -> set[str]:
        if isinstance(node, dict):
            return set(node) | {key for value in node.values() for key in keys(value)}
        return {key for value in node for key in keys(value)} if isinstance(node, list) else set()

    assert {key for key in keys(report) if f"`{key}`" not in text} == set()
