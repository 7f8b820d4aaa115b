"""A call to the last byte at the LED boards, against the wire's own time for those frames at 9600 baud: 1, 8 and 32
boards on one wire.

The virtual boards take each byte only after its time on the wire and note when the last one of a frame had arrived.
Measured from the moment the first request is sent over HTTP, commit and fsync included, until the last board shows
its number; all counters call at once. The boards' answers, their turnaround and the silence between frames are not in
the wire's own time. Both clocks are this machine's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import config
from bench.hall import ask, connect, folder, running, token, write_hall
from server.verbs import counters
from server.verbs.hub import By

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROUNDS = {1: 40, 8: 12, 32: 6}
"""Boards on the wire -> how often all of them are called to."""
BITS = 10
"""Start, eight, stop: 8N1."""


def many(count: int, at: Path, hall: Any) -> None:
    """One wire with so many boards, a counter under each, and a pad for each that is pressed by HTTP alone."""
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
def wire(count: int) -> Iterator[tuple[config.Hall, str]]:
    """Hub, virtual boards and the boards' program; (the hall, where the boards are looked at)."""
    with folder() as at, ExitStack() as stack:
        file = write_hall(at, partial(many, count, at))
        _open(config.load(file))
        hall = stack.enter_context(running(file))
        virtual = stack.enter_context(program("counter_display.virtual", "--config", str(file), "--show-port", "0"))
        assert virtual.stdout is not None
        stack.callback(virtual.terminate)
        show = f"http://127.0.0.1:{json.loads(virtual.stdout.readline())['show_port']}/state"
        boards = stack.enter_context(program("counter_display", "--config", str(file)))
        stack.callback(boards.terminate)
        glows(show, dict.fromkeys(hall.boards, "综合受理"))
        yield hall, show


def _open(hall: config.Hall) -> None:
    """Somebody sits at every counter."""
    from server.store.database import Store
    from server.verbs.hub import Hub

    hub = Hub(hall, Store(hall.data))
    for counter in hall.counters:
        counters.open_counter(hub, By(f"s{counter}"), counter, staff=f"s{counter}")
    hub.store.close()


def measure(count: int) -> tuple[float, float, float]:
    """(median delay, slowest, the frames' own time), seconds."""
    delays, wires = [], []
    with wire(count) as (hall, show), ThreadPoolExecutor(count) as places:
        for _ in range(ROUNDS[count]):
            for _ in hall.counters:
                _post(hall, "/tickets", {"service": "SB01"}, "K1")
            begin = time.monotonic()
            said = list(places.map(partial(_press, hall, "ENTER"), hall.counters))
            numbers = {pad: word["zh"].split()[-1] for pad, word in zip(hall.counters, said, strict=True)}
            shown = glows(show, numbers)
            delays.append(max(board["monotonic"] for board in shown.values()) - begin)
            wires.append(sum(len(bytes.fromhex(board["last_frame_hex"])) for board in shown.values()) * BITS / 9600)
            list(places.map(partial(_press, hall, "1 DOT"), hall.counters))
    return median(delays), max(delays), median(wires)


def main() -> None:
    words = []
    for count in ROUNDS:
        delay, slowest, wire_s = measure(count)
        print(
            f"{count} boards: the frames alone take {wire_s * 1000:.1f} ms on the wire; "
            f"call to last byte {delay * 1000:.1f} ms here, slowest of {ROUNDS[count]} {slowest * 1000:.1f}"
        )
        words.append(f"{delay / wire_s:.2f} with {count}")
    print(
        f"board: {', '.join(words)} boards on one wire (a call over HTTP to the last byte at the last board / the"
        " frames' own time at 9600 baud)"
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


def glows(show: str, wanted: dict[str, str]) -> dict[str, Any]:
    """Follow the boards until each has shown its text; how each was when it first did."""
    version: str = ""
    found: dict[str, Any] = {}
    while len(found) < len(wanted):
        with urllib.request.urlopen(f"{show}?since={version}" if version else show, timeout=20) as answer:
            state = json.load(answer)
        version = state["version"]
        found |= {
            b: state["boards"][b] for b, text in wanted.items() if b not in found and text in state["boards"][b]["text"]
        }
    return found


if __name__ == "__main__":
    main()
