"""What a slip may be made of: a closed list of facts, and nothing about a person."""

from __future__ import annotations

import pytest

from server.domain import slip_facts
from server.domain.rules import Refused
from server.verbs import jobs, tickets
from server.verbs.hub import By, Conflict, Hub, Unknown

NOTICE = {"item": "社会保障卡申领", "item_en": "Social security card", "missing": ["照片", "委托书"], "staff": "08"}


def test_it_works(hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    job = jobs.print_slip(hub, By("08"), "notice", NOTICE, ("p80", "p58"), ticket=ticket.id)
    assert (job.kind, job.ticket, job.facts, job.state) == ("notice", ticket.id, NOTICE, "queued")
    assert hub.read().job(job.id) == job
    assert hub.read().open_jobs() == [job]


def test_the_same_key_is_one_paper(hub: Hub) -> None:
    first = jobs.print_slip(hub, By("08", "k"), "notice", NOTICE, ("p80",))
    assert jobs.print_slip(hub, By("08", "k"), "notice", NOTICE, ("p80",)) == first
    with pytest.raises(Conflict):
        jobs.print_slip(hub, By("08", "k"), "notice", {**NOTICE, "missing": ["照片"]}, ("p80",))
    assert len(hub.read().open_jobs()) == 1


def test_another_slip_is_not_the_numbers_own_paper(hub: Hub) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
    mine = hub.read().last_job(ticket.id)
    other = jobs.print_slip(hub, By("08"), "notice", NOTICE, ("p80",), ticket=ticket.id)
    jobs.print_ended(hub, other.id, ticket.id, "p80", "failed", "缺纸")
    assert hub.read().last_job(ticket.id) == mine
    assert hub.read().spoilt_slips() == []
    assert mine is not None
    jobs.print_ended(hub, mine.id, ticket.id, "p80", "failed", "缺纸")
    assert [job.id for _, job in hub.read().spoilt_slips()] == [mine.id]


def test_it_needs_a_printer_and_a_known_number(hub: Hub) -> None:
    with pytest.raises(Refused, match="打印机"):
        jobs.print_slip(hub, By("08"), "notice", NOTICE, ())
    with pytest.raises(Unknown):
        jobs.print_slip(hub, By("08"), "notice", NOTICE, ("p80",), ticket=7)
    with pytest.raises(ValueError, match="a ticket is printed by issue"):
        jobs.print_slip(hub, By("08"), "ticket", {}, ("p80",))


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("notise", NOTICE, "kind 'notise' is unknown"),
        ("notice", {"item": "社保卡"}, "slip notice: item_en, missing, staff missing"),
        ("notice", {**NOTICE, "visitor": "张三"}, "slip notice: no fact 'visitor'"),
        ("notice", {**NOTICE, "missing": "照片"}, "slip notice: missing: '照片' is no list"),
        ("notice", {**NOTICE, "missing": [1]}, "no list of texts"),
        (
            "referral",
            {"matter": "咨询", "target": "1号窗口", "target_en": "Counter 1", "guide": "08", "contact": True},
            "contact: True is no int",
        ),
    ],
)
def test_what_our_own_code_may_not_ask(kind: str, facts: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        slip_facts.checked(kind, facts)


@pytest.mark.parametrize("text", ["身份证350502199001011234不清楚", "请打13805950000", "35050219900101123X"])
def test_nothing_about_a_person(text: str) -> None:
    with pytest.raises(Refused, match="请删去"):
        slip_facts.checked("notice", {**NOTICE, "missing": [text]})


@pytest.mark.parametrize(
    "text",
    ["打139 0000 1111", "打139-0000-1111", "１３９００００１１１１", "350502 19900101 123x", "350502-1990-01-01-1234"],
)
def test_a_number_in_groups_or_full_width_is_about_a_person_too(text: str) -> None:
    with pytest.raises(Refused, match="个人信息"):
        slip_facts.checked("receipt", {"item": "a", "item_en": "a", "staff": "08", "received": [text]})


@pytest.mark.parametrize(
    "text",
    [
        "QZ2026112300123",
        "2026-11-23 2026-11-24 08",
        "0595-12345678",
        "工作日 08:00-12:00 14:30-17:30",
        "（2026）闽0502第139号",
    ],
)
def test_case_numbers_days_and_landlines_are_not(text: str) -> None:
    slip_facts.checked("receipt", {"item": "a", "item_en": "a", "staff": "08", "case": text})


def test_an_account_number_that_looks_like_a_mobile_number_hinders_no_paper() -> None:
    """Halls that made their staff numbers of telephone numbers could print nothing, and with close_slip close no
    counter.
    """
    told = slip_facts.checked("receipt", {"item": "a", "item_en": "a", "staff": "13805950001"})
    assert told["staff"] == "13805950001"


def test_nothing_endless() -> None:
    with pytest.raises(Refused, match="太长"):
        slip_facts.checked("notice", {**NOTICE, "missing": ["长" * 501]})
    assert slip_facts.checked("notice", {**NOTICE, "missing": ["长" * 500, "文号：闽人社20200803000123号"]})
