"""People and posts through the real store: accounts, lock-out, sessions, AB岗, substitution, register, roster."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from server.domain.rules import Refused
from server.store import journal
from server.store.database import Store
from server.store.journal import rebuild
from server.verbs import accounts, calls, counters, people, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub, Unknown
from tests.conftest import CHEAP, DEAR, HandClock

ROLES = {
    "08": "operator",
    "09": "operator",
    "10": "operator",
    "30": "guide",
    "50": "manager",
    "51": "manager",
    "60": "supervisor",
    "90": "administrator",
}
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def crew(hub: Hub) -> None:
    for number, role in ROLES.items():
        hashed = CHEAP.hash(f"pass-{number}")
        hub.turn(lambda turn, row=(number, f"员工{number}", role, hashed): turn.put_staff(*row))


def rows(hub: Hub, name: str) -> list[journal.Row]:
    return hub.read().events_between(name, 0.0, float("inf"))


def log_in(hub: Hub, staff: str, counter: str | None = None, reason: str = "", password: str = "") -> str:
    return accounts.digest(accounts.log_in(hub, staff, password or f"pass-{staff}", counter, reason))


def set_post(
    hub: Hub, post: str = "p1", counter: str = "1", a: str = "08", b: str | None = "09", reason: str = "设岗"
) -> None:
    people.set_post(
        hub, By("50"), post, name=f"综合{post}岗", name_en=f"General {post}", counter=counter, a=a, b=b, reason=reason
    )


def refusal(message: str) -> object:
    return pytest.raises(Refused, match=re.escape(message))


# --- lock-out ---


def fail(hub: Hub, staff: str = "08", times: int = 5) -> list[str]:
    said = []
    for _ in range(times):
        with pytest.raises(Refused) as caught:
            log_in(hub, staff, password="wrong")
        said.append(str(caught.value))
    return said


def test_five_wrong_passwords_lock_an_account_for_a_quarter_of_an_hour(hub: Hub, clock: HandClock) -> None:
    locked = "密码连续输错5次，账号锁定至 09:15：请到时再试，或请管理人员解锁。"
    assert fail(hub) == ["工号或密码不对。"] * 4 + [locked]
    with refusal(locked):
        log_in(hub, "08")
    assert [row.happened().locked for row in rows(hub, "LoginRefused")] == [False] * 4 + [True] * 2
    assert all("wrong" not in row.data for row in hub.read().journal(0))
    clock.forward(15 * 60 - 1)
    with refusal(locked):
        log_in(hub, "08")
    clock.forward(1)
    log_in(hub, "08")


def test_after_the_lock_five_more_are_needed(hub: Hub, clock: HandClock) -> None:
    fail(hub)
    clock.forward(15 * 60)
    assert fail(hub, times=4) == ["工号或密码不对。"] * 4
    assert fail(hub, times=1)[0].startswith("密码连续输错5次")


def test_a_right_password_begins_the_count_anew(hub: Hub) -> None:
    fail(hub, times=4)
    log_in(hub, "08")
    assert fail(hub, times=4) == ["工号或密码不对。"] * 4


def test_a_restart_does_not_unlock(hub: Hub, clock: HandClock) -> None:
    fail(hub)
    hub.store.close()
    store = Store(hub.hall.data, durable=False)
    try:
        with refusal("账号锁定"):
            log_in(Hub(hub.hall, store, clock), "08")
    finally:
        store.close()
    hub.store = Store(hub.hall.data, durable=False)


def test_a_manager_unlocks(hub: Hub) -> None:
    fail(hub)
    for _ in range(2):
        accounts.unlock(hub, By("50"), "08")
    assert [row.actor for row in rows(hub, "StaffUnlocked")] == ["50"]
    log_in(hub, "08")


def test_an_unknown_number_gets_the_same_sentence_and_is_not_written_down(hub: Hub) -> None:
    assert fail(hub, "my-password-in-the-wrong-field", times=1) == ["工号或密码不对。"]
    assert rows(hub, "LoginRefused")[0].happened().staff == ""
    assert all("my-password" not in row.data + row.actor for row in hub.read().journal(0))


def test_an_unknown_number_takes_as_long(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash of the same cost is worked out for either, which is all that takes time."""
    monkeypatch.setattr(accounts, "_hasher", DEAR)
    accounts.put(hub, By("administrator"), "20", "真的", "operator", "a-real-cost")
    costs: list[Parameters] = []

    class Noting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            costs.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    monkeypatch.setattr(accounts, "_hasher", Noting())
    for staff in ("20", "nobody"):
        fail(hub, staff, times=1)
    known, unknown = costs
    assert known == unknown == extract_parameters(PasswordHasher().hash("what the library holds to be enough"))


def test_a_lock_is_for_the_address_it_came_from(hub: Hub) -> None:
    for _ in range(30):
        with pytest.raises(Refused):
            accounts.log_in(hub, "90", "wrong", None, address="10.0.0.66")
    accounts.log_in(hub, "90", "pass-90", None, address="10.0.0.5")
    with refusal("账号锁定"):
        accounts.log_in(hub, "90", "pass-90", None, address="10.0.0.66")
    accounts.change_password(hub, "90", "pass-90", "a-longer-one", None, address="10.0.0.5")
    accounts.log_in(hub, "90", "a-longer-one", None, address="10.0.0.66")  # whoever has a new password begins anew


def test_each_further_lock_is_longer_up_to_a_shift(hub: Hub, clock: HandClock) -> None:
    for minutes in (15, 30, 60):
        fail(hub)
        clock.forward(minutes * 60 - 1)
        with refusal("账号锁定"):
            log_in(hub, "08")
        clock.forward(1)
    log_in(hub, "08")
    fail(hub)
    clock.forward(15 * 60)  # a right password begins anew
    log_in(hub, "08")
    assert [accounts.lock_s(locks, 15) / 60 for locks in (0, 1, 2, 5, 90)] == [15, 30, 60, 480, 480]
    assert accounts.lock_s(3, 1440) / 60 == 1440


def test_an_unknown_number_is_locked_as_a_known_one_is(hub: Hub) -> None:
    assert fail(hub, "my-password-here", times=6) == fail(hub, "08", times=6)
    kept = hub.read().conn.execute("SELECT who FROM login_failures").fetchall()
    assert all("my-password" not in row[0] for row in kept)


def test_old_failures_are_forgotten(hub: Hub, clock: HandClock) -> None:
    fail(hub, "nobody-here", times=1)
    clock.forward(3 * 86400)
    fail(hub, "08", times=1)
    assert hub.read().conn.execute("SELECT who FROM login_failures").fetchall()[0][0] == "08"


# --- accounts ---


def test_a_staff_number_has_one_spelling_however_it_is_typed(hub: Hub) -> None:
    password = accounts.make(hub, By("90"), "００２１\u200b", "新\u00ad人 ", "operator")
    row = hub.read().staff("0021")
    assert row is not None and row["name"] == "新人"
    for typed in ("0021", "００２１", " 0021\u3000"):
        assert accounts.log_in(hub, typed, password, None)
    with pytest.raises(Refused, match="已存在"):
        accounts.make(hub, By("90"), "0021", "又一个", "operator")
    accounts.put(hub, By("administrator"), "００２２", "甲", "operator", "pass-22")
    assert hub.read().staff("0022") is not None


def test_a_number_stored_in_full_width_before_still_logs_in(hub: Hub) -> None:
    accounts.put(hub, By("administrator"), "23", "甲", "operator", "pass-23")
    hashed = hub.read().staff("23")["password_hash"]  # type: ignore[index]
    hub.turn(lambda turn: turn.put_staff("２４", "乙", "operator", hashed))
    assert accounts.log_in(hub, "２４", "pass-23", None)


def test_making_an_account_and_its_password(hub: Hub) -> None:
    password = accounts.make(hub, By("90"), "21", "新人", "operator")
    log_in(hub, "21", password=password)
    with refusal("工号21已存在"):
        accounts.make(hub, By("90"), "21", "又一个", "operator")
    with refusal("没有角色“boss”"):
        accounts.make(hub, By("90"), "22", "x", "boss")
    with refusal("工号为1到20位字母或数字，不写姓名"):
        accounts.make(hub, By("90"), "a b", "x", "operator")
    assert password not in "".join(row.data for row in hub.read().journal(0))


def test_a_deactivated_account_is_out_at_once_and_its_counter_closes(hub: Hub) -> None:
    session = log_in(hub, "08", "1")
    accounts.change(hub, By("90"), "08", name="员工08", role="operator", active=False)
    assert accounts.session(hub, session) is None
    assert hub.read().counter("1").state == "closed"
    with refusal("工号或密码不对。"):
        log_in(hub, "08")


def test_a_department_is_one_of_the_catalogue_and_outlives_a_new_password(hub: Hub) -> None:
    accounts.make(hub, By("90"), "21", "新人", "operator", "民政")
    with refusal("事项目录里没有部门“外星”"):
        accounts.make(hub, By("90"), "22", "x", "operator", "外星")
    accounts.change(hub, By("90"), "21", name="新人", role="manager", active=True)
    accounts.put(hub, By("administrator"), "21", "新人", "manager", "a-real-cost")
    row = hub.read().staff("21")
    assert row is not None and (row["role"], row["department"]) == ("manager", "民政")
    accounts.change(hub, By("90"), "21", name="新人", role="manager", active=True, department="")
    told = [row.happened() for row in hub.read().events_between("StaffChanged", 0, float("inf"))]
    assert [getattr(one, "department", None) for one in told if getattr(one, "staff", "") == "21"] == ["民政"] * 3 + [
        ""
    ]


def test_the_last_administrator_cannot_be_locked_out(hub: Hub) -> None:
    for role, active in (("administrator", False), ("manager", True)):
        with refusal("这是最后一个系统管理员"):
            accounts.change(hub, By("90"), "90", name="员工90", role=role, active=active)
    accounts.make(hub, By("90"), "91", "另一个", "administrator")
    accounts.change(hub, By("91"), "90", name="员工90", role="manager", active=True)
    with refusal("这是最后一个系统管理员"):
        accounts.change(hub, By("91"), "91", name="另一个", role="administrator", active=False)


def test_a_reset_password_ends_the_sessions_and_opens_the_lock(hub: Hub) -> None:
    session = log_in(hub, "08")
    fail(hub)
    password = accounts.reset_password(hub, By("90"), "08")
    assert accounts.session(hub, session) is None
    log_in(hub, "08", password=password)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", "long-enough", "原密码不对。"),
        ("pass-08", "short", "新密码至少8位"),
        ("pass-08", "pass-08", "新密码至少8位"),
    ],
)
def test_ones_own_password_needs_the_old_one_and_some_length(hub: Hub, old: str, new: str, said: str) -> None:
    with refusal(said):
        accounts.change_password(hub, "08", old, new, None)


def test_ones_own_password_changes_and_other_sessions_end(hub: Hub) -> None:
    here, elsewhere = log_in(hub, "08"), log_in(hub, "08")
    accounts.change_password(hub, "08", "pass-08", "a-new-one-8", here)
    assert accounts.session(hub, here) and accounts.session(hub, elsewhere) is None
    log_in(hub, "08", password="a-new-one-8")


def test_guessing_the_old_password_locks_too(hub: Hub) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            accounts.change_password(hub, "08", "wrong", "long-enough", None)
    with refusal("账号锁定"):
        accounts.change_password(hub, "08", "pass-08", "long-enough", None)


# --- sessions ---


def test_a_session_ends_after_an_hour_without_a_sign_and_its_counter_closes(hub: Hub, clock: HandClock) -> None:
    session = log_in(hub, "08", "1")
    clock.forward(3599)
    accounts.sign_of(hub, session, clock.at - 3599)
    clock.forward(3600)
    accounts.tick(hub)
    assert accounts.session(hub, session)
    clock.forward(1)
    assert accounts.session(hub, session) is None
    accounts.tick(hub)
    closed = rows(hub, "CounterClosed")[-1]
    assert (closed.actor, closed.counter, closed.happened().reason) == ("hub", "1", "timeout")


def test_after_twelve_hours_no_sign_helps(hub: Hub, clock: HandClock) -> None:
    session = log_in(hub, "08")
    for _ in range(24):
        clock.forward(1800)
        accounts.sign_of(hub, session, 0.0)
    assert accounts.session(hub, session)
    clock.forward(1)
    assert accounts.session(hub, session) is None


def test_nobody_being_served_is_thrown_out(hub: Hub, clock: HandClock) -> None:
    log_in(hub, "08", "1")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.start(hub, By("08"), "1")
    clock.forward(3601)
    accounts.tick(hub)
    assert hub.read().counter("1").state == "open"
    calls.finish(hub, By("08"), "1", "咨询")
    accounts.tick(hub)
    assert hub.read().counter("1").state == "closed"


def test_a_second_login_keeps_the_counter_open(hub: Hub, clock: HandClock) -> None:
    log_in(hub, "08", "1")
    clock.forward(3000)
    log_in(hub, "08", "1")
    clock.forward(1000)
    accounts.tick(hub)
    assert hub.read().counter("1").staff == "08"


def test_counters_without_a_login_are_left_alone(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("replay"), "1", staff="08")
    clock.forward(86400)
    accounts.tick(hub)
    assert hub.read().counter("1").state == "open"


# --- posts ---


def test_a_post_is_set_changed_and_ended_and_each_is_on_record(hub: Hub) -> None:
    set_post(hub)
    set_post(hub)
    set_post(hub, b="10", reason="09调出")
    people.end_post(hub, By("50"), "p1", reason="合并")
    people.end_post(hub, By("50"), "p1", reason="合并")
    told = [row.happened() for row in people.register(hub.read())]
    assert [(e.name, getattr(e, "b", None), e.reason) for e in told] == [
        ("PostSet", "09", "设岗"),
        ("PostSet", "10", "09调出"),
        ("PostEnded", None, "合并"),
    ]
    assert hub.read().posts() == {}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"counter": "77"}, "没有窗口“77”"),
        ({"counter": "1"}, "一个窗口只设一个岗位"),
        ({"a": "08"}, "一人只能担任一个岗位的A岗"),
        ({"a": "10", "b": "10"}, "A岗和B岗是同一人"),
        ({"a": "99"}, "没有工号“99”或账号已停用"),
        ({"a": "60"}, "60的角色不在窗口工作"),
        ({"b": "90"}, "90的角色不在窗口工作"),
        ({"reason": " "}, "请写明原因"),
        ({"post": "a b"}, "岗位编号须为"),
    ],
)
def test_a_post_that_cannot_be(hub: Hub, wish: dict[str, str], said: str) -> None:
    set_post(hub)
    with refusal(said):
        set_post(hub, **{"post": "p2", "counter": "2", "a": "10", "b": None, **wish})  # type: ignore[arg-type]
    assert list(hub.read().posts()) == ["p1"]


def test_one_person_may_be_b_of_several(hub: Hub) -> None:
    set_post(hub)
    set_post(hub, "p2", "2", a="10", b="09")
    assert [p.b for p in hub.read().posts().values()] == ["09", "09"]


def test_a_rotation_swaps_all_or_none(hub: Hub) -> None:
    set_post(hub)
    set_post(hub, "p2", "2", a="10", b="30")
    people.rotate(hub, By("50"), {"p1": ("10", "09"), "p2": ("08", "30")}, reason="季度轮岗")
    assert [p.a for p in hub.read().posts().values()] == ["10", "08"]
    told = [row.happened() for row in people.register(hub.read())][-2:]
    assert [(e.rotation, e.reason) for e in told] == [(True, "季度轮岗")] * 2
    with refusal("一人只能担任一个岗位的A岗"):
        people.rotate(hub, By("50"), {"p1": ("08", None)}, reason="不行")
    with pytest.raises(Unknown):
        people.rotate(hub, By("50"), {"p1": ("30", None), "p9": ("09", None)}, reason="不行")
    assert [p.a for p in hub.read().posts().values()] == ["10", "08"]


def test_the_register_cannot_be_changed(hub: Hub) -> None:
    set_post(hub)
    for sql in (
        "UPDATE journal SET data = '{}' WHERE event = 'PostSet'",
        "DELETE FROM journal WHERE event = 'PostSet'",
    ):
        with pytest.raises(Exception, match="append-only"):
            hub.turn(lambda turn, sql=sql: turn.conn.execute(sql))


def test_posts_and_substitutions_are_what_the_journal_says(hub: Hub) -> None:
    set_post(hub)
    set_post(hub, "p2", "2", a="10")
    log_in(hub, "09", "1", "请假")
    people.decide_substitution(hub, By("50"), 1, approve=True, note="好")
    stored = (hub.read().posts(), hub.read().substitutions())
    history = hub.read().journal(0)

    built = rebuild(iter(history))
    told = sorted(built.tables["substitutions"].values(), key=lambda s: (s.state != "waiting", -s.id))
    assert (built.tables["posts"], told) == stored


# --- substitution ---


def test_a_logs_in_as_usual(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "08", "1")
    assert people.standing_in(hub.read(), "1") is None


def test_b_opens_as_counter_with_as_services_and_it_is_recorded(hub: Hub) -> None:
    set_post(hub)
    with refusal("1号窗口是岗位“综合p1岗”，A岗是08：请选择代岗原因后再登录。"):
        log_in(hub, "09", "1")
    assert hub.read().counter("1").state == "closed"
    session = log_in(hub, "09", "1", "请假")
    assert people.standing_in(hub.read(), "1") == {
        "id": 1,
        "post": "p1",
        "for": "员工08",
        "is_b": True,
        "approved": False,
        "state": "waiting",
        "reason": "请假",
    }
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    assert calls.call_next(hub, By("09"), "1").id == ticket.id  # type: ignore[union-attr]
    calls.finish(hub, By("09"), "1", "咨询")
    accounts.log_out(hub, session, "09", "1")
    assert people.standing_in(hub.read(), "1") is None
    assert [row.event for row in hub.read().journal(0) if row.event.startswith("Substitution")] == [
        "SubstitutionBegan",
        "SubstitutionEnded",
    ]


def test_a_third_person_may_and_is_not_called_b(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "30", "1", "其他")
    assert people.standing_in(hub.read(), "1")["is_b"] is False  # type: ignore[index]


@pytest.mark.parametrize(
    ("staff", "reason", "said"), [("09", "心情", "请选择代岗原因"), ("60", "请假", "您的角色不在窗口工作")]
)
def test_no_substitution_without_a_reason_of_the_list_or_by_a_supervisor(
    hub: Hub, staff: str, reason: str, said: str
) -> None:
    set_post(hub)
    with refusal(said):
        log_in(hub, staff, "1", reason)


def test_a_manager_approves_but_never_for_oneself(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "50", "1", "临时离岗")
    with refusal("不能审批自己的代岗"):
        people.decide_substitution(hub, By("50"), 1, approve=True)
    for _ in range(2):
        people.decide_substitution(hub, By("51"), 1, approve=True)
    assert len(rows(hub, "SubstitutionApproved")) == 1
    assert people.standing_in(hub.read(), "1")["approved"]  # type: ignore[index]
    with refusal("该代岗已由51审批"):
        people.decide_substitution(hub, By("51"), 1, approve=False)
    with pytest.raises(Unknown):
        people.decide_substitution(hub, By("51"), 2, approve=True)


def test_refused_is_said_and_nobody_is_thrown_out(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "09", "1", "培训")
    people.decide_substitution(hub, By("50"), 1, approve=False, note="请A岗回来")
    assert people.standing_in(hub.read(), "1")["state"] == "refused"  # type: ignore[index]
    assert hub.read().counter("1").staff == "09"


def test_logging_in_again_at_the_same_counter_is_the_same_substitution(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "09", "1", "培训")
    log_in(hub, "09", "1")
    assert len(hub.read().substitutions()) == 1


def test_a_time_out_ends_the_substitution(hub: Hub, clock: HandClock) -> None:
    set_post(hub)
    log_in(hub, "09", "1", "培训")
    clock.forward(3601)
    accounts.tick(hub)
    assert hub.read().substitutions()[0].ended == clock.at


# --- a counter that somebody has not left -----------------------------------------------------------------------------


def test_a_counter_that_somebody_has_not_left_needs_a_reason_and_names_the_way_out(hub: Hub) -> None:
    log_in(hub, "08", "1")
    with refusal("1号窗口已由08登录，还没有退出：请选择原因后再登录，即可接管；或请工号08先退出，或换一个窗口。"):
        log_in(hub, "09", "1")
    assert hub.read().counter("1").staff == "08" and not rows(hub, "CounterTakenOver")


def test_b_takes_over_at_once_and_it_stands_in_the_journal_with_both(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "08", "1")
    log_in(hub, "09", "1", "请假")
    (row,) = rows(hub, "CounterTakenOver")
    event = row.happened()
    assert (row.actor, event.staff, event.from_staff, event.reason) == ("09", "09", "08", "请假")
    assert hub.read().counter("1").staff == "09"
    assert [s.to_staff for s in hub.read().substitutions()] == ["09"]  # at A's post it is a substitution too
    with refusal("1号窗口现在由09登录"):
        calls.call_next(hub, By("08", "k", ("1", "08")), "1")


def called(hub: Hub, *, start: bool = False) -> int:
    log_in(hub, "08", "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    if start:
        calls.start(hub, By("08"), "1")
    return ticket.id


@pytest.mark.parametrize(
    ("start", "becomes", "state", "behind"),
    [
        (False, "stay", "called", []),
        (False, "pass", "passed", ["Passed"]),
        (True, "stay", "serving", ["Suspended", "Resumed"]),
        (True, "suspend", "suspended", ["Suspended"]),
    ],
)
def test_the_number_there_is_handled_by_the_rules(
    hub: Hub, start: bool, becomes: str, state: str, behind: list[str]
) -> None:
    ticket, before = called(hub, start=start), hub.seq
    accounts.log_in(hub, "09", "pass-09", "1", "上一位未退出", becomes)
    now = hub.read().ticket(ticket)
    assert now is not None and (now.state, now.counter) == (state, "1")
    about = [row.event for row in hub.read().journal(before, 100) if row.ticket == ticket]
    assert about == behind and all(row.actor == "09" for row in hub.read().journal(before, 100) if row.ticket == ticket)
    assert journal.verify(hub.read().conn) == []


def test_service_that_goes_on_is_divided_between_the_two(hub: Hub, clock: HandClock) -> None:
    ticket = called(hub, start=True)
    clock.forward(600)
    log_in(hub, "09", "1", "上一位未退出")
    clock.forward(300)
    calls.finish(hub, By("09"), "1", "done")
    legs = hub.read().conn.execute("SELECT staff, state, ended - started AS s FROM legs WHERE ticket = ?", (ticket,))
    assert [tuple(leg) for leg in legs] == [("08", "handed", 600.0), ("09", "finished", 300.0)]


@pytest.mark.parametrize(("start", "becomes"), [(True, "pass"), (False, "suspend"), (False, "erase")])
def test_what_the_rules_refuse_takes_nothing_over(hub: Hub, start: bool, becomes: str) -> None:
    called(hub, start=start)
    with pytest.raises(Refused):
        accounts.log_in(hub, "09", "pass-09", "1", "上一位未退出", becomes)
    assert hub.read().counter("1").staff == "08" and not rows(hub, "CounterTakenOver")


def test_who_waits_for_the_one_that_is_gone_joins_the_halls_line(hub: Hub) -> None:
    log_in(hub, "08", "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    tickets.transfer(hub, By("desk"), ticket.id, staff="08", reason="指定人员办理")
    log_in(hub, "09", "1", "上一位未退出")
    moved = hub.read().ticket(ticket.id)
    assert moved is not None and moved.target == ""


# --- skills -----------------------------------------------------------------------------------------------------------


def test_a_counter_calls_what_it_and_its_member_of_staff_can_do(hub: Hub) -> None:
    people.set_skills(hub, By("50"), "08", services=["MZ01"], languages=[], reason="新到岗")
    tickets.issue(hub, By("kiosk"), "SB01")
    mine = tickets.issue(hub, By("kiosk"), "MZ01")
    log_in(hub, "08", "1")
    assert calls.call_next(hub, By("08"), "1") == hub.read().ticket(mine.id)
    calls.finish(hub, By("08"), "1", "done")
    assert calls.call_next(hub, By("08"), "1") is None
    people.set_skills(
        hub, By("50"), "08", services=None, languages=[], reason="已培训"
    )  # at once, and not from the next login
    assert calls.call_next(hub, By("08"), "1") is not None
    assert journal.verify(hub.read().conn) == []


def test_who_speaks_a_language_is_given_its_numbers_earlier(hub: Hub, clock: HandClock) -> None:
    people.set_skills(hub, By("50"), "08", services=None, languages=["en"], reason="英语六级")
    tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(60)
    foreign = tickets.issue(hub, By("kiosk"), "SB01", language="en")
    log_in(hub, "08", "1")
    log_in(hub, "09", "2")
    (mine,) = [c.skills for c in hub.read().counters().values() if c.id == "1"]
    assert mine is not None and mine.languages == ("en",)
    assert calls.call_next(hub, By("08"), "1") == hub.read().ticket(foreign.id)


@pytest.mark.parametrize(
    ("staff", "services", "languages"),
    [("08", ["XX99"], []), ("08", [], []), ("08", None, ["tlh"]), ("60", None, ["en"]), ("99", None, ["en"])],
)
def test_skills_that_cannot_be_are_refused(
    hub: Hub, staff: str, services: list[str] | None, languages: list[str]
) -> None:
    with pytest.raises(Refused):
        people.set_skills(hub, By("50"), staff, services=services, languages=languages, reason="x")
    with refusal("请写明原因"):
        people.set_skills(hub, By("50"), "08", services=["SB01"], languages=[], reason=" ")
    assert hub.read().skills() == {}


def test_a_counter_without_a_post_opens_for_anybody_without_a_word(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "09", "2")
    assert hub.read().substitutions() == []


# --- roster and attendance: 2026-11-23 is a Monday, open 08:00-12:00 and 14:30-17:30 ---

AT_8 = 1795395600.0 - 3600  # 08:00


def lines(hub: Hub, day: date = MONDAY) -> list[tuple[str, int, int, int, int, bool]]:
    """staff, duty, late, early, unmanned minutes, absent."""
    kept = people.attendance_of(hub.hall, hub.read(), day, hub.now()).kept
    return [
        (k.duty.staff, int(k.length // 60), int(k.late // 60), int(k.early // 60), int(k.unmanned // 60), k.absent)
        for k in kept
    ]


@pytest.fixture
def monday(hub: Hub, clock: HandClock) -> Hub:
    clock.at = AT_8 - 3600
    tick(hub)
    set_post(hub)
    return hub


def test_a_days_attendance_from_the_journal(monday: Hub, clock: HandClock) -> None:
    clock.at = AT_8 + 7 * 60
    session = log_in(monday, "08", "1")
    clock.at = AT_8 + 50 * 60
    accounts.log_out(monday, session, "08", "1")
    clock.at = AT_8 + 60 * 60
    session = log_in(monday, "09", "1", "临时离岗")
    clock.at = AT_8 + 4 * 3600
    assert lines(monday) == [("08", 240, 7, 190, 17, False), ("08", 0, 0, 0, 0, False)]
    accounts.log_out(monday, session, "09", "1")
    clock.at = AT_8 + 24 * 3600
    assert lines(monday) == [("08", 240, 7, 190, 17, False), ("08", 180, 0, 0, 180, True)]
    b = people.attendance_of(monday.hall, monday.read(), MONDAY, monday.now()).kept[0].b
    assert b == 180 * 60


def test_who_stays_over_midnight_is_there_in_the_morning_and_a_past_day_ends_with_itself(
    monday: Hub, clock: HandClock
) -> None:
    counters.open_counter(monday, By("08"), "1", staff="08")
    clock.at = AT_8 + 30 * 3600
    assert lines(monday) == [("08", 240, 0, 0, 0, False), ("08", 180, 0, 0, 0, False)]
    assert lines(monday, date(2026, 11, 24))[0] == ("08", 240, 0, 0, 0, False)


def test_a_manager_sets_a_duty_for_a_day(monday: Hub, clock: HandClock) -> None:
    for _ in range(2):
        people.set_roster(monday, By("50"), MONDAY, "p1", staff="10", start=0, end=720, reason="08请假")
    people.set_roster(monday, By("50"), MONDAY, "p1", staff=None, start=870, end=1050, reason="不需要")
    assert len(rows(monday, "RosterSet")) == 2
    clock.at = AT_8 + 4 * 3600
    assert lines(monday) == [("10", 240, 0, 0, 240, True)]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"start": 900, "end": 900}, "开始时间须早于结束时间"),
        ({"start": 720, "end": 860}, "大厅在这段时间不开放"),
        ({"day": date(2026, 11, 22)}, "大厅在这段时间不开放"),
        ({"staff": "60"}, "没有可在窗口工作的工号“60”"),
        ({"post": "p9"}, "没有岗位“p9”"),
        ({"reason": ""}, "请写明原因"),
    ],
)
def test_a_duty_that_cannot_be(monday: Hub, wish: dict[str, object], said: str) -> None:
    asked = {"day": MONDAY, "post": "p1", "staff": "10", "start": 0, "end": 720, "reason": "x", **wish}
    with refusal(said):
        people.set_roster(monday, By("50"), asked.pop("day"), asked.pop("post"), **asked)  # type: ignore[arg-type]


def test_the_day_is_found_by_an_index(hub: Hub) -> None:
    sql = "SELECT * FROM journal WHERE ticket IS NULL AND event = 'CounterOpened' AND at >= 1 AND at < 2 ORDER BY seq"
    plan = " ".join(row["detail"] for row in hub.read().conn.execute(f"EXPLAIN QUERY PLAN {sql}"))
    assert "journal_by_time" in plan


def test_the_journal_holds(hub: Hub) -> None:
    set_post(hub)
    log_in(hub, "09", "1", "请假")
    people.decide_substitution(hub, By("50"), 1, approve=True)
    assert journal.verify(hub.read().conn) == []


def test_who_sits_down_elsewhere_leaves_the_counter_before(hub: Hub) -> None:
    log_in(hub, "08", "1")
    log_in(hub, "08", "2")
    assert [hub.read().counter(c).state for c in "12"] == ["closed", "open"]
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "2")
    with refusal("A001已呼叫，尚未到窗：请先开始或过号。"):
        log_in(hub, "08", "1")
    assert hub.read().counter("2").staff == "08"


def test_who_waits_for_an_abandoned_counter_is_called_elsewhere(hub: Hub, clock: HandClock) -> None:
    log_in(hub, "08", "1")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    tickets.transfer(hub, By("30"), ticket.id, counter="1", reason="需其他窗口办理")
    clock.forward(61 * 60)
    accounts.tick(hub)
    assert (hub.read().counter("1").state, hub.read().ticket(ticket.id).target) == ("closed", "")  # type: ignore[union-attr]


def test_a_supervisor_takes_no_counter_and_who_becomes_one_leaves_it(hub: Hub) -> None:
    with refusal("您的角色不在窗口工作：登录时请不要选窗口。"):
        log_in(hub, "60", "1")
    log_in(hub, "08", "1")
    accounts.change(hub, By("90"), "08", name="员工08", role="supervisor", active=True)
    assert hub.read().counter("1").state == "closed"


def test_nobody_is_called_like_a_device(hub: Hub) -> None:
    for name in ("K1", "hub", "p80"):
        with refusal(f"“{name}”是设备或系统的名字：请换一个工号。"):
            accounts.make(hub, By("90"), name, "某人", "operator")
