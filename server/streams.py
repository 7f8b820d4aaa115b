"""Every live stream's socket, in one thread: who listens to what, what goes out when, and whom nobody hears any more.

Knows sockets and times, and nothing of what is shown: a source says what is new for whoever was told a cursor last.
That is asked for once and sent to all; a client that reads slowly is sent the newest when it has read the last, so
that nothing piles up here.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, Protocol

from polling import Bell

log = logging.getLogger(__name__)

GATHER_S = 0.003
"""A change is told so much later: whoever caused it has the answer by then instead of sharing the processor with all
who look on, and what follows at once is told with it."""
REST = 10.0
"""A source rests so many times as long as it took to tell: it never takes more than a tenth of a core …"""
URGENT_REST = 3.0
"""… or a quarter, where people look up at once: telling two hundred screens takes a while by itself."""
SHARE = 0.1
"""All that are not urgent together take no more of a core than this."""
LONGEST_REST_S = 0.5
STUCK_S = 20.0
"""A client that has taken no byte for so long is dropped."""
END = b"0\r\n\r\n"
"""Of a chunked answer (RFC 9112 7.1)."""


class News(NamedTuple):
    """What is to be sent (nothing, if nothing is new), the cursor of whoever has it, whether there is still more."""

    cursor: Any
    data: bytes
    more: bool = False


class Source(Protocol):
    """What some streams show. Asked in the streams' thread alone."""

    name: str
    urgent: bool
    calm: frozenset[str]
    """Names of events for which an urgent one needs no haste."""
    deaf: frozenset[str]
    """Names of events that change nothing here."""

    def news(self, cursor: Any) -> News: ...


class Beat(NamedTuple):
    """What is sent every so many seconds while nothing changes."""

    data: bytes
    every: float


class Live:
    """One stream: a WSGI answer without an end. A server that knows it hands its socket over (serve.py); any other, the
    tests' too, iterates, and gets one message after the other.
    """

    def __init__(self, streams: Streams, source: Source, beat: Beat, cursor: Any, ended: Callable[[], Any]) -> None:
        self._streams, self.source, self.beat, self.cursor, self._ended = streams, source, beat, cursor, ended
        self.session = ""
        """The login behind it, if it ends with one."""
        self._closed = threading.Lock()
        self._ear: socket.socket | None = None

    def leave(self, sock: socket.socket, head: bytes, chunked: bool) -> None:
        """From here on the socket is the streams' own; what is in `head` goes out first."""
        self._streams.add(_Client(self, sock, head, chunked))

    def close(self) -> None:
        """It is over; said more than once, it counts once."""
        if self._closed.acquire(blocking=False):
            if self._ear:
                with suppress(OSError):  # closed by who listened
                    self._ear.shutdown(socket.SHUT_RDWR)
            self._ended()

    def __iter__(self) -> Iterator[bytes]:
        self._ear, mouth = socket.socketpair()
        self.leave(mouth, b"", False)
        with self._ear as ear:
            heard = b""
            while piece := ear.recv(1 << 16):
                *messages, heard = (heard + piece).split(b"\n\n")
                for message in messages:
                    yield message + b"\n\n"


@dataclass(eq=False)
class _Client:
    live: Live
    sock: socket.socket
    out: bytes
    """What it has not taken yet."""
    chunked: bool
    behind: bool = True
    """There is more for it than it was sent."""
    moved: float = 0.0
    """When it took a byte last."""


@dataclass(eq=False)
class _Audience:
    """All who listen to one source."""

    source: Source
    clients: set[_Client] = field(default_factory=set)
    due: float | None = None
    """When it is told next, if anything may be new."""
    told: float = 0.0
    cost: float = 0.0
    """Seconds that telling took last."""
    said: dict[Beat, float] = field(default_factory=dict)
    """When everybody with that beat heard something last."""


class Streams:
    """The thread. `sessions` gives the logins that are not over; `stopping` whether all is to end."""

    def __init__(self, sessions: Callable[[], set[str]], stopping: Callable[[], bool], stuck: float = STUCK_S) -> None:
        self._sessions, self._stopping, self._stuck = sessions, stopping, stuck
        self._selector = selectors.DefaultSelector()
        self._bell = Bell()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._woken = self._over = False
        self._happened: deque[frozenset[str]] = deque()
        self._new: deque[_Client] = deque()
        self._audiences: dict[str, _Audience] = {}
        self._waiting: set[_Client] = set()
        """Those with something to take."""
        self._deaf: frozenset[str] = frozenset()
        """Names of events that change nothing for anybody who listens."""
        self._thread: threading.Thread | None = None

    # --- the other threads' side ---

    def change(self, events: Collection[str] = ()) -> None:
        """Something may be new by these events, by anything when there are none, or all is to end. Costs whoever says
        it next to nothing, and the thread nothing where it is nothing to anybody.
        """
        if events and self._deaf.issuperset(events):
            return  # who begins to listen meanwhile is shown it with all else
        self._happened.append(frozenset(events))
        self._wake()

    @property
    def count(self) -> int:
        """How many listen now."""
        return sum(len(audience.clients) for audience in list(self._audiences.values()))

    def add(self, client: _Client) -> None:
        with self._lock:
            over = self._over
            if not over:
                self._new.append(client)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                    self._thread.start()
        if over:
            self._farewell(client)
        self._wake()

    def join(self, timeout: float) -> None:
        if self._thread:
            self._thread.join(timeout)

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._bell.ring()

    # --- the thread ---

    def _run(self) -> None:
        while not self._stopping():
            try:
                self._hear()
                self._welcome()
                self._tell_all()
            except Exception:
                log.exception("streams: unexpected; they go on")
                time.sleep(0.1)
        with self._lock:
            self._over = True
            everybody = [*self._new, *(c for audience in self._audiences.values() for c in audience.clients)]
        for client in everybody:
            self._farewell(client)

    def _hear(self) -> None:
        """Wait for what is next: something new, a time, a client that takes more or goes."""
        now = time.monotonic()
        for key, happened in self._selector.select(max(0.0, self._next(now) - now)):
            client: _Client | None = key.data
            if client is None:
                self._bell.silence()
                self._woken = False  # only now: what was said until here is looked at below
            elif happened & selectors.EVENT_READ and not self._listens(client):
                self._drop(client)
            elif happened & selectors.EVENT_WRITE:
                self._flush(client)
        stuck = time.monotonic() - self._stuck
        for client in [c for c in self._waiting if c.moved < stuck]:
            log.info("streams: %s: a client does not read; dropped", client.live.source.name)
            self._drop(client)

    def _next(self, now: float) -> float:
        moments = [now + (1.0 if self._waiting else 3600.0)]
        for audience in self._audiences.values():
            moments += [said + beat.every for beat, said in audience.said.items()]
            if audience.due is not None:
                moments.append(audience.due)
        return min(moments)

    @staticmethod
    def _listens(client: _Client) -> bool:
        """Whether it is still there; whatever it says is nothing to us."""
        try:
            return bool(client.sock.recv(4096))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def _welcome(self) -> None:
        now = time.monotonic()
        while self._new:
            client = self._new.popleft()
            source = client.live.source
            client.moved = now
            client.sock.setblocking(False)
            try:
                self._selector.register(client.sock, selectors.EVENT_READ, client)
            except (OSError, ValueError):
                self._farewell(client)  # closed again before it was heard
                continue
            audience = self._audiences.setdefault(source.name, _Audience(source))
            self._heed()  # before anything is made for it
            audience.clients.add(client)
            audience.said.setdefault(client.live.beat, now)
            audience.due = now
            self._flush(client)

    def _heed(self) -> None:
        """Who listens to what has changed."""
        deaf = [audience.source.deaf for audience in self._audiences.values()]
        self._deaf = frozenset.intersection(*deaf) if deaf else frozenset()

    def _tell_all(self) -> None:
        now = time.monotonic()
        happened = [self._happened.popleft() for _ in range(len(self._happened))]
        if happened:
            events = frozenset().union(*happened) if all(happened) else frozenset({"anything"})
            busy = sum(audience.cost for audience in self._audiences.values() if not audience.source.urgent)
            for audience in self._audiences.values():
                if not events <= audience.source.deaf:
                    due = self._due(audience, events, busy, now)
                    audience.due = due if audience.due is None else min(due, audience.due)
        sessions = cache(self._sessions)  # one answer for all who are told now
        for audience in sorted(self._audiences.values(), key=lambda audience: not audience.source.urgent):
            beats = {beat for beat, said in audience.said.items() if now - said >= beat.every}
            if beats or (audience.due is not None and audience.due <= now):
                self._tell(audience, beats, sessions)

    @staticmethod
    def _due(audience: _Audience, events: frozenset[str], busy: float, now: float) -> float:
        """When an audience is told of these events."""
        source, cost = audience.source, audience.cost
        if source.urgent and not events <= source.calm | source.deaf:
            return max(now + GATHER_S, audience.told + min(LONGEST_REST_S, URGENT_REST * cost))
        return max(now + GATHER_S, audience.told + min(LONGEST_REST_S, max(REST * cost, busy / SHARE)))

    def _tell(self, audience: _Audience, beats: set[Beat], sessions: Callable[[], set[str]]) -> None:
        """Send everybody what is new, made once for all who know the same; those whose beat it is hear at least it."""
        began, audience.due, shown = time.monotonic(), None, False
        known: dict[Any, News] = {}
        for client in list(audience.clients):
            if client.out:
                client.behind = True
                continue
            try:
                news = known.get(client.live.cursor) or audience.source.news(client.live.cursor)
            except Exception:
                log.exception("streams: %s cannot be made; its streams end", audience.source.name)
                for listening in list(audience.clients):
                    self._drop(listening)
                return
            known[client.live.cursor] = news
            if client.live.session and client.live.session not in sessions():
                self._drop(client)
                continue
            client.live.cursor, client.behind, shown = news.cursor, news.more, shown or bool(news.data)
            data = news.data or (client.live.beat.data if client.live.beat in beats else b"")
            if data:
                client.out = b"%x\r\n%b\r\n" % (len(data), data) if client.chunked else data
                self._flush(client)
        audience.told = time.monotonic()
        audience.cost = audience.told - began if shown else audience.cost
        for beat in audience.said if shown else beats:
            audience.said[beat] = audience.told

    def _flush(self, client: _Client) -> None:
        """Give it what it takes now."""
        try:
            sent = client.sock.send(client.out) if client.out else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(client)
            return
        if sent or client not in self._waiting:
            client.moved = time.monotonic()
        client.out = client.out[sent:]
        if client.out and client not in self._waiting:
            self._waiting.add(client)
            self._selector.modify(client.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, client)
        elif not client.out and client in self._waiting:
            self._waiting.discard(client)
            self._selector.modify(client.sock, selectors.EVENT_READ, client)
        audience = self._audiences.get(client.live.source.name)
        if not client.out and client.behind and audience:
            audience.due = time.monotonic()

    def _drop(self, client: _Client) -> None:
        self._waiting.discard(client)
        audience = self._audiences.get(client.live.source.name)
        if audience:
            audience.clients.discard(client)
            beats = {other.live.beat for other in audience.clients}
            audience.said = {beat: said for beat, said in audience.said.items() if beat in beats}
            if not audience.clients:
                del self._audiences[client.live.source.name]
                self._heed()
        with suppress(KeyError, ValueError):  # gone already
            self._selector.unregister(client.sock)
        self._farewell(client)

    @staticmethod
    def _farewell(client: _Client) -> None:
        with suppress(OSError):
            client.sock.setblocking(False)
            client.sock.send(client.out + (END if client.chunked else b""))
        client.sock.close()
        client.live.close()
