"""A gateway that takes notifications by HTTP (短信网关): the contract of docs/messages.md, signed as every message of
ours to another system is.

Three calls to one address: `message.send`, `message.states` for what became of those that it took, `ping`. The hall
asks, because nothing comes in from outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from config import ChannelTable, Text, Told
from server.domain import outbound
from server.domain.notifications import NOTHING, Carried
from server.domain.outbound import Answer
from server.outbound import signature
from server.outbound.carrier import Arrived, Outgoing, Say
from server.outbound.sending import Post

ASK_S = 10.0
"""How often it is asked what became of messages; …"""
ASKED_S = 900.0
"""… for so long."""
PING_S = 300.0
"""A gateway that is silent for so long is asked whether it lives; one that is down every ASK_S."""
COUNTRY = "+86"
NOT_THEIRS = Text(
    "短信网关的回答不合约定：请对方按“messages.md”里的约定核对。",
    "The gateway's answer is not as agreed: compare docs/messages.md.",
)


class HttpGateway:
    """One gateway. `hall`: the hall's id; `post`: how a POST is made."""

    def __init__(
        self,
        table: ChannelTable,
        folder: Path,
        hall: str,
        say: Say,
        arrived: Arrived,
        *,
        post: Post | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table, self._folder, self._hall, self._say, self._arrived = table, folder, hall, say, arrived
        self._post, self._clock = post or Post(), clock
        self._waiting: dict[str, float] = {}
        """Messages that it took and of whose arrival nothing was heard -> since when."""
        self._asked = self._heard = -1e9
        self._up: bool | None = None

    def carry(self, message: Outgoing) -> Carried:
        to = message.address if message.address.startswith("+") else COUNTRY + message.address
        answer = self._told(
            "message.send",
            {
                "id": message.id,
                "to": to,
                "text": message.text,
                "template": message.occasion,
                "language": message.language,
                "values": message.facts,
                "valid_s": message.valid_min * 60,
            },
            message.id,
        )
        kind = outbound.outcome(answer.status)
        problem = answer.problem if answer.problem.zh else NOTHING if kind == "sent" else outbound.said(answer.status)
        if kind == "sent" and _json(answer) is None:
            kind, problem = "later", NOT_THEIRS
        if kind == "sent":
            self._waiting[message.id] = self._clock()
            return Carried("sent", refs=(message.id,))
        if kind == "refused":
            return Carried("refused", problem)
        there = answer.status in (408, 425, 429, 500) or (answer.status == 0 and not answer.problem.zh)
        return Carried("later" if there else "down", problem)

    def look(self) -> None:
        now = self._clock()
        every = ASK_S if self._waiting or self._up is False else PING_S
        if now - self._asked < every or (not self._waiting and now - self._heard < every):
            return
        self._asked = now
        self._waiting = {id: since for id, since in self._waiting.items() if now - since < ASKED_S}
        if not self._waiting:
            self._told("ping", {})
            return
        ids = sorted(self._waiting, key=lambda id: self._waiting[id])[-100:]
        states: Any = (_json(self._told("message.states", {"ids": ids})) or {}).get("states")
        told = states if isinstance(states, dict) else {}
        for id in ids:
            if told.get(id) in ("delivered", "failed"):
                del self._waiting[id]
                self._arrived(id, told[id] == "delivered")

    def close(self) -> None:
        """No line stays open."""

    def abort(self) -> None:
        self._post.abort()

    def _told(self, type: str, data: dict[str, Any], id: str = "") -> Answer:
        """One call, and what it says of the channel."""
        answer = self._call(type, data, id or f"{self._hall}-{type}-{time.time_ns()}")
        good = outbound.outcome(answer.status) in ("sent", "refused") or answer.status == 429
        if good:
            self._heard = self._clock()
        if good != self._up or not good:
            self._up = good
            problem = answer.problem if answer.problem.zh else NOTHING if good else outbound.said(answer.status)
            self._say("ok" if good else "error", NOTHING if good else problem)
        return answer

    def _call(self, type: str, data: dict[str, Any], id: str) -> Answer:
        try:
            keys = signature.read(self._folder / self._table.secret_file)
        except Told as error:
            return Answer(0, error.text)
        body = orjson.dumps({"type": type, "hall": self._hall, "data": data})
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "jiaohao",
            **signature.headers(keys, id, time.time(), body),
        }
        ca_file = self._folder / self._table.ca_file if self._table.ca_file else None
        return self._post.send(self._table.url, body, headers, ca_file)


def _json(answer: Answer) -> dict[str, Any] | None:
    """What it answered as JSON; empty for nothing, None for what is none."""
    if not answer.body:
        return {}
    try:
        told = orjson.loads(answer.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
