"""Who alone may call a number, written and taken apart."""

from __future__ import annotations

import pytest

from server.domain import target
from server.domain.target import Target

ROWS = [("", Target("", "")), ("counter:3", Target("counter", "3")), ("staff:08", Target("staff", "08")),
        ("staff:a:b", Target("staff", "a:b")), ("service:SB01", Target("service", "SB01"))]  # fmt: skip


@pytest.mark.parametrize(("written", "taken_apart"), ROWS)
def test_both_ways(written: str, taken_apart: Target) -> None:
    assert target.parse(written) == taken_apart
    assert str(taken_apart) == written


def test_what_nobody_writes_is_refused() -> None:
    with pytest.raises(ValueError, match="'3' is no target: counter:3, staff:08 or empty"):
        target.parse("3")


def test_a_counter_calls_from_the_halls_line_its_own_and_that_of_who_sits_there() -> None:
    assert target.called_from("3", "08") == ("", "counter:3", "staff:08")
    assert target.called_from("3", None) == ("", "counter:3")
