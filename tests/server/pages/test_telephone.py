"""An end to guessing codes: by whose network, in the minute and the day."""

from __future__ import annotations

import pytest

from server.domain.guesses import DAY_MIN, GUESSES, GUESSES_A_DAY, Guesses, network
from server.pages.telephone import EARLY_A_DAY

SEAL_BITS = 30


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("17", "17"),
        ("", ""),
    ],
)
def test_a_subscriber_is_one_sender(address: str, whose: str) -> None:
    assert network(address) == whose


def test_a_minute_and_a_day_each_have_their_end() -> None:
    guesses, minute, tried = Guesses(a_day=GUESSES_A_DAY), 3 * DAY_MIN, 0
    for at in range(minute, minute + DAY_MIN):
        while not guesses.too_many(f"2001:db8::{tried % 7:x}", at):
            guesses.wrong(f"2001:db8::{tried % 7:x}", at)
            tried += 1
        assert tried <= (at - minute + 1) * GUESSES
    assert tried == GUESSES_A_DAY
    assert not guesses.too_many("2001:db8::1", minute + DAY_MIN) and not guesses.too_many("10.0.0.1", minute)


def test_guessing_is_hopeless_by_these_rates() -> None:
    """Each guess names one record and is right once in 2^30. At an offline slip, whose number is of one day, by a day's
    1000: one network needs 1470 years.
    """
    assert round(2**SEAL_BITS / 2 / EARLY_A_DAY / 365.25) == 1470
    days = 2**SEAL_BITS / 2 / GUESSES_A_DAY
    assert round(days / 365.25 / 10) == 1470, "ten networks, an even chance: years"
    assert days / 365.25 / 10_000 > 1.4, "ten thousand networks, each day of it"
