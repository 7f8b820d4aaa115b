"""The relay outside, as a follower of the hall: what telephones ask for there is made here and sent, and what they
press there is done here (docs/relay.md).

The hub makes every connection. One thread asks, and is answered when a telephone opens a page or presses a key, at the
latest after `HOLD_S`; the other tells what the pages show. The newest state wins: nothing is kept for a relay that is
away, and a commit costs the setting of a flag. Nothing here is waited for.
"""

from __future__ import annotations

import gzip
import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config import Hall, RelayTable, Text, Told
from server.domain import outbound, relay_term
from server.domain.brought_keys import BroughtKeys
from server.domain.guesses import Guesses
from server.domain.outbound import Answer, Link
from server.domain.relay_term import Term
from server.domain.rules import Refused
from server.domain.timeline import VISITOR
from server.domain.worktime import day_span, service_day
from server.health import Health
from server.outbound import signature
from server.outbound.sending import Post
from server.verbs import links, visitor
from server.verbs import telephone as presses
from server.verbs.hub import By, Hub, TooOften, Unknown
from server.verbs.visitor import Over
from server.views import telephone
from server.views.kiosk import hall_words
from server.views.matter import matter_view

log = logging.getLogger(__name__)

LINK = "relay"
BOOK, MATTER = "book", "matter"
"""Keys of the page of all halls: a leased place is booked; one's own matter is asked for by number and code."""
HOLD_S = 8.0
"""The relay may keep an ask so long: less than the silence after which `sending` gives a line up."""
PACE_S = 0.3
"""Between two tellings, however much happens."""
REST = 10.0
"""It rests so many times as long as the pages took to make: telephones outside take no more than a tenth of a core."""
OLD_S = 3.0
"""A page is made anew after this, while its number stays as it is: the count of people ahead changes."""
AGAIN_S = 8.0
"""Open pages are said to be right as often as this, though nothing has changed."""
WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""After so many failures in a row; the last one again and again."""
MOST = 1000
"""Pages that are told at once."""

CARRIED = {
    "place": frozenset(
        {
            "number", "group", "state", "state_words", "ahead", "wait", "wait_en", "between", "counters", "counters_en",
            "counter", "counter_en", "back_until", "bring", "coming", "may", "notice", "rate",
            "agenda",
        }
    ),
    "rating": frozenset({"number", "day", "code", "ask", "rated", "second", "days", "scores"}),
    "busy": frozenset({"hall", "issuing", "remote", "notice", "waiting", "counters_open", "groups", "quiet"}),
    "privacy": frozenset({"hall", "kept", "also"}),
    "take": frozenset({"hall", "notice", "keep_min", "groups"}),
    "here": frozenset({"hall", "notice", "keep_min", "groups"}),
    "remote": frozenset(
        {
            "code", "name", "name_en", "state", "state_words", "until", "number", "place", "ahead", "wait", "wait_en",
            "may", "notice",
        }
    ),
    "booking": frozenset(
        {
            "code", "address", "picture", "service", "state", "state_words", "number", "day", "day_words", "start",
            "time", "until", "offer_until", "offer_words", "offer_min", "ahead", "may", "rules", "bring", "calendar",
            "moves",
        }
    ),
    "move": frozenset({"term_s", "code", "service", "may", "days"}),
    "items": frozenset({"services"}),
    "lease": frozenset({"term_s", "service", "asks_number", "days", "rules", "bring"}),
}  # fmt: skip
"""Page -> what of it leaves the hall: what a number is and what becomes of it. Whatever is not named here stays."""
STAYS: dict[str, frozenset[str]] = {page: frozenset() for page in CARRIED} | {
    "place": frozenset({"reminders"}),
    "booking": frozenset({"reminder"}),
}
"""Page -> what of it is not for the outside; with `CARRIED` it is all there is (a test)."""

NOT_A_RELAY = Text(
    "回答不是中转程序的（可能是维护页面）：请核对网址。",
    "What answered is no relay (perhaps a page of maintenance): check the URL.",
)
NOT_TAKEN = Text(
    "中转没有接收：可能另一台主机也用这个大厅简称，或同一网址后面有两个中转。",
    "The relay took nothing: perhaps another hub speaks under this hall's name, or two relays stand behind one URL.",
)

BROKEN = Text("系统出错了：请到咨询台。", "Something went wrong: please ask at the guide desk.")


class Act(BaseModel):
    """A key that was pressed outside."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=8, max_length=64)
    path: str = Field(max_length=100)
    fields: dict[str, str]
    left_s: float = Field(gt=0, le=600)


class Asked(BaseModel):
    """What the relay answers: which pages are open there, and which keys were pressed."""

    model_config = ConfigDict(extra="ignore")

    relay: Literal[1]
    boot: str = Field(max_length=64)
    version: int
    term: int | None = None
    wanted: list[str] = Field(max_length=MOST)
    acts: list[Act] = Field(max_length=200)


class Result(NamedTuple):
    """What became of a key: `status` as the hub's own page would be answered."""

    status: int
    said: Text = Text("", "")
    to: str = ""
    """The page that shows it."""
    view: dict[str, Any] | None = None
    """What was asked for, to be shown once and kept by nobody."""

    def json(self) -> dict[str, Any]:
        asked = {} if self.view is None else {"view": self.view}
        return {"status": self.status, "to": self.to, **self.said.json("said"), **asked}


@dataclass(frozen=True)
class _Made:
    """A page as it was made at `at`, seconds that only grow; `of` is the number it shows, as it was then."""

    of: object
    at: float
    content: bytes


class Mirror:
    """Follows the hall's file: with `[relay] url` it runs, with another one it starts anew."""

    def __init__(
        self, hub: Hub, health: Health | None = None, *, post: Callable[[], Post] = Post, wrong: Guesses | None = None
    ) -> None:
        """`wrong`: wrong codes of each record, the hub's own page's among them."""
        self._hub, self._health, self._post, self._wrong = hub, health, post, wrong or Guesses()
        self._lock = threading.Lock()
        self._table: RelayTable | None = None
        self._running: _Running | None = None
        self._stopped = False

    def start(self) -> None:
        self._hub.on_hall.append(self._follow_hall)
        self._look()

    def _follow_hall(self, before: Hall, now: Hall) -> None:
        self._look()

    def _look(self) -> None:
        with self._lock:
            table = self._hub.hall.relay
            if self._stopped or table == self._table:
                return
            if self._running:
                self._running.leave()
            self._table, self._running = table, None
            if table.url:
                self._running = _Running(self._hub, table, self._health, self._post, self._wrong)
                self._running.start()

    def stop(self) -> None:
        """End; what is under way is cut."""
        with self._lock:
            self._stopped = True
            if self._running:
                self._running.leave()
                self._running.join()


class _Running:
    """The two threads that one table of the file has."""

    def __init__(
        self, hub: Hub, table: RelayTable, health: Health | None, post: Callable[[], Post], wrong: Guesses
    ) -> None:
        self._hub, self._table, self._health, self._wrong = hub, table, health, wrong
        self._asking, self._telling = post(), post()
        self._run, self._count = f"{time.time_ns():x}", 0
        self._changed = threading.Condition()
        self._stopping = False
        self._wanted: tuple[str, ...] = ()
        self._stirred = self._urgent = False
        """A commit; a telephone that waits."""
        self._boot, self._seen, self._term = "", -1, Term()
        self._told: dict[str, bytes] = {}
        """Page -> its content as the relay has it."""
        self._made: dict[str, _Made] = {}
        self._keys: BroughtKeys[Act, Result] = BroughtKeys()
        self._done: dict[str, Result] = {}
        """Key -> what became of it, until the relay knows."""
        self._threads = [
            threading.Thread(target=run, name=f"relay {name}", daemon=True)
            for name, run in (("ask", self._ask), ("tell", self._tell))
        ]

    def start(self) -> None:
        self._hub.follow(self._look)
        for thread in self._threads:
            thread.start()

    def leave(self) -> None:
        self._hub.unfollow(self._look)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._asking.abort()
        self._telling.abort()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(2.0)

    def _look(self, events: Collection[str]) -> None:
        """After each commit, by whoever committed: nothing to do while no telephone looks."""
        if self._wanted and not self._stirred:
            with self._changed:
                self._stirred = True
                self._changed.notify_all()

    def _over(self) -> bool:
        return self._stopping or self._hub.stopping

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(self._over, seconds)

    # --- asking ---

    def _ask(self) -> None:
        failed = 0
        while not self._over():
            before = failed
            try:
                failed = 0 if self._ask_once() else failed + 1
            except Exception:  # a store that is busy for a while: no thread, no relay until the next start
                if self._over():
                    return
                log.exception("relay: asking stumbled; it goes on")
                failed = len(WAITS_S)
            if failed:
                self._pause(WAITS_S[min(failed, len(WAITS_S)) - 1])
            elif before:  # what is open there is old by now: it is told at once, not when it is due
                with self._changed:
                    self._urgent = bool(self._wanted)
                    self._changed.notify_all()

    def _ask_once(self) -> bool:
        """Ask, and do what is answered; whether the relay answered."""
        began = time.monotonic()
        try:
            asked = self._exchange(self._asking, {"hold_s": HOLD_S, "seen": self._seen})
        except Told as error:
            if not self._over():
                self._say(error.text)
            return False
        self._say(None)
        self._seen = asked.version
        now = time.monotonic()
        done = self._keys.answer(asked.acts, now - began, now, self._do)
        with self._changed:
            if asked.boot != self._boot:
                self._boot, self._told = asked.boot, {}
            fresh = not set(asked.wanted) <= self._told.keys()
            for act in asked.acts:
                self._made.pop(act.path, None)
            if any(act.path == BOOK or act.path.startswith("b/") for act in asked.acts):
                for path in [path for path in [*self._made] if path.startswith(("lease/", "move/"))]:
                    self._made.pop(path, None)
            self._wanted, self._done = tuple(asked.wanted), self._done | done
            self._urgent = self._urgent or bool(done) or fresh
            self._changed.notify_all()
        return True

    def _do(self, act: Act) -> Result:
        """Carry a key out as if it had been pressed here; once, however often the relay brings it."""
        hub = self._hub
        fields = {name: act.fields.get(name, "")[: presses.LONGEST] for name in presses.FIELDS}
        try:
            if act.path == MATTER:
                minute = int(time.monotonic() // 60)
                return Result(200, view=matter_view(hub, self._wrong, minute, fields["number"], fields["code"]))
            to = presses.press(hub, By(VISITOR, f"relay {act.id}"), act.path, fields)
        except Refused as refused:
            return Result(_status(refused), refused.text, view={} if act.path == MATTER else None)
        except Exception:
            log.exception("relay: a key could not be carried out")
            return Result(500, BROKEN, view={} if act.path == MATTER else None)
        return Result(303, to=to)

    # --- telling ---

    def _tell(self) -> None:
        failed, rest = 0, 0.0
        while not self._over():
            began = time.monotonic()
            with self._changed:
                while not self._over() and not self._urgent:
                    since = time.monotonic() - began
                    if self._wanted and since >= (max(PACE_S, rest) if self._stirred else AGAIN_S):
                        break
                    left = max(PACE_S, rest) - since if self._stirred else AGAIN_S - since
                    self._changed.wait(left if self._wanted else None)
                if self._over():
                    return
                self._urgent = self._stirred = False
                wanted, done, boot = self._wanted, dict(self._done), self._boot
            try:
                rest = REST * self._tell_once(wanted, done, boot)
                failed = 0
            except Told:
                with self._changed:
                    self._told.clear()
                    self._urgent = bool(self._wanted or self._done)
                failed += 1
                self._pause(WAITS_S[min(failed, len(WAITS_S)) - 1])
            except Exception:
                log.exception("relay: the pages could not be made; it goes on")
                self._pause(WAITS_S[-1])

    def _tell_once(self, wanted: Collection[str], done: dict[str, Result], boot: str) -> float:
        """Tell what the open pages show; how many seconds it took to make them."""
        began = time.monotonic()
        contents = {path: self._content(path) for path in wanted}
        cost = time.monotonic() - began
        with self._changed:
            self._made = {path: made for path, made in self._made.items() if path in contents}
            known = dict(self._told) if boot == self._boot else {}
        fresh = {path: content for path, content in contents.items() if known.get(path) != content}
        self._count += 1
        body = {
            "count": self._count,
            "sheets": {path: orjson.Fragment(content) for path, content in fresh.items()},
            "same": [path for path in contents if path not in fresh],
            "done": {id: one.json() for id, one in done.items()},
        }
        asked = self._exchange(self._telling, body)
        with self._changed:
            self._told = {**known, **fresh} if asked.boot == boot else fresh
            # A relay that was started anew has only what it was sent just now.
            self._told = {path: self._told[path] for path in contents if path in self._told}
            self._boot = asked.boot
            self._done = {id: one for id, one in self._done.items() if id not in done}
        return cost

    def _number(self, path: str) -> object:
        """The number of today that a page shows; None for any other page. Raises Refused."""
        try:
            return visitor.by_code(self._hub, path[2:]) if path.startswith("p/") else None
        except visitor.Over:  # its page may still be one for a rating
            return None

    def _content(self, path: str) -> bytes:
        """A page as it goes out: made anew when its number is another one, or after a while."""
        now, of = time.monotonic(), None
        try:
            of = self._number(path)
            made = self._made.get(path)
            if made and made.of == of and now - made.at < OLD_S:
                return made.content
            page, view = telephone.sheet(self._hub, path)
            told = {"status": 200, "page": page, "view": {k: v for k, v in view.items() if k in CARRIED[page]}}
            content = orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS)
        except Refused as refused:
            content = orjson.dumps({"status": _status(refused), **refused.text.json("said")})
        except Exception:
            if self._over():
                raise
            log.exception("relay: a page could not be made; the others go on")
            content = orjson.dumps({"status": 500, **BROKEN.json("said")})
        self._made[path] = _Made(of, now, content)
        return content

    # --- the line ---

    def _exchange(self, post: Post, body: dict[str, Any]) -> Asked:
        """Say something under the term that the relay gave; once more where it gave another one. Raises Told."""
        for _ in range(2):
            said = self._term
            asked = self._heard(self._send(post, {"boot": said.boot, "term": said.number, **body}))
            with self._changed:
                self._term = relay_term.after(self._term, said, asked.boot, asked.term)
            if relay_term.taken(said, asked.boot, asked.term):
                return asked
        raise Told(*NOT_TAKEN)

    def _send(self, post: Post, body: dict[str, Any]) -> Answer:
        hub, hall, now = self._hub, self._hub.hall, self._hub.now()
        _, ends = day_span(hall, service_day(hall, now))
        whole = {
            "relay": 1,
            "run": self._run,
            "now": datetime.fromtimestamp(now, hall.zone).isoformat(timespec="seconds"),
            "left_s": max(0.0, ends - now),
            "hall": hall_words(hub),
            **body,
        }
        packed = gzip.compress(orjson.dumps(whole), 5, mtime=0)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Encoding": "gzip",
            "User-Agent": "jiaohao",
            **signature.headers(
                signature.read(hall.folder / self._table.secret_file),
                f"{self._run}-{time.time_ns():x}",
                time.time(),
                packed,
            ),
        }
        ca = hall.folder / self._table.ca_file if self._table.ca_file else None
        return post.send(f"{self._table.url.rstrip('/')}/relay/v1/{hall.hall.id}", packed, headers, ca)

    @staticmethod
    def _heard(answer: Answer) -> Asked:
        """What the relay says. Raises Told with the reason where it says nothing that can be read."""
        if answer.status != 200:
            problem = NOT_TAKEN if answer.status == 409 else answer.problem
            raise Told(*(problem if problem.zh else outbound.said(answer.status)))
        try:
            return Asked.model_validate_json(answer.body)
        except ValidationError:
            raise Told(*NOT_A_RELAY) from None

    def _say(self, problem: Text | None) -> None:
        """Into the table of links and the health of devices, when it has changed."""
        hub = self._hub
        link = hub.read().link(LINK) or Link(destination=LINK, url=self._table.url, seq=hub.seq)
        now = hub.now()
        if problem is None and link.state != "up":
            links.keep(hub, replace(outbound.heard(link, now), url=self._table.url))
        elif problem is not None and (link.state != "down" or link.problem != problem):
            links.keep(hub, replace(outbound.missed(link, Answer(0, problem), now), url=self._table.url))
        if self._health:
            self._health.heard(f"link {LINK}", "error" if problem else "ok", *(problem or ("", "")))


def _status(refused: Refused) -> int:
    if isinstance(refused, Unknown):
        return 404
    return 410 if isinstance(refused, Over) else 429 if isinstance(refused, TooOften) else 409
