"""Everybody who follows a hub, in one process beside it and beside the load: streams that are read on and on,
printers that swallow and answer.

Commands come as lines of JSON on the standard input, each is answered by one line (bench/live.py speaks to it). It
looks at nothing while it reads: a message is kept with the moment it was whole, and understood when asked. One clock:
the machine's monotonic one.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import socket
import sys
import time
from typing import Any

from consoles import any_console

QUESTION = re.compile(rb"\x10\x04([\x01-\x04])|\x1d\x72\x01")
"""DLE EOT n; GS r 1, which is answered behind the cut."""
WELL = {b"\x01": b"\x16", b"\x02": b"\x12", b"\x03": b"\x12", b"\x04": b"\x12", None: b"\x00"}


class Printer:
    """A printer that is always ready and takes no time."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.rest = line, b""

    def read(self, everybody: Followers) -> bool:
        data = self.line.recv(65536)
        seen, end = self.rest + data, 0
        for asked in QUESTION.finditer(seen):
            self.line.sendall(WELL[asked[1]])
            everybody.slips += asked[1] is None
            end = asked.end()
        self.rest = seen[end:][-2:]
        return bool(data)


class Door:
    """Where a hub finds a printer."""

    def __init__(self) -> None:
        self.line = socket.create_server(("127.0.0.1", 0))

    def read(self, everybody: Followers) -> bool:
        client, _ = self.line.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        everybody.add(Printer(client))
        return True


class Stream:
    """One live feed. HTTP/1.0, so that its bytes are the messages and nothing else."""

    def __init__(self, address: str, path: str, headers: dict[str, str]) -> None:
        host, _, port = address.rpartition(":")
        self.line = socket.create_connection((host, int(port)))
        words = {"Host": address, "Accept": "text/event-stream", **headers}
        lines = [f"GET {path} HTTP/1.0", *(f"{name}: {value}" for name, value in words.items()), "", ""]
        self.line.sendall("\r\n".join(lines).encode())
        self.path, self.rest, self.shown = path, b"", 0

    def read(self, everybody: Followers) -> bool:
        data = self.line.recv(1 << 18)
        moment = time.monotonic()
        everybody.bytes += len(data)
        *messages, self.rest = (self.rest + data).split(b"\n\n")
        for message in messages:
            if b"event: show" in message:
                self.shown += 1
                everybody.keep(self, moment, message)
        return bool(data)


class Followers:
    def __init__(self, printers: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._kept: list[tuple[Stream, float, bytes]] = []
        self._same: dict[bytes, bytes] = {}
        self._watching = False
        self.streams: list[Stream] = []
        self.bytes = self.messages = self.slips = 0
        doors = [Door() for _ in range(printers)]
        for door in doors:
            self.add(door)
        self._say(printers=[door.line.getsockname()[1] for door in doors])

    def add(self, other: Printer | Door | Stream) -> None:
        self._selector.register(other.line, selectors.EVENT_READ, other)

    def keep(self, stream: Stream, moment: float, message: bytes) -> None:
        self.messages += 1
        if self._watching:
            self._kept.append((stream, moment, self._same.setdefault(message, message)))

    def run(self) -> None:
        self._selector.register(0, selectors.EVENT_READ, None)
        told = b""
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._read(key.data)
                    continue
                if not (data := os.read(0, 1 << 20)):
                    return
                *lines, told = (told + data).split(b"\n")
                for line in lines:
                    command = json.loads(line)
                    getattr(self, f"do_{command.pop('do')}")(**command)

    def _read(self, other: Any) -> None:
        try:
            there = other.read(self)
        except OSError:
            there = False
        if not there:
            self._selector.unregister(other.line)
            other.line.close()

    def _say(self, **words: Any) -> None:
        print(json.dumps(words), flush=True)

    def do_follow(self, address: str, streams: list[tuple[str, dict[str, str]]]) -> None:
        """Open them, and answer when each has shown something."""
        mine = [Stream(address, path, headers) for path, headers in streams]
        self.streams += mine
        for stream in mine:
            while not stream.shown:
                if not stream.read(self):
                    raise RuntimeError(f"bench: {stream.path} was answered {stream.rest[:300]!r}")
            self.add(stream)
        self._say(streams=len(self.streams))

    def do_watch(self) -> None:
        """Keep what is shown from now on."""
        self._watching, self._kept, self._same = True, [], {}
        self._say()

    def do_seen(self, path: str, key: str) -> None:
        """Value of `key` -> for each stream of `path` the moment it first showed it, of what was kept."""
        meaning = {message: json.loads(message.partition(b"data: ")[2]).get(key) for message in self._same}
        first: dict[Any, dict[Stream, float]] = {}
        for stream, moment, message in self._kept:
            if stream.path == path:
                first.setdefault(meaning[message], {}).setdefault(stream, moment)
        self._watching, self._kept, self._same = False, [], {}
        self._say(seen={str(value): list(moments.values()) for value, moments in first.items()})

    def do_count(self) -> None:
        self._say(messages=self.messages, bytes=self.bytes, slips=self.slips)


if __name__ == "__main__":
    any_console()
    Followers(int(sys.argv[1])).run()
