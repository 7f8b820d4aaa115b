"""The load and its stopwatch: keep-alive clients on bare sockets, so that a client costs next to nothing, and what a
process has used.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Request = Callable[[], bytes]
"""The next request of a client, each with its own idempotency key."""


def request(method: str, path: str, headers: dict[str, str], body: Any = None) -> Request:
    """Requests that differ by their idempotency key alone."""
    content = b"" if body is None else json.dumps(body).encode()
    words = {"Host": "hall", **headers, "Content-Length": str(len(content))}
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in words.items())]).encode()
    return lambda: head + b"\r\nIdempotency-Key: " + uuid.uuid4().hex.encode() + b"\r\n\r\n" + content


class Line:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._seen = b""

    def answer(self) -> bytes | None:
        """The body when all of it is there; raises where the answer is a refusal."""
        data = self.socket.recv(1 << 18)
        self._seen += data
        head, end, body = self._seen.partition(b"\r\n\r\n")
        if end and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0):
            self._seen = b""
            if not head.startswith((b"HTTP/1.1 20", b"HTTP/1.0 20")):
                raise RuntimeError(f"bench: answered {head[:40]!r} {body.decode()[:300]}")
            return body
        if not data:
            raise RuntimeError("bench: the line was closed")
        return None

    def ask(self, made: bytes) -> bytes:
        self.socket.sendall(made)
        while (body := self.answer()) is None:
            continue
        return body


def seconds(line: Line, wanted: Request) -> float:
    """How long one request takes."""
    made = wanted()
    began = time.perf_counter()
    line.ask(made)
    return time.perf_counter() - began


def latencies(line: Line, wanted: Request, count: int, every: float = 0.0) -> list[float]:
    """Seconds of each of so many requests, one behind the other, or one every so many seconds."""
    found, due = [], time.perf_counter()
    for _ in range(count):
        found.append(seconds(line, wanted))
        due += every
        time.sleep(max(0.0, due - time.perf_counter()))
    return found


def rate(address: str, clients: Sequence[Request], during: float) -> float:
    """Answers per second of so many clients, each sending its next request when it has the answer; in one thread, so
    that none waits for us.
    """
    count, selector = 0, selectors.DefaultSelector()
    lines = [(Line(address), wanted) for wanted in clients]
    for line, wanted in lines:
        selector.register(line.socket, selectors.EVENT_READ, (line, wanted))
    began = time.perf_counter()
    for line, wanted in lines:
        line.socket.sendall(wanted())
    while (now := time.perf_counter()) < began + during:
        for key, _ in selector.select(began + during - now):
            line, wanted = key.data
            if line.answer() is not None:
                count += 1
                line.socket.sendall(wanted())
    for line, _ in lines:  # nothing of this round is left for the next one
        while line.answer() is None:
            continue
        line.socket.close()
    return count / during


def cpu(pid: int) -> float:
    """Seconds of processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def pss(pid: int) -> float:
    """MB of memory that are this process's share."""
    line = next(line for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024
