"""The district's end of the line: answers what halls say over NATS out of PostgreSQL. Holds nothing that is not there:
it may be killed at any moment and there may be several.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import nats
import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NoKeysError
from nats.js.kv import KeyValue
from psycopg import Connection

from district import appending, folding, kept_reports, postgres, publishing
from server.domain.chain import canonical
from server.domain.uplink import (
    MOST_ROWS,
    Live,
    Malformed,
    Reply,
    kept_unpacked,
    live_heard,
    of_subject,
    said,
    unpacked,
    wanted_said,
)
from server.store.membership import public as public_of
from server.uplink.signed import BUCKET, key_of

log = logging.getLogger(__name__)

QUEUE = "district"
THREADS = 2
FOLD_S = 1.0
AGAIN_S = 60.0
"""A hall whose folding failed is tried again so much later, and when the program starts."""
DOWN_S = 1.0
LOOK_S = 15.0
"""Between two looks at what halls have not taken."""
GRACE_S = 120.0
"""What nothing names any more lies on the shelf so much longer: a hall may be about to fetch what its order named."""


def laid(keys: Iterable[str]) -> list[str]:
    """In which order the shelf is filled: every text before the orders that name it, or a hall that asks between the
    two finds nothing, and asks again a minute later.
    """
    return sorted(keys, key=lambda key: (key.startswith(key_of("")), key))


def unwanted(
    since: Mapping[str, float], lying: Collection[str], wanted: Collection[str], now: float
) -> dict[str, float]:
    """Key -> since when it lies on the shelf for nobody, seconds that only grow."""
    return {key: since.get(key, now) for key in lying if key not in wanted}


class Worker:
    """Takes rows, gives rows back, hears how halls are. `lives`: hall -> the newest; `clock`: epoch seconds;
    `signers`: seeds that sign what goes down, the newest first; `grace_s`: how long what nothing names any more lies.
    """

    def __init__(
        self,
        url: str,
        seed: str,
        dsn: str,
        city: str,
        clock: Callable[[], float] = time.time,
        signers: Sequence[str] = (),
        grace_s: float = GRACE_S,
    ) -> None:
        self._signers, self._shelved, self._grace_s = signers, dict[str, bytes](), grace_s
        self._lying, self._unwanted = set[str](), dict[str, float]()
        """Keys on the shelf; those of them that nothing names, and since when."""
        self._moved: object = None
        self._looked_at = -LOOK_S
        self._stopped_at: dict[str, float] = {}
        """Hall -> when its folding failed last."""
        self._url, self._seed, self._dsn, self._city, self._clock = url, seed, dsn, city, clock
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="append")
        self._connections: dict[int, Connection[Any]] = {}
        self.lives: dict[str, tuple[Live, float]] = {}
        self.ready = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. A broker or database that is away is waited for: the halls ask again."""
        client: Client = await nats.connect(
            self._url,
            nkeys_seed_str=self._seed,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            name="worker",
            reconnected_cb=self._anew,
        )
        try:
            await client.subscribe(f"j.{self._city}.*", queue=QUEUE, cb=self._answering(client, self._append))
            await client.subscribe(f"back.{self._city}.*", queue=QUEUE, cb=self._answering(client, self._back))
            await client.subscribe(f"snap.{self._city}.*", queue=QUEUE, cb=self._answering(client, self._report))
            await client.subscribe(f"live.{self._city}.*", cb=self._hear)
            await client.flush()
            self.ready.set()
            await asyncio.gather(stop.wait(), self._folding(stop), self._going_down(client, stop))
        finally:
            client.options["allow_reconnect"] = False  # else it connects anew when the line breaks in this moment
            await client.close()
            self.end()

    def end(self) -> None:
        """Let go of the database."""
        self._pool.shutdown()
        for conn in self._connections.values():
            conn.close()

    def _answering(self, client: Client, work: Callable[[str, bytes], bytes]) -> Callable[[Msg], Any]:
        async def answer(message: Msg) -> None:
            async def one() -> None:
                try:
                    _, _, hall = of_subject(message.subject)
                    told = await asyncio.get_running_loop().run_in_executor(self._pool, work, hall, message.data)
                except Malformed as error:
                    log.warning("%s: %s", message.subject, error)
                    told = said(Reply("damaged"))
                except psycopg.Error as error:  # nothing is kept, so nothing is said: the hall asks again
                    log.error("%s: %s", message.subject, error)
                    return
                if message.reply:
                    await client.publish(message.reply, told)

            asyncio.create_task(one())  # noqa: RUF006 - a hall has one question under way; its end is its answer

        return answer

    def _conn(self) -> Connection[Any]:
        """One connection for each thread, made anew when it broke."""
        number = threading.get_ident()
        conn = self._connections.get(number)
        if conn is None or conn.closed or conn.broken:
            conn = self._connections[number] = postgres.connect(self._dsn)
        return conn

    def _append(self, hall: str, data: bytes) -> bytes:
        return said(appending.append(self._conn(), hall, unpacked(data), self._clock()))

    def _back(self, hall: str, data: bytes) -> bytes:
        """Rows after a number, as an ask of the district's."""
        try:
            after = json.loads(data)["after"]
        except (ValueError, TypeError, KeyError) as error:
            raise Malformed(f"no question for rows: {error}") from None
        if not isinstance(after, int) or after < 0:
            raise Malformed("no question for rows: 'after' is a number")
        rows = appending.rows_after(self._conn(), hall, after, MOST_ROWS)
        return canonical(rows).encode()

    def _report(self, hall: str, data: bytes) -> bytes:
        """A report that a hall has kept, or its question which ones are lacking."""
        if (kept := kept_unpacked(data)) is not None:
            kept_reports.take(self._conn(), hall, kept)
        return wanted_said(kept_reports.wanted(self._conn(), hall))

    async def _hear(self, message: Msg) -> None:
        try:
            _, _, hall = of_subject(message.subject)
            told = live_heard(message.data)
        except Malformed as error:
            log.warning("%s: %s", message.subject, error)
            return
        self.lives[hall] = (told, self._clock())

    async def _folding(self, stop: asyncio.Event) -> None:
        """What follows from new rows, behind them."""
        while not stop.is_set():
            try:
                moved = await asyncio.get_running_loop().run_in_executor(self._pool, self._fold)
            except Exception as error:  # what no check foresaw ends neither the worker nor what goes up
                log.error("folding: %s", error, exc_info=not isinstance(error, psycopg.Error))
                moved = 0
            if not moved:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), FOLD_S)

    async def _anew(self) -> None:
        """A broker that comes back may have lost its store: all of it is put there again."""
        self._shelved = {}

    async def _going_down(self, client: Client, stop: asyncio.Event) -> None:
        """What stands for the halls lies in the key-value store; PostgreSQL is its only truth."""
        store: KeyValue | None = None
        while self._signers and not stop.is_set():
            try:
                if store is None:
                    store = await client.jetstream().create_key_value(bucket=BUCKET, direct=True, history=1)
                    self._lying |= await _keys(store)
                wanted = await asyncio.get_running_loop().run_in_executor(self._pool, self._shelf)
                if wanted is not None:
                    for key in laid(wanted):
                        if self._shelved.get(key) != wanted[key]:
                            await store.put(key, wanted[key])
                            self._shelved[key] = wanted[key]
                    self._lying |= wanted.keys()
                    self._unwanted = unwanted(self._unwanted, self._lying, wanted, time.monotonic())
                await self._taken_away(client)
            except (NatsError, psycopg.Error, TimeoutError, OSError) as error:
                log.error("what goes down: %s", error)
                store, self._shelved = None, {}
            except Exception:  # what no check foresaw ends neither the worker nor what goes up
                log.exception("what goes down")
                store, self._shelved = None, {}
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), DOWN_S)

    async def _taken_away(self, client: Client) -> None:
        """Off the shelf without a trace: a key's own mark of deletion would lie there for ever."""
        now = time.monotonic()
        for key in [key for key, since in self._unwanted.items() if now - since >= self._grace_s]:
            await client.jetstream().purge_stream(f"KV_{BUCKET}", subject=f"$KV.{BUCKET}.{key}")
            self._lying.discard(key)
            self._shelved.pop(key, None)
            del self._unwanted[key]

    def _shelf(self) -> dict[str, bytes] | None:
        """None where nothing is different."""
        conn = self._conn()
        if time.monotonic() - self._looked_at >= LOOK_S:
            publishing.count_untaken(conn, self._clock())
            self._looked_at = time.monotonic()
        if self._shelved and self._moved == publishing.moved(conn, self._clock()):
            return None
        publishing.advance(conn, self._clock())
        public = [public_of(seed) for seed in self._signers[:1]]
        now = self._clock()
        self._moved = publishing.moved(conn, now)
        return publishing.shelf(conn, self._city, self._signers, public, now)

    def _fold(self) -> int:
        conn, moved = self._conn(), 0
        for hall in folding.owed(conn):
            if 0 <= self._clock() - self._stopped_at.get(hall, -AGAIN_S) < AGAIN_S:
                continue
            try:
                moved += folding.go_on(conn, hall)
            except Exception as error:  # one hall's rows never stop the others'
                if conn.broken or conn.closed:
                    raise
                log.exception("%s: its rows can't be folded", hall)
                self._stopped_at[hall] = self._clock()
                folding.stopped(conn, hall, type(error).__name__)
        return moved


async def _keys(store: KeyValue) -> set[str]:
    """What lies there from before."""
    try:
        return {*await store.keys()}
    except NoKeysError:
        return set()
