"""Complaints, questions, what couldn't be done, orders for help: lodged by anybody within bounds, dealt with by people
who are not those they are about, answered to whoever holds number and code.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from config.tables import PublicTable
from server.domain import voices as bounds
from server.domain.register import Record
from server.domain.rules import Refused
from server.health import Health
from server.store import journal
from server.verbs import calls, counters, records, tickets, voices
from server.verbs.day import tick
from server.verbs.hub import By, Hub, Unknown
from server.verbs.records import Who
from server.views import records as record_views
from server.views.kiosk import kiosk_view
from server.views.voices import code_of, desk_view, voice_view
from tests.conftest import HandClock

VISITOR = By("visitor")
CLERK, OTHER, GUIDE = Who(By("08"), "operator"), Who(By("09"), "operator"), Who(By("30"), "guide")
BOSS, SECOND = Who(By("50"), "manager"), Who(By("51"), "manager")
TEXT = "窗口的人说话很凶，让我跑了三趟"
DAY = 86400.0


@pytest.fixture(autouse=True)
def staff(hub: Hub) -> None:
    for one, role in (("08", "operator"), ("09", "operator"), ("30", "guide"), ("50", "manager"), ("51", "manager")):
        hub.turn(lambda turn, one=one, role=role: turn.put_staff(one, f"员工{one}", role, "x"))


def lodged(hub: Hub, address: str = "10.0.0.1", key: str = "complaint", **values: Any) -> Record:
    told = {"category": "attitude", "text": TEXT, **values}
    return voices.lodge(hub, VISITOR, key, told, address)


def moved(hub: Hub, who: Who, record: Record, move: str, **values: Any) -> Record:
    return records.move(hub, who, record.id, move, values)


def answered(hub: Hub, record: Record, finding: str = "upheld", about: str = "08") -> Record:
    moved(hub, BOSS, record, "accept", grade="simple", owner="09", about=about)
    return moved(hub, OTHER, record, "answer", finding=finding, answer="已核实，向您道歉。")


# --- lodged by anybody ------------------------------------------------------------------------------------------------


def test_a_complaint_has_a_number_a_due_date_and_nobody_until_it_is_taken(hub: Hub) -> None:
    record = lodged(hub, phone="13800001111")
    assert (record.number, record.state, record.owner) == ("TS20261123-001", "lodged", "")
    assert record.values == {"category": "attitude", "channel": "page"} and {*record.given} == {"text", "phone"}
    view = voice_view(hub, record)
    assert (view["clock"], view["due"]) == ("受理时限", "2026-11-24"), "it is taken by then, not answered"
    assert TEXT not in str(view) and "13800001111" not in str(view)
    assert journal.verify(hub.read().conn) == []


@pytest.mark.parametrize("field", ["about", "owner", "channel", "grade"])
def test_the_public_page_sets_nothing_that_is_the_staffs_to_say(hub: Hub, field: str) -> None:
    with pytest.raises(Refused):
        lodged(hub, **{field: "08"})


def test_registers_that_are_not_for_the_public_open_nothing(hub: Hub) -> None:
    assert {*voices.public(hub)} == {"complaint", "inquiry", "unsolved", "suggestion", "errand"}
    for key in ("case", "liability", "pain_point", "nothing"):
        with pytest.raises(Unknown):
            voices.known(hub, key)


def test_a_flood_from_one_address_is_stopped_and_others_still_get_through(hub: Hub, clock: HandClock) -> None:
    for _ in range(bounds.PER_HOUR):
        lodged(hub)
    with pytest.raises(Refused) as refused:
        lodged(hub)
    assert "过一小时再来" in refused.value.text.zh and "in an hour" in refused.value.text.en
    assert lodged(hub, "10.0.0.2").number == f"TS20261123-{bounds.PER_HOUR + 1:03d}"
    clock.at -= 20 * 86400
    lodged(hub)  # the clock had been ahead: nobody waits for it
    clock.at += 20 * 86400
    clock.at += bounds.HOUR_S + 1
    for _ in range(bounds.OPEN_MOST - bounds.PER_HOUR - 1):
        lodged(hub)
    clock.at += bounds.HOUR_S + 1
    with pytest.raises(Refused) as refused:
        lodged(hub)
    assert f"还有{bounds.OPEN_MOST}件没有办完" in refused.value.text.zh


def test_one_telephone_cannot_drown_the_register_from_many_addresses(hub: Hub, clock: HandClock) -> None:
    for n in range(bounds.PHONE_PER_HOUR):
        lodged(hub, f"10.0.1.{n}", phone="13800001111")
    with pytest.raises(Refused):
        lodged(hub, "10.0.1.99", phone="138-0000-1111")
    lodged(hub, "10.0.1.99", phone="13800002222")


def filled(hub: Hub, key: str, most: int) -> None:
    """A register that took so many within the hour, six of each address."""
    category = next(iter(voices.public(hub)[key].fields["category"].choices))
    for n in range(most):
        voices.lodge(hub, VISITOR, key, {"category": category, "text": TEXT}, f"10.9.0.{n // bounds.PER_HOUR}")


@pytest.mark.parametrize(
    ("key", "category"), [("complaint", "attitude"), ("unsolved", "refused"), ("suggestion", "other")]
)
def test_ten_addresses_shut_no_register_for_others(
    hub: Hub, key: str, category: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(hub, key, bounds.REGISTER_PER_HOUR)
    with pytest.raises(bounds.Full):
        lodged(hub, "10.9.0.1", key, category=category)
    monkeypatch.setattr(bounds, "FRESH", 3)
    for n in range(3):
        lodged(hub, f"10.{n}.7.1", key, category=category)
    with pytest.raises(bounds.Full) as full:
        lodged(hub, "10.200.0.1", key, category=category)
    assert "网上提交的太多" in full.value.text.zh and "号票" in full.value.text.zh
    assert "call the hall, come to the guide desk" in full.value.text.en
    other = "inquiry" if key != "inquiry" else "complaint"
    assert lodged(hub, "10.200.0.1", other, category=next(iter(voices.public(hub)[other].fields["category"].choices)))
    desk = records.open_record(hub, GUIDE, key, [("lodge", {"category": category, "text": "在咨询台说的"})])
    assert desk.owner == "30"


def test_a_hall_whose_telephones_share_an_address_is_served_by_its_slips(hub: Hub) -> None:
    filled(hub, "suggestion", bounds.PER_HOUR)
    told = {"category": "other", "text": TEXT}
    with pytest.raises(bounds.Full) as full:
        voices.lodge(hub, VISITOR, "suggestion", told, "10.9.0.0")
    assert "号票" in full.value.text.zh
    for _ in range(3):
        ticket = tickets.issue(hub, By("K1"), "SB01").id
        assert voices.lodge(hub, VISITOR, "suggestion", told, "10.9.0.0", ticket)


def test_a_slip_of_today_opens_a_full_register_twice(hub: Hub) -> None:
    filled(hub, "suggestion", bounds.PER_HOUR)
    ticket = tickets.issue(hub, By("K1"), "SB01").id
    told = {"category": "other", "text": TEXT}
    for _ in range(bounds.TICKET_PER_HOUR):
        assert voices.lodge(hub, VISITOR, "suggestion", told, "10.9.0.0", ticket).ticket is None
    with pytest.raises(Refused) as refused:
        voices.lodge(hub, VISITOR, "suggestion", told, "10.9.0.0", ticket)
    assert "这张号票已提交过" in refused.value.text.zh and "This slip was used" in refused.value.text.en


def test_senders_are_forgotten_with_the_record_or_in_a_month(hub: Hub, clock: HandClock) -> None:
    record = lodged(hub)
    closed = answered(hub, record)
    voices.act(hub, VISITOR, closed, "rate", {"satisfied": "yes"})
    lodged(hub, "10.0.0.3")
    tick(hub)
    clock.at += DAY
    tick(hub)
    count = "SELECT count(*) FROM senders"
    assert hub.read().conn.execute(count).fetchone()[0] == 1
    clock.at += 31 * DAY
    tick(hub)
    assert hub.read().conn.execute(count).fetchone()[0] == 0


# --- the one it is about ----------------------------------------------------------------------------------------------


def test_whom_it_is_about_neither_has_it_nor_calls_back_nor_sees_it(hub: Hub) -> None:
    record = lodged(hub)
    with pytest.raises(Refused) as refused:
        moved(hub, BOSS, record, "accept", grade="simple", owner="08", about="08")
    assert "经办人不能是被反映的人" in refused.value.text.zh
    moved(hub, BOSS, record, "accept", grade="simple", owner="09", about="08")
    with pytest.raises(Refused):
        moved(hub, CLERK, record, "hand_over", owner="30")
    with pytest.raises(Refused):
        moved(hub, OTHER, record, "hand_over", owner="08")
    with pytest.raises(Refused):
        records.correct(hub, BOSS, record.id, "about", "09", "写错了")
    with pytest.raises(records.Confidential):
        records.in_reach(hub, CLERK.reach, records.known_record(hub.read(), record.id))
    for which in ("due", "mine", "all"):
        assert record_views.list_view(hub, "complaint", which, CLERK.reach)["records"] == []
    assert len(record_views.list_view(hub, "complaint", "due", OTHER.reach)["records"]) == 1
    counts = {one["key"]: one["open"] for one in record_views.index_view(hub, CLERK.reach)}
    assert counts["complaint"] == 0
    assert record_views.table_view(hub, "complaint", "2026-11", CLERK.reach)["rows"] == []


def test_nobody_takes_down_a_complaint_about_herself(hub: Hub) -> None:
    with pytest.raises(Refused):
        records.open_record(hub, CLERK, "complaint", [("lodge", {"category": "attitude", "text": TEXT, "about": "08"})])


def test_a_hand_over_keeps_number_and_clock(hub: Hub, clock: HandClock) -> None:
    record = lodged(hub)
    moved(hub, BOSS, record, "accept", grade="simple", owner="09")
    before = hub.read().due_of(record.id)
    clock.at += DAY
    after = moved(hub, OTHER, record, "hand_over", owner="30")
    assert (after.number, hub.read().due_of(record.id)) == (record.number, before)
    assert before is not None and before["due"] == "2026-11-26"


def test_who_answered_does_not_call_back(hub: Hub) -> None:
    record = lodged(hub)
    moved(hub, BOSS, record, "accept", grade="simple", owner="50")
    moved(hub, BOSS, record, "answer", finding="not_upheld", answer="已核实。")
    with pytest.raises(Refused):
        moved(hub, BOSS, record, "call_back", called_back="reached")
    assert moved(hub, GUIDE, record, "call_back", called_back="reached", satisfied="partly").state == "closed"


def test_past_its_due_date_it_is_urged_by_the_hub(hub: Hub, clock: HandClock) -> None:
    record = lodged(hub)
    moved(hub, BOSS, record, "accept", grade="simple", owner="09")
    clock.at = datetime(2026, 11, 27, 9, tzinfo=hub.hall.zone).timestamp()
    tick(hub)
    assert records.known_record(hub.read(), record.id).state == "urged"
    with pytest.raises(Refused):
        moved(hub, OTHER, record, "answer", finding="not_upheld", answer="晚了")
    done = moved(hub, OTHER, record, "answer", finding="not_upheld", answer="晚了", late_reason="staff")
    assert done.verdicts["handle"]["late"] is True


# --- number and code --------------------------------------------------------------------------------------------------


def test_the_answer_is_read_by_number_and_code_and_satisfaction_is_asked(hub: Hub) -> None:
    record = answered(hub, lodged(hub))
    code, reader = code_of(hub, record), hub.read()
    assert voices.by_code(hub, reader, code).id == record.id
    assert voices.by_number(hub, reader, " ts20261123-001 ", code.lower()).id == record.id
    assert voices.by_number(hub, reader, "TS20261123-001", code[-6:]).id == record.id
    for wrong in ("000000", "", "R1-000000", code[:-1] + ("0" if code[-1] != "0" else "1")):
        with pytest.raises(Unknown):
            voices.by_number(hub, reader, "TS20261123-001", wrong)
    view = voice_view(hub, record)
    assert [one["said"] for one in view["answers"]] == ["已核实，向您道歉。"] and TEXT not in str(view)
    assert [one["move"] for one in view["acts"]] == ["dissatisfied", "rate"]
    assert "08" not in str(view["answers"]) and "员工" not in str(view)
    again = voices.act(hub, VISITOR, record, "dissatisfied", {"text": "还是不对"})
    assert again.state == "handling" and hub.read().due_of(record.id)["due"] == "2026-11-26"  # type: ignore[index]
    record = moved(hub, OTHER, record, "answer", finding="partly", answer="再次核实。")
    assert [one["move"] for one in voice_view(hub, record)["acts"]] == ["rate"]
    assert voices.act(hub, VISITOR, record, "rate", {"satisfied": "yes"}).state == "closed"


def test_a_visitor_makes_no_move_of_the_staff(hub: Hub) -> None:
    record = lodged(hub)
    for move, values in (("accept", {"grade": "simple", "owner": "09"}), ("join", {"same_as": record.number})):
        with pytest.raises(Refused):
            voices.act(hub, VISITOR, record, move, values)


def test_a_case_is_not_opened_on_this_page(hub: Hub) -> None:
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    case = records.open_record(hub, CLERK, "case", [("receive", received)])
    with pytest.raises(Unknown):
        voices.by_code(hub, hub.read(), code_of(hub, case))


# --- the other registers ----------------------------------------------------------------------------------------------


def test_what_could_not_be_done_goes_all_the_way_to_its_file(hub: Hub) -> None:
    record = lodged(hub, key="unsolved", category="cross")
    assert hub.read().due_of(record.id)["due"] == "2026-11-23"  # type: ignore[index]
    moved(hub, GUIDE, record, "classify", grade="general", owner="09")
    assert hub.read().due_of(record.id)["due"] == "2026-11-30"  # type: ignore[index]
    moved(hub, OTHER, record, "answer", solved="solved", answer="两个部门已商定，请周三来办。")
    moved(hub, GUIDE, record, "call_back", called_back="reached", satisfied="yes")
    assert moved(hub, BOSS, record, "file").state == "closed"


def test_old_and_disabled_people_stand_first_among_errands_whatever_is_due(hub: Hub, clock: HandClock) -> None:
    def errand(n: int, who: str) -> Record:
        told = {"category": "home", "who": who, "phone": f"1380000000{n}"}
        return voices.lodge(hub, VISITOR, "errand", told, f"10.0.0.{n}")

    first, second, third = errand(1, "other"), errand(2, "ill"), errand(3, "disabled")
    clock.at += DAY
    fourth = errand(4, "elderly")
    shown = record_views.list_view(hub, "errand", "due", BOSS.reach)["records"]
    assert [one["number"] for one in shown] == [one.number for one in (third, fourth, first, second)]


def test_a_hall_sets_the_days_of_a_grade(hub: Hub) -> None:
    from config import RegisterTable
    from server.domain.definition import tuned

    made = records.definition(hub, "complaint")
    own = tuned(made, RegisterTable(days={"handle.complex": 10, "accept": 2}), "registers.complaint")
    assert own.clocks["handle"].days_by == {"simple": 3, "complex": 10} and own.clocks["accept"].days == 2


# --- what the search did not find -------------------------------------------------------------------------------------


def test_a_word_is_written_down_only_once_three_occasions_asked_for_it(hub: Hub, clock: HandClock) -> None:
    def unfound() -> list[tuple[str, int]]:
        return hub.read().unfound_between("2026-11-01", "2026-11-30")

    for _ in range(5):
        voices.not_found(hub, "养狗证", "K1")  # one occasion
    voices.not_found(hub, " 养狗证 ", "K2")
    rows = hub.read().conn.execute("SELECT word FROM unfound").fetchall()
    assert unfound() == [] and [row[0] for row in rows] == ["", ""]
    clock.at += bounds.HOUR_S
    voices.not_found(hub, "养狗证", "K1")
    assert unfound() == [("养狗证", 3)]


@pytest.mark.parametrize("query", ["13800001111", "350502199001011234", "张三3号", "a", "", "x" * 17, "<script>"])
def test_nothing_that_may_be_a_persons_is_ever_noted(hub: Hub, query: str) -> None:
    for occasion in "123":
        voices.not_found(hub, query, occasion)
    assert hub.read().conn.execute("SELECT count(*) FROM unfound").fetchone()[0] == 0


# --- at a counter -----------------------------------------------------------------------------------------------------


def test_a_refusal_at_a_counter_is_put_on_record_in_one_press_with_its_case(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    with pytest.raises(Refused):
        voices.at_counter(hub, CLERK, "1", ["p80"])
    ticket = calls.call_next(hub, By("08"), "1")
    assert ticket is not None
    received = ("receive", {"service": "SB01", "applicant": "person", "received": ["身份证"]})
    propose = ("propose", {"reasons": "powers", "basis": "licensing"})
    case = records.open_record(hub, CLERK, "case", [received, propose], ticket=ticket.id)
    calls.finish(hub, By("08"), "1", "不予受理")
    voices.at_counter(hub, CLERK, "1", ["p80"])
    (record,) = hub.read().records_open("unsolved")
    told = {"category": "refused", "channel": "counter", "counter": "1", "service": "SB01", "case": case.number}
    assert record.values == told and record.ticket == ticket.id
    assert not OTHER.reach.sees(record, records.definition_of(hub, record)), "confidential, as a complaint is"
    job = hub.read().job(1)
    assert job is not None and job.facts["case"] == record.number
    with pytest.raises(Refused):
        voices.at_counter(hub, CLERK, "1", ["p80"])


def test_a_kiosk_shows_the_page_where_a_telephone_reaches_it(hub: Hub) -> None:
    hall = hub.hall.model_copy(update={"public": hub.hall.public.model_copy(update={"url": "https://hall.example"})})
    behind = hall.model_copy(update={"relay": hall.relay.model_copy(update={"url": "https://hall.example"})})
    found = []
    for one in (hub.hall.model_copy(update={"public": PublicTable()}), hall, behind):
        hub.hall = one
        found.append(kiosk_view(hub, "K1", Health(lambda *_: None, hub.now))["lodge"])
    assert found == ["", "https://hall.example/voice", ""]  # a relay has no such page


# --- kept close -------------------------------------------------------------------------------------------------------


def texts(hub: Hub, record: Record, who: Who) -> list[str]:
    """What somebody who opens the record reads in its private fields."""
    seen = records.in_reach(hub, who.reach, records.known_record(hub.read(), record.id))
    return [one["said"] for one in record_views.record_view(hub, seen, who.reach)["values"] if one["private"]]


def test_of_operators_only_who_has_a_complaint_sees_it(hub: Hub) -> None:
    third, record = Who(By("10"), "operator"), lodged(hub)
    for who in (CLERK, OTHER, third):
        with pytest.raises(records.Confidential):
            texts(hub, record, who)
        for which in ("due", "mine", "red", "still", "all", "moved"):
            assert record_views.list_view(hub, "complaint", which, who.reach)["records"] == []
    moved(hub, BOSS, record, "accept", grade="simple", owner="09", about="08")
    assert TEXT in texts(hub, record, OTHER)
    with pytest.raises(records.Confidential):
        texts(hub, record, third)
    with pytest.raises(Refused):
        moved(hub, third, record, "answer", finding="not_upheld", answer="没有这回事")
    assert desk_view(hub, third.reach)["records"] == []
    assert record_views.table_view(hub, "complaint", "2026-11", third.reach)["rows"] == []
    assert len(record_views.table_view(hub, "complaint", "2026-11", OTHER.reach)["rows"]) == 1


def test_no_day_is_promised_of_a_year_whose_holidays_are_not_known(hub: Hub, clock: HandClock) -> None:
    for _ in range(38):  # to 31 December, as a hub that runs
        clock.forward(86400)
        tick(hub)
    view = voice_view(hub, lodged(hub))
    assert (view["clock"], view["due"]) == ("", None)


def test_a_guide_reads_a_complaint_while_there_is_a_call_to_make(hub: Hub) -> None:
    record = lodged(hub)
    assert TEXT not in texts(hub, record, GUIDE)
    answered(hub, record)
    assert TEXT in texts(hub, record, GUIDE)
    moved(hub, GUIDE, record, "call_back", called_back="reached")
    assert TEXT not in texts(hub, record, GUIDE)


def test_who_took_it_down_keeps_the_number_and_not_the_text(hub: Hub) -> None:
    record = records.open_record(hub, OTHER, "complaint", [("lodge", {"category": "attitude", "text": TEXT})])
    assert texts(hub, record, OTHER) == ["已填写，不显示"]
    assert voices.receipt(hub, OTHER, record.id, ["p80"]) > 0
    for move, values in (("accept", {"grade": "simple", "owner": "09"}), ("join", {"same_as": record.number})):
        with pytest.raises(Refused):
            moved(hub, OTHER, record, move, **values)


def test_a_liability_file_is_its_owners_and_the_managers_and_whom_it_is_about(hub: Hub) -> None:
    answered(hub, lodged(hub))
    (file,) = hub.read().records_open("liability")
    moved(hub, BOSS, file, "name", about="08", owner="51")
    third = Who(By("10"), "operator")
    for who in (third, OTHER, GUIDE):
        with pytest.raises(records.Confidential):
            texts(hub, file, who)
        for which in ("due", "mine", "red", "still", "all", "moved"):
            assert record_views.list_view(hub, "liability", which, who.reach)["records"] == []
        assert "liability" not in {one["key"] for one in record_views.index_view(hub, who.reach)}
        assert "liability" not in {one["key"] for one in desk_view(hub, who.reach)["sums"]}
        assert record_views.table_view(hub, "liability", "2026-11", who.reach)["rows"] == []
    moved(hub, CLERK, file, "state", statement="系统坏了")
    assert texts(hub, file, CLERK) == ["已填写，不显示"]
    assert texts(hub, file, SECOND) == ["系统坏了"]
    assert len(record_views.list_view(hub, "liability", "due", CLERK.reach)["records"]) == 1


def test_a_complaint_about_a_counter_is_about_who_sits_there(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    record = lodged(hub, counter="1")
    assert record.values["about"] == "08"
    with pytest.raises(records.Confidential):
        texts(hub, record, CLERK)
    for move, values in (
        ("accept", {"grade": "simple", "owner": "08"}),
        ("answer", {"finding": "not_upheld", "answer": "没有这回事"}),
    ):
        with pytest.raises(Refused):
            moved(hub, CLERK, record, move, **values)
    with pytest.raises(Refused):
        moved(hub, BOSS, record, "accept", grade="simple", owner="08")
    assert moved(hub, BOSS, record, "accept", grade="simple", owner="09", about="30").values["about"] == "30"
    assert "about" not in lodged(hub, counter="2").values


def test_nobody_takes_down_a_complaint_about_the_own_counter(hub: Hub) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    with pytest.raises(Refused) as refused:
        records.open_record(
            hub, CLERK, "complaint", [("lodge", {"category": "attitude", "text": TEXT, "counter": "1"})]
        )
    assert "涉及您本人" in refused.value.text.zh
