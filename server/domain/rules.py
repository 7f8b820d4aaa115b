"""What a key may do: every (state, verb) is a transition or a refusal with a sentence.

Everything that decides it is here.

Pure: a ticket, a counter and `now` come in as arguments, an event goes out, or `Refused` with one sentence that tells
the operator what to do. docs/states.md is made from the tables here by `./run docs`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from functools import cache
from math import ceil
from typing import Protocol

from config import Text, Told
from server.domain import events as ev
from server.domain import target, vocabulary
from server.domain.ticket import Counter, Ticket, service_seconds
from server.domain.vocabulary import OUTCOMES, SUSPENSIONS


class Refused(Told):
    """The operator's error. Nothing has changed."""


Named = Callable[[str], Text]
"""A counter's name by its id, as the hall's file has it (`Hall.counter_name`)."""


TRANSITIONS: dict[tuple[str, str], str] = {
    ("waiting", "call"): "called",
    ("waiting", "raise"): "waiting",
    ("waiting", "give way"): "waiting",
    ("waiting", "transfer"): "waiting",
    ("waiting", "leave"): "left",
    ("waiting", "expire"): "expired",
    ("called", "recall"): "called",
    ("called", "start"): "serving",
    ("called", "finish"): "finished",
    ("called", "settle"): "called",
    ("called", "pass"): "passed",
    ("called", "transfer"): "waiting",
    ("called", "leave"): "left",
    ("called", "expire"): "passed",
    ("serving", "settle"): "serving",
    ("serving", "finish"): "finished",
    ("serving", "transfer"): "waiting",
    ("serving", "suspend"): "suspended",
    ("suspended", "resume"): "serving",
    ("suspended", "call"): "called",
    ("suspended", "take back"): "waiting",
    ("suspended", "leave"): "left",
    ("suspended", "expire"): "expired",
    ("passed", "take back"): "waiting",
    ("passed", "call"): "called",
    ("passed", "leave"): "left",
}
"""(state, verb) -> state after it. A finish straight from `called` is a counter that does not use the start key."""

STATES = {
    "waiting": Text("等候中", "is waiting"),
    "called": Text("已呼叫，尚未到窗", "has been called and is not at the counter yet"),
    "serving": Text("正在办理", "is being served"),
    "suspended": Text("已挂起", "is suspended"),
    "finished": Text("已办结", "is finished"),
    "passed": Text("已过号", "was passed"),
    "left": Text("已弃号", "has left"),
    "expired": Text("已过期", "has expired"),
}

VERBS = {
    "call": ("呼叫", "call it", "Called"),
    "recall": ("重呼", "recall it", "Recalled"),
    "start": ("开始办理", "start it", "Started"),
    "finish": ("办结", "finish it", "Finished"),
    "settle": ("办一项", "settle one item", "ItemSettled"),
    "pass": ("过号", "pass it", "Passed"),
    "take back": ("过号受理", "take it back", "Returned"),
    "transfer": ("转移", "transfer it", "Transferred"),
    "suspend": ("挂起", "suspend it", "Suspended"),
    "resume": ("恢复办理", "resume it", "Resumed"),
    "raise": ("优先", "raise it", "Raised"),
    "give way": ("让号", "let others go first", "GaveWay"),
    "leave": ("弃号", "mark it as left", "Left"),
    "expire": ("作废", "let it expire", "Expired"),
}
"""verb -> (key in Chinese, in English, the event it makes)."""

UNDOABLE = frozenset(
    {
        "Called",
        "Started",
        "ItemSettled",
        "Suspended",
        "Resumed",
        "Transferred",
        "Raised",
        "GaveWay",
        "Finished",
        "Passed",
        "Returned",
        "Left",
    }
)
"""Steps that a wrong key may be taken back from. A recall was heard by the hall; paper is paper."""

BESIDE = frozenset(
    {
        "AgendaSet",
        "PrintQueued",
        "PrintBegan",
        "PrintEnded",
        "FirstContactNoted",
        "RatingInvited",
        "Rated",
        "RatingAppended",
        "NoticeIssued",
        "RecordOpened",
        "OnTheWay",
        "TelephoneGiven",
        "TelephoneErased",
        "BySightSet",
        "Notified",
        "NotificationArrived",
        "WaitTold",
    }
)
"""Rows of a ticket's life that are no step of it."""


def allowed(ticket: Ticket) -> list[str]:
    """The verbs that staff may use on a ticket in this state; whoever holds it gives way, and items are settled by
    finishing.
    """
    return [*_allowed_in(ticket.state)]


@cache
def _allowed_in(state: str) -> tuple[str, ...]:
    return tuple(verb for one, verb in TRANSITIONS if one == state and verb not in ("expire", "give way", "settle"))


def check(ticket: Ticket, verb: str) -> None:
    """Refuse a verb that the ticket's state does not allow."""
    if (ticket.state, verb) not in TRANSITIONS:
        zh, en = STATES[ticket.state]
        key, key_en, _ = VERBS[verb]
        possible = [VERBS[v] for v in allowed(ticket)]
        hint = f"；可以：{'、'.join(p[0] for p in possible)}" if possible else "；请取新号"
        hint_en = f"; you can: {', '.join(p[1] for p in possible)}" if possible else "; take a new number"
        raise Refused(f"{ticket.label}{zh}，不能{key}{hint}。", f"{ticket.label} {en}: cannot {key_en}{hint_en}.")


def may_call(counter: Counter, busy_with: Ticket | None, named: Named) -> None:
    """A counter calls when it is open and holds no one."""
    zh, en = named(counter.id)
    if counter.state == "closed":
        raise Refused(f"{zh}未开放：请先登录开窗。", f"{en} is closed: log in at it first.")
    if counter.state == "paused":
        raise Refused(f"{zh}已暂停：请先按“继续”。", f"{en} is paused: resume it first.")
    free(busy_with)


def free(busy_with: Ticket | None) -> None:
    """Refuse what a counter can't do while it holds somebody."""
    if busy_with:
        zh, en = STATES[busy_with.state]
        todo, todo_en = ("开始或过号", "start or pass it") if busy_with.state == "called" else ("办结", "finish it")
        raise Refused(
            f"{busy_with.label}{zh}：请先{todo}。", f"{busy_with.label} {en} at this counter: {todo_en} first."
        )


def pace(since: float | None, now: float, least_s: float) -> None:
    """Refuse a key that comes sooner than `least_s` seconds after `since`: the person called needs time to come."""
    left = 0 if since is None or since > now else ceil(least_s - (now - since))
    if left > 0:
        raise Refused(f"刚刚呼叫过：请等{left}秒再按。", f"Called a moment ago: wait {left} s and press again.")


def call(ticket: Ticket, counter: Counter, busy_with: Ticket | None, why: Text, named: Named) -> ev.Called:
    may_call(counter, busy_with, named)
    check(ticket, "call")
    _for_this_counter(ticket, counter, named)
    return ev.Called(ticket=ticket.id, counter=counter.id, staff=counter.staff, why=why.zh, why_en=why.en)


def _for_this_counter(ticket: Ticket, counter: Counter, named: Named) -> None:
    """Refuse what lies at another counter: a file kept there, a transfer to somebody else."""
    if ticket.state == "suspended" and ticket.suspended != "away" and ticket.counter != counter.id:
        kind, there = SUSPENSIONS[ticket.suspended].zh, named(ticket.counter or "")
        raise Refused(
            f"{ticket.label}在{there.zh}挂起（{kind}）：请到那里办理。",
            f"{ticket.label} is suspended at {there.en}: it goes on there.",
        )
    if ticket.state == "waiting" and ticket.target not in target.called_from(counter.id, counter.staff):
        kind, name = target.parse(ticket.target)
        zh, en = named(name) if kind == "counter" else (f"工号{name}", f"staff {name}")
        raise Refused(
            f"{ticket.label}已转给{zh}：请由其呼叫。", f"{ticket.label} was transferred to {en}: it is called there."
        )


def at_counter(counter: Counter, ticket: Ticket | None, named: Named) -> Ticket:
    """The ticket a counter holds, or the refusal to act on nobody."""
    if ticket is None:
        zh, en = named(counter.id)
        raise Refused(f"{zh}没有正在办理的号：请先叫号。", f"{en} holds no number: call one first.")
    return ticket


def recall(ticket: Ticket) -> ev.Recalled:
    check(ticket, "recall")
    return ev.Recalled(ticket=ticket.id, counter=ticket.counter)


def start(ticket: Ticket) -> ev.Started:
    check(ticket, "start")
    return ev.Started(ticket=ticket.id, counter=ticket.counter)


def finish(ticket: Ticket, outcome: str, items: Sequence[str], known: Collection[str]) -> ev.Finished:
    """`items` are the service codes done, none for the ticket's own; `known` the catalogue's."""
    check(ticket, "finish")
    if vocabulary.code(OUTCOMES, outcome) not in OUTCOMES:
        words = "、".join(text.zh for text in OUTCOMES.values())
        raise Refused(f"请选择办理结果：{words}。", f"'{outcome}' is no outcome: choose one of the list.")
    if odd := next((code for code in items if code not in known), None):
        raise Refused(
            f"没有事项“{odd}”：请从事项清单中选择。", f"There is no service '{odd}': choose from the catalogue."
        )
    return ev.Finished(ticket=ticket.id, counter=ticket.counter, outcome=outcome, items=tuple(dict.fromkeys(items)))


def settle(ticket: Ticket, service: str, outcome: str, staff: str) -> ev.ItemSettled:
    """One item of a number for several; outcome and item were looked at by `finish`."""
    check(ticket, "settle")
    return ev.ItemSettled(ticket=ticket.id, counter=ticket.counter, service=service, outcome=outcome, staff=staff)


def pass_(ticket: Ticket) -> ev.Passed:
    check(ticket, "pass")
    return ev.Passed(ticket=ticket.id, counter=ticket.counter)


def suspend(ticket: Ticket, kind: str) -> ev.Suspended:
    check(ticket, "suspend")
    kind = vocabulary.code(SUSPENSIONS, kind)
    if kind not in SUSPENSIONS:
        raise Refused(
            "请选择挂起方式：不持件、持件、等待。", f"'{kind}' is no kind of suspension: away, kept or errand."
        )
    return ev.Suspended(ticket=ticket.id, counter=ticket.counter, kind=kind)


def resume(ticket: Ticket, counter: Counter, busy_with: Ticket | None, named: Named) -> ev.Resumed:
    may_call(counter, busy_with, named)
    check(ticket, "resume")
    _for_this_counter(ticket, counter, named)
    return ev.Resumed(ticket=ticket.id, counter=counter.id, staff=counter.staff)


def held(ticket: Ticket, counter_id: str, named: Named) -> Ticket:
    """Refuse a paper about a number that this counter has not called: what it says is said by whoever has the case in
    hand.
    """
    if ticket.state not in ("called", "serving") or ticket.counter != counter_id:
        (zh, en), here = STATES[ticket.state], named(counter_id)
        raise Refused(
            f"{ticket.label}{zh}，不在{here.zh}办理：请先呼叫。",
            f"{ticket.label} {en}, not at {here.en}: call it first.",
        )
    return ticket


def handled(ticket: Ticket, counter_id: str, day: str, named: Named) -> Ticket:
    """As `held`, or finished at this counter today: a receipt may come after 办结."""
    if ticket.state == "finished" and ticket.counter == counter_id and ticket.day == day:
        return ticket
    return held(ticket, counter_id, named)


def notice(
    ticket: Ticket,
    counter_id: str,
    service: str,
    missing: Sequence[str],
    before: Sequence[ev.NoticeIssued],
    *,
    named: Named,
    staff: str,
    job: int,
    reason: str = "",
    earlier: int = 0,
    services: Sequence[str] = (),
) -> ev.NoticeIssued:
    """一次性告知 of what is missing; `before` are the notices this number has had, `earlier` counts those of its matter
    on other visits.

    A second one for the same item is let through and counted; `services` are the items of one notice for several.
    """
    held(ticket, counter_id, named)
    if not missing:
        raise Refused("请勾选或写明缺少的材料。", "Tick or write what is missing.")
    about = {service, *services}
    told = 1 + max(earlier, sum(1 for one in before if about & {one.service, *one.services}))
    return ev.NoticeIssued(
        ticket=ticket.id,
        counter=counter_id,
        service=service,
        missing=tuple(missing),
        staff=staff,
        job=job,
        told=told,
        reason=reason,
        services=tuple(services),
    )


def not_lapsed(ticket: Ticket, now: float, lapse_min: int, max_passes: int) -> None:
    """Refuse a passed number that came back too late, or was passed too often (docs/wording.md 6)."""
    if ticket.state != "passed":
        return
    if ticket.ended_at is not None and now - ticket.ended_at > lapse_min * 60:
        raise Refused(
            f"{ticket.label}过号已超过{lapse_min}分钟：请取新号。",
            f"{ticket.label} was passed more than {lapse_min} minutes ago: take a new number.",
        )
    if ticket.passes >= max_passes:
        raise Refused(
            f"{ticket.label}已过号{ticket.passes}次：请取新号。",
            f"{ticket.label} was passed {ticket.passes} times: take a new number.",
        )


def due(ticket: Ticket, now: float, early_min: int, slot: str) -> None:
    """Refuse an appointment before its slot; `slot` is its local time for the sentence."""
    if (
        ticket.slot is not None
        and not ticket.raised
        and ticket.state == "waiting"
        and now < ticket.slot - early_min * 60
    ):
        raise Refused(
            f"{ticket.label}预约在{slot}，还未到时段。",
            f"{ticket.label} is booked for {slot}: it cannot be called before.",
        )


def lapsed(ticket: Ticket, now: float, lapse_min: int, max_passes: int) -> bool:
    """Whether a number is over for good: left, expired, or passed beyond taking back."""
    if ticket.state in ("left", "expired"):
        return True
    try:
        not_lapsed(ticket, now, lapse_min, max_passes)
    except Refused:
        return True
    return False


def take_back(ticket: Ticket, rank: float, to: str = "") -> ev.Returned:
    """A passed or suspended number enters the queue at `rank`, which is order.py's."""
    check(ticket, "take back")
    return ev.Returned(ticket=ticket.id, rank=rank, target=to)


def may_raise(role: str, roles: Collection[str]) -> None:
    """优先 is a permission."""
    if role not in (*roles, "administrator"):
        raise Refused(
            "没有“优先”的权限：请按“求助”或找咨询台。",
            "You may not put a number first: call the manager or ask the guide.",
        )


def may_pick(role: str, roles: Collection[str], ticket: Ticket) -> None:
    """指呼 of a number that waits is a permission: it goes before others. Who was passed or suspended comes back by it,
    at any counter.
    """
    if ticket.state == "waiting" and role not in (*roles, "administrator"):
        raise Refused(
            f"没有“指呼”等候号的权限：{ticket.label}轮到时按“顺呼”会叫到；确需提前请按“求助”或找咨询台。",
            f"You may not call {ticket.label} out of turn: Next will call it when its turn comes; for an exception call"
            " the manager or ask the guide.",
        )


def primary(counter: Counter, ticket: Ticket | None) -> str:
    """The one key that comes next at a counter, by its verb of the API; "" at a closed one."""
    if counter.state == "closed":
        return ""
    if ticket is not None:
        return "start" if ticket.state == "called" else "finish"
    return "resume" if counter.state == "paused" else "call-next"


def asked_after(ticket: Ticket, now: float, after_min: int) -> bool:
    """Whether a number is served so long that somebody should ask whether its finish was forgotten; 0: never."""
    spent = service_seconds(ticket, now)
    return ticket.state == "serving" and after_min > 0 and spent is not None and spent > after_min * 60


def listed(reason: str, reasons: Sequence[Text], zh: str, en: str) -> str:
    """One of the hall's reasons; free words would be the place for personal data."""
    if reason not in [one.zh for one in reasons]:
        raise Refused(f"请从清单中选择{zh}的原因。", f"Choose a reason for {en} from the list.")
    return reason


def seated(counter: Counter, staff: str, named: Named) -> None:
    """Refuse the keys of a page that was left open: somebody else sits there now."""
    if counter.state != "closed" and counter.staff != staff:
        raise Refused(
            f"{named(counter.id).zh}现在由{counter.staff}登录：请重新登录，选择别的窗口，或选择原因接管。",
            f"{named(counter.id).en} is {counter.staff}'s now: log in again at another, or take it over with a reason.",
        )


def transfer(ticket: Ticket, service: str, to: str, rank: float, reason: str) -> ev.Transferred:
    check(ticket, "transfer")
    if not reason.strip():
        raise Refused("请选择转移原因。", "Choose a reason for the transfer.")
    if (ticket.service, ticket.target) == (service, to) and ticket.state == "waiting":
        raise Refused(f"{ticket.label}已在该队列等候。", f"{ticket.label} is waiting there already.")
    counter = ticket.counter if ticket.state in ("called", "serving") else None
    return ev.Transferred(
        ticket=ticket.id, counter=counter, service=service, target=to, rank=rank, reason=reason.strip()
    )


def raise_(ticket: Ticket, rank: float, reason: str) -> ev.Raised:
    check(ticket, "raise")
    if not reason.strip():
        raise Refused("请选择优先的原因。", "Choose a reason for the priority.")
    return ev.Raised(ticket=ticket.id, rank=rank, reason=reason.strip())


GIVE_WAY = 2
"""So many go first where somebody gives way."""


def give_way(ticket: Ticket, behind: Sequence[Ticket]) -> ev.GaveWay:
    """让号: the next `GIVE_WAY` go first. `behind` are those of its line behind it, in the order in which they are
    called.
    """
    check(ticket, "give way")
    if ticket.slot is not None:
        raise Refused(
            f"{ticket.label}是预约号，按预约时段叫号：不需要让号。",
            f"{ticket.label} is an appointment, called by its slot: there is no need to give way.",
        )
    if ticket.raised:
        raise Refused(
            f"{ticket.label}已经优先，马上叫到：不需要让号。",
            f"{ticket.label} was raised and is next: stay as you are.",
        )
    first = behind[:GIVE_WAY]
    if not first:
        raise Refused(
            f"{ticket.label}后面没有人：不需要让号。", f"Nobody is behind {ticket.label}: no need to give way."
        )
    return ev.GaveWay(ticket=ticket.id, rank=max(ticket.rank, *(t.rank for t in first)) + 0.0005, behind=len(first))


def on_the_way(ticket: Ticket) -> ev.OnTheWay:
    """正在赶来: somebody who waits, or has been called and is not there yet."""
    if ticket.state not in ("waiting", "called"):
        zh, en = STATES[ticket.state]
        raise Refused(f"{ticket.label}{zh}。", f"{ticket.label} {en}.")
    return ev.OnTheWay(ticket=ticket.id, counter=ticket.counter)


class _Said(Protocol):
    """A row of the journal, as far as it matters here."""

    @property
    def event(self) -> str: ...
    @property
    def at(self) -> float: ...


def coming(ticket: Ticket, life: Iterable[_Said]) -> bool:
    """Whether the holder of a number that waits or is called has said to be on the way since it was put in line."""
    said = [row.at for row in life if row.event == "OnTheWay"]
    return ticket.state in ("waiting", "called") and bool(said) and said[-1] >= ticket.entered_at


def leave(ticket: Ticket, named: Named, held_by: str = "") -> ev.Left:
    """弃号; a number that a counter has called is that counter's to give up."""
    check(ticket, "leave")
    if ticket.state == "called" and ticket.counter != held_by:
        zh, en = named(ticket.counter or "")
        raise Refused(
            f"{ticket.label}正在{zh}呼叫：请由该窗口处理。",
            f"{en} is calling {ticket.label}: it is that counter's.",
        )
    return ev.Left(ticket=ticket.id, counter=ticket.counter if ticket.state == "called" else None)


def undo(
    now_: Ticket,
    before: Ticket,
    step: str,
    of: int,
    actor: str,
    counter: Counter | None,
    busy_with: Ticket | None,
    named: Named,
) -> ev.Undone:
    """Take a step back: the ticket becomes what it was `before`.

    Back at a counter it needs that counter free, and its own.
    """
    if before.state in ("called", "serving"):
        zh, en = named(before.counter or "")
        if busy_with and busy_with.id != now_.id:
            raise Refused(
                f"{zh}正在办理{busy_with.label}：请先办结再撤销。",
                f"{en} holds {busy_with.label}: finish it before you undo.",
            )
        if counter is None or counter.state == "closed" or counter.staff != actor:
            raise Refused(
                f"您已不在{zh}，不能撤销：请到咨询台处理。",
                f"You are at {en} no more: it cannot be undone; ask the guide desk.",
            )
    a, b = asdict(now_), asdict(before)
    back = {k: b[k] for k in b if a[k] != b[k] and k != "by_sight"}  # which is no step's
    where = before.counter if before.state in ("called", "serving") else now_.counter
    return ev.Undone(ticket=now_.id, counter=where, step=step, of=of, back=back)


def day_end(ticket: Ticket) -> ev.Event | None:
    """What the turn of the day makes of a ticket: nothing for one being served, it stays open for the operator."""
    if ticket.state in ("waiting", "suspended"):
        return ev.Expired(ticket=ticket.id)
    if ticket.state == "called":
        return ev.Passed(ticket=ticket.id, counter=ticket.counter)
    return None


def page() -> str:
    """docs/states.md, made from the tables above."""
    arrows = "\n".join(f"    {a} --> {b} : {verb}" for (a, verb), b in TRANSITIONS.items())
    ends = "\n".join(f"    {s} --> [*]" for s in STATES if not any(a == s for a, _ in TRANSITIONS))
    states = [s for s in STATES]
    matrix = "\n".join(
        f"| {verb} {VERBS[verb][0]} | {' | '.join(TRANSITIONS.get((s, verb), '–') for s in states)} |" for verb in VERBS
    )
    keys = "\n".join(f"| {verb} | {zh} | `{event}` |" for verb, (zh, _, event) in VERBS.items())
    kinds = "\n".join(f"| `{kind}` | {zh} | {en} |" for kind, (zh, en) in SUSPENSIONS.items())
    return STATES_PAGE.format(
        arrows=arrows,
        ends=ends,
        head=" | ".join(states),
        line="|---" * (len(states) + 1) + "|",
        matrix=matrix,
        keys=keys,
        kinds=kinds,
    )


STATES_PAGE = """# The states of a number

Made from the tables in `server/domain/rules.py` by `./run docs`; a test holds this page against them. A dash is a
refusal with one sentence that says what is possible instead.

```mermaid
stateDiagram-v2
    [*] --> waiting
{arrows}
{ends}
```

| verb \\ state | {head} |
{line}
{matrix}

| verb | key | event in the journal |
|---|---|---|
{keys}

`expire` is the turn of the service day or a hall closed early: who still waits or is suspended has expired,
who was called and never came was passed; who is being served stays, for the operator to finish. A finish straight from
`called` is a counter that does not use the start key.
`Undone` takes back the last step of a ticket within a minute; it restores what was before.

Three kinds of suspension (挂起):

| kind | key | meaning |
|---|---|---|
{kinds}
"""
