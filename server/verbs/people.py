"""Who works where: posts (岗位), substitution (代岗), the roster (排班) and attendance, as verbs of the hub.

What may be set is decided in server/domain/post.py, how duties were kept in
server/domain/attendance.py; this module fetches and records. Every
change is a row of the journal: the register (变动登记) is nothing else. Each verb said twice changes nothing the
second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from config import Hall
from server.domain import attendance, closures, post, worktime
from server.domain import events as ev
from server.domain.chain import Row
from server.domain.post import Post, Shift
from server.domain.rules import Refused
from server.domain.ticket import Skills
from server.domain.vocabulary import LANGUAGES
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import counters
from server.verbs.hub import By, Hub, Unknown

REGISTER = ("PostSet", "PostEnded")
SITTING = ("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed")


def needs_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("请写明原因：变动要登记备案。", "Say why: changes are put on record.")
    return reason[:200]


def _sitters(turn: Reader) -> dict[str, str]:
    return {row["id"]: row["role"] for row in turn.everybody() if row["active"]}


def _known(posts: Mapping[str, Post], post_id: str) -> Post:
    if post_id not in posts:
        raise Unknown(f"没有岗位“{post_id}”。", f"There is no post '{post_id}'.")
    return posts[post_id]


# --- posts ------------------------------------------------------------------------------------------------------------


def set_post(
    hub: Hub, by: By, post_id: str, *, name: str, name_en: str, counter: str, a: str, b: str | None, reason: str
) -> None:
    """设岗、调岗: make a post, or change it."""
    wish = Post(id=post_id.strip(), name=name.strip(), name_en=name_en.strip(), counter=counter, a=a, b=b or None)
    if not (wish.id.replace("-", "").isalnum() and len(wish.id) <= 20 and wish.name):
        raise Refused(
            "岗位编号须为字母、数字或连字符，名称不能为空。",
            "A post's id is letters, digits and hyphens; a name is needed.",
        )
    hub.turn(lambda turn: set_in(hub, turn, {wish.id: wish}, reason, by.actor, rotation=False))


def rotate(hub: Hub, by: By, assignment: Mapping[str, tuple[str, str | None]], *, reason: str) -> None:
    """轮岗: post -> (A, B) for several posts, all of them or none, with one reason."""

    def decide(turn: Turn) -> None:
        posts = turn.posts()
        set_in(
            hub,
            turn,
            {p: replace(_known(posts, p), a=a, b=b or None) for p, (a, b) in assignment.items()},
            reason,
            by.actor,
            rotation=True,
        )

    hub.turn(decide)


def set_in(hub: Hub, turn: Turn, wishes: dict[str, Post], reason: str, actor: str, *, rotation: bool) -> None:
    """Posts as they should be, within a turn: all of them or none."""
    posts = turn.posts()
    changed = {
        p: wish
        for p, wish in wishes.items()
        if p not in posts or replace(wish, since=0.0) != replace(posts[p], since=0.0)
    }
    if not changed:
        return
    why = needs_reason(reason)
    post.check({**posts, **changed}, changed, _sitters(turn), hub.hall.counters, hub.hall.counter_name)
    for wish in changed.values():
        event = ev.PostSet(
            post=wish.id,
            name_=wish.name,
            name_en=wish.name_en,
            counter_=wish.counter,
            a=wish.a,
            b=wish.b,
            reason=why,
            rotation=rotation,
        )
        turn.record(event, actor)


def end_post(hub: Hub, by: By, post_id: str, *, reason: str) -> None:
    """撤岗: its counter opens for anybody again."""

    def decide(turn: Turn) -> None:
        if post_id in turn.posts():
            turn.record(ev.PostEnded(post=post_id, reason=needs_reason(reason)), by.actor)
        elif not any(getattr(row.happened(), "post", "") == post_id for row in register(turn)):
            raise Unknown(f"没有岗位“{post_id}”。", f"There is no post '{post_id}'.")

    hub.turn(decide)


def register(reader: Reader, until: float = float("inf")) -> list[Row]:
    """变动登记: every change of a post, the oldest first."""
    return sorted(row for name in REGISTER for row in reader.events_between(name, 0.0, until))


# --- skills -----------------------------------------------------------------------------------------------------------


def set_skills(
    hub: Hub, by: By, staff: str, *, services: Sequence[str] | None, languages: Sequence[str], reason: str
) -> None:
    """What a member of staff can do: service codes, None for every one; languages besides Chinese."""
    if odd := next((code for code in services or () if code not in hub.hall.services), None):
        raise Refused(
            f"没有事项“{odd}”：请从事项目录中选择。", f"There is no service '{odd}': choose of the catalogue."
        )
    if services is not None and not services:
        raise Refused("请至少选择一项会办的事项，或选“全部事项”。", "Choose at least one service, or every service.")
    if odd := next((code for code in languages if code not in LANGUAGES), None):
        raise Refused(f"没有语言“{odd}”：请从清单中选择。", f"There is no language '{odd}': choose one of the list.")
    known = None if services is None else tuple(code for code in hub.hall.services if code in services)
    spoken = tuple(code for code in LANGUAGES if code in languages)

    def decide(turn: Turn) -> None:
        if _sitters(turn).get(staff) not in (*post.AT_COUNTERS, "administrator"):
            raise Refused(
                f"没有可在窗口工作的工号“{staff}”：请换人。",
                f"'{staff}' is no active account that sits at counters: choose somebody else.",
            )
        before = turn.skills().get(staff, Skills(staff))
        if (before.services, before.languages) != (known, spoken):
            turn.record(
                ev.SkillsSet(staff=staff, services=known, languages=spoken, reason=needs_reason(reason)), by.actor
            )

    hub.turn(decide)


# --- substitution -----------------------------------------------------------------------------------------------------


def take_counter(hub: Hub, turn: Turn, counter: str, staff: str, role: str, reason: str, becomes: str = "stay") -> None:
    """Open a counter in a turn, and leave the one sat at before; at somebody else's post this is a substitution, and
    recorded as one.

    A counter that another has not left is taken over, with a reason; `becomes` is of `counters.BECOMES`.
    """
    if counter not in hub.hall.counters:
        raise Unknown(f"没有窗口“{counter}”。", f"There is no counter '{counter}' in config.toml.")
    if role not in (*post.AT_COUNTERS, "administrator"):
        raise Refused(
            "您的角色不在窗口工作：登录时请不要选窗口。", "Your role does not sit at counters: log in without one."
        )
    before = turn.counter_of_staff(staff)
    if before and before.id != counter:
        counters.close_in(hub, By(staff), turn, before.id, "moved")
    _end(turn, _left(turn))
    there = turn.counter(counter)
    if there.state != "closed" and there.staff != staff:
        counters.take_over_in(hub, turn, counter, staff, reason, becomes)
        _end(turn, _left(turn))
    elif not counters.open_in(turn, By(staff), counter, staff, hub.hall.counter_name):
        return
    reasons = [zh for zh, _ in hub.hall.people.substitution_reasons]
    new, named = turn.next_id("substitutions"), hub.hall.counter_name
    began = post.substitution(turn.post_at(counter), staff, role, reason, reasons, new, named)
    if began:
        turn.record(began, staff)


def decide_substitution(hub: Hub, by: By, substitution: int, *, approve: bool, note: str = "") -> None:
    """审批: a manager approves or refuses it."""

    def decide(turn: Turn) -> None:
        known = turn.substitution(substitution)
        if known is None:
            raise Unknown(f"没有第{substitution}号代岗记录。", f"There is no substitution {substitution}.")
        event = post.decide(known, approve, by.actor, note.strip()[:200])
        if event:
            turn.record(event, by.actor)

    hub.turn(decide)


def tick(hub: Hub) -> None:
    """End the substitutions whose substitute is at the counter no more, however the counter was closed."""
    if _left(hub.read()):
        hub.turn(lambda turn: _end(turn, _left(turn)))


def _end(turn: Turn, substitutions: list[int]) -> None:
    for number in substitutions:
        turn.record(ev.SubstitutionEnded(substitution=number), "hub")


def _left(reader: Reader) -> list[int]:
    running = reader.running_substitutions()
    counters = reader.counters() if running else {}
    return [
        s.id
        for s in running
        if s.counter not in counters or counters[s.counter].state == "closed" or counters[s.counter].staff != s.to_staff
    ]


def name_of(reader: Reader, staff: str | None) -> str:
    row = reader.staff(staff) if staff else None
    return row["name"] if row else staff or ""


def standing_in(reader: Reader, counter_id: str) -> dict[str, Any] | None:
    """For the console's banner `代 张三 B岗`: whom the person at the counter stands in for; None at her or his own
    post.
    """
    running = reader.running_substitution(counter_id)
    if running is None:
        return None
    return {
        "id": running.id,
        "post": running.post,
        "for": name_of(reader, running.from_staff),
        "is_b": running.is_b,
        "approved": running.state == "approved",
        "state": running.state,
        "reason": running.reason,
    }


# --- roster and attendance --------------------------------------------------------------------------------------------


def set_roster(
    hub: Hub, by: By, day: date, post_id: str, *, staff: str | None, start: int, end: int, reason: str
) -> None:
    """排班: from minute `start` to `end` of a day the post is `staff`'s (None: nobody is needed), within the opening
    hours.
    """
    if not 0 <= start < end <= 1440:
        raise Refused("开始时间须早于结束时间。", "The start must be before the end.")
    if not _opening_within(hub.hall, day, start, end):
        raise Refused("大厅在这段时间不开放：请选择开放时间。", "The hall is closed then: choose opening hours.")
    event = ev.RosterSet(
        day=day.isoformat(), post=post_id, staff=staff or None, start=start, end=end, reason=reason.strip()[:200]
    )

    def decide(turn: Turn) -> None:
        _known(turn.posts(), post_id)
        if staff and _sitters(turn).get(staff) not in post.AT_COUNTERS:
            raise Refused(
                f"没有可在窗口工作的工号“{staff}”：请换人。",
                f"'{staff}' is no active account that sits at counters: choose somebody else.",
            )
        last = next(
            (s for s in reversed(turn.shifts(event.day)) if s.post == post_id and s.start < end and start < s.end), None
        )
        if last and (last.staff, last.start, last.end, last.reason) == (event.staff, start, end, event.reason):
            return
        needs_reason(reason)
        turn.record(event, by.actor)

    hub.turn(decide)


def _opening_within(hall: Hall, day: date, start: int, end: int) -> bool:
    midnight = _midnight(hall, day)
    return bool(attendance.within(worktime.opening(hall, day), midnight + start * 60, midnight + end * 60))


def _midnight(hall: Hall, day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()


class Day(NamedTuple):
    """The attendance of one local date."""

    kept: list[attendance.Kept]
    shifts: list[Shift]


def attendance_of(hall: Hall, reader: Reader, day: date, now: float) -> Day:
    """How each duty of a day was kept until `now`, from the journal: a counter's session is a presence."""
    start, end = _midnight(hall, day), _midnight(hall, day + timedelta(days=1))
    until = min(max(now, start), end)
    rows = sorted(row for name in SITTING for row in reader.events_between(name, start - 86400, until))
    presences, pauses = attendance.sittings(((row.at, row.happened()) for row in rows), until)
    posts = attendance.versions(((row.at, row.happened()) for row in register(reader, end)), end)
    shifts = reader.shifts(day.isoformat())
    changes = [attendance.Change(s.post, s.staff, start + s.start * 60, start + s.end * 60) for s in shifts]
    told = sorted(row for name in closures.EVENTS for row in reader.events_between(name, start - 86400, until))
    closed = closures.closures(hall, ((row.at, row.happened()) for row in told))
    extra = [
        attendance.Extra(tuple(closures.without(one.spans, closed)), *one.people)
        for one in worktime.extended(hall, day)
    ]
    duties = attendance.duties(posts, closures.without(worktime.office(hall, day), closed), changes, extra)
    table = hall.people
    return Day(
        [attendance.judge(duty, presences, pauses, now, table.late_min * 60, table.absent_min * 60) for duty in duties],
        shifts,
    )
