"""From a hall's journal over NATS into PostgreSQL, with real servers: who may say what, and what becomes of cuts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nats
import nkeys
import pytest
import requests
import tomlkit
from click.testing import CliRunner
from nats.errors import Error as NatsError
from psycopg import Connection
from psycopg.conninfo import make_conninfo

import config
from district import __main__ as program
from district import appending, identity
from district.servers import Nats, configuration, write
from district.worker import Worker
from server.domain.chain import Head
from server.domain.uplink import packed, subject
from server.store import journal, membership
from server.store.database import Store, read_only
from server.store.membership import Membership
from server.store.reader import Reader
from server.uplink import joining, taking_back
from server.uplink.linked import Uplink, connected, rows_back
from server.verbs import tickets
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock, free_port, new_store
from tests.district.conftest import TREE, asked, issued
from tests.waiting import DEADLINE_S

CITY = "city"


def seed() -> str:
    told: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return told.decode()


class Broker:
    """A NATS server whose file says who may speak."""

    def __init__(self, folder: Path) -> None:
        self.file, self.worker = folder / "nats.conf", seed()
        self._allow({}, f"127.0.0.1:{free_port()}")  # its own when it comes back, too
        self.server = Nats(self.file)
        self.url = self.server.url
        self.listen = self.url.removeprefix("nats://")

    def _allow(self, keys: dict[str, str], listen: str) -> None:
        store = self.file.with_name("store")
        write(self.file, configuration(CITY, listen, membership.public(self.worker), keys, store=store))

    def allow(self, keys: dict[str, str]) -> None:
        self._allow(keys, self.listen)
        self.server.reload()

    def again(self) -> None:
        """kill -9, and a new one at the same place."""
        self.server.kill()
        self.server = Nats(self.file)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    one = Broker(tmp_path)
    yield one
    one.server.close()


@asynccontextmanager
async def working(broker: Broker, dsn: str, signers: Sequence[str] = ()) -> AsyncIterator[Worker]:
    stop, worker = asyncio.Event(), Worker(broker.url, broker.worker, dsn, CITY, lambda: MONDAY_9, signers, 0.0)
    task = asyncio.create_task(worker.run(stop))
    await worker.ready.wait()
    yield worker
    stop.set()
    await task


@asynccontextmanager
async def linked(hall: config.Hall, told: Membership) -> AsyncIterator[Uplink]:
    stop, uplink = asyncio.Event(), Uplink(hall, told, lambda: MONDAY_9)
    task = asyncio.create_task(uplink.run(stop))
    yield uplink
    stop.set()
    await task


async def comes(true: Callable[[], object]) -> None:
    """Until it is so; pytest's own time-out gives it up."""
    while not true():
        await asyncio.sleep(0.02)


def count(conn: Connection[Any], hall: str = "h1") -> int:
    return len(appending.rows_after(conn, hall, 0, 100_000))


def run(work: Awaitable[None]) -> None:
    async def whole() -> None:
        await work

    with ThreadPoolExecutor(1) as apart:  # a browser of other tests leaves its own loop running in this thread
        apart.submit(asyncio.run, whole()).result()


@pytest.fixture
def member(hall: config.Hall, hub: Hub, broker: Broker, conn: Connection[Any]) -> Membership:
    """The hall `h1`, enrolled by the code that the district gave it."""
    code = identity.code(conn, "h1", MONDAY_9)
    assert identity.enrol(conn, code.lower(), membership.public(membership.seed(hall)), MONDAY_9 + 60) == "h1"
    with pytest.raises(identity.Unknown):
        identity.enrol(conn, code, membership.public(seed()), MONDAY_9 + 61)
    broker.allow(identity.keys(conn))
    told = Membership(CITY, "h1", broker.url, "http://district.invalid")
    membership.keep(hall.data, told)
    return told


def test_a_days_rows_are_at_the_district_whatever_was_killed_meanwhile(
    hall: config.Hall, hub: Hub, clock: HandClock, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    async def day() -> None:
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        async with working(broker, dsn) as worker, linked(hall, member) as uplink:
            await comes(lambda: "h1" in worker.lives)
            assert worker.lives["h1"][0].waiting == 1
            await comes(lambda: uplink.place.head == Head(hub.seq, hub.read().head()[2]))
        async with linked(hall, member) as uplink:
            async with working(broker, dsn):
                tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
                await comes(lambda: count(conn) == hub.seq)
            for _ in range(5):  # nobody answers
                tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
            broker.again()
            async with working(broker, dsn):
                await comes(lambda: count(conn) == hub.seq)
            await comes(lambda: uplink.place.head == Head(hub.seq, hub.read().head()[2]))

    run(day())
    assert appending.rows_after(conn, "h1", 0, 1000) == hub.read().journal(0, 1000)
    assert conn.execute("SELECT folded, trouble FROM halls WHERE id = 'h1'").fetchone() is not None


def test_an_uplink_ends_whatever_it_asked_of_a_line_that_broke(
    hall: config.Hall, hub: Hub, member: Membership, broker: Broker, dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As at SIGTERM (server/uplink/joining.py): what it asked last waits for a line to come back."""

    async def whole() -> None:
        caplog.set_level("INFO", "server.uplink.linked")
        uplink = Uplink(hall, member, lambda: MONDAY_9)
        task = asyncio.create_task(uplink.run(asyncio.Event()))
        async with working(broker, dsn):
            await comes(lambda: uplink.place.head == Head(hub.seq, hub.read().head()[2]))
        broker.server.kill()
        await comes(lambda: "Connect call failed" in caplog.text)
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        caplog.clear()
        await comes(lambda: caplog.text.count("Connect call failed") > 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(whole())


def test_a_hall_says_what_is_its_own_and_nothing_else(broker: Broker, dsn: str, conn: Connection[Any]) -> None:
    first, second = seed(), seed()
    broker.allow({"h1": membership.public(first), "h2": membership.public(second)})
    rows = issued(3)

    async def said(of: str, key: str, about: str, within_s: float = 3) -> bytes:
        client = await connected(Membership(CITY, of, broker.url, ""), key)
        try:
            return (await client.request(subject("j", CITY, about), packed(asked(rows, rows)), timeout=within_s)).data
        finally:
            await client.close()

    async def all_of_them() -> None:
        async with working(broker, dsn):
            for about in ("h1", "h3"):
                with pytest.raises((NatsError, TimeoutError)):
                    await said("h2", second, about)
            assert not count(conn)
            with pytest.raises((NatsError, TimeoutError)):  # the answer would be another's
                await said("h1", second, "h2")
            assert b'"ok"' in await said("h2", second, "h2", DEADLINE_S)
            with pytest.raises(NatsError):
                await nats.connect(broker.url, allow_reconnect=False)
            assert b'"ok"' in await said("h1", first, "h1", DEADLINE_S)

    run(all_of_them())
    assert (count(conn), count(conn, "h2"), count(conn, "h3")) == (3, 3, 0)


def test_a_key_that_is_taken_away_is_cut_off(broker: Broker) -> None:
    key = seed()
    broker.allow({"h1": membership.public(key)})

    async def revoked() -> None:
        gone = asyncio.Event()

        async def noted() -> None:
            gone.set()

        client = await nats.connect(
            broker.url, nkeys_seed_str=key, inbox_prefix=b"_INBOX_h1", allow_reconnect=False, closed_cb=noted
        )
        broker.allow({})
        await gone.wait()
        assert client.is_closed

    run(revoked())


def test_taking_a_key_away_waits_for_nothing_that_is_under_way(
    broker: Broker, dsn: str, conn: Connection[Any], tmp_path: Path
) -> None:
    """As for a report that is being held against its rows, or somebody's export."""
    key = seed()
    identity.enrol(conn, identity.code(conn, "h1", MONDAY_9), membership.public(key), MONDAY_9)
    broker.allow(identity.keys(conn))
    told = {
        "city": CITY,
        "database": make_conninfo(dsn, options="-c lock_timeout=1s"),
        "nats": broker.url,
        "nats_listen": broker.listen,
        "nats_file": str(broker.file),
        "places": [{"id": id, "kind": kind, "parent": parent or "", "name": id} for id, kind, parent in TREE],
    }
    file = tmp_path / "district.toml"
    file.write_text(tomlkit.dumps(told), encoding="utf-8")
    with conn.transaction():
        conn.execute("SELECT * FROM halls")
        done = CliRunner().invoke(program.main, ["--config", str(file), "revoke", "h1"])
    assert done.exit_code == 0, done.output
    assert identity.keys(conn) == {} and membership.public(key) not in broker.file.read_text(encoding="utf-8")


def test_a_restored_hall_gets_its_rows_back_before_it_starts(
    hall: config.Hall, hub: Hub, member: Membership, broker: Broker, dsn: str, conn: Connection[Any]
) -> None:
    rows = hub.read().journal(0, 1000)
    tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    newer = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    whole = hub.read().journal(0, 1000)
    for at in range(0, len(whole), 400):
        assert appending.append(conn, "h1", asked(whole[at : at + 400], whole), MONDAY_9).kind == "ok"
    restored = hall.data / "restored"
    restored.mkdir()
    (restored / "lock").touch()
    store = Store(restored, durable=False)

    def lay(turn: Any) -> None:
        for row in rows:
            turn.replay(row)

    store.turn(lay, lambda last: last)
    store.close()
    membership.keep(restored, member)
    membership.mark_restored(restored)
    with pytest.raises(membership.Apart, match="取回"):
        membership.check(restored)

    async def fetched() -> None:
        async with working(broker, dsn):
            found = await rows_back(member, membership.seed(hall), taking_back.head_of(restored))
            assert taking_back.lay(restored, found) == len(whole) - len(rows)

    run(fetched())
    membership.settled(restored, len(whole))
    membership.check(restored)
    again = Store(restored, durable=False)
    assert again.read().journal(0, 1000) == whole
    assert again.read().ticket(newer.id) == hub.read().ticket(newer.id)
    again.close()


def test_a_burnt_hall_is_rebuilt_from_the_districts_rows(hub: Hub, conn: Connection[Any], tmp_path: Path) -> None:
    first = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    tickets.leave(hub, By("08"), first.id)
    second = tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    rows = hub.read().journal(0, 1000)
    appending.append(conn, "h1", asked(rows, rows), MONDAY_9)
    new = tmp_path / "new"
    assert taking_back.lay(new, appending.rows_after(conn, "h1", 0, 1000)) == len(rows)
    with closing(read_only(new / "hall.db")) as own:
        assert journal.verify(own) == []
        for ticket in (first, second):
            assert Reader(own).ticket(ticket.id) == hub.read().ticket(ticket.id)


def test_rows_that_do_not_continue_are_not_laid(tmp_path: Path) -> None:
    new_store(tmp_path / "hall").close()
    with pytest.raises(membership.Apart):
        taking_back.lay(tmp_path / "hall", issued(2, Head(0, "f" * 64)))
    assert taking_back.head_of(tmp_path / "hall") == Head()


def test_who_joins_another_district_has_none_of_the_orders_of_the_one_before(
    hall: config.Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    membership.keep_down(hall.data, membership.Down(1 << 40, ()))
    answer = SimpleNamespace(status_code=200, json=lambda: {"city": "other", "hall": "h9", "nats": "nats://x"})
    monkeypatch.setattr(requests, "post", lambda *_args, **_kwargs: answer)
    done = CliRunner().invoke(joining.command, ["join", "http://other.test", "CODE"], obj=hall.file)
    assert done.exit_code == 0, done.output
    assert membership.read(hall.data).city == "other"  # type: ignore[union-attr]
    assert membership.down(hall.data) == membership.Down(0, ())
