"""The paper on a roll: counted, corrected by the sensors, learned from. No printer, no clock."""

from __future__ import annotations

import pytest

from printer_profiles.escpos.encode import encode
from printer_profiles.escpos.status import UNKNOWN, Status
from printer_profiles.profile import load
from printer_profiles.slip import QR, Cut, Feed, Text
from server.printing.spool.roll import (
    Lengths,
    Roll,
    changed,
    left_mm,
    length_mm,
    printed,
    shape,
    tickets_left,
    told,
    warning,
)

WELL, NEAR = Status(known=True), Status(known=True, near_end=True)
OUT, OPEN = Status(known=True, paper_out=True, offline=True), Status(known=True, cover_open=True, offline=True)


def after(roll: Roll, *steps: Status | float) -> Roll:
    """A number is so many millimetres printed, a status is what the printer says."""
    for step in steps:
        roll = told(roll, step, 0.0) if isinstance(step, Status) else printed(roll, step)
    return roll


def test_a_new_roll_is_counted_down() -> None:
    roll = after(Roll(0.0), WELL, 100.0, 100.0, 100.0)
    assert left_mm(roll, 50, 3) == 49_700
    assert tickets_left(roll, 50, 3) == 497
    assert tickets_left(roll, 0, 3) is None


def test_the_sensor_corrects_the_count() -> None:
    roll = after(Roll(0.0), WELL, 10_000.0, 100.0, NEAR, 100.0)
    assert left_mm(roll, 50, 3) == 2_900
    assert left_mm(roll, 50, 0) is None


def test_a_roll_that_ran_out_teaches_and_a_new_one_begins() -> None:
    first = after(changed(Roll(0.0), 0.0), *[100.0] * 60, NEAR, *[100.0] * 42, OUT, OUT)
    assert (first.low_mm, first.full_mm, left_mm(first, 50, 3)) == (4_200, 10_200, 0)
    second = after(first, OPEN, WELL)
    assert (second.used_mm, left_mm(second, 50, 3)) == (0, 10_200)
    near = after(second, *[100.0] * 10, NEAR)
    assert tickets_left(near, 50, 3) == 42


def test_an_open_cover_is_no_end_of_the_roll() -> None:
    roll = after(Roll(0.0), 5_000.0, OPEN, Status(known=True, cover_open=True, paper_out=True), WELL)
    assert (roll.used_mm, roll.out) == (5_000, False)


def test_a_roll_changed_before_its_end() -> None:
    roll = after(Roll(0.0), 5_000.0, NEAR, 100.0, OPEN, WELL)
    assert (roll.used_mm, roll.near_mm, roll.whole) == (0, None, True)


def test_a_used_roll_put_in_is_near_its_end_at_once() -> None:
    roll = after(Roll(0.0), 5_000.0, OUT, NEAR)
    assert (roll.near_mm, left_mm(roll, 50, 3)) == (0, 3_000)


def test_a_wavering_sensor_does_not_make_new_paper() -> None:
    roll = after(Roll(0.0), 5_000.0, NEAR, 1_000.0, WELL, 100.0, NEAR)
    assert left_mm(roll, 50, 3) == 1_900


def test_silence_and_faults_change_nothing() -> None:
    roll = after(Roll(0.0), 100.0)
    assert after(roll, UNKNOWN, Status(hot=True, offline=True)) == roll


@pytest.mark.parametrize("low", [50.0, 30_000.0])
def test_what_no_roll_does_is_not_learned(low: float) -> None:
    assert after(changed(Roll(0.0), 0.0), 1_000.0, NEAR, low, OUT).low_mm == 0


@pytest.mark.parametrize(
    ("near", "tickets", "zh"),
    [
        (False, 51, ""),
        (False, None, ""),
        (False, 50, "约还能打50张号票"),
        (True, 47, "约还能打40张号票"),
        (True, 7, "约还能打7张号票"),
        (True, 0, "马上换纸卷"),
        (True, None, "纸快用完了，请准备新纸卷。"),
    ],
)
def test_the_desk_is_warned_early(near: bool, tickets: int | None, zh: str) -> None:
    words = warning(near, tickets)
    assert (zh in words[0] and words[1]) if words else not zh


def test_a_slips_length_is_how_far_its_bytes_move_the_paper() -> None:
    """30 dots a line, 8 dots a millimetre; the cut feeds 6 lines first."""
    profile = load("generic-80")
    assert length_mm(encode((Text("A"), Feed(3), Cut()), profile), profile) == (1 + 3 + 6) * 30 / 8


@pytest.mark.parametrize("code", ["T1C8-9XK3MZ", "T999-ZZZZZZ", "T1C8-000000"])
def test_numbers_and_codes_of_one_length_are_as_long_on_paper_as_their_shape(code: str) -> None:
    """A slip's shape is decoded once; whatever number it bears, a decoding of its own says the same."""
    profile = load("xprinter-xp-80c")
    lengths = Lengths(profile)
    first, other = ((Text(number), QR(code), Feed(3), Cut()) for number in ("A012", "B999"))
    lengths.mm(first, encode(first, profile))
    assert shape(first) == shape(other) != shape((Text("A1000"), *other[1:]))
    assert lengths.mm(other, b"") == pytest.approx(length_mm(encode(other, profile), profile))
