"""Every (state, verb) is a transition or a refusal with a sentence."""

from __future__ import annotations

import re

import pytest

import config
from server import events as ev
from server import rules
from server.ticket import Counter, Ticket, evolve

OPEN = Counter("3", "open", "08", 0.0)
VERBS = {
    "call": lambda t: rules.call(t, OPEN, None, "因为"),
    "recall": rules.recall,
    "start": rules.start,
    "finish": lambda t: rules.finish(t, "咨询"),
    "pass": rules.pass_,
    "take back": lambda t: rules.take_back(t, 5.0, 100.0, 30),
    "leave": rules.leave,
    "expire": rules.day_end,
}


def ticket(state: str) -> Ticket:
    return Ticket(
        id=1, day="2026-11-23", prefix="A", number=12, service="SB01", klass="ordinary", channel="kiosk", state=state,
        issued_at=0.0, rank=0.0, counter="3", ended_at=60.0,
    )  # fmt: skip


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
        after = evolve(ticket(state), event, 100.0)
        assert after is not None and after.state == wanted


@pytest.mark.parametrize(
    ("counter", "busy", "sentence"),
    [
        (Counter("3"), None, "窗口3未开放：请先登录开窗。"),
        (Counter("3", "paused", "08"), None, "窗口3已暂停：请先按“继续”。"),
        (OPEN, "called", "A012已呼叫，尚未到窗：请先开始或过号。"),
        (OPEN, "serving", "A012正在办理：请先办结。"),
    ],
)
def test_a_counter_that_may_not_call(counter: Counter, busy: str | None, sentence: str) -> None:
    with pytest.raises(rules.Refused, match=re.escape(sentence)):
        rules.may_call(counter, ticket(busy) if busy else None)


def test_a_passed_number_lapses_and_an_outcome_is_of_the_list() -> None:
    with pytest.raises(rules.Refused, match="过号已超过30分钟"):
        rules.take_back(ticket("passed"), 5.0, 60.0 + 1801, 30)
    with pytest.raises(rules.Refused, match="请选择办理结果"):
        rules.finish(ticket("serving"), "好了")


def test_a_recall_does_not_restart_the_wait() -> None:
    called = evolve(ticket("waiting"), ev.Called(ticket=1, counter="3"), 100.0)
    again = evolve(called, ev.Recalled(ticket=1, counter="3"), 130.0)
    assert again is not None
    assert (again.called_at, again.last_called_at, again.calls) == (100.0, 130.0, 2)


def test_the_documents_diagram_is_the_table() -> None:
    text = (config.ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^\s+(\w+) --> (\w+) : ([\w ]+)$", text, re.M))
    assert drawn == {(s, after, verb) for (s, verb), after in rules.TRANSITIONS.items()}
