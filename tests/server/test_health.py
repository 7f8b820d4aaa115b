"""Who is there, by what devices said and when: a clock that is set makes nobody silent."""

from __future__ import annotations

import pytest

from server.health import SILENT_S, Health
from tests.conftest import MONDAY_9, HandClock


@pytest.mark.parametrize("step", [-86400.0, -200.0, 200.0, 86400.0])
def test_a_step_of_the_clock_makes_nobody_silent(step: float) -> None:
    clock, seconds = HandClock(), HandClock(7.0)
    health = Health(lambda *_: None, clock, seconds)
    assert health.presence("kiosk K1") == (False, None, 0.0)
    health.attend("kiosk K1")
    health.seen("kiosk K1")
    clock.forward(step)
    assert health.presence("kiosk K1") == (True, MONDAY_9, 0.0)
    health.shift(step)
    assert health.presence("kiosk K1") == (True, MONDAY_9 + step, 0.0)
    seconds.forward(SILENT_S + 1)
    assert not health.presence("kiosk K1").connected


def test_without_a_count_the_clock_is_moved_with_the_hall() -> None:
    clock = HandClock()
    health = Health(lambda *_: None, clock)
    health.attend("kiosk K1")
    health.seen("kiosk K1")
    clock.forward(3600)
    health.shift(3600)
    assert health.presence("kiosk K1").connected
    clock.forward(SILENT_S + 1)
    assert not health.presence("kiosk K1").connected
