"""Call-next to the last byte at the LED board, against the wire's own time for that frame at 9600 baud.

The virtual board takes each byte only after its time on the wire and notes when the last one of a frame had arrived. Measured
from the moment the operator's request is sent over HTTP, commit and fsync included. Both clocks are this machine's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import ExitStack
from statistics import median
from typing import Any

import config
from bench.hall import ask, connect, folder, running, token, write_hall
from demo import crew

CALLS = 40
BITS = 10
"""Start, eight, stop: 8N1."""


def _wires(hall: Any, at: Any) -> None:
    for name in hall["wires"]:
        hall["wires"][name]["url"] = f"serial:{at}/wires/{name}?baud=9600"


def main() -> None:
    with folder() as at, ExitStack() as stack:
        file = write_hall(at, lambda hall: _wires(hall, at))
        people = crew.hire(config.load(file), at / "crew.json")
        hall = stack.enter_context(running(file))
        virtual = stack.enter_context(_program("counter_display.virtual", "--config", str(file), "--show-port", "0"))
        assert virtual.stdout is not None
        stack.callback(virtual.terminate)
        show = f"http://127.0.0.1:{json.loads(virtual.stdout.readline())['show_port']}/state"
        boards = stack.enter_context(_program("counter_display", "--config", str(file)))
        stack.callback(boards.terminate)
        cookie = crew.log_in(hall.hub.url, people["1"], "1")
        line, headers = connect(hall), _console(hall, cookie)
        _glows(show, "综合受理")
        delays, wires = [], []
        for _ in range(CALLS):
            kiosk = {**token(hall, "K1"), "Idempotency-Key": uuid.uuid4().hex}
            number = json.loads(ask(line, "POST", "/api/v1/tickets", {"service": "SB01"}, kiosk)[1])["number"]
            begin = time.monotonic()
            status, body = ask(line, "POST", "/api/v1/counters/1/call-next", {}, {**headers, "Idempotency-Key": uuid.uuid4().hex})
            if status != 200:
                raise RuntimeError(f"bench: call-next answered {status}: {body.decode()}")
            board = _glows(show, number)
            delays.append(board["monotonic"] - begin)
            wires.append(len(bytes.fromhex(board["last_frame_hex"])) * BITS / 9600)
            ask(line, "POST", "/api/v1/counters/1/finish", {"outcome": "咨询"}, {**headers, "Idempotency-Key": uuid.uuid4().hex})
        ratios = [delay / wire for delay, wire in zip(delays, wires, strict=True)]
        print(f"{CALLS} calls; the frame alone takes {median(wires) * 1000:.1f} ms on the wire; "
              f"call to last byte {median(delays) * 1000:.1f} ms here, slowest {max(delays) * 1000:.1f}")  # fmt: skip
        print(f"board: {median(ratios):.2f} (call-next over HTTP to the last byte at the board / the frame's own time at 9600 baud)")


def _program(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=config.ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _console(hall: config.Hall, cookie: str) -> dict[str, str]:
    """The headers of an operator's browser that has the console open."""
    line = connect(hall)
    line.request("GET", "/counter", headers={"Cookie": cookie})
    answer = line.getresponse()
    csrf = answer.read().decode().partition('csrf-token" content="')[2].partition('"')[0]
    fresh = answer.getheader("Set-Cookie", cookie).partition(";")[0]
    return {"Cookie": fresh, "Content-Type": "application/json", "X-CSRFToken": csrf}


def _glows(show: str, text: str) -> Any:
    """Follow the board of counter 1 until it shows a text; how it was then."""
    version = ""
    while True:
        with urllib.request.urlopen(f"{show}?since={version}" if version else show, timeout=20) as answer:
            state = json.load(answer)
        version, board = state["version"], state["boards"]["1"]
        if text in board["text"]:
            return board


if __name__ == "__main__":
    main()
