"""What the hub knows of its machine: absences, a disk that fills, a clock beside an NTP server's."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Hall
from server.domain import upkeep
from server.domain.upkeep import Absence, Free, Offset, Upkeep

GB = 1 << 30
DAY = 86400.0


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (None, ()),
        ((100.0, True), (Absence(100.0, 500.0, True),)),
        ((100.0, False), (Absence(100.0, 500.0, False),)),
        ((900.0, False), ()),  # a clock that went back: nothing is known
    ],
)
def test_a_start_remembers_how_long_nobody_ran(sign: tuple[float, bool] | None, expected: tuple[Absence, ...]) -> None:
    assert upkeep.began(Upkeep(), sign, 500.0).absences == expected


def test_what_is_kept_has_an_end() -> None:
    kept = Upkeep()
    for n in range(200):
        kept = upkeep.began(kept, (n * DAY, False), n * DAY + 60)
        kept = upkeep.asked(upkeep.looked(kept, n * DAY, GB), n * DAY, 0.0)
        kept = upkeep.looked(kept, n * DAY + 60, GB)
    assert (len(kept.absences), len(kept.free), len(kept.offsets)) == (50, 60, 48)
    assert kept.absences[-1].since == 199 * DAY and kept.free[-1].at == 199 * DAY


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        ([], None),
        ([10 * GB, 9 * GB], None),  # too little known
        ([10 * GB, 9 * GB, 8 * GB, 7 * GB], 6.0),
        ([10 * GB] * 5, None),
        ([7 * GB, 8 * GB, 9 * GB, 10 * GB], None),
        ([4 * GB, 3 * GB, 2 * GB, GB // 2], 0.0),
    ],
)
def test_days_until_the_disk_is_full(free: list[int], expected: float | None) -> None:
    found = upkeep.days_left([Free(n * DAY, one) for n, one in enumerate(free)], GB)
    assert found == (None if expected is None else pytest.approx(expected, abs=0.01))


def test_only_the_last_month_says_how_fast() -> None:
    fast = [Free(n * DAY, (200 - 3 * n) * GB) for n in range(30)]
    slow = [Free((30 + n) * DAY, 110 * GB - n * GB // 10) for n in range(30)]
    found = upkeep.days_left([*fast, *slow], GB)
    assert found is not None and found > 500


def said(seconds: float) -> tuple[int, int]:
    whole, part = divmod(seconds + 2208988800, 1)
    return int(whole), int(part * 2**32)


def packet(sent: bytes, received: float, transmitted: float, *, flags: int = 0x24, stratum: int = 2) -> bytes:
    """By the table of RFC 5905 7.3, by hand: flags, stratum, poll, precision, three words, four times."""
    echo = struct.unpack("!2I", sent[40:48])
    return struct.pack("!BBbb11I", flags, stratum, 6, -20, 0, 0, 0, 0, 0, *echo, *said(received), *said(transmitted))


@given(st.floats(-1e6, 1e6), st.floats(0, 2), st.floats(0, 1))
def test_the_offset_is_the_servers_clock_less_ours(offset: float, way: float, work: float) -> None:
    went = 1795395600.0
    sent = upkeep.question(went)
    came = went + 2 * way + work
    answer = packet(sent, went + way + offset, went + way + work + offset)
    assert upkeep.answer(answer, sent, went, came) == pytest.approx(offset, abs=1e-3)


def test_what_is_no_answer_says_nothing() -> None:
    sent = upkeep.question(1795395600.0)
    right = packet(sent, 1795395600.0, 1795395600.0)
    wrong = [
        right[:40],
        packet(upkeep.question(5.0), 1795395600.0, 1795395600.0),  # of another question
        packet(sent, 1795395600.0, 1795395600.0, flags=0xE4),  # says that it is not synchronised
        packet(sent, 1795395600.0, 1795395600.0, flags=0x23),  # a client
        packet(sent, 1795395600.0, 1795395600.0, stratum=0),  # kiss of death
        b"",
    ]
    assert upkeep.answer(right, sent, 1795395600.0, 1795395600.0) == pytest.approx(0, abs=1e-3)
    assert [upkeep.answer(one, sent, 1795395600.0, 1795395600.0) for one in wrong] == [None] * len(wrong)


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        ([], []),
        ([(0.0, 0.5)], []),
        ([(0.0, 3.0)], [("ntp", "warn", "慢3秒")]),
        ([(0.0, -3.0)], [("ntp", "warn", "快3秒")]),
        ([(0.0, 90.0)], [("ntp", "bad", "慢90秒")]),
        ([(0.0, 90.0), (10.0, 0.0)], []),
        ([(0.0, None)], [("ntp", "warn", "没有应答")]),
        ([(-30 * 3600.0, 0.0), (0.0, None)], [("ntp", "warn", "没有应答")]),
        ([(-3600.0, 0.0), (0.0, None)], []),
        ([(-43200.0, 0.1), (0.0, 0.9)], [("drift", "warn", "慢1.6秒")]),
        ([(-43200.0, -0.1), (0.0, -0.9)], [("drift", "warn", "快1.6秒")]),
        ([(-43200.0, 0.1), (0.0, 0.4)], []),
        ([(-43200.0, 1.9), (0.0, 0.0)], []),  # somebody has put it right
        ([(-3600.0, 0.1), (0.0, 0.9)], []),  # too little is known
    ],
)
def test_a_clock_that_is_off_is_said(
    hall: Hall, offsets: list[tuple[float, float | None]], expected: list[tuple[str, str, str]]
) -> None:
    table = hall.hub.model_copy(update={"ntp": "time.hall.lan"})
    asked = hall.model_copy(update={"hub": table})
    kept = Upkeep(offsets=tuple(Offset(100.0 + at, one) for at, one in offsets))
    found = list(upkeep.troubles(asked, kept, GB, 100.0))
    assert [(which, level) for which, level, _ in found] == [one[:2] for one in expected]
    assert all(one[2] in text.zh and "：请" in text.zh for one, (_, _, text) in zip(expected, found, strict=True))
    assert list(upkeep.troubles(hall, kept, GB, 100.0)) == []


def test_a_disk_that_fills_is_said_in_time(hall: Hall) -> None:
    kept = Upkeep(free=tuple(Free(n * DAY, (30 - n) * GB) for n in range(10)))
    ((which, level, text),) = upkeep.troubles(hall, kept, GB, 9 * DAY)
    assert (which, level) == ("filling", "warn") and "约20天" in text.zh and "20 days" in text.en


def test_drift() -> None:
    kept = Upkeep(offsets=tuple(Offset(n * 3600.0, n * 0.1) for n in range(13)))
    assert upkeep.drift_s(kept) == pytest.approx(2.4)
    assert upkeep.drift_s(Upkeep(offsets=kept.offsets[:3])) is None
