"""Devices in real time, on a machine that may be slow: where a test is not of a patience itself, it is a long one."""

from __future__ import annotations

import pytest

from counter_display.line import doctor
from counter_display.virtual import held_pads


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pad says a press again only after seconds, and for as long as nobody echoes it; a board may think for long
    before it counts as absent.
    """
    monkeypatch.setattr(held_pads, "PATIENCE_S", 2.0)
    monkeypatch.setattr(held_pads, "TRIES", 1000)
    monkeypatch.setattr(doctor, "ANSWER_S", 0.6)
