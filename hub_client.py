"""The one way to the hub for kiosk and boards: requests, and a live feed that comes back by itself. Decides nothing.

A path is written as the API page writes it (``/boards``); the ``/api/v1`` before it is added here.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import urllib3

from release import version

log = logging.getLogger(__name__)

API = "/api/v1"
QUIET_S = 25.0  # the hub sends a comment every 10 s: so long without a byte means that it is gone
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
NEAR_S = 0.8  # a machine of the hall that is there takes a line within this
RETRY_AFTER_S = 2.0  # a longer Retry-After is not obeyed: a hall cannot wait
POLL_S = 0.5
PIECE = 65536  # bytes of a file that are read at a time
TICK_S = 0.1  # how soon a feed notices that it should stop
HEAD_S = 15.0  # so often the journal's head goes to the disk
DOUBT_S = 0.5  # a feed that is open again and says nothing is asked whether anything is new


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

    A hall may have a second machine (`succession.py`): where one does not answer the other is asked next, and one whose
    epoch is over is not believed. `memory` is the file in which both addresses, the epoch and the journal's head are
    kept.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 3.0,
        authority: Path | None = None,
        memory: Path | None = None,
    ) -> None:
        self._memory = memory
        self._hall = hashlib.sha256(token.strip().encode()).hexdigest()[:16]
        known = _remembered(memory, url.rstrip("/"))
        self.epoch, self.addresses = known.epoch, known.addresses
        self.head = known.head if known.hall == self._hall else ""
        """The journal's newest row as the hub told it (`server/store/head_file.py`): a hub that lost it is told so."""
        self._kept_at = 0.0
        self.url = self.addresses[0]
        self.timeout = timeout
        self.heard_at: float | None = None
        """time.monotonic() of the last byte about a followed path; what was shown then was right then."""
        self._bearer = {"User-Agent": f"jiaohao/{version()}", "Authorization": f"Bearer {token.strip()}"}
        roots = str(authority) if authority else None
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False, ca_certs=roots)

    def at(self, url: str, path: str, body: Mapping[str, Any] | None, timeout: float) -> dict[str, Any]:
        """One machine of the two is asked, by its address."""
        method = "GET" if body is None else "POST"
        patience = urllib3.Timeout(connect=timeout, read=timeout)
        return _said(url, method, path, self._sent(url, method, API + path, body, {}, patience)) or {}

    def get(self, path: str) -> dict[str, Any]:
        """The JSON at `path`; {} for 204. Raises HubAway or HubRefused, as do `post` and `put`."""
        return self._ask("GET", path) or {}

    def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """`key` makes it safe to send the same thing again: it is the Idempotency-Key."""
        return self._ask("POST", path, body, {"Idempotency-Key": key} if key else {}) or {}

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("PUT", path, body) or {}

    def file(self, path: str, most: int, within: float = 5.0) -> bytes:
        """The bytes of a page at `path`, which is no part of the API: at most `most`, all of them within so many s.

        Raises HubAway, also where it is larger or slower than that, or HubRefused.
        """
        patience, until = urllib3.Timeout(connect=self.timeout, read=self.timeout), time.monotonic() + within
        answer = self._send("GET", path, None, {}, patience, preload_content=False, root="")
        found = bytearray()
        try:
            if answer.status >= 500:
                raise HubAway(f"{self.url}: answered {answer.status}")
            if answer.status != 200:
                raise HubRefused(answer.status, {"title": answer.reason or ""})
            while piece := answer.read1(PIECE):
                found += piece
                if len(found) > most:
                    raise HubAway(f"{self.url}: {path} has more than {most} bytes")
                if time.monotonic() > until:
                    raise HubAway(f"{self.url}: {path} did not come within {within} s")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HubAway(f"{self.url}: {_reason(error)}") from error
        finally:
            answer.close()
        return bytes(found)

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
        patience = urllib3.Timeout(connect=self._connect_s, read=QUIET_S)
        return self._send("GET", path, None, headers, patience, preload_content=False)

    def fetch(self, path: str, body: Mapping[str, Any]) -> Iterator[bytes]:
        """What `path` answers, piece by piece, however long it is. Raises HubAway or HubRefused."""
        patience = urllib3.Timeout(connect=self.timeout, read=120.0)  # it is made first
        with self._send("POST", path, body, {}, patience, preload_content=False) as answer:
            if answer.status != 200:
                raise HubRefused(answer.status, _json(answer.read()) or {"title": answer.reason or ""})
            try:
                yield from answer.stream(1 << 18)
            except urllib3.exceptions.HTTPError as error:
                raise HubAway(f"{self.url}: {_reason(error)}") from error

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any] | None:
        patience = urllib3.Timeout(connect=min(timeout or self.timeout, self._connect_s), read=timeout or self.timeout)
        url = self.url
        answer = self._send(method, path, body, {"Accept": "application/json"} | dict(headers or {}), patience)
        if answer.status >= 500:
            self._try_other(url)
        return _said(url, method, path, answer)

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        timeout: urllib3.Timeout,
        preload_content: bool = True,
        root: str = API,
    ) -> urllib3.BaseHTTPResponse:
        url = self.url
        try:
            answer = self._sent(url, method, root + path, body, headers, timeout, preload_content)
        except HubAway:
            self._try_other(url)
            raise
        if "Jiaohao-Epoch" in answer.headers:
            self._learn(url, answer.headers)
        elif answer.headers.get("Jiaohao-Role") == "second":
            self._try_other(url)
        if head := answer.headers.get("Jiaohao-Head"):
            self._keep_head(head)
        return answer

    def _sent(
        self,
        url: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        timeout: urllib3.Timeout,
        preload_content: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        known = {"Jiaohao-Epoch": str(self.epoch)} if self.epoch else {}
        known |= {"Jiaohao-Head": self.head} if self.head else {}
        try:
            return self._pool.request(
                method,
                url + path,
                body=data,
                headers={**self._bearer, **headers, **kind, **known},
                timeout=timeout,
                redirect=False,
                preload_content=preload_content,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HubAway(f"{url}: {_reason(error)}") from error

    @property
    def _connect_s(self) -> float:
        """A machine that is off answers nothing at all: where there is another one, it is not waited for."""
        return min(self.timeout, NEAR_S) if self.addresses[1] else self.timeout

    @property
    def longest_pause(self) -> float:
        return LONGEST_PAUSE_S / 2 if self.addresses[1] else LONGEST_PAUSE_S

    def _try_other(self, failed: str) -> None:
        """The next question goes to the other machine, where there is one."""
        one, other = self.addresses
        if other and failed == self.url:
            self.url = other if failed == one else one

    def _learn(self, url: str, headers: Mapping[str, str]) -> None:
        """Which epoch it is, and where the second machine stands. Raises HubAway for a hub that is one no more."""
        epoch, second = headers["Jiaohao-Epoch"], headers.get("Jiaohao-Second", "").rstrip("/")
        if not epoch.isdecimal() or int(epoch) < self.epoch:
            self._try_other(url)
            raise HubAway(f"{url}: another machine is the hub now")
        found = int(epoch), (url, second or next((one for one in self.addresses if one != url), ""))
        if found != (self.epoch, self.addresses):
            self.epoch, self.addresses = found
            self.head = headers.get("Jiaohao-Head", self.head)
            self._remember()

    def _keep_head(self, head: str) -> None:
        """On the disk now and then: this program outlives the hub's machine as a rule."""
        self.head, now = head, time.monotonic()
        if now - self._kept_at >= HEAD_S:
            self._kept_at = now
            self._remember()

    def _remember(self) -> None:
        if self._memory is not None:
            _remember(self._memory, Remembered(self.epoch, self.addresses, self.head, self._hall))


def _said(url: str, method: str, path: str, answer: urllib3.BaseHTTPResponse) -> dict[str, Any] | None:
    if answer.status == 204:
        return None
    said = _json(answer.data)
    if answer.status >= 500:
        raise HubAway(f"{url}: answered {answer.status}")
    if answer.status >= 300:
        raise HubRefused(answer.status, said or {"title": answer.reason or ""})
    if said is None:
        raise HubAway(f"{url}: {method} {path}: the answer is no JSON object; is this address the hub's?")
    return said


def memory_beside(token_file: Path) -> Path:
    """Where a device keeps where the hub and its second machine are."""
    return token_file.with_name(f".{token_file.name}.hubs")


class Remembered(NamedTuple):
    """What a device knows of the hall's two machines. `hall`: by which token `head` was told; another hall, which gave
    it another one, has another journal.
    """

    epoch: int
    addresses: tuple[str, str]
    head: str = ""
    hall: str = ""


def _remembered(memory: Path | None, url: str) -> Remembered:
    nothing = Remembered(0, (url, ""))
    try:
        told = json.loads(memory.read_text()) if memory else {}
        epoch, (one, other) = int(told["epoch"]), told["addresses"]
        found = Remembered(epoch, (str(one), str(other)), str(told.get("head", "")), str(told.get("hall", "")))
        return found if url in found.addresses else nothing  # another hall's by now
    except (OSError, ValueError, KeyError, TypeError):
        return nothing


def _remember(memory: Path, known: Remembered) -> None:
    new = memory.with_name(f"{memory.name}.new")
    try:
        new.write_text(json.dumps(known._asdict()))
        os.replace(new, memory)
    except OSError as error:
        log.warning("%s: %s", memory, error)


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
            pause = FIRST_PAUSE_S if heard else min(self._hub.longest_pause, pause * 2)
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
