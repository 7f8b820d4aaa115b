"""A call to the last byte at the LED boards, against the wire's own time at 9600 baud: 1, 8 and 32 boards on one wire.

The virtual boards take each byte only after its time on the wire and note when the last one of a frame had arrived.
All counters call at once. Two figures, both until the last board has the last byte of its number:

- the hall's: from the first request sent over HTTP, commit and fsync and feed included;
- the boards' program's own: from the first byte of that news at its door, noted by a tap between it and the hub.

The wire's own time is what half duplex cannot do without: every frame, and between two frames the board's turnaround,
its answer and 3.5 characters of silence. Both clocks are this machine's. Nobody looks at the virtual boards until the
wire's own time is over, as drawing their page takes time from playing them.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

import config
from bench.hall import ask, connect, folder, running, token, write_hall
from consoles import any_console
from polling import readable
from server.verbs import counters
from server.verbs.hub import By

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROUNDS = {1: 60, 8: 12, 32: 6}
"""Boards on the wire -> how often all of them are called to."""
BITS = 10
"""Start, eight, stop: 8N1."""
BYTE_S = BITS / 9600
BETWEEN_S = 0.005 + 5 * BYTE_S + 3.5 * BYTE_S
"""Between two frames: the virtual board's turnaround, the five bytes of its answer, silence (Modbus over Serial Line
2.5.1.1, the strictest of the boards').
"""
LOOK_S = 0.02


class Tap:
    """Hands on what the hub and the boards' program say to each other; `heard` is what the hub said, and when."""

    def __init__(self, hub: str) -> None:
        self._hub = hub.rpartition(":")
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.heard: list[tuple[float, bytes]] = []
        threading.Thread(target=self._serve, name="tap", daemon=True).start()

    def news(self, numbers: list[str]) -> float:
        """When the first of these numbers came by."""
        return next(at for at, piece in self.heard if any(number.encode() in piece for number in numbers))

    def _serve(self) -> None:
        while True:
            boards, _ = self._door.accept()
            hub = socket.create_connection((self._hub[0], int(self._hub[2])))
            threading.Thread(target=self._hand_on, args=(boards, hub), daemon=True).start()

    def _hand_on(self, boards: socket.socket, hub: socket.socket) -> None:
        for line in (boards, hub):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with boards, hub:
            while True:
                for line in readable(boards, hub, seconds=60):
                    piece, at = line.recv(1 << 18), time.monotonic()
                    if not piece:
                        return
                    (boards if line is hub else hub).sendall(piece)
                    if line is hub:
                        self.heard.append((at, piece))


def many(count: int, at: Path, hall: Any) -> None:
    """One wire with so many boards, a counter under each, and a pad for each that is pressed by HTTP alone."""
    hall["extended"] = {}  # it names counters
    hall["counters"] = {
        str(n): {"name": f"{n}号窗口", "name_en": f"Counter {n}", "sign": "综合受理"} for n in range(1, count + 1)
    }
    hall["wires"] = {"west": {"url": f"serial:{at}/wires/west?baud=9600"}}
    hall["boards"] = {
        str(n): {"counter": str(n), "wire": "west", "address": n, "columns": 16} for n in range(1, count + 1)
    }
    hall["pads"] = {
        str(n): {"counter": str(n), "device": f"{at}/no-device-{n}", "keys": "usb", "digits": 0}
        for n in range(1, count + 1)
    }
    hall["board_texts"]["calling"]["effect"] = "still"  # a blank of a flash would hide when the number came
    hall["board_texts"]["idle"].update({"texts": [["{sign}"]], "seconds": 0})
    hall["console"].update({"call_lock_s": 0, "next_interval_s": 0})
    for table in ("raters", "screens", "zones"):  # they name counters of the whole hall
        hall.pop(table, None)


@contextmanager
def wire(count: int) -> Iterator[tuple[config.Hall, str, Tap]]:
    """Hub, virtual boards and the boards' program behind a tap; (the hall, where the boards are looked at, the tap)."""
    with folder() as at, ExitStack() as stack:
        file = write_hall(at, partial(many, count, at))
        _open(config.load(file))
        hall = stack.enter_context(running(file))
        tap = Tap(hall.hub.listen)
        tapped = at / "tapped.toml"
        tapped.write_text(file.read_text(encoding="utf-8").replace(hall.hub.url, tap.url), encoding="utf-8")
        virtual = stack.enter_context(program("counter_display.virtual", "--config", str(file), "--show-port", "0"))
        assert virtual.stdout is not None
        stack.callback(virtual.terminate)
        show = f"http://127.0.0.1:{json.loads(virtual.stdout.readline())['show_port']}/state"
        boards = stack.enter_context(program("counter_display", "--config", str(tapped)))
        stack.callback(boards.terminate)
        glow(show, dict.fromkeys(hall.boards, "综合受理"))
        yield hall, show, tap


def _open(hall: config.Hall) -> None:
    """Somebody sits at every counter."""
    from server.store.database import Store
    from server.verbs.hub import Hub

    hub = Hub(hall, Store(hall.data))
    for counter in hall.counters:
        counters.open_counter(hub, By(f"s{counter}"), counter, staff=f"s{counter}")
    hub.store.close()


class Call(NamedTuple):
    """From the request, and from the news at the program's door, to the last byte; the wire's own time. Seconds."""

    hall_s: float
    program_s: float
    wire_s: float


def measure(count: int) -> list[Call]:
    found = []
    with wire(count) as (hall, show, tap), ThreadPoolExecutor(count) as counters:
        for _ in range(ROUNDS[count]):
            for _ in hall.counters:
                _post(hall, "/tickets", {"service": "SB01"}, "K1")
            tap.heard.clear()
            begin = time.monotonic()
            said = list(counters.map(partial(_press, hall, "ENTER"), hall.counters))
            numbers = {pad: word["zh"].split()[-1] for pad, word in zip(hall.counters, said, strict=True)}
            time.sleep(max(0.0, begin + count * 0.045 - time.monotonic()))
            shown = glow(show, numbers)
            last = max(board["monotonic"] for board in shown.values())
            frames_s = sum(len(bytes.fromhex(board["last_frame_hex"])) for board in shown.values()) * BYTE_S
            news = tap.news(list(numbers.values()))
            found.append(Call(last - begin, last - news, frames_s + (count - 1) * BETWEEN_S))
            list(counters.map(partial(_press, hall, "1 DOT"), hall.counters))
            glow(show, dict.fromkeys(hall.boards, "综合受理"))
            time.sleep(2 * BETWEEN_S)  # the last answer is said: the wire is at rest
    return found


def main() -> None:
    words = []
    for count in ROUNDS:
        calls = measure(count)
        wire_s = median(call.wire_s for call in calls)
        print(f"{count} boards: the wire's own time is {wire_s * 1000:.1f} ms ({len(calls)} rounds)")
        for what, over in (
            ("from the call over HTTP", [call.hall_s - call.wire_s for call in calls]),
            ("the boards' program alone", [call.program_s - call.wire_s for call in calls]),
        ):
            print(
                f"  {what}: above it {median(over) * 1000:.1f} ms in the middle, 99 of 100 within"
                f" {quantiles(over, n=100, method='inclusive')[98] * 1000:.1f} ms"
            )
        hall, program_ = (median(s) / wire_s for s in ([c.hall_s for c in calls], [c.program_s for c in calls]))
        words.append(f"{hall:.2f} with {count} (the program alone {program_:.2f})")
    print(
        f"board: {', '.join(words)} boards on one wire (a call over HTTP to the last byte at the last board / the"
        " wire's own time at 9600 baud: frames, answers, 3.5 characters of silence)"
    )


def _press(hall: config.Hall, keys: str, pad: str) -> Any:
    said = _post(hall, f"/boards/pads/{pad}/press", {"keys": keys}, "boards")
    if not said["done"]:
        raise RuntimeError(f"bench: pad {pad}, {keys}: {said['zh']}")
    return said


def _post(hall: config.Hall, path: str, body: Any, device: str) -> Any:
    status, answer = ask(
        connect(hall), "POST", f"/api/v1{path}", body, {**token(hall, device), "Idempotency-Key": uuid.uuid4().hex}
    )
    if status not in (200, 201):
        raise RuntimeError(f"bench: {path} answered {status}: {answer.decode()}")
    return json.loads(answer)


def program(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=config.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def glow(show: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Look at the boards until each shows its text; how each is then."""
    while True:
        with urllib.request.urlopen(show, timeout=20) as answer:
            boards = json.load(answer)["boards"]
        if all(text in boards[b]["text"] for b, text in wanted.items()):
            return {b: boards[b] for b in wanted}
        time.sleep(LOOK_S)


if __name__ == "__main__":
    any_console()
    main()
