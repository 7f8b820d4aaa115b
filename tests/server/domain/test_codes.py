"""The code on a slip: its own ticket and no other, however it is scanned or typed."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.codes import (
    SIGNS,
    like_a_slip,
    offline_code,
    offline_code_in,
    record_code,
    record_of,
    ticket_code,
    ticket_of,
)

KEY = b"a hall's own key"


def test_a_code_worked_out_by_hand() -> None:
    """1000 = 31·32 + 8, in Crockford's signs Z8; the seal is the first thirty bits of the keyed hash, five at a
    time.
    """
    bits = "".join(f"{byte:08b}" for byte in hmac.new(KEY, b"1000", hashlib.sha256).digest())[:30]
    seal = "".join(SIGNS[int(bits[i : i + 5], 2)] for i in range(0, 30, 5))
    assert ticket_code(KEY, 1000) == f"TZ8-{seal}"


@given(st.integers(0, 2**53))
def test_every_code_is_read_back(ticket: int) -> None:
    code = ticket_code(KEY, ticket)
    for form in (
        code,
        code.lower(),
        f"  {code}\r\n",
        f"http://hall.example/t/{code}",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert ticket_of(KEY, form) == ticket


@pytest.mark.parametrize(
    "text",
    ["", "T", "TZ8", "TZ8-000000", "A012", "6901234567892", "T" * 400, "TZ8-9XK3M", "http://hall.example/t/", "\x00"],
)
def test_anything_else_is_no_ticket(text: str) -> None:
    assert ticket_of(KEY, text) is None


def test_another_halls_code_is_no_ticket_here() -> None:
    assert ticket_of(b"another key", ticket_code(KEY, 7)) is None


@given(st.integers(0, 2**53))
def test_a_records_code_is_its_own_and_no_tickets(record: int) -> None:
    code = record_code(KEY, record)
    assert record_of(KEY, f" {code.lower()} ") == record_of(KEY, f"http://hall.example/r/{code}") == record
    assert ticket_of(KEY, code) is None and record_of(KEY, ticket_code(KEY, record)) is None
    assert ticket_of(KEY, "T" + code[1:]) is None, "a seal of one is no seal of the other"
    assert like_a_slip(code) and record_of(b"another key", code) is None


def test_a_code_of_a_number_taken_alone_is_of_this_touch_alone() -> None:
    """Neither side has a key for it: the touch's idempotency key is what nobody else knows."""
    digest = hashlib.sha256(b"offline A601 5b1e").digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:30]
    code = offline_code("A601", "5b1e")
    assert code == "KA601-" + "".join(SIGNS[int(bits[i : i + 5], 2)] for i in range(0, 30, 5))
    for form in (code, code.lower(), f" {code}\r\n", f"http://hall.example/p/{code}", code.replace("0", "O")):
        assert offline_code_in(form) == code
    assert ticket_of(KEY, code) is None and not like_a_slip(code)
    assert len({code, offline_code("A602", "5b1e"), offline_code("A601", "5b1f")}) == 3
    assert offline_code("A601", "") == "", "of a touch without a key nobody could guess less"


@pytest.mark.parametrize(
    "text", ["", "K", "KA601", "KA601-7QF2H", "KAX01-7QF2HM", "TZ8-000000", "K-7QF2HM", "KA-7QF2HM"]
)
def test_anything_else_is_no_code_of_a_number_taken_alone(text: str) -> None:
    assert offline_code_in(text) == ""
