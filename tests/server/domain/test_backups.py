"""Which backups are kept, when the next is due, and what is said of them: pure, over made-up dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import Text
from server.domain.backups import (
    Copied,
    Kept,
    Place,
    backup_name,
    backups_of,
    devices,
    due,
    kept,
    piece_name,
    pieces_of,
    removable,
    troubles,
)

URL = "folder:/srv/backup"
DEMO = config.load()
HALL = DEMO.model_copy(update={"backup": DEMO.backup.model_copy(update={"to": [URL]})})
FIRST = datetime(2026, 1, 1, 2, 30)
NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=HALL.zone).timestamp()
HOUR = 3600.0


def good(at: float) -> Place:
    return Place(URL, at, at + 60, "x", 100)


def known(place: Place | None = None, **more: object) -> Kept:
    return replace(Kept(True, places={URL: place} if place else {}), **more)  # type: ignore[arg-type]


def said(known: Kept, now: float, copy: Copied | None = None, hall: config.Hall = HALL) -> list[tuple[str, str]]:
    return [(level, text.en) for _, level, text, _ in troubles(hall, known, {URL: copy} if copy else {}, now)]


# --- which are kept ---------------------------------------------------------------------------------------------------


def test_a_year_of_nights_leaves_days_weeks_and_months() -> None:
    nights = [FIRST + timedelta(days=n) for n in range(365)]
    stay = sorted(kept(nights, 7, 5, 12), reverse=True)
    assert [one.date().isoformat() for one in stay[:7]] == [f"2026-12-{n}" for n in range(31, 24, -1)]
    assert {one.month for one in stay} == set(range(1, 13)), "the last night of each month"
    assert {one.isocalendar().week for one in stay} >= {53, 52, 51, 50, 49}
    assert len(stay) == 7 + 3 + 11, "weeks and months that a kept day already stands for cost nothing more"


def test_days_without_a_backup_do_not_count() -> None:
    nights = [FIRST, FIRST + timedelta(days=40), FIRST + timedelta(days=41)]
    assert kept(nights, 3, 0, 0) == {*nights}
    assert kept(nights, 1, 0, 0) == {nights[-1]}
    assert kept([FIRST, FIRST + timedelta(hours=2)], 5, 0, 0) == {FIRST + timedelta(hours=2)}, "the newest of a day"
    assert kept([], 7, 5, 12) == set()


@given(
    st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), max_size=60),
    st.integers(1, 9),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_keeping_again_keeps_the_same(moments: list[datetime], days: int, weeks: int, months: int) -> None:
    stay = kept(moments, days, weeks, months)
    assert stay <= {*moments} and kept(stay, days, weeks, months) == stay
    assert not moments or max(moments) in stay
    assert len(stay) <= days + weeks + months


def test_names_tell_what_they_are_and_others_are_left_alone() -> None:
    name = backup_name(HALL, NIGHT, 1234)
    assert name == "licheng-kaiyuan-20261123-023000-1234.tar.zst.age"
    piece = piece_name(HALL, 1235, "ab" * 32)
    assert piece == "licheng-kaiyuan-rows-1235-abababab.json.zst.age"
    others = [
        f"{name}.part",
        "licheng-kaiyuan-2-20261123-023000-9.tar.zst.age",
        "holiday.jpg",
        name.replace("11", "99"),
    ]
    assert [(b.seq, b.name) for b in backups_of("licheng-kaiyuan", [*others, name, piece])] == [(1234, name)]
    assert [(p.first, p.before) for p in pieces_of("licheng-kaiyuan", [name, piece])] == [(1235, "abababab")]


def test_records_stay_as_long_as_the_last_backup_but_one_needs_them() -> None:
    nights = [backup_name(HALL, NIGHT + n * 24 * HOUR, seq) for n, seq in enumerate((100, 600, 1100))]
    pieces = [piece_name(HALL, first, f"{first:08x}") for first in (101, 301, 601, 801, 1101)]
    assert removable(HALL, [*nights[:2], *pieces]) == [], "the first backup may still be what is restored"
    assert removable(HALL, [*nights, *pieces, "holiday.jpg"]) == pieces[:2]
    few = HALL.model_copy(
        update={"backup": HALL.backup.model_copy(update={"keep_days": 1, "keep_weeks": 0, "keep_months": 0})}
    )
    assert removable(few, nights) == nights[:2]


# --- when -------------------------------------------------------------------------------------------------------------


def test_files_that_were_changed_are_saved_once_they_are_left_alone() -> None:
    place, noon = good(NIGHT), NIGHT + 9 * HOUR
    told = known(place, tried_at=NIGHT)
    assert due(HALL, told, noon + 59, changed=noon) == [] == due(HALL, told, noon, changed=NIGHT - HOUR)
    assert due(HALL, told, noon + 60, changed=noon) == [URL]
    assert due(HALL, told, noon + 60, changed=noon + 9 * HOUR) == [], "a file of tomorrow"
    saved = replace(place, made_at=noon + 61, tested_at=noon + 65)
    assert due(HALL, known(saved, tried_at=noon + 61), noon + 600, changed=noon) == []
    failed = replace(place, problem=Text("满", "full"))
    assert due(HALL, known(failed, tried_at=noon + 61), noon + 600, changed=noon) == [], "half an hour later"


@pytest.mark.parametrize(
    ("place", "tried", "now", "is_due"),
    [
        (None, 0.0, NIGHT + 60, True),
        (good(NIGHT - 24 * HOUR), NIGHT - 24 * HOUR, NIGHT - 60, False),
        (good(NIGHT - 24 * HOUR), NIGHT - 24 * HOUR, NIGHT, True),
        (good(NIGHT), NIGHT, NIGHT + 23 * HOUR, False),
        (good(NIGHT - 24 * HOUR), NIGHT - 24 * HOUR, NIGHT + 6 * HOUR, True),  # the machine was off at night
        (replace(good(NIGHT), problem=Text("满", "full")), NIGHT, NIGHT + 20 * 60, False),  # half an hour later
        (replace(good(NIGHT), problem=Text("满", "full")), NIGHT, NIGHT + 31 * 60, True),
        (good(NIGHT - 24 * HOUR), NIGHT + 99 * HOUR, NIGHT + 60, True),  # a clock that was ahead
    ],
)
def test_due_once_a_night_and_again_where_it_failed(
    place: Place | None, tried: float, now: float, is_due: bool
) -> None:
    assert due(HALL, known(place, tried_at=tried), now) == ([URL] if is_due else [])


def test_never_due_without_a_key_a_place_or_an_hour() -> None:
    assert due(HALL, Kept(False), NIGHT) == []
    assert due(DEMO, known(), NIGHT) == []
    never = HALL.model_copy(update={"backup": HALL.backup.model_copy(update={"time": None})})
    assert due(never, known(), NIGHT) == [] == said(known(), NIGHT, hall=never) == devices(never, known(), {}, NIGHT)


# --- in words ---------------------------------------------------------------------------------------------------------


def test_what_is_wrong_in_one_sentence_each() -> None:
    now = NIGHT + HOUR
    assert (
        said(known(), now, hall=DEMO)[0][0] == "warn" and "No place for backups" in said(known(), now, hall=DEMO)[0][1]
    )
    assert said(Kept(False), now) == [
        ("warn", "There is no backup key yet, and so no backup: run ./run backup key on the hub's machine.")
    ]
    assert said(known(), now) == [("warn", "There is no tested backup at /srv/backup yet: run ./run backup.")]
    assert said(known(good(NIGHT)), now) == []
    assert said(known(good(NIGHT)), NIGHT + 26 * HOUR) == []
    ((level, text),) = said(known(good(NIGHT)), NIGHT + 27 * HOUR)
    assert level == "bad" and text.startswith("The last tested backup at /srv/backup is 27 h old")
    full = replace(good(NIGHT), problem=Text("已满", "is full: make room there"))
    assert said(known(full), now) == [("bad", "Backup to /srv/backup failed: is full: make room there")]
    assert said(known(good(NIGHT), problem=Text("磁盘", "no room")), now) == [("bad", "No backup: no room")]


def test_records_without_a_copy_are_said_after_a_minute() -> None:
    behind = Copied(90, NIGHT, NIGHT + 100, Text("U盘拔掉了：请插上。", "the stick is gone: plug it in"))
    assert said(known(good(NIGHT)), NIGHT + 150, behind) == []
    assert said(known(good(NIGHT)), NIGHT + 220, behind) == [
        ("warn", "Records of the last 2 min are not copied to /srv/backup: the stick is gone: plug it in")
    ]


def test_the_live_page_shows_each_place_green_or_red_with_its_age() -> None:
    def state(kept: Kept, now: float) -> tuple[str, float]:
        (one,) = devices(HALL, kept, {URL: Copied(150, now)}, now)
        return one.state, now - one.since

    assert state(known(good(NIGHT)), NIGHT + 7 * HOUR) == ("ok", 7 * HOUR)
    assert state(known(good(NIGHT)), NIGHT + 27 * HOUR) == ("error", 27 * HOUR)
    assert state(known(), NIGHT)[0] == "untested"
    (one,) = devices(HALL, known(good(NIGHT)), {URL: Copied(150, NIGHT)}, NIGHT)
    assert one.said.en == "restored and verified; saved up to row 150"
