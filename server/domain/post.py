"""Posts (岗位) and who stands in at them: what may be set, and what each event makes of the rows. Pure.

A post is a counter's: it has an A and mostly a B (AB岗). Times are epoch seconds UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from server.domain import events as ev
from server.domain.rules import Named, Refused

AT_COUNTERS = ("operator", "guide", "manager")
"""The roles that sit at a post."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post now; `since` is when it was last set."""

    id: str
    name: str
    name_en: str
    counter: str
    a: str
    b: str | None
    since: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """One sitting of somebody else than A; `state` is waiting, approved or refused."""

    id: int
    post: str
    counter: str
    from_staff: str
    to_staff: str
    reason: str
    is_b: bool
    began: float
    state: str = "waiting"
    decided_by: str | None = None
    decided_at: float | None = None
    note: str = ""
    ended: float | None = None


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A manager's word on one post and day: `staff` from minute `start` to minute `end`; None: nobody is needed."""

    id: int
    day: str
    post: str
    staff: str | None
    start: int
    end: int
    reason: str


# --- what may be set --------------------------------------------------------------------------------------------------


def check(
    posts: Mapping[str, Post],
    changed: Collection[str],
    staff: Mapping[str, str],
    counters: Collection[str],
    named: Named,
) -> None:
    """Refuse a set of posts that cannot be, because of those `changed`.

    `staff`: number -> role, of the active accounts.
    """
    a_of: dict[str, Post] = {}
    at: dict[str, Post] = {}
    for post in posts.values():
        if post.id in changed:
            _fits(post, staff, counters)
        if other := at.get(post.counter):
            zh, en = named(post.counter)
            raise Refused(
                f"{zh}已属于岗位“{other.name}”：一个窗口只设一个岗位。",
                f"{en} belongs to post '{other.name_en or other.id}': one post for each counter.",
            )
        at[post.counter] = post
        if other := a_of.get(post.a):
            raise Refused(
                f"{post.a}已是“{other.name}”的A岗：一人只能担任一个岗位的A岗。",
                f"{post.a} is A of '{other.name_en or other.id}' already: a person is A of one post only.",
            )
        a_of[post.a] = post


def _fits(post: Post, staff: Mapping[str, str], counters: Collection[str]) -> None:
    if post.counter not in counters:
        raise Refused(
            f"没有窗口“{post.counter}”：请选择配置中的窗口。",
            f"There is no counter '{post.counter}': choose one of the hall's.",
        )
    if post.a == post.b:
        raise Refused(
            f"“{post.name}”的A岗和B岗是同一人：请换一个B岗。",
            f"A and B of '{post.id}' are the same person: choose another B.",
        )
    for person in (post.a, post.b):
        if person is not None:
            _may_sit(person, staff)


def _may_sit(person: str, staff: Mapping[str, str]) -> None:
    if person not in staff:
        raise Refused(
            f"没有工号“{person}”或账号已停用：请先建立账号。", f"No active account '{person}': make one first."
        )
    if staff[person] not in AT_COUNTERS:
        raise Refused(
            f"{person}的角色不在窗口工作：请换人或修改角色。",
            f"{person}'s role does not sit at counters: choose somebody else.",
        )


def substitution(
    post: Post | None, staff: str, role: str, reason: str, reasons: Collection[str], new: int, named: Named
) -> ev.SubstitutionBegan | None:
    """What it is when `staff` opens a post's counter: nothing special for A, a substitution for anybody else."""
    if post is None or post.a == staff:
        return None
    if role not in AT_COUNTERS:
        raise Refused(
            f"您的角色不能在岗位“{post.name}”上窗。", f"Your role does not sit at the post '{post.name_en or post.id}'."
        )
    if reason not in reasons:
        zh, en = named(post.counter)
        raise Refused(
            f"{zh}是岗位“{post.name}”，A岗是{post.a}：请选择代岗原因后再登录。",
            f"{en} is {post.a}'s post: choose why you stand in, then log in again.",
        )
    return ev.SubstitutionBegan(
        substitution=new,
        post=post.id,
        counter_=post.counter,
        from_staff=post.a,
        to_staff=staff,
        reason=reason,
        is_b=staff == post.b,
    )


def decide(wish: Substitution, approve: bool, by: str, note: str) -> ev.Event | None:
    """A manager's word; the same word again changes nothing. Nobody decides about him- or herself."""
    wanted = "approved" if approve else "refused"
    if by == wish.to_staff:
        raise Refused(
            "不能审批自己的代岗：请由其他管理人员审批。",
            "Nobody approves her or his own substitution: ask another manager.",
        )
    if wish.state == wanted:
        return None
    if wish.state != "waiting":
        raise Refused(
            f"该代岗已由{wish.decided_by}审批：不能更改。",
            f"{wish.decided_by} has decided about this substitution: it stays so.",
        )
    if approve:
        return ev.SubstitutionApproved(substitution=wish.id, note=note)
    return ev.SubstitutionRefused(substitution=wish.id, note=note)


# --- what events make of the rows -------------------------------------------------------------------------------------


def post_of(event: ev.PostSet, at: float) -> Post:
    return Post(
        id=event.post, name=event.name_, name_en=event.name_en, counter=event.counter_, a=event.a, b=event.b, since=at
    )


def evolve(known: Substitution | None, event: ev.Event, at: float, actor: str) -> Substitution | None:
    """The substitution after the event; None while no event has made one."""
    if isinstance(event, ev.SubstitutionBegan):
        return Substitution(
            id=event.substitution,
            post=event.post,
            counter=event.counter_,
            from_staff=event.from_staff,
            to_staff=event.to_staff,
            reason=event.reason,
            is_b=event.is_b,
            began=at,
        )
    if known is None:
        return None
    if isinstance(event, ev.SubstitutionApproved | ev.SubstitutionRefused):
        state = "approved" if isinstance(event, ev.SubstitutionApproved) else "refused"
        return replace(known, state=state, decided_by=actor, decided_at=at, note=event.note)
    if isinstance(event, ev.SubstitutionEnded):
        return replace(known, ended=at)
    return known
