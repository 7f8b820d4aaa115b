"""Numbers, days and times as people write them: each by hand, and what has two meanings is refused."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from intake.quantities import Unclear, clock, day, lost_zeros, moment, whole

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "typed",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "２０２６／３／１",
        "20260301",
        "2026-03-01 0:00:00",
        " 2026-3-1\u200b",
    ],
)
def test_a_day(typed: str) -> None:
    assert day(typed) == date(2026, 3, 1)


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", "3/1/2026", "26-3-1", "46296", "86400", "2026-W09-7", "0000-00-00", "", "tomorrow", "2026-3"],
)
def test_no_day(typed: str) -> None:
    with pytest.raises(Unclear) as refused:
        day(typed)
    assert refused.value.zh and refused.value.en and ";" in refused.value.en


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("9:30", 570),
        ("09:30:00", 570),
        ("９：３０", 570),
        ("9时30分", 570),
        ("9点整", 540),
        ("9时5分", 545),
        ("下午2:30", 870),
        ("2:30 PM", 870),
        ("12:10 AM", 10),
        ("0930", 570),
        ("24:00", 1440),
        ("0:00", 0),
    ],
)
def test_a_time_of_day(typed: str, minutes: int) -> None:
    assert clock(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["24:01", "25:00", "9:5", "9", "9:60", "09:30:30", "09:30Z", "09:30+08:00", "13:00 PM", ""]
)
def test_no_time_of_day(typed: str) -> None:
    with pytest.raises(Unclear):
        clock(typed)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2026-11-23T09:05:00", "2026-11-23T09:05:00+08:00"),
        ("2026/11/23 9:05", "2026-11-23T09:05:00+08:00"),
        ("2026年11月23日 9时05分", "2026-11-23T09:05:00+08:00"),
        ("2026-11-23T24:00:00", "2026-11-24T00:00:00+08:00"),
        ("2026-12-31 24:00", "2027-01-01T00:00:00+08:00"),
        ("2026-11-23T09:05:00.250", "2026-11-23T09:05:00.250000+08:00"),
        ("2026-11-23T09:05:00-08:00", "2026-11-23T09:05:00-08:00"),
        ("2026-11-23T01:05:00Z", "2026-11-23T01:05:00+00:00"),
        ("1986-09-14T01:10:00+09:00", "1986-09-14T01:10:00+09:00"),
    ],
)
def test_an_instant(typed: str, iso: str) -> None:
    assert moment(typed, CHINA).isoformat() == iso


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "9:00",
        "2026-W48-1T09:00",
        "3/1/2026 9:00",
        "1986-09-14T01:10:00",
        "2026-11-23T25:00:00",
        "3026-01-01T00:00:00",
    ],
)
def test_no_instant(typed: str) -> None:
    with pytest.raises(Unclear):
        moment(typed, CHINA)


def test_a_whole_number_has_bounds() -> None:
    assert [whole(text, 0, 1440) for text in ("8", "０８", "8.0", "+8")] == [8, 8, 8, 8]
    for text in ("99999999999999999999", "1441", "-1", "8.5", "1E3", "1,000", "", "八"):
        with pytest.raises(Unclear):
            whole(text, 0, 1440)


def test_zeros_that_a_spreadsheet_took_are_noticed() -> None:
    assert lost_zeros("17", {"0017", "0018"}) == "0017"
    assert lost_zeros("17", {"17", "18"}) is None and lost_zeros("SB1", {"SB01"}) is None
