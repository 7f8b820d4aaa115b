"""Codes of devices: what is a code, when it is over, how many there may be."""

from __future__ import annotations

import pytest

import config
from server.domain import enrolment
from server.domain.enrolment import Desk, Waiting


def waiting(n: int, address: str = "10.0.0.9", at: float = 0.0) -> Waiting:
    letters = enrolment.LETTERS
    code = "BCDF" + letters[n // 20] + letters[n % 20]
    return Waiting(code, f"secret-{n}", "kiosk", "", address, at)


@pytest.mark.parametrize(
    "typed", ["BCDFGH", "bcd-fgh", " BCD FGH ", "ＢＣＤ－ＦＧＨ", "b c d f g h", "BCD—FGH", "BCD·FGH"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert enrolment.plain(typed) == "BCDFGH"


@pytest.mark.parametrize("typed", ["", "BCDFG", "BCDFGHJ", "ABCDFG", "BCD1GH", "BCDFGI", "https://x/?code=BCDFGH"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert enrolment.plain(typed) == ""


def test_no_letter_looks_like_a_digit_or_makes_a_word() -> None:
    assert not set(enrolment.LETTERS) & set("AEIOUY0123456789") and len(enrolment.LETTERS) == 20
    assert enrolment.shown("BCDFGH") == "BCD-FGH"


def test_a_code_is_over_after_ten_minutes() -> None:
    desk = enrolment.asked(Desk(), waiting(1))
    assert desk.at(599.9).found(waiting(1).code) and desk.at(600.0).found(waiting(1).code) is None
    assert desk.at(600.0) == Desk()


def test_one_address_gets_eight_codes_in_ten_minutes_and_the_next_address_its_own() -> None:
    desk = Desk()
    for n in range(8):
        assert enrolment.refusal(desk, "10.0.0.9") is None
        desk = enrolment.asked(desk, waiting(n))
    assert enrolment.refusal(desk, "10.0.0.9") == enrolment.OFTEN and enrolment.refusal(desk, "10.0.0.8") is None
    assert enrolment.refusal(desk.at(600.0), "10.0.0.9") is None


def test_so_many_wait_and_no_more() -> None:
    desk = Desk()
    for n in range(64):
        desk = enrolment.asked(desk, waiting(n, f"10.0.1.{n}"))
    assert enrolment.refusal(desk, "10.0.0.8") == enrolment.FULL


def test_who_was_given_a_token_is_found_by_no_code_any_more() -> None:
    one = waiting(1)
    desk = enrolment.asked(Desk(), one)
    given = Waiting(**{**vars(one), "granted": enrolment.Grant("K2", "kiosk", "K2", "t")})
    desk = enrolment.changed(desk, given)
    assert desk.found(one.code) is None and desk.with_secret(one.secret) == given
    assert enrolment.gone(desk, given).with_secret(one.secret) is None


def test_names_of_devices(hall: config.Hall) -> None:
    assert enrolment.device_name("kiosk", "K2", {"K1", "K2"}) == "K2"
    assert enrolment.device_name("boards", "", {"boards"}) == "boards"
    assert enrolment.device_name("screen", "", {"screen-1", "screen-3"}) == "screen-2"
    assert enrolment.device_name("tablet", "3", ()) == "tablet-1"
    assert enrolment.numbered("screen-2") == "screen" and enrolment.numbered("tablet-1") == "tablet"
    assert [enrolment.numbered(name) for name in ("K1", "boards", "screen", "screen-x", "screen-²")] == [None] * 5
    assert set(enrolment.places(hall, "kiosk")) == set(hall.kiosks)
    assert set(enrolment.places(hall, "tablet")) == set(hall.counters)
    assert set(enrolment.places(hall, "screen")) == {"", *hall.screens}
