"""临时闭厅 in the figures: a hall closed early is closed from then on; 2026-11-23 is a Monday, open 08:00-12:00 and
14:30-17:30.
"""

from __future__ import annotations

from typing import Any

import config
from server.domain import events as ev
from server.domain.closures import closures, without
from server.domain.worktime import service_day
from server.reports import period
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, people, tickets, today
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

HOUR = 3600.0


def told(hub: Hub, asked: str = "2026-11-23") -> dict[str, Any]:
    return report(hub.hall, period.parse(asked), History(hub.read().conn), hub.now(), compare=False)


def test_from_the_word_to_the_day_s_end_or_to_the_next_word(hall: config.Hall) -> None:
    shut = ev.HallClosed(day="2026-11-23", message="台风", message_en="", waiting="serve")
    again = ev.HallReopened(day="2026-11-23")
    midnight = 1795363200.0 + 86400  # 2026-11-24 00:00 +08:00
    at = midnight - 12 * HOUR
    assert closures(hall, [(at, shut)]) == [(at, midnight)]
    assert closures(hall, [(at, shut), (at + 60, shut), (at + HOUR, again), (at + 2 * HOUR, shut)]) == [
        (at, at + HOUR),
        (at + 2 * HOUR, midnight),
    ]
    assert closures(hall, [(at, again)]) == [] and closures(hall, [(at, shut), (at - 5, again)]) == []


def test_what_is_left_of_the_opening_hours() -> None:
    assert without([(8, 12), (14, 17)], [(10, 15), (16, 16.5)]) == [(8, 10), (15, 16), (16.5, 17)]
    assert without([(8, 12)], [(7, 13)]) == [] and without([(8, 12)], [(12, 13)]) == [(8, 12)]


def test_waits_and_counters_time_end_when_the_hall_closes(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")  # 09:00
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(HOUR)
    today.close_hall(hub, By("50"), "台风，停止取号。", waiting="serve")
    clock.forward(HOUR / 2)
    calls.call_next(hub, By("08"), "1")
    clock.forward(HOUR / 2)
    calls.finish(hub, By("08"), "1", "现场办结")
    clock.forward(24 * HOUR)
    made = told(hub)
    total = made["total"]
    assert (total["wait"]["max"], total["office_wait"]["max"]) == (1.5 * HOUR, HOUR)
    assert (total["open_time"], total["busy_time"]) == (HOUR, 0.0)
    assert [(day["open_s"], day["service_day"]) for day in made["days"]] == [(2 * HOUR, True)]
    assert made["quality"]["closures"] == ["2026-11-23 10:00–12:00", "2026-11-23 14:30–17:30"]


def test_a_hall_that_never_opened_has_no_service_day_and_one_that_opened_again_has_its_afternoon(
    hub: Hub, clock: HandClock
) -> None:
    clock.forward(-2 * HOUR)  # 07:00
    tick(hub)
    today.close_hall(hub, By("50"), "台风。", waiting="serve")
    clock.forward(24 * HOUR)
    assert (told(hub)["service_days"], told(hub, "2026-W48")["service_days"]) == (0, 4)
    tick(hub)
    today.close_hall(hub, By("50"), "台风。", waiting="serve")  # Tuesday 07:00
    clock.forward(8.5 * HOUR)
    today.reopen_hall(hub, By("50"))
    clock.forward(24 * HOUR)
    assert [(day["open_s"], day["service_day"]) for day in told(hub, "2026-11-24")["days"]] == [(2 * HOUR, True)]


def test_nobody_is_missing_at_a_post_of_a_closed_hall(hub: Hub, clock: HandClock) -> None:
    hub.turn(lambda turn: turn.put_staff("08", "员工", "operator", "-"))
    people.set_post(hub, By("50"), "p1", name="综合岗", name_en="General", counter="1", a="08", b=None, reason="设岗")
    counters.open_counter(hub, By("08"), "1", staff="08")
    clock.forward(HOUR)
    today.close_hall(hub, By("50"), "台风。", waiting="serve")
    counters.close_counter(hub, By("08"), "1", release=True)
    clock.forward(12 * HOUR)
    live = people.attendance_of(hub.hall, hub.read(), service_day(hub.hall, clock.at), hub.now()).kept
    assert [(k.length, k.unmanned, k.early, k.absent) for k in live] == [(HOUR, 0.0, 0.0, False)]
    assert told(hub)["attendance"]["total"]["unmanned_s"] == 0.0 and told(hub)["attendance"]["total"]["early"] == 0


def test_who_comes_back_after_a_no_show_takes_a_seat_again(hub: Hub, clock: HandClock) -> None:
    hall = hub.hall.model_copy(update={"report": hub.hall.report.model_copy(update={"seats": 1})})
    counters.open_counter(hub, By("08"), "1", staff="08")
    first = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.pass_(hub, By("08"), "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(600)
    tickets.take_back(hub, By("30"), first.id)
    clock.forward(300)
    asked = period.parse("2026-11-23")
    assert report(hall, asked, History(hub.read().conn), hub.now(), compare=False)["total"]["seat_overload"] == 300.0
    calls.call(hub, By("08"), "1", first.id)
    clock.forward(600)
    made = report(hall, asked, History(hub.read().conn), hub.now(), compare=False)
    assert made["total"]["seat_overload"] == 300.0 and made["cuts"]["hour"][0]["seat_overload"] == 300.0
