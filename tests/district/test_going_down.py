"""From a draft of the district over NATS into a hall's file and back as a row of its journal, with real servers."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import nats
import psycopg
import pytest
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from psycopg import Connection

import config
from config import Told
from district import (
    appending,
    circular_pages,
    finding_pages,
    findings,
    identity,
    metrics,
    postgres,
    publishing,
    views,
)
from district.worker import laid, unwanted
from server.domain import circular
from server.domain import events as ev
from server.domain.chain import Head, Row, canonical, row_hash
from server.domain.uplink import packed, subject
from server.store import membership
from server.store.membership import Membership
from server.uplink import coming_down
from server.uplink.linked import connected
from server.uplink.signed import (
    BUCKET,
    Item,
    Order,
    Unsigned,
    asks,
    inbox,
    key_of,
    key_of_circular,
    key_of_own,
    opened,
    sealed,
)
from server.verbs import circulars
from server.verbs.hub import Hub
from tests.conftest import MONDAY_9, hall_with_own_tables
from tests.district.conftest import asked, chained
from tests.district.test_uplink import CITY, Broker, broker, comes, linked, member, run, seed, working
from tests.waiting import DEADLINE_S

__all__ = ["broker", "member"]
PLEDGE: circular.Rows = {"hall": {"": {"wait_pledge_min": 15}}}


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return hall_with_own_tables(tmp_path)


def published(
    conn: Connection[Any],
    rows: circular.Rows = PLEDGE,
    place: str = "qu",
    at: float | None = None,
    now: float = MONDAY_9,
) -> int:
    with publishing.by(conn, "qu", "wang"):
        number = publishing.draft(conn, "wang", place, "promises", rows, at, "全区统一承诺", now)
    with publishing.by(conn, "qu", "li"):
        seen = circular.sha256(canonical(rows))
        publishing.approve(conn, "li", number, "审〔2026〕7号", seen, now)
    return number


def keyed(conn: Connection[Any], *halls: str) -> None:
    for hall in halls:
        identity.enrol(conn, identity.code(conn, hall, MONDAY_9), membership.public(seed()), MONDAY_9)


def says(conn: Connection[Any], hall: str, number: int, answer: str, reasons: tuple[Any, ...] = ()) -> None:
    """A row of a hall's journal arrives."""
    had = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s", (hall,)).fetchone()
    assert had
    sha256 = publishing.one(conn, number).sha256
    event = ev.CircularAnswered(
        ticket=None, counter=None, number=number, sha256=sha256, answer=answer, reasons=reasons
    )  # fmt: skip
    rows = chained([event], Head(*had))
    ask = replace(asked(rows, rows, 1), before=had[1])
    assert appending.append(conn, hall, ask, MONDAY_9).kind == "ok"


def told_to(conn: Connection[Any]) -> dict[str, list[int]]:
    """Hall -> numbers that its order names."""
    found = conn.execute("SELECT hall, says FROM orders").fetchall()
    return {hall: [number for number, *_ in json.loads(says)[1]] for hall, says in found}


def writes(conn: Connection[Any], hall: str, data: str, at: float = MONDAY_9) -> None:
    """A row of whatever a broken or newer hall has in its journal."""
    had = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s", (hall,)).fetchone()
    assert had
    fields = (had[0] + 1, at, circulars.EVENT, "district", None, None, data)
    rows = [Row(*fields, row_hash(had[1], fields))]
    assert appending.append(conn, hall, replace(asked(rows, rows, 1), before=had[1]), MONDAY_9).kind == "ok"


def state(conn: Connection[Any], number: int) -> tuple[str, int, str]:
    told = publishing.one(conn, number)
    return told.state, told.stage, told.stopped_by


def test_a_circular_comes_into_force_in_a_hall_and_its_row_says_so(
    hall: config.Hall, hub: Hub, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    key, second = seed(), seed()
    membership.keep(hall.data, replace(member, signers=(membership.public(key),)))
    told = membership.read(hall.data)
    assert told
    keyed(conn, "h2", "h3")
    conn.execute("UPDATE halls SET heard_at = %s WHERE id = 'h1'", (MONDAY_9,))

    async def whole() -> None:
        async with linked(hall, told), working(broker, dsn, [key]):
            number = published(conn)
            await comes(lambda: membership.down(hall.data).given)
            circulars.tick(hub)
            assert hub.hall.hall.wait_pledge_min == 15
            await comes(lambda: state(conn, number) == ("published", 1, ""))
            assert publishing.answers(conn)[number, "h1"].answer == "applied"
            await comes(lambda: told_to(conn).get("h3") == [number])
            says(conn, "h2", number, "refused", (["不行", "No."],))
            await comes(lambda: state(conn, number) == ("stopped", 1, "h2"))
            await comes(lambda: told_to(conn) == {"h1": [number], "h2": [], "h3": []})
        async with linked(hall, told), working(broker, dsn, [second, key]):  # another key signs from now on
            await comes(lambda: membership.read(hall.data).signers == (membership.public(second),))  # type: ignore[union-attr]
        broker.server.close()
        shutil.rmtree(broker.file.with_name("store"))  # whatever lay in the broker is gone
        broker.again()
        async with working(broker, dsn, [second]), linked(hall, told):
            next_one = published(conn, {"hall": {"": {"wait_pledge_min": 12}}}, "h1")
            await comes(lambda: len(membership.down(hall.data).given) == 2)
            circulars.tick(hub)
            assert hub.hall.hall.wait_pledge_min == 12
            await comes(lambda: publishing.answers(conn).get((next_one, "h1")))
            with publishing.by(conn, "qu", "wang"), pytest.raises(Told, match="没有可退回的"):
                publishing.going_back(conn, "wang", next_one, MONDAY_9)

    run(whole())
    assert membership.down(hall.data).trouble is None


def test_a_hall_asks_for_its_own_order_and_takes_none_that_is_not_rightly_signed(
    hall: config.Hall, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    key = seed()
    keyed(conn, "h2")
    conn.execute("UPDATE halls SET heard_at = %s WHERE id = 'h1'", (MONDAY_9,))

    async def whole() -> None:
        async with working(broker, dsn, [key]):
            published(conn)
            client = await connected(member, membership.seed(hall))
            try:
                await comes(lambda: told_to(conn).get("h1"))
                await coming_down.take(client, member, hall.data)
                assert membership.down(hall.data).trouble == coming_down.NO_KEY
                stranger = replace(member, signers=(membership.public(seed()),))
                async with asyncio.timeout(DEADLINE_S):
                    while membership.down(hall.data).trouble != coming_down.WRONG:  # until the store has the order
                        await coming_down.take(client, stranger, hall.data)
                with pytest.raises((NatsError, TimeoutError)):
                    await client.request(asks("h2")[0], b"", timeout=1)
                right = replace(member, signers=(membership.public(key),))
                await coming_down.take(client, right, hall.data)
                found = membership.down(hall.data)
                assert found.trouble is None and len(found.given) == 1
                membership.keep_down(hall.data, found._replace(issue=found.issue + 1))
                await coming_down.take(client, right, hall.data)
                assert membership.down(hall.data).trouble == coming_down.OLDER and membership.down(hall.data).given
            finally:
                await client.close()

    run(whole())


@pytest.mark.parametrize(
    "data",
    [
        '{"sha256": "%s"}',
        '{"sha256": "%s", "answer": "postponed"}',
        '{"sha256": "%s", "answer": ["fits"]}',
        '{"sha256": "%s", "answer": "refused", "reasons": 3}',
        '{"sha256": "%s", "answer": "refused", "reasons": ["no"]}',
        '{"sha256": "%s", "answer": "refused", "reasons": {"no": "no"}}',
        '{"sha256": "%s", "answer": "refused", "reasons": [["no", null]]}',
        '{"sha256": "%s", "answer": "refused", "reasons": [["no", "\\ud800"]]}',
        '{"sha256": ["%s"], "answer": "fits"}',
        '["%s"]',
        "no JSON",
        "[" * 100_000,
    ],
)
def test_what_one_hall_writes_stops_nothing(conn: Connection[Any], dsn: str, data: str) -> None:
    keyed(conn, "h1", "h2")
    conn.execute("UPDATE halls SET heard_at = %s WHERE id = 'h1'", (MONDAY_9,))
    number = published(conn)
    says(conn, "h1", number, "fits")
    writes(conn, "h1", data.replace("%s", publishing.one(conn, number).sha256))
    writes(conn, "h1", canonical({"sha256": publishing.one(conn, number).sha256, "answer": "applied"}), 1e300)
    assert publishing.answers(conn) == {(number, "h1"): publishing.Said("fits", [], MONDAY_9)}
    says(conn, "h1", number, "applied")
    publishing.advance(conn, MONDAY_9)
    assert state(conn, number) == ("published", 1, "")
    assert publishing.shelf(conn, CITY, [seed()], [], MONDAY_9)
    with postgres.connect(dsn) as other:
        assert circular_pages.overview(other, MONDAY_9)["circulars"][0]["halls"][0]["state"] == "applied"


def test_a_hall_lays_nothing_on_the_shelf_by_a_question_or_by_its_reply(
    hall: config.Hall, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    second, key = seed(), seed()
    identity.enrol(conn, identity.code(conn, "h2", MONDAY_9), membership.public(second), MONDAY_9)
    broker.allow(identity.keys(conn))
    theirs = f"$KV.{BUCKET}.{key_of('h2')}"

    async def whole() -> None:
        published(conn)
        shelf = await nats.connect(broker.url, nkeys_seed_str=broker.worker)
        own = await connected(member, membership.seed(hall))
        other = await connected(replace(member, hall="h2"), second)
        try:
            async with working(broker, dsn, [key]):
                store = await until(lambda: shelf.jetstream().key_value(BUCKET))
                order = await until(lambda: store.get(key_of("h2")))
                before = (await store.status()).stream_info.state
                await own.publish(theirs, b"x")
                await own.publish(f"$JS.API.STREAM.PURGE.KV_{BUCKET}", b"", reply=f"{inbox('h1')}.x")
                none, kinds = f"{asks('h1')[1]}.{'0' * 64}", [subject(kind, CITY, "h1") for kind in ("j", "back")]
                for n, question in enumerate((asks("h1")[0], none, *kinds)):
                    for reply in (theirs, f"$KV.{BUCKET}.new{n}", subject("j", CITY, "h2")):
                        await own.publish(question, b'{"after": 0}', reply=reply)
                await own.request(asks("h1")[0], b"", timeout=DEADLINE_S)  # all of them were answered before this one
                await own.request(subject("j", CITY, "h1"), packed(asked([], [])), timeout=DEADLINE_S)
                after = (await store.status()).stream_info.state
                assert (after.messages, after.last_seq) == (before.messages, before.last_seq)
                assert (await store.get(key_of("h2"))).value == order.value
                assert (await other.request(asks("h2")[0], b"", timeout=DEADLINE_S)).data == order.value
                assert conn.execute("SELECT heard_at FROM halls WHERE id = 'h2'").fetchone() == (None,)
        finally:
            for client in (own, other, shelf):
                await client.close()

    run(whole())


def test_what_was_found_in_a_hall_is_read_by_no_other(
    hall: config.Hall, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    """NATS takes a wildcard for a subject: the newest text of a shelf needs no hash."""
    second, key = seed(), seed()
    identity.enrol(conn, identity.code(conn, "h2", MONDAY_9), membership.public(second), MONDAY_9)
    broker.allow(identity.keys(conn))
    with postgres.seen_by(conn, "qu", "inspector", "du"):
        findings.raised(conn, "du", "h2", "order", "东侧堆放杂物", "抽样", "2026-12-05", MONDAY_9, date(2026, 11, 23))
    text = findings.sent(conn)["h2"].encode()
    where, theirs, its = asks("h1"), asks("h2"), circular.sha256(findings.sent(conn)["h2"])

    async def whole() -> None:
        shelf = await nats.connect(broker.url, nkeys_seed_str=broker.worker)
        own = await connected(member, membership.seed(hall))
        other = await connected(replace(member, hall="h2"), second)
        heard = list[bytes]()

        async def hears(message: Msg) -> None:
            heard.append(message.data)

        try:
            async with working(broker, dsn, [key]):
                store = await until(lambda: shelf.jetstream().key_value(BUCKET))
                await until(lambda: store.get(key_of("h2")))
                assert (await other.request(f"{theirs.own}.{its}", b"", timeout=DEADLINE_S)).data == text
                await own.subscribe(f"{inbox('h1')}.>", cb=hears)
                guesses = [f"{where.circulars}.{its}", f"{where.circulars}.*", f"{where.circulars}.>", f"{where.own}.*"]
                ask = where.circulars.removesuffix(".c")
                guesses += [f"{theirs.own}.{its}", f"{theirs.own}.*", f"{ask}.o.*.*", f"{ask}.o.>", f"{ask}.>"]
                for n, guess in enumerate(guesses):
                    await own.publish(guess, b"", reply=f"{inbox('h1')}.{n}")
                answer = await own.request(where.order, b"", timeout=DEADLINE_S)  # all of them were answered before
                await comes(lambda: answer.data in heard)
                assert len(heard) > 4 and text not in heard
        finally:
            for client in (own, other, shelf):
                await client.close()

    run(whole())


def test_a_text_lies_there_before_the_order_that_names_it() -> None:
    keys = {key_of("h1"), key_of("h2"), key_of_own("h1", "ab"), key_of_own("a1", "ab"), key_of_circular("ff")}
    assert {*laid(keys)[3:]} == {key_of("h1"), key_of("h2")} and {*laid(keys)} == keys


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:
    """What is asked for, once it is there."""
    while True:
        try:
            return await ask()
        except NatsError:
            await asyncio.sleep(0.02)


def test_what_no_check_foresaw_ends_no_worker(
    broker: Broker, member: Membership, dsn: str, conn: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, failed = publishing.shelf, list[bool]()

    def once(*told: Any) -> dict[str, bytes]:
        if not failed:
            failed.append(True)
            raise KeyError("answer")
        return shelf(*told)

    monkeypatch.setattr(publishing, "shelf", once)

    async def whole() -> None:
        async with working(broker, dsn, [seed()]):
            published(conn)
            await comes(lambda: told_to(conn).get("h1"))

    run(whole())
    assert failed


def test_an_order_is_for_one_hall_and_signed_by_a_key_that_it_trusts() -> None:
    old, new = seed(), seed()
    order = Order(CITY, "h1", 7, (membership.public(new),), (Item(3, "a" * 64, 1),))
    data = sealed(order, [new, old])
    for trusted in (old, new):
        assert opened(data, CITY, "h1", [membership.public(trusted)]) == order
    for wrong, city, hall, key in (
        (data, CITY, "h2", new),
        (data, "other", "h1", new),
        (data, CITY, "h1", seed()),
        (data.replace(b"aaaa", b"aaab"), CITY, "h1", new),
        (b"[]", CITY, "h1", new),
        (b"", CITY, "h1", new),
        (b"[" * 200_000, CITY, "h1", new),
    ):
        with pytest.raises(Unsigned):
            opened(wrong, city, hall, [membership.public(key)])


def test_a_second_person_of_the_place_approves_what_they_saw(conn: Connection[Any]) -> None:
    keyed(conn, "h1")
    with publishing.by(conn, "north", "wang"):
        number = publishing.draft(conn, "wang", "north", "promises", PLEDGE, None, "试", MONDAY_9)
    seen = circular.sha256(canonical(PLEDGE))
    for who, paper, saw, words in (
        ("wang", "7", seen, "起草人"),
        ("li", " ", seen, "审批单号"),
        ("li", "7", "x", "再看一遍"),
    ):
        with pytest.raises(Told, match=words), publishing.by(conn, "north", who):
            publishing.approve(conn, who, number, paper, saw, MONDAY_9)
    for who, does in (
        ("wang", "approved_by = 'wang'"),
        ("wang", "approved_by = 'li'"),
        ("li", "approved_by = 'zhao'"),
        ("li", "state = 'published'"),
        ("li", "effective_at = 1"),
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "north", who):
            conn.execute(f"UPDATE circulars SET {does}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "north", "li"):
        publishing.draft(conn, "wang", "north", "promises", PLEDGE, None, "试", MONDAY_9)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "north", "wang"):
        publishing.draft(conn, "wang", "qu", "promises", PLEDGE, None, "试", MONDAY_9)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), postgres.seen_by(conn, "qu"):
        publishing.draft(conn, "wang", "qu", "promises", PLEDGE, None, "试", MONDAY_9)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "qu", "wang"):
        conn.execute("UPDATE circulars SET rows = '{}'")
    for place, sees in (("h1", 1), ("qu", 1), ("south", 0)):
        with postgres.seen_by(conn, place):
            assert len(publishing.kept(conn)) == sees, place
    with publishing.by(conn, "south", "li"), pytest.raises(LookupError):
        publishing.approve(conn, "li", number, "7", seen, MONDAY_9)
    with publishing.by(conn, "north", "li"):
        publishing.approve(conn, "li", number, "7", seen, MONDAY_9)
    with pytest.raises(Told, match="已经批准"), publishing.by(conn, "north", "li"):
        publishing.approve(conn, "li", number, "7", seen, MONDAY_9)
    for does in ("state = 'draft'", "text = '{}'", "halls = '{}'", "approved_by = 'zhao'"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "north", "zhao"):
            conn.execute(f"UPDATE circulars SET {does}")


def test_who_has_another_name_in_the_directory_by_now_is_no_second_person(conn: Connection[Any]) -> None:
    keyed(conn, "h1")
    postgres.prepare(conn, MONDAY_9)  # again, as at each start
    with publishing.by(conn, "qu", "wang", "s-1"):
        number = publishing.draft(conn, "wang", "qu", "promises", PLEDGE, None, "试", MONDAY_9)
    seen = circular.sha256(canonical(PLEDGE))
    with pytest.raises(Told, match="起草人"), publishing.by(conn, "qu", "wang2", "s-1"):
        publishing.approve(conn, "wang2", number, "7", seen, MONDAY_9)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), publishing.by(conn, "qu", "wang2", "s-1"):
        conn.execute("UPDATE circulars SET approved_by = 'wang2'")
    with publishing.by(conn, "qu", "li", "s-2"):
        publishing.approve(conn, "li", number, "7", seen, MONDAY_9)


def test_going_back_publishes_the_older_content_as_a_new_number(conn: Connection[Any]) -> None:
    keyed(conn, "h1", "h2")
    first = published(conn, {"registers": {"a": {"days": {"x": 1}}}})
    second = published(conn, {"registers": {"b": {"days": {"x": 2}}}}, now=MONDAY_9 + 1)
    with publishing.by(conn, "qu", "wang"):
        third = publishing.going_back(conn, "wang", first, MONDAY_9 + 2)
    told = publishing.one(conn, third)
    assert (told.reverts, told.state) == (first, "draft") and third > second
    assert told.rows == {"registers": {"a": {"days": {"x": 1}}}}, "what the halls had themselves stays"


def test_what_is_to_come_can_be_withdrawn_and_a_silent_hall_gone_past(conn: Connection[Any]) -> None:
    keyed(conn, "h1", "h2", "h3")
    number = published(conn, at=MONDAY_9 + 100)
    with publishing.by(conn, "qu", "wang"):
        publishing.go_on(conn, number)
        publishing.go_on(conn, number)
    assert state(conn, number) == ("published", 1, "")
    with publishing.by(conn, "qu", "wang"):
        publishing.withdraw(conn, number, MONDAY_9)
    assert state(conn, number)[0] == "withdrawn" and publishing.published(conn) == []
    with pytest.raises(Told, match="退回"), publishing.by(conn, "qu", "wang"):
        publishing.withdraw(conn, published(conn), MONDAY_9 + 1)


def test_a_draft_that_no_hall_would_read_is_refused(conn: Connection[Any]) -> None:
    one = {"result": ["卡" * 1000, "Card"]}
    rows: circular.Rows = {"guides": {f"S{n}": one for n in range(circular.LONGEST // 3000)}}
    with pytest.raises(Told, match="太长"), publishing.by(conn, "qu", "wang"):
        publishing.draft(conn, "wang", "qu", "guides", rows, None, "试", MONDAY_9)
    assert publishing.kept(conn) == []


def test_what_nothing_names_any_more_is_counted_from_when_that_began() -> None:
    since = unwanted({}, {"h.h1", "o.h1.a", "o.h1.b"}, {"h.h1"}, 10.0)
    assert since == {"o.h1.a": 10.0, "o.h1.b": 10.0}
    assert unwanted(since, {"h.h1", "o.h1.a", "c.x"}, {"h.h1", "o.h1.b"}, 20.0) == {"o.h1.a": 10.0, "c.x": 20.0}


def test_a_hall_of_a_version_before_takes_no_order_with_a_finding_and_takes_it_after_its_upgrade(
    hall: config.Hall, hub: Hub, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    """Its uplink looked for every text beside the circulars, and the whole order was refused. The district, which hears
    its rows and no answer, says so until it is upgraded.
    """
    key = seed()
    told = replace(member, signers=(membership.public(key),))
    membership.keep(hall.data, told)
    conn.execute("UPDATE halls SET heard_at = %s WHERE id = 'h1'", (MONDAY_9,))
    published(conn)
    with postgres.seen_by(conn, "qu", "inspector", "du"):
        findings.raised(conn, "du", "h1", "order", "x", "y", "2026-12-05", MONDAY_9, date(2026, 11, 23))

    async def whole() -> None:
        async with working(broker, dsn, [key]):
            await comes(lambda: len(told_to(conn).get("h1", [])) == 2)
            client = await connected(told, membership.seed(hall))
            try:
                with pytest.MonkeyPatch.context() as before:
                    before.setattr(coming_down, "asks", lambda of: asks(of)._replace(own=asks(of).circulars))
                    async with asyncio.timeout(DEADLINE_S):
                        while membership.down(hall.data).trouble != coming_down.WRONG:  # until the store has the order
                            await coming_down.take(client, told, hall.data)
                assert membership.down(hall.data).given == ()
                (issue,) = conn.execute("SELECT issue FROM orders WHERE hall = 'h1'").fetchone() or (0,)

                def counted(after: float, silent: float = 0.0) -> int:
                    conn.execute("UPDATE halls SET heard_at = %s WHERE id = 'h1'", (issue + after,))
                    publishing.count_untaken(conn, issue + after + silent)
                    return (conn.execute("SELECT untaken FROM halls WHERE id = 'h1'").fetchone() or (0,))[0]

                late = publishing.UNTAKEN_S + 60
                assert [counted(publishing.UNTAKEN_S), counted(late)] == [0, 2]
                with conn.transaction(force_rollback=True):
                    assert counted(late, silent=publishing.FRESH_S) == 0, "it has been silent since"
                with conn.transaction(force_rollback=True):
                    conn.execute("UPDATE halls SET key = NULL WHERE id = 'h1'")
                    assert counted(late) == 0, "it is out"
                with postgres.seen_by(conn, "north", "manager") as other:
                    line, *_ = circular_pages.overview(other, MONDAY_9)["circulars"][0]["halls"]
                    assert (line["state"], line["untaken"]) == ("sent", True)
                    shown = finding_pages.overview(other, date(2026, 11, 23), finding_pages.Chosen())["open"]
                    assert [(one["state"], one["untaken"]) for one in shown] == [("sent", True)]
                    assert views.overview(other, {}, date(2026, 11, 23), MONDAY_9)["halls"][0]["untaken"] == 2
                assert 'order_untaken{hall="h1"} 2' in metrics.metrics(conn, {}, MONDAY_9)
                await coming_down.take(client, told, hall.data)
            finally:
                await client.close()
            assert (len(membership.down(hall.data).given), membership.down(hall.data).trouble) == (2, None)
            async with linked(hall, told):
                circulars.tick(hub)
                await comes(lambda: publishing.answers(conn) and publishing.answers_to(conn, findings.sent(conn)))
            publishing.count_untaken(conn, MONDAY_9)
            assert publishing.untaken(conn) == set()

    run(whole())


def test_what_a_newer_district_writes_otherwise_stops_nothing_else_of_the_order(
    hall: config.Hall, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    """A circular with a field that this version does not know, beside one that it does."""
    key = seed()
    told = replace(member, signers=(membership.public(key),))
    known, newer = (
        circular.Circular(
            number=n, part="promises", place="qu", effective_at=MONDAY_9, paper="x", note="y", rows=PLEDGE
        )
        for n in (1, 2)
    )
    texts = [known.text(), canonical(json.loads(newer.text()) | {"mood": "good"})]
    items = tuple(Item(n + 1, circular.sha256(text), 0) for n, text in enumerate(texts))
    order = sealed(Order(CITY, "h1", 1, (), items), [key])

    async def whole() -> None:
        shelf = await nats.connect(broker.url, nkeys_seed_str=broker.worker)
        store = await shelf.jetstream().create_key_value(bucket=BUCKET, direct=True)
        for item, text in zip(items, texts, strict=True):
            await store.put(key_of_circular(item.sha256), text.encode())
        await store.put(key_of("h1"), order)
        client = await connected(told, membership.seed(hall))
        await coming_down.take(client, told, hall.data)
        await client.close()
        await shelf.close()

    run(whole())
    found = membership.down(hall.data)
    assert [one.circular.number for one in found.given] == [1] and found.trouble == coming_down.NEWER
