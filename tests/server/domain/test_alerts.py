"""What the manager should act on: each kind by a situation made by hand, its border, and that nothing is said twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config import Text
from server.domain import print_outcome
from server.domain.alerts import (
    CONTACT_S,
    IDLE_S,
    KEPT_S,
    KINDS,
    LATE_S,
    LEVELS,
    SILENT_S,
    Alert,
    Device,
    Manned,
    Situation,
    StandIn,
    Uncontacted,
    alerts,
    border,
    waited_s,
)
from server.domain.forecast import Queue
from server.domain.ticket import Binding, Counter, Ticket
from server.domain.worktime import counting

HALL = config.load()
NOW = 1795402800.0  # 2026-11-23 11:00:00 +08:00
DAY = (NOW - 11 * 3600, NOW + 13 * 3600)
MORNING, AFTERNOON = (NOW - 3 * 3600, NOW + 3600), (NOW + 3.5 * 3600, NOW + 6.5 * 3600)
HOURS = counting([MORNING, AFTERNOON], DAY)
PLEDGE_S = HALL.hall.wait_pledge_min * 60.0
OPEN = {c: Counter(c, "open", f"0{c}", NOW - 3600) for c in HALL.counters}


def waiting(minutes: float, number: int = 1, service: str = "SB01", **more: Any) -> Ticket:
    came = NOW - minutes * 60
    return Ticket(
        id=number,
        day="2026-11-23",
        prefix="A",
        number=number,
        service=service,
        klass="ordinary",
        channel="kiosk",
        **{"issued_at": came, "rank": came, "entered_at": came, **more},
    )


def hall_with(*tickets: Ticket, **more: Any) -> Situation:
    """A situation with these waiting and every counter open, busy with others unless the test says so."""
    lines: dict[tuple[str, str], int] = {}
    for t in tickets:
        lines[t.target, t.service] = lines.get((t.target, t.service), 0) + 1
    first = min(tickets, key=lambda t: t.entered_at) if tickets else None
    over = sum(NOW - t.entered_at > PLEDGE_S for t in tickets)
    busy = {c: waiting(60, 900 + i, state="called", counter=c, last_called_at=NOW) for i, c in enumerate(OPEN)}
    return Situation(
        **{
            "hours": HOURS,
            "open_now": True,
            "counters": OPEN,
            "held": busy,
            "heads": tickets,
            "lines": lines,
            "longest": first,
            "over": over,
            **more,
        }
    )


def found(situation: Situation, kind: str) -> list[Alert]:
    return [a for a in alerts(HALL, situation, NOW) if a.kind == kind]


def with_counter(counter: str, **more: Any) -> dict[str, Counter]:
    return {**OPEN, counter: replace(OPEN[counter], **more)}


def test_a_quiet_hall_has_nothing_to_say() -> None:
    assert alerts(HALL, hall_with(waiting(5)), NOW) == []


def test_the_wait_counts_in_opening_hours_and_goes_on_after_closing() -> None:
    assert counting([MORNING, AFTERNOON], DAY) == [MORNING, (AFTERNOON[0], DAY[1])]
    assert counting([], DAY) == [DAY]
    assert waited_s(HOURS, MORNING[0] - 1800, MORNING[0] + 60) == 60
    assert waited_s(HOURS, MORNING[1] - 600, AFTERNOON[0] + 300) == 900
    assert waited_s(HOURS, AFTERNOON[1] - 60, AFTERNOON[1] + 60) == 120
    assert waited_s(HOURS, NOW, NOW - 5) == 0


@given(since=st.integers(-12 * 3600, 12 * 3600), later=st.integers(0, 12 * 3600), wanted=st.integers(1, 7200))
def test_the_border_says_who_has_waited_so_long(since: int, later: int, wanted: int) -> None:
    now = NOW + later
    edge = border(HOURS, now, wanted)
    assert (waited_s(HOURS, NOW + since, now) >= wanted) == (edge is not None and NOW + since <= edge)


@pytest.mark.parametrize(("minutes", "told"), [(PLEDGE_S / 60, False), (PLEDGE_S / 60 + 0.1, True)])
def test_a_wait_over_the_pledge(minutes: float, told: bool) -> None:
    assert bool(found(hall_with(waiting(minutes)), "wait")) is told


def test_a_wait_over_the_pledge_names_who_waits_and_who_could_help() -> None:
    (alert,) = found(hall_with(waiting(25, 7), waiting(22, 8), waiting(3, 9)), "wait")
    assert alert.level == "bad"
    assert alert.text.zh.startswith(
        "2人等候超过承诺的20分钟，最长的A007（社会保障卡申领(个人社会保险登记)）已等25分钟："
    )
    assert alert.text.en.startswith("2 people wait longer than the pledged 20 min; A007")
    assert alert.since == pytest.approx(NOW - 5 * 60)


HELPERS = [
    ({"held": {}}, "1号窗口、2号窗口、3号窗口、4号窗口、5号窗口、6号窗口空闲，请提醒叫号"),
    ({"counters": with_counter("2", state="paused")}, "2号窗口已暂停，请恢复"),
    ({"counters": with_counter("2", bound=Binding(("MZ01",), (), 0))}, "可把2号窗口切换为协助办理（潮汐窗口）"),
    ({"counters": with_counter("3", state="closed")}, "请加开3号窗口"),
    ({}, "各窗口都在办理，请向群众说明预计时间"),
]


@pytest.mark.parametrize(("more", "advice"), HELPERS)
def test_who_could_help_with_a_long_wait(more: dict[str, Any], advice: str) -> None:
    (alert,) = found(hall_with(waiting(25), **more), "wait")
    assert alert.text.zh.endswith(f"：{advice}。")


@pytest.mark.parametrize(("free_for", "told"), [(IDLE_S, False), (IDLE_S + 1, True)])
def test_a_counter_idle_while_people_wait(free_for: float, told: bool) -> None:
    held = {c: t for c, t in hall_with().held.items() if c != "2"}
    situation = hall_with(waiting(10), held=held, last_act={"2": NOW - free_for})
    assert bool(found(situation, "idle")) is told
    if told:
        assert found(situation, "idle")[0].text.zh == "2号窗口空闲2分钟未叫号，有1人等候可由它办理：请提醒叫号。"
        assert found(situation, "idle")[0].since == NOW - free_for


def test_a_counter_is_not_idle_for_somebody_who_has_just_come_or_is_not_its_own() -> None:
    held = {c: t for c, t in hall_with().held.items() if c not in ("2", "desk")}
    free = {"held": held, "last_act": {"2": NOW - 900, "desk": NOW - 900}}
    assert found(hall_with(waiting(1), **free), "idle") == []
    assert [a.subject for a in found(hall_with(waiting(15), **free), "idle")] == ["counter:2"]
    assert found(hall_with(waiting(15, slot=NOW + 600), **free), "idle") == []


def test_a_helping_counter_is_idle_only_once_it_helps() -> None:
    held = {c: t for c, t in hall_with().held.items() if c != "5"}
    for minutes, told in ((21.9, False), (22.1, True)):  # it helps after 20 min
        assert bool(found(hall_with(waiting(minutes), held=held, last_act={"5": NOW - 3000}), "idle")) is told


def test_people_whom_no_open_counter_may_call() -> None:
    shut = with_counter("5", state="closed", staff=None)
    (alert,) = found(hall_with(waiting(5, service="LQ01"), waiting(4, 2, service="LQ01"), counters=shut), "stranded")
    assert (alert.level, alert.subject) == ("bad", "counters:5")
    assert (
        alert.text.zh
        == "2人等候“领取证照、办理结果(领件)”，没有开放的窗口可以叫号：请开放5号窗口，或切换其他窗口的业务。"
    )
    assert found(hall_with(waiting(1.9, service="LQ01"), counters=shut), "stranded") == []
    assert found(hall_with(waiting(2, service="LQ01"), counters=shut), "stranded") != []
    assert found(hall_with(waiting(5, service="LQ01")), "stranded") == []
    assert found(hall_with(waiting(5, service="LQ01"), counters=shut, open_now=False), "stranded") == []
    paused = with_counter("5", state="paused")
    assert found(hall_with(waiting(5, service="LQ01"), counters=paused), "stranded")[0].text.zh.endswith(
        "请恢复5号窗口。"
    )


def test_people_who_wait_for_a_person_or_a_counter_that_is_gone() -> None:
    shut = with_counter("3", state="closed", staff=None)
    assert found(hall_with(waiting(5, target="counter:3"), counters=shut), "stranded")[0].subject == "counters:3"
    (alert,) = found(hall_with(waiting(5, 4, target="staff:77")), "stranded")
    assert alert.subject == "ticket:4"
    assert "A004指定的人员不在窗口" in alert.text.zh


def test_a_whole_hall_without_counters_is_one_alert() -> None:
    nobody = {c: Counter(c) for c in OPEN}
    tickets = [waiting(9, 1), waiting(8, 2, service="MZ01"), waiting(7, 3, service="YB02")]
    (alert,) = found(hall_with(*tickets, counters=nobody, held={}), "stranded")
    assert alert.text.zh.startswith("3人等候")
    assert "所有窗口都未开放" in alert.text.zh


@pytest.mark.parametrize(("late", "told"), [(LATE_S, False), (LATE_S + 1, True)])
def test_an_appointment_past_its_slot(late: float, told: bool) -> None:
    ticket = waiting(120, 5, slot=NOW - late, rank=NOW - late)
    assert bool(found(hall_with(ticket), "appointment")) is told


def test_a_counter_asks_for_help() -> None:
    (alert,) = found(hall_with(counters=with_counter("4", help_at=NOW - 30, help_text="打印机卡纸")), "help")
    assert (alert.subject, alert.since, alert.level) == ("counter:4", NOW - 30, "bad")
    assert alert.text.zh == "4号窗口求助（打印机卡纸）：请派人过去，到了按“已处理”。"


@pytest.mark.parametrize(("empty_for", "told"), [(10 * 60, False), (10 * 60 + 1, True)])
def test_an_unmanned_post(empty_for: float, told: bool) -> None:
    closed = with_counter("2", state="closed", staff=None, since=NOW - empty_for)
    situation = hall_with(
        counters=closed, manned=[Manned("2", NOW - 3600, Text("王敏", "Staff 08")), Manned("3", NOW - 3600)]
    )
    assert bool(found(situation, "unmanned")) is told
    assert found(replace(situation, open_now=False), "unmanned") == []
    if told:
        assert (
            found(situation, "unmanned")[0].text.zh == "2号窗口空岗，已10分钟无人登录，当班王敏：请联系本人或安排代岗。"
        )


@pytest.mark.parametrize(("minutes", "told"), [(36, False), (36.1, True)])
def test_a_service_that_takes_three_times_its_standard(minutes: float, told: bool) -> None:
    ticket = waiting(
        90, 3, service="SB05", state="serving", counter="1", started_at=NOW - minutes * 60, last_called_at=NOW - 4000
    )
    assert HALL.services["SB05"].standard_min == 12
    assert bool(found(hall_with(held={"1": ticket}), "slow")) is told


@pytest.mark.parametrize(
    ("lies", "kind", "told"), [(KEPT_S, "kept", False), (KEPT_S + 1, "kept", True), (KEPT_S + 1, "away", False)]
)
def test_a_file_that_is_kept_too_long(lies: float, kind: str, told: bool) -> None:
    ticket = waiting(90, 3, state="suspended", suspended=kind, suspended_at=NOW - lies, counter="1")
    assert bool(found(hall_with(suspended=[ticket]), "suspended")) is told


def test_a_paper_that_is_no_ticket() -> None:
    papers = [
        (7, ("一次性告知单", "One-time notice"), ("王敏 08", "Staff 08"), "缺纸。", NOW - 60),
        (8, ("材料清单", "List of materials"), ("1号取号机", "Kiosk 1"), "", NOW),
    ]
    first, second = found(hall_with(papers=papers), "paper")
    assert (first.text.zh, first.subject) == (
        "王敏 08的一次性告知单没有打印好（缺纸）：请补打，或请本人到咨询台。",
        "job:7",
    )
    assert second.text.zh == "1号取号机的材料清单没有打印好：请补打，或请本人到咨询台。"
    assert (
        second.text.en
        == "The list of materials for Kiosk 1 was not printed properly: reprint it, or send the person to the desk."
    )


def test_paper_and_substitutions() -> None:
    situation = hall_with(
        spoilt=[(waiting(3, 6), "缺纸", NOW - 60)],
        stand_ins=[StandIn(1, "2", Text("陈海", "Staff 09"), Text("请假", "Leave"), NOW - 90)],
    )
    assert found(situation, "paper")[0].text.zh == "A006的号票没有打印好（缺纸）：请找到本人，告知号码或补打。"
    assert (
        found(situation, "paper")[0].text.en
        == "The slip of A006 was not printed properly: find the person, tell the number or print it again."
    )
    (wish,) = found(situation, "substitution")
    assert (wish.text.zh, wish.text.en) == (
        "陈海在2号窗口代岗（请假）待审批：请审批。",
        "Staff 09 stands in at Counter 2 (Leave): approve or refuse.",
    )
    (known,) = found(hall_with(spoilt=[(waiting(3, 6), print_outcome.STUCK, NOW - 60)]), "paper")
    assert (
        known.text.en
        == f"The slip of A006 was not printed properly ({print_outcome.REASONS[print_outcome.STUCK]}): find the person,"
        " tell the number or print it again."
    )


def device(id: str, kind: str, state: str, age: float = 0.0, zh: str = "") -> Device:
    return Device(id, kind, Text.same(id), state, Text.same(zh), NOW - age)


@pytest.mark.parametrize(
    ("it", "level"),
    [
        (device("p80", "printer", "ready"), None),
        (device("p80", "printer", "near_end", zh="纸快用完了。"), "info"),
        (device("p80", "printer", "paper_out", zh="缺纸。"), "warn"),
        (device("p80", "printer", "unknown", SILENT_S), None),
        (device("p80", "printer", "unknown", SILENT_S + 1), "warn"),
        (device("board 1", "board", "unreachable"), "warn"),
        (device("kiosk K1", "kiosk", "ok", 9999), None),
        (device("kiosk K1", "kiosk", "unknown", SILENT_S + 1), "bad"),
    ],
)
def test_a_device_that_does_not_work(it: Device, level: str | None) -> None:
    assert [a.level for a in alerts(HALL, hall_with(devices=[it]), NOW)] == ([level] if level else [])


def test_a_kiosk_that_cannot_print_is_one_urgent_alert() -> None:
    devices = [
        device("kiosk K1", "kiosk", "ok"),
        device("p80", "printer", "paper_out", zh="缺纸。"),
        device("p58", "printer", "offline", zh="离线。"),
    ]
    situation = hall_with(devices=devices, kiosks={"kiosk K1": ["p80", "p58"]})
    (alert,) = alerts(HALL, situation, NOW)
    assert (alert.kind, alert.level) == ("printer", "bad")
    better = replace(situation, devices=[*devices[:2], device("p58", "printer", "near_end")])
    assert [a.level for a in alerts(HALL, better, NOW)] == ["warn", "info"]


def test_a_silent_boards_program_speaks_for_its_boards() -> None:
    boards = [device(f"board {b}", "board", "unknown", 999) for b in "123"]
    assert [
        a.subject for a in alerts(HALL, hall_with(devices=[device("boards", "boards", "unknown", 999), *boards]), NOW)
    ] == ["device:boards"]


def test_a_silent_boards_program_speaks_for_its_pads_and_raters() -> None:
    wired = [device(f"{kind} 1", kind, "unknown", 999) for kind in ("pad", "rater")]
    assert [
        a.kind for a in alerts(HALL, hall_with(devices=[device("boards", "boards", "unknown", 999), *wired]), NOW)
    ] == ["board"]
    down = [replace(one, state="unreachable") for one in wired]
    assert [(a.kind, a.level) for a in alerts(HALL, hall_with(devices=down), NOW)] == [
        ("pad", "warn"),
        ("rater", "warn"),
    ]


def test_a_bad_rating_is_urgent_until_somebody_was_reached_and_late_after_an_hour() -> None:
    def told(ago: float) -> str:
        bad = Uncontacted(7, "A012", "3", 2, NOW - ago)
        (found,) = alerts(HALL, hall_with(bad_ratings=[bad]), NOW)
        assert (found.kind, found.level, found.subject) == ("rating", "bad", "record:7")
        return found.text.zh

    assert told(CONTACT_S) == "3号窗口的A012收到差评（不满意）：请在1小时内联系本人，并在“差评整改”里登记。"
    assert told(CONTACT_S + 1) == "3号窗口的A012收到差评（不满意）：已超过1小时，请马上联系本人，并在“差评整改”里登记。"
    assert alerts(HALL, hall_with(), NOW) == []


def test_the_most_urgent_comes_first() -> None:
    counters = {**with_counter("4", help_at=NOW - 30), "5": Counter("5")}
    situation = hall_with(
        waiting(25),
        waiting(5, 2, service="LQ01"),
        counters=counters,
        devices=[device("p80", "printer", "near_end", zh="x")],
        spoilt=[(waiting(3, 6), "", NOW)],
    )
    assert [a.kind for a in alerts(HALL, situation, NOW)] == ["help", "stranded", "wait", "paper", "printer"]


counters_ = st.fixed_dictionaries(
    {
        c: st.builds(
            Counter,
            st.just(c),
            st.sampled_from(["open", "paused", "closed"]),
            st.just("08"),
            st.floats(NOW - 9000, NOW),
            st.just(""),
            st.sampled_from([None, Binding(("LQ01",), (), 0), Binding((), None, 10)]),
            st.none() | st.floats(NOW - 900, NOW),
        )
        for c in HALL.counters
    }
)
tickets_ = st.builds(
    waiting,
    st.integers(0, 120),
    st.integers(1, 9),
    st.sampled_from(["SB01", "LQ01", "ZX01", "gone"]),
    target=st.sampled_from(["", "counter:5", "staff:08", "staff:99"]),
    slot=st.none() | st.floats(NOW - 3600, NOW + 3600),
    suspended=st.sampled_from(["", "kept"]),
    suspended_at=st.none() | st.floats(NOW - 9000, NOW),
    counter=st.sampled_from([None, "1", "x"]),
)
devices_ = st.builds(
    device,
    st.sampled_from(["kiosk K1", "p80", "p58", "board 1", "boards"]),
    st.sampled_from(["kiosk", "printer", "board", "boards"]),
    st.sampled_from(["ok", "ready", "near_end", "paper_out", "unknown", "odd"]),
    st.floats(0, 900),
)


@given(
    st.lists(tickets_, max_size=6),
    counters_,
    st.lists(devices_, max_size=5),
    st.booleans(),
    st.lists(st.sampled_from(list(HALL.counters))),
)
def test_any_situation_is_told_in_order_and_nothing_twice(
    tickets: list[Ticket], counters: dict[str, Counter], devices: list[Device], open_now: bool, manned: list[str]
) -> None:
    situation = hall_with(
        *tickets,
        counters=counters,
        open_now=open_now,
        devices=devices,
        kiosks={"kiosk K1": ["p80", "p58"]},
        suspended=tickets,
        manned=[Manned(c, NOW - 7200) for c in manned],
        spoilt=[(t, "", NOW) for t in tickets],
        held={
            c: replace(t, state="serving", counter=c, started_at=NOW - 9000)
            for c, t in zip(counters, tickets[:2], strict=False)
        },
    )
    told = alerts(HALL, situation, NOW)
    assert told == alerts(HALL, situation, NOW)
    names = [(a.kind, a.subject) for a in told]
    assert len(names) == len(set(names))
    urgency = [(LEVELS.index(a.level), KINDS.index(a.kind)) for a in told]
    assert urgency == sorted(urgency)
    assert all(a.text.zh.endswith("。") and a.text.en.endswith(".") for a in told)


# --- looking ahead ----------------------------------------------------------------------------------------------------

OPENING = [MORNING, AFTERNOON]


def queue(*tickets: Ticket, serving: int = 2, could: tuple[str, ...] = ("4",), **more: Any) -> Queue:
    return Queue(("SB01",), len(tickets), serving, 0, 10.0, could, first=tickets, **more)


def test_the_pledge_is_told_before_it_is_broken_with_what_would_keep_it() -> None:
    line = [waiting(2, n) for n in range(1, 6)]  # the newcomer's turn comes in 30 min, A004's in 20 and it has waited 2
    (alert,) = found(hall_with(*line, queues=[queue(*line)], opening=OPENING), "forecast")
    assert alert.level == "warn"
    assert alert.text.zh == (
        "“社会保障卡申领(个人社会保险登记)”A004等2人预计要等30分钟，将超过承诺的20分钟："
        "加开1个窗口（4号窗口）到11:10前后，新来的人约等17分钟，可守住承诺。"
    )
    assert "A004 and 1 more will wait about 30 min" in alert.text.en
    assert "open 1 more (Counter 4) until about 11:10" in alert.text.en
    assert not found(hall_with(*line, queues=[queue(*line)], opening=OPENING), "wait")


def test_a_wait_of_hours_is_told_in_hours() -> None:
    line = [waiting(2, n) for n in range(1, 31)]  # the newcomer's turn comes in 310 min
    (alert,) = found(hall_with(*line, queues=[queue(*line, serving=1, could=())], opening=OPENING), "forecast")
    assert "预计要等5小时，将超过承诺的20分钟" in alert.text.zh and "will wait about 5 h, longer" in alert.text.en
    line = line[:16]
    (alert,) = found(hall_with(*line, queues=[queue(*line, serving=1, could=())], opening=OPENING), "forecast")
    assert "预计要等3小时" in alert.text.zh
    line = line[:13]
    (alert,) = found(hall_with(*line, queues=[queue(*line, serving=1, could=())], opening=OPENING), "forecast")
    assert "预计要等2个半小时" in alert.text.zh and "about 2.5 h" in alert.text.en


def test_only_who_comes_now_would_wait_too_long() -> None:
    line = [waiting(0, n) for n in range(1, 5)]  # A004's turn comes after 20 min
    (alert,) = found(hall_with(*line, queues=[queue(*line)]), "forecast")
    assert alert.text.zh.startswith("“社会保障卡申领(个人社会保险登记)”现在来取号的人预计要等25分钟，")
    assert found(hall_with(*line[:3], queues=[queue(*line[:3])]), "forecast") == []


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        ({"could": ()}, "没有窗口可以加开，请切换其他窗口协助或告知群众时间"),
        ({"serving": 1}, "开放4号窗口可降到约45分钟"),
        ({"coming_per_min": 0.3}, "加开1个窗口（4号窗口）到闭厅，新来的人约等17分钟，可守住承诺"),
    ],
)
def test_what_keeps_the_pledge(more: dict[str, Any], advice: str) -> None:
    line = [waiting(2, n) for n in range(1, 6 if more.get("serving") != 1 else 10)]
    (alert,) = found(hall_with(*line, queues=[queue(*line, **more)], opening=OPENING), "forecast")
    assert alert.text.zh.endswith(f"：{advice}。")


def test_a_paused_counter_is_resumed() -> None:
    line = [waiting(2, n) for n in range(1, 6)]
    situation = hall_with(*line, queues=[queue(*line)], counters=with_counter("4", state="paused"))
    assert "：恢复1个窗口（4号窗口）到" in found(situation, "forecast")[0].text.zh


def test_a_day_that_cannot_be_finished() -> None:
    line = [waiting(1, n) for n in range(1, 25)]  # the last is called in 120 min at 2, and done in 130
    short = [MORNING, (AFTERNOON[0], AFTERNOON[0] + 3600)]  # an hour of work before lunch, one after it
    hours = counting(short, DAY)
    (alert,) = found(hall_with(*line, queues=[queue(*line)], opening=short, hours=hours), "unfinished")
    assert alert.text.zh.startswith(
        "“社会保障卡申领(个人社会保险登记)”有24人等候，按现在的速度要到15:40才办完，15:30闭厅前约有2人办不完：加开4号窗口"
    )
    assert found(hall_with(*line[:20], queues=[queue(*line[:20])], opening=short, hours=hours), "unfinished") == []


@pytest.mark.parametrize(
    ("minutes", "kind"), [(3, None), (3.1, "unanswered"), (10, "unanswered"), (10.1, "forgotten"), (90, "forgotten")]
)
def test_a_call_that_nobody_answers_and_one_that_was_forgotten(minutes: float, kind: str | None) -> None:
    held = {"2": waiting(60, 7, state="called", counter="2", last_called_at=NOW - minutes * 60)}
    situation = hall_with(held=held)
    kinds = {a.kind for a in alerts(HALL, situation, NOW)}
    assert kinds == ({kind} if kind else set())
    if kind:
        (alert,) = found(situation, kind)
        assert alert.text.zh.startswith(f"2号窗口呼叫A007{'已' if kind == 'forgotten' else ''}{int(minutes)}分钟")


def test_a_number_that_is_served_for_hours_is_asked_after() -> None:
    """In the place of the one about the standard, not beside it."""
    held = {"2": waiting(200, 7, state="serving", counter="2", last_called_at=NOW, started_at=NOW - 121 * 60)}
    assert {a.kind for a in alerts(HALL, hall_with(held=held), NOW)} == {"long"}
    assert found(hall_with(held=held), "long")[0].text.zh.startswith("2号窗口办理A007已121分钟：是否忘记办结？")


def test_a_silent_alarm_stands_before_all_else() -> None:
    counters = {**with_counter("3", panic_at=NOW - 5), "2": replace(OPEN["2"], help_at=NOW - 60)}
    assert [a.kind for a in alerts(HALL, hall_with(counters=counters), NOW)][:2] == ["panic", "help"]
