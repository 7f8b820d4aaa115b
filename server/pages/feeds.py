"""Live feeds: what a screen should show now, as JSON, by server-sent events, or by polling.

A feed carries states, not happenings: after any break the first message is right again. `Last-Event-ID` or `since` is
the journal's number the client has; the journal itself (manager.py) is the feed that resumes row by row.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flask import Response, request

from server.pages.problems import problem
from server.verbs.hub import Hub

STILL_HERE = (": still here\n\n", 10.0)
BEAT = ("event: beat\ndata:\n\n", 3.0)
"""What is sent so often, in seconds, while nothing changes.

A browser's EventSource shows no comments, so that a page asks for an event: only so does it notice a cable that was
pulled."""
GATHER_S = 0.01
"""Commits that follow each other this quickly are shown as one."""
FRESH_S = 5.0
"""What depends on the time alone (a break, an estimate) is looked at again after this."""


class _Made(NamedTuple):
    """What one feed showed at journal row `seq` and nudge `nudges`: the whole body, and it without the time of day."""

    seq: int
    nudges: int
    moment: float
    body: str
    content: str


class Feeds:
    """The live streams of one hub, counted, and what each shows, made once for all that look at it."""

    def __init__(self, hub: Hub, max_streams: int) -> None:
        self._hub = hub
        self._places = threading.BoundedSemaphore(max_streams)
        self._made: dict[str, _Made] = {}
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def answer(self, name: str, make: Callable[[], dict[str, Any]]) -> Response:
        """The feed `name` in the form the request asks for. `make` builds what is shown, without `seq`."""
        if "text/event-stream" in request.headers.get("Accept", ""):
            return self.stream(self._shown(name, make, *(BEAT if "beat" in request.args else STILL_HERE)))
        made = self._now(name, make)
        tag = hashlib.sha256(made.content.encode()).hexdigest()[:16]
        if request.args.get("since", -1, type=int) >= made.seq and request.args.get("tag", tag) == tag:
            return Response(status=204)
        return Response(
            made.body, content_type="application/json", headers={"Cache-Control": "no-store", "X-Content-Tag": tag}
        )

    def stream(self, messages: Iterator[str]) -> Response:
        """Stream messages while there is a place; else 503 with Retry-After, and the client polls."""
        if not self._places.acquire(blocking=False):
            return problem(
                503,
                "All streams are taken",
                "实时连接已满：请改用轮询（?since=）。",
                detail_en="Poll with ?since= instead.",
            )
        response = Response(messages, content_type="text/event-stream; charset=utf-8")
        response.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.call_on_close(self._places.release)
        return response

    def _now(self, name: str, make: Callable[[], dict[str, Any]]) -> _Made:
        with self._lock:
            one_at_a_time = self._making.setdefault(name, threading.Lock())
        with one_at_a_time:
            return self._fresh(name, make)

    def _fresh(self, name: str, make: Callable[[], dict[str, Any]]) -> _Made:
        made = self._made.get(name)
        seq, nudges, moment = self._hub.seq, self._hub.nudges, time.monotonic()
        if made is None or (made.seq, made.nudges) != (seq, nudges) or moment - made.moment > FRESH_S:
            shown = make()
            content = json.dumps({k: v for k, v in shown.items() if k != "now"}, ensure_ascii=False)
            made = _Made(seq, nudges, moment, json.dumps({"seq": seq, **shown}, ensure_ascii=False), content)
            self._made[name] = made
        return made

    def _shown(self, name: str, make: Callable[[], dict[str, Any]], still: str, every: float) -> Iterator[str]:
        last = None
        while not self._hub.stopping:
            made = self._now(name, make)
            yield message(made.seq, "show", made.body) if made.content != last else still
            last = made.content
            if self._hub.wait(made.seq, every) > made.seq:
                time.sleep(GATHER_S)


def message(seq: int, event: str, data: str) -> str:
    return f"id: {seq}\nevent: {event}\ndata: {data}\n\n"
