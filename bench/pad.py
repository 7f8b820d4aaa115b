"""A key of a call pad to the operator's console, against the time of the pad's own frame on the wire at 9600 baud.

The virtual pad speaks in wire time; the press goes over the wire to the boards' program, to the hub, through the
commit and fsync, to the console. Measured from the finger until the console, asked again and again, has the number.
The pad's frame has ten bytes.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.request
import uuid
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

import config
from bench.board import BITS, program
from bench.hall import ask, connect, folder, running, token, write_hall
from consoles import any_console
from demo import crew

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PRESSES = 30
FRAME = 10
"""FF 68 L L 68 ADDR FUNC KEY SUM 16."""
NEXT, FINISH = [0x0C], [0x0F]


def _hall(at: Path, hall: Any) -> None:
    for name in hall["wires"]:
        hall["wires"][name]["url"] = f"serial:{at}/wires/{name}?baud=9600"
    hall["console"].update({"call_lock_s": 0, "next_interval_s": 0})


def main() -> None:
    with folder() as at, ExitStack() as stack:
        file = write_hall(at, partial(_hall, at))
        people = crew.hire(config.load(file), at / "crew.json")
        hall = stack.enter_context(running(file))
        virtual = stack.enter_context(program("counter_display.virtual", "--config", str(file), "--show-port", "0"))
        assert virtual.stdout is not None
        stack.callback(virtual.terminate)
        show = f"http://127.0.0.1:{json.loads(virtual.stdout.readline())['show_port']}"
        boards = stack.enter_context(program("counter_display", "--config", str(file)))
        stack.callback(boards.terminate)
        until = partial(_until, connect(hall), crew.log_in(hall.hub.url, people["1"], "1"))
        until(lambda view: view["counter"]["state"] == "free")
        _wire_is_up(show)
        delays = []
        for _ in range(PRESSES):
            kiosk = {**token(hall, "K1"), "Idempotency-Key": uuid.uuid4().hex}
            ask(connect(hall), "POST", "/api/v1/tickets", {"service": "SB01"}, kiosk)
            begin = time.monotonic()
            _press(show, NEXT)
            until(lambda view: view["ticket"])
            delays.append(time.monotonic() - begin)
            _press(show, FINISH)
            until(lambda view: view["ticket"] is None)
        wire = FRAME * BITS / 9600
        print(
            f"{PRESSES} presses; the pad's frame takes {wire * 1000:.1f} ms on the wire; "
            f"press to console {median(delays) * 1000:.1f} ms here, slowest {max(delays) * 1000:.1f}"
        )
        print(
            f"pad: {median(delays) / wire:.2f} (a key of a call pad to the console / the pad's own frame at 9600 baud)"
        )


def _press(show: str, keys: list[int]) -> None:
    with urllib.request.urlopen(
        urllib.request.Request(f"{show}/press", json.dumps({"pad": "pad 1", "keys": keys}).encode()), timeout=10
    ) as answer:
        answer.read()


def _wire_is_up(show: str) -> None:
    """Wait until the pad has been told its digits: the boards' program is there."""
    while True:
        with urllib.request.urlopen(f"{show}/state", timeout=20) as answer:
            if json.load(answer)["pads"]["pad 1"]["digits"].strip():
                return


def _until(line: http.client.HTTPConnection, cookie: str, true: Callable[[Any], object]) -> None:
    """Ask counter 1's console again and again until it shows what is waited for."""
    while not true(json.loads(ask(line, "GET", "/api/v1/counters/1", None, {"Cookie": cookie})[1])):
        continue


if __name__ == "__main__":
    any_console()
    main()
