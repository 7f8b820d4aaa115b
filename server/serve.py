"""Waitress, with three things of our own: a stream leaves it, a thread answers itself, and the threads are few.

Waitress keeps one thread for each answer that is under way and looks at every open socket each time it wakes. A live
stream is an answer without an end: its socket goes over to the streams' own thread (streams.py), and waitress forgets
it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from server.streams import Live

THREADS = 16
"""At work on requests at once; a stream needs none. More would only wait for each other."""
DEAD_MS = 30_000
"""A line on which nobody has acknowledged anything for so long is cut: a pulled cable gives up its place."""
LIVE = "jiaohao.live"
"""Where a request's surroundings hold the stream that it became."""


class _Task(WSGITask):  # type: ignore[misc]
    def finish(self) -> None:
        live: Live | None = (self.environ or {}).get(LIVE)
        if live is None:
            super().finish()
            self.channel.answer()
        else:
            head = self.build_response_header()
            self.wrote_header = self.close_on_finish = True
            self.channel.leaving = (live, head, self.chunked_response)


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task
    leaving: tuple[Live, bytes, bool] | None = None

    def readable(self) -> bool:
        return self.leaving is None and bool(super().readable())

    def writable(self) -> bool:
        return self.leaving is None and bool(super().writable())

    def answer(self) -> None:
        """Send from here what can be sent: waitress's own thread would be woken for it first.

        While the request stands in `requests`, that thread touches the buffers only under this lock.
        """
        with self.outbuf_lock:
            self._flush_exception(self._flush_some, do_close=False)

    def service(self) -> None:
        super().service()
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


def web_server(app: Callable[..., Iterable[bytes]], host: str, port: int, connections: int) -> Any:
    """Listening; `run()` serves. At most so many `connections` besides the streams."""
    server: Any = create_server(
        _leaving(app),
        host=host,
        port=port,
        threads=THREADS,
        asyncore_use_poll=True,
        ident="jiaohao",
        channel_timeout=60,
        connection_limit=connections,
        clear_untrusted_proxy_headers=True,
    )
    for one in getattr(server, "map", server._map).values():
        if hasattr(one, "channel_class"):
            one.channel_class = _Channel
    return server
