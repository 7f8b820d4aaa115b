"""差评整改: the record that a bad rating opens by itself, through every signature, and whom it is kept from."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from server.domain import lot
from server.domain import rating as rules
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.store import journal
from server.verbs import accounts, calls, counters, ratings, records, spot_checks, tickets
from server.verbs.hub import By, Hub
from server.verbs.records import Confidential, Who
from server.views.records import list_view, record_view
from tests.conftest import HandClock

DAY = 86400.0
CLERK, FIRST, SECOND, CALLER = "08", "50", "51", "30"


@pytest.fixture
def finished(hub: Hub) -> Ticket:
    return served(hub)


@pytest.fixture(autouse=True)
def people(hub: Hub) -> None:
    for id, role in (
        (CLERK, "operator"),
        (FIRST, "manager"),
        (SECOND, "manager"),
        (CALLER, "guide"),
        ("09", "operator"),
    ):
        if hub.read().staff(id) is None:
            accounts.make(hub, By("admin"), id, f"员工{id}", role)


def served(hub: Hub) -> Ticket:
    if hub.read().counter("1").state == "closed":
        counters.open_counter(hub, By(CLERK), "1", staff=CLERK)
    made = tickets.issue(hub, By("kiosk"), "SB01", paper=False)
    calls.call_next(hub, By(CLERK), "1")
    calls.finish(hub, By(CLERK), "1", "done")
    return made


def bad(hub: Hub, ticket: Ticket, level: int = 2, **more: Any) -> Record:
    ratings.give(hub, By("visitor"), ticket.id, level, "code", **more)
    found = ratings.bad_record(hub.read(), ticket.id, 1)
    assert found is not None
    return found


def press(hub: Hub, record: Record, move: str, by: str, role: str = "manager", **values: Any) -> Record:
    return records.move(hub, Who(By(by), role), record.id, move, values)


def test_a_bad_rating_opens_its_record_in_the_same_turn(hub: Hub, finished: Ticket) -> None:
    record = bad(hub, finished, options=["213", "214"], written=ratings.written(" 态度不好 ", "138 5959 0001"))
    rows = hub.read().journal(0, 1000)
    given = next(row for row in rows if row.event == "Rated")
    assert rows[rows.index(given) + 1].event == "RecordOpened" and rows[rows.index(given) + 1].at == given.at
    assert record.number.startswith("CP") and record.state == "verifying"
    assert record.values == {
        "level": "dissatisfied", "way": "code", "reasons": ["o213", "o214"], "leg": 1, "service": "SB01",
        "counter": "1", "about": CLERK,
    }  # fmt: skip
    assert records.private_values(hub, record) == {"text": "态度不好", "phone": "13859590001"}


def test_a_pad_and_a_tablet_open_it_too_and_a_good_rating_none(hub: Hub) -> None:
    one = served(hub)
    ratings.rate(hub, "1", "01")
    assert hub.read().rating(one.id, 1).level <= rules.BAD  # type: ignore[union-attr]
    assert ratings.bad_record(hub.read(), one.id, 1) is not None
    two = served(hub)
    ratings.give(hub, By("visitor"), two.id, 5, "kiosk")
    assert hub.read().records_of_ticket(two.id) == []


def test_words_with_a_good_rating_are_kept_apart_and_over(hub: Hub, finished: Ticket) -> None:
    ratings.give(hub, By("visitor"), finished.id, 5, "box", written=ratings.written("谢谢小王"))
    (note,) = hub.read().records_of_ticket(finished.id)
    assert (note.register, note.kind, note.values["kind"]) == ("rating_note", "done", "first")
    assert "小王" not in json.dumps([row.data for row in hub.read().journal(0, 1000)], ensure_ascii=False)
    ratings.give(hub, By("visitor"), finished.id, 2, "box", written=ratings.written("想起来还是不满意"))
    _, record = hub.read().records_of_ticket(finished.id)
    assert (record.register, record.values["level"]) == ("bad_rating", "dissatisfied")


def test_the_whole_loop_takes_other_people(hub: Hub, finished: Ticket, clock: HandClock) -> None:
    record = bad(hub, finished)
    record = press(hub, record, "contact", FIRST, reached="reached")
    with pytest.raises(Refused, match="要由另一个人做"):
        press(hub, record, "valid", FIRST)
    record = press(hub, record, "valid", SECOND)
    with pytest.raises(Refused, match="请换一个经办人"):
        press(hub, record, "start", FIRST, owner=CLERK)
    record = press(hub, record, "start", FIRST, owner="09")
    clock.forward(DAY)
    record = press(hub, record, "rectified", "09", "operator", measure="trained")
    assert record.verdicts["rectify"]["late"] is False
    with pytest.raises(Refused, match="要由另一个人做"):
        press(hub, record, "call_back", "09", "guide", satisfied="yes")
    record = press(hub, record, "call_back", CALLER, "guide", satisfied="no")
    record = press(hub, record, "again", FIRST)
    record = press(hub, record, "rectified", "09", "operator", measure="process")
    record = press(hub, record, "call_back", CALLER, "guide", satisfied="yes")
    record = press(hub, record, "close", SECOND)
    assert (record.state, record.kind) == ("closed", "done")
    assert journal.verify(hub.read().conn) == []


def test_unfounded_takes_a_reason_and_two_people(hub: Hub, finished: Ticket) -> None:
    record = bad(hub, finished)
    with pytest.raises(Refused, match="不实理由"):
        press(hub, record, "claim_unfounded", FIRST)
    record = press(hub, record, "claim_unfounded", FIRST, why_unfounded="mistaken")
    with pytest.raises(Refused):
        press(hub, record, "unfounded", FIRST)
    assert press(hub, record, "unfounded", SECOND).kind == "void"


def test_only_the_clerk_concerned_appeals_and_another_decides(hub: Hub, finished: Ticket) -> None:
    record = press(hub, bad(hub, finished), "valid", FIRST)
    with pytest.raises(Refused, match="只能由所涉的本人"):
        press(hub, record, "appeal", SECOND)
    record = press(hub, record, "appeal", CLERK, "operator", note="当时系统故障")
    with pytest.raises(Refused, match="要由另一个人做"):
        press(hub, record, "uphold", FIRST, why_unfounded="mistaken")
    assert press(hub, record, "uphold", SECOND, why_unfounded="mistaken").state == "unfounded"


def test_who_is_rated_sees_nothing_before_there_is_something_to_appeal(hub: Hub, finished: Ticket) -> None:
    record = bad(hub, finished, written=ratings.written("不好", "13859590001"))
    concerned = Who(By(CLERK), "operator").reach
    for role in ("operator", "manager"):
        with pytest.raises(Confidential):
            records.in_reach(hub, Who(By(CLERK), role).reach, record)
        for which in ("due", "all", "mine", "red"):
            assert list_view(hub, "bad_rating", which, Who(By(CLERK), role).reach)["records"] == []
    with pytest.raises(Confidential):
        records.in_reach(hub, Who(By("09"), "operator").reach, record)
    assert list_view(hub, "bad_rating", "due", Who(By("09"), "operator").reach)["records"] == []
    assert len(list_view(hub, "bad_rating", "due", Who(By(FIRST), "manager").reach)["records"]) == 1
    record = press(hub, record, "valid", FIRST)
    seen = record_view(hub, records.in_reach(hub, concerned, record), concerned)
    assert [one["move"] for one in seen["moves"]] == ["appeal"]
    assert not {"不好", "13859590001"} & {one["said"] for one in seen["values"]}, "nothing private"


def test_the_draw_of_good_ratings_can_be_done_again(hub: Hub, clock: HandClock) -> None:
    for n in range(9):
        ratings.give(hub, By("visitor"), served(hub).id, 2 if n == 8 else 5, "code")
    assert spot_checks.draw(hub) == 0, "the week is not over"
    clock.forward(7 * DAY)
    assert spot_checks.draw(hub) == 5 and spot_checks.draw(hub) == 0
    rows = hub.read().journal(0, 1000)
    (at,) = [n for n, row in enumerate(rows) if row.event == "RatingsDrawn"]
    told = json.loads(rows[at].data)
    assert (told["week"], told["of"], told["seed"]) == ("2026-11-23", 8, rows[at - 1].hash)
    good = [(one.ticket, one.leg) for one in hub.read().ratings("2026-11-23", "2026-11-29") if one.level >= 3]
    assert lot.drawn(told["seed"], good[::-1], 5) == tuple(map(tuple, told["rounds"]))
    assert lot.drawn("another", good, 5) != lot.drawn(told["seed"], good, 5)
    checks = hub.read().records_open("rating_check")
    assert len(checks) == 5
    assert press(hub, checks[0], "check", CALLER, "guide", finding="genuine").state == "checked"


def test_the_last_whole_week() -> None:
    assert spot_checks.last_monday(date(2026, 11, 30)) == date(2026, 11, 23)
    assert spot_checks.last_monday(date(2026, 12, 6)) == date(2026, 11, 23)


def test_what_was_written_goes_after_its_term(hub: Hub, finished: Ticket) -> None:
    ratings.give(hub, By("visitor"), finished.id, 5, "code", written=ratings.written("很好"))
    known = records.registers(hub), records.ground(hub)
    assert records.erasable(hub.read(), *known, hub.now() + 365 * DAY) == []
    (gone,) = records.erasable(hub.read(), *known, hub.now() + 366 * DAY)
    assert (gone.record.register, gone.fields) == ("rating_note", ("text",))
