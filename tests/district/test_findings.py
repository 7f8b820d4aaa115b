"""督查整改 from the district's page into a hall's register and back: who raises, who settles, what the rows say."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import nats
import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import Connection

import config
from config import Told
from district import appending, findings, folding, metrics, postgres, publishing
from district.pages import create_app
from server.domain import circular, rectification
from server.domain import events as ev
from server.domain.chain import Head
from server.store import membership
from server.store.membership import Membership
from server.uplink.signed import BUCKET, key_of
from server.verbs import circulars, district_findings, records
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import CHEAP, MONDAY_9
from tests.district.conftest import asked, chained
from tests.district.test_district_pages import enter
from tests.district.test_going_down import keyed
from tests.district.test_uplink import CITY, Broker, broker, comes, linked, member, run, seed, working
from tests.waiting import DEADLINE_S, until

__all__ = ["broker", "member"]
TODAY = date(2026, 11, 23)


def raised(conn: Connection[Any], who: str = "du", hall: str = "h1", place: str = "qu", subject: str = "") -> int:
    with postgres.seen_by(conn, place, "inspector", who, subject):
        return findings.raised(
            conn, who, hall, "order", "东侧堆放杂物", "第48周抽样", "2026-12-05", MONDAY_9, TODAY
        )  # fmt: skip


def answers(conn: Connection[Any], finding: int, hall: str = "h1") -> None:
    """The hall has put it on record and answers."""
    opened = ev.RecordOpened(
        ticket=None, counter=None, record=finding, register="district_finding", version=1,
        number=f"DC20261123-{finding:03d}", move="open", state="open", kind="open", values={"finding": finding},
    )  # fmt: skip
    moved = ev.RecordMoved(
        ticket=None, counter=None, record=finding, move="answer", state="answered", kind="waiting",
        values={"measure": "fixed"},
    )  # fmt: skip
    comes_up(conn, hall, [opened, moved])


def comes_up(conn: Connection[Any], hall: str, events: list[ev.Event]) -> None:
    """Rows of a hall arrive."""
    had = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s", (hall,)).fetchone()
    assert had
    rows = chained(events, Head(*had))
    assert appending.append(conn, hall, replace(asked(rows, rows, 1), before=had[1]), MONDAY_9).kind == "ok"
    folding.fold(conn, hall)


def says(conn: Connection[Any], finding: int, move: str, state: str, hall: str = "h1") -> None:
    """The hall's record is moved."""
    moved = ev.RecordMoved(ticket=None, counter=None, record=finding, move=move, state=state, kind="open")
    comes_up(conn, hall, [moved])


def settle(conn: Connection[Any], who: str, finding: int, state: Any = "closed", subject: str = "") -> None:
    with postgres.seen_by(conn, "qu", "manager", who, subject):
        findings.settle(conn, who, finding, state, MONDAY_9)


def test_another_person_writes_it_off_once_the_hall_has_answered(conn: Connection[Any]) -> None:
    one = raised(conn)
    with pytest.raises(Told, match="还没有答复"):
        settle(conn, "li", one)
    answers(conn, one)
    with pytest.raises(Told, match="登记的人"):
        settle(conn, "du", one)
    with postgres.seen_by(conn, "qu", "inspector", "sun"):
        findings.sent_back(conn, one, "2026-12-09", MONDAY_9, TODAY)
        told = findings.one(conn, one)
        assert (told.round, told.due, told.measure, told.own) == (1, "2026-12-09", "fixed", False)
        assert told.stands == "returning"
        with pytest.raises(Told, match="还没有答复"):  # else the next answer would be sent back unseen
            findings.sent_back(conn, one, "2026-12-10", MONDAY_9, TODAY)
    with pytest.raises(Told, match="还没有答复"):
        settle(conn, "li", one)
    says(conn, one, "send_back", "open")
    assert findings.one(conn, one).stands == "open"
    says(conn, one, "answer", "answered")
    with postgres.seen_by(conn, "qu", "inspector", "sun"), pytest.raises(Told, match="已过"):
        findings.sent_back(conn, one, "2026-11-22", MONDAY_9, TODAY)
    settle(conn, "li", one)
    assert findings.one(conn, one).settled_by == "li"
    for state in ("closed", "withdrawn"):
        with pytest.raises(Told, match="已经了结"):
            settle(conn, "li", one, state)


def test_who_was_renamed_in_the_directory_is_no_other_person(conn: Connection[Any]) -> None:
    one = raised(conn, "du", subject="s-1")
    with pytest.raises(Told, match="登记的人"):
        settle(conn, "du2", one, "withdrawn", "s-1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), postgres.seen_by(conn, "qu", "manager", "du2", "s-1"):
        conn.execute("UPDATE findings SET state = 'withdrawn', settled_by = 'du2'")
    settle(conn, "li", one, "withdrawn", "s-2")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE findings SET state = 'closed', settled_by = 'zhao'",
        "UPDATE findings SET what = 'x'",
        "UPDATE findings SET raised_by = 'x'",
        "DELETE FROM findings",
        "UPDATE rectifications SET state = 'answered'",
        "INSERT INTO findings (hall, line, what, source, due, raised_by, raised_at, changed_at)"
        " VALUES ('h1', 'order', 'x', 'x', '2026-12-05', 'zhao', 0, 0)",
        "INSERT INTO findings (hall, line, what, source, due, raised_by, raised_at, changed_at)"
        " VALUES ('h3', 'order', 'x', 'x', '2026-12-05', 'sun', 0, 0)",
    ],
)
@pytest.mark.parametrize("role", postgres.ROLES)
def test_what_the_database_refuses(conn: Connection[Any], role: str, sql: str) -> None:
    raised(conn)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), postgres.seen_by(conn, "north", role, "sun"):
        conn.execute(sql)


def test_a_finding_is_seen_and_settled_by_those_above_its_hall_alone(conn: Connection[Any]) -> None:
    one = raised(conn)
    answers(conn, one)
    for place, sees in (("qu", 1), ("north", 1), ("h1", 1), ("south", 0), ("c1", 0), ("", 0)):
        with postgres.seen_by(conn, place, "inspector", "sun"):
            assert (len(findings.kept(conn)), len(findings.sent(conn))) == (sees, sees), place
    with postgres.seen_by(conn, "south", "manager", "li"), pytest.raises(LookupError):
        findings.settle(conn, "li", one, "closed", MONDAY_9)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raised(conn, place="south")


def test_what_is_over_in_the_hall_goes_down_no_more(conn: Connection[Any]) -> None:
    keyed(conn, "h1", "h2")
    one, key = raised(conn), seed()
    before = publishing.moved(conn, MONDAY_9)
    text = findings.sent(conn)["h1"]
    shelf = publishing.shelf(conn, CITY, [key], [], MONDAY_9)
    assert shelf[f"o.h1.{circular.sha256(text)}"].decode() == text and findings.sent(conn) == {"h1": text}
    answers(conn, one)
    settle(conn, "li", one)
    assert publishing.moved(conn, MONDAY_9) != before and '"closed"' in findings.sent(conn)["h1"]
    conn.execute("UPDATE rectifications SET state = 'closed'")
    assert findings.sent(conn) == {}
    folding.refold(conn, "h1")
    assert findings.one(conn, one).record_state == "answered", "follows from the rows"


def test_what_was_taken_back_before_the_hall_had_it_goes_down_until_the_hall_says_so(
    conn: Connection[Any],
) -> None:
    keyed(conn, "h1")
    one, key = raised(conn), seed()
    settle(conn, "li", one, "withdrawn")

    def shelved() -> bool:
        return any(name.startswith("o.") for name in publishing.shelf(conn, CITY, [key], [], MONDAY_9))

    assert shelved()
    said = ev.CircularAnswered(
        ticket=None, counter=None, number=one, sha256=circular.sha256(findings.sent(conn)["h1"]), answer="refused"
    )  # fmt: skip
    before = publishing.moved(conn, MONDAY_9)
    comes_up(conn, "h1", [said])
    conn.execute("UPDATE halls SET folded = 0")
    assert shelved(), "a record may be among what is not counted yet"
    folding.refold(conn, "h1")
    assert publishing.moved(conn, MONDAY_9) != before and not shelved() and findings.sent(conn) == {}
    two = raised(conn)
    assert [*circular.read(findings.sent(conn)["h1"]).rows[rectification.PART]] == [str(two)]
    for sql in ("let_go = false, state = 'open'", "what = 'x'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f"UPDATE findings SET {sql} WHERE id = %s", (one,))


def test_nobody_whose_place_is_the_hall_settles_what_was_found_in_it(conn: Connection[Any]) -> None:
    one = raised(conn)
    answers(conn, one)
    with postgres.seen_by(conn, "h1", "manager", "li"):
        assert findings.one(conn, one).inside
        for state in ("closed", "withdrawn"):
            with pytest.raises(Told, match="由上级复查"):
                findings.settle(conn, "li", one, state, MONDAY_9)
        with pytest.raises(Told, match="由上级复查"):
            findings.sent_back(conn, one, "2027-12-09", MONDAY_9, TODAY)
    for sql in ("state = 'closed', settled_by = 'li'", "due = '2027-12-09'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), postgres.seen_by(conn, "h1", "manager", "li"):
            conn.execute(f"UPDATE findings SET {sql}")
    with postgres.seen_by(conn, "north", "manager", "li"):
        findings.settle(conn, "li", one, "closed", MONDAY_9)


def test_of_two_who_settle_at_once_the_second_reads_that_it_is_done(
    client: FlaskClient, conn: Connection[Any], dsn: str
) -> None:
    one = raised(conn)
    answers(conn, one)
    enter(client, "li")
    waits = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%findings%')"
    with ThreadPoolExecutor(1) as second:
        with postgres.connect(dsn) as first, postgres.seen_by(first, "qu", "inspector", "sun"):
            findings.settle(first, "sun", one, "closed", MONDAY_9)
            pressed = second.submit(client.post, f"/findings/{one}/withdraw")
            until(lambda: conn.execute(waits).fetchone() == (True,))
        answer = pressed.result(DEADLINE_S)
    assert answer.status_code == 409 and "刚刚已有别人了结" in answer.get_data(as_text=True)
    assert findings.one(conn, one).settled_by == "sun"


@pytest.mark.parametrize("state", ["closed", "withdrawn", "escalated"])
def test_a_hall_can_not_say_by_itself_that_it_is_over(client: FlaskClient, conn: Connection[Any], state: str) -> None:
    """Nor does a state that this version does not know, as of a newer hall, break the page for all."""
    one = raised(conn)
    answers(conn, one)
    says(conn, one, "close", state)
    enter(client, "li")
    page = client.get("/findings")
    assert page.status_code == 200 and "大厅的记录与区里的不符" in page.get_data(as_text=True)
    assert findings.one(conn, one).stands == "apart" and findings.one(conn, one).late(date(2026, 12, 6)) == 1
    with pytest.raises(Told, match="还没有答复"):
        settle(conn, "li", one)
    settle(conn, "li", one, "withdrawn")
    assert findings.one(conn, one).stands == "withdrawn"


def test_what_the_hall_corrects_of_its_answer_comes_up(conn: Connection[Any]) -> None:
    one = raised(conn)
    answers(conn, one)
    for field, new in (("measure", "disputed"), ("owner", "50"), ("measure", {"no": "measure"})):
        corrected = ev.RecordCorrected(
            ticket=None, counter=None, record=one, field=field, old="fixed", new=new, reason="填错"
        )
        comes_up(conn, "h1", [corrected])
    assert findings.one(conn, one).measure == "disputed"


def test_two_records_of_one_finding_are_one_line(conn: Connection[Any]) -> None:
    one = raised(conn)
    answers(conn, one)
    again = ev.RecordOpened(
        ticket=None, counter=None, record=77, register="district_finding", version=1, number="DC20261123-077",
        move="open", state="open", kind="open", values={"finding": one},
    )  # fmt: skip
    comes_up(conn, "h1", [again, replace(again, record=78, values={"finding": "one"})])
    assert [(found.number, found.stands) for found in findings.kept(conn)] == [("DC20261123-001", "answered")]


def opened(conn: Connection[Any], finding: int, record: int, **more: Any) -> None:
    """The hall puts it on record as it came down."""
    event = ev.RecordOpened(
        ticket=None, counter=None, record=record, register="district_finding", version=2,
        number=f"DC20261123-{record:03d}", move="open", state="open", kind="open",
        values={"finding": finding, "line": "order", **more},
    )  # fmt: skip
    comes_up(conn, "h1", [event])


def test_a_restored_district_takes_no_finding_for_one_that_it_lost(conn: Connection[Any]) -> None:
    """The backup is older than a finding that the hall has had on record; its number is given once more."""
    lost = raised(conn)
    opened(conn, lost, 1, ref=down(conn)["ref"])
    says(conn, 1, "answer", "answered")
    conn.execute("DELETE FROM findings")
    conn.execute("ALTER SEQUENCE findings_id_seq RESTART WITH %d" % lost)  # noqa: UP031 - DDL takes no parameter
    new = raised(conn)
    assert new == lost and findings.one(conn, new).stands == "sent", "the answer is not to this one"
    opened(conn, new, 2, ref=down(conn)["ref"])
    assert (findings.one(conn, new).stands, findings.one(conn, new).number) == ("open", "DC20261123-002")
    folding.refold(conn, "h1")
    assert findings.one(conn, new).number == "DC20261123-002"


def test_findings_of_an_older_district_and_records_of_an_older_hall_go_on(conn: Connection[Any]) -> None:
    one = raised(conn)
    opened(conn, one, 1)
    assert findings.one(conn, one).stands == "open", "a hall of a version before gave it no mark"
    two = raised(conn)
    conn.execute("UPDATE findings SET ref = '' WHERE id = %s", (two,))
    assert "ref" not in down(conn, two)
    opened(conn, two, 2)
    other = raised(conn)
    opened(conn, other, 3, line="dress")
    assert [findings.one(conn, id).stands for id in (two, other)] == ["open", "sent"]


def down(conn: Connection[Any], finding: int = 1) -> dict[str, Any]:
    """A finding as it goes down."""
    rows = circular.read(findings.sent(conn)["h1"]).rows[rectification.PART]
    told = rows[str(finding)]
    assert told
    return told


def test_rows_of_records_that_make_no_sense_stop_nothing(conn: Connection[Any]) -> None:
    """As of a hall that has one of its own number for a finding of another hall."""
    one = raised(conn, hall="h2")
    answers(conn, one, "h1")
    assert findings.one(conn, one).record_state == ""


@pytest.fixture
def client(dsn: str, conn: Connection[Any]) -> FlaskClient:
    keyed(conn, "h1")
    hashed = CHEAP.hash("pass-pass-pass")
    for name, role in (("du", "inspector"), ("sun", "inspector"), ("li", "manager")):
        sql = "INSERT INTO people (name, password, place, role) VALUES (%s, %s, 'qu', %s)"
        conn.execute(sql, (name, hashed, role))
    return create_app(dsn, "city", "nats://x", b"k" * 32, dict, lambda: None, lambda: MONDAY_9).test_client()


FORM = {"hall": "h1", "line": "order", "what": "东侧堆放杂物", "source": "第48周抽样", "due": "2026-12-05"}


def test_a_finding_on_the_pages(client: FlaskClient, conn: Connection[Any]) -> None:
    enter(client, "du")
    for other, words in (
        ({"line": "weather"}, "哪一项"),
        ({"what": " "}, "写清楚"),
        ({"source": ""}, "哪次抽查"),
        ({"due": "2026-11-22"}, "已过"),
        ({"due": "soon"}, "2027-01-01"),
        ({"hall": "nowhere"}, "不归您管"),
    ):
        answer = client.post("/findings/new", data=FORM | other)
        assert answer.status_code == 400 and words in answer.get_data(as_text=True), other
    assert client.post("/findings/new", data=FORM).status_code == 303
    page = client.get("/findings").get_data(as_text=True)
    assert 'findings_overdue{hall="h1"} 0' in metrics.metrics(conn, {}, MONDAY_9)
    assert 'findings_overdue{hall="h1"} 1' in metrics.metrics(conn, {}, MONDAY_9 + 13 * 86400)
    assert "大厅还没有收到" in page and "东侧堆放杂物" in page and "由另一个人复查" in page and "/close" not in page
    (one,) = findings.kept(conn)
    assert client.post(f"/findings/{one.id}/withdraw").status_code == 409
    answers(conn, one.id)
    enter(client, "sun")
    page = client.get("/findings").get_data(as_text=True)
    assert "大厅已答复" in page and "已当场改好" in page and f"/findings/{one.id}/close" in page
    assert client.post(f"/findings/{one.id}/back", data={"due": "2026-12-09"}).status_code == 303
    page = client.get("/findings").get_data(as_text=True)
    assert "退回过1次" in page and "已退回，大厅还没有收到" in page and f"/findings/{one.id}/close" not in page
    says(conn, one.id, "send_back", "open")
    says(conn, one.id, "answer", "answered")
    enter(client, "li")
    assert client.get("/findings/new").status_code == 403 and client.post("/findings/99/close").status_code == 404
    assert client.post(f"/findings/{one.id}/shell").status_code == 404
    assert client.post(f"/findings/{one.id}/close?page=x").status_code == 404, "and nothing is done"
    assert client.post(f"/findings/{one.id}/close").status_code == 303
    assert "已销号" in client.get("/findings").get_data(as_text=True)


def test_three_hundred_findings_are_pages_by_hall_and_by_how_far_they_are(
    client: FlaskClient, conn: Connection[Any]
) -> None:
    enter(client, "li")
    page = client.get("/findings").get_data(as_text=True)
    assert "<select" not in page and "没有" in page, "nothing to choose of"
    for n in range(300):
        raised(conn, hall=("h1", "h2")[n % 2])
    for id in range(201, 301):
        settle(conn, "li", id, "withdrawn")
    conn.execute("UPDATE findings SET due = '2026-11-22' WHERE id IN (9, 11)")

    def shown(query: str) -> list[int]:
        text = client.get(f"/findings?{query}").get_data(as_text=True)
        return [int(number) for number in re.findall(r"第(\d+)号", text)]

    every = [id for page in range(1, 7) for id in shown(f"page={page}")]
    assert len(every) == 300 == len({*every}) and every[:2] == [11, 9] and {*every[:200]} == {*range(1, 201)}
    assert shown("page=99") == shown("page=6") and shown("state=late") == [11, 9]
    assert {*shown("hall=h2&state=withdrawn&page=1")} == {*range(202, 301, 2)} and shown("hall=h3") == []
    text = client.get("/findings?hall=h1&page=2").get_data(as_text=True)
    assert "第51–100条，共150条" in text and 'href="/findings?hall=h1"' in text and "hall=h1&amp;page=3" in text
    assert 'action="/findings/' in text and "/withdraw?hall=h1&amp;page=2" in text, "whoever acts comes back here"
    answer = client.post("/findings/11/withdraw?hall=h1&page=2")
    assert answer.location == "/findings?hall=h1&page=2" and findings.one(conn, 11).state == "withdrawn"
    for query in ("page=x", "page=-1", "page=%C2%B2", "state=weather"):
        assert client.get(f"/findings?{query}").status_code == 404, query


def test_what_a_hall_can_not_put_on_record_is_said(client: FlaskClient, conn: Connection[Any]) -> None:
    raised(conn)
    said = ev.CircularAnswered(
        ticket=None, counter=None, number=1, sha256=circular.sha256(findings.sent(conn)["h1"]), answer="refused",
        reasons=(["第1号：“问题”：请从列表里选。", "No. 1: choose from the list."],),
    )  # fmt: skip
    comes_up(conn, "h1", [said])
    enter(client, "li")
    assert "请从列表里选" in client.get("/findings").get_data(as_text=True)


def test_a_finding_goes_down_is_answered_and_comes_back(
    hall: config.Hall, hub: Hub, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    key, staff = seed(), Who(By("50"), "manager")
    membership.keep(hall.data, replace(member, signers=(membership.public(key),)))
    told = membership.read(hall.data)
    assert told

    def mine() -> records.Record:
        (only,) = district_findings.known(hub.read())
        return only

    def stands() -> str:
        return findings.one(conn, one).stands

    def ticks(state: str) -> bool:
        circulars.tick(hub)
        return bool(district_findings.known(hub.read())) and mine().state == state

    one = raised(conn)

    async def whole() -> None:
        async with linked(hall, told), working(broker, dsn, [key]):
            await comes(lambda: ticks("open"))
            await comes(lambda: stands() == "open")
            records.move(hub, staff, mine().id, "answer", {"measure": "repaired", "note": "已修好"})
            await comes(lambda: stands() == "answered")
            with postgres.seen_by(conn, "qu", "inspector", "sun"):
                findings.sent_back(conn, one, "2026-12-09", MONDAY_9 + 1, TODAY)
            await comes(lambda: ticks("open"))
            records.move(hub, staff, mine().id, "answer", {"measure": "fixed"})
            await comes(lambda: stands() == "answered")
            settle(conn, "li", one)
            await comes(lambda: ticks("closed"))
            await comes(lambda: findings.one(conn, one).record_state == "closed")
            await comes(lambda: findings.sent(conn) == {})
            shelf = await nats.connect(broker.url, nkeys_seed_str=broker.worker)
            while True:
                held = await shelf.jetstream().stream_info(f"KV_{BUCKET}", subjects_filter=">")
                if [*(held.state.subjects or {})] == [f"$KV.{BUCKET}.{key_of('h1')}"]:
                    break
                await asyncio.sleep(0.02)
            assert held.state.messages == 1, "one order: no text of a finding, no older one, no mark of a deletion"
            await shelf.close()

    run(whole())
    found = findings.one(conn, one)
    assert (found.number, found.measure, found.round) == (mine().number, "fixed", 1)
    everything = "".join(str(row) for row in appending.rows_after(conn, "h1", 0, 1000))
    assert "堆放杂物" not in everything and "已修好" not in everything
