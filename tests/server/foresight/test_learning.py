"""What is learnt: a bias is taken away, a range comes to cover what it says, a wrong model is not let speak."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from server.foresight.conform import Conform, shown
from server.foresight.correct import LEAST, NAMES, PLAIN, Model, Seen, features, fit
from server.foresight.guard import SURE, Guard
from server.foresight.seer import Seer
from server.foresight.watch import Watch


def seen(play: float, **more: object) -> Seen:
    facts: dict[str, object] = {
        "play": (play * 0.8, play, play * 1.2),
        "line": play,
        "head": play,
        "lately": (play, play),
        "ahead": 3,
        "counters": 2,
        "free": 0,
        "first": False,
        "leaving": 0.0,
        "pace": 1.0,
        "hour": 10.0,
    }
    return Seen(**{**facts, **more})  # type: ignore[arg-type]


def lived(n: int, factor: float) -> list[tuple[Seen, float]]:
    chance = Random(5)
    return [(seen(play := chance.uniform(100, 2000)), play * factor * chance.uniform(0.7, 1.3)) for _ in range(n)]


def test_too_little_teaches_nothing() -> None:
    past = lived(LEAST - 1, 2.0)
    assert fit([features(s) for s, _ in past], [s.play for s, _ in past], [w for _, w in past]) == PLAIN


def test_a_night_takes_a_bias_away_and_finds_the_ends() -> None:
    past = lived(2000, 1.5)
    model = fit([features(s) for s, _ in past], [s.play for s, _ in past], [w for _, w in past])
    low, middle, high = model.quantiles(features(seen(1000)), seen(1000))
    assert middle == pytest.approx(1500, rel=0.06)
    assert low == pytest.approx(1500 * 0.76, rel=0.08) and high == pytest.approx(1500 * 1.24, rel=0.08)
    again = fit([features(s) for s, _ in past], [s.play for s, _ in past], [w for _, w in past])
    assert again == model and len(model.coefficients[0]) == len(NAMES) and model.waits == 2000


@pytest.mark.parametrize("wide", [0.3, 1.0, 3.0])
def test_a_range_that_is_too_narrow_or_too_wide_comes_to_cover_eight_in_ten(wide: float) -> None:
    chance, conform, inside = Random(7), Conform(), 0
    for n in range(6000):
        waited = 600 * chance.lognormvariate(0, 0.5)
        told = conform.range(600 * np.exp(-0.64 * wide), 600.0, 600 * np.exp(0.64 * wide))
        inside += n >= 2000 and told[0] <= waited <= told[1]
        conform.learn(told, 600.0, waited)
    assert inside / 4000 == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("low", "high", "minutes"),
    [(0, 0, (0, 5)), (149, 149, (0, 5)), (150, 460, (5, 10)), (600, 1100, (10, 20)), (3600, 3600, (60, 65))],
)
def test_a_range_is_shown_in_steps_of_five(low: float, high: float, minutes: tuple[int, int]) -> None:
    assert shown(low, high) == minutes


def test_the_model_speaks_until_others_have_surely_been_better() -> None:
    guard, each = Guard(), {"model": 900.0, "play": 600.0, "line": 700.0, "head": 0.0}
    while guard.ended < SURE:
        assert guard.speaks == "model" and guard.middle(each) == pytest.approx(900.0, rel=0.4)
        guard.learn(each, 600.0)
    assert guard.speaks == "play" and guard.middle(each) == pytest.approx(600.0, rel=0.02)
    for _ in range(400):
        guard.learn({"model": 600.0, "play": 900.0, "line": 700.0, "head": 0.0}, 600.0)
    assert guard.speaks == "model" and sum(guard.shares.values()) == pytest.approx(1.0)


def test_what_everybody_says_too_long_is_said_shorter() -> None:
    guard, each = Guard(), dict.fromkeys(("model", "play", "line", "head"), 1200.0)
    for _ in range(300):
        guard.learn(each, 600.0)
    assert 600.0 < guard.middle(each) < 800.0


def test_each_size_of_wait_has_ends_of_its_own() -> None:
    chance, conform, inside = Random(9), Conform(), {120.0: 0, 3000.0: 0}
    for n in range(8000):
        middle, spread = ((120.0, 1.2), (3000.0, 0.2))[n % 2]
        told = conform.range(middle * 0.5, middle, middle * 2)
        waited = middle * chance.lognormvariate(0, spread)
        inside[middle] += n >= 4000 and told[0] <= waited <= told[1]
        conform.learn(told, middle, waited)
    assert all(one / 2000 == pytest.approx(0.8, abs=0.06) for one in inside.values())


def test_a_model_of_the_wrong_hall_is_silenced() -> None:
    wrong = Model(tuple((1.5, *(0.0,) * (len(NAMES) - 1)) for _ in range(3)), 5000)
    seer = Seer(model=wrong)
    errors = []
    for one, waited in lived(400, 1.0):
        told = seer.tell(one)
        errors.append(abs(told.middle - waited) / waited)
        seer.learn(told, waited)
    assert np.mean(errors[:20]) > 2 and np.mean(errors[100:]) < 0.3


def test_what_is_usual_is_expected_to_come_again() -> None:
    watch = Watch(midnight=0.0)
    for day in range(4):
        at = day * 86400.0
        watch.opened("1", at + 9 * 3600)
        watch.closed("1", at + 12 * 3600)
        watch.opened("1", at + 14 * 3600)
        watch.closed("1", at + 17 * 3600)
        watch.turned(at + 86400.0, False, at + 18 * 3600)
    now = 4 * 86400.0 + 11.5 * 3600
    assert watch.off("1", True, now, False) == ((1800.0, 9000.0),)
    assert watch.off("1", False, now, False) == ((0.0, 9000.0),)  # it will be back after lunch, as ever
    assert watch.off("1", False, now, True) == ((0.0, 1e12),)  # nothing is known of weekends
    assert watch.off("2", False, now, False) == ((0.0, 1e12),)
