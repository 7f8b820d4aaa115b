"""The hub's side: what a commit waits for, what is asked of whom, and whose word makes the hub the second machine."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

import succession
from hub_client import HubAway, HubClient
from server.domain import events as ev
from server.second import pairing
from server.second.pairing import Pair
from server.store.database import CutOff, Store
from server.store.shipping import Batch
from tests.conftest import MONDAY_9, new_store
from tests.waiting import DEADLINE_S, until

SECOND: dict[str, Any] = {
    "epoch": 0,
    "number": 0,
    "hub": False,
    "applied": "-",
    "staged": "-",
    "url": "http://second:1",
}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No commit goes on alone, and nobody is taken for silent, because this machine is slow."""
    for module, name in ((succession, "WAIT_S"), (succession, "YIELD_S"), (pairing, "SILENT_S")):
        monkeypatch.setattr(module, name, DEADLINE_S)
    return monkeypatch


def nobody(url: str) -> tuple[str, int]:
    raise HubAway(url)


def batches(pair: Pair, told: dict[str, Any]) -> list[dict[str, Any]]:
    """What a second machine is told, asking until there is something."""
    found: list[dict[str, Any]] = until(lambda: orjson.loads(pair.next_for(told))["batches"])
    return found


def record(store: Store) -> None:
    store.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"), lambda last: MONDAY_9)


def test_without_anybody_a_commit_waits_for_nobody(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    Pair(tmp_path, store, nobody)
    record(store)
    assert store.seq == 1


def test_a_stranger_to_the_database_copies_it(tmp_path: Path) -> None:
    pair = Pair(tmp_path, new_store(tmp_path), nobody)
    assert orjson.loads(pair.next_for(SECOND))["copy"] is True


def test_a_commit_is_answered_when_the_second_machine_holds_it(tmp_path: Path, patient: object) -> None:
    store = new_store(tmp_path)
    pair = Pair(tmp_path, store, nobody)
    mark = orjson.loads(pair.next_for(SECOND))["committed"]
    pair.next_for({**SECOND, "applied": mark})
    assert pair.standing()["attached"]
    done = threading.Thread(target=record, args=(store,))
    done.start()
    told = batches(pair, {**SECOND, "applied": mark})
    assert store.seq == 0, "committed before it was held"
    pair.next_for({**SECOND, "applied": mark, "staged": told[0]["mark"]})
    done.join(DEADLINE_S)
    assert store.seq == 1 and pair.standing()["attached"]


def test_where_both_are_gone_nothing_is_committed_until_a_person_says_so(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    pair = Pair(tmp_path, store, nobody)
    mark = orjson.loads(pair.next_for(SECOND))["committed"]
    pair.next_for({**SECOND, "applied": mark})
    order = pair.witness("K1", {"epoch": 0, "number": 0})["order"]
    assert order == [0, 1, True, "K1"] and pair.first.armed
    with pytest.raises(CutOff):
        record(store)
    assert store.seq == 0 and pair.standing()["cut_off"]
    again = pairing.read(tmp_path)
    assert again and again.first.armed and not again.first.allow, "what was ordered is on the disk"
    pair.alone()
    record(store)
    assert store.seq == 1


def test_the_witness_gives_the_taking_over_up_and_the_hall_goes_on_alone(
    tmp_path: Path, patient: pytest.MonkeyPatch
) -> None:
    patient.setattr(succession, "WAIT_S", 0.5)
    store = new_store(tmp_path)
    pair = Pair(tmp_path, store, nobody)
    mark = orjson.loads(pair.next_for(SECOND))["committed"]
    pair.next_for({**SECOND, "applied": mark})
    pair.witness("K1", {"epoch": 0, "number": 0})
    done = threading.Thread(target=record, args=(store,))
    done.start()
    told = pair.witness("K1", {"epoch": 0, "number": 1})
    while told["order"][2]:
        told = pair.witness("K1", {"epoch": 0, "number": 1})
    assert store.seq == 0
    pair.witness("K1", {"epoch": 0, "number": told["order"][1]})
    done.join(DEADLINE_S)
    assert store.seq == 1 and not pair.first.armed


def test_a_device_that_knows_of_a_newer_hub_has_the_second_machine_asked_and_stops_nothing(tmp_path: Path) -> None:
    store, says = new_store(tmp_path), [("", 0)]
    asked: list[str] = []

    def ask(url: str) -> tuple[str, int]:
        asked.append(url)
        if says[0] == ("", 0):
            raise HubAway(url)
        return says[0]

    def done(times: int) -> bool:
        return len(asked) == times and not pair._asking

    now = [100.0]
    pair = Pair(tmp_path, store, ask, lambda: now[0])
    pair.hinted(7)
    pair.witness("K1", {"epoch": 7, "number": 0})
    assert asked == [], "asked without a second machine"
    pair.next_for(SECOND)
    for answer in (("", 0), ("second", 7), ("superseded", 7), ("hub", 0)):
        says[0], now[0], before = answer, now[0] + 10, len(asked)
        pair.hinted(7)
        until(partial(done, before + 1))
        assert not pair.superseded
    assert set(asked) == {"http://second:1"}
    pair.hinted(7)
    assert len(asked) == 4, "asked again within the second"
    record(store)
    assert store.seq == 1
    says[0], now[0] = ("hub", 2), now[0] + 10
    assert pair.witness("K1", {"epoch": 7, "number": 0}).get("superseded") is None
    until(lambda: pair.superseded)
    assert pair.superseded == "http://second:1"
    with pytest.raises(CutOff):
        record(store)


def test_a_vote_is_of_the_next_epoch_and_no_other(tmp_path: Path) -> None:
    pair = Pair(tmp_path, new_store(tmp_path), nobody)
    pair.next_for(SECOND)
    pair.witness("K1", {"epoch": 1 << 70, "number": 0, "voted": True})
    assert pair.epoch == 0 and not pair.superseded
    pair.witness("K1", {"epoch": 1, "number": 0, "voted": True})
    assert pair.epoch == 2


def test_a_machine_proves_who_it_is_by_the_halls_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}

    def at(self: HubClient, url: str, path: str, body: Any, timeout: float) -> dict[str, Any]:
        nonce = path.partition("nonce=")[2]
        return {"role": "hub", "epoch": 7, "proof": pairing.proof(told["key"], told.get("nonce", nonce), "hub", 7)}

    monkeypatch.setattr(HubClient, "at", at)
    client = HubClient("http://second:1", "")
    for key, mine, nonce, found in (
        ("key", "key", None, ("hub", 7)),
        ("other", "key", None, ("", 0)),
        ("key", "key", "of-another-question", ("", 0)),
        ("", "", None, ("", 0)),
    ):
        told = {"key": key} | ({"nonce": nonce} if nonce else {})
        assert pairing.asked_standing(client, "http://second:1", mine) == found


def test_a_hub_that_hears_no_second_machine_asks_it_itself(tmp_path: Path) -> None:
    """Cut off while the other took over, nobody comes to tell it: who still follows it would see what was."""
    now, asked = [0.0], threading.Event()

    def tells(url: str) -> tuple[str, int]:
        asked.set()
        return "hub", 1

    pair = Pair(tmp_path, new_store(tmp_path), tells, clock=lambda: now[0])
    pair.next_for(SECOND)
    pair.look()
    assert not asked.is_set(), "it was heard just now"
    now[0] = 4.0
    pair.look()
    until(lambda: pair.superseded)
    assert pair.superseded == SECOND["url"]


def test_a_commit_that_failed_is_never_told_as_one(tmp_path: Path, patient: pytest.MonkeyPatch) -> None:
    """The disk was full at the COMMIT: what the second machine holds of it must not be laid there."""
    store = new_store(tmp_path)
    pair = Pair(tmp_path, store, nobody)
    base = orjson.loads(pair.next_for(SECOND))["committed"]
    pair.next_for({**SECOND, "applied": base})
    done = threading.Thread(target=pair.offer, args=(Batch(base, "failed", 1, b"{}"),))
    done.start()
    assert batches(pair, {**SECOND, "applied": base})[0]["mark"] == "failed"
    holds = {**SECOND, "applied": base, "staged": "failed"}
    quiet = orjson.loads(pair.next_for(holds))
    done.join(DEADLINE_S)
    assert (quiet["committed"], quiet["batches"]) == (base, [])
    patient.setattr(succession, "WAIT_S", 0.5)  # nobody will hold the next one
    told: list[Any] = []
    asks = threading.Thread(target=lambda: told.append(batches(pair, holds)))
    asks.start()
    record(store)
    asks.join(DEADLINE_S)
    assert [one["base"] for one in told[0]] == [base], "what was taken back is not waited for"
