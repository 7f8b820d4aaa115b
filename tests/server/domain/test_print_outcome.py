"""Which printer takes a slip, and what became of it, row by row."""

from __future__ import annotations

import pytest

from printer_profiles.escpos.status import UNKNOWN, Status
from printer_profiles.profile import load
from server.domain import print_outcome
from server.domain.print_outcome import Refusal, Sent, hopeless, outcome, ready, takes

WELL = Status(known=True)
OUT, OPEN, HOT, AWAY = (
    Status(paper_out=True),
    Status(cover_open=True, known=True),
    Status(hot=True, offline=True, failed=True),
    Status(offline=True),
)


@pytest.mark.parametrize(
    ("sent", "state", "reason"),
    [
        (Sent(300, 300, True, WELL), "printed", ""),
        (Sent(300, 300, True, Status(near_end=True, known=True)), "printed", ""),
        (Sent(300, 300, True, HOT), "printed", ""),
        (Sent(300, 300, None), "sent", ""),
        (Sent(300, 300, None, WELL), "sent", ""),
        (Sent(300, 0, False, OUT), "failed", OUT.zh),
        (Sent(300, 0, False), "failed", print_outcome.REFUSED),
        (Sent(300, 0, None, gone="Broken pipe"), "failed", print_outcome.REFUSED),
        (Sent(300, 300, True, OUT), "unknown", print_outcome.INTERRUPTED),
        (Sent(300, 300, True, OPEN), "unknown", print_outcome.INTERRUPTED),
        (Sent(300, 300, False, HOT), "unknown", print_outcome.INTERRUPTED),
        (Sent(300, 300, None, AWAY), "unknown", print_outcome.INTERRUPTED),
        (Sent(300, 1, False), "unknown", print_outcome.STUCK),
        (Sent(300, 299, None), "unknown", print_outcome.STUCK),
        (Sent(300, 300, False), "unknown", print_outcome.UNCONFIRMED),
        (Sent(300, 1, False, gone="Connection reset"), "unknown", print_outcome.GONE),
        (Sent(300, 300, True, gone="Connection reset"), "unknown", print_outcome.GONE),
    ],
)
def test_what_became_of_a_slip(sent: Sent, state: str, reason: str) -> None:
    became = outcome(sent)
    assert became.state == state
    assert became.reason.partition("：")[0] == reason or became.reason == reason


@pytest.mark.parametrize(
    ("refused", "absent", "taker"),
    [
        (set(), set(), "a"),
        ({"a"}, set(), "b"),
        ({"a", "b"}, set(), None),
        (set(), {"a"}, "b"),
        ({"b"}, {"a"}, "a"),
        (set(), {"a", "b"}, "a"),
        ({"a"}, {"b"}, "b"),
    ],
)
def test_who_takes_a_slip(refused: set[str], absent: set[str], taker: str | None) -> None:
    assert [name for name in ("a", "b", "c") if takes(name, ["a", "b"], refused, absent)] == ([taker] if taker else [])


def test_nobody_takes_a_slip_without_printers() -> None:
    assert not takes("a", [], (), ())


@pytest.mark.parametrize(
    ("statuses", "age", "told"),
    [
        ((OUT, OPEN), 0.0, True),
        ((OUT, AWAY), 1.9, False),
        ((OUT, AWAY), 2.1, True),
        ((HOT,), 0.0, False),
        ((UNKNOWN,), 1.0, False),
        ((UNKNOWN,), 3.0, True),
    ],
)
def test_when_the_person_is_told_that_nothing_comes(statuses: tuple[Status, ...], age: float, told: bool) -> None:
    refused = {str(n): Refusal(status, status.zh) for n, status in enumerate(statuses)}
    assert hopeless(refused, age, 2.0) is told


@pytest.mark.parametrize(
    ("status", "answers", "may"),
    [(WELL, True, True), (UNKNOWN, True, False), (UNKNOWN, False, True), (OUT, False, False)],
)
def test_may_a_slip_be_sent(status: Status, answers: bool, may: bool) -> None:
    from dataclasses import replace

    assert ready(status, replace(load("generic-80"), status=answers)) is may


def test_a_reason_is_said_of_any_paper() -> None:
    """A notice that failed is no ticket."""
    assert [zh for zh, en in print_outcome.REASONS.items() if "号票" in zh or "ticket" in en] == []
