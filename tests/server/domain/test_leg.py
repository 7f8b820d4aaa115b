"""Legs: each has one counter and one member of staff, and together they are the ticket's service."""

from __future__ import annotations

from server.domain import events as ev
from server.domain.leg import Leg, legs_of

ISSUED = ev.Issued(
    ticket=1, day="2026-11-23", prefix="A", number=1, service="SB01", klass="ordinary", channel="kiosk", rank=0.0
)


def life(*steps: tuple[float, ev.Event]) -> list[Leg]:
    return legs_of([(1, 0.0, ISSUED), *((seq, at, event) for seq, (at, event) in enumerate(steps, start=2))])


def called(counter: str, staff: str) -> ev.Called:
    return ev.Called(ticket=1, counter=counter, staff=staff)


def transferred(service: str = "MZ01", reason: str = "事项不符") -> ev.Transferred:
    return ev.Transferred(ticket=1, counter="1", service=service, target="", rank=0.0, reason=reason)


FINISHED = ev.Finished(ticket=1, counter="1", outcome="现场办结", items=("SB01", "SB02"))


def test_one_leg_with_a_recall() -> None:
    (leg,) = life(
        (60, called("1", "08")),
        (90, ev.Recalled(ticket=1, counter="1")),
        (100, ev.Started(ticket=1, counter="1")),
        (400, FINISHED),
    )
    assert (leg.entered, leg.called, leg.last_called, leg.started, leg.ended) == (0, 60, 90, 100, 400)
    assert (leg.calls, leg.recalls, leg.items, leg.outcome, leg.state, leg.counter, leg.staff) == (
        2,
        1,
        2,
        "done",
        "finished",
        "1",
        "08",
    )


def test_a_transfer_ends_a_leg_with_its_reason_and_begins_one_in_the_new_queue() -> None:
    first, second = life(
        (60, called("1", "08")),
        (70, ev.Started(ticket=1, counter="1")),
        (200, transferred()),
        (500, called("2", "09")),
        (900, FINISHED),
    )
    assert (first.state, first.reason, first.ended, first.counter, first.service) == (
        "transferred",
        "事项不符",
        200,
        "1",
        "SB01",
    )
    assert (second.leg, second.entered, second.called, second.counter, second.service, second.state) == (
        2,
        200,
        500,
        "2",
        "MZ01",
        "finished",
    )


def test_one_who_was_not_called_yet_only_waits_for_something_else() -> None:
    (leg,) = life((30, transferred("MZ02")), (60, called("1", "08")))
    assert (leg.leg, leg.service, leg.entered, leg.called) == (1, "MZ02", 0, 60)


def test_a_suspension_at_the_same_counter_is_time_away() -> None:
    steps = [
        (60.0, called("1", "08")),
        (70, ev.Started(ticket=1, counter="1")),
        (100, ev.Suspended(ticket=1, counter="1", kind="errand")),
        (250, ev.Resumed(ticket=1, counter="1", staff="08")),
        (300, FINISHED),
    ]
    (leg,) = life(*steps)
    assert (leg.away, leg.suspends, leg.state) == (150, '[["errand", 100, 250]]', "finished")


def test_a_suspended_number_that_goes_on_elsewhere_has_a_leg_there() -> None:
    before = [
        (60.0, called("1", "08")),
        (70.0, ev.Started(ticket=1, counter="1")),
        (100.0, ev.Suspended(ticket=1, counter="1", kind="away")),
    ]
    for step, entered, called_at, started in (
        (called("2", "09"), None, 250, None),
        (ev.Resumed(ticket=1, counter="2", staff="09"), None, None, 250),
        (ev.Returned(ticket=1, rank=0.0), 250, None, None),
    ):
        first, second = life(*before, (250, step))
        assert (first.state, first.ended, first.counter, first.suspends) == (
            "handed",
            100,
            "1",
            '[["away", 100.0, 250]]',
        )
        assert (second.entered, second.called, second.started) == (entered, called_at, started)


def test_a_step_taken_back_was_never() -> None:
    steps: list[tuple[float, ev.Event]] = [
        (60, called("1", "08")),
        (70, ev.Started(ticket=1, counter="1")),
        (100, transferred()),
    ]
    assert life(*steps, (110, ev.Undone(ticket=1, step="Transferred", of=4, back={}))) == life(*steps[:2])


def test_a_passed_number_that_comes_back_is_in_the_same_leg() -> None:
    (leg,) = life(
        (60, called("1", "08")),
        (90, ev.Passed(ticket=1, counter="1")),
        (100, ev.Returned(ticket=1, rank=0.0)),
        (130, called("2", "09")),
    )
    assert (leg.called, leg.last_called, leg.calls, leg.recalls, leg.counter, leg.ended) == (60, 130, 2, 0, "2", None)
