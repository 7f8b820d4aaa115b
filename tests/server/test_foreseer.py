"""What a number is told is what is kept of it, and what a night learns from; a restart changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import config
from printer_profiles.profile import load
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.rules import Refused
from server.foreseer import Foreseer
from server.foresight.correct import LEAST, NAMES
from server.foresight.rest_of_day import What
from server.foresight.seer import Sight
from server.health import Health
from server.printing.slips.filling import slip_for
from server.store import journal
from server.store.database import Store
from server.verbs import calls, counters, supposition, tickets
from server.verbs.hub import By, Hub
from server.verbs.place import line_of, place_of
from server.views.hall import hall_view
from server.views.moment import moment
from server.views.supposition import if_view
from server.views.tickets import ticket_view
from tests.conftest import HandClock, write_hall
from tests.waiting import DEADLINE_S, until

DESK = By("desk")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def hub(tmp_path: Path, clock: HandClock) -> Iterator[Hub]:
    hall = config.load(write_hall(tmp_path))
    hub = Hub(hall, Store(hall.data, durable=False), clock)
    yield hub
    hub.stop()
    hub.store.close()


@pytest.fixture
def foreseer(hub: Hub) -> Iterator[Foreseer]:
    made = Foreseer(hub)
    made.start()
    assert made.started.wait(DEADLINE_S)
    yield made
    made.stop()


def kept(hub: Hub) -> list[tuple[int, int, int]]:
    return [tuple(row) for row in hub.read().conn.execute("SELECT ticket, low, high FROM waits_told ORDER BY ticket")]


def test_slip_kiosk_and_telephone_say_what_is_kept(hub: Hub, foreseer: Foreseer, clock: HandClock) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    for _ in range(9):
        tickets.issue(hub, DESK, "SB01")
    mine = tickets.issue(hub, DESK, "SB01", printers=("p80",))
    until(lambda: len(kept(hub)) == 10)
    told = {ticket: (low, high) for ticket, low, high in kept(hub)}[mine.id]
    assert ticket_view(hub, mine)["estimate_min"] == told
    clock.forward(10)
    assert place_of(hub.hall, hub.read(), mine, hub.now(), hub.foresight).wait == told
    assert 0 <= told[0] < told[1] and told[1] - told[0] >= 5 and told[0] % 5 == told[1] % 5 == 0
    assert journal.verify(hub.read().conn) == []


def test_whose_counter_stands_idle_is_told_no_wait(hub: Hub, foreseer: Foreseer) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    mine = tickets.issue(hub, DESK, "SB01")
    until(lambda: kept(hub) == [(mine.id, 0, 5)])
    assert ticket_view(hub, mine)["ahead"] == 0


def test_nothing_is_told_while_no_counter_is_open(hub: Hub, foreseer: Foreseer) -> None:
    mine = tickets.issue(hub, DESK, "SB01")
    seq = hub.seq
    until(lambda: foreseer._since >= seq)
    assert ticket_view(hub, mine)["estimate_min"] is None and kept(hub) == []


def test_asked_anew_the_same_is_said_and_a_longer_line_is_a_longer_wait(hub: Hub, foreseer: Foreseer) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    middles = []
    for _ in range(6):
        line = moment(hub).line("SB01")
        middles.append([line.told(line.ahead) for _ in range(2)])
        tickets.issue(hub, DESK, "SB01")
    assert all(one == other for one, other in middles)
    assert [one.middle for one, _ in middles if one] == sorted(one.middle for one, _ in middles if one)
    assert middles[-1][0] and middles[0][0] and middles[-1][0].middle > middles[0][0].middle + 600


def test_whoever_comes_next_is_told_what_a_screen_has_said(hub: Hub, foreseer: Foreseer) -> None:
    """Whatever for: the same stand before both, and the line is played once."""
    counters.open_counter(hub, DESK, "1", staff="90")
    for _ in range(3):
        tickets.issue(hub, DESK, "SB01")
    shown = moment(hub).line("YB01")
    said = shown.told(shown.ahead)
    mine = tickets.issue(hub, DESK, "SB01")
    line = line_of(hub.hall, hub.read(), mine, hub.now(), hub.foresight)
    assert said is not None and line.told(line.ahead) is said


def test_a_clock_that_was_set_back_and_whatever_else_goes_wrong_hold_up_no_number(
    hub: Hub, foreseer: Foreseer, clock: HandClock
) -> None:
    """Who came by a clock that was ahead has not waited yet; what can't be worked out is told by the plain formula."""
    counters.open_counter(hub, DESK, "1", staff="90")
    clock.forward(200)
    for _ in range(3):
        tickets.issue(hub, DESK, "SB01")
    until(lambda: len(hub.foresight.seer.watch.waiting) == 3)
    hub.foresight.seer.guard.ended = 100.0  # all four have earned their share
    clock.forward(-200)
    assert hub.foresight.seer.watch.head(None, hub.now()) == 0.0
    line = moment(hub).line("SB01")
    assert line.told(line.ahead) and tickets.issue(hub, DESK, "SB01").label == "A004"
    hub.foresight.seer.guard.ended = float("nan")
    hub.foresight.seer.guard.wrong["model"] = "no number"  # type: ignore[assignment]
    clock.forward(120)
    mine = tickets.issue(hub, DESK, "SB01")
    assert mine.label == "A005" and ticket_view(hub, mine)["estimate_min"]


def has_read(foreseer: Foreseer, seq: int) -> bool:
    return foreseer._since >= seq


def is_told(hub: Hub, ticket: int) -> bool:
    return any(one == ticket for one, _, _ in kept(hub))


def a_day(hub: Hub, clock: HandClock, foreseer: Foreseer, numbers: int) -> None:
    """One counter works numbers off, each told as it comes."""
    for _ in range(numbers):
        mine = tickets.issue(hub, DESK, "SB01").id
        until(partial(is_told, hub, mine))  # a number that is not new any more is told nothing
        until(partial(has_read, foreseer, hub.seq))
        clock.forward(60)
        if hub.read().at_counter("1"):
            calls.finish(hub, DESK, "1", outcome="done")
        calls.call_next(hub, DESK, "1")


def test_a_restart_knows_what_it_knew(hub: Hub, foreseer: Foreseer, clock: HandClock) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    a_day(hub, clock, foreseer, 30)
    until(lambda: len(kept(hub)) == 30)
    seq = hub.seq
    until(lambda: foreseer._since >= seq)
    before = hub.foresight.seer
    foreseer.stop()
    other = Hub(hub.hall, hub.store, clock)
    again = Foreseer(other)
    again.start()
    assert again.started.wait(DEADLINE_S)
    again.stop()
    after = other.foresight.seer
    assert (after.watch.waits, after.watch.held, after.watch.waiting) == (
        before.watch.waits,
        before.watch.held,
        before.watch.waiting,
    )
    assert (after.conform, after.guard.count, len(after.rows)) == (before.conform, before.guard.count, len(before.rows))


def test_a_night_learns_and_says_from_what(hub: Hub, foreseer: Foreseer) -> None:
    seer = hub.foresight.seer
    counters.open_counter(hub, DESK, "1", staff="90")
    line = moment(hub).line("SB01")
    told = line.told(3)
    assert told
    with hub.foresight.lock:
        for n in range(LEAST + 100):
            seer.learn(told, 400.0 + n % 60)
            foreseer._days.append("2026-11-23")
    tickets.issue(hub, DESK, "SB01")  # the next thing that happens has it look whether a night is due
    until(lambda: hub.read().last_event("ForesightLearnt"))
    row = hub.read().last_event("ForesightLearnt")
    assert row
    learnt = row.happened()
    assert isinstance(learnt, ev.ForesightLearnt) and learnt.waits == LEAST + 100 and learnt.names == NAMES
    assert learnt.first == learnt.last == "2026-11-23"
    assert learnt.error_s is not None and learnt.play_error_s is not None and learnt.error_s < learnt.play_error_s
    until(lambda: hub.foresight.seer.model.waits == LEAST + 100)
    tickets.issue(hub, DESK, "SB01")
    seq = hub.seq
    until(lambda: foreseer._since >= seq)
    assert len(hub.read().events_between("ForesightLearnt", 0, 2e9)) == 1


def test_a_row_that_cannot_be_read_is_left_out_once(
    hub: Hub, foreseer: Foreseer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = hub.seq + 1
    take = foreseer._take

    def stumbling(row: Row) -> None:
        assert row.seq != bad
        take(row)

    monkeypatch.setattr(foreseer, "_take", stumbling)
    counters.open_counter(hub, DESK, "1", staff="90")
    mine = tickets.issue(hub, DESK, "SB01")
    until(lambda: is_told(hub, mine.id))
    tickets.issue(hub, DESK, "SB01")
    until(partial(has_read, foreseer, hub.seq))
    assert sum("leaves out row" in line for line in caplog.messages) == 1 and hub.foresight.ready


def test_minutes_and_lunch_follow_the_halls_file(hub: Hub, foreseer: Foreseer) -> None:
    watch = hub.foresight.seer.watch
    before = watch.mean("SB01")
    services = {**hub.hall.services, "SB01": hub.hall.services["SB01"].model_copy(update={"standard_min": 50})}
    one = hub.hall.counters["1"].model_copy(update={"lunch": [(720, 810)]})
    hall = hub.hall.model_copy(update={"services": services, "counters": {**hub.hall.counters, "1": one}})
    for tell in hub.on_hall:
        tell(hub.hall, hall)
    assert watch.mean("SB01") > 2 * before and watch.lunch == {"1": [(12.0, 13.5)]}
    watch.midnight = 0.0
    assert watch.off("1", True, 11 * 3600.0, False) == ((3600.0, 2.5 * 3600.0),)
    assert watch.off("2", True, 11 * 3600.0, False) == ()


def test_the_live_page_answers_what_if(hub: Hub, foreseer: Foreseer) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    for _ in range(12):
        tickets.issue(hub, DESK, "SB01")
    until(lambda: len(kept(hub)) == 12)
    told = if_view(hub, supposition.asked(hub, "open", ["2"], "", "11:30"))
    assert told["zh"].startswith("2号窗口现在开到11:30：现在等候和11:30前来的约12人中，九成等候由")
    assert "超过承诺的少" in told["zh"]
    assert told["en"].startswith("Counter 2 open from now until 11:30: of about 12 who wait now or come by 11:30, nine")
    assert told["trust"]["zh"].startswith("还没有以往同类日子") and told["fewer"] > 0
    lunch = if_view(hub, supposition.asked(hub, "lunch", ["1"], "10:00", "11:00"))
    assert "午休" in lunch["zh"] and lunch["p90_min"][1] > lunch["p90_min"][0]
    early = if_view(hub, supposition.asked(hub, "end", [], "10:00", ""))
    assert early["zh"].startswith("10:00提前结束：") and "今天叫不到的多" in early["zh"]
    wishes: list[tuple[What, list[str], str]] = [
        ("open", ["x"], ""),
        ("close", [], ""),
        ("lunch", ["1"], "10:00"),
        ("end", [], "23:00"),
    ]
    for what, chosen, begins in wishes:
        with pytest.raises(Refused):
            supposition.asked(hub, what, chosen, begins, "")


def test_the_printed_slip_says_what_is_kept(hub: Hub, foreseer: Foreseer) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    for _ in range(5):
        tickets.issue(hub, DESK, "SB01")
    mine = tickets.issue(hub, DESK, "SB01", printers=("p80",))
    until(lambda: len(kept(hub)) == 6)
    low, high = kept(hub)[-1][1:]
    job = hub.read().last_job(mine.id)
    assert job
    slip = slip_for(hub.hall, hub.read(), job, "p80", load("generic-80"), hub.now(), hub.foresight)
    assert f"{low}-{high}" in repr(slip).replace("–", "-").replace("～", "-").replace("至", "-")


def test_the_live_page_says_what_opening_a_counter_would_change(hub: Hub, foreseer: Foreseer) -> None:
    counters.open_counter(hub, DESK, "1", staff="90")
    for _ in range(12):
        tickets.issue(hub, DESK, "SB01")
    until(lambda: len(kept(hub)) == 12)
    cards = {card["id"]: card["if_opened"] for card in hall_view(hub, Health(lambda *_: None, hub.now))["counters"]}
    assert cards["1"] is None
    assert cards["2"]["zh"].startswith("现在开：新来的人九成等候由") and "Opened now: nine in ten" in cards["2"]["en"]


def test_the_live_page_says_what_closing_a_counter_would_change(hub: Hub, foreseer: Foreseer) -> None:
    for counter in ("1", "2"):
        counters.open_counter(hub, DESK, counter, staff=f"9{counter}")
    for _ in range(12):
        tickets.issue(hub, DESK, "SB01")
    until(lambda: len(kept(hub)) == 12)
    cards = {card["id"]: card["if_closed"] for card in hall_view(hub, Health(lambda *_: None, hub.now))["counters"]}
    assert cards["1"]["zh"].startswith("现在关：新来的人九成等候由") and "升到" in cards["1"]["zh"]
    assert "Closed now: nine in ten newcomers wait up to" in cards["2"]["en"] and cards["3"] is None


def test_an_orderly_stop_records_what_was_told(
    hub: Hub, foreseer: Foreseer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(foreseer, "keep_up", lambda: None)  # it would have done so half a second later
    counters.open_counter(hub, DESK, "1", staff="90")
    made = [tickets.issue(hub, DESK, "SB01") for _ in range(3)]
    told = ticket_view(hub, made[-1])["estimate_min"]
    foreseer.stop()
    assert [one[0] for one in kept(hub)] == [one.id for one in made] and kept(hub)[-1][1:] == told
    assert not caplog.records


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x")])
def test_what_one_stands_before_may_fail_and_no_number_waits_for_that(hub: Hub, error: Exception) -> None:
    def sight(error: Exception = error) -> Sight:
        raise error

    assert hub.foresight.tell("key", sight) is None
    assert hub.foresight.changed("key", sight, "1", opens=True, pledge_s=600.0) is None
    for ask in (
        lambda: hub.foresight.tell("key", partial(sight, sqlite3.OperationalError("disk I/O error"))),
        lambda: hub.foresight.changed("key", partial(sight, sqlite3.OperationalError("x")), "1", True, 600.0),
    ):
        with pytest.raises(sqlite3.OperationalError):
            ask()
