"""Live feeds: what a screen should show now, as JSON, by server-sent events, or by polling.

A feed carries states, not happenings: after any break the first message is right again. `Last-Event-ID` or `since` is
the journal's number the client has; the journal itself (manager.py) is the feed that resumes row by row.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, NamedTuple

import orjson
from flask import Response, g, request

from config import Hall
from server.domain.events import VOCABULARY
from server.domain.ticket import Ticket
from server.pages.outgoing import json_text
from server.pages.problems import problem
from server.store.transaction import PAPER_OF_WAITING
from server.streams import Beat, Live, News, Source, Streams
from server.verbs import accounts, api_tokens, enrolment
from server.verbs.hub import Hub, known_ticket
from server.views.visitor import place_view

STILL_HERE = Beat(b": still here\n\n", 10.0)
BEAT = Beat(b"event: beat\ndata:\n\n", 3.0)
"""What is sent so often, in seconds, while nothing changes.

A browser's EventSource shows no comments, so that a page asks for an event: only so does it notice a cable that was
pulled."""
FRESH_S = 5.0
"""What depends on the time alone (a break, an estimate) is looked at again after this."""
PRESSED_S = 0.1
"""What a key is answered is no older: a page sets its clock by it, also where the key has changed nothing."""
URGENT = ("boards", "screen")
"""First words of the feeds that people look up at once for."""
CALM = frozenset({"Issued"})
"""A number that was given out changes how many wait there, and calls nobody."""
PAPERLESS = ("boards", "screen", "kiosk")
"""Those that show nothing of what becomes of a paper."""
PLACE_S = 3.0
"""A telephone's count of people ahead is made anew after this, while its number stays as it is."""
PLACES_KEPT = 5000
CONSOLE = "counter "
"""How the names of the consoles' feeds begin: short, many, and made for a key's answer too."""
OFFICE = "cases"
RECORDS = frozenset({"RecordOpened", "RecordMoved", "RecordCorrected", "RecordErased", "DuesMoved"})
"""What the back office's page is about: whatever happens to numbers leaves it as it is."""
OWN = ("127.0.0.1", "::1")
"""Addresses of the machine itself; a proxy on it names whom it speaks for (`hub.proxies`)."""
TOLD = frozenset(
    {"TelephoneGiven", "TelephoneErased", "Notified", "NotificationArrived", "WaitTold", "ForesightLearnt"}
)
"""提醒: what becomes of messages is asked for, and no page is made anew for it."""
PAPER = frozenset({"PrintQueued", "PrintBegan", "PrintEnded", PAPER_OF_WAITING}) | TOLD


class _Made(NamedTuple):
    """What one feed showed at journal row `seq`, nudge `nudges` and a `moment` by the hall's clock: the whole body, and
    it without the time of day.
    """

    seq: int
    nudges: int
    moment: float
    body: bytes
    content: bytes
    message: bytes


class _Shown:
    """A feed as a source of streams; the cursor is the content that was shown last."""

    def __init__(self, name: str, now: Callable[[], _Made]) -> None:
        self.name, self._now = name, now
        kind = name.split()[0]
        self.urgent, self.calm = kind in URGENT, CALM
        self.deaf = PAPER if kind in PAPERLESS else TOLD | {PAPER_OF_WAITING} if kind == "counter" else TOLD
        if kind == OFFICE:
            self.deaf = frozenset(VOCABULARY) - RECORDS | {PAPER_OF_WAITING} | TOLD

    def news(self, cursor: bytes | None) -> News:
        made = self._now()
        return News(made.content, b"" if made.content == cursor else made.message)


class Phones:
    """Everybody's own place, as one source: many telephones wait, and a commit may cost none of them a look of its own.
    The cursor is (ticket, the content that was shown last).

    A telephone learns at once what becomes of its number, and how many are ahead every few seconds.
    """

    name, urgent = "places", False
    calm: frozenset[str] = frozenset()
    deaf = PAPER

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._made: dict[int, tuple[Ticket, float, bytes, bytes]] = {}

    def news(self, cursor: tuple[int, bytes]) -> News:
        ticket, shown = cursor
        content, message = self._now(ticket)
        return News((ticket, content), b"" if content == shown else message)

    def _now(self, ticket_id: int) -> tuple[bytes, bytes]:
        ticket, moment = known_ticket(self._hub.read(), ticket_id), time.monotonic()
        made = self._made.get(ticket_id)
        if made is None or made[0] != ticket or moment - made[1] > PLACE_S:
            if len(self._made) > PLACES_KEPT:
                self._made.clear()
            seq = self._hub.seq
            _, body, content = packed(seq, place_view(self._hub, ticket))
            made = self._made[ticket_id] = ticket, moment, content, b"id: %d\nevent: show\ndata: %b\n\n" % (seq, body)
        return made[2], made[3]


def packed(seq: int, shown: dict[str, Any]) -> tuple[int, bytes, bytes]:
    """(row, the body of an answer, it without the time of day) of what is shown at journal row `seq`."""
    head = {"seq": seq, "now": now} if (now := shown.pop("now", None)) else {"seq": seq}
    content = orjson.dumps(shown, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    return seq, orjson.dumps(head)[:-1] + b"," + content[1:], content


class Places:
    """Room for live streams: the public ones, of which one address has half at most, and some that no stranger takes,
    for kiosks, boards and whoever is logged in. No stranger comes from the hub's own machine.
    """

    def __init__(self, public: int, kept: int) -> None:
        self._public, self._kept, self._most = public, kept, max(1, public // 2)
        self._held: Counter[str] = Counter()
        self._inside = 0
        self._lock = threading.Lock()

    def resize(self, public: int, kept: int) -> None:
        """Another room; whoever has a place keeps it."""
        with self._lock:
            self._public, self._kept, self._most = public, kept, max(1, public // 2)

    def take(self, address: str, known: bool) -> Callable[[], None] | None:
        """A place; what gives it back when called once. None if there is none for such a one."""
        with self._lock:
            trusted = known or address in OWN
            if self._held.total() < self._public and (trusted or self._held[address] < self._most):
                self._held[address] += 1
                return partial(self._give_back, address)
            if known and self._inside < self._kept:
                self._inside += 1
                return partial(self._give_back, None)
        return None

    @property
    def held(self) -> int:
        """How many public places are taken."""
        return self._held.total()

    def _give_back(self, address: str | None) -> None:
        with self._lock:
            if address is None:
                self._inside -= 1
            elif self._held[address] > 1:
                self._held[address] -= 1
            else:
                del self._held[address]


def _sessions(hub: Hub) -> set[str]:
    """Logins, devices and tokens whose live feeds go on."""
    return accounts.sessions(hub) | enrolment.sessions(hub) | api_tokens.sessions(hub)


class Feeds:
    """The live streams of one hub, counted, and what each shows, made once for all that look at it."""

    def __init__(self, hub: Hub, max_streams: int) -> None:
        self._hub = hub
        self._phones, self._phone_places = Phones(hub), Places(hub.hall.public.streams, 0)
        self._places = Places(max_streams, _room(hub.hall))
        self._made: dict[str, _Made] = {}
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._streams = Streams(partial(_sessions, hub), lambda: hub.stopping)
        hub.follow(self._streams.change)

    def follow_hall(self, before: Hall, now: Hall) -> None:
        self._places.resize(now.hub.max_streams, _room(now))
        self._phone_places.resize(now.public.streams, 0)

    def join(self, timeout: float) -> None:
        """Wait until every stream has ended; the hub's stop ends them."""
        self._streams.join(timeout)

    @property
    def streams(self) -> int:
        """How many live screens are connected."""
        return self._streams.count

    def answer(self, name: str, make: Callable[[], dict[str, Any]]) -> Response:
        """The feed `name` in the form the request asks for. `make` builds what is shown, without `seq`."""
        if "text/event-stream" in request.headers.get("Accept", ""):
            return self.stream(_Shown(name, lambda: self._now(name, make)))
        made = self._now(name, make)
        tag = hashlib.sha256(made.content).hexdigest()[:16]
        if request.args.get("since", -1, type=int) == made.seq and request.args.get("tag", tag) == tag:
            return Response(status=204)
        return Response(
            made.body, content_type="application/json", headers={"Cache-Control": "no-store", "X-Content-Tag": tag}
        )

    def place(self, ticket_id: int) -> Response:
        """Somebody's own number, in the form the request asks for. Telephones have streams of their own, so that they
        take none from a screen.
        """
        if "text/event-stream" in request.headers.get("Accept", ""):
            return self.stream(self._phones, (ticket_id, b""), self._phone_places)
        seq = self._hub.seq
        _, body, _ = packed(seq, place_view(self._hub, known_ticket(self._hub.read(), ticket_id)))
        return Response(body, content_type="application/json", headers={"Cache-Control": "no-store"})

    def beside(self, name: str, make: Callable[[], dict[str, Any]], **beside: Any) -> bytes:
        """What the feed `name` shows now, with something `beside` it: the body of a key's answer. What is made for it
        is the stream's too.
        """
        made = self._now(name, make, PRESSED_S)
        return json_text(beside)[:-1].encode() + b"," + made.body[1:]

    def stream(self, source: Source, cursor: Any = None, places: Places | None = None) -> Response:
        """Stream what the source has while there is a place; else 503 with Retry-After, and the client polls."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(content_type="text/event-stream; charset=utf-8", headers=headers)
        give_back = (places or self._places).take(request.remote_addr or "", "actor" in g)
        if give_back is None:
            return problem(
                503,
                "All streams are taken",
                "实时连接已满，页面会定时自动刷新。",
                detail_en="Poll with ?since= instead.",
            )
        response = Response(content_type="text/event-stream; charset=utf-8", headers=headers, direct_passthrough=True)
        beat = BEAT if "beat" in request.args else STILL_HERE
        response.response = Live(self._streams, source, beat, cursor, response.close)
        response.call_on_close(give_back)
        return response

    def _now(self, name: str, make: Callable[[], dict[str, Any]], old: float = FRESH_S) -> _Made:
        with self._lock:
            one_at_a_time = self._making.setdefault(name, threading.Lock())
        # the turnstile first: who is inside for a key's answer may wait here
        with self._hub.store.turnstile if name.startswith(CONSOLE) else nullcontext(), one_at_a_time:
            return self._fresh(name, make, old)

    def _fresh(self, name: str, make: Callable[[], dict[str, Any]], old: float) -> _Made:
        """What is shown now. The store knows of a row before the hub is woken, and whoever wrote it may ask between."""
        made = self._made.get(name)
        seq, nudges, moment = self._hub.store.seq, self._hub.nudges, self._hub.now()
        if made is None or (made.seq, made.nudges) != (seq, nudges) or abs(moment - made.moment) > old:
            shown = make()
            minute = str(shown.get("now", ""))[:16].encode() if self._hub.pace != 1 else b""
            _, body, content = packed(seq, shown)
            content += minute  # of a clock that goes faster, each minute is news to who goes on from the last one
            made = _Made(seq, nudges, moment, body, content, b"id: %d\nevent: show\ndata: %b\n\n" % (seq, body))
            self._made[name] = made
        return made


def _room(hall: Hall) -> int:
    """Places that no stranger takes."""
    return 2 * (len(hall.kiosks) + len(hall.counters) + 2)


def _plain(value: Any) -> list[Any]:
    """A Text or another named tuple as the pair it is. orjson asks for these; anything else is a view's mistake."""
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"feeds: {type(value).__name__} is no JSON")


def message(seq: int, event: str, data: str) -> bytes:
    return f"id: {seq}\nevent: {event}\ndata: {data}\n\n".encode()
