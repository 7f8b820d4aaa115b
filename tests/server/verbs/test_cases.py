"""A visit becomes a case by the finish key itself, in one turn, and is taken back with it."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain import codes
from server.domain.rules import Refused
from server.store import journal, secret
from server.verbs import accounts, bookings, calls, case_papers, cases, counters, papers, records, tickets
from server.verbs.cases import Case
from server.verbs.day import tick
from server.verbs.hub import By, Hub, Unknown
from server.verbs.records import Who
from tests.conftest import HandClock

WHO = Who(By("08", "key-0001"), "operator")
FREE = Who(By("08"), "operator")
VALUES = {"received": ["身份证"], "platform": "QZ-2026-000123", "delivery": "window", "phone": "13900008888"}


@pytest.fixture
def serving(hub: Hub) -> Hub:
    """A101 at counter 1."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    calls.call_next(hub, By("08"), "1")
    return hub


def finish(hub: Hub, outcome: str = "受理待办", who: Who = WHO, **values: Any) -> Any:
    return cases.finish(hub, who, "1", outcome, [], Case({**VALUES, **values}, ("p80",)))


def test_the_finish_key_opens_the_case_and_prints_its_receipt_in_one_turn(serving: Hub) -> None:
    ticket = finish(serving)
    record = serving.read().records_of_ticket(ticket.id)[0]
    assert (record.number, record.state, record.service) == ("BJ20261123-001", "accepted", "SB01")
    rows = serving.read().life_line(ticket.id)
    assert [row.event for row in rows[-3:]] == ["Finished", "RecordOpened", "PrintQueued"]
    facts = rows[-1].field("facts")
    assert (facts["case"], rows[-1].field("kind")) == (record.number, "receipt")
    assert (facts["promise"], facts["due"]) == ("7工作日", "2026-12-02"), "who holds it need not count days"
    assert len({row.at for row in rows[-3:]}) == 1
    assert finish(serving).id == ticket.id and len(serving.read().records_of_ticket(ticket.id)) == 1
    assert journal.verify(serving.read().conn) == []


def test_no_paper_promises_a_day_of_a_year_whose_holidays_are_not_known(hub: Hub, clock: HandClock) -> None:
    clock.at += 31 * 86400  # 24 December: seven working days reach into a year that has no calendar yet
    tick(hub)
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    calls.call_next(hub, By("08"), "1")
    told = hub.read().life_line(finish(hub).id)[-1].field("facts")
    assert told["promise"] == "7工作日" and "due" not in told


def test_neither_is_done_where_one_of_them_is_refused(serving: Hub) -> None:
    with pytest.raises(Refused, match="还缺"):
        finish(serving, platform="")
    with pytest.raises(Refused, match="才立件"):
        finish(serving, "咨询")
    with pytest.raises(Refused, match="不填“result_date”"):
        finish(serving, result_date="x")
    assert serving.read().at_counter("1").state == "called"  # type: ignore[union-attr]


def test_what_is_done_on_the_spot_is_all_of_it_in_the_one_press(serving: Hub) -> None:
    ticket = finish(serving, "现场办结")
    record = serving.read().records_of_ticket(ticket.id)[0]
    assert [step.move for step in record.moves] == ["receive", "accept", "decide", "deliver"] and record.kind == "done"
    assert not any(row.event == "PrintQueued" for row in serving.read().life_line(ticket.id))


def test_papers_that_may_follow_are_a_record_of_their_own(serving: Hub) -> None:
    ticket = finish(serving, owed=["照片"])
    case, owing = serving.read().records_of_ticket(ticket.id)
    assert case.values["owed"] == ["照片"] and owing.register == "owing" and owing.values["case"] == case.number
    due = serving.read().due_of(owing.id)
    assert due is not None and due["due"] == "2026-12-07"
    told = serving.read().life_line(ticket.id)[-1].field("facts")
    assert (told["owed"], told["owed_by"]) == (["照片"], "2026-12-07"), "the receipt says what follows, and until when"
    records.move(serving, FREE, owing.id, "bring", {})
    assert cases.owed(serving.read(), case) == {}


def test_finishing_taken_back_takes_back_the_case(serving: Hub) -> None:
    ticket = finish(serving, owed=["照片"])
    tickets.undo(serving, By("08"))
    assert serving.read().ticket(ticket.id).state == "called"  # type: ignore[union-attr]
    case, owing = serving.read().records_of_ticket(ticket.id)
    assert (case.kind, owing.kind) == ("void", "void")
    again = finish(serving, who=Who(By("08", "key-0002"), "operator"))
    assert [record.kind for record in serving.read().records_of_ticket(again.id)] == ["void", "void", "open"]
    assert journal.verify(serving.read().conn) == []
    assert records.known_record(serving.read(), case.id).number != serving.read().records_of_ticket(again.id)[2].number


def told(hub: Hub, ticket: int, case: str, reason: str = "", key: str = "") -> Any:
    asker = papers.Asker(By("08", key or None), ("p80",))
    return papers.notice(hub, asker, "1", ticket, "SB01", ["照片"], reason, case=case)


def test_a_second_notice_of_one_matter_is_flagged_before_it_is_printed_whatever_number_it_comes_with(
    serving: Hub,
) -> None:
    first = finish(serving, "补正", missing=["照片"])
    case = serving.read().records_of_ticket(first.id)[0]
    assert case.state == "correcting" and case.values["missing"] == ["照片"]
    tickets.issue(serving, By("kiosk"), "SB01", channel="desk")
    again = calls.call_next(serving, By("08"), "1")
    assert again is not None
    with pytest.raises(Refused, match="已于2026-11-23告知过：缺照片"):
        told(serving, again.id, case.number)
    assert papers.notices(serving.read(), again.id) == []
    told(serving, again.id, case.number, "照片过期")
    assert [one.told for one in papers.notices(serving.read(), again.id)] == [2]
    with pytest.raises(Refused, match="没有办件BJ20200101-001"):
        told(serving, again.id, "BJ20200101-001")
    assert journal.verify(serving.read().conn) == []


def test_a_notice_of_a_case_that_was_received_moves_it_to_be_completed(serving: Hub) -> None:
    ticket = serving.read().at_counter("1")
    assert ticket is not None
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    case = records.open_record(serving, Who(By("08"), "operator"), "case", [("receive", received)])
    told(serving, ticket.id, case.number)
    moved = records.known_record(serving.read(), case.id)
    assert (moved.state, moved.values["missing"]) == ("correcting", ["照片"])


# --- 补正 by the finish key, 统一出件 ---------------------------------------------------------------------------------


def test_补正_by_the_finish_key_is_case_and_notice_in_one_press(serving: Hub) -> None:
    ticket = finish(serving, "补正", missing=["照片"], received=["身份证"])
    (case,) = serving.read().records_of_ticket(ticket.id)
    rows = serving.read().life_line(ticket.id)
    assert [row.event for row in rows[-4:]] == ["Finished", "RecordOpened", "NoticeIssued", "PrintQueued"]
    facts = rows[-1].field("facts")
    assert facts["case"] == case.number and facts["missing"] == ["照片"] and "number" not in facts
    assert [one.told for one in papers.notices(serving.read(), ticket.id)] == [1]
    tickets.undo(serving, By("08"))
    assert records.known_record(serving.read(), case.id).kind == "void"
    assert journal.verify(serving.read().conn) == []


def test_补正_after_the_notice_was_given_repeats_no_notice(serving: Hub) -> None:
    number = serving.read().at_counter("1")
    assert number is not None
    papers.notice(serving, papers.Asker(By("08"), ("p80",)), "1", number.id, "SB01", ["照片"])
    ticket = finish(serving, "补正", missing=["照片"], received=["身份证"])
    assert [one.told for one in papers.notices(serving.read(), ticket.id)] == [1]
    (case,) = serving.read().records_of_ticket(ticket.id)
    assert (case.state, case.values["missing"]) == ("correcting", ["照片"])


def ready(hub: Hub) -> Any:
    ticket = finish(hub)
    (case,) = hub.read().records_of_ticket(ticket.id)
    return records.move(hub, FREE, case.id, "decide", {"result": "granted", "no_licence": "none_for_it"})


def test_what_is_ready_is_told_on_paper_and_on_record(serving: Hub) -> None:
    case = ready(serving)
    who = Who(By("08", "key-0009"), "operator")
    assert case_papers.print_papers(serving, who, [case.id], ("p80",)) == 1
    assert case_papers.print_papers(serving, who, [case.id], ("p80",)) == 1, "the same press"
    told = records.known_record(serving.read(), case.id)
    assert (told.state, told.values["informed"]) == ("ready", "slip") and len(told.moves) == len(case.moves) + 1
    queued = serving.read().life_line(case.ticket)[-1]
    assert queued.field("kind") == "pickup" and queued.field("facts")["case"] == case.number
    assert cases.code_of(serving, case) not in queued.data, "the code opens something, so it is in no journal"
    records.move(serving, FREE, case.id, "deliver", {"handed": "window"})
    with pytest.raises(Refused, match="没有要打印的单据"):
        case_papers.print_papers(serving, FREE, [case.id], ("p80",))
    assert journal.verify(serving.read().conn) == []


def test_not_fetched_for_thirty_days_counts_from_the_decision(serving: Hub, clock: HandClock) -> None:
    case = ready(serving)
    clock.forward(29.9 * 86400)
    records.move(serving, FREE, case.id, "inform", {"informed": "phone"})
    told = records.known_record(serving.read(), case.id)
    assert not cases.unfetched(told, serving.now())
    assert cases.unfetched(told, serving.now() + 0.2 * 86400)
    gone = records.move(serving, FREE, case.id, "deliver", {"handed": "window"})
    assert not cases.unfetched(gone, serving.now() + 86400)


def test_a_result_is_queued_once_by_the_code_of_its_paper(serving: Hub, clock: HandClock) -> None:
    case = ready(serving)
    code = cases.code_of(serving, case)
    found = bookings.look_up(serving, code)
    assert (found.kind, found.state) == ("pickup", "ready") and found.booking is not None
    assert found.booking.service == "LQ01" and "SB01" not in str(found)
    wish = {"language": "zh", "large_print": False, "printers": ("p80",)}
    number = bookings.check_in(serving, By("K1", "key-0010"), code, **wish)
    assert (number.service, number.appointment) == ("LQ01", case.number)
    again = bookings.look_up(serving, code.lower())
    assert again.state == "checked_in" and again.ticket is not None and again.ticket.id == number.id
    with pytest.raises(Refused, match="已签到"):
        bookings.check_in(serving, By("K1", "key-0011"), code, **wish)
    assert [one.id for one in cases.of_visitor(serving, serving.read(), code)] == [case.id]
    assert [one.id for one in cases.of_visitor(serving, serving.read(), case.number.lower())] == [case.id]


def test_a_case_in_hand_is_no_booking_and_a_wrong_code_is_nobodys(serving: Hub) -> None:
    ticket = finish(serving, owed=["照片"])
    case, owing = serving.read().records_of_ticket(ticket.id)
    code = cases.code_of(serving, case)
    found = bookings.look_up(serving, code)
    assert found.kind == "case" and found.case is not None and found.case.due is not None
    assert found.text.zh.startswith(f"{case.number}已受理，正在办理，承诺12月2日")
    with pytest.raises(Refused, match="正在办理"):
        bookings.check_in(serving, By("K1", "k"), code, language="zh", large_print=False, printers=("p80",))
    assert bookings.look_up(serving, f"{code[:-1]}{'0' if code[-1] != '0' else '1'}").kind == "unknown"
    assert bookings.look_up(serving, case.number).kind == "unknown", "a number may be said aloud, and opens nothing"
    assert (
        bookings.look_up(serving, codes.record_code(secret.key(serving.hall, "code").encode(), owing.id)).kind
        == "unknown"
    )
    slip = codes.ticket_code(secret.key(serving.hall, "code").encode(), ticket.id)
    assert [one.id for one in cases.of_visitor(serving, serving.read(), slip)] == [case.id, owing.id]
    assert cases.of_visitor(serving, serving.read(), "R1-000000") == []


@pytest.mark.parametrize(
    ("moves", "kind", "says"),
    [
        ([], "receipt", {"received": ["身份证"], "promise": "7工作日", "due": "2026-12-02"}),
        (
            [("special", {"procedure": "review", "basis": "licensing"})],
            "special",
            {"procedure": "专家评审", "procedure_en": "Expert review", "basis": "行政许可法"},
        ),
        (
            [("extend", {"extra_days": 5, "extend_reason": "other_body", "approver": "50"})],
            "extension",
            {
                "days": "5",
                "reason": "等待其他部门意见",
                "due": "2026-12-09",
                "first_due": "2026-12-02",
                "approver": "50",
            },
        ),
        (
            [("decide", {"result": "granted", "no_licence": "none_for_it"}), ("post", {"ems": "EA123456785CN"})],
            "mail",
            {"ems": "EA123456785CN"},
        ),
    ],
)
def test_the_paper_of_a_case_is_that_of_its_state(
    serving: Hub, moves: list[tuple[str, dict[str, Any]]], kind: str, says: dict[str, Any]
) -> None:
    serving.turn(lambda turn: turn.put_staff("50", "员工50", "manager", "-"))
    (case,) = serving.read().records_of_ticket(finish(serving).id)
    for name, values in moves:
        records.move(serving, FREE, case.id, name, values)
    assert case_papers.print_papers(serving, FREE, [case.id], ("p80",)) == 1
    row = serving.read().life_line(case.ticket)[-1]
    told = row.field("facts")
    assert row.field("kind") == kind and told["case"] == case.number and {**told, **says} == told


def test_a_refusals_paper_names_its_reason(serving: Hub) -> None:
    values = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    moves = [("receive", values), ("propose", {"reasons": "not_entitled", "basis": "licensing"})]
    case = records.open_record(serving, FREE, "case", moves)
    with pytest.raises(Refused, match="没有要打印的单据"):
        case_papers.print_papers(serving, FREE, [case.id], ("p80",))
    records.move(serving, Who(By("09"), "operator"), case.id, "refuse", {})
    case_papers.print_papers(serving, FREE, [case.id], ("p80",))
    told = [row for row in serving.read().journal(0) if row.event == "PrintQueued"][-1].field("facts")
    assert told["reasons"] == ["申请人不具备申请资格"] and told["basis"] == "行政许可法"


def test_whoever_serves_a_visitor_takes_the_matter_in_whatever_their_department(serving: Hub) -> None:
    accounts.put(serving, By("90"), "08", "王敏", "operator", "pass-08", "医保")
    finish(serving, who=Who(By("08", "key-0001"), "operator", "医保"))
    case = records.known_record(serving.read(), 1)
    assert (case.state, case.owner) == ("accepted", "08")


# --- 即办件, 一趟 -----------------------------------------------------------------------------------------------------


def at_once(hub: Hub, items: list[str] | None = None, who: Who = FREE) -> Any:
    return cases.finish(hub, who, "1", "现场办结", items or [], Case({"delivery": "window"}))


def test_what_is_done_on_the_spot_asks_nothing_and_is_a_case(serving: Hub) -> None:
    ticket = at_once(serving)
    (case,) = serving.read().records_of_ticket(ticket.id)
    assert case.state == "delivered" and case.values["no_platform"] == "at_once"
    assert case.values["received"] == list(serving.hall.services["SB01"].materials)
    assert case.verdicts["promised"]["late"] is False
    assert cases.visits_of(serving, serving.read(), case) == (1, 1)


def test_each_matter_of_several_is_a_case_and_what_is_no_matter_is_none(serving: Hub) -> None:
    plain = next(code for code, one in serving.hall.services.items() if not one.promise)
    ticket = at_once(serving, ["SB01", "SB02", "SB01", plain])
    assert [one.service for one in serving.read().records_of_ticket(ticket.id)] == ["SB01", "SB02"]


def test_who_accepts_no_case_finishes_without_one(serving: Hub) -> None:
    ticket = at_once(serving, who=Who(By("08"), "guide"))
    assert ticket.state == "finished" and serving.read().records_of_ticket(ticket.id) == []


def test_undone_on_the_spot_is_undone_with_its_case(serving: Hub) -> None:
    ticket = at_once(serving)
    tickets.undo(serving, By("08"))
    assert serving.read().ticket(ticket.id).state == "called"  # type: ignore[union-attr]
    (case,) = serving.read().records_of_ticket(ticket.id)
    assert (case.state, case.kind) == ("withdrawn", "void")
    at_once(serving)
    assert [one.kind for one in serving.read().records_of_ticket(ticket.id)] == ["void", "done"]
    assert journal.verify(serving.read().conn) == []


def test_a_number_at_whose_counter_a_case_is_moved_is_a_visit_of_it(serving: Hub) -> None:
    first = finish(serving, "补正", missing=["照片"], received=["身份证"])
    (case,) = serving.read().records_of_ticket(first.id)
    tickets.issue(serving, By("kiosk"), "SB01", channel="desk")
    again = calls.call_next(serving, By("08"), "1")
    assert again is not None
    moved = records.move(serving, FREE, case.id, "complete", {}, visit=again.id)
    assert moved.moves[-1].visit == again.id
    assert cases.visits_of(serving, serving.read(), moved) == (2, 1), "one too many, on one day"
    with pytest.raises(Unknown):
        records.move(serving, FREE, case.id, "withdraw", {}, visit=999)
    assert journal.verify(serving.read().conn) == []
