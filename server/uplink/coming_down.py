"""What comes down to a hall: its order is fetched and its signature checked, the circulars of it are fetched by their
hashes, and all of it is laid where the hub finds it. Whatever is wrong with it, the hub has what it had.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from config import Text
from server.domain import circular
from server.domain.circular import Malformed, Standing
from server.store import membership
from server.store.membership import Down, Membership
from server.uplink.signed import Asks, Order, Unsigned, asks, opened

log = logging.getLogger(__name__)

ASK_S = 60.0
"""A new order is heard at once; it is asked for so often for the case that nobody heard it."""
REPLY_S = 15.0
NO_KEY = Text(
    "本厅没有区里的签名公钥，不接受下发：请向区里要新的代码，重新加入。",
    "This hall does not know the key by which its district signs, and takes nothing down: ask for a new code and join"
    " again.",
)
WRONG = Text(
    "区里下发的内容签名不对或不完整，没有采用，大厅照常工作：请告诉区里。",
    "What the district sent down is not rightly signed, or not whole; it was not taken and the hall goes on: tell the"
    " district.",
)
NEWER = Text(
    "区里下发的有几件是这一版程序读不懂的，没有采用，其余照常：请升级本厅的程序，升级后自动采用。",
    "Some of what the district sent down this version can't read, and has not taken; the rest counts. Upgrade this"
    " hall's program: it takes them by itself then.",
)
OLDER = Text(
    "收到的下发比已有的旧，没有采用：请告诉区里。",
    "What came down is older than what this hall has, and was not taken: tell the district.",
)


async def follow(client: Client, told: Membership, data: Path, stop: asyncio.Event) -> None:
    """Until `stop`: what is sent down lies where the hub finds it."""
    told = membership.read(data) or told  # with the keys that sign by now
    new = asyncio.Event()
    new.set()

    async def heard(_message: Msg) -> None:
        new.set()

    with suppress(NatsError):  # not told at once then: it asks every minute
        await client.subscribe(asks(told.hall).news, cb=heard)
    while not stop.is_set():
        new.clear()
        try:
            told = await take(client, told, data)
        except (NatsError, TimeoutError, OSError) as error:
            log.info("what comes down: %s", error)
        waits = [asyncio.create_task(one.wait()) for one in (stop, new)]
        await asyncio.wait(waits, timeout=ASK_S, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()


async def take(client: Client, told: Membership, data: Path) -> Membership:
    """Fetch what stands for this hall; the membership after it, since the district's keys may be others then. Raises
    nats.errors.Error, TimeoutError.
    """
    had = membership.down(data)
    if not told.signers:
        _trouble(data, had, NO_KEY)
        return told
    where = asks(told.hall)
    answer = await client.request(where.order, b"", timeout=REPLY_S)
    if _missing(answer):
        return told  # nothing was ever sent down
    try:
        order = opened(answer.data, told.city, told.hall, told.signers)
        if order.issue < had.issue:
            _trouble(data, had, OLDER)
            return told
        found = [await _one(client, where, had, item) for item in order.items]
    except (Unsigned, Malformed) as error:
        log.error("what comes down: %s", error)
        _trouble(data, had, WRONG)
        return told
    new = Down(order.issue, tuple(one for one in found if one), NEWER if None in found else None)
    if new != had:
        membership.keep_down(data, new)
    return _trusting(told, data, order)


async def _one(client: Client, where: Asks, had: Down, item: tuple[int, str, int]) -> Standing | None:
    """None for a text that is the order's own, and that this version can't read. Raises Malformed."""
    number, sha256, depth = item
    known = next((one for one in had.given if one.sha256 == sha256), None)
    if known is not None:
        return known._replace(depth=depth)
    answer = await client.request(f"{where.circulars}.{sha256}", b"", timeout=REPLY_S)
    if _missing(answer):
        answer = await client.request(f"{where.own}.{sha256}", b"", timeout=REPLY_S)
    text = answer.data.decode(errors="replace")
    if _missing(answer) or circular.sha256(text) != sha256:
        raise Malformed(f"circular {number}: it is not the one of the order")
    try:
        return Standing(circular.read(text), depth, sha256)
    except Malformed as error:
        log.warning("circular %d is of a newer version: %s", number, error)
        return None


def _missing(answer: Msg) -> bool:
    return bool(answer.headers and answer.headers.get("Status") in ("404", "503"))


def _trouble(data: Path, had: Down, text: Text) -> None:
    if had.trouble != text:
        membership.keep_down(data, had._replace(trouble=text))


def _trusting(told: Membership, data: Path, order: Order) -> Membership:
    """With the keys that sign from now on."""
    if not order.signers or order.signers == told.signers:
        return told
    new = replace(told, signers=order.signers)
    membership.keep(data, new)
    log.warning("the district signs by another key from now on: %s", ", ".join(order.signers))
    return new
