"""The process: a connection outward, one question under way, and how the hall is every few seconds."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from config import Hall, Text
from release import version
from server.domain.chain import Head, Row, canonical
from server.domain.uplink import (
    SEND_ROWS,
    SEND_S,
    Ask,
    Kept,
    Malformed,
    Reply,
    heard,
    kept_packed,
    live_packed,
    packed,
    subject,
    wanted_heard,
)
from server.store import membership
from server.store.database import read_only
from server.store.membership import Membership, seed
from server.store.reader import Reader
from server.uplink import coming_down
from server.uplink.asking import TROUBLE, Place, Printers, after, live, next_ask
from server.uplink.signed import inbox

log = logging.getLogger(__name__)

REPLY_S = 15.0
LOOK_S = 0.5
"""How often the database is looked at for new rows: one question to SQLite's own counter of changes."""
LIVE_S = 5.0
AWAY = Text(
    "联系不上区平台；大厅照常工作，恢复后自动补传。",
    "The district can't be reached; the hall goes on, and sends later.",
)
TROUBLE_S = 30.0
"""After a refusal the district is asked again so much later, and not before a person has done something."""
REPORTS_S = 300.0
"""After a district that did not answer for reports (an older one, or away) it is asked again so much later."""
JITTER_S = 60.0
"""A city's halls do not all come back at once."""


async def connected(told: Membership, key: str) -> Client:
    """A connection that comes back by itself, its first try included. Raises nats.errors.Error."""
    tls: ssl.SSLContext | None = None
    if told.nats.startswith("tls://"):
        tls = ssl.create_default_context(cadata=told.authority or None)
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
    client: Client = await nats.connect(
        told.nats,
        nkeys_seed_str=key,
        inbox_prefix=inbox(told.hall).encode(),
        name=told.hall,
        max_reconnect_attempts=-1,
        reconnect_time_wait=2,
        **({"tls": tls} if tls else {}),
        error_cb=_said,
    )
    return client


async def ended(client: Client) -> None:
    """Close for good. A line that breaks in that moment has nats-py connect anew, and the program would wait for it."""
    client.options["allow_reconnect"] = False
    with suppress(OSError):  # a line that is broken already
        await client.close()


async def _said(error: Exception) -> None:
    log.info("nats: %s", error)


class Uplink:
    """Of one hall. `clock`: epoch seconds."""

    def __init__(self, hall: Hall, told: Membership, clock: Callable[[], float] = time.time) -> None:
        self._hall, self._told, self._clock = hall, told, clock
        self._conn = read_only(hall.data / "hall.db")
        self.place, self._printers = Place(), Printers(hall)
        self._said: tuple[str, Text] | None = None
        self._owed_at: float | None = 0.0
        """Not before this (monotonic) the district is asked which kept reports it lacks; None: none is known of."""

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; whatever is away is waited for."""
        with closing(self._conn):
            while not stop.is_set():
                try:
                    client = await connected(self._told, seed(self._hall))
                except (NatsError, OSError, ValueError):
                    self._keep_state("away", AWAY)
                    await _wait(stop, random.uniform(1.0, JITTER_S) if self.place.head else 2.0)
                    continue
                try:
                    await asyncio.gather(
                        self._rows(client, stop),
                        self._lives(client, stop),
                        coming_down.follow(client, self._told, self._hall.data, stop),
                    )
                finally:
                    await ended(client)

    async def _rows(self, client: Client, stop: asyncio.Event) -> None:
        while not stop.is_set():
            ask = next_ask(Reader(self._conn), self.place, version(), self._clock())
            if not ask.rows and self.place.head is not None and not self.place.trouble:
                await self._something_new(stop)
                continue
            try:
                told = await client.request(
                    subject("j", self._told.city, self._told.hall), packed(ask), timeout=REPLY_S
                )
                self._take(ask, heard(told.data))
                if any(row.event == "ReportMade" for row in ask.rows):
                    self._owed_at = 0.0
            except (NatsError, TimeoutError, OSError, Malformed):  # of a newer district too: an answer not understood
                self._keep_state("away", AWAY)
                await _wait(stop, 2.0)
                continue
            if not self.place.exact:
                continue
            if self.place.trouble:
                await _wait(stop, TROUBLE_S)
                self.place = Place()
            elif self._owed_at is not None and time.monotonic() >= self._owed_at:
                await self._reports(client)

    async def _reports(self, client: Client) -> None:
        """Send each kept report that the district lacks. One that is not taken is asked for again after the next row
        of a report, or when the uplink starts.
        """
        here = subject("snap", self._told.city, self._told.hall)
        try:
            told = await client.request(here, kept_packed(None), timeout=REPLY_S)
            for period, number in wanted_heard(told.data):
                if (kept := Reader(self._conn).snapshot(period, number)) is None:
                    log.error("report %s, version %d: is in the journal and is missing", period, number)
                    continue
                await client.request(here, kept_packed(Kept(period, number, kept.packed)), timeout=REPLY_S)
            self._owed_at = None
        except (NatsError, TimeoutError, OSError, Malformed) as error:
            log.info("reports: %s", error)
            self._owed_at = time.monotonic() + REPORTS_S

    def _take(self, ask: Ask, reply: Reply) -> None:
        self.place = after(ask, reply)
        if not self.place.exact:
            return
        if self.place.trouble:
            text = TROUBLE[self.place.trouble]
            self._keep_state(self.place.trouble, Text(text.zh.format(at=reply.at), text.en.format(at=reply.at)))
            log.error("%s", text.en.format(at=reply.at))
        elif ask.rows or reply.head.seq >= ask.head.seq:  # else nothing was shown yet that could be refused
            self._keep_state("ok", Text("", ""))

    async def _something_new(self, stop: asyncio.Event) -> None:
        """Until enough rows lie there, or the oldest has waited long enough."""
        assert self.place.head
        began: float | None = None
        while not stop.is_set():
            newest = Reader(self._conn).head()[0]
            lying = newest - self.place.head.seq
            began = asyncio.get_running_loop().time() if lying and began is None else began
            waited = asyncio.get_running_loop().time() - began if began is not None else 0.0
            if lying < 0 or lying >= SEND_ROWS or waited >= SEND_S:
                return
            await _wait(stop, LOOK_S)

    async def _lives(self, client: Client, stop: asyncio.Event) -> None:
        while not stop.is_set():
            told = live(self._hall, Reader(self._conn), self._printers, self._clock())
            with suppress(NatsError, OSError):  # kept by nobody: the next one follows
                await client.publish(subject("live", self._told.city, self._told.hall), live_packed(told))
            if self._said:
                membership.still(self._hall.data)
            await _wait(stop, LIVE_S)

    def _keep_state(self, kind: str, detail: Text) -> None:
        """For the hub's page of health: written when it changes."""
        if (kind, detail) != self._said:
            self._said = (kind, detail)
            membership.keep_state(self._hall.data, kind, detail, self._clock())


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def rows_back(told: Membership, key: str, head: Head) -> list[Row]:
    """The district's rows after `head`, in order. Raises nats.errors.Error, TimeoutError."""
    client = await connected(told, key)
    try:
        found: list[Row] = []
        while True:
            question = canonical({"after": found[-1].seq if found else head.seq}).encode()
            answer = await client.request(subject("back", told.city, told.hall), question, timeout=REPLY_S)
            rows: list[Any] = json.loads(answer.data)
            if not rows:
                return found
            found += [Row(*row) for row in rows]
    finally:
        await ended(client)
