"""Short reports here, long ones in a process of their own: the same figures."""

from __future__ import annotations

import pytest

from server.reports import period, reporter
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock


def test_a_long_report_is_made_elsewhere_and_says_how_far_it_is(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(60)
    calls.call_next(hub, By("08"), "1")
    days: list[str] = []
    month = reporter.make(hub.hall, period.parse("2026-11"), hub.store.path, hub.now(), each=days.append)
    day = reporter.make(hub.hall, period.parse("2026-11-23"), hub.store.path, hub.now())
    assert (days[0], len(days)) == ("2026-11-01", 30 + 31 + 30 + 8 * 7)
    assert month["total"]["arrivals"] == day["total"]["arrivals"] == 1
    assert month["total"]["office_wait"] == day["total"]["office_wait"]


def test_a_process_that_dies_is_said(hub: Hub) -> None:
    with pytest.raises(reporter.ReportFailed, match="2026-11: the report's process ended"):
        reporter.make(hub.hall, period.parse("2026-11"), hub.store.path.with_name("gone.db"), hub.now())
