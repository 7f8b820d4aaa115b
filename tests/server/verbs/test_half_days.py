"""考勤 through the real store: punches and their corrections, the roster, leave with its B岗 and ledger, the month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain import events as ev
from server.domain import half_days as hd
from server.domain.half_days import Half
from server.domain.rules import Refused
from server.verbs import accounts, half_days, leave, people, records
from server.verbs.accounts import log_in
from server.verbs.hub import By, Hub
from server.views.manned_hours import staffing_view
from tests.conftest import HandClock
from tests.server.verbs.test_people import MONDAY, crew, refusal, set_post

__all__ = ["crew"]
AM = Half(MONDAY, "am")


def who(staff: str, role: str = "operator") -> records.Who:
    return records.Who(By(staff), role)


def marks(hub: Hub, staff: str, *halves: Half) -> list[str]:
    return half_days.sheet(hub, hub.read(), halves or (AM,), hub.now())[staff].marks


def ask(hub: Hub, staff: str = "08", last: Half = AM, **more: Any) -> records.Record:
    told = {"kind": "personal", "first": MONDAY.isoformat(), "first_half": "am", "b": "09", **more}
    told |= {"last": last.day.isoformat(), "last_half": last.half}
    return records.open_record(hub, who(staff), "leave", [("ask", told)])


def approve(hub: Hub, one: records.Record, approver: str = "main", **more: Any) -> records.Record:
    return records.move(hub, who("50", "manager"), one.id, "approve", {"approver": approver, **more})


def test_pin_and_card_punch_and_wrong_ones_say_no_more_than_that(hub: Hub, clock: HandClock) -> None:
    half_days.set_key(hub, By("08"), "08", "pin", "407192")
    half_days.set_key(hub, By("50"), "09", "card", "04A1B2C3")
    assert half_days.punch_with(hub, "desk", staff="08", pin="407192")[0] == "08"
    assert half_days.punch_with(hub, "K1", card="04a1b2c3")[0] == "09"
    half_days.punch_with(hub, "K1", card="04a1b2c3")
    assert len(hub.read().events_between("Punched", 0.0, float("inf"))) == 2
    clock.forward(-20 * 86400)
    half_days.punch_with(hub, "K1", card="04a1b2c3")
    assert len(hub.read().events_between("Punched", 0.0, float("inf"))) == 3, "the clock had been ahead"
    for told in ({"staff": "08", "pin": "407193"}, {"staff": "77", "pin": "407192"}, {"card": "0000"}):
        with refusal("卡片没有登记，或工号、口令不对"):
            half_days.punch_with(hub, "desk", **told)
    for _ in range(4):
        with pytest.raises(Refused):
            half_days.punch_with(hub, "desk", staff="08", pin="111222")
    with refusal("打卡连续输错，锁定至"):
        half_days.punch_with(hub, "desk", staff="08", pin="407192")
    assert all("407192" not in row.data and "04A1" not in row.data for row in hub.read().journal(0))


def test_what_is_typed_in_place_of_a_number_is_kept_nowhere(hub: Hub) -> None:
    for typed in ("13800138000", "110101199003078888"):
        with pytest.raises(Refused):
            half_days.punch_with(hub, "K1", staff=typed, pin="123456", address="10.0.0.9")
        assert all(typed not in line for line in hub.read().conn.iterdump())


def test_wrong_cards_are_counted_by_the_hour_and_keep_out_nobody_before(hub: Hub, clock: HandClock) -> None:
    half_days.set_key(hub, By("50"), "08", "card", "04A1B2C3")

    def wrong(many: int) -> None:
        for n in range(many):
            with refusal("卡片没有登记"):
                half_days.punch_with(hub, "K1", card=f"BUS{n:05}", address="10.0.0.7")

    wrong(half_days.WRONG_CARDS // 2)
    assert half_days.punch_with(hub, "K1", card="04A1B2C3", address="10.0.0.7")[0] == "08"
    wrong(half_days.WRONG_CARDS - half_days.WRONG_CARDS // 2)
    with refusal("打卡连续输错，锁定至"):
        half_days.punch_with(hub, "K1", card="04A1B2C3", address="10.0.0.7")
    assert half_days.punch_with(hub, "K1", card="04A1B2C3", address="10.0.0.8")[0] == "08"
    clock.forward(3600)
    assert half_days.punch_with(hub, "K1", card="04A1B2C3", address="10.0.0.7")[0] == "08"


def test_who_leaves_has_no_card_and_it_is_given_to_the_next(hub: Hub) -> None:
    for staff, card in (("08", "04A1B2C3"), ("09", "04A1B2C4")):
        half_days.set_key(hub, By("50"), staff, "card", card)
    accounts.change(hub, By("50"), "08", name="甲", role="operator", active=False)
    assert hub.read().punch_kinds("08") == set()
    half_days.set_key(hub, By("50"), "10", "card", "04A1B2C3")
    hub.turn(lambda turn: turn.change_staff("09", active=False))  # before cards went with the account
    half_days.set_key(hub, By("50"), "10", "card", "04A1B2C4")
    assert hub.read().punch_kinds("09") == set()
    assert half_days.punch_with(hub, "K1", card="04A1B2C4")[0] == "10"
    hub.turn(lambda turn: turn.change_staff("10", active=False))
    half_days.set_key(hub, By("50"), "10", "card", "")
    assert hub.read().punch_kinds("10") == set()
    told = [row.happened() for row in hub.read().journal(0) if row.event == "PunchKeySet"]
    assert [(one.staff, one.given) for one in told][2:] == [  # type: ignore[attr-defined]
        ("08", False),
        ("10", True),
        ("09", False),
        ("10", True),
        ("10", False),
    ]


@pytest.mark.parametrize("pin", ["1", "111111", "121212", "abcdef"])
def test_a_pin_that_is_guessed_first_is_refused(hub: Hub, pin: str) -> None:
    with refusal("口令要六位数字"):
        half_days.set_key(hub, By("08"), "08", "pin", pin)


def test_a_login_is_a_sign_and_a_correction_is_another_persons(hub: Hub, clock: HandClock) -> None:
    log_in(hub, "08", "pass-08", "1")
    half_days.punch(hub, By("09"))
    clock.forward(9 * 3600)
    assert marks(hub, "08")[0] == marks(hub, "09")[0] != "absent" == marks(hub, "10")[0]
    with refusal("不能给自己补卡"):
        half_days.correct_punch(hub, By("50"), "50", MONDAY, 500, struck=False, reason="忘打卡")
    for minute in (8 * 60, 12 * 60):
        half_days.correct_punch(hub, By("50"), "10", MONDAY, minute, struck=False, reason="读卡器故障")
    assert marks(hub, "10") == ["present"]


def test_truancy_is_found_by_a_person_and_only_where_there_was_no_sign(hub: Hub, clock: HandClock) -> None:
    clock.forward(9 * 3600)
    assert marks(hub, "10") == ["absent"]
    half_days.find(hub, By("50"), "10", str(AM), truant=True, reason="核实无故未到")
    assert marks(hub, "10") == ["truant"]
    half_days.find(hub, By("50"), "10", str(AM), truant=False, reason="有假条")
    assert marks(hub, "10") == ["absent"]
    half_days.correct_punch(hub, By("50"), "10", MONDAY, 8 * 60, struck=False, reason="补卡")
    with refusal("不是缺岗，不能认定旷工"):
        half_days.find(hub, By("50"), "10", str(AM), truant=True, reason="x")


def test_leave_needs_its_b_and_its_step_and_gives_the_post_away(hub: Hub) -> None:
    set_post(hub)
    tuesday = Half(date(2026, 11, 24), "pm")
    with refusal("没有人顶：请写明B岗"):
        approve(hub, ask(hub, b=""), "centre")
    hub.turn(lambda turn: None)
    first = hub.read().records_open("leave")[0]
    records.move(hub, who("08"), first.id, "withdraw", {})
    one = ask(hub, last=tuesday)
    with refusal("请4个半天，至少要主要领导同意"):
        approve(hub, one, "leader")
    with refusal("派出单位同意"):
        approve(hub, one)
    approve(hub, one, consent=True)
    assert marks(hub, "08", AM, Half(MONDAY, "pm"), tuesday) == ["personal"] * 3
    kept = people.attendance_of(hub.hall, hub.read(), date(2026, 11, 24), hub.now()).kept
    assert {duty.duty.staff for duty in kept} == {"09"}
    with refusal("与QJ"):
        ask(hub, last=tuesday)
    with refusal("那时也请假"):
        ask(hub, "09", b="08")


def test_a_balance_is_taken_from_and_given_back(hub: Hub) -> None:
    friday = Half(date(2026, 11, 27), "pm")
    one = ask(hub, "10", friday, kind="annual", b="")
    with refusal("休假只剩0个半天，这次要10个"):
        approve(hub, one, consent=True)
    leave.book(hub, By("50"), "10", "annual", 20, reason="2026年度")
    approve(hub, one, consent=True)
    assert hd.balances(leave.entries(hub.read())) == {("10", "annual"): 10}
    records.move(hub, who("10"), one.id, "back", {"back_on": "2026-11-24", "back_half": "am"})
    assert hd.balances(leave.entries(hub.read())) == {("10", "annual"): 17}
    assert marks(hub, "10", Half(date(2026, 11, 24), "am"), friday)[0] == "annual" != marks(hub, "10", friday)[0]
    with refusal("只剩17个半天"):
        leave.book(hub, By("50"), "10", "annual", -18, reason="扣减")


def test_correcting_an_approved_leave_corrects_ledger_and_roster(hub: Hub) -> None:
    set_post(hub)
    leave.book(hub, By("50"), "08", "annual", 4, reason="年度额度")
    afternoon, tuesday = Half(MONDAY, "pm"), date(2026, 11, 24)
    one = approve(hub, ask(hub, kind="annual", last=afternoon), "main")

    def left() -> int:
        return hd.balances(leave.entries(hub.read()))["08", "annual"]

    def on_duty(day: date) -> set[str]:
        return {kept.duty.staff for kept in people.attendance_of(hub.hall, hub.read(), day, hub.now()).kept}

    def correct(field: str, value: Any, by: records.Who | None = None) -> None:
        records.correct(hub, by or who("50", "manager"), one.id, field, value, "日期写错")

    with refusal("批准以后由其他管理人员更正"):
        correct("last", tuesday.isoformat(), who("08"))
    with refusal("派出单位同意"):
        correct("last", tuesday.isoformat())
    correct("consent", True)
    correct("last", tuesday.isoformat())
    assert (left(), on_duty(tuesday)) == (0, {"09"})
    with refusal("休假只剩0个半天，这次要2个"):
        correct("last", "2026-11-25")
    correct("first", tuesday.isoformat())
    assert (left(), on_duty(tuesday)) == (2, {"09"})
    assert marks(hub, "08", AM, Half(tuesday, "am")) == ["absent", "annual"]
    correct("b", "10")
    assert (left(), on_duty(tuesday)) == (2, {"10"})
    correct("kind", "personal")
    assert left() == 4


def test_two_swap_their_half_days(hub: Hub) -> None:
    wednesday, thursday = Half(date(2026, 11, 25), "am"), Half(date(2026, 11, 26), "am")
    half_days.set_halves(hub, By("50"), {"10": {str(wednesday): "rest"}, "08": {str(thursday): "rest"}}, reason="轮休")
    told = {"about": "10", "mine": "2026-11-25", "mine_half": "am", "theirs": "2026-11-26", "theirs_half": "am"}
    one = records.open_record(hub, who("08"), "swap", [("ask", told)])
    with refusal("只能由所涉的本人提出"):
        records.move(hub, who("09"), one.id, "agree", {})
    records.move(hub, who("10"), one.id, "agree", {})
    records.move(hub, who("50", "manager"), one.id, "approve", {})
    assert marks(hub, "08", wednesday, thursday) == ["none", "pending"]
    assert marks(hub, "10", wednesday, thursday) == ["pending", "none"]


def test_overtime_is_confirmed_by_a_person_and_is_an_entry(hub: Hub) -> None:
    told = {"day": "2026-11-23", "start": "17:30", "end": "19:00", "what": "queue"}
    one = records.open_record(hub, who("10"), "overtime", [("ask", told)])
    with refusal("折合几个半天"):
        records.move(hub, who("50", "manager"), one.id, "confirm", {"reward": "lieu"})
    records.move(hub, who("50", "manager"), one.id, "confirm", {"reward": "lieu", "halves": 1})
    assert hd.balances(leave.entries(hub.read())) == {("10", "lieu"): 1}
    assert half_days.sheet(hub, hub.read(), (AM,), hub.now())["10"].sums["overtime_min"] == 90


def test_an_outing_is_kept_as_out_and_prints_its_sign(hub: Hub) -> None:
    told = {"where": "home_visit", "day": "2026-11-23", "start": "14:00", "end": "18:00", "b": "09"}
    one = records.open_record(hub, who("10"), "outing", [("ask", told)])
    with refusal("批准以后、返回以前才打去向牌"):
        leave.whereabouts(hub, who("10"), one.id, ["p80"])
    records.move(hub, who("50", "manager"), one.id, "approve", {})
    job = hub.read().job(leave.whereabouts(hub, who("10"), one.id, ["p80"]))
    assert job is not None and (job.kind, job.facts["staff"], job.facts["b"]) == ("whereabouts", "10", "09")
    assert job.facts["day"] == one.values["day"]
    assert marks(hub, "10", Half(MONDAY, "pm")) == ["out"]


def test_a_month_before_anybody_was_there_is_not_signed(hub: Hub) -> None:
    for staff in half_days.month(hub, hub.read(), "2026-09", hub.now()).lines:
        event = ev.StaffChanged(staff=staff, role="operator")
        hub.turn(lambda turn, event=event: turn.record(event, "50"))  # type: ignore[misc]
    with refusal("2026-09没有排班的人员"):
        half_days.sign(hub, By("50"), "2026-09", 0)


def test_a_month_is_signed_once_and_what_changes_afterwards_is_a_supplement(hub: Hub, clock: HandClock) -> None:
    with refusal("还没有结束"):
        half_days.sign(hub, By("50"), "2026-11", 0)
    clock.forward(9 * 86400)
    signed = half_days.sign(hub, By("50"), "2026-11", 0)
    assert half_days.sign(hub, By("50"), "2026-11", 0) == signed
    assert signed.sha256 == hd.sealed({"cells": signed.cells, "sums": signed.sums})
    with refusal("没有变动"):
        half_days.sign(hub, By("50"), "2026-11", 1)
    half_days.correct_punch(hub, By("50"), "10", MONDAY, 8 * 60, struck=False, reason="补卡")
    more = half_days.sign(hub, By("51"), "2026-11", 1)
    assert (more.sequel, set(more.cells)) == (1, {"10"})
    known = half_days.month(hub, hub.read(), "2026-11", hub.now())
    assert known.changed == {} and len(known.signed) == 2


def test_staff_per_counter_and_the_hours_in_which_too_few_were_there(hub: Hub, clock: HandClock) -> None:
    hub.hall = hub.hall.model_copy(
        update={"place": hub.hall.place.model_copy(update={"least_manned": ["09:00-24:00 2"]})}
    )
    clock.forward(600)
    log_in(hub, "08", "pass-08", "1")
    clock.forward(1200)
    log_in(hub, "09", "pass-09", "2")
    clock.forward(1800)
    view = staffing_view(hub, "2026-11")
    told = {one["id"]: [(two["staff"]["id"], two["minutes"]) for two in one["people"]] for one in view["counters"]}
    assert (told["1"], told["2"], told["3"]) == ([("08", 50)], [("09", 30)], [])
    assert [(one["minutes"], one["there"], one["wanted"]) for one in view["short"][-2:]] == [(10, 0, 2), (20, 1, 2)]
    assert view["watched"] and view["short_minutes"] >= 30
    assert not any(one["counters"] for one in view["short"])


def test_what_was_saved_of_a_week_is_watched_by_its_own_counters(hub: Hub, clock: HandClock) -> None:
    rows = ((MONDAY.isoformat(), "1,2", 9 * 60, 1, 2.0, 3, 1, 2), (MONDAY.isoformat(), "1,2", 570, 1, 2.0, 3, 1, 0))
    hub.turn(lambda turn: turn.record(ev.ManningSet(monday=MONDAY.isoformat(), rows=rows), "50"))
    log_in(hub, "08", "pass-08", "3")  # at a counter of another line
    log_in(hub, "09", "pass-09", "1")
    clock.forward(3600)
    view = staffing_view(hub, "2026-11")
    assert [
        (one["start"], one["end"], one["there"], one["wanted"], [two["name"] for two in one["counters"]])
        for one in view["short"]
    ] == [("09:00", "09:30", 1, 2, ["1号窗口", "2号窗口"])]
    assert (view["watched"], view["short_minutes"], view["lacking_minutes"]) == (True, 30, 30)
