"""Codes of two-step login against the table of RFC 6238, appendix B (SHA-1; the last six of its eight digits)."""

from __future__ import annotations

import base64

import pytest

from server.domain import second_factor

SECRET = base64.b32encode(b"12345678901234567890").decode()
TABLE = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.mark.parametrize(("now", "code"), TABLE)
def test_the_codes_of_the_standard(now: int, code: str) -> None:
    assert second_factor.accepted(SECRET, code, now, -1) == now // 30


@pytest.mark.parametrize(("late", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(late: int, good: bool) -> None:
    now, code = TABLE[3]
    assert (second_factor.accepted(SECRET, code, now + late, -1) is not None) is good


def test_a_code_opens_once_and_so_does_one_before_it() -> None:
    now, code = TABLE[3]
    step = second_factor.accepted(SECRET, code, now, -1)
    assert step is not None
    assert second_factor.accepted(SECRET, code, now, step) is None
    assert second_factor.accepted(SECRET, code, now + 30, step) is None
    assert second_factor.accepted(SECRET, code, now, step - 1) == step


@pytest.mark.parametrize("typed", ["005 924", "００５９２４", " 005-924 "])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert second_factor.accepted(SECRET, typed, 1234567890, -1) is not None


@pytest.mark.parametrize("typed", ["", "5924", "0059241", "abcdef", "٠٠٥٩٢٤", "005925"])
def test_what_is_no_code_opens_nothing(typed: str) -> None:
    assert second_factor.accepted(SECRET, typed, 1234567890, -1) is None


def test_the_address_for_the_authenticator() -> None:
    address = second_factor.address(SECRET, "70", "开元街道便民服务中心")
    assert address.startswith("otpauth://totp/") and f"secret={SECRET}" in address and "70" in address
    assert second_factor.grouped("abcdefghjkmn") == "abcd-efgh-jkmn"
