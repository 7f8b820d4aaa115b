"""考勤: roster against presence, with numbers worked out by hand (docs/people.md), and what must hold for any day."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import events as ev
from server.domain.attendance import (
    Change,
    Duty,
    Kept,
    Pause,
    Presence,
    duties,
    judge,
    sittings,
    union,
    versions,
    within,
)
from server.domain.post import Post

LATE_S, ABSENT_S = 5 * 60, 10 * 60


def at(clock: str) -> float:
    """A time of day as seconds after midnight, which stands for epoch seconds here."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600.0 + int(minutes) * 60.0


MORNING = Duty("p1", "1", "08", "09", at("08:00"), at("12:00"))


def was(staff: str, start: str, end: str, counter: str = "1") -> Presence:
    return Presence(counter, staff, at(start), at(end))


def kept(*presences: Presence, now: str = "18:00", pauses: tuple[Pause, ...] = ()) -> Kept:
    return judge(MORNING, presences, pauses, at(now), LATE_S, ABSENT_S)


EXAMPLES = [  # presences, now -> late, early, absent, unmanned, own, B minutes
    pytest.param([was("08", "07:55", "12:05")], "18:00", (0, 0, False, 0, 240, 0), id="in time, to the end"),
    pytest.param(
        [was("08", "08:05", "12:00")], "18:00", (0, 0, False, 5, 235, 0), id="five minutes are not late, but unmanned"
    ),
    pytest.param(
        [was("08", "08:06", "12:00")], "18:00", (6, 0, False, 6, 234, 0), id="six minutes are, and count from the start"
    ),
    pytest.param(
        [was("08", "08:12", "11:30")],
        "18:00",
        (12, 30, True, 42, 198, 0),
        id="late, early, and nobody in the first ten minutes",
    ),
    pytest.param(
        [was("09", "08:02", "12:00")], "18:00", (0, 0, False, 2, 0, 238), id="B all morning: no minute of A's"
    ),
    pytest.param(
        [was("09", "08:00", "09:30"), was("08", "09:30", "12:00")],
        "18:00",
        (90, 0, False, 0, 150, 90),
        id="B until A came",
    ),
    pytest.param(
        [was("77", "08:00", "12:00")], "18:00", (0, 0, True, 0, 0, 0), id="a third person: manned, yet neither A nor B"
    ),
    pytest.param([], "18:00", (0, 0, True, 240, 0, 0), id="nobody all morning"),
    pytest.param([was("08", "08:00", "12:00", counter="2")], "18:00", (0, 0, True, 240, 0, 0), id="at another counter"),
    pytest.param(
        [was("08", "08:00", "09:00"), was("08", "10:00", "12:00")],
        "18:00",
        (0, 0, False, 60, 180, 0),
        id="away in between",
    ),
    pytest.param([], "07:00", (0, 0, False, 0, 0, 0), id="before it began"),
    pytest.param([], "08:10", (0, 0, False, 10, 0, 0), id="ten minutes in: not absent yet"),
    pytest.param([], "08:11", (0, 0, True, 11, 0, 0), id="eleven: absent"),
    pytest.param(
        [was("08", "08:00", "10:00")], "11:00", (0, 0, False, 60, 120, 0), id="away now: no early leave before the end"
    ),
]


@pytest.mark.parametrize(("presences", "now", "minutes"), EXAMPLES)
def test_worked_examples(presences: list[Presence], now: str, minutes: tuple[int, int, bool, int, int, int]) -> None:
    k = kept(*presences, now=now)
    assert (k.late / 60, k.early / 60, k.absent, k.unmanned / 60, k.own / 60, k.b / 60) == minutes


def test_the_share_is_of_the_duty_so_far() -> None:
    assert kept(was("08", "08:00", "11:00")).share == 0.75
    assert kept(was("08", "08:00", "09:00"), now="10:00").share == 0.5
    assert kept(now="08:00").share is None


def test_a_pause_is_present_and_told_apart() -> None:
    k = kept(
        was("08", "08:00", "12:00"), pauses=(Pause("1", at("11:45"), at("12:30")), Pause("2", at("09:00"), at("10:00")))
    )
    assert (k.unmanned, k.paused) == (0, 15 * 60)


# --- presences from the journal ---


def test_sittings_from_the_journals_rows() -> None:
    rows = [
        (10.0, ev.CounterOpened(counter="1", staff="08")),
        (20.0, ev.CounterPaused(counter="1", reason="x")),
        (30.0, ev.CounterResumed(counter="1")),
        (35.0, ev.CounterOpened(counter="2", staff="09")),
        (40.0, ev.CounterPaused(counter="1", reason="x")),
        (50.0, ev.CounterClosed(counter="1")),
        (60.0, ev.CounterOpened(counter="1", staff="10")),
    ]
    presences, pauses = sittings(rows, 100.0)
    assert sorted(presences, key=lambda p: p.start) == [
        Presence("1", "08", 10, 50),
        Presence("2", "09", 35, 100),
        Presence("1", "10", 60, 100),
    ]
    assert pauses == [Pause("1", 20, 30, "08", "x"), Pause("1", 40, 50, "08", "x")]


def test_a_close_without_an_opening_is_nobody() -> None:
    assert sittings([(5.0, ev.CounterClosed(counter="1")), (6.0, ev.CounterResumed(counter="1"))], 9.0) == ([], [])


# --- duties ---


def post(a: str, b: str | None = None) -> Post:
    return Post(id="p1", name="综合一岗", name_en="", counter="1", a=a, b=b)


def set_(a: str, name: str = "综合一岗", counter: str = "1") -> ev.PostSet:
    return ev.PostSet(post="p1", name_=name, name_en="", counter_=counter, a=a, b="09", reason="x")


OPEN = [(at("08:00"), at("12:00")), (at("14:30"), at("17:30"))]


def spans(found: list[Duty]) -> list[tuple[str, float, float]]:
    return [(d.staff, d.start / 3600, d.end / 3600) for d in found]


def test_a_post_is_its_as_during_the_opening_hours() -> None:
    assert spans(duties([(post("08"), 0, at("24:00"))], OPEN, [])) == [("08", 8, 12), ("08", 14.5, 17.5)]


def test_the_roster_gives_a_morning_to_somebody_else_and_an_afternoon_to_nobody() -> None:
    changes = [
        Change("p1", "09", at("00:00"), at("12:00")),
        Change("p1", None, at("14:00"), at("24:00")),
        Change("p2", "77", 0, at("24:00")),
    ]
    assert spans(duties([(post("08"), 0, at("24:00"))], OPEN, changes)) == [("09", 8, 12)]


def test_the_last_word_of_the_roster_wins_where_they_overlap() -> None:
    changes = [Change("p1", "09", at("08:00"), at("12:00")), Change("p1", "10", at("10:00"), at("11:00"))]
    found = duties([(post("08"), 0, at("24:00"))], OPEN[:1], changes)
    assert spans(found) == [("09", 8, 10), ("10", 10, 11), ("09", 11, 12)]


def test_a_change_of_a_in_the_middle_of_a_day_parts_the_duty_and_a_new_name_does_not() -> None:
    register = [(at("00:00"), set_("08")), (at("09:00"), set_("08", name="新名")), (at("10:00"), set_("10"))]
    assert spans(duties(versions(register, at("24:00")), OPEN[:1], [])) == [("08", 8, 10), ("10", 10, 12)]


def test_an_ended_post_has_no_duty_from_then_on() -> None:
    register = [
        (at("00:00"), set_("08")),
        (at("10:00"), ev.PostEnded(post="p1", reason="x")),
        (at("10:00"), ev.PostEnded(post="p9", reason="x")),
    ]
    assert spans(duties(versions(register, at("24:00")), OPEN[:1], [])) == [("08", 8, 10)]


# --- whatever the day was like ---

minutes = st.integers(0, 24 * 60).map(lambda m: m * 60.0)
span = st.tuples(minutes, minutes).map(lambda s: (min(s), max(s)))
presence = st.builds(lambda staff, s: Presence("1", staff, *s), st.sampled_from(["08", "09", "77"]), span)
duty = span.filter(lambda s: s[0] < s[1]).map(lambda s: Duty("p1", "1", "08", "09", *s))


@given(duty, st.lists(presence, max_size=8), minutes)
def test_manned_and_unmanned_are_the_duty_so_far_and_nothing_is_negative(
    duty: Duty, presences: list[Presence], now: float
) -> None:
    k = judge(duty, presences, [], now, LATE_S, ABSENT_S)
    assert k.manned + k.unmanned == k.length == max(0.0, min(duty.end, now) - duty.start)
    assert min(k.late, k.early, k.manned, k.unmanned, k.own, k.b, k.paused) >= 0
    assert k.own <= k.manned and k.b <= k.manned
    assert k.share is None or 0 <= k.share <= 1


@given(duty, st.lists(presence, min_size=1, max_size=6), minutes, minutes)
def test_two_adjoining_presences_are_one(duty: Duty, presences: list[Presence], now: float, cut: float) -> None:
    first, *rest = presences
    if first.start < cut < first.end:
        parts = [Presence("1", first.staff, first.start, cut), Presence("1", first.staff, cut, first.end), *rest]
        assert judge(duty, parts, [], now, LATE_S, ABSENT_S) == judge(duty, presences, [], now, LATE_S, ABSENT_S)


@given(duty, st.lists(presence, max_size=6), presence, minutes)
def test_one_more_presence_never_makes_more_unmanned_minutes(
    duty: Duty, presences: list[Presence], more: Presence, now: float
) -> None:
    before, after = (judge(duty, some, [], now, LATE_S, ABSENT_S) for some in (presences, [*presences, more]))
    assert after.unmanned <= before.unmanned


@given(st.lists(span, max_size=10), span)
def test_a_union_is_in_order_apart_and_idempotent(some: list[tuple[float, float]], window: tuple[float, float]) -> None:
    joined = union(some)
    assert joined == union(joined)
    assert all(a[1] < b[0] for a, b in pairwise(joined))
    assert all(window[0] <= a < b <= window[1] for a, b in within(some, *window))
