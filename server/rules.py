"""What a key may do: every (state, verb) is a transition or a refusal with a sentence. Everything that decides it is here.

Pure: a ticket, a counter and `now` come in as arguments, an event goes out, or `Refused` with one sentence that tells
the operator what to do. The documentation's diagram (docs/states.md) is drawn from TRANSITIONS.
"""

from __future__ import annotations

from server import events as ev
from server.ticket import Counter, Ticket


class Refused(Exception):
    """The operator's error: one sentence in Chinese (`str`) and the same in English (`en`). Nothing has changed."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.en = en


TRANSITIONS: dict[tuple[str, str], str] = {
    ("waiting", "call"): "called",
    ("waiting", "leave"): "left",
    ("waiting", "expire"): "expired",
    ("called", "recall"): "called",
    ("called", "start"): "serving",
    ("called", "finish"): "finished",
    ("called", "pass"): "passed",
    ("called", "expire"): "passed",
    ("serving", "finish"): "finished",
    ("passed", "take back"): "waiting",
}
"""(state, verb) -> state after it. A finish straight from `called` is a counter that does not use the start key."""

STATES = {
    "waiting": ("等候中", "is waiting"),
    "called": ("已呼叫，尚未到窗", "has been called and is not at the counter yet"),
    "serving": ("正在办理", "is being served"),
    "finished": ("已办结", "is finished"),
    "passed": ("已过号", "was passed"),
    "left": ("已弃号", "has left"),
    "expired": ("已过期", "has expired"),
}

VERBS = {
    "call": ("呼叫", "call it", "Called"),
    "recall": ("重呼", "recall it", "Recalled"),
    "start": ("开始办理", "start it", "Started"),
    "finish": ("办结", "finish it", "Finished"),
    "pass": ("过号", "pass it", "Passed"),
    "take back": ("过号受理", "take it back", "Returned"),
    "leave": ("弃号", "mark it as left", "Left"),
    "expire": ("作废", "let it expire", "Expired"),
}
"""verb -> (key in Chinese, in English, the event it makes)."""

OUTCOMES = ("现场办结", "受理待办", "补正", "不予受理", "咨询", "领件", "取错事项", "其他")
"""What the operator chooses at 办结 (duties.md S16)."""


def check(ticket: Ticket, verb: str) -> None:
    """Refuse a verb that the ticket's state does not allow."""
    if (ticket.state, verb) not in TRANSITIONS:
        zh, en = STATES[ticket.state]
        key, key_en, _ = VERBS[verb]
        possible = [VERBS[v] for s, v in TRANSITIONS if s == ticket.state and v != "expire"]
        hint = f"；可以：{'、'.join(p[0] for p in possible)}" if possible else "；请取新号"
        hint_en = f"; you can: {', '.join(p[1] for p in possible)}" if possible else "; take a new number"
        raise Refused(f"{ticket.label}{zh}，不能{key}{hint}。", f"{ticket.label} {en}: cannot {key_en}{hint_en}.")


def may_call(counter: Counter, busy_with: Ticket | None) -> None:
    """A counter calls when it is open and holds no one."""
    if counter.state == "closed":
        raise Refused(f"窗口{counter.id}未开放：请先登录开窗。", f"Counter {counter.id} is closed: log in at it first.")
    if counter.state == "paused":
        raise Refused(f"窗口{counter.id}已暂停：请先按“继续”。", f"Counter {counter.id} is paused: resume it first.")
    if busy_with:
        zh, en = STATES[busy_with.state]
        todo, todo_en = ("开始或过号", "start or pass it") if busy_with.state == "called" else ("办结", "finish it")
        raise Refused(
            f"{busy_with.label}{zh}：请先{todo}。", f"{busy_with.label} {en} at this counter: {todo_en} first."
        )


def call(ticket: Ticket, counter: Counter, busy_with: Ticket | None, why: str) -> ev.Called:
    may_call(counter, busy_with)
    check(ticket, "call")
    return ev.Called(ticket=ticket.id, counter=counter.id, staff=counter.staff, why=why)


def at_counter(counter: Counter, ticket: Ticket | None) -> Ticket:
    """The ticket a counter holds, or the refusal to act on nobody."""
    if ticket is None:
        raise Refused(
            f"窗口{counter.id}没有正在办理的号：请先叫号。", f"Counter {counter.id} holds no number: call one first."
        )
    return ticket


def recall(ticket: Ticket) -> ev.Recalled:
    check(ticket, "recall")
    return ev.Recalled(ticket=ticket.id, counter=ticket.counter)


def start(ticket: Ticket) -> ev.Started:
    check(ticket, "start")
    return ev.Started(ticket=ticket.id, counter=ticket.counter)


def finish(ticket: Ticket, outcome: str) -> ev.Finished:
    check(ticket, "finish")
    if outcome not in OUTCOMES:
        raise Refused(f"请选择办理结果：{'、'.join(OUTCOMES)}。", f"'{outcome}' is no outcome: choose one of the list.")
    return ev.Finished(ticket=ticket.id, counter=ticket.counter, outcome=outcome)


def pass_(ticket: Ticket) -> ev.Passed:
    check(ticket, "pass")
    return ev.Passed(ticket=ticket.id, counter=ticket.counter)


def take_back(ticket: Ticket, rank: float, now: float, lapse_min: int) -> ev.Returned:
    """A passed number comes back within the lapse time; its new `rank` is order.py's."""
    check(ticket, "take back")
    if ticket.ended_at is not None and now - ticket.ended_at > lapse_min * 60:
        raise Refused(
            f"{ticket.label}过号已超过{lapse_min}分钟：请取新号。",
            f"{ticket.label} was passed more than {lapse_min} minutes ago: take a new number.",
        )
    return ev.Returned(ticket=ticket.id, rank=rank)


def leave(ticket: Ticket) -> ev.Left:
    check(ticket, "leave")
    return ev.Left(ticket=ticket.id)


def day_end(ticket: Ticket) -> ev.Event | None:
    """What the turn of the day makes of a ticket: nothing for one being served, it stays open for the operator."""
    if ticket.state == "waiting":
        return ev.Expired(ticket=ticket.id)
    if ticket.state == "called":
        return ev.Passed(ticket=ticket.id, counter=ticket.counter)
    return None
