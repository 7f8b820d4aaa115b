"""Every (state, verb) is a transition or a refusal with a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import config
from config import Text
from server.domain import events as ev
from server.domain import rules
from server.domain.chain import canonical
from server.domain.ticket import Counter, Ticket, evolve, service_seconds
from server.domain.vocabulary import SUSPENSIONS

OPEN = Counter("3", "open", "08", 0.0)
NO_REASON = Text("", "")


def named(counter: str) -> Text:
    return Text("咨询台", "Guide desk") if counter == "desk" else Text(f"{counter}号窗口", f"Counter {counter}")


VERBS = {
    "call": lambda t: rules.call(t, OPEN, None, Text("因为。", "Because."), named),
    "recall": rules.recall,
    "start": rules.start,
    "finish": lambda t: rules.finish(t, "咨询", ["SB01", "YB01"], ["SB01", "YB01"]),
    "settle": lambda t: rules.settle(t, "SB01", "done", "08"),
    "pass": rules.pass_,
    "take back": lambda t: rules.take_back(t, 5.0),
    "transfer": lambda t: rules.transfer(t, "YB01", "", 5.0, "事项不符"),
    "suspend": lambda t: rules.suspend(t, "errand"),
    "resume": lambda t: rules.resume(t, OPEN, None, named),
    "raise": lambda t: rules.raise_(t, 5.0, "老年人"),
    "give way": lambda t: rules.give_way(t, [replace(t, id=99, rank=7.0)]),
    "leave": lambda t: rules.leave(t, named, "3"),
    "expire": rules.day_end,
}


def ticket(state: str, **more: Any) -> Ticket:
    return Ticket(
        **{  # type: ignore[arg-type]
            "id": 1,
            "day": "2026-11-23",
            "prefix": "A",
            "number": 12,
            "service": "SB01",
            "klass": "ordinary",
            "channel": "kiosk",
            "state": state,
            "issued_at": 0.0,
            "rank": 0.0,
            "counter": "3",
            "last_called_at": 30.0,
            "ended_at": 60.0,
            "suspended": "away" if state == "suspended" else "",
            "suspended_at": 50.0 if state == "suspended" else None,
            **more,
        }
    )


def test_every_verb_of_the_table_is_pressed_here() -> None:
    assert set(VERBS) == set(rules.VERBS) == {verb for _, verb in rules.TRANSITIONS}
    assert {state for state, _ in rules.TRANSITIONS} | set(rules.TRANSITIONS.values()) == set(rules.STATES)


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_the_whole_table(state: str, verb: str) -> None:
    wanted = rules.TRANSITIONS.get((state, verb))
    if wanted is None and verb == "expire":
        assert rules.day_end(ticket(state)) is None
    elif wanted is None:
        with pytest.raises(rules.Refused) as refused:
            VERBS[verb](ticket(state))
        assert "A012" in str(refused.value) and str(refused.value).endswith("。")
        assert refused.value.en.endswith(".")
    else:
        event = VERBS[verb](ticket(state))
        assert event.name == rules.VERBS[verb][2] or verb == "expire"
        after = evolve(ticket(state), event, 100.0)
        assert after is not None and after.state == wanted


def test_what_a_person_may_press_is_the_table() -> None:
    assert rules.allowed(ticket("called")) == ["recall", "start", "finish", "pass", "transfer", "leave"]
    assert rules.allowed(ticket("finished")) == []


@pytest.mark.parametrize(
    ("counter", "busy", "sentence"),
    [
        (Counter("3"), None, "3号窗口未开放：请先登录开窗。"),
        (Counter("3", "paused", "08"), None, "3号窗口已暂停：请先按“继续”。"),
        (OPEN, "called", "A012已呼叫，尚未到窗：请先开始或过号。"),
        (OPEN, "serving", "A012正在办理：请先办结。"),
    ],
)
def test_a_counter_that_may_not_call(counter: Counter, busy: str | None, sentence: str) -> None:
    with pytest.raises(rules.Refused, match=re.escape(sentence)):
        rules.may_call(counter, ticket(busy) if busy else None, named)


WRONG = [
    (lambda: rules.not_lapsed(ticket("passed"), 60.0 + 1801, 30, 3), "A012过号已超过30分钟：请取新号。"),
    (lambda: rules.not_lapsed(ticket("passed", passes=3), 61.0, 30, 3), "A012已过号3次：请取新号。"),
    (lambda: rules.finish(ticket("serving"), "好了", [], ["SB01"]), "请选择办理结果"),
    (lambda: rules.finish(ticket("serving"), "咨询", ["XX99"], ["SB01"]), "没有事项“XX99”：请从事项清单中选择。"),
    (lambda: rules.suspend(ticket("serving"), "nap"), "请选择挂起方式：不持件、持件、等待。"),
    (lambda: rules.transfer(ticket("serving"), "YB01", "", 5.0, " "), "请选择转移原因。"),
    (lambda: rules.transfer(ticket("waiting"), "SB01", "", 5.0, "错"), "A012已在该队列等候。"),
    (lambda: rules.raise_(ticket("waiting"), 5.0, ""), "请选择优先的原因。"),
    (
        lambda: rules.resume(ticket("suspended", suspended="kept", counter="2"), OPEN, None, named),
        "A012在2号窗口挂起（持件）：请到那里办理。",
    ),
    (
        lambda: rules.call(ticket("waiting", target="counter:2"), OPEN, None, NO_REASON, named),
        "A012已转给2号窗口：请由其呼叫。",
    ),
    (
        lambda: rules.call(ticket("waiting", target="staff:09"), OPEN, None, NO_REASON, named),
        "A012已转给工号09：请由其呼叫。",
    ),
    (lambda: rules.due(ticket("waiting", slot=900.0), 899.0, 0, "09:30"), "A012预约在09:30，还未到时段。"),
    (lambda: rules.pace(100.0, 104.2, 10), "刚刚呼叫过：请等6秒再按。"),
]


@pytest.mark.parametrize(("act", "sentence"), WRONG, ids=[w[1][:12] for w in WRONG])
def test_what_is_refused_says_what_to_do(act: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(rules.Refused, match=re.escape(sentence)):
        act()


def test_the_borders_of_time_and_place() -> None:
    rules.not_lapsed(ticket("passed", passes=2), 60.0 + 1800, 30, 3)
    rules.due(ticket("waiting", slot=900.0), 600.0, 5, "09:30")
    rules.pace(100.0, 110.0, 10)
    rules.pace(None, 0.0, 10)
    rules.resume(ticket("suspended", suspended="away", counter="2"), OPEN, None, named)
    rules.call(ticket("waiting", target="staff:08"), OPEN, None, NO_REASON, named)


@pytest.mark.parametrize("kind", SUSPENSIONS)
def test_suspended_time_is_not_service(kind: str) -> None:
    serving = evolve(ticket("called"), ev.Started(ticket=1, counter="3"), 100.0)
    away = evolve(serving, ev.Suspended(ticket=1, counter="3", kind=kind), 160.0)
    assert away is not None and service_seconds(away, 500.0) == 60.0
    back = evolve(away, ev.Resumed(ticket=1, counter="3"), 400.0)
    assert back is not None and (service_seconds(back, 430.0), back.away_s, back.suspended) == (90.0, 240.0, "")
    called_back = evolve(away, ev.Called(ticket=1, counter="3"), 400.0)
    assert called_back is not None and (called_back.served_s, called_back.started_at) == (60.0, None)


def test_a_transfer_is_a_new_leg_and_keeps_the_service_of_the_old_one() -> None:
    serving = evolve(ticket("called"), ev.Started(ticket=1, counter="3"), 100.0)
    moved = evolve(
        serving, ev.Transferred(ticket=1, counter="3", service="YB01", target="", rank=7.0, reason="事项不符"), 180.0
    )
    assert moved is not None
    assert (moved.state, moved.service, moved.legs, moved.entered_at, moved.served_s, moved.started_at) == (
        "waiting",
        "YB01",
        2,
        180.0,
        80.0,
        None,
    )
    again = evolve(moved, ev.Transferred(ticket=1, service="YB01", target="counter:2", rank=7.0, reason="窗口"), 190.0)
    assert again is not None and (again.legs, again.target) == (2, "counter:2")


def test_undo_restores_exactly_what_was_before() -> None:
    before = ticket("serving", started_at=40.0, ended_at=None)
    after = evolve(before, ev.Finished(ticket=1, counter="3", outcome="咨询", items=("SB01", "YB01")), 90.0)
    assert after is not None
    undone = rules.undo(after, before, "Finished", 9, "08", OPEN, None, named)
    assert evolve(after, ev.from_row("Undone", 1, "3", json.loads(canonical(ev.to_row(undone)))), 95.0) == before
    with pytest.raises(rules.Refused, match="3号窗口正在办理A013"):
        rules.undo(after, before, "Finished", 9, "08", OPEN, replace(before, id=2, number=13), named)
    with pytest.raises(rules.Refused, match="您已不在3号窗口"):
        rules.undo(after, before, "Finished", 9, "08", Counter("3"), None, named)


def test_a_recall_does_not_restart_the_wait() -> None:
    called = evolve(ticket("waiting"), ev.Called(ticket=1, counter="3"), 100.0)
    again = evolve(called, ev.Recalled(ticket=1, counter="3"), 130.0)
    assert again is not None
    assert (again.called_at, again.last_called_at, again.calls) == (100.0, 130.0, 2)


def test_the_documents_page_is_made_from_the_tables() -> None:
    assert (config.ROOT / "docs" / "states.md").read_text(encoding="utf-8") == rules.page(), "run ./run docs"


def test_who_gives_way_never_gains_a_place() -> None:
    mine = ticket("waiting")
    before, behind = replace(mine, id=2, rank=1.0), replace(mine, id=3, rank=9.0)
    assert rules.give_way(replace(mine, rank=5.0), [before]).rank > 5.0, "a preferred one behind may rank before"
    assert rules.give_way(replace(mine, rank=5.0), [behind]).rank > 9.0
    with pytest.raises(rules.Refused, match="不需要让号"):
        rules.give_way(replace(mine, raised="老年人"), [behind])
