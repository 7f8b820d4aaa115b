"""Waitress, with what is our own: a stream leaves it, a thread answers itself, and strangers shut nobody out.

Waitress keeps one thread for each answer that is under way and looks at every open socket each time it wakes. A live
stream is an answer without an end: its socket goes over to the streams' own thread (streams.py), and waitress forgets
it.

Lines cost a stranger nothing, so that they are bounded by what they do: one that says nothing, or says it slowly, or
leaves its answer unread, is closed after seconds; and when all are taken, whoever comes gets the place of the oldest
idle one of the address that has most, lines of devices and of people who are logged in last of all. A body that is too
large is refused by its length, and without one as soon as it is.

With a certificate (`seal`) a line that begins with a handshake is TLS, any other is plain (tls.py).
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from functools import cache
from typing import Any, NamedTuple

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.proxy_headers import proxy_headers_middleware
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from config import Text
from server.pages.access import BODY, KNOWN
from server.pages.headers import walls
from server.pages.problems import PLAIN, both
from server.streams import Live
from server.tls import HANDSHAKE, RECORD, Seal

THREADS = 16
"""At work on requests at once; a stream needs none. More would only wait for each other."""
DEAD_MS = 30_000
"""A line on which nobody has acknowledged anything for so long is cut: a pulled cable gives up its place."""
NEVER_S = 10**9
FIRST_S, HEAD_S, BODY_S, KEPT_S = 15.0, 15.0, 60.0, 60.0
"""How long a line may take for its first byte, a request's head, its body, and the next request."""
UNREAD_S = 60.0
"""How long of an answer that is there nothing may go out: whoever asks and does not read holds memory, files and, of a
long answer, the thread that makes it.
"""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close throws away what was not sent."""
LINGER_S = 2.0
"""A refused body is read away for so long, so that its sender reads the answer; nothing of it is kept."""
LIVE = "jiaohao.live"
"""Where a request's surroundings hold the stream that it became."""


class _Task(WSGITask):  # type: ignore[misc]
    def finish(self) -> None:
        live: Live | None = (self.environ or {}).get(LIVE)
        self.channel.known = self.channel.known or KNOWN in (self.environ or {})
        if live is None:
            super().finish()
            self.channel.answer()
        else:
            head = self.build_response_header()
            self.wrote_header = self.close_on_finish = True
            self.channel.leaving = (live, head, self.chunked_response)


class _Refusal(ErrorTask):  # type: ignore[misc]
    """The same shape as `server/pages/problems.py` has, for what never got there."""

    def execute(self) -> None:
        error, request = self.request.error, self.request
        zh, en = both(Text(error.reason, ""), error.code)
        page = "text/html" in request.headers.get("ACCEPT", "") and not request.path.startswith("/api/")
        problem = {"type": "about:blank", "title": error.reason, "status": error.code, "detail": zh, "detail_en": en}
        body = PLAIN.format(zh=zh, en=en).encode() if page else json.dumps(problem, ensure_ascii=False).encode()
        kind = "text/html; charset=utf-8" if page else "application/problem+json"
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", kind), ("Cache-Control", "no-store"), *walls().items()]
        self.set_close_on_finish()
        self.channel.lingers = True
        self.content_length = len(body)
        self.write(body)


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in: how long its body may be is asked once its head is there."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None and (self.chunked or self.content_length > BODY):
            self.adj: Any = copy(self.adj)
            self.adj.max_request_body_size = self.adj.longest_body(self.command, self.path, self.headers) + 1


class Line(NamedTuple):
    """One open line, as it is judged when all are taken."""

    address: str
    known: bool
    idle: bool
    since: float
    """When it said or was answered something whole last."""


def to_close(lines: Sequence[Line]) -> int | None:
    """Which of them gives up its place: an idle one, of a stranger if there is any, of the address that has most, the
    oldest. None if each is at work. Pure.
    """
    held = Counter(line.address for line in lines)
    idle = [n for n, line in enumerate(lines) if line.idle]
    return min(idle, key=lambda n: (lines[n].known, -held[lines[n].address], lines[n].since), default=None)


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task
    error_task_class = _Refusal
    parser_class = _Parser
    leaving: tuple[Live, bytes, bool] | None = None
    known = served = lingers = False
    socket: Any
    adj: Any
    since = begun = 0.0
    drained_until: float | None = None
    stuck_since: float | None = None
    """Since when bytes wait here and none went out, as `readable` saw it."""

    def __init__(self, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self.since = time.monotonic()
        open_now = [one for one in server.active_channels.values() if not one.will_close]
        if len(open_now) >= adj.lines:
            place = to_close([one.line() for one in open_now])
            if place is not None:
                open_now[place].give_up()
        super().__init__(server, sock, addr, adj, map=map)
        self.silent = adj.seal is not None
        """Nothing was heard yet that says whether it speaks TLS."""

    def give_up(self) -> None:
        """Its place is another's."""
        self.will_close = True
        if self.total_outbufs_len:
            self._cut()

    def line(self) -> Line:
        return Line(str(self.addr[0]), self.known, not self.requests and self.leaving is None, self.since)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.begun = time.monotonic()
        return bool(super().received(data))

    def readable(self) -> bool:
        """Asked of every line each time waitress's thread wakes, as `writable` is: most say no at once."""
        if self.drained_until is not None:
            return True
        if self.total_outbufs_len and self.leaving is None:
            if self._stuck():
                self._cut()
            return False
        self.stuck_since = None
        if self.requests or self.leaving is not None:
            return False
        if self._overdue():
            self.will_close = True
        return not (self.will_close or self.close_when_flushed)

    def _overdue(self) -> bool:
        now, request = time.monotonic(), self.request
        if request is None:
            return now - self.since > (KEPT_S if self.served else FIRST_S)
        return now - self.begun > (BODY_S if request.headers_finished else HEAD_S)

    def _stuck(self) -> bool:
        now = time.monotonic()
        since = self.stuck_since
        if since is None:
            self.stuck_since = now
            return False
        return now - since > UNREAD_S

    def _cut(self) -> None:
        """At once: `will_close` waits until the line can be written to, and what the kernel holds would stay there."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        super().handle_close()

    def _flush_some(self, do_close: bool = True) -> bool:
        sent = bool(super()._flush_some(do_close=do_close))
        if sent:
            self.stuck_since = None
        return sent

    def writable(self) -> bool:
        if self.drained_until is not None:
            return time.monotonic() > self.drained_until
        waits = self.total_outbufs_len or self.will_close or self.close_when_flushed
        return bool(waits) and self.leaving is None

    def recv(self, buffer_size: int) -> bytes:
        if self.silent:
            began = self.socket.recv(1, socket.MSG_PEEK)
            self.silent = False
            if began == HANDSHAKE:
                self.socket = self.adj.seal.answer(self.socket)
                self.adj = copy(self.adj)
                self.adj.url_scheme = "https"
        return bytes(super().recv(buffer_size))

    def handle_read(self) -> None:
        if self.drained_until is None:
            self._hear()
            return
        try:
            data = self.recv(1 << 16)
        except OSError:
            data = b""
        if not data or time.monotonic() > self.drained_until:
            super().handle_close()

    def _hear(self) -> None:
        try:
            data = self.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return  # a part of a record, or of a handshake
        except OSError:  # a line that broke, a stranger who speaks TLS wrongly
            self.handle_close()
            return
        self.connected, self.last_activity = bool(data), time.time()
        self.received(data)

    def handle_close(self) -> None:
        if self.lingers and self.drained_until is None and self.connected:
            self.drained_until = time.monotonic() + LINGER_S
            with suppress(OSError):  # gone already: the next read says so
                self.socket.shutdown(socket.SHUT_WR)
            return
        super().handle_close()

    def answer(self) -> None:
        """Send from here what can be sent: waitress's own thread would be woken for it first.

        While the request stands in `requests`, that thread touches the buffers only under this lock.
        """
        with self.outbuf_lock:
            self._flush_exception(self._flush_some, do_close=False)

    def service(self) -> None:
        super().service()
        self.served, self.since = True, time.monotonic()
        if self.leaving:
            self.server.trigger.pull_trigger(self._leave)

    def _leave(self) -> None:
        """In waitress's own thread, which walks over its channels: out of its lists, the socket still open."""
        assert self.leaving
        live, head, chunked = self.leaving
        self.del_channel()
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_MS)
        live.leave(self.socket, head, chunked)


def _leaving(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The application, with its streams put aside for the task."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = app(environ, start_response)
        if isinstance(body, Live):
            environ[LIVE] = body
            return ()
        return body

    return application


def _behind(
    app: Callable[..., Iterable[bytes]], proxies: Callable[[], Sequence[str]]
) -> Callable[..., Iterable[bytes]]:
    """The application, told of the client that a proxy of ours speaks for; from anybody else such headers go away."""
    direct = proxy_headers_middleware(app)

    @cache
    def spoken_for(proxy: str) -> Callable[..., Iterable[bytes]]:
        told: Callable[..., Iterable[bytes]] = proxy_headers_middleware(
            app, trusted_proxy=proxy, trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"}
        )
        return told

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        sender = environ["REMOTE_ADDR"]
        answer: Iterable[bytes] = (spoken_for(sender) if sender in proxies() else direct)(environ, start_response)
        return answer

    return application


def _plain_body(method: str, path: str, headers: Mapping[str, str]) -> int:
    return BODY


def web_server(
    app: Callable[..., Iterable[bytes]],
    host: str,
    port: int,
    connections: int,
    *,
    proxies: Callable[[], Sequence[str]] = tuple,
    longest_body: Callable[[str, str, Mapping[str, str]], int] = _plain_body,
    seal: Seal | None = None,
    threads: int = THREADS,
) -> Any:
    """Listening; `run()` serves. At most so many `connections` besides the streams.

    `proxies` are addresses that speak for others; `longest_body` says how many bytes a request may bring, by its
    method, path and headers (`AUTHORIZATION`, `COOKIE`), in waitress's own thread; `seal` answers who speaks TLS.
    """
    server: Any = create_server(
        _behind(_leaving(app), proxies),
        host=host,
        port=port,
        threads=threads,
        asyncore_use_poll=True,
        ident="jiaohao",
        channel_timeout=NEVER_S,  # by the clock that people set; lines end by `_Channel._overdue`
        connection_limit=2 * connections,  # never reached: places are given up before (`_Channel`)
        clear_untrusted_proxy_headers=False,
        recv_bytes=4 * RECORD,
    )
    for one in _listening(server):
        one.channel_class = _Channel
        one.adj.longest_body, one.adj.seal = longest_body, seal
        _deaf_when_closed(one.trigger)
    resize(server, connections)
    return server


def _deaf_when_closed(trigger: Any) -> None:
    """Waitress pulls its trigger by the number of a pipe, also after that was closed, from threads that are still
    answering. By then the number may be another file's: a database that was opened meanwhile got an x for its first
    sign.
    """
    lock, pull, close = threading.Lock(), trigger._physical_pull, trigger._close

    def pulled() -> None:
        with lock:
            if trigger._fds:
                pull()

    def closed() -> None:
        with lock:
            close()

    trigger._physical_pull, trigger._close = pulled, closed


def resize(server: Any, connections: int) -> None:
    """At most so many connections from now on; none is cut for it."""
    for one in _listening(server):
        one.adj.lines, one.adj.connection_limit = connections, 2 * connections


def _listening(server: Any) -> list[Any]:
    return [one for one in getattr(server, "map", server._map).values() if hasattr(one, "channel_class")]
