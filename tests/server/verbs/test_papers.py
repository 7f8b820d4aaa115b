"""Papers that a person asks for: who may have which, what stands in it, and that one press is one paper."""

from __future__ import annotations

import pytest

import config
from server.domain import rules
from server.domain.events import NoticeIssued
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store.journal import verify
from server.verbs import calls, counters, jobs, papers, tickets, today
from server.verbs.hub import By, Hub, Unknown
from server.verbs.papers import Asker
from tests.conftest import HandClock

HALL = config.load()

DESK = Asker(By("08"), ["p58", "p80"])


@pytest.fixture
def served(hub: Hub) -> Ticket:
    """A001 for SB01 at counter 1, being served by 08."""
    tickets.issue(hub, By("kiosk"), "SB01")
    counters.open_counter(hub, By("08"), "1", staff="08")
    calls.call_next(hub, By("08"), "1")
    return calls.start(hub, By("08"), "1")


def given(hub: Hub, ticket: Ticket) -> list[NoticeIssued]:
    return papers.notices(hub.read(), ticket.id)


# --- 一次性告知单 ---------------------------------------------------------------------------------------


def test_a_notice_is_an_event_and_a_paper_in_one(hub: Hub, served: Ticket) -> None:
    job = papers.notice(hub, DESK, "1", served.id, "SB01", ["照片", " 委托书 ", "", "照片"], "照片过期")
    assert (job.kind, job.ticket, job.printers, job.state) == ("notice", served.id, ("p58", "p80"), "queued")
    assert (
        job.facts["missing"] == ["照片", "委托书"] and job.facts["staff"] == "08" and job.facts["reason"] == "照片过期"
    )
    assert [(e.service, e.missing, e.staff, e.job, e.told, e.counter) for e in given(hub, served)] == [
        ("SB01", ("照片", "委托书"), "08", job.id, 1, "1")
    ]


def test_a_second_notice_for_the_same_item_is_a_repeat_and_for_another_is_not(hub: Hub, served: Ticket) -> None:
    for service in ("SB01", "SB02", "SB01"):
        papers.notice(hub, DESK, "1", served.id, service, ["照片"])
    assert [(e.service, e.told) for e in given(hub, served)] == [("SB01", 1), ("SB02", 1), ("SB01", 2)]


def test_the_same_press_is_one_notice(hub: Hub, served: Ticket) -> None:
    asker = Asker(By("08", "key-1"), ["p58"])
    first = papers.notice(hub, asker, "1", served.id, "SB01", ["照片"])
    assert papers.notice(hub, asker, "1", served.id, "SB01", ["照片"]).id == first.id
    assert len(given(hub, served)) == 1


def test_a_notice_is_no_step_that_hinders_undo(hub: Hub, served: Ticket) -> None:
    papers.notice(hub, DESK, "1", served.id, "SB01", ["照片"])
    assert tickets.undo(hub, By("08")).state == "called"


@pytest.mark.parametrize(
    ("state", "counter", "sentence"),
    [
        ("waiting", None, "A001等候中，不在1号窗口办理：请先呼叫。"),
        ("serving", "2", "A001正在办理，不在1号窗口办理"),
        ("finished", "1", "A001已办结"),
        ("suspended", "1", "A001已挂起"),
        ("passed", "1", "A001已过号"),
        ("left", None, "A001已弃号"),
        ("expired", None, "A001已过期"),
    ],
)
def test_a_notice_is_for_a_number_here(state: str, counter: str | None, sentence: str) -> None:
    ticket = Ticket(
        id=1,
        day="2026-11-23",
        prefix="A",
        number=1,
        service="SB01",
        klass="ordinary",
        channel="kiosk",
        issued_at=0.0,
        rank=0.0,
        state=state,
        counter=counter,
    )
    with pytest.raises(Refused, match=sentence):
        rules.notice(ticket, "1", "SB01", ["照片"], [], named=HALL.counter_name, staff="08", job=1)


@pytest.mark.parametrize("state", ["called", "serving"])
def test_a_notice_names_what_is_missing(state: str) -> None:
    ticket = Ticket(
        id=1,
        day="2026-11-23",
        prefix="A",
        number=1,
        service="SB01",
        klass="ordinary",
        channel="kiosk",
        issued_at=0.0,
        rank=0.0,
        state=state,
        counter="1",
    )
    assert rules.notice(ticket, "1", "SB01", ["照片"], [], named=HALL.counter_name, staff="08", job=1).told == 1
    with pytest.raises(Refused, match="请勾选或写明缺少的材料") as refused:
        rules.notice(ticket, "1", "SB01", [], [], named=HALL.counter_name, staff="08", job=1)
    assert refused.value.en == "Tick or write what is missing."


# --- about a number -------------------------------------------------------------------------------


def test_a_receipt_may_follow_the_end_of_the_service(hub: Hub, served: Ticket) -> None:
    calls.finish(hub, By("08"), "1", "受理待办")
    job = papers.receipt(hub, DESK, "1", served.id, ["SB01"], ["身份证"], " 3505-77 ")
    assert job.facts == {
        "service": "SB01",
        "item": "社会保障卡申领(个人社会保险登记)",
        "item_en": "Social security card (personal registration)",
        "staff": "08",
        "case": "3505-77",
        "received": ["身份证"],
        "promise": "7工作日",
    }


def test_one_receipt_for_several_items_promises_no_single_time(hub: Hub, served: Ticket) -> None:
    job = papers.receipt(hub, DESK, "1", served.id, ["SB01", "YB02"])
    assert "、" in job.facts["item"] and "promise" not in job.facts


def test_a_refusal_gives_its_reasons(hub: Hub, served: Ticket) -> None:
    with pytest.raises(Refused, match="不予受理的理由"):
        papers.refusal(hub, DESK, "1", served.id, ["SB01"], ["  "])
    job = papers.refusal(hub, DESK, "1", served.id, ["SB01"], ["不属于本机关职权范围"])
    assert job.facts["reasons"] == ["不属于本机关职权范围"] and job.facts["basis"]


def test_a_pickup_notice_says_where_and_when(hub: Hub, served: Ticket) -> None:
    with pytest.raises(Refused, match="领件号和领取时间"):
        papers.pickup(hub, DESK, "1", served.id, ["SB01"], "", "下周一", [])
    job = papers.pickup(hub, DESK, "1", served.id, ["SB01"], "L-77", "11月30日起，办公时间", ["身份证"])
    assert (job.facts["collect"], job.facts["where"], job.facts["bring"]) == ("L-77", "5号窗口", ["身份证"])


def test_nobody_else_prints_about_a_number(hub: Hub, served: Ticket) -> None:
    with pytest.raises(Refused, match="不在2号窗口办理"):
        papers.receipt(hub, DESK, "2", served.id, ["SB01"])
    with pytest.raises(Unknown):
        papers.receipt(hub, DESK, "1", 99, ["SB01"])
    with pytest.raises(Unknown, match="没有事项“XX”"):
        papers.receipt(hub, DESK, "1", served.id, ["XX"])


def test_no_paper_holds_an_identity_number(hub: Hub, served: Ticket) -> None:
    with pytest.raises(Refused, match="身份证号"):
        papers.notice(hub, DESK, "1", served.id, "SB01", ["350500199001011234的照片"])
    assert given(hub, served) == [] and hub.read().open_jobs() == []


# --- without a number -----------------------------------------------------------------------------


def test_a_referral_says_where_to_go(hub: Hub) -> None:
    led = today.note_contact(hub, By("30"), "养老认证", "led", "3号窗口")
    job = papers.referral(hub, DESK, led)
    assert (job.facts["matter"], job.facts["target"], job.facts["target_en"], job.facts["guide"]) == (
        "养老认证",
        "3号窗口",
        "Counter 3",
        "30",
    )
    answered = today.note_contact(hub, By("30"), "上班时间", "answered")
    with pytest.raises(Refused, match="不用引导单"):
        papers.referral(hub, DESK, answered)
    with pytest.raises(Unknown):
        papers.referral(hub, DESK, 99)


def test_a_kiosk_prints_so_many_lists_in_ten_minutes(hub: Hub, clock: HandClock) -> None:
    limit = hub.hall.kiosks["K1"].lists_per_10_min
    for _ in range(limit):
        assert papers.materials(hub, Asker(By("K1"), ["p80"]), "SB01").facts["materials"][0] == "身份证"
        clock.forward(30)
    with pytest.raises(Refused, match="请过7分钟再打印") as refused:
        papers.materials(hub, Asker(By("K1"), ["p80"]), "SB02")
    assert "try again in 7 min" in refused.value.en
    papers.materials(hub, DESK, "SB01")  # the staff are not counted
    clock.forward(421)
    assert papers.materials(hub, Asker(By("K1"), ["p80"]), "SB01").state == "queued"


# --- again ----------------------------------------------------------------------------------------


def test_a_reprint_is_counted_and_of_the_newest(hub: Hub) -> None:
    job = papers.materials(hub, DESK, "SB01")
    with pytest.raises(Refused, match="材料清单正在打印"):
        jobs.reprint_slip(hub, By("08"), job.id, ["p58"])
    jobs.print_ended(hub, job.id, None, "p58", "failed", "缺纸")
    assert [one.id for one in hub.read().spoilt_papers(0)] == [job.id]
    second = jobs.reprint_slip(hub, By("09", "again"), job.id, ["p80"])
    assert jobs.reprint_slip(hub, By("09", "again"), job.id, ["p80"]) == second
    assert (second.copy, second.facts, second.printers) == (2, job.facts, ("p80",))
    assert hub.read().spoilt_papers(0) == [], "somebody sees to it"
    jobs.print_ended(hub, second.id, None, "p80", "unknown", "断电")
    assert jobs.reprint_slip(hub, By("09"), job.id, ["p80"]).copy == 3


def test_the_journal_alone_holds_every_paper(hub: Hub, served: Ticket) -> None:
    papers.notice(hub, DESK, "1", served.id, "SB01", ["照片"])
    job = papers.day_close(hub, DESK, "1")
    jobs.print_ended(hub, job.id, None, "p58", "failed", "缺纸")
    jobs.reprint_slip(hub, By("08"), job.id, ["p80"])
    assert verify(hub.read().conn) == []


def test_a_paper_remembers_where_its_asker_sat(hub: Hub, served: Ticket) -> None:
    job = papers.materials(hub, DESK, "SB01", ticket=served.id)
    row = hub.read().asked(job)
    assert row and (row.counter, row.actor) == ("1", "08")
    kiosk = hub.read().asked(papers.materials(hub, Asker(By("K1"), ["p80"]), "SB01"))
    assert kiosk and (kiosk.counter, kiosk.actor) == (None, "K1")
