"""Touch to cut on a printer at 19 200 baud, against the bare wire's time for the same bytes; ten printers at once;
what building a slip costs.

The printer takes each byte only after its time on the wire (10 bits of 8N1) and notes when the last byte of the cut
had come; its answers take their time too. Measured from the moment the kiosk's request is sent over HTTP, commit and
fsync included. One clock.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import uuid
from contextlib import ExitStack
from statistics import median
from typing import Any

import config
from bench.hall import ask, connect, folder, running, token, write_hall
from consoles import any_console
from printer_profiles.escpos.encode import encode
from printer_profiles.profile import load
from printer_profiles.slip import Text
from server.printing.slips.samples import sample

BAUD, BITS = 19_200, 10
TOUCHES, PRINTERS, ROUNDS = 20, 10, 5
CUT = b"\x1d\x56\x01"
ANSWERS = {1: b"\x16", 2: b"\x12", 3: b"\x12", 4: b"\x12"}


class Wire:
    """A ready printer behind 19 200 baud. `slips`: (time of the last byte of the cut, bytes from ESC @ to it)."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.slips: list[tuple[float, int]] = []
        self.cut = threading.Condition()
        self._free = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def wait_for(self, count: int) -> None:
        with self.cut:
            if not self.cut.wait_for(lambda: len(self.slips) >= count, 60):
                raise RuntimeError("bench: no slip came within a minute")

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            seen = b""
            while data := client.recv(64):
                for at in range(len(data)):
                    seen = self._byte(client, seen, data[at : at + 1])

    def _byte(self, client: socket.socket, seen: bytes, byte: bytes) -> bytes:
        self._takes(1)
        seen += byte
        if len(seen) >= 3 and seen[-3:-1] == b"\x10\x04":
            self._says(client, ANSWERS[seen[-1]])
        elif seen.endswith(b"\x1d\x72\x01"):
            self._says(client, b"\x00")
        elif seen.endswith(CUT):
            with self.cut:
                self.slips.append((time.monotonic(), len(seen) - seen.rindex(b"\x1b\x40")))
                self.cut.notify_all()
            return b""
        return seen

    def _says(self, client: socket.socket, answer: bytes) -> None:
        self._takes(len(answer))
        client.sendall(answer)

    def _takes(self, count: int) -> None:
        """The wire is busy for so many bytes; it sleeps only when it is well ahead of the clock, so that its rate is
        exact.
        """
        now = time.monotonic()
        self._free = max(self._free, now) + count * BITS / BAUD
        if self._free - now > 0.0005:
            time.sleep(self._free - now)


def main() -> None:
    one = touches(1, TOUCHES)
    many = touches(PRINTERS, ROUNDS)
    wires = [size * BITS / BAUD for _, size in one]
    ratios = [delay / wire for (delay, _), wire in zip(one, wires, strict=True)]
    together = [delay / (size * BITS / BAUD) for delay, size in many]
    print(
        f"{TOUCHES} touches, {median(size for _, size in one):.0f} bytes: bare wire {median(wires) * 1000:.0f} ms,"
        f" touch to cut {median(delay for delay, _ in one) * 1000:.0f} ms, slowest"
        f" {max(delay for delay, _ in one) * 1000:.0f}"
    )
    print(
        f"{PRINTERS} printers at once, {ROUNDS} times: touch to cut {median(d for d, _ in many) * 1000:.0f} ms, slowest"
        f" {max(d for d, _ in many) * 1000:.0f}"
    )
    build, plain = cost()
    print(
        f"building a ticket {build * 1e6:.0f} µs, {build / median(wires) * 100:.2f} % of its time on the wire; GB18030"
        f" of its text {plain * 1e6:.1f} µs"
    )
    print(f"slip: {build / plain:.0f} (processor time of encode(slip) / of encoding its text alone)")
    print(
        f"ten printers: {median(together) / median(ratios):.2f} (touch to cut with {PRINTERS} touches at once / with"
        " one; 1 = nobody is held up)"
    )
    print(
        f"paper: {median(ratios):.2f} (touch over HTTP to the last byte of the cut at {BAUD} baud / the wire's own time"
        " for those bytes)"
    )


def touches(printers: int, rounds: int) -> list[tuple[float, int]]:
    """(seconds from the request to the cut, bytes) of every slip, `printers` touches at the same time in each round."""
    wires = {f"p{n}": Wire() for n in range(printers)}

    def plug_in(hall: Any) -> None:
        hall["printers"] = {
            name: {"name": name, "profile": "generic-80", "url": f"tcp://127.0.0.1:{wire.port}"}
            for name, wire in wires.items()
        }
        plain = {**hall["kiosks"]["K1"], "scanner": "", "card_reader": ""}
        hall["kiosks"] = {name.upper(): {**plain, "printers": [name]} for name in wires}

    found: list[tuple[float, int]] = []
    with folder() as at, ExitStack() as stack:
        hall = stack.enter_context(running(write_hall(at, plug_in)))
        for name in wires:
            _is_ready(hall, name.upper())
        for count in range(1, rounds + 1):
            began: dict[str, float] = {}
            people = [threading.Thread(target=_touch, args=(hall, name, began)) for name in wires]
            for person in people:
                person.start()
            for person in people:
                person.join()
            for name, wire in wires.items():
                wire.wait_for(count)
                found.append((wire.slips[count - 1][0] - began[name], wire.slips[count - 1][1]))
            time.sleep(0.3)  # the confirmation is through: the next touch finds an idle printer
    return found


def _touch(hall: config.Hall, name: str, began: dict[str, float]) -> None:
    line = connect(hall)
    line.connect()
    headers = {**token(hall, name.upper()), "Idempotency-Key": uuid.uuid4().hex}
    began[name] = time.monotonic()
    status, body = ask(line, "POST", "/api/v1/tickets", {"service": "SB01"}, headers)
    if status != 201:
        raise RuntimeError(f"bench: the kiosk was answered {status}: {body.decode()}")


def _is_ready(hall: config.Hall, kiosk: str) -> None:
    """Wait until the hub knows that the kiosk's printer is ready."""
    line, end = connect(hall), time.monotonic() + 20
    while (
        json.loads(ask(line, "GET", f"/api/v1/kiosks/{kiosk}", None, token(hall, kiosk))[1])["printer"]["state"]
        != "ready"
    ):
        if time.monotonic() > end:
            raise RuntimeError("bench: the printer did not become ready")
        time.sleep(0.1)


def cost() -> tuple[float, float]:
    """Seconds of processor time for one ticket's bytes, and for GB18030 of the same text."""
    profile = load("generic-80")
    ticket = sample(config.load(), "ticket", profile)
    text = "\n".join(e.text for e in ticket if isinstance(e, Text))
    return _timed(lambda: encode(ticket, profile)), _timed(lambda: text.encode("gb18030"))


def _timed(what: Any, times: int = 2_000) -> float:
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(times // 5):
            what()
        best = min(best, (time.process_time() - began) / (times // 5))
    return best


if __name__ == "__main__":
    any_console()
    main()
