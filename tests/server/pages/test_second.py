"""Whose word about another hub counts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from apiflask import APIFlask

from server.domain import events as ev
from server.pages.access import give_token
from server.pages.past_flask import past_flask
from server.second import pairing
from server.second.pairing import Pair
from server.store import secret
from server.store.database import CutOff
from server.verbs.hub import Hub
from server.views import second
from server.views.condition import condition
from tests.waiting import until

SECOND: dict[str, Any] = {
    "epoch": 0,
    "number": 0,
    "hub": False,
    "applied": "-",
    "staged": "-",
    "url": "http://second:1",
}


def test_no_devices_word_of_a_higher_epoch_stops_the_hub(app: APIFlask, hub: Hub) -> None:
    asked, says = past_flask(app), [("second", 7)]
    done: list[str] = []

    def ask(url: str) -> tuple[str, int]:
        done.append(url)
        return says[0]

    def post(**headers: str) -> None:
        environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/nowhere", "HTTP_JIAOHAO_EPOCH": "7", **headers}
        with app.test_request_context("/nowhere", method="POST") as context:
            b"".join(asked({**context.request.environ, **environ}, lambda *_: None))

    def record() -> None:
        hub.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"))

    kiosk = f"Bearer {give_token(hub, 'K1').read_text().strip()}"
    post(HTTP_AUTHORIZATION=kiosk)
    assert hub.pair is None
    now = [100.0]
    pair = hub.pair = Pair(hub.hall.data, hub.store, ask, lambda: now[0])
    post(HTTP_AUTHORIZATION=kiosk)
    assert done == [], "there is no second machine to ask"
    pair.next_for(SECOND)
    post()
    post(HTTP_AUTHORIZATION=kiosk, HTTP_JIAOHAO_EPOCH="9" * 5000)
    assert done == [], "a stranger's word is none"
    post(HTTP_AUTHORIZATION=kiosk)
    until(lambda: done == ["http://second:1"] and not pair._asking)
    record()
    assert not pair.superseded
    says[0], now[0] = ("hub", 7), 200.0
    post(HTTP_AUTHORIZATION=kiosk)
    until(lambda: pair.superseded)
    with pytest.raises(CutOff):
        record()


def test_the_hub_proves_its_standing_by_the_halls_own_key(app: APIFlask, hub: Hub) -> None:
    said = app.test_client().get("/api/v1/second/standing?nonce=abc").json
    assert said == {"role": "hub", "epoch": 0, "proof": ""}
    key = secret.key(hub.hall, pairing.KEY)
    said = app.test_client().get("/api/v1/second/standing?nonce=abc").json
    assert said and said["proof"] == pairing.proof(key, "abc", "hub", 0) != ""


def ticking(now: list[float]) -> float:
    """A clock on which a question is held for no longer than it takes to look at it a few times."""
    now[0] += 0.4
    return now[0]


def test_a_second_machine_that_is_away_is_an_alert_and_one_that_follows_is_a_good_line(app: APIFlask, hub: Hub) -> None:
    def shown() -> tuple[list[str], list[str]]:
        told = condition(hub, app.extensions["health"], app.extensions["contacts"])
        return [one["text"].zh for one in told["problems"]], [text.zh for _, text in told["second"]]

    now = [100.0]
    assert second.troubles(hub) == second.standing(hub) == []
    pair = hub.pair = Pair(hub.hall.data, hub.store, lambda url: ("", 0), lambda: ticking(now))
    assert second.troubles(hub) == second.standing(hub) == [], "there never was a second machine"
    mark = orjson.loads(pair.next_for(SECOND))["committed"]
    pair.next_for({**SECOND, "applied": mark})
    problems, lines = shown()
    assert "没有见证设备" in lines[0] and not any("备用主机" in text for text in problems)
    now[0] += 20.0
    assert "刚刚断开" in shown()[1][0]
    now[0] += 60.0
    problems, lines = shown()
    assert any("备用主机已有1分钟没有跟上" in text for text in problems) and lines == []
    pair.evidence = 3
    assert any("3条记录本机没有" in text for text in shown()[0])


def test_a_hall_that_does_not_wait_is_never_taken_over_from_by_itself(hub: Hub) -> None:
    now = [100.0]
    pair = hub.pair = Pair(hub.hall.data, hub.store, lambda url: ("", 0), lambda: ticking(now), waits=False)
    told = orjson.loads(pair.next_for(SECOND))
    assert told["waits"] is False
    pair.next_for({**SECOND, "applied": told["committed"]})
    assert pair.witness("K1", {"epoch": 0, "number": -1})["order"][2] is False and not pair.first.armed
    before = hub.seq
    hub.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"))  # nobody holds it, nobody is waited for
    assert hub.seq == before + 1 and pair.standing()["attached"]
    assert "不等它" in second.standing(hub)[0][1].zh
