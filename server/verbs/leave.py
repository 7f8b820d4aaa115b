"""请假、换班、加班: what follows of a move of these registers, in its turn: ladder, B岗, roster and ledger.

What may not be is refused here, and then nothing of the move is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from config import Text
from server.domain import attendance, half_days, slip_facts, worktime
from server.domain import events as ev
from server.domain.half_days import LADDER, LEDGERED, Entry, Half, Leave
from server.domain.post import AT_COUNTERS
from server.domain.register import CORRECTORS, Record
from server.domain.rules import Refused
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import jobs, records
from server.verbs.half_days import (
    LEAVE,
    LONGEST,
    OUTING,
    OVERTIME,
    day_of,
    leave_of,
    leaves,
    minutes,
    set_in,
    sheet,
    whose,
)
from server.verbs.hub import By, Hub
from server.verbs.people import needs_reason
from server.verbs.records import Who

KINDS = {
    "annual": Text("休假", "Annual leave"),
    "lieu": Text("调休", "Time off in lieu"),
}
"""Kinds of leave that are taken from a balance."""
STEPS = {
    "head": Text("窗口负责人", "the head of the counter"),
    "centre": Text("中心主任", "the head of the centre"),
    "leader": Text("分管领导", "the leader in charge"),
    "main": Text("主要领导", "the main leader"),
}


# --- the ledger -------------------------------------------------------------------------------------------------------


def entries(reader: Reader) -> list[Entry]:
    """Every entry of the ledger, the oldest first."""
    found = []
    for row in reader.events_between("LeaveBooked", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.LeaveBooked)
        found.append(Entry(row.at, event.staff, event.kind, event.halves, event.reason, event.source, row.actor))
    return found


def book(hub: Hub, by: By, staff: str, kind: str, halves: int, *, reason: str) -> None:
    """记账: so many half days more, or fewer, of a kind that is taken from a balance; with a reason."""
    if kind not in LEDGERED:
        raise Refused("只有休假和调休记账。", "Only annual leave and time off in lieu have a ledger.")
    if not halves or abs(halves) > 120:
        raise Refused("请写1到120个半天，扣减写负数。", "Write 1 to 120 half days, fewer with a minus.")
    if staff == by.actor:
        raise Refused("不能给自己记假期账：请其他管理人员办。", "Nobody books their own leave: ask another manager.")
    why = needs_reason(reason)

    def decide(turn: Turn) -> None:
        row = turn.staff(staff)
        if row is None or row["role"] not in AT_COUNTERS:
            raise Refused(f"没有排班的工号“{staff}”：请换人。", f"Nobody on the roster has number '{staff}'.")
        left = half_days.balances(entries(turn)).get((staff, kind), 0)
        if left + halves < 0:
            raise Refused(
                f"只剩{left}个半天，不能扣{-halves}个。",
                f"Only {left} half days are left: {-halves} can't be taken off.",
            )
        turn.record(ev.LeaveBooked(staff=staff, kind=kind, halves=halves, reason=why), by.actor)

    hub.act(by, decide, "book leave", staff, kind, halves, why)


# --- leave ------------------------------------------------------------------------------------------------------------


def working(hub: Hub, turn: Turn, leave: Leave) -> list[Half]:
    """The half days of a leave in which the person would be on duty: no holidays, no days off."""
    every = tuple(half_days.halves_between(Half(leave.first.day, "am"), Half(leave.last.day, "pm")))
    line = sheet(hub, turn, every, turn.now).get(leave.staff)
    verdicts = dict(zip(every, line.marks, strict=True)) if line else {}
    return [one for one in leave.halves if verdicts.get(one, "none") != "none"]


def _asked(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    """A leave is of half days on duty, lies over no other, and leaves no post alone."""
    leave = leave_of(record)
    _person(turn, leave.staff)
    if leave.last < leave.first:
        raise Refused("结束早于开始：请改日期。", "It ends before it begins: change the dates.")
    if date.fromisoformat(record.values["last"]) - leave.first.day >= LONGEST:
        raise Refused(f"一次请假不到{LONGEST.days}天。", f"A leave is of fewer than {LONGEST.days} days.")
    if bool(record.values.get("start")) != bool(record.values.get("end")):
        raise Refused("短假要写从几点、到几点。", "A short leave needs both its hours.")
    if leave.hours:
        if leave.first != leave.last or leave.hours[0] >= leave.hours[1]:
            raise Refused(
                "短假在同一个半天里，结束晚于开始。", "A short leave lies in one half day, its end after its start."
            )
        if leave.hours[1] - leave.hours[0] > half_days.SHORT_MIN:
            raise Refused(
                "超过两小时的按半天请假，不写几点。", "More than two hours is half a day: leave the hours out."
            )
    if not working(hub, turn, leave):
        raise Refused("这段时间不上班，不用请假。", "There is no duty in that time: no leave is needed.")
    for other in leaves(turn, asked=True):
        if other.staff == leave.staff and other.number != leave.number and leave.overlaps(other):
            raise Refused(
                f"与{other.number}重叠：请改日期，或先撤回那一件。",
                f"It overlaps {other.number}: change the dates, or withdraw that one first.",
            )
    if leave.b:
        _stand_in(turn, leave)


def _person(turn: Turn, staff: str) -> None:
    row = turn.staff(staff)
    if row is None or row["role"] not in AT_COUNTERS:
        raise Refused(f"没有排班的工号“{staff}”：请换人。", f"Nobody on the roster has number '{staff}'.")


def _stand_in(turn: Turn, leave: Leave) -> None:
    """The B岗 is another person, who sits at counters and is not away."""
    if leave.b == leave.staff:
        raise Refused("B岗不能是请假人自己。", "The B can't be the person who is away.")
    _person(turn, leave.b)
    for other in leaves(turn):
        if other.staff == leave.b and leave.overlaps(other):
            raise Refused(
                f"{leave.b}那时也请假（{other.number}）：请换人顶岗。",
                f"{leave.b} is away then too ({other.number}): choose another B.",
            )


def _approved(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    leave = leave_of(record)
    if leave.staff == who.by.actor:
        raise Refused("不能批准自己的假：请其他管理人员批。", "Nobody approves their own leave: ask another manager.")
    halves = working(hub, turn, leave)
    _permitted(turn, record, leave, halves)
    _settle(turn, Counter({(leave.staff, leave.kind): -_charged(leave, halves)}), leave.number, "请假", who.by.actor)
    _hand_over(hub, turn, leave, halves, leave.b, who.by.actor)


def _permitted(turn: Turn, record: Record, leave: Leave, halves: list[Half]) -> None:
    """Whoever agreed stands high enough for so many half days, and no post is left alone."""
    least = half_days.rung(len(halves), leave.hours[1] - leave.hours[0] if leave.hours else None)
    if LADDER.index(str(record.values["approver"])) < LADDER.index(least):
        raise Refused(
            f"请{len(halves)}个半天，至少要{STEPS[least].zh}同意。",
            f"{len(halves)} half days need {STEPS[least].en} at least.",
        )
    if least == "main" and record.values.get("consent") is not True:
        raise Refused("两天以上要派出单位同意：请勾选。", "Two days and more need the home unit's consent: tick it.")
    mine = [post for post in turn.posts().values() if post.a == leave.staff]
    if mine and not leave.b:
        raise Refused(
            f"“{mine[0].name}”没有人顶：请写明B岗。", f"Nobody has '{mine[0].name_en or mine[0].id}' then: name a B."
        )
    if leave.b:
        _stand_in(turn, leave)


def _charged(leave: Leave, halves: Sequence[Half]) -> int:
    """Half days that a leave takes from its balance; a short one takes none."""
    return 0 if leave.hours or leave.kind not in LEDGERED else len(halves)


def _settle(turn: Turn, more: Mapping[tuple[str, str], int], source: str, why: str, actor: str) -> None:
    """Entries that come of a record: (staff, kind) -> half days more, or fewer, never more than are left."""
    left = half_days.balances(entries(turn))
    for (staff, kind), halves in more.items():
        if not halves:
            continue
        rest = left.get((staff, kind), 0)
        if rest + halves < 0:
            name = KINDS[kind]
            raise Refused(
                f"{name.zh}只剩{rest}个半天，这次要{-halves}个：先记入额度，或改请别的假。",
                f"{name.en}: {rest} half days left, {-halves} wanted. Book what is due first, or choose another kind.",
            )
        turn.record(ev.LeaveBooked(staff=staff, kind=kind, halves=halves, reason=why, source=source), actor)


def _hand_over(hub: Hub, turn: Turn, leave: Leave, halves: list[Half], staff: str, actor: str) -> None:
    """The person's posts are `staff`'s in those half days, as the roster's last word."""
    for post in turn.posts().values():
        if post.a != leave.staff or not staff:
            continue
        for one in halves:
            for start, end in _spans(hub, one, leave):
                if start < end:
                    event = ev.RosterSet(
                        day=one.day.isoformat(), post=post.id, staff=staff, start=start, end=end, reason=leave.number
                    )
                    turn.record(event, actor)


def _spans(hub: Hub, one: Half, leave: Leave) -> list[tuple[int, int]]:
    """The local minutes of a half day that a leave takes."""
    if leave.hours:
        return [leave.hours]
    zone = hub.hall.zone
    midnight = half_days.span_of(Half(one.day, "am"), zone)[0]
    there = attendance.within(worktime.opening(hub.hall, one.day), *half_days.span_of(one, zone))
    return [(int((start - midnight) // 60), int((end - midnight) // 60)) for start, end in there]


def _over(hub: Hub, turn: Turn, leave: Leave, gone: list[Half], actor: str, why: str) -> None:
    """Half days that are not taken after all: back into the ledger, and the post is the person's own again."""
    _settle(turn, Counter({(leave.staff, leave.kind): _charged(leave, gone)}), leave.number, why, actor)
    _hand_over(hub, turn, leave, gone, leave.staff, actor)


def _withdrawn(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    if all(step.move != "approve" for step in record.moves):
        return
    leave = leave_of(record)
    if half_days.span_of(leave.first, hub.hall.zone)[0] <= turn.now:
        raise Refused("假期已开始：请销假，写明休到哪一天。", "It has begun: come back from it, and say until when.")
    _over(hub, turn, leave, working(hub, turn, leave), who.by.actor, "撤回")


def _back(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    told = record.values
    whole = leave_of_whole(record)
    if bool(told.get("back_on")) != bool(told.get("back_half")):
        raise Refused("提前回来要写休到哪一天、哪个半天。", "Coming back early needs the last day and half taken.")
    if not told.get("back_on"):
        return
    last = Half(day_of(told["back_on"]), told["back_half"])
    if not whole.first <= last <= whole.last:
        raise Refused(
            f"要在{whole.first.text.zh}到{whole.last.text.zh}之间。",
            f"It lies between {whole.first.text.en} and {whole.last.text.en}.",
        )
    gone = [one for one in working(hub, turn, whole) if one > last]
    _over(hub, turn, whole, gone, who.by.actor, "提前销假")


def leave_of_whole(record: Record) -> Leave:
    """A leave as it was approved, whenever the person came back."""
    told = {name: value for name, value in record.values.items() if name not in ("back_on", "back_half")}
    return leave_of(replace(record, values=told))


def _corrected(hub: Hub, turn: Turn, who: Who, before: Record, after: Record) -> None:
    """更正 of a leave: asked as it now stands; of one that was approved the ledger and the roster follow."""
    if after.state not in ("asked", "approved", "back"):
        return
    old, new = leave_of(before), leave_of(after)
    if old == new:
        return
    _asked(hub, turn, who, after)
    if after.state == "asked":
        return
    if who.role not in CORRECTORS or who.by.actor in (old.staff, new.staff):
        raise Refused(
            "批准以后由其他管理人员更正。", "Once it is approved, a manager corrects it, never the person's own."
        )
    was, halves = working(hub, turn, old), working(hub, turn, new)
    _permitted(turn, after, new, halves)
    more = Counter({(old.staff, old.kind): _charged(old, was)})
    more.subtract({(new.staff, new.kind): _charged(new, halves)})
    _settle(turn, more, new.number, "更正请假", who.by.actor)
    _hand_over(hub, turn, old, was, old.staff, who.by.actor)
    _hand_over(hub, turn, new, halves, new.b, who.by.actor)


# --- outings, overtime, swaps -----------------------------------------------------------------------------------------


def _hours(turn: Turn, record: Record, *names: str) -> None:
    _person(turn, whose(record))
    if minutes(record.values[names[0]]) >= minutes(record.values[names[1]]):
        raise Refused("结束要晚于开始。", "The end must be after the start.")


def _outing(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    _hours(turn, record, "start", "end")
    if record.values.get("b") == whose(record):
        raise Refused("B岗不能是外出人自己。", "The B can't be the person who is out.")


def _outing_back(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    _hours(turn, record, "start", "returned")


def _overtime(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    _hours(turn, record, "start", "end")


def _not_own(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    if whose(record) == who.by.actor:
        raise Refused("不能批自己的：请其他管理人员办。", "Nobody decides about their own: ask another manager.")


def _confirmed(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    _not_own(hub, turn, who, record)
    worth = record.values.get("halves")
    if record.values["reward"] != "lieu":
        return
    if not isinstance(worth, int) or not 1 <= worth <= 6:
        raise Refused("补调休要写折合几个半天（1到6）。", "Time off in lieu needs its half days, 1 to 6.")
    event = ev.LeaveBooked(staff=whose(record), kind="lieu", halves=worth, reason="加班", source=record.number)
    turn.record(event, who.by.actor)


def _swap_asked(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    _person(turn, whose(record))
    _person(turn, str(record.values["about"]))
    _swapped_halves(hub, turn, record)


def _swapped_halves(hub: Hub, turn: Turn, record: Record) -> tuple[Half, Half]:
    """The two half days, each of which is its person's and not the other's, and still to come."""
    told = record.values
    mine = Half(day_of(told["mine"]), told["mine_half"])
    theirs = Half(day_of(told["theirs"]), told["theirs_half"])
    one, other = whose(record), str(told["about"])
    for staff, half, on in ((one, mine, True), (other, mine, False), (other, theirs, True), (one, theirs, False)):
        line = sheet(hub, turn, (half,), turn.now).get(staff)
        if line is None or line.marks[0] != ("pending" if on else "none"):
            raise Refused(
                f"{staff}在{half.text.zh}{'不上班，或已经开始' if on else '也要上班'}：不能换。",
                f"{staff} is {'not on duty, or it has begun,' if on else 'on duty too'} on {half.text.en}: no swap.",
            )
    return mine, theirs


def _swapped(hub: Hub, turn: Turn, who: Who, record: Record) -> None:
    mine, theirs = _swapped_halves(hub, turn, record)
    one, other = whose(record), str(record.values["about"])
    if who.by.actor in (one, other):
        raise Refused("不能批自己的换班：请其他管理人员批。", "Nobody approves their own swap: ask another manager.")
    wishes: dict[str, dict[str, str]] = {one: {str(mine): "rest"}, other: {str(theirs): "rest"}}
    wishes[one][str(theirs)] = "work"
    wishes[other][str(mine)] = "work"
    set_in(hub, turn, who.by.actor, wishes, record.number)
    for left, by, at in ((one, other, mine), (other, one, theirs)):
        away = Leave(record.number, left, "lieu", at, at)
        _hand_over(hub, turn, away, [at], by, who.by.actor)


def whereabouts(hub: Hub, who: Who, record: int, printers: Sequence[str]) -> int:
    """去向牌 of an approved outing; the job's id. Raises Refused."""

    def decide(turn: Turn) -> int:
        one = records.in_reach(hub, who.reach, records.known_record(turn, record))
        if one.register != OUTING or one.state != "out":
            raise Refused(
                "批准以后、返回以前才打去向牌。", "It is printed once the outing is approved, until the return."
            )
        made = records.definition_of(hub, one)
        place = made.fields["where"].choices[str(one.values["where"])]
        facts = {
            **place.json("where"),
            "staff": whose(one),
            "day": str(one.values["day"]),
            "from": str(one.values["start"]),
            "back": str(one.values["end"]),
            **({"b": str(one.values["b"])} if one.values.get("b") else {}),
        }
        told = slip_facts.checked("whereabouts", facts)
        return jobs.queue_slip(hub, who.by, turn, "whereabouts", told, printers, ticket=None)

    return hub.once(who.by, decide, lambda turn, job: job, "whereabouts", record, list(printers))


records.CORRECTED[LEAVE] = _corrected
records.AFTER[LEAVE, "ask"] = _asked
records.AFTER[LEAVE, "approve"] = _approved
records.AFTER[LEAVE, "withdraw"] = _withdrawn
records.AFTER[LEAVE, "back"] = _back
records.AFTER[OUTING, "ask"] = _outing
records.AFTER[OUTING, "approve"] = _not_own
records.AFTER[OUTING, "back"] = _outing_back
records.AFTER[OVERTIME, "ask"] = _overtime
records.AFTER[OVERTIME, "confirm"] = _confirmed
records.AFTER["swap", "ask"] = _swap_asked
records.AFTER["swap", "approve"] = _swapped
