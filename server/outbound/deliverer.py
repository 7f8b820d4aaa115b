"""A follower that tells one other system of what happened: walks the journal from its cursor, one message at a time.

A commit costs it the setting of a flag. It has a thread of its own and is never waited for; where it stands is a row of
`links`, what became of each message a row of `sendings`, both beside the journal, so that a restart goes on from there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import orjson

from config import Text, Told
from server.domain import outbound
from server.domain.alerts import NOTHING
from server.domain.chain import Row
from server.domain.outbound import Answer, Link, Message, Sending
from server.health import Health
from server.outbound import signature
from server.outbound.sending import Post
from server.verbs import links
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

ROWS = 500
"""Of the journal, read at once."""
WALKED = 2000
"""Rows without a message, after which the cursor is kept all the same: a restart would walk them again."""
LONGEST_BODY = 20_000
STUMBLE_S = 60.0
NOT_THEIRS = Text(
    "回答不是对方系统的（可能是维护页面）：请核对网址，稍后自动重试。",
    "What answered is not the other system (perhaps a page of maintenance): check the URL; it is tried again.",
)
STUMBLED = Text(
    "推送程序出错，一分钟后再试：请把系统日志发给技术支持。",
    "Telling this system failed inside the hub, which tries again in a minute: send the log to who supports you.",
)


@dataclass(frozen=True)
class Destination:
    """Another system that is told. `name` is its row in the tables and in the health, and never changes.

    `what` gives the message of a row of the journal, or None for one that does not concern it; it may read what else it
    needs, and changes nothing. `events`: names of the rows that it is asked about. `answered` is called with what a
    message was answered by, before the cursor moves on: it may be called twice for one. A link without messages says
    `ping` every `beat_s` seconds, so that a dead one is noticed; 0 for never. `also` are headers beside the three.
    """

    name: str
    url: str
    secret: Path
    what: Callable[[Row], Message | None]
    events: frozenset[str]
    answered: Callable[[Row, Message, Answer], None] | None = None
    beat_s: float = 0.0
    ca_file: Path | None = None
    also: dict[str, str] = field(default_factory=dict)
    understood: Callable[[Answer], bool] | None = None
    """Whether a 2xx is of the receiver itself: a proxy's page of maintenance is none. None: any 2xx is."""


class Deliverer:
    """The thread of one destination. `after`: who told it until now, and has been left; waited for before the first
    message.
    """

    def __init__(
        self,
        hub: Hub,
        to: Destination,
        health: Health | None = None,
        *,
        post: Post | None = None,
        after: Deliverer | None = None,
    ) -> None:
        self._hub, self.to, self._health, self._post = hub, to, health, post or Post()
        self._after = after
        self._woken, self._stop = threading.Event(), threading.Event()
        self._walked = 0
        """Newest row that was looked at; not before `links` says so, which is written less often."""
        self._beaten = 0.0
        self._thread = threading.Thread(target=self._run, name=f"outbound {to.name}", daemon=True)
        hub.follow(self._look)

    def start(self) -> None:
        self._thread.start()

    def leave(self) -> None:
        """End without being waited for; what is under way is cut, and sent again by whoever goes on."""
        self._hub.unfollow(self._look)
        self._stop.set()
        self._woken.set()
        self._post.abort()

    def stop(self) -> None:
        """End; what is under way is cut, and sent again at the next start."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def ended(self) -> int:
        """Wait until it tells nobody any more, at most as long as one message may take; the newest row that it has
        passed over, which whoever goes on does not tell either.
        """
        if self._thread.is_alive():
            self._thread.join()
        return self._walked

    def wake(self) -> None:
        """Look again: somebody wants a message sent again, or a link resumed."""
        self._woken.set()

    def _look(self, events: Collection[str]) -> None:
        """After each commit, by whoever committed."""
        if not events or not self.to.events.isdisjoint(events):
            self._woken.set()

    def _run(self) -> None:
        if self._after:
            self._walked = self._after.ended()
            self._after = None
        while not self._stop.is_set():
            self._woken.clear()
            try:
                pause = self.round()
            except Exception:
                if self._stop.is_set() or self._hub.stopping:
                    return
                log.exception("outbound %s stumbled; it goes on in %.0f s", self.to.name, STUMBLE_S)
                if self._health:
                    self._health.heard(f"link {self.to.name}", "error", *STUMBLED)
                self._stop.wait(STUMBLE_S)
                continue
            self._woken.wait(pause)

    # --- one round ---

    def round(self) -> float | None:
        """Send what there is to send now; how many seconds until there is more, None until something happens."""
        link = self._link()
        if link.off_at is not None:
            return None
        pause: float | None = self._pause(link)
        if pause:
            return pause
        for sending in reversed(self._hub.read().sendings(self.to.name, state="again")):
            link, pause = self._again(link, sending)
            if pause is not None or self._stop.is_set():
                return pause
        for row in self._rows(link):
            if self._stop.is_set():
                return None
            message = self.to.what(row) if row.event in self.to.events else None
            if message is not None:
                link = self._tell(link, row, message)
                if link.seq < row.seq:
                    return None if link.off_at is not None else self._pause(link) or 0.0
                continue
            self._walked = row.seq
            if row.seq - link.seq >= WALKED:
                link = self._kept(replace(link, seq=row.seq))
        return self._beat(link)

    def _link(self) -> Link:
        found = self._hub.read().link(self.to.name)
        if found is None:  # from now on: what was before is not theirs
            found = self._kept(Link(destination=self.to.name, url=self.to.url, seq=self._hub.seq))
        if found.seq > self._hub.seq:
            log.warning("outbound %s: the journal ends before its cursor; it goes on from the end", self.to.name)
            found = self._kept(replace(found, seq=self._hub.seq))
        if found.url != self.to.url:
            found = self._kept(replace(outbound.resumed(found), url=self.to.url))
        return found

    def _pause(self, link: Link) -> float:
        """Seconds until the next try; a clock that was set makes it no longer than the wait itself."""
        if not link.tries:
            return 0.0
        return max(0.0, min(link.next_at - self._hub.now(), outbound.LONGEST_ASKED_S))

    def _rows(self, link: Link) -> Iterator[Row]:
        after = max(link.seq, self._walked)
        while rows := self._hub.read().journal(after, ROWS):
            yield from rows
            after = rows[-1].seq

    # --- one message ---

    def _tell(self, link: Link, row: Row, message: Message) -> Link:
        id = outbound.message_id(self._hub.hall.hall.id, row.seq, row.hash)
        answer = self._send(id, self._body(row.at, message, row.seq))
        if self._stop.is_set() and not answer.status:
            return link  # cut by us
        if outbound.outcome(answer.status) == "sent" and self.to.answered:
            self.to.answered(row, message, answer)
        now = self._hub.now()
        after = outbound.told(link, row.seq, answer, now)
        self._kept(after, self._sending(row, message, id, answer, link.tries + 1, now))
        self._say(after)
        return after

    def _again(self, link: Link, sending: Sending) -> tuple[Link, float | None]:
        """Once more, by somebody's wish: the same id, the message as it would be made today."""
        row = self._hub.read().journal_row(sending.seq)
        message = self.to.what(row) if row else None
        if row is None or message is None:
            gone = "这一条已不属于推送范围。", "This row is none that is told any more."
            self._kept(link, replace(sending, state="refused", zh=gone[0], en=gone[1]))
            return link, None
        answer = self._send(sending.id, self._body(row.at, message, row.seq))
        if self._stop.is_set() and not answer.status:
            return link, None
        kind, now = outbound.outcome(answer.status), self._hub.now()
        if kind == "sent" and self.to.answered:
            self.to.answered(row, message, answer)
        if kind in ("sent", "refused"):
            after = replace(outbound.heard(link, now), sent=link.sent + (kind == "sent"))
        else:
            after = outbound.missed(link, answer, now)
        made = self._sending(row, message, sending.id, answer, sending.tries + 1, now)
        self._kept(after, made if kind in ("sent", "refused") else replace(made, state="again"))
        self._say(after)
        return after, None if kind in ("sent", "refused") else self._pause(after)

    def _beat(self, link: Link) -> float | None:
        """A word on a line that is silent."""
        every = self.to.beat_s
        if not every:
            return None
        since = time.monotonic() - self._beaten
        if self._beaten and since < every:
            return every - since
        now = self._hub.now()
        answer = self._send(
            f"{self._hub.hall.hall.id}-ping-{time.time_ns()}", self._body(now, Message("ping", {}), self._hub.seq)
        )
        if self._stop.is_set() and not answer.status:
            return None
        there = outbound.outcome(answer.status) in ("sent", "refused")
        after = outbound.heard(link, self._hub.now()) if there else outbound.missed(link, answer, self._hub.now())
        if there:
            self._beaten = time.monotonic()
        self._kept(after)
        self._say(after)
        return every if there else self._pause(after)

    def _send(self, id: str, body: bytes) -> Answer:
        try:
            keys = signature.read(self.to.secret)
        except Told as error:
            return Answer(0, error.text)
        if len(body) > LONGEST_BODY:  # a catalogue's list of materials at its longest stays far below
            return Answer(413)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "jiaohao",
            **self.to.also,
            **signature.headers(keys, id, time.time(), body),
        }
        answer = self._post.send(self.to.url, body, headers, self.to.ca_file)
        sent = outbound.outcome(answer.status) == "sent"
        if sent and self.to.understood and not self.to.understood(answer):
            return answer._replace(status=0, problem=NOT_THEIRS)
        if sent:
            self._beaten = time.monotonic()
        return answer

    def _body(self, at: float, message: Message, seq: int) -> bytes:
        hall = self._hub.hall
        return orjson.dumps(
            {
                "type": message.type,
                "timestamp": datetime.fromtimestamp(at, hall.zone).isoformat(timespec="milliseconds"),
                "hall": hall.hall.id,
                "seq": seq,
                "data": message.data,
            }
        )

    def _sending(self, row: Row, message: Message, id: str, answer: Answer, tries: int, now: float) -> Sending:
        kind = outbound.outcome(answer.status)
        said = NOTHING if kind == "sent" else outbound.said(answer.status)
        problem = answer.problem if answer.problem.zh else said
        return Sending(
            destination=self.to.name,
            seq=row.seq,
            id=id,
            type=message.type,
            at=row.at,
            tried_at=now,
            tries=tries,
            state="sent" if kind == "sent" else "refused" if kind == "refused" else "waiting",
            status=answer.status,
            zh=problem.zh,
            en=problem.en,
            took_ms=answer.took_ms,
        )

    def _kept(self, link: Link, sending: Sending | None = None) -> Link:
        return links.keep(self._hub, link, sending)

    def _say(self, link: Link) -> None:
        """Into the health of devices, whose changes the journal keeps: so the time that a link was up is counted."""
        if self._health:
            state = "ok" if link.state == "up" else "error"
            self._health.heard(f"link {self.to.name}", state, *link.problem)
