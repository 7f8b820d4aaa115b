"""The one way to the hub for kiosk and boards: requests, and a live feed that comes back by itself. Decides nothing.

A path is written as the API page writes it (``/boards``); the ``/api/v1`` before it is added here.
"""

from __future__ import annotations

import json
import logging
import queue
import random
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import urllib3

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent
API = "/api/v1"
QUIET_S = 25.0  # the hub sends a comment every 10 s: so long without a byte means that it is gone
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
RETRY_AFTER_S = 2.0  # a longer Retry-After is not obeyed: a hall cannot wait
POLL_S = 0.5
TICK_S = 0.1  # how soon a feed notices that it should stop
DOUBT_S = 0.5  # a feed that is open again and says nothing is asked whether anything is new


@cache
def version() -> str:
    """The VERSION file of an installation, else the commit of a working copy; "?" for neither."""
    file = ROOT / "VERSION"
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return "?"
    return done.stdout.strip()


class HubAway(Exception):
    """The hub cannot be reached, timed out, answered 5xx or no JSON: try again later."""


class HubRefused(Exception):
    """The hub said no (3xx, 4xx): `status`, `title`, `detail`; `problem` is the whole RFC 9457 problem+json."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.problem = dict(problem)
        super().__init__(": ".join(part for part in (str(status), self.title, self.detail) if part))


class Event(NamedTuple):
    """One server-sent event: the last id that was seen, and its data lines joined by newlines."""

    id: str
    data: str


class EventLines:
    """Server-sent events out of any pieces of bytes (WHATWG HTML, "event stream interpretation"). No I/O.

    Lines end with LF, CRLF or CR; a comment begins with a colon; several data lines are one text; an event that its
    blank line did not finish is not an event.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._after_cr = False
        self._first = True
        self._id = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[Event]:
        found = (self._line(line.decode("utf-8", "replace")) for line in self._lines(piece))
        return [event for event in found if event]

    def _lines(self, piece: bytes) -> list[bytes]:
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
            self._after_cr = False
        if piece:
            self._after_cr = piece.endswith(b"\r")
        *lines, self._rest = re.split(rb"\r\n|\n|\r", self._rest + piece)
        if lines and self._first:
            self._first = False
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        return lines

    def _line(self, line: str) -> Event | None:
        if not line:
            data, self._data = self._data, []
            return Event(self._id, "\n".join(data)) if data else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self._id = value
        return None


def authority_beside(token_file: Path) -> Path | None:
    """The root certificate of an https hub, `authority.pem` beside the device's token; None: the system's own do."""
    file = token_file.parent / "authority.pem"
    return file if file.exists() else None


class HubClient:
    """The hub at `url`, asked with a device's bearer token. One may be used by many threads. `timeout` in seconds.

    An https hub is believed by the root in `authority` (PEM), read at each new connection; by the system's if None.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 3.0, authority: Path | None = None) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.heard_at: float | None = None
        """time.monotonic() of the last byte about a followed path; what was shown then was right then."""
        self._bearer = {"User-Agent": f"jiaohao/{version()}", "Authorization": f"Bearer {token.strip()}"}
        known = str(authority) if authority else None
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False, ca_certs=known)

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at `path`; {} for 204. Raises HubAway or HubRefused, as do `post` and `put`."""
        return self._ask("GET", path) or {}

    def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """`key` makes it safe to send the same thing again: it is the Idempotency-Key."""
        return self._ask("POST", path, body, {"Idempotency-Key": key} if key else {}) or {}

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("PUT", path, body) or {}

    def follow(self, path: str, stop: threading.Event) -> Iterator[dict[str, Any] | None]:
        """What `path` shows, each time it changes, until `stop` is set (noticed within 0.2 s).

        None: the hub is lost; said at once, and again about every second while it stays away. When it is back, what
        it shows is yielded, also if nothing has changed meanwhile. A hub that refuses (wrong token) counts as lost,
        with a line in the log: it is right again when the token is.
        """
        feed = _Feed(self, path)
        feed.start()
        try:
            yield from feed.shown(stop)
        finally:
            feed.close()

    def newer(self, path: str, since: str, timeout: float | None = None) -> dict[str, Any] | None:
        """The polling fallback: what `path` shows if that is newer than `since` ("" for anything), else None (204)."""
        return self._ask("GET", f"{path}?since={since}" if since else path, timeout=timeout)

    def open(self, path: str, last_id: str) -> urllib3.BaseHTTPResponse:
        """An event stream at `path`, to be read with `read1`. The caller closes it."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        patience = urllib3.Timeout(connect=self.timeout, read=QUIET_S)
        return self._send("GET", path, None, headers, patience, preload_content=False)

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any] | None:
        patience = urllib3.Timeout(connect=timeout or self.timeout, read=timeout or self.timeout)
        answer = self._send(method, path, body, {"Accept": "application/json"} | dict(headers or {}), patience)
        if answer.status == 204:
            return None
        said = _json(answer.data)
        if answer.status >= 500:
            raise HubAway(f"{self.url}: answered {answer.status}")
        if answer.status >= 300:
            raise HubRefused(answer.status, said or {"title": answer.reason or ""})
        if said is None:
            raise HubAway(f"{self.url}: {method} {path}: the answer is no JSON object; is this address the hub's?")
        return said

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        timeout: urllib3.Timeout,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            return self._pool.request(
                method,
                self.url + API + path,
                body=data,
                headers={**self._bearer, **headers, **kind},
                timeout=timeout,
                redirect=False,
                preload_content=preload_content,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HubAway(f"{self.url}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError):
        why = getattr(error.args[0] if error.args else None, "verify_message", "") or "no TLS"
        return f"its certificate is not believed ({why}); put authority.pem of the hub's tokens beside the token"
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "cannot be reached"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "did not answer in time"
    return f"the line broke ({type(error).__name__})"


def _json(data: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(data)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


class _Word(NamedTuple):
    """What the listening thread tells: a snapshot; the stream is open; the hub has nothing newer; the hub is lost."""

    kind: Literal["shown", "open", "same", "lost"]
    data: Mapping[str, Any] = MappingProxyType({})


class _Feed:
    """One followed path: a thread that listens (it may be stuck in a read for long) and a generator that never is."""

    def __init__(self, hub: HubClient, path: str) -> None:
        self._hub, self._path = hub, path
        self._words: queue.SimpleQueue[_Word] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._stream: urllib3.BaseHTTPResponse | None = None
        self._seen = ""
        self._trouble = ""

    def start(self) -> None:
        threading.Thread(target=self._listen, name=f"feed {self._path}", daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        stream = self._stream
        if stream is not None:
            try:
                stream.shutdown()  # wakes the thread that reads it
            except (RuntimeError, ValueError, OSError) as error:
                log.debug("%s: the stream was closed already (%s)", self._path, error)

    # --- the generator's side ---

    def shown(self, stop: threading.Event) -> Iterator[dict[str, Any] | None]:
        last: dict[str, Any] | None = None
        away, told, doubt = False, time.monotonic(), float("inf")
        while not stop.is_set():
            word = self._next_word()
            now = time.monotonic()
            if word is None and now >= doubt:
                doubt, word, now = float("inf"), self._poll(timeout=0.8), time.monotonic()
            if word is None or word.kind == "open":
                doubt = now + DOUBT_S if word and (away or last is None) else doubt
                if (away or last is None) and now - told >= 1.0:
                    away, told = True, now
                    yield None
            elif word.kind == "lost":
                doubt = float("inf")
                if not away or now - told >= 1.0:
                    away, told = True, now
                    yield None
            elif word.kind == "shown" or (away and last is not None):
                away, doubt, last = False, float("inf"), dict(word.data) if word.kind == "shown" else last
                yield last

    def _next_word(self) -> _Word | None:
        try:
            return self._words.get(timeout=TICK_S)
        except queue.Empty:
            return None

    # --- the thread's side ---

    def _listen(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._closed.is_set():
            heard = self._read_stream()
            pause = FIRST_PAUSE_S if heard else min(LONGEST_PAUSE_S, pause * 2)
            self._closed.wait(pause * random.uniform(0.8, 1.2))

    def _read_stream(self) -> bool:
        """One connection, from its opening to its end. True if the hub had something to say."""
        heard = False
        try:
            with self._hub.open(self._path, self._seen) as stream:
                if stream.status == 503:
                    return self._poll_until(_retry_after(stream.headers.get("Retry-After", "")))
                _check(stream, self._hub.url, self._path)
                self._stream = stream
                for word in self._stream_words(stream):
                    heard = heard or word.kind == "shown"
                    self._words.put(word)
            self._hub.heard_at = time.monotonic()  # somebody was there to end it
            self._lost("the stream ended")
        except (HubAway, HubRefused, urllib3.exceptions.HTTPError, OSError) as error:
            if self._stream is not None and not isinstance(error, urllib3.exceptions.TimeoutError):
                self._hub.heard_at = time.monotonic()  # cut just now
            self._lost(str(error) or type(error).__name__)
        finally:
            self._stream = None
        return heard

    def _stream_words(self, stream: urllib3.BaseHTTPResponse) -> Iterator[_Word]:
        yield _Word("open")
        lines = EventLines()
        while not self._closed.is_set() and (piece := stream.read1(65536)):
            self._hub.heard_at = time.monotonic()
            for event in lines.feed(piece):
                data = _json(event.data.encode())
                if data is None:
                    raise HubAway(f"{self._hub.url}: {self._path}: an event is no JSON object")
                self._found(data, event.id)
                yield _Word("shown", data)

    def _poll_until(self, seconds: float) -> bool:
        """The hub has no room for one more stream (503): ask instead, until it is time to try again."""
        end = time.monotonic() + seconds
        while True:
            word = self._poll()
            self._words.put(word)
            left = end - time.monotonic()
            if left <= 0 or word.kind == "lost" or self._closed.wait(min(POLL_S, left)):
                return word.kind != "lost"

    def _poll(self, timeout: float | None = None) -> _Word:
        try:
            data = self._hub.newer(self._path, self._seen, timeout)
        except (HubAway, HubRefused) as error:
            self._note(str(error))
            return _Word("lost")
        self._hub.heard_at = time.monotonic()
        if data is None:
            return _Word("same")
        self._found(data, str(data.get("seq", "")))
        return _Word("shown", data)

    def _found(self, data: dict[str, Any], seen: str) -> None:
        self._seen = seen or str(data.get("seq", ""))
        self._note("")

    def _lost(self, why: str) -> None:
        if not self._closed.is_set():
            self._note(why)
            self._words.put(_Word("lost"))

    def _note(self, trouble: str) -> None:
        """Log a trouble when it begins and when it is over, not every second of it."""
        if trouble and trouble != self._trouble:
            log.warning("%s: %s; trying again", self._path, trouble)
        elif self._trouble and not trouble:
            log.info("%s: the hub answers", self._path)
        self._trouble = trouble


def _retry_after(text: str) -> float:
    return min(RETRY_AFTER_S, float(text)) if re.fullmatch(r"\d{1,6}", text.strip()) else 1.0


def _check(stream: urllib3.BaseHTTPResponse, url: str, path: str) -> None:
    if 300 <= stream.status < 500:
        raise HubRefused(stream.status, _json(stream.read()) or {"title": stream.reason or ""})
    if stream.status != 200:
        raise HubAway(f"{url}: answered {stream.status}")
    if "text/event-stream" not in stream.headers.get("Content-Type", ""):
        raise HubAway(f"{url}: {path} is no event stream; is this address the hub's?")
