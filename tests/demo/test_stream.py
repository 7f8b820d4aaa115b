"""The demo's people: the same seed the same people, nobody outside the virtual hours, standing still at a key; and the
demo's own clock.
"""

from __future__ import annotations

import queue
from datetime import datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
import urllib3

from demo.stream import OPEN_H, Door, Step, Stream, own_zone, people_come, steps
from server.pages.access import give_tokens
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.server.pages.conftest import Web
from tests.waiting import DEADLINE_S

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_same_seed_the_same_people() -> None:
    first, again, other = (list(islice(steps(["SB01", "MZ04"], ["2", "3"], seed), 400)) for seed in (7, 7, 8))
    assert first == again != other
    assert [s.at for s in first] == sorted(s.at for s in first)


def test_it_is_quiet_and_each_key_follows_the_one_before() -> None:
    run = list(islice(steps(["SB01"], ["2", "3"]), 2000))
    come = [s.at for s in run if s.verb == "take"]
    assert min(b - a for a, b in pairwise(come)) >= 35
    follows = {"call-next": {"start", "pass"}, "start": {"finish"}, "finish": {"call-next"}, "pass": {"call-next"}}
    for counter in ("2", "3"):
        verbs = [s.verb for s in run if s.place == counter]
        assert all(after in follows[before] for before, after in pairwise(verbs))
        assert {"pass", "finish"} <= {*verbs}


@pytest.mark.parametrize("hour", range(24))
def test_it_is_working_time_by_the_demos_own_clock_and_no_day_comes_back(hour: int) -> None:
    at = datetime(2026, 11, 25, hour, 30, tzinfo=SHANGHAI)
    zone = ZoneInfo(own_zone(SHANGHAI, at.timestamp()))
    there = at.astimezone(zone)
    assert OPEN_H[0] <= there.hour < OPEN_H[1] and people_come(zone, at.timestamp())
    assert (there.minute, there.second) == (30, 0)
    later = at + timedelta(hours=1)
    assert later.astimezone(ZoneInfo(own_zone(SHANGHAI, later.timestamp()))).date() >= there.date()
    if OPEN_H[0] <= hour < OPEN_H[1]:
        assert str(zone) == "Asia/Shanghai"


@pytest.mark.parametrize(("hour", "come"), [(7, False), (8, True), (17, True), (18, False)])
def test_nobody_comes_outside_the_virtual_hours(hour: int, come: bool) -> None:
    assert people_come(SHANGHAI, datetime(2026, 11, 25, hour, 59, tzinfo=SHANGHAI).timestamp()) is come


def test_while_they_stand_still_nobody_acts() -> None:
    done: queue.Queue[str] = queue.Queue()
    asked: queue.Queue[None] = queue.Queue()

    def come() -> bool:
        asked.put(None)
        return False

    def do(step: Step) -> int:
        done.put(step.verb)
        return 200

    still = Stream(iter([Step(0.01, "take"), Step(0.02, "take")]), do, come)
    still.start()
    for _ in range(4):  # looked at again and again
        asked.get(timeout=DEADLINE_S)
    still.stop()
    still.join(DEADLINE_S)
    assert done.empty()
    moving = Stream(steps(["SB01"], []), do, lambda: True)
    moving.start()
    assert done.get(timeout=DEADLINE_S) == "take"
    moving.stop()
    moving.join(DEADLINE_S)


def test_the_steps_are_pressed_as_kiosk_and_consoles_press_them(web: Web, hub: Hub) -> None:
    from demo import crew

    give_tokens(hub)
    hall = hub.hall.model_copy(update={"hub": hub.hall.hub.model_copy(update={"url": web.base})})
    session = crew.log_in(web.base, ("08", "", "operator", "pass-08"), "2")
    token = (hall.data / "tokens" / "K1").read_text().strip()
    door = Door(hall, token, {"2": session})
    assert door.do(Step(0, "take", what="SB01")) == 201
    assert [door.do(Step(0, verb, "2")) for verb in ("call-next", "start", "finish")] == [200, 200, 200]
    ticket = hub.read().ticket(1)
    assert ticket is not None and ticket.state == "finished" and ticket.counter == "2"
    first = next(iter(hall.packages.values())).items[0]
    assert Door(hall, token, {}, packages=False).do(Step(0, "take", what=first)) == 201
    assert [ticket.service for ticket in hub.read().waiting()] == [first], "a recorded day has a step for each item"
    for _ in range(8):
        tickets.issue(hub, By("K1"), "SB01")
    assert door.do(Step(0, "take", what="SB01")) == 204  # enough people wait
    with pytest.raises(urllib3.exceptions.HTTPError):
        Door(hall.model_copy(update={"hub": hall.hub.model_copy(update={"url": "http://127.0.0.1:9"})}), "", {}).do(
            Step(0, "take", what="SB01")
        )
